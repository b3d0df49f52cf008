/*
 * The market rules one by one: cancels, replaces, and what a venue imposes.
 * Each line is a sentence of exch-match(1), MARKET RULES, with the events
 * it promises.
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL
#define OPEN(r) rig_open(r, "xetra", EXCH_PHASE_CONTINUOUS)

static void
cancels(void)
{
	struct rig r;
	struct {
		struct exch_rec_cancel c;
		struct exch_ext x;
	} why = {.c.h.flags = EXCH_F_IMPOSED | EXCH_F_EXT,
	    .c.order = 2,
	    .c.qty = 5,
	    .x = {.tag = EXCH_EXT_CAUSE, .small = EXCH_CAUSE_CROSS}};
	struct exch_rec_cancel imposed = {
	    .h.flags = EXCH_F_IMPOSED, .order = 2, .qty = 5};

	OPEN(&r);
	rig_buy(&r, 1, 100, 1000);
	rig_buy(&r, 2, 100, 1000);
	tap_is_str(rig_cancel(&r, 9, 0), "reject cancel 9 unknown-order.",
	    "an unknown order, before the quantity");
	tap_is_str(
	    rig_cancel(&r, 1, 0), "reject cancel 1 qty.", "nothing to cancel");
	tap_is_str(rig_cancel(&r, 1, 30), "cancelled 1 30 user open.",
	    "part of an order");
	tap_is_str(rig_sell(&r, 3, 80, 1000),
	    "ack 3; exec 1 1/3 70@1000 sell; exec 2 2/3 10@1000 sell.",
	    "it kept its place");
	tap_is_str(rig_apply(&r, &imposed, EXCH_REC_CANCEL, sizeof(imposed)),
	    "cancelled 2 5 imposed open.", "the venue took some away");
	tap_is_str(rig_apply(&r, &why, EXCH_REC_CANCEL, sizeof(why)),
	    "cancelled 2 5 imposed open cause=cross.", "and says why");
	why.c.h.time = 0;
	why.c.h.flags = EXCH_F_EXT;
	tap_is_str(rig_apply(&r, &why, EXCH_REC_CANCEL, sizeof(why)),
	    "cancelled 2 5 user open.", "a user's cause is not repeated");
	tap_is_str(rig_cancel(&r, 2, 75), "cancelled 2 75 user.",
	    "exactly what is left");
	rig_buy(&r, 2, 10, 1000);
	tap_is_str(rig_cancel(&r, 2, 11), "cancelled 2 10 user.",
	    "more than is left takes what is left");
	rig_buy(&r, 2, 10, 1000);
	tap_is_str(rig_cancel(&r, 2, EXCH_QTY_NONE), "cancelled 2 10 user.",
	    "all of it");
	imposed.h.instr = 8;
	imposed.h.time = 0;
	tap_is_str(rig_apply(&r, &imposed, EXCH_REC_CANCEL, sizeof(imposed)),
	    "i8 reject cancel 2 instrument.", "an unknown instrument");
	rig_close(&r);
}

/* Who trades first shows who kept the place. */
static void
replace_place(void)
{
	static const struct {
		struct rig_replace c;
		const char *want;
		const char *first; /* what a sale of one meets */
		const char *what;
	} v[] = {
	    {{.id = 1, .qty = 60, .px = 1000}, "replaced 1>1 60 kept.",
		"ack 9; exec 1 1/9 1@1000 sell.", "less keeps the place"},
	    {{.id = 1, .qty = 100, .px = 1000}, "replaced 1>1 100 kept.",
		"ack 9; exec 1 1/9 1@1000 sell.", "as much keeps it"},
	    {{.id = 1, .qty = 100, .px = 1000, .account = 7},
		"replaced 1>1 100 kept.", "ack 9; exec 1 1/9 1@1000 sell.",
		"the same account keeps it"},
	    {{.id = 1, .qty = 100, .px = 1000, .account = 8},
		"replaced 1>1 100 lost.", "ack 9; exec 1 2/9 1@1000 sell.",
		"another account loses it"},
	    {{.id = 1, .qty = 100, .px = 1000, .tif = EXCH_TIF_GTC},
		"replaced 1>1 100 lost.", "ack 9; exec 1 2/9 1@1000 sell.",
		"another time in force loses it"},
	    {{.id = 1, .qty = 101, .px = 1000}, "replaced 1>1 101 lost.",
		"ack 9; exec 1 2/9 1@1000 sell.", "more loses it"},
	    {{.id = 1, .new_id = 5, .qty = 100, .px = 1000},
		"replaced 1>5 100 lost.", "ack 9; exec 1 2/9 1@1000 sell.",
		"a new id loses it"},
	    {{.id = 1, .qty = 100, .px = 999}, "replaced 1>1 100 lost.",
		"ack 9; exec 1 2/9 1@1000 sell.", "another price loses it"},
	    {{.id = 2, .qty = 100, .px = 1001}, "replaced 2>2 100 lost.",
		"ack 9; exec 1 2/9 1@1001 sell.", "a better price leads"},
	    {{.id = 2,
		 .new_id = 0,
		 .qty = 101,
		 .px = 1000,
		 .flags = EXCH_ORD_BY_ID},
		"replaced 2>2 101 lost.", "ack 9; exec 1 1/9 1@1000 sell.",
		"by-id goes where the id belongs"},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++) {
		struct rig r;

		OPEN(&r);
		for (exch_oid id = 1; id <= 3; id++)
			rig_new(&r, (struct rig_order){.id = id,
					.side = B,
					.qty = 100,
					.px = 1000,
					.account = 7});
		tap_is_str(rig_replace(&r, v[i].c), v[i].want, v[i].what);
		tap_is_str(
		    rig_sell(&r, 9, 1, 1), v[i].first, "  as a sale shows");
		rig_close(&r);
	}
}

