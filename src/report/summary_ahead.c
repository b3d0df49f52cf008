/*
 * The short way of the summary: whole events where they lie in the block,
 * without the states in which books.c waits for what comes next.  Nearly
 * all of a day are ordinary commands that rest, end or are refused, orders
 * that trade as they come in, and the venue's own executions.
 *
 * The orders of the next commands are looked for some dozens at a time
 * before the first of them is taken: the memory of all is then on its way
 * at once.
 *
 * A record is taken when nothing about it is unusual, and then the result is
 * that of the long way; everything is looked at before anything is changed.
 * The first other record ends the run and goes the long way, in the middle
 * of an event, too.
 */
#include <config.h>

#include <string.h>

#include "report/report.h"
#include "report/summary.h"

struct run {
	struct exch_report_run *run;
	struct exch_summary *s;
	struct exch_sum_ahead *p;
	struct exch_tally *t;
	const unsigned char *at;
	const unsigned char *end;
	exch_ts clock;	   /* the summary's */
	exch_ts latest;	   /* run->last_time */
	uint64_t asked;	   /* records taken of p->source */
	uint64_t answered; /* and of p->matcher */
	/* an event that is not over: `in` is coming in, or has traded away */
	bool open;
	struct exch_tally_new in;
};

#define AT(T, p) ((const struct T *)(const void *)(p))

/* ---- what records look like ---- */

/* The four bytes before the instrument, as one number to compare. */
static inline uint32_t
head(uint8_t type, size_t size, uint8_t flags, uint8_t source)
{
	const uint8_t b[4] = {type, (uint8_t)(size / 8), flags, source};
	uint32_t h;

	memcpy(&h, b, sizeof(h));
	return h;
}

static inline uint32_t
head_of(const unsigned char *p)
{
	uint32_t h;

	memcpy(&h, p, sizeof(h));
	return h;
}

/* Whether it is the last of its event or not. */
static inline uint32_t
any_head_of(const unsigned char *p)
{
	return head_of(p) & ~head(0, 0, EXCH_F_LAST, 0);
}

static inline bool
is_last(const unsigned char *p)
{
	return (AT(exch_rec, p)->flags & EXCH_F_LAST) != 0;
}

/* What records of these two sources look like. */
static void
set_heads(struct exch_sum_ahead *p, uint8_t source, uint8_t matcher)
{
	p->source = source;
	p->matcher = matcher;
#define HEAD(type, T, from) head(type, sizeof(struct T), 0, from)
	p->new = HEAD(EXCH_REC_NEW, exch_rec_new, source);
	p->cancel = HEAD(EXCH_REC_CANCEL, exch_rec_cancel, source);
	p->replace = HEAD(EXCH_REC_REPLACE, exch_rec_replace, source);
	p->expect = HEAD(EXCH_REC_EXPECT, exch_rec_expect, source);
	p->ack = HEAD(EXCH_REC_ACK, exch_rec_ack, matcher);
	p->cancelled = HEAD(EXCH_REC_CANCELLED, exch_rec_cancelled, matcher);
	p->replaced = HEAD(EXCH_REC_REPLACED, exch_rec_replaced, matcher);
	p->reject = HEAD(EXCH_REC_REJECT, exch_rec_reject, matcher);
	p->exec = HEAD(EXCH_REC_EXEC, exch_rec_exec, matcher);
#undef HEAD
}

/* ---- looking ahead ---- */

/* The order that has been resting. */
static inline exch_oid
resting(const struct exch_rec_exec *e)
{
	return e->aggressor == EXCH_BUY ? e->sell : e->buy;
}

/* What begins at one order's home may end in the next line. */
static inline void
fetch_home(const struct exch_tally *t, uint32_t home)
{
	__builtin_prefetch(&t->order[home], 1);
	__builtin_prefetch(&t->order[home] + 1, 1);
}

