/*
 * Counts of events and times of states (fit_day.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "sim/fit_day.h"
#include "sim/market.h"

#define PRICES EXCH_FIT_PRICES
#define LEVELS EXCH_FIT_LEVELS
#define LONG EXCH_FIT_LONG
#define BOOK_HINT 1024

/* The kinds of flow_hawkes.c, of one side. */
enum { MARKET, INSIDE, AT, OFF, CANCEL_AT, CANCEL_OFF, KINDS };

int
exch_fit_day_init(struct exch_fit_day *y)
{
	memset(y, 0, sizeof(*y));
	y->store = exch_book_store_new(BOOK_HINT);
	y->live = exch_live_new();
	return y->store != NULL && y->live != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_fit_day_clear(struct exch_fit_day *y)
{
	exch_book_store_free(y->store);
	exch_live_free(y->live);
	exch_free(y->time);
	exch_free(y->kind);
}

static int64_t
best(const struct exch_fit_day *y, unsigned side)
{
	exch_slot l = y->book.side[side].best;

	return l == EXCH_SLOT_NONE ? EXCH_SIM_NO_TICK : y->store->slot[l].tick;
}

/* Places 0, 1, ... by the distance from the other best; none: PRICES + 1. */
static unsigned
place(const struct exch_fit_day *y, unsigned side, int64_t tick)
{
	int64_t other = best(y, !side), far;

	if (other == EXCH_SIM_NO_TICK)
		return PRICES + 1;
	far = side == 0 ? other - tick : tick - other;
	if (far < 1)
		return PRICES + 1;
	return far > PRICES ? PRICES : (unsigned)far - 1;
}

/* The level around the reference, and how long its queue is; false: none. */
static bool
level_of(const struct exch_fit_day *y, unsigned side, int64_t tick,
    unsigned *level, unsigned *length)
{
	int64_t l;
	size_t n;

	if (!y->referred || tick == EXCH_SIM_NO_TICK)
		return false;
	l = side == 0 ? y->middle - tick : tick - y->middle - 1;
	if (l < 0 || l >= LEVELS)
		return false;
	n = exch_live_at(y->live, side, tick);
	*level = (unsigned)l;
	*length = n < LONG ? (unsigned)n : LONG - 1;
	return true;
}

/* Time has gone by, in which all was as it is. */
static void
expose_side(struct exch_fit_day *y, unsigned side, double dt)
{
	int64_t other = best(y, !side), step = side == 0 ? -1 : 1;
	double n = (double)exch_live_count(y->live, side);
	unsigned level, length;

	y->orders += n * dt;
	for (int64_t i = 1; i <= PRICES && other != EXCH_SIM_NO_TICK; i++) {
		double k =
		    (double)exch_live_at(y->live, side, other + step * i);

		y->orders_at[i - 1] += k * dt;
		n -= k;
	}
	if (other != EXCH_SIM_NO_TICK)
		y->orders_at[PRICES] += n * dt;
	for (int64_t i = 0; i < LEVELS; i++) {
		int64_t tick = side == 0 ? y->middle - i : y->middle + 1 + i;

		if (!level_of(y, side, tick, &level, &length))
			break;
		y->stood[level][length] += dt;
		if (tick == best(y, side))
			y->best[level][length] += dt;
	}
}

static void
expose(struct exch_fit_day *y, exch_ts t)
{
	double dt = t > y->now ? (double)(t - y->now) / 1e9 : 0;

	if (y->counts && dt > 0) {
		y->seconds += dt;
		expose_side(y, 0, dt);
		expose_side(y, 1, dt);
	}
	y->now = t > y->now ? t : y->now;
}

void
exch_fit_day_count(struct exch_fit_day *y, exch_ts t, bool counts)
{
	expose(y, t);
	if (y->first == 0)
		y->first = y->now = t;
	y->counts = counts;
}

/*
 * The reference lies in the middle of the best prices, or, where that is a
 * tick, half a tick from it on the side where it was.
 */
static void
refer(struct exch_fit_day *y)
{
	int64_t bid = best(y, 0), ask = best(y, 1), m;

	if (bid == EXCH_SIM_NO_TICK || ask == EXCH_SIM_NO_TICK || bid >= ask)
		return;
	/* Down, as negative ticks are. */
	m = bid + (ask - bid) / 2;
	if ((ask - bid) % 2 == 0 && (!y->referred || y->middle < m))
		m--;
	y->middle = m;
	y->referred = true;
}

/*
 * Spans are a second long, and twice that as often as the day outgrows them:
 * nobody knows how long it is before it is over.
 */
static void
busy(struct exch_fit_day *y)
{
	if (y->span_long == 0)
		y->span_long = 1;
	while (y->seconds >= y->span_long * EXCH_FIT_SPANS) {
		for (unsigned i = 0; i < EXCH_FIT_SPANS / 2; i++)
			y->span[i] = y->span[2 * i] + y->span[2 * i + 1];
		for (unsigned i = EXCH_FIT_SPANS / 2; i < EXCH_FIT_SPANS; i++)
			y->span[i] = 0;
		y->span_long *= 2;
	}
	y->span[(unsigned)(y->seconds / y->span_long)]++;
}

/*
 * A span that lies in several parts is theirs by its time; one that begins when
 * the day ends has no time, and what happened then is of the last part.  Times
 * of parts are compared and never divided by: a quotient that is rounded down
 * would name the part before, of which nothing is left.
 */
void
exch_fit_day_profile(const struct exch_fit_day *y, unsigned n, double *factor)
{
	double part = y->seconds / n, all = 0;
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++)
		factor[i] = 0;
	for (unsigned i = 0; i < EXCH_FIT_SPANS; i++) {
		double from = i * y->span_long, at = from;
		double end = from + y->span_long;

		end = end < y->seconds ? end : y->seconds;
		all += y->span[i];
		if (at >= end)
			factor[n - 1] += y->span[i];
		while (at < end) {
			double until = k + 1 < n ? (k + 1) * part : end;
			double to = until < end ? until : end;

			factor[k] += y->span[i] * (to - at) / (end - from);
			at = to;
			k += to == until && k + 1 < n;
		}
	}
	for (unsigned i = 0; i < n && all > 0; i++)
		factor[i] *= n / all;
}

