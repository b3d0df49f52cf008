/*
 * The shards of an engine: their life, and how a command goes from one to
 * another.  What they share is told in shared.h.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/aboard.h"
#include "match/general.h"
#include "match/part.h"

void
exch_hand_over(struct exch_match *from, struct exch_match *to)
{
	struct exch_hand resting = to->hand;

	to->hand = from->hand;
	from->hand = resting;
	to->out = from->out;
	to->last = from->last;
	to->now = from->now;
	to->ended |= from->ended;
}

struct exch_match *
exch_shard_after(const struct exch_match *m, const struct exch_match *h)
{
	uint32_t next = h != NULL ? h->no + 1u : 0;

	return next < m->all->nshards ? m->all->shard[next] : NULL;
}

static bool
has_venues(const struct exch_match *m)
{
	const struct exch_market *k = m->all->shard[0]->o.market;

	return k != NULL && k->nvenues != 0;
}

uint32_t
exch_shard_venue(const struct exch_match *m)
{
	return has_venues(m) ? m->no : 0;
}

static uint32_t
venue_of(const struct exch_match *m, const char *symbol)
{
	const struct exch_market *k = m->all->shard[0]->o.market;

	return (exch_market_venue_of(k, symbol) + 1) % (k->nvenues + 1);
}

bool
exch_shard_moves(
    const struct exch_match *m, const struct exch_rec_instrument *r)
{
	return has_venues(m) && venue_of(m, r->symbol) != m->no;
}

uint32_t
exch_shard_deal(const struct exch_match *m, const struct exch_rec *r)
{
	uint32_t no = EXCH_SHARD_NEXT;
	uint32_t of = m->o.parts > 1 ? m->o.parts : m->all->nshards;

	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);

	/* Shard 0 has the rules of all that have none of their own. */
	if (has_venues(m))
		return i != NULL ? venue_of(m, i->symbol) : 0;
	if (m->o.deal != NULL && i != NULL)
		no = m->o.deal(m->o.deal_arg, (const void *)r);
	return (no == EXCH_SHARD_NEXT ? m->all->dealt : no) % of;
}

struct exch_match *
exch_shard_of(const struct exch_match *m, const struct exch_rec *r)
{
	const struct exch_instr *in = exch_engine_instr(m, r->instr);
	uint32_t no = 0;

	if (in != NULL)
		no = in->shard;
	else if (r->type == EXCH_REC_INSTRUMENT && m->all->nshards > 1)
		no = exch_shard_deal(m, r);
	return m->all->shard[no];
}

void
exch_shard_enter(struct exch_match *h)
{
	const struct exch_shared *all = h->all;

	h->out = all->out;
	h->now = all->now;
	h->hand.entries = all->entries;
}

void
exch_shard_leave(const struct exch_match *h)
{
	h->all->now = h->now;
	h->all->entries = h->hand.entries;
}

/* ---- life ---- */

static void
free_shard(struct exch_match *m)
{
	exch_aboard_free(m->card);
	exch_book_store_free(m->store);
	exch_general_clear(m);
	exch_free(m->hand.queue);
	exch_free(m->level);
	exch_free(m->pending);
	exch_free(m->guard.alarm);
	exch_free(m);
}

static void
free_instruments(struct exch_instr **page)
{
	for (uint32_t i = 0; i < EXCH_INSTR_PAGES; i++) {
		for (uint32_t k = 0; page[i] != NULL && k < EXCH_INSTR_PAGE;
		     k++) {
			struct exch_more *more = page[i][k].more;

			if (more != NULL)
				exch_free(more->guard.luld);
			exch_free(more);
		}
		exch_free(page[i]);
	}
	exch_free(page);
}

void
exch_shared_free(struct exch_shared *all, struct exch_instr **page)
{
	for (uint32_t i = 0; i < all->nshards; i++)
		free_shard(all->shard[i]);
	if (page != NULL)
		free_instruments(page);
	exch_free(all->killed);
	exch_free(all->clients.ring);
	exch_free(all->clients.table);
	exch_free(all->account);
	exch_free(all->rate);
	exch_free(all->held);
	exch_part_free(all->part);
	exch_free(all);
}
