/*
 * What a feed has said that still holds: orders, levels and quotes that are
 * displayed, phases, and the instruments all that is of.  Two feeds know each
 * other's orders by nothing, so that who goes from one to the other takes back
 * what the first displayed, and displays what the second does.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "rec/schema.h"

struct level {
	struct exch_key key; /* (instrument and side, price) */
	exch_qty qty;
	uint32_t age; /* of its instrument's levels; another one: it is gone */
	uint32_t zero;
};

struct of_instr {
	struct exch_key key; /* (0, instrument) */
	struct exch_rec_instrument terms;
	struct exch_rec_phase phase;
	struct exch_rec_book_top top;
	bool has_terms, has_phase, has_top, has_levels;
	uint32_t age;	   /* how many times all its levels went */
	uint64_t phase_at; /* its place among all that was said of phases */
};

struct stand {
	uint64_t phases; /* that were said */
	struct snap *orders;
	struct exch_keyed levels;
	struct exch_keyed instrs;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for what a feed displays");
}

struct stand *
stand_new(void)
{
	struct stand *s = exch_calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->orders = snap_new();
	if (s->orders == NULL ||
	    exch_keyed_init(&s->levels, sizeof(struct level)) != 0 ||
	    exch_keyed_init(&s->instrs, sizeof(struct of_instr)) != 0) {
		stand_free(s);
		return NULL;
	}
	return s;
}

void
stand_free(struct stand *s)
{
	if (s == NULL)
		return;
	snap_free(s->orders);
	exch_keyed_clear(&s->levels);
	exch_keyed_clear(&s->instrs);
	exch_free(s);
}

/* ---- following a feed ---- */

static uint32_t
place_of(uint32_t instr, uint8_t side)
{
	return instr << 1 | (side == EXCH_SELL);
}

static int
take_level(
    struct stand *s, struct of_instr *i, const struct exch_rec_book_level *r)
{
	struct level *l;
	int err;

	i->has_levels = true;
	if (r->price == EXCH_PX_NONE) {
		i->age++;
		i->has_levels = false;
		return 0;
	}
	if (r->qty == 0) {
		l = exch_keyed_find(&s->levels, place_of(r->h.instr, r->side),
		    (uint64_t)r->price);
		if (l != NULL)
			exch_keyed_drop(&s->levels, l);
		return 0;
	}
	err = exch_keyed_add(
	    &s->levels, place_of(r->h.instr, r->side), (uint64_t)r->price, &l);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	l->qty = r->qty;
	l->age = i->age;
	return 0;
}

static bool
is_of_instrument(uint8_t type)
{
	return type == EXCH_REC_INSTRUMENT || type == EXCH_REC_PHASE ||
	       type == EXCH_REC_BOOK_LEVEL || type == EXCH_REC_BOOK_TOP;
}

/* The known part of a record, without what is behind it. */
static void
keep(void *to, const struct exch_rec *r, size_t n)
{
	struct exch_rec *h = to;

	memcpy(to, r, n);
	h->len8 = (uint8_t)(n / 8);
	h->flags = 0;
}

static int
take_of_instrument(struct stand *s, const struct exch_rec *r)
{
	struct of_instr *i;
	int err = exch_keyed_add(&s->instrs, 0, r->instr, &i);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	switch (r->type) {
	case EXCH_REC_INSTRUMENT:
		i->has_terms = true;
		keep(&i->terms, r, sizeof(i->terms));
		return 0;
	case EXCH_REC_PHASE:
		i->has_phase = true;
		i->phase_at = ++s->phases;
		keep(&i->phase, r, sizeof(i->phase));
		return 0;
	case EXCH_REC_BOOK_TOP:
		i->has_top = true;
		keep(&i->top, r, sizeof(i->top));
		return 0;
	default:
		return take_level(s, i, (const void *)r);
	}
}

int
stand_take(struct stand *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_schema *known = exch_schema_of(r->type);
	int err;

	if (known == NULL || exch_rec_len(r) < known->size ||
	    r->instr > EXCH_INSTR_MAX)
		return 0;
	err = is_of_instrument(r->type) ? take_of_instrument(s, r)
					: snap_take(s->orders, r);
	return err != 0 ? no_memory(d) : 0;
}

exch_px
stand_price(const struct stand *s, uint32_t instr, exch_oid order)
{
	return snap_price(s->orders, instr, order);
}

uint32_t
stand_same(const struct stand *s, const struct stand *other, uint32_t instr)
{
	const struct of_instr *of = exch_keyed_find(&other->instrs, 0, instr);

	if (of == NULL || !of->has_terms)
		return 0;
	for (uint32_t n = 1; n < s->instrs.used; n++) {
		const struct of_instr *i = exch_keyed_at(&s->instrs, n);

		if (i->key.slot != 0 && i->has_terms &&
		    memcmp(i->terms.symbol, of->terms.symbol,
			sizeof(i->terms.symbol)) == 0)
			return (uint32_t)i->key.id;
	}
	return 0;
}

/* ---- giving it on ---- */

struct giving {
	exch_ts at;
	stand_fn *take;
	void *arg;
	uint64_t n;
};

static int
take_back(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct giving *g = arg;
	const struct exch_rec_book_add *a = (const void *)r;
	struct exch_rec_book_delete out = {
	    .h = {.type = EXCH_REC_BOOK_DELETE,
		.len8 = sizeof(out) / 8,
		.instr = r->instr,
		.time = g->at},
	    .order = a->order,
	};

	g->n++;
	return g->take(g->arg, &out.h, d);
}

