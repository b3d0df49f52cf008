/*
 * Hand-made market data into src/replay and its commands back as short
 * lines, so that a test reads like a page of a venue's log.  Prices are in
 * ticks of 0.01, times in whole numbers; instrument 1 unless said.
 */
#ifndef EXCH_TESTS_REPLAY_KIT_H
#define EXCH_TESTS_REPLAY_KIT_H

#include <stdarg.h>

#include "rec/stream.h"
#include "replay/replay.h"
#include "tap.h"

#define KIT_TICK INT64_C(10000000)

struct kit {
	struct exch_out *mem;
	struct exch_writer *w;
	struct exch_replay *r;
	struct exch_diag d;
	uint32_t instr;
	exch_ts now;
	struct exch_replay_stats st;
	char text[16384];
	size_t n;
};

static inline void
kit_feed(struct kit *k, void *rec, uint8_t type, size_t size)
{
	struct exch_rec *h = rec;

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	h->instr = k->instr;
	h->time = k->now;
	if (exch_replay_take(k->r, h, &k->d) != EXCH_OK)
		tap_ok(false, k->d.text);
}

static inline void
kit_instrument(struct kit *k, uint32_t instr)
{
	struct exch_rec_instrument i = {.symbol = "ABC",
	    .tick = KIT_TICK,
	    .lot = 1,
	    .min_qty = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = 1000000000,
	    .px_decimals = 2};
	uint32_t was = k->instr;

	k->instr = instr;
	kit_feed(k, &i, EXCH_REC_INSTRUMENT, sizeof(i));
	k->instr = was;
}

static inline void
kit_open(struct kit *k, bool expect)
{
	struct exch_writer_opts wo = {
	    .format = EXCH_FMT_BIN, .tool = "test", .options = ""};
	struct exch_replay_opts ro = {
	    .expect = expect, .by_id = true, .orders = 16};

	memset(k, 0, sizeof(*k));
	k->instr = 1;
	if (exch_out_mem(&k->mem) != EXCH_OK ||
	    exch_writer_open(k->mem, &wo, &k->w, &k->d) != EXCH_OK ||
	    exch_replay_new(&ro, k->w, &k->r, &k->d) != EXCH_OK)
		tap_ok(false, "kit opens");
	kit_instrument(k, 1);
}

static inline void
kit_at(struct kit *k, exch_ts now)
{
	k->now = now;
}

static inline void
kit_add(struct kit *k, exch_oid id, uint8_t side, int64_t px, exch_qty qty)
{
	struct exch_rec_book_add a = {
	    .order = id, .price = px * KIT_TICK, .qty = qty, .side = side};

	kit_feed(k, &a, EXCH_REC_BOOK_ADD, sizeof(a));
}

static inline void
kit_exec(struct kit *k, exch_oid id, exch_qty qty, uint64_t match)
{
	struct exch_rec_book_exec x = {.order = id,
	    .qty = qty,
	    .match = match,
	    .price = EXCH_PX_NONE,
	    .printable = 1};

	kit_feed(k, &x, EXCH_REC_BOOK_EXEC, sizeof(x));
}

/* ITCH C: at a price of its own, printable or not. */
static inline void
kit_exec_at(struct kit *k, exch_oid id, exch_qty qty, uint64_t match,
    int64_t px, bool printable)
{
	struct exch_rec_book_exec x = {.order = id,
	    .qty = qty,
	    .match = match,
	    .price = px * KIT_TICK,
	    .printable = printable};

	kit_feed(k, &x, EXCH_REC_BOOK_EXEC, sizeof(x));
}

static inline void
kit_reduce(struct kit *k, exch_oid id, exch_qty qty)
{
	struct exch_rec_book_reduce x = {.order = id, .qty = qty};

	kit_feed(k, &x, EXCH_REC_BOOK_REDUCE, sizeof(x));
}

static inline void
kit_delete(struct kit *k, exch_oid id)
{
	struct exch_rec_book_delete x = {.order = id};

	kit_feed(k, &x, EXCH_REC_BOOK_DELETE, sizeof(x));
}

