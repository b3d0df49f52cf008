/*
 * Commands at the gate: what each would have open, judged by the rules and
 * counted when it passes (gate.h).
 */
#include <config.h>

#include <string.h>

#include "risk/gate_priv.h"

static int
not_its_type(const struct exch_rec *r, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "record of type 0x%02x, %zu bytes, has not the form of its type",
	    r->type, exch_rec_len(r));
}

/* Who asks for what, as the rules want it. */
struct ask {
	struct exch_risk_gate *g;
	struct exch_risk_instr *in;
	struct exch_risk_account *a;
	struct exch_risk_holding *h;
	bool imposed;
};

/* The venue's own facts are nobody's to stop, and count like all others. */
static bool
is_imposed(const struct exch_rec *r)
{
	return (r->flags & EXCH_F_IMPOSED) != 0;
}

EXCH_RISK_WAY int
ask_of(struct exch_risk_gate *g, const struct exch_rec *r, uint32_t account,
    struct ask *k, struct exch_diag *d)
{
	struct exch_risk_holding *h =
	    exch_risk_holding(g, account, r->instr, d);

	if (h == NULL)
		return EXCH_ERR_NOMEM;
	*k = (struct ask){g, exch_keyed_at(&g->instr, h->instr),
	    exch_keyed_at(&g->account, h->account), h, is_imposed(r)};
	return EXCH_OK;
}

/* Only where some limit looks at what rests. */
static int
rest(struct ask *k, const struct exch_entry *e, struct exch_risk_order *o)
{
	return k->g->o.limits->self_trade == 0 || e->apart
		   ? EXCH_OK
		   : exch_risk_rest(k->g, k->h, e, o);
}

static bool
is_sell(const struct exch_entry *e)
{
	return e->side != EXCH_BUY;
}

/*
 * It passed: what it wants is open from now on, in an order that is new.
 * *other is that of a quote's other side.
 */
EXCH_RISK_WAY int
fill_in(struct ask *k, const struct exch_entry *e, bool waiting,
    const exch_oid *other, struct exch_risk_order *o)
{
	*o = (struct exch_risk_order){.key = o->key,
	    .value = e->value,
	    .price = e->worst,
	    .open = e->qty,
	    .counted = e->qty,
	    .holding = k->h->key.slot,
	    .waiting = waiting,
	    .sell = is_sell(e),
	    .quote = other != NULL,
	    .other = other != NULL ? *other : 0};
	k->a->open_orders++;
	exch_risk_spend(k->g, k->a, k->h, is_sell(e), e->qty, e->value);
	if (k->in->first == EXCH_PX_NONE) {
		k->in->first = e->worst;
		exch_risk_marked(k->g, k->in);
	}
	return rest(k, e, o);
}

static struct exch_keyed_spot
spot_of(const struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	return exch_keyed_look(&g->order, instr, id);
}

/*
 * The matcher's answer is waited for.  An order of that id may live: then the
 * matcher refuses this one, or lets it take the old one's place.
 */
EXCH_RISK_WAY int
await(struct ask *k, const struct exch_entry *e, struct exch_keyed_spot spot,
    const exch_oid *other, struct exch_diag *d)
{
	uint32_t instr = (uint32_t)k->in->key.id;
	struct exch_risk_order *o;
	int err = exch_keyed_put(&k->g->order, spot, instr, e->order, &o);

	if (err == EXCH_OK)
		k->g->latest = o->key.slot;
	else if (err == EXCH_ERR_EXISTS)
		err = exch_keyed_add(&k->g->waiting, instr, e->order, &o);
	if (err == 0)
		err = fill_in(k, e, true, other, o);
	return err == 0 ? EXCH_OK : exch_risk_nomem(d);
}

/*
 * Without fills it is taken for filled.  An id that is there may be done with,
 * and used again: both are counted.
 */
