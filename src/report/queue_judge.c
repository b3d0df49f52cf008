/*
 * What happens to the orders asked about, event by event (queue_audit.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/queue_audit.h"

/* What the record at hand does to what it takes out of the books. */
enum exch_queue_doing {
	DOING_NOTHING,
	DOING_EXEC,
	DOING_WITHDRAW,
	/* the venue's own result, or an auction's: no model sees it coming */
	DOING_APART
};

/* An order asked about. */
struct exch_queue_order {
	double ahead[EXCH_ESTIMATE_MODELS];
	exch_qty own;	     /* that it stood with when the event began */
	exch_qty traded;     /* of it, in this event */
	uint32_t next, prev; /* of its level */
	uint32_t level;
	uint32_t slot; /* the tally's; 0: it has ended */
	uint32_t place;
	uint8_t predicted; /* bits of models */
	bool filled, contested;
	bool fresh; /* it joined in this event, which was over by then */
	bool apart; /* executed otherwise than by the rules */
};

struct exch_queue_price {
	exch_qty qty;	 /* when the event began */
	exch_qty traded; /* in this event */
	uint32_t head, tail;
	uint32_t slot; /* the tally's; 0: it is empty now */
	bool touched;
	bool changed; /* other than by orders that joined */
	bool deleted;
	bool apart;
};

int
exch_queue_audit_init(struct exch_queue_audit *q,
    const struct exch_insts *insts, struct exch_diag *d)
{
	memset(q, 0, sizeof(*q));
	return exch_books_init(&q->books, insts, d);
}

void
exch_queue_audit_clear(struct exch_queue_audit *q)
{
	exch_books_clear(&q->books);
	exch_free(q->score);
	exch_free(q->order);
	exch_free(q->level);
	exch_free(q->by_order);
	exch_free(q->by_level);
	exch_free(q->touched);
	memset(q, 0, sizeof(*q));
}

/* ---- pools ---- */

static bool
grow(struct exch_queue_audit *q, void *array, uint32_t *cap, uint32_t n,
    size_t size)
{
	struct exch_diag d = {0};

	if (exch_report_grow(array, cap, n, size, &d) != EXCH_OK)
		q->failed = true;
	return !q->failed;
}

/* A new order, or 0: no memory. */
static uint32_t
new_order(struct exch_queue_audit *q)
{
	uint32_t i = q->order_free;

	if (i != 0) {
		q->order_free = q->order[i].next;
		return i;
	}
	i = q->order_used == 0 ? 1 : q->order_used;
	if (!grow(q, &q->order, &q->order_cap, i + 1, sizeof(*q->order)))
		return 0;
	q->order_used = i + 1;
	return i;
}

static uint32_t
new_level(struct exch_queue_audit *q)
{
	uint32_t i = q->level_free;

	if (i != 0) {
		q->level_free = q->level[i].head;
	} else {
		i = q->level_used == 0 ? 1 : q->level_used;
		if (!grow(
			q, &q->level, &q->level_cap, i + 1, sizeof(*q->level)))
			return 0;
		q->level_used = i + 1;
	}
	q->level[i] = (struct exch_queue_price){0};
	return i;
}

/* ---- what the books tell ---- */

static void
touch(struct exch_queue_audit *q, uint32_t level)
{
	struct exch_queue_price *l = &q->level[level];

	if (l->touched || !grow(q, &q->touched, &q->touched_cap,
			      q->ntouched + 1, sizeof(*q->touched)))
		return;
	l->touched = true;
	q->touched[q->ntouched++] = level;
}

/* The level of an order that rests, or 0: nobody there is asked about. */
static uint32_t
level_of(const struct exch_queue_audit *q, uint32_t slot)
{
	uint32_t l = q->books.tally.order[slot].level;

	return l < q->by_level_cap ? q->by_level[l] : 0;
}

static uint32_t
asked(const struct exch_queue_audit *q, uint32_t slot)
{
	return slot < q->by_order_cap ? q->by_order[slot] : 0;
}

/* It stands at the end of its level from now on. */
static void
join(struct exch_queue_audit *q, uint32_t order, uint32_t level)
{
	struct exch_queue_price *l = &q->level[level];
	struct exch_queue_order *o = &q->order[order];

	o->level = level;
	o->prev = l->tail;
	o->next = 0;
	if (l->tail != 0)
		q->order[l->tail].next = order;
	else
		l->head = order;
	l->tail = order;
}

