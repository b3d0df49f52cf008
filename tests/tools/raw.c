/*
 * Records without a stream around them, as exch-engine(3) takes and gives
 * them, and streams of them:
 *
 *	raw commands <records >stream	all but those of source 2
 *	raw events <stream >records	those of source 2; no SOURCE, no SCHEMA
 *	raw own <records >records	the same of records
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rec/stream.h"

#define ENGINE 2

static union {
	struct exch_rec h;
	unsigned char b[EXCH_REC_MAX];
} rec;

static void
fail(const char *why)
{
	fprintf(stderr, "raw: %s\n", why);
	exit(1);
}

/* The next record of standard input, or false. */
static bool
next(void)
{
	size_t rest;

	if (fread(&rec, sizeof(rec.h), 1, stdin) != 1)
		return false;
	rest = (size_t)rec.h.len8 * 8 - sizeof(rec.h);
	if (rec.h.len8 < 2 ||
	    fread(rec.b + sizeof(rec.h), 1, rest, stdin) != rest)
		fail("a record is cut");
	return true;
}

static void
put(const struct exch_rec *r)
{
	if (r->source == ENGINE && r->type > EXCH_REC_SOURCE &&
	    fwrite(r, exch_rec_len(r), 1, stdout) != 1)
		fail("cannot write");
}

static void
commands(void)
{
	struct exch_writer_opts o = {.tool = "raw", .options = ""};
	struct exch_diag d = {0};
	struct exch_writer *w = NULL;
	struct exch_out *out = NULL;
	uint64_t seq = 2; /* behind the SOURCE */

	if (exch_out_fd(STDOUT_FILENO, EXCH_OUT_PLAIN, "-", &out, &d) != 0 ||
	    exch_writer_open(out, &o, &w, &d) != 0)
		fail(d.text);
	while (next())
		if (rec.h.source != ENGINE)
			exch_writer_copy(w, &rec.h, seq++);
	if (exch_writer_close(w, EXCH_STATUS_COMPLETE, &d) != 0)
		fail(d.text);
	exch_writer_free(w);
	exch_out_free(out);
}

static void
events(void)
{
	const struct exch_rec *r;
	struct exch_diag d = {0};
	struct exch_reader *in = NULL;
	struct exch_in *fd = NULL;
	int n;

	if (exch_in_fd(STDIN_FILENO, false, "-", &fd, &d) != 0 ||
	    exch_reader_open(fd, NULL, &in, &d) != 0)
		fail(d.text);
	while ((n = exch_reader_next(in, &r, &d)) > 0)
		put(r);
	if (n < 0)
		fail(d.text);
	exch_reader_close(in);
	exch_in_close(fd);
}

int
main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "commands") == 0)
		commands();
	else if (strcmp(what, "events") == 0)
		events();
	else if (strcmp(what, "own") == 0)
		while (next())
			put(&rec.h);
	else
		fail("commands, events or own");
	return 0;
}
