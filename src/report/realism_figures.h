/*
 * The figures of one day, each from its sums, or why there is none: what
 * exch-models(7), STYLISED FACTS, calls statistics.
 */
#ifndef EXCH_REPORT_REALISM_FIGURES_H
#define EXCH_REPORT_REALISM_FIGURES_H

#include "report/realism_sums.h"

struct exch_figure {
	bool known;
	double v;
	const char *why; /* it is not known */
};

static inline struct exch_figure
exch_figure_make(bool known, double v, const char *why)
{
	return (struct exch_figure){known, known ? v : 0, known ? NULL : why};
}

/* Returns: `span` is an index of exch_realism_span. */
struct exch_figure exch_figure_kurtosis(
    const struct exch_realism *x, unsigned span);
struct exch_figure exch_figure_kurtosis_left(const struct exch_realism *x);
/* Sorts what the tail keeps. */
struct exch_figure exch_figure_hill(struct exch_realism *x);
struct exch_figure exch_figure_linear(const struct exch_realism *x);
struct exch_figure exch_figure_absolute(
    const struct exch_realism *x, unsigned lag);
/* Orders that take, and all that comes. */
struct exch_figure exch_figure_sign(const struct exch_realism *x, unsigned lag);
struct exch_figure exch_figure_sign_decay(const struct exch_realism *x);
struct exch_figure exch_figure_variation(const struct exch_realism *x);
struct exch_figure exch_figure_arrival_mean(const struct exch_realism *x);
struct exch_figure exch_figure_arrival_median(const struct exch_realism *x);
struct exch_figure exch_figure_mean_by_median(const struct exch_realism *x);
/* The book, and what rests in it; `c` is a place of EXCH_REALISM_PLACES. */
struct exch_figure exch_figure_spread(const struct exch_realism *x);
struct exch_figure exch_figure_placed(const struct exch_realism *x, unsigned c);
struct exch_figure exch_figure_lifetime(
    const struct exch_realism *x, unsigned permille);
struct exch_figure exch_figure_hundreds(const struct exch_realism *x);
struct exch_figure exch_figure_odd_lots(const struct exch_realism *x);
struct exch_figure exch_figure_adds_per_taker(const struct exch_realism *x);
struct exch_figure exch_figure_deletes_per_add(const struct exch_realism *x);
struct exch_figure exch_figure_hidden(const struct exch_realism *x);
struct exch_figure exch_figure_hump(const struct exch_realism *x);
struct exch_figure exch_figure_u_shape(const struct exch_realism *x);
/*
 * What events of an enum exch_realism_kind did to the midpoint, in ticks, at an
 * index of exch_realism_lag.
 */
struct exch_figure exch_figure_effect(
    const struct exch_realism *x, unsigned kind, unsigned lag);

/* ---- realism_curves.c ---- */

/*
 * How far both days are apart in what events of a kind did, all lags together:
 * differences by the sizes of the reference's.  NULL, or why there is none.
 */
const char *exch_realism_curves_apart(const struct exch_realism *ref,
    const struct exch_realism *x, unsigned kind, struct exch_rng *rng,
    struct exch_shape_distance *out);

#endif
