/*
 * Market data as a venue publishes it, made from the stream of its events.
 * Each feed is a row of exch-feed(1), run as reports are (report/report.h).
 */
#ifndef EXCH_MD_MD_H
#define EXCH_MD_MD_H

#include "report/report.h"

extern const struct exch_report exch_md_top;
extern const struct exch_report exch_md_orders;
extern const struct exch_report exch_md_stats;
extern const struct exch_report exch_md_nbbo;
extern const struct exch_report exch_md_consolidated;
extern const struct exch_report exch_md_synthetic;
extern const struct exch_report exch_md_quality;
extern const struct exch_report exch_md_itch;
extern const struct exch_report exch_md_fix_books;
extern const struct exch_report exch_md_dropcopy;
extern const struct exch_report exch_md_ouch;

/* The number of an execution that is unique in a day. */
static inline uint64_t
exch_md_match(uint32_t place, uint64_t match)
{
	return (uint64_t)place << 40 ^ match;
}

/*
 * A cell: the bids' part of both less the offers', -1 to 1; none when there is
 * neither.  Quantities are sums of at most EXCH_REPORT_LEVELS_MAX levels.
 */
void exch_md_imbalance(struct exch_table *t, exch_i128 bid, exch_i128 ask);

/* All feeds, with those that are reports, too; *n receives how many. */
const struct exch_report *const *exch_md_all(unsigned *n);

#endif
