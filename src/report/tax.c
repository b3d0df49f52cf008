/*
 * exch-report tax: lots that were closed, with their gain, and those that are
 * open, by FIFO, LIFO or as somebody has picked them.
 *
 * A trade that is broken never was, and a correction counts from when the
 * trade was made; so lots are made at the end, from all trades, which are kept
 * in memory until then: some 100 bytes for each side.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "report/charges.h"
#include "report/lots.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    EXCH_PARAM_ACCOUNT,
    {.name = "lots",
	.arg = "WHICH",
	.what = "tax: fifo (the default), lifo or specific"},
    {.name = "picks",
	.arg = "FILE",
	.what = "tax: which lot a trade closes, for --lots specific",
	.table = true},
    {.name = "opening",
	.arg = "FILE",
	.what = "tax: lots that there were before the stream",
	.table = true},
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"what", EXCH_COL_TEXT, 6},
    {"account", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"currency", EXCH_COL_TEXT, 8},
    {"position", EXCH_COL_TEXT, 8},
    {"opened", EXCH_COL_NUM, 8},
    {"opened_match", EXCH_COL_ID, 8},
    {"closed", EXCH_COL_NUM, 8},
    {"closed_match", EXCH_COL_ID, 8},
    {"qty", EXCH_COL_NUM, 9},
    {"cost", EXCH_COL_NUM, 11},
    {"proceeds", EXCH_COL_NUM, 11},
    {"gain", EXCH_COL_NUM, 10},
    {"term", EXCH_COL_TEXT, 5},
};

struct pick {
	char account[32];
	char symbol[24];
	uint64_t closes; /* match that closes */
	uint64_t lot;	 /* match that opened it; 0: before the stream */
	uint64_t qty;
	uint64_t used;
};

struct had {
	char account[32];
	char symbol[24];
	int64_t qty; /* below 0: short */
	exch_px price;
	uint32_t opened;
};

#define TEXT(T, f, n)                                                          \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_TEXT, .off = offsetof(T, f),      \
		.size = sizeof(((T *)0)->f)                                    \
	}

static const struct exch_column pick_columns[] = {
    TEXT(struct pick, account, "account"),
    TEXT(struct pick, symbol, "symbol"),
    {.name = "closes",
	.kind = EXCH_CELL_UINT,
	.off = offsetof(struct pick, closes)},
    {.name = "lot", .kind = EXCH_CELL_UINT, .off = offsetof(struct pick, lot)},
    {.name = "quantity",
	.kind = EXCH_CELL_UINT,
	.off = offsetof(struct pick, qty)},
};

static const struct exch_column had_columns[] = {
    TEXT(struct had, account, "account"),
    TEXT(struct had, symbol, "symbol"),
    {.name = "quantity",
	.kind = EXCH_CELL_INT,
	.off = offsetof(struct had, qty)},
    {.name = "price", .kind = EXCH_CELL_PX, .off = offsetof(struct had, price)},
    {.name = "opened",
	.kind = EXCH_CELL_DATE,
	.off = offsetof(struct had, opened),
	.may_lack = true},
};

/* A side of a trade. */
struct kept {
	struct exch_taxdeal deal;
	uint64_t nth; /* of the record */
	exch_ts time;
	uint32_t account;
	uint32_t place;
	uint32_t currency; /* its letters */
	bool gone;
};

struct tax {
	struct exch_charges charges;
	enum exch_lots_by how;
	struct exch_reftable picks;
	struct exch_reftable had;
	struct kept *kept;
	uint32_t nkept, cap;
	/* of the account and instrument at hand */
	const struct kept *at;
	exch_i128 gain[2]; /* of the account and currency: short, long */
};

/* ---- trades ---- */

static int
keep(struct exch_report_run *run, struct exch_deal *x, unsigned side,
    exch_i128 fee, struct exch_diag *d)
{
	struct tax *s = run->state;
	struct kept *k;
	int rc;

	if (s->nkept == UINT32_MAX / 2)
		return exch_report_nomem(d);
	rc = exch_report_grow(
	    &s->kept, &s->cap, s->nkept + 1, sizeof(*s->kept), d);
	if (rc != EXCH_OK)
		return rc;
	k = &s->kept[s->nkept];
	*k =
	    (struct kept){.deal = {.day = exch_report_day(run, x->time),
			      .match = x->match,
			      .qty = x->qty,
			      .cash = side == 0 ? x->cash + fee : x->cash - fee,
			      .sell = side == 1},
		.nth = s->nkept,
		.time = x->time,
		.account = x->side[side].account,
		.place = x->place};
	memcpy(&k->currency, run->insts.inst[x->place].currency,
	    sizeof(k->currency));
	s->nkept++;
	return EXCH_OK;
}

/* The latest trade with these marks is taken back. */
static void
take_back(struct tax *s, const struct exch_deal *x, unsigned side)
{
	for (uint32_t i = s->nkept; i > 0; i--) {
		struct kept *k = &s->kept[i - 1];

		if (!k->gone && k->deal.match == x->match &&
		    k->place == x->place && k->time == x->time &&
		    k->account == x->side[side].account &&
		    k->deal.sell == (side == 1)) {
			k->gone = true;
			return;
		}
	}
}

