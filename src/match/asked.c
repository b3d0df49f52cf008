/*
 * Orders that the card matches: what it has to say, by the book as it is;
 * and commands and events on their way (aboard.h).
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "match/aboard.h"

/* ---- commands and events ---- */

void
exch_aboard_fail(
    struct exch_aboard *a, enum exch_err code, const char *fmt, ...)
{
	char text[sizeof(a->why.text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut is good enough */
	va_end(ap);
	exch_diag_set(&a->why, code, NULL, EXCH_POS_NONE, 0, "%s", text);
	if (!a->failed)
		a->failed_at = a->label;
	a->failed = true;
	a->m->ended = true; /* whatever is done in turns ends */
}

void
exch_aboard_begin(struct exch_aboard *a, unsigned op, unsigned flags,
    const struct exch_berth *b, uint32_t slot)
{
	memset(&a->cmd, 0, sizeof(a->cmd));
	a->cmd.op = (uint8_t)op;
	a->cmd.flags = (uint8_t)flags;
	a->cmd.symbol = (uint16_t)(b - a->berth);
	a->cmd.slot = slot;
	if (op != EXCH_CARD_MASS)
		exch_card_put(a->cmd.gen, a->gen[slot], 4);
	exch_card_put(a->cmd.seq, ++a->seq, 6);
	a->index = 0;
}

/* What the card says of its state, behind a sentence; or nothing. */
static const char *
trouble(const struct exch_aboard *a)
{
	const char *why =
	    a->ops->trouble != NULL ? a->ops->trouble(a->card) : NULL;

	return why != NULL ? why : "";
}

/*
 * Where symbols go ahead of one another only those of one are on their way:
 * so events come in the order of commands, and a slot that one has left is
 * free for the next.
 */
static bool
may_go(struct exch_aboard *a)
{
	const struct exch_due *last = &a->due[(a->ndue - 1) % EXCH_ABOARD_DUES];

	return !a->ops->apart || a->ndue == a->ndone ||
	       last->cmd.symbol == a->cmd.symbol || exch_aboard_settle(a, 0);
}

void
exch_aboard_send(struct exch_aboard *a)
{
	if (a->failed || !may_go(a) || a->ops->submit(a->card, &a->cmd, 1) == 1)
		return;
	/* Its ring is full of what was answered meanwhile. */
	if (exch_aboard_settle(a, 0) &&
	    a->ops->submit(a->card, &a->cmd, 1) != 1)
		exch_aboard_fail(
		    a, EXCH_ERR_IO, "card: takes no command%s", trouble(a));
}

struct exch_card_evt
exch_aboard_due(const struct exch_aboard *a, unsigned kind, unsigned flags)
{
	struct exch_card_evt e = {.kind = (uint8_t)kind,
	    .flags = (uint8_t)flags,
	    .symbol = a->cmd.symbol,
	    .slot = a->cmd.slot,
	    .index = a->index};
	bool sells = (a->cmd.flags & EXCH_CARD_SELL) != 0;

	/* What cancels a side is told as if the other one did it. */
	if (sells != ((a->cmd.op & 15) == EXCH_CARD_MASS))
		e.flags |= EXCH_CARD_TAKER_SELLS;
	memcpy(e.seq, a->cmd.seq, sizeof(e.seq));
	return e;
}

static const char *const op_name[] = {
    "?", "NEW", "CANCEL", "REDUCE", "REPLACE", "MASS", "BARRIER"};
static const char *const kind_name[] = {"?", "RESTED", "TRADE", "EXPIRED",
    "CANCELLED", "REDUCED", "REPLACED", "PREVENTED", "REJECTED", "BARRIERED",
    "SWEPT"};

static const char *
kind_of(const struct exch_card_evt *e)
{
	return kind_name[e->kind < EXCH_ARRAY_LEN(kind_name) ? e->kind : 0];
}

/* "TRADE of 5 at 17 with slot 3, left 0, flags 05, slot 7, 12.0" */
static void
say(char *p, size_t n, const struct exch_card_evt *e)
{
	(void)snprintf(p, n, /* the fields are bounded */
	    "%s %u at %u, maker %u, left %u, flags %02x, slot %u, no. %llu.%u",
	    kind_of(e), e->qty, e->price, e->maker, e->left, e->flags, e->slot,
	    (unsigned long long)exch_card_get(e->seq, 6), e->index);
}

static void
differs(struct exch_aboard *a, const struct exch_due *due,
    const struct exch_card_evt *got)
{
	const struct exch_card_cmd *c = &due->cmd;
	char x[100], y[100];

	say(x, sizeof(x), &due->e);
	if (got != NULL)
		say(y, sizeof(y), got);
	else
		(void)snprintf(y, sizeof(y), "none%s", trouble(a)); /* cut */
	exch_aboard_fail(a, EXCH_ERR_IO, "card: %s %u at %u: due %s; told %s",
	    op_name[(c->op & 15) < EXCH_ARRAY_LEN(op_name) ? c->op & 15 : 0],
	    (unsigned)exch_card_get(c->qty, 4),
	    (unsigned)exch_card_get(c->price, 3), x, y);
	a->failed_at = due->label;
}

/* The next event of the card; NULL: there is none. */
static const struct exch_card_evt *
next_event(struct exch_aboard *a)
{
	bool fault = false;

	if (a->at == a->n) {
		a->at = 0;
		a->n = a->ops->poll(a->card, a->buf, EXCH_ABOARD_BUF, &fault);
	}
	return a->n == 0 || fault ? NULL : &a->buf[a->at];
}

bool
exch_aboard_settle(struct exch_aboard *a, uint64_t but)
{
	while (!a->failed && a->ndue - a->ndone > but) {
		const struct exch_due *due =
		    &a->due[a->ndone % EXCH_ABOARD_DUES];
		const struct exch_card_evt *e = next_event(a);

		if (e == NULL || memcmp(e, &due->e, sizeof(*e)) != 0) {
			differs(a, due, e);
			break;
		}
		a->at++;
		a->ndone++;
	}
	return !a->failed;
}

bool
exch_aboard_silent(struct exch_aboard *a)
{
	const struct exch_card_evt *e;
	char x[100];

	if (!exch_aboard_settle(a, 0))
		return false;
	e = next_event(a);
	if (e == NULL)
		return true;
	say(x, sizeof(x), e);
	exch_aboard_fail(a, EXCH_ERR_IO, "card: END: due none; told %s", x);
	return false;
}

bool
exch_aboard_expect(struct exch_aboard *a, const struct exch_card_evt *due)
{
	struct exch_due *d = &a->due[a->ndue % EXCH_ABOARD_DUES];

	if (!exch_aboard_settle(a, EXCH_ABOARD_DUES - 1))
		return false;
	d->e = *due;
	d->cmd = a->cmd;
	d->label = a->label;
	a->ndue++;
	a->index++;
	return true;
}

/* ---- an order ---- */

struct ask {
	struct exch_aboard *a;
	const struct exch_instr *in;
	const struct exch_berth *b;
	const struct exch_slot_data *slot;
	uint32_t left;
	uint32_t owner;
	uint8_t side;
	unsigned stp;
};

/*
 * The order meets the head of a level: what the card has to say of it.  Whether
 * it does, and what becomes of both, is decided in orders.c, for every engine.
 */
bool
exch_aboard_meet(
    struct exch_match *m, exch_slot level, const struct exch_book_order *o)
{
	struct exch_aboard *a = m->card;
	const struct exch_slot_data *slot = m->store->slot;
	exch_slot r = slot[level].next;
	uint32_t open = (uint32_t)(slot[r].qty / a->unit);
	uint32_t left = (uint32_t)(o->qty / a->unit);
	uint32_t q = open < left ? open : left;
	bool own = exch_engine_is_own(m, o->owner, slot[r].owner);
	bool gone = own && m->g.stp < EXCH_STP_DECREMENT
			? m->g.stp != EXCH_STP_NEWEST
			: q == open;
	struct exch_card_evt e =
	    exch_aboard_due(a, own ? EXCH_CARD_PREVENTED : EXCH_CARD_TRADE,
		gone ? EXCH_CARD_GONE : 0);

	e.maker = a->card_slot[r] - 1;
	e.price = (uint32_t)(slot[level].tick - a->base);
	e.qty = q;
	if (!own || m->g.stp == EXCH_STP_DECREMENT) {
		e.left = open - q;
		left -= q;
	} else if (m->g.stp == EXCH_STP_NEWEST) {
		e.qty = left;
		left = 0;
	} else {
		e.qty = open;
		if (m->g.stp == EXCH_STP_BOTH) {
			e.left = left;
			left = 0;
		}
	}
	if (left == 0)
		e.flags |= EXCH_CARD_LAST;
	if (gone)
		exch_aboard_drop(a, r);
	return exch_aboard_expect(a, &e);
}

bool
exch_aboard_end(struct exch_aboard *a, exch_qty qty)
{
	unsigned flags = a->cmd.flags;
	bool goes =
	    (flags & (EXCH_CARD_IOC | EXCH_CARD_FOK | EXCH_CARD_MARKET)) != 0;
	struct exch_card_evt e = exch_aboard_due(
	    a, goes ? EXCH_CARD_EXPIRED : EXCH_CARD_RESTED, EXCH_CARD_LAST);

	e.price = (uint32_t)exch_card_get(a->cmd.price, 3);
	e.qty = (uint32_t)(qty / a->unit);
	if (!goes)
		e.left = e.qty;
	if (flags & EXCH_CARD_FOK)
		e.flags |= EXCH_CARD_NO_FILL << 4;
	return exch_aboard_expect(a, &e);
}

/*
 * Orders that are too far for the card are met by none that it is sent.  One
 * whose price is a level of the card does not reach them; any other one is
 * sent only if there is enough before them.
 */
static bool
is_filled_before(const struct ask *k, bool wholly)
{
	exch_slot l = k->in->book.side[k->side == EXCH_BUY].best;
	exch_qty want = (exch_qty)k->left * k->b->lot, have = 0;

	/* Its owner's need not fill it. */
	if (k->stp != 0)
		want = EXCH_QTY_NONE;
	for (; l != EXCH_SLOT_NONE && have < want;
	     l = exch_book_worse(k->a->m->store, &k->in->book, l)) {
		if (!exch_aboard_within(k->a, k->b, k->slot[l].tick))
			return false;
		have += k->slot[l].qty;
	}
	return !wholly || have >= want;
}

/* Its price as the card has it; false: there is none. */
static bool
set_price(const struct ask *k, const struct exch_book_order *o, uint8_t tif)
{
	struct exch_aboard *a = k->a;
	bool market = o->tick == EXCH_TICK_MARKET;
	bool within = !market && exch_aboard_within(a, k->b, o->tick);

	if (!within && !is_filled_before(k, !market && tif == EXCH_TIF_DAY))
		return false;
	if (within)
		exch_card_put(
		    a->cmd.price, (uint64_t)(o->tick - k->b->base), 3);
	else if ((a->cmd.op & 15) == EXCH_CARD_REPLACE)
		return false; /* which has to have one */
	else
		a->cmd.flags |= EXCH_CARD_MARKET;
	if (tif == EXCH_TIF_FOK)
		a->cmd.flags |= EXCH_CARD_FOK;
	else if (tif == EXCH_TIF_IOC || !within)
		a->cmd.flags |= EXCH_CARD_IOC;
	return true;
}

/* By its id it would stand before others of its price. */
static bool
overtakes(const struct exch_match *m, struct exch_instr *in,
    const struct exch_book_order *o)
{
	const struct exch_slot_data *slot = m->store->slot;
	exch_slot l;

	if (!o->by_id || o->tick == EXCH_TICK_MARKET)
		return false;
	l = exch_book_level(m->store, &in->book, o->side, o->tick);
	return l != EXCH_SLOT_NONE && slot[slot[l].prev].id > o->id;
}

/* The command for it, of one that comes or replaces another. */
static bool
compose(struct ask *k, const struct exch_book_order *o, uint8_t tif,
    exch_slot old, struct exch_card_evt *left)
{
	struct exch_aboard *a = k->a;
	const struct exch_berth *b = k->b;
	unsigned flags = o->side == EXCH_SELL ? EXCH_CARD_SELL : 0;
	bool replaces = old != EXCH_SLOT_NONE;
	uint32_t was;

	if (replaces)
		a->slot = a->card_slot[old] - 1;
	else if (!exch_aboard_slot(a, &a->slot))
		return false;
	exch_aboard_begin(
	    a, replaces ? EXCH_CARD_REPLACE : EXCH_CARD_NEW, flags, b, a->slot);
	if (!set_price(k, o, tif)) {
		if (!replaces)
			exch_aboard_give(a, a->slot);
		return false;
	}
	a->cmd.op |= (uint8_t)(k->stp << 4);
	exch_card_put(a->cmd.qty, k->left, 4);
	exch_card_put(a->cmd.owner, k->owner, 4);
	if (!replaces)
		return true;
	was = (uint32_t)(exch_book_tick_of(a->m->store, old) - b->base);
	exch_card_put(a->cmd.old_price, was, 3);
	*left = exch_aboard_due(a, EXCH_CARD_REPLACED, EXCH_CARD_GONE);
	left->maker = a->slot;
	left->price = was;
	left->qty = (uint32_t)(k->slot[old].qty / b->lot);
	return true;
}

/* It is none for the card: is its book still one? */
static enum exch_ashore
why_not(const struct exch_match *m, struct exch_instr *in,
    const struct exch_berth *b, const struct exch_book_order *o)
{
	if (o->qty % b->lot != 0 || o->qty / b->lot > UINT32_MAX)
		return EXCH_ASHORE_QUANTITY;
	if (overtakes(m, in, o))
		return EXCH_ASHORE_PLACE;
	return EXCH_ASHORES;
}

bool
exch_aboard_ask(struct exch_match *m, struct exch_instr *in,
    const struct exch_book_order *o, uint8_t tif, exch_slot old)
{
	struct exch_aboard *a = m->card;
	struct exch_berth *b = exch_aboard_berth(a, in, o->tick);
	struct ask k = {.a = a,
	    .in = in,
	    .b = b,
	    .slot = m->store->slot,
	    .owner = o->owner,
	    .side = o->side,
	    .stp = m->g.stp == EXCH_STP_NONE ? 0 : m->g.stp};
	struct exch_card_evt left;
	enum exch_ashore why;

	a->asked = false;
	if (b == NULL)
		return !a->failed;
	if (o->tick != EXCH_TICK_MARKET &&
	    exch_aboard_is_far(a, b, exch_book_index(o->side), o->tick))
		return true; /* it meets nobody, and is not sent */
	if (old != EXCH_SLOT_NONE && exch_aboard_slot_of(a, old) == 0)
		old = EXCH_SLOT_NONE; /* it is not there */
	why = why_not(m, in, b, o);
	k.left = (uint32_t)(o->qty / b->lot);
	if (why == EXCH_ASHORES && !compose(&k, o, tif, old, &left))
		why = a->used == a->l.slots && a->nfree == 0
			  ? EXCH_ASHORE_FULL
			  : EXCH_ASHORE_PRICES;
	if (why != EXCH_ASHORES) {
		/* Some leave the book as it is, and the next may be aboard. */
		exch_aboard_leave(a, in, why);
		return !a->failed;
	}
	a->unit = b->lot;
	a->base = b->base;
	a->busy = true;
	a->tally.orders++;
	exch_aboard_send(a);
	a->asked = old == EXCH_SLOT_NONE || exch_aboard_expect(a, &left);
	return a->asked;
}
