/*
 * Accounts that stand at their limits with hundreds of holdings, beside a sum
 * over all of them that is made anew for every order: each verdict, limit and
 * observed value has to be that of the sum.  There is no engine: events are
 * what the test says they are, so that prices go where they like, cheap, up by
 * a multiple, and below 0; replacements wait for their answer, executions are
 * broken, and blocks are dealt or not.  Symbols and their sectors, limits, those
 * of groups too, multipliers and balances change in between, switches are
 * pulled, and the gate goes through an image now and then.
 *
 * A gate that walked over everything would say the same: so it is counted how
 * it looks.
 *
 *	gate_limit [--seed N] [--commands N]
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/image.h"
#include "base/rng.h"
#include "prop/gate_limit.h"
#include "prop/gate_limit_day.h"
#include "tap.h"

static struct exch_rng rng;
static struct exch_risk_gate *gate;
static struct exch_risk_opts opts;
static struct exch_risk_looks looks;
static uint64_t refused[EXCH_RULES], holdings[EXCH_RULES], asked;
static uint64_t broken, dealt, answered, renamed;
/* An order was walked for that sums could tell. */
static uint64_t walked;
uint64_t differ;
static exch_oid last_order;
static exch_ts now = UINT64_C(1767600000000000000);

/* Orders that are open. */
static struct open {
	exch_oid id;
	uint32_t account, instr;
	exch_px price;
	exch_qty qty, counted;
	__int128 value; /* owed */
	bool sell;
	/* A replacement is on its way. */
	bool asked;
	exch_oid new_id;
	exch_px new_price;
	exch_qty new_qty;
} open[4000];
static size_t nopen;

/* Executions that can be broken, the last ones; match 0: not again. */
static struct deal {
	uint64_t match;
	uint32_t instr, who[2]; /* 0: nobody that is known */
	exch_px price;
	exch_qty qty;
} deal[512];
static size_t ndeal;
static uint64_t last_match[INSTRUMENTS + 1];

uint64_t
below(uint64_t n)
{
	return exch_rng_below(&rng, n);
}

void *
head(void *r, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *h = memset(r, 0, size);

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	h->instr = instr;
	h->time = now += below(1000000);
	return r;
}

static void
must(int err, const struct exch_diag *d)
{
	if (err == 0)
		return;
	printf("# %d: %s\n", err, d->text);
	exit(1);
}

void
judge(const void *r, struct exch_judged *v)
{
	struct exch_diag d = {0};

	must(exch_risk_gate_judge(gate, r, v, &d), &d);
}

static void
happens(const void *r)
{
	struct exch_diag d = {0};

	must(exch_risk_gate_event(gate, r, &d), &d);
}

/* ---- what moves without an order ---- */

/* Again under another symbol, or worth another multiple. */
static void
announce(uint32_t i, bool again)
{
	struct exch_rec_instrument r;
	struct exch_judged v;
	struct plain_instr *in = &plain_instr[i];
	int64_t was = in->multiplier;

	HEAD(r, EXCH_REC_INSTRUMENT, i);
	if (again && below(2) == 0) {
		in->renamed = !in->renamed;
		renamed++;
	} else {
		in->multiplier =
		    again && below(3) == 0 ? INT64_C(100000000000) : 1000000000;
	}
	/* What was paid by another one is told by nobody any more. */
	for (size_t n = 0; was != in->multiplier && n < ndeal; n++)
		if (deal[n].instr == i)
			deal[n].match = 0;
	snprintf(
	    r.symbol, sizeof(r.symbol), "%c%03u", in->renamed ? 'Y' : 'X', i);
	if (!again)
		in->reference =
		    i % 11 == 0 ? EXCH_PX_NONE : PX(200 + i * 37 % 3000);
	r.tick = PX(1);
	r.lot = 1;
	r.max_qty = EXCH_QTY_NONE;
	r.strike = EXCH_PX_NONE;
	r.multiplier = in->multiplier;
	r.reference = in->reference;
	judge(&r, &v);
}

