/*
 * exch-report statement: what happened on accounts, in the order of the
 * stream: trades, with the position they make; and what the ledger moved, with
 * the balance of securities or cash behind it.
 *
 * With --roff it is a paper for one account, for groff(1) and a printer.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/time.h"
#include "rec/schema.h"
#include "report/deals.h"
#include "report/parties.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    EXCH_PARAM_ACCOUNT,
    {.name = "roff", .what = "statement: a paper, for groff -t"},
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"account", EXCH_COL_TEXT, 8},
    {"what", EXCH_COL_TEXT, 9},
    {"symbol", EXCH_COL_TEXT, 8},
    {"qty", EXCH_COL_NUM, 9},
    {"price", EXCH_COL_NUM, 11},
    {"cash", EXCH_COL_NUM, 12},
    {"currency", EXCH_COL_TEXT, 8},
    {"position", EXCH_COL_NUM, 9},
    {"balance", EXCH_COL_NUM, 12},
    {"ref", EXCH_COL_ID, 8},
    {"date", EXCH_COL_NUM, 8},
    {"seq", EXCH_COL_ID, 10},
};

/* Units of a balance: a currency by its letters, an instrument by its place. */
#define UNIT_CASH (UINT64_C(1) << 32)

/* Of an account: what was traded of an instrument, or is held of a unit. */
struct held {
	struct exch_key key;
	exch_i128 sum;
	bool opening; /* it was there before, and no line says so yet */
};

struct statement {
	struct exch_deals deals;
	struct exch_parties parties;
	struct exch_keyed position;
	struct exch_keyed balance;
	uint64_t nopening; /* balances that no line tells of */
	bool roff;
	struct exch_buf text; /* of a line of the paper */
};

/* One line. */
struct line {
	exch_ts time;
	uint32_t account;
	const char *what;
	uint32_t place; /* UINT32_MAX: of no instrument */
	exch_i128 qty;
	bool has_qty;
	exch_px price;
	exch_i128 cash;
	bool has_cash;
	char currency[5];
	const struct held *position;
	const struct held *balance;
	uint64_t ref;
	uint32_t date;
	uint64_t seq;
};

static bool
is_wanted(const struct exch_report_run *run, uint32_t account)
{
	struct statement *s = run->state;

	return account != 0 && account < EXCH_ACCOUNT_VENUE &&
	       exch_deals_wanted(&s->deals, account);
}

/* ---- the table ---- */

static void
put_balance(struct exch_report_run *run, const struct held *h)
{
	struct exch_table *t = &run->table;

	if (h == NULL)
		exch_table_none(t);
	else if (h->key.id >= UNIT_CASH)
		exch_table_dec(t, h->sum, 6, 2);
	else
		exch_table_dec(
		    t, h->sum, run->insts.inst[h->key.id].qty_scale, 0);
}

static void
put_row(struct exch_report_run *run, const struct line *l)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in =
	    l->place == UINT32_MAX ? NULL : &run->insts.inst[l->place];

	exch_table_row(t);
	exch_table_time(t, l->time);
	exch_report_account(run, l->account);
	exch_table_word(t, l->what);
	if (in != NULL)
		exch_report_symbol(run, l->place);
	else
		exch_table_none(t);
	if (l->has_qty && in != NULL)
		exch_table_dec(t, l->qty, in->qty_scale, 0);
	else
		exch_table_none(t);
	exch_table_px(t, l->price, in != NULL ? in->px_show : 2);
	if (l->has_cash)
		exch_table_dec(t, l->cash, 6, 2);
	else
		exch_table_none(t);
	exch_table_text(t, l->currency, strlen(l->currency));
	put_balance(run, l->position);
	put_balance(run, l->balance);
	exch_table_id(t, l->ref);
	exch_table_id(t, l->date);
	exch_table_id(t, l->seq);
	exch_table_end(t);
}

/* ---- the paper ---- */

/* Text that roff takes letter by letter; what cannot be printed is '?'. */
static void
roff_text(struct exch_buf *b, const char *p, size_t n)
{
	/* a dot or an apostrophe in front would be a request */
	exch_buf_str(b, "\\&");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '\\')
			exch_buf_str(b, "\\e");
		else if (c == '-')
			exch_buf_str(b, "\\-");
		else
			exch_buf_char(b, c < 0x20 || c == 0x7f ? '?' : p[i]);
	}
}

