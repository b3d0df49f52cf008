/*
 * Lines of a scenario from what was counted (fit.h).
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "feed/text.h"
#include "rec/schema.h"
#include "sim/fit_priv.h"
#include "sim/flow.h"
#include "sim/market.h"

#define SIZES_SHOWN 8
#define TURNS 60
/* Queues are told apart as long as so many events were seen of a length. */
#define EVENTS_LEAST 50
/* Orders that come into the longest queues by those that go. */
#define GROWTH_MOST 0.85

const char *const exch_fit_kinds[] = {
    "zero", "cst", "hawkes", "queue", "mike", NULL};

static void
put(struct exch_buf *out, const char *name, const double *v, unsigned n)
{
	exch_buf_fmt(out, " %s ", name);
	for (unsigned i = 0; i < n; i++)
		exch_buf_fmt(out, "%s%.6g", i == 0 ? "" : ",", v[i]);
}

static void
put_one(struct exch_buf *out, const char *name, double v)
{
	put(out, name, &v, 1);
}

static double
by(double a, double b)
{
	return b > 0 ? a / b : 0;
}

/* The sizes that come most, and how often. */
static void
put_sizes(struct exch_buf *out, const struct exch_fit_day *y)
{
	double size[SIZES_SHOWN], share[SIZES_SHOWN], all = 0;
	unsigned n = 0;

	for (unsigned i = 1; i < EXCH_FIT_SIZES; i++)
		all += (double)y->sizes[i];
	for (; n < SIZES_SHOWN; n++) {
		unsigned best = 0;

		for (unsigned i = 1; i < EXCH_FIT_SIZES; i++) {
			bool had = false;

			for (unsigned k = 0; k < n; k++)
				had = had || size[k] == i;
			if (!had && y->sizes[i] > y->sizes[best])
				best = i;
		}
		if (best == 0)
			break;
		size[n] = best;
		share[n] = (double)y->sizes[best] / all;
	}
	if (n == 0)
		return;
	put(out, "size", size, n);
	if (n > 1)
		put(out, "size-shares", share, n);
}

/* A market to which no limit orders come is none. */
static int
too_far(const struct exch_fit *f, unsigned ticks, struct exch_diag *d)
{
	struct exch_buf tick = {0};

	exch_buf_dec(&tick, f->instr.tick, 9, 0);
	exch_buf_char(&tick, '\0');
	(void)exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
	    "%s: no limit order within %u ticks of the other side, of %s; if "
	    "its prices are in larger steps, say so when the day is read: "
	    "exch-replay --tick",
	    f->symbol, ticks, tick.failed ? "its tick" : tick.p);
	exch_buf_free(&tick);
	return EXCH_ERR_ABSENT;
}

/* Nor is one that orders never leave. */
static int
all_stay(const struct exch_fit *f, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
	    "%s: no order is cancelled in continuous trading: those of the "
	    "model would never go",
	    f->symbol);
}

static int
put_zero(struct exch_buf *out, const struct exch_fit *f, struct exch_diag *d)
{
	const struct exch_fit_day *y = &f->day;
	/* Of prices 1 to w alike the mean is (w + 1) / 2. */
	double window = 2 * by(y->far, y->near) - 1;
	uint64_t w = window < 1 ? 1 : (uint64_t)(window + 0.5);
	double limit = y->near / (2 * (double)w * y->seconds);

	if (limit < EXCH_FLOW_RATE_LEAST)
		return too_far(f, EXCH_FIT_FAR, d);
	if (y->markets <= 0 && y->cancels <= 0)
		return all_stay(f, d);
	put_one(out, "market-rate", y->markets / y->seconds);
	put_one(out, "limit-rate", limit);
	put_one(out, "cancel-rate", by(y->cancels, y->orders));
	put_one(out, "window", (double)w);
	return EXCH_OK;
}

