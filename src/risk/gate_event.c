/*
 * What became of the commands: the matcher's events, for a gate that sees
 * them (gate.h).  Orders that the gate has not seen concern nobody it knows.
 */
#include <config.h>

#include "base/alloc.h"
#include "risk/gate_priv.h"

int
exch_risk_too_much(const struct exch_risk_gate *g,
    const struct exch_risk_holding *h, struct exch_diag *d)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);

	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "the position of account %u in '%.24s' is beyond 64 bits: the gate "
	    "cannot judge what comes behind it",
	    h->key.place, in->symbol);
}

/* Without a replacement on its way just what is open is counted. */
EXCH_RISK_WAY void
settle(struct exch_risk_gate *g, struct exch_risk_order *o)
{
	struct exch_risk_holding *h = exch_keyed_at(&g->holding, o->holding);
	exch_i128 value = 0;

	if (o->asked != 0)
		return;
	if (!o->sell || o->price < 0)
		value = exch_risk_owed(
		    o->sell, exch_risk_value(exch_keyed_at(&g->instr, h->instr),
				 o->price, o->open));
	exch_risk_count(
	    g, exch_keyed_at(&g->account, h->account), h, o, o->open, value);
}

/* So much less is open; nothing left of it ends the order. */
EXCH_RISK_WAY void
reduce(struct exch_risk_gate *g, struct exch_risk_order *o, exch_qty qty,
    bool ends)
{
	o->open = qty < o->open ? o->open - qty : 0;
	if (ends || o->open == 0)
		exch_risk_drop(g, o);
	else
		settle(g, o);
}

EXCH_RISK_WAY int
move(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_risk_holding *h, bool sell, exch_qty qty, exch_i128 cash,
    struct exch_diag *d)
{
	int64_t n, was = h->position;

	if (qty > INT64_MAX)
		return exch_risk_too_much(g, h, d);
	n = sell ? -(int64_t)qty : (int64_t)qty;
	if (__builtin_add_overflow(h->position, n, &h->position))
		return exch_risk_too_much(g, h, d);
	a->cash += sell ? cash : -cash;
	if (h->limit.stop_loss != EXCH_LIMIT_NONE)
		exch_risk_cost(h, was, qty, sell ? -cash : cash);
	exch_risk_changed(g, a, h);
	return EXCH_OK;
}

EXCH_RISK_WAY int
fill(struct exch_risk_gate *g, struct exch_risk_order *o, exch_qty qty,
    exch_i128 cash, struct exch_diag *d)
{
	struct exch_risk_holding *h = exch_keyed_at(&g->holding, o->holding);
	struct exch_risk_account *a = exch_keyed_at(&g->account, h->account);
	int err = move(g, a, h, o->sell, qty, cash, d);

	if (h->watched)
		exch_risk_traded(g, h);
	if (a->counts && err == 0)
		exch_risk_count_trade(a, h, o->sell, false);
	if (err == 0)
		reduce(g, o, qty, false);
	return err;
}

/* ---- executions, as long as they may be broken ---- */

/* Numbers of an instrument have no gaps; those of another matcher may. */
#define GAP 4096u

static int
grow(struct exch_risk_instr *in, uint64_t match, struct exch_diag *d)
{
	uint32_t cap = in->cap_exec == 0 ? 16 : in->cap_exec;
	struct exch_risk_exec *more;

	while (cap < match)
		cap *= 2;
	more = exch_realloc(in->exec, cap, sizeof(*more));
	if (more == NULL)
		return exch_risk_nomem(d);
	in->exec = more;
	in->cap_exec = cap;
	return EXCH_OK;
}

EXCH_RISK_WAY int
remember(struct exch_risk_instr *in, uint64_t match,
    const struct exch_risk_exec *x, struct exch_diag *d)
{
	if (match == 0 || match > (uint64_t)in->nexec + GAP ||
	    match > UINT32_MAX / 4)
		return EXCH_OK;
	if (match > in->cap_exec && grow(in, match, d) != 0)
		return EXCH_ERR_NOMEM;
	while (in->nexec < match)
		in->exec[in->nexec++] = (struct exch_risk_exec){0};
	in->exec[match - 1] = *x;
	return EXCH_OK;
}

/* Both sides have it, or (back) have it no more. */
static int
settle_exec(struct exch_risk_gate *g, const struct exch_money *m,
    const struct exch_risk_exec *x, bool back, struct exch_diag *d)
{
	exch_i128 cash = exch_risk_value_by(m, x->price, x->qty);
	int err = EXCH_OK;

	for (unsigned i = 0; i < 2 && err == 0; i++) {
		struct exch_risk_account *a;
		struct exch_risk_holding *h;

		if (x->holding[i] == 0)
			continue;
		h = exch_keyed_at(&g->holding, x->holding[i]);
		a = exch_keyed_at(&g->account, h->account);
		err = move(g, a, h, (i == 1) != back, x->qty, cash, d);
		if (a->counts && err == 0)
			exch_risk_count_trade(a, h, i == 1, back);
	}
	return err;
}

