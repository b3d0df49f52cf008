/* Sums of long series, and the statistics made of them (facts.h). */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "base/real.h"
#include "base/rng.h"
#include "report/facts.h"

/*
 * Values that differ by less than this part of their size are all the same:
 * what is left of them is what was rounded, a logarithm's and that of sums of
 * some million squares, and its figures say nothing of the series.
 */
#define SAME 1e-9

/* ---- moments ---- */

bool
exch_moments_kurtosis(const struct exch_moments *m, double *out)
{
	double n = (double)m->n;
	double mean, a2, a3, a4, m2, m4;

	if (m->n < 4)
		return false;
	mean = m->sum[0] / n;
	a2 = m->sum[1] / n;
	a3 = m->sum[2] / n;
	a4 = m->sum[3] / n;
	m2 = a2 - mean * mean;
	m4 = a4 - 4 * mean * a3 + 6 * mean * mean * a2 -
	     3 * mean * mean * mean * mean;
	if (!(m2 > SAME * a2))
		return false;
	*out = m4 / (m2 * m2) - 3;
	return true;
}

bool
exch_moments_variation(const struct exch_moments *m, double *out)
{
	double n = (double)m->n;
	double mean, var;

	if (m->n < 2 || !(m->sum[0] > 0))
		return false;
	mean = m->sum[0] / n;
	var = m->sum[1] / n - mean * mean;
	*out = var > 0 ? sqrt(var) / mean : 0;
	return true;
}

/* ---- memory ---- */

void
exch_memory_add(struct exch_memory *m, double x)
{
	for (unsigned k = 0; k < m->have; k++) {
		struct exch_memory_lag *l = &m->lag[k];
		double then = m->past[(m->next + m->lags - 1 - k) % m->lags];

		l->n++;
		l->product += x * then;
		l->ends += x + then;
	}
	m->past[m->next] = x;
	m->next = (m->next + 1) % m->lags;
	m->have += m->have < m->lags;
	m->n++;
	m->sum += x;
	m->squares += x * x;
}

bool
exch_memory_at(const struct exch_memory *m, unsigned lag, double *out)
{
	const struct exch_memory_lag *l;
	double mean, var, n;

	if (lag == 0 || lag > m->lags || m->n < 2)
		return false;
	l = &m->lag[lag - 1];
	mean = m->sum / (double)m->n;
	var = m->squares / (double)m->n - mean * mean;
	n = (double)l->n;
	if (l->n == 0 || !(var > SAME * m->squares / (double)m->n))
		return false;
	*out = (l->product - mean * l->ends + n * mean * mean) / n / var;
	return true;
}

bool
exch_memory_decay(const struct exch_memory *m, double *out)
{
	double noise = m->n > 0 ? 2 / sqrt((double)m->n) : 0;
	double sx = 0, sy = 0, sxx = 0, sxy = 0;
	double c, x, y, det;
	unsigned k = 1;

	for (; exch_memory_at(m, k, &c) && c > noise; k++) {
		x = exch_real_log((double)k);
		y = exch_real_log(c);
		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
	}
	if (k <= 5)
		return false;
	det = (double)(k - 1) * sxx - sx * sx;
	*out = -((double)(k - 1) * sxy - sx * sy) / det;
	return true;
}

/* ---- tails ---- */

/* What stands at i is too large for its place: it goes down. */
static void
sink(struct exch_tail *t, uint32_t i)
{
	double x = t->top[i];

	for (;;) {
		uint32_t c = 2 * i + 1;

		if (c >= t->n)
			break;
		if (c + 1 < t->n && t->top[c + 1] < t->top[c])
			c++;
		if (!(t->top[c] < x))
			break;
		t->top[i] = t->top[c];
		i = c;
	}
	t->top[i] = x;
}

void
exch_tail_add(struct exch_tail *t, double x)
{
	uint32_t i;

	t->seen++;
	if (t->n < EXCH_ARRAY_LEN(t->top)) {
		for (i = t->n++; i > 0 && x < t->top[(i - 1) / 2];
		     i = (i - 1) / 2)
			t->top[i] = t->top[(i - 1) / 2];
		t->top[i] = x;
	} else if (x > t->top[0]) {
		t->top[0] = x;
		sink(t, 0);
	}
}

static int
ascending(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return *x < *y ? -1 : *x > *y;
}

