/*
 * One thread, one poll(): new connections, the standby's, and the bell that
 * the matching thread rings.  A connection is nobody until its HELLO was
 * found good; only then does it take the place of the one before.
 */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "journal/serve.h"
#include "journal/tail.h"
#include "journal/wire.h"
#include "sock/conn.h"

#define GUESTS 4  /* connections that have not said who they are */
#define HEARD 64  /* frames of the standby between two of ours */
#define CHECKS 16 /* states that were not sent yet */
#define NEWS 8
/* A sign of life after so long without another frame. */
#define ALIVE_NS UINT64_C(200000000)
/* To say who one is. */
#define GREETING_NS UINT64_C(2000000000)
/* And to be answered: without progress, an eighth of that. */
#define ANSWER_MS 250
/* Between two tries to take connections for which there is no room. */
#define ROOM_NS UINT64_C(200000000)

struct guest {
	struct exch_wire *w;
	uint64_t since;
};

struct exch_serve {
	struct exch_serve_opts o;
	char *dir;
	int fd;
	pthread_t thread;
	bool running;
	struct exch_bell wake;	/* for the thread */
	struct exch_bell acked; /* for the matching */

	pthread_mutex_t lock; /* for these */
	bool stop;
	uint64_t durable;
	struct exch_link_check check[CHECKS];
	unsigned nchecks;
	char news[NEWS][256];
	unsigned nnews;
	uint64_t have; /* the standby, by its acks */
	struct exch_node peer;
	bool all;	     /* it has the journal's end */
	struct exch_wire *w; /* the standby; changed by the thread only */

	/* Of the thread alone. */
	struct guest guest[GUESTS];
	struct exch_tail *tail;
	uint64_t heard, said; /* when */
	uint64_t no_room;     /* when there was none for a connection; 0 */
	bool told_over;
};

