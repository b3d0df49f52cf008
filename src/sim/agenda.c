/*
 * The heap of who is next.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/err.h"
#include "sim/agenda.h"

int
exch_agenda_init(struct exch_agenda *a, uint32_t n)
{
	*a = (struct exch_agenda){
	    .due = exch_calloc(n, sizeof(*a->due)),
	    .heap = exch_calloc(n, sizeof(*a->heap)),
	    .place = exch_calloc(n, sizeof(*a->place)),
	    .n = n,
	};
	if (a->due == NULL || a->heap == NULL || a->place == NULL) {
		exch_agenda_clear(a);
		return EXCH_ERR_NOMEM;
	}
	for (uint32_t i = 0; i < n; i++) {
		a->due[i] = EXCH_TS_NONE;
		a->heap[i] = a->place[i] = i;
	}
	return EXCH_OK;
}

void
exch_agenda_clear(struct exch_agenda *a)
{
	exch_free(a->due);
	exch_free(a->heap);
	exch_free(a->place);
	*a = (struct exch_agenda){0};
}

static inline bool
before(const struct exch_agenda *a, uint32_t x, uint32_t y)
{
	return a->due[x] < a->due[y] || (a->due[x] == a->due[y] && x < y);
}

static inline void
put(struct exch_agenda *a, uint32_t at, uint32_t actor)
{
	a->heap[at] = actor;
	a->place[actor] = at;
}

void
exch_agenda_set(struct exch_agenda *a, uint32_t actor, exch_ts due)
{
	uint32_t at = a->place[actor], child;

	a->due[actor] = due;
	for (; at > 0; at = (at - 1) / 2) {
		if (!before(a, actor, a->heap[(at - 1) / 2]))
			break;
		put(a, at, a->heap[(at - 1) / 2]);
	}
	for (; (child = 2 * at + 1) < a->n; at = child) {
		if (child + 1 < a->n &&
		    before(a, a->heap[child + 1], a->heap[child]))
			child++;
		if (!before(a, a->heap[child], actor))
			break;
		put(a, at, a->heap[child]);
	}
	put(a, at, actor);
}
