/* Years to keep things (retention.h). */
#include <config.h>

#include "base/time.h"
#include "store/retention.h"

const struct exch_cell_word exch_kept_words[] = {{"orders", EXCH_KEPT_ORDERS},
    {"trades", EXCH_KEPT_TRADES}, {"audit", EXCH_KEPT_AUDIT}, {NULL, 0}};

struct retention_row {
	struct exch_dated span;
	uint8_t kind;
	uint32_t years;
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct retention_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {EXCH_DATED_COLUMNS(ROW),
    {.name = "kind",
	.kind = EXCH_CELL_WORD,
	AT(kind),
	.words = exch_kept_words},
    {.name = "years",
	.kind = EXCH_CELL_U32,
	AT(years),
	.least = 0,
	.most = 200},
    EXCH_DATED_SOURCE(ROW)};
static const struct exch_reftable_shape shape = {
    "a table of years to keep", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
by_kind(const void *x, const void *y)
{
	const struct retention_row *a = x, *b = y;

	return (a->kind > b->kind) - (a->kind < b->kind);
}

int
exch_retention_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(text, n, name, &shape, t, by_kind, d);
}

/* 29 February in a year that has none: 1 March. */
static uint32_t
years_later(uint32_t date, unsigned years)
{
	uint32_t then = date + years * 10000;

	return exch_date_is(then) ? then : then - then % 100 + 101;
}

static int
until_of(const struct exch_reftable *t, uint32_t date, enum exch_kept kind,
    uint32_t *until, unsigned *years, struct exch_diag *d)
{
	struct retention_row key = {.kind = (uint8_t)kind};
	const struct retention_row *r =
	    exch_dated_at(t, sizeof(key), date, by_kind, &key);

	if (r == NULL)
		return exch_dated_absent(
		    t, date, exch_kept_words[kind].word, d);
	*years = r->years;
	*until = years_later(date, r->years);
	return 0;
}

int
exch_retention_until(const struct exch_reftable *t, uint32_t date,
    enum exch_kept kind, uint32_t *until, unsigned *years, struct exch_diag *d)
{
	int err = until_of(t, date, kind, until, years, d);

	if (kind != EXCH_KEPT_AUDIT)
		return err;
	for (unsigned k = 0; k < EXCH_KEPT_AUDIT && err == 0; k++) {
		uint32_t other = 0;
		unsigned n = 0;

		err = until_of(t, date, (enum exch_kept)k, &other, &n, d);
		if (err == 0 && other > *until) {
			*until = other;
			*years = n;
		}
	}
	return err;
}
