/* Tables of the default fund, and shares of a loss (loss.h). */
#include <config.h>

#include "rec/rec.h"
#include "settle/loss.h"

#define ROW struct exch_member_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
#define MONEY(n, f)                                                            \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_CASH, AT(f), .may_lack = true,    \
		.least = 0, .most = INT64_MAX                                  \
	}
static const struct exch_column member_columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 0,
	.most = EXCH_ACCOUNT_MOST},
    MONEY("margin", margin), MONEY("fund", fund), MONEY("assess", assess)};
static const struct exch_reftable_shape member_shape = {
    "a table of a default fund", member_columns, EXCH_ARRAY_LEN(member_columns),
    sizeof(ROW)};
#undef MONEY
#undef ROW
#define ROW struct exch_default_row
static const struct exch_column default_columns[] = {
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date)},
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = EXCH_ACCOUNT_MOST}};
static const struct exch_reftable_shape default_shape = {"a table of defaults",
    default_columns, EXCH_ARRAY_LEN(default_columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
member_order(const void *a, const void *b)
{
	const struct exch_member_row *x = a, *y = b;

	return x->account < y->account ? -1 : x->account > y->account;
}

int
exch_members_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &member_shape, t, d);
	const struct exch_member_row *r = t->row;

	for (size_t i = 0; i < t->n && err == 0; i++)
		if (r[i].account == 0 && (r[i].margin != 0 || r[i].assess != 0))
			err = exch_reftable_bad(t, i, d,
			    "account 0 is the counterparty, which has neither "
			    "margin nor assessment");
	if (err == 0)
		err = exch_reftable_once(
		    t, sizeof(*r), member_order, "has this account", d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

static int
default_order(const void *a, const void *b)
{
	const struct exch_default_row *x = a, *y = b;

	return x->account < y->account ? -1 : x->account > y->account;
}

int
exch_defaults_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &default_shape, t, d);
	const struct exch_default_row *r = t->row;

	for (size_t i = 1; i < t->n && err == 0; i++)
		if (r[i].date < r[i - 1].date)
			err = exch_reftable_bad(
			    t, i, d, "it is before the default above it");
	if (err == 0)
		err = exch_reftable_once(t, sizeof(struct exch_default_row),
		    default_order, "has this account", d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

int
exch_loss_share(exch_i128 loss, const exch_i128 *has, exch_i128 *part, size_t n,
    exch_i128 *shared)
{
	exch_i128 all = 0, before = 0, given = 0;

	for (size_t i = 0; i < n; i++)
		all += has[i];
	if (all > INT64_MAX)
		return EXCH_ERR_RANGE;
	*shared = loss < all ? loss : all;
	for (size_t i = 0; i < n; i++) {
		part[i] = 0;
		if (has[i] == 0)
			continue;
		before += has[i];
		part[i] =
		    exch_cash_part(*shared, (exch_qty)before, (exch_qty)all) -
		    given;
		given += part[i];
	}
	return EXCH_OK;
}
