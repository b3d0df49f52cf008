/* Pictures as columns of numbers (plot.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "plot/plot.h"
#include "plot/ticks.h"

/* What a column shows: a series' values, or the lower ones of a range. */
struct column {
	const struct exch_plot_panel *panel;
	const struct exch_plot_series *series;
	bool low;
};

/* Column i of the series, from 0; false: there are not so many. */
static bool
find(const struct exch_plot *p, unsigned i, struct column *c)
{
	for (unsigned panel = 0; panel < p->npanels; panel++)
		for (unsigned s = 0; s < p->panel[panel].n; s++) {
			const struct exch_plot_series *e =
			    &p->panel[panel].series[s];
			unsigned n = e->drawn ? 0 : e->low != NULL ? 2 : 1;

			if (i < n) {
				*c = (struct column){&p->panel[panel], e,
				    e->low != NULL && i == 0};
				return true;
			}
			i -= n;
		}
	return false;
}

void
exch_plot_columns(const struct exch_plot *p, struct exch_plot_columns *c)
{
	struct column unused;

	*c = (struct exch_plot_columns){.p = p, .n = 1};
	if (p->form == EXCH_PLOT_MARKS) {
		c->n = 4;
		return;
	}
	while (find(p, c->n - 1, &unused))
		c->n++;
}

/* The first column says where: a time, a class, a name. */
static const char *
first_name(const struct exch_plot *p)
{
	switch (p->form) {
	case EXCH_PLOT_CLASS:
		return p->x;
	case EXCH_PLOT_NAMED:
		return p->x != NULL ? p->x : "name";
	default:
		return "time";
	}
}

void
exch_plot_column_name(
    const struct exch_plot_columns *c, unsigned i, struct exch_buf *b)
{
	static const char *const of_marks[] = {
	    "time", "kind", "weight", "what"};
	struct column x;

	if (c->p->form == EXCH_PLOT_MARKS)
		exch_buf_str(b, of_marks[i]);
	else if (i == 0)
		exch_buf_str(b, first_name(c->p));
	else if (find(c->p, i - 1, &x))
		exch_buf_str(b, x.low ? x.series->low_name : x.series->name);
}

uint32_t
exch_plot_rows(const struct exch_plot_columns *c)
{
	return c->p->form == EXCH_PLOT_MARKS ? c->p->nmarks : c->p->n;
}

bool
exch_plot_row_used(const struct exch_plot_columns *c, uint32_t row)
{
	struct column x;

	if (c->p->form == EXCH_PLOT_MARKS)
		return true;
	for (unsigned i = 0; find(c->p, i, &x); i++)
		if (x.series->y[row] != EXCH_PLOT_NONE)
			return true;
	return false;
}

static void
put_time(const struct exch_plot *p, exch_ts t, struct exch_buf *b)
{
	char text[EXCH_TICK_LABEL];

	exch_ticks_time_of(t, p->tz,
	    exch_plot_end(p) - p->start > UINT64_C(86400) * EXCH_SEC, text);
	exch_buf_str(b, text);
}

static void
mark_cell(const struct exch_plot *p, const struct exch_plot_mark *m,
    unsigned column, struct exch_buf *b)
{
	switch (column) {
	case 0:
		put_time(p, m->time, b);
		break;
	case 1:
		if (m->row < p->nnames)
			exch_buf_str(b, p->names[m->row]);
		break;
	case 2:
		exch_buf_uint(b, m->weight);
		break;
	default:
		if (m->text != NULL)
			exch_buf_str(b, m->text);
		break;
	}
}

void
exch_plot_cell(const struct exch_plot_columns *c, uint32_t row, unsigned column,
    struct exch_buf *b)
{
	const struct exch_plot *p = c->p;
	struct column x;
	int64_t v;

	if (p->form == EXCH_PLOT_MARKS) {
		mark_cell(p, &p->mark[row], column, b);
		return;
	}
	if (column == 0) {
		if (p->form == EXCH_PLOT_TIME || p->form == EXCH_PLOT_HEAT)
			put_time(p, exch_plot_bin(p, row), b);
		else
			exch_buf_str(b, p->names[row]);
		return;
	}
	if (!find(p, column - 1, &x))
		return;
	v = x.low ? x.series->low[row] : x.series->y[row];
	if (v != EXCH_PLOT_NONE)
		exch_buf_dec(b, v, x.panel->scale, x.panel->decimals);
}

bool
exch_plot_column_is_number(const struct exch_plot_columns *c, unsigned column)
{
	return column != 0 && (c->p->form != EXCH_PLOT_MARKS || column == 2);
}

/* ---- a file of them ---- */

/* What would end a cell or a line is a blank. */
static void
bare(struct exch_buf *b, size_t from)
{
	if (b->failed)
		return;
	if (b->len == from)
		exch_buf_char(b, '-');
	for (size_t i = from; i < b->len; i++)
		if ((unsigned char)b->p[i] < 0x20 || b->p[i] == 0x7f)
			b->p[i] = ' ';
}

static void
put_cells_of_heat(const struct exch_plot *p, struct exch_buf *b)
{
	const struct exch_plot_heat *h = &p->heat;

	exch_buf_str(b, "\n\n# time\tprice\tquantity (bids above 0)\n");
	for (uint32_t i = 0; i < p->n; i++)
		for (unsigned row = 0; row < h->rows; row++) {
			double v = (double)h->cell[(size_t)i * h->rows + row];
			int64_t q = (int64_t)(v < 9e18 && v > -9e18 ? v : 0);
			exch_i128 price =
			    h->base + (exch_i128)h->step * (exch_i128)row;

			if (q == 0)
				continue;
			put_time(p, exch_plot_bin(p, i), b);
			exch_buf_char(b, '\t');
			exch_buf_dec(b, (int64_t)price, p->panel[0].scale,
			    p->panel[0].decimals);
			exch_buf_char(b, '\t');
			exch_buf_dec(b, q, 0, 0);
			exch_buf_char(b, '\n');
		}
}

void
exch_plot_data(const struct exch_plot *p, struct exch_buf *b)
{
	struct exch_plot_columns c;
	size_t from;

	exch_buf_str(b, "# ");
	if (p->empty != NULL) {
		from = b->len;
		exch_buf_str(b, p->empty);
		bare(b, from);
		exch_buf_char(b, '\n');
		return;
	}
	exch_plot_columns(p, &c);
	for (unsigned i = 0; i < c.n; i++) {
		if (i > 0)
			exch_buf_char(b, '\t');
		from = b->len;
		exch_plot_column_name(&c, i, b);
		bare(b, from);
	}
	exch_buf_char(b, '\n');
	for (uint32_t row = 0; row < exch_plot_rows(&c); row++) {
		if (!exch_plot_row_used(&c, row))
			continue;
		for (unsigned i = 0; i < c.n; i++) {
			if (i > 0)
				exch_buf_char(b, '\t');
			from = b->len;
			exch_plot_cell(&c, row, i, b);
			bare(b, from);
		}
		exch_buf_char(b, '\n');
	}
	if (p->form == EXCH_PLOT_HEAT && p->heat.cell != NULL)
		put_cells_of_heat(p, b);
}
