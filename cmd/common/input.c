/*
 * Opening what the user names: operands, small files, time zones.  What is
 * inside is found out by the readers.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "common/cli.h"
#include "common/private.h"

#define ZONEINFO "/usr/share/zoneinfo/"
/* Small files are read whole; more than this is a mistake. */
#define SLURP_MAX ((size_t)64 << 20)

void
exch_cli_widen_pipe(int fd)
{
	/* Refused beyond the user's quota, and for what is no pipe. */
	(void)fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

/* A file that cannot be opened is unusable input, not a system failure. */
static int
refuse(struct exch_diag *d, const char *name, int sys)
{
	exch_diag_sys(d, name, sys, "cannot open");
	if (sys == EMFILE || sys == ENFILE || sys == ENOMEM)
		return EXCH_ERR_IO;
	if (d != NULL)
		d->code = EXCH_ERR_ABSENT;
	return EXCH_ERR_ABSENT;
}

static int
open_file(const char *path, int *fd, struct exch_diag *d)
{
	struct stat st;

	do {
		*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (*fd < 0 && errno == EINTR && exch_cli_signal == 0);
	if (*fd < 0)
		return refuse(d, path, errno);
	if (fstat(*fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		(void)close(*fd); /* nothing was read */
		return refuse(d, path, EISDIR);
	}
	return 0;
}

/* A history is recognised by the first bytes of its file, as all input. */
static bool
is_history(int fd)
{
	static const char magic[] = "SQLite format 3";
	char p[sizeof(magic)];

	return pread(fd, p, sizeof(p), 0) == (ssize_t)sizeof(p) &&
	       memcmp(p, magic, sizeof(p)) == 0;
}

/* A tool that waits for input and does nothing else ends at once, too. */
static int
on_wait(void *arg, struct exch_diag *d)
{
	(void)arg;
	(void)d;
	return exch_cli_signal != 0 ? EXCH_ERR_STOP : 0;
}

int
exch_cli_open(struct exch_cli *c, const char *operand, struct exch_in **in,
    struct exch_diag *d)
{
	bool standard = operand == NULL || strcmp(operand, "-") == 0;
	const char *name = standard ? "standard input" : operand;
	int fd = STDIN_FILENO;
	int err;

	if (standard && c->took_stdin)
		return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
		    "it is read once, and stands there twice: name a file "
		    "instead");
	c->took_stdin |= standard;
	if (!standard) {
		err = open_file(operand, &fd, d);
		if (err != 0)
			return err;
		exch_cli_reads(c, operand);
	}
	if (!standard && c->history != NULL && is_history(fd)) {
		(void)close(fd); /* nothing was read */
		return c->history(operand, c->stream, in, d);
	}
	if (isatty(fd)) {
		err = exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
		    "input is a terminal: name a file or pipe data in");
		if (!standard)
			(void)close(fd); /* nothing was read */
		return err;
	}
	exch_cli_widen_pipe(fd);
	/* Advice; pipes refuse it. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	err = exch_in_fd(fd, !standard, name, in, d);
	if (err == 0)
		exch_in_on_wait(*in, on_wait, NULL);
	else if (!standard)
		(void)close(fd); /* the first failure is what counts */
	return err;
}

/* Read to the end into *bytes, which has one byte more. */
static int
read_all(int fd, const char *path, char **bytes, size_t *n, struct exch_diag *d)
{
	size_t cap = 16384;
	size_t len = 0;
	char *p = NULL;

	for (;;) {
		char *more = exch_realloc(p, cap + 1, 1);
		ssize_t k;

		if (more == NULL) {
			exch_free(p);
			return exch_diag_set(d, EXCH_ERR_NOMEM, path,
			    EXCH_POS_NONE, 0, "out of memory");
		}
		p = more;
		while (len < cap && (k = read(fd, p + len, cap - len)) != 0) {
			if (k < 0 && errno == EINTR && exch_cli_signal == 0)
				continue;
			if (k < 0) {
				exch_free(p);
				return exch_diag_sys(
				    d, path, errno, "cannot read");
			}
			len += (size_t)k;
		}
		if (len < cap)
			break;
		if (cap >= SLURP_MAX) {
			exch_free(p);
			return exch_diag_set(d, EXCH_ERR_LIMIT, path,
			    EXCH_POS_NONE, 0, "file is larger than 64 MiB");
		}
		cap *= 2;
	}
	p[len] = '\0';
	*bytes = p;
	*n = len;
	return 0;
}

int
exch_cli_slurp(const char *path, char **bytes, size_t *n, struct exch_diag *d)
{
	int fd;
	int err = open_file(path, &fd, d);

	if (err != 0)
		return err;
	err = read_all(fd, path, bytes, n, d);
	(void)close(fd); /* was only read */
	return err;
}

/* A name of the database: it must not lead out of it. */
static bool
zone_name_ok(const char *name)
{
	return name[0] != '\0' && name[0] != '/' && name[0] != '.' &&
	       strstr(name, "..") == NULL && strlen(name) < 100;
}

static int
no_zone(const char *name, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "no time zone '%s': names are those of the tz database, such as "
	    "Asia/Shanghai (package tzdata), or +08:00, or UTC",
	    name);
}

int
exch_cli_zone(const char *name, struct exch_tz **tz, struct exch_diag *d)
{
	char path[sizeof(ZONEINFO) + 100];
	struct exch_diag inner = {0};
	int seconds = 0;
	char *bytes = NULL;
	size_t n = 0;
	int err;

	if (strcmp(name, "UTC") == 0 ||
	    exch_tz_offset_parse(name, &seconds) == 0) {
		err = exch_tz_fixed(seconds, tz);
		return err == 0 ? 0
				: exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
				      "no memory for time zone '%s'", name);
	}
	if (!zone_name_ok(name))
		return no_zone(name, d);
	(void)snprintf(path, sizeof(path), ZONEINFO "%s", name); /* fits */
	if (exch_cli_slurp(path, &bytes, &n, &inner) != 0) {
		if (inner.code == EXCH_ERR_ABSENT)
			return no_zone(name, d);
		if (d != NULL && d->code == EXCH_OK)
			*d = inner;
		return inner.code;
	}
	err = exch_tz_parse(bytes, n, path, tz, d);
	exch_free(bytes);
	return err;
}
