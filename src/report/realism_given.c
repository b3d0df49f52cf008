/*
 * Distributions that depend on something else, and how far those of two days
 * are apart: quantities at the best offer by the spread, spreads by the hour and
 * by how much the midpoint moved in the last minute.
 *
 * Classes of what they depend on are the same for all days, powers of two of
 * whole numbers, where LOB-Bench takes tenths of what both days have: those need
 * all values of both at once.
 */
#include <config.h>

#include "base/check.h"
#include "report/realism_sums.h"

_Static_assert(EXCH_GIVEN_CLASSES <= EXCH_SHAPE_PARTS_MAX, "all classes");

#define HOURS 24
#define BLOCKS_OF_HOUR (EXCH_SHAPE_BLOCKS / HOURS)

/* 0 to 15, then 16, 32, ... and more. */
static unsigned
spread_class(uint64_t ticks)
{
	unsigned c = ticks < 16 ? (unsigned)ticks
				: 75 - (unsigned)__builtin_clzll(ticks);

	return c < EXCH_GIVEN_CLASSES ? c : EXCH_GIVEN_CLASSES - 1;
}

/* 0, then 1, 2, 4, ... and more. */
static unsigned
volatility_class(uint64_t squares)
{
	unsigned c = squares == 0 ? 0 : 64 - (unsigned)__builtin_clzll(squares);

	return c < EXCH_GIVEN_CLASSES ? c : EXCH_GIVEN_CLASSES - 1;
}

/* Squares of the moves of a minute, one a second, in half ticks. */
static uint64_t
squares(const struct exch_realism *x, uint64_t second)
{
	const uint64_t most = 1u << 20; /* far into the last class */
	const uint64_t n = EXCH_ARRAY_LEN(x->mid);
	uint64_t sum = 0;

	for (unsigned i = 0; i < EXCH_REALISM_LONGEST; i++) {
		int64_t now = x->mid[(second - i) % n];
		int64_t then = x->mid[(second - i - 1) % n];
		uint64_t move = now < then ? (uint64_t)then - (uint64_t)now
					   : (uint64_t)now - (uint64_t)then;

		sum += move < most ? move * move : most * most;
	}
	return sum;
}

static void
count(struct exch_realism *x, enum exch_realism_given which, unsigned class,
    uint64_t second, uint64_t v)
{
	unsigned block = exch_shape_block(second * EXCH_SEC);

	if (exch_shape_add(&x->given[which][class], block, v, 1) != EXCH_OK)
		x->failed = true;
}

void
exch_realism_given_sample(
    struct exch_realism *x, uint64_t second, exch_qty offered)
{
	uint64_t ticks = (uint64_t)(x->best[1] - x->best[0]);

	if (offered > 0)
		count(
		    x, EXCH_GIVEN_SPREAD, spread_class(ticks), second, offered);
	if (x->run > EXCH_REALISM_LONGEST)
		count(x, EXCH_GIVEN_VOLATILITY,
		    volatility_class(squares(x, second)), second, ticks);
}

void
exch_realism_given_clear(struct exch_realism *x)
{
	for (unsigned i = 0; i < EXCH_GIVENS; i++)
		for (unsigned c = 0; c < EXCH_GIVEN_CLASSES; c++)
			exch_shape_clear(&x->given[i][c]);
}

/* An hour is so many blocks of what is kept anyway. */
static void
parts(const struct exch_realism *x, enum exch_realism_given which,
    struct exch_shape_part out[EXCH_GIVEN_CLASSES])
{
	for (unsigned c = 0; c < EXCH_GIVEN_CLASSES; c++)
		out[c] =
		    which == EXCH_GIVEN_HOUR
			? (struct exch_shape_part){&x->dist[EXCH_DIST_SPREAD],
			      c * BLOCKS_OF_HOUR, (c + 1) * BLOCKS_OF_HOUR}
			: (struct exch_shape_part){
			      &x->given[which][c], 0, EXCH_SHAPE_BLOCKS};
}

bool
exch_realism_given_compare(const struct exch_realism *ref,
    const struct exch_realism *x, enum exch_realism_given which,
    enum exch_shape_metric metric, struct exch_rng *rng,
    struct exch_shape_distance *out)
{
	struct exch_shape_part a[EXCH_GIVEN_CLASSES], b[EXCH_GIVEN_CLASSES];

	_Static_assert(HOURS == EXCH_GIVEN_CLASSES, "an hour is a class");
	parts(ref, which, a);
	parts(x, which, b);
	return exch_shape_compare_parts(
	    a, b, EXCH_GIVEN_CLASSES, metric, rng, out);
}
