/*
 * The log of Bitstamp's live feed, as its users have kept it: a line for each
 * event, the time of receipt in milliseconds, a word, and an object.
 *
 *	1430438404518 order_created {"price": "236.47", "amount": "2.0",
 *		"datetime": "1430438404", "id": 65595247, "order_type": 0}
 *	... order_changed, order_deleted: the same with what is left of it
 *	1430438404645 trade {"price": 236.47, "amount": 0.2114, "id": 8111041}
 *	1430438405885 order_book {...}
 *
 * An order that is created asks to come in, with all that it was for, and
 * executes against what rests: it becomes a command.  One that is deleted with
 * something left was cancelled; with nothing left it was filled, and a change is
 * a part of that: what the engine does by itself.  Trades and books are counted.
 *
 * An order that was there before the log began is not known, and of it nothing
 * is told.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/dec.h"
#include "base/keyed.h"
#include "feed/feed.h"
#include "feed/lines.h"
#include "feed/text.h"
#include "rec/rec.h"

/* Amounts have eight decimals, as bitcoins do. */
#define DECIMALS 8
#define INSTR 1u

struct order {
	struct exch_key key; /* id */
};

struct log {
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	const char *name;
	struct exch_rows rows;
	struct exch_line_wrong wrong;
	struct exch_keyed orders; /* that live */
	uint64_t unknown;
	bool announced;
	/* the line in hand */
	const char *begin, *end;
	exch_ts t;
};

/* `at` is where in the line. */
static int
bad(struct log *s, const char *at, const char *why)
{
	s->st->messages_bad++;
	s->wrong.at = (struct exch_feed_at){
	    EXCH_POS_LINE, s->rows.line, (uint64_t)(at - s->begin) + 1};
	snprintf(s->wrong.text, sizeof(s->wrong.text), "%s", why);
	return 0;
}

/* ---- the object ---- */

struct value {
	const char *p;
	size_t n;
};

/* The value of a field, without its quotes; false: it is not there. */
static bool
field(const struct log *s, const char *name, struct value *v)
{
	size_t n = strlen(name);
	const char *p = s->begin;

	for (; (p = memchr(p, '"', (size_t)(s->end - p))) != NULL; p++) {
		if ((size_t)(s->end - p) < n + 3 ||
		    memcmp(p + 1, name, n) != 0 || p[n + 1] != '"')
			continue;
		for (p += n + 2; p < s->end && (*p == ':' || *p == ' '); p++)
			;
		p += p < s->end && *p == '"';
		v->p = p;
		while (p < s->end && *p != '"' && *p != ',' && *p != '}')
			p++;
		v->n = (size_t)(p - v->p);
		return v->n != 0;
	}
	return false;
}

/* Up to eight decimals, as so many of the smallest part. */
static bool
amount(const struct value *v, exch_qty *qty)
{
	const char *dot = memchr(v->p, '.', v->n);
	size_t whole = dot != NULL ? (size_t)(dot - v->p) : v->n;
	size_t n = dot != NULL ? v->n - whole - 1 : 0;
	uint64_t w, f = 0;

	if (whole == 0 || exch_uint_parse(v->p, whole, &w) != 0 ||
	    (dot != NULL && n == 0))
		return false;
	for (; n > DECIMALS && dot[n] == '0'; n--)
		;
	if (n > DECIMALS || (n > 0 && exch_uint_parse(dot + 1, n, &f) != 0))
		return false;
	for (; n < DECIMALS; n++)
		f *= 10;
	return !__builtin_mul_overflow(w, UINT64_C(100000000), qty) &&
	       !__builtin_add_overflow(*qty, f, qty);
}

/* ---- records ---- */

static int
nomem(const struct log *s, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, s->name, EXCH_POS_LINE,
	    s->rows.line, "no memory for orders");
}

/* The log names no symbol: that of the options, or bitcoin in dollars. */
static int
announce(struct log *s, struct exch_diag *d)
{
	const char *symbol = s->o->symbol != NULL ? s->o->symbol : "BTCUSD";
	struct exch_rec_instrument r;

	if (s->announced)
		return 0;
	s->announced = true;
	exch_text_instrument(&r, INSTR, symbol, strlen(symbol),
	    s->o->tick > 0 ? s->o->tick : EXCH_PX_ONE / 100, s->t);
	r.kind = EXCH_KIND_CRYPTO;
	r.qty_exponent = -DECIMALS;
	return s->sink->record(s->sink->arg, &r.h, d);
}

static int
created(struct log *s, exch_oid id, exch_px price, exch_qty qty, char side,
    struct exch_diag *d)
{
	struct exch_rec_new n = {
	    .h = {.type = EXCH_REC_NEW,
		.len8 = sizeof(n) / 8,
		.instr = INSTR,
		.time = s->t},
	    .order = id,
	    .price = price,
	    .qty = qty,
	    .side = side == '0' ? EXCH_BUY : EXCH_SELL,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY,
	};
	struct order *o;
	int rc = exch_keyed_add(&s->orders, 0, id, &o);

