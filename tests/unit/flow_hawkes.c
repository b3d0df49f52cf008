/*
 * sim/hawkes and flow_hawkes: residuals by time-rescaling are exponential, by a
 * recursion that is the test's own, for 20 seeds, and are not when the process
 * is taken for another; mean rates are (1 - A)^-1 mu; a branching ratio of 1 is
 * refused; orders come in bursts.
 */
#include <config.h>

#include <math.h>

#include "base/rng.h"
#include "flow_kit.h"
#include "ks.h"
#include "sim/hawkes.h"

#define MOST 20000u

struct path {
	unsigned n;
	double time[MOST];
	uint8_t kind[MOST];
};

/* Twelve kinds and three decays, without any symmetry. */
static void
make(struct exch_hawkes *h, double branching)
{
	double is;

	*h = (struct exch_hawkes){.kinds = 12,
	    .decays = 3,
	    .beta = {200, 8, 0.5},
	    .share = {0.5, 0.3, 0.2}};
	for (unsigned i = 0; i < 12; i++) {
		h->mu[i] = 0.2 + 0.1 * (i * 7 % 12);
		for (unsigned j = 0; j < 12; j++)
			h->a[i][j] = (i * 5 + j * 3) % 7 == 0 ? 0.4
				     : i == j		      ? 0.3
							      : 0.02;
	}
	is = exch_hawkes_branching(h);
	for (unsigned i = 0; i < 12; i++)
		for (unsigned j = 0; j < 12; j++)
			h->a[i][j] *= branching / is;
}

/* The mean rates, going around mean = mu + a mean until that holds. */
static void
rates(const struct exch_hawkes *h, double *mean)
{
	double last[12] = {0};

	for (unsigned turn = 0; turn < 2000; turn++) {
		for (unsigned i = 0; i < h->kinds; i++) {
			mean[i] = h->mu[i];
			for (unsigned j = 0; j < h->kinds; j++)
				mean[i] += h->a[i][j] * last[j];
		}
		memcpy(last, mean, h->kinds * sizeof(*last));
	}
}

static void
simulate(const struct exch_hawkes *like, uint64_t seed, struct path *p)
{
	struct exch_hawkes h = *like;
	struct exch_rng r;
	unsigned kind;
	double t = 0;

	exch_rng_seed(&r, seed);
	exch_hawkes_begin(&h);
	for (p->n = 0; p->n < MOST; p->n++) {
		t += exch_hawkes_next(&h, &r, &kind);
		p->time[p->n] = t;
		p->kind[p->n] = (uint8_t)kind;
	}
}

/*
 * What the integral of each kind's intensity is between events of that kind.
 * The past begins with the excitement that exch_hawkes_begin() gives.
 */
static size_t
residuals(const struct exch_hawkes *h, const struct path *p, double *out)
{
	static double s[12][3];
	double whole[12] = {0}, mean[12], last = 0;
	size_t n = 0;

	rates(h, mean);
	for (unsigned i = 0; i < 12; i++)
		for (unsigned k = 0; k < 3; k++)
			s[i][k] = (mean[i] - h->mu[i]) * h->share[k];
	for (unsigned e = 0; e < p->n; e++) {
		double dt = p->time[e] - last;
		unsigned j = p->kind[e];

		last = p->time[e];
		for (unsigned i = 0; i < h->kinds; i++) {
			whole[i] += h->mu[i] * dt;
			for (unsigned k = 0; k < h->decays; k++) {
				double left = exp(-h->beta[k] * dt);

				whole[i] += s[i][k] * (1 - left) / h->beta[k];
				s[i][k] *= left;
				s[i][k] +=
				    h->a[i][j] * h->share[k] * h->beta[k];
			}
		}
		out[n++] = whole[j];
		whole[j] = 0;
	}
	return n;
}

