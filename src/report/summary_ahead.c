/*
 * The short way of the summary (ahead.h).
 */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "report/report.h"
#include "report/summary.h"

#define AT(T, p) EXCH_AHEAD_AT(T, p)

struct run {
	struct exch_ahead_run a;
	struct exch_summary *s;
};

/* Of what kind a record may be, from 1 on. */
static const uint8_t kinds[UINT8_MAX + 1] = {
    [EXCH_REC_NEW] = EXCH_AHEAD_NEW + 1,
    [EXCH_REC_CANCEL] = EXCH_AHEAD_CANCEL + 1,
    [EXCH_REC_REPLACE] = EXCH_AHEAD_REPLACE + 1,
    [EXCH_REC_EXEC] = EXCH_AHEAD_EXEC + 1,
    [EXCH_REC_CANCELLED] = EXCH_AHEAD_REST + 1,
    [EXCH_REC_EXPECT] = EXCH_AHEAD_EXPECT + 1,
};

/* ---- taking ---- */

/* The event is over: the spread may be another one. */
static inline void
over(struct run *v, uint32_t place)
{
	struct exch_tally_book *b = &v->a.t->book[place];
	exch_ts clock = v->s->clock;

	if (!b->moved)
		return;
	b->moved = false;
	exch_sum_look(v->s, place, v->a.time > clock ? v->a.time : clock);
}

/* One that was refused, with whatever is not so rare: by its own size. */
__attribute__((noinline)) static bool
take_odd(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_ahead_form *f =
	    &v->a.p->form[v->a.at[0] - EXCH_REC_NEW];
	const unsigned char *a = v->a.at + f->size;
	const struct exch_rec_reject *j = AT(exch_rec_reject, a);

	if ((size_t)(v->a.end - v->a.at) < f->size + sizeof(*j) ||
	    exch_ahead_differs(f, v->a.at) != 0 ||
	    exch_ahead_any_head_of(a) != v->a.p->reject ||
	    exch_ahead_strays(a, v->a.at) != 0 || !exch_ahead_is_last(a) ||
	    j->command != v->a.at[0])
		return false;
	v->s->by[e->place].rejects++;
	v->s->by[e->place].used = true;
	exch_summary_rejected(v->s, j->code);
	exch_ahead_pass(&v->a, AT(exch_rec, v->a.at)->time);
	exch_ahead_pass(&v->a, j->h.time);
	v->a.run->count[v->a.at[0]]++;
	v->a.taken[EXCH_AHEAD_ODD]++;
	v->a.at = a + sizeof(*j);
	return true;
}

static inline bool
take_new(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_new *c = AT(exch_rec_new, v->a.at);
	struct exch_tally_new o = {.id = c->order,
	    .qty = c->qty,
	    .place = e->place,
	    .side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};
	const unsigned char *a = v->a.at + sizeof(*c);

	if (exch_books_is_special(c) || c->qty == 0 ||
	    !exch_books_grid(&v->s->books, e->place, c->price, &o.tick))
		return false;
	if (!exch_ahead_is_last(a))
		exch_ahead_come_in(&v->a, &o);
	else if (exch_tally_add(v->a.t, &o) != EXCH_OK)
		return false;
	v->s->by[e->place].orders++;
	exch_ahead_taken(&v->a, EXCH_AHEAD_NEW);
	if (!v->a.open)
		over(v, e->place);
	return true;
}

static inline bool
take_cancel(struct run *v, const struct exch_ahead_soon *e)
{
	const unsigned char *a = v->a.at + sizeof(struct exch_rec_cancel);
	const struct exch_rec_cancelled *r = AT(exch_rec_cancelled, a);
	struct exch_tally_order *o;

	if (!exch_ahead_is_last(a) || r->reason != EXCH_WHY_USER ||
	    (r->open != 0 && r->qty == 0))
		return false;
	o = exch_tally_find(v->a.t, e->place, e->id);
	if (o == NULL)
		return false;
	if (r->open != 0 && r->qty < o->qty)
		exch_tally_reduce(v->a.t, o, r->qty);
	else
		exch_tally_remove(v->a.t, o);
	v->s->by[e->place].cancels++;
	exch_ahead_taken(&v->a, EXCH_AHEAD_CANCEL);
	over(v, e->place);
	return true;
}

