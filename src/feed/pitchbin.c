/*
 * Binary PITCH: one message in, its records out.  Longer messages of known
 * types are read by their known part, shorter ones and senseless values are
 * trouble, unknown types are counted.  Layout: Cboe US Equities/Options
 * Multicast PITCH Specification 2.41, chapter 4, of which this is the drawing;
 * all numbers have their lower byte first.  Counted from the type, which has the
 * length before it, and but for the first and the last two the four bytes
 * behind it are nanoseconds of the unit's last second:
 *
 *	0x20	1 seconds since midnight, where the market is
 *	0x21	5 order, 13 side, 14 shares u32, 18 symbol 6, 24 price u64
 *	0x22	5 order, 13 side, 14 shares u16, 16 symbol 6, 22 price u16
 *	0x2F	5 order, 13 side, 14 shares u32, 18 symbol 8, 26 price u64,
 *		34 flags, 35 participant 4
 *	0x23	5 order, 13 shares u32, 17 execution
 *	0x24	5 order, 13 shares u32, 17 what remains u32, 21 execution,
 *		29 price u64
 *	0x25	5 order, 13 shares u32		0x26  the same, u16
 *	0x27	5 order, 13 shares u32, 17 price u64, 25 flags
 *	0x28	5 order, 13 shares u16, 15 price u16, 17 flags
 *	0x29	5 order
 *	0x2A	as 0x21, 32 execution		0x2B  as 0x22, 24 execution
 *	0x30	as 0x2F, 34 execution
 *	0x2C	5 execution			0x2D  nothing
 *	0x31	5 symbol 8, 13 state, 14 short sale test
 *	0x95	5 symbol 8, 13 auction, 14 reference u64, 22 to buy u32,
 *		26 to sell u32, 30 price u64, 38 price of its own orders u64
 *	0x96	5 symbol 8, 13 auction, 14 price u64, 22 shares u32
 *	0x97	nothing: no order of the unit is there any more
 *	0x2E	1 symbol 6, 7 its OSI symbol 21, 28 condition
 *
 * Prices are 10^-4, those of two bytes 10^-2.  A message about an order says
 * which order and not of what, so orders are remembered while they live, by
 * unit; one that came before the input begins has no instrument, and what is
 * said of it is trouble.  So is, once for each unit, that it tells no second
 * before the first of its messages: the last one of another unit has to do.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "feed/pitchbin_priv.h"

/* 10^-2 to 10^-9. */
#define SHORT_UNIT 10000000

#define DAY 86400u

/* Counted with the byte of the length. */
static const unsigned char lengths[256] = {
    [EXCH_PITCHBIN_TIME] = 6,
    [EXCH_PITCHBIN_ADD_LONG] = 34,
    [EXCH_PITCHBIN_ADD_SHORT] = 26,
    [EXCH_PITCHBIN_EXECUTED] = 26,
    [EXCH_PITCHBIN_EXECUTED_AT] = 38,
    [EXCH_PITCHBIN_REDUCE_LONG] = 18,
    [EXCH_PITCHBIN_REDUCE_SHORT] = 16,
    [EXCH_PITCHBIN_MODIFY_LONG] = 27,
    [EXCH_PITCHBIN_MODIFY_SHORT] = 19,
    [EXCH_PITCHBIN_DELETE] = 14,
    [EXCH_PITCHBIN_TRADE_LONG] = 41,
    [EXCH_PITCHBIN_TRADE_SHORT] = 33,
    [EXCH_PITCHBIN_BROKEN] = 14,
    [EXCH_PITCHBIN_END] = 6,
    [EXCH_PITCHBIN_MAPPING] = 29,
    [EXCH_PITCHBIN_ADD_EXPANDED] = 40,
    [EXCH_PITCHBIN_TRADE_EXPANDED] = 43,
    [EXCH_PITCHBIN_STATUS] = 18,
    [EXCH_PITCHBIN_AUCTION] = 47,
    [EXCH_PITCHBIN_AUCTION_OVER] = 27,
    [EXCH_PITCHBIN_CLEAR] = 6,
};

