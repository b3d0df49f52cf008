/*
 * Discretion, children, client ids, and whose order a command means: each
 * line is a sentence of exch-ordertypes(7) with the events it promises.
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL
#define OPEN(r) rig_open(r, "xetra", EXCH_PHASE_CONTINUOUS)
#define PX(ticks) ((uint64_t)((ticks)*RIG_TICK))

#define WITH(r, order, ...)                                                    \
	rig_new_with(r, (struct rig_order)order,                               \
	    (const struct exch_ext[]){__VA_ARGS__, {0}})
#define O(...)                                                                 \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define ENTRY(t, v)                                                            \
	{                                                                      \
		.tag = EXCH_EXT_##t, .value = (v)                              \
	}
#define FAR(t) ENTRY(DISCRETION, PX(t))
#define CHILD(p) ENTRY(PARENT, p)
#define CLIENT(n) ENTRY(CLIENT, n)

static const char *
cancel_with(
    struct rig *r, exch_oid id, exch_qty qty, struct exch_ext x, uint8_t hflags)
{
	struct {
		struct exch_rec_cancel c;
		struct exch_ext x;
	} u = {.c = {.h.flags = EXCH_F_EXT | hflags, .order = id, .qty = qty},
	    .x = x};

	return rig_apply(r, &u, EXCH_REC_CANCEL, sizeof(u));
}

static const char *
replace_with(struct rig *r, exch_oid id, exch_oid new_id, exch_qty qty,
    int64_t px, struct exch_ext x)
{
	struct {
		struct exch_rec_replace c;
		struct exch_ext x;
	} u = {.c = {.h.flags = EXCH_F_EXT,
		   .order = id,
		   .new_order = new_id,
		   .price = px * RIG_TICK,
		   .qty = qty},
	    .x = x};

	return rig_apply(r, &u, EXCH_REC_REPLACE, sizeof(u));
}

static void
discretion(void)
{
	struct rig r;

	OPEN(&r);
	WITH(&r, O(.id = 1, .side = B, .qty = 30, .px = 1000), FAR(1004));
	rig_buy(&r, 2, 10, 1000);
	tap_is_str(rig_sell(&r, 3, 10, 1005), "ack 3.", "out of reach");
	tap_is_str(rig_sell(&r, 4, 10, 1004),
	    "ack 4; exec 1 1/4 10@1004 buy; restated 1 discretion 1000 20/20.",
	    "what comes to rest within reach is taken");
	tap_is_str(rig_sell(&r, 5, 15, 1000),
	    "ack 5; exec 2 2/5 10@1000 sell; exec 3 1/5 5@1000 sell.",
	    "the rest went to the end of the queue");
	tap_is_str(
	    WITH(&r, O(.id = 6, .side = S, .qty = 5, .px = 1008), FAR(1001)),
	    "ack 6.", "two discretions do not meet in the middle");
	tap_is_str(rig_cancel(&r, 3, EXCH_QTY_NONE), "cancelled 3 10 user.",
	    "what goes is nothing to reach for");
	tap_is_str(rig_buy(&r, 7, 2, 1001),
	    "ack 7; exec 4 7/6 2@1001 sell; restated 6 discretion 1008 3/3.",
	    "sellers reach down");
	tap_is_str(
	    WITH(&r, O(.id = 8, .side = B, .qty = 9, .px = 1002), FAR(1008)),
	    "ack 8; exec 5 8/6 3@1002 sell.",
	    "of two that could, the earlier entry reaches");
	tap_is_str(replace_with(&r, 8, 8, 6, 1003, (struct exch_ext)CHILD(1)),
	    "replaced 8>8 6 lost.", "a replacement keeps the discretion");
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 8, .qty = 6, .px = 1008}),
	    "reject replace 8 discretion.", "unless the limit reaches it");
	tap_is_str(replace_with(&r, 8, 8, 6, 1003, (struct exch_ext)FAR(1010)),
	    "replaced 8>8 6 lost.", "or changes it");
	tap_is_str(rig_sell(&r, 9, 1, 1010),
	    "ack 9; exec 6 8/9 1@1010 buy; restated 8 discretion 1003 5/5.",
	    "to another price");
	tap_is_str(replace_with(&r, 1, 1, 5, 1000, (struct exch_ext)FAR(999)),
	    "reject replace 1 discretion.", "a discretion behind the limit");
	tap_is_str(rig_buy(&r, 10, 5, 900), "ack 10.", "an ordinary order");
	tap_is_str(replace_with(&r, 10, 10, 5, 900, (struct exch_ext)FAR(950)),
	    "reject replace 10 discretion.", "does not get one");
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
			  .cross = EXCH_CROSS_INTRADAY});
	tap_is_str(
	    rig_sell(&r, 11, 1, 1005), "ack 11.", "in a call nobody reaches");
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction intraday none paired=0 none=0 ref=1010; exec 7 8/11 "
	    "1@1005 buy; restated 8 discretion 1003 4/4.",
	    "the auction knows the limit, what follows the discretion");
	rig_close(&r);
}

/* Cost goes with what they do: nobody is looked at for orders out of reach. */
static void
many_discretions(void)
{
	uint64_t before;
	struct rig r;

	OPEN(&r);
	for (exch_oid i = 1; i <= 1000; i++)
		WITH(&r, O(.id = i, .side = B, .qty = 5, .px = 1000),
		    FAR(1001 + (int64_t)(i % 4)));
	before = exch_match_stats(r.m)->walked;
	for (exch_oid i = 2001; i <= 3000; i++)
		rig_sell(&r, i, 1, 1005);
	tap_is_u64(exch_match_stats(r.m)->walked - before, 0,
	    "a thousand offers behind all discretions");
	tap_is_str(rig_sell(&r, 4000, 1, 1004),
	    "ack 4000; exec 1 3/4000 1@1004 buy; restated 3 discretion 1000 "
	    "4/4.",
	    "the earliest that comes so far");
	/* All of those go: they are forgotten by the next look in vain. */
	for (exch_oid i = 3; i <= 1000; i += 4)
		rig_cancel(&r, i, EXCH_QTY_NONE);
	tap_is_str(rig_sell(&r, 4001, 1, 1004), "ack 4001.", "none does now");
	before = exch_match_stats(r.m)->walked;
	for (exch_oid i = 4002; i <= 5000; i++)
		rig_sell(&r, i, 1, 1004);
	tap_is_u64(exch_match_stats(r.m)->walked - before, 0,
	    "and what is gone is not looked for twice");
	rig_close(&r);
}

