/*
 * The general market: orders with conditions, reserves, references and
 * links, and markets with rules of their own.  An instrument in which no
 * such order lives and whose market is plain never comes here: orders.c
 * serves it.
 *
 *	special.c   what an order has beyond its slot; lists
 *	chain.c     orders that have something in common
 *	oco.c       orders of which one cancels the others
 *	intake.c    entries and checks of NEW, and what becomes of it
 *	change.c    CANCEL and REPLACE
 *	walk.c      resting orders in priority over all books
 *	turn.c      the turn of an incoming order
 *	found.c     what it would find
 *	share.c     a level of which an order takes a part
 *	park.c      orders that wait for a price; the queue of triggered ones
 *	peg.c       orders that follow the best prices
 *	discreet.c  orders that trade beyond their limit
 *	child.c     orders that wait for another one to be gone
 *	client.c    orders that are said twice
 *	account.c   accounts that are announced
 *	session.c   changes of phase and what they do to such orders
 *	uncross.c   auctions in which they take part
 *	mass.c      mass cancels, kill switch, expiry
 *	quote.c     quotes of two sides
 *	request.c   requests for quotes, answers to them, and their trades
 *	block.c     trades agreed outside the book
 *	break.c     executions that are broken or corrected
 *
 * and what protects the market (guard.h).
 *
 * The rules are those of exch-ordertypes(7).
 *
 * Where an order is:
 *
 *	book        displayed, by tick         dark   hidden, by tick
 *	half        hidden, half a tick above  stops  parked, by trigger
 *	wait        apart, until something lets it in
 *
 * All five are books of one instrument in one store, so that an id is found
 * wherever its order is.  Orders that are parked or wait have a slot with
 * quantity 1, which keeps their sums small; what they want to trade is in
 * `reserve`.
 */
#ifndef EXCH_MATCH_GENERAL_H
#define EXCH_MATCH_GENERAL_H

#include "match/engine.h"
#include "match/special.h"

/* Prices of the general market are ticks and, maybe, a half. */
struct exch_spot {
	int64_t tick; /* EXCH_TICK_MARKET: no limit */
	bool half;
};

static inline bool
exch_spot_above(struct exch_spot a, struct exch_spot b)
{
	return a.tick != b.tick ? a.tick > b.tick : a.half && !b.half;
}

/* Whether a limit of `side` admits a trade at p. */
static inline bool
exch_spot_reaches(uint8_t side, struct exch_spot limit, struct exch_spot p)
{
	if (limit.tick == EXCH_TICK_MARKET)
		return true;
	return side == EXCH_BUY ? !exch_spot_above(p, limit)
				: !exch_spot_above(limit, p);
}

static inline exch_px
exch_spot_price(const struct exch_instr *in, struct exch_spot p)
{
	return exch_engine_price(in, p.tick) +
	       (p.half ? (exch_px)(in->tick.d / 2) : 0);
}

/* Whether a price can be written down: ticks reach further than prices. */
static inline bool
exch_spot_fits(const struct exch_instr *in, struct exch_spot p)
{
	exch_i128 v = (exch_i128)p.tick * (exch_i128)in->tick.d +
		      (p.half ? (exch_i128)(in->tick.d / 2) : 0);

	return v > -(exch_i128)EXCH_PX_NONE - 1 && v < EXCH_PX_NONE;
}

static inline struct exch_spot
exch_spot_of(const struct exch_instr *in, exch_px price)
{
	struct exch_spot p = {EXCH_TICK_MARKET, false};

	if (price != EXCH_PX_NONE)
		p.half = !exch_engine_tick_floor(in, price, &p.tick);
	return p;
}

/* ---- mid.c ---- */

/* Is this shard's market at the midpoint? */
bool exch_mid_is(const struct exch_match *m);
/* The middle of what other venues display; false: there is none now. */
bool exch_mid_spot(const struct exch_match *m, const struct exch_instr *in,
    struct exch_spot *p);
/* All its pegs were looked at. */
void exch_mid_followed(const struct exch_match *m, struct exch_instr *in);

