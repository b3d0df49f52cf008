/* Rows of fees, and which one counts (fees.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "rec/cash.h"
#include "risk/fees.h"

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
    {.name = "scope",
	.kind = EXCH_CELL_WORD,
	AT(scope),
	.words = exch_words_scope},
    {.name = "name",
	.kind = EXCH_CELL_TEXT,
	AT(name),
	.size = 16,
	.may_lack = true},
    {.name = "symbol",
	.kind = EXCH_CELL_TEXT,
	AT(symbol),
	.size = 24,
	.may_lack = true},
    {.name = "from",
	.kind = EXCH_CELL_INT,
	AT(from),
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

static bool
is_for_same(const struct exch_fee_row *a, const struct exch_fee_row *b)
{
	return a->scope == b->scope && a->from == b->from &&
	       memcmp(a->name, b->name, sizeof(a->name)) == 0 &&
	       memcmp(a->symbol, b->symbol, sizeof(a->symbol)) == 0;
}

static int
check_row(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct exch_fee_row *r = t->row;
	int err = exch_scope_check(t, i, r[i].scope, r[i].name, d);

	if (err != 0)
		return err;
	if (r[i].least > r[i].most)
		return exch_reftable_bad(
		    t, i, d, "the least fee is more than the most");
	for (size_t k = 0; k < i; k++)
		if (is_for_same(&r[k], &r[i]))
			return exch_reftable_bad(t, i, d,
			    "fees for the same stand in line %llu already",
			    (unsigned long long)t->line[k]);
	return EXCH_OK;
}

int
exch_fees_parse(const char *text, size_t n, const char *name,
    struct exch_fees *f, struct exch_diag *d)
{
	int err =
	    exch_reftable_parse(text, n, name, &exch_fees_shape, &f->t, d);

	for (size_t i = 0; err == 0 && i < f->t.n; i++)
		err = check_row(&f->t, i, d);
	if (err != 0)
		exch_fees_clear(f);
	return err;
}

void
exch_fees_clear(struct exch_fees *f)
{
	exch_reftable_clear(&f->t);
}

/* How exactly it says whom it is for, from 1; 0: not for this one. */
static unsigned
rank(const struct exch_fee_row *r, const struct exch_account_row *a,
    const char symbol[24])
{
	unsigned n = r->scope == EXCH_SCOPE_ACCOUNT  ? 5
		     : r->scope == EXCH_SCOPE_MEMBER ? 3
						     : 1;
	char text[20] = {0};

	if (r->symbol[0] != '\0' &&
	    memcmp(r->symbol, symbol, sizeof(r->symbol)) != 0)
		return 0;
	if (r->scope == EXCH_SCOPE_ACCOUNT) {
		*exch_uint_put(text, a->account) = '\0';
		if (strncmp(text, r->name, sizeof(r->name)) != 0)
			return 0;
	} else if (r->scope == EXCH_SCOPE_MEMBER &&
		   (a->member[0] == '\0' ||
		       memcmp(a->member, r->name, sizeof(r->name)) != 0)) {
		return 0;
	}
	return n + (r->symbol[0] != '\0');
}

const struct exch_fee_row *
exch_fees_find(const struct exch_fees *f, const struct exch_account_row *a,
    const char symbol[24], exch_u128 volume)
{
	const struct exch_fee_row *row = f->t.row, *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < f->t.n; i++) {
		unsigned n = (exch_u128)(uint64_t)row[i].from <= volume
				 ? rank(&row[i], a, symbol)
				 : 0;

		if (n > most || (n == most && n > 0 && best != NULL &&
				    row[i].from > best->from)) {
			most = n;
			best = &row[i];
		}
	}
	return best;
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
