/*
 * The gate beside the plainest account of what an account has: lists that are
 * walked for every command.  Random orders go through the gate into the
 * engine, whose events both are shown; each verdict, limit and observed value
 * has to be that of the walk, and nobody's worst case is beyond a limit.  A
 * gate that sees no events lets nothing pass that the other one stops.
 *
 *	gate [--seed N] [--commands N] [--accounts N] [--write DIR]
 *
 * With --write the orders go into DIR as a stream, beside the tables and what
 * the walk said no to, for a run of exch-match --risk.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dec.h"
#include "embed/engine.h"
#include "prop/gate_flow.h"
#include "prop/gate_walk.h"
#include "prop/gate_write.h"
#include "tap.h"

#define BEGIN UINT64_C(1767600000000000000)

/* ---- what is known without any cleverness ---- */

struct account *account;
uint32_t naccounts = 40;

__int128
cash_of(exch_px price, exch_qty qty)
{
	bool below = price < 0;
	/* 10^-9: half-even to 10^-6, on both sides of 0. */
	__int128 v = (below ? -(__int128)price : price) * qty;
	__int128 q = v / 1000, r = v % 1000;

	q += r > 500 || (r == 500 && q % 2 != 0);
	return below ? -q : q;
}

/* What it may come to cost: a buy, or a sell at a price below 0. */
__int128
owed_for(bool sell, exch_px price, exch_qty qty)
{
	__int128 v = cash_of(price, qty);

	v = sell ? -v : v;
	return v < 0 ? 0 : v;
}

const struct exch_account_row *
row_of(uint32_t a)
{
	const struct exch_account_row *row = accounts.row;

	return a > 0 && a <= accounts.n ? &row[a - 1] : NULL;
}

bool
is_of(uint32_t a, const char *member)
{
	const struct exch_account_row *row = row_of(a);

	return row != NULL && strcmp(row->member, member) == 0;
}

/* An order's id tells its account: it has 1,000,000 of them. */
static struct order **
find(uint32_t instr, exch_oid id, uint32_t *who)
{
	uint32_t a = (uint32_t)(id / 1000000);

	*who = a;
	if (a > naccounts)
		return NULL;
	for (struct order **o = &account[a].live; *o != NULL; o = &(*o)->next)
		if ((*o)->instr == instr && (*o)->id == id)
			return o;
	return NULL;
}

const struct exch_limits_row *
row_for(uint8_t scope, const char *name, const char *symbol)
{
	const struct exch_limits_row *r = limits.t.row;

	for (size_t i = 0; i < limits.t.n; i++)
		if (r[i].whom.scope == scope &&
		    strncmp(r[i].whom.name, name, sizeof(r->whom.name)) == 0 &&
		    strncmp(r[i].whom.symbol, symbol, sizeof(r->whom.symbol)) ==
			0)
			return &r[i];
	return NULL;
}

/* A limit by where it stands in a row, or a share: the first row that has it. */
static int64_t
limit_at(uint32_t a, const char *symbol, size_t off, bool share)
{
	char number[24], member[17] = "";
	const struct exch_account_row *who = row_of(a);

	snprintf(number, sizeof(number), "%u", a);
	if (who != NULL)
		memcpy(member, who->member, 16);
	for (int i = 0; i < 6; i++) {
		const char *name = i < 2 ? number : i < 4 ? member : "";
		uint8_t scope = i < 2	? EXCH_SCOPE_ACCOUNT
				: i < 4 ? EXCH_SCOPE_MEMBER
					: EXCH_SCOPE_ALL;
		const struct exch_limits_row *r =
		    row_for(scope, name, i % 2 == 0 ? symbol : "");
		int64_t v = i < 2 || i > 3 ? gate_said_limit(i < 2 ? a : 0,
						 i % 2 == 0 ? symbol : "", off)
					   : EXCH_LIMIT_NONE;
		uint32_t part;

		if (v != EXCH_LIMIT_NONE)
			return v;
		if (r == NULL || (scope == EXCH_SCOPE_MEMBER && *name == '\0'))
			continue;
		memcpy(&part, (const char *)r + off, sizeof(part));
		if (share && part != EXCH_COLLAR_NONE)
			v = part;
		else if (!share)
			memcpy(&v, (const char *)r + off, sizeof(v));
		if (v != EXCH_LIMIT_NONE)
			return v;
	}
	return EXCH_LIMIT_NONE;
}

