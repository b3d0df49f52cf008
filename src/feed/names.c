/*
 * A word table: open addressing over numbers, the words themselves one
 * behind the other in a byte buffer, so that a name costs its length and
 * twelve to twenty bytes.  What a number means is the caller's affair.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "feed/names.h"

struct exch_names {
	struct exch_buf text;
	size_t *end;	/* end[i]: where word i ends in the text */
	uint32_t *slot; /* number + 1, 0 free */
	uint32_t mask;
	uint32_t n;
	size_t cap; /* of end[] */
	uint32_t limit;
};

/* FNV-1a with a final mix: words differ mostly in their last digits. */
static uint32_t
hash(const char *s, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	return (uint32_t)(h ^ h >> 32);
}

struct exch_names *
exch_names_new(uint32_t limit)
{
	struct exch_names *t = exch_calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->limit = limit;
	t->mask = 63;
	t->slot = exch_calloc((size_t)t->mask + 1, sizeof(*t->slot));
	if (t->slot == NULL) {
		exch_names_free(t);
		return NULL;
	}
	return t;
}

void
exch_names_free(struct exch_names *t)
{
	if (t == NULL)
		return;
	exch_buf_free(&t->text);
	exch_free(t->end);
	exch_free(t->slot);
	exch_free(t);
}

static const char *
word(const struct exch_names *t, uint32_t id, size_t *n)
{
	size_t begin = id == 0 ? 0 : t->end[id - 1];

	*n = t->end[id] - begin;
	return t->text.p + begin;
}

/* The slot that holds the word, or the free one where it belongs. */
static uint32_t
probe(const struct exch_names *t, const char *s, size_t n)
{
	uint32_t i = hash(s, n) & t->mask;

	for (; t->slot[i] != 0; i = (i + 1) & t->mask) {
		size_t wn;
		const char *w = word(t, t->slot[i] - 1, &wn);

		if (wn == n && memcmp(w, s, n) == 0)
			break;
	}
	return i;
}

int
exch_names_find(
    const struct exch_names *t, const char *s, size_t n, uint32_t *id)
{
	uint32_t i = n == 0 ? 0 : probe(t, s, n);

	if (n == 0 || t->slot[i] == 0)
		return EXCH_ERR_ABSENT;
	*id = t->slot[i] - 1;
	return 0;
}

static int
grow(struct exch_names *t)
{
	uint32_t mask = t->mask * 2 + 1;
	uint32_t *slot = exch_calloc((size_t)mask + 1, sizeof(*slot));

	if (slot == NULL)
		return EXCH_ERR_NOMEM;
	exch_free(t->slot);
	t->slot = slot;
	t->mask = mask;
	for (uint32_t id = 0; id < t->n; id++) {
		size_t n;
		const char *s = word(t, id, &n);

		t->slot[probe(t, s, n)] = id + 1;
	}
	return 0;
}

int
exch_names_add(struct exch_names *t, const char *s, size_t n, uint32_t *id)
{
	if (n == 0)
		return EXCH_ERR_FORMAT;
	if (t->n >= t->limit)
		return EXCH_ERR_LIMIT;
	if (!exch_room(&t->end, t->n, &t->cap, sizeof(*t->end)))
		return EXCH_ERR_NOMEM;
	if (t->n >= t->mask - t->mask / 4 && grow(t) != 0)
		return EXCH_ERR_NOMEM;
	exch_buf_add(&t->text, s, n);
	if (t->text.failed)
		return EXCH_ERR_NOMEM;
	uint32_t i = probe(t, s, n);
	t->end[t->n] = t->text.len;
	*id = t->n++;
	t->slot[i] = t->n;
	return 0;
}

uint32_t
exch_names_count(const struct exch_names *t)
{
	return t->n;
}
