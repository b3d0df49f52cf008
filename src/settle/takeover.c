/*
 * The central counterparty takes over what an account has open, or a part of
 * it, and goes to the market with it at the last price:
 *
 *	the account's net is taken back, and the counterparty has it with itself
 *	what is to come is sold outside, what is to go is bought there
 *
 * So everybody else settles as if nothing had happened, nets add up to nothing
 * as before, and what it costs is known at once.
 */
#include <config.h>

#include "settle/settle_priv.h"

static exch_qty
magnitude(int64_t v)
{
	return v < 0 ? -(exch_qty)v : (exch_qty)v;
}

/* What is paid for what is open, below 0 received. */
static int
price_of(const struct exch_settle *s, const struct exch_open *part,
    const struct exch_takeover *how, exch_i128 *value, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[part->listed];

	*value = 0;
	if (part->qty == 0)
		return EXCH_OK;
	if (l->last == EXCH_PX_NONE)
		return EXCH_ERR_ABSENT;
	return exch_settle_cost(
	    l, how->date, part->qty, how->premium, value, d);
}

static int
trade_out(struct exch_settle *s, const struct exch_open *part, exch_i128 value,
    uint32_t date, struct exch_diag *d)
{
	uint32_t ccp = EXCH_ACCOUNT_CCP, paper = part->listed;
	uint32_t money = exch_settle_unit_of_cash(&s->listed[part->listed]);
	const struct exch_leg leg[] = {
	    {ccp, paper, EXCH_LEDGER_HOLDING, -(exch_i128)part->qty},
	    {ccp, paper, EXCH_LEDGER_OUTSIDE, part->qty},
	    {ccp, money, EXCH_LEDGER_HOLDING, -value},
	    {ccp, money, EXCH_LEDGER_OUTSIDE, value}};

	return part->qty == 0
		   ? EXCH_OK
		   : exch_settle_post(s, leg, 4, EXCH_POSTED_BUY_IN, date, d);
}

int
exch_settle_take_over(struct exch_settle *s, struct exch_open *o, int64_t qty,
    const struct exch_takeover *how, struct exch_diag *d)
{
	struct exch_open part = *o;
	exch_i128 value;
	int err;

	part.qty = qty;
	if (qty != o->qty) {
		part.cash =
		    exch_cash_part(o->cash, magnitude(qty), magnitude(o->qty));
		/* They stay with the rest: none is counted twice. */
		part.trades = 0;
	}
	err = price_of(s, &part, how, &value, d);
	if (err != EXCH_OK)
		return err;
	*how->loss = value - part.cash;
	o->qty -= part.qty;
	o->cash -= part.cash;
	o->posted_qty = o->qty;
	o->posted_cash = o->cash;
	if (o->qty == 0 && o->cash == 0)
		exch_keyed_drop(&s->open, o);
	err = exch_settle_move(s, &part, -part.qty, -part.cash, 0,
	    EXCH_LEDGER_DUE, how->why, how->date, d);
	if (err == EXCH_OK)
		err = trade_out(s, &part, value, how->date, d);
	/* It becomes open between the counterparty and itself. */
	part.account = EXCH_ACCOUNT_CCP;
	return err == EXCH_OK
		   ? exch_settle_owe(s, &part, how->why, how->date, d)
		   : err;
}
