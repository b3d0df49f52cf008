/*
 * The table of reports.  In a file of its own, so that a tool with a table of
 * its own does not link what all reports need.
 */
#include <config.h>

#include <string.h>

#include "report/reports.h"

static const struct exch_report *const table[] = {
    &exch_report_summary,
    &exch_report_trades,
    &exch_report_orders,
    &exch_report_depth,
    &exch_report_bars,
    &exch_report_fidelity,
    &exch_report_audit,
    &exch_report_trace,
    &exch_report_overrides,
    &exch_report_funnel,
    &exch_report_tca,
    &exch_report_latency,
    &exch_report_sla,
    &exch_report_fees,
    &exch_report_confirms,
    &exch_report_tax,
    &exch_report_pnl,
    &exch_report_statement,
    &exch_report_cat,
    &exch_report_performance,
    &exch_report_surveil,
    &exch_report_rts22,
    &exch_report_rts24,
    &exch_report_605,
    &exch_report_606,
    &exch_report_bestex,
    &exch_report_large_trader,
    &exch_report_aml,
    &exch_report_html,
    &exch_report_plot,
    &exch_report_rebalance,
    &exch_report_notify,
    &exch_report_queue_audit,
    &exch_report_realism,
};

const struct exch_report *const *
exch_report_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(table);
	return table;
}

const struct exch_report *
exch_report_by_name(const char *name)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}