/* An order will be looked for. */
static inline void
seek(const struct run *v, struct exch_sum_soon *e, const unsigned char *at,
    exch_oid id)
{
	uint32_t place =
	    exch_insts_known(&v->run->insts, AT(exch_rec, at)->instr);

	e->at = at;
	e->id = id;
	e->place = place;
	e->home = exch_tally_home(v->t, place, id);
	fetch_home(v->t, e->home);
	if (place < v->s->n && place < v->s->books.n) {
		__builtin_prefetch(&v->t->book[place], 1);
		__builtin_prefetch(&v->s->books.inst[place]);
		__builtin_prefetch(&v->s->by[place], 1);
	}
	if (AT(exch_rec, at)->type != EXCH_REC_REPLACE)
		return;
	e->next_home =
	    exch_tally_home(v->t, place, AT(exch_rec_replace, at)->new_order);
	fetch_home(v->t, e->next_home);
}

/*
 * The orders' homes have come by now.  Those that live are looked for, and
 * their levels asked for, and the nodes in which levels will be made, ended
 * and followed.
 */
static inline void
fetch_levels(const struct run *v, struct exch_sum_soon *e, unsigned n)
{
	const struct exch_tally *t = v->t;
	uint8_t live[EXCH_SUM_AHEAD];
	unsigned nlive = 0;

	for (unsigned i = 0; i < n; i++) {
		live[nlive] = (uint8_t)i;
		nlive += e[i].at[0] != EXCH_REC_NEW;
	}
	for (unsigned i = 0; i < nlive; i++) {
		struct exch_sum_soon *s = &e[live[i]];
		const struct exch_tally_order *o =
		    exch_tally_probe(t, s->place, s->id, s->home);

		s->found = (uint32_t)(o - t->order);
		__builtin_prefetch(&t->level[o->level], 1);
	}
	for (unsigned i = 0; i < n; i++) {
		const struct exch_tally_book *b;

		if (e[i].place >= t->nbooks)
			continue;
		b = &t->book[e[i].place];
		__builtin_prefetch(&t->trie.node[b->side[0].trie.finger], 1);
		__builtin_prefetch(&t->trie.node[b->side[1].trie.finger], 1);
	}
	for (unsigned i = 0; i < nlive; i++) {
		exch_slot l = t->order[e[live[i]].found].level;

		__builtin_prefetch(&t->trie.node[t->level[l].level], 1);
	}
}

/*
 * The next orders that will be looked for, from v->at on.  Nothing is
 * checked here but that what is read lies in the block.
 */
static void
gather(struct run *v)
{
	struct exch_sum_ahead *p = v->p;
	const unsigned char *at = v->at;
	unsigned n = 0;

	while (n < EXCH_SUM_AHEAD) {
		size_t left = (size_t)(v->end - at);
		size_t len;

		if (left < sizeof(struct exch_rec_ack))
			break;
		len = (size_t)at[1] * 8;
		if (len - sizeof(struct exch_rec_ack) >
		    left - sizeof(struct exch_rec_ack))
			break;
		if (at[0] <= EXCH_REC_REPLACE) {
			if (len >= sizeof(struct exch_rec_replace) ||
			    at[0] != EXCH_REC_REPLACE)
				seek(v, &p->list[n++], at,
				    AT(exch_rec_cancel, at)->order);
		} else if (at[0] == EXCH_REC_EXEC &&
			   len >= sizeof(struct exch_rec_exec)) {
			seek(v, &p->list[n++], at,
			    resting(AT(exch_rec_exec, at)));
		}
		at += len;
	}
	fetch_levels(v, p->list, n);
	p->n = n;
	p->next = 0;
	p->made = v->t->made;
}

/* The table has become another one. */
__attribute__((noinline, cold)) static void
seek_again(struct run *v)
{
	struct exch_sum_ahead *p = v->p;

	for (unsigned i = p->next; i < p->n; i++)
		seek(v, &p->list[i], p->list[i].at, p->list[i].id);
	fetch_levels(v, p->list + p->next, p->n - p->next);
	p->made = v->t->made;
}

/* It is nearly always where it was; NULL: it does not live. */
static inline struct exch_tally_order *
find(const struct exch_tally *t, const struct exch_sum_soon *e)
{
	struct exch_tally_order *o = &t->order[e->found];

	if (__builtin_expect(
		o->level != 0 && o->id == e->id && o->place == e->place, 1))
		return o;
	return exch_tally_find_at(t, e->place, e->id, e->home);
}

/* ---- taking ---- */

static inline void
pass(struct run *v, exch_ts t)
{
	if (t > v->latest)
		v->latest = t;
	if (t > v->clock)
		v->clock = t;
}

