/*
 * LOBSTER files: every type of row, the orders put back, malformed rows,
 * what is asked for, and cuts.
 */
#include <config.h>

#include "feed_kit.h"

static struct kit_got g;

static void
run_n(const char *text, size_t n, struct exch_feed_opts o)
{
	kit_free(&g);
	kit_run(&exch_feed_lobster, text, n, &o, &g);
}

static struct exch_feed_opts
opts(void)
{
	struct exch_feed_opts o = kit_opts();

	o.symbol = "AAPL";
	return o;
}

static void
run(const char *text)
{
	run_n(text, strlen(text), opts());
}

#define REC(T, type, i) ((const struct T *)(const void *)kit_rec(&g, type, i))

static void
test_types(void)
{
	const struct exch_rec_book_print *p;

	run("34200.004241176,1,101,18,5853300,1\n"
	    "34200.5,2,101,3,5853300,1\n"
	    "34201,4,101,5,5853300,1\n"
	    "34201.000000001,3,101,10,5853300,1\n"
	    "34202,5,0,7,5853350,-1\n"
	    "34203,6,0,9000,5853400,1\n"
	    "34204,7,0,0,-1,-1\n"
	    "34205,7,0,0,0,-1\n"
	    "34206,7,0,0,1,-1\n");
	tap_is_i64(g.err, 0, "a file with all seven types");
	tap_is_u64(g.ntroubles, 0, "without trouble");
	tap_is_u64(g.st.lines, 9, "nine lines");
	tap_is_u64(g.st.by_type['7'], 3, "counted by type");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->symbol,
	    "AAPL", "the symbol is the option's");
	tap_is_i64(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->tick,
	    10000000, "the tick is a cent");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->h.time,
	    KIT_MIDNIGHT + 34200004241176, "1: time");
	tap_is_i64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->price,
	    585330000000, "1: price");
	tap_is_u64(
	    REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->qty, 18, "1: size");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->side, EXCH_BUY,
	    "1: side");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->h.flags, 0,
	    "1: seen, not put back");
	tap_is_u64(REC(exch_rec_book_reduce, EXCH_REC_BOOK_REDUCE, 0)->qty, 3,
	    "2: taken away");
	tap_is_u64(REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0)->qty, 5,
	    "4: executed");
	tap_is_u64(REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0)->match, 3,
	    "4: numbered by its line");
	tap_ok(REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0)->price ==
		   EXCH_PX_NONE,
	    "4: at the order's price");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->order,
	    101, "3: order");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0);
	tap_is_u64(p->kind, EXCH_PRINT_HIDDEN, "5: hidden");
	tap_is_u64(p->side, EXCH_SELL, "5: side of the resting order");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 1);
	tap_is_u64(p->kind, EXCH_PRINT_CROSS, "6: cross");
	tap_is_u64(p->qty, 9000, "6: shares");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 0)->phase,
	    EXCH_PHASE_HALT, "7 -1: halt");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 1)->phase,
	    EXCH_PHASE_PRE_OPEN, "7 0: quotes");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 2)->phase,
	    EXCH_PHASE_CONTINUOUS, "7 1: trading");
}

/* Orders as "id" or "(id xsize)" when put back; others by type. */
static const char *
sequence(void)
{
	static char s[512];
	size_t n = 0;

	s[0] = 0;
	for (size_t i = 1; i < g.n && n < 400; i++) {
		const struct exch_rec *r = kit_rec(&g, -1, i);
		const struct exch_rec_book_add *a = (const void *)r;

		if (r->type != EXCH_REC_BOOK_ADD)
			n += (size_t)snprintf(s + n, 64, " %02x", r->type);
		else if ((r->flags & EXCH_F_SYNTHETIC) != 0)
			n += (size_t)snprintf(s + n, 64,
			    " (%" PRIu64 " x%" PRIu64 ")", a->order, a->qty);
		else
			n += (size_t)snprintf(s + n, 64, " %" PRIu64, a->order);
	}
	return s;
}

static void
test_seeds(void)
{
	run("1,1,100,5,10000,1\n"
	    "2,2,90,3,10000,1\n"
	    "3,1,110,5,10000,1\n"
	    "4,4,90,4,10000,1\n"
	    "5,3,105,6,10100,-1\n"
	    "6,3,120,9,10100,-1\n"
	    "7,3,90,1,10000,1\n");
	tap_is_str(sequence(),
	    " (90 x8) 100 33 (105 x6) 110 32 34 (120 x9) 34 34",
	    "put back when the ids reach theirs, with what is taken later");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->h.time,
	    KIT_MIDNIGHT + 1000000000, "at the time of the row");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 2)->side,
	    EXCH_SELL, "on their side");
	tap_is_i64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 2)->price,
	    1010000000, "at their price");

	/* Seen, used, and added only later: the id before is another order. */
	run("1,3,100,5,10000,1\n2,1,100,7,10000,1\n3,3,100,7,10000,1\n");
	tap_is_str(sequence(), " (100 x5) 34 100 34",
	    "what comes before an add is put back by itself");
}

