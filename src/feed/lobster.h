/*
 * Inside of the LOBSTER reader: rows in memory, and the orders that the
 * file mentions without ever having added them.
 */
#ifndef EXCH_FEED_LOBSTER_H
#define EXCH_FEED_LOBSTER_H

#include "base/err.h"

enum exch_lob_type {
	EXCH_LOB_ADD = 1,
	EXCH_LOB_REDUCE = 2,
	EXCH_LOB_DELETE = 3,
	EXCH_LOB_EXEC = 4,
	EXCH_LOB_HIDDEN = 5,
	EXCH_LOB_CROSS = 6,
	EXCH_LOB_HALT = 7
};

struct exch_lob_row {
	uint64_t ns; /* since local midnight */
	uint64_t id;
	int64_t price; /* 10^-4 */
	uint32_t size;
	uint32_t line;
	uint8_t type;
	int8_t side; /* 1 buy, -1 sell, 0 none */
};

/* An order that rested before its first message in the file. */
struct exch_lob_seed {
	uint64_t id;
	int64_t price;
	uint64_t size; /* the sum of what is taken from it later */
	int8_t side;
};

/*
 * Parse one row of n bytes' fields.  NULL, or what is wrong with it, with
 * the number of the field (from 1) in *field.
 */
struct exch_field_at;
const char *exch_lob_parse(const struct exch_field_at *f, unsigned nfields,
    struct exch_lob_row *r, unsigned *field);

/*
 * The seeds of n rows in order of id; freed by exch_free.  Takes 16 bytes
 * per different id besides.
 */
int exch_lob_seeds(const struct exch_lob_row *row, size_t n,
    struct exch_lob_seed **seeds, size_t *nseeds, struct exch_diag *d);

#endif
