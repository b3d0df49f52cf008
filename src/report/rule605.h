/*
 * Statistics of executions (rule605.c): what an order is counted as, and what
 * is counted.
 *
 * Everything is exact: twice a distance from the midpoint is 2 P - bid - ask,
 * which needs no half.
 */
#ifndef EXCH_REPORT_RULE605_H
#define EXCH_REPORT_RULE605_H

#include "base/keyed.h"
#include "ref/dated.h"
#include "report/quotes.h"
#include "report/tracked.h"

#define EXCH_605_HORIZONS 8u
#define EXCH_605_TIMES 8u

/* Kinds of bands in data/report/rule605.csv. */
enum exch_605_band_kind {
	EXCH_605_HORIZON,
	EXCH_605_TIME,
	EXCH_605_WORTH,
	EXCH_605_LOT,
	EXCH_605_SHARES
};

struct exch_605_band {
	struct exch_dated span;
	uint8_t kind;
	char word[12];
	int64_t low; /* 10^-9 of its unit */
	int64_t high;
	int64_t value;
	char source[EXCH_DATED_SOURCE_MAX];
};

enum exch_605_type {
	EXCH_605_NONE, /* not covered */
	EXCH_605_MARKET,
	EXCH_605_MARKETABLE,
	EXCH_605_MARKETABLE_IOC,
	EXCH_605_MIDPOINT,
	EXCH_605_MIDPOINT_IOC,
	EXCH_605_RESTING, /* non-marketable */
	EXCH_605_RESTING_IOC,
	EXCH_605_MARKET_STOP,
	EXCH_605_MARKETABLE_STOP,
	EXCH_605_RESTING_STOP,
	/* of before 2024, in the order of their codes 11 to 15 */
	EXCH_605_CLASSIC,
	EXCH_605_INSIDE = EXCH_605_CLASSIC + 2,
	EXCH_605_AT,
	EXCH_605_NEAR
};

struct exch_605_bands {
	struct exch_reftable table;
	const struct exch_605_band *band[64]; /* of the day, in order */
	unsigned n;
};

int exch_605_read(struct exch_605_bands *b, const struct exch_given *given,
    uint32_t date, struct exch_diag *d);
void exch_605_clear(struct exch_605_bands *b);
/* The n-th band of a kind, NULL behind the last; the one that holds v. */
const struct exch_605_band *exch_605_nth(
    const struct exch_605_bands *b, enum exch_605_band_kind kind, unsigned n);
int exch_605_find(
    const struct exch_605_bands *b, enum exch_605_band_kind kind, exch_i128 v);

/* What everybody saw: both sides, or nothing. */
struct exch_605_quote {
	exch_px bid;
	exch_px ask;
};

/* What an order is, by its terms and what was seen when it came in. */
enum exch_605_type exch_605_type_of(const struct exch_life *o, bool stop,
    bool classic, const struct exch_605_quote *q);
const char *exch_605_word(enum exch_605_type type);

/* Shares of which something happened, and how they were weighed. */
struct exch_605_cell {
	struct exch_key key; /* place; id: type, band and lot */
	uint64_t orders;
	exch_u128 shares;
	exch_u128 cancelled;
	exch_u128 executed;
	exch_u128 spread_shares; /* of them with a quote to compare with */
	exch_i128 effective;	 /* sums of price x shares */
	exch_i128 quoted;
	exch_u128 improved, at, outside; /* shares */
	exch_i128 improvement, worse;
	exch_u128 time;			  /* ns x shares */
	exch_u128 time_of[3];		  /* improved, at, outside */
	exch_u128 within[EXCH_605_TIMES]; /* shares by category of time */
	exch_u128 after_shares[EXCH_605_HORIZONS];
	exch_i128 realised[EXCH_605_HORIZONS];
	exch_i128 impact[EXCH_605_HORIZONS];
};

static inline uint64_t
exch_605_id(unsigned type, unsigned band, unsigned lot)
{
	return (uint64_t)type << 16 | band << 8 | lot;
}

struct exch_605 {
	struct exch_605_bands bands;
	struct exch_keyed cells;
	bool classic;
	const char *participant;
	const char *center;
};

/* Columns, and the rows of all cells. */
int exch_605_columns(
    struct exch_report_run *run, const struct exch_605 *s, struct exch_diag *d);
int exch_605_rows(
    struct exch_report_run *run, const struct exch_605 *s, struct exch_diag *d);

#endif
