/*
 * The table of digit pairs and the rarer forms of fmt.h.
 */
#include <config.h>

#include "base/dec.h"
#include "base/px32.h"
#include "report/fmt.h"

const char exch_fmt_pairs[200] = {
#define PAIRS(d)                                                               \
	d, '0', d, '1', d, '2', d, '3', d, '4', d, '5', d, '6', d, '7', d,     \
	    '8', d, '9'
    PAIRS('0'), PAIRS('1'), PAIRS('2'), PAIRS('3'), PAIRS('4'), PAIRS('5'),
    PAIRS('6'), PAIRS('7'), PAIRS('8'), PAIRS('9')
#undef PAIRS
};

char *
exch_fmt_qty_scaled(char *p, exch_qty v, unsigned scale)
{
	return exch_dec128_put(p, (exch_i128)v, (int)scale, 0);
}

char *
exch_fmt_px_people(char *p, exch_px v, unsigned show)
{
	unsigned decimals = show & ~EXCH_SHOW_32NDS;

	if ((show & EXCH_SHOW_32NDS) != 0)
		return exch_px32_put(p, v, (int)decimals);
	return exch_fmt_px(p, v, decimals);
}