static void news(struct exch_serve *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
news(struct exch_serve *s, const char *fmt, ...)
{
	va_list ap;

	(void)pthread_mutex_lock(&s->lock);
	if (s->nnews < NEWS) { /* nobody reads them: the first ones count */
		va_start(ap, fmt);
		(void)vsnprintf(s->news[s->nnews], sizeof(s->news[0]), fmt, ap);
		va_end(ap);
		s->nnews++;
	}
	(void)pthread_mutex_unlock(&s->lock);
	exch_bell_ring(&s->acked);
}

/* ---- the standby comes and goes ---- */

static void
drop(struct exch_serve *s, const char *why)
{
	struct exch_wire *w = s->w;

	if (w == NULL)
		return;
	news(s, "%s: the standby is gone: %s", exch_wire_name(w), why);
	exch_tail_close(s->tail);
	s->tail = NULL;
	(void)pthread_mutex_lock(&s->lock);
	s->w = NULL;
	s->have = 0;
	s->peer = (struct exch_node){{0}};
	(void)pthread_mutex_unlock(&s->lock);
	exch_wire_close(w);
	exch_bell_ring(&s->acked);
}

static void
refuse(struct exch_serve *s, struct exch_wire *w, const char *why)
{
	char text[256] = {0};
	size_t n = (strlen(why) + 8) & ~(size_t)7;

	(void)snprintf(text, sizeof(text), "%.255s", why);
	(void)exch_wire_send(w, EXCH_LINK_NO, text, n < 256 ? n : 256, 100,
	    NULL); /* it is sent away in any case */
	news(s, "%s: refused: %s", exch_wire_name(w), why);
	exch_wire_close(w);
}

static uint64_t
durable(struct exch_serve *s)
{
	uint64_t n;

	(void)pthread_mutex_lock(&s->lock);
	n = s->durable;
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}

/*
 * Find the place behind what the standby has, by position and by the
 * checksum of its last block: NULL, or why there is none.
 */
static const char *
seek(struct exch_serve *s, const struct exch_link_hello *h, struct exch_tail *t,
    char text[256])
{
	struct exch_tail_block b;
	struct exch_diag d = {0};
	int n = 1;

	if (h->begun && memcmp(h->stream, exch_tail_info(t)->id, 16) != 0)
		return "the standby's journal is of another stream";
	if (!h->begun || h->mark == 0)
		return h->position == 0
			   ? NULL
			   : "it has records, and does not say which";
	while (n > 0 && exch_tail_position(t) <= h->position) {
		n = exch_tail_next(t, durable(s), &b, &d);
		if (n > 0 && exch_tail_position(t) == h->position &&
		    exch_tail_mark(t) == h->mark)
			return NULL;
	}
	(void)snprintf(text, 256,
	    n == 0 ? "the standby has %llu records, and the journal here ends "
		     "at %llu: the standby's is the truth: take over with it, "
		     "or copy it here"
		   : "the standby's journal is another one at record %llu, "
		     "and this one ends at %llu: remove the one that is wrong",
	    (unsigned long long)h->position, (unsigned long long)durable(s));
	if (n < 0)
		(void)snprintf(text, 256, "%.255s", d.text);
	return text;
}

static int
welcome(struct exch_serve *s, struct exch_wire *w, struct exch_tail *t)
{
	unsigned char
	    p[EXCH_LINK_WELCOME_SIZE + EXCH_FRAME_HEAD + EXCH_HEAD_MAX];
	unsigned char head[EXCH_FRAME_HEAD + EXCH_HEAD_MAX];
	struct exch_link_welcome m = {.version = EXCH_LINK_VERSION,
	    .sync = s->o.sync,
	    .position = exch_tail_position(t),
	    .header = head};
	struct exch_stream_info info = *exch_tail_info(t);

	info.position = 0;
	m.nheader = exch_frame_put_head(head, &info);
	exch_link_put_welcome(p, &m);
	return exch_wire_send(w, EXCH_LINK_WELCOME, p,
	    EXCH_LINK_WELCOME_SIZE + m.nheader, ANSWER_MS, NULL);
}

/* A guest has said who it is. */
static void
greet(
    struct exch_serve *s, struct exch_wire *w, const struct exch_link_frame *f)
{
	struct exch_link_hello h;
	struct exch_tail *t = NULL;
	struct exch_diag d = {0};
	char text[256];
	const char *why = NULL;

	if (!exch_link_get_hello(f, &h) || h.version != EXCH_LINK_VERSION)
		why = "it is no standby of this version";
	else if (exch_tail_open(s->dir, h.position, &t, &d) != 0)
		why = d.text;
	else
		why = seek(s, &h, t, text);
	if (why == NULL && welcome(s, w, t) != 0)
		why = "it does not listen";
	if (why != NULL) {
		refuse(s, w, why);
		exch_tail_close(t);
		return;
	}
	drop(s, "another one has come");
	s->tail = t;
	s->heard = s->said = s->o.now();
	s->told_over = false;
	(void)pthread_mutex_lock(&s->lock);
	s->w = w;
	s->have = exch_tail_position(t);
	s->peer = h.node;
	(void)pthread_mutex_unlock(&s->lock);
	news(s, "%s: a standby, with %llu records", exch_wire_name(w),
	    (unsigned long long)exch_tail_position(t));
}

/* ---- events ---- */

/*
 * A place for a new guest.  When all are taken the one that has said nothing
 * for longest goes: who is a standby says so at once.
 */
static struct guest *
seat(struct exch_serve *s)
{
	struct guest *oldest = &s->guest[0];

	for (unsigned i = 0; i < GUESTS; i++) {
		if (s->guest[i].w == NULL)
			return &s->guest[i];
		if (s->guest[i].since < oldest->since)
			oldest = &s->guest[i];
	}
	exch_wire_close(oldest->w);
	oldest->w = NULL;
	return oldest;
}

static void
accept_one(struct exch_serve *s)
{
	struct guest *g;
	char name[128];
	int fd = exch_conn_accept(s->fd, name);

	if (fd == -2) {
		if (s->no_room == 0)
			news(s, "a connection waits and cannot be taken: %s",
			    strerror(errno));
		s->no_room = s->o.now();
		return;
	}
	if (fd < 0)
		return;
	s->no_room = 0;
	g = seat(s);
	g->since = s->o.now();
	/* No memory: it comes again. */
	(void)exch_wire_new(fd, name, &g->w, NULL);
}

static void
hear_guests(struct exch_serve *s)
{
	for (unsigned i = 0; i < GUESTS; i++) {
		struct guest *g = &s->guest[i];
		struct exch_link_frame f;
		struct exch_wire *w = g->w;
		struct exch_diag d = {0};
		int n;

		if (w == NULL)
			continue;
		n = exch_wire_next(w, &f, 0, &d);
		if (n == 0 && s->o.now() - g->since < GREETING_NS)
			continue;
		g->w = NULL;
		if (n > 0)
			greet(s, w, &f);
		else
			refuse(s, w,
			    n == 0 ? "it does not say who it is" : d.text);
	}
}

/* One frame of the standby. */
static void
hear_frame(struct exch_serve *s, const struct exch_link_frame *f)
{
	char why[200];
	uint64_t at;

	s->heard = s->o.now();
	if (f->kind == EXCH_LINK_NO) {
		(void)snprintf(why, sizeof(why), "%.*s", (int)f->n,
		    (const char *)f->p); /* for a message */
		drop(s, why);
	} else if (exch_link_get_position(f, &at) && f->kind == EXCH_LINK_ACK &&
		   at <= exch_tail_position(s->tail)) {
		(void)pthread_mutex_lock(&s->lock);
		s->have = at;
		s->all = s->told_over && at == exch_tail_position(s->tail);
		(void)pthread_mutex_unlock(&s->lock);
		exch_bell_ring(&s->acked);
	} else if (f->kind != EXCH_LINK_ALIVE) {
		drop(s, "it does not speak as a standby does");
	}
}

/* What it has said; true when there may be more. */
static bool
hear(struct exch_serve *s)
{
	struct exch_link_frame f;
	struct exch_diag d = {0};
	int n = 0;

	for (unsigned i = 0; i < HEARD && s->w != NULL; i++) {
		n = exch_wire_next(s->w, &f, 0, &d);
		if (n == 0)
			break;
		if (n < 0)
			drop(s, d.text);
		else
			hear_frame(s, &f);
	}
	if (s->w != NULL && s->o.now() - s->heard > s->o.silence)
		drop(s, "it has said nothing for too long");
	return s->w != NULL && n > 0;
}

/* ---- sending ---- */

static bool
say(struct exch_serve *s, enum exch_link_kind kind, const void *p, size_t n)
{
	struct exch_diag d = {0};
	int ms = (int)(s->o.silence / 1000000);

	if (exch_wire_send(s->w, kind, p, n, ms, &d) == 0) {
		s->said = s->o.now();
		return true;
	}
	/* A standby that ends says why, and hangs up on what is on its way. */
	(void)hear(s);
	if (s->w != NULL)
		drop(s, d.text);
	return false;
}

/* States of this very place; earlier ones were missed. */
static bool
say_checks(struct exch_serve *s, uint64_t at)
{
	struct exch_link_check due[CHECKS];
	unsigned n = 0, left = 0;
	unsigned char p[EXCH_LINK_CHECK_SIZE];

	(void)pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < s->nchecks; i++) {
		if (s->check[i].position == at)
			due[n++] = s->check[i];
		else if (s->check[i].position > at)
			s->check[left++] = s->check[i];
	}
	s->nchecks = left;
	(void)pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < n; i++) {
		exch_link_put_check(p, &due[i]);
		if (!say(s, EXCH_LINK_CHECK, p, sizeof(p)))
			return false;
	}
	return true;
}

