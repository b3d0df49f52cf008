/* The engine, the books, and whose orders they are. */
#include <config.h>

#include <string.h>

#include "abuse.h"
#include "base/alloc.h"

/* Source of what the engine says inside; nothing of it is written. */
#define ENGINE 2

struct slot {
	struct exch_key key; /* instrument and order */
	struct ord *o;
};

void
market_open(struct sim *s)
{
	struct exch_diag d = {0};

	if (exch_embed_new(NULL, &s->engine, &d) != 0 ||
	    exch_books_init(&s->books, &s->insts, &d) != 0 ||
	    exch_keyed_init(&s->orders, sizeof(struct slot)) != 0)
		die("%s", d.text);
}

void
market_close(struct sim *s)
{
	exch_embed_free(s->engine);
	exch_books_clear(&s->books);
	exch_insts_clear(&s->insts);
	exch_keyed_clear(&s->orders);
}

/* ---- what the engine says ---- */

static void
lessen(struct sim *s, uint32_t instr, exch_oid id, exch_qty qty, bool filled)
{
	struct slot *t = exch_keyed_find(&s->orders, instr, id);

	if (t == NULL)
		return;
	t->o->open -= qty < t->o->open ? qty : t->o->open;
	if (filled)
		t->o->filled += qty;
	if (t->o->open == 0)
		exch_keyed_drop(&s->orders, t);
}

static void
heard_exec(struct sim *s, const struct exch_rec_exec *x)
{
	for (unsigned i = 0; i < s->nm; i++) {
		struct mkt *m = &s->m[i];
		int64_t units;

		if (m->instr != x->h.instr)
			continue;
		m->last = x->price / m->tick;
		if (x->aggressor == EXCH_SIDE_NONE || s->injects)
			continue;
		/* prices learn from who is in a hurry */
		units = (int64_t)(x->qty * (m->thin ? 500 : 160) / m->unit);
		m->value += x->aggressor == EXCH_BUY ? units : -units;
	}
	lessen(s, x->h.instr, x->buy, x->qty, true);
	lessen(s, x->h.instr, x->sell, x->qty, true);
}

static void
heard(struct sim *s, const struct exch_rec *r)
{
	const struct exch_rec_cancelled *c = (const void *)r;
	const struct exch_rec_reject *j = (const void *)r;

	switch (r->type) {
	case EXCH_REC_EXEC:
		heard_exec(s, (const void *)r);
		break;
	case EXCH_REC_CANCELLED:
		lessen(s, r->instr, c->order, c->qty, false);
		break;
	case EXCH_REC_REJECT:
		if (j->command == EXCH_REC_NEW)
			lessen(s, r->instr, j->order, EXCH_QTY_NONE, false);
		break;
	default:
		break;
	}
}

static void
to_books(struct sim *s, const struct exch_rec *r)
{
	struct exch_diag d = {0};
	uint32_t place = 0;

	if (!exch_books_wants(r, ENGINE))
		return;
	if (r->instr != 0 && exch_insts_place(&s->insts, r->instr, &place, &d))
		die("%s", d.text);
	if (exch_books_record(&s->books, r, place, ENGINE, &d) != 0)
		die("%s", d.text);
}

/* What does not end with the engine's own words is not for it. */
static bool
for_engine(uint8_t type)
{
	return (type >= EXCH_REC_NEW && type < EXCH_REC_ACK) ||
	       type == EXCH_REC_INSTRUMENT || type == EXCH_REC_PHASE;
}

void
market_say(struct sim *s, const struct exch_rec *r, bool ours)
{
	struct exch_diag d = {0};
	const struct exch_rec *e;

	if (ours) {
		size_t n = exch_rec_len(r);
		char *to =
		    exch_writer_new(s->out, r->type, n, r->instr, r->time);

		memcpy(to + sizeof(*r), r + 1, n - sizeof(*r));
	}
	if (!for_engine(r->type))
		return;
	(void)exch_insts_note(&s->insts, r, &d);
	if (exch_embed_submit(s->engine, r, &d) != 0)
		die("%s", d.text);
	to_books(s, r);
	while ((e = exch_embed_next(s->engine)) != NULL) {
		heard(s, e);
		to_books(s, e);
	}
}

