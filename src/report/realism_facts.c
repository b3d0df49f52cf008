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
#include "report/realism_sums.h"
#include "report/report.h"

/* Values that a statistic wants at least. */
#define FEW_RETURNS 50
#define FEW_TAIL 1000
#define FEW_TRADES 1000
#define FEW_EVENTS 100

/* What a band is about. */
enum band {
	BAND_NONE,     /* a figure for people; `why` says so */
	BAND_OWN,      /* the day's own figure, within [least, most] */
	BAND_FACTOR,   /* within a factor of the reference's: `most` */
	BAND_COMPARED, /* a distance between both */
};

/* One statistic of one day: false, and why there is none. */
struct figure {
	bool known;
	double v;
	const char *why;
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

static struct figure
figure(bool known, double v, const char *why)
{
	return (struct figure){known, known ? v : 0, known ? NULL : why};
}

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
put(struct maker *k, const struct spec *s, struct figure a, struct figure b)
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
			     : figure(false, 0, ""))

/* ---- returns ---- */

static struct figure
kurtosis(const struct exch_realism *x, unsigned span)
{
	const struct exch_moments *m = &x->returns[span];
	double v = 0;
	bool known;

	if (m->n < FEW_RETURNS)
		return figure(false, 0, "fewer than 50 returns");
	known = exch_moments_kurtosis(m, &v);
	return figure(known, v, "no price moved");
}

/* How much of it is left at a minute. */
static struct figure
kurtosis_left(const struct exch_realism *x)
{
	struct figure a = kurtosis(x, 0);
	struct figure b = kurtosis(x, EXCH_REALISM_SPANS - 1);

	if (!a.known || !b.known)
		return a.known ? b : a;
	return figure(a.v > 0, b.v / a.v, "there are no fat tails at 1 s");
}

static struct figure
hill(struct exch_realism *x)
{
	double v = 0;
	bool known;

	if (x->tail.seen < FEW_TAIL)
		return figure(false, 0, "fewer than 1000 returns");
	known = exch_tail_hill(&x->tail, &v);
	return figure(known, v, "fewer than one return in 20 is not 0");
}

static struct figure
memory(const struct exch_memory *m, unsigned lag, uint64_t few, const char *why)
{
	double v = 0;
	bool known;

	if (m->n < few)
		return figure(false, 0, why);
	known = exch_memory_at(m, lag, &v);
	return figure(known, v, "all are the same");
}

static struct figure
linear(const struct exch_realism *x)
{
	return memory(&x->linear, 1, FEW_RETURNS, "fewer than 50 returns");
}

static struct figure
absolute(const struct exch_realism *x, unsigned lag)
{
	return memory(&x->absolute, lag, FEW_RETURNS, "fewer than 50 returns");
}

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
		PUT(k, &fat[i], kurtosis, i);
	PUT(k, &left, kurtosis_left);
	PUT(k, &tail, hill);
	PUT(k, &lin, linear);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(lag); i++)
		PUT(k, &clustered[i], absolute, lag[i]);
}

/* ---- signs and arrivals ---- */

static struct figure
sign(const struct exch_realism *x, unsigned lag)
{
	return memory(&x->signs, lag, FEW_TRADES, "fewer than 1000 takers");
}

static struct figure
sign_decay(const struct exch_realism *x)
{
	double v = 0;
	bool known;

	if (x->signs.n < FEW_TRADES)
		return figure(false, 0, "fewer than 1000 takers");
	known = exch_memory_decay(&x->signs, &v);
	return figure(known, v, "noise before lag 5: too few, or no memory");
}

static struct figure
variation(const struct exch_realism *x)
{
	double v = 0;
	bool known;

	if (x->arrival.n < FEW_EVENTS)
		return figure(false, 0, "fewer than 100 commands");
	known = exch_moments_variation(&x->arrival, &v);
	return figure(known, v, "all come at one time");
}

static struct figure
arrival_mean(const struct exch_realism *x)
{
	return figure(x->arrival.n > 0,
	    x->arrival.n > 0 ? x->arrival.sum[0] / (double)x->arrival.n : 0,
	    "no commands");
}

static struct figure
arrival_median(const struct exch_realism *x)
{
	return figure(x->arrivals.n > 0,
	    (double)exch_times_at(&x->arrivals, 500) / 1e9, "no commands");
}

