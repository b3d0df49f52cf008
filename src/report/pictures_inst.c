/* Pictures of one instrument (pictures.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "plot/ticks.h"
#include "rec/schema.h"
#include "report/pictures.h"

/* What all of them begin with. */
struct one {
	struct exch_day *day;
	const struct exch_series_slot *slot;
	const struct exch_inst *in;
	struct exch_picture *pic;
	struct exch_plot *plot;
	const char *symbol;
	uint32_t n; /* bins */
};

static struct one
begin(struct exch_day *day, uint32_t slot, struct exch_picture *pic)
{
	struct one x = {.day = day, .pic = pic, .plot = &pic->plot};

	x.slot = &day->series.slot[slot];
	x.in = &day->run->insts.inst[x.slot->place];
	x.symbol = exch_picture_symbol(pic, x.in);
	x.n = day->series.bins.n;
	exch_picture_time(pic, day);
	return x;
}

static struct exch_plot_panel *
panel(struct one *x, const char *what, int scale, int decimals, unsigned height)
{
	struct exch_plot_panel *p = &x->plot->panel[x->plot->npanels++];

	p->label = what;
	p->scale = scale;
	p->decimals = decimals;
	p->height = height;
	return p;
}

/* "price (EUR)" */
static const char *
in_money(struct one *x, const char *what)
{
	return x->in->currency[0] == '\0'
		   ? what
		   : exch_picture_text(
			 x->pic, "%s (%.8s)", what, x->in->currency);
}

/* How wide a bin is: "1 min". */
static const char *
width_of(struct one *x)
{
	uint64_t w = x->plot->width;
	static const struct {
		uint64_t ns;
		const char *name;
	} unit[] = {{3600 * EXCH_SEC, "h"}, {60 * EXCH_SEC, "min"},
	    {EXCH_SEC, "s"}, {1000000, "ms"}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(unit); i++)
		if (w % unit[i].ns == 0)
			return exch_picture_text(x->pic, "%llu %s",
			    (unsigned long long)(w / unit[i].ns), unit[i].name);
	return exch_picture_text(x->pic, "%llu ns", (unsigned long long)w);
}

/* What is said of one whose bins do not begin with the day. */
static const char *
since(struct one *x)
{
	char at[EXCH_TICK_LABEL];

	if (x->slot->since == 0)
		return "";
	exch_ticks_time_of(x->slot->since, x->plot->tz, false, at);
	return exch_picture_text(x->pic,
	    " It is kept from %s on, when it became one of the most active.",
	    at);
}

/* ---- price ---- */

/* Values hold until there is another. */
static const int64_t *
carried(struct one *x, const int64_t *y)
{
	int64_t *c = exch_picture_values(x->pic, x->n);
	int64_t last = EXCH_PLOT_NONE;

	for (uint32_t i = 0; c != NULL && y != NULL && i < x->n; i++) {
		if (y[i] != EXCH_PLOT_NONE)
			last = y[i];
		c[i] = last;
	}
	return c;
}

struct price {
	int64_t *open, *high, *low, *last, *vwap, *volume, *trades;
	bool any;
};

static void
price_bins(struct one *x, struct price *p)
{
	exch_i128 notional = 0;
	exch_u128 priced = 0;

	for (uint32_t i = 0; i < x->n; i++) {
		const struct exch_series_cell *c = &x->slot->cell[i];

		if (c->volume == 0)
			continue;
		p->any = true;
		p->open[i] = c->open;
		p->high[i] = c->high;
		p->low[i] = c->low;
		p->last[i] = c->last;
		p->volume[i] = exch_picture_qty(c->volume);
		p->trades[i] = exch_picture_qty(
		    (exch_u128)c->trades * exch_pow10[x->in->qty_scale]);
		notional += c->notional;
		priced += c->priced;
		if (priced > 0)
			p->vwap[i] = exch_mean_px(
			    notional, priced, exch_tape_mean_decimals(x->in));
	}
}

