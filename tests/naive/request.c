/*
 * The naive engine: requests for quotes, their answers and trades, from
 * exch-ordertypes(7), REQUESTS FOR QUOTES; see naive.h.
 */
#include <config.h>

#include "naive/naive.h"

bool
naive_is_request(const struct naive_order *o)
{
	return (o->flags & EXCH_ORD_REQUEST) || o->request != 0;
}

static size_t
by_id(const struct naive_instr *in, exch_oid id)
{
	size_t i = 0;

	while (i < in->napart && in->apart[i].id != id)
		i++;
	return i;
}

static bool
entry_lives(const struct naive_instr *in, uint64_t entry)
{
	for (size_t i = 0; i < in->napart; i++)
		if (in->apart[i].entry == entry)
			return true;
	return false;
}

enum exch_reject
naive_check_request(const struct naive_instr *in, struct naive_order *o,
    const exch_oid *id, bool more)
{
	const struct naive_order *q;
	size_t i;

	if (!(o->flags & EXCH_ORD_REQUEST) && id == NULL)
		return EXCH_REJ_NONE;
	if (more)
		return EXCH_REJ_REQUEST;
	if (id == NULL)
		return o->account != 0 ? EXCH_REJ_NONE : EXCH_REJ_ACCOUNT;
	if (o->flags != 0 || o->type != EXCH_ORD_LIMIT ||
	    o->tif == EXCH_TIF_IOC || o->tif == EXCH_TIF_FOK ||
	    naive_is_call(o->tif))
		return EXCH_REJ_REQUEST;
	i = by_id(in, *id);
	if (i == in->napart)
		return EXCH_REJ_REQUEST;
	q = &in->apart[i];
	if (!(q->flags & EXCH_ORD_REQUEST) || q->side == o->side)
		return EXCH_REJ_REQUEST;
	if (q->price != EXCH_PX_NONE &&
	    (q->side == EXCH_BUY ? o->price > q->price : o->price < q->price))
		return EXCH_REJ_REQUEST;
	if (o->account == 0 || o->account == q->account)
		return EXCH_REJ_ACCOUNT;
	o->request = q->entry;
	return EXCH_REJ_NONE;
}

void
naive_end_answers(struct naive *n, struct naive_instr *in)
{
	for (;;) {
		uint64_t first = 0;

		for (size_t i = 0; i < in->napart; i++) {
			const struct naive_order *o = &in->apart[i];

			if (o->request != 0 && !entry_lives(in, o->request) &&
			    (first == 0 || o->entry < first))
				first = o->entry;
		}
		if (first == 0)
			return;
		(void)naive_drop(n, in, first, EXCH_WHY_REQUEST);
	}
}

/* ---- ACCEPT ---- */

static enum exch_reject
check(const struct naive *n, const struct naive_instr *in,
    const struct exch_rec_accept *c)
{
	const struct naive_order *q, *a;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if (c->qty == 0)
		return EXCH_REJ_QTY;
	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return EXCH_REJ_PHASE;
	if (by_id(in, c->order) == in->napart ||
	    by_id(in, c->answer) == in->napart)
		return EXCH_REJ_REQUEST;
	q = &in->apart[by_id(in, c->order)];
	a = &in->apart[by_id(in, c->answer)];
	if (!(q->flags & EXCH_ORD_REQUEST) || a->request != q->entry)
		return EXCH_REJ_REQUEST;
	if (c->qty < q->qty && c->qty < a->qty && c->qty % in->def.lot != 0)
		return EXCH_REJ_LOT;
	if (naive_outside(in, a->price) ||
	    !naive_in_range(n, in, a->price, in->last))
		return EXCH_REJ_BAND;
	if (naive_is_killed(n, q->account) || naive_is_killed(n, a->account))
		return EXCH_REJ_KILLED;
	return EXCH_REJ_NONE;
}

static void
lose(struct naive_instr *in, exch_oid id, exch_qty qty)
{
	size_t i = by_id(in, id);

	in->apart[i].qty -= qty;
	if (in->apart[i].qty == 0)
		naive_apart_out(in, i);
}

void
naive_accept(
    struct naive *n, struct naive_instr *in, const struct exch_rec_accept *c)
{
	enum exch_reject why = check(n, in, c);
	const struct naive_order *q, *a;
	struct exch_rec_exec e = {.qty = c->qty};

	if (why != EXCH_REJ_NONE) {
		naive_reject(n, &c->h, c->order, why);
		return;
	}
	q = &in->apart[by_id(in, c->order)];
	a = &in->apart[by_id(in, c->answer)];
	if (e.qty > q->qty)
		e.qty = q->qty;
	if (e.qty > a->qty)
		e.qty = a->qty;
	e.price = a->price;
	e.aggressor = q->side;
	e.buy = q->side == EXCH_BUY ? q->id : a->id;
	e.sell = q->side == EXCH_BUY ? a->id : q->id;
	naive_exec(n, in, &e);
	lose(in, c->order, e.qty);
	lose(in, c->answer, e.qty);
	naive_event(n, in, e.price);
	naive_g_after(n, in);
}