static inline uint8_t
exch_other_side(uint8_t side)
{
	return side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
}

/* The special behind a slot's owner field, or NULL. */
static inline struct exch_special *
exch_special_of(const struct exch_match *m, exch_slot o)
{
	uint32_t owner = exch_book_slots(m->store)[o].owner;

	return owner & EXCH_SPECIAL ? &m->g.special[owner & ~EXCH_SPECIAL]
				    : NULL;
}

/* All that a resting order has, shown or not. */
static inline exch_qty
exch_full_qty(const struct exch_match *m, exch_slot o)
{
	const struct exch_special *s = exch_special_of(m, o);

	return exch_book_slots(m->store)[o].qty + (s != NULL ? s->reserve : 0);
}

static inline uint32_t
exch_special_index(const struct exch_match *m, const struct exch_special *s)
{
	return (uint32_t)(s - m->g.special);
}

/* ---- special.c ---- */

struct exch_more *exch_more_get(struct exch_match *m, struct exch_instr *in);
/* A copy of *s with an entry of its own; NULL: m->ended. */
struct exch_special *exch_special_new(
    struct exch_match *m, struct exch_instr *in, const struct exch_special *s);
/* It is gone: out of every list; its slot must be out already. */
void exch_special_free(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s);
/* Put it apart, or park it by its stop.  False: m->ended. */
bool exch_special_apart(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, enum exch_where where);
/* Out of whatever book it stands in; reserve becomes all it has. */
void exch_special_lift(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s);
exch_qty exch_special_leaves(
    const struct exch_match *m, const struct exch_special *s);
/* The book a place is. */
struct exch_book *exch_place(struct exch_instr *in, enum exch_where where);
/* Does it rest without being displayed? */
bool exch_special_hidden(const struct exch_special *s);
/* Append to g.scratch; false: m->ended. */
bool exch_scratch_add(struct exch_match *m, size_t *n, uint32_t i);
void exch_restated(struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px price, exch_qty leaves,
    exch_qty shown, enum exch_restate why);
/* Take a live order out, wherever it is, and say why. */
void exch_drop(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, enum exch_reason why);
void exch_general_clear(struct exch_match *m);

/* ---- oco.c ---- */

/* It is one of a group; it goes. */
void exch_oco_join(struct exch_match *m, struct exch_special *s);
void exch_oco_leave(struct exch_match *m, const struct exch_special *s);
/* The others of its one-cancels-other group go. */
void exch_oco_fire(struct exch_match *m, uint64_t group, uint32_t account,
    const struct exch_special *but);
/*
 * Of orders that cancel each other only one is there: a look at resting
 * orders begins, in which a group is seen with the first of it.
 */
void exch_oco_look(struct exch_match *m);
void exch_oco_see(struct exch_match *m, const struct exch_special *s);
bool exch_oco_seen(const struct exch_match *m, const struct exch_special *s);

/* ---- walk.c ---- */

/* Resting orders of one side, best first. */
struct exch_walk {
	exch_slot level[3]; /* of book, dark and half; none: at its end */
	exch_slot o;
	struct exch_spot p; /* price of o */
	uint8_t b;	    /* which of the three o stands in */
};
/* The best order of a side (market orders left out), or none in w->o. */
void exch_walk_first(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, struct exch_walk *w);
void exch_walk_next(const struct exch_match *m, const struct exch_instr *in,
    struct exch_walk *w);

/* ---- turn.c ---- */

/* An order that comes in. */
struct exch_turn {
	exch_oid id;
	exch_qty left;
	struct exch_spot limit; /* at which the rest stays */
	struct exch_spot reach; /* it trades up to here */
	struct exch_special *s; /* or NULL: an ordinary order */
	uint32_t account;
	uint8_t side;
	uint8_t type; /* market, limit, mtl */
	uint8_t tif;
	uint8_t stp;
	bool by_id;
	bool imposed; /* rests without matching */
	bool over;    /* self-trade prevention or OCO ended it */
	bool traded;
	bool discreet;	       /* reach is further than limit */
	struct exch_spot last; /* price of its last execution */
};
/* The turn of an order; in g.special only its own s may be touched later. */
void exch_turn_run(
    struct exch_match *m, struct exch_instr *in, struct exch_turn *t);
