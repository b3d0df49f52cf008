/* The scenario text: exch-scenario(5), statement by statement. */
#include <config.h>

#include "base/alloc.h"
#include "feed_kit.h"
#include "rec/dir.h"

#define ABC "instrument ABC tick 0.01\n"
/* 2000-01-03T09:30:00Z: the default date, which is a Monday. */
#define T0930 (UINT64_C(946891800) * EXCH_SEC)
#define MS UINT64_C(1000000)

static void
run_with(const char *text, const struct exch_feed_opts *o, struct kit_got *g)
{
	memset(g, 0, sizeof(*g));
	kit_run(&exch_feed_scenario, text, strlen(text), o, g);
}

static void
run(const char *text, struct kit_got *g)
{
	struct exch_feed_opts o = {0};

	run_with(text, &o, g);
	if (g->err != 0)
		printf("# %d:%d: %s\n", (int)g->d.where, (int)g->d.column,
		    g->d.text);
}

static const struct exch_rec_new *
new_order(const struct kit_got *g, size_t i)
{
	const void *p = kit_rec(g, EXCH_REC_NEW, i);

	return p;
}

static const struct exch_rec_instrument *
instrument(const struct kit_got *g, size_t i)
{
	const void *p = kit_rec(g, EXCH_REC_INSTRUMENT, i);

	return p;
}

static void
orders(void)
{
	const struct exch_rec_new *n;
	struct kit_got g;

	run(ABC "09:30:00.000 ACC1 buy 100 ABC @ 10.01\n"
		"09:30 ACC2 sell 1,000 ABC @10.02 ioc\n"
		"09:30 sell 1_000_000 @ market\n"
		"09:30 ACC1 buy 5 at 10 fok\n"
		"09:30 BUY 5 ABC market GTC\n"
		"09:30 buy 5 ABC @ 9 post-only by-id\n"
		"09:30 buy 5 ABC @ 9 id 40 imposed\n"
		"09:30 buy 5 ABC @ 9",
	    &g);
	tap_is_i64(g.err, 0, "orders");
	tap_is_u64(g.by_type[EXCH_REC_NEW], 8, "eight of them");
	n = new_order(&g, 0);
	tap_ok(n->h.time == T0930 && n->h.instr == 1 && n->order == 1 &&
		   n->account == 1 && n->side == EXCH_BUY && n->qty == 100 &&
		   n->price == INT64_C(10010000000) &&
		   n->ordtype == EXCH_ORD_LIMIT && n->tif == EXCH_TIF_DAY,
	    "the sentence that the format is named after");
	n = new_order(&g, 1);
	tap_ok(n->qty == 1000 && n->tif == EXCH_TIF_IOC && n->account == 2 &&
		   n->side == EXCH_SELL && n->order == 2,
	    "1,000 and @10.02");
	n = new_order(&g, 2);
	tap_ok(n->qty == 1000000 && n->price == EXCH_PX_NONE &&
		   n->ordtype == EXCH_ORD_MARKET && n->account == 0,
	    "at market, no account, no symbol");
	tap_is_u64(new_order(&g, 3)->tif, EXCH_TIF_FOK, "fok");
	tap_ok(new_order(&g, 4)->tif == EXCH_TIF_GTC &&
		   new_order(&g, 4)->ordtype == EXCH_ORD_MARKET,
	    "words in capitals");
	tap_is_u64(new_order(&g, 5)->ordflags,
	    EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID, "flags");
	tap_ok(new_order(&g, 6)->order == 40 &&
		   new_order(&g, 6)->h.flags == EXCH_F_IMPOSED,
	    "a number of its own, imposed");
	tap_is_u64(new_order(&g, 7)->order, 41,
	    "numbering goes on behind it, a last line without an end");
	kit_free(&g);
}

