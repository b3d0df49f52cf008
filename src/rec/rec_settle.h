/*
 * Records of what comes after a trade: obligations, nets, settlement and its
 * ledger.  Part of rec.h, which includes it.
 *
 * Signs are those of who has the account: above 0 it receives, or has more,
 * below 0 it delivers or pays, or has less.  Days are YYYYMMDD.  A currency is
 * the three letters of ISO 4217 and a NUL, as the instrument names it, or NULs.
 * Records with the flag SNAPSHOT say what is open at the end of a stream, and
 * are what the next day begins with: exch-settle(1).
 */
#ifndef EXCH_REC_REC_SETTLE_H
#define EXCH_REC_REC_SETTLE_H

#include "rec/rec.h"

/* The account of the central counterparty: no order can carry it. */
#define EXCH_ACCOUNT_CCP UINT32_MAX
/* The bank that changes money: likewise. */
#define EXCH_ACCOUNT_BANK (UINT32_MAX - 1)
/* The highest one that participants have. */
#define EXCH_ACCOUNT_MOST (UINT32_MAX - 2)

/* The venue's own: it has what is charged, and owes what is given back. */
#define EXCH_ACCOUNT_VENUE (UINT32_MAX - 2)

/* What becomes of an obligation. */
enum exch_due_state {
	EXCH_DUE_OPEN = 0,
	EXCH_DUE_BROKEN = 1, /* its trade was broken: the signs are turned */
	EXCH_DUE_SETTLED = 2,
	EXCH_DUE_PARTIAL = 3, /* so much of it is open still */
	EXCH_DUE_FAILED = 4   /* open since a day that has passed */
};

/* The accounts of the ledger that every participant has. */
enum exch_ledger_of {
	EXCH_LEDGER_HOLDING = 1, /* securities, or cash */
	EXCH_LEDGER_DUE = 2,	 /* to come, or to go, when trades settle */
	EXCH_LEDGER_OUTSIDE = 3, /* where what is not of this stream is */
	EXCH_LEDGER_FEES = 4,	 /* charged, and who has them */
	EXCH_LEDGER_PENALTY = 5,
	EXCH_LEDGER_LOAN = 6,	    /* securities borrowed or lent */
	EXCH_LEDGER_MARGIN = 7,	    /* posted to the central counterparty */
	EXCH_LEDGER_FUND = 8,	    /* paid into the default fund */
	EXCH_LEDGER_LOSS = 9,	    /* of a default, borne by somebody */
	EXCH_LEDGER_ENTITLED = 10,  /* securities: a dividend is to come */
	EXCH_LEDGER_ROUNDING = 11,  /* what changing money has left */
	EXCH_LEDGER_COLLATERAL = 12 /* cash: given for loans, below 0 had */
};

/* Why something was posted. */
enum exch_posted {
	EXCH_POSTED_OPENING = 1,
	EXCH_POSTED_DEPOSIT = 2,
	EXCH_POSTED_NET = 3,	/* an obligation came to be */
	EXCH_POSTED_SETTLE = 4, /* and was met, in whole or in part */
	EXCH_POSTED_MARK = 5,	/* what is open is valued anew */
	EXCH_POSTED_FEE = 6,
	EXCH_POSTED_PENALTY = 7,
	EXCH_POSTED_ACTION = 8, /* of a company */
	EXCH_POSTED_BREAK = 9,	/* a trade was broken afterwards */
	EXCH_POSTED_BUY_IN = 10,
	EXCH_POSTED_LOAN = 11,
	EXCH_POSTED_ALLOCATE = 12,
	EXCH_POSTED_DEFAULT = 13,
	EXCH_POSTED_CONVERT = 14, /* money is changed */
	EXCH_POSTED_EXERCISE = 15 /* of options, and their end */
};

/* Why an obligation was not met. */
enum exch_fail_why {
	EXCH_FAIL_SECURITIES = 1, /* it had not enough of them */
	EXCH_FAIL_CASH = 2,	  /* it could not pay */
	EXCH_FAIL_OTHER = 3	  /* the other side did not come */
};

/* What a report of a trade is, after it was compared. */
enum exch_compared {
	EXCH_COMPARED_UNMATCHED = 0,
	EXCH_COMPARED_MATCHED = 1, /* the other side says the same */
	EXCH_COMPARED_ALLEGED = 2  /* the other side says so, and nobody here */
};

