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

#include "book/book.h"
#include "report/asked.h"
#include "report/insts.h"

struct exch_books_inst {
	struct exch_book book;
	exch_px tick; /* of the orders resting: changes only while empty */
	struct exch_div by_tick;
	uint8_t phase; /* enum exch_phase */
	uint8_t cross; /* of its call */
	bool touched;  /* in the list of this event */
	/* orders of the tracker: live, and displayed in the book */
	uint32_t nspecial;
	uint32_t nlit;
};

struct exch_books {
	struct exch_book_store *store;
	const struct exch_insts *insts;
	struct exch_books_inst *inst; /* by place */
	uint32_t n;
	uint8_t first_phase;
	bool boundary;	   /* the record just taken ended an event */
	uint32_t *touched; /* places changed by this event */
	uint32_t ntouched;
	uint32_t touched_cap;
	uint64_t unknown; /* answers about orders that are not there */
	/* the order that is coming in: not resting before the event's end */
	bool coming;
	uint32_t in_place;
	struct exch_book_order in;
	/* requests for quotes wait beside the book, as market orders do */
	bool apart;
	union {
		struct exch_rec h; /* type 0: none, or answered */
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
 * matcher says last of an event, which may be a notice?
 */
static inline bool
exch_books_wants(const struct exch_rec *r, uint8_t matcher)
{
	if (r->type >= EXCH_REC_NEW)
		return r->type < EXCH_REC_BOOK_ADD;
	return r->type == EXCH_REC_PHASE ||
	       (r->type == EXCH_REC_NOTICE && r->instr != 0 &&
		   (r->flags & EXCH_F_LAST) != 0 && r->source == matcher);
}

/*
 * Take any record.  `matcher` is the source of the matcher's answers, whose
 * flag LAST ends an event.  At a boundary the touched places are listed
 * until the next record.
 */
int exch_books_record(struct exch_books *s, const struct exch_rec *r,
    uint32_t place, uint8_t matcher, struct exch_diag *d);
/* End of the stream: an event without its last record is over. */
int exch_books_finish(struct exch_books *s, struct exch_diag *d);

/* Price of a level; EXCH_PX_NONE for EXCH_SLOT_NONE. */
static inline exch_px
exch_books_px(const struct exch_books *s, uint32_t place, exch_slot level)
{
	if (level == EXCH_SLOT_NONE)
		return EXCH_PX_NONE;
	return exch_book_slots(s->store)[level].tick * s->inst[place].tick;
}

/* The best price that is displayed of a side; qty 0: none. */
void exch_books_best(const struct exch_books *s, uint32_t place, unsigned side,
    exch_px *price, exch_qty *qty);
/* The live orders of an instrument, displayed or not. */
uint64_t exch_books_live(const struct exch_books *s, uint32_t place);

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
/* A price in ticks; the engine lets no other prices in. */
int exch_books_tick(struct exch_books *s, uint32_t place, exch_oid id,
    exch_px price, int64_t *tick, struct exch_diag *d);

int exch_books_make(struct exch_books *s, uint32_t place, struct exch_diag *d);

/* The instrument's book state, made if need be. */
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
