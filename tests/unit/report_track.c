/*
 * The order tracker and the rebuilt books against plain arrays: random
 * answers of a matcher that need not make sense as a market, only as
 * bookkeeping.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "report/books.h"
#include "report/insts.h"
#include "report/track.h"
#include "tap.h"

#define PLACES 3
#define IDS 200
#define MATCHER 2
#define TICK INT64_C(10000000)

struct order {
	bool live;
	uint8_t side;
	exch_px price;
	exch_qty open;
	exch_qty filled;
	exch_qty cancelled;
	uint64_t nth;
};

struct world {
	struct exch_rng rng;
	struct exch_insts insts;
	struct exch_track *track;
	struct exch_books books;
	struct order order[PLACES][IDS]; /* by id */
	uint64_t accepted;
	uint64_t match;
	/* what the tracker said last */
	unsigned calls;
	unsigned ended;
	bool ok;
};

static int
changed(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct world *w = arg;
	const struct order *m = &w->order[c->place][c->order];

	(void)d;
	w->calls++;
	w->ended += c->ended;
	if (c->kind == EXCH_CHANGE_REJECTED)
		return 0;
	if (c->o == NULL || c->o->key.id != c->order ||
	    c->o->qty != c->o->filled + c->o->cancelled + c->o->open)
		w->ok = false;
	/* the model is updated before, except for replaced orders */
	if (c->kind != EXCH_CHANGE_REPLACED && w->ok &&
	    (c->o->open != m->open || c->o->filled != m->filled ||
		c->o->cancelled != m->cancelled || c->ended != !m->live))
		w->ok = false;
	return 0;
}

static void
give(struct world *w, void *rec, uint8_t type, size_t size, uint32_t place,
    bool last)
{
	struct exch_rec *r = rec;
	struct exch_diag d = {0};
	bool answer = type >= EXCH_REC_ACK;

	r->type = type;
	r->len8 = (uint8_t)(size / 8);
	r->source = answer ? MATCHER : 1;
	r->flags = last ? EXCH_F_LAST : 0;
	r->instr = place + 1;
	if (exch_track_record(w->track, r, place, &d) != 0 ||
	    exch_books_record(&w->books, r, place, MATCHER, &d) != 0) {
		printf("# %s\n", d.text);
		w->ok = false;
	}
	if (answer && w->books.boundary != last)
		w->ok = false;
}

static exch_qty
some(struct world *w, exch_qty most)
{
	return 1 + exch_rng_below(&w->rng, most);
}

static exch_px
some_price(struct world *w)
{
	return (1000 + (exch_px)exch_rng_below(&w->rng, 30)) * TICK;
}

/* A random live order of a side (0: any), or 0. */
static exch_oid
pick(struct world *w, uint32_t place, uint8_t side)
{
	exch_oid from = exch_rng_below(&w->rng, IDS);

	for (exch_oid i = 0; i < IDS; i++) {
		exch_oid id = (from + i) % IDS;

		if (w->order[place][id].live &&
		    (side == 0 || w->order[place][id].side == side))
			return id;
	}
	return 0;
}

static exch_oid
free_id(struct world *w, uint32_t place)
{
	exch_oid from = exch_rng_below(&w->rng, IDS - 1);

	for (exch_oid i = 0; i < IDS - 1; i++) {
		exch_oid id = 1 + (from + i) % (IDS - 1);

		if (!w->order[place][id].live)
			return id;
	}
	return 0;
}

static void
fill(struct order *o, exch_qty q)
{
	o->open -= q;
	o->filled += q;
	o->live = o->open > 0;
}

static void
do_exec(struct world *w, uint32_t place, exch_oid buy, exch_oid sell, bool last)
{
	struct order *b = &w->order[place][buy];
	struct order *s = &w->order[place][sell];
	exch_qty most = b->open < s->open ? b->open : s->open;
	struct exch_rec_exec e = {.match = ++w->match,
	    .buy = buy,
	    .sell = sell,
	    .price = b->price,
	    .qty = some(w, most)};

	fill(b, e.qty);
	fill(s, e.qty);
	give(w, &e, EXCH_REC_EXEC, sizeof(e), place, last);
}

