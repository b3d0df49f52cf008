/* Tables whose rows hold for a time (dated.h). */
#include <config.h>

#include "ref/dated.h"

bool
exch_dated_holds(const struct exch_dated *span, uint32_t date)
{
	return date >= span->from && date < span->until;
}

const void *
exch_dated_at(const struct exch_reftable *t, size_t size, uint32_t date,
    exch_dated_same *same, const void *key)
{
	for (size_t i = 0; i < t->n; i++) {
		const void *row = (const char *)t->row + i * size;

		if (same(row, key) && exch_dated_holds(row, date))
			return row;
	}
	return NULL;
}

/* Each row begins before it ends, and on no day of one that is the same. */
static int
check_spans(const struct exch_reftable *t, size_t size, exch_dated_same *same,
    struct exch_diag *d)
{
	for (size_t i = 0; i < t->n; i++) {
		const char *rows = t->row;
		const struct exch_dated *a = (const void *)(rows + i * size);

		if (a->from >= a->until)
			return exch_reftable_bad(t, i, d,
			    "it would end before it begins: expected 'until' "
			    "after 'from'");
		for (size_t j = 0; j < i; j++) {
			const struct exch_dated *b =
			    (const void *)(rows + j * size);

			if (same(a, b) && a->from < b->until &&
			    b->from < a->until)
				return exch_reftable_bad(t, i, d,
				    "line %llu says the same for some of "
				    "these days",
				    (unsigned long long)t->line[j]);
		}
	}
	return EXCH_OK;
}

int
exch_dated_parse(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, struct exch_reftable *t,
    exch_dated_same *same, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, s, t, d);

	if (err == 0)
		err = check_spans(t, s->row, same, d);
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
