/*
 * The naive engine: the turn of an incoming order, and the orders that
 * executions trigger; see naive.h.  Every step begins with a fresh sorted
 * list of who rests.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/alloc.h"
#include "naive/naive.h"

static exch_qty
lesser(exch_qty a, exch_qty b)
{
	return a < b ? a : b;
}

static uint8_t
other(uint8_t side)
{
	return side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
}

/* ---- who rests, best first ---- */

size_t *
naive_sorted(const struct naive_instr *in, uint8_t side, size_t *n)
{
	size_t *v = calloc(in->n + 1, sizeof(*v));

	if (v == NULL)
		abort();
	*n = 0;
	for (size_t i = 0; i < in->n; i++) {
		size_t k = (*n)++;

		if (in->order[i].side != side) {
			(*n)--;
			continue;
		}
		for (; k > 0 && naive_before(in, i, v[k - 1]); k--)
			v[k] = v[k - 1];
		v[k] = i;
	}
	return v;
}

static bool
within(const struct naive_order *o, exch_px price)
{
	exch_px limit = o->price;

	if (limit == EXCH_PX_NONE && o->bounded)
		limit = o->bound;
	if (limit == EXCH_PX_NONE)
		return true;
	return o->side == EXCH_BUY ? limit >= price : limit <= price;
}

static exch_qty
each(const struct naive_order *o)
{
	return o->min_total ? 0 : o->min;
}

/* Does the incoming order pass over a resting one with this quantity? */
static bool
passes_over(const struct naive_order *o, exch_qty left,
    const struct naive_order *r, exch_qty qty)
{
	if ((r->flags & EXCH_ORD_AON) && left < qty)
		return true;
	if (each(r) != 0 && lesser(left, qty) < lesser(each(r), qty))
		return true;
	return each(o) != 0 && lesser(left, qty) < lesser(each(o), left);
}

static bool
one_owner(const struct naive *n, const struct naive_order *a,
    const struct naive_order *b)
{
	if (a->group != 0 || b->group != 0)
		return a->group == b->group;
	return a->account != 0 &&
	       (a->account == b->account ||
		   naive_one_member(n, a->account, b->account));
}

static bool
prevented(const struct naive *n, const struct naive_order *o,
    const struct naive_order *r)
{
	return o->stp != EXCH_STP_NONE && one_owner(n, o, r);
}

/* ---- what is there ---- */

/* Earlier by receipt. */
static bool
received_before(const struct naive_order *a, const struct naive_order *b)
{
	if (a->time / 1000 != b->time / 1000)
		return a->time / 1000 < b->time / 1000;
	if (a->received != b->received)
		return a->received > b->received;
	return a->entry < b->entry;
}

/* Everybody of v in the order of receipt. */
static void
sort_by_receipt(const struct naive_instr *in, size_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && received_before(&in->order[v[k]],
						&in->order[v[k - 1]]);
		     k--) {
			size_t swap = v[k];

			v[k] = v[k - 1];
			v[k - 1] = swap;
		}
}

/* A group of which one was counted: the others will be gone. */
struct counted {
	struct {
		uint64_t group;
		uint32_t account;
	} * v;
	size_t n;
};

static void
note_group(struct counted *c, uint64_t group, uint32_t account)
{
	if (group == 0)
		return;
	c->v = realloc(c->v, (c->n + 1) * sizeof(*c->v));
	if (c->v == NULL)
		abort();
	c->v[c->n].group = group;
	c->v[c->n++].account = account;
}

static bool
is_counted(const struct counted *c, const struct naive_order *r)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].group == r->oco && c->v[i].account == r->account)
			return true;
	return false;
}

/* One of its own group, that is not gone: where they meet it ends. */
static bool
is_rival(const struct counted *c, const struct naive_order *o,
    const struct naive_order *r)
{
	return o->oco != 0 && r->oco == o->oco && r->account == o->account &&
	       !is_counted(c, r);
}

/* Does the level of v[k] have an order that ends it, or takes from it? */
static bool
ends_at_level(const struct naive *e, const struct naive_instr *in,
    const struct naive_order *o, const struct counted *c, const size_t *v,
    size_t n, size_t k)
{
	exch_px price = in->order[v[k]].price;

	if (in->order[v[k]].hidden)
		return false;
	for (size_t j = 0; j < n; j++) {
		const struct naive_order *r = &in->order[v[j]];

		if (r->price != price || r->hidden)
			continue;
		if ((e->alloc != NULL && is_rival(c, o, r)) ||
		    (o->stp != EXCH_STP_OLDEST && prevented(e, o, r)))
			return true;
	}
	return false;
}

