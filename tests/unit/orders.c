/* The order CSV: exch-orders(5), row by row. */
#include <config.h>

#include "base/alloc.h"
#include "feed_kit.h"
#include "rec/dir.h"

#define SSE "seq,time,action,order,side,qty,price\n"
/* 2023-02-07T01:15:00Z, which is 09:15 in Shanghai. */
#define T0915 (UINT64_C(1675732500) * EXCH_SEC)

static struct exch_feed_opts
opts(void)
{
	static struct exch_tz *tz;

	if (tz == NULL && exch_tz_fixed(8 * 3600, &tz) != 0)
		abort();
	return (struct exch_feed_opts){
	    .date = 20230207, .tz = tz, .symbol = "600519", .tick = 10000000};
}

static void
run_with(const char *text, const struct exch_feed_opts *o, struct kit_got *g)
{
	memset(g, 0, sizeof(*g));
	kit_run(&exch_feed_orders, text, strlen(text), o, g);
}

static void
run(const char *text, struct kit_got *g)
{
	struct exch_feed_opts o = opts();

	run_with(text, &o, g);
}

static const struct exch_rec_new *
new_order(const struct kit_got *g, size_t i)
{
	const void *p = kit_rec(g, EXCH_REC_NEW, i);

	return p;
}

static void
plain(void)
{
	struct kit_got g;
	const struct exch_rec_new *n;
	const struct exch_rec_cancel *x;
	const struct exch_rec_instrument *i;

	run(SSE "1,09:15:00.00,N,30,S,100,1818.8800\n"
		"2,09:15:00.04,X,30,S,40,1818.8800\n"
		"3,09:15:00.040000001,X,30,,,\n",
	    &g);
	tap_is_i64(g.err, 0, "the SSE header needs no map");
	tap_is_u64(g.n, 4, "an instrument and three commands");
	i = (const void *)kit_rec(&g, EXCH_REC_INSTRUMENT, 0);
	tap_ok(i != NULL && strcmp(i->symbol, "600519") == 0 &&
		   i->tick == 10000000 && i->px_decimals == 2 && i->lot == 1,
	    "the instrument is announced with symbol and tick");
	n = new_order(&g, 0);
	tap_is_u64(n->h.time, T0915, "09:15 in Shanghai is 01:15 UTC");
	tap_ok(n->order == 30 && n->side == EXCH_SELL && n->qty == 100 &&
		   n->price == INT64_C(1818880000000) &&
		   n->ordtype == EXCH_ORD_LIMIT && n->tif == EXCH_TIF_DAY,
	    "a new order");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 0);
	tap_ok(x->order == 30 && x->qty == 40, "a cancel of a part");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 1);
	tap_is_u64(x->qty, EXCH_QTY_NONE, "no quantity: all of it");
	tap_is_u64(x->h.time, T0915 + 40000001, "nine decimals of a second");
	tap_is_u64(g.st.by_type['X'], 2, "cancels are counted");
	kit_free(&g);
}

static void
full(void)
{
	struct kit_got g;
	const struct exch_rec_new *n;
	const struct exch_rec_replace *r;

	run("Time,Symbol,Action,Order_ID,Side,Quantity,Price,Type,TIF,Account,"
	    "Flags,New Order\r\n"
	    "2023-02-07T01:15:00.5Z,A,new,1,buy,100,,market,ioc,ACC1,,\r\n"
	    "2023-02-07T09:15:00.5+08:00,B,N,2,B,100,10.5,2,4,ACC2,"
	    "post-only|by-id,\r\n"
	    "2023-02-07 09:15:01,A,R,2,,70,10.25,limit,gtc,ACC1,,3\r\n"
	    "1675732501000000000,A,replace,3,,60,,,,,,\r\n",
	    &g);
	tap_is_i64(g.err, 0, "all columns, other words, CRLF");
	tap_is_u64(g.ntroubles, 0, "nothing malformed");
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 2, "two symbols");
	tap_is_u64(g.by_type[EXCH_REC_ACCOUNT], 2, "two accounts by name");
	n = new_order(&g, 0);
	tap_ok(n->price == EXCH_PX_NONE && n->ordtype == EXCH_ORD_MARKET &&
		   n->tif == EXCH_TIF_IOC && n->account == 1 && n->h.instr == 1,
	    "a market order");
	tap_is_u64(n->h.time, T0915 + EXCH_SEC / 2, "a stamp with Z");
	n = new_order(&g, 1);
	tap_ok(n->ordtype == EXCH_ORD_LIMIT && n->tif == EXCH_TIF_FOK &&
		   n->ordflags == (EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID) &&
		   n->account == 2 && n->h.instr == 2,
	    "FIX numbers and flags");
	tap_is_u64(n->h.time, T0915 + EXCH_SEC / 2, "a stamp with an offset");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 0);
	tap_ok(r->order == 2 && r->new_order == 3 && r->qty == 70 &&
		   r->price == INT64_C(10250000000) && r->tif == EXCH_TIF_GTC,
	    "a replacement with a new number");
	tap_is_u64(r->h.time, T0915 + EXCH_SEC, "a stamp in the zone");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 1);
	tap_ok(r->order == 3 && r->new_order == 3 && r->price == EXCH_PX_NONE,
	    "a replacement under the old number");
	tap_is_u64(r->h.time, T0915 + EXCH_SEC, "ns since 1970");
	kit_free(&g);
}

