/*
 * The part of the books that follows orders of the general market: a
 * tracker says what each displays, and this keeps it in the book.
 */
#include <config.h>

#include "report/books.h"
#include "report/report.h"
#include "report/track.h"

/*
 * What the book shows of an order goes.  Where a stream that nobody has
 * matched makes two orders of one id, it may be the other one's.
 */
static void
leave(struct exch_books *s, struct exch_tally_order *o)
{
	struct exch_books_inst *si = &s->inst[o->place];

	si->nlit -= si->nlit > 0;
	exch_books_leave(s, o);
}

/* What the book holds of an order becomes what the order displays. */
static int
display(struct exch_books *s, const struct exch_life *o, bool by_id,
    struct exch_diag *d)
{
	struct exch_books_inst *si = &s->inst[o->key.place];
	struct exch_tally_order *was =
	    exch_tally_find(&s->tally, o->key.place, o->key.id);
	exch_qty want = o->apart ? 0 : o->shown;
	struct exch_tally_new e = {.id = o->key.id,
	    .qty = want,
	    .place = o->key.place,
	    .side = o->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};
	int rc = EXCH_OK;

	if (want > 0) {
		rc = exch_books_tick(
		    s, o->key.place, o->key.id, o->working, &e.tick, d);
		if (rc != EXCH_OK)
			return rc;
	}
	if (was != NULL) {
		if (want > 0 && exch_tally_tick_of(&s->tally, was) == e.tick &&
		    exch_tally_resize(&s->tally, was, want) == EXCH_OK)
			return EXCH_OK;
		leave(s, was);
	}
	if (want == 0)
		return EXCH_OK;
	rc = exch_books_enter(
	    s, &e, by_id && (o->ordflags & EXCH_ORD_BY_ID) != 0);
	if (rc == EXCH_ERR_NOMEM)
		return exch_report_nomem(d);
	si->nlit += rc == EXCH_OK;
	return EXCH_OK;
}

static void
vanish(struct exch_books *s, uint32_t place, exch_oid id)
{
	struct exch_tally_order *o = exch_tally_find(&s->tally, place, id);

	if (o != NULL)
		leave(s, o);
}

/* The next part of an iceberg goes to the back, whatever its id. */
static bool
is_refresh(const struct exch_change *c)
{
	return c->kind == EXCH_CHANGE_RESTATED &&
	       EXCH_CHANGE_REC(c, exch_rec_restated)->reason ==
		   EXCH_RESTATE_REFRESH;
}

static int
changed(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_books *s = arg;
	struct exch_books_inst *si = &s->inst[c->place];

	if (c->o == NULL || c->kind == EXCH_CHANGE_REJECTED)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_ACCEPTED)
		si->nspecial++;
	if (c->ended) {
		vanish(s, c->place, c->order);
		if (c->next == NULL) {
			si->nspecial--;
			return EXCH_OK;
		}
	} else if (c->kind == EXCH_CHANGE_REPLACED &&
		   EXCH_CHANGE_REC(c, exch_rec_replaced)->kept == 0) {
		vanish(s, c->place, c->order);
	}
	/* whatever else moves an order moves it to the back */
	if (c->kind == EXCH_CHANGE_RESTATED && !is_refresh(c))
		vanish(s, c->place, c->order);
	return display(s, c->next != NULL ? c->next : c->o, !is_refresh(c), d);
}

static int
make(struct exch_books *s, struct exch_diag *d)
{
	int rc = exch_track_new(changed, s, &s->special, d);

	if (rc != EXCH_OK)
		return rc;
	s->general = true;
	exch_track_first_phase(s->special, s->first_phase);
	for (uint32_t i = 0; i < s->n && rc == EXCH_OK; i++)
		rc = exch_track_set_phase(
		    s->special, i, s->inst[i].phase, s->inst[i].cross, d);
	return rc;
}

int
exch_books_special(struct exch_books *s, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d)
{
	int rc = s->special == NULL ? make(s, d) : EXCH_OK;

	return rc != EXCH_OK ? rc : exch_track_record(s->special, r, place, d);
}

bool
exch_books_has_special(const struct exch_books *s, const struct exch_rec *r,
    uint32_t place, exch_oid id)
{
	return s->special != NULL &&
	       exch_track_knows(s->special, r->instr, place, id);
}

void
exch_books_best(const struct exch_books *s, uint32_t place, unsigned side,
    exch_px *price, exch_qty *qty)
{
	exch_slot l =
	    place < s->n ? exch_books_top(s, place, side) : EXCH_SLOT_NONE;

	*price = EXCH_PX_NONE;
	*qty = 0;
	if (l == EXCH_SLOT_NONE)
		return;
	*price = exch_books_px(s, place, l);
	*qty = s->tally.level[l].qty;
}

uint64_t
exch_books_live(const struct exch_books *s, uint32_t place)
{
	const struct exch_books_inst *si = &s->inst[place];
	uint64_t shown = s->tally.book[place].norders;

	return (shown > si->nlit ? shown - si->nlit : 0) + si->nspecial;
}
