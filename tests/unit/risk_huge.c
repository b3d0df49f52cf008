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
/* So many of that price are worth 2^93 units of cash, less a few. */
#define EDGE UINT64_C(2147483648000)

/* What nobody asks for here, but in one instrument; nearly all of an account. */
static const char limit_text[] = "scope,name,symbol,concentration\n"
				 "all,,X2,80%\n"
				 "account,3,X2,99.9999%\n";
static const char account_text[] =
    "account,balance\n1,100000\n2,100000\n3,100000\n";

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
	r.reference = i <= 2 || i > 6 ? HUGE_PRICE : 100 * TICK;
	(void)judge(&r);
}

static struct exch_judged
buy_at(uint32_t account, uint32_t i, exch_qty qty, exch_px price)
{
	static exch_oid last;
	struct exch_rec_new r;

	head(&r, EXCH_REC_NEW, sizeof(r), i);
	r.account = account;
	r.order = ++last;
	r.side = EXCH_BUY;
	r.ordtype = EXCH_ORD_LIMIT;
	r.price = price;
	r.qty = qty;
	return judge(&r);
}

static struct exch_judged
buy(uint32_t account, uint32_t i, exch_qty qty)
{
	return buy_at(account, i, qty, i <= 2 ? HUGE_PRICE : 100 * TICK);
}

static struct exch_judged
buy_both(uint32_t account, exch_qty first, exch_qty second)
{
	struct exch_judged v = buy(account, 1, first);

	tap_is_u64(v.rule, EXCH_RULE_NONE, "no limit is for the first");
	return buy(account, 2, second);
}

static void
begin(uint32_t instruments)
{
	struct exch_risk_opts o = {
	    .limits = &limits, .accounts = &accounts, .fills = true};
	struct exch_diag d = {0};

	must(exch_risk_gate_new(&o, &gate, &d), &d);
	for (uint32_t i = 1; i <= instruments; i++)
		announce(i);
}

/* By a walk, and by sums that follow. */
static void
a_day(exch_qty first, exch_qty second, int64_t share)
{
	struct exch_judged few, many;

	begin(6);
	for (uint32_t i = 3; i <= 6; i++)
		(void)buy(2, i, 1);
	few = buy_both(1, first, second);
	many = buy_both(2, first, second);
	tap_is_u64(few.rule, EXCH_RULE_CONCENTRATION, "the second is refused");
	tap_is_i64(few.observed, share, "for it is so much of all");
	tap_is_u64(many.rule, few.rule, "also of who holds more");
	tap_is_i64(many.observed, few.observed, "and of the same size");
	exch_risk_gate_free(gate);
}

/*
 * Thousands of positions, each as large as a part of bounds may be, are more
 * than a millionth of the one order that is more than sums hold.  A sum that
 * is cut off shows nothing of them.
 */
#define MANY 5000u
static void
a_day_of_bounds(void)
{
	struct exch_judged v;

	begin(MANY);
	for (uint32_t i = 3; i <= MANY; i++)
		(void)buy_at(3, i, 2000, HUGE_PRICE);
	v = buy(3, 2, (exch_qty)1 << 62);
	tap_is_u64(
	    v.rule, EXCH_RULE_CONCENTRATION, "an order beyond all is refused");
	tap_is_i64(v.observed, 1000000, "as a sum that is cut off says");
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
	a_day(UINT64_C(4200000000000), (exch_qty)1 << 62, 1000000);
	/* Half of that. */
	a_day(UINT64_C(2100000000000), (exch_qty)1 << 62, 1000000);
	/*
	 * 2^93 is as far as sums follow (EXCH_RISK_FAR): a seventh of it, and
	 * the rest with one share less or more, which is no millionth.
	 */
	for (exch_qty n = EDGE - 2; n <= EDGE + 2; n++)
		a_day(EDGE / 7, n - EDGE / 7, 857143);
	a_day_of_bounds();
	exch_limits_clear(&limits);
	exch_reftable_clear(&accounts);
	return tap_done();
}
