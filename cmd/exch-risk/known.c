/* Names in tables that are nobody's (known.h). */
#include <config.h>

#include "base/alloc.h"
#include "exch-risk/known.h"
#include "ref/fees.h"
#include "risk/known.h"
#include "risk/market.h"

/* Those that are told one by one. */
#define TOLD 5

struct known {
	char (*symbol)[24];
	size_t n;
};

static int
refuse(const struct exch_reftable *t, size_t row, struct exch_diag *d)
{
	return exch_reftable_bad_cell(t, row, "symbol", d,
	    "is no instrument of the stream: expected a symbol that an "
	    "INSTRUMENT record has");
}

static void
tell(const struct exch_cli *c, const struct known *k,
    const struct exch_reftable *t, size_t size, size_t at)
{
	size_t told = 0, i = 0;

	while ((i = exch_known_symbol(t, size, at, (const char(*)[24])k->symbol,
		    k->n, i)) < t->n) {
		struct exch_diag d = {0};

		if (told++ < TOLD && refuse(t, i, &d) != 0)
			exch_cli_note(c, "%s:%llu:%llu: %s", d.name,
			    (unsigned long long)d.where,
			    (unsigned long long)d.column, d.text);
		i++;
	}
	if (told > TOLD)
		exch_cli_note(c,
		    "%zu rows of %s name an instrument that the stream does "
		    "not announce",
		    told, t->name);
}

int
risk_known_symbols(const struct exch_cli *c, const struct exch_portfolio *p,
    const struct exch_reftable *opening, const struct exch_reftable *fees,
    const struct exch_reftable *scenarios, struct exch_diag *d)
{
	struct known k;
	size_t bad;
	int err = EXCH_OK;

	k.symbol = exch_portfolio_symbols(p, &k.n, d);
	if (k.symbol == NULL)
		return EXCH_ERR_NOMEM;
	bad = exch_known_symbol(opening, sizeof(struct exch_opening_row),
	    offsetof(struct exch_opening_row, symbol),
	    (const char(*)[24])k.symbol, k.n, 0);
	if (bad < opening->n)
		err = refuse(opening, bad, d);
	if (err == 0)
		tell(c, &k, fees, sizeof(struct exch_fee_row),
		    offsetof(struct exch_fee_row, whom.symbol));
	if (err == 0 && scenarios != NULL)
		tell(c, &k, scenarios, sizeof(struct exch_scenario_row),
		    offsetof(struct exch_scenario_row, symbol));
	exch_free(k.symbol);
	return err;
}

void
risk_known_members(const struct exch_cli *c, const struct exch_portfolio *p,
    const struct exch_reftable *t, size_t size)
{
	size_t told = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct exch_whom *w =
		    (const void *)((const char *)t->row + i * size);

		if (w->scope != EXCH_SCOPE_MEMBER ||
		    exch_portfolio_has_member(p, w->name))
			continue;
		if (told++ < TOLD)
			exch_cli_note(c,
			    "%s:%llu: no account is of member %.16s", t->name,
			    (unsigned long long)t->line[i], w->name);
	}
	if (told > TOLD)
		exch_cli_note(c,
		    "%zu rows of %s are for members that no account has", told,
		    t->name);
}
