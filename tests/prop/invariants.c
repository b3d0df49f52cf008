/*
 * Books rebuilt from commands and events, with everything that must hold
 * checked on the way; see invariants.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "prop/invariants.h"

struct live {
	exch_oid id;
	exch_px price; /* none: market */
	exch_qty left; /* what is neither filled nor cancelled */
	uint64_t seq;  /* order of arrival in the queue */
	uint8_t side;
	bool by_id;
};

struct market {
	uint32_t id;
	struct live *o;
	size_t n;
	size_t cap;
	uint64_t match;
	uint8_t phase;
	bool announced;
	bool excused;	   /* the book may be crossed: something was imposed */
	exch_u128 to_fill; /* of the auction just announced */
	exch_px at;
};

struct inv {
	struct market *m;
	size_t n;
	uint64_t seq;
	uint8_t phase; /* in which instruments begin */
	bool banded;
	const char *wrong;
	const struct exch_rec *cmd;
	exch_ts time;
	bool last; /* the latest event had flag LAST */
};

struct inv *
inv_new(uint8_t phase)
{
	struct inv *v = calloc(1, sizeof(*v));

	if (v == NULL)
		abort();
	v->phase = phase;
	return v;
}

void
inv_banded(struct inv *v)
{
	v->banded = true;
}

void
inv_free(struct inv *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->m[i].o);
	free(v->m);
	free(v);
}

const char *
inv_wrong(const struct inv *v)
{
	return v->wrong;
}

size_t
inv_live(const struct inv *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += v->m[i].n;
	return n;
}

static void
must(struct inv *v, bool ok, const char *what)
{
	if (!ok && v->wrong == NULL)
		v->wrong = what;
}

static struct market *
market(struct inv *v, uint32_t id)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->m[i].id == id)
			return &v->m[i];
	v->m = realloc(v->m, (v->n + 1) * sizeof(*v->m));
	if (v->m == NULL)
		abort();
	v->m[v->n] = (struct market){.id = id};
	return &v->m[v->n++];
}

static struct live *
find(struct market *m, exch_oid id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->o[i].id == id)
			return &m->o[i];
	return NULL;
}

static void
insert(struct inv *v, struct market *m, struct live o)
{
	must(v, find(m, o.id) == NULL, "an id became live twice");
	if (m->n == m->cap) {
		m->cap = m->cap * 2 + 16;
		m->o = realloc(m->o, m->cap * sizeof(*m->o));
		if (m->o == NULL)
			abort();
	}
	o.seq = ++v->seq;
	m->o[m->n++] = o;
}

static void
take(struct inv *v, struct market *m, struct live *o, exch_qty qty)
{
	must(v, qty > 0, "a quantity of nothing");
	must(v, qty <= o->left, "more taken than the order had left");
	o->left -= qty;
	if (o->left == 0)
		*o = m->o[--m->n];
}

static bool
reaches(const struct live *o, exch_px p)
{
	if (o->price == EXCH_PX_NONE)
		return true;
	return o->side == EXCH_BUY ? o->price >= p : o->price <= p;
}

/* Does a stand strictly before b in price? */
static bool
before(const struct live *a, const struct live *b)
{
	if (a->price == EXCH_PX_NONE || b->price == EXCH_PX_NONE)
		return a->price == EXCH_PX_NONE && b->price != EXCH_PX_NONE;
	return a->side == EXCH_BUY ? a->price > b->price : a->price < b->price;
}

/* Nobody on r's side has a better right to trade than r. */
static void
check_priority(struct inv *v, const struct market *m, const struct live *r)
{
	bool plain = !r->by_id;
	bool first = true;

	for (size_t i = 0; i < m->n; i++) {
		const struct live *o = &m->o[i];

		if (o->side != r->side)
			continue;
		must(v, !before(o, r), "a better price was passed over");
		if (o->price == r->price) {
			plain = plain && !o->by_id;
			first = first && o->seq >= r->seq;
		}
	}
	must(v, first || !plain, "an earlier order was passed over");
}