static void
changes(void)
{
	const struct exch_rec_cancel *x;
	const struct exch_rec_replace *r;
	struct kit_got g;

	run(ABC "09:30 ACC1 buy 100 ABC @ 10.01 as bid1\n"
		"09:31 cancel bid1 by 40\n"
		"09:31 reduce bid1 by 10\n"
		"09:31 replace bid1 with 80 @ 10.02\n"
		"09:31 replace bid1 with 70\n"
		"09:31 ACC1 replace bid1 with 60 @ 9 gtc post-only as bid2\n"
		"09:31 replace bid2 with 50 @ market id 77\n"
		"09:31 cancel bid2\n"
		"09:31 cancel 5\n"
		"09:31 cancel 5 ABC by 3 imposed\n"
		"09:31 replace 5 ABC with 3 @ 1 id 6\n",
	    &g);
	tap_is_i64(g.err, 0, "cancels and replacements");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 0);
	tap_ok(x->order == 1 && x->qty == 40 && x->h.instr == 1,
	    "cancel NAME by QTY");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 1);
	tap_is_u64(x->qty, 10, "reduce");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 0);
	tap_ok(r->order == 1 && r->new_order == 1 && r->qty == 80 &&
		   r->price == INT64_C(10020000000),
	    "replace keeps the number");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 1);
	tap_ok(r->price == INT64_C(10020000000) && r->qty == 70,
	    "without a price: the last one given");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 2);
	tap_ok(r->order == 1 && r->new_order == 2 && r->tif == EXCH_TIF_GTC &&
		   r->ordflags == EXCH_ORD_POST_ONLY && r->account == 0,
	    "a new name is a new number");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 3);
	tap_ok(r->order == 2 && r->new_order == 77 && r->price == EXCH_PX_NONE,
	    "or the number is given");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 2);
	tap_ok(x->order == 77 && x->qty == EXCH_QTY_NONE,
	    "the name follows the number");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 3);
	tap_is_u64(x->order, 5, "an order nobody sent may be cancelled");
	x = (const void *)kit_rec(&g, EXCH_REC_CANCEL, 4);
	tap_ok(
	    x->qty == 3 && x->h.flags == EXCH_F_IMPOSED, "in part and imposed");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 4);
	tap_ok(r->order == 5 && r->new_order == 6, "replace by number");
	kit_free(&g);
}

static void
times(void)
{
	struct exch_feed_opts o = {.date = 20230101};
	struct kit_got g;
	uint64_t base;

	run(ABC "9:30 buy 1 @ 1\n+10ms buy 1 @ 1\nbuy 1 @ 1\n+0.5s buy 1 @ 1\n"
		"+250us buy 1 @ 1\n+1m buy 1 @ 1\n+1h buy 1 @ 1\n"
		"-7ns buy 1 @ 1\n10:31:00.510250 buy 1 @ 1\n",
	    &g);
	tap_is_i64(g.err, 0, "steps");
	base = T0930;
	tap_is_u64(new_order(&g, 0)->h.time, base, "9:30");
	tap_is_u64(new_order(&g, 1)->h.time, base + 10 * MS, "+10ms");
	tap_is_u64(new_order(&g, 2)->h.time, base + 10 * MS, "no time");
	tap_is_u64(new_order(&g, 3)->h.time, base + 510 * MS, "+0.5s");
	tap_is_u64(new_order(&g, 4)->h.time, base + 510250000, "+250us");
	base += 60 * EXCH_SEC + 510250000;
	tap_is_u64(new_order(&g, 5)->h.time, base, "+1m");
	base += 3600 * EXCH_SEC;
	tap_is_u64(new_order(&g, 6)->h.time, base, "+1h");
	tap_is_u64(new_order(&g, 7)->h.time, base - 7, "-7ns");
	tap_is_u64(new_order(&g, 8)->h.time, base, "a time again");
	kit_free(&g);

	run("date 2026-01-05\nzone +01:00\n" ABC "09:30 buy 1 @ 1\n"
	    "date 2026-01-06\n09:30 buy 1 @ 1\nzone UTC\n"
	    "09:30 buy 1 @ 1\n2026-01-06T12:00:00+02:00 buy 1 @ 1\n",
	    &g);
	/* 2026-01-05T08:30:00Z, by date(1). */
	base = UINT64_C(1767601800) * EXCH_SEC;
	tap_is_u64(new_order(&g, 0)->h.time, base, "date and zone");
	tap_is_u64(
	    new_order(&g, 1)->h.time, base + 86400 * EXCH_SEC, "the next day");
	tap_is_u64(
	    new_order(&g, 2)->h.time, base + 90000 * EXCH_SEC, "another zone");
	tap_is_u64(
	    new_order(&g, 3)->h.time, base + 91800 * EXCH_SEC, "a whole stamp");
	tap_is_u64(instrument(&g, 0)->h.time,
	    base - (UINT64_C(34200)) * EXCH_SEC, "settings at midnight");
	kit_free(&g);

	run_with(ABC "09:30 buy 1 @ 1\n", &o, &g);
	tap_is_u64(new_order(&g, 0)->h.time, UINT64_C(1672565400) * EXCH_SEC,
	    "the date of an option");
	kit_free(&g);
	run_with("date 2026-01-05\n" ABC "09:30 buy 1 @ 1\n", &o, &g);
	tap_is_u64(new_order(&g, 0)->h.time, UINT64_C(1767605400) * EXCH_SEC,
	    "the file's own date wins");
	kit_free(&g);
}

