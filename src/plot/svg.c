/* What all forms of pictures share, and the file around them (svg.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "plot/markup.h"
#include "plot/svg.h"
#include "plot/ticks.h"

/* Where values are drawn; labels of y stand at the left of it. */
#define LEFT 74.0
#define RIGHT 574.0
/* A line of text, large enough for the letters of narrow screens. */
#define TEXT_LINE 20.0

void
exch_svg_num(struct exch_buf *b, double v)
{
	int64_t n;

	if (!(v > -1e6))
		v = -1e6;
	if (v > 1e6)
		v = 1e6;
	n = (int64_t)(v * 100 + (v < 0 ? -0.5 : 0.5));
	exch_buf_dec(b, n, 2, 0);
}

double
exch_svg_y(const struct exch_svg *s, int64_t v)
{
	double span = (double)((exch_i128)s->hi - s->lo);
	double at = (double)((exch_i128)v - s->lo) / span;

	return s->top + s->height - at * s->height;
}

double
exch_svg_x(const struct exch_svg *s, uint32_t bin)
{
	return s->left + (s->right - s->left) * (double)bin / (double)s->p->n;
}

double
exch_svg_time(const struct exch_svg *s, exch_ts t)
{
	double whole = (double)s->p->width * (double)s->p->n;
	double at = (double)((exch_i128)t - s->p->start);

	return s->left + (s->right - s->left) * at / whole;
}

void
exch_svg_text(
    struct exch_svg *s, const char *class, double x, double y, const char *text)
{
	exch_svg_name(s, class, x, y, text, ~0u);
}

void
exch_svg_name(struct exch_svg *s, const char *class, double x, double y,
    const char *text, unsigned most)
{
	struct exch_buf *b = s->b;
	size_t n = strlen(text), at = 0;
	unsigned seen = 0;

	exch_buf_fmt(b, "<text class=\"%s\" x=\"", class);
	exch_svg_num(b, x);
	exch_buf_str(b, "\" y=\"");
	exch_svg_num(b, y);
	exch_buf_str(b, "\">");
	while (at < n && seen < most) {
		size_t k = exch_markup_char(text + at, n - at);

		at += k == 0 ? 1 : k;
		seen++;
	}
	exch_markup_text(b, text, at);
	if (at < n)
		exch_buf_str(b, "\xe2\x80\xa6");
	exch_buf_str(b, "</text>\n");
}

void
exch_svg_rule(struct exch_svg *s, const char *class, double x1, double y1,
    double x2, double y2)
{
	struct exch_buf *b = s->b;

	exch_buf_fmt(b, "<path class=\"%s\" d=\"M", class);
	exch_svg_num(b, x1);
	exch_buf_char(b, ' ');
	exch_svg_num(b, y1);
	exch_buf_char(b, 'L');
	exch_svg_num(b, x2);
	exch_buf_char(b, ' ');
	exch_svg_num(b, y2);
	exch_buf_str(b, "\"/>\n");
}

/* ---- axes ---- */

void
exch_svg_axis_y(struct exch_svg *s, unsigned panel)
{
	const struct exch_plot_panel *x = &s->p->panel[panel];
	unsigned most = (unsigned)(s->height / 28);
	struct exch_ticks t;

	exch_ticks_of(s->lo, s->hi, x->scale, most < 3 ? 3 : most, &t);
	for (unsigned i = 0; i < t.n; i++) {
		int64_t v =
		    (int64_t)((exch_i128)t.first + (exch_i128)t.step * i);
		double y = exch_svg_y(s, v);
		char label[EXCH_TICK_LABEL];

		exch_ticks_label(&t, v, label);
		exch_svg_rule(s, v == 0 ? "ax" : "g", s->left, y, s->right, y);
		exch_svg_name(s, "ty", s->left - 6, y + 4, label, 12);
	}
}

/* Ticks of which no two labels touch. */
static void
time_ticks(const struct exch_svg *s, struct exch_time_ticks *t)
{
	for (unsigned most = 9;; most--) {
		size_t longest = 0;

		exch_ticks_of_time(
		    s->p->start, exch_plot_end(s->p), s->p->tz, most, t);
		for (unsigned i = 0; i < t->n; i++) {
			char label[EXCH_TICK_LABEL];

			exch_ticks_time_label(
			    t, t->first + t->step * i, s->p->tz, label);
			if (strlen(label) > longest)
				longest = strlen(label);
		}
		if (most <= 2 ||
		    (double)longest * 8 * t->n < s->right - s->left)
			return;
	}
}

