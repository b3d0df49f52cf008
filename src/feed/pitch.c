/*
 * PITCH in its ASCII form, as Cboe's (before: BATS') US equities markets send
 * it over TCP and keep it in files: a line for each message, fields at fixed
 * places, with or without the S before each that says it was numbered.
 * Layout: Cboe US Equities TCP PITCH Specification, chapter 4.
 *
 * A message about an order says which order but not of what, so orders are
 * remembered while they live; one that came before the input begins has no
 * instrument, and what is said of it is trouble.  A broken execution is known
 * by its number alone and becomes a notice.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "feed/feed.h"
#include "feed/live.h"
#include "feed/lines.h"
#include "feed/symbols.h"
#include "rec/rec.h"

/* 10^-4 to 10^-9. */
#define PRICE_UNIT 100000

/* A time in milliseconds, and the type. */
#define HEADER 9u
#define DAY_MS 86400000u

/* Where fields stand, counted from the time. */
enum {
	AT_TYPE = 8,
	AT_ID = 9, /* of an order or an execution, 12 digits to base 36 */
	AT_SIDE = 21,
	AT_SHARES = 22,
	AT_SYMBOL = 28,
	/* E and X have no side */
	AT_TAKEN = 21,
	AT_EXECUTION = 27,
	/* those about a symbol begin with it */
	AT_NAME = 9,
	AT_WORD = 17
};

/* Lengths of fields. */
enum { ID = 12, SHARES = 6, PRICE = 10, LONG_SHARES = 10, NAME = 8 };

struct pitch {
	struct exch_rows rows;
	struct exch_symbols symbols;
	struct exch_lives orders;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	exch_ts midnight;
	struct exch_line_wrong wrong;
	/* the message in hand */
	const char *begin; /* of its line */
	const char *p;
	size_t n;
	exch_ts t;
};

/* Length of a message, 0 for what is none. */
static size_t
length_of(char type)
{
	switch (type) {
	case 'A':
		return HEADER + ID + 1 + SHARES + 6 + PRICE + 1;
	case 'd':
		return HEADER + ID + 1 + SHARES + NAME + PRICE + 1 + 4;
	case 'E':
		return HEADER + ID + SHARES + ID;
	case 'X':
		return HEADER + ID + SHARES;
	case 'P':
		return HEADER + ID + 1 + SHARES + 6 + PRICE + ID;
	case 'r':
		return HEADER + ID + 1 + SHARES + NAME + PRICE + ID;
	case 'B':
		return HEADER + ID;
	case 's':
		return HEADER + NAME;
	case 'H':
		return HEADER + NAME + 1 + 1;
	case 'I':
		return HEADER + NAME + 1 + 3 * PRICE + 2 * LONG_SHARES;
	case 'J':
		return HEADER + NAME + 1 + PRICE + LONG_SHARES;
	case 'R':
		return HEADER + NAME + 1;
	default:
		return 0;
	}
}

/* ---- fields ---- */

static bool
digits(const char *p, size_t n, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)p[i] - (unsigned)'0';

		if (c > 9)
			return false;
		*v = *v * 10 + c;
	}
	return true;
}

/* Twelve digits of 0-9 and A-Z: below 2^63. */
static bool
base36(const char *p, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < ID; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			*v = *v * 36 + (uint64_t)(p[i] - '0');
		else if (p[i] >= 'A' && p[i] <= 'Z')
			*v = *v * 36 + (uint64_t)(p[i] - 'A') + 10;
		else
			return false;
	}
	return true;
}

/* Padded with blanks; nothing else of it is blank. */
static bool
symbol(const char *p, size_t n, size_t *len)
{
	while (n > 0 && p[n - 1] == ' ')
		n--;
	*len = n;
	for (size_t i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] >= 0x7f)
			return false;
	return n > 0;
}

/* ---- complaints ---- */

/*
 * The line is left out; `at` is the byte of the message that is wrong.  It is
 * told when another line shows that this is not just where the input was cut.
 */
static int
bad(struct pitch *s, size_t at, const char *why)
{
	s->wrong.at = (struct exch_feed_at){
	    EXCH_POS_LINE, s->rows.line, at + (size_t)(s->p - s->begin) + 1};
	s->st->messages_bad++;
	if (s->n > AT_TYPE && s->p[AT_TYPE] > ' ' && s->p[AT_TYPE] < 0x7f)
		snprintf(s->wrong.text, sizeof(s->wrong.text),
		    "PITCH message %c: %s", s->p[AT_TYPE], why);
	else
		snprintf(s->wrong.text, sizeof(s->wrong.text),
		    "PITCH message: %s", why);
	return 0;
}

