/* Classes, one beside the other, and bars that have names (svg.h). */
#include <config.h>

#include <string.h>

#include "plot/svg.h"
#include "plot/ticks.h"

#define TEXT_LINE 20.0
#define HEAD(p, x) (TEXT_LINE * (1 + exch_svg_legend_lines((p), (x))) + 6)

double
exch_svg_class_height(const struct exch_plot *p)
{
	double h = 46;

	for (unsigned i = 0; i < p->npanels; i++)
		h += HEAD(p, &p->panel[i]) + p->panel[i].height + 8;
	return h;
}

/* Every so many of them that no two labels touch, from the first on. */
static unsigned
every(const struct exch_svg *s)
{
	double each = (s->right - s->left) / s->p->n;
	size_t longest = 1;

	for (uint32_t i = 0; i < s->p->n; i++)
		if (strlen(s->p->names[i]) > longest)
			longest = strlen(s->p->names[i]);
	return (unsigned)((double)longest * 8 / each) + 1;
}

static void
class_labels(struct exch_svg *s)
{
	unsigned step = every(s);
	double y = s->top + s->height;

	for (uint32_t i = 0; i < s->p->n; i += step) {
		double x = (exch_svg_x(s, i) + exch_svg_x(s, i + 1)) / 2;

		exch_svg_rule(s, "ax", x, y, x, y + 4);
		exch_svg_name(s, i / step % 2 == 0 ? "tx" : "h", x, y + 18,
		    s->p->names[i], 14);
	}
	exch_svg_name(s, "tx", (s->left + s->right) / 2, y + 38, s->p->x, 60);
}

void
exch_svg_class_draw(struct exch_svg *s, double top)
{
	const struct exch_plot *p = s->p;

	for (unsigned i = 0; i < p->npanels; i++) {
		const struct exch_plot_panel *x = &p->panel[i];

		exch_svg_name(s, "yl", 10, top + 15, x->label, 60);
		exch_svg_legend(s, x, top + TEXT_LINE);
		s->top = top + HEAD(p, x);
		s->height = x->height;
		if (exch_plot_axis(p, i, &s->lo, &s->hi)) {
			exch_svg_axis_y(s, i);
			exch_svg_series(s, i);
		}
		exch_svg_rule(s, "ax", s->left, s->top + s->height, s->right,
		    s->top + s->height);
		top = s->top + s->height + 8;
	}
	class_labels(s);
}

/* ---- bars with names ---- */

/* A line of text over a bar: no name is too long for the place beside it. */
#define NAMED 40.0

double
exch_svg_named_height(const struct exch_plot *p)
{
	return TEXT_LINE + 10 + NAMED * p->n;
}

static void
named_bar(struct exch_svg *s, uint32_t i, double y)
{
	const struct exch_plot_panel *x = &s->p->panel[0];
	int64_t v = x->series[0].y[i];
	double whole = s->right - 20;
	double wide;
	char text[EXCH_TICK_LABEL];
	struct exch_ticks t;

	exch_svg_name(s, "nm", 10, y + 14, s->p->names[i], 44);
	if (v == EXCH_PLOT_NONE)
		return;
	exch_ticks_of(v, v, x->scale, 5, &t);
	t.unit = 0;
	t.decimals = x->decimals;
	if (t.decimals > x->scale)
		t.decimals = x->scale;
	exch_ticks_label(&t, v, text);
	exch_svg_text(s, "te", s->right + 14, y + 14, text);
	wide = s->hi > 0 ? (double)v / (double)s->hi * whole : 0;
	if (wide < 1 && v > 0)
		wide = 1;
	exch_buf_fmt(s->b, "<path class=\"a%u\" d=\"M10 ", x->series[0].colour);
	exch_svg_num(s->b, y + 20);
	exch_buf_char(s->b, 'h');
	exch_svg_num(s->b, wide > 0 ? wide : 0);
	exch_buf_str(s->b, "v12H10z\"/>\n");
}

void
exch_svg_named_draw(struct exch_svg *s, double top)
{
	const struct exch_plot *p = s->p;
	int64_t lo;

	exch_svg_name(s, "yl", 10, top + 15, p->panel[0].label, 60);
	(void)exch_plot_extent(p, 0, &lo, &s->hi);
	for (uint32_t i = 0; i < p->n; i++)
		named_bar(s, i, top + TEXT_LINE + 6 + NAMED * i);
}
