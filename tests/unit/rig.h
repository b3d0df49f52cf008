/*
 * The engine on a bench: give it one command, get its events as a short
 * line, so that a test of a rule reads like the rule.
 *
 *	ack 7; exec 1 7/3 100@1005 buy; cancelled 7 20 ioc.
 *
 * Prices are in ticks of 0.01, times 1, 2, 3...; the full stop says that
 * the last event, and no other, has the flag LAST.  Events come through a
 * real writer and a real reader.
 */
#ifndef EXCH_TESTS_RIG_H
#define EXCH_TESTS_RIG_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/match.h"
#include "rec/schema.h"
#include "rec/stream.h"
#include "rec/zio.h"

#define RIG_TICK INT64_C(10000000)
#define RIG_NONE INT64_MAX /* no price, in ticks */

struct rig {
	struct exch_out *mem;
	struct exch_writer *w;
	struct exch_match *m;
	struct exch_diag d;
	exch_ts now;
	uint64_t seen; /* records of the output already told */
	int err;       /* of the last command */
	char text[4096];
	size_t n;
};

static inline void rig_say(struct rig *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static inline void
rig_say(struct rig *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->text + r->n, sizeof(r->text) - r->n, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(r->text) - r->n)
		abort();
	r->n += (size_t)n;
}

/* With every option of the engine. */
static inline void
rig_open_opts(struct rig *r, const struct exch_match_opts *o)
{
	struct exch_writer_opts wo = {.tool = "rig", .options = ""};

	memset(r, 0, sizeof(*r));
	if (exch_out_mem(&r->mem) != 0 ||
	    exch_writer_open(r->mem, &wo, &r->w, &r->d) != 0 ||
	    exch_match_new(o, r->w, &r->m, &r->d) != 0) {
		fprintf(stderr, "rig: %s\n", r->d.text);
		exit(99);
	}
}

static inline void
rig_close(struct rig *r)
{
	exch_match_free(r->m);
	exch_writer_free(r->w);
	exch_out_free(r->mem);
}

static inline void
rig_price(struct rig *r, exch_px p)
{
	if (p == EXCH_PX_NONE)
		rig_say(r, "none");
	else if (p % RIG_TICK != 0)
		rig_say(r, "%lldn", (long long)p);
	else
		rig_say(r, "%lld", (long long)(p / RIG_TICK));
}

static inline const char *
rig_word(const struct exch_word *words, uint16_t code)
{
	const char *w = exch_word_of(words, code);

	return w == NULL ? "?" : w;
}

static inline void
rig_tell_exec(struct rig *r, const struct exch_rec_exec *e)
{
	rig_say(r, "exec %llu %llu/%llu %llu@", (unsigned long long)e->match,
	    (unsigned long long)e->buy, (unsigned long long)e->sell,
	    (unsigned long long)e->qty);
	rig_price(r, e->price);
	if (e->aggressor != EXCH_SIDE_NONE)
		rig_say(r, " %s", rig_word(exch_words_side, e->aggressor));
	if (e->cross != EXCH_CROSS_NONE)
		rig_say(r, " %s", rig_word(exch_words_cross, e->cross));
}

static inline void
rig_tell_cancelled(struct rig *r, const struct exch_rec_cancelled *e)
{
	const struct exch_ext *x =
	    exch_rec_ext(&e->h, sizeof(*e), EXCH_EXT_CAUSE);

	rig_say(r, "cancelled %llu %llu %s%s", (unsigned long long)e->order,
	    (unsigned long long)e->qty, rig_word(exch_words_reason, e->reason),
	    e->open ? " open" : "");
	if (x != NULL)
		rig_say(r, " cause=%s",
		    rig_word(exch_words_cause, (uint16_t)x->small));
}

static inline void
rig_tell_auction(struct rig *r, const struct exch_rec_auction *e)
{
	rig_say(r, "auction %s ", rig_word(exch_words_cross, e->cross));
	rig_price(r, e->price);
	rig_say(r, " paired=%llu %s=%llu ref=", (unsigned long long)e->paired,
	    rig_word(exch_words_side, e->side),
	    (unsigned long long)e->imbalance);
	rig_price(r, e->reference);
	if (!e->final || e->far != EXCH_PX_NONE)
		rig_say(r, " ?");
}

