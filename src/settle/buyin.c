/*
 * Fails that are closed out (model 3): on the settlement day on which Rule 204
 * of Regulation SHO wants it, before anything settles, the central counterparty
 * buys what an account has failed to deliver and has not yet, delivers that for
 * it, and the account pays the difference.
 */
#include <config.h>

#include "base/alloc.h"
#include "settle/settle_priv.h"

/* Of one that fails, so much is bought. */
struct bought {
	struct exch_key key;
	int64_t qty; /* below 0, as what is open */
};

/* What an account has of it, or is to receive by today. */
static exch_i128
has(const struct exch_settle *s, struct exch_open **list, uint32_t n)
{
	exch_i128 v = exch_ledger_balance(
	    &s->ledger, list[0]->account, list[0]->listed, EXCH_LEDGER_HOLDING);

	if (v < 0)
		v = 0;
	for (uint32_t i = 0; i < n; i++)
		if (list[i]->qty > 0)
			v += list[i]->qty;
	return v;
}

/* Of one account in one instrument, oldest first. */
static int
look(struct exch_settle *s, struct exch_open **list, uint32_t n, uint32_t date,
    struct bought *b, uint32_t *nb, struct exch_diag *d)
{
	exch_i128 can = has(s, list, n);
	int err = EXCH_OK;

	if (!exch_settle_needs(s, list[0]->account, list[0]->listed) ||
	    s->listed[list[0]->listed].last == EXCH_PX_NONE)
		return EXCH_OK;
	for (uint32_t i = 0; i < n && err == 0; i++) {
		exch_i128 lacks = -(exch_i128)list[i]->qty;
		exch_i128 part = lacks < can ? lacks : can;
		uint32_t age;

		if (lacks <= 0)
			continue;
		can -= part;
		lacks -= part;
		err = exch_settle_days(
		    s->o.calendar, list[i]->date, date, &age, d);
		if (err == 0 && lacks > 0 && age >= s->o.close_out)
			b[(*nb)++] =
			    (struct bought){list[i]->key, (int64_t)-lacks};
	}
	return err;
}

static int
buy(struct exch_settle *s, const struct bought *b, uint32_t date,
    struct exch_diag *d)
{
	struct exch_open *o =
	    exch_keyed_find(&s->open, b->key.place, b->key.id);
	uint32_t who = o->account;
	uint32_t money = exch_settle_unit_of_cash(&s->listed[o->listed]);
	exch_i128 loss = 0;
	const struct exch_takeover how = {.loss = &loss,
	    .why = EXCH_POSTED_BUY_IN,
	    .date = date,
	    .premium = s->o.premium};
	int err = exch_settle_take_over(s, o, b->qty, &how, d);
	const struct exch_leg leg[] = {{who, money, EXCH_LEDGER_HOLDING, -loss},
	    {EXCH_ACCOUNT_CCP, money, EXCH_LEDGER_HOLDING, loss}};

	s->tally.bought_in += err == 0;
	return err != 0 || loss == 0
		   ? err
		   : exch_settle_post(s, leg, 2, EXCH_POSTED_BUY_IN, date, d);
}

int
exch_settle_buy_ins(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	struct exch_open **list;
	struct bought *b;
	uint32_t n, nb = 0;
	int err = EXCH_OK;

	if (s->o.close_out == 0)
		return EXCH_OK;
	list = exch_settle_listing(s, date, 0, &n, d);
	if (list == NULL)
		return EXCH_ERR_NOMEM;
	b = exch_calloc((size_t)n + 1, sizeof(*b));
	if (b == NULL)
		err = exch_settle_nomem(d);
	for (uint32_t i = 0, k; i < n && err == 0; i = k) {
		for (k = i; k < n && list[k]->listed == list[i]->listed &&
			    list[k]->account == list[i]->account;
		     k++)
			;
		err = look(s, list + i, k - i, date, b, &nb, d);
	}
	exch_free(list);
	/* Taking over moves what is open: each is looked for. */
	for (uint32_t i = 0; i < nb && err == 0; i++)
		err = buy(s, &b[i], date, d);
	exch_free(b);
	return err;
}
