/*
 * A short way through a stream for reports that keep books: whole events
 * where they lie in the block, without the states in which books.c waits for
 * what comes next.  Nearly all of a day are ordinary commands that rest, end
 * or are refused, orders that trade as they come in, and the venue's own
 * executions; or a feed's orders, one by one.
 *
 * The orders of the next records are looked for some dozens at a time before
 * the first of them is taken: the memory of all is then on its way at once.
 *
 * A record is taken when nothing about it is unusual, and then the result is
 * that of the long way; everything is looked at before anything is changed.
 * The first other record ends the run and goes the long way, in the middle
 * of an event, too.
 *
 * What taking means is the report's: summary_ahead.c, sample_ahead.c.
 */
#ifndef EXCH_REPORT_AHEAD_H
#define EXCH_REPORT_AHEAD_H

#include <string.h>

#include "rec/stream.h"
#include "report/books.h"

struct exch_report_run;

/* What the short way takes: commands with their answers, and executions. */
enum exch_ahead_kind {
	EXCH_AHEAD_NEW, /* in the order of the types */
	EXCH_AHEAD_CANCEL,
	EXCH_AHEAD_REPLACE,
	EXCH_AHEAD_EXEC,
	EXCH_AHEAD_REST, /* what came in is taken out */
	EXCH_AHEAD_EXPECT,
	EXCH_AHEAD_SHOW_ADD, /* what a feed displays */
	EXCH_AHEAD_SHOW_EXEC,
	EXCH_AHEAD_SHOW_REDUCE,
	EXCH_AHEAD_SHOW_DELETE,
	EXCH_AHEAD_SHOW_REPLACE,
	EXCH_AHEAD_SHOW_LEVEL, /* these two name no order */
	EXCH_AHEAD_SHOW_TOP,
	EXCH_AHEAD_ODD, /* a command with another answer, or none beside it */
	EXCH_AHEAD_KINDS
};

/*
 * What is looked at as one, as it lies in a block: a command and the answer
 * that takes it, or a record of another kind, which is its own answer.
 */
struct exch_ahead_form {
	uint32_t head; /* the four bytes before the instrument */
	uint32_t mask; /* what of them is looked at */
	uint32_t answer;
	uint32_t size; /* before the answer */
	uint32_t both;
	/* where an order is named that rests: by the side that stands at `by` */
	uint8_t by;
	uint8_t order[2]; /* [1]: for EXCH_BUY */
};

/* One of the next of them. */
struct exch_ahead_soon {
	const unsigned char *at; /* the record */
	exch_oid id;
	uint32_t place;
	/* where its order was looked for: its home in the index, its slot and
	 * then its level, as they were at that time */
	uint32_t found;
	enum exch_ahead_kind kind;
	uint32_t side; /* exch_book_index() of what comes in */
};

/* What a report has of each place, an element each. */
struct exch_ahead_figures {
	const void *of;
	size_t size;
};

#define EXCH_AHEAD_MOST 64

/* What is known from one run to the next. */
struct exch_ahead {
	uint64_t block; /* of the list: exch_reader_block() */
	unsigned next;	/* of the list */
	unsigned n;
	/* what records of these two look like */
	uint8_t source;
	uint8_t matcher;
	struct exch_ahead_form form[EXCH_AHEAD_ODD];
	uint32_t reject;
	/* what only these kinds touch; without: {NULL, 0} */
	struct exch_ahead_figures more[EXCH_AHEAD_KINDS];
	struct exch_ahead_soon list[EXCH_AHEAD_MOST];
};

/* A run: from one record that goes the long way to the next. */
struct exch_ahead_run {
	struct exch_report_run *run;
	struct exch_ahead *p;
	struct exch_tally *t;
	struct exch_books *books;
	const struct exch_insts *insts;
	const unsigned char *from;
	const unsigned char *at;
	const unsigned char *end;
	const struct exch_ahead_soon *soon; /* the next of the list */
	const struct exch_ahead_soon *behind;
	uint32_t places; /* whose figures and books there are */
	struct exch_ahead_figures figures; /* asked for ahead, and not read */
	exch_ts time;			   /* the latest of the records taken */
	uint32_t taken[EXCH_AHEAD_KINDS];
	/* an event that is not over: `in` is coming in, or has traded away */
	bool open;
	struct exch_tally_new in;
};

