/*
 * The sums of a row in cash (tca.h).  A cell is of one instrument: what it
 * has becomes cash of its currency here, each sum rounded once, half-even to
 * 10^-6, and rows of several instruments add these.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "report/tca.h"

void
exch_tca_total_clear(struct exch_tca_total *t)
{
	memset(t, 0, sizeof(*t));
}

/* What one cell adds. */
struct adding {
	const struct exch_inst *in;
	bool failed;
};

/* `halves` 2: v is twice what is meant. */
static void
add_cash(struct adding *a, exch_i128 *sum, exch_i128 v, int halves)
{
	exch_i128 cash;

	if (exch_money_sum(&a->in->money, v, halves, &cash) != EXCH_OK ||
	    __builtin_add_overflow(*sum, cash, sum))
		a->failed = true;
}

static void
add_qty(struct adding *a, exch_i128 *sum, exch_u128 qty)
{
	exch_i128 v;

	if (qty >> 100 != 0 ||
	    __builtin_mul_overflow((exch_i128)qty,
		(exch_i128)exch_pow10[9 - a->in->qty_scale], &v) ||
	    __builtin_add_overflow(*sum, v, sum))
		a->failed = true;
}

static void
add_times(struct exch_times *to, const struct exch_times *t)
{
	if (t == NULL)
		return;
	to->n += t->n;
	to->max = t->max > to->max ? t->max : to->max;
	for (unsigned i = 0; i < EXCH_TIMES_CLASSES; i++)
		to->count[i] += t->count[i];
}

static void
add_role(const struct exch_tca *s, struct adding *a,
    struct exch_tca_role_total *to, const struct exch_tca_sum *r)
{
	add_qty(a, &to->qty, r->qty);
	add_cash(a, &to->value, r->base, 2);
	add_cash(a, &to->quoted_value, r->quoted_base, 2);
	add_cash(a, &to->effective, r->effective, 1);
	add_cash(a, &to->quoted, r->quoted, 1);
	for (unsigned h = 0; h < s->nhorizons; h++) {
		const struct exch_tca_mark *m = &r->mark[h];

		add_qty(a, &to->mark[h].qty, m->qty);
		add_cash(a, &to->mark[h].value, m->base, 2);
		add_cash(a, &to->mark[h].out, m->out, 2);
		add_cash(a, &to->mark[h].both_value, m->both_base, 2);
		add_cash(a, &to->mark[h].impact, m->impact, 1);
	}
}

/* The taker's sums that prices are made of, exactly. */
static void
add_taker(const struct exch_tca *s, struct adding *a, struct exch_tca_sum *to,
    const struct exch_tca_sum *r)
{
	struct exch_tca_mark *m = &to->mark[s->spread_at];
	const struct exch_tca_mark *more = &r->mark[s->spread_at];

	to->quoted_qty += r->quoted_qty;
	m->qty += more->qty;
	m->both += more->both;
	if (__builtin_add_overflow(
		to->effective, r->effective, &to->effective) ||
	    __builtin_add_overflow(to->quoted, r->quoted, &to->quoted) ||
	    __builtin_add_overflow(m->out, more->out, &m->out) ||
	    __builtin_add_overflow(m->impact, more->impact, &m->impact))
		a->failed = true;
}

int
exch_tca_total_add(struct exch_tca *s, struct exch_tca_total *t,
    const struct exch_tca_line *line)
{
	const struct exch_tca_cell *c = line->cell;
	struct adding a = {.in = &s->run->insts.inst[c->key.place]};

	if (t->ncells++ == 0)
		t->line = *line;
	if (t->line.cell->key.place != c->key.place)
		t->several = true;
	if (!t->several)
		add_taker(s, &a, &t->taker, &c->role[EXCH_TCA_TAKER]);
	t->orders += c->orders;
	t->execs += c->execs;
	t->unquoted += c->unquoted;
	t->broken += c->broken;
	t->nfirst += c->nfirst;
	t->nfull += c->nfull;
	t->joined += c->joined;
	t->met += c->met;
	t->first_sum += c->first_sum;
	t->full_sum += c->full_sum;
	add_qty(&a, &t->qty, c->qty);
	add_qty(&a, &t->filled, c->filled);
	add_qty(&a, &t->ahead, c->ahead);
	add_qty(&a, &t->ahead_met, c->ahead_met);
	add_qty(&a, &t->ahead_fill, c->ahead_fill);
	add_cash(&a, &t->arrival, c->arrival, 2);
	add_cash(&a, &t->arrival_value, c->arrival_base, 2);
	add_cash(&a, &t->missed, c->missed, 2);
	add_cash(&a, &t->missed_value, c->missed_base, 2);
	add_cash(&a, &t->vwap, c->vwap, 2);
	add_cash(&a, &t->vwap_value, c->vwap_base, 2);
	for (unsigned i = 0; i < EXCH_TCA_ROLES; i++)
		add_role(s, &a, &t->role[i], &c->role[i]);
	add_times(&t->first, c->first);
	add_times(&t->full, c->full);
	return a.failed ? EXCH_ERR_RANGE : EXCH_OK;
}
