/*
 * Fuzz target: what comes over a link of journals, and the file of a lease.
 * Frame by frame as a primary and a standby take them; what is good gives the
 * same bytes when it is put again.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "journal/lease.h"
#include "rec/each.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
block(const unsigned char *p, size_t n)
{
	const struct exch_rec *rec;
	struct exch_frame f;
	struct exch_each e;
	uint64_t next[256] = {0}, seq;
	const char *why;

	if (exch_each_block(p, n, &f, &why) != (long)n || f.kind != 'D' ||
	    exch_each_begin(&e, p, &f, next) != NULL)
		return;
	while (exch_each_next(&e, &rec, &seq, &why) > 0)
		;
}

static void
same(const void *a, const void *b, size_t n)
{
	if (memcmp(a, b, n) != 0)
		abort();
}

static void
payload(const struct exch_link_frame *f)
{
	unsigned char p[EXCH_LINK_CHECK_SIZE];
	struct exch_stream_info info;
	struct exch_link_welcome w;
	struct exch_link_hello h;
	struct exch_link_check c;
	struct exch_frame head;
	const char *why;
	uint64_t at;

	(void)exch_link_get_hello(f, &h);
	(void)exch_link_get_position(f, &at);
	if (exch_link_get_check(f, &c)) {
		exch_link_put_check(p, &c);
		same(p, f->p, sizeof(p));
	}
	if (exch_link_get_welcome(f, &w) &&
	    exch_each_block(w.header, w.nheader, &head, &why) ==
		(long)w.nheader &&
	    head.kind == 'H')
		(void)exch_head_get(
		    (const unsigned char *)w.header + exch_frame_front(&head),
		    head.body, &info, "link", NULL);
	if (f->kind == EXCH_LINK_BLOCK)
		block(f->p, f->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char p[EXCH_LEASE_SIZE], head[EXCH_LINK_HEAD];
	struct exch_lease_state s;
	struct exch_link_frame f;
	const char *why;
	size_t at = 0;
	long n;

	if (exch_lease_get(data, size, &s) == NULL) {
		exch_lease_put(p, &s);
		if (exch_lease_get(p, sizeof(p), &s) != NULL)
			abort();
	}
	/* Records are read where they lie: as in the buffer of a link. */
	unsigned char *copy = aligned_alloc(8, (size + 8) & ~(size_t)7);

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	while ((n = exch_link_get(copy + at, size - at, &f, &why)) > 0) {
		exch_link_head(head, f.kind, f.p, f.n);
		same(head, copy + at, sizeof(head));
		payload(&f);
		at += (size_t)n;
	}
	free(copy);
	return 0;
}
