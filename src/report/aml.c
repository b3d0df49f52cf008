/*
 * exch-report aml: movements of cash and trading that look like laundering:
 * amounts kept under the one that is reported, money that passes through,
 * trading out of proportion, accounts that wake.  An alert is a reason to look.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/aml.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    {.name = "history",
	.arg = "FILE",
	.what = "aml: accounts before: account,last,balance,usual",
	.table = true},
    {.name = "aml-parameters",
	.arg = "FILE",
	.what = "thresholds of aml, instead of those of the package",
	.table = true,
	.stock = "aml.csv"},
    EXCH_PARAM_PARTIES,
    {0},
};

/* ---- whose ---- */

/* An account is met: what is known of it counts for its person from now on. */
static int
account_of(struct exch_aml *s, uint32_t account, struct exch_aml_account **out,
    struct exch_diag *d)
{
	const struct exch_aml_history *h;
	uint32_t holder;
	int rc = exch_keyed_add(&s->account, account, 0, out);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	rc = exch_holder_of(&s->holders, s->run, account, &holder, d);
	if (rc == EXCH_OK)
		rc = exch_report_grow(&s->person, &s->npersons, holder + 1,
		    sizeof(*s->person), d);
	if (rc != EXCH_OK)
		return rc;
	(*out)->holder = holder;
	h = exch_aml_history_of(s, account);
	if (h == NULL)
		return EXCH_OK;
	(*out)->last = h->last;
	s->person[holder].had += h->balance;
	s->person[holder].usual += h->usual;
	return EXCH_OK;
}

static int
rules(struct exch_aml *s, exch_ts t, struct exch_diag *d)
{
	uint32_t date = s->run->info->date;

	if (s->ruled)
		return EXCH_OK;
	return exch_aml_rules_of(s, date != 0 ? date : exch_ts_date(t), d);
}

/* ---- cash ---- */

static int
take_deposit(struct exch_aml *s, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	const struct exch_rec_deposit *x = EXCH_REC_AS(r, exch_rec_deposit);
	struct exch_aml_account *a;
	struct exch_aml_move m;
	int rc;

	if (x == NULL)
		return exch_report_short(r, d);
	if (x->amount == 0 || x->account == 0 || x->amount == INT64_MIN)
		return EXCH_OK;
	rc = account_of(s, x->account, &a, d);
	if (rc != EXCH_OK)
		return rc;
	m = (struct exch_aml_move){.account = x->account,
	    .holder = a->holder,
	    .amount = x->amount < 0 ? -x->amount : x->amount,
	    .out = x->amount < 0,
	    .time = r->time,
	    .ref = {seq, r->source}};
	s->person[m.holder].had += x->amount;
	rc = exch_aml_wake(s, a, m.amount, r->time, m.ref, d);
	if (rc == EXCH_OK)
		rc = exch_aml_small(s, &m, d);
	return rc == EXCH_OK ? exch_aml_through(s, &m, d) : rc;
}

/* ---- trades ---- */

static int
add_day(struct exch_report_run *run, const struct exch_deal *x, uint32_t holder,
    exch_i128 cash, struct exch_diag *d)
{
	struct exch_aml *s = run->state;
	const struct exch_aml_ref ref = {x->seq, x->source};
	struct exch_aml_day *day;
	uint32_t code;
	int rc;

	memcpy(&code, run->insts.inst[x->place].currency, sizeof(code));
	rc = exch_keyed_add(&s->day, holder,
	    (uint64_t)exch_report_day(run, x->time) << 32 | code, &day);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	if (rc == EXCH_OK) {
		day->first = ref;
		day->begin = x->time;
	}
	day->turnover += cash;
	if (x->state == EXCH_DEAL_BROKEN) {
		day->trades--;
		return EXCH_OK;
	}
	day->trades++;
	day->had = s->person[holder].had;
	day->last = ref;
	day->end = x->time;
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct exch_aml *s = run->state;
	exch_i128 cash = x->cash < 0 ? -x->cash : x->cash;
	const struct exch_aml_ref ref = {x->seq, x->source};
	struct exch_aml_account *a;
	int rc = EXCH_OK;

	if (x->price == EXCH_PX_NONE)
		return EXCH_OK;
	if (x->state == EXCH_DEAL_BROKEN)
		cash = -cash;
	for (unsigned side = 0; rc == EXCH_OK && side < 2; side++) {
		if (x->side[side].account == 0) {
			s->nobody += cash >= 0 && !x->side[side].none;
			continue;
		}
		rc = account_of(s, x->side[side].account, &a, d);
		if (rc != EXCH_OK)
			return rc;
		s->person[a->holder].traded += cash;
		rc = add_day(run, x, a->holder, cash, d);
		if (rc == EXCH_OK)
			rc = exch_aml_wake(s, a, cash, x->at, ref, d);
	}
	return rc;
}

/* ---- the report ---- */

static int
open_aml(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_aml *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->run = run;
	if (exch_keyed_init(&s->account, sizeof(struct exch_aml_account)) !=
		0 ||
	    exch_keyed_init(&s->day, sizeof(struct exch_aml_day)) != 0)
		return exch_report_nomem(d);
	rc = exch_deals_open(&s->deals, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_holders_open(&s->holders, run, d);
	if (rc == EXCH_OK)
		rc = exch_aml_read(s, d);
	return rc == EXCH_OK ? exch_aml_columns(run, d) : rc;
}

static int
record_aml(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_aml *s = run->state;
	int rc = EXCH_OK;

	if (r->type >= EXCH_REC_NEW)
		rc = rules(s, r->time, d);
	if (rc == EXCH_OK && r->type == EXCH_REC_DEPOSIT)
		rc = take_deposit(s, r, seq, d);
	return rc == EXCH_OK ? exch_deals_record(&s->deals, r, seq, d) : rc;
}

static int
close_aml(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_aml *s = run->state;
	int rc = exch_aml_days(s, d);

	exch_deals_close(&s->deals);
	if (rc == EXCH_OK)
		exch_aml_put(s);
	if (s->nobody != 0) {
		run->left_out = s->nobody;
		run->left_why =
		    "sides of trades, whose account the stream does not tell";
	}
	return rc;
}

static void
free_aml(struct exch_report_run *run)
{
	struct exch_aml *s = run->state;

	exch_deals_free(&s->deals);
	exch_holders_clear(&s->holders);
	exch_reftable_clear(&s->rules);
	exch_reftable_clear(&s->history);
	exch_keyed_clear(&s->account);
	exch_keyed_clear(&s->day);
	for (uint32_t i = 0; i < s->npersons; i++) {
		exch_free(s->person[i].small[0]);
		exch_free(s->person[i].small[1]);
		exch_free(s->person[i].passing);
	}
	exch_free(s->person);
	exch_free(s->alert);
}

const struct exch_report exch_report_aml = {
    .name = "aml",
    .what = "alerts of money laundering, with their records",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .local = true,
    .open = open_aml,
    .record = record_aml,
    .close = close_aml,
    .free = free_aml,
};
