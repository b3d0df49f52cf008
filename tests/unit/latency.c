/*
 * sim/latency: what words mean, moments and quantiles of the laws, the queue
 * against one that is worked out by hand and against the formula of M/D/1, and
 * that nothing overtakes.
 */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/real.h"
#include "sim/latency.h"

#define US UINT64_C(1000)
#define N 200000

static const char *content;

static int
slurp(void *arg, const char *path, char **bytes, size_t *n, struct exch_diag *d)
{
	(void)arg;
	if (strcmp(path, "absent") == 0)
		return exch_diag_set(
		    d, EXCH_ERR_IO, path, EXCH_POS_NONE, 0, "cannot open");
	*bytes = exch_strdup(content);
	*n = strlen(content);
	return *bytes != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

/* From a line of words; NULL: refused, and d says why. */
static struct exch_latency *
parse(const char *line, unsigned *taken, struct exch_diag *d)
{
	char text[256];
	const char *word[16];
	struct exch_latency *l = NULL;
	unsigned n = 0;

	memset(d, 0, sizeof(*d));
	snprintf(text, sizeof(text), "%s", line);
	for (char *p = strtok(text, " "); p != NULL; p = strtok(NULL, " "))
		word[n++] = p;
	if (exch_latency_parse(word, n, taken, slurp, NULL, &l, d) != 0)
		return NULL;
	return l;
}

static struct exch_latency *
good(const char *line)
{
	struct exch_diag d;
	unsigned taken;
	struct exch_latency *l = parse(line, &taken, &d);

	if (l == NULL) {
		printf("Bail out! %s: %s\n", line, d.text);
		exit(1);
	}
	return l;
}

static void
refused(const char *line, unsigned at, const char *why)
{
	struct exch_diag d;
	unsigned taken;
	struct exch_latency *l = parse(line, &taken, &d);

	tap_ok(l == NULL && taken == at, line);
	tap_is_str(d.text, why, "and says so");
	exch_latency_free(l);
}

static void
words(void)
{
	static const struct {
		const char *line;
		unsigned taken;
		uint64_t least;
	} ok[] = {{"50us", 1, 50 * US}, {"0 for", 1, 0},
	    {"lognormal 50us 0.5", 3, 0},
	    {"lognormal 50us 0.5 20us x", 4, 20 * US},
	    {"lognormal 50us 0.5 taker", 3, 0},
	    {"load 20us 1us 5us", 3, 21 * US}, {"file x y", 2, 7}};
	struct exch_diag d;
	unsigned taken;

	content = "10\n7\n  12 # slow\n\n# a note\n7\r\n";
	for (size_t i = 0; i < sizeof(ok) / sizeof(ok[0]); i++) {
		struct exch_latency *l = parse(ok[i].line, &taken, &d);

		tap_ok(l != NULL && taken == ok[i].taken, ok[i].line);
		if (l == NULL)
			continue;
		tap_is_u64(exch_latency_least(l), ok[i].least, "its least");
		exch_latency_free(l);
	}
	refused("", 0,
	    "latency: a time such as 50us, lognormal, file or load is missing");
	refused("50", 0,
	    "latency: \"50\" is not a time such as 50us, lognormal, file or "
	    "load");
	refused("lognormla 50us 1", 0,
	    "latency: \"lognormla\" is no law; did you mean \"lognormal\"?");
	refused(
	    "lognormal x 1", 1, "latency: \"x\" is not a median such as 50us");
	refused("lognormal 50us", 2,
	    "latency: a sigma, the standard deviation of the logarithm, such "
	    "as 0.5, from 0 to 5 is missing");
	refused("lognormal 50us -1", 2,
	    "latency: \"-1\" is not a sigma, the standard deviation of the "
	    "logarithm, such as 0.5, from 0 to 5");
	refused("lognormal 50us 1 60us", 3,
	    "latency: \"60us\" is not a least that is below the median");
	refused("load 20us", 2,
	    "latency: the time for one message, such as 1us, is missing");
	refused("file", 1, "latency: the name of a file is missing");
	refused("file absent", 1, "cannot open");
}

static void
bad_files(void)
{
	static const struct {
		const char *content, *why;
		uint64_t line;
	} t[] = {
	    {"1\n2\n3.5\n",
		"\"3.5\" is no whole number of nanoseconds up to 24 hours", 3},
	    {"1\n\n-2",
		"\"-2\" is no whole number of nanoseconds up to 24 hours", 3},
	    {"86400000000001",
		"\"86400000000001\" is no whole number of nanoseconds up to 24 "
		"hours",
		1},
	    {"# none\n",
		"there are no latencies in it: a whole number of nanoseconds "
		"on "
		"every line",
		0}};
	struct exch_diag d;
	unsigned taken;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		content = t[i].content;
		tap_ok(parse("file rows.txt", &taken, &d) == NULL,
		    "a file with a bad row");
		tap_is_str(d.text, t[i].why, "says what is wrong");
		tap_is_str(d.name, "rows.txt", "in which file");
		tap_is_u64(d.where, t[i].line, "and where");
	}
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/*
 * Far apart, so that nothing waits for what went before.  Bounds are five
 * standard errors: of the mean of the logarithms sigma / sqrt(n), of a
 * quantile sqrt(p (1 - p) / n) in probability.
 */
static void
lognormal(void)
{
	static double v[N];
	struct exch_latency *l = good("lognormal 50us 0.5");
	const double median = 50e3, sigma = 0.5;
	struct exch_rng rng;
	double sum = 0, logs = 0, mean, tol;

	exch_rng_seed(&rng, 1);
	for (unsigned i = 0; i < N; i++) {
		exch_ts t = i * EXCH_SEC;

		v[i] = (double)(exch_latency_arrival(l, &rng, t) - t);
		sum += v[i];
		logs += log(v[i]);
	}
	mean = median * exp(sigma * sigma / 2);
	tol = 5 * mean * sqrt((exp(sigma * sigma) - 1) / N);
	tap_near(sum / N, mean, tol, "the mean of a log-normal");
	tap_near(logs / N, log(median), 5 * sigma / sqrt(N),
	    "the mean of its logarithm");
	qsort(v, N, sizeof(v[0]), by_size);
	for (unsigned i = 1; i < 100; i += 7) {
		double p = i / 100.0, off = 5 * sqrt(p * (1 - p) / N);
		double low =
		    median * exp(sigma * exch_normal_quantile(p - off));
		double high =
		    median * exp(sigma * exch_normal_quantile(p + off));
		double q = v[(size_t)(p * N)];
		char what[32];

		snprintf(what, sizeof(what), "its quantile %u%%", i);
		if (!tap_ok(q >= low && q <= high, what))
			printf("# %g not in %g..%g\n", q, low, high);
	}
	exch_latency_free(l);
	l = good("lognormal 50us 2 40us");
	exch_rng_seed(&rng, 2);
	for (unsigned i = 0; i < N; i++) {
		exch_ts t = i * 24 * 3600 * EXCH_SEC;

		if (exch_latency_arrival(l, &rng, t) < t + 40 * US)
			break;
		v[0] = i;
	}
	tap_is_u64(v[0], N - 1, "never below its least");
	exch_latency_free(l);
}

static void
empirical(void)
{
	struct exch_latency *l;
	struct exch_rng rng;
	unsigned count[4] = {0}, strange = 0;

	content = "1000\n2000\n2000\n4000\n";
	l = good("file rows");
	exch_rng_seed(&rng, 3);
	for (unsigned i = 0; i < N; i++) {
		exch_ts t = i * EXCH_SEC;

		switch (exch_latency_arrival(l, &rng, t) - t) {
		case 1000:
			count[0]++;
			break;
		case 2000:
			count[1]++;
			break;
		case 4000:
			count[2]++;
			break;
		default:
			strange++;
		}
	}
	tap_is_u64(strange, 0, "rows of the file and nothing else");
	tap_near(count[0], N / 4, 5 * sqrt(N * 3.0 / 16), "a quarter");
	tap_near(count[1], N / 2, 5 * sqrt(N / 4.0), "the row that is twice");
	tap_near(count[2], N / 4, 5 * sqrt(N * 3.0 / 16), "a quarter, too");
	exch_latency_free(l);
}

/* By hand: base 20, service 10; and the mean wait of M/D/1. */
static void
queue(void)
{
	static const exch_ts sent[] = {0, 0, 0, 25, 100, 101, 102, 200};
	static const exch_ts come[] = {30, 40, 50, 60, 130, 140, 150, 230};
	struct exch_latency *l = good("load 20ns 10ns");
	struct exch_rng rng;
	double t = 0, waits = 0, rho = 0.5;
	bool same = true;

	exch_rng_seed(&rng, 4);
	for (unsigned i = 0; i < 8; i++)
		same &= exch_latency_arrival(l, &rng, sent[i]) == come[i];
	tap_ok(same, "eight messages through a gateway, by hand");
	exch_latency_free(l);
	/* arrivals of a Poisson process at half of what can be served */
	l = good("load 0 1us");
	for (unsigned i = 0; i < N; i++) {
		exch_ts at;

		t -= log(exch_rng_unit(&rng)) * 1000 / rho;
		at = (exch_ts)t;
		waits +=
		    (double)(exch_latency_arrival(l, &rng, at) - at) - 1000;
	}
	/* rho S / (2 (1 - rho)); waits are correlated: a wide bound */
	tap_near(waits / N, 500, 15, "the mean wait of M/D/1");
	exch_latency_free(l);
}

static void
order(void)
{
	struct exch_latency *l = good("lognormal 50us 1"), *copy;
	struct exch_rng rng, from;
	exch_ts last = 0, one, other;
	bool fifo = true, held = false;

	exch_rng_seed(&rng, 5);
	for (unsigned i = 0; i < N; i++) {
		exch_ts at = exch_latency_arrival(l, &rng, i * US);

		fifo &= at >= last && at >= i * US;
		held |= at == last;
		last = at;
	}
	tap_ok(fifo, "nothing overtakes");
	tap_ok(held, "where it would have");
	copy = exch_latency_copy(l);
	exch_latency_free(l);
	exch_rng_seed(&rng, 6);
	from = rng;
	one = exch_latency_arrival(copy, &rng, 0);
	tap_ok(one < last, "a copy is a path of its own");
	exch_latency_free(copy);
	copy = good("lognormal 50us 1");
	exch_latency_scale(copy, 2);
	other = exch_latency_arrival(copy, &from, 0);
	tap_ok(other >= 2 * one - 1 && other <= 2 * one + 1,
	    "the same draw takes twice as long");
	exch_latency_free(copy);
	l = good("load 20us 2us");
	exch_latency_scale(l, 0.5);
	tap_is_u64(exch_latency_least(l), 11 * US, "the least is scaled, too");
	(void)exch_latency_arrival(l, &rng, 0);
	tap_is_u64(exch_latency_arrival(l, &rng, 0), 12 * US,
	    "and the time of the server");
	exch_latency_free(l);
	l = good("24h");
	tap_is_u64(exch_latency_arrival(l, &rng, EXCH_TS_NONE - 5),
	    EXCH_TS_NONE - 1, "time does not begin anew");
	exch_latency_free(l);
}

/* Let the n-th allocation fail until none does. */
static void
memory(void)
{
	struct exch_diag d;
	struct exch_latency *l = NULL;
	unsigned n = 0, taken;

	content = "1\n2\n3\n";
	while (l == NULL && n < 100) {
		exch_alloc_fail_at(++n);
		l = parse("file x", &taken, &d);
		exch_alloc_fail_at(0);
	}
	tap_ok(l != NULL && n > 3, "without memory it ends in order");
	exch_latency_free(l);
}

int
main(void)
{
	words();
	bad_files();
	lognormal();
	empirical();
	queue();
	order();
	memory();
	return tap_done();
}