/* From where it is, or anywhere; a little in most cases. */
static exch_px
some_price(uint32_t i)
{
	exch_px p = plain_mark(i);

	if (p == EXCH_PX_NONE || p > PX(1000000) || below(60) == 0)
		return PX(100 + below(3000));
	if (below(300) == 0)
		return PX(-(int64_t)below(50));
	if (below(20) == 0)
		return p + p / 100 * ((int64_t)below(21) - 10);
	return p + PX((int64_t)below(5) - 2);
}

/* Somebody else trades. */
static void
trade_at(uint32_t i, exch_px price)
{
	struct exch_rec_exec e;

	HEAD(e, EXCH_REC_EXEC, i);
	e.buy = UINT64_C(1) << 40;
	e.sell = e.buy + 1;
	e.price = price;
	e.qty = 1;
	happens(&e);
	plain_instr[i].last = e.price;
}

static void
move_price(uint32_t i)
{
	trade_at(i, some_price(i));
}

static void
move_reference(uint32_t i)
{
	struct exch_rec_phase p;
	struct exch_judged v;

	HEAD(p, EXCH_REC_PHASE, i);
	p.reference = some_price(i);
	judge(&p, &v);
	plain_instr[i].reference = p.reference;
}

static void
deposit(uint32_t a)
{
	struct exch_rec_deposit r;
	struct exch_judged v;

	HEAD(r, EXCH_REC_DEPOSIT, 0);
	r.account = a;
	r.amount = ((int64_t)below(2001) - 1000) * 1000000;
	judge(&r, &v);
	plain_account[a].cash += r.amount;
	plain_account[a].opening += r.amount;
}

/* ---- executions ---- */

/* Both have it, or (sign below 0) have it no more. */
static void
moves(const struct deal *x, int sign)
{
	for (unsigned side = 0; side < 2; side++) {
		struct plain_account *a = &plain_account[x->who[side]];
		int way = side == 0 ? sign : -sign;

		if (x->who[side] == 0)
			continue;
		a->position[x->instr] += way * (int64_t)x->qty;
		a->cash -= way * plain_value(x->instr, x->price, x->qty);
	}
}

static void
note(const struct deal *x)
{
	size_t at = ndeal < EXCH_ARRAY_LEN(deal) ? ndeal++
						 : below(EXCH_ARRAY_LEN(deal));

	moves(x, 1);
	deal[at] = *x;
}

/* One of the last executions is broken, and perhaps told anew. */
static void
break_one(void)
{
	struct deal *x = &deal[ndeal > 0 ? below(ndeal) : 0], y;
	struct exch_rec_bust b;
	struct exch_rec_trade t;

	if (ndeal == 0 || x->match == 0)
		return;
	HEAD(b, EXCH_REC_BUST, x->instr);
	b.match = x->match;
	happens(&b);
	moves(x, -1);
	broken++;
	y = *x;
	x->match = 0;
	if (below(2) == 0)
		return;
	y.price = plain_mark(y.instr) + PX((int64_t)below(9) - 4);
	y.qty = 1 + below(2 * y.qty);
	y.match = ++last_match[y.instr];
	HEAD(t, EXCH_REC_TRADE, y.instr);
	t.match = y.match;
	t.price = y.price;
	t.qty = y.qty;
	t.kind = EXCH_PRINT_CORRECTED;
	happens(&t);
	note(&y);
}

/* ---- orders ---- */

static void
count(struct open *o, exch_qty counted, __int128 value)
{
	struct plain_account *a = &plain_account[o->account];

	a->open[o->sell][o->instr] += counted - o->counted;
	a->open_value += value - o->value;
	o->counted = counted;
	o->value = value;
}

/* As long as a replacement is on its way the larger of both is counted. */
static void
settle(struct open *o)
{
	if (!o->asked)
		count(
		    o, o->qty, plain_owed(o->instr, o->sell, o->price, o->qty));
}

