/*
 * The index of a stream in a file of its own, beside that of the stream.
 *
 * What it is of is known by two things that are cheap to look at: the size of
 * the file, and a digest of its last blocks.  The end block has a checksum
 * over the headers of all blocks, and each of them one over its body: another
 * stream has another end.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "rec/each.h"
#include "rec/seek.h"

/* The longest block, and some more, so that not every one is moved. */
#define BLOCK_CAP (EXCH_FRAME_FRONT_MAX + EXCH_BLOCK_MAX)
#define BUF_CAP (4 * BLOCK_CAP)
/* Of a day of a hundred billion records. */
#define INDEX_MAX ((uint64_t)1 << 30)

/* n bytes from `at` on: EXCH_ERR_CUT when there are fewer. */
static int
read_at(int fd, const char *name, void *p, size_t n, uint64_t at,
    struct exch_diag *d)
{
	unsigned char *to = p;

	while (n > 0) {
		ssize_t k = pread(fd, to, n, (off_t)at);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return exch_diag_sys(d, name, errno, "cannot read");
		if (k == 0)
			return exch_diag_set(d, EXCH_ERR_CUT, name,
			    EXCH_POS_BYTE, at, "it ends early");
		to += k;
		at += (uint64_t)k;
		n -= (size_t)k;
	}
	return 0;
}

/* What tells a file from others: its size is known, and where its tail is. */
static int
digest_tail(
    int fd, const char *name, struct exch_seek_of *of, struct exch_diag *d)
{
	unsigned char p[8192];
	struct exch_sha256 sha;
	int err = 0;

	exch_sha256_init(&sha);
	for (uint64_t at = of->tail; at < of->size && err == 0;) {
		size_t n = of->size - at < sizeof(p) ? (size_t)(of->size - at)
						     : sizeof(p);

		err = read_at(fd, name, p, n, at, d);
		exch_sha256_add(&sha, p, n);
		at += n;
	}
	exch_sha256_end(&sha, of->digest);
	return err;
}

/* ---- making ---- */

struct make {
	struct exch_in *in;
	struct exch_seek *s;
	unsigned char *buf;
	size_t at, have;   /* not taken yet */
	uint64_t offset;   /* of buf[at] in the file */
	uint64_t row_from; /* where the last row begins */
	bool eof;
};

static int
bad(const struct make *m, enum exch_err code, const char *why,
    struct exch_diag *d)
{
	return exch_diag_set(
	    d, code, exch_in_name(m->in), EXCH_POS_BYTE, m->offset, "%s", why);
}

static int
more(struct make *m, struct exch_diag *d)
{
	int err = 0;

	memmove(m->buf, m->buf + m->at, m->have - m->at);
	m->have -= m->at;
	m->at = 0;
	while (err == 0 && !m->eof && m->have < BUF_CAP) {
		size_t got;

		err = exch_in_read(
		    m->in, m->buf + m->have, BUF_CAP - m->have, &got, d);
		m->have += got;
		m->eof = err == 0 && got == 0;
	}
	return err;
}

/* One block, of which all bytes are there. */
static int
take_block(struct make *m, struct exch_diag *d)
{
	const unsigned char *p = m->buf + m->at;
	const char *why;
	struct exch_frame f;
	long len = exch_each_block(p, m->have - m->at, &f, &why);
	int err;

	if (len == 0)
		return bad(
		    m, EXCH_ERR_CUT, "stream ends without its end block", d);
	if (len < 0)
		return bad(m, EXCH_ERR_FORMAT, why, d);
	if (m->offset == 0 ||
	    (f.kind == 'D' && m->offset - m->row_from >= EXCH_SEEK_EVERY)) {
		exch_seek_row(m->s, m->offset);
		m->row_from = m->offset;
	}
	err = exch_seek_block(m->s, p, (size_t)len, &why);
	if (err != 0)
		return bad(m, (enum exch_err)err,
		    err == EXCH_ERR_NOMEM ? "out of memory for the index" : why,
		    d);
	m->at += (size_t)len;
	m->offset += (uint64_t)len;
	return 0;
}

static int
take_all(struct make *m, struct exch_diag *d)
{
	uint64_t at;
	int err = more(m, d);

	if (err == 0 && (exch_in_file(m->in, 0, &at) < 0 || m->have < 4 ||
			    memcmp(m->buf, "XST", 3) != 0))
		return bad(m, EXCH_ERR_FORMAT,
		    "not a plain record stream: those that are compressed "
		    "(exch-replay -z) have their index inside",
		    d);
	while (err == 0 && m->at < m->have) {
		err = take_block(m, d);
		if (err == 0 && m->have - m->at < BLOCK_CAP && !m->eof)
			err = more(m, d);
	}
	if (err == 0 && !exch_seek_whole(m->s))
		err = bad(
		    m, EXCH_ERR_CUT, "stream ends without its end block", d);
	return err;
}

