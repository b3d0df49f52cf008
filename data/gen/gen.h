/*
 * The sample day's generator: a small venue that invents orders, keeps a
 * plain price-time book per symbol and publishes what Nasdaq would publish
 * about it, as ITCH 5.0 in MoldUDP64 in a nanosecond pcap.
 *
 * It shares no code with the toolkit's book, engine or decoders, so that
 * its feed is a witness of its own: whatever it prints as executed was
 * executed by the rules below and by nothing else.
 *
 * Only integers and the fixed generator of base/rng.h decide anything:
 * the same options give the same bytes on every machine.
 */
#ifndef EXCH_DATA_GEN_H
#define EXCH_DATA_GEN_H

#include <stdio.h>

#include "base/rng.h"
#include "base/types.h"

/* Nanoseconds since midnight of the venue's time. */
#define GEN_US INT64_C(1000)
#define GEN_MS INT64_C(1000000)
#define GEN_SEC INT64_C(1000000000)
#define GEN_HM(h, m) (((h)*60 + (m)) * 60 * GEN_SEC)

/* Prices are in 1/10000 as on the wire; the tick is one cent. */
#define GEN_TICK 100U

enum gen_side { GEN_BUY = 0, GEN_SELL = 1 };

/* What a symbol lets happen. */
enum gen_state { GEN_SHUT, GEN_OPEN, GEN_HALTED };

/* Index 0 of both pools is "none". */
struct gen_order {
	uint64_t ref;
	uint32_t px;
	uint32_t qty;
	uint32_t level;
	uint32_t prev;
	uint32_t next;
	uint32_t pos; /* in the symbol's live[] */
	uint16_t sym;
	uint8_t side;
	uint8_t day; /* ends with the regular session */
};

/* Levels of a side hang in a list, best price first. */
struct gen_level {
	uint32_t px;
	uint32_t head;
	uint32_t tail;
	uint32_t better;
	uint32_t worse;
};

/* An order that waits for a cross and is not displayed. */
struct gen_interest {
	uint64_t ref;
	uint32_t px; /* 0: at any price */
	uint32_t qty;
	uint8_t side;
	uint8_t held; /* displayed after the cross if it is left over */
};

struct gen_sym {
	char name[9];
	uint16_t locate;
	uint8_t state;	     /* enum gen_state */
	uint8_t in_cross;    /* collects interest for a cross */
	uint64_t last_match; /* of a displayed execution */
	uint32_t last;	     /* price of the last trade */
	uint32_t fair;	     /* what people think it is worth */
	int64_t seen;	     /* time of the last event */
	uint32_t best[2];    /* level index per side */
	uint32_t *live;
	uint32_t nlive;
	uint32_t live_cap;
	uint32_t target; /* live orders aimed at */
	uint8_t sign;	 /* side of the aggressor in a run of them */
	uint32_t sign_left;
	struct gen_interest *interest;
	uint32_t ninterest;
	uint32_t interest_cap;
};

/* Packets being filled, and where they go. */
struct gen_wire {
	FILE *out;
	unsigned char buf[1500];
	size_t len;	     /* bytes of payload so far, with the head */
	unsigned count;	     /* messages in it */
	int64_t first;	     /* time of the first of them */
	int64_t last;	     /* time of the newest message */
	int64_t sent;	     /* capture time of the packet before */
	uint64_t seq;	     /* next sequence number */
	struct exch_rng rng; /* capture latency only */
};

struct gen {
	struct exch_rng rng;
	struct gen_wire wire;
	FILE *trades; /* list of displayed executions, or NULL */
	int64_t now;
	uint16_t tracking;
	uint64_t next_ref;
	uint64_t next_match;
	uint64_t messages;
	uint64_t wanted;
	struct gen_sym *sym;
	unsigned nsym;
	uint64_t *weight; /* running sums, for the choice of a symbol */
	struct gen_order *order;
	uint32_t norders;
	uint32_t order_cap;
	uint32_t free_order;
	struct gen_level *level;
	uint32_t nlevels;
	uint32_t level_cap;
	uint32_t free_level;
	unsigned shock;	      /* symbol under selling pressure, or nsym */
	uint32_t shock_floor; /* worth no less than this afterwards */
};

