/*
 * Books without queues: random orders of several books against plain
 * arrays, on grids that make levels come and go; and memory that runs out.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "report/tally.h"
#include "tap.h"
#include "unit/meets.h"

#define PLACES 5
#define IDS 400

struct order {
	bool live;
	uint8_t side;
	int64_t tick;
	exch_qty qty;
};

struct world {
	struct exch_tally t;
	struct exch_rng rng;
	int64_t spread; /* of prices */
	struct order order[PLACES][IDS];
};

/* Ids that share low bits, high bits, or nothing. */
static exch_oid
id_of(unsigned i)
{
	return i % 3 == 0   ? i
	       : i % 3 == 1 ? (exch_oid)i << 40
			    : UINT64_MAX - i * UINT64_C(4096);
}

static bool
begin(struct world *w, uint64_t seed, int64_t spread)
{
	memset(w, 0, sizeof(*w));
	exch_rng_seed(&w->rng, seed);
	w->spread = spread;
	return exch_tally_init(&w->t) == EXCH_OK &&
	       exch_tally_books(&w->t, PLACES) == EXCH_OK;
}

static int64_t
some_tick(struct world *w)
{
	if (exch_rng_chance(&w->rng, 1, 50))
		return EXCH_TICK_MARKET;
	return (int64_t)exch_rng_below(&w->rng, (uint64_t)w->spread) -
	       w->spread / 2;
}

/* The best priced order of a side, by looking at all. */
static bool
best_is_right(struct world *w, uint32_t place, unsigned side)
{
	const struct exch_tally_side *s = &w->t.book[place].side[side];
	bool any = false;
	int64_t best = 0;

	for (unsigned i = 0; i < IDS; i++) {
		const struct order *o = &w->order[place][i];

		if (!o->live || exch_book_index(o->side) != side ||
		    o->tick == EXCH_TICK_MARKET)
			continue;
		if (!any || (side == 0 ? o->tick > best : o->tick < best))
			best = o->tick;
		any = true;
	}
	return any == (s->best != EXCH_SLOT_NONE) &&
	       (!any || s->best_tick == best);
}

/* Every level of a side in turn, and how many were there before it. */
static bool
order_is_right(struct world *w, uint32_t place, unsigned side)
{
	unsigned n = 0;

	for (exch_slot l = w->t.book[place].side[side].best;
	     l != EXCH_SLOT_NONE; l = exch_tally_worse(&w->t, l), n++)
		if (exch_tally_before(&w->t, l, IDS) != n ||
		    exch_tally_before(&w->t, l, 10) != (n < 10 ? n : 10))
			return false;
	return true;
}

static bool
levels_are_right(struct world *w, uint32_t place)
{
	for (unsigned i = 0; i < IDS; i++) {
		const struct order *o = &w->order[place][i];
		exch_qty sum = 0;
		exch_slot l;

		if (!o->live)
			continue;
		for (unsigned j = 0; j < IDS; j++) {
			const struct order *p = &w->order[place][j];

			if (p->live && p->side == o->side && p->tick == o->tick)
				sum += p->qty;
		}
		l = exch_tally_at(&w->t, place, o->side, o->tick);
		if (l == EXCH_SLOT_NONE || w->t.level[l].qty != sum)
			return false;
	}
	return true;
}

static bool
add(struct world *w, uint32_t place, unsigned i)
{
	struct order *m = &w->order[place][i];
	struct exch_tally_new n = {.id = id_of(i),
	    .qty = 1 + exch_rng_below(&w->rng, 1000),
	    .tick = some_tick(w),
	    .place = place,
	    .side = exch_rng_chance(&w->rng, 1, 2) ? EXCH_BUY : EXCH_SELL};
	int rc = exch_tally_add(&w->t, &n);

	if (m->live)
		return rc == EXCH_ERR_EXISTS;
	*m = (struct order){true, n.side, n.tick, n.qty};
	return rc == EXCH_OK;
}

