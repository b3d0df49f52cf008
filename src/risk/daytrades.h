/*
 * How often accounts traded within a day, on the days before: the old rule of
 * day traders looks at five business days, and a stream is one of them.  The
 * table is exch-tables(5), what exch-risk report day-trades writes.
 */
#ifndef EXCH_RISK_DAYTRADES_H
#define EXCH_RISK_DAYTRADES_H

#include "ref/calendar.h"
#include "ref/table.h"
#include "risk/margin.h"

/* Business days that count, with the one that is asked about. */
#define EXCH_DAY_TRADES_DAYS 5

struct exch_day_trades_row {
	uint32_t account;
	uint32_t date;
	uint32_t day_trades;
	uint32_t trades; /* all of them; at least as many */
};

struct exch_day_trades {
	struct exch_reftable t;
	size_t *order; /* of its rows, by account and date */
};

/*
 * Refused besides what a table is: an account twice for a day, and more day
 * trades than trades.
 */
int exch_day_trades_parse(const char *text, size_t n, const char *name,
    struct exch_day_trades *out, struct exch_diag *d);
void exch_day_trades_clear(struct exch_day_trades *x);

/*
 * The first of the five business days that end with `date`; without a calendar
 * (NULL) all days but Saturdays and Sundays are business days.
 * EXCH_ERR_ABSENT: it says nothing about the year.
 */
int exch_day_trades_since(
    const struct exch_calendar *c, uint32_t date, uint32_t *since);
/* Add those of the account from `since` on, before `date`. */
void exch_day_trades_add(const struct exch_day_trades *x, uint32_t account,
    uint32_t since, uint32_t date, uint64_t *day_trades, uint64_t *trades);

/* The rule on a day, for who judges by it. */
struct exch_day_trading {
	/* In force, and while a firm phases in; .trades 0: there is none. */
	struct exch_day_trader rule, phased;
	const struct exch_day_trades *earlier; /* NULL: nothing is known */
	uint32_t since, date; /* the five business days, both included */
};

#endif
