/*
 * Rates of exchange between currencies, by a table: a rate holds from its day
 * until that of the next one of its pair.
 *
 *	date,base,quote,rate
 *	2026-10-09,EUR,USD,1.0825	so many dollars for one euro
 *
 * What a table says of a pair it says one way round: two rates for one thing
 * could contradict each other.  The other way is the exact inverse, and what
 * has no rate of its own goes through a third currency; cash is rounded once.
 */
#ifndef EXCH_SETTLE_FX_H
#define EXCH_SETTLE_FX_H

#include "ref/table.h"
#include "rec/rec.h"
#include "settle/fraction.h"

struct exch_fx_rate {
	uint32_t date;
	char base[4], quote[4]; /* as everywhere: letters, and NULs */
	exch_px rate;		/* of `quote` for one `base`, above 0 */
};

/*
 * A table of them, exch-tables(5); its rows are struct exch_fx_rate, and
 * exch_reftable_clear clears it.  Refused besides what is no table: a code that
 * is none, a pair of one currency, a pair that stands there the other way
 * round, and one twice on a day.
 */
int exch_fx_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/* The rate of a pair on a day, one way or the other; NULL: there is none. */
const struct exch_fx_rate *exch_fx_at(const struct exch_fx_rate *rate, size_t n,
    uint32_t date, const char a[4], const char b[4]);

/*
 * How many units of `to` one of `from` is worth, by the pair itself or else
 * through `via`.  EXCH_ERR_ABSENT; EXCH_ERR_RANGE: beyond 128 bits.
 */
#define EXCH_FX_LAST UINT32_MAX /* on the last day there is */
int exch_fx_worth(const struct exch_fx_rate *rate, size_t n, uint32_t date,
    const char from[4], const char to[4], const char via[4],
    struct exch_fraction *out);

/*
 * What is given for an amount of another currency, all of it 0 and up: `paid`,
 * whole hundredths of the currency that is given, of which `worth`, rounded
 * half-even to 10^-6, is what it is worth at the rate; the rest, less than a
 * hundredth, is what rounding has left.
 */
struct exch_fx_deal {
	exch_i128 got, paid, worth;
};
/* Of cash, 10^-6. */
#define EXCH_FX_STEP 10000

/*
 * Buy `want` with up to `has`, whose hundredths are not broken; `rate` is what
 * one unit that is bought costs.  Where it is not enough, as much as it buys.
 * EXCH_ERR_RANGE: beyond 128 bits.
 */
int exch_fx_buy(exch_i128 want, exch_i128 has, struct exch_fraction rate,
    struct exch_fx_deal *out);

/* ---- cash in several currencies, which accounts have at the beginning ---- */

struct exch_money_row {
	uint32_t account;
	char currency[4];
	exch_cash amount;
};
/* An account has a currency once. */
int exch_moneys_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

#endif
