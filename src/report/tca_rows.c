/*
 * Rows of transaction costs (tca.h): one for each of what --by has, in the
 * order of these; as text three tables with the figures people look at.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/even.h"
#include "rec/schema.h"
#include "report/grid.h"
#include "report/tca.h"

/* Decimals of basis points, and the least of prices for one unit. */
#define BP_DECIMALS 4
#define PX_DECIMALS 6

static const struct exch_col fixed[] = {
    {"currency", EXCH_COL_TEXT, 4},
    {"orders", EXCH_COL_NUM, 6},
    {"qty", EXCH_COL_NUM, 9},
    {"filled", EXCH_COL_NUM, 9},
    {"fill_ratio", EXCH_COL_NUM, 6},
    {"executions", EXCH_COL_NUM, 6},
    {"value", EXCH_COL_NUM, 11},
    {"arrival_cost", EXCH_COL_NUM, 9},
    {"opportunity_cost", EXCH_COL_NUM, 9},
    {"shortfall", EXCH_COL_NUM, 9},
    {"shortfall_bp", EXCH_COL_NUM, 9},
    {"arrival_bp", EXCH_COL_NUM, 9},
    {"vwap_cost", EXCH_COL_NUM, 9},
    {"vwap_bp", EXCH_COL_NUM, 9},
    {"taker_qty", EXCH_COL_NUM, 9},
    {"effective", EXCH_COL_NUM, 9},
    {"quoted", EXCH_COL_NUM, 9},
    {"realised", EXCH_COL_NUM, 9},
    {"impact", EXCH_COL_NUM, 9},
    {"effective_bp", EXCH_COL_NUM, 9},
    {"quoted_bp", EXCH_COL_NUM, 9},
    {"eq_ratio", EXCH_COL_NUM, 6},
    {"realised_bp", EXCH_COL_NUM, 9},
    {"impact_bp", EXCH_COL_NUM, 9},
    {"maker_qty", EXCH_COL_NUM, 9},
    {"earned_bp", EXCH_COL_NUM, 9},
    {"adverse_bp", EXCH_COL_NUM, 9},
    {"kept_bp", EXCH_COL_NUM, 9},
    {"auction_qty", EXCH_COL_NUM, 9},
    {"first_fills", EXCH_COL_NUM, 6},
    {"first_mean", EXCH_COL_NUM, 9},
    {"first_p50", EXCH_COL_NUM, 9},
    {"first_p95", EXCH_COL_NUM, 9},
    {"full_fills", EXCH_COL_NUM, 6},
    {"full_mean", EXCH_COL_NUM, 9},
    {"full_p50", EXCH_COL_NUM, 9},
    {"full_p95", EXCH_COL_NUM, 9},
    {"rested", EXCH_COL_NUM, 6},
    {"ahead", EXCH_COL_NUM, 9},
    {"rested_filled", EXCH_COL_NUM, 6},
    {"ahead_filled", EXCH_COL_NUM, 9},
    {"ahead_at_fill", EXCH_COL_NUM, 9},
    {"unquoted", EXCH_COL_NUM, 6},
    {"broken", EXCH_COL_NUM, 6},
};

/* Tables of the text form. */
enum page { PAGE_ORDERS, PAGE_COSTS, PAGE_MARKS, PAGE_MAKERS, PAGES };

struct show {
	struct exch_tca *s;
	struct exch_tca_line *line;
	size_t n;
	struct exch_tca_total total;
	struct exch_grid grid[PAGES];
	struct exch_buf label;
};

/* ---- what the rows are of ---- */

static int
compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_text(const struct exch_party *a, const struct exch_party *b, size_t off,
    size_t size)
{
	static const char none[64];
	const char *x = a != NULL ? (const char *)a + off : none;
	const char *y = b != NULL ? (const char *)b + off : none;

	return strncmp(x, y, size);
}

#define COMPARE_PARTY(a, b, field)                                             \
	compare_text((a)->party, (b)->party,                                   \
	    offsetof(struct exch_party, field),                                \
	    sizeof(((struct exch_party *)0)->field))

