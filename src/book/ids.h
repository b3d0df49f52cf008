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

int exch_ids_init(struct exch_ids *t, size_t hint);
void exch_ids_clear(struct exch_ids *t);
int exch_ids_grow(struct exch_ids *t);

/* Room for one more entry: EXCH_ERR_NOMEM. */
static inline int
exch_ids_reserve(struct exch_ids *t)
{
	return __builtin_expect(t->used < (size_t)3 << (t->bits - 2), 1)
		   ? 0
		   : exch_ids_grow(t);
}

/* The caller has reserved, and knows that the id is not there. */
static inline void
exch_ids_put(struct exch_ids *t, uint32_t tag, uint32_t slot)
{
	size_t mask = ((size_t)1 << t->bits) - 1;
	size_t i = exch_ids_home(t, tag);

	while (t->entry[i].slot != 0)
		i = (i + 1) & mask;
	t->entry[i] = (struct exch_ids_entry){tag, slot};
	t->used++;
}

/* Take out the entry of a slot; it must be there. */
void exch_ids_del(struct exch_ids *t, uint32_t tag, uint32_t slot);

#endif
