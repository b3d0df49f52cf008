/*
 * DBN files written here byte by byte: heads of all versions, what each event
 * becomes, malformed records and heads, and cuts anywhere.
 */
#include <config.h>

#include "feed_kit.h"

static struct kit_got g;
static struct kit k;

/* ---- files ---- */

static void
zeros(size_t n)
{
	while (n-- > 0)
		kit_u8(&k, 0);
}

/* A symbol of `size` bytes. */
static void
symbol(const char *s, size_t size)
{
	for (size_t i = 0; i < size; i++)
		kit_u8(&k, i < strlen(s) ? (unsigned char)s[i] : 0);
}

/* A head that calls 7 ESH4 up to 2023-02-08, and ESM4 from then on. */
static void
head(unsigned version)
{
	size_t size = version == 1 ? 22 : 71, length;

	k.n = 0;
	kit_add(&k, "DBN", 3);
	kit_u8(&k, version);
	kit_int(&k, 0, 4, false);
	symbol("GLBX.MDP3", 16);
	kit_int(&k, 0, 2, false);
	zeros(24);
	if (version == 1)
		zeros(8);
	kit_u8(&k, 1);
	kit_u8(&k, 0);
	kit_u8(&k, 0);
	if (version > 1)
		kit_int(&k, size, 2, false);
	zeros(version == 1 ? 47 : 53);
	kit_int(&k, 0, 4, false);
	kit_int(&k, 1, 4, false);
	symbol("ESH4", size);
	zeros(8);
	kit_int(&k, 2, 4, false);
	symbol("ESH4", size);
	kit_int(&k, 1, 4, false);
	kit_int(&k, 20230101, 4, false);
	kit_int(&k, 20230208, 4, false);
	symbol("7", size);
	symbol("ESM4", size);
	kit_int(&k, 1, 4, false);
	kit_int(&k, 20230208, 4, false);
	kit_int(&k, 0, 4, false);
	symbol("7", size);
	if (version == 3)
		while (k.n % 8 != 0)
			kit_u8(&k, 0);
	length = k.n - 8;
	for (unsigned i = 0; i < 4; i++)
		k.b[4 + i] = (unsigned char)(length >> 8 * i);
}

/* At 2023-02-07T14:30:00Z and so many ns. */
#define AT(ns) (KIT_MIDNIGHT + UINT64_C(34200000000000) + (ns))
#define LAST 128

static void
record_of(uint32_t id, uint64_t time, char action, char side, uint64_t order,
    int64_t price, uint32_t size, unsigned flags)
{
	kit_u8(&k, 14);
	kit_u8(&k, 0xa0);
	kit_int(&k, 1, 2, false);
	kit_int(&k, id, 4, false);
	kit_int(&k, time, 8, false);
	kit_int(&k, order, 8, false);
	kit_int(&k, (uint64_t)price * 1000000000, 8, false);
	kit_int(&k, size, 4, false);
	kit_u8(&k, flags);
	kit_u8(&k, 0);
	kit_u8(&k, (unsigned char)action);
	kit_u8(&k, (unsigned char)side);
	kit_int(&k, time + 5, 8, false);
	zeros(8);
}

static void
record(uint64_t ns, char action, char side, uint64_t order, int64_t price,
    uint32_t size, unsigned flags)
{
	record_of(7, AT(ns), action, side, order, price, size, flags);
}

static struct exch_feed_opts
opts(void)
{
	struct exch_feed_opts o = kit_opts();

	o.tick = EXCH_PX_ONE / 4;
	return o;
}

static void
run_n(size_t n, struct exch_feed_opts o)
{
	kit_free(&g);
	kit_run(&exch_feed_dbn, k.b, n, &o, &g);
}

static void
run(void)
{
	run_n(k.n, opts());
}

#define REC(T, type, i) ((const struct T *)(const void *)kit_rec(&g, type, i))

