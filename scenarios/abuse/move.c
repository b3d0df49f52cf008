/* Those who move a price for its own sake. */
#include <config.h>

#include "abuse.h"

/* Some follow who see a price run. */
static void
chaser(struct sim *s, struct agent *a)
{
	if (a->step++ == 0) {
		take(s, a, a->side, 2, part(s, a->inst, a->v[0] / 4), NULL);
		put(s, a, a->side, behind(s, a->inst, a->side, 0),
		    part(s, a->inst, a->v[0]), &a->o[0]);
		wake(s, a, 90 * EXCH_SEC);
		return;
	}
	pull(s, &a->o[0]);
}

static void
chasers(struct sim *s, const struct agent *a, int64_t pct)
{
	for (int i = 0; i < 6; i++) {
		struct agent *c = agent_new(s, chaser, a->inst);

		c->side = a->side;
		c->v[0] = pct / 4;
		wake(s, c, (exch_ts)between(s, 100, 1500) * MS);
	}
}

/* ---- momentum ignition ---- */

static void
ignite(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[0];
	int64_t here = mid(s, a->inst);

	if (a->step == 0) {
		a->v[1] = here;
		a->t[0] = s->now + (exch_ts)law(s, "momentum.burst_ms") * MS;
		a->step = 1;
	}
	if (a->step == 1) {
		int64_t moved = (here - a->v[1]) * -back(a->side, 1);

		a->v[2] += (int64_t)o->filled;
		o->filled = 0;
		if (s->now < a->t[0] && moved < a->v[1] * a->v[0] / 10000) {
			take(s, a, a->side, 8,
			    part(s, a->inst, law(s, "momentum.size_pct")), o);
			a->v[2] += (int64_t)o->filled;
			o->filled = 0;
			wake(s, a, (exch_ts)between(s, 60, 250) * MS);
			return;
		}
		chasers(s, a, a->v[2] * 100 / (int64_t)s->m[a->inst].unit);
		/* others take it for news */
		if (!s->injects)
			s->m[a->inst].value =
			    here * 1000 +
			    (here - a->v[1]) * between(s, 100, 500);
		a->step = 2;
		a->v[3] = a->v[2];
		wake(s, a, (exch_ts)law(s, "momentum.wait_ms") * MS);
		return;
	}
	if (a->step++ > 8 || a->v[3] <= 0)
		return;
	take(s, a, other_side(a->side), 5,
	    (exch_qty)(a->step >= 7 ? a->v[3] : a->v[2] / 5 + 1), o);
	a->v[3] -= (int64_t)o->filled;
	o->filled = 0;
	wake(s, a, (exch_ts)law(s, "momentum.unwind_ms") * MS / 6);
}

void
episode_momentum(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, ignite, inst, MOMENTUM);

	a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	a->v[0] = law(s, "momentum.move_bp");
	episode_at(s, a, 10, 85);
}

/* ---- ramping ---- */

static void
ramp(struct sim *s, struct agent *a)
{
	int64_t touch = best(s, a->inst, other_side(a->side));

	/* never at a worse price than the last one */
	if (touch != NO_TICK &&
	    (a->step == 0 || (touch - a->v[1]) * -back(a->side, 1) >= 0)) {
		a->v[1] = touch;
		a->step++;
		/* some believe it */
		if (!s->injects)
			s->m[a->inst].value +=
			    -back(a->side, between(s, 50, 250));
		take(s, a, a->side, between(s, 0, 1),
		    part(s, a->inst, law(s, "ramp.size_pct")), NULL);
		if (--a->v[0] <= 0)
			return;
	} else if (s->now > a->t[0] && a->t[0] != 0) {
		/* it went away from it: it takes what is in between */
		take(s, a, a->side, 2, part(s, a->inst, 100), NULL);
	}
	a->t[0] = s->now + 3 * EXCH_SEC;
	wake(s, a, (exch_ts)law(s, "ramp.pause_ms") * MS);
}

void
episode_ramping(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, ramp, inst, RAMPING);

	a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	a->v[0] = law(s, "ramp.trades");
	episode_at(s, a, 5, 80);
}

/* ---- pump and dump ---- */

static void
pump(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[0];
	int64_t here = mid(s, a->inst);
	exch_qty lot = part(s, a->inst, law(s, "pump.size_pct"));

	a->v[2] += (a->step < 2 ? 1 : -1) * (int64_t)o->filled;
	o->filled = 0;
	if (a->step == 0) { /* quietly */
		pull(s, o);
		put(s, a, EXCH_BUY, behind(s, a->inst, EXCH_BUY, -1), lot, o);
		if (s->now >= a->t[0]) {
			pull(s, o);
			a->v[1] = here;
			a->step = 1;
		}
		wake(s, a, 4 * EXCH_SEC + expo(s, 3 * EXCH_SEC));
		return;
	}
	if (a->step == 1) { /* loudly */
		take(s, a, EXCH_BUY, 4, lot, o);
		if (here * 100 >= a->v[1] * (100 + a->v[0])) {
			a->step = 2;
			wake(s, a, expo(s, 20 * EXCH_SEC));
			return;
		}
		wake(s, a, (exch_ts)law(s, "pump.pause_ms") * MS);
		return;
	}
	if (a->v[2] <= 0)
		return;
	take(s, a, EXCH_SELL, 5,
	    (exch_qty)a->v[2] < lot * 3 ? (exch_qty)a->v[2] : lot * 3, o);
	wake(s, a, (exch_ts)law(s, "pump.pause_ms") * MS);
}

void
episode_pump(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, pump, inst, PUMP);
	exch_ts span = s->end - s->begin;

	a->side = EXCH_BUY;
	a->v[0] = law(s, "pump.rise_pct");
	episode_at(s, a, 2, 25);
	a->t[0] = s->begin + span / 100 * (exch_ts)between(s, 35, 50);
}