#define PRIORITY_KEPT 0x02

struct symbol {
	struct exch_key key; /* its eight bytes */
	uint32_t id;
	uint32_t line; /* that it came on first */
};

size_t
exch_pitchbin_len(unsigned char type)
{
	return lengths[type];
}

/* ---- life ---- */

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "no memory for the PITCH decoder");
}

/* Records of those who know sinks only. */
static int
into_run(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	return exch_pitchbin_emit(arg, r, d);
}

static int
need(const struct exch_feed_opts *o, struct exch_diag *d)
{
	if (o->date != 0 && o->tz != NULL)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "PITCH tells the time of day alone: add%s%s",
	    o->date == 0 ? " --date YYYY-MM-DD" : "",
	    o->tz == NULL ? " --tz America/New_York, or the venue's" : "");
}

int
exch_pitchbin_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_pitchbin **out, struct exch_diag *d)
{
	struct exch_pitchbin *x;
	int err = need(o, d);

	*out = NULL;
	if (err != 0)
		return err;
	x = exch_calloc(1, sizeof(*x));
	if (x == NULL)
		return no_memory(d);
	x->run = run;
	x->st = st;
	x->sink = (struct exch_feed_sink){.arg = x, .record = into_run};
	/* From noon, right on days when the clocks change in the night. */
	x->midnight = exch_tz_local(o->tz, o->date, EXCH_SEC * 3600 * 12) -
		      EXCH_SEC * 3600 * 12;
	x->second = x->midnight;
	x->capture_time = o->capture_time;
	x->captured = EXCH_TS_NONE;
	if (exch_symbols_init(&x->names, o, &x->sink,
		o->tick > 0 ? o->tick : EXCH_PITCHBIN_PX) != 0 ||
	    exch_keyed_init(&x->symbols, sizeof(struct symbol)) != 0) {
		exch_pitchbin_free(x);
		return no_memory(d);
	}
	/* Numbers of orders do not tell which was first. */
	if (run->sink->by_arrival != NULL)
		run->sink->by_arrival(run->sink->arg);
	*out = x;
	return EXCH_OK;
}

void
exch_pitchbin_free(struct exch_pitchbin *x)
{
	if (x == NULL)
		return;
	while (x->lines != NULL) {
		struct exch_pitchbin_line *l = x->lines;

		x->lines = l->next;
		exch_lives_clear(&l->orders);
		exch_free(l);
	}
	exch_keyed_clear(&x->symbols);
	exch_symbols_clear(&x->names);
	exch_free(x);
}

int
exch_pitchbin_line(struct exch_pitchbin *x, unsigned unit,
    struct exch_pitchbin_line **out, struct exch_diag *d)
{
	struct exch_pitchbin_line *l = exch_calloc(1, sizeof(*l));

	*out = NULL;
	if (l == NULL)
		return no_memory(d);
	l->x = x;
	l->unit = unit;
	l->next = x->lines;
	x->lines = l;
	l->number = ++x->nlines;
	l->now = x->midnight;
	if (exch_lives_init(&l->orders) != 0)
		return no_memory(d);
	*out = l;
	return EXCH_OK;
}

/* ---- what messages share ---- */

static int
trouble(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    const char *text, struct exch_diag *d)
{
	struct exch_feed_at here = *m->at;

	here.offset += (uint64_t)(m->p - l->x->from);
	return exch_run_trouble(l->x->run, &here, text, d);
}

/* The message is left out. */
int
exch_pitchbin_bad(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, const char *why, struct exch_diag *d)
{
	char text[120];

	l->x->st->messages_bad++;
	if (m->n != 0)
		snprintf(text, sizeof(text),
		    "PITCH message 0x%02X of %zu bytes: %s", m->p[0], m->n + 1,
		    why);
	else
		snprintf(
		    text, sizeof(text), "PITCH message of 1 byte: %s", why);
	return trouble(l, m, text, d);
}

