/*
 * Cancels and replaces where orders of the general market live.
 */
#include <config.h>

#include "match/general.h"

/* Shrink an order by less than it has: what it hides goes first. */
static void
shrink(struct exch_match *m, struct exch_special *s, exch_slot o, exch_qty qty)
{
	exch_qty hidden = 0;

	if (s != NULL) {
		hidden = s->reserve < qty ? s->reserve : qty;
		s->reserve -= hidden;
	}
	if (qty > hidden)
		exch_book_reduce(m->store, o, qty - hidden);
}

/*
 * Does the command name a session or an account that is not the order's?
 * What an order does not have is none of anybody's.
 */
static bool
is_foreign(const struct exch_match *m, exch_slot o, const struct exch_rec *h,
    size_t fixed)
{
	const struct exch_special *s = exch_special_of(m, o);
	const struct exch_ext *e;
	uint32_t account;

	if ((h->flags & EXCH_F_EXT) == 0)
		return false;
	e = exch_rec_ext(h, fixed, EXCH_EXT_SESSION);
	if (e != NULL && e->value != (s != NULL ? s->session : 0))
		return true;
	account = s != NULL ? s->account : exch_book_slots(m->store)[o].owner;
	e = exch_rec_ext(h, fixed, EXCH_EXT_ACCOUNT);
	return e != NULL && e->value != account;
}

void
exch_general_cancel(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_cancel *c)
{
	bool imposed = (c->h.flags & EXCH_F_IMPOSED) != 0;
	uint16_t why = imposed ? EXCH_WHY_IMPOSED : EXCH_WHY_USER;
	exch_slot o = exch_book_find(m->store, &in->book, c->order);
	struct exch_special *s;
	exch_qty open;

	if (o == EXCH_SLOT_NONE) {
		exch_engine_reject(m, &c->h, c->order, EXCH_REJ_UNKNOWN_ORDER);
		return;
	}
	s = exch_special_of(m, o);
	if (!imposed && is_foreign(m, o, &c->h, sizeof(*c))) {
		exch_engine_reject(m, &c->h, c->order, EXCH_REJ_FOREIGN);
		return;
	}
	if (c->qty == 0) {
		exch_engine_reject(m, &c->h, c->order, EXCH_REJ_QTY);
		return;
	}
	if (!imposed && exch_eligible_cancel(m, in, o) != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->order, EXCH_REJ_PHASE);
		return;
	}
	open = s != NULL ? exch_special_leaves(m, s)
			 : exch_book_slots(m->store)[o].qty;
	if (c->qty < open) {
		shrink(m, s, o, c->qty);
		exch_engine_cancelled(
		    m, c->h.instr, c->order, c->qty, why, true);
	} else if (s != NULL) {
		exch_drop(m, in, s, (enum exch_reason)why);
	} else {
		exch_book_remove(m->store, &in->book, o);
		exch_engine_cancelled(
		    m, c->h.instr, c->order, open, why, false);
	}
	if (imposed && c->h.flags & EXCH_F_EXT)
		exch_engine_copy_cause(m, c);
	exch_general_after(m, in);
}

/* ---- replace ---- */

/* A replacement on its way through the checks. */
struct change {
	const struct exch_rec_replace *c;
	exch_slot o;
	struct exch_special *old; /* or NULL */
	struct exch_special s;	  /* what it is to be */
	exch_qty open;		  /* of the old */
	bool imposed;
	bool moved; /* an entry changes more than the quantity */
	const struct exch_ext *stop, *display, *expire, *discretion;
};

struct exch_special
exch_ordinary(
    const struct exch_match *m, const struct exch_instr *in, exch_slot o)
{
	struct exch_slot_data v = exch_book_slots(m->store)[o];
	int64_t tick = exch_book_tick_of(m->store, o);
	bool market = tick == EXCH_TICK_MARKET;

	return (struct exch_special){.id = v.id,
	    .price = market ? EXCH_PX_NONE : exch_engine_price(in, tick),
	    .working = EXCH_PX_NONE,
	    .expire = EXCH_TS_NONE,
	    .account = v.owner,
	    .side = exch_book_side_of(m->store, o),
	    .type = market ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY,
	    .stp = m->g.stp};
}

static void
describe(struct exch_match *m, const struct exch_instr *in, struct change *k)
{
	if (k->old != NULL) {
		k->s = *k->old;
		k->open = exch_special_leaves(m, k->old);
		return;
	}
	k->open = exch_book_slots(m->store)[k->o].qty;
	k->s = exch_ordinary(m, in, k->o);
}

