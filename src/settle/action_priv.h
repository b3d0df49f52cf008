/* What the files of corporate actions share. */
#ifndef EXCH_SETTLE_ACTION_PRIV_H
#define EXCH_SETTLE_ACTION_PRIV_H

#include "settle/action.h"

/* What one share becomes of its own kind; and of the other. */
struct exch_fraction exch_action_shares(const struct exch_action_row *a);
struct exch_fraction exch_action_given(const struct exch_action_row *a);

/*
 * What is distributed on one share beside the ratio, in 10^-9.  Errors of
 * exch_action_ex_price.
 */
int exch_action_value(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *value);

#endif
