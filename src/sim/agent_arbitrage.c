/*
 * Arbitrage between two instruments that are worth the same, such as one share
 * on two venues (ABC.X and ABC.Y): where one is bid for more than the other is
 * offered at, by more than the fees of both trades and a margin, it sells the
 * one and buys the other, as much as stands there.  Both orders are to be
 * executed at once or cancelled, at the prices that it saw.  With latencies one
 * of them may come too late; what is then held of one instrument alone is closed
 * by a market order.  (Wah and Wellman, Latency arbitrage, market fragmentation,
 * and efficiency: a two-market model, EC 2013.)
 */
#include <config.h>

#include "sim/agent_view.h"

enum { P_QTY, P_LIMIT, P_MARGIN };

static const struct exch_param params[] = {
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of a pair of orders at most",
	.def = 100,
	.min = 1,
	.max = 1e9},
    [P_LIMIT] = {.name = "limit",
	.unit = "lots",
	.what = "position in each instrument that it does not exceed",
	.def = 1000,
	.min = 1,
	.max = 1e9},
    [P_MARGIN] = {.name = "margin",
	.unit = "ticks",
	.what = "that it wants to gain beyond the fees; 0: anything",
	.def = 0,
	.max = 1e6},
};

struct arbitrage {
	struct exch_agent_view view[2];
	int64_t held[2];  /* lots */
	uint64_t sent[2]; /* tag of the order on its way; 0: none */
	uint64_t tag;
	bool moved; /* the market has, since it sent anything */
};

static int
open_arbitrage(struct exch_agent *a, struct exch_diag *d)
{
	struct arbitrage *k = a->state;

	if (a->ninstr != 2)
		return exch_agent_unfit(a, d,
		    "arbitrage is between two instruments: name them by \"on "
		    "ABC.X,ABC.Y\"");
	if (a->instr[0].lot != a->instr[1].lot)
		return exch_agent_unfit(a, d,
		    "its two instruments have to have the same lot: give them "
		    "one on their lines");
	exch_agent_view_init(&k->view[0]);
	exch_agent_view_init(&k->view[1]);
	a->wants.levels = 1;
	a->wants.wakes = EXCH_WAKES(EXCH_TOLD_TOP) |
			 EXCH_WAKES(EXCH_TOLD_FILLED) |
			 EXCH_WAKES(EXCH_TOLD_CANCELED);
	return EXCH_OK;
}

static void
hear(struct exch_agent *a, unsigned i, const struct exch_agent_msg *m)
{
	struct arbitrage *k = a->state;
	int64_t lots = (int64_t)(m->qty / a->instr[i].lot);

	exch_agent_see(&k->view[i], &a->instr[i], m);
	if (m->instr != a->instr[i].h.instr)
		return;
	if (m->what == EXCH_TOLD_FILLED)
		k->held[i] += m->side == EXCH_BUY ? lots : -lots;
	if (exch_agent_gone(m) && m->tag == k->sent[i])
		k->sent[i] = 0;
}

/* Lots that are gained by: buying i, selling j. */
static uint64_t
worthwhile(const struct exch_agent *a, unsigned i, unsigned j)
{
	const struct arbitrage *k = a->state;
	const struct exch_agent_view *buy = &k->view[i], *sell = &k->view[j];
	exch_qty most;
	int64_t limit = (int64_t)exch_agent_whole(a, P_LIMIT), lots, room;
	__int128 gain; /* 10^-18 */

	if (!buy->open || !sell->open || buy->offer == EXCH_PX_NONE ||
	    sell->bid == EXCH_PX_NONE)
		return 0;
	gain = ((__int128)sell->bid - buy->offer) * 1000000000 -
	       (__int128)sell->bid * a->access[j].taker_fee -
	       (__int128)buy->offer * a->access[i].taker_fee;
	if (gain <= (__int128)(exch_params_number(a->params, P_MARGIN) *
			       (double)a->instr[i].tick) *
			1000000000)
		return 0;
	most = buy->offer_qty < sell->bid_qty ? buy->offer_qty : sell->bid_qty;
	lots = (int64_t)(most / a->instr[i].lot);
	if (lots > (int64_t)exch_agent_whole(a, P_QTY))
		lots = (int64_t)exch_agent_whole(a, P_QTY);
	room = limit - k->held[i];
	if (room > limit + k->held[j])
		room = limit + k->held[j];
	if (lots > room)
		lots = room;
	return lots > 0 ? (uint64_t)lots : 0;
}

static int
send(struct exch_agent *a, unsigned i, uint8_t side, exch_px price,
    uint64_t lots, struct exch_agent_out *o)
{
	struct arbitrage *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[i];

	k->sent[i] = ++k->tag;
	k->moved = false;
	return exch_agent_take(
	    o, in->h.instr, side, price, lots * in->lot, k->tag);
}

/* What is held of one alone, where it can be closed. */
static int
even_out(struct exch_agent *a, struct exch_agent_out *o)
{
	struct arbitrage *k = a->state;
	int64_t alone = k->held[0] + k->held[1];
	uint8_t side = alone > 0 ? EXCH_SELL : EXCH_BUY;
	/* The instrument that holds more of it gives it away. */
	unsigned i = (alone > 0) == (k->held[0] < k->held[1]);

	if (exch_agent_best(&k->view[i], exch_agent_other(side)) ==
	    EXCH_PX_NONE)
		return EXCH_OK;
	return send(a, i, side, EXCH_PX_NONE,
	    (uint64_t)(alone > 0 ? alone : -alone), o);
}

static int
act(struct exch_agent *a, struct exch_agent_out *o)
{
	struct arbitrage *k = a->state;
	int err = EXCH_OK;

	/* What it saw before its own orders is not what stands there now. */
	if (k->sent[0] != 0 || k->sent[1] != 0 || !k->moved)
		return EXCH_OK;
	if (k->held[0] + k->held[1] != 0)
		return even_out(a, o);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t lots = worthwhile(a, i, !i);

		if (lots == 0)
			continue;
		err = send(a, i, EXCH_BUY, k->view[i].offer, lots, o);
		if (err == EXCH_OK)
			err = send(a, !i, EXCH_SELL, k->view[!i].bid, lots, o);
		break;
	}
	return err;
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct arbitrage *k = a->state;
	int err;

	(void)now;
	for (size_t j = 0; j < n; j++) {
		hear(a, 0, &m[j]);
		hear(a, 1, &m[j]);
		k->moved = k->moved || m[j].what == EXCH_TOLD_TOP;
	}
	err = act(a, o);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_arbitrage = {
    .name = "arbitrage",
    .what = "buys here what is bid for more there",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct arbitrage),
    .open = open_arbitrage,
    .turn = turn,
};
