/*
 * Groups of accounts, such as those of one beneficial owner: limits of what
 * all of them do together (exch-tables(5)).  Part of the gate, gate.h.
 *
 * A group's sums follow its accounts: whoever changes what an account has, or
 * has open, tells it here, and what was counted for it until then is replaced
 * when the group's rules are asked next.
 * Without limits for groups, or that look at them, in the table or since, there
 * are none here.
 *
 * Always true: a group's sums are those over its accounts and their holdings,
 * but for what stands in its lists of changes.
 */
#ifndef EXCH_RISK_GROUP_H
#define EXCH_RISK_GROUP_H

#include "base/keyed.h"
#include "risk/gate.h"

/* Known by (0, number). */
struct exch_risk_group {
	struct exch_key key;
	uint32_t row; /* of the table of accounts that names it first, from 1 */
	struct exch_account_limits limit;
	exch_i128 cash, opening, open_value;
	uint64_t open_orders;
	uint32_t holdings; /* slots, a list; 0: nothing */
	uint32_t nholdings;
	uint32_t bounds; /* slot of its sum, or 0 */
	/* What has changed, slots, lists: of accounts, and of parts. */
	uint32_t accounts, parts;
};

/* Known by (group's slot, instrument). */
struct exch_group_holding {
	struct exch_key key;
	int64_t position_limit;
	struct exch_group_limits limit;
	exch_i128 position, open[2]; /* sums */
	exch_i128 gross;	     /* of each account the worst, added up */
	uint32_t instr;		     /* slot */
	uint32_t next;		     /* of the group */
	uint32_t best[2];	     /* heaps of its buys and sells: meet.c */
	uint32_t bounds;	     /* slot in bounds.part, or 0 */
};

/* What is counted for an account, known by (0, its slot). */
struct exch_group_account {
	struct exch_key key;
	uint32_t group; /* slot */
	uint32_t open_orders;
	uint32_t next; /* that has changed */
	bool changed;
	exch_i128 cash, opening, open_value;
};

/* What is counted for a holding, known by (0, its slot). */
struct exch_group_part {
	struct exch_key key;
	uint32_t holding; /* slot of the group's */
	uint32_t next;	  /* that has changed */
	bool changed;
	int64_t position;
	exch_qty open[2];
};

struct exch_groups {
	struct exch_keyed group, holding, account, part;
};

/* EXCH_ERR_NOMEM.  Cleared after a failure, too. */
int exch_groups_init(struct exch_groups *s);
void exch_groups_clear(struct exch_groups *s);
struct exch_image;
void exch_groups_image(struct exch_image *im, struct exch_groups *s);

struct exch_risk_account;
struct exch_risk_holding;
struct exch_risk_instr;
struct exch_entry;

/* The groups of the table of accounts, when its accounts are there.  EXCH_ERR_NOMEM. */
int exch_groups_make(struct exch_risk_gate *g, struct exch_diag *d);
/* An account of a group has a new holding.  EXCH_ERR_NOMEM. */
int exch_group_join(struct exch_risk_gate *g, const struct exch_risk_account *a,
    struct exch_risk_holding *h, struct exch_diag *d);
/*
 * Is there a group of that name?  From now on all groups are counted, if they
 * were not.  EXCH_ERR_NOMEM.
 */
int exch_group_named(struct exch_risk_gate *g, const char name[16], bool *found,
    struct exch_diag *d);
/* Limits of the group of that name have changed. */
void exch_group_changed(struct exch_risk_gate *g, const char name[16]);
/* The symbol of an instrument has changed, and with it limits. */
void exch_groups_announced(
    struct exch_risk_gate *g, const struct exch_risk_instr *in);
/*
 * Of an account of a group something changed, and in a holding: slots of what
 * is counted for them; 0: in none.
 */
static inline void
exch_group_told(struct exch_groups *s, uint32_t account, uint32_t part)
{
	struct exch_group_account *a = exch_keyed_at(&s->account, account);
	struct exch_group_part *x = exch_keyed_at(&s->part, part);
	struct exch_risk_group *p = exch_keyed_at(&s->group, a->group);

	if (!a->changed) {
		a->changed = true;
		a->next = p->accounts;
		p->accounts = account;
	}
	if (part != 0 && !x->changed) {
		x->changed = true;
		x->next = p->parts;
		p->parts = part;
	}
}
/* The group of an account that is in one. */
static inline uint32_t
exch_group_of(const struct exch_groups *s, uint32_t account)
{
	const struct exch_group_account *x =
	    exch_keyed_at(&s->account, account);

	return x->group;
}
/*
 * What an entry is asked behind the account's own rules; false: all say yes.
 * The account is one of a group.
 */
bool exch_group_rules(struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_judged *v);

#endif