static inline void
rig_tell_miss(struct rig *r, const struct exch_rec_miss *e)
{
	rig_say(r, "miss %s %llu/%llu order %llu/%llu qty %llu/%llu price ",
	    rig_word(exch_words_cause, e->cause), (unsigned long long)e->match,
	    (unsigned long long)e->got_match, (unsigned long long)e->resting,
	    (unsigned long long)e->got_resting, (unsigned long long)e->qty,
	    (unsigned long long)e->got_qty);
	rig_price(r, e->price);
	rig_say(r, "/");
	rig_price(r, e->got_price);
}

/* "restated 7 peg 1001 50/20": price, leaves, and the shown part. */
static inline void
rig_tell_restated(struct rig *r, const struct exch_rec_restated *e)
{
	rig_say(r, "restated %llu %s ", (unsigned long long)e->order,
	    rig_word(exch_words_restate, e->reason));
	rig_price(r, e->price);
	rig_say(r, " %llu/%llu", (unsigned long long)e->leaves,
	    (unsigned long long)e->shown);
}

/* "trade 3 block 7/7 100@1001". */
static inline void
rig_tell_trade(struct rig *r, const struct exch_rec_trade *e)
{
	rig_say(r, "trade %llu %s %llu/%llu %llu@",
	    (unsigned long long)e->match, rig_word(exch_words_print, e->kind),
	    (unsigned long long)e->buy, (unsigned long long)e->sell,
	    (unsigned long long)e->qty);
	rig_price(r, e->price);
	if (e->aggressor != EXCH_SIDE_NONE || e->cross != EXCH_CROSS_NONE ||
	    e->cause != EXCH_CAUSE_NONE)
		rig_say(r, " ?");
}

static inline void
rig_tell_triggered(struct rig *r, const struct exch_rec_triggered *e)
{
	rig_say(r, "triggered %llu ", (unsigned long long)e->order);
	rig_price(r, e->price);
}

/* "phase call VOLA": with its reason, and "imposed" if it is. */
static inline void
rig_tell_phase(struct rig *r, const struct exch_rec_phase *e)
{
	rig_say(r, "phase %s", rig_word(exch_words_phase, e->phase));
	if (e->reason[0] != '\0')
		rig_say(r, " %.4s", e->reason);
	if (e->h.flags & EXCH_F_IMPOSED)
		rig_say(r, " imposed");
}

static inline void
rig_tell(struct rig *r, const struct exch_rec *rec)
{
	const void *p = rec;
	const struct exch_rec_ack *ack = p;
	const struct exch_rec_reject *rej = p;
	const struct exch_rec_replaced *rep = p;

	if (rec->time != r->now)
		rig_say(r, "[t%llu] ", (unsigned long long)rec->time);
	if (rec->instr != 1)
		rig_say(r, "i%u ", rec->instr);
	if (rec->type == EXCH_REC_ACK)
		rig_say(r, "ack %llu", (unsigned long long)ack->order);
	else if (rec->type == EXCH_REC_REJECT)
		rig_say(r, "reject %s %llu %s",
		    rig_word(exch_words_command, rej->command),
		    (unsigned long long)rej->order,
		    rig_word(exch_words_reject, rej->code));
	else if (rec->type == EXCH_REC_EXEC)
		rig_tell_exec(r, p);
	else if (rec->type == EXCH_REC_CANCELLED)
		rig_tell_cancelled(r, p);
	else if (rec->type == EXCH_REC_REPLACED)
		rig_say(r, "replaced %llu>%llu %llu %s",
		    (unsigned long long)rep->order,
		    (unsigned long long)rep->new_order,
		    (unsigned long long)rep->qty, rep->kept ? "kept" : "lost");
	else if (rec->type == EXCH_REC_AUCTION)
		rig_tell_auction(r, p);
	else if (rec->type == EXCH_REC_MISS)
		rig_tell_miss(r, p);
	else if (rec->type == EXCH_REC_RESTATED)
		rig_tell_restated(r, p);
	else if (rec->type == EXCH_REC_TRIGGERED)
		rig_tell_triggered(r, p);
	else if (rec->type == EXCH_REC_MASS_DONE)
		rig_say(r, "mass %s %llu",
		    rig_word(exch_words_mass,
			((const struct exch_rec_mass_done *)p)->kind),
		    (unsigned long long)((const struct exch_rec_mass_done *)p)
			->count);
	else if (rec->type == EXCH_REC_TRADE)
		rig_tell_trade(r, p);
	else if (rec->type == EXCH_REC_BUST)
		rig_say(r, "bust %llu",
		    (unsigned long long)((const struct exch_rec_bust *)p)
			->match);
	else if (rec->type == EXCH_REC_ERROR)
		rig_say(r, "error");
	else if (rec->type == EXCH_REC_PHASE)
		rig_tell_phase(r, p);
	else if (rec->type == EXCH_REC_NOTICE)
		rig_say(r, "\"%.*s\"",
		    (int)((const struct exch_rec_notice *)p)->ntext,
		    (const char *)p + sizeof(struct exch_rec_notice));
	else
		rig_say(r, "record 0x%02x", rec->type);
}

