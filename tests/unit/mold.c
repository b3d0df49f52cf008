/*
 * MoldUDP64 sessions: order, gaps, second copies, damage.  The order
 * references of the messages are their sequence numbers, so the records
 * show exactly what was delivered in which order.
 */
#include <config.h>

#include "feed/itch.h"
#include "feed/mold.h"
#include "feed/run.h"
#include "feed_kit.h"

static struct kit_got g;
static struct exch_itch *it;
static struct exch_seq *m;
static struct kit pk;
static uint64_t number;
static char order[4096];

static void
begin(void)
{
	static struct exch_feed_sink sink = {
	    .arg = &g, .record = kit_record, .trouble = kit_trouble};
	static struct exch_run run;
	struct exch_feed_opts o = kit_opts();

	exch_seq_free(m);
	exch_itch_free(it);
	kit_free(&g);
	number = 0;
	exch_run_begin(&run, &sink);
	if (exch_itch_new(&o, &run, &g.st, &it, &g.d) != 0 ||
	    exch_mold_new(&run, &g.st, false, &m, &g.d) != 0)
		abort();
}

/* Take what pk holds at a time in ms. */
static int
take(uint64_t ms)
{
	struct exch_seq_session *s = exch_seq_find(m, pk.b);
	unsigned char *copy = malloc(pk.n);
	struct exch_payload k = {
	    copy, pk.n, false, ms * 1000000, ++number, 0, NULL};
	int err;

	memcpy(copy, pk.b, pk.n);
	if (s == NULL && exch_mold_open(m, pk.b, it, &s, &g.d) != 0)
		abort();
	err = exch_mold_take(m, s, &k, &g.d);
	free(copy);
	return err;
}

/* A packet of `count` adds from `seq`. */
static int
adds(uint64_t ms, uint64_t seq, unsigned count)
{
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", seq, count);
	return take(ms);
}

static int
heartbeat(uint64_t ms, uint64_t seq, unsigned count)
{
	pk.n = 0;
	kit_mold(&pk, "SESSION", seq, count);
	return take(ms);
}

/* Delivered numbers as text; gaps as [first+count]. */
static const char *
delivered(void)
{
	size_t n = 0;

	order[0] = 0;
	for (size_t i = 0; i < g.n && n < sizeof(order) - 64; i++) {
		const struct exch_rec *r = kit_rec(&g, -1, i);

		if (r->type == EXCH_REC_BOOK_ADD)
			n += (size_t)snprintf(order + n, 32, " %" PRIu64,
			    ((const struct exch_rec_book_add *)r)->order);
		if (r->type == EXCH_REC_GAP)
			n += (size_t)snprintf(order + n, 64,
			    " [%" PRIu64 "+%" PRIu64 "]",
			    ((const struct exch_rec_gap *)r)->first,
			    ((const struct exch_rec_gap *)r)->count);
	}
	return order[0] == ' ' ? order + 1 : order;
}

static void
finish(void)
{
	if (exch_seq_finish(m, &g.d) != 0)
		abort();
}

static void
test_order(void)
{
	begin();
	adds(0, 1, 2);
	adds(1, 3, 1);
	adds(2, 4, 3);
	tap_is_str(delivered(), "1 2 3 4 5 6", "in order");
	tap_is_u64(g.st.sessions, 1, "one session");

	begin();
	adds(0, 1, 2);
	adds(1, 5, 2);
	adds(2, 7, 1);
	tap_is_str(delivered(), "1 2", "later packets wait");
	adds(3, 3, 2);
	tap_is_str(delivered(), "1 2 3 4 5 6 7", "until the gap is filled");
	tap_is_u64(g.st.reordered, 1, "one packet came late");
	tap_is_u64(g.st.gaps, 0, "and there is no gap");

	begin();
	adds(0, 100, 1);
	adds(1, 103, 1);
	adds(2, 102, 1);
	adds(3, 101, 1);
	tap_is_str(delivered(), "100 101 102 103", "backwards");
	tap_is_u64(g.st.reordered, 2, "two packets came late");
}

