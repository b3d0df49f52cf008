/*
 * A hash of what an engine would go on with, and not of how it lies in
 * memory: an engine that was put back from an image, one that was made by
 * replaying, and one with other shards or threads have the same.
 *
 * So numbers of slots and of specials do not go into it, and neither do
 * those of entry: shards at their own work count by themselves.  The order
 * in which these stand does, per instrument.
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
			put(h, s != NULL ? EXCH_SPECIAL : slot[o].owner);
		}
		put(h, 0);
	}
	put(h, UINT64_MAX);
}

static void
book(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_book *b)
{
	put(h, exch_book_count(m->store, b));
	if (exch_book_is_empty(b))
		return;
	side(h, m, b, EXCH_BUY);
	side(h, m, b, EXCH_SELL);
}

/* The request that an order answers, if that is there: 0 is none. */
static uint64_t
asked_by(const struct exch_match *m, const struct exch_special *s)
{
	const struct exch_special *r = &m->g.special[s->asked];

	return s->request != 0 && r->entry == s->request ? r->id : 0;
}

/* What an order has beyond its slot. */
static void
special(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_special *s)
{
	const uint64_t v[] = {s->id, s->reserve, s->peak, s->min,
	    (uint64_t)s->price, (uint64_t)s->stop, (uint64_t)s->extreme,
	    s->trail, (uint64_t)s->offset, (uint64_t)s->working, s->time,
	    s->came, s->expire, s->group, s->oco, s->session, s->request != 0,
	    asked_by(m, s), s->parent, (uint64_t)s->executed,
	    (uint64_t)(s->executed >> 64), (uint64_t)s->share,
	    (uint64_t)(s->share >> 64), (uint64_t)s->discretion, s->account,
	    s->refreshes, s->where, s->side, s->type, s->tif, s->flags, s->stp,
	    s->peg, s->trail_kind, s->vary, s->child, s->min_total, s->quote,
	    s->discreet, s->is_parent, s->sold_short};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++)
		put(h, v[i]);
}

static void
luld(struct exch_sha256 *h, const struct exch_luld *l)
{
	put(h, (uint64_t)l->reference);
	put(h, l->since);
	put(h, (uint64_t)l->lower);
	put(h, (uint64_t)l->upper);
	put(h, (uint64_t)l->opened);
	put(h, (uint64_t)l->state << 8 | l->printed);
	for (unsigned i = 0; i < EXCH_LULD_PARTS; i++) {
		if (l->at[i].n == 0)
			continue;
		put(h, l->at[i].part);
		put(h, l->at[i].n);
		put(h, (uint64_t)l->at[i].sum);
		put(h, (uint64_t)(l->at[i].sum >> 64));
	}
}

static void
guarded(struct exch_sha256 *h, const struct exch_guarded *g)
{
	for (unsigned i = 0; i < EXCH_ALARM_KINDS; i++)
		put(h, g->alarm[i]);
	put(h, (uint64_t)g->auction);
	put(h, (uint64_t)g->broken);
	put(h, g->pause);
	put(h, (uint64_t)g->stopped << 8 | g->restricted);
	put(h, (uint64_t)g->extended << 8 | g->drawn);
	put(h, (uint64_t)g->put_off << 8 | g->index);
	for (unsigned i = 0; i < EXCH_DRAW_KINDS; i++)
		put(h, g->draws[i]);
	put(h, (uint64_t)g->then_phase << 8 | g->then_cross);
	exch_sha256_add(h, g->then_reason, sizeof(g->then_reason));
	put(h, (uint64_t)g->seen_price);
	put(h, g->seen_paired);
	put(h, g->seen_imbalance);
	put(h, g->seen_side);
	if (g->luld != NULL)
		luld(h, g->luld);
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
		special(h, m, &m->g.special[i]);
	put(h, x->alloc[0].next);
	put(h, x->alloc[1].next);
	guarded(h, &x->guard);
}

/* Executions that wait for the venue's. */
static void
pending(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_instr *in)
{
	for (uint32_t i = in->pending; i != 0; i = m->pending[i].next) {
		const struct exch_pending *p = &m->pending[i];

		put(h, p->resting);
		put(h, (uint64_t)p->price);
		put(h, p->qty);
		put(h, p->match);
		put(h, p->aggressor);
	}
}

