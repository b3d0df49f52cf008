/*
 * Rebuilding the books from the matcher's answers (books.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/report.h"
#include "report/books.h"
#include "report/track.h"

int
exch_books_init(
    struct exch_books *s, const struct exch_insts *insts, struct exch_diag *d)
{
	memset(s, 0, sizeof(*s));
	s->insts = insts;
	s->first_phase = EXCH_PHASE_CONTINUOUS;
	s->store = exch_book_store_new(0);
	return s->store != NULL ? EXCH_OK : exch_report_nomem(d);
}

void
exch_books_clear(struct exch_books *s)
{
	exch_book_store_free(s->store);
	exch_free(s->inst);
	exch_free(s->touched);
	exch_track_free(s->special);
	exch_asked_clear(&s->asked);
	memset(s, 0, sizeof(*s));
}

int
exch_books_make(struct exch_books *s, uint32_t place, struct exch_diag *d)
{
	uint32_t old = s->n;
	int rc =
	    exch_report_grow(&s->inst, &s->n, place + 1, sizeof(*s->inst), d);

	if (rc != EXCH_OK)
		return rc;
	for (uint32_t i = old; i < s->n; i++)
		s->inst[i].phase = s->first_phase;
	return exch_report_grow(
	    &s->touched, &s->touched_cap, s->n, sizeof(*s->touched), d);
}

static void
touch(struct exch_books *s, uint32_t place)
{
	if (s->inst[place].touched)
		return;
	s->inst[place].touched = true;
	s->touched[s->ntouched++] = place;
}

/* The list of the event before is over when the next record comes. */
static void
begin(struct exch_books *s)
{
	for (uint32_t i = 0; i < s->ntouched; i++)
		s->inst[s->touched[i]].touched = false;
	s->ntouched = 0;
	s->boundary = false;
}

static int
rest(struct exch_books *s, struct exch_diag *d)
{
	int rc;

	s->coming = false;
	rc = exch_book_add(s->store, &s->inst[s->in_place].book, &s->in, NULL);
	if (rc == EXCH_ERR_NOMEM)
		return exch_report_nomem(d);
	/* a stream that is not whole may accept an id twice */
	if (rc != EXCH_OK)
		s->unknown++;
	return EXCH_OK;
}

/* What came in and was not filled rests now. */
static inline int
settle(struct exch_books *s, struct exch_diag *d)
{
	return s->coming ? rest(s, d) : EXCH_OK;
}

/* A price in ticks; the engine lets no other prices in. */
static inline int
tick_of(struct exch_books *s, uint32_t place, exch_oid id, exch_px price,
    int64_t *tick, struct exch_diag *d)
{
	struct exch_books_inst *si = &s->inst[place];
	const struct exch_inst *in = &s->insts->inst[place];
	uint64_t u = price < 0 ? 0 - (uint64_t)price : (uint64_t)price;
	uint64_t q;

	if (si->book.norders == 0 && si->tick != in->tick) {
		si->tick = in->tick;
		si->by_tick = in->by_tick;
	}
	if (price == EXCH_PX_NONE) {
		*tick = EXCH_TICK_MARKET;
		return EXCH_OK;
	}
	q = exch_div_u(&si->by_tick, u);
	if (q * (uint64_t)si->tick != u)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "order %llu of %.*s: price is not on the tick grid",
		    (unsigned long long)id, (int)in->nsymbol, in->symbol);
	*tick = price < 0 ? -(int64_t)q : (int64_t)q;
	return EXCH_OK;
}

int
exch_books_tick(struct exch_books *s, uint32_t place, exch_oid id,
    exch_px price, int64_t *tick, struct exch_diag *d)
{
	return tick_of(s, place, id, price, tick, d);
}

static int
come_in(struct exch_books *s, uint32_t place, const struct exch_book_order *o,
    exch_px price, struct exch_diag *d)
{
	int rc;

	s->in = *o;
	s->in_place = place;
	s->inst[place].book.instr = s->insts->inst[place].id;
	rc = tick_of(s, place, o->id, price, &s->in.tick, d);
	s->coming = rc == EXCH_OK && o->qty > 0;
	return rc;
}