static void
roff_dec(struct exch_buf *b, exch_i128 v, int scale, int min_frac)
{
	char num[EXCH_FMT_MAX];
	size_t n = (size_t)(exch_dec128_put(num, v, scale, min_frac) - num);

	roff_text(b, num, n);
}

static void
roff_balance(
    struct exch_report_run *run, struct exch_buf *b, const struct held *h)
{
	if (h == NULL)
		return;
	if (h->key.id >= UNIT_CASH)
		roff_dec(b, h->sum, 6, 2);
	else
		roff_dec(b, h->sum, run->insts.inst[h->key.id].qty_scale, 0);
}

static void
roff_flush(struct exch_report_run *run)
{
	struct statement *s = run->state;

	if (!s->text.failed && s->text.len > 0)
		exch_table_raw(&run->table, s->text.p, s->text.len);
	s->text.len = 0;
}

static void
roff_time(struct exch_report_run *run, struct exch_buf *b, exch_ts t)
{
	int64_t off = (int64_t)exch_tz_offset(run->o.tz, t) * (int64_t)EXCH_SEC;
	exch_ts local = t + (exch_ts)off;
	uint32_t date = exch_ts_date(local);
	char tod[20];

	(void)exch_tod_put(tod, local % (UINT64_C(86400) * EXCH_SEC));
	exch_buf_fmt(
	    b, "%04u-%02u-%02u ", date / 10000, date / 100 % 100, date % 100);
	exch_buf_add(b, tod, 8);
}

static void
roff_row(struct exch_report_run *run, const struct line *l)
{
	struct statement *s = run->state;
	struct exch_buf *b = &s->text;
	const struct exch_inst *in =
	    l->place == UINT32_MAX ? NULL : &run->insts.inst[l->place];
	char num[EXCH_FMT_MAX];

	roff_time(run, b, l->time);
	exch_buf_char(b, '\t');
	exch_buf_str(b, l->what);
	exch_buf_char(b, '\t');
	if (in != NULL)
		roff_text(b, in->symbol, in->nsymbol);
	exch_buf_char(b, '\t');
	if (l->has_qty && in != NULL)
		roff_dec(b, l->qty, in->qty_scale, 0);
	exch_buf_char(b, '\t');
	if (l->price != EXCH_PX_NONE && in != NULL)
		roff_text(b, num,
		    (size_t)(exch_fmt_px_people(num, l->price, in->px_show) -
			     num));
	exch_buf_char(b, '\t');
	if (l->has_cash)
		roff_dec(b, l->cash, 6, 2);
	exch_buf_char(b, ' ');
	roff_text(b, l->currency, strlen(l->currency));
	exch_buf_char(b, '\t');
	roff_balance(run, b, l->position != NULL ? l->position : l->balance);
	exch_buf_char(b, '\n');
	roff_flush(run);
}

/* A field of the table of parties, on a line of its own. */
static void
roff_field(struct exch_buf *b, const char *p, size_t size)
{
	size_t n = strnlen(p, size);

	if (n == 0)
		return;
	exch_buf_str(b, ".br\n");
	roff_text(b, p, n);
	exch_buf_char(b, '\n');
}

static void
roff_head(struct exch_report_run *run)
{
	static const char table[] =
	    ".sp\n.TS H\nlb lb lb rb rb rb rb\nl l l r r r r.\n"
	    "Time\tWhat\tSymbol\tQuantity\tPrice\tCash\tPosition, balance\n"
	    ".TH\n";
	struct statement *s = run->state;
	struct exch_buf *b = &s->text;

	exch_buf_str(b, "'\\\" t\n.ie n .nr LL 12i\n.el .nr LL 7i\n"
			".ll \\n(LLu\n.po 0.7i\n.ps 8\n.vs 10\n"
			".ft B\nStatement of account ");
	roff_text(b, s->deals.only.list, strlen(s->deals.only.list));
	exch_buf_str(b, "\n.ft R\n");
	for (size_t i = 0; i < s->parties.table.n; i++) {
		const struct exch_party *p =
		    (const struct exch_party *)s->parties.table.row + i;

		if (strlen(s->deals.only.list) > sizeof(p->account) ||
		    strncmp(p->account, s->deals.only.list,
			sizeof(p->account)) != 0)
			continue;
		roff_field(b, p->name, sizeof(p->name));
		roff_field(b, p->address, sizeof(p->address));
	}
	exch_buf_add(b, table, sizeof(table) - 1);
	roff_flush(run);
}

