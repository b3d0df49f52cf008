/* The figures of one day (realism_figures.h). */
#include <config.h>

#include "report/realism_figures.h"

/* Values that a statistic wants at least. */
#define FEW_RETURNS 50
#define FEW_TAIL 1000
#define FEW_TRADES 1000
#define FEW_EVENTS 100

/* ---- returns ---- */

struct exch_figure
exch_figure_kurtosis(const struct exch_realism *x, unsigned span)
{
	const struct exch_moments *m = &x->returns[span];
	double v = 0;
	bool known;

	if (m->n < FEW_RETURNS)
		return exch_figure_make(false, 0, "fewer than 50 returns");
	known = exch_moments_kurtosis(m, &v);
	return exch_figure_make(
	    known, v, "no price moved, or all moves are the same");
}

/* How much of it is left at a minute. */
struct exch_figure
exch_figure_kurtosis_left(const struct exch_realism *x)
{
	struct exch_figure a = exch_figure_kurtosis(x, 0);
	struct exch_figure b = exch_figure_kurtosis(x, EXCH_REALISM_SPANS - 1);

	if (!a.known || !b.known)
		return a.known ? b : a;
	return exch_figure_make(
	    a.v > 0, b.v / a.v, "there are no fat tails at 1 s");
}

struct exch_figure
exch_figure_hill(struct exch_realism *x)
{
	double v = 0;
	bool known;

	if (x->tail.seen < FEW_TAIL)
		return exch_figure_make(false, 0, "fewer than 1000 returns");
	known = exch_tail_hill(&x->tail, &v);
	return exch_figure_make(
	    known, v, "of the largest, all are the same or some are 0");
}

static struct exch_figure
memory(const struct exch_memory *m, unsigned lag, uint64_t few, const char *why)
{
	double v = 0;
	bool known;

	if (m->n < few)
		return exch_figure_make(false, 0, why);
	known = exch_memory_at(m, lag, &v);
	return exch_figure_make(known, v, "all are the same");
}

struct exch_figure
exch_figure_linear(const struct exch_realism *x)
{
	return memory(&x->linear, 1, FEW_RETURNS, "fewer than 50 returns");
}

struct exch_figure
exch_figure_absolute(const struct exch_realism *x, unsigned lag)
{
	return memory(&x->absolute, lag, FEW_RETURNS, "fewer than 50 returns");
}

/* ---- signs and arrivals ---- */

struct exch_figure
exch_figure_sign(const struct exch_realism *x, unsigned lag)
{
	return memory(&x->signs, lag, FEW_TRADES, "fewer than 1000 takers");
}

struct exch_figure
exch_figure_sign_decay(const struct exch_realism *x)
{
	double v = 0;
	bool known;

	if (x->signs.n < FEW_TRADES)
		return exch_figure_make(false, 0, "fewer than 1000 takers");
	known = exch_memory_decay(&x->signs, &v);
	return exch_figure_make(
	    known, v, "noise before lag 5: too few, or no memory");
}

struct exch_figure
exch_figure_variation(const struct exch_realism *x)
{
	double v = 0;
	bool known;

	if (x->arrival.n < FEW_EVENTS)
		return exch_figure_make(false, 0, "fewer than 100 commands");
	known = exch_moments_variation(&x->arrival, &v);
	return exch_figure_make(known, v, "all come at one time");
}

struct exch_figure
exch_figure_arrival_mean(const struct exch_realism *x)
{
	return exch_figure_make(x->arrival.n > 0,
	    x->arrival.n > 0 ? x->arrival.sum[0] / (double)x->arrival.n : 0,
	    "no commands");
}

struct exch_figure
exch_figure_arrival_median(const struct exch_realism *x)
{
	return exch_figure_make(x->arrivals.n > 0,
	    (double)exch_times_at(&x->arrivals, 500) / 1e9, "no commands");
}

struct exch_figure
exch_figure_mean_by_median(const struct exch_realism *x)
{
	struct exch_figure a = exch_figure_arrival_mean(x);
	struct exch_figure b = exch_figure_arrival_median(x);

	return exch_figure_make(
	    a.known && b.v > 0, a.v / b.v, "half of them come at one time");
}

/* ---- the book and the day ---- */

struct exch_figure
exch_figure_spread(const struct exch_realism *x)
{
	return exch_figure_make(x->spread_time > 0,
	    x->spread_time > 0 ? x->spread_sum / x->spread_time : 0,
	    "never both sides");
}

