/* What somebody has in all, to the last unit (exact.h). */
#include <config.h>

#include "base/alloc.h"
#include "risk/exact.h"

/* ---- life ---- */

void
exch_exact_free(struct exch_exact *x)
{
	if (x == NULL)
		return;
	exch_free(x->at);
	exch_free(x->line);
	exch_free(x);
}

static int
grow(struct exch_exact *x, uint32_t n)
{
	uint32_t cap = x->cap < 16 ? 16 : x->cap;
	void *p;

	if (n <= x->cap)
		return EXCH_OK;
	while (cap < n)
		cap *= 2;
	p = exch_realloc(x->at, cap, sizeof(*x->at));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	x->at = p;
	p = exch_realloc(x->line, cap, sizeof(*x->line));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	x->line = p;
	x->cap = cap;
	return EXCH_OK;
}

/* ---- lines ---- */

static void
add(struct exch_bounds *b, struct exch_exact *x, uint32_t i, int sign)
{
	struct exch_bounds_sector *t =
	    exch_keyed_at(&b->sector, x->at[i].sector);
	const struct exch_exact_line *l = &x->line[i];

	if (l->huge) {
		x->huge += (uint32_t)sign;
		return;
	}
	x->sum.equity += sign * l->is.equity;
	x->sum.margin += sign * l->is.margin;
	x->sum.gross += sign * l->is.gross;
	if (x->at[i].sector != 0)
		t->exact += sign * l->is.gross;
}

/* At the mark of now. */
static void
count(struct exch_risk_gate *g, struct exch_exact *x, uint32_t i,
    const struct exch_risk_instr *in)
{
	struct exch_exact_line *l = &x->line[i];

	x->at[i].mark = exch_risk_mark(in);
	exch_risk_part_of(g, in, x->at[i].mark, &l->stake, &l->is);
	/* Equity is within gross. */
	l->huge = !exch_risk_adds_up(0, l->is.gross, l->is.margin);
	add(&g->bounds, x, i, 1);
}

/* All of a group's are one position, for which no margin is asked. */
static void
stake_of(const struct exch_risk_gate *g, const struct exch_bounds_part *x,
    bool group, struct exch_risk_stake *out)
{
	const struct exch_group_holding *p;
	exch_i128 n;

	if (!group) {
		exch_risk_stake(exch_keyed_at(&g->holding, x->holding), out);
		return;
	}
	p = exch_keyed_at(&g->groups.holding, x->holding);
	/* No more than that is ever valued: exch_risk_worth(). */
	n = p->position > INT64_MAX    ? INT64_MAX
	    : p->position < -INT64_MAX ? -INT64_MAX
				       : p->position;
	*out = (struct exch_risk_stake){.most = {n, -n},
	    .position = (int64_t)n,
	    .rate = {EXCH_COLLAR_NONE, EXCH_COLLAR_NONE}};
}

int
exch_exact_told(struct exch_risk_gate *g, struct exch_bounds_sum *s,
    struct exch_bounds_part *part)
{
	struct exch_exact *x = s->exact;
	uint32_t instr = (uint32_t)part->key.id, i;

	if (x == NULL)
		return EXCH_OK;
	if (part->line == 0) {
		if (grow(x, x->n + 1) != 0)
			return EXCH_ERR_NOMEM;
		part->line = ++x->n;
	} else {
		add(&g->bounds, x, part->line - 1, -1);
	}
	i = part->line - 1;
	x->at[i].instr = instr;
	x->at[i].sector = part->sector;
	stake_of(g, part, s->key.place != 0, &x->line[i].stake);
	count(g, x, i, exch_keyed_at(&g->instr, instr));
	return EXCH_OK;
}

/* Those whose mark is another one. */
static void
look_at_marks(struct exch_risk_gate *g, struct exch_exact *x)
{
	for (uint32_t i = 0; i < x->n; i++) {
		const struct exch_risk_instr *in =
		    exch_keyed_at(&g->instr, x->at[i].instr);

		if (exch_risk_mark(in) == x->at[i].mark)
			continue;
		add(&g->bounds, x, i, -1);
		count(g, x, i, in);
	}
}

/* ---- in all ---- */

/* With a line for each of a sum's parts from now on.  NULL: no memory. */
static struct exch_exact *
make(const struct exch_bounds_sum *s)
{
	struct exch_exact *x = exch_calloc(1, sizeof(*x));

	if (x == NULL || grow(x, s->n) != 0) {
		exch_exact_free(x);
		return NULL;
	}
	return x;
}

/* The sums as they are now, which can be counted on; else NULL. */
static const struct exch_exact *
exact_of(struct exch_risk_gate *g, struct exch_bounds_sum *s)
{
	if (s == NULL)
		return NULL;
	if (s->exact == NULL) {
		s->exact = make(s);
		if (s->exact == NULL || exch_bounds_tell_all(g, s) != 0)
			return NULL;
	}
	look_at_marks(g, s->exact);
	return s->exact->huge == 0 ? s->exact : NULL;
}

bool
exch_exact_whole(struct exch_risk_gate *g, struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_whole *w)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	const struct exch_exact *x = exact_of(g, exch_bounds_sum_of(g, a));
	const struct exch_bounds_part *part;
	const struct exch_bounds_sector *t;
	const struct exch_risk_part *was;
	struct exch_risk_part is;

	if (x == NULL)
		return false;
	part = exch_keyed_at(&g->bounds.part, h->bounds);
	t = exch_keyed_at(&g->bounds.sector, part->sector);
	was = &x->line[part->line - 1].is;
	exch_risk_part(g, h, exch_risk_mark(in), e, &is);
	*w = (struct exch_whole){
	    .equity = a->cash + x->sum.equity - was->equity + is.equity,
	    .margin = x->sum.margin - was->margin + is.margin,
	    .gross = x->sum.gross - was->gross + is.gross,
	    .mine = is.gross,
	    .sector = part->sector != 0 ? t->exact - was->gross + is.gross : 0};
	w->all = w->equity > w->gross ? w->equity : w->gross;
	return exch_risk_adds_up(a->cash, w->gross, w->margin);
}

bool
exch_exact_group(
    struct exch_risk_gate *g, struct exch_risk_group *p, exch_i128 *equity)
{
	const struct exch_exact *x =
	    exact_of(g, exch_bounds_sum_of_group(g, p));

	if (x != NULL)
		*equity = p->cash + x->sum.equity;
	return x != NULL;
}
