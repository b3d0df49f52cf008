/*
 * An engine with a card (card/card.h): which instruments are aboard it, and
 * what it is asked.
 *
 * The engine keeps its own books as ever.  Those of instruments that are
 * aboard are on the card, too, order by order.  An ordinary order that
 * enters such a book is sent to the card, and what the card has to say follows
 * from the book: it is done to it and told.  Every other change of the book is
 * done first and sent behind it.  What is due is remembered, and compared
 * with what comes when somebody asks for results (exch_match_settle): so many
 * commands are in flight, and none is released that was not compared.  An
 * event that is not the one that is due, or none, ends the run.
 *
 * An instrument is aboard while it trades continuously, its book is not
 * crossed and has orders with prices only, of quantities that are whole
 * lots, at most 2^32 - 1 of them.  Bids and asks that are too far from the
 * best prices for the card's levels are not on it; no order is sent that
 * could reach them.  Else it is ashore: the engine matches as without a card,
 * and looks again when it has done as many commands there as the book had
 * orders.
 *
 *	aboard.c   who is aboard, and changes that are sent behind
 *	asked.c    orders the card matches; commands and events
 */
#ifndef EXCH_MATCH_ABOARD_H
#define EXCH_MATCH_ABOARD_H

#include "card/card.h"
#include "match/engine.h"

/* An instrument of the card; its symbol there is its place in the table. */
struct exch_berth {
	bool aboard;
	int64_t base;  /* the tick that is the card's price 0 */
	exch_qty lot;  /* what the card's quantities count */
	uint64_t wait; /* commands until the next try to come aboard */
};

/* What is due, of which command, and for whom that was sent. */
struct exch_due {
	struct exch_card_evt e;
	struct exch_card_cmd cmd;
	uint64_t label;
};

#define EXCH_ABOARD_BUF 64
/* Events that may be due: a power of 2. */
#define EXCH_ABOARD_DUES 1024u

struct exch_aboard {
	struct exch_book_mirror mirror; /* first: the store knows it by that */
	struct exch_match *m;
	const struct exch_card_ops *ops;
	struct exch_card *card;	     /* NULL: it was given back */
	struct exch_card_stats last; /* what it said then */
	struct exch_card_limits l;
	struct exch_berth *berth; /* l.symbols */
	uint32_t nberth;
	uint16_t *berth_of; /* by instrument: from 1; 0: none */
	/* Slots of the card: by slots of the store, from 1, 0: none. */
	uint32_t *card_slot;
	size_t ncard_slot;
	uint32_t *gen;	/* by slot of the card: of its last use */
	uint32_t *free; /* slots given back */
	uint32_t nfree, used, cap;
	uint64_t seq;
	struct exch_card_cmd cmd; /* the last one sent */
	uint16_t index;		  /* of the event that is due of it */
	uint64_t label;		  /* whose the commands are: match.h */
	struct exch_due *due;	  /* a ring, from ndone to ndue */
	uint64_t ndone, ndue;
	struct exch_card_evt buf[EXCH_ABOARD_BUF]; /* at..n came, not taken */
	size_t at, n;
	/* Of an order that the card matches. */
	exch_qty unit; /* what its quantities count */
	int64_t base;  /* the tick of its price 0 */
	uint32_t slot; /* the order's, on the card */
	bool asked;    /* it is sent, and did not enter here yet */
	bool muted;    /* what the book does now, the card has done */
	bool failed;
	bool busy;	      /* the command in hand has been on the card */
	struct exch_diag why; /* of a failure */
	uint64_t failed_at;   /* and the label of what failed */
	struct exch_card_tally tally;
};

/* ---- aboard.c ---- */

/* A card for the engine; it is empty, and all are ashore. */
int exch_aboard_new(struct exch_match *m, struct exch_diag *d);
void exch_aboard_free(struct exch_aboard *a);
/* An instrument is announced; a failure when the card has no room for it. */
void exch_aboard_announce(struct exch_match *m, const struct exch_instr *in);
/* All that an image has brought are. */
void exch_aboard_all(struct exch_match *m);
/*
 * The place of an instrument that is aboard, or comes aboard now, with its
 * window laid so that an order of `tick` is on the card if that is possible.
 * NULL: it is ashore, or the card has failed (a->failed).
 */
struct exch_berth *exch_aboard_berth(
    struct exch_aboard *a, const struct exch_instr *in, int64_t tick);
/* It goes ashore for such a reason. */
void exch_aboard_leave(
    struct exch_aboard *a, const struct exch_instr *in, enum exch_ashore why);
/* A slot of the card, of a new generation; false: there is none. */
bool exch_aboard_slot(struct exch_aboard *a, uint32_t *slot);
/* An order of the store has that slot, or none any more. */
void exch_aboard_put(struct exch_aboard *a, exch_slot o, uint32_t slot);
void exch_aboard_drop(struct exch_aboard *a, exch_slot o);
void exch_aboard_give(struct exch_aboard *a, uint32_t slot);

/* The slot of an order, from 1; 0: it is not on the card. */
static inline uint32_t
exch_aboard_slot_of(const struct exch_aboard *a, exch_slot o)
{
	return o < a->ncard_slot ? a->card_slot[o] : 0;
}

/* Has the card a level for it? */
static inline bool
exch_aboard_within(
    const struct exch_aboard *a, const struct exch_berth *b, int64_t tick)
{
	return (uint64_t)tick - (uint64_t)b->base < a->l.levels;
}

/* A bid below or an ask above all that the card has levels for? */
static inline bool
exch_aboard_is_far(const struct exch_aboard *a, const struct exch_berth *b,
    unsigned side, int64_t tick)
{
	return side == 0 ? tick < b->base
			 : tick >= b->base + (int64_t)a->l.levels;
}

/* ---- asked.c ---- */

/* The engine stops: what the card did is not to be trusted. */
void exch_aboard_fail(struct exch_aboard *a, enum exch_err code,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* a->cmd, with its operation, flags, symbol and slot, and the rest 0. */
void exch_aboard_begin(struct exch_aboard *a, unsigned op, unsigned flags,
    const struct exch_berth *b, uint32_t slot);
void exch_aboard_send(struct exch_aboard *a);
/* An event of it: all but what follows from the command and its place. */
struct exch_card_evt exch_aboard_due(
    const struct exch_aboard *a, unsigned kind, unsigned flags);
/* That one is due next; false: the card has failed. */
bool exch_aboard_expect(struct exch_aboard *a, const struct exch_card_evt *due);
/* What is due has come, but for so many; false: the card has failed. */
bool exch_aboard_settle(struct exch_aboard *a, uint64_t but);
/* All that the card had to say was due; false: the card has failed. */
bool exch_aboard_silent(struct exch_aboard *a);

/*
 * An ordinary order is about to enter; `old` is the one it replaces, or none.
 * False: the card has failed, and nothing is to be told.  Otherwise
 * a->asked says whether the card matches it: then it enters here as ever, and
 * each step of that is due from the card, by the two functions below.
 */
bool exch_aboard_ask(struct exch_match *m, struct exch_instr *in,
    const struct exch_book_order *o, uint8_t tif, exch_slot old);

/*
 * Before it is done: the order meets the first one of a level, of which the
 * card has the slot no more if it goes.  False: the card has failed.
 */
bool exch_aboard_meet(
    struct exch_match *m, exch_slot level, const struct exch_book_order *o);
/* So much of it is left, and rests or goes. */
bool exch_aboard_end(struct exch_aboard *a, exch_qty qty);

#endif