struct exch_figure
exch_figure_placed(const struct exch_realism *x, unsigned c)
{
	double all = 0;

	for (unsigned i = 0; i < EXCH_REALISM_PLACES; i++)
		all += (double)x->placed[i];
	return exch_figure_make(all > 0,
	    all > 0 ? (double)x->placed[c] / all : 0, "no orders rest");
}

struct exch_figure
exch_figure_lifetime(const struct exch_realism *x, unsigned permille)
{
	return exch_figure_make(x->lifetimes.n > 0,
	    (double)exch_times_at(&x->lifetimes, permille) / 1e9,
	    "none is withdrawn");
}

/* part of whole, where there is a whole */
static struct exch_figure
ratio(double part, double whole, const char *why)
{
	return exch_figure_make(whole > 0, whole > 0 ? part / whole : 0, why);
}

static bool
is_share(const struct exch_realism *x)
{
	const struct exch_inst *in = &x->insts.inst[x->place];

	return in->kind == EXCH_KIND_EQUITY || in->kind == EXCH_KIND_ETF;
}

struct exch_figure
exch_figure_hundreds(const struct exch_realism *x)
{
	return is_share(x)
		   ? ratio(
			 (double)x->hundreds, (double)x->adds, "no orders rest")
		   : exch_figure_make(false, 0, "lots of 100 are of shares");
}

struct exch_figure
exch_figure_odd_lots(const struct exch_realism *x)
{
	return is_share(x)
		   ? ratio((double)x->odd, (double)x->adds, "no orders rest")
		   : exch_figure_make(false, 0, "lots of 100 are of shares");
}

struct exch_figure
exch_figure_adds_per_taker(const struct exch_realism *x)
{
	return ratio((double)x->adds, (double)x->takers, "nobody takes");
}

struct exch_figure
exch_figure_deletes_per_add(const struct exch_realism *x)
{
	return ratio((double)x->deletes, (double)x->adds, "no orders rest");
}

struct exch_figure
exch_figure_hidden(const struct exch_realism *x)
{
	return ratio(x->hidden, x->volume, "nothing trades");
}

/* The level with most on it, of both sides. */
struct exch_figure
exch_figure_hump(const struct exch_realism *x)
{
	unsigned best = 0;

	for (unsigned i = 1; i < EXCH_REALISM_LEVELS; i++)
		if (x->depth[i] > x->depth[best])
			best = i;
	return exch_figure_make(x->profiles > 0, best + 1, "never both sides");
}

/* Which half hours had trading, in the order they came. */
static unsigned
sessions(const struct exch_realism *x,
    const struct exch_realism_bin *out[EXCH_REALISM_BINS])
{
	const uint64_t enough = 1200 * EXCH_SEC;
	unsigned n = 0;

	for (uint64_t o = 1; o <= x->bins; o++)
		for (unsigned i = 0; i < EXCH_REALISM_BINS; i++)
			if (x->bin[i].order == o && x->bin[i].open >= enough &&
			    x->bin[i].volume > 0)
				out[n++] = &x->bin[i];
	return n;
}

static double
rate(const struct exch_realism_bin *b)
{
	return b->volume / ((double)b->open / 1e9);
}

/* Volume at the ends of the day by twice that of its middle. */
struct exch_figure
exch_figure_u_shape(const struct exch_realism *x)
{
	const struct exch_realism_bin *b[EXCH_REALISM_BINS];
	unsigned n = sessions(x, b);
	double middle;

	if (n < 5)
		return exch_figure_make(
		    false, 0, "fewer than five half hours open");
	middle = (rate(b[(n - 1) / 2]) + rate(b[n / 2])) / 2;
	return ratio(rate(b[0]) + rate(b[n - 1]), 2 * middle,
	    "nothing trades in the middle");
}

/* What an event of a kind did to the midpoint, in ticks. */
struct exch_figure
exch_figure_effect(const struct exch_realism *x, unsigned kind, unsigned lag)
{
	double sum = 0; /* of whole numbers: in any order the same */
	uint64_t n = 0;

	for (unsigned i = 0; i < EXCH_SHAPE_BLOCKS; i++) {
		n += x->effect[i][kind][lag].n;
		sum += x->effect[i][kind][lag].sum;
	}
	return exch_figure_make(n >= FEW_EVENTS,
	    n > 0 ? sum / (double)n / 2 : 0, "fewer than 100 such events");
}
