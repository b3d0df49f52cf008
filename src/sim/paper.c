/*
 * Orders on paper as orders: what an agent asks for, and what it is told.  In
 * the stream they are hidden orders, since nobody in the market sees them, and
 * their executions are imposed and name no other side.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "sim/paper_priv.h"

void
exch_paper_close(struct exch_sim *s)
{
	for (size_t i = 0; i < s->npaper; i++)
		exch_free(s->paper[i].ahead);
	exch_free(s->paper);
	s->npaper = 0;
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for orders on paper");
}

/* ---- the stream ---- */

/* A command that the engine is not given. */
static int
put_command(struct exch_sim *s, const struct exch_rec *r, struct exch_diag *d)
{
	exch_sim_write(s, r);
	s->st.commands++;
	return exch_sim_show(s, r, d);
}

/* An event, told to the agent as one of the engine's is. */
static int
put_event(struct exch_sim *s, const struct exch_rec *r, struct exch_diag *d)
{
	int err;

	s->st.events++;
	if (!s->o.orders) {
		exch_writer_turn(s->out, true);
		exch_sim_write(s, r);
		exch_writer_turn(s->out, false);
	}
	err = exch_desk_own(s, r);
	return err == EXCH_OK ? exch_sim_show(s, r, d) : err;
}

static int
fill(struct exch_sim *s, const struct sim_instr *in, const struct sim_paper *p,
    int64_t tick, exch_qty qty, bool taker, struct exch_diag *d)
{
	struct exch_rec_exec e = {
	    .h = {EXCH_REC_EXEC, sizeof(e) / 8, EXCH_F_IMPOSED, 0, in->m.instr,
		s->now},
	    .match = EXCH_SIM_OWN | ++s->paper_match,
	    .buy = p->side == 0 ? p->order : 0,
	    .sell = p->side == 0 ? 0 : p->order,
	    .price = tick * in->tick,
	    .qty = qty,
	};

	e.aggressor = (p->side == 0) == taker ? EXCH_BUY : EXCH_SELL;
	return put_event(s, &e.h, d);
}

static int
gone(struct exch_sim *s, struct sim_instr *in, exch_oid order, exch_qty qty,
    enum exch_reason why, struct exch_diag *d)
{
	struct exch_rec_cancelled c = {
	    .h = {EXCH_REC_CANCELLED, sizeof(c) / 8, 0, 0, in->m.instr, s->now},
	    .order = order,
	    .qty = qty,
	    .reason = (uint16_t)why,
	};

	return put_event(s, &c.h, d);
}

/* ---- coming ---- */

static struct sim_paper *
find(struct exch_sim *s, exch_oid order)
{
	for (size_t i = 0; i < s->npaper; i++) {
		if (s->paper[i].order == order)
			return &s->paper[i];
	}
	return NULL;
}

static void
drop(struct exch_sim *s, struct sim_paper *p)
{
	exch_free(p->ahead);
	*p = s->paper[--s->npaper];
}

/* What rests on the other side and is no worse, level by level. */
static int
take(struct exch_sim *s, struct sim_instr *in, struct sim_paper *p, bool limit,
    struct exch_diag *d)
{
	exch_slot l = in->m.book->side[!p->side].best;
	exch_qty left = exch_paper_meets(in, p, limit);
	int err = EXCH_OK;

	left = left < p->leaves ? left : p->leaves;
	while (err == EXCH_OK && left != 0) {
		const struct exch_slot_data *q = &in->m.store->slot[l];
		exch_qty n = q->qty < left ? q->qty : left;

		left -= n;
		p->leaves -= n;
		err = fill(s, in, p, q->tick, n, true, d);
		l = exch_book_worse(in->m.store, in->m.book, l);
	}
	return err;
}

/* It is in the stream, and has been accepted: what becomes of it at once. */
static int
come(struct exch_sim *s, struct sim_instr *in, struct sim_paper *p,
    const struct exch_rec_new *n, struct exch_diag *d)
{
	bool limit = n->ordtype == EXCH_ORD_LIMIT;
	int err = EXCH_OK;

	if (n->tif == EXCH_TIF_FOK &&
	    exch_paper_meets(in, p, limit) < p->leaves)
		return gone(s, in, p->order, p->leaves, EXCH_WHY_FOK, d);
	if (in->m.open)
		err = take(s, in, p, limit, d);
	if (err != EXCH_OK || p->leaves == 0)
		return err;
	if (!limit || n->tif == EXCH_TIF_IOC)
		return gone(s, in, p->order, p->leaves,
		    limit ? EXCH_WHY_IOC : EXCH_WHY_NO_LIQUIDITY, d);
	if (!exch_room(&s->paper, s->npaper, &s->cap_paper, sizeof(*p)) ||
	    exch_paper_place(s, in, p) != EXCH_OK)
		return no_memory(d);
	s->paper[s->npaper++] = *p;
	return EXCH_OK;
}

