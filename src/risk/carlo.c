/*
 * Monte Carlo VaR (var.h).  Threads take blocks of paths by turns; each block
 * has a seed and a place in the array of losses, so that who made it leaves no
 * trace.
 */
#include <config.h>

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/real.h"
#include "base/rng.h"
#include "risk/var.h"

#define BLOCK 4096
#define LEAST_PATHS 100
#define MOST_THREADS 64

struct carlo {
	const struct exch_assets *a;
	const double *l; /* lower factor with value * vol in its rows */
	double *loss;
	uint64_t paths, seed;
	atomic_uint_fast64_t next; /* block */
};

static double
one_loss(const struct carlo *c, double *z, struct exch_rng *rng)
{
	size_t n = c->a->n;
	double profit = 0;

	for (size_t i = 0; i < n; i++)
		z[i] = exch_rng_normal(rng);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			profit += c->l[i * n + j] * z[j];
	return -profit;
}

/* Blocks until there are no more; *arg has the thread's own variates. */
struct hand {
	struct carlo *c;
	double *z;
	pthread_t thread;
};

static void *
work(void *arg)
{
	struct hand *h = arg;
	struct carlo *c = h->c;

	for (;;) {
		uint64_t block = atomic_fetch_add(&c->next, 1);
		uint64_t from = block * BLOCK, to = from + BLOCK;
		struct exch_rng rng;

		if (from >= c->paths)
			return NULL;
		exch_rng_seed(&rng, c->seed + block * 0x9e3779b97f4a7c15u);
		for (uint64_t i = from; i < to && i < c->paths; i++)
			c->loss[i] = one_loss(c, h->z, &rng);
	}
}

static int
by_loss(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* The losses in order, the largest first: what they say. */
static void
tail_of(const struct carlo *c, uint32_t level, struct exch_carlo *out)
{
	double sum = 0, squares = 0, tail = 0, sd;
	double p = (1000000 - level) / 1e6;
	uint64_t n = c->paths;
	uint64_t k = (n * (1000000 - level) + 999999) / 1000000;

	qsort(c->loss, n, sizeof(*c->loss), by_loss);
	for (uint64_t i = 0; i < n; i++) {
		sum += c->loss[i];
		squares += c->loss[i] * c->loss[i];
		if (i < k)
			tail += c->loss[i];
	}
	sum /= (double)n;
	sd = sqrt(fmax(squares / (double)n - sum * sum, 0.0));
	out->var = c->loss[k - 1];
	out->es = tail / (double)k;
	out->se = sqrt(p * (1.0 - p) / (double)n) * sd /
		  exch_normal_density(exch_var_factor(level));
}

static int
draw(struct carlo *c, unsigned threads)
{
	struct hand h[MOST_THREADS];
	unsigned n = threads > MOST_THREADS ? MOST_THREADS : threads;
	unsigned made = 0, started = 1;

	if (n == 0)
		n = 1;
	for (; made < n; made++) {
		h[made].c = c;
		h[made].z = exch_calloc(c->a->n + 1, sizeof(double));
		if (h[made].z == NULL)
			break;
	}
	if (made == n) {
		/* One that cannot be had is not missed. */
		for (; started < n; started++)
			if (pthread_create(&h[started].thread, NULL, work,
				&h[started]) != 0)
				break;
		(void)work(&h[0]);
		for (unsigned i = 1; i < started; i++)
			(void)pthread_join(h[i].thread, NULL);
	}
	for (unsigned i = 0; i < made; i++)
		exch_free(h[i].z);
	return made == n ? EXCH_OK : EXCH_ERR_NOMEM;
}

int
exch_var_carlo(const struct exch_assets *a, const struct exch_carlo_opts *o,
    struct exch_carlo *out, struct exch_diag *d)
{
	struct carlo c = {.a = a, .paths = o->paths, .seed = o->seed};
	double *l, sd;
	int err = EXCH_ERR_NOMEM;

	if (o->paths < LEAST_PATHS || o->paths > SIZE_MAX / 1000000 ||
	    o->level == 0 || o->level >= 1000000)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "Monte Carlo needs 100 paths or more, and a level between "
		    "0 and 1");
	l = exch_calloc(a->n * a->n + 1, sizeof(*l));
	c.loss = exch_calloc(o->paths, sizeof(*c.loss));
	c.l = l;
	if (l == NULL || c.loss == NULL)
		goto out;
	err = exch_cholesky(a->corr, a->n, l, d);
	if (err != 0)
		goto out;
	err = exch_assets_sd(a, &sd);
	if (err != 0) {
		(void)exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "a value or a volatility is no number");
		goto out;
	}
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j <= i; j++)
			l[i * a->n + j] *= a->value[i] * a->vol[i];
	err = draw(&c, o->threads);
	if (err == 0)
		tail_of(&c, o->level, out);
out:
	exch_free(l);
	exch_free(c.loss);
	if (err == EXCH_ERR_NOMEM)
		return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "out of memory for %llu paths",
		    (unsigned long long)o->paths);
	return err;
}
