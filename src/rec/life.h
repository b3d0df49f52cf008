/*
 * The life of an order as a state machine: what may happen to it in each
 * state, and what it is afterwards.  One table, and nothing else in it:
 * exch-report(1) and the tests run orders through it record by record, and
 * exch-ordertypes(7) draws it.
 *
 * Beside the state stand three conditions, which hide it while they hold:
 * a cancel was asked, a replacement was asked (a market may hold commands
 * back, and much can happen before the answer), and the day is over while
 * the order goes on.  Which of them is shown is FIX's order of precedence.
 */
#ifndef EXCH_REC_LIFE_H
#define EXCH_REC_LIFE_H

#include "rec/rec.h"

enum exch_life_state {
	EXCH_LIFE_NONE,	       /* nobody asked for it */
	EXCH_LIFE_PENDING_NEW, /* asked for, not answered */
	EXCH_LIFE_NEW,	       /* accepted, nothing filled */
	EXCH_LIFE_PARTIAL,     /* partially filled */
	EXCH_LIFE_INACTIVE,    /* parked, or waits apart since its entry */
	EXCH_LIFE_TRIGGERED,   /* its condition came true; nothing filled */
	EXCH_LIFE_SUSPENDED,   /* left the book and waits apart */
	/* the ends */
	EXCH_LIFE_FILLED,
	EXCH_LIFE_CANCELLED,
	EXCH_LIFE_REPLACED, /* by an order with another id */
	EXCH_LIFE_REJECTED,
	EXCH_LIFE_EXPIRED,
	/* the conditions, as shown */
	EXCH_LIFE_DONE_FOR_DAY,
	EXCH_LIFE_PENDING_REPLACE,
	EXCH_LIFE_PENDING_CANCEL
};

/* How many can be the state of an order, and how many can be shown. */
#define EXCH_LIFE_STATES (EXCH_LIFE_EXPIRED + 1)
#define EXCH_LIFE_SHOWN (EXCH_LIFE_PENDING_CANCEL + 1)

enum exch_life_event {
	/* commands */
	EXCH_LIFE_ASK,	       /* NEW, or QUOTE */
	EXCH_LIFE_ASK_CANCEL,  /* CANCEL */
	EXCH_LIFE_ASK_REPLACE, /* REPLACE */
	/* answers */
	EXCH_LIFE_ACCEPT,	  /* ACK: it comes into the market */
	EXCH_LIFE_PARK,		  /* ACK: it is put apart */
	EXCH_LIFE_REJECT,	  /* REJECT of what asked for it */
	EXCH_LIFE_REFUSE_CANCEL,  /* REJECT of a CANCEL */
	EXCH_LIFE_REFUSE_REPLACE, /* REJECT of a REPLACE */
	EXCH_LIFE_FILL_PART,	  /* EXEC, something is left */
	EXCH_LIFE_FILL,		  /* EXEC, nothing is left */
	EXCH_LIFE_CANCEL_PART,	  /* CANCELLED, something is left */
	EXCH_LIFE_CANCEL,	  /* CANCELLED: exch_life_cancel() */
	EXCH_LIFE_EXPIRE,	  /* the same, because its time was over */
	EXCH_LIFE_CHANGE,	  /* REPLACED under the same id */
	EXCH_LIFE_REPLACE,	  /* REPLACED: goes on under another id */
	EXCH_LIFE_INHERIT,	  /* REPLACED: it is that other one */
	EXCH_LIFE_RESTATE,	  /* RESTATED, it stays where it is */
	EXCH_LIFE_LEAVE,	  /* RESTATED: out of the book, waits apart */
	EXCH_LIFE_ENTER,	  /* RESTATED: it waited and comes in */
	EXCH_LIFE_TRIGGER,	  /* TRIGGERED */
	/* phases */
	EXCH_LIFE_DAY_END,  /* PHASE end, and the order lives on */
	EXCH_LIFE_DAY_BEGIN /* any phase but end */
};

#define EXCH_LIFE_EVENTS (EXCH_LIFE_DAY_BEGIN + 1)

/* What is known of one order; zeroed: EXCH_LIFE_NONE. */
struct exch_stage {
	uint8_t state;	   /* enum exch_life_state, never a condition */
	bool filled;	   /* in part, at some time */
	bool over;	   /* done for the day */
	uint16_t cancels;  /* asked for and not answered */
	uint16_t replaces; /* the same */
};

/* EXCH_ERR_FORMAT: that cannot happen now, and *s is as it was. */
int exch_life_step(struct exch_stage *s, enum exch_life_event e);

/* The state by precedence, conditions included. */
enum exch_life_state exch_life_shown(const struct exch_stage *s);

static inline bool
exch_life_is_end(uint8_t state)
{
	return state >= EXCH_LIFE_FILLED && state <= EXCH_LIFE_EXPIRED;
}

/* Which event a CANCELLED without rest is: cancelled, or its time over? */
enum exch_life_event exch_life_cancel(uint16_t reason);

/* Who made a CANCELLED happen: the owner, or the venue? */
bool exch_life_by_client(uint16_t reason);

/* "partially-filled"; "cannot be executed" (of an event). */
const char *exch_life_word(uint8_t state);
const char *exch_life_verb(enum exch_life_event e);

/* OrdStatus (FIX field 39) of a state, or '\0' for EXCH_LIFE_NONE. */
char exch_life_fix(uint8_t state);

#endif
