/*
 * Until when a fail to deliver must be closed out in the US: Regulation SHO,
 * Rules 203(b)(3) and 204 (17 CFR 242.203, .204).  A settlement day is one on
 * which the clearing agency delivers (Rule 203(c)(5)): its calendar counts,
 * not that of the exchanges.
 */
#ifndef EXCH_SETTLE_CLOSEOUT_H
#define EXCH_SETTLE_CLOSEOUT_H

#include "ref/calendar.h"

/* What the sale was that was not delivered. */
enum exch_sale {
	EXCH_SALE_SHORT, /* 204(a) */
	EXCH_SALE_LONG,	 /* 204(a)(1) */
	EXCH_SALE_MAKER, /* of bona fide market making, 204(a)(3) */
	EXCH_SALE_OWNED	 /* deemed to own, not yet free to deliver, 204(a)(2) */
};

/*
 * The day by whose beginning of regular trading shares have to be bought or
 * borrowed: the settlement day after the settlement date for a short sale, the
 * third one for a long sale and for market making, and the 35th calendar day
 * after the trade for what the seller owns; if that is no settlement day, the
 * next, for the rule does not say.  EXCH_ERR_ABSENT: not in the calendar.
 */
int exch_closeout_by(enum exch_sale how, uint32_t trade, uint32_t settlement,
    const struct exch_calendar *days, uint32_t *by);

/*
 * The penalty box, 204(b): a fail that is open on its day keeps the participant
 * and its clients from short sales without a borrowed share until a purchase
 * that closes it has settled.
 */
struct exch_closeout {
	uint32_t by;	  /* as above */
	bool in_time;	  /* it was bought or borrowed before or at the open */
	uint32_t settled; /* what was bought later, on that day; 0: not yet */
};

/* Does a short sale of that day need a borrowed share? */
bool exch_boxed(const struct exch_closeout *c, uint32_t date);

/*
 * Threshold securities, 203(c)(6): fails of all participants of 10,000 shares
 * and of half a per cent of those outstanding on five settlement days in a row,
 * until five in a row have not.
 */
struct exch_threshold {
	uint8_t days; /* in a row that speak against `listed` */
	bool listed;
};
#define EXCH_THRESHOLD_DAYS 5
/* Of a participant's fails in one, 203(b)(3): then it has to buy at once. */
#define EXCH_THRESHOLD_BUY_DAYS 13

/* Once for each settlement day. */
void exch_threshold_day(
    struct exch_threshold *t, uint64_t fails, uint64_t outstanding);

#endif
