/*
 * Levels as a feed tells of them (levels.h).
 */
#include <config.h>

#include "report/levels.h"
#include "report/report.h"

static const uint8_t sides[2] = {EXCH_BUY, EXCH_SELL};

static exch_oid
level_id(unsigned side, int64_t tick)
{
	return (exch_oid)tick << 1 | side;
}

/* A price in ticks. */
static inline int
tick_of(struct exch_books *b, uint32_t place, exch_px price, int64_t *tick,
    struct exch_diag *d)
{
	const struct exch_inst *in = &b->insts->inst[place];

	if (__builtin_expect(exch_books_grid(b, place, price, tick), 1))
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "a level of %.*s: its price is not on the tick grid",
	    (int)in->nsymbol, in->symbol);
}

/* What stands at a tick becomes so much, `was` (or NULL) being its order. */
static inline int
become(struct exch_tally *t, struct exch_tally_order *was,
    const struct exch_tally_new *o, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (o->qty == 0) {
		if (was != NULL)
			exch_tally_remove(t, was);
	} else if (was != NULL) {
		rc = exch_tally_resize(t, was, o->qty);
	} else {
		rc = exch_tally_add(t, o);
	}
	return rc == EXCH_OK ? EXCH_OK : exch_report_nomem(d);
}

static int
set(struct exch_books *b, uint32_t place, unsigned side, exch_px price,
    exch_qty qty, struct exch_diag *d)
{
	struct exch_tally_new o = {
	    .qty = qty, .place = place, .side = sides[side]};
	int rc = tick_of(b, place, price, &o.tick, d);

	if (rc != EXCH_OK)
		return rc;
	o.id = level_id(side, o.tick);
	return become(
	    &b->tally, exch_tally_find(&b->tally, place, o.id), &o, d);
}

static void
clear(struct exch_tally *t, uint32_t place)
{
	for (unsigned side = 0; side < 2; side++) {
		const struct exch_tally_side *s = &t->book[place].side[side];
		struct exch_tally_order *o;

		while (s->best != EXCH_SLOT_NONE &&
		       (o = exch_tally_find(
			    t, place, level_id(side, s->best_tick))) != NULL)
			exch_tally_remove(t, o);
	}
}

int
exch_levels_level(struct exch_books *b, uint32_t place,
    const struct exch_rec_book_level *l, struct exch_diag *d)
{
	if (l->price != EXCH_PX_NONE)
		return set(
		    b, place, l->side == EXCH_BUY ? 0 : 1, l->price, l->qty, d);
	clear(&b->tally, place);
	return EXCH_OK;
}

/*
 * As after a BOOK_TOP, at most one level on each side, on the grid of today:
 * o[] are their orders.
 */
static bool
is_top(
    const struct exch_books *b, uint32_t place, struct exch_tally_order *o[2])
{
	const struct exch_tally_book *k = &b->tally.book[place];
	uint32_t n = 0;

	for (unsigned side = 0; side < 2; side++) {
		const struct exch_tally_side *s = &k->side[side];

		o[side] = NULL;
		if (s->best == EXCH_SLOT_NONE)
			continue;
		o[side] = exch_tally_find(
		    &b->tally, place, level_id(side, s->best_tick));
		if (o[side] == NULL)
			return false;
		n++;
	}
	return n == k->norders &&
	       b->inst[place].tick == b->insts->inst[place].tick;
}

int
exch_levels_top(struct exch_books *b, uint32_t place,
    const struct exch_rec_book_top *q, struct exch_diag *d)
{
	struct exch_tally *t = &b->tally;
	const exch_px price[2] = {q->bid, q->ask};
	const exch_qty qty[2] = {q->bid_qty, q->ask_qty};
	struct exch_tally_order *was[2];
	int rc = EXCH_OK;

	if (!is_top(b, place, was)) {
		clear(t, place);
		was[0] = was[1] = NULL;
	}
	for (unsigned side = 0; side < 2 && rc == EXCH_OK; side++) {
		struct exch_tally_new o = {.place = place, .side = sides[side]};

		if (price[side] != EXCH_PX_NONE && qty[side] != 0) {
			rc = tick_of(b, place, price[side], &o.tick, d);
			o.id = level_id(side, o.tick);
			o.qty = qty[side];
		}
		if (rc != EXCH_OK)
			break;
		if (was[side] != NULL && was[side]->id != o.id) {
			exch_tally_remove(t, was[side]);
			was[side] = NULL;
		}
		if (was[side] != NULL || o.qty != 0)
			rc = become(t, was[side], &o, d);
	}
	return rc;
}