/* A special has its turn, as market or limit order. */
void exch_turn_special(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, uint8_t type, struct exch_spot limit);
/* Join the queue of its price with what is left; false: it could not. */
bool exch_turn_rest(
    struct exch_match *m, struct exch_instr *in, struct exch_turn *t);
/* Take an executed quantity from the resting order of a walk. */
void exch_turn_trade(struct exch_match *m, struct exch_instr *in,
    struct exch_turn *t, const struct exch_walk *w, exch_qty qty);
/* Another quantity of an iceberg is shown, at the back of its queue. */
void exch_turn_refresh(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, struct exch_spot at);

/* ---- share.c ---- */

/*
 * The order takes a part of the displayed level the walk stands at.  False:
 * it could take all of it, or its own conditions forbid: first come, first
 * served.
 */
bool exch_share_level(struct exch_match *m, struct exch_instr *in,
    struct exch_turn *t, const struct exch_walk *w);
/* An order has come to rest: has it bettered the market? */
void exch_share_note_top(
    struct exch_match *m, struct exch_instr *in, uint8_t side, exch_slot o);

/* The same without matching, of all a special has. */
void exch_rest_special(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s);
/* Would it trade with anything?  *at is the price. */
bool exch_turn_meets(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, struct exch_spot limit, exch_qty qty,
    const struct exch_special *s, struct exch_spot *at);
/* The next part of an iceberg. */
exch_qty exch_next_peak(
    struct exch_match *m, const struct exch_instr *in, struct exch_special *s);

/* ---- park.c ---- */

void exch_park_event(
    struct exch_match *m, struct exch_instr *in, struct exch_spot p);
/* Where a trailing order's stop stands for its extreme. */
exch_px exch_trail_stop(
    const struct exch_instr *in, const struct exch_special *s);
/* A trailing order is parked: from which price on does it move? */
void exch_trail_join(struct exch_more *more, const struct exch_special *s);
/* To the end of the queue of triggered orders. */
bool exch_park_push(
    struct exch_match *m, struct exch_special *s, exch_px price);
/* Work off the queue; `in`, the instrument in hand, or NULL. */
void exch_park_serve(struct exch_match *m, struct exch_instr *in);

/* ---- child.c ---- */

/* The parent that an order names: is it there, and of this account? */
bool exch_child_may(const struct exch_match *m, const struct exch_instr *in,
    exch_oid parent, uint32_t account);
/* *s becomes a child of it.  False: m->ended. */
bool exch_child_link(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s);
/* The link goes from an order to the one that replaces it. */
void exch_child_move(
    struct exch_match *m, struct exch_special *old, exch_oid to);
/* The parent is gone: its children are called. */
void exch_child_call(struct exch_match *m, const struct exch_special *s);
/* The turn of a called one. */
void exch_child_serve(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s);
/* An ordinary order of the book gets an entry of its own, as *as. */
struct exch_special *exch_special_of_ordinary(struct exch_match *m,
    struct exch_instr *in, exch_slot o, const struct exch_special *as);

/* ---- client.c ---- */

/*
 * The client said this before: true, and it is answered.  Otherwise *as is
 * what is to be noted with the answer it gets.
 */
bool exch_client_answers(struct exch_match *m, const struct exch_rec_new *c,
    uint64_t id, struct exch_client *as);
/* An order of another part says it: true, for the first time. */
bool exch_client_foreign(
    struct exch_match *m, const struct exch_rec_new *c, uint64_t id);
void exch_client_note(
    struct exch_match *m, struct exch_client *as, enum exch_reject code);

/* ---- account.c ---- */

/* An account is announced; remembered where the market asks for it. */
void exch_account_add(struct exch_match *m, const struct exch_rec_account *a);
/* May it have orders? */
bool exch_account_ok(const struct exch_match *m, uint32_t account);
/* Two accounts of one member, where self-trade prevention asks for it. */
bool exch_account_together(const struct exch_match *m, uint32_t a, uint32_t b);

