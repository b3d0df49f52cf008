/*
 * exch-report performance: what accounts made of their capital, period by
 * period of the stream: return, ratios of Sharpe and Sortino, drawdown,
 * turnover, exposure.  exch-tca(7) has the formulas.
 *
 * Equity is exact; returns and what is made of them are IEEE 754 doubles, by
 * additions, multiplications, divisions and square roots alone, so that every
 * machine has the same digits.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "report/capital.h"
#include "report/charges.h"
#include "report/marks.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    {.name = "capital",
	.arg = "FILE",
	.what = "performance: capital of accounts: account,currency,capital",
	.table = true,
	.needed = true},
    {.name = "period",
	.arg = "TIME",
	.what = "performance: how long a period is (1m)"},
    {.name = "free",
	.arg = "RATE",
	.what = "performance: return of a period without risk (0)"},
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"account", EXCH_COL_TEXT, 8},
    {"currency", EXCH_COL_TEXT, 8},
    {"capital", EXCH_COL_NUM, 12},
    {"equity", EXCH_COL_NUM, 12},
    {"profit", EXCH_COL_NUM, 11},
    {"return", EXCH_COL_NUM, 9},
    {"periods", EXCH_COL_NUM, 7},
    {"mean", EXCH_COL_NUM, 9},
    {"deviation", EXCH_COL_NUM, 9},
    {"sharpe", EXCH_COL_NUM, 9},
    {"downside", EXCH_COL_NUM, 9},
    {"sortino", EXCH_COL_NUM, 9},
    {"drawdown", EXCH_COL_NUM, 11},
    {"drawdown_part", EXCH_COL_NUM, 9},
    {"traded", EXCH_COL_NUM, 12},
    {"turnover", EXCH_COL_NUM, 9},
    {"gross", EXCH_COL_NUM, 12},
    {"net", EXCH_COL_NUM, 12},
};

/* An account in a currency. */
struct book {
	struct exch_key key; /* account; letters of the currency */
	exch_i128 capital;   /* 0: not told */
	exch_i128 cash;	     /* of trades, less fees */
	exch_i128 traded;
	exch_i128 value; /* of what it holds, at the last look */
	exch_i128 held;	 /* and both ways */
	exch_i128 before, peak;
	exch_i128 fall;	      /* the deepest, from a peak */
	exch_i128 fall_peak;  /* and that peak */
	exch_i128 gross, net; /* summed over periods */
	double sum, squares, below;
};

/* What it holds of an instrument. */
struct position {
	struct exch_key key; /* account; instrument */
	exch_i128 qty;
};

struct performance {
	struct exch_charges charges;
	struct exch_reftable capital;
	struct exch_keyed book;
	struct exch_keyed position;
	struct exch_marks marks;
	uint64_t period;
	double no_risk;
	exch_ts next;	  /* end of the period at hand; none: not begun */
	exch_ts clock;	  /* the market's */
	uint64_t periods; /* that are over */
	bool unmarked;	  /* a position without a price */
	bool overflow;
};

/* ---- what is traded ---- */

/* Periods without a gain are as much below those without risk. */
static void
idle(const struct performance *s, struct book *b, uint64_t periods)
{
	double less = (double)periods * s->no_risk;

	b->sum -= less;
	b->squares += less * s->no_risk;
	if (s->no_risk > 0)
		b->below += less * s->no_risk;
}

static int
book_of(struct exch_report_run *run, uint32_t account, const char *currency,
    struct book **out, struct exch_diag *d)
{
	struct performance *s = run->state;
	int rc = exch_keyed_add(&s->book, account, exch_letters(currency), out);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	(*out)->capital = exch_capital_of(&s->capital, run, account, currency);
	(*out)->before = (*out)->capital;
	(*out)->peak = (*out)->capital;
	/* Those before its first trade are its own, too. */
	idle(s, *out, s->periods);
	return EXCH_OK;
}

