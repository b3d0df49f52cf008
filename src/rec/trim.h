/*
 * The rest of a block whose first records are left out: where it begins,
 * and with which numbers.  For a writer whose output holds a part of the
 * stream already.
 */
#ifndef EXCH_REC_TRIM_H
#define EXCH_REC_TRIM_H

#include "base/buf.h"
#include "rec/frame.h"

struct exch_trim {
	unsigned nsource; /* the sequence table */
	uint8_t table[EXCH_FRAME_SOURCES];
	uint64_t first[EXCH_FRAME_SOURCES];
};

/*
 * Leave out the first `skip` numbered records of a body that the writer
 * made.  Framing between the last of them and the next record stays.
 * Returns the bytes left out, and *t is the rest's table.
 */
size_t exch_trim(
    struct exch_trim *t, const unsigned char *body, size_t n, uint64_t skip);
/* The framing of a body that later records cannot be read without. */
void exch_trim_keep(struct exch_buf *b, const unsigned char *body, size_t n);

#endif