static void
on_exec(struct inv *v, struct market *m, const struct exch_rec_exec *e)
{
	bool buying = e->aggressor == EXCH_BUY;
	struct live *b = find(m, e->buy);
	struct live *s = find(m, e->sell);

	must(v, e->match == ++m->match, "match numbers have a gap");
	if (b == NULL || s == NULL || b->side != EXCH_BUY ||
	    s->side != EXCH_SELL) {
		must(v, false, "an execution of an order that is not live");
		return;
	}
	must(v, reaches(b, e->price) && reaches(s, e->price),
	    "an execution beyond a limit");
	if (e->aggressor == EXCH_SIDE_NONE) {
		must(v, e->price == m->at, "an auction fill at another price");
		must(v, e->qty <= m->to_fill, "an auction filled too much");
		m->to_fill -= e->qty;
		check_priority(v, m, b);
		check_priority(v, m, s);
	} else {
		struct live *r = buying ? s : b;

		must(v, r->price == EXCH_PX_NONE || e->price == r->price,
		    "not executed at the resting order's price");
		must(v, m->phase == EXCH_PHASE_CONTINUOUS,
		    "matched outside continuous trading");
		check_priority(v, m, r);
	}
	take(v, m, b, e->qty);
	take(v, m, find(m, e->sell), e->qty);
}

static exch_u128
volume_at(const struct market *m, exch_px p)
{
	exch_u128 b = 0;
	exch_u128 s = 0;

	for (size_t i = 0; i < m->n; i++)
		if (reaches(&m->o[i], p))
			*(m->o[i].side == EXCH_BUY ? &b : &s) += m->o[i].left;
	return b < s ? b : s;
}

/* The volume announced is the largest of all limit prices. */
static void
on_auction(struct inv *v, struct market *m, const struct exch_rec_auction *e)
{
	exch_u128 most = 0;
	size_t limits = 0;

	for (size_t i = 0; i < m->n; i++) {
		exch_u128 x;

		if (m->o[i].price == EXCH_PX_NONE)
			continue;
		limits++;
		x = volume_at(m, m->o[i].price);
		most = x > most ? x : most;
	}
	if (e->price == EXCH_PX_NONE) {
		must(v, v->banded || most == 0,
		    "an auction without the volume it had");
		return;
	}
	m->at = e->price;
	m->to_fill = volume_at(m, e->price);
	must(v, m->to_fill > 0, "an auction price without volume");
	must(v, limits == 0 || v->banded || m->to_fill == most,
	    "an auction's volume is not the largest");
	must(v,
	    e->paired == (m->to_fill >= EXCH_QTY_NONE ? EXCH_QTY_NONE - 1
						      : (exch_qty)m->to_fill),
	    "an auction announced another volume");
}

static void
on_cancelled(
    struct inv *v, struct market *m, const struct exch_rec_cancelled *e)
{
	struct live *o = find(m, e->order);

	if (o == NULL) {
		must(v, false, "an order cancelled that is not live");
		return;
	}
	must(v, (e->qty < o->left) == (e->open == 1),
	    "open does not tell whether something is left");
	take(v, m, o, e->qty);
}

static void
on_ack(struct inv *v, struct market *m, const struct exch_rec_ack *e)
{
	const struct exch_rec_new *c = (const void *)v->cmd;

	must(v, v->cmd->type == EXCH_REC_NEW && c->order == e->order,
	    "an acknowledgement of another order");
	insert(v, m,
	    (struct live){.id = c->order,
		.price = c->price,
		.left = c->qty,
		.side = c->side,
		.by_id = c->ordflags & EXCH_ORD_BY_ID});
}

static void
on_replaced(struct inv *v, struct market *m, const struct exch_rec_replaced *e)
{
	const struct exch_rec_replace *c = (const void *)v->cmd;
	struct live *o = find(m, e->order);
	struct live new;

	if (o == NULL || v->cmd->type != EXCH_REC_REPLACE) {
		must(v, false, "an order replaced that is not live");
		return;
	}
	must(v, e->qty == c->qty, "replaced with another quantity");
	if (e->kept) {
		must(v, e->qty <= o->left && c->price == o->price,
		    "a better order kept its place");
		o->left = e->qty;
		return;
	}
	new = *o;
	take(v, m, o, o->left);
	new.id = e->new_order;
	new.price = c->price;
	new.left = e->qty;
	new.by_id = c->ordflags &EXCH_ORD_BY_ID;
	insert(v, m, new);
}

