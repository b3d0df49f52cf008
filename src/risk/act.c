/*
 * What the gate does by itself when somebody has lost too much: orders are
 * cancelled, accounts suspended, positions closed (exch-tables(5): on-loss,
 * stop-loss).  Looked at are those only whose limits say so: who has something
 * in an instrument when its price moves, and whoever traded.
 */
#include <config.h>

#include "base/check.h"
#include "rec/cash.h"
#include "risk/exact.h"

/* ---- what a position has cost ---- */

static exch_qty
size_of(int64_t position)
{
	return position < 0 ? -(exch_qty)position : (exch_qty)position;
}

void
exch_risk_cost(
    struct exch_risk_holding *h, int64_t was, exch_qty qty, exch_i128 paid)
{
	exch_qty had = size_of(was), has = size_of(h->position);

	if (was == 0 || (was < 0) != (h->position < 0)) /* it begins here */
		h->cost = qty == 0 ? 0 : exch_cash_part(paid, has, qty);
	else if (has < had)
		h->cost = exch_cash_part(h->cost, has, had);
	else
		h->cost += paid;
	if (h->position == 0)
		h->cost = 0;
}

/* ---- who is looked at ---- */

void
exch_risk_watch(struct exch_risk_gate *g, struct exch_risk_holding *h)
{
	const struct exch_risk_account *a =
	    exch_keyed_at(&g->account, h->account);
	struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);

	if (h->watched || (h->limit.stop_loss == EXCH_LIMIT_NONE &&
			      a->limit.on_loss <= EXCH_ON_LOSS_REDUCE))
		return;
	h->watched = true;
	h->beside = in->watched;
	in->watched = h->key.slot;
}

void
exch_risk_moved(
    struct exch_risk_gate *g, struct exch_risk_instr *in, exch_px price)
{
	if (in->watched == 0 || in->is_moved ||
	    (price == in->last && !in->closing))
		return;
	in->is_moved = true;
	in->moved = g->moved;
	g->moved = in->key.slot;
}

void
exch_risk_traded(struct exch_risk_gate *g, struct exch_risk_holding *h)
{
	if (h->is_traded || !h->watched)
		return;
	h->is_traded = true;
	h->traded = g->traded;
	g->traded = h->key.slot;
}

/* ---- what is done ---- */

/* Numbers from 2^61 on are its own, and somebody may use them all the same. */
static exch_oid
own_number(struct exch_risk_gate *g, uint32_t instr)
{
	exch_oid id;

	do
		id = EXCH_OID_GATE | ++g->orders;
	while (exch_risk_order(g, instr, id) != NULL);
	return id;
}

/*
 * At any price, at once; what nobody takes is tried at the next execution.  Of
 * one act there is one order: what came of it is not known before its events.
 */
static int
close_position(struct exch_risk_gate *g, const struct exch_risk_account *a,
    struct exch_risk_holding *h, const struct exch_judged *why,
    struct exch_diag *d)
{
	struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	struct exch_rec_new n = {.h = {.type = EXCH_REC_NEW,
				     .len8 = sizeof(n) / 8,
				     .instr = (uint32_t)in->key.id,
				     .time = g->now},
	    .price = EXCH_PX_NONE,
	    .qty = size_of(h->position),
	    .account = (uint32_t)a->key.id,
	    .side = h->position > 0 ? EXCH_SELL : EXCH_BUY,
	    .ordtype = EXCH_ORD_MARKET,
	    .tif = EXCH_TIF_IOC};
	struct exch_judged said = *why, asked = {.waived = UINT32_MAX};
	int err;

	if (n.qty == 0 || h->act == g->acts)
		return EXCH_OK;
	h->act = g->acts;
	if (n.qty > in->most)
		n.qty = in->most;
	in->closing = true;
	n.order = own_number(g, n.h.instr);
	said.order = n.order;
	err = exch_risk_enter(g, &n, false, &asked, d);
	return err == 0 ? exch_risk_give(g, &n.h, &said, d) : err;
}

static int
close_all(struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_judged *why, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (uint32_t i = a->holdings, next; i != 0 && err == 0; i = next) {
		struct exch_risk_holding *h = exch_keyed_at(&g->holding, i);

		next = h->next;
		err = close_position(g, a, h, why, d);
	}
	return err;
}

