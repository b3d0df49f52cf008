/*
 * The statistics of a day, their bands, and how far two days are apart
 * (realism.h).  The bands are those of exch-models(7), STYLISED FACTS.
 */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/rng.h"
#include "report/realism_figures.h"
#include "report/report.h"

/* What a band is about. */
enum band {
	BAND_NONE,     /* a figure for people; `why` says so */
	BAND_OWN,      /* the day's own figure, within [least, most] */
	BAND_FACTOR,   /* within a factor of the reference's: `most` */
	BAND_COMPARED, /* a distance between both */
};

struct spec {
	const char *fact, *statistic, *unit;
	enum band band;
	double least, most; /* NAN: open */
};

struct maker {
	struct exch_facts *list;
	struct exch_realism *x, *ref;
	struct exch_rng rng;
};

/* ---- rows ---- */

static struct exch_fact *
new_row(struct maker *k, const struct spec *s)
{
	struct exch_fact *f;

	exch_check(k->list->n < EXCH_FACTS_MAX);
	f = &k->list->fact[k->list->n++];
	*f = (struct exch_fact){.fact = s->fact,
	    .statistic = s->statistic,
	    .unit = s->unit,
	    .verdict = EXCH_FACT_NONE};
	return f;
}

static void
say_why(struct exch_fact *f, const char *why)
{
	(void)snprintf(f->why, sizeof(f->why), "%s", why);
}

static void
judge(struct maker *k, struct exch_fact *f, double least, double most)
{
	bool in = true;

	f->has_least = least == least;
	f->has_most = most == most;
	f->least = f->has_least ? least : 0;
	f->most = f->has_most ? most : 0;
	in = in && !(f->has_least && f->value < least);
	in = in && !(f->has_most && f->value > most);
	f->verdict = in ? EXCH_FACT_PASS : EXCH_FACT_FAIL;
	k->list->passed += in;
	k->list->failed += !in;
}

/* A statistic of each day by itself; `b` is of the reference, if any. */
static void
put(struct maker *k, const struct spec *s, struct exch_figure a,
    struct exch_figure b)
{
	struct exch_fact *f = new_row(k, s);

	f->has_value = a.known;
	f->value = a.v;
	f->has_reference = k->ref != NULL && b.known;
	f->reference = b.v;
	if (!a.known)
		say_why(f, a.why);
	else if (s->band == BAND_OWN)
		judge(k, f, s->least, s->most);
	else if (s->band == BAND_NONE)
		say_why(f, "no band: for people to compare");
	else if (k->ref == NULL)
		say_why(f, "it is compared with a reference");
	else if (!b.known)
		say_why(f, b.why);
	else if (!(b.v > 0))
		say_why(f, "the reference has none");
	else
		judge(k, f, b.v / s->most, b.v * s->most);
}

