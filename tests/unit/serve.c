/*
 * The primary's end of a link under attack: whoever connects and says what
 * it likes, the journal goes to a standby that comes afterwards, nothing is
 * left open, and nothing waits for ever.
 */
#include <config.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "base/bytes.h"
#include "base/rng.h"
#include "journal/serve.h"
#include "journal/tail.h"
#include "journal/wire.h"
#include "sock/conn.h"
#include "tap.h"
#include "unit/journal_kit.h"

static char at[32];
static struct exch_serve *s;
static uint64_t total;
static _Atomic uint64_t ahead; /* of the true time, ns */
static _Atomic unsigned asked; /* for it */

static uint64_t
now(void)
{
	struct timespec t;

	atomic_fetch_add(&asked, 1);
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * EXCH_SEC + (uint64_t)t.tv_nsec +
	       atomic_load(&ahead);
}

static unsigned
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static void
serve(void)
{
	struct exch_serve_opts o = {
	    .dir = kit_dir, .at = at, .silence = 3 * EXCH_SEC, .now = now};
	struct exch_diag d = {0};
	int err = EXCH_ERR_IO;

	for (unsigned port = 20000 + (unsigned)getpid() % 20000; err != 0;
	     port++) {
		snprintf(at, sizeof(at), "127.0.0.1:%u", port);
		err = exch_serve_open(&o, &s, &d);
	}
	exch_serve_publish(s, total);
}

static struct exch_wire *
guest(void)
{
	struct exch_wire *w = NULL;
	struct exch_diag d = {0};
	int fd;

	if (exch_conn_connect(at, 2000, &fd, &d) != 0 ||
	    exch_wire_new(fd, "serve", &w, &d) != 0)
		printf("# %s\n", d.text);
	return w;
}

/* Bytes as they are; who is sent away does not get them all. */
static void
say(struct exch_wire *w, const void *p, size_t n)
{
	(void)!send(exch_wire_fd(w), p, n, MSG_NOSIGNAL);
}

static void
frame(struct exch_wire *w, enum exch_link_kind kind, const void *p, size_t n)
{
	(void)exch_wire_send(w, kind, p, n, 1000, NULL);
}

static void
hello(struct exch_wire *w, const struct exch_link_hello *h)
{
	unsigned char p[EXCH_LINK_HELLO_SIZE];

	exch_link_put_hello(p, h);
	frame(w, EXCH_LINK_HELLO, p, sizeof(p));
}

/* The kind of the next frame, 0 when the connection is closed or silent. */
static int
next_kind(struct exch_wire *w, struct exch_link_frame *f)
{
	return exch_wire_next(w, f, 5000, NULL) > 0 ? (int)f->kind : 0;
}

static bool
is_closed(struct exch_wire *w)
{
	struct exch_link_frame f;
	int n;

	do {
		n = exch_wire_next(w, &f, 5000, NULL);
	} while (n > 0);
	return n < 0;
}

/* A standby from the start: true when it gets every record. */
static bool
follow(void)
{
	struct exch_link_hello h = {
	    .version = EXCH_LINK_VERSION, .node = {{1}}};
	struct exch_link_frame f;
	struct exch_wire *w = guest();
	struct exch_node who = {{0}};
	uint64_t have = 0, over = 0;
	unsigned char ack[8];
	bool good;

	if (w == NULL)
		return false;
	hello(w, &h);
	good = next_kind(w, &f) == EXCH_LINK_WELCOME;
	while (good && over == 0) {
		struct exch_frame b;
		const char *why;

		switch (next_kind(w, &f)) {
		case EXCH_LINK_BLOCK:
			good =
			    exch_each_block(f.p, f.n, &b, &why) == (long)f.n &&
			    b.position == have;
			have += b.records;
			break;
		case EXCH_LINK_OVER:
			good = exch_link_get_position(&f, &over);
			break;
		case EXCH_LINK_ALIVE:
			break;
		default:
			good = false;
		}
		exch_put_le64(ack, have);
		frame(w, EXCH_LINK_ACK, ack, sizeof(ack));
	}
	good = good && have == total && exch_serve_wait(s, total, 5000, &who) &&
	       exch_node_same(&who, &h.node);
	exch_wire_close(w);
	return good;
}

/* One that is sent away, with a word or without. */
static void
refused(struct exch_wire *w, bool word, const char *what)
{
	struct exch_link_frame f;

	if (word)
		tap_is_i64(next_kind(w, &f), EXCH_LINK_NO, what);
	tap_ok(is_closed(w), what);
	exch_wire_close(w);
}

/* ---- who does not speak this ---- */

static void
strangers(void)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	unsigned char big[EXCH_LINK_HEAD] = {'X', 'J', 'L', '1', 'H'};
	struct exch_link_hello old = {.version = EXCH_LINK_VERSION + 1};
	struct exch_wire *w = guest();

	say(w, get, sizeof(get) - 1);
	refused(w, true, "a browser is sent away");
	w = guest();
	exch_put_le32(big + 8, 0xfffffff8u);
	say(w, big, sizeof(big));
	refused(w, true, "a frame of 4 GiB");
	w = guest();
	hello(w, &old);
	refused(w, true, "a newer version");
	w = guest();
	frame(w, EXCH_LINK_ALIVE, NULL, 0);
	refused(w, true, "who does not begin with HELLO");
	w = guest();
	say(w, "XJL1H", 5);
	exch_wire_close(w);
	tap_ok(follow(), "a standby gets everything after that");
}

