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

#include <string.h>

#include "base/err.h"
#include "base/salted.h"

/* A longer search is no accident: numbers were chosen so that they meet. */
#define EXCH_KEYED_FAR 1024u

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
	uint32_t cap, used;  /* the index has twice as many entries */
	uint32_t free;	     /* list through key.place */
	uint32_t live;
	struct exch_keyed_entry *index;
	uint32_t mask;
	uint64_t salt; /* even */
};

/* Things of `size` bytes, a multiple of 8.  EXCH_ERR_NOMEM. */
int exch_keyed_init(struct exch_keyed *k, size_t size);
/*
 * Room for n at once, or for as many as there can be: nothing grows while no
 * more of them live.  EXCH_ERR_NOMEM: it has the room it had.
 */
int exch_keyed_reserve(struct exch_keyed *k, size_t n);
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
	return exch_salted_pair(place, id, k->salt);
}

/* Where a thing stands in the index, or would stand. */
struct exch_keyed_spot {
	uint32_t tag, i;
};

/* It is good until something is added or dropped. */
static inline struct exch_keyed_spot
exch_keyed_look(const struct exch_keyed *k, uint32_t place, uint64_t id)
{
	uint32_t tag = exch_keyed_tag(k, place, id);
	uint32_t i = tag & k->mask;

	for (; k->index[i].slot != 0; i = (i + 1) & k->mask) {
		const struct exch_key *key;

		if (k->index[i].tag != tag)
			continue;
		key = exch_keyed_at(k, k->index[i].slot);
		if (key->id == id && key->place == place)
			break;
	}
	return (struct exch_keyed_spot){tag, i};
}

/* What stands there; NULL: nothing. */
static inline void *
exch_keyed_there(const struct exch_keyed *k, struct exch_keyed_spot spot)
{
	uint32_t slot = k->index[spot.i].slot;

	return slot != 0 ? exch_keyed_at(k, slot) : NULL;
}

/* NULL: none. */
static inline void *
exch_keyed_find(const struct exch_keyed *k, uint32_t place, uint64_t id)
{
	return exch_keyed_there(k, exch_keyed_look(k, place, id));
}

/* As many live as there are slots, of which the first is never used. */
static inline bool
exch_keyed_is_full(const struct exch_keyed *k)
{
	return k->live + 1 == k->cap;
}

/* It becomes larger when it is full, else it gets another hash. */
int exch_keyed_room(struct exch_keyed *k);

/*
 * The same as exch_keyed_add(), at the spot where it would stand.  Besides its
 * key the new one has whatever was there: for those that are filled in wholly.
 */
static inline int
exch_keyed_put(struct exch_keyed *k, struct exch_keyed_spot spot,
    uint32_t place, uint64_t id, void *out)
{
	struct exch_key *key = exch_keyed_there(k, spot);
	uint32_t slot = k->free;
	int err;

	if (key != NULL) {
		memcpy(out, &key, sizeof(key));
		return EXCH_ERR_EXISTS;
	}
	if (exch_keyed_is_full(k) ||
	    ((spot.i - spot.tag) & k->mask) > EXCH_KEYED_FAR) {
		err = exch_keyed_room(k);
		if (err != 0)
			return err;
		spot = exch_keyed_look(k, place, id);
	}
	if (slot == 0)
		slot = k->used++;
	key = exch_keyed_at(k, slot);
	if (slot == k->free)
		k->free = key->place;
	*key = (struct exch_key){.id = id, .place = place, .slot = slot};
	k->index[spot.i] = (struct exch_keyed_entry){spot.tag, slot};
	k->live++;
	memcpy(out, &key, sizeof(key));
	return EXCH_OK;
}

/*
 * A new one, zero but for its key.  EXCH_ERR_EXISTS (and that one in *out),
 * EXCH_ERR_NOMEM, EXCH_ERR_LIMIT: 2^30 of them.
 */
int exch_keyed_add(
    struct exch_keyed *k, uint32_t place, uint64_t id, void *out);
/* It is gone; its slot may become another's. */
void exch_keyed_drop(struct exch_keyed *k, void *thing);
/*
 * The next one as they lie in the pool, from *at = 0; NULL: no more.  Any may
 * be dropped on the way.
 */
void *exch_keyed_next(const struct exch_keyed *k, uint32_t *at);
/*
 * All that are live, by place and then by id: k->live of them, to be freed with
 * exch_free().  NULL: no memory.
 */
void **exch_keyed_sorted(const struct exch_keyed *k);
/*
 * All of it as bytes (base/image.h): slots stay what they are, and room that
 * is not used takes none.  Things with pointers are the caller's to put right.
 * It is read into an initialised one.
 */
struct exch_image;
void exch_keyed_image(struct exch_image *im, struct exch_keyed *k);

#endif
