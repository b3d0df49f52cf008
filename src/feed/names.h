/*
 * Words to small numbers: symbols, account names and order names of text
 * inputs.  Numbers are given from 0 in order of appearance.
 */
#ifndef EXCH_FEED_NAMES_H
#define EXCH_FEED_NAMES_H

#include "base/err.h"

struct exch_names;

/* At most `limit` names are kept; NULL when out of memory. */
struct exch_names *exch_names_new(uint32_t limit);
void exch_names_free(struct exch_names *t);
/* 0, or EXCH_ERR_ABSENT. */
int exch_names_find(
    const struct exch_names *t, const char *s, size_t n, uint32_t *id);
/*
 * Add a name that is not there yet.  EXCH_ERR_LIMIT: as many as allowed;
 * EXCH_ERR_NOMEM.
 */
int exch_names_add(struct exch_names *t, const char *s, size_t n, uint32_t *id);
uint32_t exch_names_count(const struct exch_names *t);

#endif
