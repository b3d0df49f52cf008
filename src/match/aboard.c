/*
 * Which instruments are aboard the card, and what their books do behind it:
 * aboard.h.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "match/aboard.h"

/* Prices a book may have on either side of 0, so that sums do not overflow. */
#define FAR (INT64_C(1) << 62)
/* Cards may have more; a host does not make tables for all of them. */
#define SLOTS_MOST (1u << 24)

/* ---- slots of the card ---- */

static bool
more_slots(struct exch_aboard *a)
{
	uint32_t cap = a->cap < 512 ? 1024 : a->cap * 2;
	uint32_t *p;

	if (cap > a->l.slots)
		cap = a->l.slots;
	p = exch_realloc(a->gen, cap, sizeof(*p));
	if (p == NULL)
		return false;
	a->gen = p;
	memset(p + a->cap, 0, (cap - a->cap) * sizeof(*p));
	p = exch_realloc(a->free, cap, sizeof(*p));
	if (p == NULL)
		return false;
	a->free = p;
	a->cap = cap;
	return true;
}

bool
exch_aboard_slot(struct exch_aboard *a, uint32_t *slot)
{
	if (a->nfree > 0) {
		*slot = a->free[--a->nfree];
	} else {
		if (a->used == a->l.slots)
			return false;
		if (a->used == a->cap && !more_slots(a)) {
			a->m->ended = true;
			return false;
		}
		*slot = a->used++;
	}
	a->gen[*slot]++;
	return true;
}

void
exch_aboard_give(struct exch_aboard *a, uint32_t slot)
{
	a->free[a->nfree++] = slot;
}

void
exch_aboard_put(struct exch_aboard *a, exch_slot o, uint32_t slot)
{
	if (o >= a->ncard_slot) {
		size_t n = a->m->store->cap;
		uint32_t *p = exch_realloc(a->card_slot, n, sizeof(*p));

		if (p == NULL) {
			a->m->ended = true;
			return;
		}
		memset(p + a->ncard_slot, 0, (n - a->ncard_slot) * sizeof(*p));
		a->card_slot = p;
		a->ncard_slot = n;
	}
	a->card_slot[o] = slot + 1;
}

void
exch_aboard_drop(struct exch_aboard *a, exch_slot o)
{
	exch_aboard_give(a, a->card_slot[o] - 1);
	a->card_slot[o] = 0;
}

/* ---- orders sent behind ---- */

/* An order of the book that the card has to have, too. */
static void
send_order(struct exch_aboard *a, const struct exch_berth *b, exch_slot o)
{
	const struct exch_book_store *s = a->m->store;
	const struct exch_slot_data *v = &s->slot[o];
	bool sells = exch_book_side_of(s, o) == EXCH_SELL;
	uint32_t price = (uint32_t)(exch_book_tick_of(s, o) - b->base);
	uint32_t owner = v->owner < EXCH_SPECIAL ? v->owner : 0;
	uint32_t qty = (uint32_t)(v->qty / b->lot);
	struct exch_card_evt e;
	uint32_t slot;

	if (!exch_aboard_slot(a, &slot))
		return;
	exch_aboard_begin(a, EXCH_CARD_NEW,
	    EXCH_CARD_POST | (sells ? EXCH_CARD_SELL : 0), b, slot);
	exch_card_put(a->cmd.price, price, 3);
	exch_card_put(a->cmd.qty, qty, 4);
	exch_card_put(a->cmd.owner, owner, 4);
	exch_aboard_send(a);
	e = exch_aboard_due(a, EXCH_CARD_RESTED, EXCH_CARD_LAST);
	e.price = price;
	e.qty = e.left = qty;
	if (exch_aboard_expect(a, &e))
		exch_aboard_put(a, o, slot);
}

