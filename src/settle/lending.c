/* The table of what is lent (lending.h). */
#include <config.h>

#include <string.h>

#include "rec/rec.h"
#include "ref/dated.h"
#include "settle/fraction.h"
#include "settle/lending.h"

#define YEAR 360

#define ROW struct exch_lending_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = EXCH_ACCOUNT_MOST},
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "quantity",
	.kind = EXCH_CELL_UINT,
	AT(quantity),
	.least = 1,
	.most = INT64_MAX},
    {.name = "rate",
	.kind = EXCH_CELL_RATE,
	AT(rate),
	.least = 0,
	.most = 10 * EXCH_PX_ONE},
};
static const struct exch_reftable_shape shape = {
    "a table of lending", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
compare(const void *x, const void *y)
{
	const struct exch_lending_row *a = x, *b = y;

	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

int
exch_lending_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);

	if (err == EXCH_OK)
		err = exch_reftable_once(t, sizeof(struct exch_lending_row),
		    compare, "lends it already", d);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}

/* ---- what lenders recall ---- */

#define ROW struct exch_recall_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column recall_columns[] = {
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date)},
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = EXCH_ACCOUNT_MOST},
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "keeps",
	.kind = EXCH_CELL_UINT,
	AT(keeps),
	.least = 0,
	.most = INT64_MAX},
    {.name = "days", .kind = EXCH_CELL_U32, AT(days), .least = 0, .most = 100},
};
static const struct exch_reftable_shape recall_shape = {"a table of recalls",
    recall_columns, EXCH_ARRAY_LEN(recall_columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
compare_recalls(const void *x, const void *y)
{
	const struct exch_recall_row *a = x, *b = y;

	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

int
exch_recalls_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &recall_shape, t, d);
	const size_t size = sizeof(struct exch_recall_row);

	if (err == EXCH_OK)
		err = exch_reftable_by_day(t, size, d);
	if (err == EXCH_OK)
		err = exch_reftable_once(
		    t, size, compare_recalls, "recalls it already", d);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}

/* ---- what loans are secured with ---- */

struct collateral_row {
	struct exch_dated span;
	int64_t collateral, rebate;
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct collateral_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column collateral_columns[] = {EXCH_DATED_COLUMNS(ROW),
    {.name = "collateral",
	.kind = EXCH_CELL_RATE,
	AT(collateral),
	.least = 0,
	.most = 10 * EXCH_PX_ONE},
    {.name = "rebate",
	.kind = EXCH_CELL_RATE,
	AT(rebate),
	.least = 0,
	.most = 10 * EXCH_PX_ONE},
    EXCH_DATED_SOURCE(ROW)};
static const struct exch_reftable_shape collateral_shape = {
    "a table of collateral", collateral_columns,
    EXCH_ARRAY_LEN(collateral_columns), sizeof(ROW)};
#undef AT
#undef ROW

/* They are all about the same. */
static int
by_nothing(const void *x, const void *y)
{
	(void)x;
	(void)y;
	return 0;
}

int
exch_collateral_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(
	    text, n, name, &collateral_shape, t, by_nothing, d);
}

void
exch_collateral_at(const struct exch_reftable *t, uint32_t date, int64_t *rate,
    int64_t *rebate)
{
	const struct collateral_row key = {.collateral = 0};
	const struct collateral_row *r =
	    exch_dated_at(t, sizeof(key), date, by_nothing, &key);

	*rate = r != NULL ? r->collateral : 0;
	*rebate = r != NULL ? r->rebate : 0;
}

int
exch_lending_fee(exch_i128 value, int64_t rate, uint32_t nights, exch_i128 *fee)
{
	return exch_fraction_round(value,
	    exch_fraction_of(
		(exch_i128)rate * nights, (exch_i128)YEAR * EXCH_PX_ONE),
	    fee);
}
