/*
 * What instruments are worth: the last price of the market, by place.  For
 * reports that value positions.
 */
#ifndef EXCH_REPORT_MARKS_H
#define EXCH_REPORT_MARKS_H

#include "report/deals.h"

struct exch_marks {
	exch_px *px; /* by place; none: not known */
	uint32_t n;
};

/* Of zeros, too. */
void exch_marks_clear(struct exch_marks *m);

/* From now on it is this one. */
int exch_marks_set(
    struct exch_marks *m, uint32_t place, exch_px price, struct exch_diag *d);

/*
 * A deal came: its price, if the venue told it and the market made it.  What
 * two agreed on outside the book, what is corrected and what is broken is no
 * price of the market.
 */
int exch_marks_deal(
    struct exch_marks *m, const struct exch_deal *x, struct exch_diag *d);

/* An INSTRUMENT came: before it trades it is worth its reference. */
int exch_marks_instrument(struct exch_marks *m, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);

/*
 * What a holding is worth, in cash.  EXCH_ERR_ABSENT: nobody told a price;
 * EXCH_ERR_RANGE: 128 bits do not hold it.
 */
int exch_marks_value(const struct exch_marks *m, const struct exch_inst *in,
    uint32_t place, exch_i128 qty, exch_i128 *value);

/* EXCH_PX_NONE: nobody told. */
static inline exch_px
exch_marks_of(const struct exch_marks *m, uint32_t place)
{
	return place < m->n ? m->px[place] : EXCH_PX_NONE;
}

#endif
