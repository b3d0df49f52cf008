/*
 * Trades that two sides have reported: at the end of their trade date they are
 * compared (compare.h), and what both say the same of is captured.  All reports
 * of the table are compared each time, since one of another day may be what is
 * nearest; only those of the day are told.
 */
#include <config.h>

#include "base/alloc.h"
#include "settle/compare.h"
#include "settle/settle_priv.h"

static const struct exch_reported_row *
row_at(const struct exch_settle *s, size_t i)
{
	return (const struct exch_reported_row *)s->o.reported->row + i;
}

/* ---- what is compared ---- */

/*
 * One of an instrument that nobody has announced is like no other: it cannot
 * settle.
 */
static int
fill(const struct exch_settle *s, size_t i, struct exch_report *r,
    struct exch_diag *d)
{
	const struct exch_reported_row *row = row_at(s, i);
	uint32_t listed = exch_settle_known(s, row->symbol);
	struct exch_money shares = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	exch_i128 cash = row->amount;
	int err = EXCH_OK;

	*r = (struct exch_report){.account = row->account,
	    .against = row->against,
	    .instrument = listed != 0 ? listed : UINT32_MAX - (uint32_t)i,
	    .traded = row->traded,
	    .settles = row->settles,
	    .side = row->side,
	    .qty = row->qty};
	if (row->price != EXCH_PX_NONE)
		err = exch_money_cash(
		    listed != 0 ? &s->listed[listed].money : &shares,
		    row->price, row->qty, &cash);
	if (err == 0)
		err = exch_settle_narrow(cash, &r->cash, NULL);
	return err == 0 ? EXCH_OK
			: exch_reftable_bad(s->o.reported, i, d,
			      "'price': so many are worth more than numbers "
			      "can say");
}

/* ---- what is told ---- */

/* A report; or (`alleged`) what the other side is said to have traded. */
static void
put(struct exch_settle *s, const struct exch_report *x, size_t i, bool alleged)
{
	bool known = x->instrument <= s->nlisted;
	const struct exch_listed *l = known ? &s->listed[x->instrument] : NULL;
	struct exch_rec_compared *r = exch_writer_new(
	    s->w, EXCH_REC_COMPARED, sizeof(*r), known ? l->id : 0, s->now);
	int sign = (x->side == EXCH_BUY) != alleged ? 1 : -1;

	r->report = alleged ? 0 : row_at(s, i)->report;
	if (alleged)
		r->other = row_at(s, i)->report;
	else if (x->other != SIZE_MAX)
		r->other = row_at(s, x->other)->report;
	r->qty = sign * (int64_t)x->qty;
	r->cash = -sign * x->cash;
	r->price = row_at(s, i)->price;
	r->account = alleged ? x->against : x->account;
	r->against = alleged ? x->account : x->against;
	r->traded = x->traded;
	r->date = x->settles;
	if (known)
		memcpy(r->currency, s->currency[l->currency].name, 4);
	r->state = alleged ? EXCH_COMPARED_ALLEGED : x->state;
	r->differs = alleged ? EXCH_DIFFERS_NOTHING : x->differs;
}

/* The purchase first, and for what the one who delivers has said. */
static int
capture(struct exch_settle *s, const struct exch_report *all, size_t i,
    struct exch_diag *d)
{
	size_t buy = all[i].side == EXCH_BUY ? i : all[i].other;
	size_t sale = all[buy].other;
	const struct exch_report *x = &all[sale];
	struct exch_currency *c =
	    &s->currency[s->listed[x->instrument].currency];
	const struct exch_transfer of = {.listed = x->instrument,
	    .due = x->settles,
	    .account = {x->against, x->account},
	    .qty = x->qty,
	    .cash = x->cash,
	    .match = EXCH_MATCH_REPORT | row_at(s, sale)->report};
	exch_i128 paid = x->cash;

	put(s, &all[buy], buy, false);
	put(s, x, sale, false);
	s->tally.matched++;
	s->tally.trades++;
	c->gross_cash += (exch_u128)(paid < 0 ? -paid : paid);
	return exch_settle_transfer(s, &of, d);
}

static int
tell(struct exch_settle *s, const struct exch_report *all, size_t i,
    struct exch_diag *d)
{
	const struct exch_report *x = &all[i];

	if (x->state == EXCH_COMPARED_MATCHED)
		return i < x->other ? capture(s, all, i, d) : EXCH_OK;
	s->tally.unmatched++;
	put(s, x, i, false);
	if (x->other != SIZE_MAX)
		return EXCH_OK;
	s->tally.alleged++;
	put(s, x, i, true);
	return EXCH_OK;
}

int
exch_settle_agree(struct exch_settle *s, struct exch_diag *d)
{
	const struct exch_reftable *t = s->o.reported;
	struct exch_report *all;
	bool any = false;
	int err = EXCH_OK;

	for (size_t i = 0; t != NULL && i < t->n; i++)
		any |= row_at(s, i)->traded == s->date;
	if (!any)
		return EXCH_OK;
	all = exch_calloc(t->n, sizeof(*all));
	if (all == NULL)
		return exch_settle_nomem(d);
	for (size_t i = 0; i < t->n && err == 0; i++)
		err = fill(s, i, &all[i], d);
	if (err == 0)
		err = exch_compare(all, t->n, s->o.tolerance, d);
	for (size_t i = 0; i < t->n && err == 0; i++)
		if (all[i].traded == s->date)
			err = tell(s, all, i, d);
	exch_free(all);
	return err;
}
