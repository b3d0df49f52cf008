/*
 * Acts from the change of the books (acts.h).
 *
 * Orders that come and go tell it themselves (exch_books_watch).  What a
 * record takes from the orders it names is the difference between before and
 * after: an execution as far as the record executes, else a reduction.
 */
#include <config.h>

#include <string.h>

#include "md/acts.h"

static void
tell(struct exch_acts *a, const struct exch_acts_named *o, uint8_t kind,
    exch_px price, exch_qty qty, exch_qty left)
{
	struct exch_act act = {.time = a->time,
	    .order = o->order,
	    .price = price,
	    .qty = qty,
	    .left = left,
	    .match = kind == EXCH_ACT_EXECUTE ? a->match : 0,
	    .place = o->place,
	    .kind = kind,
	    .side = o->side};

	if (a->act != NULL)
		a->act(a->arg, &act);
}

/* Of a named order this much is left now. */
static void
tell_taken(struct exch_acts *a, struct exch_acts_named *o, exch_qty left)
{
	exch_qty gone = o->qty - left;
	exch_qty n = a->executed < gone ? a->executed : gone;

	if (n > 0)
		tell(a, o, EXCH_ACT_EXECUTE, a->price, n, o->qty - n);
	if (n < gone)
		tell(a, o, left == 0 ? EXCH_ACT_DELETE : EXCH_ACT_REDUCE,
		    o->price, gone - n, left);
	o->qty = left;
}

static struct exch_acts_named *
find_named(struct exch_acts *a, uint32_t place, exch_oid id)
{
	for (unsigned i = 0; i < a->nnamed; i++)
		if (a->named[i].order == id && a->named[i].place == place)
			return &a->named[i];
	return NULL;
}

static exch_px
price_of(const struct exch_acts *a, uint32_t place, int64_t tick)
{
	return tick == EXCH_TICK_MARKET
		   ? EXCH_PX_NONE
		   : tick * a->follow.books.inst[place].tick;
}

/* How an order stands in the books. */
static void
look(const struct exch_acts *a, uint32_t place, exch_oid id,
    struct exch_acts_named *out)
{
	const struct exch_tally *t = &a->follow.books.tally;
	const struct exch_tally_order *o =
	    place < t->nbooks ? exch_tally_find(t, place, id) : NULL;

	*out = (struct exch_acts_named){.order = id, .place = place};
	if (o == NULL)
		return;
	out->side = exch_tally_side_of(o);
	out->qty = o->qty;
	out->price = price_of(a, place, exch_tally_tick_of(t, o));
}

static void
entered(void *arg, const struct exch_tally_new *n, bool by_id)
{
	struct exch_acts *a = arg;
	struct exch_acts_named *was = find_named(a, n->place, n->id);
	struct exch_acts_named o = {.order = n->id,
	    .price = price_of(a, n->place, n->tick),
	    .qty = n->qty,
	    .place = n->place,
	    .side = n->side};

	(void)by_id;
	tell(a, &o, EXCH_ACT_ADD, o.price, o.qty, o.qty);
	if (was != NULL)
		*was = o;
}

static void
left(void *arg, uint32_t place, exch_oid id)
{
	struct exch_acts *a = arg;
	struct exch_acts_named *was = find_named(a, place, id);
	struct exch_acts_named o;

	if (was != NULL) {
		tell_taken(a, was, 0);
		return;
	}
	look(a, place, id, &o);
	tell(a, &o, EXCH_ACT_DELETE, o.price, o.qty, 0);
}

static void
name(struct exch_acts *a, uint32_t place, exch_oid id)
{
	if (id != 0)
		look(a, place, id, &a->named[a->nnamed++]);
}

static void
name_execution(struct exch_acts *a, uint32_t place, const exch_oid order[2],
    exch_px price, exch_qty qty, uint64_t match)
{
	name(a, place, order[0]);
	name(a, place, order[1]);
	a->price = price;
	a->executed = qty;
	a->match = match;
}

/* Executions of an engine, of a venue, and of a display. */
static void
name_executed(struct exch_acts *a, const struct exch_rec *r, uint32_t place)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_expect *x;
	const struct exch_rec_book_exec *b;

	if (r->type == EXCH_REC_EXEC &&
	    (e = EXCH_REC_AS(r, exch_rec_exec)) != NULL)
		name_execution(a, place, (exch_oid[2]){e->buy, e->sell},
		    e->price, e->qty, e->match);
	else if (r->type == EXCH_REC_EXPECT &&
		 (r->flags & EXCH_F_IMPOSED) == 0 &&
		 (x = EXCH_REC_AS(r, exch_rec_expect)) != NULL)
		name_execution(a, place, (exch_oid[2]){x->buy, x->sell},
		    x->print, x->qty, x->match);
	else if (r->type == EXCH_REC_BOOK_EXEC &&
		 (b = EXCH_REC_AS(r, exch_rec_book_exec)) != NULL)
		name_execution(a, place, (exch_oid[2]){b->order, 0}, b->price,
		    b->qty, b->match);
	/* a display says a price only where it is not the order's own */
	if (a->executed > 0 && a->price == EXCH_PX_NONE && a->nnamed > 0)
		a->price = a->named[0].price;
}

