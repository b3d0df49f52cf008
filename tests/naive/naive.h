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

#include "match/alloc.h"
#include "rec/rec.h"

/*
 * An order.  Price NONE: a market order waiting in a call.  qty is what it
 * shows, or all of it when nothing is held back in `reserve`.
 */
struct naive_order {
	exch_oid id;
	exch_px price; /* it rests at; a peg's is its working price */
	exch_qty qty;
	uint32_t account;
	uint8_t side;
	/* the general market */
	uint8_t type;
	uint8_t tif;
	uint8_t flags;
	uint8_t stp;
	uint8_t peg;
	uint8_t trail_kind;
	uint8_t vary;
	bool min_total;
	bool hidden;
	bool wants_trigger; /* apart: until an execution */
	exch_qty reserve;
	exch_qty peak;
	exch_qty min;
	exch_px cap; /* a peg's own limit */
	exch_px offset;
	exch_px stop;
	exch_px extreme;
	uint64_t trail;
	exch_ts expire;
	uint64_t group;
	uint64_t oco;
	uint64_t session;
	exch_ts time;	   /* of receipt */
	exch_qty received; /* what it had then */
	bool quoted;
	bool sold_short;
	bool bounded; /* in its turn, without limit: no further than */
	exch_px bound;
	uint64_t request; /* entry of the request it answers, or 0 */
	bool top;	  /* it bettered the market and was not bettered */
	uint64_t entry;	  /* order of acceptance, of all instruments */
	bool discreet;
	exch_px discretion;
	bool waits_for_parent; /* apart: until that order is gone */
	exch_oid parent;
	exch_u128 executed;  /* in its life, whatever replaced it */
	exch_u128 allowance; /* of the parent, before and then since */
	uint32_t queued_in;  /* instrument, for the queue of turns to come */
	uint64_t refreshes;
};

/* An execution as limit up, limit down remembers it. */
struct naive_print {
	uint64_t part; /* of the window, counted from 1970 */
	exch_px price;
};

/* A value of an index, and what it has to be compared with. */
struct naive_value {
	uint32_t instr;
	exch_px value;
	exch_px close;
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
	/* Parked orders and orders that wait. */
	struct naive_order *apart;
	size_t napart;
	size_t capapart;
	/* Executions that are broken. */
	uint64_t *broken;
	size_t nbroken;
	bool touched;	    /* its pegs have to be looked at */
	uint32_t parity[2]; /* whose turn it is, buys and sells */
	/* What protects the market. */
	exch_px auction; /* price of its last auction, or none */
	bool stopped;
	exch_px breach; /* what stopped it */
	uint64_t pause;
	unsigned restricted; /* ends of days until short sales are free */
	bool extended;
	bool put_off;			/* its call ends with a halt */
	bool lingers;			/* in the random end of its call */
	uint64_t random_ends[6];	/* it had, by auction */
	exch_ts resume_at, indicate_at; /* EXCH_TS_NONE: never */
	struct exch_rec_phase then;	/* what comes at resume_at */
	struct exch_rec_auction seen;	/* the last indication of this call */
	uint64_t seen_change;
	/* Limit up, limit down. */
	exch_px luld_ref, lower, upper; /* or none */
	exch_ts luld_since, limit_at;
	uint8_t luld_state;
	bool printed;
	struct naive_print *prints;
	size_t nprints;
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
	NAIVE_FAULT_BY_ID,   /* BY_ID orders go to the back */
	NAIVE_FAULT_FREEZE,  /* cancels are never frozen */
	NAIVE_FAULT_RANDOM,  /* random ends come a nanosecond late */
	NAIVE_FAULT_DOUBLE,  /* bands never double */
	NAIVE_FAULT_BREAKER  /* a level itself is not reached yet */
};

/* A line of the timetable. */
struct naive_row {
	exch_ts time;
	uint8_t phase;
	uint8_t cross;
	char symbol[24]; /* "": all instruments */
};

/* What is refused in the last part of a call. */
struct naive_freeze {
	uint64_t part; /* ns */
	uint8_t cross;
	bool command[256]; /* by type of record */
	bool type[256];
	bool tif[256];
};

