/*
 * Executions into aggressors: rules group, aggressor, split-after-partial,
 * remainder, display-price, imposed and hidden (src/replay/group.c).
 */
#include <config.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "replay_kit.h"

/* Three sells to execute: 1 and 2 at 10.01, 3 at 10.02; a bid at 10.00. */
static void
book(struct kit *k)
{
	kit_open(k, true);
	kit_at(k, 1);
	kit_add(k, 1, EXCH_SELL, 1001, 100);
	kit_add(k, 2, EXCH_SELL, 1001, 200);
	kit_add(k, 3, EXCH_SELL, 1002, 300);
	kit_add(k, 4, EXCH_BUY, 1000, 50);
	kit_at(k, 2);
}

#define BOOK                                                                   \
	"new 1 sell 1001x100 day\n"                                            \
	"new 2 sell 1001x200 day\n"                                            \
	"new 3 sell 1002x300 day\n"                                            \
	"new 4 buy 1000x50 day\n"

static void
test_aggressor(void)
{
	struct kit k;

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 2, 200, 72);
	kit_exec(&k, 3, 10, 73);
	kit_is(&k,
	    BOOK "new a1 buy 1002x310 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "expect 72 a1 2 1001x200 buy g1\n"
		 "expect 73 a1 3 1002x10 buy g1\n",
	    "a sweep is one aggressor: sum, worst price, IOC");
	tap_is_u64(k.st.groups, 1, "one group");
	tap_is_u64(k.st.groups_exact, 1, "and it is exact");
	tap_is_u64(k.st.executions, 3, "of three executions");
	tap_is_u64(k.st.aggressors, 1, "one aggressor");

	book(&k);
	kit_exec(&k, 4, 50, 71);
	kit_is(&k,
	    BOOK "new a1 sell 1000x50 ioc synthetic\n"
		 "expect 71 4 a1 1000x50 sell g1\n",
	    "a bid executed means a seller");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_at(&k, 3);
	kit_exec(&k, 2, 200, 72);
	kit_is(&k,
	    BOOK "new a1 buy 1001x100 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "new a2 buy 1001x200 ioc synthetic\n"
		 "expect 72 a2 2 1001x200 buy g2\n",
	    "a group never spans times");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 4, 50, 72);
	kit_exec(&k, 2, 200, 73);
	kit_is(&k,
	    BOOK "new a1 buy 1001x100 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "new a2 sell 1000x50 ioc synthetic\n"
		 "expect 72 4 a2 1000x50 sell g2\n"
		 "new a3 buy 1001x200 ioc synthetic\n"
		 "expect 73 a3 2 1001x200 buy g3\n",
	    "the other side is another group");
	tap_is_u64(k.st.groups, 3, "three groups");
}

static void
test_split(void)
{
	struct kit k;

	book(&k);
	kit_exec(&k, 1, 40, 71);
	kit_exec(&k, 1, 60, 72);
	kit_exec(&k, 2, 200, 73);
	kit_is(&k,
	    BOOK "new a1 buy 1001x40 ioc synthetic\n"
		 "expect 71 a1 1 1001x40 buy g1\n"
		 "new a2 buy 1001x260 ioc synthetic\n"
		 "expect 72 a2 1 1001x60 buy g1\n"
		 "expect 73 a2 2 1001x200 buy g1\n",
	    "a partial fill was the last of its aggressor");
	tap_is_u64(k.st.groups, 1, "still one group of the account");
	tap_is_u64(k.st.aggressors, 2, "of two aggressors");
}

static void
test_instruments(void)
{
	struct kit k;

	kit_open(&k, true);
	kit_instrument(&k, 2);
	kit_at(&k, 1);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_add(&k, 2, EXCH_SELL, 1001, 100);
	k.instr = 2;
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_at(&k, 2);
	kit_exec(&k, 1, 100, 71);
	k.instr = 1;
	kit_exec(&k, 1, 100, 72);
	k.instr = 2;
	kit_add(&k, 5, EXCH_BUY, 900, 1);
	k.instr = 1;
	kit_exec(&k, 2, 100, 73);
	kit_at(&k, 3);
	kit_delete(&k, 9);
	kit_is(&k,
	    "new 1 sell 1001x100 day\n"
	    "new 2 sell 1001x100 day\n"
	    "new 1 sell 1001x100 day #2\n"
	    "new a1 buy 1001x100 ioc #2 synthetic\n"
	    "expect 71 a1 1 1001x100 buy g1 #2\n"
	    "new 5 buy 900x1 day #2\n"
	    "new a2 buy 1001x200 ioc synthetic\n"
	    "expect 72 a2 1 1001x100 buy g2\n"
	    "expect 73 a2 2 1001x100 buy g2\n"
	    "notice unknown-orders references=1 successors=0\n",
	    "other instruments do not end a group, nor share ids");
}