/* What came: "+5 -5 =5x3" adds, deletes, executions and so on. */
static const char *
story(void)
{
	static char s[600];
	size_t n = 0;

	s[0] = 0;
	for (size_t i = 0; i < g.n && n < 500; i++) {
		const struct exch_rec *r = kit_rec(&g, -1, i);
		const struct exch_rec_book_add *a = (const void *)r;
		const struct exch_rec_book_exec *e = (const void *)r;
		const struct exch_rec_book_reduce *x = (const void *)r;
		const struct exch_rec_book_replace *u = (const void *)r;
		const struct exch_rec_book_print *p = (const void *)r;
		char one[64] = "";

		if (r->type == EXCH_REC_BOOK_ADD)
			snprintf(one, sizeof(one), " +%d x%d", (int)a->order,
			    (int)a->qty);
		else if (r->type == EXCH_REC_BOOK_EXEC)
			snprintf(one, sizeof(one), " =%d x%d%s", (int)e->order,
			    (int)e->qty, e->printable ? "" : " quietly");
		else if (r->type == EXCH_REC_BOOK_REDUCE)
			snprintf(one, sizeof(one), " <%d x%d", (int)x->order,
			    (int)x->qty);
		else if (r->type == EXCH_REC_BOOK_REPLACE)
			snprintf(one, sizeof(one), " ~%d x%d", (int)u->order,
			    (int)u->qty);
		else if (r->type == EXCH_REC_BOOK_DELETE)
			snprintf(one, sizeof(one), " -%d", (int)x->order);
		else if (r->type == EXCH_REC_BOOK_PRINT)
			snprintf(one, sizeof(one), " %s x%d %s",
			    p->kind == EXCH_PRINT_CROSS ? "cross" : "hidden",
			    (int)p->qty,
			    p->side == EXCH_BUY	   ? "buy"
			    : p->side == EXCH_SELL ? "sell"
						   : "none");
		n += (size_t)snprintf(s + n, sizeof(s) - n, "%s", one);
	}
	return s;
}

/* ---- tests ---- */

static void
test_heads(void)
{
	for (unsigned v = 1; v <= 3; v++) {
		head(v);
		record(0, 'A', 'B', 5, 100, 3, LAST);
		run();
		tap_is_i64(g.err, 0, "a head");
		tap_is_u64(g.ntroubles, 0, "without trouble");
		tap_is_str(
		    REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->symbol,
		    "ESH4", "the name of the day");
	}
	head(1);
	record_of(7, AT(EXCH_SEC * 86400), 'A', 'B', 5, 100, 3, LAST);
	record_of(9, AT(EXCH_SEC * 86400), 'A', 'B', 5, 100, 3, LAST);
	run();
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->symbol,
	    "ESM4", "the name of the next day");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 1)->symbol,
	    "#9", "a number without a name");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 1)->h.instr, 2,
	    "is another instrument, with its own order 5");

	head(1);
	record_of(7, AT(0), 'A', 'B', 5, 100, 3, LAST);
	record_of(7, AT(EXCH_SEC * 86400), 'A', 'B', 5, 100, 3, LAST);
	record_of(7, AT(EXCH_SEC * 86401), 'C', 'B', 5, 100, 3, LAST);
	run();
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 2,
	    "a number that gets another name is another instrument");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 1)->symbol,
	    "ESM4", "of that name");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->h.instr,
	    2, "with its own orders");
}