static void
do_new(struct world *w, uint32_t place)
{
	exch_oid id = free_id(w, place);
	uint8_t side = (uint8_t)(1 + exch_rng_below(&w->rng, 2));
	struct order *m = &w->order[place][id];
	struct exch_rec_new n = {.order = id,
	    .price = some_price(w),
	    .qty = some(w, 50),
	    .side = side,
	    .ordtype = EXCH_ORD_LIMIT};
	struct exch_rec_ack a = {.order = id};
	exch_oid rest;

	if (id == 0)
		return;
	rest = exch_rng_chance(&w->rng, 1, 2) ? pick(w, place, 3 - side) : 0;
	give(w, &n, EXCH_REC_NEW, sizeof(n), place, false);
	*m = (struct order){.live = true,
	    .side = side,
	    .price = n.price,
	    .open = n.qty,
	    .nth = w->accepted++};
	give(w, &a, EXCH_REC_ACK, sizeof(a), place, rest == 0);
	if (rest != 0)
		do_exec(w, place, side == EXCH_BUY ? id : rest,
		    side == EXCH_BUY ? rest : id, true);
}

static void
do_cancel(struct world *w, uint32_t place)
{
	exch_oid id = pick(w, place, 0);
	struct order *m = &w->order[place][id];
	struct exch_rec_cancel cmd = {.order = id, .qty = EXCH_QTY_NONE};
	struct exch_rec_cancelled c = {.order = id, .reason = EXCH_WHY_USER};

	if (id == 0)
		return;
	c.qty = some(w, m->open);
	m->open -= c.qty;
	m->cancelled += c.qty;
	m->live = m->open > 0;
	c.open = m->live;
	give(w, &cmd, EXCH_REC_CANCEL, sizeof(cmd), place, false);
	give(w, &c, EXCH_REC_CANCELLED, sizeof(c), place, true);
}

static void
do_replace(struct world *w, uint32_t place)
{
	exch_oid id = pick(w, place, 0);
	struct order *m = &w->order[place][id];
	struct exch_rec_replace cmd = {.order = id};
	struct exch_rec_replaced r = {.order = id, .new_order = id};
	struct order was = *m;

	if (id == 0)
		return;
	switch (exch_rng_below(&w->rng, 3)) {
	case 0: /* less, at the same price */
		r.kept = 1;
		r.qty = some(w, m->open);
		cmd.price = m->price;
		break;
	case 1:
		r.qty = some(w, 80);
		cmd.price = some_price(w);
		break;
	default:
		r.new_order = free_id(w, place);
		r.qty = some(w, 80);
		cmd.price = some_price(w);
	}
	if (r.new_order == 0)
		return;
	cmd.new_order = r.new_order;
	cmd.qty = r.qty;
	if (r.new_order != id) {
		m->live = false;
		m = &w->order[place][r.new_order];
		*m = (struct order){
		    .live = true, .side = was.side, .nth = w->accepted++};
	}
	m->open = r.qty;
	m->price = cmd.price;
	give(w, &cmd, EXCH_REC_REPLACE, sizeof(cmd), place, false);
	give(w, &r, EXCH_REC_REPLACED, sizeof(r), place, true);
}

static void
do_reject(struct world *w, uint32_t place)
{
	struct exch_rec_new n = {.order = 1 + exch_rng_below(&w->rng, 9)};
	struct exch_rec_reject r = {
	    .order = n.order, .code = EXCH_REJ_TICK, .command = EXCH_REC_NEW};

	give(w, &n, EXCH_REC_NEW, sizeof(n), place, false);
	give(w, &r, EXCH_REC_REJECT, sizeof(r), place, true);
}

static void
step(struct world *w)
{
	uint32_t place = (uint32_t)exch_rng_below(&w->rng, PLACES);
	exch_oid buy = pick(w, place, EXCH_BUY);
	exch_oid sell = pick(w, place, EXCH_SELL);

	switch (exch_rng_below(&w->rng, 10)) {
	case 0:
		if (buy != 0 && sell != 0)
			do_exec(w, place, buy, sell, true);
		return;
	case 1:
	case 2:
		do_cancel(w, place);
		return;
	case 3:
		do_replace(w, place);
		return;
	case 4:
		do_reject(w, place);
		return;
	default:
		do_new(w, place);
	}
}

/* ---- comparing ---- */

/* Every price: the sum of the model's orders is the level's. */
static bool
levels_agree(struct world *w)
{
	for (uint32_t p = 0; p < PLACES; p++)
		for (uint8_t side = EXCH_BUY; side <= EXCH_SELL; side++) {
			struct exch_tally *tally = &w->books.tally;
			exch_qty sum[2000] = {0};
			int64_t best = 0;
			exch_slot at =
			    exch_books_top(&w->books, p, exch_book_index(side));

			for (unsigned i = 0; i < IDS; i++) {
				const struct order *m = &w->order[p][i];
				int64_t t = m->price / TICK;

				if (!m->live || m->side != side)
					continue;
				sum[t] += m->open;
				if (best == 0 ||
				    (side == EXCH_BUY ? t > best : t < best))
					best = t;
			}
			if (exch_books_px(&w->books, p, at) !=
			    (best == 0 ? EXCH_PX_NONE : best * TICK))
				return false;
			for (int64_t t = 990; t < 1040; t++) {
				exch_slot l = exch_tally_at(tally, p, side, t);

				if (sum[t] != (l == EXCH_SLOT_NONE
						      ? 0
						      : tally->level[l].qty))
					return false;
			}
		}
	return true;
}