static int
zone(const char *name, struct exch_tz **tz, struct exch_diag *d)
{
	if (strcmp(name, "Asia/Tokyo") == 0)
		return exch_tz_fixed(9 * 3600, tz);
	return exch_diag_set(
	    d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0, "no zone %s", name);
}

static void
zones(void)
{
	struct exch_feed_opts o = {.zone = zone};
	struct kit_got g;

	run_with("zone Asia/Tokyo\n" ABC "09:30 buy 1 @ 1\n", &o, &g);
	tap_is_u64(new_order(&g, 0)->h.time, T0930 - 9 * 3600 * EXCH_SEC,
	    "a zone by name, from the caller");
	kit_free(&g);
	run_with("zone Asia/Tokio\n", &o, &g);
	tap_ok(g.err == EXCH_ERR_FORMAT && g.d.where == 1 && g.d.column == 6 &&
		   strstr(g.d.text, "no zone Asia/Tokio") != NULL,
	    "an unknown zone");
	kit_free(&g);
	o.zone = NULL;
	run_with("zone Asia/Tokyo\n", &o, &g);
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "no names without a caller");
	kit_free(&g);
}

static void
phases(void)
{
	const struct exch_rec_phase *p;
	struct kit_got g;

	run(ABC "09:25 phase call open\n09:30 phase continuous ABC\n"
		"09:31 halt ABC reason T1\n09:32 phase call halt ABC "
		"reference 10.5\n09:33 resume ABC\n09:34 halt\n"
		"09:35 phase closed imposed\n",
	    &g);
	tap_is_i64(g.err, 0, "phases");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 0);
	tap_ok(p->phase == EXCH_PHASE_CALL && p->cross == EXCH_CROSS_OPEN &&
		   p->h.instr == 0 && p->reference == EXCH_PX_NONE,
	    "a call of all instruments");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 1);
	tap_ok(p->phase == EXCH_PHASE_CONTINUOUS && p->h.instr == 1,
	    "continuous, one instrument");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 2);
	tap_ok(p->phase == EXCH_PHASE_HALT && memcmp(p->reason, "T1\0", 4) == 0,
	    "halt with a reason");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 3);
	tap_ok(
	    p->cross == EXCH_CROSS_HALT && p->reference == INT64_C(10500000000),
	    "a call with a reference price");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 4);
	tap_is_u64(p->phase, EXCH_PHASE_CONTINUOUS, "resume");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 6);
	tap_ok(p->phase == EXCH_PHASE_CLOSED && p->h.flags == EXCH_F_IMPOSED,
	    "imposed");
	kit_free(&g);
}