static int
compare_by(const struct exch_tca_line *a, const struct exch_tca_line *b,
    enum exch_tca_by by)
{
	switch (by) {
	case EXCH_TCA_ACCOUNT:
		return compare_u64(a->cell->account, b->cell->account);
	case EXCH_TCA_SYMBOL:
		return compare_u64(a->cell->key.place, b->cell->key.place);
	case EXCH_TCA_SIDE:
		return compare_u64(a->cell->side, b->cell->side);
	case EXCH_TCA_TYPE:
		return compare_u64(a->cell->type, b->cell->type);
	case EXCH_TCA_TIF:
		return compare_u64(a->cell->tif, b->cell->tif);
	case EXCH_TCA_STRATEGY:
		return COMPARE_PARTY(a, b, strategy);
	case EXCH_TCA_GROUP:
		return COMPARE_PARTY(a, b, group);
	default:
		return COMPARE_PARTY(a, b, member);
	}
}

static const char *
currency_of(const struct exch_tca *s, const struct exch_tca_line *l)
{
	return s->run->insts.inst[l->cell->key.place].currency;
}

/* By what the rows are of; cash of two currencies is never one row's. */
static int
compare_lines(const struct exch_tca *s, const struct exch_tca_line *a,
    const struct exch_tca_line *b)
{
	for (unsigned i = 0; i < s->nrow_of; i++) {
		int c = compare_by(a, b, s->row_of[i]);

		if (c != 0)
			return c;
	}
	return strcmp(currency_of(s, a), currency_of(s, b));
}

/* qsort has no argument for the report; the lines are sorted by one. */
static const struct exch_tca *sorted;

static int
by_line(const void *x, const void *y)
{
	const struct exch_tca_line *a = x, *b = y;
	int c = compare_lines(sorted, a, b);

	if (c == 0)
		c = compare_u64(a->cell->key.place, b->cell->key.place);
	return c != 0 ? c : compare_u64(a->cell->key.id, b->cell->key.id);
}

static int
collect(struct show *w, struct exch_diag *d)
{
	struct exch_tca *s = w->s;
	const struct exch_tca_cell *c;
	uint32_t at = 0;

	w->line = exch_calloc((size_t)s->cell.live + 1, sizeof(*w->line));
	if (w->line == NULL)
		return exch_report_nomem(d);
	while ((c = exch_keyed_next(&s->cell, &at)) != NULL)
		w->line[w->n++] = (struct exch_tca_line){c,
		    exch_parties_of(&s->parties, &s->run->insts, c->account)};
	sorted = s;
	qsort(w->line, w->n, sizeof(*w->line), by_line);
	sorted = NULL;
	return EXCH_OK;
}

/* ---- numbers ---- */

static bool
bp(exch_i128 part, exch_i128 whole, exch_i128 *out)
{
	return exch_report_part(part, whole, 4, BP_DECIMALS, out);
}

static void
put_bp(struct exch_table *t, exch_i128 part, exch_i128 whole)
{
	exch_i128 v;

	if (bp(part, whole, &v))
		exch_table_dec(t, v, BP_DECIMALS, BP_DECIMALS);
	else
		exch_table_none(t);
}

/* sum / qty as a price. */
static void
put_unit(const struct show *w, exch_i128 sum, exch_u128 qty)
{
	struct exch_table *t = &w->s->run->table;
	const struct exch_inst *in =
	    &w->s->run->insts.inst[w->total.line.cell->key.place];
	int decimals =
	    in->px_decimals > PX_DECIMALS ? in->px_decimals : PX_DECIMALS;

	if (w->total.several)
		exch_table_none(t);
	else
		exch_table_px(
		    t, exch_mean_px(sum, qty, decimals), (unsigned)decimals);
}

/* filled of qty in hundredths of a percent, rounded down. */
static uint64_t
fill_ratio(const struct exch_tca_total *t)
{
	return (uint64_t)(t->filled * 10000 / t->qty);
}

/* Nanoseconds as seconds. */
static void
put_seconds(struct exch_table *t, exch_u128 ns, bool known)
{
	if (known)
		exch_table_dec(t, (exch_i128)ns, 9, 9);
	else
		exch_table_none(t);
}

static void
put_times(struct exch_table *t, const struct exch_times *x, exch_u128 sum)
{
	bool known = x->n > 0;

	exch_table_u64(t, x->n);
	put_seconds(t, known ? sum / x->n : 0, known);
	put_seconds(t, exch_times_at(x, 500), known);
	put_seconds(t, exch_times_at(x, 950), known);
}

/* A mean of quantities, in hundredths. */
static void
put_mean_qty(struct exch_table *t, exch_i128 sum, uint64_t n)
{
	if (n == 0)
		exch_table_none(t);
	else
		exch_table_dec(
		    t, exch_div_half_even(sum, (exch_i128)n * 10000000), 2, 0);
}

