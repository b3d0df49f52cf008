/*
 * Orders that go by the many or by the clock: mass cancels, the kill
 * switch, the end of the day, and expiry.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/general.h"
#include "match/part.h"

/* ---- expiry: a heap, soonest first ---- */

/* Before: by expiry, instrument and entry. */
static bool
sooner(const struct exch_special *a, const struct exch_special *b)
{
	if (a->expire != b->expire)
		return a->expire < b->expire;
	if (a->instr != b->instr)
		return a->instr < b->instr;
	return a->entry < b->entry;
}

static void
put(struct exch_general *g, uint32_t at, uint32_t i)
{
	g->heap[at] = i;
	g->special[i].heap_at = at;
}

static void
rise(struct exch_general *g, uint32_t at)
{
	uint32_t i = g->heap[at];

	for (; at > 1; at /= 2) {
		uint32_t up = g->heap[at / 2];

		if (!sooner(&g->special[i], &g->special[up]))
			break;
		put(g, at, up);
	}
	put(g, at, i);
}

static void
sink(struct exch_general *g, uint32_t at)
{
	uint32_t i = g->heap[at];

	for (;;) {
		uint32_t next = at * 2;

		if (next > g->nheap)
			break;
		if (next < g->nheap && sooner(&g->special[g->heap[next + 1]],
					   &g->special[g->heap[next]]))
			next++;
		if (!sooner(&g->special[g->heap[next]], &g->special[i]))
			break;
		put(g, at, g->heap[next]);
		at = next;
	}
	put(g, at, i);
}

void
exch_expire_add(struct exch_match *m, struct exch_special *s)
{
	struct exch_general *g = &m->g;

	if (g->nheap + 1 >= g->cap_heap) {
		uint32_t cap = g->cap_heap * 2 + 64;
		uint32_t *h = exch_realloc(g->heap, cap, sizeof(*h));

		if (h == NULL) {
			m->ended = true;
			return;
		}
		g->heap = h;
		g->cap_heap = cap;
	}
	g->nheap++;
	put(g, g->nheap, exch_special_index(m, s));
	rise(g, g->nheap);
	exch_engine_due(m);
}

void
exch_expire_del(struct exch_match *m, struct exch_special *s)
{
	struct exch_general *g = &m->g;
	uint32_t at = s->heap_at;
	uint32_t last = g->heap[g->nheap--];

	s->heap_at = 0;
	if (at <= g->nheap) {
		put(g, at, last);
		rise(g, at);
		sink(g, g->special[last].heap_at);
	}
	exch_engine_due(m);
}

exch_ts
exch_expire_next(const struct exch_match *m)
{
	return m->g.nheap == 0 ? EXCH_TS_NONE
			       : m->g.special[m->g.heap[1]].expire;
}

/* The soonest of all shards; there is one. */
static struct exch_special *
soonest(const struct exch_match *m)
{
	const struct exch_match *h = NULL;
	struct exch_special *first = NULL;

	while ((h = exch_shard_after(m, h)) != NULL) {
		struct exch_special *s;

		if (h->g.nheap == 0)
			continue;
		s = &h->g.special[h->g.heap[1]];
		if (first == NULL || sooner(s, first))
			first = s;
	}
	return first;
}

void
exch_expire_one(struct exch_match *m)
{
	struct exch_special *s = soonest(m);
	struct exch_instr *in = exch_engine_instr(m, s->instr);
	struct exch_match *h = exch_visit(m, in);

	if (s->expire > h->now)
		h->now = s->expire;
	h->last = NULL;
	exch_part_step(h, s->expire, EXCH_PART_EXPIRY, 0, false);
	exch_part_go(h, EXCH_PART_EACH, in->book.instr);
	exch_drop(h, in, s, EXCH_WHY_EXPIRED);
	exch_general_after(h, in);
	exch_back(m, h);
	m->last->flags |= EXCH_F_LAST;
}