static int
busted(struct exch_risk_gate *g, const struct exch_rec_bust *b,
    struct exch_diag *d)
{
	struct exch_risk_instr *in = exch_keyed_find(&g->instr, 0, b->h.instr);
	struct exch_risk_exec *x;

	if (in == NULL)
		return EXCH_OK;
	/* What corrects it is of nobody, if it is. */
	in->broken = (struct exch_risk_exec){0};
	if (b->match == 0 || b->match > in->nexec)
		return EXCH_OK;
	x = &in->exec[b->match - 1];
	in->broken = *x;
	*x = (struct exch_risk_exec){0};
	return settle_exec(
	    g, exch_risk_money_at(in, b->match), &in->broken, true, d);
}

/*
 * What is corrected is broken first: this is of the same two, and a trade of
 * the contract as it is now.
 */
static int
corrected(struct exch_risk_gate *g, const struct exch_rec_trade *t,
    struct exch_diag *d)
{
	struct exch_risk_instr *in = exch_keyed_find(&g->instr, 0, t->h.instr);
	struct exch_risk_exec x;
	int err;

	if (in == NULL)
		return EXCH_OK;
	x = in->broken;
	x.price = t->price;
	x.qty = t->qty;
	in->broken = (struct exch_risk_exec){0};
	err = settle_exec(g, &in->money, &x, false, d);
	return err == 0 ? remember(in, t->match, &x, d) : err;
}

/* ---- events ---- */

/* Of an order, if there is one: two looks are cheaper than a search. */
static struct exch_risk_instr *
instr_of(const struct exch_risk_gate *g, const struct exch_risk_order *o,
    uint32_t instr)
{
	const struct exch_risk_holding *h;

	if (o == NULL)
		return exch_keyed_find(&g->instr, 0, instr);
	h = exch_keyed_at(&g->holding, o->holding);
	return exch_keyed_at(&g->instr, h->instr);
}

static int
executed(struct exch_risk_gate *g, const struct exch_rec_exec *e,
    struct exch_diag *d)
{
	struct exch_risk_order *of[2] = {exch_risk_live(g, e->h.instr, e->buy),
	    exch_risk_live(g, e->h.instr, e->sell)};
	struct exch_risk_exec x = {.price = e->price, .qty = e->qty};
	const struct exch_risk_order *any = of[0] != NULL ? of[0] : of[1];
	struct exch_risk_instr *in = instr_of(g, any, e->h.instr);
	exch_i128 cash;

	if (in == NULL)
		return EXCH_OK;
	exch_risk_moved(g, in, e->price);
	in->last = e->price;
	exch_risk_marked(g, in);
	if (any == NULL)
		return EXCH_OK;
	cash = exch_risk_value(in, e->price, e->qty);
	for (unsigned i = 0; i < 2; i++) {
		int err;

		if (of[i] == NULL)
			continue;
		x.holding[i] = of[i]->holding;
		err = fill(g, of[i], e->qty, cash, d);
		if (err != 0)
			return err;
	}
	return remember(in, e->match, &x, d);
}

/* A block that the gate has let pass last, and that the matcher has taken. */
static int
dealt(struct exch_risk_gate *g, const struct exch_rec_trade *t,
    struct exch_diag *d)
{
	const struct exch_rec_block *b = &g->block;
	struct exch_risk_exec x = {.price = t->price, .qty = t->qty};
	struct exch_risk_instr *in;
	int err;

	if (t->buy != b->report || t->h.instr != b->h.instr)
		return EXCH_OK;
	in = exch_risk_instr(g, t->h.instr, d);
	for (unsigned i = 0; i < 2 && in != NULL; i++) {
		const struct exch_risk_holding *h = exch_risk_holding(
		    g, i == 0 ? b->buyer : b->seller, t->h.instr, d);

		if (h == NULL)
			return EXCH_ERR_NOMEM;
		x.holding[i] = h->key.slot;
	}
	if (in == NULL)
		return EXCH_ERR_NOMEM;
	g->block.report = 0;
	err = settle_exec(g, &in->money, &x, false, d);
	return err == 0 ? remember(in, t->match, &x, d) : err;
}

static int
traded(struct exch_risk_gate *g, const struct exch_rec_trade *t,
    struct exch_diag *d)
{
	switch (t->kind) {
	case EXCH_PRINT_BLOCK:
		return dealt(g, t, d);
	case EXCH_PRINT_CORRECTED:
		return corrected(g, t, d);
	default:
		return EXCH_OK;
	}
}

/* It is not waited for any more: refused, said again, or not needed. */
static void
let_go(struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	struct exch_risk_order *o = exch_risk_waiting(g, instr, id);

	if (o != NULL)
		exch_risk_drop(g, o);
}

