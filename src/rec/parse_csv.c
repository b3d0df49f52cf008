/*
 * CSV tables into records.  Rows are handed to libcsv in runs that end
 * with a row, as many as one read brought; their records wait in a batch.
 * A row whose first field is "type" is the heading of the next table.
 */
#include <config.h>

#include <string.h>

#include "base/csv.h"
#include "base/dec.h"
#include "rec/parse_priv.h"

static int
nomem(struct exch_parse *p, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(p->in),
	    EXCH_POS_LINE, p->line, "out of memory for rows");
}

static bool
is(const struct exch_csv_row *row, size_t i, const char *s)
{
	return row->len[i] == strlen(s) &&
	       memcmp(row->field[i], s, row->len[i]) == 0;
}

static int
take_heading(
    struct exch_parse *p, const struct exch_csv_row *row, struct exch_diag *d)
{
	if (row->nfields > EXCH_CELLS_MAX)
		return EXCH_PARSE_BAD(p, d, "too many columns");
	p->heading.len = 0;
	p->columns = (unsigned)row->nfields;
	for (unsigned i = 0; i < p->columns; i++)
		exch_buf_add(&p->heading, row->field[i], row->len[i] + 1);
	return p->heading.failed ? nomem(p, d) : 0;
}

/* The row under its heading as cells. */
static void
make_cells(struct exch_parse *p, const struct exch_csv_row *row)
{
	const char *name = p->heading.p;

	p->ncell = p->columns;
	p->hint = 0;
	for (unsigned i = 0; i < p->columns; i++) {
		p->cell[i] = (struct exch_cell){
		    .key = name,
		    .nkey = strlen(name),
		    .s = row->field[i],
		    .n = row->len[i],
		    .null = row->len[i] == 0,
		};
		name += p->cell[i].nkey + 1;
	}
}

/* "end,,ROWS,,STATUS": the trailer. */
static int
take_end(struct exch_parse *p, struct exch_diag *d)
{
	uint64_t rows = 0;
	int err = exch_parse_number(p, "seq", UINT64_MAX, &rows, d);

	if (err == 0)
		err = exch_parse_status(p, exch_parse_cell(p, "symbol"), d);
	if (err != 0)
		return err;
	if (rows != p->rows)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(p->in),
		    EXCH_POS_LINE, p->line,
		    "end row counts %llu rows, but %llu came",
		    (unsigned long long)rows, (unsigned long long)p->rows);
	p->ended = true;
	return 0;
}

static int
take_row(
    struct exch_parse *p, const struct exch_csv_row *row, struct exch_diag *d)
{
	int err;

	if (p->ended)
		return EXCH_PARSE_BAD(p, d, "rows follow the end row");
	if (is(row, 0, "type"))
		return take_heading(p, row, d);
	if (row->nfields != p->columns)
		return EXCH_PARSE_BAD(p, d,
		    "row has %zu fields, its heading %u", row->nfields,
		    p->columns);
	make_cells(p, row);
	if (is(row, 0, "end"))
		return take_end(p, d);
	if (p->rows == 0)
		p->source_max = UINT8_MAX;
	err = exch_parse_build(p, d);
	if (err != 0)
		return err;
	exch_buf_add(&p->batch, &p->seq, sizeof(p->seq));
	exch_buf_add(&p->batch, p->rec,
	    exch_rec_len((const struct exch_rec *)(const void *)p->rec));
	if (p->rows++ == 0)
		p->source_max =
		    p->rec[3] > EXCH_CSV_SOURCES ? p->rec[3] : EXCH_CSV_SOURCES;
	return p->batch.failed ? nomem(p, d) : 0;
}

static int
on_row(void *arg, const struct exch_csv_row *row, struct exch_diag *d)
{
	struct exch_parse *p = arg;
	int err;

	p->line = p->base + row->line;
	err = take_row(p, row, d);
	p->row_bad = err != 0;
	return err;
}

/* Find the end of the last whole row; quotes may hold line ends. */
static void
scan_rows(struct exch_parse *p)
{
	for (; p->scan < p->len; p->scan++) {
		if (p->raw[p->scan] == '"')
			p->quoted = !p->quoted;
		else if (p->raw[p->scan] == '\n' && !p->quoted)
			p->row_end = p->scan + 1;
	}
}

static uint64_t
count_lines(const char *s, size_t n)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += s[i] == '\n';
	return lines;
}

/*
 * Parse the whole rows there are.  An error waits until the records before
 * it are out; where libcsv found it, its line is counted from here.
 */
static void
parse_rows(struct exch_parse *p)
{
	const char *s = p->raw + p->at;
	size_t n = p->row_end - p->at;
	struct exch_diag d = {0};
	int err;

	p->row_bad = false;
	err = exch_csv_parse(s, n, exch_in_name(p->in), on_row, p, &d);
	if (err != 0) {
		if (d.kind == EXCH_POS_LINE && !p->row_bad)
			d.where += p->base;
		p->pending = err;
		p->pending_diag = d;
	}
	p->base += count_lines(s, n);
	p->at = p->row_end;
}

int
exch_parse_csv_rows(struct exch_parse *p, struct exch_diag *d)
{
	for (;;) {
		int got;

		scan_rows(p);
		if (p->row_end > p->at) {
			parse_rows(p);
			return 1;
		}
		got = exch_parse_more(p, d);
		if (got < 0)
			return got;
		if (got > 0)
			continue;
		if (p->at != p->len)
			return exch_diag_set(d, EXCH_ERR_CUT,
			    exch_in_name(p->in), EXCH_POS_LINE, p->base + 1,
			    "row ends early");
		/* Without a trailer a table is whole by its last line end. */
		if (!p->ended)
			p->status = EXCH_STATUS_COMPLETE;
		return 0;
	}
}
