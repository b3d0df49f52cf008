/* Columns of the tables, and which limit holds for whom (limits.h). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "rec/rec.h"
#include "risk/changes.h"
#include "risk/limits.h"

/* ---- columns ---- */

const struct exch_cell_word exch_words_status_of[] = {
    {"active", EXCH_ACCOUNT_ACTIVE}, {"suspended", EXCH_ACCOUNT_SUSPENDED},
    {"closed", EXCH_ACCOUNT_CLOSED}, {NULL, 0}};
const struct exch_cell_word exch_words_kyc[] = {{"ok", EXCH_KYC_OK},
    {"pending", EXCH_KYC_PENDING}, {"expired", EXCH_KYC_EXPIRED}, {NULL, 0}};
const struct exch_cell_word exch_words_yes[] = {
    {"no", 0}, {"yes", 1}, {NULL, 0}};
const struct exch_cell_word exch_words_product[] = {
    {"equity", EXCH_KIND_EQUITY}, {"etf", EXCH_KIND_ETF},
    {"bond", EXCH_KIND_BOND}, {"future", EXCH_KIND_FUTURE},
    {"option", EXCH_KIND_OPTION}, {"fx", EXCH_KIND_FX},
    {"crypto", EXCH_KIND_CRYPTO}, {NULL, 0}};
static const struct exch_cell_word collars[] = {
    {"reference", EXCH_COLLAR_OF_REFERENCE}, {"last", EXCH_COLLAR_OF_LAST},
    {NULL, 0}};
static const struct exch_cell_word meetings[] = {
    {"allow", EXCH_SELF_TRADE_ALLOW}, {"account", EXCH_SELF_TRADE_ACCOUNT},
    {"group", EXCH_SELF_TRADE_GROUP}, {NULL, 0}};
static const struct exch_cell_word margins[] = {
    {"none", EXCH_MARGIN_BY_NUMBERS}, {"initial", EXCH_MARGIN_BY_INITIAL},
    {"keep", EXCH_MARGIN_BY_KEEP}, {NULL, 0}};
static const struct exch_cell_word losses[] = {{"reduce", EXCH_ON_LOSS_REDUCE},
    {"cancel", EXCH_ON_LOSS_CANCEL}, {"suspend", EXCH_ON_LOSS_SUSPEND},
    {"liquidate", EXCH_ON_LOSS_LIQUIDATE}, {NULL, 0}};
static const struct exch_cell_word day_traders[] = {
    {"none", EXCH_DAY_TRADER_OFF}, {"rule", EXCH_DAY_TRADER_RULE},
    {"phase-in", EXCH_DAY_TRADER_PHASED}, {NULL, 0}};
/* Rules that may hold an order; none ends what is said of all. */
#define NO_HOLD 31
static const struct exch_cell_word held[] = {{"none", NO_HOLD},
    {"permission", EXCH_RULE_PERMISSION}, {"throttle", EXCH_RULE_THROTTLE},
    {"size", EXCH_RULE_SIZE}, {"value", EXCH_RULE_VALUE},
    {"collar", EXCH_RULE_COLLAR}, {"duplicate", EXCH_RULE_DUPLICATE},
    {"open-orders", EXCH_RULE_OPEN_ORDERS}, {"position", EXCH_RULE_POSITION},
    {"credit", EXCH_RULE_CREDIT}, {"margin", EXCH_RULE_MARGIN},
    {"concentration", EXCH_RULE_CONCENTRATION}, {"sector", EXCH_RULE_SECTOR},
    {"loss", EXCH_RULE_LOSS},
    {"group-open-orders", EXCH_RULE_GROUP_OPEN_ORDERS},
    {"group-position", EXCH_RULE_GROUP_POSITION},
    {"group-gross", EXCH_RULE_GROUP_GROSS},
    {"group-notional", EXCH_RULE_GROUP_NOTIONAL},
    {"group-credit", EXCH_RULE_GROUP_CREDIT},
    {"group-loss", EXCH_RULE_GROUP_LOSS}, {"self-trade", EXCH_RULE_SELF_TRADE},
    {"day-trader-equity", EXCH_RULE_DAY_TRADER_EQUITY},
    {"day-trader-power", EXCH_RULE_DAY_TRADER_POWER}, {NULL, 0}};

