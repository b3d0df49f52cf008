/* The state of the gate as bytes, and as a hash (gate.h). */
#include <config.h>

#include "base/image.h"
#include "risk/gate_priv.h"

void
exch_risk_gate_layout(struct exch_image *im)
{
	static const size_t sizes[] = {sizeof(struct exch_risk_gate),
	    sizeof(struct exch_risk_instr), sizeof(struct exch_risk_account),
	    sizeof(struct exch_risk_holding), sizeof(struct exch_risk_order),
	    sizeof(struct exch_risk_held), sizeof(struct exch_risk_exec),
	    sizeof(struct exch_risk_stopped),
	    offsetof(struct exch_risk_stopped, on),
	    offsetof(struct exch_risk_account, killed),
	    offsetof(struct exch_risk_holding, killed),
	    offsetof(struct exch_risk_instr, killed),
	    offsetof(struct exch_risk_order, open)};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(sizes); i++)
		exch_image_same(im, sizes[i]);
}

void
exch_risk_gate_image(struct exch_image *im, struct exch_risk_gate *g)
{
	struct exch_risk_instr *in;
	struct exch_risk_held *held;
	uint32_t at = 0;

	exch_keyed_image(im, &g->instr);
	while ((in = exch_keyed_next(&g->instr, &at)) != NULL) {
		in->exec = exch_image_array(im, in->exec, NULL, in->nexec,
		    in->cap_exec, sizeof(*in->exec));
		in->was = exch_image_array(
		    im, in->was, NULL, in->nwas, in->cap_was, sizeof(*in->was));
	}
	exch_keyed_image(im, &g->account);
	exch_keyed_image(im, &g->holding);
	exch_keyed_image(im, &g->symbol);
	exch_keyed_image(im, &g->waiting);
	exch_keyed_image(im, &g->order);
	exch_said_image(im, &g->said);
	exch_same_image(im, &g->same);
	exch_keyed_image(im, &g->held);
	at = 0;
	while ((held = exch_keyed_next(&g->held, &at)) != NULL)
		held->rec =
		    exch_image_array(im, held->rec, NULL, held->n, held->n, 1);
	exch_changes_image(im, &g->changes);
	exch_keyed_image(im, &g->members.stopped);
	exch_image_bytes(im, &g->members.passed, sizeof(g->members.passed));
	exch_groups_image(im, &g->groups);
	exch_best_image(im, &g->best);
	exch_bounds_image(im, &g->bounds);
	exch_image_bytes(im, &g->refs, sizeof(g->refs));
	exch_image_bytes(im, &g->orders, sizeof(g->orders));
	exch_image_bytes(im, &g->acts, sizeof(g->acts));
	exch_image_bytes(im, &g->killed, sizeof(g->killed));
	exch_image_bytes(im, &g->stopped, sizeof(g->stopped));
	exch_image_bytes(im, &g->in_front, sizeof(g->in_front));
	exch_image_bytes(im, &g->window, sizeof(g->window));
	exch_image_bytes(im, &g->now, sizeof(g->now));
	exch_image_bytes(im, &g->block, sizeof(g->block));
}

/* One more number; the finisher of splitmix64. */
static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

static uint64_t
mix_cash(uint64_t h, exch_u128 v)
{
	return mix(mix(h, (uint64_t)v), (uint64_t)(v >> 64));
}

static uint64_t
mix_money(uint64_t h, const struct exch_money *m)
{
	return mix(mix(h, m->unit), (uint64_t)m->multiplier);
}

static uint64_t
mix_members(uint64_t h, const struct exch_risk_members *m)
{
	const struct exch_risk_stopped *s;
	uint32_t at = 0;

	while ((s = exch_keyed_next(&m->stopped, &at)) != NULL)
		if (s->on)
			h = mix(mix(h, s->key.id), s->key.place);
	return h;
}

/* Field by field: between them is what nobody has written. */
static uint64_t
hash_orders(const struct exch_keyed *pool, uint64_t h)
{
	const struct exch_risk_order *o;
	uint32_t at = 0;

	while ((o = exch_keyed_next(pool, &at)) != NULL) {
		h = mix(mix(h, o->key.id), o->key.place);
		h = mix(mix(h, (uint64_t)o->price), (uint64_t)o->next);
		h = mix(mix(h, o->open), o->counted);
		h = mix(mix_cash(h, (exch_u128)o->value), o->holding);
		h = mix(h, o->asked);
	}
	return h;
}

uint64_t
exch_risk_gate_hash(const struct exch_risk_gate *g)
{
	const struct exch_risk_instr *in;
	const struct exch_risk_account *a;
	const struct exch_risk_holding *p;
	const struct exch_risk_held *w;
	uint64_t h = mix(g->now, (uint64_t)g->window);
	uint32_t at = 0;

	while ((in = exch_keyed_next(&g->instr, &at)) != NULL) {
		h = mix(mix(h, in->key.id), (uint64_t)in->reference);
		h = mix_money(h, &in->money);
		for (uint32_t i = 0; i < in->nwas; i++)
			h = mix(
			    mix_money(h, &in->was[i].money), in->was[i].match);
		h = mix(h, in->killed);
		h = mix(mix(h, (uint64_t)in->last), (uint64_t)in->first);
	}
	at = 0;
	while ((a = exch_keyed_next(&g->account, &at)) != NULL) {
		h = mix(mix(h, a->key.id), a->open_orders);
		h = mix(mix(h, a->killed), a->tripped);
		h = mix_cash(h, (exch_u128)a->cash);
		h = mix_cash(h, (exch_u128)a->opening);
		h = mix_cash(h, (exch_u128)a->open_value);
		h = mix_cash(h, a->due);
		if (a->member[0] != '\0')
			h = mix(h, exch_fnv(EXCH_FNV_BEGIN, a->member, 16));
		if (a->counts)
			h = mix(mix(h, a->day_trades), a->trades);
	}
	for (at = 0; (p = exch_keyed_next(&g->holding, &at)) != NULL;) {
		h = mix(mix(h, p->key.id), p->key.place);
		h = mix(mix(h, (uint64_t)p->position), p->killed);
		h = mix_cash(mix(h, p->stopping), (exch_u128)p->cost);
		h = mix(mix(h, p->open[0]), p->open[1]);
		if ((p->trades[0] | p->trades[1]) != 0)
			h = mix(mix(h, p->trades[0]), p->trades[1]);
	}
	for (at = 0; (w = exch_keyed_next(&g->held, &at)) != NULL;) {
		h = mix(mix(h, w->key.id), w->key.place);
		h = mix(mix(h, w->why.ref), w->why.waived);
	}
	h = mix(mix(mix(h, g->refs), g->killed), g->orders);
	h = mix(h, exch_changes_hash(&g->changes));
	h = mix_members(h, &g->members);
	return hash_orders(&g->order, hash_orders(&g->waiting, h));
}
