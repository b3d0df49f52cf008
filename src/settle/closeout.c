/* Days by which fails are closed out (closeout.h). */
#include <config.h>

#include "base/time.h"
#include "settle/closeout.h"

#define OWNED_DAYS 35
#define LEAST_FAILS 10000

int
exch_closeout_by(enum exch_sale how, uint32_t trade, uint32_t settlement,
    const struct exch_calendar *days, uint32_t *by)
{
	switch (how) {
	case EXCH_SALE_SHORT:
		return exch_calendar_step(days, settlement, 1, by);
	case EXCH_SALE_LONG:
	case EXCH_SALE_MAKER:
		return exch_calendar_step(days, settlement, 3, by);
	case EXCH_SALE_OWNED:
		break;
	}
	if (!exch_date_is(trade))
		return EXCH_ERR_RANGE;
	return exch_calendar_step(
	    days, exch_days_date(exch_date_days(trade) + OWNED_DAYS), 0, by);
}

bool
exch_boxed(const struct exch_closeout *c, uint32_t date)
{
	return !c->in_time && date >= c->by &&
	       (c->settled == 0 || date < c->settled);
}

void
exch_threshold_day(
    struct exch_threshold *t, uint64_t fails, uint64_t outstanding)
{
	bool over = fails >= LEAST_FAILS &&
		    (exch_u128)fails * 200 >= (exch_u128)outstanding;

	t->days = over == t->listed ? 0 : (uint8_t)(t->days + 1);
	if (t->days == EXCH_THRESHOLD_DAYS) {
		t->listed = over;
		t->days = 0;
	}
}
