/*
 * Other reports inside of one: each gets the records of the stream, and what
 * it writes is kept as CSV and read back, row by row.  So a page says what the
 * report of that name says, and no figure is computed twice.
 */
#ifndef EXCH_REPORT_PARTS_H
#define EXCH_REPORT_PARTS_H

#include "report/report.h"

#define EXCH_PART_COLS 48

struct exch_part {
	struct exch_report_run *run; /* NULL: this part is not there */
	struct exch_out *out;
	struct exch_given given[EXCH_PARAMS_MAX];
};

/*
 * Begin one for the report at hand: it takes what was said about parameters of
 * the same name, and besides them `flag` (NULL: none) is said.  Times are UTC.
 */
int exch_part_open(struct exch_part *p, struct exch_report_run *of,
    const struct exch_report *report, const char *flag, struct exch_diag *d);
/* Any record; nothing of a part that is not there. */
int exch_part_record(struct exch_part *p, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
/* The stream is over, as it is for the report at hand. */
int exch_part_finish(
    struct exch_part *p, const struct exch_report_run *of, struct exch_diag *d);
/* Of zeros, too. */
void exch_report_part_free(struct exch_part *p);

/* A row: texts by the place of their column, "" where there is no value. */
struct exch_part_row {
	const char *const *name; /* of columns */
	const char *const *cell;
	unsigned n;
};

typedef int exch_part_fn(
    void *arg, const struct exch_part_row *row, struct exch_diag *d);

/* Every row behind the header; another result than 0 ends it. */
int exch_part_rows(const struct exch_part *p, exch_part_fn *fn, void *arg,
    struct exch_diag *d);
/* The cell of a column; "": there is none of this name. */
const char *exch_part_cell(const struct exch_part_row *row, const char *name);
/*
 * The same as a number in units of 10^-scale, cut towards zero where it has
 * more digits; INT64_MAX: it is none, or too large.
 */
int64_t exch_part_number(
    const struct exch_part_row *row, const char *name, int scale);

#endif
