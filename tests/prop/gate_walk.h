/* What gate.c knows without any cleverness: lists that are walked. */
#ifndef EXCH_TESTS_PROP_GATE_WALK_H
#define EXCH_TESTS_PROP_GATE_WALK_H

#include "prop/gate_said.h"
#include "prop/gate_tables.h"
#include "risk/gate.h"

#define PX(t) ((exch_px)(t)*10000000) /* ticks of 0.01 */

struct order {
	struct order *next; /* of its account */
	uint32_t instr;
	exch_oid id;
	exch_px price;
	exch_qty open;
	bool sell, quote;
};

struct sent {
	struct sent *next;
	uint32_t instr;
	exch_px price;
	exch_qty qty;
	exch_ts time;
	uint8_t side;
};

struct account {
	struct order *live;
	struct sent *sent;
	int64_t position[INSTRS + 1];
	uint32_t trades[INSTRS + 1][2]; /* that are not broken: buys, sells */
	__int128 cash, opening;
	uint64_t tokens; /* n per message, up to n x per */
	exch_ts filled;
	bool seen;
};

struct entry {
	uint32_t instr;
	exch_px price;
	exch_qty qty;
	uint8_t side;
	bool is_new, second; /* second: of one message */
	unsigned adds;
	const struct order *old;
	const struct order *gone; /* of the other side of a quote */
	__int128 also;		  /* what that side may cost more */
};

extern struct account *account; /* from 1 */
extern uint32_t naccounts;

const struct exch_account_row *row_of(uint32_t a);
/* Is the account one of the member's? */
bool is_of(uint32_t a, const char *member);
__int128 cash_of(exch_px price, exch_qty qty);
__int128 owed_for(bool sell, exch_px price, exch_qty qty);
__int128 size_of(__int128 v);
/* The row of the table that is for just that, by looking at every one. */
const struct exch_limits_row *row_for(
    uint8_t scope, const char *name, const char *symbol);
/* The verdict, and the same when a limit is passed. */
bool no(enum exch_rule rule, int64_t limit, __int128 observed);
bool above(enum exch_rule rule, int64_t limit, __int128 observed);
/* All that is open on that side, without the old order. */
__int128 open_of(
    uint32_t a, const struct entry *e, __int128 *value, unsigned *n);
/* How many it would be at most, long or short, with the entry. */
__int128 most_of(uint32_t a, uint32_t instr, bool sell, const struct entry *e);
exch_px mark_of(uint32_t instr, const struct entry *e);

/* ---- gate_trader.c ---- */

/* Does the rule of day traders say no, with so much in all? */
bool gate_trades_by_day(uint32_t a, __int128 equity, __int128 gross);

/* ---- gate_group.c: accounts of a group together ---- */

/* Does a rule of the account's group say no to the entry? */
bool gate_group_says(uint32_t a, const struct entry *e);
/* Would it meet an order of the account, or (members M1) of its group? */
bool gate_group_meets(uint32_t a, const struct entry *e);
/* How many limits of its group it is beyond. */
unsigned gate_group_beyond(uint32_t a);

#endif