/* An order on the card loses so much, or all. */
static void
send_less(struct exch_aboard *a, const struct exch_berth *b, exch_slot o,
    exch_qty left)
{
	const struct exch_book_store *s = a->m->store;
	uint32_t had = (uint32_t)(s->slot[o].qty / b->lot);
	uint32_t qty = had - (uint32_t)(left / b->lot);
	uint32_t price = (uint32_t)(exch_book_tick_of(s, o) - b->base);
	bool sells = exch_book_side_of(s, o) == EXCH_SELL;
	uint32_t slot = a->card_slot[o] - 1;
	struct exch_card_evt e;

	exch_aboard_begin(a, left == 0 ? EXCH_CARD_CANCEL : EXCH_CARD_REDUCE,
	    sells ? EXCH_CARD_SELL : 0, b, slot);
	exch_card_put(a->cmd.price, price, 3);
	exch_card_put(a->cmd.qty, left == 0 ? 0 : qty, 4);
	exch_aboard_send(a);
	e = exch_aboard_due(a,
	    left == 0 ? EXCH_CARD_CANCELLED : EXCH_CARD_REDUCED,
	    EXCH_CARD_LAST | (left == 0 ? EXCH_CARD_GONE : 0));
	e.maker = slot;
	e.price = price;
	e.qty = qty;
	e.left = had - qty;
	(void)exch_aboard_expect(a, &e); /* a failure is told by a->failed */
}

/* ---- coming aboard, and going ashore ---- */

/* The levels of both sides, one after the other. */
struct walk {
	const struct exch_book_store *s;
	const struct exch_book *b;
	exch_slot level;
	unsigned side;
};

static exch_slot
next_level(struct walk *w)
{
	if (w->level != EXCH_SLOT_NONE)
		w->level = exch_book_worse(w->s, w->b, w->level);
	while (w->level == EXCH_SLOT_NONE && w->side < 2)
		w->level = w->b->side[w->side++].best;
	return w->level;
}

static struct exch_berth *
berth_of(const struct exch_aboard *a, uint32_t instr)
{
	uint16_t at = a->berth_of[instr];

	return at != 0 ? &a->berth[at - 1] : NULL;
}

static bool
is_fit(const struct exch_berth *b, exch_qty qty)
{
	return qty % b->lot == 0 && qty / b->lot <= UINT32_MAX;
}

static void
count_ashore(struct exch_aboard *a, enum exch_ashore why)
{
	a->tally.ashore[why]++;
}

/* So many orders would come aboard; or why the book is none for the card. */
static bool
look(const struct exch_aboard *a, const struct exch_instr *in,
    const struct exch_berth *b, uint64_t *orders, enum exch_ashore *why)
{
	const struct exch_slot_data *slot = a->m->store->slot;
	struct walk w = {.s = a->m->store, .b = &in->book};
	exch_slot l, o;

	*why = EXCH_ASHORE_QUANTITY;
	while ((l = next_level(&w)) != EXCH_SLOT_NONE) {
		if (!exch_aboard_within(a, b, slot[l].tick))
			continue;
		for (o = slot[l].next; o != l; o = slot[o].next) {
			if (!is_fit(b, slot[o].qty))
				return false;
			++*orders;
		}
	}
	*why = EXCH_ASHORE_UNPRICED;
	if ((in->book.side[0].market | in->book.side[1].market) != 0)
		return false;
	*why = EXCH_ASHORE_FULL;
	return *orders <= a->l.slots - a->used + a->nfree;
}

/* The best prices in the middle of the card's; or why that cannot be. */
static bool
set_base(const struct exch_aboard *a, const struct exch_instr *in,
    struct exch_berth *b, int64_t tick, enum exch_ashore *why)
{
	const struct exch_slot_data *slot = a->m->store->slot;
	const struct exch_book_side *side = in->book.side;
	bool bid = side[0].best != EXCH_SLOT_NONE;
	bool ask = side[1].best != EXCH_SLOT_NONE;
	int64_t low = bid   ? slot[side[0].best].tick
		      : ask ? slot[side[1].best].tick
			    : tick;
	int64_t high = ask ? slot[side[1].best].tick : low;