static void
put(struct exch_report_run *run, const struct line *l)
{
	const struct statement *s = run->state;

	if (s->roff)
		roff_row(run, l);
	else
		put_row(run, l);
}

/* ---- what happens ---- */

/*
 * The first line of an account is about to come: what it had before stands in
 * front.  The ledger opens before accounts have names, so that it is not
 * known then whose lines are asked for.
 */
static void
begin_account(struct exch_report_run *run, uint32_t account, exch_ts time)
{
	struct statement *s = run->state;
	struct held *h;
	uint32_t at = 0;

	if (s->nopening == 0)
		return;
	while ((h = exch_keyed_next(&s->balance, &at)) != NULL) {
		uint32_t code = (uint32_t)h->key.id;
		struct line l = {.time = time,
		    .account = account,
		    .what = "opening",
		    .place = UINT32_MAX,
		    .price = EXCH_PX_NONE,
		    .balance = h};

		if (!h->opening || h->key.place != account)
			continue;
		h->opening = false;
		s->nopening--;
		if (h->key.id >= UNIT_CASH) {
			memcpy(l.currency, &code, sizeof(code));
			l.cash = h->sum;
			l.has_cash = true;
		} else {
			l.place = code;
			l.qty = h->sum;
			l.has_qty = true;
		}
		put(run, &l);
	}
}

static int
change_held(struct exch_keyed *k, uint32_t account, uint64_t unit, exch_i128 by,
    const struct held **out, struct exch_diag *d)
{
	struct held *h;
	int rc = exch_keyed_add(k, account, unit, &h);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	h->sum += by;
	*out = h;
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	static const char *const what[2][3] = {
	    {"buy", "broken", "corrected"}, {"sell", "broken", "corrected"}};
	struct statement *s = run->state;
	const struct exch_inst *in = &run->insts.inst[x->place];
	int rc = EXCH_OK;

	if (x->price == EXCH_PX_NONE)
		return EXCH_OK;
	for (unsigned side = 0; rc == EXCH_OK && side < 2; side++) {
		exch_i128 takes =
		    (side == 0) == (x->state != EXCH_DEAL_BROKEN) ? 1 : -1;
		struct line l = {.time = x->at,
		    .account = x->side[side].account,
		    .what = what[side][x->state],
		    .place = x->place,
		    .qty = takes * (exch_i128)x->qty,
		    .has_qty = true,
		    .price = x->price,
		    .cash = -takes * x->cash,
		    .has_cash = true,
		    .ref = x->match,
		    .seq = x->seq};

		if (!is_wanted(run, l.account))
			continue;
		begin_account(run, l.account, l.time);
		memcpy(l.currency, in->currency, 4);
		rc = change_held(
		    &s->position, l.account, x->place, l.qty, &l.position, d);
		if (rc == EXCH_OK)
			put(run, &l);
	}
	return rc;
}

/* What an account had before the stream. */
static int
take_opening(struct exch_report_run *run, const struct exch_rec *r,
    const struct exch_rec_posting *p, struct exch_diag *d)
{
	struct statement *s = run->state;
	const struct held *changed;
	struct held *h;
	uint64_t unit;
	uint32_t place, code;
	int rc;

	memcpy(&code, p->currency, sizeof(code));
	unit = UNIT_CASH | code;
	if (p->qty != 0) {
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		if (rc != EXCH_OK)
			return rc;
		unit = place;
	}
	rc = change_held(&s->balance, p->account, unit,
	    p->qty != 0 ? (exch_i128)p->qty : (exch_i128)p->amount, &changed,
	    d);
	h = rc == EXCH_OK ? exch_keyed_find(&s->balance, p->account, unit)
			  : NULL;
	if (h != NULL && !h->opening) {
		h->opening = true;
		s->nopening++;
	}
	return rc;
}

