/* What accounts come to hold (fills.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/dir.h"
#include "risk/fills.h"

/* Pools by (instrument, id): orders; (0, id): accounts and instruments. */
struct order {
	struct exch_key key;
	exch_qty open;
	uint32_t account;
	bool taken; /* the matcher has acknowledged it */
};

struct instr {
	struct exch_key key;
	exch_px last, reference;
};

struct account {
	struct exch_key key;
	exch_i128 cash;
	char name[24];
};

/* By (account, instrument). */
struct position {
	struct exch_key key;
	int64_t qty;
	uint64_t buys, sells;
	exch_i128 cost; /* of what is held, its sign that of qty */
	exch_i128 realised;
};

/* Executions that may still be broken: the last so many. */
#define WINDOW ((size_t)1 << 20)

struct past {
	uint64_t match;
	exch_px price;
	exch_qty qty;
	uint32_t instr;
	uint32_t who[2]; /* buyer, seller */
	uint8_t source;
	bool broken;
};

struct exch_fills {
	struct exch_dir *dir;
	struct exch_keyed order, instr, account, position;
	struct exch_rec_block block; /* the last, for the TRADE behind it */
	struct past *past;	     /* a ring once it has grown to WINDOW */
	size_t npast, past_cap;
	struct past corrected; /* the last one broken, for a TRADE behind it */
	uint64_t count, unknown;
	uint8_t matcher; /* source of executions */
};

/* ---- life ---- */

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for what accounts hold");
}

static int
too_much(struct exch_diag *d, uint32_t account)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "what account %u has is more than numbers can say", account);
}

int
exch_fills_new(struct exch_fills **out, struct exch_diag *d)
{
	struct exch_fills *f = exch_calloc(1, sizeof(*f));

	*out = f;
	if (f == NULL)
		return no_memory(d);
	f->dir = exch_dir_new();
	if (f->dir != NULL &&
	    exch_keyed_init(&f->order, sizeof(struct order)) == 0 &&
	    exch_keyed_init(&f->instr, sizeof(struct instr)) == 0 &&
	    exch_keyed_init(&f->account, sizeof(struct account)) == 0 &&
	    exch_keyed_init(&f->position, sizeof(struct position)) == 0)
		return EXCH_OK;
	exch_fills_free(f);
	*out = NULL;
	return no_memory(d);
}

void
exch_fills_free(struct exch_fills *f)
{
	if (f == NULL)
		return;
	exch_dir_free(f->dir);
	exch_keyed_clear(&f->order);
	exch_keyed_clear(&f->instr);
	exch_keyed_clear(&f->account);
	exch_keyed_clear(&f->position);
	exch_free(f->past);
	exch_free(f);
}

/* The one of this key, made if need be. */
static void *
get(struct exch_keyed *k, uint32_t place, uint64_t id)
{
	void *x;
	int err = exch_keyed_add(k, place, id, &x);

	return err == 0 || err == EXCH_ERR_EXISTS ? x : NULL;
}

static struct instr *
instr_of(struct exch_fills *f, uint32_t id)
{
	struct instr *in = exch_keyed_find(&f->instr, 0, id);

	if (in != NULL)
		return in;
	in = get(&f->instr, 0, id);
	if (in != NULL)
		in->last = in->reference = EXCH_PX_NONE;
	return in;
}

static struct exch_money
money_of(const struct exch_fills *f, uint32_t instr)
{
	const struct exch_rec_instrument *r =
	    exch_dir_instrument(f->dir, instr);

	return r != NULL
		   ? exch_money_of(-r->qty_exponent, r->multiplier, r->kind)
		   : exch_money_of(0, EXCH_PX_ONE, EXCH_KIND_EQUITY);
}

/* ---- a side of an execution ---- */

/* How much of `cost` n of `qty` have: all of it when nothing is left. */
static exch_i128
part_of(exch_i128 cost, exch_u128 n, exch_u128 qty)
{
	return n == qty
		   ? cost
		   : exch_div_half_even(cost * (exch_i128)n, (exch_i128)qty);
}

