/*
 * Files that appear under their names when they are whole, all of a set or
 * none, and never in the place of others:
 *
 *	exch_whole_new(dir, &w, d)
 *	exch_whole_begin(w, name, EXCH_OUT_BZIP2, d), exch_out_write(w->out, ..)
 *	...
 *	exch_whole_commit(w, d)
 *
 * Until then they have temporary names beside their own, which free() takes
 * away.  What is written by others into the directory meanwhile stays.
 */
#ifndef EXCH_REC_WHOLE_H
#define EXCH_REC_WHOLE_H

#include "rec/zio.h"

struct exch_whole {
	struct exch_out *out; /* of the file that was begun last, or NULL */
	char *dir;
	int fd;
	struct exch_whole_file *file;
	size_t n, cap;
};

/* EXCH_ERR_IO: it is no directory that can be written to. */
int exch_whole_new(
    const char *dir, struct exch_whole **out, struct exch_diag *d);
/*
 * End the file before, and begin one.  EXCH_ERR_EXISTS: there is one of this
 * name; EXCH_ERR_IO, EXCH_ERR_NOMEM, EXCH_ERR_NEED (no such compression).
 */
int exch_whole_begin(struct exch_whole *w, const char *name,
    enum exch_out_kind kind, struct exch_diag *d);
/* End the last one, and give all of them their names. */
int exch_whole_commit(struct exch_whole *w, struct exch_diag *d);
/* Those without a name are gone. */
void exch_whole_free(struct exch_whole *w);

#endif
