/*
 * A pool of things that are known by two numbers: an order by its instrument
 * and id, a position by its account and instrument.  An open addressing index
 * leads to them; deletion shifts back, so that it never fills with graves.
 * An entry has the hash beside the slot: whoever searches looks at nothing
 * but the right one.  Numbers are chosen by strangers: when a search has
 * become longer than chance makes it, the hash becomes another one.
 *
 * Things begin with a struct exch_key.  They move when the pool grows: what is
 * kept across an addition is a slot.
 */
#ifndef EXCH_BASE_KEYED_H
#define EXCH_BASE_KEYED_H

#include "base/err.h"
#include "base/salted.h"

struct exch_key {
	uint64_t id;
	uint32_t place;
	uint32_t slot; /* its own; 0: in no pool */
};

struct exch_keyed_entry {
	uint32_t tag;
	uint32_t slot; /* 0: free */
};

struct exch_keyed {
	unsigned char *pool; /* slot 0 is never used */
	size_t size;	     /* of a thing */
	uint32_t cap, used;
	uint32_t free; /* list through key.place */
	uint32_t live;
	struct exch_keyed_entry *index;
	uint32_t mask;
	uint64_t salt; /* even */
};

/* Things of `size` bytes, a multiple of 8.  EXCH_ERR_NOMEM. */
int exch_keyed_init(struct exch_keyed *k, size_t size);
/* Good after a failed init, and of zeros, too. */
void exch_keyed_clear(struct exch_keyed *k);

static inline void *
exch_keyed_at(const struct exch_keyed *k, uint32_t slot)
{
	return k->pool + slot * k->size;
}

static inline uint32_t
exch_keyed_tag(const struct exch_keyed *k, uint32_t place, uint64_t id)
{
	return exch_salted(id ^ (uint64_t)place << 40, k->salt);
}

/* Where it stands in the index, or would stand. */
static inline uint32_t
exch_keyed_probe(
    const struct exch_keyed *k, uint32_t tag, uint32_t place, uint64_t id)
{
	uint32_t i = tag & k->mask;

	for (; k->index[i].slot != 0; i = (i + 1) & k->mask) {
		const struct exch_key *key;

		if (k->index[i].tag != tag)
			continue;
		key = exch_keyed_at(k, k->index[i].slot);
		if (key->id == id && key->place == place)
			break;
	}
	return i;
}

/* NULL: none. */
static inline void *
exch_keyed_find(const struct exch_keyed *k, uint32_t place, uint64_t id)
{
	uint32_t slot = k->index[exch_keyed_probe(k,
				     exch_keyed_tag(k, place, id), place, id)]
			    .slot;

	return slot != 0 ? exch_keyed_at(k, slot) : NULL;
}

/*
 * A new one, zero but for its key.  EXCH_ERR_EXISTS (and that one in *out),
 * EXCH_ERR_NOMEM, EXCH_ERR_LIMIT: 2^31 of them.
 */
int exch_keyed_add(
    struct exch_keyed *k, uint32_t place, uint64_t id, void *out);
/* It is gone; its slot may become another's. */
void exch_keyed_drop(struct exch_keyed *k, void *thing);
/* The next one in no order that means anything, from *at = 0; NULL: no more. */
void *exch_keyed_next(const struct exch_keyed *k, uint32_t *at);
/*
 * All of it as bytes (base/image.h): slots stay what they are.  Things with
 * pointers are the caller's to put right.  It is read into an initialised one.
 */
struct exch_image;
void exch_keyed_image(struct exch_image *im, struct exch_keyed *k);

#endif
