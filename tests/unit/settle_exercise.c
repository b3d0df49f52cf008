/*
 * settle/exercise: what is exercised by exception, what moves, and who is
 * assigned: the same for a seed, fair over many, oldest first where asked.
 */
#include <config.h>

#include "settle/exercise.h"
#include "tap.h"

#define PX(cents) ((exch_px)(cents)*10000000)
#define CASH(cents) ((exch_i128)(cents)*10000)

static struct exch_expiry
series(bool put, exch_px strike, exch_px price)
{
	return (struct exch_expiry){.terms = {.strike = strike,
					.multiplier = 100 * EXCH_PX_ONE,
					.shares = 100 * EXCH_PX_ONE},
	    .put = put,
	    .price = price};
}

static bool
goes(bool put, exch_px strike, exch_px price, enum exch_wish wish)
{
	struct exch_expiry x = series(put, strike, price);
	bool yes = false;

	return exch_option_exercised(&x, wish, &yes) == EXCH_OK && yes;
}

static void
exceptions(void)
{
	struct exch_expiry x = series(false, INT64_MAX, INT64_MAX);
	bool yes;

	tap_ok(
	    goes(false, PX(5000), PX(5001), EXCH_WISH_NONE), "a call 0.01 in");
	tap_ok(!goes(false, PX(5000), PX(5001) - 1, EXCH_WISH_NONE), "less");
	tap_ok(
	    !goes(false, PX(5000), PX(5000), EXCH_WISH_NONE), "at the money");
	tap_ok(goes(true, PX(5000), PX(4999), EXCH_WISH_NONE), "a put 0.01 in");
	tap_ok(!goes(true, PX(5000), PX(4999) + 1, EXCH_WISH_NONE), "less");
	tap_ok(
	    !goes(false, PX(5000), PX(6000), EXCH_WISH_ABANDON), "abandoned");
	tap_ok(goes(false, PX(5000), PX(4000), EXCH_WISH_EXERCISE), "wanted");
	x.terms.shares = x.terms.into = x.terms.cash = INT64_MAX;
	x.into = INT64_MAX;
	tap_is_i64(exch_option_exercised(&x, EXCH_WISH_NONE, &yes),
	    EXCH_ERR_RANGE, "beyond 128 bits");
}

static void
moves(void)
{
	struct exch_expiry x = series(false, PX(5000), PX(5500));
	struct exch_exercise e = {0, 0, 0}, r;

	tap_is_i64(exch_option_exercise(&x, 3, &e), 0, "three calls");
	tap_ok(e.shares == 300 && e.cash == CASH(-1500000), "buy 300 at 50.00");
	(void)exch_option_exercise(&x, -3, &r);
	tap_ok(r.shares == -300 && r.cash == CASH(1500000), "assigned: sell");
	x.put = true;
	(void)exch_option_exercise(&x, 3, &e);
	tap_ok(e.shares == -300 && e.cash == CASH(1500000), "puts sell");
	x.in_cash = true;
	x.price = PX(4750);
	(void)exch_option_exercise(&x, 3, &e);
	tap_ok(e.shares == 0 && e.cash == CASH(75000), "2.50 in cash");
	(void)exch_option_exercise(&x, -3, &e);
	tap_is_i64(e.cash, CASH(-75000), "which the other pays");
	x.in_cash = false;
	x.put = false;
	x.scale = 2;
	(void)exch_option_exercise(&x, 1, &e);
	tap_is_i64(e.shares, 10000, "in hundredths of a share");
	tap_is_i64(exch_option_exercise(&x, INT64_MAX, &e), EXCH_ERR_RANGE,
	    "beyond 64 bits");
	tap_is_i64(e.shares, 10000, "and nothing has changed");
}

/* After a merger of 25.00 and 0.4 shares, and one of a third of a share. */
static void
adjusted(void)
{
	struct exch_expiry x = series(false, PX(5000), 0);
	struct exch_exercise e, r;
	exch_i128 worth = 0;

	x.terms.shares = 0;
	x.terms.into = 40 * EXCH_PX_ONE;
	x.terms.cash = 2500 * EXCH_PX_ONE;
	x.into = PX(7000);
	(void)exch_option_worth(&x, &worth);
	/* 40 x 70 + 2,500 - 5,000 = 300 */
	tap_ok(
	    worth == (exch_i128)300 * EXCH_PX_ONE * EXCH_PX_ONE, "worth 300");
	(void)exch_option_exercise(&x, 2, &e);
	tap_ok(e.shares == 0 && e.into == 80 && e.cash == CASH(-500000),
	    "80 of the others for 10,000.00 less 5,000.00");
	x.terms.into = 33333333333;
	x.terms.cash = 0;
	(void)exch_option_exercise(&x, 1, &e);
	/* 5,000 paid, 0.333333333 x 70 received. */
	tap_is_i64(e.into, 33, "whole shares");
	tap_is_i64(e.cash, CASH(-500000) + 23333333, "the rest in cash");
	(void)exch_option_exercise(&x, -1, &r);
	tap_ok(r.into == -33 && r.cash == -e.cash, "the other side");
}