static enum exch_reject
check_tif(const struct exch_match *m, struct change *k)
{
	const struct exch_rec_replace *c = k->c;
	enum exch_reject code;

	if (exch_is_call_tif(k->s.tif))
		return EXCH_REJ_NONE;
	if (c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC &&
	    (k->imposed || !exch_is_dated(c->tif)))
		return EXCH_REJ_TIF;
	code = exch_check_expire(m, c->tif, k->expire);
	if (code != EXCH_REJ_NONE)
		return code;
	k->s.tif = c->tif;
	k->s.expire = k->expire != NULL ? k->expire->value : EXCH_TS_NONE;
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_flags(struct change *k)
{
	unsigned f = k->c->ordflags;
	unsigned known = EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID;

	if (!k->imposed)
		known |= EXCH_ORD_SLIDE;
	if ((f & ~known) != 0 || (f != 0 && k->s.type != EXCH_ORD_LIMIT) ||
	    (f & EXCH_ORD_SLIDE && !(f & EXCH_ORD_POST_ONLY)))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_POST_ONLY &&
	    (k->s.flags & EXCH_ORD_AON || exch_is_call_tif(k->s.tif) ||
		k->s.discreet || k->s.child != EXCH_CHILD_NOT))
		return EXCH_REJ_FLAGS;
	k->s.flags &= EXCH_ORD_HIDDEN | EXCH_ORD_AON | EXCH_ORD_IMBALANCE;
	k->s.flags |= (uint8_t)f;
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_price(const struct exch_instr *in, const struct change *k)
{
	exch_px price = k->c->price;
	int64_t tick;

	switch (k->s.type) {
	case EXCH_ORD_LIMIT:
	case EXCH_ORD_STOP_LIMIT:
	case EXCH_ORD_LIT:
		return exch_engine_check_price(in, price, &tick);
	case EXCH_ORD_PEG:
		return price == EXCH_PX_NONE
			   ? EXCH_REJ_NONE
			   : exch_engine_check_price(in, price, &tick);
	default:
		return price == EXCH_PX_NONE ? EXCH_REJ_NONE : EXCH_REJ_PRICE;
	}
}

static enum exch_reject
check_entries(
    const struct exch_match *m, const struct exch_instr *in, struct change *k)
{
	struct exch_special *s = &k->s;
	exch_qty qty = k->c->qty;

	if (k->stop != NULL) {
		if (!exch_is_parked(s->type) || s->trail != 0)
			return EXCH_REJ_STOP;
		s->stop = (exch_px)k->stop->value;
		if (exch_check_stop(in, s, s->stop) != EXCH_REJ_NONE)
			return EXCH_REJ_STOP;
	}
	if (k->display != NULL) {
		exch_qty peak = k->display->value;

		if (s->peak == 0 || peak == 0 || peak >= qty ||
		    peak % in->lot != 0 || k->display->small > 100)
			return EXCH_REJ_DISPLAY;
		s->peak = peak;
		s->vary = (uint8_t)k->display->small;
	}
	k->moved =
	    k->stop != NULL || k->display != NULL || k->discretion != NULL;
	if (s->min > qty)
		return EXCH_REJ_MIN_QTY;
	if (k->discretion != NULL) {
		if (!s->discreet)
			return EXCH_REJ_DISCRETION;
		s->discretion = (exch_px)k->discretion->value;
	}
	return k->imposed || !s->discreet ||
		       exch_discretion_ok(m, in, s, k->c->price)
		   ? EXCH_REJ_NONE
		   : EXCH_REJ_DISCRETION;
}

/* The checks in their order; k->s becomes what is asked for. */
static enum exch_reject
check(struct exch_match *m, const struct exch_instr *in, struct change *k)
{
	const struct exch_rec_replace *c = k->c;
	enum exch_reject code;

	if (!k->imposed &&
	    (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END))
		return EXCH_REJ_PHASE;
	k->o = exch_book_find(m->store, &in->book, c->order);
	if (k->o == EXCH_SLOT_NONE)
		return EXCH_REJ_UNKNOWN_ORDER;
	k->old = exch_special_of(m, k->o);
	if (k->old != NULL && exch_is_request(k->old))
		return EXCH_REJ_REQUEST;
	if (!k->imposed && is_foreign(m, k->o, &c->h, sizeof(*c)))
		return EXCH_REJ_FOREIGN;
	describe(m, in, k);
	if ((code = check_tif(m, k)) != 0 || (code = check_flags(k)) != 0 ||
	    (code = exch_guard_qty(m, in, c->qty, EXCH_TIF_DAY)) != 0 ||
	    (code = check_price(in, k)) != 0 ||
	    (!k->imposed &&
		((code = exch_check_market(m, in, c->price)) != 0 ||
		    (code = exch_guard_entry(m, in, &k->s, c->price)) != 0)) ||
	    (code = check_entries(m, in, k)) != 0)
		return code;
	if (!k->imposed && c->account != 0 && !exch_account_ok(m, c->account))
		return EXCH_REJ_ACCOUNT;
	if (!k->imposed && (code = exch_eligible(m, in, EXCH_FREEZE_REPLACE,
				k->s.type, k->s.tif)) != 0)
		return code;
	if (!k->imposed &&
	    (exch_is_killed(m, k->s.account) ||
		(c->account != 0 && exch_is_killed(m, c->account))))
		return EXCH_REJ_KILLED;
	if (c->new_order != c->order &&
	    exch_book_find(m->store, &in->book, c->new_order) != EXCH_SLOT_NONE)
		return EXCH_REJ_DUPLICATE;
	return EXCH_REJ_NONE;
}

/* Imposed orders rest whatever they say: as those for the day do. */
static uint8_t
rests_as(uint8_t tif)
{
	return tif == EXCH_TIF_IOC || tif == EXCH_TIF_FOK ? EXCH_TIF_DAY : tif;
}

/* The same end: another one takes the place. */
static bool
ends_alike(const struct change *k)
{
	uint8_t tif = k->old != NULL ? k->old->tif : (uint8_t)EXCH_TIF_DAY;
	exch_ts expire = k->old != NULL ? k->old->expire : EXCH_TS_NONE;

	return rests_as(k->s.tif) == rests_as(tif) && k->s.expire == expire;
}

static bool
keeps_place(const struct change *k)
{
	const struct exch_rec_replace *c = k->c;

	return c->new_order == c->order && c->qty <= k->open && !k->moved &&
	       c->price == k->s.price && ends_alike(k) &&
	       (c->account == 0 || c->account == k->s.account);
}

/* The order stays where it is, with less. */
static void
keep(struct exch_match *m, const struct change *k)
{
	if (k->c->qty < k->open)
		shrink(m, k->old, k->o, k->open - k->c->qty);
	if (k->old == NULL)
		return;
	k->old->flags = k->s.flags;
	k->old->tif = k->s.tif;
}

static void
take_out(struct exch_match *m, struct exch_instr *in, const struct change *k)
{
	if (k->old == NULL) {
		exch_book_remove(m->store, &in->book, k->o);
		return;
	}
	exch_special_lift(m, in, k->old);
	exch_child_move(m, k->old, k->c->new_order);
	exch_special_free(m, in, k->old);
}

static void
told(struct exch_match *m, const struct exch_rec_replace *c, bool kept)
{
	struct exch_rec_replaced *r =
	    exch_engine_emit(m, EXCH_REC_REPLACED, sizeof(*r), c->h.instr);

	r->order = c->order;
	r->new_order = c->new_order;
	r->qty = c->qty;
	r->kept = kept;
	m->st.replaces++;
}

void
exch_general_replace(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_replace *c)
{
	struct change k = {
	    .c = c, .imposed = (c->h.flags & EXCH_F_IMPOSED) != 0};
	struct exch_spot met;
	bool meets = false;
	enum exch_reject code;

	if (!k.imposed && (c->h.flags & EXCH_F_EXT) != 0) {
		k.stop = exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_STOP);
		k.display = exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_DISPLAY);
		k.expire = exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_EXPIRE);
		k.discretion =
		    exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_DISCRETION);
	}
	code = check(m, in, &k);
	if (code == EXCH_REJ_NONE && c->ordflags & EXCH_ORD_POST_ONLY &&
	    !k.imposed && in->phase == EXCH_PHASE_CONTINUOUS)
		meets = exch_turn_meets(m, in, k.s.side,
		    exch_spot_of(in, c->price), c->qty, &k.s, &met);
	if (meets && !(c->ordflags & EXCH_ORD_SLIDE))
		code = EXCH_REJ_POST_ONLY;
	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->order, code);
		return;
	}
	if (keeps_place(&k)) {
		told(m, c, true);
		keep(m, &k);
	} else {
		take_out(m, in, &k);
		told(m, c, false);
		k.s.id = c->new_order;
		k.s.reserve = c->qty;
		k.s.price = c->price;
		k.s.working = EXCH_PX_NONE;
		k.s.refreshes = 0;
		if (c->account != 0)
			k.s.account = c->account;
		exch_enter(m, in, &k.s, meets ? &met : NULL, k.imposed);
	}
	exch_general_after(m, in);
}
