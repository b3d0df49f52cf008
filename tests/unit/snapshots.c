/*
 * The server of snapshots: who has nothing to do there does not keep others
 * out, by a clock of our own; and the lines go on while somebody is sent one.
 */
#include <config.h>

#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/cli.h"
#include "exch-feed/live.h"
#include "exch-feed/snapshots.h"
#include "md/publish.h"
#include "sock/conn.h"
#include "tap.h"
#include "unit/feed_kit.h"

#define TICK (EXCH_SEC / 10)
#define SILENT_ONES 64

static char at[32];
static struct kit pk;

/* ---- a connection that blocks ---- */

static atomic_bool blocks;
static sem_t blocked, go;

/* Instead of the library's: what goes over a connection may wait. */
ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	socklen_t len = sizeof(int);
	int kind = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &len) == 0 &&
	    kind == SOCK_STREAM && atomic_exchange(&blocks, false)) {
		sem_post(&blocked);
		while (sem_wait(&go) != 0)
			;
	}
	return sendto(fd, p, n, flags, NULL, 0);
}

/* ---- clients ---- */

static int
client(void)
{
	struct exch_diag d = {0};
	int fd;

	if (exch_conn_connect(at, 5000, &fd, &d) != 0) {
		printf("# %s\n", d.text);
		abort();
	}
	return fd;
}

static void
log_in(int fd)
{
	static const char begin[] = "\000\057Lme    secret";
	char whole[49];

	memset(whole, ' ', sizeof(whole));
	memcpy(whole, begin, sizeof(begin) - 1);
	whole[48] = '1';
	if (sendto(fd, whole, sizeof(whole), MSG_NOSIGNAL, NULL, 0) !=
	    (ssize_t)sizeof(whole))
		abort();
}

/* Has it been told anything?  Reads all of it. */
static bool
was_told(int fd)
{
	char p[4096];
	size_t n = 0, all = 0;

	while (exch_conn_recv(fd, p, sizeof(p), &n) > 0 && n > 0)
		all += n;
	return all > 40;
}

static void
open_server(struct snapshots *s)
{
	struct exch_diag d = {0};
	int err = EXCH_ERR_IO;

	for (unsigned port = 10000 + (unsigned)getpid() % 20000; err != 0;
	     port++) {
		snprintf(at, sizeof(at), "127.0.0.1:%u", port);
		d = (struct exch_diag){0};
		err = snapshots_open(s, at, &d);
	}
	pk.n = 0;
	kit_mold_adds(&pk, "SESSION", 1, 3);
	if (snapshots_put(s, pk.b, pk.n, &d) != 0)
		abort();
}

/* Looks of the server until a client was told; 1000: never. */
static unsigned
looks(struct snapshots *s, uint64_t *now, int fd)
{
	struct timespec ts = {.tv_nsec = 200000};

	for (unsigned i = 1; i < 1000; i++) {
		*now += TICK;
		snapshots_make(s, *now);
		snapshots_serve(s, *now);
		nanosleep(&ts, NULL); /* the other end is in this process */
		if (was_told(fd))
			return i;
	}
	return 1000;
}

/* ---- places ---- */

static void
test_silent(void)
{
	struct snapshots s;
	uint64_t now = EXCH_SEC;
	int fd[SILENT_ONES], last;
	unsigned n, there = 0;

	open_server(&s);
	for (unsigned i = 0; i < SILENT_ONES; i++)
		fd[i] = client();
	last = client();
	log_in(last);
	n = looks(&s, &now, last);
	printf("# heard after %u looks\n", n);
	tap_ok(n < 100, "64 who say nothing keep nobody out for 10 s");
	exch_conn_close(last);
	for (unsigned i = 0; i < SILENT_ONES; i++)
		exch_conn_close(fd[i]);
	snapshots_close(&s);

	open_server(&s);
	last = client();
	for (unsigned i = 0; i < 100; i++) {
		now += TICK;
		snapshots_make(&s, now);
		snapshots_serve(&s, now);
	}
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS; i++)
		there += s.client[i].fd >= 0;
	tap_is_u64(there, 1, "where there is room he may be silent so long");
	exch_conn_close(last);
	snapshots_close(&s);
}

static void
test_done(void)
{
	struct snapshots s;
	uint64_t now = EXCH_SEC;
	int fd[SNAPSHOT_CLIENTS], last;
	unsigned n;

	open_server(&s);
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS; i++) {
		fd[i] = client();
		log_in(fd[i]);
		if (looks(&s, &now, fd[i]) == 1000)
			abort();
	}
	last = client();
	log_in(last);
	n = looks(&s, &now, last);
	printf("# heard after %u looks\n", n);
	tap_ok(n < 50, "nor do those who have what they wanted");
	tap_is_u64(s.given, SNAPSHOT_CLIENTS + 1, "all had it");
	exch_conn_close(last);
	for (unsigned i = 0; i < SNAPSHOT_CLIENTS; i++)
		exch_conn_close(fd[i]);
	snapshots_close(&s);
}

/* ---- the lines ---- */

static int
publish(const struct exch_publisher *p, uint64_t seq, unsigned count, bool over)
{
	struct exch_diag d = {0};
	struct exch_published k = {.time = seq};

	pk.n = 0;
	if (over)
		kit_mold(&pk, "SESSION", seq, EXCH_MOLD_OVER);
	else
		kit_mold_adds(&pk, "SESSION", seq, count);
	k.p = pk.b;
	k.n = pk.n;
	return p->packet(p->arg, &k, &d);
}

static void
test_lines(void)
{
	static const struct exch_report report = {.takes = EXCH_TAKES_FRAMING};
	struct exch_cli c = {.tool = "snapshots"};
	struct exch_report_opts o = {0};
	struct exch_diag d = {0};
	void *l = live_own.arg;
	char group[40];
	int fd, err = 0;

	snprintf(group, sizeof(group), "239.198.%u.%u:26400",
	    (unsigned)getpid() / 250 % 250, (unsigned)getpid() % 250 + 1);
	(void)live_own.option(l, &c, OPT_LIVE, group);
	(void)live_own.option(l, &c, OPT_INTERFACE, "lo");
	(void)live_own.option(l, &c, OPT_SNAPSHOT, at); /* as it was free */
	(void)live_own.option(l, &c, OPT_LINGER, "1ms");
	tap_is_i64(live_own.settle(l, &c, &report, &o), -1, "a live feed");
	tap_is_i64(live_own.open(l, &d), 0, "that is there");
	tap_is_i64(publish(o.publish, 1, 3, false), 0, "its first packet");
	fd = client();
	atomic_store(&blocks, true);
	log_in(fd);
	while (sem_wait(&blocked) != 0)
		;
	/* Who cannot go on here would do so for ever: so say it in time. */
	alarm(60);
	for (unsigned i = 0; i < 100; i++)
		err |= publish(o.publish, 4 + i, 1, false);
	err |= publish(o.publish, 104, 0, true);
	alarm(0);
	tap_is_i64(err, 0, "goes on while somebody is being sent a snapshot");
	sem_post(&go);
	tap_is_i64(live_own.close(l, false, &d), 0, "and to its end");
	exch_conn_close(fd);
	live_own.free(l);
}

int
main(void)
{
	sem_init(&blocked, 0, 0);
	sem_init(&go, 0, 0);
	test_silent();
	test_done();
	test_lines();
	return tap_done();
}
