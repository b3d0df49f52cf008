/*
 * The short way of samples (ahead.h): what exch-match has answered, and what
 * a feed displays order by order.
 *
 * Who shows the best of both sides alone, and only news, mostly has nothing
 * to show: what stands there is compared in place.
 */
#include <config.h>

#include "report/ahead.h"
#include "report/levels.h"
#include "report/report.h"
#include "report/sample.h"

#define AT(T, p) EXCH_AHEAD_AT(T, p)

struct run {
	struct exch_ahead_run a;
	struct exch_samples *s;
	exch_ts until; /* the last time before the next sample is due */
	bool each;     /* after each event */
	bool quick;    /* the best of both sides, and only news */
};

/* Of what kind a record may be, from 1 on. */
static const uint8_t kinds[UINT8_MAX + 1] = {
    [EXCH_REC_NEW] = EXCH_AHEAD_NEW + 1,
    [EXCH_REC_CANCEL] = EXCH_AHEAD_CANCEL + 1,
    [EXCH_REC_REPLACE] = EXCH_AHEAD_REPLACE + 1,
    [EXCH_REC_EXEC] = EXCH_AHEAD_EXEC + 1,
    [EXCH_REC_CANCELLED] = EXCH_AHEAD_REST + 1,
    [EXCH_REC_EXPECT] = EXCH_AHEAD_EXPECT + 1,
    [EXCH_REC_BOOK_ADD] = EXCH_AHEAD_SHOW_ADD + 1,
    [EXCH_REC_BOOK_EXEC] = EXCH_AHEAD_SHOW_EXEC + 1,
    [EXCH_REC_BOOK_REDUCE] = EXCH_AHEAD_SHOW_REDUCE + 1,
    [EXCH_REC_BOOK_DELETE] = EXCH_AHEAD_SHOW_DELETE + 1,
    [EXCH_REC_BOOK_REPLACE] = EXCH_AHEAD_SHOW_REPLACE + 1,
    [EXCH_REC_BOOK_LEVEL] = EXCH_AHEAD_SHOW_LEVEL + 1,
    [EXCH_REC_BOOK_TOP] = EXCH_AHEAD_SHOW_TOP + 1,
};

/* ---- when an event is over ---- */

/* As it was read: two numbers just written are slow to be read as one. */
static inline void
set_level(struct exch_sample_level *l, int64_t tick, exch_qty qty)
{
	l->tick = tick;
	l->qty = qty;
}

/* What stands best, and whether it is news. */
static inline bool
is_news(struct run *v, uint32_t place)
{
	struct exch_samples *s = v->s;
	const struct exch_tally_side *side = v->a.t->book[place].side;
	const struct exch_slot_data *slots = v->a.t->level;
	/* where there is no best it is slot 0, which is all zeros */
	const struct exch_slot_data *bid = &slots[side[0].best];
	const struct exch_slot_data *ask = &slots[side[1].best];
	struct exch_sample_level *shown = &s->shown[(size_t)2 * place];
	int64_t bid_tick = bid->tick, ask_tick = ask->tick;
	exch_qty bid_qty = bid->qty, ask_qty = ask->qty;

	if (bid_tick == shown[0].tick && bid_qty == shown[0].qty &&
	    ask_tick == shown[1].tick && ask_qty == shown[1].qty)
		return false;
	set_level(&s->now[0], bid_tick, bid_qty);
	set_level(&s->now[1], ask_tick, ask_qty);
	set_level(&shown[0], bid_tick, bid_qty);
	set_level(&shown[1], ask_tick, ask_qty);
	return true;
}

/* What goes wrong is told by the next record. */
static inline void
over(struct run *v, uint32_t place, exch_ts time)
{
	struct exch_samples *s = v->s;
	struct exch_report_run *run = v->a.run;

	if (!v->each)
		return;
	if (__builtin_expect(!v->quick || place >= s->nshown, 0))
		s->failed = exch_samples_sample(run, place, time, &s->diag);
	else if (exch_report_watched(run, place) && is_news(v, place))
		s->failed = s->put(run, place, time, NULL, &s->diag);
}

