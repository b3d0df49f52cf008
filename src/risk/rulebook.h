/*
 * Numbers of rule books, by date: tables of the form that data/risk has, so
 * that a rate changes without a change of the program.  exch-tables(5) has
 * every column.
 * Their rows hold for a time (ref/dated.h).
 */
#ifndef EXCH_RISK_RULEBOOK_H
#define EXCH_RISK_RULEBOOK_H

#include "ref/table.h"
#include "risk/margin.h"
#include "risk/scan.h"

/* ---- margin of stocks ---- */

/* The number that each rule of the table is, in the order of its words. */
enum exch_margin_rule {
	EXCH_MARGIN_INITIAL_LONG,
	EXCH_MARGIN_INITIAL_SHORT,
	EXCH_MARGIN_KEEP_LONG,
	EXCH_MARGIN_KEEP_SHORT,
	EXCH_MARGIN_KEEP_SHORT_CHEAP,
	EXCH_MARGIN_CHEAP_BELOW,
	EXCH_MARGIN_SHORT_LEAST,
	EXCH_MARGIN_SHORT_LEAST_CHEAP,
	EXCH_MARGIN_MINIMUM_EQUITY,
	EXCH_MARGIN_DAY_TRADES,
	EXCH_MARGIN_DAY_TRADE_SHARE,
	EXCH_MARGIN_DAY_TRADER_EQUITY,
	EXCH_MARGIN_DAY_TRADER_POWER,
	EXCH_MARGIN_RULES
};

/* Parsed by the calls below; cleared by exch_reftable_clear. */
int exch_margin_rules_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/*
 * Rates of the day YYYYMMDD; with `phased` those that a firm may keep during a
 * phase-in.  EXCH_ERR_ABSENT: the table has not all of them for that day (of
 * the day trader's there may be none), and the diagnosis says which.
 */
int exch_margin_rules_at(const struct exch_reftable *t, uint32_t date,
    bool phased, struct exch_margin_rates *rates, struct exch_day_trader *day,
    struct exch_diag *d);

/*
 * The last day up to `date` on which there was a rule of day traders without a
 * phase-in; 0: none.
 */
uint32_t exch_margin_rules_trader_last(
    const struct exch_reftable *t, uint32_t date);

/* ---- portfolio margin ---- */

enum exch_tims_class {
	EXCH_TIMS_STOCK,
	EXCH_TIMS_NARROW_INDEX,
	EXCH_TIMS_BROAD_INDEX,
	EXCH_TIMS_LARGE_INDEX
};
extern const struct exch_cell_word exch_tims_classes[];

int exch_tims_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
int exch_tims_at(const struct exch_reftable *t, uint32_t date,
    enum exch_tims_class class, struct exch_points *out, struct exch_diag *d);

enum exch_span_convention { EXCH_SPAN_OLDER, EXCH_SPAN_CURRENT };
extern const struct exch_cell_word exch_span_conventions[];

int exch_span_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/* Only `extreme` and `cover` of *out are set. */
int exch_span_at(const struct exch_reftable *t, uint32_t date,
    enum exch_span_convention c, struct exch_span *out, struct exch_diag *d);

/* ---- what back-tests cost ---- */

enum exch_backtest_rule { EXCH_BACKTEST_BASEL, EXCH_BACKTEST_FRTB };
enum exch_zone { EXCH_ZONE_GREEN, EXCH_ZONE_YELLOW, EXCH_ZONE_RED };

struct exch_traffic {
	enum exch_zone zone;
	int64_t multiplier; /* 10^-9 */
};

int exch_backtest_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/* Of so many exceptions in 250 days at 99 %.  EXCH_ERR_ABSENT. */
int exch_backtest_at(const struct exch_reftable *t, uint32_t date,
    enum exch_backtest_rule rule, uint32_t exceptions, struct exch_traffic *out,
    struct exch_diag *d);

#endif
