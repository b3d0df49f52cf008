/* What accounts began with (capital.h). */
#include <config.h>

#include <string.h>

#include "report/capital.h"
#include "report/only.h"

static const struct exch_column columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_capital, account),
	.size = 32},
    {.name = "currency",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_capital, currency),
	.size = 4,
	.may_lack = true},
    {.name = "capital",
	.kind = EXCH_CELL_CASH,
	.off = offsetof(struct exch_capital, cash),
	.least = 1,
	.most = INT64_MAX},
};

static const struct exch_reftable_shape shape = {"a table of capital", columns,
    EXCH_ARRAY_LEN(columns), sizeof(struct exch_capital)};

static int
by_both(const void *x, const void *y)
{
	const struct exch_capital *a = x, *b = y;
	int c = memcmp(a->account, b->account, sizeof(a->account));

	return c != 0 ? c
		      : memcmp(a->currency, b->currency, sizeof(a->currency));
}

int
exch_capital_read(
    struct exch_reftable *t, struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, "capital");
	int rc;

	if (g == NULL)
		return EXCH_OK;
	rc = exch_reftable_parse(g->text, g->n, g->value, &shape, t, d);
	return rc == EXCH_OK
		   ? exch_reftable_once(t, sizeof(struct exch_capital), by_both,
			 "has the same account and currency", d)
		   : rc;
}

exch_cash
exch_capital_of(const struct exch_reftable *t,
    const struct exch_report_run *run, uint32_t account, const char *currency)
{
	const struct exch_capital *c = t->row;
	char name[33];

	for (size_t i = 0; i < t->n; i++) {
		if (c[i].currency[0] != '\0' &&
		    strncmp(c[i].currency, currency, 4) != 0)
			continue;
		memcpy(name, c[i].account, 32);
		name[32] = '\0';
		if (exch_report_is_account(run, name, account))
			return c[i].cash;
	}
	return 0;
}