#define BAD(text) exch_pitchbin_bad(l, m, text, d)

int
exch_pitchbin_notice(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, uint32_t id, const char *text,
    struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[80];
	} u;
	size_t n = strlen(text);

	memset(&u, 0, sizeof(u));
	u.r.h.type = EXCH_REC_NOTICE;
	u.r.h.instr = id;
	u.r.h.time = m->t;
	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + (n + 7) / 8 * 8;
	memcpy(u.text, text, n);
	return exch_pitchbin_emit(l->x, &u.r.h, d);
}

static exch_px
short_price(const unsigned char *p)
{
	return (exch_px)exch_le16(p) * SHORT_UNIT;
}

/*
 * Twelve digits to base 36, of which the first tell the market and the unit,
 * have more bits than numbers of orders may: the upper three are the same for
 * all that live together.
 */
static exch_oid
id_of(const unsigned char *p)
{
	return exch_le64(p) & (EXCH_OID_GATE - 1);
}

/* ---- symbols ---- */

/* Padded with blanks; bytes that are no text become `?`. */
static size_t
symbol_text(const unsigned char *p, size_t n, char out[8])
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	return n;
}

static __attribute__((noinline)) int
new_symbol(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    const unsigned char *name, uint64_t key, struct symbol **s,
    struct exch_diag *d)
{
	struct exch_pitchbin *x = l->x;
	char text[8];
	size_t n = symbol_text(name, 8, text);
	uint32_t id;
	int err;

	if (n == 0)
		return BAD("no symbol");
	err = exch_symbols_id(&x->names, text, n, m->t, &id, d);
	if (err == EXCH_ERR_LIMIT)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_PACKET,
		    m->at->where, "no room for another symbol");
	if (err == EXCH_OK)
		err = exch_keyed_add(&x->symbols, 0, key, s);
	if (err == EXCH_ERR_NOMEM)
		return no_memory(d);
	if (err == EXCH_OK) {
		(*s)->id = id;
		(*s)->line = l->number;
	}
	return err;
}

/* A market has each symbol in one unit, so there are two markets. */
static __attribute__((noinline)) int
of_two(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    const unsigned char *name, struct exch_diag *d)
{
	char symbol[8], text[120];
	int n = (int)symbol_text(name, 8, symbol);

	if (l->doubled)
		return EXCH_OK;
	l->doubled = true;
	snprintf(text, sizeof(text),
	    "%.*s of unit %u is another unit's, too: these are two markets, "
	    "whose orders are in one book",
	    n, symbol, l->unit);
	return trouble(l, m, text, d);
}

/* That of `len` bytes, announced when it is new; *id 0: it has none. */
int
exch_pitchbin_instrument(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, size_t at, size_t len, uint32_t *id,
    struct exch_diag *d)
{
	unsigned char name[8] = "        ";
	struct symbol *s;
	uint64_t key;
	int err = EXCH_OK;

	*id = 0;
	memcpy(name, m->p + at, len);
	key = exch_le64(name);
	s = exch_keyed_find(&l->x->symbols, 0, key);
	if (__builtin_expect(s == NULL, 0))
		err = new_symbol(l, m, name, key, &s, d);
	else if (__builtin_expect(s->line != l->number, 0))
		err = of_two(l, m, name, d);
	if (err == EXCH_OK && s != NULL)
		*id = s->id;
	return err;
}

/* ---- orders ---- */

/* What adds and trades have; the symbol has `name` bytes. */
struct order {
	exch_oid id;
	exch_qty qty;
	exch_px price;
	uint32_t instr; /* 0: something was wrong */
	uint8_t side;
	const unsigned char *end; /* what follows */
};