/* Ticks from the other best, at least 1; 0: there is none. */
static int64_t
far(const struct exch_fit_day *y, unsigned side, int64_t tick)
{
	int64_t other = best(y, !side), ticks;

	if (other == EXCH_SIM_NO_TICK)
		return 0;
	ticks = side == 0 ? other - tick : tick - other;
	return ticks > 1 ? ticks : 1;
}

/* Part of all orders that are on this side; 0: its last one, which stays. */
static double
share(const struct exch_fit_day *y, unsigned side)
{
	size_t own = exch_live_count(y->live, side);
	size_t n = own + exch_live_count(y->live, !side);

	return own < 2 ? 0 : (double)own / (double)n;
}

/* One in turn stands for all of its side. */
static void
expose_mike(struct exch_fit_day *y, unsigned side)
{
	double part = share(y, side);
	int64_t tick, now, first;
	uint64_t lots, i;
	exch_oid id;

	if (part <= 0)
		return;
	i = (uint64_t)y->mike.orders * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	id = exch_live_pick(y->live, side, i % exch_live_count(y->live, side));
	if (!exch_live_find(y->live, id, &side, &tick, &lots))
		return;
	now = far(y, side, tick);
	first = exch_live_noted(y->live, id);
	exch_fit_mike_exposed(&y->mike, part,
	    now > 0 && first > 0 ? (double)now / (double)first : 1);
}

void
exch_fit_day_order(
    struct exch_fit_day *y, exch_ts t, unsigned side, int64_t tick)
{
	int64_t own = best(y, side);

	expose(y, t);
	if (!y->counts)
		return;
	expose_mike(y, 0);
	expose_mike(y, 1);
	exch_fit_mike_sign(&y->mike, side);
	/* What has no limit goes as far as the other best. */
	if (tick == EXCH_SIM_NO_TICK)
		tick = best(y, !side);
	if (own != EXCH_SIM_NO_TICK && tick != EXCH_SIM_NO_TICK)
		exch_fit_mike_placed(&y->mike, tick - own);
}