/* Market to limit: from an execution on, its price is the limit. */
static void
stay_at(struct naive_order *o, exch_px p)
{
	if (o->type != EXCH_ORD_MTL)
		return;
	o->bounded = true;
	o->bound = p;
}

static exch_qty
available(const struct naive *e, const struct naive_instr *in,
    const struct naive_order *order)
{
	struct naive_order me = *order;
	const struct naive_order *o = &me;
	bool by_time = e->alloc != NULL && strcmp(e->alloc, "time") == 0;
	size_t n;
	size_t *v;
	exch_qty left = me.qty;
	exch_px last = in->last;
	struct counted c = {.n = 0};

	v = naive_sorted(in, other(o->side), &n);
	if (by_time)
		sort_by_receipt(in, v, n);
	for (size_t k = 0; k < n && left > 0; k++) {
		const struct naive_order *r = &in->order[v[k]];
		exch_qty full = r->qty + r->reserve;

		if (r->price == EXCH_PX_NONE || !within(o, r->price))
			continue;
		if (!by_time && ends_at_level(e, in, o, &c, v, n, k)) {
			if (e->alloc != NULL)
				break;
			full = r->qty;
		}
		if (is_counted(&c, r) || naive_outside(in, r->price) ||
		    passes_over(o, left, r, full))
			continue;
		if (prevented(e, o, r)) {
			if (o->stp == EXCH_STP_OLDEST)
				continue;
			break;
		}
		if (!naive_in_range(e, in, r->price, last))
			break;
		last = r->price;
		if (is_rival(&c, o, r)) {
			left -= lesser(left, r->qty);
			break;
		}
		note_group(&c, r->oco, r->account);
		note_group(&c, o->oco, o->account);
		left -= lesser(left, full);
		stay_at(&me, r->price);
	}
	free(c.v);
	free(v);
	return me.qty - left;
}

bool
naive_meets(
    const struct naive_instr *in, const struct naive_order *o, exch_px *at)
{
	size_t n;
	size_t *v = naive_sorted(in, other(o->side), &n);
	bool found = false;

	for (size_t k = 0; k < n && !found; k++) {
		const struct naive_order *r = &in->order[v[k]];

		if (r->price == EXCH_PX_NONE)
			continue;
		if (!within(o, r->price))
			break;
		if (naive_outside(in, r->price) ||
		    passes_over(o, o->qty, r, r->qty + r->reserve))
			continue;
		*at = r->price;
		found = true;
	}
	free(v);
	return found;
}

/* ---- icebergs ---- */

static exch_qty
next_peak(
    const struct naive *n, const struct naive_instr *in, struct naive_order *o)
{
	uint64_t d = o->peak / in->def.lot;
	uint64_t w = (uint64_t)((exch_u128)d * o->vary / 100);
	uint64_t x = n->seed ^ (o->id * UINT64_C(0x9e3779b97f4a7c15));

	o->refreshes++;
	if (o->vary == 0 || w == 0)
		return o->peak;
	x = x ^ (o->refreshes * UINT64_C(0xbf58476d1ce4e5b9));
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	x = x ^ (x >> 31);
	d = d - w + x % (2 * w + 1);
	if (d == 0)
		d = 1;
	return d * in->def.lot;
}

/* ---- executions ---- */

/* The resting order i lost qty by an execution. */
static void
filled(struct naive *n, struct naive_instr *in, size_t i, exch_qty qty)
{
	struct naive_order o;
	exch_qty peak;

	if (n->fault == NAIVE_FAULT_QTY && qty == in->order[i].qty && qty > 1)
		qty--;
	in->order[i].qty -= qty;
	if (in->order[i].qty > 0)
		return;
	o = in->order[i];
	naive_take_out(in, i);
	if (o.reserve == 0) {
		naive_gone(n, in, &o);
		return;
	}
	peak = next_peak(n, in, &o);
	o.qty = lesser(peak, o.reserve);
	o.reserve -= o.qty;
	o.top = false;
	if (naive_join(in, &o, false)) {
		naive_restated(n, in, &o, o.price, EXCH_RESTATE_REFRESH);
		return;
	}
	naive_cancelled(n, in->def.h.instr, o.id, o.qty + o.reserve,
	    EXCH_WHY_CAPACITY, false);
	naive_gone(n, in, &o);
}