#define EXCH_AHEAD_AT(T, p) ((const struct T *)(const void *)(p))

/*
 * Begin with the records that lie ahead; false: not with these.  The caller
 * has seen what they are and that its books are idle, and has set t, books,
 * places and figures.
 */
bool exch_ahead_begin(struct exch_ahead_run *v, struct exch_ahead *p,
    struct exch_report_run *run, struct exch_reader *in);
/*
 * The run is over; `in` is told what was taken, and the books stand where it
 * ended.  False: nothing was taken.
 */
bool exch_ahead_finish(
    struct exch_ahead_run *v, struct exch_books *books, struct exch_reader *in);

/* ---- what records look like ---- */

/* The four bytes before the instrument, as one number to compare. */
static inline uint32_t
exch_ahead_head(uint8_t type, size_t size, uint8_t flags, uint8_t source)
{
	const uint8_t b[4] = {type, (uint8_t)(size / 8), flags, source};
	uint32_t h;

	memcpy(&h, b, sizeof(h));
	return h;
}

static inline uint32_t
exch_ahead_head_of(const unsigned char *p)
{
	uint32_t h;

	memcpy(&h, p, sizeof(h));
	return h;
}

/* Whether it is the last of its event or not. */
static inline uint32_t
exch_ahead_any_head_of(const unsigned char *p)
{
	return exch_ahead_head_of(p) & ~exch_ahead_head(0, 0, EXCH_F_LAST, 0);
}

static inline bool
exch_ahead_is_last(const unsigned char *p)
{
	return (EXCH_AHEAD_AT(exch_rec, p)->flags & EXCH_F_LAST) != 0;
}

/* The record itself, its answer apart: 0 when it is of this form. */
static inline uint32_t
exch_ahead_differs(const struct exch_ahead_form *f, const unsigned char *p)
{
	return (exch_ahead_head_of(p) & f->mask) ^ f->head;
}

/* 0 when of the same order; all commands and answers begin with theirs. */
static inline uint64_t
exch_ahead_strays(const unsigned char *a, const unsigned char *command)
{
	uint64_t instr = EXCH_AHEAD_AT(exch_rec, a)->instr ^
			 EXCH_AHEAD_AT(exch_rec, command)->instr;
	uint64_t order = EXCH_AHEAD_AT(exch_rec_ack, a)->order ^
			 EXCH_AHEAD_AT(exch_rec_cancel, command)->order;

	return instr | order;
}

/* Both, if they lie before `left` is over: nearly always all of it holds. */
static inline bool
exch_ahead_is_form(
    const struct exch_ahead_form *f, const unsigned char *at, size_t left)
{
	const unsigned char *a = at + f->size;

	return left >= f->both && (exch_ahead_differs(f, at) |
				      (exch_ahead_any_head_of(a) ^ f->answer) |
				      exch_ahead_strays(a, at)) == 0;
}

/* ---- looking ahead ---- */

/* The figures and the book of an instrument. */
static inline void
exch_ahead_fetch_place(
    const struct exch_ahead_run *v, uint32_t place, enum exch_ahead_kind kind)
{
	const struct exch_ahead_figures *f = &v->figures;
	const struct exch_ahead_figures *more = &v->p->more[kind];

	if (__builtin_expect(place >= v->places, 0))
		return;
	__builtin_prefetch(&v->t->book[place], 1);
	__builtin_prefetch(&v->books->inst[place]);
	__builtin_prefetch((const char *)f->of + place * f->size, 1);
	if (more->size == 0)
		return;
	__builtin_prefetch((const char *)more->of + place * more->size, 1);
	__builtin_prefetch((const char *)more->of + place * more->size + 64, 1);
}