/* Not before a sample that is due, and not without a time. */
static inline bool
in_time(const struct run *v, const unsigned char *p)
{
	return AT(exch_rec, p)->time <= v->until;
}

/* ---- commands with their answers ---- */

static inline bool
take_new(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_new *c = AT(exch_rec_new, v->a.at);
	struct exch_tally_new o = {.id = c->order,
	    .qty = c->qty,
	    .place = e->place,
	    .side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};
	const unsigned char *a = v->a.at + sizeof(*c);

	if (exch_books_is_special(c) || c->qty == 0 || !in_time(v, a) ||
	    !exch_books_grid(&v->s->follow.books, e->place, c->price, &o.tick))
		return false;
	if (!exch_ahead_is_last(a))
		exch_ahead_come_in(&v->a, &o);
	else if (exch_tally_add(v->a.t, &o) != EXCH_OK)
		return false;
	exch_ahead_taken(&v->a, EXCH_AHEAD_NEW);
	if (!v->a.open)
		over(v, e->place, AT(exch_rec, a)->time);
	return true;
}

static inline bool
take_cancel(struct run *v, const struct exch_ahead_soon *e)
{
	const unsigned char *a = v->a.at + sizeof(struct exch_rec_cancel);
	struct exch_tally_order *o;

	if (!exch_ahead_is_last(a) || !in_time(v, a) ||
	    AT(exch_rec_cancelled, a)->open != 0)
		return false;
	o = exch_tally_find(v->a.t, e->place, e->id);
	if (o == NULL)
		return false;
	exch_tally_remove(v->a.t, o);
	exch_ahead_taken(&v->a, EXCH_AHEAD_CANCEL);
	over(v, e->place, AT(exch_rec, a)->time);
	return true;
}

static inline bool
take_replace(struct run *v, const struct exch_ahead_soon *e)
{
	const unsigned char *a = v->a.at + sizeof(struct exch_rec_replace);

	if (!in_time(v, a) || !exch_ahead_replace(&v->a, e))
		return false;
	if (!v->a.open)
		over(v, e->place, AT(exch_rec, a)->time);
	return true;
}

/* An answer of the event that is open was taken. */
static inline void
go_on(struct run *v, enum exch_ahead_kind kind, size_t size)
{
	exch_ts time = AT(exch_rec, v->a.at)->time;

	if (exch_ahead_go_on(&v->a, kind, size))
		over(v, v->a.in.place, time);
}

/* The order that comes in meets one that rests. */
static inline bool
take_exec(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_exec *x = AT(exch_rec_exec, v->a.at);
	struct exch_tally_order *o = exch_ahead_meets(&v->a, e, x);
	struct exch_diag d;

	/* what the tape cannot take is told on the long way */
	if (o == NULL ||
	    exch_samples_trade(v->a.run, e->place, &x->h, &d) != EXCH_OK)
		return false;
	exch_ahead_trade(&v->a, o, x);
	go_on(v, EXCH_AHEAD_EXEC, sizeof(*x));
	return true;
}

/* What an order that came in has left does not rest. */
static bool
take_rest(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_cancelled *r = AT(exch_rec_cancelled, v->a.at);

	if (r->order != v->a.in.id || r->open != 0 || v->a.in.qty == 0 ||
	    e->place != v->a.in.place)
		return false;
	v->a.in.qty = 0;
	go_on(v, EXCH_AHEAD_REST, sizeof(*r));
	return true;
}

/* The venue's own execution: the books are the engine's. */
static bool
take_expect(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_expect *x = AT(exch_rec_expect, v->a.at);
	struct exch_diag d;

	if (v->s->follow.by != EXCH_FOLLOW_ENGINE ||
	    exch_samples_trade(v->a.run, e->place, &x->h, &d) != EXCH_OK)
		return false;
	exch_ahead_pass(&v->a, x->h.time);
	v->a.taken[EXCH_AHEAD_EXPECT]++;
	v->a.at += sizeof(*x);
	return true;
}