/* A market's rules of its own; zeroed: none. */
struct naive_rules {
	uint64_t still;	  /* percent x 10^6 from the reference, 0 any */
	uint64_t dynamic; /* from the last execution */
	exch_px from[32], step[32];
	size_t nticks;
	bool no_type[256];
	bool no_tif[256];
	bool announced; /* orders of other accounts are refused */
	bool by_member; /* self-trade prevention: accounts of one member */
	exch_qty block_min;
	uint64_t block_band;
	/* Shares are percent x 10^6, times ns; 0: no such rule. */
	uint64_t collar;
	uint64_t short_sale;
	uint64_t throttle, window;
	uint64_t bump;
	uint64_t stop_still, stop_still_time;
	uint64_t stop_dynamic, stop_dynamic_time;
	uint64_t monitor, monitor_time;
	uint64_t indicative;
	bool odd_take, odd_now;
	bool day;				    /* any of these */
	bool no_type_in[6][256], no_tif_in[6][256]; /* by phase */
	uint64_t random_end[6];			    /* by auction, ns */
	struct naive_freeze freeze[16];
	size_t nfreezes;
	struct naive_row row[128];
	size_t nrows;
	/* Market makers and their shares in percent; 0: none. */
	uint32_t maker[16];
	uint8_t maker_percent[16];
	struct naive_luld {
		int rel; /* above, from, below: 1, 0, -1 */
		exch_px at;
		exch_px most;
		uint64_t share;
		bool twice; /* as far from luld_twice on */
	} luld[16];
	size_t nluld;
	uint64_t luld_window, luld_change, luld_hold, luld_limit, luld_pause;
	bool luld_reject;
	exch_ts luld_twice; /* EXCH_TS_NONE: never */
	/* The market-wide breaker. */
	char index[24];
	struct naive_fall {
		uint64_t share;
		uint64_t halt; /* ns, 0: for the day */
	} fall[9];
	size_t nfalls;
	exch_ts fall_until; /* levels halt; EXCH_TS_NONE: always */
	/* Name by auction, "": that of the engine. */
	char ladder[6][16];
	/* Row of alloc.h with the market's parameters; name NULL: that of the
	 * engine, or none. */
	struct exch_alloc share;
};

struct naive {
	const struct naive_rules *rules; /* or NULL */
	const char *ladder;		 /* name of the auction's price rules */
	const char *alloc;		 /* of who gets how much, or NULL */
	bool expect;			 /* EXPECT records are compared */
	enum naive_fault fault;
	/* What instruments announced later begin with. */
	uint8_t phase;
	uint8_t cross;
	exch_ts time; /* largest so far */
	/* The one in hand while the phase of all changes, or NULL. */
	struct naive_instr *changing;
	struct naive_instr *instr;
	size_t ninstr;
	uint64_t entries;
	uint8_t stp; /* the market's self-trade mode */
	uint64_t seed;
	/* What clients called their orders, the oldest first. */
	struct naive_client {
		uint32_t account;
		uint64_t id;
		exch_oid order;
		enum exch_reject code;
		unsigned char *said; /* the whole record */
	} * client;
	size_t nclient;
	struct exch_rec_account *account; /* announced, in their order */
	size_t naccount;
	uint32_t killed[64];
	size_t nkilled;
	bool killed_all;
	/* Triggered orders of the instrument in hand, and their events. */
	struct naive_order *queue;
	exch_px *queue_price;
	size_t nqueue;
	size_t capqueue;
	size_t cap_price;
	/* The order whose turn it is. */
	struct naive_order *turn;
	struct naive_instr *turn_in;
	bool turn_over;
	/* Commands that are held, and orders per account and window. */
	struct naive_held {
		exch_ts due;
		struct exch_rec *rec;
	} * held;
	size_t nheld;
	struct naive_rate {
		uint32_t account;
		uint64_t window;
		uint64_t count;
	} rate[64];
	size_t nrate;
	bool twice_told; /* that bands have doubled */
	/* The breaker: levels count from 1; values of the event in hand. */
	unsigned fallen, stop_level, over_level;
	exch_ts stop_end;
	struct naive_value *value;
	size_t nvalue;
	bool no_band;	  /* this auction has none */
	uint64_t changes; /* counts whatever happens but indications */
	size_t next_row;  /* of the timetable */
	/* Events of the last record applied, one behind the other. */
	unsigned char *out;
	size_t nout;
	size_t capout;
	size_t last_out; /* where the last of them begins */
};

