/*
 * Following the books of a stream by whoever tells them (follow.h).
 */
#include <config.h>

#include <string.h>

#include "report/follow.h"
#include "report/levels.h"

int
exch_follow_init(struct exch_follow *f, struct exch_report_run *run,
    const struct exch_follow_watch *watch, struct exch_diag *d)
{
	memset(f, 0, sizeof(*f));
	f->watch = *watch;
	return exch_books_init(&f->books, &run->insts, d);
}

void
exch_follow_clear(struct exch_follow *f)
{
	exch_books_clear(&f->books);
}

/* ---- what a feed displayed, and what a venue executed ---- */

static int
enter(struct exch_follow *f, uint32_t place, exch_oid id, uint8_t side,
    exch_px price, exch_qty qty, struct exch_diag *d)
{
	struct exch_tally_new o = {
	    .id = id, .qty = qty, .place = place, .side = side};
	int rc = exch_books_tick(&f->books, place, id, price, &o.tick, d);

	if (rc != EXCH_OK || qty == 0)
		return rc;
	rc = exch_books_enter(&f->books, &o, false);
	if (rc == EXCH_ERR_NOMEM)
		return exch_report_nomem(d);
	/* a display that is not whole may add an id twice */
	f->books.unknown += rc != EXCH_OK;
	return EXCH_OK;
}

static int
on_exec(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_book_exec *e = EXCH_REC_AS(r, exch_rec_book_exec);
	struct exch_rec_exec x = {.h = *r};
	struct exch_tally_order *o;
	uint8_t side;

	if (e == NULL)
		return exch_report_short(r, d);
	o = exch_tally_find(&f->books.tally, place, e->order);
	x.h.type = EXCH_REC_EXEC;
	x.h.len8 = sizeof(x) / 8;
	x.match = e->match;
	x.qty = e->qty;
	x.price = e->price;
	if (o != NULL) {
		if (x.price == EXCH_PX_NONE)
			x.price = exch_books_px(&f->books, place, o->level);
		side = exch_tally_side_of(o);
		x.aggressor = side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
		*(side == EXCH_BUY ? &x.buy : &x.sell) = e->order;
	}
	/* an unknown order is counted there, and keeps its volume */
	exch_books_take(&f->books, place, e->order, e->qty, false);
	/* what does not print is in the print of its auction */
	return e->printable != 0 ? f->watch.trade(f->watch.arg, place, &x.h, d)
				 : EXCH_OK;
}

static int
on_replace(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_book_replace *e =
	    EXCH_REC_AS(r, exch_rec_book_replace);
	struct exch_tally_order *o;
	uint8_t side;

	if (e == NULL)
		return exch_report_short(r, d);
	o = exch_tally_find(&f->books.tally, place, e->order);
	if (o == NULL) {
		f->books.unknown++;
		return EXCH_OK;
	}
	side = exch_tally_side_of(o);
	exch_books_leave(&f->books, o);
	return enter(f, place, e->new_order, side, e->price, e->qty, d);
}

static int
on_print(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_book_print *e =
	    EXCH_REC_AS(r, exch_rec_book_print);
	struct exch_rec_trade x = {.h = *r};

	if (e == NULL)
		return exch_report_short(r, d);
	x.h.type = EXCH_REC_TRADE;
	x.h.len8 = sizeof(x) / 8;
	x.match = e->match;
	x.price = e->price;
	x.qty = e->qty;
	x.kind = e->kind;
	x.cross = e->cross;
	if (e->side == EXCH_BUY)
		x.buy = e->order;
	else
		x.sell = e->order;
	return f->watch.trade(f->watch.arg, place, &x.h, d);
}

static int
on_display(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_book_add *a;
	const struct exch_rec_book_reduce *x;
	const struct exch_rec_book_delete *del;
	const struct exch_rec_book_level *l;
	const struct exch_rec_book_top *q;

	switch (r->type) {
	case EXCH_REC_BOOK_ADD:
		if ((a = EXCH_REC_AS(r, exch_rec_book_add)) == NULL)
			break;
		return enter(f, place, a->order,
		    a->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL, a->price,
		    a->qty, d);
	case EXCH_REC_BOOK_EXEC:
		return on_exec(f, r, place, d);
	case EXCH_REC_BOOK_REDUCE:
		if ((x = EXCH_REC_AS(r, exch_rec_book_reduce)) == NULL)
			break;
		exch_books_take(&f->books, place, x->order, x->qty, false);
		return EXCH_OK;
	case EXCH_REC_BOOK_DELETE:
		if ((del = EXCH_REC_AS(r, exch_rec_book_delete)) == NULL)
			break;
		exch_books_take(&f->books, place, del->order, 0, true);
		return EXCH_OK;
	case EXCH_REC_BOOK_REPLACE:
		return on_replace(f, r, place, d);
	case EXCH_REC_BOOK_LEVEL:
		if ((l = EXCH_REC_AS(r, exch_rec_book_level)) == NULL)
			break;
		return exch_levels_level(&f->books, place, l, d);
	case EXCH_REC_BOOK_TOP:
		if ((q = EXCH_REC_AS(r, exch_rec_book_top)) == NULL)
			break;
		return exch_levels_top(&f->books, place, q, d);
	default:
		return on_print(f, r, place, d);
	}
	return exch_report_short(r, d);
}