/* In what the other side's nearest report differs. */
enum exch_differs {
	EXCH_DIFFERS_NOTHING = 0,
	EXCH_DIFFERS_CASH = 1,	  /* by more than is tolerated */
	EXCH_DIFFERS_SETTLES = 2, /* settlement date */
	EXCH_DIFFERS_TRADED = 3,  /* trade date */
	EXCH_DIFFERS_SIDE = 4,	  /* both buy, or sell */
	EXCH_DIFFERS_INSTRUMENT = 5,
	EXCH_DIFFERS_ACCOUNT = 6, /* another account says so of this one */
	EXCH_DIFFERS_AGAINST = 7, /* the other one says so of another */
	EXCH_DIFFERS_QTY = 8,	  /* and so in the cash */
	EXCH_DIFFERS_MUCH = 9,	  /* in several, for the same two */
	EXCH_DIFFERS_ALL = 10	  /* there is nothing like it */
};

enum exch_action {
	EXCH_ACTION_DIVIDEND = 1, /* cash for each share */
	EXCH_ACTION_STOCK = 2,	  /* shares for shares */
	EXCH_ACTION_SPLIT = 3,
	EXCH_ACTION_REVERSE = 4,
	EXCH_ACTION_MERGER = 5,
	EXCH_ACTION_RIGHTS = 6,
	EXCH_ACTION_SPIN_OFF = 7
};

/* One side of a trade, to be met on a day. */
struct exch_rec_obligation {
	struct exch_rec h; /* time: of the trade */
	uint64_t match;	   /* of the EXEC or TRADE; else see settle.h */
	int64_t qty;	   /* above 0: to receive */
	exch_cash cash;	   /* below 0: to pay */
	uint32_t account;
	uint32_t against; /* the other side; EXCH_ACCOUNT_CCP: novated */
	uint32_t date;	  /* to settle */
	char currency[4];
	uint8_t status; /* enum exch_due_state */
	uint8_t zero[7];
};

/* Of an account in an instrument for a day: all its obligations together. */
struct exch_rec_net {
	struct exch_rec h;
	int64_t qty;
	exch_cash cash;
	exch_qty gross_qty;   /* of its obligations, bought and sold */
	exch_cash gross_cash; /* and the cash of both, 0 and up */
	exch_cash market;     /* gained at `price`: qty x price + cash */
	exch_px price;	      /* settlement price, or none */
	uint32_t account;
	uint32_t against; /* as of an obligation */
	uint32_t date;
	uint32_t since; /* the day its oldest part should have settled */
	uint32_t trades;
	char currency[4];
};

/* Cash of an account for a day, over all instruments of a currency. */
struct exch_rec_cash {
	struct exch_rec h; /* of no instrument */
	exch_cash amount;
	exch_cash gross;
	uint32_t account;
	uint32_t date;
	char currency[4];
	uint8_t zero[4];
};

/*
 * One leg of an entry in the ledger.  Those of an entry come one behind the
 * other, and for each instrument and each currency they add up to 0.
 */
struct exch_rec_posting {
	struct exch_rec h;
	uint64_t entry; /* its number, from 1 */
	int64_t qty;	/* of the instrument; else 0 */
	exch_cash amount;
	uint32_t account;
	uint32_t date;
	char currency[4]; /* of the amount; NULs where it is a quantity */
	uint8_t ledger;	  /* enum exch_ledger_of */
	uint8_t why;	  /* enum exch_posted */
	uint8_t zero[2];
};

/* What an account of the ledger comes to. */
struct exch_rec_balance {
	struct exch_rec h;
	int64_t qty;
	exch_cash amount;
	uint32_t account;
	uint32_t date;
	char currency[4]; /* as of a posting */
	uint8_t ledger;	  /* enum exch_ledger_of */
	uint8_t zero[3];
};

/*
 * A part of what an account traded, at its average price, for another account;
 * for itself: what stays.
 */
struct exch_rec_allocation {
	struct exch_rec h;
	exch_oid order; /* that the rule is for, or 0 */
	exch_px price;	/* average, for display: cash is exact */
	int64_t qty;
	exch_cash cash;
	uint32_t account; /* that traded */
	uint32_t to;
	uint32_t date; /* to settle */
	char currency[4];
};

