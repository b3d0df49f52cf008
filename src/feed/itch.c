/*
 * Nasdaq TotalView-ITCH 5.0: one message in, its records out.  All 23
 * types are understood; longer messages of known types are read by their
 * known part, shorter ones and senseless values are trouble, unknown types
 * are counted.  Where messages come from is the callers' (mold.c,
 * itchfile.c); what orders they stand for is src/replay's.
 *
 * Instruments.  The stock locate is the instrument id.  A stock directory
 * message announces it; captures that begin during the day lack those, so
 * the first message that names a stock announces it too, and before that a
 * message without a name makes do with the symbol `#LOCATE`, which is
 * announced again as soon as the name is known.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/time.h"
#include "feed/itch.h"

const unsigned char exch_itch_len[256] = {
    ['S'] = 12,
    ['R'] = 39,
    ['H'] = 25,
    ['Y'] = 20,
    ['L'] = 26,
    ['V'] = 35,
    ['W'] = 12,
    ['K'] = 28,
    ['J'] = 35,
    ['h'] = 21,
    ['A'] = 36,
    ['F'] = 40,
    ['E'] = 31,
    ['C'] = 36,
    ['X'] = 23,
    ['D'] = 19,
    ['U'] = 35,
    ['P'] = 44,
    ['Q'] = 40,
    ['B'] = 19,
    ['I'] = 50,
    ['N'] = 20,
    ['O'] = 48,
};

#define LOCATES 65536

/* Symbols that came with locate 0, by open addressing. */
struct symbol {
	uint64_t stock; /* eight characters, as on the wire */
	uint32_t id;	/* 0: free */
};

struct exch_itch {
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	exch_ts midnight;
	exch_ts now;
	exch_px tick;
	uint8_t px_decimals;
	bool capture_time;
	exch_ts captured;
	bool mapped; /* ids are never the locates */
	struct exch_itch_ids *ids;
	struct exch_itch_ids own_ids;
	struct symbol *symbols;
	size_t nsymbols;
	size_t symbols_cap; /* a power of two, or 0 */
	/*
	 * Per locate: 0 never seen, else the instrument id, with NAMED once
	 * its symbol is known.
	 */
	uint32_t instr[LOCATES];
};

#define NAMED (UINT32_C(1) << 31)
#define ID_MASK (NAMED - 1)

/* Price(4) to 10^-9. */
static inline exch_px
price4(const unsigned char *p)
{
	return (exch_px)exch_be32(p) * 100000;
}

/* Price(4) where 0 means that there is none. */
static exch_px
price4_or_none(const unsigned char *p)
{
	exch_px px = price4(p);

	return px != 0 ? px : EXCH_PX_NONE;
}

static uint8_t
tick_decimals(exch_px tick)
{
	uint8_t n = 9;

	while (n > 0 && tick % 10 == 0) {
		tick /= 10;
		n--;
	}
	return n;
}

int
exch_itch_new(const struct exch_feed_opts *o, const struct exch_feed_sink *sink,
    struct exch_feed_stats *st, struct exch_itch **out, struct exch_diag *d)
{
	struct exch_itch *it;

