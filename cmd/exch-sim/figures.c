/*
 * Figures of agents (figures.h).
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-sim/figures.h"

#define MINUTE (60 * EXCH_SEC)

static const uint64_t horizon[SIM_HORIZONS] = {
    EXCH_SEC, 10 * EXCH_SEC, 60 * EXCH_SEC};

/* What an agent holds of an instrument. */
struct holding {
	int64_t qty; /* below 0: short */
	exch_i128 value;
};

struct instr {
	bool known;
	struct exch_money money;
	int64_t piece; /* 10^-9 of one in a unit of quantity */
	char currency[4];
};

/* An execution that waits for its markout. */
struct mark {
	exch_ts due;
	exch_px price;
	exch_qty qty;
	uint32_t instr;
	uint32_t agent;
	bool sold;
};

struct marks {
	struct mark *mark; /* from `first` on, by time */
	size_t first, n, cap;
};

struct sim_figures {
	const struct exch_sim *sim;
	struct exch_owners owners;
	exch_ts begin, end, now, minute;
	struct sim_figures_agent *agent;
	uint32_t nagent;
	uint32_t low, span;  /* of their accounts */
	uint32_t *by;	     /* account - low: agent + 1 */
	struct instr *instr; /* by id */
	size_t ninstr, cap_instr;
	struct holding *held; /* id * nagent + agent */
	size_t cap_held;
	struct marks marks[SIM_HORIZONS];
};

/* ---- whose ---- */

static struct sim_figures_agent *
agent_of(struct sim_figures *f, uint32_t account)
{
	uint32_t at = account - f->low;

	return account != 0 && at < f->span && f->by[at] != 0
		   ? &f->agent[f->by[at] - 1]
		   : NULL;
}

static int
index_accounts(struct sim_figures *f)
{
	uint32_t high = 0;

	f->low = UINT32_MAX;
	for (uint32_t i = 0; i < f->nagent; i++) {
		uint32_t account = f->agent[i].account;

		f->low = account < f->low ? account : f->low;
		high = account > high ? account : high;
	}
	f->span = f->nagent != 0 ? high - f->low + 1 : 0;
	f->by = exch_calloc((size_t)f->span + 1, sizeof(*f->by));
	if (f->by == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0; i < f->nagent; i++)
		f->by[f->agent[i].account - f->low] = i + 1;
	return EXCH_OK;
}

int
sim_figures_new(const struct exch_plan *p, struct sim_figures **res)
{
	struct sim_figures *f = exch_calloc(1, sizeof(*f));
	int err = EXCH_ERR_NOMEM;

	if (f == NULL)
		return err;
	f->nagent = (uint32_t)p->nagent;
	f->begin = f->now = p->begin;
	f->minute = p->begin + MINUTE;
	f->end = p->end < EXCH_TS_NONE - 1 ? p->end : EXCH_TS_NONE;
	f->agent = exch_calloc(p->nagent + 1, sizeof(*f->agent));
	for (uint32_t i = 0; i < f->nagent && f->agent != NULL; i++) {
		const struct exch_plan_agent *a = &p->agent[i];

		f->agent[i].name = a->name;
		f->agent[i].account = a->o.account;
	}
	if (f->agent != NULL)
		err = index_accounts(f);
	if (err == EXCH_OK)
		err = exch_owners_init(&f->owners);
	if (err != EXCH_OK) {
		sim_figures_free(f);
		return err;
	}
	*res = f;
	return EXCH_OK;
}

void
sim_figures_free(struct sim_figures *f)
{
	if (f == NULL)
		return;
	exch_owners_clear(&f->owners);
	for (unsigned i = 0; i < SIM_HORIZONS; i++)
		exch_free(f->marks[i].mark);
	exch_free(f->agent);
	exch_free(f->by);
	exch_free(f->instr);
	exch_free(f->held);
	exch_free(f);
}

void
sim_figures_of(struct sim_figures *f, const struct exch_sim *s)
{
	f->sim = s;
}

/* ---- instruments ---- */

