/*
 * exch-feed stats as a table, as a page of text, and its phases and auctions
 * (stats.h).
 */
#include <config.h>

#include <string.h>

#include "base/even.h"
#include "md/stats.h"
#include "rec/schema.h"
#include "report/grid.h"

#define I128_MAX ((exch_u128)-1 >> 1)

static const struct exch_col cols[] = {
    {"symbol", EXCH_COL_TEXT, 0},
    {"currency", EXCH_COL_TEXT, 0},
    {"trades", EXCH_COL_NUM, 0},
    {"volume", EXCH_COL_NUM, 0},
    {"turnover", EXCH_COL_NUM, 0},
    {"vwap", EXCH_COL_NUM, 0},
    {"open", EXCH_COL_NUM, 0},
    {"high", EXCH_COL_NUM, 0},
    {"low", EXCH_COL_NUM, 0},
    {"close", EXCH_COL_NUM, 0},
    {"largest_qty", EXCH_COL_NUM, 0},
    {"largest_px", EXCH_COL_NUM, 0},
    {"largest_time", EXCH_COL_TIME, 0},
    {"spread", EXCH_COL_NUM, 0},
    {"spread_ticks", EXCH_COL_NUM, 0},
    {"spread_bps", EXCH_COL_NUM, 0},
    {"bid_depth", EXCH_COL_NUM, 0},
    {"ask_depth", EXCH_COL_NUM, 0},
    {"quoted_seconds", EXCH_COL_NUM, 0},
    {"continuous_seconds", EXCH_COL_NUM, 0},
    {"quoted_percent", EXCH_COL_NUM, 0},
    {"halts", EXCH_COL_NUM, 0},
    {"halted_seconds", EXCH_COL_NUM, 0},
    {"auctions", EXCH_COL_NUM, 0},
    {"auction_volume", EXCH_COL_NUM, 0},
    {"open_auction_price", EXCH_COL_NUM, 0},
    {"open_auction_volume", EXCH_COL_NUM, 0},
    {"close_auction_price", EXCH_COL_NUM, 0},
    {"close_auction_volume", EXCH_COL_NUM, 0},
    {"orders", EXCH_COL_NUM, 0},
    {"cancels", EXCH_COL_NUM, 0},
    {"expired", EXCH_COL_NUM, 0},
    {"replaces", EXCH_COL_NUM, 0},
    {"rejects", EXCH_COL_NUM, 0},
    {"cancel_percent", EXCH_COL_NUM, 0},
    {"replace_percent", EXCH_COL_NUM, 0},
    {"reject_percent", EXCH_COL_NUM, 0},
    {"order_to_trade", EXCH_COL_NUM, 0},
};

static const struct exch_col act_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"what", EXCH_COL_TEXT, 10},
    {"cross", EXCH_COL_TEXT, 8},
    {"reason", EXCH_COL_TEXT, 6},
    {"seconds", EXCH_COL_NUM, 15},
    {"price", EXCH_COL_NUM, 11},
    {"volume", EXCH_COL_NUM, 9},
    {"imbalance", EXCH_COL_NUM, 9},
    {"side", EXCH_COL_TEXT, 4},
};

/* ---- figures: a value, or there is none ---- */

struct figure {
	exch_i128 v; /* 10^-scale */
	int scale;
	int places; /* shown in any case */
	bool none;
};

/* area x times / by, half-even; none of nothing, and beyond 128 bits. */
static struct figure
mean(exch_u128 area, uint64_t times, exch_u128 by, int scale)
{
	struct figure f = {
	    .scale = scale, .places = scale == 4 ? 4 : 2, .none = true};

	if (by == 0 || by > I128_MAX || area > I128_MAX / times)
		return f;
	f.none = false;
	f.v = exch_div_half_even((exch_i128)(area * times), (exch_i128)by);
	return f;
}

/* part of whole, in hundredths of `unit`. */
static struct figure
share(uint64_t part, uint64_t whole, uint64_t unit)
{
	struct figure f = {.scale = 2, .places = 2, .none = whole == 0};

	if (whole != 0)
		f.v = (exch_i128)((exch_u128)part * 100 * unit / whole);
	return f;
}

static exch_px
spread_px(const struct exch_stat *b, const struct exch_inst *in)
{
	if (b->spread_area > I128_MAX)
		return EXCH_PX_NONE;
	return exch_mean_px(
	    (exch_i128)b->spread_area, b->quoted, exch_tape_mean_decimals(in));
}

