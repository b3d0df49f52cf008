/*
 * Executions that are broken afterwards, or corrected.  Numbers of an
 * instrument have no gaps, so that its count tells which exist; only those
 * that are broken have to be remembered.  Books and orders stay as they are.
 */
#include <config.h>

#include "base/alloc.h"
#include "match/general.h"

static struct exch_broken *
place_of(struct exch_general *g, uint32_t instr, uint64_t match)
{
	uint64_t h =
	    (match ^ (uint64_t)instr << 40) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 32);

	for (;; i++) {
		struct exch_broken *b = &g->broken[i & (g->cap_broken - 1)];

		if (b->match == 0 || (b->match == match && b->instr == instr))
			return b;
	}
}

static bool
is_broken(struct exch_general *g, uint32_t instr, uint64_t match)
{
	return g->cap_broken != 0 && place_of(g, instr, match)->match != 0;
}

static bool
grow(struct exch_match *m)
{
	struct exch_general *g = &m->g;
	struct exch_broken *was = g->broken, *p;
	size_t old = g->cap_broken, cap = old == 0 ? 64 : old * 2;

	if (g->nbroken * 2 < old)
		return true;
	p = exch_calloc(cap, sizeof(*p));
	if (p == NULL) {
		m->ended = true;
		return false;
	}
	g->broken = p;
	g->cap_broken = cap;
	for (size_t i = 0; i < old; i++)
		if (was[i].match != 0)
			*place_of(g, was[i].instr, was[i].match) = was[i];
	exch_free(was);
	return true;
}

static enum exch_reject
check(struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_break *c)
{
	int64_t tick;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if (c->match == 0 || c->match > in->match ||
	    is_broken(&m->g, c->h.instr, c->match))
		return EXCH_REJ_MATCH;
	if (c->qty == 0 && c->price == EXCH_PX_NONE)
		return EXCH_REJ_NONE;
	if (c->qty == 0 || c->qty == EXCH_QTY_NONE)
		return EXCH_REJ_QTY;
	if (c->qty % in->lot != 0)
		return EXCH_REJ_LOT;
	return exch_engine_check_price(in, c->price, &tick);
}

void
exch_general_break(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_break *c)
{
	enum exch_reject code = check(m, in, c);
	struct exch_rec_bust *b;
	struct exch_rec_trade *t;

	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->match, code);
		return;
	}
	if (!grow(m))
		return;
	*place_of(&m->g, c->h.instr, c->match) =
	    (struct exch_broken){c->match, c->h.instr};
	m->g.nbroken++;
	b = exch_engine_emit(m, EXCH_REC_BUST, sizeof(*b), c->h.instr);
	b->match = c->match;
	if (c->qty == 0)
		return;
	t = exch_engine_emit(m, EXCH_REC_TRADE, sizeof(*t), c->h.instr);
	t->match = ++in->match;
	t->price = c->price;
	t->qty = c->qty;
	t->kind = EXCH_PRINT_CORRECTED;
}
