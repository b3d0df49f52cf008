/*
 * The level-2 log of Shanghai: a line for each message of its channels, of
 * fields key=value.  Orders, deletions and executions become commands;
 * snapshots of the book are counted.
 *
 *	MsgType 192	an order is published (OrdType 65) or deleted (68)
 *	MsgType 191	an execution: both orders, and who came in (ExecType
 *			66 the buyer, 83 the seller, 78 an auction)
 *
 * The exchange does not publish an order that is filled on arrival, and of one
 * that is filled in part only the rest, behind its executions.  But executions
 * name both orders: so an order that came in is what it executed and what was
 * published of it, at the time and place of its first execution, under its own
 * number.  Its limit is the one published, or the worst price paid where
 * nothing was left.
 *
 * Lines stand in the order in which they were written, messages happened in
 * that of BizIndex, which a channel counts from 1 on.  So the input is read to
 * its end before the first record.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "base/time.h"
#include "feed/feed.h"
#include "feed/lines.h"
#include "feed/symbols.h"
#include "feed/text.h"
#include "rec/rec.h"

/* 10^-3 to 10^-9. */
#define PRICE_UNIT 1000000
#define PRICE_MAX (INT64_MAX / PRICE_UNIT)
/* Quantities of shares have three decimals, too. */
#define SHARE 1000

/* Fields that count; in a line they stand in any order. */
enum key {
	SOURCE,
	TYPE,
	SECURITY,
	CHANNEL,
	BIZ,
	TIME,
	ORDER,
	PRICE,
	QTY,
	ORDTYPE,
	SIDE,
	BID,
	OFFER,
	LAST_PRICE,
	LAST_QTY,
	EXECTYPE,
	KEYS
};

#define KEY(s)                                                                 \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}
static const struct {
	const char *p;
	size_t n;
} keys[KEYS] = {[SOURCE] = KEY("SecurityIDSource"),
    [TYPE] = KEY("MsgType"),
    [SECURITY] = KEY("SecurityID"),
    [CHANNEL] = KEY("ChannelNo"),
    [BIZ] = KEY("BizIndex"),
    [TIME] = KEY("TransactTime"),
    [ORDER] = KEY("OrderNo"),
    [PRICE] = KEY("Price"),
    [QTY] = KEY("OrderQty"),
    [ORDTYPE] = KEY("OrdType"),
    [SIDE] = KEY("Side"),
    [BID] = KEY("BidApplSeqNum"),
    [OFFER] = KEY("OfferApplSeqNum"),
    [LAST_PRICE] = KEY("LastPx"),
    [LAST_QTY] = KEY("LastQty"),
    [EXECTYPE] = KEY("ExecType")};

enum kind { ADDED, DELETED, EXECUTED };

/* A message that is kept. */
struct row {
	uint64_t biz;
	uint64_t line;
	exch_oid order; /* of an execution: of who came in */
	exch_qty qty;
	exch_px price;
	exch_ts time;
	exch_ts at; /* the latest of its channel up to here */
	uint32_t channel;
	uint32_t symbol; /* number of its name */
	uint8_t kind;
	uint8_t side; /* of the order; none: of an auction */
};

/* An order, by channel and number. */
struct order {
	struct exch_key key;
	exch_qty qty;
	exch_px price;
	bool came_in;	/* it executed before it was published */
	bool published; /* or the rest of it */
	bool given;
	uint8_t zero[5];
};

/* A symbol, by its number in the log. */
struct name {
	char p[EXCH_SYMBOL_MAX];
	uint32_t n;
};

struct log {
	struct exch_rows rows;
	struct exch_names *names;
	struct name *name_of;
	size_t ncap;
	struct exch_symbols symbols;
	struct exch_keyed orders;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	const char *name;
	exch_ts midnight;
	struct row *row;
	size_t n, cap;
	struct exch_line_wrong wrong;
	/* the line in hand: values, NULL where there is none */
	const char *begin;
	const char *value[KEYS];
	uint32_t len[KEYS];
};

/* ---- lines ---- */

