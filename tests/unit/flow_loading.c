/*
 * sim/coin and the loadings of flows: the coin is fair, and a function of run,
 * length of the step and number alone; sides of two flows of a run have the
 * correlation a b in a step, and none across runs and steps; sides of one have
 * a^2, where the model has no memory of its own; they stay fair; a loading of 1
 * is the coin, and one of 0 is no loading.
 */
#include <config.h>

#include <math.h>

#include "flow_kit.h"

#define STEPS 3000u
#define BLOCK 100u /* steps */

/*
 * What the orders of a flow were in each second, without those by which the
 * model queue puts its book in order.
 */
struct path {
	double sum[STEPS]; /* buys less sells */
	double n[STEPS];
};

static const struct {
	const char *kind;
	bool memoryless; /* of sides */
	double off;	 /* what its rates make of queues that are loaded */
} models[] = {{"zero", true, 0}, {"cst", true, 0}, {"hawkes", false, 0},
    {"mike", false, 0}, {"queue", false, 0.02}};

/* ---- the coin ---- */

static void
is_a_function(void)
{
	struct exch_coin c, same, run, step;
	bool again = true;
	double sum = 0, next = 0, runs = 0, steps = 0, bound;
	const unsigned n = 100000;
	int last = 0;

	exch_coin_init(&c, 7, EXCH_SEC);
	exch_coin_init(&same, 7, EXCH_SEC);
	exch_coin_init(&run, 8, EXCH_SEC);
	exch_coin_init(&step, 7, 2 * EXCH_SEC);
	for (unsigned i = 0; i < n; i++) {
		int s = 1 - 2 * (int)exch_coin_side(&c, i);

		sum += s;
		next += s * last;
		runs += s * (1 - 2 * (int)exch_coin_side(&run, i));
		steps += s * (1 - 2 * (int)exch_coin_side(&step, i));
		last = s;
	}
	for (unsigned i = n; i-- > 0;)
		again =
		    again && exch_coin_side(&same, i) == exch_coin_side(&c, i);
	bound = 4 * sqrt(n);
	tap_ok(again, "the coin is the same for all who ask, in any order");
	tap_ok(fabs(sum) < bound, "it is fair");
	tap_ok(fabs(next) < bound, "steps have nothing to do with each other");
	tap_ok(fabs(runs) < bound, "nor have runs");
	tap_ok(fabs(steps) < bound, "nor steps of another length");
	printf("# of %u: %g, %g, %g, %g\n", n, sum, next, runs, steps);
}

/* ---- sides ---- */

static void
walk(const char *kind, double loading, uint64_t seed, uint64_t run,
    struct path *p)
{
	char text[32];
	const char *const words[] = {text, NULL};
	struct exch_diag d;
	struct world w;

	snprintf(text, sizeof(text), "loading %g", loading);
	memset(p, 0, sizeof(*p));
	exch_check(world_open_in(run, &w, kind, words, seed, STEPS, &d) == 0);
	while (world_step(&w)) {
		unsigned at = (unsigned)((w.m.now - 1) / EXCH_SEC);

		if (at >= STEPS)
			break;
		if ((w.order.what != EXCH_FLOW_LIMIT &&
			w.order.what != EXCH_FLOW_MARKET) ||
		    w.m.now == w.before + 1)
			continue;
		p->n[at]++;
		p->sum[at] += w.order.side == 0 ? 1 : -1;
	}
	world_close(&w);
}

/*
 * Is the mean of s t over pairs of orders, of p in a step and of q in the step
 * `later` behind it, what is wanted, or off by no more?  The error is that of
 * steps' sums.
 */
static bool
pairs(const struct path *p, const struct path *q, unsigned later, double want,
    double off)
{
	double sum = 0, n = 0, squares = 0, error;

	for (unsigned i = 0; i + later < STEPS; i++) {
		sum += p->sum[i] * q->sum[i + later];
		n += p->n[i] * q->n[i + later];
	}
	for (unsigned i = 0; i + later < STEPS; i++) {
		double x = p->sum[i] * q->sum[i + later] -
			   want * p->n[i] * q->n[i + later];

		squares += x * x;
	}
	error = sqrt(squares) / n;
	printf("# %.4f, theory %.4f, error %.4f\n", sum / n, want, error);
	return error < 0.05 && fabs(sum / n - want) < 4 * error + off;
}

