/*
 * Executions into aggressors.  A feed shows who rested; the order that came
 * in is put back from what it did.  Rules, by the names of exch-replay(1):
 *
 * group: executions of one instrument, one time and one resting side,
 *	with no other record of the instrument between them, are one event.
 * aggressor: a group becomes one incoming order of the other side: the sum
 *	of its quantities, limit at the worst display price hit, immediate
 *	or cancel.  Its EXPECT records follow.
 * split-after-partial: an execution that leaves its order partly open
 *	was the last of its aggressor; the next one belongs to another.
 *	(Venues with coarse clocks show several aggressors at one time.)
 * remainder: a display on the aggressor's side, at the last price or
 *	through it, that finds nothing more to match, directly behind its
 *	executions and of the same time, is the rest of the aggressor:
 *	submitted once, as a day order with that id, price and the sum.  A
 *	replacement (ITCH U) that does so was the aggressor likewise.
 * display-price: an execution at another price than displayed (ITCH C)
 *	is matched at the display price; EXPECT carries both.
 * imposed: an execution that price-time priority would not have given is
 *	taken from its order by a CANCEL under a cause, its volume kept by a
 *	TRADE.  Nothing else is disturbed, so the state stays the venue's.
 * hidden: a print of an order never displayed is passed on as a TRADE.  Its
 *	aggressor is that of the displayed orders executed in the same
 *	event; without any, the quote of that moment tells (shadow.h).
 */
#include <config.h>

#include "base/alloc.h"
#include "replay/ahead.h"
#include "replay/own.h"

static uint8_t
other(uint8_t side)
{
	if (side == EXCH_SIDE_NONE)
		return EXCH_SIDE_NONE;
	return side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
}

/* Who bought and who sold, given who rested and who came in. */
static void
parties(uint8_t resting_side, exch_oid resting, exch_oid incoming,
    exch_oid *buy, exch_oid *sell)
{
	if (resting_side == EXCH_SIDE_NONE) {
		*buy = *sell = 0;
		return;
	}
	*buy = resting_side == EXCH_BUY ? resting : incoming;
	*sell = resting_side == EXCH_BUY ? incoming : resting;
}

/* ---- writing ---- */

static void
put_expect(struct exch_replay *r, const struct exch_group *g,
    const struct exch_held *h, exch_oid incoming)
{
	struct exch_rec_expect *e;

	if (!r->o.expect)
		return;
	e = exch_writer_new(r->out, EXCH_REC_EXPECT, sizeof(*e),
	    g->in->book.instr, r->pending_time);
	e->match = h->match;
	parties(g->side, h->order, incoming, &e->buy, &e->sell);
	e->price = h->price;
	e->print = h->print;
	e->qty = h->qty;
	e->aggressor = other(g->side);
	if (h->print != h->price)
		e->cause = EXCH_CAUSE_PRICE_GAP;
	e->group = h->run;
}

static void
put_hidden(struct exch_replay *r, const struct exch_group *g,
    const struct exch_held *h)
{
	struct exch_rec_trade *t = exch_writer_new(r->out, EXCH_REC_TRADE,
	    sizeof(*t), g->in->book.instr, r->pending_time);
	uint8_t resting = g->side;

	t->h.flags |= EXCH_F_IMPOSED;
	t->match = h->match;
	if (resting == EXCH_SIDE_NONE)
		resting = other(h->guess);
	parties(resting, h->order, 0, &t->buy, &t->sell);
	t->price = h->print;
	t->qty = h->qty;
	t->aggressor = other(resting);
	t->kind = EXCH_PRINT_HIDDEN;
	t->cause = EXCH_CAUSE_HIDDEN;
}

