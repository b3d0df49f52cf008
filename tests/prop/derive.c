/*
 * The reports' tracker and books beside the naive engine; see derive.h.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dec.h"
#include "prop/derive.h"
#include "report/books.h"
#include "report/insts.h"
#include "report/track.h"

#define PLACES 64

struct derive {
	const struct naive_rules *rules;
	struct exch_insts insts;
	struct exch_track *track;
	struct exch_books books;
	/* the queues of what the books display */
	struct exch_books_watch watch;
	struct exch_book_store *queues;
	struct exch_book book[PLACES];
	bool fifo;
	bool banded;
	uint8_t source; /* of events */
	uint64_t match[PLACES];
	bool excused[PLACES]; /* imposed, or a minimum: it may be crossed */
	exch_u128 to_fill;    /* of the auction just announced */
	exch_px at;
	bool blind; /* an amount passed 128 bits: nobody looks any more */
	/* Limit up, limit down: what stands outside the bands is passed over;
	 * they are those told last. */
	exch_px lower[PLACES], upper[PLACES];
	bool outside[PLACES]; /* an order was, at the last look */
	bool wrong;
	char what[560];
};

static void
must(struct derive *v, bool ok, const char *what, exch_oid order)
{
	if (ok || v->wrong || v->blind)
		return;
	v->wrong = true;
	snprintf(v->what, sizeof(v->what), "derived: %s (order %llu)", what,
	    (unsigned long long)order);
}

static int
changed(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct derive *v = arg;
	const struct exch_life *o = c->o;

	(void)d;
	if (c->kind == EXCH_CHANGE_REJECTED)
		return 0;
	must(v, o != NULL, "an event of an order that is not known", c->order);
	if (o == NULL)
		return 0;
	must(v, o->qty == o->filled + o->cancelled + o->open,
	    "quantity was lost", c->order);
	must(v,
	    c->next != NULL || c->ended == (o->open == 0) ||
		c->kind == EXCH_CHANGE_REPLACED,
	    "it goes on without anything, or ends with something", c->order);
	must(v,
	    c->ended == exch_life_is_end(o->stage.state) ||
		c->kind == EXCH_CHANGE_REPLACED,
	    "its state is not that of a live order", c->order);
	/* one that finds less than its minimum rests without trading */
	if (o->terms.min != 0)
		v->excused[c->place] = true;
	must(v, o->shown <= o->open || c->ended, "it displays more than it has",
	    c->order);
	return 0;
}

/* ---- queues ---- */

static void
enters(void *arg, const struct exch_tally_new *o, bool by_id)
{
	struct derive *v = arg;
	/* who stands before whom, and no quantities */
	struct exch_book_order q = {.id = o->id,
	    .tick = o->tick,
	    .qty = 1,
	    .side = o->side,
	    .by_id = by_id};

	if (exch_book_add(v->queues, &v->book[o->place], &q, NULL) != 0)
		abort();
}

static void
leaves(void *arg, uint32_t place, exch_oid id)
{
	struct derive *v = arg;
	struct exch_book *b = &v->book[place];

	exch_book_remove(v->queues, b, exch_book_find(v->queues, b, id));
}

struct derive *
derive_new(uint8_t phase, bool fifo, const struct naive_rules *rules)
{
	struct derive *v = calloc(1, sizeof(*v));
	struct exch_diag d = {0};

	if (v == NULL || exch_track_new(changed, v, &v->track, &d) != 0 ||
	    exch_books_init(&v->books, &v->insts, &d) != 0)
		abort();
	v->queues = exch_book_store_new(0);
	if (v->queues == NULL)
		abort();
	v->watch = (struct exch_books_watch){v, enters, leaves};
	v->books.watch = &v->watch;
	for (uint32_t i = 0; i < PLACES; i++) {
		v->book[i].instr = i; /* empty ones are searched as well */
		v->lower[i] = v->upper[i] = EXCH_PX_NONE;
	}
	v->fifo = fifo;
	v->rules = rules;
	v->books.first_phase = phase;
	exch_track_first_phase(v->track, phase);
	return v;
}

void
derive_blind(struct derive *v)
{
	v->blind = true;
}

void
derive_banded(struct derive *v)
{
	v->banded = true;
}

void
derive_free(struct derive *v)
{
	exch_track_free(v->track);
	exch_books_clear(&v->books);
	exch_book_store_free(v->queues);
	exch_insts_clear(&v->insts);
	free(v);
}

const char *
derive_wrong(const struct derive *v)
{
	return v->wrong ? v->what : NULL;
}

/* ---- executions and auctions ---- */

