/*
 * Output that waits: nothing leaves before the gate was asked and agreed,
 * what comes meanwhile leaves together, failures stay; and with a journal
 * for a gate, nothing leaves whose cause the disk does not have.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/journal.h"
#include "rec/zio.h"
#include "tap.h"
#include "unit/stream_kit.h"

/* ---- a gate by hand ---- */

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool open;
	unsigned asked, passed;
	int err; /* what it answers */
};

static struct gate gate = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

static int
ask(void *arg, struct exch_diag *d)
{
	struct gate *g = arg;
	int err;

	pthread_mutex_lock(&g->lock);
	g->asked++;
	pthread_cond_broadcast(&g->change);
	while (!g->open)
		pthread_cond_wait(&g->change, &g->lock);
	g->passed++;
	err = g->err;
	pthread_mutex_unlock(&g->lock);
	return err == 0 ? 0
			: exch_diag_set(d, (enum exch_err)err, "gate",
			      EXCH_POS_NONE, 0, "shut for ever");
}

static void
set_gate(bool open, int err)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = open;
	gate.err = err;
	pthread_cond_broadcast(&gate.change);
	pthread_mutex_unlock(&gate.lock);
}

/* Until it was asked so often. */
static void
wait_asked(unsigned n)
{
	pthread_mutex_lock(&gate.lock);
	while (gate.asked < n)
		pthread_cond_wait(&gate.change, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static struct exch_out *
start(int fd, size_t limit)
{
	struct exch_out_gate g = {.ask = ask, .arg = &gate, .limit = limit};
	struct exch_diag d = {0};
	struct exch_out *o;

	gate.open = false;
	gate.asked = gate.passed = 0;
	gate.err = 0;
	tap_ok(exch_out_fd(fd, EXCH_OUT_PLAIN, "out", &o, &d) == 0 &&
		   exch_out_behind(o, &g, &d) == 0,
	    "an output that waits");
	return o;
}

/* A pipe whose reading end does not block. */
static void
make_pipe(int fd[2])
{
	if (pipe(fd) != 0 || fcntl(fd[0], F_SETFL, O_NONBLOCK) != 0)
		exit(99);
}

static void
shut_and_open(void)
{
	struct exch_diag d = {0};
	char got[16] = "";
	int fd[2];
	struct exch_out *o;

	make_pipe(fd);
	o = start(fd[1], 100);
	exch_out_write(o, "a", 1, &d);
	wait_asked(1);
	exch_out_write(o, "b", 1, &d);
	tap_ok(exch_out_write(o, "c", 1, &d) == 0, "writing does not wait");
	tap_ok(read(fd[0], got, 16) < 0 && errno == EAGAIN,
	    "the gate is shut: nothing leaves");
	set_gate(true, 0);
	tap_ok(exch_out_finish(o, &d) == 0, "it opens: all leaves");
	tap_is_i64(read(fd[0], got, 15), 3, "three bytes");
	tap_is_str(got, "abc", "in their order");
	tap_is_u64(gate.asked, 2,
	    "what came while the gate was shut went through it together");
	exch_out_free(o);
	close(fd[0]);
	close(fd[1]);
}

static atomic_bool opened;

static void *
open_later(void *arg)
{
	(void)arg;
	atomic_store(&opened, true);
	set_gate(true, 0);
	return NULL;
}

static void
too_much(void)
{
	struct exch_diag d = {0};
	pthread_t t;
	int fd[2];
	struct exch_out *o;

	make_pipe(fd);
	o = start(fd[1], 4);
	exch_out_write(o, "123456", 6, &d); /* alone it may be longer */
	wait_asked(1);
	exch_out_write(o, "1234", 4, &d);
	if (pthread_create(&t, NULL, open_later, NULL) != 0)
		exit(99);
	exch_out_write(o, "5", 1, &d);
	tap_ok(atomic_load(&opened), "more than the limit waits for the gate");
	pthread_join(t, NULL);
	tap_ok(exch_out_finish(o, &d) == 0, "and leaves");
	tap_is_u64(d.code, EXCH_OK, "with no complaint");
	exch_out_free(o);
	close(fd[0]);
	close(fd[1]);
}

static void
gate_fails(void)
{
	struct exch_diag d = {0}, again = {0};
	char got[16];
	int fd[2];
	struct exch_out *o;

	make_pipe(fd);
	o = start(fd[1], 100);
	exch_out_write(o, "a", 1, &d);
	set_gate(true, EXCH_ERR_IO);
	tap_is_i64(exch_out_finish(o, &d), EXCH_ERR_IO, "the gate fails");
	tap_is_str(d.text, "shut for ever", "its sentence");
	set_gate(true, 0);
	tap_is_i64(exch_out_write(o, "b", 1, &again), EXCH_ERR_IO,
	    "and so does every write behind it");
	tap_is_str(again.text, "shut for ever", "with the first sentence");
	tap_is_i64(exch_out_kick(o, &again), EXCH_ERR_IO, "every kick");
	tap_is_i64(exch_out_finish(o, &again), EXCH_ERR_IO, "and the end");
	exch_out_free(o);
	tap_ok(read(fd[0], got, 16) < 0 && errno == EAGAIN, "nothing leaves");
	close(fd[0]);
	close(fd[1]);
}

static void
kicked(void)
{
	struct exch_diag d = {0};
	int fd[2];
	struct exch_out *o;

	make_pipe(fd);
	o = start(fd[1], 100);
	set_gate(true, 0);
	tap_ok(exch_out_kick(o, &d) == 0 && exch_out_finish(o, &d) == 0,
	    "a kick without bytes");
	tap_is_u64(gate.passed, 1, "asks the gate");
	exch_out_free(o);
	close(fd[0]);
	close(fd[1]);
}

static void
no_reader(bool outlive)
{
	struct exch_diag d = {0};
	int fd[2];
	struct exch_out *o;

	make_pipe(fd);
	close(fd[0]);
	o = start(fd[1], 100);
	if (outlive)
		exch_out_outlive(o);
	set_gate(true, 0);
	exch_out_write(o, "a", 1, &d);
	tap_is_i64(exch_out_finish(o, &d), outlive ? 0 : EXCH_ERR_IO,
	    outlive ? "a closed reader is outlived" : "a closed reader");
	tap_ok(exch_out_lost(o) == outlive, "and that is told");
	exch_out_free(o);
	close(fd[1]);
}

/* ---- a journal ---- */

/*
 * In place of the system's: what a journal has in its last segment when the
 * disk is asked for it is what the disk has afterwards.
 */
static off_t durable;
static int disk_errno;
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;

int
fdatasync(int fd)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return -1;
	pthread_mutex_lock(&disk);
	err = disk_errno;
	durable = st.st_size;
	pthread_mutex_unlock(&disk);
	errno = err;
	return err == 0 ? 0 : -1;
}

static void
break_disk(int err)
{
	pthread_mutex_lock(&disk);
	disk_errno = err;
	pthread_mutex_unlock(&disk);
}

static int
wait_for_journal(void *arg, struct exch_diag *d)
{
	return exch_journal_wait(arg, d);
}

static char dir[] = "behind.XXXXXX";
static unsigned too_early;

/* What has left, against what the disk has: each is the segment's length. */
static void
drain(int fd)
{
	off_t cause;

	while (read(fd, &cause, sizeof(cause)) == sizeof(cause)) {
		pthread_mutex_lock(&disk);
		too_early += cause > durable;
		pthread_mutex_unlock(&disk);
	}
}

static off_t
length_of_segment(void)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/000000000000.xst", dir);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

/* Write a record's block, and let its result go. */
static int
one(struct exch_journal *j, struct exch_out *o, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_rec_phase p = {.h = {.type = EXCH_REC_PHASE,
				       .len8 = sizeof(p) / 8,
				       .source = 1,
				       .time = seq}};
	off_t end;
	int err;

	exch_journal_append(j, &p.h, seq);
	err = exch_journal_write(j, NULL, d);
	end = length_of_segment();
	return err != 0 ? err : exch_out_write(o, &end, sizeof(end), d);
}

static void
with_journal(void)
{
	struct exch_journal_opts jo = {.dir = dir, .run = "journal-run=t\n"};
	struct exch_stream_info info = {.major = 1, .source = 1};
	struct exch_diag d = {0};
	struct exch_journal *j;
	struct exch_out *o;
	char cmd[64];
	uint64_t seq = 1;
	int fd[2], err = 0;

	if (mkdtemp(dir) == NULL ||
	    exch_journal_open(&jo, &info, &j, &d) != 0) {
		tap_ok(false, "a journal");
		return;
	}
	make_pipe(fd);
	tap_ok(
	    exch_out_fd(fd[1], EXCH_OUT_PLAIN, "out", &o, &d) == 0 &&
		exch_out_behind(o,
		    &(struct exch_out_gate){wait_for_journal, j, 256}, &d) == 0,
	    "an output behind a journal");
	for (; err == 0 && seq < 3000; seq++) {
		err = one(j, o, seq, &d);
		drain(fd[0]);
	}
	tap_is_i64(err, 0, "three thousand blocks");
	err = exch_out_finish(o, &d);
	drain(fd[0]);
	tap_is_i64(err, 0, "all have left");
	tap_is_i64(durable, length_of_segment(), "all are durable");
	tap_is_u64(too_early, 0, "and none left before it was");

	break_disk(EIO);
	for (; err == 0 && seq < 100000; seq++)
		err = one(j, o, seq, &d);
	tap_is_i64(err, EXCH_ERR_IO, "a disk that fails ends it");
	tap_ok(strstr(d.text, "durable") != NULL, "with a sentence");
	tap_ok(read(fd[0], cmd, sizeof(cmd)) < 0 && errno == EAGAIN,
	    "nothing leaves any more");
	break_disk(0);
	d = (struct exch_diag){0};
	tap_is_i64(exch_journal_wait(j, &d), EXCH_ERR_IO,
	    "a disk that is well again does not make it good");
	tap_is_i64(exch_journal_end(j, &d), EXCH_ERR_IO, "nor the end");
	exch_out_free(o);
	exch_journal_close(j);
	close(fd[0]);
	close(fd[1]);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	if (system(cmd) != 0)
		tap_ok(false, "cannot clean up");
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	shut_and_open();
	too_much();
	gate_fails();
	kicked();
	no_reader(false);
	no_reader(true);
	with_journal();
	return tap_done();
}