static void
quotes(void)
{
	struct kit_got g;

	run("\xef\xbb\xbf\"time\",\"order\",\"side\",\"qty\",\"note\"\r\n"
	    "\"09:15\",1,\"B\",\"100\",\"said \"\"buy, now\"\"\nand left\"\r\n"
	    "\n"
	    "09:15,2,S,100.00,\n"
	    "09:15,3,S,100,last",
	    &g);
	tap_is_i64(g.err, 0, "byte order mark, quotes, a line in a field");
	tap_is_u64(g.by_type[EXCH_REC_NEW], 3,
	    "three orders, the last without a line end");
	tap_is_u64(g.ntroubles, 0, "none of it is malformed");
	tap_is_u64(g.st.lines, 6, "lines are counted, not rows");
	tap_is_u64(new_order(&g, 1)->qty, 100, "100.00 shares are 100");
	kit_free(&g);
}

struct bad {
	const char *row;
	unsigned column;
	const char *says;
};

static void
malformed(void)
{
	static const struct bad bad[] = {
	    {"9:15:61,N,1,B,1,1", 1, "is not a time"},
	    {"1970-01-01T00:00:00+05:00,N,1,B,1,1", 1, "is not a time"},
	    {",N,1,B,1,1", 1, "time is empty"},
	    {"09:15,Q,1,B,1,1", 7, "is not new (N), cancel (X)"},
	    {"09:15,N,,B,1,1", 9, "order is empty"},
	    {"09:15,N,0,B,1,1", 9, "is not an order number"},
	    {"09:15,N,A7,B,1,1", 9, "is not an order number"},
	    {"09:15,N,9223372036854775808,B,1,1", 9, "order number"},
	    {"09:15,N,99999999999999999999,B,1,1", 9, "order number"},
	    {"09:15,N,1,Z,1,1", 11, "is not a side"},
	    {"09:15,N,1,,1,1", 11, "side is empty"},
	    {"09:15,N,1,B,1.5,1", 13, "is not a whole number"},
	    {"09:15,N,1,B,-1,1", 13, "is not a whole number"},
	    {"09:15,N,1,B,1e3,1", 13, "is not a whole number"},
	    {"09:15,N,1,B,,1", 13, "qty is empty"},
	    {"09:15,N,1,B,18446744073709551615,1", 13, "whole number"},
	    {"09:15,N,1,B,1,1.0000000001", 15, "9 decimals"},
	    {"09:15,N,1,B,1,99999999999", 15, "9 decimals"},
	    {"09:15,N,1,B,1,9223372036.854775807", 15, "9 decimals"},
	    {"09:15,N,1,B,1,ten", 15, "is not a price"},
	    {"09:15,N,1,B,1,.", 15, "is not a price"},
	    {"09:15,N,1,B,1", 1, "has 5 fields, the header has 6"},
	    {"09:15,N,1,B,1,1,", 1, "has 7 fields"},
	    {"09:15,N,1,B,1,\"1", 1, "a quote is not closed"},
	    {"09:15,N,1,\"B\"x,1,1", 14, "text behind a closing quote"},
	};
	char text[512];
	struct kit_got g;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		bool ok;

		snprintf(text, sizeof(text),
		    "time,action,order,side,qty,price\n%s\n"
		    "09:16,N,77,B,5,1\n",
		    bad[i].row);
		run(text, &g);
		ok = g.err == 0 && g.ntroubles == 1 &&
		     g.trouble[0].at.kind == EXCH_POS_LINE &&
		     g.trouble[0].at.where == 2 &&
		     g.trouble[0].at.offset == bad[i].column &&
		     strstr(g.trouble[0].text, bad[i].says) != NULL &&
		     g.by_type[EXCH_REC_NEW] == 1 &&
		     new_order(&g, 0)->order == 77;
		tap_ok(ok, bad[i].row);
		if (!ok)
			printf("# %d, %zu troubles, at %d.%d: %s\n", g.err,
			    g.ntroubles, (int)g.trouble[0].at.where,
			    (int)g.trouble[0].at.offset, g.trouble[0].text);
		kit_free(&g);
	}
}