static void
refused(struct exch_risk_gate *g, const struct exch_rec_reject *j)
{
	struct exch_risk_order *o;
	exch_oid other = j->order;

	switch (j->command) {
	case EXCH_REC_NEW:
		if (exch_said_answer(&g->said, &j->h, &other))
			let_go(g, j->h.instr, other);
		return;
	case EXCH_REC_QUOTE:
		/* The refusal of a quote names one side. */
		o = exch_risk_waiting(g, j->h.instr, j->order);
		if (o == NULL)
			return;
		other = o->quote ? o->other : j->order;
		let_go(g, j->h.instr, j->order);
		if (other != j->order)
			let_go(g, j->h.instr, other);
		return;
	case EXCH_REC_REPLACE:
		o = exch_risk_live(g, j->h.instr, j->order);
		if (o != NULL && o->asked > 0) {
			o->asked--;
			exch_risk_rest_told(g, o, false);
			settle(g, o);
		}
		return;
	default:
		return;
	}
}

/* All of an order goes into another place; the old one is empty then. */
static void
pass(struct exch_keyed *from, struct exch_risk_order *old,
    struct exch_risk_order *o)
{
	struct exch_key key = o->key;

	*o = *old;
	o->key = key;
	exch_keyed_drop(from, old);
}

/* The matcher has taken it. */
static int
admitted(
    struct exch_risk_gate *g, const struct exch_rec_ack *e, struct exch_diag *d)
{
	uint32_t instr = e->h.instr;
	exch_oid id = e->order;
	bool known = exch_said_answer(&g->said, &e->h, &id);
	struct exch_risk_order *w = exch_risk_waiting(g, instr, id), *o;
	struct exch_risk_holding *h;
	int err;

	if (w == NULL || !known)
		return EXCH_OK;
	if ((e->h.flags & EXCH_F_DUP) != 0) {
		let_go(g, instr, id); /* it has been taken before */
		return EXCH_OK;
	}
	o = w;
	if (w != exch_keyed_at(&g->order, w->key.slot)) {
		err = exch_keyed_add(&g->order, instr, id, &o);
		if (err != 0) /* it goes on under a number that lives */
			return err == EXCH_ERR_EXISTS ? EXCH_OK
						      : exch_risk_nomem(d);
		pass(&g->waiting, w, o);
	}
	o->waiting = false;
	h = exch_keyed_at(&g->holding, o->holding);
	if (o->quote)
		h->quote[o->sell] = o->key.slot;
	return EXCH_OK;
}

/* *out becomes the order under its new id. */
static int
rename_order(struct exch_risk_gate *g, const struct exch_rec_replaced *e,
    struct exch_risk_order **out)
{
	struct exch_risk_order *o, *n;
	struct exch_risk_holding *h;
	int err = exch_keyed_add(&g->order, e->h.instr, e->new_order, &n);

	/* One that waits under that id stands aside (await() in judge.c). */
	if (err == EXCH_ERR_EXISTS && n->waiting) {
		err = exch_keyed_add(&g->waiting, e->h.instr, e->new_order, &o);
		if (err != 0)
			return EXCH_ERR_NOMEM;
		pass(&g->order, n, o);
		err = exch_keyed_add(&g->order, e->h.instr, e->new_order, &n);
	}
	if (err != 0)
		return err;
	/* The addition may have moved it. */
	o = exch_risk_live(g, e->h.instr, e->order);
	h = exch_keyed_at(&g->holding, o->holding);
	if (h->quote[o->sell] == o->key.slot)
		h->quote[o->sell] = n->key.slot;
	pass(&g->order, o, n);
	*out = n;
	return EXCH_OK;
}

/* The order goes on under its new id, at a price that the gate has asked. */
static int
replaced(struct exch_risk_gate *g, const struct exch_rec_replaced *e,
    struct exch_diag *d)
{
	struct exch_risk_order *o = exch_risk_live(g, e->h.instr, e->order), *w;

	/* A quote may leave an order where it is, with less. */
	w = exch_risk_waiting(g, e->h.instr, e->order);
	if (w != NULL && w->quote && e->new_order == e->order)
		exch_risk_drop(g, w);
	if (o == NULL)
		return EXCH_OK;
	if (e->new_order != e->order) {
		int err = rename_order(g, e, &o);

		if (err != 0)
			return err == EXCH_ERR_EXISTS ? EXCH_OK
						      : exch_risk_nomem(d);
	}
	/* Of several on their way, the dearest until the last is told. */
	if (o->asked <= 1 || o->next > o->price)
		o->price = o->asked > 0 ? o->next : o->price;
	if (o->asked > 0) {
		o->asked--;
		exch_risk_rest_told(g, o, true);
	}
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
		return admitted(g, e, d);
	}
	case EXCH_REC_EXEC: {
		WITH(exch_rec_exec, e);
		return executed(g, e, d);
	}
	case EXCH_REC_CANCELLED: {
		WITH(exch_rec_cancelled, e);
		o = exch_risk_live(g, r->instr, e->order);
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
	case EXCH_REC_BUST: {
		WITH(exch_rec_bust, b);
		return busted(g, b, d);
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
