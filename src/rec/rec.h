/*
 * The records of the stream: layouts, numbers and words.  exch-stream(5)
 * describes every byte; the tables in schema.c give the same layouts as
 * data, for the text forms and for tests that compare the two.
 *
 * All records are little-endian, a multiple of 8 bytes, padded with zeros,
 * and read in place.  Fields are only ever appended: a reader of a known
 * type uses the prefix it knows.
 */
#ifndef EXCH_REC_REC_H
#define EXCH_REC_REC_H

#include <string.h>

#include "base/types.h"

/* The format's own version. */
#define EXCH_STREAM_MAJOR 1
#define EXCH_STREAM_MINOR 0

enum exch_rec_type {
	EXCH_REC_SCHEMA = 0x01,
	EXCH_REC_SOURCE = 0x02,
	EXCH_REC_INSTRUMENT = 0x03,
	EXCH_REC_ACCOUNT = 0x04,
	EXCH_REC_CLOCK = 0x05,
	EXCH_REC_SEQ = 0x06,
	EXCH_REC_PHASE = 0x07,
	EXCH_REC_GAP = 0x08,
	EXCH_REC_CHECKPOINT = 0x09,
	EXCH_REC_NOTICE = 0x0a,
	EXCH_REC_ERROR = 0x0f,
	/* commands */
	EXCH_REC_NEW = 0x11,
	EXCH_REC_CANCEL = 0x12,
	EXCH_REC_REPLACE = 0x13,
	EXCH_REC_MASS_CANCEL = 0x14,
	EXCH_REC_QUOTE = 0x15,
	EXCH_REC_ACCEPT = 0x18,
	EXCH_REC_BLOCK = 0x19,
	EXCH_REC_BREAK = 0x1a,
	/* events */
	EXCH_REC_ACK = 0x21,
	EXCH_REC_REJECT = 0x22,
	EXCH_REC_EXEC = 0x23,
	EXCH_REC_CANCELLED = 0x24,
	EXCH_REC_REPLACED = 0x25,
	EXCH_REC_TRADE = 0x26,
	EXCH_REC_BUST = 0x27,
	EXCH_REC_EXPECT = 0x28,
	EXCH_REC_MISS = 0x29,
	EXCH_REC_RESTATED = 0x2a,
	EXCH_REC_TRIGGERED = 0x2b,
	EXCH_REC_MASS_DONE = 0x2e,
	EXCH_REC_PART = 0x2f, /* of a shard's output: no event */
	/* market data as a feed displayed it */
	EXCH_REC_BOOK_ADD = 0x31,
	EXCH_REC_BOOK_EXEC = 0x32,
	EXCH_REC_BOOK_REDUCE = 0x33,
	EXCH_REC_BOOK_DELETE = 0x34,
	EXCH_REC_BOOK_REPLACE = 0x35,
	EXCH_REC_BOOK_PRINT = 0x36,
	EXCH_REC_BOOK_LEVEL = 0x37,
	EXCH_REC_BOOK_TOP = 0x38,
	EXCH_REC_AUCTION = 0x39,
	/* judgements */
	EXCH_REC_RISK = 0x41,
	EXCH_REC_POSITION = 0x42,
	EXCH_REC_LIMIT = 0x43,
	EXCH_REC_KILL = 0x44,
	EXCH_REC_DECISION = 0x46,
	/* after the trade, and money */
	EXCH_REC_OBLIGATION = 0x51,
	EXCH_REC_NET = 0x52,
	EXCH_REC_CASH = 0x53,
	EXCH_REC_POSTING = 0x54,
	EXCH_REC_DEPOSIT = 0x55,
	EXCH_REC_ALLOCATION = 0x56,
	EXCH_REC_ACTION = 0x57,
	EXCH_REC_FAIL = 0x58,
	EXCH_REC_BALANCE = 0x59,
	EXCH_REC_RATE = 0x5a,
	EXCH_REC_PENALTY = 0x5b,
	EXCH_REC_COMPARED = 0x5c,
	EXCH_REC_ACCRUED = 0x5d,
	EXCH_REC_PRICE = 0x5e,
	/* what people should look at */
	EXCH_REC_ALERT = 0x61
	/* 0x80 and up are private */
};

enum exch_rec_flag {
	EXCH_F_LAST = 1,      /* last record of an event */
	EXCH_F_SNAPSHOT = 2,  /* restates what held before */
	EXCH_F_DUP = 4,	      /* possible duplicate */
	EXCH_F_SYNTHETIC = 8, /* put back by replay, not seen on the feed */
	EXCH_F_IMPOSED = 16,  /* the venue's result, not the engine's rules */
	EXCH_F_GATE = 32,     /* a gate's own command: it asks no gate */
	EXCH_F_EXT = 0x80     /* extension entries follow the fixed body */
};

/* Every record begins with these 16 bytes. */
struct exch_rec {
	uint8_t type;
	uint8_t len8; /* length in 8-byte units; 0: first u64 of the body */
	uint8_t flags;
	uint8_t source; /* who made it, 1..255 */
	uint32_t instr; /* instrument id, 0 none */
	exch_ts time;
};

