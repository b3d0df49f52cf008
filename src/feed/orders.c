/*
 * The order CSV, exch-orders(5): one command per row.  Only the form of a
 * row is judged here; whether an order is acceptable is the engine's
 * affair, which refuses it with a reason.  A row that cannot be read is
 * reported and left out, and the run goes on.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/place.h"
#include "feed/names.h"
#include "feed/orders.h"
#include "feed/symbols.h"
#include "feed/text.h"
#include "feed/when.h"
#include "rec/dir.h"

/* Orders number themselves below this: STREAM, "Who is who". */
#define ORDER_MAX ((UINT64_C(1) << 63) - 1)

struct orders {
	struct exch_rows rows;
	struct exch_columns col;
	struct exch_when when;
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	struct exch_in *in;
	struct exch_symbols symbols;
	struct exch_names *accounts; /* the caller's or own_accounts */
	struct exch_names *own_accounts;
	int account_kind; /* 0 none seen yet, 1 numbers, 2 names */
};

/* One row on its way to a record. */
struct row {
	exch_ts time;
	exch_oid order;
	exch_oid new_order;
	exch_px price;
	exch_qty qty;
	uint32_t instr;
	uint32_t account;
	uint8_t action; /* record type */
	uint8_t side;
	uint8_t ordtype;
	uint8_t tif;
	uint8_t ordflags;
};

/* ---- complaints ---- */

/* Malformed row: tell the taker; 0 when the run goes on. */
static int
trouble(
    struct orders *s, uint32_t column, const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_LINE, s->rows.line, column};

	s->st->messages_bad++;
	return s->sink->trouble(s->sink->arg, &at, text, d);
}

/* A row was refused; the run goes on. */
#define SKIP 1

static int
skip_field(
    struct orders *s, enum exch_col c, const char *why, struct exch_diag *d)
{
	const struct exch_field_at *f = &s->rows.field[s->col.at[c]];
	char text[160];
	int rc;

	if (f->n == 0)
		snprintf(
		    text, sizeof(text), "column %s is empty", exch_col_name(c));
	else
		snprintf(text, sizeof(text), "column %s: \"%.*s\" %s",
		    exch_col_name(c), f->n < 40 ? (int)f->n : 40, f->p, why);
	rc = trouble(s, f->column, text, d);
	return rc != 0 ? rc : SKIP;
}

/* The option that the input needs; ends the run. */
static int
need(
    struct orders *s, const char *what, const char *option, struct exch_diag *d)
{
	return exch_place_fail(d, EXCH_ERR_NEED,
	    &(struct exch_place){
		.file = exch_in_name(s->in), .line = s->rows.line},
	    "%s: add %s", what, option);
}

/* ---- fields ---- */

static inline const struct exch_field_at *
field(const struct orders *s, enum exch_col c)
{
	static const struct exch_field_at none = {"", 0, 0};

	return s->col.at[c] < 0 ? &none : &s->rows.field[s->col.at[c]];
}

struct word {
	const char *word;
	uint8_t value;
};

static const struct word actions[] = {{"n", EXCH_REC_NEW},
    {"x", EXCH_REC_CANCEL}, {"r", EXCH_REC_REPLACE}, {"new", EXCH_REC_NEW},
    {"cancel", EXCH_REC_CANCEL}, {"replace", EXCH_REC_REPLACE}, {NULL, 0}};
static const struct word sides[] = {{"b", EXCH_BUY}, {"s", EXCH_SELL},
    {"1", EXCH_BUY}, {"2", EXCH_SELL}, {"buy", EXCH_BUY}, {"sell", EXCH_SELL},
    {NULL, 0}};
static const struct word types[] = {{"limit", EXCH_ORD_LIMIT},
    {"market", EXCH_ORD_MARKET}, {"l", EXCH_ORD_LIMIT}, {"m", EXCH_ORD_MARKET},
    {"2", EXCH_ORD_LIMIT}, {"1", EXCH_ORD_MARKET}, {NULL, 0}};
static const struct word tifs[] = {{"day", EXCH_TIF_DAY}, {"gtc", EXCH_TIF_GTC},
    {"ioc", EXCH_TIF_IOC}, {"fok", EXCH_TIF_FOK}, {"0", EXCH_TIF_DAY},
    {"1", EXCH_TIF_GTC}, {"3", EXCH_TIF_IOC}, {"4", EXCH_TIF_FOK}, {NULL, 0}};