/* What a company does to those who hold its shares. */
struct exch_rec_action {
	struct exch_rec h;
	uint64_t id;	     /* its number in the table */
	exch_px cash;	     /* for one share */
	exch_px price;	     /* to subscribe at, or none */
	uint32_t new_shares; /* so many ... */
	uint32_t old_shares; /* ... for so many */
	uint32_t instrument; /* of what is given, or 0 */
	uint32_t ex_date;
	uint32_t record_date;
	uint32_t pay_date;
	char currency[4];
	uint8_t kind; /* enum exch_action */
	uint8_t zero[3];
};

/* What was not met on a day on which it should have been. */
struct exch_rec_fail {
	struct exch_rec h;
	int64_t qty; /* open: below 0 it fails to deliver */
	exch_cash cash;
	exch_px price; /* the day's, or none */
	uint32_t account;
	uint32_t against;
	uint32_t date;	/* it should have settled */
	uint32_t age;	/* settlement days since then, from 0 */
	uint8_t reason; /* enum exch_fail_why */
	uint8_t zero[3];
	char currency[4];
};

/* What one unit of a currency is worth in another on a day. */
struct exch_rec_rate {
	struct exch_rec h; /* of no instrument */
	exch_px rate;	   /* of `quote` for one `base` */
	uint32_t date;
	char base[4];
	char quote[4];
	uint8_t zero[4];
};

/* For a fail, for one day: what is charged below 0, what is given above. */
struct exch_rec_penalty {
	struct exch_rec h;
	exch_cash amount;
	exch_cash value; /* of what failed, at the day's price */
	int64_t rate;	 /* 10^-9 of the value for a day */
	uint32_t account;
	uint32_t against;
	uint32_t date; /* the day it is for */
	char currency[4];
};

/* One side's report of a trade that two agreed on, compared with the other's. */
struct exch_rec_compared {
	struct exch_rec h; /* of no instrument: nobody announced it */
	uint64_t report;   /* its number; 0: alleged */
	uint64_t other;	   /* of what it matches or is nearest, or 0 */
	int64_t qty;	   /* above 0: the account buys */
	exch_cash cash;
	exch_px price; /* or none: it said the amount only */
	uint32_t account;
	uint32_t against;
	uint32_t traded; /* trade date */
	uint32_t date;	 /* to settle */
	char currency[4];
	uint8_t state;	 /* enum exch_compared */
	uint8_t differs; /* enum exch_differs */
	uint8_t zero[2];
};

/* Of a trade in a bond: what it pays besides the price. */
struct exch_rec_accrued {
	struct exch_rec h;
	uint64_t match;	     /* of the trade */
	exch_cash principal; /* the cash of its price */
	exch_cash accrued;   /* interest; the buyer pays both */
	uint32_t since;	     /* the last coupon, or the issue */
	uint32_t date;	     /* up to its settlement date */
	uint32_t days;	     /* between them, as the bond counts them */
	char currency[4];
};

/* What settlement values an instrument at when a stream has ended. */
struct exch_rec_price {
	struct exch_rec h;
	exch_px price; /* the last one, or the reference */
	uint32_t date; /* day that ended last */
	uint8_t zero[4];
};

_Static_assert(sizeof(struct exch_rec_obligation) == 64, "");
_Static_assert(sizeof(struct exch_rec_net) == 88, "");
_Static_assert(sizeof(struct exch_rec_cash) == 48, "");
_Static_assert(sizeof(struct exch_rec_posting) == 56, "");
_Static_assert(sizeof(struct exch_rec_balance) == 48, "");
_Static_assert(sizeof(struct exch_rec_allocation) == 64, "");
_Static_assert(sizeof(struct exch_rec_action) == 72, "");
_Static_assert(sizeof(struct exch_rec_fail) == 64, "");
_Static_assert(sizeof(struct exch_rec_rate) == 40, "");
_Static_assert(sizeof(struct exch_rec_penalty) == 56, "");
_Static_assert(sizeof(struct exch_rec_compared) == 80, "");
_Static_assert(sizeof(struct exch_rec_accrued) == 56, "");
_Static_assert(sizeof(struct exch_rec_price) == 32, "");

#endif