/* Once a day, or until the switch is released. */
static int
lost(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_judged *why, struct exch_diag *d)
{
	int err;

	a->killed |=
	    a->limit.on_loss >= EXCH_ON_LOSS_SUSPEND ? EXCH_KILLED_LOSS : 0;
	a->tripped = true;
	err = exch_risk_sweep(g, (uint32_t)a->key.id, 0, why, d);
	return err == 0 && a->limit.on_loss == EXCH_ON_LOSS_LIQUIDATE
		   ? close_all(g, a, why, d)
		   : err;
}

/* ---- looking ---- */

static int
look_account(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_risk_holding *h, struct exch_diag *d)
{
	struct exch_judged why = {.rule = EXCH_RULE_LOSS,
	    .account = (uint32_t)a->key.id,
	    .limit = a->limit.loss};
	struct exch_whole w;

	if (a->limit.on_loss <= EXCH_ON_LOSS_REDUCE ||
	    a->limit.loss == EXCH_LIMIT_NONE)
		return EXCH_OK;
	if (!a->tripped && exch_bounds_whole(g, a, h, NULL, &w) &&
	    a->opening - w.equity <= a->limit.loss)
		return EXCH_OK;
	if (!exch_exact_whole(g, a, h, NULL, &w))
		exch_risk_whole(g, a, h, NULL, &w);
	why.observed = exch_risk_seen(a->opening - w.equity);
	if (!a->tripped)
		return a->opening - w.equity > a->limit.loss
			   ? lost(g, a, &why, d)
			   : EXCH_OK;
	return a->limit.on_loss == EXCH_ON_LOSS_LIQUIDATE &&
		       (a->killed & EXCH_KILLED_LOSS) != 0
		   ? close_position(g, a, h, &why, d)
		   : EXCH_OK;
}

static int
look_position(struct exch_risk_gate *g, const struct exch_risk_account *a,
    struct exch_risk_holding *h, struct exch_diag *d)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	struct exch_judged why = {.rule = EXCH_RULE_STOP,
	    .account = (uint32_t)a->key.id,
	    .limit = h->limit.stop_loss};
	exch_i128 worth, loss;
	int err = EXCH_OK;

	if (h->limit.stop_loss == EXCH_LIMIT_NONE)
		return EXCH_OK;
	worth = exch_risk_value(in, exch_risk_mark(in), size_of(h->position));
	loss = h->cost - (h->position < 0 ? -worth : worth);
	why.observed = exch_risk_seen(loss);
	if (h->position == 0)
		h->stopping = false;
	else if (!h->stopping && loss <= h->limit.stop_loss)
		return EXCH_OK;
	else if (!h->stopping)
		err = exch_risk_sweep(
		    g, why.account, (uint32_t)in->key.id, &why, d);
	h->stopping = h->position != 0;
	return err == 0 ? close_position(g, a, h, &why, d) : err;
}

static int
look(struct exch_risk_gate *g, struct exch_risk_holding *h, struct exch_diag *d)
{
	struct exch_risk_account *a = exch_keyed_at(&g->account, h->account);
	int err = look_account(g, a, h, d);

	return err == 0 && (a->killed & EXCH_KILLED_LOSS) == 0
		   ? look_position(g, a, h, d)
		   : err;
}

/* Who has nothing there does not feel its price. */
static int
look_all(
    struct exch_risk_gate *g, struct exch_risk_instr *in, struct exch_diag *d)
{
	struct exch_risk_holding *h;
	int err = EXCH_OK;

	in->is_moved = in->closing = false;
	for (uint32_t i = in->watched; i != 0 && err == 0; i = h->beside) {
		h = exch_keyed_at(&g->holding, i);
		if (h->position != 0)
			err = look(g, h, d);
	}
	return err;
}

int
exch_risk_act(struct exch_risk_gate *g, struct exch_diag *d)
{
	int err = EXCH_OK;

	g->acts++;
	while (g->moved != 0 && err == 0) {
		struct exch_risk_instr *in = exch_keyed_at(&g->instr, g->moved);

		g->moved = in->moved;
		err = look_all(g, in, d);
	}
	while (g->traded != 0 && err == 0) {
		struct exch_risk_holding *h =
		    exch_keyed_at(&g->holding, g->traded);

		g->traded = h->traded;
		h->is_traded = false;
		err = look(g, h, d);
	}
	return err;
}
