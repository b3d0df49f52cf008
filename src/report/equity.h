/*
 * What accounts gained by trading, bin by bin (series.h): cash of their trades
 * less fees, and what they hold at the last price, or at the reference of what
 * has not traded; and how far they are below their highest gain so far.
 *
 * An account in a currency is one line.  Memory grows with accounts and with
 * what they hold; the bins of the first EXCH_EQUITIES_MAX lines are kept, and
 * those of accounts that come first: the ones that --accounts names, else the
 * agents of a simulation, as its header tells them; and those of accounts about
 * which a monitor had said an alert before they traded.
 */
#ifndef EXCH_REPORT_EQUITY_H
#define EXCH_REPORT_EQUITY_H

#include "report/charges.h"
#include "report/marks.h"
#include "report/series.h"

#define EXCH_EQUITIES_MAX 1024u
#define EXCH_EQUITY_AGENTS 64u

/* What is kept of each bin. */
enum exch_equity_what {
	EXCH_EQUITY_GAIN,  /* in 10^-2 */
	EXCH_EQUITY_WORTH, /* of what is held, the same */
	EXCH_EQUITY_HELD,  /* pieces of all instruments, in 10^-scale */
	EXCH_EQUITY_SERIES
};

struct exch_equity {
	struct exch_key key; /* account; letters of the currency */
	exch_i128 cash;	     /* of trades, less fees */
	exch_i128 value;     /* of what it holds, at the last look */
	exch_i128 held;	     /* how much that is */
	exch_i128 peak;	     /* the highest gain at the end of a bin */
	exch_i128 fall;	     /* the deepest below it */
	uint64_t trades;
	uint32_t bin; /* its bins' number + 1; 0: they are not kept */
};

struct exch_equities {
	struct exch_charges charges;
	struct exch_marks marks;
	struct exch_keyed line;
	struct exch_keyed held;
	struct exch_keyed alerted; /* accounts of alerts in the stream */
	/* of each line that is kept EXCH_EQUITY_SERIES times EXCH_SERIES_BINS */
	int64_t *bins;
	uint32_t nkept, cap;
	const char *accounts; /* of --accounts, or NULL */
	uint32_t agent[EXCH_EQUITY_AGENTS];
	unsigned nagents;
	uint8_t scale; /* of quantities */
	bool scaled;   /* it is known */
	bool mixed;    /* instruments count in different parts */
	bool unmarked; /* something held has no price */
	bool overflow;
};

int exch_equities_open(
    struct exch_equities *e, struct exch_report_run *run, struct exch_diag *d);
/* Of zeros, too. */
void exch_equities_free(struct exch_equities *e);
/* An instrument is worth its reference until it trades, as in exch-report pnl. */
int exch_equities_record(struct exch_equities *e, const struct exch_rec *r,
    struct exch_report_run *run, uint64_t seq, struct exch_diag *d);
/* A bin is over: what every line has gained by then. */
int exch_equities_over(
    struct exch_equities *e, struct exch_report_run *run, uint32_t bin);
void exch_equities_merge(
    struct exch_equities *e, uint32_t n, uint32_t factor, uint32_t shift);

/* Does the account come first? */
bool exch_equities_first(const struct exch_equities *e,
    const struct exch_report_run *run, uint32_t account);

/* Did a monitor say an alert about it?  `run` as above, not looked at. */
bool exch_equities_alerted(const struct exch_equities *e,
    const struct exch_report_run *run, uint32_t account);

/* The bins of a line that has some. */
static inline int64_t *
exch_equity_bins(const struct exch_equities *e, const struct exch_equity *x,
    enum exch_equity_what what)
{
	return e->bins + ((size_t)(x->bin - 1) * EXCH_EQUITY_SERIES + what) *
			     EXCH_SERIES_BINS;
}

static inline exch_i128
exch_equity_gain(const struct exch_equity *x)
{
	return x->cash + x->value;
}

#endif