static void
test_orders(void)
{
	const struct exch_rec_book_add *a;
	struct exch_feed_opts o = opts();

	head(1);
	record(0, 'R', 'N', 0, 0, 0, 8 | 32);
	record(1, 'A', 'B', 5, 100, 3, 8 | 32);
	record(2, 'A', 'A', 6, 101, 4, LAST);
	record(3, 'M', 'B', 5, 100, 2, LAST);
	record(4, 'M', 'B', 5, 100, 4, LAST);
	record(5, 'M', 'B', 5, 99, 4, LAST);
	record(6, 'M', 'B', 5, 99, 4, LAST);
	record(7, 'M', 'A', 8, 103, 1, LAST);
	record(8, 'C', 'A', 6, 101, 4, LAST);
	record(9, 'N', 'N', 0, 0, 0, LAST);
	run();
	tap_is_str(story(), " +5 x3 +6 x4 <5 x1 ~5 x4 ~5 x4 +8 x1 -6",
	    "less keeps the place, more or another price does not");
	tap_is_u64(g.ntroubles, 0, "without trouble");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0);
	tap_is_u64(a->h.flags, EXCH_F_SNAPSHOT, "it was there before");
	tap_is_u64(a->h.time, AT(1), "time of the venue");
	tap_is_i64(a->price, 100 * EXCH_PX_ONE, "price");
	tap_is_u64(a->side, EXCH_BUY, "side");
	o.capture_time = true;
	run_n(k.n, o);
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0);
	tap_is_u64(a->h.flags, EXCH_F_SNAPSHOT, "whose capture time is bad");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 1);
	tap_is_u64(a->h.flags, EXCH_F_EXT, "with its time of capture");
	tap_is_u64(a->h.len8, sizeof(*a) / 8 + 2, "behind it");
	tap_is_u64(
	    ((const struct exch_ext *)(a + 1))->value, AT(2) + 5, "as it was");

	head(1);
	record(1, 'A', 'B', 5, 100, 3, LAST);
	record(2, 'A', 'A', 6, 101, 4, LAST);
	record(3, 'R', 'N', 0, 0, 0, LAST);
	record(4, 'A', 'A', 6, 101, 4, LAST);
	run();
	tap_is_str(story(), " +5 x3 +6 x4 -5 -6 +6 x4", "the book is cleared");
}

/* Numbers of an order that came in are above 90. */
static void
test_events(void)
{
	static const struct {
		const char *what, *told;
		struct {
			char action, side;
			uint64_t order;
			int64_t price;
			uint32_t size;
		} r[8];
	} t[] = {
	    {"filled and gone", " =1 x5",
		{{'T', 'B', 91, 10, 5}, {'F', 'A', 1, 10, 5},
		    {'C', 'A', 1, 10, 5}}},
	    {"filled in part", " =1 x2",
		{{'T', 'B', 91, 10, 2}, {'F', 'A', 1, 10, 2},
		    {'M', 'A', 1, 10, 3}}},
	    {"an iceberg shows more", " =1 x5 +1 x5",
		{{'T', 'B', 91, 10, 5}, {'F', 'A', 1, 10, 5},
		    {'M', 'A', 1, 10, 5}}},
	    {"and more than was left", " =1 x2 ~1 x5",
		{{'T', 'B', 91, 10, 2}, {'F', 'A', 1, 10, 2},
		    {'M', 'A', 1, 10, 5}}},
	    {"more than was displayed", " =1 x5 hidden x2 sell",
		{{'T', 'B', 91, 10, 7}, {'F', 'A', 1, 10, 7},
		    {'C', 'A', 1, 10, 5}}},
	    {"a rest stays", " =1 x5 +91 x2 <2 x1",
		{{'T', 'B', 91, 10, 5}, {'F', 'A', 1, 10, 5},
		    {'C', 'A', 1, 10, 5}, {'M', 'A', 2, 11, 4},
		    {'A', 'B', 91, 10, 2}}},
	    {"its own report", " =1 x5",
		{{'T', 'B', 91, 10, 5}, {'F', 'B', 91, 10, 5},
		    {'F', 'A', 1, 10, 5}, {'C', 'A', 1, 10, 5}}},
	    {"nobody was displayed", " hidden x4 sell",
		{{'T', 'B', 91, 10, 4}}},
	    {"self-match prevention", " -1 =2 x5",
		{{'T', 'B', 91, 11, 5}, {'F', 'A', 2, 11, 5},
		    {'C', 'A', 2, 11, 5}, {'C', 'A', 1, 10, 5}}},
	    {"a stop is triggered", " =1 x5 +91 x1 =2 x1",
		{{'T', 'B', 91, 10, 5}, {'F', 'A', 1, 10, 5},
		    {'T', 'B', 92, 11, 1}, {'F', 'A', 2, 11, 1},
		    {'C', 'A', 1, 10, 5}, {'M', 'A', 2, 11, 4},
		    {'A', 'B', 91, 10, 1}}},
	    {"two prices of one order", " =1 x5 =2 x1 +91 x1",
		{{'T', 'B', 91, 10, 5}, {'F', 'A', 1, 10, 5},
		    {'T', 'B', 91, 11, 1}, {'F', 'A', 2, 11, 1},
		    {'C', 'A', 1, 10, 5}, {'M', 'A', 2, 11, 4},
		    {'A', 'B', 91, 11, 1}}},
	    {"an auction", " =1 x5 quietly =3 x5 quietly cross x5 none",
		{{'T', 'N', 0, 10, 5}, {'F', 'N', 1, 10, 5},
		    {'F', 'N', 3, 10, 5}, {'C', 'A', 1, 10, 5},
		    {'C', 'B', 3, 9, 5}}},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(t); i++) {
		const char *told;
		unsigned n = 0;

		head(1);
		record(0, 'A', 'A', 1, 10, 5, LAST);
		record(1, 'A', 'A', 2, 11, 5, LAST);
		record(2, 'A', 'B', 3, 9, 5, LAST);
		while (n < 8 && t[i].r[n].action != 0)
			n++;
		for (unsigned j = 0; j < n; j++)
			record(10, t[i].r[j].action, t[i].r[j].side,
			    t[i].r[j].order, t[i].r[j].price, t[i].r[j].size,
			    j + 1 == n ? LAST : 0);
		run();
		told = story();
		tap_ok(strncmp(told, " +1 x5 +2 x5 +3 x5", 18) == 0,
		    "three orders");
		tap_is_str(told + 18, t[i].told, t[i].what);
		tap_is_u64(g.ntroubles, 0, "without trouble");
	}
}

