/*
 * The shadow: the orders the venue displays, per instrument and in the
 * venue's queue order, with what is known of its phase.  It answers the
 * one question replay asks: would price-time priority have done this too?
 *
 * The shadow takes exactly those orders that the engine will take from the
 * commands written, so that the two stay equal: an order the engine must
 * refuse (off the grid, of no quantity, with a live id) is not in it.
 */
#ifndef EXCH_REPLAY_SHADOW_H
#define EXCH_REPLAY_SHADOW_H

#include "base/div.h"
#include "base/err.h"
#include "book/ops.h"
#include "rec/rec.h"

struct exch_group;

/*
 * One instrument as the venue shows it.  What every record asks for stands
 * together in the first two cache lines, the head of the book included.
 */
struct exch_shown {
	_Alignas(64) struct exch_div tick;
	exch_oid newest;	  /* highest order id displayed so far */
	struct exch_group *group; /* executions held back, or NULL */
	/* The run of executions going on: one event, one resting side. */
	exch_ts run_time;
	uint32_t run_number; /* low bits */
	uint8_t run_side;    /* EXCH_SIDE_NONE: not known yet */
	bool run_open;
	bool run_imposed;
	/* What the engine holds the phase to be, and who said so. */
	uint8_t phase;
	bool inferred; /* a call seen only by its crossed orders */
	struct exch_book book;
	struct exch_book *lost; /* see exch_shadow_lose; NULL: none yet */
};

_Static_assert(offsetof(struct exch_shown, lost) == 2 * 64,
    "what every record asks for is two cache lines");

/*
 * Instruments stand in pages, so that ids may be sparse (stock locates are)
 * and pointers stay good.  Open to view for inlining; changed in shadow.c.
 */
#define EXCH_SHOWN_PAGE 256u

struct exch_shadow {
	struct exch_book_store *store;
	struct exch_book_store *lost; /* all on the buy side */
	struct exch_shown **page;     /* NULL: none yet */
	uint32_t npages;	      /* no page from here on */
	uint32_t ninstr;	      /* instruments */
};

struct exch_shadow *exch_shadow_new(size_t orders);
void exch_shadow_free(struct exch_shadow *s);

struct exch_shown *exch_shadow_make(
    struct exch_shadow *s, uint32_t instr, uint8_t phase);

/*
 * The instrument with this id, made when new, in `phase`.  NULL when out
 * of memory.  The pointer stays good.
 */
static inline struct exch_shown *
exch_shadow_get(struct exch_shadow *s, uint32_t instr, uint8_t phase)
{
	struct exch_shown *page = s->page[instr / EXCH_SHOWN_PAGE];

	if (__builtin_expect(page != NULL, 1) &&
	    __builtin_expect(page[instr % EXCH_SHOWN_PAGE].tick.d != 0, 1))
		return &page[instr % EXCH_SHOWN_PAGE];
	return exch_shadow_make(s, instr, phase);
}

/* The next instrument known from id *instr on (updated); NULL: no more. */
struct exch_shown *exch_shadow_next(struct exch_shadow *s, uint32_t *instr);
/* As announced; like the engine, the grid stays while orders rest on it. */
void exch_shadow_announce(struct exch_shown *in, exch_px tick);

/* An order as it would be displayed. */
struct exch_shown_order {
	exch_oid id;
	exch_px price;
	exch_qty qty;
	uint8_t side;
	bool by_id;   /* displayed late: its place follows its id */
	bool fresh;   /* the highest id so far, so it is not live */
	int64_t tick; /* price / tick, rounded down */
};

/*
 * Side, quantity and price such as the engine accepts?  Whether the id is
 * free is found by exch_shadow_add.
 */
static inline bool
exch_shadow_fits(const struct exch_shown *in, const struct exch_shown_order *o)
{
	_Static_assert(EXCH_QTY_NONE == UINT64_MAX && EXCH_PX_NONE == INT64_MAX,
	    "the ends of what is good");

	return (o->side == EXCH_BUY || o->side == EXCH_SELL) &&
	       o->qty - 1 < EXCH_QTY_NONE - 1 &&
	       (uint64_t)o->price - 1 < EXCH_PX_NONE - 1 &&
	       (uint64_t)o->tick * in->tick.d == (uint64_t)o->price;
}

