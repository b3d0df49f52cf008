/*
 * Pictures of what accounts gained and of what they held (pictures.h): of the
 * same accounts, so that one can be read beside the other.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "plot/markup.h"
#include "report/pictures.h"

#define LINES 6u

/* A panel of each, and one of all. */
_Static_assert(LINES < EXCH_PLOT_PANELS_MAX, "panels of positions");

/* Whose lines are drawn. */
struct chosen {
	struct exch_equity *line[LINES];
	unsigned n;
	unsigned firsts; /* of them, those that come first */
	unsigned alerts; /* of them, those with an alert */
	char currency[8];
};

static exch_i128
size_of(const struct exch_equity *x)
{
	exch_i128 gain = exch_equity_gain(x);

	return gain < 0 ? -gain : gain;
}

/* The largest first; of equal ones the lower account. */
static int
by_gain(const void *a, const void *b)
{
	const struct exch_equity *x = *(const struct exch_equity *const *)a;
	const struct exch_equity *y = *(const struct exch_equity *const *)b;

	if (size_of(x) != size_of(y))
		return size_of(x) < size_of(y) ? 1 : -1;
	return x->key.place < y->key.place ? -1 : x->key.place > y->key.place;
}

/* The currency of most lines; the one that comes first of two. */
static uint64_t
main_currency(struct exch_equity *const *all, uint32_t n)
{
	uint64_t best = 0;
	uint32_t most = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t same = 0;

		/* currencies are few: the first line of each counts */
		for (uint32_t j = 0; j < i && same == 0; j++)
			if (all[j]->key.id == all[i]->key.id)
				same = UINT32_MAX;
		for (uint32_t j = i; same != UINT32_MAX && j < n; j++)
			same += all[j]->key.id == all[i]->key.id;
		if (same != UINT32_MAX && same > most) {
			most = same;
			best = all[i]->key.id;
		}
	}
	return best;
}

/* Those that are so to the front, in their order; how many. */
static uint32_t
to_front(const struct exch_day *day, struct exch_equity **all, uint32_t n,
    bool (*is)(const struct exch_equities *e, const struct exch_report_run *run,
	uint32_t account))
{
	uint32_t front = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct exch_equity *x = all[i];

		if (!is(&day->equity, day->run, x->key.place))
			continue;
		memmove(all + front + 1, all + front,
		    (i - front) * sizeof(struct exch_equity *));
		all[front++] = x;
	}
	return front;
}

/*
 * Of one currency, that of most who come first if there are any; the largest
 * gains first, accounts of alerts before them, before these those who come
 * first, and nobody else where a list was given.
 */
static int
choose(const struct exch_day *day, struct chosen *c, struct exch_diag *d)
{
	uint32_t n = day->equity.line.live, front, kept = 0;
	struct exch_equity **all =
	    (struct exch_equity **)(void *)exch_keyed_sorted(&day->equity.line);
	uint64_t currency;

	if (all == NULL)
		return exch_report_nomem(d);
	front = to_front(day, all, n, exch_equities_first);
	if (day->equity.accounts != NULL)
		n = front;
	currency = main_currency(all, front != 0 ? front : n);
	memcpy(c->currency, &currency, 4);
	for (uint32_t i = 0; i < n; i++)
		if (all[i]->key.id == currency && all[i]->bin != 0)
			all[kept++] = all[i];
	qsort(all, kept, sizeof(struct exch_equity *), by_gain);
	(void)to_front(day, all, kept, exch_equities_alerted);
	c->firsts = to_front(day, all, kept, exch_equities_first);
	c->firsts = c->firsts < LINES ? c->firsts : LINES;
	c->n = kept < LINES ? kept : LINES;
	for (unsigned i = 0; i < c->n; i++)
		c->alerts += exch_equities_alerted(
		    &day->equity, day->run, all[i]->key.place);
	memcpy(c->line, all, c->n * sizeof(struct exch_equity *));
	exch_free(all);
	return EXCH_OK;
}

/* Those who had an alert and for whom there was no room. */
static const char *
others(struct exch_picture *pic, const struct exch_day *day,
    const struct chosen *c)
{
	uint32_t n = day->equity.alerted.live - c->alerts;

	return n == 0 ? ""
		      : exch_picture_text(pic,
			    "  %u more with alerts %s not drawn: --accounts "
			    "says whose lines are.",
			    n, n == 1 ? "is" : "are");
}