static struct figure
mean_by_median(const struct exch_realism *x)
{
	struct figure a = arrival_mean(x);
	struct figure b = arrival_median(x);

	return figure(
	    a.known && b.v > 0, a.v / b.v, "half of them come at one time");
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

	PUT(k, &one, sign, 1);
	PUT(k, &ten, sign, 10);
	PUT(k, &decay, sign_decay);
	PUT(k, &cv, variation);
	PUT(k, &mean, arrival_mean);
	PUT(k, &median, arrival_median);
	PUT(k, &ratio, mean_by_median);
}

/* ---- the book ---- */

static struct figure
spread(const struct exch_realism *x)
{
	return figure(x->spread_time > 0,
	    x->spread_time > 0 ? x->spread_sum / x->spread_time : 0,
	    "never both sides");
}

static struct figure
placed(const struct exch_realism *x, unsigned c)
{
	double all = 0;

	for (unsigned i = 0; i < EXCH_REALISM_PLACES; i++)
		all += (double)x->placed[i];
	return figure(all > 0, all > 0 ? (double)x->placed[c] / all : 0,
	    "no orders rest");
}

static struct figure
lifetime(const struct exch_realism *x, unsigned permille)
{
	return figure(x->lifetimes.n > 0,
	    (double)exch_times_at(&x->lifetimes, permille) / 1e9,
	    "none is withdrawn");
}

/* part of whole, where there is a whole */
static struct figure
ratio(double part, double whole, const char *why)
{
	return figure(whole > 0, whole > 0 ? part / whole : 0, why);
}

static bool
is_share(const struct exch_realism *x)
{
	const struct exch_inst *in = &x->insts.inst[x->place];

	return in->kind == EXCH_KIND_EQUITY || in->kind == EXCH_KIND_ETF;
}

static struct figure
hundreds(const struct exch_realism *x)
{
	return is_share(x) ? ratio((double)x->hundreds, (double)x->adds,
				 "no orders rest")
			   : figure(false, 0, "lots of 100 are of shares");
}

static struct figure
odd_lots(const struct exch_realism *x)
{
	return is_share(x)
		   ? ratio((double)x->odd, (double)x->adds, "no orders rest")
		   : figure(false, 0, "lots of 100 are of shares");
}

static struct figure
adds_per_taker(const struct exch_realism *x)
{
	return ratio((double)x->adds, (double)x->takers, "nobody takes");
}

static struct figure
deletes_per_add(const struct exch_realism *x)
{
	return ratio((double)x->deletes, (double)x->adds, "no orders rest");
}

static struct figure
hidden(const struct exch_realism *x)
{
	return ratio(x->hidden, x->volume, "nothing trades");
}

/* The level with most on it, of both sides. */
static struct figure
hump(const struct exch_realism *x)
{
	unsigned best = 0;

	for (unsigned i = 1; i < EXCH_REALISM_LEVELS; i++)
		if (x->depth[i] > x->depth[best])
			best = i;
	return figure(x->profiles > 0, best + 1, "never both sides");
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
static struct figure
u_shape(const struct exch_realism *x)
{
	const struct exch_realism_bin *b[EXCH_REALISM_BINS];
	unsigned n = sessions(x, b);
	double middle;

	if (n < 5)
		return figure(false, 0, "fewer than five half hours open");
	middle = (rate(b[(n - 1) / 2]) + rate(b[n / 2])) / 2;
	return ratio(rate(b[0]) + rate(b[n - 1]), 2 * middle,
	    "nothing trades in the middle");
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
		PUT(k, &places[i], placed, i);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(permille); i++)
		PUT(k, &lives[i], lifetime, permille[i]);
	PUT(k, &hundred, hundreds);
	PUT(k, &odd, odd_lots);
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

	PUT(k, &mean, spread);
	put_orders(k);
	PUT(k, &activity[0], adds_per_taker);
	PUT(k, &activity[1], deletes_per_add);
	PUT(k, &activity[2], hidden);
	PUT(k, &deep, hump);
	PUT(k, &day, u_shape);
}

/* ---- effects ---- */

/* What an event of a kind did to the midpoint, in ticks. */
static struct figure
effect(const struct exch_realism *x, unsigned kind, unsigned lag)
{
	const struct exch_realism_effect *e = &x->effect[kind][lag];

	return figure(e->n >= FEW_EVENTS,
	    e->n > 0 ? e->sum / (double)e->n / 2 : 0,
	    "fewer than 100 such events");
}

