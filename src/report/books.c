/*
 * Rebuilding the books from the matcher's answers (books.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/report.h"
#include "report/books.h"

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

/* What came in and was not filled rests now. */
static int
settle(struct exch_books *s, struct exch_diag *d)
{
	int rc;

	if (!s->coming)
		return EXCH_OK;
	s->coming = false;
	rc = exch_book_add(s->store, &s->inst[s->in_place].book, &s->in, NULL);
	if (rc == EXCH_ERR_NOMEM)
		return exch_report_nomem(d);
	/* a stream that is not whole may accept an id twice */
	if (rc != EXCH_OK)
		s->unknown++;
	return EXCH_OK;
}

/* A price in ticks; the engine lets no other prices in. */
static int
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

static int
take_ack(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_ack *a = EXCH_REC_AS(r, exch_rec_ack);
	const struct exch_rec_new *n = &s->cmd.n;
	struct exch_rec_new side;
	int rc;

	if (a == NULL)
		return exch_report_short(r, d);
	if (s->cmd.h.type == EXCH_REC_QUOTE) {
		/* the other side has come in before */
		rc = settle(s, d);
		if (rc != EXCH_OK)
			return rc;
		exch_report_quoted(&s->cmd.q, a->order, &side);
		n = &side;
	}
	if (n->h.type != EXCH_REC_NEW || n->order != a->order ||
	    n->h.instr != r->instr) {
		s->unknown++;
		return EXCH_OK;
	}
	return come_in(s, place,
	    &(struct exch_book_order){.id = n->order,
		.qty = n->qty,
		.owner = n->account,
		.side = n->side,
		.by_id = (n->ordflags & EXCH_ORD_BY_ID) != 0},
	    s->apart ? EXCH_PX_NONE : n->price, d);
}

static int
take_replaced(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_replaced *a = EXCH_REC_AS(r, exch_rec_replaced);
	const struct exch_rec_replace *cmd = &s->cmd.r;
	struct exch_book *b = &s->inst[place].book;
	struct exch_slot_data *slot;
	struct exch_book_order next;
	exch_slot o;

	if (a == NULL)
		return exch_report_short(r, d);
	o = exch_book_find(s->store, b, a->order);
	if (o == EXCH_SLOT_NONE ||
	    (!(a->kept != 0 && cmd->h.type == EXCH_REC_QUOTE) &&
		(cmd->h.type != EXCH_REC_REPLACE || cmd->order != a->order))) {
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

static int
take_event(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_cancelled *c;

	if (exch_report_repeats(r))
		return EXCH_OK;
	touch(s, place);
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
	default:
		return EXCH_OK;
	}
}

static int
take_command(
    struct exch_books *s, const struct exch_rec *r, struct exch_diag *d)
{
	/* an event whose end was not marked is over at the latest now */
	int rc = settle(s, d);

	if (rc != EXCH_OK)
		return rc;
	s->cmd.h.type = 0;
	s->apart = false;
	if (r->type == EXCH_REC_NEW) {
		if (EXCH_REC_AS(r, exch_rec_new) == NULL)
			return exch_report_short(r, d);
		memcpy(&s->cmd.n, r, sizeof(s->cmd.n));
		s->apart = (s->cmd.n.ordflags & EXCH_ORD_REQUEST) != 0 ||
			   ((r->flags & EXCH_F_EXT) != 0 &&
			       exch_rec_ext(r, sizeof(s->cmd.n),
				   EXCH_EXT_REQUEST) != NULL);
	} else if (r->type == EXCH_REC_QUOTE) {
		if (EXCH_REC_AS(r, exch_rec_quote) == NULL)
			return exch_report_short(r, d);
		memcpy(&s->cmd.q, r, sizeof(s->cmd.q));
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
	if (p->phase > EXCH_PHASE_HALT)
		return EXCH_OK;
	if (r->instr != 0) {
		s->inst[place].phase = p->phase;
		return EXCH_OK;
	}
	for (uint32_t i = 0; i < s->n; i++)
		s->inst[i].phase = p->phase;
	s->first_phase = p->phase;
	return EXCH_OK;
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
	if (r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_BREAK)
		return take_command(s, r, d);
	if (r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED) {
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