static int
put_cst(struct exch_buf *out, const struct exch_fit *f, struct exch_diag *d)
{
	const struct exch_fit_day *y = &f->day;
	double lambda[EXCH_FIT_PRICES], theta[EXCH_FIT_PRICES + 1];
	double all = by(y->cancels, y->orders);
	unsigned n = EXCH_FIT_PRICES;

	for (unsigned i = 0; i < n; i++)
		lambda[i] = y->limit_at[i] / (2 * y->seconds);
	/* Where nothing was seen, what is so in the mean. */
	for (unsigned i = 0; i <= n; i++)
		theta[i] = y->cancel_at[i] > 0 && y->orders_at[i] > 0
			       ? by(y->cancel_at[i], y->orders_at[i])
			       : all;
	/* Nothing comes beyond the last price that something came to. */
	while (n > 1 && lambda[n - 1] <= 0)
		n--;
	if (lambda[n - 1] <= 0)
		return too_far(f, EXCH_FIT_PRICES, d);
	if (theta[EXCH_FIT_PRICES] <= 0)
		return all_stay(f, d);
	put_one(out, "market-rate", y->markets / (2 * y->seconds));
	put(out, "limit-rates", lambda, n);
	put(out, "cancel-rates", theta, EXCH_FIT_PRICES + 1);
	return EXCH_OK;
}

static void
put_hawkes(struct exch_buf *out, const struct exch_fit_day *y)
{
	struct exch_hawkes h = {
	    .kinds = 12, .decays = 3, .beta = {1000, 30, 1}};
	double end = y->ntime > 0 ? y->time[y->ntime - 1] : 0;
	double away = by(y->ticks, y->away), inside = by(y->better, y->inside);
	double cancel = by(y->cancels, y->orders) / 50;

	exch_fit_hawkes(&h, y->time, y->kind, y->ntime, end, TURNS);
	put_one(out, "dimensions", 12);
	put(out, "base-rates", h.mu, h.kinds);
	exch_buf_str(out, " excite ");
	for (unsigned i = 0; i < h.kinds; i++)
		for (unsigned j = 0; j < h.kinds; j++)
			exch_buf_fmt(
			    out, "%s%.4g", i + j == 0 ? "" : ",", h.a[i][j]);
	if (exch_hawkes_branching(&h) > 0.99)
		put_one(out, "branching", 0.99);
	put(out, "decays", h.beta, h.decays);
	put(out, "decay-shares", h.share, h.decays);
	/* The process has the cancels; a few more keep the book finite. */
	put_one(out, "cancel-rate",
	    cancel < EXCH_FLOW_RATE_LEAST ? EXCH_FLOW_RATE_LEAST : cancel);
	put_one(out, "inside", inside < 1 ? 1 : inside);
	put_one(out, "away", away < 1 ? 1 : away);
}

/* How many lengths of a level's queue are told apart. */
static unsigned
lengths(const struct exch_fit_day *y, unsigned l)
{
	unsigned n = 1;

	while (n + 1 < EXCH_FIT_LONG &&
	       y->in[l][n] + y->out[l][n] + y->took[l][n] >= EVENTS_LEAST)
		n++;
	return n;
}

/* Rates by length; the last is of all that are as long or longer. */
static void
rates(const double *events, const double *time, unsigned n, double *rate)
{
	double e = 0, t = 0;

	for (unsigned i = 0; i < n; i++)
		rate[i] = by(events[i], time[i]);
	for (unsigned i = n - 1; i < EXCH_FIT_LONG; i++) {
		e += events[i];
		t += time[i];
	}
	rate[n - 1] = by(e, t);
}

static int
put_level(struct exch_buf *out, const struct exch_fit_day *y, unsigned l,
    struct exch_diag *d)
{
	static const char *const name[EXCH_FIT_LEVELS][3] = {
	    {"limit-1", "cancel-1", "market-1"},
	    {"limit-2", "cancel-2", "market-2"},
	    {"limit-3", "cancel-3", "market-3"}};
	double limit[EXCH_FIT_LONG], cancel[EXCH_FIT_LONG],
	    market[EXCH_FIT_LONG], least;
	unsigned n = lengths(y, l);