static int
presume(struct ask *k, const struct exch_entry *e, struct exch_diag *d)
{
	struct exch_risk_order *o;
	int err =
	    exch_keyed_add(&k->g->order, (uint32_t)k->in->key.id, e->order, &o);

	if (err == EXCH_OK) {
		err = fill_in(k, e, false, NULL, o);
	} else if (err == EXCH_ERR_EXISTS) {
		k->a->open_orders++;
		exch_risk_spend(k->g, k->a, k->h, is_sell(e), e->qty, e->value);
		err = rest(k, e, NULL);
	}
	return err == 0 ? EXCH_OK : exch_risk_nomem(d);
}

/*
 * Two of one number are never on their way or held together: nobody could tell whose
 * the answers are.  `spot` is where it stands among the orders.
 */
EXCH_RISK_WAY bool
is_awaited(const struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_keyed_spot spot, exch_oid id, struct exch_judged *v)
{
	const struct exch_risk_order *o = exch_keyed_there(&g->order, spot);

	if ((o == NULL || !o->waiting) &&
	    (g->waiting.live == 0 ||
		exch_keyed_find(&g->waiting, r->instr, id) == NULL) &&
	    (g->held.live == 0 ||
		exch_keyed_find(&g->held, r->instr, id) == NULL))
		return false;
	if (!is_imposed(r))
		v->rule = EXCH_RULE_DUPLICATE;
	return true;
}

EXCH_RISK_WAY int
judge_entry(struct ask *k, struct exch_entry *e, struct exch_judged *v,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	e->worst =
	    e->price != EXCH_PX_NONE ? e->price : exch_risk_edge(k->h, k->in);
	e->value = exch_risk_value(k->in, e->worst, e->qty);
	if (!k->imposed)
		err = exch_risk_rules(k->g, k->a, k->h, k->in, e, v, d);
	/* What no rule was asked about is counted all the same. */
	if (err == 0 && v->rule == EXCH_RULE_NONE &&
	    (k->imposed || v->waived != 0) &&
	    exch_risk_worst(k->h, e) > INT64_MAX)
		err = exch_risk_too_much(k->g, k->h, d);
	/* What is counted from now on. */
	e->value = exch_risk_owed(is_sell(e), e->value);
	return err;
}

/* ---- the commands ---- */

EXCH_RISK_WAY int
enter(struct exch_risk_gate *g, const struct exch_rec_new *c,
    struct exch_keyed_spot spot, bool first, struct exch_judged *v,
    struct exch_diag *d)
{
	struct exch_entry e = {.order = c->order,
	    .price = c->price,
	    .qty = c->qty,
	    .side = c->side,
	    .adds = 1,
	    .is_new = first,
	    .second = !first,
	    .apart = c->ordtype == EXCH_ORD_STOP || c->ordtype == EXCH_ORD_MIT};
	struct ask k;
	int err = ask_of(g, &c->h, c->account, &k, d);

	if (err == 0)
		err = judge_entry(&k, &e, v, d);
	if (err == 0 && v->rule != EXCH_RULE_NONE)
		v->verdict = (k.h->limit.hold >> v->rule & 1) != 0
				 ? EXCH_VERDICT_HOLD
				 : EXCH_VERDICT_REJECT;
	if (err != 0 || v->rule != EXCH_RULE_NONE)
		return err;
	if (!g->o.fills)
		return presume(&k, &e, d);
	return exch_said_new(&g->said, c) != 0 ? exch_risk_nomem(d)
					       : await(&k, &e, spot, NULL, d);
}

int
exch_risk_enter(struct exch_risk_gate *g, const struct exch_rec_new *c,
    bool first, struct exch_judged *v, struct exch_diag *d)
{
	return enter(g, c, spot_of(g, c->h.instr, c->order), first, v, d);
}