static void
execute(struct naive *n, struct naive_instr *in, struct naive_order *o,
    size_t i, exch_qty qty)
{
	struct naive_order r = in->order[i];
	struct exch_rec_exec e = {.aggressor = o->side, .qty = qty};

	e.price = r.price;
	if (n->fault == NAIVE_FAULT_PRICE && o->price != EXCH_PX_NONE)
		e.price = o->price;
	e.buy = o->side == EXCH_BUY ? o->id : r.id;
	e.sell = o->side == EXCH_BUY ? r.id : o->id;
	naive_exec(n, in, &e);
	o->qty -= qty;
	o->executed += qty;
	in->order[i].executed += qty;
	filled(n, in, i, qty);
	naive_event(n, in, r.price);
	if (r.oco != 0)
		naive_fire(n, r.oco, r.account, r.entry);
	if (o->oco != 0)
		naive_fire(n, o->oco, o->account, o->entry);
}

/* ---- self-trade prevention ---- */

static void
end_turn(struct naive *n, struct naive_instr *in, struct naive_order *o,
    enum exch_reason why)
{
	naive_cancelled(n, in->def.h.instr, o->id, o->qty, why, false);
	n->turn_over = true;
}

static void
drop_at(struct naive *n, struct naive_instr *in, size_t i)
{
	struct naive_order r = in->order[i];

	naive_take_out(in, i);
	naive_cancelled(n, in->def.h.instr, r.id, r.qty + r.reserve,
	    EXCH_WHY_SELF_TRADE, false);
	naive_gone(n, in, &r);
}

static void
decrement(
    struct naive *n, struct naive_instr *in, struct naive_order *o, size_t i)
{
	struct naive_order *r = &in->order[i];
	exch_qty full = r->qty + r->reserve;
	exch_qty q = lesser(o->qty, full);

	if (q == full) {
		drop_at(n, in, i);
	} else {
		exch_qty first = lesser(q, r->reserve);

		r->reserve -= first;
		r->qty -= q - first;
		naive_cancelled(
		    n, in->def.h.instr, r->id, q, EXCH_WHY_SELF_TRADE, true);
	}
	o->qty -= q;
	naive_cancelled(
	    n, in->def.h.instr, o->id, q, EXCH_WHY_SELF_TRADE, o->qty > 0);
	if (o->qty == 0)
		n->turn_over = true;
}

static void
prevent(
    struct naive *n, struct naive_instr *in, struct naive_order *o, size_t i)
{
	if (o->stp == EXCH_STP_DECREMENT) {
		decrement(n, in, o, i);
		return;
	}
	if (o->stp == EXCH_STP_OLDEST || o->stp == EXCH_STP_BOTH)
		drop_at(n, in, i);
	if (o->stp == EXCH_STP_NEWEST || o->stp == EXCH_STP_BOTH)
		end_turn(n, in, o, EXCH_WHY_SELF_TRADE);
}

/* The last order of the level of v[k], for NAIVE_FAULT_FIFO. */
static size_t
last_like(const struct naive_instr *in, const size_t *v, size_t n, size_t k)
{
	while (k + 1 < n &&
	       in->order[v[k + 1]].price == in->order[v[k]].price &&
	       in->order[v[k + 1]].hidden == in->order[v[k]].hidden)
		k++;
	return k;
}

/* ---- other allocations than the queue ---- */

/* Of all the order reaches, whoever came first. */
static bool
step_by_time(struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	size_t best = in->n;

	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *r = &in->order[i];

		if (r->side == o->side || r->price == EXCH_PX_NONE ||
		    !within(o, r->price) || naive_outside(in, r->price) ||
		    passes_over(o, o->qty, r, r->qty))
			continue;
		if (best == in->n || received_before(r, &in->order[best]))
			best = i;
	}
	if (best == in->n)
		return false;
	if (prevented(n, o, &in->order[best]))
		prevent(n, in, o, best);
	else if (naive_stops(n, in, in->order[best].price))
		return false;
	else
		execute(n, in, o, best, lesser(o->qty, in->order[best].qty));
	return true;
}

static size_t
find_entry(const struct naive_instr *in, uint64_t entry)
{
	size_t i = 0;

	while (i < in->n && in->order[i].entry != entry)
		i++;
	return i;
}

