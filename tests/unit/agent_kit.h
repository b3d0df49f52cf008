/*
 * An agent without a kernel: a test opens it with parameters as a scenario would
 * write them, moves time and the market by hand, and looks at what it says.
 *
 * The market is as simple as can be: a bid and an offer with as much behind them
 * as anybody wants.  What reaches them is executed at their price, other orders
 * rest until the test executes them (kit_fill) or they are cancelled.  With
 * `slow` set, cancels wait until kit_flush(), as if they were on their way.
 */
#ifndef EXCH_TESTS_AGENT_KIT_H
#define EXCH_TESTS_AGENT_KIT_H

#include <stdlib.h>

#include "../tap.h"
#include "base/real.h"
#include "sim/agents.h"

#define KIT_ORDERS 8192
#define KIT_TICK 10000000 /* 0.01 */
#define KIT_LOT 100
#define KIT_S 1000000000ull
#define PX(ticks) ((exch_px)(ticks)*KIT_TICK)

struct kit_order {
	uint64_t tag;
	uint32_t instr;
	uint8_t side;
	exch_px price;
	uint64_t lots;
	bool leaving;
};

struct exch_agent_out {
	exch_ts now;
	exch_ts wake;
	/* everything it has said, and when */
	struct exch_agent_cmd cmd[4 * KIT_ORDERS];
	exch_ts at[4 * KIT_ORDERS];
	size_t n, done;
	/* messages on their way to it */
	struct exch_agent_msg msg[KIT_ORDERS];
	size_t nmsg;
	struct kit_order order[KIT_ORDERS];
	size_t norder;
	exch_px bid[3], offer[3]; /* by instrument id, 1 and 2 */
	exch_qty most;		  /* of one execution, or 0 */
	bool dry;		  /* nobody is there */
	bool slow;
	int64_t held[3]; /* lots */
	int64_t cash;	 /* price times lots */
};

int
exch_agent_say(struct exch_agent_out *o, const struct exch_agent_cmd *c)
{
	if (c->what == EXCH_AGENT_WAKE) {
		o->wake = c->at < o->now + 1 ? o->now + 1 : c->at;
		return EXCH_OK;
	}
	if (o->n == EXCH_ARRAY_LEN(o->cmd))
		abort();
	o->at[o->n] = o->now;
	o->cmd[o->n++] = *c;
	return EXCH_OK;
}

struct kit {
	struct exch_agent a;
	struct exch_params *p;
	struct exch_rec_instrument in[2];
	struct exch_agent_access access[2];
	struct exch_agent_out o;
};

static void
kit_tell(struct kit *k, struct exch_agent_msg m)
{
	m.at = m.time = k->o.now;
	if (k->o.nmsg == KIT_ORDERS)
		abort();
	k->o.msg[k->o.nmsg++] = m;
}

/* ---- the market ---- */

static void
kit_drop(struct kit *k, size_t i)
{
	k->o.order[i] = k->o.order[--k->o.norder];
}

/* So many lots of a resting order, or of one that has just come. */
static void
kit_executed(struct kit *k, size_t i, uint64_t lots, exch_px price)
{
	struct kit_order *q = &k->o.order[i];
	int64_t sign = q->side == EXCH_BUY ? 1 : -1;

	q->lots -= lots;
	k->o.held[q->instr] += sign * (int64_t)lots;
	k->o.cash -= sign * (int64_t)lots * price;
	kit_tell(k, (struct exch_agent_msg){.what = EXCH_TOLD_TRADE,
			.instr = q->instr,
			.side = q->side,
			.price = price,
			.qty = lots * KIT_LOT});
	kit_tell(k, (struct exch_agent_msg){.what = EXCH_TOLD_FILLED,
			.instr = q->instr,
			.tag = q->tag,
			.side = q->side,
			.price = price,
			.qty = lots * KIT_LOT,
			.qty2 = q->lots * KIT_LOT});
	if (q->lots == 0)
		kit_drop(k, i);
}

static inline void
kit_fill(struct kit *k, size_t i, uint64_t lots)
{
	kit_executed(k, i, lots, k->o.order[i].price);
}

static void
kit_cancelled(struct kit *k, size_t i)
{
	struct kit_order *q = &k->o.order[i];

	kit_tell(k, (struct exch_agent_msg){.what = EXCH_TOLD_CANCELED,
			.instr = q->instr,
			.tag = q->tag,
			.side = q->side,
			.qty = q->lots * KIT_LOT});
	kit_drop(k, i);
}

static void
kit_enter(struct kit *k, const struct exch_agent_cmd *c)
{
	bool buy = c->side == EXCH_BUY;
	exch_px there = buy ? k->o.offer[c->instr] : k->o.bid[c->instr];
	bool market = c->ordtype == EXCH_ORD_MARKET;
	bool meets = !k->o.dry &&
		     (market || (buy ? c->price >= there : c->price <= there));
	uint64_t lots;

	if (k->o.norder == KIT_ORDERS || c->qty == 0 || c->qty % KIT_LOT != 0)
		abort();
	if (!market && c->price % KIT_TICK != 0)
		abort();
	k->o.order[k->o.norder++] = (struct kit_order){
	    c->tag, c->instr, c->side, c->price, c->qty / KIT_LOT, false};
	lots = c->qty / KIT_LOT;
	if (k->o.most != 0 && lots > k->o.most)
		lots = k->o.most;
	if (meets)
		kit_executed(k, k->o.norder - 1, lots, there);
	if (c->tif == EXCH_TIF_IOC && k->o.norder > 0 &&
	    k->o.order[k->o.norder - 1].tag == c->tag)
		kit_cancelled(k, k->o.norder - 1);
}

