/* Settlement days and cycles (cycle.h). */
#include <config.h>

#include "base/time.h"
#include "rec/rec.h"
#include "settle/cycle.h"

#define ANY 255 /* kind */

struct cycle_row {
	struct exch_dated span;
	uint32_t days;
	uint8_t kind; /* enum exch_instr_kind, or ANY */
	char source[EXCH_DATED_SOURCE_MAX];
};

static const struct exch_cell_word kinds[] = {{"equity", EXCH_KIND_EQUITY},
    {"etf", EXCH_KIND_ETF}, {"bond", EXCH_KIND_BOND},
    {"future", EXCH_KIND_FUTURE}, {"option", EXCH_KIND_OPTION},
    {"fx", EXCH_KIND_FX}, {"crypto", EXCH_KIND_CRYPTO}, {NULL, 0}};

static const struct exch_column columns[] = {
    EXCH_DATED_COLUMNS(struct cycle_row),
    {.name = "kind",
	.kind = EXCH_CELL_WORD,
	.off = (uint16_t)offsetof(struct cycle_row, kind),
	.may_lack = true,
	.lack = ANY,
	.words = kinds},
    {.name = "days",
	.kind = EXCH_CELL_U32,
	.off = (uint16_t)offsetof(struct cycle_row, days),
	.least = 0,
	.most = EXCH_CYCLE_MOST},
    EXCH_DATED_SOURCE(struct cycle_row),
};
static const struct exch_reftable_shape shape = {"a table of cycles", columns,
    EXCH_ARRAY_LEN(columns), sizeof(struct cycle_row)};

static int
by_kind(const void *x, const void *y)
{
	const struct cycle_row *a = x, *b = y;

	return (a->kind > b->kind) - (a->kind < b->kind);
}

int
exch_cycles_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(text, n, name, &shape, t, by_kind, d);
}

int
exch_cycle_days(const struct exch_reftable *t, uint8_t kind, uint32_t date,
    uint32_t *days, struct exch_diag *d)
{
	struct cycle_row key = {.kind = kind};
	const struct cycle_row *r =
	    exch_dated_at(t, sizeof(key), date, by_kind, &key);

	key.kind = ANY;
	if (r == NULL)
		r = exch_dated_at(t, sizeof(key), date, by_kind, &key);
	if (r == NULL)
		return exch_dated_absent(t, date, "days", d);
	*days = r->days;
	return EXCH_OK;
}

int
exch_settle_step(const struct exch_calendar *c, uint32_t date, uint32_t n,
    uint32_t *out, struct exch_diag *d)
{
	static const struct exch_calendar weekends;

	if (c != NULL) {
		if (exch_calendar_step(c, date, (int)n, out) == 0)
			return EXCH_OK;
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "the calendar of settlement days %s %u",
		    exch_calendar_knows(c, date) ? "does not go on behind"
						 : "tells nothing of",
		    date);
	}
	while (n > 0 || exch_calendar_closed(&weekends, date)) {
		date = exch_days_date(exch_date_days(date) + 1);
		n -= n > 0 && !exch_calendar_closed(&weekends, date);
	}
	*out = date;
	return EXCH_OK;
}

int
exch_settle_is_day(
    const struct exch_calendar *c, uint32_t date, bool *is, struct exch_diag *d)
{
	uint32_t day;
	int err = exch_settle_step(c, date, 0, &day, d);

	*is = err == 0 && day == date;
	return err;
}

int
exch_settle_days(const struct exch_calendar *c, uint32_t from, uint32_t to,
    uint32_t *n, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (*n = 0; err == 0 && from < to;) {
		err = exch_settle_step(c, from, 1, &from, d);
		*n += from <= to;
	}
	return err;
}