/*
 * The displayed level that begins at v[k] is shared; false: the order takes
 * all of it, or wants executions of some size.
 */
static bool
share(struct naive *n, struct naive_instr *in, struct naive_order *o,
    const size_t *v, size_t count, size_t k)
{
	struct exch_alloc_order *s = calloc(count, sizeof(*s));
	exch_qty *part = calloc(count, sizeof(*part));
	exch_qty *was = calloc(count, sizeof(*was));
	uint64_t *entry = calloc(count, sizeof(*entry));
	exch_px price = in->order[v[k]].price;
	exch_u128 sum = 0;
	size_t m = 0, rest = 0;
	bool done = false;

	if (s == NULL || part == NULL || was == NULL || entry == NULL)
		abort();
	for (; k + rest < count; rest++) {
		const struct naive_order *r = &in->order[v[k + rest]];
		bool first = true;

		if (r->price != price || r->hidden)
			break;
		if (prevented(n, o, r)) {
			prevent(n, in, o, v[k + rest]);
			done = true;
			goto out;
		}
		/* Of a group the first takes part. */
		for (size_t i = 0; i < rest && r->oco != 0; i++)
			if (in->order[v[k + i]].oco == r->oco &&
			    in->order[v[k + i]].account == r->account)
				first = false;
		if (!first)
			continue;
		sum += r->qty;
		s[m].qty = was[m] = r->qty;
		s[m].top = r->top;
		s[m].owner = r->account;
		for (size_t i = 0; n->rules != NULL && i < 16; i++)
			if (n->rules->maker_percent[i] > 0 &&
			    n->rules->maker[i] == r->account)
				s[m].lmm = n->rules->maker_percent[i];
		entry[m++] = r->entry;
	}
	if (naive_stops(n, in, price) || o->qty >= sum || each(o) != 0)
		goto out;
	done = true;
	naive_alloc(n->rules != NULL && n->rules->share.name != NULL
			? &n->rules->share
			: exch_alloc_by_name(n->alloc),
	    &in->parity[o->side == EXCH_BUY], in->def.lot, s, m, o->qty, part);
	for (size_t i = 0; i < m && !n->turn_over; i++) {
		size_t at = find_entry(in, entry[i]);

		if (part[i] > 0 && at < in->n && in->order[at].qty == was[i] &&
		    in->order[at].price == price)
			execute(n, in, o, at, part[i]);
	}
out:
	free(s);
	free(part);
	free(was);
	free(entry);
	return done;
}

/* One execution or one act of prevention; false: nobody left to meet. */
static bool
step(struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	size_t count;
	size_t *v;
	bool done = false;

	if (n->alloc != NULL && strcmp(n->alloc, "time") == 0)
		return step_by_time(n, in, o);
	v = naive_sorted(in, other(o->side), &count);
	for (size_t k = 0; k < count && !done; k++) {
		struct naive_order *r = &in->order[v[k]];

		if (r->price == EXCH_PX_NONE)
			continue;
		if (!within(o, r->price))
			break;
		if (naive_outside(in, r->price) ||
		    passes_over(o, o->qty, r, r->qty))
			continue;
		if (n->alloc != NULL && !r->hidden &&
		    share(n, in, o, v, count, k)) {
			done = true;
			break;
		}
		if (n->fault == NAIVE_FAULT_FIFO)
			k = last_like(in, v, count, k);
		r = &in->order[v[k]];
		done = true;
		if (prevented(n, o, r)) {
			prevent(n, in, o, v[k]);
		} else if (naive_stops(n, in, r->price)) {
			done = false;
			break;
		} else {
			execute(n, in, o, v[k], lesser(o->qty, r->qty));
		}
	}
	free(v);
	return done;
}

/* ---- the turn ---- */

/* Conditions on everything that is there; false: it may not trade. */
static bool
admitted(struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	exch_qty want = 0;
	exch_px at;

	if (o->tif == EXCH_TIF_FOK || (o->flags & EXCH_ORD_AON))
		want = o->qty;
	else if (o->min_total)
		want = o->min;
	if (o->min_total) {
		o->min_total = false;
		o->min = 0;
	}
	if (want == 0 || available(n, in, o) >= want)
		return true;
	if (o->tif == EXCH_TIF_FOK)
		end_turn(n, in, o, EXCH_WHY_FOK);
	else if (o->tif == EXCH_TIF_IOC || o->type == EXCH_ORD_MARKET ||
		 o->type == EXCH_ORD_MTL)
		end_turn(n, in, o, EXCH_WHY_MIN_QTY);
	else if (!(o->flags & EXCH_ORD_AON) && naive_meets(in, o, &at))
		end_turn(n, in, o, EXCH_WHY_MIN_QTY);
	return false;
}

