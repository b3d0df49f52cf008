/*
 * A standby: it does all that another run does, by that run's journal, and
 * says nothing.  The lock of the journal is the lease, and the kernel is the
 * witness: who has it may write, and it is free when its process is dead.
 * What follows is what every run does that goes on after a kill
 * (journal.c), only that it has happened already.
 */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "exch-match/tool.h"
#include "rec/scan.h"

/* Between two looks at a journal and its lock that have nothing new. */
#define PAUSE_NS 1000000

void
standby_pause(void)
{
	struct timespec t = {0, PAUSE_NS};

	(void)nanosleep(&t, NULL); /* a signal may end it early */
}

int
standby_begin(
    struct run *r, const struct exch_stream_info *part, struct exch_diag *d)
{
	struct exch_stream_info info;
	struct exch_writer_opts o = {.options = r->options,
	    .upstream_info = &info,
	    .tool = r->cli.tool,
	    .digest = r->cli.digest,
	    .keep = true,
	    .hold = JOURNAL_LAG};
	char had[1024];
	int err;

	exch_journal_split(part, &info, had);
	err = journal_check_run(r, had, r->standby.from, d);
	if (err == 0)
		err = exch_writer_open(NULL, &o, &r->standby.w, d);
	return err != 0 ? err : match_start(r, &info, r->standby.w, d);
}

/* One after the other: into the journal, or into the engine. */
static int
each(struct run *r, const struct exch_tail_block *b, bool keep,
    uint64_t next[256], struct exch_diag *d)
{
	struct standby *s = &r->standby;
	const struct exch_rec *rec;
	struct exch_each e;
	const char *why = exch_each_begin(&e, b->p, &b->f, next);
	uint64_t at = b->f.position, seq;
	int err = 0, n = why == NULL ? 1 : -1;

	while (n > 0 && err == 0) {
		n = exch_each_next(&e, &rec, &seq, &why);
		if (n > 0 && keep)
			exch_journal_append(r->journal.j, rec, seq);
		else if (n > 0 && !snapshot_has(&r->journal.start, at, seq))
			err = journal_again(r, rec, seq, s->w, d);
		at += seq != 0;
	}
	if (err == 0 && n < 0)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, s->from, EXCH_POS_NONE,
		    0, "block behind record %llu: %s",
		    (unsigned long long)s->position, why);
	return err;
}

int
standby_keep(
    struct run *r, const struct exch_tail_block *b, struct exch_diag *d)
{
	uint64_t next[256];
	int err;

	memcpy(next, r->standby.next, sizeof(next));
	err = each(r, b, true, next, d);
	return err != 0 ? err : exch_journal_block(r->journal.j, d);
}

int
standby_take(
    struct run *r, const struct exch_tail_block *b, struct exch_diag *d)
{
	struct standby *s = &r->standby;
	int err = each(r, b, false, s->next, d);

	if (err == 0)
		err = match_settle(r, d);
	if (err == 0)
		err = exch_writer_error(s->w, d);
	s->position += b->f.records;
	s->mark = b->f.head_crc;
	return err;
}

int
standby_catch_up(struct run *r, struct exch_tail *t, struct exch_diag *d)
{
	struct exch_tail_block b;
	int n;

	do {
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
		n = exch_tail_next(t, UINT64_MAX, &b, d);
		if (n > 0) {
			int err = standby_take(r, &b, d);

			if (err != 0)
				return err;
		}
	} while (n > 0);
	return n;
}

/* Until there is a journal. */
static int
find(struct run *r, struct exch_tail **t, struct exch_diag *d)
{
	bool told = false;
	int err;

	for (;;) {
		exch_diag_clear(d);
		err = exch_tail_open(r->standby.from, 0, t, d);
		if (err != EXCH_ERR_ABSENT)
			return err;
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
		if (!told)
			exch_cli_note(&r->cli, "%s: no journal yet: waiting",
			    r->standby.from);
		told = true;
		standby_pause();
	}
}

/* Follow, until the lock is ours. */
static int
follow(struct run *r, struct exch_tail *t, struct exch_diag *d)
{
	struct standby *s = &r->standby;
	int err, n = 0;

	err = exch_journal_lock_open(s->from, &s->lock, d);
	if (err == 0)
		err = standby_catch_up(r, t, d);
	if (err == 0 && r->cli.verbose > 0)
		exch_cli_note(&r->cli, "%s: following at record %llu", s->from,
		    (unsigned long long)s->position);
	while (err == 0 && n == 0) {
		err = standby_catch_up(r, t, d);
		if (err == 0)
			n = exch_journal_lock_try(s->from, s->lock, d);
		if (err == 0 && n == 0)
			standby_pause();
	}
	if (err != 0 || n < 0)
		return err != 0 ? err : n;
	s->since = exch_cli_now();
	/* Nobody writes it any more: what is whole now is all there is. */
	return standby_catch_up(r, t, d);
}

static bool
is_pipe(const struct run *r)
{
	return r->cli.output == NULL || strcmp(r->cli.output, "-") == 0;
}

/*
 * Up to where a snapshot may stand for what was before.  A file is seen to
 * have that; into a pipe the primary must have released it.
 */
