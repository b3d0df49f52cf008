/*
 * Events as messages to agents: what concerns an agent's own orders on the
 * path of responses, what everybody sees on the path of market data.
 */
#include <config.h>

#include "sim/kernel.h"

/* ---- its own ---- */

/* The desk and the order that an event speaks of; NULL: nobody's here. */
static struct sim_order *
own(struct exch_sim *s, const struct exch_rec *r, exch_oid order)
{
	return exch_keyed_find(&s->orders, r->instr, order);
}

static struct exch_agent_msg
about(const struct sim_order *o, uint8_t what)
{
	return (struct exch_agent_msg){
	    .what = what,
	    .side = o->side,
	    .instr = o->key.place,
	    .tag = o->tag,
	    .order = o->key.id,
	    .price = o->price,
	    .qty = o->leaves,
	};
}

static int
respond(struct exch_sim *s, const struct sim_order *o, struct exch_agent_msg *m)
{
	return exch_desk_tell(s, s->desk[o->desk], EXCH_PATH_RESPONSE, m);
}

static int
filled(struct exch_sim *s, const struct exch_rec_exec *e, exch_oid order,
    uint8_t side)
{
	struct sim_order *o = own(s, &e->h, order);
	struct exch_agent_msg m;
	int err;

	if (o == NULL)
		return EXCH_OK;
	o->leaves -= e->qty < o->leaves ? e->qty : o->leaves;
	m = about(o, EXCH_TOLD_FILLED);
	m.price = e->price;
	m.qty = e->qty;
	m.qty2 = o->leaves;
	m.maker = e->aggressor != 0 &&
		  (e->aggressor == EXCH_BUY) != (side == EXCH_BUY);
	err = respond(s, o, &m);
	if (s->day != NULL)
		exch_past_filled(s);
	if (o->leaves == 0)
		exch_desk_drop(s, o);
	return err;
}

static int
canceled(struct exch_sim *s, const struct exch_rec_cancelled *c)
{
	struct sim_order *o = own(s, &c->h, c->order);
	struct exch_agent_msg m;
	int err;

	if (o == NULL)
		return EXCH_OK;
	o->leaves -= c->qty < o->leaves ? c->qty : o->leaves;
	m = about(o, EXCH_TOLD_CANCELED);
	m.qty = c->qty;
	m.qty2 = c->open != 0 ? o->leaves : 0;
	m.reason = c->reason;
	err = respond(s, o, &m);
	if (c->open == 0)
		exch_desk_drop(s, o);
	return err;
}

static int
rejected(struct exch_sim *s, const struct exch_rec_reject *j)
{
	struct sim_order *o = own(s, &j->h, j->order);
	struct exch_agent_msg m;
	int err;

	if (o == NULL)
		return EXCH_OK;
	m = about(o, EXCH_TOLD_REJECTED);
	m.reason = j->code;
	m.qty2 = j->command == EXCH_REC_NEW ? 0 : o->leaves;
	err = respond(s, o, &m);
	if (j->command == EXCH_REC_NEW)
		exch_desk_drop(s, o);
	return err;
}

static int
replaced(struct exch_sim *s, const struct exch_rec_replaced *r)
{
	struct sim_order *o = own(s, &r->h, r->order);
	struct exch_agent_msg m;

	if (o == NULL)
		return EXCH_OK;
	o->price = o->asked;
	o->leaves = r->qty;
	m = about(o, EXCH_TOLD_REPLACED);
	return respond(s, o, &m);
}

static int
accepted(struct exch_sim *s, const struct exch_rec_ack *a)
{
	struct sim_order *o = own(s, &a->h, a->order);
	struct exch_agent_msg m;

	if (o == NULL)
		return EXCH_OK;
	m = about(o, EXCH_TOLD_ACCEPTED);
	return respond(s, o, &m);
}

/* ---- everybody's ---- */

bool
exch_desk_sees(const struct sim_desk *k, uint32_t instr)
{
	if (k->only == NULL)
		return true;
	for (unsigned i = 0; i < k->nonly; i++) {
		if (k->only[i] == instr)
			return true;
	}
	return false;
}

static int
spread(struct exch_sim *s, const struct exch_agent_msg *m,
    bool (*wants)(const struct exch_agent_wants *w))
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++) {
		struct sim_desk *k = s->desk[i];
		struct exch_agent_msg one = *m;

		if (k->open && wants(&k->a.wants) &&
		    exch_desk_sees(k, m->instr))
			err = exch_desk_tell(s, k, EXCH_PATH_FEED, &one);
	}
	return err;
}