static struct figure
spread_ticks(const struct exch_stat *b, const struct exch_inst *in)
{
	return mean(b->spread_area, 10000,
	    (exch_u128)b->quoted * (uint64_t)in->tick, 4);
}

/* Of the middle, which is half of what mid_area sums. */
static struct figure
spread_bps(const struct exch_stat *b)
{
	return mean(
	    b->spread_area, 2 * 10000 * 100, b->below ? 0 : b->mid_area, 2);
}

static struct figure
depth(const struct exch_stat *b, unsigned side, const struct exch_inst *in)
{
	return mean(b->qty_area[side], 100, b->quoted, in->qty_scale + 2);
}

static struct figure
order_to_trade(const struct exch_stat *b, const struct exch_tape_sum *t)
{
	return share(b->orders + b->cancels + b->replaces, t->trades, 1);
}

static struct exch_sum_auction
auctions(const struct exch_stat *b)
{
	struct exch_sum_auction all = {0};

	for (unsigned i = 0; i < EXCH_SUM_CROSSES; i++) {
		all.n += b->auction[i].n;
		all.volume += b->auction[i].volume;
	}
	return all;
}

/* ---- the table ---- */

static void
put_figure(struct exch_table *t, struct figure f)
{
	if (f.none)
		exch_table_none(t);
	else
		exch_table_dec(t, f.v, f.scale, f.places);
}

static void
put_volume(struct exch_table *t, exch_u128 v, unsigned scale)
{
	exch_table_dec(t, (exch_i128)v, (int)scale, 0);
}

static void
put_seconds(struct exch_table *t, uint64_t ns)
{
	exch_table_dec(t, (exch_i128)ns, 9, 9);
}

static void
put_trades(struct exch_table *t, const struct exch_stat *b,
    const struct exch_tape_sum *tape, const struct exch_inst *in)
{
	exch_tape_put(t, tape, in);
	if (b->largest == 0) {
		for (unsigned i = 0; i < 3; i++)
			exch_table_none(t);
		return;
	}
	exch_table_qty(t, b->largest, in->qty_scale);
	exch_table_px(t, b->largest_px, in->px_show);
	exch_table_time(t, b->largest_time);
}

static void
put_quotes(
    struct exch_table *t, const struct exch_stat *b, const struct exch_inst *in)
{
	exch_table_px(t, spread_px(b, in), in->px_decimals);
	put_figure(t, spread_ticks(b, in));
	put_figure(t, spread_bps(b));
	put_figure(t, depth(b, 0, in));
	put_figure(t, depth(b, 1, in));
	put_seconds(t, b->quoted);
	put_seconds(t, b->continuous);
	put_figure(t, share(b->quoted, b->continuous, 100));
	exch_table_u64(t, b->halts);
	put_seconds(t, b->halted);
}

static void
put_auctions(
    struct exch_table *t, const struct exch_stat *b, const struct exch_inst *in)
{
	static const uint8_t kinds[] = {EXCH_CROSS_OPEN, EXCH_CROSS_CLOSE};
	struct exch_sum_auction all = auctions(b);

	exch_table_u64(t, all.n);
	put_volume(t, all.volume, in->qty_scale);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(kinds); i++) {
		const struct exch_sum_auction *a = &b->auction[kinds[i]];

		exch_table_px(
		    t, a->n == 0 ? EXCH_PX_NONE : a->price, in->px_show);
		if (a->n == 0)
			exch_table_none(t);
		else
			put_volume(t, a->volume, in->qty_scale);
	}
}

static void
put_orders(struct exch_table *t, const struct exch_stat *b,
    const struct exch_tape_sum *tape)
{
	exch_table_u64(t, b->orders);
	exch_table_u64(t, b->cancels);
	exch_table_u64(t, b->expired);
	exch_table_u64(t, b->replaces);
	exch_table_u64(t, b->rejects);
	put_figure(t, share(b->cancels, b->orders, 100));
	put_figure(t, share(b->replaces, b->orders, 100));
	put_figure(t, share(b->rejects, b->orders + b->rejects, 100));
	put_figure(t, order_to_trade(b, tape));
}

