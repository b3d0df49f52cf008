/*
 * The uncrossing price (ladder.h).  Rules look at the candidates one after
 * the other in ascending order of price; nothing is allocated, every rule
 * is one pass over the two sides.  The ladders are those of FACTS 5.2 as
 * public trading manuals describe them.
 */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "book/book.h"
#include "match/ladder.h"

#define MAX_VOLUME EXCH_RUNG_MAX_VOLUME
#define MIN_SURPLUS EXCH_RUNG_MIN_SURPLUS

static const struct exch_ladder ladders[] = {
    {.name = "plain-high",
	.rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_HIGHEST}},
    {.name = "plain-low", .rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_LOWEST}},
    {.name = "plain-ref",
	.rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_NEAR_REF}},
    {.name = "xetra",
	.rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_PRESSURE, EXCH_RUNG_CLAMP}},
    {.name = "euronext", .rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_NEAR_REF}},
    {.name = "lse",
	.rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_PRESSURE,
	    EXCH_RUNG_NEAR_REF}},
    {.name = "nasdaq",
	.rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_REMAINS,
	    EXCH_RUNG_NEAR_MID},
	.band = EXCH_BAND_QUOTE},
    {.name = "nyse",
	.rung = {MAX_VOLUME, MIN_SURPLUS, EXCH_RUNG_NEAR_REF},
	.band = EXCH_BAND_CLEARING},
    /* Both calls of the day have the same rules; a name each, so that what
     * one of them changes does not change the other. */
    {.name = "sse-open",
	.rung = {MAX_VOLUME, EXCH_RUNG_FULL, MIN_SURPLUS, EXCH_RUNG_MIDDLE}},
    {.name = "sse-close",
	.rung = {MAX_VOLUME, EXCH_RUNG_FULL, MIN_SURPLUS, EXCH_RUNG_MIDDLE}},
};

const struct exch_ladder *
exch_ladder_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(ladders);
	return ladders;
}

const struct exch_ladder *
exch_ladder_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < EXCH_ARRAY_LEN(ladders); i++)
		if (strcmp(ladders[i].name, name) == 0)
			return &ladders[i];
	return NULL;
}

/* One candidate price with what could trade there. */
struct candidate {
	int64_t tick;
	exch_u128 volume;
	exch_i128 surplus;
	bool full;    /* what is better priced is filled */
	bool remains; /* of the orders with this limit something is not */
};

/* The ends of a band, candidates without a quantity. */
struct marks {
	int64_t tick[2]; /* ascending */
	size_t n;
};

/* Walks the limit prices of both sides, and the marks, upwards. */
struct walk {
	const struct exch_ladder_book *b;
	const struct marks *m;
	size_t i, j, k; /* next level of buy, of sell, next mark */
	exch_u128 buy;	/* limit >= the next price, and market */
	exch_u128 sell; /* limit <= the last price, and market */
};

static struct walk
walk_start(const struct exch_ladder_book *b, const struct marks *m)
{
	struct walk w = {b, m, 0, 0, 0, b->market_buy, b->market_sell};
	size_t i;

	for (i = 0; i < b->nbuy; i++)
		w.buy += b->buy[i].qty;
	return w;
}

/* The lowest price of the three lists; false when all are through. */
static bool
lowest_next(const struct walk *w, int64_t *tick)
{
	const struct exch_ladder_book *b = w->b;
	bool any = false;

	if (w->i < b->nbuy) {
		*tick = b->buy[w->i].tick;
		any = true;
	}
	if (w->j < b->nsell && (!any || b->sell[w->j].tick < *tick)) {
		*tick = b->sell[w->j].tick;
		any = true;
	}
	if (w->k < w->m->n && (!any || w->m->tick[w->k] < *tick)) {
		*tick = w->m->tick[w->k];
		any = true;
	}
	return any;
}