/* `n` more (below 0: less) for `cash`, which has the same sign. */
static int
trade(struct position *p, int64_t n, exch_i128 cash)
{
	bool opposite = (p->qty < 0) != (n < 0) && p->qty != 0;
	exch_u128 size = (exch_u128)(n < 0 ? -(exch_i128)n : n);
	exch_u128 has = (exch_u128)(p->qty < 0 ? -(exch_i128)p->qty : p->qty);
	exch_u128 closes = !opposite ? 0 : size < has ? size : has;
	exch_i128 out = closes > 0 ? part_of(p->cost, closes, has) : 0;
	exch_i128 got = closes > 0 ? part_of(cash, closes, size) : 0;

	if (__builtin_add_overflow(p->qty, n, &p->qty))
		return EXCH_ERR_RANGE;
	/* Bought at `out` and sold for -got, or the other way round. */
	p->realised -= out + got;
	p->cost += cash - got - out;
	return EXCH_OK;
}

/* Shares against cash; what it does to an average cost is a trade's. */
static int
move(struct exch_fills *f, uint32_t who, uint32_t instr, bool sell,
    exch_qty qty, exch_i128 cash, struct position **at, struct exch_diag *d)
{
	struct account *a = get(&f->account, 0, who);
	struct position *p = get(&f->position, who, instr);
	exch_i128 most = (exch_i128)INT64_MAX * INT32_MAX;

	*at = p;
	if (a == NULL || p == NULL)
		return no_memory(d);
	if (qty > INT64_MAX || cash > INT64_MAX || cash < -(exch_i128)INT64_MAX)
		return too_much(d, who);
	if (trade(p, sell ? -(int64_t)qty : (int64_t)qty,
		sell ? -cash : cash) != 0)
		return too_much(d, who);
	a->cash += sell ? cash : -cash;
	/* Far below what products of 128 bits need. */
	if (a->cash > most || a->cash < -most || p->cost > INT64_MAX ||
	    p->cost < -(exch_i128)INT64_MAX)
		return too_much(d, who);
	return EXCH_OK;
}

static int
fill(struct exch_fills *f, uint32_t who, uint32_t instr, bool sell,
    exch_qty qty, exch_i128 cash, struct exch_diag *d)
{
	struct position *p;
	int err = move(f, who, instr, sell, qty, cash, &p, d);

	if (err != 0)
		return err;
	p->buys += !sell;
	p->sells += sell;
	return EXCH_OK;
}

/* Taken back: the opposite at the same price, and it was no trade. */
static int
unfill(struct exch_fills *f, uint32_t who, uint32_t instr, bool sold,
    exch_qty qty, exch_i128 cash, struct exch_diag *d)
{
	struct position *p;
	int err = move(f, who, instr, !sold, qty, cash, &p, d);

	if (err != 0)
		return err;
	p->buys -= !sold;
	p->sells -= sold;
	return EXCH_OK;
}

static int
remember(struct exch_fills *f, const struct past *past, struct exch_diag *d)
{
	if (f->npast == f->past_cap && f->past_cap < WINDOW) {
		size_t cap = f->past_cap > 0 ? 2 * f->past_cap : 1024;
		struct past *p = exch_realloc(f->past, cap, sizeof(*p));

		if (p == NULL)
			return no_memory(d);
		f->past = p;
		f->past_cap = cap;
	}
	f->past[f->npast++ % WINDOW] = *past;
	return EXCH_OK;
}

/* Whose order it is; it goes when nothing of it is left. */
static uint32_t
owner(struct exch_fills *f, uint32_t instr, exch_oid id, exch_qty qty)
{
	struct order *o =
	    id != 0 ? exch_keyed_find(&f->order, instr, id) : NULL;
	uint32_t account;

	if (o == NULL)
		return 0;
	account = o->account;
	o->open = o->open > qty ? o->open - qty : 0;
	if (o->open == 0)
		exch_keyed_drop(&f->order, o);
	return account;
}

