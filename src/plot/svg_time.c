/* Panels over time, and how series are drawn (svg.h). */
#include <config.h>

#include <stdlib.h>

#include "plot/svg.h"

#define TEXT_LINE 20.0
/* Between two panels, and for the labels of time. */
#define BETWEEN 8.0
#define BELOW 26.0

/* ---- series ---- */

static void
point(struct exch_svg *s, char op, double x, double y)
{
	exch_buf_char(s->b, op);
	exch_svg_num(s->b, x);
	exch_buf_char(s->b, ' ');
	exch_svg_num(s->b, y);
}

static double
middle(const struct exch_svg *s, uint32_t i)
{
	return (exch_svg_x(s, i) + exch_svg_x(s, i + 1)) / 2;
}

static bool
there(const struct exch_svg *s, const int64_t *y, uint32_t i)
{
	return i < s->p->n && y[i] != EXCH_PLOT_NONE;
}

/* A value between two gaps is a short stroke: a line of no length is none. */
static void
line(struct exch_svg *s, const struct exch_plot_series *e)
{
	exch_buf_fmt(s->b, "<path class=\"l l%u\" d=\"", e->colour);
	for (uint32_t i = 0; i < s->p->n; i++) {
		bool before = i > 0 && there(s, e->y, i - 1);

		if (!there(s, e->y, i))
			continue;
		if (!before && !there(s, e->y, i + 1)) {
			point(s, 'M', middle(s, i) - 1, exch_svg_y(s, e->y[i]));
			exch_buf_str(s->b, "h2");
			continue;
		}
		point(s, before ? 'L' : 'M', middle(s, i),
		    exch_svg_y(s, e->y[i]));
	}
	exch_buf_str(s->b, "\"/>\n");
}

/* Along the values of a run of bins, from i on; returns the first behind it. */
static uint32_t
stairs(struct exch_svg *s, const int64_t *y, uint32_t i)
{
	for (;; i++) {
		exch_buf_char(s->b, 'H');
		exch_svg_num(s->b, exch_svg_x(s, i + 1));
		if (!there(s, y, i + 1))
			return i + 1;
		if (y[i + 1] != y[i]) {
			exch_buf_char(s->b, 'V');
			exch_svg_num(s->b, exch_svg_y(s, y[i + 1]));
		} else {
			/* the same height: one stroke */
			while (there(s, y, i + 2) && y[i + 2] == y[i])
				i++;
		}
	}
}

static void
step(struct exch_svg *s, const struct exch_plot_series *e)
{
	exch_buf_fmt(s->b, "<path class=\"l l%u\" d=\"", e->colour);
	for (uint32_t i = 0; i < s->p->n;) {
		if (!there(s, e->y, i)) {
			i++;
			continue;
		}
		point(s, 'M', exch_svg_x(s, i), exch_svg_y(s, e->y[i]));
		i = stairs(s, e->y, i);
	}
	exch_buf_str(s->b, "\"/>\n");
}

/* Where 0 is, or the edge of the panel that is nearer to it. */
static double
ground(const struct exch_svg *s)
{
	if (s->lo > 0)
		return exch_svg_y(s, s->lo);
	return exch_svg_y(s, s->hi < 0 ? s->hi : 0);
}

static void
area(struct exch_svg *s, const struct exch_plot_series *e)
{
	exch_buf_fmt(s->b, "<path class=\"a%u ar\" d=\"", e->colour);
	for (uint32_t i = 0; i < s->p->n;) {
		if (!there(s, e->y, i)) {
			i++;
			continue;
		}
		point(s, 'M', exch_svg_x(s, i), ground(s));
		exch_buf_char(s->b, 'V');
		exch_svg_num(s->b, exch_svg_y(s, e->y[i]));
		i = stairs(s, e->y, i);
		exch_buf_char(s->b, 'V');
		exch_svg_num(s->b, ground(s));
		exch_buf_char(s->b, 'Z');
	}
	exch_buf_str(s->b, "\"/>\n");
}

/* Several series of bars stand side by side. */
static void
bars(struct exch_svg *s, const struct exch_plot_series *e, unsigned nth,
    unsigned of)
{
	double wide = (s->right - s->left) / s->p->n;
	/* few bars are no walls */
	double gap = wide > 80	  ? (wide - 60) / 2
		     : wide > 8	  ? wide / 8
		     : wide > 2.5 ? 0.5
				  : 0;
	double each = (wide - 2 * gap) / of;

	exch_buf_fmt(s->b, "<path class=\"a%u\" d=\"", e->colour);
	for (uint32_t i = 0; i < s->p->n; i++) {
		double x = exch_svg_x(s, i) + gap + each * nth;

		if (!there(s, e->y, i) || e->y[i] == 0)
			continue;
		point(s, 'M', x, ground(s));
		exch_buf_char(s->b, 'V');
		exch_svg_num(s->b, exch_svg_y(s, e->y[i]));
		exch_buf_char(s->b, 'H');
		exch_svg_num(s->b, x + each);
		exch_buf_char(s->b, 'V');
		exch_svg_num(s->b, ground(s));
		exch_buf_char(s->b, 'Z');
	}
	exch_buf_str(s->b, "\"/>\n");
}

