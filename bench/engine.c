/*
 * The engine alone, in this process: one thread, commands from memory,
 * events into blocks that nobody reads.  It is also the example of how to
 * put the engine into a program of your own: open a writer, make an engine
 * on it, hand it records, read what the writer wrote.
 *
 *	engine [--shape NAME] [--commands N] [--runs N] [--seed N]
 *	    [--market FILE] [--list]
 *
 * prints a CSV row per shape: nanoseconds per command (best and median of
 * the runs), commands, records and bytes of events per command.
 * Instructions are counted from outside, over the function replay(), by
 * valgrind --tool=callgrind --toggle-collect=replay.
 */
#include <config.h>

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dec.h"
#include "bench/clock.h"
#include "bench/load.h"
#include "match/match.h"

#define RUNS_MAX 100

struct options {
	const char *shape; /* NULL: all of them */
	uint64_t commands;
	uint64_t runs;
	uint64_t seed;
	struct exch_market market;
	bool has_market;
};

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "engine: %s\n", what);
	exit(4);
}

/* What is measured. */
__attribute__((noinline)) void replay(
    struct exch_match *m, const unsigned char *p, const unsigned char *end);

void
replay(struct exch_match *m, const unsigned char *p, const unsigned char *end)
{
	struct exch_diag d = {0};

	if (exch_match_run(m, &p, end, &d) != 0)
		die(d.text);
}

/* Nanoseconds of one run; the events of all of them are the same. */
static uint64_t
run_once(const struct options *o, const struct load *l, uint64_t *records,
    uint64_t *bytes)
{
	struct exch_match_opts mo = {.phase = EXCH_PHASE_CONTINUOUS,
	    .orders = l->most,
	    .market = o->has_market ? &o->market : NULL};
	struct exch_writer_opts wo = {.tool = "engine", .options = ""};
	struct exch_diag d = {0};
	struct exch_out *out = NULL;
	struct exch_writer *w = NULL;
	struct exch_match *m = NULL;
	int fd = open("/dev/null", O_WRONLY);
	const unsigned char *p = l->bytes;
	uint64_t begin, end;
	struct exch_match_stats st, was;

	if (fd < 0 ||
	    exch_out_fd(fd, EXCH_OUT_PLAIN, "/dev/null", &out, &d) != 0 ||
	    exch_writer_open(out, &wo, &w, &d) != 0 ||
	    exch_match_new(&mo, w, &m, &d) != 0)
		die(d.text);
	if (exch_match_run(m, &p, p + l->head, &d) != 0)
		die(d.text);
	was = *exch_match_stats(m);
	begin = clock_ns();
	replay(m, p, l->bytes + l->nbytes);
	end = clock_ns();
	st = *exch_match_stats(m);
	st.acks -= was.acks;
	st.rejects -= was.rejects;
	st.execs -= was.execs;
	st.cancels -= was.cancels;
	st.replaces -= was.replaces;
	*records = st.acks + st.rejects + st.execs + st.cancels + st.replaces;
	*bytes = st.acks * sizeof(struct exch_rec_ack) +
		 st.rejects * sizeof(struct exch_rec_reject) +
		 st.execs * sizeof(struct exch_rec_exec) +
		 st.cancels * sizeof(struct exch_rec_cancelled) +
		 st.replaces * sizeof(struct exch_rec_replaced);
	exch_match_free(m);
	(void)exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
	exch_writer_free(w);
	exch_out_free(out);
	close(fd);
	return end - begin;
}

static void
measure(const struct options *o, const struct load_shape *s)
{
	uint64_t ns[RUNS_MAX], records = 0, bytes = 0;
	struct load l;

	load_make(s, o->seed, o->commands, &l);
	for (uint64_t i = 0; i < o->runs; i++)
		ns[i] = run_once(o, &l, &records, &bytes);
	qsort(ns, o->runs, sizeof(ns[0]), clock_order);
	printf("%s,%s,%" PRIu64 ",%" PRIu64 ",%.1f,%.1f,%.2f,%.1f\n", s->name,
	    o->has_market ? o->market.name : "plain", l.n, l.live,
	    (double)ns[0] / (double)l.n, (double)ns[o->runs / 2] / (double)l.n,
	    (double)records / (double)l.n, (double)bytes / (double)l.n);
	fflush(stdout);
	load_free(&l);
}

static bool
read_market(struct options *o, const char *path)
{
	static char text[65536];
	struct exch_diag d = {0};
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	if (exch_market_parse(text, n, path, &o->market, &d) != 0)
		die(d.text);
	o->has_market = true;
	return true;
}

static bool
set_option(struct options *o, int c, const char *s)
{
	uint64_t *number = c == 'c'   ? &o->commands
			   : c == 'r' ? &o->runs
				      : &o->seed;

	if (c == 's')
		o->shape = s;
	else if (c == 'm')
		return read_market(o, s);
	else if (c == 'c' || c == 'r' || c == 'n')
		return exch_uint_parse(s, strlen(s), number) == 0;
	else
		return false;
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
	    {"market", required_argument, NULL, 'm'},
	    {"list", no_argument, NULL, 'l'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {.commands = 2000000, .runs = 5, .seed = 1};
	bool found = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'l') {
			for (unsigned i = 0; i < load_nshapes; i++)
				printf("%-12s %s\n", load_shapes[i].name,
				    load_shapes[i].about);
			return 0;
		}
		if (!set_option(&o, c, optarg))
			die("see the head of bench/engine.c for the options");
	}
	if (o.runs == 0 || o.runs > RUNS_MAX)
		die("1 to 100 runs");
	printf("shape,market,commands,live,ns_best,ns_median,records,bytes\n");
	for (unsigned i = 0; i < load_nshapes; i++) {
		if (o.shape != NULL &&
		    strcmp(o.shape, load_shapes[i].name) != 0)
			continue;
		measure(&o, &load_shapes[i]);
		found = true;
	}
	if (!found)
		die("no such shape: --list names them");
	return 0;
}