/* ---- by the many ---- */

static bool
wanted(const struct exch_match *m, const struct exch_which *w, exch_slot o)
{
	const struct exch_special *s = exch_special_of(m, o);
	const struct exch_slot_data *v = &exch_book_slots(m->store)[o];
	uint8_t side = s != NULL ? s->side : exch_book_side_of(m->store, o);

	if (w->account != 0 &&
	    w->account != (s != NULL ? s->account : v->owner))
		return false;
	if (w->session != 0 && (s == NULL || s->session != w->session))
		return false;
	if (w->side != EXCH_SIDE_NONE && w->side != side)
		return false;
	return !w->of_day || s == NULL ||
	       (s->tif != EXCH_TIF_GTC && !exch_is_dated(s->tif));
}

/* Those of one side that rest, in priority, behind the n there are. */
static size_t
list_side(struct exch_match *m, const struct exch_instr *in, uint8_t side,
    const struct exch_which *which, size_t n)
{
	exch_slot l = in->book.side[exch_book_index(side)].market;
	struct exch_walk w;
	exch_slot o;

	if (l != EXCH_SLOT_NONE)
		for (o = exch_book_first(m->store, l); o != EXCH_SLOT_NONE;
		     o = exch_book_after(m->store, o))
			if (wanted(m, which, o) && !exch_scratch_add(m, &n, o))
				return n;
	exch_walk_first(m, in, side, &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w))
		if (wanted(m, which, w.o) && !exch_scratch_add(m, &n, w.o))
			return n;
	return n;
}

uint64_t
exch_mass_drop(struct exch_match *m, struct exch_instr *in,
    const struct exch_which *which, enum exch_reason why)
{
	size_t n = list_side(m, in, EXCH_BUY, which, 0);
	uint32_t i = in->more != NULL ? in->more->first : 0;

	n = list_side(m, in, EXCH_SELL, which, n);
	for (; i != 0; i = m->g.special[i].next) {
		const struct exch_special *s = &m->g.special[i];

		if ((s->where == EXCH_AT_STOPS || s->where == EXCH_AT_WAIT) &&
		    wanted(m, which, s->slot) &&
		    !exch_scratch_add(m, &n, s->slot))
			break;
	}
	for (size_t k = 0; k < n && !m->ended; k++) {
		exch_slot o = m->g.scratch[k];
		struct exch_special *s = exch_special_of(m, o);
		struct exch_slot_data v = exch_book_slots(m->store)[o];

		if (s != NULL) {
			exch_drop(m, in, s, why);
			continue;
		}
		exch_book_remove(m->store, &in->book, o);
		exch_engine_cancelled(
		    m, in->book.instr, v.id, v.qty, (uint16_t)why, false);
		exch_peg_mark(m, in);
	}
	if (in->more != NULL)
		exch_request_settle(m, in);
	return n;
}

/* ---- the kill switch ---- */