/* ---- what a feed displays ---- */

/* It was taken; the time of the event of which it is a part. */
static inline exch_ts
part(struct run *v, const struct exch_ahead_soon *e)
{
	exch_ts time = AT(exch_rec, v->a.at)->time;

	exch_ahead_pass(&v->a, time);
	v->a.taken[e->kind]++;
	v->a.at += v->a.p->form[e->kind].both;
	return time;
}

/* The same, and it is an event of its own. */
static inline void
shown(struct run *v, const struct exch_ahead_soon *e)
{
	over(v, e->place, part(v, e));
}

static inline bool
show_add(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_book_add *c = AT(exch_rec_book_add, v->a.at);
	struct exch_tally_new o = {.id = c->order,
	    .qty = c->qty,
	    .place = e->place,
	    .side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};

	if (c->qty == 0 ||
	    !exch_books_grid(
		&v->s->follow.books, e->place, c->price, &o.tick) ||
	    exch_tally_add(v->a.t, &o) != EXCH_OK)
		return false;
	shown(v, e);
	return true;
}

/* Some of it, or all. */
static inline bool
show_less(struct run *v, const struct exch_ahead_soon *e, exch_qty qty)
{
	struct exch_tally_order *o = exch_tally_find(v->a.t, e->place, e->id);

	if (o == NULL || qty == 0)
		return false;
	if (qty < o->qty)
		exch_tally_reduce(v->a.t, o, qty);
	else
		exch_tally_remove(v->a.t, o);
	shown(v, e);
	return true;
}

static inline bool
show_replace(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_book_replace *c =
	    AT(exch_rec_book_replace, v->a.at);
	struct exch_books *books = &v->s->follow.books;
	struct exch_tally_new n = {
	    .id = c->new_order, .qty = c->qty, .place = e->place};
	struct exch_tally_order *o;

	/* what follows must not fail when the old order is gone */
	if (c->qty == 0 || !exch_tally_room(v->a.t) ||
	    !exch_ahead_keeps_grid(&v->a, e->place) ||
	    !exch_books_grid(books, e->place, c->price, &n.tick))
		return false;
	o = exch_tally_find(v->a.t, e->place, e->id);
	if (o == NULL)
		return false;
	n.side = exch_tally_side_of(o);
	exch_tally_remove(v->a.t, o);
	books->unknown += exch_tally_add(v->a.t, &n) != EXCH_OK;
	shown(v, e);
	return true;
}

/* What is wrong with these two is told on the long way, which begins anew. */
static inline bool
show_level(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_book_level *c = AT(exch_rec_book_level, v->a.at);
	bool last = exch_ahead_is_last(v->a.at);
	struct exch_diag d;
	exch_ts time;

	if (exch_levels_level(&v->s->follow.books, e->place, c, &d) != EXCH_OK)
		return false;
	time = part(v, e);
	/* levels are good when the venue says so */
	if (last)
		over(v, e->place, time);
	return true;
}

static inline bool
show_top(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_book_top *c = AT(exch_rec_book_top, v->a.at);
	struct exch_diag d;

	if (exch_levels_top(&v->s->follow.books, e->place, c, &d) != EXCH_OK)
		return false;
	shown(v, e);
	return true;
}

/* ---- a run ---- */