static bool
wants_trades(const struct exch_agent_wants *w)
{
	return w->trades;
}

static bool
wants_orders(const struct exch_agent_wants *w)
{
	return w->orders;
}

static bool
wants_top(const struct exch_agent_wants *w)
{
	return w->levels == 1;
}

static bool
wants_phase(const struct exch_agent_wants *w)
{
	return w->levels != 0 || w->trades || w->orders;
}

/*
 * Does it stand in the displayed book?  Hidden orders, and those that wait for
 * something, have levels elsewhere.
 */
static bool
displayed(const struct sim_instr *in, exch_slot o)
{
	const struct exch_book_store *st = in->m.store;

	return exch_book_level(st, in->m.book, exch_book_side_of(st, o),
		   exch_book_tick_of(st, o)) == st->slot[o].level;
}

/* What of it rests now, where everybody sees it: nowhere in the dark. */
static int
tell_order(struct exch_sim *s, struct sim_instr *in, exch_oid order, bool added)
{
	exch_slot o = exch_book_find(in->m.store, in->m.book, order);
	struct exch_agent_msg m = {
	    .what = added ? EXCH_TOLD_ADD : EXCH_TOLD_LEFT,
	    .instr = in->m.instr,
	    .order = order,
	    .price = EXCH_PX_NONE,
	};
	int64_t tick;

	if (o == EXCH_SLOT_NONE && added)
		return EXCH_OK;
	if (o != EXCH_SLOT_NONE) {
		if (!displayed(in, o))
			return EXCH_OK;
		tick = exch_book_tick_of(in->m.store, o);
		m.side = exch_book_side_of(in->m.store, o);
		if (tick != EXCH_TICK_MARKET)
			m.price = tick * in->tick;
		m.qty = exch_book_slots(in->m.store)[o].qty;
	}
	return in->dark ? EXCH_OK : spread(s, &m, wants_orders);
}

/* It has another place in a queue: it has left the one that it had. */
static int
tell_moved(
    struct exch_sim *s, struct sim_instr *in, exch_oid order, exch_oid is)
{
	struct exch_agent_msg m = {
	    .what = EXCH_TOLD_LEFT,
	    .instr = in->m.instr,
	    .order = order,
	    .price = EXCH_PX_NONE,
	};
	int err = in->dark ? EXCH_OK : spread(s, &m, wants_orders);

	return err == EXCH_OK ? tell_order(s, in, is, true) : err;
}

static int
traded(struct exch_sim *s, struct sim_instr *in, const struct exch_rec_exec *e)
{
	struct exch_agent_msg m = {
	    .what = EXCH_TOLD_TRADE,
	    .side = e->aggressor,
	    .instr = in->m.instr,
	    .price = e->price,
	    .qty = e->qty,
	};
	int err = spread(s, &m, wants_trades);

	if (err == EXCH_OK && e->aggressor != EXCH_BUY)
		err = tell_order(s, in, e->buy, false);
	if (err == EXCH_OK && e->aggressor != EXCH_SELL)
		err = tell_order(s, in, e->sell, false);
	if (err == EXCH_OK)
		err = filled(s, e, e->buy, EXCH_BUY);
	return err == EXCH_OK ? filled(s, e, e->sell, EXCH_SELL) : err;
}

int
exch_desk_hear(
    struct exch_sim *s, struct sim_instr *in, const struct exch_rec *r)
{
	int err = EXCH_OK;

	switch (r->type) {
	case EXCH_REC_EXEC:
		return traded(s, in, (const void *)r);
	case EXCH_REC_ACK:
		err = accepted(s, (const void *)r);
		if (err == EXCH_OK)
			err = tell_order(s, in,
			    ((const struct exch_rec_ack *)r)->order, true);
		return err;
	case EXCH_REC_CANCELLED:
		err = tell_order(s, in,
		    ((const struct exch_rec_cancelled *)r)->order, false);
		return err == EXCH_OK ? canceled(s, (const void *)r) : err;
	case EXCH_REC_REPLACED: {
		const struct exch_rec_replaced *p = (const void *)r;

		if (p->kept == 0)
			err = tell_moved(s, in, p->order, p->new_order);
		else
			err = tell_order(s, in, p->order, false);
		return err == EXCH_OK ? replaced(s, p) : err;
	}
	case EXCH_REC_RESTATED: {
		exch_oid order = ((const struct exch_rec_restated *)r)->order;

		return tell_moved(s, in, order, order);
	}
	case EXCH_REC_TRIGGERED:
		return tell_order(
		    s, in, ((const struct exch_rec_triggered *)r)->order, true);
	case EXCH_REC_REJECT:
		return rejected(s, (const void *)r);
	default:
		return EXCH_OK;
	}
}

