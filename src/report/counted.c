/* Limits and what was observed, as cells (counted.h). */
#include <config.h>

#include "report/counted.h"

void
exch_counted_put(struct exch_table *t, enum exch_rule_unit unit, int64_t v,
    int scale, unsigned decimals)
{
	if (unit == EXCH_UNIT_NONE || v == INT64_MAX) {
		exch_table_none(t);
		return;
	}
	switch (unit) {
	case EXCH_UNIT_QTY:
		exch_table_dec(t, v, scale, 0);
		break;
	case EXCH_UNIT_CASH:
		exch_table_dec(t, v, 6, 2);
		break;
	case EXCH_UNIT_PRICE:
		exch_table_px(t, v, decimals);
		break;
	case EXCH_UNIT_SHARE:
		exch_table_dec(t, v, 6, 0);
		break;
	default:
		exch_table_dec(t, v, 0, 0);
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
