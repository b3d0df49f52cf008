/* Tables of accounts, restrictions and limits, and what they say of anybody. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "risk/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No limit is below 0, and a rate has both its numbers. */
static void
ask(const struct exch_limits *l, uint32_t account, const char *member)
{
	struct exch_account_row a = {.account = account};
	struct exch_account_limits all;
	struct exch_order_limits in;
	char symbol[24] = "ABC";

	memcpy(a.member, member, strlen(member));
	exch_limits_of(l, NULL, &a, &all);
	exch_limits_in(l, NULL, &a, symbol, &in);
	if (all.messages <= 0 || all.per <= 0 || all.duplicate < 0 ||
	    all.open_orders < 0 || all.credit < 0 || in.size < 0 ||
	    in.value < 0 || in.position < 0)
		abort();
	if ((all.messages != EXCH_LIMIT_NONE) != (all.per != EXCH_LIMIT_NONE))
		abort();
}

static void
table(const char *text, size_t n, const struct exch_reftable_shape *s)
{
	struct exch_reftable t;
	struct exch_diag d = {0};

	if (exch_reftable_parse(text, n, "fuzz", s, &t, &d) != 0 &&
	    (d.code == EXCH_OK || t.n != 0))
		abort();
	exch_reftable_clear(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct exch_limits l;
	struct exch_diag d = {0};

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	table(text, size, &exch_accounts_shape);
	table(text, size, &exch_restricted_shape);
	if (exch_limits_parse(text, size, "fuzz", &l, &d) == 0) {
		ask(&l, 7, "M1");
		ask(&l, UINT32_MAX, "");
	} else if (d.code == EXCH_OK) {
		abort();
	}
	exch_limits_clear(&l);
	free(text);
	return 0;
}
