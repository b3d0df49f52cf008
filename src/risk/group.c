/* Sums over the accounts of a group, and its rules (group.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "risk/exact.h"

/* ---- life ---- */

int
exch_groups_init(struct exch_groups *s)
{
	return exch_keyed_init(&s->group, sizeof(struct exch_risk_group)) !=
			   0 ||
		       exch_keyed_init(&s->holding,
			   sizeof(struct exch_group_holding)) != 0 ||
		       exch_keyed_init(&s->account,
			   sizeof(struct exch_group_account)) != 0 ||
		       exch_keyed_init(
			   &s->part, sizeof(struct exch_group_part)) != 0
		   ? EXCH_ERR_NOMEM
		   : EXCH_OK;
}

void
exch_groups_clear(struct exch_groups *s)
{
	exch_keyed_clear(&s->group);
	exch_keyed_clear(&s->holding);
	exch_keyed_clear(&s->account);
	exch_keyed_clear(&s->part);
}

void
exch_groups_image(struct exch_image *im, struct exch_groups *s)
{
	exch_keyed_image(im, &s->group);
	exch_keyed_image(im, &s->holding);
	exch_keyed_image(im, &s->account);
	exch_keyed_image(im, &s->part);
}

/* ---- who is in which ---- */

static int
by_group(const void *x, const void *y)
{
	const struct exch_account_row *a = x, *b = y;

	return memcmp(a->group, b->group, sizeof(a->group));
}

/* The name, as the table of accounts writes it. */
static const char *
name_of(const struct exch_risk_gate *g, const struct exch_risk_group *p)
{
	const struct exch_account_row *row = g->o.accounts->row;

	return row[p->row - 1].group;
}

/* The account of the table's row, from 0, is in the group `*p`, or in a new one. */
static int
add_account(struct exch_risk_gate *g, size_t row, struct exch_risk_group **p)
{
	const struct exch_account_row *r = g->o.accounts->row;
	struct exch_risk_account *a =
	    exch_keyed_find(&g->account, 0, r[row].account);
	struct exch_group_account *x;

	if (*p == NULL || memcmp(name_of(g, *p), r[row].group, 16) != 0) {
		if (exch_keyed_add(&g->groups.group, 0,
			(uint64_t)g->groups.group.live + 1, p) != 0)
			return EXCH_ERR_NOMEM;
		(*p)->row = (uint32_t)row + 1;
		exch_limits_of_group(
		    g->o.limits, &g->changes, r[row].group, &(*p)->limit);
	}
	if (exch_keyed_add(&g->groups.account, 0, a->key.slot, &x) != 0)
		return EXCH_ERR_NOMEM;
	x->group = (*p)->key.slot;
	a->group = x->key.slot;
	exch_group_told(&g->groups, a->group, 0);
	return EXCH_OK;
}

int
exch_groups_make(struct exch_risk_gate *g, struct exch_diag *d)
{
	const struct exch_reftable *t = g->o.accounts;
	const struct exch_account_row *row = t != NULL ? t->row : NULL;
	struct exch_risk_group *p = NULL;
	size_t *order;
	int err = EXCH_OK;

	if (t == NULL)
		return EXCH_OK;
	order = exch_reftable_order(t, sizeof(*row), by_group, d);
	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 0; i < t->n && err == 0; i++)
		if (row[order[i]].group[0] != '\0')
			err = add_account(g, order[i], &p);
	exch_free(order);
	return err == 0 ? EXCH_OK : exch_risk_nomem(d);
}

static void
read_limits(const struct exch_risk_gate *g, struct exch_group_holding *p)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, p->instr);
	const struct exch_risk_group *of =
	    exch_keyed_at(&g->groups.group, p->key.place);

	exch_limits_in_group(g->o.limits, &g->changes, name_of(g, of),
	    in->symbol, &p->position_limit, &p->limit);
}

int
exch_group_join(struct exch_risk_gate *g, const struct exch_risk_account *a,
    struct exch_risk_holding *h, struct exch_diag *d)
{
	const struct exch_group_account *x =
	    exch_keyed_at(&g->groups.account, a->group);
	struct exch_risk_group *of = exch_keyed_at(&g->groups.group, x->group);
	struct exch_group_holding *p;
	struct exch_group_part *part;
	int err =
	    exch_keyed_add(&g->groups.holding, of->key.slot, h->key.id, &p);

	if (err == EXCH_OK) {
		p->instr = h->instr;
		p->next = of->holdings;
		of->holdings = p->key.slot;
		of->nholdings++;
		read_limits(g, p);
	} else if (err != EXCH_ERR_EXISTS) {
		return exch_risk_nomem(d);
	}
	if (exch_keyed_add(&g->groups.part, 0, h->key.slot, &part) != 0)
		return exch_risk_nomem(d);
	part->holding = p->key.slot;
	h->part = part->key.slot;
	return EXCH_OK;
}