static void
put_new(struct exch_replay *r, const struct exch_group *g, exch_oid id,
    const struct exch_shown_order *rest)
{
	struct exch_rec_new *n = exch_writer_new(r->out, EXCH_REC_NEW,
	    sizeof(*n), g->in->book.instr, r->pending_time);

	n->h.flags |= EXCH_F_SYNTHETIC;
	n->order = id;
	n->price = rest != NULL ? rest->price : g->worst;
	n->qty = g->sum + (rest != NULL ? rest->qty : 0);
	n->account = exch_replay_owner(r, n->h.instr, id);
	n->side = other(g->side);
	n->ordtype = EXCH_ORD_LIMIT;
	n->tif = rest != NULL ? EXCH_TIF_DAY : EXCH_TIF_IOC;
	if (rest != NULL && rest->by_id)
		n->ordflags = EXCH_ORD_BY_ID;
}

static void
put_replace(struct exch_replay *r, const struct exch_group *g,
    const struct exch_rest *rest)
{
	struct exch_rec_replace *n = exch_writer_new(r->out, EXCH_REC_REPLACE,
	    sizeof(*n), g->in->book.instr, r->pending_time);

	n->h.flags |= EXCH_F_SYNTHETIC;
	n->order = rest->old;
	n->new_order = rest->order->id;
	n->price = rest->order->price;
	n->qty = g->sum + rest->order->qty;
	n->tif = EXCH_TIF_DAY;
	if (rest->order->by_id)
		n->ordflags = EXCH_ORD_BY_ID;
}

/* The aggressor; its id. */
static exch_oid
put_aggressor(struct exch_replay *r, const struct exch_group *g,
    const struct exch_rest *rest)
{
	exch_oid id = EXCH_OID_SYNTHETIC | ++r->number;

	r->st.commands++;
	r->st.aggressors++;
	if (rest == NULL) {
		put_new(r, g, id, NULL);
		return id;
	}
	r->st.remainders++;
	if (rest->old != 0)
		put_replace(r, g, rest);
	else
		put_new(r, g, rest->order->id, rest->order);
	return rest->order->id;
}

static void
group_write(
    struct exch_replay *r, struct exch_group *g, const struct exch_rest *rest)
{
	exch_oid id = 0;

	if (g->sum != 0)
		id = put_aggressor(r, g, rest);
	for (uint32_t i = 0; i < g->n; i++) {
		if (g->held[i].hidden)
			put_hidden(r, g, &g->held[i]);
		else
			put_expect(r, g, &g->held[i], id);
	}
	g->in->group = NULL;
}

void
exch_group_flush(
    struct exch_replay *r, struct exch_group *g, const struct exch_rest *rest)
{
	uint32_t i = 0;

	group_write(r, g, rest);
	while (r->group[i] != g)
		i++;
	r->npending--;
	for (; i < r->npending; i++)
		r->group[i] = r->group[i + 1];
	r->group[i] = g;
}

void
exch_group_flush_all(struct exch_replay *r)
{
	for (uint32_t i = 0; i < r->npending; i++)
		group_write(r, r->group[i], NULL);
	r->npending = 0;
}

void
exch_group_free(struct exch_replay *r)
{
	for (uint32_t i = 0; i < r->ngroups; i++) {
		exch_free(r->group[i]->held);
		exch_free(r->group[i]);
	}
	exch_free(r->group);
}

/* ---- collecting ---- */

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for executions of one event");
}

/* One more spare group; they are kept, so this ends after warm-up. */
static int
spare_make(struct exch_replay *r)
{
	struct exch_group **v =
	    exch_realloc(r->group, (size_t)r->ngroups + 1, sizeof(*v));

	if (v == NULL)
		return EXCH_ERR_NOMEM;
	r->group = v;
	v[r->ngroups] = exch_calloc(1, sizeof(**v));
	if (v[r->ngroups] == NULL)
		return EXCH_ERR_NOMEM;
	r->ngroups++;
	return EXCH_OK;
}