struct listing {
	struct world *w;
	uint64_t last;
	unsigned n;
	bool ok;
};

static int
listed(void *arg, const struct exch_life *o, struct exch_diag *d)
{
	struct listing *l = arg;
	const struct order *m = &l->w->order[o->key.place][o->key.id];

	(void)d;
	if (!m->live || m->open != o->open || m->price != o->price ||
	    m->side != o->side || (l->n > 0 && o->nth <= l->last) ||
	    m->nth != o->nth)
		l->ok = false;
	l->last = o->nth;
	l->n++;
	return 0;
}

static bool
lists_agree(struct world *w)
{
	struct listing l = {.w = w, .ok = true};
	struct exch_diag d = {0};
	unsigned live = 0;

	for (unsigned p = 0; p < PLACES; p++)
		for (unsigned i = 0; i < IDS; i++)
			live += w->order[p][i].live;
	return exch_track_each(w->track, listed, &l, &d) == 0 && l.ok &&
	       l.n == live && exch_track_live(w->track) == live &&
	       w->books.tally.live == live;
}

static bool
begin(struct world *w, uint64_t seed)
{
	struct exch_diag d = {0};

	memset(w, 0, sizeof(*w));
	exch_rng_seed(&w->rng, seed);
	w->ok = true;
	for (uint32_t i = 1; i <= PLACES; i++) {
		struct exch_rec_instrument r = {
		    .h = {EXCH_REC_INSTRUMENT, sizeof(r) / 8, 0, 1, i, 0},
		    .symbol = "ABC",
		    .tick = TICK,
		    .lot = 1};

		if (exch_insts_note(&w->insts, &r.h, &d) != 0)
			return false;
	}
	return exch_track_new(changed, w, &w->track, &d) == 0 &&
	       exch_books_init(&w->books, &w->insts, &d) == 0 &&
	       exch_books_make(&w->books, PLACES - 1, &d) == 0;
}

static void
end(struct world *w)
{
	exch_track_free(w->track);
	exch_books_clear(&w->books);
	exch_insts_clear(&w->insts);
}

static void
random_days(void)
{
	static struct world w;
	bool ok = true;
	uint64_t seed;

	for (seed = 1; seed <= 40 && ok; seed++) {
		ok = begin(&w, seed);
		for (int i = 0; i < 3000 && ok; i++) {
			step(&w);
			ok = w.ok;
			if (i % 50 == 0)
				ok = ok && levels_agree(&w) && lists_agree(&w);
		}
		ok = ok && w.books.unknown == 0 &&
		     exch_track_unknown(w.track) == 0;
		end(&w);
	}
	tap_ok(ok, "120,000 random answers give the books of plain arrays");
	if (!ok)
		printf("# seed %d\n", (int)seed - 1);
}

/* After warm-up an event costs no allocation. */
static void
steady(void)
{
	static struct world w;
	uint64_t before;

	tap_ok(begin(&w, 99), "a world");
	for (int i = 0; i < 20000; i++)
		step(&w);
	before = exch_alloc_count();
	for (int i = 0; i < 20000; i++)
		step(&w);
	tap_is_u64(exch_alloc_count() - before, 0,
	    "no allocation in 20,000 steps with the same live orders");
	end(&w);
}

/* Answers about orders that never came in are counted, not followed. */
static void
strangers(void)
{
	static struct world w;
	struct exch_rec_exec e = {.match = 1, .buy = 5, .sell = 6, .qty = 1};
	struct exch_rec_ack a = {.order = 7};
	struct exch_rec_replaced r = {.order = 8, .new_order = 9, .qty = 1};
	struct exch_rec_cancelled c = {.order = 5, .qty = 1};
	struct exch_diag d = {0};

	tap_ok(begin(&w, 1), "a world");
	give(&w, &e, EXCH_REC_EXEC, sizeof(e), 0, true);
	give(&w, &a, EXCH_REC_ACK, sizeof(a), 0, true);
	give(&w, &r, EXCH_REC_REPLACED, sizeof(r), 0, true);
	give(&w, &c, EXCH_REC_CANCELLED, sizeof(c), 0, true);
	tap_is_u64(exch_track_unknown(w.track), 5, "the tracker counts them");
	tap_is_u64(w.books.unknown, 5, "and so do the books");
	tap_is_u64(exch_track_live(w.track), 0, "nothing lives");
	a.h.len8 = 2;
	tap_is_i64(exch_track_record(w.track, &a.h, 0, &d), EXCH_ERR_FORMAT,
	    "a short record is an error");
	end(&w);
}