/*
 * The homes have come by now, and lead to orders, and these to levels, and
 * these to the nodes in which they will end and be followed: each for all
 * before the next.  What is found is fetched and not believed.  Where there
 * is no order there is level 0, and its node is 0.  A new level hangs in the
 * node that its side used last.
 */
static inline void
exch_ahead_fetch_others(const struct exch_tally *t, uint32_t places,
    struct exch_ahead_soon *e, unsigned n)
{
	const struct exch_trie_node *node = t->trie.node;

	for (unsigned i = 0; i < n; i++) {
		const struct exch_tally_side *side =
		    t->book[e[i].place < places ? e[i].place : 0].side;

		e[i].found = exch_ids_slot(t->ids.cell[e[i].found]);
		__builtin_prefetch(&t->order[e[i].found], 1);
		__builtin_prefetch(&node[side[e[i].side].trie.finger], 1);
	}
	for (unsigned i = 0; i < n; i++) {
		e[i].found = t->order[e[i].found].level;
		__builtin_prefetch(&t->level[e[i].found], 1);
	}
	for (unsigned i = 0; i < n; i++)
		__builtin_prefetch(&node[t->level[e[i].found].level], 1);
}

/* The order that rests, of which a record speaks: by the side of another. */
static inline exch_oid
exch_ahead_order_of(
    const struct exch_ahead_form *f, const unsigned char *at, bool buys)
{
	exch_oid id;

	memcpy(&id, at + f->order[buys], sizeof(id));
	return id;
}

/*
 * The next that will be taken, from v->at on.  Of a command everything is
 * looked at that makes it one of its kind, and then its answer is passed over
 * with it.  `kinds`: by its type, of what kind a record may be, from 1 on.
 */
static inline __attribute__((always_inline)) void
exch_ahead_gather(struct exch_ahead_run *v, const uint8_t kinds[UINT8_MAX + 1])
{
	struct exch_ahead *p = v->p;
	const unsigned char *at = v->at;
	const unsigned char *end = v->end;
	struct exch_ahead_soon *e = p->list;

	while (e < p->list + EXCH_AHEAD_MOST) {
		size_t left = (size_t)(end - at);
		const struct exch_ahead_form *f;
		size_t len;
		bool buys;

		if (left < sizeof(struct exch_rec_ack))
			break;
		len = (size_t)at[1] * 8;
		if (len - sizeof(struct exch_rec_ack) >
		    left - sizeof(struct exch_rec_ack))
			break;
		e->at = at;
		e->kind = (enum exch_ahead_kind)(kinds[at[0]] - 1);
		at += len;
		if (kinds[e->at[0]] == 0)
			continue;
		f = &p->form[e->kind];
		if (__builtin_expect(exch_ahead_is_form(f, e->at, left), 1))
			at = e->at + f->both;
		else if (e->kind <= EXCH_AHEAD_REPLACE)
			e->kind = EXCH_AHEAD_ODD;
		else
			continue;
		e->place = exch_insts_known(
		    v->insts, EXCH_AHEAD_AT(exch_rec, e->at)->instr);
		exch_ahead_fetch_place(v, e->place, e->kind);
		buys = e->at[f->by] == EXCH_BUY;
		e->side = !buys;
		e->id = exch_ahead_order_of(f, e->at, buys);
		e->found = (uint32_t)exch_ids_home(&v->t->ids, e->place, e->id);
		__builtin_prefetch(&v->t->ids.cell[e->found], 1);
		e++;
	}
	v->soon = p->list;
	v->behind = e;
	exch_ahead_fetch_others(
	    v->t, v->places, p->list, (unsigned)(e - p->list));
}

/* ---- taking ---- */

static inline void
exch_ahead_pass(struct exch_ahead_run *v, exch_ts t)
{
	if (t > v->time)
		v->time = t;
}

/* A command and its answer were taken. */
static inline void
exch_ahead_taken(struct exch_ahead_run *v, enum exch_ahead_kind kind)
{
	const struct exch_ahead_form *f = &v->p->form[kind];
	exch_ts asked = EXCH_AHEAD_AT(exch_rec, v->at)->time;
	exch_ts answered = EXCH_AHEAD_AT(exch_rec, v->at + f->size)->time;

	exch_ahead_pass(v, answered > asked ? answered : asked);
	v->taken[kind]++;
	v->at += f->both;
}