/* Instrument ids are small: 1..EXCH_INSTR_MAX. */
#define EXCH_INSTR_MAX UINT32_C(0xffffff)
/* Ids with this bit are given by exch-replay to aggressors it puts back. */
#define EXCH_OID_SYNTHETIC (UINT64_C(1) << 62)
/* And with this one by a gate, to orders that close positions. */
#define EXCH_OID_GATE (UINT64_C(1) << 61)

/* One extension entry; with the top bit of tag, `n` bytes follow padded. */
struct exch_ext {
	uint16_t tag;
	uint16_t n;
	uint32_t small;
	uint64_t value; /* absent when the tag's top bit is set */
};

enum exch_ext_tag {
	EXCH_EXT_CAUSE = 1,	   /* small: enum exch_cause */
	EXCH_EXT_CAPTURE_TIME = 2, /* value: ns UTC */
	/* Instructions of NEW: exch-ordertypes(7). */
	EXCH_EXT_STOP = 3,	 /* value: price that triggers the order */
	EXCH_EXT_DISPLAY = 4,	 /* value: shown part; small: spread in % */
	EXCH_EXT_MIN_QTY = 5,	 /* value: quantity; small: enum exch_min */
	EXCH_EXT_EXPIRE = 6,	 /* value: ns UTC */
	EXCH_EXT_PEG = 7,	 /* small: enum exch_peg; value: offset */
	EXCH_EXT_TRAIL = 8,	 /* small: enum exch_trail; value: distance */
	EXCH_EXT_DISCRETION = 9, /* value: price */
	EXCH_EXT_CLIENT = 10,	 /* value: the client's id of the order */
	EXCH_EXT_STP = 11,	 /* small: enum exch_stp; value: group or 0 */
	EXCH_EXT_OCO = 12,	 /* value: group, one cancels the others */
	EXCH_EXT_PARENT = 13,	 /* value: order that brings this one to life */
	EXCH_EXT_SESSION = 14,	 /* value: session the order came through */
	EXCH_EXT_REQUEST = 15,	 /* value: request for quotes it answers */
	EXCH_EXT_ACCOUNT = 16,	 /* value: account the order has to have */
	EXCH_EXT_TEXT = 0x8001	 /* free text */
};

/* What a minimum quantity is of. */
enum exch_min { EXCH_MIN_TOTAL = 0, EXCH_MIN_EACH = 1 };

enum exch_peg { EXCH_PEG_MID = 1, EXCH_PEG_PRIMARY = 2, EXCH_PEG_MARKET = 3 };

/* A trailing stop's distance: a price, or percent x 10^6. */
enum exch_trail { EXCH_TRAIL_AMOUNT = 0, EXCH_TRAIL_PERCENT = 1 };

/* Self-trade prevention: who goes when an owner would meet himself. */
enum exch_stp {
	EXCH_STP_MARKET = 0, /* as the market says */
	EXCH_STP_NEWEST = 1,
	EXCH_STP_OLDEST = 2,
	EXCH_STP_BOTH = 3,
	EXCH_STP_DECREMENT = 4, /* the smaller goes, the larger shrinks */
	EXCH_STP_NONE = 5	/* they trade */
};

enum exch_mass {
	EXCH_MASS_CANCEL = 0,
	EXCH_MASS_KILL = 1,	 /* and take nothing more */
	EXCH_MASS_RELEASE = 2,	 /* take orders again; cancels nothing */
	EXCH_MASS_DISCONNECT = 3 /* the session is gone */
};

/*
 * Order types and times in force carry their FIX numbers, as sides do;
 * where FIX has a letter it is the letter's ASCII number.
 */
enum exch_ordtype {
	EXCH_ORD_MARKET = 1,
	EXCH_ORD_LIMIT = 2,
	EXCH_ORD_STOP = 3,	 /* becomes a market order */
	EXCH_ORD_STOP_LIMIT = 4, /* becomes a limit order */
	EXCH_ORD_MIT = 'J',	 /* market if touched */
	EXCH_ORD_MTL = 'K',	 /* market to limit */
	EXCH_ORD_PEG = 'P',
	EXCH_ORD_LIT = 'T' /* limit if touched; FIX has no number for it */
};

enum exch_tif {
	EXCH_TIF_DAY = 0,
	EXCH_TIF_GTC = 1,
	EXCH_TIF_ATO = 2, /* at the open */
	EXCH_TIF_IOC = 3,
	EXCH_TIF_FOK = 4,
	EXCH_TIF_GTD = 6,   /* until the end of a date */
	EXCH_TIF_ATC = 7,   /* at the close */
	EXCH_TIF_GTT = 'A', /* until a time */
	EXCH_TIF_GFA = 'B'  /* the next auction, of whatever kind */
};

