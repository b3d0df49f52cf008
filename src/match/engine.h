/*
 * What the parts of the engine share: its state and the few functions that
 * cross files.
 *
 *	engine.c    life, instruments, dispatch     plain.c    the short way
 *	orders.c    ordinary commands               gate.c     prices at a glance
 *	shard.c     shards (shared.h)               phase.c    phases, timetable
 *	auction.c   uncrossing                      ladder.c   auction price
 *	fidelity.c  comparison with EXPECT
 */
#ifndef EXCH_MATCH_ENGINE_H
#define EXCH_MATCH_ENGINE_H

#include "base/div.h"
#include "book/book.h"
#include "match/match.h"
#include "match/shared.h"
#include "match/special.h"

struct exch_timetable_row;
struct exch_aboard;

/*
 * The prices that need no questions: ticks from `tick`, which is not below
 * 0, to `span` above that
 * are multiples of `step` (d 0: whatever it is), while the tick of the last
 * execution is from `last` to `last_span` above.  A row of the market's
 * table and its bands as they are round a price that was allowed: so long
 * as prices stay near, a new order costs two comparisons.
 */
struct exch_gate {
	int64_t tick;
	uint64_t span;
	int64_t last;
	uint64_t last_span;
	struct exch_div step;
};

/* A verdict that waits for its command; code 0: none. */
struct exch_stopped {
	exch_oid order;
	uint16_t code;
	uint8_t command; /* type of the record */
};
/* The code of one that is not refused, but no command yet. */
#define EXCH_STOPPED_HELD UINT16_MAX

/* One instrument of the engine; what every order asks for is together. */
struct exch_instr {
	uint8_t phase;
	bool last_half;	   /* and half a tick above */
	uint8_t cross;	   /* of the call in progress */
	uint32_t nspecial; /* orders of the general market */
	uint32_t nwatch;   /* of them those that an order may concern though
			    * it does not trade: pegs, discretion, what rests
			    * unseen; and a verdict */
	uint32_t pending;  /* executions not compared yet (fidelity.c) */
	/* For plain.c: quantities in lots, prices in ticks. */
	struct exch_exact lots;
	uint64_t first_lot; /* allowed: first_lot .. first_lot + lots_span */
	uint64_t lots_span;
	struct exch_exact grid;
	struct exch_gate gate;
	int64_t last;	       /* tick of the last execution, or none */
	struct exch_book book; /* instr 0: not announced */

	uint64_t match; /* executions so far */
	struct exch_div tick;
	exch_qty min_qty;  /* >= 1 */
	exch_qty qty_span; /* allowed: min_qty .. min_qty + qty_span */
	exch_qty lot;
	struct exch_more *more;	 /* general.h; NULL: never needed */
	exch_px reference;	 /* given by a PHASE, or none */
	exch_px instr_reference; /* given by INSTRUMENT, or none */
	uint32_t pending_last;
	/* What others than its own thread ask: a word of its own. */
	bool wide;    /* its commands may reach further: shared.h */
	bool grouped; /* those that replace may */
	uint8_t kind;
	uint8_t shard;	  /* whose it is */
	uint32_t sibling; /* of the same thing, in a ring; 0: nobody asks */
	char symbol[24];
	struct exch_stopped judged;
};

/* Commands that were taken the short way, each with one event. */
enum exch_plain { EXCH_PLAIN_NEW, EXCH_PLAIN_CANCEL, EXCH_PLAIN_REPLACE };

struct exch_pending {
	exch_oid resting;
	exch_px price;
	exch_qty qty;
	uint64_t match;
	uint32_t next;
	uint8_t aggressor;
};