static int
add(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct performance *s = run->state;
	uint32_t account = x->side[c->side].account;
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	exch_i128 takes = c->side == 0 ? sign : -sign;
	struct position *p;
	struct book *b;
	int rc =
	    book_of(run, account, run->insts.inst[x->place].currency, &b, d);

	if (rc != EXCH_OK)
		return rc;
	b->cash -= takes * x->cash + sign * c->fee;
	b->traded += sign * (x->cash < 0 ? -x->cash : x->cash);
	rc = exch_keyed_add(&s->position, account, x->place, &p);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	p->qty += takes * (exch_i128)x->qty;
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct performance *s = run->state;
	int rc = exch_charges_sides(&s->charges, x, add, d);

	return rc == EXCH_OK ? exch_marks_deal(&s->marks, x, d) : rc;
}

/* ---- periods ---- */

static void
value_positions(struct exch_report_run *run)
{
	struct performance *s = run->state;
	struct position *p;
	struct book *b;
	uint32_t at = 0;

	while ((b = exch_keyed_next(&s->book, &at)) != NULL) {
		b->value = 0;
		b->held = 0;
	}
	for (at = 0; (p = exch_keyed_next(&s->position, &at)) != NULL;) {
		uint32_t place = (uint32_t)p->key.id;
		const struct exch_inst *in = &run->insts.inst[place];
		exch_i128 v;
		int rc;

		if (p->qty == 0)
			continue;
		rc = exch_marks_value(&s->marks, in, place, p->qty, &v);
		if (rc != EXCH_OK) {
			s->unmarked |= rc == EXCH_ERR_ABSENT;
			s->overflow |= rc == EXCH_ERR_RANGE;
			continue;
		}
		b = exch_keyed_find(
		    &s->book, p->key.place, exch_letters(in->currency));
		if (b == NULL)
			continue;
		b->value += v;
		b->held += v < 0 ? -v : v;
	}
}

/* So many periods are over, in the first of which all happened. */
static void
end_book(const struct performance *s, struct book *b, uint64_t periods)
{
	exch_i128 equity = b->capital + b->cash + b->value;

	b->gross += b->held * (exch_i128)periods;
	b->net += b->value * (exch_i128)periods;
	if (equity > b->peak)
		b->peak = equity;
	if (b->peak - equity > b->fall) {
		b->fall = b->peak - equity;
		b->fall_peak = b->peak;
	}
	if (b->before > 0) {
		double r = (double)(equity - b->before) / (double)b->before -
			   s->no_risk;

		b->sum += r;
		b->squares += r * r;
		if (r < 0)
			b->below += r * r;
		idle(s, b, periods - 1);
	}
	b->before = equity;
}

static void
end_periods(struct exch_report_run *run, uint64_t periods)
{
	struct performance *s = run->state;
	struct book *b;
	uint32_t at = 0;

	value_positions(run);
	while ((b = exch_keyed_next(&s->book, &at)) != NULL)
		end_book(s, b, periods);
	s->periods += periods;
}

/* Periods begin at multiples of their length. */
static void
pass(struct exch_report_run *run, exch_ts now)
{
	struct performance *s = run->state;
	uint64_t n;

	if (s->next == EXCH_TS_NONE) {
		s->next = now - now % s->period + s->period;
	} else if (now >= s->next) {
		n = (now - s->next) / s->period + 1;
		end_periods(run, n);
		s->next += n * s->period;
	}
	s->clock = now;
}

/* ---- the report ---- */

static int
set_options(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *period = exch_report_given(run, "period");
	const struct exch_given *no_risk = exch_report_given(run, "free");
	struct performance *s = run->state;
	int64_t rate;

	s->period = 60 * EXCH_SEC;
	if (period != NULL && (exch_duration_parse(period->value,
				   strlen(period->value), &s->period) != 0 ||
				  s->period < 1000000))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--period: '%.40s' is no time from 1ms to 24h",
		    period->value);
	if (no_risk != NULL) {
		if (exch_dec_parse(
			no_risk->value, strlen(no_risk->value), 15, &rate) != 0)
			return exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_NONE, 0,
			    "--free: '%.40s' is no number such as 0.000001",
			    no_risk->value);
		s->no_risk = (double)rate / 1e15;
	}
	return exch_capital_read(&s->capital, run, d);
}