static int
take_order(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    bool wide, size_t name, struct order *o, struct exch_diag *d)
{
	const unsigned char *p = m->p + EXCH_PITCHBIN_SHARES;
	size_t symbol;

	o->instr = 0;
	o->id = id_of(m->p + EXCH_PITCHBIN_ID);
	if (m->p[EXCH_PITCHBIN_SIDE] != 'B' && m->p[EXCH_PITCHBIN_SIDE] != 'S')
		return BAD("side is neither B nor S");
	o->side = m->p[EXCH_PITCHBIN_SIDE] == 'B' ? EXCH_BUY : EXCH_SELL;
	o->qty = wide ? exch_le32(p) : exch_le16(p);
	if (o->qty == 0)
		return BAD("no shares");
	p += wide ? 4 : 2;
	symbol = (size_t)(p - m->p);
	p += name;
	if (!wide)
		o->price = short_price(p);
	else if (!exch_pitchbin_price(p, &o->price))
		return BAD("the price is out of range");
	o->end = p + (wide ? 8 : 2);
	return exch_pitchbin_instrument(l, m, symbol, name, &o->instr, d);
}

static int
on_add(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    bool wide, size_t name, struct exch_diag *d)
{
	struct exch_rec_book_add r;
	struct exch_live *live;
	struct order o;
	int err = take_order(l, m, wide, name, &o, d);

	if (err != 0 || o.instr == 0)
		return err;
	if (o.id == 0)
		return BAD("the order is 0");
	err = exch_live_add(&l->orders, 0, o.id, o.instr, &live);
	if (err == EXCH_ERR_EXISTS)
		return BAD("the order is displayed already");
	if (err != 0)
		return no_memory(d);
	live->qty = o.qty;
	live->price = o.price;
	r = (struct exch_rec_book_add){
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_ADD, exch_rec_book_add, o.instr, m),
	    .order = o.id,
	    .price = o.price,
	    .qty = o.qty,
	    .side = o.side,
	};
	if (name == 8)
		for (unsigned i = 0; i < 4 && o.end[1 + i] > ' '; i++)
			r.mpid[i] = (char)o.end[1 + i];
	return exch_pitchbin_emit(l->x, &r.h, d);
}

/* A hidden order was executed; of one that is not told there is no side. */
static int
on_trade(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    bool wide, size_t name, struct exch_diag *d)
{
	struct exch_rec_book_print r;
	struct order o;
	int err = take_order(l, m, wide, name, &o, d);

	if (err != 0 || o.instr == 0)
		return err;
	r = (struct exch_rec_book_print){
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_PRINT, exch_rec_book_print, o.instr, m),
	    .match = exch_le64(o.end),
	    .price = o.price,
	    .qty = o.qty,
	    .order = o.id,
	    /* the message says buy, whichever side rested */
	    .side = EXCH_SIDE_NONE,
	    .kind = EXCH_PRINT_HIDDEN,
	};
	return exch_pitchbin_emit(l->x, &r.h, d);
}

/* The order that a message is about; *out NULL: nobody knows it. */
static int
order_of(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_live **out, struct exch_diag *d)
{
	*out = exch_live_find(&l->orders, 0, id_of(m->p + EXCH_PITCHBIN_ID));
	return *out != NULL ? EXCH_OK : BAD("nobody displayed this order");
}

/* And what is taken from it; NULL as well when it is more than there is. */
static int
taken_of(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    exch_qty qty, struct exch_live **out, struct exch_diag *d)
{
	int err;

	*out = NULL;
	if (qty == 0)
		return BAD("no shares");
	err = order_of(l, m, out, d);
	if (*out == NULL || qty <= (*out)->qty)
		return err;
	*out = NULL;
	return BAD("more shares than the order has");
}

static int
put_delete(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    exch_oid id, uint32_t instr, struct exch_diag *d)
{
	struct exch_rec_book_delete r = {
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_DELETE, exch_rec_book_delete, instr, m),
	    .order = id,
	};

	return exch_pitchbin_emit(l->x, &r.h, d);
}

/* So much less; all of it is the end of the order. */
static int
put_reduce(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_live *o, exch_qty qty, struct exch_diag *d)
{
	struct exch_rec_book_reduce r = {
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, o->instr, m),
	    .order = o->key.id,
	    .qty = qty,
	};
	bool all = qty == o->qty;

	exch_live_take(&l->orders, o, qty);
	return all ? put_delete(l, m, r.order, r.h.instr, d)
		   : exch_pitchbin_emit(l->x, &r.h, d);
}

