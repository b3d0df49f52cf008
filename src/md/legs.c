/*
 * Tables of synthetic instruments (legs.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "md/legs.h"

static const struct exch_column columns[] = {
    {.name = "name",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_legs_leg, synthetic),
	.size = EXCH_LEGS_NAME},
    {.name = "leg",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_legs_leg, leg),
	.size = EXCH_LEGS_NAME},
    {.name = "ratio",
	.kind = EXCH_CELL_DEC,
	.off = offsetof(struct exch_legs_leg, ratio)},
};

static const struct exch_reftable_shape shape = {
    .what = "a table of legs",
    .column = columns,
    .ncolumns = EXCH_ARRAY_LEN(columns),
    .row = sizeof(struct exch_legs_leg),
};

static int
no_memory(const struct exch_legs *l, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, l->table.name, EXCH_POS_NONE, 0,
	    "out of memory for a table of legs");
}

static int
by_synthetic(const void *a, const void *b)
{
	const struct exch_legs_leg *x = a, *y = b;

	return memcmp(x->synthetic, y->synthetic, sizeof(x->synthetic));
}

static int
by_leg(const void *a, const void *b)
{
	const struct exch_legs_leg *x = a, *y = b;
	int c = by_synthetic(a, b);

	return c != 0 ? c : memcmp(x->leg, y->leg, sizeof(x->leg));
}

static int
by_name(const void *a, const void *b)
{
	return memcmp(a, b, EXCH_LEGS_NAME);
}

/* ---- what is refused ---- */

/* The rows of a synthetic stand together, or two have one name. */
static int
check_together(const struct exch_legs *l, struct exch_diag *d)
{
	const struct exch_reftable *t = &l->table;
	size_t *order = exch_reftable_order(
	    t, sizeof(struct exch_legs_leg), by_synthetic, d);
	size_t bad = t->n, first = 0, began = 0;

	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 1; i < t->n; i++) {
		if (by_synthetic(exch_legs_row(l, (uint32_t)order[i - 1]),
			exch_legs_row(l, (uint32_t)order[i])) != 0)
			began = i;
		else if (order[i] != order[i - 1] + 1 && order[i] < bad) {
			bad = order[i];
			first = order[began];
		}
	}
	exch_free(order);
	if (bad == t->n)
		return EXCH_OK;
	return exch_reftable_bad_cell(t, bad, "name", d,
	    "is the name of the synthetic of line %llu: its legs have to "
	    "stand together",
	    (unsigned long long)t->line[first]);
}

/* A line of the text as far as it goes: where an empty table ends. */
static uint64_t
last_line(const struct exch_reftable *t)
{
	uint64_t line = 1;

	for (size_t i = 0; i + 1 < t->ntext; i++)
		line += t->text[i] == '\n';
	return line;
}

static int
check_rows(const struct exch_legs *l, struct exch_diag *d)
{
	const struct exch_reftable *t = &l->table;

	if (t->n == 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, t->name, EXCH_POS_LINE,
		    last_line(t), "the table of legs has no row");
	if (t->n > UINT32_MAX / 4)
		return exch_diag_set(d, EXCH_ERR_LIMIT, t->name, EXCH_POS_NONE,
		    0, "too many legs");
	for (uint32_t i = 0; i < t->n; i++)
		if (exch_legs_row(l, i)->ratio == 0)
			return exch_reftable_bad_cell(t, i, "ratio", d,
			    "is no ratio: a leg is bought (above 0) or sold "
			    "(below)");
	return exch_reftable_once(t, sizeof(struct exch_legs_leg), by_leg,
	    "has the same leg of the same synthetic", d);
}

/* Sums of sums: what is implied is made of what can be traded. */
static int
check_plain(const struct exch_legs *l, struct exch_diag *d)
{
	const struct exch_reftable *t = &l->table;
	uint64_t *line = exch_calloc(l->nnames, sizeof(*line));
	int rc = EXCH_OK;

	if (line == NULL)
		return no_memory(l, d);
	for (uint32_t i = 0; i < l->n; i++)
		line[l->sum[i].name] = t->line[l->sum[i].first];
	for (uint32_t i = 0; i < t->n && rc == EXCH_OK; i++)
		if (line[l->number[i]] != 0)
			rc = exch_reftable_bad_cell(t, i, "leg", d,
			    "is itself a synthetic, of line %llu: a leg is "
			    "an instrument",
			    (unsigned long long)line[l->number[i]]);
	exch_free(line);
	return rc;
}

/* ---- what there is ---- */

