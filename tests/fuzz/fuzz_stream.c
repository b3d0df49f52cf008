/*
 * The binary stream.  Checksums keep random changes from reaching the
 * records, so that the input is taken in two ways: as a stream, and, when
 * it begins with 'B', as bodies of blocks around which everything is right.
 */
#include <config.h>

#include "base/bytes.h"
#include "rec/frame.h"
#include "stream_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sources 1 to 6; the writer that checks is the seventh. */
#define SOURCES 6u

static size_t
put_block(
    unsigned char *p, struct exch_frame *f, const uint8_t *body, uint64_t first)
{
	for (unsigned i = 0; i < f->nseq; i++)
		exch_frame_put_entry(
		    p + EXCH_FRAME_HEAD + 16 * i, (uint8_t)(i + 1), first);
	memcpy(p + exch_frame_front(f), body, f->body);
	exch_frame_put(p, f);
	return exch_frame_front(f) + f->body;
}

/* How many records of a body count, as a reader would count them. */
static uint32_t
count(const uint8_t *p, size_t n)
{
	uint32_t records = 0;

	while (n >= 16) {
		size_t len = p[1] != 0 ? p[1] * 8u
			     : n >= 24 ? (size_t)exch_le64(p + 16)
				       : 0;

		if (len < 16 || len > n)
			break;
		records += !exch_rec_is_framing(p[0]);
		p += len;
		n -= len;
	}
	return records;
}

/* A header, two blocks cut out of the input, and no end. */
static void
bodies(const uint8_t *data, size_t size)
{
	struct exch_stream_info info = {.major = 1, .source = SOURCES};
	struct exch_frame f = {.kind = 'H'};
	unsigned char *p = malloc(size + 4096);
	unsigned char head[EXCH_HEAD_MAX];
	size_t at, half = (size / 2) & ~(size_t)7;

	if (p == NULL)
		return;
	f.body = (uint32_t)exch_head_put(head, &info);
	at = put_block(p, &f, head, 0);
	f.kind = 'D';
	f.nseq = SOURCES;
	f.body = (uint32_t)half;
	f.records = count(data, half);
	at += put_block(p + at, &f, data, 1);
	f.position = f.records;
	f.body = (uint32_t)((size - half) & ~(size_t)7);
	f.records = count(data + half, f.body);
	at += put_block(p + at, &f, data + half, UINT64_C(1) << 40);
	check_all(p, at);
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Longer inputs show nothing that short ones do not. */
	if (size > 100000)
		return 0;
	if (size > 0 && data[0] == 'B')
		bodies(data + 1, size - 1);
	else
		check_all(data, size);
	return 0;
}