/* Room for one more print in the instrument's group, made if needed. */
static struct exch_held *
held_new(struct exch_replay *r, struct exch_shown *in, exch_ts time)
{
	struct exch_group *g = in->group;

	if (g == NULL) {
		if (r->npending == r->ngroups && spare_make(r) != EXCH_OK)
			return NULL;
		g = r->group[r->npending++];
		r->pending_time = time;
		g->in = in;
		g->side = EXCH_SIDE_NONE;
		g->ended = false;
		g->sum = 0;
		g->n = 0;
		in->group = g;
	}
	if (!exch_room(&g->held, g->n, &g->cap, sizeof(*g->held)))
		return NULL;
	return &g->held[g->n++];
}

/*
 * Keep account of runs: the groups of the statistics.  One imposed
 * execution makes its whole run inexact.
 */
static void
run_note(struct exch_replay *r, struct exch_shown *in, exch_ts time,
    uint8_t side, bool imposed)
{
	if (!in->run_open || in->run_time != time ||
	    (side != EXCH_SIDE_NONE && in->run_side != EXCH_SIDE_NONE &&
		side != in->run_side)) {
		in->run_open = true;
		in->run_time = time;
		in->run_side = EXCH_SIDE_NONE;
		in->run_imposed = false;
		r->st.groups++;
		r->st.groups_exact++;
		in->run_number = (uint32_t)r->st.groups;
	}
	if (side != EXCH_SIDE_NONE)
		in->run_side = side;
	if (imposed && !in->run_imposed) {
		in->run_imposed = true;
		r->st.groups_exact--;
	}
}

void
exch_replay_impose_cancel(struct exch_replay *r, uint32_t instr, exch_ts time,
    exch_oid order, exch_qty qty, enum exch_cause cause)
{
	struct exch_rec_cancel *c =
	    exch_writer_new(r->out, EXCH_REC_CANCEL, sizeof(*c), instr, time);

	r->st.commands++;
	c->h.flags |= EXCH_F_SYNTHETIC | EXCH_F_IMPOSED;
	c->order = order;
	c->qty = qty;
	(void)exch_writer_ext(r->out, EXCH_EXT_CAUSE, cause, 0);
}

/* The venue's execution as it was: TRADE for volume, EXPECT for the score. */
static void
impose_print(struct exch_replay *r, const struct exch_shown *in,
    const struct exch_rec_book_exec *x, uint8_t resting, exch_px price,
    enum exch_cause cause)
{
	exch_px print = x->price != EXCH_PX_NONE ? x->price : price;
	struct exch_rec_trade *t = exch_writer_new(
	    r->out, EXCH_REC_TRADE, sizeof(*t), x->h.instr, x->h.time);
	struct exch_rec_expect *e;

	t->h.flags |= EXCH_F_IMPOSED;
	t->match = x->match;
	parties(resting, x->order, 0, &t->buy, &t->sell);
	t->price = print;
	t->qty = x->qty;
	t->aggressor = other(resting);
	t->kind = EXCH_PRINT_IMPOSED;
	t->cause = (uint16_t)cause;
	r->st.imposed++;
	r->st.cause[cause]++;
	if (!r->o.expect)
		return;
	e = exch_writer_new(
	    r->out, EXCH_REC_EXPECT, sizeof(*e), x->h.instr, x->h.time);
	e->h.flags |= EXCH_F_IMPOSED;
	e->match = x->match;
	parties(resting, x->order, 0, &e->buy, &e->sell);
	e->price = price;
	e->print = print;
	e->qty = x->qty;
	e->aggressor = other(resting);
	e->cause = (uint16_t)cause;
	e->group = in->run_number;
}

static void
impose(struct exch_replay *r, const struct exch_ahead *a, exch_slot o,
    enum exch_cause cause)
{
	const struct exch_rec_book_exec *x = (const void *)a->rec;
	struct exch_shown *in = a->in;
	uint8_t side = exch_shadow_side(r->shadow, o);
	exch_px price = exch_shadow_price(r->shadow, in, o);

