/*
 * Smoking and pinging: orders that are shown, or sent, to find out what others
 * do.
 *
 * Smoking: an order inside the spread is changed to a worse price, or
 * withdrawn, before those whom it drew have come; they meet its owner at the
 * worse price a moment later.
 *
 * Pinging: many small orders that live for a moment look for hidden quantity;
 * when one has met some, a large order of the same side takes it.
 */
#include <config.h>

#include "report/surveil.h"

/* ---- smoking ---- */

void
exch_surv_smoke_gone(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_surv_order *o)
{
	const struct exch_surv_improve *im = &a->improve[o->side];

	/* it was the attractive one, and stood for a moment only */
	if (im->time == 0 || im->id != o->key.id ||
	    im->time + exch_surv_ns(EXCH_SURV_RULE(s, smoking, show)) < s->now)
		return;
	a->smoke[o->side] = (struct exch_surv_smoke){
	    .time = s->now, .price = im->price, .id = im->id, .qty = im->qty};
}

/* Somebody meets him at a worse price than the one that was shown. */
int
exch_surv_smoke_fill(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_smoke *k = &f->a->smoke[f->side];
	struct exch_surv_smoke was = *k;
	struct exch_surv_hit h;
	bool worse = f->side == 0 ? f->price < was.price : f->price > was.price;

	if (f->taker || f->a == f->contra || was.time == 0)
		return EXCH_OK;
	if (was.time + exch_surv_ns(EXCH_SURV_RULE(s, smoking, after)) <
	    s->now) {
		k->time = 0;
		return EXCH_OK;
	}
	/* who comes is one who could have seen it, not who rested before */
	if (!worse || f->with->entered < was.time ||
	    (exch_u128)f->qty * 100 <
		(exch_u128)was.qty *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, smoking, taken))
		return EXCH_OK;
	k->time = 0;
	/* a maker, who has as much on the other side, moves with the market */
	if ((exch_u128)exch_surv_most(s, f->a, f->side ^ 1u) * 2 > was.qty)
		return EXCH_OK;
	f->a->smoked += f->qty;
	if ((exch_u128)f->a->smoked * 100 <
	    (exch_u128)(f->a->volume[0] + f->a->volume[1]) *
		(exch_u128)(uint64_t)EXCH_SURV_RULE(s, smoking, share))
		return EXCH_OK;
	h = exch_surv_once(
	    s, EXCH_SURV_SMOKING, f->side == 0 ? "buy" : "sell", f, was.time);
	h.id = &was.id;
	h.need = EXCH_SURV_RULE(s, smoking, episodes);
	h.gap = exch_surv_ns(EXCH_SURV_RULE(s, smoking, gap));
	h.score = (uint64_t)exch_surv_bp(was.price, f->price, f->side ^ 1u) + 1;
	return exch_surv_hit(s, &h, d,
	    "shown=%llu met=%llu worse=%lldbp after<=%lldms taker_order=%llu",
	    (unsigned long long)was.qty, (unsigned long long)f->qty,
	    (long long)exch_surv_bp(was.price, f->price, f->side ^ 1u),
	    (long long)EXCH_SURV_RULE(s, smoking, after),
	    (unsigned long long)f->with->key.id);
}

/* ---- pinging ---- */

/* Small against a usual trade, of which there have to be some. */
static bool
is_small(const struct exch_surv *s, uint32_t place, exch_qty qty)
{
	const struct exch_surv_inst *x =
	    place < s->ninst ? &s->inst[place] : NULL;

	return x != NULL && x->trades != 0 &&
	       (exch_u128)qty * 100 * x->trades <=
		   x->total *
		       (exch_u128)(uint64_t)EXCH_SURV_RULE(s, pinging, size);
}

void
exch_surv_probe_enter(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_life *l, uint32_t place)
{
	struct exch_surv_probes *p = &a->probes;
	uint8_t side = l->side != EXCH_BUY;
	exch_ts window = exch_surv_ns(EXCH_SURV_RULE(s, pinging, window));

	if ((l->tif != EXCH_TIF_IOC && l->tif != EXCH_TIF_FOK) ||
	    !is_small(s, place, l->qty))
		return;
	if (p->n == 0 || p->side != side || p->last + window < s->now)
		*p = (struct exch_surv_probes){
		    .side = side, .first = s->now, .seq = s->seq};
	p->last = s->now;
	p->qty += l->qty;
	p->id[p->n % EXCH_SURV_IDS] = l->key.id;
	p->n++;
}

/* The order met is one that is not displayed, or not in full. */
static bool
hides(const struct exch_life *o)
{
	return (o->ordflags & EXCH_ORD_HIDDEN) != 0 || o->terms.display != 0;
}

static bool
is_probe(const struct exch_surv_probes *p, exch_oid id)
{
	for (uint32_t i = 0; i < p->n && i < EXCH_SURV_IDS; i++)
		if (p->id[i] == id)
			return true;
	return false;
}

int
exch_surv_probe_fill(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_probes *p = &f->a->probes;
	struct exch_surv_hit h;

	if (p->n == 0 || !f->taker || f->a == f->contra || f->side != p->side)
		return EXCH_OK;
	if (is_probe(p, f->o->key.id)) {
		if (hides(f->with)) {
			p->found = f->with->key.id;
			p->found_at = s->now;
		}
		return EXCH_OK;
	}
	if (p->found == 0 || f->with->key.id != p->found ||
	    p->n < (uint64_t)EXCH_SURV_RULE(s, pinging, probes) ||
	    p->found_at + exch_surv_ns(EXCH_SURV_RULE(s, pinging, after)) <
		s->now ||
	    (exch_u128)f->o->qty * p->n <
		(exch_u128)p->qty *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, pinging, large))
		return EXCH_OK;
	h = exch_surv_once(
	    s, EXCH_SURV_PINGING, f->side == 0 ? "buy" : "sell", f, p->first);
	h.seq = p->seq;
	h.id = p->id;
	h.nids = p->n < EXCH_SURV_IDS ? p->n : EXCH_SURV_IDS;
	h.need = EXCH_SURV_RULE(s, pinging, episodes);
	h.gap = exch_surv_ns(EXCH_SURV_RULE(s, pinging, gap));
	h.score = p->n;
	p->found = 0;
	return exch_surv_hit(s, &h, d,
	    "probes=%u of=%llu took=%llu hidden_order=%llu probes>=%lld "
	    "after<=%lldms",
	    p->n, (unsigned long long)p->qty, (unsigned long long)f->o->qty,
	    (unsigned long long)f->with->key.id,
	    (long long)EXCH_SURV_RULE(s, pinging, probes),
	    (long long)EXCH_SURV_RULE(s, pinging, after));
}
