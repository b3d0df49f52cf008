/*
 * What cells of regulatory reports look like: the formats that the annexes of
 * (EU) 2017/580 and 2017/590 name, written and checked.
 *
 *	DECIMAL-18/13	18 digits at most, 13 of them behind the point
 *	DATE_TIME_FORMAT	2026-11-20T14:30:01.000200Z
 *
 * Values are rounded, half to even, not cut; times are cut to microseconds,
 * so that nothing is dated later than it was.
 */
#ifndef EXCH_REPORT_FORMS_H
#define EXCH_REPORT_FORMS_H

#include "ref/dated.h"
#include "report/report.h"

/* The longest cell that the functions below write. */
#define EXCH_FORM_MAX 32

/*
 * v x 10^-scale with at most `digits` digits, `frac` of them behind the point,
 * at p; returns the end, or NULL if the whole part alone has more.
 */
char *exch_form_decimal(
    char *p, exch_i128 v, int scale, unsigned digits, unsigned frac);
/* 27 bytes. */
char *exch_form_time(char *p, exch_ts t);
/* YYYYMMDD as 10 bytes. */
char *exch_form_date(char *p, uint32_t date);
/* Letters and digits of a text, small ones as capitals, up to `most`. */
char *exch_form_alnum(char *p, const char *s, size_t n, size_t most);

/*
 * What is wrong with a cell of one of these formats or codes (lists with
 * blanks between); NULL: nothing.
 */
const char *exch_form_fault(
    const char *formats, const char *codes, const char *s, size_t n);

/* ---- tables of fields: data/report ---- */

struct exch_form_field {
	struct exch_dated span;
	uint32_t field;
	char name[28];
	char format[40];
	char codes[160];
	char source[EXCH_DATED_SOURCE_MAX];
};

struct exch_form_table {
	struct exch_reftable table;
	const struct exch_form_field **field; /* those of the day, in order */
	unsigned n;
	uint32_t date; /* the day whose fields they are */
};

/*
 * The fields that hold on a day; on a day before all of them those that were
 * the first.
 */
int exch_form_read(struct exch_form_table *t, const struct exch_given *given,
    uint32_t date, struct exch_diag *d);
void exch_form_clear(struct exch_form_table *t);

/* The day whose rules a stream goes by: its trading date, or its first. */
uint32_t exch_form_day(const struct exch_report_run *run);

#endif