/* One that a gate gives was asked already, but is to be counted. */
static int
judge_new(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d)
{
	const struct exch_rec_new *c = EXCH_REC_AS_ASKED(r, exch_rec_new);
	bool given = (r->flags & EXCH_F_GATE) != 0;
	struct exch_keyed_spot spot;
	int err;

	if (c == NULL)
		return not_its_type(r, d);
	v->order = c->order;
	v->account = c->account;
	v->waived = given ? UINT32_MAX : 0;
	spot = spot_of(g, r->instr, c->order);
	if (is_awaited(g, r, spot, c->order, v))
		return EXCH_OK;
	err = enter(g, c, spot, !given, v, d);
	return err == 0 && v->verdict == EXCH_VERDICT_HOLD
		   ? exch_risk_hold(g, r, v, d)
		   : err;
}

/* Its owner does not want it any more as it is held: as for a cancel. */
static int
replace_held(struct exch_risk_gate *g, struct exch_risk_held *h,
    const struct exch_rec_replace *c, struct exch_judged *v,
    struct exch_diag *d)
{
	v->account = h->why.account;
	if (!is_imposed(&c->h) && c->account != 0 && c->account != v->account) {
		v->rule = EXCH_RULE_ACCOUNT;
		return EXCH_OK;
	}
	return exch_risk_withdraw(g, h, d);
}

/*
 * A replacement is judged as if the old order were gone, which it is when the
 * new one comes.  Until the matcher has said so the larger of both is counted.
 * Without fills the old one may have been filled before, and one that is not
 * known may be anybody's.
 */
static int
judge_replace(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d)
{
	const struct exch_rec_replace *c =
	    EXCH_REC_AS_ASKED(r, exch_rec_replace);
	const struct exch_risk_holding *h;
	struct exch_risk_held *held = NULL;
	struct exch_risk_order *o;
	struct exch_entry e;
	struct ask k;
	int err;

	if (c == NULL)
		return not_its_type(r, d);
	v->order = c->order;
	o = exch_risk_live(g, r->instr, c->order);
	if (o == NULL && g->held.live > 0)
		held = exch_keyed_find(&g->held, r->instr, c->order);
	if (held != NULL)
		return replace_held(g, held, c, v, d);
	if (o == NULL) {
		v->account = c->account;
		v->rule = g->o.fills || is_imposed(r) ? EXCH_RULE_NONE
						      : EXCH_RULE_ACCOUNT;
		return EXCH_OK;
	}
	e = (struct exch_entry){.order = c->new_order,
	    .price = c->price,
	    .qty = c->qty,
	    .side = o->sell ? EXCH_SELL : EXCH_BUY,
	    .adds = !g->o.fills,
	    .apart = (o->rests[0] | o->rests[1]) == 0,
	    .old = g->o.fills ? o : NULL};
	h = exch_keyed_at(&g->holding, o->holding);
	v->account = h->key.place;
	if (!is_imposed(r) && c->account != 0 && c->account != v->account) {
		v->rule = EXCH_RULE_ACCOUNT; /* an order stays whose it is */
		return EXCH_OK;
	}
	err = ask_of(g, r, v->account, &k, d);
	if (err == 0)
		err = judge_entry(&k, &e, v, d);
	if (err != 0 || v->rule != EXCH_RULE_NONE)
		return err;
	if (!g->o.fills)
		return presume(&k, &e, d);
	o->next = e.worst;
	o->asked++;
	exch_risk_rest_asked(g, o, c->price);
	exch_risk_count(g, k.a, k.h, o,
	    c->qty > o->counted ? c->qty : o->counted,
	    e.value > o->value ? e.value : o->value);
	return EXCH_OK;
}

/* What each side of a quote would take the place of, and add. */
static void
legs_of(const struct exch_risk_gate *g, const struct exch_rec_quote *c,
    const struct exch_risk_holding *h, struct exch_entry e[2])
{
	e[0] = (struct exch_entry){.order = c->bid_order,
	    .price = c->bid,
	    .qty = c->bid_qty,
	    .side = EXCH_BUY};
	e[1] = (struct exch_entry){.order = c->ask_order,
	    .price = c->ask,
	    .qty = c->ask_qty,
	    .side = EXCH_SELL,
	    .second = c->bid_qty > 0};
	for (unsigned i = 0; i < 2; i++) {
		if (g->o.fills && h->quote[i] != 0)
			e[i].old = exch_keyed_at(&g->order, h->quote[i]);
		e[1 - i].gone = e[i].old;
		/* The first that is asked answers for both. */
		e[e[1].second ? 0 : i].adds += e[i].qty > 0 && e[i].old == NULL;
	}
}