/* The first account of the list that is not below it. */
static size_t
killed_place(const struct exch_shared *g, uint32_t account)
{
	size_t from = 0, to = g->nkilled;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (g->killed[mid] < account)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool
is_listed(const struct exch_shared *g, size_t at, uint32_t account)
{
	return at < g->nkilled && g->killed[at] == account;
}

bool
exch_is_killed(const struct exch_match *m, uint32_t account)
{
	const struct exch_shared *g = m->all;

	return g->killed_all || is_listed(g, killed_place(g, account), account);
}

static void
kill_account(struct exch_match *m, uint32_t account)
{
	struct exch_shared *g = m->all;
	size_t at = killed_place(g, account);

	if (account == 0) {
		g->killed_all = true;
		return;
	}
	if (is_listed(g, at, account))
		return;
	if (g->nkilled == g->cap_killed) {
		size_t cap = g->cap_killed * 2 + 16;
		uint32_t *p = exch_realloc(g->killed, cap, sizeof(*p));

		if (p == NULL) {
			m->ended = true;
			return;
		}
		g->killed = p;
		g->cap_killed = cap;
	}
	memmove(g->killed + at + 1, g->killed + at,
	    (g->nkilled - at) * sizeof(*g->killed));
	g->killed[at] = account;
	g->nkilled++;
}

static void
release_account(struct exch_shared *g, uint32_t account)
{
	size_t at;

	if (account == 0) {
		g->killed_all = false;
		g->nkilled = 0;
	}
	at = killed_place(g, account);
	if (!is_listed(g, at, account))
		return;
	g->nkilled--;
	memmove(g->killed + at, g->killed + at + 1,
	    (g->nkilled - at) * sizeof(*g->killed));
}

static uint64_t
drop_one(struct exch_match *m, struct exch_instr *in,
    const struct exch_which *which, enum exch_reason why)
{
	struct exch_match *h;
	uint64_t n;

	if (in == NULL)
		return 0; /* it is in another part */
	h = exch_visit(m, in);
	exch_part_go(h, EXCH_PART_EACH, in->book.instr);
	n = exch_mass_drop(h, in, which, why);
	exch_back(m, h);
	return n;
}

static uint64_t
drop_all(struct exch_match *m, const struct exch_rec_mass_cancel *c)
{
	static const enum exch_reason why[] = {
	    [EXCH_MASS_CANCEL] = EXCH_WHY_MASS,
	    [EXCH_MASS_KILL] = EXCH_WHY_KILL,
	    [EXCH_MASS_DISCONNECT] = EXCH_WHY_DISCONNECT};
	struct exch_which which = {
	    .session = c->session, .account = c->account, .side = c->side};
	struct exch_instr *in = NULL;
	uint64_t n = 0;

	if (which.side != EXCH_SIDE_NONE && which.side != EXCH_BUY)
		which.side = EXCH_SELL;
	if (c->h.instr != 0)
		return drop_one(
		    m, exch_engine_instr(m, c->h.instr), &which, why[c->kind]);
	while ((in = exch_engine_after(m, in)) != NULL)
		n += drop_one(m, in, &which, why[c->kind]);
	return n;
}

void
exch_general_mass(struct exch_match *m, const struct exch_rec_mass_cancel *c)
{
	struct exch_rec_mass_done *r;
	uint64_t n = 0;

	exch_part_go(m, EXCH_PART_COMMON, 0);
	if (c->h.instr != 0 && exch_engine_instr(m, c->h.instr) == NULL &&
	    !exch_part_has(m, c->h.instr)) {
		exch_engine_reject(m, &c->h, 0, EXCH_REJ_INSTRUMENT);
		return;
	}
	if (c->kind > EXCH_MASS_DISCONNECT) {
		exch_engine_reject(m, &c->h, 0, EXCH_REJ_TYPE);
		return;
	}
	if (c->side != EXCH_SIDE_NONE && !exch_engine_is_side(c->side)) {
		exch_engine_reject(m, &c->h, 0, EXCH_REJ_SIDE);
		return;
	}
	/* Nobody is gone: that must not take everybody's orders. */
	if (c->kind == EXCH_MASS_DISCONNECT && c->session == 0 &&
	    c->account == 0) {
		exch_engine_reject(m, &c->h, 0, EXCH_REJ_LINK);
		return;
	}
	if (c->kind == EXCH_MASS_KILL)
		kill_account(m, c->account);
	if (c->kind == EXCH_MASS_RELEASE)
		release_account(m->all, c->account);
	else
		n = drop_all(m, c);
	exch_engine_path(m);
	exch_part_go(m, EXCH_PART_DONE, 0);
	r = exch_engine_emit(m, EXCH_REC_MASS_DONE, sizeof(*r), c->h.instr);
	r->count = n;
	r->kind = c->kind;
	exch_park_serve(m, NULL);
	exch_peg_elsewhere(m);
}
