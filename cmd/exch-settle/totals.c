/* Sums of postings, and their worth (totals.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-settle/totals.h"
#include "rec/rec.h"

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for totals");
}

int
settle_totals_init(struct settle_totals *t)
{
	return exch_keyed_init(&t->sums, sizeof(struct settle_total));
}

void
settle_totals_clear(struct settle_totals *t)
{
	exch_keyed_clear(&t->sums);
	exch_free(t->rate);
}

/*
 * Of what was due or came from outside nobody has had anything, and what the
 * counterparty holds for a moment others have had.
 */
static bool
counts(const struct exch_rec_posting *p)
{
	return p->h.instr == 0 && p->amount > 0 &&
	       p->ledger != EXCH_LEDGER_DUE &&
	       p->ledger != EXCH_LEDGER_OUTSIDE &&
	       (p->ledger != EXCH_LEDGER_HOLDING ||
		   p->account != EXCH_ACCOUNT_CCP);
}

static int
post(struct settle_totals *t, const struct exch_rec_posting *p,
    struct exch_diag *d)
{
	struct settle_total *s;
	uint64_t name = 0;
	int err;

	for (unsigned i = 0; i < 4; i++)
		name = name << 8 | (unsigned char)p->currency[i];
	err = exch_keyed_add(
	    &t->sums, (uint32_t)p->why << 8 | p->ledger, name, &s);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return nomem(d);
	s->amount += p->amount;
	memcpy(s->currency, p->currency, 4);
	s->why = p->why;
	s->ledger = p->ledger;
	return EXCH_OK;
}

/* The last one of a pair takes the place of the one before. */
static int
rate(
    struct settle_totals *t, const struct exch_rec_rate *r, struct exch_diag *d)
{
	struct exch_fx_rate x = {.date = r->date, .rate = r->rate};
	size_t i = 0;

	if (r->rate <= 0 || r->rate == EXCH_PX_NONE)
		return EXCH_OK;
	memcpy(x.base, r->base, 4);
	memcpy(x.quote, r->quote, 4);
	while (i < t->nrates && (memcmp(t->rate[i].base, x.base, 4) != 0 ||
				    memcmp(t->rate[i].quote, x.quote, 4) != 0))
		i++;
	if (!exch_room(&t->rate, i, &t->cap, sizeof(x)))
		return nomem(d);
	t->rate[i] = x;
	t->nrates += i == t->nrates;
	return EXCH_OK;
}

int
settle_totals_take(
    struct settle_totals *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);
	const struct exch_rec_rate *x = EXCH_REC_AS(r, exch_rec_rate);

	if (r->type == EXCH_REC_POSTING && p != NULL && counts(p))
		return post(t, p, d);
	return r->type == EXCH_REC_RATE && x != NULL ? rate(t, x, d) : EXCH_OK;
}

void **
settle_totals_list(
    const struct settle_totals *t, uint32_t *n, struct exch_diag *d)
{
	void **list = exch_keyed_sorted(&t->sums);

	*n = t->sums.live;
	if (list == NULL)
		(void)nomem(d);
	return list;
}

bool
settle_totals_value(const struct settle_totals *t,
    const struct settle_total *of, exch_i128 *value)
{
	struct exch_fraction f;

	return exch_fx_worth(t->rate, t->nrates, EXCH_FX_LAST, of->currency,
		   t->in, t->in, &f) == EXCH_OK &&
	       exch_fraction_round(of->amount, f, value) == EXCH_OK;
}
