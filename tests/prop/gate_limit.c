/*
 * Accounts that stand at their limits with hundreds of holdings, beside a sum
 * over all of them that is made anew for every order: each verdict, limit and
 * observed value has to be that of the sum.  There is no engine: events are
 * what the test says they are, so that prices go where they like, cheap, up by
 * a multiple, and below 0; limits, multipliers and balances change in between,
 * and the gate goes through an image now and then.
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
#include "tap.h"

static struct exch_rng rng;
static struct exch_risk_gate *gate;
static struct exch_risk_opts opts;
static uint64_t refused[EXCH_RULES], holdings[EXCH_RULES], asked, differ;
static exch_oid last_order;
static exch_ts now = UINT64_C(1767600000000000000);

/* Orders that are open. */
static struct open {
	exch_oid id;
	uint32_t account, instr;
	exch_px price;
	exch_qty qty;
	bool sell;
} open[4000];
static size_t nopen;

static uint64_t
below(uint64_t n)
{
	return exch_rng_below(&rng, n);
}

static void *
head(void *r, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *h = memset(r, 0, size);

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	h->instr = instr;
	h->time = now += below(1000000);
	return r;
}
#define HEAD(r, type, instr) head(&(r), type, sizeof(r), instr)

static void
must(int err, const struct exch_diag *d)
{
	if (err == 0)
		return;
	printf("# %d: %s\n", err, d->text);
	exit(1);
}

static void
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

static void
announce(uint32_t i, bool again)
{
	struct exch_rec_instrument r;
	struct exch_judged v;
	struct plain_instr *in = &plain_instr[i];

	HEAD(r, EXCH_REC_INSTRUMENT, i);
	snprintf(r.symbol, sizeof(r.symbol), "X%03u", i);
	in->multiplier =
	    again && below(3) == 0 ? INT64_C(100000000000) : 1000000000;
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

static void
change_limit(uint32_t a)
{
	struct exch_rec_limit r;
	struct exch_judged v;
	struct plain_limits *l = &plain_account[a].limits;

	HEAD(r, EXCH_REC_LIMIT, 0);
	r.h.len8 = 0;
	r.bytes = sizeof(r);
	r.account = a;
	if (l->rate[0] != EXCH_COLLAR_NONE) {
		r.what = EXCH_LIMIT_OF_MARGIN_LONG;
		l->rate[0] = (uint32_t)(r.value = 200000 + below(100) * 1001);
	} else if (l->sector != EXCH_COLLAR_NONE) {
		r.what = EXCH_LIMIT_OF_SECTOR;
		l->sector = (uint32_t)(r.value = 200000 + below(100) * 101);
	} else if (l->loss != EXCH_LIMIT_NONE) {
		r.what = EXCH_LIMIT_OF_LOSS;
		l->loss = r.value = (int64_t)(500 + below(500)) * 1000000;
	} else {
		return;
	}
	judge(&r, &v);
	differ += v.rule != EXCH_RULE_NONE;
}

/* ---- orders ---- */

static void
exec(struct open *o, exch_qty qty)
{
	struct exch_rec_exec e;
	struct plain_account *a = &plain_account[o->account];

	HEAD(e, EXCH_REC_EXEC, o->instr);
	e.buy = o->sell ? UINT64_C(1) << 40 : o->id;
	e.sell = o->sell ? o->id : UINT64_C(1) << 40;
	e.price = o->price != EXCH_PX_NONE ? o->price : some_price(o->instr);
	e.qty = qty;
	happens(&e);
	plain_instr[o->instr].last = e.price;
	a->cash += (o->sell ? 1 : -1) * plain_value(o->instr, e.price, qty);
	a->position[o->instr] += (o->sell ? -1 : 1) * (int64_t)qty;
	a->open[o->sell][o->instr] -= qty;
	o->qty -= qty;
}

static bool
is_huge(const struct open *o)
{
	return o->qty > 1000000 || o->price > PX(1000000);
}

static void
end(size_t i, bool fills)
{
	struct open *o = &open[i];
	struct exch_rec_cancelled c;

	if (fills && !is_huge(o)) {
		exec(o, o->qty);
	} else {
		HEAD(c, EXCH_REC_CANCELLED, o->instr);
		c.order = o->id;
		c.qty = o->qty;
		happens(&c);
		plain_account[o->account].open[o->sell][o->instr] -= o->qty;
	}
	*o = open[--nopen];
}

static void
passed(const struct exch_rec_new *n)
{
	struct exch_rec_ack k;
	struct open *o = &open[nopen++];
	struct plain_account *a = &plain_account[n->account];

	*o = (struct open){n->order, n->account, n->h.instr, n->price, n->qty,
	    n->side != EXCH_BUY};
	a->open[o->sell][o->instr] += o->qty;
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
	struct exch_judged v, want;

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
	plain_judge(&n, &want);
	judge(&n, &v);
	asked++;
	if (v.rule != want.rule || v.limit != want.limit ||
	    v.observed != want.observed) {
		if (differ++ < 5)
			printf("# order %llu of account %u: %d, %lld, %lld; "
			       "by the sum %d, %lld, %lld\n",
			    (unsigned long long)n.order, a, (int)v.rule,
			    (long long)v.limit, (long long)v.observed,
			    (int)want.rule, (long long)want.limit,
			    (long long)want.observed);
	}
	refused[v.rule]++;
	if (v.rule != EXCH_RULE_NONE)
		holdings[v.rule] += plain_holdings(a);
	else
		passed(&n);
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
	exch_risk_gate_free(gate);
	gate = other;
}

/* ---- a day ---- */

static void
turn(uint32_t a)
{
	uint32_t i = 1 + (uint32_t)below(INSTRUMENTS);

	switch (below(16)) {
	case 0:
		for (uint64_t n = below(below(40) == 0 ? 600 : 6); n > 0; n--)
			move_price(1 + (uint32_t)below(INSTRUMENTS));
		break;
	case 1:
		if (nopen > 0)
			end(below(nopen), below(2) == 0);
		break;
	case 2:
		if (below(20) == 0)
			move_reference(i);
		break;
	case 3:
		if (below(40) == 0)
			deposit(a);
		break;
	case 4:
		if (below(100) == 0)
			change_limit(a);
		break;
	case 5:
		if (below(200) == 0)
			announce(i, true);
		break;
	default:
		order(a);
		if (nopen > 0 && is_huge(&open[nopen - 1]))
			spike(&open[nopen - 1]);
	}
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
	static const enum exch_rule rules[] = {EXCH_RULE_MARGIN,
	    EXCH_RULE_CONCENTRATION, EXCH_RULE_SECTOR, EXCH_RULE_LOSS,
	    EXCH_RULE_GROUP_LOSS};
	uint64_t commands = number(argc, argv, "--commands", 60000);
	struct exch_diag d = {0};
	uint32_t a = 1;

	exch_rng_seed(&rng, number(argc, argv, "--seed", 1));
	plain_tables(&opts);
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
	tap_is_u64(
	    differ, 0, "each verdict is that of a sum over all holdings");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(rules); i++) {
		uint64_t n = refused[rules[i]];

		printf("# rule %d: %llu, with %llu holdings each\n",
		    (int)rules[i], (unsigned long long)n,
		    (unsigned long long)(n == 0 ? 0 : holdings[rules[i]] / n));
		tap_ok(n > commands / 500 && holdings[rules[i]] / n > 80,
		    "many were refused who hold hundreds");
	}
	tap_ok(refused[EXCH_RULE_NONE] > asked / 10, "and some have passed");
	exch_risk_gate_free(gate);
	exch_buf_free(&image);
	plain_clear();
	return tap_done();
}
