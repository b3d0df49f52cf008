/*
 * What events of a kind did to the midpoint of two days, and how far these
 * curves are apart.  Effects are kept by blocks of the day, as distributions
 * are, so that days can be drawn again from them (report/facts.h).
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "report/realism_figures.h"

/* A day, and its blocks in which there was an effect of any kind. */
struct day {
	const struct exch_realism *x;
	struct exch_blocks blocks;
};

static void
begin(struct day *d, const struct exch_realism *x)
{
	memset(d, 0, sizeof(*d));
	d->x = x;
	for (unsigned i = 0; i < EXCH_SHAPE_BLOCKS; i++)
		for (unsigned kind = 0; kind < EXCH_KINDS; kind++)
			for (unsigned l = 0; l < EXCH_REALISM_LAGS; l++)
				if (x->effect[i][kind][l].n > 0)
					d->blocks.there[i] = true;
	exch_blocks_draw(&d->blocks, NULL);
}

/* Of the day as it is drawn; false: no event of the kind. */
static bool
curve(const struct day *d, unsigned kind, double out[EXCH_REALISM_LAGS])
{
	for (unsigned l = 0; l < EXCH_REALISM_LAGS; l++) {
		double n = 0, sum = 0;

		for (unsigned i = 0; i < EXCH_SHAPE_BLOCKS; i++) {
			const struct exch_realism_effect *e =
			    &d->x->effect[i][kind][l];
			double times = d->blocks.times[i];

			n += times * (double)e->n;
			sum += times * e->sum;
		}
		if (!(n > 0))
			return false;
		out[l] = sum / n;
	}
	return true;
}

/* Differences by what the reference has; false: there is no such thing. */
static bool
apart(const struct day *ref, const struct day *day, unsigned kind, double *out)
{
	double a[EXCH_REALISM_LAGS], b[EXCH_REALISM_LAGS];
	double off = 0, size = 0;

	if (!curve(ref, kind, a) || !curve(day, kind, b))
		return false;
	for (unsigned l = 0; l < EXCH_REALISM_LAGS; l++) {
		off += fabs(b[l] - a[l]);
		size += fabs(a[l]);
	}
	if (!(size > 0))
		return false;
	*out = off / size;
	return true;
}

static bool
has_all(const struct exch_realism *x, unsigned kind)
{
	for (unsigned l = 0; l < EXCH_REALISM_LAGS; l++)
		if (!exch_figure_effect(x, kind, l).known)
			return false;
	return true;
}

const char *
exch_realism_curves_apart(const struct exch_realism *ref,
    const struct exch_realism *x, unsigned kind, struct exch_rng *rng,
    struct exch_shape_distance *out)
{
	double all[EXCH_SHAPE_DRAWS];
	struct day a, b;

	memset(out, 0, sizeof(*out));
	out->covered = 1;
	if (!has_all(ref, kind) || !has_all(x, kind))
		return "fewer than 100 such events";
	begin(&a, ref);
	begin(&b, x);
	if (!apart(&a, &b, kind, &out->value))
		return "the reference has none";
	if (!exch_blocks_enough(&a.blocks) || !exch_blocks_enough(&b.blocks))
		return NULL;
	for (unsigned i = 0; i < EXCH_SHAPE_DRAWS; i++) {
		exch_blocks_draw(&a.blocks, rng);
		exch_blocks_draw(&b.blocks, rng);
		if (!apart(&a, &b, kind, &all[i]))
			return NULL;
	}
	exch_blocks_interval(all, out);
	return NULL;
}