bool
exch_permit_enters(const struct exch_permit *p)
{
	return p->status == EXCH_ACCOUNT_ACTIVE && p->kyc == EXCH_KYC_OK &&
	       !p->listed;
}

#define ROW struct exch_account_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column account_columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = UINT32_MAX},
    {.name = "member",
	.kind = EXCH_CELL_TEXT,
	AT(member),
	.size = 16,
	.may_lack = true},
    EXCH_PERMIT_COLUMNS(ROW),
    {.name = "short",
	.kind = EXCH_CELL_WORD,
	AT(sells_short),
	.may_lack = true,
	.lack = 1,
	.words = exch_words_yes},
    {.name = "balance", .kind = EXCH_CELL_CASH, AT(balance), .may_lack = true},
    {.name = "client",
	.kind = EXCH_CELL_TEXT,
	AT(client),
	.size = 16,
	.may_lack = true},
    {.name = "group",
	.kind = EXCH_CELL_TEXT,
	AT(group),
	.size = 16,
	.may_lack = true},
};
const struct exch_reftable_shape exch_accounts_shape = {"a table of accounts",
    account_columns, EXCH_ARRAY_LEN(account_columns), sizeof(ROW)};
#undef ROW

#define ROW struct exch_restricted_row
static const struct exch_column restricted_columns[] = {
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "account", .kind = EXCH_CELL_U32, AT(account), .may_lack = true},
};
const struct exch_reftable_shape exch_restricted_shape = {
    "a table of restricted instruments", restricted_columns,
    EXCH_ARRAY_LEN(restricted_columns), sizeof(ROW)};
#undef ROW

#define ROW struct exch_sector_row
static const struct exch_column instrument_columns[] = {
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "sector", .kind = EXCH_CELL_TEXT, AT(sector), .size = 16},
};
const struct exch_reftable_shape exch_instruments_shape = {
    "a table of instruments", instrument_columns,
    EXCH_ARRAY_LEN(instrument_columns), sizeof(ROW)};
#undef ROW

#define ROW struct exch_limits_row
/* A limit: from 0 on, or none. */
#define LIMIT(n, k, f)                                                         \
	{                                                                      \
		.name = n, .kind = k, AT(f), .may_lack = true,                 \
		.lack = EXCH_LIMIT_NONE, .least = 0,                           \
		.most = EXCH_LIMIT_NONE - 1                                    \
	}
#define SHARE(n, f)                                                            \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_SHARE, AT(f), .may_lack = true,   \
		.lack = EXCH_COLLAR_NONE, .least = 0,                          \
		.most = EXCH_COLLAR_NONE - 1                                   \
	}
