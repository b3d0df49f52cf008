/* What the files of the engine share (settle.h). */
#ifndef EXCH_SETTLE_SETTLE_PRIV_H
#define EXCH_SETTLE_SETTLE_PRIV_H

#include "rec/cash.h"
#include "rec/owner.h"
#include "rec/redone.h"
#include "settle/fx.h"
#include "settle/settle.h"

/* An instrument by the engine's own number, which its symbol has for ever. */
struct exch_listed {
	struct exch_rec_instrument is; /* as it was announced */
	struct exch_money money;
	uint32_t id;	   /* in this stream; 0: not announced in it */
	uint32_t currency; /* its number */
	const struct exch_bond_row *bond; /* or NULL: none */
	exch_px last;			  /* or the reference, or none */
	exch_px cum;	 /* last price of the days before, or none */
	uint32_t traded; /* trade date that `due` is of */
	uint32_t due;	 /* its settlement date */
	bool fresh;	 /* its reference was announced today */
	bool refers;	 /* it waits until the days before have passed */
	bool asked;	 /* somebody has some, or it is open, at the end */
	bool restated;	 /* a day before has told of it, and its currency */
};

struct exch_currency {
	char name[4];
	exch_u128 gross_cash, net_cash, handed_on;
};

/* An execution that may be broken, known by (instrument, match). */
struct exch_past {
	struct exch_key key;
	exch_cash cash;	   /* with interest, */
	exch_cash accrued; /* of it */
	exch_qty qty;
	uint64_t order; /* of coming, for the ring */
	uint64_t open;	/* of model 1 and 2: its number */
	uint32_t account[2];
	uint32_t block[2]; /* of its trade date; 0: none */
	exch_cash fee[2];
	uint32_t trade_date, due;
};

/* What is charged: fee.c. */
struct exch_fee_books {
	struct exch_keyed charged, traded;
	bool owed; /* something is to be paid on the next settlement day */
};

/* What is divided: divide.c. */
struct exch_blocks {
	struct exch_keyed rules, found, live;
	size_t *order; /* rows of the table, by rules */
	bool *used;    /* in that order: something came of it */
};

/*
 * Something to be settled: `qty` and `cash` are the account's, the other side
 * has the opposite.  Known by (account, instrument and day) where it is a net
 * of the central counterparty, by (pair, the same) where it is one of a pair,
 * and by (0, number) where it is a trade.
 */
struct exch_open {
	struct exch_key key;
	exch_i128 cash, gross_cash;
	exch_u128 gross_qty;
	int64_t qty;
	int64_t posted_qty; /* what the ledger has of it */
	exch_i128 posted_cash;
	uint64_t trades, match;
	uint32_t account, against;
	uint32_t listed;
	uint32_t date;
	uint32_t traded; /* last trade date that changed it */
	/* of the settlement run in hand */
	int64_t take;
	exch_i128 pays;
	uint64_t lot; /* its place among equals */
	uint8_t why;  /* enum exch_fail_why */
	bool changed; /* by an exercise: its net is told again */
};

/* Of a run: what moves, known by (account, unit). */
struct exch_moved {
	struct exch_key key;
	exch_i128 by;
	bool withheld; /* of a currency: nothing is bought, or (model 2) paid */
};

/* Of a run: money that an account changes; currencies by number. */
struct exch_change {
	struct exch_fx_deal deal;
	uint32_t account;
	uint32_t from, to;
};

