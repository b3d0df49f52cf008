/*
 * What the measures need to know of markets besides prices (history.h):
 * rates, volatilities, liquidity and scenarios, and the profits of days that a
 * back-test looks at; each a table that people write.  exch-tables(5) has
 * every column.
 *
 * Each *_parse fills a struct that its _clear frees; what is refused is told
 * with file, line and column, and leaves it empty.
 */
#ifndef EXCH_RISK_MARKET_H
#define EXCH_RISK_MARKET_H

#include "ref/table.h"

#define EXCH_SYMBOL 24 /* bytes, padded with NUL */

/* ---- rates ---- */

/*
 * The rate without risk, per year, continuously compounded, for a day and a
 * time to expiry in days: the last date before or on it, between the tenors
 * on either side in a straight line, and flat beyond the last ones.
 */
int exch_rates_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/* EXCH_ERR_ABSENT: no row is as old. */
int exch_rate_at(const struct exch_reftable *t, uint32_t date, double days,
    double *rate, struct exch_diag *d);

/* ---- volatilities, and what else models want of an instrument ---- */

struct exch_vol_row {
	uint32_t date;
	char symbol[EXCH_SYMBOL]; /* or "": of all without a row */
	int64_t vol;	  /* 10^-9, per square root of a year; -1: not told */
	int64_t yield;	  /* of dividends, 10^-9 a year */
	uint8_t class;	  /* enum exch_tims_class */
	exch_px scan;	  /* price range of SPAN arrays, or none */
	int64_t vol_scan; /* added to the volatility there, 10^-9 */
	exch_px short_option; /* SPAN's least for a short option on one unit */
};

int exch_vols_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/* The last row on or before a day; that without a symbol; or NULL. */
const struct exch_vol_row *exch_vol_at(
    const struct exch_reftable *t, uint32_t date, const char *symbol);

/* ---- liquidity ---- */

struct exch_liquidity_row {
	char symbol[EXCH_SYMBOL];
	uint64_t volume;	   /* of an average day, quantity */
	int64_t spread, spread_sd; /* parts of the price, 10^-9 */
	int64_t haircut;	   /* of the value as collateral, 10^-9 */
};

int exch_liquidity_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
const struct exch_liquidity_row *exch_liquidity_of(
    const struct exch_reftable *t, const char *symbol);

/* ---- scenarios ---- */

#define EXCH_SCENARIO 24 /* bytes of a name */

struct exch_scenario_row {
	char name[EXCH_SCENARIO];
	uint32_t date;		  /* when it happened; 0: invented */
	char symbol[EXCH_SYMBOL]; /* "": everything, or */
	uint8_t kind;		  /* of this kind; EXCH_KIND_ANY: of any */
	int64_t shock;		  /* of prices, 10^-9, from -1 on */
	int64_t vol;		  /* of volatilities, 10^-9, from -1 on */
	char note[64];
};

#define EXCH_KIND_ANY UINT8_MAX

/* Rows of a name stand together; two for the same thing are refused. */
int exch_scenarios_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/*
 * How the scenario whose first row is `first` moves an instrument: by the row
 * of its symbol, else of its kind, else of everything; not at all without.
 */
void exch_scenario_move(const struct exch_reftable *t, size_t first,
    const char *symbol, uint8_t kind, double *shock, double *vol);
/* The first row of the scenario behind that of `first`, or t->n. */
size_t exch_scenario_next(const struct exch_reftable *t, size_t first);

/* ---- profits of days, for back-tests ---- */

struct exch_pl_row {
	uint32_t date;
	exch_cash pl;
	exch_cash var; /* that was told for the day, a loss above 0 */
};

/* In ascending order of the dates, each once. */
int exch_pl_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

#endif
