/* Lots to trade (plan.h). */
#include <config.h>

#include "base/err.h"
#include "report/plan.h"

/* Towards -infinity. */
static exch_i128
div_down(exch_i128 a, exch_i128 b)
{
	exch_i128 q = a / b;

	return a % b < 0 ? q - 1 : q;
}

/* What it is short of what is wanted, after the trade. */
static exch_i128
lacks(const struct exch_plan_item *x)
{
	return x->want - x->held - (exch_i128)x->lots * x->lot;
}

static int
lots_down(struct exch_plan_item *x)
{
	exch_i128 lots = div_down(x->want - x->held, x->lot);

	/* a position is closed and not turned */
	if (x->want >= 0 && x->held >= 0 && lots < -(exch_i128)x->held_lots)
		lots = -(exch_i128)x->held_lots;
	if (lots > INT64_MAX / 2 || lots < INT64_MIN / 2)
		return EXCH_ERR_RANGE;
	x->lots = (int64_t)lots;
	return EXCH_OK;
}

static bool
too_small(const struct exch_plan *p, const struct exch_plan_item *x)
{
	exch_i128 worth = (exch_i128)x->lots * x->lot;

	return (worth < 0 ? -worth : worth) < p->least;
}

/* The one that is shortest, in parts of its lot; NULL: none by a half. */
static struct exch_plan_item *
shortest(const struct exch_plan *p)
{
	struct exch_plan_item *best = NULL;

	for (size_t i = 0; i < p->n; i++) {
		struct exch_plan_item *x = &p->item[i];

		/* not worth it, or nothing there to spend on it */
		if (lacks(x) * 2 < x->lot || x->lot > p->over)
			continue;
		if (best == NULL || (double)lacks(x) / (double)x->lot >
					(double)lacks(best) / (double)best->lot)
			best = x;
	}
	return best;
}

/* So much less is bought as is missing, of the largest first. */
static void
spend_less(struct exch_plan *p)
{
	while (p->over < 0) {
		struct exch_plan_item *best = NULL;
		exch_i128 lots;

		for (size_t i = 0; i < p->n; i++) {
			struct exch_plan_item *x = &p->item[i];

			if (x->lots > 0 &&
			    (best == NULL ||
				(exch_i128)x->lots * x->lot >
				    (exch_i128)best->lots * best->lot))
				best = x;
		}
		if (best == NULL)
			return;
		lots = -div_down(p->over, best->lot);
		if (lots > best->lots)
			lots = best->lots;
		best->lots -= (int64_t)lots;
		p->over += lots * best->lot;
	}
}

int
exch_plan_make(struct exch_plan *p)
{
	struct exch_plan_item *x;

	p->over = p->cash - p->keep;
	for (size_t i = 0; i < p->n; i++) {
		if (lots_down(&p->item[i]) != EXCH_OK)
			return EXCH_ERR_RANGE;
		p->over -= (exch_i128)p->item[i].lots * p->item[i].lot;
	}
	/* each gets one lot at most: then it lacks less than nothing */
	while ((x = shortest(p)) != NULL) {
		x->lots++;
		p->over -= x->lot;
	}
	for (size_t i = 0; i < p->n; i++) {
		x = &p->item[i];
		if (!too_small(p, x))
			continue;
		p->over += (exch_i128)x->lots * x->lot;
		x->lots = 0;
	}
	spend_less(p);
	for (size_t i = 0; i < p->n; i++) {
		x = &p->item[i];
		if (!too_small(p, x))
			continue;
		p->over += (exch_i128)x->lots * x->lot;
		x->lots = 0;
	}
	return EXCH_OK;
}