static void
rescaling(void)
{
	static struct path p;
	static double x[MOST];
	struct exch_hawkes h, other;
	unsigned passed = 0, noticed = 0;
	double most;

	make(&h, 0.85);
	other = h;
	for (unsigned k = 0; k < 3; k++)
		other.beta[k] *= 2;
	for (unsigned seed = 1; seed <= 20; seed++) {
		simulate(&h, seed, &p);
		most = ks(x, residuals(&h, &p, x), ks_exponential);
		printf("# seed %u: Kolmogorov-Smirnov %.3f\n", seed, most);
		passed += most < KS_1_PERCENT;
		noticed += ks(x, residuals(&other, &p, x), ks_exponential) >
			   KS_1_PERCENT;
	}
	/* When all is right, 3 of 20 fail once in a thousand such tests. */
	tap_ok(passed >= 18, "residuals are exponential at 1 % for 20 seeds");
	printf("# %u of 20 pass at 1 %%\n", passed);
	tap_ok(noticed >= 18, "decays that are twice as fast are noticed");
	printf("# %u of 20 notice\n", noticed);
}

static void
means(void)
{
	struct exch_hawkes h;
	struct exch_rng r;
	double n[50][12] = {{0}}, want[12], length[50], all = 0;
	unsigned kind;
	bool fine = true;

	make(&h, 0.7);
	rates(&h, want);
	exch_rng_seed(&r, 6);
	exch_hawkes_begin(&h);
	for (unsigned b = 0; b < 50; b++) {
		length[b] = 0;
		for (unsigned e = 0; e < 40000; e++) {
			length[b] += exch_hawkes_next(&h, &r, &kind);
			n[b][kind]++;
		}
		all += length[b];
	}
	for (unsigned i = 0; i < 12; i++) {
		double sum = 0, two = 0, rate;

		for (unsigned b = 0; b < 50; b++)
			sum += n[b][i];
		rate = sum / all;
		for (unsigned b = 0; b < 50; b++) {
			double off = n[b][i] - rate * length[b];

			two += off * off;
		}
		two = sqrt(two / 49 * 50) / all;
		fine =
		    fine && fabs(rate - want[i]) < 4 * two && two < 0.01 * rate;
		printf("# %.4f, theory %.4f, error %.4f\n", rate, want[i], two);
	}
	tap_ok(fine, "mean rates are (1 - A)^-1 mu");
}

static void
branching(void)
{
	struct exch_hawkes h = {.kinds = 2, .a = {{0, 1}, {0.25, 0}}};
	static const char *const much[] = {"dimensions 4", "base-rates 1,1",
	    "excite 0.5,0.25,0.25,0.1,0.1,0.5,0.1,0.5", NULL};
	static const char *const scaled[] = {"dimensions 4", "base-rates 1,1",
	    "excite 0.5,0.25,0.25,0.1,0.1,0.5,0.1,0.5", "branching 0.9", NULL};
	static const char *const few[] = {"dimensions 6", "excite 1,2,3", NULL};
	static const char *const half[] = {
	    "dimensions 6", "base-rates 1,2", NULL};
	struct exch_diag d;
	struct world w;

	tap_near(exch_hawkes_branching(&h), 0.5, 1e-9, "of a circle");
	/* The halves of a mirrored matrix summed up: l^2 - 1.75 l + 0.68 = 0. */
	tap_is_i64(world_open(&w, "hawkes", much, 1, 10, &d), EXCH_ERR_RANGE,
	    "a branching ratio above 1");
	tap_is_str(d.text,
	    "excite has the branching ratio 1.16762: at 1 or more events "
	    "never end; make it less, or say branching",
	    "is refused with the number");
	world_close(&w);
	tap_is_i64(world_open(&w, "hawkes", scaled, 1, 10, &d), EXCH_OK,
	    "unless it is scaled");
	world_close(&w);
	tap_is_i64(world_open(&w, "hawkes", few, 1, 10, &d), EXCH_ERR_RANGE,
	    "a matrix of too few numbers");
	tap_is_str(d.text,
	    "excite has 3 numbers: give 6 rows of 6, or 3 of buys alone",
	    "is refused");
	world_close(&w);
	tap_is_i64(world_open(&w, "hawkes", half, 1, 10, &d), EXCH_ERR_RANGE,
	    "as are rates");
	world_close(&w);
}

/*
 * Through the book: in 4 dimensions orders show the process, besides cancels,
 * which it does not have.  Cancels are none of its, and change nothing.
 */
static void
book_path(const char *loading, struct path *p)
{
	const char *const words[] = {
	    "dimensions 4", "cancel-rate 0.01", "decays 20", loading, NULL};
	struct exch_diag d;
	struct world w;

	exch_check(world_open(&w, "hawkes", words, 2, 1000, &d) == 0);
	for (p->n = 0; p->n < MOST;) {
		world_step(&w);
		if (w.order.what == EXCH_FLOW_CANCEL)
			continue;
		p->time[p->n] = world_seconds(&w);
		p->kind[p->n++] = (uint8_t)(w.order.side * 2 +
					    (w.order.what == EXCH_FLOW_LIMIT));
	}
	world_close(&w);
}

