/*
 * The card's commands done by the software's own book.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "book/book.h"
#include "card/option.h"
#include "card/soft.h"

struct held {
	exch_slot at; /* in the store; none: not live */
	uint32_t gen;
	uint32_t hidden;
	uint32_t peak;
};

struct exch_card {
	struct exch_card_limits l;
	struct exch_book_store *store;
	struct exch_book *book;
	struct held *held;
	struct exch_card_evt *out; /* at..n are to be polled */
	size_t at, n, cap;
	struct exch_card_stats st;
	uint64_t given;	    /* events, the lost one included */
	uint64_t flip, bit; /* of options; UINT64_MAX: none */
	uint64_t lose;
	bool jumps; /* the second of a price goes first, of three or more */
	bool fault; /* out of memory: what it says is not to be trusted */
};

/* A command, unpacked. */
struct cmd {
	unsigned op, stp, flags;
	uint32_t symbol, slot, price, old_price, qty, owner, gen, peak;
	uint8_t seq[6];
	uint16_t index;
	uint8_t side;
};

static struct exch_card_evt *
tell(struct exch_card *c, struct cmd *k, unsigned kind)
{
	struct exch_card_evt *e;

	if (c->n == c->cap) {
		size_t cap = c->cap * 2;

		e = exch_realloc(c->out, cap, sizeof(*e));
		if (e == NULL) {
			c->fault = true;
			c->n--; /* the last one is lost, and the fault tells */
		} else {
			c->out = e;
			c->cap = cap;
		}
	}
	e = &c->out[c->n++];
	c->st.events++;
	memset(e, 0, sizeof(*e));
	e->kind = (uint8_t)kind;
	if (k->side == EXCH_SELL)
		e->flags = EXCH_CARD_TAKER_SELLS;
	e->symbol = (uint16_t)k->symbol;
	e->slot = k->slot;
	memcpy(e->seq, k->seq, 6);
	e->index = k->index++;
	return e;
}

static void
reject(struct exch_card *c, struct cmd *k, unsigned why)
{
	struct exch_card_evt *e = tell(c, k, EXCH_CARD_REJECTED);

	e->price = k->price;
	e->qty = k->op == EXCH_CARD_MASS ? 0 : k->qty;
	e->flags |= (uint8_t)(EXCH_CARD_LAST | why << 4);
}

static uint32_t
tick_of(const struct exch_card *c, exch_slot o)
{
	return (uint32_t)exch_book_tick_of(c->store, o);
}

static uint8_t
other(uint8_t side)
{
	return side == EXCH_SELL ? EXCH_BUY : EXCH_SELL;
}

static bool
reaches(const struct exch_card *c, const struct cmd *k, exch_slot level)
{
	int64_t tick = c->store->slot[level].tick;

	if (k->flags & EXCH_CARD_MARKET)
		return true;
	return k->side == EXCH_BUY ? tick <= (int64_t)k->price
				   : tick >= (int64_t)k->price;
}

/* The first order that it would trade with, or none. */
static exch_slot
meets(const struct exch_card *c, const struct cmd *k)
{
	exch_slot l = exch_book_top(&c->book[k->symbol], other(k->side));
	exch_slot o, second;

	if (l == EXCH_SLOT_NONE || !reaches(c, k, l))
		return EXCH_SLOT_NONE;
	o = exch_book_first(c->store, l);
	second = c->jumps ? exch_book_after(c->store, o) : EXCH_SLOT_NONE;
	return second != EXCH_SLOT_NONE &&
		       exch_book_after(c->store, second) != EXCH_SLOT_NONE
		   ? second
		   : o;
}

static uint32_t
slot_of(const struct exch_card *c, exch_slot o)
{
	return (uint32_t)c->store->slot[o].id;
}

