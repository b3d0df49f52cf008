/*
 * Requests for quotes.  A request and its answers wait apart and never
 * match; an ACCEPT trades the one with one of the others, and when the
 * request ends, what is left of its answers goes.  The rules are those of
 * exch-ordertypes(7), REQUESTS FOR QUOTES.
 *
 * An answer knows its request by place and number of entry: places are used
 * again, numbers are not.
 */
#include <config.h>

#include "match/general.h"

static struct exch_special *
find(const struct exch_match *m, const struct exch_instr *in, exch_oid id)
{
	exch_slot o = exch_book_find(m->store, &in->book, id);

	return o == EXCH_SLOT_NONE ? NULL : exch_special_of(m, o);
}

/* What an answer has to be. */
static bool
answers(const struct exch_instr *in, const struct exch_special *s,
    const struct exch_special *request)
{
	bool rests = s->tif == EXCH_TIF_DAY || s->tif == EXCH_TIF_GTC ||
		     exch_is_dated(s->tif);

	return s->type == EXCH_ORD_LIMIT && s->flags == 0 && rests &&
	       request != NULL && request->flags & EXCH_ORD_REQUEST &&
	       request->side != s->side &&
	       exch_spot_reaches(request->side,
		   exch_spot_of(in, request->price),
		   exch_spot_of(in, s->price));
}

enum exch_reject
exch_request_check(const struct exch_match *m, const struct exch_instr *in,
    struct exch_special *s, const struct exch_ext *e, bool more)
{
	bool asks = (s->flags & EXCH_ORD_REQUEST) != 0;
	const struct exch_special *request = NULL;

	if (!asks && e == NULL)
		return EXCH_REJ_NONE;
	if (more || (asks && e != NULL))
		return EXCH_REJ_REQUEST;
	if (!asks) {
		request = find(m, in, e->value);
		if (!answers(in, s, request))
			return EXCH_REJ_REQUEST;
		s->request = request->entry;
		s->asked = exch_special_index(m, request);
	}
	if (s->account == 0 ||
	    (request != NULL && request->account == s->account))
		return EXCH_REJ_ACCOUNT;
	return EXCH_REJ_NONE;
}

/* Of several requests the answers go in the order in which they came. */
static void
settle_all(struct exch_match *m, struct exch_instr *in)
{
	struct exch_special *pool = m->g.special;
	uint32_t i = in->more->first, next;

	for (; i != 0; i = next) {
		struct exch_special *s = &pool[i];

		next = s->next;
		m->st.walked++;
		if (s->request != 0 && pool[s->asked].entry != s->request)
			exch_drop(m, in, s, EXCH_WHY_REQUEST);
	}
}

void
exch_request_settle(struct exch_match *m, struct exch_instr *in)
{
	struct exch_chain_key of = {in->more->ended, in->book.instr};
	uint8_t n = in->more->unasked;
	struct exch_special *s;

	in->more->unasked = 0;
	if (n > 1)
		settle_all(m, in);
	while (n == 1 &&
	       (s = exch_chain_first(m, EXCH_CHAIN_ANSWER, of)) != NULL) {
		m->st.walked++;
		exch_drop(m, in, s, EXCH_WHY_REQUEST);
	}
}

/* ---- ACCEPT ---- */

/* A price that would interrupt trading is none to agree on. */
static bool
breaks(const struct exch_match *m, const struct exch_instr *in, exch_px price)
{
	exch_px last = EXCH_PX_NONE;
	struct exch_breach b;

	if (!m->guarded)
		return false;
	(void)exch_last_price(in, &last);
	return exch_luld_outside(in, price) ||
	       !exch_monitor_within(m, in, price, last, &b);
}

static enum exch_reject
check(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_accept *c, struct exch_special **request,
    struct exch_special **answer)
{
	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if (c->qty == 0)
		return EXCH_REJ_QTY;
	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return EXCH_REJ_PHASE;
	*request = find(m, in, c->order);
	*answer = find(m, in, c->answer);
	if (*request == NULL || !((*request)->flags & EXCH_ORD_REQUEST) ||
	    *answer == NULL || (*answer)->request != (*request)->entry)
		return EXCH_REJ_REQUEST;
	/* Part of a lot only where that is all there is. */
	if (c->qty % in->lot != 0 && c->qty < (*request)->reserve &&
	    c->qty < (*answer)->reserve)
		return EXCH_REJ_LOT;
	if (breaks(m, in, (*answer)->price))
		return EXCH_REJ_BAND;
	return exch_is_killed(m, (*request)->account) ||
		       exch_is_killed(m, (*answer)->account)
		   ? EXCH_REJ_KILLED
		   : EXCH_REJ_NONE;
}

static void
take(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    exch_qty qty)
{
	s->reserve -= qty;
	if (s->reserve > 0)
		return;
	exch_special_lift(m, in, s);
	exch_special_free(m, in, s);
}

void
exch_general_accept(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_accept *c)
{
	struct exch_special *request = NULL, *answer = NULL;
	enum exch_reject code = check(m, in, c, &request, &answer);
	struct exch_spot at;
	exch_px price;
	exch_qty qty = c->qty;
	bool buys;

	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->order, code);
		return;
	}
	if (qty > request->reserve)
		qty = request->reserve;
	if (qty > answer->reserve)
		qty = answer->reserve;
	price = answer->price;
	at = exch_spot_of(in, price);
	buys = request->side == EXCH_BUY;
	if (m->guarded)
		exch_guard_prints(m, in, price);
	exch_engine_exec(m, in, buys ? c->order : c->answer,
	    buys ? c->answer : c->order, at.tick, qty, request->side,
	    EXCH_CROSS_NONE);
	take(m, in, request, qty);
	take(m, in, answer, qty);
	exch_park_event(m, in, at);
	exch_general_after(m, in);
}
