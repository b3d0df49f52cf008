/*
 * Every ladder on random books: the price the engine's ladders find and the
 * price the naive ones find, with and without a reference, a quote and a
 * clearing price for the bands.
 *
 *	diff_ladder [SEED [BOOKS]]
 *
 * Says for each ladder how many prices there were, and for each rule that
 * is not met by itself how often it mattered.
 */
#include <config.h>

#include <stdlib.h>

#include "base/rng.h"
#include "book/book.h"
#include "match/ladder.h"
#include "naive/naive.h"
#include "tap.h"

#define MAX 14

struct random_book {
	struct naive_order o[MAX];
	size_t n;
	exch_px tick;
	int64_t reference; /* ticks, or EXCH_TICK_MARKET */
	struct exch_ladder_level level[2][MAX];
	struct exch_ladder_book b;
	struct naive_grid grid;
};

/* The market's table of ticks, of the book in hand. */
static struct naive_rules rules;
static struct exch_market_tick rows[4];

static void
random_table(struct exch_rng *r, struct random_book *k)
{
	exch_px from = exch_rng_chance(r, 1, 2) ? 0 : 20 * k->tick;

	rules.nticks = exch_rng_below(r, EXCH_ARRAY_LEN(rows) + 1);
	for (size_t i = 0; i < rules.nticks; i++) {
		rows[i].from = rules.from[i] = from;
		rows[i].step = rules.step[i] =
		    (exch_px)(1 + exch_rng_below(r, 6)) * k->tick /
		    (exch_rng_chance(r, 1, 4) ? 2 : 1);
		from += (exch_px)(1 + exch_rng_below(r, 15)) * k->tick;
	}
	k->grid = (struct naive_grid){k->tick, &rules};
	k->b.steps = (struct exch_steps){rows, (unsigned)rules.nticks, k->tick};
}

/* A tick whose price is on the table. */
static int64_t
good(const struct random_book *k, int64_t tick, bool up)
{
	return naive_good(&k->grid, tick * k->tick, up) / k->tick;
}

/* How often a rule made the difference. */
struct seen {
	uint64_t prices;
	uint64_t banded;  /* another price than without the band */
	uint64_t full;	  /* another price than plain-high */
	uint64_t stepped; /* another price than without a table of ticks */
};

static int64_t
tick_near(struct exch_rng *r, int64_t centre, int64_t width)
{
	return centre - width +
	       (int64_t)exch_rng_below(r, 2 * (uint64_t)width + 1);
}

static exch_qty
quantity(struct exch_rng *r, bool huge)
{
	static const exch_qty few[] = {100, 100, 100, 200, 300, 500};

	if (huge && exch_rng_chance(r, 1, 2))
		return UINT64_MAX - 1 - exch_rng_below(r, 3);
	/* Few sizes, so that volumes and surpluses are often equal. */
	return few[exch_rng_below(r, EXCH_ARRAY_LEN(few))];
}

/* Add an order to its side's sums per price. */
static void
add_level(struct random_book *k, const struct naive_order *o)
{
	bool sell = o->side == EXCH_SELL;
	size_t *n = sell ? &k->b.nsell : &k->b.nbuy;
	struct exch_ladder_level *v = k->level[sell];
	int64_t tick = o->price / k->tick;
	size_t i = *n;

	while (i > 0 && v[i - 1].tick >= tick)
		i--;
	if (i < *n && v[i].tick == tick) {
		v[i].qty += o->qty;
		return;
	}
	memmove(&v[i + 1], &v[i], (*n - i) * sizeof(*v));
	v[i] = (struct exch_ladder_level){tick, o->qty};
	++*n;
}

static int64_t
maybe(struct exch_rng *r, int64_t tick)
{
	return exch_rng_chance(r, 1, 6) ? EXCH_TICK_MARKET : tick;
}

/*
 * A level holds at most 2^64-1 units, so of huge orders only one may stand
 * at a price.
 */
static bool
room(const struct random_book *k, const struct naive_order *o)
{
	exch_qty sum = o->qty;

	for (size_t i = 0; i < k->n; i++) {
		if (k->o[i].side != o->side || k->o[i].price != o->price)
			continue;
		if (sum > UINT64_MAX - k->o[i].qty)
			return false;
		sum += k->o[i].qty;
	}
	return true;
}

static void
random_orders(struct exch_rng *r, struct random_book *k, int64_t centre,
    int64_t width, bool huge)
{
	size_t want = exch_rng_below(r, MAX + 1);
	bool markets = exch_rng_chance(r, 1, 3);

	for (size_t i = 0; i < want; i++) {
		struct naive_order o = {.id = i + 1,
		    .side = exch_rng_chance(r, 1, 2) ? EXCH_BUY : EXCH_SELL,
		    .qty = quantity(r, huge)};

		o.price =
		    good(k, tick_near(r, centre, width), o.side == EXCH_SELL) *
		    k->tick;
		if (markets && exch_rng_chance(r, 1, 4))
			o.price = EXCH_PX_NONE;
		if (!room(k, &o))
			continue;
		k->o[k->n++] = o;
		if (o.price != EXCH_PX_NONE)
			add_level(k, &o);
		else if (o.side == EXCH_BUY)
			k->b.market_buy += o.qty;
		else
			k->b.market_sell += o.qty;
	}
}