/* The instrument of a symbol, and 0 in *id when it was no good. */
static int
instrument(
    struct pitch *s, size_t at, size_t n, uint32_t *id, struct exch_diag *d)
{
	size_t len;
	int err;

	*id = 0;
	if (!symbol(s->p + at, n, &len))
		return bad(s, at, "the symbol is not text");
	err = exch_symbols_id(&s->symbols, s->p + at, len, s->t, id, d);
	if (err == EXCH_ERR_NOMEM || err == EXCH_ERR_LIMIT)
		return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_LINE,
		    s->rows.line, "no room for another symbol");
	return err;
}

/* ---- records ---- */

#define HEAD(kind, T, id, s)                                                   \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8, .instr = (id),   \
		.time = (s)->t                                                 \
	}

static int
emit(struct pitch *s, const struct exch_rec *r, struct exch_diag *d)
{
	return s->sink->record(s->sink->arg, r, d);
}

static int
notice(struct pitch *s, uint32_t id, const char *text, struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[64];
	} u;
	size_t n = strlen(text);

	memset(&u, 0, sizeof(u));
	u.r.h.type = EXCH_REC_NOTICE;
	u.r.h.instr = id;
	u.r.h.time = s->t;
	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + (n + 7) / 8 * 8;
	memcpy(u.text, text, n);
	return emit(s, &u.r.h, d);
}

/* ---- orders ---- */

/* What A, d, P and r have: order, side, shares, symbol and price. */
struct order {
	uint64_t id;
	uint64_t shares;
	uint64_t price; /* 10^-4 */
	uint32_t instr;
	uint8_t side;
	size_t end; /* what follows */
};

/* o->instr 0: something was wrong. */
static int
take_order(struct pitch *s, size_t name, struct order *o, struct exch_diag *d)
{
	const char *p = s->p;
	char side = p[AT_SIDE];

	o->instr = 0;
	o->end = AT_SYMBOL + name + PRICE;
	if (!base36(p + AT_ID, &o->id))
		return bad(s, AT_ID, "the order is no number to base 36");
	if (side != 'B' && side != 'S')
		return bad(s, AT_SIDE, "side is neither B nor S");
	o->side = side == 'B' ? EXCH_BUY : EXCH_SELL;
	if (!digits(p + AT_SHARES, SHARES, &o->shares) || o->shares == 0)
		return bad(s, AT_SHARES, "no shares");
	if (!digits(p + AT_SYMBOL + name, PRICE, &o->price))
		return bad(s, AT_SYMBOL + name, "the price is no number");
	return instrument(s, AT_SYMBOL, name, &o->instr, d);
}

static int
on_add(struct pitch *s, size_t name, struct exch_diag *d)
{
	struct exch_rec_book_add r;
	struct order o;
	struct exch_live *l;
	int err = take_order(s, name, &o, d);

	if (err != 0 || o.instr == 0)
		return err;
	if (o.id == 0)
		return bad(s, AT_ID, "the order is 0");
	err = exch_live_add(&s->orders, 0, o.id, o.instr, &l);
	if (err == EXCH_ERR_EXISTS)
		return bad(s, AT_ID, "the order is displayed already");
	if (err != 0)
		return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_LINE,
		    s->rows.line, "no room for another order");
	l->qty = o.shares;
	l->price = (exch_px)o.price * PRICE_UNIT;
	r = (struct exch_rec_book_add){
	    .h = HEAD(EXCH_REC_BOOK_ADD, exch_rec_book_add, o.instr, s),
	    .order = o.id,
	    .price = (exch_px)o.price * PRICE_UNIT,
	    .qty = o.shares,
	    .side = o.side,
	};
	if (name == NAME) {
		const char *mpid = s->p + o.end + 1;

		for (unsigned i = 0; i < 4 && mpid[i] > ' '; i++)
			r.mpid[i] = mpid[i];
	}
	return emit(s, &r.h, d);
}

/* A hidden order was executed; of one that is not told there is no side. */
static int
on_trade(struct pitch *s, size_t name, struct exch_diag *d)
{
	struct exch_rec_book_print r;
	struct order o;
	uint64_t match;
	int err = take_order(s, name, &o, d);

	if (err != 0 || o.instr == 0)
		return err;
	if (!base36(s->p + o.end, &match))
		return bad(s, o.end, "the execution is no number to base 36");
	r = (struct exch_rec_book_print){
	    .h = HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, o.instr, s),
	    .match = match,
	    .price = (exch_px)o.price * PRICE_UNIT,
	    .qty = o.shares,
	    .order = o.id,
	    .side = o.id != 0 ? o.side : EXCH_SIDE_NONE,
	    .kind = EXCH_PRINT_HIDDEN,
	};
	return emit(s, &r.h, d);
}

