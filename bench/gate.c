/*
 * What the gate within the matcher takes: a flow goes through it and the
 * engine once, so that each command stands before its events; then a new gate
 * is shown all of it from memory, and only that is timed.
 *
 *	gate [--shape NAME] [--commands N] [--runs N] [--seed N]
 *
 * prints a CSV row per shape: nanoseconds per command with the events it has
 * (best and median of the runs), and how many were refused.  Every rule has a
 * limit, most of which are seldom reached.  Instructions are counted from
 * outside, over the function ask(), by
 * valgrind --tool=callgrind --toggle-collect=ask.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/dec.h"
#include "bench/clock.h"
#include "bench/load.h"
#include "embed/engine.h"
#include "rec/rec.h"
#include "risk/gate.h"

#define RUNS_MAX 100

struct options {
	const char *shape; /* NULL: all of them */
	uint64_t commands, runs, seed;
	struct exch_limits limits;
};

/* Every rule has something to do; times are those of a flow, 100 ns apart. */
static const char LIMITS[] =
    "scope,name,symbol,size,value,position,collar,messages,per,duplicate,"
    "open-orders,credit\n"
    "all,,,2000,20000000,2000000,20%,1000,10ms,1ms,100000,1000000000000\n"
    "account,7,,2000,15000000,100000,10%,500,10ms,1ms,50000,500000000000\n"
    "account,7,X00000001,1000,,,,,,,,\n";

/* Commands and events as they came. */
struct story {
	struct exch_buf bytes;
	size_t head; /* bytes before what is measured */
	uint64_t refused;
};

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "gate: %s\n", what);
	exit(4);
}

static inline void
show(struct exch_risk_gate *g, const unsigned char *p, const unsigned char *end)
{
	struct exch_diag d = {0};

	while (p < end) {
		const struct exch_rec *r = (const void *)p;
		struct exch_judged v;

		if ((r->type >= EXCH_REC_ACK && r->type < EXCH_REC_BOOK_ADD
			    ? exch_risk_gate_event(g, r, &d)
			    : exch_risk_gate_judge(g, r, &v, &d)) != 0)
			die(d.text);
		p += exch_rec_len(r);
	}
}

/* What is measured. */
__attribute__((noinline)) void ask(
    struct exch_risk_gate *g, const unsigned char *p, const unsigned char *end);

void
ask(struct exch_risk_gate *g, const unsigned char *p, const unsigned char *end)
{
	show(g, p, end);
}

static struct exch_risk_gate *
new_gate(const struct options *o)
{
	struct exch_risk_opts ro = {.limits = &o->limits, .fills = true};
	struct exch_risk_gate *g;
	struct exch_diag d = {0};

	if (exch_risk_gate_new(&ro, &g, &d) != 0)
		die(d.text);
	return g;
}

/* What an engine makes of the commands that a gate lets through. */
static void
tell(const struct options *o, const struct load *l, struct story *s)
{
	struct exch_embed_opts eo;
	struct exch_embed *e;
	struct exch_risk_gate *g = new_gate(o);
	struct exch_diag d = {0};
	const unsigned char *p = l->bytes;

	exch_embed_defaults(&eo);
	eo.orders = l->most;
	if (exch_embed_new(&eo, &e, &d) != 0)
		die(d.text);
	while (p < l->bytes + l->nbytes) {
		const struct exch_rec *r = (const void *)p, *ev;
		struct exch_judged v;

		if (p == l->bytes + l->head) {
			s->head = s->bytes.len;
			s->refused = 0;
		}
		if (exch_risk_gate_judge(g, r, &v, &d) != 0)
			die(d.text);
		exch_buf_add(&s->bytes, r, exch_rec_len(r));
		p += exch_rec_len(r);
		if (v.rule != EXCH_RULE_NONE) {
			s->refused++;
			continue;
		}
		if (exch_embed_submit(e, r, &d) != 0)
			die(d.text);
		while ((ev = exch_embed_next(e)) != NULL) {
			if (exch_risk_gate_event(g, ev, &d) != 0)
				die(d.text);
			exch_buf_add(&s->bytes, ev, exch_rec_len(ev));
		}
	}
	exch_embed_free(e);
	exch_risk_gate_free(g);
	if (s->bytes.failed)
		die("out of memory");
}

static void
measure(const struct options *o, const struct load_shape *shape)
{
	uint64_t ns[RUNS_MAX];
	struct story s = {.refused = 0};
	struct load l;

	load_make(shape, o->seed, o->commands, &l);
	tell(o, &l, &s);
	for (uint64_t i = 0; i < o->runs; i++) {
		struct exch_risk_gate *g = new_gate(o);
		const unsigned char *p = (const void *)s.bytes.p;
		uint64_t begin;

		show(g, p, p + s.head);
		begin = clock_ns();
		ask(g, p + s.head, p + s.bytes.len);
		ns[i] = clock_ns() - begin;
		exch_risk_gate_free(g);
	}
	qsort(ns, o->runs, sizeof(ns[0]), clock_order);
	printf("%s,%" PRIu64 ",%.1f,%.1f,%" PRIu64 "\n", shape->name, l.n,
	    (double)ns[0] / (double)l.n, (double)ns[o->runs / 2] / (double)l.n,
	    s.refused);
	fflush(stdout);
	exch_buf_free(&s.bytes);
	load_free(&l);
}

static bool
set_option(struct options *o, int c, const char *s)
{
	uint64_t *number = c == 'c'   ? &o->commands
			   : c == 'r' ? &o->runs
				      : &o->seed;

	if (c != 's')
		return (c == 'c' || c == 'r' || c == 'n') &&
		       exch_uint_parse(s, strlen(s), number) == 0;
	o->shape = s;
	return true;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"shape", required_argument, NULL, 's'},
	    {"commands", required_argument, NULL, 'c'},
	    {"runs", required_argument, NULL, 'r'},
	    {"seed", required_argument, NULL, 'n'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {.commands = 1000000, .runs = 5, .seed = 1};
	struct exch_diag d = {0};
	bool found = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!set_option(&o, c, optarg))
			die("see the head of bench/gate.c for the options");
	if (o.runs == 0 || o.runs > RUNS_MAX)
		die("1 to 100 runs");
	if (exch_limits_parse(
		LIMITS, sizeof(LIMITS) - 1, "limits", &o.limits, &d) != 0)
		die(d.text);
	printf("shape,commands,ns_best,ns_median,refused\n");
	for (unsigned i = 0; i < load_nshapes; i++) {
		if (o.shape != NULL &&
		    strcmp(o.shape, load_shapes[i].name) != 0)
			continue;
		measure(&o, &load_shapes[i]);
		found = true;
	}
	exch_limits_clear(&o.limits);
	if (!found)
		die("no such shape: bench/engine --list names them");
	return 0;
}