static void
random_book(struct exch_rng *r, struct random_book *k)
{
	static const exch_px ticks[] = {
	    EXCH_PX_ONE / 100, EXCH_PX_ONE / 10, EXCH_PX_ONE, 70000000};
	int64_t width = 1 + (int64_t)exch_rng_below(r, 12);
	int64_t centre = (int64_t)exch_rng_below(r, 60) - 5;
	int64_t bid;
	int64_t offer;

	memset(k, 0, sizeof(*k));
	k->tick = ticks[exch_rng_below(r, EXCH_ARRAY_LEN(ticks))];
	random_table(r, k);
	random_orders(r, k, centre, width, exch_rng_chance(r, 1, 8));
	/* Away from the book, so that bands bind; now and then crossed. */
	bid = good(k, tick_near(r, centre, 2 * width), false);
	offer = good(k, tick_near(r, bid + 2, 3), true);
	k->b.buy = k->level[0];
	k->b.sell = k->level[1];
	k->b.reference =
	    maybe(r, good(k, tick_near(r, centre, width + 2), false));
	k->b.mid2 = EXCH_MID2_NONE;
	k->b.bid = maybe(r, bid);
	k->b.offer = maybe(r, offer);
	k->b.clearing =
	    maybe(r, good(k, tick_near(r, centre, 2 * width), true));
	if (k->b.bid != EXCH_TICK_MARKET && k->b.offer != EXCH_TICK_MARKET)
		k->b.mid2 = (exch_i128)bid + offer;
	k->b.tick = exch_rng_chance(r, 1, 5) ? 0 : k->tick;
}

static exch_px
price_of(const struct random_book *k, int64_t tick)
{
	return tick == EXCH_TICK_MARKET ? EXCH_PX_NONE : tick * k->tick;
}

static struct naive_price
naive_of(const char *ladder, const struct random_book *k)
{
	const struct exch_ladder_book *b = &k->b;
	exch_i128 mid2 = b->mid2 * k->tick;
	struct naive_quote q = {price_of(k, b->bid), price_of(k, b->offer),
	    price_of(k, b->clearing)};

	return naive_uncross_banded(ladder, k->o, k->n, &k->grid,
	    price_of(k, b->reference), b->mid2 == EXCH_MID2_NONE ? NULL : &mid2,
	    b->tick == 0 ? NULL : &q);
}

static void
show(const struct random_book *k, const struct exch_ladder_price *p,
    const struct naive_price *w)
{
	for (size_t i = 0; i < k->n; i++)
		printf("# %s %" PRIu64 " @ %" PRId64 "\n",
		    k->o[i].side == EXCH_BUY ? "buy" : "sell", k->o[i].qty,
		    k->o[i].price == EXCH_PX_NONE ? -999
						  : k->o[i].price / k->tick);
	printf("# tick %" PRId64 " ref %" PRId64 " bid %" PRId64
	       " offer %" PRId64 " clearing %" PRId64 " band %d\n",
	    k->tick, k->b.reference, k->b.bid, k->b.offer, k->b.clearing,
	    k->b.tick != 0);
	printf("# engine %d %" PRId64 ", naive %d %" PRId64 "\n", p->found,
	    p->tick, w->found, w->price / k->tick);
}

static bool
same(const struct exch_ladder *l, const struct random_book *k, struct seen *s)
{
	struct exch_ladder_price p = exch_ladder_find(l, &k->b);
	struct naive_price w = naive_of(l->name, k);
	struct exch_ladder_book plain = k->b;

	if (p.found != w.found ||
	    (p.found && (price_of(k, p.tick) != w.price ||
			    p.volume != w.volume || p.surplus != w.surplus))) {
		show(k, &p, &w);
		return false;
	}
	if (!p.found)
		return true;
	/* One below the first step stays where it is. */
	if (good(k, p.tick, true) != p.tick &&
	    good(k, p.tick, false) != p.tick) {
		printf("# %" PRId64 " is not on the table\n", p.tick);
		return false;
	}
	s->prices++;
	plain.steps.n = 0;
	s->stepped += p.tick != exch_ladder_find(l, &plain).tick;
	s->full +=
	    p.tick !=
	    exch_ladder_find(exch_ladder_by_name("plain-high"), &plain).tick;
	plain.tick = 0;
	s->banded += p.tick != exch_ladder_find(l, &plain).tick;
	return true;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t books = argc > 2 ? strtoull(argv[2], NULL, 10) : 40000;
	unsigned n;
	const struct exch_ladder *l = exch_ladder_all(&n);

	for (unsigned i = 0; i < n; i++) {
		struct seen s = {0};
		bool ok = true;

		for (uint64_t j = 0; j < books && ok; j++) {
			struct random_book k;
			struct exch_rng r;

			exch_rng_seed(&r, seed + j);
			random_book(&r, &k);
			ok = same(&l[i], &k, &s);
			if (!ok)
				printf("# seed %" PRIu64 "\n", seed + j);
		}
		tap_ok(ok, l[i].name);
		printf("# %" PRIu64 " prices, %" PRIu64 " by the band, %" PRIu64
		       " not the highest, %" PRIu64 " by the table of ticks\n",
		    s.prices, s.banded, s.full, s.stepped);
		tap_ok(s.prices > books / 4, "  prices were found");
		if (l[i].band != EXCH_BAND_NONE)
			tap_ok(s.banded > books / 50, "  and the band bound");
		if (l[i].rung[1] == EXCH_RUNG_FULL)
			tap_ok(s.full > books / 100, "  and filling decided");
	}
	return tap_done();
}