/* ---- the venue's own executions ---- */

static int
on_new(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_new *n = EXCH_REC_AS(r, exch_rec_new);
	struct exch_tally_new in;
	int rc;

	if (n == NULL)
		return exch_report_short(r, d);
	in = (struct exch_tally_new){.id = n->order,
	    .qty = n->qty,
	    .place = place,
	    .side = n->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL};
	rc = exch_books_tick(&f->books, place, n->order, n->price, &in.tick, d);
	if (rc == EXCH_OK)
		exch_books_open(&f->books, &in);
	f->passes = n->tif == EXCH_TIF_IOC || n->tif == EXCH_TIF_FOK;
	return rc;
}

static int
on_move(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_replace *c = EXCH_REC_AS(r, exch_rec_replace);
	struct exch_tally_order *o;
	struct exch_tally_new in;
	int rc;

	if (c == NULL)
		return exch_report_short(r, d);
	o = exch_tally_find(&f->books.tally, place, c->order);
	if (o == NULL) {
		f->books.unknown++;
		return EXCH_OK;
	}
	in = (struct exch_tally_new){.id = c->new_order,
	    .qty = c->qty,
	    .place = place,
	    .side = exch_tally_side_of(o)};
	exch_books_leave(&f->books, o);
	rc = exch_books_tick(
	    &f->books, place, c->new_order, c->price, &in.tick, d);
	if (rc == EXCH_OK)
		exch_books_open(&f->books, &in);
	f->passes = c->tif == EXCH_TIF_IOC || c->tif == EXCH_TIF_FOK;
	return rc;
}

static int
on_expect(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_expect *e = EXCH_REC_AS(r, exch_rec_expect);
	struct exch_rec_exec x = {.h = *r};

	if (e == NULL)
		return exch_report_short(r, d);
	/* what was imposed has a CANCEL and a TRADE of its own */
	if ((r->flags & EXCH_F_IMPOSED) != 0)
		return EXCH_OK;
	exch_books_take(&f->books, place, e->buy, e->qty, false);
	exch_books_take(&f->books, place, e->sell, e->qty, false);
	x.h.type = EXCH_REC_EXEC;
	x.h.len8 = sizeof(x) / 8;
	x.match = e->match;
	x.buy = e->buy;
	x.sell = e->sell;
	x.price = e->print;
	x.qty = e->qty;
	x.aggressor = e->aggressor;
	x.cross = e->cross;
	return f->watch.trade(f->watch.arg, place, &x.h, d);
}

static int
on_venue(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_cancel *c;

	switch (r->type) {
	case EXCH_REC_NEW:
		return on_new(f, r, place, d);
	case EXCH_REC_CANCEL:
		if ((c = EXCH_REC_AS(r, exch_rec_cancel)) == NULL)
			return exch_report_short(r, d);
		exch_books_take(&f->books, place, c->order, c->qty,
		    c->qty == EXCH_QTY_NONE);
		return EXCH_OK;
	case EXCH_REC_REPLACE:
		return on_move(f, r, place, d);
	case EXCH_REC_EXPECT:
		return on_expect(f, r, place, d);
	case EXCH_REC_TRADE:
	case EXCH_REC_BUST:
		return f->watch.trade(f->watch.arg, place, r, d);
	default:
		return EXCH_OK;
	}
}

/* The event under way is over: what is left of its order rests. */
static int
end_event(struct exch_follow *f, struct exch_diag *d)
{
	int rc;

	if (!f->under_way)
		return EXCH_OK;
	f->under_way = false;
	if (f->passes)
		f->books.coming = false;
	f->passes = false;
	rc = exch_books_finish(&f->books, d);
	return rc == EXCH_OK
		   ? f->watch.event(f->watch.arg, f->place, f->time, d)
		   : rc;
}

/* ---- which of them ---- */

static bool
is_display(uint8_t type)
{
	return type >= EXCH_REC_BOOK_ADD && type <= EXCH_REC_BOOK_TOP;
}

/* Has an engine passed it on?  Sources are told before what they say. */
static bool
has_engine(const struct exch_report_run *run)
{
	static const char name[] = "exch-match ";

	for (unsigned i = 0; i < 256; i++)
		if (run->source[i].text != NULL &&
		    strncmp(run->source[i].text, name, sizeof(name) - 1) == 0)
			return true;
	return run->matcher != 0;
}

