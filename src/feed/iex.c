/*
 * IEX DEEP+, DEEP and TOPS: one message in, its records out.  Longer messages
 * of known types are read by their known part, shorter ones and senseless
 * values are trouble, types that the line's protocol has not are counted.
 * Layouts: IEX DEEP+ Specification 1.0, IEX DEEP Specification 1.0, IEX TOPS
 * Specification 1.6.
 *
 * DEEP+ tells the whole of an order's new state where records tell what
 * changed, so orders are remembered while they live.  One that was displayed
 * before the input begins is passed on as it is told: every message has its
 * symbol.  Order ids may come back, and do not tell which order was first.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "feed/iex_priv.h"
#include "feed/text.h"

/* In which protocols a type is. */
enum { TOPS = 1, DEEP = 2, PLUS = 4, ALL = 7 };

struct type {
	uint8_t len;
	uint8_t in;
};

static const struct type types[256] = {
    ['S'] = {10, ALL},
    ['D'] = {31, ALL},
    ['H'] = {22, ALL},
    ['I'] = {18, ALL},
    ['O'] = {18, ALL},
    ['P'] = {19, ALL},
    ['E'] = {18, DEEP | PLUS},
    ['Q'] = {42, TOPS},
    ['8'] = {30, DEEP},
    ['5'] = {30, DEEP},
    ['T'] = {38, ALL},
    ['B'] = {38, ALL},
    ['X'] = {26, TOPS | DEEP},
    ['A'] = {80, TOPS | DEEP},
    ['a'] = {38, PLUS},
    ['M'] = {38, PLUS},
    ['R'] = {26, PLUS},
    ['L'] = {46, PLUS},
    ['C'] = {18, PLUS},
};

/* Flags of messages. */
enum { EVENT_COMPLETE = 0x01, PRIORITY_KEPT = 0x01, SINGLE_PRICE_CROSS = 0x08 };

static uint8_t
bit_of(uint16_t protocol)
{
	switch (protocol) {
	case EXCH_IEX_TOPS_1_5:
	case EXCH_IEX_TOPS_1_6:
		return TOPS;
	case EXCH_IEX_DEEP:
		return DEEP;
	case EXCH_IEX_DEEP_PLUS:
		return PLUS;
	default:
		return 0;
	}
}

const char *
exch_iex_name(uint16_t protocol)
{
	switch (bit_of(protocol)) {
	case TOPS:
		return "TOPS";
	case DEEP:
		return "DEEP";
	case PLUS:
		return "DEEP+";
	default:
		return NULL;
	}
}

size_t
exch_iex_len(uint16_t protocol, unsigned char type)
{
	return (types[type].in & bit_of(protocol)) != 0 ? types[type].len : 0;
}

/* ---- life ---- */

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "no memory for the IEX decoder");
}

/* Records of those who know sinks only. */
static int
into_run(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	return exch_iex_emit(arg, r, d);
}

int
exch_iex_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_iex **out, struct exch_diag *d)
{
	struct exch_iex *x = exch_calloc(1, sizeof(*x));

	*out = x;
	if (x == NULL)
		return no_memory(d);
	x->run = run;
	x->st = st;
	x->sink = (struct exch_feed_sink){.arg = x, .record = into_run};
	x->tick = o->tick > 0 ? o->tick : EXCH_IEX_PX;
	x->capture_time = o->capture_time;
	x->captured = EXCH_TS_NONE;
	if (exch_symbols_init(&x->names, o, &x->sink, x->tick) != 0 ||
	    exch_keyed_init(&x->symbols, sizeof(struct exch_iex_symbol)) != 0 ||
	    exch_lives_init(&x->orders) != 0) {
		exch_iex_free(x);
		*out = NULL;
		return no_memory(d);
	}
	return EXCH_OK;
}

