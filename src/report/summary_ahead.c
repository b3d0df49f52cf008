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

#include <stddef.h>
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
	const struct exch_sum_soon *soon; /* the next of the list */
	const struct exch_sum_soon *behind;
	uint32_t places; /* whose figures and books there are */
	exch_ts time;	 /* the latest of the records taken */
	uint32_t taken[EXCH_SUM_KINDS];
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
	const uint32_t last = head(0, 0, EXCH_F_LAST, 0);

	p->source = source;
	p->matcher = matcher;
#define HEAD(type, T, from) head(type, sizeof(struct T), 0, from)
/* Whatever flags a command has, but an extension. */
#define COMMAND(asked, T, answered, A)                                         \
	(struct exch_sum_form)                                                 \
	{                                                                      \
		HEAD(asked, T, source),                                        \
		    head(0xff, 0xff * 8, EXCH_F_EXT, 0xff),                    \
		    HEAD(answered, A, matcher), sizeof(struct T),              \
		    sizeof(struct T) + sizeof(struct A), 0,                    \
		{                                                              \
			offsetof(struct T, order), offsetof(struct T, order)   \
		}                                                              \
	}
#define ALONE(type, T, from, flags, by, buy, sell)                             \
	(struct exch_sum_form)                                                 \
	{                                                                      \
		HEAD(type, T, from), ~(flags), HEAD(type, T, from), 0,         \
		    sizeof(struct T), offsetof(struct T, by),                  \
		{                                                              \
			offsetof(struct T, buy), offsetof(struct T, sell)      \
		}                                                              \
	}
	p->form[EXCH_SUM_NEW] =
	    COMMAND(EXCH_REC_NEW, exch_rec_new, EXCH_REC_ACK, exch_rec_ack);
	p->form[EXCH_SUM_CANCEL] = COMMAND(EXCH_REC_CANCEL, exch_rec_cancel,
	    EXCH_REC_CANCELLED, exch_rec_cancelled);
	p->form[EXCH_SUM_REPLACE] = COMMAND(EXCH_REC_REPLACE, exch_rec_replace,
	    EXCH_REC_REPLACED, exch_rec_replaced);
	p->form[EXCH_SUM_EXEC] = ALONE(
	    EXCH_REC_EXEC, exch_rec_exec, matcher, last, aggressor, buy, sell);
	p->form[EXCH_SUM_REST] = ALONE(EXCH_REC_CANCELLED, exch_rec_cancelled,
	    matcher, last, order, order, order);
	p->form[EXCH_SUM_EXPECT] = ALONE(
	    EXCH_REC_EXPECT, exch_rec_expect, source, 0u, aggressor, buy, sell);
	p->reject = HEAD(EXCH_REC_REJECT, exch_rec_reject, matcher);
#undef ALONE
#undef COMMAND
#undef HEAD
}

/* The record itself, its answer apart. */
static inline bool
is_one(const struct exch_sum_form *f, const unsigned char *p)
{
	return (head_of(p) & f->mask) == f->head;
}

/* Of the same order; all commands and answers begin with theirs. */
static inline bool
answers(const unsigned char *a, const unsigned char *command)
{
	return AT(exch_rec, a)->instr == AT(exch_rec, command)->instr &&
	       AT(exch_rec_ack, a)->order ==
		   AT(exch_rec_cancel, command)->order;
}

/* Both, if they lie before `left` is over. */
static inline bool
is_form(const struct exch_sum_form *f, const unsigned char *at, size_t left)
{
	const unsigned char *a = at + f->size;

	return left >= f->both && is_one(f, at) &&
	       any_head_of(a) == f->answer && answers(a, at);
}

/* ---- looking ahead ---- */

/* The figures and the book of an instrument. */
static inline void
fetch_place(const struct run *v, uint32_t place)
{
	if (__builtin_expect(place >= v->places, 0))
		return;
	__builtin_prefetch(&v->t->book[place], 1);
	__builtin_prefetch(&v->s->books.inst[place]);
	__builtin_prefetch(&v->s->by[place], 1);
}

/*
 * The homes have come by now, and lead to orders, and these to levels, and
 * these to the nodes in which they will end and be followed: each for all
 * before the next.  What is found is fetched and not believed.  Where there
 * is no order there is level 0, and its node is 0.  A new level hangs in the
 * node that was used last.
 */