static void
price_panels(struct one *x, const struct price *p)
{
	struct exch_plot_panel *top =
	    panel(x, in_money(x, "price"), 9, x->in->px_decimals, 170);
	struct exch_plot_series *s;

	exch_picture_series(top, "open", EXCH_PLOT_LINE, 0, p->open)->hidden =
	    true;
	s = exch_picture_series(top, "high", EXCH_PLOT_RANGE, 7, p->high);
	s->low = p->low;
	s->low_name = "low";
	s->drawn = true;
	s->name = "low to high";
	s = exch_picture_series(top, "high", EXCH_PLOT_LINE, 0, p->high);
	s->hidden = true;
	s = exch_picture_series(top, "low", EXCH_PLOT_LINE, 0, p->low);
	s->hidden = true;
	s = exch_picture_series(top, "last", EXCH_PLOT_LINE, 0, p->last);
	s->hidden = true;
	s = exch_picture_series(
	    top, "last", EXCH_PLOT_STEP, 0, carried(x, p->last));
	s->drawn = true;
	s = exch_picture_series(top, "VWAP", EXCH_PLOT_LINE, 0, p->vwap);
	s->hidden = true;
	s = exch_picture_series(
	    top, "VWAP so far", EXCH_PLOT_LINE, 1, carried(x, p->vwap));
	s->drawn = true;
	top = panel(x, "volume", x->in->qty_scale, 0, 70);
	top->zero = true;
	exch_picture_series(top, "volume", EXCH_PLOT_BAR, 5, p->volume);
	exch_picture_series(top, "trades", EXCH_PLOT_BAR, 5, p->trades)
	    ->hidden = true;
}

int
exch_picture_price(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct one x = begin(day, slot, pic);
	struct price p = {exch_picture_values(pic, x.n),
	    exch_picture_values(pic, x.n), exch_picture_values(pic, x.n),
	    exch_picture_values(pic, x.n), exch_picture_values(pic, x.n),
	    exch_picture_values(pic, x.n), exch_picture_values(pic, x.n),
	    false};

	if (pic->failed)
		return exch_report_nomem(d);
	price_bins(&x, &p);
	x.plot->title =
	    exch_picture_text(pic, "Price and volume of %s", x.symbol);
	x.plot->about = exch_picture_text(pic,
	    "Prices in the book in bins of %s: from low to high, the last one, "
	    "and the volume-weighted mean of all trades so far; below, what "
	    "traded.%s",
	    width_of(&x), since(&x));
	price_panels(&x, &p);
	if (!p.any)
		pic->empty = exch_picture_text(pic,
		    "Nothing traded in %s: a stream of orders alone shows "
		    "trades when exch-match is in the pipe before this tool.",
		    x.symbol);
	return EXCH_OK;
}

/* ---- spread ---- */

int
exch_picture_spread(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct one x = begin(day, slot, pic);
	int64_t *mean = exch_picture_values(pic, x.n);
	int64_t *part = exch_picture_values(pic, x.n);
	struct exch_plot_panel *p;
	bool any = false;

	if (pic->failed)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < x.n; i++) {
		const struct exch_series_cell *c = &x.slot->cell[i];

		if (c->quoted == 0)
			continue;
		any = true;
		mean[i] = exch_mean_px((exch_i128)c->spread, c->quoted,
		    exch_tape_mean_decimals(x.in));
		part[i] =
		    (int64_t)((exch_u128)c->quoted * 1000 / x.plot->width);
	}
	x.plot->title = exch_picture_text(pic, "Spread of %s", x.symbol);
	x.plot->about = exch_picture_text(pic,
	    "Best offer less best bid in continuous trading, weighted by time, "
	    "in bins of %s; below, how much of each bin both sides were "
	    "quoted.%s",
	    width_of(&x), since(&x));
	p = panel(&x, in_money(&x, "spread"), 9, x.in->px_decimals, 150);
	p->zero = true;
	exch_picture_series(p, "spread", EXCH_PLOT_STEP, 0, mean);
	p = panel(&x, "quoted (% of the time)", 1, 1, 60);
	p->zero = true;
	exch_picture_series(p, "quoted %", EXCH_PLOT_AREA, 2, part);
	if (!any)
		pic->empty = exch_picture_text(pic,
		    "Bid and offer of %s never stood at the same time in "
		    "continuous trading.",
		    x.symbol);
	return EXCH_OK;
}

/* ---- depth ---- */

#define HEAT_ROWS 60