/* One shard; an engine is known by its first. */
struct exch_match {
	struct exch_match_hot hot; /* first: match.h */
	bool general;		   /* every command goes the long way */
	bool guarded;		   /* the market has protections */
	bool several;		   /* shards; or guarded */
	uint8_t no;		   /* of this shard */
	/* How instruments begin that are announced from now on. */
	uint8_t first_phase, first_cross;
	bool rules;	    /* the market has something to say of each */
	bool careful;	    /* no order may take the short way */
	uint32_t strangers; /* ORed to owners: they never meet themselves */
	uint32_t plain_now; /* plain.c: the other time in force it takes */
	struct exch_match_opts o;
	struct exch_aboard *card; /* aboard.h; NULL: none */
	struct exch_writer *out;
	struct exch_book_store *store;
	struct exch_rec *last; /* last event of the command in hand */
	exch_ts now;
	struct exch_shared *all;
	struct exch_instr **page;   /* everybody's */
	struct exch_match_stats st; /* beyond `plain` */
	uint64_t plain[3]; /* plain.c: what it took, by enum exch_plain */
	struct exch_ladder_level *level; /* scratch of auctions */
	size_t nlevel;
	bool ended; /* what is done in turns: exch_engine_why() */
	struct exch_pending *pending; /* 0 is none */
	uint32_t npending, cap_pending, free_pending;
	exch_ts due; /* when the clock has something to do for this shard */
	struct exch_hand hand;
	struct exch_general g;
	struct exch_guard guard;
};

static inline struct exch_instr *
exch_engine_instr(const struct exch_match *m, uint32_t id)
{
	struct exch_instr *p;

	if (id > EXCH_INSTR_MAX || id == 0)
		return NULL;
	p = m->page[id / EXCH_INSTR_PAGE];
	if (p == NULL)
		return NULL;
	p += id % EXCH_INSTR_PAGE;
	return p->book.instr != 0 ? p : NULL;
}

static inline void *
exch_engine_emit(
    struct exch_match *m, uint8_t type, size_t size, uint32_t instr)
{
	void *p = exch_writer_new(m->out, type, size, instr, m->now);

	m->last = p;
	return p;
}

static inline exch_px
exch_engine_price(const struct exch_instr *in, int64_t tick)
{
	return tick * (int64_t)in->tick.d;
}

/* Rounded down to the grid; false when it was not on it. */
static inline bool
exch_engine_tick_floor(
    const struct exch_instr *in, exch_px price, int64_t *tick)
{
	int64_t d = (int64_t)in->tick.d;

	*tick = price / d - (price % d < 0);
	return price % d == 0;
}

/* False when the price is not on the instrument's grid. */
static inline bool
exch_engine_tick(const struct exch_instr *in, exch_px price, int64_t *tick)
{
	uint64_t u = price < 0 ? 0 - (uint64_t)price : (uint64_t)price;
	uint64_t q;

	if (u > INT64_MAX)
		return false;
	q = exch_div_u(&in->tick, u);
	*tick = price < 0 ? -(int64_t)q : (int64_t)q;
	return q * in->tick.d == u;
}

/* The sides a command may name. */
static inline bool
exch_engine_is_side(uint8_t side)
{
	return side == EXCH_BUY || side == EXCH_SELL || side == EXCH_SHORT ||
	       side == EXCH_SHORT_EXEMPT;
}

/* Whether this instrument's commands have to go the long way. */
static inline bool
exch_is_general(const struct exch_match *m, const struct exch_instr *in)
{
	return (in->nspecial | m->general) != 0;
}

/* ---- shard.c ---- */

/* The command in hand goes over from one shard to another, and back. */
void exch_hand_over(struct exch_match *from, struct exch_match *to);

/*
 * What a command does to another instrument than its own is done by the
 * shard of that: `h = exch_visit(m, in)`, whatever is to be done to `in`
 * with h, then exch_back(m, h).  By who is alone, unless it is its own.
 */
static inline struct exch_match *
exch_visit(struct exch_match *m, const struct exch_instr *in)
{
	struct exch_match *h = m->all->shard[in->shard];

	if (h != m)
		exch_hand_over(m, h);
	return h;
}

static inline void
exch_back(struct exch_match *m, struct exch_match *h)
{
	if (h != m)
		exch_hand_over(h, m);
}

/* The next shard, the first one after NULL; NULL behind the last. */
struct exch_match *exch_shard_after(
    const struct exch_match *m, const struct exch_match *h);
