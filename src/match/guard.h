/*
 * What protects a market, exch-market(5), PROTECTIONS: the engine's state of
 * it.  Markets without protections have none of this in their way: all of
 * it is asked for by orders of the general market only.
 *
 *	guard.c     checks of entry: collar, odd lots, short sales, throttle
 *	monitor.c   prices that stop trading, longer calls, indications
 *	clock.c     what the clock does, and in which order
 *	luld.c      limit up, limit down
 *	breaker.c   an index that stops the whole market
 *	hold.c      commands that a speed bump holds
 */
#ifndef EXCH_MATCH_GUARD_H
#define EXCH_MATCH_GUARD_H

#include "rec/rec.h"
#include "match/luld.h"

/* What an instrument's clock may be set for; of one time in this order. */
enum exch_alarm_kind {
	EXCH_ALARM_RESUME, /* an interruption or a longer call is over */
	EXCH_ALARM_INDICATE,
	EXCH_ALARM_LIMIT, /* it was in a limit state for too long */
	EXCH_ALARM_KINDS
};

struct exch_alarm {
	exch_ts time;
	uint32_t instr;
	uint32_t kind;
};

/* Kinds of auction: enum exch_cross. */
#define EXCH_DRAW_KINDS 6

/* What an instrument remembers. */
struct exch_guarded {
	exch_ts alarm[EXCH_ALARM_KINDS]; /* EXCH_TS_NONE: not set */
	exch_px auction;    /* price of its last auction, or none */
	exch_px broken;	    /* the reference that stopped it, or none */
	uint64_t pause;	    /* and for how long */
	bool stopped;	    /* nothing matches until its call begins */
	uint8_t restricted; /* so many days' ends end short sales' */
	bool extended;	    /* the call in progress was */
	bool drawn;	    /* it is in its random end */
	bool put_off;	    /* its end waits for that of a halt */
	bool index;	    /* the market's breaker looks at it */
	uint32_t draws[EXCH_DRAW_KINDS]; /* random ends so far, per kind */
	/* What the alarm RESUME brings. */
	uint8_t then_phase;
	uint8_t then_cross;
	char then_reason[4];
	/* The indication told last in this call, or what says nothing. */
	exch_px seen_price;
	exch_qty seen_paired;
	exch_qty seen_imbalance;
	uint8_t seen_side;
	struct exch_luld *luld; /* NULL: the market has none */
};

static inline void
exch_guarded_init(struct exch_guarded *g)
{
	for (unsigned i = 0; i < EXCH_ALARM_KINDS; i++)
		g->alarm[i] = EXCH_TS_NONE;
	g->auction = g->broken = g->seen_price = EXCH_PX_NONE;
}

/* Orders of one account in its present window, at one venue. */
struct exch_rate {
	uint32_t account; /* 0: free */
	uint32_t venue; /* the shard of its rules; 0 where all have the same */
	uint64_t window;
	uint64_t count;
};

/* The market-wide breaker; its levels count from 1, 0 is none. */
struct exch_breaker {
	uint8_t reached; /* today */
	uint8_t due;	 /* reached by the command in hand */
	uint8_t halting; /* the last one that halted */
	uint8_t shut;	 /* closed the market for the day */
	uint32_t instr;	 /* whose value made it due, and which */
	exch_px value;
	exch_px close;
	exch_ts until; /* the end of the halt, past or to come */
};

/* What a shard remembers; the rest is shared (shared.h). */
struct exch_guard {
	struct exch_alarm *alarm; /* heap from 1; old entries may be stale */
	size_t nalarm, cap_alarm;
	size_t nresume; /* alarms RESUME that are set */
	exch_ts resume; /* none of them is for a time before that */
};

#endif
