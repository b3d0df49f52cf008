#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "flow.h"

static const struct flow_profile profiles[] = {
    {"dense", .width = 32, .live = 3000, .qty = 100, .cancels = 45, .now = 10},
    {"sparse", .live = 3000, .qty = 100, .cancels = 45, .now = 10},
    {"one", .width = 1, .live = 2000, .qty = 100, .cancels = 45, .now = 10},
    {"sweep", .width = 400, .live = 4000, .qty = 20, .cancels = 20, .now = 10},
    {"storm", .width = 64, .live = 20000, .qty = 100, .cancels = 90, .now = 2},
    {"edge", .width = 64, .live = 500, .qty = 100, .cancels = 40, .now = 10,
	.edge = 40},
    {"deep", .width = 4000, .live = 2000, .qty = 1000, .cancels = 47, .now = 3,
	.fills = true},
    {"full", .live = 131072, .qty = 1000, .cancels = 47, .now = 3,
	.fills = true},
    {"ice", .width = 6, .live = 60, .qty = 12, .cancels = 35, .now = 25,
	.peaks = 50, .owners = 2},
};

/* What the host knows of a slot. */
struct seat {
	uint32_t gen;
	uint32_t price;
	uint32_t at; /* place among those that rest, from 1; 0: does not */
	uint16_t symbol;
	uint8_t flags;
	bool given; /* to a command that has no end yet */
	bool free;  /* among those to be given */
};

struct flow {
	struct flow_opts o;
	struct exch_rng rng;
	struct seat *seat;
	uint32_t *free, nfree;
	uint32_t *live, nlive;
	uint64_t seq;
	bool filling;
};