static const struct word flags[] = {{"post-only", EXCH_ORD_POST_ONLY},
    {"post_only", EXCH_ORD_POST_ONLY}, {"by-id", EXCH_ORD_BY_ID},
    {"by_id", EXCH_ORD_BY_ID}, {NULL, 0}};

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool
word_value(const struct word *t, const char *p, size_t n, uint8_t *v)
{
	if (n == 1) {
		for (char c = lower(*p); t->word != NULL; t++) {
			if (t->word[0] == c && t->word[1] == '\0') {
				*v = t->value;
				return true;
			}
		}
		return false;
	}
	for (; t->word != NULL; t++) {
		size_t i = 0;

		while (i < n && t->word[i] != '\0' && lower(p[i]) == t->word[i])
			i++;
		if (i == n && t->word[i] == '\0') {
			*v = t->value;
			return true;
		}
	}
	return false;
}

static int
take_word(struct orders *s, enum exch_col c, const struct word *t,
    const char *why, uint8_t *v, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, c);

	return word_value(t, f->p, f->n, v) ? 0 : skip_field(s, c, why, d);
}

static int
take_order(struct orders *s, enum exch_col c, exch_oid *v, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, c);

	if (exch_text_whole(f->p, f->n, v) != 0 || *v == 0 || *v > ORDER_MAX)
		return skip_field(
		    s, c, "is not an order number (1 to 2^63 - 1)", d);
	return 0;
}

static int
take_qty(struct orders *s, exch_qty *v, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, EXCH_COL_QTY);

	if (exch_text_whole(f->p, f->n, v) != 0)
		return skip_field(s, EXCH_COL_QTY, "is not a whole number", d);
	return 0;
}

static int
take_price(struct orders *s, exch_px *v, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, EXCH_COL_PRICE);

	*v = EXCH_PX_NONE;
	if (f->n == 0)
		return 0;
	switch (exch_text_price(f->p, f->n, v)) {
	case 0:
		return 0;
	case EXCH_ERR_RANGE:
		return skip_field(s, EXCH_COL_PRICE,
		    "is beyond 9 decimals or +-9 thousand million", d);
	default:
		return skip_field(s, EXCH_COL_PRICE, "is not a price", d);
	}
}

static int
take_time(struct orders *s, exch_ts *t, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, EXCH_COL_TIME);
	const char *option = NULL;
	int rc = exch_when_parse(&s->when, f->p, f->n, t, &option);

	if (rc == EXCH_ERR_NEED)
		return need(
		    s, "the times do not tell all of date and zone", option, d);
	return rc == 0 ? 0 : skip_field(s, EXCH_COL_TIME, "is not a time", d);
}

/* Words between blanks, `|` or `+`. */
static int
take_flags(struct orders *s, uint8_t *v, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, EXCH_COL_FLAGS);

	for (size_t i = 0; i < f->n;) {
		size_t begin = i;
		uint8_t one;

		while (i < f->n && f->p[i] != ' ' && f->p[i] != '|' &&
		       f->p[i] != '+')
			i++;
		if (i > begin &&
		    !word_value(flags, f->p + begin, i - begin, &one))
			return skip_field(
			    s, EXCH_COL_FLAGS, "is not post-only or by-id", d);
		if (i > begin)
			*v |= one;
		i++;
	}
	return 0;
}

/*
 * Accounts are numbers or names, as the first one in the file decides, so
 * that a name never gets a number that somebody else already has.
 */
static int
take_account(struct orders *s, exch_ts t, uint32_t *v, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, EXCH_COL_ACCOUNT);
	uint64_t x;
	uint32_t id;
	int rc;

	*v = 0;
	if (f->n == 0)
		return 0;
	rc = exch_text_whole(f->p, f->n, &x);
	if (s->account_kind == 0)
		s->account_kind = rc == 0 ? 1 : 2;
	if (s->account_kind == 1) {
		if (rc != 0 || x > UINT32_MAX)
			return skip_field(s, EXCH_COL_ACCOUNT,
			    "is not a number like the accounts before it", d);
		*v = (uint32_t)x;
		return 0;
	}
	if (f->n > EXCH_TEXT_NAME)
		return skip_field(
		    s, EXCH_COL_ACCOUNT, "is longer than 63 bytes", d);
	if (exch_names_find(s->accounts, f->p, f->n, &id) == 0) {
		*v = id + 1;
		return 0;
	}
	rc = exch_names_add(s->accounts, f->p, f->n, &id);
	if (rc != 0)
		return exch_place_fail(d, (enum exch_err)rc,
		    &(struct exch_place){.file = exch_in_name(s->in),
			.line = s->rows.line,
			.column = f->column},
		    "no room for another account");
	*v = id + 1;
	return exch_text_account(s->sink, id + 1, f->p, f->n, "", 0, t, d);
}