static int
display(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct giving *g = arg;
	struct exch_rec_book_add a;

	memcpy(&a, r, sizeof(a));
	a.h.time = g->at;
	g->n++;
	return g->take(g->arg, &a.h, d);
}

/* A record of `instr`, at the time of all of them. */
static int
give(struct giving *g, void *p, uint32_t instr, struct exch_diag *d)
{
	struct exch_rec *r = p;

	r->instr = instr;
	r->time = g->at;
	return g->take(g->arg, r, d);
}

static int
clear_instr(struct giving *g, const struct of_instr *i, struct exch_diag *d)
{
	struct exch_rec_book_level level = {
	    .h = {.type = EXCH_REC_BOOK_LEVEL,
		.len8 = sizeof(level) / 8,
		.flags = EXCH_F_LAST},
	    .price = EXCH_PX_NONE,
	};
	struct exch_rec_book_top top = {
	    .h = {.type = EXCH_REC_BOOK_TOP, .len8 = sizeof(top) / 8},
	    .bid = EXCH_PX_NONE,
	    .ask = EXCH_PX_NONE,
	};
	uint32_t instr = (uint32_t)i->key.id;
	int err = i->has_levels ? give(g, &level, instr, d) : 0;

	return err == 0 && i->has_top ? give(g, &top, instr, d) : err;
}

typedef int instr_fn(
    struct giving *g, const struct of_instr *i, struct exch_diag *d);

static int
give_terms(struct giving *g, const struct of_instr *i, struct exch_diag *d)
{
	struct exch_rec_instrument copy = i->terms;

	return i->has_terms ? give(g, &copy, (uint32_t)i->key.id, d) : 0;
}

static int
give_phase(struct giving *g, const struct of_instr *i, struct exch_diag *d)
{
	struct exch_rec_phase copy = i->phase;

	return i->has_phase ? give(g, &copy, (uint32_t)i->key.id, d) : 0;
}

static int
give_top(struct giving *g, const struct of_instr *i, struct exch_diag *d)
{
	struct exch_rec_book_top copy = i->top;

	return i->has_top ? give(g, &copy, (uint32_t)i->key.id, d) : 0;
}

static int
by_phase(const void *a, const void *b)
{
	const struct of_instr *const *x = a, *const *y = b;
	uint64_t p = (*x)->phase_at, q = (*y)->phase_at;

	return (p > q) - (p < q);
}

/* Each instrument, by number; or in the order in which phases were said. */
static int
each_instr(struct stand *s, struct giving *g, instr_fn *fn, struct exch_diag *d)
{
	void **sorted = exch_keyed_sorted(&s->instrs);
	int err = 0;

	if (sorted == NULL)
		return no_memory(d);
	/* The market's phase, and that of an instrument: the last one holds. */
	if (fn == give_phase)
		qsort(sorted, s->instrs.live, sizeof(*sorted), by_phase);
	for (uint32_t i = 0; i < s->instrs.live && err == 0; i++)
		err = fn(g, sorted[i], d);
	exch_free(sorted);
	return err;
}

static bool
is_there(const struct stand *s, const struct level *l)
{
	const struct of_instr *i =
	    exch_keyed_find(&s->instrs, 0, l->key.place >> 1);

	return i != NULL && l->age == i->age;
}

static int
give_level(struct stand *s, struct giving *g, void **level, uint32_t n,
    struct exch_diag *d)
{
	const struct level *l = level[0];
	const struct level *next = NULL;
	struct exch_rec_book_level r = {
	    .h = {.type = EXCH_REC_BOOK_LEVEL, .len8 = sizeof(r) / 8},
	    .price = (exch_px)l->key.id,
	    .qty = l->qty,
	    .side = (l->key.place & 1) != 0 ? EXCH_SELL : EXCH_BUY,
	};

	for (uint32_t i = 1; i < n && next == NULL; i++)
		if (is_there(s, level[i]))
			next = level[i];
	/* The book of an instrument is one event. */
	if (next == NULL || next->key.place >> 1 != l->key.place >> 1)
		r.h.flags = EXCH_F_LAST;
	return give(g, &r, l->key.place >> 1, d);
}

static int
give_levels(struct stand *s, struct giving *g, struct exch_diag *d)
{
	void **sorted = exch_keyed_sorted(&s->levels);
	uint32_t n = s->levels.live;
	int err = 0;

	if (sorted == NULL)
		return no_memory(d);
	for (uint32_t i = 0; i < n && err == 0; i++)
		if (is_there(s, sorted[i]))
			err = give_level(s, g, sorted + i, n - i, d);
	exch_free(sorted);
	return err;
}

int
stand_clear(struct stand *s, exch_ts at, stand_fn *take, void *arg, uint64_t *n,
    struct exch_diag *d)
{
	struct giving g = {.at = at, .take = take, .arg = arg};
	int err = snap_give(s->orders, take_back, &g, d);

	*n = g.n;
	return err == 0 ? each_instr(s, &g, clear_instr, d) : err;
}

int
stand_give(struct stand *s, exch_ts at, stand_fn *take, void *arg, uint64_t *n,
    struct exch_diag *d)
{
	struct giving g = {.at = at, .take = take, .arg = arg};
	int err = each_instr(s, &g, give_terms, d);

	if (err == 0)
		err = each_instr(s, &g, give_phase, d);
	if (err == 0)
		err = each_instr(s, &g, give_top, d);
	if (err == 0)
		err = give_levels(s, &g, d);
	if (err == 0)
		err = snap_give(s->orders, display, &g, d);
	*n = g.n;
	return err;
}
