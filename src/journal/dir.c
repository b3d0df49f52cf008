/*
 * The directory of a journal: names of segments, their list, the lock, and
 * that new names survive a loss of power.
 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "journal/journal.h"

#define DIGITS 12

int
exch_journal_path(char *out, size_t size, const char *dir, uint64_t position,
    const char *end, struct exch_diag *d)
{
	int n = snprintf(
	    out, size, "%s/%0*" PRIu64 "%s", dir, DIGITS, position, end);

	if (n > 0 && (size_t)n < size)
		return 0;
	return exch_diag_set(d, EXCH_ERR_LIMIT, dir, EXCH_POS_NONE, 0,
	    "name of the directory is too long");
}

/* "000000000000.xst" or with ".zst": which part it is. */
static bool
is_part(const char *name, struct exch_journal_part *p)
{
	size_t n = strspn(name, "0123456789");

	/* As exch_journal_path() writes it, and in no other way. */
	if (n < DIGITS || n > 19 || (n > DIGITS && name[0] == '0'))
		return false;
	p->position = strtoull(name, NULL, 10); /* fits: 19 digits */
	p->packed = strcmp(name + n, ".xst.zst") == 0;
	return p->packed || strcmp(name + n, ".xst") == 0;
}

static int
by_position(const void *a, const void *b)
{
	const struct exch_journal_part *x = a, *y = b;

	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (int)x->packed - (int)y->packed;
}

/* A segment that is there in both forms counts once, as the plain one. */
static void
tidy(struct exch_journal_list *l)
{
	size_t n = 0;

	if (l->n > 0)
		qsort(l->part, l->n, sizeof(*l->part), by_position);
	for (size_t i = 0; i < l->n; i++)
		if (n == 0 || l->part[n - 1].position != l->part[i].position)
			l->part[n++] = l->part[i];
	l->n = n;
}

int
exch_journal_list(
    const char *dir, struct exch_journal_list *l, struct exch_diag *d)
{
	struct exch_journal_part p;
	struct dirent *e;
	size_t cap = 0;
	DIR *at = opendir(dir);
	int err = 0;

	memset(l, 0, sizeof(*l));
	if (at == NULL) {
		int sys = errno;

		bool absent = sys == ENOENT || sys == ENOTDIR;

		(void)exch_diag_sys(d, dir, sys, "cannot open");
		if (absent && d != NULL)
			d->code = EXCH_ERR_ABSENT;
		return absent ? EXCH_ERR_ABSENT : EXCH_ERR_IO;
	}
	while (err == 0 && (errno = 0, e = readdir(at)) != NULL) {
		if (!is_part(e->d_name, &p))
			continue;
		if (!exch_room(&l->part, l->n, &cap, sizeof(p))) {
			err = exch_diag_set(d, EXCH_ERR_NOMEM, dir,
			    EXCH_POS_NONE, 0, "out of memory");
			break;
		}
		l->part[l->n++] = p;
	}
	/* A list that is cut short would be a journal that ends earlier. */
	if (err == 0 && errno != 0)
		err = exch_diag_sys(d, dir, errno, "cannot read");
	(void)closedir(at); /* was only read */
	tidy(l);
	if (err != 0) {
		exch_free(l->part);
		memset(l, 0, sizeof(*l));
	}
	return err;
}

int
exch_journal_open_file(
    const char *path, int flags, int *fd, struct exch_diag *d)
{
	struct stat st;
	int err = 0;

	/* A pipe in its place would have us wait for its other end. */
	*fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &st) != 0)
		err = exch_diag_sys(d, path, errno, "cannot open");
	else if (!S_ISREG(st.st_mode))
		err = exch_diag_set(d, EXCH_ERR_FORMAT, path, EXCH_POS_NONE, 0,
		    "not a regular file");
	if (err != 0 && *fd >= 0)
		(void)close(*fd); /* nothing was written */
	return err;
}