enum exch_ordflag {
	EXCH_ORD_POST_ONLY = 1,
	/*
	 * The queue position follows the order id, not the arrival: a feed
	 * displayed an older order late (SIMULATION 2.3, Nasdaq A/F).
	 */
	EXCH_ORD_BY_ID = 2,
	EXCH_ORD_HIDDEN = 4,	 /* not displayed */
	EXCH_ORD_AON = 8,	 /* all or none, also while it rests */
	EXCH_ORD_SLIDE = 16,	 /* post-only: step back instead of a reject */
	EXCH_ORD_IMBALANCE = 32, /* trades with an auction's surplus only */
	EXCH_ORD_REQUEST = 64,	 /* asks for quotes; trades by ACCEPT only */
	/*
	 * An intermarket sweep, 17 CFR 242.600(b): better prices elsewhere are
	 * taken by others of whoever sent it.  IOC limits only; it changes
	 * nothing in the matching.
	 */
	EXCH_ORD_SWEEP = 128
};

enum exch_phase {
	EXCH_PHASE_CLOSED = 0,
	EXCH_PHASE_PRE_OPEN = 1,
	EXCH_PHASE_CALL = 2,
	EXCH_PHASE_CONTINUOUS = 3,
	EXCH_PHASE_HALT = 4,
	EXCH_PHASE_END = 5 /* closed, and the orders of the day expire */
};

enum exch_cross {
	EXCH_CROSS_NONE = 0,
	EXCH_CROSS_OPEN = 1,
	EXCH_CROSS_CLOSE = 2,
	EXCH_CROSS_HALT = 3,
	EXCH_CROSS_INTRADAY = 4,
	EXCH_CROSS_EXTENDED = 5
};

/* Why a command was refused. */
enum exch_reject {
	EXCH_REJ_NONE = 0,
	EXCH_REJ_INSTRUMENT = 1,    /* unknown instrument */
	EXCH_REJ_DUPLICATE = 2,	    /* order id is live already */
	EXCH_REJ_UNKNOWN_ORDER = 3, /* no live order with this id */
	EXCH_REJ_SIDE = 4,
	EXCH_REJ_TYPE = 5,
	EXCH_REJ_TIF = 6,
	EXCH_REJ_FLAGS = 7,  /* flags unknown or contradicting the type */
	EXCH_REJ_QTY = 8,    /* zero, above the maximum or below the minimum */
	EXCH_REJ_LOT = 9,    /* not a multiple of the lot */
	EXCH_REJ_PRICE = 10, /* missing, or present on a market order */
	EXCH_REJ_TICK = 11,  /* not a multiple of the tick */
	EXCH_REJ_PHASE = 12, /* not allowed in this phase */
	EXCH_REJ_POST_ONLY = 13, /* would have taken liquidity */
	/* an instruction missing, misplaced or out of range */
	EXCH_REJ_STOP = 14,
	EXCH_REJ_DISPLAY = 15,
	EXCH_REJ_MIN_QTY = 16,
	EXCH_REJ_EXPIRE = 17,
	EXCH_REJ_PEG = 18,
	EXCH_REJ_LINK = 19,
	EXCH_REJ_KILLED = 20,	/* the account may not enter orders now */
	EXCH_REJ_BAND = 21,	/* too far from the market's reference */
	EXCH_REJ_CLIENT = 22,	/* client id came before, with other content */
	EXCH_REJ_SHORT = 23,	/* a short sale that is restricted now */
	EXCH_REJ_COLLAR = 24,	/* too far through the market */
	EXCH_REJ_QUOTE = 25,	/* its bid is not below its offer */
	EXCH_REJ_ACCOUNT = 26,	/* missing, or both sides are the same */
	EXCH_REJ_MATCH = 27,	/* no such execution, or broken already */
	EXCH_REJ_THROTTLE = 28, /* too many messages of this account */
	EXCH_REJ_DISCRETION = 29, /* missing, misplaced or out of range */
	EXCH_REJ_REQUEST = 30,	  /* no such request, or no answer to it */
	EXCH_REJ_FOREIGN = 31,	  /* the order of another session or account */
	/* by a RISK record before the command: this and its rule */
	EXCH_REJ_RISK = 64,
	EXCH_REJ_RISK_ACCOUNT = 65,
	EXCH_REJ_RISK_PERMISSION = 66,
	EXCH_REJ_RISK_THROTTLE = 67,
	EXCH_REJ_RISK_SIZE = 68,
	EXCH_REJ_RISK_VALUE = 69,
	EXCH_REJ_RISK_COLLAR = 70,
	EXCH_REJ_RISK_DUPLICATE = 71,
	EXCH_REJ_RISK_OPEN_ORDERS = 72,
	EXCH_REJ_RISK_POSITION = 73,
	EXCH_REJ_RISK_CREDIT = 74,
	EXCH_REJ_RISK_MARGIN = 75,
	EXCH_REJ_RISK_CONCENTRATION = 76,
	EXCH_REJ_RISK_SECTOR = 77,
	EXCH_REJ_RISK_LOSS = 78,
	EXCH_REJ_RISK_KILL = 79,
	EXCH_REJ_RISK_AUTHORITY = 80,
	EXCH_REJ_RISK_GROUP_OPEN_ORDERS = 82,
	EXCH_REJ_RISK_GROUP_POSITION = 83,
	EXCH_REJ_RISK_GROUP_GROSS = 84,
	EXCH_REJ_RISK_GROUP_NOTIONAL = 85,
	EXCH_REJ_RISK_GROUP_CREDIT = 86,
	EXCH_REJ_RISK_GROUP_LOSS = 87,
	EXCH_REJ_RISK_SELF_TRADE = 88,
	EXCH_REJ_RISK_DAY_TRADER_EQUITY = 89,
	EXCH_REJ_RISK_DAY_TRADER_POWER = 90
};