/* Both sides pass, or none; each takes the place of what was quoted before. */
static int
judge_quote(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d)
{
	const struct exch_rec_quote *c = EXCH_REC_AS_ASKED(r, exch_rec_quote);
	struct exch_entry e[2];
	struct ask k;
	int err;

	if (c == NULL)
		return not_its_type(r, d);
	v->order = c->bid_qty > 0 ? c->bid_order : c->ask_order;
	v->account = c->account;
	if (c->bid_qty > 0 && c->ask_qty > 0 && c->bid_order == c->ask_order)
		return EXCH_OK; /* the matcher refuses it */
	if (is_awaited(
		g, r, spot_of(g, r->instr, c->bid_order), c->bid_order, v) ||
	    is_awaited(
		g, r, spot_of(g, r->instr, c->ask_order), c->ask_order, v))
		return EXCH_OK;
	err = ask_of(g, r, c->account, &k, d);
	if (err != 0)
		return err;
	legs_of(g, c, k.h, e);
	for (unsigned i = 0; i < 2 && err == 0; i++) {
		if (e[i].qty == 0 || v->rule != EXCH_RULE_NONE)
			continue;
		if (e[i].second)
			e[i].also = e[0].value -
				    (e[0].old != NULL ? e[0].old->value : 0);
		err = judge_entry(&k, &e[i], v, d);
	}
	for (unsigned i = 0; i < 2 && err == 0; i++)
		if (e[i].qty > 0 && v->rule == EXCH_RULE_NONE)
			err = g->o.fills ? await(&k, &e[i],
					       spot_of(g, r->instr, e[i].order),
					       &e[1 - i].order, d)
					 : presume(&k, &e[i], d);
	return err;
}

/* Are both accounts of one group that has limits? */
static bool
same_group(const struct exch_risk_gate *g, uint32_t buyer, uint32_t seller)
{
	const struct exch_risk_account *a =
	    exch_keyed_find(&g->account, 0, buyer);
	const struct exch_risk_account *b =
	    exch_keyed_find(&g->account, 0, seller);

	return a != NULL && b != NULL && a->group != 0 && b->group != 0 &&
	       exch_group_of(&g->groups, a->group) ==
		   exch_group_of(&g->groups, b->group);
}

/* Both sides of a block are of the account, or of what it may not meet. */
static bool
is_own(const struct ask *k, uint32_t other, bool group)
{
	return (k->a->key.id == other &&
		   k->h->limit.self_trade > EXCH_SELF_TRADE_ALLOW) ||
	       (group && k->h->limit.self_trade == EXCH_SELF_TRADE_GROUP);
}

/* A trade that two accounts agreed on: each is asked for its side. */
static int
judge_block(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d)
{
	const struct exch_rec_block *c = EXCH_REC_AS(r, exch_rec_block);
	struct exch_entry e;
	struct ask k[2];
	bool group;
	int err = 0;

	if (c == NULL)
		return not_its_type(r, d);
	v->order = c->report;
	group = same_group(g, c->buyer, c->seller);
	for (unsigned i = 0; i < 2 && err == 0; i++) {
		v->account = i == 0 ? c->buyer : c->seller;
		e = (struct exch_entry){.price = c->price,
		    .qty = c->qty,
		    .side = i == 0 ? EXCH_BUY : EXCH_SELL,
		    .apart = true,
		    .beside = group ? c->qty : 0};
		err = ask_of(g, r, v->account, &k[i], d);
		if (err == 0)
			err = judge_entry(&k[i], &e, v, d);
		if (err == 0 && v->rule == EXCH_RULE_NONE && !k[i].imposed &&
		    is_own(&k[i], i == 0 ? c->seller : c->buyer, group))
			(void)exch_risk_no(
			    v, EXCH_RULE_SELF_TRADE, c->price, c->price);
		if (v->rule != EXCH_RULE_NONE)
			return err;
	}
	if (err == 0)
		g->block = *c;
	if (err != 0 || g->o.fills)
		return err;
	/* The second may have moved the first one's pool. */
	for (unsigned i = 0; i < 2 && err == 0; i++) {
		err = ask_of(g, r, i == 0 ? c->buyer : c->seller, &k[i], d);
		if (err == 0)
			exch_risk_spend(g, k[i].a, k[i].h, i == 1, c->qty,
			    exch_risk_owed(i == 1,
				exch_risk_value(k[i].in, c->price, c->qty)));
	}
	return err;
}