static bool
walk_next(struct walk *w, struct candidate *c)
{
	const struct exch_ladder_book *b = w->b;
	exch_u128 below = w->sell;
	exch_u128 comes = 0;
	exch_u128 leaves = 0;

	if (!lowest_next(w, &c->tick))
		return false;
	while (w->k < w->m->n && w->m->tick[w->k] == c->tick)
		w->k++;
	if (w->j < b->nsell && b->sell[w->j].tick == c->tick)
		comes = b->sell[w->j++].qty;
	w->sell += comes;
	if (w->i < b->nbuy && b->buy[w->i].tick == c->tick)
		leaves = b->buy[w->i++].qty;
	c->volume = w->buy < w->sell ? w->buy : w->sell;
	c->surplus = (exch_i128)w->buy - (exch_i128)w->sell;
	w->buy -= leaves;
	c->full = w->buy <= c->volume && below <= c->volume;
	/* Who has just this limit is the last of its side to be filled. */
	c->remains =
	    c->surplus > 0 ? leaves != 0 : c->surplus < 0 && comes != 0;
	return true;
}

/* The candidates that are left after the rules applied so far. */
struct set {
	const struct exch_ladder_book *b;
	struct marks m;
	bool by_volume, by_surplus, by_full, by_remains;
	exch_u128 volume;
	exch_u128 surplus;
	int64_t lo, hi;
};

static exch_u128
magnitude(exch_i128 v)
{
	return v < 0 ? (exch_u128)-v : (exch_u128)v;
}

static bool
set_next(const struct set *s, struct walk *w, struct candidate *c)
{
	while (walk_next(w, c))
		if (c->tick >= s->lo && c->tick <= s->hi &&
		    (!s->by_volume || c->volume == s->volume) &&
		    (!s->by_full || c->full) &&
		    (!s->by_remains || c->remains) &&
		    (!s->by_surplus || magnitude(c->surplus) == s->surplus))
			return true;
	return false;
}

static void
max_volume(struct set *s)
{
	struct walk w = walk_start(s->b, &s->m);
	struct candidate c;
	exch_u128 best = 0;

	while (set_next(s, &w, &c))
		if (c.volume > best)
			best = c.volume;
	s->volume = best;
	s->by_volume = true;
}

static void
min_surplus(struct set *s)
{
	struct walk w = walk_start(s->b, &s->m);
	struct candidate c;
	exch_u128 best = ~(exch_u128)0;

	while (set_next(s, &w, &c))
		if (magnitude(c.surplus) < best)
			best = magnitude(c.surplus);
	s->surplus = best;
	s->by_surplus = true;
}

static void
full(struct set *s)
{
	struct walk w = walk_start(s->b, &s->m);
	struct candidate c;

	while (!s->by_full && set_next(s, &w, &c))
		s->by_full = c.full;
}

static void
remains(struct set *s)
{
	struct walk w = walk_start(s->b, &s->m);
	struct candidate c;

	while (!s->by_remains && set_next(s, &w, &c))
		s->by_remains = c.remains;
}

/* What the signs of the remaining surpluses say. */
struct signs {
	int64_t first, last;	     /* lowest and highest candidate */
	int64_t last_pos, first_neg; /* highest with > 0, lowest with < 0 */
	size_t pos, neg, zero;
};

static struct signs
look(const struct set *s)
{
	struct walk w = walk_start(s->b, &s->m);
	struct signs g = {0};
	struct candidate c;

	while (set_next(s, &w, &c)) {
		if (g.pos + g.neg + g.zero == 0)
			g.first = c.tick;
		g.last = c.tick;
		if (c.surplus > 0) {
			g.last_pos = c.tick;
			g.pos++;
		} else if (c.surplus < 0) {
			if (g.neg++ == 0)
				g.first_neg = c.tick;
		} else {
			g.zero++;
		}
	}
	return g;
}

static void
settle(struct set *s, int64_t tick)
{
	s->lo = s->hi = tick;
}

static void
pressure(struct set *s)
{
	struct signs g = look(s);

	if (g.neg == 0 && g.zero == 0)
		settle(s, g.last);
	else if (g.pos == 0 && g.zero == 0)
		settle(s, g.first);
}

/*
 * The reference price pressed into the range.  The result need not be a
 * limit price of the book, so the filters are lifted.
 */
