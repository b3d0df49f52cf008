/*
 * Participants: who acts on what he is told, and is told late.  Built-in
 * agents (agents.c) and programs behind a pipe (pipe.c) are the same thing to
 * the kernel: it gives them turns and takes commands.
 *
 * A turn is all that has reached an agent by the time of something that wakes
 * it.  What the agent answers leaves it at the time of the turn, reaches the
 * engine behind its latency, and no answer depends on anything but the
 * turns.  A program behind a pipe may be asked several turns before the
 * answer to the first is needed: nothing that it says can reach the engine
 * earlier than its least latency.  For the same reason a wake that it asks for
 * comes no sooner than that.
 */
#ifndef EXCH_SIM_AGENT_H
#define EXCH_SIM_AGENT_H

#include "base/rng.h"
#include "rec/rec.h"
#include "sim/param.h"

enum exch_told {
	EXCH_TOLD_TOP,	 /* best bid and offer have changed */
	EXCH_TOLD_LEVEL, /* a level's quantity has; 0: it is gone */
	EXCH_TOLD_TRADE, /* an execution: price, qty, side of the taker */
	EXCH_TOLD_ADD,	 /* an order rests (its number in `order`) */
	EXCH_TOLD_LEFT,	 /* so much of that order is left; 0: none */
	EXCH_TOLD_PHASE, /* `reason`: enum exch_phase */
	/*
	 * An instrument is another one now: price its tick, price2 its
	 * reference, qty its lot, qty2 and order least and most of an order,
	 * `reason` decimals.  a->instr has it, too, but for the lot, in which
	 * agents count what they hold.
	 */
	EXCH_TOLD_INSTRUMENT,
	EXCH_TOLD_ACCEPTED, /* own from here: `tag` names the order */
	EXCH_TOLD_REJECTED, /* `reason`: enum exch_reject; qty 0 */
	EXCH_TOLD_FILLED,   /* price, qty, qty2 is left, side the order's */
	EXCH_TOLD_CANCELED, /* qty went, `reason`: enum exch_reason */
	EXCH_TOLD_REPLACED, /* price and qty as they are now */
	EXCH_TOLD_TIMER,    /* the wake that was asked for */
	EXCH_TOLD_END	    /* the last turn there is */
};

struct exch_agent_msg {
	exch_ts at;   /* when the agent learns it */
	exch_ts time; /* when it happened at the exchange */
	uint8_t what; /* enum exch_told */
	uint8_t side; /* enum exch_side or 0 */
	bool maker;   /* of FILLED: the agent's order had rested */
	uint16_t reason;
	uint32_t instr; /* id in the stream */
	uint64_t tag;	/* the agent's number of its order */
	exch_oid order; /* the exchange's */
	exch_px price;	/* TOP: of the bid, or none */
	exch_qty qty;	/* TOP: of the bid */
	exch_px price2; /* TOP: of the offer, or none */
	exch_qty qty2;
};

enum exch_agent_what {
	EXCH_AGENT_NEW,
	EXCH_AGENT_CANCEL,
	EXCH_AGENT_REPLACE,
	EXCH_AGENT_CANCEL_ALL, /* of its own, in instr or (0) everywhere */
	EXCH_AGENT_WAKE	       /* a TIMER at `at` */
};

struct exch_agent_cmd {
	uint8_t what;
	uint8_t side;	  /* enum exch_side */
	uint8_t ordtype;  /* enum exch_ordtype */
	uint8_t tif;	  /* enum exch_tif */
	uint8_t ordflags; /* enum exch_ordflag */
	uint32_t instr;
	/*
	 * Its own number of the order, above 0, new for a new order.  Unknown
	 * numbers are answered by REJECTED, as by an exchange.
	 */
	uint64_t tag;
	exch_px price;	  /* none for market orders */
	exch_qty qty;	  /* REPLACE: the new open quantity */
	exch_qty display; /* of an iceberg; 0: all of it */
	exch_px stop;	  /* or none */
	exch_ts at;	  /* of a wake */
	uint64_t busy;	  /* it was thinking for so many ns */
};

