/*
 * The naive engine's commands and phases; see naive.h.  The order of the
 * checks and of the events is that of exch-match(1), MARKET RULES.  The
 * price of an auction comes from uncross.c.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

/* ---- memory and events ---- */

static void *
grow(void *p, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return p;
	*cap = need * 2;
	p = realloc(p, *cap * size);
	if (p == NULL)
		abort();
	return p;
}

void *
naive_emit(struct naive *n, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *r;

	n->out = grow(n->out, &n->capout, n->nout + size, 1);
	n->last_out = n->nout;
	r = (struct exch_rec *)(void *)(n->out + n->nout);
	memset(r, 0, size);
	r->type = type;
	r->len8 = (uint8_t)(size / 8);
	r->instr = instr;
	r->time = n->time;
	n->nout += size;
	return r;
}

void
naive_reject(struct naive *n, const struct exch_rec *cmd, exch_oid id,
    enum exch_reject code)
{
	struct exch_rec_reject *e =
	    naive_emit(n, EXCH_REC_REJECT, sizeof(*e), cmd->instr);

	e->order = id;
	e->code = (uint16_t)code;
	e->command = cmd->type;
}

void
naive_cancelled(struct naive *n, uint32_t instr, exch_oid id, exch_qty qty,
    enum exch_reason reason, bool open)
{
	struct exch_rec_cancelled *e =
	    naive_emit(n, EXCH_REC_CANCELLED, sizeof(*e), instr);

	e->order = id;
	e->qty = qty;
	e->reason = (uint16_t)reason;
	e->open = open;
}

void
naive_restated(struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px price, enum exch_restate why)
{
	struct exch_rec_restated *e =
	    naive_emit(n, EXCH_REC_RESTATED, sizeof(*e), in->def.h.instr);

	e->order = o->id;
	e->price = price;
	e->leaves = o->qty + o->reserve;
	e->shown = o->qty;
	if (why == EXCH_RESTATE_SLIDE && o->peak != 0 && o->peak < o->qty)
		e->shown = o->peak;
	if (o->hidden || (why == EXCH_RESTATE_PEG && price == EXCH_PX_NONE))
		e->shown = 0;
	e->reason = (uint16_t)why;
}

void
naive_exec(
    struct naive *n, struct naive_instr *in, const struct exch_rec_exec *what)
{
	struct exch_rec_exec *e;

	naive_prints(n, in, what->price);
	e = naive_emit(n, EXCH_REC_EXEC, sizeof(*e), in->def.h.instr);
	e->match = in->match++;
	e->buy = what->buy;
	e->sell = what->sell;
	e->price = what->price;
	e->qty = what->qty;
	e->aggressor = what->aggressor;
	e->cross = what->cross;
	in->last = what->price;
	if (n->expect) {
		in->made = grow(
		    in->made, &in->capmade, in->nmade + 1, sizeof(*in->made));
		in->made[in->nmade++] = *e;
	}
}

/* ---- the book ---- */

struct naive_instr *
naive_find_instr(const struct naive *n, uint32_t id)
{
	for (size_t i = 0; i < n->ninstr; i++)
		if (n->instr[i].def.h.instr == id)
			return &n->instr[i];
	return NULL;
}

/* The instrument with the next larger id, or NULL. */
struct naive_instr *
naive_next_instr(const struct naive *n, uint32_t id)
{
	struct naive_instr *next = NULL;

	for (size_t i = 0; i < n->ninstr; i++)
		if (n->instr[i].def.h.instr > id &&
		    (next == NULL ||
			n->instr[i].def.h.instr < next->def.h.instr))
			next = &n->instr[i];
	return next;
}

size_t
naive_find_order(const struct naive_instr *in, exch_oid id)
{
	size_t i = 0;

	while (i < in->n && in->order[i].id != id)
		i++;
	return i;
}

/* Does a stand before b's price, both of one side? */
static bool
better(uint8_t side, exch_px a, exch_px b)
{
	if (a == EXCH_PX_NONE || b == EXCH_PX_NONE)
		return a == EXCH_PX_NONE && b != EXCH_PX_NONE;
	return side == EXCH_BUY ? a > b : a < b;
}

bool
naive_before(const struct naive_instr *in, size_t a, size_t b)
{
	const struct naive_order *x = &in->order[a], *y = &in->order[b];

	if (x->price != y->price)
		return better(x->side, x->price, y->price);
	if (x->hidden != y->hidden)
		return y->hidden;
	return a < b;
}