/* ---- CSV, JSON ---- */

static void
put_name(struct exch_tca *s, const char *p, size_t size)
{
	exch_table_text(&s->run->table, p, p != NULL ? strnlen(p, size) : 0);
}

static void
put_by(struct show *w, enum exch_tca_by by)
{
	struct exch_tca *s = w->s;
	const struct exch_tca_cell *c = w->total.line.cell;
	const struct exch_party *p = w->total.line.party;
	struct exch_table *t = &s->run->table;

	switch (by) {
	case EXCH_TCA_ACCOUNT:
		exch_report_account(s->run, c->account);
		return;
	case EXCH_TCA_SYMBOL:
		exch_report_symbol(s->run, c->key.place);
		return;
	case EXCH_TCA_SIDE:
		exch_table_word(t, exch_report_side(c->side, "SS"));
		return;
	case EXCH_TCA_TYPE:
		exch_table_word(t, exch_word_of(exch_words_ordtype, c->type));
		return;
	case EXCH_TCA_TIF:
		exch_table_word(t, exch_word_of(exch_words_tif, c->tif));
		return;
	case EXCH_TCA_STRATEGY:
		put_name(s, p != NULL ? p->strategy : NULL, 32);
		return;
	case EXCH_TCA_GROUP:
		put_name(s, p != NULL ? p->group : NULL, 32);
		return;
	default:
		put_name(s, p != NULL ? p->member : NULL, 16);
		return;
	}
}

static void
put_orders(struct show *w)
{
	struct exch_table *t = &w->s->run->table;
	const struct exch_tca_total *x = &w->total;
	exch_i128 value = 0;

	for (unsigned i = 0; i < EXCH_TCA_ROLES; i++)
		value += x->role[i].value;
	exch_table_u64(t, x->orders);
	exch_table_dec(t, x->qty, 9, 0);
	exch_table_dec(t, x->filled, 9, 0);
	if (x->qty == 0)
		exch_table_none(t);
	else
		exch_table_dec(t, (exch_i128)fill_ratio(x), 2, 2);
	exch_table_u64(t, x->execs);
	exch_table_dec(t, value, 6, 2);
	exch_table_dec(t, x->arrival, 6, 2);
	exch_table_dec(t, x->missed, 6, 2);
	exch_table_dec(t, x->arrival + x->missed, 6, 2);
	put_bp(t, x->arrival + x->missed, x->arrival_value + x->missed_value);
	put_bp(t, x->arrival, x->arrival_value);
	exch_table_dec(t, x->vwap, 6, 2);
	put_bp(t, x->vwap, x->vwap_value);
}

static void
put_spreads(struct show *w)
{
	struct exch_table *t = &w->s->run->table;
	unsigned h = w->s->spread_at;
	const struct exch_tca_role_total *x = &w->total.role[EXCH_TCA_TAKER];
	const struct exch_tca_sum *raw = &w->total.taker;
	exch_i128 eq;

	exch_table_dec(t, x->qty, 9, 0);
	put_unit(w, raw->effective, raw->quoted_qty);
	put_unit(w, raw->quoted, raw->quoted_qty);
	put_unit(w, -raw->mark[h].out, raw->mark[h].qty);
	put_unit(w, raw->mark[h].impact, raw->mark[h].both);
	put_bp(t, x->effective, x->quoted_value);
	put_bp(t, x->quoted, x->quoted_value);
	if (exch_report_part(x->effective, x->quoted, 2, 2, &eq))
		exch_table_dec(t, eq, 2, 2);
	else
		exch_table_none(t);
	put_bp(t, -2 * x->mark[h].out, x->mark[h].value);
	put_bp(t, x->mark[h].impact, x->mark[h].both_value);
	x = &w->total.role[EXCH_TCA_MAKER];
	exch_table_dec(t, x->qty, 9, 0);
	put_bp(t, -x->effective, x->quoted_value);
	put_bp(t, -x->mark[h].impact, x->mark[h].both_value);
	put_bp(t, 2 * x->mark[h].out, x->mark[h].value);
	exch_table_dec(t, w->total.role[EXCH_TCA_AUCTION].qty, 9, 0);
}