static void
on_reject(struct inv *v, struct market *m, const struct exch_rec_reject *e)
{
	const struct exch_rec_replace *r = (const void *)v->cmd;
	exch_oid id = e->order;

	must(v, e->command == v->cmd->type, "a reject of another command");
	if (e->code == EXCH_REJ_DUPLICATE) {
		if (v->cmd->type == EXCH_REC_REPLACE)
			id = r->new_order;
		must(v, find(m, id) != NULL, "a duplicate that is none");
	} else if (e->code == EXCH_REJ_UNKNOWN_ORDER) {
		must(v, find(m, id) == NULL, "a live order called unknown");
	}
}

static void
on_instrument(struct inv *v, uint32_t id)
{
	struct market *m = market(v, id);

	if (m->announced)
		return;
	m->announced = true;
	m->phase = v->phase;
}

/* What a command changes before any event: phases. */
static void
on_phase(struct inv *v, const struct exch_rec_phase *c)
{
	if (c->phase > EXCH_PHASE_HALT)
		return;
	if (c->h.instr == 0)
		v->phase = c->phase;
	for (size_t i = 0; i < v->n; i++) {
		struct market *m = &v->m[i];

		if (!m->announced || (c->h.instr != 0 && m->id != c->h.instr))
			continue;
		if (c->h.flags & EXCH_F_IMPOSED)
			m->excused = true;
		else if (m->phase != EXCH_PHASE_CONTINUOUS &&
			 c->phase == EXCH_PHASE_CONTINUOUS)
			m->excused = false;
		m->phase = c->phase;
	}
}

void
inv_command(struct inv *v, const struct exch_rec *r)
{
	v->cmd = r;
	v->last = true;
	if (r->time > v->time)
		v->time = r->time;
	if (r->type == EXCH_REC_PHASE)
		on_phase(v, (const void *)r);
	else if (r->type == EXCH_REC_INSTRUMENT)
		on_instrument(v, r->instr);
	else if (r->flags & EXCH_F_IMPOSED)
		market(v, r->instr)->excused = true;
}

void
inv_event(struct inv *v, const struct exch_rec *r)
{
	struct market *m = market(v, r->instr);

	must(v, r->time == v->time, "an event's time is not the engine's");
	/* Unexpected executions come before, or at the end of the input. */
	if (r->type != EXCH_REC_MISS)
		v->last = r->flags & EXCH_F_LAST;
	if (r->type != EXCH_REC_EXEC)
		must(v, m->to_fill == 0, "an auction filled too little");
	if (r->type == EXCH_REC_ACK)
		on_ack(v, m, (const void *)r);
	else if (r->type == EXCH_REC_EXEC)
		on_exec(v, m, (const void *)r);
	else if (r->type == EXCH_REC_CANCELLED)
		on_cancelled(v, m, (const void *)r);
	else if (r->type == EXCH_REC_REPLACED)
		on_replaced(v, m, (const void *)r);
	else if (r->type == EXCH_REC_REJECT)
		on_reject(v, m, (const void *)r);
	else if (r->type == EXCH_REC_AUCTION)
		on_auction(v, m, (const void *)r);
}

void
inv_done(struct inv *v)
{
	must(v, v->last, "the last event is not marked");
	for (size_t i = 0; i < v->n; i++) {
		struct market *m = &v->m[i];
		const struct live *bid = NULL;
		const struct live *ask = NULL;

		must(v, m->to_fill == 0, "an auction filled too little");
		if (m->phase != EXCH_PHASE_CONTINUOUS ||
		    (v->cmd->instr != 0 && v->cmd->instr != m->id))
			continue;
		for (size_t k = 0; k < m->n; k++) {
			const struct live *o = &m->o[k];
			const struct live **best =
			    o->side == EXCH_BUY ? &bid : &ask;

			if (*best == NULL || before(o, *best))
				*best = o;
			must(v, o->price != EXCH_PX_NONE,
			    "a market order rests in continuous trading");
		}
		if (bid == NULL || ask == NULL || bid->price < ask->price)
			m->excused = false;
		must(v,
		    m->excused || bid == NULL || ask == NULL ||
			bid->price < ask->price,
		    "a crossed book in continuous trading");
	}
}
