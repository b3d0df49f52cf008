/*
 * exch-report fees: what a venue earned by its table of fees, rule by rule and
 * account by account, beside what the ledger of exch-settle was posted.
 *
 * Each execution is charged anew by the code that settlement uses, so that
 * what both come to is the same, and a difference is one of tables or streams.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/charges.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"what", EXCH_COL_TEXT, 7},
    {"account", EXCH_COL_TEXT, 8},
    {"line", EXCH_COL_NUM, 4},
    {"scope", EXCH_COL_TEXT, 7},
    {"name", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"from", EXCH_COL_NUM, 6},
    {"liquidity", EXCH_COL_TEXT, 9},
    {"currency", EXCH_COL_TEXT, 8},
    {"executions", EXCH_COL_NUM, 10},
    {"value", EXCH_COL_NUM, 11},
    {"fee", EXCH_COL_NUM, 9},
    {"ledger", EXCH_COL_NUM, 9},
    {"paid", EXCH_COL_NUM, 9},
};

/* Of a rule, how an execution came about, and a currency; or of an account. */
struct sum {
	struct exch_key key;
	uint64_t execs;
	exch_i128 value;
	exch_i128 fee;
	exch_i128 ledger;
	exch_i128 paid;
};

struct fees {
	struct exch_charges charges;
	bool posted;		   /* the stream has a ledger */
	bool day_ends;		   /* fees were posted: tiers begin anew */
	struct exch_keyed rule;	   /* row + 1; how and currency */
	struct exch_keyed account; /* account; currency */
	uint64_t paying;	   /* entry in which fees are paid */
};

static uint32_t
currency_code(const char *currency)
{
	uint32_t code = 0;

	memcpy(&code, currency, strnlen(currency, 4));
	return code;
}

static int
sum_of(struct exch_keyed *k, uint32_t place, uint64_t id, struct sum **out,
    struct exch_diag *d)
{
	int rc = exch_keyed_add(k, place, id, out);

	return rc == EXCH_OK || rc == EXCH_ERR_EXISTS ? EXCH_OK
						      : exch_report_nomem(d);
}

/* ---- executions ---- */

static int
add(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct fees *s = run->state;
	const struct exch_deal_side *of = &x->side[c->side];
	uint64_t code = currency_code(run->insts.inst[x->place].currency);
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	struct sum *sum[2];
	int rc = sum_of(&s->account, of->account, code, &sum[0], d);

	if (rc == EXCH_OK)
		rc = sum_of(&s->rule, c->row, (uint64_t)of->how << 32 | code,
		    &sum[1], d);
	for (unsigned i = 0; rc == EXCH_OK && i < 2; i++) {
		if (sign > 0)
			sum[i]->execs++;
		else
			sum[i]->execs--;
		sum[i]->value += sign * x->cash;
		sum[i]->fee += sign * c->fee;
	}
	return rc;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct fees *s = run->state;

	return exch_charges_sides(&s->charges, x, add, d);
}

/* ---- the ledger ---- */

static int
take_posting(struct fees *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);
	struct sum *sum;
	int rc;

	if (p == NULL)
		return exch_report_short(r, d);
	s->posted = true;
	if (p->why != EXCH_POSTED_FEE || p->account == EXCH_ACCOUNT_VENUE)
		return EXCH_OK;
	/* a payment moves what is held first */
	if (p->ledger == EXCH_LEDGER_HOLDING)
		s->paying = p->entry;
	if (p->ledger != EXCH_LEDGER_FEES)
		return EXCH_OK;
	rc = sum_of(
	    &s->account, p->account, currency_code(p->currency), &sum, d);
	if (rc != EXCH_OK)
		return rc;
	if (p->entry == s->paying)
		sum->paid += p->amount;
	else
		sum->ledger -= p->amount;
	return EXCH_OK;
}

/* ---- the report ---- */

static int
open_fees(struct exch_report_run *run, struct exch_diag *d)
{
	struct fees *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc != EXCH_OK)
		return rc;
	if (exch_keyed_init(&s->rule, sizeof(struct sum)) != 0 ||
	    exch_keyed_init(&s->account, sizeof(struct sum)) != 0)
		return exch_report_nomem(d);
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
record_fees(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct fees *s = run->state;
	int rc = exch_charges_record(&s->charges, r, seq, d);

	if (rc == EXCH_OK && r->type == EXCH_REC_POSTING)
		rc = take_posting(s, r, d);
	return rc;
}

static void
put_currency(struct exch_report_run *run, uint32_t code)
{
	char name[4];

	memcpy(name, &code, sizeof(name));
	exch_report_chars(run, name, sizeof(name));
}

