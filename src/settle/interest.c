/*
 * Interest of bonds in what is settled: a trade pays the price and what has
 * accrued up to its settlement date (accrued.h), and what is open is worth
 * both on a day.
 */
#include <config.h>

#include <string.h>

#include "settle/bond.h"
#include "settle/settle_priv.h"

int
exch_settle_interest(const struct exch_settle *s, const struct exch_listed *l,
    uint32_t date, exch_qty qty, exch_cash *accrued, struct exch_diag *d)
{
	exch_i128 v;

	*accrued = 0;
	if (l->bond == NULL)
		return EXCH_OK;
	if (exch_accrued_cash(
		&l->bond->bond, date, qty, -l->is.qty_exponent, &v) == 0)
		return exch_settle_narrow(v, accrued, d);
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "%.24s would settle on %u, when it bears no interest: line %llu of "
	    "the table of bonds",
	    l->is.symbol, date,
	    (unsigned long long)s->o.bonds
		->line[l->bond -
		       (const struct exch_bond_row *)s->o.bonds->row]);
}

int
exch_settle_worth(
    const struct exch_listed *l, uint32_t date, exch_qty qty, exch_i128 *value)
{
	exch_i128 more = 0;
	int err = exch_money_cash(&l->money, l->last, qty, value);

	/* Before its issue and from maturity on it bears none. */
	if (err == 0 && l->bond != NULL &&
	    exch_accrued_cash(
		&l->bond->bond, date, qty, -l->is.qty_exponent, &more) == 0)
		*value += more;
	return err;
}

/* And how many basis points of that are, which is 0 and up. */
static int
dear(const struct exch_listed *l, uint32_t date, exch_qty qty, uint32_t premium,
    exch_i128 *value, exch_i128 *more)
{
	int err = exch_settle_worth(l, date, qty, value);

	if (err != 0)
		return err;
	/* Of a price below 0 as of one above: it never makes cheaper. */
	return exch_fraction_round(*value < 0 ? -*value : *value,
	    exch_fraction_of(premium, 10000), more);
}

int
exch_settle_cost(const struct exch_listed *l, uint32_t date, int64_t qty,
    uint32_t premium, exch_i128 *cost, struct exch_diag *d)
{
	exch_qty n = qty < 0 ? -(exch_qty)qty : (exch_qty)qty;
	exch_i128 value, more;

	if (dear(l, date, n, premium, &value, &more) != 0)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "what %.24s costs is more than numbers can say",
		    l->is.symbol);
	*cost = qty < 0 ? value + more : more - value;
	return EXCH_OK;
}

void
exch_settle_put_accrued(struct exch_settle *s, const struct exch_listed *l,
    uint64_t match, exch_cash principal, exch_cash accrued, uint32_t date)
{
	struct exch_rec_accrued *r;
	const struct exch_bond *b = &l->bond->bond;
	struct exch_period p;
	int64_t days;

	/* Both are known to be: something has accrued from then on. */
	if (exch_coupon_period(b, date, &p) != 0 ||
	    exch_daycount_days(b->daycount, p.from, date, &days) != 0)
		return;
	r = exch_writer_new(s->w, EXCH_REC_ACCRUED, sizeof(*r), l->id, s->now);
	r->match = match;
	r->principal = principal;
	r->accrued = accrued;
	r->since = p.from;
	r->date = date;
	r->days = (uint32_t)days;
	memcpy(r->currency, s->currency[l->currency].name, 4);
}