/* Why an order's quantity went away without a trade. */
enum exch_reason {
	EXCH_WHY_NONE = 0,
	EXCH_WHY_USER = 1,
	EXCH_WHY_IOC = 2,
	EXCH_WHY_FOK = 3,
	EXCH_WHY_NO_LIQUIDITY = 4, /* rest of a market order */
	EXCH_WHY_UNCROSSED = 5,	   /* market order left over by an auction */
	EXCH_WHY_IMPOSED = 6,  /* the venue removed it; cause in extension */
	EXCH_WHY_CAPACITY = 7, /* its level would pass 2^64 - 1 */
	EXCH_WHY_MIN_QTY = 8,  /* less than its minimum was there */
	EXCH_WHY_SELF_TRADE = 9,
	EXCH_WHY_EXPIRED = 10,
	EXCH_WHY_MASS = 11,
	EXCH_WHY_KILL = 12,
	EXCH_WHY_DISCONNECT = 13,
	EXCH_WHY_OCO = 14,	 /* another order of its group went first */
	EXCH_WHY_PARENT = 15,	 /* the order it waited for ended */
	EXCH_WHY_POST_ONLY = 16, /* no price is left to slide to */
	EXCH_WHY_QUOTE = 17,	 /* its owner quoted anew */
	EXCH_WHY_REQUEST = 18,	 /* the request it answered ended */
	EXCH_WHY_BAND = 19,	 /* outside what the market admits now */
	EXCH_WHY_COLLAR = 20,	 /* the rest was too far through the market */
	EXCH_WHY_SHORT = 21	 /* a short sale that is restricted now */
};

/* Why the venue changed an order by itself. */
enum exch_restate {
	EXCH_RESTATE_NONE = 0,
	EXCH_RESTATE_REFRESH = 1,    /* an iceberg shows its next part */
	EXCH_RESTATE_PEG = 2,	     /* its reference moved */
	EXCH_RESTATE_SLIDE = 3,	     /* post-only: one tick back */
	EXCH_RESTATE_TO_LIMIT = 4,   /* a market-to-limit order has its limit */
	EXCH_RESTATE_ENTER = 5,	     /* it waited apart and joins the book */
	EXCH_RESTATE_LEAVE = 6,	     /* it leaves the book and waits apart */
	EXCH_RESTATE_DISCRETION = 7, /* it traded at its discretion */
	EXCH_RESTATE_BAND = 8	     /* moved to the edge of the band */
};

/* Why a fact of the venue was imposed, or missed: SIMULATION 2.4. */
enum exch_cause {
	EXCH_CAUSE_NONE = 0,
	EXCH_CAUSE_CROSS = 1,	    /* auction: its orders are not displayed */
	EXCH_CAUSE_HIDDEN = 2,	    /* the resting order was never displayed */
	EXCH_CAUSE_CROSSED_ADD = 3, /* displayed at a price that would match */
	EXCH_CAUSE_QUEUE = 4,	    /* an order earlier in the queue skipped */
	EXCH_CAUSE_THROUGH = 5,	    /* a better price level was passed over */
	EXCH_CAUSE_UNKNOWN_ORDER = 6, /* refers to an order never seen */
	EXCH_CAUSE_OVERFILL = 7,      /* more than the order had left */
	EXCH_CAUSE_PRICE_GAP = 8,     /* printed away from the display price */
	EXCH_CAUSE_ORDER = 9,	      /* engine filled another order */
	EXCH_CAUSE_QTY = 10,	      /* engine filled another quantity */
	EXCH_CAUSE_PRICE = 11,	      /* engine filled at another price */
	EXCH_CAUSE_ABSENT = 12,	      /* engine did not execute */
	EXCH_CAUSE_UNEXPECTED = 13,   /* engine executed, the venue did not */
	EXCH_CAUSE_TRUNCATED = 14     /* the file shows only some levels */
};

enum exch_print {
	EXCH_PRINT_NONE = 0,
	EXCH_PRINT_HIDDEN = 1,	  /* ITCH P: a non-displayed order rested */
	EXCH_PRINT_CROSS = 2,	  /* ITCH Q: an auction's bulk print */
	EXCH_PRINT_IMPOSED = 3,	  /* execution the model could not derive */
	EXCH_PRINT_BLOCK = 4,	  /* negotiated, reported by a BLOCK */
	EXCH_PRINT_CORRECTED = 5, /* stands for the one broken before it */
	EXCH_PRINT_TRADE = 6	  /* of a feed that does not show orders */
};

enum exch_instr_kind {
	EXCH_KIND_EQUITY = 0,
	EXCH_KIND_ETF = 1,
	EXCH_KIND_BOND = 2,
	EXCH_KIND_FUTURE = 3,
	EXCH_KIND_OPTION = 4,
	EXCH_KIND_FX = 5,
	EXCH_KIND_CRYPTO = 6
};