static int
both(struct exch_fills *f, const struct past *x, struct exch_diag *d)
{
	struct exch_money m = money_of(f, x->instr);
	struct instr *in = instr_of(f, x->instr);
	exch_i128 cash;
	int err;

	if (in == NULL)
		return no_memory(d);
	in->last = x->price;
	f->count++;
	if (exch_money_cash(&m, x->price, x->qty, &cash) != 0)
		return too_much(d, x->who[0]);
	err = fill(f, x->who[0], x->instr, false, x->qty, cash, d);
	if (err == 0)
		err = fill(f, x->who[1], x->instr, true, x->qty, cash, d);
	return err != 0 ? err : remember(f, x, d);
}

/* Broken by who told it; the venue's numbers are not the matcher's. */
static int
broken(struct exch_fills *f, const struct exch_rec_bust *b, struct exch_diag *d)
{
	size_t n = f->npast < WINDOW ? f->npast : WINDOW;
	struct exch_money m = money_of(f, b->h.instr);
	struct past *x = NULL;
	exch_i128 cash;
	int err;

	for (size_t i = 1; i <= n && x == NULL; i++) {
		struct past *p = &f->past[(f->npast - i) % WINDOW];

		if (p->match == b->match && p->instr == b->h.instr &&
		    p->source == b->h.source && !p->broken)
			x = p;
	}
	if (x == NULL) {
		f->unknown += f->matcher == b->h.source;
		return EXCH_OK;
	}
	if (exch_money_cash(&m, x->price, x->qty, &cash) != 0)
		return too_much(d, x->who[0]);
	err = unfill(f, x->who[0], x->instr, false, x->qty, cash, d);
	if (err == 0)
		err = unfill(f, x->who[1], x->instr, true, x->qty, cash, d);
	x->broken = true;
	f->corrected = *x;
	return err;
}

/* ---- records ---- */

