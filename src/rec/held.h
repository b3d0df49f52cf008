/*
 * Blocks that a writer has finished and keeps to itself.  A standby makes
 * the results that another process writes; when that one dies, the last of
 * them have to be written after all, and nobody can say beforehand which.
 */
#ifndef EXCH_REC_HELD_H
#define EXCH_REC_HELD_H

#include "rec/frame.h"

/* A block, and what a writer has to know to write it. */
struct exch_held_block {
	struct exch_held_block *next;
	unsigned char *body; /* behind room for a front */
	size_t n;
	uint64_t position; /* numbered records before it */
	uint64_t records;
	exch_ts time; /* of the last record before it */
	bool directory;
	unsigned nsource;
	uint8_t table[EXCH_FRAME_SOURCES];
	uint64_t first[EXCH_FRAME_SOURCES];
};

struct exch_held {
	struct exch_held_block *first, **last;
	size_t bytes;  /* of all bodies */
	size_t limit;  /* more than that is not kept; 0: nothing is held */
	uint64_t gone; /* records before it were given up */
};

void exch_held_init(struct exch_held *h, size_t limit);
void exch_held_free(struct exch_held *h);
/* A copy of a block behind the others, its table to be filled in; NULL: no
 * memory. */
struct exch_held_block *exch_held_push(
    struct exch_held *h, const unsigned char *body, size_t n);
/*
 * The oldest block, if the others are `limit` bytes without it, or with
 * `all` in any case; else NULL.  The caller frees it with exch_free.
 */
struct exch_held_block *exch_held_take(struct exch_held *h, bool all);

#endif
