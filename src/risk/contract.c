/*
 * What an instrument's contract is, and what it was: an execution that is broken
 * gives back what was paid, whatever the multiplier is by then.
 */
#include <config.h>

#include "base/alloc.h"
#include "risk/gate_priv.h"

const struct exch_money *
exch_risk_money_at(const struct exch_risk_instr *in, uint64_t match)
{
	uint32_t from = 0, to = in->nwas;

	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (in->was[mid].match < match)
			from = mid + 1;
		else
			to = mid;
	}
	return from < in->nwas ? &in->was[from].money : &in->money;
}

/* One more of what it was. */
static int
note_was(struct exch_risk_instr *in)
{
	if (in->nwas == in->cap_was) {
		uint32_t cap = in->cap_was == 0 ? 4 : in->cap_was * 2;
		void *more = exch_realloc(in->was, cap, sizeof(*in->was));

		if (more == NULL)
			return EXCH_ERR_NOMEM;
		in->was = more;
		in->cap_was = cap;
	}
	in->was[in->nwas++] = (struct exch_risk_money){in->money, in->nexec};
	return EXCH_OK;
}

int
exch_risk_contract(struct exch_risk_instr *in, const struct exch_money *m)
{
	uint64_t noted = in->nwas > 0 ? in->was[in->nwas - 1].match : 0;

	if (in->money.unit == m->unit && in->money.multiplier == m->multiplier)
		return EXCH_OK;
	if (in->nexec > noted && note_was(in) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	in->money = *m;
	return EXCH_OK;
}
