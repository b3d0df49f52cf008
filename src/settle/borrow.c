/*
 * What somebody would fail to deliver is borrowed from who lends it, before the
 * settlement run, and given back when he has it, after one:
 *
 *			lender			borrower
 *	borrowed	holding -, loan +	loan -, holding +
 *	each night	cash +			cash -
 *	given back	loan -, holding +	holding -, loan +
 *
 * The ledger of loans is all that is known of them: it goes on from day to day,
 * and who is on which side does not matter to the other, for the lenders of an
 * instrument are a pool.  Collateral: secure.c; what lenders recall: recall.c, kept.c.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "settle/borrow_priv.h"

/* ---- what there is ---- */

static int
cheapest_first(const void *x, const void *y)
{
	const struct exch_offer *a = x, *b = y;

	if (a->listed != b->listed)
		return a->listed < b->listed ? -1 : 1;
	if (a->rate != b->rate)
		return a->rate < b->rate ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int
take_offers(struct exch_borrow *w)
{
	const struct exch_reftable *t = w->s->o.lending;
	const struct exch_lending_row *r = t->row;

	w->offer = exch_calloc(t->n + 1, sizeof(*w->offer));
	if (w->offer == NULL)
		return exch_settle_nomem(w->d);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t listed = exch_settle_known(w->s, r[i].symbol);
		uint64_t kept;
		int err;

		if (listed == 0)
			continue;
		err = exch_borrow_kept(w, listed, r[i].account, &kept, NULL);
		if (err != 0)
			return err;
		w->offer[w->noffers++] = (struct exch_offer){listed,
		    r[i].account, r[i].quantity < kept ? r[i].quantity : kept,
		    r[i].rate, i};
	}
	qsort(w->offer, w->noffers, sizeof(*w->offer), cheapest_first);
	return EXCH_OK;
}

