/*
 * A run with a journal (src/journal).  Records go into the journal before
 * the engine has them, and the journal is durable before a block of results
 * leaves.  After a kill the next run makes the engine again out of the
 * journal, passes over what the input has told before, and goes on.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#endif

#include "base/crc32c.h"
#include "base/version.h"
#include "exch-match/tool.h"
#include "rec/schema.h"

/* Between two looks for a signal while the journal is read. */
#define RECORDS_PER_LOOK 1024

void
journal_run_lines(const struct run *r, char *out, size_t n)
{
	(void)snprintf(out, n, "journal-tool=%s %s\njournal-options=%s\n",
	    r->cli.tool, EXCH_VERSION,
	    r->options); /* a cut one is still compared */
}

static void
add_crc(uint32_t *crc, const struct exch_rec *rec, uint64_t seq)
{
	*crc = exch_crc32c(*crc, &seq, sizeof(seq));
	*crc = exch_crc32c(*crc, rec, exch_rec_len(rec));
}

/* ---- compressing what is closed, in a process of its own ---- */

static void
reap(struct journal *j, int how)
{
	int status;

	if (j->child <= 0)
		return;
	while (waitpid(j->child, &status, how) < 0)
		if (errno != EINTR)
			break;
	if (how == 0 || waitpid(j->child, &status, WNOHANG) != 0)
		j->child = 0;
}

/* The child must not outlive us: another run may have the journal then. */
static void
be_child(struct run *r)
{
	static volatile int never;
	struct exch_diag d = {0};
	pid_t parent = getppid();

#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* fails for bad signals */
#endif
	if (getppid() == parent && nice(10) != -1 &&
	    exch_journal_pack(r->journal.dir, &never, &d) != 0 &&
	    d.code != EXCH_OK)
		exch_cli_report(&r->cli, &d);
	_exit(0);
}

static void
pack(struct run *r)
{
	pid_t pid;

	r->journal.unpacked = true;
	reap(&r->journal, WNOHANG);
	if (r->journal.child > 0)
		return; /* the next one takes what this one leaves */
	r->journal.unpacked = false;
	pid = fork();
	if (pid == 0)
		be_child(r);
	if (pid < 0)
		exch_cli_note(&r->cli,
		    "segments of the journal stay as they are: cannot fork");
	r->journal.child = pid;
}

/* ---- opening ---- */

static void
tell_state(const struct run *r, const struct exch_journal_state *s)
{
	if (s->torn != 0)
		exch_cli_note(&r->cli,
		    "%s:byte %llu: an interrupted write of %llu bytes is cut "
		    "off; nothing of it was released",
		    s->torn_name, (unsigned long long)s->torn_at,
		    (unsigned long long)s->torn);
	if (s->position != 0)
		exch_cli_note(&r->cli, "%s: going on behind record %llu",
		    r->journal.dir, (unsigned long long)s->position);
}

/* Where the results begin, and that some can be left out. */
static void
tell_from(const struct run *r)
{
	if (r->journal.end == 0 || r->journal.from != 0 ||
	    (r->cli.output != NULL && strcmp(r->cli.output, "-") != 0))
		return;
	exch_cli_note(&r->cli,
	    "the output begins at its first record again: --from POSITION "
	    "leaves out what its reader has");
}

/* Nothing leaves before what caused it is durable. */
static int
before(void *arg, struct exch_diag *d)
{
	struct run *r = arg;
	bool rotated;
	int err = exch_journal_sync(r->journal.j, &rotated, d);

	if (rotated)
		pack(r);
	return err;
}

int
journal_open(void *arg, struct exch_reader *in, struct exch_writer_opts *w,
    struct exch_diag *d)
{
	struct run *r = arg;
	char lines[700];
	struct exch_journal_opts o = {.dir = r->journal.dir,
	    .lazy = r->journal.sync == JOURNAL_NONE,
	    .segment = r->journal.segment,
	    .run = lines};
	int err;

	journal_run_lines(r, lines, sizeof(lines));
	err = exch_journal_open(&o, exch_reader_info(in), &r->journal.j, d);
	if (err != 0)
		return err;
	r->journal.in = in;
	r->journal.end = exch_journal_state(r->journal.j)->position;
	r->journal.passing = exch_journal_state(r->journal.j)->parts != 0;
	r->journal.whole = exch_reader_position(in) == 0;
	tell_state(r, exch_journal_state(r->journal.j));
	tell_from(r);
	w->from = r->journal.from;
	w->before = before;
	w->before_arg = r;
	r->cli.idle = before;
	r->cli.idle_arg = r;
	return 0;
}

