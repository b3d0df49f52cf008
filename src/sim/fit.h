/*
 * Estimating the models of flow from a day: an order-by-order stream goes in,
 * lines of a scenario (exch-scenario(5)) come out.
 *
 *	rc = exch_fit_new("ABC", &f, d);
 *	while ((rc = exch_reader_next(in, &r, d)) > 0)
 *		rc = exch_fit_record(f, r, d);
 *	rc = exch_fit_finish(f, d);
 *	rc = exch_fit_write(f, "zero", &text, d);
 *
 * Of each event there are counts, and of each state the time that it lasted:
 * rates are the one by the other, which for processes without memory is what is
 * most likely.  Memory follows live orders; the times of the first
 * EXCH_FIT_EVENTS events are kept besides, for the Hawkes process (fit_hawkes.c).
 * Only continuous trading counts.
 */
#ifndef EXCH_SIM_FIT_H
#define EXCH_SIM_FIT_H

#include "base/buf.h"
#include "base/err.h"
#include "rec/rec.h"
#include "sim/hawkes.h"

#define EXCH_FIT_EVENTS 300000u

struct exch_fit;

/* `symbol` NULL: of the first instrument.  EXCH_ERR_NOMEM. */
int exch_fit_new(
    const char *symbol, struct exch_fit **out, struct exch_diag *d);
void exch_fit_free(struct exch_fit *f);

/* Any record of a matched stream; EXCH_ERR_NOMEM. */
int exch_fit_record(
    struct exch_fit *f, const struct exch_rec *r, struct exch_diag *d);
/* Behind the last.  EXCH_ERR_ABSENT: no such instrument, or it says nothing. */
int exch_fit_finish(struct exch_fit *f, struct exch_diag *d);

/*
 * Write how busy so many equal parts of the day were, too; up to EXCH_FIT_PARTS,
 * and not of hawkes, which is estimated from the first events only.
 */
#define EXCH_FIT_PARTS 64u
void exch_fit_parts(struct exch_fit *f, unsigned parts);

/*
 * "instrument ..." and "flow KIND SYMBOL NAME VALUE ...".  EXCH_ERR_ABSENT: no
 * such kind can be estimated, or the day has too little of something;
 * EXCH_ERR_NOMEM.
 */
int exch_fit_write(const struct exch_fit *f, const char *kind,
    struct exch_buf *out, struct exch_diag *d);
/* The kinds that can, up to NULL. */
extern const char *const exch_fit_kinds[];

/*
 * What is most likely of a Hawkes process, by so many turns of expectation and
 * maximisation: h has the number of kinds and decays, and decays to begin with.
 * Events are by time, in seconds from 0 to `end`.
 */
void exch_fit_hawkes(struct exch_hawkes *h, const double *time,
    const uint8_t *kind, size_t n, double end, unsigned turns);

#endif