static int
happens(struct exch_fit_day *y, unsigned side, unsigned kind)
{
	if (y->counts)
		busy(y);
	if (!y->counts || y->ntime >= EXCH_FIT_EVENTS)
		return EXCH_OK;
	if (!exch_room(&y->time, y->ntime, &y->cap_time, sizeof(*y->time)) ||
	    !exch_room(&y->kind, y->ntime, &y->cap_kind, sizeof(*y->kind)))
		return EXCH_ERR_NOMEM;
	/* Halts are left out: the clock is that of what counts. */
	y->time[y->ntime] = y->seconds;
	y->kind[y->ntime++] = (uint8_t)(side * KINDS + kind);
	return EXCH_OK;
}

static int
count_limit(struct exch_fit_day *y, unsigned side, int64_t tick)
{
	int64_t own = best(y, side), other = best(y, !side);
	int64_t behind = 0; /* the own best, if there is one */
	unsigned p = place(y, side, tick), level, length;

	if (!y->counts)
		return EXCH_OK;
	if (own != EXCH_SIM_NO_TICK)
		behind = side == 0 ? own - tick : tick - own;
	y->limits++;
	if (p <= PRICES) {
		int64_t far = side == 0 ? other - tick : tick - other;

		y->limit_at[p]++;
		if (far <= EXCH_FIT_FAR) {
			y->far += (double)far;
			y->near++;
		}
	}
	if (level_of(y, side, tick, &level, &length))
		y->in[level][length]++;
	if (behind == 0)
		return happens(y, side, AT);
	if (behind < 0) {
		if (behind >= -EXCH_FIT_FAR) {
			y->inside++;
			y->better -= (double)behind;
		}
		return happens(y, side, INSIDE);
	}
	if (behind <= EXCH_FIT_FAR) {
		y->away++;
		y->ticks += (double)behind;
	}
	return happens(y, side, OFF);
}

int
exch_fit_day_limit(struct exch_fit_day *y, exch_ts t, unsigned side,
    exch_oid id, int64_t tick, uint64_t lots)
{
	struct exch_book_order o = {.id = id,
	    .tick = tick,
	    .qty = lots,
	    .side = side == 0 ? EXCH_BUY : EXCH_SELL};
	int rc;

	expose(y, t);
	rc = count_limit(y, side, tick);
	rc = rc == EXCH_OK ? exch_live_add(y->live, id, side, tick, lots) : rc;
	if (rc == EXCH_OK)
		exch_live_note(y->live, id, far(y, side, tick));
	if (rc == EXCH_OK)
		rc = exch_book_add(y->store, &y->book, &o, NULL);
	refer(y);
	return rc;
}

int
exch_fit_day_market(struct exch_fit_day *y, exch_ts t, unsigned side)
{
	unsigned level, length;

	expose(y, t);
	if (!y->counts)
		return EXCH_OK;
	y->markets++;
	if (level_of(y, !side, best(y, !side), &level, &length))
		y->took[level][length]++;
	return happens(y, side, MARKET);
}

void
exch_fit_day_less(struct exch_fit_day *y, exch_oid id, uint64_t lots)
{
	exch_slot o = exch_book_find(y->store, &y->book, id);
	uint64_t has;

	if (o == EXCH_SLOT_NONE)
		return;
	has = y->store->slot[o].qty;
	lots = lots < has ? lots : has;
	exch_book_fill(y->store, &y->book, o, lots);
	(void)exch_live_left(y->live, id, has - lots); /* it is there */
	refer(y);
}

int
exch_fit_day_cancel(struct exch_fit_day *y, exch_ts t, exch_oid id)
{
	unsigned side, level, length, p;
	int64_t tick;
	uint64_t lots;
	int rc = EXCH_OK;

	expose(y, t);
	if (!exch_live_find(y->live, id, &side, &tick, &lots))
		return EXCH_OK;
	if (y->counts) {
		y->cancels++;
		if (share(y, side) > 0)
			exch_fit_mike_cancel(&y->mike, share(y, side));
		p = place(y, side, tick);
		if (p <= PRICES)
			y->cancel_at[p]++;
		if (level_of(y, side, tick, &level, &length))
			y->out[level][length]++;
		rc = happens(
		    y, side, tick == best(y, side) ? CANCEL_AT : CANCEL_OFF);
	}
	exch_fit_day_less(y, id, lots);
	return rc;
}

void
exch_fit_day_size(struct exch_fit_day *y, uint64_t lots)
{
	if (y->counts)
		y->sizes[lots < EXCH_FIT_SIZES ? lots : EXCH_FIT_SIZES - 1]++;
}