static void
kit_cancel(struct kit *k, const struct exch_agent_cmd *c)
{
	for (size_t i = 0; i < k->o.norder; i++) {
		if (k->o.order[i].tag != c->tag)
			continue;
		if (k->o.slow)
			k->o.order[i].leaving = true;
		else
			kit_cancelled(k, i);
		return;
	}
	kit_tell(k, (struct exch_agent_msg){.what = EXCH_TOLD_REJECTED,
			.tag = c->tag,
			.reason = EXCH_REJ_UNKNOWN_ORDER});
}

static inline void
kit_flush(struct kit *k)
{
	for (size_t i = k->o.norder; i-- > 0;) {
		if (k->o.order[i].leaving)
			kit_cancelled(k, i);
	}
}

static void
kit_obey(struct kit *k)
{
	while (k->o.done < k->o.n) {
		const struct exch_agent_cmd *c = &k->o.cmd[k->o.done++];

		if (c->what == EXCH_AGENT_NEW)
			kit_enter(k, c);
		else if (c->what == EXCH_AGENT_CANCEL)
			kit_cancel(k, c);
		else
			while (k->o.norder > 0)
				kit_cancelled(k, k->o.norder - 1);
	}
}

/* ---- turns ---- */

static void
kit_give(struct kit *k)
{
	static struct exch_agent_msg m[KIT_ORDERS];
	struct exch_diag d = {0};
	size_t n = 0;

	/* What it does not want to hear is not told. */
	for (size_t i = 0; i < k->o.nmsg; i++) {
		if (k->o.msg[i].what == EXCH_TOLD_TRADE && !k->a.wants.trades)
			continue;
		if (k->o.msg[i].what == EXCH_TOLD_TOP && !k->a.wants.levels)
			continue;
		m[n++] = k->o.msg[i];
	}
	k->o.nmsg = 0;
	if (k->a.kind->turn(&k->a, k->o.now, m, n, &k->o, &d) != EXCH_OK)
		abort();
	kit_obey(k);
}

/* Turns for what has woken it, until nothing does. */
static void
kit_settle(struct kit *k)
{
	for (unsigned turns = 0; turns < 1000; turns++) {
		bool woken = false;

		for (size_t i = 0; i < k->o.nmsg; i++)
			woken = woken ||
				(k->a.wants.wakes >> k->o.msg[i].what & 1) != 0;
		if (!woken)
			return;
		kit_give(k);
	}
	tap_ok(false, "a turn follows another without end");
	exit(1);
}

/* Time goes to `t`, with all wakes until then. */
static void
kit_run(struct kit *k, exch_ts t)
{
	kit_settle(k);
	while (k->o.wake <= t) {
		k->o.now = k->o.wake;
		k->o.wake = EXCH_TS_NONE;
		kit_tell(k, (struct exch_agent_msg){.what = EXCH_TOLD_TIMER});
		kit_give(k);
		kit_settle(k);
	}
	k->o.now = t;
}

static inline void
kit_top(struct kit *k, uint32_t instr, int64_t bid, int64_t offer)
{
	k->o.bid[instr] = PX(bid);
	k->o.offer[instr] = PX(offer);
	kit_tell(k, (struct exch_agent_msg){.what = EXCH_TOLD_TOP,
			.instr = instr,
			.price = PX(bid),
			.qty = 50 * KIT_LOT,
			.price2 = PX(offer),
			.qty2 = 70 * KIT_LOT});
	kit_settle(k);
}

/* ---- life ---- */

static int
kit_open(
    struct kit *k, const char *kind, const char *words, unsigned instruments)
{
	struct exch_diag d = {0};
	const char *near;
	char name[64], value[256];
	int used, err;

	memset(k, 0, sizeof(*k));
	k->a.kind = exch_agent_find(kind, strlen(kind));
	if (k->a.kind == NULL || exch_params_new(k->a.kind->param,
				     k->a.kind->nparam, NULL, &k->p) != 0)
		abort();
	while (sscanf(words, " %63s %255s%n", name, value, &used) == 2) {
		struct exch_param_said said = {.name = name,
		    .nname = strlen(name),
		    .value = value,
		    .nvalue = strlen(value)};

		words += used;
		err = exch_params_set(k->p, &said, &near, &d);
		if (err != EXCH_OK) {
			printf("# %s %s: %d %s\n", name, value, err, d.text);
			abort();
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		k->in[i].h.instr = i + 1;
		k->in[i].tick = KIT_TICK;
		k->in[i].lot = KIT_LOT;
		k->in[i].reference = PX(10000);
		k->o.bid[i + 1] = PX(9999);
		k->o.offer[i + 1] = PX(10001);
	}
	k->a.name = "TEST";
	k->a.params = k->p;
	k->a.instr = k->in;
	k->a.ninstr = instruments;
	k->a.access = k->access;
	k->a.common = 77;
	k->a.end = 1000 * KIT_S;
	k->a.state = calloc(1, k->a.kind->size + 1);
	k->o.wake = EXCH_TS_NONE;
	exch_rng_seed(&k->a.rng, 5);
	return k->a.kind->open(&k->a, &d);
}

/* Open, and past its first turn. */
static inline void
kit_start(
    struct kit *k, const char *kind, const char *words, unsigned instruments)
{
	if (kit_open(k, kind, words, instruments) != EXCH_OK)
		abort();
	kit_give(k);
	kit_settle(k);
}

static inline void
kit_close(struct kit *k)
{
	if (k->a.kind->close != NULL)
		k->a.kind->close(&k->a);
	free(k->a.state);
	exch_params_free(k->p);
}

#endif
