/*
 * What tables say of instruments by their symbols: who may not trade them, and
 * their sectors.  Rows stay where they are; they are found by their order.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "risk/gate_priv.h"

static int
by_symbol_and_account(const void *x, const void *y)
{
	const struct exch_restricted_row *a = x, *b = y;
	int c = memcmp(a->symbol, b->symbol, sizeof(a->symbol));

	return c != 0 ? c
		      : (a->account > b->account) - (a->account < b->account);
}

static int
by_symbol(const void *x, const void *y)
{
	const struct exch_sector_row *a = x, *b = y;

	return memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

static int
by_sector(const void *x, const void *y)
{
	const struct exch_sector_row *a = x, *b = y;

	return memcmp(a->sector, b->sector, sizeof(a->sector));
}

/* Of each row the first one that names its sector. */
static int
number_sectors(struct exch_risk_gate *g, struct exch_diag *d)
{
	const struct exch_reftable *t = g->o.instruments;
	const struct exch_sector_row *r = t->row;
	size_t *order = exch_reftable_order(t, sizeof(*r), by_sector, d);
	size_t first = 0;

	g->sector_first = exch_calloc(t->n + 1, sizeof(*g->sector_first));
	if (order == NULL || g->sector_first == NULL) {
		exch_free(order);
		return exch_risk_nomem(d);
	}
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0 && by_sector(&r[order[i - 1]], &r[order[i]]) != 0)
			first = i;
		g->sector_first[order[i]] = (uint32_t)order[first];
	}
	exch_free(order);
	return EXCH_OK;
}

int
exch_risk_index(struct exch_risk_gate *g, struct exch_diag *d)
{
	if (g->o.restricted != NULL) {
		g->barred = exch_reftable_order(g->o.restricted,
		    sizeof(struct exch_restricted_row), by_symbol_and_account,
		    d);
		if (g->barred == NULL)
			return EXCH_ERR_NOMEM;
	}
	if (g->o.instruments == NULL)
		return EXCH_OK;
	g->sectors = exch_reftable_order(
	    g->o.instruments, sizeof(struct exch_sector_row), by_symbol, d);
	return g->sectors == NULL ? EXCH_ERR_NOMEM : number_sectors(g, d);
}

void
exch_risk_index_clear(struct exch_risk_gate *g)
{
	exch_free(g->barred);
	exch_free(g->sectors);
	exch_free(g->sector_first);
}

/* The place of the first row in that order that is not before the key. */
static size_t
first_of(const size_t *order, const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, const void *key)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare((const char *)t->row + order[mid] * size, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
has_row(const struct exch_risk_gate *g, uint32_t account, const char symbol[24])
{
	const struct exch_reftable *t = g->o.restricted;
	const struct exch_restricted_row *r = t->row;
	struct exch_restricted_row key = {.account = account};
	size_t i;

	memcpy(key.symbol, symbol, sizeof(key.symbol));
	i = first_of(g->barred, t, sizeof(key), by_symbol_and_account, &key);
	return i < t->n && by_symbol_and_account(&r[g->barred[i]], &key) == 0;
}

bool
exch_risk_is_barred(const struct exch_risk_gate *g, uint32_t account,
    const struct exch_risk_instr *in)
{
	return g->barred != NULL &&
	       (has_row(g, 0, in->symbol) || has_row(g, account, in->symbol));
}

uint32_t
exch_risk_sector(const struct exch_risk_gate *g, const char symbol[24])
{
	const struct exch_reftable *t = g->o.instruments;
	const struct exch_sector_row *r = t != NULL ? t->row : NULL;
	struct exch_sector_row key = {.sector = ""};
	size_t i;

	if (t == NULL)
		return 0;
	memcpy(key.symbol, symbol, sizeof(key.symbol));
	i = first_of(g->sectors, t, sizeof(key), by_symbol, &key);
	return i < t->n && by_symbol(&r[g->sectors[i]], &key) == 0
		   ? g->sector_first[g->sectors[i]] + 1
		   : 0;
}