static void
exec(struct open *o, exch_qty qty)
{
	struct exch_rec_exec e;
	struct deal x = {.instr = o->instr, .qty = qty};

	HEAD(e, EXCH_REC_EXEC, o->instr);
	e.match = x.match = ++last_match[o->instr];
	e.buy = o->sell ? UINT64_C(1) << 40 : o->id;
	e.sell = o->sell ? o->id : UINT64_C(1) << 40;
	e.price = o->price != EXCH_PX_NONE ? o->price : some_price(o->instr);
	e.qty = qty;
	happens(&e);
	plain_instr[o->instr].last = x.price = e.price;
	x.who[o->sell] = o->account;
	note(&x);
	o->qty -= qty;
	settle(o);
}

static bool
is_huge(const struct open *o)
{
	return o->qty > 1000000 || o->price > PX(1000000);
}

/* Nothing of it is left. */
static void
leaves(size_t i)
{
	count(&open[i], 0, 0);
	plain_account[open[i].account].open_orders--;
	open[i] = open[--nopen];
}

static void
cancel(size_t i)
{
	struct open *o = &open[i];
	struct exch_rec_cancelled c;

	HEAD(c, EXCH_REC_CANCELLED, o->instr);
	c.order = o->id;
	c.qty = o->qty;
	happens(&c);
	leaves(i);
}

static void
end(size_t i, bool fills)
{
	if (fills && !is_huge(&open[i])) {
		exec(&open[i], open[i].qty);
		leaves(i);
	} else {
		cancel(i);
	}
}

uint64_t
cancel_all(uint32_t account, uint32_t instr)
{
	uint64_t n = 0;

	for (size_t i = nopen; i-- > 0;)
		if ((account == 0 || open[i].account == account) &&
		    (instr == 0 || open[i].instr == instr)) {
			cancel(i);
			n++;
		}
	return n;
}

void
take_own(void)
{
	const struct exch_rec *own;
	const struct exch_rec_mass_cancel *c;
	struct exch_judged v;
	struct exch_diag d = {0};
	int more;

	while ((more = exch_risk_gate_own(gate, &own, &v, &d)) > 0) {
		c = (const void *)own;
		differ += own->type != EXCH_REC_MASS_CANCEL;
		(void)cancel_all(c->account, own->instr);
	}
	must(more, &d);
}

static bool
is_same(const struct exch_judged *v, const struct exch_judged *want)
{
	return v->rule == want->rule && v->limit == want->limit &&
	       v->observed == want->observed;
}

/* Does it pass?  By both the same. */
static bool
ask(const void *r, const struct plain_entry *e, unsigned n)
{
	struct exch_judged v, want = {.rule = EXCH_RULE_NONE};
	uint64_t was = exch_risk_gate_looks(gate).walks;
	bool far = false;

	for (unsigned i = 0; i < n && want.rule == EXCH_RULE_NONE; i++) {
		plain_judge(&e[i], &want);
		want.account = e[i].account;
		far = far || plain_far;
	}
	judge(r, &v);
	asked++;
	walked += !far && exch_risk_gate_looks(gate).walks != was;
	if (!is_same(&v, &want) && differ++ < 5)
		printf("# type %02x of account %u: %d, %lld, %lld; by the sum "
		       "%d, %lld, %lld\n",
		    ((const struct exch_rec *)r)->type, want.account,
		    (int)v.rule, (long long)v.limit, (long long)v.observed,
		    (int)want.rule, (long long)want.limit,
		    (long long)want.observed);
	refused[v.rule]++;
	if (v.rule != EXCH_RULE_NONE)
		holdings[v.rule] += plain_holdings(want.account);
	return v.rule == EXCH_RULE_NONE;
}

