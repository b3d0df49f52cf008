/*
 * What became of the commands: the matcher's events, for a gate that sees
 * them (gate.h).  Orders that the gate has not seen concern nobody it knows.
 */
#include <config.h>

#include "risk/gate_priv.h"

static int
too_much(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "an account's cash or position is beyond what numbers can say");
}

static struct exch_risk_order *
live(const struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	return exch_keyed_find(&g->order, instr, id);
}

/* Without a replacement on its way just what is open is counted. */
static void
settle(struct exch_risk_gate *g, struct exch_risk_order *o)
{
	const struct exch_holding *h = exch_keyed_at(&g->holding, o->holding);
	const struct exch_risk_instr *in =
	    exch_keyed_find(&g->instr, 0, h->key.id);

	if (o->asked == 0)
		exch_risk_count(
		    g, o, o->open, exch_risk_value(in, o->price, o->open));
}

/* So much less is open; nothing left of it ends the order. */
static void
reduce(struct exch_risk_gate *g, struct exch_risk_order *o, exch_qty qty,
    bool ends)
{
	o->open = qty < o->open ? o->open - qty : 0;
	if (ends || o->open == 0)
		exch_risk_drop(g, &g->order, o);
	else
		settle(g, o);
}

static int
move(struct exch_risk_account *a, struct exch_holding *h, bool sell,
    exch_qty qty, exch_i128 cash, struct exch_diag *d)
{
	int64_t n;

	if (qty > INT64_MAX)
		return too_much(d);
	n = sell ? -(int64_t)qty : (int64_t)qty;
	if (__builtin_add_overflow(h->position, n, &h->position))
		return too_much(d);
	a->cash += sell ? cash : -cash;
	return EXCH_OK;
}

static int
fill(struct exch_risk_gate *g, struct exch_risk_order *o, exch_px price,
    exch_qty qty, struct exch_diag *d)
{
	struct exch_holding *h = exch_keyed_at(&g->holding, o->holding);
	struct exch_risk_account *a = exch_keyed_at(&g->account, o->account);
	const struct exch_risk_instr *in =
	    exch_keyed_find(&g->instr, 0, h->key.id);
	int err = move(a, h, o->sell, qty, exch_risk_value(in, price, qty), d);

	if (err == 0)
		reduce(g, o, qty, false);
	return err;
}

static int
executed(struct exch_risk_gate *g, const struct exch_rec_exec *e,
    struct exch_diag *d)
{
	struct exch_risk_order *o = live(g, e->h.instr, e->buy);
	int err = o != NULL ? fill(g, o, e->price, e->qty, d) : EXCH_OK;

	o = live(g, e->h.instr, e->sell);
	return err == 0 && o != NULL ? fill(g, o, e->price, e->qty, d) : err;
}

static int
traded(struct exch_risk_gate *g, const struct exch_rec_trade *t,
    struct exch_diag *d)
{
	const struct exch_rec_block *b = &g->block;
	int err = EXCH_OK;

	if (t->kind != EXCH_PRINT_BLOCK || t->buy != b->report ||
	    t->h.instr != b->h.instr)
		return EXCH_OK;
	for (unsigned i = 0; i < 2 && err == 0; i++) {
		struct exch_risk_instr *in = exch_risk_instr(g, t->h.instr, d);
		struct exch_risk_account *a =
		    exch_risk_account(g, i == 0 ? b->buyer : b->seller, d);
		struct exch_holding *h = in != NULL && a != NULL
					     ? exch_risk_holding(g, a, in, d)
					     : NULL;

		err = h == NULL ? EXCH_ERR_NOMEM
				: move(a, h, i == 1, t->qty,
				      exch_risk_value(in, t->price, t->qty), d);
	}
	g->block.report = 0;
	return err;
}

/* It is not waited for any more: refused, or not needed. */
static void
let_go(struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	struct exch_risk_order *o = exch_keyed_find(&g->waiting, instr, id);

	if (o != NULL)
		exch_risk_drop(g, &g->waiting, o);
}

