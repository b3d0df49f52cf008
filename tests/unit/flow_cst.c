/*
 * sim/flow_cst: orders by distance and cancels by distance as the rates are;
 * and where the price goes next, when the spread is a tick, as a race of two
 * birth and death processes, which is solved as a system of linear equations.
 */
#include <config.h>

#include <math.h>

#include "flow_kit.h"
#include "ks.h"

static const char *const none[] = {NULL};
static const double lambda[] = {1.85, 1.51, 1.09, 0.88, 0.77};
static const double theta[] = {0.71, 0.81, 0.68, 0.56, 0.47};
static const double mu = 0.94;

/* Sum over time of orders 1 to 5 ticks, and farther, from the other best. */
static void
exposure(const struct world *w, double *orders, double dt)
{
	for (unsigned side = 0; side < 2; side++) {
		double n = (double)exch_live_count(w->f.live, side);

		for (unsigned i = 0; i < 5; i++) {
			double k = (double)exch_live_at(w->f.live, side,
			    exch_flow_behind(&w->m, side, i + 1));

			orders[i] += k * dt;
			n -= k;
		}
		orders[5] += n * dt;
	}
}

/* Places 0 to 5 as above; of the market as it was before the step. */
static unsigned
place(const struct exch_sim_market *m, unsigned side, int64_t tick)
{
	int64_t edge = exch_flow_edge(m, side);
	int64_t far = side == 0 ? edge - tick : tick - edge;

	return far > 5 ? 5 : (unsigned)far - 1;
}

static void
rates(void)
{
	double limits[6] = {0}, cancels[6] = {0}, orders[6] = {0}, seconds;
	struct exch_sim_market before;
	struct exch_diag d;
	struct world w;
	double want;

	exch_check(world_open(&w, "cst", none, 11, 100, &d) == 0);
	for (unsigned n = 0; n < 1000000; n++) {
		double was[6] = {0};
		unsigned side;
		int64_t tick;
		uint64_t lots;
		exch_ts t = w.f.kind->when(&w.f, &w.m);

		exposure(&w, was, (double)(t - w.m.now) / 1e9);
		for (unsigned i = 0; i < 6; i++)
			orders[i] += was[i];
		before = w.m;
		w.m.now = t;
		w.events++;
		memset(&w.order, 0, sizeof(w.order));
		w.f.kind->act(&w.f, &w.m, &w.order);
		if (w.order.what == EXCH_FLOW_LIMIT)
			limits[place(&before, w.order.side, w.order.tick)]++;
		if (w.order.what == EXCH_FLOW_CANCEL) {
			exch_check(exch_live_find(
			    w.f.live, w.order.id, &side, &tick, &lots));
			cancels[place(&before, side, tick)]++;
		}
		world_apply(&w, &w.order);
		world_best(&w);
	}
	seconds = world_seconds(&w);
	for (unsigned i = 0; i < 5; i++) {
		want = 2 * lambda[i] * seconds;
		tap_near(limits[i], want, 4 * sqrt(want), "lambda");
		want = theta[i] * orders[i];
		tap_near(cancels[i], want, 4 * sqrt(want), "theta");
	}
	tap_is_u64((uint64_t)limits[5], 0, "nothing beyond the list");
	want = theta[4] * orders[5];
	tap_near(cancels[5], want, 4 * sqrt(want), "theta of all beyond");
	want = 2 * mu * seconds;
	tap_near((double)(w.markets + w.nothing), want, 4 * sqrt(want), "mu");
	world_close(&w);
}

#define DEEP 40u
/* up[b][a]: that the offers are gone first, of b bids and a offers. */
static double up[DEEP + 1][DEEP + 1];

static void
solve(void)
{
	for (unsigned a = 0; a <= DEEP; a++)
		up[a][0] = a > 0;
	for (unsigned n = 0; n < 3000; n++)
		for (unsigned b = 1; b <= DEEP; b++)
			for (unsigned a = 1; a <= DEEP; a++) {
				double born_b = b < DEEP ? lambda[0] : 0;
				double born_a = a < DEEP ? lambda[0] : 0;
				double dies_b = mu + theta[0] * b;
				double dies_a = mu + theta[0] * a;
				double sum = dies_b * up[b - 1][a] +
					     dies_a * up[b][a - 1];

				if (b < DEEP)
					sum += born_b * up[b + 1][a];
				if (a < DEEP)
					sum += born_a * up[b][a + 1];
				up[b][a] =
				    sum / (born_b + born_a + dies_b + dies_a);
			}
}

/*
 * While the spread is a tick: after some events, whose number has nothing to
 * do with them, queues are noted; when the middle moves, where to.
 */
