/*
 * The short way of the summary: nearly all of a day are ordinary commands
 * with one answer directly behind.  Both are taken at once, where they lie
 * in the block, without the states in which books.c waits for the other.
 *
 * A pair is taken when nothing about it is unusual, and then the result is
 * that of its two records one by one; everything is looked at before
 * anything is changed.  The first record that is not of such a pair ends
 * the run and goes the long way.
 */
#include <config.h>

#include <string.h>

#include "report/report.h"
#include "report/summary.h"

/* So many records further on, commands have their memory asked for. */
#define AHEAD 12

enum kind { NEW, CANCEL, REPLACE, KINDS };

/* A run of pairs: what was seen of it, to be booked at its end. */
struct run {
	struct exch_summary *s;
	const struct exch_insts *insts;
	struct exch_tally *t;
	const unsigned char *at;
	const unsigned char *end;
	exch_ts clock;
	exch_ts latest;
	uint64_t n[KINDS];
};

#define AT(T, p) ((const struct T *)(const void *)(p))

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

/* What pairs of these two sources look like. */
static void
set_heads(struct exch_sum_pairs *p, uint8_t source, uint8_t matcher)
{
	p->source = source;
	p->matcher = matcher;
	p->command[NEW] =
	    head(EXCH_REC_NEW, sizeof(struct exch_rec_new), 0, source);
	p->command[CANCEL] =
	    head(EXCH_REC_CANCEL, sizeof(struct exch_rec_cancel), 0, source);
	p->command[REPLACE] =
	    head(EXCH_REC_REPLACE, sizeof(struct exch_rec_replace), 0, source);
	p->answer[NEW] = head(
	    EXCH_REC_ACK, sizeof(struct exch_rec_ack), EXCH_F_LAST, matcher);
	p->answer[CANCEL] = head(EXCH_REC_CANCELLED,
	    sizeof(struct exch_rec_cancelled), EXCH_F_LAST, matcher);
	p->answer[REPLACE] = head(EXCH_REC_REPLACED,
	    sizeof(struct exch_rec_replaced), EXCH_F_LAST, matcher);
}

/* Both records of a pair lie in the block, one behind the other. */
static inline const unsigned char *
answer(const struct run *v, enum kind k, size_t size, size_t answer_size)
{
	const struct exch_rec *c = AT(exch_rec, v->at);
	const unsigned char *p = v->at + size;

	/* all commands and answers begin with the order they speak of */
	if ((size_t)(v->end - v->at) < size + answer_size ||
	    head_of(p) != v->s->pairs.answer[k] ||
	    AT(exch_rec, p)->instr != c->instr ||
	    AT(exch_rec_ack, p)->order != AT(exch_rec_cancel, c)->order)
		return NULL;
	return p;
}

/* The pair was taken: time passes to its answer, and the event is over. */
static inline void
taken(struct run *v, const unsigned char *a, size_t size, uint32_t place,
    enum kind k)
{
	exch_ts t = AT(exch_rec, v->at)->time;

	if (AT(exch_rec, a)->time > t)
		t = AT(exch_rec, a)->time;
	if (t > v->latest)
		v->latest = t;
	if (t > v->clock)
		v->clock = t;
	v->at = a + size;
	v->n[k]++;
	v->s->by[place].used = true;
	exch_sum_look(v->s, place, v->clock);
}

static inline bool
take_new(struct run *v, uint32_t place)
{
	const struct exch_rec_new *c = AT(exch_rec_new, v->at);
	struct exch_tally_new o = {.id = c->order,
	    .qty = c->qty,
	    .place = place,
	    .side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};
	const unsigned char *a =
	    answer(v, NEW, sizeof(*c), sizeof(struct exch_rec_ack));

	if (a == NULL || exch_books_is_special(c) || c->qty == 0 ||
	    !exch_books_grid(&v->s->books, place, c->price, &o.tick) ||
	    exch_tally_add(v->t, &o) != EXCH_OK)
		return false;
	v->s->by[place].orders++;
	taken(v, a, sizeof(struct exch_rec_ack), place, NEW);
	return true;
}

static inline bool
take_cancel(struct run *v, uint32_t place)
{
	const struct exch_rec_cancel *c = AT(exch_rec_cancel, v->at);
	const struct exch_rec_cancelled *r;
	struct exch_tally_order *o;
	const unsigned char *a = answer(v, CANCEL, sizeof(*c), sizeof(*r));

	if (a == NULL)
		return false;
	r = AT(exch_rec_cancelled, a);
	if (r->reason != EXCH_WHY_USER || r->open != 0)
		return false;
	o = exch_tally_find(v->t, place, r->order);
	if (o == NULL)
		return false;
	exch_tally_remove(v->t, o);
	v->s->by[place].cancels++;
	taken(v, a, sizeof(*r), place, CANCEL);
	return true;
}

