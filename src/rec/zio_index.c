/*
 * The end of a compressed file (exch-stream(5), ON DISK): are the index and
 * the seek table there, and of the frames that are before them?
 *
 *	frame ... frame | 8 | 16 + 24 a frame | 8 | 8 a frame + 9 |
 *	                  index                 seek table
 */
#include <config.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
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

bool
exch_zio_has_index(int fd)
{
	unsigned char end[9], head[24];
	struct stat st;
	uint64_t size, n, table, index, sum;

	if (fstat(fd, &st) != 0 || st.st_size < 9 + 8 + 24)
		return false;
	size = (uint64_t)st.st_size;
	if (!read_at(fd, end, 9, size - 9) ||
	    exch_le32(end + 5) != EXCH_ZIO_SEEKABLE)
		return false;
	n = exch_le32(end);
	table = 8 * n + 9;
	index = EXCH_ZIO_ENTRY * n + 16;
	if (size < table + 8 + index + 8 ||
	    !read_at(fd, head, 8, size - table - 8) ||
	    !is_skippable(head, EXCH_ZIO_TABLE, table) ||
	    !read_at(fd, head, 24, size - table - 8 - index - 8))
		return false;
	return is_skippable(head, EXCH_ZIO_INDEX, index) &&
	       memcmp(head + 8, "XSTI", 4) == 0 && exch_le64(head + 16) == n &&
	       sum_frames(fd, size - table, n, &sum) &&
	       sum + index + 8 + table + 8 == size;
}