static void
test_interleaved(void)
{
	head(1);
	record_of(7, AT(0), 'A', 'A', 1, 10, 5, LAST);
	record_of(8, AT(0), 'A', 'A', 1, 10, 5, LAST);
	record_of(7, AT(1), 'T', 'B', 91, 10, 5, 0);
	record_of(8, AT(1), 'T', 'B', 91, 10, 5, 0);
	record_of(7, AT(1), 'F', 'A', 1, 10, 5, 0);
	record_of(8, AT(1), 'F', 'A', 1, 10, 5, 0);
	record_of(8, AT(1), 'C', 'A', 1, 10, 5, LAST);
	run();
	tap_is_str(story(), " +1 x5 +1 x5 =1 x5 =1 x5",
	    "events of two instruments, one of which does not end");
	tap_is_u64(REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0)->h.instr, 2,
	    "the one that ended came first");
}

static void
test_bad_records(void)
{
	static const struct {
		char action, side;
		uint64_t order;
		int64_t price;
		uint32_t size;
	} bad[] = {{'A', 'N', 9, 10, 5}, {'A', 'B', 0, 10, 5},
	    {'A', 'B', 9, 10, 0}, {'A', 'B', 1, 10, 5}, {'M', 'N', 1, 10, 5},
	    {'M', 'B', 0, 10, 5}, {'M', 'B', 1, 10, 0}, {'C', 'B', 9, 10, 5},
	    {'T', 'B', 9, 10, 0}, {'F', 'B', 9, 10, 0}};
	size_t reported = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		size_t at;

		head(1);
		record(0, 'A', 'A', 1, 10, 5, LAST);
		at = k.n;
		record(1, bad[i].action, bad[i].side, bad[i].order,
		    bad[i].price, bad[i].size, LAST);
		record(2, 'A', 'A', 2, 10, 5, LAST);
		run();
		if (g.err == 0 && g.ntroubles == 1 &&
		    g.trouble[0].at.kind == EXCH_POS_BYTE &&
		    g.trouble[0].at.where == at && g.st.messages_bad == 1 &&
		    strcmp(story(), " +1 x5 +2 x5") == 0)
			reported++;
		else
			printf("# not as it should be: %zu %s\n", i, story());
	}
	tap_is_u64(reported, EXCH_ARRAY_LEN(bad),
	    "what makes no sense is told with its byte, the rest is read");

	head(1);
	for (unsigned i = 0; i < 4; i++)
		kit_int(&k, 0x0104 + 0x100 * i, 4, false), zeros(12);
	record(2, 'A', 'A', 2, 10, 5, LAST);
	run();
	tap_is_u64(g.st.messages_unknown, 4, "other schemas are counted");
	tap_is_str(story(), " +2 x5", "and passed over");
	kit_u8(&k, 3);
	zeros(20);
	run();
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "a record shorter than its head");
	tap_is_u64(g.d.where, k.n - 21, "with its byte");
}