/* Somebody rests where the order may not go. */
static bool
more_behind(const struct naive_instr *in, const struct naive_order *o)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side != o->side &&
		    in->order[i].price != EXCH_PX_NONE &&
		    !within(o, in->order[i].price))
			return true;
	return false;
}

/* Somebody rests where it may go, but nothing executes. */
static bool
more_outside(const struct naive_instr *in, const struct naive_order *o)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side != o->side &&
		    in->order[i].price != EXCH_PX_NONE &&
		    within(o, in->order[i].price) &&
		    naive_outside(in, in->order[i].price))
			return true;
	return false;
}

static void
what_is_left(struct naive *n, struct naive_instr *in, struct naive_order *o,
    bool traded, exch_px last)
{
	exch_px half = last % in->def.tick;

	if (o->tif == EXCH_TIF_IOC) {
		end_turn(n, in, o, EXCH_WHY_IOC);
	} else if (o->tif == EXCH_TIF_FOK) {
		end_turn(n, in, o, EXCH_WHY_FOK);
	} else if (o->type == EXCH_ORD_MARKET ||
		   (o->type == EXCH_ORD_MTL && !traded)) {
		end_turn(n, in, o,
		    more_outside(in, o)	 ? EXCH_WHY_BAND
		    : more_behind(in, o) ? EXCH_WHY_COLLAR
					 : EXCH_WHY_NO_LIQUIDITY);
	} else if (o->type == EXCH_ORD_MTL) {
		if (half < 0)
			half += in->def.tick;
		o->price = last - half;
		if (half != 0 && o->side == EXCH_SELL)
			o->price += in->def.tick;
		o->type = EXCH_ORD_LIMIT;
		naive_restated(n, in, o, o->price, EXCH_RESTATE_TO_LIMIT);
	}
}

static bool
rests_hidden(const struct naive_order *o)
{
	return (o->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) != 0 ||
	       o->peg == EXCH_PEG_MID || each(o) != 0;
}

/* Alone at the best displayed price it has bettered the market. */
static void
note_top(struct naive_instr *in, const struct naive_order *o)
{
	if (o->hidden || o->price == EXCH_PX_NONE)
		return;
	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *r = &in->order[i];

		if (r->side == o->side && !r->hidden &&
		    r->price != EXCH_PX_NONE && r->entry != o->entry &&
		    (o->side == EXCH_BUY ? r->price >= o->price
					 : r->price <= o->price))
			return;
	}
	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side == o->side)
			in->order[i].top = in->order[i].entry == o->entry;
}

static void
rest(struct naive *n, struct naive_instr *in, struct naive_order *o, bool by_id)
{
	if (n->fault == NAIVE_FAULT_BY_ID)
		by_id = false;
	o->hidden = o->price != EXCH_PX_NONE && rests_hidden(o);
	o->reserve = 0;
	if (o->peak != 0 && o->qty > o->peak) {
		o->reserve = o->qty - o->peak;
		o->qty = o->peak;
	}
	o->top = false;
	if (naive_join(in, o, by_id)) {
		note_top(in, o);
		return;
	}
	naive_cancelled(n, in->def.h.instr, o->id, o->qty + o->reserve,
	    EXCH_WHY_CAPACITY, false);
	naive_gone(n, in, o);
}

