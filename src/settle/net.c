/* The end of a trade date: nets, cash, and both into the ledger. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/settle_priv.h"

/*
 * One of a listing with all but the last of what it is sorted by, so that few
 * are looked at while they are.
 */
struct ranked {
	uint64_t of, with;
	struct exch_open *o;
};

static struct ranked
rank(struct exch_open *o)
{
	return (struct ranked){(uint64_t)o->listed << 32 | o->account,
	    (uint64_t)o->against << 32 | o->date, o};
}

static int
by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	if (x->with != y->with)
		return x->with < y->with ? -1 : 1;
	return x->o->key.id < y->o->key.id ? -1 : x->o->key.id > y->o->key.id;
}

int
exch_settle_by_what(const void *a, const void *b)
{
	struct ranked x = rank(*(struct exch_open *const *)a);
	struct ranked y = rank(*(struct exch_open *const *)b);

	return by_rank(&x, &y);
}

int
exch_settle_sort(struct exch_open **list, uint32_t n, struct exch_diag *d)
{
	struct ranked *r = exch_calloc((size_t)n + 1, sizeof(*r));

	if (r == NULL)
		return exch_settle_nomem(d);
	for (uint32_t i = 0; i < n; i++)
		r[i] = rank(list[i]);
	qsort(r, n, sizeof(*r), by_rank);
	for (uint32_t i = 0; i < n; i++)
		list[i] = r[i].o;
	exch_free(r);
	return EXCH_OK;
}

struct exch_open **
exch_settle_listing(const struct exch_settle *s, uint32_t upto, uint32_t traded,
    uint32_t *n, struct exch_diag *d)
{
	struct exch_open **list =
	    exch_calloc((size_t)s->open.live + 1, sizeof(*list));
	struct exch_open *o;
	uint32_t at = 0;

	*n = 0;
	if (list == NULL) {
		(void)exch_settle_nomem(d);
		return NULL;
	}
	while ((o = exch_keyed_next(&s->open, &at)) != NULL)
		if (o->date <= upto && (traded == 0 || o->traded == traded))
			list[(*n)++] = o;
	if (exch_settle_sort(list, *n, d) != EXCH_OK) {
		exch_free(list);
		return NULL;
	}
	return list;
}

/* ---- cash ---- */

/* Known by (account, day and currency). */
struct cash {
	struct exch_key key;
	exch_i128 amount, gross;
};

static int
add_cash(struct exch_keyed *k, const struct exch_settle *s,
    const struct exch_open *o, bool other, struct exch_diag *d)
{
	uint32_t currency = s->listed[o->listed].currency;
	struct cash *c;
	int err = exch_keyed_add(k, other ? o->against : o->account,
	    (uint64_t)o->date << 32 | currency, &c);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	c->amount += other ? -o->cash : o->cash;
	c->gross += o->gross_cash;
	return EXCH_OK;
}

static int
put_cash(struct exch_settle *s, const struct exch_keyed *k, struct exch_diag *d)
{
	void **list = exch_keyed_sorted(k);
	int err = EXCH_OK;

	if (list == NULL)
		return exch_settle_nomem(d);
	for (uint32_t i = 0; i < k->live && err == 0; i++) {
		const struct cash *c = list[i];
		struct exch_rec_cash *r =
		    exch_writer_new(s->w, EXCH_REC_CASH, sizeof(*r), 0, s->now);

		err = exch_settle_narrow(c->amount, &r->amount, d);
		if (err == 0)
			err = exch_settle_narrow(c->gross, &r->gross, d);
		r->account = c->key.place;
		r->date = (uint32_t)(c->key.id >> 32);
		memcpy(r->currency, s->currency[(uint32_t)c->key.id].name, 4);
	}
	exch_free(list);
	return err;
}

static int
cash(struct exch_settle *s, struct exch_open **list, uint32_t n,
    struct exch_diag *d)
{
	struct exch_keyed k;
	int err = exch_keyed_init(&k, sizeof(struct cash));

	if (err != 0)
		err = exch_settle_nomem(d);
	for (uint32_t i = 0; i < n && err == 0; i++) {
		err = add_cash(&k, s, list[i], false, d);
		if (err == 0 && s->o.model != 3)
			err = add_cash(&k, s, list[i], true, d);
	}
	if (err == 0)
		err = put_cash(s, &k, d);
	exch_keyed_clear(&k);
	return err;
}

/* ---- nets ---- */

/* What is to be paid in of it, each payment once. */
static exch_u128
paid_in(const struct exch_settle *s, exch_i128 cash)
{
	if (s->o.model == 3)
		return cash < 0 ? (exch_u128)-cash : 0;
	return (exch_u128)(cash < 0 ? -cash : cash);
}

static int
net(struct exch_settle *s, struct exch_open *o, struct exch_diag *d)
{
	struct exch_currency *c = &s->currency[s->listed[o->listed].currency];
	bool tells = s->o.model == 3 || s->o.bilateral;
	int err = EXCH_OK;

	if (tells)
		err = exch_settle_put_net(s, o, false, 0, d);
	if (err == 0 && s->o.model != 3 && tells)
		err = exch_settle_put_net(s, o, true, 0, d);
	if (err == 0)
		err = exch_settle_move(s, o, o->qty - o->posted_qty,
		    o->cash - o->posted_cash, 0, EXCH_LEDGER_DUE,
		    EXCH_POSTED_NET, o->date, d);
	if (err != 0)
		return err;
	c->net_cash += paid_in(s, o->cash) - paid_in(s, o->posted_cash);
	s->tally.nets += o->posted_qty == 0 && o->posted_cash == 0;
	o->posted_qty = o->qty;
	o->posted_cash = o->cash;
	return EXCH_OK;
}

int
exch_settle_net(struct exch_settle *s, struct exch_diag *d)
{
	uint32_t n;
	struct exch_open **list =
	    exch_settle_listing(s, UINT32_MAX, s->date, &n, d);
	int err = list == NULL ? EXCH_ERR_NOMEM : EXCH_OK;

	for (uint32_t i = 0; i < n && err == 0; i++)
		err = net(s, list[i], d);
	if (err == 0)
		err = cash(s, list, n, d);
	exch_free(list);
	return err;
}
