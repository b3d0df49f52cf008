/*
 * Technical indicators: what traders compute from the bars of an instrument.
 * Closes are prices in 10^-9; means that are carried on from bar to bar have
 * nine more digits, and each step is rounded to the nearest of them, so that
 * every machine has the same.
 *
 *	sma:N		mean of the last N closes
 *	ema:N		exponential mean: the first is the mean of N closes,
 *			then e += (close - e) x 2 / (N + 1)
 *	rsi:N		relative strength: 100 U / (U + D), where U and D are
 *			the means of the last N rises and falls of the close at
 *			first, then (N - 1) / N of themselves and 1 / N of the
 *			newest (Wilder 1978); none while nothing has changed
 *	bollinger:N:K	mean of the last N closes, and K standard deviations
 *			(of the N, not of a sample) below and above; K has up
 *			to two decimals and is 2 unless told
 *	atr:N		average true range: the largest of high - low, high -
 *			close before and close before - low, from the second
 *			bar on; its mean as that of rsi
 *
 * Before there are enough bars an indicator has no value.
 */
#ifndef EXCH_REPORT_INDICATOR_H
#define EXCH_REPORT_INDICATOR_H

#include "base/err.h"
#include "report/insts.h"
#include "report/table.h"

enum exch_ind_kind {
	EXCH_IND_SMA,
	EXCH_IND_EMA,
	EXCH_IND_RSI,
	EXCH_IND_BOLLINGER,
	EXCH_IND_ATR
};

#define EXCH_INDS_MAX 16      /* in one list */
#define EXCH_IND_BARS 1000    /* N: 1 to so many */
#define EXCH_IND_WIDTH 10000u /* K: up to 100.00, in hundredths */

struct exch_ind_spec {
	enum exch_ind_kind kind;
	uint32_t n;
	uint32_t width; /* K in hundredths */
};

struct exch_ind_list {
	struct exch_ind_spec spec[EXCH_INDS_MAX];
	unsigned n;
};

/*
 * Adds text such as "sma:20,bollinger:20:2.5".  EXCH_ERR_FORMAT: the diagnosis has
 * the item and what was expected.
 */
int exch_ind_parse(
    const char *s, struct exch_ind_list *list, struct exch_diag *d);

/* A bar in which there was a price. */
struct exch_ind_bar {
	exch_px high, low, close;
};

struct exch_ind_one;

/* Those of a list for all instruments, by place. */
struct exch_inds {
	struct exch_ind_list list;
	uint32_t keep; /* closes that are kept: the largest N of a window */
	struct exch_ind_one **of;
	uint32_t cap;
};

void exch_inds_init(struct exch_inds *x, const struct exch_ind_list *list);
void exch_inds_clear(struct exch_inds *x);
/* The next bar of an instrument.  EXCH_ERR_NOMEM. */
int exch_inds_take(struct exch_inds *x, uint32_t place,
    const struct exch_ind_bar *b, struct exch_diag *d);

/* How many columns they have, and their names: "sma20", "bb20_low". */
#define EXCH_IND_COLS (3 * EXCH_INDS_MAX)
#define EXCH_IND_NAME 16
unsigned exch_inds_columns(const struct exch_ind_list *list,
    char name[EXCH_IND_COLS][EXCH_IND_NAME], struct exch_col *cols);
/* The cells of an instrument behind its last bar, in that order. */
void exch_inds_cells(const struct exch_inds *x, uint32_t place,
    const struct exch_inst *in, struct exch_table *t);

#endif
