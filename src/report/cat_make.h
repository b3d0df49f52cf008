/*
 * Making events of the Consolidated Audit Trail of a stream: the report's
 * state, for cat.c (records become events), cat_fill.c (events get their
 * fields) and cat_out.c (lines go to the output, or into files).
 */
#ifndef EXCH_REPORT_CAT_MAKE_H
#define EXCH_REPORT_CAT_MAKE_H

#include "rec/redone.h"
#include "ref/calendar.h"
#include "report/cat.h"
#include "report/parties.h"
#include "report/quotes.h"
#include "report/tape.h"
#include "report/tracked.h"

/* What has no event, and why. */
enum exch_cat_left {
	EXCH_CAT_LEFT_SYMBOL, /* its symbol is none of CAT's */
	EXCH_CAT_LEFT_SIDES,  /* a trade of which no side is known */
	EXCH_CAT_LEFT_PRICE,  /* a trade without a price */
	EXCH_CAT_LEFT_NUMBER, /* more digits than there may be */
	EXCH_CAT_LEFT_BUST,   /* what is broken was not told, or long ago */
	EXCH_CAT_LEFT_N
};

/* A side of a trade: an order, or an account. */
struct exch_cat_side {
	exch_oid order; /* 0: none, or not known */
	exch_ts entered;
	uint32_t account;
	uint8_t side;
	bool known;
};

/* A trade, as it has to be told again when it is broken. */
struct exch_cat_trade {
	struct exch_cat_side side[2];
	struct exch_quote quote;
	uint64_t match;
	exch_ts time;
	exch_px price;
	exch_qty qty;
	uint32_t place;
	uint8_t source; /* 0: it is broken, or there is none */
	uint8_t cross;
};

/* The local day that was looked up last. */
struct exch_cat_day {
	uint32_t date;
	uint32_t today, next; /* trading days up to `end`, and behind it */
	uint64_t end;
};

struct exch_cat_files;

struct exch_cat {
	struct exch_cat_spec spec;
	struct exch_tracked tracked;
	struct exch_quotes quotes;
	struct exch_parties parties;
	struct exch_products products;
	struct exch_calendar calendar;
	const struct exch_tz *tz;
	/* options */
	const char *imid;
	char own[40]; /* CRD:IMID, or the IMID */
	const char *group;
	const char *market_center; /* or NULL */
	const char *session;	   /* a value of tradingSession, or NULL */
	bool nbbo;
	/* the event at hand */
	struct exch_report_run *run;
	const struct exch_cat_event *event;
	struct exch_cat_line line;
	struct exch_buf text;
	uint64_t seq;
	uint64_t told;	    /* events so far */
	uint8_t *symbol_ok; /* by place: 1 yes, 2 no */
	uint32_t nsymbols;
	struct exch_cat_day day;
	uint32_t trading; /* the trading day of the event */
	/* trades */
	struct exch_cat_trade now;    /* of the EXEC at hand */
	struct exch_cat_trade broken; /* by the last BUST */
	struct exch_redone redone;
	struct exch_cat_trade *past; /* ring of EXCH_TAPE_WINDOW */
	uint64_t npast;
	struct exch_rec_block block;
	uint64_t left[EXCH_CAT_LEFT_N];
	char why[256];
	struct exch_cat_files *files; /* NULL: to the output */
};

/* ---- cat_fill.c ---- */

/* The trading day of a time, and its date of the local clock. */
uint32_t exch_cat_trading_day(struct exch_cat *s, exch_ts time, uint32_t *date);

/*
 * Begin an event of that time and instrument.  False: it cannot be told, and
 * is counted; an error in *rc is the run's.
 */
bool exch_cat_fill_begin(struct exch_cat *s, const char *name, uint32_t place,
    exch_ts time, int *rc, struct exch_diag *d);
void exch_cat_fill_order(struct exch_cat *s, const struct exch_life *o);
void exch_cat_fill_prior(struct exch_cat *s, const struct exch_life *o);
/* side, price, quantity, minQty, orderType, timeInForce, handling ... */
void exch_cat_fill_terms(struct exch_cat *s, const struct exch_life *o);
/* Who sent it, or whose it is. */
void exch_cat_fill_sender(struct exch_cat *s, const struct exch_life *o);
bool exch_cat_is_own(const struct exch_cat *s, uint32_t account);
/* seqNum and how the order stands in the book. */
void exch_cat_fill_book(struct exch_cat *s, const struct exch_life *o);
void exch_cat_fill_initiator(struct exch_cat *s, bool client);
void exch_cat_fill_trade(struct exch_cat *s, const struct exch_cat_trade *t);

/* ---- cat_out.c ---- */

/* The event is whole: write it. */
int exch_cat_write(struct exch_cat *s, struct exch_diag *d);
/* Files in a directory, if that was asked for. */
int exch_cat_files_open(struct exch_cat *s, struct exch_diag *d);
/* Give them their names; or, of a stopped run, none. */
int exch_cat_files_close(struct exch_cat *s, struct exch_diag *d);
void exch_cat_files_free(struct exch_cat *s);

#endif
