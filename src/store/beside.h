/*
 * What a block costs besides its rows, in a second thread: while the first
 * inserts them, the digest of the stream moves on, and the block is hashed
 * and compressed.  There is one job at a time, and what comes out does not
 * depend on who did it: without a thread it is done at once.
 */
#ifndef EXCH_STORE_BESIDE_H
#define EXCH_STORE_BESIDE_H

#include "base/sha256.h"
#include "store/priv.h"

struct exch_beside;

/* Borrowed until exch_beside_end. */
struct exch_beside_job {
	const unsigned char *block; /* as it came, of kind D */
	const struct exch_frame *frame;
	const uint64_t *next;	      /* 256 numbers before it, as in each.h */
	const unsigned char *copy;    /* as it is stored */
	size_t len;		      /* of both */
	const unsigned char *commits; /* 32 bytes, for its personal fields */
	struct exch_sha256 *digest;   /* over all records before; moved on */
};

/* Good until the next job. */
struct exch_beside_done {
	char content[65]; /* of the link */
	const unsigned char *packed;
	size_t npacked;
};

/* EXCH_ERR_NOMEM. */
int exch_beside_new(struct exch_beside **out, struct exch_diag *d);
/* A job is ended before.  NULL is fine. */
void exch_beside_free(struct exch_beside *b);

void exch_beside_begin(
    struct exch_beside *b, const struct exch_beside_job *job);
/* Wait for it.  EXCH_ERR_NOMEM. */
int exch_beside_end(struct exch_beside *b, const struct exch_beside_done **out,
    struct exch_diag *d);

/*
 * What stands in the chain for a block as it is stored and for its personal
 * fields.
 */
void exch_block_content(const unsigned char *copy, size_t len,
    const unsigned char commits[32], char content[65]);

#endif
