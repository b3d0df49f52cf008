/*
 * Instruments of several venues in one engine, exch-market(5), VENUES, when
 * an id is announced anew: it stays at its venue, and what it is of decides
 * whose prices a dark pool goes by.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rig.h"
#include "tap.h"

static struct exch_market market;

static int
slurp(void *arg, const char *path, char **text, size_t *n, struct exch_diag *d)
{
	(void)arg;
	(void)path;
	(void)d;
	*text = exch_strdup("name dark\nmidpoint\n");
	*n = *text != NULL ? strlen(*text) : 0;
	return *text != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

static void
open_engine(struct rig *r)
{
	static const char text[] = "name x\nvenue D dark.market\n";
	const struct exch_market_files files = {slurp, NULL};
	struct exch_match_opts o = {
	    .ladder = exch_ladder_by_name("xetra"),
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .market = &market,
	};
	struct exch_diag d = {.code = EXCH_OK};

	if (exch_market_read(text, strlen(text), "x", &files, &market, &d) !=
	    EXCH_OK) {
		printf("# %s\n", d.text);
		abort();
	}
	rig_open_opts(r, &o);
}

static const char *
announce(struct rig *r, uint32_t id, const char *symbol)
{
	struct exch_rec_instrument c = {.h.instr = id,
	    .px_decimals = 2,
	    .tick = RIG_TICK,
	    .lot = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE};

	memcpy(c.symbol, symbol, strlen(symbol));
	return rig_apply(r, &c, EXCH_REC_INSTRUMENT, sizeof(c));
}

static const char *
limit(struct rig *r, uint32_t instr, exch_oid id, uint8_t side, int64_t px)
{
	return rig_new(r,
	    (struct rig_order){
		.instr = instr, .id = id, .side = side, .qty = 100, .px = px});
}

static const char *
peg(struct rig *r, uint32_t instr, exch_oid id, uint8_t side)
{
	const struct exch_ext x[] = {
	    {.tag = EXCH_EXT_PEG, .small = EXCH_PEG_MID}, {.tag = 0}};

	return rig_new_with(r,
	    (struct rig_order){.instr = instr,
		.id = id,
		.side = side,
		.qty = 100,
		.type = EXCH_ORD_PEG,
		.flags = EXCH_ORD_HIDDEN},
	    x);
}

int
main(void)
{
	struct rig r;

	open_engine(&r);
	(void)announce(&r, 1, "ABC.L");
	(void)announce(&r, 2, "DEF.L");
	(void)announce(&r, 3, "ABC.D");
	(void)limit(&r, 1, 1, EXCH_BUY, 998);
	(void)limit(&r, 1, 2, EXCH_SELL, 1002);
	(void)limit(&r, 2, 3, EXCH_BUY, 1998);
	(void)limit(&r, 2, 4, EXCH_SELL, 2002);
	tap_is_str(peg(&r, 3, 5, EXCH_BUY),
	    "i3 ack 5; i3 restated 5 peg 1000 100/0.", "the middle of ABC");
	tap_is_str(limit(&r, 2, 6, EXCH_BUY, 2000), "i2 ack 6.",
	    "DEF is another thing");

	tap_is_str(announce(&r, 3, "DEF.D"), "", "the id is of DEF now");
	tap_is_str(limit(&r, 2, 7, EXCH_SELL, 2001),
	    "i2 ack 7!; i3 restated 5 peg 20005000000n 100/0.",
	    "and follows what DEF displays");
	tap_is_str(limit(&r, 1, 8, EXCH_BUY, 1000), "ack 8.", "not what ABC");

	tap_is_str(announce(&r, 3, "DEF.L"), "i3 error.",
	    "an instrument stays at its venue");
	tap_is_str(announce(&r, 1, "ABC.D"), "error.",
	    "and does not come to another one's rules");
	tap_is_str(
	    limit(&r, 1, 9, EXCH_SELL, 1005), "ack 9.", "it is what it was");
	tap_is_str(announce(&r, 1, "ABC.M"), "",
	    "to where the same rules are it may go");
	rig_close(&r);
	exch_market_clear(&market);
	return tap_done();
}
