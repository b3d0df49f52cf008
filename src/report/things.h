/*
 * What is one thing at several venues, for reports that look at all of them: a
 * ring of places.
 *
 * Instruments of one ISIN and currency are one thing.  Without an ISIN those of
 * one currency are whose symbols are the same up to their last point
 * (ref/venue.h), where that names venues: where no MIC has two of them.  If one
 * has, as with BRK.A and BRK.B of one exchange, the points of that name mean
 * something else, and only the same symbol is the same thing.
 *
 * So it is decided by what is known of all that have a name, and whatever the
 * order in which they were announced, the rings are the same.
 */
#ifndef EXCH_REPORT_THINGS_H
#define EXCH_REPORT_THINGS_H

#include "report/who.h"

struct exch_thing {
	char currency[4];
	char isin[12]; /* zeros: none */
	char mic[4];
	char symbol[24];
	uint8_t nsymbol;
	uint8_t nname; /* of the symbol, up to the last point */
	bool in;
	uint32_t next;
};

/* Places in an order: what may be one thing stands together. */
struct exch_things_order {
	uint32_t *place;
	size_t n, cap;
};

struct exch_things {
	struct exch_thing *thing; /* by place */
	uint32_t n;
	struct exch_things_order symbol; /* as rings go */
	struct exch_things_order mic;	 /* the two of one MIC are neighbours */
};

void exch_things_clear(struct exch_things *t);
/*
 * An instrument was announced, for the first time or with other words.
 * EXCH_ERR_NOMEM.
 */
int exch_things_join(struct exch_things *t, uint32_t place,
    const struct exch_what *w, const struct exch_inst *in, struct exch_diag *d);
/*
 * Any record, of a report that knows instruments by `w`: one that announces an
 * instrument is noted there, too.  EXCH_ERR_NOMEM.
 */
int exch_things_note(struct exch_things *t, struct exch_whats *w,
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d);

/* The next place of the same thing, after the last the first again. */
static inline uint32_t
exch_things_next(const struct exch_things *t, uint32_t place)
{
	return place < t->n && t->thing[place].in ? t->thing[place].next
						  : place;
}

#endif
