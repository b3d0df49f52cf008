/*
 * Snapshots: what a run was at one record of its journal, so that the next
 * run need not begin with the first.  A snapshot is a shortcut and never the
 * truth: one that is damaged, of another run or of another program is passed
 * over.
 *
 *	DIR/000004718592.img	zstd: head, image, end
 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/image.h"
#include "journal/journal.h"

#define HEAD 96u
#define END 16u
#define FORMAT 1u

static const char magic[8] = {'X', 'S', 'T', 'I', 'M', 'G', 0, 0};

/* A file that an image goes to or comes from. */
struct stream {
	struct exch_out *out;
	struct exch_in *in;
	uint64_t n;
	uint32_t crc;
	struct exch_diag *d;
};

static int
write_some(void *arg, void *p, size_t n)
{
	struct stream *s = arg;

	s->crc = exch_crc32c(s->crc, p, n);
	s->n += n;
	return exch_out_write(s->out, p, n, s->d);
}

/* All n bytes, or EXCH_ERR_CUT. */
static int
read_some(void *arg, void *p, size_t n)
{
	struct stream *s = arg;
	unsigned char *to = p;

	while (n > 0) {
		size_t got;
		int err = exch_in_read(s->in, to, n, &got, s->d);

		if (err != 0)
			return err;
		if (got == 0)
			return exch_diag_set(s->d, EXCH_ERR_CUT,
			    exch_in_name(s->in), EXCH_POS_BYTE,
			    exch_in_offset(s->in), "snapshot ends early");
		s->crc = exch_crc32c(s->crc, to, got);
		s->n += got;
		to += got;
		n -= got;
	}
	return 0;
}

/*
 * The head: magic 8, format u32, 0 u32, position u64, framing u64, output
 * u64, hash u64, run u8[32], zero, CRC of the 92 bytes before u32.
 */
static void
put_head(unsigned char *p, const struct exch_snapshot *s)
{
	memset(p, 0, HEAD);
	memcpy(p, magic, sizeof(magic));
	exch_put_le32(p + 8, FORMAT);
	exch_put_le64(p + 16, s->position);
	exch_put_le64(p + 24, s->framing);
	exch_put_le64(p + 32, s->output);
	exch_put_le64(p + 40, s->hash);
	memcpy(p + 48, s->run, sizeof(s->run));
	exch_put_le32(p + 92, exch_crc32c(0, p, 92));
}

static int
get_head(const unsigned char *p, const char *name, struct exch_snapshot *s,
    struct exch_diag *d)
{
	if (memcmp(p, magic, sizeof(magic)) != 0 ||
	    exch_crc32c(0, p, 92) != exch_le32(p + 92))
		return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_BYTE, 0,
		    "head of the snapshot is damaged");
	if (exch_le32(p + 8) != FORMAT)
		return exch_diag_set(d, EXCH_ERR_VERSION, name, EXCH_POS_BYTE,
		    8, "snapshot has format %u, this program knows %u",
		    (unsigned)exch_le32(p + 8), FORMAT);
	s->position = exch_le64(p + 16);
	s->framing = exch_le64(p + 24);
	s->output = exch_le64(p + 32);
	s->hash = exch_le64(p + 40);
	memcpy(s->run, p + 48, sizeof(s->run));
	return 0;
}

/* ---- writing ---- */

static int
write_file(int fd, const char *name, const struct exch_snapshot *s,
    int (*image)(void *arg, struct exch_image *im), void *arg,
    struct exch_diag *d)
{
	struct stream st = {.d = d};
	struct exch_image im = {.move = write_some, .arg = &st};
	unsigned char head[HEAD], end[END] = {0};
	int err = exch_out_fd(fd, EXCH_OUT_ZSTD, name, &st.out, d);

	if (err != 0)
		return err;
	put_head(head, s);
	err = write_some(&st, head, HEAD);
	if (err == 0)
		err = image(arg, &im);
	exch_put_le64(end, st.n);
	exch_put_le32(end + 8, st.crc);
	exch_put_le32(end + 12, exch_crc32c(0, end, 12));
	if (err == 0)
		err = exch_out_write(st.out, end, END, d);
	if (err == 0)
		err = exch_out_finish(st.out, d);
	if (err == 0 && fsync(fd) != 0)
		err = exch_diag_sys(d, name, errno, "cannot write");
	exch_out_free(st.out);
	return err;
}

