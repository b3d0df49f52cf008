/*
 * risk/var, assets, carlo: a worked list of profits and losses, factors of the
 * normal distribution, Hull's two assets, matrices that are none, Monte Carlo
 * beside the exact value.
 */
#include <config.h>

#include <math.h>

#include "base/rng.h"
#include "risk/var.h"
#include "tap.h"

#define ONE EXCH_CASH_ONE

static const int worked[20] = {
    -12, 5, 3, -7, 8, -20, 1, 4, -3, 6, -9, 2, -1, 7, -15, 3, 0, -4, 10, -2};

static void
history(void)
{
	exch_cash pl[20], big[500];
	struct exch_tail t;
	struct exch_moments m;

	for (int i = 0; i < 20; i++)
		pl[i] = worked[i] * ONE;
	(void)exch_moments(pl, 20, &m);
	tap_near(m.mean / 1e6, -1.2, 1e-12, "mean");
	tap_near(m.sd / 1e6, 7.990784, 5e-7, "deviation");
	tap_near(exch_var_normal(m.mean, m.sd, 950000) / 1e6, 14.3437, 5e-5,
	    "normal VaR with the mean");
	tap_near(
	    exch_var_normal(0, m.rms, 950000) / 1e6, 12.9620, 5e-5, "around 0");
	tap_is_i64(exch_var_history(pl, 20, 900000, &t), 0, "a VaR");
	tap_is_i64(t.var, 15 * ONE, "of 90 %");
	tap_is_i64(t.es, 17500000, "what is lost beyond it");
	(void)exch_var_history(pl, 20, 950000, &t);
	tap_is_i64(t.var, 20 * ONE, "of 95 %");
	(void)exch_var_history(pl, 20, 999999, &t);
	tap_ok(t.k == 1 && t.var == 20 * ONE, "at least the worst");
	for (int i = 0; i < 500; i++)
		big[i] = (i * 37 % 500 - 250) * ONE;
	(void)exch_var_history(big, 500, 990000, &t);
	tap_is_u64(t.k, 5, "500 x 1 % are five, not six");
	tap_is_i64(t.var, 246 * ONE, "the fifth worst");
	tap_is_i64(t.es, 248 * ONE, "mean of five");
}

static void
edges(void)
{
	exch_cash pl[3] = {INT64_MIN + 1, INT64_MIN + 1, INT64_MIN + 1};
	exch_cash gains[2] = {3, 4}, half[2] = {-1, -2}, worst = INT64_MIN;
	struct exch_tail t;
	struct exch_moments m;

	tap_is_i64(
	    exch_var_history(pl, 0, 990000, &t), EXCH_ERR_ABSENT, "no history");
	tap_is_i64(exch_moments(pl, 1, &m), EXCH_ERR_ABSENT, "nor moments");
	tap_is_i64(exch_var_history(pl, 3, 0, &t), EXCH_ERR_RANGE, "a level");
	tap_is_i64(
	    exch_var_history(pl, 3, 1000000, &t), EXCH_ERR_RANGE, "beyond");
	(void)exch_var_history(pl, 3, 1, &t);
	tap_is_i64(t.es, INT64_MAX, "sums go beyond 64 bits");
	(void)exch_var_history(gains, 2, 500000, &t);
	tap_is_i64(t.var, -3, "a profit even then");
	(void)exch_var_history(half, 2, 1, &t);
	tap_is_i64(t.es, 2, "a half goes to the even one");
	tap_is_i64(exch_var_history(&worst, 1, 990000, &t), EXCH_ERR_RANGE,
	    "a loss that is no number");
}

static void
factors(void)
{
	tap_near(exch_var_factor(950000), 1.644854, 5e-7, "z 95");
	tap_near(exch_var_factor(975000), 1.959964, 5e-7, "z 97.5");
	tap_near(exch_var_factor(990000), 2.326348, 5e-7, "z 99");
	tap_near(exch_es_factor(950000), 2.062713, 5e-7, "ES 95");
	tap_near(exch_es_factor(975000), 2.337803, 5e-7, "ES 97.5");
	tap_near(exch_es_factor(990000), 2.665214, 5e-7, "ES 99");
}