/* A leg of the ledger by which an account holds more or less. */
static int
take_posting(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);
	struct statement *s = run->state;
	struct line l = {.time = r->time,
	    .place = UINT32_MAX,
	    .price = EXCH_PX_NONE,
	    .seq = seq};
	uint32_t code;
	int rc = EXCH_OK;

	if (p == NULL)
		return exch_report_short(r, d);
	if (p->ledger != EXCH_LEDGER_HOLDING ||
	    p->account >= EXCH_ACCOUNT_VENUE)
		return EXCH_OK;
	if (p->why == EXCH_POSTED_OPENING)
		return take_opening(run, r, p, d);
	if (!is_wanted(run, p->account))
		return EXCH_OK;
	begin_account(run, p->account, r->time);
	l.account = p->account;
	l.what = exch_word_of(exch_words_posted, p->why);
	l.ref = p->entry;
	l.date = p->date;
	if (p->qty != 0) {
		rc = exch_insts_place(&run->insts, r->instr, &l.place, d);
		l.qty = p->qty;
		l.has_qty = true;
		if (rc == EXCH_OK)
			rc = change_held(&s->balance, l.account, l.place,
			    p->qty, &l.balance, d);
	} else {
		memcpy(l.currency, p->currency, 4);
		memcpy(&code, p->currency, sizeof(code));
		l.cash = p->amount;
		l.has_cash = true;
		rc = change_held(&s->balance, l.account, UNIT_CASH | code,
		    p->amount, &l.balance, d);
	}
	if (rc == EXCH_OK)
		put(run, &l);
	return rc;
}

/* ---- the report ---- */

static int
open_statement(struct exch_report_run *run, struct exch_diag *d)
{
	struct statement *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->roff = exch_report_given(run, "roff") != NULL;
	rc = exch_deals_open(&s->deals, run, deal, d);
	if (rc != EXCH_OK)
		return rc;
	if (s->roff &&
	    (s->deals.only.list == NULL || run->o.format != EXCH_FMT_TEXT))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--roff is a text for one account: add --account NAME, and "
		    "no other form");
	rc = exch_parties_read(
	    &s->parties, exch_report_given(run, "parties"), d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->position, sizeof(struct held)) != 0 ||
		exch_keyed_init(&s->balance, sizeof(struct held)) != 0))
		rc = exch_report_nomem(d);
	if (rc != EXCH_OK)
		return rc;
	if (!s->roff)
		return exch_table_columns(
		    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
	roff_head(run);
	return EXCH_OK;
}

static int
record_statement(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct statement *s = run->state;

	if (r->type == EXCH_REC_POSTING)
		return take_posting(run, r, seq, d);
	return exch_deals_record(&s->deals, r, seq, d);
}

/* What is there at the end, of the ledger if it told of anything. */
static int
put_closing(struct exch_report_run *run, struct exch_keyed *k, bool balance,
    struct exch_diag *d)
{
	struct held **all = (struct held **)(void *)exch_keyed_sorted(k);

	if (all == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < k->live; i++) {
		const struct held *h = all[i];
		bool cash = h->key.id >= UNIT_CASH;
		uint32_t code = (uint32_t)h->key.id;
		struct line l = {.time = run->last_time,
		    .account = h->key.place,
		    .what = "closing",
		    .place = cash ? UINT32_MAX : (uint32_t)h->key.id,
		    .price = EXCH_PX_NONE,
		    .position = balance ? NULL : h,
		    .balance = balance ? h : NULL};

		/* of those asked for: all balances are kept */
		if (!is_wanted(run, l.account))
			continue;
		begin_account(run, l.account, l.time);
		if (cash)
			memcpy(l.currency, &code, sizeof(code));
		put(run, &l);
	}
	exch_free(all);
	return EXCH_OK;
}

static int
close_statement(struct exch_report_run *run, struct exch_diag *d)
{
	struct statement *s = run->state;
	int rc;

	exch_deals_close(&s->deals);
	rc = put_closing(run, &s->position, false, d);
	if (rc == EXCH_OK)
		rc = put_closing(run, &s->balance, true, d);
	if (rc == EXCH_OK && s->roff) {
		exch_buf_str(&s->text, ".TE\n");
		roff_flush(run);
	}
	return rc == EXCH_OK && s->text.failed ? exch_report_nomem(d) : rc;
}

static void
free_statement(struct exch_report_run *run)
{
	struct statement *s = run->state;

	exch_deals_free(&s->deals);
	exch_parties_clear(&s->parties);
	exch_keyed_clear(&s->position);
	exch_keyed_clear(&s->balance);
	exch_buf_free(&s->text);
}

const struct exch_report exch_report_statement = {
    .name = "statement",
    .what = "what happened on accounts, with positions and balances",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_statement,
    .record = record_statement,
    .close = close_statement,
    .free = free_statement,
};
