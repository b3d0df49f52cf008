/*
 * The index from order id to slot.
 *
 * An id has a cell, by its low bits, and nearly always it is the only live
 * one that wants it: ids given out in sequence, as venues do, share a cell
 * only with those that came a table's length before and live on.  So a
 * lookup is one load, and new ids walk through the table cell by cell.
 *
 *	cell | slot | slot + | 0 | slot + | ...	by low bits of the id
 *	over |  0   |   2    | 0 |   1    | ...	how many more are apart
 *	entry: open addressing over a hash, for those whose cell was taken
 *
 * A cell says by one bit (+) that others are apart, so that nearly always
 * nothing else has to be looked at.
 *
 * There are four cells for each slot of the pool, so that ids without any
 * order find theirs taken once in ten times.  Where each instrument counts
 * its own ids they all want the same cells: once that is seen instruments
 * are spread over the table (`spread`).
 *
 * An entry apart is the upper half of a hash and the slot: linear probing,
 * deletion by shifting back, no tombstones.  A hit is confirmed by the
 * caller, who compares the order itself.  Ids are chosen by whoever sends
 * orders, who may choose them so that all of them meet; when a search has
 * become longer than chance makes it, the hash becomes another one (`salt`).
 *
 * Always true: over[c] is the number of entries apart whose id has cell c,
 * or 255 for that many or more at some time; EXCH_IDS_OVER is set in cell[c]
 * <=> over[c] is not 0.
 */
#ifndef EXCH_BOOK_IDS_H
#define EXCH_BOOK_IDS_H

#include "base/salted.h"
#include "base/types.h"

struct exch_ids_entry {
	uint32_t tag;
	uint32_t slot; /* 0: empty */
};

/* Of a cell: others that want it are apart.  The rest of it is the slot. */
#define EXCH_IDS_OVER (UINT32_C(1) << 31)

struct exch_ids {
	uint32_t *cell; /* slot 0: free */
	uint8_t *over;
	size_t mask;	 /* cells less one */
	uint64_t spread; /* how far one instrument's ids are from the next's */
	struct exch_ids_entry *entry;
	unsigned bits; /* 2^bits entries apart */
	size_t apart;  /* of them in use */
	uint64_t salt; /* even; makes the hash */
	size_t used;   /* ids in all */
};

/* A spread that takes instruments far apart from each other. */
#define EXCH_IDS_SPREAD UINT64_C(0x9e3779b97f4a7c15)

/* `cells`: a power of two; `apart`: for so many at least.  EXCH_ERR_NOMEM. */
int exch_ids_init(struct exch_ids *t, size_t cells, size_t apart);
void exch_ids_clear(struct exch_ids *t);

static inline size_t
exch_ids_home(const struct exch_ids *t, uint32_t instr, uint64_t id)
{
	return (id + instr * t->spread) & t->mask;
}

/* The slot in a cell, 0: none. */
static inline uint32_t
exch_ids_slot(uint32_t cell)
{
	return cell & ~EXCH_IDS_OVER;
}

/* ---- apart ---- */

/*
 * Upper half of a hash of instrument and id.  The salt goes into both parts:
 * what meets with one salt, be it in many instruments, does not with another.
 */
static inline uint32_t
exch_ids_tag(const struct exch_ids *t, uint32_t instr, uint64_t id)
{
	return exch_salted_mix(
	    id * (EXCH_SALTED_FACTOR + t->salt) +
	    instr * (UINT64_C(0xd6e8feb86659fd93) - t->salt));
}

/* Where the search for a tag begins; it ends at an empty entry. */
static inline size_t
exch_ids_begin(const struct exch_ids *t, uint32_t tag)
{
	return tag >> (32 - t->bits);
}

static inline size_t
exch_ids_after(const struct exch_ids *t, size_t i)
{
	return (i + 1) & (((size_t)1 << t->bits) - 1);
}

/* Is there no room for one more? */
static inline bool
exch_ids_full(const struct exch_ids *t)
{
	return t->apart >= (size_t)3 << (t->bits - 2);
}

/* Twice the room; EXCH_ERR_NOMEM. */
int exch_ids_grow(struct exch_ids *t);
/*
 * A search as long as that is no accident: three of four entries being in
 * use, chance makes one of e^-38 tables hold one.
 */
#define EXCH_IDS_FAR 1024u

/*
 * There is room; the slot's id has this home and tag.  Says how many others
 * it has to be searched behind.
 */
size_t exch_ids_put_apart(
    struct exch_ids *t, size_t home, uint32_t tag, uint32_t slot);
/* The slot is apart. */
void exch_ids_del_apart(
    struct exch_ids *t, size_t home, uint32_t tag, uint32_t slot);

#endif