static const struct exch_column limits_columns[] = {
    EXCH_WHOM_COLUMNS,
    LIMIT("size", EXCH_CELL_INT, order.size),
    LIMIT("value", EXCH_CELL_CASH, order.value),
    LIMIT("position", EXCH_CELL_INT, order.position),
    SHARE("collar", order.collar),
    {.name = "collar-of",
	.kind = EXCH_CELL_WORD,
	AT(order.collar_of),
	.may_lack = true,
	.words = collars},
    SHARE("margin-long", order.margin_long),
    SHARE("margin-short", order.margin_short),
    {.name = "margin-rule",
	.kind = EXCH_CELL_WORD,
	AT(order.margin_rule),
	.may_lack = true,
	.words = margins},
    SHARE("concentration", order.concentration),
    LIMIT("messages", EXCH_CELL_INT, account.messages),
    LIMIT("per", EXCH_CELL_TIME, account.per),
    LIMIT("duplicate", EXCH_CELL_TIME, account.duplicate),
    LIMIT("open-orders", EXCH_CELL_INT, account.open_orders),
    LIMIT("credit", EXCH_CELL_CASH, account.credit),
    LIMIT("loss", EXCH_CELL_CASH, account.loss),
    SHARE("sector", account.sector),
    {.name = "on-loss",
	.kind = EXCH_CELL_WORD,
	AT(account.on_loss),
	.may_lack = true,
	.words = losses},
    {.name = "day-trader",
	.kind = EXCH_CELL_WORD,
	AT(account.day_trader),
	.may_lack = true,
	.words = day_traders},
    LIMIT("gross", EXCH_CELL_INT, group.gross),
    LIMIT("notional", EXCH_CELL_CASH, group.notional),
    LIMIT("stop-loss", EXCH_CELL_CASH, order.stop_loss),
    {.name = "self-trade",
	.kind = EXCH_CELL_WORD,
	AT(order.self_trade),
	.may_lack = true,
	.words = meetings},
    {.name = "hold",
	.kind = EXCH_CELL_WORDS,
	AT(order.hold),
	.may_lack = true,
	.words = held},
    {.name = "approvers",
	.kind = EXCH_CELL_TEXT,
	AT(approvers),
	.size = sizeof(((ROW *)0)->approvers) - 1,
	.may_lack = true},
};
const struct exch_reftable_shape exch_limits_shape = {"a table of limits",
    limits_columns, EXCH_ARRAY_LEN(limits_columns), sizeof(ROW)};
#undef ROW

/* ---- all together ---- */

static bool
is_set(const struct exch_account_limits *l)
{
	return l->messages != EXCH_LIMIT_NONE || l->per != EXCH_LIMIT_NONE ||
	       l->duplicate != EXCH_LIMIT_NONE ||
	       l->open_orders != EXCH_LIMIT_NONE ||
	       l->credit != EXCH_LIMIT_NONE || l->loss != EXCH_LIMIT_NONE ||
	       l->sector != EXCH_COLLAR_NONE ||
	       l->on_loss != EXCH_ON_LOSS_NONE ||
	       l->day_trader != EXCH_DAY_TRADER_NONE;
}

/* The first column that is set and not of groups; NULL: none. */
static const char *
not_of_groups(const struct exch_limits_row *r)
{
	static const char *const of_groups[] = {"scope", "name", "symbol",
	    "position", "gross", "notional", "open-orders", "credit", "loss"};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(limits_columns); i++) {
		const struct exch_column *c = &limits_columns[i];
		unsigned k = 0;

		while (k < EXCH_ARRAY_LEN(of_groups) &&
		       strcmp(of_groups[k], c->name) != 0)
			k++;
		if (k == EXCH_ARRAY_LEN(of_groups) && !exch_cell_lacks(c, r))
			return c->name;
	}
	return NULL;
}

static int
check_group(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct exch_limits_row *row = t->row, *r = &row[i];
	const char *other;

	if (r->whom.scope != EXCH_SCOPE_GROUP)
		return r->group.gross == EXCH_LIMIT_NONE &&
			       r->group.notional == EXCH_LIMIT_NONE
			   ? EXCH_OK
			   : exch_reftable_bad(t, i, d,
				 "gross and notional are of groups: expected "
				 "none beside another scope");
	other = not_of_groups(r);
	return other == NULL
		   ? EXCH_OK
		   : exch_reftable_bad(t, i, d,
			 "a group has no '%s': expected position, gross, "
			 "notional, open-orders, credit and loss alone",
			 other);
}

/* A longer name decides nothing: records have no room for it. */
static int
check_approvers(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct exch_limits_row *r = t->row;
	const char *p = r[i].approvers;

	while (*p != '\0') {
		size_t n = strcspn(p, " ");

		if (n > sizeof(((struct exch_rec_decision *)0)->by))
			return exch_reftable_bad_cell(t, i, "approvers", d,
			    "has '%.*s': expected names of at most 16 bytes "
			    "each",
			    (int)n, p);
		p += n + strspn(p + n, " ");
	}
	return EXCH_OK;
}

