/*
 * The naive engine: what protects a market, sentence by sentence as
 * exch-market(5), PROTECTIONS, has it; see naive.h.  Shares are percent
 * times 10^6, so 10^8 is the whole.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

#define WHOLE 100000000

static const struct naive_rules no_rules;

static const struct naive_rules *
rules(const struct naive *n)
{
	return n->rules != NULL ? n->rules : &no_rules;
}

exch_ts
naive_later(exch_ts t, uint64_t ns)
{
	exch_u128 sum = (exch_u128)t + ns;

	return sum >= EXCH_TS_NONE ? EXCH_TS_NONE - 1 : (exch_ts)sum;
}

/* Nothing is due at the last time there is. */
exch_ts
naive_due(exch_ts t)
{
	return t == EXCH_TS_NONE - 1 ? EXCH_TS_NONE : t;
}

/* |price - ref| * 10^8 <= |ref| * share; without a reference it is near. */
static bool
near(exch_px price, exch_px ref, uint64_t share)
{
	exch_i128 far = (exch_i128)price - ref;
	exch_i128 size = ref;

	if (share == 0 || ref == EXCH_PX_NONE)
		return true;
	return (far < 0 ? -far : far) * WHOLE <=
	       (size < 0 ? -size : size) * (exch_i128)share;
}

/* The best displayed price of a side. */
static bool
shown(const struct naive_instr *in, uint8_t side, exch_px *best)
{
	bool found = false;

	*best = 0;
	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];

		if (o->side != side || o->hidden || o->price == EXCH_PX_NONE)
			continue;
		if (!found ||
		    (side == EXCH_BUY ? o->price > *best : o->price < *best))
			*best = o->price;
		found = true;
	}
	return found;
}

void
naive_guard_begin(struct naive *n, struct naive_instr *in)
{
	in->auction = in->breach = in->seen.price = EXCH_PX_NONE;
	in->resume_at = in->indicate_at = in->limit_at = EXCH_TS_NONE;
	if (rules(n)->indicative != 0 && in->phase == EXCH_PHASE_CALL)
		in->indicate_at =
		    naive_due(naive_later(n->time, rules(n)->indicative));
}

/* ---- entry ---- */

enum exch_reject
naive_guard_qty(const struct naive *n, const struct naive_instr *in,
    exch_qty qty, uint8_t tif)
{
	enum exch_reject why = naive_check_qty(in, qty);
	bool now = tif == EXCH_TIF_IOC || tif == EXCH_TIF_FOK;

	if (why == EXCH_REJ_LOT &&
	    (rules(n)->odd_take || (rules(n)->odd_now && now)))
		return EXCH_REJ_NONE;
	return why;
}

bool
naive_collar(const struct naive *n, const struct naive_instr *in, uint8_t side,
    exch_px *bound)
{
	uint64_t share = rules(n)->collar;
	exch_px ref = EXCH_PX_NONE;
	exch_i128 lo, hi, far;

	if (share == 0 || in->phase != EXCH_PHASE_CONTINUOUS)
		return false;
	if (!shown(in, side == EXCH_BUY ? EXCH_SELL : EXCH_BUY, &ref))
		ref = in->last != EXCH_PX_NONE ? in->last : in->def.reference;
	if (ref == EXCH_PX_NONE)
		return false;
	/* The multiple of the tick that is farthest and still near: search. */
	lo = 0;
	hi = (exch_i128)1 << 70;
	while (lo < hi) {
		exch_i128 k = lo + (hi - lo + 1) / 2;
		exch_i128 size = ref < 0 ? -(exch_i128)ref : ref;

		if (k * WHOLE <= size * (exch_i128)share)
			lo = k;
		else
			hi = k - 1;
	}
	/* lo: the largest distance in 10^-9; now inwards onto the grid. */
	far = side == EXCH_BUY ? ref + lo : ref - lo;
	while (far % in->def.tick != 0) {
		exch_i128 r = far % in->def.tick;

		if (r < 0)
			r += in->def.tick;
		far += side == EXCH_BUY ? -r : in->def.tick - r;
	}
	if (far >= INT64_MAX)
		far = INT64_MAX - 1 - (INT64_MAX - 1) % in->def.tick;
	if (far < -(exch_i128)INT64_MAX)
		far = -(exch_i128)INT64_MAX + INT64_MAX % in->def.tick;
	*bound = (exch_px)far;
	return true;
}

bool
naive_barred(const struct naive *n, const struct naive_instr *in,
    const struct naive_order *o)
{
	exch_px bid;

	(void)n;
	if (!o->sold_short || in->restricted == 0 ||
	    in->phase != EXCH_PHASE_CONTINUOUS || naive_is_call(o->tif))
		return false;
	if (o->price == EXCH_PX_NONE)
		return true;
	return shown(in, EXCH_BUY, &bid) && o->price <= bid;
}