void
market_instrument(struct sim *s, unsigned i, const char *symbol, exch_px tick,
    int64_t first, exch_qty unit)
{
	struct exch_rec_instrument r = {
	    .h = exch_embed_head(
		EXCH_REC_INSTRUMENT, sizeof(r), i + 1, s->begin),
	    .px_decimals = 2,
	    .tick = tick,
	    .lot = 1,
	    .min_qty = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = 1000000000,
	    .settle_days = 1};
	struct exch_diag d = {0};
	struct mkt *m = &s->m[i];

	memcpy(r.symbol, symbol, strlen(symbol));
	memcpy(r.currency, "USD", 3);
	market_say(s, &r.h, true);
	*m = (struct mkt){.instr = i + 1,
	    .tick = tick,
	    .value = first * 1000,
	    .gap = 1,
	    .unit = unit,
	    .lot = 1,
	    .last = first};
	if (exch_insts_place(&s->insts, m->instr, &m->place, &d) != 0)
		die("%s", d.text);
	if (i >= s->nm)
		s->nm = i + 1;
}

/* ---- time ---- */

static bool
sooner(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->nth < b->nth;
}

void
wake_at(struct sim *s, struct agent *a, exch_ts at)
{
	struct event e = {at < s->now ? s->now : at, s->nth++, a};
	size_t i = s->nheap++;

	if (!exch_room(&s->heap, i, &s->capheap, sizeof(*s->heap)))
		die("out of memory");
	for (; i > 0 && sooner(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
}

void
wake(struct sim *s, struct agent *a, exch_ts after)
{
	wake_at(s, a, s->now + after);
}

static struct event
first(struct sim *s)
{
	struct event top = s->heap[0];
	struct event e = s->heap[--s->nheap];
	size_t i = 0;

	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= s->nheap)
			break;
		if (k + 1 < s->nheap && sooner(&s->heap[k + 1], &s->heap[k]))
			k++;
		if (!sooner(&s->heap[k], &e))
			break;
		s->heap[i] = s->heap[k];
		i = k;
	}
	s->heap[i] = e;
	return top;
}

void
market_run(struct sim *s, exch_ts until)
{
	while (s->nheap > 0 && s->heap[0].time < until) {
		struct event e = first(s);

		s->now = e.time;
		e.agent->fn(s, e.agent);
	}
	s->now = until;
}

/* ---- who ---- */

struct agent *
agent_new(struct sim *s, agent_fn *fn, unsigned inst)
{
	struct agent *a = need(exch_calloc(1, sizeof(*a)));

	if (!exch_room(
		&s->agent, s->nagents, &s->capagents, sizeof(struct agent *)))
		die("out of memory");
	s->agent[s->nagents++] = a;
	a->fn = fn;
	a->inst = (uint8_t)inst;
	a->acct = account_new(s);
	return a;
}

uint32_t
account_new(struct sim *s)
{
	if (s->taken == s->npool)
		die("too many accounts");
	return s->pool[s->taken++];
}

static struct label *
label_new(struct sim *s, enum pattern p, struct agent *a)
{
	struct label *l = need(exch_calloc(1, sizeof(*l)));

	if (!exch_room(
		&s->label, s->nlabels, &s->caplabels, sizeof(struct label *)))
		die("out of memory");
	s->label[s->nlabels++] = l;
	l->pattern = p;
	l->acct[0] = a->acct;
	l->instr = s->m[a->inst].instr;
	a->label = l;
	return l;
}

struct agent *
episode_new(struct sim *s, agent_fn *fn, unsigned inst, enum pattern p)
{
	struct agent *a = agent_new(s, fn, inst);

	label_new(s, p, a);
	return a;
}

void
episode_at(struct sim *s, struct agent *a, int64_t from, int64_t to)
{
	exch_ts span = s->end - s->begin;

	wake_at(s, a, s->begin + span / 100 * (exch_ts)between(s, from, to));
}

static void
note(struct sim *s, struct agent *a, exch_oid id)
{
	struct label *l = a->label;

	if (l == NULL)
		return;
	if (l->start == 0)
		l->start = s->now;
	l->end = s->now;
	/* so many tell enough */
	if (id == 0 || l->norders++ >= 190)
		return;
	if (l->orders.len > 0)
		exch_buf_char(&l->orders, ' ');
	exch_buf_uint(&l->orders, id);
}

/* ---- orders ---- */

/* Who means it does not trade with himself. */
static void
stand_aside(
    struct sim *s, struct agent *a, uint32_t acct, unsigned side, int64_t tick)
{
	for (int i = 0; i < AGENT_ORDERS; i++) {
		struct ord *o = &a->o[i];

		if (o->open > 0 && o->side != side && o->acct == acct &&
		    (tick == NO_TICK ||
			(side == EXCH_BUY ? o->tick <= tick : o->tick >= tick)))
			pull(s, o);
	}
}

