/*
 * What the text inputs (order CSV, scenario) share: the records that
 * announce instruments and accounts, and their numbers.
 */
#ifndef EXCH_FEED_TEXT_H
#define EXCH_FEED_TEXT_H

#include "feed/feed.h"

/* Longest name of an account or an order. */
#define EXCH_TEXT_NAME 63u
/* And of a member: the field of ACCOUNT. */
#define EXCH_TEXT_MEMBER 16u

/* An equity with this tick, lot 1 and no limits.  n <= 24. */
void exch_text_instrument(struct exch_rec_instrument *r, uint32_t id,
    const char *symbol, size_t n, exch_px tick, exch_ts t);
/* Digits behind the point that multiples of this tick need. */
uint8_t exch_text_decimals(exch_px tick);
/*
 * Give the sink an ACCOUNT record.  n <= EXCH_TEXT_NAME; nmember is at most
 * EXCH_TEXT_MEMBER, 0 for no member.
 */
int exch_text_account(const struct exch_feed_sink *sink, uint32_t id,
    const char *name, size_t n, const char *member, size_t nmember, exch_ts t,
    struct exch_diag *d);

/*
 * A price in decimals and a whole number (a fraction of zeros is let pass:
 * spreadsheets write 100.0).  0, EXCH_ERR_FORMAT, EXCH_ERR_RANGE; the
 * values that mean "none" are out of range.
 */
int exch_text_price(const char *s, size_t n, exch_px *v);
int exch_text_whole(const char *s, size_t n, uint64_t *v);

#endif