static void
discretion_refused(void)
{
	static const struct {
		struct rig_order o;
		struct exch_ext x[2];
		const char *what;
	} bad[] = {
	    {O(.side = B, .px = 1000), {FAR(1000)}, "not beyond the limit"},
	    {O(.side = S, .px = 1000), {FAR(1001)}, "behind it"},
	    {O(.side = B, .px = 1000), {ENTRY(DISCRETION, PX(1001) + 1)},
		"off the grid"},
	    {O(.side = B, .px = 1000), {ENTRY(DISCRETION, EXCH_PX_NONE)},
		"none"},
	    {O(.side = B, .px = 1000, .tif = EXCH_TIF_IOC), {FAR(1001)}, "ioc"},
	    {O(.side = B, .px = 1000, .tif = EXCH_TIF_FOK), {FAR(1001)}, "fok"},
	    {O(.side = B, .px = 1000, .tif = EXCH_TIF_ATC), {FAR(1001)}, "atc"},
	    {O(.side = B, .px = 1000, .flags = EXCH_ORD_POST_ONLY), {FAR(1001)},
		"post-only"},
	    {O(.side = B, .px = 1000, .flags = EXCH_ORD_AON), {FAR(1001)},
		"aon"},
	    {O(.side = B, .px = 1000), {FAR(1001), ENTRY(DISPLAY, 5)}, "show"},
	    {O(.side = B, .px = 1000), {FAR(1001), ENTRY(MIN_QTY, 5)}, "min"},
	    {O(.side = B, .px = 0, .type = EXCH_ORD_MARKET), {FAR(1001)},
		"market"},
	};
	struct rig r;

	OPEN(&r);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		struct exch_ext x[3] = {bad[i].x[0], bad[i].x[1], {0}};
		struct rig_order o = bad[i].o;

		o.id = 1;
		o.qty = 10;
		tap_is_str(rig_new_with(&r, o, x), "reject new 1 discretion.",
		    bad[i].what);
	}
	rig_close(&r);
}

