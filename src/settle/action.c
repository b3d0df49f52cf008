/* Corporate actions: days, prices and positions (action.h). */
#include <config.h>

#include "base/time.h"
#include "settle/action.h"
#include "settle/action_priv.h"

/* ---- ratios ---- */

struct exch_fraction
exch_action_shares(const struct exch_action_row *a)
{
	switch (a->kind) {
	case EXCH_ACTION_STOCK:
		return exch_fraction_of(
		    (exch_i128)a->old_shares + a->new_shares, a->old_shares);
	case EXCH_ACTION_SPLIT:
	case EXCH_ACTION_REVERSE:
		return exch_fraction_of(a->new_shares, a->old_shares);
	case EXCH_ACTION_MERGER:
		return exch_fraction_of(0, 1);
	default:
		return exch_fraction_of(1, 1);
	}
}

struct exch_fraction
exch_action_given(const struct exch_action_row *a)
{
	if (a->kind == EXCH_ACTION_RIGHTS)
		return exch_fraction_of(1, 1);
	if ((a->kind == EXCH_ACTION_MERGER ||
		a->kind == EXCH_ACTION_SPIN_OFF) &&
	    a->old_shares != 0)
		return exch_fraction_of(a->new_shares, a->old_shares);
	return exch_fraction_of(0, 1);
}

static struct exch_fraction
turned(struct exch_fraction f)
{
	return exch_fraction_of(f.den, f.num);
}

/* ---- days ---- */

int
exch_action_ex_date(uint32_t record, uint32_t pay, bool large, unsigned days,
    const struct exch_calendar *settlement, uint32_t *ex)
{
	uint32_t day;
	int err;

	if (large)
		return exch_calendar_step(settlement, pay, 1, ex);
	err = exch_calendar_step(settlement, record, 0, &day);
	if (err != EXCH_OK)
		return err;
	/* One that is no business day is passed by trades of a day before. */
	return exch_calendar_step(
	    settlement, record, day == record ? 1 - (int)days : -(int)days, ex);
}

enum exch_claim
exch_action_claim(
    const struct exch_action_row *a, uint32_t trade, uint32_t settled)
{
	bool bought = trade < a->ex, held = settled <= a->record;

	return bought == held ? EXCH_CLAIM_NONE
	       : bought	      ? EXCH_CLAIM_SELLER_OWES
			      : EXCH_CLAIM_BUYER_OWES;
}

/* ---- prices ---- */

/* What a share of `given` is worth for one own share. */
static int
given_value(const struct exch_action_row *a, const struct exch_action_prices *p,
    struct exch_fraction *value)
{
	if (p->into <= 0)
		return EXCH_ERR_NEED;
	return exch_fraction_times(
	    exch_fraction_of(p->into, 1), exch_action_given(a), value);
}

int
exch_action_right(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *value)
{
	exch_i128 all = (exch_i128)a->old_shares + a->new_shares;

	if (p->cum <= 0)
		return EXCH_ERR_NEED;
	/* (old cum + new price) / (old + new) is less than cum by this. */
	if (a->price >= p->cum) {
		*value = exch_fraction_of(0, 1);
		return EXCH_OK;
	}
	*value = exch_fraction_of(
	    ((exch_i128)p->cum - a->price) * a->new_shares, all);
	return EXCH_OK;
}

/* What is distributed on one share, in 10^-9; 0 where the ratio says it all. */
int
exch_action_value(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *value)
{
	switch (a->kind) {
	case EXCH_ACTION_DIVIDEND:
		*value = exch_fraction_of(a->cash, 1);
		return EXCH_OK;
	case EXCH_ACTION_RIGHTS:
		return exch_action_right(a, p, value);
	case EXCH_ACTION_SPIN_OFF:
		return given_value(a, p, value);
	default:
		*value = exch_fraction_of(0, 1);
		return EXCH_OK;
	}
}

int
exch_action_ex_price(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *price)
{
	struct exch_fraction f;
	int err;

	if (a->kind == EXCH_ACTION_MERGER)
		return EXCH_ERR_ABSENT;
	if (p->cum <= 0)
		return EXCH_ERR_NEED;
	err = exch_action_value(a, p, &f);
	if (err != EXCH_OK)
		return err;
	f.num = -f.num;
	err = exch_fraction_add(exch_fraction_of(p->cum, 1), f, &f);
	if (err == EXCH_OK)
		err = exch_fraction_times(f, turned(exch_action_shares(a)), &f);
	if (err != EXCH_OK || f.num <= 0)
		return EXCH_ERR_RANGE;
	*price = f;
	return EXCH_OK;
}

int
exch_action_is_large(const struct exch_action_row *a,
    const struct exch_action_prices *p, bool *large)
{
	struct exch_fraction f, more = exch_action_shares(a);
	int err;

	*large = false;
	if (a->kind == EXCH_ACTION_STOCK || a->kind == EXCH_ACTION_SPLIT) {
		*large = 4 * (more.num - more.den) >= more.den;
		return EXCH_OK;
	}
	if (a->kind != EXCH_ACTION_DIVIDEND && a->kind != EXCH_ACTION_SPIN_OFF)
		return EXCH_OK;
	if (p->cum <= 0)
		return EXCH_ERR_NEED;
	err = exch_action_value(a, p, &f);
	if (err == EXCH_OK)
		err = exch_fraction_times(f, exch_fraction_of(4, p->cum), &f);
	if (err == EXCH_OK)
		*large = f.num >= f.den;
	return err;
}