/* The range of prices that is worth looking at. */
static bool
heat_range(struct one *x, int64_t *lo, int64_t *hi)
{
	exch_px tick = x->slot->tick;
	exch_i128 margin, a, b;
	bool any = false;

	for (uint32_t i = 0; i < x->n; i++) {
		const struct exch_series_cell *c = &x->slot->cell[i];
		exch_px low = c->low, high = c->high;

		if (low == EXCH_PX_NONE)
			continue;
		if (!any || low < *lo)
			*lo = low;
		if (!any || high > *hi)
			*hi = high;
		any = true;
	}
	/* nothing traded: where the best prices were last */
	for (uint32_t i = x->n; i-- > 0 && !any;)
		for (unsigned side = 0; side < 2; side++) {
			exch_px px = x->slot->cell[i].px[side];

			if (!x->slot->cell[i].seen || px == EXCH_PX_NONE)
				continue;
			if (!any || px < *lo)
				*lo = px;
			if (!any || px > *hi)
				*hi = px;
			any = true;
		}
	if (!any || tick <= 0)
		return false;
	margin = ((exch_i128)*hi - *lo) * 3 / 10;
	if (margin < (exch_i128)tick * 12)
		margin = (exch_i128)tick * 12;
	a = *lo - margin;
	b = *hi + margin;
	/* nobody bids below nothing, where prices are above it */
	if (*lo >= 0 && a < 0)
		a = 0;
	*lo = a < INT64_MIN / 2 ? INT64_MIN / 2 : (int64_t)a;
	*hi = b > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)b;
	return true;
}

/* Rows of whole ticks over a range. */
static void
heat_rows(struct one *x, int64_t lo, int64_t hi)
{
	struct exch_plot_heat *h = &x->plot->heat;
	exch_px tick = x->slot->tick;
	int64_t ticks = (hi - lo) / tick + 1;
	int64_t each = (ticks + HEAT_ROWS - 1) / HEAT_ROWS;

	h->step = each * tick;
	h->base = lo / h->step * h->step;
	if (h->base > lo)
		h->base -= h->step;
	h->rows = (unsigned)((hi - h->base) / h->step + 1);
}

static void
heat_bin(struct one *x, uint32_t bin, float *cell)
{
	const struct exch_plot_heat *h = &x->plot->heat;
	const struct exch_series_cell *c = &x->slot->cell[bin];
	float sum[2][HEAT_ROWS + 2] = {{0}};

	for (unsigned i = 0; i < 2 * EXCH_SERIES_LEVELS; i++) {
		unsigned side = i / EXCH_SERIES_LEVELS;
		const struct exch_series_level *l =
		    &x->slot->level[(size_t)bin * 2 * EXCH_SERIES_LEVELS + i];
		exch_i128 away = (exch_i128)l->ticks * x->slot->tick;
		exch_i128 at;

		if (!(l->q > 0) || c->px[side] == EXCH_PX_NONE)
			continue;
		at = c->px[side] + (side == 0 ? -away : away) - h->base;
		if (at >= 0 && at / h->step < h->rows)
			sum[side][at / h->step] += l->q;
	}
	for (unsigned row = 0; row < h->rows; row++)
		cell[row] =
		    sum[0][row] >= sum[1][row] ? sum[0][row] : -sum[1][row];
}

static void
heat_columns(struct one *x, int64_t *y[6], int64_t *last)
{
	for (uint32_t i = 0; i < x->n; i++) {
		const struct exch_series_cell *c = &x->slot->cell[i];

		last[i] = c->last;
		if (!c->seen)
			continue;
		for (unsigned side = 0; side < 2; side++) {
			y[side][i] = c->px[side];
			y[2 + side][i] = exch_picture_qty(c->qty[side]);
			y[4 + side][i] = exch_picture_qty(c->depth[side]);
		}
	}
}

static void
heat_series(struct one *x, int64_t *y[6], const int64_t *last)
{
	static const char *const name[] = {"best bid", "best offer", "bid size",
	    "offer size", "bids, all", "offers, all"};
	struct exch_plot_panel *p =
	    panel(x, in_money(x, "price"), 9, x->in->px_decimals, 240);
	struct exch_plot_series *s;

	for (unsigned i = 0; i < 2; i++)
		exch_picture_series(p, name[i], EXCH_PLOT_STEP, 6, y[i])
		    ->hidden = true;
	s = exch_picture_series(p, "last", EXCH_PLOT_STEP, 6, carried(x, last));
	s->drawn = true;
	p = panel(x, "quantity", x->in->qty_scale, 0, 0);
	for (unsigned i = 2; i < 6; i++)
		exch_picture_series(p, name[i], EXCH_PLOT_STEP, 6, y[i])
		    ->hidden = true;
}