static void
refused(struct exch_risk_gate *g, const struct exch_rec_reject *j)
{
	struct exch_risk_order *o;
	exch_oid other;

	switch (j->command) {
	case EXCH_REC_NEW:
	case EXCH_REC_QUOTE:
		/* The refusal of a quote names one side. */
		o = exch_keyed_find(&g->waiting, j->h.instr, j->order);
		if (o == NULL)
			return;
		other = o->quote ? o->other : j->order;
		let_go(g, j->h.instr, j->order);
		if (other != j->order)
			let_go(g, j->h.instr, other);
		return;
	case EXCH_REC_REPLACE:
		o = live(g, j->h.instr, j->order);
		if (o != NULL && o->asked > 0) {
			o->asked--;
			settle(g, o);
		}
		return;
	default:
		return;
	}
}

/* The matcher has taken it. */
static int
admitted(
    struct exch_risk_gate *g, uint32_t instr, exch_oid id, struct exch_diag *d)
{
	struct exch_risk_order *w = exch_keyed_find(&g->waiting, instr, id);
	struct exch_risk_order *o;
	struct exch_holding *h;
	struct exch_key key;
	int err;

	if (w == NULL)
		return EXCH_OK;
	err = exch_keyed_add(&g->order, instr, id, &o);
	if (err != 0)
		return err == EXCH_ERR_EXISTS ? EXCH_OK : exch_risk_nomem(d);
	key = o->key;
	*o = *w;
	o->key = key;
	exch_keyed_drop(&g->waiting, w);
	h = exch_keyed_at(&g->holding, o->holding);
	if (o->quote)
		h->quote[o->sell] = o->key.slot;
	return EXCH_OK;
}

/* The order goes on under its new id, at a price that the gate has asked. */
static int
replaced(struct exch_risk_gate *g, const struct exch_rec_replaced *e,
    struct exch_diag *d)
{
	struct exch_risk_order *o = live(g, e->h.instr, e->order), *n, *w;
	struct exch_risk_order was;
	struct exch_holding *h;

	/* A quote may leave an order where it is, with less. */
	w = exch_keyed_find(&g->waiting, e->h.instr, e->order);
	if (w != NULL && w->quote && e->new_order == e->order)
		exch_risk_drop(g, &g->waiting, w);
	if (o == NULL)
		return EXCH_OK;
	was = *o;
	if (e->new_order != e->order) {
		int err =
		    exch_keyed_add(&g->order, e->h.instr, e->new_order, &n);

		if (err != 0)
			return err == EXCH_ERR_EXISTS ? EXCH_OK
						      : exch_risk_nomem(d);
		/* The addition may have moved it. */
		o = live(g, e->h.instr, e->order);
		h = exch_keyed_at(&g->holding, o->holding);
		if (h->quote[o->sell] == o->key.slot)
			h->quote[o->sell] = n->key.slot;
		was.key = n->key;
		exch_keyed_drop(&g->order, o);
		*n = was;
		o = n;
	}
	/* Of several on their way, the dearest until the last is told. */
	if (o->asked <= 1 || o->next > o->price)
		o->price = o->asked > 0 ? o->next : o->price;
	if (o->asked > 0)
		o->asked--;
	o->open = e->qty;
	settle(g, o);
	return EXCH_OK;
}

/* The record as its type, or nothing: the matcher beside us wrote it. */
#define WITH(T, var)                                                           \
	const struct T *var = EXCH_REC_AS(r, T);                               \
	if ((var) == NULL)                                                     \
	break

int
exch_risk_gate_event(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_risk_order *o;

	switch (r->type) {
	case EXCH_REC_ACK: {
		WITH(exch_rec_ack, e);
		return admitted(g, r->instr, e->order, d);
	}
	case EXCH_REC_EXEC: {
		WITH(exch_rec_exec, e);
		return executed(g, e, d);
	}
	case EXCH_REC_CANCELLED: {
		WITH(exch_rec_cancelled, e);
		o = live(g, r->instr, e->order);
		if (o != NULL)
			reduce(g, o, e->qty, !e->open);
		break;
	}
	case EXCH_REC_REPLACED: {
		WITH(exch_rec_replaced, e);
		return replaced(g, e, d);
	}
	case EXCH_REC_REJECT: {
		WITH(exch_rec_reject, e);
		refused(g, e);
		break;
	}
	case EXCH_REC_TRADE: {
		WITH(exch_rec_trade, t);
		return traded(g, t, d);
	}
	default:
		break;
	}
	return EXCH_OK;
}