/* `at` is where in the line. */
static int
bad(struct log *s, const char *at, const char *what, const char *why)
{
	s->st->messages_bad++;
	s->wrong.at = (struct exch_feed_at){EXCH_POS_LINE, s->rows.line,
	    at == NULL ? 0 : (uint64_t)(at - s->begin) + 1};
	snprintf(s->wrong.text, sizeof(s->wrong.text), "%s %s", what, why);
	return 0;
}

static void
keep_value(struct log *s, const char *p, size_t nkey, size_t n)
{
	for (unsigned k = 0; k < KEYS; k++) {
		if (keys[k].n != nkey || memcmp(p, keys[k].p, nkey) != 0)
			continue;
		s->value[k] = p + nkey + 1;
		s->len[k] = (uint32_t)(n - nkey - 1);
	}
}

/* A snapshot is counted, and has a hundred fields more. */
static bool
is_enough(const struct log *s)
{
	return s->value[TYPE] != NULL && s->value[SOURCE] != NULL &&
	       s->len[TYPE] == 3 && memcmp(s->value[TYPE], "111", 3) == 0;
}

/* Its fields, behind two slashes. */
static void
split(struct log *s, const char *p, const char *end)
{
	memset(s->value, 0, sizeof(s->value));
	while (p < end && !is_enough(s)) {
		const char *from, *eq;

		while (p < end && *p == ' ')
			p++;
		from = p;
		while (p < end && *p != ' ')
			p++;
		eq = memchr(from, '=', (size_t)(p - from));
		if (eq != NULL)
			keep_value(
			    s, from, (size_t)(eq - from), (size_t)(p - from));
	}
}

/* A whole number; false: trouble was noted. */
static bool
number(struct log *s, enum key k, uint64_t most, uint64_t *v)
{
	*v = 0;
	if (s->value[k] == NULL || s->len[k] == 0) {
		(void)bad(s, s->value[k], keys[k].p, "is missing");
		return false;
	}
	if (exch_text_whole(s->value[k], s->len[k], v) == 0 && *v <= most)
		return true;
	(void)bad(s, s->value[k], keys[k].p, "is not a number in its range");
	return false;
}

/* HHMMSScc, without zeros before it. */
static bool
time_of(struct log *s, exch_ts *t)
{
	uint64_t v;

	if (!number(s, TIME, 23595999, &v))
		return false;
	if (v / 10000 % 100 > 59 || v / 100 % 100 > 59) {
		(void)bad(s, s->value[TIME], keys[TIME].p, "is no time of day");
		return false;
	}
	*t = s->midnight +
	     (v / 1000000 * 3600 + v / 10000 % 100 * 60 + v / 100 % 100) *
		 EXCH_SEC +
	     v % 100 * (EXCH_SEC / 100);
	return true;
}

static bool
shares(struct log *s, enum key k, exch_qty *qty)
{
	if (!number(s, k, UINT64_MAX - 1, qty))
		return false;
	if (*qty == 0 || *qty % SHARE != 0) {
		(void)bad(s, s->value[k], keys[k].p, "is not whole shares");
		return false;
	}
	*qty /= SHARE;
	return true;
}

static bool
price_of(struct log *s, enum key k, exch_px *price)
{
	uint64_t v;

	if (!number(s, k, PRICE_MAX - 1, &v))
		return false;
	*price = (exch_px)(v * PRICE_UNIT);
	return true;
}

/* ---- messages ---- */

static bool
take_order(struct log *s, struct row *r)
{
	uint64_t type, side;

	if (!number(s, ORDTYPE, 255, &type) || !number(s, SIDE, 255, &side) ||
	    !number(s, ORDER, EXCH_OID_GATE - 1, &r->order) ||
	    !shares(s, QTY, &r->qty) || !price_of(s, PRICE, &r->price))
		return false;
	if (type != 'A' && type != 'D') {
		(void)bad(s, s->value[ORDTYPE], keys[ORDTYPE].p,
		    "is neither 65 nor 68");
		return false;
	}
	if (side != 'B' && side != 'S') {
		(void)bad(
		    s, s->value[SIDE], keys[SIDE].p, "is neither 66 nor 83");
		return false;
	}
	r->kind = type == 'A' ? ADDED : DELETED;
	r->side = side == 'B' ? EXCH_BUY : EXCH_SELL;
	return true;
}

