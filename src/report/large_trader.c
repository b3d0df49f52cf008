/*
 * exch-report large-trader: who has bought and sold so much on a day or in a
 * month that the table of thresholds says so.  Modelled on 17 CFR 240.13h-1:
 * purchases and sales are added and never netted, accounts of one person count
 * together, options count as what they are about.  exch-regulatory(7).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/even.h"
#include "ref/dated.h"
#include "report/holders.h"
#include "report/marks.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    {.name = "thresholds",
	.arg = "FILE",
	.what = "large-trader: how much is large, not as in the package",
	.table = true,
	.stock = "large-trader.csv"},
    {.name = "near",
	.arg = "PERCENT",
	.what = "large-trader: also who has come that near (100)"},
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"who", EXCH_COL_TEXT, 8},
    {"accounts", EXCH_COL_NUM, 8},
    {"period", EXCH_COL_TEXT, 6},
    {"begin", EXCH_COL_ID, 8},
    {"measure", EXCH_COL_TEXT, 7},
    {"currency", EXCH_COL_TEXT, 8},
    {"amount", EXCH_COL_NUM, 13},
    {"threshold", EXCH_COL_NUM, 12},
    {"percent", EXCH_COL_NUM, 8},
    {"over", EXCH_COL_TEXT, 4},
    {"trades", EXCH_COL_NUM, 7},
    {"reached", EXCH_COL_TIME, 18},
    {"seq", EXCH_COL_ID, 10},
    {"source", EXCH_COL_TEXT, 20},
};

enum { DAY, MONTH, PERIODS };
enum { SHARES, VALUE, MEASURES };

/* Where a deal in options keeps what it counted for: two numbers each. */
enum { NOTE_CASH = 0, NOTE_SHARES = 2 };

static const struct exch_cell_word periods[] = {
    {"day", DAY}, {"month", MONTH}, {NULL, 0}};
static const struct exch_cell_word measures[] = {
    {"shares", SHARES}, {"value", VALUE}, {NULL, 0}};

struct threshold {
	struct exch_dated span;
	uint8_t period, measure;
	char currency[4];
	int64_t amount; /* 10^-6 */
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct threshold
#define PLACE(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {EXCH_DATED_COLUMNS(ROW),
    {.name = "period", .kind = EXCH_CELL_WORD, PLACE(period), .words = periods},
    {.name = "measure",
	.kind = EXCH_CELL_WORD,
	PLACE(measure),
	.words = measures},
    {.name = "currency",
	.kind = EXCH_CELL_TEXT,
	PLACE(currency),
	.size = 4,
	.may_lack = true},
    {.name = "threshold",
	.kind = EXCH_CELL_CASH,
	PLACE(amount),
	.least = 1,
	.most = INT64_MAX},
    EXCH_DATED_SOURCE(ROW)};
