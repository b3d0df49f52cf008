/*
 * Leaving out the front of a block.  The bodies are the writer's own work:
 * their framing needs no checks.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "rec/trim.h"

/* The number that a record has, and what follows it. */
static void
count(const struct exch_rec *r, uint64_t next[256])
{
	if (r->type == EXCH_REC_SEQ)
		next[r->source] =
		    ((const struct exch_rec_seq *)(const void *)r)->next;
	else if (!exch_rec_is_framing(r->type))
		next[r->source]++;
}

/* Sources of the rest, in the order in which they come. */
static void
list(struct exch_trim *t, const unsigned char *p, const unsigned char *end,
    const uint64_t next[256])
{
	bool seen[256] = {false};

	t->nsource = 0;
	while (p < end) {
		const struct exch_rec *r = (const void *)p;

		p += exch_rec_len(r);
		if (seen[r->source] ||
		    (exch_rec_is_framing(r->type) && r->type != EXCH_REC_SEQ))
			continue;
		seen[r->source] = true;
		t->table[t->nsource] = r->source;
		t->first[t->nsource++] = next[r->source];
	}
}

size_t
exch_trim(
    struct exch_trim *t, const unsigned char *body, size_t n, uint64_t skip)
{
	const unsigned char *p = body;
	uint64_t next[256] = {0};

	for (unsigned i = 0; i < t->nsource; i++)
		next[t->table[i]] = t->first[i];
	while (skip > 0 && p < body + n) {
		const struct exch_rec *r = (const void *)p;

		count(r, next);
		skip -= !exch_rec_is_framing(r->type);
		p += exch_rec_len(r);
	}
	list(t, p, body + n, next);
	return (size_t)(p - body);
}

void
exch_trim_keep(struct exch_buf *b, const unsigned char *body, size_t n)
{
	const unsigned char *end = body + n;

	while (body < end) {
		const struct exch_rec *r = (const void *)body;
		size_t len = exch_rec_len(r);

		if (r->type == EXCH_REC_SCHEMA || r->type == EXCH_REC_SOURCE)
			exch_buf_add(b, r, len);
		body += len;
	}
}
