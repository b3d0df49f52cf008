/*
 * The client of snapshots (glimpse.h).
 */
#include <config.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "feed/glimpse.h"
#include "feed/seq.h"
#include "sock/addr.h"
#include "sock/conn.h"
#include "sock/soup.h"

/* An address that is silent for so long is none. */
#define CONNECT EXCH_SEC
#define PIECE 65536u
/* Pieces that are taken before the lines are looked at. */
#define PIECES 16
/* The last message: type and number. */
#define END_LENGTH (1 + EXCH_SOUP_NUMBER)

struct exch_glimpse {
	char at[128];
	int fd;
	const struct addrinfo *to; /* being tried; NULL: the login was sent */
	uint64_t tried;
	unsigned char session[EXCH_SEQ_KEY];
	struct exch_soup in;
	struct exch_buf text;
	uint64_t count, next; /* next 0: it is not whole */
	bool accepted;
	uint64_t heard, beaten;
	unsigned char piece[PIECE];
};

static int
fail(const struct exch_glimpse *g, int code, const char *why,
    struct exch_diag *d)
{
	return exch_diag_set(d, code, g->at, EXCH_POS_NONE, 0, "%s", why);
}

/* ---- what the server says ---- */

static int
message(struct exch_glimpse *g, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	unsigned char len[2];

	if (n == 0)
		return fail(g, EXCH_ERR_FORMAT,
		    "the snapshot has a message without a byte", d);
	if (*p == 'G') {
		if (n != END_LENGTH ||
		    !exch_soup_number(p + 1, n - 1, &g->next) || g->next == 0 ||
		    g->next > UINT64_MAX - EXCH_SEQ_COUNT_MAX)
			return fail(g, EXCH_ERR_FORMAT,
			    "the snapshot ends without the number of the next "
			    "message",
			    d);
		return EXCH_OK;
	}
	if (g->text.len + 2 + n > EXCH_GLIMPSE_MAX)
		return fail(
		    g, EXCH_ERR_LIMIT, "the snapshot is longer than 1 GiB", d);
	exch_put_be16(len, (uint16_t)n);
	exch_buf_add(&g->text, len, sizeof(len));
	exch_buf_add(&g->text, p, n);
	g->count++;
	return g->text.failed
		   ? fail(g, EXCH_ERR_NOMEM, "no memory for a snapshot", d)
		   : EXCH_OK;
}

static int
packet(void *arg, unsigned char type, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	struct exch_glimpse *g = arg;

	if (g->next != 0)
		return EXCH_OK; /* nothing behind the end is of interest */
	switch (type) {
	case EXCH_SOUP_ACCEPTED:
		g->accepted = true;
		memcpy(g->session, p, sizeof(g->session));
		return EXCH_OK;
	case EXCH_SOUP_REJECTED:
		return fail(g, EXCH_ERR_IO,
		    *p == 'S' ? "no snapshot of this session is given"
			      : "the login was refused",
		    d);
	case EXCH_SOUP_SEQUENCED:
		return g->accepted ? message(g, p, n, d)
				   : fail(g, EXCH_ERR_FORMAT,
					 "messages before the login is "
					 "accepted",
					 d);
	case EXCH_SOUP_END:
		return fail(
		    g, EXCH_ERR_CUT, "the session ends before the snapshot", d);
	default:
		return EXCH_OK;
	}
}

/* ---- the connection ---- */

/* Any session, from its first message on. */
static int
login(struct exch_glimpse *g, struct exch_diag *d)
{
	char m[64];
	size_t n, len;

	(void)snprintf(m + 2, sizeof(m) - 2, "L%6s%10s%10s%20d", "", "", "", 1);
	len = strlen(m + 2);
	exch_put_be16((unsigned char *)m, (uint16_t)len);
	if (exch_conn_send(g->fd, m, 2 + len, &n) != 0 || n != 2 + len)
		return fail(g, EXCH_ERR_IO, "the connection is lost", d);
	return EXCH_OK;
}

/* The first of these addresses that does not refuse at once. */
static int
try_from(struct exch_glimpse *g, const struct addrinfo *a, uint64_t now,
    int sys, struct exch_diag *d)
{
	exch_conn_close(g->fd);
	g->fd = -1;
	for (; a != NULL; a = a->ai_next) {
		sys = exch_conn_begin(a, &g->fd);
		if (sys == 0)
			break;
	}
	g->to = a;
	g->tried = now;
	return a != NULL ? 0 : exch_diag_sys(d, g->at, sys, "cannot connect");
}

