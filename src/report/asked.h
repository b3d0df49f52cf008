/*
 * Commands that ask for something and were not answered yet.  Nearly
 * always that is the last one: the matcher answers directly behind it.  A
 * market that holds commands back answers later, and others stand between;
 * those wait in a list, oldest first.
 */
#ifndef EXCH_REPORT_ASKED_H
#define EXCH_REPORT_ASKED_H

#include "base/err.h"
#include "rec/life.h"
#include "rec/rec.h"

/* What the extension entries of a NEW or REPLACE say; zero is none. */
struct exch_terms {
	exch_qty display;
	exch_qty min;
	exch_ts expire;
	exch_px stop; /* EXCH_PX_NONE: none; so are the prices below */
	exch_px offset;
	exch_px discretion;
	uint64_t client;
	uint64_t parent;
	uint64_t oco;
	uint64_t session;
	uint64_t request; /* when it answers one: any id can */
	uint8_t peg;
	bool answers;
	bool has_parent;
	bool each; /* `min` is of each execution */
	bool stp;  /* it says what happens when its owner meets himself */
	bool any;  /* some of the above is given */
};

/*
 * A quote asks for two orders: each is kept as the NEW it stands for, with
 * the type of a QUOTE.
 */
struct exch_ask {
	union {
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_replace r;
	} cmd;
	struct exch_terms terms;
	struct exch_stage stage; /* of what a NEW asks for */
	exch_oid other;		 /* of a quote: the order of its other side */
};

struct exch_asked {
	struct exch_ask now; /* the last command; type 0: none */
	struct exch_ask *wait;
	uint32_t n;
	uint32_t cap;
};

void exch_asked_clear(struct exch_asked *a);

/* Take a NEW, a REPLACE or a QUOTE; it becomes `now`. */
int exch_asked_put(
    struct exch_asked *a, const struct exch_rec *r, struct exch_diag *d);

/*
 * The oldest open command of a type about an order, and it is answered:
 * copied to *out.  False: the stream does not hold it.
 */
bool exch_asked_take(struct exch_asked *a, uint8_t type, uint32_t instr,
    exch_oid order, struct exch_ask *out);

/* A NEW was sent before under its client's number: it asks for nothing. */
void exch_asked_repeated(
    struct exch_asked *a, uint32_t instr, const uint64_t *client);

/* The NEW or QUOTE of an order that waits for its answer, or NULL. */
struct exch_ask *exch_asked_new(
    struct exch_asked *a, uint32_t instr, exch_oid order);
/* Is there one? */
bool exch_asked_has(const struct exch_asked *a, uint32_t instr, exch_oid order);

/* The entries of a command with a fixed part of that many bytes. */
void exch_terms_read(
    struct exch_terms *t, const struct exch_rec *r, size_t fixed);

#endif