/* ---- discreet.c ---- */

/* Is this a price further in the market than the limit, and allowed? */
bool exch_discretion_ok(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px limit);
/* An order with discretion is there: how far does it come? */
void exch_discretion_join(struct exch_more *more, const struct exch_special *s);
/* Each that can has its turn; true: one had. */
bool exch_discretion_look(struct exch_match *m, struct exch_instr *in);

/* ---- peg.c ---- */

/* Where a peg stands in a market at the midpoint; false: it waits. */
bool exch_peg_mid(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, struct exch_spot *p);
void exch_peg_rounds(struct exch_match *m, struct exch_instr *in);
/* Pegs and discretion, until nothing happens. */
void exch_settle(struct exch_match *m, struct exch_instr *in);
/* It has to be settled, though it is not the instrument in hand. */
void exch_settle_mark(struct exch_match *m, struct exch_instr *in);
/* The same, if it has pegs: its books changed outside its own command. */
void exch_peg_mark(struct exch_match *m, struct exch_instr *in);
/* Where orders of other instruments went: their pegs move, too. */
void exch_peg_elsewhere(struct exch_match *m);

/* ---- intake.c ---- */

void exch_general_new(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c);
/* Where an order goes that does not come into the book now. */
bool exch_goes_apart(const struct exch_instr *in, const struct exch_special *s,
    enum exch_where *to);
/* Orders for auctions; with an expiry; waiting for a price. */
bool exch_is_call_tif(uint8_t tif);
bool exch_is_dated(uint8_t tif);
bool exch_is_parked(uint8_t type);
/* All or none, or a minimum of each execution. */
bool exch_has_conditions(const struct exch_special *s);
/*
 * An accepted order comes in as *as describes it; `met`: it slides from
 * there.
 */
void exch_enter(struct exch_match *m, struct exch_instr *in,
    const struct exch_special *as, const struct exch_spot *met, bool imposed);
/* The market's own rules for a limit; imposed commands are above them. */
enum exch_reject exch_check_market(
    const struct exch_match *m, const struct exch_instr *in, exch_px price);
/* After everything a command did: triggered orders, then pegs. */
void exch_general_after(struct exch_match *m, struct exch_instr *in);
enum exch_reject exch_check_stop(
    const struct exch_instr *in, const struct exch_special *s, exch_px stop);
/* A limit order that stays for a while: times in force that rest. */
enum exch_reject exch_check_expire(
    const struct exch_match *m, uint8_t tif, const struct exch_ext *e);

/*
 * The checks of a new order without entries; *s becomes what it describes.
 */
enum exch_reject exch_check_new(const struct exch_match *m,
    const struct exch_instr *in, const struct exch_rec_new *c,
    struct exch_special *s);

/* ---- quote.c, block.c, break.c: `in` NULL is an unknown instrument ---- */

void exch_general_quote(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_quote *c);
void exch_general_block(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_block *c);
void exch_general_break(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_break *c);

/* ---- request.c ---- */

/* A request for quotes, or an answer to one: it waits apart. */
static inline bool
exch_is_request(const struct exch_special *s)
{
	return (s->flags & EXCH_ORD_REQUEST) != 0 || s->request != 0;
}

/*
 * May *s ask or answer, with this entry or NULL?  It is linked to its
 * request.  `more`: it carries instructions that neither may have.
 */
enum exch_reject exch_request_check(const struct exch_match *m,
    const struct exch_instr *in, struct exch_special *s,
    const struct exch_ext *e, bool more);
/* Answers go whose request ended. */
void exch_request_settle(struct exch_match *m, struct exch_instr *in);
/* `in` NULL is an unknown instrument. */
void exch_general_accept(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_accept *c);

/* ---- change.c ---- */

/* An ordinary order of the book in the words of a special one. */
struct exch_special exch_ordinary(
    const struct exch_match *m, const struct exch_instr *in, exch_slot o);

__attribute__((cold)) void exch_general_cancel(struct exch_match *m,
    struct exch_instr *in, const struct exch_rec_cancel *c);