int
exch_seek_make(struct exch_in *in, struct exch_seek **out,
    struct exch_seek_of *of, struct exch_diag *d)
{
	struct make m = {.in = in};
	int fd = exch_in_seekable(in);
	int err;

	if (fd < 0)
		return bad(&m, EXCH_ERR_NEED,
		    "only a file has an index, and this is none", d);
	m.s = exch_seek_new();
	m.buf = exch_malloc(BUF_CAP);
	err = m.s == NULL || m.buf == NULL
		  ? bad(&m, EXCH_ERR_NOMEM, "out of memory for the index", d)
		  : take_all(&m, d);
	exch_free(m.buf);
	if (err == 0) {
		of->size = m.offset;
		of->tail = exch_seek_tail(m.s);
		err = digest_tail(fd, exch_in_name(in), of, d);
	}
	if (err != 0) {
		exch_seek_free(m.s);
		return err;
	}
	*out = m.s;
	return 0;
}

/* ---- finding ---- */

/* All of a small file; *bytes is freed with exch_free. */
static int
read_index(int fd, const char *path, unsigned char **bytes, size_t *n,
    struct exch_diag *d)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return exch_diag_sys(d, path, errno, "cannot read");
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > INDEX_MAX)
		return exch_diag_set(d, EXCH_ERR_FORMAT, path, EXCH_POS_NONE, 0,
		    "this is not an index");
	*n = (size_t)st.st_size;
	*bytes = exch_malloc(*n + 1);
	if (*bytes == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0,
		    "out of memory for the index");
	err = read_at(fd, path, *bytes, *n, 0, d);
	if (err != 0)
		exch_free(*bytes);
	return err;
}

/*
 * What an index says of places is believed.  So it has to be by somebody who
 * could as well have changed the stream, or whoever reads it.
 */
static int
is_trusted(int fd, int file, const char *path, struct exch_diag *d)
{
	struct stat index, stream;

	if (fstat(fd, &index) != 0 || fstat(file, &stream) != 0)
		return exch_diag_sys(d, path, errno, "cannot read");
	if (index.st_uid == stream.st_uid || index.st_uid == geteuid() ||
	    index.st_uid == 0)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
	    "the index is another user's");
}

static int
is_of(int fd, const char *name, const struct exch_seek_of *of,
    struct exch_diag *d)
{
	struct exch_seek_of now = {.tail = of->tail};
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return exch_diag_sys(d, name, errno, "cannot read");
	now.size = (uint64_t)st.st_size;
	if (now.size == of->size && of->tail < of->size) {
		err = digest_tail(fd, name, &now, d);
		if (err != 0)
			return err;
		if (memcmp(now.digest, of->digest, sizeof(now.digest)) == 0)
			return 0;
	}
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "the index is of another file, or of this one before it was "
	    "changed");
}

/* Beside a plain file. */
static int
find_beside(int file, const char *name, const char *path,
    struct exch_seek **out, struct exch_diag *d)
{
	struct exch_seek_of of;
	unsigned char *bytes = NULL;
	size_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int err;

	if (fd < 0)
		return errno == ENOENT
			   ? 0
			   : exch_diag_sys(d, path, errno, "cannot open");
	err = is_trusted(fd, file, path, d);
	if (err == 0)
		err = read_index(fd, path, &bytes, &n, d);
	(void)close(fd); /* it was only read */
	if (err != 0)
		return err;
	err = exch_seek_decode(bytes, n, &of, out, d);
	exch_free(bytes);
	return err == 0 ? is_of(file, name, &of, d) : err;
}

/* In a compressed one.  None, and an old one, are the same: nothing to tell. */
static int
find_inside(
    int file, const char *name, struct exch_seek **out, struct exch_diag *d)
{
	struct exch_buf b = {0};
	struct exch_seek_of of;
	struct exch_diag own = {0};
	int err = exch_zio_index(file, name, &b, &own);

	if (err == 0)
		err =
		    exch_seek_decode((const void *)b.p, b.len, &of, out, &own);
	exch_buf_free(&b);
	if (err == EXCH_ERR_ABSENT)
		return 0;
	if (err != 0 && d != NULL)
		*d = own;
	return err;
}

int
exch_seek_find(struct exch_in *in, const char *path, struct exch_seek **out,
    struct exch_diag *d)
{
	uint64_t at;
	int file = exch_in_seekable(in);
	int err;

	*out = NULL;
	if (file < 0)
		return 0;
	err = exch_in_file(in, 0, &at) < 0
		  ? find_inside(file, exch_in_name(in), out, d)
		  : find_beside(file, exch_in_name(in), path, out, d);
	if (err == 0)
		return 0;
	exch_seek_free(*out);
	*out = NULL;
	return err;
}