/* Which they are, in words. */
static const char *
choice(struct exch_picture *pic, const struct exch_day *day,
    const struct chosen *c)
{
	uint32_t n = day->equity.line.live;

	if (day->equity.accounts != NULL)
		return exch_picture_text(pic,
		    "%u of %u accounts: of those that were asked for, %sthose "
		    "that gained or lost most.",
		    c->n, n, c->alerts != 0 ? "those with alerts and " : "");
	return exch_picture_text(pic,
	    "%u of %u accounts: %s%sthose that gained or lost most%s.%s", c->n,
	    n, c->firsts != 0 ? "agents, then " : "",
	    c->alerts != 0 ? "those with alerts, then " : "",
	    n <= EXCH_EQUITIES_MAX ? "" : " of the first 1,024 that traded",
	    others(pic, day, c));
}

/* Nobody to draw: why.  NULL: there is somebody. */
static const char *
nobody(const struct exch_day *day, const struct chosen *c)
{
	if (day->equity.line.live == 0)
		return "Nobody's account traded: exch-replay gives orders "
		       "accounts with --accounts, and exch-match has to be in "
		       "the pipe.";
	return c->n == 0 ? "None of the accounts that --accounts names traded."
			 : NULL;
}

/* A label with the currency, where there is one. */
static const char *
in_money(struct exch_picture *pic, const char *what, const struct chosen *c)
{
	return c->currency[0] == '\0'
		   ? what
		   : exch_picture_text(pic, "%s (%s)", what, c->currency);
}

/* ---- gains ---- */

static void
gain_line(struct exch_day *day, struct exch_picture *pic,
    const struct exch_equity *x, uint8_t colour)
{
	const int64_t *gain =
	    exch_equity_bins(&day->equity, x, EXCH_EQUITY_GAIN);
	uint32_t n = day->series.bins.n;
	int64_t *y = exch_picture_values(pic, n);
	int64_t *fall = exch_picture_values(pic, n);
	const char *name = exch_picture_account(pic, day->run, x->key.place);
	int64_t peak = 0;

	if (pic->failed)
		return;
	for (uint32_t i = 0; i < n; i++) {
		y[i] = gain[i];
		if (gain[i] > peak)
			peak = gain[i];
		if (__builtin_sub_overflow(gain[i], peak, &fall[i]))
			fall[i] = EXCH_PLOT_NONE;
	}
	exch_picture_series(
	    &pic->plot.panel[0], name, EXCH_PLOT_STEP, colour, y);
	exch_picture_series(&pic->plot.panel[1],
	    exch_picture_text(pic, "%s, below", name), EXCH_PLOT_STEP, colour,
	    fall);
}

int
exch_picture_pnl(struct exch_day *day, uint32_t slot, struct exch_picture *pic,
    struct exch_diag *d)
{
	struct chosen c = {.n = 0};
	int rc = day->equity.line.live == 0 ? EXCH_OK : choose(day, &c, d);

	(void)slot;
	pic->plot.title = "Gains and drawdown of accounts";
	pic->empty = nobody(day, &c);
	if (rc != EXCH_OK || pic->empty != NULL)
		return rc;
	exch_picture_time(pic, day);
	exch_picture_panel(pic, in_money(pic, "gain", &c), 2, 2, 170)->zero =
	    true;
	exch_picture_panel(pic, "below the highest gain so far", 2, 2, 80)
	    ->zero = true;
	pic->plot.panel[1].as_above = true;
	pic->plot.about = exch_picture_text(pic,
	    "Cash of trades less fees, and what is held at the last price, at "
	    "the end of each bin; below, how far that is under its highest "
	    "value so far.  %s%s",
	    choice(pic, day, &c),
	    day->equity.unmarked
		? "  Holdings of what has no price count as nothing."
		: "");
	for (unsigned i = 0; i < c.n; i++)
		gain_line(day, pic, c.line[i], (uint8_t)i);
	return EXCH_OK;
}

/* ---- positions ---- */

static int64_t *
bins_of(struct exch_day *day, struct exch_picture *pic,
    const struct exch_equity *x, enum exch_equity_what what)
{
	uint32_t n = day->series.bins.n;
	int64_t *y = exch_picture_values(pic, n);

	if (y != NULL)
		memcpy(
		    y, exch_equity_bins(&day->equity, x, what), n * sizeof(*y));
	return y;
}

