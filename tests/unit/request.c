/*
 * Requests for quotes, sentence by sentence of exch-ordertypes(7).
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL

static const char *
ask(struct rig *r, struct rig_order o)
{
	o.flags |= EXCH_ORD_REQUEST;
	return rig_new(r, o);
}

static const char *
answer(struct rig *r, exch_oid request, struct rig_order o)
{
	struct exch_ext x[2] = {
	    {.tag = EXCH_EXT_REQUEST, .value = request}, {0}};

	return rig_new_with(r, o, x);
}

#define ASK(r, ...) ask(r, (struct rig_order){__VA_ARGS__})
#define ANSWER(r, to, ...) answer(r, to, (struct rig_order){__VA_ARGS__})

static const char *
take(struct rig *r, exch_oid request, exch_oid with, exch_qty qty)
{
	struct exch_rec_accept c = {
	    .order = request, .answer = with, .qty = qty};

	return rig_apply(r, &c, EXCH_REC_ACCEPT, sizeof(c));
}

static void
life(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	rig_sell(&r, 1, 10, 1000);
	tap_is_str(
	    ASK(&r, .id = 2, .side = B, .qty = 100, .px = 1005, .account = 7),
	    "ack 2.", "a request meets nobody");
	tap_is_str(ANSWER(&r, 2, .id = 3, .side = S, .qty = 60, .px = 1004,
		       .account = 8),
	    "ack 3.", "nor does an answer");
	ANSWER(&r, 2, .id = 4, .side = S, .qty = 60, .px = 1003, .account = 9);
	tap_is_str(rig_buy(&r, 5, 20, 1004), "ack 5; exec 1 5/1 10@1000 buy.",
	    "and nobody meets them");
	tap_is_str(take(&r, 2, 3, 50), "exec 2 2/3 50@1004 buy.",
	    "an answer is accepted in part");
	tap_is_str(take(&r, 2, 4, EXCH_QTY_NONE),
	    "exec 3 2/4 50@1003 buy; cancelled 3 10 request; "
	    "cancelled 4 10 request.",
	    "when the request is filled the others go");
	tap_is_str(take(&r, 2, 4, 1), "reject accept 2 request.", "it is gone");
	rig_close(&r);
}

static void
ends(void)
{
	struct exch_rec_mass_cancel c = {.account = 7};
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	ASK(&r, .id = 2, .side = S, .qty = 100, .account = 7);
	ANSWER(&r, 2, .id = 3, .side = B, .qty = 60, .px = 10, .account = 8);
	tap_is_str(rig_cancel(&r, 2, 40), "cancelled 2 40 user open.",
	    "a part of a request is cancelled");
	tap_is_str(rig_cancel(&r, 2, EXCH_QTY_NONE),
	    "cancelled 2 60 user; cancelled 3 60 request.", "all of it");
	ASK(&r, .id = 2, .side = S, .qty = 100, .account = 7);
	ANSWER(&r, 2, .id = 3, .side = B, .qty = 60, .px = 10, .account = 8);
	rig_buy(&r, 4, 10, 9);
	tap_is_str(rig_apply(&r, &c, EXCH_REC_MASS_CANCEL, sizeof(c)),
	    "cancelled 2 100 mass; cancelled 3 60 request; mass cancel 1.",
	    "in a mass cancel: not counted");
	ASK(&r, .id = 2, .side = S, .qty = 100, .account = 7);
	ANSWER(&r, 2, .id = 3, .side = B, .qty = 60, .px = 10, .account = 8,
	    .tif = EXCH_TIF_GTC);
	tap_is_str(rig_to(&r, EXCH_PHASE_END),
	    "cancelled 4 10 expired; cancelled 2 100 expired; "
	    "cancelled 3 60 request.",
	    "at the end of the day");
	rig_close(&r);
}

static void
refused(void)
{
	struct exch_ext both[3] = {{.tag = EXCH_EXT_REQUEST, .value = 2},
	    {.tag = EXCH_EXT_OCO, .value = 1}, {0}};
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	tap_is_str(ASK(&r, .id = 2, .side = B, .qty = 9, .px = 5, .account = 7,
		       .flags = EXCH_ORD_HIDDEN),
	    "reject new 2 flags.", "a request has no other flag");
	tap_is_str(ASK(&r, .id = 2, .side = B, .qty = 9, .px = 5, .account = 7,
		       .tif = EXCH_TIF_IOC),
	    "reject new 2 flags.", "it rests");
	tap_is_str(ASK(&r, .id = 2, .side = B, .qty = 9, .account = 7,
		       .type = EXCH_ORD_MTL),
	    "reject new 2 flags.", "limit or market");
	tap_is_str(ASK(&r, .id = 2, .side = B, .qty = 9, .px = 5),
	    "reject new 2 account.", "and has an account");
	ASK(&r, .id = 2, .side = B, .qty = 9, .px = 5, .account = 7);
	rig_buy(&r, 4, 9, 5);
	tap_is_str(
	    ANSWER(&r, 3, .id = 5, .side = S, .qty = 9, .px = 5, .account = 8),
	    "reject new 5 request.", "no such request");
	tap_is_str(
	    ANSWER(&r, 4, .id = 5, .side = S, .qty = 9, .px = 5, .account = 8),
	    "reject new 5 request.", "an order that does not ask");
	tap_is_str(
	    ANSWER(&r, 2, .id = 5, .side = B, .qty = 9, .px = 5, .account = 8),
	    "reject new 5 request.", "the same side");
	tap_is_str(
	    ANSWER(&r, 2, .id = 5, .side = S, .qty = 9, .px = 6, .account = 8),
	    "reject new 5 request.", "beyond the request's limit");
	tap_is_str(ANSWER(&r, 2, .id = 5, .side = S, .qty = 9, .px = 5,
		       .account = 8, .flags = EXCH_ORD_POST_ONLY),
	    "reject new 5 request.", "an answer with a flag");
	tap_is_str(ANSWER(&r, 2, .id = 5, .side = S, .qty = 9, .px = 5,
		       .account = 8, .flags = EXCH_ORD_REQUEST),
	    "reject new 5 request.", "an answer that asks");
	tap_is_str(rig_new_with(&r,
		       (struct rig_order){
			   .id = 5, .side = S, .qty = 9, .px = 5, .account = 8},
		       both),
	    "reject new 5 request.", "an answer in a group");
	tap_is_str(
	    ANSWER(&r, 2, .id = 5, .side = S, .qty = 9, .px = 5, .account = 7),
	    "reject new 5 account.", "the requester's own");
	ANSWER(&r, 2, .id = 5, .side = S, .qty = 9, .px = 5, .account = 8);
	tap_is_str(
	    rig_replace(&r, (struct rig_replace){.id = 5, .qty = 8, .px = 5}),
	    "reject replace 5 request.", "nothing of it is replaced");
	rig_close(&r);
}

static void
accepts(void)
{
	struct exch_rec_accept c = {
	    .h.flags = EXCH_F_IMPOSED, .order = 2, .answer = 5, .qty = 1};
	struct exch_rec_mass_cancel kill = {
	    .kind = EXCH_MASS_KILL, .account = 9, .side = EXCH_BUY};
	struct exch_ext stop[2] = {
	    {.tag = EXCH_EXT_STOP, .value = 12 * RIG_TICK}, {0}};
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	rig_instrument(&r, (struct rig_instrument){.lot = 10});
	ASK(&r, .id = 2, .side = B, .qty = 100, .account = 7);
	ASK(&r, .id = 3, .side = B, .qty = 100, .account = 7);
	ANSWER(&r, 2, .id = 5, .side = S, .qty = 60, .px = 12, .account = 8);
	ANSWER(&r, 3, .id = 6, .side = S, .qty = 60, .px = 12, .account = 9);
	tap_is_str(rig_apply(&r, &c, EXCH_REC_ACCEPT, sizeof(c)),
	    "reject accept 2 flags.", "imposed");
	c.h.flags = 0;
	c.h.instr = 9;
	tap_is_str(rig_apply(&r, &c, EXCH_REC_ACCEPT, sizeof(c)),
	    "i9 reject accept 2 instrument.", "instrument");
	tap_is_str(take(&r, 2, 5, 0), "reject accept 2 qty.", "quantity");
	tap_is_str(take(&r, 2, 6, 10), "reject accept 2 request.",
	    "the answer to another request");
	tap_is_str(take(&r, 5, 2, 10), "reject accept 5 request.",
	    "the wrong way round");
	tap_is_str(take(&r, 2, 5, 15), "reject accept 2 lot.", "lot");
	rig_new_with(&r,
	    (struct rig_order){
		.id = 7, .side = B, .qty = 10, .type = EXCH_ORD_STOP},
	    stop);
	tap_is_str(take(&r, 2, 5, 10),
	    "exec 1 2/5 10@12 buy; triggered 7 12; cancelled 7 10 "
	    "no-liquidity.",
	    "it is the last price and triggers");
	rig_apply(&r, &kill, EXCH_REC_MASS_CANCEL, sizeof(kill));
	tap_is_str(take(&r, 3, 6, 10), "reject accept 3 killed.", "killed");
	rig_to(&r, EXCH_PHASE_HALT);
	tap_is_str(take(&r, 2, 5, 10), "reject accept 2 phase.", "phase");
	rig_close(&r);
}

/* What protects a market sees the trade of a request like any other. */
static void
guarded(void)
{
	static struct exch_market k;
	struct exch_match_opts o = {
	    .phase = EXCH_PHASE_CONTINUOUS, .market = &k};
	struct rig r;

	exch_market_init(&k);
	k.any = true;
	k.guard.short_sale = 10000000;
	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){.reference = 100});
	ASK(&r, .id = 2, .side = B, .qty = 10, .account = 7);
	ANSWER(&r, 2, .id = 3, .side = S, .qty = 10, .px = 90, .account = 8);
	tap_is_str(take(&r, 2, 3, 10),
	    "\"short-sale restriction=on\"; exec 1 2/3 10@90 buy.",
	    "short sales are restricted from then on");
	rig_close(&r);
}

/* What a request leaves is found without a look at what others have. */
static void
many(void)
{
	enum { N = 300 };
	uint64_t before;
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	for (exch_oid k = 1; k <= N; k++) {
		ASK(&r, .id = k, .side = B, .qty = 100, .px = 1005,
		    .account = 7);
		ANSWER(&r, k, .id = N + k, .side = S, .qty = 60, .px = 1004,
		    .account = 8);
		ANSWER(&r, k, .id = 2 * N + k, .side = S, .qty = 60, .px = 1003,
		    .account = 9);
	}
	before = exch_match_stats(r.m)->walked;
	tap_is_str(rig_cancel(&r, 150, EXCH_QTY_NONE),
	    "cancelled 150 100 user; cancelled 450 60 request; "
	    "cancelled 750 60 request.",
	    "one of many requests ends");
	tap_is_u64(exch_match_stats(r.m)->walked - before, 2,
	    "only its answers are looked at");
	rig_close(&r);
}

int
main(void)
{
	life();
	many();
	ends();
	refused();
	accepts();
	guarded();
	return tap_done();
}