static int
entered(struct exch_fills *f, uint32_t instr, exch_oid id, exch_qty qty,
    uint32_t account, struct exch_diag *d)
{
	struct order *o;
	int err;

	if (id == 0 || qty == 0)
		return EXCH_OK;
	err = exch_keyed_add(&f->order, instr, id, &o);
	/* An id that is live: the matcher will refuse it. */
	if (err == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (err != 0)
		return no_memory(d);
	o->open = qty;
	o->account = account;
	return EXCH_OK;
}

static void
gone(struct exch_fills *f, uint32_t instr, exch_oid id)
{
	struct order *o = exch_keyed_find(&f->order, instr, id);

	if (o != NULL)
		exch_keyed_drop(&f->order, o);
}

static int
replaced(struct exch_fills *f, const struct exch_rec_replaced *r,
    struct exch_diag *d)
{
	struct order *o = exch_keyed_find(&f->order, r->h.instr, r->order);
	uint32_t account;

	if (o == NULL)
		return EXCH_OK;
	account = o->account;
	gone(f, r->h.instr, r->order);
	return entered(f, r->h.instr, r->new_order, r->qty, account, d);
}

static int
traded(
    struct exch_fills *f, const struct exch_rec_trade *t, struct exch_diag *d)
{
	struct past x = {.match = t->match,
	    .price = t->price,
	    .qty = t->qty,
	    .instr = t->h.instr,
	    .source = t->h.source};

	if (t->price == EXCH_PX_NONE)
		return EXCH_OK;
	if (t->kind == EXCH_PRINT_BLOCK && t->buy == f->block.report &&
	    t->h.instr == f->block.h.instr) {
		x.who[0] = f->block.buyer;
		x.who[1] = f->block.seller;
	} else if (t->kind == EXCH_PRINT_CORRECTED &&
		   f->corrected.instr == t->h.instr) {
		x.who[0] = f->corrected.who[0];
		x.who[1] = f->corrected.who[1];
	} else {
		x.who[0] = owner(f, t->h.instr, t->buy, t->qty);
		x.who[1] = owner(f, t->h.instr, t->sell, t->qty);
	}
	return both(f, &x, d);
}

static int
named(
    struct exch_fills *f, const struct exch_rec_account *r, struct exch_diag *d)
{
	struct account *a = get(&f->account, 0, r->id);
	size_t room = exch_rec_len(&r->h) - sizeof(*r);
	size_t n = r->ntext < room ? r->ntext : room;

	if (a == NULL)
		return no_memory(d);
	memset(a->name, 0, sizeof(a->name));
	memcpy(a->name, r + 1, n < sizeof(a->name) ? n : sizeof(a->name));
	return EXCH_OK;
}

static int
reference(struct exch_fills *f, uint32_t instr, exch_px px, struct exch_diag *d)
{
	struct instr *in;

	if (instr == 0)
		return EXCH_OK;
	in = instr_of(f, instr);
	if (in == NULL)
		return no_memory(d);
	if (px != EXCH_PX_NONE)
		in->reference = px;
	return EXCH_OK;
}

/* An answer: orders come to rest, end, or change their name. */
static int
answer(struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d)
{
	struct order *o;

	if (r->type == EXCH_REC_ACK) {
		const struct exch_rec_ack *e = (const void *)r;

		o = exch_keyed_find(&f->order, r->instr, e->order);
		if (o != NULL)
			o->taken = true;
	} else if (r->type == EXCH_REC_REJECT) {
		const struct exch_rec_reject *e = (const void *)r;

		o = exch_keyed_find(&f->order, r->instr, e->order);
		if (o != NULL && !o->taken && e->command == EXCH_REC_NEW)
			exch_keyed_drop(&f->order, o);
	} else if (r->type == EXCH_REC_CANCELLED) {
		const struct exch_rec_cancelled *e = (const void *)r;

		if (!e->open)
			gone(f, r->instr, e->order);
	} else if (r->type == EXCH_REC_EXEC) {
		const struct exch_rec_exec *e = (const void *)r;
		struct past x = {.match = e->match,
		    .price = e->price,
		    .qty = e->qty,
		    .instr = r->instr,
		    .who = {owner(f, r->instr, e->buy, e->qty),
			owner(f, r->instr, e->sell, e->qty)},
		    .source = r->source};

		f->matcher = r->source;
		return both(f, &x, d);
	} else if (r->type == EXCH_REC_TRADE) {
		return traded(f, (const void *)r, d);
	} else if (r->type == EXCH_REC_REPLACED) {
		return replaced(f, (const void *)r, d);
	} else if (r->type == EXCH_REC_BUST) {
		return broken(f, (const void *)r, d);
	}
	return EXCH_OK;
}

static int
command(struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_quote *q;
	int err;

	if (r->type == EXCH_REC_NEW) {
		const struct exch_rec_new *n = (const void *)r;

		return entered(f, r->instr, n->order, n->qty, n->account, d);
	}
	if (r->type == EXCH_REC_BLOCK) {
		memcpy(&f->block, r, sizeof(f->block));
		return EXCH_OK;
	}
	q = (const void *)r;
	err = entered(f, r->instr, q->bid_order, q->bid_qty, q->account, d);
	return err != 0 ? err
			: entered(f, r->instr, q->ask_order, q->ask_qty,
			      q->account, d);
}

/* What records of a type have to be as long as; 0: it is not asked. */
static size_t
least(uint8_t type)
{
	static const uint8_t size[256] = {
	    [EXCH_REC_ACCOUNT] = sizeof(struct exch_rec_account),
	    [EXCH_REC_PHASE] = sizeof(struct exch_rec_phase),
	    [EXCH_REC_INSTRUMENT] = sizeof(struct exch_rec_instrument),
	    [EXCH_REC_NEW] = sizeof(struct exch_rec_new),
	    [EXCH_REC_QUOTE] = sizeof(struct exch_rec_quote),
	    [EXCH_REC_BLOCK] = sizeof(struct exch_rec_block),
	    [EXCH_REC_ACK] = sizeof(struct exch_rec_ack),
	    [EXCH_REC_REJECT] = sizeof(struct exch_rec_reject),
	    [EXCH_REC_EXEC] = sizeof(struct exch_rec_exec),
	    [EXCH_REC_CANCELLED] = sizeof(struct exch_rec_cancelled),
	    [EXCH_REC_REPLACED] = sizeof(struct exch_rec_replaced),
	    [EXCH_REC_TRADE] = sizeof(struct exch_rec_trade),
	    [EXCH_REC_BUST] = sizeof(struct exch_rec_bust),
	};

	return size[type];
}

int
exch_fills_record(
    struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d)
{
	int err;

	if (least(r->type) == 0)
		return EXCH_OK;
	if (exch_rec_len(r) < least(r->type))
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "a record of type 0x%02x of %zu bytes, it has at least %zu",
		    r->type, exch_rec_len(r), least(r->type));
	switch (r->type) {
	case EXCH_REC_INSTRUMENT:
		err = exch_dir_note(f->dir, r, d);
		return err != 0 ? err
				: reference(f, r->instr,
				      ((const struct exch_rec_instrument
					       *)(const void *)r)
					  ->reference,
				      d);
	case EXCH_REC_PHASE:
		return reference(f, r->instr,
		    ((const struct exch_rec_phase *)(const void *)r)->reference,
		    d);
	case EXCH_REC_ACCOUNT:
		return named(f, (const void *)r, d);
	case EXCH_REC_NEW:
	case EXCH_REC_QUOTE:
	case EXCH_REC_BLOCK:
		return command(f, r, d);
	default:
		return answer(f, r, d);
	}
}