static void
settle(struct exch_follow *f, const struct exch_report_run *run,
    const struct exch_rec *r)
{
	if (r->type >= EXCH_REC_NEW && r->type < EXCH_REC_BOOK_ADD)
		f->by =
		    has_engine(run) ? EXCH_FOLLOW_ENGINE : EXCH_FOLLOW_VENUE;
	else if (r->type == EXCH_REC_PHASE && has_engine(run))
		f->by = EXCH_FOLLOW_ENGINE;
}

/* ---- records ---- */

static int
engine_record(struct exch_follow *f, struct exch_report_run *run,
    const struct exch_rec *r, uint32_t place, struct exch_diag *d)
{
	struct exch_books *b = &f->books;
	int rc = EXCH_OK;

	if (r->type >= EXCH_REC_EXEC && r->type <= EXCH_REC_MISS &&
	    r->type != EXCH_REC_CANCELLED && r->type != EXCH_REC_REPLACED)
		rc = f->watch.trade(f->watch.arg, place, r, d);
	if (rc == EXCH_OK)
		rc = exch_books_record(b, r, place, run->matcher, d);
	if (rc != EXCH_OK || !b->boundary)
		return rc;
	for (uint32_t i = 0; rc == EXCH_OK && i < b->ntouched; i++)
		rc = f->watch.event(f->watch.arg, b->touched[i], r->time, d);
	return rc;
}

/* An EXPECT belongs to the command before it. */
static int
venue_record(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	if (!f->under_way) {
		f->under_way = true;
		f->place = place;
		f->time = r->time;
	}
	return on_venue(f, r, place, d);
}

static int
display_record(struct exch_follow *f, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	int rc = on_display(f, r, place, d);

	/* levels are good when the venue says so */
	if (rc != EXCH_OK ||
	    (r->type == EXCH_REC_BOOK_LEVEL && (r->flags & EXCH_F_LAST) == 0))
		return rc;
	return f->watch.event(f->watch.arg, place, r->time, d);
}

static bool
wants(const struct exch_follow *f, const struct exch_report_run *run,
    const struct exch_rec *r)
{
	if (is_display(r->type))
		return true;
	return f->by == EXCH_FOLLOW_ENGINE
		   ? exch_books_wants(r, run->matcher)
		   : r->type >= EXCH_REC_NEW && r->type < EXCH_REC_BOOK_ADD;
}

/* What the command under way did, and what was printed meanwhile. */
static bool
goes_on(const struct exch_follow *f, const struct exch_rec *r)
{
	return (r->type == EXCH_REC_EXPECT || r->type == EXCH_REC_TRADE) &&
	       r->time == f->time;
}

int
exch_follow_before(struct exch_follow *f, const struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	if (__builtin_expect(f->by == EXCH_FOLLOW_NOBODY, 0))
		settle(f, run, r);
	if (f->under_way && wants(f, run, r) && !goes_on(f, r))
		return end_event(f, d);
	return EXCH_OK;
}

/* What a venue or a display says of it: its books do not wait for it. */
static int
phase(struct exch_follow *f, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_books_inst *si;
	uint32_t place = 0;
	int rc = EXCH_OK;

	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = exch_books_at(&f->books, place, &si, d);
	return rc == EXCH_OK ? exch_books_phase(&f->books, r, place, d) : rc;
}

int
exch_follow_record(struct exch_follow *f, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_books_inst *si;
	uint32_t place = 0;
	int rc = exch_follow_before(f, run, r, d);

	if (!wants(f, run, r))
		return rc == EXCH_OK && r->type == EXCH_REC_PHASE
			   ? phase(f, run, r, d)
			   : rc;
	/* what has no time is no instant to show anything at */
	if (rc == EXCH_OK && r->time > f->clock && r->time != EXCH_TS_NONE) {
		f->clock = r->time;
		if (f->watch.time != NULL)
			rc = f->watch.time(f->watch.arg, r->time, d);
	}
	/* a phase without an instrument speaks to all */
	if (rc == EXCH_OK && (r->instr != 0 || r->type != EXCH_REC_PHASE))
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = exch_books_at(&f->books, place, &si, d);
	if (rc != EXCH_OK)
		return rc;
	if (is_display(r->type))
		return display_record(f, r, place, d);
	return f->by == EXCH_FOLLOW_ENGINE ? engine_record(f, run, r, place, d)
					   : venue_record(f, r, place, d);
}

int
exch_follow_finish(struct exch_follow *f, struct exch_diag *d)
{
	int rc = end_event(f, d);

	return rc == EXCH_OK ? exch_books_finish(&f->books, d) : rc;
}