#define IN(f) limit_at(a, gate_symbols[e->instr], offsetof(ROW, order.f), false)
#define SHARE(f)                                                               \
	limit_at(a, gate_symbols[e->instr], offsetof(ROW, order.f), true)
#define OF(f) limit_at(a, "", offsetof(ROW, account.f), false)
#define ROW struct exch_limits_row

static struct exch_judged want;

bool
no(enum exch_rule rule, int64_t limit, __int128 observed)
{
	want.rule = rule;
	want.limit = limit;
	want.observed = (int64_t)observed;
	return true;
}

bool
above(enum exch_rule rule, int64_t limit, __int128 observed)
{
	return limit != EXCH_LIMIT_NONE && observed > limit &&
	       no(rule, limit, observed);
}

/* A bucket of `messages` tokens that fills in `per`. */
static bool
throttled(uint32_t a, exch_ts now)
{
	struct account *x = &account[a];
	int64_t n = OF(messages), per = OF(per);
	unsigned __int128 fill;

	if (n == EXCH_LIMIT_NONE)
		return false;
	if (per == EXCH_LIMIT_NONE)
		per = 1000000000;
	fill = x->seen ? x->tokens +
			     (unsigned __int128)(now - x->filled) * (uint64_t)n
		       : (unsigned __int128)n * (uint64_t)per;
	if (fill > (unsigned __int128)n * (uint64_t)per)
		fill = (unsigned __int128)n * (uint64_t)per;
	x->seen = true;
	x->filled = now;
	x->tokens = (uint64_t)fill;
	if (x->tokens < (uint64_t)per)
		return no(EXCH_RULE_THROTTLE, n, n + 1);
	x->tokens -= (uint64_t)per;
	return false;
}

static bool
sent_before(uint32_t a, const struct entry *e, exch_ts now)
{
	int64_t within = OF(duplicate);
	struct sent *s;

	if (within == EXCH_LIMIT_NONE || !e->is_new)
		return false;
	for (s = account[a].sent; s != NULL; s = s->next)
		if (s->instr == e->instr && s->price == e->price &&
		    s->qty == e->qty && s->side == e->side)
			break;
	if (s != NULL && now - s->time < (uint64_t)within)
		return no(EXCH_RULE_DUPLICATE, within, now - s->time);
	if (s == NULL) {
		s = calloc(1, sizeof(*s));
		s->next = account[a].sent;
		account[a].sent = s;
	}
	*s = (struct sent){s->next, e->instr, e->price, e->qty, now, e->side};
	return false;
}

static bool
is_restricted(uint32_t a, uint32_t instr)
{
	const struct exch_restricted_row *r = restricted.row;

	for (size_t i = 0; i < restricted.n; i++)
		if (strncmp(r[i].symbol, gate_symbols[instr], 24) == 0 &&
		    (r[i].account == 0 || r[i].account == a))
			return true;
	return false;
}

__int128
open_of(uint32_t a, const struct entry *e, __int128 *value, unsigned *n)
{
	__int128 sum = 0;

	*value = 0;
	*n = 0;
	for (const struct order *o = account[a].live; o != NULL; o = o->next) {
		(*n)++;
		if (o == e->old)
			continue;
		*value += owed_for(o->sell, o->price, o->open);
		if (o->instr == e->instr && o->sell == (e->side != EXCH_BUY))
			sum += o->open;
	}
	return sum;
}

static exch_px reference[INSTRS + 1], last[INSTRS + 1], first[INSTRS + 1];
static const int sector[INSTRS + 1] = {0, 1, 1, 2, 0, 2, 2};