static void
instrument(struct exch_sha256 *h, const struct exch_match *m,
    const struct exch_instr *in)
{
	put(h, in->book.instr);
	exch_sha256_add(h, in->symbol, sizeof(in->symbol));
	put(h, (uint64_t)in->phase << 8 | in->cross);
	put(h, in->match);
	put(h, (uint64_t)in->last);
	put(h, in->last_half);
	put(h, (uint64_t)in->reference);
	put(h, (uint64_t)in->instr_reference);
	put(h, in->tick.d);
	put(h, in->lot);
	put(h, in->min_qty);
	put(h, in->qty_span);
	put(h, in->kind);
	if (in->judged.code != 0) {
		put(h, in->judged.order);
		put(h, in->judged.code);
	}
	pending(h, m, in);
	book(h, m, &in->book);
	if (in->more != NULL)
		more(h, m, in->more);
}

/* ---- tables, whose places say nothing: sums over what stands in them ---- */

static uint64_t
mixed(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x = a * UINT64_C(0x9e3779b97f4a7c15) + b;

	x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9) + c;
	x = (x ^ x >> 32) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t
accounts(const struct exch_shared *all)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < all->cap_account; i++) {
		const struct exch_announced *a = &all->account[i];
		const unsigned char *name = (const void *)a->member;

		if (a->id != 0)
			sum += mixed(a->id, exch_le64(name),
			    exch_le64(name + sizeof(a->member) - 8));
	}
	return sum;
}

static uint64_t
rates(const struct exch_shared *all)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < all->cap_rate; i++)
		if (all->rate[i].account != 0)
			sum += mixed(all->rate[i].account +
					 ((uint64_t)all->rate[i].venue << 32),
			    all->rate[i].window, all->rate[i].count);
	return sum;
}

static uint64_t
broken(const struct exch_match *m)
{
	const struct exch_match *s = NULL;
	uint64_t sum = 0;

	while ((s = exch_shard_after(m, s)) != NULL)
		for (size_t i = 0; i < s->g.cap_broken; i++)
			if (s->g.broken[i].match != 0)
				sum += mixed(s->g.broken[i].match,
				    s->g.broken[i].instr, 0);
	return sum;
}

/* What clients said, the oldest first. */
static void
clients(struct exch_sha256 *h, const struct exch_clients *t)
{
	uint32_t n = t->full ? EXCH_CLIENTS : t->next;
	uint32_t at = t->full ? t->next : 0;

	put(h, n);
	for (; n > 0; n--, at++) {
		const struct exch_client *c = &t->ring[at % EXCH_CLIENTS];

		put(h, c->id);
		put(h, c->order);
		exch_sha256_add(h, c->digest, sizeof(c->digest));
		put(h, (uint64_t)c->account << 16 | c->code);
	}
}

static void
shared(struct exch_sha256 *h, const struct exch_match *m)
{
	const struct exch_shared *all = m->all;
	const struct exch_breaker *b = &all->breaker;

	put(h, all->nshards == 1 ? m->now : all->now);
	for (uint32_t i = 0; i < all->nshards; i++)
		if (i == 0 || exch_shard_venue(all->shard[i]) != 0)
			put(h, (uint64_t)all->shard[i]->first_phase << 8 |
				   all->shard[i]->first_cross);
	put(h, all->next_row);
	put(h, all->doubles);
	put(h, all->killed_all);
	for (size_t i = 0; i < all->nkilled; i++)
		put(h, all->killed[i]);
	put(h, accounts(all));
	put(h, rates(all));
	put(h, broken(m));
	clients(h, &all->clients);
	put(h, all->held_n - all->held_at);
	if (all->held_n != all->held_at)
		exch_sha256_add(
		    h, all->held + all->held_at, all->held_n - all->held_at);
	put(h, (uint64_t)b->reached << 8 | b->halting);
	put(h, b->shut);
	put(h, (uint64_t)b->close);
	put(h, b->until);
}

uint64_t
exch_match_hash(const struct exch_match *m)
{
	const struct exch_instr *in = NULL;
	unsigned char sum[32];
	struct exch_sha256 h;

	exch_sha256_init(&h);
	shared(&h, m);
	while ((in = exch_engine_after(m, in)) != NULL)
		instrument(&h, owner_of(m, in), in);
	exch_sha256_end(&h, sum);
	return exch_le64(sum);
}