/* The next block, if there is one: true when there may be more. */
static bool
send_one(struct exch_serve *s)
{
	struct exch_tail_block b;
	struct exch_diag d = {0};
	unsigned char p[8];
	int n;

	if (s->w == NULL || !say_checks(s, exch_tail_position(s->tail)))
		return false;
	n = exch_tail_next(s->tail, durable(s), &b, &d);
	if (n < 0) {
		drop(s, d.text);
		return false;
	}
	if (n > 0)
		return say(s, EXCH_LINK_BLOCK, b.p, b.n);
	if (exch_tail_over(s->tail) && !s->told_over) {
		exch_put_le64(p, exch_tail_position(s->tail));
		s->told_over = true;
		return say(s, EXCH_LINK_OVER, p, sizeof(p));
	}
	if (s->o.now() - s->said > ALIVE_NS)
		(void)say(s, EXCH_LINK_ALIVE, NULL, 0);
	return false;
}

/* Who cannot be taken is seen at once by poll(), over and over. */
static bool
listens(const struct exch_serve *s)
{
	return s->no_room == 0 || s->o.now() - s->no_room > ROOM_NS;
}

static void *
run(void *arg)
{
	struct exch_serve *s = arg;
	bool more = false, stop = false;

	while (!stop) {
		bool heard;

		struct pollfd p[3 + GUESTS] = {
		    {.fd = listens(s) ? s->fd : -1, .events = POLLIN},
		    {.fd = s->wake.fd[0], .events = POLLIN},
		    {.fd = s->w != NULL ? exch_wire_fd(s->w) : -1,
			.events = POLLIN}};

		for (unsigned i = 0; i < GUESTS; i++)
			p[3 + i] = (struct pollfd){.events = POLLIN,
			    .fd = s->guest[i].w != NULL
				      ? exch_wire_fd(s->guest[i].w)
				      : -1};
		(void)poll(p, 3 + GUESTS, more ? 0 : 50); /* a look is cheap */
		(void)exch_bell_wait(&s->wake, 0);
		if (p[0].revents != 0)
			accept_one(s);
		hear_guests(s);
		heard = hear(s);
		more = send_one(s) || heard;
		(void)pthread_mutex_lock(&s->lock);
		stop = s->stop;
		(void)pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* ---- the matching's side ---- */

int
exch_serve_open(const struct exch_serve_opts *o, struct exch_serve **out,
    struct exch_diag *d)
{
	struct exch_serve *s = exch_calloc(1, sizeof(*s));
	int err;

	if (s == NULL || (s->dir = exch_strdup(o->dir)) == NULL) {
		exch_free(s);
		return exch_diag_set(d, EXCH_ERR_NOMEM, o->at, EXCH_POS_NONE, 0,
		    "out of memory");
	}
	s->o = *o;
	s->fd = s->wake.fd[0] = s->wake.fd[1] = -1;
	s->acked = s->wake;
	(void)pthread_mutex_init(&s->lock, NULL); /* never fails here */
	err = exch_bell_open(&s->wake, d);
	if (err == 0)
		err = exch_bell_open(&s->acked, d);
	if (err == 0)
		err = exch_conn_listen(o->at, &s->fd, d);
	if (err == 0 && pthread_create(&s->thread, NULL, run, s) != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, o->at, EXCH_POS_NONE, 0,
		    "cannot start a thread");
	if (err != 0) {
		exch_serve_close(s, 0);
		return err;
	}
	s->running = true;
	*out = s;
	return 0;
}

void
exch_serve_publish(struct exch_serve *s, uint64_t position)
{
	bool news_for_it;

	(void)pthread_mutex_lock(&s->lock);
	news_for_it = s->durable != position;
	s->durable = position;
	(void)pthread_mutex_unlock(&s->lock);
	if (news_for_it)
		exch_bell_ring(&s->wake);
}

void
exch_serve_check(struct exch_serve *s, const struct exch_link_check *c)
{
	(void)pthread_mutex_lock(&s->lock);
	if (s->nchecks == CHECKS)
		memmove(
		    s->check, s->check + 1, --s->nchecks * sizeof(s->check[0]));
	s->check[s->nchecks++] = *c;
	(void)pthread_mutex_unlock(&s->lock);
	exch_bell_ring(&s->wake);
}

uint64_t
exch_serve_acked(struct exch_serve *s, struct exch_node *node)
{
	uint64_t n;

	(void)pthread_mutex_lock(&s->lock);
	n = s->have;
	*node = s->peer;
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}

bool
exch_serve_wait(
    struct exch_serve *s, uint64_t position, int ms, struct exch_node *node)
{
	uint64_t until = s->o.now() + (uint64_t)ms * 1000000;

	for (;;) {
		uint64_t now;

		if (exch_serve_acked(s, node) >= position &&
		    !exch_node_none(node))
			return true;
		now = s->o.now();
		if (now >= until)
			return false;
		(void)exch_bell_wait(
		    &s->acked, (int)((until - now + 999999) / 1000000));
	}
}

bool
exch_serve_news(struct exch_serve *s, char text[256])
{
	bool any;

	(void)pthread_mutex_lock(&s->lock);
	any = s->nnews > 0;
	if (any) {
		memcpy(text, s->news[0], 256);
		memmove(s->news, s->news + 1, --s->nnews * sizeof(s->news[0]));
	}
	(void)pthread_mutex_unlock(&s->lock);
	return any;
}

/* Until a standby that is there has all of it. */
static void
linger(struct exch_serve *s, int ms)
{
	uint64_t until = s->o.now() + (uint64_t)ms * 1000000;
	bool done;

	do {
		(void)pthread_mutex_lock(&s->lock);
		done = s->all || exch_node_none(&s->peer);
		(void)pthread_mutex_unlock(&s->lock);
		if (!done)
			(void)exch_bell_wait(&s->acked, 10);
	} while (!done && s->o.now() < until);
}

void
exch_serve_close(struct exch_serve *s, int ms)
{
	if (s == NULL)
		return;
	if (s->running) {
		linger(s, ms);
		(void)pthread_mutex_lock(&s->lock);
		s->stop = true;
		if (s->w != NULL)
			exch_wire_break(s->w); /* the thread may be sending */
		(void)pthread_mutex_unlock(&s->lock);
		exch_bell_ring(&s->wake);
		(void)pthread_join(s->thread, NULL);
	}
	exch_wire_close(s->w);
	exch_tail_close(s->tail);
	for (unsigned i = 0; i < GUESTS; i++)
		exch_wire_close(s->guest[i].w);
	if (s->fd >= 0)
		(void)close(s->fd); /* nothing was written */
	exch_bell_close(&s->wake);
	exch_bell_close(&s->acked);
	(void)pthread_mutex_destroy(&s->lock); /* nobody has it */
	exch_free(s->dir);
	exch_free(s);
}