	exch_replay_impose_cancel(
	    r, x->h.instr, x->h.time, x->order, x->qty, cause);
	impose_print(r, in, x, side, price, cause);
	(void)exch_shadow_take(r->shadow, in, o, a->home, x->qty);
}

/*
 * The side of what comes next settles that of the pending group; if they
 * contradict, the group is complete.
 */
static void
group_settle(struct exch_replay *r, struct exch_shown *in, uint8_t side)
{
	struct exch_group *g = in->group;

	if (g == NULL || side == EXCH_SIDE_NONE)
		return;
	if (g->side == EXCH_SIDE_NONE)
		g->side = side;
	else if (g->side != side)
		exch_group_flush(r, g, NULL);
}

int
exch_replay_execution(struct exch_replay *r, const struct exch_ahead *a,
    exch_slot o, struct exch_diag *d)
{
	const struct exch_rec_book_exec *x = (const void *)a->rec;
	struct exch_shown *in = a->in;
	enum exch_cause cause = EXCH_CAUSE_UNKNOWN_ORDER;
	uint8_t side = EXCH_SIDE_NONE;
	struct exch_group *g;
	struct exch_held *h;

	r->st.executions++;
	if (o != EXCH_SLOT_NONE) {
		side = exch_shadow_side(r->shadow, o);
		cause = exch_shadow_judge(r->shadow, in, o, x->qty);
	}
	run_note(r, in, x->h.time, side, cause != EXCH_CAUSE_NONE);
	group_settle(r, in, side);
	g = in->group;
	if (g != NULL &&
	    (cause != EXCH_CAUSE_NONE || g->ended || g->sum + x->qty < x->qty))
		exch_group_flush(r, g, NULL);
	if (o == EXCH_SLOT_NONE) {
		impose_print(r, in, x, side,
		    exch_replay_unknown(r, in, x->order, x->qty), cause);
		return EXCH_OK;
	}
	if (cause != EXCH_CAUSE_NONE) {
		impose(r, a, o, cause);
		return EXCH_OK;
	}
	h = held_new(r, in, x->h.time);
	if (h == NULL)
		return no_memory(d);
	g = in->group;
	h->match = x->match;
	h->order = x->order;
	h->qty = x->qty;
	h->price = exch_shadow_price(r->shadow, in, o);
	h->print = x->price != EXCH_PX_NONE ? x->price : h->price;
	h->run = in->run_number;
	h->hidden = false;
	r->st.price_gaps += h->print != h->price;
	g->side = side;
	g->worst = h->price;
	g->sum += x->qty;
	g->ended = exch_shadow_take(r->shadow, in, o, a->home, x->qty);
	return EXCH_OK;
}

int
exch_replay_hidden(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_print *p, struct exch_diag *d)
{
	uint8_t side = p->side;
	struct exch_held *h;

	r->st.hidden++;
	/* Behind an imposed execution of the same event its side holds. */
	if (side == EXCH_SIDE_NONE && in->run_open && in->run_time == p->h.time)
		side = in->run_side;
	group_settle(r, in, side);
	h = held_new(r, in, p->h.time);
	if (h == NULL)
		return no_memory(d);
	h->match = p->match;
	h->order = p->order;
	h->qty = p->qty;
	h->price = h->print = p->price;
	h->hidden = true;
	h->guess = exch_shadow_aggressor(r->shadow, in, p->price);
	if (in->group->side == EXCH_SIDE_NONE)
		in->group->side = side;
	return EXCH_OK;
}

bool
exch_group_joins(const struct exch_group *g, const struct exch_shown_order *o)
{
	if (g->sum == 0 || o->side != other(g->side))
		return false;
	if (o->side == EXCH_BUY ? o->price < g->worst : o->price > g->worst)
		return false;
	if (o->qty >= EXCH_QTY_NONE - g->sum)
		return false;
	return !exch_shadow_crosses(g->in, o);
}
