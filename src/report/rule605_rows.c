/*
 * Rows of rule605: a table of today's statistics, or lines as files of the rule
 * of before had them, with bars between cells and four decimals.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/even.h"
#include "base/time.h"
#include "report/rule605.h"

static const struct exch_col first_cols[] = {
    {"symbol", EXCH_COL_TEXT, 8},
    {"order_type", EXCH_COL_TEXT, 18},
    {"worth", EXCH_COL_TEXT, 9},
    {"lot", EXCH_COL_TEXT, 10},
    {"orders", EXCH_COL_NUM, 6},
    {"shares", EXCH_COL_NUM, 9},
    {"cancelled", EXCH_COL_NUM, 9},
    {"executed", EXCH_COL_NUM, 9},
    {"avg_time", EXCH_COL_NUM, 12},
    {"quoted_spread", EXCH_COL_NUM, 10},
    {"effective_spread", EXCH_COL_NUM, 10},
    {"effective_quoted", EXCH_COL_NUM, 8},
    {"improved_shares", EXCH_COL_NUM, 9},
    {"improved_amount", EXCH_COL_NUM, 9},
    {"improved_avg", EXCH_COL_NUM, 9},
    {"at_quote_shares", EXCH_COL_NUM, 9},
    {"outside_shares", EXCH_COL_NUM, 9},
    {"outside_amount", EXCH_COL_NUM, 9},
};
#define NFIRST EXCH_ARRAY_LEN(first_cols)
#define NCOLS (NFIRST + EXCH_605_TIMES + 2 * EXCH_605_HORIZONS)

static unsigned
add_columns(struct exch_col *cols, char (*name)[EXCH_COL_NAME], unsigned n,
    const struct exch_605 *s, enum exch_605_band_kind kind, const char *what)
{
	const struct exch_605_band *b;

	for (unsigned i = 0; (b = exch_605_nth(&s->bands, kind, i)) != NULL;
	     i++) {
		(void)snprintf(
		    name[n], sizeof(name[n]), "%s_%s", what, b->word);
		cols[n] = (struct exch_col){name[n], EXCH_COL_NUM, 9};
		n++;
	}
	return n;
}

int
exch_605_columns(
    struct exch_report_run *run, const struct exch_605 *s, struct exch_diag *d)
{
	struct exch_col cols[NCOLS];
	char name[NCOLS][EXCH_COL_NAME];
	unsigned n = NFIRST;

	if (s->classic)
		return EXCH_OK;
	memcpy(cols, first_cols, sizeof(first_cols));
	n = add_columns(cols, name, n, s, EXCH_605_TIME, "within");
	n = add_columns(cols, name, n, s, EXCH_605_HORIZON, "realized");
	n = add_columns(cols, name, n, s, EXCH_605_HORIZON, "impact");
	return exch_table_columns(&run->table, cols, n, true, d);
}

/* sum of price x shares by shares, rounded half to even to `decimals`. */
static void
put_mean(struct exch_table *t, exch_i128 sum, exch_u128 shares, int decimals)
{
	exch_i128 by = (exch_i128)shares;

	if (shares == 0) {
		exch_table_none(t);
		return;
	}
	for (int i = decimals; i < 9; i++)
		by *= 10;
	exch_table_dec(t, exch_div_half_even(sum, by), decimals, decimals);
}

/* An amount: 10^-(9 + scale), shown with two decimals at least. */
static void
put_amount(struct exch_table *t, exch_i128 sum, unsigned scale)
{
	exch_i128 by = 1000;

	for (unsigned i = 0; i < scale; i++)
		by *= 10;
	exch_table_dec(t, exch_div_half_even(sum, by), 6, 2);
}

static void
put_shares(struct exch_table *t, exch_u128 v, unsigned scale)
{
	exch_table_dec(t, (exch_i128)v, (int)scale, 0);
}

static bool
is_improved(unsigned type)
{
	return type <= EXCH_605_MIDPOINT_IOC || type == EXCH_605_MARKET_STOP ||
	       type == EXCH_605_MARKETABLE_STOP;
}

static void
put_improvement(
    struct exch_table *t, const struct exch_605_cell *c, unsigned scale)
{
	if (!is_improved((unsigned)(c->key.id >> 16))) {
		for (unsigned i = 0; i < 6; i++)
			exch_table_none(t);
		return;
	}
	put_shares(t, c->improved, scale);
	put_amount(t, c->improvement, scale);
	put_mean(t, c->improvement, c->improved, 6);
	put_shares(t, c->at, scale);
	put_shares(t, c->outside, scale);
	put_amount(t, c->worse, scale);
}

static const char *
word_of(const struct exch_605 *s, enum exch_605_band_kind kind, unsigned band)
{
	const struct exch_605_band *b =
	    band > 0 ? exch_605_nth(&s->bands, kind, band - 1) : NULL;

	return b != NULL ? b->word : "none";
}

