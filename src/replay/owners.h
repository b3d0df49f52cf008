/*
 * Accounts for orders that have none: captures of market data do not say whose
 * an order is.  An order's account follows from its number, its instrument,
 * the rule and the seed alone, so that it is the same however the day is cut
 * or read, and an order that is put back has the account of its display.
 */
#ifndef EXCH_REPLAY_OWNERS_H
#define EXCH_REPLAY_OWNERS_H

#include "base/err.h"

struct exch_owner_rule {
	uint32_t n; /* accounts 1 to n; 0: no rule */
	uint64_t seed;
	uint64_t *upto; /* of zipf: sum of weights up to each; else NULL */
};

/*
 * "uniform:N", all alike, or "zipf:N", the k-th with a share as 1/k; N from 1
 * to 10,000,000.  The rule is the caller's to clear.  EXCH_ERR_FORMAT: it is
 * neither; EXCH_ERR_RANGE: N; EXCH_ERR_NOMEM.
 */
int exch_owner_rule_parse(
    const char *text, uint64_t seed, struct exch_owner_rule *r);
void exch_owner_rule_clear(struct exch_owner_rule *r);

/* An account, from 1 to r->n. */
uint32_t exch_owner_by_rule(
    const struct exch_owner_rule *r, uint32_t instr, exch_oid order);

#endif