/* ---- the journal once more ---- */

int
journal_replay(struct run *r, struct exch_journal_in *in, exch_ts until,
    struct exch_writer *out, struct exch_diag *d)
{
	const struct exch_rec *rec;
	unsigned looks = 0;
	uint64_t seq;
	int n;

	while ((n = exch_journal_in_next(in, &rec, &seq, d)) > 0) {
		if (rec->time > until && seq != 0)
			return 1;
		add_crc(&r->journal.had, rec, seq);
		r->journal.framing = seq != 0 ? 0 : r->journal.framing + 1;
		n = match_record(r, rec, seq, out, d);
		if (n == 0 && ++looks % RECORDS_PER_LOOK == 0 &&
		    exch_cli_signal != 0)
			n = EXCH_ERR_STOP;
		if (n == 0 && looks % RECORDS_PER_LOOK == 0)
			n = exch_writer_error(out, d);
		if (n != 0)
			return n;
	}
	return n;
}

int
journal_begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d)
{
	struct run *r = arg;
	struct exch_journal_in *old;
	int err = match_begin(arg, in, out, d);

	if (err != 0 || !r->journal.passing)
		return err;
	err = exch_journal_in_open(r->journal.dir, 0, &old, d);
	if (err == 0) {
		err = journal_replay(r, old, EXCH_TS_NONE, out, d);
		if (err == 0 && exch_journal_in_position(old) != r->journal.end)
			err = exch_diag_set(d, EXCH_ERR_CUT, r->journal.dir,
			    EXCH_POS_NONE, 0,
			    "the journal holds %llu records, and %llu could "
			    "be read",
			    (unsigned long long)r->journal.end,
			    (unsigned long long)exch_journal_in_position(old));
		exch_journal_in_close(old);
	}
	return err;
}

/* ---- the input ---- */

/* The first record that is new: the old ones have to be the same. */
static int
end_passing(struct run *r, struct exch_diag *d)
{
	struct journal *j = &r->journal;

	j->passing = false;
	if (!j->whole || j->now == j->had)
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "the input is not the one of the journal: among its first %llu "
	    "records some differ",
	    (unsigned long long)j->end);
}

/* Whether the journal has the record; counts those that it has. */
static bool
had(struct run *r, const struct exch_rec *rec, uint64_t seq)
{
	struct journal *j = &r->journal;
	uint64_t at = exch_reader_position(j->in) - (seq != 0);

	if (at > j->end || (at == j->end && (seq != 0 || j->framing == 0)))
		return false;
	if (at == j->end)
		j->framing--;
	add_crc(&j->now, rec, seq);
	return true;
}

int
journal_record(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	struct run *r = arg;
	int err = 0;

	if (__builtin_expect(r->journal.passing, 0)) {
		if (had(r, rec, seq))
			return 0;
		err = end_passing(r, d);
		if (err != 0)
			return err;
	}
	exch_journal_append(r->journal.j, rec, seq);
	if (r->journal.sync == JOURNAL_EACH)
		err = before(r, d);
	if (err == 0)
		err = match_record(arg, rec, seq, out, d);
	if (err == 0 && r->journal.sync == JOURNAL_EACH)
		err = exch_writer_flush(out, d);
	return err;
}

/* An input that is over before its journal is another one. */
static int
check_end(struct run *r, struct exch_diag *d)
{
	struct journal *j = &r->journal;
	uint64_t n = exch_reader_position(j->in);

	if (!j->passing)
		return 0;
	if (n < j->end)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "the input ends at record %llu, and the journal holds "
		    "%llu",
		    (unsigned long long)n, (unsigned long long)j->end);
	return end_passing(r, d);
}

int
journal_finish(
    void *arg, bool whole, struct exch_writer *out, struct exch_diag *d)
{
	struct run *r = arg;
	int err = 0;

	if (whole && r->engine != NULL) {
		err = check_end(r, d);
		if (err == 0)
			err = exch_journal_end(r->journal.j, d);
	}
	return err != 0 ? err : match_finish(arg, whole, out, d);
}

void
journal_close(struct run *r)
{
	reap(&r->journal, 0);
	if (r->journal.unpacked)
		pack(r);
	reap(&r->journal, 0);
	exch_journal_close(r->journal.j);
}
