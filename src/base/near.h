/*
 * Which known word a misspelt one is nearest to, for "did you mean".
 */
#ifndef EXCH_BASE_NEAR_H
#define EXCH_BASE_NEAR_H

#include <stddef.h>

/*
 * Letters to change, add, leave out or swap to make one word of the other,
 * capitals and small ones the same, as far as 3; words of more than 16
 * letters are 3 apart.
 */
unsigned exch_near(const char *a, size_t n, const char *b, size_t m);
/*
 * The nearest of the words that are less than 3 apart, and by fewer letters
 * than each has; of equals the first.  NULL: none.
 */
const char *exch_nearest(
    const char *p, size_t n, const char *const *words, unsigned count);

#endif