enum exch_instr_flag {
	EXCH_INSTR_32NDS = 1, /* people read its prices in 32nds: base/px32.h */
	EXCH_INSTR_PUT = 2    /* an option to sell; without it, to buy */
};

/* ---- directory ---- */

struct exch_rec_schema {
	struct exch_rec h;
	uint64_t bytes; /* of the whole record (len8 is 0) */
	uint8_t rtype;
	uint8_t version;
	uint16_t ntext; /* "new order:oid@16 price:px@24 ..." follows */
	uint32_t zero;
};

struct exch_rec_source {
	struct exch_rec h;
	uint64_t bytes;
	uint8_t id;
	uint8_t shard;
	uint16_t ntext; /* "exch-match 0.1.0 ladder=xetra ..." follows */
	uint32_t zero;
	uint64_t config; /* hash of the options that change the result */
};

struct exch_rec_instrument {
	struct exch_rec h;
	char symbol[24]; /* padded with NUL; so are the others */
	char isin[12];
	char mic[4];
	char currency[4];
	uint8_t kind;	     /* enum exch_instr_kind */
	uint8_t px_decimals; /* for display, 0..9 */
	int8_t qty_exponent; /* -9..0 */
	uint8_t iflags;	     /* enum exch_instr_flag */
	exch_px tick;	     /* > 0 */
	exch_qty lot;	     /* orders are multiples of it, >= 1 */
	exch_qty min_qty;
	exch_qty max_qty;    /* EXCH_QTY_NONE: no limit */
	exch_px reference;   /* previous close, or none */
	exch_px strike;	     /* or none */
	int64_t multiplier;  /* 10^-9; 10^9 for shares */
	uint32_t expiry;     /* YYYYMMDD or 0 */
	uint32_t underlying; /* instrument id or 0 */
	uint32_t tick_table; /* id or 0 */
	uint8_t settle_days;
	uint8_t zero[3];
};

/* Whose orders carry this account number. */
struct exch_rec_account {
	struct exch_rec h;
	uint64_t bytes;
	uint32_t id;
	uint16_t ntext; /* name follows: "ACC1" */
	uint8_t zero[2];
	char member[16]; /* or NULs */
};

struct exch_rec_seq {
	struct exch_rec h; /* source: whose number */
	uint64_t next;	   /* sequence number of its next record */
};

struct exch_rec_phase {
	struct exch_rec h; /* instr 0: all instruments */
	uint8_t phase;	   /* enum exch_phase */
	uint8_t cross;	   /* enum exch_cross: the auction a call prepares */
	uint8_t zero[2];
	char reason[4];	   /* the venue's code, "T1", "LUDP" */
	exch_px reference; /* for the auction's price, or none */
};

struct exch_rec_gap {
	struct exch_rec h;
	char session[16]; /* feed session, NUL padded */
	uint64_t first;	  /* first missing sequence number */
	uint64_t count;
};

/* A message of the venue that moves no order: words as key=value text. */
struct exch_rec_notice {
	struct exch_rec h;
	uint64_t bytes;
	uint16_t ntext; /* "reg-sho action=1" follows */
	uint8_t zero[6];
};

struct exch_rec_error {
	struct exch_rec h;
	uint64_t bytes;
	uint16_t code;	  /* minus enum exch_err */
	uint8_t severity; /* 0 info, 1 warning, 2 error */
	uint8_t ref_source;
	uint16_t ntext; /* sentence follows */
	uint16_t zero;
	uint64_t ref_seq; /* the record spoken of */
};

/* ---- commands ---- */

struct exch_rec_new {
	struct exch_rec h;
	exch_oid order;
	exch_px price; /* none for market orders */
	exch_qty qty;
	uint32_t account;
	uint8_t side;
	uint8_t ordtype;
	uint8_t tif;
	uint8_t ordflags;
};

struct exch_rec_cancel {
	struct exch_rec h;
	exch_oid order;
	exch_qty qty; /* to take away; EXCH_QTY_NONE: all of it */
};

/*
 * qty is the new open quantity.  With the same id a smaller quantity at
 * the same price keeps its place in the queue, any other change loses it;
 * with a new id the place is always lost.
 */
struct exch_rec_replace {
	struct exch_rec h;
	exch_oid order;
	exch_oid new_order;
	exch_px price;
	exch_qty qty;
	uint32_t account; /* 0: unchanged */
	uint8_t tif;
	uint8_t ordflags;
	uint8_t zero[2];
};

/*
 * Takes every live order that matches all that is given; h.instr 0 is every
 * instrument.
 */
struct exch_rec_mass_cancel {
	struct exch_rec h;
	uint64_t session; /* 0 any */
	uint32_t account; /* 0 any */
	uint8_t side;	  /* none: both */
	uint8_t kind;	  /* enum exch_mass */
	uint8_t zero[2];
};

/*
 * A two-sided quote takes the place of what its account quoted before in
 * the instrument.  A quantity of 0 is no quote on that side; both are 0:
 * the old quote only goes.  A mass quote is a run of quotes with one number.
 */