static int
check_row(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct exch_limits_row *r = t->row;
	const struct exch_account_limits *a = &r[i].account;

	if (r[i].whom.symbol[0] != '\0' && is_set(a))
		return exch_reftable_bad(t, i, d,
		    "messages, per, duplicate, open-orders, credit, loss, "
		    "sector, on-loss and day-trader are of accounts: expected "
		    "none beside a symbol");
	if (a->per != EXCH_LIMIT_NONE && a->messages == EXCH_LIMIT_NONE)
		return exch_reftable_bad(
		    t, i, d, "a time without the messages that it is for");
	if (a->messages == 0 || a->per == 0)
		return exch_reftable_bad(t, i, d,
		    "no messages at all: expected one or more, or a status of "
		    "suspended");
	return check_approvers(t, i, d) != 0 ? EXCH_ERR_FORMAT
					     : check_group(t, i, d);
}

int
exch_limits_parse(const char *text, size_t n, const char *name,
    struct exch_limits *l, struct exch_diag *d)
{
	int err;

	memset(l, 0, sizeof(*l));
	err = exch_reftable_parse(text, n, name, &exch_limits_shape, &l->t, d);
	for (size_t i = 0; err == 0 && i < l->t.n; i++) {
		const struct exch_limits_row *r = l->t.row;

		err = check_row(&l->t, i, d);
		l->dated |= r[i].order.margin_rule > EXCH_MARGIN_BY_NUMBERS;
		l->day_traders |= r[i].account.day_trader > EXCH_DAY_TRADER_OFF;
		l->self_trade |=
		    r[i].order.self_trade & (uint8_t)~EXCH_SELF_TRADE_ALLOW;
		l->groups |= r[i].whom.scope == EXCH_SCOPE_GROUP ||
			     r[i].order.self_trade == EXCH_SELF_TRADE_GROUP;
	}
	if (err == 0)
		err = exch_whom_index(&l->whom, &l->t,
		    sizeof(struct exch_limits_row), "limits", d);
	if (err != 0)
		exch_limits_clear(l);
	return err;
}

int
exch_limits_plain(const struct exch_limits *l, struct exch_diag *d)
{
	const struct exch_limits_row *r = l->t.row;

	for (size_t i = 0; i < l->t.n; i++) {
		const struct exch_order_limits *o = &r[i].order;

		if (o->margin_long != EXCH_COLLAR_NONE ||
		    o->margin_short != EXCH_COLLAR_NONE ||
		    o->margin_rule > EXCH_MARGIN_BY_NUMBERS ||
		    o->concentration != EXCH_COLLAR_NONE ||
		    o->collar_of == EXCH_COLLAR_OF_LAST ||
		    r[i].account.sector != EXCH_COLLAR_NONE ||
		    r[i].account.loss != EXCH_LIMIT_NONE ||
		    r[i].account.on_loss != EXCH_ON_LOSS_NONE ||
		    r[i].account.day_trader > EXCH_DAY_TRADER_OFF ||
		    r[i].group.notional != EXCH_LIMIT_NONE ||
		    o->stop_loss != EXCH_LIMIT_NONE)
			return exch_reftable_bad(&l->t, i, d,
			    "margin, concentration, sector, losses, notional, "
			    "day traders and the last price depend on "
			    "executions: they are limits of exch-match --risk");
	}
	return EXCH_OK;
}

void
exch_limits_clear(struct exch_limits *l)
{
	exch_reftable_clear(&l->t);
	exch_whom_clear(&l->whom);
}

