/* Positions from before the first record (opening.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "risk/opening.h"

static const struct exch_column columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_U32,
	.off = offsetof(struct exch_opening_row, account),
	.least = 1,
	.most = UINT32_MAX},
    {.name = "symbol",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_opening_row, symbol),
	.size = 24},
    {.name = "quantity",
	.kind = EXCH_CELL_INT,
	.off = offsetof(struct exch_opening_row, qty),
	.least = -INT64_MAX,
	.most = INT64_MAX},
    {.name = "price",
	.kind = EXCH_CELL_PX,
	.off = offsetof(struct exch_opening_row, price),
	.least = -INT64_MAX,
	.most = EXCH_PX_NONE - 1},
};
static const struct exch_reftable_shape shape = {"a table of positions",
    columns, EXCH_ARRAY_LEN(columns), sizeof(struct exch_opening_row)};

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for positions");
}

/* ---- reading ---- */

static int
by_account_and_symbol(const void *x, const void *y)
{
	const struct exch_opening_row *a = x, *b = y;

	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

/* Added up, an export that went wrong would double what is held. */
static int
check_once(const struct exch_reftable *t, struct exch_diag *d)
{
	const struct exch_opening_row *row = t->row;
	size_t *order =
	    exch_reftable_order(t, sizeof(*row), by_account_and_symbol, d);
	size_t bad = t->n, first = 0;

	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 1; i < t->n; i++)
		if (order[i] < bad && by_account_and_symbol(&row[order[i - 1]],
					  &row[order[i]]) == 0) {
			bad = order[i];
			first = order[i - 1];
		}
	exch_free(order);
	if (bad == t->n)
		return EXCH_OK;
	return exch_reftable_bad_cell(t, bad, "symbol", d,
	    "of account %u stands in line %llu already: expected one row with "
	    "the sum, at its average price",
	    row[bad].account, (unsigned long long)t->line[first]);
}

int
exch_opening_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);

	if (err == 0)
		err = check_once(t, d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

/* ---- by symbol ---- */

static int
by_symbol(const void *a, const void *b)
{
	const struct exch_opening_row *x =
	    *(const struct exch_opening_row *const *)a;
	const struct exch_opening_row *y =
	    *(const struct exch_opening_row *const *)b;
	int c = memcmp(x->symbol, y->symbol, sizeof(x->symbol));

	return c != 0 ? c : (x > y) - (x < y);
}

int
exch_opening_sort(
    struct exch_opening *o, const struct exch_reftable *t, struct exch_diag *d)
{
	const struct exch_opening_row *row = t != NULL ? t->row : NULL;

	*o = (struct exch_opening){.t = t, .n = t != NULL ? t->n : 0};
	o->row = exch_calloc(o->n + 1, sizeof(*o->row));
	o->taken = exch_calloc(o->n + 1, sizeof(*o->taken));
	if (o->row == NULL || o->taken == NULL) {
		exch_opening_clear(o);
		return nomem(d);
	}
	for (size_t i = 0; i < o->n; i++)
		o->row[i] = &row[i];
	qsort(o->row, o->n, sizeof(*o->row), by_symbol);
	return EXCH_OK;
}

void
exch_opening_clear(struct exch_opening *o)
{
	exch_free(o->row);
	exch_free(o->taken);
	*o = (struct exch_opening){0};
}

const struct exch_opening_row *const *
exch_opening_of(const struct exch_opening *o, const char symbol[24], size_t *n)
{
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(o->row[mid]->symbol, symbol, 24) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (high < o->n && memcmp(o->row[high]->symbol, symbol, 24) == 0)
		high++;
	*n = high - low;
	return o->row + low;
}

bool
exch_opening_take(
    struct exch_opening *o, const struct exch_opening_row *const *rows)
{
	bool *taken = &o->taken[rows - o->row];
	bool first = !*taken;

	*taken = true;
	return first;
}

/* ---- what an instrument does not allow ---- */

static size_t
place_of(const struct exch_opening *o, const struct exch_opening_row *row)
{
	return (size_t)(row - (const struct exch_opening_row *)o->t->row);
}

uint64_t
exch_opening_line(
    const struct exch_opening *o, const struct exch_opening_row *row)
{
	return o->t->line[place_of(o, row)];
}

/* As the matcher takes prices: below 0 for spreads, which are futures. */
int
exch_opening_price(const struct exch_opening *o,
    const struct exch_opening_row *row, uint8_t kind, struct exch_diag *d)
{
	if (row->price >= 0 || kind == EXCH_KIND_FUTURE)
		return EXCH_OK;
	return exch_reftable_bad_cell(o->t, place_of(o, row), "price", d,
	    "is no price of '%.24s': expected one that is not below 0, which "
	    "only futures may be",
	    row->symbol);
}

int
exch_opening_too_much(const struct exch_opening *o,
    const struct exch_opening_row *row, struct exch_diag *d)
{
	char price[32];

	*exch_dec_put(price, row->price, 9, 0) = '\0';
	return exch_reftable_bad_cell(o->t, place_of(o, row), "quantity", d,
	    "of '%.24s' at %s is beyond what numbers can say: expected a "
	    "worth of 9223372036854.775807 at most",
	    row->symbol, price);
}