static void
instruments(void)
{
	const struct exch_rec_instrument *i;
	struct exch_feed_opts o = {.tick = 5000000};
	struct kit_got g;

	run("# comment\n\n  instrument BTC unit 0.00001 tick 0.5 lot 0.001 "
	    "min 0.01 max 100 reference 1,800.5 kind crypto currency USD "
	    "# and more\n"
	    "instrument FUT kind future tick 0.25 multiplier 50 expiry "
	    "2026-03-20 settle 1 isin DE0001234567 mic XEUR decimals 3\n"
	    "09:30 buy 0.05 BTC @ 1800\n"
	    "instrument BTC tick 0.1\n"
	    "09:31 buy 1 FUT @ -0.25\n",
	    &g);
	tap_is_i64(g.err, 0, "instruments");
	i = instrument(&g, 0);
	tap_ok(i->qty_exponent == -5 && i->lot == 100 && i->min_qty == 1000 &&
		   i->max_qty == 10000000 && i->tick == 500000000 &&
		   i->reference == INT64_C(1800500000000) &&
		   i->kind == EXCH_KIND_CRYPTO &&
		   strcmp(i->currency, "USD") == 0 && i->px_decimals == 1,
	    "quantities in parts");
	i = instrument(&g, 1);
	tap_ok(i->kind == EXCH_KIND_FUTURE &&
		   i->multiplier == INT64_C(50000000000) &&
		   i->expiry == 20260320 && i->settle_days == 1 &&
		   memcmp(i->isin, "DE0001234567", 12) == 0 &&
		   memcmp(i->mic, "XEUR", 4) == 0 && i->px_decimals == 3 &&
		   i->h.instr == 2,
	    "a future");
	tap_is_u64(new_order(&g, 0)->qty, 5000, "0.05 of a coin");
	i = instrument(&g, 2);
	tap_ok(i->h.instr == 1 && i->tick == 100000000 && i->lot == 100 &&
		   i->h.time == T0930,
	    "announced again: the tick changes, the rest stays");
	tap_is_i64(new_order(&g, 1)->price, -250000000, "a price below zero");
	kit_free(&g);

	run("instrument ABC tick 1\ninstrument ABC-C tick 0.05 kind option "
	    "strike 50 underlying ABC\n",
	    &g);
	tap_ok(g.err == 0 && instrument(&g, 1)->underlying == 1 &&
		   instrument(&g, 1)->strike == 50 * EXCH_PX_ONE &&
		   instrument(&g, 0)->underlying == 0,
	    "an option and what it is on");
	kit_free(&g);

	run_with("09:30 buy 100 XYZ @ 10\n", &o, &g);
	tap_ok(g.err == 0 && g.by_type[EXCH_REC_INSTRUMENT] == 1 &&
		   instrument(&g, 0)->tick == 5000000,
	    "with a tick from outside a symbol needs no line");
	kit_free(&g);
	o.symbol = "QQQ";
	run_with("09:30 buy 100 @ 10\n", &o, &g);
	tap_ok(g.err == 0 && strcmp(instrument(&g, 0)->symbol, "QQQ") == 0,
	    "and with a symbol from outside none at all");
	kit_free(&g);
}

