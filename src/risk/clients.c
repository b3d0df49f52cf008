/* The table of clients (clients.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "risk/clients.h"

#define ROW struct exch_client_row
static const struct exch_column columns[] = {
    {.name = "client",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(ROW, client),
	.size = 16},
    EXCH_PERMIT_COLUMNS(ROW),
};
const struct exch_reftable_shape exch_clients_shape = {
    "a table of clients", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};

static int
by_name(const void *a, const void *b)
{
	const ROW *x = *(const ROW *const *)a;
	const ROW *y = *(const ROW *const *)b;
	int c = memcmp(x->client, y->client, sizeof(x->client));

	return c != 0 ? c : (x > y) - (x < y);
}

int
exch_clients_parse(const char *text, size_t n, const char *name,
    struct exch_clients *c, struct exch_diag *d)
{
	const ROW *row;
	int err;

	*c = (struct exch_clients){.row = NULL};
	err = exch_reftable_parse(text, n, name, &exch_clients_shape, &c->t, d);
	if (err != 0)
		return err;
	row = c->t.row;
	c->row = exch_calloc(c->t.n + 1, sizeof(*c->row));
	if (c->row == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
		    "out of memory for a table");
	for (size_t i = 0; i < c->t.n; i++)
		c->row[i] = &row[i];
	qsort(c->row, c->t.n, sizeof(*c->row), by_name);
	for (size_t i = 1; i < c->t.n; i++)
		if (memcmp(c->row[i - 1]->client, c->row[i]->client,
			sizeof(row->client)) == 0)
			return exch_reftable_bad(&c->t,
			    (size_t)(c->row[i] - row), d,
			    "client '%.16s' stands in line %llu already",
			    c->row[i]->client,
			    (unsigned long long)c->t.line[c->row[i - 1] - row]);
	return EXCH_OK;
}

void
exch_clients_clear(struct exch_clients *c)
{
	exch_free(c->row);
	exch_reftable_clear(&c->t);
	c->row = NULL;
}

const struct exch_client_row *
exch_clients_find(const struct exch_clients *c, const char name[16])
{
	size_t from = 0, to = c->t.n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = memcmp(c->row[mid]->client, name, 16);

		if (order == 0)
			return c->row[mid];
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}