	if (rc == EXCH_ERR_EXISTS) {
		s->st->duplicates++;
		return bad(s, s->begin, "an order is created twice");
	}
	if (rc != 0)
		return nomem(s, d);
	rc = announce(s, d);
	return rc != 0 ? rc : s->sink->record(s->sink->arg, &n.h, d);
}

static int
deleted(struct log *s, exch_oid id, exch_qty left, struct exch_diag *d)
{
	struct exch_rec_cancel x = {
	    .h = {.type = EXCH_REC_CANCEL,
		.len8 = sizeof(x) / 8,
		.instr = INSTR,
		.time = s->t},
	    .order = id,
	    .qty = EXCH_QTY_NONE,
	};
	struct order *o = exch_keyed_find(&s->orders, 0, id);

	if (o == NULL)
		return 0;
	exch_keyed_drop(&s->orders, o);
	return left == 0 ? 0 : s->sink->record(s->sink->arg, &x.h, d);
}

/* ---- lines ---- */

static int
order_event(struct log *s, char what, struct exch_diag *d)
{
	struct value v, side;
	exch_oid id;
	exch_px price;
	exch_qty qty;

	if (!field(s, "id", &v) || exch_uint_parse(v.p, v.n, &id) != 0)
		return bad(s, s->begin, "\"id\" is no number");
	if (!field(s, "price", &v) || exch_text_price(v.p, v.n, &price) != 0 ||
	    price <= 0)
		return bad(s, s->begin, "\"price\" is no price");
	if (!field(s, "amount", &v) || !amount(&v, &qty))
		return bad(s, s->begin, "\"amount\" is no quantity");
	if (!field(s, "order_type", &side) || side.n != 1 ||
	    (*side.p != '0' && *side.p != '1'))
		return bad(s, s->begin, "\"order_type\" is neither 0 nor 1");
	if (what == 'c' && qty == 0)
		return bad(s, s->begin, "an order for nothing is created");
	if (what == 'c')
		return created(s, id, price, qty, *side.p, d);
	return what == 'd' ? deleted(s, id, qty, d) : 0;
}

static bool
is_word(const struct value *v, const char *word)
{
	return v->n == strlen(word) && memcmp(v->p, word, v->n) == 0;
}

/* The first byte of the events' words, which they are counted by. */
static int
line(void *arg, struct exch_diag *d)
{
	struct log *s = arg;
	const struct exch_field_at *f = &s->rows.field[0];
	struct value word;
	const char *sp;
	uint64_t ms;

	s->st->lines++;
	s->begin = f->p;
	s->end = f->p + f->n;
	if (s->rows.bad != NULL)
		return bad(s, s->begin, s->rows.bad);
	sp = memchr(f->p, ' ', f->n);
	if (sp == NULL ||
	    exch_uint_parse(f->p, (size_t)(sp - f->p), &ms) != 0 ||
	    ms > EXCH_TS_NONE / 1000000 - 1)
		return bad(s, f->p, "it does not begin with a time");
	s->t = ms * 1000000;
	word.p = sp + 1;
	sp = memchr(word.p, ' ', (size_t)(s->end - word.p));
	word.n = (size_t)((sp != NULL ? sp : s->end) - word.p);
	s->st->messages++;
	if (is_word(&word, "order_created"))
		return s->st->by_type['c']++, order_event(s, 'c', d);
	if (is_word(&word, "order_changed"))
		return s->st->by_type['m']++, order_event(s, 'm', d);
	if (is_word(&word, "order_deleted"))
		return s->st->by_type['d']++, order_event(s, 'd', d);
	if (is_word(&word, "trade"))
		s->st->by_type['t']++;
	else if (is_word(&word, "order_book"))
		s->st->by_type['b']++;
	else
		s->st->messages_unknown++;
	return 0;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct log s = {
	    .o = o, .sink = sink, .st = st, .name = exch_in_name(in)};
	uint64_t start = exch_in_offset(in);
	int err;

	if (exch_rows_open(&s.rows, in) != 0 ||
	    exch_keyed_init(&s.orders, sizeof(struct order)) != 0) {
		err = nomem(&s, d);
	} else {
		s.rows.whole = true;
		err = exch_lines(&s.rows, &s.wrong, sink, s.name, line, &s, d);
	}
	exch_keyed_clear(&s.orders);
	exch_rows_close(&s.rows);
	st->bytes += exch_in_offset(in) - start;
	return err;
}

/* Milliseconds, and a word of ours. */
static bool
match(const unsigned char *p, size_t n)
{
	static const char *const words[] = {" order_created {",
	    " order_changed {", " order_deleted {", " order_book {",
	    " trade {"};

	for (size_t i = 0; i < 13; i++)
		if (i >= n || p[i] < '0' || p[i] > '9')
			return false;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(words); i++)
		if (n >= 13 + strlen(words[i]) &&
		    memcmp(p + 13, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

const struct exch_feed exch_feed_bitstamp = {
    .name = "bitstamp",
    .what = "the log of Bitstamp's live orders, a JSON object in each line",
    .match = match,
    .run = run,
};
