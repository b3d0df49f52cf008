/*
 * --recover: what a journal holds, without its input.  Its results as a
 * stream, up to a time or all; or the proof that it is whole.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "exch-match/tool.h"

/* ---- --check ---- */

struct part_row {
	const struct exch_journal_part *part;
	uint64_t bytes;
	uint64_t records;
	exch_ts time; /* of its last record */
	bool closed;
};

static void
print_row(const struct part_row *p)
{
	char time[31] = "-";

	if (p->records != 0)
		*exch_ts_put(time, p->time) = '\0';
	printf("%012llu %s %11llu %11llu  %-30s  %s\n",
	    (unsigned long long)p->part->position,
	    p->part->packed ? "zstd " : "plain", (unsigned long long)p->bytes,
	    (unsigned long long)p->records, time,
	    p->closed ? "closed" : "open");
}

/* How large it is; and, of one that is packed, is its index there? */
static void
look_at_part(struct run *r, struct part_row *row, const char *dir)
{
	char path[4096];
	struct stat st;
	int fd;

	row->bytes = 0;
	if (exch_journal_path(path, sizeof(path), dir, row->part->position,
		row->part->packed ? ".xst.zst" : ".xst", NULL) != 0)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return; /* packed meanwhile, by who writes it */
	if (fstat(fd, &st) == 0)
		row->bytes = (uint64_t)st.st_size;
	if (row->part->packed && !exch_zio_has_index(fd))
		exch_cli_warn(&r->cli,
		    "%s: no index, or not all of it: the records are there",
		    path);
	(void)close(fd); /* it was only read */
}

/*
 * Read everything; rows are printed as parts end.  The reading itself
 * checks each block, each number, and that the parts follow each other.
 */
static int
check_parts(struct run *r, struct exch_journal_in *in,
    const struct exch_journal_list *l, const char *dir, struct exch_diag *d)
{
	struct part_row row = {.part = l->part};
	const struct exch_rec *rec;
	size_t at = 0;
	uint64_t seq;
	int n;

	do {
		n = exch_journal_in_next(in, &rec, &seq, d);
		if (n < 0)
			return n;
		while (at < l->n &&
		       (n == 0 ||
			   (at + 1 < l->n && exch_journal_in_position(in) >
						 l->part[at + 1].position))) {
			row.part = &l->part[at];
			row.records =
			    (at + 1 < l->n ? l->part[at + 1].position
					   : exch_journal_in_position(in)) -
			    row.part->position;
			row.closed = at + 1 < l->n || exch_journal_in_over(in);
			look_at_part(r, &row, dir);
			print_row(&row);
			at++;
		}
		if (n > 0 && seq != 0)
			row.time = rec->time;
	} while (n > 0);
	return 0;
}

/* Snapshots are proved by their checksums; their states, by a replay. */
static int
check_snapshots(const char *dir, struct exch_diag *d)
{
	uint64_t position[EXCH_SNAPSHOTS];
	struct exch_snapshot s;
	size_t n;
	int err = exch_snapshot_list(dir, position, &n, d);

	for (size_t i = n; err == 0 && i-- > 0;) {
		struct exch_diag own = {0};

		err = exch_snapshot_check(dir, position[i], &own);
		if (err == 0)
			err = exch_snapshot_head(dir, position[i], &s, &own);
		if (err != 0 && own.sys == ENOENT) {
			err = 0; /* a run that goes on has newer ones */
			continue;
		}
		if (err != 0)
			*d = own;
		if (err == 0)
			printf("snapshot at record %llu, output from %llu, "
			       "state %016llx\n",
			    (unsigned long long)s.position,
			    (unsigned long long)s.output,
			    (unsigned long long)s.hash);
	}
	return err;
}

