/*
 * Random order flows: seeded, of several profiles, with everything a
 * stream may hold and much that it should not.  The generator looks at the
 * naive engine's books to aim at live orders and at prices near the
 * touch; what it makes is a plain array, so that a flow can be cut to a
 * small failing one (shrink.c) and written to a file.
 */
#ifndef EXCH_TESTS_FLOW_H
#define EXCH_TESTS_FLOW_H

#include "base/rng.h"
#include "naive/naive.h"
#include "rec/rec.h"

struct flow_cause {
	struct exch_rec_cancel cancel;
	struct exch_ext x[3];
};

struct flow_order {
	struct exch_rec_new order;
	struct exch_ext x[10];
};

struct flow_change {
	struct exch_rec_replace replace;
	struct exch_ext x[6];
};

struct flow_quote {
	struct exch_rec_quote quote;
	struct exch_ext x[1];
};

/* One record of the input, any type; h.len8 says how much is used. */
union flow_cmd {
	struct exch_rec h;
	struct exch_rec_instrument instrument;
	struct exch_rec_phase phase;
	struct exch_rec_new order;
	struct flow_order with;
	struct flow_change change;
	struct exch_rec_mass_cancel mass;
	struct exch_rec_cancel cancel;
	struct flow_cause cause;
	struct exch_rec_replace replace;
	struct exch_rec_expect expect;
	struct exch_rec_account account;
	struct flow_quote quote;
	struct exch_rec_accept accept;
	struct exch_rec_block block;
	struct exch_rec_break broken;
	struct exch_rec_trade trade;
};

struct flow {
	union flow_cmd *cmd;
	size_t n;
	const char *ladder;
	struct naive_rules rules; /* of its market */
	const char *market;	  /* text of a market file, or NULL */
	const char *market_path;
	const char *alloc; /* or NULL */
	uint8_t stp;	   /* the market's self-trade mode, or 0 */
	uint8_t phase;	   /* in which instruments begin */
	bool expect;	   /* executions are compared with EXPECT records */
	bool general;	   /* orders of the general market are in it */
};

/* How likely things are, in 1/1000, and how far prices spread. */
struct flow_profile {
	const char *name;
	unsigned cancel; /* of all commands */
	unsigned replace;
	unsigned phase;
	unsigned announce;
	unsigned market; /* of new orders */
	unsigned ioc;
	unsigned fok;
	unsigned post;
	unsigned by_id;
	unsigned cross;	  /* priced to trade */
	unsigned imposed; /* of all commands */
	unsigned illegal;
	unsigned extreme; /* prices at the ends of their type */
	unsigned huge;	  /* quantities near 2^64 */
	unsigned width;	  /* ticks beside the touch */
	unsigned depth;	  /* live orders per instrument to keep below */
	unsigned ninstr;
	bool rules; /* of a market, though no order has conditions */
	/* The general market: of all new orders, and of all commands. */
	unsigned general; /* 0: none of what follows */
	unsigned stop;
	unsigned peg;
	unsigned iceberg;
	unsigned condition; /* AON, minimum */
	unsigned hidden;
	unsigned stp;
	unsigned auction; /* ato, atc, gfa, imbalance-only, mtl */
	unsigned link;	  /* oco, session */
	unsigned until;	  /* gtd, gtt */
	unsigned discretion;
	unsigned child;
	unsigned client; /* orders with a client id; many are repeated */
	unsigned whose;	 /* cancels and replaces that say whose order it is */
	unsigned mass;	 /* of all commands, and so are those below */
	unsigned quote;
	unsigned request; /* ACCEPT; and of new orders, asked and answered */
	unsigned block;	  /* and broken trades */
};

/* An instrument of the flows. */
struct flow_market {
	uint32_t id;
	uint8_t kind;
	exch_px tick;
	exch_qty lot;
	exch_qty min_qty;
	exch_qty max_qty;
	exch_px reference;
};

struct flow_gen {
	struct exch_rng rng;
	const struct flow_profile *p;
	struct flow_market market[8];
	/* Of a market file, to keep to what it takes; or NULL. */
	const struct naive_rules *rules;
	exch_ts time;
	uint64_t pace; /* ns from command to command, 0: some */
	exch_oid next;
	int64_t anchor[8]; /* price per instrument in ticks, walks */
	uint64_t venue;	   /* numbers of EXPECT records */
	bool expect;
	/* what the latest command executed, to expect it */
	struct exch_rec_exec exec[16];
	unsigned nexec;
	unsigned said; /* of them */
	/* Orders with a client's number, to be said again. */
	struct flow_order told[32];
	unsigned ntold;
};

/* When every flow begins; and the days of market files, by the date and by
 * UTC's midnight. */
#define FLOW_BEGIN UINT64_C(1700000000000000000)
#define FLOW_VENUE_DATE 20231116u
#define FLOW_VENUE_MIDNIGHT UINT64_C(1700092800000000000)
#define FLOW_DAY UINT64_C(86400000000000)

/* All profiles; *n receives how many. */
const struct flow_profile *flow_profiles(unsigned *n);

void flow_gen_init(struct flow_gen *g, uint64_t seed,
    const struct flow_profile *p, bool expect);
/*
 * The flow is for a market file: its instruments fit the table of ticks, its
 * orders are mostly of those the market takes, and it goes on at that pace
 * from that time.
 */
void flow_gen_venue(struct flow_gen *g, const struct naive_rules *rules,
    exch_ts begin, uint64_t pace);
/* How far apart limits are there: the instrument's tick or the market's. */
exch_px flow_step(
    const struct flow_gen *g, const struct naive_instr *in, exch_px price);
/* The next record, knowing the state the ones before led to. */
void flow_next(struct flow_gen *g, const struct naive *n, union flow_cmd *c);

/* flow_general.c: give a new order, or a replace, what the profile asks. */
void flow_general_new(
    struct flow_gen *g, const struct naive *n, union flow_cmd *u);
void flow_general_replace(
    struct flow_gen *g, const struct naive *n, union flow_cmd *u);
void flow_general_mass(struct flow_gen *g, uint32_t instr, union flow_cmd *u);
/* flow_links.c: an entry more, if there is room. */
void flow_add(struct exch_rec *h, struct exch_ext *x, size_t max, uint16_t tag,
    uint32_t small, uint64_t value);
void flow_links(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u);
void flow_client(struct flow_gen *g, union flow_cmd *u);
void flow_whose(struct flow_gen *g, const struct naive_order *o,
    struct exch_rec *h, struct exch_ext *x, size_t max);
/* flow_quote.c */
void flow_quote(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u);
/* Make a new order a request, or an answer to one; false: it stays. */
bool flow_request(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u);
void flow_accept(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u);
void flow_block(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u);
void flow_break(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u);
/* A value of the breaker's index, at one of its levels or about there. */
void flow_value(struct flow_gen *g, const struct naive *n,
    const struct naive_instr *in, union flow_cmd *u);
/* flow.c: the beginning of a command; and a quantity. */
void flow_head(struct flow_gen *g, union flow_cmd *c, uint8_t type, size_t size,
    uint32_t instr);
exch_oid flow_id(struct flow_gen *g);
/* When an order may expire: soon, and many commands from now. */
exch_ts flow_until(struct flow_gen *g);

/*
 * The last records of a flow make the books visible: per instrument the
 * limits are lifted, continuous trading is imposed, and market orders
 * meet everything that rests, in order of priority.  False: no more.
 */
#define FLOW_DRAIN_STEPS 8
bool flow_drain(struct flow_gen *g, const struct naive *n, unsigned step,
    union flow_cmd *c);

#endif
