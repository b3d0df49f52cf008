/* The sums of transaction costs (tca.h). */
#include <config.h>

#include "base/alloc.h"
#include "report/tca.h"

void
exch_tca_add(struct exch_tca *s, exch_i128 *sum, exch_i128 a, exch_i128 b)
{
	exch_i128 v;

	if (__builtin_mul_overflow(a, b, &v) ||
	    __builtin_add_overflow(*sum, v, sum))
		s->overflow = true;
}

int
exch_tca_time(
    struct exch_times **t, exch_u128 *sum, uint64_t ns, struct exch_diag *d)
{
	if (*t == NULL)
		*t = exch_calloc(1, sizeof(**t));
	if (*t == NULL)
		return exch_report_nomem(d);
	exch_times_add(*t, ns);
	*sum += ns;
	return EXCH_OK;
}

static bool
is_by(const struct exch_tca *s, enum exch_tca_by what)
{
	return (s->by >> what & 1) != 0;
}

uint32_t
exch_tca_cell_of(struct exch_tca *s, const struct exch_life *o, uint32_t place)
{
	uint64_t party = 0;
	uint64_t key;
	struct exch_tca_cell *c;
	int rc;

	if (is_by(s, EXCH_TCA_ACCOUNT) || is_by(s, EXCH_TCA_STRATEGY) ||
	    is_by(s, EXCH_TCA_GROUP) || is_by(s, EXCH_TCA_MEMBER))
		party = o->account;
	key = party << 32;
	if (is_by(s, EXCH_TCA_SIDE))
		key |= (uint64_t)o->side << 16;
	if (is_by(s, EXCH_TCA_TYPE))
		key |= (uint64_t)o->ordtype << 8;
	if (is_by(s, EXCH_TCA_TIF))
		key |= o->tif;
	rc = exch_keyed_add(&s->cell, place, key, &c);
	if (rc == EXCH_ERR_EXISTS)
		return c->key.slot;
	if (rc != EXCH_OK)
		return 0;
	c->account = o->account;
	c->side = o->side;
	c->type = o->ordtype;
	c->tif = o->tif;
	return c->key.slot;
}

/* 1 for who buys, -1 for who sells: what is paid more is a cost. */
static exch_i128
sign_of(unsigned side)
{
	return side == 0 ? 1 : -1;
}

static void
add_qty(exch_u128 *sum, exch_qty qty, bool back)
{
	if (back)
		*sum -= qty;
	else
		*sum += qty;
}

static void
add_side(
    struct exch_tca *s, const struct exch_tca_fill *f, unsigned side, bool back)
{
	const struct exch_tca_side *x = &f->side[side];
	struct exch_tca_cell *c = exch_tca_cell_at(s, x->cell);
	struct exch_tca_sum *r = &c->role[x->role];
	exch_i128 qty = back ? -(exch_i128)f->qty : (exch_i128)f->qty;
	exch_i128 paid = 2 * (exch_i128)f->price;

	if (back) {
		c->execs--;
		c->broken++;
	} else {
		c->execs++;
	}
	add_qty(&c->filled, f->qty, back);
	add_qty(&r->qty, f->qty, back);
	exch_tca_add(s, &r->base, paid, qty);
	if (f->mid != EXCH_TCA_NONE) {
		add_qty(&r->quoted_qty, f->qty, back);
		exch_tca_add(s, &r->quoted_base, paid, qty);
		exch_tca_add(
		    s, &r->effective, sign_of(side) * (paid - f->mid), qty);
		exch_tca_add(s, &r->quoted, f->width, qty);
	}
	if (x->arrival != EXCH_TCA_NONE) {
		exch_tca_add(
		    s, &c->arrival, sign_of(side) * (paid - x->arrival), qty);
		exch_tca_add(s, &c->arrival_base, x->arrival, qty);
	}
}

void
exch_tca_cell_fill(struct exch_tca *s, const struct exch_tca_fill *f, bool back)
{
	for (unsigned side = 0; side < 2; side++)
		if (f->side[side].cell != 0)
			add_side(s, f, side, back);
	if (!back)
		return;
	for (unsigned h = 0; h < s->nhorizons; h++)
		exch_tca_cell_mark(s, f, h, true);
}

void
exch_tca_cell_mark(
    struct exch_tca *s, const struct exch_tca_fill *f, unsigned h, bool back)
{
	exch_i128 qty = back ? -(exch_i128)f->qty : (exch_i128)f->qty;
	exch_i128 paid = 2 * (exch_i128)f->price;
	exch_i128 later = f->mark[h];

	if (f->mark[h] == EXCH_TCA_NONE)
		return;
	for (unsigned side = 0; side < 2; side++) {
		const struct exch_tca_side *x = &f->side[side];
		struct exch_tca_mark *m;

		if (x->cell == 0)
			continue;
		m = &exch_tca_cell_at(s, x->cell)->role[x->role].mark[h];
		add_qty(&m->qty, f->qty, back);
		exch_tca_add(s, &m->base, paid, qty);
		exch_tca_add(s, &m->out, sign_of(side) * (later - paid), qty);
		if (f->mid == EXCH_TCA_NONE)
			continue;
		add_qty(&m->both, f->qty, back);
		exch_tca_add(s, &m->both_base, paid, qty);
		exch_tca_add(
		    s, &m->impact, sign_of(side) * (later - f->mid), qty);
	}
}
