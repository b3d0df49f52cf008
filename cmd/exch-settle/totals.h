/*
 * What was posted by a kind of entry, added up for each currency, and what
 * that is worth in one of them at the last rates that the stream tells.
 */
#ifndef EXCH_CMD_SETTLE_TOTALS_H
#define EXCH_CMD_SETTLE_TOTALS_H

#include "base/keyed.h"
#include "rec/stream.h"
#include "settle/fx.h"

/* Known by (why and ledger, currency). */
struct settle_total {
	struct exch_key key;
	exch_i128 amount; /* of the legs above 0 */
	char currency[4];
	uint8_t why;	/* enum exch_posted */
	uint8_t ledger; /* enum exch_ledger_of */
};

struct settle_totals {
	struct exch_keyed sums;
	struct exch_fx_rate *rate;
	size_t nrates, cap;
	char in[4]; /* NULs: nothing is valued */
};

/* EXCH_ERR_NOMEM. */
int settle_totals_init(struct settle_totals *t);
void settle_totals_clear(struct settle_totals *t);
int settle_totals_take(
    struct settle_totals *t, const struct exch_rec *r, struct exch_diag *d);
/* By why, ledger and currency; freed by the caller.  NULL: out of memory. */
void **settle_totals_list(
    const struct settle_totals *t, uint32_t *n, struct exch_diag *d);
/* In `in`; false: no rate says so. */
bool settle_totals_value(const struct settle_totals *t,
    const struct settle_total *of, exch_i128 *value);

#endif