static void
put_waits(struct show *w)
{
	struct exch_table *t = &w->s->run->table;
	const struct exch_tca_total *x = &w->total;

	put_times(t, &x->first, x->first_sum);
	put_times(t, &x->full, x->full_sum);
	exch_table_u64(t, x->joined);
	put_mean_qty(t, x->ahead, x->joined);
	exch_table_u64(t, x->met);
	put_mean_qty(t, x->ahead_met, x->met);
	put_mean_qty(t, x->ahead_fill, x->met);
	exch_table_u64(t, x->unquoted);
	exch_table_u64(t, x->broken);
}

/* Gained at a horizon by all roles, and what it is of. */
static void
all_roles(const struct exch_tca_total *x, unsigned h, exch_i128 *qty,
    exch_i128 *out, exch_i128 *value)
{
	*qty = *out = *value = 0;
	for (unsigned i = 0; i < EXCH_TCA_ROLES; i++) {
		*qty += x->role[i].mark[h].qty;
		*out += x->role[i].mark[h].out;
		*value += x->role[i].mark[h].value;
	}
}

static void
put_marks(struct show *w)
{
	struct exch_table *t = &w->s->run->table;
	const struct exch_tca_total *x = &w->total;

	for (unsigned h = 0; h < w->s->nhorizons; h++) {
		exch_i128 qty, out, value;

		all_roles(x, h, &qty, &out, &value);
		exch_table_dec(t, qty, 9, 0);
		put_bp(t, out, value);
		for (unsigned i = EXCH_TCA_TAKER; i <= EXCH_TCA_MAKER; i++)
			put_bp(t, x->role[i].mark[h].out,
			    x->role[i].mark[h].value);
	}
}

static int
columns(struct exch_tca *s, struct exch_diag *d)
{
	static const char *const heads[] = {
	    "marked_", "markout_bp_", "taker_bp_", "maker_bp_"};
	struct exch_col
	    col[EXCH_TCA_BYS + EXCH_ARRAY_LEN(fixed) + 4 * EXCH_TCA_HORIZONS];
	unsigned n = 0;

	for (unsigned i = 0; i < s->nrow_of; i++)
		col[n++] = (struct exch_col){
		    exch_tca_by_name[s->row_of[i]], EXCH_COL_TEXT, 8};
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(fixed); i++)
		col[n++] = fixed[i];
	for (unsigned i = 0; i < 4 * s->nhorizons; i++) {
		char *p = s->col_name[i];
		const char *head = heads[i % 4];
		const char *tail = s->horizon_name[i / 4];

		memcpy(p, head, strlen(head));
		memcpy(p + strlen(head), tail, strlen(tail) + 1);
		col[n++] = (struct exch_col){p, EXCH_COL_NUM, 9};
	}
	return exch_table_columns(&s->run->table, col, n, true, d);
}

static void
put_row(struct show *w)
{
	struct exch_tca *s = w->s;
	struct exch_table *t = &s->run->table;
	const char *currency = currency_of(s, &w->total.line);

	exch_table_row(t);
	for (unsigned i = 0; i < s->nrow_of; i++)
		put_by(w, s->row_of[i]);
	exch_table_text(t, currency, strlen(currency));
	put_orders(w);
	put_spreads(w);
	put_waits(w);
	put_marks(w);
	exch_table_end(t);
}

/* ---- text ---- */

static void
label_text(struct show *w, const char *p, size_t n)
{
	if (n == 0)
		exch_buf_char(&w->label, '-');
	else
		exch_buf_add(&w->label, p, n);
}

static void
label_word(struct show *w, const char *p)
{
	label_text(w, p, p != NULL ? strlen(p) : 0);
}

static void
label_account(struct show *w, uint32_t account)
{
	const struct exch_account *a =
	    exch_insts_account(&w->s->run->insts, account);

	if (a != NULL)
		label_text(w, a->name, a->n);
	else if (account == 0)
		exch_buf_char(&w->label, '-');
	else
		exch_buf_uint(&w->label, account);
}

