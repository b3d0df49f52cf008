/*
 * How a quantity is split over venues: orders of levels by hand, and of random
 * books what has to hold of every split.
 */
#include "base/rng.h"
#include "sim/route.h"
#include "tap.h"

#define PX(ticks) ((exch_px)(ticks)*10000000)

static struct exch_route_venue
venue_of(int64_t taker_fee)
{
	return (struct exch_route_venue){
	    .open = true, .taker_fee = taker_fee, .rate = 1};
}

static void
levels(void)
{
	struct exch_route_venue v = venue_of(0);

	exch_route_level(&v, EXCH_BUY, PX(1001), 3);
	exch_route_level(&v, EXCH_BUY, PX(1000), 2);
	exch_route_level(&v, EXCH_BUY, PX(1003), 5);
	exch_route_level(&v, EXCH_BUY, PX(1001), 7);
	tap_is_u64(v.n, 3, "three levels");
	tap_is_i64(v.level[0].price, PX(1000), "the lowest offer first");
	tap_is_u64(v.level[1].lots, 7, "a level is told anew");
	exch_route_level(&v, EXCH_BUY, PX(1001), 0);
	exch_route_level(&v, EXCH_BUY, PX(1002), 0);
	tap_is_u64(v.n, 2, "one is gone, another never was");
	tap_is_i64(v.level[1].price, PX(1003), "the rest moves up");
	v.n = 0;
	exch_route_level(&v, EXCH_SELL, PX(1000), 1);
	exch_route_level(&v, EXCH_SELL, PX(1001), 1);
	tap_is_i64(v.level[0].price, PX(1001), "the highest bid first");
	v.n = 0;
	for (unsigned i = 0; i < 100; i++)
		exch_route_level(&v, EXCH_BUY, PX(1100 - i), 1);
	tap_is_u64(v.n, 2 * EXCH_ROUTE_LEVELS, "no more than there is room");
	tap_is_i64(v.level[0].price, PX(1001), "  the best of them");
	exch_route_level(&v, EXCH_BUY, PX(2000), 1);
	tap_is_u64(v.n, 2 * EXCH_ROUTE_LEVELS,
	    "what is worse than all makes no room for itself");
	tap_is_i64(v.level[v.n - 1].price, PX(1000 + 2 * EXCH_ROUTE_LEVELS),
	    "  and takes no other's");
}

/* 300 at 10.00 and 500 at 10.01 here, 200 at 10.00 and 400 at 10.02 there. */
static void
two_books(struct exch_route_venue v[2])
{
	v[0] = venue_of(30000);
	v[1] = venue_of(10000);
	exch_route_level(&v[0], EXCH_BUY, PX(1000), 3);
	exch_route_level(&v[0], EXCH_BUY, PX(1001), 5);
	exch_route_level(&v[1], EXCH_BUY, PX(1000), 2);
	exch_route_level(&v[1], EXCH_BUY, PX(1002), 4);
}

static void
by_hand(void)
{
	struct exch_route r = {EXCH_BUY, EXCH_ROUTE_COST, true, EXCH_PX_NONE};
	struct exch_route_child x[EXCH_ROUTE_CHILDREN];
	struct exch_route_venue v[2];

	two_books(v);
	tap_is_u64(exch_route_split(&r, v, 2, 0, 12, x), 3, "three parts");
	tap_ok(x[0].venue == 1 && x[0].lots == 2, "the cheaper one of 10.00");
	tap_ok(x[1].venue == 0 && x[1].lots == 8 && x[1].price == PX(1001),
	    "both levels of the other as one");
	tap_ok(x[2].venue == 1 && x[2].lots == 2, "what is left of it");
	r.limit = PX(1000);
	tap_is_u64(exch_route_split(&r, v, 2, 0, 12, x), 2, "up to the limit");
	tap_is_u64(x[1].lots, 3, "  not beyond");
	v[0].sent = 4;
	r.limit = PX(1001);
	tap_is_u64(exch_route_split(&r, v, 2, 0, 12, x), 2, "less its own");
	tap_ok(x[1].price == PX(1001) && x[1].lots == 4, "  on its way there");
	v[0].blind = 1;
	tap_is_u64(exch_route_split(&r, v, 2, 0, 12, x), 1, "not the blind");
	tap_is_u64(exch_route_split(&r, v, 2, 1, 12, x), 2, "  until it sees");
	v[1].open = false;
	tap_is_u64(exch_route_split(&r, v, 2, 1, 12, x), 1, "not the halted");
	tap_is_u64(
	    exch_route_split(&r, v, 2, 1, 0, x), 0, "nothing of nothing");
}

/* Of fees that turn prices round, of all that an int64 holds. */
static void
extremes(void)
{
	struct exch_route r = {EXCH_SELL, EXCH_ROUTE_COST, false, EXCH_PX_NONE};
	struct exch_route_child x[EXCH_ROUTE_CHILDREN];
	struct exch_route_venue v[2] = {
	    venue_of(1000000000), venue_of(-1000000000)};

	exch_route_level(&v[0], EXCH_SELL, INT64_MAX - 1, UINT64_MAX);
	exch_route_level(&v[1], EXCH_SELL, INT64_MAX - 2, 1);
	tap_is_u64(exch_route_split(&r, v, 2, 0, UINT64_MAX, x), 2, "both");
	tap_ok(x[0].venue == 1, "the rebate of the whole value first");
	tap_is_u64(x[1].lots, UINT64_MAX - 1, "and all of the rest");
}