static void
test_no_time(void)
{
	size_t at;

	head(1);
	at = k.n;
	record_of(7, EXCH_TS_NONE - 5, 'A', 'A', 1, 10, 5, LAST);
	memset(k.b + at + 8, 0xff, 8);
	memset(k.b + at + 40, 0xff, 8);
	record(2, 'A', 'A', 2, 10, 5, LAST);
	run();
	tap_is_str(story(), " +2 x5", "a record without a time");
	tap_is_str(g.trouble[0].text, "the record has no time", "is told");
	head(1);
	record(1, 'A', 'A', 1, 10, 5, LAST);
	memset(k.b + k.n - 32, 0, 7);
	k.b[k.n - 25] = 0x80;
	run();
	tap_is_u64(g.ntroubles, 1, "a price beyond numbers");
}

static void
test_bad_heads(void)
{
	size_t n;

	head(4);
	run();
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "version 4");
	tap_ok(strstr(g.d.text, "version 4") != NULL, "is named");
	head(1);
	k.b[7] = 0xff;
	run();
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "a head of 4 GB");
	head(2);
	k.b[8 + 45] = k.b[8 + 46] = 0;
	run();
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "symbols without bytes");
	n = 0;
	for (unsigned i = 0; i < 3; i++) {
		/* of the definition, of symbols, of symbols found in part */
		static const unsigned at[3] = {108, 112, 138};

		head(1);
		k.b[at[i] + 3] = 0xff;
		run();
		n += g.err == EXCH_ERR_CUT;
	}
	tap_is_u64(n, 3, "lists that are longer than the head");
}

static void
test_cuts(void)
{
	size_t n, first, good = 0;

	head(1);
	first = k.n;
	record(0, 'A', 'A', 1, 10, 5, LAST);
	record(1, 'A', 'A', 2, 10, 5, LAST);
	n = k.n;
	for (size_t i = 4; i < n; i++) {
		size_t whole = i < first ? 0 : (i - first) / 56;

		run_n(i, opts());
		good += g.by_type[EXCH_REC_BOOK_ADD] == whole &&
			g.err == (i >= first && (i - first) % 56 == 0
					 ? 0
					 : EXCH_ERR_CUT);
	}
	tap_is_u64(good, n - 4, "cut anywhere");
}

static void
test_needs(void)
{
	struct exch_feed_opts o = opts();

	head(1);
	record(0, 'A', 'A', 1, 10, 5, LAST);
	o.tick = 0;
	run_n(k.n, o);
	tap_is_i64(g.err, EXCH_ERR_NEED, "no price step");
	tap_ok(strstr(g.d.text, "--tick") != NULL &&
		   strstr(g.d.text, "ESH4") != NULL,
	    "it is asked for");
	o = opts();
	o.date = 0;
	o.tz = NULL;
	run_n(k.n, o);
	tap_is_i64(g.err, 0, "a date and a zone are not");
	tap_ok(exch_feed_dbn.match(k.b, k.n), "recognised");
	tap_ok(!exch_feed_dbn.match(k.b, 3), "not by three letters");
	tap_ok(!exch_feed_dbn.match((const unsigned char *)"DBNx", 4),
	    "nor as text");
}

int
main(void)
{
	test_heads();
	test_orders();
	test_events();
	test_interleaved();
	test_bad_records();
	test_no_time();
	test_bad_heads();
	test_cuts();
	test_needs();
	kit_free(&g);
	return tap_done();
}