exch_px
mark_of(uint32_t instr, const struct entry *e)
{
	return last[instr] != EXCH_PX_NONE	  ? last[instr]
	       : reference[instr] != EXCH_PX_NONE ? reference[instr]
	       : first[instr] != EXCH_PX_NONE	  ? first[instr]
	       : instr == e->instr		  ? e->price
						  : 0;
}

__int128
size_of(__int128 v)
{
	return v < 0 ? -v : v;
}

static __int128
part_of(__int128 value, int64_t rate)
{
	return rate == EXCH_LIMIT_NONE ? 0 : (value * rate + 999999) / 1000000;
}

__int128
most_of(uint32_t a, uint32_t instr, bool sell, const struct entry *e)
{
	struct entry x = {
	    .instr = instr, .side = sell ? EXCH_SELL : EXCH_BUY, .old = e->old};
	__int128 value, q;
	unsigned n;

	q = open_of(a, &x, &value, &n);
	if (instr == e->instr && sell == (e->side != EXCH_BUY))
		q += e->qty;
	q += (sell ? -1 : 1) * account[a].position[instr];
	return q > 0 ? q : 0;
}

/* What so many need by the dated rates, where the table has no number. */
static __int128
need_of(uint32_t a, uint32_t instr, bool sell, exch_px mark, __int128 qty)
{
	const struct exch_margin_rates *r = &gate_rates;
	int64_t rate = limit_at(a, gate_symbols[instr],
	    sell ? offsetof(ROW, order.margin_short)
		 : offsetof(ROW, order.margin_long),
	    true);
	bool keep = whole_limits && is_of(a, "M2");
	__int128 value = size_of(qty * mark / 1000), need, least;

	if (rate != EXCH_LIMIT_NONE || (!keep && (a != 9 || !whole_limits)))
		return part_of(value, rate);
	if (!keep)
		return part_of(
		    value, sell ? r->initial_short : r->initial_long);
	if (!sell)
		return part_of(value, r->long_rate);
	need = part_of(value, mark < r->cheap ? r->short_cheap : r->short_rate);
	least = qty *
		(mark < r->cheap ? r->short_least_cheap : r->short_least) /
		1000;
	return least > need ? least : need;
}

/* What all that the account has comes to. */
static bool
on_the_whole(uint32_t a, const struct entry *e)
{
	__int128 equity = account[a].cash, margin = 0, gross = 0, mine = 0;
	__int128 near = 0, all;
	bool has = SHARE(margin_long) != EXCH_LIMIT_NONE ||
		   SHARE(margin_short) != EXCH_LIMIT_NONE ||
		   (whole_limits && (a == 9 || is_of(a, "M2")));

	for (uint32_t i = 1; i <= INSTRS; i++) {
		exch_px mark = mark_of(i, e);
		__int128 longs = most_of(a, i, false, e);
		__int128 shorts = most_of(a, i, true, e);
		__int128 most =
		    size_of((longs > shorts ? longs : shorts) * mark / 1000);
		__int128 need[2] = {need_of(a, i, false, mark, longs),
		    need_of(a, i, true, mark, shorts)};

		equity += (__int128)account[a].position[i] * mark / 1000;
		margin += need[0] > need[1] ? need[0] : need[1];
		gross += most;
		mine += i == e->instr ? most : 0;
		near += sector[e->instr] != 0 && sector[i] == sector[e->instr]
			    ? most
			    : 0;
	}
	if (has && margin > equity)
		return no(EXCH_RULE_MARGIN, (int64_t)equity, margin);
	all = equity > gross ? equity : gross;
	mine = all <= 0 ? 0 : (mine * 1000000 + all - 1) / all;
	near = all <= 0 ? 0 : (near * 1000000 + all - 1) / all;
	return above(EXCH_RULE_CONCENTRATION, SHARE(concentration), mine) ||
	       above(EXCH_RULE_SECTOR,
		   limit_at(a, "", offsetof(ROW, account.sector), true),
		   near) ||
	       above(EXCH_RULE_LOSS, OF(loss), account[a].opening - equity) ||
	       gate_trades_by_day(a, equity, gross);
}

