/*
 * Statistics of long series against what is known of them: closed forms, and
 * figures worked out here the long way.
 */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "base/real.h"
#include "base/rng.h"
#include "report/facts.h"
#include "report/realism.h"
#include "report_kit.h"
#include "tap.h"

#define N 100000

static struct exch_rng rng;

static bool
within(double got, double want, double off)
{
	bool ok = got > want - off && got < want + off;

	if (!ok)
		printf("# got %.9g, want %.9g\n", got, want);
	return ok;
}

static void
moments(void)
{
	struct exch_moments m = {0};
	double v = 0;

	for (int i = 0; i < 4; i++)
		exch_moments_add(&m, 7);
	tap_ok(!exch_moments_kurtosis(&m, &v), "all the same: no kurtosis");
	m = (struct exch_moments){0};
	for (int i = 0; i < 600; i++)
		exch_moments_add(
		    &m, exch_real_log((1e10 + i + 1) / (1e10 + i)));
	tap_ok(!exch_moments_kurtosis(&m, &v),
	    "nor where they differ by what was rounded");
	m = (struct exch_moments){0};
	for (int i = 0; i < 5; i++)
		exch_moments_add(&m, i == 0 ? 6 : 1);
	/* mean 2, squares 4 and 1 four times: m2 4, m4 (256 + 4) / 5 = 52 */
	tap_ok(exch_moments_kurtosis(&m, &v) && within(v, 0.25, 1e-12),
	    "kurtosis by hand");
	tap_ok(exch_moments_variation(&m, &v) && within(v, 1, 1e-12),
	    "variation by hand");
	m = (struct exch_moments){0};
	for (int i = 0; i < N; i++)
		exch_moments_add(&m, exch_rng_normal(&rng));
	/* standard error sqrt(24 / n) = 0.0155 */
	tap_ok(exch_moments_kurtosis(&m, &v) && within(v, 0, 0.062),
	    "the normal distribution has none");
	m = (struct exch_moments){0};
	for (int i = 0; i < N; i++)
		exch_moments_add(&m, -exch_real_log(exch_rng_unit(&rng)));
	tap_ok(exch_moments_variation(&m, &v) && within(v, 1, 0.02),
	    "arrivals by chance: variation 1");
}

static void
memory(void)
{
	static struct exch_memory m;
	double x = 0, v = 0;

	m = (struct exch_memory){.lags = 2};
	/* mean 2.5, deviations -1.5 -0.5 0.5 1.5, variance 1.25 */
	for (int i = 1; i <= 4; i++)
		exch_memory_add(&m, i);
	tap_ok(exch_memory_at(&m, 1, &v) && within(v, 1.25 / 3 / 1.25, 1e-12),
	    "lag 1 by hand");
	tap_ok(exch_memory_at(&m, 2, &v) && within(v, -1.5 / 2 / 1.25, 1e-12),
	    "lag 2 by hand");
	exch_memory_gap(&m);
	exch_memory_add(&m, 2.5);
	tap_is_u64(m.lag[0].n, 3, "no pair spans a gap");
	m = (struct exch_memory){.lags = EXCH_MEMORY_LAGS};
	for (int i = 0; i < N; i++) {
		x = 0.7 * x + exch_rng_normal(&rng);
		exch_memory_add(&m, x);
	}
	tap_ok(exch_memory_at(&m, 1, &v) && within(v, 0.7, 0.02),
	    "a process of first order");
	tap_ok(exch_memory_at(&m, 5, &v) && within(v, 0.16807, 0.03),
	    "and five steps of it");
	m = (struct exch_memory){.lags = 20};
	for (int i = 0; i < 600; i++)
		exch_memory_add(
		    &m, fabs(exch_real_log(
			    i % 2 == 0 ? 20000. / 19998 : 19998. / 20000)));
	tap_ok(!exch_memory_at(&m, 1, &v) && !exch_memory_at(&m, 20, &v),
	    "up and down by as much: what was rounded has no memory");
	m = (struct exch_memory){.lags = 5};
	for (int i = 0; i < N; i++)
		exch_memory_add(&m, exch_rng_normal(&rng));
	tap_ok(exch_memory_at(&m, 1, &v) && within(v, 0, 0.0126),
	    "steps of a random walk have none");
	tap_ok(!exch_memory_decay(&m, &v), "and no decay");
}

/* A series whose sums are those of a memory that decays as k^-0.5. */
static void
decay(void)
{
	static struct exch_memory m;
	double v = 0;

	m = (struct exch_memory){.lags = 50, .n = N, .squares = N};
	for (unsigned k = 1; k <= 50; k++)
		m.lag[k - 1] = (struct exch_memory_lag){
		    .n = N, .product = 0.4 * N / sqrt(k)};
	tap_ok(exch_memory_decay(&m, &v) && within(v, 0.5, 1e-12),
	    "the exponent of a decay");
	m.lags = 4;
	tap_ok(!exch_memory_decay(&m, &v), "of four lags none");
}

