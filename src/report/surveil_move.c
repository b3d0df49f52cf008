/*
 * Those who move prices: momentum ignition (a burst, and out again while others
 * follow), ramping (small trades, each at the last price or better),
 * pump and dump (accumulated, driven up, sold).
 */
#include <config.h>

#include "report/surveil.h"

/* What the instrument has traded within so long. */
static exch_u128
lately(const struct exch_surv_inst *x, exch_ts since)
{
	exch_u128 sum = 0;

	for (size_t i = x->n; i-- > 0;) {
		const struct exch_surv_trade *t =
		    &x->ring[(x->first + i) % x->cap];

		if (t->time < since)
			break;
		sum += t->qty;
	}
	return sum;
}

/* ---- momentum ignition ---- */

/* How far the price went in the time of the burst, whoever traded. */
static int64_t
reached(const struct exch_surv *s, const struct exch_surv_actor *a)
{
	const struct exch_surv_inst *x = &s->inst[a->key.place];
	exch_ts t = exch_surv_ns(EXCH_SURV_RULE(s, momentum, burst));
	int64_t most = 0;

	for (size_t i = x->n; i-- > 0;) {
		const struct exch_surv_trade *k =
		    &x->ring[(x->first + i) % x->cap];
		int64_t bp =
		    exch_surv_bp(a->moved_from, k->price, a->moved_side);

		if (k->time < a->moved_at)
			break;
		if (k->time <= a->moved_at + t && bp > most)
			most = bp;
	}
	return most;
}

static void
burst(struct exch_surv *s, const struct exch_surv_fill *f)
{
	struct exch_surv_actor *a = f->a;
	const struct exch_surv_inst *x = &s->inst[f->place];
	exch_ts t = exch_surv_ns(EXCH_SURV_RULE(s, momentum, burst));

	if (a->burst_at == 0 || a->burst_side != f->side ||
	    s->now > a->burst_at + t) {
		a->burst_at = s->now;
		a->burst_side = f->side;
		a->burst_from = f->before != 0 ? f->before : f->price;
		a->burst = 0;
	}
	a->burst += f->qty;
	/* the rest may be of those who follow */
	if (exch_surv_bp(a->burst_from, f->price, f->side) * 2 <
	    EXCH_SURV_RULE(s, momentum, move))
		return;
	if ((exch_u128)a->burst * 100 <
	    lately(x, s->now - 60 * EXCH_SEC) *
		(exch_u128)(uint64_t)EXCH_SURV_RULE(s, momentum, share))
		return;
	/* who mostly waits for others, and what is no burst */
	if (a->taken < a->volume[0] + a->volume[1] - a->taken ||
	    (exch_u128)exch_surv_most(s, a, f->side ^ 1u) * 3 > a->burst ||
	    (exch_u128)a->burst * x->trades <
		x->total *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, momentum, trades))
		return;
	a->moved = a->burst;
	a->moved_side = f->side;
	a->moved_at = a->burst_at;
	a->moved_from = a->burst_from;
	a->unwound = 0;
	a->moved_until =
	    s->now + exch_surv_ns(EXCH_SURV_RULE(s, momentum, unwind));
}

static int
unwind(struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_actor *a = f->a;
	struct exch_surv_hit h;

	if (s->now > a->moved_until || f->side == a->moved_side)
		return EXCH_OK;
	a->unwound += f->qty;
	if ((exch_u128)a->unwound * 100 <
		(exch_u128)a->moved *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, momentum, unwound) ||
	    reached(s, a) < EXCH_SURV_RULE(s, momentum, move))
		return EXCH_OK;
	a->moved_until = 0;
	h = exch_surv_once(s, EXCH_SURV_MOMENTUM,
	    a->moved_side == 0 ? "up" : "down", f, a->moved_at);
	return exch_surv_hit(s, &h, d,
	    "burst=%llu unwound=%llu move>=%lldbp within=%lldms",
	    (unsigned long long)a->moved, (unsigned long long)a->unwound,
	    (long long)EXCH_SURV_RULE(s, momentum, move),
	    (long long)EXCH_SURV_RULE(s, momentum, burst));
}

/* ---- ramping ---- */

static void
run_begins(const struct exch_surv *s, const struct exch_surv_fill *f)
{
	struct exch_surv_actor *a = f->a;

	a->run_side = f->side;
	a->run = 1;
	a->run_at = s->now;
	a->run_steps = 0;
	a->run_qty = 0;
	a->run_total = s->inst[f->place].total - f->qty;
}