static int
open_performance(struct exch_report_run *run, struct exch_diag *d)
{
	struct performance *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->next = EXCH_TS_NONE;
	rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = set_options(run, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->book, sizeof(struct book)) != 0 ||
		exch_keyed_init(&s->position, sizeof(struct position)) != 0))
		rc = exch_report_nomem(d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_performance(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct performance *s = run->state;

	/* settlement days are no periods of the market */
	if (r->type >= EXCH_REC_NEW && r->type < EXCH_REC_RISK &&
	    r->time > s->clock && r->time < EXCH_TS_NONE - s->period)
		pass(run, r->time);
	return exch_charges_record(&s->charges, r, seq, d);
}

static void
put_ratios(struct exch_report_run *run, const struct book *b)
{
	const struct performance *s = run->state;
	struct exch_table *t = &run->table;
	double n = (double)s->periods;
	bool known = b->capital > 0 && s->periods > 0;
	double mean = known ? b->sum / n : 0;
	double var = 0, down;

	if (s->periods > 1)
		var = (b->squares - n * mean * mean) / (n - 1);
	var = var > 0 ? sqrt(var) : 0;
	down = known ? sqrt(b->below / n) : 0;
	exch_table_u64(t, s->periods);
	exch_report_real(run, mean + s->no_risk, known);
	exch_report_real(run, var, known && s->periods > 1);
	exch_report_real(run, var > 0 ? mean / var : 0, known && var > 0);
	exch_report_real(run, down, known);
	exch_report_real(run, down > 0 ? mean / down : 0, known && down > 0);
}

static void
put_book(struct exch_report_run *run, const struct book *b)
{
	const struct performance *s = run->state;
	struct exch_table *t = &run->table;
	exch_i128 profit = b->cash + b->value;
	exch_i128 n = (exch_i128)s->periods;
	bool known = b->capital > 0;
	char currency[4];
	uint32_t code = (uint32_t)b->key.id;

	memcpy(currency, &code, sizeof(currency));
	exch_table_row(t);
	exch_report_account(run, b->key.place);
	exch_table_text(t, currency, strnlen(currency, sizeof(currency)));
	if (known) {
		exch_table_dec(t, b->capital, 6, 2);
		exch_table_dec(t, b->capital + profit, 6, 2);
	} else {
		exch_table_none(t);
		exch_table_none(t);
	}
	exch_table_dec(t, profit, 6, 2);
	exch_report_real(
	    run, known ? (double)profit / (double)b->capital : 0, known);
	put_ratios(run, b);
	exch_table_dec(t, b->fall, 6, 2);
	exch_report_real(run,
	    b->fall_peak > 0 ? (double)b->fall / (double)b->fall_peak : 0,
	    known && (b->fall == 0 || b->fall_peak > 0));
	exch_table_dec(t, b->traded, 6, 2);
	exch_report_real(
	    run, known ? (double)b->traded / (double)b->capital : 0, known);
	exch_table_dec(t, n == 0 ? 0 : exch_div_half_even(b->gross, n), 6, 2);
	exch_table_dec(t, n == 0 ? 0 : exch_div_half_even(b->net, n), 6, 2);
	exch_table_end(t);
}

static int
close_performance(struct exch_report_run *run, struct exch_diag *d)
{
	struct performance *s = run->state;
	void **all;

	exch_charges_close(&s->charges);
	/* what is left of a period is one */
	if (s->next != EXCH_TS_NONE)
		end_periods(run, 1);
	if (s->overflow)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "an amount does not fit 128 bits");
	all = exch_keyed_sorted(&s->book);
	if (all == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < s->book.live; i++)
		put_book(run, all[i]);
	exch_free(all);
	if (s->unmarked && run->left_out == 0) {
		run->left_out = 1;
		run->left_why = "or more positions in instruments that never "
				"traded in the book: they count as nothing";
	}
	return EXCH_OK;
}

static void
free_performance(struct exch_report_run *run)
{
	struct performance *s = run->state;

	exch_charges_free(&s->charges);
	exch_reftable_clear(&s->capital);
	exch_keyed_clear(&s->book);
	exch_keyed_clear(&s->position);
	exch_marks_clear(&s->marks);
}

const struct exch_report exch_report_performance = {
    .name = "performance",
    .what = "what accounts made of their capital",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_performance,
    .record = record_performance,
    .close = close_performance,
    .free = free_performance,
};
