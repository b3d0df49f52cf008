/*
 * Instruments and currencies by numbers of the engine's own: what is open from
 * a day before may be of an instrument that has another id today, or none.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/salted.h"
#include "settle/bond.h"
#include "settle/settle_priv.h"

/* Known by (0, hash), or the next number that is free. */
struct named {
	struct exch_key key;
	uint32_t listed;
	uint32_t zero;
};

static uint64_t
hash(const char symbol[24])
{
	return exch_fnv(EXCH_FNV_BEGIN, symbol, 24);
}

static int
add(struct exch_settle *s, const char symbol[24], uint32_t *listed,
    struct exch_diag *d)
{
	uint32_t n = s->nlisted + 1;
	struct exch_listed *l;

	if (n > EXCH_INSTR_MAX)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "too many instruments");
	if (!exch_room(&s->listed, n, &s->cap, sizeof(*l)))
		return exch_settle_nomem(d);
	l = &s->listed[n];
	*l = (struct exch_listed){.last = EXCH_PX_NONE, .cum = EXCH_PX_NONE};
	memcpy(l->is.symbol, symbol, sizeof(l->is.symbol));
	l->money = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	l->is.px_decimals = 2;
	l->is.tick = 10000000;
	l->is.lot = l->is.min_qty = 1;
	l->is.max_qty = EXCH_QTY_NONE;
	l->is.reference = l->is.strike = EXCH_PX_NONE;
	l->is.multiplier = 1000000000;
	s->nlisted = n;
	*listed = n;
	return EXCH_OK;
}

int
exch_settle_symbol(struct exch_settle *s, const char symbol[24],
    uint32_t *listed, struct exch_diag *d)
{
	uint64_t h = hash(symbol);
	struct named *n;
	int err;

	/* Two symbols of one hash: the second has the next number. */
	for (;; h++) {
		err = exch_keyed_add(&s->symbol, 0, h, &n);
		if (err != EXCH_ERR_EXISTS)
			break;
		if (memcmp(s->listed[n->listed].is.symbol, symbol, 24) == 0) {
			*listed = n->listed;
			return EXCH_OK;
		}
	}
	if (err != 0)
		return exch_settle_nomem(d);
	err = add(s, symbol, listed, d);
	if (err != 0)
		exch_keyed_drop(&s->symbol, n);
	else
		n->listed = *listed;
	return err;
}

uint32_t
exch_settle_known(const struct exch_settle *s, const char symbol[24])
{
	uint64_t h = hash(symbol);
	const struct named *n;

	while ((n = exch_keyed_find(&s->symbol, 0, h++)) != NULL)
		if (memcmp(s->listed[n->listed].is.symbol, symbol, 24) == 0)
			return n->listed;
	return 0;
}

int
exch_settle_currency(struct exch_settle *s, const char name[4],
    uint32_t *currency, struct exch_diag *d)
{
	struct exch_currency *c;

	if (!s->named) {
		s->named = true;
		memcpy(s->currency[0].name, name, 4);
		*currency = 0;
		return s->w == NULL ? EXCH_OK
				    : exch_settle_carried(s, EXCH_UNIT_CASH, d);
	}
	for (uint32_t i = 0; i < s->ncurrency; i++)
		if (memcmp(s->currency[i].name, name, 4) == 0) {
			*currency = i;
			return EXCH_OK;
		}
	c = exch_realloc(s->currency, s->ncurrency + 1, sizeof(*c));
	if (c == NULL)
		return exch_settle_nomem(d);
	s->currency = c;
	c += s->ncurrency;
	*c = (struct exch_currency){0};
	memcpy(c->name, name, 4);
	*currency = s->ncurrency++;
	return EXCH_OK;
}

/* An id of our own leads to nothing, but is taken. */
#define OWN (1u << 31)

/* The stream's id leads to the number. */
static int
lead(struct exch_settle *s, uint32_t id, uint32_t listed, struct exch_diag *d)
{
	if (id < s->nnumber && (s->number[id] & OWN) != 0 &&
	    s->number[id] != (listed | OWN))
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "id %u of %.24s was given to %.24s before", id,
		    s->listed[listed].is.symbol,
		    s->listed[s->number[id] & ~OWN].is.symbol);
	if (id >= s->nnumber) {
		uint32_t n = s->nnumber == 0 ? 64 : s->nnumber;
		uint32_t *p;

		while (n <= id)
			n *= 2;
		p = exch_realloc(s->number, n, sizeof(*p));
		if (p == NULL)
			return exch_settle_nomem(d);
		memset(p + s->nnumber, 0, (n - s->nnumber) * sizeof(*p));
		s->number = p;
		s->nnumber = n;
	}
	s->number[id] = listed;
	return EXCH_OK;
}