bool
exch_tail_hill(struct exch_tail *t, double *out)
{
	uint64_t want = t->seen / 20;
	uint32_t k = want < EXCH_TAIL_MOST ? (uint32_t)want : EXCH_TAIL_MOST;
	double least, sum = 0;

	/* ascending is a heap, too */
	qsort(t->top, t->n, sizeof(t->top[0]), ascending);
	if (k == 0 || k >= t->n || !(t->top[t->n - 1 - k] > 0))
		return false;
	least = t->top[t->n - 1 - k];
	for (uint32_t i = t->n - k; i < t->n; i++)
		sum += exch_real_log(t->top[i] / least);
	if (!(sum > SAME * k))
		return false;
	*out = k / sum;
	return true;
}

/* ---- distributions ---- */

unsigned
exch_shape_class(uint64_t v)
{
	unsigned high;

	if (v < 16)
		return (unsigned)v;
	high = 63 - (unsigned)__builtin_clzll(v);
	return 16 + (high - 4) * 8 + (unsigned)(v >> (high - 3) & 7);
}

double
exch_shape_middle(unsigned c)
{
	unsigned high;
	double width;

	if (c < 16)
		return c;
	high = (c - 16) / 8 + 4;
	width = (double)(UINT64_C(1) << (high - 3));
	return (double)(8 + (c - 16) % 8) * width + (width - 1) / 2;
}

int
exch_shape_add(
    struct exch_shape *s, unsigned block, uint64_t value, uint64_t weight)
{
	uint64_t **b = &s->block[block];

	if (*b == NULL)
		*b = exch_calloc(EXCH_SHAPE_CLASSES, sizeof(**b));
	if (*b == NULL)
		return EXCH_ERR_NOMEM;
	(*b)[exch_shape_class(value)] += weight;
	return EXCH_OK;
}

void
exch_shape_clear(struct exch_shape *s)
{
	for (unsigned i = 0; i < EXCH_SHAPE_BLOCKS; i++)
		exch_free(s->block[i]);
	memset(s, 0, sizeof(*s));
}

/* ---- blocks ---- */

void
exch_blocks_draw(struct exch_blocks *b, struct exch_rng *rng)
{
	unsigned n = 0;

	for (unsigned i = 0; i < EXCH_SHAPE_BLOCKS; i++) {
		b->times[i] = 0;
		n += b->there[i];
	}
	for (unsigned i = 0, k = 0; i < EXCH_SHAPE_BLOCKS; i++) {
		if (!b->there[i])
			continue;
		b->place[k++] = (uint16_t)i;
		if (rng == NULL)
			b->times[i] = 1;
	}
	for (unsigned i = 0; rng != NULL && i < n; i++)
		b->times[b->place[exch_rng_below(rng, n)]]++;
}

bool
exch_blocks_enough(const struct exch_blocks *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < EXCH_SHAPE_BLOCKS; i++)
		n += b->there[i];
	return n >= 2;
}

void
exch_blocks_interval(
    double all[EXCH_SHAPE_DRAWS], struct exch_shape_distance *out)
{
	qsort(all, EXCH_SHAPE_DRAWS, sizeof(all[0]), ascending);
	out->sure = true;
	out->low = all[EXCH_SHAPE_DRAWS / 40];
	out->high = all[EXCH_SHAPE_DRAWS - 1 - EXCH_SHAPE_DRAWS / 40];
}

/* ---- how far they are apart ---- */

/* Two distributions, and so many classes that hold all there is. */
struct pair {
	struct exch_shape_part a, b;
	unsigned classes;
};

static unsigned
classes_of(const struct exch_shape_part *p)
{
	unsigned n = 0;

	for (unsigned i = p->from; i < p->to; i++) {
		const uint64_t *block = p->shape->block[i];

		for (unsigned c = n; block != NULL && c < EXCH_SHAPE_CLASSES;
		     c++)
			if (block[c] > 0)
				n = c + 1;
	}
	return n;
}

static void
see_blocks(const struct exch_shape_part *p, struct exch_blocks *b)
{
	for (unsigned i = p->from; i < p->to; i++)
		b->there[i] = b->there[i] || p->shape->block[i] != NULL;
}

struct drawn {
	double share[EXCH_SHAPE_CLASSES];
	double whole;
};

