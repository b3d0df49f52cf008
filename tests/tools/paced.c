#include <config.h>

#include <stdlib.h>

#include "paced.h"
#include "rec/stream.h"
#include "undisturbed.h"

/* Records of a block. */
#define PORTION 64

uint64_t
paced_read(struct feed *f, const char *path)
{
	struct exch_writer_opts wo = {.checksum = true};
	const struct exch_rec *rec;
	struct exch_diag d = {0};
	struct exch_reader *r = NULL;
	struct exch_writer *w = NULL;
	struct exch_out *out = NULL;
	struct exch_in *in = NULL;
	uint64_t n = 0;
	size_t len;
	unsigned char *p = slurp(path, &len);

	if (exch_in_mem(p, len, path, &in, &d) != 0 ||
	    exch_reader_open(in, NULL, &r, &d) != 0 || exch_out_mem(&out) != 0)
		die(path);
	wo.copy_of = exch_reader_info(r);
	if (exch_writer_open(out, &wo, &w, &d) != 0)
		die(path);
	while (exch_reader_next(r, &rec, &d) > 0) {
		exch_writer_copy(w, rec, exch_reader_seq(r));
		if (++n % PORTION == 0)
			exch_writer_end_block(w, &d);
	}
	if (exch_writer_close(w, EXCH_STATUS_COMPLETE, &d) != 0)
		die(path);
	exch_writer_free(w);
	f->p = exch_out_mem_bytes(out, &f->n); /* kept */
	exch_reader_close(r);
	exch_in_close(in);
	free(p);
	return n;
}
