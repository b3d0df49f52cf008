/*
 * Displays and the venue's phases: rules late-display, imposed-display,
 * cross-fill, cross-print, unknown-order (src/replay/replay.c), crossed-add,
 * implied-continuous, cross-ends-call, imposed-phase (src/replay/venue.c).
 */
#include <config.h>

#include "base/alloc.h"
#include "replay_kit.h"

static void
test_displays(void)
{
	struct kit k;

	kit_open(&k, true);
	kit_add(&k, 10, EXCH_BUY, 1000, 100);
	kit_reduce(&k, 10, 30);
	kit_replace(&k, 10, 11, 999, 50);
	kit_reduce(&k, 11, 50);
	kit_delete(&k, 11);
	kit_add(&k, 12, EXCH_SELL, 1010, 5);
	kit_delete(&k, 12);
	kit_is(&k,
	    "new 10 buy 1000x100 day\n"
	    "cancel 10 x30\n"
	    "replace 10 11 999x50\n"
	    "cancel 11 x50\n"
	    "new 12 sell 1010x5 day\n"
	    "cancel 12\n"
	    "notice unknown-orders references=1 successors=0\n",
	    "displays are orders, cancels and replacements");
	tap_is_u64(k.st.commands, 6, "six commands");
}

/* The place of late orders shows in who must be executed first. */
static void
test_late(void)
{
	struct kit k;

	kit_open(&k, true);
	kit_at(&k, 1);
	kit_add(&k, 10, EXCH_SELL, 1000, 100);
	kit_add(&k, 30, EXCH_SELL, 1000, 100);
	kit_add(&k, 20, EXCH_SELL, 1000, 100);
	kit_add(&k, 31, EXCH_SELL, 1001, 100);
	kit_replace(&k, 31, 15, 1000, 100);
	kit_at(&k, 2);
	kit_exec(&k, 10, 100, 1);
	kit_exec(&k, 15, 100, 2);
	kit_exec(&k, 20, 100, 3);
	kit_exec(&k, 30, 100, 4);
	kit_is(&k,
	    "new 10 sell 1000x100 day\n"
	    "new 30 sell 1000x100 day\n"
	    "new 20 sell 1000x100 day by-id\n"
	    "new 31 sell 1001x100 day\n"
	    "replace 31 15 1000x100 by-id\n"
	    "new a1 buy 1000x400 ioc synthetic\n"
	    "expect 1 a1 10 1000x100 buy g1\n"
	    "expect 2 a1 15 1000x100 buy g1\n"
	    "expect 3 a1 20 1000x100 buy g1\n"
	    "expect 4 a1 30 1000x100 buy g1\n",
	    "an order displayed late stands by its id");
	tap_is_u64(k.st.late, 2, "two were late");
}

static void
test_unknown(void)
{
	struct kit k;

	kit_open(&k, true);
	kit_delete(&k, 1);
	kit_reduce(&k, 2, 10);
	kit_replace(&k, 3, 4, 1000, 50);
	kit_replace(&k, 4, 5, 1001, 60);
	kit_exec(&k, 5, 60, 71);
	kit_delete(&k, 5);
	kit_exec_at(&k, 6, 10, 72, 1000, false);
	kit_is(&k,
	    "trade imposed 71 0 0 1001x60 none cause=6 imposed\n"
	    "expect 71 0 0 1001x60 none cause=6 g1 imposed\n"
	    "notice unknown-orders references=5 successors=2\n",
	    "unknown orders move nothing; volume is kept");
	tap_is_u64(k.st.unknown_refs, 5, "five references");
	tap_is_u64(k.st.lost_refs, 2, "two to successors");
	tap_is_u64(k.st.imposed, 1, "one execution");
}

