/* What gate_limit.c knows without any cleverness: tables, and plain sums. */
#ifndef EXCH_TESTS_PROP_GATE_LIMIT_H
#define EXCH_TESTS_PROP_GATE_LIMIT_H

#include "risk/gate.h"

#define INSTRUMENTS 320u
#define ACCOUNTS 12u
#define PX(t) ((exch_px)(t)*10000000) /* ticks of 0.01 */

struct plain_instr {
	exch_px reference, last, first; /* or none */
	int64_t multiplier;
};

struct plain_limits {
	uint32_t rate[2], concentration, sector;
	int64_t loss;
};

struct plain_account {
	struct plain_limits limits;
	uint8_t rule;  /* enum exch_margin_by, without a rate */
	bool is_group; /* one of the two with a limit together */
	__int128 cash, opening;
	int64_t position[INSTRUMENTS + 1];
	exch_qty open[2][INSTRUMENTS + 1];
};

extern struct plain_instr plain_instr[INSTRUMENTS + 1];
extern struct plain_account plain_account[ACCOUNTS + 1];

void plain_tables(struct exch_risk_opts *o);
void plain_clear(void);
exch_px plain_mark(uint32_t instr);
__int128 plain_value(uint32_t instr, exch_px price, __int128 qty);
/* In how many instruments it has, or might have, anything. */
uint32_t plain_holdings(uint32_t account);
/* What the gate should say of a new order. */
void plain_judge(const struct exch_rec_new *n, struct exch_judged *want);

#endif