void
exch_svg_axis_time(struct exch_svg *s, bool labels)
{
	double bottom = s->top + s->height;
	struct exch_time_ticks t;

	time_ticks(s, &t);
	for (unsigned i = 0; i < t.n; i++) {
		exch_ts at = t.first + t.step * i;
		double x = exch_svg_time(s, at);
		char label[EXCH_TICK_LABEL];

		exch_svg_rule(s, "g", x, s->top, x, bottom);
		if (!labels)
			continue;
		exch_ticks_time_label(&t, at, s->p->tz, label);
		exch_svg_rule(s, "ax", x, bottom, x, bottom + 4);
		exch_svg_text(
		    s, i % 2 == 0 ? "tx" : "h", x, bottom + 18, label);
	}
	exch_svg_rule(s, "ax", s->left, bottom, s->right, bottom);
}

/* ---- legends ---- */

#define LEGEND_COLUMNS 3

/* A series that is drawn, and has something to be drawn. */
static bool
shows(const struct exch_plot *p, const struct exch_plot_series *e)
{
	for (uint32_t i = 0; i < p->n && !e->hidden; i++)
		if (e->y[i] != EXCH_PLOT_NONE)
			return true;
	return false;
}

unsigned
exch_svg_legend_lines(
    const struct exch_plot *p, const struct exch_plot_panel *x)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x->n; i++)
		n += shows(p, &x->series[i]);

	return n < 2 || x->as_above ? 0
				    : (n + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
}

static void
swatch(struct exch_svg *s, const struct exch_plot_series *e, double x, double y)
{
	struct exch_buf *b = s->b;

	switch (e->how) {
	case EXCH_PLOT_LINE:
	case EXCH_PLOT_STEP:
		exch_buf_fmt(b, "<path class=\"l l%u\" d=\"M", e->colour);
		exch_svg_num(b, x);
		exch_buf_char(b, ' ');
		exch_svg_num(b, y - 4);
		exch_buf_str(b, "h22\"/>\n");
		break;
	case EXCH_PLOT_DOT:
		exch_buf_fmt(b, "<path class=\"d l%u\" d=\"M", e->colour);
		exch_svg_num(b, x + 10);
		exch_buf_char(b, ' ');
		exch_svg_num(b, y - 4);
		exch_buf_str(b, "h.1\"/>\n");
		break;
	case EXCH_PLOT_RANGE:
		exch_buf_fmt(b, "<path class=\"r l%u\" d=\"", e->colour);
		for (unsigned i = 0; i < 4; i++) {
			exch_buf_char(b, 'M');
			exch_svg_num(b, x + 4 + 4 * i);
			exch_buf_char(b, ' ');
			exch_svg_num(b, y - 9 + (i % 2) * 3);
			exch_buf_str(b, "v9");
		}
		exch_buf_str(b, "\"/>\n");
		break;
	default:
		exch_buf_fmt(b, "<path class=\"a%u%s\" d=\"M", e->colour,
		    e->how == EXCH_PLOT_AREA ? " ar" : "");
		exch_svg_num(b, x + 4);
		exch_buf_char(b, ' ');
		exch_svg_num(b, y - 10);
		exch_buf_str(b, "h14v11h-14z\"/>\n");
		break;
	}
}

void
exch_svg_legend(struct exch_svg *s, const struct exch_plot_panel *x, double y)
{
	double each = (s->right - s->left) / LEGEND_COLUMNS;
	unsigned at = 0;

	if (exch_svg_legend_lines(s->p, x) == 0)
		return;
	for (unsigned i = 0; i < x->n; i++) {
		unsigned line = at / LEGEND_COLUMNS;
		double left = s->left + each * (at % LEGEND_COLUMNS);
		double base = y + 14 + TEXT_LINE * line;

		if (!shows(s->p, &x->series[i]))
			continue;
		swatch(s, &x->series[i], left, base);
		exch_svg_name(s, "lg", left + 27, base, x->series[i].name, 15);
		at++;
	}
}

/* ---- the file ---- */

static double
height_of(const struct exch_plot *p)
{
	switch (p->form) {
	case EXCH_PLOT_TIME:
		return exch_svg_time_height(p);
	case EXCH_PLOT_CLASS:
		return exch_svg_class_height(p);
	case EXCH_PLOT_NAMED:
		return exch_svg_named_height(p);
	case EXCH_PLOT_HEAT:
		return exch_svg_heat_height(p);
	default:
		return exch_svg_marks_height(p);
	}
}