/* Does it (fitting) reach the best order of the other side? */
static inline bool
exch_shadow_crosses(
    const struct exch_shown *in, const struct exch_shown_order *o)
{
	return exch_book_crosses(&in->book, exch_book_index(o->side), o->tick);
}

/* Where the index has an id, as long as the store does not grow. */
static inline size_t
exch_shadow_home(
    const struct exch_shadow *s, const struct exch_shown *in, exch_oid id)
{
	return exch_ids_home(&s->store->ids, in->book.instr, id);
}

/*
 * Display a fitting order.  EXCH_ERR_NOMEM.  A live id and a level that
 * would overflow change nothing and are no errors: the engine refuses or
 * cancels the order too.
 */
static inline __attribute__((always_inline)) int
exch_shadow_add(struct exch_shadow *s, struct exch_shown *in,
    const struct exch_shown_order *o, size_t home)
{
	struct exch_book_order b = {.id = o->id,
	    .tick = o->tick,
	    .qty = o->qty,
	    .side = o->side,
	    .by_id = o->by_id};
	int e;

	if (!o->fresh &&
	    exch_book_look(s->store, &in->book, home, o->id) != EXCH_SLOT_NONE)
		return EXCH_OK;
	e = exch_book_put(s->store, &in->book, &b, home, NULL);
	return e == EXCH_ERR_NOMEM ? e : EXCH_OK;
}

/* Find, look at and change a displayed order. */
static inline exch_slot
exch_shadow_look(const struct exch_shadow *s, const struct exch_shown *in,
    size_t home, exch_oid id)
{
	return exch_book_look(s->store, &in->book, home, id);
}

static inline exch_slot
exch_shadow_find(
    const struct exch_shadow *s, const struct exch_shown *in, exch_oid id)
{
	return exch_shadow_look(s, in, exch_shadow_home(s, in, id), id);
}

static inline uint8_t
exch_shadow_side(const struct exch_shadow *s, exch_slot o)
{
	return exch_book_side_of(s->store, o);
}

static inline exch_px
exch_shadow_price(
    const struct exch_shadow *s, const struct exch_shown *in, exch_slot o)
{
	/* It fits: the tick came from a price by division. */
	return exch_book_tick_of(s->store, o) * (exch_px)in->tick.d;
}

/*
 * Take qty away, at most what is open; `home` is the id's.  True: the order
 * lives on.
 */
static inline bool
exch_shadow_take(struct exch_shadow *s, struct exch_shown *in, exch_slot o,
    size_t home, exch_qty qty)
{
	if (qty < exch_book_slots(s->store)[o].qty) {
		exch_book_reduce(s->store, o, qty);
		return true;
	}
	exch_book_unlink(s->store, &in->book, o, home);
	return false;
}

/*
 * Orders that replaced one never seen: price and quantity are known, the
 * side is not, so they cannot be displayed.  They are kept apart, to tell
 * a reference to one of them from one to an order never heard of.
 * exch_shadow_lose: EXCH_ERR_NOMEM.
 */
int exch_shadow_lose(struct exch_shadow *s, struct exch_shown *in,
    const struct exch_shown_order *o);
/*
 * Take qty from a lost order; false: no such order.  *price is its own.
 */
bool exch_shadow_lost(struct exch_shadow *s, struct exch_shown *in, exch_oid id,
    exch_qty qty, exch_px *price);

/*
 * Why price-time priority would not have executed qty of this order now;
 * EXCH_CAUSE_NONE when it would.
 */
static inline enum exch_cause
exch_shadow_judge(const struct exch_shadow *s, const struct exch_shown *in,
    exch_slot o, exch_qty qty)
{
	const struct exch_slot_data *slot = exch_book_slots(s->store);
	exch_slot level = slot[o].level;

	if (in->book.side[slot[level].owner & 1].best != level)
		return EXCH_CAUSE_THROUGH;
	if (slot[level].next != o)
		return EXCH_CAUSE_QUEUE;
	if (qty > slot[o].qty)
		return EXCH_CAUSE_OVERFILL;
	return EXCH_CAUSE_NONE;
}

/*
 * Who must have come in for a print at this price, by the quote alone: at
 * or below the bid a seller, at or above the offer a buyer.
 */
uint8_t exch_shadow_aggressor(
    const struct exch_shadow *s, const struct exch_shown *in, exch_px price);

#endif
