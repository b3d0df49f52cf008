/*
 * A quote's sides as orders, and which cancels were somebody's wish.
 */
#include <config.h>

#include "rec/schema.h"
#include "report/report.h"
#include "tap.h"

static void
sides(void)
{
	struct exch_rec_quote q = {.h.type = EXCH_REC_QUOTE,
	    .h.instr = 3,
	    .bid_order = 7,
	    .ask_order = 8,
	    .bid = 100,
	    .ask = 200,
	    .bid_qty = 10,
	    .ask_qty = 20,
	    .account = 5};
	struct exch_rec_new n;

	exch_report_quoted(&q, 7, &n);
	tap_ok(n.h.type == EXCH_REC_NEW && n.h.instr == 3 && n.order == 7 &&
		   n.price == 100 && n.qty == 10 && n.side == EXCH_BUY &&
		   n.account == 5 && n.ordtype == EXCH_ORD_LIMIT &&
		   n.tif == EXCH_TIF_DAY,
	    "the bid");
	exch_report_quoted(&q, 8, &n);
	tap_ok(n.h.type == EXCH_REC_NEW && n.order == 8 && n.price == 200 &&
		   n.qty == 20 && n.side == EXCH_SELL,
	    "the offer");
	exch_report_quoted(&q, 9, &n);
	tap_is_u64(n.h.type, 0, "neither");
	q.bid_qty = 0;
	q.ask_order = 7;
	exch_report_quoted(&q, 7, &n);
	tap_ok(n.h.type == EXCH_REC_NEW && n.side == EXCH_SELL,
	    "a side without quantity has no order");
	q.ask_qty = 0;
	exch_report_quoted(&q, 7, &n);
	tap_is_u64(n.h.type, 0, "nothing is quoted");
}

static void
reasons(void)
{
	static const char *const wishes[] = {
	    "user", "imposed", "mass", "kill", "disconnect", "quote"};
	unsigned n = 0;

	for (const struct exch_word *w = exch_words_reason; w->word != NULL;
	     w++) {
		bool wish = false;

		for (size_t i = 0; i < EXCH_ARRAY_LEN(wishes); i++)
			wish |= strcmp(w->word, wishes[i]) == 0;
		n += wish;
		tap_ok(exch_report_withdrawn(w->code) == wish, w->word);
	}
	tap_is_u64(n, EXCH_ARRAY_LEN(wishes), "all of them");
}

int
main(void)
{
	sides();
	reasons();
	return tap_done();
}