enum exch_reject
naive_guard_entry(const struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px price)
{
	struct naive_order as = *o;
	exch_px bound;

	/* What waits for its parent comes into another market. */
	if (o->waits_for_parent)
		return EXCH_REJ_NONE;
	/* A peg stays one, whatever type its turns give it here. */
	if (o->peg != 0)
		as.type = EXCH_ORD_PEG;
	if (as.type == EXCH_ORD_LIMIT && !naive_is_call(as.tif) &&
	    naive_collar(n, in, as.side, &bound) &&
	    (as.side == EXCH_BUY ? price > bound : price < bound))
		return EXCH_REJ_COLLAR;
	as.price = as.type == EXCH_ORD_LIMIT ? price : EXCH_PX_NONE;
	if (naive_barred(n, in, &as))
		return EXCH_REJ_SHORT;
	return naive_luld_refuses(n, in, o, price) ? EXCH_REJ_BAND
						   : EXCH_REJ_NONE;
}

bool
naive_throttles(struct naive *n, uint32_t account)
{
	const struct naive_rules *r = rules(n);
	size_t i = 0;

	if (r->throttle == 0 || account == 0)
		return false;
	while (i < n->nrate && n->rate[i].account != account)
		i++;
	if (i == EXCH_ARRAY_LEN(n->rate))
		abort();
	if (i == n->nrate)
		n->nrate++;
	if (n->rate[i].account != account ||
	    n->rate[i].window != n->time / r->window)
		n->rate[i] =
		    (struct naive_rate){account, n->time / r->window, 0};
	n->rate[i].count++;
	return n->rate[i].count > r->throttle;
}

/* ---- short sales ---- */

void
naive_notice(struct naive *n, const struct naive_instr *in, const char *text)
{
	size_t fixed = sizeof(struct exch_rec_notice);
	size_t size = (fixed + strlen(text) + 7) / 8 * 8;
	struct exch_rec_notice *e =
	    naive_emit(n, EXCH_REC_NOTICE, size, in->def.h.instr);

	e->h.len8 = 0;
	e->bytes = size;
	e->ntext = (uint16_t)strlen(text);
	memcpy((char *)e + fixed, text, strlen(text));
}

void
naive_prints(struct naive *n, struct naive_instr *in, exch_px price)
{
	exch_px ref = in->def.reference;

	naive_luld_prints(n, in, price);
	naive_index_value(n, in, price);
	if (rules(n)->short_sale == 0 || ref == EXCH_PX_NONE || ref <= 0)
		return;
	/* price <= reference less its share */
	if ((exch_i128)price * WHOLE >
	    (exch_i128)ref * (WHOLE - (exch_i128)rules(n)->short_sale))
		return;
	if (in->restricted == 0)
		naive_notice(n, in, "short-sale restriction=on");
	in->restricted = 2;
}

void
naive_end_of_day(struct naive *n, struct naive_instr *in)
{
	if (in->restricted == 1)
		naive_notice(n, in, "short-sale restriction=off");
	if (in->restricted > 0)
		in->restricted--;
}

/* ---- interruptions ---- */

static exch_px
still_reference(const struct naive_instr *in)
{
	return in->auction != EXCH_PX_NONE ? in->auction : in->def.reference;
}

bool
naive_in_range(const struct naive *n, const struct naive_instr *in,
    exch_px price, exch_px last)
{
	return near(price, still_reference(in), rules(n)->stop_still) &&
	       near(price, last, rules(n)->stop_dynamic);
}

bool
naive_stops(struct naive *n, struct naive_instr *in, exch_px price)
{
	if (in->stopped)
		return true;
	if (naive_in_range(n, in, price, in->last))
		return false;
	in->stopped = true;
	if (!near(price, still_reference(in), rules(n)->stop_still)) {
		in->breach = still_reference(in);
		in->pause = rules(n)->stop_still_time;
	} else {
		in->breach = in->last;
		in->pause = rules(n)->stop_dynamic_time;
	}
	return true;
}

void
naive_interrupt(struct naive *n, struct naive_instr *in)
{
	struct exch_rec_phase call = {.h.instr = in->def.h.instr,
	    .phase = EXCH_PHASE_CALL,
	    .cross = EXCH_CROSS_HALT,
	    .reference = in->breach,
	    .reason = "VOLA"};

	if (!in->stopped)
		return;
	in->stopped = false;
	naive_tell_phase(n, in->def.h.instr, &call);
	naive_phase(n, in, &call, true);
	in->resume_at = naive_due(naive_later(n->time, in->pause));
	in->then = (struct exch_rec_phase){.h.instr = in->def.h.instr,
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .cross = EXCH_CROSS_NONE,
	    .reference = EXCH_PX_NONE,
	    .reason = "VOLA"};
}

void
naive_resume(struct naive *n, struct naive_instr *in)
{
	struct exch_rec_phase p = in->then;

	in->resume_at = EXCH_TS_NONE;
	naive_tell_phase(n, in->def.h.instr, &p);
	naive_phase(n, in, &p, true);
}

/* ---- calls ---- */

