/*
 * The order tracker (track.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "report/report.h"
#include "report/track.h"

struct exch_track {
	exch_change_fn *fn;
	void *arg;
	struct exch_lives lives;
	uint64_t unknown;
	struct exch_asked asked;
	struct phase *phase; /* by place */
	uint32_t nphase;
	uint8_t first_phase;
	uint8_t first_cross;
	bool told;   /* a phase of all instruments */
	bool ending; /* a phase `end` was told, its events follow */
};

struct phase {
	uint8_t phase;
	uint8_t cross;
	bool told;
};

int
exch_track_new(
    exch_change_fn *fn, void *arg, struct exch_track **out, struct exch_diag *d)
{
	struct exch_track *t = exch_calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return exch_report_nomem(d);
	t->fn = fn;
	t->arg = arg;
	t->first_phase = EXCH_PHASE_CONTINUOUS;
	rc = exch_lives_init(&t->lives, d);
	if (rc == EXCH_OK)
		*out = t;
	else
		exch_track_free(t);
	return rc;
}

void
exch_track_free(struct exch_track *t)
{
	if (t == NULL)
		return;
	exch_lives_clear(&t->lives);
	exch_free(t->phase);
	exch_asked_clear(&t->asked);
	exch_free(t);
}

/* ---- phases ---- */

void
exch_track_first_phase(struct exch_track *t, uint8_t phase)
{
	/*
	 * Who matched is known with the first answer only, and the stream may
	 * have told a phase before.
	 */
	if (!t->told)
		t->first_phase = phase;
}

uint8_t
exch_track_phase(const struct exch_track *t, uint32_t place, uint8_t *cross)
{
	if (place < t->nphase && t->phase[place].told) {
		*cross = t->phase[place].cross;
		return t->phase[place].phase;
	}
	*cross = t->first_cross;
	return t->first_phase;
}

/* The day of a live order is over, or goes on. */
static void
turn_day(struct exch_track *t, uint32_t place, bool all, bool over)
{
	struct exch_life *o;
	uint32_t at = 0;

	while ((o = exch_lives_next(&t->lives, &at)) != NULL) {
		uint8_t cross;
		uint8_t phase;

		if (!all && o->key.place != place)
			continue;
		phase = exch_track_phase(t, o->key.place, &cross);
		if (over == (phase == EXCH_PHASE_END))
			(void)exch_life_step(&o->stage,
			    over ? EXCH_LIFE_DAY_END : EXCH_LIFE_DAY_BEGIN);
	}
}

int
exch_track_set_phase(struct exch_track *t, uint32_t place, uint8_t phase,
    uint8_t cross, struct exch_diag *d)
{
	int rc = exch_report_grow(
	    &t->phase, &t->nphase, place + 1, sizeof(*t->phase), d);

	if (rc == EXCH_OK)
		t->phase[place] = (struct phase){phase, cross, true};
	return rc;
}

static int
take_phase(struct exch_track *t, const struct exch_rec_phase *r, uint32_t place,
    struct exch_diag *d)
{
	bool all = r->h.instr == 0;
	int rc = EXCH_OK;

	if (r->phase > EXCH_PHASE_END)
		return EXCH_OK;
	if (all) {
		t->first_phase = r->phase;
		t->first_cross = r->cross;
		t->told = true;
		for (uint32_t i = 0; i < t->nphase; i++)
			t->phase[i] = (struct phase){r->phase, r->cross, true};
	} else {
		rc = exch_track_set_phase(t, place, r->phase, r->cross, d);
	}
	/* the last auction of the day comes behind the phase that ends it */
	if (r->phase == EXCH_PHASE_END)
		t->ending = true;
	else
		turn_day(t, place, all, false);
	return rc;
}

/* ---- changes ---- */

static int
step(struct exch_life *o, enum exch_life_event e, struct exch_diag *d)
{
	uint8_t state = (uint8_t)exch_life_shown(&o->stage);

	if (exch_life_step(&o->stage, e) == EXCH_OK)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "order %llu is %s and cannot be %s", (unsigned long long)o->key.id,
	    exch_life_word(state), exch_life_verb(e));
}

/* Tell of a change; a change that ended the order takes it out after. */
static int
tell(struct exch_track *t, struct exch_change *c, struct exch_diag *d)
{
	if (c->o == NULL && !exch_change_nobody(c))
		t->unknown++;
	return t->fn(t->arg, c, d);
}