static int
on_executed(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	struct exch_rec_book_exec r;
	exch_qty qty = exch_le32(m->p + EXCH_PITCHBIN_TAKEN);
	struct exch_live *o;
	int err = taken_of(l, m, qty, &o, d);

	if (err != 0 || o == NULL)
		return err;
	r = (struct exch_rec_book_exec){
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_EXEC, exch_rec_book_exec, o->instr, m),
	    .order = o->key.id,
	    .qty = qty,
	    .match = exch_le64(m->p + 17),
	    .price = EXCH_PX_NONE,
	    .printable = 1,
	};
	exch_live_take(&l->orders, o, qty);
	return exch_pitchbin_emit(l->x, &r.h, d);
}

/* It may lose more than what was executed. */
static int
on_executed_at(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, struct exch_diag *d)
{
	struct exch_rec_book_exec r;
	exch_qty qty = exch_le32(m->p + EXCH_PITCHBIN_TAKEN);
	exch_qty remains = exch_le32(m->p + 17);
	struct exch_live *o;
	exch_qty less;
	exch_px price;
	int err;

	if (!exch_pitchbin_price(m->p + 29, &price))
		return BAD("the price is out of range");
	err = taken_of(l, m, qty, &o, d);
	if (err != 0 || o == NULL)
		return err;
	if (remains > o->qty - qty)
		return BAD("more remains than the order has");
	less = o->qty - qty - remains;
	r = (struct exch_rec_book_exec){
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_EXEC, exch_rec_book_exec, o->instr, m),
	    .order = o->key.id,
	    .qty = qty,
	    .match = exch_le64(m->p + 21),
	    .price = price == o->price ? EXCH_PX_NONE : price,
	    .printable = 1,
	};
	err = exch_pitchbin_emit(l->x, &r.h, d);
	exch_live_take(&l->orders, o, qty); /* gone when nothing is left */
	return err != 0 || less == 0 ? err : put_reduce(l, m, o, less, d);
}

static int
on_reduce(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    exch_qty qty, struct exch_diag *d)
{
	struct exch_live *o;
	int err = taken_of(l, m, qty, &o, d);

	return err != 0 || o == NULL ? err : put_reduce(l, m, o, qty, d);
}

/*
 * The venue says whether the order keeps its place.  One that keeps it and is
 * smaller was reduced; one that keeps it at another price, or is larger, no
 * record can describe: it goes behind the others as if it had lost it.
 */
static int
modify(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    exch_qty qty, exch_px price, unsigned flags, struct exch_diag *d)
{
	struct exch_rec_book_replace r;
	struct exch_live *o;
	int err;

	if (qty == 0)
		return BAD("no shares");
	err = order_of(l, m, &o, d);
	if (err != 0 || o == NULL)
		return err;
	if ((flags & PRIORITY_KEPT) != 0 && o->price == price && qty <= o->qty)
		return qty == o->qty ? EXCH_OK
				     : put_reduce(l, m, o, o->qty - qty, d);
	o->qty = qty;
	o->price = price;
	r = (struct exch_rec_book_replace){
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_REPLACE, exch_rec_book_replace, o->instr, m),
	    .order = o->key.id,
	    .new_order = o->key.id,
	    .price = price,
	    .qty = qty,
	};
	return exch_pitchbin_emit(l->x, &r.h, d);
}

static int
on_modify(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    bool wide, struct exch_diag *d)
{
	const unsigned char *p = m->p + EXCH_PITCHBIN_TAKEN;
	exch_px price;

	if (!wide)
		return modify(l, m, exch_le16(p), short_price(p + 2), p[4], d);
	if (!exch_pitchbin_price(p + 4, &price))
		return BAD("the price is out of range");
	return modify(l, m, exch_le32(p), price, p[12], d);
}

