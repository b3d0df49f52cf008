/*
 * A matched stream into what happens to one book (fit_day.h).  A command is
 * kept until it is answered; what it takes is taken as executions are told;
 * what is left of it rests when something else begins.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "sim/fit_priv.h"
#include "sim/market.h"

int
exch_fit_new(const char *symbol, struct exch_fit **out, struct exch_diag *d)
{
	struct exch_fit *f = exch_calloc(1, sizeof(*f));

	if (f == NULL || exch_fit_day_init(&f->day) != EXCH_OK) {
		exch_fit_free(f);
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	}
	if (symbol != NULL) {
		size_t n = strlen(symbol);

		memcpy(f->symbol, symbol,
		    n < sizeof(f->symbol) ? n : sizeof(f->symbol) - 1);
	}
	f->day.book.instr = 1;
	f->last = EXCH_PX_NONE;
	*out = f;
	return EXCH_OK;
}

void
exch_fit_free(struct exch_fit *f)
{
	if (f == NULL)
		return;
	exch_fit_day_clear(&f->day);
	exch_free(f);
}

static uint64_t
lots(const struct exch_fit *f, exch_qty qty)
{
	uint64_t n = qty / f->instr.lot;

	return n > 0 ? n : 1;
}

/* So far from 0 that differences, and a few ticks more, are numbers, too. */
static int64_t
tick_of(const struct exch_fit *f, exch_px price)
{
	const int64_t most = INT64_MAX / 4;
	int64_t tick = price / f->instr.tick;

	if (tick > most)
		return most;
	return tick < -most ? -most : tick;
}

/* What is left of the command at hand rests. */
static int
rest(struct exch_fit *f)
{
	bool in = f->now.in && f->now.qty > 0 && f->now.price != EXCH_PX_NONE;
	int rc = EXCH_OK;

	if (f->now.in)
		exch_fit_day_size(&f->day, lots(f, f->now.whole));
	if (in)
		rc = exch_fit_day_limit(&f->day, f->now.time, f->now.side,
		    f->now.order, tick_of(f, f->now.price),
		    lots(f, f->now.qty));
	memset(&f->now, 0, sizeof(f->now));
	/* An id that rests already: an order that this book knows by mistake.
	 */
	return rc == EXCH_ERR_EXISTS ? EXCH_OK : rc;
}

static int
asked(struct exch_fit *f, const struct exch_rec *r)
{
	const struct exch_rec_new *n = EXCH_REC_AS(r, exch_rec_new);
	const struct exch_rec_replace *p = EXCH_REC_AS(r, exch_rec_replace);
	int rc = rest(f);

	if (rc != EXCH_OK)
		return rc;
	f->now.time = r->time;
	if (r->type == EXCH_REC_NEW && n != NULL) {
		f->now.asked = true;
		f->now.order = n->order;
		f->now.side = n->side != EXCH_BUY;
		f->now.price = n->price;
		f->now.qty = f->now.whole = n->qty;
	} else if (r->type == EXCH_REC_REPLACE && p != NULL) {
		f->now.asked = true;
		f->now.order = p->new_order;
		f->now.was = p->order;
		f->now.price = p->price;
		f->now.qty = f->now.whole = p->qty;
	}
	return EXCH_OK;
}

/* The command at hand is an order that comes. */
static void
comes(struct exch_fit *f)
{
	f->now.in = true;
	exch_fit_day_order(&f->day, f->now.time, f->now.side,
	    f->now.price != EXCH_PX_NONE ? tick_of(f, f->now.price)
					 : EXCH_SIM_NO_TICK);
}

static int
replaced(struct exch_fit *f, const struct exch_rec_replaced *p)
{
	unsigned side;
	int64_t tick;
	uint64_t has;
	int rc;

	if (!f->now.asked || p->order != f->now.was ||
	    !exch_live_find(f->day.live, p->order, &side, &tick, &has))
		return EXCH_OK;
	if (p->kept != 0) {
		uint64_t left = lots(f, p->qty);

		if (left < has)
			exch_fit_day_less(&f->day, p->order, has - left);
		f->now.in = false;
		return EXCH_OK;
	}
	f->now.order = p->new_order;
	f->now.side = side;
	if (f->now.price == EXCH_PX_NONE)
		f->now.price = tick * f->instr.tick;
	f->now.qty = f->now.whole = p->qty;
	rc = exch_fit_day_cancel(&f->day, p->h.time, p->order);
	if (rc == EXCH_OK)
		comes(f);
	return rc;
}