size_t
naive_best(const struct naive_instr *in, uint8_t side)
{
	size_t best = in->n;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side == side &&
		    (best == in->n || naive_before(in, i, best)))
			best = i;
	return best;
}

void
naive_take_out(struct naive_instr *in, size_t i)
{
	in->n--;
	memmove(&in->order[i], &in->order[i + 1],
	    (in->n - i) * sizeof(in->order[0]));
}

/*
 * Join the queue of its level: at the back, or with by_id before the
 * orders at the back whose ids are greater.  False: the level is full.
 */
bool
naive_join(struct naive_instr *in, const struct naive_order *o, bool by_id)
{
	exch_u128 sum = o->qty;
	size_t at = in->n;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side == o->side &&
		    in->order[i].price == o->price &&
		    in->order[i].hidden == o->hidden)
			sum += in->order[i].qty;
	if (sum > UINT64_MAX)
		return false;
	for (size_t i = in->n; by_id && i-- > 0;) {
		if (in->order[i].side != o->side ||
		    in->order[i].price != o->price ||
		    in->order[i].hidden != o->hidden)
			continue;
		if (in->order[i].id < o->id)
			break;
		at = i;
	}
	in->order = grow(in->order, &in->cap, in->n + 1, sizeof(*in->order));
	memmove(&in->order[at + 1], &in->order[at],
	    (in->n - at) * sizeof(in->order[0]));
	in->order[at] = *o;
	in->n++;
	return true;
}

/* ---- checks that NEW and REPLACE share ---- */

enum exch_reject
naive_check_qty(const struct naive_instr *in, exch_qty qty)
{
	if (qty == 0 || qty == EXCH_QTY_NONE || qty < in->def.min_qty ||
	    qty > in->def.max_qty)
		return EXCH_REJ_QTY;
	if (qty % in->def.lot != 0)
		return EXCH_REJ_LOT;
	return EXCH_REJ_NONE;
}

enum exch_reject
naive_check_price(const struct naive_instr *in, exch_px price, bool market)
{
	if (market)
		return price == EXCH_PX_NONE ? EXCH_REJ_NONE : EXCH_REJ_PRICE;
	if (price == EXCH_PX_NONE)
		return EXCH_REJ_PRICE;
	if (price <= 0 && in->def.kind != EXCH_KIND_FUTURE)
		return EXCH_REJ_PRICE;
	/* -2^63 has no magnitude of its type: off every grid. */
	if (price == INT64_MIN || price % in->def.tick != 0)
		return EXCH_REJ_TICK;
	return EXCH_REJ_NONE;
}

/* ---- CANCEL ---- */

/* The command's CAUSE entry, to go behind the event just made. */
static void
add_cause(struct naive *n, const struct exch_rec_cancel *c)
{
	const unsigned char *p = (const unsigned char *)c + sizeof(*c);
	const unsigned char *end =
	    (const unsigned char *)c + exch_rec_len(&c->h);
	struct exch_rec *e;

	if (!(c->h.flags & EXCH_F_EXT))
		return;
	while (p + sizeof(struct exch_ext) <= end) {
		struct exch_ext x;

		memcpy(&x, p, sizeof(x));
		if (x.tag == EXCH_EXT_CAUSE) {
			n->out =
			    grow(n->out, &n->capout, n->nout + sizeof(x), 1);
			memcpy(n->out + n->nout, &x, sizeof(x));
			n->nout += sizeof(x);
			e = (struct exch_rec *)(void *)(n->out + n->last_out);
			e->len8 = (uint8_t)(e->len8 + sizeof(x) / 8);
			e->flags |= EXCH_F_EXT;
			return;
		}
		p += x.tag & 0x8000 ? 8 + ((size_t)x.n + 7) / 8 * 8 : sizeof(x);
	}
}

/* ---- phases ---- */

void
naive_phase(struct naive *n, struct naive_instr *in,
    const struct exch_rec_phase *c, bool by_clock)
{
	exch_px ref = c->reference;

	if (in->phase == EXCH_PHASE_CALL && ref == EXCH_PX_NONE)
		ref = in->call_ref;
	if (by_clock && naive_puts_off(n, in, c))
		return;
	if (by_clock && naive_random_end(n, in, c))
		return;
	if (!naive_extends(n, in, c, ref))
		naive_g_phase(n, in, c, ref);
}