static bool
take_execution(struct log *s, struct row *r)
{
	uint64_t type;

	if (!number(s, EXECTYPE, 255, &type) || !shares(s, LAST_QTY, &r->qty) ||
	    !price_of(s, LAST_PRICE, &r->price))
		return false;
	r->kind = EXECUTED;
	switch (type) {
	case 'B':
		r->side = EXCH_BUY;
		return number(s, BID, EXCH_OID_GATE - 1, &r->order);
	case 'S':
		r->side = EXCH_SELL;
		return number(s, OFFER, EXCH_OID_GATE - 1, &r->order);
	case 'N':
		r->side = EXCH_SIDE_NONE;
		return true;
	default:
		(void)bad(s, s->value[EXECTYPE], keys[EXECTYPE].p,
		    "is not one of 66 83 78");
		return false;
	}
}

static int
add_name(struct log *s, const char *p, size_t n, uint32_t *number)
{
	int err = exch_names_add(s->names, p, n, number);

	if (err != 0)
		return err;
	if (!exch_room(&s->name_of, *number, &s->ncap, sizeof(*s->name_of)))
		return EXCH_ERR_NOMEM;
	memcpy(s->name_of[*number].p, p, n);
	s->name_of[*number].n = (uint32_t)n;
	return 0;
}

/* Instruments are announced when the first record is given. */
static int
symbol(struct log *s, struct row *r, bool *good, struct exch_diag *d)
{
	const char *p = s->value[SECURITY];
	size_t n = p != NULL ? s->len[SECURITY] : 0;
	int err;

	*good = false;
	if (n == 0 || n > EXCH_SYMBOL_MAX)
		return bad(s, p, keys[SECURITY].p, "is no symbol");
	for (size_t i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] >= 0x7f)
			return bad(s, p + i, keys[SECURITY].p, "is no symbol");
	*good = true;
	err = exch_names_find(s->names, p, n, &r->symbol);
	if (err != 0)
		err = add_name(s, p, n, &r->symbol);
	return err == 0 ? 0
			: exch_diag_set(d, (enum exch_err)err, s->name,
			      EXCH_POS_LINE, s->rows.line,
			      "no room for another symbol");
}

static int
keep(struct log *s, const struct row *r, struct exch_diag *d)
{
	if (!exch_room(&s->row, s->n, &s->cap, sizeof(*r)))
		return exch_diag_set(d, EXCH_ERR_NOMEM, s->name, EXCH_POS_LINE,
		    s->rows.line, "no memory for the log");
	s->row[s->n++] = *r;
	return 0;
}

/* A type that is counted by a letter and not kept: '\0'. */
static char
letter_of(uint64_t type, uint64_t ordtype)
{
	return type == 191	? 'E'
	       : type != 192	? type == 111 ? 'S' : '\0'
	       : ordtype == 'D' ? 'D'
				: 'A';
}

static int
message(struct log *s, struct exch_diag *d)
{
	struct row r = {.line = s->rows.line};
	uint64_t source, type, channel, ordtype = 0;
	char letter;
	bool good;
	int err;

	s->st->messages++;
	if (!number(s, SOURCE, 999, &source) || !number(s, TYPE, 999, &type))
		return 0;
	if (source != 101)
		return bad(s, s->value[SOURCE], keys[SOURCE].p,
		    "is not 101, Shanghai's");
	if (s->value[ORDTYPE] != NULL)
		(void)exch_text_whole(
		    s->value[ORDTYPE], s->len[ORDTYPE], &ordtype);
	letter = letter_of(type, ordtype);
	s->st->by_type[(unsigned char)letter] += letter != '\0';
	s->st->messages_unknown += letter == '\0';
	if (letter == '\0' || letter == 'S')
		return 0;
	if (!number(s, CHANNEL, UINT32_MAX, &channel) ||
	    !number(s, BIZ, UINT64_MAX - 1, &r.biz) || !time_of(s, &r.time) ||
	    !(type == 191 ? take_execution(s, &r) : take_order(s, &r)))
		return 0;
	r.channel = (uint32_t)channel;
	err = symbol(s, &r, &good, d);
	return err != 0 || !good ? err : keep(s, &r, d);
}