/* ---- assignment ---- */

static struct exch_written w[6];

static void
written(void)
{
	static const struct exch_written all[6] = {{1, 11, 10, 0},
	    {1, 12, 20, 0}, {1, 13, 30, 0}, {2, 21, 40, 0}, {3, 31, 0, 0},
	    {3, 32, 100, 0}};

	memcpy(w, all, sizeof(w));
}

static uint64_t
sum(size_t from, size_t to)
{
	uint64_t n = 0;

	for (; from < to; from++)
		n += w[from].assigned;
	return n;
}

static unsigned
too_many(void)
{
	unsigned bad = 0;

	for (size_t i = 0; i < 6; i++)
		bad += w[i].assigned > w[i].contracts;
	return bad;
}

static void
assign(void)
{
	struct exch_written first[6];
	struct exch_rng r;
	unsigned bad = 0;

	for (uint64_t n = 0; n <= 200; n++)
		for (int how = 0; how < 3; how++) {
			written();
			exch_rng_seed(&r, n);
			bad += exch_assign(&r, w, 6, n,
				   (enum exch_assign_how)how) != EXCH_OK ||
			       sum(0, 6) != n || too_many() != 0;
		}
	tap_is_u64(bad, 0, "as many as exercised, none more than written");
	written();
	exch_rng_seed(&r, 7);
	(void)exch_assign(&r, w, 6, 90, EXCH_ASSIGN_RANDOM);
	memcpy(first, w, sizeof(w));
	written();
	exch_rng_seed(&r, 7);
	(void)exch_assign(&r, w, 6, 90, EXCH_ASSIGN_RANDOM);
	tap_ok(memcmp(first, w, sizeof(w)) == 0, "a seed gives the same");
	written();
	exch_rng_seed(&r, 8);
	(void)exch_assign(&r, w, 6, 90, EXCH_ASSIGN_RANDOM);
	tap_ok(memcmp(first, w, sizeof(w)) != 0, "another one does not");
	tap_is_i64(exch_assign(&r, w, 6, 201, EXCH_ASSIGN_RANDOM),
	    EXCH_ERR_RANGE, "more than there are");
	w[0].contracts = UINT64_MAX;
	tap_is_i64(exch_assign(&r, w, 6, 1, EXCH_ASSIGN_RANDOM), EXCH_ERR_RANGE,
	    "contracts beyond 64 bits");
}

static void
fifo(void)
{
	struct exch_rng r;
	unsigned bad = 0;

	for (uint64_t seed = 0; seed < 200; seed++) {
		written();
		exch_rng_seed(&r, seed);
		(void)exch_assign(&r, w, 6, 100, EXCH_ASSIGN_FIFO);
		bad += w[1].assigned > 0 && w[0].assigned < 10;
		bad += w[2].assigned > 0 && w[1].assigned < 20;
	}
	tap_is_u64(bad, 0, "the oldest first");
}

static void
pro_rata(void)
{
	struct exch_written p[3] = {{.contracts = 3}, {.contracts = 2}};
	struct exch_rng r;

	exch_rng_seed(&r, 1);
	tap_is_i64(exch_assign(&r, p, 2, 4, EXCH_ASSIGN_PRO_RATA), 0, "4 of 5");
	tap_is_u64(p[0].assigned, 2, "12 / 5, down");
	tap_is_u64(p[1].assigned, 2, "and what is left of 4");
	(void)exch_assign(&r, p, 2, 5, EXCH_ASSIGN_PRO_RATA);
	tap_is_u64(p[0].assigned, 3, "all");
	tap_is_u64(p[1].assigned, 2, "of both");
	tap_is_i64(
	    exch_assign(&r, p + 2, 1, 0, EXCH_ASSIGN_PRO_RATA), 0, "none");
	tap_is_u64(p[2].assigned, 0, "of none");
}

/*
 * 4,000 times 50 of 200: a contract is chosen a quarter of the times.  Six
 * standard deviations of the mean of 10 contracts are 0.16.
 */
static void
fair(void)
{
	uint64_t got[6] = {0};
	struct exch_rng r;

	exch_rng_seed(&r, 1);
	for (int i = 0; i < 4000; i++) {
		written();
		(void)exch_assign(&r, w, 6, 50, EXCH_ASSIGN_RANDOM);
		for (size_t k = 0; k < 6; k++)
			got[k] += w[k].assigned;
	}
	written();
	for (size_t k = 0; k < 6; k++)
		tap_near((double)got[k] / 4000, (double)w[k].contracts / 4, 0.3,
		    "a quarter of each");
}

int
main(void)
{
	exceptions();
	moves();
	adjusted();
	assign();
	fifo();
	pro_rata();
	fair();
	return tap_done();
}