static int
take_ack(struct exch_track *t, const struct exch_rec_ack *r, uint32_t place,
    struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_ACCEPTED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	struct exch_ask ask;
	const struct exch_rec_new *n = &ask.cmd.n;
	struct exch_life *o = NULL;
	uint8_t cross;
	uint8_t phase = exch_track_phase(t, place, &cross);
	int rc;

	if (exch_asked_take(
		&t->asked, EXCH_REC_NEW, r->h.instr, r->order, &ask) ||
	    exch_asked_take(
		&t->asked, EXCH_REC_QUOTE, r->h.instr, r->order, &ask)) {
		rc = exch_lives_insert(&t->lives, place, r->order, &o, d);
		if (rc != EXCH_OK)
			return rc;
	}
	if (o != NULL) {
		o->stage = ask.stage;
		o->terms = ask.terms;
		o->price = n->price;
		o->qty = n->qty;
		o->open = n->qty;
		o->entered = r->h.time;
		o->account = n->account;
		o->side = n->side;
		o->ordtype = n->ordtype;
		o->tif = n->tif;
		o->flags = n->h.flags;
		o->ordflags = n->ordflags;
		o->type = n->ordtype;
		(void)exch_life_step(&o->stage, EXCH_LIFE_ASK);
		rc = step(o,
		    exch_stand_in(o, phase, cross) ? EXCH_LIFE_PARK
						   : EXCH_LIFE_ACCEPT,
		    d);
		if (rc != EXCH_OK)
			return rc;
	}
	c.o = o;
	return tell(t, &c, d);
}

/* A refused command as it asked. */
static void
as_asked(
    struct exch_track *t, const struct exch_rec_reject *r, struct exch_life *o)
{
	struct exch_ask ask;
	struct exch_ask other;

	if (!exch_asked_take(&t->asked, r->command, r->h.instr, r->order, &ask))
		return;
	if (r->command == EXCH_REC_QUOTE)
		(void)exch_asked_take(
		    &t->asked, EXCH_REC_QUOTE, r->h.instr, ask.other, &other);
	o->terms = ask.terms;
	o->flags = ask.cmd.h.flags;
	if (r->command != EXCH_REC_REPLACE) {
		o->price = ask.cmd.n.price;
		o->qty = ask.cmd.n.qty;
		o->account = ask.cmd.n.account;
		o->side = ask.cmd.n.side;
		o->ordtype = ask.cmd.n.ordtype;
		o->tif = ask.cmd.n.tif;
		o->ordflags = ask.cmd.n.ordflags;
	} else {
		o->price = ask.cmd.r.price;
		o->qty = ask.cmd.r.qty;
		o->account = ask.cmd.r.account;
		o->tif = ask.cmd.r.tif;
	}
}

static int
take_reject(struct exch_track *t, const struct exch_rec_reject *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_life asked = {
	    .key.id = r->order, .key.place = place, .price = EXCH_PX_NONE};
	struct exch_change c = {.kind = EXCH_CHANGE_REJECTED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order,
	    .o = &asked};
	bool fresh = r->command == EXCH_REC_NEW || r->command == EXCH_REC_QUOTE;
	struct exch_life *live =
	    fresh ? NULL : exch_lives_find(&t->lives, place, r->order);
	struct exch_ask *open;
	int rc = EXCH_OK;

	exch_terms_read(&asked.terms, &r->h, sizeof(*r));
	if (fresh || r->command == EXCH_REC_REPLACE)
		as_asked(t, r, &asked);
	if (fresh) {
		(void)exch_life_step(&asked.stage, EXCH_LIFE_ASK);
		(void)exch_life_step(&asked.stage, EXCH_LIFE_REJECT);
	} else if (live != NULL && r->command != EXCH_REC_CANCEL &&
		   r->command != EXCH_REC_REPLACE) {
		/* an order by that id is not what was refused */
		live = NULL;
	} else if (live != NULL) {
		/* a refused change speaks of an order that may be there */
		asked.side = live->side;
		asked.account = live->account;
		asked.ordtype = live->ordtype;
		rc = step(live,
		    r->command == EXCH_REC_REPLACE ? EXCH_LIFE_REFUSE_REPLACE
						   : EXCH_LIFE_REFUSE_CANCEL,
		    d);
		asked.stage = live->stage;
	} else if ((open = exch_asked_new(&t->asked, r->h.instr, r->order)) !=
		       NULL &&
		   r->command == EXCH_REC_CANCEL) {
		(void)exch_life_step(&open->stage, EXCH_LIFE_REFUSE_CANCEL);
		asked.stage = open->stage;
	}
	if (rc != EXCH_OK)
		return rc;
	asked.entered = r->h.time;
	return tell(t, &c, d);
}