/* Who says nothing, or a byte now and then. */
static void
slow(void)
{
	struct exch_wire *w[40];

	for (unsigned i = 0; i < 40; i++) {
		w[i] = guest();
		say(w[i], "XJL1", i % 5);
	}
	tap_ok(follow(), "silent guests do not keep a standby out");
	atomic_fetch_add(&ahead, 3 * EXCH_SEC);
	for (unsigned i = 0; i < 40; i++) {
		if (!is_closed(w[i]))
			tap_ok(false, "a silent guest is still there");
		exch_wire_close(w[i]);
	}
	tap_ok(true, "and have all been sent away");
}

static void
flood(void)
{
	for (unsigned i = 0; i < 500; i++)
		exch_wire_close(guest());
	tap_ok(follow(), "a standby after 500 who came and went");
}

/* ---- who lies ---- */

static void
liars(void)
{
	struct exch_link_hello h = {.version = EXCH_LINK_VERSION,
	    .begun = true,
	    .stream = {9},
	    .position = 3,
	    .mark = 1};
	struct exch_tail_block b;
	struct exch_tail *t = NULL;
	struct exch_diag d = {0};
	struct exch_wire *w = guest();

	hello(w, &h);
	refused(w, true, "the journal of another stream");
	if (exch_tail_open(kit_dir, 0, &t, &d) != 0)
		abort();
	memcpy(h.stream, exch_tail_info(t)->id, sizeof(h.stream));
	w = guest();
	hello(w, &h);
	refused(w, true, "a block that there is not");
	h.position = total + 1000;
	w = guest();
	hello(w, &h);
	refused(w, true, "more than the primary has");
	h.mark = 0;
	w = guest();
	hello(w, &h);
	refused(w, true, "records without a block");
	h.begun = false;
	w = guest();
	hello(w, &h);
	refused(w, true, "records without a journal");
	if (exch_tail_next(t, UINT64_MAX, &b, &d) <= 0)
		abort();
	h.begun = true;
	h.position = exch_tail_position(t);
	h.mark = exch_tail_mark(t);
	w = guest();
	hello(w, &h);
	{
		struct exch_link_frame f;

		tap_is_i64(next_kind(w, &f), EXCH_LINK_WELCOME,
		    "who has the first block is welcome");
	}
	exch_wire_close(w);
	exch_tail_close(t);
}

/* A standby that says what none does, behind its HELLO. */
static struct exch_wire *
turncoat(void)
{
	struct exch_link_hello h = {
	    .version = EXCH_LINK_VERSION, .node = {{2}}};
	struct exch_link_frame f;
	struct exch_wire *w = guest();

	hello(w, &h);
	tap_is_i64(next_kind(w, &f), EXCH_LINK_WELCOME, "a standby comes");
	return w;
}

static void
turncoats(void)
{
	struct exch_link_hello h = {.version = EXCH_LINK_VERSION};
	unsigned char p[8];
	struct exch_wire *w = turncoat();

	exch_put_le64(p, total + 1);
	frame(w, EXCH_LINK_ACK, p, sizeof(p));
	refused(w, false, "an ack for what was not sent");
	w = turncoat();
	hello(w, &h);
	refused(w, false, "HELLO twice");
	w = turncoat();
	frame(w, EXCH_LINK_BLOCK, p, sizeof(p));
	refused(w, false, "a block from the standby");
	w = turncoat();
	for (unsigned i = 0; i < 5000; i++)
		frame(w, EXCH_LINK_ALIVE, NULL, 0);
	tap_ok(follow(), "who says ALIVE all the time makes way");
	refused(w, false, "and is gone");
	w = turncoat();
	atomic_fetch_add(&ahead, 4 * EXCH_SEC);
	refused(w, false, "who says nothing any more");
}

/* ---- who keeps others waiting ---- */

/* Takes a little of what is sent, again and again. */
static void *
sip(void *arg)
{
	const int *fd = arg;
	static char some[4096];

	while (recv(*fd, some, sizeof(some), 0) > 0)
		usleep(5000);
	return NULL;
}

/* Gives a byte of a frame again and again. */
static void *
drip(void *arg)
{
	const int *fd = arg;
	unsigned char head[EXCH_LINK_HEAD];

	exch_link_head(head, EXCH_LINK_BLOCK, NULL, 0);
	for (unsigned i = 0; i < sizeof(head); i++) {
		if (send(*fd, head + i, 1, MSG_NOSIGNAL) != 1)
			break;
		usleep(20000);
	}
	return NULL;
}