void
exch_iex_free(struct exch_iex *x)
{
	if (x == NULL)
		return;
	while (x->lines != NULL) {
		struct exch_iex_line *l = x->lines;

		x->lines = l->next;
		exch_free(l);
	}
	exch_lives_clear(&x->orders);
	exch_keyed_clear(&x->symbols);
	exch_symbols_clear(&x->names);
	exch_free(x);
}

int
exch_iex_line(struct exch_iex *x, uint16_t protocol, struct exch_iex_line **out,
    struct exch_diag *d)
{
	struct exch_iex_line *l = exch_calloc(1, sizeof(*l));
	const struct exch_feed_sink *taker = x->run->sink;

	*out = l;
	if (l == NULL)
		return no_memory(d);
	l->x = x;
	l->protocol = protocol;
	l->bit = bit_of(protocol);
	l->next = x->lines;
	x->lines = l;
	if (l->bit == PLUS && taker->by_arrival != NULL)
		taker->by_arrival(taker->arg);
	return EXCH_OK;
}

/* ---- what messages share ---- */

int
exch_iex_bad(struct exch_iex_line *l, const struct exch_iex_message *m,
    const char *what, struct exch_diag *d)
{
	struct exch_feed_at here = *m->at;
	char text[120];

	l->x->st->messages_bad++;
	here.offset += (uint64_t)(m->p - l->x->from);
	if (m->n != 0 && m->p[0] > ' ' && m->p[0] < 0x7f)
		snprintf(text, sizeof(text), "%s message %c of %zu bytes: %s",
		    exch_iex_name(l->protocol), m->p[0], m->n, what);
	else
		snprintf(text, sizeof(text), "%s message of %zu bytes: %s",
		    exch_iex_name(l->protocol), m->n, what);
	return exch_run_trouble(l->x->run, &here, text, d);
}

/* Its eight characters; bytes that are no text become `?`. */
static size_t
symbol_text(const unsigned char *p, char out[8])
{
	size_t n = 8;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	return n;
}

static __attribute__((noinline)) int
new_symbol(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_iex_symbol **s, struct exch_diag *d)
{
	struct exch_iex *x = l->x;
	const unsigned char *p = m->p + EXCH_IEX_SYMBOL;
	uint32_t id;
	char text[8];
	size_t n = symbol_text(p, text);
	int err;

	if (n == 0)
		return exch_iex_bad(l, m, "no symbol", d);
	err = exch_symbols_id(&x->names, text, n, m->t, &id, d);
	if (err == EXCH_ERR_LIMIT)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_PACKET,
		    m->at->where, "no room for another symbol");
	if (err == EXCH_OK)
		err = exch_keyed_add(&x->symbols, 0, exch_le64(p), s);
	if (err == EXCH_ERR_NOMEM)
		return no_memory(d);
	if (err == EXCH_OK)
		(*s)->id = id;
	return err;
}

/* A message's symbol, which is announced when it is new; NULL: it has none. */
static inline int
symbol_of(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_iex_symbol **s, struct exch_diag *d)
{
	*s = exch_keyed_find(
	    &l->x->symbols, 0, exch_le64(m->p + EXCH_IEX_SYMBOL));
	return __builtin_expect(*s != NULL, 1) ? EXCH_OK
					       : new_symbol(l, m, s, d);
}

int
exch_iex_instrument(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t *id, struct exch_diag *d)
{
	struct exch_iex_symbol *s;
	int err = symbol_of(l, m, &s, d);

	*id = err == EXCH_OK && s != NULL ? s->id : 0;
	return err;
}

#define BAD(text) exch_iex_bad(l, m, text, d)

/* ---- DEEP+: orders ---- */

/* The instrument, and the number of an order where all have it. */
static int
order_of(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t *id, exch_oid *order, struct exch_diag *d)
{
	*id = 0;
	*order = exch_le64(m->p + EXCH_IEX_BODY);
	if (__builtin_expect(*order == 0 || *order >= EXCH_OID_GATE, 0))
		return BAD("the number of the order is out of range");
	return exch_iex_instrument(l, m, id, d);
}

