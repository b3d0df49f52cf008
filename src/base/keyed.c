/* Growing, adding and deleting (keyed.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/image.h"
#include "base/keyed.h"

#define FIRST_INDEX 1024u

int
exch_keyed_init(struct exch_keyed *k, size_t size)
{
	*k = (struct exch_keyed){.size = size,
	    .cap = FIRST_INDEX / 2,
	    .used = 1,
	    .mask = FIRST_INDEX - 1};
	k->pool = exch_calloc(k->cap, size);
	k->index = exch_calloc(FIRST_INDEX, sizeof(*k->index));
	return k->pool != NULL && k->index != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_keyed_clear(struct exch_keyed *k)
{
	exch_free(k->pool);
	exch_free(k->index);
	memset(k, 0, sizeof(*k));
}

/* Where one of that tag goes that is in no index yet. */
static void
put_tag(struct exch_keyed *k, uint32_t tag, uint32_t slot)
{
	uint32_t i = tag & k->mask;

	while (k->index[i].slot != 0)
		i = (i + 1) & k->mask;
	k->index[i] = (struct exch_keyed_entry){tag, slot};
}

/*
 * The same things in another index of n entries, a power of two.  With the
 * hash they had nothing is looked at but the old index, from one end to the
 * other, and the new one fills in much the same order: growing is where the
 * slowest of all additions comes from.
 */
static int
rebuild(struct exch_keyed *k, uint32_t n, uint64_t salt)
{
	struct exch_keyed_entry *was = k->index;
	uint32_t old = k->mask + 1;
	bool same = salt == k->salt;
	struct exch_keyed_entry *index = exch_calloc(n, sizeof(*index));

	if (index == NULL)
		return EXCH_ERR_NOMEM;
	k->index = index;
	k->mask = n - 1;
	k->salt = salt;
	for (uint32_t i = 0; i < old; i++) {
		const struct exch_key *key;

		if (was[i].slot == 0)
			continue;
		key = exch_keyed_at(k, was[i].slot);
		put_tag(k,
		    same ? was[i].tag : exch_keyed_tag(k, key->place, key->id),
		    was[i].slot);
	}
	exch_free(was);
	return EXCH_OK;
}

/* The index first: should the pool not grow, it is but larger than it must. */
static int
grow_to(struct exch_keyed *k, uint32_t cap)
{
	unsigned char *pool;

	if (rebuild(k, cap * 2, k->salt) != 0)
		return EXCH_ERR_NOMEM;
	pool = exch_realloc(k->pool, cap, k->size);
	if (pool == NULL)
		return EXCH_ERR_NOMEM;
	k->pool = pool;
	k->cap = cap;
	return EXCH_OK;
}

static int
grow(struct exch_keyed *k)
{
	return k->cap > UINT32_MAX / 4 ? EXCH_ERR_LIMIT
				       : grow_to(k, k->cap * 2);
}

int
exch_keyed_reserve(struct exch_keyed *k, size_t n)
{
	uint32_t cap = k->cap;

	/* Slot 0 is one of them. */
	while (cap <= n && cap <= UINT32_MAX / 4)
		cap *= 2;
	return cap == k->cap ? EXCH_OK : grow_to(k, cap);
}

int
exch_keyed_room(struct exch_keyed *k)
{
	return exch_keyed_is_full(k)
		   ? grow(k)
		   : rebuild(k, k->mask + 1, k->salt + EXCH_SALTED_NEXT);
}

int
exch_keyed_add(struct exch_keyed *k, uint32_t place, uint64_t id, void *out)
{
	int err =
	    exch_keyed_put(k, exch_keyed_look(k, place, id), place, id, out);
	struct exch_key *key;

	if (err == EXCH_OK) {
		memcpy(&key, out, sizeof(key));
		memset(key + 1, 0, k->size - sizeof(*key));
	}
	return err;
}

void
exch_keyed_drop(struct exch_keyed *k, void *thing)
{
	struct exch_key *key = thing;
	uint32_t i = exch_keyed_tag(k, key->place, key->id) & k->mask;

	while (k->index[i].slot != key->slot) {
		exch_check(k->index[i].slot != 0);
		i = (i + 1) & k->mask;
	}
	exch_check(key->slot != 0);
	key->place = k->free;
	k->free = key->slot;
	key->slot = 0;
	k->live--;
	/* Close the hole with whoever probed past it. */
	for (uint32_t j = (i + 1) & k->mask; k->index[j].slot != 0;
	     j = (j + 1) & k->mask) {
		uint32_t home = k->index[j].tag & k->mask;

		if (((j - home) & k->mask) < ((j - i) & k->mask))
			continue;
		k->index[i] = k->index[j];
		i = j;
	}
	k->index[i].slot = 0;
}

void *
exch_keyed_next(const struct exch_keyed *k, uint32_t *at)
{
	while (*at + 1 < k->used) {
		struct exch_key *key = exch_keyed_at(k, ++*at);

		if (key->slot != 0)
			return key;
	}
	return NULL;
}

static int
by_key(const void *a, const void *b)
{
	const struct exch_key *x = *(void *const *)a, *y = *(void *const *)b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

void **
exch_keyed_sorted(const struct exch_keyed *k)
{
	void **list = exch_calloc((size_t)k->live + 1, sizeof(*list));
	uint32_t at = 0;

	if (list == NULL)
		return NULL;
	for (uint32_t i = 0; i < k->live; i++)
		list[i] = exch_keyed_next(k, &at);
	qsort(list, k->live, sizeof(*list), by_key);
	return list;
}

/* An image of before, which had the index as well, is another one. */
#define IMAGE_LAYOUT 1u

/*
 * The index is made again of what lives: one with room for many is nearly all
 * empty.  The salt decides where things stand in it, and that is kept.
 */
static void
index_again(struct exch_image *im, struct exch_keyed *k)
{
	k->index = im->err == 0
		       ? exch_calloc((size_t)k->mask + 1, sizeof(*k->index))
		       : NULL;
	if (k->index == NULL) {
		if (im->err == 0)
			im->err = EXCH_ERR_NOMEM;
		return;
	}
	for (uint32_t i = 1; i < k->used; i++) {
		const struct exch_key *key = exch_keyed_at(k, i);

		if (key->slot != 0)
			put_tag(k, exch_keyed_tag(k, key->place, key->id), i);
	}
}

void
exch_keyed_image(struct exch_image *im, struct exch_keyed *k)
{
	struct exch_keyed own = *k;

	exch_image_same(im, (uint64_t)k->size << 8 | IMAGE_LAYOUT);
	exch_image_bytes(im, k, sizeof(*k));
	k->pool =
	    exch_image_array(im, k->pool, own.pool, k->used, k->cap, k->size);
	if (!im->reading)
		return;
	if (k->pool == NULL)
		k->used = 0; /* there is nothing to be freed */
	exch_free(own.index);
	index_again(im, k);
}
