/* What comes to the gate of gate.c. */
#ifndef EXCH_TESTS_PROP_GATE_FLOW_H
#define EXCH_TESTS_PROP_GATE_FLOW_H

#include "prop/gate_walk.h"

union command {
	struct exch_rec h;
	struct exch_rec_new n;
	struct exch_rec_cancel c;
	struct exch_rec_replace r;
	struct exch_rec_quote q;
	struct exch_rec_deposit d;
	struct exch_rec_break b;
	uint64_t said[sizeof(struct exch_rec_limit) / 8];
};

/* Executions, and whose they were; 0: broken. */
struct deal {
	uint64_t match;
	uint32_t instr, who[2];
	exch_px price;
	exch_qty qty;
};

/* ---- gate.c ---- */

extern struct deal *deal;
extern size_t ndeal;
/* What nobody asks a gate for: cash goes, trades break, orders are imposed. */
extern bool acts_of_god;

/* ---- gate_flow.c ---- */

void gate_flow_seed(uint64_t seed);
uint64_t below(uint64_t n);
/* The next command of an account, whose last order has the number `*id`. */
void gate_flow_make(union command *x, uint32_t a, exch_ts now, uint64_t *id);
/* What the account quotes on a side, or NULL. */
const struct order *gate_flow_quoted(uint32_t a, uint32_t instr, bool sell);
/* The last instrument goes for less than nothing, too. */
bool gate_flow_below_zero(uint32_t instr);

#endif
