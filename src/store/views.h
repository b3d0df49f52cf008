/*
 * Views: the questions people ask, with symbols, decimal prices and ISO
 * times.  exch-schema(5) describes each of them.
 */
#ifndef EXCH_STORE_VIEWS_H
#define EXCH_STORE_VIEWS_H

#include "base/err.h"

/* The SQL of every view, in an order in which they can be made. */
int exch_views_each(int (*each)(void *arg, const char *name, const char *sql,
			struct exch_diag *d),
    void *arg, struct exch_diag *d);

#endif
