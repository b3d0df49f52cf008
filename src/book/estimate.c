/* The queue models (estimate.h). */
#include <config.h>

#include <string.h>

#include "base/real.h"
#include "book/estimate.h"

static const char *const names[EXCH_ESTIMATE_MODELS] = {
    [EXCH_ESTIMATE_TOUCH] = "touch",
    [EXCH_ESTIMATE_RISK] = "risk-averse",
    [EXCH_ESTIMATE_DELETE] = "any-delete",
    [EXCH_ESTIMATE_POWER1] = "power1",
    [EXCH_ESTIMATE_POWER2] = "power2",
    [EXCH_ESTIMATE_POWER3] = "power3",
    [EXCH_ESTIMATE_LOG] = "log",
};

const char *
exch_estimate_name(enum exch_estimate_model m)
{
	return names[m];
}

enum exch_estimate_model
exch_estimate_by_name(const char *name)
{
	unsigned i = 0;

	while (i < EXCH_ESTIMATE_MODELS && strcmp(names[i], name) != 0)
		i++;
	return (enum exch_estimate_model)i;
}

static double
weight(enum exch_estimate_model m, double x)
{
	switch (m) {
	case EXCH_ESTIMATE_POWER2:
		return x * x;
	case EXCH_ESTIMATE_POWER3:
		return x * x * x;
	case EXCH_ESTIMATE_LOG:
		return exch_real_log(1.0 + x);
	default:
		return x;
	}
}

double
exch_estimate_behind(enum exch_estimate_model m, double ahead, double behind)
{
	double a, b;

	/* nobody is ahead: then all of it was behind */
	if (m < EXCH_ESTIMATE_POWER1 || ahead <= 0.0)
		return 1.0;
	a = weight(m, ahead);
	b = weight(m, behind);
	return b / (b + a);
}

double
exch_estimate(
    enum exch_estimate_model m, double ahead, const struct exch_level_change *c)
{
	exch_qty rest =
	    c->before > c->traded_others ? c->before - c->traded_others : 0;

	if (m == EXCH_ESTIMATE_TOUCH)
		return c->traded > 0 ? -1.0 : ahead;
	ahead -= (double)c->traded;
	if (exch_estimate_filled(ahead))
		return ahead;
	if (ahead < 0.0 || (m == EXCH_ESTIMATE_DELETE && c->deleted))
		ahead = 0.0;
	if (m >= EXCH_ESTIMATE_POWER1 && c->after < rest) {
		double gone = (double)(rest - c->after);
		double behind = (double)rest - ahead;

		if (behind < 0.0)
			behind = 0.0;
		ahead -= gone * (1.0 - exch_estimate_behind(m, ahead, behind));
	}
	/*
	 * No more is ahead than is there, whoever loses more behind than there
	 * was; nor less than nothing.
	 */
	if (ahead > (double)c->after)
		return (double)c->after;
	return ahead > 0.0 ? ahead : 0.0;
}
