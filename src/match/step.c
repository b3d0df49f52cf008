/*
 * Prices on a market's table of ticks (step.h).  By size: a row of the table
 * holds from its price up to that of the next, and the multiples of both its
 * step and the instrument's tick are good.
 */
#include <config.h>

#include "match/step.h"

/* So many ticks are from one good price of the row to the next. */
static uint64_t
stride(const struct exch_steps *s, unsigned row)
{
	uint64_t a = (uint64_t)s->row[row].step;
	uint64_t b = (uint64_t)s->tick;

	while (b != 0) {
		uint64_t r = a % b;

		a = b;
		b = r;
	}
	return (uint64_t)s->row[row].step / a;
}

/* The first tick of the row. */
static uint64_t
first(const struct exch_steps *s, unsigned row)
{
	uint64_t from = (uint64_t)s->row[row].from;
	uint64_t tick = (uint64_t)s->tick;

	return from / tick + (from % tick != 0);
}

/* How many rows begin at u or below. */
static unsigned
rows_to(const struct exch_steps *s, uint64_t u)
{
	unsigned n = 0;

	while (n < s->n && first(s, n) <= u)
		n++;
	return n;
}

static uint64_t
inward(const struct exch_steps *s, uint64_t u)
{
	uint64_t v = u;

	for (unsigned n = rows_to(s, u); n > 0; n--) {
		uint64_t good = v - v % stride(s, n - 1);

		if (good >= first(s, n - 1))
			return good == 0 ? u : good;
		/* None in this row: the last tick of the one below. */
		v = first(s, n - 1) - 1;
	}
	return v == 0 ? u : v;
}

static uint64_t
outward(const struct exch_steps *s, uint64_t u)
{
	uint64_t most = (uint64_t)(EXCH_PX_NONE - 1) / (uint64_t)s->tick;
	unsigned n = rows_to(s, u);
	exch_u128 v = u;

	for (;; n++) {
		uint64_t by = n > 0 ? stride(s, n - 1) : 1;

		v = (v + by - 1) / by * by;
		if (n == s->n || v < first(s, n))
			return v > most ? u : (uint64_t)v;
		v = first(s, n);
	}
}

static uint64_t
size(int64_t tick)
{
	return tick < 0 ? 0 - (uint64_t)tick : (uint64_t)tick;
}

/* The nearest good price towards zero, or away from it. */
static int64_t
nearest(const struct exch_steps *s, int64_t tick, bool away)
{
	uint64_t u = size(tick);

	if (s->n == 0 || u > INT64_MAX)
		return tick;
	u = away ? outward(s, u) : inward(s, u);
	return tick < 0 ? -(int64_t)u : (int64_t)u;
}

int64_t
exch_step_in(const struct exch_steps *s, int64_t tick)
{
	return nearest(s, tick, false);
}

int64_t
exch_step_down(const struct exch_steps *s, int64_t tick)
{
	return nearest(s, tick, tick < 0);
}

int64_t
exch_step_up(const struct exch_steps *s, int64_t tick)
{
	return nearest(s, tick, tick >= 0);
}
