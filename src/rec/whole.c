/* Files that appear when they are whole (whole.h). */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rec/whole.h"

struct exch_whole_file {
	char *path;
	char *temp; /* NULL: it has its name */
};

static int
nomem(const char *name, struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "out of memory");
}

int
exch_whole_new(const char *dir, struct exch_whole **out, struct exch_diag *d)
{
	struct stat st;
	struct exch_whole *w;

	if (stat(dir, &st) != 0)
		return exch_diag_sys(d, dir, errno, "cannot be written to");
	if (!S_ISDIR(st.st_mode))
		return exch_diag_sys(d, dir, ENOTDIR, "cannot be written to");
	w = exch_calloc(1, sizeof(*w));
	if (w == NULL)
		return nomem(dir, d);
	w->fd = -1;
	w->dir = exch_strdup(dir);
	if (w->dir == NULL) {
		exch_whole_free(w);
		return nomem(dir, d);
	}
	*out = w;
	return 0;
}

/* "dir/name"; or of a temporary one, "dir/.name.XXXXXX". */
static char *
join(const struct exch_whole *w, bool temp, const char *name)
{
	size_t n = strlen(w->dir) + strlen(name) + 16;
	char *p = exch_malloc(n);

	if (p != NULL)
		(void)snprintf(p, n, "%s/%s%s%s", w->dir, temp ? "." : "", name,
		    temp ? ".XXXXXX" : ""); /* measured above */
	return p;
}

static int
end_file(struct exch_whole *w, struct exch_diag *d)
{
	const char *name = w->n > 0 ? w->file[w->n - 1].path : w->dir;
	int err = 0;

	if (w->out != NULL)
		err = exch_out_finish(w->out, d);
	exch_out_free(w->out);
	w->out = NULL;
	if (err == 0 && w->fd >= 0) {
		int fd = w->fd;

		/* it shall be on the disk before it has its name */
		if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
			err = exch_diag_sys(d, name, errno, "cannot write");
		w->fd = -1;
		if (close(fd) != 0 && err == 0)
			err = exch_diag_sys(d, name, errno, "cannot write");
	}
	return err;
}

static int
open_temp(struct exch_whole *w, struct exch_whole_file *f, struct exch_diag *d)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	w->fd = mkostemp(f->temp, O_CLOEXEC);
	if (w->fd < 0) {
		int sys = errno;

		exch_free(f->temp);
		f->temp = NULL;
		return exch_diag_sys(d, f->path, sys, "cannot create");
	}
	/* a file that stays private is safe, if not what was meant */
	(void)fchmod(w->fd, 0666 & ~mask);
	return 0;
}

int
exch_whole_begin(struct exch_whole *w, const char *name,
    enum exch_out_kind kind, struct exch_diag *d)
{
	struct exch_whole_file *f;
	struct stat st;
	int err = end_file(w, d);

	if (err != 0)
		return err;
	if (!exch_room(&w->file, w->n, &w->cap, sizeof(*w->file)))
		return nomem(name, d);
	f = &w->file[w->n];
	*f = (struct exch_whole_file){
	    .path = join(w, false, name), .temp = join(w, true, name)};
	w->n++;
	if (f->path == NULL || f->temp == NULL) {
		exch_free(f->temp);
		f->temp = NULL;
		return nomem(name, d);
	}
	if (lstat(f->path, &st) == 0) {
		exch_free(f->temp);
		f->temp = NULL;
		return exch_diag_set(d, EXCH_ERR_EXISTS, f->path, EXCH_POS_NONE,
		    0, "there is such a file already, and it stays");
	}
	err = open_temp(w, f, d);
	if (err != 0)
		return err;
	return exch_out_fd(w->fd, kind, f->path, &w->out, d);
}

/* The file's own name, if nobody has taken it meanwhile. */
static int
give_name(struct exch_whole_file *f, struct exch_diag *d)
{
	int fd;

	if (link(f->temp, f->path) == 0) {
		(void)unlink(f->temp); /* the other name holds it */
		return 0;
	}
	if (errno == EPERM || errno == ENOTSUP || errno == ENOSYS) {
		/* no links here: take the name, then fill it */
		fd = open(
		    f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0) {
			(void)close(fd); /* nothing was written to it */
			if (rename(f->temp, f->path) == 0)
				return 0;
		}
	}
	if (errno == EEXIST)
		return exch_diag_set(d, EXCH_ERR_EXISTS, f->path, EXCH_POS_NONE,
		    0, "there is such a file already, and it stays");
	return exch_diag_sys(d, f->path, errno, "cannot rename");
}

int
exch_whole_commit(struct exch_whole *w, struct exch_diag *d)
{
	int err = end_file(w, d);

	for (size_t i = 0; err == 0 && i < w->n; i++) {
		err = give_name(&w->file[i], d);
		if (err == 0) {
			exch_free(w->file[i].temp);
			w->file[i].temp = NULL;
			continue;
		}
		/* all or none: those that have their names lose them */
		for (size_t j = 0; j < i; j++)
			(void)unlink(w->file[j].path); /* it was ours */
	}
	return err;
}

void
exch_whole_free(struct exch_whole *w)
{
	if (w == NULL)
		return;
	exch_out_free(w->out);
	if (w->fd >= 0)
		(void)close(w->fd); /* thrown away below */
	for (size_t i = 0; i < w->n; i++) {
		if (w->file[i].temp != NULL)
			(void)unlink(w->file[i].temp); /* best effort */
		exch_free(w->file[i].temp);
		exch_free(w->file[i].path);
	}
	exch_free(w->file);
	exch_free(w->dir);
	exch_free(w);
}
