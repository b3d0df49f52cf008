/*
 * Scenario lines that deal: quotes, requests, blocks and broken trades, as
 * exch-scenario(5) has them, and their mistakes.
 */
#include <config.h>

#include "feed_kit.h"

#define ABC "instrument ABC tick 0.01\n"

static void
run(const char *text, struct kit_got *g)
{
	struct exch_feed_opts o = {0};

	memset(g, 0, sizeof(*g));
	kit_run(&exch_feed_scenario, text, strlen(text), &o, g);
}

static const void *
rec(const struct kit_got *g, uint8_t type, size_t i)
{
	return kit_rec(g, type, i);
}

static void
quotes(void)
{
	const struct exch_rec_quote *q;
	const struct exch_ext *x;
	struct kit_got g;

	run(ABC "09:30 ANN quote bid 10 @ 1 offer 20 @ 2 mass 3 session 4\n"
		"ANN quote ABC offer 5 at 3 bid 6 at 1\n"
		"BOB quote bid 1 @ 1 as b id 77\n"
		"ANN quote ask 5 @ 3 as mine\n"
		"ANN quote bid 5 @ 1 offer 5 @ 3\n"
		"ANN quote none mass 9\n"
		"cancel mine\nBOB cancel b\n",
	    &g);
	tap_is_i64(g.err, 0, "quotes");
	q = rec(&g, EXCH_REC_QUOTE, 0);
	x = exch_rec_ext(&q->h, sizeof(*q), EXCH_EXT_SESSION);
	tap_ok(q->bid_order == 1 && q->ask_order == 2 &&
		   q->bid == EXCH_PX_ONE && q->ask == 2 * EXCH_PX_ONE &&
		   q->bid_qty == 10 && q->ask_qty == 20 && q->account == 1 &&
		   q->mass == 3,
	    "both sides and a number");
	tap_ok((q->h.flags & EXCH_F_EXT) != 0 && x != NULL && x->value == 4,
	    "a session");
	q = rec(&g, EXCH_REC_QUOTE, 1);
	tap_ok(q->bid_order == 1 && q->ask_order == 2 && q->bid_qty == 6 &&
		   (q->h.flags & EXCH_F_EXT) == 0,
	    "the next one keeps the numbers");
	q = rec(&g, EXCH_REC_QUOTE, 2);
	tap_ok(q->bid_order == 77 && q->ask_order == 0 && q->ask_qty == 0 &&
		   q->ask == EXCH_PX_NONE && q->account == 2,
	    "one side under a number of its own");
	q = rec(&g, EXCH_REC_QUOTE, 3);
	tap_ok(q->ask_order == 78 && q->bid_qty == 0, "a name is a new order");
	q = rec(&g, EXCH_REC_QUOTE, 4);
	tap_ok(q->bid_order == 1 && q->ask_order == 78,
	    "what was not quoted has its number still");
	q = rec(&g, EXCH_REC_QUOTE, 5);
	tap_ok(q->bid_qty == 0 && q->ask_qty == 0 && q->mass == 9, "none");
	tap_ok(((const struct exch_rec_cancel *)rec(&g, EXCH_REC_CANCEL, 0))
			   ->order == 78 &&
		   ((const struct exch_rec_cancel *)rec(&g, EXCH_REC_CANCEL, 1))
			   ->order == 77,
	    "names of quoted orders");
	kit_free(&g);
}

static void
requests(void)
{
	const struct exch_rec_new *n;
	const struct exch_rec_accept *a;
	const struct exch_ext *x;
	struct kit_got g;

	run(ABC "instrument DEF tick 1\n"
		"09:30 ANN buy 10 DEF @ market request as ask\n"
		"BOB sell 5 DEF @ 2 answers ask as bob\n"
		"CARL sell 5 DEF @ 2 answers 1\n"
		"ANN accept bob for ask\naccept 3 for 1 DEF by 4\n",
	    &g);
	tap_is_i64(g.err, 0, "requests");
	n = rec(&g, EXCH_REC_NEW, 0);
	tap_ok(n->ordflags == EXCH_ORD_REQUEST && n->ordtype == EXCH_ORD_MARKET,
	    "a request");
	n = rec(&g, EXCH_REC_NEW, 1);
	x = exch_rec_ext(&n->h, sizeof(*n), EXCH_EXT_REQUEST);
	tap_ok(x != NULL && x->value == 1 && n->ordflags == 0,
	    "an answer by name");
	n = rec(&g, EXCH_REC_NEW, 2);
	x = exch_rec_ext(&n->h, sizeof(*n), EXCH_EXT_REQUEST);
	tap_ok(x != NULL && x->value == 1, "and by number");
	a = rec(&g, EXCH_REC_ACCEPT, 0);
	tap_ok(a->order == 1 && a->answer == 2 && a->qty == EXCH_QTY_NONE &&
		   a->h.instr == 2,
	    "accepted");
	kit_free(&g);
}

