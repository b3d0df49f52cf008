/*
 * Quotes, sentence by sentence of exch-ordertypes(7), QUOTES.
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

/* A quote of account 7 unless told; sides of quantity 0 have no price. */
struct quoted {
	exch_oid bid_id, ask_id;
	exch_qty bid_qty;
	int64_t bid;
	exch_qty ask_qty;
	int64_t ask;
	uint32_t account; /* 0: 7 */
	uint32_t instr;
	uint8_t hflags;
	uint64_t session;
};

static const char *
quote(struct rig *r, struct quoted q)
{
	struct {
		struct exch_rec_quote c;
		struct exch_ext x;
	} u = {.c = {.h.instr = q.instr,
		   .h.flags = q.hflags,
		   .bid_order = q.bid_id,
		   .ask_order = q.ask_id,
		   .bid = q.bid == 0 ? EXCH_PX_NONE : q.bid * RIG_TICK,
		   .ask = q.ask == 0 ? EXCH_PX_NONE : q.ask * RIG_TICK,
		   .bid_qty = q.bid_qty,
		   .ask_qty = q.ask_qty,
		   .account = q.account == 0 ? 7 : q.account},
	    .x = {.tag = EXCH_EXT_SESSION, .value = q.session}};

	if (q.account == UINT32_MAX)
		u.c.account = 0;
	if (q.session != 0)
		u.c.h.flags |= EXCH_F_EXT;
	return rig_apply(
	    r, &u, EXCH_REC_QUOTE, q.session != 0 ? sizeof(u) : sizeof(u.c));
}

#define QUOTE(r, bid, ...)                                                     \
	quote(r, (struct quoted){.bid_id = (bid), __VA_ARGS__})

static void
life(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	tap_is_str(QUOTE(&r, 1, 2, 10, 999, 10, 1001), "ack 1; ack 2.",
	    "a quote is two orders");
	tap_is_str(QUOTE(&r, 1, 2, 10, 999, 5, 1001),
	    "replaced 1>1 10 kept; replaced 2>2 5 kept.",
	    "the same and less keep their place");
	tap_is_str(QUOTE(&r, 1, 2, 11, 999, 5, 1002),
	    "cancelled 1 10 quote; cancelled 2 5 quote; ack 1; ack 2.",
	    "more, or another price, comes in anew");
	tap_is_str(QUOTE(&r, 3, 2, 11, 999, 5, 1002),
	    "cancelled 1 11 quote; ack 3; replaced 2>2 5 kept.",
	    "another id does, too; all cancels come first");
	rig_sell(&r, 9, 4, 999);
	tap_is_str(QUOTE(&r, 3, 2, 8, 999, 5, 1002),
	    "cancelled 3 7 quote; ack 3; replaced 2>2 5 kept.",
	    "what is open counts, not what was");
	rig_close(&r);
}

static void
sides(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	QUOTE(&r, 1, 2, 10, 999, 10, 1001);
	tap_is_str(QUOTE(&r, 1, 0, 10, 999),
	    "cancelled 2 10 quote; replaced 1>1 10 kept.",
	    "an unquoted side goes");
	tap_is_str(QUOTE(&r, 0, 0), "cancelled 1 10 quote.",
	    "a quote of nothing takes it back");
	tap_is_str(QUOTE(&r, 0, 0), "reject quote 0 unknown-order.",
	    "and then there is none");
	rig_buy(&r, 20, 5, 1002);
	rig_sell(&r, 21, 5, 1004);
	tap_is_str(QUOTE(&r, 1, 2, 8, 1004, 8, 1005),
	    "ack 1; exec 1 1/21 5@1004 buy; ack 2.",
	    "a side trades before the other is told");
	tap_is_str(QUOTE(&r, 3, 4, 8, 1001, 8, 1002, .account = 8),
	    "ack 3; ack 4; exec 2 1/4 3@1004 sell; exec 3 20/4 5@1002 sell.",
	    "another account's quote trades with it");
	rig_close(&r);
}

