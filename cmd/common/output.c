/*
 * The output: where bytes go, in which form, and that they arrived.  A
 * file named by -o appears whole or not at all: it is written under a
 * temporary name beside it and renamed at the end.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "common/cli.h"
#include "common/private.h"
#include "rec/scan.h"
#include "rec/schema.h"

struct exch_cli_out {
	struct exch_cli *cli;
	const char *name; /* for messages */
	int fd;
	char *path;  /* final name when `temp` is set */
	char *temp;  /* NULL: written in place */
	bool beside; /* not the output of the tool */
	struct exch_out *stream;
	struct exch_scan *left; /* what is in the file already, or NULL */
	/* Of exch_cli_writer. */
	struct exch_writer *writer;
	struct exch_in *in;
	bool lost; /* the reader, and that was said */
	uint64_t flushed_at;
	uint64_t ticks;
	int (*settle)(void *arg, struct exch_diag *d);
	void *settle_arg;
};

/* Ticks between two looks at the clock. */
#define TICKS_PER_LOOK 64

struct exch_out *
exch_cli_out_stream(struct exch_cli_out *o)
{
	return o->stream;
}

/* Follow a link: renaming over it would leave its target alone. */
static char *
final_name(const char *path)
{
	char *real = realpath(path, NULL);
	char *copy = exch_strdup(real != NULL ? real : path);

	free(real); /* realpath's own allocation */
	return copy;
}

/* "dir/name" to "dir/.name.XXXXXX". */
static char *
temp_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t dir = slash != NULL ? (size_t)(slash - path) + 1 : 0;
	size_t size = strlen(path) + 9;
	char *t = exch_malloc(size);

	if (t != NULL)
		(void)snprintf(t, size, "%.*s.%s.XXXXXX", (int)dir, path,
		    path + dir); /* measured above */
	return t;
}

/* mkostemp makes files private; give what creat() would have given. */
static void
set_mode(int fd, const struct stat *old)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	/* A file that stays private is safe, if not what was meant. */
	(void)fchmod(fd, old != NULL ? old->st_mode & 07777 : 0666 & ~mask);
}

static int
open_temp(struct exch_cli_out *o, const struct stat *old, struct exch_diag *d)
{
	o->path = final_name(o->name);
	o->temp = o->path != NULL ? temp_name(o->path) : NULL;
	if (o->temp == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, o->name, EXCH_POS_NONE,
		    0, "out of memory");
	o->fd = mkostemp(o->temp, O_CLOEXEC);
	if (o->fd < 0) {
		int sys = errno;

		exch_free(o->temp);
		o->temp = NULL;
		return exch_diag_sys(d, o->name, sys, "cannot create");
	}
	exch_cli_signal_unlink(o->temp);
	set_mode(o->fd, old);
	return 0;
}

static int
open_named(struct exch_cli_out *o, struct exch_diag *d)
{
	struct stat st;
	bool exists = stat(o->name, &st) == 0;

	if (o->cli->append && !o->beside && (!exists || S_ISREG(st.st_mode)))
		return exch_cli_left_open(o->name, &o->fd, &o->left, d);
	if (!exists || S_ISREG(st.st_mode))
		return open_temp(o, exists ? &st : NULL, d);
	o->fd = open(o->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (o->fd < 0)
		return exch_diag_sys(d, o->name, errno, "cannot open");
	return 0;
}

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s);
	size_t k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

/* Settle format and compression, knowing where the bytes go. */
static int
settle_form(struct exch_cli *c, struct exch_cli_out *o, struct exch_diag *d)
{
	bool terminal = isatty(o->fd);

	if ((o->path != NULL || o->left != NULL) && ends_in(o->name, ".zst"))
		c->zstd = true;
	if (!c->format_given)
		c->format =
		    terminal || (c->groups & (EXCH_CLI_VIEW | EXCH_CLI_BIN))
			? EXCH_FMT_TEXT
			: EXCH_FMT_BIN;
	if (o->left != NULL && (c->zstd || c->format != EXCH_FMT_BIN))
		return exch_diag_set(d, EXCH_ERR_NEED, o->name, EXCH_POS_NONE,
		    0,
		    "a file that a run can go on with is plain and binary: "
		    "convert it afterwards");
	if (terminal && c->zstd)
		return exch_diag_set(d, EXCH_ERR_NEED, o->name, EXCH_POS_NONE,
		    0, "compressed output does not go to a terminal: use -o");
	return 0;
}

