/*
 * A member defaults (model 3).  On the settlement day of its default, before
 * anything settles, the central counterparty takes over all that the member has
 * open (takeover.c).  What that costs is the loss, which goes down the layers
 * of loss.h, each by an entry of its
 * own; what it brings goes to the member's margin.
 */
#include <config.h>

#include "base/alloc.h"
#include "settle/fx.h"
#include "settle/loss.h"
#include "settle/settle_priv.h"

struct work {
	struct exch_settle *s;
	uint32_t account, date;
	exch_i128 loss;	 /* left, of the currency of balances */
	exch_i128 *has;	 /* of the members, in the order of the table */
	exch_i128 *part; /* what each bears */
	struct exch_diag *d;
};

static const struct exch_member_row *
members(const struct exch_settle *s, size_t *n)
{
	*n = s->o.members != NULL ? s->o.members->n : 0;
	return *n > 0 ? s->o.members->row : NULL;
}

/* ---- what was paid in ---- */

int
exch_settle_has_fund(struct exch_settle *s, struct exch_diag *d)
{
	size_t n;
	const struct exch_member_row *r = members(s, &n);
	int err = EXCH_OK;

	for (size_t i = 0; i < n && err == 0; i++) {
		uint32_t who =
		    r[i].account == 0 ? EXCH_ACCOUNT_CCP : r[i].account;
		const struct exch_leg leg[] = {
		    {who, EXCH_UNIT_CASH, EXCH_LEDGER_MARGIN, r[i].margin},
		    {who, EXCH_UNIT_CASH, EXCH_LEDGER_OUTSIDE, -r[i].margin},
		    {who, EXCH_UNIT_CASH, EXCH_LEDGER_FUND, r[i].fund},
		    {who, EXCH_UNIT_CASH, EXCH_LEDGER_OUTSIDE, -r[i].fund}};

		for (unsigned k = 0; k < 4 && err == 0; k++)
			err = exch_settle_carry(s, &leg[k], d);
	}
	return err;
}

/* ---- the close-out ---- */

/* The loss of one currency in that of balances. */
static int
add_loss(struct work *w, uint32_t currency, exch_i128 loss)
{
	struct exch_settle *s = w->s;
	const struct exch_reftable *t = s->o.rates;
	struct exch_fraction f = {1, 1};
	exch_i128 v;

	if (currency != 0 &&
	    (t == NULL ||
		exch_fx_worth(t->row, t->n, w->date, s->currency[currency].name,
		    s->currency[0].name, s->currency[0].name, &f) != EXCH_OK))
		return exch_diag_set(w->d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE,
		    0,
		    "account %u defaults on %u, and nobody knows what its "
		    "%.4s are worth in %.4s: --rates",
		    w->account, w->date, s->currency[currency].name,
		    s->currency[0].name);
	if (exch_fraction_round(loss, f, &v) != EXCH_OK)
		return exch_diag_set(w->d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE,
		    0, "the loss of a default is more than numbers can say");
	w->loss += v;
	return EXCH_OK;
}

static int
take_over(struct work *w, struct exch_open *o)
{
	struct exch_settle *s = w->s;
	const struct exch_listed *l = &s->listed[o->listed];
	exch_i128 loss = 0;
	const struct exch_takeover how = {
	    .loss = &loss, .why = EXCH_POSTED_DEFAULT, .date = w->date};
	int err = exch_settle_take_over(s, o, o->qty, &how, w->d);

	if (err == EXCH_ERR_ABSENT)
		return exch_diag_set(w->d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE,
		    0, "account %u defaults on %u with %.24s of no price",
		    w->account, w->date, l->is.symbol);
	return err != 0 ? err : add_loss(w, l->currency, loss);
}

/* Taking over moves what is open: one after the other is looked for. */
static int
close_out(struct work *w)
{
	struct exch_settle *s = w->s;
	uint32_t n;
	struct exch_open **list =
	    exch_settle_listing(s, UINT32_MAX, 0, &n, w->d);
	struct exch_key *key;
	uint32_t keys = 0;
	int err = EXCH_OK;

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	key = exch_calloc((size_t)n + 1, sizeof(*key));
	if (key == NULL)
		err = exch_settle_nomem(w->d);
	for (uint32_t i = 0; i < n && err == 0; i++)
		if (list[i]->account == w->account)
			key[keys++] = list[i]->key;
	exch_free(list);
	for (uint32_t i = 0; i < keys && err == 0; i++)
		err = take_over(
		    w, exch_keyed_find(&s->open, key[i].place, key[i].id));
	exch_free(key);
	return err;
}

