/* What the files of the engine that apply corporate actions share. */
#ifndef EXCH_SETTLE_SETTLE_ACT_H
#define EXCH_SETTLE_SETTLE_ACT_H

#include "settle/action_priv.h"
#include "settle/settle_priv.h"

/* An action that has come, with what it needs. */
struct exch_act {
	const struct exch_action_row *a;
	uint32_t own, into; /* instruments; into 0: there is none */
	uint32_t cash;	    /* unit that is paid in */
	struct exch_action_prices p;
};

/* ---- apply.c ---- */

/* What a quantity becomes.  EXCH_ERR_FORMAT: a price is not known.  RANGE. */
int exch_settle_effect(const struct exch_settle *s, const struct exch_act *x,
    int64_t qty, struct exch_action_effect *e, struct exch_diag *d);
/* All but dividends: positions and what is open change on the ex-date. */
int exch_settle_apply(struct exch_settle *s, const struct exch_act *x,
    uint32_t date, struct exch_diag *d);

#endif