/* A phase for all instruments, or (place) for one. */
static void
go_to(struct world *w, uint8_t phase, bool all, uint32_t place)
{
	struct exch_rec_phase p = {.phase = phase, .reference = EXCH_PX_NONE};
	struct exch_diag d = {0};

	p.h = (struct exch_rec){.type = EXCH_REC_PHASE,
	    .len8 = sizeof(p) / 8,
	    .source = MATCHER,
	    .instr = all ? 0 : place + 1};
	if (exch_track_record(w->track, &p.h, place, &d) != 0)
		w->ok = false;
}

static void
come_in(struct world *w, exch_oid id, uint8_t side)
{
	struct exch_rec_new n = {.order = id,
	    .price = 1000 * TICK,
	    .qty = 3,
	    .side = side,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_GTC};
	struct exch_rec_ack a = {.order = id};

	w->order[0][id] = (struct order){
	    .live = true, .side = side, .price = n.price, .open = 3};
	give(w, &n, EXCH_REC_NEW, sizeof(n), 0, false);
	give(w, &a, EXCH_REC_ACK, sizeof(a), 0, true);
}

static uint8_t
state_of(struct world *w, exch_oid id)
{
	const struct exch_life *o = exch_track_find(w->track, 0, id);

	return o == NULL ? EXCH_LIFE_STATES
			 : (uint8_t)exch_life_shown(&o->stage);
}

/*
 * The day ends for all, one instrument's call goes on for a while and is
 * told first; the other's last auction comes behind that.
 */
static void
day_that_goes_on(void)
{
	static struct world w;
	struct exch_rec_exec e = {.match = 1,
	    .buy = 5,
	    .sell = 6,
	    .price = 1000 * TICK,
	    .qty = 3,
	    .cross = EXCH_CROSS_CLOSE};
	struct exch_rec_cancel c = {.order = 99, .qty = 1};

	tap_ok(begin(&w, 1), "a world");
	go_to(&w, EXCH_PHASE_CALL, true, 0);
	come_in(&w, 5, EXCH_BUY);
	come_in(&w, 6, EXCH_SELL);
	come_in(&w, 7, EXCH_SELL);
	go_to(&w, EXCH_PHASE_END, true, 0);
	go_to(&w, EXCH_PHASE_CALL, false, 1);
	fill(&w.order[0][5], 3);
	fill(&w.order[0][6], 3);
	give(&w, &e, EXCH_REC_EXEC, sizeof(e), 0, true);
	tap_ok(w.ok && state_of(&w, 5) == EXCH_LIFE_STATES,
	    "an auction behind another instrument's longer call");
	give(&w, &c, EXCH_REC_CANCEL, sizeof(c), 0, false);
	tap_is_u64(state_of(&w, 7), EXCH_LIFE_DONE_FOR_DAY,
	    "what did not trade is done for the day");
	go_to(&w, EXCH_PHASE_PRE_OPEN, true, 0);
	tap_is_u64(state_of(&w, 7), EXCH_LIFE_NEW, "until the next");
	end(&w);
}

/* A phase before the first answer holds, whatever the matcher began with. */
static void
early_phase(void)
{
	static struct world w;
	struct exch_rec_phase p = {
	    .phase = EXCH_PHASE_CALL, .cross = EXCH_CROSS_OPEN};
	struct exch_diag d = {0};
	uint8_t cross = EXCH_CROSS_NONE;

	tap_ok(begin(&w, 1), "a world");
	exch_track_first_phase(w.track, EXCH_PHASE_PRE_OPEN);
	tap_is_u64(exch_track_phase(w.track, 0, &cross), EXCH_PHASE_PRE_OPEN,
	    "without a phase the matcher's own");
	p.h.type = EXCH_REC_PHASE;
	p.h.len8 = sizeof(p) / 8;
	p.h.source = 1;
	tap_is_i64(exch_track_record(w.track, &p.h, 0, &d), EXCH_OK,
	    "a call for the opening");
	exch_track_first_phase(w.track, EXCH_PHASE_CONTINUOUS);
	tap_is_u64(exch_track_phase(w.track, 0, &cross), EXCH_PHASE_CALL,
	    "the matcher is known later: the call goes on");
	tap_is_u64(cross, EXCH_CROSS_OPEN, "for the opening");
	end(&w);
}

int
main(void)
{
	early_phase();
	day_that_goes_on();
	random_days();
	steady();
	strangers();
	return tap_done();
}
