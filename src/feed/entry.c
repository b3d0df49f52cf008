/*
 * Order entry over TCP (entry.h).
 */
#include <config.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/plural.h"
#include "feed/capture.h"
#include "feed/entry.h"
#include "feed/fixcmd.h"
#include "feed/ouch.h"
#include "sock/soup.h"

enum speech {
	UNKNOWN, /* nothing came yet */
	SOUP,
	FIX,
	OTHER
};

/* So many messages that are none of OUCH are another protocol's. */
#define STRANGE 4u
/* Enough to know any of them by. */
#define FIRST 10u

/* What is known of a connection: tcp.h's `user`. */
struct talk {
	enum speech speech;
	bool ouch; /* messages of it were seen */
	/* Messages of something else, and where the first of them was. */
	unsigned strange;
	struct exch_feed_at strange_at;
	/* Which end asks for orders; -1: not known. */
	int client;
	bool named;
	uint32_t session;
	struct exch_feed_at at; /* of its last bytes */
	uint64_t next; /* number of the server's next message; 0: not known */
	unsigned char first[2][FIRST]; /* too little to know */
	size_t nfirst[2];
	struct exch_soup soup[2];
	struct exch_fixscan fix[2];
};

struct exch_entry {
	struct exch_run *run;
	struct exch_feed_stats *st;
	struct exch_feed_sink sink; /* into the run */
	struct exch_clients clients;
	struct exch_tcp *tcp;
	struct exch_ouch *ouch;
	struct exch_fixcmd *fix;
	bool found; /* a message of what is read */
	bool idle;  /* a session that is read, perhaps without messages */
	bool told;  /* that there are commands */
	const char *guess;
	unsigned char joined[EXCH_FRAME_MAX + 16];
	/* in hand */
	const struct exch_tcp_bytes *b;
	struct talk *talk;
};

/* ---- the sink of those who make records ---- */

static int
to_run(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_entry *e = arg;
	const struct exch_feed_sink *to = e->run->sink;

	if (!e->told && to->commands != NULL)
		to->commands(to->arg);
	e->told = true;
	return exch_run_copy(e->run, r, d);
}

static int
trouble_to_run(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct exch_entry *e = arg;

	return exch_run_trouble(e->run, at, text, d);
}

/* ---- trouble ---- */

static int
trouble(struct exch_entry *e, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	return exch_run_trouble(e->run, at, text, d);
}

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "no memory for sessions of order entry");
}

/* ---- SoupBinTCP ---- */

/* A session by its name. */
static int
name_session(
    struct exch_entry *e, const char *name, size_t n, struct exch_diag *d)
{
	int rc = exch_ouch_session(e->ouch, name, n, &e->talk->session);

	e->talk->named = rc == 0;
	return rc == 0 ? 0 : nomem(d);
}

/* Where no login was captured: "10.0.0.1:4001". */
static int
name_by_address(struct exch_entry *e, struct exch_diag *d)
{
	const struct exch_tcp_end *c = &e->b->conn->end[e->talk->client == 1];
	char host[INET6_ADDRSTRLEN], name[INET6_ADDRSTRLEN + 8];
	int n;

	if (e->talk->named)
		return 0;
	if (inet_ntop(c->family == 4 ? AF_INET : AF_INET6, c->addr, host,
		sizeof(host)) == NULL)
		host[0] = '\0';
	n = snprintf(name, sizeof(name), "%s:%u", host, c->port);
	return name_session(e, name, (size_t)n, d);
}