static const struct exch_reftable_shape shape = {
    "a table of thresholds", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef PLACE
#undef ROW

/* Of a holder in a period: shares, or value in a currency. */
struct sum {
	/* holder; date and, of a value, the letters of its currency */
	struct exch_key key;
	exch_i128 amount; /* 10^-9 shares, 10^-6 of cash */
	uint64_t trades;  /* sides of executions */
	exch_ts reached;  /* when it became as large as its threshold */
	uint64_t seq;
	uint8_t period, measure;
};

struct large {
	struct exch_deals deals;
	struct exch_marks marks;
	struct exch_holders holders;
	struct exch_reftable table;
	struct exch_keyed sum[PERIODS][MEASURES];
	uint64_t near;
	uint64_t nobody; /* sides without an account */
	uint64_t unpriced;
	uint64_t unruled; /* sides in a currency without any threshold */
	char currency[4]; /* of the first of them */
};

/* What a side of a deal counts for. */
struct worth {
	exch_i128 shares;  /* 10^-9 */
	exch_i128 cash;	   /* 10^-6 */
	uint32_t currency; /* its letters */
};

static int
by_thing(const void *x, const void *y)
{
	const struct threshold *a = x, *b = y;

	if (a->period != b->period)
		return a->period < b->period ? -1 : 1;
	if (a->measure != b->measure)
		return a->measure < b->measure ? -1 : 1;
	return memcmp(a->currency, b->currency, sizeof(a->currency));
}

/* A currency is that of a value; shares have none. */
static int
check_currencies(const struct exch_reftable *table, struct exch_diag *d)
{
	const struct threshold *row = table->row;

	for (size_t i = 0; i < table->n; i++)
		if (row[i].measure == SHARES && row[i].currency[0] != '\0')
			return exch_reftable_bad_cell(table, i, "currency", d,
			    "is a currency, of which shares have none");
	return EXCH_OK;
}

/* Does the table ask for values, and none in this currency, on any day? */
static bool
unruled(const struct large *s, const char currency[4])
{
	const struct threshold *row = s->table.row;
	bool values = false;

	for (size_t i = 0; i < s->table.n; i++) {
		if (row[i].measure != VALUE)
			continue;
		values = true;
		if (memcmp(row[i].currency, currency, 4) == 0)
			return false;
	}
	return values;
}

/* The row for a sum; NULL: nothing is large. */
static const struct threshold *
threshold_of(const struct large *s, unsigned period, unsigned measure,
    uint32_t date, uint32_t code)
{
	struct threshold key = {
	    .period = (uint8_t)period, .measure = (uint8_t)measure};

	memcpy(key.currency, &code, sizeof(code));
	/* a month goes by what holds on its first day, or begins in it */
	if (period == MONTH && date % 100 == 0)
		date++;
	return exch_dated_at(&s->table, sizeof(key), date, by_thing, &key);
}

/* As the table has it: shares have 10^-9. */
static exch_i128
scaled(const struct threshold *t)
{
	return t->measure == SHARES ? (exch_i128)t->amount * 1000 : t->amount;
}

/* ---- what trades count for ---- */

static bool
counts(const struct exch_inst *in)
{
	return in->kind == EXCH_KIND_EQUITY || in->kind == EXCH_KIND_ETF ||
	       in->kind == EXCH_KIND_OPTION;
}

/*
 * Of an option the shares that it is about, at their last price, or at the
 * strike while they have none.
 */
static int
worth_of_option(struct exch_report_run *run, const struct exch_deal *x,
    struct worth *w, struct exch_diag *d)
{
	struct large *s = run->state;
	const struct exch_inst *in = &run->insts.inst[x->place];
	uint32_t under = exch_insts_known(&run->insts, in->underlying);
	exch_px px = in->underlying != 0 ? exch_marks_of(&s->marks, under)
					 : EXCH_PX_NONE;
	exch_i128 v;

	if (__builtin_mul_overflow(w->shares, (exch_i128)in->multiplier, &v))
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "an amount does not fit 128 bits");
	w->shares = exch_div_half_even(v, EXCH_PX_ONE);
	if (px == EXCH_PX_NONE) {
		s->unpriced += x->state != EXCH_DEAL_BROKEN;
		px = in->strike != EXCH_PX_NONE ? in->strike : 0;
	}
	if (__builtin_mul_overflow(w->shares, (exch_i128)px, &v))
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "an amount does not fit 128 bits");
	w->cash = exch_div_half_even(v, (exch_i128)1000000 * 1000000);
	return EXCH_OK;
}

static int
worth_of(struct exch_report_run *run, struct exch_deal *x, struct worth *w,
    struct exch_diag *d)
{
	const struct exch_inst *in = &run->insts.inst[x->place];
	int rc = EXCH_OK;

