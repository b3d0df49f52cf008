/* The table of what holders of options wish (exercise.h). */
#include <config.h>

#include <string.h>

#include "rec/rec.h"
#include "settle/exercise.h"

static const struct exch_cell_word words[] = {{"exercise", EXCH_WISH_EXERCISE},
    {"abandon", EXCH_WISH_ABANDON}, {NULL, 0}};

#define ROW struct exch_wish_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date)},
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = EXCH_ACCOUNT_MOST},
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "wish", .kind = EXCH_CELL_WORD, AT(wish), .words = words},
    {.name = "contracts",
	.kind = EXCH_CELL_U32,
	AT(contracts),
	.may_lack = true,
	.least = 1,
	.most = UINT32_MAX},
};
static const struct exch_reftable_shape shape = {
    "a table of exercises", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
compare(const void *x, const void *y)
{
	const struct exch_wish_row *a = x, *b = y;

	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	if (a->wish != b->wish)
		return a->wish < b->wish ? -1 : 1;
	return memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

int
exch_wishes_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);
	const size_t size = sizeof(struct exch_wish_row);

	if (err == EXCH_OK)
		err = exch_reftable_by_day(t, size, d);
	if (err == EXCH_OK)
		err = exch_reftable_once(
		    t, size, compare, "says this of the series already", d);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}