/* Another quantity, or out of the book. */
static bool
change(struct world *w, uint32_t place, unsigned i)
{
	struct order *m = &w->order[place][i];
	struct exch_tally_order *o = exch_tally_find(&w->t, place, id_of(i));
	exch_qty q;

	if (!m->live || o == NULL)
		return m->live == (o != NULL);
	if (exch_tally_side_of(o) != m->side ||
	    exch_tally_tick_of(&w->t, o) != m->tick || o->qty != m->qty)
		return false;
	q = exch_rng_below(&w->rng, m->qty);
	if (q > 0 && exch_rng_chance(&w->rng, 1, 4)) {
		exch_tally_reduce(&w->t, o, q);
		m->qty -= q;
	} else if (exch_rng_chance(&w->rng, 1, 8)) {
		m->qty += 5;
		return exch_tally_resize(&w->t, o, m->qty) == EXCH_OK;
	} else {
		exch_tally_remove(&w->t, o);
		m->live = false;
	}
	return true;
}

static void
random_days(int64_t spread, const char *what)
{
	struct world *w = calloc(1, sizeof(*w));
	bool ok = true;

	if (w == NULL)
		abort();
	for (uint64_t seed = 1; seed <= 8 && ok; seed++) {
		ok = begin(w, seed, spread);
		for (unsigned n = 0; n < 20000 && ok; n++) {
			uint32_t p = (uint32_t)exch_rng_below(&w->rng, PLACES);
			unsigned i = (unsigned)exch_rng_below(&w->rng, IDS);
			/* full and empty by turns */
			bool fills = n / 2500 % 2 == 0;

			ok = exch_rng_chance(&w->rng, fills ? 3 : 1, 4)
				 ? add(w, p, i)
				 : change(w, p, i);
			ok = ok && best_is_right(w, p, 0) &&
			     best_is_right(w, p, 1);
			if (n % 500 == 0) {
				ok = ok && levels_are_right(w, p) &&
				     order_is_right(w, p, 0) &&
				     order_is_right(w, p, 1);
				exch_tally_audit(&w->t);
			}
		}
		if (!ok)
			printf("# seed %llu\n", (unsigned long long)seed);
		exch_tally_clear(&w->t);
	}
	tap_ok(ok, what);
	free(w);
}

/* Prices that never come back: their empty levels do not stay. */
static void
levels_go(void)
{
	struct exch_tally t;
	struct exch_tally_new n = {.id = 1, .qty = 1, .side = EXCH_SELL};
	bool ok = exch_tally_init(&t) == EXCH_OK &&
		  exch_tally_books(&t, 1) == EXCH_OK;

	for (int64_t i = 0; i < 1000000 && ok; i++) {
		n.tick = i;
		ok = exch_tally_add(&t, &n) == EXCH_OK;
		exch_tally_remove(&t, exch_tally_find(&t, 0, 1));
	}
	tap_ok(ok, "a million prices");
	tap_ok(t.used < 4096, "and few levels");
	exch_tally_clear(&t);
}

/* How far behind others the worst of those apart is found. */
static size_t
longest_search(const struct exch_ids *t)
{
	size_t n = (size_t)1 << t->bits, most = 0;

	for (size_t i = 0; i < n; i++) {
		size_t far = (i - exch_ids_begin(t, t->entry[i].tag)) & (n - 1);

		if (t->entry[i].slot != 0 && far > most)
			most = far;
	}
	return most;
}

/* Ids with one tag, and others that have taken their cells. */
static void
ids_that_meet(void)
{
	enum { N = 20000 };
	const exch_oid other = UINT64_C(1) << 63;
	struct exch_tally t;
	struct exch_tally_new n = {.qty = 1, .tick = 1, .side = EXCH_BUY};
	bool ok = exch_tally_init(&t) == EXCH_OK &&
		  exch_tally_books(&t, 1) == EXCH_OK;

	for (uint64_t i = 0; i < 500 && ok; i++)
		ok = exch_ids_tag(&t.ids, 0, meets(i)) == 0;
	tap_ok(ok, "ids with one tag");
	for (uint64_t i = 0; i < N && ok; i++) {
		n.id = meets(i) ^ other;
		ok = exch_tally_add(&t, &n) == EXCH_OK;
		n.id = meets(i);
		ok = ok && exch_tally_add(&t, &n) == EXCH_OK &&
		     exch_tally_add(&t, &n) == EXCH_ERR_EXISTS;
	}
	tap_ok(ok && t.ids.salt != 0, "the hash is another one");
	tap_ok(t.ids.apart >= N && longest_search(&t.ids) <= EXCH_IDS_FAR,
	    "and no search is long");
	exch_tally_audit(&t);
	for (uint64_t i = 0; i < 2 * N && ok; i++) {
		exch_oid id = meets(i / 2) ^ (i % 2 == 0 ? other : 0);
		struct exch_tally_order *o = exch_tally_find(&t, 0, id);

		ok = o != NULL && o->id == id;
		if (ok)
			exch_tally_remove(&t, o);
	}
	exch_tally_audit(&t);
	tap_ok(ok && t.live == 0, "and all of them are found");
	exch_tally_clear(&t);
}

