/*
 * Records of gates and monitors, of what people decide there, and of money.
 * Part of rec.h, which includes it.
 */
#ifndef EXCH_REC_REC_RISK_H
#define EXCH_REC_REC_RISK_H

#include "rec/rec.h"

/* What a command is judged by, in this order: exch-risk(1). */
enum exch_rule {
	EXCH_RULE_NONE = 0,
	EXCH_RULE_ACCOUNT = 1,	      /* unknown, or its state forbids it */
	EXCH_RULE_PERMISSION = 2,     /* this kind, or this instrument */
	EXCH_RULE_THROTTLE = 3,	      /* messages in a time */
	EXCH_RULE_SIZE = 4,	      /* quantity of an order */
	EXCH_RULE_VALUE = 5,	      /* price x quantity of an order */
	EXCH_RULE_COLLAR = 6,	      /* distance from the reference */
	EXCH_RULE_DUPLICATE = 7,      /* the same again too soon */
	EXCH_RULE_OPEN_ORDERS = 8,    /* live orders of the account */
	EXCH_RULE_POSITION = 9,	      /* with all open orders of that side */
	EXCH_RULE_CREDIT = 10,	      /* cash with all open buys */
	EXCH_RULE_MARGIN = 11,	      /* required of equity */
	EXCH_RULE_CONCENTRATION = 12, /* an instrument's share of all */
	EXCH_RULE_SECTOR = 13,	      /* and its sector's */
	EXCH_RULE_LOSS = 14,	      /* of the day, at last prices */
	EXCH_RULE_KILL = 15,	      /* somebody pulled the switch */
	EXCH_RULE_AUTHORITY = 16,     /* to decide so is not theirs */
	EXCH_RULE_STOP = 17,	      /* a position lost too much: no refusal */
	/* Those of a group: all its accounts together. */
	EXCH_RULE_GROUP_OPEN_ORDERS = 18,
	EXCH_RULE_GROUP_POSITION = 19, /* the sum: some long, some short */
	EXCH_RULE_GROUP_GROSS = 20,    /* each at its worst */
	EXCH_RULE_GROUP_NOTIONAL = 21, /* the same in cash */
	EXCH_RULE_GROUP_CREDIT = 22,
	EXCH_RULE_GROUP_LOSS = 23,
	EXCH_RULE_SELF_TRADE = 24, /* it would meet one of its own */
	/* Of who trades within the day too often: least equity, buying power. */
	EXCH_RULE_DAY_TRADER_EQUITY = 25,
	EXCH_RULE_DAY_TRADER_POWER = 26,
	/* Why what somebody decides has no effect, besides authority. */
	EXCH_RULE_NOT_HELD = 27,    /* nothing waits for that decision */
	EXCH_RULE_UNKNOWN = 28,	    /* no such member, group or instrument */
	EXCH_RULE_IMPOSSIBLE = 29,  /* no limit can be that, or not here */
	EXCH_RULE_NOT_STOPPED = 30, /* a release of what nobody stopped so */
	EXCH_RULES = 31		    /* how many there are */
};

enum exch_verdict {
	EXCH_VERDICT_PASS = 0,
	EXCH_VERDICT_REJECT = 1,
	EXCH_VERDICT_HOLD = 2 /* until somebody decides */
};

/* Limits that change during the day: exch-tables(5). */
enum exch_limit_of {
	EXCH_LIMIT_OF_SIZE = 1,
	EXCH_LIMIT_OF_VALUE = 2,
	EXCH_LIMIT_OF_POSITION = 3,
	EXCH_LIMIT_OF_COLLAR = 4,
	EXCH_LIMIT_OF_MARGIN_LONG = 5,
	EXCH_LIMIT_OF_MARGIN_SHORT = 6,
	EXCH_LIMIT_OF_CONCENTRATION = 7,
	EXCH_LIMIT_OF_MESSAGES = 8,
	EXCH_LIMIT_OF_PER = 9,
	EXCH_LIMIT_OF_DUPLICATE = 10,
	EXCH_LIMIT_OF_OPEN_ORDERS = 11,
	EXCH_LIMIT_OF_CREDIT = 12,
	EXCH_LIMIT_OF_SECTOR = 13,
	EXCH_LIMIT_OF_LOSS = 14,
	/* Those of a group. */
	EXCH_LIMIT_OF_GROUP_OPEN_ORDERS = 15,
	EXCH_LIMIT_OF_GROUP_POSITION = 16,
	EXCH_LIMIT_OF_GROUP_GROSS = 17,
	EXCH_LIMIT_OF_GROUP_NOTIONAL = 18,
	EXCH_LIMIT_OF_GROUP_CREDIT = 19,
	EXCH_LIMIT_OF_GROUP_LOSS = 20
};

/* What a limit's value is counted in. */
enum exch_limit_unit {
	EXCH_LIMIT_IN_UNITS, /* of the instrument */
	EXCH_LIMIT_IN_NUMBERS,
	EXCH_LIMIT_IN_CASH,   /* 10^-6 */
	EXCH_LIMIT_IN_SHARES, /* ppm */
	EXCH_LIMIT_IN_TIME    /* ns */
};
/* Of one of enum exch_limit_of; of others numbers. */
enum exch_limit_unit exch_limit_unit(uint8_t what);

