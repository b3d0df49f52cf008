/*
 * Labelled days: episodes of abuse in a flow of innocent orders, some of which
 * look like them.  The engine is inside, so that everybody acts on the book as
 * it is.  What is written are commands, and beside them who did what when.
 *
 *	main.c	    options, the day, what is written
 *	market.c    the engine, the books, orders and whose they are
 *	laws.c	    the ranges that parameters are drawn from
 *	innocent.c  market makers, noise, followers, slicers, hedgers
 *	decoy.c	    innocent flow that looks like a pattern
 *	bait.c	    spoofing, layering, quote stuffing
 *	trade.c	    wash trades, marking the close, front running
 *	move.c	    momentum ignition, ramping, pump and dump
 *	inject.c    the flow is a stream that was recorded
 */
#ifndef ABUSE_H
#define ABUSE_H

#include "base/buf.h"
#include "base/keyed.h"
#include "base/rng.h"
#include "embed/engine.h"
#include "rec/stream.h"
#include "report/books.h"

#define INSTS 4
#define MS UINT64_C(1000000)
#define NO_TICK INT64_MIN

enum pattern {
	SPOOFING,
	LAYERING,
	WASH,
	CLOSE,
	FRONT,
	STUFFING,
	MOMENTUM,
	RAMPING,
	PUMP,
	PATTERNS
};

struct label {
	enum pattern pattern;
	uint32_t acct[3];
	uint32_t instr;
	exch_ts start, end;
	unsigned norders;
	struct exch_buf orders; /* ids with blanks between them */
};

/* An order of ours as it stands; its owner keeps it. */
struct ord {
	exch_oid id; /* 0: none */
	uint32_t acct;
	uint8_t inst, side;
	int64_t tick;
	exch_qty open, filled;
};

struct sim;
struct agent;
typedef void agent_fn(struct sim *s, struct agent *a);

#define AGENT_ORDERS 16

struct agent {
	agent_fn *fn;
	struct label *label; /* what it does belongs to it; NULL: innocent */
	uint32_t acct, other;
	uint8_t inst, side;
	int step;
	int64_t v[8];
	exch_ts t[4];
	struct ord o[AGENT_ORDERS];
};

/* An instrument as those who trade it see it. */
struct mkt {
	uint32_t instr, place;
	exch_px tick;
	int64_t value; /* 10^-3 ticks: what the public thinks it is worth */
	int64_t gap;   /* ticks between prices that people quote */
	exch_qty unit; /* usual size of an order */
	exch_qty lot;
	exch_qty sizes; /* of the orders seen, to learn it from a stream */
	uint64_t norders;
	int64_t last;	  /* tick of the last trade */
	int64_t past[64]; /* value at each of the last seconds */
	uint64_t second;
	bool thin; /* few take part */
};

struct event {
	exch_ts time;
	uint64_t nth;
	struct agent *agent;
};

struct law {
	char name[32];
	int64_t low, high;
};

struct sim {
	struct exch_rng rng;
	struct exch_embed *engine;
	struct exch_insts insts;
	struct exch_books books;
	struct exch_writer *out;
	struct exch_keyed orders; /* of struct slot */
	exch_ts now, begin, end;
	exch_oid next;
	struct mkt m[INSTS];
	unsigned nm;
	struct event *heap;
	size_t nheap, capheap;
	uint64_t nth;
	struct agent **agent;
	size_t nagents, capagents;
	struct label **label;
	size_t nlabels, caplabels;
	struct law *law;
	size_t nlaws, caplaws;
	const uint32_t *pool; /* account numbers in no order */
	uint32_t npool, taken;
	bool injects;
	uint8_t *role; /* by account: 'c' client, 'h' house */
	uint8_t *member;
	uint32_t *group;
};

/* main.c */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void *need(void *p);

/* laws.c */
void laws_read(struct sim *s, const char *name);
/* A number of a law's range; a law that is not there ends the program. */
int64_t law(struct sim *s, const char *name);

