/*
 * Looking ahead in the commands that a gate will judge next.
 *
 * With a thousand accounts that hold hundreds of instruments nothing that an
 * order asks of is near: its holding and account, what is counted for them in
 * sums and groups, and the order that it names, each known only when the one
 * before has come.  These steps are taken for many commands at once, one step
 * after the other, so that they wait for memory together, as in book/ahead.h.
 * What is found is only fetched, never believed.
 */
#include <config.h>

#include "risk/gate_priv.h"

#define LINE 64

struct ahead {
	size_t n;
	struct cell {
		const struct exch_keyed *pool;
		struct exch_keyed_spot spot; /* where a search begins */
	} cell[2 * EXCH_RISK_AHEAD];
	size_t nholdings;
	uint32_t holding[2 * EXCH_RISK_AHEAD]; /* slots */
};

static inline void
fetch(const void *p, size_t size)
{
	for (size_t i = 0; i < size; i += LINE)
		__builtin_prefetch((const char *)p + i);
}

static inline void
fetch_slot(const struct exch_keyed *k, uint32_t slot)
{
	if (slot != 0)
		fetch(exch_keyed_at(k, slot), k->size);
}

static inline void
begin(struct ahead *a, const struct exch_keyed *k, uint32_t place, uint64_t id)
{
	uint32_t tag = exch_keyed_tag(k, place, id);

	__builtin_prefetch(&k->index[tag & k->mask]);
	a->cell[a->n++] = (struct cell){k, {tag, tag & k->mask}};
}

/* First: where the indices have them. */
static inline void
first(const struct exch_risk_gate *g, struct ahead *a, const struct exch_rec *r)
{
	const struct exch_rec_new *n = (const void *)r;
	const struct exch_rec_cancel *c = (const void *)r;

	/* What has not its type's form is refused later. */
	if (exch_rec_len(r) <
	    (r->type == EXCH_REC_NEW ? sizeof(*n) : sizeof(*c)))
		return;
	switch (r->type) {
	case EXCH_REC_NEW:
		begin(a, &g->holding, n->account, r->instr);
		begin(a, &g->order, r->instr, n->order);
		break;
	case EXCH_REC_CANCEL:
	case EXCH_REC_REPLACE: /* it names its order in the same place */
		begin(a, &g->order, r->instr, c->order);
		break;
	default:
		break;
	}
}

/* Second: the things themselves, by the hash alone. */
static inline void
second(struct cell *c)
{
	const struct exch_keyed *k = c->pool;
	uint32_t i = c->spot.i;

	while (k->index[i].slot != 0 && k->index[i].tag != c->spot.tag)
		i = (i + 1) & k->mask;
	c->spot.i = k->index[i].slot;
	fetch_slot(k, c->spot.i);
}

/* Third: of an order its holding. */
static inline void
third(const struct exch_risk_gate *g, struct ahead *a, const struct cell *c)
{
	const struct exch_risk_order *o = exch_keyed_at(&g->order, c->spot.i);
	uint32_t slot = c->pool == &g->order ? o->holding : c->spot.i;

	if (c->spot.i == 0)
		return;
	if (c->pool == &g->order)
		fetch_slot(&g->holding, slot);
	a->holding[a->nholdings++] = slot;
}

/* Fourth and last: whose it is, and what is counted for it. */
static inline void
fourth(const struct exch_risk_gate *g, uint32_t slot)
{
	const struct exch_risk_holding *h = exch_keyed_at(&g->holding, slot);

	fetch_slot(&g->account, h->account);
	fetch_slot(&g->instr, h->instr);
	fetch_slot(&g->bounds.part, h->bounds);
	fetch_slot(&g->groups.part, h->part);
}

static inline void
fifth(const struct exch_risk_gate *g, uint32_t slot)
{
	const struct exch_risk_holding *h = exch_keyed_at(&g->holding, slot);
	const struct exch_risk_account *a =
	    exch_keyed_at(&g->account, h->account);
	const struct exch_group_part *x =
	    exch_keyed_at(&g->groups.part, h->part);

	fetch_slot(&g->bounds.sum, a->bounds);
	fetch_slot(&g->groups.account, a->group);
	if (h->part != 0)
		fetch_slot(&g->groups.holding, x->holding);
}

bool
exch_risk_gate_is_far(const struct exch_risk_gate *g)
{
	return g->holding.used * g->holding.size +
		   g->order.used * g->order.size >
	       (size_t)1 << 20;
}

void
exch_risk_gate_ahead(
    const struct exch_risk_gate *g, const struct exch_rec *const *rec, size_t n)
{
	struct ahead a;

	a.n = a.nholdings = 0;
	for (size_t i = 0; i < n && i < EXCH_RISK_AHEAD; i++)
		first(g, &a, rec[i]);
	for (size_t i = 0; i < a.n; i++)
		second(&a.cell[i]);
	for (size_t i = 0; i < a.n; i++)
		third(g, &a, &a.cell[i]);
	for (size_t i = 0; i < a.nholdings; i++)
		fourth(g, a.holding[i]);
	for (size_t i = 0; i < a.nholdings; i++)
		fifth(g, a.holding[i]);
	/* To a compiler that is nothing, and it leaves calls of nothing out. */
	__asm__ volatile("");
}