static void
test_remainder(void)
{
	struct kit k;

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 2, 200, 72);
	kit_add(&k, 9, EXCH_BUY, 1001, 70);
	kit_at(&k, 3);
	kit_exec(&k, 9, 70, 73);
	kit_is(&k,
	    BOOK "new 9 buy 1001x370 day synthetic\n"
		 "expect 71 9 1 1001x100 buy g1\n"
		 "expect 72 9 2 1001x200 buy g1\n"
		 "new a2 sell 1001x70 ioc synthetic\n"
		 "expect 73 9 a2 1001x70 sell g2\n",
	    "the rest of an aggressor joins it, and rests");
	tap_is_u64(k.st.remainders, 1, "one remainder");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 2, 200, 72);
	kit_add(&k, 9, EXCH_BUY, 1000, 70);
	kit_is(&k,
	    BOOK "new a1 buy 1001x300 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "expect 72 a1 2 1001x200 buy g1\n"
		 "new 9 buy 1000x70 day\n",
	    "a worse price than the last is another order");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 2, 200, 72);
	kit_add(&k, 9, EXCH_SELL, 1001, 70);
	kit_is(&k,
	    BOOK "new a1 buy 1001x300 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "expect 72 a1 2 1001x200 buy g1\n"
		 "new 9 sell 1001x70 day\n",
	    "so is the other side");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 2, 200, 72);
	kit_at(&k, 3);
	kit_add(&k, 9, EXCH_BUY, 1001, 70);
	kit_is(&k,
	    BOOK "new a1 buy 1001x300 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "expect 72 a1 2 1001x200 buy g1\n"
		 "new 9 buy 1001x70 day\n",
	    "and another time");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_add(&k, 9, EXCH_BUY, 1001, 70);
	kit_is(&k,
	    BOOK "new a1 buy 1001x100 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "phase 2 synthetic imposed\n"
		 "new 9 buy 1001x70 day\n",
	    "a display that would match further is no remainder");
	tap_is_u64(k.st.crossed_adds, 1, "but a crossed one");
}

static void
test_replace_remainder(void)
{
	struct kit k;

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 2, 200, 72);
	kit_replace(&k, 4, 9, 1001, 70);
	kit_at(&k, 3);
	kit_exec(&k, 9, 70, 73);
	kit_is(&k,
	    BOOK "replace 4 9 1001x370 synthetic\n"
		 "expect 71 9 1 1001x100 buy g1\n"
		 "expect 72 9 2 1001x200 buy g1\n"
		 "new a2 sell 1001x70 ioc synthetic\n"
		 "expect 73 9 a2 1001x70 sell g2\n",
	    "a replacement that crossed was the aggressor");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_replace(&k, 3, 9, 1003, 70);
	kit_is(&k,
	    BOOK "new a1 buy 1001x100 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "replace 3 9 1003x70\n",
	    "a replacement of the other side was not");
}

static void
test_display_price(void)
{
	struct kit k;

	book(&k);
	kit_exec_at(&k, 1, 100, 71, 1000, true);
	kit_exec_at(&k, 2, 200, 72, 1001, true);
	kit_is(&k,
	    BOOK "new a1 buy 1001x300 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 1000 buy cause=8 g1\n"
		 "expect 72 a1 2 1001x200 buy g1\n",
	    "matched where it was displayed, printed price kept");
	tap_is_u64(k.st.price_gaps, 1, "one price gap");
	tap_is_u64(k.st.groups_exact, 1, "which is no miss");
}

