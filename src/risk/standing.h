/*
 * How an account stands at one moment: what it has, what it owes, what the
 * rules of margin ask of it, before and after the day trader's rule was
 * replaced, and under portfolio margin.
 *
 * Strategy-based margin is asked of stocks and funds (margin.h).  Options keep
 * what portfolio margin asks of those on one underlying, futures the scan risk
 * of their SPAN arrays where a price range is known, and everything else that
 * no rule here is about keeps what it is worth, an option that no model can
 * value at least portfolio margin's least for it.
 */
#ifndef EXCH_RISK_STANDING_H
#define EXCH_RISK_STANDING_H

#include "risk/daytrades.h"
#include "risk/holdings.h"
#include "risk/spread.h"

/* The rules of a day. */
struct exch_margin_day {
	struct exch_margin_rates rates;
	struct exch_day_trader trader; /* .trades 0: no such rule on that day */
	/* As it was before: for comparison, when the table tells. */
	struct exch_day_trader before;
	const struct exch_reftable *tims, *span;
	enum exch_span_convention convention;
	const struct exch_spreads *spreads; /* NULL: no credits */
	uint32_t date;
	/* What accounts traded from `since` on, before that; NULL: nothing. */
	const struct exch_day_trades *earlier;
	uint32_t since;
};

/*
 * Read the day's numbers from the tables.  `phased` as in
 * exch_margin_rules_at(); of `before` the last row that there is.
 */
int exch_margin_day(const struct exch_reftable *rules,
    const struct exch_reftable *tims, const struct exch_reftable *span,
    enum exch_span_convention convention, uint32_t date, bool phased,
    struct exch_margin_day *out, struct exch_diag *d);

struct exch_standing {
	exch_cash realised, unrealised; /* sums over the holdings */
	exch_cash longs, shorts;	/* worth, both 0 and up */
	exch_cash equity;		/* cash and what all is worth */
	exch_cash initial;		/* to open these positions */
	exch_cash keep;			/* of all positions, at every moment */
	exch_cash derivatives; /* part of it that is of options and futures */
	exch_cash required;    /* least equity by the rule in force */
	exch_cash required_before, required_after; /* old rule, and new */
	exch_cash portfolio; /* instead of keep, under portfolio margin */
	exch_cash call;	     /* what is missing to `required` */
	uint64_t day_trades, trades;	     /* of five business days */
	uint64_t day_trades_now, trades_now; /* of them in the stream */
	bool day_trader;   /* by the old rule, whether or not in force */
	uint32_t unmarked; /* holdings that no price is known of, and */
	uint32_t unknown;  /* those that no model can value */
	/*
	 * With something unmarked nobody knows what all is worth, nor what it
	 * must keep, and with something unknown not `portfolio`: these numbers
	 * are of the rest, and no answer.
	 */
	bool known, portfolio_known;
};

/* EXCH_ERR_RANGE: more than cash can say, and of which account. */
int exch_standing_of(const struct exch_holdings *h,
    const struct exch_holder *who, const struct exch_margin_day *m,
    struct exch_standing *out, struct exch_diag *d);

/*
 * Portfolio margin of what is held of one root: all its legs together, or
 * those of one kind (EXCH_KIND_ANY: all).
 * EXCH_ERR_ABSENT: something is not known of one, or nothing is held.
 */
int exch_points_of_root(const struct exch_holdings *h,
    const struct exch_holder *who, uint32_t root,
    const struct exch_margin_day *m, uint8_t kind,
    struct exch_points_margin *out, struct exch_diag *d);
/*
 * What its legs would need if stocks, options and futures on that root were
 * each looked at apart: cross-margining saves the difference.
 */
int exch_points_apart(const struct exch_holdings *h,
    const struct exch_holder *who, uint32_t root,
    const struct exch_margin_day *m, double *out, struct exch_diag *d);
/* SPAN of the futures and options on one root, by the root's ranges. */
struct exch_span_root {
	uint32_t place; /* of the thing */
	bool known;	/* all on it could be valued: else the rest is 0 */
	double least;	/* for short options */
	double delta;	/* net, in contracts of the root */
	double credit;	/* from spreads with other roots */
	struct exch_span_margin m;
};

/*
 * Of all roots whose range is known, *n of them, the caller's to exch_free;
 * then credits between them.  EXCH_ERR_ABSENT: the rules of the day are not
 * known; EXCH_ERR_NOMEM.
 */
int exch_span_of(const struct exch_holdings *h, const struct exch_holder *who,
    const struct exch_margin_day *m, struct exch_span_root **out, size_t *n,
    struct exch_diag *d);
/* That of a root; NULL: it has none. */
const struct exch_span_root *exch_span_at_root(
    const struct exch_span_root *x, size_t n, uint32_t root);

/* How few holdings it is all in, by what they are worth. */
struct exch_concentration {
	uint32_t holdings;
	double hhi;
	uint32_t largest; /* place of the thing */
	double share;	  /* of all */
};
/* EXCH_ERR_ABSENT: nothing is worth anything. */
int exch_concentration_of(const struct exch_holdings *h,
    const struct exch_holder *who, struct exch_concentration *out,
    struct exch_diag *d);

/* Is it the first holding of its account that follows this root? */
bool exch_held_leads(
    const struct exch_holdings *h, const struct exch_holder *who, size_t i);

#endif