struct exch_rec_quote {
	struct exch_rec h;
	exch_oid bid_order; /* ids of the two orders */
	exch_oid ask_order;
	exch_px bid; /* none where the quantity is 0 */
	exch_px ask;
	exch_qty bid_qty;
	exch_qty ask_qty;
	uint32_t account;
	uint32_t mass; /* number of its mass quote, or 0 */
};

/* Trade a request for quotes with one of its answers. */
struct exch_rec_accept {
	struct exch_rec h;
	exch_oid order;	 /* the request */
	exch_oid answer; /* an order with the entry REQUEST */
	exch_qty qty;	 /* at most */
};

/* A trade agreed outside the book. */
struct exch_rec_block {
	struct exch_rec h;
	exch_oid report; /* both sides of the TRADE carry this number */
	exch_px price;
	exch_qty qty;
	uint32_t buyer; /* accounts */
	uint32_t seller;
};

/* An execution is broken, or corrected: broken, and told anew. */
struct exch_rec_break {
	struct exch_rec h;
	uint64_t match; /* of the EXEC or TRADE */
	exch_px price;	/* corrected; none: only broken */
	exch_qty qty;	/* corrected; 0: only broken */
};

/* ---- events ---- */

struct exch_rec_ack {
	struct exch_rec h;
	exch_oid order;
};

struct exch_rec_reject {
	struct exch_rec h;
	exch_oid order;
	uint16_t code;	 /* enum exch_reject */
	uint8_t command; /* type of the refused record */
	uint8_t zero[5];
};

/*
 * One fill between two book orders.  Volume is the sum of EXEC and TRADE.
 * An imposed one may have only one order: it is on paper, and nobody is on the
 * other side (exch-backtest(7)).
 */
struct exch_rec_exec {
	struct exch_rec h;
	uint64_t match; /* per instrument from 1, in order of execution */
	exch_oid buy;	/* 0 nobody */
	exch_oid sell;
	exch_px price;
	exch_qty qty;
	uint8_t aggressor; /* enum exch_side; none in an auction */
	uint8_t cross;	   /* enum exch_cross */
	uint8_t zero[6];
};

struct exch_rec_cancelled {
	struct exch_rec h;
	exch_oid order;
	exch_qty qty;	 /* taken away */
	uint16_t reason; /* enum exch_reason */
	uint8_t open;	 /* 1: the order lives on with less */
	uint8_t zero[5];
};

struct exch_rec_replaced {
	struct exch_rec h;
	exch_oid order;
	exch_oid new_order;
	exch_qty qty; /* open quantity before any new execution */
	uint8_t kept; /* 1: place in the queue kept */
	uint8_t zero[7];
};

/* The venue changed what an order is in the book. */
struct exch_rec_restated {
	struct exch_rec h;
	exch_oid order;
	exch_px price;	 /* working price; none: it waits, or has no limit */
	exch_qty leaves; /* open quantity, shown or not */
	exch_qty shown;	 /* displayed part of it */
	uint16_t reason; /* enum exch_restate */
	uint8_t zero[6];
};

/* The condition of a parked order came true. */
struct exch_rec_triggered {
	struct exch_rec h;
	exch_oid order;
	exch_px price; /* of the execution that did it; none: its parent */
};

/* Behind the events of a MASS_CANCEL. */
struct exch_rec_mass_done {
	struct exch_rec h;
	uint64_t count; /* orders cancelled */
	uint8_t kind;	/* enum exch_mass */
	uint8_t zero[7];
};

/* What steps are there, of one time in this order. */
enum exch_part_step {
	EXCH_PART_RECORD, /* what the record before causes */
	EXCH_PART_EXPIRY,
	EXCH_PART_TIMETABLE,
	EXCH_PART_DOUBLE, /* of bands */
	EXCH_PART_ALARM,
	EXCH_PART_END /* of the input */
};

/*
 * Where the events behind it belong among those of other shards: to a step,
 * which all of them take or only one, and there by section, generation and
 * instrument.  Only in the output of a shard, and gone when it is merged.
 */
struct exch_rec_part {
	struct exch_rec h;
	uint64_t due;  /* the clock's time; 0: none */
	uint32_t unit; /* which of several of a time */
	uint32_t gen;
	uint8_t step;	 /* enum exch_part_step */
	uint8_t shared;	 /* all shards take it */
	uint8_t section; /* match/part.h */
	uint8_t zero[5];
};

/* A trade without two book orders on record. */
struct exch_rec_trade {
	struct exch_rec h;
	uint64_t match; /* the venue's number */
	exch_oid buy;	/* 0 unknown */
	exch_oid sell;
	exch_px price; /* none: nobody told it */
	exch_qty qty;
	uint8_t aggressor;
	uint8_t cross;
	uint8_t kind; /* enum exch_print */
	uint8_t zero;
	uint16_t cause; /* enum exch_cause when imposed */
	uint16_t zero2;
};

struct exch_rec_bust {
	struct exch_rec h;
	uint64_t match; /* of the EXEC, TRADE or EXPECT that is broken */
};