/* Whose rules the shard has; 0 where all have the same. */
uint32_t exch_shard_venue(const struct exch_match *m);
/* Is it announced anew, at a venue whose rules are not the shard's? */
bool exch_shard_moves(
    const struct exch_match *m, const struct exch_rec_instrument *r);
/* The number of whom an announcement is dealt to. */
uint32_t exch_shard_deal(const struct exch_match *m, const struct exch_rec *r);
/* Whose a record is: of its instrument, or of the one it announces. */
struct exch_match *exch_shard_of(
    const struct exch_match *m, const struct exch_rec *r);
/* Who executes alone goes on from where the last one was; and is done. */
void exch_shard_enter(struct exch_match *h);
void exch_shard_leave(const struct exch_match *h);

/* The market's protections; all zero without a market. */
const struct exch_market_guard *exch_guard_of(const struct exch_match *m);

/* May the engine take what is announced? */
bool exch_instrument_valid(const struct exch_rec_instrument *r);
/* All of an engine goes. */
void exch_shared_free(struct exch_shared *all, struct exch_instr **page);

/* engine.c */
/* The instrument with the next higher id; NULL before and behind them all. */
struct exch_instr *exch_engine_after(
    const struct exch_match *m, const struct exch_instr *in);
/* Which way orders go. */
void exch_engine_path(struct exch_match *m);
/* The same at that time, behind what protects the market. */
int exch_engine_take(struct exch_match *m, const struct exch_rec *r,
    exch_ts now, struct exch_diag *d);
/* By the shard of the instrument, nobody else being at work. */
int exch_engine_alone(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d);
/* A command that is not plain, or not to be taken. */
int exch_engine_other(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d);
/*
 * An iceberg is as many events as it shows parts, whatever it stands for: who
 * makes them asks before each part.  False: somebody wants to stop, or the
 * output has failed; m->ended ends what is done in turns.
 */
bool exch_engine_goes_on(struct exch_match *m);
/*
 * What has ended the command, m->ended being set: the output, a stop, the
 * card, or else a lack of memory.
 */
int exch_engine_why(const struct exch_match *m, struct exch_diag *d);
/* A record has its effect, now; m is the shard of its instrument. */
int exch_engine_apply(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d);

/* mid.c */
void exch_mid_announced(const struct exch_match *m, struct exch_instr *in);
/* A command to that instrument (0: to any) is over, or the clock's. */
void exch_mid_follow(struct exch_match *m, uint32_t instr);

/* clock.c */
/* When the clock has something to do, of this shard and of all. */
void exch_engine_due(struct exch_match *m);
void exch_engine_due_all(struct exch_match *m);

/* ---- verdict.c ---- */

void exch_verdict_note(struct exch_match *m, const struct exch_rec_risk *k);
bool exch_verdict_is_for(
    const struct exch_stopped *k, const struct exch_rec *r);
/* A command comes: true when it is refused; a verdict on another is void. */
bool exch_verdict_stops(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec *r);

/* orders.c */
/* An imposed cancel says why; its event says the same. */
void exch_engine_copy_cause(
    struct exch_match *m, const struct exch_rec_cancel *c);
enum exch_reject exch_engine_check_qty(
    const struct exch_instr *in, exch_qty qty);
enum exch_reject exch_engine_check_price(
    const struct exch_instr *in, exch_px price, int64_t *tick);
void exch_engine_reject(struct exch_match *m, const struct exch_rec *c,
    exch_oid order, enum exch_reject code);
/* `in` may be NULL: an unknown instrument. */
void exch_engine_new(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c);
void exch_engine_cancel(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_cancel *c);
void exch_engine_replace(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_replace *c);
void exch_engine_exec(struct exch_match *m, struct exch_instr *in, exch_oid buy,
    exch_oid sell, int64_t tick, exch_qty qty, uint8_t aggressor,
    uint8_t cross);
void exch_engine_cancelled(struct exch_match *m, uint32_t instr, exch_oid order,
    exch_qty qty, uint16_t reason, bool open);