static void
refusals(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	rig_buy(&r, 50, 5, 900);
	tap_is_str(QUOTE(&r, 1, 2, 1, 9, 1, 10, .instr = 9),
	    "i9 reject quote 1 instrument.", "instrument");
	tap_is_str(QUOTE(&r, 1, 2, 1, 9, 1, 10, .hflags = EXCH_F_IMPOSED),
	    "reject quote 1 flags.", "imposed");
	tap_is_str(QUOTE(&r, 1, 2, 1, 9, 1, 10, .account = UINT32_MAX),
	    "reject quote 1 account.", "account");
	tap_is_str(QUOTE(&r, 1, 2, 0, 9, 1, 10), "reject quote 2 price.",
	    "a price without quantity; the offer's id");
	tap_is_str(QUOTE(&r, 1, 2, 1, 0, 1, 10), "reject quote 1 price.",
	    "a quantity without price");
	tap_is_str(QUOTE(&r, 1, 2, EXCH_QTY_NONE, 9, 1, 10),
	    "reject quote 1 qty.", "quantity");
	tap_is_str(QUOTE(&r, 1, 2, 1, 9, 1, 9), "reject quote 1 quote.",
	    "bid and offer are equal");
	tap_is_str(QUOTE(&r, 1, 1, 1, 9, 1, 10), "reject quote 1 duplicate.",
	    "one id for both");
	tap_is_str(QUOTE(&r, 1, 50, 1, 9, 1, 10), "reject quote 1 duplicate.",
	    "the id of an order that is no quote");
	QUOTE(&r, 1, 2, 1, 950, 1, 1000);
	tap_is_str(QUOTE(&r, 1, 3, 1, 9, 1, 10, .account = 8),
	    "reject quote 1 duplicate.", "of another account's quote");
	tap_is_str(QUOTE(&r, 2, 1, 1, 940, 1, 1001),
	    "cancelled 1 1 quote; cancelled 2 1 quote; ack 2; ack 1.",
	    "the old ids may change sides");
	rig_to(&r, EXCH_PHASE_CLOSED);
	tap_is_str(
	    QUOTE(&r, 5, 6, 1, 9, 1, 10), "reject quote 5 phase.", "phase");
	tap_is_str(QUOTE(&r, 0, 0), "cancelled 2 1 quote; cancelled 1 1 quote.",
	    "but a quote can be taken back");
	rig_close(&r);
}

static const char *
mass(struct rig *r, uint8_t kind, uint32_t account, uint64_t session)
{
	struct exch_rec_mass_cancel c = {
	    .session = session, .account = account, .kind = kind};

	return rig_apply(r, &c, EXCH_REC_MASS_CANCEL, sizeof(c));
}

static void
others(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	QUOTE(&r, 1, 2, 10, 999, 10, 1001, .session = 5);
	tap_is_str(mass(&r, EXCH_MASS_DISCONNECT, 0, 5),
	    "cancelled 1 10 disconnect; cancelled 2 10 disconnect; "
	    "mass disconnect 2.",
	    "a session takes its quotes along");
	QUOTE(&r, 1, 2, 10, 999, 10, 1001);
	rig_replace(&r,
	    (struct rig_replace){.id = 1, .new_id = 11, .qty = 20, .px = 998});
	tap_is_str(QUOTE(&r, 3, 2, 10, 999, 10, 1001),
	    "cancelled 11 20 quote; ack 3; replaced 2>2 10 kept.",
	    "a replaced order is still quoted");
	rig_replace(&r,
	    (struct rig_replace){.id = 3, .qty = 10, .px = 999, .account = 8});
	tap_is_str(QUOTE(&r, 4, 2, 10, 997, 10, 1001),
	    "ack 4; replaced 2>2 10 kept.", "by the account that it has now");
	tap_is_str(QUOTE(&r, 0, 0, .account = 8), "cancelled 3 10 quote.",
	    "which takes it back");
	tap_is_str(mass(&r, EXCH_MASS_KILL, 9, 0), "mass kill 0.", "killed");
	tap_is_str(QUOTE(&r, 5, 6, 1, 9, 1, 10, .account = 9),
	    "reject quote 5 killed.", "  may not quote");
	tap_is_str(rig_to(&r, EXCH_PHASE_END),
	    "cancelled 4 10 expired; cancelled 2 10 expired.",
	    "quotes are for the day");
	rig_close(&r);
}

static void
market_rules(void)
{
	static struct exch_market k;
	struct exch_match_opts o = {.phase = EXCH_PHASE_CONTINUOUS,
	    .stp = EXCH_STP_OLDEST,
	    .market = &k};
	struct rig r;

	exch_market_init(&k);
	k.any = true;
	k.guard.throttle = 2;
	k.guard.window = EXCH_SEC;
	k.band.still = 10000000;
	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){.reference = 1000});
	rig_sell(&r, 9, 5, 1000);
	tap_is_str(QUOTE(&r, 1, 2, 1, 800, 1, 1000), "reject quote 1 band.",
	    "the market's band");
	rig_new(&r,
	    (struct rig_order){
		.id = 3, .side = EXCH_SELL, .qty = 5, .px = 999, .account = 7});
	tap_is_str(QUOTE(&r, 1, 2, 1, 1000, 1, 1001),
	    "reject quote 1 throttle.", "too many of an account");
	r.now = EXCH_SEC * 2;
	tap_is_str(QUOTE(&r, 1, 2, 6, 1000, 1, 1001),
	    "ack 1; cancelled 3 5 self-trade; exec 1 1/9 5@1000 buy; ack 2.",
	    "self-trade prevention");
	rig_close(&r);
}

int
main(void)
{
	life();
	sides();
	refusals();
	others();
	market_rules();
	return tap_done();
}
