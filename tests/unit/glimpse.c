/*
 * The client of snapshots: whoever asks goes on reading the lines meanwhile, so
 * names are looked up once and nothing waits for a connection.
 */
#include <config.h>

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "feed/glimpse.h"
#include "feed/seq.h"
#include "sock/conn.h"
#include "sock/soup.h"
#include "tap.h"

#define QUEUE 8

static unsigned lookups;
static char at[32];
static struct addrinfo where; /* where `at` is, whatever its name */
static struct sockaddr_in addr;

/* Instead of the library's: the only host that there is. */
int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hint,
    struct addrinfo **list)
{
	(void)host;
	(void)service;
	(void)hint;
	lookups++;
	*list = &where;
	return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

static int
listener(void)
{
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	addr = (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (fd < 0 || bind(fd, (void *)&addr, sizeof(addr)) != 0 ||
	    listen(fd, 0) != 0 || getsockname(fd, (void *)&addr, &len) != 0)
		abort();
	where = (struct addrinfo){.ai_family = AF_INET,
	    .ai_socktype = SOCK_STREAM,
	    .ai_addr = (void *)&addr,
	    .ai_addrlen = sizeof(addr)};
	snprintf(at, sizeof(at), "there:%u", ntohs(addr.sin_port));
	return fd;
}

static void
nap(void)
{
	struct timespec ts = {.tv_nsec = 5000000};

	nanosleep(&ts, NULL);
}

/* What it says to whoever asks. */
static const unsigned char answer[] = "\000\037AEX20260202                   1"
				      "\000\026SG                   7";

/* Read until there is a result, at a time that stands still. */
static int
read_on(struct exch_glimpse *g, uint64_t now, struct exch_diag *d)
{
	int n = 0;

	for (unsigned i = 0; n == 0 && i < 4000; i++) {
		n = exch_glimpse_read(g, now, d);
		if (n == 0)
			nap();
	}
	return n;
}

static void
test_answer(const struct exch_glimpse_server *s, int fd)
{
	struct exch_diag d = {0};
	struct exch_glimpse *g;
	struct exch_glimpse_text t;
	char name[128];
	int peer;

	tap_is_i64(exch_glimpse_ask(s, EXCH_SEC, &g, &d), 0, "asked");
	while (exch_glimpse_read(g, EXCH_SEC, &d) == 0 &&
	       exch_conn_made(exch_glimpse_fd(g), 0) != 0)
		nap();
	peer = exch_conn_accept(fd, name);
	if (send(peer, answer, sizeof(answer) - 1, MSG_NOSIGNAL) < 0)
		abort();
	tap_is_i64(read_on(g, EXCH_SEC, &d), 1, "a snapshot of nothing");
	exch_glimpse_text(g, &t);
	tap_is_u64(t.next, 7, "with the number of what comes next");
	tap_ok(memcmp(exch_glimpse_session(g), "EX20260202", EXCH_SEQ_KEY) == 0,
	    "and the name of its session");
	exch_glimpse_close(g);
	exch_conn_close(peer);
}

/* Nobody accepts, and the queue is full: the connection is not made. */
static void
test_waiting(const struct exch_glimpse_server *s, int fd)
{
	struct exch_diag d = {0};
	struct exch_glimpse *g = NULL;
	char name[128];
	int queued[QUEUE], peer;

	for (unsigned i = 0; i < QUEUE; i++)
		if (exch_conn_begin(&where, &queued[i]) != 0)
			abort();
	if (exch_conn_made(queued[QUEUE - 1], 200) == 0) {
		tap_ok(true, "asked # SKIP no queue is ever full here");
	} else {
		tap_is_i64(exch_glimpse_ask(s, EXCH_SEC, &g, &d), 0,
		    "asked where nobody answers");
		tap_is_i64(exch_glimpse_read(g, EXCH_SEC, &d), 0,
		    "nothing is known yet");
		tap_is_i64(exch_glimpse_read(g, 3 * EXCH_SEC, &d), EXCH_ERR_IO,
		    "and nobody is there when it was too long");
		tap_is_str(d.text, "cannot connect", "which is told");
		exch_glimpse_close(g);
	}
	for (unsigned i = 0; i < QUEUE; i++)
		exch_conn_close(queued[i]);
	if (exch_conn_set(fd) != 0)
		abort();
	while ((peer = exch_conn_accept(fd, name)) >= 0)
		exch_conn_close(peer);
}

int
main(void)
{
	struct exch_diag d = {0};
	struct exch_glimpse_server s;
	struct exch_glimpse *g;
	int fd = listener();

	tap_is_i64(exch_glimpse_find(&s, at, &d), 0, "found");
	test_answer(&s, fd);
	test_waiting(&s, fd);
	exch_conn_close(fd);
	for (unsigned i = 0; i < 3; i++) {
		int err = exch_glimpse_ask(&s, EXCH_SEC, &g, &d);

		if (err == 0)
			err = read_on(g, EXCH_SEC, &d);
		exch_glimpse_close(g);
		tap_is_i64(err, EXCH_ERR_IO, "nobody is there any more");
	}
	tap_is_u64(lookups, 1, "its name was looked up once");
	exch_glimpse_forget(&s);
	return tap_done();
}
