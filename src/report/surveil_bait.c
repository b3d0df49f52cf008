/*
 * Spoofing and layering.  When an actor trades, what it has resting on the
 * other side, entered shortly before, is a candidate if it is many times what
 * it trades or offers to trade, and weighs in what is displayed.  If nearly
 * all of that is withdrawn soon after the trade, unfilled, it was bait.  Who
 * quotes both sides alike has no candidates.
 *
 * The second type of FINRA 5210.03: an order inside the spread, joined by
 * others, is withdrawn, and its owner trades with those who joined it.
 */
#include <config.h>

#include "report/surveil.h"

/* What stands on the best levels of a side. */
static exch_qty
depth_of(
    const struct exch_surv *s, uint32_t place, unsigned side, int64_t levels)
{
	const struct exch_books *b = &s->quotes.books;
	exch_qty sum = 0;
	exch_slot l;

	if (place >= b->n)
		return 0;
	l = exch_books_top(b, place, side);
	for (; l != EXCH_SLOT_NONE && levels-- > 0;
	     l = exch_tally_worse(&b->tally, l))
		sum += b->tally.level[l].qty;
	return sum;
}

static bool
seen(const exch_px *px, unsigned n, exch_px x)
{
	for (unsigned i = 0; i < n; i++)
		if (px[i] == x)
			return true;
	return false;
}

/* What rests on a side and was put there lately. */
static void
gather(struct exch_surv *s, struct exch_surv_actor *a, unsigned side,
    struct exch_surv_bait *b)
{
	exch_ts before = exch_surv_ns(EXCH_SURV_RULE(s, spoofing, before));
	exch_px px[EXCH_SURV_IDS];

	for (uint32_t i = a->head[side]; i != 0;) {
		struct exch_surv_order *o = exch_keyed_at(&s->orders, i);

		i = o->next;
		if (o->entered + before < s->now || o->price == EXCH_PX_NONE ||
		    b->orders == EXCH_SURV_IDS)
			continue;
		b->resting += o->open;
		b->id[b->orders++] = o->key.id;
		o->mark = b->mark;
		if (!seen(px, b->prices, o->price))
			px[b->prices++] = o->price;
	}
}

/* The most it wanted on the side that trades, lately or now. */
static exch_qty
two_sided(const struct exch_surv *s, const struct exch_surv_actor *a,
    const struct exch_surv_fill *f)
{
	exch_qty q = exch_surv_most(s, a, f->side);

	return q > f->qty ? q : f->qty;
}

static void
candidate(struct exch_surv *s, const struct exch_surv_fill *f)
{
	struct exch_surv_actor *a = f->a;
	unsigned side = f->side ^ 1u;
	struct exch_surv_bait b = {
	    .filled_at = s->now, .real = f->qty, .seq = s->seq};
	struct exch_surv_bait *old = &a->bait[side];
	exch_ts after = exch_surv_ns(EXCH_SURV_RULE(s, spoofing, after));
	exch_qty depth;

	if (old->mark != 0 && old->filled_at + after >= s->now) {
		old->real += f->qty; /* the same goes on */
		old->filled_at = s->now;
		return;
	}
	old->mark = 0;
	/* both sides of a market maker are alike, or were a moment ago */
	if ((exch_u128)a->open[side] <
	    (exch_u128)two_sided(s, a, f) *
		(exch_u128)(uint64_t)EXCH_SURV_RULE(s, spoofing, ratio))
		return;
	b.mark = ++a->marks;
	gather(s, a, side, &b);
	if (b.orders == 0 ||
	    (exch_u128)b.resting * 10 <
		(exch_u128)f->qty *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, spoofing, ratio) *
		    10)
		return;
	depth =
	    depth_of(s, f->place, side, EXCH_SURV_RULE(s, spoofing, levels));
	if (depth == 0 ||
	    (exch_u128)b.resting * 100 <
		(exch_u128)depth *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, spoofing, share))
		return;
	b.share = (uint32_t)((exch_u128)b.resting * 100 / depth);
	*old = b;
}

