/*
 * What the gate within the matcher takes: a flow goes through it and the
 * engine once, so that each command stands before its events; then a new gate
 * is shown all of it from memory, and only that is timed.
 *
 *	gate [--checks order|whole|all|limit] [--shape NAME] [--commands N]
 *	    [--runs N] [--seed N]
 *	gate --slowest [--checks ...] [--shape NAME] [--commands N] [--runs N]
 *	    [--seed N]
 *	gate --verdicts [--shape NAME] [--commands N] [--seed N]
 *
 * prints a CSV row per shape: nanoseconds per command with the events it has
 * (best and median of the runs), and how many were refused.  With `all`, which
 * is what goes without saying, every rule that an order is asked has a limit
 * (gate_tables.h), most of which are seldom reached.  That each is really asked
 * is what --verdicts shows: there some accounts run into one limit each, and a
 * rule that has refused nobody is a failure.  With --slowest each command is
 * timed by itself, at its best of the runs, so that what the machine did
 * meanwhile is left out and what the command itself must take is not: how long
 * half of them take, 99 %, 99.9 %, and the slowest.  Instructions are counted from
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
#include "bench/gate_tables.h"
#include "bench/load.h"
#include "embed/engine.h"
#include "rec/rec.h"
#include "rec/schema.h"
#include "risk/gate.h"

#define RUNS_MAX 100

struct options {
	const char *shape; /* NULL: all of them */
	uint64_t commands, runs, seed;
	enum gate_checks checks;
	bool verdicts, slowest;
};

/* A flow, what the gate goes by, and commands and events as they came. */
struct story {
	struct load flow;
	struct gate_tables tables;
	struct exch_buf bytes;
	size_t head; /* bytes before what is measured */
	uint64_t refused[EXCH_RULES];
};

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "gate: %s\n", what);
	exit(4);
}

/* One record, and what the gate does by itself then. */
static inline enum exch_rule
show_one(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_judged v = {.rule = EXCH_RULE_NONE}, why;
	const struct exch_rec *own;

	if ((r->type >= EXCH_REC_ACK && r->type < EXCH_REC_BOOK_ADD
		    ? exch_risk_gate_event(g, r, d)
		    : exch_risk_gate_judge(g, r, &v, d)) != 0)
		die(d->text);
	while (exch_risk_gate_own(g, &own, &why, d) > 0)
		;
	return v.rule;
}

/* As exch-match does, but that here events stand between.  Up to where. */
static const unsigned char *
look_ahead(
    struct exch_risk_gate *g, const unsigned char *p, const unsigned char *end)
{
	const struct exch_rec *rec[EXCH_RISK_AHEAD];
	size_t n = 0;

	while (p < end && n < EXCH_RISK_AHEAD) {
		const struct exch_rec *r = (const void *)p;

		if (r->type < EXCH_REC_ACK)
			rec[n++] = r;
		p += exch_rec_len(r);
	}
	if (exch_risk_gate_is_far(g))
		exch_risk_gate_ahead(g, rec, n);
	return p;
}