/* "luld lower=26.06 upper=28.8 reference=27.43"; other notices are nothing. */
static void
take_bands(struct derive *v, const struct exch_rec_notice *r, uint32_t place)
{
	static const char *const word[2] = {"luld lower=", " upper="};
	exch_px *to[2] = {&v->lower[place], &v->upper[place]};
	const char *s = (const char *)r + sizeof(*r), *end = s + r->ntext;

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(word[i]), len = 0;

		if ((size_t)(end - s) < n || memcmp(s, word[i], n) != 0) {
			must(v, i == 0, "a notice of one band", 0);
			return;
		}
		s += n;
		while (s + len < end && s[len] != ' ')
			len++;
		if (exch_dec_parse(s, len, 9, to[i]) != 0)
			must(v, false, "a band that is no price", 0);
		s += len;
	}
}

/* Only levels outside the bands are better than this one. */
static bool
is_best(struct derive *v, uint32_t place, unsigned side, exch_slot level)
{
	exch_slot l = exch_books_top(&v->books, place, side);

	for (; l != level; l = exch_tally_worse(&v->books.tally, l)) {
		exch_px px = exch_books_px(&v->books, place, l);

		if (l == EXCH_SLOT_NONE || v->lower[place] == EXCH_PX_NONE ||
		    (px >= v->lower[place] && px <= v->upper[place]))
			return false;
	}
	return true;
}

/* The first displayed order of its price trades first. */
static void
check_queue(struct derive *v, const struct exch_rec_exec *e, uint32_t place)
{
	bool buys = e->aggressor == EXCH_BUY;
	exch_oid id = buys ? e->sell : e->buy;
	const struct exch_life *taker =
	    exch_track_find(v->track, place, buys ? e->buy : e->sell);
	const struct exch_book *b = &v->book[place];
	const struct exch_tally_order *t;
	exch_slot o = exch_book_find(v->queues, b, id);
	exch_slot level;

	/* hidden orders, and conditions that pass over some */
	if (o == EXCH_SLOT_NONE || taker == NULL ||
	    (taker->terms.min != 0 && taker->terms.each))
		return;
	level = exch_book_slots(v->queues)[o].level;
	must(v, exch_book_first(v->queues, level) == o,
	    "an earlier order was passed over", id);
	t = exch_tally_find(&v->books.tally, place, id);
	must(v, t != NULL && is_best(v, place, buys, t->level),
	    "a better price was passed over", id);
}

static bool
reaches(const struct exch_life *o, exch_px p)
{
	if (o->working == EXCH_PX_NONE)
		return true;
	return o->side == EXCH_BUY ? o->working >= p : o->working <= p;
}

struct volume {
	struct derive *v;
	uint32_t place;
	exch_px at;
	exch_u128 sum[2];
	exch_u128 offsets; /* of imbalance-only orders that wait */
	exch_u128 most;
};

static int
add_volume(void *arg, const struct exch_life *o, struct exch_diag *d)
{
	struct volume *x = arg;

	(void)d;
	if (o->key.place != x->place)
		return 0;
	if (o->ordflags & EXCH_ORD_IMBALANCE)
		x->offsets += o->open;
	else if (!o->apart && reaches(o, x->at))
		x->sum[o->side != EXCH_BUY] += o->open;
	return 0;
}

static exch_u128
volume_at(struct volume *x, exch_px at)
{
	struct exch_diag d = {0};

	x->at = at;
	x->sum[0] = x->sum[1] = x->offsets = 0;
	if (exch_track_each(x->v->track, add_volume, x, &d) != 0)
		abort();
	return x->sum[0] < x->sum[1] ? x->sum[0] : x->sum[1];
}

/*
 * An auction's price keeps to the table, though not all limits do: slides,
 * imposed orders, and what a band moves may stand off it.
 */
static int
try_price(void *arg, const struct exch_life *o, struct exch_diag *d)
{
	struct volume *x = arg;
	struct volume y = {.v = x->v, .place = x->place};
	struct naive_grid g = {x->v->insts.inst[x->place].tick, x->v->rules};
	exch_u128 here;

	(void)d;
	if (o->key.place != x->place || o->apart || o->working == EXCH_PX_NONE)
		return 0;
	here = volume_at(&y, naive_good(&g, o->working, o->side != EXCH_BUY));
	x->most = here > x->most ? here : x->most;
	return 0;
}

/* No price on the table would have traded more. */
static void
check_auction(
    struct derive *v, const struct exch_rec_auction *e, uint32_t place)
{
	struct volume x = {.v = v, .place = place};
	struct exch_diag d = {0};
	exch_u128 here;