static void
accounts(void)
{
	struct kit_got g;

	run("time,order,side,qty,account\n09:15,1,B,1,7\n09:15,2,B,1,\n"
	    "09:15,3,B,1,BOB\n",
	    &g);
	tap_ok(g.by_type[EXCH_REC_ACCOUNT] == 0 && g.ntroubles == 1 &&
		   new_order(&g, 0)->account == 7 &&
		   new_order(&g, 1)->account == 0,
	    "numbers stay numbers, a name among them is malformed");
	kit_free(&g);
	run("time,order,side,qty,account\n09:15,1,B,1,BOB\n09:15,2,B,1,7\n"
	    "09:15,3,S,1,BOB\n",
	    &g);
	tap_ok(g.by_type[EXCH_REC_ACCOUNT] == 2 && g.ntroubles == 0 &&
		   new_order(&g, 1)->account == 2 &&
		   new_order(&g, 2)->account == 1,
	    "after a name, 7 is a name too");
	kit_free(&g);
}

struct head {
	const char *header;
	const char *map;
	int err;
	const char *says;
};

static void
headers(void)
{
	static const struct head heads[] = {
	    {"time,order,side,qty", NULL, 0, ""},
	    {"timestamp,id,buy_sell,size,PX", NULL, 0, ""},
	    {"when,nr,bs,n", "time=when,order=nr,side=bs,qty=n", 0, ""},
	    {"time,order,side,qty,size", "qty=size", 0, ""},
	    {"time,order,side,qty,stop,x y", "-=stop,-=x y", 0, ""},
	    {"time,order,side,qty,stop,iceberg", "-=*", 0, ""},
	    {"time,order,side,qty,stop", NULL, EXCH_ERR_FORMAT,
		"column \"stop\" is not known"},
	    {"time,order,side,qty,size", NULL, EXCH_ERR_FORMAT,
		"both mean qty"},
	    {"time,order,side", NULL, EXCH_ERR_FORMAT, "no column \"qty\""},
	    {"order,side,qty", NULL, EXCH_ERR_FORMAT, "no column \"time\""},
	    {"time,order,side,qty", "tim=time", EXCH_ERR_NEED,
		"does not begin with a column"},
	    {"time,order,side,qty", "time", EXCH_ERR_NEED,
		"is not OURS=THEIRS"},
	    {"time,order,side,qty", "price=px", EXCH_ERR_NEED,
		"a column that the header does not have"},
	    {"\"time,order,side,qty", NULL, EXCH_ERR_FORMAT,
		"a quote is not closed"},
	};
	struct kit_got g;
	char text[256];

	for (size_t i = 0; i < EXCH_ARRAY_LEN(heads); i++) {
		struct exch_feed_opts o = opts();
		bool ok;

		o.columns = heads[i].map;
		snprintf(text, sizeof(text), "%s\n", heads[i].header);
		run_with(text, &o, &g);
		ok = g.err == heads[i].err &&
		     strstr(g.d.text, heads[i].says) != NULL;
		tap_ok(ok, heads[i].header);
		if (!ok)
			printf("# %d: %s\n", g.err, g.d.text);
		kit_free(&g);
	}
	run("", &g);
	tap_is_i64(g.err, EXCH_ERR_CUT, "an empty input");
	kit_free(&g);
}

