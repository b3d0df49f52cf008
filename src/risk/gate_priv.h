/* What the gate keeps (gate.h); for the files that make it. */
#ifndef EXCH_RISK_GATE_PRIV_H
#define EXCH_RISK_GATE_PRIV_H

#include "base/buf.h"
#include "base/keyed.h"
#include "rec/cash.h"
#include "risk/best.h"
#include "risk/bounds.h"
#include "risk/changes.h"
#include "risk/gate.h"
#include "rec/said.h"
#include "risk/group.h"
#include "risk/same.h"

/*
 * A part of the way of every order, which is one piece: the calls would take
 * as long as what is called.
 */
#define EXCH_RISK_WAY static inline __attribute__((always_inline))

/* Whose switch was pulled: bits. */
enum exch_killed {
	EXCH_KILLED_ALL = 1,
	EXCH_KILLED_MEMBER = 2,
	EXCH_KILLED_ACCOUNT = 4,
	EXCH_KILLED_LOSS = 8 /* by the gate itself */
};

/*
 * A member whose switch was pulled, in an instrument or (0) in every one: known
 * by (instrument, hash of the member).
 */
struct exch_risk_stopped {
	struct exch_key key;
	bool on;
	uint8_t zero[7];
};
struct exch_risk_members {
	struct exch_keyed stopped;
	uint64_t passed; /* records that said another one, or came too late */
};

/* An execution, to be taken back when it is broken. */
struct exch_risk_exec {
	uint32_t holding[2]; /* slots of buyer and seller; 0: not known */
	exch_px price;
	exch_qty qty;
};

/*
 * What every order asks comes first in each of these: an account and a
 * holding are read in two lines of the cache, an order in one or two.
 */

/* Known by (0, instrument). */
struct exch_risk_instr {
	struct exch_key key;
	struct exch_money money;
	/* What it was for executions up to a number, which rises: seldom any. */
	struct exch_risk_money {
		struct exch_money money;
		uint64_t match;
	} * was;
	uint32_t nwas, cap_was;
	exch_px reference;	     /* or none */
	exch_px last;		     /* of its executions, or none */
	exch_px first;		     /* of the orders let through, or none */
	exch_px base, low, high;     /* its band: bounds.h */
	struct exch_risk_exec *exec; /* by its number, from 1 */
	uint32_t nexec, cap_exec;
	uint8_t killed; /* enum exch_killed */
	uint8_t kind;	/* enum exch_instr_kind */
	bool is_moved;
	bool closing;	  /* somebody was to be closed at the last look */
	uint32_t watched; /* slots of holdings, a list: act.c */
	uint32_t moved;	  /* slot of the next whose price has moved */
	uint32_t sector;  /* row of the table that names it first, or 0 */
	exch_qty most;	  /* of an order */
	char symbol[24];
	struct exch_risk_exec broken; /* last, until it is corrected */
};

/* Known by (0, account). */
struct exch_risk_account {
	struct exch_key key;
	bool may_enter;
	bool sells_short;
	uint8_t killed; /* enum exch_killed */
	bool tripped;	/* it has lost too much, and that was acted on */
	bool counts;	/* its day trades are */
	uint32_t open_orders;
	uint32_t held;	   /* orders that wait for a decision */
	uint32_t holdings; /* slots of what it has, a list; 0: nothing */
	uint32_t nholdings;
	uint32_t bounds; /* slot of its sum, or 0 */
	exch_i128 cash;
	exch_i128 open_value;
	exch_u128 due;	/* when its messages are used up: throttle() */
	uint32_t group; /* slot in groups.account; 0: no limit is for one */
	uint32_t row;	/* of the table of accounts, from 1; 0: none */
	struct exch_account_limits limit;
	uint32_t products; /* 1 << kind of instrument that it may trade */
	exch_i128 opening; /* the day's profit is what is beyond it */
	uint64_t day_trades, trades; /* of five business days */
	char member[16]; /* by the stream, where the table has none */
};

/* Known by (account, instrument), both as they are called outside. */
struct exch_risk_holding {
	struct exch_key key;
	uint32_t account, instr; /* slots */
	int64_t position;
	exch_qty open[2];  /* counted for its buys and sells */
	uint32_t quote[2]; /* slots of the orders of its quote, 0: none */
	uint8_t killed;	   /* enum exch_killed */
	bool barred;
	bool watched; /* it stands in its instrument's list */
	bool is_traded;
	struct exch_order_limits limit;
	uint32_t next;	    /* of its account */
	uint32_t beside;    /* the next that is watched in the instrument */
	uint32_t part;	    /* slot in groups.part, of an account of a group */
	uint32_t bounds;    /* slot in bounds.part, or 0 */
	uint32_t best[2];   /* heaps of its buys and sells: meet.c */
	uint32_t traded;    /* slot of the next that has traded */
	bool stopping;	    /* it is being closed */
	uint64_t act;	    /* that has closed it last, or 0 */
	exch_i128 cost;	    /* of the position, where it has a stop */
	uint32_t trades[2]; /* purchases and sales, where they count */
};