/* Zeroed memory becomes an engine; ladder and phase are chosen here. */
void naive_init(struct naive *n, const char *ladder, uint8_t phase);
void naive_clear(struct naive *n);

/* The clock: what expires up to `time`; events in n->out. */
void naive_clock(struct naive *n, exch_ts time);
/* At the end: what is left of the day, what is held, and calls that last. */
void naive_end(struct naive *n);
/* Apply one record of the input; its events are in n->out afterwards. */
void naive_apply(struct naive *n, const struct exch_rec *r);
/* The end of the input: what is held, and misses of the last executions. */
void naive_finish(struct naive *n);

struct naive_instr *naive_find_instr(const struct naive *n, uint32_t id);
/* The order's place in in->order, or in->n. */
size_t naive_find_order(const struct naive_instr *in, exch_oid id);
/* The first order of a side in priority, or in->n. */
size_t naive_best(const struct naive_instr *in, uint8_t side);

/* ---- inside ---- */

void *naive_emit(struct naive *n, uint8_t type, size_t size, uint32_t instr);
void naive_cancelled(struct naive *n, uint32_t instr, exch_oid id, exch_qty qty,
    enum exch_reason reason, bool open);
void naive_exec(
    struct naive *n, struct naive_instr *in, const struct exch_rec_exec *what);
void naive_reject(struct naive *n, const struct exch_rec *cmd, exch_oid id,
    enum exch_reject code);
void naive_restated(struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px price, enum exch_restate why);
bool naive_join(
    struct naive_instr *in, const struct naive_order *o, bool by_id);
void naive_take_out(struct naive_instr *in, size_t i);
/* Order a before b in priority, both of one side. */
bool naive_before(const struct naive_instr *in, size_t a, size_t b);
enum exch_reject naive_check_qty(const struct naive_instr *in, exch_qty qty);
enum exch_reject naive_check_price(
    const struct naive_instr *in, exch_px price, bool market);
struct naive_instr *naive_next_instr(const struct naive *n, uint32_t id);
bool naive_uncrosses(
    const struct naive_instr *in, const struct exch_rec_phase *c);

/* The auction's price, or none; with OCO afterwards. */
exch_px naive_uncross(struct naive *n, struct naive_instr *in, exch_px ref);
/*
 * What an auction with a band left crossed has another without it: its price,
 * if there is one, becomes *price.
 */
void naive_uncross_rest(
    struct naive *n, struct naive_instr *in, exch_px ref, exch_px *price);
void naive_drop_market(struct naive *n, struct naive_instr *in);

/* The reference of an auction, on the grid, and the price as it is now. */
exch_px naive_auction_reference(
    const struct naive *n, const struct naive_instr *in, exch_px call_ref);
struct naive_price naive_price_now(
    const struct naive *n, const struct naive_instr *in, exch_px ref);
/* A change of phase, by a record of the stream or by the clock. */
void naive_phase(struct naive *n, struct naive_instr *in,
    const struct exch_rec_phase *c, bool by_clock);
void naive_phases(
    struct naive *n, const struct exch_rec_phase *c, bool by_clock);
/* The engine tells one; instr 0 is all. */
void naive_tell_phase(
    struct naive *n, uint32_t instr, const struct exch_rec_phase *p);
/* A record has its effect; the last of its events is marked. */
void naive_act(struct naive *n, const struct exch_rec *r);

/* guard.c */
void naive_guard_begin(struct naive *n, struct naive_instr *in);
enum exch_reject naive_guard_qty(const struct naive *n,
    const struct naive_instr *in, exch_qty qty, uint8_t tif);
enum exch_reject naive_guard_entry(const struct naive *n,
    const struct naive_instr *in, const struct naive_order *o, exch_px price);
bool naive_throttles(struct naive *n, uint32_t account);
bool naive_barred(const struct naive *n, const struct naive_instr *in,
    const struct naive_order *o);
bool naive_collar(const struct naive *n, const struct naive_instr *in,
    uint8_t side, exch_px *bound);
void naive_prints(struct naive *n, struct naive_instr *in, exch_px price);
void naive_end_of_day(struct naive *n, struct naive_instr *in);
bool naive_in_range(const struct naive *n, const struct naive_instr *in,
    exch_px price, exch_px last);
