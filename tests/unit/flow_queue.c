/*
 * sim/flow_queue: with a reference that stays, queues have the distribution of
 * birth and death processes, by chi-square; rates are those of the tables; the
 * reference moves with the probability theta; what is out of sight goes.
 */
#include <config.h>

#include <math.h>

#include "flow_kit.h"
#include "ks.h"

#define LONG 64u

/* Tables with markets on level 1 alone, so that others are independent. */
static const char *const still[] = {"theta 0", "levels 2",
    "limit-1 1.5,1.2,1,0.9,0.8", "cancel-1 0,0.3,0.5,0.8,1",
    "market-1 0,0.6,0.4,0.3", "limit-2 2,1.5,1.4,1.3",
    "cancel-2 0,0.4,0.9,1.2,1.5,1.8", "market-2 0", NULL};
static const double limit[2][6] = {
    {1.5, 1.2, 1, 0.9, 0.8, 0.8}, {2, 1.5, 1.4, 1.3, 1.3, 1.3}};
static const double gone[2][6] = {
    {0, 0.9, 0.9, 1.1, 1.3, 1.3}, {0, 0.4, 0.9, 1.2, 1.5, 1.8}};

static void
product(unsigned level, double *share)
{
	double sum = 0;

	share[0] = 1;
	for (unsigned n = 1; n < LONG; n++)
		share[n] = share[n - 1] * limit[level][n - 1 < 5 ? n - 1 : 5] /
			   gone[level][n < 5 ? n : 5];
	for (unsigned n = 0; n < LONG; n++)
		sum += share[n];
	for (unsigned n = 0; n < LONG; n++)
		share[n] /= sum;
}

static void
stationary(void)
{
	double seen[2][LONG] = {{0}}, share[LONG], all = 0;
	int64_t r;
	struct exch_diag d;
	struct world w;

	exch_check(world_open(&w, "queue", still, 3, 1000, &d) == 0);
	while (w.m.now < 10 * EXCH_SEC)
		world_step(&w);
	/* The reference was 100000: buys end below it. */
	r = 99999;
	for (uint64_t at = 10; at < 200000; at += 20) {
		while (w.m.now < at * EXCH_SEC)
			world_step(&w);
		for (unsigned l = 0; l < 2; l++) {
			seen[l][exch_sim_lots(&w.m, 0, r - (int64_t)l)]++;
			seen[l][exch_sim_lots(&w.m, 1, r + 1 + (int64_t)l)]++;
		}
		all += 2;
	}
	for (unsigned l = 0; l < 2; l++) {
		unsigned n = 0;
		double off;

		product(l, share);
		/* The tail is one cell, of at least ten. */
		while (n + 1 < LONG && share[n + 1] * all > 10)
			n++;
		for (unsigned i = n + 1; i < LONG; i++) {
			share[n] += share[i];
			seen[l][n] += seen[l][i];
		}
		off = chi_square(seen[l], share, n + 1, all);
		tap_ok(fabs(off) < 3.1, "queues of birth and death");
		printf("# level %u: %u cells, chi-square %.2f deviations; "
		       "empty %.4f, theory %.4f\n",
		    l + 1, n + 1, off, seen[l][0] / all, share[0]);
	}
	tap_ok(w.nothing == 0, "nothing in vain");
	world_close(&w);
}

/* Orders into and out of queues, by the time that these were so long. */
static void
tables(void)
{
	double time[2][8] = {{0}}, in[2][8] = {{0}}, out[2][8] = {{0}};
	struct exch_diag d;
	struct world w;
	bool fine = true;

	exch_check(world_open(&w, "queue", still, 4, 1000, &d) == 0);
	while (w.m.now < 10 * EXCH_SEC)
		world_step(&w);
	for (unsigned n = 0; n < 600000; n++) {
		uint64_t q[2][2];
		double dt;

		for (unsigned l = 0; l < 2; l++)
			for (unsigned s = 0; s < 2; s++)
				q[s][l] = exch_sim_lots(&w.m, s,
				    s == 0 ? 99999 - (int64_t)l
					   : 100000 + (int64_t)l);
		world_step(&w);
		dt = (double)(w.m.now - w.before) / 1e9;
		for (unsigned l = 0; l < 2; l++)
			for (unsigned s = 0; s < 2; s++) {
				uint64_t now = exch_sim_lots(&w.m, s,
				    s == 0 ? 99999 - (int64_t)l
					   : 100000 + (int64_t)l);

				if (q[s][l] >= 8)
					continue;
				time[l][q[s][l]] += dt;
				in[l][q[s][l]] += now > q[s][l];
				out[l][q[s][l]] += now < q[s][l];
			}
	}
	for (unsigned l = 0; l < 2; l++)
		for (unsigned n = 0; n < 6; n++) {
			double come = limit[l][n] * time[l][n];
			double go = gone[l][n] * time[l][n];

			fine = fine &&
			       fabs(in[l][n] - come) <= 4 * sqrt(come) &&
			       fabs(out[l][n] - go) <= 4 * sqrt(go);
		}
	tap_ok(fine, "rates are those of the tables");
	world_close(&w);
}