/* The order comes in; what it trades with comes next. */
static inline void
exch_ahead_come_in(struct exch_ahead_run *v, const struct exch_tally_new *o)
{
	v->open = true;
	v->in = *o;
}

/*
 * When the last order goes, the next one's price is on the grid that the
 * instrument has by then: the same, but in a stream that nobody has matched.
 */
static inline bool
exch_ahead_keeps_grid(const struct exch_ahead_run *v, uint32_t place)
{
	return v->t->book[place].norders > 1 ||
	       v->books->inst[place].tick == v->insts->inst[place].tick;
}

/* It keeps its place, with as much or with less. */
static inline void
exch_ahead_shrink(
    struct exch_tally *t, struct exch_tally_order *o, exch_qty qty)
{
	if (qty < o->qty)
		exch_tally_reduce(t, o, o->qty - qty);
}

/* The old order goes, or shrinks, and the new one comes to rest, or comes in. */
static inline __attribute__((always_inline)) bool
exch_ahead_replace(struct exch_ahead_run *v, const struct exch_ahead_soon *e)
{
	const struct exch_rec_replace *c =
	    EXCH_AHEAD_AT(exch_rec_replace, v->at);
	const unsigned char *a = v->at + sizeof(*c);
	const struct exch_rec_replaced *r = EXCH_AHEAD_AT(exch_rec_replaced, a);
	struct exch_tally_order *o;
	struct exch_tally_new n;

	/* what follows must not fail when the old order is gone */
	if (r->qty == 0 || (r->kept != 0 && !exch_ahead_is_last(a)) ||
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
	    (!exch_ahead_keeps_grid(v, e->place) ||
		!exch_books_grid(v->books, e->place, c->price, &n.tick)))
		return false;
	if (r->kept != 0)
		exch_ahead_shrink(v->t, o, r->qty);
	else
		exch_tally_remove(v->t, o);
	if (!exch_ahead_is_last(a))
		exch_ahead_come_in(v, &n);
	else if (r->kept == 0)
		v->books->unknown += exch_tally_add(v->t, &n) != EXCH_OK;
	exch_ahead_taken(v, EXCH_AHEAD_REPLACE);
	return true;
}

/*
 * The order that comes in meets one that rests: that, or NULL when it is not
 * so, or when what is left of the other could find no room.
 */
static inline struct exch_tally_order *
exch_ahead_meets(const struct exch_ahead_run *v,
    const struct exch_ahead_soon *e, const struct exch_rec_exec *x)
{
	if (e->place != v->in.place || x->aggressor != v->in.side ||
	    x->qty == 0 || x->qty > v->in.qty || e->id == v->in.id ||
	    (x->aggressor == EXCH_BUY ? x->buy : x->sell) != v->in.id)
		return NULL;
	if (exch_ahead_is_last(v->at) && !exch_tally_room(v->t))
		return NULL;
	return exch_tally_find(v->t, e->place, e->id);
}

/* They trade. */
static inline void
exch_ahead_trade(struct exch_ahead_run *v, struct exch_tally_order *o,
    const struct exch_rec_exec *x)
{
	if (x->qty < o->qty)
		exch_tally_reduce(v->t, o, x->qty);
	else
		exch_tally_remove(v->t, o);
	v->in.qty -= x->qty;
}

/* An answer of the event that is open was taken.  Is the event over? */
static inline bool
exch_ahead_go_on(
    struct exch_ahead_run *v, enum exch_ahead_kind kind, size_t size)
{
	bool last = exch_ahead_is_last(v->at);

	exch_ahead_pass(v, EXCH_AHEAD_AT(exch_rec, v->at)->time);
	v->taken[kind]++;
	v->at += size;
	if (!last)
		return false;
	/* what is left rests; there was room for it */
	if (v->in.qty != 0)
		v->books->unknown += exch_tally_add(v->t, &v->in) != EXCH_OK;
	v->open = false;
	return true;
}

#endif
