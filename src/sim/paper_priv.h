/*
 * Orders on paper inside the simulation: paper.c, paper_model.c.
 */
#ifndef EXCH_SIM_PAPER_PRIV_H
#define EXCH_SIM_PAPER_PRIV_H

#include "sim/kernel.h"

struct sim_paper {
	exch_oid order;
	uint32_t instr;
	uint8_t side; /* 0 buy, 1 sell */
	int64_t tick;
	exch_qty leaves;
	exch_qty met; /* what it would meet, when last looked at */
	/* l2 */
	double front;	 /* what is before it, in units */
	exch_qty level;	 /* what its level held when last looked at */
	exch_qty traded; /* there, since then */
	exch_qty over;	 /* beyond the front, and no whole lot yet */
	/* ghost: numbers of the orders before it, rising */
	exch_oid *ahead;
	size_t nahead;
	/* since the last look */
	bool all; /* all of it is: traded through, or behind it */
};

/*
 * What rests on the other side at no worse a price; at any price, if it has no
 * limit.
 */
exch_qty exch_paper_meets(
    const struct sim_instr *in, const struct sim_paper *p, bool limit);
/*
 * A new order beside its queue, which has taken what it would meet.
 * EXCH_ERR_NOMEM.
 */
int exch_paper_place(
    const struct exch_sim *s, const struct sim_instr *in, struct sim_paper *p);
/* An execution of the market. */
void exch_paper_trade(const struct exch_sim *s, const struct sim_instr *in,
    struct sim_paper *p, const struct exch_rec_exec *e);
/* The book has changed: how much of it is executed now? */
exch_qty exch_paper_look(
    const struct exch_sim *s, const struct sim_instr *in, struct sim_paper *p);

#endif
