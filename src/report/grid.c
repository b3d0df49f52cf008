/*
 * Small tables of a text page (grid.h).
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "report/grid.h"
#include "report/report.h"

void
exch_grid_init(struct exch_grid *g, unsigned left, const char *const *heads,
    unsigned ncols)
{
	memset(g, 0, sizeof(*g));
	g->left = left;
	g->ncols = ncols;
	for (unsigned i = 0; i < ncols; i++)
		exch_grid_str(g, heads[i]);
}

/* The cell that begins at `from` in the buffer is complete. */
static void
end_cell(struct exch_grid *g, size_t from)
{
	size_t n = g->text.len - from;

	if (n > g->width[g->col])
		g->width[g->col] = n;
	g->col = (g->col + 1) % g->ncols;
	exch_buf_char(&g->text, '\0');
}

void
exch_grid_str(struct exch_grid *g, const char *s)
{
	size_t from = g->text.len;

	exch_buf_str(&g->text, s);
	end_cell(g, from);
}

void
exch_grid_text(struct exch_grid *g, const char *s, size_t n)
{
	size_t from = g->text.len;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		exch_buf_char(&g->text, c < 0x20 || c >= 0x7f ? '?' : s[i]);
	}
	end_cell(g, from);
}

void
exch_grid_u64(struct exch_grid *g, uint64_t v)
{
	size_t from = g->text.len;

	exch_buf_uint(&g->text, v);
	end_cell(g, from);
}

void
exch_grid_dec(struct exch_grid *g, exch_i128 v, int scale, int min_frac)
{
	char num[EXCH_FMT_MAX];

	*exch_dec128_put(num, v, scale, min_frac) = '\0';
	exch_grid_str(g, num);
}

void
exch_grid_px(struct exch_grid *g, exch_px v, unsigned show)
{
	char num[EXCH_FMT_MAX];

	if (v == EXCH_PX_NONE) {
		exch_grid_str(g, "-");
		return;
	}
	*exch_fmt_px_people(num, v, show) = '\0';
	exch_grid_str(g, num);
}

void
exch_grid_hundredths(struct exch_grid *g, uint64_t v)
{
	exch_grid_dec(g, (exch_i128)v, 2, 2);
}

void
exch_grid_percent(struct exch_grid *g, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		exch_grid_str(g, "-");
	else
		exch_grid_hundredths(g, exch_hundredths(part, whole));
}

int
exch_grid_print(struct exch_grid *g, struct exch_table *t, struct exch_diag *d)
{
	struct exch_buf line = {0};
	const char *p = g->text.p;
	bool failed;

	while (!g->text.failed && p < g->text.p + g->text.len) {
		line.len = 0;
		for (unsigned i = 0; i < g->ncols; i++) {
			size_t n = strlen(p);
			size_t pad = g->width[i] - n;

			exch_buf_str(&line, "  ");
			if ((g->left >> i & 1) != 0)
				exch_buf_add(&line, p, n);
			while (pad-- > 0)
				exch_buf_char(&line, ' ');
			if ((g->left >> i & 1) == 0)
				exch_buf_add(&line, p, n);
			p += n + 1;
		}
		while (line.len > 0 && line.p[line.len - 1] == ' ')
			line.len--;
		exch_buf_char(&line, '\n');
		if (line.failed)
			break;
		exch_table_raw(t, line.p, line.len);
	}
	failed = g->text.failed || line.failed;
	exch_buf_free(&line);
	exch_buf_free(&g->text);
	memset(g, 0, sizeof(*g));
	return failed ? exch_report_nomem(d) : EXCH_OK;
}