/*
 * The model's own defaults: the reference is where the orders are.  Of moves of
 * the middle that leave level 1 empty theta are followed.
 */
static void
moving(void)
{
	static const char *const words[] = {
	    "theta 0.6", "theta-reinit 0.3", NULL};
	struct exch_diag d;
	struct world w;
	unsigned two = 0;
	size_t most = 0;
	bool sight = true;
	int64_t low = INT64_MAX, high = 0;

	exch_check(world_open(&w, "queue", words, 5, 1000, &d) == 0);
	for (unsigned n = 0; n < 400000; n++) {
		size_t all;

		world_step(&w);
		all =
		    exch_live_count(w.f.live, 0) + exch_live_count(w.f.live, 1);
		two += world_two_sided(&w);
		most = all > most ? all : most;
		/* Time goes on by more than putting in order takes. */
		if (w.m.now - w.before < 1000 || !world_two_sided(&w))
			continue;
		low = w.m.best[0] < low ? w.m.best[0] : low;
		high = w.m.best[0] > high ? w.m.best[0] : high;
		sight = sight && w.m.best[1] - w.m.best[0] < 12;
	}
	tap_ok(two > 395000 && w.m.trades > 10000, "a living market");
	tap_ok(most < 300, "in which nothing piles up");
	tap_ok(sight && high - low > 20, "whose price moves");
	printf("# %lu trades, bids from %ld to %ld, %zu orders at most\n",
	    (unsigned long)w.m.trades, (long)low, (long)high, most);
	tap_is_u64(w.m.trades, 19935, "and everywhere the same");
	world_close(&w);
}

/*
 * The reference by a count of the test's own: whatever moves the middle and
 * leaves level 1 empty on that side is followed with the probability theta, by a
 * tick; all that is done then is in the nanoseconds behind.  Level 2 is hardly
 * ever empty, so that none who follows does nothing.
 */
#define FOLLOW_LEVELS 2
static const char *const follow_words[] = {"levels 2", "theta 0.6",
    "theta-reinit 0.3", "limit-1 2,1,0.5", "cancel-1 0,1", "market-1 0,1",
    "limit-2 400,1.5,1.4,1.3", "cancel-2 0,0.4,0.9,1.2,1.5,1.8", NULL};

struct followed {
	double chances, moves, anew;
	double long_[LONG], filled; /* of the level that came into sight */
	bool right;		    /* nothing but what the move asks for */
};

/* Twice the middle, or 0. */
static int64_t
middle2(const struct world *w)
{
	return world_two_sided(w) ? w->m.best[0] + w->m.best[1] : 0;
}

/* Tick of a level; of buys from r down, of sells from r + 1 up. */
static int64_t
tick_at(int64_t r, unsigned side, int64_t level)
{
	return side == 0 ? r - level : r + 1 + level;
}

static bool
in_sight(int64_t r, unsigned side, int64_t tick)
{
	int64_t level = side == 0 ? r - tick : tick - r - 1;

	return level >= 0 && level < FOLLOW_LEVELS;
}

/* The orders of one move, until time goes on; false: there are none. */
static bool
follow(struct world *w, int64_t r, unsigned side, struct followed *c)
{
	int64_t last = tick_at(r, side, FOLLOW_LEVELS - 1), tick;
	unsigned orders = 0;
	bool anew = false;
	uint64_t lots;

	while (w->f.kind->when(&w->f, &w->m) == w->m.now + 1) {
		struct exch_flow_order *o = &w->order;
		unsigned is;

		w->m.now++;
		w->events++;
		memset(o, 0, sizeof(*o));
		w->f.kind->act(&w->f, &w->m, o);
		is = o->side;
		tick = o->tick;
		if (o->what == EXCH_FLOW_CANCEL)
			exch_live_find(w->f.live, o->id, &is, &tick, &lots);
		/* In sight, and not where a level is new: all are drawn. */
		anew = anew || (tick != last && in_sight(r, is, tick));
		world_apply(w, o);
		world_best(w);
		w->f.kind->told(&w->f, &w->m, true);
		orders++;
	}
	if (orders == 0)
		return false;
	c->anew += anew;
	lots = exch_sim_lots(&w->m, side, last);
	c->long_[lots < LONG ? lots : LONG - 1]++;
	c->filled++;
	for (unsigned s = 0; s < 2; s++)
		for (size_t i = 0; i < exch_live_count(w->f.live, s); i++) {
			unsigned is;

			exch_live_find(w->f.live,
			    exch_live_pick(w->f.live, s, i), &is, &tick, &lots);
			c->right = c->right && in_sight(r, is, tick);
		}
	return true;
}