static void
put_row(struct exch_report_run *run, uint32_t place)
{
	const struct exch_stats *s = run->state;
	const struct exch_inst *in = &run->insts.inst[place];
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_report_symbol(run, place);
	exch_table_text(t, in->currency, strlen(in->currency));
	put_trades(t, &s->by[place], &s->tape.sum[place], in);
	put_quotes(t, &s->by[place], in);
	put_auctions(t, &s->by[place], in);
	put_orders(t, &s->by[place], &s->tape.sum[place]);
	exch_table_end(t);
}

/* ---- phases and auctions, in the order of the day ---- */

static void
put_act(struct exch_report_run *run, const struct exch_stat_act *a)
{
	static const struct exch_inst none = {.px_decimals = 2, .px_show = 2};
	bool all = a->place == EXCH_STAT_ALL;
	const struct exch_inst *in = all ? &none : &run->insts.inst[a->place];
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_time(t, a->time);
	if (all)
		exch_table_none(t);
	else
		exch_report_symbol(run, a->place);
	exch_table_word(t,
	    a->auction ? "auction" : exch_word_of(exch_words_phase, a->phase));
	exch_table_word(t, a->cross == EXCH_CROSS_NONE
			       ? NULL
			       : exch_word_of(exch_words_cross, a->cross));
	exch_table_text(t, a->reason, strnlen(a->reason, sizeof(a->reason)));
	if (a->auction)
		exch_table_none(t);
	else
		put_seconds(t, a->lasts);
	exch_table_px(t, a->price, in->px_show);
	if (!a->auction) {
		for (unsigned i = 0; i < 3; i++)
			exch_table_none(t);
	} else {
		exch_table_qty(t, a->volume, in->qty_scale);
		exch_table_qty(t, a->imbalance, in->qty_scale);
		exch_table_word(t,
		    a->imbalance > 0 ? exch_report_side(a->side, NULL) : NULL);
	}
	exch_table_end(t);
}

static void
put_acts(struct exch_report_run *run)
{
	const struct exch_stats *s = run->state;

	for (uint32_t i = 0; i < s->nact; i++)
		if (s->act[i].place == EXCH_STAT_ALL ||
		    exch_report_watched(run, s->act[i].place))
			put_act(run, &s->act[i]);
}

/* ---- the page ---- */

static void
grid_figure(struct exch_grid *g, struct figure f)
{
	if (f.none)
		exch_grid_str(g, "-");
	else
		exch_grid_dec(g, f.v, f.scale, f.places);
}

static void
grid_prices(struct exch_grid *g, const struct exch_stats *s, uint32_t place,
    const struct exch_inst *in)
{
	const struct exch_tape_sum *t = &s->tape.sum[place];

	exch_grid_u64(g, t->trades);
	exch_grid_dec(g, (exch_i128)t->volume, in->qty_scale, 0);
	exch_grid_dec(g, t->turnover, 6, 2);
	exch_grid_text(g, in->currency, strlen(in->currency));
	exch_grid_px(
	    g, exch_tape_vwap(t, in), (unsigned)exch_tape_mean_decimals(in));
	exch_grid_px(g, t->open, in->px_show);
	exch_grid_px(g, t->high, in->px_show);
	exch_grid_px(g, t->low, in->px_show);
	exch_grid_px(g, t->last, in->px_show);
}

static void
grid_quotes(struct exch_grid *g, const struct exch_stats *s, uint32_t place,
    const struct exch_inst *in)
{
	const struct exch_stat *b = &s->by[place];

	exch_grid_px(g, spread_px(b, in), in->px_decimals);
	grid_figure(g, spread_ticks(b, in));
	grid_figure(g, spread_bps(b));
	grid_figure(g, depth(b, 0, in));
	grid_figure(g, depth(b, 1, in));
	exch_grid_dec(g, (exch_i128)(b->quoted / 1000000), 3, 3);
	grid_figure(g, share(b->quoted, b->continuous, 100));
	exch_grid_u64(g, b->halts);
	exch_grid_dec(g, (exch_i128)(b->halted / 1000000), 3, 3);
}

