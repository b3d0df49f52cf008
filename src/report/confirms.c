/*
 * exch-report confirms: a confirmation of each side of what was traded for the
 * account whose it is, and another one when that is broken or corrected.
 *
 * The day on which it settles stands in an obligation behind the execution,
 * so that rows wait until something else comes.
 */
#include <config.h>

#include <string.h>

#include "rec/schema.h"
#include "report/charges.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    EXCH_PARAM_ACCOUNT,
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"state", EXCH_COL_TEXT, 9},
    {"time", EXCH_COL_TIME, 18},
    {"account", EXCH_COL_TEXT, 8},
    {"name", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"side", EXCH_COL_TEXT, 4},
    {"qty", EXCH_COL_NUM, 9},
    {"price", EXCH_COL_NUM, 11},
    {"cash", EXCH_COL_NUM, 11},
    {"fee", EXCH_COL_NUM, 8},
    {"net", EXCH_COL_NUM, 11},
    {"currency", EXCH_COL_TEXT, 8},
    {"settles", EXCH_COL_NUM, 8},
    {"capacity", EXCH_COL_TEXT, 9},
    {"liquidity", EXCH_COL_TEXT, 9},
    {"kind", EXCH_COL_TEXT, 6},
    {"order", EXCH_COL_ID, 12},
    {"match", EXCH_COL_ID, 8},
    {"told", EXCH_COL_TIME, 18},
    {"seq", EXCH_COL_ID, 10},
};

struct confirms {
	struct exch_charges charges;
	/* what waits for its obligation */
	struct exch_deal x;
	exch_i128 fee[2];
	uint32_t date[2]; /* YYYYMMDD, 0: not told */
	bool waiting;
};

static const char *
capacity_word(const struct exch_party *p)
{
	static const char *const word[] = {
	    NULL, "agency", "principal", "riskless"};

	return p != NULL ? word[p->capacity & 3] : NULL;
}

static void
put_sides(struct exch_report_run *run, const struct exch_deal *x, unsigned side)
{
	static const char *const how[] = {"maker", "taker", "auction"};
	static const char *const state[] = {"new", "broken", "corrected"};
	const struct confirms *s = run->state;
	const struct exch_inst *in = &run->insts.inst[x->place];
	const struct exch_deal_side *of = &x->side[side];
	const struct exch_party *p =
	    exch_parties_of(&s->charges.parties, &run->insts, of->account);
	/* who sells is paid; what is broken goes the other way */
	exch_i128 cash =
	    (side == 0) == (x->state != EXCH_DEAL_BROKEN) ? -x->cash : x->cash;
	exch_i128 fee =
	    x->state == EXCH_DEAL_BROKEN ? -s->fee[side] : s->fee[side];
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, state[x->state]);
	exch_table_time(t, x->time);
	exch_report_account(run, of->account);
	exch_table_text(t, p != NULL ? p->name : NULL,
	    p != NULL ? strnlen(p->name, sizeof(p->name)) : 0);
	exch_report_symbol(run, x->place);
	exch_table_word(t, side == 0 ? "B" : "S");
	exch_table_qty(t, x->qty, in->qty_scale);
	exch_table_px(t, x->price, in->px_show);
	exch_table_dec(t, cash, 6, 2);
	exch_table_dec(t, fee, 6, 2);
	exch_table_dec(t, cash - fee, 6, 2);
	exch_table_text(t, in->currency, strlen(in->currency));
	exch_table_id(t, s->date[side]);
	exch_table_word(t, capacity_word(p));
	exch_table_word(t, how[of->how]);
	exch_table_word(t, x->kind == EXCH_PRINT_NONE
			       ? "exec"
			       : exch_word_of(exch_words_print, x->kind));
	exch_table_id(t, of->order);
	exch_table_id(t, x->match);
	exch_table_time(t, x->at);
	exch_table_id(t, x->seq);
	exch_table_end(t);
}

static void
flush(struct exch_report_run *run)
{
	struct confirms *s = run->state;

	if (!s->waiting)
		return;
	s->waiting = false;
	for (unsigned side = 0; side < 2; side++)
		if (s->x.side[side].account != 0 &&
		    exch_deals_wanted(
			&s->charges.deals, s->x.side[side].account))
			put_sides(run, &s->x, side);
}

static int
keep_fee(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct confirms *s = run->state;

	(void)x;
	(void)d;
	s->fee[c->side] = c->fee;
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct confirms *s = run->state;
	int rc;

	if (x->price == EXCH_PX_NONE)
		return EXCH_OK;
	memset(s->fee, 0, sizeof(s->fee));
	memset(s->date, 0, sizeof(s->date));
	rc = exch_charges_sides(&s->charges, x, keep_fee, d);
	s->x = *x;
	s->waiting = rc == EXCH_OK;
	return rc;
}

/* When a side that waits is to settle. */
static void
take_obligation(struct confirms *s, const struct exch_rec *r)
{
	const struct exch_rec_obligation *o =
	    EXCH_REC_AS(r, exch_rec_obligation);
	unsigned side;

	if (o == NULL || !s->waiting || o->match != s->x.match)
		return;
	side = (o->qty > 0) == (o->status != EXCH_DUE_BROKEN) ? 0 : 1;
	if (s->x.side[side].account == o->account)
		s->date[side] = o->date;
}

static int
open_confirms(struct exch_report_run *run, struct exch_diag *d)
{
	struct confirms *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_charges_open(&s->charges, run, deal, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_confirms(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct confirms *s = run->state;

	if (r->type == EXCH_REC_OBLIGATION)
		take_obligation(s, r);
	else if (r->type != EXCH_REC_ACCRUED && r->type != EXCH_REC_POSTING)
		flush(run);
	return exch_charges_record(&s->charges, r, seq, d);
}

static int
close_confirms(struct exch_report_run *run, struct exch_diag *d)
{
	struct confirms *s = run->state;

	(void)d;
	flush(run);
	exch_charges_close(&s->charges);
	return EXCH_OK;
}

static void
free_confirms(struct exch_report_run *run)
{
	struct confirms *s = run->state;

	exch_charges_free(&s->charges);
}

const struct exch_report exch_report_confirms = {
    .name = "confirms",
    .what = "a confirmation of every trade for each account",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_confirms,
    .record = record_confirms,
    .close = close_confirms,
    .free = free_confirms,
};