static void
put_rule(struct exch_report_run *run, const struct sum *x)
{
	static const char *const how[] = {"maker", "taker", "auction"};
	static const char *const scope[] = {
	    "all", "member", "account", "group"};
	struct fees *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_fee_row *row = s->charges.table.t.row;

	exch_table_row(t);
	exch_table_word(t, x->key.place == 0 ? "none" : "rule");
	exch_table_none(t);
	if (x->key.place == 0) {
		for (unsigned i = 0; i < 5; i++)
			exch_table_none(t);
	} else {
		row += x->key.place - 1;
		exch_table_u64(t, s->charges.table.t.line[x->key.place - 1]);
		exch_table_word(t, scope[row->whom.scope & 3]);
		exch_report_chars(run, row->whom.name, sizeof(row->whom.name));
		exch_report_chars(
		    run, row->whom.symbol, sizeof(row->whom.symbol));
		exch_table_dec(t, row->whom.from, 0, 0);
	}
	exch_table_word(t, how[x->key.id >> 32]);
	put_currency(run, (uint32_t)x->key.id);
	exch_table_u64(t, x->execs);
	exch_report_cash(run, x->value, true);
	exch_report_cash(run, x->fee, true);
	exch_table_none(t);
	exch_table_none(t);
	exch_table_end(t);
}

/* Of an account, or of all in a currency. */
static void
put_sum(struct exch_report_run *run, const struct sum *x, bool total)
{
	const struct fees *s = run->state;
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, total ? "total" : "account");
	if (total)
		exch_table_none(t);
	else
		exch_report_account(run, x->key.place);
	for (unsigned i = 0; i < 6; i++)
		exch_table_none(t);
	put_currency(run, (uint32_t)x->key.id);
	exch_table_u64(t, x->execs);
	exch_report_cash(run, x->value, true);
	exch_report_cash(run, x->fee, s->charges.given);
	exch_report_cash(run, x->ledger, s->posted);
	exch_report_cash(run, x->paid, s->posted);
	exch_table_end(t);
}

static int
put_accounts(struct exch_report_run *run, struct exch_diag *d)
{
	struct fees *s = run->state;
	struct sum **all =
	    (struct sum **)(void *)exch_keyed_sorted(&s->account);
	struct exch_keyed totals = {0};
	struct sum *t, **sums = NULL;
	int rc = EXCH_OK;

	if (all == NULL || exch_keyed_init(&totals, sizeof(*t)) != 0) {
		exch_keyed_clear(&totals);
		exch_free(all);
		return exch_report_nomem(d);
	}
	for (uint32_t i = 0; rc == EXCH_OK && i < s->account.live; i++) {
		const struct sum *x = all[i];

		put_sum(run, x, false);
		run->faults +=
		    s->charges.given && s->posted && x->fee != x->ledger;
		rc = sum_of(&totals, 0, x->key.id, &t, d);
		if (rc != EXCH_OK)
			break;
		t->execs += x->execs;
		t->value += x->value;
		t->fee += x->fee;
		t->ledger += x->ledger;
		t->paid += x->paid;
	}
	if (rc == EXCH_OK)
		sums = (struct sum **)(void *)exch_keyed_sorted(&totals);
	if (rc == EXCH_OK && sums == NULL)
		rc = exch_report_nomem(d);
	for (uint32_t i = 0; rc == EXCH_OK && i < totals.live; i++)
		put_sum(run, sums[i], true);
	exch_free(sums);
	exch_keyed_clear(&totals);
	exch_free(all);
	return rc;
}

static int
close_fees(struct exch_report_run *run, struct exch_diag *d)
{
	struct fees *s = run->state;
	struct sum **all;

	exch_charges_close(&s->charges);
	if (s->charges.given) {
		all = (struct sum **)(void *)exch_keyed_sorted(&s->rule);
		if (all == NULL)
			return exch_report_nomem(d);
		for (uint32_t i = 0; i < s->rule.live; i++)
			put_rule(run, all[i]);
		exch_free(all);
	}
	return put_accounts(run, d);
}

static void
free_fees(struct exch_report_run *run)
{
	struct fees *s = run->state;

	exch_charges_free(&s->charges);
	exch_keyed_clear(&s->rule);
	exch_keyed_clear(&s->account);
}

const struct exch_report exch_report_fees = {
    .name = "fees",
    .what = "what was charged, by rule and account, and the ledger",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_fees,
    .record = record_fees,
    .close = close_fees,
    .free = free_fees,
};