int
exch_journal_open_part(const char *dir, uint64_t position, struct exch_in **in,
    int *fd, struct exch_diag *d)
{
	static const char *const ends[] = {".xst", ".xst.zst"};
	struct exch_diag own = {0};
	char path[4096];
	int err = 0;

	/* Compressing takes the plain one away: the other is there before. */
	for (size_t i = 0; i < EXCH_ARRAY_LEN(ends); i++) {
		err = exch_journal_path(
		    path, sizeof(path), dir, position, ends[i], d);
		if (err != 0)
			return err;
		err = exch_journal_open_file(path, O_RDONLY, fd, &own);
		if (err == 0 || own.sys != ENOENT)
			break;
		if (i == 0)
			exch_diag_clear(&own);
	}
	if (err != 0) {
		if (d != NULL)
			*d = own;
		return err;
	}
	(void)posix_fadvise(*fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice */
	err = exch_in_fd(*fd, true, path, in, d);
	if (err != 0)
		(void)close(*fd); /* the first failure is what counts */
	return err;
}

bool
exch_journal_is_plain(int fd)
{
	unsigned char p[4];
	ssize_t n;

	do {
		n = pread(fd, p, sizeof(p), 0);
	} while (n < 0 && errno == EINTR);
	return n < (ssize_t)sizeof(p) || memcmp(p, "XST1", sizeof(p)) == 0;
}

int
exch_journal_sync_dir(const char *dir, struct exch_diag *d)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = -1, err = 0;

	while (fd >= 0 && (n = fsync(fd)) != 0 && errno == EINTR)
		;
	/* File systems that cannot do it refuse with EINVAL. */
	if (n != 0 && errno != EINVAL)
		err = exch_diag_sys(d, dir, errno, "cannot make it durable");
	if (fd >= 0)
		(void)close(fd); /* was only read */
	return err;
}

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && strcmp(name + n - k, end) == 0;
}

int
exch_journal_tidy(const char *dir, struct exch_diag *d)
{
	struct dirent *e;
	char path[4096];
	DIR *at = opendir(dir);

	if (at == NULL)
		return exch_diag_sys(d, dir, errno, "cannot open");
	while ((e = readdir(at)) != NULL)
		if (strcmp(e->d_name, ".next") == 0 ||
		    (ends_in(e->d_name, ".tmp") &&
			strspn(e->d_name, "0123456789") >= DIGITS))
			if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir,
				e->d_name) < sizeof(path))
				(void)unlink(path); /* it is in nobody's way */
	(void)closedir(at);			    /* was only read */
	return 0;
}

/* ---- the lock ---- */

static void
lock_path(char *out, size_t size, const char *dir)
{
	(void)snprintf(out, size, "%s/lock", dir); /* cut: it will not open */
}

/*
 * A lock of the process and not of the descriptor: a child that compresses
 * must not keep it when its parent is killed.
 */
int
exch_journal_lock_open(const char *dir, int *fd, struct exch_diag *d)
{
	char path[4096];

	lock_path(path, sizeof(path), dir);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	return *fd >= 0 ? 0 : exch_diag_sys(d, path, errno, "cannot open");
}

int
exch_journal_lock_try(const char *dir, int fd, struct exch_diag *d)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_SETLK, &l) == 0)
		return 1;
	if (errno == EACCES || errno == EAGAIN)
		return 0;
	return exch_diag_sys(d, dir, errno, "cannot lock");
}

int
exch_journal_lock(const char *dir, int *fd, struct exch_diag *d)
{
	int err = exch_journal_lock_open(dir, fd, d);
	int n;

	if (err != 0)
		return err;
	n = exch_journal_lock_try(dir, *fd, d);
	if (n > 0)
		return 0;
	(void)close(*fd); /* nothing was written */
	*fd = -1;
	if (n < 0)
		return n;
	return exch_diag_set(d, EXCH_ERR_IO, dir, EXCH_POS_NONE, 0,
	    "the journal is in use: process %ld writes it",
	    exch_journal_holder(dir));
}

long
exch_journal_holder(const char *dir)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[4096];
	long pid = 0;
	int fd;

	lock_path(path, sizeof(path), dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fcntl(fd, F_GETLK, &l) == 0 && l.l_type != F_UNLCK)
		pid = (long)l.l_pid;
	(void)close(fd); /* was only asked */
	return pid;
}
