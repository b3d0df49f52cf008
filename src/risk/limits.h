/*
 * The tables that the gate and the monitor go by: accounts, what they may not
 * trade, and limits.  exch-tables(5) has every column.
 */
#ifndef EXCH_RISK_LIMITS_H
#define EXCH_RISK_LIMITS_H

#include "base/err.h"
#include "ref/table.h"
#include "ref/whom.h"

/* ---- accounts ---- */

enum exch_account_status {
	EXCH_ACCOUNT_ACTIVE,
	EXCH_ACCOUNT_SUSPENDED, /* takes orders away, enters none */
	EXCH_ACCOUNT_CLOSED
};

enum exch_kyc { EXCH_KYC_OK, EXCH_KYC_PENDING, EXCH_KYC_EXPIRED };

/* What somebody may do: of an account, and of whom it belongs to. */
struct exch_permit {
	uint8_t status;	   /* enum exch_account_status */
	uint8_t kyc;	   /* who it is: known, or not yet, or no more */
	uint8_t listed;	   /* on a list of sanctions */
	uint32_t products; /* 1 << kind of instrument; 0: all */
};
/* May they enter orders? */
bool exch_permit_enters(const struct exch_permit *p);

extern const struct exch_cell_word exch_words_status_of[], exch_words_kyc[],
    exch_words_yes[], exch_words_product[];
/* Its columns, all of which may lack, in a row that has it as `permit`. */
#define EXCH_PERMIT_COLUMNS(ROW)                                               \
	{.name = "status",                                                     \
	    .kind = EXCH_CELL_WORD,                                            \
	    .off = offsetof(ROW, permit.status),                               \
	    .may_lack = true,                                                  \
	    .words = exch_words_status_of},                                    \
	    {.name = "kyc",                                                    \
		.kind = EXCH_CELL_WORD,                                        \
		.off = offsetof(ROW, permit.kyc),                              \
		.may_lack = true,                                              \
		.words = exch_words_kyc},                                      \
	    {.name = "sanctions",                                              \
		.kind = EXCH_CELL_WORD,                                        \
		.off = offsetof(ROW, permit.listed),                           \
		.may_lack = true,                                              \
		.words = exch_words_yes},                                      \
	{                                                                      \
		.name = "products", .kind = EXCH_CELL_WORDS,                   \
		.off = offsetof(ROW, permit.products), .may_lack = true,       \
		.words = exch_words_product                                    \
	}

struct exch_account_row {
	uint32_t account; /* the number that orders carry */
	struct exch_permit permit;
	uint8_t sells_short;
	char member[16];
	exch_cash balance; /* before the first record */
	char client[16];   /* to whom it belongs: clients.h */
	char group[16];	   /* accounts of one owner; "": of none */
};

extern const struct exch_reftable_shape exch_accounts_shape;

/* ---- what may not be traded ---- */

struct exch_restricted_row {
	char symbol[24];
	uint32_t account; /* 0: nobody may */
};

extern const struct exch_reftable_shape exch_restricted_shape;

/* ---- what instruments are about ---- */

struct exch_sector_row {
	char symbol[24];
	char sector[16];
};

extern const struct exch_reftable_shape exch_instruments_shape;

/* ---- limits ---- */

/* Of an order, or of what an account has in one instrument. */
struct exch_order_limits {
	int64_t size; /* quantity */
	exch_cash value;
	int64_t position; /* long and short, with open orders */
	uint32_t collar;  /* ppm of the reference, up and down */
	uint32_t margin_long,
	    margin_short;	/* ppm of what a position is worth */
	uint32_t concentration; /* ppm of all the account has */
	uint8_t collar_of;	/* enum exch_collar_of */
	uint32_t hold;		/* 1 << rule: a breach holds the order */
	exch_cash stop_loss;	/* of a position, which is closed then */
	uint8_t self_trade;	/* enum exch_self_trade */
	uint8_t margin_rule;	/* enum exch_margin_by: where no number is */
};

/* Of all an account does. */
struct exch_account_limits {
	int64_t messages;  /* at most that many within `per` */
	int64_t per;	   /* ns */
	int64_t duplicate; /* ns within which the same is not sent again */
	int64_t open_orders;
	exch_cash credit;   /* cash may go that far below 0 */
	exch_cash loss;	    /* of a day */
	uint32_t sector;    /* ppm of all the account has */
	uint8_t on_loss;    /* enum exch_on_loss */
	uint8_t day_trader; /* enum exch_day_trader_by */
};

/* Of what the accounts of a group have in one instrument. */
struct exch_group_limits {
	int64_t gross; /* the worst of each, added up */
	exch_cash notional;
};