/* The engine refuses these too; a later reference finds nothing. */
static void
test_malformed(void)
{
	struct exch_rec_book_add off = {
	    .order = 1, .price = 5, .qty = 10, .side = EXCH_BUY};
	struct kit k;

	kit_open(&k, true);
	kit_feed(&k, &off, EXCH_REC_BOOK_ADD, sizeof(off));
	kit_add(&k, 2, EXCH_BUY, 1000, 0);
	kit_add(&k, 3, 7, 1000, 10);
	kit_add(&k, 4, EXCH_BUY, 0, 10);
	for (exch_oid i = 1; i <= 4; i++)
		kit_delete(&k, i);
	kit_close(&k);
	tap_is_u64(k.st.commands, 4, "refused orders are passed on");
	tap_is_u64(k.st.unknown_refs, 4, "and not displayed");

	kit_open(&k, true);
	kit_add(&k, 1, EXCH_BUY, 1000, 10);
	kit_add(&k, 1, EXCH_BUY, 1001, 20);
	kit_add(&k, 2, EXCH_BUY, 1002, 5);
	kit_replace(&k, 1, 2, 990, 10);
	kit_replace(&k, 2, 3, 990, 0);
	kit_exec(&k, 1, 0, 71);
	kit_delete(&k, 1);
	kit_is(&k,
	    "new 1 buy 1000x10 day\n"
	    "new 1 buy 1001x20 day\n"
	    "new 2 buy 1002x5 day\n"
	    "cancel 1\n"
	    "new 2 buy 990x10 day\n"
	    "cancel 2\n"
	    "new 3 buy 990x0 day\n"
	    "notice unknown-orders references=1 successors=0\n",
	    "of a bad replacement the old order goes");
}

static void
test_inferred_call(void)
{
	struct kit k;

	kit_open(&k, true);
	kit_at(&k, 1);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_add(&k, 2, EXCH_BUY, 1001, 30);
	kit_add(&k, 3, EXCH_BUY, 1002, 70);
	kit_at(&k, 2);
	kit_exec_at(&k, 3, 70, 1, 1001, false);
	kit_exec_at(&k, 1, 100, 1, 1001, false);
	kit_exec_at(&k, 2, 30, 2, 1001, false);
	kit_print(&k, EXCH_PRINT_CROSS, EXCH_SIDE_NONE, 1001, 100, 3);
	kit_add(&k, 4, EXCH_SELL, 1001, 10);
	kit_at(&k, 3);
	kit_exec(&k, 4, 10, 4);
	kit_is(&k,
	    "new 1 sell 1001x100 day\n"
	    "phase 2 synthetic imposed\n"
	    "new 2 buy 1001x30 day\n"
	    "new 3 buy 1002x70 day\n"
	    "cancel 3 x70 cause=1 synthetic imposed\n"
	    "cancel 1 x100 cause=1 synthetic imposed\n"
	    "cancel 2 x30 cause=1 synthetic imposed\n"
	    "trade cross 3 0 0 1001x100 none cause=1 cross=1 imposed\n"
	    "phase 3 synthetic imposed\n"
	    "new 4 sell 1001x10 day\n"
	    "new a1 buy 1001x10 ioc synthetic\n"
	    "expect 4 a1 4 1001x10 buy g1\n",
	    "crossed orders are a call until the auction prints");
	tap_is_u64(k.st.crossed_adds, 2, "two crossed displays");
	tap_is_u64(k.st.cross_fills, 3, "three auction fills");
	tap_is_u64(k.st.crosses, 1, "one auction");
	tap_is_u64(k.st.executions, 1, "auction fills are outside the score");

	kit_open(&k, true);
	kit_at(&k, 1);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_replace(&k, 1, 2, 1001, 90);
	kit_add(&k, 3, EXCH_BUY, 990, 30);
	kit_replace(&k, 3, 4, 1001, 40);
	kit_at(&k, 2);
	kit_exec(&k, 4, 40, 1);
	kit_is(&k,
	    "new 1 sell 1001x100 day\n"
	    "replace 1 2 1001x90\n"
	    "new 3 buy 990x30 day\n"
	    "phase 2 synthetic imposed\n"
	    "replace 3 4 1001x40\n"
	    "phase 3 synthetic imposed\n"
	    "new a1 sell 1001x40 ioc synthetic\n"
	    "expect 1 4 a1 1001x40 sell g1\n",
	    "or until it executes in the ordinary way");
}

