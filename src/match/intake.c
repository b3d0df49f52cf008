/*
 * New orders of the general market: the entries they carry, the checks in
 * their documented order, and where an accepted order goes.
 */
#include <config.h>

#include "match/general.h"

#define FLAGS_KNOWN                                                            \
	(EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID | EXCH_ORD_HIDDEN |               \
	    EXCH_ORD_AON | EXCH_ORD_SLIDE | EXCH_ORD_IMBALANCE |               \
	    EXCH_ORD_REQUEST | EXCH_ORD_SWEEP)

/* A new order on its way through the checks. */
struct intake {
	const struct exch_rec_new *c;
	struct exch_special s; /* what it will be */
	int64_t tick;
	bool imposed;
	const struct exch_ext *stop, *display, *min, *expire, *peg, *trail;
	const struct exch_ext *stp, *oco, *session, *discretion, *parent;
	const struct exch_ext *request, *client;
	struct exch_client said;
};

/* ---- words ---- */

bool
exch_is_call_tif(uint8_t tif)
{
	return tif == EXCH_TIF_ATO || tif == EXCH_TIF_ATC ||
	       tif == EXCH_TIF_GFA;
}

static bool
is_now(uint8_t tif)
{
	return tif == EXCH_TIF_IOC || tif == EXCH_TIF_FOK;
}

bool
exch_is_dated(uint8_t tif)
{
	return tif == EXCH_TIF_GTD || tif == EXCH_TIF_GTT;
}

/* Orders that are parked until a price comes. */
bool
exch_is_parked(uint8_t type)
{
	return type == EXCH_ORD_STOP || type == EXCH_ORD_STOP_LIMIT ||
	       type == EXCH_ORD_MIT || type == EXCH_ORD_LIT;
}

static enum exch_reject
check_type(const struct intake *k)
{
	switch (k->c->ordtype) {
	case EXCH_ORD_LIMIT:
		return EXCH_REJ_NONE;
	case EXCH_ORD_MARKET:
	case EXCH_ORD_MTL:
	case EXCH_ORD_PEG:
	case EXCH_ORD_STOP:
	case EXCH_ORD_STOP_LIMIT:
	case EXCH_ORD_MIT:
	case EXCH_ORD_LIT:
		return k->imposed ? EXCH_REJ_TYPE : EXCH_REJ_NONE;
	default:
		return EXCH_REJ_TYPE;
	}
}

static enum exch_reject
check_tif(const struct intake *k)
{
	uint8_t tif = k->c->tif;

	if (tif == EXCH_TIF_DAY || tif == EXCH_TIF_GTC || is_now(tif))
		return EXCH_REJ_NONE;
	if (exch_is_call_tif(tif) || exch_is_dated(tif))
		return k->imposed ? EXCH_REJ_TIF : EXCH_REJ_NONE;
	return EXCH_REJ_TIF;
}

static enum exch_reject
check_flags(const struct intake *k)
{
	const struct exch_rec_new *c = k->c;
	unsigned f = c->ordflags;
	bool limit = c->ordtype == EXCH_ORD_LIMIT;
	bool short_lived = is_now(c->tif) || exch_is_call_tif(c->tif);

	if ((f & ~(unsigned)FLAGS_KNOWN) != 0)
		return EXCH_REJ_FLAGS;
	if (k->imposed &&
	    (f & ~(unsigned)(EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID)) != 0)
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_POST_ONLY && (!limit || short_lived))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_SLIDE && !(f & EXCH_ORD_POST_ONLY))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_BY_ID && !limit)
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_HIDDEN &&
	    (c->ordtype == EXCH_ORD_MARKET || c->ordtype == EXCH_ORD_MIT ||
		c->ordtype == EXCH_ORD_STOP || c->ordtype == EXCH_ORD_MTL))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_AON &&
	    (!limit || short_lived || f & EXCH_ORD_POST_ONLY))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_IMBALANCE &&
	    (!limit || (c->tif != EXCH_TIF_ATO && c->tif != EXCH_TIF_ATC)))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_REQUEST &&
	    (f != EXCH_ORD_REQUEST || short_lived ||
		(!limit && c->ordtype != EXCH_ORD_MARKET)))
		return EXCH_REJ_FLAGS;
	if (f & EXCH_ORD_SWEEP &&
	    (f != EXCH_ORD_SWEEP || !limit || c->tif != EXCH_TIF_IOC))
		return EXCH_REJ_FLAGS;
	return EXCH_REJ_NONE;
}