/* The event is over: the spread may be another one. */
static inline void
over(struct run *v, uint32_t place)
{
	struct exch_tally_book *b = &v->t->book[place];

	if (!b->moved)
		return;
	b->moved = false;
	exch_sum_look(v->s, place, v->clock);
}

/* A command and its answer lie in the block, one behind the other. */
static inline const unsigned char *
answer(const struct run *v, size_t size, size_t answer_size)
{
	const unsigned char *a = v->at + size;

	/* all commands and answers begin with the order they speak of */
	if ((size_t)(v->end - v->at) < size + answer_size ||
	    AT(exch_rec, a)->instr != AT(exch_rec, v->at)->instr ||
	    AT(exch_rec_ack, a)->order != AT(exch_rec_cancel, v->at)->order)
		return NULL;
	return a;
}

/* Both of them were taken; `size` of the answer. */
static inline void
taken(struct run *v, const unsigned char *a, size_t size)
{
	exch_ts asked = AT(exch_rec, v->at)->time;
	exch_ts answered = AT(exch_rec, a)->time;

	pass(v, answered > asked ? answered : asked);
	v->run->count[v->at[0]]++;
	v->run->count[a[0]]++;
	v->asked++;
	v->answered++;
	v->at = a + size;
}

/* A command of this size, refused. */
__attribute__((noinline)) static bool
take_refused(struct run *v, size_t size, uint32_t place)
{
	const unsigned char *a =
	    answer(v, size, sizeof(struct exch_rec_reject));
	const struct exch_rec_reject *j;

	if (a == NULL)
		return false;
	j = AT(exch_rec_reject, a);
	if (any_head_of(a) != v->p->reject || !is_last(a) ||
	    j->command != v->at[0])
		return false;
	v->s->by[place].rejects++;
	v->s->by[place].used = true;
	exch_summary_rejected(v->s, j->code);
	taken(v, a, sizeof(*j));
	return true;
}

/* The order comes in; what it trades with comes next. */
static inline void
come_in(struct run *v, const struct exch_tally_new *o)
{
	v->open = true;
	v->in = *o;
}

static inline bool
take_new(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_rec_new *c = AT(exch_rec_new, v->at);
	struct exch_tally_new o = {.id = c->order,
	    .qty = c->qty,
	    .place = e->place,
	    .side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};
	const unsigned char *a =
	    answer(v, sizeof(*c), sizeof(struct exch_rec_ack));

	if (a == NULL)
		return false;
	if (any_head_of(a) != v->p->ack)
		return take_refused(v, sizeof(*c), e->place);
	if (exch_books_is_special(c) || c->qty == 0 ||
	    !exch_books_grid(&v->s->books, e->place, c->price, &o.tick))
		return false;
	if (!is_last(a))
		come_in(v, &o);
	else if (exch_tally_add_at(v->t, &o, e->home) != EXCH_OK)
		return false;
	v->s->by[e->place].orders++;
	taken(v, a, sizeof(struct exch_rec_ack));
	if (!v->open)
		over(v, e->place);
	return true;
}

static inline bool
take_cancel(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_rec_cancelled *r;
	struct exch_tally_order *o;
	const unsigned char *a =
	    answer(v, sizeof(struct exch_rec_cancel), sizeof(*r));

	if (a == NULL || any_head_of(a) != v->p->cancelled)
		return take_refused(
		    v, sizeof(struct exch_rec_cancel), e->place);
	r = AT(exch_rec_cancelled, a);
	if (!is_last(a) || r->reason != EXCH_WHY_USER || r->open != 0)
		return false;
	o = find(v->t, e);
	if (o == NULL)
		return false;
	exch_tally_remove(v->t, o);
	v->s->by[e->place].cancels++;
	taken(v, a, sizeof(*r));
	over(v, e->place);
	return true;
}

/*
 * When the last order goes, the next one's price is on the grid that the
 * instrument has by then: the same, but in a stream that nobody has matched.
 */
static inline bool
keeps_grid(const struct run *v, uint32_t place)
{
	return v->t->book[place].norders > 1 ||
	       v->s->books.inst[place].tick == v->run->insts.inst[place].tick;
}

