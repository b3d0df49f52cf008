/* The table of what is lent (lending.h). */
#include <config.h>

#include <string.h>

#include "rec/rec.h"
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

int
exch_lending_fee(exch_i128 value, int64_t rate, uint32_t nights, exch_i128 *fee)
{
	return exch_fraction_round(value,
	    exch_fraction_of(
		(exch_i128)rate * nights, (exch_i128)YEAR * EXCH_PX_ONE),
	    fee);
}