int
exch_action_factor(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *factor)
{
	struct exch_fraction f;
	int err;

	if (a->kind == EXCH_ACTION_MERGER) {
		*factor = exch_fraction_of(1, 1);
		return EXCH_OK;
	}
	/* Ratios alone do not ask for a price. */
	if (a->kind >= EXCH_ACTION_STOCK && a->kind <= EXCH_ACTION_REVERSE) {
		*factor = turned(exch_action_shares(a));
		return EXCH_OK;
	}
	err = exch_action_ex_price(a, p, &f);
	if (err == EXCH_OK)
		err = exch_fraction_times(f, exch_fraction_of(1, p->cum), &f);
	if (err == EXCH_OK)
		*factor = f;
	return err;
}

int
exch_action_history(const struct exch_action_row *a,
    const struct exch_action_prices *p, exch_i128 *history)
{
	struct exch_fraction f;
	int err = exch_action_factor(a, p, &f);

	return err == EXCH_OK ? exch_fraction_round(*history, f, history) : err;
}

/* ---- positions ---- */

/* Cash 10^-6 of a quantity, of which one is worth `price` in 10^-9. */
static int
worth(struct exch_fraction qty, struct exch_fraction price,
    const struct exch_money *m, exch_i128 *cash)
{
	struct exch_fraction unit =
	    exch_fraction_of(m->multiplier, (exch_i128)m->unit * EXCH_PX_ONE);
	int err = exch_fraction_times(price, unit, &unit);

	if (err == EXCH_OK)
		err = exch_fraction_times(qty, unit, &unit);
	return err == EXCH_OK ? exch_fraction_round(1, unit, cash) : err;
}

/*
 * The holding times a ratio: whole units stay, the rest is cash at a price,
 * and the cost of the rest goes with it.
 */
static int
multiply(struct exch_holding *h, struct exch_fraction ratio, exch_px price,
    const struct exch_money *m, struct exch_action_effect *e)
{
	struct exch_fraction all, rest;
	exch_i128 cash, cost;
	int err = exch_fraction_times(exch_fraction_of(h->qty, 1), ratio, &all);

	if (err == EXCH_OK)
		err = exch_fits_i64(all.num / all.den, &h->qty);
	if (err != EXCH_OK || all.num % all.den == 0)
		return err;
	if (price <= 0)
		return EXCH_ERR_NEED;
	rest = exch_fraction_of(all.num % all.den, all.den);
	err = worth(rest, exch_fraction_of(price, 1), m, &cash);
	if (err == EXCH_OK)
		err = exch_fraction_round(h->cost,
		    exch_fraction_of(all.num % all.den, all.num), &cost);
	if (err != EXCH_OK)
		return err;
	h->cost -= cost;
	e->cost += cost;
	e->lieu += cash;
	return EXCH_OK;
}

/*
 * The part of the cost that goes with what is given: of a merger beside its
 * cash, else beside the share that stays.
 */
static int
given_part(const struct exch_action_row *a, const struct exch_action_prices *p,
    struct exch_fraction *part)
{
	struct exch_fraction value, all;
	int err;

	*part = exch_fraction_of(1, 1);
	if (a->kind == EXCH_ACTION_MERGER && a->cash == 0)
		return EXCH_OK;
	err = a->kind == EXCH_ACTION_RIGHTS ? exch_action_right(a, p, &value)
					    : given_value(a, p, &value);
	if (err != EXCH_OK)
		return err;
	if (a->kind == EXCH_ACTION_RIGHTS) {
		all = exch_fraction_of(p->cum, 1);
	} else if (a->kind == EXCH_ACTION_SPIN_OFF && p->ex <= 0) {
		return EXCH_ERR_NEED;
	} else {
		all = exch_fraction_of(
		    a->kind == EXCH_ACTION_MERGER ? a->cash : p->ex, 1);
		err = exch_fraction_add(all, value, &all);
	}
	return err == EXCH_OK ? exch_fraction_times(value, turned(all), part)
			      : err;
}

/* Move what is given out of own into the other. */
static int
give(const struct exch_action_row *a, const struct exch_action_prices *p,
    const struct exch_money *into, struct exch_action_effect *e)
{
	struct exch_fraction part, given = exch_action_given(a);
	int err;

	if (given.num == 0)
		return EXCH_OK;
	err = given_part(a, p, &part);
	if (err == EXCH_OK)
		err = exch_fraction_round(e->own.cost, part, &e->into.cost);
	if (err != EXCH_OK)
		return err;
	e->into.qty = e->own.qty;
	e->own.cost -= e->into.cost;
	return multiply(&e->into, given, p->into, into, e);
}

int
exch_action_position(const struct exch_action_row *a,
    const struct exch_holding *h, const struct exch_action_prices *p,
    const struct exch_money *m, const struct exch_money *into,
    struct exch_action_effect *out)
{
	struct exch_action_effect e = {.own = *h};
	int err = worth(exch_fraction_of(h->qty, 1),
	    exch_fraction_of(a->cash, 1), m, &e.cash);

	if (err == EXCH_OK)
		err = give(a, p, into, &e);
	if (err != EXCH_OK)
		return err;
	if (a->kind == EXCH_ACTION_MERGER) {
		e.cost += e.own.cost;
		e.own = (struct exch_holding){0, 0};
	} else {
		err = multiply(&e.own, exch_action_shares(a), p->ex, m, &e);
	}
	if (err == EXCH_OK)
		*out = e;
	return err;
}