static inline void
fetch_others(const struct run *v, struct exch_sum_soon *e, unsigned n)
{
	const struct exch_tally *t = v->t;
	const struct exch_trie_node *node = t->trie.node;

	for (unsigned i = 0; i < n; i++) {
		const struct exch_tally_side *side =
		    t->book[e[i].place < v->places ? e[i].place : 0].side;

		e[i].found = exch_ids_slot(t->ids.cell[e[i].home]);
		__builtin_prefetch(&t->order[e[i].found], 1);
		__builtin_prefetch(&node[side[0].trie.finger], 1);
		__builtin_prefetch(&node[side[1].trie.finger], 1);
	}
	for (unsigned i = 0; i < n; i++)
		__builtin_prefetch(&t->level[t->order[e[i].found].level], 1);
	for (unsigned i = 0; i < n; i++)
		__builtin_prefetch(
		    &node[t->level[t->order[e[i].found].level].level], 1);
}

/* Of what kind a record may be; EXCH_SUM_KINDS: of none. */
static inline enum exch_sum_kind
kind_of(uint8_t type)
{
	/* kinds from 1, by the type */
	static const uint8_t kinds[UINT8_MAX + 1] = {
	    [EXCH_REC_NEW] = EXCH_SUM_NEW + 1,
	    [EXCH_REC_CANCEL] = EXCH_SUM_CANCEL + 1,
	    [EXCH_REC_REPLACE] = EXCH_SUM_REPLACE + 1,
	    [EXCH_REC_EXEC] = EXCH_SUM_EXEC + 1,
	    [EXCH_REC_CANCELLED] = EXCH_SUM_REST + 1,
	    [EXCH_REC_EXPECT] = EXCH_SUM_EXPECT + 1,
	};

	return kinds[type] != 0 ? (enum exch_sum_kind)(kinds[type] - 1)
				: EXCH_SUM_KINDS;
}

/* The order that rests, of which a record speaks. */
static inline exch_oid
order_of(const struct exch_sum_form *f, const unsigned char *at)
{
	exch_oid id;

	memcpy(&id, at + f->order[at[f->by] == EXCH_BUY], sizeof(id));
	return id;
}

/*
 * The next that will be taken, from v->at on.  Of a command everything is
 * looked at that makes it one of its kind, and then its answer is passed over
 * with it.
 */
static void
gather(struct run *v)
{
	struct exch_sum_ahead *p = v->p;
	const unsigned char *at = v->at;
	const unsigned char *end = v->end;
	struct exch_sum_soon *e = p->list;

	while (e < p->list + EXCH_SUM_AHEAD) {
		size_t left = (size_t)(end - at);
		const struct exch_sum_form *f;
		size_t len;

		if (left < sizeof(struct exch_rec_ack))
			break;
		len = (size_t)at[1] * 8;
		if (len - sizeof(struct exch_rec_ack) >
		    left - sizeof(struct exch_rec_ack))
			break;
		e->at = at;
		e->kind = kind_of(at[0]);
		at += len;
		if (e->kind == EXCH_SUM_KINDS)
			continue;
		f = &p->form[e->kind];
		if (__builtin_expect(is_form(f, e->at, left), 1))
			at = e->at + f->both;
		else if (e->kind <= EXCH_SUM_REPLACE)
			e->kind = EXCH_SUM_ODD;
		else
			continue;
		e->place = exch_insts_known(
		    &v->run->insts, AT(exch_rec, e->at)->instr);
		fetch_place(v, e->place);
		e->id = order_of(f, e->at);
		e->home = (uint32_t)exch_ids_home(&v->t->ids, e->place, e->id);
		__builtin_prefetch(&v->t->ids.cell[e->home], 1);
		e++;
	}
	v->soon = p->list;
	v->behind = e;
	fetch_others(v, p->list, (unsigned)(e - p->list));
}

/* ---- taking ---- */

static inline void
pass(struct run *v, exch_ts t)
{
	if (t > v->time)
		v->time = t;
}

/* The event is over: the spread may be another one. */
static inline void
over(struct run *v, uint32_t place)
{
	struct exch_tally_book *b = &v->t->book[place];
	exch_ts clock = v->s->clock;

	if (!b->moved)
		return;
	b->moved = false;
	exch_sum_look(v->s, place, v->time > clock ? v->time : clock);
}

/* A command and its answer were taken. */
static inline void
taken(struct run *v, enum exch_sum_kind kind)
{
	const struct exch_sum_form *f = &v->p->form[kind];
	exch_ts asked = AT(exch_rec, v->at)->time;
	exch_ts answered = AT(exch_rec, v->at + f->size)->time;

	pass(v, answered > asked ? answered : asked);
	v->taken[kind]++;
	v->at += f->both;
}