void
exch_limits_nothing(struct exch_limits_row *r)
{
	*r = (struct exch_limits_row){
	    .order = {EXCH_LIMIT_NONE, EXCH_LIMIT_NONE, EXCH_LIMIT_NONE,
		EXCH_COLLAR_NONE, EXCH_COLLAR_NONE, EXCH_COLLAR_NONE,
		EXCH_COLLAR_NONE, EXCH_COLLAR_OF_NONE, 0, EXCH_LIMIT_NONE,
		EXCH_SELF_TRADE_NONE, EXCH_MARGIN_BY_NONE},
	    .account = {EXCH_LIMIT_NONE, EXCH_LIMIT_NONE, EXCH_LIMIT_NONE,
		EXCH_LIMIT_NONE, EXCH_LIMIT_NONE, EXCH_LIMIT_NONE,
		EXCH_COLLAR_NONE, EXCH_ON_LOSS_NONE, EXCH_DAY_TRADER_NONE},
	    .group = {EXCH_LIMIT_NONE, EXCH_LIMIT_NONE}};
}

/* ---- of several rows ---- */

#define INHERIT(to, from, none)                                                \
	do {                                                                   \
		if ((to) == (none))                                            \
			(to) = (from);                                         \
	} while (0)

static void
inherit_account(
    struct exch_account_limits *out, const struct exch_account_limits *a)
{
	INHERIT(out->messages, a->messages, EXCH_LIMIT_NONE);
	INHERIT(out->per, a->per, EXCH_LIMIT_NONE);
	INHERIT(out->duplicate, a->duplicate, EXCH_LIMIT_NONE);
	INHERIT(out->open_orders, a->open_orders, EXCH_LIMIT_NONE);
	INHERIT(out->credit, a->credit, EXCH_LIMIT_NONE);
	INHERIT(out->loss, a->loss, EXCH_LIMIT_NONE);
	INHERIT(out->sector, a->sector, EXCH_COLLAR_NONE);
	INHERIT(out->on_loss, a->on_loss, EXCH_ON_LOSS_NONE);
	INHERIT(out->day_trader, a->day_trader, EXCH_DAY_TRADER_NONE);
}

static void
inherit_order(struct exch_order_limits *out, const struct exch_order_limits *o)
{
	INHERIT(out->size, o->size, EXCH_LIMIT_NONE);
	INHERIT(out->value, o->value, EXCH_LIMIT_NONE);
	INHERIT(out->position, o->position, EXCH_LIMIT_NONE);
	INHERIT(out->collar, o->collar, EXCH_COLLAR_NONE);
	INHERIT(out->collar_of, o->collar_of, EXCH_COLLAR_OF_NONE);
	INHERIT(out->margin_long, o->margin_long, EXCH_COLLAR_NONE);
	INHERIT(out->margin_short, o->margin_short, EXCH_COLLAR_NONE);
	INHERIT(out->concentration, o->concentration, EXCH_COLLAR_NONE);
	INHERIT(out->hold, o->hold, 0);
	INHERIT(out->stop_loss, o->stop_loss, EXCH_LIMIT_NONE);
	INHERIT(out->self_trade, o->self_trade, EXCH_SELF_TRADE_NONE);
	INHERIT(out->margin_rule, o->margin_rule, EXCH_MARGIN_BY_NONE);
}

/* Changed cells of a row, and the table's; either may be NULL. */
struct rows {
	const struct exch_limits_row *now, *table;
};

static struct rows
rows_for(const struct exch_limits *l, const struct exch_changes *c,
    const struct exch_account_row *a, unsigned scope, const char symbol[24])
{
	struct rows r = {.table = NULL};
	struct exch_whom whom;

	if (!exch_whom_of(a->account, a->member, scope, symbol, &whom))
		return r;
	r.table = exch_whom_find(&l->whom, &whom);
	if (c != NULL)
		r.now = exch_changes_find(c, &whom);
	return r;
}

