/* The table of cases (cases.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/cases.h"

#define TEXT(field, column, lacks)                                             \
	{                                                                      \
		.name = column, .kind = EXCH_CELL_TEXT,                        \
		.off = offsetof(struct exch_case, field),                      \
		.size = sizeof(((struct exch_case *)0)->field),                \
		.may_lack = lacks                                              \
	}

/* Those that nobody asks for share a place. */
static const struct exch_column columns[] = {
    TEXT(alert, "alert", false),
    TEXT(status, "status", false),
    TEXT(by, "by", true),
    TEXT(when, "when", true),
    TEXT(note, "note", true),
    TEXT(pattern, "pattern", true),
    TEXT(symbol, "symbol", true),
    TEXT(accounts, "accounts", true),
    TEXT(begun, "start", true),
    TEXT(ended, "end", true),
    TEXT(other, "kind", true),
    TEXT(other, "episodes", true),
    TEXT(other, "score", true),
    TEXT(other, "first_seq", true),
    TEXT(other, "last_seq", true),
    TEXT(other, "orders", true),
    TEXT(other, "evidence", true),
    TEXT(other, "extract", true),
    TEXT(other, "merged", true),
};

static const struct exch_reftable_shape shape = {.what = "a table of cases",
    .column = columns,
    .ncolumns = EXCH_ARRAY_LEN(columns),
    .row = sizeof(struct exch_case)};

static int
by_alert(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(((struct exch_case *)0)->alert));
}

static bool
is_status(const char *s)
{
	return strcmp(s, "open") == 0 || strcmp(s, "reviewed") == 0 ||
	       strcmp(s, "closed") == 0;
}

int
exch_cases_read(
    struct exch_cases *c, const struct exch_given *given, struct exch_diag *d)
{
	const struct exch_case *row;
	int rc;

	memset(c, 0, sizeof(*c));
	if (given == NULL)
		return EXCH_OK;
	rc = exch_reftable_parse(
	    given->text, given->n, given->value, &shape, &c->table, d);
	row = c->table.row;
	for (size_t i = 0; rc == EXCH_OK && i < c->table.n; i++)
		if (!is_status(row[i].status))
			rc = exch_reftable_bad_cell(&c->table, i, "status", d,
			    "is none of open, reviewed and closed");
	if (rc == EXCH_OK)
		rc = exch_reftable_once(&c->table, sizeof(*row), by_alert,
		    "speaks of the same alert", d);
	if (rc == EXCH_OK)
		rc = exch_reftable_sort(&c->table, sizeof(*row), by_alert, d);
	return rc;
}

void
exch_cases_clear(struct exch_cases *c)
{
	exch_reftable_clear(&c->table);
}

struct exch_case *
exch_cases_of(const struct exch_cases *c, const char *alert)
{
	struct exch_case key = {.found = false};
	size_t n = strlen(alert);

	if (n > sizeof(key.alert) || c->table.n == 0)
		return NULL;
	memcpy(key.alert, alert, n);
	return bsearch(&key, c->table.row, c->table.n, sizeof(key), by_alert);
}
