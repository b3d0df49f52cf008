/*
 * Those who mean what they do: makers who quote both sides, traders without a
 * plan, followers of moves, slicers of large orders and hedgers.  All of them
 * cancel much.
 */
#include <config.h>

#include "abuse.h"
#include "base/real.h"

exch_ts
expo(struct sim *s, uint64_t mean)
{
	return (exch_ts)(-exch_real_log(exch_rng_unit(&s->rng)) * (double)mean);
}

/* What the public knows: it drifts, and now and then there is news. */
static void
news(struct sim *s, struct agent *a)
{
	struct mkt *m = &s->m[a->inst];

	m->value += (int64_t)(exch_rng_normal(&s->rng) * 250);
	if (between(s, 0, 2399) == 0)
		m->value += between(s, 4000, 12000) * (percent(s, 50) ? 1 : -1);
	m->second = (s->now - s->begin) / EXCH_SEC;
	m->past[m->second % 64] = m->value;
	wake(s, a, 250 * MS);
}

/* ---- makers ---- */

static void
requote(struct sim *s, struct agent *a, struct ord *o, unsigned side, int i)
{
	const struct mkt *m = &s->m[a->inst];
	int64_t fair = m->value + a->v[0] - a->v[1] * 300;
	int64_t tick = fair / 1000 + back(side, (i + 1) * m->gap + a->v[2]);

	if (o->open > 0 && o->tick == tick)
		return;
	/* small moves are not worth the place in the queue */
	if (o->open > 0 && i > 0 && percent(s, 50))
		return;
	pull(s, o);
	put(s, a, side, tick, part(s, a->inst, between(s, 80, 300)), o);
}

static void
maker(struct sim *s, struct agent *a)
{
	int64_t held = 0;

	/* v: opinion, inventory in units, width, bought less sold */
	if (a->step++ % 8 == 0)
		a->v[0] = between(s, -700, 700);
	for (int i = 0; i < 6; i++) {
		held += a->o[i].side == EXCH_BUY ? (int64_t)a->o[i].filled
						 : -(int64_t)a->o[i].filled;
		a->o[i].filled = 0;
	}
	a->v[3] += held;
	a->v[1] = a->v[3] / (int64_t)s->m[a->inst].unit / 3;
	if (!s->m[a->inst].thin &&
	    (a->v[1] > 6 || a->v[1] < -6)) { /* enough: it goes to the market */
		take(s, a, a->v[1] > 0 ? EXCH_SELL : EXCH_BUY, 3,
		    part(s, a->inst, 120), &a->o[6]);
		a->v[3] += a->o[6].side == EXCH_BUY ? (int64_t)a->o[6].filled
						    : -(int64_t)a->o[6].filled;
	}
	for (int i = 0; i < 3; i++) {
		requote(s, a, &a->o[i], EXCH_BUY, i);
		requote(s, a, &a->o[3 + i], EXCH_SELL, i);
	}
	wake(s, a, 50 * MS + expo(s, 600 * MS));
}

/* ---- traders ---- */

static unsigned
some_side(struct sim *s, unsigned inst)
{
	exch_qty bid = depth(s, inst, EXCH_BUY, 6);
	exch_qty ask = depth(s, inst, EXCH_SELL, 6);
	int64_t buys = 50;

	/* who sees many sellers sells */
	if (ask > 2 * bid)
		buys = 30;
	else if (bid > 2 * ask)
		buys = 70;
	return percent(s, buys) ? EXCH_BUY : EXCH_SELL;
}

static void
trader(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[between(s, 0, 2)];
	unsigned side = some_side(s, a->inst);
	exch_qty qty = part(s, a->inst, between(s, 10, 220));

	if (o->open > 0) {
		if (percent(s, 70))
			pull(s, o);
	} else if (percent(s, 35)) {
		take(s, a, side, between(s, 0, 2), qty, o);
	} else {
		put(s, a, side, behind(s, a->inst, side, between(s, -1, 5)),
		    qty, o);
	}
	wake(s, a, 100 * MS + expo(s, 9 * EXCH_SEC));
}

