/*
 * The displayed books as they stood, rebuilt from a matched stream: an
 * order rests when the event that let it in is over, EXEC reduces both
 * orders, and CANCELLED and REPLACED apply.  Nothing is matched here.
 *
 * Orders of the general market (exch-ordertypes(7)) are followed by a
 * tracker of their own, books_general.c, which keeps in the books what is
 * displayed of them.  A stream without such orders never has it.
 *
 * Between the records of one event the books are not to be looked at;
 * `boundary` says after which record they are whole.
 */
#ifndef EXCH_REPORT_BOOKS_H
#define EXCH_REPORT_BOOKS_H

#include "report/asked.h"
#include "report/insts.h"
#include "report/tally.h"

struct exch_books_inst {
	exch_px tick; /* of the orders resting: changes only while empty */
	struct exch_div by_tick;
	uint8_t phase; /* enum exch_phase */
	uint8_t cross; /* of its call */
	/* orders of the tracker: live, and displayed in the book */
	uint32_t nspecial;
	uint32_t nlit;
	uint64_t touched; /* the last event that listed it; 0: none */
};

/*
 * Told of every order that enters or leaves what is displayed, in the order
 * in which queues would see it (`by_id`: its place is by its id).
 */
struct exch_books_watch {
	void *arg;
	void (*enter)(void *arg, const struct exch_tally_new *o, bool by_id);
	void (*leave)(void *arg, uint32_t place, exch_oid id);
};

struct exch_books {
	struct exch_tally tally;
	const struct exch_books_watch *watch; /* NULL: nobody watches */
	const struct exch_insts *insts;
	struct exch_books_inst *inst; /* by place */
	uint32_t n;
	uint8_t first_phase;
	bool boundary;	   /* the record just taken ended an event */
	bool coming;	   /* `in` is coming in */
	bool waiting;	   /* `cmd` waits for its answer */
	bool general;	   /* `special` or `asked` is in use */
	uint64_t event;	   /* of the touched places, from 1 */
	uint32_t *touched; /* places changed by this event */
	uint32_t ntouched;
	uint32_t touched_cap;
	uint64_t unknown; /* answers about orders that are not there */
	/* the order that is coming in: not resting before the event's end */
	bool in_by_id;
	struct exch_tally_new in;
	/* requests for quotes wait beside the book, as market orders do */
	bool apart;
	union {
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_replace r;
		struct exch_rec_quote q;
	} cmd;
	struct exch_track *special; /* NULL: there were none so far */
	struct exch_asked asked;    /* commands held back by the market */
};

int exch_books_init(
    struct exch_books *s, const struct exch_insts *insts, struct exch_diag *d);
void exch_books_clear(struct exch_books *s);

/*
 * Does a record concern the books: commands, answers, phases, and what the
 * matcher says last of an event, which may be a notice, or the result of an
 * auction in which nothing traded?
 */
static inline bool
exch_books_wants(const struct exch_rec *r, uint8_t matcher)
{
	if (r->type >= EXCH_REC_NEW && r->type < EXCH_REC_BOOK_ADD)
		return true;
	return r->type == EXCH_REC_PHASE ||
	       ((r->type == EXCH_REC_NOTICE || r->type == EXCH_REC_AUCTION) &&
		   r->instr != 0 && (r->flags & EXCH_F_LAST) != 0 &&
		   r->source == matcher);
}

/*
 * Take any record.  `matcher` is the source of the matcher's answers, whose
 * flag LAST ends an event.  At a boundary the touched places are listed
 * until the next record.
 */
int exch_books_record(struct exch_books *s, const struct exch_rec *r,
    uint32_t place, uint8_t matcher, struct exch_diag *d);
/* A PHASE only, of a stream whose other records concern no engine. */
int exch_books_phase(struct exch_books *s, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d);
/* End of the stream: an event without its last record is over. */
int exch_books_finish(struct exch_books *s, struct exch_diag *d);

/* Price of a level; EXCH_PX_NONE for EXCH_SLOT_NONE. */
static inline exch_px
exch_books_px(const struct exch_books *s, uint32_t place, exch_slot level)
{
	if (level == EXCH_SLOT_NONE)
		return EXCH_PX_NONE;
	return s->tally.level[level].tick * s->inst[place].tick;
}