static void
children(void)
{
	struct rig r;

	OPEN(&r);
	rig_buy(&r, 1, 100, 1000);
	WITH(&r, O(.id = 2, .side = S, .qty = 100, .px = 1010), CHILD(1),
	    ENTRY(OCO, 7));
	tap_is_str(
	    WITH(&r, O(.id = 3, .side = S, .qty = 100, .type = EXCH_ORD_STOP),
		ENTRY(STOP, PX(990)), CHILD(1), ENTRY(OCO, 7)),
	    "ack 3.", "a stop that waits for its parent");
	tap_is_str(rig_buy(&r, 4, 5, 1010), "ack 4.", "children are not there");
	rig_cancel(&r, 4, EXCH_QTY_NONE);
	tap_is_str(rig_sell(&r, 5, 40, 1000), "ack 5; exec 1 1/5 40@1000 sell.",
	    "a part of the parent brings nobody");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){
			   .id = 1, .new_id = 6, .qty = 60, .px = 1001}),
	    "replaced 1>6 60 lost.", "a parent with another number");
	tap_is_str(rig_sell(&r, 7, 20, 1001), "ack 7; exec 2 6/7 20@1001 sell.",
	    "goes on");
	tap_is_str(rig_cancel(&r, 6, EXCH_QTY_NONE),
	    "cancelled 6 40 user; triggered 2 none; cancelled 2 40 parent "
	    "open; triggered 3 none; cancelled 3 40 parent open.",
	    "gone: its children have what it executed");
	tap_is_str(rig_buy(&r, 8, 10, 1010),
	    "ack 8; exec 3 8/2 10@1010 buy; cancelled 3 60 oco.",
	    "one takes the profit, the other goes");
	rig_close(&r);

	OPEN(&r);
	rig_buy(&r, 1, 10, 1000);
	WITH(&r, O(.id = 2, .side = S, .qty = 10, .px = 1010), CHILD(1));
	WITH(&r, O(.id = 3, .side = B, .qty = 10, .px = 1000), CHILD(2));
	tap_is_str(rig_sell(&r, 4, 1, 990), "ack 4; exec 1 1/4 1@1000 sell.",
	    "a part");
	WITH(&r,
	    O(.id = 5, .side = S, .qty = 10, .px = 0, .type = EXCH_ORD_STOP),
	    ENTRY(STOP, PX(1005)), CHILD(1));
	tap_is_str(rig_sell(&r, 6, 9, 1000),
	    "ack 6; exec 2 1/6 9@1000 sell; triggered 2 none; triggered 5 "
	    "none; cancelled 5 1 parent open; "
	    "triggered 5 1000; cancelled 5 9 no-liquidity.",
	    "what was executed before the child came does not count; a stop "
	    "the market has passed goes off at once");
	tap_is_str(rig_cancel(&r, 2, EXCH_QTY_NONE),
	    "cancelled 2 10 user; cancelled 3 10 parent.",
	    "a child's own child, for nothing");
	rig_close(&r);
}

static void
children_refused(void)
{
	struct rig r;

	OPEN(&r);
	rig_new(&r, (struct rig_order)O(.id = 1, .side = B, .qty = 10,
			.px = 1000, .account = 1));
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = S, .qty = 10, .px = 1010, .account = 1),
		CHILD(9)),
	    "reject new 2 link.", "no such parent");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = S, .qty = 10, .px = 1010, .account = 2),
		CHILD(1)),
	    "reject new 2 link.", "another's");
	tap_is_str(WITH(&r,
		       O(.id = 2, .side = S, .qty = 10, .px = 1010,
			   .account = 1, .tif = EXCH_TIF_IOC),
		       CHILD(1)),
	    "reject new 2 link.", "ioc");
	tap_is_str(WITH(&r,
		       O(.id = 2, .side = S, .qty = 10, .px = 1010,
			   .account = 1, .tif = EXCH_TIF_ATC),
		       CHILD(1)),
	    "reject new 2 link.", "atc");
	tap_is_str(WITH(&r,
		       O(.id = 2, .side = S, .qty = 10, .px = 1010,
			   .account = 1, .flags = EXCH_ORD_POST_ONLY),
		       CHILD(1)),
	    "reject new 2 link.", "post-only");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = S, .qty = 10, .px = 1010, .account = 1),
		CHILD(1)),
	    "ack 2.", "a child");
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 2,
				       .qty = 5,
				       .px = 1010,
				       .flags = EXCH_ORD_POST_ONLY}),
	    "reject replace 2 flags.", "does not become post-only");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){
			   .id = 2, .new_id = 3, .qty = 50, .px = 1011}),
	    "replaced 2>3 50 lost.", "but another one");
	tap_is_str(rig_sell(&r, 4, 10, 1000),
	    "ack 4; exec 1 1/4 10@1000 sell; triggered 3 none; cancelled 3 40 "
	    "parent open.",
	    "that still waits for the parent");
	rig_close(&r);
}