int
exch_fills_balance(
    struct exch_fills *f, uint32_t account, exch_cash cash, struct exch_diag *d)
{
	struct account *a = get(&f->account, 0, account);

	if (a == NULL)
		return no_memory(d);
	a->cash += cash;
	return EXCH_OK;
}

uint64_t
exch_fills_count(const struct exch_fills *f)
{
	return f->count;
}

uint64_t
exch_fills_unknown(const struct exch_fills *f)
{
	return f->unknown;
}

/* ---- as holdings ---- */

static int
by_id(const void *a, const void *b)
{
	const struct exch_thing *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int
by_account(const void *a, const void *b)
{
	const struct exch_holder *x = a, *y = b;

	return (x->account > y->account) - (x->account < y->account);
}

/* The thing of an instrument, and the reference of its record. */
static void
describe(const struct exch_fills *f, const struct instr *in, uint32_t date,
    const struct exch_prices *prices, struct exch_thing *t)
{
	const struct exch_rec_instrument *r =
	    exch_dir_instrument(f->dir, (uint32_t)in->key.id);

	*t = (struct exch_thing){.id = (uint32_t)in->key.id,
	    .strike = EXCH_PX_NONE,
	    .money = money_of(f, (uint32_t)in->key.id),
	    .unit = 1.0,
	    .mark = in->last};
	if (r != NULL) {
		memcpy(t->symbol, r->symbol, sizeof(t->symbol));
		memcpy(t->currency, r->currency, sizeof(t->currency));
		t->kind = r->kind;
		t->qty_scale = (uint8_t)-r->qty_exponent;
		t->decimals = r->px_decimals;
		t->put = (r->iflags & EXCH_INSTR_PUT) != 0;
		t->strike = r->strike;
		t->expiry = r->expiry;
		t->underlying = r->underlying;
		t->unit = (double)r->multiplier * 1e-9;
		for (unsigned i = 0; i < t->qty_scale; i++)
			t->unit /= 10;
		if (r->kind == EXCH_KIND_BOND)
			t->unit /= 100;
	}
	if (t->mark == EXCH_PX_NONE)
		t->mark = in->reference;
	if (t->mark == EXCH_PX_NONE && prices != NULL)
		t->mark = exch_price_at(prices, t->symbol, date);
}

static int
take_things(const struct exch_fills *f, uint32_t date,
    const struct exch_prices *prices, struct exch_holdings *h,
    struct exch_diag *d)
{
	const struct instr *in;
	uint32_t at = 0;

	h->thing = exch_calloc(f->instr.live + 1, sizeof(*h->thing));
	if (h->thing == NULL)
		return no_memory(d);
	while ((in = exch_keyed_next(&f->instr, &at)) != NULL)
		describe(f, in, date, prices, &h->thing[h->nthings++]);
	qsort(h->thing, h->nthings, sizeof(*h->thing), by_id);
	return EXCH_OK;
}

static int
take_holders(
    const struct exch_fills *f, struct exch_holdings *h, struct exch_diag *d)
{
	const struct account *a;
	uint32_t at = 0;

	h->holder = exch_calloc(f->account.live + 1, sizeof(*h->holder));
	if (h->holder == NULL)
		return no_memory(d);
	while ((a = exch_keyed_next(&f->account, &at)) != NULL) {
		struct exch_holder *x = &h->holder[h->nholders++];

		x->account = (uint32_t)a->key.id;
		memcpy(x->name, a->name, sizeof(x->name));
		if (a->cash > INT64_MAX || a->cash < -(exch_i128)INT64_MAX)
			return too_much(d, x->account);
		x->cash = (exch_cash)a->cash;
	}
	qsort(h->holder, h->nholders, sizeof(*h->holder), by_account);
	return EXCH_OK;
}

static int
take_position(const struct exch_fills *f, struct exch_holdings *h,
    const struct exch_holder *who, uint32_t place, struct exch_diag *d)
{
	const struct exch_thing *t = &h->thing[place];
	const struct position *p =
	    exch_keyed_find(&f->position, who->account, t->id);
	struct exch_held *x = &h->holding[h->nholdings];
	exch_i128 left;
	exch_cash value;

	if (p == NULL)
		return EXCH_OK;
	*x = (struct exch_held){.place = place,
	    .qty = p->qty,
	    .cost = EXCH_PX_NONE,
	    .buys = p->buys,
	    .sells = p->sells};
	if (exch_held_value(h, x, &value) == EXCH_ERR_RANGE ||
	    p->realised > INT64_MAX || p->realised < -(exch_i128)INT64_MAX)
		return too_much(d, who->account);
	left = t->mark != EXCH_PX_NONE ? value - p->cost : 0;
	if (left > INT64_MAX || left < -(exch_i128)INT64_MAX)
		return too_much(d, who->account);
	x->realised = (exch_cash)p->realised;
	x->unrealised = (exch_cash)left;
	if (p->qty != 0 && t->unit > 0)
		x->cost = (exch_px)((double)p->cost /
				    ((double)p->qty * t->unit) * 1e3);
	h->nholdings++;
	return EXCH_OK;
}

static int
take_positions(
    const struct exch_fills *f, struct exch_holdings *h, struct exch_diag *d)
{
	int err = EXCH_OK;

	h->holding = exch_calloc(f->position.live + 1, sizeof(*h->holding));
	if (h->holding == NULL)
		return no_memory(d);
	for (size_t i = 0; i < h->nholders && err == 0; i++) {
		struct exch_holder *who = &h->holder[i];

		who->first = h->nholdings;
		for (uint32_t j = 0; j < h->nthings && err == 0; j++)
			err = take_position(f, h, who, j, d);
		who->n = h->nholdings - who->first;
	}
	return err;
}

int
exch_fills_holdings(const struct exch_fills *f, uint32_t date,
    const struct exch_prices *prices, struct exch_holdings *h,
    struct exch_diag *d)
{
	int err;

	*h = (struct exch_holdings){.date = date};
	err = take_things(f, date, prices, h, d);
	if (err == 0)
		err = take_holders(f, h, d);
	if (err == 0)
		err = take_positions(f, h, d);
	if (err != 0)
		exch_holdings_clear(h);
	return err;
}