static void
turn(struct naive *n, struct naive_instr *in, struct naive_order *order,
    bool imposed, bool by_id, bool discreetly)
{
	struct naive_order o = *order;
	exch_px limit = o.price;
	bool traded = false;

	if (discreetly)
		o.price = o.discretion;
	o.qty += o.reserve;
	o.reserve = 0;
	n->turn = &o;
	n->turn_in = in;
	n->turn_over = false;
	if (in->phase == EXCH_PHASE_CONTINUOUS && !imposed) {
		exch_px last = EXCH_PX_NONE;

		o.bounded = naive_collar(n, in, o.side, &o.bound);
		if (!in->stopped && !discreetly &&
		    !naive_luld_bounds(n, in, &o, rests_hidden(&o)))
			end_turn(n, in, &o, EXCH_WHY_BAND);
		else if (!in->stopped && naive_barred(n, in, &o))
			end_turn(n, in, &o, EXCH_WHY_SHORT);
		else if (!in->stopped && admitted(n, in, &o))
			while (!n->turn_over && o.qty > 0) {
				exch_qty before = o.qty;
				uint64_t match = in->match;

				if (!step(n, in, &o))
					break;
				(void)before;
				if (in->match != match) {
					traded = true;
					last = in->last;
					stay_at(&o, last);
				}
			}
		if (!n->turn_over && o.qty > 0 && !in->stopped)
			what_is_left(n, in, &o, traded, last);
		else if (!n->turn_over && o.qty > 0 && o.tif == EXCH_TIF_IOC)
			end_turn(n, in, &o, EXCH_WHY_IOC);
		else if (!n->turn_over && o.qty > 0 && o.tif == EXCH_TIF_FOK)
			end_turn(n, in, &o, EXCH_WHY_FOK);
		o.bounded = false;
	}
	n->turn = NULL;
	if (n->turn_over || o.qty == 0) {
		naive_gone(n, in, &o);
		return;
	}
	if (discreetly) {
		o.price = limit;
		naive_restated(n, in, &o, limit, EXCH_RESTATE_DISCRETION);
	}
	rest(n, in, &o, by_id);
}

void
naive_turn(struct naive *n, struct naive_instr *in, struct naive_order *o,
    bool imposed, bool by_id)
{
	turn(n, in, o, imposed, by_id, false);
}

void
naive_turn_discretion(
    struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	turn(n, in, o, false, (o->flags & EXCH_ORD_BY_ID) != 0, true);
}

/* ---- triggers ---- */

static exch_px
down_to_tick(exch_i128 p, exch_px tick)
{
	exch_i128 r = p % tick;

	if (r < 0)
		r += tick;
	return (exch_px)(p - r);
}

exch_px
naive_trail_stop(const struct naive_instr *in, const struct naive_order *o)
{
	exch_px tick = in->def.tick;
	exch_i128 top = (exch_i128)INT64_MAX - 1;
	exch_i128 num, den = 1, q;

	if (o->trail_kind == EXCH_TRAIL_AMOUNT) {
		num = o->side == EXCH_SELL ? (exch_i128)o->extreme - o->trail
					   : (exch_i128)o->extreme + o->trail;
	} else {
		den = 100000000;
		num = (exch_i128)o->extreme *
		      (o->side == EXCH_SELL ? den - (exch_i128)o->trail
					    : den + (exch_i128)o->trail);
	}
	/* to the tick, away from the market: sells down, buys up */
	q = num / (den * tick);
	if (num % (den * tick) != 0) {
		if (o->side == EXCH_SELL && num < 0)
			q--;
		if (o->side == EXCH_BUY && num > 0)
			q++;
	}
	q *= tick;
	if (q > top)
		q = down_to_tick(top, tick);
	if (q < -top - 1)
		q = -(exch_i128)(INT64_MAX - INT64_MAX % tick);
	return (exch_px)q;
}

static bool
is_triggered(const struct naive_order *o, exch_px p)
{
	bool touch = o->type == EXCH_ORD_MIT || o->type == EXCH_ORD_LIT;

	if ((o->side == EXCH_BUY) != touch)
		return o->stop <= p;
	return o->stop >= p;
}

static void
enqueue(struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px p)
{
	if (n->nqueue == n->capqueue) {
		n->capqueue = n->capqueue * 2 + 16;
		n->queue = realloc(n->queue, n->capqueue * sizeof(*n->queue));
		n->queue_price = realloc(
		    n->queue_price, n->capqueue * sizeof(*n->queue_price));
		if (n->queue == NULL || n->queue_price == NULL)
			abort();
	}
	n->queue[n->nqueue] = *o;
	n->queue[n->nqueue].queued_in = in->def.h.instr;
	n->queue_price[n->nqueue++] = p;
}

