/*
 * Looking ahead in the commands of a stream (book/ahead.h): what they will
 * touch of instruments and books.
 *
 * What brings a price and what names a live order take other steps, and so do
 * orders that stand alone in their level, which may end it.  They come as
 * they like, so that no branch would guess them: each goes into the lists of
 * its kind without one.
 */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "book/ahead.h"
#include "match/engine.h"

_Static_assert(EXCH_MATCH_AHEAD <= EXCH_AHEAD, "as many as wait together");

struct ahead {
	size_t nfresh, nlive;
	struct fresh {
		const struct exch_instr *in;
		exch_px price;
	} fresh[EXCH_AHEAD];
	struct live {
		const struct exch_instr *in;
		const uint32_t *cell; /* of the index */
	} live[EXCH_AHEAD];
};

/*
 * Where a record has what is looked at.  An execution of the venue names an
 * order that the engine will nearly always execute, too.
 */
static const struct shape {
	uint8_t len8;
	uint8_t fresh; /* 1: it brings a price */
	uint8_t live;  /* 1: it names a live order */
	uint8_t price;
	uint8_t by;	  /* the side that chooses .. */
	uint8_t order[2]; /* .. the order: [1] is that of EXCH_BUY */
	uint8_t zero;	  /* a word each */
} shapes[UINT8_MAX + 1] = {
#define SHAPE(T, fresh, live, price, by, buy, sell)                            \
	{                                                                      \
		sizeof(struct T) / 8, fresh, live, offsetof(struct T, price),  \
		    offsetof(struct T, by),                                    \
		    {offsetof(struct T, buy), offsetof(struct T, sell)}, 0     \
	}
    [EXCH_REC_NEW] = SHAPE(exch_rec_new, 1, 0, price, side, order, order),
    [EXCH_REC_CANCEL] =
	SHAPE(exch_rec_cancel, 0, 1, order, order, order, order),
    [EXCH_REC_REPLACE] =
	SHAPE(exch_rec_replace, 1, 1, price, order, order, order),
    [EXCH_REC_EXPECT] =
	SHAPE(exch_rec_expect, 0, 1, price, aggressor, buy, sell),
#undef SHAPE
};

/*
 * First: the instrument, and where the index has the order.  `shared`: with
 * other shards.
 */
static inline void
first(const struct exch_match *m, bool shared, struct ahead *a,
    const struct exch_rec *r)
{
	const unsigned char *p = (const void *)r;
	const struct shape *k = &shapes[r->type];
	const struct exch_instr *in;
	exch_oid id;
	exch_px price;

	/* No record has the length 0 of what has no shape. */
	if (k->len8 != r->len8 || r->instr > EXCH_INSTR_MAX)
		return;
	in = m->page[r->instr / EXCH_INSTR_PAGE];
	if (in == NULL)
		return;
	in += r->instr % EXCH_INSTR_PAGE;
	/* The tables of another shard's books lie in another store. */
	if (shared && in->shard != m->no)
		return;
	__builtin_prefetch(in);
	__builtin_prefetch(&in->gate);
	__builtin_prefetch(&in->book);
	memcpy(&price, p + k->price, sizeof(price));
	memcpy(&id, p + k->order[p[k->by] == EXCH_BUY], sizeof(id));
	a->fresh[a->nfresh] = (struct fresh){in, price};
	a->nfresh += k->fresh;
	a->live[a->nlive] =
	    (struct live){in, exch_ahead_cell(m->store,
				  exch_ids_home(&m->store->ids, r->instr, id))};
	a->nlive += k->live;
}

/* Of those that bring a price: the level, or where it will hang. */
static inline __attribute__((always_inline)) void
levels(const struct exch_book_store *s, const struct ahead *a, exch_slot *level)
{
	const uint32_t *near[EXCH_AHEAD];

	for (size_t i = 0; i < a->nfresh; i++) {
		const struct exch_instr *in = a->fresh[i].in;
		exch_px price = a->fresh[i].price;

		near[i] = exch_ahead_near(s, &in->book,
		    (int64_t)exch_exact_u(&in->grid, (uint64_t)price));
		exch_ahead_hang(s, &in->book);
	}
	for (size_t i = 0; i < a->nfresh; i++)
		level[i] = exch_ahead_slot(s, near[i]);
}

/* The steps that follow, of one kind after the other. */
static void
others(const struct exch_match *m, struct ahead *a)
{
	const struct exch_book_store *s = m->store;
	exch_slot order[EXCH_AHEAD], level[EXCH_AHEAD];
	unsigned lone[EXCH_AHEAD];
	size_t nlone = 0;

	for (size_t i = 0; i < a->nlive; i++)
		order[i] = exch_ahead_slot(s, a->live[i].cell);
	levels(s, a, level);
	for (size_t i = 0; i < a->nlive; i++) {
		const struct exch_slot_data *v = &s->slot[order[i]];

		exch_ahead_beside(s, order[i]);
		lone[nlone] = (unsigned)i;
		nlone += (v->prev == v->next) & (order[i] != EXCH_SLOT_NONE);
	}
	for (size_t i = 0; i < a->nfresh; i++)
		exch_ahead_behind(s, level[i]);
	for (size_t i = 0; i < nlone; i++)
		exch_ahead_end(s, &a->live[lone[i]].in->book, order[lone[i]]);
	for (size_t i = 0; i < nlone; i++)
		exch_ahead_next(s, &a->live[lone[i]].in->book, order[lone[i]]);
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
	bool shared = m->all->nshards > 1;
	struct ahead a;

	a.nfresh = a.nlive = 0;
	for (size_t i = 0; i < n && i < EXCH_AHEAD; i++)
		first(m, shared, &a, rec[i]);
	others(m, &a);
}

void
exch_ahead_run(const struct exch_match *m, const unsigned char *p,
    const unsigned char *end)
{
	bool shared = m->all->nshards > 1;
	struct ahead a;

	a.nfresh = a.nlive = 0;
	for (size_t i = 0; p < end && i < EXCH_AHEAD; i++) {
		const struct exch_rec *r = (const void *)p;

		first(m, shared, &a, r);
		p += exch_rec_len(r);
	}
	others(m, &a);
}
