/*
 * One flow through both engines at the same time, compared record by
 * record, book by book, and against the invariants.
 */
#ifndef EXCH_TESTS_LOCKSTEP_H
#define EXCH_TESTS_LOCKSTEP_H

#include "naive/naive.h"
#include "prop/apart.h"
#include "prop/flow.h"

/* The events of a flow: those of command k begin at off[k]. */
struct events {
	unsigned char *bytes;
	size_t len;
	size_t cap;
	size_t *off; /* one more than commands, and one for the end */
	size_t n;
	size_t cap_off;
};

void events_clear(struct events *e);
/* The next command's events are nbytes bytes. */
void events_add(struct events *e, const void *bytes, size_t nbytes);

/* What was met, so that a test can tell that everything was. */
struct coverage {
	uint64_t commands;
	uint64_t events;
	uint64_t type[256];   /* records of the engine */
	uint64_t reject[64];  /* by enum exch_reject */
	uint64_t reason[64];  /* by enum exch_reason */
	uint64_t restate[16]; /* by enum exch_restate */
	uint64_t cause[16];   /* of misses */
	uint64_t cross[8];    /* executions per kind of auction */
	uint64_t print[8];    /* trades without orders, by enum exch_print */
	uint64_t kept[2];     /* replaces that lost, kept their place */
	uint64_t phase[8];    /* rejects for the phase, by it */
	uint64_t frozen[256]; /* of them in calls, by command */
	uint64_t clock[8];    /* PHASE records of the engine, by reason */
	uint64_t books;	      /* whole books compared */
	uint64_t deepest;     /* live orders of one instrument */
	struct apart threads;
};

/* Reasons of PHASE records that the clock makes; "" is the timetable. */
extern const char coverage_clock[8][5];

struct lockstep_opts {
	enum naive_fault fault;
	size_t commands;   /* to generate */
	size_t look_every; /* commands between comparisons of books */
	uint32_t shards;   /* of the engine, 0: one */
	bool apart;	   /* threads have to say the same */
};

struct lockstep {
	struct events want; /* naive */
	struct events got;  /* engine */
	/* The first difference. */
	bool differ;
	size_t at; /* command, from 0 */
	char what[512];
};

/*
 * Run f; with g, first make it (commands of them and the drain).  Differences
 * are in *l, which is cleared by lockstep_clear.
 */
void lockstep_run(struct flow *f, struct flow_gen *g,
    const struct lockstep_opts *o, struct lockstep *l, struct coverage *c);
void lockstep_clear(struct lockstep *l);

/* Print command `at` and what both engines made of it. */
void lockstep_print(const struct flow *f, const struct lockstep *l);

/*
 * Shrink a failing flow in place: fails() runs in a child process, so that
 * a crash is a failure like any other.
 */
void flow_shrink(struct flow *f, const struct lockstep_opts *o);
/* Does the flow fail (differ or crash)? */
bool flow_fails(const struct flow *f, const struct lockstep_opts *o);
/* Write it as a JSON stream; 0, or -1 with a message on stderr. */
int flow_write(const struct flow *f, const char *path);

#endif