/* The collar is around the last price for members M1. */
static exch_px
around(uint32_t a, uint32_t instr)
{
	return whole_limits && is_of(a, "M1") && last[instr] != EXCH_PX_NONE
		   ? last[instr]
		   : reference[instr];
}

static void
judge(uint32_t a, const struct entry *e, exch_ts now)
{
	const struct exch_account_row *row = row_of(a);
	int64_t collar = SHARE(collar);
	bool sell = e->side != EXCH_BUY;
	__int128 value, worst, mine = cash_of(e->price, e->qty);
	exch_px middle = around(a, e->instr);
	__int128 off = e->price - middle;
	unsigned n;

	want = (struct exch_judged){.rule = EXCH_RULE_NONE};
	worst = open_of(a, e, &value, &n) + e->qty;
	worst += (sell ? -1 : 1) * account[a].position[e->instr];
	if (row == NULL || row->permit.status != EXCH_ACCOUNT_ACTIVE ||
	    row->permit.kyc != EXCH_KYC_OK || row->permit.listed)
		(void)no(EXCH_RULE_ACCOUNT, 0, 0);
	else if (gate_killed.on != 0 && worst > 0 &&
		 (gate_killed.account == 0 || gate_killed.account == a) &&
		 (gate_killed.h.instr == 0 || gate_killed.h.instr == e->instr))
		(void)no(EXCH_RULE_KILL, 0, 0);
	else if (is_restricted(a, e->instr))
		(void)no(EXCH_RULE_PERMISSION, 0, 0);
	else if (sell && !row->sells_short && worst > 0)
		(void)no(EXCH_RULE_PERMISSION, 0, worst);
	else if ((!e->second && throttled(a, now)) ||
		 above(EXCH_RULE_SIZE, IN(size), (__int128)e->qty) ||
		 above(EXCH_RULE_VALUE, IN(value), mine))
		return;
	else if (collar != EXCH_LIMIT_NONE && middle != EXCH_PX_NONE &&
		 size_of(off) * 1000000 > size_of(middle) * collar)
		(void)no(EXCH_RULE_COLLAR,
		    (int64_t)(size_of(middle) * collar / 1000000),
		    size_of(off));
	else if (sent_before(a, e, now) ||
		 (e->adds > 0 && above(EXCH_RULE_OPEN_ORDERS, OF(open_orders),
				     n + (__int128)e->adds)) ||
		 above(EXCH_RULE_POSITION, IN(position), worst))
		return;
	else if ((!sell || mine < 0) &&
		 above(EXCH_RULE_CREDIT, OF(credit),
		     value - account[a].cash + (sell ? -mine : mine) + e->also))
		return;
	else if ((worst > 0 && on_the_whole(a, e)) || gate_group_says(a, e))
		return;
	else
		(void)gate_group_meets(a, e);
}

/* ---- what became of it ---- */

static void
less(struct order **o, exch_qty qty, bool ends)
{
	struct order *x = *o;

	x->open -= qty;
	if (ends || x->open == 0) {
		*o = x->next;
		free(x);
	}
}

struct deal *deal;
size_t ndeal;
static size_t last_broken;
/* What nobody asks a gate for: cash goes, trades break, orders are imposed. */
bool acts_of_god;

static void
made(const struct deal *x, int sign)
{
	__int128 cash = cash_of(x->price, x->qty);

	for (unsigned i = 0; i < 2; i++) {
		struct account *a = &account[x->who[i]];
		int way = i == 0 ? sign : -sign;

		a->position[x->instr] += way * (int64_t)x->qty;
		a->cash -= way * cash;
		a->trades[x->instr][i] += sign;
	}
}

static void
note_deal(const struct deal *x)
{
	deal = realloc(deal, (ndeal + 1) * sizeof(*deal));
	deal[ndeal++] = *x;
}