static bool
is_coming(const struct exch_books *s, uint32_t place, exch_oid id)
{
	return s->coming && s->in.id == id && s->in_place == place;
}

/* Take qty from an order, wherever it stands; all: take it out. */
static void
take(struct exch_books *s, uint32_t place, exch_oid id, exch_qty qty, bool all)
{
	struct exch_book *b = &s->inst[place].book;
	exch_slot o;

	if (is_coming(s, place, id)) {
		if (all || qty >= s->in.qty)
			s->coming = false;
		else
			s->in.qty -= qty;
		return;
	}
	o = exch_book_find(s->store, b, id);
	if (o == EXCH_SLOT_NONE)
		s->unknown++;
	else if (all || qty >= exch_book_slots(s->store)[o].qty)
		exch_book_remove(s->store, b, o);
	else if (qty > 0)
		exch_book_reduce(s->store, o, qty);
}

/*
 * The command that is answered, or NULL.  Nearly always it is the last one;
 * a market that holds commands back answers an older one.  Its type is
 * cleared: good until the next command.
 */
static inline const struct exch_rec *
asked_for(struct exch_books *s, uint8_t type, const struct exch_rec *r,
    exch_oid order, struct exch_ask *space)
{
	if (__builtin_expect((s->asked.n | s->asked.now.cmd.h.type) != 0, 0) &&
	    exch_asked_take(&s->asked, type, r->instr, order, space))
		return &space->cmd.h;
	if (s->cmd.h.type != type || s->cmd.n.order != order ||
	    s->cmd.h.instr != r->instr)
		return NULL;
	s->cmd.h.type = 0;
	return &s->cmd.h;
}

static inline int
take_ack(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_ack *a = EXCH_REC_AS(r, exch_rec_ack);
	struct exch_ask space;
	const struct exch_rec_new *n;

	if (a == NULL)
		return exch_report_short(r, d);
	n = (const void *)asked_for(s, EXCH_REC_NEW, r, a->order, &space);
	if (n == NULL) {
		s->unknown++;
		return EXCH_OK;
	}
	return come_in(s, place,
	    &(struct exch_book_order){.id = n->order,
		.qty = n->qty,
		.owner = n->account,
		.side = n->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL,
		.by_id = (n->ordflags & EXCH_ORD_BY_ID) != 0},
	    n->price, d);
}

static int
take_replaced(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_replaced *a = EXCH_REC_AS(r, exch_rec_replaced);
	const struct exch_rec_replace *cmd;
	struct exch_ask space;
	struct exch_book *b = &s->inst[place].book;
	struct exch_slot_data *slot;
	struct exch_book_order next;
	exch_slot o;

	if (a == NULL)
		return exch_report_short(r, d);
	o = exch_book_find(s->store, b, a->order);
	cmd = (const void *)asked_for(s, EXCH_REC_REPLACE, r, a->order, &space);
	if (o == EXCH_SLOT_NONE || cmd == NULL) {
		s->unknown++;
		return EXCH_OK;
	}
	slot = &exch_book_slots(s->store)[o];
	if (a->kept != 0) {
		if (a->qty < slot->qty)
			exch_book_reduce(s->store, o, slot->qty - a->qty);
		return EXCH_OK;
	}
	next = (struct exch_book_order){.id = a->new_order,
	    .qty = a->qty,
	    .owner = slot->owner,
	    .side = exch_book_side_of(s->store, o),
	    .by_id = (cmd->ordflags & EXCH_ORD_BY_ID) != 0};
	exch_book_remove(s->store, b, o);
	return come_in(s, place, &next, cmd->price, d);
}