/* Pairs of different orders of one step: a a, and nothing from step to step. */
static bool
within(const struct path *p, double want)
{
	double sum = 0, n = 0, squares = 0, error;

	for (unsigned i = 0; i < STEPS; i++) {
		sum += p->sum[i] * p->sum[i] - p->n[i];
		n += p->n[i] * (p->n[i] - 1);
	}
	for (unsigned i = 0; i < STEPS; i++) {
		double off = p->sum[i] * p->sum[i] - p->n[i] -
			     want * p->n[i] * (p->n[i] - 1);

		squares += off * off;
	}
	error = sqrt(squares) / n;
	printf(
	    "# within %.4f, theory %.4f, error %.4f\n", sum / n, want, error);
	return fabs(sum / n - want) < 4 * error && pairs(p, p, 1, 0, 0);
}

/* Half of them buy; the error is that of blocks, which remember little. */
static bool
fair(const struct path *p)
{
	double sum = 0, n = 0, squares = 0;

	for (unsigned i = 0; i < STEPS; i += BLOCK) {
		double block = 0;

		for (unsigned k = i; k < i + BLOCK; k++) {
			block += p->sum[k];
			n += p->n[k];
		}
		sum += block;
		squares += block * block;
	}
	printf("# %.4f buy, error %.4f\n", 0.5 + sum / n / 2,
	    sqrt(squares) / n / 2);
	return fabs(sum) < 4 * sqrt(squares);
}

/* Three flows of a run, and one of another, for some seeds. */
static void
correlation(unsigned model)
{
	static struct path a, b, c, other;
	const char *kind = models[model].kind;
	double off = models[model].off;
	bool up = true, down = true, runs = true, even = true, own = true;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		walk(kind, 0.6, 10 * seed, seed, &a);
		walk(kind, 0.5, 10 * seed + 1, seed, &b);
		walk(kind, -0.4, 10 * seed + 2, seed, &c);
		walk(kind, 0.5, 10 * seed + 1, seed + 100, &other);
		up = up && pairs(&a, &b, 0, 0.30, off);
		down = down && pairs(&a, &c, 0, -0.24, off);
		runs = runs && pairs(&a, &other, 0, 0, 0);
		even = even && fair(&a) && fair(&b) && fair(&c);
		own = own && (!models[model].memoryless ||
				 (within(&a, 0.36) && within(&c, 0.16)));
	}
	tap_ok(up, "sides of two flows have the correlation a b");
	tap_ok(down, "  of a negative loading, too");
	tap_ok(runs, "  and none with those of another run");
	tap_ok(even, "  they stay fair");
	if (models[model].memoryless)
		tap_ok(own, "  and have a^2 in a step of their own");
}

/* ---- ends ---- */

static bool
same_order(const struct exch_flow_order *a, const struct exch_flow_order *b)
{
	return a->what == b->what && a->side == b->side && a->tick == b->tick &&
	       a->lots == b->lots && a->id == b->id;
}

/* Nothing is drawn for it. */
static void
nothing(const char *kind)
{
	static const char *const none[] = {NULL};
	static const char *const zero[] = {
	    "loading 0", "loading-step 50ms", NULL};
	struct exch_diag d;
	struct world w, v;
	bool same = true;

	exch_check(world_open_in(3, &w, kind, none, 5, 100, &d) == 0);
	exch_check(world_open_in(4, &v, kind, zero, 5, 100, &d) == 0);
	for (unsigned i = 0; i < 20000; i++) {
		world_step(&w);
		world_step(&v);
		same = same && w.m.now == v.m.now &&
		       same_order(&w.order, &v.order);
	}
	world_close(&w);
	world_close(&v);
	tap_ok(same, "a loading of 0 is none");
}

static void
whole(const char *kind)
{
	static struct path with, against;
	bool one = true;

	walk(kind, 1, 5, 3, &with);
	walk(kind, -1, 6, 3, &against);
	for (unsigned i = 0; i < STEPS; i++)
		one = one && fabs(with.sum[i]) == with.n[i] &&
		      fabs(against.sum[i]) == against.n[i] &&
		      with.sum[i] * against.sum[i] <= 0;
	tap_ok(one, "with 1 and -1 all orders of a step are on one side");
}

int
main(void)
{
	is_a_function();
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(models); i++) {
		printf("# %s\n", models[i].kind);
		correlation(i);
		nothing(models[i].kind);
		whole(models[i].kind);
	}
	return tap_done();
}
