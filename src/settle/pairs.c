/*
 * Models 1 and 2: what is open between two accounts settles by itself, when
 * who delivers has the securities and, under model 1, who pays has the cash at
 * that moment.  What one settles lets others settle: the list is gone through,
 * oldest first, until nothing moves any more.
 */
#include <config.h>

#include <stdlib.h>

#include "settle/waiting.h"

/* One of them: who gives what, both 0 and up. */
struct leg {
	uint32_t deliverer, receiver, payer;
	exch_qty qty;
	exch_i128 cash;
	uint32_t paper, money;
};

static void
look(const struct exch_settle *s, const struct exch_open *o, struct leg *l)
{
	l->receiver = o->qty > 0 ? o->account : o->against;
	l->deliverer = o->qty > 0 ? o->against : o->account;
	l->payer = o->cash < 0 ? o->account : o->against;
	l->qty = o->qty < 0 ? -(exch_qty)o->qty : (exch_qty)o->qty;
	l->cash = o->cash < 0 ? -o->cash : o->cash;
	l->paper = o->listed;
	l->money = exch_settle_unit_of_cash(&s->listed[o->listed]);
}

/* Cash for the first `qty` of it. */
static exch_i128
part(const struct leg *l, exch_qty qty)
{
	return exch_cash_part(l->cash, qty, l->qty);
}

static exch_qty
taken(const struct exch_open *o)
{
	return o->take < 0 ? -(exch_qty)o->take : (exch_qty)o->take;
}

/* How much more of it the deliverer has. */
static exch_qty
deliverable(const struct exch_settle *s, const struct leg *l, exch_qty left)
{
	exch_i128 has;

	if (!exch_settle_needs(s, l->deliverer, l->paper))
		return left;
	has = exch_settle_has_now(s, l->deliverer, l->paper);
	if (has < 0)
		has = 0;
	return has < (exch_i128)left ? (exch_qty)has : left;
}

/* How much of `most` more the payer has the cash for at this moment. */
static exch_qty
payable(const struct exch_settle *s, const struct exch_open *o,
    const struct leg *l, exch_qty most)
{
	exch_i128 has, paid = part(l, taken(o));
	exch_i128 price;

	if (!exch_settle_asked(s, l->payer, true))
		return most;
	has = exch_settle_has_now(s, l->payer, l->money);
	if (has < 0)
		has = 0;
	if (part(l, taken(o) + most) - paid <= has)
		return most;
	/* About so many, and then down to what it is. */
	price = l->cash / (exch_i128)l->qty;
	if (price > 0 && has / price + 1 < (exch_i128)most)
		most = (exch_qty)(has / price + 1);
	while (most > 0 && part(l, taken(o) + most) - paid > has)
		most--;
	return most;
}

/* So much of it moves. */
static int
take(struct exch_settle *s, struct exch_open *o, const struct leg *l,
    exch_qty qty, exch_i128 cash, struct exch_diag *d)
{
	uint32_t payee = l->payer == o->account ? o->against : o->account;
	int err = EXCH_OK;

	if (qty > 0) {
		err = exch_settle_moves(
		    s, l->deliverer, l->paper, -(exch_i128)qty, d);
		if (err == 0)
			err = exch_settle_moves(
			    s, l->receiver, l->paper, (exch_i128)qty, d);
	}
	if (err == 0)
		err = exch_settle_moves(s, l->payer, l->money, -cash, d);
	if (err == 0)
		err = exch_settle_moves(s, payee, l->money, cash, d);
	o->take += o->qty > 0 ? (int64_t)qty : -(int64_t)qty;
	o->pays += o->cash < 0 ? -cash : cash;
	return err;
}

/* Has it all that it is to have? */
static bool
done(const struct exch_open *o)
{
	return o->qty != 0 ? o->take == o->qty : o->pays == o->cash;
}

/* Nothing but cash is left between the two. */
static int
flat(struct exch_settle *s, struct exch_open *o, const struct leg *l,
    struct exch_diag *d)
{
	if (s->o.model == 1 && exch_settle_asked(s, l->payer, true) &&
	    exch_settle_has_now(s, l->payer, l->money) < l->cash) {
		o->why = EXCH_FAIL_CASH;
		return EXCH_OK;
	}
	return take(s, o, l, 0, l->cash, d);
}

/*
 * Who pays for it is to pay nothing, since he cannot at the end; a net of many
 * trades may also be paid by who delivers, or be of cash alone.
 */
static bool
withheld(const struct exch_settle *s, const struct leg *l)
{
	return l->cash != 0 && exch_settle_withheld(s, l->payer, l->money);
}

