/*
 * Whose an order is, from what a matched stream says: its NEW or QUOTE names
 * the account, and events name the order alone.
 */
#ifndef EXCH_REC_OWNER_H
#define EXCH_REC_OWNER_H

#include "base/keyed.h"
#include "rec/rec.h"
#include "rec/said.h"

struct exch_owners {
	struct exch_keyed coming; /* asked for, and not answered */
	struct exch_keyed live;
	struct exch_said said; /* of those coming */
	/* What a gate has just said to hold, until the command comes. */
	uint32_t held_instr;
	exch_oid held; /* 0: nothing */
};

/* EXCH_ERR_NOMEM. */
int exch_owners_init(struct exch_owners *o);
void exch_owners_clear(struct exch_owners *o);

/* The account; 0: nobody's, or the order is not known. */
uint32_t exch_owner_of(
    const struct exch_owners *o, uint32_t instr, exch_oid order);
/*
 * Any record.  Executions are to be looked up before their record is shown:
 * an order that is filled has no owner any more.  EXCH_ERR_NOMEM.
 */
int exch_owners_record(struct exch_owners *o, const struct exch_rec *r);

#endif
