/*
 * Where something stands in a text that people write: a scenario, a table.
 * What comes of words keeps the place of the words, so that a mistake is told
 * where it was made even when it is found late: that an instrument is not
 * there when a run begins, that a file cannot be opened, that two parameters
 * contradict each other.
 */
#ifndef EXCH_BASE_PLACE_H
#define EXCH_BASE_PLACE_H

#include "base/err.h"

struct exch_place {
	const char *file; /* borrowed; NULL: nobody wrote it */
	uint64_t line;	  /* from 1 */
	uint64_t column;  /* from 1; 0: the whole line */
	/* The variable whose value stands there by -D, borrowed; or NULL. */
	const char *given;
};

/* Say it at a place; returns the code. */
int exch_place_fail(struct exch_diag *d, enum exch_err code,
    const struct exch_place *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Say at a place what `own` says of something that is named there, a file
 * mostly: "PLACE: NAME: sentence".  Where own is at a line of that file
 * already, that is where it is to be mended, and it is said as it is.
 * Whoever has named the wrong thing has to name another one: EXCH_ERR_NEED
 * becomes EXCH_ERR_FORMAT.  Returns the code.
 */
int exch_place_told(struct exch_diag *d, const struct exch_place *at,
    const struct exch_diag *own);

#endif