int
exch_surv_bait_gone(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_surv_order *o, exch_qty qty, struct exch_diag *d)
{
	struct exch_surv_bait *b = &a->bait[o->side];
	struct exch_surv_improve *im = &a->improve[o->side];
	struct exch_surv_hit h;
	bool layers;

	if (im->time != 0 && im->id == o->key.id)
		im->withdrawn = true;
	if (b->mark == 0 || o->mark != b->mark)
		return EXCH_OK;
	if (b->filled_at + exch_surv_ns(EXCH_SURV_RULE(s, spoofing, after)) <
	    s->now) {
		b->mark = 0;
		return EXCH_OK;
	}
	b->cancelled += qty;
	if ((exch_u128)b->cancelled * 100 <
	    (exch_u128)b->resting *
		(exch_u128)(uint64_t)EXCH_SURV_RULE(s, spoofing, cancelled))
		return EXCH_OK;
	layers = b->orders >= EXCH_SURV_RULE(s, layering, orders) &&
		 b->prices >= EXCH_SURV_RULE(s, layering, prices);
	b->mark = 0;
	h = (struct exch_surv_hit){
	    .pattern = layers ? EXCH_SURV_LAYERING : EXCH_SURV_SPOOFING,
	    .kind = "type-1",
	    .a = a,
	    .start = b->filled_at,
	    .seq = b->seq,
	    .id = b->id,
	    .nids = b->orders,
	    .need = layers ? EXCH_SURV_RULE(s, layering, episodes)
			   : EXCH_SURV_RULE(s, spoofing, episodes),
	    .gap = exch_surv_ns(EXCH_SURV_RULE(s, spoofing, gap)),
	    .score = b->real != 0 ? b->resting * 10 / b->real : 0};
	return exch_surv_hit(s, &h, d,
	    "resting=%llu traded=%llu withdrawn=%llu orders=%u prices=%u "
	    "depth_share=%u%% ratio>=%lld after<=%lldms",
	    (unsigned long long)b->resting, (unsigned long long)b->real,
	    (unsigned long long)b->cancelled, b->orders, b->prices, b->share,
	    (long long)EXCH_SURV_RULE(s, spoofing, ratio),
	    (long long)EXCH_SURV_RULE(s, spoofing, after));
}

void
exch_surv_bait_enter(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_surv_order *o)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, o->key.place);
	exch_px own, far;

	if (q == NULL || o->price == EXCH_PX_NONE)
		return;
	own = q->px[o->side];
	far = q->px[o->side ^ 1u];
	if (own == EXCH_PX_NONE || far == EXCH_PX_NONE)
		return;
	if (o->side == 0 ? o->price > own && o->price < far
			 : o->price < own && o->price > far)
		a->improve[o->side] = (struct exch_surv_improve){
		    o->price, s->now, o->key.id, o->open, false};
}

/* Did it trade with somebody who joined what it had shown? */
static int
joined(struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_improve *im = &f->a->improve[f->side ^ 1u];
	exch_ts before = exch_surv_ns(EXCH_SURV_RULE(s, spoofing, before));
	struct exch_surv_hit h;
	struct exch_surv_improve was = *im;

	if (!f->taker || im->time == 0 || im->price != f->price ||
	    im->time + before < s->now || f->with->entered <= im->time ||
	    f->a == f->contra ||
	    f->qty < im->qty * (exch_qty)EXCH_SURV_RULE(s, spoofing, joined) ||
	    !im->withdrawn || two_sided(s, f->a, f) > f->o->qty)
		return EXCH_OK;
	im->time = 0;
	h = (struct exch_surv_hit){.pattern = EXCH_SURV_SPOOFING,
	    .kind = "type-2",
	    .a = f->a,
	    .start = was.time,
	    .seq = s->seq,
	    .id = &was.id,
	    .nids = 1,
	    .need = EXCH_SURV_RULE(s, spoofing, episodes),
	    .gap = exch_surv_ns(EXCH_SURV_RULE(s, spoofing, gap)),
	    .score = was.qty != 0 ? f->qty * 10 / was.qty : 0};
	return exch_surv_hit(s, &h, d,
	    "shown=%llu traded_with_joiner=%llu joiner_order=%llu",
	    (unsigned long long)was.qty, (unsigned long long)f->qty,
	    (unsigned long long)f->with->key.id);
}

int
exch_surv_bait_fill(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	if (f->a != f->contra)
		candidate(s, f);
	return joined(s, f, d);
}