void
naive_tell_phase(
    struct naive *n, uint32_t instr, const struct exch_rec_phase *p)
{
	struct exch_rec_phase *e =
	    naive_emit(n, EXCH_REC_PHASE, sizeof(*e), instr);

	e->phase = p->phase;
	e->cross = p->cross;
	memcpy(e->reason, p->reason, sizeof(e->reason));
	e->reference = p->reference;
}

void
naive_phases(struct naive *n, const struct exch_rec_phase *c, bool by_clock)
{
	struct naive_instr *in;
	uint32_t last = 0;

	if (c->phase > EXCH_PHASE_END)
		return;
	if (c->h.instr != 0) {
		in = naive_find_instr(n, c->h.instr);
		if (in != NULL)
			naive_phase(n, in, c, by_clock);
		return;
	}
	n->phase = c->phase;
	n->cross = c->cross;
	while ((in = naive_next_instr(n, last)) != NULL) {
		last = in->def.h.instr;
		n->changing = in;
		naive_phase(n, in, c, by_clock);
	}
	n->changing = NULL;
	naive_serve(n);
	naive_pegs_elsewhere(n);
}

/* ---- INSTRUMENT ---- */

static void
do_instrument(struct naive *n, const struct exch_rec_instrument *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);

	if (in != NULL && in->def.tick != c->tick) {
		if (in->n + in->napart > 0) {
			naive_emit(n, EXCH_REC_ERROR,
			    sizeof(struct exch_rec_error), c->h.instr);
			return;
		}
		in->last = EXCH_PX_NONE; /* of another grid */
		in->auction = EXCH_PX_NONE;
	}
	if (in != NULL) {
		bool other = in->def.tick != c->tick;

		in->def = *c;
		if (other)
			naive_luld_announced(n, in);
		return;
	}
	n->instr = realloc(n->instr, (n->ninstr + 1) * sizeof(*n->instr));
	if (n->instr == NULL)
		abort();
	in = &n->instr[n->ninstr++];
	*in = (struct naive_instr){.def = *c,
	    .phase = n->phase,
	    .cross = n->cross,
	    .call_ref = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE,
	    .match = 1};
	naive_guard_begin(n, in);
	naive_luld_announced(n, in);
	naive_breaker_announced(n, in);
}

/* ---- EXPECT ---- */

static exch_oid
resting_of(uint8_t aggressor, exch_oid buy, exch_oid sell)
{
	return aggressor == EXCH_BUY ? sell : buy;
}

/* What the engine did and the venue did not. */
static void
unexpected(struct naive *n, struct naive_instr *in)
{
	for (size_t i = 0; i < in->nmade; i++) {
		const struct exch_rec_exec *x = &in->made[i];
		struct exch_rec_miss *e =
		    naive_emit(n, EXCH_REC_MISS, sizeof(*e), in->def.h.instr);

		e->got_match = x->match;
		e->got_resting = resting_of(x->aggressor, x->buy, x->sell);
		e->got_price = x->price;
		e->got_qty = x->qty;
		e->cause = EXCH_CAUSE_UNEXPECTED;
		e->aggressor = x->aggressor;
	}
	in->nmade = 0;
}

static void
do_expect(struct naive *n, const struct exch_rec_expect *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);
	struct exch_rec_exec x = {.match = 0};
	bool any = in != NULL && in->nmade > 0;
	exch_oid want = resting_of(c->aggressor, c->buy, c->sell);
	enum exch_cause cause = EXCH_CAUSE_NONE;
	struct exch_rec_miss *e;

	if (!n->expect || c->h.flags & EXCH_F_IMPOSED)
		return;
	if (any) {
		x = in->made[0];
		in->nmade--;
		memmove(in->made, in->made + 1, in->nmade * sizeof(x));
	}
	if (!any)
		cause = EXCH_CAUSE_ABSENT;
	else if (resting_of(x.aggressor, x.buy, x.sell) != want ||
		 x.aggressor != c->aggressor)
		cause = EXCH_CAUSE_ORDER;
	else if (x.qty != c->qty)
		cause = EXCH_CAUSE_QTY;
	else if (x.price != c->price)
		cause = EXCH_CAUSE_PRICE;
	if (cause == EXCH_CAUSE_NONE)
		return;
	e = naive_emit(n, EXCH_REC_MISS, sizeof(*e), c->h.instr);
	e->match = c->match;
	e->got_match = x.match;
	e->resting = want;
	e->got_resting = resting_of(x.aggressor, x.buy, x.sell);
	e->price = c->price;
	e->got_price = x.price;
	e->qty = c->qty;
	e->got_qty = x.qty;
	e->cause = (uint16_t)cause;
	e->aggressor = c->aggressor;
}