int
exch_snapshot_write(const char *dir, const struct exch_snapshot *s,
    int (*image)(void *arg, struct exch_image *im), void *arg,
    struct exch_diag *d)
{
	char temp[4096], path[4096];
	int fd;
	int err = exch_journal_path(
	    temp, sizeof(temp), dir, s->position, ".img.tmp", d);

	if (err == 0)
		err = exch_journal_path(
		    path, sizeof(path), dir, s->position, ".img", d);
	if (err != 0)
		return err;
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return exch_diag_sys(d, temp, errno, "cannot create");
	err = write_file(fd, temp, s, image, arg, d);
	if (close(fd) != 0 && err == 0)
		err = exch_diag_sys(d, temp, errno, "cannot write");
	if (err == 0 && rename(temp, path) != 0)
		err = exch_diag_sys(d, path, errno, "cannot rename");
	if (err != 0)
		(void)unlink(temp); /* best effort: something failed */
	return err == 0 ? exch_journal_sync_dir(dir, d) : err;
}

/* ---- reading ---- */

static int
open_snapshot(const char *dir, uint64_t position, struct exch_in **in,
    struct exch_diag *d)
{
	char path[4096];
	int fd;
	int err =
	    exch_journal_path(path, sizeof(path), dir, position, ".img", d);

	if (err != 0)
		return err;
	err = exch_journal_open_file(path, O_RDONLY, &fd, d);
	if (err != 0)
		return err;
	err = exch_in_fd(fd, true, path, in, d);
	if (err != 0)
		(void)close(fd); /* was only read */
	return err;
}

/* The end behind n bytes whose CRC this is. */
static int
check_end(struct stream *st)
{
	uint64_t n = st->n;
	uint32_t crc = st->crc;
	unsigned char end[END + 1];
	size_t got = 0;
	int err = read_some(st, end, END);

	if (err == 0 && (exch_le64(end) != n || exch_le32(end + 8) != crc ||
			    exch_crc32c(0, end, 12) != exch_le32(end + 12)))
		err =
		    exch_diag_set(st->d, EXCH_ERR_FORMAT, exch_in_name(st->in),
			EXCH_POS_BYTE, n, "checksum of the snapshot is wrong");
	if (err == 0)
		err = exch_in_read(st->in, end, 1, &got, st->d);
	if (err == 0 && got != 0)
		err = exch_diag_set(st->d, EXCH_ERR_FORMAT,
		    exch_in_name(st->in), EXCH_POS_BYTE, n + END,
		    "bytes follow the end of the snapshot");
	return err;
}

/* Bytes from the head to before the end. */
static int
measure(struct stream *st, uint64_t *n)
{
	static const size_t chunk = (size_t)1 << 20;
	unsigned char *p = exch_malloc(chunk);
	size_t got = 1;
	int err = 0;

	if (p == NULL)
		return exch_diag_set(st->d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
		    0, "out of memory");
	for (*n = 0; err == 0 && got != 0; *n += got)
		err = exch_in_read(st->in, p, chunk, &got, st->d);
	exch_free(p);
	if (err == 0 && *n < HEAD + END)
		err = exch_diag_set(st->d, EXCH_ERR_CUT, exch_in_name(st->in),
		    EXCH_POS_BYTE, *n, "snapshot ends early");
	*n -= HEAD + END;
	return err;
}

int
exch_snapshot_head(const char *dir, uint64_t position, struct exch_snapshot *s,
    struct exch_diag *d)
{
	unsigned char head[HEAD];
	struct stream st = {.d = d};
	int err = open_snapshot(dir, position, &st.in, d);

	if (err == 0)
		err = read_some(&st, head, HEAD);
	if (err == 0)
		err = get_head(head, exch_in_name(st.in), s, d);
	if (err == 0 && s->position != position)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(st.in),
		    EXCH_POS_BYTE, 16, "snapshot of another position");
	exch_in_close(st.in);
	return err;
}

