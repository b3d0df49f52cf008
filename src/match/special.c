/*
 * What an order of the general market has beyond its slot (general.h): the
 * pool, the list by entry, one-cancels-other groups, and moving between
 * books.  Why an order moves is its callers' business.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "match/general.h"

/* ---- the pool ---- */

static bool
grow(struct exch_general *g)
{
	uint32_t cap = g->cap == 0 ? 256 : g->cap * 2;
	struct exch_special *p;

	if (cap >= EXCH_SPECIAL)
		return false;
	p = exch_realloc(g->special, cap, sizeof(*p));
	if (p == NULL)
		return false;
	g->special = p;
	g->cap = cap;
	g->nspecial += g->nspecial == 0; /* 0 is none */
	return true;
}

static uint32_t
take(struct exch_match *m)
{
	struct exch_general *g = &m->g;
	uint32_t i = g->free;

	if (i != 0) {
		g->free = g->special[i].next;
		return i;
	}
	if (g->nspecial >= g->cap && !grow(g)) {
		m->nomem = true;
		return 0;
	}
	return g->nspecial++;
}

struct exch_more *
exch_more_get(struct exch_match *m, struct exch_instr *in)
{
	if (in->more == NULL) {
		in->more = exch_calloc(1, sizeof(*in->more));
		if (in->more == NULL) {
			m->nomem = true;
			return NULL;
		}
		in->more->dark.instr = in->book.instr;
		in->more->half.instr = in->book.instr;
		in->more->stops.instr = in->book.instr;
		in->more->wait.instr = in->book.instr;
		in->more->still[0] = in->more->still[1] = EXCH_PX_NONE;
		exch_guarded_init(&in->more->guard);
	}
	return in->more;
}

/* ---- one cancels the other ---- */

static uint32_t
bucket_of(uint64_t group, uint32_t account)
{
	uint64_t h =
	    (group ^ (uint64_t)account << 32) * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(h >> 54);
}

/* Behind those that came before: a bucket is in the order of entry. */
static bool
oco_join(struct exch_match *m, struct exch_special *s)
{
	struct exch_general *g = &m->g;
	uint32_t i = exch_special_index(m, s);
	struct exch_bucket *b;

	_Static_assert(EXCH_OCO_BUCKETS == 1u << 10, "bucket_of");
	if (g->oco == NULL)
		g->oco = exch_calloc(EXCH_OCO_BUCKETS, sizeof(*g->oco));
	if (g->oco == NULL) {
		m->nomem = true;
		return false;
	}
	b = &g->oco[bucket_of(s->oco, s->account)];
	s->oco_prev = b->last;
	s->oco_next = 0;
	if (b->last != 0)
		g->special[b->last].oco_next = i;
	else
		b->first = i;
	b->last = i;
	return true;
}

static void
oco_leave(struct exch_match *m, const struct exch_special *s)
{
	struct exch_general *g = &m->g;
	struct exch_bucket *b = &g->oco[bucket_of(s->oco, s->account)];

	if (s->oco_prev != 0)
		g->special[s->oco_prev].oco_next = s->oco_next;
	else
		b->first = s->oco_next;
	if (s->oco_next != 0)
		g->special[s->oco_next].oco_prev = s->oco_prev;
	else
		b->last = s->oco_prev;
}

/* A walk over the orders of a group by entry, in whatever shard they are. */
struct group {
	uint64_t group;
	uint32_t account;
	uint32_t at[EXCH_SHARDS_MAX]; /* per shard the next one, or 0 */
};

/* The first of the group from place i of its bucket on. */
static uint32_t
of_group(const struct exch_match *m, const struct group *g, uint32_t i)
{
	const struct exch_special *pool = m->g.special;

	while (i != 0 &&
	       (pool[i].oco != g->group || pool[i].account != g->account))
		i = pool[i].oco_next;
	return i;
}

/* Only those of this shard while each is at its own work. */
static void
group_begin(const struct exch_match *m, struct group *g)
{
	const struct exch_match *h = NULL;
	uint32_t bucket = bucket_of(g->group, g->account);

	while ((h = exch_shard_after(m, h)) != NULL) {
		bool out = m->all->apart && h != m;

		g->at[h->no] = out || h->g.oco == NULL
				   ? 0
				   : of_group(h, g, h->g.oco[bucket].first);
	}
}