static void
passed(const struct exch_rec_new *n)
{
	struct exch_rec_ack k;
	struct open *o = &open[nopen++];

	*o = (struct open){.id = n->order,
	    .account = n->account,
	    .instr = n->h.instr,
	    .price = n->price,
	    .qty = n->qty,
	    .sell = n->side != EXCH_BUY};
	plain_account[n->account].open_orders++;
	settle(o);
	if (plain_instr[o->instr].first == EXCH_PX_NONE)
		plain_instr[o->instr].first = n->price;
	HEAD(k, EXCH_REC_ACK, o->instr);
	k.order = o->id;
	happens(&k);
	/* No position is beyond 64 bits, nor cash beyond 128. */
	if (below(3) == 0 && o->qty > 1 && !is_huge(o))
		exec(o, 1 + below(o->qty - 1));
	if (below(2) == 0 || nopen == EXCH_ARRAY_LEN(open))
		end(nopen - 1, below(4) != 0);
}

static void
order(uint32_t a)
{
	struct exch_rec_new n;
	struct plain_entry e;

	HEAD(n, EXCH_REC_NEW, 1 + (uint32_t)below(INSTRUMENTS));
	n.account = a;
	n.order = ++last_order;
	n.side = below(3) == 0 ? EXCH_SELL : EXCH_BUY;
	n.price = below(30) == 0 ? EXCH_PX_NONE : some_price(n.h.instr);
	n.ordtype = n.price == EXCH_PX_NONE ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT;
	n.qty = 1 + below(below(50) == 0 ? 3000 : 60);
	if (below(a == 6 ? 50 : 500) == 0)
		n.qty = (exch_qty)1 << (40 + below(23)); /* huge */
	if (below(2000) == 0)
		n.price = INT64_MAX / 2;
	e = (struct plain_entry){.account = a,
	    .instr = n.h.instr,
	    .price = n.price,
	    .qty = n.qty,
	    .sell = n.side != EXCH_BUY,
	    .adds = 1};
	if (ask(&n, &e, 1))
		passed(&n);
}

/* The matcher says what became of a replacement. */
static void
answer(struct open *o)
{
	struct exch_rec_replaced p;
	struct exch_rec_reject j;

	if (!o->asked)
		return;
	o->asked = false;
	answered++;
	if (below(4) == 0) {
		HEAD(j, EXCH_REC_REJECT, o->instr);
		j.order = o->id;
		j.code = EXCH_REJ_UNKNOWN_ORDER;
		j.command = EXCH_REC_REPLACE;
		happens(&j);
	} else {
		HEAD(p, EXCH_REC_REPLACED, o->instr);
		p.order = o->id;
		p.new_order = o->new_id;
		p.qty = o->new_qty;
		happens(&p);
		o->id = o->new_id;
		o->price = o->new_price;
		o->qty = o->new_qty;
	}
	settle(o);
}

static void
replace(struct open *o)
{
	struct exch_rec_replace r;
	struct plain_entry e;
	__int128 owed;

	if (o->asked)
		return;
	HEAD(r, EXCH_REC_REPLACE, o->instr);
	r.order = o->id;
	r.new_order = below(2) == 0 ? o->id : ++last_order;
	r.price = below(3) == 0 && o->price != EXCH_PX_NONE
		      ? o->price
		      : some_price(o->instr);
	r.qty = below(300) == 0 ? (exch_qty)1 << (40 + below(23))
				: 1 + below(below(9) == 0 ? 3000 : 90);
	e = (struct plain_entry){.account = o->account,
	    .instr = o->instr,
	    .price = r.price,
	    .qty = r.qty,
	    .sell = o->sell,
	    .old = o->counted,
	    .old_value = o->value};
	if (!ask(&r, &e, 1))
		return;
	o->asked = true;
	o->new_id = r.new_order;
	o->new_price = r.price;
	o->new_qty = r.qty;
	owed = plain_owed(o->instr, o->sell, r.price, r.qty);
	count(o, r.qty > o->counted ? r.qty : o->counted,
	    owed > o->value ? owed : o->value);
	if (below(3) != 0)
		answer(o);
}