	*out = NULL;
	if (o->date == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "ITCH tells the time of day but no date: add --date "
		    "YYYY-MM-DD");
	if (o->tz == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "ITCH tells local time but no zone: add --tz "
		    "America/New_York, or the venue's");
	it = exch_calloc(1, sizeof(*it));
	if (it == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for the ITCH decoder");
	it->sink = sink;
	it->st = st;
	/*
	 * Counted back from noon, so that trading hours are right on a day
	 * on which the clocks change in the night.
	 */
	it->midnight = exch_tz_local(o->tz, o->date, 12 * 3600 * EXCH_SEC) -
		       12 * 3600 * EXCH_SEC;
	it->now = it->midnight;
	it->tick = o->tick > 0 ? o->tick : EXCH_PX_ONE / 10000;
	it->px_decimals = tick_decimals(it->tick);
	it->capture_time = o->capture_time;
	it->captured = EXCH_TS_NONE;
	it->ids = &it->own_ids;
	*out = it;
	return 0;
}

void
exch_itch_free(struct exch_itch *it)
{
	if (it == NULL)
		return;
	exch_free(it->symbols);
	exch_free(it);
}

void
exch_itch_share(struct exch_itch *it, struct exch_itch_ids *ids, bool mapped)
{
	it->ids = ids;
	it->mapped = mapped;
}

void
exch_itch_captured(struct exch_itch *it, exch_ts t)
{
	it->captured = t;
}

exch_ts
exch_itch_peek(const struct exch_itch *it, const unsigned char *p, size_t n)
{
	return n >= 11 ? it->midnight + exch_be48(p + 5) : 0;
}

exch_ts
exch_itch_now(const struct exch_itch *it)
{
	return it->now;
}

/* With --capture-time: the record again, longer by an extension entry. */
static int
emit_captured(
    struct exch_itch *it, const struct exch_rec *r, struct exch_diag *d)
{
	union {
		struct exch_rec h;
		uint64_t bytes[(EXCH_ITCH_TEXT + 512) / 8];
		unsigned char raw[EXCH_ITCH_TEXT + 512];
	} u;
	struct exch_ext x = {
	    .tag = EXCH_EXT_CAPTURE_TIME, .value = it->captured};
	size_t n = exch_rec_len(r);

	memcpy(u.raw, r, n);
	memcpy(u.raw + n, &x, sizeof(x));
	u.h.flags |= EXCH_F_EXT;
	if (u.h.len8 != 0)
		u.h.len8 = (uint8_t)((n + sizeof(x)) / 8);
	else
		u.bytes[2] = n + sizeof(x);
	return it->sink->record(it->sink->arg, &u.h, d);
}

static inline int
emit(struct exch_itch *it, const struct exch_rec *r, struct exch_diag *d)
{
	if (__builtin_expect(it->capture_time, 0) &&
	    it->captured != EXCH_TS_NONE)
		return emit_captured(it, r, d);
	return it->sink->record(it->sink->arg, r, d);
}

/* The header of a record of type T. */
#define HEAD(kind, T, id, t)                                                   \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8, .instr = (id),   \
		.time = (t)                                                    \
	}

static int
bad(struct exch_itch *it, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, const char *what, struct exch_diag *d)
{
	char text[160];
	unsigned char c = n > 0 ? p[0] : 0;

	it->st->messages_bad++;
	if (n == 0)
		snprintf(text, sizeof(text), "ITCH message of no bytes");
	else if (c > ' ' && c < 0x7f)
		snprintf(text, sizeof(text), "ITCH message %c of %zu bytes: %s",
		    c, n, what);
	else
		snprintf(text, sizeof(text),
		    "ITCH message 0x%02x of %zu bytes: %s", c, n, what);
	return it->sink->trouble(it->sink->arg, at, text, d);
}

/* ---- instruments ---- */

/* Eight characters of a stock; bytes that are no text become `?`. */
static size_t
stock_text(const unsigned char *p, char out[24])
{
	size_t n = 8;

	memset(out, 0, 24);
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	return n;
}

static int
announce(struct exch_itch *it, uint32_t id, const char symbol[24], uint8_t kind,
    exch_ts t, struct exch_diag *d)
{
	struct exch_rec_instrument r = {
	    .h = HEAD(EXCH_REC_INSTRUMENT, exch_rec_instrument, id, t),
	    .kind = kind,
	    .px_decimals = it->px_decimals,
	    .tick = it->tick,
	    .lot = 1, /* round lots do not bind: odd lots are displayed */
	    .min_qty = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE,
	};

	memcpy(r.symbol, symbol, sizeof(r.symbol));
	return emit(it, &r.h, d);
}

