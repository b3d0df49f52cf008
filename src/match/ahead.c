/*
 * Looking ahead in the commands of a stream (book/ahead.h): what they will
 * touch of instruments and books.
 *
 * New orders and those about live ones take other steps.  They come as they
 * like, so that no branch would guess them: they are told apart once, and
 * from then on each kind is in a list of its own.
 */
#include <config.h>

#include <string.h>

#include "book/ahead.h"
#include "match/engine.h"

_Static_assert(EXCH_MATCH_AHEAD <= EXCH_AHEAD, "as many as wait together");

struct ahead {
	size_t nfresh, nlive;
	struct fresh {
		const struct exch_rec_new *rec;
		const struct exch_instr *in;
	} fresh[EXCH_AHEAD];
	const uint32_t *live[EXCH_AHEAD]; /* cells of the index */
};

/* Type and length as the first bytes of a record. */
#define HEAD(TYPE, REC)                                                        \
	((uint16_t)(EXCH_REC_##TYPE | sizeof(struct REC) / 8 << 8))

/*
 * First.  A new order's cell of the index is not fetched: ids mostly come in
 * sequence, and their cells as well.
 */
static inline void
first(const struct exch_match *m, struct ahead *a, const struct exch_rec *r)
{
	const struct exch_rec_cancel *named = (const void *)r;
	const struct exch_instr *in;
	uint16_t head;

	memcpy(&head, r, sizeof(head));
	if ((head != HEAD(NEW, exch_rec_new) &&
		head != HEAD(CANCEL, exch_rec_cancel) &&
		head != HEAD(REPLACE, exch_rec_replace)) ||
	    r->instr > EXCH_INSTR_MAX)
		return;
	in = m->page[r->instr / EXCH_INSTR_PAGE];
	if (in == NULL)
		return;
	in += r->instr % EXCH_INSTR_PAGE;
	/* The tables of another shard's books lie in another store. */
	if (m->all->nshards > 1 && in->shard != m->no)
		return;
	__builtin_prefetch(in);
	__builtin_prefetch(&in->gate);
	__builtin_prefetch(&in->book);
	if (head == HEAD(NEW, exch_rec_new))
		a->fresh[a->nfresh++] = (struct fresh){(const void *)r, in};
	else
		a->live[a->nlive++] = exch_ahead_cell(m->store,
		    exch_ids_home(&m->store->ids, r->instr, named->order));
}

/* The steps that follow, of one kind after the other. */
static void
others(const struct exch_match *m, struct ahead *a)
{
	const struct exch_book_store *s = m->store;
	const uint32_t *near[EXCH_AHEAD];
	exch_slot order[EXCH_AHEAD], level[EXCH_AHEAD];

	for (size_t i = 0; i < a->nfresh; i++) {
		const struct exch_instr *in = a->fresh[i].in;
		exch_px price = a->fresh[i].rec->price;

		near[i] = exch_ahead_near(s, &in->book,
		    (int64_t)exch_exact_u(&in->grid, (uint64_t)price));
	}
	for (size_t i = 0; i < a->nlive; i++)
		order[i] = exch_ahead_slot(s, a->live[i]);
	for (size_t i = 0; i < a->nfresh; i++)
		level[i] = exch_ahead_slot(s, near[i]);
	for (size_t i = 0; i < a->nlive; i++)
		exch_ahead_beside(s, order[i]);
	for (size_t i = 0; i < a->nfresh; i++)
		exch_ahead_behind(s, level[i]);
	/* To a compiler that is nothing, and it leaves calls of nothing out. */
	__asm__ volatile("");
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
	struct ahead a;

	a.nfresh = a.nlive = 0;
	for (size_t i = 0; i < n && i < EXCH_AHEAD; i++)
		first(m, &a, rec[i]);
	others(m, &a);
}

void
exch_ahead_run(const struct exch_match *m, const unsigned char *p,
    const unsigned char *end)
{
	struct ahead a;

	a.nfresh = a.nlive = 0;
	for (size_t i = 0; p < end && i < EXCH_AHEAD; i++) {
		const struct exch_rec *r = (const void *)p;

		first(m, &a, r);
		p += exch_rec_len(r);
	}
	others(m, &a);
}
