/* Memory of the next records (fetch.h). */
#include <config.h>

#include <string.h>

#include "report/ahead.h"
#include "report/fetch.h"

/* Records at a time: what they want has room in the nearest cache. */
#define MOST 32
#define LINE 64

static inline void
fetch(const void *p, size_t size)
{
	for (size_t i = 0; i < size; i += LINE)
		__builtin_prefetch((const char *)p + i, 1);
	/* it need not begin with a line */
	__builtin_prefetch((const char *)p + size - 1, 1);
}

/*
 * The order of which a record speaks, and which nothing before it in its event
 * has spoken of: that of a command, and the one that an execution meets.
 */
static inline bool
order_of(const struct exch_rec *r, exch_oid *id)
{
	const struct exch_rec_exec *x = (const void *)r;
	const struct exch_rec_cancel *c = (const void *)r;

	if (r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_REPLACE)
		*id = c->order;
	else if (r->type == EXCH_REC_EXEC)
		*id = x->aggressor == EXCH_BUY ? x->sell : x->buy;
	else
		return false;
	return true;
}

/* What an instrument has of its own. */
static inline void
fetch_place(const struct exch_fetch_of *of, uint32_t place)
{
	const struct exch_books *b = of->books;

	fetch(&of->insts->inst[place], sizeof(struct exch_inst));
	if (place >= b->n)
		return;
	__builtin_prefetch(&b->tally.book[place], 1);
	__builtin_prefetch(&b->inst[place], 1);
}

/* First: where the indices have it. */
static inline void
first(const struct exch_fetch_of *of, struct exch_ahead_soon *e, uint32_t *tag,
    const struct exch_rec *r)
{
	const struct exch_ids *ids = &of->books->tally.ids;
	const struct exch_keyed *k = &of->lives->k;

	e->place = exch_insts_known(of->insts, r->instr);
	e->side =
	    r->type == EXCH_REC_NEW &&
	    ((const struct exch_rec_new *)(const void *)r)->side != EXCH_BUY;
	e->found = (uint32_t)exch_ids_home(ids, e->place, e->id);
	__builtin_prefetch(&ids->cell[e->found], 1);
	*tag = exch_keyed_tag(k, e->place, e->id);
	__builtin_prefetch(&k->index[*tag & k->mask], 1);
	if (e->place < of->insts->n)
		fetch_place(of, e->place);
}

/* Second: what is known of it; of a new one, where that will be kept. */
static inline void
second(const struct exch_keyed *k, uint32_t tag)
{
	uint32_t i = tag & k->mask;
	uint32_t slot;

	while (k->index[i].slot != 0 && k->index[i].tag != tag)
		i = (i + 1) & k->mask;
	slot = k->index[i].slot;
	fetch(exch_keyed_at(k, slot != 0 ? slot : k->free), k->size);
}

void
exch_fetch_more(struct exch_fetch *f, const struct exch_fetch_of *of,
    struct exch_reader *in)
{
	struct exch_ahead_soon soon[MOST];
	uint32_t tag[MOST];
	const unsigned char *at, *end;
	unsigned n = 0;

	f->left = 0;
	if (of->books->n == 0)
		return;
	exch_reader_rest(in, &at, &end);
	/* the longest that order_of() looks at; what is longer ends the row */
	while (f->left < MOST &&
	       (size_t)(end - at) >= sizeof(struct exch_rec_exec) &&
	       at[1] != 0) {
		const struct exch_rec *r = EXCH_AHEAD_AT(exch_rec, at);

		if (order_of(r, &soon[n].id)) {
			first(of, &soon[n], &tag[n], r);
			n++;
		}
		f->left++;
		if ((size_t)(end - at) <= exch_rec_len(r))
			break;
		at += exch_rec_len(r);
	}
	for (unsigned i = 0; i < n; i++)
		second(&of->lives->k, tag[i]);
	exch_ahead_fetch_others(&of->books->tally, of->books->n, soon, n);
	/* the first of them is the one that is taken now */
	f->left -= f->left != 0;
}
