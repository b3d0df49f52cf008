/* The reports that have a row for each record of a type (report.h). */
#include <config.h>

#include "exch-settle/cells.h"
#include "exch-settle/report.h"
#include "rec/schema.h"
#include "settle/closeout.h"

static const struct exch_col net_cols[] = {{"date", EXCH_COL_TEXT, 10},
    {"account", EXCH_COL_TEXT, 7}, {"against", EXCH_COL_TEXT, 7},
    {"symbol", EXCH_COL_TEXT, 8}, {"qty", EXCH_COL_NUM, 10},
    {"cash", EXCH_COL_NUM, 14}, {"currency", EXCH_COL_TEXT, 8},
    {"trades", EXCH_COL_NUM, 6}, {"gross_qty", EXCH_COL_NUM, 10},
    {"gross_cash", EXCH_COL_NUM, 14}, {"price", EXCH_COL_NUM, 10},
    {"market", EXCH_COL_NUM, 12}};

static int
net_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_net *n = EXCH_REC_AS(r, exch_rec_net);
	struct exch_table *o = &t->out;

	if (n == NULL || (r->flags & EXCH_F_SNAPSHOT) != 0)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, n->date);
	settle_cell_account(o, n->account);
	settle_cell_account(o, n->against);
	settle_cell_symbol(&t->out, t->dir, r->instr);
	settle_cell_qty(&t->out, t->dir, r->instr, n->qty);
	settle_cell_cash(o, n->cash);
	settle_cell_text(o, n->currency, 4);
	exch_table_u64(o, n->trades);
	settle_cell_qty(&t->out, t->dir, r->instr, n->gross_qty);
	settle_cell_cash(o, n->gross_cash);
	exch_table_px(
	    o, n->price, (unsigned)exch_dir_px_decimals(t->dir, r->instr));
	settle_cell_cash(o, n->market);
	exch_table_end(o);
	return EXCH_OK;
}

static const struct exch_col fail_cols[] = {{"date", EXCH_COL_TEXT, 10},
    {"account", EXCH_COL_TEXT, 7}, {"against", EXCH_COL_TEXT, 7},
    {"symbol", EXCH_COL_TEXT, 8}, {"qty", EXCH_COL_NUM, 10},
    {"cash", EXCH_COL_NUM, 14}, {"currency", EXCH_COL_TEXT, 8},
    {"age", EXCH_COL_NUM, 4}, {"reason", EXCH_COL_TEXT, 10},
    {"short_by", EXCH_COL_TEXT, 10}, {"long_by", EXCH_COL_TEXT, 10}};

/*
 * The day by whose opening who fails to deliver has to close out, if it has
 * sold so; none for who waits, and where the calendar does not say.
 */
static void
close_out(struct tool *t, const struct exch_rec_fail *f, enum exch_sale how)
{
	uint32_t by;

	if (t->path == NULL || f->qty >= 0 ||
	    exch_closeout_by(how, 0, f->date, &t->calendar, &by) != EXCH_OK)
		exch_table_none(&t->out);
	else
		settle_cell_date(&t->out, by);
}

static int
fail_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_fail *f = EXCH_REC_AS(r, exch_rec_fail);
	struct exch_table *o = &t->out;

	if (f == NULL)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, f->date);
	settle_cell_account(o, f->account);
	settle_cell_account(o, f->against);
	settle_cell_symbol(&t->out, t->dir, r->instr);
	settle_cell_qty(&t->out, t->dir, r->instr, f->qty);
	settle_cell_cash(o, f->cash);
	settle_cell_text(o, f->currency, 4);
	exch_table_u64(o, f->age);
	exch_table_word(o, exch_word_of(exch_words_fail, f->reason));
	close_out(t, f, EXCH_SALE_SHORT);
	close_out(t, f, EXCH_SALE_LONG);
	exch_table_end(o);
	return EXCH_OK;
}