static void
test_told_phases(void)
{
	struct kit k;

	kit_open(&k, true);
	kit_at(&k, 1);
	kit_phase(&k, 1, EXCH_PHASE_HALT);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_add(&k, 2, EXCH_BUY, 1002, 30);
	kit_print(&k, EXCH_PRINT_CROSS, EXCH_SIDE_NONE, 0, 0, 3);
	kit_phase(&k, 1, EXCH_PHASE_CONTINUOUS);
	kit_add(&k, 3, EXCH_BUY, 1001, 30);
	kit_phase(&k, 0, EXCH_PHASE_CONTINUOUS);
	kit_add(&k, 4, EXCH_BUY, 1001, 30);
	kit_is(&k,
	    "phase 4 imposed\n"
	    "new 1 sell 1001x100 day\n"
	    "new 2 buy 1002x30 day\n"
	    "phase 3 imposed\n"
	    "phase 2 synthetic imposed\n"
	    "new 3 buy 1001x30 day\n"
	    "phase 3 imposed\n"
	    "phase 2 synthetic imposed\n"
	    "new 4 buy 1001x30 day\n",
	    "a halt needs no inference; what the venue says ends one");
	tap_is_u64(k.st.crosses, 1, "an empty cross counts, without TRADE");

	kit_open(&k, true);
	kit_at(&k, 1);
	kit_phase(&k, 0, EXCH_PHASE_CLOSED);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_replace(&k, 1, 2, 1002, 100);
	k.instr = 2;
	kit_instrument(&k, 2);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	k.instr = 1;
	kit_at(&k, 2);
	kit_exec(&k, 2, 10, 71);
	kit_add(&k, 3, EXCH_SELL, 1003, 100);
	kit_is(&k,
	    "phase 0 imposed\n"
	    "new 1 sell 1001x100 day imposed\n"
	    "replace 1 2 1002x100 imposed\n"
	    "new 1 sell 1001x100 day #2 imposed\n"
	    "phase 3 synthetic imposed\n"
	    "new a1 buy 1002x10 ioc synthetic\n"
	    "expect 71 a1 2 1002x10 buy g1\n"
	    "new 3 sell 1003x100 day\n",
	    "while closed displays are imposed; an execution implies trading");
}

/* Everything else goes through in its place. */
static void
test_passed_on(void)
{
	struct exch_rec_bust b = {.match = 71};
	struct exch_rec_gap g = {.first = 5, .count = 2};
	struct kit k;

	kit_open(&k, true);
	kit_at(&k, 1);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_exec(&k, 1, 100, 71);
	kit_feed(&k, &b, EXCH_REC_BUST, sizeof(b));
	k.instr = 0;
	kit_feed(&k, &g, EXCH_REC_GAP, sizeof(g));
	kit_is(&k,
	    "new 1 sell 1001x100 day\n"
	    "new a1 buy 1001x100 ioc synthetic\n"
	    "expect 71 a1 1 1001x100 buy g1\n"
	    "record 39\n"
	    "record 8\n",
	    "records of the market's state go through in order");
}

static void
test_defects(void)
{
	struct exch_rec_book_add a = {
	    .h = {.type = EXCH_REC_BOOK_ADD, .len8 = 2, .instr = 1}};
	struct kit k;

	kit_open(&k, true);
	tap_is_i64(exch_replay_take(k.r, &a.h, &k.d), EXCH_ERR_FORMAT,
	    "a record shorter than its type is refused");
	a.h.len8 = sizeof(a) / 8;
	a.h.instr = EXCH_INSTR_MAX + 1;
	exch_diag_clear(&k.d);
	tap_is_i64(exch_replay_take(k.r, &a.h, &k.d), EXCH_ERR_RANGE,
	    "an instrument id out of range too");
	exch_diag_clear(&k.d);
	a.h.instr = EXCH_INSTR_MAX;
	a.order = 1;
	a.price = KIT_TICK;
	a.qty = 1;
	a.side = EXCH_BUY;
	tap_is_i64(exch_replay_take(k.r, &a.h, &k.d), EXCH_OK,
	    "the highest one is fine");
	kit_close(&k);
}

/*
 * A run of displays, each followed by a reference to the one before: the
 * table of orders grows more than once while what comes next has been looked
 * up already.  Ends at a record that is none of a book.
 *
 * With `meet` two ids in turn want the same place of the index, of as many
 * orders as it takes until levels are looked up ahead, too.
 */