static void
foreign(void)
{
	struct exch_ext s1 = ENTRY(SESSION, 1), s2 = ENTRY(SESSION, 2);
	struct exch_ext a1 = ENTRY(ACCOUNT, 1), a2 = ENTRY(ACCOUNT, 2);
	struct rig r;

	OPEN(&r);
	rig_new(&r, (struct rig_order)O(.id = 1, .side = B, .qty = 10,
			.px = 1000, .account = 1));
	tap_is_str(cancel_with(&r, 1, 5, a2, 0), "reject cancel 1 foreign.",
	    "an ordinary order of another account");
	tap_is_str(cancel_with(&r, 1, 5, s1, 0), "reject cancel 1 foreign.",
	    "and of no session");
	tap_is_str(cancel_with(&r, 1, 0, a2, 0), "reject cancel 1 foreign.",
	    "which is asked before the quantity");
	tap_is_str(cancel_with(&r, 2, 5, a2, 0),
	    "reject cancel 2 unknown-order.", "and behind the order");
	tap_is_str(cancel_with(&r, 1, 5, a1, 0), "cancelled 1 5 user open.",
	    "its own account");
	tap_is_str(cancel_with(&r, 1, 1, a2, EXCH_F_IMPOSED),
	    "cancelled 1 1 imposed open.", "a venue is not asked");
	WITH(&r, O(.id = 2, .side = B, .qty = 10, .px = 999, .account = 2), s1);
	tap_is_str(cancel_with(&r, 2, 5, s2, 0), "reject cancel 2 foreign.",
	    "another session");
	tap_is_str(replace_with(&r, 2, 2, 5, 999, s2),
	    "reject replace 2 foreign.", "replaces neither");
	tap_is_str(replace_with(&r, 2, 2, 5, 999, a1),
	    "reject replace 2 foreign.", "nor another account");
	tap_is_str(replace_with(&r, 2, 2, 5, 999, a2), "replaced 2>2 5 kept.",
	    "its own does");
	tap_is_str(cancel_with(&r, 2, EXCH_QTY_NONE, s1, 0),
	    "cancelled 2 5 user.", "and its session cancels");
	tap_is_str(rig_cancel(&r, 1, EXCH_QTY_NONE), "cancelled 1 4 user.",
	    "without an entry nobody is asked");
	rig_close(&r);
}

static void
clients(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(
	    WITH(&r, O(.id = 1, .side = B, .qty = 10, .px = 1000, .account = 1),
		CLIENT(7)),
	    "ack 1.", "the first");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = B, .qty = 10, .px = 1000, .account = 1),
		CLIENT(7)),
	    "ack 1.", "said again");
	tap_is_str(WITH(&r,
		       O(.id = 1, .side = B, .qty = 10, .px = 1000,
			   .account = 1, .hflags = EXCH_F_DUP),
		       CLIENT(7)),
	    "ack 1.", "marked as a possible duplicate");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = B, .qty = 11, .px = 1000, .account = 1),
		CLIENT(7)),
	    "reject new 2 client.", "another quantity");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = B, .qty = 10, .px = 1000, .account = 1),
		CLIENT(7), ENTRY(SESSION, 3)),
	    "reject new 2 client.", "another entry");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = B, .qty = 10, .px = 1000, .account = 2),
		CLIENT(7)),
	    "ack 2.", "another account");
	tap_is_str(
	    WITH(&r, O(.id = 2, .side = B, .qty = 10, .px = 1000, .account = 2),
		CLIENT(8)),
	    "reject new 2 duplicate.", "a live order's number");
	tap_is_str(rig_sell(&r, 3, 30, 1000),
	    "ack 3; exec 1 1/3 10@1000 sell; exec 2 2/3 10@1000 sell.",
	    "each is there once");
	tap_is_str(
	    WITH(&r, O(.id = 9, .side = B, .qty = 10, .px = 1000, .account = 2),
		CLIENT(8)),
	    "reject new 2 duplicate.", "the first answer, though it would do");
	tap_is_str(
	    WITH(&r, O(.id = 9, .side = B, .qty = 10, .px = 1000, .account = 1),
		CLIENT(7)),
	    "ack 1.", "of an order that is filled");
	rig_close(&r);
}