/* ---- what is known of instruments ---- */

static int
note_instrument(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *c =
	    EXCH_REC_AS(r, exch_rec_instrument);
	struct exch_risk_instr *in;
	struct exch_money m;

	if (c == NULL || c->qty_exponent < -9 || c->qty_exponent > 0)
		return not_its_type(r, d);
	in = exch_risk_instr(g, r->instr, d);
	if (in == NULL)
		return EXCH_ERR_NOMEM;
	m = exch_money_of(-c->qty_exponent, c->multiplier, c->kind);
	if (exch_risk_contract(in, &m) != EXCH_OK)
		return exch_risk_nomem(d);
	if (c->reference != EXCH_PX_NONE)
		in->reference = c->reference;
	in->most = c->max_qty;
	exch_bounds_leave(g, in);
	if (memcmp(in->symbol, c->symbol, sizeof(in->symbol)) == 0 &&
	    in->kind == c->kind)
		return EXCH_OK;
	in->kind = c->kind;
	memcpy(in->symbol, c->symbol, sizeof(in->symbol));
	in->sector = exch_risk_sector(g, in->symbol);
	if (exch_risk_symbol(g, in->symbol) != 0)
		return exch_risk_nomem(d);
	/* Limits go by the symbol. */
	for (uint32_t i = 1; i < g->holding.used; i++) {
		struct exch_risk_holding *h = exch_keyed_at(&g->holding, i);

		if (h->key.id == r->instr) {
			exch_risk_limits(g, h, in);
			exch_risk_watch(g, h);
		}
	}
	exch_groups_announced(g, in);
	return EXCH_OK;
}

static int
note_phase(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);
	struct exch_risk_instr *in;

	if (p == NULL)
		return not_its_type(r, d);
	if (p->reference == EXCH_PX_NONE || r->instr == 0)
		return EXCH_OK;
	in = exch_risk_instr(g, r->instr, d);
	if (in == NULL)
		return EXCH_ERR_NOMEM;
	in->reference = p->reference;
	exch_risk_marked(g, in);
	return EXCH_OK;
}

/* What may be bought for it may be bought at once. */
static int
note_deposit(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_deposit *c = EXCH_REC_AS(r, exch_rec_deposit);
	struct exch_risk_account *a;

	if (c == NULL)
		return not_its_type(r, d);
	a = exch_risk_account(g, c->account, d);
	if (a == NULL)
		return EXCH_ERR_NOMEM;
	a->cash += c->amount;
	a->opening += c->amount;
	if (a->group != 0)
		exch_group_told(&g->groups, a->group, 0);
	return EXCH_OK;
}

/* ---- whatever comes ---- */

/* A gate in front has stopped it; its verdict is void with the next command. */
static bool
was_stopped(struct exch_risk_gate *g, const struct exch_rec *r)
{
	struct exch_rec_risk k = g->stopped;
	exch_oid order;

	if (k.verdict == EXCH_VERDICT_PASS || k.h.instr != r->instr ||
	    !exch_rec_judged(r, &order))
		return false;
	g->stopped.verdict = EXCH_VERDICT_PASS;
	return k.command == r->type && k.order == order;
}

/*
 * The gate in front saw no effect of it, for want of executions or tables.  A
 * decision has one where the order was held, and its account is known.
 */
