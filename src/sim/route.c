/*
 * Splitting a quantity over venues (route.h).
 *
 * All levels within the limit stand in one list, sorted by what is to be taken
 * first, and are taken from the front.  With protection the price comes first:
 * then no part is executed at a price while a better one is shown elsewhere,
 * provided that the parts arrive in their order (17 CFR 242.611, the rule
 * against trade-throughs).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "sim/route.h"

#define OFFERS (EXCH_ROUTE_VENUES * 2 * EXCH_ROUTE_LEVELS)

/* A level that may be taken, with what it is sorted by. */
struct offer {
	unsigned venue;
	exch_px price;
	uint64_t lots;
	bool by_price;
	__int128 cost;	 /* 10^-18, the less the better of both sides */
	double merit;	 /* by the policy: the less the better */
	exch_px against; /* the price, the less the better of both sides */
};

/* ---- what is shown ---- */

static bool
better(uint8_t side, exch_px a, exch_px b)
{
	return side == EXCH_BUY ? a < b : a > b;
}

void
exch_route_level(
    struct exch_route_venue *v, uint8_t side, exch_px price, uint64_t lots)
{
	unsigned i = 0;
	bool there;

	while (i < v->n && better(side, v->level[i].price, price))
		i++;
	there = i < v->n && v->level[i].price == price;
	if (lots == 0 && there) {
		v->n--;
		memmove(&v->level[i], &v->level[i + 1],
		    (v->n - i) * sizeof(v->level[0]));
	}
	if (lots == 0)
		return;
	if (!there) {
		if (i == 2 * EXCH_ROUTE_LEVELS)
			return;
		if (v->n == 2 * EXCH_ROUTE_LEVELS)
			v->n--;
		memmove(&v->level[i + 1], &v->level[i],
		    (v->n - i) * sizeof(v->level[0]));
		v->n++;
	}
	v->level[i] = (struct exch_route_level){price, lots};
}

/* ---- what may be taken ---- */

/* What is paid for one, or with the sign turned what is got for it. */
static __int128
cost(const struct exch_route *r, const struct exch_route_venue *v, exch_px p)
{
	__int128 one = (__int128)p * 1000000000;
	__int128 fee = (__int128)(p < 0 ? -p : p) * v->taker_fee;

	return r->side == EXCH_BUY ? one + fee : fee - one;
}

static double
merit(const struct exch_route *r, const struct exch_route_venue *v,
    uint64_t shown)
{
	switch (r->policy) {
	case EXCH_ROUTE_SIZE:
		return -(double)shown * v->rate;
	case EXCH_ROUTE_FAST:
		return (double)v->entry;
	default:
		return 0;
	}
}

/* Of one venue; where prices do not count, its levels stay together. */
static unsigned
offers_of(const struct exch_route *r, const struct exch_route_venue *v,
    unsigned venue, struct offer *o)
{
	uint64_t gone = v->sent, all = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < v->n; i++) {
		const struct exch_route_level *l = &v->level[i];
		uint64_t taken = gone < l->lots ? gone : l->lots;

		if (!exch_route_reaches(r, l->price))
			break;
		/* What is on its way there takes the best of it. */
		gone -= taken;
		if (taken == l->lots)
			continue;
		all += l->lots - taken;
		o[n++] = (struct offer){.venue = venue,
		    .price = l->price,
		    .lots = l->lots - taken,
		    .by_price = r->protect,
		    .cost = cost(r, v, l->price),
		    .merit = merit(r, v, l->lots - taken),
		    .against = r->side == EXCH_BUY ? l->price : -l->price};
	}
	for (unsigned i = 0; i < n && !r->protect; i++)
		o[i].merit = merit(r, v, all);
	return n;
}

static int
compare(const void *pa, const void *pb)
{
	const struct offer *a = pa, *b = pb;

	if (a->by_price && a->against != b->against)
		return a->against < b->against ? -1 : 1;
	if (a->merit < b->merit || a->merit > b->merit)
		return a->merit < b->merit ? -1 : 1;
	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	if (a->venue != b->venue)
		return a->venue < b->venue ? -1 : 1;
	return a->against < b->against ? -1 : a->against > b->against;
}

unsigned
exch_route_split(const struct exch_route *r, const struct exch_route_venue *v,
    unsigned n, exch_ts now, uint64_t lots,
    struct exch_route_child child[EXCH_ROUTE_CHILDREN])
{
	struct offer offer[OFFERS];
	unsigned noffers = 0, nchildren = 0;

	for (unsigned i = 0; i < n; i++)
		if (v[i].open && !v[i].dark && now >= v[i].blind &&
		    now >= v[i].again && v[i].missed < EXCH_ROUTE_MISSES)
			noffers += offers_of(r, &v[i], i, &offer[noffers]);
	qsort(offer, noffers, sizeof(offer[0]), compare);
	for (unsigned i = 0; i < noffers && lots > 0; i++) {
		const struct offer *o = &offer[i];
		uint64_t take = o->lots < lots ? o->lots : lots;
		struct exch_route_child *last =
		    nchildren > 0 ? &child[nchildren - 1] : NULL;

		if (last == NULL || last->venue != o->venue) {
			if (nchildren == EXCH_ROUTE_CHILDREN)
				break;
			last = &child[nchildren++];
			*last = (struct exch_route_child){.venue = o->venue};
		}
		/* Levels of a venue come from the best on. */
		last->price = o->price;
		last->lots += take;
		lots -= take;
	}
	return nchildren;
}
