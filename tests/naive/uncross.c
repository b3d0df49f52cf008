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

static exch_i128
larger(exch_i128 a, exch_i128 b)
{
	return a > b ? a : b;
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

static exch_i128
common_multiple(exch_px a, exch_px b)
{
	exch_i128 m = a;

	while (m % b != 0)
		m += a;
	return m;
}

/*
 * Of all sizes of prices that are multiples of the tick and of the step that
 * the table has for them, the nearest to `size` on one side; where there is
 * none but 0, or none at all, `size` itself.
 */
static exch_i128
nearest_good(const struct naive_grid *g, exch_i128 size, bool larger)
{
	const struct naive_rules *r = g->rules;
	size_t rows = r != NULL ? r->nticks : 0;
	exch_i128 best = -1;

	/* Row 0 is what comes before the table. */
	for (size_t i = 0; i <= rows; i++) {
		exch_i128 from = i == 0 ? 0 : r->from[i - 1];
		exch_i128 below = i == rows ? INT64_MAX : r->from[i];
		exch_i128 unit =
		    i == 0 ? g->tick : common_multiple(g->tick, r->step[i - 1]);
		exch_i128 x = size;

		if (larger)
			x = ((x < from ? from : x) + unit - 1) / unit * unit;
		else
			x = (x >= below ? below - 1 : x) / unit * unit;
		if (x < from || x >= below || (larger ? x < size : x > size))
			continue;
		if (best < 0 || (larger ? x < best : x > best))
			best = x;
	}
	return best <= 0 ? size : best;
}

exch_px
naive_good(const struct naive_grid *g, exch_px p, bool up)
{
	exch_px on =
	    up ? -floor_tick(-(exch_i128)p, g->tick) : floor_tick(p, g->tick);
	bool larger = up == (on >= 0);

	if (g->rules == NULL || g->rules->nticks == 0 || on == 0)
		return on;
	return on < 0 ? (exch_px)-nearest_good(g, -(exch_i128)on, larger)
		      : (exch_px)nearest_good(g, on, larger);
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

/*
 * Shanghai: who is better priced than the price must be filled.  Strikes
 * out where that is not so, unless it is so nowhere.
 */
static void
keep_better_filled(
    struct cand *c, size_t n, const struct naive_order *o, size_t no)
{
	bool *bad = calloc(n + 1, sizeof(*bad));
	bool any = false;

	if (bad == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		exch_i128 buys = 0;
		exch_i128 sells = 0;

		for (size_t k = 0; k < no; k++) {
			bool market = o[k].price == EXCH_PX_NONE;

			if (o[k].side == EXCH_BUY &&
			    (market || o[k].price > c[i].price))
				buys += o[k].qty;
			if (o[k].side == EXCH_SELL &&
			    (market || o[k].price < c[i].price))
				sells += o[k].qty;
		}
		bad[i] = buys > c[i].v || sells > c[i].v;
		any = any || (c[i].in && !bad[i]);
	}
	for (size_t i = 0; i < n && any; i++)
		if (bad[i])
			c[i].in = false;
	free(bad);
}

/*
 * Nasdaq: the prices somebody named who is not filled there.  Strikes out
 * the others, unless it is so nowhere.
 */
static void
keep_unfilled(struct cand *c, size_t n, const struct naive_order *o, size_t no)
{
	bool *good = calloc(n + 1, sizeof(*good));
	bool any = false;

	if (good == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < no; k++)
			if (o[k].price == c[i].price &&
			    (o[k].side == EXCH_BUY ? c[i].surplus > 0
						   : c[i].surplus < 0))
				good[i] = true;
		any = any || (c[i].in && good[i]);
	}
	for (size_t i = 0; i < n && any; i++)
		if (!good[i])
			c[i].in = false;
	free(good);
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
xetra(const struct cand *c, size_t n, const struct naive_grid *g, exch_px ref)
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
		return (exch_px)larger(
		    lo, naive_good(g, (exch_px)(lo + (hi - lo) / 2), false));
	if (ref < lo)
		return (exch_px)lo;
	return ref > hi ? (exch_px)hi : ref;
}

/* London: pressure of one side, else the nearest to the reference. */
static exch_px
london(const struct cand *c, size_t n, exch_px ref)
{
	bool buyers = true;
	bool sellers = true;

	for (size_t i = 0; i < n; i++) {
		if (c[i].in && c[i].surplus <= 0)
			buyers = false;
		if (c[i].in && c[i].surplus >= 0)
			sellers = false;
	}
	if (sellers)
		return lowest(c, n).price;
	if (buyers || ref == EXCH_PX_NONE)
		return highest(c, n).price;
	return nearest(c, n, 2 * (exch_i128)ref).price;
}

static bool
is(const char *ladder, const char *name)
{
	return strcmp(ladder, name) == 0;
}

static exch_px
choose(const char *ladder, const struct cand *c, size_t n,
    const struct naive_grid *g, exch_px ref, const exch_i128 *mid2)
{
	bool sse = is(ladder, "sse-open") || is(ladder, "sse-close");
	bool near_ref = is(ladder, "euronext") || is(ladder, "plain-ref") ||
			is(ladder, "nyse");

	if (is(ladder, "xetra"))
		return xetra(c, n, g, ref);
	if (is(ladder, "lse"))
		return london(c, n, ref);
	if (near_ref && ref != EXCH_PX_NONE)
		return nearest(c, n, 2 * (exch_i128)ref).price;
	if (is(ladder, "nasdaq") && mid2 != NULL)
		return nearest(c, n, *mid2).price;
	if (is(ladder, "plain-low"))
		return lowest(c, n).price;
	if (sse) {
		exch_i128 lo = lowest(c, n).price;
		exch_i128 hi = highest(c, n).price;

		exch_px down =
		    naive_good(g, (exch_px)(lo + (hi - lo) / 2), false);
		exch_px up =
		    naive_good(g, (exch_px)(lo + (hi - lo + 1) / 2), true);

		/* Of two as near the higher. */
		return up - (lo + hi - up) <= lo + hi - down - down ? up : down;
	}
	return highest(c, n).price;
}

/* The ladder's rules on some prices; c is used up. */
static struct naive_price
decide(const char *ladder, struct cand *c, size_t nc,
    const struct naive_order *o, size_t n, const struct naive_grid *g,
    exch_px reference, const exch_i128 *mid2)
{
	struct naive_price r = {.found = false};

	keep_max_volume(c, nc);
	if (is(ladder, "sse-open") || is(ladder, "sse-close"))
		keep_better_filled(c, nc, o, n);
	keep_min_surplus(c, nc);
	if (is(ladder, "nasdaq"))
		keep_unfilled(c, nc, o, n);
	if (nc > 0 && highest(c, nc).v > 0) {
		struct cand w;

		r.price = choose(ladder, c, nc, g, reference, mid2);
		w = weigh(o, n, r.price);
		r.found = true;
		r.volume = (exch_u128)w.v;
		r.surplus = w.surplus;
	}
	return r;
}

/* Every price the ladder's band allows lies in [*lo, *hi]. */
static bool
band(const char *ladder, const struct naive_grid *g, exch_px ref,
    const struct naive_quote *q, exch_px *lo, exch_px *hi)
{
	exch_i128 a = 0;
	exch_i128 b = 0;

	if (is(ladder, "nyse") && ref != EXCH_PX_NONE &&
	    q->clearing != EXCH_PX_NONE) {
		a = smaller(ref, q->clearing);
		b = larger(ref, q->clearing);
	} else if (is(ladder, "nasdaq") && q->bid != EXCH_PX_NONE &&
		   q->offer != EXCH_PX_NONE) {
		/* Half a unit of the currency, or 10 % of (bid + offer) / 2. */
		exch_i128 x = larger(EXCH_PX_ONE / 2,
		    ((exch_i128)q->bid + q->offer) * 10 / 100 / 2);

		a = smaller(q->bid, q->offer) - x;
		b = larger(q->bid, q->offer) + x;
	} else {
		return false;
	}
	/* Prices from -(2^63 - 1) to 2^63 - 2. */
	a = larger(a, -(exch_i128)INT64_MAX);
	b = smaller(b, (exch_i128)INT64_MAX - 1);
	*lo = (exch_px)a;
	*hi = (exch_px)b;
	if (is(ladder, "nasdaq")) {
		/* Onto the table, but the quote itself is always inside. */
		*lo = (exch_px)smaller(
		    naive_good(g, *lo, true), smaller(q->bid, q->offer));
		*hi = (exch_px)larger(
		    naive_good(g, *hi, false), larger(q->bid, q->offer));
	}
	return true;
}

/* What the book offers: all limits inside [lo, hi], and more if `ends`. */
static size_t
candidates(struct cand *c, const struct naive_order *o, size_t n, exch_px lo,
    exch_px hi, bool ends)
{
	size_t nc = 0;

	for (size_t i = 0; i < n; i++)
		if (o[i].price != EXCH_PX_NONE && o[i].price >= lo &&
		    o[i].price <= hi)
			c[nc++] = weigh(o, n, o[i].price);
	if (ends) {
		c[nc++] = weigh(o, n, lo);
		c[nc++] = weigh(o, n, hi);
	}
	return nc;
}

struct naive_price
naive_uncross_banded(const char *ladder, const struct naive_order *o, size_t n,
    const struct naive_grid *g, exch_px reference, const exch_i128 *mid2,
    const struct naive_quote *q)
{
	struct cand *c = calloc(n + 2, sizeof(*c));
	bool banded = false;
	exch_px lo = INT64_MIN;
	exch_px hi = INT64_MAX;
	struct naive_price r;
	size_t nc;

	if (c == NULL)
		abort();
	nc = candidates(c, o, n, lo, hi, false);
	if (q != NULL)
		banded = band(ladder, g, reference, q, &lo, &hi);
	if (nc == 0 && reference != EXCH_PX_NONE) {
		/* Only market orders: the reference or not at all. */
		if (banded && reference < lo)
			reference = lo;
		if (banded && reference > hi)
			reference = hi;
		c[nc++] = weigh(o, n, reference);
	}
	r = decide(ladder, c, nc, o, n, g, reference, mid2);
	if (banded && r.found && (r.price < lo || r.price > hi)) {
		nc = candidates(c, o, n, lo, hi, true);
		r = decide(ladder, c, nc, o, n, g, reference, mid2);
	}
	free(c);
	return r;
}

struct naive_price
naive_uncross_price(const char *ladder, const struct naive_order *o, size_t n,
    const struct naive_grid *g, exch_px reference)
{
	exch_i128 mid2;
	bool bid = false;
	bool ask = false;
	exch_px best_bid = 0;
	exch_px best_ask = 0;

	for (size_t i = 0; i < n; i++) {
		if (o[i].price == EXCH_PX_NONE)
			continue;
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
	return naive_uncross_banded(
	    ladder, o, n, g, reference, bid && ask ? &mid2 : NULL, NULL);
}
