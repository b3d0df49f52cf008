/*
 * SoupBinTCP 3.00 to 4.10: packets of one direction of a connection, each
 * behind its length in two bytes, big-endian, which counts its type and what
 * follows.
 */
#ifndef EXCH_SOCK_SOUP_H
#define EXCH_SOCK_SOUP_H

#include "base/err.h"

/* Types. */
enum {
	EXCH_SOUP_DEBUG = '+',
	EXCH_SOUP_ACCEPTED = 'A', /* from the server: session, next number */
	EXCH_SOUP_REJECTED = 'J',
	EXCH_SOUP_SEQUENCED = 'S',
	EXCH_SOUP_SERVER_BEAT = 'H',
	EXCH_SOUP_END = 'Z',
	EXCH_SOUP_LOGIN = 'L',	     /* from the client */
	EXCH_SOUP_UNSEQUENCED = 'U', /* from both */
	EXCH_SOUP_CLIENT_BEAT = 'R',
	EXCH_SOUP_LOGOUT = 'O'
};

/* Fields of a login and of its acceptance, behind the type. */
enum {
	EXCH_SOUP_USER = 6,
	EXCH_SOUP_PASSWORD = 10,
	EXCH_SOUP_SESSION = 10,
	EXCH_SOUP_NUMBER = 20
};

/* A side that is silent for so long is gone, and who has nothing to say says so. */
#define EXCH_SOUP_SILENT (15 * EXCH_SEC)
#define EXCH_SOUP_BEAT EXCH_SEC

/* A number in a login: digits with spaces or zeros before them. */
bool exch_soup_number(const unsigned char *p, size_t n, uint64_t *v);

/* Of a session: it has its blanks on the left or on the right. */
bool exch_soup_is_blank(const unsigned char *p, size_t n);
bool exch_soup_same_session(const unsigned char *a, const unsigned char *b);

/*
 * Do n bytes begin with packets, one behind the other, each with a type that
 * there is and a length that such a one may have, and that is usual?  The last may be cut, but
 * not its type.
 */
bool exch_soup_is(const unsigned char *p, size_t n);

/* One direction.  All zeros: nothing came yet. */
struct exch_soup {
	unsigned char *buf; /* owned; the beginning of a packet */
	size_t have, cap;
	bool lost; /* where packets begin is not known */
};

/* Who takes packets: a type, and what follows it. */
struct exch_soup_taker {
	void *arg;
	int (*packet)(void *arg, unsigned char type, const unsigned char *p,
	    size_t n, struct exch_diag *d);
};

/*
 * The next bytes.  *bad: what stands there is no packet, and the rest of the
 * bytes was left out; so is what follows, up to bytes that begin with packets.
 * Else 0, EXCH_ERR_NOMEM without a diagnosis, or what the taker says.
 */
int exch_soup_take(struct exch_soup *s, const unsigned char *p, size_t n,
    const struct exch_soup_taker *taker, bool *bad, struct exch_diag *d);
/* Bytes are missing: the packet that they were of is none. */
void exch_soup_lose(struct exch_soup *s);
void exch_soup_clear(struct exch_soup *s);

#endif
