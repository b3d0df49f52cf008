/*
 * Keys of a file of events: which orders, trades and records it holds, and
 * what speaks of orders that come later, or not at all.  A key is remembered
 * by 128 bits of its SHA-256; memory grows with the keys of the file.
 */
#ifndef EXCH_REPORT_CAT_KEYS_H
#define EXCH_REPORT_CAT_KEYS_H

#include "base/err.h"
#include "base/sha256.h"

struct exch_cat_key {
	uint64_t hash[2];
	uint64_t line;	     /* of the one that made it; 0: none yet */
	uint64_t named_line; /* that named it first; 0: none */
	exch_ts time;	     /* of the one that made it */
	exch_ts named_time;  /* the earliest that named it */
	uint64_t early_line; /* of that */
	uint8_t named_by;    /* what the first was: the caller's */
};

struct exch_cat_keys {
	struct exch_cat_key *key; /* in the order in which they came */
	size_t n, cap;
	uint32_t *slot; /* place + 1, or 0 */
	size_t nslots;
};

void exch_cat_keys_clear(struct exch_cat_keys *k);
/* The key, made if need be.  NULL: out of memory. */
struct exch_cat_key *exch_cat_keys_find(
    struct exch_cat_keys *k, const unsigned char sum[32]);

#endif
