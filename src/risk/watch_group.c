/* Groups behind the matcher, in sums (watch_group.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "risk/watch_group.h"

/* Known by (0, account). */
struct member {
	struct exch_key key;
	uint32_t group; /* slot */
	exch_i128 cash;
};

/* Known by (account, instrument). */
struct part {
	struct exch_key key;
	int64_t qty;
	exch_i128 booked;
};

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for groups that are watched");
}

static int
by_group(const void *x, const void *y)
{
	const struct exch_account_row *a = x, *b = y;

	return memcmp(a->group, b->group, sizeof(a->group));
}

/* An account twice in the table is in the group of its first row. */
static int
add_account(struct exch_watch_groups *s, const struct exch_account_row *row,
    struct exch_watch_group **p)
{
	struct member *m;
	int err;

	if (*p == NULL ||
	    memcmp((*p)->name, row->group, sizeof(row->group)) != 0) {
		if (exch_keyed_add(
			&s->group, 0, (uint64_t)s->group.live + 1, p) != 0)
			return EXCH_ERR_NOMEM;
		(*p)->name = row->group;
	}
	err = exch_keyed_add(&s->account, 0, row->account, &m);
	if (err != 0)
		return err == EXCH_ERR_EXISTS ? EXCH_OK : err;
	m->group = (*p)->key.slot;
	m->cash = row->balance;
	(*p)->cash += row->balance;
	return EXCH_OK;
}

int
exch_watch_groups_init(struct exch_watch_groups *s,
    const struct exch_reftable *accounts, struct exch_diag *d)
{
	const struct exch_account_row *row =
	    accounts != NULL ? accounts->row : NULL;
	struct exch_watch_group *p = NULL;
	size_t *order;
	int err = EXCH_OK;

	memset(s, 0, sizeof(*s));
	if (exch_keyed_init(&s->group, sizeof(struct exch_watch_group)) != 0 ||
	    exch_keyed_init(
		&s->holding, sizeof(struct exch_watch_group_holding)) != 0 ||
	    exch_keyed_init(&s->account, sizeof(struct member)) != 0 ||
	    exch_keyed_init(&s->part, sizeof(struct part)) != 0)
		return nomem(d);
	if (accounts == NULL)
		return EXCH_OK;
	order = exch_reftable_order(accounts, sizeof(*row), by_group, d);
	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 0; i < accounts->n && err == 0; i++)
		if (row[order[i]].group[0] != '\0')
			err = add_account(s, &row[order[i]], &p);
	exch_free(order);
	return err == 0 ? EXCH_OK : nomem(d);
}

void
exch_watch_groups_clear(struct exch_watch_groups *s)
{
	exch_keyed_clear(&s->group);
	exch_keyed_clear(&s->holding);
	exch_keyed_clear(&s->account);
	exch_keyed_clear(&s->part);
}

/* ---- sums ---- */

static exch_i128
size_of(int64_t qty)
{
	return qty < 0 ? -(exch_i128)qty : qty;
}

static int
note_position(struct exch_watch_groups *s, struct exch_watch_group *p,
    const struct exch_position_view *v, struct exch_watch_group_holding **out)
{
	exch_i128 booked = v->realised - v->fees - v->cost;
	struct exch_watch_group_holding *h;
	struct part *x;
	int err = exch_keyed_add(&s->holding, p->key.slot, v->instr, &h);

	if (err == EXCH_OK) {
		h->next = p->holdings;
		p->holdings = h->key.slot;
	} else if (err != EXCH_ERR_EXISTS) {
		return err;
	}
	err = exch_keyed_add(&s->part, v->account, v->instr, &x);
	if (err != EXCH_OK && err != EXCH_ERR_EXISTS)
		return err;
	h->qty += (exch_i128)v->qty - x->qty;
	h->gross += size_of(v->qty) - size_of(x->qty);
	p->booked += booked - x->booked;
	x->qty = v->qty;
	x->booked = booked;
	*out = h;
	return EXCH_OK;
}

int
exch_watch_groups_note(struct exch_watch_groups *s, uint32_t account,
    exch_i128 cash, const struct exch_position_view *v,
    struct exch_watch_group **group, struct exch_watch_group_holding **holding,
    struct exch_diag *d)
{
	struct member *m = exch_keyed_find(&s->account, 0, account);

	*group = NULL;
	*holding = NULL;
	if (m == NULL)
		return EXCH_OK;
	*group = exch_keyed_at(&s->group, m->group);
	(*group)->cash += cash - m->cash;
	m->cash = cash;
	if (v == NULL)
		return EXCH_OK;
	return note_position(s, *group, v, holding) == 0 ? EXCH_OK : nomem(d);
}

exch_i128
exch_watch_group_loss(const struct exch_watch_groups *s,
    const struct exch_watch_group *p, const struct exch_portfolio *of)
{
	const struct exch_watch_group_holding *h;
	exch_i128 gain = p->booked;

	for (uint32_t i = p->holdings; i != 0; i = h->next) {
		h = exch_keyed_at(&s->holding, i);
		gain += exch_portfolio_worth(of, (uint32_t)h->key.id, h->qty);
	}
	return -gain;
}