struct exch_settle {
	struct exch_settle_opts o;
	struct exch_listed *listed; /* from 1 */
	uint32_t nlisted;
	size_t cap;
	uint32_t *number; /* by the stream's id; 0: none */
	uint32_t nnumber;
	struct exch_keyed symbol;	/* by hash; the rest by looking */
	struct exch_currency *currency; /* the first: of balances */
	uint32_t ncurrency;
	struct exch_owners owners;
	struct exch_redone redone;   /* the venue's breaks name its own */
	struct exch_rec_block block; /* the last one asked for */
	struct exch_past broken;     /* the last one, for its correction */
	struct exch_keyed past;
	struct exch_blocks blocks;
	struct exch_fee_books fees;
	struct exch_past_at *ring; /* those of `past`, the oldest first */
	uint64_t npast;
	bool traded[256]; /* sources of trades */
	struct exch_keyed pairs, open, moved;
	uint64_t nopen;	     /* numbers of trades given so far */
	uint32_t nparts;     /* and of parts of blocks, on this trade date */
	uint32_t nexercises; /* and of exercises, on this day */
	struct exch_leg
	    *carried; /* from before, sorted by unit from `sorted` */
	size_t ncarried, carried_cap;
	bool sorted;
	exch_px *before; /* last prices by ids of a stream of a day before */
	uint32_t nbefore;
	struct exch_change *changes; /* of the plan in hand */
	size_t nchanges, changes_cap;
	bool directory; /* days before the first one have not passed yet */
	bool named;	/* the first currency */
	uint32_t top;	/* highest id in the stream */
	struct exch_ledger ledger;
	uint32_t date;	    /* trade date, 0: none yet */
	exch_ts until;	    /* when it ends */
	exch_ts now;	    /* of the last record */
	uint32_t last;	    /* settlement day that was run last, 0: none */
	uint32_t closed;    /* day that ended last, 0: none */
	uint32_t acted;	    /* corporate actions are done up to this day */
	uint32_t exercised; /* and what of options is exercised */
	uint32_t defaulted; /* and defaults */
	bool *gone;	    /* members that have defaulted, as in the table */
	exch_i128 *asked;   /* what they were assessed so far */
	struct exch_settle_tally tally;
	struct exch_writer *w; /* of the call in hand */
};

struct exch_past_at {
	uint64_t id;
	uint32_t place;
	uint32_t zero;
};

int exch_settle_nomem(struct exch_diag *d);
/* Into 64 bits.  EXCH_ERR_RANGE. */
int exch_settle_narrow(exch_i128 v, int64_t *out, struct exch_diag *d);

/* ---- listed.c ---- */

/* The number of a symbol, made if need be; of a currency likewise. */
int exch_settle_symbol(struct exch_settle *s, const char symbol[24],
    uint32_t *listed, struct exch_diag *d);
/* 0: nobody has named it. */
uint32_t exch_settle_known(const struct exch_settle *s, const char symbol[24]);
int exch_settle_currency(struct exch_settle *s, const char name[4],
    uint32_t *currency, struct exch_diag *d);
int exch_settle_announced(struct exch_settle *s,
    const struct exch_rec_instrument *c, struct exch_diag *d);
/* The instrument of a record.  EXCH_ERR_ABSENT. */
int exch_settle_listed_of(struct exch_settle *s, uint32_t id,
    struct exch_listed **out, struct exch_diag *d);
static inline uint32_t
exch_settle_unit_of_cash(const struct exch_listed *l)
{
	return EXCH_UNIT_CASH + l->currency;
}

/*
 * As it was announced on a day before; it has no id yet.  Its price is the last
 * one of that day, or else the reference.
 */
int exch_settle_restate(struct exch_settle *s,
    const struct exch_rec_instrument *in, uint32_t *listed,
    struct exch_diag *d);
/* Its id is of our own: no announcement can take it for another one. */
int exch_settle_own(
    struct exch_settle *s, uint32_t listed, struct exch_diag *d);
/* References that were announced are the last prices from now on. */
void exch_settle_refer(struct exch_settle *s);

/* ---- capture.c ---- */

/* The place of what two accounts have open, the lower number first. */
int exch_settle_pair(struct exch_settle *s, const uint32_t account[2],
    uint32_t *place, struct exch_diag *d);
int exch_settle_capture(
    struct exch_settle *s, const struct exch_rec *r, struct exch_diag *d);

/*
 * A buyer has so much from a seller as of a trade of its own, which nobody can
 * break.
 */
