/*
 * An output file that a run has left unfinished, because it was killed or
 * stopped, and how the next run goes on in it.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "common/private.h"

int
exch_cli_left_open(
    const char *path, int *fd, struct exch_scan **s, struct exch_diag *d)
{
	int err;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (*fd < 0)
		return exch_diag_sys(d, path, errno, "cannot open");
	*s = exch_malloc(sizeof(**s));
	if (*s == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0, "out of memory");
	err = exch_scan_fd(*fd, path, *s, d);
	/* Nothing whole in it: it is begun anew. */
	if (err == 0 && (*s)->end.blocks == 0 && ftruncate(*fd, 0) != 0)
		err = exch_diag_sys(d, path, errno, "cannot cut");
	return err;
}

/*
 * A run that was stopped closes its last block early.  The block is made
 * again, so that the file is cut into blocks as if nothing had happened.
 */
const struct exch_stream_point *
exch_cli_left_point(const struct exch_scan *s)
{
	const struct exch_stream_point *p =
	    s->status == EXCH_STATUS_UNKNOWN ||
		    s->status == EXCH_STATUS_COMPLETE
		? &s->end
		: &s->last;

	return p->blocks != 0 ? p : NULL;
}

int
exch_cli_left_cut(int fd, const char *path, const struct exch_scan *s,
    const struct exch_stream_info *now, struct exch_diag *d)
{
	const struct exch_stream_point *p = exch_cli_left_point(s);
	const struct exch_stream_info *had = &s->info;

	if (p == NULL)
		return 0;
	if (memcmp(had->id, now->id, sizeof(now->id)) != 0 ||
	    had->position != 0 || had->date != now->date ||
	    had->start != now->start || had->source != now->source ||
	    strcmp(had->text, now->text) != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    "the file holds another stream than this run makes: "
		    "remove it, or name another");
	if (ftruncate(fd, (off_t)p->offset) != 0 || lseek(fd, 0, SEEK_END) < 0)
		return exch_diag_sys(d, path, errno, "cannot cut");
	return 0;
}
