/*
 * Model 3: who is short delivers to the central counterparty, who is long
 * receives from it.  What an account is long and short of for different days
 * meets first.  Then those who are short deliver what they have, and those who
 * are long receive: oldest first, and among equals in an order that the seed
 * gives.  Of cash goes the part that belongs to the quantity.
 */
#include <config.h>

#include <stdlib.h>

#include "settle/settle_priv.h"

/* Of one instrument. */
struct group {
	struct exch_open **list; /* by account, then day */
	uint32_t n;
	exch_u128 come, go; /* delivered, and received */
};

static int64_t
left(const struct exch_open *o)
{
	return o->qty - o->take;
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* Long and short of one account, oldest first. */
static void
offset(struct exch_open **list, uint32_t n)
{
	uint32_t plus = 0, minus = 0;

	for (;;) {
		int64_t most;

		while (plus < n && left(list[plus]) <= 0)
			plus++;
		while (minus < n && left(list[minus]) >= 0)
			minus++;
		if (plus == n || minus == n)
			return;
		most = left(list[plus]);
		if (most > -left(list[minus]))
			most = -left(list[minus]);
		list[plus]->take += most;
		list[minus]->take -= most;
	}
}

/* How much of an account's short positions it can deliver. */
static exch_u128
can_deliver(const struct exch_settle *s, struct exch_open **list, uint32_t n)
{
	exch_u128 due = 0;
	exch_i128 has;

	for (uint32_t i = 0; i < n; i++)
		if (left(list[i]) < 0)
			due += magnitude(left(list[i]));
	if (due == 0 ||
	    !exch_settle_needs(s, list[0]->account, list[0]->listed))
		return due;
	has = exch_ledger_balance(
	    &s->ledger, list[0]->account, list[0]->listed, EXCH_LEDGER_HOLDING);
	if (has < 0)
		has = 0;
	return (exch_u128)has < due ? (exch_u128)has : due;
}

/* What is wanted of it, by who can pay. */
static exch_u128
wants(const struct exch_settle *s, struct exch_open **list, uint32_t n)
{
	uint32_t unit = exch_settle_unit_of_cash(&s->listed[list[0]->listed]);
	bool withheld = exch_settle_withheld(s, list[0]->account, unit);
	exch_u128 sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (left(list[i]) <= 0)
			continue;
		if (withheld)
			list[i]->why = EXCH_FAIL_CASH;
		else
			sum += magnitude(left(list[i]));
	}
	return sum;
}

static int
oldest_first(const void *a, const void *b)
{
	const struct exch_open *x = *(struct exch_open *const *)a;
	const struct exch_open *y = *(struct exch_open *const *)b;

	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	if (x->lot != y->lot)
		return x->lot < y->lot ? -1 : 1;
	return x->account < y->account ? -1 : x->account > y->account;
}

/* So much is delivered, or (sign 1) received, of those that may be. */
static void
share_out(struct group *g, int sign, exch_u128 all)
{
	for (uint32_t i = 0; i < g->n && all > 0; i++) {
		struct exch_open *o = g->list[i];
		uint64_t most = magnitude(left(o));

		if (left(o) == 0 || (left(o) < 0) != (sign < 0) ||
		    o->why == EXCH_FAIL_CASH)
			continue;
		if (o->why == EXCH_FAIL_SECURITIES && o->pays < most)
			most = (uint64_t)o->pays;
		if (most > all)
			most = (uint64_t)all;
		o->take += sign * (int64_t)most;
		all -= most;
	}
}

/*
 * Of an account's short positions the oldest are delivered first; `pays` says
 * how much of each until the plan is made.
 */
static void
limit(struct exch_open **list, uint32_t n, exch_u128 can)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t due = magnitude(left(list[i]));

		if (left(list[i]) >= 0)
			continue;
		if (can >= due) {
			can -= due;
			continue;
		}
		list[i]->why = EXCH_FAIL_SECURITIES;
		list[i]->pays = (exch_i128)can;
		can = 0;
	}
}

static void
plan(const struct exch_settle *s, struct group *g)
{
	exch_u128 all;

	for (uint32_t i = 0, k; i < g->n; i = k) {
		exch_u128 can;

		for (k = i;
		     k < g->n && g->list[k]->account == g->list[i]->account;
		     k++)
			g->list[k]->lot = exch_settle_lot(s, g->list[k]);
		offset(g->list + i, k - i);
		can = can_deliver(s, g->list + i, k - i);
		limit(g->list + i, k - i, can);
		g->come += can;
		g->go += wants(s, g->list + i, k - i);
	}
	all = g->come < g->go ? g->come : g->go;
	qsort(g->list, g->n, sizeof(struct exch_open *), oldest_first);
	share_out(g, -1, all);
	share_out(g, 1, all);
}

static int
pays(struct exch_settle *s, struct exch_open *o, struct exch_diag *d)
{
	uint32_t unit = exch_settle_unit_of_cash(&s->listed[o->listed]);

	o->pays = o->qty == 0 ? o->cash
			      : exch_cash_part(o->cash, magnitude(o->take),
				    magnitude(o->qty));
	return exch_settle_moves(s, o->account, unit, o->pays, d);
}

int
exch_settle_plan_central(struct exch_settle *s, struct exch_open **list,
    uint32_t n, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (uint32_t i = 0, k; i < n; i = k) {
		struct group g = {.list = list + i};

		for (k = i; k < n && list[k]->listed == list[i]->listed; k++)
			g.n++;
		plan(s, &g);
	}
	for (uint32_t i = 0; i < n && err == 0; i++)
		err = pays(s, list[i], d);
	return err;
}