struct exch_transfer {
	uint32_t listed;
	uint32_t due;
	uint32_t account[2]; /* buyer, seller */
	exch_qty qty;
	exch_cash cash;
	uint64_t match; /* that its obligations name */
};
int exch_settle_transfer(
    struct exch_settle *s, const struct exch_transfer *t, struct exch_diag *d);

/* ---- agree.c ---- */

/* The trade date ends: reports of it are compared. */
int exch_settle_agree(struct exch_settle *s, struct exch_diag *d);

/* ---- interest.c ---- */

/*
 * Interest that a quantity has accrued up to a settlement date; 0 where the
 * table of bonds does not know it.  EXCH_ERR_RANGE, told: it bears none then.
 */
int exch_settle_interest(const struct exch_settle *s,
    const struct exch_listed *l, uint32_t date, exch_qty qty,
    exch_cash *accrued, struct exch_diag *d);
/* What a quantity is worth at the last price on a day, with interest. */
int exch_settle_worth(
    const struct exch_listed *l, uint32_t date, exch_qty qty, exch_i128 *value);
/*
 * What is paid outside, or (below 0) received, for a quantity that is to go
 * (below 0) or to come: at the last price, which there is, and the premium
 * makes it dear.  EXCH_ERR_RANGE, told.
 */
int exch_settle_cost(const struct exch_listed *l, uint32_t date, int64_t qty,
    uint32_t premium, exch_i128 *cost, struct exch_diag *d);
/* What a trade pays besides its price, of an instrument with a bond. */
void exch_settle_put_accrued(struct exch_settle *s, const struct exch_listed *l,
    uint64_t match, exch_cash principal, exch_cash accrued, uint32_t date);

/* ---- divide.c ---- */

/* Finds its way in the table of allocations. */
int exch_settle_rules(struct exch_settle *s, struct exch_diag *d);
void exch_settle_blocks_clear(struct exch_settle *s);
/* The block that a side of a trade of today belongs to; 0: to none. */
int exch_settle_block(struct exch_settle *s, const struct exch_listed *l,
    uint32_t account, uint64_t order, enum exch_side side, uint32_t *block,
    struct exch_diag *d);
/*
 * So much more of it, or (`back`) less, to settle on a day; of its cash so much
 * is interest, which the average price leaves out.
 */
void exch_settle_in_block(struct exch_settle *s, uint32_t block, exch_qty qty,
    exch_cash cash, exch_cash accrued, uint32_t due, bool back);
/* A trade that can be broken is of it, or (not `hold`) is no more. */
void exch_settle_hold_block(struct exch_settle *s, uint32_t block, bool hold);
/*
 * A trade of it is broken after its trade date: what was handed on goes
 * back, and what is left of the block is handed on instead.
 */
int exch_settle_divide_again(struct exch_settle *s, uint32_t block,
    const struct exch_past *p, uint32_t due, struct exch_diag *d);
/*
 * The trade date ends: its blocks are handed on.  EXCH_ERR_FORMAT: there is
 * less of one than the table gives away.
 */
int exch_settle_divide(struct exch_settle *s, struct exch_diag *d);

/* ---- fee.c ---- */

int exch_settle_fees_init(struct exch_settle *s);
void exch_settle_fees_clear(struct exch_settle *s);
/* One side of an execution; it is charged *fee.  EXCH_ERR_RANGE. */
struct exch_charge {
	uint32_t account;
	enum exch_liquidity how;
	exch_cash cash; /* of the execution */
	exch_qty qty;
};
int exch_settle_fee(struct exch_settle *s, const struct exch_listed *l,
    const struct exch_charge *of, exch_cash *fee, struct exch_diag *d);
/* It was broken; `today`: on its trade date. */
int exch_settle_fee_back(struct exch_settle *s, const struct exch_listed *l,
    uint32_t account, exch_cash fee, exch_qty qty, bool today,
    struct exch_diag *d);