/* Every place of a line that takes a price takes it in 32nds. */
static void
in_32nds(void)
{
	const struct exch_rec_instrument *i;
	const struct exch_rec_quote *q;
	const struct exch_rec_block *b;
	const struct exch_rec_break *k;
	const struct exch_rec_phase *p;
	const struct exch_rec_replace *r;
	struct kit_got g;

	run("instrument UST price 32nds tick 0-00+ reference 99-14 strike "
	    "100-00\n"
	    "instrument ABC tick 0.01\n"
	    "09:30 ANN buy 1 UST @ 99-16+ as x\n"
	    "09:30 ANN buy 1 UST @ 99.5\n"
	    "09:30 ANN buy 1 UST @ 1,099\n"
	    "09:30 ANN buy 1 UST @99-16 stop 99-167\n"
	    "09:30 ANN buy 1 ABC @ 10.01\n"
	    "09:31 replace x with 2 @ 99-17\n"
	    "09:31 ANN quote UST bid 1 @ 99-01 offer 1 @ 99-02\n"
	    "09:31 block 1 UST @ 98-31 buyer ANN seller BOB report 1\n"
	    "09:31 break 1 UST with 1 @ 98-00+\n"
	    "09:32 phase halt UST reference 99-30\n"
	    "instrument UST price decimal tick 0.01\n",
	    &g);
	tap_is_i64(g.err, 0, "32nds");
	i = instrument(&g, 0);
	tap_ok(i->iflags == EXCH_INSTR_32NDS && i->tick == 15625000 &&
		   i->reference == INT64_C(99437500000) &&
		   i->strike == 100 * EXCH_PX_ONE && i->px_decimals == 6,
	    "of an instrument");
	tap_ok(instrument(&g, 1)->iflags == 0, "others are decimal");
	tap_is_i64(new_order(&g, 0)->price, INT64_C(99515625000), "an order");
	tap_is_i64(new_order(&g, 1)->price, INT64_C(99500000000), "a decimal");
	tap_is_i64(new_order(&g, 2)->price, 1099 * EXCH_PX_ONE, "points alone");
	tap_is_i64(new_order(&g, 3)->price, INT64_C(99500000000), "a limit");
	tap_is_u64(exch_rec_ext(&new_order(&g, 3)->h,
		       sizeof(struct exch_rec_new), EXCH_EXT_STOP)
		       ->value,
	    UINT64_C(99523437500), "and a stop");
	tap_is_i64(new_order(&g, 4)->price, INT64_C(10010000000), "another's");
	r = (const void *)kit_rec(&g, EXCH_REC_REPLACE, 0);
	tap_is_i64(r->price, INT64_C(99531250000), "a replacement");
	q = (const void *)kit_rec(&g, EXCH_REC_QUOTE, 0);
	tap_ok(q->bid == INT64_C(99031250000) && q->ask == INT64_C(99062500000),
	    "a quote");
	b = (const void *)kit_rec(&g, EXCH_REC_BLOCK, 0);
	tap_is_i64(b->price, INT64_C(98968750000), "a block");
	k = (const void *)kit_rec(&g, EXCH_REC_BREAK, 0);
	tap_is_i64(k->price, INT64_C(98015625000), "a correction");
	p = (const void *)kit_rec(&g, EXCH_REC_PHASE, 0);
	tap_is_i64(p->reference, INT64_C(99937500000), "a reference");
	i = instrument(&g, 2);
	tap_ok(i->iflags == 0 && i->tick == 10000000, "and back to decimals");
	kit_free(&g);
}

static void
accounts(void)
{
	const struct exch_rec_account *a;
	struct kit_got g;

	run(ABC "account BOB\n09:30 ANN buy 1 @ 1\n09:30 BOB sell 1 @ 1\n", &g);
	tap_is_u64(g.by_type[EXCH_REC_ACCOUNT], 2, "two accounts");
	a = (const void *)kit_rec(&g, EXCH_REC_ACCOUNT, 0);
	tap_ok(a->id == 1 && a->ntext == 3 &&
		   memcmp(a + 1, "BOB\0\0\0\0", 8) == 0 && a->bytes == 56,
	    "one announced");
	tap_ok(new_order(&g, 0)->account == 2 && new_order(&g, 1)->account == 1,
	    "one at first use");
	tap_ok(kit_rec(&g, -1, 2)->type == EXCH_REC_ACCOUNT &&
		   kit_rec(&g, -1, 3)->type == EXCH_REC_NEW,
	    "and before its order");
	kit_free(&g);
}

struct bad {
	const char *line;
	unsigned column;
	const char *says;
};