	if (n < 2)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "level %u has too few orders to tell the rates of its "
		    "queue",
		    l + 1);
	rates(y->in[l], y->stood[l], n, limit);
	rates(y->out[l], y->stood[l], n, cancel);
	rates(y->took[l], y->best[l], n, market);
	/*
	 * A book whose reference moves takes orders out of sight, too; around
	 * one that stays, cancels have to do that, or queues grow for ever.
	 */
	least = limit[n - 1] / GROWTH_MOST - (l == 0 ? market[n - 1] : 0);
	if (cancel[n - 1] < least)
		cancel[n - 1] = least;
	put(out, name[l][0], limit, n);
	put(out, name[l][1], cancel, n);
	put(out, name[l][2], market, n);
	return EXCH_OK;
}

static int
put_queue(
    struct exch_buf *out, const struct exch_fit_day *y, struct exch_diag *d)
{
	int rc = EXCH_OK;

	put_one(out, "levels", EXCH_FIT_LEVELS);
	for (unsigned l = 0; l < EXCH_FIT_LEVELS && rc == EXCH_OK; l++)
		rc = put_level(out, y, l, d);
	return rc;
}

static int
put_mike(struct exch_buf *out, const struct exch_fit *f, struct exch_diag *d)
{
	const struct exch_fit_mike *m = &f->day.mike;
	double alpha, nu, scale, reach, a, b;
	unsigned hidden;

	exch_fit_mike_signs(m, &alpha, &hidden);
	exch_fit_mike_places(m, &nu, &scale, &reach);
	exch_fit_mike_cancels(m, &a, &b);
	if (a <= 0)
		return all_stay(f, d);
	put_one(out, "order-rate", m->orders / f->day.seconds);
	put_one(out, "memory", alpha);
	put_one(out, "hidden", hidden);
	put_one(out, "freedom", nu);
	put_one(out, "scale", scale);
	put_one(out, "reach", reach);
	put_one(out, "cancel-a", a);
	put_one(out, "cancel-b", b);
	return EXCH_OK;
}

void
exch_fit_parts(struct exch_fit *f, unsigned parts)
{
	f->parts = parts < EXCH_FIT_PARTS ? parts : EXCH_FIT_PARTS;
}

/* Three digits: what comes by chance says no more. */
static void
put_profile(struct exch_buf *out, const struct exch_fit *f)
{
	double factor[EXCH_FIT_PARTS];

	exch_fit_day_profile(&f->day, f->parts, factor);
	exch_buf_str(out, " profile ");
	for (unsigned i = 0; i < f->parts; i++)
		exch_buf_fmt(out, "%s%.3g", i == 0 ? "" : ",", factor[i]);
}

static void
put_price(struct exch_buf *out, const char *name, exch_px px)
{
	exch_buf_fmt(out, " %s ", name);
	exch_buf_dec(out, px, 9, 0);
}

/*
 * Where the next day begins: the last price, that of the day before, or the
 * middle.
 */
static exch_px
reference(const struct exch_fit *f)
{
	if (f->last != EXCH_PX_NONE)
		return f->last;
	if (f->instr.reference != EXCH_PX_NONE || !f->day.referred)
		return f->instr.reference;
	return f->day.middle * f->instr.tick;
}

/* A code of letters and digits; others are no word of a scenario. */
static void
put_code(struct exch_buf *out, const char *name, const char *p, size_t room)
{
	size_t n = strnlen(p, room);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]))
			return;
	if (n > 0)
		exch_buf_fmt(out, " %s %.*s", name, (int)n, p);
}

static void
put_qty(struct exch_buf *out, const char *name, exch_qty qty, int scale)
{
	exch_buf_fmt(out, " %s ", name);
	exch_buf_dec(out, (int64_t)qty, scale, 0);
}

