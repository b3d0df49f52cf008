/*
 * The schemas that hold in one stream: those this program was built with,
 * and those that the stream's SCHEMA records taught it.  A tool can so show
 * and copy records that were invented after it.
 */
#ifndef EXCH_REC_KNOWN_H
#define EXCH_REC_KNOWN_H

#include "base/err.h"
#include "rec/schema.h"

struct exch_known;

struct exch_known *exch_known_new(void);
void exch_known_free(struct exch_known *k);

/*
 * Take note of a record; anything but SCHEMA is ignored, and so is one
 * whose text makes no sense: its records are then shown as bytes.  Only
 * EXCH_ERR_NOMEM.
 */
int exch_known_note(
    struct exch_known *k, const struct exch_rec *r, struct exch_diag *d);

/* NULL when nothing is known about a type. */
const struct exch_schema *exch_known_of(
    const struct exch_known *k, uint8_t type);
/*
 * One word per 8 bytes of the type's fixed part: the bits of bytes that no
 * field covers.  They are zero in a record that the fields show whole.
 */
const uint64_t *exch_known_gaps(const struct exch_known *k, uint8_t type);
/* By the word in the text forms; a name stands for one type only. */
const struct exch_schema *exch_known_by_name(
    const struct exch_known *k, const char *s, size_t n);

#endif