/* Letters of a name over its panel, so that its values have room. */
#define NAME_LETTERS 18u

/* What turns letters of a name that is cut ends behind the dots. */
static void
put_short(struct exch_buf *b, const char *name)
{
	bool turned = strncmp(name, "\xe2\x81\xa8", 3) == 0;
	size_t n = strlen(name), at = 0;

	for (unsigned seen = 0; at < n && seen < NAME_LETTERS; seen++) {
		size_t k = exch_markup_char(name + at, n - at);

		at += k == 0 ? 1 : k;
	}
	exch_buf_add(b, name, at);
	if (at < n)
		exch_buf_str(
		    b, turned ? "\xe2\x80\xa6\xe2\x81\xa9" : "\xe2\x80\xa6");
}

/* "ANN: -500 to 50000", of the values that are drawn. */
static const char *
reach(struct exch_picture *pic, const char *name, unsigned panel)
{
	const struct exch_plot_panel *p = &pic->plot.panel[panel];
	struct exch_buf b = {0};
	const char *text;
	int64_t lo, hi;

	if (pic->failed || !exch_plot_extent(&pic->plot, panel, &lo, &hi))
		return name;
	put_short(&b, name);
	exch_buf_str(&b, ": ");
	exch_buf_dec(&b, lo, p->scale, p->decimals);
	if (lo != hi) {
		exch_buf_str(&b, " to ");
		exch_buf_dec(&b, hi, p->scale, p->decimals);
	}
	exch_buf_char(&b, '\0');
	pic->failed |= b.failed;
	text = b.failed ? name : exch_picture_text(pic, "%s", b.p);
	exch_buf_free(&b);
	return text;
}

/*
 * A panel for each account, with a scale of its own: on one scale the largest
 * would make all others flat.
 */
static void
own_panels(struct exch_day *day, struct exch_picture *pic,
    const struct chosen *c, bool pieces)
{
	for (unsigned i = 0; i < c->n; i++) {
		const struct exch_equity *x = c->line[i];
		const char *name =
		    exch_picture_account(pic, day->run, x->key.place);
		struct exch_plot_panel *p = exch_picture_panel(pic, name,
		    pieces ? day->equity.scale : 2, pieces ? 0 : 2, 56);

		p->zero = true;
		exch_picture_series(p, name, EXCH_PLOT_STEP, (uint8_t)i,
		    bins_of(day, pic, x,
			pieces ? EXCH_EQUITY_HELD : EXCH_EQUITY_WORTH));
		p->label = reach(pic, name, i);
	}
}

/* What all of it is worth, on one scale: who is large. */
static void
worth_panel(
    struct exch_day *day, struct exch_picture *pic, const struct chosen *c)
{
	struct exch_plot_panel *p =
	    exch_picture_panel(pic, in_money(pic, "worth", c), 2, 2, 110);

	p->zero = true;
	for (unsigned i = 0; i < c->n; i++)
		exch_picture_series(p,
		    exch_picture_text(
			pic, "%s, worth", pic->plot.panel[i].series[0].name),
		    EXCH_PLOT_STEP, (uint8_t)i,
		    bins_of(day, pic, c->line[i], EXCH_EQUITY_WORTH));
}

int
exch_picture_inventory(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct chosen c = {.n = 0};
	int rc = day->equity.line.live == 0 ? EXCH_OK : choose(day, &c, d);
	bool pieces = !day->equity.mixed;

	(void)slot;
	pic->plot.title = "Positions of accounts";
	pic->empty = nobody(day, &c);
	if (rc != EXCH_OK || pic->empty != NULL)
		return rc;
	exch_picture_time(pic, day);
	own_panels(day, pic, &c, pieces);
	if (pieces && !pic->failed)
		worth_panel(day, pic, &c);
	pic->plot.about = exch_picture_text(pic,
	    "What is held at the end of each bin, sold short below 0: %s.  "
	    "Each account has a scale of its own, and its lowest and highest "
	    "value stand over it.  %s",
	    pieces ? "pieces of all instruments, and below, on one scale, what "
		     "that is worth at the last price"
		   : in_money(pic, "what that is worth at the last price", &c),
	    choice(pic, day, &c));
	return EXCH_OK;
}
