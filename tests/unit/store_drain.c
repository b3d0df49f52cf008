/*
 * store/drain: the log of a history goes into its file while it is written,
 * stays within its bounds, and grows past them only where somebody reads.
 */
#include <config.h>

#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

#include "store/drain.h"
#include "tap.h"

/* Small pages make a log of many pages small. */
#define PAGE 512u
#define FRAME (PAGE + 24u)
#define ROW 40000u /* bytes; some 80 pages */

static char path[] = "unit-drain.XXXXXX";
static char beside[sizeof(path) + 4];

static unsigned long
size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 ? (unsigned long)st.st_size : 0;
}

static struct exch_sql *
open_it(void)
{
	struct exch_diag d = {0};
	struct exch_sql *s;

	if (exch_sql_open(path, EXCH_SQL_CREATE, &s, &d) != 0 ||
	    exch_sql_exec(s,
		"PRAGMA page_size = 512; PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = NORMAL;"
		"CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, b BLOB)",
		&d) != 0) {
		printf("Bail out! %s\n", d.text);
		exit(1);
	}
	return s;
}

/* Rows, each in a transaction; the largest size that the log had. */
static unsigned long
write_rows(struct exch_sql *s, unsigned n)
{
	unsigned long most = 0;

	for (unsigned i = 0; i < n; i++) {
		struct exch_diag d = {0};

		if (exch_sql_exec(s,
			"INSERT INTO t (b) VALUES (zeroblob(40000))",
			&d) != 0) {
			tap_ok(false, d.text);
			break;
		}
		if (size_of(beside) > most)
			most = size_of(beside);
	}
	return most;
}

static void
check_rows(unsigned want, const char *what)
{
	struct exch_sql *s = open_it();
	struct exch_diag d = {0};
	int64_t n;

	tap_is_i64(
	    exch_sql_number(s, "SELECT sum(length(b)) FROM t", 0, &n, &d), 0,
	    what);
	tap_is_i64(n, (int64_t)want * ROW, "every row is there");
	exch_sql_close(s);
	tap_is_u64(size_of(beside), 0, "nothing is left beside the file");
}

/* Without more commits: what was asked for is done by the other thread. */
static void
goes_on_alone(void)
{
	struct exch_sql *s = open_it();
	struct exch_diag d = {0};
	struct exch_drain *x;
	unsigned long before;
	int waits = 0;

	tap_is_i64(exch_drain_new(s, &x, &d), 0, "it begins");
	before = size_of(path);
	(void)write_rows(s, EXCH_DRAIN_PORTION * PAGE / ROW + 2);
	while (size_of(path) < before + EXCH_DRAIN_PORTION * PAGE / 2 &&
	       waits++ < 1000)
		usleep(10000);
	tap_ok(waits < 1000, "a portion goes into the file by itself");
	exch_drain_free(x);
	exch_sql_close(s);
}

static void
is_bounded(void)
{
	struct exch_sql *s = open_it();
	struct exch_diag d = {0};
	struct exch_drain *x;
	unsigned rows = 4 * EXCH_DRAIN_FULL * PAGE / ROW;
	unsigned long most;

	if (exch_drain_new(s, &x, &d) != 0)
		exit(1);
	most = write_rows(s, rows);
	tap_ok(most <= FRAME * (EXCH_DRAIN_FULL + 2 * ROW / PAGE),
	    "four times as much as it may hold goes through the log");
	tap_ok(most >= FRAME * EXCH_DRAIN_PORTION, "which was used");
	exch_drain_free(x);
	exch_sql_close(s);
}

static void
is_read(void)
{
	struct exch_sql *s = open_it(), *reader = open_it();
	struct exch_diag d = {0};
	struct exch_sql_stmt *t;
	struct exch_drain *x;
	unsigned rows = 2 * EXCH_DRAIN_FULL * PAGE / ROW;
	unsigned long most;

	(void)write_rows(s, 1); /* so that it reads out of the log */
	tap_is_i64(
	    exch_sql_prepare(reader, "SELECT id FROM t", &t, &d), 0, "a query");
	tap_is_i64(exch_sql_step(t, &d), 1, "somebody reads");
	if (exch_drain_new(s, &x, &d) != 0)
		exit(1);
	most = write_rows(s, rows);
	tap_ok(most > FRAME * EXCH_DRAIN_FULL * 3 / 2,
	    "who writes does not wait for who reads");
	exch_sql_finish(t);
	exch_sql_close(reader);
	(void)write_rows(s, 1); /* takes all over, and the next begins again */
	(void)write_rows(s, 1);
	tap_ok(write_rows(s, rows) < most + 5ul * ROW, "the log is used again");
	exch_drain_free(x);
	exch_sql_close(s);
	check_rows(2 * rows + 3, "read again");
}

int
main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	snprintf(beside, sizeof(beside), "%s-wal", path);
	goes_on_alone();
	check_rows(EXCH_DRAIN_PORTION * PAGE / ROW + 2, "read again");
	unlink(path);
	is_bounded();
	check_rows(4 * EXCH_DRAIN_FULL * PAGE / ROW, "read again");
	unlink(path);
	is_read();
	unlink(path);
	return tap_done();
}
