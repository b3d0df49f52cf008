/*
 * Trades agreed outside the book, sentence by sentence of
 * exch-ordertypes(7).
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

static const char *
block(struct rig *r, exch_qty qty, int64_t px, uint32_t buyer, uint32_t seller)
{
	struct exch_rec_block c = {.report = 77,
	    .price = px == 0 ? EXCH_PX_NONE : px * RIG_TICK,
	    .qty = qty,
	    .buyer = buyer,
	    .seller = seller};

	return rig_apply(r, &c, EXCH_REC_BLOCK, sizeof(c));
}

static void
checks(void)
{
	struct exch_rec_block c = {.h.instr = 9, .report = 77};
	struct exch_rec_mass_cancel kill = {
	    .kind = EXCH_MASS_KILL, .account = 3};
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	rig_instrument(
	    &r, (struct rig_instrument){.tick = 2, .lot = 10, .max = 100});
	tap_is_str(rig_apply(&r, &c, EXCH_REC_BLOCK, sizeof(c)),
	    "i9 reject block 77 instrument.", "instrument");
	c.h.instr = 1;
	c.h.flags = EXCH_F_IMPOSED;
	tap_is_str(rig_apply(&r, &c, EXCH_REC_BLOCK, sizeof(c)),
	    "reject block 77 flags.", "imposed");
	tap_is_str(
	    block(&r, 0, 0, 0, 0), "reject block 77 qty.", "no quantity");
	tap_is_str(block(&r, EXCH_QTY_NONE, 0, 0, 0), "reject block 77 qty.",
	    "none is no quantity");
	tap_is_str(block(&r, 15, 0, 0, 0), "reject block 77 lot.", "lot");
	tap_is_str(block(&r, 10, 0, 0, 0), "reject block 77 price.", "price");
	tap_is_str(
	    block(&r, 10, -2, 0, 0), "reject block 77 price.", "below zero");
	tap_is_str(block(&r, 10, 7, 0, 0), "reject block 77 tick.", "tick");
	tap_is_str(
	    block(&r, 10, 8, 1, 0), "reject block 77 account.", "no seller");
	tap_is_str(
	    block(&r, 10, 8, 0, 1), "reject block 77 account.", "no buyer");
	tap_is_str(
	    block(&r, 10, 8, 1, 1), "reject block 77 account.", "one account");
	tap_is_str(block(&r, 1000, 8, 1, 2), "trade 1 block 77/77 1000@8.",
	    "more than an order may have");
	rig_apply(&r, &kill, EXCH_REC_MASS_CANCEL, sizeof(kill));
	tap_is_str(block(&r, 10, 8, 1, 3), "reject block 77 killed.",
	    "a seller who is shut out");
	tap_is_str(
	    block(&r, 10, 8, 3, 1), "reject block 77 killed.", "a buyer");
	rig_to(&r, EXCH_PHASE_HALT);
	tap_is_str(
	    block(&r, 10, 8, 1, 2), "trade 2 block 77/77 10@8.", "in a halt");
	rig_to(&r, EXCH_PHASE_CLOSED);
	tap_is_str(block(&r, 10, 8, 1, 2), "reject block 77 phase.",
	    "not when closed");
	rig_to(&r, EXCH_PHASE_END);
	tap_is_str(
	    block(&r, 10, 8, 1, 2), "reject block 77 phase.", "nor at the end");
	rig_close(&r);
}

static void
apart(void)
{
	struct exch_ext stop[2] = {
	    {.tag = EXCH_EXT_STOP, .value = 1002 * RIG_TICK}, {0}};
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	rig_buy(&r, 1, 5, 1000);
	rig_sell(&r, 2, 5, 1000);
	rig_new_with(&r,
	    (struct rig_order){
		.id = 3, .side = EXCH_BUY, .qty = 5, .type = EXCH_ORD_STOP},
	    stop);
	tap_is_str(block(&r, 10, 1005, 1, 2), "trade 2 block 77/77 10@1005.",
	    "it triggers nothing and has the next number");
	rig_buy(&r, 4, 5, 1000);
	tap_is_str(rig_sell(&r, 5, 5, 1000), "ack 5; exec 3 4/5 5@1000 sell.",
	    "executions go on behind it");
	rig_close(&r);
}

static void
market_rules(void)
{
	static struct exch_market k;
	struct exch_match_opts o = {
	    .phase = EXCH_PHASE_CONTINUOUS, .market = &k};
	struct rig r;

	exch_market_init(&k);
	k.block_min = 100;
	k.block_band = 10000000;
	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	tap_is_str(block(&r, 99, 5, 1, 2), "reject block 77 qty.",
	    "less than the market's least");
	tap_is_str(block(&r, 100, 5, 1, 2), "trade 1 block 77/77 100@5.",
	    "no reference, no band");
	rig_instrument(&r, (struct rig_instrument){.reference = 1000});
	tap_is_str(block(&r, 100, 1100, 1, 2), "trade 2 block 77/77 100@1100.",
	    "the bound belongs to the band");
	tap_is_str(block(&r, 100, 1101, 1, 2), "reject block 77 band.",
	    "too far from the reference");
	rig_buy(&r, 1, 5, 2000);
	rig_sell(&r, 2, 5, 2000);
	tap_is_str(block(&r, 100, 1100, 1, 2), "reject block 77 band.",
	    "the last price goes before the reference");
	rig_close(&r);
}

int
main(void)
{
	checks();
	apart();
	market_rules();
	return tap_done();
}