static int
ramp(struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_actor *a = f->a;
	const struct exch_surv_inst *x = &s->inst[f->place];
	exch_ts pause = exch_surv_ns(EXCH_SURV_RULE(s, ramping, pause));
	exch_u128 most = x->trades != 0 ? x->total / x->trades : 0;
	bool worse = f->side == 0 ? f->price < a->run_px : f->price > a->run_px;
	struct exch_surv_hit h;
	exch_u128 all;

	most =
	    most * (exch_u128)(uint64_t)EXCH_SURV_RULE(s, ramping, size) / 100;
	if (a->run == 0 || a->run_side != f->side || worse ||
	    s->now > a->run_last + pause)
		run_begins(s, f);
	else if (a->run_order != f->o->key.id)
		a->run++;
	if (a->run > 1 && f->price != a->run_px)
		a->run_steps++;
	a->run_order = f->o->key.id;
	a->run_px = f->price;
	a->run_last = s->now;
	a->run_qty += f->qty;
	all = x->total - a->run_total;
	/* who quotes the other side as well makes a market */
	if (a->run < EXCH_SURV_RULE(s, ramping, trades) ||
	    (exch_u128)exch_surv_most(s, a, f->side ^ 1u) * a->run >
		(exch_u128)a->run_qty ||
	    (exch_u128)a->run_qty > most * a->run ||
	    (exch_u128)a->run_qty * 100 <
		all * (exch_u128)(uint64_t)EXCH_SURV_RULE(s, ramping, share) ||
	    a->run_steps < EXCH_SURV_RULE(s, ramping, steps))
		return EXCH_OK;
	h = exch_surv_once(
	    s, EXCH_SURV_RAMPING, f->side == 0 ? "up" : "down", f, a->run_at);
	h.score = a->run;
	return exch_surv_hit(s, &h, d,
	    "trades=%u steps=%u volume=%llu of=%llu share>=%lld%% trades>=%lld "
	    "steps>=%lld",
	    a->run, a->run_steps, (unsigned long long)a->run_qty,
	    (unsigned long long)all,
	    (long long)EXCH_SURV_RULE(s, ramping, share),
	    (long long)EXCH_SURV_RULE(s, ramping, trades),
	    (long long)EXCH_SURV_RULE(s, ramping, steps));
}

/* ---- pump and dump ---- */

static int
sold(struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_actor *a = f->a;
	const struct exch_surv_inst *x = &s->inst[f->place];
	exch_u128 all = x->total - a->flat_total;
	int64_t rise = exch_surv_bp(a->flat_px, a->high_px, 0) / 100;
	struct exch_surv_hit h;

	a->dumped += f->qty;
	if (a->peak <= 0 || rise < EXCH_SURV_RULE(s, pump, rise) ||
	    s->now >
		a->peak_at + exch_surv_ns(EXCH_SURV_RULE(s, pump, after)) ||
	    (exch_u128)a->bought * 100 <
		all * (exch_u128)(uint64_t)EXCH_SURV_RULE(s, pump, volume) ||
	    (exch_i128)a->peak * 100 <
		(exch_i128)a->bought * EXCH_SURV_RULE(s, pump, kept) ||
	    (exch_i128)(a->peak - a->position) * 100 <
		(exch_i128)a->peak * EXCH_SURV_RULE(s, pump, sold))
		return EXCH_OK;
	h = exch_surv_once(s, EXCH_SURV_PUMP, "pump-and-dump", f, a->flat_at);
	h.gap = exch_surv_ns(EXCH_SURV_RULE(s, pump, after));
	h.score = (uint64_t)rise;
	return exch_surv_hit(s, &h, d,
	    "rise=%lld%% peak_position=%lld now=%lld bought=%llu of=%llu",
	    (long long)rise, (long long)a->peak, (long long)a->position,
	    (unsigned long long)a->bought, (unsigned long long)all);
}

static int
hold(struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_actor *a = f->a;
	exch_ts days = exch_surv_ns(EXCH_SURV_RULE(s, pump, days));

	if (f->side == 0 && (a->position <= 0 || a->flat_at + days < s->now)) {
		a->flat_at = s->now;
		a->flat_px = f->price;
		a->high_px = f->price;
		a->flat_total = s->inst[f->place].total - f->qty;
		a->peak = 0;
		a->bought = 0;
		a->dumped = 0;
	}
	a->position += f->side == 0 ? (int64_t)f->qty : -(int64_t)f->qty;
	if (f->price > a->high_px)
		a->high_px = f->price;
	if (f->side != 0)
		return sold(s, f, d);
	a->bought += f->qty;
	if (a->position > a->peak) {
		a->peak = a->position;
		a->peak_at = s->now;
	}
	return EXCH_OK;
}

int
exch_surv_move(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (f->a == f->contra)
		return EXCH_OK;
	if (f->side != f->a->run_side)
		f->a->run = 0; /* it does not mean the price */
	if (f->taker) {
		burst(s, f);
		rc = ramp(s, f, d);
	}
	if (rc == EXCH_OK)
		rc = unwind(s, f, d);
	return rc == EXCH_OK ? hold(s, f, d) : rc;
}