static const struct exch_col penalty_cols[] = {{"date", EXCH_COL_TEXT, 10},
    {"account", EXCH_COL_TEXT, 7}, {"against", EXCH_COL_TEXT, 7},
    {"symbol", EXCH_COL_TEXT, 8}, {"amount", EXCH_COL_NUM, 12},
    {"currency", EXCH_COL_TEXT, 8}, {"value", EXCH_COL_NUM, 14},
    {"rate", EXCH_COL_NUM, 10}};

static int
penalty_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_penalty *p = EXCH_REC_AS(r, exch_rec_penalty);
	struct exch_table *o = &t->out;

	if (p == NULL)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, p->date);
	settle_cell_account(o, p->account);
	settle_cell_account(o, p->against);
	settle_cell_symbol(&t->out, t->dir, r->instr);
	settle_cell_cash(o, p->amount);
	settle_cell_text(o, p->currency, 4);
	settle_cell_cash(o, p->value);
	exch_table_dec(o, p->rate, 9, 0);
	exch_table_end(o);
	return EXCH_OK;
}

static const struct exch_col action_cols[] = {{"ex", EXCH_COL_TEXT, 10},
    {"record", EXCH_COL_TEXT, 10}, {"pay", EXCH_COL_TEXT, 10},
    {"action", EXCH_COL_TEXT, 14}, {"symbol", EXCH_COL_TEXT, 8},
    {"into", EXCH_COL_TEXT, 8}, {"new", EXCH_COL_NUM, 6},
    {"old", EXCH_COL_NUM, 6}, {"cash", EXCH_COL_NUM, 10},
    {"price", EXCH_COL_NUM, 10}, {"currency", EXCH_COL_TEXT, 8}};

static int
action_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_action *a = EXCH_REC_AS(r, exch_rec_action);
	struct exch_table *o = &t->out;

	if (a == NULL)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, a->ex_date);
	settle_cell_date(o, a->record_date);
	settle_cell_date(o, a->pay_date);
	exch_table_word(o, exch_word_of(exch_words_action, a->kind));
	settle_cell_symbol(&t->out, t->dir, r->instr);
	settle_cell_symbol(&t->out, t->dir, a->instrument);
	exch_table_u64(o, a->new_shares);
	exch_table_u64(o, a->old_shares);
	exch_table_px(o, a->cash, 2);
	exch_table_px(o, a->price, 2);
	settle_cell_text(o, a->currency, 4);
	exch_table_end(o);
	return EXCH_OK;
}

static const struct exch_col allocation_cols[] = {{"date", EXCH_COL_TEXT, 10},
    {"account", EXCH_COL_TEXT, 7}, {"order", EXCH_COL_ID, 6},
    {"symbol", EXCH_COL_TEXT, 8}, {"side", EXCH_COL_TEXT, 4},
    {"to", EXCH_COL_TEXT, 7}, {"what", EXCH_COL_TEXT, 4},
    {"qty", EXCH_COL_NUM, 10}, {"price", EXCH_COL_NUM, 12},
    {"cash", EXCH_COL_NUM, 14}, {"currency", EXCH_COL_TEXT, 8}};

static int
allocation_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_allocation *a =
	    EXCH_REC_AS(r, exch_rec_allocation);
	struct exch_table *o = &t->out;

	if (a == NULL)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, a->date);
	settle_cell_account(o, a->account);
	exch_table_id(o, a->order);
	settle_cell_symbol(&t->out, t->dir, r->instr);
	exch_table_word(o, a->qty < 0 ? "sell" : "buy");
	settle_cell_account(o, a->to);
	exch_table_word(o, a->to == a->account ? "rest" : "part");
	settle_cell_qty(&t->out, t->dir, r->instr, a->qty);
	exch_table_px(
	    o, a->price, (unsigned)exch_dir_px_decimals(t->dir, r->instr));
	settle_cell_cash(o, a->cash);
	settle_cell_text(o, a->currency, 4);
	exch_table_end(o);
	return EXCH_OK;
}