/*
 * Level 2 as it is in the mean, L(0) .. L(n - 1) / C(1) .. C(n) without market
 * orders, in how many cells from 1 on.  A queue of 0 is not seen where nothing
 * had to be done for it; it is hardly ever there, and counts as 1.
 */
static unsigned
even(double *share, struct followed *c)
{
	static const double in[] = {400, 1.5, 1.4, 1.3};
	static const double out[] = {0.4, 0.9, 1.2, 1.5, 1.8};
	double p = 1, sum = 0;
	unsigned n = 1;

	for (unsigned k = 0; k < LONG; k++) {
		share[k] = p;
		sum += p;
		p *= in[k < 3 ? k : 3] / out[k < 4 ? k : 4];
	}
	for (unsigned k = 0; k < LONG; k++)
		share[k] /= sum;
	share[1] += share[0];
	c->long_[1] += c->long_[0];
	/* The tail is one cell, of at least ten. */
	while (n + 1 < LONG && share[n + 1] * c->filled > 10)
		n++;
	for (unsigned k = n + 1; k < LONG; k++) {
		share[n] += share[k];
		c->long_[n] += c->long_[k];
	}
	return n;
}

static void
following(void)
{
	static struct followed c = {.right = true};
	struct exch_diag d;
	struct world w;
	int64_t r = 99999, was;
	double share[LONG], off;
	unsigned n;

	exch_check(world_open(&w, "queue", follow_words, 6, 1000, &d) == 0);
	while (w.f.kind->when(&w.f, &w.m) == w.m.now + 1)
		world_step(&w);
	was = middle2(&w);
	for (unsigned i = 0; i < 300000; i++) {
		unsigned up;
		int64_t is;

		world_step(&w);
		is = middle2(&w);
		up = is > was;
		if (is != 0 && was != 0 && is != was &&
		    exch_sim_lots(&w.m, up, tick_at(r, up, 0)) == 0) {
			c.chances++;
			if (follow(&w, r + (up ? 1 : -1), up, &c)) {
				c.moves++;
				r += up ? 1 : -1;
				is = middle2(&w);
			}
		}
		was = is != 0 ? is : was;
	}
	printf("# %g chances, %g moves, %g anew\n", c.chances, c.moves, c.anew);
	tap_ok(c.chances > 10000 && c.right,
	    "the reference moves by a tick, and what is out of sight goes");
	tap_near(c.moves, 0.6 * c.chances, 4 * sqrt(0.24 * c.chances),
	    "of moves of the middle theta are followed");
	tap_near(c.anew, 0.3 * c.moves, 4 * sqrt(0.21 * c.moves),
	    "of these theta-reinit with a new book");
	n = even(share, &c);
	off = chi_square(c.long_ + 1, share + 1, n, c.filled);
	tap_ok(
	    fabs(off) < 3.1, "a level that comes into sight is as in the mean");
	printf("# %u cells, chi-square %.2f deviations\n", n, off);
	world_close(&w);
}

/* Half a unit is a queue of one, and not of none. */
static void
units(void)
{
	static const char *const words[] = {"levels 1", "unit 10",
	    "limit-1 0,5", "cancel-1 0,6", "market-1 0", NULL};
	struct exch_diag d;
	struct world w;
	double sum = 0;

	exch_check(world_open(&w, "queue", words, 7, 1000, &d) == 0);
	tap_ok(w.f.kind->when(&w.f, &w.m) == EXCH_TS_NONE,
	    "nothing comes into an empty queue");
	world_rest(&w, 0, 99999, 5, 1, false);
	world_best(&w);
	for (unsigned i = 0; i < 10000; i++) {
		exch_ts t = w.f.kind->when(&w.f, &w.m);

		if (t == EXCH_TS_NONE)
			break;
		sum += (double)(t - w.m.now) / 1e9;
	}
	/* 5 + 6 a second, to within four deviations of the mean. */
	tap_near(sum / 10000, 1.0 / 11, 0.04 / 11, "units are rounded up");
	world_close(&w);
}

static void
refusals(void)
{
	static const char *const grows[] = {
	    "limit-2 2", "cancel-2 0,1,2", NULL};
	static const char *const none[] = {"cancel-1 0", "market-1 0", NULL};
	struct exch_diag d;
	struct world w;

	tap_is_i64(world_open(&w, "queue", grows, 1, 10, &d), EXCH_ERR_RANGE,
	    "a queue that grows");
	tap_is_str(d.text,
	    "level 2: more orders come than go, and its queue would grow: the "
	    "last of cancel-2 has to be above that of limit-2, so that 64 "
	    "orders are hardly ever there",
	    "is refused with its level");
	world_close(&w);
	tap_is_i64(world_open(&w, "queue", none, 1, 10, &d), EXCH_ERR_RANGE,
	    "or that nothing leaves");
	world_close(&w);
}

int
main(void)
{
	stationary();
	tables();
	moving();
	following();
	units();
	refusals();
	return tap_done();
}