	*why = EXCH_ASHORE_CROSSED;
	if (bid && ask && high <= low)
		return false;
	*why = EXCH_ASHORE_PRICES;
	if (low < -FAR || high > FAR || high - low >= (int64_t)a->l.levels)
		return false;
	b->base = low - ((int64_t)a->l.levels - 1 - (high - low)) / 2;
	return true;
}

/*
 * What is too far from the best prices to be on the card stays behind: bids
 * below its first price, asks above its last.
 */
static void
come_aboard(struct exch_aboard *a, const struct exch_instr *in,
    struct exch_berth *b, int64_t tick)
{
	struct walk w = {.s = a->m->store, .b = &in->book};
	uint64_t orders = 0;
	enum exch_ashore why;
	exch_slot l, o;

	b->lot = in->lot;
	if (!set_base(a, in, b, tick, &why) || !look(a, in, b, &orders, &why)) {
		count_ashore(a, why);
		b->wait = orders + 16;
		return;
	}
	b->aboard = true;
	a->tally.boarded++;
	while ((l = next_level(&w)) != EXCH_SLOT_NONE) {
		if (!exch_aboard_within(a, b, w.s->slot[l].tick))
			continue;
		for (o = w.s->slot[l].next; o != l && !a->m->ended;
		     o = w.s->slot[o].next) {
			send_order(a, b, o);
			a->tally.moved++;
		}
	}
}

struct exch_berth *
exch_aboard_berth(
    struct exch_aboard *a, const struct exch_instr *in, int64_t tick)
{
	struct exch_berth *b = berth_of(a, in->book.instr);
	bool empty =
	    (in->book.side[0].best | in->book.side[1].best) == EXCH_SLOT_NONE;

	if (b == NULL || in->phase != EXCH_PHASE_CONTINUOUS)
		return NULL;
	if (!b->aboard) {
		if (b->wait > 0) {
			b->wait--;
			return NULL;
		}
		if (empty && tick == EXCH_TICK_MARKET)
			return NULL;
		come_aboard(a, in, b, tick);
	}
	return b->aboard && !a->m->ended ? b : NULL;
}

/* The card's orders of one side go. */
static void
sweep(struct exch_aboard *a, const struct exch_instr *in,
    const struct exch_berth *b, unsigned side)
{
	const struct exch_book_store *s = a->m->store;
	exch_slot l = in->book.side[side].best, o;
	struct exch_card_evt e;
	uint32_t n = 0;

	exch_aboard_begin(a, EXCH_CARD_MASS, side ? EXCH_CARD_SELL : 0, b, 0);
	exch_aboard_send(a);
	for (; l != EXCH_SLOT_NONE; l = exch_book_worse(s, &in->book, l))
		for (o = s->slot[l].next; o != l; o = s->slot[o].next) {
			/* It is far, or comes at this moment. */
			if (exch_aboard_slot_of(a, o) == 0)
				continue;
			e = exch_aboard_due(
			    a, EXCH_CARD_CANCELLED, EXCH_CARD_GONE);
			e.maker = a->card_slot[o] - 1;
			e.price = (uint32_t)(s->slot[l].tick - b->base);
			e.qty = (uint32_t)(s->slot[o].qty / b->lot);
			if (!exch_aboard_expect(a, &e))
				return;
			exch_aboard_drop(a, o);
			n++;
		}
	e = exch_aboard_due(a, EXCH_CARD_SWEPT, EXCH_CARD_LAST);
	e.qty = n;
	(void)exch_aboard_expect(a, &e); /* a failure is told by a->failed */
}

void
exch_aboard_leave(
    struct exch_aboard *a, const struct exch_instr *in, enum exch_ashore why)
{
	struct exch_berth *b = berth_of(a, in->book.instr);
	uint32_t before = a->nfree;

	count_ashore(a, why);
	b->aboard = false;
	for (unsigned side = 0; side < 2 && !a->failed; side++)
		sweep(a, in, b, side);
	b->wait = (uint64_t)(a->nfree - before) + 16;
}

/* ---- what the book tells ---- */

static struct exch_aboard *
mirror_of(struct exch_book_mirror *mirror)
{
	return (struct exch_aboard *)(void *)mirror;
}

