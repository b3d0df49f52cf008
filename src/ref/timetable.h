/*
 * The phases of a trading day as a small text table:
 *
 *	# time      phase       auction    instrument
 *	09:15       call        open
 *	09:25       closed
 *	09:30       continuous
 *	14:57       call        close
 *	15:00       closed
 *
 * Times are local; the caller gives date and zone.  They never go back.  A
 * call names its auction: open, close, halt or intraday; other phases
 * (pre-open, halt) have none, or "-" before an instrument's name.  Without a
 * name a row is for all instruments.
 */
#ifndef EXCH_REF_TIMETABLE_H
#define EXCH_REF_TIMETABLE_H

#include "base/err.h"

struct exch_tz;

struct exch_timetable_row {
	exch_ts time;	 /* UTC */
	uint8_t phase;	 /* enum exch_phase's numbers */
	uint8_t cross;	 /* enum exch_cross's numbers */
	char symbol[24]; /* NUL padded; "" all instruments */
};

struct exch_timetable {
	struct exch_timetable_row *row; /* ascending time */
	size_t n;
};

/* "*.X" in place of a symbol is all instruments at the venue X: ref/venue.h. */

/*
 * Parse the table's text.  Wrong lines are refused with line and reason.
 * The rows are owned by *t and freed by exch_timetable_clear.
 */
int exch_timetable_parse(const char *text, size_t n, const char *name,
    uint32_t date, const struct exch_tz *tz, struct exch_timetable *t,
    struct exch_diag *d);
void exch_timetable_clear(struct exch_timetable *t);
/*
 * The rows of a venue join those of all, behind those of the same time; where
 * they name no instrument they are for those at the venue.  *own is cleared.
 * EXCH_ERR_NOMEM.
 */
int exch_timetable_join(
    struct exch_timetable *t, struct exch_timetable *own, const char *venue);

#endif
