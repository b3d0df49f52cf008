/*
 * Orders that are not meant: spoofing in the ways of four cases, layering and
 * quote stuffing.
 */
#include <config.h>

#include "abuse.h"

#define BAITS 10 /* orders a->o[0..9]; [10] is the real one */

static void
pull_baits(struct sim *s, struct agent *a)
{
	for (int i = 0; i < BAITS; i++)
		pull(s, &a->o[i]);
	if (a->label != NULL)
		a->label->end = s->now;
}

static bool
next_cycle(struct sim *s, struct agent *a, const char *pause)
{
	pull(s, &a->o[BAITS]);
	a->step = 0;
	if (--a->v[0] <= 0)
		return false;
	wake(s, a, (exch_ts)law(s, pause) * MS);
	return true;
}

/* So much that it weighs, and so many times what is really wanted. */
static exch_qty
bait_size(
    struct sim *s, struct agent *a, exch_qty real, int64_t ratio, int64_t share)
{
	exch_qty weigh =
	    depth(s, a->inst, other_side(a->side), 8) * (exch_qty)share / 100;
	exch_qty q = real * (exch_qty)ratio / 10;

	q = q > weigh ? q : weigh;
	return q / s->m[a->inst].lot * s->m[a->inst].lot;
}

/* ---- spoofing ---- */

enum { FLASH, FLIP, IMPROVE };

/*
 * After Coscia: little is wanted on one side, much shown on the other for
 * some hundred milliseconds, or until the little was filled.
 */
static void
flash(struct sim *s, struct agent *a)
{
	int64_t away = a->v[2];
	int64_t n = a->v[3];
	exch_qty real = part(s, a->inst, a->v[5]);
	exch_qty big;

	switch (a->step++) {
	case 0:
		put(s, a, a->side, behind(s, a->inst, a->side, -1), real,
		    &a->o[BAITS]);
		wake(s, a, (exch_ts)between(s, 10, 60) * MS);
		return;
	case 1:
		if (a->o[BAITS].open == 0) { /* no need for it: no attempt */
			a->v[0]++;
			(void)next_cycle(s, a, "spoof.pause_ms");
			return;
		}
		big = bait_size(s, a, real, a->v[1], a->v[6]);
		for (int64_t i = 0; i < n; i++)
			put(s, a, other_side(a->side),
			    behind(s, a->inst, other_side(a->side), away + i),
			    big / (exch_qty)n, &a->o[i]);
		a->t[0] = s->now + (exch_ts)law(s, "spoof.hold_ms") * MS;
		break;
	default:
		break;
	}
	if (a->o[BAITS].filled > 0 || s->now >= a->t[0]) {
		/* nobody came: it goes and gets it */
		if (a->o[BAITS].filled == 0 && percent(s, 80)) {
			pull(s, &a->o[BAITS]);
			take(s, a, a->side, 0, real, &a->o[BAITS]);
		}
		pull_baits(s, a);
		(void)next_cycle(s, a, "spoof.pause_ms");
		return;
	}
	wake(s, a, 15 * MS);
}

/*
 * After Oystacher: large orders on one side, pulled, and in the same moment
 * the market is taken from the other.
 */
static void
flip(struct sim *s, struct agent *a)
{
	unsigned show = other_side(a->side);
	exch_qty real = part(s, a->inst, a->v[5]);
	exch_qty big;

	if (a->step++ == 0) {
		big = bait_size(s, a, real, a->v[1], a->v[6]);
		for (int64_t i = 0; i < a->v[3]; i++)
			put(s, a, show, behind(s, a->inst, show, a->v[2] + i),
			    big / (exch_qty)a->v[3], &a->o[i]);
		wake(s, a, (exch_ts)law(s, "spoof.hold_ms") * MS);
		return;
	}
	/* who buys was shown selling: it takes while that still stands */
	take(s, a, a->side, 0, real, &a->o[BAITS]);
	pull_baits(s, a);
	(void)next_cycle(s, a, "spoof.pause_ms");
}

/*
 * Type 2 of FINRA 5210.03: an order narrows the spread, others join it, and
 * they are who the order on the other side trades with.
 */
static void
improve(struct sim *s, struct agent *a)
{
	unsigned show = other_side(a->side);
	int64_t touch = best(s, a->inst, show);
	int64_t far = best(s, a->inst, a->side);

	switch (a->step++) {
	case 0:
		if (touch == NO_TICK || far == NO_TICK ||
		    (touch - far) * back(show, 1) < 3 * s->m[a->inst].gap) {
			a->step = 0;
			wake(s, a, 200 * MS);
			return;
		}
		put(s, a, show, touch - back(show, s->m[a->inst].gap),
		    part(s, a->inst, 20), &a->o[0]);
		a->t[0] = s->now + 4 * EXCH_SEC;
		break;
	default:
		if (a->o[0].open == 0) {
			a->step = 0;
			wake(s, a, EXCH_SEC);
			return;
		}
		/* somebody joined, who wants more than we show */
		if (touch == a->o[0].tick &&
		    at_best(s, a->inst, show) > 2 * a->o[0].open) {
			exch_qty n = at_best(s, a->inst, show) - a->o[0].open;

			pull_baits(s, a);
			take(s, a, a->side, 0, n, &a->o[BAITS]);
			(void)next_cycle(s, a, "spoof.pause_ms");
			return;
		}
		if (s->now > a->t[0] || touch != a->o[0].tick) {
			pull_baits(s, a);
			a->step = 0;
			wake(s, a, 500 * MS);
			return;
		}
	}
	wake(s, a, 40 * MS);
}