/* The next one and its shard; it may go before the walk goes on. */
static struct exch_special *
group_next(const struct exch_match *m, struct group *g, struct exch_match **of)
{
	struct exch_special *first = NULL;
	struct exch_match *h = NULL;

	while ((h = exch_shard_after(m, h)) != NULL) {
		struct exch_special *s;

		if (g->at[h->no] == 0)
			continue;
		s = &h->g.special[g->at[h->no]];
		if (first != NULL && s->entry > first->entry)
			continue;
		first = s;
		*of = h;
	}
	if (first != NULL)
		g->at[(*of)->no] = of_group(*of, g, first->oco_next);
	return first;
}

void
exch_oco_fire(struct exch_match *m, uint64_t group, uint32_t account,
    const struct exch_special *but)
{
	struct group g = {.group = group, .account = account};
	struct exch_special *s;
	struct exch_match *h;

	group_begin(m, &g);
	while ((s = group_next(m, &g, &h)) != NULL) {
		struct exch_instr *in = exch_engine_instr(m, s->instr);

		/* One that is nowhere is on its way out already. */
		if (s == but || s->where == EXCH_AT_NONE)
			continue;
		h = exch_visit(m, in);
		exch_drop(h, in, s, EXCH_WHY_OCO);
		exch_back(m, h);
	}
}

static void
link_one(const struct exch_match *m, struct exch_special *s)
{
	struct exch_instr *in = exch_engine_instr(m, s->instr);

	s->linked = true;
	in->more->nlinked++;
	in->wide = true;
}

/*
 * A group with orders in several shards: whatever is done to the instrument
 * of one of them may reach another shard from now on.  The others are
 * linked already, or all in one.
 */
static void
oco_link(struct exch_match *m, struct exch_special *s)
{
	struct group g = {.group = s->oco, .account = s->account};
	struct exch_special *o;
	struct exch_match *h;

	if (m->all->apart || m->all->nshards == 1)
		return;
	group_begin(m, &g);
	o = group_next(m, &g, &h); /* there is *s itself */
	if (o == s || (h == m && !o->linked))
		return;
	if (o->linked) {
		link_one(m, s);
		return;
	}
	group_begin(m, &g);
	while ((o = group_next(m, &g, &h)) != NULL)
		link_one(m, o);
}

void
exch_oco_look(struct exch_match *m)
{
	m->g.look++;
}

/* All of the group in the shard get the mark, so that the others need no search. */
void
exch_oco_see(struct exch_match *m, const struct exch_special *s)
{
	struct exch_general *g = &m->g;
	uint32_t i;

	if (s->oco == 0)
		return;
	for (i = g->oco[bucket_of(s->oco, s->account)].first; i != 0;
	     i = g->special[i].oco_next)
		if (g->special[i].oco == s->oco &&
		    g->special[i].account == s->account)
			g->special[i].seen = g->look;
}

bool
exch_oco_seen(const struct exch_match *m, const struct exch_special *s)
{
	return s->oco != 0 && s->seen == m->g.look;
}

/* ---- the order of entry ---- */

static void
enlist(struct exch_match *m, struct exch_more *more, struct exch_special *s)
{
	uint32_t i = exch_special_index(m, s);

	s->entry = ++m->hand.entries;
	s->prev = more->last;
	s->next = 0;
	if (more->last != 0)
		m->g.special[more->last].next = i;
	else
		more->first = i;
	more->last = i;
}

static void
delist(struct exch_match *m, struct exch_more *more, struct exch_special *s)
{
	struct exch_special *pool = m->g.special;

	if (s->prev != 0)
		pool[s->prev].next = s->next;
	else
		more->first = s->next;
	if (s->next != 0)
		pool[s->next].prev = s->prev;
	else
		more->last = s->prev;
}

/* ---- orders that were quoted ---- */