static void
filled(const struct exch_rec_exec *e)
{
	struct deal x = {.match = e->match,
	    .instr = e->h.instr,
	    .price = e->price,
	    .qty = e->qty};

	less(find(e->h.instr, e->buy, &x.who[0]), e->qty, false);
	less(find(e->h.instr, e->sell, &x.who[1]), e->qty, false);
	made(&x, 1);
	note_deal(&x);
}

static void
broke(const struct exch_rec_bust *b)
{
	size_t i = 0;

	while (deal[i].match != b->match || deal[i].instr != b->h.instr)
		i++;
	made(&deal[i], -1);
	deal[i].match = 0;
	last_broken = i;
}

/* At prices below 0: buys that passed, sells without credit, executions. */
static struct {
	uint64_t buys, sells, execs;
} under;

static void
happened(const struct exch_rec *r)
{
	const struct exch_rec_exec *e = (const void *)r;
	const struct exch_rec_cancelled *c = (const void *)r;
	const struct exch_rec_replaced *p = (const void *)r;
	const struct exch_rec_trade *t = (const void *)r;
	struct deal x;
	struct order **o;
	uint32_t a;

	switch (r->type) {
	case EXCH_REC_EXEC:
		last[r->instr] = e->price;
		under.execs += e->price < 0;
		filled(e);
		break;
	case EXCH_REC_BUST:
		broke((const void *)r);
		break;
	case EXCH_REC_TRADE:
		x = deal[last_broken];
		x.match = t->match;
		x.price = t->price;
		x.qty = t->qty;
		made(&x, 1);
		note_deal(&x);
		break;
	case EXCH_REC_CANCELLED:
		less(find(r->instr, c->order, &a), c->qty, !c->open);
		break;
	case EXCH_REC_REPLACED:
		o = find(r->instr, p->order, &a);
		(*o)->id = p->new_order;
		(*o)->open = p->qty;
		break;
	default:
		break;
	}
}

/* ---- the flow ---- */

static struct exch_embed *engine;
static struct exch_risk_gate *inner, *front;
static uint64_t judged[EXCH_RULES], differ, beyond, laxer, passed;
static uint64_t refusals, kept;

static __int128
owed_by(const struct order *o)
{
	return o == NULL ? 0 : owed_for(o->sell, o->price, o->open);
}

/* Both sides of a quote; the first that there is counts the message. */
static void
expected_quote(const struct exch_rec_quote *q, uint32_t a)
{
	struct entry e[2] = {{.instr = q->h.instr,
				 .price = q->bid,
				 .qty = q->bid_qty,
				 .side = EXCH_BUY},
	    {.instr = q->h.instr,
		.price = q->ask,
		.qty = q->ask_qty,
		.side = EXCH_SELL,
		.second = q->bid_qty > 0}};
	unsigned lead = q->bid_qty > 0 ? 0 : 1;

	for (unsigned i = 0; i < 2; i++) {
		e[i].old = e[1 - i].gone =
		    gate_flow_quoted(a, q->h.instr, i == 1);
		if (e[i].qty > 0 && e[i].old == NULL)
			e[lead].adds++;
	}
	if (e[1].second)
		e[1].also =
		    owed_for(false, q->bid, q->bid_qty) - owed_by(e[0].old);
	for (unsigned i = 0; i < 2 && want.rule == EXCH_RULE_NONE; i++)
		if (e[i].qty > 0)
			judge(a, &e[i], q->h.time);
}