/* Twice as many as may wait, as both lines bring them: each waits once. */
static void
test_held(void)
{
	const unsigned held = EXCH_SEQ_HOLD_PACKETS - 96;

	for (unsigned way = 0; way < 3; way++) {
		begin();
		adds(0, 1, 1);
		for (unsigned i = 0; i < held; i++) {
			/* one at once, behind all, in the middle of some */
			adds(1, 3 + i, 1);
			if (way == 0)
				adds(1, 3 + i, 1);
			if (way == 2 && i >= 5)
				adds(1, 3 + i - 5, 1);
		}
		for (unsigned i = 0; way == 1 && i < held; i++)
			adds(2, 3 + i, 1);
		for (unsigned i = held - 5; way == 2 && i < held; i++)
			adds(2, 3 + i, 1);
		tap_is_u64(g.st.duplicates, held, "second copies are told");
		tap_is_u64(g.st.gaps, 0, "and take no room");
		adds(3, 2, 1);
		tap_is_u64(g.st.messages, held + 2, "all of it comes then");
		tap_is_u64(g.st.duplicates, held, "once");
		tap_is_u64(g.st.gaps, 0, "without a gap");
	}
}

static void
test_gaps(void)
{
	const struct exch_rec_gap *r;

	begin();
	adds(0, 1, 2);
	adds(1, 5, 2);
	adds(900, 7, 1);
	tap_is_str(delivered(), "1 2", "a gap is waited for");
	adds(1500, 8, 1);
	tap_is_str(delivered(), "1 2 [3+2] 5 6 7 8", "but not for ever");
	tap_is_u64(g.st.gaps, 1, "one gap");
	tap_is_u64(g.st.gap_messages, 2, "of two messages");
	r = (const void *)kit_rec(&g, EXCH_REC_GAP, 0);
	tap_is_str(r->session, "SESSION", "the gap names its session");
	tap_is_u64(r->h.time, KIT_MIDNIGHT + 2000,
	    "and stands at the last time known");
	adds(1600, 3, 2);
	tap_is_str(delivered(), "1 2 [3+2] 5 6 7 8", "what comes too late");
	tap_is_u64(g.st.late, 2, "is counted as late");
	tap_is_u64(g.st.duplicates, 0, "and not as doubled");

	begin();
	adds(0, 1, 1);
	adds(1, 4, 1);
	finish();
	tap_is_str(delivered(), "1 [2+2] 4", "the end of the capture");

	begin();
	adds(0, 1, 1);
	heartbeat(1, 4, 0);
	heartbeat(2, 4, 0);
	finish();
	tap_is_str(
	    delivered(), "1 [2+2]", "a heartbeat shows a gap at the end");
	tap_is_u64(g.st.heartbeats, 2, "two heartbeats");

	begin();
	adds(0, 1, 1);
	heartbeat(1, 3, 0xffff);
	finish();
	tap_is_str(delivered(), "1 [2+1]", "so does the end of the session");
	tap_is_u64(g.st.ends, 1, "one end");

	begin();
	adds(0, 1, 1);
	for (unsigned i = 0; i < EXCH_SEQ_HOLD_PACKETS + 1; i++)
		adds(1, 3 + i, 1);
	tap_is_u64(g.st.gaps, 1, "too much held: the gap is given up");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], EXCH_SEQ_HOLD_PACKETS + 2,
	    "and everything held is delivered");

	/* Many sessions that wait, with large packets. */
	begin();
	for (unsigned i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "S%u", i);
		for (unsigned n = 0; n < 60; n++) {
			pk.n = 0;
			kit_mold(&pk, name, n == 0 ? 1 : 2 + n, 1);
			kit_be(&pk, 9000, 2);
			kit_add_order(&pk, 1, 1, n, 'B', 1, "TEST", 1);
			pk.n = 20 + 2 + 9000;
			take(1);
		}
	}
	tap_ok(g.st.gaps > 0 && g.st.gaps < 100,
	    "what all sessions may hold together is bounded, too");

	/* Two gaps in one wait. */
	begin();
	adds(0, 1, 1);
	adds(1, 3, 1);
	adds(2, 5, 1);
	adds(1100, 6, 1);
	tap_is_str(delivered(), "1 [2+1] 3 [4+1] 5 6", "two gaps at once");
}

