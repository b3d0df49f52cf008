/*
 * The naive engine: the shortest program that could be right.  It follows
 * the market rules of exch-match(1) sentence by sentence with one plain
 * array per instrument and linear scans, and shares no code with the real
 * engine, only the layouts of the records.  It is slow and means to be.
 *
 * Only its own memory is its business: whoever compares it with the engine
 * (tests/prop) makes the commands and reads the events.
 */
#ifndef EXCH_TESTS_NAIVE_H
#define EXCH_TESTS_NAIVE_H

#include "rec/rec.h"

/* Price NONE: a market order waiting in a call. */
struct naive_order {
	exch_oid id;
	exch_px price;
	exch_qty qty;
	uint32_t account;
	uint8_t side;
};

struct naive_instr {
	struct exch_rec_instrument def;
	uint8_t phase;
	uint8_t cross;	  /* of the call it is in */
	exch_px call_ref; /* given for the call it is in, or none */
	exch_px last;	  /* price of the last execution, or none */
	uint64_t match;	  /* number of the next execution */
	/* The queue of every level, mixed: earlier stands before later. */
	struct naive_order *order;
	size_t n;
	size_t cap;
	/* Executions the latest command had and no EXPECT has met yet. */
	struct exch_rec_exec *made;
	size_t nmade;
	size_t capmade;
};

/* Rules broken on purpose, to see whether a comparison notices. */
enum naive_fault {
	NAIVE_SOUND = 0,
	NAIVE_FAULT_FIFO,    /* the last of a level is filled first */
	NAIVE_FAULT_PRICE,   /* executions at the incoming limit */
	NAIVE_FAULT_QTY,     /* a fill of a whole order forgets one unit */
	NAIVE_FAULT_REPLACE, /* a larger quantity keeps its place */
	NAIVE_FAULT_UNCROSS, /* auctions take the lowest of the best prices */
	NAIVE_FAULT_BY_ID    /* BY_ID orders go to the back */
};

struct naive {
	const char *ladder; /* name of the auction's price rules */
	bool expect;	    /* EXPECT records are compared */
	enum naive_fault fault;
	/* What instruments announced later begin with. */
	uint8_t phase;
	uint8_t cross;
	exch_ts time; /* largest so far */
	struct naive_instr *instr;
	size_t ninstr;
	/* Events of the last record applied, one behind the other. */
	unsigned char *out;
	size_t nout;
	size_t capout;
	size_t last_out; /* where the last of them begins */
};

/* Zeroed memory becomes an engine; ladder and phase are chosen here. */
void naive_init(struct naive *n, const char *ladder, uint8_t phase);
void naive_clear(struct naive *n);

/* Apply one record of the input; its events are in n->out afterwards. */
void naive_apply(struct naive *n, const struct exch_rec *r);
/* The end of the input: misses of the last executions. */
void naive_finish(struct naive *n);

struct naive_instr *naive_find_instr(const struct naive *n, uint32_t id);
/* The order's place in in->order, or in->n. */
size_t naive_find_order(const struct naive_instr *in, exch_oid id);
/* The first order of a side in priority, or in->n. */
size_t naive_best(const struct naive_instr *in, uint8_t side);

struct naive_price {
	bool found;
	exch_px price;
	exch_u128 volume;
	exch_i128 surplus; /* buys minus sells at the price */
};

/* The uncrossing price of some orders by the ladder of that name. */
/* reference: on the grid, or none */
struct naive_price naive_uncross_price(const char *ladder,
    const struct naive_order *o, size_t n, exch_px tick, exch_px reference);

#endif