#define PUT(k, s, fn, ...)                                                     \
	put(k, s, fn((k)->x, ##__VA_ARGS__),                                   \
	    (k)->ref != NULL ? fn((k)->ref, ##__VA_ARGS__)                     \
			     : exch_figure_make(false, 0, ""))

static void
put_returns(struct maker *k)
{
	static const struct spec fat[EXCH_REALISM_SPANS] = {
	    {"fat-tails", "kurtosis-1s", "", BAND_OWN, 5, NAN},
	    {"fat-tails", "kurtosis-5s", "", BAND_NONE, NAN, NAN},
	    {"fat-tails", "kurtosis-10s", "", BAND_NONE, NAN, NAN},
	    {"fat-tails", "kurtosis-60s", "", BAND_OWN, NAN, 3},
	};
	static const struct spec left = {
	    "fat-tails", "kurtosis-60s-by-1s", "", BAND_OWN, NAN, 1};
	static const struct spec tail = {
	    "tail-exponent", "hill", "", BAND_OWN, 2.5, 4};
	static const struct spec lin = {
	    "no-linear-memory", "acf-1", "", BAND_OWN, -0.1, 0.1};
	static const struct spec clustered[] = {
	    {"volatility-clustering", "abs-acf-1", "", BAND_OWN, 0.05, NAN},
	    {"volatility-clustering", "abs-acf-5", "", BAND_OWN, 0.05, NAN},
	    {"volatility-clustering", "abs-acf-20", "", BAND_OWN, 0.05, NAN},
	};
	static const unsigned lag[] = {1, 5, 20};

	for (unsigned i = 0; i < EXCH_REALISM_SPANS; i++)
		PUT(k, &fat[i], exch_figure_kurtosis, i);
	PUT(k, &left, exch_figure_kurtosis_left);
	PUT(k, &tail, exch_figure_hill);
	PUT(k, &lin, exch_figure_linear);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(lag); i++)
		PUT(k, &clustered[i], exch_figure_absolute, lag[i]);
}

static void
put_flow(struct maker *k)
{
	static const struct spec one = {
	    "order-sign-memory", "sign-acf-1", "", BAND_OWN, 0.2, 0.7};
	static const struct spec ten = {
	    "order-sign-memory", "sign-acf-10", "", BAND_NONE, NAN, NAN};
	static const struct spec decay = {
	    "order-sign-memory", "sign-exponent", "", BAND_OWN, 0.4, 0.8};
	static const struct spec cv = {
	    "clustered-arrivals", "arrival-variation", "", BAND_OWN, 2, NAN};
	static const struct spec mean = {
	    "clustered-arrivals", "arrival-mean", "s", BAND_NONE, NAN, NAN};
	static const struct spec median = {
	    "clustered-arrivals", "arrival-median", "s", BAND_NONE, NAN, NAN};
	static const struct spec ratio = {"clustered-arrivals",
	    "arrival-mean-by-median", "", BAND_NONE, NAN, NAN};

	PUT(k, &one, exch_figure_sign, 1);
	PUT(k, &ten, exch_figure_sign, 10);
	PUT(k, &decay, exch_figure_sign_decay);
	PUT(k, &cv, exch_figure_variation);
	PUT(k, &mean, exch_figure_arrival_mean);
	PUT(k, &median, exch_figure_arrival_median);
	PUT(k, &ratio, exch_figure_mean_by_median);
}

static void
put_orders(struct maker *k)
{
	static const struct spec places[EXCH_REALISM_PLACES] = {
	    {"order-placement", "inside", "", BAND_NONE, NAN, NAN},
	    {"order-placement", "at-best", "", BAND_NONE, NAN, NAN},
	    {"order-placement", "behind-1-5", "", BAND_NONE, NAN, NAN},
	    {"order-placement", "behind-6-20", "", BAND_NONE, NAN, NAN},
	    {"order-placement", "behind-more", "", BAND_NONE, NAN, NAN},
	};
	static const struct spec lives[] = {
	    {"lifetimes", "life-p10", "s", BAND_FACTOR, NAN, 10},
	    {"lifetimes", "life-median", "s", BAND_FACTOR, NAN, 10},
	    {"lifetimes", "life-p90", "s", BAND_FACTOR, NAN, 10},
	};
	static const unsigned permille[] = {100, 500, 900};
	static const struct spec hundred = {
	    "sizes", "hundreds", "", BAND_NONE, NAN, NAN};
	static const struct spec odd = {
	    "sizes", "odd-lots", "", BAND_NONE, NAN, NAN};

	for (unsigned i = 0; i < EXCH_REALISM_PLACES; i++)
		PUT(k, &places[i], exch_figure_placed, i);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(permille); i++)
		PUT(k, &lives[i], exch_figure_lifetime, permille[i]);
	PUT(k, &hundred, exch_figure_hundreds);
	PUT(k, &odd, exch_figure_odd_lots);
}

static void
put_book(struct maker *k)
{
	static const struct spec mean = {
	    "spread", "spread-mean", "ticks", BAND_NONE, NAN, NAN};
	static const struct spec activity[] = {
	    {"activity", "adds-per-taker", "", BAND_FACTOR, NAN, 2},
	    {"activity", "deletes-per-add", "", BAND_FACTOR, NAN, 2},
	    {"activity", "hidden-share", "", BAND_FACTOR, NAN, 2},
	};
	static const struct spec deep = {
	    "depth-profile", "fullest-level", "", BAND_OWN, 2, NAN};
	static const struct spec day = {
	    "intraday", "u-shape", "", BAND_OWN, 1.5, NAN};

	PUT(k, &mean, exch_figure_spread);
	put_orders(k);
	PUT(k, &activity[0], exch_figure_adds_per_taker);
	PUT(k, &activity[1], exch_figure_deletes_per_add);
	PUT(k, &activity[2], exch_figure_hidden);
	PUT(k, &deep, exch_figure_hump);
	PUT(k, &day, exch_figure_u_shape);
}