const struct flow_profile *
flow_profile(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(profiles) / sizeof(*profiles); i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

const char *
flow_names(void)
{
	return "dense, sparse, one, sweep, storm, edge, deep, full, ice";
}

static void
give_back(struct flow *f, uint32_t slot)
{
	if (!f->seat[slot].free)
		f->free[f->nfree++] = slot;
	f->seat[slot].free = true;
}

struct flow *
flow_new(const struct flow_opts *o)
{
	struct flow *f = calloc(1, sizeof(*f));
	uint32_t n = o->limits.slots;

	if (f == NULL)
		return NULL;
	f->o = *o;
	f->seat = calloc(n, sizeof(*f->seat));
	f->free = calloc(n, sizeof(*f->free));
	f->live = calloc(n, sizeof(*f->live));
	if (f->seat == NULL || f->free == NULL || f->live == NULL) {
		flow_free(f);
		return NULL;
	}
	f->filling = o->profile->fills;
	exch_rng_seed(&f->rng, o->seed);
	flow_reset(f);
	return f;
}

void
flow_reset(struct flow *f)
{
	uint32_t i, n = f->o.limits.slots;

	memset(f->seat, 0, n * sizeof(*f->seat));
	f->nfree = f->nlive = 0;
	for (i = 0; i < n; i++)
		give_back(f, n - 1 - i);
}

void
flow_free(struct flow *f)
{
	free(f->seat);
	free(f->free);
	free(f->live);
	free(f);
}

uint32_t
flow_live(const struct flow *f)
{
	return f->nlive;
}

static uint32_t
below(struct flow *f, uint32_t n)
{
	return (uint32_t)exch_rng_below(&f->rng, n);
}

static bool
of_100(struct flow *f, unsigned n)
{
	return below(f, 100) < n;
}

/* ---- a command ---- */

struct draft {
	uint32_t op, stp, flags, symbol, slot, price, old, qty, owner, gen;
	uint32_t peak;
};

/* Buys stand a little lower than sells, so that most orders rest. */
static uint32_t
price(struct flow *f, bool sells)
{
	uint32_t levels = f->o.limits.levels;
	uint32_t width = f->o.profile->width;
	int64_t p, shift;

	if (f->o.profile->edge != 0 && of_100(f, f->o.profile->edge))
		return below(f, 2) == 0 ? 0 : levels - 1;
	if (width == 0 || width > levels)
		width = levels;
	shift = f->filling ? width / 2 : width / 4;
	p = (int64_t)(levels / 2) + below(f, width) - width / 2 +
	    (sells ? shift : -shift);
	if (p >= 0 && p < levels)
		return (uint32_t)p;
	/* Not all on the last price: anywhere on its own side. */
	return (sells ? levels / 2 : 0) + below(f, levels / 2);
}

/* It shows a part only. */
static void
veil(struct flow *f, struct draft *d)
{
	d->flags |= EXCH_CARD_PEAK;
	d->peak = 1 + below(f, f->o.profile->qty);
	d->qty *= 3;
}

static bool
veiled(struct flow *f)
{
	unsigned peaks = f->o.profile->peaks;

	return !f->o.plain && of_100(f, peaks != 0 ? peaks : 5);
}

static const uint8_t kinds[] = {EXCH_CARD_IOC, EXCH_CARD_FOK, EXCH_CARD_MARKET,
    EXCH_CARD_IOC | EXCH_CARD_MARKET, EXCH_CARD_POST};

static void
come(struct flow *f, struct draft *d)
{
	d->op = EXCH_CARD_NEW;
	d->slot = f->free[--f->nfree];
	d->symbol =
	    below(f, f->o.spread != 0 ? f->o.spread : f->o.limits.symbols);
	d->flags = below(f, 2) == 0 ? 0 : EXCH_CARD_SELL;
	d->price = price(f, d->flags & EXCH_CARD_SELL);
	if (!f->filling && of_100(f, f->o.profile->now))
		d->flags |= kinds[below(f, sizeof(kinds))];
	else if (veiled(f))
		veil(f, d);
}

/* About an order that rests. */
static void
change(struct flow *f, struct draft *d)
{
	const struct seat *s;
	uint32_t r = below(f, 100);

	d->slot = f->live[below(f, f->nlive)];
	s = &f->seat[d->slot];
	d->symbol = s->symbol;
	d->flags = s->flags & EXCH_CARD_SELL;
	d->gen = s->gen;
	d->old = d->price = s->price;
	d->op = r < 80	 ? EXCH_CARD_CANCEL
		: r < 90 ? EXCH_CARD_REDUCE
			 : EXCH_CARD_REPLACE;
	if (d->op == EXCH_CARD_REPLACE) {
		d->price = price(f, d->flags & EXCH_CARD_SELL);
		if (f->o.plain && of_100(f, 10))
			d->flags |= EXCH_CARD_POST;
		else if (!f->o.plain && of_100(f, 20))
			d->flags |= kinds[below(f, sizeof(kinds))];
		if (veiled(f))
			veil(f, d);
	}
}

/* About another slot, which has no order or a wrong one. */
static void
displace(struct flow *f, struct draft *d, uint32_t slot)
{
	struct seat *s = &f->seat[d->slot];

	if (s->given) {
		s->given = false;
		give_back(f, d->slot);
	}
	d->slot = slot;
}

/* The first number beyond the limit, any other, or what looks like `is'. */
static uint32_t
beyond(struct flow *f, uint32_t limit, unsigned bits, uint32_t is)
{
	uint32_t most = (uint32_t)((UINT64_C(1) << bits) - 1);
	unsigned bit = 0;

	if (limit >= most)
		return most;
	while (limit >> bit != 0)
		bit++;
	switch (below(f, 3)) {
	case 0:
		return limit;
	case 1:
		return bit >= bits
			   ? most
			   : is | UINT32_C(1) << (bit + below(f, bits - bit));
	default:
		return limit + below(f, most - limit) + 1;
	}
}

/* Flags that do not go together, or belong to other operations. */
static void
mark(struct flow *f, struct draft *d)
{
	static const uint8_t marks[] = {EXCH_CARD_IOC, EXCH_CARD_FOK,
	    EXCH_CARD_MARKET, EXCH_CARD_POST, EXCH_CARD_PEAK,
	    EXCH_CARD_IOC | EXCH_CARD_FOK};

	d->flags |= marks[below(f, sizeof(marks))];
	d->peak = below(f, 4);
}

/* One thing is not as it should be; it may still be taken. */
static void
spoil(struct flow *f, struct draft *d)
{
	const struct exch_card_limits *l = &f->o.limits;

	switch (below(f, 13)) {
	case 0:
		d->price = beyond(f, l->levels, 24, d->price);
		break;
	case 1:
		d->qty = 0;
		break;
	case 2:
		d->symbol = beyond(f, l->symbols, 16, d->symbol);
		break;
	case 3:
		displace(f, d, beyond(f, l->slots, 32, d->slot));
		break;
	case 9:
		d->old = beyond(f, l->levels, 24, d->old);
		break;
	case 10:
		d->old ^= 1;
		break;
	case 11:
		/* Not in small parts: that takes for ever. */
		if (!(d->flags & EXCH_CARD_PEAK))
			d->qty = UINT32_MAX - below(f, 2);
		break;
	case 12:
		mark(f, d);
		break;
	case 4:
		d->gen ^= 1u << below(f, 32);
		break;
	case 5:
		d->flags ^= EXCH_CARD_SELL;
		break;
	case 6:
		d->stp = below(f, 8);
		break;
	case 7:
		/* With its symbol: others may go ahead of one another. */
		if (f->nlive > 0) {
			displace(f, d, f->live[below(f, f->nlive)]);
			d->symbol = f->seat[d->slot].symbol;
		}
		break;
	default:
		d->op = below(f, 16);
		/* They empty the book: seldom. */
		if (d->op == EXCH_CARD_MASS &&
		    (f->o.profile->fills || below(f, 64) != 0))
			d->op = 0;
		break;
	}
}

static size_t
write_out(struct flow *f, const struct draft *d, struct exch_card_cmd *k)
{
	struct exch_card_peak p = {.peak = d->peak};

	memset(k, 0, sizeof(*k));
	k->op = (uint8_t)(d->op | d->stp << 4);
	k->flags = (uint8_t)d->flags;
	k->symbol = (uint16_t)d->symbol;
	k->slot = d->slot;
	exch_card_put(k->price, d->price, 3);
	exch_card_put(k->old_price, d->old, 3);
	exch_card_put(k->qty, d->qty, 4);
	exch_card_put(k->owner, d->owner, 4);
	exch_card_put(k->gen, d->gen, 4);
	exch_card_put(k->seq, f->seq++, 6);
	if (!(d->flags & EXCH_CARD_PEAK))
		return 1;
	memcpy(k + 1, &p, sizeof(p));
	return 2;
}

size_t
flow_next(struct flow *f, struct exch_card_cmd beats[2])
{
	const struct flow_profile *p = f->o.profile;
	uint32_t spread = f->o.spread != 0 ? f->o.spread : f->o.limits.symbols;
	uint64_t most = (uint64_t)p->live * spread;
	struct draft d = {.qty = 1 + below(f, p->qty)};
	struct seat *s;
	bool full;

	/* A displaced order may have come to rest in a slot that was free. */
	while (f->nfree > 0 && f->seat[f->free[f->nfree - 1]].at != 0)
		f->seat[f->free[--f->nfree]].free = false;
	full = f->nfree == 0 || f->nlive >= most;

	d.gen = (uint32_t)f->seq;
	if (!f->o.plain) {
		d.owner = below(f, (p->owners != 0 ? p->owners : 8) + 1);
		d.stp = below(f, 5);
	}
	if (full)
		f->filling = false;
	else if (p->fills && f->nlive < most / 4 * 3)
		f->filling = true;
	if (f->nlive == 0 || (!full && !of_100(f, f->filling ? 5 : p->cancels)))
		come(f, &d);
	else
		change(f, &d);
	s = &f->seat[d.slot];
	if (d.op == EXCH_CARD_NEW)
		*s = (struct seat){.given = true};
	if (!f->o.plain && of_100(f, 2))
		spoil(f, &d);
	if (!f->o.plain && below(f, p->fills ? 1000000 : 30000) == 0)
		d.op = EXCH_CARD_MASS;
	if (!f->o.plain && below(f, 1000) == 0)
		d.op = EXCH_CARD_BARRIER;
	if (s->given) {
		s->gen = d.gen;
		s->symbol = (uint16_t)d.symbol;
		s->flags = (uint8_t)d.flags;
	}
	return write_out(f, &d, beats);
}

/* ---- events ---- */

static void
leaves(struct flow *f, uint32_t slot)
{
	struct seat *s = &f->seat[slot];

	if (s->at != 0) {
		uint32_t last = f->live[--f->nlive];

		f->live[s->at - 1] = last;
		f->seat[last].at = s->at;
		s->at = 0;
		give_back(f, slot);
	}
}

static void
rests(struct flow *f, const struct exch_card_evt *e)
{
	struct seat *s = &f->seat[e->slot];

	s->price = e->price;
	s->given = false;
	if (s->at == 0) {
		f->live[f->nlive++] = e->slot;
		s->at = f->nlive;
	}
}

void
flow_heard(struct flow *f, const struct exch_card_evt *e)
{
	bool last = (e->flags & EXCH_CARD_LAST) != 0;

	if (e->kind == EXCH_CARD_RESTED)
		rests(f, e);
	else if (e->flags & EXCH_CARD_GONE && e->kind != EXCH_CARD_REPLACED)
		leaves(f, e->maker);
	if (!last || e->kind == EXCH_CARD_RESTED ||
	    e->slot >= f->o.limits.slots)
		return;
	/* A new one that ended, or a replaced one that did. */
	if (f->seat[e->slot].given) {
		f->seat[e->slot].given = false;
		give_back(f, e->slot);
	} else if (e->kind == EXCH_CARD_TRADE || e->kind == EXCH_CARD_EXPIRED ||
		   e->kind == EXCH_CARD_PREVENTED) {
		leaves(f, e->slot);
	}
}