static void
quote_join(struct exch_match *m, struct exch_more *more, struct exch_special *s)
{
	s->quote_prev = 0;
	s->quote_next = more->quotes;
	if (more->quotes != 0)
		m->g.special[more->quotes].quote_prev =
		    exch_special_index(m, s);
	more->quotes = exch_special_index(m, s);
}

static void
quote_leave(
    struct exch_match *m, struct exch_more *more, const struct exch_special *s)
{
	struct exch_special *pool = m->g.special;

	if (s->quote_prev != 0)
		pool[s->quote_prev].quote_next = s->quote_next;
	else
		more->quotes = s->quote_next;
	if (s->quote_next != 0)
		pool[s->quote_next].quote_prev = s->quote_prev;
}

/* ---- life ---- */

struct exch_special *
exch_special_new(struct exch_match *m, struct exch_instr *in,
    const struct exch_special *from)
{
	struct exch_more *more = exch_more_get(m, in);
	uint32_t i = more == NULL ? 0 : take(m);
	struct exch_special *s;

	if (i == 0)
		return NULL;
	s = &m->g.special[i];
	*s = *from;
	s->instr = in->book.instr;
	s->time = m->now;
	s->came = s->reserve;
	s->slot = EXCH_SLOT_NONE;
	s->where = EXCH_AT_NONE;
	s->heap_at = 0;
	enlist(m, more, s);
	in->nspecial++;
	more->npeg += s->peg != 0;
	more->ntrail += s->trail != 0;
	if (s->discreet)
		exch_discretion_join(more, s);
	m->g.live++;
	s->linked = false;
	if (s->oco != 0) {
		more->ngrouped++;
		in->grouped = true;
		if (oco_join(m, s))
			oco_link(m, s);
	}
	if (s->child == EXCH_CHILD_WAITS)
		exch_child_join(m, s);
	if (s->quote)
		quote_join(m, more, s);
	if (s->expire != EXCH_TS_NONE)
		exch_expire_add(m, s);
	return s;
}

void
exch_special_free(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	struct exch_more *more = in->more;

	if (s->is_parent)
		exch_child_call(m, s);
	if (s->child == EXCH_CHILD_WAITS)
		exch_child_leave(m, s);
	if (s->oco != 0 && m->g.oco != NULL)
		oco_leave(m, s);
	if (s->linked && --more->nlinked == 0)
		in->wide = more->guard.index;
	/* It stays for a while when each is at its own work. */
	if (s->oco != 0 && --more->ngrouped == 0 && !m->all->apart)
		in->grouped = false;
	if (s->quote)
		quote_leave(m, more, s);
	if (s->flags & EXCH_ORD_REQUEST)
		more->unasked = true;
	if (s->heap_at != 0)
		exch_expire_del(m, s);
	delist(m, more, s);
	in->nspecial--;
	more->npeg -= s->peg != 0;
	more->ntrail -= s->trail != 0;
	more->ndiscreet -= s->discreet;
	m->g.live--;
	s->entry = 0;
	s->where = EXCH_AT_NONE;
	s->next = m->g.free;
	m->g.free = exch_special_index(m, s);
}

struct exch_special *
exch_special_of_ordinary(struct exch_match *m, struct exch_instr *in,
    exch_slot o, const struct exch_special *as)
{
	struct exch_special *s = exch_special_new(m, in, as);

	if (s == NULL)
		return NULL;
	s->id = exch_book_slots(m->store)[o].id;
	s->slot = o;
	s->where = EXCH_AT_BOOK;
	s->reserve = 0;
	exch_book_slots(m->store)[o].owner =
	    EXCH_SPECIAL | exch_special_index(m, s);
	return s;
}

void
exch_general_clear(struct exch_match *m)
{
	exch_free(m->g.special);
	exch_free(m->g.heap);
	exch_free(m->g.oco);
	exch_free(m->g.child);
	exch_free(m->g.scratch);
	exch_free(m->g.share);
	exch_free(m->g.share_order);
	exch_free(m->g.share_part);
	exch_alloc_scratch_clear(&m->g.scratch_alloc);
	exch_free(m->g.fired);
	exch_free(m->g.broken);
}

/* ---- places ---- */