/* ---- instruments ---- */

/* Why there is no id for a symbol, in words. */
static int
no_symbol(struct orders *s, int why, struct exch_diag *d)
{
	switch (why) {
	case EXCH_ERR_NEED:
		return need(s, "the input does not tell its price step",
		    "--tick STEP", d);
	case EXCH_ERR_LIMIT:
		return exch_place_fail(d, EXCH_ERR_LIMIT,
		    &(struct exch_place){
			.file = exch_in_name(s->in), .line = s->rows.line},
		    "more than %u symbols", (unsigned)EXCH_INSTR_MAX);
	case EXCH_ERR_NOMEM:
		return exch_place_fail(d, EXCH_ERR_NOMEM,
		    &(struct exch_place){
			.file = exch_in_name(s->in), .line = s->rows.line},
		    "no memory for another symbol");
	default:
		return why;
	}
}

static int
take_symbol(struct orders *s, exch_ts t, uint32_t *id, struct exch_diag *d)
{
	const struct exch_field_at *f = field(s, EXCH_COL_SYMBOL);
	const char *p = f->p;
	size_t n = f->n;

	if (s->col.at[EXCH_COL_SYMBOL] < 0) {
		if (s->o->symbol == NULL)
			return need(s, "the header has no column \"symbol\"",
			    "--symbol NAME", d);
		p = s->o->symbol;
		n = strlen(p);
	}
	if (n > EXCH_SYMBOL_MAX && f->n == 0)
		return need(s, "a symbol has at most 24 bytes",
		    "a shorter --symbol", d);
	if (n == 0 || n > EXCH_SYMBOL_MAX)
		return skip_field(
		    s, EXCH_COL_SYMBOL, "is longer than 24 bytes", d);
	return no_symbol(s, exch_symbols_id(&s->symbols, p, n, t, id, d), d);
}

/* ---- rows ---- */

/* What only new orders and replacements have. */
static int
take_terms(struct orders *s, struct row *r, struct exch_diag *d)
{
	int rc = take_price(s, &r->price, d);

	r->tif = EXCH_TIF_DAY;
	if (rc == 0 && field(s, EXCH_COL_TIF)->n != 0)
		rc = take_word(s, EXCH_COL_TIF, tifs,
		    "is not day, gtc, ioc or fok", &r->tif, d);
	if (rc == 0 && field(s, EXCH_COL_FLAGS)->n != 0)
		rc = take_flags(s, &r->ordflags, d);
	r->ordtype =
	    r->price == EXCH_PX_NONE ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT;
	if (rc == 0 && field(s, EXCH_COL_TYPE)->n != 0)
		rc = take_word(s, EXCH_COL_TYPE, types,
		    "is not limit or market", &r->ordtype, d);
	if (rc == 0 && r->action == EXCH_REC_NEW)
		rc = take_word(s, EXCH_COL_SIDE, sides,
		    "is not a side (B, S, buy, sell)", &r->side, d);
	r->new_order = r->order;
	if (rc == 0 && r->action == EXCH_REC_REPLACE &&
	    field(s, EXCH_COL_NEW_ORDER)->n != 0)
		rc = take_order(s, EXCH_COL_NEW_ORDER, &r->new_order, d);
	return rc;
}

/*
 * The symbol and the account come last: what announces them is written
 * only for a row that is whole.
 */
static int
take_row(struct orders *s, struct row *r, struct exch_diag *d)
{
	int rc = take_time(s, &r->time, d);

	r->action = EXCH_REC_NEW;
	r->ordflags = 0;
	if (rc == 0 && s->col.at[EXCH_COL_ACTION] >= 0)
		rc = take_word(s, EXCH_COL_ACTION, actions,
		    "is not new (N), cancel (X) or replace (R)", &r->action, d);
	if (rc == 0)
		rc = take_order(s, EXCH_COL_ORDER, &r->order, d);
	r->qty = EXCH_QTY_NONE;
	if (rc == 0 &&
	    (r->action != EXCH_REC_CANCEL || field(s, EXCH_COL_QTY)->n != 0))
		rc = take_qty(s, &r->qty, d);
	if (rc == 0 && r->action != EXCH_REC_CANCEL)
		rc = take_terms(s, r, d);
	if (rc == 0)
		rc = take_symbol(s, r->time, &r->instr, d);
	if (rc == 0)
		rc = take_account(s, r->time, &r->account, d);
	return rc;
}