static int
take_fill(struct exch_track *t, const struct exch_rec_exec *r, uint32_t place,
    uint8_t side, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_EXECUTED,
	    .r = &r->h,
	    .place = place,
	    .side = side};
	struct exch_life *o;
	exch_qty q = r->qty;
	int rc;

	c.order = side == EXCH_BUY ? r->buy : r->sell;
	c.contra = side == EXCH_BUY ? r->sell : r->buy;
	o = exch_lives_find(&t->lives, place, c.order);
	if (o != NULL) {
		exch_i128 v;

		if (q > o->open)
			q = o->open;
		rc = step(
		    o, q < o->open ? EXCH_LIFE_FILL_PART : EXCH_LIFE_FILL, d);
		if (rc != EXCH_OK)
			return rc;
		o->open -= q;
		o->filled += q;
		o->execs++;
		exch_stand_filled(o, side, r->aggressor, q);
		if (__builtin_mul_overflow(
			(exch_i128)r->price, (exch_i128)q, &v) ||
		    __builtin_add_overflow(o->notional, v, &o->notional))
			return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0, "amount does not fit 128 bits");
		c.ended = o->open == 0;
	}
	c.o = o;
	rc = tell(t, &c, d);
	if (rc == EXCH_OK && c.ended)
		exch_lives_drop(&t->lives, o);
	return rc;
}

static int
take_cancelled(struct exch_track *t, const struct exch_rec_cancelled *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_CANCELLED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	struct exch_life *o = exch_lives_find(&t->lives, place, r->order);
	exch_qty q = r->qty;
	int rc;

	if (o != NULL) {
		if (q > o->open)
			q = o->open;
		/* a CANCEL is answered, whoever was first */
		if ((r->reason == EXCH_WHY_USER ||
			r->reason == EXCH_WHY_IMPOSED) &&
		    o->stage.cancels > 0)
			o->stage.cancels--;
		rc = step(o,
		    r->open != 0 ? EXCH_LIFE_CANCEL_PART
				 : exch_life_cancel(r->reason),
		    d);
		if (rc != EXCH_OK)
			return rc;
		o->open -= q;
		o->cancelled += q;
		exch_stand_reduced(o);
		c.ended = r->open == 0;
	}
	c.o = o;
	rc = tell(t, &c, d);
	if (rc == EXCH_OK && c.ended)
		exch_lives_drop(&t->lives, o);
	return rc;
}

/* What a REPLACE changes besides quantity. */
static void
apply_replace(struct exch_life *o, const struct exch_ask *ask, exch_qty qty)
{
	const struct exch_rec_replace *cmd = &ask->cmd.r;
	uint8_t stays = EXCH_ORD_HIDDEN | EXCH_ORD_AON | EXCH_ORD_IMBALANCE;

	o->open = qty;
	o->qty = o->filled + o->cancelled + qty;
	o->price = cmd->price;
	/* orders of an auction keep their time */
	if (o->tif != EXCH_TIF_ATO && o->tif != EXCH_TIF_ATC &&
	    o->tif != EXCH_TIF_GFA) {
		o->tif = cmd->tif;
		o->terms.expire = ask->terms.expire;
	}
	o->ordflags = (uint8_t)((o->ordflags & stays) | cmd->ordflags);
	if (cmd->account != 0)
		o->account = cmd->account;
	o->terms.any |= ask->terms.any;
	if (ask->terms.stop != EXCH_PX_NONE)
		o->terms.stop = ask->terms.stop;
	if (ask->terms.display != 0)
		o->terms.display = ask->terms.display;
	if (ask->terms.discretion != EXCH_PX_NONE)
		o->terms.discretion = ask->terms.discretion;
	if (ask->terms.client != 0)
		o->terms.client = ask->terms.client;
}

/* The order stays where it is with less, or comes in anew. */
static int
come_again(
    struct exch_track *t, struct exch_life *o, bool kept, struct exch_diag *d)
{
	bool apart = o->apart;
	uint8_t cross;
	uint8_t phase = exch_track_phase(t, o->key.place, &cross);

	if (kept) {
		exch_stand_reduced(o);
		return EXCH_OK;
	}
	if (exch_stand_in(o, phase, cross) == apart)
		return EXCH_OK;
	return step(o, apart ? EXCH_LIFE_ENTER : EXCH_LIFE_LEAVE, d);
}

/* The order that another one goes on as; NULL in *next: its id is taken. */
static int
inherit(struct exch_track *t, const struct exch_life *was,
    const struct exch_rec_replaced *r, const struct exch_ask *ask,
    struct exch_life **next, struct exch_diag *d)
{
	int rc =
	    exch_lives_insert(&t->lives, was->key.place, r->new_order, next, d);
	struct exch_life *o = *next;