static void
label_by(struct show *w, enum exch_tca_by by)
{
	const struct exch_tca_cell *c = w->total.line.cell;
	const struct exch_party *p = w->total.line.party;
	const struct exch_inst *in = &w->s->run->insts.inst[c->key.place];

	switch (by) {
	case EXCH_TCA_ACCOUNT:
		label_account(w, c->account);
		return;
	case EXCH_TCA_SYMBOL:
		label_text(w, in->symbol, in->nsymbol);
		return;
	case EXCH_TCA_SIDE:
		label_word(w, exch_report_side(c->side, "SS"));
		return;
	case EXCH_TCA_TYPE:
		label_word(w, exch_word_of(exch_words_ordtype, c->type));
		return;
	case EXCH_TCA_TIF:
		label_word(w, exch_word_of(exch_words_tif, c->tif));
		return;
	case EXCH_TCA_STRATEGY:
		label_text(w, p != NULL ? p->strategy : NULL,
		    p != NULL ? strnlen(p->strategy, sizeof(p->strategy)) : 0);
		return;
	case EXCH_TCA_GROUP:
		label_text(w, p != NULL ? p->group : NULL,
		    p != NULL ? strnlen(p->group, sizeof(p->group)) : 0);
		return;
	default:
		label_text(w, p != NULL ? p->member : NULL,
		    p != NULL ? strnlen(p->member, sizeof(p->member)) : 0);
		return;
	}
}

static void
label(struct show *w)
{
	const char *currency = currency_of(w->s, &w->total.line);

	w->label.len = 0;
	for (unsigned i = 0; i < w->s->nrow_of; i++) {
		label_by(w, w->s->row_of[i]);
		exch_buf_char(&w->label, ' ');
	}
	exch_buf_str(&w->label, currency);
	for (unsigned i = 0; i < PAGES; i++)
		exch_grid_text(&w->grid[i], w->label.p, w->label.len);
}

static void
grid_bp(struct exch_grid *g, exch_i128 part, exch_i128 whole)
{
	exch_i128 v;

	if (exch_report_part(part, whole, 2, 4, &v))
		exch_grid_dec(g, v, 2, 2);
	else
		exch_grid_str(g, "-");
}

/* Milliseconds with three decimals. */
static void
grid_time(struct exch_grid *g, const struct exch_times *t, unsigned permille)
{
	if (t->n == 0)
		exch_grid_str(g, "-");
	else
		exch_grid_dec(
		    g, (exch_i128)(exch_times_at(t, permille) / 1000), 3, 3);
}

static void
grid_mean(struct exch_grid *g, exch_i128 sum, uint64_t n)
{
	if (n == 0)
		exch_grid_str(g, "-");
	else
		exch_grid_dec(
		    g, exch_div_half_even(sum, (exch_i128)n * 100000000), 1, 0);
}

static void
text_orders(struct show *w)
{
	struct exch_grid *g = &w->grid[PAGE_ORDERS];
	const struct exch_tca_total *x = &w->total;

	exch_grid_u64(g, x->orders);
	exch_grid_dec(g, x->qty, 9, 0);
	exch_grid_dec(g, x->filled, 9, 0);
	if (x->qty == 0)
		exch_grid_str(g, "-");
	else
		exch_grid_hundredths(g, fill_ratio(x));
	exch_grid_u64(g, x->execs);
	grid_time(g, &x->first, 500);
	grid_time(g, &x->first, 950);
	grid_time(g, &x->full, 500);
	grid_time(g, &x->full, 950);
	exch_grid_u64(g, x->joined);
	grid_mean(g, x->ahead, x->joined);
	grid_mean(g, x->ahead_met, x->met);
	grid_mean(g, x->ahead_fill, x->met);
}

static void
text_costs(struct show *w)
{
	struct exch_grid *g = &w->grid[PAGE_COSTS];
	const struct exch_tca_total *x = &w->total;
	const struct exch_tca_role_total *r = &x->role[EXCH_TCA_TAKER];
	unsigned h = w->s->spread_at;
	exch_i128 value = 0;

	for (unsigned i = 0; i < EXCH_TCA_ROLES; i++)
		value += x->role[i].value;
	exch_grid_dec(g, exch_div_half_even(value, 10000), 2, 2);
	exch_grid_dec(
	    g, exch_div_half_even(x->arrival + x->missed, 10000), 2, 2);
	grid_bp(g, x->arrival + x->missed, x->arrival_value + x->missed_value);
	grid_bp(g, x->arrival, x->arrival_value);
	grid_bp(g, x->vwap, x->vwap_value);
	grid_bp(g, r->effective, r->quoted_value);
	grid_bp(g, r->quoted, r->quoted_value);
	grid_bp(g, -2 * r->mark[h].out, r->mark[h].value);
	grid_bp(g, r->mark[h].impact, r->mark[h].both_value);
}