/* What the walk says of it. */
static void
expected(const union command *x, uint32_t a)
{
	struct entry e = {.instr = x->h.instr};
	uint32_t who;

	want = (struct exch_judged){.rule = EXCH_RULE_NONE};
	if (x->h.flags == EXCH_F_IMPOSED)
		return;
	if (x->h.type == EXCH_REC_QUOTE) {
		expected_quote(&x->q, a);
	} else if (x->h.type == EXCH_REC_NEW) {
		e.price = x->n.price;
		e.qty = x->n.qty;
		e.side = x->n.side;
		e.is_new = true;
		e.adds = 1;
		judge(a, &e, x->h.time);
	} else if (x->h.type == EXCH_REC_REPLACE) {
		struct order **o = find(x->h.instr, x->r.order, &who);

		e.price = x->r.price;
		e.qty = x->r.qty;
		e.side = (*o)->sell ? EXCH_SELL : EXCH_BUY;
		e.old = *o;
		judge(a, &e, x->h.time);
	}
}

/* The engine has taken it: it is live until its events end it. */
static void
enter(const union command *x, uint32_t a, exch_oid id)
{
	struct order *o = calloc(1, sizeof(*o));
	bool quote = x->h.type == EXCH_REC_QUOTE;
	bool sell = quote ? id == x->q.ask_order : x->n.side != EXCH_BUY;

	*o = (struct order){account[a].live, x->h.instr, id,
	    !quote ? x->n.price
	    : sell ? x->q.ask
		   : x->q.bid,
	    !quote ? x->n.qty
	    : sell ? x->q.ask_qty
		   : x->q.bid_qty,
	    sell, quote};
	account[a].live = o;
}

static void
send(const union command *x, uint32_t a)
{
	struct exch_diag d = {0};
	const struct exch_rec *r;
	struct order **o;
	uint32_t who;

	if (exch_embed_submit(engine, &x->h, &d) != 0) {
		printf("# %s\n", d.text);
		exit(1);
	}
	while ((r = exch_embed_next(engine)) != NULL) {
		if (r->type == EXCH_REC_ACK)
			enter(x, a,
			    ((const struct exch_rec_ack *)(const void *)r)
				->order);
		happened(r);
		if (r->type == EXCH_REC_REPLACED &&
		    x->h.type == EXCH_REC_REPLACE) {
			o = find(r->instr, x->r.new_order, &who);
			(*o)->price = x->r.price;
		}
		refusals +=
		    r->type == EXCH_REC_REJECT && x->h.type == EXCH_REC_QUOTE;
		kept +=
		    r->type == EXCH_REC_REPLACED && x->h.type == EXCH_REC_QUOTE;
		(void)exch_risk_gate_event(inner, r, NULL);
	}
}

static void
ask(struct exch_risk_gate *g, const union command *x, struct exch_judged *v)
{
	struct exch_diag d = {0};

	if (exch_risk_gate_judge(g, &x->h, v, &d) != 0) {
		printf("# %s\n", d.text);
		exit(1);
	}
}

/* What the gate gives by itself here are mass cancels. */
static void
send_own(void)
{
	const struct exch_rec *own, *r;
	struct exch_judged v;

	while (exch_risk_gate_own(inner, &own, &v, NULL) > 0) {
		if (own->type != EXCH_REC_MASS_CANCEL ||
		    exch_embed_submit(engine, own, NULL) != 0) {
			printf("# the gate gives what it should not\n");
			exit(1);
		}
		while ((r = exch_embed_next(engine)) != NULL) {
			happened(r);
			(void)exch_risk_gate_event(inner, r, NULL);
		}
	}
}

/* The first price that passes is a mark until there is a better one. */
static void
note_first(const union command *x)
{
	exch_px p = EXCH_PX_NONE;

	if (x->h.type == EXCH_REC_NEW)
		p = x->n.price;
	else if (x->h.type == EXCH_REC_QUOTE)
		p = x->q.bid_qty > 0 ? x->q.bid : x->q.ask;
	if (first[x->h.instr] == EXCH_PX_NONE)
		first[x->h.instr] = p;
}

