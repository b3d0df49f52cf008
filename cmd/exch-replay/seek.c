/*
 * --index, and --from with an index: blocks of a stream of which nothing would
 * pass are not read.  What passes is decided as ever, record by record
 * (take.c): an index makes the same output come sooner, and one that is of no
 * use is told and left alone.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "rec/seek.h"

/* NAME.xsti, freed with exch_free; NULL: no memory. */
static char *
index_name(const char *path)
{
	size_t n = strlen(path) + sizeof(".xsti");
	char *s = exch_malloc(n);

	if (s != NULL)
		(void)snprintf(s, n, "%s.xsti", path); /* measured above */
	return s;
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* ---- making one ---- */

/* Nobody has named it: it is a file of its own, or nothing is written. */
static int
is_a_file(const char *path, struct exch_diag *d)
{
	struct stat st;

	if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
	    S_ISLNK(st.st_mode) ? "this is a link to another file: remove it"
				: "this is no file: remove it");
}

static int
write_index(struct tool *t, const char *path, const struct exch_buf *b,
    struct exch_diag *d)
{
	struct exch_cli_out *o;
	int rc = is_a_file(path, d);

	if (rc == 0)
		rc = exch_cli_out_beside(&t->cli, path, &o, d);
	if (rc != 0)
		return rc;
	rc = exch_out_write(exch_cli_out_stream(o), b->p, b->len, d);
	if (rc == 0 && exch_cli_signal != 0)
		rc = EXCH_ERR_STOP;
	if (rc == 0)
		return exch_cli_out_commit(o, d);
	exch_cli_out_abort(o);
	return rc;
}

static int
index_one(struct tool *t, const char *file, struct exch_diag *d)
{
	struct exch_in *in;
	struct exch_seek *s = NULL;
	struct exch_seek_of of = {0};
	struct exch_buf b = {0};
	char *path = index_name(file);
	int rc =
	    path == NULL ? no_memory(d) : exch_cli_open(&t->cli, file, &in, d);

	if (rc != 0)
		goto out;
	rc = exch_seek_make(in, &s, &of, d);
	exch_in_close(in);
	if (rc == 0)
		exch_seek_encode(s, &of, &b);
	if (rc == 0 && b.failed)
		rc = no_memory(d);
	if (rc == 0)
		rc = write_index(t, path, &b, d);
	if (rc == 0 && t->cli.verbose > 0)
		exch_cli_note(&t->cli, "%s: %llu places", path,
		    (unsigned long long)exch_seek_rows(s));
out:
	exch_seek_free(s);
	exch_buf_free(&b);
	exch_free(path);
	return rc;
}

/* Options that say nothing of results, and mean nothing here. */
static bool
concerns_output(const struct tool *t)
{
	const struct exch_cli *c = &t->cli;

	return c->output != NULL || c->zstd || c->format_given || c->digest ||
	       c->unbuffered || c->trailer || t->pace.speed != 0 || t->strict ||
	       t->stepwise;
}

int
seek_index(struct tool *t)
{
	struct exch_diag d = {0};

	if (t->cli.noperands == 0 || t->options.len > 1 || concerns_output(t))
		return exch_cli_usage(&t->cli,
		    "--index takes the names of files, and no other option: "
		    "it writes NAME.xsti beside each");
	for (int i = 0; i < t->cli.noperands; i++) {
		int rc = strcmp(t->cli.operand[i], "-") == 0
			     ? exch_diag_set(&d, EXCH_ERR_NEED,
				   "standard input", EXCH_POS_NONE, 0,
				   "an index stands beside a file: name it")
			     : index_one(t, t->cli.operand[i], &d);

		if (rc == EXCH_ERR_STOP)
			return EXCH_EXIT_OK; /* and the signal is raised */
		if (rc != 0)
			return exch_cli_fail(&t->cli, &d);
	}
	return EXCH_EXIT_OK;
}

/* ---- using one ---- */

/*
 * What a displayed book had at --from follows from all that was before; and
 * of several inputs all is brought together.
 */
static bool
may_skip(const struct tool *t)
{
	return t->from_text != NULL && !t->book && t->nops == 1 &&
	       !input_is_live(t) && strcmp(t->now->path, "-") != 0;
}

int
seek_open(struct tool *t, struct exch_diag *d)
{
	struct exch_diag why = {0};
	uint64_t at;
	char *path;
	int rc;

	if (!may_skip(t))
		return 0;
	path = index_name(t->now->path);
	if (path == NULL)
		return no_memory(d);
	rc = exch_seek_find(t->in, path, &t->seek, &why);
	exch_free(path);
	if (rc == EXCH_ERR_NOMEM || rc == EXCH_ERR_STOP) {
		*d = why;
		return rc;
	}
	if (rc != 0)
		exch_cli_note(&t->cli,
		    exch_in_file(t->in, 0, &at) < 0
			? "%s: %s: all of the stream is read (exch-replay -o "
			  "writes it anew)"
			: "%s.xsti: %s: all of the stream is read "
			  "(exch-replay --index makes it anew)",
		    t->now->path, why.text);
	return 0;
}

int
seek_on(struct tool *t, struct exch_reader *reader, struct exch_diag *d)
{
	struct exch_stream_point to;
	uint64_t offset, raw, before = exch_reader_position(reader);
	int rc;

	if (!t->window_known || !exch_reader_stands(reader, &offset) ||
	    !exch_seek_skip(t->seek, offset, t->from, &to, &raw))
		return 0;
	rc = exch_reader_jump(reader, &to, raw, d);
	if (rc == 0)
		t->skipped += exch_reader_position(reader) - before;
	return rc;
}

void
seek_free(struct tool *t)
{
	exch_seek_free(t->seek);
	t->seek = NULL;
}
