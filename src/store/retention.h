/*
 * How long to keep what: a dated table of years, for each of three kinds.
 *
 *	from,until,kind,years,source
 *	2000-01-01,,trades,6,17 CFR 240.17a-4(a)
 *
 * The row is that of the day of the stream, and the years count from there.
 */
#ifndef EXCH_STORE_RETENTION_H
#define EXCH_STORE_RETENTION_H

#include "ref/dated.h"

/* What is kept; also the bits 1 << kind of what is gone. */
enum exch_kept {
	EXCH_KEPT_ORDERS, /* rows about orders */
	EXCH_KEPT_TRADES, /* rows about what was traded, and whose */
	EXCH_KEPT_AUDIT	  /* the blocks, which have both */
};
#define EXCH_KEPT_KINDS 3u

/* "orders", "trades", "audit". */
extern const struct exch_cell_word exch_kept_words[];

/* Parse such a table; cleared by exch_reftable_clear. */
int exch_retention_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/*
 * The first day on which a kind may go, of a stream of that date; *years the
 * row's.  Blocks stay as long as anything that is in them.  A day that its
 * year does not have is the one after it.  EXCH_ERR_ABSENT: no row tells it.
 */
int exch_retention_until(const struct exch_reftable *t, uint32_t date,
    enum exch_kept kind, uint32_t *until, unsigned *years, struct exch_diag *d);

#endif