static int
check(struct run *r, const char *dir)
{
	struct exch_journal_list l = {0};
	struct exch_journal_in *in = NULL;
	struct exch_diag d = {0};
	struct exch_stream_info info;
	char lines[1024];
	long holder = exch_journal_holder(dir);
	int err = exch_journal_list(dir, &l, &d);

	if (err == 0)
		err = exch_journal_in_open(dir, 0, &in, &d);
	if (err == 0) {
		exch_journal_split(exch_journal_in_info(in), &info, lines);
		printf("%s", lines);
		printf("%-12s %-5s %11s %11s  %-30s\n", "segment", "form",
		    "bytes", "records", "last time");
		err = check_parts(r, in, &l, dir, &d);
	}
	if (err == 0)
		err = check_snapshots(dir, &d);
	if (err == 0)
		printf("%llu records, the input %s\n",
		    (unsigned long long)exch_journal_in_position(in),
		    exch_journal_in_over(in) ? "is over" : "is not over");
	if (err == 0 && holder != 0)
		exch_cli_note(
		    &r->cli, "%s: process %ld is writing it", dir, holder);
	exch_journal_in_close(in);
	exch_free(l.part);
	if (err == 0 && fflush(stdout) != 0)
		err = exch_diag_set(&d, EXCH_ERR_IO, "standard output",
		    EXCH_POS_NONE, 0, "cannot write");
	return err == 0 ? EXCH_EXIT_OK : exch_cli_fail(&r->cli, &d);
}

/* ---- the results ---- */

int
journal_check_run(
    const struct run *r, const char *had, const char *dir, struct exch_diag *d)
{
	char now[700];

	journal_run_lines(r, now, sizeof(now));
	if (strcmp(had, now) == 0)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, dir, EXCH_POS_NONE, 0,
	    "the journal was written by another run: --check shows its "
	    "program and options");
}

static int
open_run(struct run *r, const char *dir, struct exch_journal_in **in,
    struct exch_cli_out **out, struct exch_writer **w, struct exch_diag *d)
{
	struct exch_stream_info info;
	struct exch_writer_opts wo = {.options = r->options,
	    .from = r->journal.from,
	    .upstream_info = &info};
	char had[1024];
	int err = exch_journal_in_open(dir, 0, in, d);

	if (err != 0)
		return err;
	exch_journal_split(exch_journal_in_info(*in), &info, had);
	err = journal_check_run(r, had, dir, d);
	if (err == 0)
		err = exch_cli_out_open(&r->cli, out, d);
	if (err == 0)
		err = exch_cli_writer(&r->cli, *out, NULL, &wo, w, d);
	if (err == 0)
		err = match_start(r, &info, *w, d);
	return err == 0 ? snapshot_list(r, dir, d) : err;
}

/* What the end of the records means for the results. */
static int
end_run(struct run *r, const char *dir, struct exch_journal_in *in, int n,
    struct exch_writer *w, enum exch_status *status, struct exch_diag *d)
{
	bool whole = n == 0 && exch_journal_in_over(in);
	int err = match_finish(r, whole, w, d);

	if (err != 0 || whole || n == 1)
		return err;
	*status = EXCH_STATUS_UPSTREAM;
	return exch_diag_set(d, EXCH_ERR_CUT, dir, EXCH_POS_NONE, 0,
	    "the journal ends with record %llu, and its input was not over",
	    (unsigned long long)exch_journal_in_position(in));
}

int
match_recover(struct run *r)
{
	const char *dir = r->cli.noperands == 1 ? r->cli.operand[0] : NULL;
	enum exch_status status = EXCH_STATUS_COMPLETE;
	struct exch_journal_in *in = NULL;
	struct exch_cli_out *out = NULL;
	struct exch_writer *w = NULL;
	struct exch_diag d = {0};
	int code = EXCH_EXIT_OK, n;

	if (dir == NULL)
		return exch_cli_usage(
		    &r->cli, "--recover needs the directory of one journal");
	if (r->journal.check)
		return check(r, dir);
	n = open_run(r, dir, &in, &out, &w, &d);
	if (n != 0) {
		code = exch_cli_fail(&r->cli, &d);
		exch_writer_free(w);
		exch_cli_out_abort(out);
	} else {
		n = journal_replay(r, dir, in, w, &d);
		if (n >= 0)
			n = end_run(r, dir, in, n, w, &status, &d);
		if (n > 0)
			code = n;
		if (n < 0 && n != EXCH_ERR_STOP)
			code = exch_cli_fail(&r->cli, &d);
		if (exch_cli_signal != 0)
			status = EXCH_STATUS_SIGNAL;
		else if (n < 0 && status == EXCH_STATUS_COMPLETE)
			status = EXCH_STATUS_ERROR;
		code = exch_cli_end(&r->cli, out, w, status, code);
	}
	exch_journal_in_close(in);
	exch_cli_reraise();
	return code;
}