/* One that was refused, with whatever is not so rare: by its own size. */
__attribute__((noinline)) static bool
take_odd(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_sum_form *f = &v->p->form[v->at[0] - EXCH_REC_NEW];
	const unsigned char *a = v->at + f->size;
	const struct exch_rec_reject *j = AT(exch_rec_reject, a);

	if ((size_t)(v->end - v->at) < f->size + sizeof(*j) ||
	    !is_one(f, v->at) || any_head_of(a) != v->p->reject ||
	    !answers(a, v->at) || !is_last(a) || j->command != v->at[0])
		return false;
	v->s->by[e->place].rejects++;
	v->s->by[e->place].used = true;
	exch_summary_rejected(v->s, j->code);
	pass(v, AT(exch_rec, v->at)->time);
	pass(v, j->h.time);
	v->run->count[v->at[0]]++;
	v->taken[EXCH_SUM_ODD]++;
	v->at = a + sizeof(*j);
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
	const unsigned char *a = v->at + sizeof(*c);

	if (exch_books_is_special(c) || c->qty == 0 ||
	    !exch_books_grid(&v->s->books, e->place, c->price, &o.tick))
		return false;
	if (!is_last(a))
		come_in(v, &o);
	else if (exch_tally_add(v->t, &o) != EXCH_OK)
		return false;
	v->s->by[e->place].orders++;
	taken(v, EXCH_SUM_NEW);
	if (!v->open)
		over(v, e->place);
	return true;
}

static inline bool
take_cancel(struct run *v, const struct exch_sum_soon *e)
{
	const unsigned char *a = v->at + sizeof(struct exch_rec_cancel);
	const struct exch_rec_cancelled *r = AT(exch_rec_cancelled, a);
	struct exch_tally_order *o;

	if (!is_last(a) || r->reason != EXCH_WHY_USER || r->open != 0)
		return false;
	o = exch_tally_find(v->t, e->place, e->id);
	if (o == NULL)
		return false;
	exch_tally_remove(v->t, o);
	v->s->by[e->place].cancels++;
	taken(v, EXCH_SUM_CANCEL);
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
	const unsigned char *a = v->at + sizeof(*c);
	const struct exch_rec_replaced *r = AT(exch_rec_replaced, a);
	struct exch_tally_order *o;
	struct exch_tally_new n;

	/* what follows must not fail when the old order is gone */
	if (r->qty == 0 || (r->kept != 0 && !is_last(a)) ||
	    r->new_order != c->new_order || !exch_tally_room(v->t))
		return false;
	o = exch_tally_find(v->t, e->place, e->id);
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
		v->s->books.unknown += exch_tally_add(v->t, &n) != EXCH_OK;
	v->s->by[e->place].replaces++;
	taken(v, EXCH_SUM_REPLACE);
	if (!v->open)
		over(v, e->place);
	return true;
}

/* An answer of the event that is open was taken. */
static inline void
go_on(struct run *v, enum exch_sum_kind kind, size_t size)
{
	bool last = is_last(v->at);

	pass(v, AT(exch_rec, v->at)->time);
	v->taken[kind]++;
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

	if (e->place != v->in.place || x->aggressor != v->in.side ||
	    x->qty == 0 || x->qty > v->in.qty || e->id == v->in.id ||
	    (x->aggressor == EXCH_BUY ? x->buy : x->sell) != v->in.id)
		return false;
	if (is_last(v->at) && !exch_tally_room(v->t))
		return false;
	o = exch_tally_find(v->t, e->place, e->id);
	/* what the tape cannot take is told on the long way */
	if (o == NULL || exch_tape_trade(&v->s->tape, &v->run->insts, e->place,
			     &x->h, &print, &d) != EXCH_OK)
		return false;
	if (x->qty < o->qty)
		exch_tally_reduce(v->t, o, x->qty);
	else
		exch_tally_remove(v->t, o);
	v->in.qty -= x->qty;
	go_on(v, EXCH_SUM_EXEC, sizeof(*x));
	return true;
}

/* What an order that came in has left does not rest. */
static bool
take_rest(struct run *v, const struct exch_sum_soon *e)
{
	const struct exch_rec_cancelled *r = AT(exch_rec_cancelled, v->at);

	if (r->order != v->in.id || r->open != 0 || v->in.qty == 0 ||
	    e->place != v->in.place)
		return false;
	exch_sum_cancelled(&v->s->by[v->in.place], r->reason);
	v->in.qty = 0;
	go_on(v, EXCH_SUM_REST, sizeof(*r));
	return true;
}

/* The venue's own execution. */
static bool
take_expect(struct run *v, const struct exch_sum_soon *e)
{
	struct exch_summary *s = v->s;
	const struct exch_rec_expect *x = AT(exch_rec_expect, v->at);
	struct exch_diag d;

	if (e->place >= s->nfidel ||
	    exch_tape_note(&s->tape, &v->run->insts, e->place, &x->h,
		v->p->matcher, &d) != EXCH_OK)
		return false;
	(void)exch_fidel_record(&s->fidel[e->place], &x->h, &d);
	s->by[e->place].used = true;
	pass(v, x->h.time);
	v->taken[EXCH_SUM_EXPECT]++;
	v->at += sizeof(*x);
	return true;
}

