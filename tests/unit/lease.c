/*
 * The lease, by a clock that is set: who may take it and when, and that its
 * holder stops in time.
 */
#include <config.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/lease.h"
#include "tap.h"

#define MS UINT64_C(1000000)
/* Long enough that its holder does not renew it while the test runs. */
#define PERIOD (3600000 * MS)

static char path[64];
static _Atomic uint64_t clock_ns = MS;

static uint64_t
now(void)
{
	return atomic_load(&clock_ns);
}

static struct exch_lease *
lease(uint8_t who, bool first)
{
	struct exch_lease_opts o = {.path = path,
	    .period = PERIOD,
	    .me = {{who}},
	    .first = first,
	    .now = now};
	struct exch_lease *l = NULL;

	if (exch_lease_open(&o, &l, NULL) != 0)
		abort();
	return l;
}

static void
who_may(void)
{
	struct exch_lease *a = lease(1, true), *b = lease(2, false);
	struct exch_lease *c = lease(3, true);
	struct exch_node second = {{2}};
	struct exch_diag d = {0};

	tap_is_i64(exch_lease_take(b, &d), EXCH_ERR_NEED,
	    "a standby does not make it");
	tap_is_i64(exch_lease_take(a, NULL), 1, "a primary does");
	tap_is_u64(exch_lease_epoch(a), 1, "number 1");
	tap_is_i64(exch_lease_check(a, NULL), 0, "it may release");
	tap_is_i64(exch_lease_take(b, &d), EXCH_ERR_NEED,
	    "who is not named may not have it");
	tap_is_i64(exch_lease_name(a, &second, NULL), 0, "it is named");
	tap_is_i64(exch_lease_take(b, NULL), 0, "and has to wait");
	atomic_fetch_add(&clock_ns, PERIOD - MS);
	tap_is_i64(exch_lease_take(b, NULL), 0, "for a whole period");
	tap_is_i64(exch_lease_check(a, NULL), EXCH_ERR_IO,
	    "by then the holder has stopped");
	tap_is_i64(exch_lease_take(c, &d), EXCH_ERR_NEED,
	    "a third one may not have it");
	atomic_fetch_add(&clock_ns, MS);
	tap_is_i64(exch_lease_take(b, NULL), 1, "then it takes it");
	tap_is_u64(exch_lease_epoch(b), 2, "under the next number");
	tap_is_i64(exch_lease_check(b, NULL), 0, "and may release");
	tap_ok(exch_lease_name(a, NULL, NULL) != 0, "the old holder finds out");
	d = (struct exch_diag){0};
	tap_ok(exch_lease_check(a, &d) != 0 &&
		   strstr(d.text, "taken by another") != NULL,
	    "and says so");
	exch_lease_close(a);
	tap_is_i64(exch_lease_check(b, NULL), 0,
	    "and does not give back what it has not");
	exch_lease_close(b);
	exch_lease_close(c);
}

/* Three quarters of a period, and not a moment longer. */
static void
in_time(void)
{
	struct exch_lease *a = lease(2, true);

	tap_is_i64(exch_lease_take(a, NULL), 1, "what was given back");
	atomic_fetch_add(&clock_ns, PERIOD / 4 * 3 - 1);
	tap_is_i64(exch_lease_check(a, NULL), 0, "good for three quarters");
	atomic_fetch_add(&clock_ns, 1);
	tap_is_i64(exch_lease_check(a, NULL), EXCH_ERR_IO, "and no longer");
	exch_lease_close(a);
}

static void
damaged(void)
{
	struct exch_lease *a;
	struct exch_diag d = {0};
	int fd = open(path, O_RDWR);

	if (fd < 0 || pwrite(fd, "x", 1, 20) != 1)
		abort();
	a = lease(2, true);
	tap_is_i64(exch_lease_take(a, &d), EXCH_ERR_FORMAT,
	    "a damaged one is nobody's");
	exch_lease_close(a);
	if (ftruncate(fd, 40) != 0)
		abort();
	a = lease(2, true);
	tap_is_i64(exch_lease_take(a, NULL), EXCH_ERR_FORMAT, "a cut one too");
	exch_lease_close(a);
	close(fd);
}

int
main(void)
{
	snprintf(path, sizeof(path), "/tmp/exch-lease-%ld", (long)getpid());
	who_may();
	in_time();
	damaged();
	unlink(path);
	return tap_done();
}
