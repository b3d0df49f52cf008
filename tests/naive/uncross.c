/*
 * The naive engine's uncrossing price: every limit price of the book is
 * tried, every rule strikes out the prices it likes less.  What is done
 * with the price (fills, records) is naive.c's business.
 *
 * For a price p: B(p) is the buy quantity with limit >= p, S(p) the sell
 * quantity with limit <= p, both with the market orders; V = min(B, S) is
 * what can trade and B - S the surplus.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

struct cand {
	exch_px price;
	exch_i128 v;
	exch_i128 surplus;
	bool in;
};

static exch_i128
magnitude(exch_i128 x)
{
	return x < 0 ? -x : x;
}

static exch_i128
smaller(exch_i128 a, exch_i128 b)
{
	return a < b ? a : b;
}

/* V and surplus of one price, from all orders. */
static struct cand
weigh(const struct naive_order *o, size_t n, exch_px p)
{
	exch_i128 b = 0;
	exch_i128 s = 0;

	for (size_t i = 0; i < n; i++) {
		bool market = o[i].price == EXCH_PX_NONE;

		if (o[i].side == EXCH_BUY && (market || o[i].price >= p))
			b += o[i].qty;
		if (o[i].side == EXCH_SELL && (market || o[i].price <= p))
			s += o[i].qty;
	}
	return (struct cand){p, smaller(b, s), b - s, true};
}

/* The largest multiple of the tick that is not above p. */
static exch_px
floor_tick(exch_i128 p, exch_px tick)
{
	exch_i128 r = p % tick;

	if (r < 0)
		r += tick;
	return (exch_px)(p - r);
}

/* Strike out what has not the largest (or smallest) of a measure. */
static void
keep_max_volume(struct cand *c, size_t n)
{
	exch_i128 most = 0;

	for (size_t i = 0; i < n; i++)
		if (c[i].in && c[i].v > most)
			most = c[i].v;
	for (size_t i = 0; i < n; i++)
		if (c[i].v != most)
			c[i].in = false;
}

static void
keep_min_surplus(struct cand *c, size_t n)
{
	exch_i128 least = -1;

	for (size_t i = 0; i < n; i++)
		if (c[i].in && (least < 0 || magnitude(c[i].surplus) < least))
			least = magnitude(c[i].surplus);
	for (size_t i = 0; i < n; i++)
		if (magnitude(c[i].surplus) != least)
			c[i].in = false;
}

static struct cand
highest(const struct cand *c, size_t n)
{
	struct cand best = {.in = false};

	for (size_t i = 0; i < n; i++)
		if (c[i].in && (!best.in || c[i].price > best.price))
			best = c[i];
	return best;
}

static struct cand
lowest(const struct cand *c, size_t n)
{
	struct cand best = {.in = false};

	for (size_t i = 0; i < n; i++)
		if (c[i].in && (!best.in || c[i].price < best.price))
			best = c[i];
	return best;
}

/* Nearest to half of `twice`, the higher one if two are as near. */
static struct cand
nearest(const struct cand *c, size_t n, exch_i128 twice)
{
	struct cand best = {.in = false};

	for (size_t i = 0; i < n; i++) {
		exch_i128 d = magnitude(2 * (exch_i128)c[i].price - twice);
		exch_i128 e = magnitude(2 * (exch_i128)best.price - twice);

		if (c[i].in &&
		    (!best.in || d < e || (d == e && c[i].price > best.price)))
			best = c[i];
	}
	return best;
}

/* FACTS: all surplus on one side decides; else the reference, clamped. */
static exch_px
xetra(const struct cand *c, size_t n, exch_px tick, exch_px ref)
{
	exch_i128 lo = 0;
	exch_i128 hi = 0;
	bool any_lo = false;
	bool any_hi = false;
	size_t pos = 0;
	size_t neg = 0;
	size_t all = 0;

	for (size_t i = 0; i < n; i++) {
		if (!c[i].in)
			continue;
		all++;
		pos += c[i].surplus > 0;
		neg += c[i].surplus < 0;
		/* Highest with buyers left over, lowest with sellers. */
		if (c[i].surplus > 0 && (!any_lo || c[i].price > lo)) {
			lo = c[i].price;
			any_lo = true;
		}
		if (c[i].surplus < 0 && (!any_hi || c[i].price < hi)) {
			hi = c[i].price;
			any_hi = true;
		}
	}
	if (pos == all)
		return highest(c, n).price;
	if (neg == all)
		return lowest(c, n).price;
	if (pos == 0 && neg == 0) {
		lo = lowest(c, n).price;
		hi = highest(c, n).price;
	}
	if (ref == EXCH_PX_NONE)
		return floor_tick(lo + (hi - lo) / 2, tick);
	if (ref < lo)
		return (exch_px)lo;
	return ref > hi ? (exch_px)hi : ref;
}

static exch_px
choose(const char *ladder, const struct cand *c, size_t n, exch_px tick,
    exch_px ref, const exch_i128 *mid2)
{
	bool near_ref =
	    strcmp(ladder, "euronext") == 0 || strcmp(ladder, "plain-ref") == 0;

	if (strcmp(ladder, "xetra") == 0)
		return xetra(c, n, tick, ref);
	if (near_ref && ref != EXCH_PX_NONE)
		return nearest(c, n, 2 * (exch_i128)ref).price;
	if (strcmp(ladder, "nasdaq") == 0 && mid2 != NULL)
		return nearest(c, n, *mid2).price;
	if (strcmp(ladder, "plain-low") == 0)
		return lowest(c, n).price;
	return highest(c, n).price;
}

struct naive_price
naive_uncross_price(const char *ladder, const struct naive_order *o, size_t n,
    exch_px tick, exch_px reference)
{
	struct cand *c = calloc(n + 1, sizeof(*c));
	struct naive_price r = {.found = false};
	exch_i128 mid2 = 0;
	bool bid = false;
	bool ask = false;
	exch_px best_bid = 0;
	exch_px best_ask = 0;
	size_t nc = 0;

	if (c == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (o[i].price == EXCH_PX_NONE)
			continue;
		c[nc++] = weigh(o, n, o[i].price);
		if (o[i].side == EXCH_BUY && (!bid || o[i].price > best_bid)) {
			best_bid = o[i].price;
			bid = true;
		}
		if (o[i].side == EXCH_SELL && (!ask || o[i].price < best_ask)) {
			best_ask = o[i].price;
			ask = true;
		}
	}
	mid2 = (exch_i128)best_bid + best_ask;
	/* Only market orders: they trade at the reference or not at all. */
	if (nc == 0 && reference != EXCH_PX_NONE)
		c[nc++] = weigh(o, n, reference);
	keep_max_volume(c, nc);
	keep_min_surplus(c, nc);
	if (nc > 0 && highest(c, nc).v > 0) {
		struct cand w;

		r.price = choose(
		    ladder, c, nc, tick, reference, bid && ask ? &mid2 : NULL);
		w = weigh(o, n, r.price);
		r.found = true;
		r.volume = (exch_u128)w.v;
		r.surplus = w.surplus;
	}
	free(c);
	return r;
}
