/* Alerts of exch-report aml, written by their time. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/aml.h"

static const struct exch_col cols[] = {
    {"pattern", EXCH_COL_TEXT, 11},
    {"kind", EXCH_COL_TEXT, 11},
    {"who", EXCH_COL_TEXT, 8},
    {"account", EXCH_COL_TEXT, 8},
    {"currency", EXCH_COL_TEXT, 8},
    {"start", EXCH_COL_TIME, 18},
    {"end", EXCH_COL_TIME, 18},
    {"count", EXCH_COL_NUM, 6},
    {"amount", EXCH_COL_NUM, 12},
    {"limit", EXCH_COL_NUM, 12},
    {"records", EXCH_COL_TEXT, 16},
    {"evidence", EXCH_COL_TEXT, 40},
};

int
exch_aml_columns(struct exch_report_run *run, struct exch_diag *d)
{
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

struct exch_aml_alert *
exch_aml_alert_new(struct exch_aml *s)
{
	struct exch_aml_alert *a;

	if (!exch_room(&s->alert, s->nalerts, &s->capalerts, sizeof(*a)))
		return NULL;
	a = &s->alert[s->nalerts++];
	*a = (struct exch_aml_alert){0};
	return a;
}

void
exch_aml_alert_ref(
    struct exch_aml_alert *a, exch_ts time, struct exch_aml_ref ref)
{
	if (a->nrefs == 0)
		a->start = time;
	a->end = time;
	if (a->nrefs < EXCH_AML_REFS)
		a->ref[a->nrefs] = ref;
	a->nrefs++;
}

/* Equal ones keep the order in which they were found. */
static int
by_time(const void *x, const void *y)
{
	const struct exch_aml_alert *a = x, *b = y;
	int c;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->ref[0].seq != b->ref[0].seq)
		return a->ref[0].seq < b->ref[0].seq ? -1 : 1;
	c = strcmp(a->pattern, b->pattern);
	if (c == 0)
		c = strcmp(a->kind, b->kind);
	if (c != 0)
		return c;
	return a->holder < b->holder ? -1 : a->holder > b->holder;
}

static void
put_records(struct exch_table *t, const struct exch_aml_alert *a)
{
	char text[EXCH_AML_REFS * 25 + 40], *p = text;

	for (unsigned i = 0; i < a->nrefs && i < EXCH_AML_REFS; i++) {
		if (i > 0)
			*p++ = ' ';
		p = exch_fmt_u64(p, a->ref[i].source);
		*p++ = ':';
		p = exch_fmt_u64(p, a->ref[i].seq);
	}
	if (a->nrefs > EXCH_AML_REFS) {
		p = exch_fmt_copy(p, " and ", 5);
		p = exch_fmt_u64(p, a->nrefs - EXCH_AML_REFS);
		p = exch_fmt_copy(p, " more", 5);
	}
	exch_table_text(t, text, (size_t)(p - text));
}

static void
put(struct exch_aml *s, const struct exch_aml_alert *a)
{
	struct exch_table *t = &s->run->table;
	char currency[4];

	memcpy(currency, &a->currency, sizeof(currency));
	exch_table_row(t);
	exch_table_word(t, a->pattern);
	exch_table_word(t, a->kind);
	exch_report_holder(s->run, &s->holders, a->holder);
	exch_report_account(s->run, a->account);
	exch_report_chars(s->run, currency, sizeof(currency));
	exch_table_time(t, a->start);
	exch_table_time(t, a->end);
	exch_table_u64(t, a->count);
	exch_table_dec(t, a->amount, 6, 2);
	exch_table_dec(t, a->limit, 6, 2);
	put_records(t, a);
	exch_table_text(t, a->evidence, strlen(a->evidence));
	exch_table_end(t);
}

/* A broken trade took away what had made it one. */
static bool
lapsed(const struct exch_aml_alert *a)
{
	return strcmp(a->pattern, "dormant") == 0 &&
	       (a->count == 0 || a->amount < a->limit);
}

void
exch_aml_put(struct exch_aml *s)
{
	if (s->nalerts > 0)
		qsort(s->alert, s->nalerts, sizeof(*s->alert), by_time);
	for (size_t i = 0; i < s->nalerts; i++)
		if (!lapsed(&s->alert[i]))
			put(s, &s->alert[i]);
}