void
put_by(struct sim *s, struct agent *a, uint32_t acct, unsigned side,
    int64_t tick, exch_qty qty, uint8_t tif, struct ord *o)
{
	const struct mkt *m = &s->m[a->inst];
	struct exch_rec_new r = {
	    .h = exch_embed_head(EXCH_REC_NEW, sizeof(r), m->instr, s->now),
	    .order = s->next++,
	    .price = tick == NO_TICK ? EXCH_PX_NONE : tick * m->tick,
	    .qty = qty,
	    .account = acct,
	    .side = (uint8_t)side,
	    .ordtype = tick == NO_TICK ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT,
	    .tif = tif};

	if (a->label == NULL || a->label->pattern != WASH)
		stand_aside(s, a, acct, side, tick);
	if (qty == 0 || (tick != NO_TICK && tick <= 0))
		return;
	if (o != NULL) {
		struct slot *t;

		*o = (struct ord){.id = r.order,
		    .acct = acct,
		    .inst = a->inst,
		    .side = (uint8_t)side,
		    .tick = tick,
		    .open = qty};
		if (exch_keyed_add(&s->orders, m->instr, r.order, &t) != 0)
			die("out of memory");
		t->o = o;
	}
	note(s, a, r.order);
	market_say(s, &r.h, true);
}

void
put(struct sim *s, struct agent *a, unsigned side, int64_t tick, exch_qty qty,
    struct ord *o)
{
	put_by(s, a, a->acct, side, tick, qty, EXCH_TIF_DAY, o);
}

void
take(struct sim *s, struct agent *a, unsigned side, int64_t through,
    exch_qty qty, struct ord *o)
{
	int64_t touch = best(s, a->inst, other_side(side));

	if (touch != NO_TICK)
		put_by(s, a, a->acct, side,
		    touch - back(side, through * s->m[a->inst].gap), qty,
		    EXCH_TIF_IOC, o);
}

void
pull(struct sim *s, struct ord *o)
{
	struct exch_rec_cancel r = {.h = exch_embed_head(EXCH_REC_CANCEL,
					sizeof(r), s->m[o->inst].instr, s->now),
	    .order = o->id,
	    .qty = EXCH_QTY_NONE};

	if (o->open > 0)
		market_say(s, &r.h, true);
	o->open = 0;
}

void
move(struct sim *s, struct ord *o, int64_t tick)
{
	struct exch_rec_replace r = {
	    .h = exch_embed_head(
		EXCH_REC_REPLACE, sizeof(r), s->m[o->inst].instr, s->now),
	    .order = o->id,
	    .new_order = o->id,
	    .price = tick * s->m[o->inst].tick,
	    .qty = o->open};

	if (o->open == 0 || tick == o->tick || tick <= 0)
		return;
	o->tick = tick;
	market_say(s, &r.h, true);
}

/* ---- the books ---- */

static exch_slot
top(struct sim *s, unsigned inst, unsigned side)
{
	uint32_t place = s->m[inst].place;

	if (place >= s->books.n)
		return EXCH_SLOT_NONE;
	return exch_books_top(&s->books, place, side == EXCH_SELL);
}

int64_t
best(struct sim *s, unsigned inst, unsigned side)
{
	exch_slot l = top(s, inst, side);

	return l == EXCH_SLOT_NONE ? NO_TICK : s->books.tally.level[l].tick;
}

int64_t
behind(struct sim *s, unsigned inst, unsigned side, int64_t gaps)
{
	int64_t b = best(s, inst, side);

	if (b == NO_TICK)
		b = s->m[inst].value / 1000 + back(side, s->m[inst].gap);
	return b + back(side, gaps * s->m[inst].gap);
}

exch_qty
at_best(struct sim *s, unsigned inst, unsigned side)
{
	exch_slot l = top(s, inst, side);

	return l == EXCH_SLOT_NONE ? 0 : s->books.tally.level[l].qty;
}

exch_qty
depth(struct sim *s, unsigned inst, unsigned side, unsigned n)
{
	exch_slot l = top(s, inst, side);
	exch_qty sum = 0;

	for (; l != EXCH_SLOT_NONE && n > 0; n--) {
		sum += s->books.tally.level[l].qty;
		l = exch_tally_worse(&s->books.tally, l);
	}
	return sum;
}

int64_t
reach(struct sim *s, unsigned inst, unsigned side, unsigned n)
{
	exch_slot l = top(s, inst, side);
	int64_t from = best(s, inst, side), to = from;

	for (; l != EXCH_SLOT_NONE && n > 0; n--) {
		to = s->books.tally.level[l].tick;
		l = exch_tally_worse(&s->books.tally, l);
	}
	return to > from ? to - from : from - to;
}

int64_t
mid(struct sim *s, unsigned inst)
{
	int64_t b = best(s, inst, EXCH_BUY), a = best(s, inst, EXCH_SELL);

	if (b == NO_TICK || a == NO_TICK)
		return s->m[inst].value / 1000;
	return (b + a) / 2;
}