/* Size and price of a, M and L, which stand alike. */
static const char *
size_and_price(const unsigned char *p, exch_qty *qty, exch_px *px)
{
	*qty = exch_le32(p + 26);
	if (__builtin_expect(*qty == 0, 0))
		return "no shares";
	if (__builtin_expect(!exch_iex_price(p + 30, px), 0))
		return "the price is out of range";
	return NULL;
}

static int
on_add(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_iex *x = l->x;
	struct exch_rec_book_add r = {.h = {.type = EXCH_REC_BOOK_ADD}};
	struct exch_live *o;
	const char *why = size_and_price(m->p, &r.qty, &r.price);
	uint32_t id;
	int err;

	if (__builtin_expect(why != NULL, 0))
		return BAD(why);
	if (m->p[EXCH_IEX_FLAGS] != '8' && m->p[EXCH_IEX_FLAGS] != '5')
		return BAD("side is neither 8 nor 5");
	err = order_of(l, m, &id, &r.order, d);
	if (__builtin_expect(err != 0 || id == 0, 0))
		return err;
	err = exch_live_add(&x->orders, id, r.order, id, &o);
	if (__builtin_expect(err == EXCH_ERR_EXISTS, 0))
		return BAD("the order is displayed already");
	if (err != 0)
		return no_memory(d);
	o->qty = r.qty;
	o->price = r.price;
	r.h.len8 = sizeof(r) / 8;
	r.h.instr = id;
	r.h.time = m->t;
	r.side = m->p[EXCH_IEX_FLAGS] == '8' ? EXCH_BUY : EXCH_SELL;
	return exch_iex_emit(x, &r.h, d);
}

static int
put_reduce(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t id, exch_oid order, exch_qty qty, struct exch_diag *d)
{
	struct exch_rec_book_reduce r = {
	    .h = EXCH_IEX_HEAD(
		EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, id, m->t),
	    .order = order,
	    .qty = qty,
	};

	return exch_iex_emit(l->x, &r.h, d);
}

/*
 * The venue says whether the order keeps its place.  One that keeps it and is
 * smaller was reduced; one that keeps it at another price, or is larger, no
 * record can describe: it goes behind the others as if it had lost it.
 */
static int
on_modify(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_rec_book_replace r = {.h = {.type = EXCH_REC_BOOK_REPLACE}};
	bool kept = (m->p[EXCH_IEX_FLAGS] & PRIORITY_KEPT) != 0;
	const char *why = size_and_price(m->p, &r.qty, &r.price);
	struct exch_live *o;
	exch_qty had;
	uint32_t id;
	int err;

	if (why != NULL)
		return BAD(why);
	err = order_of(l, m, &id, &r.order, d);
	if (err != 0 || id == 0)
		return err;
	o = exch_live_find(&l->x->orders, id, r.order);
	if (o != NULL) {
		had = o->qty;
		kept &= o->price == r.price && r.qty <= had;
		o->qty = r.qty;
		o->price = r.price;
		if (kept)
			return r.qty == had ? EXCH_OK
					    : put_reduce(l, m, id, r.order,
						  had - r.qty, d);
	}
	r.h.len8 = sizeof(r) / 8;
	r.h.instr = id;
	r.h.time = m->t;
	r.new_order = r.order;
	return exch_iex_emit(l->x, &r.h, d);
}

static int
on_delete(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_rec_book_delete r = {.h = {.type = EXCH_REC_BOOK_DELETE}};
	struct exch_live *o;
	uint32_t id;
	int err = order_of(l, m, &id, &r.order, d);

	if (__builtin_expect(err != 0 || id == 0, 0))
		return err;
	o = exch_live_find(&l->x->orders, id, r.order);
	if (__builtin_expect(o != NULL, 1))
		exch_live_drop(&l->x->orders, o);
	r.h.len8 = sizeof(r) / 8;
	r.h.instr = id;
	r.h.time = m->t;
	return exch_iex_emit(l->x, &r.h, d);
}

