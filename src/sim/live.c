/*
 * A flow's resting orders (live.h): two pools, of orders by their ids and of
 * levels by side and tick, and vectors of slots, from which one can be drawn.
 *
 *	vector of a side	| slot | slot | slot | ...
 *	vector of a level	| slot | slot | ...
 *	order: id, ..., its places in both vectors
 *
 * Whatever leaves a vector is replaced by the last of it, so that vectors have
 * no holes and nothing has to be searched.  The vector of a level that is gone
 * stays with the level's slot, for the next that gets it: after warm-up nothing
 * is allocated.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/keyed.h"
#include "sim/live.h"

struct order {
	struct exch_key key; /* place 0 */
	int64_t tick;
	uint64_t lots;
	int64_t note;
	uint32_t side;
	uint32_t level;	   /* slot */
	uint32_t at_side;  /* in the vector of its side */
	uint32_t at_level; /* in that of its level */
};

struct level {
	struct exch_key key; /* place: side, id: tick */
};

struct vector {
	uint32_t *slot; /* of orders */
	size_t n, cap;
};

struct exch_live {
	struct exch_keyed orders, levels;
	struct vector side[2];
	struct vector *level; /* by a level's slot */
	size_t nlevel;
	uint64_t added;
	exch_oid last;
};

struct exch_live *
exch_live_new(void)
{
	struct exch_live *l = exch_calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	if (exch_keyed_init(&l->orders, sizeof(struct order)) != EXCH_OK ||
	    exch_keyed_init(&l->levels, sizeof(struct level)) != EXCH_OK) {
		exch_live_free(l);
		return NULL;
	}
	return l;
}

void
exch_live_free(struct exch_live *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->nlevel; i++)
		exch_free(l->level[i].slot);
	exch_free(l->level);
	exch_free(l->side[0].slot);
	exch_free(l->side[1].slot);
	exch_keyed_clear(&l->orders);
	exch_keyed_clear(&l->levels);
	exch_free(l);
}

static struct order *
order_at(const struct exch_live *l, uint32_t slot)
{
	return exch_keyed_at(&l->orders, slot);
}

static bool
room(struct vector *v)
{
	return exch_room(&v->slot, v->n, &v->cap, sizeof(*v->slot));
}

/* A vector for each slot that a level can have. */
static bool
vectors(struct exch_live *l)
{
	size_t was = l->nlevel;

	if (!exch_room(
		&l->level, l->levels.cap - 1, &l->nlevel, sizeof(*l->level)))
		return false;
	memset(l->level + was, 0, (l->nlevel - was) * sizeof(*l->level));
	return true;
}

static void
drop_if_empty(struct exch_live *l, uint32_t slot)
{
	if (l->level[slot].n == 0)
		exch_keyed_drop(&l->levels, exch_keyed_at(&l->levels, slot));
}

/* The level, new or not, with room for one more; 0: no memory. */
static uint32_t
level_for(struct exch_live *l, unsigned side, int64_t tick)
{
	struct level *v = exch_keyed_find(&l->levels, side, (uint64_t)tick);
	uint32_t slot;

	if (v == NULL &&
	    exch_keyed_add(&l->levels, side, (uint64_t)tick, &v) != EXCH_OK)
		return 0;
	slot = v->key.slot;
	if (slot >= l->nlevel && !vectors(l)) {
		exch_keyed_drop(&l->levels, v);
		return 0;
	}
	if (!room(&l->level[slot])) {
		drop_if_empty(l, slot);
		return 0;
	}
	return slot;
}

int
exch_live_add(struct exch_live *l, exch_oid id, unsigned side, int64_t tick,
    uint64_t lots)
{
	struct order *o = exch_keyed_find(&l->orders, 0, id);
	uint32_t level;

	if (o != NULL)
		return EXCH_ERR_EXISTS;
	if (!room(&l->side[side]))
		return EXCH_ERR_NOMEM;
	level = level_for(l, side, tick);
	if (level == 0)
		return EXCH_ERR_NOMEM;
	if (exch_keyed_put(&l->orders, exch_keyed_look(&l->orders, 0, id), 0,
		id, &o) != EXCH_OK) {
		drop_if_empty(l, level);
		return EXCH_ERR_NOMEM;
	}
	o->tick = tick;
	o->lots = lots;
	o->note = 0;
	o->side = side;
	o->level = level;
	o->at_side = (uint32_t)l->side[side].n;
	o->at_level = (uint32_t)l->level[level].n;
	l->side[side].slot[l->side[side].n++] = o->key.slot;
	l->level[level].slot[l->level[level].n++] = o->key.slot;
	l->added++;
	l->last = id;
	return EXCH_OK;
}

bool
exch_live_left(struct exch_live *l, exch_oid id, uint64_t lots)
{
	struct order *o = exch_keyed_find(&l->orders, 0, id);
	struct vector *v;
	uint32_t last;

	if (o == NULL)
		return false;
	o->lots = lots;
	if (lots > 0)
		return true;
	v = &l->side[o->side];
	last = v->slot[--v->n];
	v->slot[o->at_side] = last;
	order_at(l, last)->at_side = o->at_side;
	v = &l->level[o->level];
	last = v->slot[--v->n];
	v->slot[o->at_level] = last;
	order_at(l, last)->at_level = o->at_level;
	drop_if_empty(l, o->level);
	exch_keyed_drop(&l->orders, o);
	return true;
}

size_t
exch_live_count(const struct exch_live *l, unsigned side)
{
	return l->side[side].n;
}

exch_oid
exch_live_pick(const struct exch_live *l, unsigned side, size_t i)
{
	exch_check(i < l->side[side].n);
	return order_at(l, l->side[side].slot[i])->key.id;
}

static const struct vector *
vector_at(const struct exch_live *l, unsigned side, int64_t tick)
{
	const struct level *v =
	    exch_keyed_find(&l->levels, side, (uint64_t)tick);

	return v != NULL ? &l->level[v->key.slot] : NULL;
}

size_t
exch_live_at(const struct exch_live *l, unsigned side, int64_t tick)
{
	const struct vector *v = vector_at(l, side, tick);

	return v != NULL ? v->n : 0;
}

exch_oid
exch_live_pick_at(
    const struct exch_live *l, unsigned side, int64_t tick, size_t i)
{
	const struct vector *v = vector_at(l, side, tick);

	exch_check(v != NULL && i < v->n);
	return order_at(l, v->slot[i])->key.id;
}

bool
exch_live_find(const struct exch_live *l, exch_oid id, unsigned *side,
    int64_t *tick, uint64_t *lots)
{
	const struct order *o = exch_keyed_find(&l->orders, 0, id);

	if (o == NULL)
		return false;
	*side = o->side;
	*tick = o->tick;
	*lots = o->lots;
	return true;
}

void
exch_live_note(struct exch_live *l, exch_oid id, int64_t note)
{
	struct order *o = exch_keyed_find(&l->orders, 0, id);

	if (o != NULL)
		o->note = note;
}

int64_t
exch_live_noted(const struct exch_live *l, exch_oid id)
{
	const struct order *o = exch_keyed_find(&l->orders, 0, id);

	return o != NULL ? o->note : 0;
}

uint64_t
exch_live_added(const struct exch_live *l, exch_oid *last)
{
	*last = l->last;
	return l->added;
}
