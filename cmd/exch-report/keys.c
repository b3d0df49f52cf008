/* Files that keep a secret (keys.h). */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "exch-report/keys.h"
#include "report/sign.h"

/* No key is larger. */
#define KEY_MOST ((size_t)64 << 10)

static int
refuse(struct exch_diag *d, const char *path, const char *why)
{
	return exch_diag_set(
	    d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0, "%s", why);
}

int
key_open(const char *path, int *fd, struct exch_diag *d)
{
	/* a pipe without a writer is refused, and not waited for */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd >= 0)
		return EXCH_OK;
	(void)exch_diag_sys(d, path, errno, "cannot open");
	if (d != NULL)
		d->code = EXCH_ERR_ABSENT;
	return EXCH_ERR_ABSENT;
}

static int
look_at(int fd, const char *path, size_t *size, struct exch_diag *d)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return exch_diag_sys(d, path, errno, "cannot look at");
	if (!S_ISREG(st.st_mode))
		return refuse(d, path, "a key stands in a regular file");
	if ((st.st_mode & 077) != 0)
		return refuse(d, path,
		    "others can read this key, or write it: chmod 600 makes "
		    "it yours, and a key that others had is to be replaced");
	if (st.st_size > (off_t)KEY_MOST)
		return refuse(d, path, "no key is as large as this file");
	*size = (size_t)st.st_size;
	return EXCH_OK;
}

int
key_read(const char *path, char **text, size_t *n, struct exch_diag *d)
{
	int fd;
	size_t size = 0;
	int err = key_open(path, &fd, d);

	*text = NULL;
	*n = 0;
	if (err != EXCH_OK)
		return err;
	err = look_at(fd, path, &size, d);
	if (err == EXCH_OK && (*text = exch_calloc(1, size + 1)) == NULL)
		err = exch_diag_set(
		    d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0, "out of memory");
	while (err == EXCH_OK && *n < size) {
		ssize_t got = read(fd, *text + *n, size - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err = exch_diag_sys(d, path, errno, "cannot read");
		if (got <= 0)
			break;
		*n += (size_t)got;
	}
	(void)close(fd); /* was only read */
	if (err != EXCH_OK) {
		key_forget(*text, *n);
		*text = NULL;
		*n = 0;
	}
	return err;
}

void
key_forget(char *text, size_t n)
{
	if (text != NULL)
		exch_sign_wipe(text, n);
	exch_free(text);
}
