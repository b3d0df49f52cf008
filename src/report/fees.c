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
#include "base/dec.h"
#include "report/deals.h"
#include "report/parties.h"
#include "report/reports.h"

static const struct exch_param params[] = {
    {.name = "fees",
	.arg = "FILE",
	.what = "what executions cost: fees by rule",
	.table = true},
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

/* An account: its member, and what it has traded on the day. */
struct who {
	struct exch_key key;
	char member[16];
	exch_u128 volume;
};

struct fees {
	struct exch_deals deals;
	struct exch_parties parties;
	struct exch_fees table;
	bool charging;		   /* a table was given */
	bool posted;		   /* the stream has a ledger */
	bool day_ends;		   /* fees were posted: tiers begin anew */
	struct exch_keyed rule;	   /* row + 1; how and currency */
	struct exch_keyed account; /* account; currency */
	struct exch_keyed who;
	uint64_t paying; /* entry in which fees are paid */
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

static int
who_of(struct exch_report_run *run, uint32_t account, struct who **out,
    struct exch_diag *d)
{
	struct fees *s = run->state;
	const struct exch_party *p;
	int rc = exch_keyed_add(&s->who, account, 0, out);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	p = exch_parties_of(&s->parties, &run->insts, account);
	if (p != NULL)
		memcpy((*out)->member, p->member, sizeof((*out)->member));
	return EXCH_OK;
}

/* ---- executions ---- */

static int
add(struct exch_report_run *run, const struct exch_deal *x, unsigned side,
    const struct exch_fee_row *row, exch_i128 fee, struct exch_diag *d)
{
	struct fees *s = run->state;
	const struct exch_deal_side *of = &x->side[side];
	const struct exch_fee_row *first = s->table.t.row;
	uint64_t code = currency_code(run->insts.inst[x->place].currency);
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	struct sum *sum[2];
	int rc = sum_of(&s->account, of->account, code, &sum[0], d);

	if (rc == EXCH_OK)
		rc = sum_of(&s->rule,
		    row == NULL ? 0 : (uint32_t)(row - first) + 1,
		    (uint64_t)of->how << 32 | code, &sum[1], d);
	for (unsigned i = 0; rc == EXCH_OK && i < 2; i++) {
		if (sign > 0)
			sum[i]->execs++;
		else
			sum[i]->execs--;
		sum[i]->value += sign * x->cash;
		sum[i]->fee += sign * fee;
	}
	return rc;
}

/* By the row that held when it was traded; its number is kept with it. */
static int
charge(struct exch_report_run *run, struct exch_deal *x, unsigned side,
    struct exch_diag *d)
{
	struct fees *s = run->state;
	const struct exch_inst *in = &run->insts.inst[x->place];
	const struct exch_fee_row *row = NULL;
	const struct exch_fee_row *first = s->table.t.row;
	char symbol[24] = "";
	exch_i128 fee = 0;
	struct who *w;
	int rc = who_of(run, x->side[side].account, &w, d);

	if (rc != EXCH_OK)
		return rc;
	memcpy(symbol, in->symbol, in->nsymbol);
	if (x->state == EXCH_DEAL_BROKEN)
		row = x->note[side] == 0 ? NULL : first + x->note[side] - 1;
	else if (s->charging)
		row = exch_fees_find(&s->table, x->side[side].account,
		    w->member, symbol, w->volume);
	if (row != NULL)
		fee = exch_fee(row, (enum exch_liquidity)x->side[side].how,
		    x->cash, x->qty, exch_pow10[in->qty_scale]);
	x->note[side] = row == NULL ? 0 : row - first + 1;
	if (x->state != EXCH_DEAL_BROKEN)
		w->volume += x->qty;
	else if (w->volume >= x->qty)
		w->volume -= x->qty;
	return add(run, x, side, row, fee, d);
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct fees *s = run->state;
	struct who *w;
	uint32_t at = 0;
	int rc = EXCH_OK;

	if (x->price == EXCH_PX_NONE)
		return EXCH_OK;
	if (s->day_ends)
		while ((w = exch_keyed_next(&s->who, &at)) != NULL)
			w->volume = 0;
	s->day_ends = false;
	for (unsigned side = 0; rc == EXCH_OK && side < 2; side++)
		if (x->side[side].account != 0)
			rc = charge(run, x, side, d);
	return rc;
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
	if (p->entry == s->paying) {
		sum->paid += p->amount;
	} else {
		sum->ledger -= p->amount;
		s->day_ends = true;
	}
	return EXCH_OK;
}

static int
take_account(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_account *a =
	    EXCH_REC_AS_LONG(r, exch_rec_account);
	struct who *w;
	int rc;

	if (a == NULL)
		return EXCH_OK;
	rc = who_of(run, a->id, &w, d);
	if (rc == EXCH_OK && w->member[0] == '\0')
		memcpy(w->member, a->member, sizeof(w->member));
	return rc;
}

/* ---- the report ---- */

static int
open_fees(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *table = exch_report_given(run, "fees");
	struct fees *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_deals_open(&s->deals, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_parties_read(
		    &s->parties, exch_report_given(run, "parties"), d);
	if (rc == EXCH_OK && table != NULL) {
		s->charging = true;
		rc = exch_fees_parse(
		    table->text, table->n, table->value, &s->table, d);
	}
	if (rc != EXCH_OK)
		return rc;
	if (exch_keyed_init(&s->rule, sizeof(struct sum)) != 0 ||
	    exch_keyed_init(&s->account, sizeof(struct sum)) != 0 ||
	    exch_keyed_init(&s->who, sizeof(struct who)) != 0)
		return exch_report_nomem(d);
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
record_fees(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct fees *s = run->state;

	if (r->type == EXCH_REC_POSTING)
		return take_posting(s, r, d);
	if (r->type == EXCH_REC_ACCOUNT)
		return take_account(run, r, d);
	return exch_deals_record(&s->deals, r, seq, d);
}

static void
put_name(struct exch_table *t, const char *p, size_t size)
{
	exch_table_text(t, p, strnlen(p, size));
}

static void
put_cash(struct exch_table *t, exch_i128 v, bool known)
{
	if (known)
		exch_table_dec(t, v, 6, 2);
	else
		exch_table_none(t);
}

static void
put_currency(struct exch_table *t, uint32_t code)
{
	char name[4];

	memcpy(name, &code, sizeof(name));
	put_name(t, name, sizeof(name));
}

static void
put_rule(struct exch_report_run *run, const struct sum *x)
{
	static const char *const how[] = {"maker", "taker", "auction"};
	static const char *const scope[] = {
	    "all", "member", "account", "group"};
	struct fees *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_fee_row *row = s->table.t.row;

	exch_table_row(t);
	exch_table_word(t, x->key.place == 0 ? "none" : "rule");
	exch_table_none(t);
	if (x->key.place == 0) {
		for (unsigned i = 0; i < 5; i++)
			exch_table_none(t);
	} else {
		row += x->key.place - 1;
		exch_table_u64(t, s->table.t.line[x->key.place - 1]);
		exch_table_word(t, scope[row->whom.scope & 3]);
		put_name(t, row->whom.name, sizeof(row->whom.name));
		put_name(t, row->whom.symbol, sizeof(row->whom.symbol));
		exch_table_dec(t, row->whom.from, 0, 0);
	}
	exch_table_word(t, how[x->key.id >> 32]);
	put_currency(t, (uint32_t)x->key.id);
	exch_table_u64(t, x->execs);
	put_cash(t, x->value, true);
	put_cash(t, x->fee, true);
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
	put_currency(t, (uint32_t)x->key.id);
	exch_table_u64(t, x->execs);
	put_cash(t, x->value, true);
	put_cash(t, x->fee, s->charging);
	put_cash(t, x->ledger, s->posted);
	put_cash(t, x->paid, s->posted);
	exch_table_end(t);
}

static int
put_accounts(struct exch_report_run *run, struct exch_diag *d)
{
	struct fees *s = run->state;
	struct sum **all =
	    (struct sum **)(void *)exch_keyed_sorted(&s->account);
	struct exch_keyed totals;
	struct sum *t, **sums = NULL;
	int rc = EXCH_OK;

	if (all == NULL || exch_keyed_init(&totals, sizeof(*t)) != 0) {
		exch_free(all);
		return exch_report_nomem(d);
	}
	for (uint32_t i = 0; rc == EXCH_OK && i < s->account.live; i++) {
		const struct sum *x = all[i];

		put_sum(run, x, false);
		run->faults += s->charging && s->posted && x->fee != x->ledger;
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

	exch_deals_close(&s->deals);
	if (s->charging) {
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

	exch_deals_free(&s->deals);
	exch_parties_clear(&s->parties);
	exch_fees_clear(&s->table);
	exch_keyed_clear(&s->rule);
	exch_keyed_clear(&s->account);
	exch_keyed_clear(&s->who);
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
