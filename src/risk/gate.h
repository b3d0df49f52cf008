/*
 * The gate before the book: may a command pass?
 *
 * Checks come in the order of enum exch_rule; the first that says no names
 * limit and observed value.  What passes is counted as open, at its worst: a
 * buy may fill wholly, and so may every other buy of the account.
 *
 * A gate within the matcher is shown what becomes of the commands (`fills`):
 * then open quantity is what is open, and positions and cash are what they
 * are.  One in front of the matcher sees commands alone.  It must take every
 * order it let pass for filled, and one that was cancelled for filled before
 * that: it is never laxer, and as strict as the day is long (exch-risk(1)).
 *
 *	account -- holding (account, instrument) -- order (instrument, id)
 *	  cash       position, open buys, sells       open, price, value
 *
 * Always true, with fills: a holding's open buys are the sum over its orders
 * of what is counted for them, and so is what an account's orders may cost.
 */
#ifndef EXCH_RISK_GATE_H
#define EXCH_RISK_GATE_H

#include "rec/rec.h"
#include "risk/clients.h"
#include "risk/daytrades.h"
#include "risk/limits.h"
#include "risk/margin.h"

struct exch_risk_gate;

struct exch_risk_opts {
	const struct exch_limits *limits;
	const struct exch_reftable *accounts;	/* NULL: any account is known */
	const struct exch_reftable *restricted; /* NULL: nothing is */
	const struct exch_reftable *instruments; /* sectors; NULL: none */
	const struct exch_clients *clients;	 /* NULL: nobody is asked */
	const struct exch_margin_rates *rates;	 /* of the day; NULL: none */
	const struct exch_day_trading *trading;	 /* of the day; NULL: none */
	bool fills;
	/* Room for so many live orders at once; more are no mistake. */
	size_t orders;
};

/*
 * The tables are borrowed for the gate's life.  EXCH_ERR_NOMEM;
 * EXCH_ERR_FORMAT, and where it stands: an account twice, of a client that is
 * in no row, a limit that without fills would be nobody's, or a rule of the
 * day without rates.
 */
int exch_risk_gate_new(const struct exch_risk_opts *o,
    struct exch_risk_gate **out, struct exch_diag *d);
void exch_risk_gate_free(struct exch_risk_gate *g);

/* What is said of a command; rule EXCH_RULE_NONE: it passes. */
struct exch_judged {
	enum exch_rule rule;
	enum exch_verdict verdict;
	uint32_t account;
	uint32_t waived; /* 1 << rule: not asked, somebody approved */
	exch_oid order;
	int64_t limit; /* in the rule's unit; at its end when beyond it */
	int64_t observed;
	uint64_t ref;	/* of what is or was held, else 0 */
	bool overrules; /* it has an effect, where a gate in front saw none */
};

/*
 * Any record of the stream that is no event of the matcher behind the gate.
 * A command that passes is counted as open when this returns.  Commands that
 * the matcher cannot but refuse (an unknown order, an id that is live) pass,
 * and so does what is imposed: it happened; and what a gate in front has
 * stopped, which is nothing to this one.
 *
 * A verdict of hold is on a NEW: the matcher is not to have it, or on the
 * DECISION that released it, when it is held for another rule now.  RISK
 * before LIMIT, KILL or DECISION says that it has no effect; one that passes it,
 * behind that of a gate in front, says that it has one here.
 * EXCH_ERR_NOMEM; EXCH_ERR_FORMAT: the record has not its type's form.
 */
int exch_risk_gate_judge(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d);

/*
 * These will be judged next, in this order: what they need is fetched from
 * memory for all of them at once.  Changes nothing; it pays when what is kept
 * is more than the near caches hold.
 */
#define EXCH_RISK_AHEAD 48
bool exch_risk_gate_is_far(const struct exch_risk_gate *g);
void exch_risk_gate_ahead(const struct exch_risk_gate *g,
    const struct exch_rec *const *rec, size_t n);

