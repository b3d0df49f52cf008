/*
 * Opening, closing and halt crosses as Nasdaq shows them: orders for the
 * cross are not displayed; what the feed has is the imbalance indicator,
 * an execution marked not printable for every displayed order that takes
 * part, and one print for the whole cross.
 *
 * The price: most volume, then least surplus, then nearest to the middle
 * of the market.  Orders without a price first, then by price, displayed
 * before held back, then by number.
 */
#include <config.h>

#include <string.h>

#include "gen.h"

/* One participant, from the book or from the interest. */
struct part {
	uint64_t ref;
	uint32_t px; /* 0: at any price */
	uint32_t qty;
	uint32_t order;	   /* in the book's pool, 0: not displayed */
	uint32_t interest; /* index + 1 in the symbol's list, or 0 */
};

struct side {
	struct part *p;
	uint32_t n;
	uint32_t cap;
};

struct result {
	uint32_t px; /* 0: no cross */
	uint64_t volume;
	uint64_t buys; /* at that price or better */
	uint64_t sells;
};

static void
append(struct side *v, struct part p)
{
	v->p = gen_grow(v->p, &v->cap, v->n + 1, sizeof(*v->p));
	v->p[v->n++] = p;
}

static int
by_time(const struct part *a, const struct part *b)
{
	if ((a->order == 0) != (b->order == 0))
		return a->order == 0 ? 1 : -1;
	return a->ref < b->ref ? -1 : a->ref > b->ref;
}

/* A buy without a price reaches everything: treat it as the highest. */
static int
by_priority_buy(const void *x, const void *y)
{
	const struct part *a = x, *b = y;
	uint32_t pa = a->px != 0 ? a->px : UINT32_MAX;
	uint32_t pb = b->px != 0 ? b->px : UINT32_MAX;

	if (pa != pb)
		return pa > pb ? -1 : 1;
	return by_time(a, b);
}

static int
by_priority_sell(const void *x, const void *y)
{
	const struct part *a = x, *b = y;

	if (a->px != b->px)
		return a->px < b->px ? -1 : 1;
	return by_time(a, b);
}

/* Both sides in priority order; `displayed` also takes the book's. */
static void
gather(const struct gen *g, const struct gen_sym *s, bool displayed,
    struct side v[2])
{
	memset(v, 0, 2 * sizeof(*v));
	for (uint32_t i = 0; displayed && i < s->nlive; i++) {
		const struct gen_order *o = &g->order[s->live[i]];

		append(&v[o->side],
		    (struct part){o->ref, o->px, o->qty, s->live[i], 0});
	}
	for (uint32_t i = 0; i < s->ninterest; i++) {
		const struct gen_interest *n = &s->interest[i];

		append(&v[n->side],
		    (struct part){n->ref, n->px, n->qty, 0, i + 1});
	}
	if (v[GEN_BUY].n != 0)
		qsort(v[GEN_BUY].p, v[GEN_BUY].n, sizeof(struct part),
		    by_priority_buy);
	if (v[GEN_SELL].n != 0)
		qsort(v[GEN_SELL].p, v[GEN_SELL].n, sizeof(struct part),
		    by_priority_sell);
}

static void
release(struct side v[2])
{
	free(v[GEN_BUY].p);
	free(v[GEN_SELL].p);
}

static uint64_t
apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Is x a better result than r?  Ties go nearer to mid, then higher. */
static bool
beats(const struct result *x, const struct result *r, uint32_t mid)
{
	uint64_t mine = apart(x->buys, x->sells),
		 his = apart(r->buys, r->sells);

	if (x->volume != r->volume)
		return x->volume > r->volume;
	if (mine != his)
		return mine < his;
	mine = apart(x->px, mid);
	his = apart(r->px, mid);
	return mine != his ? mine < his : x->px > r->px;
}

/*
 * Walk up the prices of both sides together: buys that fall behind leave,
 * sells that are reached join.  Only a limit can be the price, as volume
 * changes nowhere else; those far from the market are left out.  With
 * `at` not 0 the answer is for that price alone.
 */
static struct result
clear(const struct side v[2], uint32_t mid, uint32_t at)
{
	const struct part *b = v[GEN_BUY].p, *a = v[GEN_SELL].p;
	uint32_t lo = at != 0 ? at : mid - mid / 5;
	uint32_t hi = at != 0 ? at : mid + mid / 5;
	uint32_t nb = v[GEN_BUY].n, na = v[GEN_SELL].n, ia = 0, px;
	struct result r = {0}, x = {0};

	for (uint32_t i = 0; i < nb; i++)
		x.buys += b[i].qty;
	for (;;) {
		/* The lowest price not walked over yet. */
		px = ia < na ? a[ia].px : UINT32_MAX;
		if (nb != 0 && b[nb - 1].px != 0 && b[nb - 1].px < px)
			px = b[nb - 1].px;
		if (at != 0)
			px = at;
		if (px > hi)
			return r;
		while (nb != 0 && b[nb - 1].px != 0 && b[nb - 1].px < px)
			x.buys -= b[--nb].qty;
		for (; ia < na && a[ia].px <= px; ia++)
			x.sells += a[ia].qty;
		x.px = px;
		x.volume = x.buys < x.sells ? x.buys : x.sells;
		if (px >= lo && x.volume != 0 && beats(&x, &r, mid))
			r = x;
		if (at != 0)
			return r;
		/* Buys at this price leave before the next one. */
		while (nb != 0 && b[nb - 1].px != 0 && b[nb - 1].px <= px)
			x.buys -= b[--nb].qty;
	}
}