struct exch_book *
exch_place(struct exch_instr *in, enum exch_where where)
{
	switch (where) {
	case EXCH_AT_BOOK:
		return &in->book;
	case EXCH_AT_DARK:
		return &in->more->dark;
	case EXCH_AT_HALF:
		return &in->more->half;
	case EXCH_AT_STOPS:
		return &in->more->stops;
	default:
		exch_check(where == EXCH_AT_WAIT);
		return &in->more->wait;
	}
}

bool
exch_special_hidden(const struct exch_special *s)
{
	return (s->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) != 0 ||
	       s->peg == EXCH_PEG_MID || (s->min != 0 && !s->min_total);
}

/*
 * Parked orders stand by trigger, the one an execution meets first at the
 * best place: those that a falling price triggers as buys do, those that a
 * rising one triggers as sells.
 */
static uint8_t
parked_side(const struct exch_special *s)
{
	bool touch = s->type == EXCH_ORD_MIT || s->type == EXCH_ORD_LIT;

	return touch ? s->side : exch_other_side(s->side);
}

bool
exch_special_apart(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, enum exch_where where)
{
	struct exch_book_order b = {.id = s->id,
	    .qty = 1,
	    .owner = EXCH_SPECIAL | exch_special_index(m, s),
	    .side = s->side,
	    .fresh = true};

	if (where == EXCH_AT_STOPS) {
		b.side = parked_side(s);
		if (s->trail != 0)
			exch_trail_join(in->more, s);
		/* A trailing stop moves on the grid. */
		(void)exch_engine_tick_floor(in, s->stop, &b.tick);
	}
	s->where = (uint8_t)where;
	if (exch_book_add(m->store, exch_place(in, where), &b, &s->slot) ==
	    EXCH_OK)
		return true;
	s->where = EXCH_AT_NONE;
	m->nomem = true;
	return false;
}

static bool
is_apart(const struct exch_special *s)
{
	return s->where == EXCH_AT_STOPS || s->where == EXCH_AT_WAIT;
}

exch_qty
exch_special_leaves(const struct exch_match *m, const struct exch_special *s)
{
	if (s->slot == EXCH_SLOT_NONE || is_apart(s))
		return s->reserve;
	return s->reserve + exch_book_slots(m->store)[s->slot].qty;
}

void
exch_special_lift(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	s->reserve = exch_special_leaves(m, s);
	if (s->slot != EXCH_SLOT_NONE)
		exch_book_remove(m->store,
		    exch_place(in, (enum exch_where)s->where), s->slot);
	s->slot = EXCH_SLOT_NONE;
	s->where = EXCH_AT_NONE;
}

void
exch_drop(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    enum exch_reason why)
{
	bool turn = s->where == EXCH_AT_TURN;
	exch_oid id = s->id;
	exch_qty leaves;

	exch_special_lift(m, in, s);
	leaves = s->reserve;
	if (!turn) /* else its turn is told by where, and frees it */
		exch_special_free(m, in, s);
	exch_peg_mark(m, in);
	/* one whose last quantity just traded is filled, not cancelled */
	if (leaves != 0)
		exch_engine_cancelled(
		    m, in->book.instr, id, leaves, (uint16_t)why, false);
}

bool
exch_scratch_add(struct exch_match *m, size_t *n, uint32_t i)
{
	struct exch_general *g = &m->g;

	if (*n == g->cap_scratch) {
		size_t cap = g->cap_scratch * 2 + 64;
		uint32_t *p = exch_realloc(g->scratch, cap, sizeof(*p));

		if (p == NULL) {
			m->nomem = true;
			return false;
		}
		g->scratch = p;
		g->cap_scratch = cap;
	}
	g->scratch[(*n)++] = i;
	return true;
}

void
exch_restated(struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px price, exch_qty leaves,
    exch_qty shown, enum exch_restate why)
{
	struct exch_rec_restated *r =
	    exch_engine_emit(m, EXCH_REC_RESTATED, sizeof(*r), in->book.instr);

	r->order = s->id;
	r->price = price;
	r->leaves = leaves;
	r->shown = shown;
	r->reason = (uint16_t)why;
}
