/* Lots for tax (lots.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/lots.h"
#include "report/report.h"

void
exch_taxlots_clear(struct exch_taxlots *l)
{
	exch_free(l->lot);
	memset(l, 0, sizeof(*l));
}

static int
open_lot(
    struct exch_taxlots *l, const struct exch_taxdeal *x, struct exch_diag *d)
{
	int rc;

	if (l->n == 0)
		l->first = 0;
	/* what was closed in front is room again */
	if (l->first > 0 && l->first + l->n == l->cap) {
		memmove(l->lot, l->lot + l->first, l->n * sizeof(*l->lot));
		l->first = 0;
	}
	rc = exch_report_grow(
	    &l->lot, &l->cap, l->first + l->n + 1, sizeof(*l->lot), d);
	if (rc != EXCH_OK)
		return rc;
	l->lot[l->first + l->n++] =
	    (struct exch_taxlot){x->day, x->match, x->qty, x->cash};
	l->is_short = x->sell;
	return EXCH_OK;
}

/* The place of the lot that is to be closed next, and how much of it. */
static uint32_t
choose(const struct exch_taxlots *l, enum exch_lots_by how,
    const struct exch_taxdeal *x, const struct exch_taxask *ask, exch_qty *qty)
{
	uint64_t match;

	*qty = x->qty;
	if (how == EXCH_LOTS_BY_LIFO)
		return l->first + l->n - 1;
	if (how == EXCH_LOTS_BY_FIFO)
		return l->first;
	match = ask->pick(ask->arg, x, qty);
	for (uint32_t i = 0; match != 0 && i < l->n; i++)
		if (l->lot[l->first + i].match == match)
			return l->first + i;
	*qty = x->qty;
	return l->first;
}

static void
take_out(struct exch_taxlots *l, uint32_t at)
{
	l->n--;
	if (at == l->first)
		l->first++;
	else
		memmove(l->lot + at, l->lot + at + 1,
		    (l->first + l->n - at) * sizeof(*l->lot));
}

int
exch_taxlots_deal(struct exch_taxlots *l, enum exch_lots_by how,
    const struct exch_taxdeal *deal, const struct exch_taxask *ask,
    struct exch_diag *d)
{
	struct exch_taxdeal x = *deal;

	while (x.qty > 0 && l->n > 0 && l->is_short != x.sell) {
		exch_qty qty;
		uint32_t at = choose(l, how, &x, ask, &qty);
		struct exch_taxlot *lot = &l->lot[at];
		exch_i128 opened, closing;
		int rc;

		if (qty > x.qty)
			qty = x.qty;
		if (qty > lot->qty)
			qty = lot->qty;
		opened = exch_cash_part(lot->cash, qty, lot->qty);
		closing = exch_cash_part(x.cash, qty, x.qty);
		rc = ask->closed(ask->arg,
		    &(struct exch_taxclosed){.lot = lot,
			.by = deal,
			.qty = qty,
			.cost = l->is_short ? closing : opened,
			.proceeds = l->is_short ? opened : closing,
			.is_short = l->is_short},
		    d);
		if (rc != EXCH_OK)
			return rc;
		x.qty -= qty;
		x.cash -= closing;
		lot->qty -= qty;
		lot->cash -= opened;
		if (lot->qty == 0)
			take_out(l, at);
	}
	return x.qty > 0 ? open_lot(l, &x, d) : EXCH_OK;
}