/* An id that is no locate; 0 when they are used up. */
static uint32_t
fresh_id(struct exch_itch *it)
{
	struct exch_itch_ids *ids = it->ids;

	if (ids->next < LOCATES)
		ids->next = LOCATES;
	if (ids->next > EXCH_INSTR_MAX)
		return 0;
	return ids->next++;
}

static struct symbol *
symbol_slot(struct symbol *table, size_t cap, uint64_t stock)
{
	size_t i = (size_t)(stock * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	for (;; i++) {
		struct symbol *s = &table[i & (cap - 1)];

		if (s->id == 0 || s->stock == stock)
			return s;
	}
}

static bool
symbols_grow(struct exch_itch *it)
{
	size_t cap = it->symbols_cap != 0 ? it->symbols_cap * 2 : 64;
	struct symbol *t = exch_calloc(cap, sizeof(*t));

	if (t == NULL)
		return false;
	for (size_t i = 0; i < it->symbols_cap; i++) {
		if (it->symbols[i].id != 0)
			*symbol_slot(t, cap, it->symbols[i].stock) =
			    it->symbols[i];
	}
	exch_free(it->symbols);
	it->symbols = t;
	it->symbols_cap = cap;
	return true;
}

/* The id of a stock that came with locate 0; announces a new one. */
static int
by_symbol(struct exch_itch *it, const unsigned char *stock, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	struct symbol *s;
	char text[24];

	if (it->nsymbols * 2 >= it->symbols_cap && !symbols_grow(it))
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for symbols");
	s = symbol_slot(it->symbols, it->symbols_cap, exch_be64(stock));
	if (s->id == 0) {
		uint32_t fresh = fresh_id(it);

		*id = 0;
		if (fresh == 0)
			return 0;
		s->id = fresh;
		s->stock = exch_be64(stock);
		it->nsymbols++;
		stock_text(stock, text);
		*id = fresh;
		return announce(it, fresh, text, EXCH_KIND_EQUITY, t, d);
	}
	*id = s->id;
	return 0;
}

/*
 * First sight of a locate, or of its name.  `stock` is NULL when the
 * message names none.
 */
static int
first_sight(struct exch_itch *it, uint16_t locate, const unsigned char *stock,
    exch_ts t, uint32_t *id, struct exch_diag *d)
{
	uint32_t have = it->instr[locate] & ID_MASK;
	char text[24];
	bool named = stock != NULL && stock_text(stock, text) > 0;

	if (locate == 0 && named)
		return by_symbol(it, stock, t, id, d);
	*id = have;
	if (have != 0 && !named)
		return 0;
	if (have == 0)
		have = !it->mapped && locate != 0 ? locate : fresh_id(it);
	*id = have;
	if (have == 0)
		return 0;
	if (!named) {
		memset(text, 0, sizeof(text));
		snprintf(text, sizeof(text), "#%u", locate);
	}
	it->instr[locate] = have | (named ? NAMED : 0);
	return announce(it, have, text, EXCH_KIND_EQUITY, t, d);
}

/* Instrument of a message that carries its stock. */
static inline int
instr_named(struct exch_itch *it, const unsigned char *p,
    const unsigned char *stock, exch_ts t, uint32_t *id, struct exch_diag *d)
{
	uint16_t locate = exch_be16(p + 1);
	uint32_t v = it->instr[locate];

	*id = v & ID_MASK;
	if (__builtin_expect((v & NAMED) != 0, 1))
		return 0;
	return first_sight(it, locate, stock, t, id, d);
}

/* Instrument of a message that knows its locate only. */
static inline int
instr_plain(struct exch_itch *it, const unsigned char *p, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	uint16_t locate = exch_be16(p + 1);
	uint32_t v = it->instr[locate];

	*id = v & ID_MASK;
	if (__builtin_expect(v != 0, 1))
		return 0;
	return first_sight(it, locate, NULL, t, id, d);
}

/* ---- orders ---- */

#define BAD(text) bad(it, p, n, at, text, d)

static inline int
on_add(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_add r;
	uint32_t id;
	int err = instr_named(it, p, p + 24, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = (struct exch_rec_book_add){
	    .h = HEAD(EXCH_REC_BOOK_ADD, exch_rec_book_add, id, t),
	    .order = exch_be64(p + 11),
	    .price = price4(p + 32),
	    .qty = exch_be32(p + 20),
	    .side = p[19] == 'B' ? EXCH_BUY : EXCH_SELL,
	};
	if (__builtin_expect(p[19] != 'B' && p[19] != 'S', 0))
		return BAD("side is neither B nor S");
	if (__builtin_expect(r.qty == 0, 0))
		return BAD("no shares");
	if (p[0] == 'F') {
		memcpy(r.mpid, p + 36, 4);
		for (int i = 3; i >= 0 && r.mpid[i] == ' '; i--)
			r.mpid[i] = 0;
	}
	return emit(it, &r.h, d);
}

static inline int
on_exec(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_exec r;
	uint32_t id;
	int err = instr_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = (struct exch_rec_book_exec){
	    .h = HEAD(EXCH_REC_BOOK_EXEC, exch_rec_book_exec, id, t),
	    .order = exch_be64(p + 11),
	    .qty = exch_be32(p + 19),
	    .match = exch_be64(p + 23),
	    .price = EXCH_PX_NONE,
	    .printable = 1,
	};
	if (p[0] == 'C') {
		if (p[31] != 'Y' && p[31] != 'N')
			return BAD("printable is neither Y nor N");
		r.price = price4(p + 32);
		r.printable = p[31] == 'Y';
	}
	if (__builtin_expect(r.qty == 0, 0))
		return BAD("no shares");
	return emit(it, &r.h, d);
}

static inline int
on_reduce(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_reduce r;
	uint32_t id;
	int err = instr_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = (struct exch_rec_book_reduce){
	    .h = HEAD(EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, id, t),
	    .order = exch_be64(p + 11),
	    .qty = exch_be32(p + 19),
	};
	if (__builtin_expect(r.qty == 0, 0))
		return BAD("no shares");
	return emit(it, &r.h, d);
}

static inline int
on_delete(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_delete r;
	uint32_t id;
	int err = instr_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = (struct exch_rec_book_delete){
	    .h = HEAD(EXCH_REC_BOOK_DELETE, exch_rec_book_delete, id, t),
	    .order = exch_be64(p + 11),
	};
	return emit(it, &r.h, d);
}

static inline int
on_replace(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_replace r;
	uint32_t id;
	int err = instr_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = (struct exch_rec_book_replace){
	    .h = HEAD(EXCH_REC_BOOK_REPLACE, exch_rec_book_replace, id, t),
	    .order = exch_be64(p + 11),
	    .new_order = exch_be64(p + 19),
	    .price = price4(p + 31),
	    .qty = exch_be32(p + 27),
	};
	if (__builtin_expect(r.qty == 0, 0))
		return BAD("no shares");
	return emit(it, &r.h, d);
}

/* ---- trades and auctions ---- */

static uint8_t
cross_of(unsigned char c)
{
	switch (c) {
	case 'O':
		return EXCH_CROSS_OPEN;
	case 'C':
		return EXCH_CROSS_CLOSE;
	case 'H':
		return EXCH_CROSS_HALT;
	case 'I':
		return EXCH_CROSS_INTRADAY;
	case 'A':
		return EXCH_CROSS_EXTENDED;
	default:
		return EXCH_CROSS_NONE;
	}
}

/*
 * P: a hidden order was executed.  Since 2014 the side is always B and the
 * reference 0: then it says nothing about the resting side.
 */
static int
on_hidden(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_print r;
	uint32_t id;
	int err = instr_named(it, p, p + 24, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_book_print){
	    .h = HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, id, t),
	    .match = exch_be64(p + 36),
	    .price = price4(p + 32),
	    .qty = exch_be32(p + 20),
	    .order = exch_be64(p + 11),
	    .kind = EXCH_PRINT_HIDDEN,
	};
	if (p[19] == 'S')
		r.side = EXCH_SELL;
	else if (p[19] != 'B')
		return BAD("side is neither B nor S");
	else if (r.order != 0)
		r.side = EXCH_BUY;
	if (r.qty == 0)
		return BAD("no shares");
	return emit(it, &r.h, d);
}

/* Q: the bulk print of an auction; of no shares when nothing traded. */
static int
on_cross(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_print r;
	uint32_t id;
	int err = instr_named(it, p, p + 19, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_book_print){
	    .h = HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, id, t),
	    .match = exch_be64(p + 31),
	    .price = price4(p + 27),
	    .qty = exch_be64(p + 11),
	    .kind = EXCH_PRINT_CROSS,
	    .cross = cross_of(p[39]),
	};
	return emit(it, &r.h, d);
}

