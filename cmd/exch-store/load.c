/*
 * Loading a stream.  With --pass the tool is a filter, as others are, and
 * without it the end of a pipe.
 */
#include <config.h>

#include <stdio.h>

#include "exch-store/tool.h"

struct loading {
	struct tool *t;
	struct exch_store *store;
	struct exch_load *load;
	struct exch_in *in; /* without --pass */
	struct exch_reader *reader;
	uint64_t began, loaded; /* clock */
};

static int
begin(struct loading *l, struct exch_reader *r, struct exch_diag *d)
{
	int err = exch_store_open(l->t->path, EXCH_STORE_CREATE, &l->store, d);

	l->began = exch_cli_now();
	if (err == 0)
		err = exch_load_begin(
		    l->store, exch_reader_info(r), l->t->label, &l->load, d);
	return err;
}

/* The end of the stream, and the indexes. */
static int
end(struct loading *l, enum exch_status status, struct exch_diag *d)
{
	int err = exch_load_end(l->load, status, d);

	l->loaded = exch_cli_now();
	if (err == 0 && !l->t->no_index && exch_cli_signal == 0)
		err = exch_load_index(l->load, d);
	return err;
}

static double
seconds(uint64_t from, uint64_t to)
{
	return (double)(to - from) / 1e9;
}

static void
tell(const struct loading *l)
{
	const struct exch_load_result *r = exch_load_result(l->load);
	const struct exch_cli *c = &l->t->cli;
	double s = seconds(l->began, l->loaded);

	if (l->t->digest && r->digest[0] != '\0')
		fprintf(stderr, "%s\n", r->digest);
	if (r->strange != 0)
		exch_cli_note(c,
		    "%llu records are shorter than their type: they are in "
		    "the blocks and have no row",
		    (unsigned long long)r->strange);
	if (c->verbose == 0)
		return;
	exch_cli_note(c,
	    "stream %lu: %llu records were there, %llu added in %llu blocks, "
	    "%.3f s, %.0f records/s",
	    (unsigned long)r->stream, (unsigned long long)r->known,
	    (unsigned long long)r->added, (unsigned long long)r->blocks, s,
	    s > 0 ? (double)r->added / s : 0);
	if (r->packed_bytes != 0)
		exch_cli_note(c, "blocks: %llu bytes in %llu, %.2f : 1",
		    (unsigned long long)r->plain_bytes,
		    (unsigned long long)r->packed_bytes,
		    (double)r->plain_bytes / (double)r->packed_bytes);
	if (r->indexed)
		exch_cli_note(
		    c, "indexes: %.3f s", seconds(l->loaded, exch_cli_now()));
}

static void
clear(struct loading *l)
{
	exch_load_free(l->load);
	exch_store_close(l->store);
	exch_reader_close(l->reader);
	exch_in_close(l->in);
}

/* ---- with --pass ---- */

static int
filter_begin(void *arg, struct exch_reader *r, struct exch_writer *w,
    struct exch_diag *d)
{
	(void)w;
	return begin(arg, r, d);
}

static int
filter_record(void *arg, const struct exch_rec *r, uint64_t seq,
    struct exch_writer *w, struct exch_diag *d)
{
	struct loading *l = arg;

	exch_writer_copy(w, r, seq);
	return exch_load_record(l->load, r, seq, d);
}

static int
filter_finish(void *arg, bool whole, struct exch_writer *w, struct exch_diag *d)
{
	struct loading *l = arg;
	int err;

	(void)w;
	if (l->load == NULL)
		return 0;
	err = end(l,
	    whole		   ? EXCH_STATUS_COMPLETE
	    : exch_cli_signal != 0 ? EXCH_STATUS_SIGNAL
				   : EXCH_STATUS_UPSTREAM,
	    d);
	if (err == 0)
		tell(l);
	return err;
}

static int
load_and_pass(struct tool *t)
{
	struct loading l = {.t = t};
	struct exch_cli_filter f = {.arg = &l,
	    .begin = filter_begin,
	    .record = filter_record,
	    .finish = filter_finish};
	int code;

	t->cli.operand = t->rest;
	t->cli.noperands = t->nrest;
	t->cli.format = EXCH_FMT_BIN;
	t->cli.format_given = true;
	code = exch_cli_filter(&t->cli, &f);
	clear(&l);
	return code;
}

/* ---- without ---- */

/* Records between two looks at signals and the clock. */
#define AT_A_TIME 1024

static int
on_wait(void *arg, struct exch_diag *d)
{
	struct loading *l = arg;

	(void)d;
	exch_cli_progress(&l->t->cli, l->in, exch_reader_position(l->reader));
	return exch_cli_signal != 0 ? EXCH_ERR_STOP : 0;
}

/* Every record: 0 at the end; *own: it was not the input that failed. */
static int
read_all(struct loading *l, bool *own, struct exch_diag *d)
{
	const struct exch_rec *r;
	unsigned n = 0;
	int got, err;

	while ((got = exch_reader_next(l->reader, &r, d)) > 0) {
		err =
		    exch_load_record(l->load, r, exch_reader_seq(l->reader), d);
		if (err != 0) {
			*own = true;
			return err;
		}
		if (++n % AT_A_TIME != 0)
			continue;
		got = on_wait(l, d);
		if (got != 0)
			break;
	}
	return got;
}

/* How the input ended, as the history is to know it. */
static enum exch_status
status_of(struct loading *l, int err, int *code, const struct exch_diag *d)
{
	enum exch_status up = exch_reader_status(l->reader);

	if (err == EXCH_ERR_STOP || exch_cli_signal != 0)
		return EXCH_STATUS_SIGNAL;
	if (err != 0) {
		*code = exch_cli_fail(&l->t->cli, d);
		return EXCH_STATUS_UPSTREAM;
	}
	if (up == EXCH_STATUS_COMPLETE)
		return up;
	if (!l->t->cli.partial || up != EXCH_STATUS_UNKNOWN) {
		exch_cli_warn(&l->t->cli,
		    "%s: the stream is complete only up to here: load it "
		    "again when it is whole",
		    exch_in_name(l->in));
		*code = EXCH_EXIT_INPUT;
	}
	return EXCH_STATUS_UPSTREAM;
}

static int
load_alone(struct tool *t)
{
	struct loading l = {.t = t};
	struct exch_reader_opts ro = {.partial = t->cli.partial};
	struct exch_diag d = {0};
	bool own = false;
	int code = EXCH_EXIT_OK;
	int err =
	    exch_cli_open(&t->cli, t->nrest > 0 ? t->rest[0] : NULL, &l.in, &d);

	if (err == 0)
		err = exch_reader_open(l.in, &ro, &l.reader, &d);
	if (err == 0)
		err = begin(&l, l.reader, &d);
	if (err == 0) {
		exch_in_on_wait(l.in, on_wait, &l);
		err = read_all(&l, &own, &d);
		exch_cli_progress_end();
		if (!own) {
			enum exch_status s = status_of(&l, err, &code, &d);

			exch_diag_clear(&d);
			err = end(&l, s, &d);
		}
		if (err == 0)
			tell(&l);
	}
	if (err != 0 && (exch_cli_signal == 0 || own)) {
		if (d.code == EXCH_OK)
			exch_diag_set(&d, (enum exch_err)err, t->path,
			    EXCH_POS_NONE, 0, "%s",
			    exch_err_text((enum exch_err)err));
		code = exch_cli_fail(&t->cli, &d);
	}
	clear(&l);
	return code;
}

int
tool_load(struct tool *t)
{
	return t->pass ? load_and_pass(t) : load_alone(t);
}