static void
test_astray(void)
{
	begin();
	adds(0, 1, 1);
	adds(1, UINT64_C(1) << 40, 1);
	for (unsigned i = 0; i < 30; i++)
		adds(100 * i + 2, 2 + i, 1);
	finish();
	tap_is_u64(g.st.gaps, 0, "a wild number makes no gap");
	tap_is_u64(g.st.packets_bad, 1, "it is a bad packet");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 31, "the session goes on");
	tap_ok(strstr(g.trouble[0].text, "astray") != NULL, "and is told");
	tap_is_u64(g.trouble[0].at.where, 2, "with its own packet number");

	begin();
	adds(0, 1, 1);
	adds(1, UINT64_C(1) << 40, 1);
	adds(2, (UINT64_C(1) << 40) + 1, 1);
	adds(1500, (UINT64_C(1) << 40) + 2, 1);
	tap_is_str(delivered(),
	    "1 [2+1099511627774] 1099511627776 1099511627777 1099511627778",
	    "a jump that goes on is a gap, however large");

	/* The first number of all is a wild one: what is far below it is not. */
	for (unsigned first = 1; first < 3; first++) {
		begin();
		adds(0, UINT64_C(1) << 40, 1);
		for (unsigned i = first; i < 4; i++)
			adds(i, i, 1);
		tap_is_str(delivered(),
		    first == 1 ? "1099511627776 1 2 3" : "1099511627776 2 3",
		    "a session whose first number was damaged");
		tap_is_u64(g.ntroubles, 1, "which is told");
		tap_is_u64(g.st.late, 0, "nothing is left out");
	}
	begin();
	adds(0, 100000, 1);
	for (unsigned i = 0; i < 4; i++)
		adds(1 + i, 1000 + i, 1);
	tap_is_str(delivered(), "100000", "another line may be behind");
	tap_is_u64(g.st.late, 4, "and what it says is too late");

	begin();
	adds(0, 1, 1);
	adds(1, UINT64_MAX - 3, 1);
	tap_is_u64(g.st.packets_bad, 1, "numbers that would wrap are bad");
	tap_is_str(delivered(), "1", "and not delivered");

	begin();
	adds(0, 1, 1);
	adds(0, 0, 1);
	tap_is_u64(g.st.packets_bad, 1, "number 0 is trouble");
	tap_is_str(delivered(), "1 0", "but its messages are there");
}

static void
test_copies(void)
{
	begin();
	for (uint64_t i = 1; i < 50; i += 2) {
		adds(i, i, 2);
		adds(i, i, 2);
	}
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 50, "two lines give one");
	tap_is_u64(g.st.duplicates, 50, "and as many doubled");
	tap_is_u64(g.st.conflicts, 0, "all equal");

	/* Cut differently. */
	begin();
	adds(0, 1, 3);
	adds(1, 2, 4);
	adds(2, 1, 2);
	tap_is_str(delivered(), "1 2 3 4 5", "overlapping packets");
	tap_is_u64(g.st.duplicates, 4, "overlap is counted");
	tap_is_u64(g.st.conflicts, 0, "and equal");

	begin();
	adds(0, 1, 3);
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 1, 3);
	pk.b[20 + 2 * 38 + 2 + 23] ^= 1; /* shares of message 3 */
	take(1);
	tap_is_u64(g.st.conflicts, 1, "a copy that differs is a conflict");
	tap_is_u64(g.ntroubles, 1, "and is told");
	tap_is_str(g.trouble[0].text,
	    "message 3 of session SESSION differs from its first copy", "how");
	tap_is_str(delivered(), "1 2 3", "the first copy holds");

	/* Both copies wait. */
	begin();
	adds(0, 1, 1);
	adds(1, 3, 1);
	adds(1, 3, 1);
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 3, 1);
	pk.b[45] ^= 1;
	take(1);
	adds(2, 2, 1);
	tap_is_str(delivered(), "1 2 3", "copies that wait");
	tap_is_u64(g.st.duplicates, 2, "are doubled");
	tap_is_u64(g.st.conflicts, 1, "or in conflict");

	/* One line loses, the other has it. */
	begin();
	for (uint64_t i = 1; i <= 100; i++) {
		if (i % 7 != 0)
			adds(i, i, 1);
		if (i > 3 && (i - 3) % 5 != 0)
			adds(i, i - 3, 1);
	}
	finish();
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD] + g.st.gap_messages, 100,
	    "two lines with losses: every message or its gap");
	tap_is_u64(g.st.gap_messages, 3, "lost on both: 35, 70 and 98");

	begin();
	adds(0, 10, 1);
	adds(0, 8, 2);
	tap_is_str(delivered(), "10", "messages before the first seen");
	tap_is_u64(g.st.late, 2, "are late");
}