/* Every instrument counts its orders from one. */
static void
ids_of_each(void)
{
	enum { EACH = 300, BOOKS = 100 };
	struct exch_tally t;
	bool ok = exch_tally_init(&t) == EXCH_OK &&
		  exch_tally_books(&t, BOOKS) == EXCH_OK;

	for (uint32_t i = 0; i < EACH * BOOKS && ok; i++) {
		struct exch_tally_new n = {.id = 1 + i / BOOKS,
		    .qty = 1,
		    .tick = 1,
		    .place = i % BOOKS,
		    .side = EXCH_SELL};

		ok = exch_tally_add(&t, &n) == EXCH_OK;
	}
	tap_ok(ok, "the same ids in each instrument");
	tap_ok(t.ids.spread != 0 && t.ids.apart < t.live / 2,
	    "have cells of their own");
	exch_tally_audit(&t);
	for (uint32_t i = 0; i < EACH * BOOKS && ok; i++) {
		struct exch_tally_order *o =
		    exch_tally_find(&t, i % BOOKS, 1 + i / BOOKS);

		ok = o != NULL && o->place == i % BOOKS;
		if (ok)
			exch_tally_remove(&t, o);
	}
	tap_ok(ok && t.live == 0, "and go one by one");
	exch_tally_clear(&t);
}

static void
too_much(void)
{
	struct exch_tally t;
	struct exch_tally_new n = {
	    .id = 1, .qty = UINT64_MAX - 5, .tick = 7, .side = EXCH_BUY};
	struct exch_tally_order *o;

	tap_ok(exch_tally_init(&t) == EXCH_OK &&
		   exch_tally_books(&t, 1) == EXCH_OK &&
		   exch_tally_add(&t, &n) == EXCH_OK,
	    "nearly all there can be");
	n.id = 2;
	n.qty = 6;
	tap_is_i64(exch_tally_add(&t, &n), EXCH_ERR_RANGE, "6 are too many");
	n.qty = 5;
	tap_is_i64(exch_tally_add(&t, &n), EXCH_OK, "5 are not");
	o = exch_tally_find(&t, 0, 2);
	tap_is_i64(exch_tally_resize(&t, o, 6), EXCH_ERR_RANGE,
	    "nor can they become 6");
	exch_tally_audit(&t);
	exch_tally_clear(&t);
}

/* The n-th allocation fails: what was asked is not done, the rest stays. */
static void
no_memory(void)
{
	unsigned failed = 0;
	bool ok = true;

	for (uint64_t at = 1; at < 200; at++) {
		struct exch_tally t;
		bool up;

		exch_alloc_fail_at(at);
		up = exch_tally_init(&t) == EXCH_OK &&
		     exch_tally_books(&t, PLACES) == EXCH_OK;
		failed += !up;
		for (unsigned i = 1; i < 5000 && up; i++) {
			struct exch_tally_new n = {.id = i,
			    .qty = 1,
			    .tick = (int64_t)i * 100,
			    .place = i % PLACES,
			    .side = EXCH_BUY};
			int rc = exch_tally_add(&t, &n);

			if (rc == EXCH_OK)
				continue;
			failed++;
			ok = ok && rc == EXCH_ERR_NOMEM &&
			     exch_tally_find(&t, n.place, n.id) == NULL &&
			     exch_tally_add(&t, &n) == EXCH_OK;
		}
		exch_alloc_fail_at(0);
		if (up)
			exch_tally_audit(&t);
		exch_tally_clear(&t);
	}
	tap_ok(ok, "memory that fails once");
	tap_ok(failed > 15, "at every place");
}

int
main(void)
{
	random_days(12, "a dozen prices");
	random_days(3000, "thousands of prices");
	random_days(INT64_C(1) << 60, "prices all over");
	levels_go();
	ids_that_meet();
	ids_of_each();
	too_much();
	no_memory();
	return tap_done();
}