	if (e->final == 0)
		return;
	if (exch_track_each(v->track, try_price, &x, &d) != 0)
		abort();
	if (e->price == EXCH_PX_NONE) {
		must(v, v->banded || x.most == 0,
		    "an auction without its volume", 0);
		return;
	}
	here = volume_at(&x, e->price);
	must(v, v->banded || here >= x.most,
	    "an auction's volume is not the largest", 0);
	must(v, e->paired >= here || e->paired == EXCH_QTY_NONE - 1,
	    "an auction pairs less than it could", 0);
	must(v, e->paired <= here + x.offsets, "an auction pairs too much", 0);
	v->to_fill = e->paired == EXCH_QTY_NONE - 1 ? here : e->paired;
	v->at = e->price;
}

static void
check_exec(struct derive *v, const struct exch_rec_exec *e, uint32_t place)
{
	const struct exch_life *b = exch_track_find(v->track, place, e->buy);
	const struct exch_life *s = exch_track_find(v->track, place, e->sell);

	must(v, e->match == ++v->match[place], "match numbers have a gap", 0);
	must(v,
	    b != NULL && s != NULL && b->side == EXCH_BUY &&
		s->side != EXCH_BUY && e->qty > 0 && e->qty <= b->open &&
		e->qty <= s->open,
	    "an execution without two orders that have it", e->buy);
	if (e->aggressor != EXCH_SIDE_NONE) {
		if (v->fifo)
			check_queue(v, e, place);
		return;
	}
	must(v, e->price == v->at, "an auction fill at another price", e->buy);
	must(v, e->qty <= v->to_fill, "an auction fills too much", e->buy);
	v->to_fill -= e->qty;
}

/* ---- records ---- */

void
derive_record(struct derive *v, const struct exch_rec *r)
{
	struct exch_diag d = {0};
	uint32_t place = 0;
	int err = 0;

	if (v->blind)
		return;
	if (r->type == EXCH_REC_INSTRUMENT || r->type == EXCH_REC_ERROR)
		err = exch_insts_note(&v->insts, r, &d);
	if (err == 0 && (r->instr != 0 || exch_track_wants(r->type)))
		err = exch_insts_place(&v->insts, r->instr, &place, &d);
	if (place >= PLACES)
		abort();
	if (r->flags & EXCH_F_IMPOSED)
		for (uint32_t i = 0; i < PLACES; i++)
			v->excused[i] |= r->instr == 0 || i == place;
	if (r->type == EXCH_REC_EXEC)
		check_exec(v, (const void *)r, place);
	else if (r->type != EXCH_REC_RESTATED && r->type != EXCH_REC_NOTICE)
		/* icebergs and restrictions in between */
		must(v, v->to_fill == 0, "an auction fills too little", 0);
	/* Blocks and corrections count, too; values of an index do not. */
	if (r->type == EXCH_REC_TRADE &&
	    ((const struct exch_rec_trade *)(const void *)r)->kind !=
		EXCH_PRINT_NONE)
		must(v,
		    ((const struct exch_rec_trade *)(const void *)r)->match ==
			++v->match[place],
		    "match numbers have a gap", 0);
	if (r->type == EXCH_REC_NOTICE && r->instr != 0)
		take_bands(v, (const void *)r, place);
	if (r->type == EXCH_REC_AUCTION)
		check_auction(v, (const void *)r, place);
	if (err == 0 &&
	    (exch_track_wants(r->type) ||
		(r->type == EXCH_REC_PHASE &&
		    (r->instr == 0 || v->insts.inst[place].announced))))
		err = exch_track_record(v->track, r, place, &d);
	if (err == 0 && (r->type >= EXCH_REC_NEW || r->type == EXCH_REC_PHASE ||
			    r->type == EXCH_REC_NOTICE))
		err = exch_books_record(&v->books, r, place, v->source, &d);
	if (err == EXCH_ERR_RANGE)
		v->blind = true;
	else if (err != 0)
		must(v, false, d.text, 0);
}

void
derive_events(struct derive *v, const void *bytes, size_t nbytes)
{
	const unsigned char *p = bytes;

	if (v->blind)
		return;
	for (size_t at = 0; at < nbytes;) {
		const struct exch_rec *r = (const void *)(p + at);

		v->source = r->source;
		derive_record(v, r);
		at += exch_rec_len(r);
	}
}

/* ---- against the naive engine ---- */

static void
same_order(
    struct derive *v, uint32_t place, const struct naive_order *o, bool apart)
{
	const struct exch_life *l = exch_track_find(v->track, place, o->id);
	exch_qty open = o->qty + o->reserve;
	uint8_t state;