static void
grid_orders(struct exch_grid *g, const struct exch_stats *s, uint32_t place,
    const struct exch_inst *in)
{
	const struct exch_stat *b = &s->by[place];

	(void)in;
	exch_grid_u64(g, b->orders);
	exch_grid_u64(g, b->cancels);
	exch_grid_u64(g, b->expired);
	exch_grid_u64(g, b->replaces);
	exch_grid_u64(g, b->rejects);
	grid_figure(g, share(b->cancels, b->orders, 100));
	grid_figure(g, share(b->replaces, b->orders, 100));
	grid_figure(g, share(b->rejects, b->orders + b->rejects, 100));
	grid_figure(g, order_to_trade(b, &s->tape.sum[place]));
}

static void
grid_largest(struct exch_grid *g, const struct exch_stats *s, uint32_t place,
    const struct exch_inst *in)
{
	const struct exch_stat *b = &s->by[place];
	struct exch_sum_auction all = auctions(b);

	if (b->largest == 0)
		exch_grid_str(g, "-");
	else
		exch_grid_dec(g, (exch_i128)b->largest, in->qty_scale, 0);
	exch_grid_px(
	    g, b->largest == 0 ? EXCH_PX_NONE : b->largest_px, in->px_show);
	exch_grid_u64(g, all.n);
	exch_grid_dec(g, (exch_i128)all.volume, in->qty_scale, 0);
}

/* A table of the page, a row for each instrument. */
struct part {
	const char *title;
	unsigned left; /* columns aligned so */
	unsigned n;
	const char *heads[10];
	void (*put)(struct exch_grid *g, const struct exch_stats *s,
	    uint32_t place, const struct exch_inst *in);
};

static const struct part parts[] = {
    {"Trading\n", 1u | 1u << 4, 10,
	{"symbol", "trades", "volume", "turnover", "", "VWAP", "open", "high",
	    "low", "close"},
	grid_prices},
    {"\nLargest trade, and auctions\n", 1u, 5,
	{"symbol", "largest", "at", "auctions", "volume"}, grid_largest},
    {"\nQuotes, weighted with time\n", 1u, 10,
	{"symbol", "spread", "in ticks", "in bp", "bid depth", "ask depth",
	    "quoted s", "%", "halts", "halted s"},
	grid_quotes},
    {"\nOrders\n", 1u, 10,
	{"symbol", "orders", "cancels", "expired", "replaces", "rejects",
	    "cancel%", "repl.%", "reject%", "per trade"},
	grid_orders},
};

static int
put_part(
    struct exch_report_run *run, const struct part *part, struct exch_diag *d)
{
	const struct exch_stats *s = run->state;
	struct exch_grid g;

	exch_table_raw(&run->table, part->title, strlen(part->title));
	exch_grid_init(&g, part->left, part->heads, part->n);
	for (uint32_t i = 0; i < run->insts.n; i++) {
		const struct exch_inst *in = &run->insts.inst[i];

		if (!s->by[i].used || !exch_report_watched(run, i))
			continue;
		exch_grid_text(&g, in->symbol, in->nsymbol);
		part->put(&g, s, i, in);
	}
	return exch_grid_print(&g, &run->table, d);
}

static int
put_page(struct exch_report_run *run, struct exch_diag *d)
{
	static const char title[] = "\nPhases and auctions\n";
	int rc = EXCH_OK;

	for (unsigned i = 0; rc == EXCH_OK && i < EXCH_ARRAY_LEN(parts); i++)
		rc = put_part(run, &parts[i], d);
	if (rc != EXCH_OK)
		return rc;
	exch_table_raw(&run->table, title, strlen(title));
	rc = exch_table_columns(
	    &run->table, act_cols, EXCH_ARRAY_LEN(act_cols), true, d);
	if (rc == EXCH_OK)
		put_acts(run);
	return rc;
}

int
exch_stats_columns(struct exch_report_run *run, struct exch_diag *d)
{
	if (run->o.phases)
		return exch_table_columns(
		    &run->table, act_cols, EXCH_ARRAY_LEN(act_cols), true, d);
	return exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
	    run->o.format != EXCH_FMT_TEXT, d);
}

int
exch_stats_show(struct exch_report_run *run, struct exch_diag *d)
{
	if (run->o.phases) {
		put_acts(run);
		return EXCH_OK;
	}
	if (run->o.format == EXCH_FMT_TEXT)
		return put_page(run, d);
	/* 0 is no instrument */
	for (uint32_t i = 0; i < run->insts.n; i++)
		if (run->insts.inst[i].id != 0 && exch_report_watched(run, i))
			put_row(run, i);
	return EXCH_OK;
}
