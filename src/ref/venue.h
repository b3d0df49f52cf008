/*
 * One thing at several venues: instruments whose symbols are the same up to
 * the last point.  ABC.X and ABC.Y are ABC at X and at Y; ABC itself is at a
 * venue that has no name.
 *
 * Symbols are given with their length, or as the 24 bytes of a record, padded
 * with NUL.
 */
#ifndef EXCH_REF_VENUE_H
#define EXCH_REF_VENUE_H

#include <stdbool.h>
#include <stddef.h>

#define EXCH_VENUE_SYMBOL 24

/* How much of a symbol names the thing. */
size_t exch_venue_thing(const char *symbol, size_t n);
/* Is it at the venue of that name? */
bool exch_venue_is(const char *symbol, size_t n, const char *venue);

/* The length of a padded symbol. */
size_t exch_venue_len(const char symbol[EXCH_VENUE_SYMBOL]);
/*
 * Is a padded symbol among those that such a word stands for: "" all, "*.X"
 * those at X, else one?  Of the lines of a timetable.
 */
bool exch_venue_among(
    const char word[EXCH_VENUE_SYMBOL], const char symbol[EXCH_VENUE_SYMBOL]);

#endif