/* The card has the orders of the displayed book, while it trades. */
static const struct exch_instr *
displayed(struct exch_aboard *a, uint32_t instr, struct exch_berth **b)
{
	const struct exch_instr *in = exch_engine_instr(a->m, instr);

	*b = berth_of(a, instr);
	if (a->muted || a->failed || in == NULL || *b == NULL || !(*b)->aboard)
		return NULL;
	if (in->phase == EXCH_PHASE_CONTINUOUS)
		return in;
	exch_aboard_leave(a, in, EXCH_ASHORE_PHASE);
	return NULL;
}

static void
added(
    struct exch_book_mirror *mirror, const struct exch_book *book, exch_slot o)
{
	struct exch_aboard *a = mirror_of(mirror);
	const struct exch_book_store *s = a->m->store;
	const struct exch_slot_data *v = &s->slot[o];
	int64_t tick = exch_book_tick_of(s, o);
	unsigned side = s->slot[v->level].owner & 1;
	struct exch_berth *b;
	const struct exch_instr *in = displayed(a, book->instr, &b);

	if (in == NULL || book != &in->book)
		return;
	if (tick == EXCH_TICK_MARKET)
		exch_aboard_leave(a, in, EXCH_ASHORE_UNPRICED);
	else if (exch_aboard_is_far(a, b, side, tick))
		return;
	else if (!exch_aboard_within(a, b, tick))
		exch_aboard_leave(a, in, EXCH_ASHORE_PRICES);
	else if (exch_book_crosses(book, side, tick))
		exch_aboard_leave(a, in, EXCH_ASHORE_CROSSED);
	else if (!is_fit(b, v->qty))
		exch_aboard_leave(a, in, EXCH_ASHORE_QUANTITY);
	else if (v->next != v->level)
		exch_aboard_leave(a, in, EXCH_ASHORE_PLACE);
	else if (a->used == a->l.slots && a->nfree == 0)
		exch_aboard_leave(a, in, EXCH_ASHORE_FULL);
	else {
		a->busy = true;
		a->tally.changes++;
		send_order(a, b, o);
	}
}

static void
changes(struct exch_book_mirror *mirror, exch_slot o, exch_qty qty)
{
	struct exch_aboard *a = mirror_of(mirror);
	const struct exch_book_store *s = a->m->store;
	const struct exch_slot_data *v = &s->slot[o];
	struct exch_berth *b;
	const struct exch_instr *in;

	if (a->muted || exch_aboard_slot_of(a, o) == 0)
		return;
	in = displayed(a, s->slot[v->level].owner >> 1, &b);
	if (in == NULL || qty == v->qty)
		return;
	if (qty > v->qty || !is_fit(b, qty)) {
		exch_aboard_leave(a, in,
		    qty > v->qty ? EXCH_ASHORE_PLACE : EXCH_ASHORE_QUANTITY);
		return;
	}
	a->busy = true;
	a->tally.changes++;
	send_less(a, b, o, qty);
	if (qty == 0 && !a->failed)
		exch_aboard_drop(a, o);
}

/* ---- life ---- */

static uint32_t
least(uint32_t x, uint32_t y)
{
	return x < y ? x : y;
}

/* An empty card, and a berth for each of its symbols. */
static int
take_card(
    struct exch_aboard *a, const struct exch_card_ops *ops, struct exch_diag *d)
{
	struct exch_card_limits l = ops->most;
	struct exch_berth *berth;
	char why[160] = "";

	l.symbols = least(l.symbols, UINT16_MAX);
	l.levels = least(l.levels, 1u << 17);
	l.slots = least(l.slots, SLOTS_MOST);
	berth = exch_calloc(l.symbols, sizeof(*berth));
	if (berth == NULL)
		return EXCH_ERR_NOMEM;
	exch_free(a->berth);
	a->berth = berth;
	a->ops = ops;
	a->l = l;
	a->card = ops->open(&l, a->m->o.card_options, why, sizeof(why));
	if (a->card == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "card %s: %s", ops->name, why);
	return EXCH_OK;
}