static int
line(void *arg, struct exch_diag *d)
{
	struct log *s = arg;
	const struct exch_field_at *f = &s->rows.field[0];

	s->st->lines++;
	s->begin = s->rows.bad == NULL ? f->p : "";
	if (s->rows.bad != NULL)
		return bad(s, NULL, "the line:", s->rows.bad);
	if (s->rows.nfields != 1)
		return bad(s, f->p + f->n, "the line", "has commas in it");
	/* Its last number may have been longer. */
	if (s->rows.cut && f->p[f->n - 1] != ' ')
		return bad(s, f->p + f->n, "the line", "has no end");
	split(s, f->n >= 2 && memcmp(f->p, "//", 2) == 0 ? f->p + 2 : f->p,
	    f->p + f->n);
	return message(s, d);
}

/* ---- what came in ---- */

static int
by_index(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->channel != y->channel)
		return x->channel < y->channel ? -1 : 1;
	if (x->biz != y->biz)
		return x->biz < y->biz ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Channels together; within one as before. */
static int
by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return by_index(a, b);
}

static int
trouble(
    struct log *s, const struct row *r, const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_LINE, r->line, 0};

	s->st->messages_bad++;
	return s->sink->trouble(s->sink->arg, &at, text, d);
}

/* In the order of what happened; a number that came before is left out. */
static int
sort(struct log *s, struct exch_diag *d)
{
	size_t n = 0;
	int err = 0;

	if (s->n == 0)
		return 0;
	qsort(s->row, s->n, sizeof(*s->row), by_index);
	for (size_t i = 0; i < s->n && err == 0; i++) {
		struct row *r = &s->row[i];
		const struct row *last = n > 0 ? &s->row[n - 1] : NULL;
		bool same = last != NULL && last->channel == r->channel;

		if (same && last->biz == r->biz) {
			s->st->duplicates++;
			if (last->kind != r->kind || last->order != r->order ||
			    last->qty != r->qty || last->price != r->price)
				err = trouble(s, r,
				    "another message has its BizIndex", d);
			continue;
		}
		r->at = same && last->at > r->time ? last->at : r->time;
		s->row[n++] = *r;
	}
	s->n = n;
	qsort(s->row, s->n, sizeof(*s->row), by_time);
	return err;
}

/* What an execution says of the order that came in. */
static void
note_execution(struct order *o, const struct row *r)
{
	if (o->published)
		return; /* the rest of it rested, and an auction is no order */
	if (!o->came_in ||
	    (r->side == EXCH_BUY ? r->price > o->price : r->price < o->price))
		o->price = r->price;
	o->came_in = true;
	o->qty += r->qty;
}

/* All about every order, before any is given. */
static int
survey(struct log *s, struct exch_diag *d)
{
	int err = 0;

	for (size_t i = 0; i < s->n && err == 0; i++) {
		struct row *r = &s->row[i];
		struct order *o;

		if (r->kind == DELETED || r->side == EXCH_SIDE_NONE)
			continue; /* it makes no order */
		err = exch_keyed_add(&s->orders, r->channel, r->order, &o);
		if (err != 0 && err != EXCH_ERR_EXISTS)
			return exch_diag_set(d, (enum exch_err)err, s->name,
			    EXCH_POS_NONE, 0, "no memory for orders");
		err = 0;
		if (r->kind == EXECUTED) {
			note_execution(o, r);
		} else if (o->published) {
			err =
			    trouble(s, r, "the order is published already", d);
			r->side = EXCH_SIDE_NONE;
		} else {
			o->published = true;
			o->price = r->price;
			o->qty += r->qty;
		}
	}
	return err;
}

static int
instrument(
    struct log *s, const struct row *r, uint32_t *instr, struct exch_diag *d)
{
	const struct name *name = &s->name_of[r->symbol];
	int err =
	    exch_symbols_id(&s->symbols, name->p, name->n, r->time, instr, d);

	if (err == EXCH_ERR_NEED)
		return exch_diag_set(d, EXCH_ERR_NEED, s->name, EXCH_POS_LINE,
		    r->line,
		    "the log does not tell the price step of %.*s: add --tick "
		    "STEP",
		    (int)name->n, name->p);
	if (err == EXCH_ERR_NOMEM || err == EXCH_ERR_LIMIT)
		return exch_diag_set(d, (enum exch_err)err, s->name,
		    EXCH_POS_LINE, r->line, "no room for another symbol");
	return err;
}

