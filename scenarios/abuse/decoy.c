/* Innocent flow that looks like a pattern: each day has some of each kind. */
#include <config.h>

#include "abuse.h"

/* Much on several prices, taken back, and nothing done on the other side. */
static void
vanisher(struct sim *s, struct agent *a)
{
	for (int i = 0; i < 4; i++)
		pull(s, &a->o[i]);
	if (a->step++ % 2 == 0) {
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
		for (int i = 0; i < 4; i++)
			put(s, a, a->side, behind(s, a->inst, a->side, 2 + i),
			    part(s, a->inst, between(s, 200, 600)), &a->o[i]);
		wake(s, a, (exch_ts)between(s, 300, 20000) * MS);
		return;
	}
	wake(s, a, expo(s, 120 * EXCH_SEC));
}

/* Two desks of one firm meet by accident. */
static void
desks(struct sim *s, struct agent *a)
{
	unsigned side = (unsigned)between(s, EXCH_BUY, EXCH_SELL);
	bool first = percent(s, 50);
	struct ord *o = &a->o[first];

	pull(s, o);
	if (percent(s, 70))
		put_by(s, a, first ? a->acct : a->other, side,
		    behind(s, a->inst, side, between(s, -1, 2)),
		    part(s, a->inst, 60), EXCH_TIF_DAY, o);
	else
		put_by(s, a, first ? a->acct : a->other, side,
		    behind(s, a->inst, other_side(side), -1),
		    part(s, a->inst, 60), EXCH_TIF_IOC, o);
	wake(s, a, expo(s, 6 * EXCH_SEC));
}

/* A storm of quotes, on both sides and to trade. */
static void
storm(struct sim *s, struct agent *a)
{
	if (a->step++ >= a->v[0]) {
		for (int i = 0; i < 4; i++)
			pull(s, &a->o[i]);
		a->step = 0;
		wake(s, a, expo(s, 400 * EXCH_SEC));
		return;
	}
	for (unsigned side = EXCH_BUY; side <= EXCH_SELL; side++) {
		struct ord *o = &a->o[side];

		if (percent(s, 40)) {
			pull(s, o);
			put(s, a, side,
			    behind(s, a->inst, side, between(s, -1, 1)),
			    part(s, a->inst, 60), o);
		}
	}
	wake(s, a, (exch_ts)between(s, 5, 25) * MS);
}

/* Breaks out, and holds what it bought. */
static void
breakout(struct sim *s, struct agent *a)
{
	if (a->step == 0)
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	take(s, a, a->side, 3, part(s, a->inst, between(s, 200, 500)), NULL);
	if (++a->step < 6) {
		wake(s, a, (exch_ts)between(s, 100, 600) * MS);
		return;
	}
	a->step = 0;
	wake(s, a, expo(s, 900 * EXCH_SEC));
}

/* Takes a little at a time, without looking at the price. */
static void
twap(struct sim *s, struct agent *a)
{
	if (a->step == 0) {
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
		a->step = (int)between(s, 30, 120);
		wake(s, a, expo(s, 200 * EXCH_SEC));
		return;
	}
	a->step--;
	take(s, a, a->side, 0, part(s, a->inst, between(s, 20, 60)), NULL);
	wake(s, a, (exch_ts)between(s, 2500, 6000) * MS);
}

/* An index fund at the close: large, and never in a hurry. */
static void
fund(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[0];

	if (a->side == 0)
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	pull(s, o);
	put(s, a, a->side, behind(s, a->inst, a->side, 0),
	    part(s, a->inst, 250), o);
	wake(s, a, (exch_ts)between(s, 2000, 6000) * MS);
}

/*
 * The house is on the side of a block of its client before it, since it
 * trades all day, and does not turn.
 */
static void
house(struct sim *s, struct agent *a)
{
	if (a->side == 0)
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	take(s, a, a->side, 1, part(s, a->inst, between(s, 20, 90)), NULL);
	wake(s, a, expo(s, 12 * EXCH_SEC));
	if (between(s, 0, 59) == 0) /* it thinks better of it */
		a->side = (uint8_t)other_side(a->side);
}

static void
client(struct sim *s, struct agent *a)
{
	if (a->step == 0) {
		a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
		a->step = 8;
		wake(s, a, expo(s, 500 * EXCH_SEC));
		return;
	}
	a->step--;
	take(s, a, a->side, 4, part(s, a->inst, between(s, 300, 500)), NULL);
	wake(s, a, (exch_ts)between(s, 300, 2500) * MS);
}

/* Buys all day, whatever the price, and keeps it. */
static void
collector(struct sim *s, struct agent *a)
{
	take(s, a, EXCH_BUY, 2, part(s, a->inst, between(s, 40, 150)), NULL);
	wake(s, a, expo(s, 15 * EXCH_SEC));
}

void
decoys(struct sim *s)
{
	static agent_fn *const kinds[] = {
	    vanisher, desks, storm, breakout, twap, house};
	struct agent *a, *b;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(kinds); i++) {
		for (int n = 0; n < 2; n++) {
			a = agent_new(s, kinds[i], (unsigned)between(s, 0, 2));
			a->v[0] = between(s, 40, 200);
			wake(s, a, expo(s, 200 * EXCH_SEC));
			if (kinds[i] == desks) {
				a->other = account_new(s);
				s->group[a->acct] = a->acct;
				s->group[a->other] = a->acct;
			}
			if (kinds[i] == house) {
				s->role[a->acct] = 'h';
				b = agent_new(s, client, a->inst);
				s->role[b->acct] = 'c';
				s->member[b->acct] = s->member[a->acct];
				wake(s, b, expo(s, 300 * EXCH_SEC));
			}
		}
	}
	a = agent_new(s, fund, (unsigned)between(s, 0, 2));
	wake_at(s, a, s->end - (exch_ts)between(s, 200, 400) * EXCH_SEC);
	a = agent_new(s, collector, 3);
	wake(s, a, expo(s, 100 * EXCH_SEC));
}
