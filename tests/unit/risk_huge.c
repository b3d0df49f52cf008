/*
 * Values where sums are cut off: who holds two is walked, who holds more has
 * sums that follow (risk/exact.h), and both are told the same.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "risk/gate.h"
#include "tap.h"

#define TICK INT64_C(10000000)
#define HUGE_PRICE (INT64_MAX / 2)

/* What nobody asks for here, but in one instrument. */
static const char limit_text[] = "scope,name,symbol,concentration\n"
				 "all,,X2,80%\n";
static const char account_text[] = "account,balance\n1,100000\n2,100000\n";

static struct exch_limits limits;
static struct exch_reftable accounts;
static struct exch_risk_gate *gate;

static void
must(int err, const struct exch_diag *d)
{
	if (err == 0)
		return;
	printf("# %d: %s\n", err, d->text);
	exit(1);
}

static void *
head(void *r, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *h = memset(r, 0, size);

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	h->instr = instr;
	h->time = UINT64_C(1767600000000000000);
	return r;
}

static struct exch_judged
judge(const void *r)
{
	struct exch_judged v;
	struct exch_diag d = {0};

	must(exch_risk_gate_judge(gate, r, &v, &d), &d);
	return v;
}

/* The first two cost more than anything does. */
static void
announce(uint32_t i)
{
	struct exch_rec_instrument r;

	head(&r, EXCH_REC_INSTRUMENT, sizeof(r), i);
	snprintf(r.symbol, sizeof(r.symbol), "X%u", i);
	r.tick = TICK;
	r.lot = 1;
	r.max_qty = EXCH_QTY_NONE;
	r.strike = EXCH_PX_NONE;
	r.multiplier = 1000000000;
	r.reference = i <= 2 ? HUGE_PRICE : 100 * TICK;
	(void)judge(&r);
}

static struct exch_judged
buy(uint32_t account, uint32_t i, exch_qty qty)
{
	static exch_oid last;
	struct exch_rec_new r;

	head(&r, EXCH_REC_NEW, sizeof(r), i);
	r.account = account;
	r.order = ++last;
	r.side = EXCH_BUY;
	r.ordtype = EXCH_ORD_LIMIT;
	r.price = i <= 2 ? HUGE_PRICE : 100 * TICK;
	r.qty = qty;
	return judge(&r);
}

/* Nearly as much as sums may hold, and then what no sum can. */
static struct exch_judged
buy_both(uint32_t account, exch_qty first)
{
	struct exch_judged v = buy(account, 1, first);

	tap_is_u64(v.rule, EXCH_RULE_NONE, "no limit is for the first");
	return buy(account, 2, (exch_qty)1 << 62);
}

static void
a_day(exch_qty first)
{
	struct exch_risk_opts o = {
	    .limits = &limits, .accounts = &accounts, .fills = true};
	struct exch_diag d = {0};
	struct exch_judged few, many;

	must(exch_risk_gate_new(&o, &gate, &d), &d);
	for (uint32_t i = 1; i <= 6; i++)
		announce(i);
	for (uint32_t i = 3; i <= 6; i++)
		(void)buy(2, i, 1);
	few = buy_both(1, first);
	many = buy_both(2, first);
	tap_is_u64(few.rule, EXCH_RULE_CONCENTRATION, "the second is refused");
	tap_is_i64(few.observed, 1000000, "for it is as much as sums go");
	tap_is_u64(many.rule, few.rule, "also of who holds more");
	tap_is_i64(many.observed, few.observed, "and of the same size");
	exch_risk_gate_free(gate);
}

int
main(void)
{
	struct exch_diag d = {0};

	must(exch_limits_parse(
		 limit_text, sizeof(limit_text) - 1, "limits", &limits, &d),
	    &d);
	must(exch_reftable_parse(account_text, sizeof(account_text) - 1,
		 "accounts", &exch_accounts_shape, &accounts, &d),
	    &d);
	/* 2^93.99 of cash: one more, and each is beyond all sums. */
	a_day(UINT64_C(4200000000000));
	/* Half of that. */
	a_day(UINT64_C(2100000000000));
	exch_limits_clear(&limits);
	exch_reftable_clear(&accounts);
	return tap_done();
}