static void
refused(void)
{
	static const struct bad bad[] = {
	    {"byu 100 ABC @ 10", 1, "did you mean \"buy\"?"},
	    {"09:40 byu 100 ABC @ 10", 7, "did you mean \"buy\"?"},
	    {"09:40 ACC1 sel 100 ABC @ 10", 12, "did you mean \"sell\"?"},
	    {"09:40 ACC1", 7, "expected an order"},
	    {"09:40 instrument ABC tick 0.01", 7, "no time stands before it"},
	    {"09:40", 6, "but the line ends here"},
	    {"09:40 buy", 10, "expected a quantity"},
	    {"09:40 buy ten @ 10", 11, "expected a quantity"},
	    {"09:40 buy -5 @ 10", 11, "expected a quantity"},
	    {"09:40 buy 1.5 @ 10", 11, "is not a whole number"},
	    {"09:40 buy 1,00 @ 10", 11, "digits are grouped"},
	    {"09:40 buy 1_ @ 10", 11, "expected a quantity"},
	    {"09:40 buy 99999999999999999999 @ 10", 11, "too large"},
	    {"09:40 buy 100 ABD @ 10", 15, "no instrument \"ABD\" yet"},
	    {"09:40 buy ACC1 100 @ 10", 11, "a quantity such as 100, found"},
	    {"09:40 buy @ 10", 11, "a quantity such as 100, found \"@\""},
	    {"09:40 ACC1 bought 100 @ 10", 7, "found \"ACC1 bought\""},
	    {"09:40 modify first 20", 7, "found \"modify first\""},
	    {"09:40 buy 100 limit 10", 15, "did you mean \"@ PRICE\"?"},
	    {"09:40 buy 100 GTD @ 10", 15, "did you mean \"until DATE\"?"},
	    {"09:40 buy 100 @ 10 fak", 20, "did you mean \"ioc\"?"},
	    {"09:40 buy 100 @ 10 iceberg 5", 20, "\"show QUANTITY\"?"},
	    {"09:40 buy 100 @ 10 whenever", 20, "another option of exch-sc"},
	    {"09:40 disconnect 9", 18, "neither buy, sell, of ACCOUNT nor"},
	    {"09:40 cancel all from ACC1", 18, "\"from\" yet, and neither buy"},
	    {"09:40 phase call opening", 18, "neither an auction (open, close"},
	    {"09:40 phase halt opening", 18, "neither reference, reason nor"},
	    {"09:40 buy 100 ABC", 18, "expected a price"},
	    {"09:40 buy 100 ABC @", 20, "expected a price"},
	    {"09:40 buy 100 ABC 10", 19, "expected @ PRICE"},
	    {"09:40 buy 100 ABC @ cheap", 21, "expected a price"},
	    {"09:40 buy 100 ABC @ 1.2.3", 21, "expected a price"},
	    {"09:40 buy 100 ABC @ 1 @ 2", 23,
		"stands here for the second time"},
	    {"09:40 buy 100 ABC @ 0.0000000001", 21, "more than 9 decimals"},
	    {"09:40 buy 100 ABC @ 1 icc", 23, "did you mean \"ioc\"?"},
	    {"09:40 buy 100 ABC @ 1 as", 25, "expected a name"},
	    {"09:40 buy 100 ABC @ 1 as 5", 26, "expected a name"},
	    {"09:40 buy 100 ABC @ 1 as first", 26, "in line 2 already"},
	    {"09:40 buy 100 ABC @ 1 id 0", 26, "numbered from 1"},
	    {"09:40 buy 100 ABC @ 1 id x", 26, "expected the number"},
	    {"09:40 cancel", 13, "expected the name or number"},
	    {"09:40 cancel second", 14, "no order is called \"second\""},
	    {"09:40 cancel first by", 22, "expected a quantity"},
	    {"09:40 cancel first 5", 20, "expected the end"},
	    {"09:40 reduce first", 19, "expected by and a quantity"},
	    {"09:40 EVE cancel first", 18, "another account"},
	    {"09:40 replace first", 20, "expected with"},
	    {"09:40 replace 7 with 5", 23, "expected a price"},
	    {"09:40 phase", 12, "expected a phase (closed"},
	    {"09:40 phase opne", 13, "is not a phase"},
	    {"09:40 halt XYZ", 12, "no instrument"},
	    {"09:40 halt ABC ABC", 16, "expected reference, reason"},
	    {"09:40 halt reason T1234", 19, "at most 4 letters"},
	    {"09:29 buy 1 @ 1", 1, "earlier than the line before"},
	    {"25:00 buy 1 @ 1", 1, "expected a time"},
	    {"09:3 buy 1 @ 1", 1, "expected a time"},
	    {"+5 buy 1 @ 1", 1, "is not a step"},
	    {"+1y buy 1 @ 1", 1, "is not a step"},
	    {"+0.5ns buy 1 @ 1", 1, "is not a step"},
	    {"-999999h buy 1 @ 1", 1, "leads out of the years"},
	    {"date yesterday", 6, "expected a date"},
	    {"date 2026-02-30", 6, "expected a date"},
	    {"zone", 5, "expected a zone"},
	    {"zone ../../etc/passwd", 6, "expected a zone"},
	    {"instrument", 11, "expected a symbol"},
	    {"instrument XYZ", 15, "expected tick"},
	    {"instrument XYZ tick 0", 21, "above zero"},
	    {"instrument XYZ tikc 1", 16, "did you mean \"tick\"?"},
	    {"instrument XYZ tick 1 lot 0", 28, "above zero"},
	    {"instrument XYZ tick 1 kind apple", 28, "is not a kind"},
	    {"instrument XYZ tick 1 unit 0.3", 28, "unit is one of"},
	    {"instrument X2345678901234567890123456 tick 1", 12, "24 bytes"},
	    {"account", 8, "expected the name"},
	    {"account 5", 9, "expected the name"},
	};
	char text[256];
	struct kit_got g;
	struct exch_feed_opts o = {0};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		bool ok;

		snprintf(text, sizeof(text),
		    ABC "09:30 ACC1 buy 1 @ 1 as first\n%s\n09:50 buy 1 @ 1\n",
		    bad[i].line);
		run_with(text, &o, &g);
		ok = g.err != 0 && g.d.kind == EXCH_POS_LINE &&
		     g.d.where == 3 && g.d.column == bad[i].column &&
		     strstr(g.d.text, bad[i].says) != NULL &&
		     g.by_type[EXCH_REC_NEW] == 1;
		tap_ok(ok, bad[i].line);
		if (!ok)
			printf("# %d at %d:%d: %s\n", g.err, (int)g.d.where,
			    (int)g.d.column, g.d.text);
		kit_free(&g);
	}
	run_with(ABC "buy 1 @ 1\n", &o, &g);
	tap_ok(g.err != 0 && strstr(g.d.text, "needs a time") != NULL,
	    "nothing happens at no time");
	kit_free(&g);
	run_with("09:30 buy 1 @ 1\n", &o, &g);
	tap_ok(g.err != 0 && strstr(g.d.text, "no instrument yet") != NULL,
	    "nothing is traded without an instrument");
	kit_free(&g);
	run_with(ABC "instrument DEF tick 1\n09:30 buy 1 @ 1\n", &o, &g);
	tap_ok(g.err != 0 && strstr(g.d.text, "more than one") != NULL,
	    "the symbol is needed when there are two");
	kit_free(&g);
}