void
exch_limits_of(const struct exch_limits *l, const struct exch_changes *c,
    const struct exch_account_row *a, struct exch_account_limits *out)
{
	struct exch_limits_row none;

	exch_limits_nothing(&none);
	*out = none.account;
	for (unsigned i = 0; i < 3; i++) {
		struct rows r = rows_for(l, c, a, i, NULL);
		struct exch_account_limits one = none.account;
		bool rated = out->messages != EXCH_LIMIT_NONE;
		int64_t per = out->per;

		if (r.now != NULL)
			inherit_account(&one, &r.now->account);
		if (r.table != NULL)
			inherit_account(&one, &r.table->account);
		inherit_account(out, &one);
		/* A rate is one limit with two numbers. */
		if (rated || out->messages == EXCH_LIMIT_NONE)
			out->per = per;
	}
	if (out->messages != EXCH_LIMIT_NONE && out->per == EXCH_LIMIT_NONE)
		out->per = (int64_t)EXCH_SEC;
}

void
exch_limits_in(const struct exch_limits *l, const struct exch_changes *c,
    const struct exch_account_row *a, const char symbol[24],
    struct exch_order_limits *out)
{
	struct exch_limits_row none;

	exch_limits_nothing(&none);
	*out = none.order;
	for (unsigned i = 0; i < 6; i++) {
		struct rows r =
		    rows_for(l, c, a, i / 2, i % 2 == 0 ? symbol : NULL);

		if (r.now != NULL)
			inherit_order(out, &r.now->order);
		if (r.table != NULL)
			inherit_order(out, &r.table->order);
	}
}

static struct rows
rows_for_group(const struct exch_limits *l, const struct exch_changes *c,
    const char name[16], const char symbol[24])
{
	struct exch_whom whom;

	exch_whom_group(name, symbol, &whom);
	return (struct rows){.table = exch_whom_find(&l->whom, &whom),
	    .now = c != NULL ? exch_changes_find(c, &whom) : NULL};
}

void
exch_limits_of_group(const struct exch_limits *l, const struct exch_changes *c,
    const char name[16], struct exch_account_limits *out)
{
	struct rows r = rows_for_group(l, c, name, NULL);
	struct exch_limits_row none;

	exch_limits_nothing(&none);
	*out = none.account;
	if (r.now != NULL)
		inherit_account(out, &r.now->account);
	if (r.table != NULL)
		inherit_account(out, &r.table->account);
}

void
exch_limits_in_group(const struct exch_limits *l, const struct exch_changes *c,
    const char name[16], const char symbol[24], int64_t *position,
    struct exch_group_limits *out)
{
	*position = EXCH_LIMIT_NONE;
	*out = (struct exch_group_limits){EXCH_LIMIT_NONE, EXCH_LIMIT_NONE};
	for (unsigned i = 0; i < 2; i++) {
		struct rows of =
		    rows_for_group(l, c, name, i == 0 ? symbol : NULL);
		const struct exch_limits_row *two[2] = {of.now, of.table};

		for (unsigned k = 0; k < 2; k++) {
			const struct exch_limits_row *r = two[k];

			if (r == NULL)
				continue;
			INHERIT(*position, r->order.position, EXCH_LIMIT_NONE);
			INHERIT(out->gross, r->group.gross, EXCH_LIMIT_NONE);
			INHERIT(
			    out->notional, r->group.notional, EXCH_LIMIT_NONE);
		}
	}
}

static bool
is_among(const char *names, const char by[16])
{
	size_t len = strnlen(by, 16);

	for (size_t n;
	     names += strspn(names, " "), n = strcspn(names, " "), n > 0;
	     names += n)
		if (n == len && memcmp(names, by, n) == 0)
			return true;
	return false;
}

bool
exch_limits_approves(const struct exch_limits *l,
    const struct exch_account_row *a, const char symbol[24], const char by[16])
{
	for (unsigned i = 0; i < 6; i++) {
		struct rows r =
		    rows_for(l, NULL, a, i / 2, i % 2 == 0 ? symbol : NULL);

		if (r.table != NULL && r.table->approvers[0] != '\0')
			return is_among(r.table->approvers, by);
	}
	return true;
}