/* Messages of another run of the session, by which they are the 100th on. */
static void
anew(uint64_t ms, uint64_t seq, unsigned count)
{
	pk.n = 0;
	kit_mold(&pk, "SESSION", seq, count);
	for (unsigned i = 0; i < count; i++) {
		kit_be(&pk, 36, 2);
		kit_add_order(&pk, 1, 99000 + 1000 * (seq + i), 100 + seq + i,
		    'B', 100, "TEST", 1000000);
	}
	take(ms);
}

static void
test_sessions(void)
{
	const struct exch_seq_rules live = {
	    .wait = EXCH_SEC, .stray = 60 * EXCH_SEC, .from_one = true};

	begin();
	adds(0, 1, 1);
	pk.n = 0;
	kit_mold_adds(&pk, "OTHER", 1, 2);
	take(1);
	adds(2, 2, 1);
	tap_is_str(delivered(), "1 1 2 2", "sessions have their own numbers");
	tap_is_u64(g.st.sessions, 2, "two of them");

	/* Again from 1 under the same name, with later messages. */
	begin();
	adds(0, 1, 3);
	pk.n = 0;
	kit_mold(&pk, "SESSION", 1, 1);
	kit_be(&pk, 36, 2);
	kit_add_order(&pk, 1, 99000, 77, 'B', 100, "TEST", 1000000);
	take(5);
	adds(6, 2, 1);
	tap_is_str(delivered(), "1 2 3 77 2", "a session starts again");
	tap_is_u64(g.st.sessions, 2, "counts as another");
	tap_is_u64(g.ntroubles, 1, "and is told");

	/* The same, but its beginning was lost. */
	begin();
	adds(0, 1, 5);
	anew(5, 2, 1);
	tap_is_str(delivered(), "1 2 3 4 5", "an old number and a new time");
	anew(5, 2, 1);
	tap_is_u64(g.st.duplicates, 1, "on both lines");
	anew(6, 3, 2);
	tap_is_str(delivered(), "1 2 3 4 5 102 103 104",
	    "and another behind it: it has started again");
	tap_is_u64(g.st.sessions, 2, "that is another run");
	tap_is_u64(g.ntroubles, 1, "and is told");
	tap_is_str(g.trouble[0].text,
	    "session SESSION starts again at sequence number 2", "where");
	anew(7, 5, 2);
	finish();
	tap_is_str(
	    delivered(), "1 2 3 4 5 102 103 104 105 106", "it goes on there");

	/* A number that is damaged. */
	begin();
	adds(0, 1, 5);
	anew(1, 2, 1);
	adds(2, 6, 1);
	anew(3, 3, 1);
	adds(4, 7, 1);
	anew(5, 2, 1);
	finish();
	tap_is_str(delivered(), "1 2 3 4 5 6 7",
	    "a session that goes on as before has not");
	tap_is_u64(g.st.sessions, 1, "there is one");
	tap_is_u64(g.st.conflicts, 3, "they are no copies");
	tap_is_u64(g.ntroubles, 3, "which is told");

	/* What was lost and comes too late, twice in a row. */
	begin();
	adds(0, 1, 1);
	adds(1, 4, 1);
	adds(2000, 5, 1);
	anew(2001, 2, 1);
	anew(2002, 3, 1);
	finish();
	tap_is_str(delivered(), "1 [2+2] 4 5", "what was lost is late");
	tap_is_u64(g.st.late, 2, "and no new run");

	/* Live: what is missing at its beginning is lost. */
	begin();
	exch_seq_rule(m, &live);
	adds(0, 1, 5);
	anew(5, 2, 1);
	anew(6, 3, 1);
	if (exch_seq_tick(m, 2000 * (EXCH_SEC / 1000), &g.d) != 0)
		abort();
	tap_is_str(delivered(), "1 2 3 4 5 [1+1] 102 103",
	    "live it began with number 1");

	/* A session that falls silent is settled by the others' time. */
	begin();
	adds(0, 1, 1);
	adds(1, 3, 1);
	pk.n = 0;
	kit_mold_adds(&pk, "OTHER", 1, 1);
	take(3000);
	tap_is_str(delivered(), "1 1 [2+1] 3", "a silent session is settled");

	begin();
	for (unsigned i = 0; i <= EXCH_SEQ_SESSIONS; i++) {
		struct exch_seq_session *s;
		char name[16];
		int err;

		snprintf(name, sizeof(name), "S%09u", i);
		err = exch_mold_open(m, (unsigned char *)name, it, &s, &g.d);
		if (i < EXCH_SEQ_SESSIONS && err != 0)
			abort();
		if (i == EXCH_SEQ_SESSIONS)
			tap_is_i64(err, EXCH_ERR_LIMIT, "sessions are bounded");
	}
}