/* User names are the same in capitals and in small letters. */
static int
on_login(struct exch_entry *e, const unsigned char *p, struct exch_diag *d)
{
	char name[EXCH_SOUP_USER];
	size_t n = 0;

	for (size_t i = 0; i < EXCH_SOUP_USER; i++) {
		unsigned char c = p[i];

		if (c <= ' ' || c > '~')
			continue;
		name[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	return n == 0 ? name_by_address(e, d) : name_session(e, name, n, d);
}

static int
on_accepted(struct exch_entry *e, const unsigned char *p, struct exch_diag *d)
{
	int rc = name_by_address(e, d);

	if (rc != 0)
		return rc;
	exch_ouch_login(e->ouch, e->talk->session, p);
	if (!exch_soup_number(
		p + EXCH_SOUP_SESSION, EXCH_SOUP_NUMBER, &e->talk->next))
		return trouble(e, &e->b->at,
		    "SoupBinTCP login is accepted without a number", d);
	return 0;
}

/* One alone may be damaged. */
static void
strange(struct exch_entry *e, struct talk *t)
{
	if (t->strange++ == 0)
		t->strange_at = e->b->at;
	if (t->strange == STRANGE)
		t->speech = OTHER;
	if (e->guess == NULL)
		e->guess = "SoupBinTCP with something else than OUCH 4.2 or "
			   "5.0";
}

static int
tell_strange(struct exch_entry *e, struct talk *t, struct exch_diag *d)
{
	unsigned n = t->strange;
	char text[64];

	t->strange = 0;
	if (n == 0)
		return 0;
	e->st->messages_bad += n;
	(void)snprintf(text, sizeof(text), "%u message%s from here on %s OUCH",
	    n, exch_plural(n), n == 1 ? "is not" : "are not");
	return trouble(e, &t->strange_at, text, d);
}

/* A message of OUCH, or of something else that goes over SoupBinTCP. */
static int
on_message(struct exch_entry *e, const unsigned char *p, size_t n,
    bool of_client, struct exch_diag *d)
{
	struct talk *t = e->talk;
	struct exch_ouch_msg m = {p, n, e->b->time, 0, e->b->at};
	int rc;

	if (!of_client && t->next != 0)
		m.number = t->next++;
	if (!t->ouch &&
	    !(of_client ? exch_ouch_is_from(p, n) : exch_ouch_is_to(p, n))) {
		strange(e, t);
		return 0;
	}
	rc = tell_strange(e, t, d);
	t->ouch = e->found = true;
	if (rc == 0)
		rc = name_by_address(e, d);
	if (rc != 0)
		return rc;
	return of_client ? exch_ouch_from(e->ouch, t->session, &m, d)
			 : exch_ouch_to(e->ouch, t->session, &m, d);
}

/* By what only one of both says, unless it is known. */
static void
is_client(struct talk *t, unsigned from)
{
	if (t->client < 0)
		t->client = (int)from;
}

static int
on_packet(void *arg, unsigned char type, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	struct exch_entry *e = arg;
	struct talk *t = e->talk;

	if (t->speech != SOUP)
		return 0;
	switch (type) {
	case EXCH_SOUP_LOGIN:
		is_client(t, e->b->from);
		return on_login(e, p, d);
	case EXCH_SOUP_CLIENT_BEAT:
	case EXCH_SOUP_LOGOUT:
		is_client(t, e->b->from);
		e->st->heartbeats += type == EXCH_SOUP_CLIENT_BEAT;
		return 0;
	case EXCH_SOUP_UNSEQUENCED:
		is_client(t, e->b->from);
		return on_message(e, p, n, (int)e->b->from == t->client, d);
	case EXCH_SOUP_SEQUENCED:
		is_client(t, !e->b->from);
		return on_message(e, p, n, false, d);
	case EXCH_SOUP_ACCEPTED:
		is_client(t, !e->b->from);
		return on_accepted(e, p, d);
	case EXCH_SOUP_SERVER_BEAT:
	case EXCH_SOUP_END:
		is_client(t, !e->b->from);
		e->st->heartbeats += type == EXCH_SOUP_SERVER_BEAT;
		e->st->ends += type == EXCH_SOUP_END;
		return 0;
	default:
		return 0;
	}
}

static int
take_soup(struct exch_entry *e, struct talk *t, const struct exch_tcp_bytes *b,
    struct exch_diag *d)
{
	const struct exch_soup_taker taker = {e, on_packet};
	struct exch_soup *s = &t->soup[b->from];
	bool bad;
	int rc;

	if (b->lost != 0 || b->back) {
		exch_soup_lose(s);
		/* what was numbered by counting is so no more */
		if ((int)b->from != t->client)
			t->next = 0;
	}
	rc = exch_soup_take(s, b->p, b->n, &taker, &bad, d);
	if (rc == EXCH_ERR_NOMEM)
		return nomem(d);
	if (rc == 0 && bad) {
		t->next = 0;
		e->st->packets_bad++;
		rc = trouble(e, &b->at, "no packet of SoupBinTCP", d);
	}
	return rc;
}

/* ---- FIX ---- */

static int
take_fix(struct exch_entry *e, struct talk *t, const struct exch_tcp_bytes *b,
    struct exch_diag *d)
{
	struct exch_fixscan *s = &t->fix[b->from];
	size_t done = 0, n;
	int rc = 0;

	s->at = b->at;
	if (b->lost != 0 || b->back)
		exch_fixscan_lose(s);
	while (rc == 0 && done < b->n) {
		char *to = exch_fixscan_room(e->fix, s, &n, d);

		if (to == NULL)
			return EXCH_ERR_NOMEM;
		n = n < b->n - done ? n : b->n - done;
		memcpy(to, b->p + done, n);
		done += n;
		rc = exch_fixscan_take(e->fix, s, n, d);
	}
	return rc;
}

/* ---- connections ---- */

static enum speech
speech_of(const unsigned char *p, size_t n)
{
	if (memcmp(p, "8=FIX", n < 5 ? n : 5) == 0)
		return n < FIRST ? UNKNOWN : FIX;
	if (n < 3)
		return UNKNOWN;
	return exch_soup_is(p, n) ? SOUP : OTHER;
}

static int
talk_of(struct exch_tcp_conn *c, struct talk **out, struct exch_diag *d)
{
	struct talk *t = c->user;

	*out = t;
	if (t != NULL)
		return 0;
	t = exch_calloc(1, sizeof(*t));
	if (t == NULL)
		return nomem(d);
	t->client = c->client;
	c->user = *out = t;
	return 0;
}

/* Bytes of a connection that a capture misses. */
static int
tell_lost(
    struct exch_entry *e, const struct exch_tcp_bytes *b, struct exch_diag *d)
{
	char text[96];

	if (b->back)
		return trouble(e, &b->at,
		    "a TCP connection goes on where bytes were missing", d);
	e->st->gaps++;
	(void)snprintf(text, sizeof(text),
	    "%llu bytes before this packet's are missing in a TCP connection",
	    (unsigned long long)b->lost);
	return trouble(e, &b->at, text, d);
}

/*
 * What is spoken, by the first bytes of a side; where the beginning was not
 * captured, by those of any segment.  What is too little waits for more.
 */
static void
recognise(struct exch_entry *e, struct talk *t, struct exch_tcp_bytes *b)
{
	size_t had = t->nfirst[b->from];

	if (t->speech == OTHER && b->conn->client >= 0)
		return;
	if (had != 0 && b->n <= EXCH_FRAME_MAX) { /* where the last ones are */
		memcpy(e->joined, t->first[b->from], had);
		memcpy(e->joined + had, b->p, b->n);
		b->p = e->joined;
		b->n += had;
		t->nfirst[b->from] = 0;
	}
	t->speech = speech_of(b->p, b->n);
	if (t->speech == OTHER && had != 0 && b->conn->client < 0) {
		b->p += had;
		b->n -= had;
		t->speech = speech_of(b->p, b->n);
	}
	if (t->speech == UNKNOWN && b->n < FIRST) {
		memcpy(t->first[b->from], b->p, b->n);
		t->nfirst[b->from] = b->n;
	}
	e->found |= t->speech == FIX;
	e->idle |= t->speech == SOUP;
}

static int
on_bytes(void *arg, const struct exch_tcp_bytes *bytes, struct exch_diag *d)
{
	struct exch_entry *e = arg;
	struct exch_tcp_bytes b = *bytes;
	struct talk *t;
	int rc = talk_of(b.conn, &t, d);

	if (rc != 0)
		return rc;
	if (t->speech == UNKNOWN || t->speech == OTHER)
		recognise(e, t, &b);
	if (t->speech == OTHER)
		e->st->packets_other++;
	if (t->speech == UNKNOWN || t->speech == OTHER)
		return 0;
	if (b.lost != 0 || b.back)
		rc = tell_lost(e, &b, d);
	if (rc != 0)
		return rc;
	e->b = &b;
	e->talk = t;
	t->at = b.at;
	return t->speech == FIX ? take_fix(e, t, &b, d)
				: take_soup(e, t, &b, d);
}

static int
on_over(void *arg, struct exch_tcp_conn *c, struct exch_diag *d)
{
	struct exch_entry *e = arg;
	struct talk *t = c->user;
	bool cut = false;
	int rc = 0;

	if (t == NULL)
		return 0;
	for (unsigned i = 0; i < 2; i++) {
		if (rc == 0 && d != NULL && t->fix[i].have != 0)
			rc = exch_fixscan_end(e->fix, &t->fix[i], d);
		if (rc == EXCH_ERR_CUT) {
			exch_diag_clear(d);
			rc = 0;
		}
		cut |= t->soup[i].have != 0 || t->fix[i].have != 0;
		exch_soup_clear(&t->soup[i]);
		exch_fixscan_clear(&t->fix[i]);
	}
	c->user = NULL;
	if (rc == 0 && cut && d != NULL)
		rc = trouble(e, &t->at,
		    "a TCP connection ends behind this packet, inside a "
		    "message",
		    d);
	exch_free(t);
	return rc;
}

static int
on_astray(void *arg, const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_entry *e = arg;

	e->st->packets_bad++;
	return trouble(e, at,
	    "TCP sequence number is astray: its connection went on without it",
	    d);
}

int
exch_entry_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_entry **out, struct exch_diag *d)
{
	struct exch_entry *e = exch_calloc(1, sizeof(*e));
	struct exch_tcp_taker taker = {e, on_bytes, on_over, on_astray};
	int rc;

	*out = NULL;
	if (e == NULL)
		return nomem(d);
	e->run = run;
	e->st = st;
	e->sink = (struct exch_feed_sink){
	    .arg = e, .record = to_run, .trouble = trouble_to_run};
	rc = exch_clients_init(&e->clients, o, &e->sink) == 0 ? 0 : nomem(d);
	if (rc == 0)
		rc = exch_tcp_new(&taker, &e->tcp, d);
	if (rc == 0)
		rc = exch_ouch_new(&e->clients, st, &e->ouch, d);
	if (rc == 0)
		rc = exch_fixcmd_new(&e->clients, st, NULL, &e->fix, d);
	if (rc != 0)
		exch_entry_free(e);
	else
		*out = e;
	return rc;
}

void
exch_entry_free(struct exch_entry *e)
{
	if (e == NULL)
		return;
	exch_tcp_free(e->tcp);
	exch_ouch_free(e->ouch);
	exch_fixcmd_free(e->fix);
	exch_clients_clear(&e->clients);
	exch_free(e);
}

int
exch_entry_take(
    struct exch_entry *e, const struct exch_tcp_segment *g, struct exch_diag *d)
{
	enum exch_tcp_result r;
	int rc = exch_tcp_take(e->tcp, g, &r, d);

	if (rc != 0 || r == EXCH_TCP_OK)
		return rc;
	e->st->packets_bad++;
	return trouble(e, &g->at,
	    r == EXCH_TCP_SHORT ? "packet shorter than a TCP header"
				: "TCP header contradicts itself",
	    d);
}

int
exch_entry_finish(struct exch_entry *e, struct exch_diag *d)
{
	return exch_tcp_finish(e->tcp, d);
}

bool
exch_entry_found(const struct exch_entry *e)
{
	return e->found;
}

bool
exch_entry_idle(const struct exch_entry *e)
{
	return e->idle && e->guess == NULL;
}

const char *
exch_entry_guess(const struct exch_entry *e)
{
	return e->guess;
}
