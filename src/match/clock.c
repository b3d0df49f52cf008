/*
 * What the clock does when no record does it: of one time, first orders
 * expire, then the timetable, then the alarms of instruments, then what a
 * speed bump held.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "match/general.h"
#include "match/part.h"
#include "ref/timetable.h"

/* ---- alarms: a heap, soonest first ---- */

static bool
sooner(const struct exch_alarm *a, const struct exch_alarm *b)
{
	if (a->time != b->time)
		return a->time < b->time;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	return a->instr < b->instr;
}

static void
push(struct exch_guard *g, struct exch_alarm a)
{
	size_t at = ++g->nalarm;

	for (; at > 1 && sooner(&a, &g->alarm[at / 2]); at /= 2)
		g->alarm[at] = g->alarm[at / 2];
	g->alarm[at] = a;
}

static void
pop(struct exch_guard *g)
{
	struct exch_alarm a = g->alarm[g->nalarm--];
	size_t at = 1, next;

	for (; (next = at * 2) <= g->nalarm; at = next) {
		if (next < g->nalarm &&
		    sooner(&g->alarm[next + 1], &g->alarm[next]))
			next++;
		if (!sooner(&g->alarm[next], &a))
			break;
		g->alarm[at] = g->alarm[next];
	}
	if (g->nalarm > 0)
		g->alarm[at] = a;
}

/* The instrument of an alarm that still is set for that time, or NULL. */
static struct exch_instr *
rings(const struct exch_match *m, const struct exch_alarm *a)
{
	struct exch_instr *in = exch_engine_instr(m, a->instr);

	return in->more->guard.alarm[a->kind] == a->time ? in : NULL;
}

/* The soonest alarm of a shard that is set, or NULL. */
static const struct exch_alarm *
own_alarm(struct exch_match *m)
{
	struct exch_guard *g = &m->guard;

	while (g->nalarm > 0 && rings(m, &g->alarm[1]) == NULL)
		pop(g);
	return g->nalarm > 0 ? &g->alarm[1] : NULL;
}

/* The same of all, and whose it is. */
static const struct exch_alarm *
next_alarm(const struct exch_match *m, struct exch_match **whose)
{
	struct exch_match *h = NULL;
	const struct exch_alarm *first = NULL;

	while ((h = exch_shard_after(m, h)) != NULL) {
		const struct exch_alarm *a = own_alarm(h);

		if (a != NULL && (first == NULL || sooner(a, first))) {
			first = a;
			*whose = h;
		}
	}
	return first;
}

exch_ts
exch_later(exch_ts time, uint64_t ns)
{
	exch_u128 sum = (exch_u128)time + ns;

	return sum >= EXCH_TS_NONE ? EXCH_TS_NONE - 1 : (exch_ts)sum;
}

void
exch_alarm_set(struct exch_match *m, struct exch_instr *in,
    enum exch_alarm_kind kind, exch_ts time)
{
	struct exch_guard *g = &m->guard;

	/* Time ends there: what would set itself again would never end. */
	if (time == EXCH_TS_NONE - 1)
		time = EXCH_TS_NONE;
	if (in->more->guard.alarm[kind] == time)
		return;
	if (kind == EXCH_ALARM_RESUME) {
		g->nresume -= in->more->guard.alarm[kind] != EXCH_TS_NONE;
		if (g->nresume == 0 || time < g->resume)
			g->resume = time;
		g->nresume += time != EXCH_TS_NONE;
	}
	in->more->guard.alarm[kind] = time;
	if (time != EXCH_TS_NONE && g->nalarm + 1 >= g->cap_alarm) {
		size_t cap = g->cap_alarm * 2 + 64;
		struct exch_alarm *p = exch_realloc(g->alarm, cap, sizeof(*p));

		if (p == NULL) {
			m->ended = true;
			return;
		}
		g->alarm = p;
		g->cap_alarm = cap;
	}
	if (time != EXCH_TS_NONE)
		push(g, (struct exch_alarm){time, in->book.instr, kind});
	exch_engine_due(m);
}