/* ---- the layers ---- */

/* From a ledger of somebody to the counterparty. */
static int
pay(struct work *w, uint32_t who, uint8_t ledger, exch_i128 amount)
{
	const struct exch_leg leg[] = {{who, EXCH_UNIT_CASH, ledger, -amount},
	    {EXCH_ACCOUNT_CCP, EXCH_UNIT_CASH, EXCH_LEDGER_HOLDING, amount}};

	w->loss -= amount;
	return amount == 0 ? EXCH_OK
			   : exch_settle_post(w->s, leg, 2, EXCH_POSTED_DEFAULT,
				 w->date, w->d);
}

/* As much as one of them has. */
static int
one(struct work *w, uint32_t who, uint8_t ledger)
{
	exch_i128 has =
	    exch_ledger_balance(&w->s->ledger, who, EXCH_UNIT_CASH, ledger);

	if (has < 0)
		has = 0;
	return pay(w, who, ledger, has < w->loss ? has : w->loss);
}

/* Pro rata of those who have not defaulted, of a fund or of what is asked. */
static int
all(struct work *w, uint8_t ledger)
{
	struct exch_settle *s = w->s;
	size_t n;
	const struct exch_member_row *r = members(s, &n);
	exch_i128 shared;
	int err;

	for (size_t i = 0; i < n; i++) {
		bool in = r[i].account != 0 && !s->gone[i];

		w->has[i] = ledger == EXCH_LEDGER_FUND
				? exch_ledger_balance(&s->ledger, r[i].account,
				      EXCH_UNIT_CASH, ledger)
				: (exch_i128)r[i].assess - s->asked[i];
		if (!in || w->has[i] < 0)
			w->has[i] = 0;
	}
	err = exch_loss_share(w->loss, w->has, w->part, n, &shared);
	if (err != 0)
		return exch_diag_set(w->d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE,
		    0, "the default fund is more than numbers can say");
	for (size_t i = 0; i < n && err == 0; i++) {
		if (ledger == EXCH_LEDGER_HOLDING)
			s->asked[i] += w->part[i];
		err = pay(w, r[i].account, ledger, w->part[i]);
	}
	return err;
}

static int
layers(struct work *w)
{
	int err = one(w, w->account, EXCH_LEDGER_MARGIN);

	if (err == 0)
		err = one(w, w->account, EXCH_LEDGER_FUND);
	if (err == 0)
		err = one(w, EXCH_ACCOUNT_CCP, EXCH_LEDGER_FUND);
	if (err == 0)
		err = all(w, EXCH_LEDGER_FUND);
	if (err == 0)
		err = all(w, EXCH_LEDGER_HOLDING);
	return err != 0 ? err
			: pay(w, EXCH_ACCOUNT_CCP, EXCH_LEDGER_LOSS, w->loss);
}

/* It bears no loss of others any more. */
static void
leave(struct exch_settle *s, uint32_t account)
{
	size_t n;
	const struct exch_member_row *r = members(s, &n);

	for (size_t i = 0; i < n; i++)
		s->gone[i] |= r[i].account == account;
}

static int
happen(
    struct exch_settle *s, uint32_t account, uint32_t date, struct exch_diag *d)
{
	struct work w = {.s = s, .account = account, .date = date, .d = d};
	size_t n;
	int err;

	leave(s, account);
	(void)members(s, &n);
	w.has = exch_calloc(2 * n + 1, sizeof(*w.has));
	if (w.has == NULL)
		return exch_settle_nomem(d);
	w.part = w.has + n;
	err = close_out(&w);
	/* A gain is of the member's estate. */
	if (err == 0)
		err = w.loss > 0 ? layers(&w)
				 : pay(&w, account, EXCH_LEDGER_MARGIN, w.loss);
	exch_free(w.has);
	return err;
}

int
exch_settle_defaults(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	const struct exch_default_row *r;
	int err = EXCH_OK;

	if (s->o.defaults == NULL)
		return EXCH_OK;
	r = s->o.defaults->row;
	for (size_t i = 0; i < s->o.defaults->n && err == 0; i++) {
		if (r[i].date <= s->defaulted)
			leave(s, r[i].account);
		else if (r[i].date <= date)
			err = happen(s, r[i].account, date, d);
	}
	s->defaulted = date;
	return err;
}
