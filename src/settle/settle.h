/*
 * From trades to settled cash and securities.  The engine reads a matched
 * stream, record by record, and writes what comes of its trades:
 *
 *	trade			an OBLIGATION for each side
 *	end of a trade date	a COMPARED for each report of the day, with the
 *				obligations of those that match; an ALLOCATION for each part of a block, with the
 *				obligations of both sides; a NET for each account, instrument and day, CASH
 *	a settlement day	an OBLIGATION for what settles of one, and its
 *				POSTINGs, a FAIL for what does not
 *	an exercise		an OBLIGATION for each side, and POSTINGs
 *	an ex-date		an ACTION and its POSTINGs, before the trades
 *	end of the stream	what is open, PRICEs and BALANCEs, flagged as
 *				snapshot
 *
 * Under model 3 trades are novated: the central counterparty stands between
 * the two sides, and what an account has bought and sold of an instrument for
 * a day becomes one net.  Models 1 and 2 settle between accounts, trade by
 * trade or (bilateral) the net of a pair; exch-clearing(7) explains them.
 *
 *	model	securities	cash
 *	1	each alone	with them, at once
 *	2	each alone	net, at the end of the run
 *	3	net		net, at the end of the run
 *
 * Always true: for each instrument and settlement day net quantities add up to
 * 0, net cash too, and every entry of the ledger balances.
 *
 * Memory grows with what is open: accounts x instruments x days under model 3,
 * pairs or trades under the others; and with the executions that can still be
 * broken, of which the last `remember` are kept.
 */
#ifndef EXCH_SETTLE_SETTLE_H
#define EXCH_SETTLE_SETTLE_H

#include "base/err.h"
#include "base/time.h"
#include "ref/fees.h"
#include "rec/stream.h"
#include "settle/cycle.h"
#include "settle/ledger.h"

struct exch_settle;

/*
 * Numbers that obligations name which come of no execution: of a part of a
 * block, with the trade date and its number of that day; of a report; and of
 * options that are exercised, as of a part.
 */
#define EXCH_MATCH_PART (UINT64_C(1) << 63)
#define EXCH_MATCH_REPORT (UINT64_C(1) << 62)
#define EXCH_MATCH_EXERCISE (UINT64_C(1) << 61)

struct exch_settle_opts {
	const struct exch_reftable *cycle;	 /* NULL: `days` for all */
	uint32_t days;				 /* settlement days */
	const struct exch_calendar *calendar;	 /* NULL: weekdays settle */
	const struct exch_reftable *bonds;	 /* bond.h; NULL: none */
	const struct exch_reftable *penalties;	 /* penalty.h; NULL: none */
	const struct exch_reftable *actions;	 /* action.h; NULL: none */
	const struct exch_reftable *exercises;	 /* exercise.h; NULL: of no */
						 /* option, also at its end */
	const struct exch_reftable *lending;	 /* lending.h; NULL: none */
	const struct exch_reftable *collateral;	 /* of it, and */
	const struct exch_reftable *recalls;	 /* likewise; NULL: none */
	const struct exch_reftable *allocations; /* allocation.h; NULL */
	const struct exch_reftable *reported;	 /* compare.h; NULL: none */
	exch_cash tolerance;		      /* of reported cash, 0 and up */
	const struct exch_fees *fees;	      /* of the venue; NULL: none */
	const struct exch_reftable *rates;    /* fx.h; NULL: none */
	const struct exch_reftable *members;  /* loss.h; NULL: no fund */
	const struct exch_reftable *defaults; /* loss.h; NULL: none */
	const struct exch_tz *tz;	      /* of trade dates; NULL: UTC */
	uint32_t date;	      /* of the stream; 0: of its times */
	unsigned model;	      /* 1, 2 or 3 */
	bool bilateral;	      /* models 1 and 2: nets of pairs */
	bool whole;	      /* they settle whole or not at all */
	bool need_securities; /* who has not enough cannot deliver */
	bool need_cash;	      /* who has not enough cannot pay */
	bool convert;	      /* but pays with other currencies, at `rates` */
	uint32_t close_out;   /* fails of so many days are bought in; 0: none */
	uint32_t premium;     /* basis points more than the last price */
	char currency[4];     /* of balances; NULs: the first instrument's */
	bool pro_rata;	   /* who wrote options is assigned so, not by chance */
	uint64_t seed;	   /* of the order among equals */
	uint32_t remember; /* executions that can be broken, 1 and up */
};

/* The tables are borrowed for the engine's life.  EXCH_ERR_NOMEM. */
int exch_settle_new(const struct exch_settle_opts *o, struct exch_settle **out,
    struct exch_diag *d);
void exch_settle_free(struct exch_settle *s);

