/*
 * exch-report pnl: what accounts gained by trading, and by what: the distance
 * of their prices from the midpoint when they traded, and how the market moved
 * with or against what they held then.
 *
 *	gross = cash + value = spread + move		net = gross - fees
 *
 * What they held before the stream is not part of it: exch-risk report has
 * positions, costs and what is realised of them.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/charges.h"
#include "report/marks.h"
#include "report/quotes.h"
#include "report/reports.h"

/* Twice a midpoint that there was not. */
#define MID_NONE INT64_MAX
/* Where a deal keeps the midpoint of its time; charges have the others. */
#define NOTE_MID 2

static const struct exch_report_param params[] = {
    {.name = "mark",
	.arg = "WHAT",
	.what = "pnl: value positions at the last price, or the mid (last)"},
    EXCH_PARAM_ACCOUNT,
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"what", EXCH_COL_TEXT, 5},
    {"account", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"currency", EXCH_COL_TEXT, 8},
    {"executions", EXCH_COL_NUM, 10},
    {"bought", EXCH_COL_NUM, 9},
    {"sold", EXCH_COL_NUM, 9},
    {"position", EXCH_COL_NUM, 9},
    {"cash", EXCH_COL_NUM, 12},
    {"mark", EXCH_COL_NUM, 11},
    {"value", EXCH_COL_NUM, 12},
    {"gross", EXCH_COL_NUM, 11},
    {"spread", EXCH_COL_NUM, 11},
    {"move", EXCH_COL_NUM, 11},
    {"fees", EXCH_COL_NUM, 9},
    {"net", EXCH_COL_NUM, 11},
};

/* An account in an instrument. */
struct sum {
	struct exch_key key; /* account; instrument */
	uint64_t execs;
	exch_u128 bought, sold;
	exch_i128 cash;
	exch_i128 spread;   /* twice, price x quantity */
	exch_u128 unquoted; /* quantity without a midpoint */
	exch_i128 fees;
};

/* What a row says, in cash. */
struct row {
	uint64_t execs;
	exch_i128 cash, value, spread, fees;
	bool valued; /* a mark was there */
	bool split;  /* and midpoints for all */
};

struct pnl {
	struct exch_quotes quotes;
	struct exch_charges charges;
	struct exch_keyed sum;
	struct exch_marks marks;
	bool at_mid;
	bool overflow;
};

static int64_t
mid_of(const struct pnl *s, uint32_t place)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, place);
	int64_t mid;

	if (q == NULL || q->px[0] == EXCH_PX_NONE || q->px[1] == EXCH_PX_NONE ||
	    q->px[0] > q->px[1] ||
	    __builtin_add_overflow(q->px[0], q->px[1], &mid))
		return MID_NONE;
	return mid;
}

/* ---- trades ---- */

static int
add(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct pnl *s = run->state;
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	exch_i128 pays = c->side == 0 ? sign : -sign;
	int64_t mid = x->note[NOTE_MID];
	struct sum *sum;
	exch_u128 *qty;
	exch_i128 v;
	uint32_t account = x->side[c->side].account;
	int rc;

	if (!exch_deals_wanted(&s->charges.deals, account))
		return EXCH_OK;
	rc = exch_keyed_add(&s->sum, account, x->place, &sum);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	qty = c->side == 0 ? &sum->bought : &sum->sold;
	if (sign > 0) {
		sum->execs++;
		*qty += x->qty;
		sum->unquoted += mid == MID_NONE ? x->qty : 0;
	} else {
		sum->execs--;
		*qty -= x->qty;
		sum->unquoted -= mid == MID_NONE ? x->qty : 0;
	}
	sum->cash -= pays * x->cash;
	sum->fees += sign * c->fee;
	if (mid != MID_NONE &&
	    (__builtin_mul_overflow(
		 pays * ((exch_i128)mid - 2 * (exch_i128)x->price),
		 (exch_i128)x->qty, &v) ||
		__builtin_add_overflow(sum->spread, v, &sum->spread)))
		s->overflow = true;
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct pnl *s = run->state;
	int rc;

	if (x->state != EXCH_DEAL_BROKEN)
		x->note[NOTE_MID] = mid_of(s, x->place);
	rc = exch_charges_sides(&s->charges, x, add, d);
	return rc == EXCH_OK ? exch_marks_deal(&s->marks, x, d) : rc;
}

/* ---- rows ---- */

static exch_px
mark_of(const struct pnl *s, uint32_t place)
{
	int64_t mid = s->at_mid ? mid_of(s, place) : MID_NONE;

	/* half a unit of 10^-9 is rounded towards 0 */
	if (mid != MID_NONE)
		return mid / 2;
	return exch_marks_of(&s->marks, place);
}

static int
row_of(struct exch_report_run *run, const struct sum *x, struct row *w)
{
	struct pnl *s = run->state;
	uint32_t place = (uint32_t)x->key.id;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px mark = mark_of(s, place);
	exch_i128 held = (exch_i128)x->bought - (exch_i128)x->sold;
	exch_i128 v;
	int rc;

	*w = (struct row){.execs = x->execs,
	    .cash = x->cash,
	    .fees = x->fees,
	    .valued = mark != EXCH_PX_NONE || held == 0,
	    .split = x->unquoted == 0};
	rc = exch_money_sum(&in->money, x->spread, 2, &w->spread);
	if (rc != EXCH_OK || !w->valued || held == 0)
		return rc;
	if (__builtin_mul_overflow((exch_i128)mark, held, &v))
		return EXCH_ERR_RANGE;
	return exch_money_sum(&in->money, v, 1, &w->value);
}

