/* Rows of what the venue did with orders (audit.h). */
#include <config.h>

#include "rec/schema.h"
#include "report/audit.h"

static const struct exch_label liquidity_taker = EXCH_LABEL("taker");
static const struct exch_label liquidity_maker = EXCH_LABEL("maker");

static void
set_life(struct exch_audit_row *w, const struct exch_life *o)
{
	if (o == NULL)
		return;
	w->account = o->account;
	w->side = o->side;
	w->leaves = o->open;
	w->o = o;
	w->flags |= o->flags & (EXCH_F_SYNTHETIC | EXCH_F_IMPOSED);
}

static void
set_terms(const struct exch_report_run *run, struct exch_audit_row *w,
    const struct exch_life *o)
{
	if (o == NULL)
		return;
	w->price = o->price;
	w->qty = o->qty;
	w->type = exch_label_of(&run->labels.ordtype, o->ordtype);
	w->tif = exch_label_of(&run->labels.tif, o->tif);
	if ((o->ordflags & EXCH_ORD_POST_ONLY) != 0)
		w->more = "post-only";
}

static void
set_executed(const struct exch_report_run *run, struct exch_audit_row *w,
    const struct exch_change *c)
{
	const struct exch_audit *s = run->state;
	const struct exch_rec_exec *r = EXCH_CHANGE_REC(c, exch_rec_exec);
	exch_oid taker = r->aggressor == EXCH_BUY ? r->buy : r->sell;

	/* auctions, triggered orders and pegs that move are the venue's */
	if (r->aggressor == EXCH_SIDE_NONE || s->came != taker ||
	    s->came_place != c->place)
		w->initiator = &exch_audit_venue;

	w->event = EXCH_AUDIT_EXECUTED;
	w->cross = exch_audit_cross(run, r->cross);
	w->aggressor = exch_audit_aggressor(r->aggressor);
	w->side = c->side;
	w->contra = c->contra;
	w->match = r->match;
	w->price = r->price;
	w->qty = r->qty;
	if (r->aggressor == EXCH_SIDE_NONE)
		w->liquidity = &exch_audit_auction;
	else
		w->liquidity = r->aggressor == c->side ? &liquidity_taker
						       : &liquidity_maker;
}

static void
set_cancelled(const struct exch_report_run *run, struct exch_audit_row *w,
    const struct exch_change *c)
{
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);
	const struct exch_ext *x =
	    exch_rec_ext(c->r, sizeof(*r), EXCH_EXT_CAUSE);

	w->event = exch_life_cancel(r->reason) == EXCH_LIFE_EXPIRE
		       ? EXCH_AUDIT_EXPIRED
		       : EXCH_AUDIT_CANCELLED;
	if (!exch_life_by_client(r->reason))
		w->initiator = &exch_audit_venue;
	w->qty = r->qty;
	w->reason = exch_label_of(&run->labels.reason, r->reason);
	if (x != NULL)
		w->cause = (uint16_t)x->small;
}

static void
set_replaced(const struct exch_report_run *run, struct exch_audit_row *w,
    const struct exch_change *c)
{
	const struct exch_rec_replaced *r =
	    EXCH_CHANGE_REC(c, exch_rec_replaced);

	set_terms(run, w, c->next);
	w->event = EXCH_AUDIT_REPLACED;
	w->qty = r->qty;
	w->leaves = r->qty;
	if (c->next != NULL) {
		w->account = c->next->account;
		w->o = c->next;
	}
	if (r->new_order != r->order)
		w->new_order = r->new_order;
	if (r->kept != 0)
		w->more = "kept";
}

static void
set_rejected(const struct exch_report_run *run, struct exch_audit_row *w,
    const struct exch_change *c, struct exch_audit_said *x)
{
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);

	w->event = EXCH_AUDIT_REJECTED;
	w->leaves = EXCH_QTY_NONE;
	w->why = exch_word_of(exch_words_reject, r->code);
	w->command = exch_word_of(exch_words_command, r->command);
	if (r->command == EXCH_REC_NEW || r->command == EXCH_REC_REPLACE)
		set_terms(run, w, c->o);
	/* of what is not there nothing is known */
	if (exch_life_shown(&c->o->stage) == EXCH_LIFE_NONE)
		w->o = NULL;
	exch_audit_why(run, r, c->o, c->place, x);
	w->said = x;
}

static void
set_restated(struct exch_audit_row *w, const struct exch_change *c)
{
	const struct exch_rec_restated *r =
	    EXCH_CHANGE_REC(c, exch_rec_restated);

	w->event = EXCH_AUDIT_RESTATED;
	w->initiator = &exch_audit_venue;
	w->price = r->price;
	w->qty = r->shown;
	w->why = exch_word_of(exch_words_restate, r->reason);
}

static void
set_triggered(struct exch_audit_row *w, const struct exch_change *c)
{
	w->event = EXCH_AUDIT_TRIGGERED;
	w->initiator = &exch_audit_venue;
	w->price = EXCH_CHANGE_REC(c, exch_rec_triggered)->price;
}

int
exch_audit_change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_audit_row w = exch_audit_row_of(c->r);
	struct exch_audit *s = run->state;
	struct exch_audit_said said;

	(void)d;
	if (exch_change_nobody(c))
		return EXCH_OK;
	w.initiator = &exch_audit_client;
	w.instrument = true;
	w.place = c->place;
	w.order = c->order;
	set_life(&w, c->o);
	switch (c->kind) {
	case EXCH_CHANGE_ACCEPTED:
		w.event = EXCH_AUDIT_ACCEPTED;
		set_terms(run, &w, c->o);
		s->came = c->order;
		s->came_place = c->place;
		break;
	case EXCH_CHANGE_EXECUTED:
		set_executed(run, &w, c);
		break;
	case EXCH_CHANGE_CANCELLED:
		set_cancelled(run, &w, c);
		break;
	case EXCH_CHANGE_REPLACED:
		set_replaced(run, &w, c);
		s->came = EXCH_CHANGE_REC(c, exch_rec_replaced)->new_order;
		s->came_place = c->place;
		break;
	case EXCH_CHANGE_RESTATED:
		set_restated(&w, c);
		break;
	case EXCH_CHANGE_TRIGGERED:
		set_triggered(&w, c);
		/* from here on it is the venue that acts */
		s->came = 0;
		break;
	case EXCH_CHANGE_REJECTED:
		set_rejected(run, &w, c, &said);
		break;
	}
	exch_audit_put(run, &w);
	return EXCH_OK;
}