/* Damage: every length of one packet. */
static void
test_damage(void)
{
	size_t right = 0, whole;

	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 1, 5);
	whole = pk.n;
	for (size_t n = 20; n < whole; n++) {
		begin();
		pk.n = 0;
		kit_mold_adds(&pk, "SESSION", 1, 5);
		pk.n = n;
		take(0);
		adds(1, 6, 1);
		finish();
		right += g.by_type[EXCH_REC_BOOK_ADD] == (n - 20) / 38 + 1 &&
			 g.st.packets_bad == 1 && g.ntroubles == 1 &&
			 g.st.gap_messages == 5 - (n - 20) / 38 &&
			 g.st.gaps == 1;
	}
	tap_is_u64(right, whole - 20,
	    "cut anywhere: whole messages, one trouble, the rest is a gap");

	/* The other line fills what the damage took. */
	begin();
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 1, 5);
	pk.n -= 50;
	take(0);
	adds(1, 1, 5);
	tap_is_str(delivered(), "1 2 3 4 5", "the other line fills it");

	begin();
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 1, 2);
	pk.b[19] = 9;
	take(0);
	adds(1, 3, 1);
	tap_is_str(delivered(), "1 2 3", "a count too large");
	tap_is_u64(g.st.packets_bad, 1, "is told");
	tap_is_u64(g.st.gaps, 0, "and no gap");

	begin();
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 1, 2);
	pk.b[19] = 1;
	take(0);
	tap_is_str(delivered(), "1", "a count too small");
	tap_ok(strstr(g.trouble[0].text, "38 bytes behind") != NULL, "is told");

	begin();
	pk.n = 0;
	kit_mold(&pk, "SESSION", 1, 2);
	kit_be(&pk, 0, 2);
	kit_be(&pk, 36, 2);
	kit_add_order(&pk, 1, 1, 2, 'B', 1, "TEST", 1);
	take(0);
	tap_is_str(delivered(), "2", "a block of no bytes has its number");
	tap_is_u64(g.st.messages_bad, 1, "and is bad");
}

/* A sink that says stop is obeyed at once, also while draining. */
static void
test_stop(void)
{
	begin();
	adds(0, 1, 1);
	adds(1, 3, 1);
	adds(1, 4, 1);
	g.stop_after = g.n + 2;
	tap_is_i64(adds(2, 2, 1), EXCH_ERR_STOP, "stop is passed up");
	tap_is_str(delivered(), "1 2 3", "and nothing more delivered");
}

/*
 * What waited for a snapshot longer than a session goes on without a packet.
 * The snapshot ends before the first packet that waits, or in it.
 */
static void
test_begin(uint64_t first)
{
	const struct exch_seq_rules after = {.wait = EXCH_SEC,
	    .stray = 60 * EXCH_SEC,
	    .from_one = true,
	    .room = 32};
	struct exch_seq_rules before = after;
	struct exch_seq_session *s;

	before.wait = UINT64_MAX;
	begin();
	exch_seq_rule(m, &before);
	adds(1000, first, (unsigned)(12 - first));
	adds(1001, 13, 1);
	adds(80000, 14, 1);
	tap_is_str(delivered(), "", "all waits for a snapshot");
	s = exch_seq_find(m, pk.b);
	if (exch_seq_begin(m, s, 10, &g.d) != 0)
		abort();
	exch_seq_rule(m, &after);
	tap_is_str(delivered(), "10 11", "it goes on with the number told");
	if (exch_seq_tick(m, 80900 * (EXCH_SEC / 1000), &g.d) != 0)
		abort();
	tap_is_str(delivered(), "10 11", "a gap behind it is waited for");
	if (exch_seq_tick(m, 81100 * (EXCH_SEC / 1000), &g.d) != 0)
		abort();
	tap_is_str(delivered(), "10 11 [12+1] 13 14", "and then given up");
	tap_is_u64(g.st.packets_bad, 0, "nothing that waited long is astray");
}

int
main(void)
{
	test_order();
	test_held();
	test_gaps();
	test_astray();
	test_copies();
	test_sessions();
	test_damage();
	test_stop();
	test_begin(10);
	test_begin(8);
	exch_seq_free(m);
	exch_itch_free(it);
	kit_free(&g);
	return tap_done();
}