static void
replace_trades(void)
{
	struct rig r;

	OPEN(&r);
	rig_sell(&r, 1, 50, 1001);
	rig_buy(&r, 2, 80, 999);
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){.id = 2, .qty = 80, .px = 1001}),
	    "replaced 2>2 80 lost; exec 1 2/1 50@1001 buy.",
	    "replaced into the market it trades");
	tap_is_str(rig_sell(&r, 3, 40, 1001), "ack 3; exec 2 2/3 30@1001 sell.",
	    "and its rest rests");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){.id = 3, .qty = 10, .px = 1001}),
	    "replaced 3>3 10 kept.", "down to what is left");
	rig_buy(&r, 4, 10, 1000);
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){
			   .id = 3, .new_id = 8, .qty = 25, .px = 1000}),
	    "replaced 3>8 25 lost; exec 3 4/8 10@1000 sell.",
	    "with a new id it trades under that");
	tap_is_str(rig_cancel(&r, 3, 1), "reject cancel 3 unknown-order.",
	    "the old id is gone");
	tap_is_str(rig_cancel(&r, 8, EXCH_QTY_NONE), "cancelled 8 15 user.",
	    "the new one is live");
	rig_close(&r);
}

static void
replace_checks(void)
{
	static const struct {
		struct rig_replace c;
		const char *want;
		const char *what;
	} v[] = {
	    {{.id = 1, .instr = 9}, "i9 reject replace 1 instrument.",
		"instrument"},
	    {{.id = 9, .tif = 9}, "reject replace 9 unknown-order.",
		"an unknown order, before the time in force"},
	    {{.id = 1, .tif = EXCH_TIF_IOC, .flags = 9},
		"reject replace 1 tif.", "IOC is no way to rest"},
	    {{.id = 1, .tif = EXCH_TIF_FOK}, "reject replace 1 tif.",
		"nor FOK"},
	    {{.id = 1, .flags = 4}, "reject replace 1 flags.",
		"an unknown flag, before the quantity"},
	    {{.id = 1, .qty = 0, .px = 1000}, "reject replace 1 qty.",
		"no quantity"},
	    {{.id = 1, .qty = EXCH_QTY_NONE, .px = 1000},
		"reject replace 1 qty.", "the word for none"},
	    {{.id = 1, .qty = 15, .raw = 1}, "reject replace 1 lot.",
		"lot, before the tick"},
	    {{.id = 1, .qty = 20}, "reject replace 1 price.", "no price"},
	    {{.id = 1, .qty = 20, .raw = -5}, "reject replace 1 price.",
		"below zero"},
	    {{.id = 1, .new_id = 2, .qty = 20, .raw = 5},
		"reject replace 1 tick.", "tick, before the duplicate"},
	    {{.id = 1, .new_id = 2, .qty = 20, .px = 1000},
		"reject replace 1 duplicate.", "the new id is live"},
	    {{.id = 1,
		 .new_id = 2,
		 .qty = 20,
		 .px = 2000,
		 .flags = EXCH_ORD_POST_ONLY},
		"reject replace 1 duplicate.", "duplicate, before post-only"},
	    {{.id = 1, .new_id = 1, .qty = 20, .px = 1000},
		"replaced 1>1 20 lost.", "the own id is no duplicate"},
	};
	struct rig r;

	OPEN(&r);
	rig_instrument(&r, (struct rig_instrument){.lot = 10});
	rig_buy(&r, 1, 10, 1000);
	rig_sell(&r, 2, 10, 1001);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++)
		tap_is_str(rig_replace(&r, v[i].c), v[i].want, v[i].what);
	rig_close(&r);
}

