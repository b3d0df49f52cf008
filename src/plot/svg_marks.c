/* Marks over time, in a row for each kind (svg.h). */
#include <config.h>

#include "plot/markup.h"
#include "plot/svg.h"

#define ROW 44.0
#define HEAD 26.0

double
exch_svg_marks_height(const struct exch_plot *p)
{
	return HEAD + ROW * p->nnames + 30;
}

/* The weightier, the larger; shapes differ, too: dot, ring, square, diamond. */
static void
put_mark(struct exch_svg *s, const struct exch_plot_mark *m)
{
	static const char *const shape[] = {
	    "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z",
	    "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "m-5-5h10v10h-10z",
	    "m0-8l8 8l-8 8l-8-8z"};
	static const unsigned colour[] = {7, 0, 4, 1};
	unsigned w = m->weight < 4 ? m->weight : 3;

	exch_buf_fmt(s->b, "<path class=\"a%u\" d=\"M", colour[w]);
	exch_svg_num(s->b, exch_svg_time(s, m->time));
	exch_buf_char(s->b, ' ');
	exch_svg_num(s->b, s->top + ROW * m->row + 30);
	exch_buf_fmt(s->b, "%s\">", shape[w]);
	if (m->text != NULL) {
		exch_buf_str(s->b, "<title>");
		exch_markup_str(s->b, m->text);
		exch_buf_str(s->b, "</title>");
	}
	exch_buf_str(s->b, "</path>\n");
}

void
exch_svg_marks_draw(struct exch_svg *s, double top)
{
	const struct exch_plot *p = s->p;
	exch_ts end = exch_plot_end(p);

	exch_svg_name(s, "yl", 10, top + 15, p->x, 60);
	s->left = 40; /* half a label stands before it */
	s->top = top + HEAD;
	s->height = ROW * p->nnames;
	exch_svg_axis_time(s, true);
	for (unsigned i = 0; i < p->nnames; i++) {
		double y = s->top + ROW * i;

		exch_svg_rule(s, "g", s->left, y + 30, s->right, y + 30);
		exch_svg_name(s, "nm", 16, y + 16, p->names[i], 44);
	}
	for (uint32_t i = 0; i < p->nmarks; i++)
		if (p->mark[i].time >= p->start && p->mark[i].time <= end &&
		    p->mark[i].row < p->nnames)
			put_mark(s, &p->mark[i]);
}
