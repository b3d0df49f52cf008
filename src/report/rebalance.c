/*
 * exch-report rebalance: the orders that bring accounts to the weights of a
 * table, as a file of exch-orders(5): from what they hold at the end of the
 * stream, at the prices of that time, in whole lots.
 *
 * What they held before comes from --positions and --capital, or from the
 * opening balances of a ledger; trades, fees and deposits are the stream's.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/rebalance.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    {.name = "target",
	.arg = "FILE",
	.what = "rebalance: weights: account,symbol,weight",
	.table = true,
	.needed = true},
    {.name = "positions",
	.arg = "FILE",
	.what = "rebalance: held before: account,symbol,quantity",
	.table = true},
    {.name = "capital",
	.arg = "FILE",
	.what = "performance: capital of accounts: account,currency,capital",
	.table = true},
    {.name = "mark",
	.arg = "WHAT",
	.what = "pnl: value positions at the last price, or the mid (last)"},
    {.name = "through",
	.arg = "BP",
	.what = "rebalance: limits so far through the price (50)"},
    {.name = "least",
	.arg = "CASH",
	.what = "rebalance: smaller trades are left out (0)"},
    {.name = "tolerance",
	.arg = "RATE",
	.what = "rebalance: cash may be off by so much of the worth (0.5%)"},
    {.name = "keep",
	.what = "rebalance: what the table does not name stays as it is"},
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

/* ---- what happens ---- */

static int
add(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	exch_i128 takes = c->side == 0 ? sign : -sign;
	uint32_t account = x->side[c->side].account;
	struct exch_rebalance_position *p;
	int rc = exch_rebalance_hold(
	    &s->held, account, x->place, takes * (exch_i128)x->qty, &p, d);

	return rc != EXCH_OK
		   ? rc
		   : exch_rebalance_pay(&s->paid, account,
			 exch_letters(run->insts.inst[x->place].currency),
			 -takes * x->cash - sign * c->fee, d);
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	int rc = exch_charges_sides(&s->charges, x, add, d);

	return rc == EXCH_OK ? exch_marks_deal(&s->marks, x, d) : rc;
}

/* What a ledger says that there was before; changes of companies, too. */
static int
take_posting(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *x = EXCH_REC_AS(r, exch_rec_posting);
	struct exch_rebalance *s = run->state;
	struct exch_rebalance_position *p;
	uint32_t place;
	int rc;

	if (x == NULL)
		return exch_report_short(r, d);
	if (x->ledger != EXCH_LEDGER_HOLDING ||
	    x->account >= EXCH_ACCOUNT_VENUE ||
	    (x->why != EXCH_POSTED_OPENING && x->why != EXCH_POSTED_ACTION))
		return EXCH_OK;
	if (x->qty == 0)
		return exch_rebalance_pay(&s->paid, x->account,
		    exch_letters(x->currency), x->amount, d);
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	return rc != EXCH_OK ? rc
			     : exch_rebalance_hold(
				   &s->held, x->account, place, x->qty, &p, d);
}

static int
take_deposit(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_deposit *x = EXCH_REC_AS(r, exch_rec_deposit);
	struct exch_rebalance *s = run->state;

	if (x == NULL)
		return exch_report_short(r, d);
	/* in whatever currency the account has */
	return exch_rebalance_pay(&s->paid, x->account, 0, x->amount, d);
}

/* ---- the report ---- */

/* A number of 10^-scale from 0 to `most`, or `lack`. */
static int
take_number(struct exch_report_run *run, const char *name, int scale,
    int64_t most, int64_t *out, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, name);
	size_t n = g != NULL ? strlen(g->value) : 0;
	bool percent = n > 1 && g->value[n - 1] == '%' && scale == 9;

	if (g == NULL)
		return EXCH_OK;
	if (exch_dec_parse(
		g->value, n - percent, percent ? scale - 2 : scale, out) == 0 &&
	    *out >= 0 && *out <= most)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--%s: '%.40s' is no %s", name, g->value,
	    scale == 0	 ? "number of basis points from 0 to 5000"
	    : scale == 6 ? "amount such as 1000 or 250.50"
			 : "rate from 0 to 100%, such as 0.5%");
}

static int
set_options(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *mark = exch_report_given(run, "mark");
	struct exch_rebalance *s = run->state;
	int rc;

	s->through = 50;
	s->tolerance = 5000000;
	s->keep = exch_report_given(run, "keep") != NULL;
	s->at_mid = mark != NULL && strcmp(mark->value, "mid") == 0;
	if (mark != NULL && !s->at_mid && strcmp(mark->value, "last") != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--mark: '%.40s' is neither last nor mid", mark->value);
	rc = take_number(run, "through", 0, 5000, &s->through, d);
	if (rc == EXCH_OK)
		rc = take_number(run, "least", 6, INT64_MAX, &s->least, d);
	if (rc == EXCH_OK)
		rc = take_number(
		    run, "tolerance", 9, 1000000000, &s->tolerance, d);
	return rc;
}

static int
open_rebalance(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_rebalance *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = set_options(run, d);
	if (rc == EXCH_OK)
		rc = exch_rebalance_read(run, d);
	if (rc == EXCH_OK)
		rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(
		 &s->held, sizeof(struct exch_rebalance_position)) != 0 ||
		exch_keyed_init(
		    &s->paid, sizeof(struct exch_rebalance_purse)) != 0 ||
		exch_keyed_init(&s->position,
		    sizeof(struct exch_rebalance_position)) != 0 ||
		exch_keyed_init(
		    &s->purse, sizeof(struct exch_rebalance_purse)) != 0))
		rc = exch_report_nomem(d);
	return rc == EXCH_OK ? exch_rebalance_columns(run, d) : rc;
}

static int
record_rebalance(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_new *n = EXCH_REC_AS(r, exch_rec_new);
	struct exch_rebalance *s = run->state;
	int rc = EXCH_OK;

	if (r->type == EXCH_REC_NEW && n != NULL && n->order > s->next &&
	    n->order >> 63 == 0)
		s->next = n->order;
	if (r->type == EXCH_REC_POSTING)
		rc = take_posting(run, r, d);
	else if (r->type == EXCH_REC_DEPOSIT)
		rc = take_deposit(run, r, d);
	if (rc == EXCH_OK)
		rc = exch_charges_record(&s->charges, r, seq, d);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

static int
close_rebalance(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	int rc;

	exch_charges_close(&s->charges);
	rc = exch_rebalance_gather(run, d);
	if (rc == EXCH_OK)
		rc = exch_rebalance_settle(run, d);
	return rc;
}

static void
free_rebalance(struct exch_report_run *run)
{
	struct exch_rebalance *s = run->state;

	exch_charges_free(&s->charges);
	exch_quotes_clear(&s->quotes);
	exch_marks_clear(&s->marks);
	exch_reftable_clear(&s->target);
	exch_reftable_clear(&s->had);
	exch_reftable_clear(&s->capital);
	exch_free(s->name);
	exch_keyed_clear(&s->held);
	exch_keyed_clear(&s->paid);
	exch_keyed_clear(&s->position);
	exch_keyed_clear(&s->purse);
}

const struct exch_report exch_report_rebalance = {
    .name = "rebalance",
    .what = "orders that bring accounts to target weights",
    .needs = EXCH_NEEDS_MATCH,
    .bare = true,
    .params = params,
    .open = open_rebalance,
    .record = record_rebalance,
    .close = close_rebalance,
    .free = free_rebalance,
};
