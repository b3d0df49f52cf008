/*
 * A run with a journal (src/journal).  Records go into the journal before
 * the engine has them, and the journal is durable before a block of results
 * leaves.  After a kill the next run makes the engine again out of the
 * journal, passes over what the input has told before, and goes on.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

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
	    r->cli.tool, EXCH_VERSION, r->options); /* fits */
}

/*
 * Of the records that are matched again, and of those that the input has in
 * their place.
 */
static void
add_crc(uint32_t *crc, const struct exch_rec *rec, uint64_t seq)
{
	*crc = exch_crc32c(*crc ^ (uint32_t)seq, rec, exch_rec_len(rec));
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

int
journal_sync(struct run *r, struct exch_diag *d)
{
	bool rotated;
	int err = exch_journal_sync(r->journal.j, &rotated, d);

	r->journal.due |= rotated;
	return err;
}

/* The gate of an output that waits by itself: the disk's part of a sync. */
static int
wait_for_disk(void *arg, struct exch_diag *d)
{
	struct run *r = arg;

	return exch_journal_wait(r->journal.j, d);
}

/*
 * Matching does not wait for the disk: results do, behind it.  But those of
 * a pair go through more gates than one, which ask for the state of the run
 * as it is then; and of --sync each, waiting is the point.
 */
static bool
goes_ahead(const struct run *r)
{
	return r->journal.sync == JOURNAL_BATCH && r->pair.serve == NULL &&
	       r->pair.path == NULL;
}

/* Nothing leaves before what caused it is durable, here and there. */
static int
before(void *arg, struct exch_diag *d)
{
	struct run *r = arg;
	bool rotated = false;
	int err;

	if (r->cli.gate.ask == NULL)
		err = journal_sync(r, d);
	else
		err = exch_journal_write(r->journal.j, &rotated, d);
	r->journal.due |= rotated;
	if (err != 0 || (r->pair.s == NULL && r->pair.lease == NULL))
		return err;
	return pair_release(r, exch_journal_position(r->journal.j), d);
}

int
journal_open(void *arg, struct exch_reader *in, struct exch_writer_opts *w,
    struct exch_diag *d)
{
	struct run *r = arg;
	char lines[700];
	struct exch_journal_opts o = {.dir = r->journal.dir,
	    .locked = r->standby.from != NULL,
	    .lock = r->standby.lock,
	    .lazy = r->journal.sync == JOURNAL_NONE,
	    .segment = r->journal.segment,
	    .run = lines};
	int err;

	if (r->journal.j != NULL) {
		err = exch_journal_is_of(r->journal.j, exch_reader_info(in), d);
	} else {
		journal_run_lines(r, lines, sizeof(lines));
		err = exch_journal_open(
		    &o, exch_reader_info(in), &r->journal.j, d);
		r->standby.lock = -1;
	}
	if (err == 0)
		err = pair_open(r, d);
	if (err != 0)
		return err;
	r->journal.in = in;
	r->journal.end = exch_journal_position(r->journal.j);
	r->journal.passing =
	    exch_journal_state(r->journal.j)->parts != 0 || r->journal.end != 0;
	r->journal.whole = exch_reader_position(in) == 0;
	tell_state(r, exch_journal_state(r->journal.j));
	if (r->standby.from == NULL)
		tell_from(r);
	else if ((err = standby_ready(r, d)) != 0)
		return err;
	w->from = standby_from(r);
	w->keep = true;
	w->before = before;
	w->before_arg = r;
	r->cli.idle = before;
	r->cli.idle_arg = r;
	if (goes_ahead(r))
		r->cli.gate = (struct exch_out_gate){
		    .ask = wait_for_disk, .arg = r, .limit = JOURNAL_AHEAD};
	return 0;
}

/* ---- the journal once more ---- */

int
journal_again(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	add_crc(&r->journal.had, rec, seq);
	r->journal.tail = seq != 0 ? 0 : r->journal.tail + 1;
	return match_record(r, rec, seq, out, d);
}

int
journal_replay(struct run *r, const char *dir, struct exch_journal_in *in,
    struct exch_writer *out, struct exch_diag *d)
{
	exch_ts until = r->journal.until;
	const struct exch_rec *rec;
	unsigned looks = 0;
	uint64_t seq, at;
	int n;

	while ((n = exch_journal_in_next(in, &rec, &seq, d)) > 0) {
		if (rec->time > until && seq != 0)
			return 1;
		at = exch_journal_in_position(in) - (seq != 0);
		if (snapshot_has(&r->journal.start, at, seq))
			continue;
		if (r->journal.at_snap < r->journal.nsnap) {
			n = snapshot_compare(r, at, dir, d);
			if (n != 0)
				return n;
		}
		n = journal_again(r, rec, seq, out, d);
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

/* What the journal holds, or holds behind the snapshot that was put back. */
static int
replay_own(struct run *r, struct exch_writer *out, struct exch_diag *d)
{
	const struct journal *j = &r->journal;
	struct exch_journal_in *old = NULL;
	uint64_t at;
	int err = exch_journal_in_open(j->dir, j->start.position, &old, d);

	if (err != 0)
		return err;
	err = journal_replay(r, j->dir, old, out, d);
	at = exch_journal_in_position(old);
	exch_journal_in_close(old);
	if (err != 0 || at == j->end)
		return err;
	return exch_diag_set(d, EXCH_ERR_CUT, j->dir, EXCH_POS_NONE, 0,
	    "the journal holds %llu records, and %llu could be read",
	    (unsigned long long)j->end, (unsigned long long)at);
}

static void
tell_replayed(const struct run *r, uint64_t began)
{
	const struct journal *j = &r->journal;
	uint64_t us = (exch_cli_now() - began) / 1000;

	if (j->end != 0)
		exch_cli_note(&r->cli,
		    "%s: %llu records matched again in %llu.%03llu ms", j->dir,
		    (unsigned long long)(j->end - j->start.position),
		    (unsigned long long)(us / 1000),
		    (unsigned long long)(us % 1000));
}

int
journal_begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d)
{
	struct run *r = arg;
	uint64_t began = exch_cli_now();
	int err;

	r->journal.out = out;
	if (standby_is_warm(r)) {
		r->journal.framing = r->journal.tail;
		return 0;
	}
	err = match_begin(arg, in, out, d);
	if (err != 0 || !r->journal.passing)
		return err;
	err = snapshot_list(r, r->journal.dir, d);
	if (err == 0)
		err = snapshot_load(r, exch_reader_info(in), r->journal.end,
		    exch_writer_skipped(out), d);
	r->journal.seen = r->journal.start;
	if (err == 0)
		err = replay_own(r, out, d);
	if (err == 0)
		tell_replayed(r, began);
	r->journal.framing = r->journal.tail;
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
	if (!snapshot_has(&j->seen, at, seq))
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
	/* Between two records the state is whole. */
	if (__builtin_expect(r->journal.due, 0))
		err = snapshot_take(r, d);
	if (__builtin_expect(r->pair.s != NULL, 0))
		pair_check(r, exch_journal_position(r->journal.j), out);
	exch_journal_append(r->journal.j, rec, seq);
	r->journal.tail = seq != 0 ? 0 : r->journal.tail + 1;
	if (err == 0 && r->journal.sync == JOURNAL_EACH)
		err = before(r, d);
	if (err == 0)
		err = match_record(arg, rec, seq, out, d);
	if (err == 0 && r->journal.sync == JOURNAL_EACH)
		err = match_settle(r, d);
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
		r->journal.over = err == 0;
	}
	return err != 0 ? err : match_finish(arg, whole, out, d);
}

/*
 * A journal whose input is over has nothing to take over: so it says that
 * when the last result has left, and a run that is killed before goes on.
 * Where the system or a card has failed it makes way at once, without what it
 * could do for its own return.
 */
int
journal_over(struct run *r, int code)
{
	struct exch_diag d = {0};
	bool left = code == EXCH_EXIT_OK || code == EXCH_EXIT_NO;

	if (code == EXCH_EXIT_SYSTEM)
		r->journal.due = false;
	if (!r->journal.over || (!left && !r->cli.outlive))
		return code;
	if (exch_journal_end(r->journal.j, &d) != 0)
		return exch_cli_fail(&r->cli, &d);
	r->journal.ended = true;
	return code;
}

void
journal_close(struct run *r)
{
	snapshot_end(r);
	exch_journal_close(r->journal.j);
}