struct exch_agent_out; /* kernel.c */
/* EXCH_ERR_NOMEM. */
int exch_agent_say(struct exch_agent_out *o, const struct exch_agent_cmd *c);

/* What it wants to be told, and what wakes it. */
struct exch_agent_wants {
	uint8_t levels; /* 0: no book; 1: TOP; n: LEVEL of n levels */
	bool orders;	/* ADD and LEFT */
	bool trades;
	/* bits by enum exch_told; own ones and END always reach it */
	uint32_t wakes;
};
#define EXCH_WAKES(told) (UINT32_C(1) << (told))
#define EXCH_WAKES_OWN                                                         \
	(EXCH_WAKES(EXCH_TOLD_ACCEPTED) | EXCH_WAKES(EXCH_TOLD_REJECTED) |     \
	    EXCH_WAKES(EXCH_TOLD_FILLED) | EXCH_WAKES(EXCH_TOLD_CANCELED) |    \
	    EXCH_WAKES(EXCH_TOLD_REPLACED))

/* What holds for an agent where one of its instruments is traded. */
struct exch_agent_access {
	int64_t maker_fee; /* 10^-9 of the value, negative: a rebate */
	int64_t taker_fee;
	uint64_t entry; /* ns: no new order gets there sooner */
	bool dark;	/* nobody is told of its book */
	exch_qty least; /* of an order */
};

struct exch_agent {
	const struct exch_agent_kind *kind;
	const char *name;     /* in the scenario, and of its account */
	struct exch_place at; /* there: who it is, */
	struct exch_place on; /* and what it trades, or the same */
	const struct exch_params *params;
	struct exch_rng rng; /* its own stream: by seed and name */
	uint64_t seed;	     /* to be told to a program */
	uint64_t common;     /* by the seed alone: the same for all of a run */
	/* what it trades, as announced; all of the scenario's when the
	 * scenario names none; brought up to date before a turn */
	const struct exch_rec_instrument *instr;
	unsigned ninstr;
	const struct exch_agent_access *access; /* of instr[i] */
	int64_t maker_fee; /* where no venue says anything else */
	int64_t taker_fee;
	exch_ts begin, end;	       /* of the run */
	uint64_t least_latency;	       /* of a command on its way */
	struct exch_agent_wants wants; /* set by open() */
	void *state;		       /* kind->size bytes, zero at first */
};

struct exch_agent_kind {
	const char *name; /* "maker" */
	const char *what;
	const struct exch_param *param;
	unsigned nparam;
	size_t size;
	int (*open)(struct exch_agent *a, struct exch_diag *d);
	void (*close)(struct exch_agent *a); /* may be NULL */
	/*
	 * A turn: n messages, the last of which has woken it.  The first turn
	 * is at `begin` and has no message.  One of these two ways:
	 */
	int (*turn)(struct exch_agent *a, exch_ts now,
	    const struct exch_agent_msg *m, size_t n, struct exch_agent_out *o,
	    struct exch_diag *d);
	/* asked now, answered when the answer is needed, in order */
	int (*ask)(struct exch_agent *a, exch_ts now,
	    const struct exch_agent_msg *m, size_t n, struct exch_diag *d);
	int (*answer)(struct exch_agent *a, struct exch_agent_out *o,
	    struct exch_diag *d);
};

/* Those built in; *n receives how many.  A program is not among them. */
const struct exch_agent_kind *const *exch_agent_all(unsigned *n);
const struct exch_agent_kind *exch_agent_find(const char *name, size_t n);
/* A program: its command line is the parameter `command`. */
extern const struct exch_agent_kind exch_agent_program;
/* The file that a program's transcript is written into, and where that is
 * said; NULL: into none, or it is no program. */
const struct exch_param_value *exch_agent_record(
    const struct exch_agent_kind *kind, const struct exch_params *p);

#endif
