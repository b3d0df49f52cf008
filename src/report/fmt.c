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

/* ceil(2^(63 + s) / d), as exch_div_by() has it; 2^s is the first above d. */
#define TEN(d, s)                                                              \
	{                                                                      \
		d, (uint64_t)((((exch_u128)1 << (63 + (s))) + (d)-1) / (d)), s \
	}
const struct exch_div exch_fmt_ten[10] = {TEN(1, 0), TEN(10, 4), TEN(100, 7),
    TEN(1000, 10), TEN(10000, 14), TEN(100000, 17), TEN(1000000, 20),
    TEN(10000000, 24), TEN(100000000, 27), TEN(1000000000, 30)};
#undef TEN

char *
exch_fmt_long(char *p, uint64_t v)
{
	const uint64_t ten16 = (uint64_t)EXCH_FMT_TEN8 * EXCH_FMT_TEN8;

	p = exch_fmt_short(p, (uint32_t)(v / ten16));
	v %= ten16;
	p = exch_fmt_all_eight(p, (uint32_t)(v / EXCH_FMT_TEN8));
	return exch_fmt_all_eight(p, (uint32_t)(v % EXCH_FMT_TEN8));
}

char *
exch_fmt_px_people(char *p, exch_px v, unsigned show)
{
	unsigned decimals = show & ~EXCH_SHOW_32NDS;

	if ((show & EXCH_SHOW_32NDS) != 0)
		return exch_px32_put(p, v, (int)decimals);
	return exch_fmt_px(p, v, decimals);
}
