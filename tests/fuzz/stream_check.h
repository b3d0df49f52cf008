/*
 * What holds for every input of the record stream, whatever it is: reading
 * ends without a crash, and the records that came out go through every
 * form and come back the same from those that are read.
 */
#ifndef EXCH_TESTS_STREAM_CHECK_H
#define EXCH_TESTS_STREAM_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "rec/stream.h"

struct check_pass {
	uint64_t records; /* delivered, framing included */
	int end;
	struct exch_diag d;
	char digest[96];
	bool table_can; /* some source is left for a reader */
};

/* What is looked at ahead is what comes, and lies whole in its block. */
static inline int
next(struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d)
{
	const struct exch_rec *ahead[8];
	size_t n = exch_reader_ahead(r, ahead, 8);
	int err = exch_reader_next(r, rec, d);

	exch_check(n == 0 || err <= 0 || *rec == ahead[0]);
	for (size_t i = 1; i < n; i++)
		exch_check(
		    (const char *)ahead[i] ==
		    (const char *)ahead[i - 1] + exch_rec_len(ahead[i - 1]));
	return err;
}

/* Read in to its end and write it to out in a form. */
static inline int
check_copy(struct exch_in *in, enum exch_format format, struct exch_out *out,
    struct check_pass *pass)
{
	struct exch_reader_opts ro = {.partial = true};
	struct exch_writer_opts wo = {.tool = "check",
	    .options = "",
	    .format = format,
	    .csv_multi = true,
	    .trailer = true,
	    .digest = true};
	struct exch_diag d = {0};
	const struct exch_rec *rec;
	struct exch_reader *r;
	struct exch_writer *w;
	int err;

	memset(pass, 0, sizeof(*pass));
	err = exch_reader_open(in, &ro, &r, &d);
	if (err != 0)
		return err;
	wo.upstream = r;
	err = exch_writer_open(out, &wo, &w, &d);
	if (err != 0) {
		exch_reader_close(r);
		return err;
	}
	while ((err = next(r, &rec, &d)) > 0) {
		/* Sources of later tools than wrote the header are wrong. */
		if (rec->source >= exch_writer_source(w))
			continue;
		exch_writer_copy(w, rec, exch_reader_seq(r));
		pass->records++;
	}
	/* The way back needs a source as well. */
	pass->table_can = exch_writer_source(w) < 255;
	pass->end = err;
	pass->d = d;
	err = exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
	if (err != 0) {
		fprintf(stderr, "writer: %s\n", d.text);
		abort();
	}
	(void)exch_writer_digest(w, pass->digest);
	exch_writer_free(w);
	exch_reader_close(r);
	return 0;
}

/* The text form of p, and the digest that it reads back to. */
static inline void
check_form(const unsigned char *p, size_t n, enum exch_format format)
{
	struct check_pass there, back;
	struct exch_out *text, *bin;
	struct exch_in *in;
	const unsigned char *t;
	size_t tn;

	if (exch_in_mem(p, n, "input", &in, NULL) != 0)
		return;
	exch_out_mem(&text);
	exch_out_mem(&bin);
	if (check_copy(in, format, text, &there) != 0)
		goto out;
	if (format == EXCH_FMT_TEXT || !there.table_can)
		goto out;
	exch_in_close(in);
	t = exch_out_mem_bytes(text, &tn);
	if (exch_in_mem(t, tn, "text", &in, NULL) != 0)
		abort();
	if (check_copy(in, EXCH_FMT_BIN, bin, &back) != 0 || back.end != 0 ||
	    strcmp(there.digest, back.digest) != 0) {
		fprintf(stderr, "form %d: %s became %s; %d at %d: %s\n",
		    (int)format, there.digest, back.digest, back.end,
		    (int)back.d.where, back.d.text);
		fwrite(t, 1, tn, stderr);
		abort();
	}
out:
	exch_in_close(in);
	exch_out_free(text);
	exch_out_free(bin);
}

static inline void
check_all(const unsigned char *p, size_t n)
{
	check_form(p, n, EXCH_FMT_BIN);
	check_form(p, n, EXCH_FMT_JSON);
	check_form(p, n, EXCH_FMT_CSV);
	check_form(p, n, EXCH_FMT_TEXT);
}

#endif