static void
replace_market(void)
{
	struct rig r;

	OPEN(&r);
	rig_to(&r, EXCH_PHASE_CALL);
	rig_buy(&r, 1, 10, 0);
	rig_buy(&r, 2, 10, 1000);
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 1, .qty = 5, .px = 1000}),
	    "reject replace 1 price.", "a market order takes no price");
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 2, .qty = 5}),
	    "reject replace 2 price.", "a limit order cannot lose it");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){
			   .id = 1, .qty = 0, .flags = EXCH_ORD_BY_ID}),
	    "reject replace 1 flags.", "by-id needs a price");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){
			   .id = 1, .qty = 5, .flags = EXCH_ORD_POST_ONLY}),
	    "reject replace 1 flags.", "so does post-only");
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 1, .qty = 5}),
	    "replaced 1>1 5 kept.", "less keeps its place");
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 1, .qty = 6}),
	    "replaced 1>1 6 lost.", "more does not");
	rig_close(&r);
}

static void
imposed_orders(void)
{
	struct rig_order o = {.id = 2,
	    .side = B,
	    .qty = 10,
	    .px = 1005,
	    .hflags = EXCH_F_IMPOSED};
	struct rig r;

	OPEN(&r);
	rig_sell(&r, 1, 10, 1000);
	tap_is_str(
	    rig_new(&r, o), "ack 2.", "imposed: rests, though it crosses");
	tap_is_str(rig_new(&r, o), "reject new 2 duplicate.",
	    "imposed: ids are still checked");
	o.id = 3;
	o.flags = EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID;
	tap_is_str(rig_new(&r, o), "ack 3.", "imposed: no post-only check");
	tap_is_str(rig_sell(&r, 4, 5, 1005), "ack 4; exec 1 2/4 5@1005 sell.",
	    "the crossed book trades with who comes");
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CLOSED,
			  .hflags = EXCH_F_IMPOSED});
	o.id = 5;
	o.flags = 0;
	o.tif = EXCH_TIF_GTC;
	tap_is_str(rig_new(&r, o), "ack 5.", "imposed: even when closed");
	tap_is_str(
	    rig_replace(&r,
		(struct rig_replace){
		    .id = 5, .qty = 20, .px = 2000, .hflags = EXCH_F_IMPOSED}),
	    "replaced 5>5 20 lost.", "imposed replace: even when closed");
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CONTINUOUS,
			  .hflags = EXCH_F_IMPOSED});
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 5,
				       .qty = 20,
				       .px = 3000,
				       .flags = EXCH_ORD_POST_ONLY,
				       .hflags = EXCH_F_IMPOSED}),
	    "replaced 5>5 20 lost.", "imposed replace: does not match");
	tap_is_str(rig_sell(&r, 6, 1, 1), "ack 6; exec 2 5/6 1@3000 sell.",
	    "it stands where it was put");
	rig_close(&r);
}

int
main(void)
{
	cancels();
	replace_place();
	replace_trades();
	replace_checks();
	replace_market();
	imposed_orders();
	return tap_done();
}