__attribute__((cold)) void exch_general_replace(struct exch_match *m,
    struct exch_instr *in, const struct exch_rec_replace *c);

/* ---- session.c, uncross.c ---- */

void exch_general_phase(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_phase *p);
/*
 * What a side has per price, best first, into m->level from `at` on; how
 * many levels that are.  With `lasting` without orders for an auction only.
 */
size_t exch_general_collect(struct exch_match *m, const struct exch_instr *in,
    uint8_t side, size_t at, bool lasting);
/* True: there was a price, *tick. */
bool exch_general_uncross(struct exch_match *m, struct exch_instr *in,
    uint8_t cross, bool always_tell, int64_t *tick);
/*
 * Behind an auction that a band held back, without the orders that were for
 * it alone: when buys and sells are left that reach each other, continuous
 * trading cannot begin, and they have an auction by the same ladder without
 * the band.  False: there was none.
 */
bool exch_general_uncross_rest(
    struct exch_match *m, struct exch_instr *in, uint8_t cross, int64_t *tick);
/* Does an order's time in force take part in such a call? */
bool exch_in_call(uint8_t tif, uint8_t cross);

/* ---- guard.c ---- */

/*
 * The furthest price an order may trade at that comes now; false: as far
 * as it likes.
 */
bool exch_guard_collar(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, int64_t *tick);
/* An order as it is to come in: collar and short sales. */
enum exch_reject exch_guard_entry(const struct exch_match *m,
    const struct exch_instr *in, const struct exch_special *s, exch_px price);
/* A short sale that may not have its turn at this limit now. */
bool exch_guard_bars(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, struct exch_spot limit);
/* Short sales of the instrument: the day is over. */
void exch_guard_day(struct exch_match *m, struct exch_instr *in);
/* exch_engine_check_qty() with the market's rule for odd lots. */
enum exch_reject exch_guard_qty(const struct exch_match *m,
    const struct exch_instr *in, exch_qty qty, uint8_t tif);
/* One more new order of the account: too many? */
bool exch_guard_throttles(struct exch_match *m, uint32_t account);
/*
 * Directly before an EXEC of a market with protections: what it tells must
 * not be the last of its event, which is one of an order.
 */
void exch_guard_prints(
    struct exch_match *m, struct exch_instr *in, exch_px price);
/* The exact price of the last execution; false: there was none. */
bool exch_last_price(const struct exch_instr *in, exch_px *last);

/* ---- monitor.c ---- */

static inline bool
exch_is_stopped(const struct exch_instr *in)
{
	return in->more != NULL && in->more->guard.stopped;
}

/* What an execution would break, and for how long that stops it. */
struct exch_breach {
	exch_px reference;
	uint64_t pause;
};
/* May it trade at this price after `last`? */
bool exch_monitor_within(const struct exch_match *m,
    const struct exch_instr *in, exch_px price, exch_px last,
    struct exch_breach *broken);
/* An execution is to come: true, and the instrument is stopped, if not. */
bool exch_monitor_stops(
    struct exch_match *m, struct exch_instr *in, struct exch_spot p);
/* A stopped instrument goes into its call. */
void exch_monitor_interrupt(struct exch_match *m, struct exch_instr *in);
/* Instead of ending the call it goes on. */
bool exch_monitor_extends(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_phase *p);
/* An instrument is announced. */
void exch_monitor_begin(struct exch_match *m, struct exch_instr *in);
/* A phase is about to begin. */
void exch_monitor_phase(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_phase *p);
/* The alarms. */
void exch_monitor_resume(struct exch_match *m, struct exch_instr *in);
void exch_monitor_indicate(struct exch_match *m, struct exch_instr *in);

/* ---- luld.c ---- */

/* A guarded instrument gets its memory; false: m->ended. */
bool exch_luld_get(struct exch_match *m, struct exch_instr *in);
/* Of a guarded instrument: nothing executes at this price. */
bool exch_luld_outside(const struct exch_instr *in, exch_px price);
void exch_luld_prints(
    struct exch_match *m, struct exch_instr *in, exch_px price);
