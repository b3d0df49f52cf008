/*
 * An order book from ITCH 5.0, alone in this process: messages from memory,
 * decoded, and every order kept in the queue of its price.
 *
 *	itch [--shape NAME] [--messages N] [--runs N] [--seed N]
 *
 * The flow is that of bench/engine --shape (bench/load.h), as a venue would
 * display it; messages have their lengths before them, as in a file of
 * Nasdaq's or a MoldUDP64 packet.  Prints a CSV row per shape: nanoseconds
 * per message (best and median of the runs), messages, orders left.  The
 * book that comes out must be the one of the generator.  Instructions are
 * counted from outside, over the function build(), by valgrind
 * --tool=callgrind --toggle-collect=build.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/dec.h"
#include "base/time.h"
#include "bench/display.h"
#include "bench/load.h"
#include "book/ahead.h"
#include "feed/itch.h"
#include "feed/run.h"

#define RUNS_MAX 100

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "itch: %s\n", what);
	exit(4);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- the book builder ---- */

struct builder {
	struct exch_book_store *store;
	struct exch_book *book; /* by instrument */
	uint32_t instruments;
};

static void
add(struct builder *b, uint32_t instr, exch_oid id, exch_px price, exch_qty qty,
    uint8_t side)
{
	struct exch_book_order o = {
	    .id = id, .tick = price / DISPLAY_TICK, .qty = qty, .side = side};

	if (exch_book_add(b->store, &b->book[instr], &o, NULL) != 0)
		die("an order cannot be displayed");
}

static void
replace(struct builder *b, const struct exch_rec_book_replace *r, exch_slot old)
{
	uint8_t side = exch_book_side_of(b->store, old);

	exch_book_remove(b->store, &b->book[r->h.instr], old);
	add(b, r->h.instr, r->new_order, r->price, r->qty, side);
}

static void
take(struct builder *b, const struct exch_rec *r)
{
	struct exch_book *book = &b->book[r->instr];
	const struct exch_rec_book_add *a = (const void *)r;
	const struct exch_rec_book_exec *x = (const void *)r;
	exch_slot o;

	if (r->type == EXCH_REC_BOOK_ADD) {
		add(b, r->instr, a->order, a->price, a->qty, a->side);
		return;
	}
	if (r->type == EXCH_REC_INSTRUMENT)
		book->instr = r->instr;
	if (r->type < EXCH_REC_BOOK_ADD)
		return;
	/* All others name their order where an execution does. */
	o = exch_book_find(b->store, book, x->order);
	if (o == EXCH_SLOT_NONE)
		die("an order is not known");
	if (r->type == EXCH_REC_BOOK_EXEC)
		exch_book_fill(b->store, book, o, x->qty);
	else if (r->type == EXCH_REC_BOOK_DELETE)
		exch_book_remove(b->store, book, o);
	else if (r->type == EXCH_REC_BOOK_REPLACE)
		replace(b, (const void *)r, o);
}

struct ahead {
	const struct exch_rec *rec;
	struct exch_book_ahead book;
};

/* The next records of a run, looked at together (book/ahead.h). */
static const char *
take_ahead(struct builder *b, const char *p, const char *end)
{
	struct ahead ahead[EXCH_AHEAD];
	size_t n = 0;

	for (; n < EXCH_AHEAD && p < end; n++) {
		const struct exch_rec_book_add *r = (const void *)p;

		ahead[n].rec = &r->h;
		__builtin_prefetch(&b->book[r->h.instr]);
		exch_ahead_index(
		    b->store, r->h.instr, r->order, &ahead[n].book);
		p += exch_rec_len(&r->h);
	}
	for (size_t i = 0; i < n; i++) {
		const struct exch_rec_book_add *r = (const void *)ahead[i].rec;

		if (r->h.type == EXCH_REC_BOOK_ADD)
			exch_ahead_level(&b->book[r->h.instr],
			    r->price / DISPLAY_TICK, &ahead[i].book);
		else
			exch_ahead_order(b->store, &ahead[i].book);
	}
	for (size_t i = 0; i < n; i++)
		exch_ahead_beside(b->store, &ahead[i].book);
	for (size_t i = 0; i < n; i++)
		take(b, ahead[i].rec);
	return p;
}