/* With a gate in front what it lets pass has to pass the inner one. */
static void
compare(const union command *x, uint32_t a, uint64_t i)
{
	struct exch_judged in, out;

	if (front != NULL) {
		ask(front, x, &out);
		passed += out.rule == EXCH_RULE_NONE;
		if (out.rule != EXCH_RULE_NONE)
			return;
	}
	ask(inner, x, &in);
	expected(x, a);
	gate_write_record(&x->h);
	if (x->h.type == EXCH_REC_DEPOSIT) {
		account[a].cash += x->d.amount;
		account[a].opening += x->d.amount;
	}
	gate_write_verdict(&in, &want);
	if ((in.rule != want.rule || in.limit != want.limit ||
		in.observed != want.observed) &&
	    differ++ < 3)
		printf("# command %llu of account %u: rule %d limit %lld "
		       "observed %lld, expected %d %lld %lld\n",
		    (unsigned long long)i, a, (int)in.rule, (long long)in.limit,
		    (long long)in.observed, (int)want.rule,
		    (long long)want.limit, (long long)want.observed);
	judged[in.rule]++;
	if (x->h.type == EXCH_REC_NEW && x->n.price < 0) {
		under.buys +=
		    x->n.side == EXCH_BUY && in.rule == EXCH_RULE_NONE;
		under.sells +=
		    x->n.side != EXCH_BUY && in.rule == EXCH_RULE_CREDIT;
	}
	laxer += front != NULL && in.rule != EXCH_RULE_NONE;
	if (in.rule == EXCH_RULE_NONE) {
		note_first(x);
		send(x, a);
	}
	send_own();
}

/* Both say the same of each account, and none is beyond its limits. */
static void
stand(uint32_t a)
{
	struct exch_account_view v = {0};
	struct entry one = {.side = EXCH_BUY}, *e = &one;
	__int128 value;
	unsigned n;

	if (exch_risk_gate_account(inner, a, &v) != 0)
		return;
	for (e->instr = 1; e->instr <= INSTRS; e->instr++) {
		struct exch_holding_view h = {0};
		__int128 buys, sells, most = IN(position);

		(void)exch_risk_gate_holding(inner, a, e->instr, &h);
		e->side = EXCH_SELL;
		sells = open_of(a, e, &value, &n);
		e->side = EXCH_BUY;
		buys = open_of(a, e, &value, &n);
		differ += h.position != account[a].position[e->instr] ||
			  h.open_buys != buys || h.open_sells != sells;
		beyond += h.position + buys > most || sells - h.position > most;
	}
	differ += v.cash != account[a].cash || v.open_value != value ||
		  v.open_orders != n;
	beyond += value - v.cash > OF(credit);
	beyond += gate_group_beyond(a);
}

/* ---- the tables ---- */

static void
announce(uint32_t instr)
{
	struct exch_rec_instrument i = {.px_decimals = 2,
	    .tick = PX(1),
	    .lot = 1,
	    .min_qty = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = instr == 4		       ? EXCH_PX_NONE
			 : gate_flow_below_zero(instr) ? PX(-200)
						       : PX(1000 - instr * 3),
	    .strike = EXCH_PX_NONE,
	    .kind = gate_flow_below_zero(instr) ? EXCH_KIND_FUTURE
						: EXCH_KIND_EQUITY,
	    .multiplier = 1000000000};
	struct exch_judged v;

	i.h = exch_embed_head(EXCH_REC_INSTRUMENT, sizeof(i), instr, BEGIN);
	memcpy(i.symbol, gate_symbols[instr], 3);
	reference[instr] = i.reference;
	last[instr] = first[instr] = EXCH_PX_NONE;
	(void)exch_embed_submit(engine, &i.h, NULL);
	gate_write_record(&i.h);
	(void)exch_risk_gate_judge(inner, &i.h, &v, NULL);
	if (front != NULL)
		(void)exch_risk_gate_judge(front, &i.h, &v, NULL);
}