/*
 * The next command that the gate itself gives, to be executed behind the
 * record that was judged last and its events, and what is said of it; good
 * until the gate is shown anything.  It has the flag GATE and is
 * not to be judged.  All are to be taken before the next record.  1: there is
 * one; 0: none; EXCH_ERR_NOMEM.  A verdict of pass with a rule says why the gate
 * gives it.
 */
int exch_risk_gate_own(struct exch_risk_gate *g, const struct exch_rec **own,
    struct exch_judged *v, struct exch_diag *d);
/*
 * The group of an account, by the table: at most 16 bytes, and NULs if less;
 * good as long as the table.
 */
const char *exch_risk_gate_group(
    const struct exch_risk_gate *g, uint32_t account);
/* Orders that are held. */
uint64_t exch_risk_gate_held(const struct exch_risk_gate *g);

struct exch_writer;
/*
 * A verdict that says no as the RISK record that stands before the command;
 * good until the next call on the writer.
 */
const struct exch_rec_risk *exch_judged_put(struct exch_writer *w,
    const struct exch_rec *command, const struct exch_judged *v);
/* A gate's own command as the writer's next record. */
void exch_judged_give(struct exch_writer *w, const struct exch_rec *own);
struct exch_buf;
/* Why, in words: "a quantity of 600, at most 500". */
void exch_judged_text(struct exch_buf *b, const struct exch_judged *v);

/*
 * An event of the matcher, for a gate with fills; others are nothing to it.
 * EXCH_ERR_RANGE: cash beyond 128 bits.
 */
int exch_risk_gate_event(
    struct exch_risk_gate *g, const struct exch_rec *r, struct exch_diag *d);

/*
 * Was an instrument of that symbol announced?  By a hash of 64 bits: good
 * enough for a notice that a table names one that is not there.
 */
bool exch_risk_gate_knows(
    const struct exch_risk_gate *g, const char symbol[24]);

/* Has some account that member, by the table or the stream?  By a hash. */
bool exch_risk_gate_has_member(
    const struct exch_risk_gate *g, const char member[16]);
/*
 * ACCOUNT records whose member is not taken: the table, or an earlier one,
 * names another, or the account had come to the market.
 */
uint64_t exch_risk_gate_members_passed(const struct exch_risk_gate *g);

/*
 * The whole state, between two commands: written, or read into a gate that
 * was made with the same options and tables and has seen nothing yet.  After
 * a failure to read (im->err) the gate is to be freed.
 */
struct exch_image;
void exch_risk_gate_image(struct exch_image *im, struct exch_risk_gate *g);
/*
 * How the state lies in memory, to stand before anything is read: im->err is
 * EXCH_ERR_VERSION where another program has written it.
 */
void exch_risk_gate_layout(struct exch_image *im);
/*
 * A hash of accounts, holdings and orders.  Who was shown the same records
 * has the same, with images on the way.
 */
uint64_t exch_risk_gate_hash(const struct exch_risk_gate *g);

/*
 * How often an order was held against limits of all that an account, or a
 * group, has: by bounds alone, by sums that follow, by a walk because it has
 * too few for either, and by one although it has more.  The last is rare, or
 * what should follow does not.
 */
struct exch_risk_looks {
	uint64_t bounds, exact, few, walks;
};
struct exch_risk_looks exch_risk_gate_looks(const struct exch_risk_gate *g);

/* For tests and reports: what an account has in an instrument. */
struct exch_holding_view {
	int64_t position;
	exch_qty open_buys, open_sells;
};
/* EXCH_ERR_ABSENT: it never traded there. */
int exch_risk_gate_holding(const struct exch_risk_gate *g, uint32_t account,
    uint32_t instr, struct exch_holding_view *out);
struct exch_account_view {
	exch_i128 cash;
	exch_i128 open_value; /* that its orders may come to cost */
	uint32_t open_orders;
};
int exch_risk_gate_account(const struct exch_risk_gate *g, uint32_t account,
    struct exch_account_view *out);

#endif