int
exch_picture_depth(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct one x = begin(day, slot, pic);
	int64_t *y[6], *last = exch_picture_values(pic, x.n);
	int64_t lo = 0, hi = 0;
	bool any;
	float *cell;

	for (unsigned i = 0; i < 6; i++)
		y[i] = exch_picture_values(pic, x.n);
	x.plot->form = EXCH_PLOT_HEAT;
	x.plot->title = exch_picture_text(pic, "Depth of %s", x.symbol);
	if (pic->failed)
		return exch_report_nomem(d);
	any = heat_range(&x, &lo, &hi);
	if (any)
		heat_rows(&x, lo, hi);
	cell = exch_picture_room(
	    pic, (size_t)x.n * x.plot->heat.rows, sizeof(*cell));
	if (cell == NULL)
		return exch_report_nomem(d);
	x.plot->heat.cell = cell;
	for (uint32_t i = 0; any && i < x.n; i++)
		if (x.slot->cell[i].seen)
			heat_bin(&x, i, cell + (size_t)i * x.plot->heat.rows);
	x.plot->about = exch_picture_text(pic,
	    "What rested at each price at the end of bins of %s, up to %u "
	    "levels a side: the fuller the colour, the more.  Bids lie below "
	    "the line of the last price, offers above it.%s",
	    width_of(&x), EXCH_SERIES_LEVELS, since(&x));
	heat_columns(&x, y, last);
	heat_series(&x, y, last);
	for (uint32_t i = 0; i < x.n; i++)
		if (x.slot->cell[i].seen && any)
			return EXCH_OK;
	pic->empty = exch_picture_text(pic,
	    "No order of %s rested at the end of a bin of %s: depth comes "
	    "from orders that exch-match has answered, or from a feed that "
	    "shows them.",
	    x.symbol, width_of(&x));
	return EXCH_OK;
}

/* ---- auctions ---- */

/* Between two auctions is a place without values. */
static bool
breaks(const struct exch_series_call *a, const struct exch_series_call *b)
{
	return a->cross != b->cross ||
	       b->time - a->time > UINT64_C(1800) * EXCH_SEC;
}

struct auctions {
	int64_t *price, *result, *paired, *surplus;
	const char **name;
	char (*text)[12];
	uint32_t n;
};

static int64_t
signed_qty(exch_i128 v)
{
	return v >= INT64_MAX || v <= INT64_MIN ? EXCH_PLOT_NONE : (int64_t)v;
}

static void
auction_rows(struct one *x, struct auctions *a)
{
	for (uint32_t i = 0; i < x->slot->ncalls; i++) {
		const struct exch_series_call *c = &x->slot->call[i];
		char at[EXCH_TICK_LABEL];

		if (i > 0 && breaks(c - 1, c))
			a->name[a->n++] = "";
		exch_ticks_time_of(c->time, x->plot->tz, false, at);
		memcpy(a->text[a->n], at, 8); /* to the second */
		a->name[a->n] = a->text[a->n];
		(c->final ? a->result : a->price)[a->n] = c->price;
		a->paired[a->n] = exch_picture_qty(c->paired);
		a->surplus[a->n] = signed_qty(c->imbalance);
		a->n++;
	}
}

int
exch_picture_auctions(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct one x = begin(day, slot, pic);
	uint32_t most = 2 * x.slot->ncalls + 1;
	struct auctions a = {exch_picture_values(pic, most),
	    exch_picture_values(pic, most), exch_picture_values(pic, most),
	    exch_picture_values(pic, most),
	    exch_picture_room(pic, most, sizeof(char *)),
	    exch_picture_room(pic, most, 12), 0};
	struct exch_plot_panel *p;

	if (pic->failed)
		return exch_report_nomem(d);
	auction_rows(&x, &a);
	x.plot->form = EXCH_PLOT_CLASS;
	x.plot->n = a.n;
	x.plot->names = a.name;
	x.plot->x = "time of day: one place for each that was told";
	x.plot->title = exch_picture_text(pic, "Auctions of %s", x.symbol);
	x.plot->about = exch_picture_text(pic,
	    "Price at which the call would have ended, and the result, as they "
	    "were told; below, how much would have traded, and what was left "
	    "over (above 0: bought).%s%s",
	    x.slot->stride > 1 ? "  Of many that were told some are shown."
			       : "",
	    since(&x));
	p = panel(&x, in_money(&x, "price"), 9, x.in->px_decimals, 140);
	exch_picture_series(p, "indicative", EXCH_PLOT_STEP, 0, a.price);
	exch_picture_series(p, "result", EXCH_PLOT_DOT, 1, a.result);
	p = panel(&x, "quantity", x.in->qty_scale, 0, 90);
	p->zero = true;
	exch_picture_series(p, "would trade", EXCH_PLOT_BAR, 5, a.paired);
	exch_picture_series(p, "left over", EXCH_PLOT_STEP, 1, a.surplus);
	if (a.n == 0)
		pic->empty = exch_picture_text(pic,
		    "The stream tells of no auction in %s: exch-match does, "
		    "with a timetable that has calls (--timetable).",
		    x.symbol);
	return EXCH_OK;
}
