/* What sides of executions are charged (charges.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "report/charges.h"

/* An account: its member, and what it has traded on the day. */
struct who {
	struct exch_key key;
	char member[16];
	exch_u128 volume;
};

static int
who_of(struct exch_charges *c, uint32_t account, struct who **out,
    struct exch_diag *d)
{
	const struct exch_party *p;
	int rc = exch_keyed_add(&c->who, account, 0, out);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	p = exch_parties_of(&c->parties, &c->run->insts, account);
	if (p != NULL)
		memcpy((*out)->member, p->member, sizeof((*out)->member));
	return EXCH_OK;
}

int
exch_charges_open(struct exch_charges *c, struct exch_report_run *run,
    exch_deal_fn *fn, struct exch_diag *d)
{
	const struct exch_given *table = exch_report_given(run, "fees");
	int rc = exch_deals_open(&c->deals, run, fn, d);

	if (rc != EXCH_OK)
		return rc;
	c->run = run;
	if (exch_keyed_init(&c->who, sizeof(struct who)) != 0)
		return exch_report_nomem(d);
	rc = exch_parties_read(
	    &c->parties, exch_report_given(run, "parties"), d);
	if (rc != EXCH_OK || table == NULL)
		return rc;
	c->given = true;
	return exch_fees_parse(
	    table->text, table->n, table->value, &c->table, d);
}

void
exch_charges_free(struct exch_charges *c)
{
	exch_deals_free(&c->deals);
	exch_parties_clear(&c->parties);
	exch_fees_clear(&c->table);
	exch_keyed_clear(&c->who);
}

static int
take_account(struct exch_charges *c, const struct exch_rec_account *a,
    struct exch_diag *d)
{
	struct who *w;
	int rc = who_of(c, a->id, &w, d);

	if (rc == EXCH_OK && w->member[0] == '\0')
		memcpy(w->member, a->member, sizeof(w->member));
	return rc;
}

int
exch_charges_record(struct exch_charges *c, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_account *a =
	    EXCH_REC_AS_LONG(r, exch_rec_account);
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);
	int rc = EXCH_OK;

	if (r->type == EXCH_REC_ACCOUNT && a != NULL)
		rc = take_account(c, a, d);
	if (r->type == EXCH_REC_POSTING && p != NULL &&
	    p->why == EXCH_POSTED_FEE)
		c->day_ends = true;
	return rc != EXCH_OK ? rc : exch_deals_record(&c->deals, r, seq, d);
}

void
exch_charges_close(struct exch_charges *c)
{
	exch_deals_close(&c->deals);
}

/* Executions of another trade date come: fees of the one before are posted. */
static void
begin_day(struct exch_charges *c)
{
	struct who *w;
	uint32_t at = 0;

	while ((w = exch_keyed_next(&c->who, &at)) != NULL)
		w->volume = 0;
	c->day_ends = false;
}

/*
 * What a side is charged, and by which row of the table, from 1; 0: none.  Of
 * a broken one what it had been charged; the row is kept in its note.
 */
static int
charge_of(struct exch_charges *c, struct exch_deal *x, unsigned side,
    uint32_t *row, exch_i128 *fee, struct exch_diag *d)
{
	const struct exch_deal_side *of = &x->side[side];
	const struct exch_inst *in = &c->run->insts.inst[x->place];
	const struct exch_fee_row *first = c->table.t.row;
	const struct exch_fee_row *r = NULL;
	char symbol[24] = "";
	struct who *w;
	int rc;

	if (c->day_ends)
		begin_day(c);
	rc = who_of(c, of->account, &w, d);
	if (rc != EXCH_OK)
		return rc;
	memcpy(symbol, in->symbol, in->nsymbol);
	if (x->state == EXCH_DEAL_BROKEN)
		r = x->note[side] == 0 ? NULL : first + x->note[side] - 1;
	else if (c->given)
		r = exch_fees_find(
		    &c->table, of->account, w->member, symbol, w->volume);
	*fee = r == NULL ? 0
			 : exch_fee(r, (enum exch_liquidity)of->how, x->cash,
			       x->qty, exch_pow10[in->qty_scale]);
	*row = r == NULL ? 0 : (uint32_t)(r - first) + 1;
	x->note[side] = *row;
	if (x->state != EXCH_DEAL_BROKEN)
		w->volume += x->qty;
	else if (w->volume >= x->qty)
		w->volume -= x->qty;
	return EXCH_OK;
}

int
exch_charges_sides(struct exch_charges *c, struct exch_deal *x,
    exch_charge_fn *fn, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (x->price == EXCH_PX_NONE)
		return EXCH_OK;
	for (unsigned side = 0; rc == EXCH_OK && side < 2; side++) {
		struct exch_charge charge = {.side = side};

		if (x->side[side].account == 0)
			continue;
		rc = charge_of(c, x, side, &charge.row, &charge.fee, d);
		if (rc == EXCH_OK)
			rc = fn(c->run, x, &charge, d);
	}
	return rc;
}