static int
find_sums(struct exch_legs *l, struct exch_diag *d)
{
	const struct exch_legs_leg *row = l->table.row;

	/* as many as there are rows at most */
	l->sum = exch_calloc(l->table.n, sizeof(*l->sum));
	if (l->sum == NULL)
		return no_memory(l, d);
	for (uint32_t i = 0; i < l->table.n; i++) {
		if (i == 0 || by_synthetic(&row[i - 1], &row[i]) != 0)
			l->sum[l->n++].first = i;
		if (++l->sum[l->n - 1].n > l->most)
			l->most = l->sum[l->n - 1].n;
	}
	return EXCH_OK;
}

static int
number_names(struct exch_legs *l, struct exch_diag *d)
{
	size_t rows = l->table.n, n = 0;

	l->name = exch_calloc(rows + l->n, sizeof(*l->name));
	l->number = exch_calloc(rows, sizeof(*l->number));
	if (l->name == NULL || l->number == NULL)
		return no_memory(l, d);
	for (uint32_t i = 0; i < rows; i++)
		memcpy(l->name[n++], exch_legs_row(l, i)->leg, EXCH_LEGS_NAME);
	for (uint32_t i = 0; i < l->n; i++)
		memcpy(l->name[n++],
		    exch_legs_row(l, l->sum[i].first)->synthetic,
		    EXCH_LEGS_NAME);
	qsort(l->name, n, sizeof(*l->name), by_name);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_name(l->name[i - 1], l->name[i]) != 0)
			memmove(
			    l->name[l->nnames++], l->name[i], EXCH_LEGS_NAME);
	for (uint32_t i = 0; i < rows; i++)
		l->number[i] = exch_legs_number(
		    l, exch_legs_row(l, i)->leg, EXCH_LEGS_NAME);
	for (uint32_t i = 0; i < l->n; i++)
		l->sum[i].name = exch_legs_number(l,
		    exch_legs_row(l, l->sum[i].first)->synthetic,
		    EXCH_LEGS_NAME);
	return EXCH_OK;
}

/* From names to synthetics: counted, then laid down from behind. */
static int
index_users(struct exch_legs *l, struct exch_diag *d)
{
	size_t n = l->table.n + l->n;

	l->users = exch_calloc((size_t)l->nnames + 1, sizeof(*l->users));
	l->user = exch_calloc(n, sizeof(*l->user));
	if (l->users == NULL || l->user == NULL)
		return no_memory(l, d);
	for (uint32_t i = 0; i < l->table.n; i++)
		l->users[l->number[i]]++;
	for (uint32_t i = 0; i < l->n; i++)
		l->users[l->sum[i].name]++;
	for (uint32_t i = 1; i <= l->nnames; i++)
		l->users[i] += l->users[i - 1];
	for (uint32_t i = l->n; i-- > 0;) {
		const struct exch_legs_sum *s = &l->sum[i];

		l->user[--l->users[s->name]] = i;
		for (uint32_t j = s->first; j < s->first + s->n; j++)
			l->user[--l->users[l->number[j]]] = i;
	}
	return EXCH_OK;
}

int
exch_legs_parse(struct exch_legs *l, const char *text, size_t n,
    const char *name, struct exch_diag *d)
{
	int rc;

	memset(l, 0, sizeof(*l));
	rc = exch_reftable_parse(text, n, name, &shape, &l->table, d);
	if (rc == EXCH_OK)
		rc = check_rows(l, d);
	if (rc == EXCH_OK)
		rc = check_together(l, d);
	if (rc == EXCH_OK)
		rc = find_sums(l, d);
	if (rc == EXCH_OK)
		rc = number_names(l, d);
	if (rc == EXCH_OK)
		rc = check_plain(l, d);
	if (rc == EXCH_OK)
		rc = index_users(l, d);
	if (rc != EXCH_OK)
		exch_legs_clear(l);
	return rc;
}

void
exch_legs_clear(struct exch_legs *l)
{
	exch_reftable_clear(&l->table);
	exch_free(l->sum);
	exch_free(l->name);
	exch_free(l->number);
	exch_free(l->users);
	exch_free(l->user);
	memset(l, 0, sizeof(*l));
}

uint32_t
exch_legs_number(const struct exch_legs *l, const char *name, size_t n)
{
	char key[EXCH_LEGS_NAME] = {0};
	char(*at)[EXCH_LEGS_NAME];

	if (n > sizeof(key) || n == 0)
		return EXCH_LEGS_NONE;
	memcpy(key, name, n);
	at = bsearch(key, l->name, l->nnames, sizeof(*l->name), by_name);
	return at != NULL ? (uint32_t)(at - l->name) : EXCH_LEGS_NONE;
}