static const double value[2] = {10e6, 5e6}, vol[2] = {.02, .01};
static const double corr[4] = {1, .3, .3, 1};
static const struct exch_assets two = {2, value, vol, corr};

static void
assets(void)
{
	double sd = 0;

	tap_is_i64(exch_assets_sd(&two, &sd), 0, "two assets");
	tap_near(sd, 220227, 0.5, "their deviation");
	tap_near(exch_var_normal(0, sd, 990000) * sqrt(10), 1620114, 0.5,
	    "10 days at 99 %");
}

static void
refused(const double *c, size_t n, const char *why)
{
	struct exch_diag d = {0};
	double l[9];

	tap_is_i64(exch_cholesky(c, n, l, &d), EXCH_ERR_RANGE, why);
	if (!tap_ok(strstr(d.text, why) != NULL, "and says why"))
		printf("# %s\n", d.text);
}

static void
matrices(void)
{
	static const double skew[4] = {1, .3, .2, 1},
			    wide[4] = {1, 1.1, 1.1, 1};
	static const double off[4] = {1, .3, .3, .9}, twin[4] = {1, 1, 1, 1};
	static const double odd[9] = {1, .9, .9, .9, 1, -.9, .9, -.9, 1};
	static const double none[4] = {1, NAN, NAN, 1};
	static const double good[9] = {1, .5, .2, .5, 1, -.3, .2, -.3, 1};
	double l[9], most = 0;

	refused(skew, 2, "across the diagonal");
	refused(wide, 2, "row 2, column 1 (1.1) is not within");
	refused(off, 2, "row 2, column 2 (0.9) stands on the diagonal");
	refused(none, 2, "is not within -1 and 1");
	refused(twin, 2, "row 2 follows from those");
	refused(odd, 3, "row 3 follows from those before it, or contradicts");
	tap_is_i64(exch_cholesky(good, 3, l, NULL), 0, "a sound one");
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++) {
			double sum = 0;

			for (int k = 0; k < 3; k++)
				sum += l[i * 3 + k] * l[j * 3 + k];
			most = fmax(most, fabs(sum - good[i * 3 + j]));
		}
	tap_near(most, 0, 1e-15, "is its factor times its mirror image");
}

static void
carlo(void)
{
	struct exch_carlo_opts o = {
	    .seed = 1, .paths = 200000, .level = 990000, .threads = 1};
	struct exch_carlo a, b;
	struct exch_diag d = {0};
	double sd;
	unsigned off = 0;

	(void)exch_assets_sd(&two, &sd);
	tap_is_i64(exch_var_carlo(&two, &o, &a, NULL), 0, "Monte Carlo");
	for (o.threads = 2; o.threads < 6; o.threads++) {
		(void)exch_var_carlo(&two, &o, &b, NULL);
		tap_ok(memcmp(&a, &b, sizeof(a)) == 0,
		    "the same digits from more threads");
	}
	/* Of 20 seeds one in 370 would be beyond three deviations. */
	for (o.seed = 1; o.seed <= 20; o.seed++) {
		(void)exch_var_carlo(&two, &o, &b, NULL);
		off += fabs(b.var - exch_var_normal(0, sd, 990000)) > 3 * b.se;
	}
	tap_ok(off <= 1, "within three standard errors of the exact one");
	tap_near(
	    b.es / exch_es_normal(0, sd, 990000), 1, 0.02, "and its shortfall");
	tap_near(b.se / (sd * 2.3263 * 0.0037), 1, 0.6, "an error of 0.4 %");
	tap_ok(memcmp(&a, &b, sizeof(a)) != 0, "another seed, other digits");
	o.paths = 99;
	tap_is_i64(
	    exch_var_carlo(&two, &o, &b, &d), EXCH_ERR_RANGE, "too few paths");
}

int
main(void)
{
	history();
	edges();
	factors();
	assets();
	matrices();
	carlo();
	return tap_done();
}