/* An ordinary order that slides, or that the venue moves. */
__attribute__((noinline, cold)) static int
take_restated(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_restated *e = EXCH_REC_AS(r, exch_rec_restated);
	struct exch_book *b = &s->inst[place].book;
	struct exch_book_order next = {.qty = 0};
	exch_slot o;
	int rc;

	if (e == NULL)
		return exch_report_short(r, d);
	if (is_coming(s, place, e->order))
		return exch_books_tick(
		    s, place, e->order, e->price, &s->in.tick, d);
	rc = settle(s, d);
	if (rc != EXCH_OK)
		return rc;
	o = exch_book_find(s->store, b, e->order);
	if (o == EXCH_SLOT_NONE) {
		s->unknown++;
		return EXCH_OK;
	}
	next.id = e->order;
	next.qty = e->shown;
	next.owner = exch_book_slots(s->store)[o].owner;
	next.side = exch_book_side_of(s->store, o);
	exch_book_remove(s->store, b, o);
	return come_in(s, place, &next, e->price, d);
}

/* A refused command is answered, too. */
__attribute__((noinline, cold)) static int
take_reject(struct exch_books *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_reject *j = EXCH_REC_AS(r, exch_rec_reject);
	struct exch_ask space;

	if (j == NULL)
		return exch_report_short(r, d);
	if (j->command == EXCH_REC_NEW || j->command == EXCH_REC_REPLACE)
		(void)asked_for(s, j->command, r, j->order, &space);
	return EXCH_OK;
}

static inline int
take_plain(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_cancelled *c;

	switch (r->type) {
	case EXCH_REC_ACK:
		return take_ack(s, r, place, d);
	case EXCH_REC_EXEC:
		if ((e = EXCH_REC_AS(r, exch_rec_exec)) == NULL)
			return exch_report_short(r, d);
		take(s, place, e->buy, e->qty, false);
		take(s, place, e->sell, e->qty, false);
		return EXCH_OK;
	case EXCH_REC_CANCELLED:
		if ((c = EXCH_REC_AS(r, exch_rec_cancelled)) == NULL)
			return exch_report_short(r, d);
		take(s, place, c->order, c->qty, c->open == 0);
		return EXCH_OK;
	case EXCH_REC_REPLACED:
		return take_replaced(s, r, place, d);
	case EXCH_REC_REJECT:
		return take_reject(s, r, d);
	case EXCH_REC_RESTATED:
		return take_restated(s, r, place, d);
	default:
		return EXCH_OK;
	}
}

/* An execution of which one or both orders may be the tracker's. */
static int
take_exec(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	bool buys, sells;
	int rc;

	if (e == NULL)
		return exch_report_short(r, d);
	buys = exch_books_has_special(s, r, place, e->buy);
	sells = exch_books_has_special(s, r, place, e->sell);
	rc = buys || sells ? exch_books_special(s, r, place, d) : EXCH_OK;
	if (!buys)
		take(s, place, e->buy, e->qty, false);
	if (!sells)
		take(s, place, e->sell, e->qty, false);
	return rc;
}

/* Where orders of the tracker live; 1: it speaks of none of them. */
__attribute__((noinline, cold)) static int
take_general(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	int rc;

	if (r->type == EXCH_REC_EXEC)
		return take_exec(s, r, place, d);
	if (exch_report_repeats(r))
		return exch_books_special(s, r, place, d);
	/* All the others begin with the order they speak of. */
	if (exch_rec_len(r) < sizeof(struct exch_rec_ack) ||
	    !exch_books_has_special(s, r, place,
		((const struct exch_rec_ack *)(const void *)r)->order))
		return 1;
	/* what it shows now stands behind what came before */
	rc = settle(s, d);
	return rc != EXCH_OK ? rc : exch_books_special(s, r, place, d);
}

static int
take_event(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	touch(s, place);
	if (__builtin_expect(s->special != NULL, 0)) {
		int rc = take_general(s, r, place, d);

		if (rc != 1)
			return rc;
	}
	return take_plain(s, r, place, d);
}