/* ---- the whole ---- */

void
naive_init(struct naive *n, const char *ladder, uint8_t phase)
{
	*n = (struct naive){.ladder = ladder, .phase = phase};
}

void
naive_clear(struct naive *n)
{
	for (size_t i = 0; i < n->ninstr; i++) {
		free(n->instr[i].order);
		free(n->instr[i].apart);
		free(n->instr[i].made);
		free(n->instr[i].prints);
		free(n->instr[i].broken);
	}
	for (size_t i = 0; i < n->nheld; i++)
		free(n->held[i].rec);
	free(n->held);
	free(n->value);
	free(n->instr);
	free(n->queue);
	free(n->queue_price);
	naive_client_clear(n);
	free(n->out);
	memset(n, 0, sizeof(*n));
}

/* NEW, CANCEL, REPLACE: the order's id stands at the same place in all. */
static void
do_command(struct naive *n, struct naive_instr *in, const struct exch_rec *r)
{
	if (in == NULL) {
		naive_reject(n, r,
		    ((const struct exch_rec_cancel *)(const void *)r)->order,
		    EXCH_REJ_INSTRUMENT);
		return;
	}
	if (r->type == EXCH_REC_NEW) {
		naive_g_new(n, in, (const void *)r);
		return;
	}
	if (r->type == EXCH_REC_CANCEL) {
		size_t before = n->nout;

		naive_g_cancel(n, in, (const void *)r);
		/* a cause stands behind its own event */
		if (r->flags & EXCH_F_IMPOSED && n->nout > before &&
		    ((struct exch_rec *)(void *)(n->out + before))->type ==
			EXCH_REC_CANCELLED)
			add_cause(n, (const void *)r);
	} else {
		naive_g_replace(n, in, (const void *)r);
	}
	naive_g_after(n, in);
}

void
naive_act(struct naive *n, const struct exch_rec *r)
{
	struct naive_instr *in = naive_find_instr(n, r->instr);
	size_t before = n->nout;

	n->changes++;
	if (in != NULL && r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_BREAK)
		unexpected(n, in);
	if (r->type == EXCH_REC_INSTRUMENT)
		do_instrument(n, (const void *)r);
	else if (r->type == EXCH_REC_PHASE)
		naive_phases(n, (const void *)r, false);
	else if (r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_REPLACE)
		do_command(n, in, r);
	else if (r->type == EXCH_REC_ACCOUNT)
		naive_announce(n, (const void *)r);
	else if (r->type == EXCH_REC_MASS_CANCEL)
		naive_g_mass(n, (const void *)r);
	else if (r->type == EXCH_REC_QUOTE)
		naive_quote(n, in, (const void *)r);
	else if (r->type == EXCH_REC_ACCEPT)
		naive_accept(n, in, (const void *)r);
	else if (r->type == EXCH_REC_BLOCK)
		naive_block(n, in, (const void *)r);
	else if (r->type == EXCH_REC_BREAK)
		naive_break(n, in, (const void *)r);
	else if (r->type == EXCH_REC_TRADE)
		naive_index_value(n, in,
		    ((const struct exch_rec_trade *)(const void *)r)->price);
	else if (r->type == EXCH_REC_EXPECT)
		do_expect(n, (const void *)r);
	if (n->nout > before)
		((struct exch_rec *)(void *)(n->out + n->last_out))->flags |=
		    EXCH_F_LAST;
}

void
naive_apply(struct naive *n, const struct exch_rec *r)
{
	n->nout = 0;
	if (r->time > n->time)
		n->time = r->time;
	if (naive_hold(n, r))
		return;
	naive_act(n, r);
	naive_breaker(n);
}

void
naive_finish(struct naive *n)
{
	uint32_t last = 0;
	struct naive_instr *in;

	n->nout = 0;
	naive_end(n);
	while ((in = naive_next_instr(n, last)) != NULL) {
		last = in->def.h.instr;
		unexpected(n, in);
	}
}