void
naive_event(struct naive *n, struct naive_instr *in, exch_px p)
{
	uint64_t done = 0;

	n->turn_in = in; /* the queue is this instrument's */
	for (size_t i = 0; i < in->napart; i++) {
		struct naive_order *o = &in->apart[i];

		if (!o->wants_trigger || o->trail == 0)
			continue;
		if (o->side == EXCH_SELL ? p > o->extreme : p < o->extreme) {
			o->extreme = p;
			o->stop = naive_trail_stop(in, o);
		}
	}
	for (;;) {
		size_t next = in->napart;

		for (size_t i = 0; i < in->napart; i++)
			if (in->apart[i].wants_trigger &&
			    in->apart[i].entry > done &&
			    is_triggered(&in->apart[i], p) &&
			    (next == in->napart ||
				in->apart[i].entry < in->apart[next].entry))
				next = i;
		if (next == in->napart)
			return;
		done = in->apart[next].entry;
		enqueue(n, in, &in->apart[next], p);
		in->napart--;
		memmove(&in->apart[next], &in->apart[next + 1],
		    (in->napart - next) * sizeof(in->apart[0]));
	}
}

/* ---- children ---- */

void
naive_gone(struct naive *n, struct naive_instr *in, const struct naive_order *o)
{
	uint64_t done = 0;

	for (;;) {
		size_t next = in->napart;

		for (size_t i = 0; i < in->napart; i++)
			if (in->apart[i].waits_for_parent &&
			    in->apart[i].parent == o->id &&
			    in->apart[i].entry > done &&
			    (next == in->napart ||
				in->apart[i].entry < in->apart[next].entry))
				next = i;
		if (next == in->napart)
			return;
		done = in->apart[next].entry;
		in->apart[next].allowance =
		    o->executed - in->apart[next].allowance;
		enqueue(n, in, &in->apart[next], EXCH_PX_NONE);
		naive_apart_out(in, next);
	}
}

/* The parent is gone: cancelled, or in with no more than it executed. */
static void
child_comes(struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	struct exch_rec_triggered *e;
	uint64_t entry = o->entry;

	in->touched = true;
	if (o->allowance == 0) {
		naive_cancelled(
		    n, in->def.h.instr, o->id, o->qty, EXCH_WHY_PARENT, false);
		naive_gone(n, in, o);
		return;
	}
	e = naive_emit(n, EXCH_REC_TRIGGERED, sizeof(*e), in->def.h.instr);
	e->order = o->id;
	e->price = EXCH_PX_NONE;
	o->waits_for_parent = false;
	if (o->qty > o->allowance) {
		naive_cancelled(n, in->def.h.instr, o->id,
		    o->qty - (exch_qty)o->allowance, EXCH_WHY_PARENT, true);
		o->qty = (exch_qty)o->allowance;
	}
	if (o->trail != 0) {
		o->extreme = in->last;
		o->stop = naive_trail_stop(in, o);
	}
	if (o->peg != 0)
		o->price = o->cap;
	naive_place(n, in, o, false, (o->flags & EXCH_ORD_BY_ID) != 0);
	for (size_t i = 0; i < in->napart; i++)
		if (in->apart[i].entry == entry && in->apart[i].wants_trigger &&
		    in->phase == EXCH_PHASE_CONTINUOUS) {
			naive_event(n, in, in->last);
			return;
		}
}

void
naive_serve(struct naive *n)
{
	struct naive_instr *in;
	size_t k = 0;

	while (k < n->nqueue) {
		struct naive_order o = n->queue[k];
		exch_px p = n->queue_price[k];
		struct exch_rec_triggered *e;

		in = naive_find_instr(n, o.queued_in);
		/* While all change it waits until its instrument has. */
		if (n->changing != NULL && in != n->changing) {
			k++;
			continue;
		}
		n->nqueue--;
		memmove(n->queue + k, n->queue + k + 1,
		    (n->nqueue - k) * sizeof(*n->queue));
		memmove(n->queue_price + k, n->queue_price + k + 1,
		    (n->nqueue - k) * sizeof(*n->queue_price));
		if (o.waits_for_parent) {
			child_comes(n, in, &o);
			continue;
		}
		e = naive_emit(
		    n, EXCH_REC_TRIGGERED, sizeof(*e), in->def.h.instr);
		e->order = o.id;
		e->price = p;
		o.wants_trigger = false;
		o.trail = 0;
		if (o.type == EXCH_ORD_STOP || o.type == EXCH_ORD_MIT) {
			o.type = EXCH_ORD_MARKET;
			o.price = EXCH_PX_NONE;
		} else {
			o.type = EXCH_ORD_LIMIT;
		}
		if (o.oco != 0)
			naive_fire(n, o.oco, o.account, o.entry);
		naive_turn(n, in, &o, false, (o.flags & EXCH_ORD_BY_ID) != 0);
	}
}