static int
take_side(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct tax *s = run->state;

	if (!exch_deals_wanted(&s->charges.deals, x->side[c->side].account))
		return EXCH_OK;
	if (x->state != EXCH_DEAL_BROKEN)
		return keep(run, x, c->side, c->fee, d);
	take_back(s, x, c->side);
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct tax *s = run->state;

	return exch_charges_sides(&s->charges, x, take_side, d);
}

/* ---- rows ---- */

/* More than a year: the day after it was opened counts as the first. */
static bool
is_long_term(uint64_t opened, uint64_t closed)
{
	return opened != 0 && closed > opened + 10000;
}

static void
put_start(struct exch_report_run *run, const char *what, uint32_t account,
    uint32_t place)
{
	const struct exch_inst *in = &run->insts.inst[place];
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, what);
	exch_report_account(run, account);
	exch_report_symbol(run, place);
	exch_table_text(t, in->currency, strlen(in->currency));
}

static int
put_closed(void *arg, const struct exch_taxclosed *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct tax *s = run->state;
	struct exch_table *t = &run->table;
	bool is_long = !c->is_short && is_long_term(c->lot->day, c->by->day);
	exch_i128 gain = c->proceeds - c->cost;

	(void)d;
	put_start(run, "closed", s->at->account, s->at->place);
	exch_table_word(t, c->is_short ? "short" : "long");
	exch_table_id(t, c->lot->day);
	exch_table_id(t, c->lot->match);
	exch_table_id(t, c->by->day);
	exch_table_id(t, c->by->match);
	exch_table_qty(t, c->qty, run->insts.inst[s->at->place].qty_scale);
	exch_table_dec(t, c->cost, 6, 2);
	exch_table_dec(t, c->proceeds, 6, 2);
	exch_table_dec(t, gain, 6, 2);
	exch_table_word(t, is_long ? "long" : "short");
	exch_table_end(t);
	s->gain[is_long] += gain;
	return EXCH_OK;
}

static void
put_open(struct exch_report_run *run, const struct exch_taxlots *l)
{
	struct tax *s = run->state;
	struct exch_table *t = &run->table;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct exch_taxlot *lot = &l->lot[l->first + i];

		put_start(run, "open", s->at->account, s->at->place);
		exch_table_word(t, l->is_short ? "short" : "long");
		exch_table_id(t, lot->day);
		exch_table_id(t, lot->match);
		exch_table_none(t);
		exch_table_none(t);
		exch_table_qty(
		    t, lot->qty, run->insts.inst[s->at->place].qty_scale);
		if (l->is_short)
			exch_table_none(t);
		else
			exch_table_dec(t, lot->cash, 6, 2);
		if (l->is_short)
			exch_table_dec(t, lot->cash, 6, 2);
		else
			exch_table_none(t);
		exch_table_none(t);
		exch_table_none(t);
		exch_table_end(t);
	}
}

static void
put_gains(struct exch_report_run *run, uint32_t account, const char *currency)
{
	static const char *const term[] = {"short", "long"};
	struct tax *s = run->state;
	struct exch_table *t = &run->table;

	for (unsigned i = 0; i < 2; i++) {
		exch_table_row(t);
		exch_table_word(t, "gain");
		exch_report_account(run, account);
		exch_table_none(t);
		exch_table_text(t, currency, strlen(currency));
		for (unsigned k = 0; k < 8; k++)
			exch_table_none(t);
		exch_table_dec(t, s->gain[i], 6, 2);
		exch_table_word(t, term[i]);
		exch_table_end(t);
		s->gain[i] = 0;
	}
}

/* ---- lots ---- */

static bool
is_named(const struct exch_report_run *run, const char name[32], uint32_t id)
{
	char text[33];

	memcpy(text, name, 32);
	text[32] = '\0';
	return exch_report_is_account(run, text, id);
}

static uint64_t
pick(void *arg, const struct exch_taxdeal *by, exch_qty *qty)
{
	struct exch_report_run *run = arg;
	struct tax *s = run->state;
	struct pick *p = s->picks.row;

	for (size_t i = 0; i < s->picks.n; i++)
		if (p[i].closes == by->match && p[i].used < p[i].qty &&
		    exch_inst_is(&run->insts.inst[s->at->place], p[i].symbol) &&
		    is_named(run, p[i].account, s->at->account)) {
			exch_qty left = p[i].qty - p[i].used;

			if (*qty > left)
				*qty = left;
			p[i].used += *qty;
			return p[i].lot;
		}
	return 0;
}

/* Lots of an account and instrument that there were before. */
static int
begin_lots(
    struct exch_report_run *run, struct exch_taxlots *l, struct exch_diag *d)
{
	struct tax *s = run->state;
	const struct exch_inst *in = &run->insts.inst[s->at->place];
	const struct exch_taxask ask = {run, put_closed, pick};
	const struct had *h = s->had.row;
	int rc = EXCH_OK;

