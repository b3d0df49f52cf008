/* Tables whose rows hold for a time (dated.h). */
#include <config.h>

#include "base/alloc.h"
#include "ref/dated.h"

bool
exch_dated_holds(const struct exch_dated *span, uint32_t date)
{
	return date >= span->from && date < span->until;
}

const void *
exch_dated_at(const struct exch_reftable *t, size_t size, uint32_t date,
    exch_reftable_compare *thing, const void *key)
{
	for (size_t i = 0; i < t->n; i++) {
		const void *row = (const char *)t->row + i * size;

		if (thing(row, key) == 0 && exch_dated_holds(row, date))
			return row;
	}
	return NULL;
}

static int
by_from(const void *x, const void *y)
{
	const struct exch_dated *a = x, *b = y;

	return (a->from > b->from) - (a->from < b->from);
}

static const struct exch_dated *
span_of(const struct exch_reftable *t, size_t size, size_t i)
{
	return (const void *)((const char *)t->row + i * size);
}

/*
 * No row about a thing begins before the one before it has ended: in the order
 * of their beginnings it is enough to look at neighbours.
 */
static int
check_once(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *thing, struct exch_diag *d)
{
	size_t *order = exch_reftable_order_then(t, size, thing, by_from, d);
	size_t bad = t->n, above = 0;

	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 1; i < t->n; i++) {
		const struct exch_dated *a = span_of(t, size, order[i - 1]);
		const struct exch_dated *b = span_of(t, size, order[i]);
		bool down = order[i - 1] < order[i];

		if (thing(a, b) != 0 || b->from >= a->until ||
		    order[down ? i : i - 1] >= bad)
			continue;
		bad = order[down ? i : i - 1];
		above = order[down ? i - 1 : i];
	}
	exch_free(order);
	if (bad == t->n)
		return EXCH_OK;
	return exch_reftable_bad(t, bad, d,
	    "line %llu says the same for some of these days",
	    (unsigned long long)t->line[above]);
}

static int
check_spans(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *thing, struct exch_diag *d)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct exch_dated *a = span_of(t, size, i);

		if (a->from >= a->until)
			return exch_reftable_bad(t, i, d,
			    "it would end before it begins: expected 'until' "
			    "after 'from'");
	}
	return check_once(t, size, thing, d);
}

int
exch_dated_parse(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, struct exch_reftable *t,
    exch_reftable_compare *thing, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, s, t, d);

	if (err == 0)
		err = check_spans(t, s->row, thing, d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

int
exch_dated_absent(const struct exch_reftable *t, uint32_t date,
    const char *what, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_ABSENT, t->name, EXCH_POS_NONE, 0,
	    "no row tells '%s' for %04u-%02u-%02u", what, date / 10000,
	    date / 100 % 100, date % 100);
}