/* Two accounts have agreed on a trade. */
static void
block(uint32_t a)
{
	struct exch_rec_block b;
	struct exch_rec_trade t;
	struct plain_entry e[2];
	struct deal x;
	uint32_t other = 1 + (a + (uint32_t)below(ACCOUNTS - 1)) % ACCOUNTS;
	bool together;

	HEAD(b, EXCH_REC_BLOCK, 1 + (uint32_t)below(INSTRUMENTS));
	b.report = ++last_order;
	b.buyer = below(2) == 0 ? a : other;
	b.seller = b.buyer == a ? other : a;
	b.price = some_price(b.h.instr);
	b.qty = 1 + below(200);
	together = plain_account[a].group != 0 &&
		   plain_account[a].group == plain_account[other].group;
	for (unsigned i = 0; i < 2; i++)
		e[i] =
		    (struct plain_entry){.account = i == 0 ? b.buyer : b.seller,
			.instr = b.h.instr,
			.price = b.price,
			.qty = b.qty,
			.sell = i == 1,
			.beside = together ? b.qty : 0};
	if (!ask(&b, e, 2) || below(5) == 0)
		return;
	x = (struct deal){++last_match[b.h.instr], b.h.instr,
	    {b.buyer, b.seller}, b.price, b.qty};
	HEAD(t, EXCH_REC_TRADE, b.h.instr);
	t.match = x.match;
	t.buy = t.sell = b.report;
	t.price = b.price;
	t.qty = b.qty;
	t.kind = EXCH_PRINT_BLOCK;
	happens(&t);
	note(&x);
	dealt++;
}

/* For a moment somebody has more than sums can hold. */
static void
spike(const struct open *o)
{
	uint32_t i = o->instr, a = o->account;
	exch_px back = plain_mark(i);

	trade_at(i, INT64_MAX / 2);
	for (unsigned n = 0; n < 3; n++)
		order(a);
	trade_at(i, back);
}

/* ---- the gate goes on as another one ---- */

static struct exch_buf image;
static size_t image_at;

static int
move(void *arg, void *p, size_t n)
{
	if (arg == NULL) {
		exch_buf_add(&image, p, n);
		return image.failed ? EXCH_ERR_NOMEM : EXCH_OK;
	}
	memcpy(p, image.p + image_at, n);
	image_at += n;
	return EXCH_OK;
}

/* How it has looked, as long as it lived. */
static void
add_looks(void)
{
	struct exch_risk_looks n = exch_risk_gate_looks(gate);

	looks.bounds += n.bounds;
	looks.exact += n.exact;
	looks.few += n.few;
	looks.walks += n.walks;
}

static void
go_on_as_another(void)
{
	struct exch_image out = {.move = move};
	struct exch_image in = {.reading = true, .move = move, .arg = &in};
	struct exch_risk_gate *other;
	struct exch_diag d = {0};

	image_at = image.len = 0;
	must(exch_risk_gate_new(&opts, &other, &d), &d);
	exch_risk_gate_image(&out, gate);
	exch_risk_gate_image(&in, other);
	differ += out.err != 0 || in.err != 0 || image_at != image.len;
	add_looks();
	exch_risk_gate_free(gate);
	gate = other;
}

/* ---- a day ---- */

/* What is rare. */
static void
seldom(uint32_t a, uint32_t i)
{
	switch (below(5)) {
	case 0:
		if (below(8) == 0)
			move_reference(i);
		break;
	case 1:
		if (below(16) == 0)
			deposit(a);
		break;
	case 2:
		if (below(plain_account[a].group != 0 ? 3 : 20) == 0)
			say_limit(a);
		break;
	case 3:
		if (below(40) == 0)
			announce(i, true);
		break;
	default:
		say_kill(a);
	}
}

static void
turn(uint32_t a)
{
	uint32_t i = 1 + (uint32_t)below(INSTRUMENTS);
	size_t some = nopen > 0 ? below(nopen) : 0;

	switch (below(16)) {
	case 0:
		for (uint64_t n = below(below(40) == 0 ? 600 : 6); n > 0; n--)
			move_price(1 + (uint32_t)below(INSTRUMENTS));
		break;
	case 1:
		if (nopen > 0)
			end(some, below(2) == 0);
		break;
	case 2:
	case 3:
		seldom(a, i);
		break;
	case 4:
		if (nopen > 0)
			replace(&open[some]);
		break;
	case 5:
		if (nopen > 0)
			answer(&open[some]);
		break;
	case 6:
		if (below(8) == 0)
			break_one();
		else if (below(4) == 0)
			block(a);
		break;
	default:
		order(a);
		if (nopen > 0 && is_huge(&open[nopen - 1]))
			spike(&open[nopen - 1]);
	}
}

