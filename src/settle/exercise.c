/* Exercise and assignment of options (exercise.h). */
#include <config.h>

#include "base/dec.h"
#include "settle/exercise.h"

/* By exception from 0.01 on, in 10^-9. */
#define LEAST_IN_MONEY (EXCH_PX_ONE / 100)

/* ---- worth ---- */

/* What one contract delivers, 10^-18. */
static int
delivered(const struct exch_expiry *x, exch_i128 *v)
{
	exch_i128 own, into, cash = (exch_i128)x->terms.cash * EXCH_PX_ONE;

	if (__builtin_mul_overflow(
		(exch_i128)x->terms.shares, (exch_i128)x->price, &own) ||
	    __builtin_mul_overflow(
		(exch_i128)x->terms.into, (exch_i128)x->into, &into) ||
	    __builtin_add_overflow(own, into, v) ||
	    __builtin_add_overflow(*v, cash, v))
		return EXCH_ERR_RANGE;
	return EXCH_OK;
}

int
exch_option_worth(const struct exch_expiry *x, exch_i128 *worth)
{
	exch_i128 v, strike = (exch_i128)x->terms.strike * x->terms.multiplier;

	if (delivered(x, &v) != EXCH_OK ||
	    __builtin_sub_overflow(
		x->put ? strike : v, x->put ? v : strike, &v))
		return EXCH_ERR_RANGE;
	*worth = v;
	return EXCH_OK;
}

int
exch_option_exercised(
    const struct exch_expiry *x, enum exch_wish wish, bool *exercised)
{
	exch_i128 worth;
	int err = exch_option_worth(x, &worth);

	if (err != EXCH_OK)
		return err;
	*exercised =
	    wish == EXCH_WISH_NONE
		? worth >= (exch_i128)LEAST_IN_MONEY * x->terms.multiplier
		: wish == EXCH_WISH_EXERCISE;
	return EXCH_OK;
}

/* ---- what moves ---- */

/*
 * n times shares of 10^-9 in whole units of 10^-scale, the rest at a price
 * added to *rest, in 10^-18.
 */
static int
units(int64_t n, int64_t shares, int scale, exch_px price, int64_t *out,
    exch_i128 *rest)
{
	exch_i128 unit = (exch_i128)exch_pow10[9 - scale];
	exch_i128 all = (exch_i128)n * shares, v;

	if (__builtin_mul_overflow(all % unit, (exch_i128)price, &v) ||
	    __builtin_add_overflow(*rest, v, rest))
		return EXCH_ERR_RANGE;
	return exch_fits_i64(all / unit, out);
}

int
exch_option_exercise(
    const struct exch_expiry *x, int64_t n, struct exch_exercise *out)
{
	struct exch_exercise e = {0, 0, 0};
	exch_i128 paid = (exch_i128)x->terms.cash * EXCH_PX_ONE;
	exch_i128 rest = 0;
	int err = EXCH_OK;

	/* The other side of a put is who delivers. */
	if (x->in_cash) {
		err = exch_option_worth(x, &paid);
	} else {
		n = x->put ? -n : n;
		if (__builtin_sub_overflow(paid,
			(exch_i128)x->terms.strike * x->terms.multiplier,
			&paid))
			err = EXCH_ERR_RANGE;
		if (err == EXCH_OK)
			err = units(n, x->terms.shares, x->scale, x->price,
			    &e.shares, &rest);
		if (err == EXCH_OK)
			err = units(n, x->terms.into, x->into_scale, x->into,
			    &e.into, &rest);
	}
	if (err != EXCH_OK ||
	    __builtin_mul_overflow(paid, (exch_i128)n, &paid) ||
	    __builtin_add_overflow(paid, rest, &paid))
		return EXCH_ERR_RANGE;
	e.cash = exch_div_half_even(paid, INT64_C(1000000000000));
	*out = e;
	return EXCH_OK;
}

/* ---- assignment ---- */

/*
 * How many of `some` are among `*wanted` that are chosen by chance from
 * `*all`, which they are a part of (Knuth, volume 2, 3.4.2, algorithm S).  Once
 * nothing is wanted *all means nothing any more.
 */
static uint64_t
choose(struct exch_rng *rng, uint64_t some, uint64_t *all, uint64_t *wanted)
{
	uint64_t chosen = 0;

	for (; some > 0 && *wanted > 0; some--, --*all)
		if (exch_rng_below(rng, *all) < *wanted) {
			--*wanted;
			chosen++;
		}
	return chosen;
}

/* Within a member. */
static void
give_out(struct exch_rng *rng, struct exch_written *w, size_t n, uint64_t all,
    uint64_t wanted, enum exch_assign_how how)
{
	exch_u128 before = 0, given = 0;

	for (size_t i = 0; i < n; i++) {
		if (how == EXCH_ASSIGN_PRO_RATA) {
			before += w[i].contracts;
			w[i].assigned =
			    all == 0
				? 0
				: (uint64_t)(before * wanted / all - given);
			given += w[i].assigned;
			continue;
		}
		if (how == EXCH_ASSIGN_RANDOM) {
			w[i].assigned =
			    choose(rng, w[i].contracts, &all, &wanted);
			continue;
		}
		w[i].assigned =
		    wanted < w[i].contracts ? wanted : w[i].contracts;
		wanted -= w[i].assigned;
	}
}

int
exch_assign(struct exch_rng *rng, struct exch_written *w, size_t n,
    uint64_t contracts, enum exch_assign_how how)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(all, w[i].contracts, &all))
			return EXCH_ERR_RANGE;
	if (contracts > all)
		return EXCH_ERR_RANGE;
	for (size_t i = 0, end; i < n; i = end) {
		uint64_t own = 0;

		for (end = i; end < n && w[end].member == w[i].member; end++)
			own += w[end].contracts;
		give_out(rng, w + i, end - i, own,
		    choose(rng, own, &all, &contracts), how);
	}
	return EXCH_OK;
}