static int
give_new(struct log *s, const struct row *r, struct exch_diag *d)
{
	struct order *o = exch_keyed_find(&s->orders, r->channel, r->order);
	struct exch_rec_new n = {
	    .h = {.type = EXCH_REC_NEW, .len8 = sizeof(n) / 8, .time = r->time},
	    .order = r->order,
	    .price = o->price,
	    .qty = o->qty,
	    .side = r->side,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY,
	};
	int err;

	/* An execution of one that was published first says nothing new. */
	if (o->given)
		return 0;
	o->given = true;
	err = instrument(s, r, &n.h.instr, d);
	return err != 0 ? err : s->sink->record(s->sink->arg, &n.h, d);
}

static int
give_cancel(struct log *s, const struct row *r, struct exch_diag *d)
{
	const struct order *o =
	    exch_keyed_find(&s->orders, r->channel, r->order);
	struct exch_rec_cancel x = {
	    .h = {.type = EXCH_REC_CANCEL,
		.len8 = sizeof(x) / 8,
		.time = r->time},
	    .order = r->order,
	    .qty = r->qty,
	};
	int err;

	if (o == NULL || !o->given)
		return trouble(s, r, "nobody published this order", d);
	err = instrument(s, r, &x.h.instr, d);
	return err != 0 ? err : s->sink->record(s->sink->arg, &x.h, d);
}

static int
give(struct log *s, struct exch_diag *d)
{
	int err = 0;

	for (size_t i = 0; i < s->n && err == 0; i++) {
		const struct row *r = &s->row[i];

		if (r->side != EXCH_SIDE_NONE)
			err = r->kind == DELETED ? give_cancel(s, r, d)
						 : give_new(s, r, d);
	}
	return err;
}

/* ---- the input ---- */

static bool
match(const unsigned char *p, size_t n)
{
	static const char first[] = "//SecurityIDSource=101 ";

	return n >= sizeof(first) - 1 &&
	       memcmp(p, first, sizeof(first) - 1) == 0;
}

static int
need(const struct exch_feed_opts *o, const char *name, struct exch_diag *d)
{
	if (o->date != 0 && o->tz != NULL)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "the log tells the time of day alone: add%s%s",
	    o->date == 0 ? " --date YYYY-MM-DD" : "",
	    o->tz == NULL ? " --tz Asia/Shanghai" : "");
}

/* What was whole before the input ended is given. */
static int
commands(struct log *s, struct exch_diag *d)
{
	int end = exch_lines(&s->rows, &s->wrong, s->sink, s->name, line, s, d);
	int err;

	if (end != 0 && end != EXCH_ERR_CUT)
		return end;
	err = sort(s, d);
	if (err == 0)
		err = survey(s, d);
	if (err == 0)
		err = give(s, d);
	return err != 0 ? err : end;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct log s = {.sink = sink, .st = st, .name = exch_in_name(in)};
	uint64_t start = exch_in_offset(in);
	int err = need(o, s.name, d);

	if (err != 0)
		return err;
	s.midnight = exch_tz_local(o->tz, o->date, EXCH_SEC * 3600 * 12) -
		     EXCH_SEC * 3600 * 12;
	s.names = exch_names_new(EXCH_INSTR_MAX);
	if (s.names == NULL || exch_rows_open(&s.rows, in) != 0 ||
	    exch_symbols_init(&s.symbols, o, sink, o->tick) != 0 ||
	    exch_keyed_init(&s.orders, sizeof(struct order)) != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for the log");
	else
		err = commands(&s, d);
	exch_free(s.row);
	exch_free(s.name_of);
	exch_names_free(s.names);
	exch_keyed_clear(&s.orders);
	exch_symbols_clear(&s.symbols);
	exch_rows_close(&s.rows);
	st->bytes += exch_in_offset(in) - start;
	return err;
}

const struct exch_feed exch_feed_sselog = {
    .name = "sse",
    .what = "the level-2 log of Shanghai, key=value by lines",
    .match = match,
    .run = run,
};
