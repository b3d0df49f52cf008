/*
 * A market for one flow model: a book, and the few lines of matching that
 * price and time priority take.  It shares nothing with the engine, so that
 * what a model is measured by does not depend on it.
 */
#ifndef EXCH_TESTS_FLOW_KIT_H
#define EXCH_TESTS_FLOW_KIT_H

#include <stdlib.h>

#include "base/check.h"
#include "sim/flow_common.h"
#include "tap.h"

struct world {
	struct exch_book_store *store;
	struct exch_book book;
	struct exch_sim_market m;
	struct exch_flow f;
	struct exch_params *params;
	struct exch_flow_order order; /* the last one */
	exch_ts before;		      /* when the one before came */
	uint64_t events, limits, markets, cancels, nothing;
};

/* Parameters are "NAME VALUE", up to NULL. */
static inline int
world_params(const struct exch_flow_kind *kind, const char *const *words,
    struct exch_params **p, struct exch_diag *d)
{
	const char *near;
	int rc = exch_params_new(kind->param, kind->nparam, NULL, p);

	for (; rc == 0 && *words != NULL; words++) {
		const char *blank = strchr(*words, ' ');

		struct exch_param_said said = {.name = *words,
		    .nname = (size_t)(blank - *words),
		    .value = blank + 1,
		    .nvalue = strlen(blank + 1)};

		rc = exch_params_set(*p, &said, &near, d);
	}
	return rc;
}

/*
 * `seconds`: how long a run is to be, for its profile; `run`: what its flows
 * have in common.
 */
static inline int
world_open_in(uint64_t run, struct world *w, const char *name,
    const char *const *words, uint64_t seed, uint64_t seconds,
    struct exch_diag *d)
{
	const struct exch_flow_kind *kind = exch_flow_find(name, strlen(name));
	int rc;

	memset(w, 0, sizeof(*w));
	memset(d, 0, sizeof(*d));
	exch_check(kind != NULL);
	w->store = exch_book_store_new(1024);
	w->book.instr = 1;
	w->m = (struct exch_sim_market){.now = 1,
	    .instr = 1,
	    .best = {EXCH_SIM_NO_TICK, EXCH_SIM_NO_TICK},
	    .reference = 100000,
	    .last = EXCH_SIM_NO_TICK,
	    .lot = 1,
	    .open = true,
	    .store = w->store,
	    .book = &w->book};
	w->f = (struct exch_flow){.kind = kind,
	    .begin = 1,
	    .end = 1 + seconds * EXCH_SEC,
	    .run = run,
	    .live = exch_live_new()};
	exch_rng_seed(&w->f.rng, seed);
	w->f.state = calloc(1, kind->size);
	rc = world_params(kind, words, &w->params, d);
	w->f.params = w->params;
	return rc == 0 ? kind->open(&w->f, d) : rc;
}

static inline int
world_open(struct world *w, const char *name, const char *const *words,
    uint64_t seed, uint64_t seconds, struct exch_diag *d)
{
	return world_open_in(0, w, name, words, seed, seconds, d);
}

static inline void
world_close(struct world *w)
{
	if (w->f.kind->close != NULL)
		w->f.kind->close(&w->f);
	exch_params_free(w->params);
	exch_live_free(w->f.live);
	exch_book_store_free(w->store);
	free(w->f.state);
}

static inline void
world_best(struct world *w)
{
	for (unsigned s = 0; s < 2; s++) {
		exch_slot l = w->book.side[s].best;

		w->m.best[s] = l == EXCH_SLOT_NONE ? EXCH_SIM_NO_TICK
						   : w->store->slot[l].tick;
	}
}

/* Trades what it can at that limit; says what is left. */
static inline uint64_t
world_match(struct world *w, unsigned side, int64_t limit, uint64_t lots)
{
	while (lots > 0 && exch_book_crosses(&w->book, side, limit)) {
		exch_slot l = w->book.side[!side].best;
		exch_slot o = exch_book_first(w->store, l);
		uint64_t has = w->store->slot[o].qty;
		uint64_t qty = lots < has ? lots : has;
		exch_oid id = w->store->slot[o].id;

		w->m.last = w->store->slot[l].tick;
		exch_book_fill(w->store, &w->book, o, qty);
		exch_live_left(w->f.live, id, has - qty);
		w->m.trades++;
		lots -= qty;
	}
	return lots;
}

/* Puts an order into the book, as others would, or as the flow does. */
static inline void
world_rest(struct world *w, unsigned side, int64_t tick, uint64_t lots,
    exch_oid id, bool own)
{
	struct exch_book_order o = {.id = id,
	    .tick = tick,
	    .qty = lots,
	    .side = side == 0 ? EXCH_BUY : EXCH_SELL};

	exch_check(exch_book_add(w->store, &w->book, &o, NULL) == 0);
	if (own)
		exch_check(exch_live_add(w->f.live, id, side, tick, lots) == 0);
}

static inline void
world_apply(struct world *w, const struct exch_flow_order *o)
{
	uint64_t left;

	switch (o->what) {
	case EXCH_FLOW_LIMIT:
		w->limits++;
		left = world_match(w, o->side, o->tick, o->lots);
		if (left > 0)
			world_rest(w, o->side, o->tick, left, w->events, true);
		break;
	case EXCH_FLOW_MARKET:
		w->markets++;
		world_match(w, o->side,
		    o->side == 0 ? INT64_MAX - 1 : INT64_MIN + 1, o->lots);
		break;
	case EXCH_FLOW_CANCEL:
		w->cancels++;
		exch_check(exch_live_left(w->f.live, o->id, 0));
		exch_book_remove(w->store, &w->book,
		    exch_book_find(w->store, &w->book, o->id));
		break;
	default:
		w->nothing++;
	}
}

/* The flow's next: from w->before to w->m.now all was as before.  False: none.
 */
static inline bool
world_step(struct world *w)
{
	exch_ts t = w->f.kind->when(&w->f, &w->m);

	if (t == EXCH_TS_NONE)
		return false;
	exch_check(t > w->m.now);
	w->before = w->m.now;
	w->m.now = t;
	w->events++;
	memset(&w->order, 0, sizeof(w->order));
	w->f.kind->act(&w->f, &w->m, &w->order);
	world_apply(w, &w->order);
	world_best(w);
	if (w->f.kind->told != NULL)
		w->f.kind->told(&w->f, &w->m, true);
	return true;
}

static inline double
world_seconds(const struct world *w)
{
	return (double)(w->m.now - 1) / 1e9;
}

static inline bool
world_two_sided(const struct world *w)
{
	return w->m.best[0] != EXCH_SIM_NO_TICK &&
	       w->m.best[1] != EXCH_SIM_NO_TICK;
}

#endif