static inline bool
take_replace(struct run *v, const struct exch_ahead_soon *e)
{
	if (!exch_ahead_replace(&v->a, e))
		return false;
	v->s->by[e->place].replaces++;
	if (!v->a.open)
		over(v, e->place);
	return true;
}

/* An answer of the event that is open was taken. */
static inline void
go_on(struct run *v, enum exch_ahead_kind kind, size_t size)
{
	if (exch_ahead_go_on(&v->a, kind, size))
		over(v, v->a.in.place);
}

/* The order that comes in meets one that rests. */
static inline bool
take_exec(struct run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_exec *x = AT(exch_rec_exec, v->a.at);
	struct exch_tally_order *o = exch_ahead_meets(&v->a, e, x);
	struct exch_tape_print print;
	struct exch_diag d;

	/* what the tape cannot take is told on the long way */
	if (o == NULL || exch_tape_trade(&v->s->tape, &v->a.run->insts,
			     e->place, &x->h, &print, &d) != EXCH_OK)
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
	exch_sum_cancelled(&v->s->by[v->a.in.place], r->reason);
	v->a.in.qty = 0;
	go_on(v, EXCH_AHEAD_REST, sizeof(*r));
	return true;
}

/* The venue's own execution. */
static bool
take_expect(struct run *v, const struct exch_ahead_soon *e)
{
	struct exch_summary *s = v->s;
	const struct exch_rec_expect *x = AT(exch_rec_expect, v->a.at);
	struct exch_diag d;

	if (e->place >= s->nfidel ||
	    exch_tape_note(&s->tape, &v->a.run->insts, e->place, &x->h,
		v->a.p->matcher, &d) != EXCH_OK)
		return false;
	(void)exch_fidel_record(&s->fidel[e->place], &x->h, &d);
	s->by[e->place].used = true;
	exch_ahead_pass(&v->a, x->h.time);
	v->a.taken[EXCH_AHEAD_EXPECT]++;
	v->a.at += sizeof(*x);
	return true;
}

/* Take one, or two; false: the run ends here. */
static inline bool
take_kind(struct run *v, const struct exch_ahead_soon *e)
{
	if (__builtin_expect(e->place >= v->a.places, 0))
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
	case EXCH_AHEAD_ODD:
		return !v->a.open && take_odd(v, e);
	case EXCH_AHEAD_KINDS:
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
	return take_kind(v, v->a.soon) && (v->a.soon++, true);
}

/* ---- a run ---- */

static bool
begin(struct run *v, struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_summary *s = run->state;
	const struct exch_rec *r;

	exch_reader_rest(in, &v->a.at, &v->a.end);
	r = AT(exch_rec, v->a.at);
	if (v->a.at == v->a.end ||
	    ((r->type < EXCH_REC_NEW || r->type > EXCH_REC_REPLACE) &&
		r->type != EXCH_REC_EXPECT) ||
	    !exch_books_idle(&s->books) || run->matcher == 0)
		return false;
	v->s = s;
	v->a.t = &s->books.tally;
	v->a.books = &s->books;
	v->a.places = s->n < s->books.n ? s->n : s->books.n;
	v->a.figures = (struct exch_ahead_figures){s->by, sizeof(*s->by)};
	/* as many places have not traded as have no sums */
	s->ahead.more[EXCH_AHEAD_EXEC] = (struct exch_ahead_figures){
	    s->tape.sum, s->tape.n >= v->a.places ? sizeof(*s->tape.sum) : 0};
	s->ahead.more[EXCH_AHEAD_EXPECT] = (struct exch_ahead_figures){
	    s->fidel, s->nfidel >= v->a.places ? sizeof(*s->fidel) : 0};
	return exch_ahead_begin(&v->a, &s->ahead, run, in);
}

void
exch_summary_ahead(struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_summary *s = run->state;
	struct run v;

	if (!begin(&v, run, in))
		return;
	exch_summary_look(s);
	while (take(&v))
		;
	if (exch_ahead_finish(&v.a, &s->books, in) && v.a.time > s->clock)
		s->clock = v.a.time;
}
