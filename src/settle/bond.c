/* The table of bonds, and what it refuses (bond.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "settle/bond.h"

static const struct exch_cell_word daycounts[] = {
    {"30/360", EXCH_DAYCOUNT_30_360}, {"30e/360", EXCH_DAYCOUNT_30E_360},
    {"30/360-us", EXCH_DAYCOUNT_30_360_US}, {"act/360", EXCH_DAYCOUNT_ACT_360},
    {"act/365f", EXCH_DAYCOUNT_ACT_365F},
    {"act/act-isda", EXCH_DAYCOUNT_ACT_ACT_ISDA},
    {"act/act-icma", EXCH_DAYCOUNT_ACT_ACT_ICMA}, {NULL, 0}};
static const struct exch_cell_word per_year[] = {
    {"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}, {"6", 6}, {"12", 12}, {NULL, 0}};
static const struct exch_cell_word yes[] = {{"no", 0}, {"yes", 1}, {NULL, 0}};

#define ROW struct exch_bond_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "coupon",
	.kind = EXCH_CELL_RATE,
	AT(bond.coupon),
	.least = 0,
	.most = EXCH_PX_ONE},
    {.name = "daycount",
	.kind = EXCH_CELL_WORD,
	AT(daycount),
	.words = daycounts},
    {.name = "per_year",
	.kind = EXCH_CELL_WORD,
	AT(bond.per_year),
	.words = per_year},
    {.name = "issue", .kind = EXCH_CELL_DATE, AT(bond.issue)},
    {.name = "first", .kind = EXCH_CELL_DATE, AT(bond.first), .may_lack = true},
    {.name = "maturity", .kind = EXCH_CELL_DATE, AT(bond.maturity)},
    {.name = "month_end",
	.kind = EXCH_CELL_WORD,
	AT(bond.month_end),
	.may_lack = true,
	.words = yes},
};
static const struct exch_reftable_shape shape = {
    "a table of bonds", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
compare(const void *a, const void *b)
{
	const struct exch_bond_row *x = a, *y = b;

	return memcmp(x->symbol, y->symbol, sizeof(x->symbol));
}

static int
check(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	struct exch_bond_row *r = (struct exch_bond_row *)t->row + i;
	struct exch_bond *b = &r->bond;
	struct exch_period p;

	b->daycount = (enum exch_daycount)r->daycount;
	if (b->maturity <= b->issue)
		return exch_reftable_bad(
		    t, i, d, "the maturity is not after the issue");
	if (b->first != 0 && (b->first <= b->issue || b->first > b->maturity))
		return exch_reftable_bad(t, i, d,
		    "the first coupon is not after the issue and up to the "
		    "maturity");
	if (exch_coupon_regular(b, b->issue, &p) != 0)
		return exch_reftable_bad(
		    t, i, d, "the coupons begin before 1970");
	return EXCH_OK;
}

int
exch_bonds_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);

	for (size_t i = 0; err == EXCH_OK && i < t->n; i++)
		err = check(t, i, d);
	if (err == EXCH_OK)
		err = exch_reftable_once(t, sizeof(struct exch_bond_row),
		    compare, "is the same bond", d);
	if (err == EXCH_OK)
		err = exch_reftable_sort(
		    t, sizeof(struct exch_bond_row), compare, d);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}

const struct exch_bond_row *
exch_bond_find(const struct exch_reftable *t, const char symbol[24])
{
	struct exch_bond_row key = {.daycount = 0};

	memcpy(key.symbol, symbol, sizeof(key.symbol));
	return t == NULL || t->n == 0
		   ? NULL
		   : bsearch(&key, t->row, t->n, sizeof(key), compare);
}