int
exch_snapshot_check(const char *dir, uint64_t position, struct exch_diag *d)
{
	struct exch_snapshot s;
	struct stream st = {.d = d};
	unsigned char some[4096];
	uint64_t n = 0;
	int err = exch_snapshot_head(dir, position, &s, d);

	if (err == 0)
		err = open_snapshot(dir, position, &st.in, d);
	if (err == 0)
		err = measure(&st, &n);
	exch_in_close(st.in);
	st = (struct stream){.d = d};
	if (err == 0)
		err = open_snapshot(dir, position, &st.in, d);
	for (n += HEAD; err == 0 && n > 0;) {
		size_t part = n < sizeof(some) ? (size_t)n : sizeof(some);

		err = read_some(&st, some, part);
		n -= part;
	}
	if (err == 0)
		err = check_end(&st);
	exch_in_close(st.in);
	return err;
}

int
exch_snapshot_read(const char *dir, uint64_t position,
    int (*image)(void *arg, struct exch_image *im), void *arg,
    struct exch_diag *d)
{
	unsigned char head[HEAD];
	struct stream st = {.d = d};
	struct exch_image im = {.reading = true, .move = read_some, .arg = &st};
	int err = open_snapshot(dir, position, &st.in, d);

	if (err == 0)
		err = read_some(&st, head, HEAD);
	if (err == 0)
		err = image(arg, &im);
	if (err == 0)
		err = check_end(&st);
	exch_in_close(st.in);
	return err;
}

/* ---- which there are ---- */

static int
newest_first(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x == *y ? 0 : *x < *y ? 1 : -1;
}

int
exch_snapshot_list(const char *dir, uint64_t position[EXCH_SNAPSHOTS],
    size_t *n, struct exch_diag *d)
{
	struct dirent *e;
	DIR *at = opendir(dir);
	int err = 0;

	*n = 0;
	if (at == NULL)
		return exch_diag_sys(d, dir, errno, "cannot open");
	while (errno = 0, (e = readdir(at)) != NULL) {
		size_t digits = strspn(e->d_name, "0123456789");

		if (digits < 12 || digits > 19 ||
		    (digits > 12 && e->d_name[0] == '0') ||
		    strcmp(e->d_name + digits, ".img") != 0)
			continue;
		/* More than a run leaves: the newest ones count. */
		if (*n == EXCH_SNAPSHOTS)
			qsort(
			    position, (*n)--, sizeof(*position), newest_first);
		position[(*n)++] = strtoull(e->d_name, NULL, 10);
	}
	if (errno != 0)
		err = exch_diag_sys(d, dir, errno, "cannot read");
	(void)closedir(at); /* was only read */
	qsort(position, *n, sizeof(*position), newest_first);
	return err;
}

static int
remove_one(const char *dir, uint64_t position, struct exch_diag *d)
{
	char path[4096];
	int err =
	    exch_journal_path(path, sizeof(path), dir, position, ".img", d);

	if (err == 0 && unlink(path) != 0 && errno != ENOENT)
		err = exch_diag_sys(d, path, errno, "cannot remove");
	return err;
}

int
exch_snapshot_prune(const char *dir, size_t keep, struct exch_diag *d)
{
	uint64_t position[EXCH_SNAPSHOTS];
	size_t n;
	int err = exch_snapshot_list(dir, position, &n, d);

	for (size_t i = keep; err == 0 && i < n; i++)
		err = remove_one(dir, position[i], d);
	return err;
}

int
exch_snapshot_forget(const char *dir, uint64_t from, struct exch_diag *d)
{
	uint64_t position[EXCH_SNAPSHOTS];
	bool any = false;
	size_t n;
	int err;

	do {
		err = exch_snapshot_list(dir, position, &n, d);
		for (size_t i = 0; err == 0 && i < n && position[i] > from;
		     i++) {
			err = remove_one(dir, position[i], d);
			any = true;
		}
	} while (err == 0 && n == EXCH_SNAPSHOTS && position[n - 1] > from);
	return err == 0 && any ? exch_journal_sync_dir(dir, d) : err;
}