/* What the venue executed; never read by the matching. */
struct exch_rec_expect {
	struct exch_rec h;
	uint64_t match; /* the venue's number */
	exch_oid buy;
	exch_oid sell;
	exch_px price; /* display price of the resting order */
	exch_qty qty;
	uint8_t aggressor;
	uint8_t cross;
	uint16_t cause; /* enum exch_cause when imposed */
	uint32_t group; /* its run of executions of one event, low bits */
	exch_px print;	/* price printed */
};

/* Engine and venue differ.  got_* are zero when the engine did nothing. */
struct exch_rec_miss {
	struct exch_rec h;
	uint64_t match;	    /* the venue's number; 0 when unexpected */
	uint64_t got_match; /* the engine's number */
	exch_oid resting;   /* the venue's resting order */
	exch_oid got_resting;
	exch_px price;
	exch_px got_price;
	exch_qty qty;
	exch_qty got_qty;
	uint16_t cause; /* enum exch_cause */
	uint8_t aggressor;
	uint8_t zero[5];
};

/* ---- market data ---- */

struct exch_rec_book_add {
	struct exch_rec h;
	exch_oid order;
	exch_px price;
	exch_qty qty;
	uint8_t side;
	uint8_t zero[3];
	char mpid[4]; /* attribution or NULs */
};

struct exch_rec_book_exec {
	struct exch_rec h;
	exch_oid order;
	exch_qty qty;
	uint64_t match;
	exch_px price;	   /* printed; none: the order's own price */
	uint8_t printable; /* 0: counted by a cross, not for volume */
	uint8_t zero[7];
};

struct exch_rec_book_reduce {
	struct exch_rec h;
	exch_oid order;
	exch_qty qty; /* taken away */
};

struct exch_rec_book_delete {
	struct exch_rec h;
	exch_oid order;
};

struct exch_rec_book_replace {
	struct exch_rec h;
	exch_oid order;
	exch_oid new_order;
	exch_px price;
	exch_qty qty;
};

struct exch_rec_book_print {
	struct exch_rec h;
	uint64_t match;
	exch_px price;
	exch_qty qty;
	exch_oid order; /* 0 unknown */
	uint8_t side;	/* of the resting order, or none */
	uint8_t kind;	/* enum exch_print */
	uint8_t cross;	/* enum exch_cross */
	uint8_t zero[5];
};

/*
 * What rests at a price, of feeds that do not show orders.  Flag
 * EXCH_F_LAST: the venue has told all of the event, and its levels are good.
 * Without a price nothing rests at any: the feed begins anew.
 */
struct exch_rec_book_level {
	struct exch_rec h;
	exch_px price;
	exch_qty qty; /* 0: nothing */
	uint8_t side; /* none: both, where there is no price */
	uint8_t zero[7];
};

/* The best of both sides, of feeds that show nothing else. */
struct exch_rec_book_top {
	struct exch_rec h;
	exch_px bid; /* none where the quantity is 0 */
	exch_px ask;
	exch_qty bid_qty;
	exch_qty ask_qty;
};

/* Indicative or final auction result. */
struct exch_rec_auction {
	struct exch_rec h;
	exch_px price; /* indicative or uncrossing price, or none */
	exch_qty paired;
	exch_qty imbalance;
	exch_px reference;
	exch_px far;  /* or none */
	uint8_t side; /* of the imbalance; none: balanced */
	uint8_t cross;
	uint8_t final;	   /* 1: the auction's result */
	uint8_t variation; /* the venue's code, or 0 */
	uint8_t zero[4];
};

_Static_assert(sizeof(struct exch_rec) == 16, "");
_Static_assert(sizeof(struct exch_ext) == 16, "");
_Static_assert(sizeof(struct exch_rec_schema) == 32, "");
_Static_assert(sizeof(struct exch_rec_source) == 40, "");
_Static_assert(sizeof(struct exch_rec_instrument) == 136, "");
_Static_assert(sizeof(struct exch_rec_account) == 48, "");
_Static_assert(sizeof(struct exch_rec_seq) == 24, "");
_Static_assert(sizeof(struct exch_rec_phase) == 32, "");
_Static_assert(sizeof(struct exch_rec_gap) == 48, "");
_Static_assert(sizeof(struct exch_rec_notice) == 32, "");
_Static_assert(sizeof(struct exch_rec_error) == 40, "");
_Static_assert(sizeof(struct exch_rec_new) == 48, "");
_Static_assert(sizeof(struct exch_rec_cancel) == 32, "");
_Static_assert(sizeof(struct exch_rec_replace) == 56, "");
_Static_assert(sizeof(struct exch_rec_ack) == 24, "");
_Static_assert(sizeof(struct exch_rec_reject) == 32, "");
_Static_assert(sizeof(struct exch_rec_exec) == 64, "");
_Static_assert(sizeof(struct exch_rec_cancelled) == 40, "");
_Static_assert(sizeof(struct exch_rec_replaced) == 48, "");
_Static_assert(sizeof(struct exch_rec_mass_cancel) == 32, "");
_Static_assert(sizeof(struct exch_rec_quote) == 72, "");
_Static_assert(sizeof(struct exch_rec_accept) == 40, "");
_Static_assert(sizeof(struct exch_rec_block) == 48, "");
_Static_assert(sizeof(struct exch_rec_break) == 40, "");
_Static_assert(sizeof(struct exch_rec_restated) == 56, "");
_Static_assert(sizeof(struct exch_rec_triggered) == 32, "");
_Static_assert(sizeof(struct exch_rec_mass_done) == 32, "");
_Static_assert(sizeof(struct exch_rec_part) == 40, "");
_Static_assert(sizeof(struct exch_rec_trade) == 64, "");
_Static_assert(sizeof(struct exch_rec_bust) == 24, "");
_Static_assert(sizeof(struct exch_rec_expect) == 72, "");
_Static_assert(sizeof(struct exch_rec_miss) == 88, "");
_Static_assert(sizeof(struct exch_rec_book_add) == 48, "");
_Static_assert(sizeof(struct exch_rec_book_exec) == 56, "");
_Static_assert(sizeof(struct exch_rec_book_reduce) == 32, "");
_Static_assert(sizeof(struct exch_rec_book_delete) == 24, "");
_Static_assert(sizeof(struct exch_rec_book_replace) == 48, "");
_Static_assert(sizeof(struct exch_rec_book_print) == 56, "");
_Static_assert(sizeof(struct exch_rec_book_level) == 40, "");
_Static_assert(sizeof(struct exch_rec_book_top) == 48, "");
_Static_assert(sizeof(struct exch_rec_auction) == 64, "");