/* What was written since the last time, without `skip` records. */
static inline const char *
rig_events(struct rig *r, unsigned skip)
{
	struct exch_reader_opts ro = {.partial = true};
	struct exch_reader *rd = NULL;
	struct exch_in *in = NULL;
	const struct exch_rec *rec;
	uint64_t at = 0;
	uint8_t flags = 0;
	size_t nbytes;
	const unsigned char *p;
	int err = exch_writer_flush(r->w, &r->d);

	r->n = 0;
	r->text[0] = '\0';
	p = exch_out_mem_bytes(r->mem, &nbytes);
	if (err == 0)
		err = exch_in_mem(p, nbytes, "rig", &in, &r->d);
	if (err == 0)
		err = exch_reader_open(in, &ro, &rd, &r->d);
	while (err >= 0 && (err = exch_reader_next(rd, &rec, &r->d)) > 0) {
		if (exch_rec_is_framing(rec->type) || at++ < r->seen + skip)
			continue;
		if (r->n > 0)
			rig_say(r, "%s; ", flags & EXCH_F_LAST ? "!" : "");
		rig_tell(r, rec);
		flags = rec->flags;
	}
	if (err < 0)
		rig_say(r, "reader: %s", r->d.text);
	else if (flags & EXCH_F_LAST)
		rig_say(r, ".");
	r->seen = at;
	exch_reader_close(rd);
	exch_in_close(in);
	return r->text;
}

/* Give a record to the engine as a filter does: copied, then applied. */
static inline const char *
rig_apply(struct rig *r, void *p, uint8_t type, size_t size)
{
	struct exch_rec *h = p;
	struct exch_rec *copy;

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	if (h->instr == 0 && type != EXCH_REC_PHASE)
		h->instr = 1;
	if (h->time == 0)
		h->time = ++r->now;
	copy = exch_writer_new(r->w, type, size, h->instr, h->time);
	copy->flags = h->flags;
	memcpy(copy + 1, h + 1, size - sizeof(*h));
	r->err = exch_match_apply(r->m, h, &r->d);
	return rig_events(r, 1);
}

struct rig_instrument {
	uint32_t instr;
	uint8_t kind;
	int64_t tick; /* in ticks of the rig; 0: 1 */
	exch_qty lot; /* 0: 1 */
	exch_qty min;
	exch_qty max;	   /* 0: none */
	int64_t reference; /* ticks; 0: none */
};

static inline const char *
rig_instrument(struct rig *r, struct rig_instrument i)
{
	struct exch_rec_instrument c = {.h.instr = i.instr,
	    .symbol = "RIG",
	    .kind = i.kind,
	    .px_decimals = 2,
	    .tick = (i.tick == 0 ? 1 : i.tick) * RIG_TICK,
	    .lot = i.lot == 0 ? 1 : i.lot,
	    .min_qty = i.min,
	    .max_qty = i.max == 0 ? EXCH_QTY_NONE : i.max,
	    .reference =
		i.reference == 0 ? EXCH_PX_NONE : i.reference * RIG_TICK,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE};

	if (i.instr > 1)
		c.symbol[3] = (char)('0' + i.instr % 10);
	return rig_apply(r, &c, EXCH_REC_INSTRUMENT, sizeof(c));
}

/* An engine with instrument 1. */
static inline void
rig_open(struct rig *r, const char *ladder, uint8_t phase)
{
	struct exch_match_opts o = {
	    .ladder = exch_ladder_by_name(ladder), .phase = phase};

	rig_open_opts(r, &o);
	rig_instrument(r, (struct rig_instrument){0});
}

struct rig_order {
	exch_oid id;
	uint8_t side;
	exch_qty qty;
	int64_t px; /* ticks; 0: none, a market order unless type says */
	uint8_t type;
	uint8_t tif;
	uint8_t flags;
	uint8_t hflags; /* of the record's header */
	uint32_t account;
	uint32_t instr;
	exch_px raw; /* price in 10^-9 instead of px */
	exch_ts time;
};

