/*
 * Bringing the simulated books back to the recorded ones.  A level whose queue
 * differs is emptied of the day's orders and filled again as it was recorded;
 * the agents' own orders keep standing where they are, in front of what is put
 * in.  All of it is imposed: readers of the stream see every order go and
 * come.
 */
#include <config.h>

#include "base/alloc.h"
#include "sim/day_priv.h"

/* An order to take out, or to put in. */
struct change {
	exch_oid id;
	int64_t tick;
	exch_qty qty;
	uint32_t owner;
	uint8_t side;
	bool in;
};

struct changes {
	struct change *c;
	size_t n, cap;
	bool failed;
};

/* One side of a book. */
struct walk {
	const struct exch_book_store *st;
	struct exch_book *b;
	exch_slot level;
};

static struct walk
walk_of(struct exch_match *m, uint32_t instr, unsigned side)
{
	struct walk w = {
	    exch_match_books(m, instr), exch_match_book(m, instr), 0};

	w.level = w.b->side[side].best;
	return w;
}

static void
note(struct changes *k, const struct walk *w, exch_slot o, unsigned side,
    bool in)
{
	const struct exch_slot_data *q = &w->st->slot[o];

	if (!exch_room(&k->c, k->n, &k->cap, sizeof(*k->c))) {
		k->failed = true;
		return;
	}
	k->c[k->n++] = (struct change){.id = q->id,
	    .tick = w->st->slot[w->level].tick,
	    .qty = q->qty,
	    .owner = q->owner,
	    .side = side == 0 ? EXCH_BUY : EXCH_SELL,
	    .in = in};
}

static bool
is_own(const struct exch_sim *s, uint32_t instr, exch_oid id)
{
	return exch_keyed_find(&s->orders, instr, id) != NULL;
}

/* The next order of the day in a level of S. */
static exch_slot
of_day(const struct exch_sim *s, const struct walk *w, exch_slot o)
{
	while (o != EXCH_SLOT_NONE && is_own(s, w->b->instr, w->st->slot[o].id))
		o = exch_book_after(w->st, o);
	return o;
}

/* Do both levels hold the same orders of the day in the same order? */
static bool
alike(const struct exch_sim *s, const struct walk *a, const struct walk *h)
{
	exch_slot x = of_day(s, a, exch_book_first(a->st, a->level));
	exch_slot y = exch_book_first(h->st, h->level);

	while (x != EXCH_SLOT_NONE && y != EXCH_SLOT_NONE) {
		if (a->st->slot[x].id != h->st->slot[y].id ||
		    a->st->slot[x].qty != h->st->slot[y].qty)
			return false;
		x = of_day(s, a, exch_book_after(a->st, x));
		y = exch_book_after(h->st, y);
	}
	return x == y;
}

static void
all_out(
    struct exch_sim *s, struct changes *k, const struct walk *w, unsigned side)
{
	for (exch_slot o = of_day(s, w, exch_book_first(w->st, w->level));
	     o != EXCH_SLOT_NONE; o = of_day(s, w, exch_book_after(w->st, o)))
		note(k, w, o, side, false);
}

static void
all_in(struct changes *k, const struct walk *w, unsigned side)
{
	for (exch_slot o = exch_book_first(w->st, w->level);
	     o != EXCH_SLOT_NONE; o = exch_book_after(w->st, o))
		note(k, w, o, side, true);
}

/* Both sides' levels from the best one on, as two sorted lists are merged. */
static void
differences(struct exch_sim *s, uint32_t instr, unsigned side,
    struct changes *out, struct changes *in)
{
	struct walk a = walk_of(s->match, instr, side);
	struct walk h = walk_of(s->day->match, instr, side);

	while (a.level != EXCH_SLOT_NONE || h.level != EXCH_SLOT_NONE) {
		uint64_t ra =
		    a.level == EXCH_SLOT_NONE
			? 0
			: exch_book_rank(side, a.st->slot[a.level].tick);
		uint64_t rh =
		    h.level == EXCH_SLOT_NONE
			? 0
			: exch_book_rank(side, h.st->slot[h.level].tick);
		bool same = ra == rh && alike(s, &a, &h);

		if (ra >= rh) {
			if (!same)
				all_out(s, out, &a, side);
			a.level = ra == rh || ra > rh
				      ? exch_book_worse(a.st, a.b, a.level)
				      : a.level;
		}
		if (rh >= ra) {
			if (!same)
				all_in(in, &h, side);
			h.level = exch_book_worse(h.st, h.b, h.level);
		}
	}
}

static int
impose(struct exch_sim *s, const struct change *c, uint32_t instr,
    struct exch_diag *d)
{
	exch_px tick = exch_sim_instr(s, instr)->tick;
	struct exch_rec_cancel out = {
	    .h = {EXCH_REC_CANCEL, sizeof(out) / 8, EXCH_F_IMPOSED, 0, instr,
		s->now},
	    .order = c->id,
	    .qty = EXCH_QTY_NONE,
	};
	struct exch_rec_new in = {
	    .h = {EXCH_REC_NEW, sizeof(in) / 8, EXCH_F_IMPOSED, 0, instr,
		s->now},
	    .order = c->id,
	    .price = c->tick * tick,
	    .qty = c->qty,
	    .account = c->owner,
	    .side = c->side,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY,
	};

	s->day->drift.moved++;
	return exch_sim_command(s, c->in ? &in.h : &out.h, d);
}

static int
bring_back(struct exch_sim *s, uint32_t instr, struct exch_diag *d)
{
	struct changes out = {0}, in = {0};
	int err = EXCH_OK;

	for (unsigned side = 0; side < 2; side++)
		differences(s, instr, side, &out, &in);
	if (out.failed || in.failed)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for bringing the book back");
	s->day->drift.resyncs += out.n + in.n != 0;
	for (size_t i = 0; i < out.n && err == EXCH_OK; i++)
		err = impose(s, &out.c[i], instr, d);
	for (size_t i = 0; i < in.n && err == EXCH_OK; i++)
		err = impose(s, &in.c[i], instr, d);
	exch_free(out.c);
	exch_free(in.c);
	return err;
}

static bool
is_due(const struct exch_sim *s)
{
	const struct sim_day *y = s->day;

	switch (y->o.resync) {
	case EXCH_RESYNC_NONE:
		return false;
	case EXCH_RESYNC_IDLE:
		return s->orders.live == 0;
	case EXCH_RESYNC_AFTER:
		return s->now >= y->filled && s->now - y->filled >= y->o.after;
	default:
		return true;
	}
}

int
exch_past_resync(struct exch_sim *s, uint32_t instr, struct exch_diag *d)
{
	struct sim_instr *in = exch_sim_instr(s, instr);
	int err;

	if (in == NULL || !in->dirty ||
	    exch_match_book(s->day->match, instr) == NULL || !is_due(s))
		return EXCH_OK;
	err = bring_back(s, instr, d);
	/* While an agent has an order there, they may part again. */
	in->dirty = s->orders.live != 0;
	return err;
}