/* Take one, or two; false: the run ends here. */
static inline bool
take_kind(struct run *v, const struct exch_sum_soon *e)
{
	if (__builtin_expect(e->place >= v->places, 0))
		return false;
	switch (e->kind) {
	case EXCH_SUM_NEW:
		return !v->open && take_new(v, e);
	case EXCH_SUM_CANCEL:
		return !v->open && take_cancel(v, e);
	case EXCH_SUM_REPLACE:
		return !v->open && take_replace(v, e);
	case EXCH_SUM_EXEC:
		return v->open && take_exec(v, e);
	case EXCH_SUM_REST:
		return v->open && take_rest(v, e);
	case EXCH_SUM_EXPECT:
		return !v->open && take_expect(v, e);
	case EXCH_SUM_ODD:
		return !v->open && take_odd(v, e);
	case EXCH_SUM_KINDS:
	default:
		return false;
	}
}

static inline bool
take(struct run *v)
{
	if (v->soon == v->behind)
		gather(v);
	if (v->soon == v->behind || v->soon->at != v->at)
		return false;
	return take_kind(v, v->soon) && (v->soon++, true);
}

/* ---- a run ---- */

/* The list is kept while it is of this block and its records look so. */
static void
set_list(struct run *v, uint64_t block, uint8_t source)
{
	struct exch_sum_ahead *p = v->p;

	if (p->source != source || p->matcher != v->run->matcher) {
		set_heads(p, source, v->run->matcher);
		p->n = 0;
	}
	if (p->block != block)
		p->n = 0;
	p->block = block;
	v->soon = p->list + (p->n != 0 ? p->next : 0);
	v->behind = p->list + p->n;
	while (v->soon < v->behind && v->soon->at < v->at)
		v->soon++;
}

static bool
begin(struct run *v, struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_summary *s = run->state;
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
	v->run = run;
	v->s = s;
	v->p = &s->ahead;
	v->t = &s->books.tally;
	v->places = s->n < s->books.n ? s->n : s->books.n;
	if (v->places == 0)
		return false;
	v->time = 0;
	memset(v->taken, 0, sizeof(v->taken));
	v->open = false;
	set_list(v, exch_reader_block(in), r->source);
	return true;
}

/* So many commands and answers were taken. */
static void
count(const struct run *v, struct exch_reader *in)
{
	static const uint8_t asked[EXCH_SUM_KINDS] = {
	    [EXCH_SUM_NEW] = EXCH_REC_NEW,
	    [EXCH_SUM_CANCEL] = EXCH_REC_CANCEL,
	    [EXCH_SUM_REPLACE] = EXCH_REC_REPLACE,
	    [EXCH_SUM_EXPECT] = EXCH_REC_EXPECT,
	};
	static const uint8_t answered[EXCH_SUM_KINDS] = {
	    [EXCH_SUM_NEW] = EXCH_REC_ACK,
	    [EXCH_SUM_CANCEL] = EXCH_REC_CANCELLED,
	    [EXCH_SUM_REPLACE] = EXCH_REC_REPLACED,
	    [EXCH_SUM_EXEC] = EXCH_REC_EXEC,
	    [EXCH_SUM_REST] = EXCH_REC_CANCELLED,
	    [EXCH_SUM_ODD] = EXCH_REC_REJECT,
	};
	uint64_t nasked = v->taken[EXCH_SUM_ODD]; /* counted by their types */
	uint64_t nanswered = 0;

	for (unsigned i = 0; i < EXCH_SUM_KINDS; i++) {
		if (asked[i] != 0) {
			v->run->count[asked[i]] += v->taken[i];
			nasked += v->taken[i];
		}
		if (answered[i] != 0) {
			v->run->count[answered[i]] += v->taken[i];
			nanswered += v->taken[i];
		}
	}
	exch_reader_took(in, v->at, v->p->source, nasked);
	exch_reader_took(in, v->at, v->p->matcher, nanswered);
}

static void
finish(const struct run *v, struct exch_reader *in, const unsigned char *from)
{
	v->p->next = (unsigned)(v->soon - v->p->list);
	v->p->n = (unsigned)(v->behind - v->p->list);
	if (v->at == from)
		return;
	if (v->open)
		exch_books_open(&v->s->books, &v->in);
	else
		exch_books_took(&v->s->books);
	if (v->time > v->s->clock)
		v->s->clock = v->time;
	if (v->time > v->run->last_time)
		v->run->last_time = v->time;
	count(v, in);
}

void
exch_summary_ahead(struct exch_report_run *run, struct exch_reader *in)
{
	const unsigned char *from;
	struct run v;

	if (!begin(&v, run, in))
		return;
	from = v.at;
	exch_summary_look(v.s);
	while (take(&v))
		;
	finish(&v, in, from);
}
