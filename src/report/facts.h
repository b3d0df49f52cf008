/*
 * Sums from which statistics of long series are made, each in memory that does
 * not grow with the series: moments, autocorrelations, the tail of the largest
 * values, and distributions in classes.  exch-models(7), STYLISED FACTS, has
 * the formulas and where they come from.
 *
 * Functions that return a bool give no figure when there are too few values,
 * or when all are the same but for what was rounded.
 */
#ifndef EXCH_REPORT_FACTS_H
#define EXCH_REPORT_FACTS_H

#include "base/types.h"

/* ---- moments ---- */

struct exch_moments {
	uint64_t n;
	double sum[4]; /* of x, x^2, x^3, x^4 */
};

static inline void
exch_moments_add(struct exch_moments *m, double x)
{
	double power = x;

	m->n++;
	for (unsigned i = 0; i < 4; i++) {
		m->sum[i] += power;
		power *= x;
	}
}

/* Fourth central moment by the square of the second, less 3. */
bool exch_moments_kurtosis(const struct exch_moments *m, double *out);
/* Standard deviation (of n) by the mean. */
bool exch_moments_variation(const struct exch_moments *m, double *out);

/* ---- memory ---- */

#define EXCH_MEMORY_LAGS 100

/* Autocorrelation at lags 1..lags, over gaps that no pair spans. */
struct exch_memory {
	unsigned lags;
	unsigned have; /* values since the last gap, up to `lags` */
	unsigned next; /* where the next one goes */
	double past[EXCH_MEMORY_LAGS];
	uint64_t n;
	double sum;
	double squares;
	struct exch_memory_lag {
		uint64_t n;
		double product;
		double ends; /* of both of each pair */
	} lag[EXCH_MEMORY_LAGS];
};

void exch_memory_add(struct exch_memory *m, double x);
static inline void
exch_memory_gap(struct exch_memory *m)
{
	m->have = 0;
}
bool exch_memory_at(const struct exch_memory *m, unsigned lag, double *out);
/*
 * g of a decay as lag^-g: least squares of ln C over ln lag, from lag 1 to the
 * last before C falls to noise, 2 / sqrt(n); at least five lags.
 */
bool exch_memory_decay(const struct exch_memory *m, double *out);

/* ---- tails ---- */

#define EXCH_TAIL_MOST 8192

/* The largest values: a heap with the least of them in front. */
struct exch_tail {
	uint64_t seen;
	uint32_t n;
	double top[EXCH_TAIL_MOST + 1];
};

void exch_tail_add(struct exch_tail *t, double x);
/*
 * Hill's estimate from the largest twentieth of the values, or from as many
 * as are kept; sorts what is kept, so that more may be added afterwards.
 */
bool exch_tail_hill(struct exch_tail *t, double *out);

/* ---- distributions ---- */

/*
 * Classes of all numbers: each of its own below 16, then eight to a power of
 * two, so that a class is at most an eighth wide.  Each distribution is kept
 * once for every five minutes of the day, blocks from which it is drawn again to
 * see how sure it is.
 */
#define EXCH_SHAPE_CLASSES 496
#define EXCH_SHAPE_BLOCKS 288

struct exch_shape {
	uint64_t *block[EXCH_SHAPE_BLOCKS]; /* NULL: nothing */
};

#define EXCH_SHAPE_BLOCK (300 * EXCH_SEC)

/* Which block a time belongs to. */
static inline unsigned
exch_shape_block(exch_ts t)
{
	return (unsigned)(t / EXCH_SHAPE_BLOCK % EXCH_SHAPE_BLOCKS);
}

unsigned exch_shape_class(uint64_t v);
/* The middle of a class. */
double exch_shape_middle(unsigned c);

/* So much more of a value: EXCH_ERR_NOMEM. */
int exch_shape_add(
    struct exch_shape *s, unsigned block, uint64_t value, uint64_t weight);
void exch_shape_clear(struct exch_shape *s);

/* How far two distributions are apart. */
enum exch_shape_metric {
	EXCH_SHAPE_L1, /* sum of |p - q| over classes: 0 to 2 */
	EXCH_SHAPE_W1  /* Wasserstein-1: integral of |P - Q|, in their units */
};

struct exch_shape_distance {
	double value;
	double mean;	/* of the first, by the middles of its classes */
	double covered; /* the part of the first that was compared */
	/* what 95 of 100 drawings of blocks give */
	bool sure; /* there are blocks enough for that: two of each */
	double low, high;
};

struct exch_rng;
/* False: one of them is empty. */
bool exch_shape_compare(const struct exch_shape *a, const struct exch_shape *b,
    enum exch_shape_metric metric, struct exch_rng *rng,
    struct exch_shape_distance *out);

/* Blocks [from, to) of a distribution. */
struct exch_shape_part {
	const struct exch_shape *shape;
	unsigned from, to;
};

#define EXCH_SHAPE_PARTS_MAX 24

/*
 * Distributions that depend on something else, a[i] and b[i] being those of the
 * i-th of its classes: the mean of their distances, each as heavy as a[i] is.
 * Where one of both is empty nothing is compared, and the others share its
 * weight; `covered` tells how much that was.  Blocks are drawn of whole days,
 * all classes together, as one thing makes them all.  False: no class has both.
 */
bool exch_shape_compare_parts(const struct exch_shape_part *a,
    const struct exch_shape_part *b, unsigned n, enum exch_shape_metric metric,
    struct exch_rng *rng, struct exch_shape_distance *out);

/* ---- drawings ---- */

/* Drawings of blocks behind an interval. */
#define EXCH_SHAPE_DRAWS 200

/* The blocks of a day, and how often a drawing has each. */
struct exch_blocks {
	bool there[EXCH_SHAPE_BLOCKS];
	uint32_t times[EXCH_SHAPE_BLOCKS];
	uint16_t place[EXCH_SHAPE_BLOCKS]; /* those that are there */
};

/* The day as it was (rng NULL), or as many blocks as it has, by lot. */
void exch_blocks_draw(struct exch_blocks *b, struct exch_rng *rng);
/* There are two. */
bool exch_blocks_enough(const struct exch_blocks *b);
/* What 95 of 100 of these distances are within; sorts them. */
void exch_blocks_interval(
    double all[EXCH_SHAPE_DRAWS], struct exch_shape_distance *out);

#endif
