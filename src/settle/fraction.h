/*
 * Exact fractions: parts of a year, ratios of corporate actions, factors of
 * price histories.  What leaves 128 bits is an error, never a wrong number.
 */
#ifndef EXCH_SETTLE_FRACTION_H
#define EXCH_SETTLE_FRACTION_H

#include "base/err.h"

/* In lowest terms, den > 0. */
struct exch_fraction {
	exch_i128 num, den;
};

/* num / den in lowest terms; den != 0, and neither is the least number. */
struct exch_fraction exch_fraction_of(exch_i128 num, exch_i128 den);

/* EXCH_ERR_RANGE: beyond 128 bits, and *out is as it was. */
int exch_fraction_add(
    struct exch_fraction a, struct exch_fraction b, struct exch_fraction *out);
int exch_fraction_times(
    struct exch_fraction a, struct exch_fraction b, struct exch_fraction *out);

/*
 * v times the fraction, to the nearest, ties to even; or down, as floor does.
 * EXCH_ERR_RANGE as above.
 */
int exch_fraction_round(exch_i128 v, struct exch_fraction f, exch_i128 *out);
int exch_fraction_floor(exch_i128 v, struct exch_fraction f, exch_i128 *out);

/* 64 bits of 128; EXCH_ERR_RANGE: it does not fit, and *out is as it was. */
int exch_fits_i64(exch_i128 v, int64_t *out);

#endif