/*
 * An order that was executed in an auction.  The trade is told by each order in
 * it, and printed once.
 */
static int
put_cross(struct exch_iex_line *l, const struct exch_rec_book_exec *x,
    exch_px price, struct exch_diag *d)
{
	struct exch_rec_book_print r = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print,
		x->h.instr, x->h.time),
	    .match = x->match,
	    .price = price,
	    .qty = x->qty,
	    .kind = EXCH_PRINT_CROSS,
	};

	if (x->match == l->last_cross)
		return EXCH_OK;
	l->last_cross = x->match;
	return exch_iex_emit(l->x, &r.h, d);
}

static int
on_executed(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_rec_book_exec r = {.h = {.type = EXCH_REC_BOOK_EXEC}};
	bool cross = (m->p[EXCH_IEX_FLAGS] & SINGLE_PRICE_CROSS) != 0;
	exch_px price;
	const char *why = size_and_price(m->p, &r.qty, &price);
	struct exch_live *o;
	uint32_t id;
	int err;

	if (__builtin_expect(why != NULL, 0))
		return BAD(why);
	err = order_of(l, m, &id, &r.order, d);
	if (__builtin_expect(err != 0 || id == 0, 0))
		return err;
	o = exch_live_find(&l->x->orders, id, r.order);
	r.price = o != NULL && o->price == price ? EXCH_PX_NONE : price;
	if (o != NULL)
		exch_live_take(
		    &l->x->orders, o, r.qty < o->qty ? r.qty : o->qty);
	r.h.len8 = sizeof(r) / 8;
	r.h.instr = id;
	r.h.time = m->t;
	r.match = exch_le64(m->p + 38);
	r.printable = !cross;
	err = exch_iex_emit(l->x, &r.h, d);
	if (err != 0 || !cross)
		return err;
	return put_cross(l, &r, price, d);
}

static int
on_clear(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	uint32_t id;
	int err = exch_iex_instrument(l, m, &id, d);

	return err != 0 || id == 0
		   ? err
		   : exch_live_clear(&l->x->orders, id, m->t, &l->x->sink, d);
}

/* ---- DEEP and TOPS ---- */

static int
on_level(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_rec_book_level r = {
	    .h = EXCH_IEX_HEAD(
		EXCH_REC_BOOK_LEVEL, exch_rec_book_level, 0, m->t),
	    .qty = exch_le32(m->p + 18),
	    .side = m->p[0] == '8' ? EXCH_BUY : EXCH_SELL,
	};
	struct exch_iex_symbol *s;
	int err;

	if (!exch_iex_price(m->p + 22, &r.price))
		return BAD("the price is out of range");
	err = symbol_of(l, m, &s, d);
	if (err != 0 || s == NULL)
		return err;
	r.h.instr = s->id;
	s->shown |= l->bit;
	if ((m->p[EXCH_IEX_FLAGS] & EVENT_COMPLETE) != 0)
		r.h.flags = EXCH_F_LAST;
	return exch_iex_emit(l->x, &r.h, d);
}

/* A side without a quantity has no price, whatever stands there. */
static bool
quoted(const unsigned char *size, const unsigned char *price, exch_qty *qty,
    exch_px *px)
{
	*qty = exch_le32(size);
	if (exch_iex_price(price, px) && *qty != 0)
		return true;
	*px = EXCH_PX_NONE;
	return *qty == 0;
}

static int
on_quote(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	const unsigned char *p = m->p;
	struct exch_rec_book_top r = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_BOOK_TOP, exch_rec_book_top, 0, m->t)};
	struct exch_iex_symbol *s;
	int err;

	if (!quoted(p + 18, p + 22, &r.bid_qty, &r.bid) ||
	    !quoted(p + 38, p + 30, &r.ask_qty, &r.ask))
		return BAD("the price is out of range");
	err = symbol_of(l, m, &s, d);
	if (err != 0 || s == NULL)
		return err;
	r.h.instr = s->id;
	s->shown |= l->bit;
	return exch_iex_emit(l->x, &r.h, d);
}