/* Known by (instrument, id). */
struct exch_risk_order {
	struct exch_key key;
	exch_i128 value; /* of what is counted: exch_risk_owed() */
	exch_px price;	 /* it is valued at; none: at nothing */
	exch_qty open;
	exch_qty counted; /* open, or more while a replacement is on its way */
	uint32_t holding; /* slot */
	uint32_t waiting : 1,	   /* the matcher has not answered it yet */
	    sell : 1,		   /* else buy */
	    quote : 1, asked : 29; /* replacements on their way */
	exch_px next;		   /* that of the last of them */
	exch_oid other;	   /* of a quote: its other side's order, or 0 */
	uint32_t rests[2]; /* nodes of heaps, or 0: meet.c */
	uint64_t pad;
};

/* Known by (instrument, id): a NEW that waits for a decision. */
struct exch_risk_held {
	struct exch_key key;
	struct exch_rec *rec;
	uint32_t n; /* bytes of it */
	struct exch_judged why;
};

struct exch_risk_gate {
	struct exch_risk_opts o;
	struct exch_keyed instr, account, holding;
	struct exch_keyed symbol; /* hashes of those announced */
	struct exch_keyed order;
	uint32_t latest; /* slot of the one let through last, 0: none */
	/* Orders not answered yet whose id is that of another in `order`. */
	struct exch_keyed waiting;
	struct exch_said said; /* of them those with a client's number */
	struct exch_same same;
	int64_t window; /* the longest that looks for the same */
	exch_ts now;
	struct exch_rec_block block;  /* the last one let through */
	struct exch_rec_risk stopped; /* by a gate in front; or of verdict 0 */
	bool in_front;		      /* another gate has said something */
	struct exch_keyed held;
	uint64_t refs; /* given to what was held */
	struct exch_changes changes;
	struct exch_risk_members members;
	struct exch_groups groups;
	struct exch_bounds bounds;
	bool ungrouped;	       /* no account is in any: it was looked for */
	struct exch_best best; /* of what may rest */
	uint8_t killed;	       /* enum exch_killed */
	uint64_t orders;       /* it has given by itself */
	uint64_t acts;	       /* there were */
	/* Rows of tables by what they are about: barred.c. */
	size_t *barred, *sectors;
	uint32_t *sector_first;
	/* Empty between two records. */
	struct exch_buf own; /* own.c */
	size_t own_at;
	uint32_t moved;		      /* slots of instruments, a list: act.c */
	uint32_t traded;	      /* of holdings */
	struct exch_risk_looks looks; /* of this process: in no image */
};

/* What somebody wants to have open: an order, or one side of a quote. */
struct exch_entry {
	exch_oid order;
	exch_px price; /* limit; none */
	exch_qty qty;
	/* At which it is worth most to pay: its limit, else its collar's edge. */
	exch_px worst;
	exch_i128 value; /* at that price; passed, what it may come to cost */
	exch_i128 also;	 /* what the bid of its quote may cost more than now */
	uint8_t side;	 /* enum exch_side */
	uint32_t adds;	 /* orders that the account has more then */
	bool is_new;	 /* else it was there before, in other words */
	bool second;	 /* of one message: not counted again */
	exch_qty beside; /* of a block: what its other side adds to the group */
	bool
	    apart; /* it never rests, nor meets anybody before it is triggered */
	/* What it takes the place of for sure; NULL: nothing. */
	const struct exch_risk_order *old;
	const struct exch_risk_order *gone; /* on the other side, with it */
};

/*
 * What an instrument counts at: the last execution, else the reference, else
 * the price of the first order that the gate let pass; none: nothing is known.
 */
static inline exch_px
exch_risk_mark(const struct exch_risk_instr *in)
{
	return in->last != EXCH_PX_NONE	       ? in->last
	       : in->reference != EXCH_PX_NONE ? in->reference
					       : in->first;
}

/* ---- contract.c ---- */

/*
 * Another contract from now on; what was executed before stays what it was.
 * EXCH_ERR_NOMEM.
 */
int exch_risk_contract(struct exch_risk_instr *in, const struct exch_money *m);
/* The contract as it was when a number was executed. */
const struct exch_money *exch_risk_money_at(
    const struct exch_risk_instr *in, uint64_t match);