static uint64_t
latest_start(const struct run *r, const struct exch_journal_list *l)
{
	uint64_t end = l->n > 0 ? l->part[l->n - 1].position : 0;
	/* All records of the input are in the output. */
	uint64_t lag = is_pipe(r) ? JOURNAL_LAG / sizeof(struct exch_rec) : 0;

	return end > lag ? end - lag : 0;
}

/*
 * Who comes late begins with a snapshot that the journal has grown beyond,
 * and with the segment that has the records behind it.
 */
static int
begin_late(struct run *r, struct exch_tail **t, struct exch_diag *d)
{
	struct journal *j = &r->journal;
	struct exch_journal_list l;
	struct exch_stream_info in;
	char lines[1024];
	int err = exch_journal_list(r->standby.from, &l, d);

	if (err != 0)
		return err;
	exch_journal_split(exch_tail_info(*t), &in, lines);
	j->out = r->standby.w;
	err = snapshot_list(r, r->standby.from, d);
	if (err == 0)
		err = snapshot_load(r, &in, latest_start(r, &l), UINT64_MAX, d);
	exch_free(l.part);
	j->nsnap = 0;
	j->seen = j->start;
	if (err != 0 || j->start.position == 0)
		return err;
	exch_tail_close(*t);
	*t = NULL;
	err = exch_tail_open(r->standby.from, j->start.position + 1, t, d);
	if (err == 0)
		r->standby.position = exch_tail_position(*t);
	return err;
}

/* The journal of a run on this machine, or on a disk that both have. */
static int
follow_dir(struct run *r, bool *over, struct exch_diag *d)
{
	struct exch_tail *t = NULL;
	int err = find(r, &t, d);

	if (err == 0)
		err = standby_begin(r, exch_tail_info(t), d);
	if (err == 0)
		err = begin_late(r, &t, d);
	if (err == 0)
		err = follow(r, t, d);
	if (err == 0)
		*over = exch_tail_over(t);
	exch_tail_close(t);
	return err;
}

/* Has the output its end?  Of a pipe nobody can say, and it counts as so. */
static bool
output_is_whole(const struct run *r)
{
	struct exch_scan *s;
	bool whole = false;
	int fd;

	if (is_pipe(r))
		return true;
	fd = open(r->cli.output, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	s = exch_malloc(sizeof(*s));
	if (s != NULL && exch_scan_fd(fd, r->cli.output, s, NULL) == 0)
		whole = s->status == EXCH_STATUS_COMPLETE;
	exch_free(s);
	(void)close(fd); /* was only read */
	return whole;
}

int
match_standby(struct run *r)
{
	struct exch_diag d = {0};
	bool over = false;
	int err = r->standby.link ? standby_follow_link(r, &over, &d)
				  : follow_dir(r, &over, &d);

	/* The filter's, if it comes to that; standby_close() frees it. */
	r->cli.held = r->standby.w;
	if (err == EXCH_ERR_STOP || exch_cli_signal != 0) {
		exch_cli_reraise();
		return EXCH_EXIT_OK;
	}
	if (err != 0)
		return exch_cli_fail(&r->cli, &d);
	if (over && output_is_whole(r)) {
		exch_cli_note(&r->cli,
		    "%s: the input was over at record %llu: there is nothing "
		    "to take over",
		    r->standby.from, (unsigned long long)r->standby.position);
		return EXCH_EXIT_OK;
	}
	return -1;
}

uint64_t
standby_from(const struct run *r)
{
	if (r->standby.from == NULL || r->journal.from_given)
		return r->journal.from;
	return exch_writer_held_from(r->standby.w);
}

bool
standby_is_warm(struct run *r)
{
	/* Not by comparing writers: a new one may lie where the old one was. */
	if (r->standby.from == NULL || r->cli.released)
		return r->standby.from != NULL;
	/* All of it again, by another writer. */
	match_aside_free(r);
	exch_match_free(r->engine);
	r->engine = NULL;
	r->journal.had = 0;
	r->journal.tail = 0;
	r->journal.start = r->journal.seen = (struct exch_snapshot){0};
	r->bad = r->refused = r->displayed = 0;
	return false;
}

int
standby_ready(struct run *r, struct exch_diag *d)
{
	const struct standby *s = &r->standby;
	uint64_t ns = exch_cli_now() - s->since;

	if (s->position != r->journal.end)
		return exch_diag_set(d, EXCH_ERR_CUT, s->from, EXCH_POS_NONE, 0,
		    "the journal holds %llu records, and %llu were followed: "
		    "it was cut; begin again with --journal",
		    (unsigned long long)r->journal.end,
		    (unsigned long long)s->position);
	exch_cli_note(&r->cli,
	    "%s: taken over at record %llu, %llu.%03llu ms after the %s",
	    s->from, (unsigned long long)s->position,
	    (unsigned long long)(ns / 1000000),
	    (unsigned long long)(ns / 1000 % 1000),
	    !s->link		   ? "lock"
	    : r->pair.path != NULL ? "lease"
				   : "signal");
	return 0;
}

void
standby_close(struct run *r)
{
	exch_writer_free(r->cli.held);
	if (r->standby.from != NULL && r->standby.lock >= 0)
		(void)close(r->standby.lock); /* nothing was written */
}
