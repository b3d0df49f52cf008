/*
 * base/variate: every distribution against its closed form by the C library's
 * functions, the ziggurat's edges by what defines them, and the very bits.
 */
#include <config.h>

#include "base/real.h"
#include "base/rng.h"
#include "base/variate.h"
#include "ks.h"
#include "tap.h"

#define N 400000u

static double x[N];

static double
exponential(struct exch_rng *r)
{
	return exch_rng_exponential(r);
}

static double
pareto(struct exch_rng *r)
{
	return exch_rng_pareto(r, 1.5);
}

static double
pareto_cdf(double v)
{
	return 1 - pow(v, -1.5);
}

static double
lognormal(struct exch_rng *r)
{
	return exch_rng_lognormal(r, 3, 0.7);
}

static double
lognormal_cdf(double v)
{
	return erfc(-log(v / 3) / 0.7 / sqrt(2)) / 2;
}

static double
student1(struct exch_rng *r)
{
	return exch_rng_student(r, 1);
}

static double
student1_cdf(double v)
{
	return 0.5 + atan(v) / acos(-1);
}

static double
student3(struct exch_rng *r)
{
	return exch_rng_student(r, 3);
}

static double
student3_cdf(double v)
{
	double z = v / sqrt(3);

	return 0.5 + (z / (1 + z * z) + atan(z)) / acos(-1);
}

static void
like(double (*draw)(struct exch_rng *), double (*cdf)(double), const char *what)
{
	struct exch_rng r;
	double most;

	exch_rng_seed(&r, 20261129);
	for (size_t i = 0; i < N; i++)
		x[i] = draw(&r);
	most = ks(x, N, cdf);
	tap_ok(most < KS_1_PERCENT, what);
	printf("# Kolmogorov-Smirnov %.3f, 1 %%: %.3f\n", most, KS_1_PERCENT);
}

/*
 * What the body of a distribution hides: the tail beyond the ziggurat's last
 * edge (7.697) and moments, within five standard errors.
 */
static void
exponential_tail(void)
{
	struct exch_rng r;
	double n = 20e6, beyond = 0, far = 0, sum = 0, two = 0;
	double p = exp(-7.69711747013104972), q = exp(-10);

	exch_rng_seed(&r, 1);
	for (unsigned i = 0; i < 20000000; i++) {
		double v = exch_rng_exponential(&r);

		sum += v;
		two += v * v;
		beyond += v > 7.69711747013104972;
		far += v > 10;
	}
	tap_near(sum / n, 1, 5 / sqrt(n), "mean 1");
	tap_near(two / n, 2, 5 * sqrt(20 / n), "second moment 2");
	tap_near(beyond / n, p, 5 * sqrt(p / n), "the last edge");
	tap_near(far / n, q, 5 * sqrt(q / n), "beyond 10");
}

/* All layers have one area, the lowest with its tail. */
static void
ziggurat(void)
{
	const double *e = exch_ziggurat_edge;
	double area = (e[1] + 1) * exp(-e[1]), most = 0;

	for (unsigned i = 1; i < EXCH_ZIGGURAT_LAYERS; i++) {
		double a = e[i] * (exp(-e[i + 1]) - exp(-e[i]));

		if (!(fabs(a / area - 1) <= most))
			most = fabs(a / area - 1);
	}
	tap_near(most, 0, 1e-12, "the layers' areas");
	tap_near(e[0] * exp(-e[1]) / area, 1, 1e-14, "that of the lowest");
	tap_ok(e[EXCH_ZIGGURAT_LAYERS] == 0, "the top");
}

static void
alias(void)
{
	static const double weight[7] = {3, 0, 1, 0.5, 20, 7, 0.25};
	static const unsigned kept[6] = {0, 2, 3, 4, 5, 6};
	double seen[7] = {0}, share[6], count[6], sum = 31.75;
	struct exch_alias *a;
	struct exch_rng r;
	double one = 4;

	exch_rng_seed(&r, 5);
	tap_is_i64(exch_alias_new(weight, 7, &a), EXCH_OK, "weights");
	for (unsigned i = 0; i < N; i++)
		seen[exch_alias_draw(a, &r)]++;
	exch_alias_free(a);
	tap_ok(seen[1] == 0, "what has no weight never comes");
	for (unsigned i = 0; i < 6; i++) {
		share[i] = weight[kept[i]] / sum;
		count[i] = seen[kept[i]];
	}
	tap_near(chi_square(count, share, 6, N), 0, 2.576, "as the weights");
	tap_is_i64(exch_alias_new(&one, 1, &a), EXCH_OK, "one weight");
	tap_is_u64(exch_alias_draw(a, &r), 0, "is always that");
	exch_alias_free(a);
}

static uint64_t
bits_of(double v)
{
	uint64_t u;

	memcpy(&u, &v, sizeof(u));
	return u;
}

/* All bits of a thousand of each, in one number. */
static uint64_t
digest(double (*draw)(struct exch_rng *))
{
	struct exch_rng r;
	uint64_t h = 0;

	exch_rng_seed(&r, 7);
	for (unsigned i = 0; i < 1000; i++)
		h = (h ^ bits_of(draw(&r))) * UINT64_C(0x100000001b3);
	return h;
}

static void
bits(void)
{
	struct exch_rng r;

	exch_rng_seed(&r, 7);
	tap_is_u64(
	    bits_of(exch_rng_exponential(&r)), 0x3ff8bbe28e325fa5, "the first");
	tap_is_u64(
	    digest(exponential), 0xe3e5d6d66bbe5042, "bits of exponentials");
	tap_is_u64(digest(pareto), 0xee126b9cddb37375, "of Pareto's");
	tap_is_u64(digest(lognormal), 0x6375d3805a8a715d, "of log-normals");
	tap_is_u64(digest(student3), 0x77aa23356698066c, "of Student's");
	tap_is_u64(bits_of(exch_real_pow(2, 0.5)), 0x3ff6a09e667f3bcc,
	    "of the root of 2");
}

int
main(void)
{
	like(exponential, ks_exponential, "exponential");
	exponential_tail();
	ziggurat();
	like(pareto, pareto_cdf, "Pareto");
	like(lognormal, lognormal_cdf, "log-normal");
	like(student1, student1_cdf, "Student's with 1 degree of freedom");
	like(student3, student3_cdf, "Student's with 3");
	tap_near(exch_real_pow(3, 7), 2187, 1e-11, "a power");
	tap_near(exch_real_pow(10, -2.5), pow(10, -2.5), 1e-17, "another");
	alias();
	bits();
	return tap_done();
}