/* ---- gate_event.c ---- */

/* A gate that does not know what somebody has cannot go on: EXCH_ERR_RANGE. */
int exch_risk_too_much(const struct exch_risk_gate *g,
    const struct exch_risk_holding *h, struct exch_diag *d);

/* ---- gate.c ---- */

/* NULL: out of memory, told; made when it is new. */
struct exch_risk_instr *exch_risk_instr(
    struct exch_risk_gate *g, uint32_t id, struct exch_diag *d);
struct exch_risk_account *exch_risk_account(
    struct exch_risk_gate *g, uint32_t id, struct exch_diag *d);
struct exch_risk_holding *exch_risk_new_holding(struct exch_risk_gate *g,
    uint32_t account, uint32_t instr, struct exch_diag *d);
static inline struct exch_risk_holding *
exch_risk_holding(struct exch_risk_gate *g, uint32_t account, uint32_t instr,
    struct exch_diag *d)
{
	struct exch_risk_holding *h =
	    exch_keyed_find(&g->holding, account, instr);

	return __builtin_expect(h != NULL, 1)
		   ? h
		   : exch_risk_new_holding(g, account, instr, d);
}

int exch_risk_nomem(struct exch_diag *d);
/* Who an account is by the table; NULL: it is not there. */
const struct exch_account_row *exch_risk_row(
    const struct exch_risk_gate *g, const struct exch_risk_account *a);
/* What the tables say of the holding now. */
void exch_risk_limits(const struct exch_risk_gate *g,
    struct exch_risk_holding *h, const struct exch_risk_instr *in);
/* What an account has, or has open, in a holding is another now. */
static inline void
exch_risk_changed(struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_risk_holding *h)
{
	if (h->bounds != 0)
		exch_bounds_told(&g->bounds, h->bounds);
	if (a->group != 0)
		exch_group_told(&g->groups, a->group, h->part);
}
/* So may its mark be. */
static inline void
exch_risk_marked(struct exch_risk_gate *g, struct exch_risk_instr *in)
{
	exch_px mark = exch_risk_mark(in);

	if (mark < in->low || mark > in->high)
		exch_bounds_leave(g, in);
}
/* Open for good, by no order: as if it were filled. */
static inline void
exch_risk_spend(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_risk_holding *h, bool sell, exch_qty qty, exch_i128 value)
{
	h->open[sell] += qty;
	a->open_value += value;
	exch_risk_changed(g, a, h);
}
#define EXCH_RISK_TOO_MUCH ((exch_i128)INT64_MAX << 32)
exch_i128 exch_risk_wide_value(
    const struct exch_money *m, exch_px price, exch_qty qty);
/* Cash of that many, within EXCH_RISK_TOO_MUCH; 0 without a price. */
static inline exch_i128
exch_risk_value_by(const struct exch_money *m, exch_px price, exch_qty qty)
{
	uint64_t v;

	return price != EXCH_PX_NONE && exch_money_narrow(m, price, qty, &v)
		   ? (exch_i128)v
		   : exch_risk_wide_value(m, price, qty);
}
static inline exch_i128
exch_risk_value(const struct exch_risk_instr *in, exch_px price, exch_qty qty)
{
	return exch_risk_value_by(&in->money, price, qty);
}
/*
 * What an open order of that value may come to cost: a buy, or a sell at a price
 * below 0.  Others would be paid for, but perhaps they never trade: that is no
 * credit.
 */
static inline exch_i128
exch_risk_owed(bool sell, exch_i128 value)
{
	if (sell)
		value = -value;
	return value < 0 ? 0 : value;
}
/* What it comes to, for people: at the ends of 64 bits when beyond. */
static inline int64_t
exch_risk_seen(exch_i128 v)
{
	return v > INT64_MAX   ? INT64_MAX
	       : v < INT64_MIN ? INT64_MIN
			       : (int64_t)v;
}
/* Taken or waited for; that one first which was let through last. */
static inline struct exch_risk_order *
exch_risk_order(const struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	struct exch_risk_order *o = exch_keyed_at(&g->order, g->latest);

	return o->key.id == id && o->key.place == instr && o->key.slot != 0
		   ? o
		   : exch_keyed_find(&g->order, instr, id);
}

/* The order of that id that the matcher has taken; NULL: none. */
static inline struct exch_risk_order *
exch_risk_live(const struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	struct exch_risk_order *o = exch_risk_order(g, instr, id);

	return o != NULL && !o->waiting ? o : NULL;
}