	if (rc != EXCH_OK || o == NULL)
		return rc;
	o->side = was->side;
	o->ordtype = was->ordtype;
	o->type = was->type;
	o->account = was->account;
	o->tif = was->tif;
	o->flags = was->flags;
	o->ordflags = was->ordflags;
	o->terms = was->terms;
	o->replaces = was->key.id;
	o->first = was->first != 0 ? was->first : was->key.id;
	o->entered = r->h.time;
	/* its state begins as that of the old one, without fills */
	o->apart = was->apart;
	o->stage.state =
	    was->apart ? (uint8_t)EXCH_LIFE_INACTIVE : (uint8_t)EXCH_LIFE_NONE;
	if (!was->apart)
		rc = step(o, EXCH_LIFE_INHERIT, d);
	if (rc != EXCH_OK)
		return rc;
	apply_replace(o, ask, r->qty);
	return come_again(t, o, false, d);
}

/*
 * What a REPLACED answers: a REPLACE, or a quote that leaves an order of
 * the one before where it is.
 */
static bool
take_replace(struct exch_track *t, const struct exch_rec_replaced *r,
    struct exch_life *o, struct exch_ask *ask)
{
	struct exch_rec_replace cmd = {.new_order = r->new_order,
	    .order = r->order,
	    .price = o->price,
	    .qty = r->qty,
	    .tif = o->tif,
	    .ordflags = o->ordflags};

	if (exch_asked_take(
		&t->asked, EXCH_REC_REPLACE, r->h.instr, r->order, ask))
		return true;
	if (!exch_asked_take(
		&t->asked, EXCH_REC_QUOTE, r->h.instr, r->order, ask))
		return false;
	ask->cmd.r = cmd;
	(void)exch_life_step(&o->stage, EXCH_LIFE_ASK_REPLACE);
	return true;
}

static int
take_replaced(struct exch_track *t, const struct exch_rec_replaced *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_REPLACED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	struct exch_life *o = exch_lives_find(&t->lives, place, r->order);
	struct exch_life was;
	struct exch_life *next;
	struct exch_ask ask;
	bool same = r->new_order == r->order;
	int rc;

	if (o == NULL || !take_replace(t, r, o, &ask))
		return tell(t, &c, d);
	rc = step(o, same ? EXCH_LIFE_CHANGE : EXCH_LIFE_REPLACE, d);
	if (rc != EXCH_OK)
		return rc;
	was = *o;
	c.o = &was;
	if (same) {
		apply_replace(o, &ask, r->qty);
		o->changes++;
		c.next = o;
		rc = come_again(t, o, r->kept != 0, d);
		return rc != EXCH_OK ? rc : tell(t, &c, d);
	}
	exch_lives_drop(&t->lives, o);
	rc = inherit(t, &was, r, &ask, &next, d);
	if (rc != EXCH_OK)
		return rc;
	c.next = next;
	c.ended = true;
	return tell(t, &c, d);
}

static int
take_restated(struct exch_track *t, const struct exch_rec_restated *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_RESTATED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	struct exch_life *o = exch_lives_find(&t->lives, place, r->order);
	int rc;

	c.o = o;
	if (o == NULL)
		return tell(t, &c, d);
	if (r->leaves != o->open)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "order %llu is restated with another open quantity",
		    (unsigned long long)o->key.id);
	rc = step(o, exch_stand_restated(o, r), d);
	return rc != EXCH_OK ? rc : tell(t, &c, d);
}

static int
take_triggered(struct exch_track *t, const struct exch_rec_triggered *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_TRIGGERED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	struct exch_life *o = exch_lives_find(&t->lives, place, r->order);
	uint8_t cross;
	uint8_t phase = exch_track_phase(t, place, &cross);
	int rc;

	c.o = o;
	if (o == NULL)
		return tell(t, &c, d);
	if (!o->apart)
		rc = step(o, EXCH_LIFE_TRIGGER, d);
	else
		rc = step(o, exch_stand_triggered(o, phase, cross), d);
	return rc != EXCH_OK ? rc : tell(t, &c, d);
}

static int
take_exec(struct exch_track *t, const struct exch_rec_exec *r, uint32_t place,
    struct exch_diag *d)
{
	int rc = take_fill(t, r, place, EXCH_BUY, d);

	return rc != EXCH_OK ? rc : take_fill(t, r, place, EXCH_SELL, d);
}