static void
draw(struct exch_svg *s, double top)
{
	switch (s->p->form) {
	case EXCH_PLOT_TIME:
		exch_svg_time_draw(s, top);
		break;
	case EXCH_PLOT_CLASS:
		exch_svg_class_draw(s, top);
		break;
	case EXCH_PLOT_NAMED:
		exch_svg_named_draw(s, top);
		break;
	case EXCH_PLOT_HEAT:
		exch_svg_heat_draw(s, top);
		break;
	default:
		exch_svg_marks_draw(s, top);
		break;
	}
}

/* Is there anything to be drawn? */
static bool
has_values(const struct exch_plot *p)
{
	int64_t lo, hi;

	if (p->form == EXCH_PLOT_MARKS)
		return p->nmarks > 0 && p->n > 0;
	for (unsigned i = 0; i < p->npanels; i++)
		if (exch_plot_extent(p, i, &lo, &hi))
			return true;
	return false;
}

static void
put_words(const struct exch_plot *p, const char *id, struct exch_buf *b)
{
	exch_buf_fmt(b, "<title id=\"%s-t\">", id);
	exch_markup_str(b, p->title);
	exch_buf_fmt(b, "</title>\n<desc id=\"%s-d\">", id);
	exch_markup_str(b, p->empty != NULL ? p->empty : p->about);
	exch_buf_str(b, "</desc>\n");
}

static void
begin(const struct exch_plot *p, bool alone, const char *id, double height,
    struct exch_buf *b)
{
	if (alone)
		exch_buf_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	exch_buf_fmt(b,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ex\" "
	    "viewBox=\"0 0 %d ",
	    EXCH_SVG_WIDTH);
	exch_svg_num(b, height);
	exch_buf_fmt(
	    b, "\" role=\"img\" aria-labelledby=\"%s-t %s-d\">\n", id, id);
	put_words(p, id, b);
	if (!alone)
		return;
	exch_buf_str(b, "<style>");
	exch_buf_str(b, exch_svg_style());
	exch_buf_str(b, "</style>\n<rect class=\"bg\" width=\"600\" height=\"");
	exch_svg_num(b, height);
	exch_buf_str(b, "\"/>\n");
}

/* A sentence in lines of so many letters; returns how many lines. */
#define SAY_LETTERS 80

static unsigned
say(struct exch_svg *s, double y)
{
	const char *p = s->p->empty;
	unsigned lines = 0;

	while (*p != '\0') {
		size_t n = strlen(p), cut = n;
		struct exch_buf line = {0};

		if (n > SAY_LETTERS) {
			cut = SAY_LETTERS;
			while (cut > 1 && p[cut] != ' ')
				cut--;
			/* one word of strangers: where a letter begins */
			if (cut == 1)
				cut = SAY_LETTERS;
			while (cut < n && (p[cut] & 0xc0) == 0x80)
				cut++;
		}
		exch_buf_add(&line, p, cut);
		exch_buf_char(&line, '\0');
		if (s->b != NULL && !line.failed)
			exch_svg_text(
			    s, "nm", 10, y + TEXT_LINE * lines, line.p);
		if (s->b != NULL)
			s->b->failed |= line.failed;
		exch_buf_free(&line);
		p += cut + (p[cut] == ' ');
		lines++;
	}
	return lines;
}

/* A picture that says why it is none. */
static void
put_empty(const struct exch_plot *p, const char *id, struct exch_buf *b)
{
	struct exch_svg s = {.p = p};
	double height = 60 + TEXT_LINE * say(&s, 0);

	s.b = b;
	begin(p, true, id, height, b);
	exch_svg_name(&s, "tt", 10, 22, p->title, 64);
	(void)say(&s, 50);
	exch_buf_str(b, "</svg>\n");
}

bool
exch_svg_put(
    const struct exch_plot *p, bool alone, const char *id, struct exch_buf *b)
{
	struct exch_svg s = {.p = p, .b = b, .left = LEFT, .right = RIGHT};
	double top = alone ? 34 : 0;

	if (!has_values(p)) {
		if (alone && p->empty != NULL)
			put_empty(p, id, b);
		return false;
	}
	begin(p, alone, id, height_of(p) + top, b);
	if (alone)
		exch_svg_name(&s, "tt", 10, 22, p->title, 64);
	draw(&s, top);
	exch_buf_str(b, "</svg>\n");
	return true;
}