#define MANY 40000
static uint64_t
id_of(unsigned i, bool meet)
{
	return meet ? 1000000 + i / 2 + ((uint64_t)(i & 1) << 40) : 1000000 + i;
}

static void
test_run(bool meet)
{
	static struct {
		struct exch_rec_book_add add;
		struct exch_rec_book_reduce less;
	} pair[MANY + 1];
	size_t n = sizeof(pair);
	struct kit k;

	for (unsigned i = 0; i < MANY; i++) {
		pair[i].add = (struct exch_rec_book_add){
		    .h = {.type = EXCH_REC_BOOK_ADD,
			.len8 = sizeof(pair->add) / 8,
			.instr = 1},
		    .order = id_of(i, meet),
		    .price = KIT_TICK * (1 + i % 7),
		    .qty = 9,
		    .side = EXCH_BUY};
		pair[i].less = (struct exch_rec_book_reduce){
		    .h = {.type = EXCH_REC_BOOK_REDUCE,
			.len8 = sizeof(pair->less) / 8,
			.instr = 1,
			.time = i},
		    .order = id_of(i - (i != 0), meet),
		    .qty = 1};
	}
	pair[MANY].add.h.type = EXCH_REC_PHASE;
	kit_open(&k, true);
	tap_is_i64(exch_replay_run(k.r, &pair->add.h, &n, &k.d), EXCH_OK,
	    "a long run is taken");
	tap_is_u64(n, MANY * sizeof(*pair), "up to what is no display");
	tap_is_u64(exch_replay_last(k.r), MANY - 1, "the last time is known");
	tap_is_u64(exch_replay_stats(k.r)->unknown_refs, 0,
	    "every order is found, however the table grew");
	kit_close(&k);
}

/* Feed until something fails; 0 when nothing did. */
static int
feed_until(struct exch_replay *r)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_rec_book_add a = {
	    .h = {.type = EXCH_REC_BOOK_ADD, .len8 = sizeof(a) / 8},
	    .qty = 1,
	    .side = EXCH_SELL};
	struct exch_rec_book_exec x = {
	    .h = {.type = EXCH_REC_BOOK_EXEC, .len8 = sizeof(x) / 8},
	    .qty = 1,
	    .price = EXCH_PX_NONE,
	    .printable = 1};
	int e = EXCH_OK;

	for (uint32_t i = 1; i <= 600 && e == EXCH_OK; i++) {
		a.h.instr = 1 + i % 3 * 300;
		a.order = i;
		a.price = 1 + i;
		e = exch_replay_take(r, &a.h, &d);
	}
	for (uint32_t i = 1; i <= 600 && e == EXCH_OK; i++) {
		x.h.instr = 1 + i % 3 * 300;
		x.order = i;
		e = exch_replay_take(r, &x.h, &d);
	}
	return e;
}

/* Whichever allocation fails, it is said, and nothing leaks. */
static void
test_no_memory(void)
{
	struct exch_replay_opts o = {.expect = true};
	struct exch_diag d = {.code = EXCH_OK};
	uint64_t failed = 0, other = 0;
	int e = EXCH_ERR_NOMEM;

	for (uint64_t n = 1; e != EXCH_OK && n < 1000; n++) {
		struct exch_replay *r = NULL;
		struct kit k;

		kit_open(&k, true);
		exch_alloc_fail_at(n);
		e = exch_replay_new(&o, k.w, &r, &d);
		if (e == EXCH_OK)
			e = feed_until(r);
		exch_alloc_fail_at(0);
		failed += e == EXCH_ERR_NOMEM;
		other += e != EXCH_ERR_NOMEM && e != EXCH_OK;
		exch_replay_free(r);
		kit_close(&k);
	}
	tap_is_i64(e, EXCH_OK, "with memory enough it works");
	tap_is_u64(other, 0, "without, it says so");
	tap_ok(failed > 8, "many allocations were made to fail");
}

int
main(void)
{
	test_displays();
	test_late();
	test_unknown();
	test_malformed();
	test_inferred_call();
	test_told_phases();
	test_passed_on();
	test_defects();
	test_run(false);
	test_run(true);
	test_no_memory();
	return tap_done();
}