static int
descending(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return *x > *y ? -1 : *x < *y;
}

static void
tails(void)
{
	static struct exch_tail t;
	static double all[N];
	double sum = 0, v = 0;

	tap_ok(!exch_tail_hill(&t, &v), "no values");
	for (int i = 0; i < N; i++) {
		all[i] =
		    exch_real_exp(-exch_real_log(exch_rng_unit(&rng)) / 3.0);
		exch_tail_add(&t, all[i]);
	}
	/* 5,000 of them: standard error 3 / sqrt(5000) = 0.042 */
	tap_ok(exch_tail_hill(&t, &v) && within(v, 3, 0.17),
	    "Hill's estimate of Pareto's law of exponent 3");
	qsort(all, N, sizeof(all[0]), descending);
	for (int i = 0; i < 5000; i++)
		sum += log(all[i] / all[5000]);
	tap_ok(within(v, 5000 / sum, 1e-9), "and as the whole sample has it");
	for (int i = 0; i < N; i++)
		exch_tail_add(&t, all[i] * 2);
	tap_ok(exch_tail_hill(&t, &v) && within(v, 3, 0.17),
	    "more may be added afterwards");
	t = (struct exch_tail){0};
	for (int i = 0; i < 1000; i++)
		exch_tail_add(&t, i < 40 ? 1 : 0);
	tap_ok(!exch_tail_hill(&t, &v), "too few are not 0");
	t = (struct exch_tail){0};
	for (int i = 0; i < 1000; i++)
		exch_tail_add(&t, 1 + (i % 2) * 1e-15);
	tap_ok(!exch_tail_hill(&t, &v), "nor is there a tail of the same");
}

/* ---- distributions ---- */

static void
classes(void)
{
	bool ok = true;

	for (uint64_t x = 0; x < UINT64_C(15) << 60;
	     x = x < 4096 ? x + 1 : x + x / 17) {
		double off = exch_shape_middle(exch_shape_class(x)) - (double)x;

		if (x < 16 ? off != 0 : fabs(off) > (double)x / 16)
			ok = false;
		if (exch_shape_class(x + 1) < exch_shape_class(x))
			ok = false;
	}
	tap_ok(ok, "the middle of a class is near all that is in it");
	tap_is_u64(exch_shape_class(UINT64_MAX), EXCH_SHAPE_CLASSES - 1,
	    "the largest number is in the last class");
}

/* Ten times 0.1 is not 1 in doubles, and classes above are 2^49 wide. */
static void
rounded_shares(void)
{
	static struct exch_shape a, b;
	struct exch_shape_distance far;
	bool ok = exch_shape_add(&b, 0, 5, 1) == 0;

	for (unsigned i = 0; i < 10; i++)
		ok = ok && exch_shape_add(&a, 0, i, 1) == 0;
	tap_ok(ok && exch_shape_compare(&a, &b, EXCH_SHAPE_W1, &rng, &far) &&
		   within(far.value, 2.5, 1e-12),
	    "what shares lose by rounding is not moved far");
	exch_shape_clear(&a);
	exch_shape_clear(&b);
}

/* Two classes of something else: three quarters of a are in the first. */
static void
parts(void)
{
	static struct exch_shape a, b;
	struct exch_shape_part x[3] = {{&a, 0, 2}, {&a, 2, 4}, {&a, 4, 6}};
	struct exch_shape_part y[3] = {{&b, 0, 2}, {&b, 2, 4}, {&b, 4, 6}};
	struct exch_shape_distance far;
	bool ok = exch_shape_add(&a, 1, 2, 30) == 0 &&
		  exch_shape_add(&a, 2, 6, 10) == 0 &&
		  exch_shape_add(&b, 0, 3, 1) == 0 &&
		  exch_shape_add(&b, 3, 6, 2) == 0 &&
		  exch_shape_add(&b, 3, 8, 2) == 0;

	/* 1 of three quarters, half of 2 of the rest */
	tap_ok(
	    ok &&
		exch_shape_compare_parts(x, y, 3, EXCH_SHAPE_W1, &rng, &far) &&
		within(far.value, 1, 1e-12) && within(far.mean, 3, 1e-12),
	    "distances as heavy as the first is where they are");
	tap_ok(within(far.covered, 1, 1e-12),
	    "an empty part of it weighs nothing");
	ok = exch_shape_add(&a, 5, 1, 60) == 0;
	tap_ok(
	    ok &&
		exch_shape_compare_parts(x, y, 3, EXCH_SHAPE_W1, &rng, &far) &&
		within(far.value, 1, 1e-12) && within(far.covered, 0.4, 1e-12),
	    "what has no counterpart is not compared");
	tap_ok(!exch_shape_compare_parts(
		   &x[2], &y[2], 1, EXCH_SHAPE_L1, &rng, &far),
	    "and nothing is if nothing has");
	exch_shape_clear(&a);
	exch_shape_clear(&b);
}

