/*
 * Whether the names in a table are those of somebody: members, groups and
 * accounts of the table of accounts, instruments of the stream.  A row with a
 * slip in its name would ask or cost nothing, and nobody would see it.
 */
#ifndef EXCH_RISK_KNOWN_H
#define EXCH_RISK_KNOWN_H

#include "ref/table.h"

/*
 * Refuse the first row whose member, group or account is not one of
 * `accounts` (NULL: there is no such table, and any account may be).  Rows of
 * `size` bytes begin with struct exch_whom.  EXCH_ERR_FORMAT with the place
 * and what was expected; EXCH_ERR_NOMEM.
 */
int exch_known_whom(const struct exch_reftable *t, size_t size,
    const struct exch_reftable *accounts, struct exch_diag *d);
/*
 * The same where a stream may name the members of accounts for which the table
 * has none: rows for members are then not looked at.
 */
int exch_known_told(const struct exch_reftable *t, size_t size,
    const struct exch_reftable *accounts, struct exch_diag *d);
/*
 * The first row from `first` on whose symbol, `at` bytes from its beginning,
 * is set and none of the n in ascending order (bytes of 24); t->n: there is none.
 */
size_t exch_known_symbol(const struct exch_reftable *t, size_t size, size_t at,
    const char (*symbol)[24], size_t n, size_t first);
/* The same of a table of positions, of which each row has an account. */
int exch_known_opening(const struct exch_reftable *t,
    const struct exch_reftable *accounts, struct exch_diag *d);

#endif