static const struct exch_col compared_cols[] = {{"traded", EXCH_COL_TEXT, 10},
    {"date", EXCH_COL_TEXT, 10}, {"report", EXCH_COL_ID, 6},
    {"account", EXCH_COL_TEXT, 7}, {"against", EXCH_COL_TEXT, 7},
    {"symbol", EXCH_COL_TEXT, 8}, {"side", EXCH_COL_TEXT, 4},
    {"qty", EXCH_COL_NUM, 10}, {"price", EXCH_COL_NUM, 10},
    {"cash", EXCH_COL_NUM, 14}, {"currency", EXCH_COL_TEXT, 8},
    {"state", EXCH_COL_TEXT, 9}, {"differs", EXCH_COL_TEXT, 10},
    {"other", EXCH_COL_ID, 6}};

static int
compared_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_compared *c = EXCH_REC_AS(r, exch_rec_compared);
	struct exch_table *o = &t->out;

	if (c == NULL)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, c->traded);
	settle_cell_date(o, c->date);
	exch_table_id(o, c->report);
	settle_cell_account(o, c->account);
	settle_cell_account(o, c->against);
	settle_cell_symbol(&t->out, t->dir, r->instr);
	exch_table_word(o, c->qty < 0 ? "sell" : "buy");
	settle_cell_qty(&t->out, t->dir, r->instr, c->qty);
	exch_table_px(
	    o, c->price, (unsigned)exch_dir_px_decimals(t->dir, r->instr));
	settle_cell_cash(o, c->cash);
	settle_cell_text(o, c->currency, 4);
	exch_table_word(o, exch_word_of(exch_words_compared, c->state));
	exch_table_word(o, exch_word_of(exch_words_differs, c->differs));
	exch_table_id(o, c->other);
	exch_table_end(o);
	return EXCH_OK;
}

static const struct exch_col accrued_cols[] = {{"date", EXCH_COL_TEXT, 10},
    {"symbol", EXCH_COL_TEXT, 8}, {"match", EXCH_COL_ID, 6},
    {"since", EXCH_COL_TEXT, 10}, {"days", EXCH_COL_NUM, 4},
    {"principal", EXCH_COL_NUM, 14}, {"accrued", EXCH_COL_NUM, 14},
    {"total", EXCH_COL_NUM, 14}, {"currency", EXCH_COL_TEXT, 8}};

static int
accrued_row(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_accrued *a = EXCH_REC_AS(r, exch_rec_accrued);
	struct exch_table *o = &t->out;

	if (a == NULL)
		return EXCH_OK;
	exch_table_row(o);
	settle_cell_date(o, a->date);
	settle_cell_symbol(&t->out, t->dir, r->instr);
	exch_table_id(o, a->match);
	settle_cell_date(o, a->since);
	exch_table_u64(o, a->days);
	settle_cell_cash(o, a->principal);
	settle_cell_cash(o, a->accrued);
	settle_cell_cash(o, (exch_i128)a->principal + a->accrued);
	settle_cell_text(o, a->currency, 4);
	exch_table_end(o);
	return EXCH_OK;
}

/* ---- the reports ---- */

#define ROWS(report, kind, does)                                               \
	{                                                                      \
		.name = #report, .cols = does##_cols,                          \
		.ncols = EXCH_ARRAY_LEN(does##_cols), .type = (kind),          \
		.row = does##_row                                              \
	}
const struct report settle_report_nets = ROWS(nets, EXCH_REC_NET, net);
const struct report settle_report_fails = ROWS(fails, EXCH_REC_FAIL, fail);
const struct report settle_report_penalties =
    ROWS(penalties, EXCH_REC_PENALTY, penalty);
const struct report settle_report_actions =
    ROWS(actions, EXCH_REC_ACTION, action);
const struct report settle_report_allocations =
    ROWS(allocations, EXCH_REC_ALLOCATION, allocation);
const struct report settle_report_comparison =
    ROWS(comparison, EXCH_REC_COMPARED, compared);
const struct report settle_report_accrued =
    ROWS(accrued, EXCH_REC_ACCRUED, accrued);