static bool
enough(const struct exch_card *c, const struct cmd *k)
{
	const struct exch_book *b = &c->book[k->symbol];
	exch_slot l = exch_book_top(b, other(k->side)), o;
	uint64_t have = 0;

	for (; l != EXCH_SLOT_NONE && reaches(c, k, l);
	     l = exch_book_worse(c->store, b, l))
		for (o = exch_book_first(c->store, l); o != EXCH_SLOT_NONE;
		     o = exch_book_after(c->store, o)) {
			have += c->store->slot[o].qty +
				c->held[slot_of(c, o)].hidden;
			if (have >= k->qty)
				return true;
		}
	return false;
}

static void
leave(struct exch_card *c, uint32_t symbol, exch_slot o)
{
	uint32_t s = slot_of(c, o);

	exch_book_remove(c->store, &c->book[symbol], o);
	c->held[s].at = EXCH_SLOT_NONE;
	c->held[s].hidden = 0;
}

static void
join(struct exch_card *c, const struct cmd *k, uint32_t slot, uint8_t side,
    uint32_t price, uint32_t qty, uint32_t owner)
{
	struct exch_book_order b = {.id = slot,
	    .tick = price,
	    .qty = qty,
	    .owner = owner,
	    .side = side};

	if (exch_book_add(c->store, &c->book[k->symbol], &b,
		&c->held[slot].at) != EXCH_OK)
		c->fault = true;
}

static void
rest(struct exch_card *c, struct cmd *k)
{
	struct held *h = &c->held[k->slot];
	uint32_t shown = k->peak != 0 && k->peak < k->qty ? k->peak : k->qty;
	struct exch_card_evt *e = tell(c, k, EXCH_CARD_RESTED);

	e->price = k->price;
	e->qty = k->qty;
	e->left = shown;
	e->flags |= EXCH_CARD_LAST;
	h->gen = k->gen;
	h->hidden = k->qty - shown;
	h->peak = k->peak;
	join(c, k, k->slot, k->side, k->price, shown, k->owner);
}

/* Take q off, the hidden part first; what is left. */
static uint32_t
cut(struct exch_card *c, exch_slot o, uint32_t q)
{
	struct held *h = &c->held[slot_of(c, o)];
	uint32_t hidden = h->hidden < q ? h->hidden : q;

	h->hidden -= hidden;
	if (q > hidden)
		exch_book_reduce(c->store, o, q - hidden);
	return (uint32_t)c->store->slot[o].qty + h->hidden;
}

/* Its own order is met; does it go on? */
static bool
prevent(struct exch_card *c, struct cmd *k, exch_slot o)
{
	uint32_t s = slot_of(c, o);
	uint32_t all = (uint32_t)c->store->slot[o].qty + c->held[s].hidden;
	struct exch_card_evt *e = tell(c, k, EXCH_CARD_PREVENTED);
	uint32_t q;

	e->maker = s;
	e->price = tick_of(c, o);
	switch (k->stp) {
	case EXCH_CARD_STP_NEWEST:
		e->qty = k->qty;
		e->flags |= EXCH_CARD_LAST;
		return false;
	case EXCH_CARD_STP_OLDEST:
		e->qty = all;
		e->flags |= EXCH_CARD_GONE;
		leave(c, k->symbol, o);
		return true;
	case EXCH_CARD_STP_BOTH:
		e->qty = all;
		e->left = k->qty;
		e->flags |= EXCH_CARD_GONE | EXCH_CARD_LAST;
		leave(c, k->symbol, o);
		return false;
	default:
		q = all < k->qty ? all : k->qty;
		e->qty = q;
		if (q == all) {
			e->flags |= EXCH_CARD_GONE;
			leave(c, k->symbol, o);
		} else {
			e->left = cut(c, o, q);
		}
		k->qty -= q;
		if (k->qty == 0)
			e->flags |= EXCH_CARD_LAST;
		return k->qty != 0;
	}
}

