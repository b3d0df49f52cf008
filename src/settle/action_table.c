/* The table of corporate actions, and what it refuses (action.h). */
#include <config.h>

#include <string.h>

#include "settle/action.h"

/* Nobody gives more for one share, nor one share for more. */
#define RATIO_MOST 10000
#define SHARES_MOST 1000000

const struct exch_cell_word exch_action_words[] = {
    {"dividend", EXCH_ACTION_DIVIDEND}, {"stock-dividend", EXCH_ACTION_STOCK},
    {"split", EXCH_ACTION_SPLIT}, {"reverse-split", EXCH_ACTION_REVERSE},
    {"merger", EXCH_ACTION_MERGER}, {"rights", EXCH_ACTION_RIGHTS},
    {"spin-off", EXCH_ACTION_SPIN_OFF}, {NULL, 0}};
static const struct exch_cell_word yes[] = {{"no", 0}, {"yes", 1}, {NULL, 0}};

#define ROW struct exch_action_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
#define SHARES(n, f)                                                           \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_U32, AT(f), .may_lack = true,     \
		.least = 1, .most = SHARES_MOST                                \
	}
#define PRICE(n, f)                                                            \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_PX, AT(f), .may_lack = true,      \
		.least = 1, .most = INT64_C(1000000) * EXCH_PX_ONE             \
	}
static const struct exch_column columns[] = {
    {.name = "ex", .kind = EXCH_CELL_DATE, AT(ex)},
    {.name = "record", .kind = EXCH_CELL_DATE, AT(record), .may_lack = true},
    {.name = "pay", .kind = EXCH_CELL_DATE, AT(pay), .may_lack = true},
    {.name = "action",
	.kind = EXCH_CELL_WORD,
	AT(kind),
	.words = exch_action_words},
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "into",
	.kind = EXCH_CELL_TEXT,
	AT(into),
	.size = 24,
	.may_lack = true},
    SHARES("new", new_shares),
    SHARES("old", old_shares),
    PRICE("cash", cash),
    PRICE("price", price),
    {.name = "currency",
	.kind = EXCH_CELL_TEXT,
	AT(currency),
	.size = 3,
	.may_lack = true},
    {.name = "special",
	.kind = EXCH_CELL_WORD,
	AT(special),
	.may_lack = true,
	.words = yes},
};
static const struct exch_reftable_shape shape = {"a table of corporate actions",
    columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

/* ---- what belongs to a kind ---- */

enum cell { RATIO = 1, INTO = 2, CASH = 4, PRICED = 8, SPECIAL = 16 };

static const struct {
	unsigned has, may; /* enum cell */
	const char *what;
} cells[] = {
    [EXCH_ACTION_DIVIDEND] = {CASH, SPECIAL, "cash"},
    [EXCH_ACTION_STOCK] = {RATIO, 0, "new and old"},
    [EXCH_ACTION_SPLIT] = {RATIO, 0, "new and old"},
    [EXCH_ACTION_REVERSE] = {RATIO, 0, "new and old"},
    [EXCH_ACTION_MERGER] = {0, RATIO | INTO | CASH,
	"cash, or into with new and old, or both"},
    [EXCH_ACTION_RIGHTS] = {RATIO | INTO | PRICED, 0,
	"into, new, old and price"},
    [EXCH_ACTION_SPIN_OFF] = {RATIO | INTO, 0, "into, new and old"},
};

static unsigned
cells_of(const struct exch_action_row *a)
{
	return (a->new_shares != 0 || a->old_shares != 0 ? RATIO : 0) |
	       (a->into[0] != '\0' ? INTO : 0) | (a->cash != 0 ? CASH : 0) |
	       (a->price != 0 ? PRICED : 0) | (a->special ? SPECIAL : 0);
}

static bool
is_complete(const struct exch_action_row *a)
{
	unsigned has = cells_of(a), must = cells[a->kind].has;

	if ((a->new_shares == 0) != (a->old_shares == 0) ||
	    (has & must) != must || (has & ~(must | cells[a->kind].may)) != 0)
		return false;
	if (a->kind != EXCH_ACTION_MERGER)
		return true;
	return (has & (CASH | INTO)) != 0 && !(has & RATIO) == !(has & INTO);
}

/* What is wrong with a row; NULL: nothing. */
static const char *
wrong(const struct exch_action_row *a)
{
	uint64_t n = a->new_shares, o = a->old_shares;

	if (n > RATIO_MOST * o || o > RATIO_MOST * n)
		return "the ratio is beyond 10000 to 1";
	if (a->kind == EXCH_ACTION_SPLIT && n <= o)
		return "a split gives more new shares than old ones: expected "
		       "'new' above 'old'";
	if (a->kind == EXCH_ACTION_REVERSE && n >= o)
		return "a reverse split gives fewer new shares than old ones: "
		       "expected 'new' below 'old'";
	if (memcmp(a->into, a->symbol, sizeof(a->into)) == 0)
		return "'into' is the symbol itself";
	if (a->pay < a->record)
		return "it would be paid before the record date";
	if (a->ex > a->record && a->ex <= a->pay)
		return "the ex-date is behind the record date: expected it up "
		       "to then, or after the payment";
	return NULL;
}

static void
fill(struct exch_action_row *a)
{
	if (a->record == 0)
		a->record = a->ex;
	if (a->pay == 0)
		a->pay = a->record;
}

/* ---- rows among each other ---- */

static int
compare(const void *x, const void *y)
{
	const struct exch_action_row *a = x, *b = y;
	int c = memcmp(a->symbol, b->symbol, sizeof(a->symbol));

	if (c == 0)
		c = (a->ex > b->ex) - (a->ex < b->ex);
	return c != 0 ? c : a->kind - b->kind;
}

static int
check(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	struct exch_action_row *a = (struct exch_action_row *)t->row + i;
	const char *why;

	if (!is_complete(a))
		return exch_reftable_bad(t, i, d,
		    "cells that do not go with '%s': expected %s",
		    exch_action_words[a->kind - 1].word, cells[a->kind].what);
	fill(a);
	why = wrong(a);
	if (why != NULL)
		return exch_reftable_bad(t, i, d, "%s", why);
	if (i > 0 && a->ex < a[-1].ex)
		return exch_reftable_bad(t, i, d,
		    "the ex-date is before that of line %llu",
		    (unsigned long long)t->line[i - 1]);
	return EXCH_OK;
}

int
exch_actions_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);

	for (size_t i = 0; err == EXCH_OK && i < t->n; i++)
		err = check(t, i, d);
	if (err == EXCH_OK)
		err = exch_reftable_once(t, sizeof(struct exch_action_row),
		    compare, "is the same action", d);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}