static int
make_instr(struct sim_figures *f, uint32_t id)
{
	const struct exch_rec_instrument *r = exch_sim_instrument(f->sim, id);
	size_t n = (size_t)id + 1, had = f->cap_instr, held = f->cap_held;
	struct instr *in;

	if (r == NULL)
		return EXCH_ERR_RANGE;
	if (!exch_room(&f->instr, id, &f->cap_instr, sizeof(*f->instr)) ||
	    !exch_room(&f->held, n * f->nagent, &f->cap_held, sizeof(*f->held)))
		return EXCH_ERR_NOMEM;
	if (f->cap_instr != had)
		memset(f->instr + had, 0,
		    (f->cap_instr - had) * sizeof(*f->instr));
	if (f->cap_held != held)
		memset(
		    f->held + held, 0, (f->cap_held - held) * sizeof(*f->held));
	if (f->ninstr < n)
		f->ninstr = n;
	in = &f->instr[id];
	in->known = true;
	in->money = exch_money_of(-r->qty_exponent, r->multiplier, r->kind);
	in->piece = 1;
	for (int e = -9; e < r->qty_exponent; e++)
		in->piece *= 10;
	memcpy(in->currency, r->currency, sizeof(in->currency));
	return EXCH_OK;
}

/* As it was when an agent first traded it. */
static int
instr_of(struct sim_figures *f, uint32_t id, const struct instr **in)
{
	if (id >= f->ninstr || !f->instr[id].known) {
		int err = make_instr(f, id);

		if (err != EXCH_OK)
			return err;
	}
	*in = &f->instr[id];
	return EXCH_OK;
}

/* ---- what is due by time ---- */

static void
over(struct sim_figures_agent *a)
{
	exch_i128 gain = sim_figures_gain(a);
	double change = (double)(gain - a->minute);
	double off = change - a->mean;

	a->minute = gain;
	a->minutes++;
	a->mean += off / (double)a->minutes;
	a->squares += off * (change - a->mean);
}

/* The middle of the book against an execution, for who had it; twice. */
static int
judge(struct sim_figures *f, const struct mark *m, unsigned h)
{
	const struct exch_sim_market *k = exch_sim_market(f->sim, m->instr);
	const struct instr *in = &f->instr[m->instr];
	struct sim_figures_agent *a = &f->agent[m->agent];
	exch_px tick = exch_sim_instrument(f->sim, m->instr)->tick;
	exch_i128 bid, ask, paid;
	int err;

	if (k->best[0] == EXCH_SIM_NO_TICK || k->best[1] == EXCH_SIM_NO_TICK)
		return EXCH_OK;
	err = exch_money_cash(&in->money, k->best[0] * tick, m->qty, &bid);
	if (err == 0)
		err = exch_money_cash(
		    &in->money, k->best[1] * tick, m->qty, &ask);
	if (err == 0)
		err = exch_money_cash(&in->money, m->price, m->qty, &paid);
	if (err != 0)
		return EXCH_ERR_RANGE;
	bid = bid + ask - 2 * paid;
	a->gone[h] += m->sold ? -bid : bid;
	a->marked[h] += paid < 0 ? -paid : paid;
	return EXCH_OK;
}

static int
judge_due(struct sim_figures *f, exch_ts time)
{
	int err = EXCH_OK;

	for (unsigned h = 0; h < SIM_HORIZONS; h++) {
		struct marks *q = &f->marks[h];

		while (q->first < q->n && q->mark[q->first].due < time &&
		       err == EXCH_OK)
			err = judge(f, &q->mark[q->first++], h);
		if (q->first == q->n)
			q->first = q->n = 0;
	}
	return err;
}

/* What was due before `time`. */
static int
due(struct sim_figures *f, exch_ts time)
{
	for (; f->minute < time && f->nagent != 0; f->minute += MINUTE) {
		for (uint32_t i = 0; i < f->nagent; i++)
			over(&f->agent[i]);
	}
	return judge_due(f, time);
}

/* Time has come to `time`. */
static int
pass(struct sim_figures *f, exch_ts time)
{
	exch_i128 d;

	if (time <= f->now)
		return EXCH_OK;
	d = (exch_i128)(time - f->now);
	for (uint32_t i = 0; i < f->nagent; i++) {
		struct sim_figures_agent *a = &f->agent[i];

		a->area += a->held * d;
		a->area_abs += (a->held < 0 ? -a->held : a->held) * d;
	}
	f->now = time;
	return due(f, time);
}

/* ---- executions ---- */