static void
needs(void)
{
	static const char text[] = "time,order,side,qty\n09:15,1,B,1\n";
	struct exch_feed_opts o = opts();
	struct exch_dir *dir = exch_dir_new();
	struct kit_got g;

	o.date = 0;
	run_with(text, &o, &g);
	tap_ok(g.err == EXCH_ERR_NEED && strstr(g.d.text, "--date") != NULL,
	    "a time of day needs the date");
	kit_free(&g);
	o = opts();
	o.tz = NULL;
	run_with(text, &o, &g);
	tap_ok(g.err == EXCH_ERR_NEED && strstr(g.d.text, "--tz") != NULL,
	    "and the zone");
	kit_free(&g);
	run_with("time,order,side,qty\n2023-02-07T01:15:00Z,1,B,1\n", &o, &g);
	tap_is_i64(g.err, 0, "a stamp with Z needs neither");
	kit_free(&g);
	o = opts();
	o.symbol = NULL;
	run_with(text, &o, &g);
	tap_ok(g.err == EXCH_ERR_NEED && strstr(g.d.text, "--symbol") != NULL,
	    "no symbol");
	kit_free(&g);
	o = opts();
	o.tick = 0;
	run_with(text, &o, &g);
	tap_ok(g.err == EXCH_ERR_NEED && strstr(g.d.text, "--tick") != NULL,
	    "no tick");
	kit_free(&g);

	/* An instrument that an earlier input announced as number 9. */
	o = opts();
	run_with(text, &o, &g);
	((struct exch_rec *)g.bytes)->instr = 9;
	tap_is_i64(
	    exch_dir_note(dir, (const void *)g.bytes, NULL), 0, "a directory");
	kit_free(&g);
	o.tick = 0;
	o.known = dir;
	run_with(text, &o, &g);
	tap_ok(g.err == 0 && g.by_type[EXCH_REC_INSTRUMENT] == 0 &&
		   new_order(&g, 0)->h.instr == 9,
	    "a known instrument needs no tick and keeps its number");
	kit_free(&g);
	exch_dir_free(dir);
}

/* Rows of many lengths over many buffers: none is lost, none is torn. */
static void
chunks(void)
{
	enum { ROWS = 60000 };
	struct exch_feed_opts o = opts();
	struct exch_buf_text {
		char *p;
		size_t n;
	} t = {malloc(ROWS * 96), 0};
	struct kit_got g = {0};
	uint64_t sum = 0, got = 0;

	if (t.p == NULL)
		abort();
	t.n = (size_t)sprintf(t.p, "time,order,side,qty,note\n");
	for (unsigned i = 1; i <= ROWS; i++) {
		unsigned pad = i * 7919u % 41;

		t.n += (size_t)sprintf(t.p + t.n, "09:15,%u,B,%u,%s%.*s%s\n", i,
		    i % 977, i % 3 == 0 ? "\"" : "", (int)pad,
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		    i % 3 == 0 ? "\"" : "");
		sum += i % 977;
	}
	kit_run(&exch_feed_orders, t.p, t.n, &o, &g);
	for (size_t at = 0; at < g.nbytes;) {
		const struct exch_rec *r =
		    (const void *)((const char *)g.bytes + at);

		if (r->type == EXCH_REC_NEW)
			got +=
			    ((const struct exch_rec_new *)(const void *)r)->qty;
		at += exch_rec_len(r);
	}
	tap_is_u64(g.by_type[EXCH_REC_NEW], ROWS, "60,000 rows");
	tap_is_u64(g.ntroubles, 0, "all well formed");
	tap_is_u64(got, sum, "and whole");
	kit_free(&g);
	free(t.p);
}

/* A row too long for the buffer costs that row. */
static void
long_row(void)
{
	struct exch_feed_opts o = opts();
	size_t n = 700000, at;
	char *p = malloc(n + 200);
	struct kit_got g = {0};

	if (p == NULL)
		abort();
	at = (size_t)sprintf(p, "time,order,side,qty,note\n09:15,1,B,1,");
	memset(p + at, 'x', n);
	at += n;
	at += (size_t)sprintf(p + at, "\n09:15,2,B,1,\n");
	kit_run(&exch_feed_orders, p, at, &o, &g);
	tap_ok(g.err == 0 && g.ntroubles == 1 &&
		   strstr(g.trouble[0].text, "longer than") != NULL &&
		   g.by_type[EXCH_REC_NEW] == 1 && new_order(&g, 0)->order == 2,
	    "a row of 700,000 bytes is left out, the next one read");
	kit_free(&g);
	free(p);
}

