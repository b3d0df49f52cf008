/*
 * The pool of live orders (lives.h).
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "report/lives.h"
#include "report/report.h"

int
exch_lives_init(struct exch_lives *l, struct exch_diag *d)
{
	l->made = 0;
	return exch_keyed_init(&l->k, sizeof(struct exch_life)) == EXCH_OK
		   ? EXCH_OK
		   : exch_report_nomem(d);
}

void
exch_lives_clear(struct exch_lives *l)
{
	exch_keyed_clear(&l->k);
}

struct exch_life *
exch_lives_find(const struct exch_lives *l, uint32_t place, exch_oid id)
{
	return exch_keyed_find(&l->k, place, id);
}

int
exch_lives_insert(struct exch_lives *l, uint32_t place, exch_oid id,
    struct exch_life **out, struct exch_diag *d)
{
	int err = exch_keyed_add(&l->k, place, id, out);

	if (err == EXCH_OK) {
		(*out)->nth = l->made++;
		return EXCH_OK;
	}
	*out = NULL;
	if (err == EXCH_ERR_EXISTS)
		return EXCH_OK;
	return err == EXCH_ERR_LIMIT
		   ? (int)exch_diag_set(
			 d, err, NULL, EXCH_POS_NONE, 0, "too many live orders")
		   : exch_report_nomem(d);
}

static int
by_nth(const void *a, const void *b)
{
	const struct exch_life *x = *(const struct exch_life *const *)a;
	const struct exch_life *y = *(const struct exch_life *const *)b;

	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

struct exch_life *
exch_lives_next(const struct exch_lives *l, uint32_t *at)
{
	return exch_keyed_next(&l->k, at);
}

int
exch_lives_each(const struct exch_lives *l, exch_life_fn *fn, void *arg,
    struct exch_diag *d)
{
	const struct exch_life **list;
	size_t n = 0;
	uint32_t at = 0;
	int rc = EXCH_OK;

	if (l->k.live == 0)
		return EXCH_OK;
	list = exch_calloc(l->k.live, sizeof(*list));
	if (list == NULL)
		return exch_report_nomem(d);
	while (n < l->k.live)
		list[n++] = exch_lives_next(l, &at);
	qsort(list, n, sizeof(*list), by_nth);
	for (size_t i = 0; i < n && rc == EXCH_OK; i++)
		rc = fn(arg, list[i], d);
	exch_free(list);
	return rc;
}