static void
text_marks(struct show *w)
{
	struct exch_grid *g = &w->grid[PAGE_MARKS];
	const struct exch_tca_role_total *r = &w->total.role[EXCH_TCA_MAKER];
	unsigned at = w->s->spread_at;

	for (unsigned h = 0; h < w->s->nhorizons; h++) {
		exch_i128 qty, out, value;

		all_roles(&w->total, h, &qty, &out, &value);
		grid_bp(g, out, value);
	}
	g = &w->grid[PAGE_MAKERS];
	exch_grid_dec(g, r->qty, 9, 0);
	grid_bp(g, -r->effective, r->quoted_value);
	grid_bp(g, -r->mark[at].impact, r->mark[at].both_value);
	grid_bp(g, 2 * r->mark[at].out, r->mark[at].value);
}

static void
open_grids(struct show *w)
{
	static const char *const orders[] = {"", "orders", "qty", "filled", "%",
	    "executions", "first p50", "p95", "full p50", "p95", "rested",
	    "ahead", "if filled", "at fill"};
	static const char *const costs[] = {"", "value", "shortfall", "bp",
	    "arrival", "vwap", "effective", "quoted", "realised", "impact"};
	static const char *const makers[] = {
	    "", "maker qty", "earned", "adverse", "kept"};
	const char *marks[1 + EXCH_TCA_HORIZONS] = {""};

	for (unsigned h = 0; h < w->s->nhorizons; h++)
		marks[1 + h] = w->s->horizon_name[h];
	exch_grid_init(
	    &w->grid[PAGE_ORDERS], 1, orders, EXCH_ARRAY_LEN(orders));
	exch_grid_init(&w->grid[PAGE_COSTS], 1, costs, EXCH_ARRAY_LEN(costs));
	exch_grid_init(&w->grid[PAGE_MARKS], 1, marks, 1 + w->s->nhorizons);
	exch_grid_init(
	    &w->grid[PAGE_MAKERS], 1, makers, EXCH_ARRAY_LEN(makers));
}

static int
close_grids(struct show *w, struct exch_diag *d)
{
	static const char *const title[PAGES] = {
	    "Orders: times to execution in ms, quantity ahead in the queue",
	    "\nCosts: in basis points; spreads of who takes, realised after ",
	    "\nMarkouts: gained after execution, in basis points",
	    ("\nMakers: spread earned, lost to moves and kept, in basis "
	     "points after ")};
	struct exch_table *t = &w->s->run->table;
	const char *at = w->s->horizon_name[w->s->spread_at];
	int rc = EXCH_OK;

	for (unsigned i = 0; i < PAGES; i++) {
		int err;

		exch_table_raw(t, title[i], strlen(title[i]));
		if (i == PAGE_COSTS || i == PAGE_MAKERS)
			exch_table_raw(t, at, strlen(at));
		exch_table_raw(t, "\n", 1);
		err = exch_grid_print(&w->grid[i], t, d);
		if (rc == EXCH_OK)
			rc = err;
	}
	return rc;
}

/* ---- the whole ---- */

static int
show_rows(struct show *w, bool text, struct exch_diag *d)
{
	for (size_t i = 0; i < w->n;) {
		exch_tca_total_clear(&w->total);
		do {
			if (exch_tca_total_add(w->s, &w->total, &w->line[i]) !=
			    EXCH_OK)
				return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
				    EXCH_POS_NONE, 0,
				    "an amount does not fit 128 bits");
			i++;
		} while (i < w->n && compare_lines(w->s, &w->line[i],
					 &w->line[i - 1]) == 0);
		if (text) {
			label(w);
			text_orders(w);
			text_costs(w);
			text_marks(w);
		} else {
			put_row(w);
		}
	}
	return EXCH_OK;
}

int
exch_tca_show(struct exch_tca *s, struct exch_diag *d)
{
	bool text = s->run->o.format == EXCH_FMT_TEXT;
	struct show *w = exch_calloc(1, sizeof(*w));
	int rc, err;

	if (w == NULL)
		return exch_report_nomem(d);
	w->s = s;
	rc = text ? EXCH_OK : columns(s, d);
	if (rc == EXCH_OK)
		rc = collect(w, d);
	if (text)
		open_grids(w);
	if (rc == EXCH_OK)
		rc = show_rows(w, text, d);
	if (text) {
		err = close_grids(w, d);
		if (rc == EXCH_OK)
			rc = err;
	}
	exch_buf_free(&w->label);
	exch_free(w->line);
	exch_free(w);
	return rc;
}
