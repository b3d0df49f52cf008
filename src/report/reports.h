/* The reports themselves, one per file, for the table in report.c. */
#ifndef EXCH_REPORT_REPORTS_H
#define EXCH_REPORT_REPORTS_H

#include "report/report.h"

extern const struct exch_report exch_report_summary;
extern const struct exch_report exch_report_trades;
extern const struct exch_report exch_report_orders;
extern const struct exch_report exch_report_depth;
/* depth of any stream that has orders: for exch-feed */
extern const struct exch_report exch_report_depth_any;
extern const struct exch_report exch_report_bars;
extern const struct exch_report exch_report_fidelity;
extern const struct exch_report exch_report_audit;
extern const struct exch_report exch_report_trace;
extern const struct exch_report exch_report_overrides;
extern const struct exch_report exch_report_funnel;
extern const struct exch_report exch_report_surveil;
extern const struct exch_report exch_report_tca;
extern const struct exch_report exch_report_latency;
extern const struct exch_report exch_report_sla;
extern const struct exch_report exch_report_fees;
extern const struct exch_report exch_report_confirms;
extern const struct exch_report exch_report_tax;
extern const struct exch_report exch_report_pnl;
extern const struct exch_report exch_report_statement;
extern const struct exch_report exch_report_cat;
extern const struct exch_report exch_report_performance;
extern const struct exch_report exch_report_rts22;
extern const struct exch_report exch_report_rts24;
extern const struct exch_report exch_report_605;
extern const struct exch_report exch_report_606;
extern const struct exch_report exch_report_bestex;
extern const struct exch_report exch_report_large_trader;
extern const struct exch_report exch_report_aml;
extern const struct exch_report exch_report_html;
extern const struct exch_report exch_report_plot;
extern const struct exch_report exch_report_rebalance;
extern const struct exch_report exch_report_notify;
extern const struct exch_report exch_report_queue_audit;
extern const struct exch_report exch_report_realism;

#endif