	must(v, l != NULL, "a live order is not known", o->id);
	if (l == NULL)
		return;
	state = l->stage.state;
	must(v, l->open == open, "another open quantity", o->id);
	must(v, l->apart == apart, "it stands elsewhere", o->id);
	must(v,
	    (l->side == EXCH_BUY) == (o->side == EXCH_BUY) &&
		l->account == o->account,
	    "another side or account", o->id);
	if (apart) {
		must(v, l->shown == 0 && l->working == EXCH_PX_NONE,
		    "it waits and has a place in the book", o->id);
		must(v,
		    state == EXCH_LIFE_INACTIVE || state == EXCH_LIFE_SUSPENDED,
		    "it waits and its state does not say so", o->id);
		return;
	}
	must(v, l->shown == (o->hidden ? 0 : o->qty),
	    "another displayed quantity", o->id);
	must(v, l->working == o->price, "another working price", o->id);
	must(v,
	    state == (l->filled != 0			? EXCH_LIFE_PARTIAL
			 : state == EXCH_LIFE_TRIGGERED ? EXCH_LIFE_TRIGGERED
							: EXCH_LIFE_NEW),
	    "it rests and its state does not say so", o->id);
}

/* The best displayed price of a side, by looking at all. */
static void
best(const struct naive_instr *in, uint8_t side, exch_px *px, exch_qty *qty)
{
	*px = EXCH_PX_NONE;
	*qty = 0;
	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];

		if (o->side != side || o->hidden || o->price == EXCH_PX_NONE)
			continue;
		if (*px == o->price) {
			*qty += o->qty;
		} else if (*px == EXCH_PX_NONE ||
			   (side == EXCH_BUY ? o->price > *px
					     : o->price < *px)) {
			*px = o->price;
			*qty = o->qty;
		}
	}
}

static uint32_t
place_of(struct derive *v, const struct naive_instr *in)
{
	struct exch_diag d = {0};
	uint32_t place = 0;

	if (exch_insts_place(&v->insts, in->def.h.instr, &place, &d) != 0)
		abort();
	return place;
}

/*
 * No crossed book in continuous trading.  What stands outside the bands does
 * not count, but bands that move may take it in.
 */
static void
check_crossed(struct derive *v, const struct naive_instr *in, uint32_t place)
{
	exch_px bid = EXCH_PX_NONE, offer = EXCH_PX_NONE;
	bool outside = false, crossed;

	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];

		if (o->hidden || o->price == EXCH_PX_NONE)
			continue;
		if (naive_outside(in, o->price))
			outside = true;
		else if (o->side == EXCH_BUY)
			bid = bid == EXCH_PX_NONE || o->price > bid ? o->price
								    : bid;
		else
			offer = offer == EXCH_PX_NONE || o->price < offer
				    ? o->price
				    : offer;
	}
	crossed = bid != EXCH_PX_NONE && offer != EXCH_PX_NONE && bid >= offer;
	v->excused[place] = crossed && (v->excused[place] || v->outside[place]);
	v->outside[place] = outside;
	must(v,
	    !crossed || v->excused[place] || in->phase != EXCH_PHASE_CONTINUOUS,
	    "a crossed book in continuous trading", in->def.h.instr);
}

void
derive_look(struct derive *v, const struct naive *n)
{
	for (size_t i = 0; i < n->ninstr && !v->wrong; i++) {
		const struct naive_instr *in = &n->instr[i];
		uint32_t place = place_of(v, in);
		exch_px px[2], want;
		exch_qty qty, have;

		for (unsigned side = 0; side < 2; side++) {
			exch_books_best(
			    &v->books, place, side, &px[side], &have);
			best(in, side == 0 ? EXCH_BUY : EXCH_SELL, &want, &qty);
			must(v, px[side] == want && have == qty,
			    side == 0 ? "another best bid"
				      : "another best offer",
			    in->def.h.instr);
		}
		check_crossed(v, in, place);
	}
}

void
derive_compare(struct derive *v, const struct naive *n)
{
	size_t live = 0;
	uint64_t inside = 0;

	if (v->blind)
		return;
	derive_look(v, n);
	for (size_t i = 0; i < n->ninstr && !v->wrong; i++) {
		const struct naive_instr *in = &n->instr[i];
		uint32_t place = place_of(v, in);
		uint8_t cross;

		must(v, exch_track_phase(v->track, place, &cross) == in->phase,
		    "another phase", in->def.h.instr);
		for (size_t k = 0; k < in->n; k++)
			same_order(v, place, &in->order[k], false);
		for (size_t k = 0; k < in->napart; k++)
			same_order(v, place, &in->apart[k], true);
		live += in->n + in->napart;
		if (place < v->books.n)
			inside += exch_books_live(&v->books, place);
	}
	must(v, exch_track_live(v->track) == live, "other live orders", 0);
	must(v, inside == live, "other live orders in the books", 0);
}