static int
on_broken(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_bust r;
	uint32_t id;
	int err = instr_plain(it, p, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_bust){
	    .h = HEAD(EXCH_REC_BUST, exch_rec_bust, id, t),
	    .match = exch_be64(p + 11),
	};
	return emit(it, &r.h, d);
}

/* I: the net order imbalance indicator. */
static int
on_imbalance(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_auction r;
	uint32_t id;
	int err = instr_named(it, p, p + 28, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_auction){
	    .h = HEAD(EXCH_REC_AUCTION, exch_rec_auction, id, t),
	    .price = price4_or_none(p + 40),
	    .paired = exch_be64(p + 11),
	    .imbalance = exch_be64(p + 19),
	    .reference = price4_or_none(p + 44),
	    .far = price4_or_none(p + 36),
	    .side = p[27] == 'B'   ? EXCH_BUY
		    : p[27] == 'S' ? EXCH_SELL
				   : EXCH_SIDE_NONE,
	    .cross = cross_of(p[48]),
	    .variation = p[49] != ' ' ? p[49] : 0,
	};
	return emit(it, &r.h, d);
}

/* ---- state of the market ---- */

static int
phase(struct exch_itch *it, uint32_t id, uint8_t to,
    const unsigned char *reason, exch_ts t, struct exch_diag *d)
{
	struct exch_rec_phase r = {
	    .h = HEAD(EXCH_REC_PHASE, exch_rec_phase, id, t),
	    .phase = to,
	    .reference = EXCH_PX_NONE,
	};

	if (reason != NULL) {
		for (int i = 0; i < 4 && reason[i] > ' '; i++)
			r.reason[i] = reason[i] < 0x7f ? (char)reason[i] : '?';
	}
	return emit(it, &r.h, d);
}