static int
wait_for_marks(struct sim_figures *f, const struct exch_rec_exec *e,
    const struct sim_figures_agent *a, bool sold)
{
	for (unsigned h = 0; h < SIM_HORIZONS; h++) {
		struct marks *q = &f->marks[h];

		if (q->n == q->cap && q->first > q->n / 2) {
			q->n -= q->first;
			memmove(q->mark, q->mark + q->first,
			    q->n * sizeof(*q->mark));
			q->first = 0;
		}
		if (!exch_room(&q->mark, q->n, &q->cap, sizeof(*q->mark)))
			return EXCH_ERR_NOMEM;
		q->mark[q->n++] = (struct mark){.due = f->now + horizon[h],
		    .price = e->price,
		    .qty = e->qty,
		    .instr = e->h.instr,
		    .agent = (uint32_t)(a - f->agent),
		    .sold = sold};
	}
	return EXCH_OK;
}

/* No rate is told of auctions: who pays for them pays as a taker. */
static exch_i128
fee(const struct sim_figures *f, const struct sim_figures_agent *a,
    uint32_t instr, enum exch_liquidity how, exch_i128 cash)
{
	int64_t rate = exch_sim_fee(
	    f->sim, (size_t)(a - f->agent), instr, how == EXCH_LIQUIDITY_MAKER);

	return exch_div_half_even(cash * rate, 1000000000);
}

static void
currency(struct sim_figures_agent *a, const struct instr *in)
{
	if (!a->traded)
		memcpy(a->currency, in->currency, sizeof(a->currency));
	else if (memcmp(a->currency, in->currency, sizeof(a->currency)) != 0)
		a->mixed = true;
	a->traded = true;
}

static int
filled(struct sim_figures *f, const struct exch_rec_exec *e,
    struct sim_figures_agent *a, bool sold)
{
	enum exch_liquidity how = exch_fee_liquidity(
	    (enum exch_side)e->aggressor, sold ? EXCH_SELL : EXCH_BUY);
	const struct instr *in;
	struct holding *h;
	exch_i128 cash, pieces, whole;
	int64_t qty;
	int err = instr_of(f, e->h.instr, &in);

	if (err != EXCH_OK)
		return err;
	h = &f->held[(size_t)e->h.instr * f->nagent + (size_t)(a - f->agent)];
	if (exch_money_cash(&in->money, e->price, e->qty, &cash) != 0 ||
	    e->qty > INT64_MAX)
		return EXCH_ERR_RANGE;
	qty = sold ? -(int64_t)e->qty : (int64_t)e->qty;
	if (__builtin_add_overflow(h->qty, qty, &h->qty))
		return EXCH_ERR_RANGE;
	currency(a, in);
	pieces = (exch_i128)e->qty * in->piece;
	whole = cash < 0 ? -cash : cash;
	a->fills++;
	a->volume += pieces;
	if (how == EXCH_LIQUIDITY_MAKER)
		a->maker += pieces;
	a->turnover += whole;
	a->cash += sold ? cash : -cash;
	a->fees += fee(f, a, e->h.instr, how, whole);
	a->held += sold ? -pieces : pieces;
	if (a->held > a->most || -a->held > a->most)
		a->most = a->held < 0 ? -a->held : a->held;
	return wait_for_marks(f, e, a, sold);
}

/* What everybody holds of it is worth something else. */
static int
worth(struct sim_figures *f, uint32_t id, exch_px price)
{
	struct holding *h = &f->held[(size_t)id * f->nagent];

	for (uint32_t i = 0; i < f->nagent; i++, h++) {
		struct sim_figures_agent *a = &f->agent[i];
		exch_i128 v = 0, gain;

		if (h->qty != 0 &&
		    exch_money_cash(&f->instr[id].money, price,
			(exch_qty)(h->qty < 0 ? -h->qty : h->qty), &v) != 0)
			return EXCH_ERR_RANGE;
		v = h->qty < 0 ? -v : v;
		a->value += v - h->value;
		h->value = v;
		gain = sim_figures_gain(a);
		if (gain > a->peak)
			a->peak = gain;
		else if (a->peak - gain > a->drawdown)
			a->drawdown = a->peak - gain;
	}
	return EXCH_OK;
}

