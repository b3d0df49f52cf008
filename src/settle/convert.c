/*
 * Money that is changed in a settlement run: who would have less of a currency
 * than nothing buys what is missing with others that it has more of, from the
 * bank that changes money.  It is changed when that covers all of it, and else
 * purchases are withheld as without it.
 *
 *	ANN  holding +108.25 USD, -100.00 EUR
 *	bank holding -108.25 USD,  +99.997691 EUR, rounding +0.002309 EUR
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/settle_priv.h"

static const struct exch_fx_rate *
rates(const struct exch_settle *s, size_t *n)
{
	*n = s->o.rates->n;
	return s->o.rates->row;
}

/* ---- what they are on a day ---- */

void
exch_settle_put_rates(struct exch_settle *s, uint32_t date)
{
	size_t n;
	const struct exch_fx_rate *r;

	if (s->o.rates == NULL)
		return;
	r = rates(s, &n);
	for (uint32_t i = 0; i < s->ncurrency; i++)
		for (uint32_t k = i + 1; k < s->ncurrency; k++) {
			const struct exch_fx_rate *at = exch_fx_at(r, n, date,
			    s->currency[i].name, s->currency[k].name);
			struct exch_rec_rate *o;

			if (at == NULL)
				continue;
			o = exch_writer_new(
			    s->w, EXCH_REC_RATE, sizeof(*o), 0, s->now);
			o->rate = at->rate;
			o->date = at->date;
			memcpy(o->base, at->base, 4);
			memcpy(o->quote, at->quote, 4);
		}
}

/* ---- the plan ---- */

static int
add(struct exch_settle *s, const struct exch_change *x, struct exch_diag *d)
{
	if (!exch_room(&s->changes, s->nchanges, &s->changes_cap, sizeof(*x)))
		return exch_settle_nomem(d);
	s->changes[s->nchanges++] = *x;
	return EXCH_OK;
}

/* It is in the plan, or (sign -1) out of it. */
static int
moves(struct exch_settle *s, const struct exch_change *x, int sign,
    struct exch_diag *d)
{
	int err = exch_settle_moves(
	    s, x->account, EXCH_UNIT_CASH + x->to, sign * x->deal.got, d);

	return err != 0
		   ? err
		   : exch_settle_moves(s, x->account, EXCH_UNIT_CASH + x->from,
			 -sign * x->deal.paid, d);
}

/* As much of `lack` as one currency buys; nothing where there is no rate. */
static int
buy(struct exch_settle *s, struct exch_change *x, exch_i128 lack, uint32_t date,
    struct exch_diag *d)
{
	struct exch_fraction cost;
	size_t n;
	const struct exch_fx_rate *r = rates(s, &n);
	exch_i128 has =
	    exch_settle_has_now(s, x->account, EXCH_UNIT_CASH + x->from);
	int err;

	x->deal = (struct exch_fx_deal){0};
	if (has < EXCH_FX_STEP)
		return EXCH_OK;
	err = exch_fx_worth(r, n, date, s->currency[x->to].name,
	    s->currency[x->from].name, s->currency[0].name, &cost);
	if (err == EXCH_ERR_ABSENT)
		return EXCH_OK;
	if (err == 0)
		err = exch_fx_buy(lack, has, cost, &x->deal);
	return err == 0
		   ? EXCH_OK
		   : exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
			 "%.4s for %.4s is more than numbers can say",
			 s->currency[x->from].name, s->currency[x->to].name);
}

/* All that one account lacks of one currency, or nothing of it. */
static int
cover(struct exch_settle *s, const struct exch_change *lacks, uint32_t date,
    struct exch_diag *d)
{
	struct exch_change x = *lacks;
	size_t first = s->nchanges;
	exch_i128 lack =
	    -exch_settle_has_now(s, x.account, EXCH_UNIT_CASH + x.to);
	int err = EXCH_OK;

	for (x.from = 0; x.from < s->ncurrency && lack > 0 && err == 0;
	     x.from++) {
		if (x.from == x.to)
			continue;
		err = buy(s, &x, lack, date, d);
		if (err != 0 || x.deal.got == 0)
			continue;
		lack -= x.deal.got;
		err = add(s, &x, d);
		if (err == 0)
			err = moves(s, &x, 1, d);
	}
	while (err == 0 && lack > 0 && s->nchanges > first)
		err = moves(s, &s->changes[--s->nchanges], -1, d);
	return err;
}

static int
by_account(const void *a, const void *b)
{
	const struct exch_change *x = a, *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

int
exch_settle_cover(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	struct exch_change *lacks;
	const struct exch_moved *m;
	uint32_t at = 0;
	size_t n = 0;
	int err = EXCH_OK;

	s->nchanges = 0;
	if (!s->o.convert || s->ncurrency < 2)
		return EXCH_OK;
	lacks = exch_calloc((size_t)s->moved.live + 1, sizeof(*lacks));
	if (lacks == NULL)
		return exch_settle_nomem(d);
	while ((m = exch_settle_next_short(s, &at)) != NULL)
		lacks[n++] = (struct exch_change){.account = m->key.place,
		    .to = (uint32_t)m->key.id - EXCH_UNIT_CASH};
	qsort(lacks, n, sizeof(*lacks), by_account);
	for (size_t i = 0; i < n && err == 0; i++)
		err = cover(s, &lacks[i], date, d);
	exch_free(lacks);
	return err;
}

/* ---- and the entries ---- */

int
exch_settle_change(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->nchanges && err == 0; i++) {
		const struct exch_change *x = &s->changes[i];
		const struct exch_fx_deal *deal = &x->deal;
		uint32_t got = EXCH_UNIT_CASH + x->to;
		uint32_t paid = EXCH_UNIT_CASH + x->from;
		const struct exch_leg leg[] = {
		    {x->account, got, EXCH_LEDGER_HOLDING, deal->got},
		    {EXCH_ACCOUNT_BANK, got, EXCH_LEDGER_HOLDING, -deal->got},
		    {x->account, paid, EXCH_LEDGER_HOLDING, -deal->paid},
		    {EXCH_ACCOUNT_BANK, paid, EXCH_LEDGER_HOLDING, deal->worth},
		    {EXCH_ACCOUNT_BANK, paid, EXCH_LEDGER_ROUNDING,
			deal->paid - deal->worth}};

		err = exch_settle_post(
		    s, leg, EXCH_ARRAY_LEN(leg), EXCH_POSTED_CONVERT, date, d);
	}
	s->nchanges = 0;
	return err;
}