static bool
is_asked_about(const struct exch_queue_audit *q, const struct exch_tally_new *o)
{
	return q->books.inst[o->place].phase == EXCH_PHASE_CONTINUOUS &&
	       o->tick != EXCH_TICK_MARKET && o->id != q->restated;
}

static void
enter(void *arg, const struct exch_tally_new *n, bool by_id)
{
	struct exch_queue_audit *q = arg;
	const struct exch_tally *t = &q->books.tally;
	uint32_t slot = exch_tally_look(t, n->place, n->id);
	uint32_t at, level, order;

	(void)by_id; /* who sees levels only sees it join like any other */
	if (q->failed || slot == 0)
		return;
	at = t->order[slot].level;
	if (!grow(q, &q->by_order, &q->by_order_cap, slot + 1,
		sizeof(*q->by_order)) ||
	    !grow(q, &q->by_level, &q->by_level_cap, at + 1,
		sizeof(*q->by_level)) ||
	    !grow(q, &q->score, &q->nscores, n->place + 1, sizeof(*q->score)))
		return;
	q->by_order[slot] = 0;
	if (q->by_level[at] != 0)
		touch(q, q->by_level[at]);
	if (!is_asked_about(q, n) || (order = new_order(q)) == 0)
		return;
	level = q->by_level[at];
	if (level == 0 && (level = new_level(q)) == 0)
		return;
	q->by_level[at] = level;
	q->level[level].slot = at;
	q->order[order] = (struct exch_queue_order){
	    .slot = slot, .place = n->place, .own = n->qty, .fresh = true};
	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++)
		q->order[order].ahead[m] = (double)(t->level[at].qty - n->qty);
	q->by_order[slot] = order;
	join(q, order, level);
	touch(q, level);
}

static void
leave(void *arg, uint32_t place, exch_oid id)
{
	struct exch_queue_audit *q = arg;
	const struct exch_tally *t = &q->books.tally;
	uint32_t slot = exch_tally_look(t, place, id);
	uint32_t order, level, at;

	if (q->failed || slot == 0 || (level = level_of(q, slot)) == 0)
		return;
	touch(q, level);
	q->level[level].changed = true;
	q->level[level].deleted |= q->doing == DOING_WITHDRAW;
	order = asked(q, slot);
	if (order != 0) {
		q->order[order].slot = 0;
		q->by_order[slot] = 0;
	}
	/* it is the last one: the slot is another price's from now on */
	at = t->order[slot].level;
	if (t->level[at].prev == 1) {
		q->by_level[at] = 0;
		q->level[level].slot = 0;
	}
}

/* ---- what records tell, before the books know ---- */

static void
executed(struct exch_queue_audit *q, const struct exch_rec_exec *e,
    uint32_t place, uint8_t side)
{
	uint32_t slot = exch_tally_look(
	    &q->books.tally, place, side == EXCH_BUY ? e->buy : e->sell);
	uint32_t level = slot != 0 ? level_of(q, slot) : 0;
	uint32_t order;

	if (level == 0)
		return;
	touch(q, level);
	q->level[level].changed = true;
	if (e->cross != EXCH_CROSS_NONE || e->aggressor == side) {
		q->level[level].apart = true;
		return;
	}
	q->level[level].traded += e->qty;
	order = asked(q, slot);
	if (order != 0) {
		q->order[order].traded += e->qty;
		q->order[order].filled = true;
	}
}

/* The venue took it out, and not because someone asked for that. */
static bool
is_imposed(const struct exch_rec_cancelled *c, bool *uncross)
{
	const struct exch_ext *x;

	if (c->reason != EXCH_WHY_IMPOSED)
		return false;
	x = exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_CAUSE);
	*uncross = x != NULL && x->small == EXCH_CAUSE_CROSS;
	return true;
}