static int
executed(struct sim_figures *f, const struct exch_rec_exec *e)
{
	struct sim_figures_agent *buyer =
	    agent_of(f, exch_owner_of(&f->owners, e->h.instr, e->buy));
	struct sim_figures_agent *seller =
	    agent_of(f, exch_owner_of(&f->owners, e->h.instr, e->sell));
	int err = EXCH_OK;

	if (buyer != NULL)
		err = filled(f, e, buyer, false);
	if (seller != NULL && err == EXCH_OK)
		err = filled(f, e, seller, true);
	if (err == EXCH_OK && e->h.instr < f->ninstr &&
	    f->instr[e->h.instr].known)
		err = worth(f, e->h.instr, e->price);
	return err;
}

/* ---- orders ---- */

static int
asked(struct sim_figures *f, struct sim_figures_agent *a, uint32_t instr,
    exch_qty qty)
{
	const struct instr *in;
	int err;

	a->orders++;
	if (exch_sim_instrument(f->sim, instr) == NULL)
		return EXCH_OK; /* it will be refused */
	err = instr_of(f, instr, &in);
	if (err == EXCH_OK && qty <= INT64_MAX)
		a->asked += (exch_i128)qty * in->piece;
	return err;
}

/* What an order that will rest has before it. */
static void
queued(struct sim_figures *f, struct sim_figures_agent *a,
    const struct exch_rec_new *n)
{
	const struct exch_sim_market *m = exch_sim_market(f->sim, n->h.instr);
	unsigned side = exch_book_index(n->side);
	int64_t tick, other;
	exch_slot l;

	if (m == NULL || n->ordtype != EXCH_ORD_LIMIT ||
	    n->tif == EXCH_TIF_IOC || n->tif == EXCH_TIF_FOK)
		return;
	tick = n->price / exch_sim_instrument(f->sim, n->h.instr)->tick;
	other = m->best[1 - side];
	if (other != EXCH_SIM_NO_TICK &&
	    (side == 0 ? tick >= other : tick <= other))
		return;
	l = exch_book_level(m->store, m->book, n->side, tick);
	a->queued++;
	if (l != EXCH_SLOT_NONE)
		a->ahead += (exch_i128)m->store->slot[l].qty *
			    f->instr[n->h.instr].piece;
}

static int
entered(struct sim_figures *f, const struct exch_rec_new *n)
{
	struct sim_figures_agent *a = agent_of(f, n->account);
	int err;

	if (a == NULL)
		return EXCH_OK;
	err = asked(f, a, n->h.instr, n->qty);
	if (err == EXCH_OK)
		queued(f, a, n);
	return err;
}

int
sim_figures_seen(void *arg, const struct exch_rec *r)
{
	struct sim_figures *f = arg;
	int err = pass(f, r->time);

	if (err != EXCH_OK)
		return err;
	if (r->type == EXCH_REC_EXEC) {
		err = executed(f, (const void *)r);
	} else if (r->type == EXCH_REC_NEW) {
		err = entered(f, (const void *)r);
	} else if (r->type == EXCH_REC_REPLACE) {
		const struct exch_rec_replace *p = (const void *)r;
		struct sim_figures_agent *a =
		    agent_of(f, exch_owner_of(&f->owners, r->instr, p->order));

		if (a != NULL)
			err = asked(f, a, r->instr, p->qty);
	}
	return err == EXCH_OK ? exch_owners_record(&f->owners, r) : err;
}

/* ---- the end ---- */

int
sim_figures_end(struct sim_figures *f)
{
	int err;

	if (f->end == EXCH_TS_NONE || f->end < f->now)
		f->end = f->now;
	err = pass(f, f->end);
	/* What is due at the end itself is due. */
	return err == EXCH_OK ? due(f, f->end + 1) : err;
}

exch_ts
sim_figures_span(const struct sim_figures *f, exch_ts *end)
{
	*end = f->end;
	return f->end - f->begin;
}

size_t
sim_figures_count(const struct sim_figures *f)
{
	return f->nagent;
}

const struct sim_figures_agent *
sim_figures_at(const struct sim_figures *f, size_t i)
{
	return &f->agent[i];
}

bool
sim_figures_sharpe(const struct sim_figures_agent *a, double *v)
{
	if (a->minutes < 2 || !(a->squares > 0))
		return false;
	*v = a->mean / sqrt(a->squares / (double)(a->minutes - 1));
	return true;
}