static void
clamp(struct set *s)
{
	struct signs g = look(s);
	/* What pressure() leaves has surpluses of both signs, or none. */
	int64_t lo = g.zero == 0 ? g.last_pos : g.first;
	int64_t hi = g.zero == 0 ? g.first_neg : g.last;
	int64_t p = s->b->reference;

	if (p == EXCH_TICK_MARKET)
		p = exch_step_down(
		    &s->b->steps, (int64_t)(((exch_i128)lo + hi) >> 1));
	settle(s, p < lo ? lo : p > hi ? hi : p);
}

/* As good as its ends: nothing of the book lies between them. */
static void
middle(struct set *s)
{
	struct signs g = look(s);
	exch_i128 twice = (exch_i128)g.first + g.last;
	int64_t down = exch_step_down(&s->b->steps, (int64_t)(twice >> 1));
	int64_t up = exch_step_up(&s->b->steps, (int64_t)((twice + 1) >> 1));

	settle(s, (exch_i128)up * 2 - twice <= twice - (exch_i128)down * 2
		      ? up
		      : down);
}

/* The candidate nearest to twice/2, the higher one of two; none: highest. */
static void
nearest(struct set *s, bool known, exch_i128 twice)
{
	struct walk w = walk_start(s->b, &s->m);
	struct candidate c;
	exch_u128 best = ~(exch_u128)0;
	int64_t tick = s->hi;

	while (set_next(s, &w, &c)) {
		exch_u128 d =
		    known ? magnitude((exch_i128)c.tick * 2 - twice) : 0;

		if (d <= best) {
			best = d;
			tick = c.tick;
		}
	}
	settle(s, tick);
}

static void
apply(struct set *s, enum exch_rung rung)
{
	const struct exch_ladder_book *b = s->b;

	switch (rung) {
	case EXCH_RUNG_MAX_VOLUME:
		max_volume(s);
		break;
	case EXCH_RUNG_MIN_SURPLUS:
		min_surplus(s);
		break;
	case EXCH_RUNG_FULL:
		full(s);
		break;
	case EXCH_RUNG_REMAINS:
		remains(s);
		break;
	case EXCH_RUNG_MIDDLE:
		middle(s);
		break;
	case EXCH_RUNG_PRESSURE:
		pressure(s);
		break;
	case EXCH_RUNG_CLAMP:
		clamp(s);
		break;
	case EXCH_RUNG_NEAR_REF:
		nearest(s, b->reference != EXCH_TICK_MARKET,
		    (exch_i128)b->reference * 2);
		break;
	case EXCH_RUNG_NEAR_MID:
		nearest(s, b->mid2 != EXCH_MID2_NONE, b->mid2);
		break;
	case EXCH_RUNG_END: /* no ladder needs to say so */
	case EXCH_RUNG_HIGHEST:
		settle(s, look(s).last);
		break;
	case EXCH_RUNG_LOWEST:
		settle(s, look(s).first);
		break;
	}
}

/* What trades at any price, a limit price of the book or not. */
static struct exch_ladder_price
at_price(const struct exch_ladder_book *b, int64_t tick)
{
	exch_u128 buy = b->market_buy, sell = b->market_sell;
	exch_u128 volume;
	size_t i;

	for (i = 0; i < b->nbuy; i++)
		if (b->buy[i].tick >= tick)
			buy += b->buy[i].qty;
	for (i = 0; i < b->nsell; i++)
		if (b->sell[i].tick <= tick)
			sell += b->sell[i].qty;
	volume = buy < sell ? buy : sell;
	return (struct exch_ladder_price){
	    volume > 0, tick, volume, (exch_i128)buy - (exch_i128)sell};
}

/* The quotient rounded down; d > 0. */
static exch_i128
floor_div(exch_i128 n, exch_i128 d)
{
	return n / d - (n % d < 0);
}