/* ---- quantities and prices ---- */

static enum exch_reject
check_price(const struct exch_instr *in, struct intake *k)
{
	exch_px price = k->c->price;

	k->tick = EXCH_TICK_MARKET;
	switch (k->c->ordtype) {
	case EXCH_ORD_LIMIT:
	case EXCH_ORD_STOP_LIMIT:
	case EXCH_ORD_LIT:
		return exch_engine_check_price(in, price, &k->tick);
	case EXCH_ORD_PEG:
		return price == EXCH_PX_NONE
			   ? EXCH_REJ_NONE
			   : exch_engine_check_price(in, price, &k->tick);
	default:
		return price == EXCH_PX_NONE ? EXCH_REJ_NONE : EXCH_REJ_PRICE;
	}
}

/*
 * A trigger the market has passed already is on the wrong side: it would
 * not be a stop.
 */
enum exch_reject
exch_check_stop(
    const struct exch_instr *in, const struct exch_special *s, exch_px stop)
{
	uint8_t child = s->child;
	bool touch = s->type == EXCH_ORD_MIT || s->type == EXCH_ORD_LIT;
	bool rising = (s->side == EXCH_BUY) != touch;
	int64_t tick;
	exch_px last;

	if (exch_engine_check_price(in, stop, &tick) != EXCH_REJ_NONE)
		return EXCH_REJ_STOP;
	/* What waits for its parent comes into another market than this. */
	if (child != EXCH_CHILD_NOT || !exch_last_price(in, &last))
		return EXCH_REJ_NONE;
	return (rising ? stop > last : stop < last) ? EXCH_REJ_NONE
						    : EXCH_REJ_STOP;
}