static void
put_gains(struct exch_report_run *run, const struct row *w)
{
	struct exch_table *t = &run->table;
	exch_i128 gross = w->cash + w->value;

	exch_report_cash(run, w->value, w->valued);
	exch_report_cash(run, gross, w->valued);
	exch_report_cash(run, w->spread, w->split);
	exch_report_cash(run, gross - w->spread, w->valued && w->split);
	exch_report_cash(run, w->fees, true);
	exch_report_cash(run, gross - w->fees, w->valued);
	exch_table_end(t);
}

static void
put_sum(struct exch_report_run *run, const struct sum *x, const struct row *w)
{
	uint32_t place = (uint32_t)x->key.id;
	const struct exch_inst *in = &run->insts.inst[place];
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, "of");
	exch_report_account(run, x->key.place);
	exch_report_symbol(run, place);
	exch_table_text(t, in->currency, strlen(in->currency));
	exch_table_u64(t, w->execs);
	exch_table_dec(t, (exch_i128)x->bought, in->qty_scale, 0);
	exch_table_dec(t, (exch_i128)x->sold, in->qty_scale, 0);
	exch_table_dec(
	    t, (exch_i128)x->bought - (exch_i128)x->sold, in->qty_scale, 0);
	exch_report_cash(run, w->cash, true);
	exch_table_px(t, mark_of(run->state, place), in->px_show);
	put_gains(run, w);
}

static void
put_total(struct exch_report_run *run, uint32_t account, const char *currency,
    const struct row *w)
{
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, "all");
	exch_report_account(run, account);
	exch_table_none(t);
	exch_table_text(t, currency, strlen(currency));
	exch_table_u64(t, w->execs);
	for (unsigned i = 0; i < 3; i++)
		exch_table_none(t);
	exch_report_cash(run, w->cash, true);
	exch_table_none(t);
	put_gains(run, w);
}

static void
add_row(struct row *to, const struct row *w)
{
	to->execs += w->execs;
	to->cash += w->cash;
	to->value += w->value;
	to->spread += w->spread;
	to->fees += w->fees;
	to->valued = to->valued && w->valued;
	to->split = to->split && w->split;
}

/* All rows of an account, and what they come to in each currency. */
static int
put_account(struct exch_report_run *run, struct sum **all, uint32_t n,
    struct exch_diag *d)
{
	struct row w;

	for (uint32_t i = 0; i < n; i++) {
		if (row_of(run, all[i], &w) != EXCH_OK)
			return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0,
			    "an amount does not fit 128 bits");
		put_sum(run, all[i], &w);
	}
	for (uint32_t i = 0; i < n; i++) {
		struct row total = {.valued = true, .split = true};
		const char *currency = run->insts.inst[all[i]->key.id].currency;
		bool first = true;

		for (uint32_t k = 0; k < n; k++) {
			if (strcmp(run->insts.inst[all[k]->key.id].currency,
				currency) != 0)
				continue;
			first = first && k >= i;
			(void)row_of(run, all[k], &w); /* it was fine above */
			add_row(&total, &w);
		}
		if (first)
			put_total(run, all[i]->key.place, currency, &total);
	}
	return EXCH_OK;
}

/* ---- the report ---- */

static int
open_pnl(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *mark = exch_report_given(run, "mark");
	struct pnl *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->at_mid = mark != NULL && strcmp(mark->value, "mid") == 0;
	if (mark != NULL && !s->at_mid && strcmp(mark->value, "last") != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--mark: '%.40s' is neither last nor mid", mark->value);
	rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK && exch_keyed_init(&s->sum, sizeof(struct sum)) != 0)
		rc = exch_report_nomem(d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_pnl(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct pnl *s = run->state;
	int rc;

	if (r->type == EXCH_REC_INSTRUMENT)
		return exch_marks_instrument(&s->marks, run, r, d);
	rc = exch_charges_record(&s->charges, r, seq, d);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

static int
close_pnl(struct exch_report_run *run, struct exch_diag *d)
{
	struct pnl *s = run->state;
	struct sum **all = (struct sum **)(void *)exch_keyed_sorted(&s->sum);
	int rc = EXCH_OK;

	exch_charges_close(&s->charges);
	if (all == NULL)
		return exch_report_nomem(d);
	if (s->overflow)
		rc = exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "sums of prices and quantities do not fit 128 bits");
	for (uint32_t i = 0, n; rc == EXCH_OK && i < s->sum.live; i += n) {
		n = 1;
		while (i + n < s->sum.live &&
		       all[i + n]->key.place == all[i]->key.place)
			n++;
		rc = put_account(run, all + i, n, d);
	}
	exch_free(all);
	return rc;
}

static void
free_pnl(struct exch_report_run *run)
{
	struct pnl *s = run->state;

	exch_quotes_clear(&s->quotes);
	exch_charges_free(&s->charges);
	exch_keyed_clear(&s->sum);
	exch_marks_clear(&s->marks);
}

const struct exch_report exch_report_pnl = {
    .name = "pnl",
    .what = "what accounts gained by trading, and by what",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_pnl,
    .record = record_pnl,
    .close = close_pnl,
    .free = free_pnl,
};
