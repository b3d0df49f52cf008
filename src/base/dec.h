/*
 * Decimal text to scaled integers and back, exactly, without the locale
 * and without floating point.
 */
#ifndef EXCH_BASE_DEC_H
#define EXCH_BASE_DEC_H

#include "base/types.h"

/*
 * Parse exactly n bytes as [+-]digits[.digits] into units of 10^-scale,
 * scale 0..18.  EXCH_ERR_FORMAT when the text is anything else ("", ".",
 * "1e5", blanks), EXCH_ERR_RANGE when the value does not fit or has more
 * significant fraction digits than the scale (trailing zeros are fine).
 */
int exch_dec_parse(const char *s, size_t n, int scale, int64_t *out);

/* The same for unsigned integers: digits only. */
int exch_uint_parse(const char *s, size_t n, uint64_t *out);

/*
 * Write v x 10^-scale with at least min_frac and at most `scale` fraction
 * digits (trailing zeros beyond min_frac are dropped) at p; returns the
 * end.  Needs at most 42 bytes; no NUL is written.
 */
char *exch_dec_put(char *p, int64_t v, int scale, int min_frac);
char *exch_dec128_put(char *p, exch_i128 v, int scale, int min_frac);
char *exch_uint_put(char *p, uint64_t v);

/* Powers of ten, 0..19. */
extern const uint64_t exch_pow10[20];

#endif
