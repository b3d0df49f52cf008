/* Rows of fees, and which one counts (fees.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/even.h"
#include "ref/fees.h"

#define BILLION 1000000000

#define AT(f) .off = offsetof(struct exch_fee_row, f)
#define RATE(n, how)                                                           \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_RATE, AT(of[how].rate),           \
		.may_lack = true, .least = -BILLION, .most = BILLION           \
	}
#define UNIT(n, how)                                                           \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_PX, AT(of[how].unit),             \
		.may_lack = true, .least = -INT64_C(1000000) * BILLION,        \
		.most = INT64_C(1000000) * BILLION                             \
	}

static const struct exch_column columns[] = {
    EXCH_WHOM_COLUMNS,
    {.name = "from",
	.kind = EXCH_CELL_INT,
	AT(whom.from),
	.may_lack = true,
	.least = 0,
	.most = INT64_MAX},
    RATE("maker", EXCH_LIQUIDITY_MAKER),
    RATE("taker", EXCH_LIQUIDITY_TAKER),
    RATE("auction", EXCH_LIQUIDITY_AUCTION),
    UNIT("maker-unit", EXCH_LIQUIDITY_MAKER),
    UNIT("taker-unit", EXCH_LIQUIDITY_TAKER),
    UNIT("auction-unit", EXCH_LIQUIDITY_AUCTION),
    {.name = "least",
	.kind = EXCH_CELL_CASH,
	AT(least),
	.may_lack = true,
	.least = 0,
	.most = INT64_MAX},
    {.name = "most",
	.kind = EXCH_CELL_CASH,
	AT(most),
	.may_lack = true,
	.lack = INT64_MAX,
	.least = 0,
	.most = INT64_MAX},
};

const struct exch_reftable_shape exch_fees_shape = {"a table of fees", columns,
    EXCH_ARRAY_LEN(columns), sizeof(struct exch_fee_row)};

static int
check_row(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct exch_fee_row *r = t->row;

	if (r[i].whom.scope == EXCH_SCOPE_GROUP)
		return exch_reftable_bad(t, i, d,
		    "groups have limits, and accounts pay fees: expected all, "
		    "member or account");
	return r[i].least > r[i].most
		   ? exch_reftable_bad(
			 t, i, d, "the least fee is more than the most")
		   : EXCH_OK;
}

int
exch_fees_parse(const char *text, size_t n, const char *name,
    struct exch_fees *f, struct exch_diag *d)
{
	int err;

	*f = (struct exch_fees){0};
	err = exch_reftable_parse(text, n, name, &exch_fees_shape, &f->t, d);
	for (size_t i = 0; err == 0 && i < f->t.n; i++)
		err = check_row(&f->t, i, d);
	if (err == 0)
		err = exch_whom_index(
		    &f->whom, &f->t, sizeof(struct exch_fee_row), "fees", d);
	if (err != 0)
		exch_fees_clear(f);
	return err;
}

void
exch_fees_clear(struct exch_fees *f)
{
	exch_reftable_clear(&f->t);
	exch_whom_clear(&f->whom);
}

const struct exch_fee_row *
exch_fees_find(const struct exch_fees *f, uint32_t account,
    const char member[16], const char symbol[24], exch_u128 volume)
{
	const struct exch_fee_row *r = NULL;
	struct exch_whom whom;

	for (unsigned i = 0; i < 6 && r == NULL; i++) {
		if (!exch_whom_of(account, member, i / 2,
			i % 2 == 0 ? symbol : NULL, &whom))
			continue;
		whom.from = volume > INT64_MAX ? INT64_MAX : (int64_t)volume;
		r = exch_whom_find(&f->whom, &whom);
	}
	return r;
}

exch_i128
exch_fee(const struct exch_fee_row *r, enum exch_liquidity how, exch_i128 cash,
    exch_qty qty, uint64_t qty_unit)
{
	exch_i128 value = cash < 0 ? -cash : cash, fee;

	/* The share and what is for each unit, each rounded. */
	fee = exch_div_half_even(value * r->of[how].rate, BILLION) +
	      exch_div_half_even((exch_i128)r->of[how].unit * (exch_i128)qty,
		  (exch_i128)qty_unit * 1000);
	if (fee > r->most)
		return r->most;
	return fee >= 0 && fee < r->least ? r->least : fee;
}