static void
race(void)
{
	static double seen[8][8], ups[8][8];
	struct exch_diag d;
	struct world w;
	double sum = 0, cells = 0, all = 0;
	unsigned wait = 0, turn = 0;
	int64_t b = 0, a = 0;
	uint64_t nb = 0, na = 0;

	exch_check(world_open(&w, "cst", none, 12, 100, &d) == 0);
	for (unsigned n = 0; n < 3000000; n++) {
		world_step(&w);
		if (w.m.best[0] != b || w.m.best[1] != a) {
			/* the first of both changes ends the race */
			if (nb > 0 && nb < 8 && na < 8 && wait > 1000) {
				seen[nb][na]++;
				ups[nb][na] += w.m.best[1] != a;
			}
			b = w.m.best[0];
			a = w.m.best[1];
			wait = turn++ % 5;
			nb = na = 0;
		}
		if (!world_two_sided(&w) || a != b + 1)
			continue;
		if (wait == 0) {
			nb = exch_live_at(w.f.live, 0, b);
			na = exch_live_at(w.f.live, 1, a);
			wait = 2000;
		} else if (wait < 1000) {
			wait--;
		}
	}
	for (unsigned i = 1; i < 8; i++)
		for (unsigned j = 1; j < 8; j++) {
			double p = up[i][j], k = seen[i][j];
			double off = ups[i][j] - k * p;

			all += k;
			if (k * p < 10 || k * (1 - p) < 10)
				continue;
			sum += off * off / (k * p * (1 - p));
			cells++;
		}
	tap_ok(all > 30000 && cells > 15, "many races");
	/* Wilson and Hilferty's normal variate, of a 1000th */
	sum = (cbrt(sum / cells) - 1 + 2 / (9 * cells)) / sqrt(2 / (9 * cells));
	tap_ok(fabs(sum) < 3.1, "where the price goes next");
	printf("# %g races in %g cells: chi-square is %.2f deviations\n", all,
	    cells, sum);
	printf("# of 1 and 1: %.4f up; of 1 and 3: %.4f, theory %.4f\n",
	    ups[1][1] / seen[1][1], ups[1][3] / seen[1][3], up[1][3]);
	world_close(&w);
}

static void
power(void)
{
	static const char *const words[] = {
	    "limit-power 1.92,0.52", "limit-levels 12", NULL};
	double seen[12] = {0}, share[12], sum = 0, all = 0;
	struct exch_diag d;
	struct world w;

	exch_check(world_open(&w, "cst", words, 13, 100, &d) == 0);
	for (unsigned n = 0; n < 200000; n++) {
		struct exch_sim_market before = w.m;
		int64_t edge, far;

		world_step(&w);
		if (w.order.what != EXCH_FLOW_LIMIT)
			continue;
		edge = exch_flow_edge(&before, w.order.side);
		far = w.order.side == 0 ? edge - w.order.tick
					: w.order.tick - edge;
		seen[far - 1]++;
		all++;
	}
	for (unsigned i = 0; i < 12; i++)
		sum += share[i] = pow(i + 1, -0.52);
	for (unsigned i = 0; i < 12; i++)
		share[i] /= sum;
	tap_ok(fabs(chi_square(seen, share, 12, all)) < 3.1, "a power law");
	tap_near(all / world_seconds(&w), 2 * 1.92 * sum,
	    4 * sqrt(all) / world_seconds(&w), "of that rate");
	world_close(&w);
}

static void
refusals(void)
{
	static const char *const twice[] = {
	    "limit-rates 1,2", "limit-power 1,2", NULL};
	static const char *const one[] = {"limit-power 1", NULL};
	static const char *const idle[] = {"limit-rates 0,0", NULL};
	static const char *const stay[] = {"cancel-rates 1,0", NULL};
	static const char *const *const all[] = {twice, one, idle, stay};
	static const char *const text[] = {
	    "limit-rates and limit-power: give one of them",
	    "limit-power: give two numbers, k,alpha",
	    "limit orders: all rates are 0: give one above 0",
	    "cancel-rates: the last is not above 0, and orders far away would "
	    "never go: give one above 0"};
	struct exch_diag d;
	struct world w;

	for (unsigned i = 0; i < 4; i++) {
		tap_is_i64(world_open(&w, "cst", all[i], 1, 10, &d),
		    EXCH_ERR_RANGE, "refused");
		tap_is_str(d.text, text[i], "with a reason");
		world_close(&w);
	}
}

int
main(void)
{
	rates();
	solve();
	race();
	power();
	refusals();
	return tap_done();
}
