/*
 * Fuzz target: the index of a stream.  Whatever its bytes are, it is refused or
 * can be used: places are ever farther on, and what was read and is written
 * again is the same bytes.  Its checksums are put right first, as without that
 * nothing behind them would ever be looked at.
 */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/seek.h"

#define HEAD 80u
#define ROW 48u
#define SOURCES_AT 45u
#define SOURCE 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
seal(unsigned char *p, size_t n)
{
	exch_put_le64(p + 16, n - HEAD);
	exch_put_le32(p + 72, exch_crc32c(0, p + HEAD, n - HEAD));
	exch_put_le32(p + 76, exch_crc32c(0, p, 76));
}

/* A reader that stands at the place of each row in turn. */
static void
walk(struct exch_seek *s, const unsigned char *p, size_t n, exch_ts from)
{
	struct exch_stream_point to;
	uint64_t raw, reached = 0;
	size_t at = HEAD;

	while (at < n) {
		uint64_t offset = exch_le64(p + at);

		if (offset >= reached &&
		    exch_seek_skip(s, offset, from, &to, &raw)) {
			if (to.offset <= offset)
				abort();
			reached = to.offset;
		}
		at += ROW + SOURCE * p[at + SOURCES_AT];
	}
	if (at != n)
		abort();
}

static void
again(const struct exch_seek *s, const struct exch_seek_of *of,
    const unsigned char *p, size_t n)
{
	struct exch_buf b = {0};

	exch_seek_encode(s, of, &b);
	if (b.failed || b.len != n || memcmp(b.p, p, n) != 0)
		abort();
	exch_buf_free(&b);
}

static void
use(const unsigned char *p, size_t n)
{
	static const exch_ts from[] = {0, 1, UINT64_C(1) << 60, UINT64_MAX};
	struct exch_seek_of of;
	struct exch_seek *s;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(from); i++) {
		if (exch_seek_decode(p, n, &of, &s, NULL) != 0)
			return;
		if (i == 0)
			again(s, &of, p, n);
		walk(s, p, n, from[i]);
		exch_seek_free(s);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *p;

	use(data, size);
	if (size < HEAD)
		return 0;
	p = malloc(size);
	if (p == NULL)
		abort();
	memcpy(p, data, size);
	seal(p, size);
	use(p, size);
	free(p);
	return 0;
}
