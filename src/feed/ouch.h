/*
 * OUCH 4.2 and 5.0, messages of clients to Nasdaq and its answers, one at a
 * time: orders, replacements and cancels of clients become commands, answers
 * tell what was filled.  Which version a session speaks is known by the lengths
 * of its messages.
 *
 * An order is known by its session and its token, or UserRefNum; what comes
 * again with one that was used, or of 5.0 with one below, is passed over, as the
 * exchange does.  Its account
 * is its firm, or else its session's name.  Times are those of capture.
 */
#ifndef EXCH_FEED_OUCH_H
#define EXCH_FEED_OUCH_H

#include "feed/clients.h"

struct exch_ouch;

/* Clients, with their sink, and figures are borrowed. */
int exch_ouch_new(struct exch_clients *c, struct exch_feed_stats *st,
    struct exch_ouch **out, struct exch_diag *d);
void exch_ouch_free(struct exch_ouch *u);

/* Is it a message of a client, or to one? */
bool exch_ouch_is_from(const unsigned char *p, size_t n);
bool exch_ouch_is_to(const unsigned char *p, size_t n);

/* A message, and where it stood. */
struct exch_ouch_msg {
	const unsigned char *p;
	size_t n;
	exch_ts time;
	uint64_t number; /* of an answer among those of a day; 0: not known */
	struct exch_feed_at at;
};

/*
 * The number of the session of a name, the same for those who come back.
 * EXCH_ERR_NOMEM, EXCH_ERR_LIMIT without a diagnosis.
 */
int exch_ouch_session(
    struct exch_ouch *u, const char *name, size_t n, uint32_t *session);
/* The exchange took it in, in a session of its own with this name. */
void exch_ouch_login(
    struct exch_ouch *u, uint32_t session, const unsigned char id[10]);
int exch_ouch_from(struct exch_ouch *u, uint32_t session,
    const struct exch_ouch_msg *m, struct exch_diag *d);
int exch_ouch_to(struct exch_ouch *u, uint32_t session,
    const struct exch_ouch_msg *m, struct exch_diag *d);

#endif
