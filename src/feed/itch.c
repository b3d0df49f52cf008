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

#include <stdio.h>

#include "base/alloc.h"
#include "base/time.h"
#include "feed/itch_priv.h"

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
exch_itch_new(const struct exch_feed_opts *o, struct exch_run *run,
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
	it->run = run;
	it->st = st;
	/*
	 * Counted back from noon, so that trading hours are right on a day
	 * on which the clocks change in the night.
	 */
	it->midnight = exch_tz_local(o->tz, o->date, EXCH_SEC * 3600 * 12) -
		       EXCH_SEC * 3600 * 12;
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

_Static_assert(sizeof(struct exch_rec_notice) + EXCH_SENTENCE_TEXT + 8 +
		       sizeof(struct exch_ext) <=
		   EXCH_RUN_RECORD,
    "the longest notice is made in a run");

int
exch_itch_bad(struct exch_itch *it, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, const char *what, struct exch_diag *d)
{
	struct exch_feed_at here = *at;
	char text[160];
	unsigned char c = n > 0 ? p[0] : 0;

	here.offset += (uint64_t)(p - it->from);
	it->st->messages_bad++;
	if (n == 0)
		snprintf(text, sizeof(text), "ITCH message of no bytes");
	else if (c > ' ' && c < 0x7f)
		snprintf(text, sizeof(text), "ITCH message %c of %zu bytes: %s",
		    c, n, what);
	else
		snprintf(text, sizeof(text),
		    "ITCH message 0x%02x of %zu bytes: %s", c, n, what);
	return exch_run_trouble(it->run, &here, text, d);
}

/* ---- orders ---- */

#define BAD(text) exch_itch_bad(it, p, n, at, text, d)

/* Times are counted from midnight. */
#define DAY (EXCH_SEC * 86400)

/* The first eight bytes of a record of type T are one store. */
#define HEAD(r, kind, T, id, t)                                                \
	do {                                                                   \
		uint64_t word_ =                                               \
		    (uint64_t)(id) << 32 | sizeof(struct T) / 8 << 8 | (kind); \
                                                                               \
		memcpy((r), &word_, sizeof(word_));                            \
		(r)->h.time = (t);                                             \
	} while (0)

/* An attribution: its blanks become NULs. */
static void
take_mpid(char mpid[4], const unsigned char *p)
{
	memcpy(mpid, p, 4);
	for (int i = 3; i >= 0 && mpid[i] == ' '; i--)
		mpid[i] = 0;
}

static inline __attribute__((always_inline)) int
on_add(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_add *r;
	uint32_t id;
	int err = exch_itch_named(it, p, p + 24, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = exch_run_room(it->run);
	HEAD(r, EXCH_REC_BOOK_ADD, exch_rec_book_add, id, t);
	r->order = exch_be64(p + 11);
	r->price = exch_itch_px4(p + 32);
	r->qty = exch_be32(p + 20);
	memset(&r->side, 0, 8); /* to the end */
	r->side = p[19] == 'B' ? EXCH_BUY : EXCH_SELL;
	/* One branch that is never taken, and none for the side. */
	if (__builtin_expect(((p[19] == 'B') | (p[19] == 'S')) == 0, 0))
		return BAD("side is neither B nor S");
	if (__builtin_expect(r->qty == 0, 0))
		return BAD("no shares");
	if (p[0] == 'F')
		take_mpid(r->mpid, p + 36);
	return exch_itch_put(it, sizeof(*r), d);
}

static inline __attribute__((always_inline)) int
on_exec(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_exec *r;
	uint32_t id;
	int err = exch_itch_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = exch_run_room(it->run);
	HEAD(r, EXCH_REC_BOOK_EXEC, exch_rec_book_exec, id, t);
	r->order = exch_be64(p + 11);
	r->qty = exch_be32(p + 19);
	r->match = exch_be64(p + 23);
	r->price = EXCH_PX_NONE;
	memset(&r->printable, 0, 8); /* to the end */
	r->printable = 1;
	if (p[0] == 'C') {
		if (p[31] != 'Y' && p[31] != 'N')
			return BAD("printable is neither Y nor N");
		r->price = exch_itch_px4(p + 32);
		r->printable = p[31] == 'Y';
	}
	if (__builtin_expect(r->qty == 0, 0))
		return BAD("no shares");
	return exch_itch_put(it, sizeof(*r), d);
}

static inline __attribute__((always_inline)) int
on_reduce(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_reduce *r;
	uint32_t id;
	int err = exch_itch_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = exch_run_room(it->run);
	HEAD(r, EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, id, t);
	r->order = exch_be64(p + 11);
	r->qty = exch_be32(p + 19);
	if (__builtin_expect(r->qty == 0, 0))
		return BAD("no shares");
	return exch_itch_put(it, sizeof(*r), d);
}

static inline __attribute__((always_inline)) int
on_delete(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_delete *r;
	uint32_t id;
	int err = exch_itch_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = exch_run_room(it->run);
	HEAD(r, EXCH_REC_BOOK_DELETE, exch_rec_book_delete, id, t);
	r->order = exch_be64(p + 11);
	return exch_itch_put(it, sizeof(*r), d);
}

static inline __attribute__((always_inline)) int
on_replace(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_replace *r;
	uint32_t id;
	int err = exch_itch_plain(it, p, t, &id, d);

	if (__builtin_expect(err != 0, 0))
		return err;
	r = exch_run_room(it->run);
	HEAD(r, EXCH_REC_BOOK_REPLACE, exch_rec_book_replace, id, t);
	r->order = exch_be64(p + 11);
	r->new_order = exch_be64(p + 19);
	r->price = exch_itch_px4(p + 31);
	r->qty = exch_be32(p + 27);
	if (__builtin_expect(r->qty == 0, 0))
		return BAD("no shares");
	return exch_itch_put(it, sizeof(*r), d);
}

static inline __attribute__((always_inline)) int
message(void *arg, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_itch *it = arg;
	struct exch_feed_stats *st = it->st;
	size_t need;
	exch_ts t;

	st->messages++;
	if (__builtin_expect(n == 0, 0))
		return BAD("empty");
	need = exch_itch_len[p[0]];
	st->by_type[p[0]]++;
	if (__builtin_expect(need == 0, 0)) {
		st->messages_unknown++;
		return 0;
	}
	if (__builtin_expect(n < need, 0))
		return BAD("shorter than its type");
	/* Taken at its word, it would be the time of all that follows. */
	t = exch_be64(p + 3) & UINT64_C(0xffffffffffff);
	if (__builtin_expect(t >= DAY, 0))
		return BAD("time is beyond the end of the day");
	t += it->midnight;
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
		return exch_itch_rare(it, p, n, t, at, d);
	}
}

int
exch_itch_message(struct exch_itch *it, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	it->from = p;
	return message(it, p, n, at, d);
}

int
exch_itch_blocks(struct exch_itch *it, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	it->from = b->p;
	it->captured = b->captured;
	return exch_blocks_each(b, EXCH_LENGTH_BE16, message, it, at, d);
}

int
exch_itch_gap(struct exch_itch *it, const char *session, uint64_t first,
    uint64_t count, struct exch_diag *d)
{
	struct exch_rec_gap r = {
	    .h = EXCH_ITCH_HEAD(EXCH_REC_GAP, exch_rec_gap, 0, it->now),
	    .first = first,
	    .count = count,
	};

	memcpy(r.session, session, strlen(session));
	return exch_itch_emit(it, &r.h, d);
}