/*
 * The card with more symbols in the place of this one: all are ashore, and
 * come aboard there with their next orders.
 */
static void
change_card(struct exch_aboard *a)
{
	struct exch_diag d = {0};
	int err;

	if (!exch_aboard_settle(a, 0))
		return;
	a->ops->close(a->card);
	a->card = NULL;
	err = take_card(a, a->m->o.card_more, &d);
	if (err != EXCH_OK)
		exch_aboard_fail(a, (enum exch_err)err, "%s",
		    d.text[0] != '\0' ? d.text : "no memory for a card");
	if (a->ncard_slot != 0)
		memset(a->card_slot, 0, a->ncard_slot * sizeof(*a->card_slot));
	a->used = a->nfree = 0;
	a->at = a->n = 0;
}

void
exch_aboard_announce(struct exch_match *m, const struct exch_instr *in)
{
	struct exch_aboard *a = m->card;

	if (a->nberth == a->l.symbols && m->o.card_more != NULL &&
	    m->o.card_more->most.symbols > a->nberth && !a->failed)
		change_card(a);
	if (a->nberth == a->l.symbols) {
		exch_aboard_fail(a, EXCH_ERR_NEED,
		    "instrument %.24s is one more than the card's %u: leave "
		    "some out, or match them by the software (-e soft)",
		    in->symbol, a->l.symbols);
		return;
	}
	a->berth_of[in->book.instr] = (uint16_t)++a->nberth;
}

void
exch_aboard_all(struct exch_match *m)
{
	const struct exch_instr *in = NULL;

	while ((in = exch_engine_after(m, in)) != NULL && !m->card->failed)
		exch_aboard_announce(m, in);
}

int
exch_aboard_new(struct exch_match *m, struct exch_diag *d)
{
	struct exch_aboard *a = exch_calloc(1, sizeof(*a));
	int err;

	m->card = a;
	if (a == NULL)
		return EXCH_ERR_NOMEM;
	a->m = m;
	a->mirror.added = added;
	a->mirror.changes = changes;
	a->berth_of = exch_calloc(EXCH_INSTR_MAX + 1, sizeof(*a->berth_of));
	a->due = exch_calloc(EXCH_ABOARD_DUES, sizeof(*a->due));
	if (a->berth_of == NULL || a->due == NULL)
		return EXCH_ERR_NOMEM;
	err = take_card(a, m->o.card, d);
	if (err != EXCH_OK)
		return err;
	m->store->mirror = &a->mirror;
	return EXCH_OK;
}

void
exch_aboard_free(struct exch_aboard *a)
{
	if (a == NULL)
		return;
	if (a->card != NULL)
		a->ops->close(a->card);
	exch_free(a->berth);
	exch_free(a->berth_of);
	exch_free(a->card_slot);
	exch_free(a->gen);
	exch_free(a->free);
	exch_free(a->due);
	exch_free(a);
}

void
exch_match_label(struct exch_match *m, uint64_t label)
{
	if (m->card != NULL)
		m->card->label = label;
}

int
exch_match_settle(struct exch_match *m, uint64_t *label, struct exch_diag *d)
{
	struct exch_aboard *a = m->card;

	if (a == NULL || exch_aboard_settle(a, 0))
		return EXCH_OK;
	*label = a->failed_at;
	return exch_engine_why(m, d);
}

const struct exch_card_tally *
exch_match_card_tally(const struct exch_match *m)
{
	return m->card != NULL ? &m->card->tally : NULL;
}

void
exch_match_card_stats(const struct exch_match *m, struct exch_card_stats *s)
{
	if (m->card->card != NULL)
		m->card->ops->stats(m->card->card, s);
	else
		*s = m->card->last;
}

void
exch_match_card_close(struct exch_match *m)
{
	struct exch_aboard *a = m->card;

	if (a == NULL || a->card == NULL)
		return;
	exch_match_card_stats(m, &a->last);
	a->ops->close(a->card);
	a->card = NULL;
}