/* Two inputs of one run: instruments and numbers go on. */
static void
second(void)
{
	struct exch_feed_opts o = {0};
	struct exch_dir *dir = exch_dir_new();
	struct kit_got g;

	run(ABC, &g);
	tap_is_i64(exch_dir_note(dir, (const void *)g.bytes, NULL), 0,
	    "the first input");
	kit_free(&g);
	o.known = dir;
	o.first_order = 12;
	run_with("instrument DEF tick 1\n09:30 buy 1 ABC @ 1\n"
		 "09:30 buy 1 DEF @ 1\n",
	    &o, &g);
	tap_ok(g.err == 0 && new_order(&g, 0)->h.instr == 1 &&
		   new_order(&g, 1)->h.instr == 2,
	    "instruments of both");
	tap_ok(new_order(&g, 0)->order == 12 && new_order(&g, 1)->order == 13,
	    "order numbers go on");
	kit_free(&g);
	exch_dir_free(dir);
}

static void
long_lines(void)
{
	struct exch_feed_opts o = {0};
	struct kit_got g = {0};
	size_t n = 100000;
	char *p = malloc(n + 64);

	if (p == NULL)
		abort();
	memset(p, ' ', n);
	memcpy(p, ABC, sizeof(ABC) - 1);
	kit_run(&exch_feed_scenario, p, n, &o, &g);
	tap_ok(g.err == EXCH_ERR_FORMAT && g.d.where == 2 &&
		   strstr(g.d.text, "longer than") != NULL,
	    "a line without an end");
	kit_free(&g);
	memset(p, 'x', n);
	for (size_t i = 1; i < n; i += 2)
		p[i] = i < 3000 ? ' ' : '\n';
	kit_run(&exch_feed_scenario, p, n, &o, &g);
	tap_ok(g.err == EXCH_ERR_FORMAT && strstr(g.d.text, "words") != NULL,
	    "too many words");
	kit_free(&g);
	free(p);
}