	*w = (struct worth){
	    .shares = x->qty, .cash = x->cash < 0 ? -x->cash : x->cash};
	memcpy(&w->currency, in->currency, sizeof(w->currency));
	for (unsigned i = in->qty_scale; i < 9; i++)
		w->shares *= 10;
	if (in->kind != EXCH_KIND_OPTION)
		return EXCH_OK;
	/* what is taken back is what was counted, whatever the price is now */
	if (x->state == EXCH_DEAL_BROKEN) {
		memcpy(&w->cash, &x->note[NOTE_CASH], sizeof(w->cash));
		memcpy(&w->shares, &x->note[NOTE_SHARES], sizeof(w->shares));
	} else {
		rc = worth_of_option(run, x, w, d);
		memcpy(&x->note[NOTE_CASH], &w->cash, sizeof(w->cash));
		memcpy(&x->note[NOTE_SHARES], &w->shares, sizeof(w->shares));
	}
	return rc;
}

static int
count(struct exch_report_run *run, const struct exch_deal *x, uint32_t holder,
    unsigned period, unsigned measure, const struct worth *w,
    struct exch_diag *d)
{
	struct large *s = run->state;
	exch_i128 amount = measure == SHARES ? w->shares : w->cash;
	uint32_t code = measure == SHARES ? 0 : w->currency;
	uint32_t date = exch_report_day(run, x->time);
	const struct threshold *t;
	struct sum *sum;
	bool back = x->state == EXCH_DEAL_BROKEN;
	int rc;

	if (period == MONTH)
		date -= date % 100;
	t = threshold_of(s, period, measure, date, code);
	if (t == NULL)
		return EXCH_OK;
	rc = exch_keyed_add(&s->sum[period][measure], holder,
	    (uint64_t)date << 32 | code, &sum);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	sum->period = (uint8_t)period;
	sum->measure = (uint8_t)measure;
	sum->amount += back ? -amount : amount;
	sum->trades += back ? UINT64_MAX : 1;
	if (sum->amount < scaled(t)) {
		sum->reached = 0;
		sum->seq = 0;
	} else if (sum->seq == 0) {
		sum->reached = x->at;
		sum->seq = x->seq;
	}
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct large *s = run->state;
	const struct exch_inst *in = &run->insts.inst[x->place];
	struct worth w;
	uint32_t holder;
	int rc = exch_marks_deal(&s->marks, x, d);

	if (rc != EXCH_OK || x->price == EXCH_PX_NONE || !counts(in))
		return rc;
	rc = worth_of(run, x, &w, d);
	if (x->state == EXCH_DEAL_NEW && unruled(s, in->currency)) {
		if (s->unruled == 0)
			memcpy(s->currency, in->currency, sizeof(s->currency));
		for (unsigned side = 0; side < 2; side++)
			s->unruled += x->side[side].account != 0;
	}
	for (unsigned side = 0; rc == EXCH_OK && side < 2; side++) {
		if (x->side[side].account == 0) {
			s->nobody +=
			    x->state != EXCH_DEAL_BROKEN && !x->side[side].none;
			continue;
		}
		rc = exch_holder_of(
		    &s->holders, run, x->side[side].account, &holder, d);
		for (unsigned i = 0; rc == EXCH_OK && i < PERIODS * MEASURES;
		     i++)
			rc = count(
			    run, x, holder, i / MEASURES, i % MEASURES, &w, d);
	}
	return rc;
}

/* ---- rows ---- */