void
episode_spoofing(struct sim *s, unsigned inst)
{
	static agent_fn *const ways[] = {flash, flip, improve};
	int64_t way =
	    s->injects ? between(s, FLASH, FLIP) : between(s, FLASH, IMPROVE);
	struct agent *a = episode_new(s, ways[way], inst, SPOOFING);

	a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	a->v[0] = law(s, "spoof.cycles");
	a->v[1] = law(s, "spoof.ratio10");
	a->v[2] = law(s, "spoof.away");
	a->v[3] = law(s, "spoof.orders");
	a->v[5] = law(s, "spoof.size_pct");
	a->v[6] = law(s, "spoof.depth_pct");
	episode_at(s, a, 5, 70);
}

/* ---- layering ---- */

/*
 * Several orders one behind the other on one side while little is done on the
 * other, then they go.  `dwell`, after Sarao: they stay and keep away from
 * the touch by being changed again and again.
 */
static void
layer(struct sim *s, struct agent *a)
{
	unsigned show = other_side(a->side);
	exch_qty real = part(s, a->inst, a->v[5]);

	if (a->step++ == 0) {
		exch_qty big = bait_size(s, a, real, a->v[1], a->v[6]);

		for (int64_t i = 0; i < a->v[3]; i++)
			put(s, a, show, behind(s, a->inst, show, a->v[2] + i),
			    big / (exch_qty)a->v[3], &a->o[i]);
		if (percent(s, 60))
			put(s, a, a->side, behind(s, a->inst, a->side, -1),
			    real, &a->o[BAITS]);
		a->t[0] = s->now + (exch_ts)law(s, "layer.hold_ms") * MS;
		wake(s, a, 20 * MS);
		return;
	}
	if (a->o[BAITS].filled == 0 && s->now < a->t[0]) {
		wake(s, a, 20 * MS);
		return;
	}
	if (a->o[BAITS].filled == 0) {
		pull(s, &a->o[BAITS]);
		take(s, a, a->side, 0, real, &a->o[BAITS]);
	}
	if (a->step < 1000) { /* some moments more */
		a->step = 1000;
		wake(s, a, (exch_ts)law(s, "layer.after_ms") * MS);
		return;
	}
	pull_baits(s, a);
	(void)next_cycle(s, a, "layer.pause_ms");
}

static void
dwell(struct sim *s, struct agent *a)
{
	unsigned show = other_side(a->side);
	exch_qty real = part(s, a->inst, a->v[5]);
	int64_t touch = best(s, a->inst, show);

	if (a->step++ == 0) {
		exch_qty big = bait_size(s, a, real, a->v[1], a->v[6]);

		for (int64_t i = 0; i < a->v[3]; i++)
			put(s, a, show, behind(s, a->inst, show, 3 + i),
			    big / (exch_qty)a->v[3], &a->o[i]);
		a->t[0] = s->now + (exch_ts)law(s, "layer.dwell_s") * EXCH_SEC;
		a->t[1] = s->now + (exch_ts)between(s, 2, 10) * EXCH_SEC;
	}
	if (s->now >= a->t[0]) {
		pull_baits(s, a);
		return;
	}
	if (touch != NO_TICK && a->step > 1) {
		int64_t slip = between(s, 0, 1);

		for (int64_t i = 0; i < a->v[3]; i++)
			move(s, &a->o[i],
			    touch +
				back(show, (3 + slip + i) * s->m[a->inst].gap));
	}
	if (s->now >= a->t[1]) {
		take(s, a, a->side, 0, real, &a->o[BAITS]);
		a->t[1] = s->now + (exch_ts)between(s, 5, 30) * EXCH_SEC;
	}
	if (a->label != NULL)
		a->label->end = s->now;
	wake(s, a, (exch_ts)between(s, 400, 2500) * MS);
}

void
episode_layering(struct sim *s, unsigned inst)
{
	bool stays = percent(s, 35);
	struct agent *a = episode_new(s, stays ? dwell : layer, inst, LAYERING);

	a->side = (uint8_t)between(s, EXCH_BUY, EXCH_SELL);
	a->v[0] = law(s, "layer.cycles");
	a->v[1] = law(s, "layer.ratio10");
	a->v[2] = law(s, "layer.away");
	a->v[3] = law(s, "layer.orders");
	a->v[5] = law(s, "layer.size_pct");
	a->v[6] = law(s, "layer.depth_pct");
	episode_at(s, a, 5, 65);
}

/* ---- quote stuffing ---- */

static void
stuff(struct sim *s, struct agent *a)
{
	struct ord *o = &a->o[a->step++ % BAITS];
	exch_ts gap = EXCH_SEC / (exch_ts)a->v[1] * 2;
	unsigned side = (unsigned)between(s, EXCH_BUY, EXCH_SELL);

	if (a->t[0] == 0)
		a->t[0] = s->now + (exch_ts)a->v[2] * MS;
	if (s->now >= a->t[0]) {
		pull_baits(s, a);
		a->t[0] = 0;
		if (--a->v[0] > 0)
			wake(s, a, (exch_ts)law(s, "stuff.pause_ms") * MS);
		return;
	}
	/* one goes and one comes: two messages */
	pull(s, o);
	put(s, a, side,
	    behind(s, a->inst, side, between(s, a->v[3], a->v[3] + 3)),
	    part(s, a->inst, 10), o);
	wake(s, a, gap / 2 + (exch_ts)between(s, 0, (int64_t)gap));
}

void
episode_stuffing(struct sim *s, unsigned inst)
{
	struct agent *a = episode_new(s, stuff, inst, STUFFING);

	a->v[0] = law(s, "stuff.bursts");
	a->v[1] = law(s, "stuff.rate");
	a->v[2] = law(s, "stuff.burst_ms");
	a->v[3] = law(s, "stuff.away");
	episode_at(s, a, 5, 80);
}
