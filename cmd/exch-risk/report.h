/*
 * exch-risk report: what its files share.  A report is one function that
 * writes rows, and one line in the list of report.c.
 */
#ifndef EXCH_CMD_RISK_REPORT_H
#define EXCH_CMD_RISK_REPORT_H

#include "common/cli.h"
#include "exch-risk/flow.h"
#include "exch-risk/tool.h"
#include "report/table.h"
#include "exch-risk/mark.h"
#include "risk/account_var.h"
#include "risk/fills.h"
#include "risk/standing.h"

/* Tables, in the order in which they are read. */
enum risk_table {
	RISK_ACCOUNTS,
	RISK_OPENING,
	RISK_FEES,
	RISK_PRICES,
	RISK_RATES,
	RISK_VOLS,
	RISK_LIQUIDITY,
	RISK_CORRELATIONS,
	RISK_SPREADS,
	RISK_SCENARIOS,
	RISK_PROFITS,
	RISK_DAY_TRADES,
	RISK_CALENDAR,
	/* of the rules' directory, if no option names another file */
	RISK_MARGIN,
	RISK_TIMS,
	RISK_SPAN,
	RISK_ZONES,
	RISK_TABLES
};

/* What a gate or somebody said, for the reports that tell it again. */
struct risk_said {
	struct exch_rec *r; /* a copy; whole, and of its type's form */
	uint64_t seq;
};

struct risk_tool {
	struct exch_cli cli;
	const struct risk_report *report;
	const char *rules; /* directory */
	const char *path[RISK_TABLES];
	char *text[RISK_TABLES];
	char *found[RISK_TABLES]; /* paths in the directory */
	struct exch_reftable table[RISK_TABLES];
	struct exch_prices prices;
	struct exch_fees fees;
	struct exch_day_trades day_trades;
	struct exch_calendar calendar;
	enum exch_lot_method lots;
	struct risk_marks marks;
	uint32_t date;	    /* --date, else that of the stream */
	bool phased, dated; /* --phase-in, --date */
	enum exch_span_convention convention;
	uint32_t account; /* only this one */
	bool one;
	bool seen; /* a record names that one */
	struct risk_flow flow;
	bool unmatched; /* which was told */
	bool no_rules;	/* the directory of the rules has not all of them */
	struct exch_var_source var;
	struct exch_fills *fills;
	struct exch_holdings h;
	struct exch_margin_day margin;
	struct exch_spreads spreads; /* of the day */
	struct risk_said *said;
	size_t nsaid, said_cap;
	struct exch_cli_bad bad;
	struct exch_cli_out *to;
	struct exch_table out;
};

struct risk_report {
	const char *name, *what;
	unsigned needs; /* tables, bits 1 << enum risk_table */
	int (*write)(struct risk_tool *t, struct exch_diag *d);
};
/* Beside tables: what was said, report_said.c. */
#define RISK_SAID (1u << 31)
/* A price of all that is held, or all that a model wants to value it. */
#define RISK_MARKED (1u << 30)
#define RISK_VALUED (1u << 29)

/* report_load.c: all tables that are needed or told. */
int risk_load(struct risk_tool *t, struct exch_diag *d);
void risk_unload(struct risk_tool *t);
const struct exch_reftable *risk_has(
    const struct risk_tool *t, enum risk_table which);

/* The day of the last row of the profits; 0: there is none. */
uint32_t risk_last_profit(const struct risk_tool *t);

/* How many of an account's holdings no model can value. */
size_t risk_unknown(const struct risk_tool *t, const struct exch_holder *who);

/* The accounts that are asked for, one by one from *i = 0; NULL: no more. */
const struct exch_holder *risk_next(const struct risk_tool *t, size_t *i);

/* Cells: money to the hundredth, a number of six decimals; NAN is none. */
void risk_money(struct exch_table *t, double v);
void risk_number(struct exch_table *t, double v);
void risk_cash(struct exch_table *t, exch_cash v);
void risk_symbol(struct exch_table *t, const struct exch_thing *x);
void risk_account(struct exch_table *t, const struct exch_holder *who);

/*
 * report_said.c: keep what was said.  EXCH_ERR_FORMAT: it has not its type's
 * form; EXCH_ERR_NOMEM.
 */
int risk_keep(struct risk_tool *t, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
void risk_forget(struct risk_tool *t);
int risk_decisions(struct risk_tool *t, struct exch_diag *d);
int risk_overrides(struct risk_tool *t, struct exch_diag *d);
int risk_changes(struct risk_tool *t, struct exch_diag *d);

/* report_rows.c, report_model.c, report_page.c */
int risk_positions(struct risk_tool *t, struct exch_diag *d);
int risk_accounts(struct risk_tool *t, struct exch_diag *d);
int risk_day_trades(struct risk_tool *t, struct exch_diag *d);
int risk_margin(struct risk_tool *t, struct exch_diag *d);
int risk_concentration(struct risk_tool *t, struct exch_diag *d);
int risk_var(struct risk_tool *t, struct exch_diag *d);
int risk_stress(struct risk_tool *t, struct exch_diag *d);
int risk_greeks(struct risk_tool *t, struct exch_diag *d);
int risk_backtest(struct risk_tool *t, struct exch_diag *d);
int risk_page(struct risk_tool *t, struct exch_diag *d);

/*
 * How many days, or paths, leave one beyond the level; of fewer than those the
 * value at risk is no more than the worst.
 */
uint64_t risk_whole_tail(const struct risk_tool *t);
bool risk_is_thin(const struct risk_tool *t, uint64_t n);

/* Are there no scenarios?  It is told. */
void risk_tell_stress(const struct risk_tool *t);
/* What an account loses (below 0) in the scenario that begins at `first`. */
int risk_scenario_profit(const struct risk_tool *t,
    const struct exch_holder *who, size_t first, double *profit,
    uint32_t *unknown, struct exch_diag *d);

#endif