/* E and X: the order and its shares.  *l NULL: something was wrong. */
static int
take_taken(struct pitch *s, struct exch_live **l, exch_qty *qty)
{
	uint64_t id;

	*l = NULL;
	if (!base36(s->p + AT_ID, &id))
		return bad(s, AT_ID, "the order is no number to base 36");
	if (!digits(s->p + AT_TAKEN, SHARES, qty) || *qty == 0)
		return bad(s, AT_TAKEN, "no shares");
	*l = exch_live_find(&s->orders, 0, id);
	if (*l == NULL)
		return bad(s, AT_ID, "nobody displayed this order");
	if (*qty <= (*l)->qty)
		return 0;
	*l = NULL;
	return bad(s, AT_TAKEN, "more shares than the order has");
}

static int
on_executed(struct pitch *s, struct exch_diag *d)
{
	struct exch_rec_book_exec r;
	struct exch_live *l;
	uint64_t match;
	exch_qty qty;
	int err = take_taken(s, &l, &qty);

	if (err != 0 || l == NULL)
		return err;
	if (!base36(s->p + AT_EXECUTION, &match))
		return bad(
		    s, AT_EXECUTION, "the execution is no number to base 36");
	r = (struct exch_rec_book_exec){
	    .h = HEAD(EXCH_REC_BOOK_EXEC, exch_rec_book_exec, l->instr, s),
	    .order = l->key.id,
	    .qty = qty,
	    .match = match,
	    .price = EXCH_PX_NONE,
	    .printable = 1,
	};
	exch_live_take(&s->orders, l, qty);
	return emit(s, &r.h, d);
}

static int
put_delete(struct pitch *s, uint64_t id, uint32_t instr, struct exch_diag *d)
{
	struct exch_rec_book_delete r = {
	    .h = HEAD(EXCH_REC_BOOK_DELETE, exch_rec_book_delete, instr, s),
	    .order = id,
	};

	return emit(s, &r.h, d);
}

static int
on_cancel(struct pitch *s, struct exch_diag *d)
{
	struct exch_rec_book_reduce r;
	struct exch_live *l;
	exch_qty qty;
	int err = take_taken(s, &l, &qty);

	if (err != 0 || l == NULL)
		return err;
	r = (struct exch_rec_book_reduce){
	    .h = HEAD(EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, l->instr, s),
	    .order = l->key.id,
	    .qty = qty,
	};
	exch_live_take(&s->orders, l, qty);
	return exch_live_find(&s->orders, 0, r.order) != NULL
		   ? emit(s, &r.h, d)
		   : put_delete(s, r.order, r.h.instr, d);
}

/* ---- symbols ---- */

static int
on_clear(struct pitch *s, struct exch_diag *d)
{
	uint32_t instr;
	int err = instrument(s, AT_NAME, NAME, &instr, d);

	return err != 0 || instr == 0
		   ? err
		   : exch_live_clear(&s->orders, instr, s->t, s->sink, d);
}

/* The states that all of its markets have; S: this exchange alone halts. */
static bool
phase_of(char state, uint8_t *phase)
{
	switch (state) {
	case 'T':
		*phase = EXCH_PHASE_CONTINUOUS;
		return true;
	case 'H':
	case 'S':
		*phase = EXCH_PHASE_HALT;
		return true;
	case 'A':
	case 'Q':
		*phase = EXCH_PHASE_PRE_OPEN;
		return true;
	default:
		return false;
	}
}

static int
on_status(struct pitch *s, struct exch_diag *d)
{
	char text[32];
	uint32_t instr;
	uint8_t phase;
	int err = instrument(s, AT_NAME, NAME, &instr, d);

	if (err != 0 || instr == 0)
		return err;
	if (!phase_of(s->p[AT_WORD], &phase))
		return bad(
		    s, AT_WORD, "trading status is not one of T H S A Q");
	if (s->p[AT_WORD + 1] >= '0' && s->p[AT_WORD + 1] <= '9') {
		snprintf(
		    text, sizeof(text), "reg-sho action=%c", s->p[AT_WORD + 1]);
		err = notice(s, instr, text, d);
	}
	if (err == 0) {
		struct exch_rec_phase r = {
		    .h = HEAD(EXCH_REC_PHASE, exch_rec_phase, instr, s),
		    .phase = phase,
		    .reference = EXCH_PX_NONE,
		};

		err = emit(s, &r.h, d);
	}
	return err;
}