/* As soon as one answers, who asks says so. */
static int
connect_on(struct exch_glimpse *g, uint64_t now, struct exch_diag *d)
{
	int sys = exch_conn_made(g->fd, 0);

	if (sys == ETIMEDOUT && now - g->tried <= CONNECT)
		return 0;
	if (sys != 0)
		return try_from(g, g->to->ai_next, now, sys, d);
	g->to = NULL;
	g->heard = g->beaten = now;
	return login(g, d);
}

int
exch_glimpse_read(struct exch_glimpse *g, uint64_t now, struct exch_diag *d)
{
	struct exch_soup_taker taker = {.arg = g, .packet = packet};
	uint64_t count = g->count;
	size_t n;
	int got = 1;

	if (g->to != NULL) {
		got = connect_on(g, now, d);
		if (got != 0 || g->to != NULL)
			return got;
		got = 1;
	}
	for (unsigned i = 0; i < PIECES && got > 0 && g->next == 0; i++) {
		bool bad;
		int err;

		got = exch_conn_recv(g->fd, g->piece, PIECE, &n);
		if (got > 0 && n == 0)
			got = -1;
		if (got <= 0)
			break;
		err = exch_soup_take(&g->in, g->piece, n, &taker, &bad, d);
		if (err == 0 && bad)
			err = fail(g, EXCH_ERR_FORMAT,
			    "what comes is not SoupBinTCP", d);
		if (err != 0)
			return err;
	}
	if (g->next != 0)
		return 1;
	if (got < 0)
		return fail(g, EXCH_ERR_CUT,
		    "the connection was closed before the snapshot was whole",
		    d);
	if (g->count != count)
		g->heard = now; /* beats are no snapshot */
	if (now - g->heard > EXCH_SOUP_SILENT)
		return fail(g, EXCH_ERR_CUT,
		    "the server has sent nothing of a snapshot for 15 s", d);
	if (now - g->beaten > EXCH_SOUP_BEAT) {
		g->beaten = now;
		(void)exch_conn_send(g->fd, "\0\1R", 3, &n); /* read() sees */
	}
	return 0;
}

const unsigned char *
exch_glimpse_session(const struct exch_glimpse *g)
{
	return g->session;
}

void
exch_glimpse_text(const struct exch_glimpse *g, struct exch_glimpse_text *t)
{
	*t = (struct exch_glimpse_text){.p = (const unsigned char *)g->text.p,
	    .n = g->text.len,
	    .count = g->count,
	    .next = g->next};
}

/* ---- life ---- */

int
exch_glimpse_find(
    struct exch_glimpse_server *s, const char *at, struct exch_diag *d)
{
	s->at = at;
	return exch_addr_resolve(at, SOCK_STREAM, false, &s->list, d);
}

void
exch_glimpse_forget(struct exch_glimpse_server *s)
{
	if (s->list != NULL)
		freeaddrinfo(s->list);
	s->list = NULL;
}

int
exch_glimpse_ask(const struct exch_glimpse_server *s, uint64_t now,
    struct exch_glimpse **out, struct exch_diag *d)
{
	struct exch_glimpse *g = exch_calloc(1, sizeof(*g));
	int err;

	*out = NULL;
	if (g == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, s->at, EXCH_POS_NONE, 0,
		    "no memory for a snapshot");
	(void)snprintf(g->at, sizeof(g->at), "%s", s->at); /* for messages */
	g->fd = -1;
	err = try_from(g, s->list, now, 0, d);
	if (err == 0)
		*out = g;
	else
		exch_glimpse_close(g);
	return err;
}

int
exch_glimpse_fd(const struct exch_glimpse *g)
{
	/* Nothing behind its end is read. */
	return g != NULL && g->next == 0 ? g->fd : -1;
}

void
exch_glimpse_close(struct exch_glimpse *g)
{
	if (g == NULL)
		return;
	exch_conn_close(g->fd);
	exch_soup_clear(&g->in);
	exch_buf_free(&g->text);
	exch_free(g);
}