int
exch_paper_new(struct exch_sim *s, const struct exch_rec_new *n,
    enum exch_reject why, struct exch_diag *d)
{
	struct sim_instr *in = exch_sim_instr(s, n->h.instr);
	struct sim_paper p = {
	    .order = n->order,
	    .instr = n->h.instr,
	    .side = n->side != EXCH_BUY,
	    .tick = n->ordtype == EXCH_ORD_LIMIT ? n->price / in->tick : 0,
	    .leaves = n->qty,
	};
	struct exch_rec_ack a = {
	    .h = {EXCH_REC_ACK, sizeof(a) / 8, 0, 0, n->h.instr, s->now},
	    .order = n->order,
	};
	struct exch_rec_reject j = {
	    .h = {EXCH_REC_REJECT, sizeof(j) / 8, 0, 0, n->h.instr, s->now},
	    .order = n->order,
	    .command = EXCH_REC_NEW,
	};
	int err = put_command(s, &n->h, d);

	if (why == EXCH_REJ_NONE && (n->ordflags & EXCH_ORD_POST_ONLY) != 0 &&
	    in->m.open && exch_paper_meets(in, &p, true) != 0)
		why = EXCH_REJ_POST_ONLY;
	j.code = (uint16_t)why;
	if (err == EXCH_OK)
		err = put_event(s, why != EXCH_REJ_NONE ? &j.h : &a.h, d);
	return err != EXCH_OK || why != EXCH_REJ_NONE ? err
						      : come(s, in, &p, n, d);
}

/* ---- changes ---- */

int
exch_paper_cancel(
    struct exch_sim *s, const struct exch_rec_cancel *c, struct exch_diag *d)
{
	struct sim_paper *p = find(s, c->order);
	exch_qty qty;
	int err = put_command(s, &c->h, d);

	if (err != EXCH_OK || p == NULL)
		return err;
	qty = p->leaves;
	drop(s, p);
	return gone(
	    s, exch_sim_instr(s, c->h.instr), c->order, qty, EXCH_WHY_USER, d);
}

/* Less at the same price keeps its place; all else comes anew. */
int
exch_paper_replace(
    struct exch_sim *s, const struct exch_rec_replace *r, struct exch_diag *d)
{
	struct sim_paper *p = find(s, r->order);
	struct sim_instr *in = exch_sim_instr(s, r->h.instr);
	struct exch_rec_replaced e = {
	    .h = {EXCH_REC_REPLACED, sizeof(e) / 8, 0, 0, r->h.instr, s->now},
	    .order = r->order,
	    .new_order = r->order,
	    .qty = r->qty,
	};
	int err = put_command(s, &r->h, d);

	if (err != EXCH_OK || p == NULL)
		return err;
	e.kept = p->tick == r->price / in->tick && r->qty <= p->leaves;
	p->tick = r->price / in->tick;
	p->leaves = r->qty;
	err = put_event(s, &e.h, d);
	if (err != EXCH_OK || e.kept != 0)
		return err;
	if (in->m.open)
		err = take(s, in, p, true, d);
	if (err == EXCH_OK && p->leaves == 0)
		drop(s, p);
	else if (err == EXCH_OK && exch_paper_place(s, in, p) != EXCH_OK)
		err = no_memory(d);
	return err;
}

/* ---- what the market does ---- */

int
exch_paper_announced(
    struct exch_sim *s, struct sim_instr *in, exch_px was, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->npaper && err == EXCH_OK;) {
		struct sim_paper *p = &s->paper[i];
		exch_px price = p->tick * was;
		exch_oid order = p->order;
		exch_qty qty = p->leaves;

		if (p->instr != in->m.instr) {
			i++;
		} else if (price % in->tick == 0) {
			p->tick = price / in->tick;
			i++;
		} else {
			drop(s, p);
			err = gone(s, in, order, qty, EXCH_WHY_IMPOSED, d);
		}
	}
	return err;
}

void
exch_paper_hear(struct exch_sim *s, const struct sim_instr *in,
    const struct exch_rec_exec *e)
{
	for (size_t i = 0; i < s->npaper; i++) {
		if (s->paper[i].instr == in->m.instr)
			exch_paper_trade(s, in, &s->paper[i], e);
	}
}

int
exch_paper_settle(struct exch_sim *s, struct sim_instr *in, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->npaper && err == EXCH_OK;) {
		struct sim_paper *p = &s->paper[i];
		exch_qty n = 0;

		if (p->instr == in->m.instr)
			n = exch_paper_look(s, in, p);
		if (n == 0) {
			i++;
			continue;
		}
		p->leaves -= n;
		err = fill(s, in, p, p->tick, n, false, d);
		if (p->leaves == 0)
			drop(s, p);
		else
			i++;
	}
	return err;
}
