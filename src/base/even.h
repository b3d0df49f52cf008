/* Rounding of money: to the nearest, and of two equally near to the even one. */
#ifndef EXCH_BASE_EVEN_H
#define EXCH_BASE_EVEN_H

#include "base/types.h"

/* v / d rounded to the nearest, ties to the even neighbour; d > 0. */
static inline exch_i128
exch_div_half_even(exch_i128 v, exch_i128 d)
{
	exch_i128 q = v / d;
	exch_i128 r = v % d;
	exch_i128 up = r < 0 ? -1 : 1;

	if (r < 0)
		r = -r;
	if (r > d - r || (r == d - r && (q & 1) != 0))
		q += up;
	return q;
}

#endif