/* Cut anywhere, any byte changed: a diagnosis or records, never a crash. */
static void
hurt(void)
{
	static const char text[] =
	    "\xef\xbb\xbftime,symbol,action,order,side,qty,price,account\r\n"
	    "09:15:00.123,A,N,1,B,100,10.01,\"x\"\"y\"\r\n"
	    "09:15:01,A,R,1,,50,10.02,\r\n09:15:02,A,X,1,,,,\r\n";
	struct exch_feed_opts o = opts();
	char copy[sizeof(text)];
	size_t n = sizeof(text) - 1, fewer = 0, most = 0;
	struct kit_got g = {0};

	for (size_t i = 0; i <= n; i++) {
		kit_run(&exch_feed_orders, text, i, &o, &g);
		if (g.n < most)
			fewer++;
		most = g.n > most ? g.n : most;
		kit_free(&g);
	}
	tap_is_u64(most, 5, "uncut: an instrument, an account, three commands");
	tap_ok(fewer <= 16, "a longer piece seldom gives less");
	for (size_t i = 0; i < n; i++) {
		for (int b = 0; b < 256; b++) {
			memcpy(copy, text, n);
			copy[i] = (char)b;
			kit_run(&exch_feed_orders, copy, n, &o, &g);
			if (g.n > 6)
				tap_ok(false, "more records than rows");
			kit_free(&g);
		}
	}
	tap_ok(true, "any byte replaced by any other");
}

/* The n-th allocation fails, for every n until none does. */
static void
no_memory(void)
{
	static const char text[] =
	    "time,symbol,action,order,side,qty,price,account\n"
	    "09:15,A,N,1,B,1,1,X\n09:15,B,R,1,,1,1,Y\n\"09:15\",C,X,1,,,,\n";
	struct exch_feed_opts o = {.tick = 1};
	struct kit_got g = {0};
	uint64_t n = 0;
	bool told = true;
	int err;

	o.date = 20260105;
	o.tz = opts().tz;
	do {
		struct exch_feed_sink sink = {
		    .arg = &g, .record = kit_record, .trouble = kit_trouble};
		struct exch_in *in;

		memset(&g, 0, sizeof(g));
		if (exch_in_mem(text, sizeof(text) - 1, "test", &in, NULL) != 0)
			abort();
		exch_alloc_fail_at(++n);
		err = exch_feed_orders.run(in, &o, &sink, &g.st, &g.d);
		exch_alloc_fail_at(0);
		told &= err == 0 ||
			(err == EXCH_ERR_NOMEM && g.d.code == EXCH_ERR_NOMEM);
		exch_in_close(in);
		kit_free(&g);
	} while (err != 0 && n < 1000);
	tap_ok(told && err == 0 && n > 5, "every allocation may fail");
}

static void
recognised(void)
{
	static const char *const yes[] = {SSE, "time,order,side,qty\n",
	    "\"time\",\"order_id\",\"side\",\"size\"\r\n", ("\xef\xbb\xbf" SSE),
	    /* one column is missing, and the reader says which */
	    "xtime,order,side,qty\n", "time,nr,side,qty\n",
	    "time,order,bs,qty\n", "time,order,side,lots\n"};
	static const char *const no[] = {"", "time,order,side,qty",
	    "34200.004,1,16113575,18,5853300,1\n",
	    "type,source,seq,time,symbol,order,side,qty\n",
	    "09:30 ACC1 buy 100 ABC @ 10.01\n", "a,b,c\n",
	    "time,order,price\n"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(yes); i++)
		tap_ok(exch_feed_orders.match(
			   (const void *)yes[i], strlen(yes[i])),
		    "an order CSV");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(no); i++)
		tap_ok(
		    !exch_feed_orders.match((const void *)no[i], strlen(no[i])),
		    "not an order CSV");
}

int
main(void)
{
	plain();
	full();
	quotes();
	malformed();
	accounts();
	headers();
	needs();
	chunks();
	long_row();
	hurt();
	no_memory();
	recognised();
	return tap_done();
}