int
exch_desk_own(struct exch_sim *s, const struct exch_rec *r)
{
	const struct exch_rec_exec *e = (const void *)r;
	int err;

	switch (r->type) {
	case EXCH_REC_EXEC:
		err = filled(s, e, e->buy, EXCH_BUY);
		return err == EXCH_OK ? filled(s, e, e->sell, EXCH_SELL) : err;
	case EXCH_REC_ACK:
		return accepted(s, (const void *)r);
	case EXCH_REC_CANCELLED:
		return canceled(s, (const void *)r);
	case EXCH_REC_REPLACED:
		return replaced(s, (const void *)r);
	case EXCH_REC_REJECT:
		return rejected(s, (const void *)r);
	default:
		return EXCH_OK;
	}
}

int
exch_desk_phase(struct exch_sim *s, uint32_t instr, uint8_t phase)
{
	struct exch_agent_msg m = {
	    .what = EXCH_TOLD_PHASE, .instr = instr, .reason = phase};
	int err = EXCH_OK;

	for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++) {
		struct sim_desk *k = s->desk[i];
		struct exch_agent_msg one = m;

		if (k->open && wants_phase(&k->a.wants) &&
		    (instr == 0 || exch_desk_sees(k, instr)))
			err = exch_desk_tell(s, k, EXCH_PATH_FEED, &one);
	}
	return err;
}

/* What it is told about; NULL: nothing of that. */
static const struct exch_rec_instrument *
known(const struct sim_desk *k, uint32_t instr)
{
	for (unsigned i = 0; i < k->a.ninstr; i++) {
		if (k->told[i].h.instr == instr)
			return &k->told[i];
	}
	return NULL;
}

int
exch_desk_announced(struct exch_sim *s, const struct exch_rec_instrument *r)
{
	const struct exch_agent_msg m = {
	    .what = EXCH_TOLD_INSTRUMENT,
	    .instr = r->h.instr,
	    .price = r->tick,
	    .price2 = r->reference,
	    .qty = r->lot,
	    .qty2 = r->min_qty,
	    .order = r->max_qty,
	    .reason = r->px_decimals,
	};
	int err = EXCH_OK;

	for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++) {
		struct sim_desk *k = s->desk[i];
		struct exch_agent_msg one = m;

		if (k->open && known(k, r->h.instr) != NULL)
			err = exch_desk_tell(s, k, EXCH_PATH_FEED, &one);
	}
	return err;
}

/* Price and quantity of a side's best level; none and 0 without one. */
static void
top_of(const struct sim_instr *in, unsigned side, exch_px *price, exch_qty *qty)
{
	exch_slot l = in->m.book->side[side].best;

	*price = EXCH_PX_NONE;
	*qty = 0;
	if (l == EXCH_SLOT_NONE)
		return;
	*price = in->m.store->slot[l].tick * in->tick;
	*qty = in->m.store->slot[l].qty;
}

int
exch_desk_book(struct exch_sim *s, struct sim_instr *in)
{
	struct exch_agent_msg m = {.what = EXCH_TOLD_TOP, .instr = in->m.instr};

	if (in->levels != NULL) {
		int err = exch_desk_levels(s, in);

		if (err != EXCH_OK)
			return err;
	}
	top_of(in, 0, &m.price, &m.qty);
	top_of(in, 1, &m.price2, &m.qty2);
	if ((uint64_t)m.price == in->top[0] && m.qty == in->top[1] &&
	    (uint64_t)m.price2 == in->top[2] && m.qty2 == in->top[3])
		return EXCH_OK;
	in->top[0] = (uint64_t)m.price;
	in->top[1] = m.qty;
	in->top[2] = (uint64_t)m.price2;
	in->top[3] = m.qty2;
	return spread(s, &m, wants_top);
}
