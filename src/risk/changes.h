/*
 * Limits that changed during the day, beside the table of limits: of whom they
 * are for, the cells that LIMIT records have set since.
 */
#ifndef EXCH_RISK_CHANGES_H
#define EXCH_RISK_CHANGES_H

#include "base/keyed.h"
#include "rec/rec.h"
#include "risk/limits.h"

struct exch_changes {
	struct exch_keyed row; /* struct exch_change */
};

/* EXCH_ERR_NOMEM. */
int exch_changes_init(struct exch_changes *c);
void exch_changes_clear(struct exch_changes *c);

/*
 * Whom a LIMIT record is for; `symbol` of its instrument, or NULs.  A group
 * without a name where the record has none, or an account besides.
 */
void exch_change_whom(const struct exch_rec_limit *r, const char symbol[24],
    struct exch_whom *out);

/*
 * From now on it is that.  EXCH_ERR_RANGE: a value that no cell of the table
 * could have, a limit of all one does beside an instrument, or one of a group
 * that has no name; EXCH_ERR_NOMEM.
 */
int exch_changes_set(struct exch_changes *c, const struct exch_whom *whom,
    uint8_t what, int64_t value);

/* What was changed for just them; NULL: nothing. */
const struct exch_limits_row *exch_changes_find(
    const struct exch_changes *c, const struct exch_whom *whom);

/* Of all that was changed. */
uint64_t exch_changes_hash(const struct exch_changes *c);
struct exch_image;
void exch_changes_image(struct exch_image *im, struct exch_changes *c);

#endif
