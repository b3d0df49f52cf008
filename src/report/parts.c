/* Other reports inside of one (parts.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "base/dec.h"
#include "rec/zio.h"
#include "report/parts.h"

/* What was said to the report at hand, in the order of the part's own. */
static void
pass_on(struct exch_part *p, const struct exch_report_run *of,
    const struct exch_report *report, const char *flag)
{
	const struct exch_report_param *x = report->params;

	for (unsigned i = 0; x != NULL && x[i].name != NULL; i++) {
		const struct exch_given *g = exch_report_given(of, x[i].name);

		if (g != NULL)
			p->given[i] = *g;
		else if (flag != NULL && strcmp(flag, x[i].name) == 0)
			p->given[i].value = "";
	}
}

int
exch_part_open(struct exch_part *p, struct exch_report_run *of,
    const struct exch_report *report, const char *flag, struct exch_diag *d)
{
	struct exch_report_opts o = of->o;
	int rc;

	pass_on(p, of, report, flag);
	o.format = EXCH_FMT_CSV;
	o.tz = NULL;
	o.digest = false;
	o.hash = false;
	o.bare = true;
	o.misses = 0;
	o.given = p->given;
	if (exch_out_mem(&p->out) != EXCH_OK)
		return exch_report_nomem(d);
	rc = exch_report_new(report, &o, of->info, p->out, &p->run, d);
	if (rc != EXCH_OK)
		p->run = NULL;
	return rc;
}

int
exch_part_record(struct exch_part *p, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	return p->run == NULL ? EXCH_OK : exch_report_record(p->run, r, seq, d);
}

int
exch_part_finish(
    struct exch_part *p, const struct exch_report_run *of, struct exch_diag *d)
{
	return p->run == NULL
		   ? EXCH_OK
		   : exch_report_finish(p->run, of->status, of->damaged, d);
}

void
exch_report_part_free(struct exch_part *p)
{
	exch_report_free(p->run);
	exch_out_free(p->out);
	*p = (struct exch_part){0};
}

/* ---- rows ---- */

struct reading {
	exch_part_fn *fn;
	void *arg;
	char *header; /* the names, each ending with NUL */
	const char *name[EXCH_PART_COLS];
	unsigned n;
};

static int
take_header(
    struct reading *x, const struct exch_csv_row *row, struct exch_diag *d)
{
	size_t room = 0;
	char *to;

	x->n = (unsigned)(row->nfields < EXCH_PART_COLS ? row->nfields
							: EXCH_PART_COLS);
	for (unsigned i = 0; i < x->n; i++)
		room += row->len[i] + 1;
	x->header = to = exch_malloc(room + 1);
	if (to == NULL)
		return exch_report_nomem(d);
	for (unsigned i = 0; i < x->n; i++) {
		memcpy(to, row->field[i], row->len[i] + 1);
		x->name[i] = to;
		to += row->len[i] + 1;
	}
	return EXCH_OK;
}

static int
take_row(void *arg, const struct exch_csv_row *row, struct exch_diag *d)
{
	struct reading *x = arg;
	struct exch_part_row r = {.name = x->name, .cell = row->field};

	if (x->header == NULL)
		return take_header(x, row, d);
	r.n = row->nfields < x->n ? (unsigned)row->nfields : x->n;
	return x->fn(x->arg, &r, d);
}

int
exch_part_rows(
    const struct exch_part *p, exch_part_fn *fn, void *arg, struct exch_diag *d)
{
	struct reading x = {.fn = fn, .arg = arg};
	const unsigned char *bytes;
	size_t n;
	int rc;

	if (p->run == NULL)
		return EXCH_OK;
	bytes = exch_out_mem_bytes(p->out, &n);
	rc = exch_csv_parse(
	    (const char *)bytes, n, p->run->report->name, take_row, &x, d);
	exch_free(x.header);
	return rc;
}

const char *
exch_part_cell(const struct exch_part_row *row, const char *name)
{
	for (unsigned i = 0; i < row->n; i++)
		if (strcmp(row->name[i], name) == 0)
			return row->cell[i];
	return "";
}

int64_t
exch_part_number(const struct exch_part_row *row, const char *name, int scale)
{
	const char *s = exch_part_cell(row, name);
	size_t n = strlen(s);
	const char *point = memchr(s, '.', n);
	int64_t v;

	if (point != NULL && n > (size_t)(point - s) + 1 + (size_t)scale)
		n = (size_t)(point - s) + (scale == 0 ? 0 : 1 + (size_t)scale);
	return exch_dec_parse(s, n, scale, &v) == 0 ? v : INT64_MAX;
}