static void
withdrawn(struct exch_queue_audit *q, const struct exch_rec *r, uint32_t place)
{
	/* these records all begin with the order they speak of */
	const struct exch_rec_ack *a = (const void *)r;
	const struct exch_rec_cancelled *c = (const void *)r;
	uint32_t slot = exch_tally_look(&q->books.tally, place, a->order);
	uint32_t level = slot != 0 ? level_of(q, slot) : 0;
	bool uncross = false;
	uint32_t order;

	q->doing = DOING_WITHDRAW;
	if (level == 0)
		return;
	touch(q, level);
	q->level[level].changed = true;
	if (r->type != EXCH_REC_CANCELLED || !is_imposed(c, &uncross))
		return;
	q->doing = DOING_APART;
	q->level[level].apart = true;
	order = asked(q, slot);
	/* who is taken by an auction stood unexecuted until then */
	if (order != 0 && !uncross)
		q->order[order].apart = true;
}

static void
look(struct exch_queue_audit *q, const struct exch_rec *r, uint32_t place)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_new *n;

	q->doing = DOING_NOTHING;
	switch (r->type) {
	case EXCH_REC_NEW:
		n = EXCH_REC_AS(r, exch_rec_new);
		if (n != NULL)
			q->restated =
			    (r->flags & EXCH_F_SNAPSHOT) != 0 ? n->order : 0;
		return;
	case EXCH_REC_EXEC:
		e = EXCH_REC_AS(r, exch_rec_exec);
		q->doing = DOING_EXEC;
		if (e == NULL)
			return;
		executed(q, e, place, EXCH_BUY);
		executed(q, e, place, EXCH_SELL);
		return;
	case EXCH_REC_CANCELLED:
	case EXCH_REC_REPLACED:
	case EXCH_REC_RESTATED:
		if (exch_rec_len(r) >= sizeof(struct exch_rec_cancelled))
			withdrawn(q, r, place);
		return;
	default:
		return;
	}
}

/* ---- an event is over ---- */

static void
judge(struct exch_queue_audit *q, const struct exch_queue_order *o)
{
	struct exch_queue_score *s = &q->score[o->place];

	if (o->apart) {
		s->apart++;
		return;
	}
	if (!o->contested) {
		s->calm++;
		return;
	}
	s->orders++;
	s->filled += o->filled;
	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++) {
		bool said = (o->predicted >> m & 1) != 0;

		s->predicted[m] += said;
		s->missed[m] += o->filled && !said;
		s->false_fills[m] += said && !o->filled;
	}
}

static void
end_order(struct exch_queue_audit *q, uint32_t order)
{
	struct exch_queue_order *o = &q->order[order];
	struct exch_queue_price *l = &q->level[o->level];

	judge(q, o);
	if (o->prev != 0)
		q->order[o->prev].next = o->next;
	else
		l->head = o->next;
	if (o->next != 0)
		q->order[o->next].prev = o->prev;
	else
		l->tail = o->prev;
	o->next = q->order_free;
	q->order_free = order;
}

/* What the event was to one order: `after` stands at its price now. */
static void
tell(struct exch_queue_order *o, const struct exch_queue_price *l,
    exch_qty after, exch_qty own)
{
	const struct exch_level_change c = {
	    .before = l->qty > o->own ? l->qty - o->own : 0,
	    .after = after > own ? after - own : 0,
	    .traded = l->traded,
	    .traded_others = l->traded - o->traded,
	    .deleted = l->deleted,
	};

	if (l->apart) {
		for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++)
			if (o->ahead[m] > (double)c.after)
				o->ahead[m] = (double)c.after;
		return;
	}
	o->contested |= l->traded > 0;
	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++) {
		if ((o->predicted >> m & 1) != 0)
			continue;
		o->ahead[m] =
		    exch_estimate((enum exch_estimate_model)m, o->ahead[m], &c);
		if (exch_estimate_filled(o->ahead[m]))
			o->predicted |= (uint8_t)(1u << m);
	}
}

static void
end_event_of(struct exch_queue_audit *q, uint32_t order, exch_qty after)
{
	struct exch_queue_order *o = &q->order[order];
	exch_qty own = o->slot != 0 ? q->books.tally.order[o->slot].qty : 0;

	if (!o->fresh)
		tell(o, &q->level[o->level], after, own);
	/* the next part of an iceberg, say: it did not stand before */
	else if (o->filled)
		o->apart = true;
	o->own = own;
	o->traded = 0;
	o->fresh = false;
	if (o->slot == 0)
		end_order(q, order);
}