static int
give(struct orders *s, const struct row *r, struct exch_diag *d)
{
	union {
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_cancel x;
		struct exch_rec_replace r;
	} u;

	memset(&u, 0, sizeof(u));
	u.h.type = r->action;
	u.h.instr = r->instr;
	u.h.time = r->time;
	if (r->action == EXCH_REC_NEW) {
		u.h.len8 = sizeof(u.n) / 8;
		u.n.order = r->order;
		u.n.price = r->price;
		u.n.qty = r->qty;
		u.n.account = r->account;
		u.n.side = r->side;
		u.n.ordtype = r->ordtype;
		u.n.tif = r->tif;
		u.n.ordflags = r->ordflags;
	} else if (r->action == EXCH_REC_CANCEL) {
		u.h.len8 = sizeof(u.x) / 8;
		u.x.order = r->order;
		u.x.qty = r->qty;
	} else {
		u.h.len8 = sizeof(u.r) / 8;
		u.r.order = r->order;
		u.r.new_order = r->new_order;
		u.r.price = r->price;
		u.r.qty = r->qty;
		u.r.account = r->account;
		u.r.tif = r->tif;
		u.r.ordflags = r->ordflags;
	}
	s->st->messages++;
	s->st->by_type[r->action == EXCH_REC_NEW      ? 'N'
		       : r->action == EXCH_REC_CANCEL ? 'X'
						      : 'R']++;
	return s->sink->record(s->sink->arg, &u.h, d);
}

static int
each_row(struct orders *s, struct exch_diag *d)
{
	struct row r;
	char text[96];
	int rc;

	if (s->rows.bad != NULL)
		return trouble(s, s->rows.bad_column, s->rows.bad, d);
	if (s->rows.nfields != s->col.n) {
		snprintf(text, sizeof(text),
		    "the row has %u fields, the header has %u", s->rows.nfields,
		    s->col.n);
		return trouble(s, 1, text, d);
	}
	rc = take_row(s, &r, d);
	if (rc == 0)
		return give(s, &r, d);
	return rc == SKIP ? 0 : rc;
}

static int
header(struct orders *s, struct exch_diag *d)
{
	const char *name = exch_in_name(s->in);
	int rc = exch_rows_next(&s->rows, d);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return exch_diag_set(d, EXCH_ERR_CUT, name, EXCH_POS_NONE, 0,
		    "the input is empty: an order CSV begins with a header");
	if (s->rows.bad != NULL)
		return exch_place_fail(d, EXCH_ERR_FORMAT,
		    &(struct exch_place){.file = name,
			.line = s->rows.line,
			.column = s->rows.bad_column},
		    "%s", s->rows.bad);
	return exch_columns_read(&s->rows, s->o->columns, name, &s->col, d);
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct orders s = {.o = o, .sink = sink, .st = st, .in = in};
	uint64_t before = exch_in_offset(in);
	int rc = exch_rows_open(&s.rows, in);

	s.own_accounts =
	    o->accounts == NULL ? exch_names_new(UINT32_MAX - 1) : NULL;
	s.accounts = o->accounts != NULL ? o->accounts : s.own_accounts;
	exch_when_init(&s.when, o->date, o->tz, false);
	if (exch_symbols_init(&s.symbols, o, sink, o->tick) != 0 || rc != 0 ||
	    s.accounts == NULL) {
		rc = exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(in),
		    EXCH_POS_NONE, 0, "no memory for an order CSV");
		goto out;
	}
	rc = header(&s, d);
	while (rc == 0) {
		rc = exch_rows_next(&s.rows, d);
		if (rc <= 0)
			break;
		rc = each_row(&s, d);
	}
	st->lines += s.rows.next_line - 1;
	st->bytes += exch_in_offset(in) - before;
out:
	exch_names_free(s.own_accounts);
	exch_symbols_clear(&s.symbols);
	exch_rows_close(&s.rows);
	return rc;
}

const struct exch_feed exch_feed_orders = {
    .name = "orders",
    .what = "order CSV with named columns, exch-orders(5)",
    .match = exch_columns_match,
    .run = run,
    .book = false,
};