/* It keeps its place, with as much or with less. */
static inline void
shrink(struct exch_tally *t, struct exch_tally_order *o, exch_qty qty)
{
	if (qty < o->qty)
		exch_tally_reduce(t, o, o->qty - qty);
}

static inline bool
take_replace(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_rec_replace *c = AT(exch_rec_replace, v->at);
	const struct exch_rec_replaced *r;
	struct exch_tally_order *o;
	struct exch_tally_new n;
	const unsigned char *a = answer(v, sizeof(*c), sizeof(*r));

	if (a == NULL || any_head_of(a) != v->p->replaced)
		return take_refused(v, sizeof(*c), e->place);
	r = AT(exch_rec_replaced, a);
	/* what follows must not fail when the old order is gone */
	if (r->qty == 0 || (r->kept != 0 && !is_last(a)) ||
	    r->new_order != c->new_order || !exch_tally_room(v->t) ||
	    v->p->made != v->t->made)
		return false;
	o = find(v->t, e);
	if (o == NULL)
		return false;
	n = (struct exch_tally_new){.id = r->new_order,
	    .qty = r->qty,
	    .place = e->place,
	    .side = exch_tally_side_of(o)};
	if (r->kept == 0 &&
	    (!keeps_grid(v, e->place) ||
		!exch_books_grid(&v->s->books, e->place, c->price, &n.tick)))
		return false;
	if (r->kept != 0)
		shrink(v->t, o, r->qty);
	else
		exch_tally_remove(v->t, o);
	if (!is_last(a))
		come_in(v, &n);
	else if (r->kept == 0)
		v->s->books.unknown +=
		    exch_tally_add_at(v->t, &n, e->next_home) != EXCH_OK;
	v->s->by[e->place].replaces++;
	taken(v, a, sizeof(*r));
	if (!v->open)
		over(v, e->place);
	return true;
}

/* An answer of the event that is open was taken. */
static inline void
go_on(struct run *v, size_t size)
{
	bool last = is_last(v->at);

	pass(v, AT(exch_rec, v->at)->time);
	v->run->count[v->at[0]]++;
	v->answered++;
	v->at += size;
	if (!last)
		return;
	/* what is left rests; there was room for it */
	if (v->in.qty != 0)
		v->s->books.unknown += exch_tally_add(v->t, &v->in) != EXCH_OK;
	v->open = false;
	over(v, v->in.place);
}

/* The order that comes in meets one that rests. */
static inline bool
take_exec(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_rec_exec *x = AT(exch_rec_exec, v->at);
	struct exch_tape_print print;
	struct exch_tally_order *o;
	struct exch_diag d;

	if (!v->open || e->place != v->in.place || x->aggressor != v->in.side ||
	    x->qty == 0 || x->qty > v->in.qty || e->id == v->in.id ||
	    (x->aggressor == EXCH_BUY ? x->buy : x->sell) != v->in.id)
		return false;
	if (is_last(v->at) &&
	    (!exch_tally_room(v->t) || v->p->made != v->t->made))
		return false;
	o = find(v->t, e);
	/* what the tape cannot take is told on the long way */
	if (o == NULL || exch_tape_trade(&v->s->tape, &v->run->insts, e->place,
			     &x->h, &print, &d) != EXCH_OK)
		return false;
	if (x->qty < o->qty)
		exch_tally_reduce(v->t, o, x->qty);
	else
		exch_tally_remove(v->t, o);
	v->in.qty -= x->qty;
	go_on(v, sizeof(*x));
	return true;
}

/* What an order that came in has left does not rest. */
static bool
take_rest(struct run *v)
{
	const struct exch_rec_cancelled *r = AT(exch_rec_cancelled, v->at);

	if (r->order != v->in.id || r->open != 0 || v->in.qty == 0 ||
	    exch_insts_known(&v->run->insts, r->h.instr) != v->in.place)
		return false;
	exch_sum_cancelled(&v->s->by[v->in.place], r->reason);
	v->in.qty = 0;
	go_on(v, sizeof(*r));
	return true;
}