static void
test_imposed(void)
{
	struct kit k;

	book(&k);
	kit_exec(&k, 2, 50, 71);
	kit_exec(&k, 1, 100, 72);
	kit_exec(&k, 2, 150, 73);
	kit_is(&k,
	    BOOK "cancel 2 x50 cause=4 synthetic imposed\n"
		 "trade imposed 71 0 2 1001x50 buy cause=4 imposed\n"
		 "expect 71 0 2 1001x50 buy cause=4 g1 imposed\n"
		 "new a1 buy 1001x250 ioc synthetic\n"
		 "expect 72 a1 1 1001x100 buy g1\n"
		 "expect 73 a1 2 1001x150 buy g1\n",
	    "queue: an earlier order was skipped");
	tap_is_u64(k.st.groups, 1, "one group");
	tap_is_u64(k.st.groups_exact, 0, "not exact");
	tap_is_u64(k.st.imposed, 1, "by one execution");
	tap_is_u64(k.st.cause[EXCH_CAUSE_QUEUE], 1, "its cause counted");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_exec(&k, 3, 300, 72);
	kit_exec(&k, 2, 200, 73);
	kit_is(&k,
	    BOOK "new a1 buy 1001x100 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "cancel 3 x300 cause=5 synthetic imposed\n"
		 "trade imposed 72 0 3 1002x300 buy cause=5 imposed\n"
		 "expect 72 0 3 1002x300 buy cause=5 g1 imposed\n"
		 "new a2 buy 1001x200 ioc synthetic\n"
		 "expect 73 a2 2 1001x200 buy g1\n",
	    "through: a better level was passed over");

	book(&k);
	kit_exec(&k, 1, 120, 71);
	kit_exec(&k, 2, 200, 72);
	kit_is(&k,
	    BOOK "cancel 1 x120 cause=7 synthetic imposed\n"
		 "trade imposed 71 0 1 1001x120 buy cause=7 imposed\n"
		 "expect 71 0 1 1001x120 buy cause=7 g1 imposed\n"
		 "new a1 buy 1001x200 ioc synthetic\n"
		 "expect 72 a1 2 1001x200 buy g1\n",
	    "overfill: more than the order had");

	book(&k);
	kit_exec(&k, 8, 120, 71);
	kit_exec_at(&k, 8, 30, 72, 1005, true);
	kit_is(&k,
	    BOOK "trade imposed 71 0 0 ?x120 none cause=6 imposed\n"
		 "expect 71 0 0 ?x120 none cause=6 g1 imposed\n"
		 "trade imposed 72 0 0 1005x30 none cause=6 imposed\n"
		 "expect 72 0 0 ?x30 1005 none cause=6 g1 imposed\n"
		 "notice unknown-orders references=2 successors=0\n",
	    "unknown order: only its volume is kept");
	tap_is_u64(k.st.unknown_refs, 2, "both references counted");
}

static void
test_hidden(void)
{
	struct kit k;

	book(&k);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_SIDE_NONE, 1001, 10, 70);
	kit_at(&k, 3);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_SIDE_NONE, 1000, 20, 71);
	kit_at(&k, 4);
	kit_delete(&k, 1);
	kit_delete(&k, 2);
	kit_at(&k, 5);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_SIDE_NONE, 1001, 30, 72);
	kit_at(&k, 6);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_BUY, 1001, 40, 73);
	kit_is(&k,
	    BOOK "trade hidden 70 0 0 1001x10 buy cause=2 imposed\n"
		 "trade hidden 71 0 0 1000x20 sell cause=2 imposed\n"
		 "cancel 1\n"
		 "cancel 2\n"
		 "trade hidden 72 0 0 1001x30 none cause=2 imposed\n"
		 "trade hidden 73 0 0 1001x40 sell cause=2 imposed\n",
	    "alone: at the offer a buyer, at the bid a seller, inside unknown");
	tap_is_u64(k.st.hidden, 4, "four hidden prints");
	tap_is_u64(k.st.groups, 0, "which are no groups");

	book(&k);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_SIDE_NONE, 1000, 10, 70);
	kit_exec(&k, 1, 100, 71);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_SIDE_NONE, 1001, 20, 72);
	kit_exec(&k, 2, 200, 73);
	kit_add(&k, 9, EXCH_BUY, 1001, 5);
	kit_is(&k,
	    BOOK "new 9 buy 1001x305 day synthetic\n"
		 "trade hidden 70 0 0 1000x10 buy cause=2 imposed\n"
		 "expect 71 9 1 1001x100 buy g1\n"
		 "trade hidden 72 0 0 1001x20 buy cause=2 imposed\n"
		 "expect 73 9 2 1001x200 buy g1\n",
	    "among executions: the aggressor is theirs, the group goes on");

	book(&k);
	kit_exec(&k, 1, 100, 71);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_BUY, 1000, 20, 72);
	kit_exec(&k, 2, 200, 73);
	kit_is(&k,
	    BOOK "new a1 buy 1001x100 ioc synthetic\n"
		 "expect 71 a1 1 1001x100 buy g1\n"
		 "trade hidden 72 0 0 1000x20 sell cause=2 imposed\n"
		 "new a2 buy 1001x200 ioc synthetic\n"
		 "expect 73 a2 2 1001x200 buy g1\n",
	    "a hidden order of the other side is another event");

	book(&k);
	kit_exec(&k, 2, 200, 71);
	kit_print(&k, EXCH_PRINT_HIDDEN, EXCH_SIDE_NONE, 1000, 20, 72);
	kit_is(&k,
	    BOOK "cancel 2 x200 cause=4 synthetic imposed\n"
		 "trade imposed 71 0 2 1001x200 buy cause=4 imposed\n"
		 "expect 71 0 2 1001x200 buy cause=4 g1 imposed\n"
		 "trade hidden 72 0 0 1000x20 buy cause=2 imposed\n",
	    "behind an imposed execution its side holds too");
}

