/* Cash penalties of settlement fails (penalty.h). */
#include <config.h>

#include "settle/fraction.h"
#include "settle/penalty.h"

const struct exch_cell_word exch_penalty_classes[] = {
    {"liquid", EXCH_PENALTY_LIQUID}, {"illiquid", EXCH_PENALTY_ILLIQUID},
    {"growth", EXCH_PENALTY_GROWTH}, {"sovereign", EXCH_PENALTY_SOVEREIGN},
    {"debt", EXCH_PENALTY_DEBT}, {"growth-debt", EXCH_PENALTY_GROWTH_DEBT},
    {"other", EXCH_PENALTY_OTHER}, {NULL, 0}};

struct penalty_row {
	struct exch_dated span;
	uint8_t class;
	int64_t points; /* 10^-6 basis points */
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct penalty_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {EXCH_DATED_COLUMNS(ROW),
    {.name = "class",
	.kind = EXCH_CELL_WORD,
	AT(class),
	.words = exch_penalty_classes},
    {.name = "points",
	.kind = EXCH_CELL_CASH,
	AT(points),
	.least = 0,
	.most = 10000 * EXCH_PENALTY_POINT},
    EXCH_DATED_SOURCE(ROW)};
static const struct exch_reftable_shape shape = {
    "a table of penalties", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
by_class(const void *x, const void *y)
{
	const struct penalty_row *a = x, *b = y;

	return (a->class > b->class) - (a->class < b->class);
}

int
exch_penalties_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(text, n, name, &shape, t, by_class, d);
}

int
exch_penalty_points(const struct exch_reftable *t, uint32_t date,
    enum exch_penalty_class class, int64_t *points, struct exch_diag *d)
{
	struct penalty_row key = {.class = (uint8_t) class};
	const struct penalty_row *r =
	    exch_dated_at(t, sizeof(key), date, by_class, &key);

	if (r == NULL)
		return exch_dated_absent(
		    t, date, exch_penalty_classes[class].word, d);
	*points = r->points;
	return EXCH_OK;
}

int
exch_penalty_day(const struct exch_money *m, exch_px reference, exch_qty qty,
    int64_t points, exch_i128 *cash)
{
	/* price x quantity / unit is cash, and a multiplier has 10^9. */
	struct exch_fraction f = exch_fraction_of(points, (exch_i128)m->unit);
	struct exch_fraction g =
	    exch_fraction_of(m->multiplier, 10000 * EXCH_PENALTY_POINT);
	int err = exch_fraction_times(f, g, &f);

	if (err == EXCH_OK)
		err = exch_fraction_times(
		    f, exch_fraction_of(reference, EXCH_PX_ONE), &f);
	return err == EXCH_OK ? exch_fraction_round((exch_i128)qty, f, cash)
			      : err;
}

int
exch_penalty_cash_day(exch_i128 missing, int64_t rate, exch_i128 *cash)
{
	struct exch_fraction f =
	    exch_fraction_of(rate > 0 ? rate : 0, 360 * (exch_i128)EXCH_PX_ONE);

	return exch_fraction_round(missing, f, cash);
}