	for (size_t i = 0; rc == EXCH_OK && i < s->had.n; i++) {
		struct exch_taxdeal x = {.day = h[i].opened,
		    .sell = h[i].qty < 0,
		    .qty = (exch_qty)(h[i].qty < 0 ? -h[i].qty : h[i].qty)};

		if (!exch_inst_is(in, h[i].symbol) || x.qty == 0 ||
		    !is_named(run, h[i].account, s->at->account))
			continue;
		if (exch_money_cash(&in->money, h[i].price, x.qty, &x.cash) !=
		    EXCH_OK)
			return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0,
			    "an amount does not fit 128 bits");
		rc = exch_taxlots_deal(l, EXCH_LOTS_BY_FIFO, &x, &ask, d);
	}
	return rc;
}

static int
compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_owner(const void *x, const void *y)
{
	const struct kept *a = x, *b = y;
	int c = compare(a->account, b->account);

	if (c == 0)
		c = memcmp(&a->currency, &b->currency, sizeof(a->currency));
	if (c == 0)
		c = compare(a->place, b->place);
	if (c == 0)
		c = compare(a->time, b->time);
	return c != 0 ? c : compare(a->nth, b->nth);
}

/* The next of another account or instrument. */
static uint32_t
run_lots(
    struct exch_report_run *run, uint32_t from, int *rc, struct exch_diag *d)
{
	struct tax *s = run->state;
	const struct exch_taxask ask = {run, put_closed, pick};
	struct exch_taxlots l = {0};
	uint32_t i = from;

	s->at = &s->kept[from];
	*rc = begin_lots(run, &l, d);
	for (; i < s->nkept && s->kept[i].account == s->at->account &&
	       s->kept[i].place == s->at->place;
	     i++)
		if (*rc == EXCH_OK && !s->kept[i].gone)
			*rc = exch_taxlots_deal(
			    &l, s->how, &s->kept[i].deal, &ask, d);
	if (*rc == EXCH_OK)
		put_open(run, &l);
	exch_taxlots_clear(&l);
	return i;
}

/* ---- the report ---- */

static int
read_table(struct exch_report_run *run, const char *option,
    const struct exch_reftable_shape *shape, struct exch_reftable *t,
    struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, option);

	return g == NULL
		   ? EXCH_OK
		   : exch_reftable_parse(g->text, g->n, g->value, shape, t, d);
}

static int
set_how(struct exch_report_run *run, struct exch_diag *d)
{
	static const char *const word[] = {"fifo", "lifo", "specific"};
	const struct exch_given *g = exch_report_given(run, "lots");
	struct tax *s = run->state;

	for (unsigned i = 0; g != NULL && i < 3; i++)
		if (strcmp(g->value, word[i]) == 0) {
			s->how = (enum exch_lots_by)i;
			g = NULL;
		}
	if (g != NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--lots: '%.40s' is none of fifo, lifo and specific",
		    g->value);
	if ((s->how == EXCH_LOTS_BY_PICK) !=
	    (exch_report_given(run, "picks") != NULL))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--lots specific and --picks FILE belong together");
	return EXCH_OK;
}

static int
open_tax(struct exch_report_run *run, struct exch_diag *d)
{
	static const struct exch_reftable_shape picks = {"a table of lots",
	    pick_columns, EXCH_ARRAY_LEN(pick_columns), sizeof(struct pick)};
	static const struct exch_reftable_shape had = {"a table of lots",
	    had_columns, EXCH_ARRAY_LEN(had_columns), sizeof(struct had)};
	struct tax *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = set_how(run, d);
	if (rc == EXCH_OK)
		rc = read_table(run, "picks", &picks, &s->picks, d);
	if (rc == EXCH_OK)
		rc = read_table(run, "opening", &had, &s->had, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_tax(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct tax *s = run->state;

	return exch_charges_record(&s->charges, r, seq, d);
}

static int
close_tax(struct exch_report_run *run, struct exch_diag *d)
{
	struct tax *s = run->state;
	int rc = EXCH_OK;

	exch_charges_close(&s->charges);
	if (s->nkept > 0)
		qsort(s->kept, s->nkept, sizeof(*s->kept), by_owner);
	for (uint32_t i = 0; rc == EXCH_OK && i < s->nkept;) {
		uint32_t next = run_lots(run, i, &rc, d);

		if (rc == EXCH_OK &&
		    (next == s->nkept ||
			s->kept[next].account != s->kept[i].account ||
			s->kept[next].currency != s->kept[i].currency))
			put_gains(run, s->kept[i].account,
			    run->insts.inst[s->kept[i].place].currency);
		i = next;
	}
	return rc;
}

static void
free_tax(struct exch_report_run *run)
{
	struct tax *s = run->state;

	exch_charges_free(&s->charges);
	exch_reftable_clear(&s->picks);
	exch_reftable_clear(&s->had);
	exch_free(s->kept);
}

const struct exch_report exch_report_tax = {
    .name = "tax",
    .what = "lots that were closed, their gains, and open ones",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_tax,
    .record = record_tax,
    .close = close_tax,
    .free = free_tax,
};