/* An order that meets one of its owner, where that is prevented. */
static inline bool
exch_engine_is_own(const struct exch_match *m, uint32_t taker, uint32_t maker)
{
	return taker == maker && taker != 0 && m->g.stp != EXCH_STP_NONE;
}

/*
 * Self-trade prevention in a market of ordinary orders: the incoming one,
 * with so much left, meets its owner's in slot r.  What is left of it then.
 */
exch_qty exch_engine_prevent(struct exch_match *m, struct exch_instr *in,
    exch_oid id, exch_qty left, exch_slot r);

/* gate.c */
/* Nothing comes through until exch_gate_ask() was asked. */
void exch_gate_shut(struct exch_instr *in);
/*
 * Is a limit at this price, of that tick, allowed?  Then those near it will
 * be, too.
 */
bool exch_gate_ask(const struct exch_match *m, struct exch_instr *in,
    exch_px price, int64_t *tick);

/* phase.c */
/* Whether an auction ends the phase when this one comes; and its kind. */
bool exch_phase_uncrosses(uint8_t from, const struct exch_rec_phase *to);
uint8_t exch_phase_cross(const struct exch_instr *in);
/* The engine itself tells a phase; and it begins. */
const struct exch_rec_phase *exch_phase_tell(
    struct exch_match *m, uint32_t instr, const struct exch_rec_phase *as);
void exch_phase_begin(struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_phase *as);
/* A row of the timetable takes place. */
void exch_phase_row(struct exch_match *m, const struct exch_timetable_row *row);
void exch_engine_phase(struct exch_match *m, const struct exch_rec_phase *p);

/* auction.c */
/* The ladder of such an auction. */
const struct exch_ladder *exch_auction_ladder(
    const struct exch_match *m, uint8_t cross);
int64_t exch_auction_reference(
    const struct exch_match *m, const struct exch_instr *in);
/* The prices an auction may come to. */
struct exch_steps exch_auction_steps(
    const struct exch_match *m, const struct exch_instr *in);
/*
 * Limits of that tick come next, of those collected in m->level from `at` on:
 * the last of the *n levels is theirs, a limit off the market's table as far
 * as it reaches on it.  False: m->ended.
 */
bool exch_auction_add(struct exch_match *m, const struct exch_instr *in,
    uint8_t side, size_t at, size_t *n, int64_t tick);
/* What the ladder says of the book as it is, with its band or without;
 * m->ended. */
struct exch_ladder_price exch_auction_price(struct exch_match *m,
    const struct exch_instr *in, int64_t ref, uint8_t cross, bool banded);
/* That in the words of an AUCTION, which `tell` emits as not final. */
void exch_auction_fill(const struct exch_instr *in,
    const struct exch_ladder_price *p, int64_t ref, uint8_t cross,
    struct exch_rec_auction *a);
struct exch_rec_auction *exch_auction_tell(struct exch_match *m,
    const struct exch_instr *in, const struct exch_ladder_price *p, int64_t ref,
    uint8_t cross);
/* The same as the auction's result. */
void exch_auction_result(struct exch_match *m, struct exch_instr *in,
    const struct exch_ladder_price *p, int64_t ref, uint8_t cross);
bool exch_auction_room(struct exch_match *m, size_t n);
void exch_engine_uncross(struct exch_match *m, struct exch_instr *in,
    uint8_t cross, bool always_tell);
void exch_engine_drop_market(struct exch_match *m, struct exch_instr *in);

/* ahead.c: what the records from p to `end` will touch. */
void exch_ahead_run(const struct exch_match *m, const unsigned char *p,
    const unsigned char *end);

/* fidelity.c */
void exch_engine_pend(struct exch_match *m, struct exch_instr *in,
    exch_oid resting, exch_px price, exch_qty qty, uint8_t aggressor);
void exch_engine_expect(struct exch_match *m, const struct exch_rec_expect *e);
void exch_engine_unexpected(struct exch_match *m, struct exch_instr *in);

#endif