/* Kinds of both sides as one: what a mirrored matrix makes of them. */
static void
both_sides(struct exch_hawkes *h, struct path *p)
{
	unsigned half = h->kinds / 2;

	for (unsigned i = 0; i < half; i++) {
		h->mu[i] += h->mu[i + half];
		for (unsigned j = 0; j < half; j++)
			h->a[i][j] += h->a[i][j + half];
	}
	h->kinds = half;
	for (unsigned e = 0; e < p->n; e++)
		p->kind[e] %= half;
}

static void
through_the_book(void)
{
	static const double base[] = {0.4, 2.0};
	static struct path p;
	static double x[MOST];
	struct exch_hawkes h = {.kinds = 4,
	    .decays = 1,
	    .mu = {base[0], base[1], base[0], base[1]},
	    .a = {{0.30, 0.02, 0.02, 0.01}, {0.50, 0.50, 0.50, 0.10},
		{0.02, 0.01, 0.30, 0.02}, {0.50, 0.10, 0.50, 0.50}},
	    .beta = {20},
	    .share = {1}};
	double is = exch_hawkes_branching(&h), most;

	for (unsigned i = 0; i < 16; i++)
		h.a[i / 4][i % 4] *= 0.9 / is;
	book_path("loading 0", &p);
	most = ks(x, residuals(&h, &p, x), ks_exponential);
	tap_ok(most < KS_PER_MILLE, "the orders of the flow are the process");
	printf("# Kolmogorov-Smirnov %.3f\n", most);
	book_path("loading 0.8", &p);
	most = ks(x, residuals(&h, &p, x), ks_exponential);
	tap_ok(most > KS_1_IN_100000, "with a loading a side by itself is not");
	printf("# Kolmogorov-Smirnov %.3f\n", most);
	both_sides(&h, &p);
	most = ks(x, residuals(&h, &p, x), ks_exponential);
	tap_ok(most < KS_PER_MILLE, "but both sides together are");
	printf("# Kolmogorov-Smirnov %.3f\n", most);
}

/*
 * Without excitement: limit orders by the rates that were given, in a book that
 * stays as it is, with nine prices inside on each side of the middle.
 */
#define PLACES 40000u
#define NONE "0,0,0,0,0,0,0,0,0,0,0,0"

struct places {
	double in, off; /* ticks from the best, summed up */
	double nin, noff, nat;
	double seconds;
};

static void
place(const char *how, struct places *p)
{
	const char *const words[] = {"base-rates 0,3,1,6,0,0",
	    "excite " NONE "," NONE "," NONE "," NONE "," NONE "," NONE, how,
	    "away 4", NULL};
	struct exch_diag d;
	struct world w;

	memset(p, 0, sizeof(*p));
	exch_check(world_open(&w, "hawkes", words, 9, 1000, &d) == 0);
	world_rest(&w, 0, 99990, 1, 1, false);
	world_rest(&w, 1, 100010, 1, 2, false);
	world_best(&w);
	for (unsigned i = 0; i < PLACES; i++) {
		int64_t off;

		w.m.now = w.f.kind->when(&w.f, &w.m);
		w.f.kind->act(&w.f, &w.m, &w.order);
		exch_check(w.order.what == EXCH_FLOW_LIMIT);
		off = w.order.side == 0 ? w.order.tick - 99990
					: 100010 - w.order.tick;
		p->nin += off > 0;
		p->nat += off == 0;
		p->noff += off < 0;
		p->in += off > 0 ? (double)off : 0;
		p->off += off < 0 ? (double)-off : 0;
	}
	p->seconds = world_seconds(&w);
	world_close(&w);
}