/* With rows of groups in the table; or what is said of them comes later. */
static void
day(uint64_t commands, bool groups)
{
	struct exch_diag d = {0};
	uint32_t a = 1;

	nopen = ndeal = 0;
	memset(last_match, 0, sizeof(last_match));
	said_begin();
	plain_tables(&opts, groups);
	must(exch_risk_gate_new(&opts, &gate, &d), &d);
	for (uint32_t i = 1; i <= INSTRUMENTS; i++)
		announce(i, false);
	for (uint64_t i = 0; i < commands; i++) {
		/* They come in bursts. */
		if (below(8) == 0)
			a = 1 + (uint32_t)below(ACCOUNTS);
		turn(a);
		if (i % 7001 == 7000)
			go_on_as_another();
	}
	add_looks();
	exch_risk_gate_free(gate);
	plain_clear();
}

static uint64_t
number(int argc, char **argv, const char *name, uint64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtoull(argv[i + 1], NULL, 10);
	return otherwise;
}

static void
looked(void)
{
	printf("# by bounds %llu, by sums that follow %llu, by a walk of few "
	       "%llu, by another %llu\n",
	    (unsigned long long)looks.bounds, (unsigned long long)looks.exact,
	    (unsigned long long)looks.few, (unsigned long long)looks.walks);
	tap_is_u64(walked, 0, "nothing is walked for that sums can tell");
	tap_ok(looks.bounds > asked / 10 && looks.exact > asked / 10,
	    "bounds and sums that follow are what verdicts come of");
	printf("# broken %llu, blocks %llu, replaced %llu, renamed %llu\n",
	    (unsigned long long)broken, (unsigned long long)dealt,
	    (unsigned long long)answered, (unsigned long long)renamed);
	tap_ok(broken > 0 && dealt > 0 && answered > 0 && renamed > 0,
	    "trades were broken, blocks dealt, orders replaced, symbols too");
}

int
main(int argc, char **argv)
{
	static const enum exch_rule rules[] = {EXCH_RULE_MARGIN,
	    EXCH_RULE_CONCENTRATION, EXCH_RULE_SECTOR, EXCH_RULE_LOSS,
	    EXCH_RULE_GROUP_LOSS};
	static const enum exch_rule others[] = {EXCH_RULE_KILL,
	    EXCH_RULE_GROUP_OPEN_ORDERS, EXCH_RULE_GROUP_POSITION,
	    EXCH_RULE_GROUP_GROSS, EXCH_RULE_GROUP_NOTIONAL,
	    EXCH_RULE_GROUP_CREDIT};
	uint64_t commands = number(argc, argv, "--commands", 120000);

	exch_rng_seed(&rng, number(argc, argv, "--seed", 1));
	day(commands - commands / 3, true);
	day(commands / 3, false);
	tap_is_u64(
	    differ, 0, "each verdict is that of a sum over all holdings");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(rules); i++) {
		uint64_t n = refused[rules[i]];

		printf("# rule %d: %llu, with %llu holdings each\n",
		    (int)rules[i], (unsigned long long)n,
		    (unsigned long long)(n == 0 ? 0 : holdings[rules[i]] / n));
		tap_ok(n > commands / 1000 && holdings[rules[i]] / n > 60,
		    "many were refused who hold hundreds");
	}
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(others); i++) {
		printf("# rule %d: %llu\n", (int)others[i],
		    (unsigned long long)refused[others[i]]);
		tap_ok(refused[others[i]] > 0, "and some for another reason");
	}
	tap_ok(refused[EXCH_RULE_NONE] > asked / 10, "and some have passed");
	looked();
	exch_buf_free(&image);
	return tap_done();
}