/* The repeated answer has the flag; and the window has its end. */
static void
window(void)
{
	struct {
		struct exch_rec_new c;
		struct exch_ext x;
	} u = {.c = {.h = {.type = EXCH_REC_NEW,
			 .len8 = sizeof(u) / 8,
			 .flags = EXCH_F_EXT,
			 .instr = 1},
		   .price = 1000 * RIG_TICK,
		   .qty = 1,
		   .side = B,
		   .ordtype = EXCH_ORD_LIMIT},
	    .x = {.tag = EXCH_EXT_CLIENT}};
	struct rig r;
	int err = 0;

	OPEN(&r);
	for (uint64_t i = 1; i <= 65536 && err == 0; i++) {
		u.c.order = u.x.value = i;
		err = exch_match_apply(r.m, &u.c.h, &r.d);
	}
	(void)rig_events(&r, UINT32_MAX); /* only counted */
	tap_is_i64(err, 0, "65,536 numbers");
	tap_is_u64(exch_match_stats(r.m)->acks, 65536, "  of as many orders");
	u.c.order = 70000;
	u.x.value = 1;
	tap_is_str(rig_apply(&r, &u, EXCH_REC_NEW, sizeof(u)), "ack 1.",
	    "the first of them is remembered");
	u.x.value = 65537;
	u.c.h.time = 0;
	tap_is_str(rig_apply(&r, &u, EXCH_REC_NEW, sizeof(u)), "ack 70000.",
	    "one more");
	u.c.order = 70001;
	u.x.value = 1;
	tap_is_str(rig_apply(&r, &u, EXCH_REC_NEW, sizeof(u)), "ack 70001.",
	    "drives it out");
	u.c.order = 70002;
	u.x.value = 3;
	tap_is_str(rig_apply(&r, &u, EXCH_REC_NEW, sizeof(u)), "ack 3.",
	    "the third stays");
	for (uint64_t i = 0; i < 200000 && err == 0; i++) {
		u.c.order = 100000 + i;
		u.x.value = 100000 + i;
		err = exch_match_apply(r.m, &u.c.h, &r.d);
	}
	tap_is_u64(exch_match_stats(r.m)->acks, 65536 + 4 + 200000,
	    "three times round");
	(void)rig_events(&r, UINT32_MAX); /* only counted */
	u.c.order = 1000000;
	u.x.value = 100000 + 200000 - 65536;
	tap_is_str(rig_apply(&r, &u, EXCH_REC_NEW, sizeof(u)), "ack 234464.",
	    "the oldest is there");
	u.x.value--;
	tap_is_str(rig_apply(&r, &u, EXCH_REC_NEW, sizeof(u)), "ack 1000000.",
	    "the one before is not");
	rig_close(&r);
}

static void
accounts(void)
{
	static const char text[] = "name x\naccounts announced\n";
	struct exch_rec_account a = {.bytes = sizeof(a), .id = 5};
	struct exch_market market;
	struct exch_match_opts o = {.ladder = exch_ladder_by_name("xetra"),
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .market = &market};
	struct exch_diag d;
	struct rig r;
	int err = 0;

	tap_is_i64(exch_market_parse(text, strlen(text), "x", &market, &d), 0,
	    "a market that knows its accounts");
	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	tap_is_str(rig_new(&r, (struct rig_order)O(.id = 1, .side = B,
				   .qty = 10, .px = 1000, .account = 5)),
	    "reject new 1 account.", "not announced");
	for (uint32_t i = 5; i < 205; i++) {
		a.id = i;
		a.h.type = EXCH_REC_ACCOUNT;
		err |= exch_match_apply(r.m, &a.h, &r.d);
	}
	tap_is_i64(err, 0, "two hundred are announced");
	tap_is_str(rig_new(&r, (struct rig_order)O(.id = 1, .side = B,
				   .qty = 10, .px = 1000, .account = 5)),
	    "ack 1.", "one of two hundred");
	tap_is_str(rig_new(&r, (struct rig_order)O(.id = 2, .side = B,
				   .qty = 10, .px = 1000, .account = 205)),
	    "reject new 2 account.", "one more than that");
	tap_is_str(
	    rig_buy(&r, 2, 10, 1000), "reject new 2 account.", "no account");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){
			   .id = 1, .qty = 5, .px = 1000, .account = 300}),
	    "reject replace 1 account.", "none to change to");
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 1, .qty = 5, .px = 1000}),
	    "replaced 1>1 5 kept.", "the same stays");
	tap_is_str(
	    rig_new(&r, (struct rig_order)O(.id = 3, .side = B, .qty = 10,
			    .px = 1000, .hflags = EXCH_F_IMPOSED)),
	    "ack 3.", "what a venue did, it did");
	rig_close(&r);
	exch_market_clear(&market);
}

int
main(void)
{
	discretion();
	many_discretions();
	discretion_refused();
	children();
	children_refused();
	foreign();
	clients();
	window();
	accounts();
	return tap_done();
}