static inline void
show(struct exch_risk_gate *g, const unsigned char *p, const unsigned char *end)
{
	struct exch_diag d = {0};
	const unsigned char *ahead = p;

	while (p < end) {
		const struct exch_rec *r = (const void *)p;

		if (p == ahead)
			ahead = look_ahead(g, p, end);
		(void)show_one(g, r, &d);
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
new_gate(const struct gate_tables *t)
{
	struct exch_risk_gate *g;
	struct exch_diag d = {0};

	if (exch_risk_gate_new(&t->opts, &g, &d) != 0)
		die(d.text);
	return g;
}

/* Nobody has an order yet that would have to go. */
static void
pull(struct exch_risk_gate *g, uint32_t account)
{
	struct exch_rec_kill k = {.h = {.type = EXCH_REC_KILL},
	    .bytes = sizeof(k),
	    .account = account,
	    .on = 1};
	struct exch_diag d = {0};

	(void)show_one(g, &k.h, &d);
}

/* What an engine makes of the commands that a gate lets through. */
static void
tell(struct exch_risk_gate *g, struct story *s)
{
	const struct load *l = &s->flow;
	struct exch_embed_opts eo;
	struct exch_embed *e;
	struct exch_diag d = {0};
	const unsigned char *p = l->bytes;

	exch_embed_defaults(&eo);
	eo.orders = l->most;
	if (exch_embed_new(&eo, &e, &d) != 0)
		die(d.text);
	while (p < l->bytes + l->nbytes) {
		const struct exch_rec *r = (const void *)p, *ev;
		enum exch_rule rule;

		if (p == l->bytes + l->head) {
			s->head = s->bytes.len;
			memset(s->refused, 0, sizeof(s->refused));
		}
		rule = show_one(g, r, &d);
		exch_buf_add(&s->bytes, r, exch_rec_len(r));
		p += exch_rec_len(r);
		s->refused[rule]++;
		if (rule != EXCH_RULE_NONE)
			continue;
		if (exch_embed_submit(e, r, &d) != 0)
			die(d.text);
		while ((ev = exch_embed_next(e)) != NULL) {
			(void)show_one(g, ev, &d);
			exch_buf_add(&s->bytes, ev, exch_rec_len(ev));
		}
	}
	exch_embed_free(e);
	if (s->bytes.failed)
		die("out of memory");
}

static void
story_make(const struct options *o, const struct load_shape *shape,
    enum gate_checks checks, struct story *s)
{
	struct exch_risk_gate *g;

	*s = (struct story){.head = 0};
	load_make(shape, o->seed, o->commands, &s->flow);
	gate_tables_make(&s->tables, checks, shape->instruments);
	s->tables.opts.orders = s->flow.most;
	g = new_gate(&s->tables);
	if (checks == GATE_TIGHT)
		pull(g, GATE_KILLED);
	tell(g, s);
	exch_risk_gate_free(g);
}

static void
story_free(struct story *s)
{
	exch_buf_free(&s->bytes);
	gate_tables_free(&s->tables);
	load_free(&s->flow);
}

static bool
measure(const struct options *o, const struct load_shape *shape)
{
	uint64_t ns[RUNS_MAX], refused = 0;
	struct story s;

	story_make(o, shape, o->checks, &s);
	for (unsigned i = 1; i < EXCH_RULES; i++)
		refused += s.refused[i];
	for (uint64_t i = 0; i < o->runs; i++) {
		struct exch_risk_gate *g = new_gate(&s.tables);
		const unsigned char *p = (const void *)s.bytes.p;
		uint64_t begin;

		show(g, p, p + s.head);
		begin = clock_ns();
		ask(g, p + s.head, p + s.bytes.len);
		ns[i] = clock_ns() - begin;
		exch_risk_gate_free(g);
	}
	qsort(ns, o->runs, sizeof(ns[0]), clock_order);
	printf("%s,%" PRIu64 ",%.1f,%.1f,%" PRIu64 "\n", shape->name, s.flow.n,
	    (double)ns[0] / (double)s.flow.n,
	    (double)ns[o->runs / 2] / (double)s.flow.n, refused);
	fflush(stdout);
	story_free(&s);
	return true;
}

/* Each command with its events, where it took less than before. */
static void
time_each(struct exch_risk_gate *g, const unsigned char *p,
    const unsigned char *end, uint64_t *best)
{
	struct exch_diag d = {0};
	const unsigned char *ahead = p;
	uint64_t begin = clock_ns(), now;

	while (p < end) {
		const struct exch_rec *r = (const void *)p;
		bool last;

		if (p == ahead)
			ahead = look_ahead(g, p, end);
		(void)show_one(g, r, &d);
		p += exch_rec_len(r);
		r = (const void *)p;
		last = p >= end || r->type < EXCH_REC_ACK;
		if (!last)
			continue;
		now = clock_ns();
		if (now - begin < *best)
			*best = now - begin;
		best++;
		begin = clock_ns();
	}
}

static bool
find_slowest(const struct options *o, const struct load_shape *shape)
{
	struct story s;
	uint64_t *best, n;

	story_make(o, shape, o->checks, &s);
	n = s.flow.n;
	best = malloc(n * sizeof(*best));
	if (best == NULL)
		die("out of memory");
	memset(best, 0xff, n * sizeof(*best));
	for (uint64_t i = 0; i < o->runs; i++) {
		struct exch_risk_gate *g = new_gate(&s.tables);
		const unsigned char *p = (const void *)s.bytes.p;

		show(g, p, p + s.head);
		time_each(g, p + s.head, p + s.bytes.len, best);
		exch_risk_gate_free(g);
	}
	qsort(best, n, sizeof(best[0]), clock_order);
	printf("%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
	       "\n",
	    shape->name, n, best[n / 2], best[n - 1 - n / 100],
	    best[n - 1 - n / 1000], best[n - 1]);
	fflush(stdout);
	free(best);
	story_free(&s);
	return true;
}

/* How often each rule refuses somebody; false: there is one that never does. */
static bool
count_verdicts(const struct options *o, const struct load_shape *shape)
{
	/* They are about no order. */
	static const uint32_t others =
	    1u << EXCH_RULE_NONE | 1u << EXCH_RULE_AUTHORITY |
	    1u << EXCH_RULE_STOP | 1u << EXCH_RULE_NOT_HELD |
	    1u << EXCH_RULE_UNKNOWN | 1u << EXCH_RULE_IMPOSSIBLE |
	    1u << EXCH_RULE_NOT_STOPPED;
	struct story s;
	bool all = true;

	story_make(o, shape, GATE_TIGHT, &s);
	for (uint16_t i = 0; i < EXCH_RULES; i++) {
		if ((others >> i & 1) != 0)
			continue;
		printf("%s,%s,%" PRIu64 "\n", shape->name,
		    exch_word_of(exch_words_rule, i), s.refused[i]);
		all = all && s.refused[i] > 0;
	}
	story_free(&s);
	return all;
}

static bool
set_checks(struct options *o, const char *s)
{
	static const char *const words[] = {[GATE_ORDER] = "order",
	    [GATE_WHOLE] = "whole",
	    [GATE_ALL] = "all",
	    [GATE_LIMIT] = "limit"};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++) {
		if (words[i] == NULL || strcmp(words[i], s) != 0)
			continue;
		o->checks = (enum gate_checks)i;
		return true;
	}
	return false;
}

static bool
set_option(struct options *o, int c, const char *s)
{
	uint64_t *number = c == 'c'   ? &o->commands
			   : c == 'r' ? &o->runs
			   : c == 'n' ? &o->seed
				      : NULL;

	if (number != NULL)
		return exch_uint_parse(s, strlen(s), number) == 0;
	if (c == 'k')
		return set_checks(o, s);
	if (c == 's')
		o->shape = s;
	if (c == 'v')
		o->verdicts = true;
	if (c == 'w')
		o->slowest = true;
	return c == 's' || c == 'v' || c == 'w';
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"shape", required_argument, NULL, 's'},
	    {"checks", required_argument, NULL, 'k'},
	    {"commands", required_argument, NULL, 'c'},
	    {"runs", required_argument, NULL, 'r'},
	    {"seed", required_argument, NULL, 'n'},
	    {"verdicts", no_argument, NULL, 'v'},
	    {"slowest", no_argument, NULL, 'w'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {
	    .commands = 1000000, .runs = 5, .seed = 1, .checks = GATE_ALL};
	bool found = false, good = true;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!set_option(&o, c, optarg))
			die("see the head of bench/gate.c for the options");
	if (o.runs == 0 || o.runs > RUNS_MAX)
		die("1 to 100 runs");
	puts(o.verdicts	 ? "shape,rule,refused"
	     : o.slowest ? "shape,commands,ns_50,ns_99,ns_99.9,ns_slowest"
			 : "shape,commands,ns_best,ns_median,refused");
	for (unsigned i = 0; i < load_nshapes; i++) {
		const struct load_shape *shape = &load_shapes[i];

		if (o.shape != NULL && strcmp(o.shape, shape->name) != 0)
			continue;
		good &= o.verdicts  ? count_verdicts(&o, shape)
			: o.slowest ? find_slowest(&o, shape)
				    : measure(&o, shape);
		found = true;
	}
	if (!found)
		die("no such shape: bench/engine --list names them");
	if (!good)
		fprintf(stderr, "gate: a rule has refused nobody\n");
	return good ? 0 : 1;
}