/* Take one, or two; false: the run ends here. */
static inline bool
take_kind(struct run *v, const struct exch_ahead_soon *e)
{
	const unsigned char *p = v->a.at;

	if (__builtin_expect(e->place >= v->a.places || !in_time(v, p), 0))
		return false;
	switch (e->kind) {
	case EXCH_AHEAD_NEW:
		return !v->a.open && take_new(v, e);
	case EXCH_AHEAD_CANCEL:
		return !v->a.open && take_cancel(v, e);
	case EXCH_AHEAD_REPLACE:
		return !v->a.open && take_replace(v, e);
	case EXCH_AHEAD_EXEC:
		return v->a.open && take_exec(v, e);
	case EXCH_AHEAD_REST:
		return v->a.open && take_rest(v, e);
	case EXCH_AHEAD_EXPECT:
		return !v->a.open && take_expect(v, e);
	case EXCH_AHEAD_SHOW_ADD:
		return !v->a.open && show_add(v, e);
	case EXCH_AHEAD_SHOW_EXEC:
		return !v->a.open &&
		       show_less(v, e, AT(exch_rec_book_exec, p)->qty);
	case EXCH_AHEAD_SHOW_REDUCE:
		return !v->a.open &&
		       show_less(v, e, AT(exch_rec_book_reduce, p)->qty);
	case EXCH_AHEAD_SHOW_DELETE:
		return !v->a.open && show_less(v, e, EXCH_QTY_NONE);
	case EXCH_AHEAD_SHOW_REPLACE:
		return !v->a.open && show_replace(v, e);
	case EXCH_AHEAD_SHOW_LEVEL:
		return !v->a.open && show_level(v, e);
	case EXCH_AHEAD_SHOW_TOP:
		return !v->a.open && show_top(v, e);
	default:
		return false;
	}
}

static inline bool
take(struct run *v)
{
	if (v->a.soon == v->a.behind)
		exch_ahead_gather(&v->a, kinds);
	if (v->a.soon == v->a.behind || v->a.soon->at != v->a.at)
		return false;
	return take_kind(v, v->a.soon) && (v->a.soon++, true) &&
	       v->s->failed == EXCH_OK;
}

/* Is it of a kind with which a run may begin? */
static bool
may_begin(const struct exch_samples *s, const struct exch_report_run *run,
    uint8_t type)
{
	if (type >= EXCH_REC_BOOK_ADD && type <= EXCH_REC_BOOK_TOP)
		/* its executions go to the tape on the long way */
		return s->tapeless;
	return ((type >= EXCH_REC_NEW && type <= EXCH_REC_REPLACE) ||
		   type == EXCH_REC_EXPECT) &&
	       s->follow.by == EXCH_FOLLOW_ENGINE && run->matcher != 0;
}

static bool
begin(struct run *v, struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_samples *s = run->state;
	struct exch_books *books = &s->follow.books;
	size_t levels = (size_t)2 * run->o.levels;

	exch_reader_rest(in, &v->a.at, &v->a.end);
	if (v->a.at == v->a.end || s->failed != EXCH_OK ||
	    s->follow.under_way || !exch_books_idle(books) ||
	    !may_begin(s, run, v->a.at[0]))
		return false;
	v->each = run->o.when == EXCH_WHEN_EVENT;
	/* the first record says when samples are due */
	if (!v->each && !s->started)
		return false;
	v->until =
	    v->each || s->next == EXCH_TS_NONE ? EXCH_TS_NONE - 1 : s->next;
	v->quick = s->tapeless && run->o.changed && run->o.levels == 1;
	v->s = s;
	v->a.t = &books->tally;
	v->a.books = books;
	v->a.places = books->n;
	v->a.figures =
	    (struct exch_ahead_figures){s->nshown != 0 ? s->shown : s->now,
		s->nshown != 0 ? levels * sizeof(*s->shown) : 0};
	return exch_ahead_begin(&v->a, &s->ahead, run, in);
}

void
exch_samples_ahead(struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_samples *s = run->state;
	struct run v;

	if (!begin(&v, run, in))
		return;
	while (take(&v))
		;
	if (exch_ahead_finish(&v.a, &s->follow.books, in) &&
	    v.a.time > s->follow.clock)
		s->follow.clock = v.a.time;
}
