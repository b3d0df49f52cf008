/*
 * Quotes: a bid and an offer of one account that are taken or refused as
 * one, and stand in the place of what the account quoted before.  Their
 * orders are day limit orders that remember where they came from; the rules
 * are those of exch-ordertypes(7), QUOTES.
 */
#include <config.h>

#include "match/general.h"

/* One side of a quote. */
struct leg {
	struct exch_rec_new c; /* in the words of a new order; qty 0: none */
	struct exch_special s;
	uint32_t kept; /* the order that stays, or 0 */
};

static struct leg
leg_of(const struct exch_rec_quote *c, uint8_t side)
{
	bool buys = side == EXCH_BUY;

	return (struct leg){.c = {.h = c->h,
				.order = buys ? c->bid_order : c->ask_order,
				.price = buys ? c->bid : c->ask,
				.qty = buys ? c->bid_qty : c->ask_qty,
				.account = c->account,
				.side = side,
				.ordtype = EXCH_ORD_LIMIT,
				.tif = EXCH_TIF_DAY}};
}

/* Does the account's present quote hold this order, which is live? */
static bool
is_own_quote(const struct exch_match *m, const struct exch_instr *in,
    exch_oid id, uint32_t account)
{
	exch_slot o = exch_book_find(m->store, &in->book, id);
	const struct exch_special *s = exch_special_of(m, o);

	return s != NULL && s->quote && s->account == account;
}

static bool
has_quoted(
    const struct exch_match *m, const struct exch_instr *in, uint32_t account)
{
	return exch_chain_first(m, EXCH_CHAIN_QUOTE,
		   (struct exch_chain_key){account, in->book.instr}) != NULL;
}

static enum exch_reject
check_leg(
    const struct exch_match *m, const struct exch_instr *in, struct leg *l)
{
	enum exch_reject code;

	if (l->c.qty == 0)
		return l->c.price == EXCH_PX_NONE ? EXCH_REJ_NONE
						  : EXCH_REJ_PRICE;
	code = exch_check_new(m, in, &l->c, &l->s);
	/* That an id is live is what is looked at last. */
	if (code == EXCH_REJ_DUPLICATE &&
	    is_own_quote(m, in, l->c.order, l->c.account))
		return EXCH_REJ_NONE;
	return code;
}

static enum exch_reject
check(struct exch_match *m, const struct exch_instr *in, struct leg leg[2],
    uint32_t account)
{
	enum exch_reject code;
	bool both = leg[0].c.qty != 0 && leg[1].c.qty != 0;
	bool none = leg[0].c.qty == 0 && leg[1].c.qty == 0;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (leg[0].c.h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if (!none && exch_guard_throttles(m, account))
		return EXCH_REJ_THROTTLE;
	if (account == 0)
		return EXCH_REJ_ACCOUNT;
	if ((code = check_leg(m, in, &leg[0])) != EXCH_REJ_NONE ||
	    (code = check_leg(m, in, &leg[1])) != EXCH_REJ_NONE)
		return code;
	if (both && leg[0].c.price >= leg[1].c.price)
		return EXCH_REJ_QUOTE;
	if (both && leg[0].c.order == leg[1].c.order)
		return EXCH_REJ_DUPLICATE;
	return none && !has_quoted(m, in, account) ? EXCH_REJ_UNKNOWN_ORDER
						   : EXCH_REJ_NONE;
}

/* The next of the old quote's orders on a side, by entry; NULL: no more. */
static struct exch_special *
next_old(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_new *c, uint64_t after)
{
	struct exch_special *s = exch_chain_first(m, EXCH_CHAIN_QUOTE,
	    (struct exch_chain_key){c->account, in->book.instr});

	while (s != NULL && (s->side != c->side || s->entry <= after))
		s = exch_chain_next(m, EXCH_CHAIN_QUOTE, s);
	return s;
}

/* The old orders of this side go, but for one that may stay. */
static void
take_back(struct exch_match *m, struct exch_instr *in, struct leg *l)
{
	struct exch_special *s;
	uint64_t done = 0;

	while ((s = next_old(m, in, &l->c, done)) != NULL) {
		done = s->entry;
		if (l->c.qty != 0 && s->id == l->c.order &&
		    s->price == l->c.price &&
		    l->c.qty <= exch_special_leaves(m, s))
			l->kept = exch_special_index(m, s);
		else
			exch_drop(m, in, s, EXCH_WHY_QUOTE);
	}
}

static void
keep(struct exch_match *m, struct exch_instr *in, const struct leg *l)
{
	const struct exch_special *s = &m->g.special[l->kept];
	exch_qty open = exch_special_leaves(m, s);
	struct exch_rec_replaced *r =
	    exch_engine_emit(m, EXCH_REC_REPLACED, sizeof(*r), in->book.instr);

	if (l->c.qty < open)
		exch_book_reduce(m->store, s->slot, open - l->c.qty);
	r->order = s->id;
	r->new_order = s->id;
	r->qty = l->c.qty;
	r->kept = true;
	m->st.replaces++;
}

static void
come_in(struct exch_match *m, struct exch_instr *in, struct leg *l,
    uint64_t session)
{
	struct exch_rec_ack *a;

	if (l->c.qty == 0)
		return;
	if (l->kept != 0) {
		keep(m, in, l);
		return;
	}
	a = exch_engine_emit(m, EXCH_REC_ACK, sizeof(*a), in->book.instr);
	a->order = l->c.order;
	m->st.acks++;
	l->s.quote = true;
	l->s.session = session;
	exch_enter(m, in, &l->s, NULL, false);
}

void
exch_general_quote(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_quote *c)
{
	struct leg leg[2] = {leg_of(c, EXCH_BUY), leg_of(c, EXCH_SELL)};
	const struct exch_ext *e =
	    c->h.flags & EXCH_F_EXT
		? exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_SESSION)
		: NULL;
	uint64_t session = e != NULL ? e->value : 0;
	enum exch_reject code = check(m, in, leg, c->account);

	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h,
		    c->bid_qty != 0 ? c->bid_order : c->ask_order, code);
		return;
	}
	take_back(m, in, &leg[0]);
	take_back(m, in, &leg[1]);
	come_in(m, in, &leg[0], session);
	come_in(m, in, &leg[1], session);
	exch_general_after(m, in);
}
