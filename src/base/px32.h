/*
 * Prices as bonds show them: whole points, a dash, and 32nds of a point.
 *
 *	99-16	99 + 16/32	99-162	99 + 16.25/32
 *	99-16+	99 + 16.5/32	99-167	99 + 16.75/32
 *
 * The last place counts eighths of a 32nd, by the first digit of what they
 * are as a decimal: 1 2 3 5 6 7 8, and + for 5.  The values are prices as
 * everywhere, in 10^-9; the smallest step, 1/256, is 3906250 of them.
 */
#ifndef EXCH_BASE_PX32_H
#define EXCH_BASE_PX32_H

#include "base/types.h"

/*
 * Parse exactly n bytes as [-]digits-dd[e].  EXCH_ERR_FORMAT when the text
 * has another shape, which 99.5 and 99 have; EXCH_ERR_RANGE when it has this
 * one and is no price: 32 and more of them, a 4 or 9 as its last place, too
 * many points.
 */
int exch_px32_parse(const char *s, size_t n, exch_px *out);

/*
 * Write a price so; one that is not a multiple of 1/256 is written as a
 * decimal with at least min_frac digits, and has a point in it.  Returns the
 * end, at most 24 bytes on; no NUL is written.
 */
char *exch_px32_put(char *p, exch_px v, int min_frac);

#endif