static bool
is_same(const char *path, const struct stat *y)
{
	struct stat x;

	return path != NULL && stat(path, &x) == 0 && S_ISREG(x.st_mode) &&
	       x.st_dev == y->st_dev && x.st_ino == y->st_ino;
}

int
exch_cli_spares(const struct exch_cli *c, const char *path, struct exch_diag *d)
{
	struct stat y;
	const char *bad = NULL;

	if (stat(path, &y) != 0)
		return 0;
	for (unsigned i = 0; i < c->nfiles && bad == NULL; i++)
		bad = is_same(c->file[i], &y) ? c->file[i] : NULL;
	return bad == NULL
		   ? 0
		   : exch_diag_set(d, EXCH_ERR_NEED, bad, EXCH_POS_NONE, 0,
			 "it is read and would be replaced: name another file "
			 "with -o");
}

int
exch_cli_out_open(
    struct exch_cli *c, struct exch_cli_out **out, struct exch_diag *d)
{
	struct exch_cli_out *o = exch_calloc(1, sizeof(*o));
	int err = 0;

	if (o == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, "output", EXCH_POS_NONE,
		    0, "out of memory");
	o->cli = c;
	o->fd = STDOUT_FILENO;
	o->name = "standard output";
	if (c->output != NULL && strcmp(c->output, "-") != 0) {
		o->name = c->output;
		o->fd = -1;
		err = exch_cli_spares(c, c->output, d);
		if (err == 0)
			err = open_named(o, d);
	}
	if (err == 0)
		err = settle_form(c, o, d);
	if (err == 0) {
		exch_cli_widen_pipe(o->fd);
		err =
		    exch_out_fd(o->fd, c->zstd ? EXCH_OUT_ZSTD : EXCH_OUT_PLAIN,
			o->name, &o->stream, d);
	}
	if (err == 0 && c->outlive) {
		(void)signal(SIGPIPE, SIG_IGN); /* a good number */
		exch_out_outlive(o->stream);
	}
	if (err == 0 && c->gate.ask != NULL)
		err = exch_out_behind(o->stream, &c->gate, d);
	if (err != 0) {
		exch_cli_out_abort(o);
		return err;
	}
	*out = o;
	return 0;
}

int
exch_cli_out_beside(struct exch_cli *c, const char *path,
    struct exch_cli_out **out, struct exch_diag *d)
{
	struct exch_cli_out *o = exch_calloc(1, sizeof(*o));
	int err;

	if (o == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0, "out of memory");
	o->cli = c;
	o->name = path;
	o->fd = -1;
	o->beside = true;
	err = open_named(o, d);
	if (err == 0)
		err = exch_out_fd(o->fd, EXCH_OUT_PLAIN, path, &o->stream, d);
	if (err != 0) {
		exch_cli_out_abort(o);
		return err;
	}
	*out = o;
	return 0;
}

static void
release(struct exch_cli_out *o)
{
	if (o->temp != NULL)
		exch_cli_signal_keep(o->temp);
	exch_free(o->left);
	exch_free(o->temp);
	exch_free(o->path);
	exch_free(o);
}

void
exch_cli_out_abort(struct exch_cli_out *o)
{
	if (o == NULL)
		return;
	exch_out_free(o->stream);
	if (o->fd > STDERR_FILENO)
		(void)close(o->fd); /* thrown away below */
	if (o->temp != NULL)
		(void)unlink(
		    o->temp); /* best effort: something failed already */
	release(o);
}