static int
notice(struct exch_itch *it, uint32_t id, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[EXCH_ITCH_TEXT + 8];
	} u = {.r = {.h = {.type = EXCH_REC_NOTICE, .instr = id, .time = t}}};
	size_t n = exch_itch_words(p, u.text);

	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + ((n + 7) & ~(size_t)7);
	return emit(it, &u.r.h, d);
}

/*
 * S: trading goes on from the start of system hours to their end; the
 * market hours inside change no rule of the book and stay notices.
 */
static int
on_system(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	int err = notice(it, 0, p, t, d);

	if (err != 0)
		return err;
	switch (p[11]) {
	case 'S':
	case 'Q':
		return phase(it, 0, EXCH_PHASE_CONTINUOUS, NULL, t, d);
	case 'E':
		return phase(it, 0, EXCH_PHASE_CLOSED, NULL, t, d);
	default:
		return 0;
	}
}

/* H: the trading state of one stock. */
static int
on_action(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	uint32_t id;
	int err = instr_named(it, p, p + 11, t, &id, d);

	if (err != 0)
		return err;
	switch (p[19]) {
	case 'T':
		return phase(it, id, EXCH_PHASE_CONTINUOUS, p + 21, t, d);
	case 'H':
	case 'P':
		return phase(it, id, EXCH_PHASE_HALT, p + 21, t, d);
	case 'Q':
		return phase(it, id, EXCH_PHASE_PRE_OPEN, p + 21, t, d);
	default:
		return BAD("trading state is not one of T H P Q");
	}
}

