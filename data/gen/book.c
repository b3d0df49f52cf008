/*
 * The generator's book: levels in a list from the best price outwards,
 * orders in a list per level.  Everything is found by walking; flow stays
 * near the best price, so the walks are short.
 */
#include <config.h>

#include <string.h>

#include "gen.h"

static bool
is_better(unsigned side, uint32_t a, uint32_t b)
{
	return side == GEN_BUY ? a > b : a < b;
}

static uint32_t
new_level(struct gen *g, uint32_t px)
{
	uint32_t i = g->free_level;

	if (i != 0) {
		g->free_level = g->level[i].worse;
	} else {
		i = ++g->nlevels;
		g->level =
		    gen_grow(g->level, &g->level_cap, i + 1, sizeof(*g->level));
	}
	memset(&g->level[i], 0, sizeof(g->level[i]));
	g->level[i].px = px;
	return i;
}

/* The level of this price, made if it is not there. */
static uint32_t
find_level(struct gen *g, struct gen_sym *s, unsigned side, uint32_t px)
{
	uint32_t better = 0, at = s->best[side], i;

	while (at != 0 && is_better(side, g->level[at].px, px)) {
		better = at;
		at = g->level[at].worse;
	}
	if (at != 0 && g->level[at].px == px)
		return at;
	i = new_level(g, px);
	g->level[i].better = better;
	g->level[i].worse = at;
	if (at != 0)
		g->level[at].better = i;
	if (better != 0)
		g->level[better].worse = i;
	else
		s->best[side] = i;
	return i;
}

static void
drop_level(struct gen *g, struct gen_sym *s, unsigned side, uint32_t i)
{
	struct gen_level *l = &g->level[i];

	if (l->worse != 0)
		g->level[l->worse].better = l->better;
	if (l->better != 0)
		g->level[l->better].worse = l->worse;
	else
		s->best[side] = l->worse;
	l->worse = g->free_level;
	g->free_level = i;
}

uint32_t
gen_book_order(struct gen *g, struct gen_sym *s, uint64_t ref,
    enum gen_side side, uint32_t px, uint32_t qty)
{
	uint32_t i = g->free_order;
	struct gen_order *o;

	if (i != 0) {
		g->free_order = g->order[i].next;
	} else {
		i = ++g->norders;
		g->order =
		    gen_grow(g->order, &g->order_cap, i + 1, sizeof(*g->order));
	}
	o = &g->order[i];
	memset(o, 0, sizeof(*o));
	o->ref = ref;
	o->px = px;
	o->qty = qty;
	o->side = (uint8_t)side;
	o->sym = (uint16_t)(s - g->sym);
	return i;
}

void
gen_book_enter(struct gen *g, struct gen_sym *s, uint32_t order)
{
	struct gen_order *o = &g->order[order];
	struct gen_level *l;
	uint32_t after;

	o->level = find_level(g, s, o->side, o->px);
	l = &g->level[o->level];
	after = l->tail;
	while (after != 0 && g->order[after].ref > o->ref)
		after = g->order[after].prev;
	o->prev = after;
	o->next = after != 0 ? g->order[after].next : l->head;
	if (o->next != 0)
		g->order[o->next].prev = order;
	else
		l->tail = order;
	if (after != 0)
		g->order[after].next = order;
	else
		l->head = order;
	/* The one promise of the feed that every reader relies on. */
	if (s->best[0] != 0 && s->best[1] != 0 &&
	    g->level[s->best[0]].px >= g->level[s->best[1]].px)
		gen_die("displayed book crossed");
	s->live =
	    gen_grow(s->live, &s->live_cap, s->nlive + 1, sizeof(*s->live));
	o->pos = s->nlive;
	s->live[s->nlive++] = order;
}

void
gen_book_lift(struct gen *g, struct gen_sym *s, uint32_t order)
{
	struct gen_order *o = &g->order[order];
	struct gen_level *l = &g->level[o->level];
	uint32_t moved;

	if (o->prev != 0)
		g->order[o->prev].next = o->next;
	else
		l->head = o->next;
	if (o->next != 0)
		g->order[o->next].prev = o->prev;
	else
		l->tail = o->prev;
	if (l->head == 0)
		drop_level(g, s, o->side, o->level);
	moved = s->live[--s->nlive];
	s->live[o->pos] = moved;
	g->order[moved].pos = o->pos;
}

void
gen_book_take(struct gen *g, struct gen_sym *s, uint32_t order, uint32_t qty)
{
	struct gen_order *o = &g->order[order];

	if (qty > o->qty)
		gen_die("took more than there is");
	o->qty -= qty;
	if (o->qty != 0)
		return;
	gen_book_lift(g, s, order);
	o->next = g->free_order;
	g->free_order = order;
}

uint32_t
gen_book_best(const struct gen *g, const struct gen_sym *s, enum gen_side side)
{
	return s->best[side] != 0 ? g->level[s->best[side]].px : 0;
}