/* The level of the best price that is displayed, or EXCH_SLOT_NONE. */
static inline exch_slot
exch_books_top(const struct exch_books *s, uint32_t place, unsigned side)
{
	return s->tally.book[place].side[side].best;
}

/* The best price that is displayed of a side; qty 0: none. */
void exch_books_best(const struct exch_books *s, uint32_t place, unsigned side,
    exch_px *price, exch_qty *qty);
/* The live orders of an instrument, displayed or not. */
uint64_t exch_books_live(const struct exch_books *s, uint32_t place);

/*
 * Between two events of ordinary orders, so that whoever takes whole events
 * may change the tally itself: nothing is under way, nobody watches.
 */
static inline bool
exch_books_idle(const struct exch_books *s)
{
	return !s->coming && !s->waiting && !s->general && s->watch == NULL &&
	       (s->boundary || s->ntouched == 0);
}

/* Whole events were taken so: the books stand between two again. */
static inline void
exch_books_took(struct exch_books *s)
{
	s->boundary = true;
	s->ntouched = 0;
}

/*
 * The same, but for an event that is not over: `in` is coming in, or has
 * traded away if nothing is left of it.
 */
void exch_books_open(struct exch_books *s, const struct exch_tally_new *in);

/*
 * Take qty from an order, wherever it stands; all: take it out.  One that
 * is not there is counted as unknown.
 */
void exch_books_take(
    struct exch_books *s, uint32_t place, exch_oid id, exch_qty qty, bool all);

/* ---- books_general.c: for books.c ---- */

/* Does it need the tracker? */
static inline bool
exch_books_is_special(const struct exch_rec_new *n)
{
	return (n->h.flags & EXCH_F_EXT) != 0 || n->ordtype > EXCH_ORD_LIMIT ||
	       (n->ordflags & ~(EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID)) != 0 ||
	       (n->tif != EXCH_TIF_DAY && n->tif != EXCH_TIF_GTC &&
		   n->tif != EXCH_TIF_IOC && n->tif != EXCH_TIF_FOK);
}

/* Hand the tracker any record; it is made if need be. */
int exch_books_special(struct exch_books *s, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d);
/* Is the order one of its own, live or asked for? */
bool exch_books_has_special(const struct exch_books *s,
    const struct exch_rec *r, uint32_t place, exch_oid id);
/* exch_tally_add() and exch_tally_remove(), and whoever watches is told. */
int exch_books_enter(
    struct exch_books *s, const struct exch_tally_new *o, bool by_id);
void exch_books_leave(struct exch_books *s, struct exch_tally_order *o);
/* A price in ticks; the engine lets no other prices in. */
int exch_books_tick(struct exch_books *s, uint32_t place, exch_oid id,
    exch_px price, int64_t *tick, struct exch_diag *d);

/* The same; false: it is not on the grid. */
static inline bool
exch_books_grid(
    struct exch_books *s, uint32_t place, exch_px price, int64_t *tick)
{
	struct exch_books_inst *si = &s->inst[place];
	uint64_t u = price < 0 ? 0 - (uint64_t)price : (uint64_t)price;
	uint64_t q;

	if (s->tally.book[place].norders == 0) {
		si->tick = s->insts->inst[place].tick;
		si->by_tick = s->insts->inst[place].by_tick;
	}
	if (price == EXCH_PX_NONE) {
		*tick = EXCH_TICK_MARKET;
		return true;
	}
	q = exch_div_u(&si->by_tick, u);
	*tick = price < 0 ? -(int64_t)q : (int64_t)q;
	return q * (uint64_t)si->tick == u;
}

int exch_books_make(struct exch_books *s, uint32_t place, struct exch_diag *d);

/* The instrument's state, made if need be; its book in the tally, too. */
static inline int
exch_books_at(struct exch_books *s, uint32_t place,
    struct exch_books_inst **out, struct exch_diag *d)
{
	int rc;

	if (__builtin_expect(place >= s->n, 0)) {
		rc = exch_books_make(s, place, d);
		if (rc != EXCH_OK)
			return rc;
	}
	*out = s->inst + place;
	return EXCH_OK;
}

#endif
