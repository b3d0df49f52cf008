/*
 * Snapshots of a run with a journal: taken in a process of its own whenever
 * a segment is full, put back when the next run begins, and compared with
 * the state that a replay has at their places.
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#endif

#include "base/image.h"
#include "base/sha256.h"
#include "exch-match/tool.h"

/* How many stay: the last one may be damaged, or ahead of the output. */
#define KEEP 2

/* Everything that a run goes on with.  What may not fit comes first. */
static int
state(void *arg, struct exch_image *im)
{
	struct run *r = arg;
	int err;

	match_gate_layout(im, r);
	if (im->err != 0)
		return im->err;
	err = exch_match_image(r->engine, im);
	if (err == 0)
		err = exch_writer_image(r->journal.out, im);
	match_gate_image(im, r);
	exch_image_bytes(im, &r->bad, sizeof(r->bad));
	exch_image_bytes(im, &r->refused, sizeof(r->refused));
	exch_image_bytes(im, &r->displayed, sizeof(r->displayed));
	exch_image_bytes(im, &r->old_source, sizeof(r->old_source));
	return im->err;
}

/* What the state depends on besides the records. */
static void
run_hash(const struct run *r, const struct exch_stream_info *in,
    unsigned char sum[32])
{
	const uint32_t how[2] = {r->jobs, r->cli.digest};
	char lines[700];
	struct exch_sha256 h;

	journal_run_lines(r, lines, sizeof(lines));
	exch_sha256_init(&h);
	exch_sha256_add(&h, in->id, sizeof(in->id));
	exch_sha256_add(&h, in->text, strlen(in->text) + 1);
	exch_sha256_add(&h, lines, strlen(lines) + 1);
	exch_sha256_add(&h, how, sizeof(how));
	exch_sha256_end(&h, sum);
}

/* ---- taking one ---- */

static void
reap(struct journal *j, int how)
{
	pid_t n;

	if (j->child <= 0)
		return;
	do {
		n = waitpid(j->child, NULL, how);
	} while (n < 0 && errno == EINTR);
	if (n != 0)
		j->child = 0;
}

/*
 * The child's work; whatever fails is told and leaves the journal as good
 * as before.
 */
static void
work(struct run *r, struct exch_snapshot *s, struct exch_diag *d)
{
	static volatile int never;
	int err = 0;

	if (s != NULL) {
		s->hash = match_state_hash(r);
		err = exch_snapshot_write(r->journal.dir, s, state, r, d);
		if (err == 0)
			err = exch_snapshot_prune(r->journal.dir, KEEP, d);
	}
	if (err == 0)
		err = exch_journal_pack(r->journal.dir, &never, d);
	if (err != 0 && d->code != EXCH_OK)
		exch_cli_report(&r->cli, d);
}

/*
 * A child has the state as it is now, and nobody waits for it.  It must not
 * outlive us: another run may have the journal then.
 */
static void
background(struct run *r, struct exch_snapshot *s)
{
	struct exch_diag d = {0};
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
#ifdef __linux__
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a good signal */
#endif
		if (getppid() == parent) {
			int as_nice = nice(10); /* or as it was: no matter */

			(void)as_nice;
			work(r, s, &d);
		}
		_exit(0);
	}
	if (pid < 0)
		exch_cli_note(
		    &r->cli, "the journal has no new snapshot: cannot fork");
	r->journal.child = (int)pid;
}

static uint64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* a good clock */
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

int
snapshot_take(struct run *r, struct exch_diag *d)
{
	struct journal *j = &r->journal;
	struct exch_snapshot s = {
	    .position = exch_journal_position(j->j), .framing = j->tail};
	uint64_t began;
	int err;

	reap(j, WNOHANG);
	if (j->child > 0)
		return 0; /* the next one takes what this one leaves */
	err = match_settle(r, d);
	if (err == 0)
		err = exch_writer_error(j->out, d);
	if (err != 0)
		return err;
	j->due = false;
	/* Threads that caught up may have filled blocks. */
	s.output = exch_writer_block(j->out);
	run_hash(r, exch_reader_info(j->in), s.run);
	began = now_us();
	background(r, r->cli.format == EXCH_FMT_BIN ? &s : NULL);
	if (r->cli.verbose > 0)
		exch_cli_note(&r->cli,
		    "snapshot at record %llu: the run stood still for %llu us",
		    (unsigned long long)s.position,
		    (unsigned long long)(now_us() - began));
	return 0;
}

