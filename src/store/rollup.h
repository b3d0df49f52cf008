/* Days added up, and whether they still are what they were: see rollup.c. */
#ifndef EXCH_STORE_ROLLUP_H
#define EXCH_STORE_ROLLUP_H

#include "store/verify.h"

/* Rows of a stream that was added up against its records. */
int exch_verify_rollup(struct exch_verify *v,
    const struct exch_store_stream *st, struct exch_diag *d);

#endif