bool naive_stops(struct naive *n, struct naive_instr *in, exch_px price);
void naive_interrupt(struct naive *n, struct naive_instr *in);
bool naive_extends(struct naive *n, struct naive_instr *in,
    const struct exch_rec_phase *c, exch_px call_ref);
void naive_guard_phase(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c);
void naive_resume(struct naive *n, struct naive_instr *in);
void naive_indicate(struct naive *n, struct naive_instr *in);
bool naive_hold(struct naive *n, const struct exch_rec *r);
void naive_release(struct naive *n);
/* day.c; command: EXCH_REC_NEW, CANCEL or REPLACE */
enum exch_reject naive_eligible(const struct naive *n,
    const struct naive_instr *in, uint8_t command, const struct naive_order *o);
bool naive_random_end(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c);
/* Does a call go on that should be over? */
bool naive_lingers(const struct naive *n);
/* When the next line of the timetable is due, or EXCH_TS_NONE; the last, or
 * 0. */
exch_ts naive_next_row(const struct naive *n);
exch_ts naive_last_row(const struct naive *n);
void naive_do_row(struct naive *n);
/* The ladder of such an auction. */
const char *naive_ladder(const struct naive *n, uint8_t cross);
/*
 * market.c: the rules of a market file, and the market's self-trade mode.
 * Lines of its timetable are of the day that begins at `midnight`, and are
 * added to those the rules have.  NULL, or what is wrong.
 */
const char *naive_read_market(
    const char *text, exch_ts midnight, struct naive_rules *r, uint8_t *stp);
exch_ts naive_later(exch_ts t, uint64_t ns);
exch_ts naive_due(exch_ts t);
void naive_notice(
    struct naive *n, const struct naive_instr *in, const char *text);
/* luld.c */
bool naive_outside(const struct naive_instr *in, exch_px price);
void naive_luld_prints(struct naive *n, struct naive_instr *in, exch_px price);
bool naive_luld_look(struct naive *n, struct naive_instr *in);
void naive_luld_state(struct naive *n, struct naive_instr *in);
void naive_luld_announced(struct naive *n, struct naive_instr *in);
void naive_luld_phase(
    struct naive *n, struct naive_instr *in, uint8_t was, exch_px opened);
bool naive_luld_refuses(const struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px price);
bool naive_luld_bounds(
    struct naive *n, struct naive_instr *in, struct naive_order *o, bool hides);
void naive_luld_pause(struct naive *n, struct naive_instr *in);
/* When bands double, or EXCH_TS_NONE; and it happens. */
exch_ts naive_twice_at(const struct naive *n);
void naive_twice(struct naive *n);
/* A price with as few decimals as it needs, in s. */
const char *naive_shortest(exch_px v, char *s, size_t size);
/* breaker.c */
void naive_index_value(
    struct naive *n, const struct naive_instr *in, exch_px value);
/* Behind an event: what its values bring. */
void naive_breaker(struct naive *n);
void naive_breaker_day(struct naive *n, const struct naive_instr *in);
void naive_breaker_announced(struct naive *n, struct naive_instr *in);
/* Does a change by the clock not take place now? */
bool naive_puts_off(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c);
/* general.c */
bool naive_is_call(uint8_t tif);
bool naive_is_dated(uint8_t tif);
bool naive_takes_part(uint8_t tif, uint8_t cross);
bool naive_is_conditional(const struct naive_order *o);
bool naive_is_killed(const struct naive *n, uint32_t account);
void naive_apart_out(struct naive_instr *in, size_t i);
void naive_pegs(struct naive *n, struct naive_instr *in);
void naive_pegs_elsewhere(struct naive *n);
/* A day limit order; the ids `quoter` has quoted may be live. */
enum exch_reject naive_check_limit(const struct naive *n,
    const struct naive_instr *in, const struct exch_rec_new *c,
    uint32_t quoter);
/* It comes in, accepted and quoted. */
void naive_enter_quoted(struct naive *n, struct naive_instr *in,
    const struct exch_rec_new *c, uint64_t session);
bool naive_entry_of(
    const struct exch_rec *r, size_t fixed, uint16_t tag, struct exch_ext *x);
/* quote.c */
void naive_quote(
    struct naive *n, struct naive_instr *in, const struct exch_rec_quote *c);
