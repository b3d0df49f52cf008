/* The table of feeds, and a cell that several have (md.h). */
#include <config.h>

#include "base/even.h"
#include "md/md.h"
#include "report/reports.h"

static const struct exch_report *const table[] = {
    &exch_md_top,
    &exch_report_depth_any,
    &exch_md_nbbo,
    &exch_md_consolidated,
    &exch_md_synthetic,
    &exch_md_orders,
    &exch_report_trades,
    &exch_report_bars,
    &exch_md_stats,
    &exch_md_quality,
    &exch_md_itch,
    &exch_md_fix_books,
    &exch_md_dropcopy,
    &exch_md_ouch,
};

const struct exch_report *const *
exch_md_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(table);
	return table;
}

void
exch_md_imbalance(struct exch_table *t, exch_i128 bid, exch_i128 ask)
{
	if (bid + ask == 0)
		exch_table_none(t);
	else
		exch_table_dec(t,
		    exch_div_half_even((bid - ask) * 10000, bid + ask), 4, 4);
}
