/*
 * Broken and corrected trades, sentence by sentence of exch-ordertypes(7).
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

static const char *
undo(struct rig *r, uint64_t match, exch_qty qty, int64_t px)
{
	struct exch_rec_break c = {.match = match,
	    .price = px == 0 ? EXCH_PX_NONE : px * RIG_TICK,
	    .qty = qty};

	return rig_apply(r, &c, EXCH_REC_BREAK, sizeof(c));
}

static void
trade(struct rig *r, int64_t px)
{
	rig_buy(r, 1, 10, px);
	rig_sell(r, 2, 10, px);
}

static void
life(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	tap_is_str(undo(&r, 1, 0, 0), "reject break 1 match.",
	    "nothing was executed yet");
	trade(&r, 1000);
	trade(&r, 1001);
	tap_is_str(
	    undo(&r, 0, 0, 0), "reject break 0 match.", "0 is no number");
	tap_is_str(undo(&r, 1, 0, 0), "bust 1.", "broken");
	tap_is_str(
	    undo(&r, 1, 5, 9), "reject break 1 match.", "broken already");
	tap_is_str(undo(&r, 2, 5, 999), "bust 2; trade 3 corrected 0/0 5@999.",
	    "corrected under a new number");
	tap_is_str(
	    undo(&r, 3, 0, 0), "bust 3.", "which may be broken in its turn");
	trade(&r, 1002);
	tap_is_str(undo(&r, 4, 0, 0), "bust 4.", "numbers go on");
	rig_to(&r, EXCH_PHASE_CLOSED);
	tap_is_str(undo(&r, 5, 0, 0), "reject break 5 match.", "not beyond");
	rig_instrument(&r, (struct rig_instrument){.instr = 2});
	tap_is_str(undo(&r, 1, 0, 0), "reject break 1 match.",
	    "the other instrument has its own");
	rig_close(&r);
}

static void
checks(void)
{
	struct exch_rec_break c = {
	    .h.instr = 9, .match = 1, .price = EXCH_PX_NONE};
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	rig_instrument(&r, (struct rig_instrument){.tick = 2, .lot = 10});
	trade(&r, 1000);
	rig_to(&r, EXCH_PHASE_CLOSED);
	tap_is_str(rig_apply(&r, &c, EXCH_REC_BREAK, sizeof(c)),
	    "i9 reject break 1 instrument.", "instrument");
	c.h.instr = 1;
	c.h.flags = EXCH_F_IMPOSED;
	tap_is_str(rig_apply(&r, &c, EXCH_REC_BREAK, sizeof(c)),
	    "reject break 1 flags.", "imposed");
	tap_is_str(undo(&r, 1, 0, 8), "reject break 1 qty.",
	    "a price without quantity");
	tap_is_str(undo(&r, 1, EXCH_QTY_NONE, 8), "reject break 1 qty.",
	    "none is no quantity");
	tap_is_str(undo(&r, 1, 15, 8), "reject break 1 lot.", "lot");
	tap_is_str(undo(&r, 1, 10, 0), "reject break 1 price.",
	    "a quantity without price");
	tap_is_str(undo(&r, 1, 10, -2), "reject break 1 price.", "below zero");
	tap_is_str(undo(&r, 1, 10, 7), "reject break 1 tick.", "tick");
	tap_is_str(undo(&r, 1, 10, 8), "bust 1; trade 2 corrected 0/0 10@8.",
	    "nothing of that broke it; closed is no hindrance");
	rig_close(&r);
}

/* Many, so that the table of broken ones grows. */
static void
many(void)
{
	struct rig r;
	unsigned wrong = 0;
	char want[64];

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	for (int i = 0; i < 300; i++)
		trade(&r, 1000);
	for (unsigned i = 300; i > 0; i--) {
		snprintf(want, sizeof(want), "bust %u.", i);
		wrong += strcmp(undo(&r, i, 0, 0), want) != 0;
	}
	for (unsigned i = 1; i <= 300; i++) {
		snprintf(want, sizeof(want), "reject break %u match.", i);
		wrong += strcmp(undo(&r, i, 0, 0), want) != 0;
	}
	tap_is_u64(wrong, 0, "three hundred broken, each once");
	rig_close(&r);
}

int
main(void)
{
	life();
	checks();
	many();
	return tap_done();
}