/* The trade date ends: what was charged is posted. */
int exch_settle_fees(struct exch_settle *s, struct exch_diag *d);
/* A settlement day: what was posted before is paid. */
int exch_settle_fees_paid(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- net.c ---- */

/* What came of the trade date: nets, cash, and into the ledger. */
int exch_settle_net(struct exch_settle *s, struct exch_diag *d);
/*
 * What is open, by instrument, account, the other side and day, *n of them:
 * those whose day is `upto` or earlier, and of them (traded not 0) what that
 * trade date has changed.  Freed by the caller; NULL: out of memory.
 */
struct exch_open **exch_settle_listing(const struct exch_settle *s,
    uint32_t upto, uint32_t traded, uint32_t *n, struct exch_diag *d);

/* A listing again, after it had another order.  EXCH_ERR_NOMEM. */
int exch_settle_sort(struct exch_open **list, uint32_t n, struct exch_diag *d);
/* Compares two of a listing. */
int exch_settle_by_what(const void *a, const void *b);

/* ---- carry.c ---- */

/*
 * What is open between the accounts of *is in its instrument for its day, made
 * if need be; EXCH_ERR_EXISTS: there was some, and it is *out.
 */
int exch_settle_open_at(struct exch_settle *s, const struct exch_open *is,
    struct exch_open **out, struct exch_diag *d);

/* A balance from before; posted when its instrument is announced. */
int exch_settle_carry(
    struct exch_settle *s, const struct exch_leg *leg, struct exch_diag *d);
/* Post those of a unit.  EXCH_ERR_FORMAT: they do not add up to 0. */
int exch_settle_carried(
    struct exch_settle *s, uint32_t unit, struct exch_diag *d);
/* Instruments of days before that today has not announced get ids. */
int exch_settle_announce(struct exch_settle *s, struct exch_diag *d);

/* ---- post.c ---- */

/* An entry into the ledger and the stream; `date` is the day it is of. */
int exch_settle_post(struct exch_settle *s, const struct exch_leg *leg,
    size_t n, enum exch_posted why, uint32_t date, struct exch_diag *d);
/* `qty` and `cash` of something open, from one ledger to another (0: from
 * nowhere), and the opposite on the other side. */
int exch_settle_move(struct exch_settle *s, const struct exch_open *o,
    int64_t qty, exch_i128 cash, uint8_t from, uint8_t to, enum exch_posted why,
    uint32_t date, struct exch_diag *d);
/*
 * `more` becomes open between its two accounts, or more of it does, and is due
 * in the ledger.  EXCH_ERR_RANGE, EXCH_ERR_NOMEM.
 */
int exch_settle_owe(struct exch_settle *s, const struct exch_open *more,
    enum exch_posted why, uint32_t date, struct exch_diag *d);
int exch_settle_put_net(struct exch_settle *s, const struct exch_open *o,
    bool other, uint8_t flags, struct exch_diag *d);
/* Of something open `take` and `pays` are met. */
int exch_settle_put_met(
    struct exch_settle *s, const struct exch_open *o, struct exch_diag *d);
int exch_settle_put_fail(struct exch_settle *s, const struct exch_open *o,
    uint32_t age, struct exch_diag *d);
/* All balances, and all that is open. */
int exch_settle_put_state(struct exch_settle *s, struct exch_diag *d);

/* ---- run.c, central.c, pairs.c ---- */

/* A settlement day passes. */
int exch_settle_run(struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* Who is asked whether it has what it is to give? */
static inline bool
exch_settle_asked(const struct exch_settle *s, uint32_t account, bool cash)
{
	return (cash ? s->o.need_cash : s->o.need_securities) && account != 0 &&
	       account <= EXCH_ACCOUNT_MOST;
}

/* Securities: who writes an option has none before. */
static inline bool
exch_settle_needs(
    const struct exch_settle *s, uint32_t account, uint32_t listed)
{
	return s->listed[listed].is.kind != EXCH_KIND_OPTION &&
	       exch_settle_asked(s, account, false);
}

/* What an account has of a unit, with what the run has moved so far. */
exch_i128 exch_settle_has_now(
    const struct exch_settle *s, uint32_t account, uint32_t unit);
/* The run moves so much.  EXCH_ERR_NOMEM. */
int exch_settle_moves(struct exch_settle *s, uint32_t account, uint32_t unit,
    exch_i128 by, struct exch_diag *d);
bool exch_settle_withheld(
    const struct exch_settle *s, uint32_t account, uint32_t unit);
/* Who pays more than he has, or NULL, from *at on. */
struct exch_moved *exch_settle_next_short(
    const struct exch_settle *s, uint32_t *at);
/* A place among equals that depends on the seed and on nothing else. */
uint64_t exch_settle_lot(
    const struct exch_settle *s, const struct exch_open *o);
/*
 * Plans of the run: what each takes.  Model 3, and 1 and 2.  The list is
 * theirs to sort.
 */
int exch_settle_plan_central(struct exch_settle *s, struct exch_open **list,
    uint32_t n, struct exch_diag *d);
int exch_settle_plan_pairs(struct exch_settle *s, struct exch_open **list,
    uint32_t n, struct exch_diag *d);

/* ---- convert.c ---- */

/* The rates of a day between currencies that the stream has named. */
void exch_settle_put_rates(struct exch_settle *s, uint32_t date);
/*
 * What is changed for those who would pay more than they have; it moves in the
 * plan.  EXCH_ERR_RANGE, EXCH_ERR_NOMEM.
 */
int exch_settle_cover(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);
/* And its entries. */
int exch_settle_change(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- takeover.c ---- */

struct exch_takeover {
	exch_i128 *loss; /* of the currency of the instrument */
	enum exch_posted why;
	uint32_t date;
	uint32_t premium; /* basis points that it costs more than the price */
};
/*
 * `qty` of what is open against the counterparty, of its sign, or all of it.
 * *o is gone, or moves.  EXCH_ERR_ABSENT, not told: there is no price, and
 * nothing was done.  EXCH_ERR_RANGE, EXCH_ERR_NOMEM.
 */
int exch_settle_take_over(struct exch_settle *s, struct exch_open *o,
    int64_t qty, const struct exch_takeover *how, struct exch_diag *d);

/* ---- buyin.c ---- */

/* Fails that are closed out on a settlement day. */
int exch_settle_buy_ins(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- borrow.c ---- */

/*
 * Before a settlement run: what loans cost is paid, and what would not be
 * delivered is borrowed.  EXCH_ERR_RANGE, EXCH_ERR_NOMEM.
 */
int exch_settle_borrow(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);
/* And behind one: who has what he has borrowed gives it back. */
int exch_settle_give_back(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- defaults.c ---- */

/*
 * Members that default on a settlement day, or since the one before.
 * EXCH_ERR_FORMAT: a price or a rate is not known.
 */
int exch_settle_defaults(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- expire.c ---- */

/*
 * What of options is exercised at the end of a day, and the end of those that
 * expire on it, or since the one before.  EXCH_ERR_FORMAT: terms or a price are
 * not known, nobody has written it, or who wishes it has not so many.
 */
int exch_settle_exercises(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- distribute.c ---- */

/*
 * Who has something of a unit in a ledger, by account, *n of them; freed by the
 * caller, also after an error.
 */
int exch_settle_holders(struct exch_settle *s, uint32_t unit, uint8_t ledger,
    struct exch_leg **out, size_t *n, struct exch_diag *d);

/*
 * Corporate actions up to a day, before its trades and its settlement run.
 * EXCH_ERR_FORMAT: a price is not known, or the table cannot be followed.
 */
int exch_settle_actions(
    struct exch_settle *s, uint32_t date, struct exch_diag *d);

/* ---- charge.c ---- */

/* Penalties of a day, for what of the listing has not settled on it. */
int exch_settle_charge(struct exch_settle *s, struct exch_open **list,
    uint32_t n, uint32_t date, struct exch_diag *d);

#endif
