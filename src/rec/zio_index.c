/*
 * The end of a compressed file (exch-stream(5), ON DISK): are the index and
 * the seek table there, and of the frames that are before them?
 *
 *	frame ... frame | 8 | index | 8 | 8 a frame + 9 |
 *	                  skippable       seek table
 */
#include <config.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "rec/seek.h"
#include "rec/zio.h"
#include "rec/zio_disk.h"

static bool
read_at(int fd, void *p, size_t n, uint64_t at)
{
	return pread(fd, p, n, (off_t)at) == (ssize_t)n;
}

/* The bytes of n frames, by the table, of which the rows are at `at`. */
static bool
sum_frames(int fd, uint64_t at, uint64_t n, uint64_t *sum)
{
	unsigned char row[512 * 8];

	*sum = 0;
	while (n > 0) {
		size_t k = n < 512 ? (size_t)n : 512;

		if (!read_at(fd, row, k * 8, at))
			return false;
		for (size_t i = 0; i < k; i++)
			*sum += exch_le32(row + 8 * i);
		at += k * 8;
		n -= k;
	}
	return true;
}

static bool
is_skippable(const unsigned char *p, uint32_t magic, uint64_t size)
{
	return exch_le32(p) == magic && exch_le32(p + 4) == size;
}

/* Where the index should be, and how many bytes; of how many frames. */
struct place {
	uint64_t at;
	uint64_t n;
	uint64_t frames;
};

static bool
find(int fd, struct place *p)
{
	unsigned char end[9], head[8];
	struct stat st;
	uint64_t size, table, sum;

	if (fstat(fd, &st) != 0 || st.st_size < 9 + 8)
		return false;
	size = (uint64_t)st.st_size;
	if (!read_at(fd, end, 9, size - 9) ||
	    exch_le32(end + 5) != EXCH_ZIO_SEEKABLE)
		return false;
	p->frames = exch_le32(end);
	table = 8 * p->frames + 9;
	if (size < table + 8 || !read_at(fd, head, 8, size - table - 8) ||
	    !is_skippable(head, EXCH_ZIO_TABLE, table) ||
	    !sum_frames(fd, size - table, p->frames, &sum) ||
	    size - table - 8 < sum + 8 || !read_at(fd, head, 8, sum))
		return false;
	p->at = sum + 8;
	p->n = size - table - 8 - p->at;
	return is_skippable(head, EXCH_ZIO_INDEX, p->n);
}

/* Of the first version, which had an entry of 24 bytes for each frame. */
static bool
is_first(const unsigned char *p, size_t n, uint64_t frames)
{
	return n == 16 + 24 * frames && memcmp(p, "XSTI", 4) == 0 &&
	       exch_le16(p + 4) == 1 && exch_le64(p + 8) == frames;
}

int
exch_zio_index(
    int fd, const char *name, struct exch_buf *index, struct exch_diag *d)
{
	struct place p;
	char *to;

	if (!find(fd, &p))
		return EXCH_ERR_ABSENT;
	to = exch_buf_room(index, (size_t)p.n);
	if (to == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
		    "out of memory for the index");
	if (!read_at(fd, to, (size_t)p.n, p.at))
		return exch_diag_set(d, EXCH_ERR_CUT, name, EXCH_POS_BYTE, p.at,
		    "the index cannot be read");
	index->len = (size_t)p.n;
	return 0;
}

bool
exch_zio_has_index(int fd)
{
	struct exch_buf b = {0};
	struct exch_seek *s = NULL;
	struct exch_seek_of of;
	struct place p;
	bool has = exch_zio_index(fd, NULL, &b, NULL) == 0 && find(fd, &p);
	const unsigned char *bytes = (const void *)b.p;

	if (has && !is_first(bytes, b.len, p.frames))
		has = exch_seek_decode(bytes, b.len, &of, &s, NULL) == 0 &&
		      exch_seek_rows(s) == p.frames;
	exch_seek_free(s);
	exch_buf_free(&b);
	return has;
}