/* Those that are set, looked through: the bound has been reached. */
static exch_ts
first_resume(const struct exch_match *m)
{
	exch_ts time = EXCH_TS_NONE;

	for (size_t i = 1; i <= m->guard.nalarm; i++) {
		const struct exch_alarm *a = &m->guard.alarm[i];

		if (a->kind == EXCH_ALARM_RESUME && a->time < time &&
		    rings(m, a) != NULL)
			time = a->time;
	}
	return time;
}

exch_ts
exch_alarm_resume(const struct exch_match *m)
{
	struct exch_match *h = NULL;
	exch_ts time = EXCH_TS_NONE;

	while ((h = exch_shard_after(m, h)) != NULL) {
		struct exch_guard *g = &h->guard;

		if (g->nresume == 0)
			continue;
		if (g->resume <= m->now)
			g->resume = first_resume(h);
		if (g->resume < time)
			time = g->resume;
	}
	return time;
}

/* By the shard whose alarm it is. */
static void
ring_own(struct exch_match *m, struct exch_alarm a)
{
	struct exch_instr *in = rings(m, &a);
	exch_ts was = m->now;

	exch_check(in != NULL); /* own_alarm() has left no other in front */
	pop(&m->guard);
	if (a.time > m->now)
		m->now = a.time;
	m->last = NULL;
	exch_alarm_set(m, in, (enum exch_alarm_kind)a.kind, EXCH_TS_NONE);
	if (a.kind == EXCH_ALARM_RESUME)
		exch_monitor_resume(m, in);
	else if (a.kind == EXCH_ALARM_INDICATE)
		exch_monitor_indicate(m, in);
	else
		exch_luld_pause(m, in);
	if (m->last != NULL)
		m->last->flags |= EXCH_F_LAST;
	else if (a.kind == EXCH_ALARM_INDICATE)
		m->now = was; /* some of these are passed over altogether */
}

static void
ring(struct exch_match *m)
{
	struct exch_match *h = m;
	const struct exch_alarm *a = next_alarm(m, &h);

	if (h != m)
		exch_hand_over(m, h);
	exch_part_step(h, a->time, EXCH_PART_ALARM, a->kind, false);
	exch_part_go(h, EXCH_PART_EACH, a->instr);
	ring_own(h, *a);
	exch_back(m, h);
}

/* ---- what is due ---- */

static exch_ts
next_row(const struct exch_match *m)
{
	const struct exch_timetable *t = m->o.timetable;

	return t != NULL && m->all->next_row < t->n
		   ? t->row[m->all->next_row].time
		   : EXCH_TS_NONE;
}

/* What does not belong to any instrument. */
static exch_ts
common_due(const struct exch_match *m)
{
	exch_ts due = m->all->doubles;
	exch_ts other[] = {next_row(m), exch_hold_next(m)};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(other); i++)
		if (other[i] < due)
			due = other[i];
	return due;
}

static exch_ts
soonest_due(const struct exch_match *m)
{
	const struct exch_match *h = NULL;
	exch_ts time = EXCH_TS_NONE;

	while ((h = exch_shard_after(m, h)) != NULL)
		if (h->due < time)
			time = h->due;
	return time;
}

void
exch_engine_due(struct exch_match *m)
{
	exch_ts due = common_due(m), expire = exch_expire_next(m);
	const struct exch_alarm *a = own_alarm(m);

	if (expire < due)
		due = expire;
	if (a != NULL && a->time < due)
		due = a->time;
	m->due = due;
	if (!m->all->apart)
		m->all->shard[0]->hot.due = soonest_due(m);
}

void
exch_engine_due_all(struct exch_match *m)
{
	struct exch_match *h = NULL;

	while ((h = exch_shard_after(m, h)) != NULL)
		exch_engine_due(h);
}