static void
distances(void)
{
	static struct exch_shape a, b;
	struct exch_shape_distance l1, w1, again;
	struct exch_rng r;
	bool ok = true;

	tap_ok(!exch_shape_compare(&a, &b, EXCH_SHAPE_L1, &rng, &l1),
	    "empty ones are not compared");
	/* a: half of 2, half of 4; b: 3, and 7 of a quarter */
	for (unsigned i = 0; i < 4; i++) {
		ok = ok && exch_shape_add(&a, i, 2, 10) == 0 &&
		     exch_shape_add(&a, i, 4, 10) == 0 &&
		     exch_shape_add(&b, i, 3, 15) == 0 &&
		     exch_shape_add(&b, i, 7, 5) == 0;
	}
	exch_rng_seed(&r, 5);
	tap_ok(ok && exch_shape_compare(&a, &b, EXCH_SHAPE_L1, &r, &l1) &&
		   within(l1.value, 2, 1e-12),
	    "nothing in common: 2");
	/* |.5| for 2..3, |.25| for 3..4, |.25| for 4..7 */
	tap_ok(exch_shape_compare(&a, &b, EXCH_SHAPE_W1, &r, &w1) &&
		   within(w1.value, 1.5, 1e-12),
	    "what it takes to move one to the other");
	tap_ok(w1.sure && within(w1.low, 1.5, 1e-12) &&
		   within(w1.high, 1.5, 1e-12),
	    "blocks that are all alike leave no doubt");
	tap_ok(within(w1.mean, 3, 1e-12) && within(w1.covered, 1, 1e-12),
	    "the mean of the first, all of which was compared");
	ok = exch_shape_add(&b, 7, 12, 40) == 0;
	tap_ok(ok && exch_shape_compare(&a, &b, EXCH_SHAPE_W1, &r, &w1) &&
		   w1.low < w1.value && w1.high > w1.value,
	    "one that differs does");
	exch_rng_seed(&r, 7);
	(void)exch_shape_compare(&a, &b, EXCH_SHAPE_W1, &r, &w1);
	exch_rng_seed(&r, 7);
	(void)exch_shape_compare(&a, &b, EXCH_SHAPE_W1, &r, &again);
	tap_ok(memcmp(&w1, &again, sizeof(w1)) == 0, "by the seed");
	tap_ok(
	    exch_shape_compare(&a, &a, EXCH_SHAPE_L1, &r, &l1) && l1.value == 0,
	    "from itself it is not apart");
	exch_shape_clear(&a);
	exch_shape_clear(&b);
}

/* ---- a stream ---- */

/* The only offer is executed, and seconds pass before the event is over. */
static void
time_within_an_event(void)
{
	static struct tape t;
	static struct exch_facts list;
	struct exch_rec_exec *e;
	struct exch_realism *x = NULL;
	struct exch_diag d = {0};
	bool ok;

	t.time = 100 * EXCH_SEC;
	add_instrument(&t);
	add_order(&t, 1, EXCH_BUY, 999, 10, true);
	add_order(&t, 2, EXCH_SELL, 1001, 10, true);
	add_order(&t, 3, EXCH_BUY, 1001, 20, false);
	e = add(&t, EXCH_REC_EXEC, sizeof(*e), MATCHER, 0);
	*e = (struct exch_rec_exec){.h = e->h,
	    .match = 1,
	    .buy = 3,
	    .sell = 2,
	    .price = 1001 * PX,
	    .qty = 10,
	    .aggressor = EXCH_BUY};
	t.time += 5 * EXCH_SEC;
	add_exec(&t, 2, 3, 99, 1001, 10);
	ok = exch_realism_new(NULL, &x, &d) == 0;
	for (size_t i = 0; ok && i < t.n;) {
		const struct exch_rec *r =
		    (const struct exch_rec *)(const void *)&t.word[i];

		ok = exch_realism_record(x, r, &d) == 0;
		i += r->len8;
	}
	ok = ok && exch_realism_finish(x, &d) == 0;
	tap_ok(ok, "a side that is empty within an event");
	if (ok)
		exch_realism_facts(x, x, 1, &list);
	tap_ok(ok && list.n > 40 && strcmp(exch_realism_symbol(x), "ABC") == 0,
	    "gives figures all the same");
	exch_realism_free(x);
}

int
main(void)
{
	time_within_an_event();
	exch_rng_seed(&rng, 20261129);
	moments();
	memory();
	decay();
	tails();
	classes();
	distances();
	rounded_shares();
	parts();
	return tap_done();
}