static inline bool
take_replace(struct run *v, uint32_t place)
{
	const struct exch_rec_replace *c = AT(exch_rec_replace, v->at);
	const struct exch_rec_replaced *r;
	struct exch_tally_order *o;
	struct exch_tally_new n;
	const unsigned char *a = answer(v, REPLACE, sizeof(*c), sizeof(*r));

	if (a == NULL)
		return false;
	r = AT(exch_rec_replaced, a);
	o = exch_tally_find(v->t, place, r->order);
	if (o == NULL || r->qty == 0)
		return false;
	n = (struct exch_tally_new){.id = r->new_order,
	    .qty = r->qty,
	    .place = place,
	    .side = exch_tally_side_of(v->t, o)};
	if (r->kept != 0) {
		exch_qty open = *exch_tally_qty(v->t, o);

		if (r->qty < open)
			exch_tally_reduce(v->t, o, open - r->qty);
	} else {
		/*
		 * Its new place is made before the old one is given up: what
		 * follows cannot fail for memory.
		 */
		if (!exch_books_grid(&v->s->books, place, c->price, &n.tick) ||
		    exch_tally_level(v->t, place, exch_book_index(n.side),
			n.tick) == EXCH_SLOT_NONE)
			return false;
		exch_tally_remove(v->t, o);
		v->s->books.unknown += exch_tally_add(v->t, &n) != EXCH_OK;
	}
	v->s->by[place].replaces++;
	taken(v, a, sizeof(*r), place, REPLACE);
	return true;
}

/* One pair at v->at; false: the run ends here. */
static inline bool
take_pair(struct run *v)
{
	const struct exch_sum_pairs *p = &v->s->pairs;
	uint32_t place;
	uint32_t h;

	/* the shortest pair */
	if ((size_t)(v->end - v->at) <
	    sizeof(struct exch_rec_cancel) + sizeof(struct exch_rec_cancelled))
		return false;
	place = exch_insts_known(v->insts, AT(exch_rec, v->at)->instr);
	if (place >= v->s->n || place >= v->s->books.n)
		return false;
	/* whatever flags a command has, but an extension */
	h = head_of(v->at) & head(0xff, 0xff * 8, EXCH_F_EXT, 0xff);
	if (h == p->command[NEW])
		return take_new(v, place);
	if (h == p->command[CANCEL])
		return take_cancel(v, place);
	return h == p->command[REPLACE] && take_replace(v, place);
}

/* One record further on: the order of a command will be looked for. */
static inline void
foresee(struct run *v, struct exch_sum_pairs *p)
{
	const struct exch_rec *c = AT(exch_rec, p->soon);
	size_t left = (size_t)(p->end - p->soon);
	size_t len;

	if (left < sizeof(struct exch_rec_ack))
		return;
	len = (size_t)c->len8 * 8;
	if (c->type <= EXCH_REC_REPLACE)
		exch_tally_soon(v->t, exch_insts_known(v->insts, c->instr),
		    AT(exch_rec_cancel, c)->order);
	p->soon = len - 1 < left ? p->soon + len : p->end;
}

static bool
begin(struct run *v, struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_summary *s = run->state;
	struct exch_sum_pairs *p = &s->pairs;
	const struct exch_rec *r;

	exch_reader_rest(in, &v->at, &v->end);
	r = AT(exch_rec, v->at);
	if (v->at == v->end || r->type < EXCH_REC_NEW ||
	    r->type > EXCH_REC_REPLACE || !exch_books_idle(&s->books) ||
	    r->source == run->matcher ||
	    run->how[EXCH_REC_NEW] != EXCH_HOW_NOTHING ||
	    !exch_reader_has(in, r->source) ||
	    !exch_reader_has(in, run->matcher))
		return false;
	if (p->source != r->source || p->matcher != run->matcher)
		set_heads(p, r->source, run->matcher);
	v->s = s;
	v->insts = &run->insts;
	v->t = &s->books.tally;
	v->clock = s->clock;
	v->latest = run->last_time;
	memset(v->n, 0, sizeof(v->n));
	if (p->end == v->end && p->soon >= v->at)
		return true;
	p->soon = v->at;
	p->end = v->end;
	for (unsigned i = 0; i < AHEAD; i++)
		foresee(v, p);
	return true;
}

static void
finish(const struct run *v, struct exch_report_run *run, struct exch_reader *in)
{
	uint64_t n = v->n[NEW] + v->n[CANCEL] + v->n[REPLACE];

	if (n == 0)
		return;
	exch_books_took(&v->s->books);
	v->s->clock = v->clock;
	run->last_time = v->latest;
	run->count[EXCH_REC_NEW] += v->n[NEW];
	run->count[EXCH_REC_ACK] += v->n[NEW];
	run->count[EXCH_REC_CANCEL] += v->n[CANCEL];
	run->count[EXCH_REC_CANCELLED] += v->n[CANCEL];
	run->count[EXCH_REC_REPLACE] += v->n[REPLACE];
	run->count[EXCH_REC_REPLACED] += v->n[REPLACE];
	exch_reader_took(in, v->at, v->s->pairs.source, n);
	exch_reader_took(in, v->at, v->s->pairs.matcher, n);
}

void
exch_summary_ahead(struct exch_report_run *run, struct exch_reader *in)
{
	struct run v;

	if (!begin(&v, run, in))
		return;
	exch_summary_look(v.s);
	while (take_pair(&v)) {
		foresee(&v, &v.s->pairs);
		foresee(&v, &v.s->pairs);
	}
	finish(&v, run, in);
}