/*
 * In DEEP+ a trade of two orders that were not displayed, elsewhere any trade:
 * those feeds do not show orders.
 */
static int
on_trade(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_rec_book_print r = {
	    .h = EXCH_IEX_HEAD(
		EXCH_REC_BOOK_PRINT, exch_rec_book_print, 0, m->t),
	    .qty = exch_le32(m->p + 18),
	    .match = exch_le64(m->p + 30),
	    .kind = l->bit == PLUS ? EXCH_PRINT_HIDDEN : EXCH_PRINT_TRADE,
	};
	uint32_t id;
	int err;

	if (r.qty == 0)
		return BAD("no shares");
	if (!exch_iex_price(m->p + 22, &r.price))
		return BAD("the price is out of range");
	err = exch_iex_instrument(l, m, &id, d);
	if (err != 0 || id == 0)
		return err;
	if ((m->p[EXCH_IEX_FLAGS] & SINGLE_PRICE_CROSS) != 0)
		r.kind = EXCH_PRINT_CROSS;
	r.h.instr = id;
	return exch_iex_emit(l->x, &r.h, d);
}

/* ---- messages ---- */

static int
dispatch(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	switch (m->p[0]) {
	case 'a':
		return on_add(l, m, d);
	case 'R':
		return on_delete(l, m, d);
	case 'M':
		return on_modify(l, m, d);
	case 'L':
		return on_executed(l, m, d);
	case 'C':
		return on_clear(l, m, d);
	case '8':
	case '5':
		return on_level(l, m, d);
	case 'Q':
		return on_quote(l, m, d);
	case 'T':
		return on_trade(l, m, d);
	default:
		return exch_iex_rare(l, m, d);
	}
}

static inline int
message(void *arg, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_iex_line *l = arg;
	struct exch_iex_message here = {p, n, 0, at}, *m = &here;
	struct exch_feed_stats *st = l->x->st;
	const struct type *k;

	st->messages++;
	if (__builtin_expect(n == 0, 0))
		return BAD("empty");
	k = &types[p[0]];
	st->by_type[p[0]]++;
	if (__builtin_expect((k->in & l->bit) == 0, 0)) {
		st->messages_unknown++;
		return 0;
	}
	if (__builtin_expect(n < k->len, 0))
		return BAD("shorter than its type");
	m->t = exch_le64(p + EXCH_IEX_TIME);
	if (__builtin_expect(m->t - 1 >= INT64_MAX, 0))
		return BAD("the time is out of range");
	if (m->t > l->now)
		l->now = m->t;
	return dispatch(l, m, d);
}

int
exch_iex_blocks(struct exch_iex_line *l, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	l->x->from = b->p;
	l->x->captured = b->captured;
	return exch_blocks_each(b, EXCH_LENGTH_LE16, message, l, at, d);
}

int
exch_iex_gap(struct exch_iex_line *l, const char *session, uint64_t first,
    uint64_t count, exch_ts captured, struct exch_diag *d)
{
	struct exch_rec_gap r = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_GAP, exch_rec_gap, 0, l->now),
	    .first = first,
	    .count = count,
	};

	memcpy(r.session, session, strlen(session));
	l->x->captured = captured;
	return exch_iex_emit(l->x, &r.h, d);
}

bool
exch_iex_over(const struct exch_iex_line *l)
{
	return l->over;
}

bool
exch_iex_later(const struct exch_iex_line *l, const unsigned char *p, size_t n)
{
	return n >= EXCH_IEX_TIME + 8 &&
	       exch_le64(p + EXCH_IEX_TIME) - 1 < INT64_MAX &&
	       exch_le64(p + EXCH_IEX_TIME) > l->now;
}