static inline void
kit_replace(
    struct kit *k, exch_oid id, exch_oid new_id, int64_t px, exch_qty qty)
{
	struct exch_rec_book_replace u = {.order = id,
	    .new_order = new_id,
	    .price = px * KIT_TICK,
	    .qty = qty};

	kit_feed(k, &u, EXCH_REC_BOOK_REPLACE, sizeof(u));
}

static inline void
kit_print(struct kit *k, uint8_t kind, uint8_t side, int64_t px, exch_qty qty,
    uint64_t match)
{
	struct exch_rec_book_print p = {.match = match,
	    .price = px * KIT_TICK,
	    .qty = qty,
	    .side = side,
	    .kind = kind,
	    .cross = kind == EXCH_PRINT_CROSS ? EXCH_CROSS_OPEN : 0};

	kit_feed(k, &p, EXCH_REC_BOOK_PRINT, sizeof(p));
}

static inline void
kit_phase(struct kit *k, uint32_t instr, uint8_t phase)
{
	struct exch_rec_phase p = {.phase = phase, .reference = EXCH_PX_NONE};
	uint32_t was = k->instr;

	k->instr = instr;
	kit_feed(k, &p, EXCH_REC_PHASE, sizeof(p));
	k->instr = was;
}

/* ---- what came out ---- */

__attribute__((format(printf, 2, 3))) static inline void
kit_say(struct kit *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	k->n +=
	    (size_t)vsnprintf(k->text + k->n, sizeof(k->text) - k->n, fmt, ap);
	va_end(ap);
	if (k->n >= sizeof(k->text))
		k->n = sizeof(k->text) - 1;
}

static inline const char *
kit_side(uint8_t side)
{
	return side == EXCH_BUY ? "buy" : side == EXCH_SELL ? "sell" : "none";
}

/* Ids given by replay are shown as a1, a2 ... */
static inline void
kit_oid(struct kit *k, exch_oid id)
{
	if ((id & EXCH_OID_SYNTHETIC) != 0)
		kit_say(k, " a%" PRIu64, id ^ EXCH_OID_SYNTHETIC);
	else
		kit_say(k, " %" PRIu64, id);
}

static inline void
kit_flags(struct kit *k, const struct exch_rec *h)
{
	if (h->instr > 1)
		kit_say(k, " #%u", h->instr);
	if ((h->flags & EXCH_F_SYNTHETIC) != 0)
		kit_say(k, " synthetic");
	if ((h->flags & EXCH_F_IMPOSED) != 0)
		kit_say(k, " imposed");
	kit_say(k, "\n");
}

static inline void
kit_command(struct kit *k, const struct exch_rec *h)
{
	const void *p = h;
	const struct exch_rec_new *n = p;
	const struct exch_rec_cancel *c = p;
	const struct exch_rec_replace *u = p;
	const struct exch_ext *e;

	if (h->type == EXCH_REC_NEW) {
		kit_say(k, "new");
		kit_oid(k, n->order);
		kit_say(k, " %s %" PRId64 "x%" PRIu64 " %s%s",
		    kit_side(n->side), n->price / KIT_TICK, n->qty,
		    n->tif == EXCH_TIF_IOC ? "ioc" : "day",
		    (n->ordflags & EXCH_ORD_BY_ID) != 0 ? " by-id" : "");
	} else if (h->type == EXCH_REC_CANCEL) {
		kit_say(k, "cancel %" PRIu64, c->order);
		if (c->qty != EXCH_QTY_NONE)
			kit_say(k, " x%" PRIu64, c->qty);
		e = exch_rec_ext(h, sizeof(*c), EXCH_EXT_CAUSE);
		if (e != NULL)
			kit_say(k, " cause=%u", e->small);
	} else {
		kit_say(k,
		    "replace %" PRIu64 " %" PRIu64 " %" PRId64 "x%" PRIu64 "%s",
		    u->order, u->new_order, u->price / KIT_TICK, u->qty,
		    (u->ordflags & EXCH_ORD_BY_ID) != 0 ? " by-id" : "");
	}
	kit_flags(k, h);
}

