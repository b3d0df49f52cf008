/* The table of feeds (md.h). */
#include <config.h>

#include "md/md.h"
#include "report/reports.h"

static const struct exch_report *const table[] = {
    &exch_md_top,
    &exch_report_depth_any,
    &exch_md_nbbo,
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
