/*
 * What an order of the general market has beyond its slot (general.h): the
 * pool, the list by entry, and moving between books.  Why an order moves is
 * its callers' business.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "match/general.h"

/* ---- the pool ---- */

static bool
grow(struct exch_general *g)
{
	uint32_t cap = g->cap == 0 ? 256 : g->cap * 2;
	struct exch_special *p;

	if (cap >= EXCH_SPECIAL)
		return false;
	p = exch_realloc(g->special, cap, sizeof(*p));
	if (p == NULL)
		return false;
	g->special = p;
	g->cap = cap;
	g->nspecial += g->nspecial == 0; /* 0 is none */
	return true;
}

static uint32_t
take(struct exch_match *m)
{
	struct exch_general *g = &m->g;
	uint32_t i = g->free;

	if (i != 0) {
		g->free = g->special[i].next;
		return i;
	}
	if (g->nspecial >= g->cap && !grow(g)) {
		m->ended = true;
		return 0;
	}
	return g->nspecial++;
}

struct exch_more *
exch_more_get(struct exch_match *m, struct exch_instr *in)
{
	if (in->more == NULL) {
		in->more = exch_calloc(1, sizeof(*in->more));
		if (in->more == NULL) {
			m->ended = true;
			return NULL;
		}
		in->more->dark.instr = in->book.instr;
		in->more->half.instr = in->book.instr;
		in->more->stops.instr = in->book.instr;
		in->more->wait.instr = in->book.instr;
		in->more->still[0] = in->more->still[1] = EXCH_PX_NONE;
		exch_guarded_init(&in->more->guard);
	}
	return in->more;
}

/* ---- the order of entry ---- */

static void
enlist(struct exch_match *m, struct exch_more *more, struct exch_special *s)
{
	uint32_t i = exch_special_index(m, s);

	s->entry = ++m->hand.entries;
	s->prev = more->last;
	s->next = 0;
	if (more->last != 0)
		m->g.special[more->last].next = i;
	else
		more->first = i;
	more->last = i;
}

static void
delist(struct exch_match *m, struct exch_more *more, struct exch_special *s)
{
	struct exch_special *pool = m->g.special;

	if (s->prev != 0)
		pool[s->prev].next = s->next;
	else
		more->first = s->next;
	if (s->next != 0)
		pool[s->next].prev = s->prev;
	else
		more->last = s->prev;
}

/* ---- life ---- */

struct exch_special *
exch_special_new(struct exch_match *m, struct exch_instr *in,
    const struct exch_special *from)
{
	struct exch_more *more = exch_more_get(m, in);
	uint32_t i = more == NULL ? 0 : take(m);
	struct exch_special *s;

	if (i == 0)
		return NULL;
	s = &m->g.special[i];
	*s = *from;
	s->instr = in->book.instr;
	s->time = m->now;
	s->came = s->reserve;
	s->slot = EXCH_SLOT_NONE;
	s->where = EXCH_AT_NONE;
	s->heap_at = 0;
	enlist(m, more, s);
	s->watches = s->peg != 0 || s->discreet || exch_special_hidden(s);
	in->nspecial++;
	in->nwatch += s->watches;
	more->npeg += s->peg != 0;
	more->ntrail += s->trail != 0;
	if (s->discreet)
		exch_discretion_join(more, s);
	m->g.live++;
	s->linked = false;
	if (s->oco != 0)
		exch_oco_join(m, s);
	if (s->child == EXCH_CHILD_WAITS)
		(void)exch_chain_join(m, EXCH_CHAIN_CHILD, s);
	if (s->quote)
		(void)exch_chain_join(m, EXCH_CHAIN_QUOTE, s);
	if (s->request != 0)
		(void)exch_chain_join(m, EXCH_CHAIN_ANSWER, s);
	if (s->expire != EXCH_TS_NONE)
		exch_expire_add(m, s);
	return s;
}

void
exch_special_free(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	struct exch_more *more = in->more;

	if (s->is_parent)
		exch_child_call(m, s);
	if (s->child == EXCH_CHILD_WAITS)
		exch_chain_leave(m, EXCH_CHAIN_CHILD, s);
	if (s->oco != 0)
		exch_oco_leave(m, s);
	if (s->quote)
		exch_chain_leave(m, EXCH_CHAIN_QUOTE, s);
	if (s->request != 0)
		exch_chain_leave(m, EXCH_CHAIN_ANSWER, s);
	if (s->flags & EXCH_ORD_REQUEST) {
		if (more->unasked < 2)
			more->unasked++;
		more->ended = s->entry;
	}
	if (s->heap_at != 0)
		exch_expire_del(m, s);
	delist(m, more, s);
	in->nspecial--;
	in->nwatch -= s->watches;
	more->npeg -= s->peg != 0;
	more->ntrail -= s->trail != 0;
	more->ndiscreet -= s->discreet;
	m->g.live--;
	s->entry = 0;
	s->where = EXCH_AT_NONE;
	s->next = m->g.free;
	m->g.free = exch_special_index(m, s);
}