static void
day(uint64_t commands, bool with_front)
{
	struct exch_risk_opts o = {.limits = &limits,
	    .accounts = &accounts,
	    .restricted = &restricted,
	    .instruments = &instruments,
	    .rates = &gate_rates,
	    .trading = &gate_trading,
	    .fills = true};
	uint64_t *ids = calloc(naccounts + 1, sizeof(*ids));
	struct exch_diag d = {0};
	exch_ts now = BEGIN;
	uint32_t a = 1;

	account = calloc(naccounts + 1, sizeof(*account));
	for (a = 1; a <= naccounts; a++)
		account[a].cash = account[a].opening = row_of(a)->balance;
	if (exch_embed_new(NULL, &engine, &d) != 0 ||
	    exch_risk_gate_new(&o, &inner, &d) != 0)
		exit(1);
	o.fills = false;
	if (with_front && exch_risk_gate_new(&o, &front, &d) != 0)
		exit(1);
	for (uint32_t i = 1; i <= INSTRS; i++)
		announce(i);
	a = 1;
	for (uint64_t i = 0; i < commands; i++) {
		union command x;

		/* They come in bursts. */
		if (below(4) == 0)
			a = 1 + (uint32_t)below(naccounts);
		now += below(3) == 0 ? 0 : below(4000000);
		gate_flow_make(&x, a, now, &ids[a]);
		compare(&x, a, i);
		if (i % 97 == 0)
			stand(a);
	}
	for (a = 1; a <= naccounts; a++) {
		stand(a);
		while (account[a].live != NULL)
			less(&account[a].live, 0, true);
		for (struct sent *n, *s = account[a].sent; s != NULL; s = n) {
			n = s->next;
			free(s);
		}
	}
	free(account);
	free(ids);
	free(deal);
	deal = NULL;
	ndeal = 0;
	gate_said_clear();
	exch_embed_free(engine);
	exch_risk_gate_free(inner);
	exch_risk_gate_free(front);
	front = NULL;
}

static uint64_t
number(int argc, char **argv, const char *name, uint64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtoull(argv[i + 1], NULL, 10);
	return otherwise;
}

int
main(int argc, char **argv)
{
	uint64_t commands = number(argc, argv, "--commands", 60000);
	bool all = true;

	naccounts = (uint32_t)number(argc, argv, "--accounts", 40);
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--write") == 0)
			gate_write_to(argv[i + 1]);
	gate_flow_seed(number(argc, argv, "--seed", 1));
	gate_tables(naccounts);
	gate_write_open(BEGIN);
	acts_of_god = true;
	day(commands, false);
	gate_write_close();
	acts_of_god = false;
	beyond = 0;
	day(commands / 2, false);
	/* A gate in front asks for less. */
	gate_front_tables();
	tap_is_u64(differ, 0, "each verdict is that of a walk over all orders");
	tap_is_u64(beyond, 0, "nobody is beyond a limit");
	for (int i = 0; i < EXCH_RULES; i++) {
		/* No refusal of an order. */
		if (i == EXCH_RULE_AUTHORITY || i == EXCH_RULE_STOP ||
		    i >= EXCH_RULE_NOT_HELD)
			continue;
		printf("# rule %d: %llu\n", i, (unsigned long long)judged[i]);
		all = all && judged[i] > 0;
	}
	tap_ok(refusals > 0 && kept > 0,
	    "quotes were refused by the engine, and left in their places");
	tap_ok(all, "each rule has said no, and some have passed");
	printf("# below 0: %llu buys, %llu sells refused, %llu executions\n",
	    (unsigned long long)under.buys, (unsigned long long)under.sells,
	    (unsigned long long)under.execs);
	/* Where many accounts have a few orders each nobody is in need of it. */
	tap_ok(under.buys > 0 && under.execs > 0 &&
		   (under.sells > 0 || judged[EXCH_RULE_CREDIT] < 100),
	    "buys at prices below 0, trades there, and sells without credit");
	for (int i = 0; i < 40; i++)
		day(commands / 100, true);
	tap_is_u64(differ, 0, "so too behind a gate that sees no events");
	tap_is_u64(laxer, 0, "which lets nothing pass that this one stops");
	tap_ok(passed > commands / 50, "and something all the same");
	gate_tables_clear();
	return tap_done();
}