void
exch_groups_announced(
    struct exch_risk_gate *g, const struct exch_risk_instr *in)
{
	struct exch_group_holding *p;
	uint32_t at = 0;

	while ((p = exch_keyed_next(&g->groups.holding, &at)) != NULL)
		if (p->instr == in->key.slot)
			read_limits(g, p);
}

/* ---- limits that change ---- */

/* In the order of their names, as they were made; NULL: no account has it. */
static struct exch_risk_group *
by_name(const struct exch_risk_gate *g, const char name[16])
{
	uint32_t low = 1, high = g->groups.group.used;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		struct exch_risk_group *p =
		    exch_keyed_at(&g->groups.group, mid);
		int is = memcmp(name_of(g, p), name, 16);

		if (is == 0)
			return p;
		if (is < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/*
 * No row of the table was about a group until now: what its accounts have is
 * counted from here on.
 */
static int
begin(struct exch_risk_gate *g, struct exch_diag *d)
{
	struct exch_risk_holding *h;
	uint32_t at = 0;
	int err = exch_groups_make(g, d);

	while (err == 0 && (h = exch_keyed_next(&g->holding, &at)) != NULL) {
		const struct exch_risk_account *a =
		    exch_keyed_at(&g->account, h->account);

		if (a->group == 0)
			continue;
		err = exch_group_join(g, a, h, d);
		if (err == 0)
			exch_group_told(&g->groups, a->group, h->part);
	}
	return err;
}

int
exch_group_named(struct exch_risk_gate *g, const char name[16], bool *found,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	if (g->groups.group.live == 0 && !g->ungrouped)
		err = begin(g, d);
	g->ungrouped = g->groups.group.live == 0;

	*found = err == 0 && by_name(g, name) != NULL;
	return err;
}

void
exch_group_changed(struct exch_risk_gate *g, const char name[16])
{
	struct exch_risk_group *p = by_name(g, name);
	struct exch_group_holding *h;

	if (p == NULL)
		return;
	exch_limits_of_group(g->o.limits, &g->changes, name, &p->limit);
	for (uint32_t i = p->holdings; i != 0; i = h->next) {
		h = exch_keyed_at(&g->groups.holding, i);
		read_limits(g, h);
	}
}

/* ---- sums ---- */

/* How many a holding could become, long or short, whichever is more. */
static exch_i128
worst_of(exch_i128 position, exch_i128 buys, exch_i128 sells)
{
	exch_i128 longs = position + buys, shorts = sells - position;

	return longs > shorts ? longs : shorts;
}

static void
count_part(struct exch_risk_gate *g, struct exch_group_part *x)
{
	const struct exch_risk_holding *h =
	    exch_keyed_at(&g->holding, (uint32_t)x->key.id);
	struct exch_group_holding *p =
	    exch_keyed_at(&g->groups.holding, x->holding);

	if (p->bounds != 0 && h->position != x->position)
		exch_bounds_told(&g->bounds, p->bounds);
	p->gross += worst_of(h->position, h->open[0], h->open[1]) -
		    worst_of(x->position, x->open[0], x->open[1]);
	p->position += (exch_i128)h->position - x->position;
	x->position = h->position;
	for (unsigned i = 0; i < 2; i++) {
		p->open[i] += (exch_i128)h->open[i] - x->open[i];
		x->open[i] = h->open[i];
	}
}

static void
count_account(struct exch_risk_gate *g, struct exch_risk_group *p,
    struct exch_group_account *x)
{
	const struct exch_risk_account *a =
	    exch_keyed_at(&g->account, (uint32_t)x->key.id);

	p->cash += a->cash - x->cash;
	p->opening += a->opening - x->opening;
	p->open_value += a->open_value - x->open_value;
	p->open_orders += a->open_orders;
	p->open_orders -= x->open_orders;
	x->cash = a->cash;
	x->opening = a->opening;
	x->open_value = a->open_value;
	x->open_orders = a->open_orders;
}

static void
count_changed(struct exch_risk_gate *g, struct exch_risk_group *p)
{
	while (p->accounts != 0) {
		struct exch_group_account *x =
		    exch_keyed_at(&g->groups.account, p->accounts);

		count_account(g, p, x);
		x->changed = false;
		p->accounts = x->next;
	}
	while (p->parts != 0) {
		struct exch_group_part *x =
		    exch_keyed_at(&g->groups.part, p->parts);

		count_part(g, x);
		x->changed = false;
		p->parts = x->next;
	}
}

/* ---- rules ---- */

/* All open buys, or sells, with the entry, and what there is already. */
static exch_i128
worst_sum(const struct exch_group_holding *p, const struct exch_entry *e)
{
	bool sell = e->side != EXCH_BUY;
	exch_i128 open = p->open[sell] + (exch_i128)e->qty;

	if (e->old != NULL)
		open -= e->old->counted;
	return sell ? open - p->position : open + p->position;
}

static exch_i128
size_of(exch_i128 v)
{
	return v < 0 ? -v : v;
}

/* Whoever makes gross no larger is not asked for it. */
static bool
beyond_gross(const struct exch_risk_gate *g, const struct exch_risk_holding *h,
    const struct exch_group_holding *p, const struct exch_entry *e,
    struct exch_judged *v)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	exch_i128 open[2] = {h->open[0], h->open[1]}, more, gross;
	exch_px mark = exch_risk_mark(in);

	open[e->side != EXCH_BUY] +=
	    (exch_i128)e->qty - (e->old != NULL ? e->old->counted : 0);
	more = worst_of(h->position, open[0], open[1]) -
	       worst_of(h->position, h->open[0], h->open[1]) +
	       (exch_i128)e->beside;
	gross = p->gross + more;
	if (more <= 0)
		return false;
	if (exch_risk_above(v, EXCH_RULE_GROUP_GROSS, p->limit.gross, gross))
		return true;
	if (p->limit.notional == EXCH_LIMIT_NONE)
		return false;
	mark = mark == EXCH_PX_NONE ? e->worst : mark;
	return exch_risk_above(v, EXCH_RULE_GROUP_NOTIONAL, p->limit.notional,
	    mark == EXCH_PX_NONE ? INT64_MAX
				 : size_of(exch_risk_worth(in, mark, gross)));
}

static bool
beyond_credit(const struct exch_risk_group *p, const struct exch_entry *e,
    struct exch_judged *v)
{
	return p->limit.credit != EXCH_LIMIT_NONE && exch_risk_costs(e) &&
	       exch_risk_above(v, EXCH_RULE_GROUP_CREDIT, p->limit.credit,
		   exch_risk_owes(e, p->open_value - p->cash));
}

/* By a walk over what it holds. */
static exch_i128
equity_of(const struct exch_risk_gate *g, const struct exch_risk_group *p)
{
	const struct exch_group_holding *x;
	exch_i128 equity = p->cash;

	for (uint32_t i = p->holdings; i != 0; i = x->next) {
		const struct exch_risk_instr *in;
		exch_px mark;

		x = exch_keyed_at(&g->groups.holding, i);
		in = exch_keyed_at(&g->instr, x->instr);
		mark = exch_risk_mark(in);
		if (mark != EXCH_PX_NONE)
			equity += exch_risk_worth(in, mark, x->position);
	}
	return equity;
}

/* An account that cannot but become smaller there may go on. */
static bool
beyond_loss(struct exch_risk_gate *g, struct exch_risk_group *p,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v)
{
	exch_i128 equity;
	bool exact;

	if (p->limit.loss == EXCH_LIMIT_NONE || exch_risk_worst(h, e) <= 0)
		return false;
	if (exch_bounds_group(g, p, &equity) &&
	    p->opening - equity <= p->limit.loss) {
		g->looks.bounds++;
		return false;
	}
	exact = exch_exact_group(g, p, &equity);
	exch_exact_looked(&g->looks, exact, p->nholdings);
	if (!exact)
		equity = equity_of(g, p);
	return exch_risk_above(
	    v, EXCH_RULE_GROUP_LOSS, p->limit.loss, p->opening - equity);
}

bool
exch_group_rules(struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v)
{
	const struct exch_group_account *x =
	    exch_keyed_at(&g->groups.account, a->group);
	struct exch_risk_group *p = exch_keyed_at(&g->groups.group, x->group);
	const struct exch_group_part *part =
	    exch_keyed_at(&g->groups.part, h->part);
	const struct exch_group_holding *q =
	    exch_keyed_at(&g->groups.holding, part->holding);

	count_changed(g, p);
	return (e->adds > 0 && exch_risk_above(v, EXCH_RULE_GROUP_OPEN_ORDERS,
				   p->limit.open_orders,
				   (exch_i128)p->open_orders + e->adds)) ||
	       exch_risk_above(v, EXCH_RULE_GROUP_POSITION, q->position_limit,
		   worst_sum(q, e)) ||
	       beyond_gross(g, h, q, e, v) || beyond_credit(p, e, v) ||
	       beyond_loss(g, p, h, e, v);
}