static inline struct exch_rec_new
rig_order(struct rig_order o)
{
	struct exch_rec_new c = {.h.instr = o.instr,
	    .h.flags = o.hflags,
	    .h.time = o.time,
	    .order = o.id,
	    .price =
		o.px == 0 || o.px == RIG_NONE ? EXCH_PX_NONE : o.px * RIG_TICK,
	    .qty = o.qty,
	    .account = o.account,
	    .side = o.side,
	    .ordtype = o.type,
	    .tif = o.tif,
	    .ordflags = o.flags};

	if (o.raw != 0)
		c.price = o.raw;
	if (c.ordtype == 0)
		c.ordtype =
		    c.price == EXCH_PX_NONE ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT;
	return c;
}

static inline const char *
rig_new(struct rig *r, struct rig_order o)
{
	struct exch_rec_new c = rig_order(o);

	return rig_apply(r, &c, EXCH_REC_NEW, sizeof(c));
}

/* With instructions, up to the first whose tag is 0. */
static inline const char *
rig_new_with(struct rig *r, struct rig_order o, const struct exch_ext *x)
{
	struct {
		struct exch_rec_new c;
		struct exch_ext x[8];
	} u = {.c = rig_order(o)};
	size_t n = 0;

	for (; x[n].tag != 0; n++)
		u.x[n] = x[n];
	u.c.h.flags |= EXCH_F_EXT;
	return rig_apply(r, &u, EXCH_REC_NEW, sizeof(u.c) + n * sizeof(*x));
}

static inline const char *
rig_buy(struct rig *r, exch_oid id, exch_qty qty, int64_t px)
{
	return rig_new(
	    r, (struct rig_order){
		   .id = id, .side = EXCH_BUY, .qty = qty, .px = px});
}

static inline const char *
rig_sell(struct rig *r, exch_oid id, exch_qty qty, int64_t px)
{
	return rig_new(
	    r, (struct rig_order){
		   .id = id, .side = EXCH_SELL, .qty = qty, .px = px});
}

static inline const char *
rig_cancel(struct rig *r, exch_oid id, exch_qty qty)
{
	struct exch_rec_cancel c = {.order = id, .qty = qty};

	return rig_apply(r, &c, EXCH_REC_CANCEL, sizeof(c));
}

struct rig_replace {
	exch_oid id;
	exch_oid new_id; /* 0: the same */
	exch_qty qty;
	int64_t px; /* ticks; 0: none */
	uint32_t account;
	uint8_t tif;
	uint8_t flags;
	uint8_t hflags;
	uint32_t instr;
	exch_px raw;
};

static inline const char *
rig_replace(struct rig *r, struct rig_replace o)
{
	struct exch_rec_replace c = {.h.instr = o.instr,
	    .h.flags = o.hflags,
	    .order = o.id,
	    .new_order = o.new_id == 0 ? o.id : o.new_id,
	    .price = o.px == 0 ? EXCH_PX_NONE : o.px * RIG_TICK,
	    .qty = o.qty,
	    .account = o.account,
	    .tif = o.tif,
	    .ordflags = o.flags};

	if (o.raw != 0)
		c.price = o.raw;
	return rig_apply(r, &c, EXCH_REC_REPLACE, sizeof(c));
}

struct rig_phase {
	uint8_t phase;
	uint8_t cross;
	int64_t reference; /* ticks; 0: none */
	uint8_t hflags;
	uint32_t instr; /* 0: all */
};

static inline const char *
rig_phase(struct rig *r, struct rig_phase p)
{
	struct exch_rec_phase c = {.h.instr = p.instr,
	    .h.flags = p.hflags,
	    .phase = p.phase,
	    .cross = p.cross,
	    .reference =
		p.reference == 0 ? EXCH_PX_NONE : p.reference * RIG_TICK};

	return rig_apply(r, &c, EXCH_REC_PHASE, sizeof(c));
}

static inline const char *
rig_to(struct rig *r, uint8_t phase)
{
	return rig_phase(r, (struct rig_phase){.phase = phase});
}

struct rig_expect {
	uint64_t match;
	exch_oid buy;
	exch_oid sell;
	exch_qty qty;
	int64_t px;
	uint8_t aggressor;
	uint8_t hflags;
};

static inline const char *
rig_expect(struct rig *r, struct rig_expect e)
{
	struct exch_rec_expect c = {.h.flags = e.hflags,
	    .match = e.match,
	    .buy = e.buy,
	    .sell = e.sell,
	    .price = e.px * RIG_TICK,
	    .qty = e.qty,
	    .aggressor = e.aggressor,
	    .print = e.px * RIG_TICK};

	return rig_apply(r, &c, EXCH_REC_EXPECT, sizeof(c));
}

#endif
