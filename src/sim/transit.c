/*
 * The queue and the heap of what is on its way (transit.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "sim/transit.h"

/* Taken from the queue until it is moved to the front. */
#define TAKEN_LEAST 64u

void
exch_transit_init(struct exch_transit *t, size_t size)
{
	exch_check(size >= sizeof(t->free));
	*t = (struct exch_transit){.size = size};
}

void
exch_transit_clear(struct exch_transit *t)
{
	exch_free(t->queue);
	exch_free(t->heap);
	exch_free(t->thing);
	exch_transit_init(t, t->size != 0 ? t->size : sizeof(t->free));
}

/* ---- the things ---- */

static bool
lay_down(struct exch_transit *t, const void *thing, size_t *slot)
{
	if (t->free == 0) {
		if (!exch_room(&t->thing, t->used, &t->cap_thing, t->size))
			return false;
		*slot = t->used++;
	} else {
		*slot = t->free - 1;
		memcpy(&t->free, t->thing + *slot * t->size, sizeof(t->free));
	}
	memcpy(t->thing + *slot * t->size, thing, t->size);
	return true;
}

static void
pick_up(struct exch_transit *t, size_t slot, void *thing)
{
	memcpy(thing, t->thing + slot * t->size, t->size);
	memcpy(t->thing + slot * t->size, &t->free, sizeof(t->free));
	t->free = slot + 1;
}

/* ---- the keys ---- */

/* Room behind the last; what was taken makes room. */
static bool
queue_room(struct exch_transit *t)
{
	if (t->first > TAKEN_LEAST && t->first > t->end / 2) {
		memmove(t->queue, t->queue + t->first,
		    (t->end - t->first) * sizeof(*t->queue));
		t->end -= t->first;
		t->first = 0;
	}
	return exch_room(&t->queue, t->end, &t->cap_queue, sizeof(*t->queue));
}

static void
push(struct exch_transit *t, const struct exch_transit_key *new)
{
	size_t i = t->n++, up;

	for (; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!exch_transit_is_before(new, &t->heap[up]))
			break;
		t->heap[i] = t->heap[up];
	}
	t->heap[i] = *new;
}

static void
pop(struct exch_transit *t)
{
	const struct exch_transit_key *h = t->heap, *last = &h[--t->n];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < t->n; i = child) {
		if (child + 1 < t->n &&
		    exch_transit_is_before(&h[child + 1], &h[child]))
			child++;
		if (!exch_transit_is_before(&h[child], last))
			break;
		t->heap[i] = h[child];
	}
	t->heap[i] = *last;
}

int
exch_transit_put(
    struct exch_transit *t, exch_ts at, uint64_t no, const void *thing)
{
	struct exch_transit_key new = {.at = at, .no = no};
	bool overtakes = t->first < t->end &&
			 exch_transit_is_before(&new, &t->queue[t->end - 1]);

	if (overtakes
		? !exch_room(&t->heap, t->n, &t->cap_heap, sizeof(*t->heap))
		: !queue_room(t))
		return EXCH_ERR_NOMEM;
	if (!lay_down(t, thing, &new.slot))
		return EXCH_ERR_NOMEM;
	if (overtakes)
		push(t, &new);
	else
		t->queue[t->end++] = new;
	return EXCH_OK;
}

void
exch_transit_take(struct exch_transit *t, void *thing)
{
	const struct exch_transit_key *head = exch_transit_head(t);

	exch_check(head != NULL);
	pick_up(t, head->slot, thing);
	if (head == t->heap)
		pop(t);
	else if (++t->first == t->end)
		t->first = t->end = 0;
}