static int
executed(struct exch_fit *f, const struct exch_rec_exec *e)
{
	exch_oid both[2] = {e->buy, e->sell};
	int rc = EXCH_OK;

	f->last = e->price;
	for (unsigned side = 0; side < 2; side++) {
		bool mine = f->now.in && both[side] == f->now.order;

		if (mine && !f->now.took)
			rc = exch_fit_day_market(
			    &f->day, f->now.time, f->now.side);
		if (mine) {
			f->now.took = true;
			f->now.qty -= e->qty < f->now.qty ? e->qty : f->now.qty;
		}
		if (rc != EXCH_OK)
			return rc;
	}
	for (unsigned side = 0; side < 2; side++)
		if (!f->now.in || both[side] != f->now.order)
			exch_fit_day_less(&f->day, both[side], lots(f, e->qty));
	return EXCH_OK;
}

static int
cancelled(struct exch_fit *f, const struct exch_rec_cancelled *c)
{
	if (f->now.in && c->order == f->now.order) {
		f->now.qty -= c->qty < f->now.qty ? c->qty : f->now.qty;
		return EXCH_OK;
	}
	if (c->open != 0) {
		exch_fit_day_less(&f->day, c->order, lots(f, c->qty));
		return EXCH_OK;
	}
	return exch_fit_day_cancel(&f->day, c->h.time, c->order);
}

static int
told(struct exch_fit *f, const struct exch_rec *r)
{
	const struct exch_rec_ack *a = EXCH_REC_AS(r, exch_rec_ack);
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	const struct exch_rec_cancelled *c = EXCH_REC_AS(r, exch_rec_cancelled);
	const struct exch_rec_replaced *p = EXCH_REC_AS(r, exch_rec_replaced);
	const struct exch_rec_phase *ph = EXCH_REC_AS(r, exch_rec_phase);
	int rc;

	switch (r->type) {
	case EXCH_REC_ACK:
		if (a != NULL && f->now.asked && a->order == f->now.order)
			comes(f);
		return EXCH_OK;
	case EXCH_REC_EXEC:
		return e != NULL ? executed(f, e) : EXCH_OK;
	case EXCH_REC_CANCELLED:
		return c != NULL ? cancelled(f, c) : EXCH_OK;
	case EXCH_REC_REPLACED:
		return p != NULL ? replaced(f, p) : EXCH_OK;
	case EXCH_REC_PHASE:
		rc = rest(f);
		if (rc == EXCH_OK && ph != NULL)
			exch_fit_day_count(&f->day, r->time,
			    ph->phase == EXCH_PHASE_CONTINUOUS);
		return rc;
	default:
		return EXCH_OK;
	}
}

/* Is it the one that is asked for? */
static void
instrument(struct exch_fit *f, const struct exch_rec_instrument *i)
{
	if (f->known || i->tick <= 0 || i->lot == 0)
		return;
	if (f->symbol[0] != '\0' &&
	    strncmp(f->symbol, i->symbol, sizeof(i->symbol)) != 0)
		return;
	f->instr = *i;
	memcpy(f->symbol, i->symbol, sizeof(f->symbol) - 1);
	f->known = true;
}

int
exch_fit_record(
    struct exch_fit *f, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);
	int rc;

	if (r->type == EXCH_REC_INSTRUMENT && i != NULL)
		instrument(f, i);
	if (!f->known || (r->instr != f->instr.h.instr &&
			     !(r->type == EXCH_REC_PHASE && r->instr == 0)))
		return EXCH_OK;
	/* A stream that tells of no phase is all of it continuous. */
	if (f->day.first == 0 && r->type == EXCH_REC_NEW)
		exch_fit_day_count(&f->day, r->time, true);
	rc = r->type == EXCH_REC_NEW || r->type == EXCH_REC_REPLACE ||
		     r->type == EXCH_REC_CANCEL
		 ? asked(f, r)
		 : told(f, r);
	if (rc != EXCH_OK)
		return exch_diag_set(
		    d, rc, NULL, EXCH_POS_NONE, 0, "out of memory");
	return EXCH_OK;
}

int
exch_fit_finish(struct exch_fit *f, struct exch_diag *d)
{
	if (!f->known)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "no instrument%s%s in the stream",
		    f->symbol[0] != '\0' ? " " : "", f->symbol);
	if (rest(f) != EXCH_OK)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	if (f->day.limits < 1 || f->day.seconds <= 0)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "%s: no order comes to rest in continuous trading; the "
		    "stream has to be one that exch-match has answered",
		    f->symbol);
	return EXCH_OK;
}
