/*
 * A snapshot from whoever gives them (GLIMPSE 5.0 over SoupBinTCP): messages of
 * ITCH that make the market as it stands, and the number of the message of the
 * multicast that goes on from there.
 */
#ifndef EXCH_FEED_GLIMPSE_H
#define EXCH_FEED_GLIMPSE_H

#include "base/err.h"

/* A snapshot is held until it is whole: so many bytes at most. */
#define EXCH_GLIMPSE_MAX (UINT64_C(1) << 30)

struct exch_glimpse;
struct addrinfo;

/* Who gives them. */
struct exch_glimpse_server {
	const char *at; /* HOST:PORT */
	struct addrinfo *list;
};

/* What it says, good until it is closed. */
struct exch_glimpse_text {
	const unsigned char *p; /* messages, each behind its length */
	size_t n;
	uint64_t count;
	uint64_t next; /* number of the first that is not in it */
};

/*
 * Find its addresses, once: names are not asked for while packets come.  `at`
 * stays.  EXCH_ERR_NEED for what is no address, EXCH_ERR_IO when nobody can
 * say.
 */
int exch_glimpse_find(
    struct exch_glimpse_server *s, const char *at, struct exch_diag *d);
void exch_glimpse_forget(struct exch_glimpse_server *s);
/*
 * Ask it, at time `now` of a clock in ns, without waiting.  The server stays.
 * EXCH_ERR_IO: there is nobody; EXCH_ERR_NOMEM.
 */
int exch_glimpse_ask(const struct exch_glimpse_server *s, uint64_t now,
    struct exch_glimpse **out, struct exch_diag *d);
/*
 * What has come, without waiting: 1 it is whole, 0 not yet.  EXCH_ERR_CUT: the
 * server closed the connection or went silent; EXCH_ERR_IO: it refuses
 * or is not there;
 * EXCH_ERR_FORMAT: it says what is no snapshot; EXCH_ERR_NOMEM.
 */
int exch_glimpse_read(
    struct exch_glimpse *g, uint64_t now, struct exch_diag *d);
/* The session that it is of, as the server calls it: EXCH_SEQ_KEY bytes. */
const unsigned char *exch_glimpse_session(const struct exch_glimpse *g);
void exch_glimpse_text(
    const struct exch_glimpse *g, struct exch_glimpse_text *t);
/* To wait for; -1: NULL has none, nor has one that is whole. */
int exch_glimpse_fd(const struct exch_glimpse *g);
/* NULL is allowed. */
void exch_glimpse_close(struct exch_glimpse *g);

#endif