struct exch_special *
exch_special_of_ordinary(struct exch_match *m, struct exch_instr *in,
    exch_slot o, const struct exch_special *as)
{
	struct exch_special *s = exch_special_new(m, in, as);

	if (s == NULL)
		return NULL;
	s->id = exch_book_slots(m->store)[o].id;
	s->slot = o;
	s->where = EXCH_AT_BOOK;
	s->reserve = 0;
	exch_book_slots(m->store)[o].owner =
	    EXCH_SPECIAL | exch_special_index(m, s);
	return s;
}

void
exch_general_clear(struct exch_match *m)
{
	exch_free(m->g.special);
	exch_free(m->g.heap);
	for (unsigned i = 0; i < EXCH_CHAINS; i++)
		exch_free(m->g.chains[i].bucket);
	exch_free(m->g.scratch);
	exch_free(m->g.share);
	exch_free(m->g.share_order);
	exch_free(m->g.share_part);
	exch_alloc_scratch_clear(&m->g.scratch_alloc);
	exch_free(m->g.fired);
	exch_free(m->g.broken);
}

/* ---- places ---- */

struct exch_book *
exch_place(struct exch_instr *in, enum exch_where where)
{
	switch (where) {
	case EXCH_AT_BOOK:
		return &in->book;
	case EXCH_AT_DARK:
		return &in->more->dark;
	case EXCH_AT_HALF:
		return &in->more->half;
	case EXCH_AT_STOPS:
		return &in->more->stops;
	default:
		exch_check(where == EXCH_AT_WAIT);
		return &in->more->wait;
	}
}

bool
exch_special_hidden(const struct exch_special *s)
{
	return (s->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) != 0 ||
	       s->peg == EXCH_PEG_MID || (s->min != 0 && !s->min_total);
}

/*
 * Parked orders stand by trigger, the one an execution meets first at the
 * best place: those that a falling price triggers as buys do, those that a
 * rising one triggers as sells.
 */
static uint8_t
parked_side(const struct exch_special *s)
{
	bool touch = s->type == EXCH_ORD_MIT || s->type == EXCH_ORD_LIT;

	return touch ? s->side : exch_other_side(s->side);
}

bool
exch_special_apart(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, enum exch_where where)
{
	struct exch_book_order b = {.id = s->id,
	    .qty = 1,
	    .owner = EXCH_SPECIAL | exch_special_index(m, s),
	    .side = s->side,
	    .fresh = true};

	if (where == EXCH_AT_STOPS) {
		b.side = parked_side(s);
		if (s->trail != 0)
			exch_trail_join(in->more, s);
		/* A trailing stop moves on the grid. */
		(void)exch_engine_tick_floor(in, s->stop, &b.tick);
	}
	s->where = (uint8_t)where;
	if (exch_book_add(m->store, exch_place(in, where), &b, &s->slot) ==
	    EXCH_OK)
		return true;
	s->where = EXCH_AT_NONE;
	m->ended = true;
	return false;
}

static bool
is_apart(const struct exch_special *s)
{
	return s->where == EXCH_AT_STOPS || s->where == EXCH_AT_WAIT;
}

exch_qty
exch_special_leaves(const struct exch_match *m, const struct exch_special *s)
{
	if (s->slot == EXCH_SLOT_NONE || is_apart(s))
		return s->reserve;
	return s->reserve + exch_book_slots(m->store)[s->slot].qty;
}

void
exch_special_lift(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	s->reserve = exch_special_leaves(m, s);
	if (s->slot != EXCH_SLOT_NONE)
		exch_book_remove(m->store,
		    exch_place(in, (enum exch_where)s->where), s->slot);
	s->slot = EXCH_SLOT_NONE;
	s->where = EXCH_AT_NONE;
}

void
exch_drop(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    enum exch_reason why)
{
	bool turn = s->where == EXCH_AT_TURN;
	exch_oid id = s->id;
	exch_qty leaves;

	exch_special_lift(m, in, s);
	leaves = s->reserve;
	if (!turn) /* else its turn is told by where, and frees it */
		exch_special_free(m, in, s);
	exch_peg_mark(m, in);
	/* one whose last quantity just traded is filled, not cancelled */
	if (leaves != 0)
		exch_engine_cancelled(
		    m, in->book.instr, id, leaves, (uint16_t)why, false);
}

bool
exch_scratch_add(struct exch_match *m, size_t *n, uint32_t i)
{
	struct exch_general *g = &m->g;

	if (*n == g->cap_scratch) {
		size_t cap = g->cap_scratch * 2 + 64;
		uint32_t *p = exch_realloc(g->scratch, cap, sizeof(*p));

		if (p == NULL) {
			m->ended = true;
			return false;
		}
		g->scratch = p;
		g->cap_scratch = cap;
	}
	g->scratch[(*n)++] = i;
	return true;
}

void
exch_restated(struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px price, exch_qty leaves,
    exch_qty shown, enum exch_restate why)
{
	struct exch_rec_restated *r =
	    exch_engine_emit(m, EXCH_REC_RESTATED, sizeof(*r), in->book.instr);

	r->order = s->id;
	r->price = price;
	r->leaves = leaves;
	r->shown = shown;
	r->reason = (uint16_t)why;
}