/* A command comes before the last one has its answer: that one is held. */
__attribute__((noinline, cold)) static int
hold(struct exch_books *s, struct exch_diag *d)
{
	s->cmd.h.flags &= (uint8_t)~EXCH_F_EXT;
	s->cmd.h.len8 = s->cmd.h.type == EXCH_REC_NEW ? sizeof(s->cmd.n) / 8
						      : sizeof(s->cmd.r) / 8;
	return exch_asked_put(&s->asked, &s->cmd.h, d);
}

/* True: the command is the tracker's. */
__attribute__((noinline, cold)) static bool
is_general(const struct exch_books *s, const struct exch_rec *r, uint32_t place)
{
	return r->type == EXCH_REC_QUOTE ||
	       (exch_rec_len(r) >= sizeof(struct exch_rec_cancel) &&
		   exch_books_has_special(s, r, place,
		       ((const struct exch_rec_cancel *)(const void *)r)
			   ->order));
}

static int
take_command(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	/* an event whose end was not marked is over at the latest now */
	int rc = settle(s, d);
	const struct exch_rec_new *n;

	if (__builtin_expect(rc == EXCH_OK && s->cmd.h.type != 0, 0))
		rc = hold(s, d);
	if (rc != EXCH_OK)
		return rc;
	s->cmd.h.type = 0;
	/* the id of a new order may be one of theirs: they are asked first */
	if (__builtin_expect(
		s->special != NULL || r->type == EXCH_REC_QUOTE, 0) &&
	    is_general(s, r, place))
		return exch_books_special(s, r, place, d);
	if (r->type == EXCH_REC_NEW) {
		if ((n = EXCH_REC_AS(r, exch_rec_new)) == NULL)
			return exch_report_short(r, d);
		if (__builtin_expect(exch_books_is_special(n), 0))
			return exch_books_special(s, r, place, d);
		memcpy(&s->cmd.n, r, sizeof(s->cmd.n));
	} else if (r->type == EXCH_REC_REPLACE) {
		if (EXCH_REC_AS(r, exch_rec_replace) == NULL)
			return exch_report_short(r, d);
		memcpy(&s->cmd.r, r, sizeof(s->cmd.r));
	}
	return EXCH_OK;
}

static int
take_phase(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);

	if (p == NULL)
		return exch_report_short(r, d);
	/* the matcher has no phase for an instrument it does not know */
	if (p->phase > EXCH_PHASE_END ||
	    (r->instr != 0 && !s->insts->inst[place].announced))
		return EXCH_OK;
	if (r->instr != 0) {
		s->inst[place].phase = p->phase;
		s->inst[place].cross = p->cross;
	} else {
		for (uint32_t i = 0; i < s->n; i++) {
			s->inst[i].phase = p->phase;
			s->inst[i].cross = p->cross;
		}
		s->first_phase = p->phase;
	}
	return s->special != NULL ? exch_books_special(s, r, place, d)
				  : EXCH_OK;
}

int
exch_books_record(struct exch_books *s, const struct exch_rec *r,
    uint32_t place, uint8_t matcher, struct exch_diag *d)
{
	struct exch_books_inst *si;
	int rc = exch_books_at(s, place, &si, d);

	if (rc != EXCH_OK)
		return rc;
	if (s->boundary)
		begin(s);
	if (r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_QUOTE)
		return take_command(s, r, place, d);
	if ((r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED) ||
	    r->type == EXCH_REC_RESTATED || r->type == EXCH_REC_TRIGGERED) {
		rc = take_event(s, r, place, d);
	} else if (r->type == EXCH_REC_PHASE) {
		rc = settle(s, d);
		if (rc == EXCH_OK)
			rc = take_phase(s, r, place, d);
	} else if (r->type == EXCH_REC_TRADE || r->type == EXCH_REC_BUST) {
		touch(s, place);
	}
	if (rc != EXCH_OK)
		return rc;
	if ((r->flags & EXCH_F_LAST) != 0 && r->source == matcher) {
		s->boundary = true;
		return settle(s, d);
	}
	return EXCH_OK;
}

int
exch_books_finish(struct exch_books *s, struct exch_diag *d)
{
	return settle(s, d);
}