/*
 * What somebody had before: cash of the currency of balances, or of any other
 * where that one is named by the options, or a quantity of a symbol.  To be
 * told before the first record.  EXCH_ERR_NOMEM.
 */
int exch_settle_has_cash(struct exch_settle *s, uint32_t account,
    exch_cash amount, struct exch_diag *d);
int exch_settle_has_money(struct exch_settle *s, uint32_t account,
    const char currency[4], exch_cash amount, struct exch_diag *d);
int exch_settle_has(struct exch_settle *s, uint32_t account,
    const char symbol[24], int64_t qty, struct exch_diag *d);

/* The member of an account, for its fees.  EXCH_ERR_NOMEM. */
int exch_settle_member(struct exch_settle *s, uint32_t account,
    const char member[16], struct exch_diag *d);

/*
 * The margin and the default fund of `members` are there, too; not where a
 * stream of a day before tells what is left of them.
 */
int exch_settle_has_fund(struct exch_settle *s, struct exch_diag *d);

/*
 * What a stream of a day before has left: a BALANCE, a PRICE, and a NET or
 * OBLIGATION that is open, all with the flag SNAPSHOT; `in` is its instrument,
 * NULL where it is of none.  Of executions the price is kept, for streams that
 * tell none at their end; other records are passed over.  To be told before
 * the first record.  EXCH_ERR_NOMEM; EXCH_ERR_FORMAT: it is of another model, or is not
 * what it should be.
 */
int exch_settle_from(struct exch_settle *s, const struct exch_rec *r,
    const struct exch_rec_instrument *in, struct exch_diag *d);

/*
 * Any record, before it is passed on: where it begins another trade date, the
 * one before ends here.  EXCH_ERR_NOMEM and EXCH_ERR_RANGE as below.
 */
int exch_settle_time(struct exch_settle *s, const struct exch_rec *r,
    struct exch_writer *w, struct exch_diag *d);
/*
 * The same record, after it was passed on.  One may go on after
 * EXCH_ERR_RANGE: cash or a quantity beyond what numbers can say, and
 * EXCH_ERR_ABSENT: an instrument nobody announced; the trade is not captured.
 * EXCH_ERR_EXISTS: the stream was settled already.  EXCH_ERR_NOMEM.
 */
int exch_settle_record(struct exch_settle *s, const struct exch_rec *r,
    struct exch_writer *w, struct exch_diag *d);
/*
 * The end of the stream: the last trade date ends, and settlement days pass up
 * to `until` (0: no more; UINT32_MAX: to the last day that something is to
 * settle on).  Then everything that is open, and the balances.
 */
int exch_settle_end(struct exch_settle *s, uint32_t until,
    struct exch_writer *w, struct exch_diag *d);

/* What has been done so far, of one currency. */
struct exch_settle_sum {
	char currency[4];
	exch_u128 gross_cash; /* of all trades, each once */
	exch_u128 handed_on;  /* of all parts of blocks, each once */
	exch_u128 net_cash;   /* of the nets, each delivery once */
};
struct exch_settle_tally {
	uint64_t trades, broken;
	uint64_t nets;	    /* after netting: deliveries and receipts */
	uint64_t settled;   /* of them on their day, or later, whole */
	uint64_t fails;	    /* told, one for each day */
	uint64_t open;	    /* at the end */
	uint64_t bought_in; /* fails that were closed out */
	uint64_t borrowed;  /* times that somebody lent to somebody */
	uint64_t recalled;  /* loans that were bought in */
	uint64_t exercised; /* contracts of options */
	uint64_t unpriced;  /* trades without a price, not captured */
	uint64_t charged; /* accounts that had fees or rebates, for each day */
	uint64_t matched; /* trades that both sides have reported */
	uint64_t unmatched; /* reports, */
	uint64_t alleged;   /* and of them those nobody else has */
	uint64_t blocks;    /* that were divided */
	uint64_t parts;	    /* of them */
	uint64_t rests;	    /* what some of them were left with */
	uint64_t idle;	    /* rows of allocations of which nothing came */
	uint64_t forgotten; /* broken ones that were not remembered */
	uint64_t owing;	    /* times that somebody could not pay at all */
	uint64_t tries;	    /* of models 1 and 2, to settle something */
	uint32_t date;	    /* last day that was settled, 0: none */
};
void exch_settle_tally(
    const struct exch_settle *s, struct exch_settle_tally *t);
/* Of the k-th currency; false: there are no more. */
bool exch_settle_sum(
    const struct exch_settle *s, unsigned k, struct exch_settle_sum *sum);

const struct exch_ledger *exch_settle_ledger(const struct exch_settle *s);

#endif
