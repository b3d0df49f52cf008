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
	s->event = 1;
	return exch_tally_init(&s->tally) == EXCH_OK ? EXCH_OK
						     : exch_report_nomem(d);
}

void
exch_books_clear(struct exch_books *s)
{
	exch_tally_clear(&s->tally);
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
	int rc;

	if (exch_tally_books(&s->tally, place + 1) != EXCH_OK)
		return exch_report_nomem(d);
	rc = exch_report_grow(&s->touched, &s->touched_cap, s->tally.nbooks,
	    sizeof(*s->touched), d);
	if (rc == EXCH_OK)
		rc = exch_report_grow(
		    &s->inst, &s->n, place + 1, sizeof(*s->inst), d);
	if (rc != EXCH_OK)
		return rc;
	for (uint32_t i = old; i < s->n; i++)
		s->inst[i].phase = s->first_phase;
	return EXCH_OK;
}

static inline void
touch(struct exch_books *s, uint32_t place)
{
	struct exch_books_inst *si = &s->inst[place];

	if (si->touched == s->event)
		return;
	si->touched = s->event;
	s->touched[s->ntouched++] = place;
}

/* The list of the event before is over when the next record comes. */
static inline void
begin(struct exch_books *s)
{
	s->event++;
	s->ntouched = 0;
	s->boundary = false;
}

int
exch_books_enter(
    struct exch_books *s, const struct exch_tally_new *o, bool by_id)
{
	int rc = exch_tally_add(&s->tally, o);

	if (__builtin_expect(s->watch != NULL, 0) && rc == EXCH_OK)
		s->watch->enter(s->watch->arg, o, by_id);
	return rc;
}

void
exch_books_leave(struct exch_books *s, struct exch_tally_order *o)
{
	if (__builtin_expect(s->watch != NULL, 0))
		s->watch->leave(s->watch->arg, o->place, o->id);
	exch_tally_remove(&s->tally, o);
}

/* It was not entered.  A stream that is not whole may accept an id twice. */
__attribute__((noinline, cold)) static int
refused(struct exch_books *s, int rc, struct exch_diag *d)
{
	if (rc == EXCH_ERR_NOMEM)
		return exch_report_nomem(d);
	s->unknown++;
	return EXCH_OK;
}

static int
rest(struct exch_books *s, struct exch_diag *d)
{
	int rc = exch_books_enter(s, &s->in, s->in_by_id);

	s->coming = false;
	return rc == EXCH_OK ? EXCH_OK : refused(s, rc, d);
}

/* What came in and was not filled rests now. */
static inline int
settle(struct exch_books *s, struct exch_diag *d)
{
	return s->coming ? rest(s, d) : EXCH_OK;
}

int
exch_books_tick(struct exch_books *s, uint32_t place, exch_oid id,
    exch_px price, int64_t *tick, struct exch_diag *d)
{
	const struct exch_inst *in = &s->insts->inst[place];

	if (__builtin_expect(exch_books_grid(s, place, price, tick), 1))
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "order %llu of %.*s: price is not on the tick grid",
	    (unsigned long long)id, (int)in->nsymbol, in->symbol);
}

/* It comes in, and rests when the event is over. */
static inline int
come_in(struct exch_books *s, const struct exch_tally_new *o, bool by_id,
    exch_px price, struct exch_diag *d)
{
	int rc;

	s->in = *o;
	s->in_by_id = by_id;
	rc = exch_books_tick(s, o->place, o->id, price, &s->in.tick, d);
	s->coming = rc == EXCH_OK && o->qty > 0;
	return rc;
}

static bool
is_coming(const struct exch_books *s, uint32_t place, exch_oid id)
{
	return s->coming && s->in.id == id && s->in.place == place;
}

void
exch_books_take(
    struct exch_books *s, uint32_t place, exch_oid id, exch_qty qty, bool all)
{
	struct exch_tally_order *o;

	if (is_coming(s, place, id)) {
		if (all || qty >= s->in.qty)
			s->coming = false;
		else
			s->in.qty -= qty;
		return;
	}
	o = exch_tally_find(&s->tally, place, id);
	if (o == NULL)
		s->unknown += id != 0; /* 0: an imposed execution's nobody */
	else if (all || qty >= o->qty)
		exch_books_leave(s, o);
	else if (qty > 0)
		exch_tally_reduce(&s->tally, o, qty);
}

/*
 * The command that is answered, or NULL.  Nearly always it is the last one;
 * a market that holds commands back answers an older one.  It waits no
 * more: good until the next command.
 */