#define TAKE(T, fn)                                                            \
	(EXCH_REC_AS(r, T) == NULL                                             \
		? exch_report_short(r, d)                                      \
		: fn(t, (const struct T *)(const void *)r, place, d))

/* A CANCEL or REPLACE is asked for, of a live order or of one to come. */
static int
note_asked(struct exch_track *t, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	/* `order` stands at the same place in all commands */
	exch_oid id = ((const struct exch_rec_cancel *)(const void *)r)->order;
	enum exch_life_event e = r->type == EXCH_REC_CANCEL
				     ? EXCH_LIFE_ASK_CANCEL
				     : EXCH_LIFE_ASK_REPLACE;
	struct exch_life *o = exch_lives_find(&t->lives, place, id);
	struct exch_ask *open;

	if (o != NULL)
		return step(o, e, d);
	open = exch_asked_new(&t->asked, r->instr, id);
	if (open != NULL) {
		(void)exch_life_step(&open->stage, EXCH_LIFE_ASK);
		(void)exch_life_step(&open->stage, e);
	}
	return EXCH_OK;
}

static int
take_command(struct exch_track *t, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	int rc = EXCH_OK;

	/* A call that goes on is told among the events of what ends others. */
	if (t->ending && (r->type != EXCH_REC_PHASE || r->instr == 0)) {
		t->ending = false;
		turn_day(t, 0, true, true);
	}
	switch (r->type) {
	case EXCH_REC_NEW:
	case EXCH_REC_QUOTE:
		return exch_asked_put(&t->asked, r, d);
	case EXCH_REC_REPLACE:
		if (EXCH_REC_AS_ASKED(r, exch_rec_replace) == NULL)
			return exch_report_short(r, d);
		rc = note_asked(t, r, place, d);
		return rc != EXCH_OK ? rc : exch_asked_put(&t->asked, r, d);
	case EXCH_REC_CANCEL:
		if (EXCH_REC_AS_ASKED(r, exch_rec_cancel) == NULL)
			return exch_report_short(r, d);
		return note_asked(t, r, place, d);
	case EXCH_REC_PHASE:
		return TAKE(exch_rec_phase, take_phase);
	default:
		return EXCH_OK;
	}
}

/* The same answer as before, to the same order sent again. */
static void
take_repeated(struct exch_track *t, const struct exch_rec *r, uint32_t place)
{
	const struct exch_life *o = exch_lives_find(&t->lives, place,
	    ((const struct exch_rec_ack *)(const void *)r)->order);

	exch_asked_repeated(
	    &t->asked, r->instr, o != NULL ? &o->terms.client : NULL);
}

int
exch_track_record(struct exch_track *t, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d)
{
	if (exch_report_repeats(r) &&
	    exch_rec_len(r) >= sizeof(struct exch_rec_ack)) {
		take_repeated(t, r, place);
		return EXCH_OK;
	}
	switch (r->type) {
	case EXCH_REC_ACK:
		return TAKE(exch_rec_ack, take_ack);
	case EXCH_REC_REJECT:
		return TAKE(exch_rec_reject, take_reject);
	case EXCH_REC_EXEC:
		return TAKE(exch_rec_exec, take_exec);
	case EXCH_REC_CANCELLED:
		return TAKE(exch_rec_cancelled, take_cancelled);
	case EXCH_REC_REPLACED:
		return TAKE(exch_rec_replaced, take_replaced);
	case EXCH_REC_RESTATED:
		return TAKE(exch_rec_restated, take_restated);
	case EXCH_REC_TRIGGERED:
		return TAKE(exch_rec_triggered, take_triggered);
	default:
		return take_command(t, r, place, d);
	}
}

const struct exch_life *
exch_track_find(const struct exch_track *t, uint32_t place, exch_oid id)
{
	return exch_lives_find(&t->lives, place, id);
}

bool
exch_track_knows(
    const struct exch_track *t, uint32_t instr, uint32_t place, exch_oid id)
{
	return exch_lives_find(&t->lives, place, id) != NULL ||
	       exch_asked_has(&t->asked, instr, id);
}

int
exch_track_each(
    struct exch_track *t, exch_life_fn *fn, void *arg, struct exch_diag *d)
{
	return exch_lives_each(&t->lives, fn, arg, d);
}

const struct exch_lives *
exch_track_lives(const struct exch_track *t)
{
	return &t->lives;
}

uint64_t
exch_track_unknown(const struct exch_track *t)
{
	return t->unknown;
}

size_t
exch_track_live(const struct exch_track *t)
{
	return t->lives.k.live;
}