static void
put_row(struct exch_report_run *run, const struct exch_605 *s,
    const struct exch_605_cell *c)
{
	static const char *const lots[] = {"fractional", "odd", "round"};
	unsigned scale = run->insts.inst[c->key.place].qty_scale;
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_report_symbol(run, c->key.place);
	exch_table_word(t, exch_605_word((unsigned)(c->key.id >> 16)));
	exch_table_word(
	    t, word_of(s, EXCH_605_WORTH, (unsigned)(c->key.id >> 8) & 255));
	exch_table_word(t, lots[c->key.id & 255]);
	exch_table_u64(t, c->orders);
	put_shares(t, c->shares, scale);
	put_shares(t, c->cancelled, scale);
	put_shares(t, c->executed, scale);
	put_mean(t, (exch_i128)c->time, c->executed, 6);
	put_mean(t, c->quoted, c->spread_shares, 6);
	put_mean(t, c->effective, c->spread_shares, 6);
	if (c->quoted == 0)
		exch_table_none(t);
	else
		exch_table_dec(t,
		    exch_div_half_even(c->effective * 10000, c->quoted), 2, 2);
	put_improvement(t, c, scale);
	for (unsigned i = 0; exch_605_nth(&s->bands, EXCH_605_TIME, i) != NULL;
	     i++)
		put_shares(t, c->within[i], scale);
	for (unsigned i = 0;
	     exch_605_nth(&s->bands, EXCH_605_HORIZON, i) != NULL; i++)
		put_mean(t, c->realised[i], c->after_shares[i], 6);
	for (unsigned i = 0;
	     exch_605_nth(&s->bands, EXCH_605_HORIZON, i) != NULL; i++)
		put_mean(t, c->impact[i], c->after_shares[i], 6);
	exch_table_end(t);
}

/* ---- as files were ---- */

static char *
bar(char *p)
{
	*p++ = '|';
	return p;
}

static char *
whole(char *p, exch_u128 v, unsigned scale)
{
	exch_i128 by = 1;

	for (unsigned i = 0; i < scale; i++)
		by *= 10;
	return bar(
	    exch_dec128_put(p, exch_div_half_even((exch_i128)v, by), 0, 0));
}

static char *
mean(char *p, exch_i128 sum, exch_u128 shares)
{
	if (shares == 0)
		return bar(exch_fmt_copy(p, "0.0000", 6));
	return bar(exch_dec128_put(
	    p, exch_div_half_even(sum, (exch_i128)shares * 100000), 4, 4));
}

/* The horizon of five minutes, which is the last one. */
static unsigned
last_horizon(const struct exch_605 *s)
{
	unsigned n = 0;

	while (exch_605_nth(&s->bands, EXCH_605_HORIZON, n + 1) != NULL)
		n++;
	return n;
}

static void
put_line(struct exch_report_run *run, const struct exch_605 *s,
    const struct exch_605_cell *c)
{
	const struct exch_inst *in = &run->insts.inst[c->key.place];
	unsigned h = last_horizon(s);
	char line[1024];
	char *p = line;

	p += snprintf(line, sizeof(line), "%.8s|%.8s|%06u|%.*s|%s|%s|",
	    s->participant, s->center, exch_ts_date(run->first_time) / 100,
	    (int)in->nsymbol, in->symbol,
	    exch_605_word((unsigned)(c->key.id >> 16)),
	    word_of(s, EXCH_605_SHARES, (unsigned)(c->key.id >> 8) & 255));
	p = bar(exch_fmt_u64(p, c->orders));
	p = whole(p, c->shares, in->qty_scale);
	p = whole(p, c->cancelled, in->qty_scale);
	p = whole(p, c->executed, in->qty_scale);
	p = whole(p, 0, 0); /* nothing is executed elsewhere */
	for (unsigned i = 0; i < 5; i++)
		p = whole(p, c->within[i], in->qty_scale);
	p = mean(p, c->realised[h], c->after_shares[h]);
	p = mean(p, c->effective, c->spread_shares);
	p = whole(p, c->improved, in->qty_scale);
	p = mean(p, c->improvement, c->improved);
	p = mean(p, (exch_i128)c->time_of[0], c->improved);
	p = whole(p, c->at, in->qty_scale);
	p = mean(p, (exch_i128)c->time_of[1], c->at);
	p = whole(p, c->outside, in->qty_scale);
	p = mean(p, c->worse, c->outside);
	p = mean(p, (exch_i128)c->time_of[2], c->outside);
	p[-1] = '\n';
	exch_table_raw(&run->table, line, (size_t)(p - line));
	run->table.rows++;
}

int
exch_605_rows(
    struct exch_report_run *run, const struct exch_605 *s, struct exch_diag *d)
{
	void **all = exch_keyed_sorted(&s->cells);

	if (all == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < s->cells.live; i++) {
		if (s->classic)
			put_line(run, s, all[i]);
		else
			put_row(run, s, all[i]);
	}
	exch_free(all);
	return EXCH_OK;
}
