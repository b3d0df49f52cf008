/*
 * What time does to the sums of realism.c: every second the midpoint is looked
 * at, and spreads are as heavy as they stood long.
 */
#include <config.h>

#include "base/real.h"
#include "report/realism_sums.h"

const unsigned exch_realism_span[EXCH_REALISM_SPANS] = {1, 5, 10, 60};

/* A gap in time after which seconds are not looked at one by one. */
#define LONG_GAP 86400u

static void
gap(struct exch_realism *x)
{
	x->run = 0;
	exch_memory_gap(&x->linear);
	exch_memory_gap(&x->absolute);
}

/* The returns that end at a second. */
static void
returns(struct exch_realism *x, uint64_t second)
{
	int64_t now = x->mid[second % EXCH_ARRAY_LEN(x->mid)];

	for (unsigned i = 0; i < EXCH_REALISM_SPANS; i++) {
		unsigned span = exch_realism_span[i];
		double r;

		if (x->run <= span || second % span != 0)
			continue;
		r = exch_real_log(
		    (double)now /
		    (double)x->mid[(second - span) % EXCH_ARRAY_LEN(x->mid)]);
		exch_moments_add(&x->returns[i], r);
		if (span != 1)
			continue;
		exch_memory_add(&x->linear, r);
		r = r < 0 ? -r : r;
		exch_memory_add(&x->absolute, r);
		exch_tail_add(&x->tail, r);
	}
}

static void
profile(struct exch_realism *x, uint64_t second)
{
	const struct exch_tally *t = &x->books.tally;

	x->profiles++;
	for (unsigned side = 0; side < 2; side++) {
		exch_slot l = exch_books_top(&x->books, x->place, side);
		exch_qty ten = 0;

		for (unsigned i = 0;
		     i < EXCH_REALISM_LEVELS && l != EXCH_SLOT_NONE; i++) {
			x->depth[i] += (double)t->level[l].qty;
			if (i < EXCH_REALISM_TEN &&
			    __builtin_add_overflow(ten, t->level[l].qty, &ten))
				ten = UINT64_MAX;
			l = exch_tally_worse(t, l);
		}
		if (ten > 0)
			exch_realism_count_at(
			    x, EXCH_DIST_TEN, second * EXCH_SEC, ten);
	}
}

/*
 * How much stands at the best prices, which side has more of it, and what
 * depends on something else.  A stream that lets time pass within an event may
 * have emptied one since.
 */
static void
count_best(struct exch_realism *x, uint64_t second)
{
	const struct exch_tally *t = &x->books.tally;
	exch_ts at = second * EXCH_SEC;
	exch_qty qty[2] = {0, 0};

	for (unsigned side = 0; side < 2; side++) {
		exch_slot l = exch_books_top(&x->books, x->place, side);

		if (l == EXCH_SLOT_NONE)
			return;
		qty[side] = t->level[l].qty;
	}
	exch_realism_count_at(x, EXCH_DIST_BEST, at, qty[0]);
	exch_realism_count_at(x, EXCH_DIST_BEST, at, qty[1]);
	/* in percent; a level has a quantity */
	exch_realism_count_at(x, EXCH_DIST_IMBALANCE, at,
	    (uint64_t)((exch_u128)qty[0] * 100 / ((exch_u128)qty[0] + qty[1])));
	exch_realism_given_sample(x, second, qty[1]);
}

/* The books stand as they do at the end of this instant. */
static void
sample(struct exch_realism *x, uint64_t second)
{
	if (!x->quoted || exch_realism_half_ticks(x) <= 0) {
		gap(x);
		return;
	}
	x->mid[second % EXCH_ARRAY_LEN(x->mid)] = exch_realism_half_ticks(x);
	x->run++;
	returns(x, second);
	profile(x, second);
	count_best(x, second);
}

void
exch_realism_sample(struct exch_realism *x, exch_ts t)
{
	uint64_t end = t / EXCH_SEC + (t % EXCH_SEC != 0); /* not looked at */

	if (x->second < end && end - x->second > LONG_GAP) {
		gap(x);
		x->second = end;
	}
	for (; x->second < end; x->second++)
		sample(x, x->second);
}

struct exch_realism_bin *
exch_realism_bin_of(struct exch_realism *x, exch_ts t)
{
	struct exch_realism_bin *b =
	    &x->bin[t / (1800 * EXCH_SEC) % EXCH_REALISM_BINS];

	if (b->order == 0)
		b->order = ++x->bins;
	return b;
}

/* Trading was open from the clock to t. */
static void
open_until(struct exch_realism *x, exch_ts t)
{
	const exch_ts half_hour = 1800 * EXCH_SEC;
	exch_ts from = x->clock;

	if (t - from > LONG_GAP * EXCH_SEC || t > EXCH_TS_NONE - half_hour)
		return;
	while (from < t) {
		exch_ts end = from - from % half_hour + half_hour;

		if (end > t)
			end = t;
		exch_realism_bin_of(x, from)->open += end - from;
		from = end;
	}
}

/*
 * The spread stood from the clock to t, which may be in several blocks; where it
 * stood for days nobody traded, and one block has it all.
 */
static void
stood_until(struct exch_realism *x, exch_ts t)
{
	uint64_t ticks = (uint64_t)(x->best[1] - x->best[0]);
	bool days = t - x->clock > LONG_GAP * EXCH_SEC;
	exch_ts from = x->clock;

	x->spread_time += (double)(t - from);
	x->spread_sum += (double)(t - from) * (double)ticks;
	while (from < t) {
		exch_ts left = EXCH_SHAPE_BLOCK - from % EXCH_SHAPE_BLOCK;
		exch_ts ns = days || left > t - from ? t - from : left;

		if (exch_shape_add(&x->dist[EXCH_DIST_SPREAD],
			exch_shape_block(from), ticks, ns) != EXCH_OK)
			x->failed = true;
		from += ns;
	}
}

/* What holds until t was decided by then. */
void
exch_realism_pass(struct exch_realism *x, exch_ts t)
{
	if (!x->begun) {
		x->begun = true;
		x->clock = t;
		x->second = t / EXCH_SEC + (t % EXCH_SEC != 0);
		return;
	}
	if (t <= x->clock)
		return;
	exch_realism_sample(x, t);
	if (exch_realism_is_open(x))
		open_until(x, t);
	if (x->quoted)
		stood_until(x, t);
	x->clock = t;
}
