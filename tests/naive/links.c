/*
 * The naive engine: orders that cancel each other; see naive.h.
 */
#include <config.h>

#include "naive/naive.h"

/* The lowest entry above `after` of this group in an instrument. */
static uint64_t
next_of_group(const struct naive *n, const struct naive_instr *in,
    uint64_t group, uint32_t account, uint64_t but, uint64_t after)
{
	uint64_t best = 0;
	const struct naive_order *lists[4] = {in->order, in->apart, NULL, NULL};
	size_t count[4] = {in->n, in->napart, 0, 0};

	lists[2] = n->queue;
	count[2] = n->nqueue;
	if (n->turn_in == in) {
		if (n->turn != NULL && !n->turn_over) {
			lists[3] = n->turn;
			count[3] = 1;
		}
	}
	for (int l = 0; l < 4; l++)
		for (size_t i = 0; i < count[l]; i++) {
			const struct naive_order *o = &lists[l][i];

			if (l == 2 && o->queued_in != in->def.h.instr)
				continue;
			if (o->oco == group && o->account == account &&
			    o->entry != but && o->entry > after &&
			    (best == 0 || o->entry < best))
				best = o->entry;
		}
	return best;
}

void
naive_fire(struct naive *n, uint64_t group, uint32_t account, uint64_t but)
{
	uint64_t done = 0;

	for (;;) {
		struct naive_instr *in, *at = NULL;
		uint64_t first = 0;
		uint32_t last = 0;

		while ((in = naive_next_instr(n, last)) != NULL) {
			uint64_t e =
			    next_of_group(n, in, group, account, but, done);

			last = in->def.h.instr;
			if (e != 0 && (at == NULL || e < first)) {
				first = e;
				at = in;
			}
		}
		if (at == NULL)
			return;
		done = first;
		(void)naive_drop(n, at, first, EXCH_WHY_OCO);
	}
}
