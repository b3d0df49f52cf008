/*
 * Order entry in the TCP connections of a capture: which of them carry
 * SoupBinTCP with OUCH, or FIX, and who the clients are.
 *
 * A connection is known by its first bytes that are there.  Its session has the
 * name of the login, or where none was captured the client's address and port.
 */
#ifndef EXCH_FEED_ENTRY_H
#define EXCH_FEED_ENTRY_H

#include "feed/run.h"
#include "feed/tcp.h"

struct exch_entry;

int exch_entry_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_entry **out, struct exch_diag *d);
void exch_entry_free(struct exch_entry *e);
/* A segment of a packet that has its number and time. */
int exch_entry_take(struct exch_entry *e, const struct exch_tcp_segment *g,
    struct exch_diag *d);
/* End of the capture. */
int exch_entry_finish(struct exch_entry *e, struct exch_diag *d);
/* Was there a message of what is read? */
bool exch_entry_found(const struct exch_entry *e);
/* Or a session of it, and of nothing else, that was silent? */
bool exch_entry_idle(const struct exch_entry *e);
/* What others look like, or NULL. */
const char *exch_entry_guess(const struct exch_entry *e);

#endif