/* The one that the matcher has not answered yet. */
static inline struct exch_risk_order *
exch_risk_waiting(const struct exch_risk_gate *g, uint32_t instr, exch_oid id)
{
	struct exch_risk_order *o = exch_risk_order(g, instr, id);

	if (o != NULL && o->waiting)
		return o;
	return g->waiting.live == 0 ? NULL
				    : exch_keyed_find(&g->waiting, instr, id);
}

/* From now on that is counted for the order. */
static inline void
exch_risk_count(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_risk_holding *h, struct exch_risk_order *o, exch_qty counted,
    exch_i128 value)
{
	exch_risk_spend(
	    g, a, h, o->sell, counted - o->counted, value - o->value);
	o->counted = counted;
	o->value = value;
}
/* Nothing of the order is left. */
void exch_risk_drop(struct exch_risk_gate *g, struct exch_risk_order *o);

/* From now on exch_risk_gate_knows() it.  EXCH_ERR_NOMEM. */
int exch_risk_symbol(struct exch_risk_gate *g, const char symbol[24]);

/* What tables and changes say of an account now. */
void exch_risk_account_limits(
    struct exch_risk_gate *g, struct exch_risk_account *a);
/* May they decide on what the account does there? */
bool exch_risk_approves(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_risk_instr *in,
    const char by[16]);

/* ---- barred.c ---- */

/* When there are tables; cleared after a failure, too.  EXCH_ERR_NOMEM. */
int exch_risk_index(struct exch_risk_gate *g, struct exch_diag *d);
void exch_risk_index_clear(struct exch_risk_gate *g);
/* May nobody trade it, or this account not? */
bool exch_risk_is_barred(const struct exch_risk_gate *g, uint32_t account,
    const struct exch_risk_instr *in);
/* The first row, from 1, that names the sector of the symbol; 0: none. */
uint32_t exch_risk_sector(
    const struct exch_risk_gate *g, const char symbol[24]);

/* ---- judge.c ---- */

/*
 * Judge a new order and count it when it passes.  One that is not the first
 * time here is no message and no duplicate.
 */
int exch_risk_enter(struct exch_risk_gate *g, const struct exch_rec_new *c,
    bool first, struct exch_judged *v, struct exch_diag *d);

/* ---- meet.c ---- */

/*
 * What passed may rest from now on: as `o`, or (NULL) for good.  Nothing where
 * no limit looks at it.  EXCH_ERR_NOMEM.
 */
int exch_risk_rest(struct exch_risk_gate *g, struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_risk_order *o);
/* It rests no more. */
void exch_risk_rest_ends(struct exch_risk_gate *g, struct exch_risk_order *o);
/* It may rest at that price, too; and the matcher's answer to that. */
void exch_risk_rest_asked(
    struct exch_risk_gate *g, const struct exch_risk_order *o, exch_px price);
void exch_risk_rest_told(
    struct exch_risk_gate *g, const struct exch_risk_order *o, bool taken);
/* Would it meet what the limits do not let it meet? */
bool exch_risk_meets(struct exch_risk_gate *g, struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_judged *v);

/* ---- decide.c ---- */

/* Keep a NEW that `v` holds; v->ref is its number. */
int exch_risk_hold(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d);
/* It is taken back, and comes again only to be refused; it is gone then. */
int exch_risk_withdraw(
    struct exch_risk_gate *g, struct exch_risk_held *h, struct exch_diag *d);
/* What is cancelled while it is held is taken back. */
int exch_risk_cancel_held(struct exch_risk_gate *g, uint32_t instr,
    exch_oid order, struct exch_diag *d);
int exch_risk_mass_cancel(struct exch_risk_gate *g,
    const struct exch_rec_mass_cancel *c, struct exch_diag *d);
/*
 * All that the account, or everybody (0), has there is cancelled, also what is
 * held; `why` is said of the command.
 */
int exch_risk_sweep(struct exch_risk_gate *g, uint32_t account, uint32_t instr,
    const struct exch_judged *why, struct exch_diag *d);
int exch_risk_decision(struct exch_risk_gate *g,
    const struct exch_rec_decision *r, struct exch_judged *v,
    struct exch_diag *d);
int exch_risk_limit(struct exch_risk_gate *g, const struct exch_rec_limit *r,
    struct exch_judged *v, struct exch_diag *d);

/* ---- act.c ---- */

/*
 * A position with a stop has become what it is, by so many for so much, below
 * 0 got.
 */
void exch_risk_cost(
    struct exch_risk_holding *h, int64_t was, exch_qty qty, exch_i128 paid);
