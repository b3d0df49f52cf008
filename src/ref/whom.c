/* Rows in the order of whom they are for (whom.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "ref/whom.h"

const struct exch_cell_word exch_words_scope[] = {{"all", EXCH_SCOPE_ALL},
    {"member", EXCH_SCOPE_MEMBER}, {"account", EXCH_SCOPE_ACCOUNT},
    {"group", EXCH_SCOPE_GROUP}, {NULL, 0}};

static bool
is_account_name(const char name[16])
{
	uint64_t v;
	size_t n = strnlen(name, 16);

	return exch_uint_parse(name, n, &v) == EXCH_OK && v > 0 &&
	       v <= UINT32_MAX && name[0] != '0';
}

static int
check_name(const struct exch_reftable *t, size_t i, const struct exch_whom *w,
    struct exch_diag *d)
{
	if (w->scope == EXCH_SCOPE_ALL && w->name[0] != '\0')
		return exch_reftable_bad(t, i, d,
		    "'%.16s' is a name beside the scope all: expected none",
		    w->name);
	if (w->scope == EXCH_SCOPE_MEMBER && w->name[0] == '\0')
		return exch_reftable_bad(
		    t, i, d, "a scope member without the member's name");
	if (w->scope == EXCH_SCOPE_GROUP && w->name[0] == '\0')
		return exch_reftable_bad(
		    t, i, d, "a scope group without the group's name");
	if (w->scope == EXCH_SCOPE_ACCOUNT && !is_account_name(w->name))
		return exch_reftable_bad(t, i, d,
		    "'%.16s' is no account: expected its number", w->name);
	return EXCH_OK;
}

/* But for tiers. */
static int
compare(const struct exch_whom *a, const struct exch_whom *b)
{
	int c = (a->scope > b->scope) - (a->scope < b->scope);

	if (c == 0)
		c = memcmp(a->name, b->name, sizeof(a->name));
	if (c == 0)
		c = memcmp(a->symbol, b->symbol, sizeof(a->symbol));
	return c;
}

static int
compare_all(const struct exch_whom *a, const struct exch_whom *b)
{
	int c = compare(a, b);

	return c != 0 ? c : (a->from > b->from) - (a->from < b->from);
}

/* Rows that are the same stay in the order of their lines. */
static int
by_whom(const void *a, const void *b)
{
	const struct exch_whom *x = *(const struct exch_whom *const *)a;
	const struct exch_whom *y = *(const struct exch_whom *const *)b;
	int c = compare_all(x, y);

	return c != 0 ? c : (x > y) - (x < y);
}

int
exch_whom_index(struct exch_whom_index *x, const struct exch_reftable *t,
    size_t size, const char *what, struct exch_diag *d)
{
	const char *row = t->row;
	int err = EXCH_OK;

	*x = (struct exch_whom_index){.n = t->n};
	x->row = exch_calloc(t->n + 1, sizeof(*x->row));
	if (x->row == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, t->name, EXCH_POS_NONE,
		    0, "out of memory for a table");
	for (size_t i = 0; i < t->n && err == 0; i++) {
		x->row[i] = (const void *)(row + i * size);
		err = check_name(t, i, x->row[i], d);
	}
	if (err != 0)
		return err;
	qsort(x->row, x->n, sizeof(*x->row), by_whom);
	for (size_t i = 1; i < x->n; i++) {
		size_t was = (size_t)((const char *)x->row[i - 1] - row) / size;
		size_t is = (size_t)((const char *)x->row[i] - row) / size;

		if (compare_all(x->row[i - 1], x->row[i]) == 0)
			return exch_reftable_bad(t, is, d,
			    "%s for the same stand in line %llu already", what,
			    (unsigned long long)t->line[was]);
	}
	return EXCH_OK;
}

void
exch_whom_clear(struct exch_whom_index *x)
{
	exch_free(x->row);
	*x = (struct exch_whom_index){0};
}

const void *
exch_whom_find(const struct exch_whom_index *x, const struct exch_whom *key)
{
	size_t low = 0, high = x->n;

	/* The first behind the key. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_all(x->row[mid], key) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && compare(x->row[low - 1], key) == 0 ? x->row[low - 1]
							     : NULL;
}

bool
exch_whom_of(uint32_t account, const char member[16], unsigned n,
    const char symbol[24], struct exch_whom *out)
{
	char text[20];

	*out = (struct exch_whom){.scope = EXCH_SCOPE_ALL};
	if (n == 0) {
		out->scope = EXCH_SCOPE_ACCOUNT;
		memcpy(out->name, text,
		    (size_t)(exch_uint_put(text, account) - text));
	} else if (n == 1) {
		out->scope = EXCH_SCOPE_MEMBER;
		memcpy(out->name, member, sizeof(out->name));
	}
	if (symbol != NULL)
		memcpy(out->symbol, symbol, sizeof(out->symbol));
	return n != 1 || member[0] != '\0';
}

void
exch_whom_group(
    const char name[16], const char symbol[24], struct exch_whom *out)
{
	*out = (struct exch_whom){.scope = EXCH_SCOPE_GROUP};
	memcpy(out->name, name, sizeof(out->name));
	if (symbol != NULL)
		memcpy(out->symbol, symbol, sizeof(out->symbol));
}