static uint8_t
cross_of(char c)
{
	switch (c) {
	case 'O':
		return EXCH_CROSS_OPEN;
	case 'C':
		return EXCH_CROSS_CLOSE;
	case 'H':
	case 'I': /* of a new listing: as after a halt */
		return EXCH_CROSS_HALT;
	default:
		return EXCH_CROSS_NONE;
	}
}

/* 0: there is none. */
static exch_px
price_or_none(uint64_t v)
{
	return v != 0 ? (exch_px)v * PRICE_UNIT : EXCH_PX_NONE;
}

static int
on_auction(struct pitch *s, struct exch_diag *d)
{
	static const unsigned char size[5] = {
	    PRICE, LONG_SHARES, LONG_SHARES, PRICE, PRICE};
	struct exch_rec_auction r;
	uint64_t v[5]; /* reference, to buy, to sell, price, price of its own */
	uint32_t instr;
	size_t at = AT_WORD + 1;
	int err = instrument(s, AT_NAME, NAME, &instr, d);

	if (err != 0 || instr == 0)
		return err;
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(v); at += size[i++])
		if (!digits(s->p + at, size[i], &v[i]))
			return bad(s, at, "a price or quantity is no number");
	r = (struct exch_rec_auction){
	    .h = HEAD(EXCH_REC_AUCTION, exch_rec_auction, instr, s),
	    .price = price_or_none(v[3]),
	    .paired = v[1] < v[2] ? v[1] : v[2],
	    .imbalance = v[1] < v[2] ? v[2] - v[1] : v[1] - v[2],
	    .reference = price_or_none(v[0]),
	    .far = price_or_none(v[4]),
	    .side = v[1] > v[2]	  ? EXCH_BUY
		    : v[1] < v[2] ? EXCH_SELL
				  : EXCH_SIDE_NONE,
	    .cross = cross_of(s->p[AT_WORD]),
	};
	return emit(s, &r.h, d);
}

/* The result of an auction has no number of its own: its line serves. */
static int
on_auction_over(struct pitch *s, struct exch_diag *d)
{
	struct exch_rec_book_print r;
	uint64_t price, shares;
	uint32_t instr;
	int err = instrument(s, AT_NAME, NAME, &instr, d);

	if (err != 0 || instr == 0)
		return err;
	if (!digits(s->p + AT_WORD + 1, PRICE, &price))
		return bad(s, AT_WORD + 1, "the price is no number");
	if (!digits(s->p + AT_WORD + 1 + PRICE, LONG_SHARES, &shares))
		return bad(s, AT_WORD + 1 + PRICE, "the shares are no number");
	r = (struct exch_rec_book_print){
	    .h = HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, instr, s),
	    .match = s->rows.line,
	    .price = (exch_px)price * PRICE_UNIT,
	    .qty = shares,
	    .kind = EXCH_PRINT_CROSS,
	    .cross = cross_of(s->p[AT_WORD]),
	};
	return emit(s, &r.h, d);
}

static int
on_retail(struct pitch *s, struct exch_diag *d)
{
	char text[32];
	uint32_t instr;
	char flag = s->p[AT_WORD];
	int err = instrument(s, AT_NAME, NAME, &instr, d);

	if (err != 0 || instr == 0)
		return err;
	if (flag <= ' ' || flag >= 0x7f)
		return bad(s, AT_WORD, "the retail indicator is not text");
	snprintf(text, sizeof(text), "retail-interest flag=%c", flag);
	return notice(s, instr, text, d);
}

static int
on_broken(struct pitch *s, struct exch_diag *d)
{
	char text[48];
	uint64_t match;

	if (!base36(s->p + AT_ID, &match))
		return bad(s, AT_ID, "the execution is no number to base 36");
	snprintf(text, sizeof(text), "trade-break match=%llu",
	    (unsigned long long)match);
	return notice(s, 0, text, d);
}

/* ---- lines ---- */

static int
dispatch(struct pitch *s, struct exch_diag *d)
{
	switch (s->p[AT_TYPE]) {
	case 'A':
		return on_add(s, 6, d);
	case 'd':
		return on_add(s, NAME, d);
	case 'E':
		return on_executed(s, d);
	case 'X':
		return on_cancel(s, d);
	case 'P':
		return on_trade(s, 6, d);
	case 'r':
		return on_trade(s, NAME, d);
	case 'B':
		return on_broken(s, d);
	case 's':
		return on_clear(s, d);
	case 'H':
		return on_status(s, d);
	case 'I':
		return on_auction(s, d);
	case 'J':
		return on_auction_over(s, d);
	default:
		return on_retail(s, d);
	}
}

