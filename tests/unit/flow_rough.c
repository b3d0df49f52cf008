/*
 * Every model of flow among others who do what they like: sweep the book, rest
 * anywhere, halt the market, ask for times that they do not use.  What a model
 * does makes sense whatever the book is: times go on, its cancels are of its
 * own orders that live, and it comes back to a book of two sides.  And memory
 * that runs out while one begins.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "flow_kit.h"

#define OTHERS (UINT64_C(1) << 40) /* ids of the others' orders */

static const struct {
	const char *kind;
	const char *words[6];
} all[] = {
    {"zero", {NULL}},
    {"zero", {"window 1", "market-rate 0.5", NULL}},
    {"zero", {"size 1,7,100", "profile 0,3,1", "profile-shape lines", NULL}},
    {"cst", {NULL}},
    {"cst", {"limit-power 3,1", "size 5", "size-sigma 2", NULL}},
    {"hawkes", {NULL}},
    {"hawkes", {"dimensions 6", "away 1", "inside 3", NULL}},
    {"hawkes", {"dimensions 4", "branching 0.99", "size 3", NULL}},
    {"queue", {NULL}},
    {"queue", {"levels 5", "theta 1", "theta-reinit 1", "size 4,9", NULL}},
    {"queue", {"levels 1", "unit 3", NULL}},
    {"mike", {NULL}},
    {"zero", {"loading 0.7", NULL}},
    {"cst", {"loading -0.5", "loading-step 2s", NULL}},
    {"hawkes", {"loading 0.5", NULL}},
    {"queue", {"loading 1", "loading-step 1us", NULL}},
    {"mike", {"loading 0.6", "loading-step 300ms", NULL}},
    {"mike", {"hidden 1", "scale 50", "reach 100000", "cancel-b 5", NULL}},
};

static void
sweep(struct world *w, struct exch_rng *r)
{
	unsigned side = (unsigned)exch_rng_below(r, 2);
	uint64_t lots = 1 + exch_rng_below(r, 200);

	world_match(w, side, side == 0 ? INT64_MAX - 1 : INT64_MIN + 1, lots);
}

static void
rest(struct world *w, struct exch_rng *r, exch_oid id)
{
	unsigned side = (unsigned)exch_rng_below(r, 2);
	int64_t tick =
	    exch_sim_about(&w->m) + (int64_t)exch_rng_below(r, 41) - 20;
	uint64_t lots = 1 + exch_rng_below(r, 30);

	lots = world_match(w, side, tick, lots);
	if (lots > 0)
		world_rest(w, side, tick, lots, id, false);
}

static void
intervene(struct world *w, struct exch_rng *r, exch_oid id)
{
	switch (exch_rng_below(r, 8)) {
	case 0:
		sweep(w, r);
		break;
	case 1:
	case 2:
		rest(w, r, id);
		break;
	case 3:
		w->m.open = !w->m.open;
		break;
	case 4:
		/* It is asked, and then something else comes before. */
		w->f.kind->when(&w->f, &w->m);
		w->m.now++;
		break;
	default:
		return;
	}
	world_best(w);
	if (w->f.kind->told != NULL)
		w->f.kind->told(&w->f, &w->m, false);
}

static void
rough(unsigned i, uint64_t seed)
{
	struct exch_diag d;
	struct exch_rng r;
	struct world w;
	unsigned two = 0;
	bool fine = true;
	uint64_t trades;

	exch_rng_seed(&r, seed);
	exch_check(
	    world_open(&w, all[i].kind, all[i].words, seed, 1000, &d) == 0);
	for (unsigned n = 0; n < 30000; n++) {
		fine = fine && world_step(&w);
		fine = fine && (w.order.what != EXCH_FLOW_LIMIT ||
				   (w.order.lots > 0 && w.order.tick > 0));
		intervene(&w, &r, OTHERS + n);
	}
	tap_ok(fine, all[i].kind);
	/* Left alone, it is a market again. */
	w.m.open = true;
	trades = w.m.trades;
	for (unsigned n = 0; n < 30000; n++) {
		world_step(&w);
		two += world_two_sided(&w);
	}
	tap_ok(two > 15000 && w.m.trades > trades, "and comes back");
	printf("# two-sided %u of 30000, %lu trades\n", two,
	    (unsigned long)(w.m.trades - trades));
	exch_book_audit(w.store, (const struct exch_book *const[]){&w.book}, 1);
	world_close(&w);
}

static void
no_memory(unsigned i)
{
	unsigned failures = 0, silent = 0;
	int rc = EXCH_ERR_NOMEM;

	for (uint64_t at = 1; rc != 0 && at < 100; at++) {
		const struct exch_flow_kind *kind =
		    exch_flow_find(all[i].kind, strlen(all[i].kind));
		struct exch_diag d = {0};
		struct exch_params *p = NULL;
		struct exch_flow f = {.kind = kind, .begin = 1, .end = 9};

		exch_check(world_params(kind, all[i].words, &p, &d) == 0);
		f.params = p;
		f.state = calloc(1, kind->size);
		exch_alloc_fail_at(at);
		rc = kind->open(&f, &d);
		exch_alloc_fail_at(0);
		failures += rc == EXCH_ERR_NOMEM;
		silent += rc != 0 && d.code != rc;
		kind->close(&f);
		free(f.state);
		exch_params_free(p);
	}
	tap_ok(rc == 0 && silent == 0, "memory that runs out is said");
	printf("# after %u failures\n", failures);
}

int
main(void)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(all); i++) {
		rough(i, i + 1);
		no_memory(i);
	}
	return tap_done();
}
