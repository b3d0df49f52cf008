/*
 * What happens to a symbol while it trades: orders are added near the
 * best price and farther out, change, go, and now and then somebody takes
 * what is there.  Sizes, distances and signs are drawn so that the day
 * looks like one (round lots, a long tail of distances, buyers that come
 * in runs); nothing is fitted to any real market.
 *
 * The displayed book is never crossed: an order that could trade does.
 */
#include <config.h>

#include <inttypes.h>

#include "gen.h"

static const char *const mpids[] = {"AAMM", "BBMM", "CCMM", "DDMM"};

uint32_t
gen_flow_size(struct gen *g)
{
	uint64_t r = exch_rng_below(&g->rng, 100);

	if (r < 50)
		return 100;
	if (r < 70)
		return 100 * (uint32_t)(2 + exch_rng_below(&g->rng, 4));
	if (r < 75)
		return 100 * (uint32_t)(5 + exch_rng_below(&g->rng, 16));
	return 1 + (uint32_t)exch_rng_below(&g->rng, 99);
}

/* Ticks from a price: P(d >= k) = 1/(k+1), or its square half the time. */
static uint32_t
distance(struct gen *g)
{
	uint32_t d = 1500, e;
	int draws = 1 + (int)exch_rng_below(&g->rng, 2);

	while (draws-- > 0) {
		e = (uint32_t)((UINT64_C(1) << 32) /
			       ((exch_rng_u64(&g->rng) >> 32) + 1)) -
		    1;
		if (e < d)
			d = e;
	}
	return d;
}

static uint32_t
away(unsigned side, uint32_t px, uint32_t ticks)
{
	uint32_t d = ticks * GEN_TICK;

	if (side == GEN_SELL)
		return px + d;
	return px > d + GEN_TICK ? px - d : GEN_TICK;
}

/* The same price, or the nearest that does not cross the other side. */
static uint32_t
passive(
    const struct gen *g, const struct gen_sym *s, unsigned side, uint32_t px)
{
	uint32_t opp = gen_book_best(g, s, side ^ 1U);

	if (opp == 0)
		return px;
	if (side == GEN_BUY && px >= opp)
		return opp - GEN_TICK;
	if (side == GEN_SELL && px <= opp)
		return opp + GEN_TICK;
	return px;
}

static uint32_t
root(uint64_t v)
{
	uint64_t r = v, q = (v + 1) / 2;

	while (q < r) {
		r = q;
		q = (q + v / q) / 2;
	}
	return (uint32_t)r;
}

/* What the symbol is worth walks at random: about 1 % a day. */
static void
drift(struct gen *g, struct gen_sym *s)
{
	uint64_t dt = (uint64_t)(g->now - s->seen) / 1000000;
	uint64_t sigma = (uint64_t)s->fair / 100;
	uint32_t step = root(sigma * sigma * dt / 23400000);

	s->seen = g->now;
	if (g->shock < g->nsym && s == &g->sym[g->shock] &&
	    s->fair > g->shock_floor)
		s->fair -= s->fair / 4000;
	else if (exch_rng_chance(&g->rng, 1, 2))
		s->fair += step;
	else if (s->fair > step + 10 * GEN_TICK)
		s->fair -= step;
}

/* Half the spread people want for waiting: a tick and a basis point. */
static uint32_t
margin(const struct gen_sym *s)
{
	return GEN_TICK / 2 + s->fair / 10000;
}

/* Where a new order goes: around the worth, seldom far from it. */
static uint32_t
place(struct gen *g, const struct gen_sym *s, unsigned side)
{
	uint32_t m = margin(s), d, px;
	uint32_t near = 3;

	/* In a thin book people do not wait far away. */
	if (s->best[side] == 0 || s->nlive < 20 || g->now < GEN_HM(9, 30))
		near = 8;
	if (exch_rng_chance(&g->rng, near, 10))
		d = (uint32_t)exch_rng_below(&g->rng, 2 * m);
	else
		d = m + distance(g) * (m > GEN_TICK ? m / 2 : GEN_TICK);
	if (side == GEN_SELL)
		px = s->fair + d + GEN_TICK - 1;
	else
		px = s->fair > d + GEN_TICK ? s->fair - d : GEN_TICK;
	return passive(g, s, side, px / GEN_TICK * GEN_TICK);
}

/* Enter and publish an order. */
static void
display(struct gen *g, struct gen_sym *s, uint64_t ref, unsigned side,
    uint32_t px, uint32_t qty)
{
	uint32_t i = gen_book_order(g, s, ref, side, px, qty);
	const char *mpid = NULL;

	g->order[i].day =
	    g->now >= GEN_HM(9, 30) && exch_rng_chance(&g->rng, 4, 5);
	if (exch_rng_chance(&g->rng, 6, 100))
		mpid = mpids[exch_rng_below(&g->rng, EXCH_ARRAY_LEN(mpids))];
	gen_book_enter(g, s, i);
	gen_itch_add(g, s, &g->order[i], mpid);
}

