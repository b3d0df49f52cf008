/*
 * The directory of a stream: what its INSTRUMENT, SOURCE and ACCOUNT
 * records have said so far.  Ids map to entries in constant time; memory
 * grows with the number of instruments only.
 */
#ifndef EXCH_REC_DIR_H
#define EXCH_REC_DIR_H

#include "base/err.h"
#include "rec/rec.h"

struct exch_dir;

struct exch_dir *exch_dir_new(void);
void exch_dir_free(struct exch_dir *dir);

/*
 * Take note of a record; anything but a directory record is ignored.  A
 * second INSTRUMENT for the same id replaces the first.
 * EXCH_ERR_RANGE: id above EXCH_INSTR_MAX, tick or lot of 0, exponent or
 * decimals out of range; EXCH_ERR_NOMEM.
 */
int exch_dir_note(
    struct exch_dir *dir, const struct exch_rec *r, struct exch_diag *d);

/* Borrowed until the next note.  NULL when unknown. */
const struct exch_rec_instrument *exch_dir_instrument(
    const struct exch_dir *dir, uint32_t id);
/* The id of a symbol, 0 when unknown. */
uint32_t exch_dir_symbol(const struct exch_dir *dir, const char *s, size_t n);
/* How far the search for a symbol goes at most.  For tests; linear. */
uint32_t exch_dir_reach(const struct exch_dir *dir);
/* Highest instrument id seen. */
uint32_t exch_dir_max(const struct exch_dir *dir);

/* Exponent of quantities as digits after the point, 0 when unknown. */
int exch_dir_qty_scale(const struct exch_dir *dir, uint32_t id);
int exch_dir_px_decimals(const struct exch_dir *dir, uint32_t id);

#endif