static void
outside(void)
{
	const struct exch_rec_block *b;
	const struct exch_rec_break *k;
	const struct exch_rec_trade *t;
	struct kit_got g;

	run("instrument BTC unit 0.01 tick 0.5\n"
	    "09:30 block 1.5 @ 20 buyer ANN seller BOB\n"
	    "block 1.5 BTC at 20 seller ANN buyer BOB report 9\n"
	    "break 1\nbreak 2 BTC with 0.5 @ 19.5\n"
	    "value @ 20.5\nvalue BTC at 21\n",
	    &g);
	tap_is_i64(g.err, 0, "blocks and breaks");
	b = rec(&g, EXCH_REC_BLOCK, 0);
	tap_ok(b->qty == 150 && b->price == 20 * EXCH_PX_ONE && b->buyer == 1 &&
		   b->seller == 2 && b->report == 1,
	    "a block");
	b = rec(&g, EXCH_REC_BLOCK, 1);
	tap_ok(b->buyer == 2 && b->seller == 1 && b->report == 9,
	    "under a number");
	k = rec(&g, EXCH_REC_BREAK, 0);
	tap_ok(
	    k->match == 1 && k->price == EXCH_PX_NONE && k->qty == 0, "broken");
	k = rec(&g, EXCH_REC_BREAK, 1);
	tap_ok(
	    k->match == 2 && k->price == INT64_C(19500000000) && k->qty == 50,
	    "corrected");
	t = rec(&g, EXCH_REC_TRADE, 0);
	tap_ok(t->h.instr == 1 && t->price == INT64_C(20500000000) &&
		   t->qty == 0 && t->kind == EXCH_PRINT_NONE && t->match == 0,
	    "a value");
	t = rec(&g, EXCH_REC_TRADE, 1);
	tap_ok(t->price == 21 * EXCH_PX_ONE, "and another");
	kit_free(&g);
}

static void
refused(void)
{
	static const struct {
		const char *line;
		unsigned column;
		const char *says;
	} bad[] = {
	    {"quote", 6, "expected bid, offer or none"},
	    {"quote XYZ bid 1 @ 1", 7, "no instrument \"XYZ\""},
	    {"quote bid", 10, "expected a quantity"},
	    {"quote bid 1", 12, "expected @ and a price"},
	    {"quote bid 1 @ x", 15, "expected a price"},
	    {"quote bid 1 @ 1 bid 2 @ 1", 17, "one bid and one offer"},
	    {"quote bid 1 @ 1 ioc", 17, "expected bid, offer, none"},
	    {"quote none bid 1 @ 1", 12, "expected bid, offer, none"},
	    {"quote bid 1 @ 1 as first", 20, "in line 2 already"},
	    {"quote bid 1 @ 1 mass 4294967296", 22, "too large"},
	    {"buy 1 @ 1 answers second", 19, "no order is called"},
	    {"buy 1 @ 1 answers", 18, "expected the name"},
	    {"buy 1 @ 1 request answers first", 19, "contradicts"},
	    {"accept first", 13, "expected for and the request"},
	    {"accept first for", 17, "expected the name or number"},
	    {"accept first for first by", 26, "expected a quantity"},
	    {"accept first for first now", 24, "expected the end"},
	    {"EVE accept first for first", 22, "another account"},
	    {"block", 6, "expected a quantity"},
	    {"block 5", 8, "expected @ and a price"},
	    {"block 5 XYZ @ 1", 9, "no instrument \"XYZ\""},
	    {"block 5 @ 1 buyer", 18, "expected an account"},
	    {"block 5 @ 1 broker ANN", 13, "expected buyer ACCOUNT"},
	    {"break", 6, "expected the number"},
	    {"break one", 7, "expected the number"},
	    {"break 1 with", 13, "expected a quantity"},
	    {"break 1 with 5", 15, "expected @ and a price"},
	    {"break 1 with 5 @ 1 now", 20, "expected the end"},
	    {"value", 6, "expected @ and a price"},
	    {"value XYZ @ 1", 7, "no instrument \"XYZ\""},
	    {"value @ x", 9, "expected a price"},
	    {"value @ 1 2", 11, "expected the end"},
	};
	char text[256];

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		struct kit_got g;
		bool ok;

		snprintf(text, sizeof(text),
		    ABC "09:30 ACC1 buy 1 @ 1 as first\n%s\n09:50 buy 1 @ 1\n",
		    bad[i].line);
		run(text, &g);
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
}

int
main(void)
{
	quotes();
	requests();
	outside();
	refused();
	return tap_done();
}
