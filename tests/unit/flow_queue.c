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
	tap_is_u64(w.m.trades, 19599, "and everywhere the same");
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
	refusals();
	return tap_done();
}