static bool
trade(struct exch_card *c, struct cmd *k, exch_slot o)
{
	const struct exch_slot_data v = c->store->slot[o];
	uint32_t s = slot_of(c, o), tick = tick_of(c, o);
	struct held *h = &c->held[s];
	uint32_t q = v.qty < k->qty ? (uint32_t)v.qty : k->qty;
	struct exch_card_evt *e = tell(c, k, EXCH_CARD_TRADE);

	e->maker = s;
	e->price = tick;
	e->qty = q;
	k->qty -= q;
	if (k->qty == 0)
		e->flags |= EXCH_CARD_LAST;
	if (q < v.qty) {
		exch_book_reduce(c->store, o, q);
		e->left = (uint32_t)v.qty - q;
	} else if (h->hidden == 0) {
		e->flags |= EXCH_CARD_GONE;
		leave(c, k->symbol, o);
	} else {
		e->flags |= EXCH_CARD_REFRESHED;
		exch_book_remove(c->store, &c->book[k->symbol], o);
		e->left = h->hidden < h->peak ? h->hidden : h->peak;
		h->hidden -= e->left;
		join(c, k, s, other(k->side), tick, e->left, v.owner);
	}
	return k->qty != 0;
}

static void
expire(struct exch_card *c, struct cmd *k)
{
	struct exch_card_evt *e = tell(c, k, EXCH_CARD_EXPIRED);

	e->price = k->price;
	e->qty = k->qty;
	e->flags |= EXCH_CARD_LAST |
		    (k->flags & EXCH_CARD_FOK ? EXCH_CARD_NO_FILL << 4 : 0);
}

static void
come(struct exch_card *c, struct cmd *k)
{
	exch_slot o;

	if (k->flags & EXCH_CARD_FOK && !enough(c, k)) {
		expire(c, k);
		return;
	}
	while ((o = meets(c, k)) != EXCH_SLOT_NONE) {
		bool own = k->stp != 0 && k->owner != 0 &&
			   c->store->slot[o].owner == k->owner;

		if (!(own ? prevent(c, k, o) : trade(c, k, o)))
			return;
	}
	if (k->flags & (EXCH_CARD_MARKET | EXCH_CARD_IOC | EXCH_CARD_FOK))
		expire(c, k);
	else
		rest(c, k);
}

static void
mass(struct exch_card *c, struct cmd *k)
{
	uint8_t side = other(k->side);
	struct exch_card_evt *e;
	uint32_t n = 0;
	exch_slot l;

	while (
	    (l = exch_book_top(&c->book[k->symbol], side)) != EXCH_SLOT_NONE) {
		exch_slot o = exch_book_first(c->store, l);
		uint32_t s = slot_of(c, o);

		e = tell(c, k, EXCH_CARD_CANCELLED);
		e->maker = s;
		e->price = tick_of(c, o);
		e->qty = (uint32_t)c->store->slot[o].qty + c->held[s].hidden;
		e->flags |= EXCH_CARD_GONE;
		leave(c, k->symbol, o);
		n++;
	}
	e = tell(c, k, EXCH_CARD_SWEPT);
	e->qty = n;
	e->flags |= EXCH_CARD_LAST;
}

/* An order that rests goes, or loses some. */
static void
change(struct exch_card *c, struct cmd *k)
{
	struct held *h = &c->held[k->slot];
	uint32_t all = (uint32_t)c->store->slot[h->at].qty + h->hidden;
	struct exch_card_evt *e;

	if (k->op == EXCH_CARD_REDUCE && k->qty < all) {
		e = tell(c, k, EXCH_CARD_REDUCED);
		e->maker = k->slot;
		e->price = k->price;
		e->qty = k->qty;
		e->left = cut(c, h->at, k->qty);
		e->flags |= EXCH_CARD_LAST;
		return;
	}
	e = tell(c, k,
	    k->op == EXCH_CARD_REPLACE ? EXCH_CARD_REPLACED
				       : EXCH_CARD_CANCELLED);
	e->maker = k->slot;
	e->price = k->op == EXCH_CARD_REPLACE ? k->old_price : k->price;
	e->qty = all;
	e->flags |= EXCH_CARD_GONE;
	leave(c, k->symbol, h->at);
	if (k->op == EXCH_CARD_REPLACE)
		come(c, k);
	else
		e->flags |= EXCH_CARD_LAST;
}