/*
 * `why` it is not known, or NULL; `most` NAN: for people.  W1 is told, and held
 * against its band, as a share of the reference's mean.
 */
static void
put_apart(struct maker *k, const struct spec *s,
    const struct exch_shape_distance *far, double unit, const char *why)
{
	struct exch_fact *f = new_row(k, s);

	if (why == NULL && !(unit > 0))
		why = "the reference's mean is 0";
	if (why != NULL) {
		say_why(f, why);
		return;
	}
	f->has_value = true;
	f->value = far->value / unit;
	f->sure = far->sure;
	f->low = far->low / unit;
	f->high = far->high / unit;
	if (s->most == s->most)
		judge(k, f, NAN, s->most);
	else if (far->covered < 1)
		(void)snprintf(f->why, sizeof(f->why),
		    "no band: over %u percent of the reference",
		    (unsigned)(far->covered * 100));
	else
		say_why(f, "no band: for people to compare");
}

/* How far two curves are apart, by how large the reference's is. */
static void
put_curve(struct maker *k, unsigned kind, const char *statistic)
{
	const struct spec s = {
	    "impact", statistic, "", BAND_COMPARED, NAN, NAN};
	struct exch_shape_distance far;
	const char *why =
	    exch_realism_curves_apart(k->ref, k->x, kind, &k->rng, &far);

	put_apart(k, &s, &far, 1, why);
}

static void
put_impact(struct maker *k)
{
	static const char *const name[EXCH_KINDS][4] = {
	    {"mo0-1", "mo0-10", "mo0-100", "mo0-apart"},
	    {"mo1-1", "mo1-10", "mo1-100", "mo1-apart"},
	    {"lo0-1", "lo0-10", "lo0-100", "lo0-apart"},
	    {"lo1-1", "lo1-10", "lo1-100", "lo1-apart"},
	    {"ca0-1", "ca0-10", "ca0-100", "ca0-apart"},
	    {"ca1-1", "ca1-10", "ca1-100", "ca1-apart"},
	};
	static const unsigned at[3] = {0, 3, 6}; /* lags 1, 10, 100 */
	static const struct spec delta = {
	    "impact", "metaorder-exponent", "", BAND_OWN, 0.4, 0.7};

	for (unsigned kind = 0; kind < EXCH_KINDS; kind++) {
		for (unsigned i = 0; i < 3; i++) {
			const struct spec s = {"impact", name[kind][i], "ticks",
			    BAND_NONE, NAN, NAN};

			PUT(k, &s, exch_figure_effect, kind, at[i]);
		}
		if (k->ref != NULL)
			put_curve(k, kind, name[kind][3]);
	}
	put(k, &delta,
	    exch_figure_make(
		false, 0, "a stream does not tell parts from the whole"),
	    exch_figure_make(false, 0, ""));
}

/* ---- distributions ---- */

static struct spec
spec_of(enum exch_shape_metric metric, const char *fact, double most)
{
	return (struct spec){fact,
	    metric == EXCH_SHAPE_L1 ? "l1" : "w1-by-mean", "", BAND_COMPARED,
	    NAN, most};
}

/* Quantities are counted in the unit of their day's instrument. */
static bool
same_unit(const struct maker *k)
{
	const struct exch_inst *a = &k->x->insts.inst[k->x->place];
	const struct exch_inst *b = &k->ref->insts.inst[k->ref->place];

	return a->qty_scale == b->qty_scale;
}

static const char other_unit[] = "quantities of the two have other units";

