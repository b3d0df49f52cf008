/*
 * Compressing segments that are closed.  It may be interrupted anywhere:
 * the compressed form has its name only when it is durable, and the plain
 * one goes after that.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "journal/journal.h"

struct names {
	char plain[4096];
	char temp[4096];
	char packed[4096];
};

static int
names_of(
    struct names *n, const char *dir, uint64_t position, struct exch_diag *d)
{
	int err = exch_journal_path(
	    n->plain, sizeof(n->plain), dir, position, ".xst", d);

	if (err == 0)
		err = exch_journal_path(
		    n->temp, sizeof(n->temp), dir, position, ".tmp", d);
	if (err == 0)
		err = exch_journal_path(
		    n->packed, sizeof(n->packed), dir, position, ".xst.zst", d);
	return err;
}

/* Copy record by record, so that frames begin at blocks. */
static int
copy(struct exch_in *in, struct exch_out *out, const volatile int *stop,
    struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = true};
	struct exch_stream_point at = {0};
	struct exch_writer_opts wo = {.checksum = true, .at = &at};
	const struct exch_rec *rec;
	struct exch_reader *r = NULL;
	struct exch_writer *w = NULL;
	int n, err = exch_reader_open(in, &ro, &r, d);

	if (err == 0) {
		wo.copy_of = exch_reader_info(r);
		at.position = wo.copy_of->position;
		err = exch_writer_open(out, &wo, &w, d);
	}
	while (err == 0 && (n = exch_reader_next(r, &rec, d)) != 0) {
		err = n < 0 ? n : *stop != 0 ? (int)EXCH_ERR_STOP : 0;
		if (err == 0)
			exch_writer_copy(w, rec, exch_reader_seq(r));
	}
	if (err == 0 && exch_reader_status(r) == EXCH_STATUS_UNKNOWN)
		err = EXCH_ERR_STOP; /* it is not closed: leave it alone */
	if (err == 0)
		err = exch_writer_close(w, exch_reader_status(r), d);
	exch_writer_free(w);
	exch_reader_close(r);
	return err;
}

static int
pack_part(const char *dir, uint64_t position, const volatile int *stop,
    struct exch_diag *d)
{
	struct exch_out *out = NULL;
	struct exch_in *in = NULL;
	struct names n;
	int from, to;
	int err = names_of(&n, dir, position, d);

	if (err == 0)
		err = exch_journal_open_part(dir, position, &in, &from, d);
	if (err != 0)
		return err;
	to = open(n.temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (to < 0)
		err = exch_diag_sys(d, n.temp, errno, "cannot create");
	if (err == 0)
		err = exch_out_fd(to, EXCH_OUT_ZSTD, n.temp, &out, d);
	if (err == 0)
		err = copy(in, out, stop, d);
	if (err == 0 && fsync(to) != 0)
		err = exch_diag_sys(d, n.temp, errno, "cannot write");
	if (err == 0 && rename(n.temp, n.packed) != 0)
		err = exch_diag_sys(d, n.packed, errno, "cannot rename");
	if (err == 0)
		err = exch_journal_sync_dir(dir, d);
	if (err == 0 && unlink(n.plain) != 0)
		err = exch_diag_sys(d, n.plain, errno, "cannot remove");
	if (err != 0 && to >= 0)
		(void)unlink(n.temp); /* best effort: something failed */
	if (to >= 0)
		(void)close(to); /* synced, or removed */
	exch_out_free(out);
	exch_in_close(in);
	return err;
}

int
exch_journal_pack(
    const char *dir, const volatile int *stop, struct exch_diag *d)
{
	struct exch_journal_list l;
	int err = exch_journal_list(dir, &l, d);

	for (size_t i = 0; err == 0 && i + 1 < l.n; i++)
		if (!l.part[i].packed)
			err = pack_part(dir, l.part[i].position, stop, d);
	exch_free(l.part);
	return err;
}
