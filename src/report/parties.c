/* Tables of accounts and instruments (parties.h). */
#include <config.h>

#include <string.h>

#include "report/parties.h"

static const struct exch_cell_word capacities[] = {
    {"agency", EXCH_CAPACITY_AGENCY}, {"principal", EXCH_CAPACITY_PRINCIPAL},
    {"riskless", EXCH_CAPACITY_RISKLESS}, {NULL, 0}};
static const struct exch_cell_word roles[] = {{"client", EXCH_ROLE_CLIENT},
    {"house", EXCH_ROLE_HOUSE}, {"maker", EXCH_ROLE_MAKER}, {NULL, 0}};

#define TEXT(row, field, column)                                               \
	{                                                                      \
		.name = column, .kind = EXCH_CELL_TEXT,                        \
		.off = offsetof(row, field),                                   \
		.size = sizeof(((row *)0)->field), .may_lack = true            \
	}

static const struct exch_column party_columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_party, account),
	.size = sizeof(((struct exch_party *)0)->account)},
    TEXT(struct exch_party, member, "member"),
    TEXT(struct exch_party, imid, "imid"),
    TEXT(struct exch_party, lei, "lei"),
    TEXT(struct exch_party, fdid, "fdid"),
    TEXT(struct exch_party, holder, "holder"),
    TEXT(struct exch_party, group, "group"),
    TEXT(struct exch_party, strategy, "strategy"),
    TEXT(struct exch_party, country, "country"),
    TEXT(struct exch_party, first_names, "first_names"),
    TEXT(struct exch_party, surname, "surname"),
    TEXT(struct exch_party, person, "person"),
    TEXT(struct exch_party, decision, "decision"),
    TEXT(struct exch_party, execution, "execution"),
    TEXT(struct exch_party, name, "name"),
    TEXT(struct exch_party, address, "address"),
    TEXT(struct exch_party, mail, "mail"),
    {.name = "born",
	.kind = EXCH_CELL_BIRTH,
	.off = offsetof(struct exch_party, born),
	.may_lack = true},
    {.name = "capacity",
	.kind = EXCH_CELL_WORD,
	.off = offsetof(struct exch_party, capacity),
	.may_lack = true,
	.words = capacities},
    {.name = "role",
	.kind = EXCH_CELL_WORD,
	.off = offsetof(struct exch_party, role),
	.may_lack = true,
	.words = roles},
};

static const struct exch_reftable_shape party_shape = {
    .what = "a table of parties",
    .column = party_columns,
    .ncolumns = EXCH_ARRAY_LEN(party_columns),
    .row = sizeof(struct exch_party),
};

static const struct exch_column product_columns[] = {
    {.name = "symbol",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_product, symbol),
	.size = sizeof(((struct exch_product *)0)->symbol)},
    TEXT(struct exch_product, isin, "isin"),
    TEXT(struct exch_product, mic, "mic"),
    TEXT(struct exch_product, currency, "currency"),
    TEXT(struct exch_product, cfi, "cfi"),
    TEXT(struct exch_product, name, "name"),
    TEXT(struct exch_product, underlying, "underlying"),
    TEXT(struct exch_product, listed, "listed"),
    TEXT(struct exch_product, style, "style"),
    TEXT(struct exch_product, delivery, "delivery"),
    {.name = "close_before",
	.kind = EXCH_CELL_PX,
	.off = offsetof(struct exch_product, close_before),
	.may_lack = true,
	.lack = EXCH_PX_NONE},
    {.name = "outstanding",
	.kind = EXCH_CELL_UINT,
	.off = offsetof(struct exch_product, outstanding),
	.may_lack = true},
};

static const struct exch_reftable_shape product_shape = {
    .what = "a table of products",
    .column = product_columns,
    .ncolumns = EXCH_ARRAY_LEN(product_columns),
    .row = sizeof(struct exch_product),
};

/* Both tables have their key first. */
static int
by_account(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(((struct exch_party *)0)->account));
}

static int
by_symbol(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(((struct exch_product *)0)->symbol));
}

static int
read_table(struct exch_reftable *t, const struct exch_given *given,
    const struct exch_reftable_shape *shape, exch_reftable_compare *by,
    const char *what, struct exch_diag *d)
{
	int rc;

	*t = (struct exch_reftable){0};
	if (given == NULL)
		return EXCH_OK;
	rc = exch_reftable_parse(
	    given->text, given->n, given->value, shape, t, d);
	if (rc == EXCH_OK)
		rc = exch_reftable_once(t, shape->row, by, what, d);
	if (rc == EXCH_OK)
		rc = exch_reftable_sort(t, shape->row, by, d);
	if (rc != EXCH_OK)
		exch_reftable_clear(t);
	return rc;
}

static const void *
find(const struct exch_reftable *t, size_t size, exch_reftable_compare *by,
    const void *key)
{
	const char *row = t->row;
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = by(key, row + middle * size);

		if (c == 0)
			return row + middle * size;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

int
exch_accounts_read(struct exch_reftable *t, const struct exch_given *given,
    const struct exch_reftable_shape *shape, struct exch_diag *d)
{
	return read_table(
	    t, given, shape, by_account, "speaks of the same account", d);
}

int
exch_parties_read(
    struct exch_parties *p, const struct exch_given *given, struct exch_diag *d)
{
	return read_table(&p->table, given, &party_shape, by_account,
	    "says who is behind the same account", d);
}

void
exch_parties_clear(struct exch_parties *p)
{
	exch_reftable_clear(&p->table);
}

const void *
exch_account_row(const struct exch_reftable *t, size_t size,
    const struct exch_insts *x, uint32_t account)
{
	const struct exch_account *a = exch_insts_account(x, account);
	char key[sizeof(((struct exch_party *)0)->account)] = "";
	const void *row = NULL;

	if (account == 0 || t->n == 0)
		return NULL;
	if (a != NULL && a->n <= sizeof(key)) {
		memcpy(key, a->name, a->n);
		row = find(t, size, by_account, key);
	}
	if (row != NULL)
		return row;
	memset(key, 0, sizeof(key));
	(void)exch_fmt_u64(key, account);
	return find(t, size, by_account, key);
}

const struct exch_party *
exch_parties_of(
    const struct exch_parties *p, const struct exch_insts *x, uint32_t account)
{
	return exch_account_row(
	    &p->table, sizeof(struct exch_party), x, account);
}

const struct exch_party *
exch_parties_named(const struct exch_parties *p, const char *name, size_t n)
{
	char key[sizeof(((struct exch_party *)0)->account)] = "";

	if (n == 0 || n > sizeof(key) || p->table.n == 0)
		return NULL;
	memcpy(key, name, n);
	return find(&p->table, sizeof(struct exch_party), by_account, key);
}

int
exch_products_read(struct exch_products *p, const struct exch_given *given,
    struct exch_diag *d)
{
	return read_table(&p->table, given, &product_shape, by_symbol,
	    "says what the same symbol is", d);
}

void
exch_products_clear(struct exch_products *p)
{
	exch_reftable_clear(&p->table);
}

const struct exch_product *
exch_products_of(const struct exch_products *p, const struct exch_inst *in)
{
	char key[sizeof(((struct exch_product *)0)->symbol)] = "";

	if (p->table.n == 0)
		return NULL;
	memcpy(key, in->symbol, in->nsymbol);
	return find(&p->table, sizeof(struct exch_product), by_symbol, key);
}
