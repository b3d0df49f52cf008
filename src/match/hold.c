/*
 * The speed bump: orders wait before the engine takes them up, in the order
 * in which they came.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/general.h"

/* In front of each record held. */
struct head {
	exch_ts due;
	size_t n; /* bytes of the record */
};

static bool
room(struct exch_match *m, size_t n)
{
	struct exch_shared *g = m->all;
	size_t cap = g->held_cap == 0 ? 4096 : g->held_cap;
	unsigned char *p;

	if (g->held_at > 0 && g->held_at * 2 >= g->held_n) {
		g->held_n -= g->held_at;
		memmove(g->held, g->held + g->held_at, g->held_n);
		g->held_at = 0;
	}
	if (g->held_n + n <= g->held_cap)
		return true;
	while (cap < g->held_n + n)
		cap *= 2;
	p = exch_realloc(g->held, cap, 1);
	if (p == NULL) {
		m->ended = true;
		return false;
	}
	g->held = p;
	g->held_cap = cap;
	return true;
}

/*
 * Whoever sends waits, with cancels as well: what was sent later does not
 * overtake.  The kill switch and broken trades are the venue's, and blocks
 * are made elsewhere: these act at once.  Records without the form of
 * their type are for whoever reads them to refuse.
 */
static bool
waits(const struct exch_rec *r)
{
	const struct exch_rec_mass_cancel *c;

	if ((r->flags & EXCH_F_IMPOSED) != 0)
		return false;
	switch (r->type) {
	case EXCH_REC_NEW:
		return EXCH_REC_AS_ASKED(r, exch_rec_new) != NULL;
	case EXCH_REC_CANCEL:
		return EXCH_REC_AS_ASKED(r, exch_rec_cancel) != NULL;
	case EXCH_REC_REPLACE:
		return EXCH_REC_AS_ASKED(r, exch_rec_replace) != NULL;
	case EXCH_REC_QUOTE:
		return EXCH_REC_AS_ASKED(r, exch_rec_quote) != NULL;
	case EXCH_REC_ACCEPT:
		return EXCH_REC_AS(r, exch_rec_accept) != NULL;
	case EXCH_REC_MASS_CANCEL:
		c = EXCH_REC_AS(r, exch_rec_mass_cancel);
		return c != NULL && c->kind != EXCH_MASS_KILL &&
		       c->kind != EXCH_MASS_RELEASE;
	default:
		return false;
	}
}

/*
 * Where what is due then belongs: behind all that is due no later.  With one
 * bump that is the end; venues may have different ones.
 */
static size_t
place_of(const struct exch_shared *g, exch_ts due)
{
	size_t at = g->held_at;
	struct head h;

	if (at == g->held_n || due >= g->held_last)
		return g->held_n;
	for (; at < g->held_n; at += sizeof(h) + h.n) {
		memcpy(&h, g->held + at, sizeof(h));
		if (h.due > due)
			break;
	}
	return at;
}

bool
exch_hold(struct exch_match *m, const struct exch_rec *r)
{
	struct exch_shared *g = m->all;
	struct head h = {.due = exch_later(m->now, exch_guard_of(m)->bump),
	    .n = exch_rec_len(r)};
	size_t at;

	if (!waits(r))
		return false;
	if (!room(m, sizeof(h) + h.n))
		return true;
	at = place_of(g, h.due);
	memmove(g->held + at + sizeof(h) + h.n, g->held + at, g->held_n - at);
	memcpy(g->held + at, &h, sizeof(h));
	memcpy(g->held + at + sizeof(h), r, h.n);
	g->held_n += sizeof(h) + h.n;
	if (at + sizeof(h) + h.n == g->held_n)
		g->held_last = h.due;
	m->st.held++;
	exch_engine_due(m);
	return true;
}

exch_ts
exch_hold_next(const struct exch_match *m)
{
	const struct exch_shared *g = m->all;
	struct head h;

	if (g->held_at == g->held_n)
		return EXCH_TS_NONE;
	memcpy(&h, g->held + g->held_at, sizeof(h));
	return h.due;
}

int
exch_hold_release(struct exch_match *m, struct exch_diag *d)
{
	struct exch_shared *g = m->all;
	uint64_t space[EXCH_REC_MAX / 8];
	const struct exch_rec *r = (const void *)space;
	struct exch_match *h;
	struct head head;
	int err;

	memcpy(&head, g->held + g->held_at, sizeof(head));
	memcpy(space, g->held + g->held_at + sizeof(head), head.n);
	g->held_at += sizeof(head) + head.n;
	m->st.held--;
	if (head.due > m->now)
		m->now = head.due;
	h = exch_shard_of(m, r);
	if (h != m)
		exch_hand_over(m, h);
	err = exch_engine_apply(h, r, d);
	exch_back(m, h);
	return err;
}