/* Moved into the ticks whose price can be written down. */
static int64_t
fit(exch_i128 tick, exch_px step)
{
	int64_t highest = (EXCH_PX_NONE - 1) / step;
	int64_t lowest = -(EXCH_PX_NONE / step);

	if (tick > highest)
		return highest;
	return tick < lowest ? lowest : (int64_t)tick;
}

static bool
quote_band(const struct exch_ladder_book *b, struct marks *m)
{
	exch_i128 bid = (exch_i128)b->bid * b->tick;
	exch_i128 offer = (exch_i128)b->offer * b->tick;
	exch_i128 x = (bid + offer) / 20;

	if (b->bid == EXCH_TICK_MARKET || b->offer == EXCH_TICK_MARKET)
		return false;
	if (x < EXCH_PX_ONE / 2)
		x = EXCH_PX_ONE / 2;
	if (bid > offer) {
		bid = (exch_i128)b->offer * b->tick;
		offer = (exch_i128)b->bid * b->tick;
	}
	m->tick[0] = fit(-floor_div(x - bid, b->tick), b->tick);
	m->tick[1] = fit(floor_div(offer + x, b->tick), b->tick);
	/* Inwards onto the market's steps as well, but not past the quote. */
	m->tick[0] = exch_step_up(&b->steps, m->tick[0]);
	m->tick[1] = exch_step_down(&b->steps, m->tick[1]);
	if (m->tick[0] > b->bid || m->tick[0] > b->offer)
		m->tick[0] = b->bid < b->offer ? b->bid : b->offer;
	if (m->tick[1] < b->bid || m->tick[1] < b->offer)
		m->tick[1] = b->bid > b->offer ? b->bid : b->offer;
	return true;
}

static bool
clearing_band(const struct exch_ladder_book *b, struct marks *m)
{
	bool up = b->reference < b->clearing;

	if (b->reference == EXCH_TICK_MARKET || b->clearing == EXCH_TICK_MARKET)
		return false;
	m->tick[0] = up ? b->reference : b->clearing;
	m->tick[1] = up ? b->clearing : b->reference;
	return true;
}

static bool
band_of(const struct exch_ladder *l, const struct exch_ladder_book *b,
    struct marks *m)
{
	m->n = 2;
	if (b->tick <= 0)
		return false;
	if (l->band == EXCH_BAND_QUOTE)
		return quote_band(b, m);
	return l->band == EXCH_BAND_CLEARING && clearing_band(b, m);
}

/* Up the ladder with the candidates in s. */
static struct exch_ladder_price
climb(const struct exch_ladder *l, struct set *s)
{
	size_t i;

	max_volume(s);
	if (s->volume == 0)
		return (struct exch_ladder_price){false, 0, 0, 0};
	s->by_volume = false;
	for (i = 0; s->lo != s->hi; i++) {
		exch_check(i < EXCH_ARRAY_LEN(l->rung));
		apply(s, l->rung[i]);
	}
	return at_price(s->b, s->lo);
}

/* Only market orders: the reference, pressed into the band. */
static struct exch_ladder_price
at_reference(const struct exch_ladder_book *b, const struct marks *band)
{
	int64_t p = b->reference;

	if (p == EXCH_TICK_MARKET)
		return (struct exch_ladder_price){false, 0, 0, 0};
	if (band != NULL && p < band->tick[0])
		p = band->tick[0];
	else if (band != NULL && p > band->tick[1])
		p = band->tick[1];
	return at_price(b, p);
}

struct exch_ladder_price
exch_ladder_find(const struct exch_ladder *l, const struct exch_ladder_book *b)
{
	struct set s = {.b = b, .lo = INT64_MIN, .hi = INT64_MAX};
	struct exch_ladder_price p;
	struct marks band;
	bool banded = band_of(l, b, &band);

	if (b->nbuy + b->nsell == 0)
		return at_reference(b, banded ? &band : NULL);
	p = climb(l, &s);
	if (!banded || !p.found ||
	    (p.tick >= band.tick[0] && p.tick <= band.tick[1]))
		return p;
	s = (struct set){
	    .b = b, .m = band, .lo = band.tick[0], .hi = band.tick[1]};
	return climb(l, &s);
}
