/*
 * The log of a history into its database, by a thread with a connection of
 * its own: it waits for the disk, and who writes does not.
 *
 *	writer   commit  commit  commit  commit  ...
 *	             | a portion of pages is in the log
 *	drain        '-> log to disk, pages into the file, file to disk
 *
 * The log begins again at its start when all of it has been taken over and
 * the writer has added nothing meanwhile; so that it stays within bounds, the
 * writer waits where it has grown to EXCH_DRAIN_FULL pages.  Only somebody who
 * reads what the history was before makes it longer.
 */
#ifndef EXCH_STORE_DRAIN_H
#define EXCH_STORE_DRAIN_H

#include "store/sql.h"

/* Pages that are worth a trip to the disk, and those that make it wait. */
#define EXCH_DRAIN_PORTION 1000u
#define EXCH_DRAIN_FULL 8000u

struct exch_drain;

/*
 * From the next commit of `writer` on, which is borrowed until
 * exch_drain_free.  The thread begins with the first portion; where it cannot,
 * the writer does its work.  EXCH_ERR_NOMEM.
 */
int exch_drain_new(
    struct exch_sql *writer, struct exch_drain **out, struct exch_diag *d);
/* The writer looks after its log itself again.  NULL is fine. */
void exch_drain_free(struct exch_drain *x);

#endif