/* request.c; `id` is that of an entry, or NULL */
bool naive_is_request(const struct naive_order *o);
enum exch_reject naive_check_request(const struct naive_instr *in,
    struct naive_order *o, const exch_oid *id, bool more);
void naive_end_answers(struct naive *n, struct naive_instr *in);
void naive_accept(
    struct naive *n, struct naive_instr *in, const struct exch_rec_accept *c);
/* block.c */
void naive_block(
    struct naive *n, struct naive_instr *in, const struct exch_rec_block *c);
void naive_break(
    struct naive *n, struct naive_instr *in, const struct exch_rec_break *c);
void naive_g_new(
    struct naive *n, struct naive_instr *in, const struct exch_rec_new *c);
void naive_g_cancel(
    struct naive *n, struct naive_instr *in, const struct exch_rec_cancel *c);
void naive_g_replace(
    struct naive *n, struct naive_instr *in, const struct exch_rec_replace *c);
/* client.c: was it said before?  Then it is answered. */
bool naive_client_answers(
    struct naive *n, const struct exch_rec_new *c, uint64_t id);
void naive_client_note(struct naive *n, const struct exch_rec_new *c,
    uint64_t id, enum exch_reject code);
void naive_client_clear(struct naive *n);
void naive_announce(struct naive *n, const struct exch_rec_account *a);
bool naive_is_announced(const struct naive *n, uint32_t account);
/* By the latest that was said of both. */
bool naive_one_member(const struct naive *n, uint32_t a, uint32_t b);
void naive_g_mass(struct naive *n, const struct exch_rec_mass_cancel *c);
void naive_g_after(struct naive *n, struct naive_instr *in);
void naive_g_phase(struct naive *n, struct naive_instr *in,
    const struct exch_rec_phase *c, exch_px call_ref);
/* turn.c */
void naive_turn(struct naive *n, struct naive_instr *in, struct naive_order *o,
    bool imposed, bool by_id);
void naive_serve(struct naive *n);
void naive_event(struct naive *n, struct naive_instr *in, exch_px price);
bool naive_meets(
    const struct naive_instr *in, const struct naive_order *o, exch_px *at);
void naive_fire(
    struct naive *n, uint64_t group, uint32_t account, uint64_t but);
bool naive_drop(struct naive *n, struct naive_instr *in, uint64_t entry,
    enum exch_reason why);
void naive_apart(struct naive_instr *in, const struct naive_order *o);
/* An order is gone: its children go to the queue. */
void naive_gone(
    struct naive *n, struct naive_instr *in, const struct naive_order *o);
/* The turn of a discretionary order. */
void naive_turn_discretion(
    struct naive *n, struct naive_instr *in, struct naive_order *o);
/* An order that may come in: into the book, or apart. */
void naive_place(struct naive *n, struct naive_instr *in, struct naive_order *o,
    bool imposed, bool by_id);
exch_px naive_trail_stop(
    const struct naive_instr *in, const struct naive_order *o);
/* Live orders of a side that rest, best first; the caller frees it. */
size_t *naive_sorted(const struct naive_instr *in, uint8_t side, size_t *n);

struct naive_price {
	bool found;
	exch_px price;
	exch_u128 volume;
	exch_i128 surplus; /* buys minus sells at the price */
};

/* Prices an auction may come to: the tick's, on the table of the rules. */
struct naive_grid {
	exch_px tick;
	const struct naive_rules *rules; /* or NULL */
};

/* The nearest of them that is not below p, or not above it. */
exch_px naive_good(const struct naive_grid *g, exch_px p, bool up);

/* The uncrossing price of some orders by the ladder of that name. */
/* reference: on the grid, or none */
struct naive_price naive_uncross_price(const char *ladder,
    const struct naive_order *o, size_t n, const struct naive_grid *g,
    exch_px reference);

/* What the bands of nasdaq and nyse are made of, each on the grid or none. */
struct naive_quote {
	exch_px bid;
	exch_px offer;
	exch_px clearing;
};

/* As above, kept within the ladder's band if it has one. */
struct naive_price naive_uncross_banded(const char *ladder,
    const struct naive_order *o, size_t n, const struct naive_grid *g,
    exch_px reference, const exch_i128 *mid2, const struct naive_quote *q);

#endif