/* The venue's own execution. */
static bool
take_expect(struct run *v)
{
	struct exch_summary *s = v->s;
	const struct exch_rec_expect *x = AT(exch_rec_expect, v->at);
	uint32_t place = exch_insts_known(&v->run->insts, x->h.instr);
	struct exch_diag d;

	if (place >= s->n || place >= s->nfidel || place >= s->books.n ||
	    exch_tape_note(&s->tape, &v->run->insts, place, &x->h,
		v->p->matcher, &d) != EXCH_OK)
		return false;
	(void)exch_fidel_record(&s->fidel[place], &x->h, &d);
	s->by[place].used = true;
	pass(v, x->h.time);
	v->run->count[EXCH_REC_EXPECT]++;
	v->asked++;
	v->at += sizeof(*x);
	return true;
}

/* A record whose order was looked for. */
static inline bool
take_sought(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_sum_ahead *p = v->p;
	const struct exch_rec_cancel *c = AT(exch_rec_cancel, v->at);
	uint32_t h = any_head_of(v->at);

	/* an instrument that was not known then may be by now */
	if (e->place != exch_insts_known(&v->run->insts, c->h.instr) ||
	    e->place >= v->s->n || e->place >= v->s->books.n)
		return false;
	if (h == p->exec)
		return resting(AT(exch_rec_exec, v->at)) == e->id &&
		       take_exec(v, e);
	/* whatever flags a command has, but an extension */
	h &= head(0xff, 0xff * 8, EXCH_F_EXT, 0xff);
	if (v->open || c->order != e->id)
		return false;
	if (h == p->new)
		return take_new(v, e);
	if (h == p->cancel)
		return take_cancel(v, e);
	return h == p->replace && take_replace(v, e);
}

static inline bool
take_other(struct run *v)
{
	size_t left = (size_t)(v->end - v->at);

	if (left < sizeof(struct exch_rec_cancelled))
		return false;
	if (v->open)
		return any_head_of(v->at) == v->p->cancelled && take_rest(v);
	return left >= sizeof(struct exch_rec_expect) &&
	       head_of(v->at) == v->p->expect && take_expect(v);
}

/* Take one, or two; false: the run ends here. */
static inline bool
take(struct run *v)
{
	struct exch_sum_ahead *p = v->p;

	if (p->next == p->n)
		gather(v);
	if (__builtin_expect(p->made != v->t->made, 0))
		seek_again(v);
	if (p->next == p->n || p->list[p->next].at != v->at)
		return take_other(v);
	return take_sought(v, &p->list[p->next]) && (p->next++, true);
}

/* ---- a run ---- */

static bool
begin(struct run *v, struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_summary *s = run->state;
	struct exch_sum_ahead *p = &s->ahead;
	const struct exch_rec *r;

	exch_reader_rest(in, &v->at, &v->end);
	r = AT(exch_rec, v->at);
	if (v->at == v->end ||
	    ((r->type < EXCH_REC_NEW || r->type > EXCH_REC_REPLACE) &&
		r->type != EXCH_REC_EXPECT) ||
	    !exch_books_idle(&s->books) || r->source == run->matcher ||
	    run->how[EXCH_REC_NEW] != EXCH_HOW_NOTHING ||
	    !exch_reader_has(in, r->source) ||
	    !exch_reader_has(in, run->matcher))
		return false;
	if (p->source != r->source || p->matcher != run->matcher)
		set_heads(p, r->source, run->matcher);
	v->run = run;
	v->s = s;
	v->p = p;
	v->t = &s->books.tally;
	v->clock = s->clock;
	v->latest = run->last_time;
	v->asked = v->answered = 0;
	v->open = false;
	if (p->block != exch_reader_block(in))
		p->n = p->next = 0;
	p->block = exch_reader_block(in);
	while (p->next < p->n && p->list[p->next].at < v->at)
		p->next++;
	return true;
}

static void
finish(const struct run *v, struct exch_reader *in)
{
	if (v->asked + v->answered == 0)
		return;
	if (v->open)
		exch_books_open(&v->s->books, &v->in);
	else
		exch_books_took(&v->s->books);
	v->s->clock = v->clock;
	v->run->last_time = v->latest;
	exch_reader_took(in, v->at, v->p->source, v->asked);
	exch_reader_took(in, v->at, v->p->matcher, v->answered);
}

void
exch_summary_ahead(struct exch_report_run *run, struct exch_reader *in)
{
	struct run v;

	if (!begin(&v, run, in))
		return;
	exch_summary_look(v.s);
	while (take(&v))
		;
	finish(&v, in);
}
