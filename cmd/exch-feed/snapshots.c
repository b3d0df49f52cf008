/*
 * Snapshots for those who come late (snapshots.h).  Who asks while nothing was
 * sent since is sent the same bytes as the one before.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "common/cli.h"
#include "exch-feed/snapshots.h"
#include "md/publish.h"
#include "sock/conn.h"

/* Nobody has a place for longer. */
#define LONGEST (120 * EXCH_SEC)
/* Nor for so long when others may want it and he has nothing to do there. */
#define IDLE EXCH_SEC
/* The multicast waits while one is made: at most this part of the time. */
#define PART 10
/* What a client may say between two looks. */
#define HEARD 4096u

/* As it goes over the connection. */
struct snapshot {
	unsigned users;
	uint64_t next;
	struct exch_buf text;
};

static void
let_go(struct snapshot **p)
{
	struct snapshot *t = *p;

	*p = NULL;
	if (t == NULL || --t->users != 0)
		return;
	exch_buf_free(&t->text);
	exch_free(t);
}

/* ---- what is sent ---- */

static void
put(struct exch_buf *b, char type, const void *p, size_t n)
{
	unsigned char head[3];

	exch_put_be16(head, (uint16_t)(1 + n));
	head[2] = (unsigned char)type;
	exch_buf_add(b, head, sizeof(head));
	if (n != 0)
		exch_buf_add(b, p, n);
}

static void
put_message(void *arg, const unsigned char *p, size_t n)
{
	put(arg, EXCH_SOUP_SEQUENCED, p, n);
}

static struct snapshot *
make(const struct snapshots *s)
{
	struct snapshot *t = exch_calloc(1, sizeof(*t));
	char m[EXCH_SOUP_SESSION + EXCH_SOUP_NUMBER + 1];

	if (t == NULL)
		return NULL;
	t->users = 1;
	t->next = s->shown.next;
	(void)snprintf(m, sizeof(m), "%10s%20d", "", 1);
	memcpy(m, s->session, sizeof(s->session));
	put(&t->text, EXCH_SOUP_ACCEPTED, m, sizeof(m) - 1);
	if (exch_shown_tell(&s->shown, put_message, &t->text) != 0 ||
	    t->text.failed)
		let_go(&t);
	return t;
}

static bool
is_of_now(const struct snapshots *s)
{
	return s->last != NULL && s->last->next == s->shown.next;
}

/* That of now, which may have been made already. */
static struct snapshot *
take(struct snapshots *s)
{
	if (!is_of_now(s)) {
		let_go(&s->last);
		s->last = make(s);
		s->made = exch_cli_now();
		s->cost = s->made - s->now;
	}
	s->failed = s->last == NULL;
	if (s->last != NULL)
		s->last->users++;
	return s->last;
}

/* ---- what clients say ---- */

struct speaker {
	struct snapshots *s;
	struct snapshot_client *c;
};

/*
 * Anybody may log in: there is nothing to hide.  A snapshot begins with its
 * first message, and there is one for the session that is on.
 */
static void
login(struct snapshots *s, struct snapshot_client *c, const unsigned char *p)
{
	const unsigned char *session = p + EXCH_SOUP_USER + EXCH_SOUP_PASSWORD;
	const unsigned char *number = session + EXCH_SOUP_SESSION;
	uint64_t first = 0;

	if (c->asks || c->out != NULL || c->leaves)
		return;
	if (!s->begun ||
	    (!exch_soup_is_blank(session, EXCH_SOUP_SESSION) &&
		!exch_soup_same_session(session, s->told)) ||
	    (!exch_soup_is_blank(number, EXCH_SOUP_NUMBER) &&
		!exch_soup_number(number, EXCH_SOUP_NUMBER, &first)) ||
	    first > 1) {
		c->refused = c->leaves = true;
		s->refusals++;
		return;
	}
	c->asks = true;
	c->heard = s->now;
}

static int
hear(void *arg, unsigned char type, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	struct speaker *k = arg;

	(void)n; /* its length is that of its type */
	(void)d;
	if (type == EXCH_SOUP_LOGIN)
		login(k->s, k->c, p);
	else if (type == EXCH_SOUP_LOGOUT)
		k->c->leaves = true;
	return EXCH_OK;
}

/* False: it has gone, or does not speak this. */
static bool
listen_to(struct snapshots *s, struct snapshot_client *c)
{
	unsigned char p[HEARD];
	struct speaker k = {s, c};
	struct exch_soup_taker taker = {.arg = &k, .packet = hear};
	bool bad = false;
	size_t n;
	int got = c->silent ? 0 : exch_conn_recv(c->fd, p, sizeof(p), &n);

	if (got <= 0)
		return got == 0;
	c->silent = n == 0;
	return exch_soup_take(&c->in, p, n, &taker, &bad, NULL) == 0 && !bad;
}

/* ---- who is there ---- */

