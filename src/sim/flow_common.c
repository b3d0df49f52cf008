/*
 * Sizes, the profile of the day, and loadings (flow_common.h).
 */
#include <config.h>

#include <math.h>

#include "base/plural.h"
#include "base/real.h"
#include "sim/flow_common.h"

#define LOTS_MOST 1e12
/* Later than any run ends; far below where a time would wrap. */
#define LATEST 1e18

const char *const exch_flow_shapes[] = {"steps", "lines", NULL};

int
exch_flow_weights(const double *weight, unsigned n, struct exch_alias **a,
    struct exch_diag *d)
{
	int rc = exch_alias_new(weight, n, a);

	return rc == EXCH_OK ? rc
			     : (int)exch_diag_set(d, (enum exch_err)rc, NULL,
				   EXCH_POS_NONE, 0, "out of memory");
}

static int
open_shares(struct exch_flow_common *c, const struct exch_params *p,
    unsigned at, struct exch_diag *d)
{
	const struct exch_param_value *size =
	    exch_params_get(p, at + EXCH_FLOW_SIZE);
	const struct exch_param_value *shares =
	    exch_params_get(p, at + EXCH_FLOW_SIZE_SHARES);
	static const double even[EXCH_FLOW_SIZES_MOST] = {1, 1, 1, 1, 1, 1, 1,
	    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	    1, 1};
	double sum = 0;

	if (!shares->given)
		return exch_flow_weights(even, size->n, &c->shares, d);
	if (shares->n != size->n)
		return exch_params_refuse(p, at + EXCH_FLOW_SIZE_SHARES, d,
		    "size has %u number%s and size-shares %u: give a share for "
		    "each size",
		    size->n, exch_plural(size->n), shares->n);
	for (unsigned i = 0; i < shares->n; i++)
		sum += shares->v[i];
	if (sum <= 0)
		return exch_params_refuse(p, at + EXCH_FLOW_SIZE_SHARES, d,
		    "size-shares: all of them are 0: give one above 0");
	return exch_flow_weights(shares->v, shares->n, &c->shares, d);
}

static int
open_sizes(struct exch_flow_common *c, const struct exch_params *p, unsigned at,
    struct exch_diag *d)
{
	const struct exch_param_value *size =
	    exch_params_get(p, at + EXCH_FLOW_SIZE);

	c->size = size->v;
	c->sigma = exch_params_number(p, at + EXCH_FLOW_SIZE_SIGMA);
	for (unsigned i = 0; i < size->n; i++)
		if (size->v[i] != floor(size->v[i]))
			return exch_params_refuse(p, at + EXCH_FLOW_SIZE, d,
			    "size: a lot is not divided: give whole lots");
	if (size->n > 1 && c->sigma > 0)
		return exch_params_refuse(p, at + EXCH_FLOW_SIZE_SIGMA, d,
		    "size-sigma is about one size; it does not go with a "
		    "list: leave it out");
	if (size->n == 1 && c->sigma == 0)
		c->lots = (uint64_t)size->v[0];
	if (size->n == 1 &&
	    !exch_params_get(p, at + EXCH_FLOW_SIZE_SHARES)->given)
		return EXCH_OK;
	return open_shares(c, p, at, d);
}

static int
open_profile(struct exch_flow_common *c, const struct exch_flow *f, unsigned at,
    struct exch_diag *d)
{
	const struct exch_param_value *v =
	    exch_params_get(f->params, at + EXCH_FLOW_PROFILE);
	double sum = 0;
	unsigned pieces;

	c->factor = v->v;
	c->nfactor = v->n;
	c->begin = f->begin;
	c->lines =
	    exch_params_number(f->params, at + EXCH_FLOW_PROFILE_SHAPE) != 0 &&
	    v->n > 1;
	for (unsigned i = 0; i < v->n; i++)
		sum += v->v[i];
	if (sum <= 0)
		return exch_params_refuse(f->params, at + EXCH_FLOW_PROFILE, d,
		    "profile: all of it is 0: give one above 0");
	pieces = c->lines ? v->n - 1 : v->n;
	c->piece = (double)(f->end - f->begin) / pieces;
	if (!(c->piece >= 1))
		c->piece = 1;
	return EXCH_OK;
}

int
exch_flow_common_open(struct exch_flow_common *c, const struct exch_flow *f,
    unsigned at, struct exch_diag *d)
{
	int rc = open_sizes(c, f->params, at, d);

	c->loading = exch_params_number(f->params, at + EXCH_FLOW_LOADING);
	exch_coin_init(&c->coin, f->run,
	    (uint64_t)exch_params_number(
		f->params, at + EXCH_FLOW_LOADING_STEP));
	return rc == EXCH_OK ? open_profile(c, f, at, d) : rc;
}

void
exch_flow_common_close(struct exch_flow_common *c)
{
	exch_alias_free(c->shares);
}

uint64_t
exch_flow_lots_drawn(const struct exch_flow_common *c, struct exch_rng *r)
{
	double v;

	if (c->sigma == 0)
		return (uint64_t)c->size[exch_alias_draw(c->shares, r)];
	v = exch_rng_lognormal(r, c->size[0], c->sigma) + 0.5;
	return v < 1 ? 1 : v > LOTS_MOST ? (uint64_t)LOTS_MOST : (uint64_t)v;
}

unsigned
exch_flow_side_loaded(const struct exch_flow_common *c, struct exch_rng *r,
    exch_ts now, unsigned own)
{
	if (exch_rng_unit(r) >= fabs(c->loading))
		return own;
	return exch_coin_side(&c->coin, (now - c->begin) / c->coin.step) ^
	       (c->loading < 0);
}

/*
 * A piece of the profile, from x ns into it: how long until the clock has gone
 * on by *own ns, or what of them is left at the piece's end.
 */
static double
in_piece(const struct exch_flow_common *c, unsigned i, double x, double *own)
{
	double from = c->factor[i];
	double slope = c->lines ? (c->factor[i + 1] - from) / c->piece : 0;
	double rate = from + slope * x, rest = c->piece - x;
	double whole = (rate + slope * rest / 2) * rest;

	if (whole <= *own) {
		*own -= whole;
		return rest;
	}
	/* slope t^2 / 2 + rate t = own, without losing the digits of t */
	whole = rate * rate + 2 * slope * *own; /* > 0 but for rounding */
	rest = 2 * *own / (rate + sqrt(whole > 0 ? whole : 0));
	*own = 0;
	return rest;
}

/* The same over pieces; the last factor goes on for ever. */
static double
over_pieces(const struct exch_flow_common *c, double x, double own)
{
	unsigned pieces = c->lines ? c->nfactor - 1 : c->nfactor;
	double at = x / c->piece, t = 0, last = c->factor[c->nfactor - 1];
	unsigned i = at < pieces ? (unsigned)at : pieces;

	x -= i * c->piece;
	for (; i < pieces && own > 0; i++) {
		t += in_piece(c, i, x > 0 ? x : 0, &own);
		x = 0;
	}
	if (own > 0)
		t += last > 0 ? own / last : LATEST;
	return t;
}

exch_ts
exch_flow_later(const struct exch_flow_common *c, exch_ts now, double seconds)
{
	double ns = seconds * 1e9;

	if (!(ns < LATEST))
		return EXCH_TS_NONE;
	if (c->nfactor > 1)
		ns = over_pieces(c, (double)(now - c->begin), ns);
	else
		ns /= c->factor[0];
	if (!(ns < LATEST))
		return EXCH_TS_NONE;
	/* Rounded; two things at one time would have no order. */
	return ns < 1.5 ? now + 1 : now + (exch_ts)(ns + 0.5);
}
