/*
 * Sockets do not block; waiting is poll() with a limit.  A peer that was cut
 * off without a word is found by the limits of the caller, who expects a
 * frame now and then.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "journal/wire.h"
#include "sock/conn.h"

#define CAP (EXCH_LINK_HEAD + EXCH_LINK_MAX + (64u << 10))

/* Waits are made of looks so long, in ms: there is no clock here. */
#define LOOK_MS 5
/*
 * A peer that goes on, but slowly: the longest time without progress is waited
 * for so often, in all looks for one frame together.
 */
#define IN_ALL 8

struct exch_wire {
	int fd;
	char name[128];
	unsigned char *buf;
	size_t rd, wr;
};

/* ---- bells ---- */

int
exch_bell_open(struct exch_bell *b, struct exch_diag *d)
{
	if (pipe(b->fd) != 0) {
		b->fd[0] = b->fd[1] = -1;
		return exch_diag_sys(d, "bell", errno, "cannot make a pipe");
	}
	for (unsigned i = 0; i < 2; i++) {
		(void)fcntl(b->fd[i], F_SETFL, O_NONBLOCK); /* good numbers */
		(void)fcntl(b->fd[i], F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

void
exch_bell_ring(const struct exch_bell *b)
{
	(void)!write(b->fd[1], "", 1); /* a full pipe rings as well */
}

bool
exch_bell_wait(const struct exch_bell *b, int ms)
{
	struct pollfd p = {.fd = b->fd[0], .events = POLLIN};
	char sink[64];

	if (poll(&p, 1, ms) <= 0)
		return false;
	while (read(b->fd[0], sink, sizeof(sink)) == (ssize_t)sizeof(sink))
		;
	return true;
}

void
exch_bell_close(struct exch_bell *b)
{
	for (unsigned i = 0; i < 2; i++)
		if (b->fd[i] >= 0)
			(void)close(b->fd[i]); /* nothing in it counts */
	b->fd[0] = b->fd[1] = -1;
}

/* ---- frames ---- */

int
exch_wire_new(
    int fd, const char *name, struct exch_wire **out, struct exch_diag *d)
{
	struct exch_wire *w = exch_calloc(1, sizeof(*w));

	if (w != NULL)
		w->buf = exch_malloc(CAP);
	if (w == NULL || w->buf == NULL || exch_conn_set(fd) != 0) {
		exch_free(w != NULL ? w->buf : NULL);
		exch_free(w);
		(void)close(fd); /* nothing was written */
		return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
		    "out of memory for a connection");
	}
	w->fd = fd;
	(void)snprintf(w->name, sizeof(w->name), "%s", name); /* for messages */
	*out = w;
	return 0;
}

int
exch_wire_fd(const struct exch_wire *w)
{
	return w->fd;
}

const char *
exch_wire_name(const struct exch_wire *w)
{
	return w->name;
}

static int
gone(const struct exch_wire *w, const char *why, struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_CUT, w->name, EXCH_POS_NONE, 0, "%s", why);
}

/* What is left of a wait for a frame. */
struct patience {
	int still; /* ms without progress */
	int all;   /* ms */
};

/*
 * One look: can it be done?  Where it can, that counts as a ms, as a peer that
 * takes or gives a byte now and then would keep us for ever.
 */
static bool
look(const struct exch_wire *w, short what, struct patience *left)
{
	struct pollfd f = {.fd = w->fd, .events = what};
	int most = left->still < left->all ? left->still : left->all;
	int ms = most < LOOK_MS ? most : LOOK_MS;
	bool can = poll(&f, 1, ms > 0 ? ms : 0) > 0;

	left->still -= can ? 0 : LOOK_MS;
	left->all -= can ? 1 : LOOK_MS;
	return can;
}

static bool
is_over(const struct patience *left)
{
	return left->still <= 0 || left->all <= 0;
}

static int
put(struct exch_wire *w, const unsigned char *p, size_t n, int ms,
    struct patience *left, struct exch_diag *d)
{
	while (n > 0) {
		ssize_t k = send(w->fd, p, n, MSG_NOSIGNAL);

		if (k >= 0) {
			p += k;
			n -= (size_t)k;
			left->still = ms;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!look(w, POLLOUT, left) && is_over(left))
				return gone(w, "the peer does not read", d);
		} else if (errno != EINTR) {
			return gone(w, "the connection is lost", d);
		}
	}
	return 0;
}

int
exch_wire_send(struct exch_wire *w, enum exch_link_kind kind, const void *p,
    size_t n, int ms, struct exch_diag *d)
{
	unsigned char head[EXCH_LINK_HEAD];
	struct patience left = {ms, IN_ALL * ms};
	int err;

	exch_link_head(head, kind, p, n);
	err = put(w, head, sizeof(head), ms, &left, d);
	return err != 0 ? err : put(w, p, n, ms, &left, d);
}

/* More bytes: 1, 0 none within what is left, or an error. */
static int
more(struct exch_wire *w, struct patience *left, struct exch_diag *d)
{
	ssize_t n;

	if (w->rd > 0) {
		memmove(w->buf, w->buf + w->rd, w->wr - w->rd);
		w->wr -= w->rd;
		w->rd = 0;
	}
	n = recv(w->fd, w->buf + w->wr, CAP - w->wr, 0);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		if (is_over(left))
			return 0;
		while (!look(w, POLLIN, left))
			if (is_over(left))
				return 0;
		n = recv(w->fd, w->buf + w->wr, CAP - w->wr, 0);
	}
	if (n < 0 &&
	    (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 0;
	if (n < 0)
		return gone(w, "the connection is lost", d);
	if (n == 0)
		return gone(w, "the peer has closed the connection", d);
	w->wr += (size_t)n;
	return 1;
}

int
exch_wire_next(
    struct exch_wire *w, struct exch_link_frame *f, int ms, struct exch_diag *d)
{
	struct patience left = {ms, ms};
	const char *why;
	long n;
	int err;

	for (;;) {
		n = exch_link_get(w->buf + w->rd, w->wr - w->rd, f, &why);
		if (n > 0) {
			w->rd += (size_t)n;
			return 1;
		}
		if (n < 0)
			return exch_diag_set(d, EXCH_ERR_FORMAT, w->name,
			    EXCH_POS_NONE, 0, "%s", why);
		err = more(w, &left, d);
		if (err <= 0)
			return err;
	}
}

bool
exch_wire_has(const struct exch_wire *w)
{
	struct exch_link_frame f;
	const char *why;

	return exch_link_get(w->buf + w->rd, w->wr - w->rd, &f, &why) > 0;
}

void
exch_wire_break(const struct exch_wire *w)
{
	(void)shutdown(w->fd, SHUT_RDWR); /* it may be broken already */
}

void
exch_wire_finish(struct exch_wire *w, int ms)
{
	struct patience left = {ms, ms};

	(void)shutdown(w->fd, SHUT_WR); /* it may be broken already */
	do {
		w->rd = w->wr; /* nobody asks for it */
	} while (more(w, &left, NULL) > 0);
}

void
exch_wire_close(struct exch_wire *w)
{
	if (w == NULL)
		return;
	(void)close(w->fd); /* what counts was acknowledged */
	exch_free(w->buf);
	exch_free(w);
}