static void
leave(struct snapshots *s, struct snapshot_client *c)
{
	s->gone += c->out != NULL && c->sent < c->out->text.len;
	exch_conn_close(c->fd);
	exch_soup_clear(&c->in);
	let_go(&c->out);
	*c = (struct snapshot_client){.fd = -1};
}

/* A few bytes, which fit or do not matter. */
static bool
say(const struct snapshot_client *c, const void *p, size_t n)
{
	size_t sent;

	return exch_conn_send(c->fd, p, n, &sent) == 0;
}

/* False: the client has gone. */
static bool
send_more(struct snapshots *s, struct snapshot_client *c)
{
	const struct exch_buf *b = &c->out->text;
	size_t n;

	if (exch_conn_send(c->fd, b->p + c->sent, b->len - c->sent, &n) != 0)
		return false;
	c->sent += n;
	s->given += n != 0 && c->sent == b->len;
	if (n != 0)
		c->heard = s->now;
	return true;
}

static void
give(struct snapshots *s, struct snapshot_client *c)
{
	c->heard = s->now;
	if (!is_of_now(s) && s->now - s->made < PART * s->cost)
		return;
	c->asks = false;
	c->out = take(s);
	c->leaves = c->out == NULL; /* there is no memory for it */
}

void
snapshots_make(struct snapshots *s, uint64_t now)
{
	s->now = now;
	s->begun = s->shown.next != 1;
	memcpy(s->told, s->session, sizeof(s->told));
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS && s->fd >= 0; i++) {
		struct snapshot_client *c = &s->client[i];

		if (c->fd >= 0 && c->asks)
			give(s, c);
		if (c->fd >= 0 && (c->asks || c->out != NULL) &&
		    c->heard > s->heard)
			s->heard = c->heard;
	}
}

/* Neither asks for anything nor takes it. */
static bool
is_idle(const struct snapshot_client *c)
{
	return !c->asks && (c->out == NULL || c->sent == c->out->text.len);
}

/* False: there is nothing more to say to this client. */
static bool
attend(struct snapshots *s, struct snapshot_client *c)
{
	if (!listen_to(s, c))
		return false;
	if (c->refused)
		(void)say(c, "\0\2JS", 4); /* it is sent away in any case */
	if (c->leaves || s->now - c->came > LONGEST)
		return false;
	if (c->out != NULL && c->sent < c->out->text.len && !send_more(s, c))
		return false;
	if (c->silent && is_idle(c))
		return false;
	if (s->now - c->heard >
	    (s->full && is_idle(c) ? IDLE : EXCH_SOUP_SILENT)) {
		if (c->out != NULL && c->sent == c->out->text.len)
			(void)say(c, "\0\1Z", 3); /* the same */
		return false;
	}
	if (c->out != NULL && c->sent < c->out->text.len)
		return true;
	/* A login is answered before anything else is said. */
	if (c->out == NULL || s->now - c->beaten < EXCH_SOUP_BEAT)
		return true;
	c->beaten = s->now;
	return say(c, "\0\1H", 3);
}

/* As many as there are places; others wait. */
static void
welcome(struct snapshots *s, struct snapshot_client *c)
{
	char name[128];
	int fd = exch_conn_accept(s->fd, name);

	if (fd < 0)
		return;
	if (exch_conn_set(fd) != 0) {
		exch_conn_close(fd);
		return;
	}
	*c = (struct snapshot_client){
	    .fd = fd, .heard = s->now, .beaten = s->now, .came = s->now};
}

void
snapshots_serve(struct snapshots *s, uint64_t now)
{
	bool full = true;

	s->now = now;
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS && s->fd >= 0; i++) {
		struct snapshot_client *c = &s->client[i];

		if (c->fd < 0)
			welcome(s, c);
		if (c->fd >= 0 && !attend(s, c))
			leave(s, c);
		full = full && c->fd >= 0;
	}
	s->full = full;
}

/* ---- life ---- */

int
snapshots_open(struct snapshots *s, const char *at, struct exch_diag *d)
{
	*s = (struct snapshots){.fd = -1};
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS; i++)
		s->client[i].fd = -1;
	if (exch_shown_init(&s->shown) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, at, EXCH_POS_NONE, 0,
		    "no memory for snapshots");
	return exch_conn_listen(at, &s->fd, d);
}

int
snapshots_put(
    struct snapshots *s, const unsigned char *p, size_t n, struct exch_diag *d)
{
	int err = exch_shown_take(&s->shown, p, n);

	memcpy(s->session, p, sizeof(s->session));
	return err == 0
		   ? 0
		   : exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE,
			 0, "no memory for snapshots of so many orders");
}

void
snapshots_close(struct snapshots *s)
{
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS && s->fd >= 0; i++)
		if (s->client[i].fd >= 0)
			leave(s, &s->client[i]);
	exch_conn_close(s->fd);
	s->fd = -1;
	let_go(&s->last);
	exch_shown_clear(&s->shown);
}
