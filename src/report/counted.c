/* Limits and what was observed, as cells (counted.h). */
#include <config.h>

#include "report/counted.h"

char *
exch_counted_cell(struct exch_table *t, char *p, enum exch_rule_unit unit,
    int64_t v, int scale, unsigned decimals)
{
	if (unit == EXCH_UNIT_NONE || v == INT64_MAX)
		return exch_cell_none(t, p);
	switch (unit) {
	case EXCH_UNIT_QTY:
		return exch_cell_dec(t, p, v, scale, 0);
	case EXCH_UNIT_CASH:
		return exch_cell_dec(t, p, v, 6, 2);
	case EXCH_UNIT_PRICE:
		return exch_cell_px(t, p, v, decimals);
	case EXCH_UNIT_SHARE:
		return exch_cell_dec(t, p, v, 6, 0);
	default:
		return exch_cell_dec(t, p, v, 0, 0);
	}
}

enum exch_rule_unit
exch_counted_limit(uint8_t what)
{
	static const uint8_t units[] = {[EXCH_LIMIT_IN_UNITS] = EXCH_UNIT_QTY,
	    [EXCH_LIMIT_IN_NUMBERS] = EXCH_UNIT_COUNT,
	    [EXCH_LIMIT_IN_CASH] = EXCH_UNIT_CASH,
	    [EXCH_LIMIT_IN_SHARES] = EXCH_UNIT_SHARE,
	    [EXCH_LIMIT_IN_TIME] = EXCH_UNIT_TIME};

	return (enum exch_rule_unit)units[exch_limit_unit(what)];
}

void
exch_counted_text(
    struct exch_table *t, const struct exch_rec *r, size_t fixed, uint16_t n)
{
	size_t room = exch_rec_len(r) - fixed;

	exch_table_text(t, (const char *)r + fixed, n < room ? n : room);
}
