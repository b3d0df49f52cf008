/* Orders that are displayed, each in the list of its instrument. */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "feed/live.h"

int
exch_lives_init(struct exch_lives *s)
{
	int err = exch_keyed_init(&s->order, sizeof(struct exch_live));

	return err != 0
		   ? err
		   : exch_keyed_init(&s->book, sizeof(struct exch_live_book));
}

void
exch_lives_clear(struct exch_lives *s)
{
	exch_keyed_clear(&s->order);
	exch_keyed_clear(&s->book);
}

int
exch_live_add(struct exch_lives *s, uint32_t place, exch_oid id, uint32_t instr,
    struct exch_live **out)
{
	struct exch_live_book *b;
	struct exch_live *l, *first;
	int err = exch_keyed_add(&s->book, 0, instr, &b);

	if (err == 0 || err == EXCH_ERR_EXISTS)
		err = exch_keyed_add(&s->order, place, id, &l);
	if (err != 0)
		return err;
	l->instr = instr;
	l->next = b->first;
	if (l->next != 0) {
		first = exch_keyed_at(&s->order, l->next);
		first->prev = l->key.slot;
	}
	b->first = l->key.slot;
	*out = l;
	return EXCH_OK;
}

void
exch_live_drop(struct exch_lives *s, struct exch_live *l)
{
	struct exch_live *other;
	struct exch_live_book *b;

	if (l->next != 0) {
		other = exch_keyed_at(&s->order, l->next);
		other->prev = l->prev;
	}
	if (l->prev != 0) {
		other = exch_keyed_at(&s->order, l->prev);
		other->next = l->next;
	} else {
		b = exch_keyed_find(&s->book, 0, l->instr);
		b->first = l->next;
	}
	exch_keyed_drop(&s->order, l);
}

/* ---- clearing ---- */

static int
by_id(const void *a, const void *b)
{
	const struct exch_key *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The keys of an instrument's orders, to be freed; NULL: no memory. */
static struct exch_key *
keys_of(const struct exch_lives *s, uint32_t first, size_t *n)
{
	const struct exch_live *l;
	struct exch_key *list;

	*n = 0;
	for (uint32_t i = first; i != 0; i = l->next, ++*n)
		l = exch_keyed_at(&s->order, i);
	list = exch_malloc((*n + 1) * sizeof(*list));
	if (list == NULL)
		return NULL;
	*n = 0;
	for (uint32_t i = first; i != 0; i = l->next) {
		l = exch_keyed_at(&s->order, i);
		list[(*n)++] = l->key;
	}
	qsort(list, *n, sizeof(*list), by_id);
	return list;
}

int
exch_live_clear(struct exch_lives *s, uint32_t instr, exch_ts t,
    const struct exch_feed_sink *sink, struct exch_diag *d)
{
	const struct exch_live_book *b = exch_keyed_find(&s->book, 0, instr);
	struct exch_key *gone;
	size_t n;
	int err = EXCH_OK;

	if (b == NULL || b->first == 0)
		return EXCH_OK;
	gone = keys_of(s, b->first, &n);
	if (gone == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to clear a book");
	for (size_t i = 0; i < n && err == EXCH_OK; i++) {
		struct exch_rec_book_delete r = {
		    .h = {.type = EXCH_REC_BOOK_DELETE,
			.len8 = sizeof(r) / 8,
			.instr = instr,
			.time = t},
		    .order = gone[i].id,
		};

		exch_live_drop(s, exch_live_find(s, gone[i].place, gone[i].id));
		err = sink->record(sink->arg, &r.h, d);
	}
	exch_free(gone);
	return err;
}
