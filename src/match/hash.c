/*
 * A hash of what an engine would go on with, and not of how it lies in
 * memory: an engine that was put back from an image, one that was made by
 * replaying, and one with other shards have the same.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "match/general.h"

static void
put(struct exch_sha256 *h, uint64_t v)
{
	unsigned char b[8];

	exch_put_le64(b, v);
	exch_sha256_add(h, b, sizeof(b));
}

static const struct exch_match *
owner_of(const struct exch_match *m, const struct exch_instr *in)
{
	return m->all->shard[in->shard];
}

/* The queues of a side in their order. */
static void
side(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_book *b, uint8_t which)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot level, o;

	for (level = exch_book_top(b, which); level != EXCH_SLOT_NONE;
	     level = exch_book_worse(m->store, b, level)) {
		put(h, (uint64_t)slot[level].tick);
		for (o = exch_book_first(m->store, level); o != EXCH_SLOT_NONE;
		     o = exch_book_after(m->store, o)) {
			const struct exch_special *s = exch_special_of(m, o);

			put(h, slot[o].id);
			put(h, slot[o].qty);
			put(h, s != NULL ? s->entry : slot[o].owner);
		}
		put(h, 0);
	}
	put(h, UINT64_MAX);
}

static void
book(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_book *b)
{
	put(h, b->norders);
	if (b->norders == 0)
		return;
	side(h, m, b, EXCH_BUY);
	side(h, m, b, EXCH_SELL);
}

/* What an order has beyond its slot. */
static void
special(struct exch_sha256 *h, const struct exch_special *s)
{
	const uint64_t v[] = {s->id, s->entry, s->reserve, s->peak, s->min,
	    (uint64_t)s->price, (uint64_t)s->stop, (uint64_t)s->extreme,
	    s->trail, (uint64_t)s->offset, (uint64_t)s->working, s->time,
	    s->came, s->expire, s->group, s->oco, s->session, s->request,
	    s->asked, s->parent, (uint64_t)s->executed,
	    (uint64_t)(s->executed >> 64), (uint64_t)s->share,
	    (uint64_t)s->discretion, s->account, s->refreshes, s->where,
	    s->side, s->type, s->tif, s->flags, s->stp, s->peg, s->trail_kind,
	    s->vary, s->child, s->min_total, s->quote, s->discreet,
	    s->is_parent, s->sold_short};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++)
		put(h, v[i]);
}

static void
guarded(struct exch_sha256 *h, const struct exch_guarded *g)
{
	for (unsigned i = 0; i < EXCH_ALARM_KINDS; i++)
		put(h, g->alarm[i]);
	put(h, (uint64_t)g->auction);
	put(h, (uint64_t)g->broken);
	put(h, (uint64_t)g->stopped << 8 | g->restricted);
	put(h, (uint64_t)g->extended << 8 | g->drawn);
	if (g->luld == NULL)
		return;
	put(h, (uint64_t)g->luld->reference);
	put(h, (uint64_t)g->luld->lower);
	put(h, (uint64_t)g->luld->upper);
	put(h, g->luld->state);
}

static void
more(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_more *x)
{
	book(h, m, &x->dark);
	book(h, m, &x->half);
	book(h, m, &x->stops);
	book(h, m, &x->wait);
	for (uint32_t i = x->first; i != 0; i = m->g.special[i].next)
		special(h, &m->g.special[i]);
	guarded(h, &x->guard);
}

static void
instrument(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_instr *in)
{
	put(h, in->book.instr);
	put(h, (uint64_t)in->phase << 8 | in->cross);
	put(h, in->match);
	put(h, (uint64_t)in->last);
	put(h, in->last_half);
	put(h, (uint64_t)in->reference);
	put(h, in->tick.d);
	put(h, in->lot);
	book(h, m, &in->book);
	if (in->more != NULL)
		more(h, m, in->more);
}

uint64_t
exch_match_hash(const struct exch_match *m)
{
	const struct exch_shared *all = m->all;
	const struct exch_instr *in = NULL;
	unsigned char sum[32];
	struct exch_sha256 h;

	exch_sha256_init(&h);
	put(&h, (uint64_t)all->default_phase << 8 | all->default_cross);
	put(&h, all->next_row);
	put(&h, all->killed_all);
	for (size_t i = 0; i < all->nkilled; i++)
		put(&h, all->killed[i]);
	put(&h, all->held_n - all->held_at);
	put(&h, (uint64_t)all->breaker.reached << 8 | all->breaker.halting);
	put(&h, all->breaker.until);
	while ((in = exch_engine_after(m, in)) != NULL)
		instrument(&h, owner_of(m, in), in);
	exch_sha256_end(&h, sum);
	return exch_le64(sum);
}