/* Should its limits act when a price moves, it is looked at from now on. */
void exch_risk_watch(struct exch_risk_gate *g, struct exch_risk_holding *h);
/*
 * The last price becomes this one, or the holding another; exch_risk_act()
 * looks at them later.
 */
void exch_risk_moved(
    struct exch_risk_gate *g, struct exch_risk_instr *in, exch_px price);
void exch_risk_traded(struct exch_risk_gate *g, struct exch_risk_holding *h);
int exch_risk_act(struct exch_risk_gate *g, struct exch_diag *d);

/* ---- kill.c ---- */

int exch_risk_kill(struct exch_risk_gate *g, const struct exch_rec_kill *r,
    struct exch_judged *v, struct exch_diag *d);

/* ---- member.c ---- */

/* 16 bytes, or NULs: nobody's; good until an account is added. */
const char *exch_risk_member(
    const struct exch_risk_gate *g, const struct exch_risk_account *a);
/* Some account has that member: EXCH_ERR_NOMEM. */
int exch_risk_member_known(struct exch_risk_gate *g, const char member[16]);
/*
 * Its switch is that from now on, also for who comes later; *was: it was
 * pulled.  EXCH_ERR_NOMEM.
 */
int exch_risk_member_turn(
    struct exch_risk_gate *g, const struct exch_rec_kill *r, bool *was);
/* Is it pulled over the account's member, in an instrument or (0) in all? */
bool exch_risk_member_stops(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, uint32_t instr);
int exch_risk_told_account(struct exch_risk_gate *g,
    const struct exch_rec_account *c, struct exch_diag *d);

/* ---- own.c ---- */

/* A copy of the command is given, with what is said of it. */
int exch_risk_give(struct exch_risk_gate *g, const struct exch_rec *r,
    const struct exch_judged *v, struct exch_diag *d);

/* ---- traded.c ---- */

/* The account is new; limits may say that its trades count. */
void exch_risk_trader(struct exch_risk_gate *g, struct exch_risk_account *a);
/*
 * It has bought or sold there, or (back) an execution is broken; of an account
 * that counts.
 */
void exch_risk_count_trade(struct exch_risk_account *a,
    struct exch_risk_holding *h, bool sell, bool back);
/*
 * Of a day trader, who has that much in all with the entry: least equity, and
 * buying power.  Not `priced`: nobody knows what the entry is worth.
 */
struct exch_whole;
bool exch_risk_beyond_trader(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_whole *w, bool priced,
    struct exch_judged *v);

/* ---- rules.c ---- */

/* The verdict is no, unless somebody has waived the rule. */
static inline bool
exch_risk_no(struct exch_judged *v, enum exch_rule rule, int64_t limit,
    exch_i128 observed)
{
	if ((v->waived >> rule & 1) != 0)
		return false;
	v->rule = rule;
	v->limit = limit;
	v->observed = exch_risk_seen(observed);
	return true;
}

static inline bool
exch_risk_above(struct exch_judged *v, enum exch_rule rule, int64_t limit,
    exch_i128 observed)
{
	return observed > limit && limit != EXCH_LIMIT_NONE &&
	       exch_risk_no(v, rule, limit, observed);
}

/* How long all buys would make it, or how short all sells. */
static inline exch_i128
exch_risk_worst(const struct exch_risk_holding *h, const struct exch_entry *e)
{
	bool sell = e->side != EXCH_BUY;
	exch_i128 open = (exch_i128)h->open[sell] + e->qty;

	if (e->old != NULL)
		open -= e->old->counted;
	return sell ? open - h->position : open + h->position;
}

/* Is it asked for credit?  A sell at a price below 0 is paid for, too. */
static inline bool
exch_risk_costs(const struct exch_entry *e)
{
	return e->side == EXCH_BUY || e->value < 0;
}

/*
 * With the entry, judged and not counted yet, beside what is owed already.  A
 * buy of any price could cost any amount.
 */
static inline exch_i128
exch_risk_owes(const struct exch_entry *e, exch_i128 owed)
{
	if (e->worst == EXCH_PX_NONE)
		return INT64_MAX;
	owed += (e->side == EXCH_BUY ? e->value : -e->value) + e->also;
	return e->old != NULL ? owed - e->old->value : owed;
}

/* What an entry is asked, from the account's state to its credit. */
int exch_risk_rules(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_risk_holding *h, const struct exch_risk_instr *in,
    const struct exch_entry *e, struct exch_judged *v, struct exch_diag *d);
/* The highest price within the collar; none without one. */
exch_px exch_risk_edge(
    const struct exch_risk_holding *h, const struct exch_risk_instr *in);

#endif