static int
count(struct exch_borrow *w, uint32_t listed, uint32_t account, exch_i128 qty)
{
	struct exch_borrow_due *p;
	int err;

	if (qty == 0 || !exch_settle_needs(w->s, account, listed))
		return EXCH_OK;
	err = exch_keyed_add(&w->due, listed, account, &p);
	if (err != EXCH_OK && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(w->d);
	if (qty < 0)
		p->out -= qty;
	else
		p->in += qty;
	return EXCH_OK;
}

static int
take_dues(struct exch_borrow *w)
{
	const struct exch_open *o;
	uint32_t at = 0;
	int err = EXCH_OK;

	while (err == 0 && (o = exch_keyed_next(&w->s->open, &at)) != NULL) {
		if (o->date > w->date)
			continue;
		err = count(w, o->listed, o->account, o->qty);
		if (err == 0)
			err =
			    count(w, o->listed, o->against, -(exch_i128)o->qty);
	}
	if (err != 0)
		return err;
	w->list = (struct exch_borrow_due **)exch_keyed_sorted(&w->due);
	return w->list != NULL ? EXCH_OK : exch_settle_nomem(w->d);
}

struct loans {
	struct exch_leg *list;
	size_t n, cap;
};

static int
collect(void *arg, const struct exch_leg *b, struct exch_diag *d)
{
	struct loans *l = arg;

	if (b->ledger != EXCH_LEDGER_LOAN || b->amount == 0)
		return EXCH_OK;
	if (!exch_room(&l->list, l->n, &l->cap, sizeof(*l->list)))
		return exch_settle_nomem(d);
	l->list[l->n++] = *b;
	return EXCH_OK;
}

static int
by_unit(const void *x, const void *y)
{
	const struct exch_leg *a = x, *b = y;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return a->account < b->account ? -1 : a->account > b->account;
}

static int
take_loans(struct exch_borrow *w)
{
	struct loans l = {0};
	int err = exch_ledger_each(&w->s->ledger, collect, &l, w->d);

	w->loan = l.list;
	w->nloans = l.n;
	if (l.n > 0)
		qsort(l.list, l.n, sizeof(*l.list), by_unit);
	return err;
}

size_t
exch_borrow_end_of(const struct exch_borrow *w, size_t i)
{
	size_t k = i;

	while (k < w->nloans && w->loan[k].unit == w->loan[i].unit)
		k++;
	return k;
}

/* What an account has more, or (below 0) less, than it is to deliver by now. */
static exch_i128
spare(const struct exch_borrow *w, uint32_t listed, uint32_t account)
{
	const struct exch_borrow_due *p =
	    exch_keyed_find(&w->due, listed, account);
	exch_i128 out = p != NULL ? p->out : 0;

	/* Its own purchases meet its sales first; of others it has to wait. */
	if (p != NULL && w->s->o.model == 3)
		out = p->out > p->in ? p->out - p->in : 0;
	return exch_ledger_balance(
		   &w->s->ledger, account, listed, EXCH_LEDGER_HOLDING) -
	       out;
}

/* ---- borrowing and giving back ---- */

int
exch_borrow_move(const struct exch_borrow *w, uint32_t listed, uint32_t lender,
    uint32_t borrower, exch_i128 qty)
{
	const struct exch_leg leg[] = {
	    {lender, listed, EXCH_LEDGER_HOLDING, -qty},
	    {lender, listed, EXCH_LEDGER_LOAN, qty},
	    {borrower, listed, EXCH_LEDGER_LOAN, -qty},
	    {borrower, listed, EXCH_LEDGER_HOLDING, qty}};

	return exch_settle_post(w->s, leg, 4, EXCH_POSTED_LOAN, w->date, w->d);
}

static exch_i128
left(const struct exch_borrow *w, const struct exch_offer *o)
{
	exch_i128 lent = exch_ledger_balance(
	    &w->s->ledger, o->account, o->listed, EXCH_LEDGER_LOAN);
	exch_i128 most = (exch_i128)o->quantity - lent;
	exch_i128 has = spare(w, o->listed, o->account);

	/* Who owes some has none to lend. */
	if (lent < 0)
		return 0;
	return has < most ? has : most;
}

int
exch_borrow_of_offers(
    struct exch_borrow *w, uint32_t listed, uint32_t account, exch_i128 *lacks)
{
	int err = EXCH_OK;

	for (size_t i = 0; i<w->noffers && * lacks> 0 && err == 0; i++) {
		const struct exch_offer *o = &w->offer[i];
		exch_i128 qty;

		if (o->listed != listed || o->account == account)
			continue;
		qty = left(w, o);
		if (qty > *lacks)
			qty = *lacks;
		if (qty <= 0)
			continue;
		err = exch_borrow_move(w, listed, o->account, account, qty);
		*lacks -= qty;
		w->s->tally.borrowed++;
	}
	return err;
}

static int
borrow_all(struct exch_borrow *w)
{
	int err = EXCH_OK;

	for (uint32_t i = 0; i < w->due.live && err == 0; i++) {
		uint32_t listed = w->list[i]->key.place;
		uint32_t account = (uint32_t)w->list[i]->key.id;
		exch_i128 lacks = -spare(w, listed, account);

		/* Who owes already lacks no more than he is to deliver. */
		if (lacks > w->list[i]->out)
			lacks = w->list[i]->out;
		if (lacks > 0)
			err = exch_borrow_of_offers(w, listed, account, &lacks);
	}
	return err;
}

/* The rate of a lender; one that lends no more has none. */
static int64_t
rate_of(const struct exch_borrow *w, const struct exch_leg *loan)
{
	for (size_t i = 0; i < w->noffers; i++)
		if (w->offer[i].listed == loan->unit &&
		    w->offer[i].account == loan->account)
			return w->offer[i].rate;
	return 0;
}

/*
 * Who is given back first, of those from `at` on: who has recalled some, and
 * then who has lent what is dearest; *most of it.  *who NULL: nobody.
 */
static int
first(const struct exch_borrow *w, size_t at, size_t end, struct exch_leg **who,
    exch_i128 *most)
{
	int64_t rate = -1;

	*who = NULL;
	for (size_t i = at; i < end; i++) {
		struct exch_leg *b = &w->loan[i];
		exch_i128 over;
		int err = exch_borrow_over(w, b, &over, NULL);

		if (err != 0)
			return err;
		if (over > 0) {
			*who = b;
			*most = over;
			return EXCH_OK;
		}
		if (b->amount <= 0 || rate_of(w, b) <= rate)
			continue;
		*who = b;
		*most = b->amount;
		rate = rate_of(w, b);
	}
	return EXCH_OK;
}

/* Of one instrument, the loans from `at` on. */
static int
give_back(struct exch_borrow *w, size_t at, size_t end)
{
	int err = EXCH_OK;

	for (size_t i = at; i < end && err == 0; i++) {
		struct exch_leg *b = &w->loan[i], *lender;
		exch_i128 can = spare(w, b->unit, b->account), most;

		while (err == 0 && b->amount < 0 && can > 0) {
			exch_i128 qty = -b->amount;

			err = first(w, at, end, &lender, &most);
			if (err != 0 || lender == NULL)
				break;
			if (qty > can)
				qty = can;
			if (qty > most)
				qty = most;
			err = exch_borrow_move(
			    w, b->unit, lender->account, b->account, -qty);
			lender->amount -= qty;
			b->amount += qty;
			can -= qty;
		}
	}
	return err;
}

/* ---- fees ---- */

exch_i128
exch_borrow_owed(const struct exch_borrow *w, size_t at, size_t end)
{
	exch_i128 sum = 0;

	for (size_t i = at; i < end; i++)
		sum -= w->loan[i].amount < 0 ? w->loan[i].amount : 0;
	return sum;
}

/* Nights since the last settlement day. */
static int
nights(const struct exch_borrow *w, uint32_t *n)
{
	bool is = false;
	int err = EXCH_OK;

	for (*n = 0; err == 0 && !is;)
		err = exch_settle_is_day(w->s->o.calendar,
		    exch_days_date(exch_date_days(w->date) - (int64_t)++ * n),
		    &is, w->d);
	return err;
}

/* What lenders get for the loans from `at` on, into `leg`, and all of it. */
static int
earn(struct exch_borrow *w, size_t at, size_t end, uint32_t n,
    struct exch_leg *leg, exch_i128 *all)
{
	const struct exch_listed *l = &w->s->listed[w->loan[at].unit];
	uint32_t unit = exch_settle_unit_of_cash(l);

	*all = 0;
	for (size_t i = at; i < end; i++) {
		const struct exch_leg *b = &w->loan[i];
		exch_i128 value, fee = 0;
		int64_t qty;

		if (b->amount <= 0)
			continue;
		if (exch_fits_i64(b->amount, &qty) != EXCH_OK ||
		    exch_settle_worth(l, w->date, (exch_qty)qty, &value) != 0 ||
		    exch_lending_fee(value, rate_of(w, b), n, &fee) != EXCH_OK)
			return exch_diag_set(w->d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0,
			    "what lending %.24s costs is more than numbers can "
			    "say",
			    l->is.symbol);
		leg[i - at] = (struct exch_leg){
		    b->account, unit, EXCH_LEDGER_HOLDING, fee};
		*all += fee;
	}
	return EXCH_OK;
}

/* Borrowers pay it by what they have; parts are differences of rounded sums. */
static void
bear(const struct exch_borrow *w, size_t at, size_t end, struct exch_leg *leg,
    exch_i128 all)
{
	uint32_t unit =
	    exch_settle_unit_of_cash(&w->s->listed[w->loan[at].unit]);
	exch_i128 sum = exch_borrow_owed(w, at, end), before = 0, paid = 0;

	for (size_t i = at; i < end; i++) {
		exch_i128 part;

		if (w->loan[i].amount >= 0)
			continue;
		before -= w->loan[i].amount;
		part =
		    exch_cash_part(all, (exch_qty)before, (exch_qty)sum) - paid;
		paid += part;
		leg[i - at] = (struct exch_leg){
		    w->loan[i].account, unit, EXCH_LEDGER_HOLDING, -part};
	}
}

/* For the loans of one instrument, at its last price. */
static int
charge(struct exch_borrow *w, size_t at, size_t end, uint32_t n)
{
	const struct exch_listed *l = &w->s->listed[w->loan[at].unit];
	struct exch_leg *leg;
	exch_i128 all;
	int err;

	/* Where a reverse split has left borrowers nothing, nobody pays. */
	if (l->last == EXCH_PX_NONE || exch_borrow_owed(w, at, end) == 0)
		return EXCH_OK;
	leg = exch_calloc(end - at, sizeof(*leg));
	if (leg == NULL)
		return exch_settle_nomem(w->d);
	err = earn(w, at, end, n, leg, &all);
	if (err == 0 && all != 0) {
		bear(w, at, end, leg, all);
		err = exch_settle_post(
		    w->s, leg, end - at, EXCH_POSTED_LOAN, w->date, w->d);
	}
	exch_free(leg);
	return err;
}

/* ---- a settlement day ---- */

static int
look(struct exch_borrow *w)
{
	int err = exch_keyed_init(&w->due, sizeof(struct exch_borrow_due)) != 0
		      ? exch_settle_nomem(w->d)
		      : take_offers(w);

	if (err == 0)
		err = take_dues(w);
	return err == 0 ? take_loans(w) : err;
}

static void
clear(struct exch_borrow *w)
{
	exch_keyed_clear(&w->due);
	exch_free(w->offer);
	exch_free(w->list);
	exch_free(w->loan);
}

int
exch_settle_borrow(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	struct exch_borrow w = {.s = s, .date = date, .d = d};
	uint32_t n = 0;
	int err;

	if (s->o.lending == NULL)
		return EXCH_OK;
	err = look(&w);
	/* Collateral of loans that an action has ended was there so long. */
	if (err == 0 && (w.nloans > 0 || s->o.collateral != NULL))
		err = nights(&w, &n);
	for (size_t i = 0, k; i < w.nloans && err == 0; i = k) {
		k = exch_borrow_end_of(&w, i);
		err = charge(&w, i, k, n);
	}
	if (err == 0)
		err = exch_borrow_rebate(&w, n);
	for (size_t i = 0, k; i < w.nloans && err == 0; i = k) {
		k = exch_borrow_end_of(&w, i);
		err = exch_borrow_recall(&w, i, k);
	}
	if (err == 0)
		err = borrow_all(&w);
	clear(&w);
	return err;
}

int
exch_settle_give_back(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	struct exch_borrow w = {.s = s, .date = date, .d = d};
	int err;

	if (s->o.lending == NULL)
		return EXCH_OK;
	err = look(&w);
	for (size_t i = 0, k; i < w.nloans && err == 0; i = k) {
		k = exch_borrow_end_of(&w, i);
		err = give_back(&w, i, k);
	}
	if (err == 0)
		err = exch_borrow_secure(&w);
	clear(&w);
	return err;
}