/* What its orders are: words that stand before quantities and prices first. */
static void
put_grid(struct exch_buf *out, const struct exch_rec_instrument *i)
{
	const char *kind = exch_word_of(exch_words_kind, i->kind);
	int scale = -i->qty_exponent;

	if (i->kind != EXCH_KIND_EQUITY && kind != NULL)
		exch_buf_fmt(out, " kind %s", kind);
	if ((i->iflags & EXCH_INSTR_32NDS) != 0)
		exch_buf_str(out, " price 32nds");
	put_price(out, "tick", i->tick);
	if (i->px_decimals != exch_text_decimals(i->tick))
		exch_buf_fmt(out, " decimals %u", i->px_decimals);
	if (scale > 0)
		put_qty(out, "unit", 1, scale);
	put_qty(out, "lot", i->lot, scale);
	if (i->min_qty > 1)
		put_qty(out, "min", i->min_qty, scale);
	if (i->max_qty != EXCH_QTY_NONE)
		put_qty(out, "max", i->max_qty, scale);
}

/*
 * What a trade is worth, and in what.  An underlying is another instrument,
 * which this scenario has not.
 */
static void
put_terms(struct exch_buf *out, const struct exch_rec_instrument *i)
{
	put_code(out, "currency", i->currency, sizeof(i->currency));
	put_code(out, "isin", i->isin, sizeof(i->isin));
	put_code(out, "mic", i->mic, sizeof(i->mic));
	if (i->multiplier > 0 && i->multiplier != EXCH_PX_ONE)
		put_price(out, "multiplier", i->multiplier);
	if (i->strike != EXCH_PX_NONE)
		put_price(out, "strike", i->strike);
	if ((i->iflags & EXCH_INSTR_PUT) != 0)
		exch_buf_str(out, " right put");
	if (i->expiry != 0)
		exch_buf_fmt(out, " expiry %04u-%02u-%02u", i->expiry / 10000,
		    i->expiry / 100 % 100, i->expiry % 100);
	if (i->settle_days != 0)
		exch_buf_fmt(out, " settle %u", i->settle_days);
}

static int
put_instrument(
    struct exch_buf *out, const struct exch_fit *f, struct exch_diag *d)
{
	exch_px ref = reference(f);

	if (ref == EXCH_PX_NONE)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "%s: no trade, and never orders of both sides: no price "
		    "for a market to begin at",
		    f->symbol);
	exch_buf_fmt(out, "instrument %s", f->symbol);
	put_grid(out, &f->instr);
	put_price(out, "reference", ref);
	put_terms(out, &f->instr);
	exch_buf_char(out, '\n');
	return EXCH_OK;
}

int
exch_fit_write(const struct exch_fit *f, const char *kind, struct exch_buf *out,
    struct exch_diag *d)
{
	unsigned k = 0;
	int rc = EXCH_OK;

	while (
	    exch_fit_kinds[k] != NULL && strcmp(exch_fit_kinds[k], kind) != 0)
		k++;
	if (exch_fit_kinds[k] == NULL)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "\"%.32s\" cannot be estimated; zero, cst, hawkes, queue "
		    "and mike can",
		    kind);
	if (k == 2 && f->parts != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--profile: hawkes is estimated from the first %u events, "
		    "which are no whole day; the others have a "
		    "profile",
		    EXCH_FIT_EVENTS);
	rc = put_instrument(out, f, d);
	if (rc != EXCH_OK)
		return rc;
	exch_buf_fmt(out, "flow %s %s", kind, f->symbol);
	if (k == 0)
		rc = put_zero(out, f, d);
	else if (k == 1)
		rc = put_cst(out, f, d);
	else if (k == 2)
		put_hawkes(out, &f->day);
	else if (k == 3)
		rc = put_queue(out, &f->day, d);
	else
		rc = put_mike(out, f, d);
	put_sizes(out, &f->day);
	if (f->parts != 0)
		put_profile(out, f);
	exch_buf_char(out, '\n');
	return out->failed ? (int)EXCH_ERR_NOMEM : rc;
}
