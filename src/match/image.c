/*
 * The state of an engine as bytes (base/image.h): what it shares, its
 * shards, its instruments.  It is taken and put back between two commands;
 * scratch memory stays with whoever has it.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "match/aboard.h"
#include "match/general.h"

/* Clients' numbers: the places of their table. */
#define CLIENT_PLACES (2 * EXCH_CLIENTS)

/* Everything goes as it lies in memory: to be read by the same program. */
static void
layout(struct exch_image *im)
{
	static const size_t sizes[] = {sizeof(struct exch_match),
	    sizeof(struct exch_shared), sizeof(struct exch_instr),
	    sizeof(struct exch_more), sizeof(struct exch_luld),
	    sizeof(struct exch_special), sizeof(struct exch_pending),
	    sizeof(struct exch_client), sizeof(struct exch_alarm),
	    sizeof(struct exch_slot_data), sizeof(struct exch_trie_node),
	    sizeof(struct exch_book_store), offsetof(struct exch_instr, book),
	    offsetof(struct exch_match, g), offsetof(struct exch_more, guard),
	    offsetof(struct exch_special, instr)};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(sizes); i++)
		exch_image_same(im, sizes[i]);
}

static void
shared(struct exch_image *im, struct exch_shared *all)
{
	struct exch_shared own = *all;

	exch_image_same(im, all->nshards);
	exch_image_bytes(im, all, sizeof(*all));
	if (im->reading) {
		memcpy(all->shard, own.shard, sizeof(own.shard));
		all->nshards = own.nshards;
		all->out = own.out;
		all->part = own.part;
	}
	all->killed = exch_image_array(im, all->killed, own.killed,
	    all->nkilled, all->cap_killed, sizeof(*all->killed));
	all->clients.ring =
	    exch_image_array(im, all->clients.ring, own.clients.ring,
		EXCH_CLIENTS, EXCH_CLIENTS, sizeof(*all->clients.ring));
	all->clients.table =
	    exch_image_array(im, all->clients.table, own.clients.table,
		CLIENT_PLACES, CLIENT_PLACES, sizeof(*all->clients.table));
	all->account = exch_image_array(im, all->account, own.account,
	    all->cap_account, all->cap_account, sizeof(*all->account));
	all->rate = exch_image_array(im, all->rate, own.rate, all->cap_rate,
	    all->cap_rate, sizeof(*all->rate));
	all->held = exch_image_array(
	    im, all->held, own.held, all->held_n, all->held_cap, 1);
}

static void
general(struct exch_image *im, struct exch_general *g,
    const struct exch_general *own)
{
	g->special = exch_image_array(im, g->special, own->special, g->nspecial,
	    g->cap, sizeof(*g->special));
	g->heap = exch_image_array(im, g->heap, own->heap, g->nheap + 1u,
	    g->cap_heap, sizeof(*g->heap));
	for (unsigned i = 0; i < EXCH_CHAINS; i++) {
		size_t n = (size_t)1 << g->chains[i].bits;

		g->chains[i].bucket = exch_image_array(im, g->chains[i].bucket,
		    own->chains[i].bucket, n, n, sizeof(*g->chains[i].bucket));
	}
	g->broken = exch_image_array(im, g->broken, own->broken, g->cap_broken,
	    g->cap_broken, sizeof(*g->broken));
	if (!im->reading)
		return;
	/* Of one command each. */
	g->scratch = own->scratch;
	g->nscratch = own->nscratch;
	g->cap_scratch = own->cap_scratch;
	g->scratch_alloc = own->scratch_alloc;
	g->share = own->share;
	g->share_order = own->share_order;
	g->share_part = own->share_part;
	g->cap_share = own->cap_share;
	g->fired = own->fired;
	g->nfired = own->nfired;
	g->cap_fired = own->cap_fired;
}

static void
shard(struct exch_image *im, struct exch_match *m)
{
	struct exch_match own = *m;

	exch_image_bytes(im, m, sizeof(*m));
	if (im->reading) {
		m->o = own.o;
		m->out = own.out;
		m->card = own.card; /* it is empty, and all are ashore */
		m->several = own.several;
		m->store = own.store;
		m->last = NULL;
		m->all = own.all;
		m->page = own.page;
		m->level = own.level;
		m->nlevel = own.nlevel;
		m->hand.queue = own.hand.queue;
		m->hand.queue_cap = own.hand.queue_cap;
	}
	m->pending = exch_image_array(im, m->pending, own.pending, m->npending,
	    m->cap_pending, sizeof(*m->pending));
	m->guard.alarm = exch_image_array(im, m->guard.alarm, own.guard.alarm,
	    m->guard.nalarm + 1, m->guard.cap_alarm, sizeof(*m->guard.alarm));
	general(im, &m->g, &own.g);
	exch_book_store_image(im, m->store);
}

/* Memory for what the image has at a place, its bytes in it; or none. */
static void *
part(struct exch_image *im, void *p, size_t size)
{
	return exch_image_array(im, p, NULL, 1, 1, size);
}

static void
instrument(
    struct exch_image *im, const struct exch_match *m, struct exch_instr *in)
{
	struct exch_more *more;

	in->more = more = part(im, in->more, sizeof(*more));
	if (more == NULL)
		return;
	if (im->err != 0 && im->reading)
		memset(more, 0, sizeof(*more));
	more->guard.luld =
	    part(im, more->guard.luld, sizeof(*more->guard.luld));
	for (unsigned i = 0; im->reading && i < 2; i++)
		if (more->alloc[i].scratch != NULL)
			more->alloc[i].scratch =
			    &m->all->shard[in->shard]->g.scratch_alloc;
}

static void
page(struct exch_image *im, const struct exch_match *m, struct exch_instr **p)
{
	*p = exch_image_array(
	    im, *p, NULL, EXCH_INSTR_PAGE, EXCH_INSTR_PAGE, sizeof(**p));
	if (*p == NULL)
		return;
	if (im->err != 0 && im->reading)
		memset(*p, 0, EXCH_INSTR_PAGE * sizeof(**p));
	for (uint32_t k = 0; k < EXCH_INSTR_PAGE; k++)
		instrument(im, m, &(*p)[k]);
}

int
exch_match_image(struct exch_match *m, struct exch_image *im)
{
	struct exch_shared *all = m->all;

	/* What an engine with a part of the instruments knows is not in it. */
	if (all->part != NULL)
		im->err = EXCH_ERR_NEED;
	layout(im);
	shared(im, all);
	for (uint32_t i = 0; i < all->nshards; i++)
		shard(im, all->shard[i]);
	for (uint32_t i = 0; i < EXCH_INSTR_PAGES; i++) {
		if ((all->used[i / 64] >> i % 64 & 1) == 0)
			continue;
		/* Any address will do for what is to be read. */
		if (im->reading)
			m->page[i] = (struct exch_instr *)(void *)m;
		page(im, m, &m->page[i]);
	}
	/* The card knows nothing of them yet. */
	if (im->reading && im->err == 0 && m->card != NULL)
		exch_aboard_all(m);
	return im->err;
}