static void
test_bad_rows(void)
{
	static const char *const bad[] = {"x,1,1,1,1,1", "1e3,1,1,1,1,1",
	    ",1,1,1,1,1", "1,0,1,1,1,1", "1,8,1,1,1,1", "1,1,0,1,1,1",
	    "1,1,-1,1,1,1", "1,1,1,0,1,1", "1,1,1,99999999999,1,1",
	    "1,1,1,1,0,1", "1,1,1,1,-1,1", "1,1,1,1,1.5,1", "1,1,1,1,1,0",
	    "1,1,1,1,1,2", "1,1,1,1,1", "1,1,1,1,1,1,1", "1.5.5,1,1,1,1,1",
	    "9999999,1,1,1,1,1", "1,1,1,1,99999999999999999999,1"};
	size_t reported = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		char text[200];

		snprintf(text, sizeof(text),
		    "1,1,5,1,100,1\n%s\n2,1,6,1,100,1\n", bad[i]);
		run(text);
		if (g.err == 0 && g.ntroubles == 1 &&
		    g.trouble[0].at.kind == EXCH_POS_LINE &&
		    g.trouble[0].at.where == 2 &&
		    g.by_type[EXCH_REC_BOOK_ADD] == 2 && g.st.messages_bad == 1)
			reported++;
		else
			printf("# not as it should be: %s\n", bad[i]);
	}
	tap_is_u64(reported, EXCH_ARRAY_LEN(bad),
	    "malformed rows are told with their line, the rest is read");

	run("1,1,5,1,100,1\r\n2,1,6,1,100,1\r\n");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 2, "CRLF");
	tap_is_u64(g.ntroubles, 0, "is no trouble");
	run("34200.0174603551234,1,5,1,100,1\n");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0)->h.time,
	    KIT_MIDNIGHT + 34200017460355, "digits below 1 ns are left out");
	run("");
	tap_is_i64(g.err, 0, "an empty file is a file without events");
}

static void
test_cuts(void)
{
	static const char text[] = "34200.1,1,500,12,5853300,1\n"
				   "34200.2,1,501,13,5853400,-1\n";
	size_t n = sizeof(text) - 1, good = 0;
	size_t first = (size_t)(strchr(text, '\n') - text) + 1;

	for (size_t i = first; i <= n; i++) {
		run_n(text, i, opts());
		/* A row that ends after its sixth column is whole. */
		if (i == first)
			good += g.err == 0 && g.n == 2;
		else if (i >= n - 1)
			good += g.err == 0 && g.n == 3;
		else
			good += g.err == EXCH_ERR_CUT && g.n == 2 &&
				g.d.kind == EXCH_POS_LINE && g.d.where == 2;
	}
	tap_is_u64(good, n - first + 1, "cut anywhere in the last row");
}

static void
test_needs(void)
{
	static const char text[] = "1,1,5,1,100,1\n";
	struct exch_feed_opts o = opts();

	o.symbol = NULL;
	run_n(text, sizeof(text) - 1, o);
	tap_is_i64(g.err, EXCH_ERR_NEED, "no symbol");
	tap_ok(strstr(g.d.text, "--symbol") != NULL &&
		   strstr(g.d.text, "--date") == NULL,
	    "only that is asked for");
	o.date = 0;
	o.tz = NULL;
	run_n(text, sizeof(text) - 1, o);
	tap_ok(strstr(g.d.text, "--symbol") != NULL &&
		   strstr(g.d.text, "--date") != NULL &&
		   strstr(g.d.text, "--tz") != NULL,
	    "everything is asked for at once");
}

static void
test_match(void)
{
	static const struct {
		const char *text;
		bool yes;
	} t[] = {{"34200.004241176,1,16113575,18,5853300,1\n", true},
	    {"34200.004241176,1,16113575,18,5853300,1", true},
	    {"34200.0,1,16,18,58,1\r\n34200.0,1,16,18,58,-1\r\n", true},
	    {"34200.0,1,16,18,58,1\nnonsense\n", false},
	    {"34200.0,1,16,18,58,1\nnonse", true},
	    {"time,side,price,qty,id,x\n", false}, {"1,2,3\n", false},
	    {"", false}, {"5853300,100,5852900,100,1,1\n", false},
	    {"34200.0,1,16,18,58,1,7\n", false}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(t); i++)
		tap_ok(exch_feed_lobster.match((const unsigned char *)t[i].text,
			   strlen(t[i].text)) == t[i].yes,
		    t[i].yes ? "recognised" : "not recognised");
}

int
main(void)
{
	test_types();
	test_seeds();
	test_bad_rows();
	test_cuts();
	test_needs();
	test_match();
	kit_free(&g);
	return tap_done();
}