static int
on_delete(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	struct exch_live *o;
	uint32_t instr;
	int err = order_of(l, m, &o, d);

	if (err != 0 || o == NULL)
		return err;
	instr = o->instr;
	exch_live_drop(&l->orders, o);
	return put_delete(l, m, id_of(m->p + EXCH_PITCHBIN_ID), instr, d);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* Nothing that was displayed before is there now. */
static int
forget(struct exch_pitchbin_line *l, exch_ts t, struct exch_diag *d)
{
	struct exch_pitchbin *x = l->x;
	uint32_t n = l->orders.order.live, at = 0;
	const struct exch_live *o;
	int err = EXCH_OK;
	uint32_t *ids;

	if (n == 0)
		return EXCH_OK;
	ids = exch_malloc(n * sizeof(*ids));
	if (ids == NULL)
		return no_memory(d);
	for (uint32_t i = 0;
	     i < n && (o = exch_keyed_next(&l->orders.order, &at)) != NULL; i++)
		ids[i] = o->instr;
	qsort(ids, n, sizeof(*ids), by_number);
	/* the second of the same finds nothing more */
	for (uint32_t i = 0; i < n && err == 0; i++)
		err = exch_live_clear(&l->orders, ids[i], t, &x->sink, d);
	exch_free(ids);
	return err;
}

static int
on_clear(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	char text[32];
	int err;

	snprintf(text, sizeof(text), "unit-clear unit=%u", l->unit);
	err = exch_pitchbin_notice(l, m, 0, text, d);
	return err != 0 ? err : forget(l, m->t, d);
}

/* ---- messages ---- */

/* Of two seconds one is damaged, and nobody knows which: both count. */
static int
tell_back(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    exch_ts was, struct exch_diag *d)
{
	char text[96];

	snprintf(text, sizeof(text),
	    "unit %u goes back from second %llu of the day to %llu", l->unit,
	    (unsigned long long)((was - l->x->midnight) / EXCH_SEC),
	    (unsigned long long)((l->second - l->x->midnight) / EXCH_SEC));
	return trouble(l, m, text, d);
}

static int
on_time(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	uint32_t sec = exch_le32(m->p + 1);
	exch_ts was = l->timed && !l->anew ? l->second : 0;

	if (sec >= DAY)
		return BAD("it is no time of day");
	l->timed = true;
	l->over = l->anew = false;
	l->second = l->x->midnight + sec * EXCH_SEC;
	if (l->second < was)
		return tell_back(l, m, was, d);
	if (l->second > l->x->second)
		l->x->second = l->second;
	if (l->second > l->now)
		l->now = l->second;
	return EXCH_OK;
}

static int
dispatch(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	switch (m->p[0]) {
	case EXCH_PITCHBIN_ADD_LONG:
		return on_add(l, m, true, 6, d);
	case EXCH_PITCHBIN_ADD_SHORT:
		return on_add(l, m, false, 6, d);
	case EXCH_PITCHBIN_ADD_EXPANDED:
		return on_add(l, m, true, 8, d);
	case EXCH_PITCHBIN_EXECUTED:
		return on_executed(l, m, d);
	case EXCH_PITCHBIN_EXECUTED_AT:
		return on_executed_at(l, m, d);
	case EXCH_PITCHBIN_REDUCE_LONG:
		return on_reduce(
		    l, m, exch_le32(m->p + EXCH_PITCHBIN_TAKEN), d);
	case EXCH_PITCHBIN_REDUCE_SHORT:
		return on_reduce(
		    l, m, exch_le16(m->p + EXCH_PITCHBIN_TAKEN), d);
	case EXCH_PITCHBIN_MODIFY_LONG:
		return on_modify(l, m, true, d);
	case EXCH_PITCHBIN_MODIFY_SHORT:
		return on_modify(l, m, false, d);
	case EXCH_PITCHBIN_DELETE:
		return on_delete(l, m, d);
	case EXCH_PITCHBIN_TRADE_LONG:
		return on_trade(l, m, true, 6, d);
	case EXCH_PITCHBIN_TRADE_SHORT:
		return on_trade(l, m, false, 6, d);
	case EXCH_PITCHBIN_TRADE_EXPANDED:
		return on_trade(l, m, true, 8, d);
	case EXCH_PITCHBIN_CLEAR:
		return on_clear(l, m, d);
	default:
		return exch_pitchbin_rare(l, m, d);
	}
}

/* It has told no second yet: the last that another did has to do. */
static __attribute__((noinline)) int
borrow_second(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, struct exch_diag *d)
{
	char text[120];

	l->second = l->x->second;
	if (l->untimed)
		return EXCH_OK;
	l->untimed = true;
	snprintf(text, sizeof(text),
	    "unit %u has told no second yet: until it does, times of its "
	    "messages are not right",
	    l->unit);
	return trouble(l, m, text, d);
}

/* Messages with a time behind their type. */
static int
timed(struct exch_pitchbin_line *l, struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	if (__builtin_expect(!l->timed, 0)) {
		int err = borrow_second(l, m, d);

		if (err != 0)
			return err;
	}
	if (exch_le32(m->p + EXCH_PITCHBIN_OFFSET) >= EXCH_SEC)
		return BAD("its time is beyond the second");
	m->t = l->second + exch_le32(m->p + EXCH_PITCHBIN_OFFSET);
	if (m->t > l->now)
		l->now = m->t;
	return dispatch(l, m, d);
}

static inline int
message(void *arg, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_pitchbin_line *l = arg;
	struct exch_pitchbin_message here = {p, n, l->now, at}, *m = &here;
	struct exch_feed_stats *st = l->x->st;

	st->messages++;
	if (__builtin_expect(n == 0, 0))
		return BAD("it has no type");
	st->by_code[p[0]]++;
	if (__builtin_expect(lengths[p[0]] == 0, 0)) {
		st->messages_unknown++;
		return 0;
	}
	if (__builtin_expect(n + 1 < lengths[p[0]], 0))
		return BAD("shorter than its type");
	if (p[0] == EXCH_PITCHBIN_TIME)
		return on_time(l, m, d);
	if (p[0] == EXCH_PITCHBIN_MAPPING)
		return exch_pitchbin_rare(l, m, d);
	return timed(l, m, d);
}

int
exch_pitchbin_blocks(struct exch_pitchbin_line *l, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	l->x->from = b->p;
	l->x->captured = b->captured;
	return exch_blocks_each(b, EXCH_LENGTH_BYTE, message, l, at, d);
}

int
exch_pitchbin_gap(struct exch_pitchbin_line *l, const char *session,
    uint64_t first, uint64_t count, exch_ts captured, struct exch_diag *d)
{
	struct exch_rec_gap r = {
	    .h = {.type = EXCH_REC_GAP, .len8 = sizeof(r) / 8, .time = l->now},
	    .first = first,
	    .count = count,
	};

	memcpy(r.session, session, strlen(session));
	l->x->captured = captured;
	return exch_pitchbin_emit(l->x, &r.h, d);
}

bool
exch_pitchbin_later(
    const struct exch_pitchbin_line *l, const unsigned char *p, size_t n)
{
	return l->timed && n + 1 >= lengths[EXCH_PITCHBIN_TIME] &&
	       p[0] == EXCH_PITCHBIN_TIME && exch_le32(p + 1) < DAY &&
	       l->x->midnight + exch_le32(p + 1) * EXCH_SEC > l->second;
}

int
exch_pitchbin_again(struct exch_pitchbin_line *l, const unsigned char *p,
    size_t n, struct exch_diag *d)
{
	bool later = exch_pitchbin_later(l, p, n);

	l->over = false;
	l->anew = true;
	return forget(l,
	    later ? l->x->midnight + exch_le32(p + 1) * EXCH_SEC : l->now, d);
}

bool
exch_pitchbin_over(const struct exch_pitchbin_line *l)
{
	return l->over;
}