static void
gather(const struct exch_shape_part *p, const struct exch_blocks *b,
    unsigned classes, struct drawn *x)
{
	memset(x, 0, sizeof(*x));
	for (unsigned i = p->from; i < p->to; i++) {
		const uint64_t *block = p->shape->block[i];
		double times = b->times[i];

		if (block == NULL || b->times[i] == 0)
			continue;
		for (unsigned c = 0; c < classes; c++) {
			x->share[c] += times * (double)block[c];
			x->whole += times * (double)block[c];
		}
	}
}

static double
mean(const struct drawn *x, unsigned classes)
{
	double sum = 0;

	for (unsigned c = 0; c < classes; c++)
		sum += x->share[c] * exch_shape_middle(c);
	return sum / x->whole;
}

/*
 * Both sums of shares end at 1 but for what was rounded.  Classes above all
 * that is there are up to 2^49 wide, and would make something of that.
 */
static double
distance(const struct drawn *a, const struct drawn *b, unsigned classes,
    enum exch_shape_metric metric)
{
	double p = 0, q = 0, sum = 0;

	for (unsigned c = 0; c < classes; c++) {
		double x = a->share[c] / a->whole;
		double y = b->share[c] / b->whole;

		if (metric == EXCH_SHAPE_L1) {
			sum += fabs(x - y);
			continue;
		}
		p += x;
		q += y;
		if (c + 1 < classes)
			sum += fabs(p - q) * (exch_shape_middle(c + 1) -
						 exch_shape_middle(c));
	}
	return sum;
}

/* The days as they were drawn; false: they have nothing to compare. */
static bool
compare_days(const struct pair *pair, unsigned n, const struct exch_blocks *a,
    const struct exch_blocks *b, enum exch_shape_metric metric,
    struct exch_shape_distance *out)
{
	double all = 0, both = 0, apart = 0, middle = 0;
	struct drawn x, y;

	for (unsigned i = 0; i < n; i++) {
		gather(&pair[i].a, a, pair[i].classes, &x);
		gather(&pair[i].b, b, pair[i].classes, &y);
		all += x.whole;
		if (!(x.whole > 0) || !(y.whole > 0))
			continue;
		both += x.whole;
		apart += x.whole * distance(&x, &y, pair[i].classes, metric);
		middle += x.whole * mean(&x, pair[i].classes);
	}
	if (!(both > 0))
		return false;
	out->value = apart / both;
	out->mean = middle / both;
	out->covered = both / all;
	return true;
}

bool
exch_shape_compare_parts(const struct exch_shape_part *a,
    const struct exch_shape_part *b, unsigned n, enum exch_shape_metric metric,
    struct exch_rng *rng, struct exch_shape_distance *out)
{
	struct pair pair[EXCH_SHAPE_PARTS_MAX];
	struct exch_blocks x = {0}, y = {0};
	double all[EXCH_SHAPE_DRAWS];

	exch_check(n <= EXCH_SHAPE_PARTS_MAX);
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < n; i++) {
		unsigned c = classes_of(&a[i]), d = classes_of(&b[i]);

		pair[i] = (struct pair){a[i], b[i], c > d ? c : d};
		see_blocks(&a[i], &x);
		see_blocks(&b[i], &y);
	}
	exch_blocks_draw(&x, NULL);
	exch_blocks_draw(&y, NULL);
	if (!compare_days(pair, n, &x, &y, metric, out))
		return false;
	if (!exch_blocks_enough(&x) || !exch_blocks_enough(&y))
		return true;
	for (unsigned i = 0; i < EXCH_SHAPE_DRAWS; i++) {
		struct exch_shape_distance far;

		exch_blocks_draw(&x, rng);
		exch_blocks_draw(&y, rng);
		if (!compare_days(pair, n, &x, &y, metric, &far))
			return true;
		all[i] = far.value;
	}
	exch_blocks_interval(all, out);
	return true;
}

bool
exch_shape_compare(const struct exch_shape *a, const struct exch_shape *b,
    enum exch_shape_metric metric, struct exch_rng *rng,
    struct exch_shape_distance *out)
{
	const struct exch_shape_part x = {a, 0, EXCH_SHAPE_BLOCKS};
	const struct exch_shape_part y = {b, 0, EXCH_SHAPE_BLOCKS};

	return exch_shape_compare_parts(&x, &y, 1, metric, rng, out);
}
