/*
 * Tables whose rows hold for a time, so that a number of a rule book changes
 * without a change of the program: a row holds from its day `from` on, and
 * before its day `until`.  Rows that say the same thing for the same day are
 * refused when the table is read, and so a day has one answer, or none.
 *
 *	from,until,rule,value,source
 *	2020-01-01,2026-06-04,day-trades,4,FINRA 4210(f)(8)(B)
 */
#ifndef EXCH_REF_DATED_H
#define EXCH_REF_DATED_H

#include "ref/table.h"

/* What every row begins with: days YYYYMMDD. */
struct exch_dated {
	uint32_t from, until;
};

#define EXCH_DATED_FOR_EVER 99991231
/* Bytes of a column that names the rule a row is from. */
#define EXCH_DATED_SOURCE_MAX 96

/* Its columns, of a `row` with a `span`; and one with a `source`. */
#define EXCH_DATED_COLUMNS(row)                                                \
	{.name = "from",                                                       \
	    .kind = EXCH_CELL_DATE,                                            \
	    .off = (uint16_t)offsetof(row, span.from)},                        \
	{                                                                      \
		.name = "until", .kind = EXCH_CELL_DATE,                       \
		.off = (uint16_t)offsetof(row, span.until), .may_lack = true,  \
		.lack = EXCH_DATED_FOR_EVER                                    \
	}
#define EXCH_DATED_SOURCE(row)                                                 \
	{                                                                      \
		.name = "source", .kind = EXCH_CELL_TEXT,                      \
		.off = (uint16_t)offsetof(row, source),                        \
		.size = EXCH_DATED_SOURCE_MAX                                  \
	}

bool exch_dated_holds(const struct exch_dated *span, uint32_t date);

/*
 * Parse such a table, as exch_reftable_parse does.  Refused besides: a row
 * that ends before it begins, and one that says the same for a day as one above
 * it.  `thing` orders rows by what they are about, whenever that is.
 */
int exch_dated_parse(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, struct exch_reftable *t,
    exch_reftable_compare *thing, struct exch_diag *d);

/*
 * The row that holds on a day among those about the same as `key`, a row with
 * just that set; `size` is that of a row.  NULL: there is none.
 */
const void *exch_dated_at(const struct exch_reftable *t, size_t size,
    uint32_t date, exch_reftable_compare *thing, const void *key);

/* EXCH_ERR_ABSENT: "no row tells 'WHAT' for 2026-01-05". */
int exch_dated_absent(const struct exch_reftable *t, uint32_t date,
    const char *what, struct exch_diag *d);

#endif