/* What a rule's limit and what was observed are counted in. */
enum exch_rule_unit {
	EXCH_UNIT_NONE, /* it has no numbers */
	EXCH_UNIT_QTY,	/* of the instrument */
	EXCH_UNIT_COUNT,
	EXCH_UNIT_CASH,	 /* 10^-6; INT64_MAX: of an order without a price */
	EXCH_UNIT_PRICE, /* 10^-9; EXCH_PX_NONE: any */
	EXCH_UNIT_TIME,	 /* ns */
	EXCH_UNIT_SHARE	 /* ppm */
};
/* Of one of enum exch_rule; of others none. */
enum exch_rule_unit exch_rule_unit(enum exch_rule rule);

/* Is that limit (enum exch_limit_of) one of groups? */
static inline bool
exch_limit_is_of_group(uint8_t what)
{
	return what >= EXCH_LIMIT_OF_GROUP_OPEN_ORDERS &&
	       what <= EXCH_LIMIT_OF_GROUP_LOSS;
}

/* ---- judgements ---- */

/*
 * What a gate says of the command directly behind it.  `limit` and `observed`
 * are in the rule's own unit: a quantity, cash, a price, a count or ns.  A NEW
 * that is held is no command for the matcher: the gate gives it again, with
 * the flag GATE, when somebody has decided.
 */
struct exch_rec_risk {
	struct exch_rec h;
	exch_oid order; /* the command's: of a REPLACE its old one */
	int64_t limit;
	int64_t observed; /* what the command would have made of it */
	uint64_t ref;	  /* number of what is held, from 1; else 0 */
	uint32_t account;
	uint8_t rule;	 /* enum exch_rule */
	uint8_t verdict; /* enum exch_verdict */
	uint8_t command; /* type of the record it judges */
	uint8_t zero;
};

/*
 * What an account has in an instrument, at the time of the record.  Cash that
 * 64 bits cannot say is at their ends.
 */
struct exch_rec_position {
	struct exch_rec h;
	int64_t qty;  /* below 0: short */
	exch_px mark; /* it is valued at, or none */
	exch_cash cost;
	exch_cash realised;
	exch_cash unrealised;
	exch_cash fees;
	uint32_t account;
	uint32_t trades;
};

/*
 * A limit from now on: of an account, else of a member, else of all, in the
 * instrument or in every one, as a cell of the table of limits would say it.
 * One that is of groups is of the group that `member` names, and of no account.
 */
struct exch_rec_limit {
	struct exch_rec h;
	uint64_t bytes;
	int64_t value;	 /* in the unit of the limit */
	char member[16]; /* or group; or NULs */
	char by[16];	 /* who says so */
	uint32_t account;
	uint8_t what; /* enum exch_limit_of */
	uint8_t zero;
	uint16_t ntext; /* why, follows */
};

/*
 * The switch of a gate: from now on nothing is entered there, and what rests
 * is cancelled; or it may be again.  For an account, a member or all, in the
 * instrument or in every one.
 */
struct exch_rec_kill {
	struct exch_rec h;
	uint64_t bytes;
	char member[16];
	char by[16];
	uint32_t account;
	uint8_t on; /* 0: released */
	uint8_t zero;
	uint16_t ntext;
};

/* What somebody says of an order that a gate holds. */
struct exch_rec_decision {
	struct exch_rec h;
	uint64_t bytes;
	exch_oid order;
	uint64_t ref; /* of the RISK record that was looked at, or 0 */
	char by[16];
	uint8_t verdict; /* pass or reject, enum exch_verdict */
	uint8_t zero[5];
	uint16_t ntext;
};

/* Something that people should look at. */
struct exch_rec_alert {
	struct exch_rec h;
	uint64_t bytes;
	int64_t limit; /* in the rule's unit, as in RISK */
	int64_t observed;
	uint32_t account;
	uint8_t severity; /* 0 info, 1 warning, 3 critical */
	uint8_t rule;	  /* enum exch_rule */
	uint16_t ntext;	  /* sentence follows */
};

/* ---- money ---- */

/* Cash that comes to an account from outside the market, or goes there. */
struct exch_rec_deposit {
	struct exch_rec h; /* of no instrument */
	exch_cash amount;  /* below 0: a withdrawal */
	uint32_t account;
	uint8_t zero[4];
};

_Static_assert(sizeof(struct exch_rec_risk) == 56, "");
_Static_assert(offsetof(struct exch_rec_risk, account) == 48, "");
_Static_assert(sizeof(struct exch_rec_deposit) == 32, "");
_Static_assert(sizeof(struct exch_rec_position) == 72, "");
_Static_assert(sizeof(struct exch_rec_limit) == 72, "");
_Static_assert(sizeof(struct exch_rec_kill) == 64, "");
_Static_assert(sizeof(struct exch_rec_decision) == 64, "");
_Static_assert(sizeof(struct exch_rec_alert) == 48, "");

#endif