static void
add(struct gen *g, struct gen_sym *s)
{
	/* One draw after the other: arguments have no order of their own. */
	unsigned side = (unsigned)exch_rng_below(&g->rng, 2);
	uint32_t px = place(g, s, side);
	uint32_t qty = gen_flow_size(g);

	display(g, s, g->next_ref++, side, px, qty);
}

/* Half of what changes is among the newest orders. */
static uint32_t
pick(struct gen *g, const struct gen_sym *s)
{
	uint32_t n = s->nlive;

	if (n > 16 && exch_rng_chance(&g->rng, 1, 2))
		return s->live[n - 1 - exch_rng_below(&g->rng, 16)];
	return s->live[exch_rng_below(&g->rng, n)];
}

static void
cancel(struct gen *g, struct gen_sym *s)
{
	uint32_t i = pick(g, s);

	gen_itch_delete(g, s, g->order[i].ref);
	gen_book_take(g, s, i, g->order[i].qty);
}

static void
reduce(struct gen *g, struct gen_sym *s)
{
	uint32_t i = pick(g, s);
	struct gen_order *o = &g->order[i];
	uint32_t qty;

	if (o->qty < 2)
		return;
	qty = 1 + (uint32_t)exch_rng_below(&g->rng, o->qty - 1);
	gen_itch_reduce(g, s, o->ref, qty);
	gen_book_take(g, s, i, qty);
}

/* Trade one resting order's part; returns what was taken. */
static uint32_t
fill(struct gen *g, struct gen_sym *s, uint32_t i, uint32_t qty)
{
	struct gen_order *o = &g->order[i];
	uint32_t take = o->qty < qty ? o->qty : qty;
	uint32_t px = o->px;

	s->last = px;
	s->last_match = g->next_match;
	if (g->trades != NULL)
		fprintf(g->trades, "%s,%" PRIu64 ",%u,%u.%04u\n", s->name,
		    o->ref, take, px / 10000, px % 10000);
	/* Some hide a better price than they display. */
	if (exch_rng_chance(&g->rng, 1, 150)) {
		px = o->side == GEN_BUY ? px + GEN_TICK / 2 : px - GEN_TICK / 2;
		gen_itch_exec_px(g, s, o->ref, take, g->next_match++, 'Y', px);
	} else {
		gen_itch_exec(g, s, o->ref, take, g->next_match++);
	}
	gen_book_take(g, s, i, take);
	return take;
}

/* An order nobody saw trades at this price. */
static uint32_t
hidden(struct gen *g, struct gen_sym *s, uint32_t px, uint32_t qty)
{
	uint32_t there = gen_flow_size(g);
	uint32_t take = there < qty ? there : qty;

	gen_itch_print(g, s, take, px, g->next_match++);
	return take;
}

static bool
reaches(unsigned side, uint32_t limit, uint32_t px)
{
	return side == GEN_BUY ? px <= limit : px >= limit;
}

/* Take from the other side up to the limit; returns what is left. */
static uint32_t
sweep(struct gen *g, struct gen_sym *s, unsigned side, uint32_t limit,
    uint32_t qty)
{
	unsigned opp = side ^ 1U;
	uint32_t own = gen_book_best(g, s, side), l = s->best[opp], px;

	/* Hidden orders inside the spread come first: their price is better. */
	if (l != 0 && own != 0 && reaches(side, limit, g->level[l].px) &&
	    exch_rng_chance(&g->rng, 12, 100))
		qty -= hidden(g, s, (own + g->level[l].px) / 2, qty);
	while (qty != 0 && l != 0 && reaches(side, limit, g->level[l].px)) {
		px = g->level[l].px;
		qty -= fill(g, s, g->level[l].head, qty);
		if (s->best[opp] == l)
			continue;
		/* A level is gone; hidden ones at its price are next. */
		if (qty != 0 && exch_rng_chance(&g->rng, 5, 100))
			qty -= hidden(g, s, px, qty);
		l = s->best[opp];
	}
	return qty;
}

/*
 * Somebody takes.  Whoever sees quotes that are stale takes them up to
 * what the symbol is worth; others buy or sell in runs, a few at a time.
 */
static void
aggress(struct gen *g, struct gen_sym *s)
{
	uint32_t bid = gen_book_best(g, s, GEN_BUY);
	uint32_t ask = gen_book_best(g, s, GEN_SELL);
	uint32_t limit, qty, left;
	unsigned side;

	if (bid == 0 || ask == 0)
		return;
	qty = gen_flow_size(g);
	if (s->fair > ask || s->fair < bid) {
		side = s->fair > ask ? GEN_BUY : GEN_SELL;
		limit = s->fair / GEN_TICK * GEN_TICK;
		qty *= 1 + (uint32_t)exch_rng_below(&g->rng, 4);
	} else {
		if (s->sign_left == 0) {
			s->sign = (uint8_t)exch_rng_below(&g->rng, 2);
			s->sign_left = 1 + distance(g) % 60;
		}
		s->sign_left--;
		side = s->sign;
		limit = side == GEN_BUY ? ask : bid;
		if (exch_rng_chance(&g->rng, 1, 4))
			limit = away(side ^ 1U, limit, distance(g) % 12);
		if (exch_rng_chance(&g->rng, 1, 12))
			qty *= 2 + (uint32_t)exch_rng_below(&g->rng, 9);
	}
	left = sweep(g, s, side, limit, qty);
	if (left != 0 && exch_rng_chance(&g->rng, 2, 5))
		display(g, s, g->next_ref++, side, limit, left);
}

