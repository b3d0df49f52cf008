/*
 * The books as they stood, rebuilt from a matched stream: an order rests
 * when the event that let it in is over, EXEC reduces both orders, and
 * CANCELLED and REPLACED apply.  Nothing is matched here.
 *
 * Between the records of one event the books are not to be looked at;
 * `boundary` says after which record they are whole.
 */
#ifndef EXCH_REPORT_BOOKS_H
#define EXCH_REPORT_BOOKS_H

#include "book/book.h"
#include "report/insts.h"

struct exch_books_inst {
	struct exch_book book;
	exch_px tick; /* of the orders resting: changes only while empty */
	struct exch_div by_tick;
	uint8_t phase; /* enum exch_phase */
	bool touched;  /* in the list of this event */
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
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_replace r;
		struct exch_rec_quote q;
	} cmd;
};

int exch_books_init(
    struct exch_books *s, const struct exch_insts *insts, struct exch_diag *d);
void exch_books_clear(struct exch_books *s);

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