/* ---- what always holds ---- */

static uint64_t
shown(const struct exch_route *r, const struct exch_route_venue *v)
{
	uint64_t lots = 0;

	for (unsigned i = 0; i < v->n; i++)
		if (exch_route_reaches(r, v->level[i].price))
			lots += v->level[i].lots;
	return lots > v->sent ? lots - v->sent : 0;
}

static bool
holds(const struct exch_route *r, const struct exch_route_venue *v, unsigned n,
    uint64_t lots, const struct exch_route_child *x, unsigned nx)
{
	uint64_t sum = 0, most = 0, at[EXCH_ROUTE_VENUES] = {0};
	exch_px worst[EXCH_ROUTE_VENUES];

	for (unsigned i = 0; i < n; i++)
		most += v[i].open && !v[i].dark ? shown(r, &v[i]) : 0;
	for (unsigned i = 0; i < nx; i++) {
		const struct exch_route_child *c = &x[i];

		if (c->lots == 0 || !exch_route_reaches(r, c->price) ||
		    !v[c->venue].open || v[c->venue].dark)
			return false;
		/* A venue is taken from the best price on. */
		if (at[c->venue] != 0 &&
		    (r->side == EXCH_BUY ? c->price < worst[c->venue]
					 : c->price > worst[c->venue]))
			return false;
		/* Protected, all are. */
		if (r->protect && i > 0 &&
		    (r->side == EXCH_BUY ? c->price < x[i - 1].price
					 : c->price > x[i - 1].price))
			return false;
		worst[c->venue] = c->price;
		at[c->venue] += c->lots;
		sum += c->lots;
	}
	for (unsigned i = 0; i < n; i++)
		if (at[i] > shown(r, &v[i]))
			return false;
	return sum <= lots && (nx == EXCH_ROUTE_CHILDREN ||
				  sum == (lots < most ? lots : most));
}

static void
always(void)
{
	struct exch_route_child x[EXCH_ROUTE_CHILDREN];
	struct exch_rng g;
	unsigned bad = 0, full = 0;

	exch_rng_seed(&g, 20260105);
	for (unsigned k = 0; k < 20000; k++) {
		struct exch_route_venue v[EXCH_ROUTE_VENUES];
		unsigned n = 1 + (unsigned)exch_rng_below(&g, 16), nx;
		struct exch_route r = {
		    .side =
			(uint8_t)(exch_rng_below(&g, 2) ? EXCH_BUY : EXCH_SELL),
		    .policy = (uint8_t)exch_rng_below(&g, 3),
		    .protect = exch_rng_below(&g, 2) != 0,
		    .limit = exch_rng_below(&g, 3) == 0
				 ? EXCH_PX_NONE
				 : PX(990 + exch_rng_below(&g, 20))};
		uint64_t lots = exch_rng_below(&g, 300);

		for (unsigned i = 0; i < n; i++) {
			v[i] = venue_of(
			    (int64_t)exch_rng_below(&g, 90000) - 30000);
			v[i].open = exch_rng_below(&g, 8) != 0;
			v[i].dark = exch_rng_below(&g, 8) == 0;
			v[i].entry = exch_rng_below(&g, 5);
			v[i].sent = exch_rng_below(&g, 3) * 10;
			for (unsigned l = 0; l < exch_rng_below(&g, 12); l++)
				exch_route_level(&v[i], r.side,
				    PX(990 + exch_rng_below(&g, 20)),
				    exch_rng_below(&g, 20));
		}
		nx = exch_route_split(&r, v, n, 0, lots, x);
		bad += !holds(&r, v, n, lots, x, nx);
		full += nx == EXCH_ROUTE_CHILDREN;
	}
	tap_is_u64(bad, 0,
	    "20,000 splits: no more than asked, or shown, or "
	    "within the limit; from the best on; all there is");
	tap_ok(full < 100, "few of them have too many parts");
}

/* By size: three are more than two, unless half of them are there at most. */
static void
by_size(void)
{
	struct exch_route r = {EXCH_BUY, EXCH_ROUTE_SIZE, true, EXCH_PX_NONE};
	struct exch_route_child x[EXCH_ROUTE_CHILDREN];
	struct exch_route_venue v[2];

	two_books(v);
	tap_is_u64(exch_route_split(&r, v, 2, 0, 2, x), 1, "by size: one part");
	tap_is_u64(x[0].venue, 0, "where most is shown");
	v[0].rate = 0.5;
	tap_is_u64(exch_route_split(&r, v, 2, 0, 2, x), 1, "one part");
	tap_is_u64(x[0].venue, 1, "where most is got of it");
}

int
main(void)
{
	levels();
	by_hand();
	by_size();
	extremes();
	always();
	return tap_done();
}