int
exch_cli_out_sync(struct exch_cli_out *o, struct exch_diag *d)
{
	int err = exch_out_finish(o->stream, d);
	int n = 0;

	while (err == 0 && (n = fsync(o->fd)) != 0 && errno == EINTR)
		;
	/* Pipes and terminals refuse with EINVAL, some sockets otherwise. */
	if (n != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
		err = exch_diag_sys(d, o->name, errno, "cannot write");
	return err;
}

int
exch_cli_out_commit(struct exch_cli_out *o, struct exch_diag *d)
{
	int err = exch_out_finish(o->stream, d);

	if (err != 0) {
		exch_cli_out_abort(o);
		return err;
	}
	exch_out_free(o->stream);
	o->stream = NULL;
	/* Network file systems and quotas speak up only now. */
	if (close(o->fd) != 0)
		err = exch_diag_sys(d, o->name, errno, "cannot write");
	o->fd = -1;
	if (err == 0 && o->temp != NULL && rename(o->temp, o->path) != 0)
		err = exch_diag_sys(d, o->name, errno, "cannot rename");
	if (err != 0) {
		exch_cli_out_abort(o);
		return err;
	}
	release(o);
	return 0;
}

/* ---- the writer on it ---- */

/* Everything there is goes out. */
static int
settle(struct exch_cli_out *o, struct exch_diag *d)
{
	int err = o->settle != NULL ? o->settle(o->settle_arg, d) : 0;

	return err != 0 ? err : exch_writer_flush(o->writer, d);
}

int
exch_cli_out_wait(struct exch_cli_out *o, struct exch_diag *d)
{
	int err;

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	exch_cli_progress(o->cli, o->in, exch_writer_records(o->writer));
	err = o->cli->idle != NULL ? o->cli->idle(o->cli->idle_arg, d) : 0;
	if (err == 0)
		err = settle(o, d);
	return err != 0 ? err : exch_out_kick(o->stream, d);
}

static int
on_wait(void *arg, struct exch_diag *d)
{
	return exch_cli_out_wait(arg, d);
}

static int
csv_type(struct exch_cli *c, uint8_t *type, struct exch_diag *d)
{
	const struct exch_schema *s;

	*type = 0;
	if (c->csv_type == NULL)
		return 0;
	s = exch_schema_by_name(c->csv_type, strlen(c->csv_type));
	if (s == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "no record type '%s': types are named in exch-stream(5)",
		    c->csv_type);
	*type = s->type;
	return 0;
}

static int
new_writer(struct exch_cli_out *o, const struct exch_writer_opts *w,
    struct exch_writer **out, struct exch_diag *d)
{
	int err = exch_writer_open(o->stream, w, out, d);

	if (err != 0 || o->left == NULL)
		return err;
	return exch_cli_left_cut(
	    o->fd, o->name, o->left, exch_writer_info(*out), d);
}

/*
 * A writer that has held its results until now, if they are those that the
 * output lacks; a new one otherwise.
 */
static int
release_held(struct exch_cli *c, struct exch_cli_out *o,
    struct exch_writer_opts *w, struct exch_writer **out, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int err = o->left != NULL ? exch_cli_left_cut(o->fd, o->name, o->left,
					exch_writer_info(c->held), d)
				  : 0;

	if (err != 0)
		return err;
	err = exch_writer_release(c->held, o->stream, w, &own);
	if (err == EXCH_ERR_RANGE) {
		exch_cli_note(
		    c, "%s: %s: they are made again", o->name, own.text);
		exch_writer_free(c->held);
		c->held = NULL;
		return new_writer(o, w, out, d);
	}
	if (err != 0) {
		*d = own;
		return err;
	}
	*out = c->held;
	c->held = NULL;
	c->released = true;
	return 0;
}

int
exch_cli_writer(struct exch_cli *c, struct exch_cli_out *o, struct exch_in *in,
    struct exch_writer_opts *w, struct exch_writer **out, struct exch_diag *d)
{
	int err = csv_type(c, &w->csv_type, d);

	if (err != 0)
		return err;
	if (c->format_given && c->format == EXCH_FMT_CSV &&
	    c->csv_type == NULL && !c->csv_multi)
		exch_cli_note(c,
		    "a CSV table has records of one type, here of the first "
		    "that is written: --type NAME for another, --csv-multi "
		    "for all");
	w->format = c->format;
	w->checksum = c->checksum;
	w->digest = c->digest || c->summed;
	w->csv_multi = c->csv_multi;
	w->trailer = c->trailer;
	w->tool = c->tool;
	if (o->left != NULL)
		w->have = exch_cli_left_point(o->left);
	if (c->held != NULL)
		err = release_held(c, o, w, out, d);
	else
		err = new_writer(o, w, out, d);
	if (err != 0)
		return err;
	o->writer = *out;
	o->in = in;
	o->flushed_at = exch_cli_now();
	if (in != NULL)
		exch_in_on_wait(in, on_wait, o);
	return 0;
}

void
exch_cli_out_settle(struct exch_cli_out *o,
    int (*settle_fn)(void *arg, struct exch_diag *d), void *arg)
{
	o->settle = settle_fn;
	o->settle_arg = arg;
}

void
exch_cli_out_input(struct exch_cli_out *o, struct exch_in *in)
{
	if (o->in != NULL)
		exch_in_on_wait(o->in, NULL, NULL);
	o->in = in;
	if (in != NULL && o->writer != NULL)
		exch_in_on_wait(in, on_wait, o);
}

/* Said once: nobody reads any more. */
static void
tell_lost(struct exch_cli_out *o)
{
	if (o->lost || !exch_out_lost(o->stream))
		return;
	o->lost = true;
	exch_cli_note(o->cli,
	    "%s: the reader has gone, at record %llu or before; going on "
	    "without",
	    o->name, (unsigned long long)exch_writer_records(o->writer));
}

/* The clock is looked at now and then only: it costs as much as a record. */
int
exch_cli_look(struct exch_cli_out *o, struct exch_diag *d)
{
	uint64_t now = exch_cli_now();

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	tell_lost(o);
	exch_cli_progress(o->cli, o->in, exch_writer_records(o->writer));
	if (now - o->flushed_at < o->cli->flush_us * 1000)
		return exch_writer_error(o->writer, d);
	o->flushed_at = now;
	/* Files and compressed output gain nothing by early writing. */
	if (exch_out_is_file(o->stream) || o->cli->zstd)
		return exch_writer_error(o->writer, d);
	return exch_writer_flush(o->writer, d);
}

int
exch_cli_tick(struct exch_cli_out *o, struct exch_diag *d)
{
	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	if (o->cli->unbuffered) {
		int err = settle(o, d);

		if (err != 0)
			return err;
	}
	if (++o->ticks % TICKS_PER_LOOK != 0)
		return 0;
	return exch_cli_look(o, d);
}

int
exch_cli_end(struct exch_cli *c, struct exch_cli_out *o, struct exch_writer *w,
    enum exch_status status, int code)
{
	struct exch_diag d = {0};
	int err;

	exch_cli_progress_end();
	if (o->in != NULL)
		exch_in_on_wait(o->in, NULL, NULL);
	if (code != EXCH_EXIT_OK && exch_writer_error(w, NULL) != 0) {
		/* Reported already, as what stopped the work. */
		exch_writer_free(w);
		exch_cli_out_abort(o);
		return code;
	}
	err = exch_writer_close(w, status, &d);
	tell_lost(o);
	if (err == 0 && (c->digest || c->summed))
		err = exch_writer_digest(w, c->sum);
	exch_writer_free(w);
	if (err != 0) {
		exch_cli_out_abort(o);
	} else if (o->temp != NULL && ((exch_cli_signal != 0 && !c->keep) ||
					  code == EXCH_EXIT_USAGE)) {
		/*
		 * Half a file under its final name would pass for a whole, and
		 * a forgotten option must not cost the file of last time.
		 */
		exch_cli_out_abort(o);
		return code;
	} else {
		err = exch_cli_out_commit(o, &d);
	}
	/* What the output waits for has failed, and it was told. */
	if (err != 0 && code == EXCH_EXIT_SYSTEM)
		return code;
	if (err != 0) {
		if (d.code == EXCH_OK)
			exch_diag_set(&d, err, "output", EXCH_POS_NONE, 0, "%s",
			    exch_err_text(err));
		return exch_cli_fail(c, &d);
	}
	if (c->digest && c->sum[0] != '\0')
		fprintf(stderr, "%s\n", c->sum);
	return code;
}