static void
put_distance(struct maker *k, enum exch_realism_dist which,
    enum exch_shape_metric metric, const char *fact, double most)
{
	const struct spec s = spec_of(metric, fact, most);
	bool counts = which == EXCH_DIST_SIZE || which == EXCH_DIST_BEST ||
		      which == EXCH_DIST_TEN;
	struct exch_shape_distance far;
	bool known = exch_shape_compare(
	    &k->ref->dist[which], &k->x->dist[which], metric, &k->rng, &far);
	double unit = metric == EXCH_SHAPE_L1 ? 1 : far.mean;

	put_apart(k, &s, &far, unit,
	    !known		      ? "one of the two has none"
	    : counts && !same_unit(k) ? other_unit
				      : NULL);
}

static void
put_given(struct maker *k, enum exch_realism_given which, const char *fact)
{
	for (unsigned i = 0; i < 2; i++) {
		enum exch_shape_metric metric =
		    i == 0 ? EXCH_SHAPE_L1 : EXCH_SHAPE_W1;
		const struct spec s = spec_of(metric, fact, NAN);
		struct exch_shape_distance far;
		bool known = exch_realism_given_compare(
		    k->ref, k->x, which, metric, &k->rng, &far);
		double unit = metric == EXCH_SHAPE_L1 ? 1 : far.mean;

		put_apart(k, &s, &far, unit,
		    !known ? "they have no class in common"
		    : which == EXCH_GIVEN_SPREAD && !same_unit(k) ? other_unit
								  : NULL);
	}
}

/* Both distances, for people. */
static void
put_both(struct maker *k, enum exch_realism_dist which, const char *fact)
{
	put_distance(k, which, EXCH_SHAPE_L1, fact, NAN);
	put_distance(k, which, EXCH_SHAPE_W1, fact, NAN);
}

static void
put_distances(struct maker *k)
{
	put_distance(k, EXCH_DIST_SPREAD, EXCH_SHAPE_L1, "spread", NAN);
	put_distance(k, EXCH_DIST_SPREAD, EXCH_SHAPE_W1, "spread", 0.2);
	put_both(k, EXCH_DIST_ARRIVAL, "clustered-arrivals");
	put_distance(
	    k, EXCH_DIST_PLACEMENT, EXCH_SHAPE_L1, "order-placement", 0.2);
	put_distance(
	    k, EXCH_DIST_DISTANCE, EXCH_SHAPE_W1, "order-placement", NAN);
	put_both(k, EXCH_DIST_WITHDRAWN, "withdrawals");
	put_both(k, EXCH_DIST_LIFETIME, "lifetimes");
	put_distance(k, EXCH_DIST_SIZE, EXCH_SHAPE_L1, "sizes", 0.2);
	put_distance(k, EXCH_DIST_SIZE, EXCH_SHAPE_W1, "sizes", NAN);
	put_both(k, EXCH_DIST_BEST, "best-quantity");
	put_both(k, EXCH_DIST_IMBALANCE, "imbalance");
	put_both(k, EXCH_DIST_TEN, "ten-levels");
	put_both(k, EXCH_DIST_LEVEL, "order-level");
	put_both(k, EXCH_DIST_LEFT_LEVEL, "withdrawal-level");
	put_given(k, EXCH_GIVEN_SPREAD, "ask-given-spread");
	put_given(k, EXCH_GIVEN_HOUR, "spread-given-hour");
	put_given(k, EXCH_GIVEN_VOLATILITY, "spread-given-volatility");
}

void
exch_realism_facts(struct exch_realism *x, struct exch_realism *reference,
    uint64_t seed, struct exch_facts *list)
{
	struct maker k = {.list = list, .x = x, .ref = reference};

	memset(list, 0, sizeof(*list));
	exch_rng_seed(&k.rng, seed);
	put_returns(&k);
	put_flow(&k);
	put_book(&k);
	put_impact(&k);
	if (reference != NULL)
		put_distances(&k);
}

const char *
exch_fact_verdict_name(enum exch_fact_verdict v)
{
	static const char *const name[] = {
	    [EXCH_FACT_PASS] = "pass",
	    [EXCH_FACT_FAIL] = "fail",
	    [EXCH_FACT_NONE] = "not-applicable",
	};

	return name[v];
}