static unsigned
why_not(const struct exch_card *c, const struct cmd *k)
{
	bool is_new = k->op == EXCH_CARD_NEW;
	bool replaces = k->op == EXCH_CARD_REPLACE;
	const struct held *h;
	uint32_t at = replaces ? k->old_price : k->price;

	if (k->op == 0 || k->op > EXCH_CARD_BARRIER)
		return EXCH_CARD_NO_OP;
	if (k->symbol >= c->l.symbols)
		return EXCH_CARD_NO_SYMBOL;
	if (k->op == EXCH_CARD_MASS)
		return 0;
	if (k->slot >= c->l.slots)
		return EXCH_CARD_NO_SLOT;
	if ((k->price >= c->l.levels &&
		!(is_new && k->flags & EXCH_CARD_MARKET)) ||
	    (replaces && k->old_price >= c->l.levels))
		return EXCH_CARD_NO_PRICE;
	if (k->op != EXCH_CARD_CANCEL && k->qty == 0)
		return EXCH_CARD_NO_QTY;
	if ((is_new || replaces) &&
	    (k->stp > EXCH_CARD_STP_DECREMENT ||
		(k->flags & (EXCH_CARD_IOC | EXCH_CARD_FOK)) ==
		    (EXCH_CARD_IOC | EXCH_CARD_FOK)))
		return EXCH_CARD_NO_OP;
	h = &c->held[k->slot];
	if (is_new && h->at != EXCH_SLOT_NONE)
		return EXCH_CARD_NO_SLOT;
	if (!is_new && h->at == EXCH_SLOT_NONE)
		return EXCH_CARD_NO_LIVE;
	if (!is_new &&
	    (h->gen != k->gen ||
		exch_book_side_of(c->store, h->at) != k->side ||
		c->store->slot[c->store->slot[h->at].level].owner >> 1 !=
		    k->symbol + 1 ||
		tick_of(c, h->at) != at))
		return EXCH_CARD_NO_MATCH;
	if ((is_new || replaces) && k->flags & EXCH_CARD_POST &&
	    meets(c, k) != EXCH_SLOT_NONE)
		return EXCH_CARD_NO_POST;
	return 0;
}

static void
take(struct exch_card *c, struct cmd *k)
{
	unsigned why;

	if (k->op == EXCH_CARD_BARRIER) {
		tell(c, k, EXCH_CARD_BARRIERED)->flags |= EXCH_CARD_LAST;
		return;
	}
	why = why_not(c, k);
	/* There may be many, and few that are ever asked for. */
	if (why != EXCH_CARD_NO_SYMBOL && why != EXCH_CARD_NO_OP)
		c->book[k->symbol].instr = k->symbol + 1;
	if (why != 0)
		reject(c, k, why);
	else if (k->op == EXCH_CARD_NEW)
		come(c, k);
	else if (k->op == EXCH_CARD_MASS)
		mass(c, k);
	else
		change(c, k);
}

static void
unpack(struct cmd *k, const struct exch_card_cmd *b, uint32_t peak)
{
	k->op = b->op & 15;
	k->stp = b->op >> 4 & 7;
	k->flags = b->flags;
	if (k->op != EXCH_CARD_NEW)
		k->flags &= ~EXCH_CARD_MARKET;
	k->symbol = b->symbol;
	k->slot = b->slot;
	k->price = (uint32_t)exch_card_get(b->price, 3);
	k->old_price = (uint32_t)exch_card_get(b->old_price, 3);
	k->qty = (uint32_t)exch_card_get(b->qty, 4);
	k->owner = (uint32_t)exch_card_get(b->owner, 4);
	k->gen = (uint32_t)exch_card_get(b->gen, 4);
	k->peak = peak;
	memcpy(k->seq, b->seq, 6);
	k->index = 0;
	k->side = (b->flags & EXCH_CARD_SELL) != 0 ? EXCH_SELL : EXCH_BUY;
	/* A mass cancel takes the side away that it names. */
	if (k->op == EXCH_CARD_MASS)
		k->side = other(k->side);
}

