/*
 * Where the levels of a book are found by their price: a cell for each, by
 * the low bits of its tick.  A table belongs to one book, for both sides,
 * and grows with the levels that the book has; all tables of a store lie in
 * one pool.
 *
 *	pool  | none | table of A      | table of B		     | ...
 *			 | 96 | 97 | .. |  | 192 | 193 | ...	by tick
 *
 * Of two levels that want the same cell, the one asked for last has it, and
 * the other has to be asked of the trie: nothing depends on tables but how
 * long it takes.  Prices in use lie close together, so that seldom two want
 * the same; ticks all of whose low bits are the same make them grow to four
 * cells for each level and no further.
 *
 * Always true: what is in a cell is a level in use, or none.  A book with
 * levels has a table; zero bytes are none, with one cell that stays empty.
 */
#ifndef EXCH_BOOK_NEAR_H
#define EXCH_BOOK_NEAR_H

#include "base/types.h"

struct exch_slot_data;

/* Tables have 2^4, 2^5, ... cells. */
#define EXCH_NEAR_FIRST 4
#define EXCH_NEAR_SIZES 26

struct exch_near_pool {
	uint32_t *cell; /* a level; 0: none */
	uint32_t cap;
	uint32_t used;
	uint32_t free[EXCH_NEAR_SIZES]; /* by size; lists through the first */
};

/* The table of one book. */
struct exch_near {
	uint32_t base; /* its first cell */
	uint32_t mask; /* its cells less one */
	uint32_t levels;
};

/* EXCH_ERR_NOMEM */
int exch_near_init(struct exch_near_pool *p);
void exch_near_clear(struct exch_near_pool *p);
/* A first table for a book without; EXCH_ERR_NOMEM. */
int exch_near_begin(struct exch_near_pool *p, struct exch_near *t);
/* A larger table, if that is wanted and there is memory. */
void exch_near_grow(struct exch_near_pool *p, struct exch_near *t,
    const struct exch_slot_data *slot);

static inline uint32_t *
exch_near_cell(
    const struct exch_near_pool *p, const struct exch_near *t, int64_t tick)
{
	return &p->cell[t->base + ((uint32_t)tick & t->mask)];
}

#endif
