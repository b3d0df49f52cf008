/* Wash trades, marking the close and front running. */
#include <config.h>

#include "abuse.h"

/* ---- wash trades ---- */

enum { SAME, GROUP, PAIR };

/*
 * One side is put inside the spread, the other one takes it at once.  PAIR:
 * two who are not linked trade there and back.
 */
static void
wash(struct sim *s, struct agent *a)
{
	int64_t bid = best(s, a->inst, EXCH_BUY);
	int64_t ask = best(s, a->inst, EXCH_SELL);
	uint32_t one = a->step % 4 < 2 ? a->acct : a->other;
	uint32_t two = a->step % 4 < 2 ? a->other : a->acct;
	exch_qty qty = part(s, a->inst, a->v[1]);

	if (a->step % 2 == 0 &&
	    (bid == NO_TICK || ask == NO_TICK || ask - bid < 2)) {
		wake(s, a, 100 * MS);
		return;
	}
	if (a->step % 2 == 0) {
		a->v[2] = between(s, bid + 1, ask - 1);
		put_by(
		    s, a, one, EXCH_SELL, a->v[2], qty, EXCH_TIF_DAY, &a->o[0]);
		a->step++;
		wake(s, a, (exch_ts)between(s, 0, 2) * MS);
		return;
	}
	a->step++;
	put_by(s, a, two, EXCH_BUY, a->o[0].tick, qty, EXCH_TIF_IOC, &a->o[1]);
	pull(s, &a->o[0]);
	if (--a->v[0] > 0)
		wake(s, a, (exch_ts)law(s, "wash.pause_ms") * MS);
}

void
episode_wash(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, wash, inst, WASH);
	struct label *l = a->label;
	int64_t way = between(s, SAME, PAIR);

	a->other = way == SAME ? a->acct : account_new(s);
	if (way != SAME)
		l->acct[1] = a->other;
	if (way == GROUP)
		s->group[a->acct] = s->group[a->other] = a->acct;
	/* there and back are two */
	a->v[0] = law(s, "wash.trades") * (way == PAIR ? 2 : 1);
	a->v[1] = law(s, "wash.size_pct");
	episode_at(s, a, 5, 80);
}

/* ---- marking the close ---- */

static void
mark(struct sim *s, struct agent *a)
{
	if (s->now + (exch_ts)law(s, "close.every_ms") * MS >= s->end)
		return;
	take(s, a, a->side, law(s, "close.through"),
	    part(s, a->inst, law(s, "close.size_pct")), NULL);
	/* and what it leaves there keeps the price up */
	if (a->o[0].open == 0 && percent(s, 30)) {
		put(s, a, a->side, behind(s, a->inst, a->side, 0),
		    part(s, a->inst, 100), &a->o[0]);
	}
	wake(s, a, (exch_ts)law(s, "close.every_ms") * MS);
}

void
episode_close(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, mark, inst, CLOSE);

	a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	wake_at(s, a, s->end - (exch_ts)law(s, "close.window_s") * EXCH_SEC);
}

/* ---- front running ---- */

/*
 * v: the block in percent of units, parts tried, what of it was traded, how
 * many parts, and the house's share; `other` is the client, who knows nothing.
 */
static void
front(struct sim *s, struct agent *a)
{
	exch_qty want = part(s, a->inst, a->v[0]);
	exch_qty lot = want / (exch_qty)a->v[3];
	struct label *l = a->label;
	int64_t touch;

	switch (a->step++) {
	case 0:
		a->t[0] = s->now + (exch_ts)law(s, "front.lead_ms") * MS;
		a->v[4] = law(s, "front.share_pct");
		take(
		    s, a, a->side, 3, want * (exch_qty)a->v[4] / 200, &a->o[0]);
		wake(s, a, (a->t[0] - s->now) / 2);
		return;
	case 1:
		take(
		    s, a, a->side, 3, want * (exch_qty)a->v[4] / 200, &a->o[1]);
		wake_at(s, a, a->t[0]);
		return;
	default:
		break;
	}
	/* the client's block, part by part, until it is had or given up */
	if (a->v[2] * 10 < (int64_t)want * 9 && a->v[1]++ < 4 * a->v[3]) {
		a->step = 2;
		a->label = NULL;
		touch = best(s, a->inst, other_side(a->side));
		if (touch != NO_TICK)
			put_by(s, a, a->other, a->side,
			    touch - back(a->side, 4 * s->m[a->inst].gap), lot,
			    EXCH_TIF_IOC, &a->o[2]);
		a->v[2] += (int64_t)a->o[2].filled;
		a->o[2].filled = 0;
		a->label = l;
		wake(s, a, (exch_ts)law(s, "front.slice_ms") * MS);
		return;
	}
	/* the house gets out of what it has */
	if (a->step <= 5) {
		exch_qty has = a->o[0].filled + a->o[1].filled;

		take(s, a, other_side(a->side), 6, has / 3, NULL);
		wake(s, a, (exch_ts)between(s, 500, 3000) * MS);
	}
}

void
episode_front(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, front, inst, FRONT);

	a->other = account_new(s);
	s->role[a->acct] = 'h';
	s->role[a->other] = 'c';
	s->member[a->other] = s->member[a->acct];
	a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	a->v[0] = law(s, "front.block_pct");
	a->v[3] = law(s, "front.slices");
	episode_at(s, a, 10, 85);
}