static struct exch_rec_auction
as_it_is(const struct naive *n, const struct naive_instr *in, exch_px ref)
{
	struct naive_price p = naive_price_now(n, in, ref);
	struct exch_rec_auction a = {.price = EXCH_PX_NONE,
	    .reference = ref,
	    .far = EXCH_PX_NONE,
	    .cross = in->cross};
	exch_u128 most = EXCH_QTY_NONE - 1;
	exch_u128 surplus;

	if (!p.found)
		return a;
	surplus = (exch_u128)(p.surplus < 0 ? -p.surplus : p.surplus);
	a.price = p.price;
	a.paired = (exch_qty)(p.volume < most ? p.volume : most);
	a.imbalance = (exch_qty)(surplus < most ? surplus : most);
	if (p.surplus != 0)
		a.side = p.surplus > 0 ? EXCH_BUY : EXCH_SELL;
	return a;
}

static void
tell_auction(struct naive *n, const struct naive_instr *in,
    const struct exch_rec_auction *a)
{
	struct exch_rec_auction *e =
	    naive_emit(n, EXCH_REC_AUCTION, sizeof(*e), in->def.h.instr);

	memcpy((char *)e + sizeof(e->h), (const char *)a + sizeof(a->h),
	    sizeof(*e) - sizeof(e->h));
}

bool
naive_extends(struct naive *n, struct naive_instr *in,
    const struct exch_rec_phase *c, exch_px call_ref)
{
	struct exch_rec_phase call = {.phase = EXCH_PHASE_CALL,
	    .cross = in->cross,
	    .reference = EXCH_PX_NONE,
	    .reason = "EXT"};
	exch_px ref = naive_auction_reference(n, in, call_ref);
	struct exch_rec_auction a;

	if (rules(n)->monitor == 0 || in->extended ||
	    in->phase != EXCH_PHASE_CALL || !naive_uncrosses(in, c))
		return false;
	a = as_it_is(n, in, ref);
	if (a.price == EXCH_PX_NONE || near(a.price, ref, rules(n)->monitor))
		return false;
	a.variation = 'E';
	tell_auction(n, in, &a);
	naive_tell_phase(n, in->def.h.instr, &call);
	in->call_ref = call_ref;
	in->extended = true;
	in->lingers = false;
	in->resume_at = naive_due(naive_later(n->time, rules(n)->monitor_time));
	in->then = (struct exch_rec_phase){.h.instr = in->def.h.instr,
	    .phase = c->phase,
	    .cross = c->cross,
	    .reference = EXCH_PX_NONE,
	    .reason = "EXT"};
	return true;
}

void
naive_guard_phase(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c)
{
	bool call = c->phase == EXCH_PHASE_CALL;

	if (call && in->phase == EXCH_PHASE_CALL && in->cross == c->cross)
		return;
	in->stopped = in->extended = in->lingers = in->put_off = false;
	in->resume_at = in->indicate_at = EXCH_TS_NONE;
	in->seen = (struct exch_rec_auction){.price = EXCH_PX_NONE};
	in->seen_change = 0;
	if (call && rules(n)->indicative != 0)
		in->indicate_at =
		    naive_due(naive_later(n->time, rules(n)->indicative));
}

void
naive_indicate(struct naive *n, struct naive_instr *in)
{
	struct exch_rec_auction a;

	in->indicate_at = naive_due(naive_later(n->time, rules(n)->indicative));
	/* Where nothing has happened nothing can be new. */
	if (in->seen_change == n->changes)
		return;
	in->seen_change = n->changes;
	a = as_it_is(n, in, naive_auction_reference(n, in, in->call_ref));
	if (a.price == in->seen.price && a.paired == in->seen.paired &&
	    a.imbalance == in->seen.imbalance && a.side == in->seen.side)
		return;
	tell_auction(n, in, &a);
	in->seen = a;
}

/* ---- the speed bump ---- */

bool
naive_hold(struct naive *n, const struct exch_rec *r)
{
	const struct exch_rec_mass_cancel *c = (const void *)r;
	struct naive_held h;

	if (rules(n)->bump == 0 || (r->flags & EXCH_F_IMPOSED) ||
	    r->type < EXCH_REC_NEW || r->type > EXCH_REC_ACCEPT)
		return false;
	if (r->type == EXCH_REC_MASS_CANCEL &&
	    (c->kind == EXCH_MASS_KILL || c->kind == EXCH_MASS_RELEASE))
		return false;
	h.due = naive_later(n->time, rules(n)->bump);
	h.rec = malloc(exch_rec_len(r));
	n->held = realloc(n->held, (n->nheld + 1) * sizeof(*n->held));
	if (h.rec == NULL || n->held == NULL)
		abort();
	memcpy(h.rec, r, exch_rec_len(r));
	n->held[n->nheld++] = h;
	return true;
}

void
naive_release(struct naive *n)
{
	struct naive_held h = n->held[0];

	n->nheld--;
	memmove(n->held, n->held + 1, n->nheld * sizeof(*n->held));
	naive_act(n, h.rec);
	free(h.rec);
}
