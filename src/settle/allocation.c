/* The table of allocations, and what it refuses (allocation.h). */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "rec/rec.h"
#include "settle/allocation.h"

#define PPM 1000000

static const struct exch_cell_word sides[] = {
    {"buy", EXCH_BUY}, {"sell", EXCH_SELL}, {NULL, 0}};

#define ROW struct exch_allocation_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
#define ACCOUNT(n, f)                                                          \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_U32, AT(f), .least = 1,           \
		.most = EXCH_ACCOUNT_VENUE - 1                                 \
	}
static const struct exch_column columns[] = {
    ACCOUNT("account", account),
    {.name = "symbol",
	.kind = EXCH_CELL_TEXT,
	AT(symbol),
	.size = 24,
	.may_lack = true},
    {.name = "side",
	.kind = EXCH_CELL_WORD,
	AT(side),
	.may_lack = true,
	.lack = EXCH_SIDE_NONE,
	.words = sides},
    {.name = "order",
	.kind = EXCH_CELL_UINT,
	AT(order),
	.may_lack = true,
	.least = 1,
	.most = INT64_MAX},
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date), .may_lack = true},
    ACCOUNT("to", to),
    {.name = "shares",
	.kind = EXCH_CELL_UINT,
	AT(shares),
	.may_lack = true,
	.least = 1,
	.most = INT64_MAX},
    {.name = "ratio",
	.kind = EXCH_CELL_SHARE,
	AT(ratio),
	.may_lack = true,
	.least = 1,
	.most = PPM},
};
static const struct exch_reftable_shape shape = {
    "a table of allocations", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

/* ---- the order of rules ---- */

static unsigned
says(const struct exch_allocation_row *r)
{
	return (r->symbol[0] != '\0' ? 4u : 0u) |
	       (r->side != EXCH_SIDE_NONE ? 2u : 0u) | (r->date != 0 ? 1u : 0u);
}

int
exch_allocation_compare(const void *a, const void *b)
{
	const struct exch_allocation_row *x = a, *y = b;
	unsigned m = says(x), n = says(y);
	int c;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if ((x->order == 0) != (y->order == 0))
		return x->order != 0 ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (m != n)
		return m > n ? -1 : 1;
	c = memcmp(x->symbol, y->symbol, sizeof(x->symbol));
	if (c == 0)
		c = x->side - y->side;
	return c != 0 ? c : (x->date > y->date) - (x->date < y->date);
}

static int
same_to(const void *a, const void *b)
{
	const struct exch_allocation_row *x = a, *y = b;
	int c = exch_allocation_compare(a, b);

	return c != 0 ? c : (x->to > y->to) - (x->to < y->to);
}

/* ---- checks ---- */

static int
check(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct exch_allocation_row *r =
	    (const struct exch_allocation_row *)t->row + i;

	if ((r->shares == 0) == (r->ratio == 0))
		return exch_reftable_bad(t, i, d,
		    "%s: expected one of 'shares' and 'ratio'",
		    r->shares == 0 ? "it says neither how many nor which part"
				   : "it says both how many and which part");
	return r->to != r->account
		   ? EXCH_OK
		   : exch_reftable_bad(t, i, d,
			 "'to' is the account that trades, %u: what no row "
			 "gives away it keeps",
			 r->to);
}

/* Rows of a rule, which stand one behind the other in the order. */
static int
check_rules(
    const struct exch_reftable *t, const size_t *order, struct exch_diag *d)
{
	const struct exch_allocation_row *row = t->row;
	uint64_t sum = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct exch_allocation_row *r = &row[order[i]];
		const struct exch_allocation_row *last =
		    i > 0 ? &row[order[i - 1]] : NULL;
		bool more =
		    last != NULL && exch_allocation_compare(last, r) == 0;

		if (more && (last->ratio == 0) != (r->ratio == 0))
			return exch_reftable_bad(t, order[i], d,
			    "line %llu divides the same block by %s",
			    (unsigned long long)t->line[order[i - 1]],
			    last->ratio == 0 ? "shares" : "ratio");
		sum = (more ? sum : 0) + r->ratio;
		if (sum > PPM)
			return exch_reftable_bad(t, order[i], d,
			    "'ratio': with those above it comes to %llu.%04llu "
			    "%% of the block",
			    (unsigned long long)sum / 10000,
			    (unsigned long long)sum % 10000);
	}
	return EXCH_OK;
}

int
exch_allocations_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);
	size_t *order = NULL;

	for (size_t i = 0; err == EXCH_OK && i < t->n; i++)
		err = check(t, i, d);
	if (err == EXCH_OK)
		err = exch_reftable_once(t, sizeof(struct exch_allocation_row),
		    same_to, "gives the same account of the same block", d);
	if (err == EXCH_OK) {
		order =
		    exch_reftable_order(t, sizeof(struct exch_allocation_row),
			exch_allocation_compare, d);
		err = order == NULL ? EXCH_ERR_NOMEM : check_rules(t, order, d);
	}
	exch_free(order);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}

exch_qty
exch_allocation_upto(exch_qty all, uint64_t ppm)
{
	return (exch_qty)((exch_u128)all * ppm / PPM);
}