/* When the next order expires, of all. */
static exch_ts
next_expiry(const struct exch_match *m)
{
	const struct exch_match *h = NULL;
	exch_ts time = EXCH_TS_NONE;

	while ((h = exch_shard_after(m, h)) != NULL)
		if (exch_expire_next(h) < time)
			time = exch_expire_next(h);
	return time;
}

/* Up to when nothing but alarms can happen on the way to `time`. */
static exch_ts
quiet_until(const struct exch_match *m, exch_ts time)
{
	exch_ts other[] = {next_expiry(m), next_row(m), exch_hold_next(m)};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(other); i++)
		if (other[i] < time)
			time = other[i];
	return time;
}

/* The one thing that is due first. */
static int
do_due(struct exch_match *m, exch_ts due, struct exch_diag *d)
{
	struct exch_match *whose;
	const struct exch_alarm *a = next_alarm(m, &whose);
	int err = 0;

	if (next_expiry(m) == due)
		exch_expire_one(m);
	else if (next_row(m) == due)
		exch_phase_row(m, &m->o.timetable->row[m->all->next_row++]);
	else if (m->all->doubles == due)
		exch_luld_double(m);
	else if (a != NULL && a->time == due)
		ring(m);
	else
		err = exch_hold_release(m, d);
	if (m->all->breaker.due != 0)
		exch_breaker_act(m);
	if (m->all->midpoints && !m->ended)
		exch_mid_follow(m, 0);
	exch_engine_due_all(m);
	return err;
}

/* Is there a call that the day has ended, but that goes on for a while? */
static bool
calls_linger(const struct exch_match *m)
{
	for (size_t i = 1; i <= m->guard.nalarm; i++) {
		const struct exch_alarm *a = &m->guard.alarm[i];
		const struct exch_instr *in = rings(m, a);

		if (in != NULL && a->kind == EXCH_ALARM_RESUME &&
		    (in->more->guard.drawn || in->more->guard.extended ||
			in->more->guard.put_off))
			return true;
	}
	return false;
}

/* What lies behind the end of the day and happens all the same. */
static bool
lingers(const struct exch_match *m)
{
	const struct exch_match *h = NULL;

	if (exch_hold_next(m) != EXCH_TS_NONE)
		return true;
	while ((h = exch_shard_after(m, h)) != NULL)
		if (calls_linger(h))
			return true;
	return false;
}

static int
advance(struct exch_match *m, exch_ts time, struct exch_diag *d)
{
	const struct exch_timetable *t = m->o.timetable;
	bool end = time == EXCH_TS_NONE;
	exch_ts due;
	int err = 0;

	/*
	 * What lies behind the day is not ours to tell; what is held is, and
	 * so are calls that the day ended and that end later.
	 */
	if (end)
		time = t != NULL && t->n > 0 ? t->row[t->n - 1].time : 0;
	while (err == 0 && (due = m->all->shard[0]->hot.due) != EXCH_TS_NONE &&
	       !m->ended && (due <= time || (end && lingers(m)))) {
		if (m->o.stop != NULL && *m->o.stop != 0)
			return EXCH_ERR_STOP;
		m->all->horizon = quiet_until(m, end ? EXCH_TS_NONE : time);
		if (m->all->part != NULL && due > time)
			m->all->part->why =
			    "a call goes on behind the end of the day";
		err = do_due(m, due, d);
		if (err == 0 && m->all->part != NULL)
			err = exch_part_error(m, d);
	}
	return m->ended ? exch_engine_why(m, d) : err;
}

int
exch_match_advance_slow(struct exch_match *m, exch_ts time, struct exch_diag *d)
{
	int err;

	if (m->all->nshards == 1)
		return advance(m, time, d);
	exch_shard_enter(m);
	err = advance(m, time, d);
	exch_shard_leave(m);
	return err;
}
