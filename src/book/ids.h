/*
 * The index from order id to slot: open addressing, linear probing,
 * deletion by shifting back, so that it needs no tombstones and stays as
 * large as the live orders ask for.
 *
 * An entry is the upper half of the hash and the slot, 8 bytes: eight to a
 * cache line.  The hash gives the home position too, so that growing and
 * shifting never look at an order.  A hit is confirmed by the caller, who
 * compares the order itself.
 */
#ifndef EXCH_BOOK_IDS_H
#define EXCH_BOOK_IDS_H

#include "base/check.h"
#include "base/types.h"

struct exch_ids_entry {
	uint32_t tag;
	uint32_t slot; /* 0: empty */
};

struct exch_ids {
	struct exch_ids_entry *entry;
	unsigned bits; /* 2^bits entries */
	size_t used;
};

/* Upper half of a hash of instrument and id. */
static inline uint32_t
exch_ids_tag(uint32_t instr, uint64_t id)
{
	uint64_t h =
	    (id ^ (uint64_t)instr << 40) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(h >> 32);
}

static inline size_t
exch_ids_home(const struct exch_ids *t, uint32_t tag)
{
	return tag >> (32 - t->bits);
}

/* hint: how many to expect, at most 2^30.  EXCH_ERR_NOMEM. */
int exch_ids_init(struct exch_ids *t, size_t hint);
void exch_ids_clear(struct exch_ids *t);
int exch_ids_grow(struct exch_ids *t);

static inline bool
exch_ids_full(const struct exch_ids *t)
{
	return t->used >= (size_t)3 << (t->bits - 2);
}

/* Room for one more entry: EXCH_ERR_NOMEM. */
static inline int
exch_ids_reserve(struct exch_ids *t)
{
	return __builtin_expect(!exch_ids_full(t), 1) ? 0 : exch_ids_grow(t);
}

static inline size_t
exch_ids_mask(const struct exch_ids *t)
{
	return ((size_t)1 << t->bits) - 1;
}

/* Where an entry that is not there finds room. */
static inline size_t
exch_ids_room(const struct exch_ids *t, uint32_t tag)
{
	size_t mask = exch_ids_mask(t);
	size_t i = exch_ids_home(t, tag);

	while (t->entry[i].slot != 0)
		i = (i + 1) & mask;
	return i;
}

/* The caller has reserved, and knows that there is room at this place. */
static inline void
exch_ids_put(struct exch_ids *t, size_t i, uint32_t tag, uint32_t slot)
{
	t->entry[i] = (struct exch_ids_entry){tag, slot};
	t->used++;
}

/* Where the entry of a slot is; it must be there. */
static inline size_t
exch_ids_at(const struct exch_ids *t, uint32_t tag, uint32_t slot)
{
	size_t mask = exch_ids_mask(t);
	size_t i = exch_ids_home(t, tag);

	while (t->entry[i].slot != slot) {
		exch_check(t->entry[i].slot != 0);
		i = (i + 1) & mask;
	}
	return i;
}

/* Take out the entry at a place. */
static inline void
exch_ids_del(struct exch_ids *t, size_t i)
{
	size_t mask = exch_ids_mask(t);
	size_t j;

	/*
	 * Close the hole: an entry further on may move into it unless its
	 * home lies behind the hole.
	 */
	for (j = (i + 1) & mask; t->entry[j].slot != 0; j = (j + 1) & mask) {
		size_t home = exch_ids_home(t, t->entry[j].tag);

		if (((j - home) & mask) >= ((j - i) & mask)) {
			t->entry[i] = t->entry[j];
			i = j;
		}
	}
	t->entry[i].slot = 0;
	t->used--;
}

#endif