/*
 * An announcement was refused: what follows under its id is of what it
 * announced, and not of what had the id before.
 */
static void
forget(struct exch_settle *s, uint32_t id)
{
	if (id < s->nnumber && (s->number[id] & OWN) == 0)
		s->number[id] = 0;
}

int
exch_settle_own(struct exch_settle *s, uint32_t listed, struct exch_diag *d)
{
	return lead(s, s->listed[listed].id, listed | OWN, d);
}

/* What is said of it, and what follows from that. */
static void
describe(const struct exch_settle *s, struct exch_listed *l,
    const struct exch_rec_instrument *c, uint32_t currency)
{
	l->is = *c;
	l->currency = currency;
	l->traded = 0;
	l->money = exch_money_of(-c->qty_exponent, c->multiplier, c->kind);
	/* The price of what is no bond is not of its nominal. */
	l->bond = c->kind == EXCH_KIND_BOND
		      ? exch_bond_find(s->o.bonds, c->symbol)
		      : NULL;
}

static void
refer(struct exch_listed *l)
{
	if (!l->refers)
		return;
	l->last = l->is.reference;
	l->fresh = true;
	l->refers = false;
}

void
exch_settle_refer(struct exch_settle *s)
{
	for (uint32_t i = 1; i <= s->nlisted; i++)
		refer(&s->listed[i]);
}

/* Of a stream that does not tell prices: an execution, or what it began with. */
static exch_px
last_before(const struct exch_settle *s, const struct exch_rec_instrument *in)
{
	return in->h.instr < s->nbefore &&
		       s->before[in->h.instr] != EXCH_PX_NONE
		   ? s->before[in->h.instr]
		   : in->reference;
}

int
exch_settle_restate(struct exch_settle *s, const struct exch_rec_instrument *in,
    uint32_t *listed, struct exch_diag *d)
{
	struct exch_listed *l;
	uint32_t currency;
	int err = exch_settle_symbol(s, in->symbol, listed, d);

	if (err == 0)
		err = exch_settle_currency(s, in->currency, &currency, d);
	if (err != 0)
		return err;
	l = &s->listed[*listed];
	describe(s, l, in, currency);
	l->restated = true;
	if (l->last == EXCH_PX_NONE)
		l->last = l->cum = last_before(s, in);
	return EXCH_OK;
}

int
exch_settle_announced(struct exch_settle *s,
    const struct exch_rec_instrument *c, struct exch_diag *d)
{
	struct exch_listed *l;
	uint32_t listed, currency;
	int err;

	if (c->h.instr == 0 || c->h.instr > EXCH_INSTR_MAX ||
	    c->qty_exponent < -9 || c->qty_exponent > 0)
		return EXCH_OK; /* others have told of it */
	err = exch_settle_symbol(s, c->symbol, &listed, d);
	if (err == 0)
		err = exch_settle_currency(s, c->currency, &currency, d);
	if (err != 0)
		return err;
	l = &s->listed[listed];
	if ((l->id != 0 || l->restated) && l->currency != currency) {
		forget(s, c->h.instr);
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "%.24s was announced in another currency before",
		    c->symbol);
	}
	err = lead(s, c->h.instr, listed, d);
	if (err != 0)
		return err;
	describe(s, l, c, currency);
	l->id = c->h.instr;
	l->refers = c->reference != EXCH_PX_NONE;
	/* What settles before the first day does so at the prices of before. */
	if (s->until != 0 && !s->directory)
		refer(l);
	s->top = l->id > s->top ? l->id : s->top;
	return exch_settle_carried(s, listed, d);
}

int
exch_settle_listed_of(struct exch_settle *s, uint32_t id,
    struct exch_listed **out, struct exch_diag *d)
{
	if (id < s->nnumber && s->number[id] != 0 &&
	    (s->number[id] & OWN) == 0) {
		*out = &s->listed[s->number[id]];
		return EXCH_OK;
	}
	return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
	    "a trade of instrument %u, which was never announced", id);
}