static void
put(struct exch_report_run *run, const struct sum *x)
{
	struct large *s = run->state;
	struct exch_table *t = &run->table;
	uint32_t date = (uint32_t)(x->key.id >> 32);
	uint32_t code = (uint32_t)x->key.id;
	const struct threshold *th =
	    threshold_of(s, x->period, x->measure, date, code);
	bool cash = x->measure == VALUE;
	char currency[4];

	if (th == NULL || x->amount * 100 < scaled(th) * (exch_i128)s->near)
		return;
	memcpy(currency, &code, sizeof(code));
	exch_table_row(t);
	exch_report_holder(run, &s->holders, x->key.place);
	exch_table_u64(t, s->holders.holder[x->key.place].accounts);
	exch_table_word(t, periods[x->period].word);
	exch_table_u64(t, x->period == MONTH ? date / 100 : date);
	exch_table_word(t, measures[th->measure].word);
	exch_report_chars(run, currency, sizeof(currency));
	exch_table_dec(t, x->amount, cash ? 6 : 9, cash ? 2 : 0);
	exch_table_dec(t, th->amount, 6, cash ? 2 : 0);
	exch_report_ratio(run, x->amount, scaled(th), 2, 2);
	exch_table_word(t, x->amount >= scaled(th) ? "yes" : "no");
	exch_table_u64(t, x->trades);
	if (x->seq == 0)
		exch_table_none(t);
	else
		exch_table_time(t, x->reached);
	exch_table_id(t, x->seq);
	exch_report_chars(run, th->source, sizeof(th->source));
	exch_table_end(t);
}

/* ---- the report ---- */

static int
open_large(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *table = exch_report_given(run, "thresholds");
	const struct exch_given *near = exch_report_given(run, "near");
	struct large *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->near = 100;
	if (near != NULL &&
	    (exch_uint_parse(near->value, strlen(near->value), &s->near) != 0 ||
		s->near > 100))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--near: '%.40s' is no percentage from 0 to 100",
		    near->value);
	for (unsigned i = 0; i < PERIODS * MEASURES; i++)
		if (exch_keyed_init(&s->sum[i / MEASURES][i % MEASURES],
			sizeof(struct sum)) != 0)
			return exch_report_nomem(d);
	if (table != NULL)
		rc = exch_dated_parse(table->text, table->n, table->value,
		    &shape, &s->table, by_thing, d);
	if (rc == EXCH_OK)
		rc = check_currencies(&s->table, d);
	if (rc == EXCH_OK)
		rc = exch_holders_open(&s->holders, run, d);
	if (rc == EXCH_OK)
		rc = exch_deals_open(&s->deals, run, deal, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_large(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct large *s = run->state;

	return exch_deals_record(&s->deals, r, seq, d);
}

static int
close_large(struct exch_report_run *run, struct exch_diag *d)
{
	struct large *s = run->state;

	exch_deals_close(&s->deals);
	for (unsigned p = 0; p < PERIODS * MEASURES; p++) {
		struct exch_keyed *k = &s->sum[p / MEASURES][p % MEASURES];
		void **all = exch_keyed_sorted(k);

		if (all == NULL)
			return exch_report_nomem(d);
		for (uint32_t i = 0; i < k->live; i++)
			put(run, all[i]);
		exch_free(all);
	}
	if (s->unruled != 0)
		exch_report_tell(run,
		    "%llu sides of trades in %.4s%s: the table of thresholds "
		    "has no value for that, and theirs was not looked at",
		    (unsigned long long)s->unruled, s->currency,
		    s->currency[0] == '\0' ? "instruments without a currency"
					   : "");
	if (s->nobody != 0) {
		run->left_out = s->nobody;
		run->left_why =
		    "sides of trades, whose account the stream does not tell";
	} else if (s->unpriced != 0 && run->left_out == 0) {
		run->left_out = s->unpriced;
		run->left_why = "prices of what options are about: the stream "
				"does not tell them, and their strike counts";
	}
	return EXCH_OK;
}

static void
free_large(struct exch_report_run *run)
{
	struct large *s = run->state;

	exch_deals_free(&s->deals);
	exch_marks_clear(&s->marks);
	exch_holders_clear(&s->holders);
	exch_reftable_clear(&s->table);
	for (unsigned i = 0; i < PERIODS * MEASURES; i++)
		exch_keyed_clear(&s->sum[i / MEASURES][i % MEASURES]);
}

const struct exch_report exch_report_large_trader = {
    .name = "large-trader",
    .what = "who has traded as much as makes a large trader",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .local = true,
    .open = open_large,
    .record = record_large,
    .close = close_large,
    .free = free_large,
};