static uint32_t
middle(const struct gen *g, const struct gen_sym *s)
{
	uint32_t b = gen_book_best(g, s, GEN_BUY);
	uint32_t a = gen_book_best(g, s, GEN_SELL);

	if (a == 0 || b == 0)
		return s->last;
	return (a + b) / 2 / GEN_TICK * GEN_TICK;
}

void
gen_cross_interest(struct gen *g, struct gen_sym *s, unsigned n)
{
	uint32_t mid = s->fair / GEN_TICK * GEN_TICK;
	struct gen_interest *i;
	uint32_t d;

	s->interest = gen_grow(s->interest, &s->interest_cap, s->ninterest + n,
	    sizeof(*s->interest));
	while (n-- > 0) {
		i = &s->interest[s->ninterest++];
		i->ref = g->next_ref++;
		i->side = (uint8_t)exch_rng_below(&g->rng, 2);
		i->qty = gen_flow_size(g) * 2;
		i->held = exch_rng_chance(&g->rng, 1, 4);
		i->px = 0;
		if (!i->held && exch_rng_chance(&g->rng, 2, 5))
			continue;
		/* Most are willing to pay up for being in the cross. */
		d = (uint32_t)exch_rng_below(&g->rng, 40) * GEN_TICK;
		i->px = mid + (i->side == GEN_BUY ? d : 0) -
			(i->side == GEN_SELL ? d : 0);
		if (exch_rng_chance(&g->rng, 1, 3))
			i->px = mid + (i->side == GEN_SELL ? d : 0) -
				(i->side == GEN_BUY ? d : 0);
		if ((int32_t)i->px < (int32_t)GEN_TICK)
			i->px = GEN_TICK;
	}
}

void
gen_cross_indicate(struct gen *g, struct gen_sym *s, char type)
{
	uint32_t bid = gen_book_best(g, s, GEN_BUY);
	uint32_t ask = gen_book_best(g, s, GEN_SELL);
	struct gen_noii n = {.direction = 'O'};
	struct side v[2];
	struct result r;

	gather(g, s, false, v);
	n.far = clear(v, middle(g, s), 0).px;
	release(v);
	gather(g, s, true, v);
	n.near = clear(v, middle(g, s), 0).px;
	/* Paired and imbalance are told at the price inside the market. */
	n.reference = n.near;
	if (bid != 0 && n.reference < bid)
		n.reference = bid;
	if (ask != 0 && n.reference > ask)
		n.reference = ask;
	if (n.near != 0) {
		r = clear(v, 0, n.reference);
		n.paired = r.volume;
		n.imbalance = apart(r.buys, r.sells);
		n.direction = r.buys > r.sells	 ? 'B'
			      : r.buys < r.sells ? 'S'
						 : 'N';
	}
	release(v);
	gen_itch_imbalance(g, s, &n, type);
}

/* Execute one side's share of the volume, in priority order. */
static void
execute(struct gen *g, struct gen_sym *s, const struct side *v,
    const struct result *r)
{
	uint64_t left = r->volume;

	for (uint32_t i = 0; i < v->n && left != 0; i++) {
		const struct part *p = &v->p[i];
		uint32_t take = p->qty < left ? p->qty : (uint32_t)left;

		left -= take;
		if (p->interest != 0) {
			s->interest[p->interest - 1].qty -= take;
			continue;
		}
		gen_itch_exec_px(
		    g, s, p->ref, take, g->next_match++, 'N', r->px);
		gen_book_take(g, s, p->order, take);
	}
	if (left != 0)
		gen_die("cross without its volume");
}

/* Held orders that are left over are displayed, with their old numbers. */
static void
show_held(struct gen *g, struct gen_sym *s)
{
	uint32_t o;

	for (uint32_t i = 0; i < s->ninterest; i++) {
		const struct gen_interest *n = &s->interest[i];

		if (!n->held || n->qty == 0)
			continue;
		g->now += 300 + (int64_t)exch_rng_below(&g->rng, 4000);
		g->tracking++;
		o = gen_book_order(g, s, n->ref, n->side, n->px, n->qty);
		g->order[o].day = 1;
		gen_book_enter(g, s, o);
		gen_itch_add(g, s, &g->order[o], NULL);
	}
	s->ninterest = 0;
}

void
gen_cross_hold(struct gen *g, struct gen_sym *s, char type)
{
	struct side v[2];
	struct result r;

	gather(g, s, true, v);
	r = clear(v, middle(g, s), 0);
	if (r.px != 0) {
		execute(g, s, &v[GEN_BUY], &r);
		execute(g, s, &v[GEN_SELL], &r);
		gen_itch_cross(g, s, r.volume, r.px, g->next_match++, type);
		s->last = r.px;
	}
	release(v);
	show_held(g, s);
}