/* Give the order a new number, price and size, and publish that. */
static void
renew(struct gen *g, struct gen_sym *s, uint32_t i, uint32_t px, uint32_t qty)
{
	struct gen_order *o = &g->order[i];
	uint64_t old = o->ref;

	gen_book_lift(g, s, i);
	o->ref = g->next_ref++;
	o->px = px;
	o->qty = qty;
	gen_book_enter(g, s, i);
	gen_itch_replace(g, s, old, &g->order[i]);
}

/*
 * A replace to a price that trades: the executions come first, then the
 * order's new self, or its deletion when nothing is left.
 */
static void
replace_through(struct gen *g, struct gen_sym *s, uint32_t i)
{
	struct gen_order *o = &g->order[i];
	uint32_t limit = gen_book_best(g, s, o->side ^ 1U), left;

	left = sweep(g, s, o->side, limit, o->qty);
	if (left != 0) {
		renew(g, s, i, limit, left);
		return;
	}
	gen_itch_delete(g, s, o->ref);
	gen_book_take(g, s, i, o->qty);
}

static void
replace(struct gen *g, struct gen_sym *s)
{
	uint32_t i = pick(g, s);
	struct gen_order *o = &g->order[i];
	uint64_t r = exch_rng_below(&g->rng, 100);
	uint32_t px = o->px;

	if (r < 2 && s->state == GEN_OPEN && s->best[o->side ^ 1U] != 0) {
		replace_through(g, s, i);
		return;
	}
	if (r < 40) {
		renew(g, s, i, px, gen_flow_size(g));
		return;
	}
	/* Follow the market, or a small step for a better place. */
	if (r < 80)
		px = place(g, s, o->side);
	else
		px = passive(g, s, o->side,
		    away(r < 90 ? GEN_BUY : GEN_SELL, px, 1 + distance(g) % 5));
	renew(g, s, i, px, o->qty);
}

/* Quotes that the worth has left behind do not last. */
static bool
is_stale(const struct gen *g, const struct gen_sym *s)
{
	uint32_t bid = gen_book_best(g, s, GEN_BUY);
	uint32_t ask = gen_book_best(g, s, GEN_SELL);

	return bid != 0 && ask != 0 &&
	       (s->fair > ask + margin(s) || s->fair + margin(s) < bid);
}

/*
 * Most owners of stale quotes are fast enough to pull or move them; now
 * and then somebody takes them first.
 */
static void
stale(struct gen *g, struct gen_sym *s)
{
	unsigned side =
	    s->fair < gen_book_best(g, s, GEN_BUY) ? GEN_BUY : GEN_SELL;
	uint32_t i = g->level[s->best[side]].tail;
	uint64_t r = exch_rng_below(&g->rng, 10);

	if (r < 2 && s->state == GEN_OPEN) {
		aggress(g, s);
	} else if (r < 5) {
		renew(g, s, i, place(g, s, side), g->order[i].qty);
	} else {
		gen_itch_delete(g, s, g->order[i].ref);
		gen_book_take(g, s, i, g->order[i].qty);
	}
}

void
gen_flow_event(struct gen *g, struct gen_sym *s)
{
	/* Weights of add, cancel, replace, reduce; the rest aggresses. */
	uint64_t w_add = 470, w_cancel = 380, w_replace = 85, w_reduce = 15;
	uint64_t w_aggress = 40, r;
	uint32_t target = s->target;

	drift(g, s);
	if (is_stale(g, s) && exch_rng_chance(&g->rng, 4, 5)) {
		stale(g, s);
		return;
	}
	/* Before and after the session books are thinner. */
	if (g->now < GEN_HM(9, 30) || g->now > GEN_HM(16, 0))
		target = target / 3 + 8;
	if (s->nlive < target / 2)
		w_cancel = 150;
	else if (s->nlive > target)
		w_cancel = 490;
	r = exch_rng_below(
	    &g->rng, w_add + w_cancel + w_replace + w_reduce + w_aggress);
	if (r < w_add || s->nlive < 8)
		add(g, s);
	else if (r < w_add + w_cancel)
		cancel(g, s);
	else if (r < w_add + w_cancel + w_replace)
		replace(g, s);
	else if (r < w_add + w_cancel + w_replace + w_reduce)
		reduce(g, s);
	else if (s->state == GEN_OPEN)
		aggress(g, s);
}