/* Cut anywhere, any byte changed: a diagnosis or records, never a crash. */
static void
hurt(void)
{
	static const char text[] = "date 2026-01-05\nzone +01:00\n" ABC
				   "9:30 A buy 1,0 @ 1 as x\n+1s cancel x\n"
				   "replace 4 with 5 @ 6 id 7\nphase call\n"
				   "B quote bid 1 @ 2 as y offer 3 @ 4 mass 5\n"
				   "accept 6 for x by 7\nbreak 8 with 9 @ 1\n"
				   "block 2 @ 3 buyer A seller B report 4\n";
	struct exch_feed_opts o = {0};
	char copy[sizeof(text)];
	size_t n = sizeof(text) - 1;
	struct kit_got g = {0};

	for (size_t i = 0; i <= n; i++) {
		kit_run(&exch_feed_scenario, text, i, &o, &g);
		if (g.err != 0 && g.d.code == EXCH_OK)
			tap_ok(false, "an error without a diagnosis");
		kit_free(&g);
	}
	for (size_t i = 0; i < n; i++) {
		for (int b = 0; b < 256; b++) {
			memcpy(copy, text, n);
			copy[i] = (char)b;
			kit_run(&exch_feed_scenario, copy, n, &o, &g);
			if (g.err != 0 &&
			    (g.d.code == EXCH_OK || g.d.where == 0))
				tap_ok(false, "an error without a place");
			kit_free(&g);
		}
	}
	tap_ok(true, "cut anywhere, any byte replaced by any other");
}

/* The n-th allocation fails, for every n until none does. */
static void
no_memory(void)
{
	static const char text[] =
	    "zone +01:00\ninstrument A tick 1\ninstrument B tick 1\n"
	    "9:30 X buy 1 A @ 1 as x\nY sell 1 B @ 1 as y\ncancel x\n"
	    "Z quote A bid 1 @ 1 as q\n";
	struct exch_feed_opts o = {.tick = 1};
	struct kit_got g = {0};
	uint64_t n = 0;
	bool told = true;
	int err;

	o.date = 20260105;
	do {
		struct exch_feed_sink sink = {
		    .arg = &g, .record = kit_record, .trouble = kit_trouble};
		struct exch_in *in;

		memset(&g, 0, sizeof(g));
		if (exch_in_mem(text, sizeof(text) - 1, "test", &in, NULL) != 0)
			abort();
		exch_alloc_fail_at(++n);
		err = exch_feed_scenario.run(in, &o, &sink, &g.st, &g.d);
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
	static const char *const yes[] = {"# hello\n", "date 2026-01-05\n",
	    "\n\n  instrument ABC tick 1", "09:30 ACC1 buy 1 ABC @ 1\n",
	    "\xef\xbb\xbf# x\n", "2026-01-05T09:30:00Z buy 1 @ 1\n",
	    "ZONE UTC\n"};
	static const char *const no[] = {"", "\n", "dates\n",
	    "time,order,side,qty\n", "09:30:00.1,N,1\n", "34200.1,1,2,3,4,5\n",
	    "hello\n", "{\"t\":\"header\"}\n"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(yes); i++)
		tap_ok(exch_feed_scenario.match(
			   (const void *)yes[i], strlen(yes[i])),
		    "a scenario");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(no); i++)
		tap_ok(!exch_feed_scenario.match(
			   (const void *)no[i], strlen(no[i])),
		    "not a scenario");
}

int
main(void)
{
	orders();
	changes();
	times();
	zones();
	phases();
	instruments();
	in_32nds();
	accounts();
	refused();
	second();
	long_lines();
	hurt();
	no_memory();
	recognised();
	return tap_done();
}
