/*
 * A word table: open addressing over hashes, each with its number beside it,
 * and the words themselves one behind the other in a byte buffer, so that a
 * name costs its length and twenty to thirty bytes, and no word is looked at
 * but the right one.  Names are chosen by strangers: when a search has become
 * longer than chance makes it, the hash becomes another one.  What a number
 * means is the caller's affair.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/salted.h"
#include "feed/names.h"

/* A longer search is no accident, with a quarter of the table free. */
#define FAR 2048u

struct slot {
	uint32_t tag;
	uint32_t number; /* of the word, + 1; 0: free */
};

struct exch_names {
	struct exch_buf text;
	size_t *end; /* end[i]: where word i ends in the text */
	struct slot *slot;
	uint64_t salt;
	uint32_t mask;
	uint32_t n;
	size_t cap; /* of end[] */
	uint32_t limit;
};

static uint32_t
tag_of(const struct exch_names *t, const char *s, size_t n)
{
	return exch_salted_mix(exch_fnv(EXCH_FNV_BEGIN + t->salt, s, n));
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
static struct slot *
probe(const struct exch_names *t, uint32_t tag, const char *s, size_t n)
{
	uint32_t i = tag & t->mask;

	for (; t->slot[i].number != 0; i = (i + 1) & t->mask) {
		const char *w;
		size_t wn;

		if (t->slot[i].tag != tag)
			continue;
		w = word(t, t->slot[i].number - 1, &wn);
		if (wn == n && memcmp(w, s, n) == 0)
			break;
	}
	return &t->slot[i];
}

int
exch_names_find(
    const struct exch_names *t, const char *s, size_t n, uint32_t *id)
{
	const struct slot *at = probe(t, tag_of(t, s, n), s, n);

	if (n == 0 || at->number == 0)
		return EXCH_ERR_ABSENT;
	*id = at->number - 1;
	return 0;
}

/* All words in another table, or by another hash. */
static int
rebuild(struct exch_names *t, uint32_t mask, uint64_t salt)
{
	struct slot *slot = exch_calloc((size_t)mask + 1, sizeof(*slot));

	if (slot == NULL)
		return EXCH_ERR_NOMEM;
	exch_free(t->slot);
	t->slot = slot;
	t->mask = mask;
	t->salt = salt;
	for (uint32_t id = 0; id < t->n; id++) {
		size_t n;
		const char *s = word(t, id, &n);
		uint32_t tag = tag_of(t, s, n);

		*probe(t, tag, s, n) = (struct slot){tag, id + 1};
	}
	return 0;
}

static bool
is_far(const struct exch_names *t, const struct slot *at, uint32_t tag)
{
	return (((uint32_t)(at - t->slot) - tag) & t->mask) > FAR;
}

int
exch_names_add(struct exch_names *t, const char *s, size_t n, uint32_t *id)
{
	struct slot *at;
	uint32_t tag;

	if (n == 0)
		return EXCH_ERR_FORMAT;
	if (t->n >= t->limit)
		return EXCH_ERR_LIMIT;
	if (!exch_room(&t->end, t->n, &t->cap, sizeof(*t->end)))
		return EXCH_ERR_NOMEM;
	if (t->n >= t->mask - t->mask / 4 &&
	    rebuild(t, t->mask * 2 + 1, t->salt) != 0)
		return EXCH_ERR_NOMEM;
	tag = tag_of(t, s, n);
	at = probe(t, tag, s, n);
	if (is_far(t, at, tag)) {
		if (rebuild(t, t->mask, t->salt + EXCH_SALTED_NEXT) != 0)
			return EXCH_ERR_NOMEM;
		tag = tag_of(t, s, n);
		at = probe(t, tag, s, n);
	}
	exch_buf_add(&t->text, s, n);
	if (t->text.failed)
		return EXCH_ERR_NOMEM;
	t->end[t->n] = t->text.len;
	*id = t->n++;
	*at = (struct slot){tag, t->n};
	return 0;
}

uint32_t
exch_names_count(const struct exch_names *t)
{
	return t->n;
}
