/*
 * Cash penalties of fails, by the rules of penalty.h: who does not deliver what
 * it should pays for each settlement day, and who does not get it is given that.
 * They are kept apart in the ledger: a depository collects them by the month.
 */
#include <config.h>

#include <string.h>

#include "settle/penalty.h"
#include "settle/settle_priv.h"

/* What the table calls instruments of a kind, where nobody says more. */
static enum exch_penalty_class
class_of(const struct exch_listed *l)
{
	switch (l->is.kind) {
	case EXCH_KIND_EQUITY:
		return EXCH_PENALTY_LIQUID;
	case EXCH_KIND_BOND:
		return EXCH_PENALTY_DEBT;
	default:
		return EXCH_PENALTY_OTHER;
	}
}

static exch_qty
magnitude(int64_t v)
{
	return v < 0 ? -(exch_qty)v : (exch_qty)v;
}

static int
put(struct exch_settle *s, const struct exch_open *o, bool other,
    exch_i128 amount, exch_i128 value, int64_t points, uint32_t date,
    struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	struct exch_rec_penalty *r =
	    exch_writer_new(s->w, EXCH_REC_PENALTY, sizeof(*r), l->id, s->now);
	int err = exch_settle_narrow(amount, &r->amount, d);

	if (err == 0)
		err = exch_settle_narrow(value, &r->value, d);
	r->rate = points / 10;
	r->account = other ? o->against : o->account;
	r->against = other ? o->account : o->against;
	r->date = date;
	memcpy(r->currency, s->currency[l->currency].name, 4);
	return err;
}

/* From one to the other, in their accounts for penalties. */
static int
post(struct exch_settle *s, const struct exch_open *o, exch_i128 amount,
    uint32_t date, struct exch_diag *d)
{
	uint32_t unit = exch_settle_unit_of_cash(&s->listed[o->listed]);
	const struct exch_leg leg[2] = {
	    {o->account, unit, EXCH_LEDGER_PENALTY, amount},
	    {o->against, unit, EXCH_LEDGER_PENALTY, -amount}};

	return amount == 0
		   ? EXCH_OK
		   : exch_settle_post(s, leg, 2, EXCH_POSTED_PENALTY, date, d);
}

/* What one that fails costs who delivers it, and its value. */
static int
cost(const struct exch_settle *s, const struct exch_open *o, int64_t points,
    exch_i128 *value, exch_i128 *fine, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	exch_qty n = magnitude(o->qty);

	if (exch_money_cash(&l->money, l->last, n, value) == 0 &&
	    exch_penalty_day(&l->money, l->last, n, points, fine) == 0)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "a penalty is more than numbers can say");
}

/* The deliverer's, of one that is open between two. */
static int
charge(struct exch_settle *s, const struct exch_open *o, int64_t points,
    uint32_t date, exch_i128 *sum, struct exch_diag *d)
{
	bool delivers = o->qty < 0;
	bool both = o->against != EXCH_ACCOUNT_CCP;
	exch_i128 value, fine;
	int err;

	if (o->why != EXCH_FAIL_SECURITIES || o->qty == 0)
		return EXCH_OK;
	err = cost(s, o, points, &value, &fine, d);
	if (err == 0)
		err = put(s, o, !delivers, -fine, value, points, date, d);
	if (err == 0 && both)
		err = put(s, o, delivers, fine, value, points, date, d);
	if (err == 0)
		err = post(s, o, delivers ? -fine : fine, date, d);
	*sum += fine;
	return err;
}

/*
 * What the counterparty has had goes to those who wait, by what they wait for;
 * the parts are differences of rounded sums, so that all of it is given.
 */
static int
give(struct exch_settle *s, struct exch_open **list, uint32_t n, int64_t points,
    exch_i128 sum, uint32_t date, struct exch_diag *d)
{
	exch_u128 all = 0, before = 0;
	exch_i128 given = 0;
	int err = EXCH_OK;

	for (uint32_t i = 0; i < n; i++)
		if (list[i]->qty > 0 && list[i]->why == EXCH_FAIL_OTHER)
			all += magnitude(list[i]->qty);
	for (uint32_t i = 0; i < n && err == 0; i++) {
		const struct exch_open *o = list[i];
		exch_i128 value, fine, part;

		if (o->qty <= 0 || o->why != EXCH_FAIL_OTHER)
			continue;
		before += magnitude(o->qty);
		part = exch_cash_part(sum, (exch_qty)before, (exch_qty)all) -
		       given;
		given += part;
		err = cost(s, o, points, &value, &fine, d);
		if (err == 0)
			err = put(s, o, false, part, value, points, date, d);
		if (err == 0)
			err = post(s, o, part, date, d);
	}
	return err;
}

/* All that is open of one instrument. */
static int
of_instrument(struct exch_settle *s, struct exch_open **list, uint32_t n,
    uint32_t date, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[list[0]->listed];
	exch_i128 sum = 0;
	int64_t points;
	int err;

	if (l->last == EXCH_PX_NONE)
		return EXCH_OK;
	err =
	    exch_penalty_points(s->o.penalties, date, class_of(l), &points, d);
	for (uint32_t i = 0; i < n && err == 0; i++)
		err = charge(s, list[i], points, date, &sum, d);
	if (err == 0 && s->o.model == 3 && sum != 0)
		err = give(s, list, n, points, sum, date, d);
	return err;
}

int
exch_settle_charge(struct exch_settle *s, struct exch_open **list, uint32_t n,
    uint32_t date, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (s->o.penalties == NULL)
		return EXCH_OK;
	for (uint32_t i = 0, k; i < n && err == 0; i = k) {
		for (k = i; k < n && list[k]->listed == list[i]->listed;)
			k++;
		err = of_instrument(s, list + i, k - i, date, d);
	}
	return err;
}
