/*
 * A stream with one record that has not the form of its type, framed and
 * summed as it must be: what a faulty producer would write.
 *
 *	shorten TYPE < in.xst > out.xst
 *	shorten -m TYPE < in.xst > out.xst
 *	shorten -e TYPE < in.xst > out.xst
 *
 * The first record of that name is cut to the common header and eight
 * bytes more; with -m it is as long as it was, but tells its length behind
 * the header, where another field should be; with -e half an extension entry
 * follows it.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rec/schema.h"
#include "rec/stream.h"

#define KEPT (sizeof(struct exch_rec) + 8)

static void
put_bad(
    struct exch_writer *w, const struct exch_rec *rec, uint64_t seq, char how)
{
	union {
		struct exch_rec h;
		uint64_t words[EXCH_REC_MAX / 8];
	} bad;
	size_t n = exch_rec_len(rec);

	memcpy(&bad, rec, how != 0 ? n : KEPT);
	if (how == 'e') {
		bad.h.flags |= EXCH_F_EXT;
		bad.h.len8++;
		bad.words[n / 8] = EXCH_EXT_CLIENT;
	} else if (how == 'm') {
		bad.h.len8 = 0;
		bad.words[sizeof(bad.h) / 8] = n;
	} else {
		bad.h.len8 = KEPT / 8;
	}
	exch_writer_copy(w, &bad.h, seq);
}

static int
copy(struct exch_reader *r, struct exch_writer *w, uint8_t type, char how,
    struct exch_diag *d)
{
	const struct exch_rec *rec;
	bool done = false;
	int n;

	while ((n = exch_reader_next(r, &rec, d)) > 0) {
		if (!done && rec->type == type) {
			put_bad(w, rec, exch_reader_seq(r), how);
			done = true;
		} else {
			exch_writer_copy(w, rec, exch_reader_seq(r));
		}
	}
	return n != 0 ? n : done ? 0 : EXCH_ERR_ABSENT;
}

int
main(int argc, char **argv)
{
	struct exch_reader_opts ro = {0};
	struct exch_writer_opts wo = {.tool = "shorten"};
	char how = argc == 3 && argv[1][0] == '-' ? argv[1][1] : 0;
	const char *type = argc == 2 + (how != 0) ? argv[argc - 1] : "";
	const struct exch_schema *s = exch_schema_by_name(type, strlen(type));
	struct exch_in *in = NULL;
	struct exch_out *out = NULL;
	struct exch_reader *r = NULL;
	struct exch_writer *w = NULL;
	struct exch_diag d = {0};
	int rc = s == NULL ? EXCH_ERR_ABSENT : 0;

	if (rc == 0)
		rc = exch_in_fd(STDIN_FILENO, false, "input", &in, &d);
	if (rc == 0)
		rc = exch_reader_open(in, &ro, &r, &d);
	if (rc == 0)
		rc = exch_out_fd(
		    STDOUT_FILENO, EXCH_OUT_PLAIN, "output", &out, &d);
	wo.upstream = r;
	if (rc == 0)
		rc = exch_writer_open(out, &wo, &w, &d);
	if (rc == 0)
		rc = copy(r, w, s->type, how, &d);
	if (rc == 0)
		rc = exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
	if (rc != 0)
		fprintf(stderr, "shorten: %s\n",
		    d.text[0] != '\0' ? d.text : exch_err_text(rc));
	exch_writer_free(w);
	exch_out_free(out);
	exch_reader_close(r);
	exch_in_close(in);
	return rc != 0;
}
