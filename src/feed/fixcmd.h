/*
 * Messages of FIX, 4.0 to 5.0 SP2, to commands: new orders, cancels and
 * replacements; everything else is passed over, but for what execution reports
 * say was filled, which the quantity of a replacement includes.
 *
 * An order is known by its ClOrdID and who sent it; ours are numbered in
 * the order in which they came in.  Its account is Account (1), or else who
 * sent it.  Times are SendingTime (52), in UTC.
 *
 * Messages sent again (PossDupFlag) are passed over when they came before;
 * numbers that are missing are told.
 */
#ifndef EXCH_FEED_FIXCMD_H
#define EXCH_FEED_FIXCMD_H

#include "feed/clients.h"
#include "feed/fixmsg.h"

struct exch_fixcmd;

/* Clients, with their sink, and figures are borrowed, as is the input's name. */
int exch_fixcmd_new(struct exch_clients *c, struct exch_feed_stats *st,
    const char *name, struct exch_fixcmd **out, struct exch_diag *d);
void exch_fixcmd_free(struct exch_fixcmd *f);

/*
 * The bytes of one sender, or of a log: messages one behind the other, with
 * whatever stands between them.  All zeros: nothing came yet.
 */
struct exch_fixscan {
	char *buf; /* owned */
	size_t have, cap;
	uint64_t offset;	/* of buf[0] among all bytes */
	struct exch_feed_at at; /* of the last bytes; of no kind: a file's */
	bool lost; /* what follows up to the next message was told */
};

/*
 * Where the next bytes go, *n of them at most, which are then counted and what
 * is whole is taken.  NULL: no memory, with a diagnosis.
 */
char *exch_fixscan_room(struct exch_fixcmd *f, struct exch_fixscan *s,
    size_t *n, struct exch_diag *d);
int exch_fixscan_take(struct exch_fixcmd *f, struct exch_fixscan *s, size_t n,
    struct exch_diag *d);
/* Nothing more comes.  EXCH_ERR_CUT: it ended inside a message. */
int exch_fixscan_end(
    struct exch_fixcmd *f, struct exch_fixscan *s, struct exch_diag *d);
/* Bytes are missing: the message that they were of is none. */
void exch_fixscan_lose(struct exch_fixscan *s);
void exch_fixscan_clear(struct exch_fixscan *s);

#endif