/* Many records begin with the order they speak of. */
_Static_assert(offsetof(struct exch_rec_ack, order) ==
		       offsetof(struct exch_rec_cancel, order) &&
		   offsetof(struct exch_rec_ack, order) ==
		       offsetof(struct exch_rec_book_reduce, order),
    "the order comes first");

/* The orders that a record names, before it is taken. */
static void
note_named(struct exch_acts *a, const struct exch_rec *r, uint32_t place)
{
	const struct exch_rec_ack *one;

	a->nnamed = 0;
	a->executed = 0;
	switch (r->type) {
	case EXCH_REC_EXEC:
	case EXCH_REC_EXPECT:
	case EXCH_REC_BOOK_EXEC:
		name_executed(a, r, place);
		return;
	case EXCH_REC_CANCEL:
	case EXCH_REC_REPLACE:
	case EXCH_REC_CANCELLED:
	case EXCH_REC_REPLACED:
	case EXCH_REC_RESTATED:
	case EXCH_REC_TRIGGERED:
	case EXCH_REC_BOOK_REDUCE:
	case EXCH_REC_BOOK_DELETE:
	case EXCH_REC_BOOK_REPLACE:
		one = EXCH_REC_AS(r, exch_rec_ack);
		if (one != NULL)
			name(a, place, one->order);
		return;
	default:
		return;
	}
}

/* What the record has taken from those it names. */
static void
tell_named(struct exch_acts *a)
{
	struct exch_acts_named now;

	for (unsigned i = 0; i < a->nnamed; i++) {
		struct exch_acts_named *o = &a->named[i];

		look(a, o->place, o->order, &now);
		if (now.qty < o->qty) {
			tell_taken(a, o, now.qty);
		} else if (now.qty > o->qty) {
			tell(a, o, EXCH_ACT_DELETE, o->price, o->qty, 0);
			tell(
			    a, &now, EXCH_ACT_ADD, now.price, now.qty, now.qty);
		}
	}
	a->nnamed = 0;
	a->executed = 0;
}

/* ---- the follower's watch: nothing of it concerns orders ---- */

static int
no_time(void *arg, exch_ts t, struct exch_diag *d)
{
	(void)arg;
	(void)t;
	(void)d;
	return EXCH_OK;
}

static int
no_trade(
    void *arg, uint32_t place, const struct exch_rec *r, struct exch_diag *d)
{
	(void)arg;
	(void)place;
	(void)r;
	(void)d;
	return EXCH_OK;
}

static int
no_event(void *arg, uint32_t place, exch_ts t, struct exch_diag *d)
{
	(void)arg;
	(void)place;
	(void)t;
	(void)d;
	return EXCH_OK;
}

int
exch_acts_init(struct exch_acts *a, struct exch_report_run *run,
    void (*act)(void *arg, const struct exch_act *a), void *arg,
    struct exch_diag *d)
{
	struct exch_follow_watch watch = {
	    .arg = a, .time = no_time, .trade = no_trade, .event = no_event};
	int rc;

	memset(a, 0, sizeof(*a));
	a->act = act;
	a->arg = arg;
	a->watch = (struct exch_books_watch){
	    .arg = a, .enter = entered, .leave = left};
	rc = exch_follow_init(&a->follow, run, &watch, d);
	a->follow.books.watch = &a->watch;
	return rc;
}

void
exch_acts_clear(struct exch_acts *a)
{
	exch_follow_clear(&a->follow);
}

int
exch_acts_record(struct exch_acts *a, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place = 0;
	int rc;

	/* what was under way is over before this one */
	rc = exch_follow_before(&a->follow, run, r, d);
	if (rc == EXCH_OK && r->instr != 0 && r->type >= EXCH_REC_NEW)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	a->time = r->time;
	note_named(a, r, place);
	rc = exch_follow_record(&a->follow, run, r, d);
	tell_named(a);
	return rc;
}

int
exch_acts_finish(struct exch_acts *a, struct exch_diag *d)
{
	return exch_follow_finish(&a->follow, d);
}
