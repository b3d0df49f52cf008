/*
 * Sums over the accounts of groups, for who watches them behind the matcher.
 * Each account and each position is told when it has changed; what was counted
 * for it until then is replaced.
 *
 * Always true: a group's sums are those over its accounts as they were told.
 */
#ifndef EXCH_RISK_WATCH_GROUP_H
#define EXCH_RISK_WATCH_GROUP_H

#include "base/keyed.h"
#include "risk/portfolio.h"

/* Known by (0, number), in the order of their names. */
struct exch_watch_group {
	struct exch_key key;
	const char *name; /* 16 bytes of the table of accounts */
	exch_i128 cash;
	/* Gains that are realised, less fees and the cost of what is open. */
	exch_i128 booked;
	uint32_t holdings; /* slots, a list; 0: nothing */
};

/* Known by (group's slot, instrument). */
struct exch_watch_group_holding {
	struct exch_key key;
	exch_i128 qty;	 /* long less short */
	exch_i128 gross; /* long and short */
	uint32_t next;	 /* of the group */
};

struct exch_watch_groups {
	struct exch_keyed group, holding, account, part;
};

/*
 * Those of the table of accounts (NULL: none), whose names are borrowed, with
 * their balances.  EXCH_ERR_NOMEM.  Cleared after a failure, too.
 */
int exch_watch_groups_init(struct exch_watch_groups *s,
    const struct exch_reftable *accounts, struct exch_diag *d);
void exch_watch_groups_clear(struct exch_watch_groups *s);

/*
 * An account has that cash now, and (v or NULL) that position.  *group and
 * *holding are good until the next call; NULL: it is in none, or v is.
 * EXCH_ERR_NOMEM.
 */
int exch_watch_groups_note(struct exch_watch_groups *s, uint32_t account,
    exch_i128 cash, const struct exch_position_view *v,
    struct exch_watch_group **group, struct exch_watch_group_holding **holding,
    struct exch_diag *d);

/* What it has lost: paid more, with fees, than it got and is worth now. */
exch_i128 exch_watch_group_loss(const struct exch_watch_groups *s,
    const struct exch_watch_group *p, const struct exch_portfolio *of);

#endif