static void
soft_close(struct exch_card *c)
{
	if (c->store != NULL)
		exch_book_store_free(c->store);
	exch_free(c->book);
	exch_free(c->held);
	exch_free(c->out);
	exch_free(c);
}

static bool
set_options(struct exch_card *c, const char *o, char *why, size_t size)
{
	uint64_t n;

	c->flip = c->lose = UINT64_MAX;
	while (o != NULL && *o != '\0') {
		const char *at = o;

		if (exch_option_uint(&o, "jump=", 0, 1, &n)) {
			c->jumps = n == 1;
			continue;
		}
		if (exch_option_uint(&o, "lose=", 0, UINT64_MAX, &c->lose) ||
		    (exch_option_pair(&o, "flip=", '.', &c->flip, &c->bit) &&
			c->bit < 256))
			continue;
		snprintf(why, size,
		    "%.*s: no such option, or not such a value; there are "
		    "flip=EVENT.BIT, lose=EVENT and jump=1",
		    exch_option_len(at), at);
		return false;
	}
	return true;
}

static struct exch_card *
soft_open(const struct exch_card_limits *l, const char *options, char *why,
    size_t size)
{
	const char *beyond = exch_card_beyond(&exch_card_soft.most, l);
	struct exch_card *c;

	if (beyond != NULL) {
		snprintf(why, size, "it has not so many %s", beyond);
		return NULL;
	}
	c = exch_calloc(1, sizeof(*c));
	if (c != NULL && !set_options(c, options, why, size)) {
		exch_free(c);
		return NULL;
	}
	if (c != NULL) {
		c->l = *l;
		c->cap = 64;
		c->store = exch_book_store_new(0);
		c->book = exch_calloc(l->symbols, sizeof(*c->book));
		c->held = exch_calloc(l->slots, sizeof(*c->held));
		c->out = exch_malloc(c->cap * sizeof(*c->out));
	}
	if (c == NULL || c->store == NULL || c->book == NULL ||
	    c->held == NULL || c->out == NULL) {
		snprintf(why, size, "out of memory");
		if (c != NULL)
			soft_close(c);
		return NULL;
	}
	return c;
}

static size_t
soft_submit(struct exch_card *c, const void *beats, size_t n)
{
	const struct exch_card_cmd *b = beats;
	size_t i;

	for (i = 0; i < n; i++) {
		bool two = b[i].flags & EXCH_CARD_PEAK;
		struct exch_card_peak p = {0};
		struct cmd k;

		if (two && i + 1 == n)
			break;
		if (two)
			memcpy(&p, &b[i + 1], sizeof(p));
		unpack(&k, &b[i], p.peak);
		c->st.commands++;
		take(c, &k);
		i += two;
	}
	return i;
}

/* The next event, as the options want it; false: it is lost. */
static bool
give(struct exch_card *c, struct exch_card_evt *e)
{
	uint64_t no = c->given++;
	unsigned char b[sizeof(*e)];

	*e = c->out[c->at++];
	if (no == c->flip) {
		memcpy(b, e, sizeof(b));
		b[c->bit / 8] ^= (unsigned char)(1u << c->bit % 8);
		memcpy(e, b, sizeof(b));
	}
	return no != c->lose;
}

static size_t
soft_poll(
    struct exch_card *c, struct exch_card_evt *evts, size_t max, bool *fault)
{
	size_t n = 0;

	while (c->at < c->n && n < max)
		n += give(c, &evts[n]);
	if (c->at == c->n)
		c->at = c->n = 0;
	*fault = c->fault;
	return n;
}

static void
soft_stats(const struct exch_card *c, struct exch_card_stats *s)
{
	*s = c->st;
}

const struct exch_card_ops exch_card_soft = {
    .abi = EXCH_CARD_ABI,
    .name = "soft",
    .most = {.symbols = 1u << 16, .levels = 1u << 24, .slots = 1u << 28},
    .open = soft_open,
    .submit = soft_submit,
    .poll = soft_poll,
    .stats = soft_stats,
    .close = soft_close,
};
