/* What gate_limit.c knows without any cleverness: tables, and plain sums. */
#ifndef EXCH_TESTS_PROP_GATE_LIMIT_H
#define EXCH_TESTS_PROP_GATE_LIMIT_H

#include "risk/gate.h"

#define INSTRUMENTS 320u
#define ACCOUNTS 14u
#define GROUPS 2u		      /* G and H */
#define PX(t) ((exch_px)(t)*10000000) /* ticks of 0.01 */

struct plain_instr {
	exch_px reference, last, first; /* or none */
	int64_t multiplier;
	bool renamed; /* it has its other symbol, of another sector */
};

struct plain_limits {
	uint32_t rate[2], concentration, sector;
	int64_t loss;
};

struct plain_account {
	struct plain_limits limits;
	uint8_t rule;	/* enum exch_margin_by, without a rate */
	uint8_t group;	/* from 1; 0: none */
	bool is_member; /* of M */
	__int128 cash, opening, open_value;
	uint32_t open_orders;
	int64_t position[INSTRUMENTS + 1];
	exch_qty open[2][INSTRUMENTS + 1];
	/* Of longs, by symbol, or none. */
	uint32_t rate_in[2][INSTRUMENTS + 1];
	bool killed[INSTRUMENTS + 1]; /* 0: in each */
};

struct plain_group {
	int64_t open_orders, position, gross, notional, credit, loss;
};

/* What somebody wants to have open. */
struct plain_entry {
	uint32_t account, instr;
	exch_px price;
	exch_qty qty;
	bool sell;
	unsigned adds;
	exch_qty beside;    /* what the other side of a block adds */
	exch_qty old;	    /* counted for what it takes the place of */
	__int128 old_value; /* and owed for it */
};

extern struct plain_instr plain_instr[INSTRUMENTS + 1];
extern struct plain_account plain_account[ACCOUNTS + 1];
extern struct plain_group plain_group[GROUPS + 1];
/* Switches over all, and over the member. */
extern bool plain_killed[2][INSTRUMENTS + 1];
/* What was judged last is more than sums hold that are not a walk. */
extern bool plain_far;

/* With rows of groups, or not. */
void plain_tables(struct exch_risk_opts *o, bool groups);
void plain_clear(void);
exch_px plain_mark(uint32_t instr);
__int128 plain_value(uint32_t instr, exch_px price, __int128 qty);
/* What it may come to cost: a buy, or a sell at a price below 0. */
__int128 plain_owed(uint32_t instr, bool sell, exch_px price, exch_qty qty);
/* In how many instruments it has, or might have, anything. */
uint32_t plain_holdings(uint32_t account);
/* What the gate should say of it. */
void plain_judge(const struct plain_entry *e, struct exch_judged *want);

/* ---- gate_limit_sum.c, for gate_limit_group.c ---- */

bool plain_no(struct exch_judged *v, enum exch_rule rule, __int128 limit,
    __int128 observed);

/* ---- gate_limit_group.c ---- */

/* The account is one of a group: do its limits say no? */
bool plain_group_says(const struct plain_entry *e, struct exch_judged *v);

#endif
