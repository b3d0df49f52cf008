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

#include "base/dec.h"
#include "base/time.h"
#include "bench/clock.h"
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

/* ---- the book builder ---- */

struct builder {
	struct exch_book_store *store;
	struct exch_book *book; /* by instrument */
	uint32_t instruments;
};

/* The next records of a run, looked at together (book/ahead.h). */
struct ahead {
	const struct exch_rec *rec;
	struct exch_book *book;
	size_t home;	      /* in the index, of the order it names */
	const uint32_t *cell; /* there; or of a new one's level, in the book */
	exch_slot at;	      /* an order that should be live */
};

static void
add(struct builder *b, struct exch_book *book, struct exch_book_order *o,
    size_t home)
{
	if (exch_book_look(b->store, book, home, o->id) != EXCH_SLOT_NONE ||
	    exch_book_put(b->store, book, o, home, NULL) != 0)
		die("an order cannot be displayed");
}

static void
fill(struct builder *b, struct exch_book *book, exch_slot o, exch_qty qty,
    size_t home)
{
	if (qty < exch_book_slots(b->store)[o].qty)
		exch_book_reduce(b->store, o, qty);
	else
		exch_book_unlink(b->store, book, o, home);
}

static void
take_add(struct builder *b, const struct ahead *a)
{
	const struct exch_rec_book_add *r = (const void *)a->rec;
	struct exch_book_order o = {.id = r->order,
	    .tick = r->price / DISPLAY_TICK,
	    .qty = r->qty,
	    .side = r->side};

	add(b, a->book, &o, a->home);
}

static void
replace(struct builder *b, const struct ahead *a, exch_slot old)
{
	const struct exch_rec_book_replace *r = (const void *)a->rec;
	struct exch_book_order o = {.id = r->new_order,
	    .tick = r->price / DISPLAY_TICK,
	    .qty = r->qty,
	    .side = exch_book_side_of(b->store, old)};

	exch_book_unlink(b->store, a->book, old, a->home);
	add(b, a->book, &o,
	    exch_ids_home(&b->store->ids, a->book->instr, o.id));
}

static void
take(struct builder *b, const struct ahead *a)
{
	/* All others name their order where an execution does. */
	const struct exch_rec_book_exec *r = (const void *)a->rec;
	exch_slot o;

	if (r->h.type == EXCH_REC_BOOK_ADD) {
		take_add(b, a);
		return;
	}
	if (r->h.type == EXCH_REC_INSTRUMENT)
		a->book->instr = r->h.instr;
	if (r->h.type < EXCH_REC_BOOK_ADD)
		return;
	o = exch_book_look(b->store, a->book, a->home, r->order);
	if (o == EXCH_SLOT_NONE)
		die("an order is not known");
	if (r->h.type == EXCH_REC_BOOK_EXEC)
		fill(b, a->book, o, r->qty, a->home);
	else if (r->h.type == EXCH_REC_BOOK_DELETE)
		exch_book_unlink(b->store, a->book, o, a->home);
	else if (r->h.type == EXCH_REC_BOOK_REPLACE)
		replace(b, a, o);
}

/* How many from p on, which is moved behind them. */
static size_t
collect(struct builder *b, struct ahead *ahead, const char **p, const char *end)
{
	size_t n = 0;

	for (; n < EXCH_AHEAD && *p < end; n++) {
		const struct exch_rec_book_add *r = (const void *)*p;

		ahead[n].rec = &r->h;
		ahead[n].book = &b->book[r->h.instr];
		__builtin_prefetch(ahead[n].book);
		ahead[n].home =
		    exch_ids_home(&b->store->ids, r->h.instr, r->order);
		ahead[n].cell = exch_ahead_cell(b->store, ahead[n].home);
		*p += exch_rec_len(&r->h);
	}
	return n;
}

/* What they will touch, one step after the other. */
static void
fetch(struct builder *b, struct ahead *ahead, size_t n)
{
	const struct exch_book_store *s = b->store;

	for (size_t i = 0; i < n; i++) {
		const struct exch_rec_book_add *r = (const void *)ahead[i].rec;

		if (r->h.type == EXCH_REC_BOOK_ADD)
			ahead[i].cell = exch_ahead_near(
			    s, ahead[i].book, r->price / DISPLAY_TICK);
		else
			ahead[i].at = exch_ahead_slot(s, ahead[i].cell);
	}
	for (size_t i = 0; i < n; i++)
		if (ahead[i].rec->type == EXCH_REC_BOOK_ADD)
			(void)exch_ahead_slot(s, ahead[i].cell);
		else
			exch_ahead_beside(s, ahead[i].at);
}

static int
take_run(void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d)
{
	struct builder *b = arg;
	struct ahead ahead[EXCH_AHEAD];
	const char *p = (const void *)r;
	const char *end = p + n;
	bool far =
	    exch_ahead_pays(b->store, b->instruments, sizeof(struct exch_book));

	(void)d;
	while (p < end) {
		const exch_slot *index = b->store->ids.cell;
		size_t i = 0;

		n = collect(b, ahead, &p, end);
		if (far)
			fetch(b, ahead, n);
		/* Until places in the index change: then it is another. */
		do
			take(b, &ahead[i++]);
		while (i < n && b->store->ids.cell == index);
		if (i < n)
			p = (const void *)ahead[i].rec;
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
    struct exch_itch *it, struct exch_run *run, struct exch_blocks *b);

void
build(struct exch_itch *it, struct exch_run *run, struct exch_blocks *b)
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
	struct exch_blocks head = {
	    s->bytes, s->head, s->instruments, EXCH_TS_NONE};
	struct exch_blocks all = {
	    s->bytes + s->head, s->nbytes - s->head, s->n, EXCH_TS_NONE};
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
	begin = clock_ns();
	build(it, run, &all);
	end = clock_ns();
	if (display_sum(b.store, b.book, s->instruments) != s->sum)
		die("the book is another one than the generator's");
	exch_itch_free(it);
	exch_tz_free(tz);
	exch_book_store_free(b.store);
	free(b.book);
	free(run);
	return end - begin;
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
	qsort(ns, o->runs, sizeof(ns[0]), clock_order);
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