/* The longest record a stream may hold. */
#define EXCH_REC_MAX 65536

/* Length in bytes of a record whose framing was checked. */
static inline size_t
exch_rec_len(const struct exch_rec *r)
{
	if (__builtin_expect(r->len8 != 0, 1))
		return (size_t)r->len8 * 8;
	return (size_t)((const uint64_t *)(const void *)r)[2];
}

/*
 * n bytes of a record, n being its length.  Those of orders and events have 32
 * to 64: four copies that overlap, so that no branch depends on what comes,
 * and a call of memcpy would not pay.
 */
static inline void
exch_rec_copy(unsigned char *to, const void *r, size_t n)
{
	const unsigned char *from = r;

	if (__builtin_expect(n - 32 <= 32, 1)) {
		memcpy(to, from, 16);
		memcpy(to + 16, from + 16, 16);
		memcpy(to + n - 32, from + n - 32, 16);
		memcpy(to + n - 16, from + n - 16, 16);
		return;
	}
	for (; n >= 16; n -= 16, to += 16, from += 16)
		memcpy(to, from, 16);
	if (n != 0)
		memcpy(to, from, 8);
}

/*
 * Records that carry no sequence number, are not counted by positions and
 * not hashed: they speak of the stream, not of the market.
 */
static inline bool
exch_rec_is_framing(uint8_t type)
{
	return type == EXCH_REC_CLOCK || type == EXCH_REC_SEQ ||
	       type == EXCH_REC_SOURCE || type == EXCH_REC_SCHEMA;
}

/*
 * The record as its own type, or NULL when it is shorter than the fields
 * known here (a reader checks this once per record it interprets).  The
 * length of a record is told in one of two places, and the type says which:
 * a record that tells it in the other one has its fields elsewhere, and is
 * NULL too.
 */
#define EXCH_REC_AS(r, T)                                                      \
	(__builtin_expect((r)->len8 >= sizeof(struct T) / 8, 1)                \
		? (const struct T *)(const void *)(r)                          \
		: NULL)
/* The same for types whose body begins with their length. */
#define EXCH_REC_AS_LONG(r, T)                                                 \
	((r)->len8 == 0 && exch_rec_len(r) >= sizeof(struct T)                 \
		? (const struct T *)(const void *)(r)                          \
		: NULL)

/*
 * The number by which a RISK record names a command: the order of a NEW, the
 * old one of a REPLACE, of a QUOTE its bid or else its offer, the report of a
 * BLOCK.  False: it is none of these, or has not its type's form.
 */
bool exch_rec_judged(const struct exch_rec *r, exch_oid *order);

/* The first extension entry with this tag after `fixed` bytes, or NULL. */
const struct exch_ext *exch_rec_ext(
    const struct exch_rec *r, size_t fixed, uint16_t tag);
/* From `fixed` bytes to its end it is entries, each of them whole. */
bool exch_rec_is_entries(const struct exch_rec *r, size_t fixed);

/* The same, if the record says that entries follow. */
static inline bool
exch_rec_ext_whole(const struct exch_rec *r, size_t fixed)
{
	return (r->flags & EXCH_F_EXT) == 0 || exch_rec_is_entries(r, fixed);
}

/*
 * EXCH_REC_AS() of a command whose entries mean something: NULL, too, when
 * one of them is cut, for what it asks for is not known then.
 */
#define EXCH_REC_AS_ASKED(r, T)                                                \
	(exch_rec_ext_whole((r), sizeof(struct T)) ? EXCH_REC_AS(r, T) : NULL)

#include "rec/rec_risk.h"
#include "rec/rec_settle.h"

#endif