static inline void
kit_px(struct kit *k, exch_px px)
{
	if (px == EXCH_PX_NONE)
		kit_say(k, " ?");
	else
		kit_say(k, " %" PRId64, px / KIT_TICK);
}

static inline void
kit_expect(struct kit *k, const struct exch_rec_expect *e)
{
	kit_say(k, "expect %" PRIu64, e->match);
	kit_oid(k, e->buy);
	kit_oid(k, e->sell);
	kit_px(k, e->price);
	kit_say(k, "x%" PRIu64, e->qty);
	if (e->print != e->price)
		kit_px(k, e->print);
	kit_say(k, " %s", kit_side(e->aggressor));
	if (e->cause != 0)
		kit_say(k, " cause=%u", e->cause);
	if (e->group != 0)
		kit_say(k, " g%u", e->group);
	kit_flags(k, &e->h);
}

static inline void
kit_trade(struct kit *k, const struct exch_rec_trade *t)
{
	static const char *const kind[] = {"?", "hidden", "cross", "imposed"};

	kit_say(k, "trade %s %" PRIu64, kind[t->kind & 3], t->match);
	kit_oid(k, t->buy);
	kit_oid(k, t->sell);
	kit_px(k, t->price);
	kit_say(k, "x%" PRIu64 " %s cause=%u", t->qty, kit_side(t->aggressor),
	    t->cause);
	if (t->cross != 0)
		kit_say(k, " cross=%u", t->cross);
	kit_flags(k, &t->h);
}

static inline void
kit_line(struct kit *k, const struct exch_rec *h)
{
	const void *p = h;
	const struct exch_rec_notice *n = p;

	switch (h->type) {
	case EXCH_REC_NEW:
	case EXCH_REC_CANCEL:
	case EXCH_REC_REPLACE:
		kit_command(k, h);
		break;
	case EXCH_REC_EXPECT:
		kit_expect(k, p);
		break;
	case EXCH_REC_TRADE:
		kit_trade(k, p);
		break;
	case EXCH_REC_PHASE:
		kit_say(
		    k, "phase %u", ((const struct exch_rec_phase *)p)->phase);
		kit_flags(k, h);
		break;
	case EXCH_REC_NOTICE:
		kit_say(k, "notice %.*s", (int)n->ntext,
		    (const char *)p + sizeof(*n));
		kit_flags(k, h);
		break;
	case EXCH_REC_INSTRUMENT:
	case EXCH_REC_SOURCE:
	case EXCH_REC_SCHEMA:
		break;
	default:
		kit_say(k, "record %u", h->type);
		kit_flags(k, h);
		break;
	}
}

/* End of input; the lines stand in k->text, the statistics in k->st. */
static inline void
kit_close(struct kit *k)
{
	const struct exch_rec *h;
	struct exch_reader *rd = NULL;
	struct exch_in *in = NULL;
	const unsigned char *p;
	size_t n;

	if (exch_replay_finish(k->r, &k->d) != EXCH_OK ||
	    exch_writer_close(k->w, EXCH_STATUS_COMPLETE, &k->d) != EXCH_OK)
		tap_ok(false, k->d.text);
	p = exch_out_mem_bytes(k->mem, &n);
	if (exch_in_mem(p, n, "mem", &in, &k->d) != EXCH_OK ||
	    exch_reader_open(in, NULL, &rd, &k->d) != EXCH_OK) {
		tap_ok(false, k->d.text);
		return;
	}
	while (exch_reader_next(rd, &h, &k->d) > 0)
		kit_line(k, h);
	k->st = *exch_replay_stats(k->r);
	exch_reader_close(rd);
	exch_in_close(in);
	exch_replay_free(k->r);
	exch_writer_free(k->w);
	exch_out_free(k->mem);
}

/* Close, and compare the lines. */
static inline void
kit_is(struct kit *k, const char *want, const char *what)
{
	kit_close(k);
	tap_is_str(k->text, want, what);
}

#endif