static inline const struct exch_rec *
asked_for(struct exch_books *s, uint8_t type, const struct exch_rec *r,
    exch_oid order, struct exch_ask *space)
{
	if (__builtin_expect(s->general, 0) &&
	    exch_asked_take(&s->asked, type, r->instr, order, space))
		return &space->cmd.h;
	if (!s->waiting || s->cmd.h.type != type || s->cmd.n.order != order ||
	    s->cmd.h.instr != r->instr)
		return NULL;
	s->waiting = false;
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
	return come_in(s,
	    &(struct exch_tally_new){.id = n->order,
		.qty = n->qty,
		.place = place,
		.side = n->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL},
	    (n->ordflags & EXCH_ORD_BY_ID) != 0, n->price, d);
}

static int
take_replaced(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_replaced *a = EXCH_REC_AS(r, exch_rec_replaced);
	const struct exch_rec_replace *cmd;
	struct exch_ask space;
	struct exch_tally_order *o;
	struct exch_tally_new next;

	if (a == NULL)
		return exch_report_short(r, d);
	o = exch_tally_find(&s->tally, place, a->order);
	cmd = (const void *)asked_for(s, EXCH_REC_REPLACE, r, a->order, &space);
	if (o == NULL || cmd == NULL) {
		s->unknown++;
		return EXCH_OK;
	}
	if (a->kept != 0) {
		exch_qty open = o->qty;

		/* no matcher leaves nothing; of a stream that says it, it goes */
		if (a->qty == 0)
			exch_books_leave(s, o);
		else if (a->qty < open)
			exch_tally_reduce(&s->tally, o, open - a->qty);
		return EXCH_OK;
	}
	next = (struct exch_tally_new){.id = a->new_order,
	    .qty = a->qty,
	    .place = place,
	    .side = exch_tally_side_of(o)};
	exch_books_leave(s, o);
	return come_in(
	    s, &next, (cmd->ordflags & EXCH_ORD_BY_ID) != 0, cmd->price, d);
}

/* An ordinary order that slides, or that the venue moves. */
__attribute__((noinline, cold)) static int
take_restated(struct exch_books *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_restated *e = EXCH_REC_AS(r, exch_rec_restated);
	struct exch_tally_order *o;
	struct exch_tally_new next;
	int rc;

	if (e == NULL)
		return exch_report_short(r, d);
	if (is_coming(s, place, e->order))
		return exch_books_tick(
		    s, place, e->order, e->price, &s->in.tick, d);
	rc = settle(s, d);
	if (rc != EXCH_OK)
		return rc;
	o = exch_tally_find(&s->tally, place, e->order);
	if (o == NULL) {
		s->unknown++;
		return EXCH_OK;
	}
	next = (struct exch_tally_new){.id = e->order,
	    .qty = e->shown,
	    .place = place,
	    .side = exch_tally_side_of(o)};
	exch_books_leave(s, o);
	return come_in(s, &next, false, e->price, d);
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
		exch_books_take(s, place, e->buy, e->qty, false);
		exch_books_take(s, place, e->sell, e->qty, false);
		return EXCH_OK;
	case EXCH_REC_CANCELLED:
		if ((c = EXCH_REC_AS(r, exch_rec_cancelled)) == NULL)
			return exch_report_short(r, d);
		exch_books_take(s, place, c->order, c->qty, c->open == 0);
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
		exch_books_take(s, place, e->buy, e->qty, false);
	if (!sells)
		exch_books_take(s, place, e->sell, e->qty, false);
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
	s->general = true;
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

	if (__builtin_expect(rc == EXCH_OK && s->waiting, 0))
		rc = hold(s, d);
	if (rc != EXCH_OK)
		return rc;
	s->waiting = false;
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
		s->waiting = true;
	} else if (r->type == EXCH_REC_REPLACE) {
		if (EXCH_REC_AS(r, exch_rec_replace) == NULL)
			return exch_report_short(r, d);
		memcpy(&s->cmd.r, r, sizeof(s->cmd.r));
		s->waiting = true;
	}
	return EXCH_OK;
}

int
exch_books_phase(struct exch_books *s, const struct exch_rec *r, uint32_t place,
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
			rc = exch_books_phase(s, r, place, d);
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

void
exch_books_open(struct exch_books *s, const struct exch_tally_new *in)
{
	begin(s);
	touch(s, in->place);
	s->in = *in;
	s->in_by_id = false; /* which matters to watchers only */
	s->coming = in->qty > 0;
}

int
exch_books_finish(struct exch_books *s, struct exch_diag *d)
{
	return settle(s, d);
}