/* Longer messages of known types are read by their known part. */
static int
message(struct pitch *s, struct exch_diag *d)
{
	unsigned char type = s->n > AT_TYPE ? (unsigned char)s->p[AT_TYPE] : 0;
	size_t need = length_of((char)type);
	uint64_t ms;

	s->st->messages++;
	if (s->n < HEADER || !digits(s->p, AT_TYPE, &ms) || ms >= DAY_MS)
		return bad(s, 0, "it begins with no time of day");
	s->st->by_type[type]++;
	if (need == 0) {
		s->st->messages_unknown++;
		return 0;
	}
	if (s->n < need)
		return bad(s, s->n, "shorter than its type");
	s->t = s->midnight + ms * (EXCH_SEC / 1000);
	return dispatch(s, d);
}

/*
 * What the connection had to say besides: of its lines a heartbeat and the end
 * of the session have one letter, logging in has no time behind its own.
 */
static int
line(void *arg, struct exch_diag *d)
{
	struct pitch *s = arg;
	const struct exch_field_at *f = &s->rows.field[0];

	s->st->lines++;
	s->begin = s->p = s->rows.bad == NULL ? f->p : "";
	s->n = 0;
	if (s->rows.bad != NULL)
		return bad(s, s->rows.bad_column - 1, s->rows.bad);
	if (s->rows.nfields != 1)
		return bad(s, f->n, "there are no commas in it");
	s->n = f->n;
	if (s->n == 1 && *s->p == 'H') {
		s->st->heartbeats++;
		return 0;
	}
	if (s->n == 1 && *s->p == 'Z') {
		s->st->ends++;
		return 0;
	}
	if (*s->p == 'S') {
		s->p++;
		s->n--;
	}
	return message(s, d);
}

/* ---- the input ---- */

/* One message, with its line end if that is there. */
static bool
looks(const char *p, size_t n)
{
	uint64_t ms;

	if (n > 0 && *p == 'S') {
		p++;
		n--;
	}
	return n >= HEADER && digits(p, AT_TYPE, &ms) && ms < DAY_MS &&
	       length_of(p[AT_TYPE]) != 0 && n >= length_of(p[AT_TYPE]) &&
	       n <= length_of(p[AT_TYPE]) + 3; /* reserved, and a CR */
}

/* All whole lines of the beginning, of which there is one. */
static bool
match(const unsigned char *p, size_t n)
{
	const char *at = (const char *)p, *end = at + n, *eol;
	unsigned lines = 0;

	while (lines < 8 && at < end &&
	       (eol = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		if (!looks(at, (size_t)(eol - at)))
			return false;
		lines++;
		at = eol + 1;
	}
	return lines > 0;
}

static int
need(const struct exch_feed_opts *o, const char *name, struct exch_diag *d)
{
	if (o->date != 0 && o->tz != NULL)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "PITCH tells the time of day alone: add%s%s",
	    o->date == 0 ? " --date YYYY-MM-DD" : "",
	    o->tz == NULL ? " --tz America/New_York" : "");
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct pitch s = {.sink = sink, .st = st};
	uint64_t start = exch_in_offset(in);
	int err = need(o, exch_in_name(in), d);

	if (err != 0)
		return err;
	/* From noon, right on days when the clocks change in the night. */
	s.midnight = exch_tz_local(o->tz, o->date, EXCH_SEC * 3600 * 12) -
		     EXCH_SEC * 3600 * 12;
	if (exch_rows_open(&s.rows, in) != 0 ||
	    exch_symbols_init(
		&s.symbols, o, sink, o->tick > 0 ? o->tick : PRICE_UNIT) != 0 ||
	    exch_lives_init(&s.orders) != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for the PITCH decoder");
	else
		err = exch_lines(
		    &s.rows, &s.wrong, sink, exch_in_name(in), line, &s, d);
	exch_lives_clear(&s.orders);
	exch_symbols_clear(&s.symbols);
	exch_rows_close(&s.rows);
	st->bytes += exch_in_offset(in) - start;
	return err;
}

const struct exch_feed exch_feed_pitch = {
    .name = "pitch",
    .what = "Cboe (BATS) PITCH, the lines of its TCP form",
    .match = match,
    .run = run,
    .book = true,
};
