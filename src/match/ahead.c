/*
 * Looking ahead in the commands of a stream (book/ahead.h): what they will
 * touch of instruments and books.
 */
#include <config.h>

#include "book/ahead.h"
#include "match/engine.h"

struct ahead {
	const struct exch_rec *rec;
	struct exch_instr *in;
	struct exch_book_ahead book;
};

/* Commands that concern one order; all of them name it first. */
static inline bool
is_order(const struct exch_rec *r)
{
	return r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_REPLACE &&
	       exch_rec_len(r) >= sizeof(struct exch_rec_cancel);
}

static inline bool
first(const struct exch_match *m, struct ahead *a, const struct exch_rec *r)
{
	const struct exch_rec_cancel *named = (const void *)r;
	struct exch_instr *page;

	if (!is_order(r) || r->instr > EXCH_INSTR_MAX)
		return false;
	page = m->page[r->instr / EXCH_INSTR_PAGE];
	if (page == NULL)
		return false;
	a->rec = r;
	a->in = &page[r->instr % EXCH_INSTR_PAGE];
	__builtin_prefetch(a->in);
	__builtin_prefetch(&a->in->more);
	__builtin_prefetch(&a->in->min_qty);
	exch_ahead_index(m->store, r->instr, named->order, &a->book);
	return true;
}

static inline void
second(const struct exch_match *m, struct ahead *a)
{
	const struct exch_rec_new *c = (const void *)a->rec;

	if (c->h.type == EXCH_REC_NEW && exch_rec_len(&c->h) >= sizeof(*c))
		exch_ahead_level(m->store, &a->in->book,
		    (int64_t)exch_div_u(
			&a->in->tick, (uint64_t)c->price & INT64_MAX),
		    &a->book);
	else
		exch_ahead_order(m->store, &a->book);
}

bool
exch_match_is_far(const struct exch_match *m)
{
	return exch_ahead_pays(m->store, m->all->dealt / m->all->nshards,
	    sizeof(struct exch_instr));
}

void
exch_match_ahead(
    const struct exch_match *m, const struct exch_rec *const *rec, size_t n)
{
	struct ahead ahead[EXCH_AHEAD];
	size_t k = 0;

	for (size_t i = 0; i < n && k < EXCH_AHEAD; i++)
		k += first(m, &ahead[k], rec[i]);
	for (size_t i = 0; i < k; i++)
		second(m, &ahead[i]);
	for (size_t i = 0; i < k; i++)
		exch_ahead_beside(m->store, &ahead[i].book);
	/* To a compiler that is nothing, and it leaves calls of nothing out. */
	__asm__ volatile("");
}

void
exch_ahead_run(const struct exch_match *m, const unsigned char *p,
    const unsigned char *end)
{
	const struct exch_rec *rec[EXCH_MATCH_AHEAD];
	size_t n = 0;

	for (; p < end && n < EXCH_MATCH_AHEAD; n++) {
		rec[n] = (const void *)p;
		p += exch_rec_len(rec[n]);
	}
	exch_match_ahead(m, rec, n);
}
