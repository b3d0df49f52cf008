/*
 * What keeps a history: backup and restore, archives, personal fields taken
 * away, tables made again, older versions carried forward.
 */
#include <config.h>

#include <sys/stat.h>

#include "exch-store/tool.h"

static int
between(void *arg, struct exch_diag *d)
{
	(void)arg;
	(void)d;
	return exch_cli_signal != 0 ? EXCH_ERR_STOP : 0;
}

/* A failure is told, unless a signal made it. */
static int
code_of(const struct tool *t, int err, const struct exch_diag *d)
{
	if (err == 0 || exch_cli_signal != 0)
		return EXCH_EXIT_OK; /* the caller dies of the signal */
	return exch_cli_fail(&t->cli, d);
}

int
tool_backup(struct tool *t)
{
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int err = exch_store_open(t->path, EXCH_STORE_READ, &s, &d);

	if (err == 0)
		err = exch_store_backup(s, t->rest[0], between, t, &d);
	exch_store_close(s);
	return code_of(t, err, &d);
}

int
tool_restore(struct tool *t)
{
	struct exch_store *from = NULL;
	struct exch_diag d = {0};
	int err = exch_store_open(t->rest[0], EXCH_STORE_READ, &from, &d);

	if (err == 0)
		err = exch_store_restore(t->path, from, between, t, &d);
	exch_store_close(from);
	return code_of(t, err, &d);
}

int
tool_stays(struct tool *t)
{
	exch_cli_note(&t->cli,
	    "somebody reads the history: what went stays in its log, %s-wal, "
	    "until he has ended and this is run again",
	    t->path);
	return EXCH_EXIT_SYSTEM;
}

int
tool_erase(struct tool *t)
{
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	bool stays;
	uint64_t fields = 0;
	int err = exch_store_open(t->path, EXCH_STORE_WRITE, &s, &d);

	if (err == 0)
		err = exch_store_erase(s, t->rest[0], &fields, &d);
	stays = err == 0 && exch_store_stays(s);
	exch_store_close(s);
	if (err != 0)
		return exch_cli_fail(&t->cli, &d);
	exch_cli_note(
	    &t->cli, "%llu fields were erased", (unsigned long long)fields);
	if (stays)
		return tool_stays(t);
	return fields != 0 ? EXCH_EXIT_OK : EXCH_EXIT_NO;
}

int
tool_rebuild(struct tool *t)
{
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int err = exch_store_open(t->path, EXCH_STORE_WRITE, &s, &d);

	if (err == 0)
		err = exch_store_rebuild(s, &d);
	exch_store_close(s);
	return err != 0 ? exch_cli_fail(&t->cli, &d) : EXCH_EXIT_OK;
}

int
tool_rollup(struct tool *t)
{
	struct exch_rollup_result r = {0};
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int err = exch_store_open(t->path, EXCH_STORE_WRITE, &s, &d);

	if (err == 0)
		err = exch_store_rollup(s, &r, &d);
	exch_store_close(s);
	if (err != 0)
		return exch_cli_fail(&t->cli, &d);
	exch_cli_note(&t->cli,
	    "%lu streams were added up, %lu had been before, %lu are purged",
	    (unsigned long)r.added, (unsigned long)r.there,
	    (unsigned long)r.purged);
	return EXCH_EXIT_OK;
}

int
tool_migrate(struct tool *t)
{
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int64_t from = 0;
	int err = exch_store_open(t->path, EXCH_STORE_WRITE, &s, &d);

	if (err == 0)
		err = exch_store_migrate(s, &from, &d);
	exch_store_close(s);
	if (err != 0)
		return exch_cli_fail(&t->cli, &d);
	if (from == EXCH_STORE_VERSION)
		exch_cli_note(
		    &t->cli, "it is of version %lld already", (long long)from);
	else
		exch_cli_note(&t->cli, "from version %lld to %d",
		    (long long)from, EXCH_STORE_VERSION);
	return EXCH_EXIT_OK;
}

/* ---- archive ---- */

struct archive {
	struct exch_in *in;
	struct exch_reader *r;
	struct exch_cli_out *out;
	struct exch_writer *w;
	uint64_t bytes; /* of the records */
};

static int
copy_records(struct archive *a, struct exch_diag *d)
{
	const struct exch_rec *r;
	int got;

	while ((got = exch_reader_next(a->r, &r, d)) > 0) {
		exch_writer_copy(a->w, r, exch_reader_seq(a->r));
		a->bytes += exch_rec_len(r);
		got = exch_cli_tick(a->out, d);
		if (got != 0)
			return got;
	}
	return got;
}

static void
tell_ratio(const struct tool *t, const struct archive *a)
{
	struct stat st;

	if (t->cli.output == NULL || stat(t->cli.output, &st) != 0 ||
	    st.st_size == 0)
		return;
	exch_cli_note(&t->cli,
	    "%s: %llu bytes of records in %llu bytes, %.2f : 1", t->cli.output,
	    (unsigned long long)a->bytes, (unsigned long long)st.st_size,
	    (double)a->bytes / (double)st.st_size);
}

/* The stream as it was loaded: no tool puts itself into its header. */
int
tool_archive(struct tool *t)
{
	struct archive a = {0};
	struct exch_writer_opts o = {0};
	struct exch_diag d = {0};
	int code = EXCH_EXIT_OK, err;

	t->cli.format = EXCH_FMT_BIN;
	t->cli.format_given = true;
	t->cli.digest = t->digest;
	err = exch_store_source(t->path, t->cli.stream, &a.in, &d);
	if (err == 0)
		err = exch_reader_open(a.in, NULL, &a.r, &d);
	if (err == 0)
		err = exch_cli_out_open(&t->cli, &a.out, &d);
	if (err == 0) {
		o.copy_of = exch_reader_info(a.r);
		err = exch_cli_writer(&t->cli, a.out, a.in, &o, &a.w, &d);
	}
	if (err == 0)
		err = copy_records(&a, &d);
	if (err == 0) {
		enum exch_status status = exch_reader_status(a.r);

		if (status != EXCH_STATUS_COMPLETE) {
			exch_cli_warn(&t->cli,
			    "%s: the stream was not complete when it was "
			    "loaded, and its archive is not",
			    t->path);
			code = EXCH_EXIT_INPUT;
		}
		code = exch_cli_end(&t->cli, a.out, a.w, status, code);
		if (code == EXCH_EXIT_OK)
			tell_ratio(t, &a);
	} else {
		code = code_of(t, err, &d);
		exch_writer_free(a.w);
		exch_cli_out_abort(a.out);
	}
	exch_reader_close(a.r);
	exch_in_close(a.in);
	return code;
}