static void
placing(void)
{
	struct places p;

	place("inside 0", &p);
	tap_near(p.seconds, PLACES / 20.0, PLACES / 20.0 * 0.02,
	    "base rates of both sides");
	tap_near(p.nin / PLACES, 0.3, 0.01, "three of ten inside");
	tap_near(p.noff / PLACES, 0.6, 0.01, "and six away");
	/* Geometric of mean 4: a variance of 12. */
	tap_near(p.off / p.noff, 4, 4 * sqrt(12 / p.noff), "as far as told");
	/* 1 to 19, each as likely: a variance of 30. */
	tap_near(p.in / p.nin, 10, 4 * sqrt(30 / p.nin), "anywhere inside");
	place("inside 3", &p);
	/* Geometric of mean 3, to 19 at most: 3 (1 - (2/3)^19), variance 6. */
	tap_near(p.in / p.nin, 2.99865, 4 * sqrt(6 / p.nin),
	    "or so much better than the best");
}

/* Fifty orders, each of which goes once in ten seconds. */
static void
going(void)
{
	static const char *const words[] = {"dimensions 4",
	    "base-rates 0.000001,0", "excite 0,0,0,0,0,0,0,0",
	    "cancel-rate 0.1", NULL};
	double seconds = 0, sells = 0;
	struct exch_diag d;
	struct world w;
	exch_ts t;

	exch_check(world_open(&w, "hawkes", words, 10, 1000, &d) == 0);
	for (unsigned i = 0; i < 50; i++)
		world_rest(&w, i < 20, i < 20 ? 100010 : 99990, 1, i + 1, true);
	world_best(&w);
	for (unsigned i = 0; i < PLACES; i++) {
		t = w.f.kind->when(&w.f, &w.m);
		seconds += (double)(t - w.m.now) / 1e9;
		w.f.kind->act(&w.f, &w.m, &w.order);
		exch_check(w.order.what == EXCH_FLOW_CANCEL);
		sells += w.order.id <= 20;
	}
	tap_near(seconds / PLACES, 0.2, 0.2 * 4 / sqrt(PLACES),
	    "orders go at the rate of each");
	tap_near(sells / PLACES, 0.4, 4 * sqrt(0.24 / PLACES), "all alike");
	/* Time has gone by without it, as in a halt: what was due is next. */
	w.m.now += 4000000 * EXCH_SEC;
	tap_ok(w.f.kind->when(&w.f, &w.m) > w.m.now, "never in the past");
	world_close(&w);
}

/* It begins as it goes on: sum over j of a[i][j] rate[j], shared by decays. */
static void
beginning(void)
{
	struct exch_hawkes h;
	double rate[12];
	bool fine = true;

	make(&h, 0.7);
	rates(&h, rate);
	exch_hawkes_begin(&h);
	for (unsigned i = 0; i < 12; i++) {
		double sum = 0;

		for (unsigned j = 0; j < 12; j++)
			sum += h.a[i][j] * rate[j];
		for (unsigned k = 0; k < 3; k++)
			fine = fine && fabs(h.excited[k][i] -
					    sum * h.share[k]) < 1e-9 * sum;
	}
	tap_ok(fine, "excitement begins at its mean");
}

/* A market that lives, in bursts, whatever the number of dimensions. */
static void
alive(const char *dimensions, double bursts, uint64_t want)
{
	const char *words[] = {dimensions, NULL};
	double sum = 0, squares = 0, n = 0;
	unsigned two = 0;
	uint64_t none = 0;
	struct exch_diag d;
	struct world w;

	exch_check(world_open(&w, "hawkes", words, 8, 1000, &d) == 0);
	for (unsigned i = 0; i < 200000; i++) {
		double dt;

		world_step(&w);
		two += world_two_sided(&w);
		none += w.order.what == EXCH_FLOW_NOTHING;
		dt = (double)(w.m.now - w.before) / 1e9;
		sum += dt;
		squares += dt * dt;
		n++;
	}
	squares = sqrt(squares / n - sum / n * (sum / n)) / (sum / n);
	tap_ok(two > 190000 && w.m.trades > 4000 && none < 3000,
	    "a living market");
	tap_ok(squares > bursts, "in bursts");
	tap_is_u64(w.m.trades, want, "and everywhere the same");
	printf("# %s: coefficient of variation %.2f, %lu trades, %lu nothing\n",
	    dimensions, squares, (unsigned long)w.m.trades,
	    (unsigned long)none);
	world_close(&w);
}

int
main(void)
{
	rescaling();
	means();
	branching();
	through_the_book();
	placing();
	going();
	beginning();
	alive("dimensions 12", 2, 9988);
	alive("dimensions 6", 2, 12660);
	alive("dimensions 4", 1.2, 9703);
	return tap_done();
}