static bool
was_void(struct exch_risk_gate *g, const struct exch_rec *r,
    const struct exch_judged *v)
{
	struct exch_rec_risk k = g->stopped;

	if (r->type != EXCH_REC_LIMIT && r->type != EXCH_REC_KILL &&
	    r->type != EXCH_REC_DECISION)
		return false;
	g->stopped.verdict = EXCH_VERDICT_PASS;
	return k.verdict == EXCH_VERDICT_REJECT && k.command == r->type &&
	       k.h.instr == r->instr && k.h.time == r->time &&
	       (r->type != EXCH_REC_DECISION ||
		   (k.order == v->order && v->account != 0));
}

static int
note_risk(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_risk *k = EXCH_REC_AS(r, exch_rec_risk);

	if (k == NULL)
		return not_its_type(r, d);
	g->stopped = *k;
	g->in_front = true;
	return EXCH_OK;
}

static int
judge_cancel(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_cancel *c = EXCH_REC_AS(r, exch_rec_cancel);
	const struct exch_rec_mass_cancel *m;

	if (g->held.live == 0)
		return EXCH_OK;
	if (r->type == EXCH_REC_CANCEL)
		return c == NULL
			   ? not_its_type(r, d)
			   : exch_risk_cancel_held(g, r->instr, c->order, d);
	m = EXCH_REC_AS(r, exch_rec_mass_cancel);
	return m == NULL ? not_its_type(r, d) : exch_risk_mass_cancel(g, m, d);
}

/* The record as its type, or it is refused. */
#define AS_LONG(T, var)                                                        \
	const struct T *var = EXCH_REC_AS_LONG(r, T);                          \
	if ((var) == NULL)                                                     \
	return not_its_type(r, d)

static int
judge(struct exch_risk_gate *g, const struct exch_rec *r, struct exch_judged *v,
    struct exch_diag *d)
{
	switch (r->type) {
	case EXCH_REC_NEW:
		return judge_new(g, r, v, d);
	case EXCH_REC_CANCEL:
	case EXCH_REC_MASS_CANCEL:
		return judge_cancel(g, r, d);
	case EXCH_REC_REPLACE:
		return judge_replace(g, r, v, d);
	case EXCH_REC_QUOTE:
		return judge_quote(g, r, v, d);
	case EXCH_REC_BLOCK:
		return judge_block(g, r, v, d);
	case EXCH_REC_INSTRUMENT:
		return note_instrument(g, r, d);
	case EXCH_REC_PHASE:
		return note_phase(g, r, d);
	case EXCH_REC_DEPOSIT:
		return note_deposit(g, r, d);
	case EXCH_REC_RISK:
		return note_risk(g, r, d);
	case EXCH_REC_ACCOUNT: {
		const struct exch_rec_account *c =
		    EXCH_REC_AS_LONG(r, exch_rec_account);

		/* One without a name says nothing of a member either. */
		return c == NULL ? EXCH_OK : exch_risk_told_account(g, c, d);
	}
	case EXCH_REC_LIMIT: {
		AS_LONG(exch_rec_limit, c);
		return exch_risk_limit(g, c, v, d);
	}
	case EXCH_REC_KILL: {
		AS_LONG(exch_rec_kill, c);
		return exch_risk_kill(g, c, v, d);
	}
	case EXCH_REC_DECISION: {
		AS_LONG(exch_rec_decision, c);
		return exch_risk_decision(g, c, v, d);
	}
	default:
		return EXCH_OK;
	}
}

int
exch_risk_gate_judge(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d)
{
	int err;

	*v = (struct exch_judged){.rule = EXCH_RULE_NONE};
	if (r->time > g->now)
		g->now = r->time;
	if (was_stopped(g, r))
		return EXCH_OK;
	err = judge(g, r, v, d);
	if (v->rule != EXCH_RULE_NONE && v->verdict == EXCH_VERDICT_PASS)
		v->verdict = EXCH_VERDICT_REJECT;
	v->overrules = was_void(g, r, v) && v->rule == EXCH_RULE_NONE;
	return err;
}