/*
 * Behind all a command did: true, and another reference holds, whose bands
 * took orders away.  Then whether a limit state began or ended.
 */
bool exch_luld_look(struct exch_match *m, struct exch_instr *in);
void exch_luld_state(struct exch_match *m, struct exch_instr *in);
/* `anew`: for the first time, or on another grid. */
void exch_luld_announced(
    struct exch_match *m, struct exch_instr *in, bool anew);
/* Another phase holds. */
void exch_luld_phase(struct exch_match *m, struct exch_instr *in, uint8_t was);
enum exch_reject exch_luld_check(const struct exch_match *m,
    const struct exch_instr *in, const struct exch_special *s, exch_px price);
/* The limit of a turn is moved to the band; false: it has to end. */
bool exch_luld_bounds(
    struct exch_match *m, struct exch_instr *in, struct exch_turn *t);
/* The alarm LIMIT. */
void exch_luld_pause(struct exch_match *m, struct exch_instr *in);

/* Bands become twice as far for the rest of the day. */
void exch_luld_double(struct exch_match *m);

/* ---- breaker.c: of a guarded market ---- */

/* The instrument has a value: if it is the index, levels may be due. */
void exch_breaker_prints(
    struct exch_match *m, const struct exch_instr *in, exch_px value);
void exch_breaker_trade(struct exch_match *m, const struct exch_rec_trade *t);
/* What is due happens, behind the event that made it so. */
void exch_breaker_act(struct exch_match *m);
/* The phase end of an instrument: if of the index, the day is over. */
void exch_breaker_day(struct exch_match *m, const struct exch_instr *in);
void exch_breaker_announced(
    struct exch_match *m, struct exch_instr *in, bool first);
/* The clock would bring a phase: true, and it does not come now. */
bool exch_breaker_holds(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_phase *p);

/* ---- clock.c, hold.c ---- */

/* So much later, and never EXCH_TS_NONE. */
exch_ts exch_later(exch_ts time, uint64_t ns);
/* EXCH_TS_NONE: it is not set any more. */
void exch_alarm_set(struct exch_match *m, struct exch_instr *in,
    enum exch_alarm_kind kind, exch_ts time);
/* None of those that end calls is for a time before that, or none is set. */
exch_ts exch_alarm_resume(const struct exch_match *m);
/* True: the record is held and has no effect yet. */
bool exch_hold(struct exch_match *m, const struct exch_rec *r);
exch_ts exch_hold_next(const struct exch_match *m);
int exch_hold_release(struct exch_match *m, struct exch_diag *d);

/* ---- random_end.c, eligible.c ---- */

/* The clock would end the call: true, and it goes on for a while. */
bool exch_random_end(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_phase *p);
/* May such an order be entered, replaced or cancelled in this phase? */
enum exch_reject exch_eligible(const struct exch_match *m,
    const struct exch_instr *in, enum exch_freeze what, uint8_t type,
    uint8_t tif);
/* The same for a cancel of the order in a slot. */
enum exch_reject exch_eligible_cancel(
    const struct exch_match *m, const struct exch_instr *in, exch_slot o);

/* ---- mass.c ---- */

void exch_general_mass(
    struct exch_match *m, const struct exch_rec_mass_cancel *c);
/* Is the account shut out, or everybody? */
bool exch_is_killed(const struct exch_match *m, uint32_t account);
/* Every live order of an instrument that `which` wants goes. */
struct exch_which {
	uint64_t session;
	uint32_t account;
	uint8_t side;
	bool of_day; /* only those that end with the day */
};
uint64_t exch_mass_drop(struct exch_match *m, struct exch_instr *in,
    const struct exch_which *which, enum exch_reason why);
void exch_expire_add(struct exch_match *m, struct exch_special *s);
void exch_expire_del(struct exch_match *m, struct exch_special *s);
/* When the next one expires. */
exch_ts exch_expire_next(const struct exch_match *m);
/* The soonest expires. */
void exch_expire_one(struct exch_match *m);

#endif