static void
test_no_expect(void)
{
	struct kit k;

	kit_open(&k, false);
	kit_at(&k, 1);
	kit_add(&k, 1, EXCH_SELL, 1001, 100);
	kit_add(&k, 2, EXCH_SELL, 1001, 100);
	kit_exec(&k, 1, 100, 71);
	kit_delete(&k, 7);
	kit_exec(&k, 9, 5, 72);
	kit_is(&k,
	    "new 1 sell 1001x100 day\n"
	    "new 2 sell 1001x100 day\n"
	    "new a1 buy 1001x100 ioc synthetic\n"
	    "trade imposed 72 0 0 ?x5 none cause=6 imposed\n"
	    "notice unknown-orders references=2 successors=0\n",
	    "without EXPECT the commands are the same");
}

/* A sweep of five orders, a remainder that is replaced and taken away. */
static void
cycle(struct kit *k, exch_oid id)
{
	kit_at(k, id);
	for (exch_oid i = 0; i < 5; i++)
		kit_add(k, id + i, EXCH_SELL, 1000 + (int64_t)i, 10);
	kit_at(k, id + 1);
	for (exch_oid i = 0; i < 5; i++)
		kit_exec(k, id + i, 10, id + i);
	kit_add(k, id + 5, EXCH_BUY, 1004, 10);
	kit_replace(k, id + 5, id + 6, 990, 20);
	kit_exec(k, id + 6, 5, id + 6);
	kit_delete(k, id + 6);
}

static void
test_no_allocation(void)
{
	struct exch_replay_opts o = {.expect = true, .by_id = true};
	struct exch_writer_opts wo = {
	    .format = EXCH_FMT_BIN, .tool = "test", .options = ""};
	struct kit k = {.instr = 1};
	struct exch_out *out = NULL;
	uint64_t before;
	int fd = open("/dev/null", O_WRONLY);

	if (fd < 0 ||
	    exch_out_fd(fd, EXCH_OUT_PLAIN, "null", &out, &k.d) != EXCH_OK ||
	    exch_writer_open(out, &wo, &k.w, &k.d) != EXCH_OK ||
	    exch_replay_new(&o, k.w, &k.r, &k.d) != EXCH_OK) {
		tap_ok(false, "a stream to nowhere");
		return;
	}
	kit_instrument(&k, 1);
	for (exch_oid i = 1; i < 500; i++)
		cycle(&k, i * 10);
	before = exch_alloc_count();
	for (exch_oid i = 500; i < 20000; i++)
		cycle(&k, i * 10);
	tap_is_u64(
	    exch_alloc_count(), before, "after warm-up nothing is allocated");
	exch_replay_free(k.r);
	(void)exch_writer_close(k.w, EXCH_STATUS_COMPLETE, &k.d);
	exch_writer_free(k.w);
	exch_out_free(out);
	close(fd);
}

int
main(void)
{
	test_aggressor();
	test_split();
	test_instruments();
	test_remainder();
	test_replace_remainder();
	test_display_price();
	test_imposed();
	test_hidden();
	test_no_expect();
	test_no_allocation();
	return tap_done();
}