/* How far two curves are apart, by how large the reference's is. */
static void
put_curve(struct maker *k, unsigned kind, const char *statistic)
{
	const struct spec s = {
	    "impact", statistic, "", BAND_COMPARED, NAN, NAN};
	struct exch_fact *f = new_row(k, &s);
	double off = 0, size = 0;

	for (unsigned i = 0; i < EXCH_REALISM_LAGS; i++) {
		struct figure a = effect(k->x, kind, i);
		struct figure b = effect(k->ref, kind, i);

		if (!a.known || !b.known) {
			say_why(f, "fewer than 100 such events");
			return;
		}
		off += fabs(a.v - b.v);
		size += fabs(b.v);
	}
	say_why(f, size > 0 ? "no band: for people to compare"
			    : "the reference has none");
	f->has_value = size > 0;
	f->value = size > 0 ? off / size : 0;
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

			PUT(k, &s, effect, kind, at[i]);
		}
		if (k->ref != NULL)
			put_curve(k, kind, name[kind][3]);
	}
	put(k, &delta,
	    figure(false, 0, "a stream does not tell parts from the whole"),
	    figure(false, 0, ""));
}

/* ---- distributions ---- */

/* NAN: for people; of W1 the band is a share of the reference's mean. */
static void
put_distance(struct maker *k, enum exch_realism_dist which,
    enum exch_shape_metric metric, const char *fact, double most)
{
	const struct spec s = {fact,
	    metric == EXCH_SHAPE_L1 ? "l1" : "w1-by-mean", "", BAND_COMPARED,
	    NAN, most};
	struct exch_fact *f = new_row(k, &s);
	struct exch_shape_distance far;
	double unit = 1;

	if (!exch_shape_compare(&k->ref->dist[which], &k->x->dist[which],
		metric, &k->rng, &far) ||
	    (metric == EXCH_SHAPE_W1 &&
		(!exch_shape_mean(&k->ref->dist[which], &unit) ||
		    !(unit > 0)))) {
		say_why(f, "one of the two has none");
		return;
	}
	f->has_value = true;
	f->value = far.value / unit;
	f->sure = far.sure;
	f->low = far.low / unit;
	f->high = far.high / unit;
	if (most == most)
		judge(k, f, NAN, most);
	else
		say_why(f, "no band: for people to compare");
}

static void
put_distances(struct maker *k)
{
	put_distance(k, EXCH_DIST_SPREAD, EXCH_SHAPE_L1, "spread", NAN);
	put_distance(k, EXCH_DIST_SPREAD, EXCH_SHAPE_W1, "spread", 0.2);
	put_distance(
	    k, EXCH_DIST_ARRIVAL, EXCH_SHAPE_L1, "clustered-arrivals", NAN);
	put_distance(
	    k, EXCH_DIST_ARRIVAL, EXCH_SHAPE_W1, "clustered-arrivals", NAN);
	put_distance(
	    k, EXCH_DIST_PLACEMENT, EXCH_SHAPE_L1, "order-placement", 0.2);
	put_distance(
	    k, EXCH_DIST_DISTANCE, EXCH_SHAPE_W1, "order-placement", NAN);
	put_distance(k, EXCH_DIST_WITHDRAWN, EXCH_SHAPE_L1, "withdrawals", NAN);
	put_distance(k, EXCH_DIST_WITHDRAWN, EXCH_SHAPE_W1, "withdrawals", NAN);
	put_distance(k, EXCH_DIST_LIFETIME, EXCH_SHAPE_L1, "lifetimes", NAN);
	put_distance(k, EXCH_DIST_LIFETIME, EXCH_SHAPE_W1, "lifetimes", NAN);
	put_distance(k, EXCH_DIST_SIZE, EXCH_SHAPE_L1, "sizes", 0.2);
	put_distance(k, EXCH_DIST_SIZE, EXCH_SHAPE_W1, "sizes", NAN);
	put_distance(k, EXCH_DIST_BEST, EXCH_SHAPE_L1, "best-quantity", NAN);
	put_distance(k, EXCH_DIST_BEST, EXCH_SHAPE_W1, "best-quantity", NAN);
	put_distance(k, EXCH_DIST_IMBALANCE, EXCH_SHAPE_L1, "imbalance", NAN);
	put_distance(k, EXCH_DIST_IMBALANCE, EXCH_SHAPE_W1, "imbalance", NAN);
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