void
snapshot_pack(struct run *r)
{
	reap(&r->journal, WNOHANG);
	if (!r->journal.due || r->journal.child > 0)
		return;
	r->journal.due = false;
	background(r, NULL);
}

void
snapshot_end(struct run *r)
{
	reap(&r->journal, 0);
	if (r->journal.due && r->journal.j != NULL)
		background(r, NULL);
	reap(&r->journal, 0);
}

/* ---- those that are there ---- */

static int
oldest_first(const void *a, const void *b)
{
	const struct exch_snapshot *x = a, *y = b;

	return x->position == y->position  ? 0
	       : x->position < y->position ? -1
					   : 1;
}

int
snapshot_list(struct run *r, const char *dir, struct exch_diag *d)
{
	uint64_t position[EXCH_SNAPSHOTS];
	struct journal *j = &r->journal;
	size_t n;
	int err = exch_snapshot_list(dir, position, &n, d);

	for (size_t i = 0; err == 0 && i < n; i++) {
		struct exch_diag own = {0};

		err = exch_snapshot_check(dir, position[i], &own);
		if (err == 0)
			err = exch_snapshot_head(
			    dir, position[i], &j->snap[j->nsnap], &own);
		j->nsnap += err == 0;
		if (err != 0 && own.sys == ENOENT) {
			err = 0; /* a run that goes on has newer ones */
		} else if (err != 0 && err != EXCH_ERR_NOMEM) {
			exch_cli_report(&r->cli, &own);
			exch_cli_note(&r->cli, "the snapshot is passed over");
			err = 0;
		}
	}
	if (j->nsnap > 0)
		qsort(j->snap, j->nsnap, sizeof(j->snap[0]), oldest_first);
	return err;
}

int
snapshot_load(struct run *r, const struct exch_stream_info *in, uint64_t end,
    uint64_t have, struct exch_diag *d)
{
	struct journal *j = &r->journal;
	unsigned char run[32];
	int err;

	run_hash(r, in, run);
	for (size_t i = j->nsnap; i-- > 0;) {
		const struct exch_snapshot *s = &j->snap[i];
		struct exch_diag own = {0};

		if (s->position > end || s->output > have ||
		    r->cli.format != EXCH_FMT_BIN ||
		    memcmp(s->run, run, sizeof(run)) != 0)
			continue;
		err = exch_snapshot_read(j->dir, s->position, state, r, &own);
		/* Of another program, or gone by now: nothing was touched. */
		if (err == EXCH_ERR_VERSION || own.sys == ENOENT)
			continue;
		if (err == 0 && match_state_hash(r) != s->hash)
			err = exch_diag_set(&own, EXCH_ERR_FORMAT, j->dir,
			    EXCH_POS_NONE, 0,
			    "the snapshot at record %llu does not give the "
			    "state that it was taken of: remove it",
			    (unsigned long long)s->position);
		if (err != 0) {
			*d = own;
			return err;
		}
		j->start = *s;
		j->tail = (unsigned)s->framing;
		if (r->cli.verbose > 0)
			exch_cli_note(&r->cli,
			    "%s: the snapshot at record %llu is put back",
			    j->dir, (unsigned long long)s->position);
		return 0;
	}
	return 0;
}

bool
snapshot_has(struct exch_snapshot *s, uint64_t at, uint64_t seq)
{
	if (at > s->position || (at == s->position && seq != 0))
		return false;
	if (at < s->position)
		return true;
	/* Framing behind its last record. */
	if (s->framing == 0)
		return false;
	s->framing--;
	return true;
}

/* A replay is at the place of a snapshot: has it come to the same? */
int
snapshot_compare(
    struct run *r, uint64_t at, const char *dir, struct exch_diag *d)
{
	struct journal *j = &r->journal;
	const struct exch_snapshot *s;
	int err = 0;

	for (; j->at_snap < j->nsnap; j->at_snap++) {
		s = &j->snap[j->at_snap];
		if (s->position > at ||
		    (s->position == at && s->framing > j->tail))
			break;
		if (s->position != at || s->framing != j->tail ||
		    s->position <= j->start.position)
			continue;
		err = match_settle(r, d);
		if (err == 0 && match_state_hash(r) != s->hash)
			err = exch_diag_set(d, EXCH_ERR_FORMAT, dir,
			    EXCH_POS_RECORD, s->position,
			    "the journal gives another state here than the "
			    "snapshot has");
		if (err != 0)
			return err;
		if (r->cli.verbose > 0)
			exch_cli_note(&r->cli,
			    "%s: the state at record %llu is that of its "
			    "snapshot",
			    dir, (unsigned long long)at);
	}
	return 0;
}