/* ---- followers ---- */

static void
follower(struct sim *s, struct agent *a)
{
	const struct mkt *m = &s->m[a->inst];
	int64_t moved;

	if (a->step == 1) { /* it is in, and gets out */
		pull(s, &a->o[0]);
		if (a->o[0].filled > 0)
			take(s, a, other_side(a->side), 5, a->o[0].filled,
			    &a->o[1]);
		a->step = 0;
		wake(s, a, (exch_ts)between(s, 30, 120) * EXCH_SEC);
		return;
	}
	moved = m->value - m->past[(m->second + 64 - (uint64_t)a->v[0]) % 64];
	if (moved > a->v[1] || moved < -a->v[1]) {
		a->side = moved > 0 ? EXCH_BUY : EXCH_SELL;
		take(s, a, a->side, 2, part(s, a->inst, between(s, 50, 250)),
		    &a->o[0]);
		a->step = 1;
		wake(s, a, (exch_ts)between(s, 15, 90) * EXCH_SEC);
		return;
	}
	wake(s, a, expo(s, 900 * MS));
}

/* ---- slicers: an agency works a large order ---- */

static void
slicer(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[0];
	int64_t touch;

	if (a->step == 0) { /* a new parent */
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
		a->step = (int)between(s, 40, 160);
		wake(s, a, expo(s, 120 * EXCH_SEC));
		return;
	}
	a->step--;
	touch = best(s, a->inst, a->side);
	if (a->step == 0) {
		pull(s, o);
	} else if (o->open == 0 || (touch != NO_TICK && o->tick != touch)) {
		pull(s, o);
		if (percent(s, 15))
			take(s, a, a->side, 0, part(s, a->inst, 40), o);
		else
			put(s, a, a->side, behind(s, a->inst, a->side, 0),
			    part(s, a->inst, between(s, 30, 90)), o);
	}
	wake(s, a, (exch_ts)between(s, 2000, 9000) * MS);
}

/* ---- hedgers: much rests on one side, little is done on the other ---- */

static void
hedger(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[0];
	exch_ts next;

	if (a->side == 0)
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	if (s->now >= a->t[0]) {
		pull(s, o);
		put(s, a, a->side,
		    behind(s, a->inst, a->side, between(s, 1, 4)),
		    part(s, a->inst, between(s, 300, 900)), o);
		a->t[0] = s->now + (exch_ts)between(s, 20, 90) * EXCH_SEC;
	} else {
		take(s, a, other_side(a->side), 1,
		    part(s, a->inst, between(s, 20, 80)), &a->o[1]);
		/* sometimes what rests is not wanted any more */
		if (percent(s, 12))
			a->t[0] = s->now + (exch_ts)between(s, 500, 5000) * MS;
	}
	next = s->now + (exch_ts)between(s, 8, 50) * EXCH_SEC;
	wake_at(s, a, a->t[0] < next ? a->t[0] : next);
}

static void
crowd(struct sim *s, unsigned inst, agent_fn *fn, int n)
{
	while (n-- > 0) {
		struct agent *a = agent_new(s, fn, inst);

		a->v[0] = between(s, 5, 25);
		a->v[1] = between(s, 9000, 20000);
		if (fn == maker) {
			a->v[0] = 0;
			a->v[1] = 0;
			a->v[2] = between(s, 0, 1);
		}
		wake(s, a, expo(s, 4 * EXCH_SEC));
	}
}

void
innocents(struct sim *s, unsigned inst)
{
	bool thin = s->m[inst].thin;

	wake(s, agent_new(s, news, inst), 0);
	crowd(s, inst, maker, thin ? 2 : 4);
	crowd(s, inst, trader, thin ? 15 : 40);
	crowd(s, inst, follower, thin ? 2 : 4);
	crowd(s, inst, slicer, thin ? 1 : 3);
	crowd(s, inst, hedger, thin ? 1 : 2);
}