/* ---- main.c ---- */
/* Grow *p to hold at least n elements; ends the program on failure. */
void *gen_grow(void *p, uint32_t *cap, uint32_t n, size_t size);
__attribute__((noreturn)) void gen_die(const char *what);

/* ---- wire.c ---- */
void gen_wire_open(struct gen_wire *w, FILE *out, uint64_t seed);
void gen_wire_message(
    struct gen_wire *w, int64_t t, const unsigned char *p, size_t n);
/* Send what is waiting, then the end of the session. */
void gen_wire_close(struct gen_wire *w);

/* ---- itch.c: one function per message ---- */
void gen_itch_system(struct gen *g, char event);
void gen_itch_directory(struct gen *g, const struct gen_sym *s);
void gen_itch_action(
    struct gen *g, const struct gen_sym *s, char state, const char *reason);
void gen_itch_regsho(struct gen *g, const struct gen_sym *s, char action);
void gen_itch_position(
    struct gen *g, const struct gen_sym *s, const char *mpid);
void gen_itch_breaker(struct gen *g, const uint64_t level[3]);
void gen_itch_collar(struct gen *g, const struct gen_sym *s, uint32_t px);
/* mpid NULL: not attributed. */
void gen_itch_add(struct gen *g, const struct gen_sym *s,
    const struct gen_order *o, const char *mpid);
void gen_itch_exec(struct gen *g, const struct gen_sym *s, uint64_t ref,
    uint32_t qty, uint64_t match);
void gen_itch_exec_px(struct gen *g, const struct gen_sym *s, uint64_t ref,
    uint32_t qty, uint64_t match, char printable, uint32_t px);
void gen_itch_reduce(
    struct gen *g, const struct gen_sym *s, uint64_t ref, uint32_t qty);
void gen_itch_delete(struct gen *g, const struct gen_sym *s, uint64_t ref);
void gen_itch_replace(struct gen *g, const struct gen_sym *s, uint64_t old,
    const struct gen_order *o);
void gen_itch_print(struct gen *g, const struct gen_sym *s, uint32_t qty,
    uint32_t px, uint64_t match);
void gen_itch_cross(struct gen *g, const struct gen_sym *s, uint64_t qty,
    uint32_t px, uint64_t match, char type);
void gen_itch_broken(struct gen *g, const struct gen_sym *s, uint64_t match);

struct gen_noii {
	uint64_t paired;
	uint64_t imbalance;
	uint32_t far;
	uint32_t near;
	uint32_t reference;
	char direction;
};
void gen_itch_imbalance(struct gen *g, const struct gen_sym *s,
    const struct gen_noii *i, char type);

/* ---- book.c ---- */
/* An order of this symbol in the pool, not yet in the book. */
uint32_t gen_book_order(struct gen *g, struct gen_sym *s, uint64_t ref,
    enum gen_side side, uint32_t px, uint32_t qty);
/* Stand in the queue: behind every order of a smaller number. */
void gen_book_enter(struct gen *g, struct gen_sym *s, uint32_t order);
/* Take qty away; at 0 the order leaves the book and the pool. */
void gen_book_take(
    struct gen *g, struct gen_sym *s, uint32_t order, uint32_t qty);
/* Out of its level, still in the pool: to be entered again. */
void gen_book_lift(struct gen *g, struct gen_sym *s, uint32_t order);
/* Best price of a side, 0 when it is empty. */
uint32_t gen_book_best(
    const struct gen *g, const struct gen_sym *s, enum gen_side side);

/* ---- flow.c ---- */
/* One event of a symbol: orders come, change, go and trade. */
void gen_flow_event(struct gen *g, struct gen_sym *s);
/* A size as people use them: round lots mostly. */
uint32_t gen_flow_size(struct gen *g);

/* ---- cross.c ---- */
/* More interest comes in for the next cross. */
void gen_cross_interest(struct gen *g, struct gen_sym *s, unsigned n);
/* Publish the imbalance indicator. */
void gen_cross_indicate(struct gen *g, struct gen_sym *s, char type);
/* Hold the cross: executions, print, held orders displayed. */
void gen_cross_hold(struct gen *g, struct gen_sym *s, char type);

/* ---- pace.c ---- */
/*
 * ns from now to the next event; `follows`: somebody's answer to the one
 * before.
 */
int64_t gen_pace_pause(struct gen *g, bool *follows);

/* ---- day.c ---- */
void gen_day(struct gen *g);

#endif