/* market.c */
void market_open(struct sim *s);
void market_instrument(struct sim *s, unsigned i, const char *symbol,
    exch_px tick, int64_t first, exch_qty unit);
void market_close(struct sim *s);
/* A record is said, to the engine and (`ours`) on the output. */
void market_say(struct sim *s, const struct exch_rec *r, bool ours);
void market_run(struct sim *s, exch_ts until);
struct agent *agent_new(struct sim *s, agent_fn *fn, unsigned inst);
void wake(struct sim *s, struct agent *a, exch_ts after);
void wake_at(struct sim *s, struct agent *a, exch_ts at);
uint32_t account_new(struct sim *s);
/* An agent whose doing is an episode of the pattern; it sleeps still. */
struct agent *episode_new(
    struct sim *s, agent_fn *fn, unsigned inst, enum pattern p);
/* It wakes between so many percent of the day. */
void episode_at(struct sim *s, struct agent *a, int64_t from, int64_t to);
/* An order of the agent, by its account; `o` NULL: nobody follows it. */
void put_by(struct sim *s, struct agent *a, uint32_t acct, unsigned side,
    int64_t tick, exch_qty qty, uint8_t tif, struct ord *o);
void put(struct sim *s, struct agent *a, unsigned side, int64_t tick,
    exch_qty qty, struct ord *o);
/* Whatever is there up to so many gaps behind the touch. */
void take(struct sim *s, struct agent *a, unsigned side, int64_t through,
    exch_qty qty, struct ord *o);
void pull(struct sim *s, struct ord *o);
void move(struct sim *s, struct ord *o, int64_t tick);
/* The best price of a side; NO_TICK. */
int64_t best(struct sim *s, unsigned inst, unsigned side);
/* The price of the nth level, or a guess. */
int64_t behind(struct sim *s, unsigned inst, unsigned side, int64_t gaps);
exch_qty at_best(struct sim *s, unsigned inst, unsigned side);
/* What stands on the best n prices. */
exch_qty depth(struct sim *s, unsigned inst, unsigned side, unsigned n);
/* Ticks from the best price to the n-th. */
int64_t reach(struct sim *s, unsigned inst, unsigned side, unsigned n);
int64_t mid(struct sim *s, unsigned inst);

/* Sides. */
static inline unsigned
other_side(unsigned side)
{
	return EXCH_BUY + EXCH_SELL - side;
}

/* Toward worse prices for the side: down for buyers. */
static inline int64_t
back(unsigned side, int64_t ticks)
{
	return side == EXCH_BUY ? -ticks : ticks;
}

static inline int64_t
between(struct sim *s, int64_t low, int64_t high)
{
	return low +
	       (int64_t)exch_rng_below(&s->rng, (uint64_t)(high - low) + 1);
}

static inline bool
percent(struct sim *s, int64_t p)
{
	return between(s, 0, 99) < p;
}

/* Part of the usual size in percent, in whole lots. */
static inline exch_qty
part(struct sim *s, unsigned inst, int64_t pct)
{
	const struct mkt *m = &s->m[inst];
	exch_qty q = m->unit * (exch_qty)pct / 100 / m->lot * m->lot;

	return q < m->lot ? m->lot : q;
}

/* innocent.c */
exch_ts expo(struct sim *s, uint64_t mean);
void innocents(struct sim *s, unsigned inst);

/* decoy.c */
void decoys(struct sim *s);

/* bait.c, trade.c, move.c */
void episode_spoofing(struct sim *s, unsigned inst);
void episode_layering(struct sim *s, unsigned inst);
void episode_stuffing(struct sim *s, unsigned inst);
void episode_wash(struct sim *s, unsigned inst);
void episode_close(struct sim *s, unsigned inst);
void episode_front(struct sim *s, unsigned inst);
void episode_momentum(struct sim *s, unsigned inst);
void episode_ramping(struct sim *s, unsigned inst);
void episode_pump(struct sim *s, unsigned inst);

/* inject.c */
void inject(struct sim *s, struct exch_reader *reader);

#endif