/* R: announces an instrument again, whatever was known of it. */
static int
on_directory(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	uint16_t locate = exch_be16(p + 1);
	uint32_t id;
	char text[24];
	int err;

	if (locate == 0 || stock_text(p + 11, text) == 0) {
		err = first_sight(it, locate, p + 11, t, &id, d);
	} else {
		id = it->instr[locate] & ID_MASK;
		if (id == 0)
			id = !it->mapped ? locate : fresh_id(it);
		if (id == 0)
			return 0;
		it->instr[locate] = id | NAMED;
		err = announce(it, id, text,
		    p[33] == 'Y' ? EXCH_KIND_ETF : EXCH_KIND_EQUITY, t, d);
	}
	return err != 0 ? err : notice(it, id, p, t, d);
}

/* Messages about one stock that become words only. */
static int
on_words(struct exch_itch *it, const unsigned char *p,
    const unsigned char *stock, exch_ts t, struct exch_diag *d)
{
	uint32_t id;
	int err = instr_named(it, p, stock, t, &id, d);

	return err != 0 ? err : notice(it, id, p, t, d);
}

static int
rare(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	switch (p[0]) {
	case 'P':
		return on_hidden(it, p, n, t, at, d);
	case 'Q':
		return on_cross(it, p, t, d);
	case 'B':
		return on_broken(it, p, t, d);
	case 'I':
		return on_imbalance(it, p, t, d);
	case 'S':
		return on_system(it, p, t, d);
	case 'H':
		return on_action(it, p, n, t, at, d);
	case 'R':
		return on_directory(it, p, t, d);
	case 'V':
	case 'W':
		return notice(it, 0, p, t, d);
	case 'L':
		return on_words(it, p, p + 15, t, d);
	default: /* Y K J h N O */
		return on_words(it, p, p + 11, t, d);
	}
}

int
exch_itch_message(struct exch_itch *it, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_feed_stats *st = it->st;
	size_t need;
	exch_ts t;

	st->messages++;
	if (n == 0)
		return BAD("empty");
	need = exch_itch_len[p[0]];
	st->by_type[p[0]]++;
	if (__builtin_expect(need == 0, 0)) {
		st->messages_unknown++;
		return 0;
	}
	if (__builtin_expect(n < need, 0))
		return BAD("shorter than its type");
	t = it->midnight + exch_be48(p + 5);
	it->now = t;
	switch (p[0]) {
	case 'A':
	case 'F':
		return on_add(it, p, n, t, at, d);
	case 'D':
		return on_delete(it, p, t, d);
	case 'U':
		return on_replace(it, p, n, t, at, d);
	case 'E':
	case 'C':
		return on_exec(it, p, n, t, at, d);
	case 'X':
		return on_reduce(it, p, n, t, at, d);
	default:
		return rare(it, p, n, t, at, d);
	}
}

int
exch_itch_gap(struct exch_itch *it, const char session[10], uint64_t first,
    uint64_t count, struct exch_diag *d)
{
	struct exch_rec_gap r = {
	    .h = HEAD(EXCH_REC_GAP, exch_rec_gap, 0, it->now),
	    .first = first,
	    .count = count,
	};
	size_t n = 10;

	while (n > 0 && session[n - 1] == ' ')
		n--;
	memcpy(r.session, session, n);
	return emit(it, &r.h, d);
}