static void
range(struct exch_svg *s, const struct exch_plot_series *e)
{
	exch_buf_fmt(s->b, "<path class=\"r l%u\" d=\"", e->colour);
	for (uint32_t i = 0; i < s->p->n; i++) {
		if (!there(s, e->y, i) || !there(s, e->low, i))
			continue;
		point(s, 'M', middle(s, i), exch_svg_y(s, e->low[i]) + 0.5);
		exch_buf_char(s->b, 'V');
		exch_svg_num(s->b, exch_svg_y(s, e->y[i]) - 0.5);
	}
	exch_buf_str(s->b, "\"/>\n");
}

static void
dots(struct exch_svg *s, const struct exch_plot_series *e)
{
	exch_buf_fmt(s->b, "<path class=\"d l%u\" d=\"", e->colour);
	for (uint32_t i = 0; i < s->p->n; i++) {
		if (!there(s, e->y, i))
			continue;
		point(s, 'M', middle(s, i), exch_svg_y(s, e->y[i]));
		exch_buf_str(s->b, "h.1");
	}
	exch_buf_str(s->b, "\"/>\n");
}

void
exch_svg_series(struct exch_svg *s, unsigned panel)
{
	const struct exch_plot_panel *x = &s->p->panel[panel];
	unsigned nbars = 0, nth = 0;

	for (unsigned i = 0; i < x->n; i++)
		nbars +=
		    x->series[i].how == EXCH_PLOT_BAR && !x->series[i].hidden;
	for (unsigned i = 0; i < x->n; i++) {
		const struct exch_plot_series *e = &x->series[i];

		if (e->hidden)
			continue;
		switch (e->how) {
		case EXCH_PLOT_LINE:
			line(s, e);
			break;
		case EXCH_PLOT_STEP:
			step(s, e);
			break;
		case EXCH_PLOT_BAR:
			bars(s, e, nth++, nbars);
			break;
		case EXCH_PLOT_RANGE:
			range(s, e);
			break;
		case EXCH_PLOT_AREA:
			area(s, e);
			break;
		default:
			dots(s, e);
			break;
		}
	}
}

/* ---- panels ---- */

static double
head_of(const struct exch_plot *p, const struct exch_plot_panel *x)
{
	return TEXT_LINE * (1 + exch_svg_legend_lines(p, x)) + 6;
}

double
exch_svg_time_height(const struct exch_plot *p)
{
	double h = BELOW;

	for (unsigned i = 0; i < p->npanels; i++)
		h += head_of(p, &p->panel[i]) + p->panel[i].height + BETWEEN;
	return h;
}

/* "UTC+08:00", at the right above the first panel. */
static void
put_zone(struct exch_svg *s, double y)
{
	int off = exch_tz_offset(s->p->tz, s->p->start);
	struct exch_buf b = {0};

	exch_buf_str(&b, "UTC");
	if (off != 0)
		exch_buf_fmt(&b, "%c%02d:%02d", off < 0 ? '-' : '+',
		    abs(off) / 3600, abs(off) / 60 % 60);
	exch_buf_char(&b, '\0');
	if (!b.failed)
		exch_svg_text(s, "te", s->right, y, b.p);
	s->b->failed |= b.failed;
	exch_buf_free(&b);
}

void
exch_svg_time_draw(struct exch_svg *s, double top)
{
	const struct exch_plot *p = s->p;

	for (unsigned i = 0; i < p->npanels; i++) {
		const struct exch_plot_panel *x = &p->panel[i];

		exch_svg_name(s, "yl", 10, top + 15, x->label, 40);
		if (i == 0)
			put_zone(s, top + 15);
		exch_svg_legend(s, x, top + TEXT_LINE);
		s->top = top + head_of(p, x);
		s->height = x->height;
		if (!exch_plot_axis(p, i, &s->lo, &s->hi)) {
			s->lo = 0;
			s->hi = 1;
		} else {
			exch_svg_axis_y(s, i);
		}
		exch_svg_axis_time(s, i + 1 == p->npanels);
		exch_svg_series(s, i);
		top = s->top + s->height + BETWEEN;
	}
}