static int
take_run(void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d)
{
	struct builder *b = arg;
	const char *p = (const void *)r;
	const char *end = p + n;
	bool far =
	    exch_ahead_pays(b->store, b->instruments, sizeof(struct exch_book));

	(void)d;
	while (far && p < end)
		p = take_ahead(b, p, end);
	while (p < end) {
		const struct exch_rec *one = (const void *)p;

		take(b, one);
		p += exch_rec_len(one);
	}
	return 0;
}

static int
trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	(void)arg;
	(void)at;
	(void)d;
	die(text);
}

/* ---- measuring ---- */

/* What is measured. */
__attribute__((noinline)) void build(
    struct exch_itch *it, struct exch_run *run, struct exch_itch_blocks *b);

void
build(struct exch_itch *it, struct exch_run *run, struct exch_itch_blocks *b)
{
	struct exch_feed_at at = {.kind = EXCH_POS_BYTE};
	struct exch_diag d = {0};

	if (exch_itch_blocks(it, b, &at, &d) != 0 ||
	    exch_run_flush(run, &d) != 0)
		die(d.text);
}

static uint64_t
run_once(const struct display *s)
{
	struct builder b = {.instruments = s->instruments,
	    .store = exch_book_store_new(0),
	    .book = calloc((size_t)s->instruments + 1, sizeof(*b.book))};
	struct exch_feed_sink sink = {
	    .arg = &b, .run = take_run, .trouble = trouble};
	struct exch_feed_opts o = {.date = 20260105};
	struct exch_itch_blocks head = {s->bytes, s->head, s->instruments};
	struct exch_itch_blocks all = {
	    s->bytes + s->head, s->nbytes - s->head, s->n};
	struct exch_feed_stats st = {0};
	struct exch_diag d = {0};
	struct exch_run *run = malloc(sizeof(*run));
	struct exch_itch *it = NULL;
	struct exch_tz *tz = NULL;
	uint64_t begin, end;

	if (b.store == NULL || b.book == NULL || run == NULL ||
	    exch_tz_fixed(0, &tz) != 0)
		die("out of memory");
	o.tz = tz;
	exch_run_begin(run, &sink);
	if (exch_itch_new(&o, run, &st, &it, &d) != 0)
		die(d.text);
	build(it, run, &head);
	begin = now();
	build(it, run, &all);
	end = now();
	if (display_sum(b.store, b.book, s->instruments) != s->sum)
		die("the book is another one than the generator's");
	exch_itch_free(it);
	exch_tz_free(tz);
	exch_book_store_free(b.store);
	free(b.book);
	free(run);
	return end - begin;
}

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct options {
	const char *shape; /* NULL: all of them */
	uint64_t messages;
	uint64_t runs;
	uint64_t seed;
};

static void
measure(const struct options *o, const struct load_shape *s)
{
	uint64_t ns[RUNS_MAX];
	struct load l;
	struct display v;

	load_make(s, o->seed, o->messages, &l);
	display_make(&l, s->instruments, &v);
	load_free(&l);
	for (uint64_t i = 0; i < o->runs; i++)
		ns[i] = run_once(&v);
	qsort(ns, o->runs, sizeof(ns[0]), by_size);
	printf("%s,%" PRIu64 ",%" PRIu64 ",%.1f,%.1f\n", s->name, v.n, v.live,
	    (double)ns[0] / (double)v.n, (double)ns[o->runs / 2] / (double)v.n);
	fflush(stdout);
	display_free(&v);
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"shape", required_argument, NULL, 's'},
	    {"messages", required_argument, NULL, 'm'},
	    {"runs", required_argument, NULL, 'r'},
	    {"seed", required_argument, NULL, 'n'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {.messages = 2000000, .runs = 5, .seed = 1};
	bool found = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		uint64_t *number = c == 'm'   ? &o.messages
				   : c == 'r' ? &o.runs
				   : c == 'n' ? &o.seed
					      : NULL;

		if (c == 's')
			o.shape = optarg;
		else if (number == NULL ||
			 exch_uint_parse(optarg, strlen(optarg), number) != 0)
			die("see the head of bench/itch.c for the options");
	}
	if (o.runs == 0 || o.runs > RUNS_MAX)
		die("1 to 100 runs");
	printf("shape,messages,live,ns_best,ns_median\n");
	for (unsigned i = 0; i < load_nshapes; i++) {
		if (o.shape != NULL &&
		    strcmp(o.shape, load_shapes[i].name) != 0)
			continue;
		measure(&o, &load_shapes[i]);
		found = true;
	}
	if (!found)
		die("no such shape: bench/engine --list names them");
	return 0;
}