/* What becomes of an account that has lost too much. */
enum exch_on_loss {
	EXCH_ON_LOSS_NONE, /* nobody said so: it may become smaller */
	EXCH_ON_LOSS_REDUCE,
	EXCH_ON_LOSS_CANCEL,   /* its orders are cancelled, once */
	EXCH_ON_LOSS_SUSPEND,  /* and it may only become smaller, for good */
	EXCH_ON_LOSS_LIQUIDATE /* and its positions are closed */
};

/* Is the old rule of day traders kept, as long as it was in force? */
enum exch_day_trader_by {
	EXCH_DAY_TRADER_NONE, /* nobody said so: no */
	EXCH_DAY_TRADER_OFF,
	EXCH_DAY_TRADER_RULE,
	EXCH_DAY_TRADER_PHASED /* and as long as a firm may keep it */
};

/* Which dated rates a position's margin goes by. */
enum exch_margin_by {
	EXCH_MARGIN_BY_NONE,
	EXCH_MARGIN_BY_NUMBERS, /* none, but for those of the table */
	EXCH_MARGIN_BY_INITIAL,
	EXCH_MARGIN_BY_KEEP
};

/* May an order meet one of the same? */
enum exch_self_trade {
	EXCH_SELF_TRADE_NONE, /* nobody said so: it may */
	EXCH_SELF_TRADE_ALLOW,
	EXCH_SELF_TRADE_ACCOUNT,  /* none of the account */
	EXCH_SELF_TRADE_GROUP = 4 /* none of its group */
};

/* What a collar is around; the last execution, or before one the reference. */
enum exch_collar_of {
	EXCH_COLLAR_OF_NONE, /* nobody said so: the reference */
	EXCH_COLLAR_OF_REFERENCE,
	EXCH_COLLAR_OF_LAST
};

/* A limit that nobody set, and a collar. */
#define EXCH_LIMIT_NONE INT64_MAX
#define EXCH_COLLAR_NONE UINT32_MAX

struct exch_limits_row {
	struct exch_whom whom;
	struct exch_order_limits order;
	struct exch_account_limits account;
	struct exch_group_limits group;
	char approvers[64]; /* of what is held, blanks between; "": anybody */
};

extern const struct exch_reftable_shape exch_limits_shape;

/* Limits that can be asked for. */
struct exch_limits {
	struct exch_reftable t;
	struct exch_whom_index whom;
	bool dated;	    /* some row has a rule that depends on the day */
	bool day_traders;   /* some row has the rule of day traders */
	bool groups;	    /* some row is for one, or looks at one */
	uint8_t self_trade; /* enum exch_self_trade of all rows, as bits */
};

/*
 * Parse a table of limits.  Refused besides what a table is: names where
 * there is none or none where there should be, limits of accounts beside a
 * symbol, those of groups beside another scope and others beside theirs, the
 * same scope twice.
 */
int exch_limits_parse(const char *text, size_t n, const char *name,
    struct exch_limits *l, struct exch_diag *d);
void exch_limits_clear(struct exch_limits *l);
/*
 * Refuse a table with limits that only a gate that sees fills can ask for:
 * of margin, concentration, sector, loss or notional, of day traders, and
 * collars of the last price.
 */
int exch_limits_plain(const struct exch_limits *l, struct exch_diag *d);

/* A row that sets nothing. */
void exch_limits_nothing(struct exch_limits_row *r);

struct exch_changes;
/*
 * What holds for an account, and for it in an instrument: of each limit the
 * row that says most of whom it is for.  The account comes before its member,
 * and that before all; of each, a symbol before none, and what has changed
 * since (c, or NULL) before the table.
 */
void exch_limits_of(const struct exch_limits *l, const struct exch_changes *c,
    const struct exch_account_row *a, struct exch_account_limits *out);
void exch_limits_in(const struct exch_limits *l, const struct exch_changes *c,
    const struct exch_account_row *a, const char symbol[24],
    struct exch_order_limits *out);
/*
 * What holds for a group of that name: its position, gross and notional in an
 * instrument, the symbol before none, and of all it does its open orders,
 * credit and loss; what has changed before the table, as above.
 */
void exch_limits_of_group(const struct exch_limits *l,
    const struct exch_changes *c, const char name[16],
    struct exch_account_limits *out);
void exch_limits_in_group(const struct exch_limits *l,
    const struct exch_changes *c, const char name[16], const char symbol[24],
    int64_t *position, struct exch_group_limits *out);
/* May they decide on what is held of the account in the instrument? */
bool exch_limits_approves(const struct exch_limits *l,
    const struct exch_account_row *a, const char symbol[24], const char by[16]);

#endif