static enum exch_reject
check_trail(const struct exch_instr *in, struct intake *k)
{
	struct exch_special *s = &k->s;
	int64_t tick;

	if (k->c->ordtype != EXCH_ORD_STOP &&
	    k->c->ordtype != EXCH_ORD_STOP_LIMIT)
		return EXCH_REJ_STOP;
	if (k->stop != NULL || k->trail->value == 0 ||
	    (!exch_last_price(in, &s->extreme) && s->child == EXCH_CHILD_NOT))
		return EXCH_REJ_STOP;
	if (k->trail->small == EXCH_TRAIL_AMOUNT) {
		if (k->trail->value >= (uint64_t)EXCH_PX_NONE ||
		    !exch_engine_tick_floor(
			in, (exch_px)k->trail->value, &tick))
			return EXCH_REJ_STOP;
	} else if (k->trail->small != EXCH_TRAIL_PERCENT ||
		   k->trail->value > 99999999) {
		return EXCH_REJ_STOP;
	}
	s->trail = k->trail->value;
	s->trail_kind = (uint8_t)k->trail->small;
	if (s->child == EXCH_CHILD_NOT)
		s->stop = exch_trail_stop(in, s);
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_trigger(const struct exch_instr *in, struct intake *k)
{
	if (k->trail != NULL)
		return check_trail(in, k);
	if (!exch_is_parked(k->c->ordtype))
		return k->stop == NULL ? EXCH_REJ_NONE : EXCH_REJ_STOP;
	if (k->stop == NULL)
		return EXCH_REJ_STOP;
	k->s.stop = (exch_px)k->stop->value;
	return exch_check_stop(in, &k->s, k->s.stop);
}

static enum exch_reject
check_display(const struct exch_instr *in, struct intake *k)
{
	const struct exch_rec_new *c = k->c;
	const struct exch_ext *e = k->display;

	if (e == NULL)
		return EXCH_REJ_NONE;
	if ((c->ordtype != EXCH_ORD_LIMIT &&
		c->ordtype != EXCH_ORD_STOP_LIMIT &&
		c->ordtype != EXCH_ORD_LIT) ||
	    (c->ordflags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) != 0 ||
	    is_now(c->tif))
		return EXCH_REJ_DISPLAY;
	if (e->value == 0 || e->value >= c->qty || e->value % in->lot != 0 ||
	    e->small > 100)
		return EXCH_REJ_DISPLAY;
	k->s.peak = e->value;
	k->s.vary = (uint8_t)e->small;
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_min(
    const struct exch_match *m, const struct exch_instr *in, struct intake *k)
{
	const struct exch_rec_new *c = k->c;
	const struct exch_ext *e = k->min;
	exch_qty least = exch_mid_is(m) ? m->o.market->midpoint_min : 0;

	k->s.min = least;
	if (e == NULL)
		return EXCH_REJ_NONE;
	if (e->value < least)
		return EXCH_REJ_MIN_QTY;
	if (exch_is_parked(c->ordtype) || (c->ordflags & EXCH_ORD_AON) != 0 ||
	    c->tif == EXCH_TIF_FOK || exch_is_call_tif(c->tif) ||
	    k->display != NULL)
		return EXCH_REJ_MIN_QTY;
	if (e->value == 0 || e->value > c->qty || e->value % in->lot != 0 ||
	    e->small > EXCH_MIN_EACH)
		return EXCH_REJ_MIN_QTY;
	k->s.min = e->value;
	k->s.min_total = e->small == EXCH_MIN_TOTAL;
	return EXCH_REJ_NONE;
}

enum exch_reject
exch_check_expire(
    const struct exch_match *m, uint8_t tif, const struct exch_ext *e)
{
	if (!exch_is_dated(tif))
		return e == NULL ? EXCH_REJ_NONE : EXCH_REJ_EXPIRE;
	return e != NULL && e->value > m->now && e->value != EXCH_TS_NONE
		   ? EXCH_REJ_NONE
		   : EXCH_REJ_EXPIRE;
}

static enum exch_reject
check_peg(
    const struct exch_match *m, const struct exch_instr *in, struct intake *k)
{
	const struct exch_rec_new *c = k->c;
	const struct exch_ext *e = k->peg;
	bool mid = exch_mid_is(m);
	int64_t tick;

	if (c->ordtype != EXCH_ORD_PEG)
		return e == NULL ? EXCH_REJ_NONE : EXCH_REJ_PEG;
	if (e == NULL || e->small < EXCH_PEG_MID || e->small > EXCH_PEG_MARKET)
		return EXCH_REJ_PEG;
	if (!exch_engine_tick_floor(in, (exch_px)e->value, &tick) ||
	    (e->small == EXCH_PEG_MID && e->value != 0))
		return EXCH_REJ_PEG;
	if (mid && e->small != EXCH_PEG_MID)
		return EXCH_REJ_PEG;
	/* At the midpoint there is a price for who does not wait for one. */
	if (c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC &&
	    !exch_is_dated(c->tif) && !(mid && is_now(c->tif)))
		return EXCH_REJ_PEG;
	k->s.peg = (uint8_t)e->small;
	k->s.offset = (exch_px)e->value;
	return EXCH_REJ_NONE;
}

/* A limit order that may rest, with all it has in view or out of it. */
static enum exch_reject
check_discretion(const struct exch_match *m, const struct exch_instr *in,
    const struct intake *k)
{
	const struct exch_rec_new *c = k->c;

	if (k->discretion == NULL)
		return EXCH_REJ_NONE;
	if (c->ordtype != EXCH_ORD_LIMIT || is_now(c->tif) ||
	    exch_is_call_tif(c->tif) || k->display != NULL || k->min != NULL ||
	    (c->ordflags & (EXCH_ORD_POST_ONLY | EXCH_ORD_AON)) != 0)
		return EXCH_REJ_DISCRETION;
	return exch_discretion_ok(m, in, &k->s, c->price) ? EXCH_REJ_NONE
							  : EXCH_REJ_DISCRETION;
}

static enum exch_reject
check_link(const struct exch_match *m, const struct exch_instr *in,
    const struct intake *k)
{
	const struct exch_rec_new *c = k->c;

	if (k->oco != NULL && (k->oco->value == 0 || is_now(c->tif)))
		return EXCH_REJ_LINK;
	if (k->parent == NULL)
		return EXCH_REJ_NONE;
	if (is_now(c->tif) || exch_is_call_tif(c->tif) ||
	    (c->ordflags & EXCH_ORD_POST_ONLY) != 0)
		return EXCH_REJ_LINK;
	return exch_child_may(m, in, k->parent->value, c->account)
		   ? EXCH_REJ_NONE
		   : EXCH_REJ_LINK;
}

static enum exch_reject
check_request(
    const struct exch_match *m, const struct exch_instr *in, struct intake *k)
{
	bool more = k->display != NULL || k->min != NULL || k->oco != NULL ||
		    k->discretion != NULL || k->parent != NULL;

	return exch_request_check(m, in, &k->s, k->request, more);
}

/* ---- what the market takes ---- */

static enum exch_reject
check_taken(const struct exch_match *m, const struct intake *k)
{
	const struct exch_market *v = m->o.market;

	if (v == NULL || k->imposed)
		return EXCH_REJ_NONE;
	if (!exch_market_takes(v->types, k->c->ordtype))
		return EXCH_REJ_TYPE;
	if (!exch_market_takes(v->tifs, k->c->tif))
		return EXCH_REJ_TIF;
	if (v->midpoint && k->c->ordtype != EXCH_ORD_PEG)
		return EXCH_REJ_TYPE;
	if (v->midpoint && (k->c->ordflags & EXCH_ORD_HIDDEN) == 0)
		return EXCH_REJ_FLAGS;
	if (v->midpoint && k->c->qty < v->midpoint_min)
		return EXCH_REJ_QTY;
	return exch_account_ok(m, k->c->account) ? EXCH_REJ_NONE
						 : EXCH_REJ_ACCOUNT;
}

enum exch_reject
exch_check_market(
    const struct exch_match *m, const struct exch_instr *in, exch_px price)
{
	const struct exch_market *v = m->o.market;
	exch_px last;

	if (v == NULL || price == EXCH_PX_NONE)
		return EXCH_REJ_NONE;
	if (!exch_market_on_tick(v, price))
		return EXCH_REJ_TICK;
	if (!exch_market_within(price, in->instr_reference, v->band.still))
		return EXCH_REJ_BAND;
	if (exch_last_price(in, &last) &&
	    !exch_market_within(price, last, v->band.dynamic))
		return EXCH_REJ_BAND;
	return EXCH_REJ_NONE;
}

/* ---- who and when ---- */

static enum exch_reject
check_phase(const struct exch_match *m, const struct exch_instr *in,
    const struct intake *k)
{
	const struct exch_rec_new *c = k->c;

	if (k->imposed)
		return EXCH_REJ_NONE;
	if (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END)
		return EXCH_REJ_PHASE;
	if (in->phase != EXCH_PHASE_CONTINUOUS && is_now(c->tif) &&
	    !exch_is_parked(c->ordtype))
		return EXCH_REJ_PHASE;
	return exch_eligible(m, in, EXCH_FREEZE_NEW, c->ordtype, c->tif);
}

/* ---- the whole ---- */

static void
read_entries(struct intake *k)
{
	const struct exch_rec *h = &k->c->h;

	if ((h->flags & EXCH_F_EXT) == 0 || k->imposed)
		return;
#define ENTRY(TAG) exch_rec_ext(h, sizeof(*k->c), EXCH_EXT_##TAG)
	k->stop = ENTRY(STOP);
	k->display = ENTRY(DISPLAY);
	k->min = ENTRY(MIN_QTY);
	k->expire = ENTRY(EXPIRE);
	k->peg = ENTRY(PEG);
	k->trail = ENTRY(TRAIL);
	k->stp = ENTRY(STP);
	k->oco = ENTRY(OCO);
	k->session = ENTRY(SESSION);
	k->request = ENTRY(REQUEST);
	k->discretion = ENTRY(DISCRETION);
	k->parent = ENTRY(PARENT);
	k->client = ENTRY(CLIENT);
#undef ENTRY
}

static void
describe(const struct exch_match *m, struct intake *k)
{
	const struct exch_rec_new *c = k->c;
	struct exch_special *s = &k->s;

	*s = (struct exch_special){.id = c->order,
	    .reserve = c->qty,
	    .price = c->price,
	    .working = EXCH_PX_NONE,
	    .expire = EXCH_TS_NONE,
	    .account = c->account,
	    .side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL,
	    .type = c->ordtype,
	    .tif = c->tif,
	    .flags = c->ordflags,
	    .stp = m->g.stp,
	    .sold_short = c->side == EXCH_SHORT};
	if (k->expire != NULL)
		s->expire = k->expire->value;
	if (k->oco != NULL)
		s->oco = k->oco->value;
	if (k->session != NULL)
		s->session = k->session->value;
	if (k->discretion != NULL) {
		s->discreet = true;
		s->discretion = (exch_px)k->discretion->value;
	}
	if (k->parent != NULL) {
		s->child = EXCH_CHILD_WAITS;
		s->parent = k->parent->value;
	}
	if (k->stp == NULL)
		return;
	s->group = k->stp->value;
	if (k->stp->small != EXCH_STP_MARKET && k->stp->small <= EXCH_STP_NONE)
		s->stp = (uint8_t)k->stp->small;
}

static enum exch_reject
check(const struct exch_match *m, const struct exch_instr *in, struct intake *k)
{
	const struct exch_rec_new *c = k->c;
	enum exch_reject code;

	if (!exch_engine_is_side(c->side))
		return EXCH_REJ_SIDE;
	if ((code = check_type(k)) != 0 || (code = check_tif(k)) != 0 ||
	    (code = check_flags(k)) != 0 ||
	    (code = exch_guard_qty(m, in, c->qty, c->tif)) != 0 ||
	    (code = check_price(in, k)) != 0)
		return code;
	if ((code = check_taken(m, k)) != 0 ||
	    (!k->imposed &&
		((code = exch_check_market(m, in, c->price)) != 0 ||
		    (code = exch_guard_entry(m, in, &k->s, c->price)) != 0)))
		return code;
	if ((code = check_trigger(in, k)) != 0 ||
	    (code = check_display(in, k)) != 0 ||
	    (code = check_min(m, in, k)) != 0 ||
	    (code = exch_check_expire(m, c->tif, k->expire)) != 0 ||
	    (code = check_peg(m, in, k)) != 0 ||
	    (code = check_discretion(m, in, k)) != 0 ||
	    (code = check_link(m, in, k)) != 0 ||
	    (code = check_request(m, in, k)) != 0 ||
	    (code = check_phase(m, in, k)) != 0)
		return code;
	if (!k->imposed && exch_is_killed(m, c->account))
		return EXCH_REJ_KILLED;
	if (exch_book_find(m->store, &in->book, c->order) != EXCH_SLOT_NONE)
		return EXCH_REJ_DUPLICATE;
	return EXCH_REJ_NONE;
}

enum exch_reject
exch_check_new(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_new *c, struct exch_special *s)
{
	struct intake k = {.c = c};
	enum exch_reject code;

	describe(m, &k);
	code = check(m, in, &k);
	*s = k.s;
	return code;
}

/* Whether what was accepted differs from an ordinary order. */
static bool
is_special(
    const struct exch_match *m, const struct exch_special *s, bool imposed)
{
	/* A freeze may name its time in force; imposed, it rests with it. */
	if (imposed && is_now(s->tif) && m->o.market != NULL &&
	    m->o.market->day.nfreeze != 0)
		return true;
	/* One queue by receipt: everybody's time counts. */
	if (m->o.alloc != NULL && m->o.alloc->by_time)
		return true;
	/* A rule about short sales: it has to be known what they are. */
	if (s->sold_short && exch_guard_of(m)->short_sale != 0)
		return true;
	return s->peak != 0 || s->min != 0 || s->expire != EXCH_TS_NONE ||
	       s->oco != 0 || s->session != 0 || s->group != 0 ||
	       s->stp != m->g.stp || s->account >= EXCH_SPECIAL ||
	       s->discreet || s->is_parent || s->child != EXCH_CHILD_NOT ||
	       (s->type != EXCH_ORD_LIMIT && s->type != EXCH_ORD_MARKET) ||
	       (s->tif != EXCH_TIF_DAY && !is_now(s->tif)) ||
	       (s->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) != 0 || s->quote ||
	       exch_is_request(s);
}

/* A post-only order that would trade steps back; false: it cannot. */
static bool
slide(struct exch_match *m, struct exch_instr *in,
    const struct exch_special *as, struct exch_turn *t, struct exch_spot met)
{
	struct exch_steps steps = exch_auction_steps(m, in);
	bool buys = t->side == EXCH_BUY;
	exch_qty shown = t->left;

	t->limit.tick = buys ? exch_step_down(&steps, met.tick - !met.half)
			     : exch_step_up(&steps, met.tick + 1);
	if ((t->limit.tick <= 0 && in->kind != EXCH_KIND_FUTURE) ||
	    !exch_spot_fits(in, t->limit)) {
		exch_engine_cancelled(m, in->book.instr, t->id, t->left,
		    EXCH_WHY_POST_ONLY, false);
		return false;
	}
	if (exch_special_hidden(as))
		shown = 0;
	else if (as->peak != 0 && as->peak < shown)
		shown = as->peak;
	if (t->s != NULL)
		t->s->price = exch_spot_price(in, t->limit);
	exch_restated(m, in, as, exch_spot_price(in, t->limit), t->left, shown,
	    EXCH_RESTATE_SLIDE);
	return true;
}

bool
exch_has_conditions(const struct exch_special *s)
{
	return (s->flags & EXCH_ORD_AON) != 0 || (s->min != 0 && !s->min_total);
}

bool
exch_goes_apart(const struct exch_instr *in, const struct exch_special *s,
    enum exch_where *to)
{
	*to = EXCH_AT_WAIT;
	if (exch_is_request(s) || s->child != EXCH_CHILD_NOT)
		return true;
	if (exch_is_call_tif(s->tif))
		return s->flags & EXCH_ORD_IMBALANCE ||
		       in->phase != EXCH_PHASE_CALL ||
		       !exch_in_call(s->tif, in->cross);
	if (exch_is_parked(s->type)) {
		*to = EXCH_AT_STOPS;
		return true;
	}
	return s->type == EXCH_ORD_PEG ||
	       (in->phase != EXCH_PHASE_CONTINUOUS && exch_has_conditions(s));
}

/* At the midpoint, as it is, or not at all. */
static void
at_once(struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	struct exch_spot p;

	if (exch_peg_mid(m, in, s, &p)) {
		exch_turn_special(m, in, s, EXCH_ORD_LIMIT, p);
		return;
	}
	exch_engine_cancelled(
	    m, in->book.instr, s->id, s->reserve, EXCH_WHY_NO_LIQUIDITY, false);
	exch_special_free(m, in, s);
}

void
exch_enter(struct exch_match *m, struct exch_instr *in,
    const struct exch_special *as, const struct exch_spot *met, bool imposed)
{
	struct exch_turn t = {.id = as->id,
	    .left = as->reserve,
	    .limit = exch_spot_of(in, as->price),
	    .account = as->account,
	    .side = as->side,
	    .type = as->type,
	    .tif = as->tif,
	    .stp = as->stp,
	    .by_id = (as->flags & EXCH_ORD_BY_ID) != 0,
	    .imposed = imposed};
	enum exch_where to;

	if (is_special(m, as, imposed)) {
		t.s = exch_special_new(m, in, as);
		if (t.s == NULL)
			return;
		if (as->type == EXCH_ORD_PEG && is_now(as->tif)) {
			at_once(m, in, t.s);
			return;
		}
		if (exch_goes_apart(in, as, &to)) {
			(void)exch_special_apart(m, in, t.s, to);
			return;
		}
	}
	if (met != NULL && !slide(m, in, as, &t, *met)) {
		if (t.s != NULL)
			exch_special_free(m, in, t.s);
		return;
	}
	exch_turn_run(m, in, &t);
}

void
exch_general_after(struct exch_match *m, struct exch_instr *in)
{
	if (in->more == NULL || m->ended)
		return;
	exch_request_settle(m, in);
	do {
		exch_park_serve(m, in);
		exch_monitor_interrupt(m, in);
		if (in->more->dirty) {
			in->more->dirty = false;
			m->hand.ndirty--;
		}
		exch_settle(m, in);
		exch_monitor_interrupt(m, in);
	} while (m->guarded && exch_luld_look(m, in));
	if (m->guarded)
		exch_luld_state(m, in);
	exch_peg_elsewhere(m);
}

void
exch_general_new(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c)
{
	struct intake k = {
	    .c = c, .imposed = (c->h.flags & EXCH_F_IMPOSED) != 0};
	struct exch_spot met = {0, false};
	bool meets = false;
	enum exch_reject code;
	struct exch_rec_ack *a;

	read_entries(&k);
	if (k.client != NULL &&
	    exch_client_answers(m, c, k.client->value, &k.said))
		return;
	describe(m, &k);
	code = !k.imposed && exch_guard_throttles(m, c->account)
		   ? EXCH_REJ_THROTTLE
		   : check(m, in, &k);
	if (m->ended)
		return;
	if (code == EXCH_REJ_NONE && c->ordflags & EXCH_ORD_POST_ONLY &&
	    !k.imposed && in->phase == EXCH_PHASE_CONTINUOUS)
		meets = exch_turn_meets(m, in, k.s.side,
		    (struct exch_spot){k.tick, false}, c->qty, &k.s, &met);
	if (meets && !(c->ordflags & EXCH_ORD_SLIDE))
		code = EXCH_REJ_POST_ONLY;
	if (k.client != NULL)
		exch_client_note(m, &k.said, code);
	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->order, code);
		return;
	}
	a = exch_engine_emit(m, EXCH_REC_ACK, sizeof(*a), c->h.instr);
	a->order = c->order;
	m->st.acks++;
	if (k.parent != NULL && !exch_child_link(m, in, &k.s))
		return;
	exch_enter(m, in, &k.s, meets ? &met : NULL, k.imposed);
	exch_general_after(m, in);
}
