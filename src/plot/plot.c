/* What writers of pictures share: extents and bins (plot.h). */
#include <config.h>

#include "plot/plot.h"

exch_ts
exch_plot_bin(const struct exch_plot *p, uint32_t i)
{
	exch_u128 t = p->start + (exch_u128)p->width * i;

	return t > EXCH_TS_NONE ? EXCH_TS_NONE : (exch_ts)t;
}

exch_ts
exch_plot_end(const struct exch_plot *p)
{
	return exch_plot_bin(p, p->n);
}

static void
widen(int64_t v, bool *any, int64_t *lo, int64_t *hi)
{
	if (v == EXCH_PLOT_NONE)
		return;
	if (!*any || v < *lo)
		*lo = v;
	if (!*any || v > *hi)
		*hi = v;
	*any = true;
}

bool
exch_plot_extent(
    const struct exch_plot *p, unsigned panel, int64_t *lo, int64_t *hi)
{
	const struct exch_plot_panel *x = &p->panel[panel];
	bool any = false;

	for (unsigned s = 0; s < x->n; s++)
		for (uint32_t i = 0; i < p->n && !x->series[s].hidden; i++) {
			widen(x->series[s].y[i], &any, lo, hi);
			if (x->series[s].low != NULL)
				widen(x->series[s].low[i], &any, lo, hi);
		}
	return any;
}

bool
exch_plot_axis(
    const struct exch_plot *p, unsigned panel, int64_t *lo, int64_t *hi)
{
	bool zero = p->panel[panel].zero;
	exch_i128 margin, a, b;

	if (!exch_plot_extent(p, panel, lo, hi))
		return false;
	if (zero && *lo > 0)
		*lo = 0;
	if (zero && *hi < 0)
		*hi = 0;
	margin = ((exch_i128)*hi - *lo) / 20;
	/* a single value lies in the middle of its own size */
	if (*lo == *hi)
		margin =
		    *lo == 0 ? 1 : ((exch_i128)*lo / 100) * (*lo < 0 ? -1 : 1);
	if (margin == 0)
		margin = 1;
	a = zero && *lo == 0 && *hi != 0 ? 0 : *lo - margin;
	b = zero && *hi == 0 && *lo != 0 ? 0 : *hi + margin;
	*lo = a < INT64_MIN ? INT64_MIN : (int64_t)a;
	*hi = b > INT64_MAX ? INT64_MAX : (int64_t)b;
	return true;
}