static int
try_one(struct exch_settle *s, struct exch_open *o, struct exch_diag *d)
{
	struct leg l;
	exch_qty left, qty;

	if (done(o))
		return EXCH_OK;
	s->tally.tries++;
	look(s, o, &l);
	if (withheld(s, &l)) {
		o->why = EXCH_FAIL_CASH;
		return EXCH_OK;
	}
	if (l.qty == 0)
		return flat(s, o, &l, d);
	left = l.qty - taken(o);
	qty = deliverable(s, &l, left);
	if (qty < left)
		o->why = EXCH_FAIL_SECURITIES;
	if (qty > 0 && s->o.model == 1) {
		exch_qty most = payable(s, o, &l, qty);

		if (most < qty)
			o->why = EXCH_FAIL_CASH;
		qty = most;
	}
	if (qty == 0 || (s->o.whole && qty < left))
		return EXCH_OK;
	return take(
	    s, o, &l, qty, part(&l, taken(o) + qty) - part(&l, taken(o)), d);
}

/* ---- and again ---- */

static bool
needs_securities(const struct exch_settle *s, const struct leg *l)
{
	return l->qty != 0 && exch_settle_needs(s, l->deliverer, l->paper);
}

static bool
needs_cash(const struct exch_settle *s, const struct leg *l)
{
	return s->o.model == 1 && exch_settle_asked(s, l->payer, true);
}

/* All those that are left: whom they may have to wait for. */
static int
gather(struct exch_settle *s, struct exch_waiting *w, struct exch_open **list,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	for (uint32_t i = 0; i < w->n && err == 0; i++) {
		struct leg l;

		look(s, list[i], &l);
		if (done(list[i]) || withheld(s, &l))
			continue;
		if (needs_securities(s, &l))
			err = exch_waiting_may(w, i, EXCH_WAITS_SECURITIES,
			    l.deliverer, l.paper, d);
		if (err == 0 && needs_cash(s, &l))
			err = exch_waiting_may(
			    w, i, EXCH_WAITS_CASH, l.payer, l.money, d);
	}
	return err == 0 ? exch_waiting_lay(w, d) : err;
}

/*
 * For what it lacks; it is enough to wait for one of two.  Who lacks nothing
 * waits for what is there.
 */
static void
queue_up(const struct exch_settle *s, struct exch_waiting *w, uint32_t i,
    const struct exch_open *o, const struct leg *l)
{
	exch_qty least = s->o.whole ? l->qty - taken(o) : 1;

	if (needs_securities(s, l) &&
	    (!needs_cash(s, l) || exch_settle_has_now(s, l->deliverer,
				      l->paper) < (exch_i128)least))
		exch_waiting_wait(
		    w, i, EXCH_WAITS_SECURITIES, (exch_i128)least);
	else if (l->qty == 0)
		exch_waiting_wait(w, i, EXCH_WAITS_CASH, l->cash);
	else
		exch_waiting_wait(w, i, EXCH_WAITS_CASH,
		    part(l, taken(o) + least) - part(l, taken(o)));
}

/* All that it may have moved, or has come to wait for, is looked at again. */
static void
tell(struct exch_waiting *w, const struct leg *l)
{
	exch_waiting_look(w, l->deliverer, l->paper);
	exch_waiting_look(w, l->receiver, l->paper);
	exch_waiting_look(w, l->deliverer, l->money);
	exch_waiting_look(w, l->receiver, l->money);
}

static int
try_again(struct exch_settle *s, struct exch_waiting *w,
    struct exch_open **list, struct exch_diag *d)
{
	struct leg l;
	uint32_t i;
	int err = gather(s, w, list, d);

	for (i = 0; i < w->n && err == 0; i++) {
		look(s, list[i], &l);
		if (!done(list[i]) && !withheld(s, &l)) {
			queue_up(s, w, i, list[i], &l);
			tell(w, &l);
		}
	}
	while (err == 0 && exch_waiting_next(w, &i)) {
		err = try_one(s, list[i], d);
		look(s, list[i], &l);
		if (!done(list[i]))
			queue_up(s, w, i, list[i], &l);
		tell(w, &l);
	}
	return err;
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
	return exch_settle_by_what(a, b);
}

/* What each lacks at the end is what is told. */
static int
try_all(struct exch_settle *s, struct exch_open **list, uint32_t n,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	for (uint32_t i = 0; i < n && err == 0; i++)
		err = try_one(s, list[i], d);
	return err;
}

int
exch_settle_plan_pairs(struct exch_settle *s, struct exch_open **list,
    uint32_t n, struct exch_diag *d)
{
	struct exch_waiting w = {0};
	int err;

	for (uint32_t i = 0; i < n; i++)
		list[i]->lot = exch_settle_lot(s, list[i]);
	qsort(list, n, sizeof(struct exch_open *), oldest_first);
	err = try_all(s, list, n, d);
	if (err == 0)
		err = exch_waiting_init(&w, s, n, d);
	if (err == 0)
		err = try_again(s, &w, list, d);
	exch_waiting_clear(&w);
	/* Nothing moves now: it is for what each lacks at the end. */
	return err == 0 ? try_all(s, list, n, d) : err;
}
