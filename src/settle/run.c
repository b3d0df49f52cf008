/*
 * A settlement day: a plan of what moves, again without the purchases of those
 * who cannot pay until all can, and then the postings, marks and fails.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "settle/settle_priv.h"

/* ---- what the plan moves ---- */

exch_i128
exch_settle_has_now(
    const struct exch_settle *s, uint32_t account, uint32_t unit)
{
	const struct exch_moved *m = exch_keyed_find(&s->moved, account, unit);

	return exch_ledger_balance(
		   &s->ledger, account, unit, EXCH_LEDGER_HOLDING) +
	       (m != NULL ? m->by : 0);
}

int
exch_settle_moves(struct exch_settle *s, uint32_t account, uint32_t unit,
    exch_i128 by, struct exch_diag *d)
{
	struct exch_moved *m;
	int err;

	if (!exch_settle_asked(s, account, unit >= EXCH_UNIT_CASH))
		return EXCH_OK;
	err = exch_keyed_add(&s->moved, account, unit, &m);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	m->by += by;
	return EXCH_OK;
}

bool
exch_settle_withheld(
    const struct exch_settle *s, uint32_t account, uint32_t unit)
{
	const struct exch_moved *m = exch_keyed_find(&s->moved, account, unit);

	return m != NULL && m->withheld;
}

struct exch_moved *
exch_settle_next_short(const struct exch_settle *s, uint32_t *at)
{
	struct exch_moved *m;

	while ((m = exch_keyed_next(&s->moved, at)) != NULL)
		if (m->key.id >= EXCH_UNIT_CASH && m->by < 0 &&
		    exch_settle_has_now(s, m->key.place, (uint32_t)m->key.id) <
			0)
			return m;
	return NULL;
}

/* *more: somebody was found who had not been before. */
static void
withhold(struct exch_settle *s, bool *more)
{
	struct exch_moved *m;
	uint32_t at = 0;

	*more = false;
	while ((m = exch_settle_next_short(s, &at)) != NULL) {
		*more |= !m->withheld;
		m->withheld = true;
	}
}

uint64_t
exch_settle_lot(const struct exch_settle *s, const struct exch_open *o)
{
	struct exch_rng r;

	exch_rng_seed(&r, s->o.seed ^ (uint64_t)o->account << 32 ^
			      (uint64_t)o->against << 16 ^
			      (uint64_t)o->listed << 8 ^ o->match ^ o->date);
	return exch_rng_u64(&r);
}

static int
plan(struct exch_settle *s, struct exch_open **list, uint32_t n, uint32_t date,
    struct exch_diag *d)
{
	struct exch_moved *m;
	bool more = true;
	int err = EXCH_OK;

	while (more && err == 0) {
		uint32_t at = 0;

		while ((m = exch_keyed_next(&s->moved, &at)) != NULL)
			m->by = 0;
		for (uint32_t i = 0; i < n; i++) {
			list[i]->take = 0;
			list[i]->pays = 0;
			list[i]->why = EXCH_FAIL_OTHER;
		}
		err = exch_settle_sort(list, n, d);
		if (err == 0)
			err = s->o.model == 3
				  ? exch_settle_plan_central(s, list, n, d)
				  : exch_settle_plan_pairs(s, list, n, d);
		if (err == 0)
			err = exch_settle_cover(s, date, d);
		withhold(s, &more);
	}
	for (uint32_t at = 0;
	     err == 0 && exch_settle_next_short(s, &at) != NULL;)
		s->tally.owing++;
	return err != 0 ? err : exch_settle_sort(list, n, d);
}

/* ---- and does ---- */

static int
settle(struct exch_settle *s, struct exch_open *o, uint32_t date,
    struct exch_diag *d)
{
	int err = exch_settle_put_met(s, o, d);

	if (err == 0)
		err = exch_settle_move(s, o, o->take, o->pays, EXCH_LEDGER_DUE,
		    EXCH_LEDGER_HOLDING, EXCH_POSTED_SETTLE, date, d);
	if (err != 0)
		return err;
	o->qty -= o->take;
	o->cash -= o->pays;
	o->posted_qty -= o->take;
	o->posted_cash -= o->pays;
	return EXCH_OK;
}

/*
 * What stays open against the central counterparty is valued at the day's
 * price: the difference is paid, and what is left is the quantity at it.
 */
static int
mark(struct exch_settle *s, struct exch_open *o, uint32_t date,
    struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	exch_qty n = o->qty < 0 ? -(exch_qty)o->qty : (exch_qty)o->qty;
	exch_i128 value;
	int err;

	if (s->o.model != 3 || l->last == EXCH_PX_NONE ||
	    exch_settle_worth(l, date, n, &value) != 0)
		return EXCH_OK;
	value = (o->qty < 0 ? -value : value) + o->cash;
	err = exch_settle_move(s, o, 0, value, EXCH_LEDGER_DUE,
	    EXCH_LEDGER_HOLDING, EXCH_POSTED_MARK, date, d);
	if (err != 0)
		return err;
	o->cash -= value;
	o->posted_cash -= value;
	s->tally.owing +=
	    value < 0 && exch_settle_asked(s, o->account, true) &&
	    exch_ledger_balance(&s->ledger, o->account,
		exch_settle_unit_of_cash(l), EXCH_LEDGER_HOLDING) < 0;
	return EXCH_OK;
}

static int
fail(struct exch_settle *s, struct exch_open *o, uint32_t date,
    struct exch_diag *d)
{
	uint32_t age;
	int err = exch_settle_days(s->o.calendar, o->date, date, &age, d);

	if (err == 0)
		err = mark(s, o, date, d);
	return err != 0 ? err : exch_settle_put_fail(s, o, age, d);
}

int
exch_settle_run(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	uint32_t n = 0;
	struct exch_open **list = NULL;
	int err;

	exch_settle_put_rates(s, date);
	err = exch_settle_defaults(s, date, d);
	if (err == 0)
		err = exch_settle_buy_ins(s, date, d);
	if (err == 0)
		err = exch_settle_borrow(s, date, d);
	if (err == 0) {
		list = exch_settle_listing(s, date, 0, &n, d);
		err = list == NULL ? EXCH_ERR_NOMEM : EXCH_OK;
	}
	exch_keyed_clear(&s->moved);
	if (err == 0 &&
	    exch_keyed_init(&s->moved, sizeof(struct exch_moved)) != 0)
		err = exch_settle_nomem(d);
	if (err == 0)
		err = plan(s, list, n, date, d);
	if (err == 0)
		err = exch_settle_change(s, date, d);
	for (uint32_t i = 0; i < n && err == 0; i++)
		err = settle(s, list[i], date, d);
	for (uint32_t i = 0; i < n && err == 0; i++)
		if (list[i]->qty != 0 || list[i]->cash != 0)
			err = fail(s, list[i], date, d);
	if (err == 0)
		err = exch_settle_charge(s, list, n, date, d);
	for (uint32_t i = 0; i < n && err == 0; i++) {
		if (list[i]->qty != 0 || list[i]->cash != 0)
			continue;
		s->tally.settled++;
		exch_keyed_drop(&s->open, list[i]);
	}
	exch_free(list);
	if (err == 0)
		err = exch_settle_give_back(s, date, d);
	s->last = date;
	s->tally.date = date;
	return err;
}