static void
end_level(struct exch_queue_audit *q, uint32_t level)
{
	struct exch_queue_price *l = &q->level[level];
	const struct exch_tally *t = &q->books.tally;
	exch_qty after = l->slot != 0 ? t->level[l->slot].qty : 0;
	uint32_t next;

	if (!l->changed)
		/* who joined stands at the end, and nothing else was */
		for (uint32_t i = l->tail; i != 0 && q->order[i].fresh;
		     i = q->order[i].prev)
			q->order[i].fresh = false;
	for (uint32_t i = l->changed ? l->head : 0; i != 0; i = next) {
		next = q->order[i].next;
		end_event_of(q, i, after);
	}
	l->qty = after;
	l->traded = 0;
	l->touched = l->changed = l->deleted = l->apart = false;
	if (l->head != 0)
		return;
	/* nobody there is asked about any more, whoever stands there */
	if (l->slot != 0)
		q->by_level[l->slot] = 0;
	l->slot = 0;
	l->head = q->level_free;
	q->level_free = level;
}

static void
end_event(struct exch_queue_audit *q)
{
	for (uint32_t i = 0; i < q->ntouched; i++)
		end_level(q, q->touched[i]);
	q->ntouched = 0;
}

/* ---- records ---- */

/* An event whose end was not marked is over when a command comes. */
static int
before(
    struct exch_queue_audit *q, const struct exch_rec *r, struct exch_diag *d)
{
	int rc;

	if (q->ntouched == 0 ||
	    (r->type != EXCH_REC_PHASE &&
		!(r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_QUOTE)))
		return EXCH_OK;
	rc = exch_books_finish(&q->books, d);
	end_event(q);
	return rc;
}

int
exch_queue_audit_record(struct exch_queue_audit *q, const struct exch_rec *r,
    uint32_t place, uint8_t matcher, struct exch_diag *d)
{
	int rc = before(q, r, d);

	if (rc != EXCH_OK)
		return rc;
	if (q->books.watch == NULL) {
		q->watch = (struct exch_books_watch){
		    .arg = q, .enter = enter, .leave = leave};
		q->books.watch = &q->watch;
	}
	if (place < q->books.n)
		look(q, r, place);
	rc = exch_books_record(&q->books, r, place, matcher, d);
	if (q->books.boundary)
		end_event(q);
	if (rc == EXCH_OK && q->failed)
		rc = exch_report_nomem(d);
	return rc;
}

int
exch_queue_audit_finish(struct exch_queue_audit *q, struct exch_diag *d)
{
	int rc = exch_books_finish(&q->books, d);

	end_event(q);
	for (uint32_t i = 1; i < q->level_used; i++)
		/* a free one leads to the next free one */
		if (q->level[i].slot != 0)
			for (uint32_t o = q->level[i].head; o != 0;
			     o = q->order[o].next)
				judge(q, &q->order[o]);
	return rc == EXCH_OK && q->failed ? exch_report_nomem(d) : rc;
}

/* ---- scores ---- */

void
exch_queue_score_sum(
    struct exch_queue_score *a, const struct exch_queue_score *b)
{
	a->orders += b->orders;
	a->filled += b->filled;
	a->calm += b->calm;
	a->apart += b->apart;
	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++) {
		a->predicted[m] += b->predicted[m];
		a->missed[m] += b->missed[m];
		a->false_fills[m] += b->false_fills[m];
	}
}

/* How far a model is from as many fills as there were. */
static uint64_t
off(const struct exch_queue_score *s, unsigned m)
{
	return s->missed[m] > s->false_fills[m]
		   ? s->missed[m] - s->false_fills[m]
		   : s->false_fills[m] - s->missed[m];
}

unsigned
exch_queue_best(const struct exch_queue_score *s)
{
	unsigned best = 0;

	for (unsigned m = 1; m < EXCH_ESTIMATE_MODELS; m++) {
		uint64_t now = exch_queue_right(s, m);
		uint64_t was = exch_queue_right(s, best);

		if (!exch_estimate_needs_orders((enum exch_estimate_model)m) &&
		    (now > was || (now == was && off(s, m) < off(s, best))))
			best = m;
	}
	return best;
}