/* Progress, and yet an end: no clock says it here, but the outcome. */
static void
sluggish(void)
{
	static unsigned char payload[1 << 20];
	struct exch_link_frame f;
	struct exch_diag d = {0};
	struct exch_wire *w;
	pthread_t t;
	int fd[2], few = 4096;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
		abort();
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &few, sizeof(few));
	exch_wire_new(fd[0], "sluggish", &w, &d);
	pthread_create(&t, NULL, sip, &fd[1]);
	tap_is_i64(exch_wire_send(
		       w, EXCH_LINK_BLOCK, payload, sizeof(payload), 40, &d),
	    EXCH_ERR_CUT, "who takes a little now and then is given up");
	exch_wire_close(w);
	pthread_join(t, NULL);
	close(fd[1]);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
		abort();
	exch_wire_new(fd[0], "sluggish", &w, &d);
	pthread_create(&t, NULL, drip, &fd[1]);
	tap_is_i64(exch_wire_next(w, &f, 60, &d), 0,
	    "who gives a byte now and then is not waited for");
	exch_wire_close(w);
	pthread_join(t, NULL);
	close(fd[1]);
}

/* Connections that wait while there is no descriptor for them. */
static void
crowd(void)
{
	struct rlimit had, none;
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
	    .sin_port = htons((uint16_t)atoi(strchr(at, ':') + 1))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	unsigned told = 0, looks;
	struct exch_wire *w = turncoat(); /* the clock is asked for it */
	struct exch_link_frame f;
	char text[256];

	/* It has everything: no file has to be opened for it. */
	while (next_kind(w, &f) == EXCH_LINK_BLOCK)
		;
	while (exch_serve_news(s, text))
		;
	getrlimit(RLIMIT_NOFILE, &had);
	none = had;
	none.rlim_cur = (rlim_t)fd + 1;
	setrlimit(RLIMIT_NOFILE, &none);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		abort();
	looks = atomic_load(&asked);
	for (unsigned i = 0; i < 50; i++) {
		usleep(10000);
		while (exch_serve_news(s, text))
			told += strstr(text, "cannot be taken") != NULL;
	}
	looks = atomic_load(&asked) - looks;
	setrlimit(RLIMIT_NOFILE, &had);
	tap_is_i64(told, 1, "a connection that cannot be taken is told once");
	printf("# %u looks\n", looks);
	tap_ok(looks < 5000, "and looked for now and then");
	close(fd);
	exch_wire_close(w);
	tap_ok(follow(), "then there is room again");
}

/* Good beginnings with bytes changed. */
static void
noise(void)
{
	struct exch_link_hello h = {.version = EXCH_LINK_VERSION};
	unsigned char p[EXCH_LINK_HEAD + EXCH_LINK_HELLO_SIZE];
	struct exch_rng rng;

	exch_rng_seed(&rng, 5);
	for (unsigned i = 0; i < 400; i++) {
		struct exch_wire *w = guest();
		size_t n = exch_rng_below(&rng, sizeof(p)) + 1;

		exch_link_put_hello(p + EXCH_LINK_HEAD, &h);
		exch_link_head(p, EXCH_LINK_HELLO, p + EXCH_LINK_HEAD,
		    EXCH_LINK_HELLO_SIZE);
		for (unsigned k = 0; k < 3; k++)
			p[exch_rng_below(&rng, sizeof(p))] ^=
			    (unsigned char)(1u << exch_rng_below(&rng, 8));
		say(w, p, n);
		exch_wire_close(w);
	}
	tap_ok(follow(), "a standby after 400 damaged beginnings");
}

/* The reason of a standby that hangs up on what is on its way to it. */
static void
last_word(void)
{
	static const char why[24] = "this journal is full";
	struct exch_wire *w = turncoat();
	char text[256] = "";
	bool told = false;

	usleep(200000); /* the primary waits for room in the connection */
	frame(w, EXCH_LINK_NO, why, sizeof(why));
	exch_wire_close(w);
	for (unsigned i = 0; i < 500 && strstr(text, "gone") == NULL; i++) {
		if (!exch_serve_news(s, text))
			usleep(10000);
		told = strstr(text, "is gone: this journal is full") != NULL;
	}
	printf("# %s\n", text);
	tap_ok(told, "why a standby ended is told, though it did not read");
}

/* Who does not read at all keeps nobody from ending. */
static void
deaf(void)
{
	struct exch_wire *w;
	uint64_t began;

	/* More than the connection takes. */
	total = kit_journal("serve", 0, true, 1500000);
	serve();
	last_word();
	w = turncoat();
	began = now();
	exch_serve_close(s, 500);
	tap_ok(now() - began < 2 * EXCH_SEC,
	    "a standby that does not read does not keep it from ending");
	exch_wire_close(w);
}

int
main(void)
{
	unsigned before;

	total = kit_journal("serve", 0, true, 0);
	before = open_files();
	serve();
	tap_ok(follow(), "a standby gets everything");
	strangers();
	slow();
	flood();
	liars();
	turncoats();
	sluggish();
	crowd();
	noise();
	exch_serve_close(s, 0);
	deaf();
	tap_is_u64(open_files(), before, "nothing is left open");
	kit_dir_clean();
	return tap_done();
}
