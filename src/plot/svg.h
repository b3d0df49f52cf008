/*
 * Pictures (plot.h) as SVG 1.1: by hand, with two digits behind the point in
 * every coordinate, so that the bytes are the same everywhere; with <title>
 * and <desc>; without scripts, fonts or files of others.
 *
 * It is drawn for 600 units of width and takes the width that it gets.  On a
 * narrow screen letters grow and every second label goes; that is done by the
 * style sheet, which also has the colours of light and dark.
 */
#ifndef EXCH_PLOT_SVG_H
#define EXCH_PLOT_SVG_H

#include "plot/plot.h"

/*
 * The style sheet, for the <style> of a page that holds pictures: without
 * characters that would have to be escaped there.
 */
const char *exch_svg_style(void);

/*
 * A picture.  `alone`: a file of its own, with its title and style; else it
 * is a part of a page that has the style.  `id` is not used twice in a page.
 * A picture without values is none: false, and nothing was written; alone it
 * is its `empty` sentence, if it has one.
 */
bool exch_svg_put(
    const struct exch_plot *p, bool alone, const char *id, struct exch_buf *b);

/* ---- for the forms ---- */

#define EXCH_SVG_WIDTH 600

struct exch_svg {
	const struct exch_plot *p;
	struct exch_buf *b;
	double left, right; /* of the area where values are drawn */
	double top;	    /* of the panel at hand */
	double height;
	int64_t lo, hi; /* its axis */
};

/* A coordinate; what is out of any sense is cut. */
void exch_svg_num(struct exch_buf *b, double v);
double exch_svg_y(const struct exch_svg *s, int64_t v);
double exch_svg_x(const struct exch_svg *s, uint32_t bin);
double exch_svg_time(const struct exch_svg *s, exch_ts t);
/* One of our classes of text, at a place. */
void exch_svg_text(struct exch_svg *s, const char *class, double x, double y,
    const char *text);
/* A name that is too long ends in three dots. */
void exch_svg_name(struct exch_svg *s, const char *class, double x, double y,
    const char *text, unsigned most);
void exch_svg_rule(struct exch_svg *s, const char *class, double x1, double y1,
    double x2, double y2);
/* The axes of the panel at hand: lines, ticks, labels. */
void exch_svg_axis_y(struct exch_svg *s, unsigned panel);
void exch_svg_axis_time(struct exch_svg *s, bool labels);
/* The names of a panel's series beside their colours: lines used. */
unsigned exch_svg_legend_lines(
    const struct exch_plot *p, const struct exch_plot_panel *x);
void exch_svg_legend(
    struct exch_svg *s, const struct exch_plot_panel *x, double y);
/* A panel's series. */
void exch_svg_series(struct exch_svg *s, unsigned panel);

/* Each form: how high it is, and drawing it. */
double exch_svg_time_height(const struct exch_plot *p);
void exch_svg_time_draw(struct exch_svg *s, double top);
double exch_svg_class_height(const struct exch_plot *p);
void exch_svg_class_draw(struct exch_svg *s, double top);
double exch_svg_named_height(const struct exch_plot *p);
void exch_svg_named_draw(struct exch_svg *s, double top);
double exch_svg_heat_height(const struct exch_plot *p);
void exch_svg_heat_draw(struct exch_svg *s, double top);
double exch_svg_marks_height(const struct exch_plot *p);
void exch_svg_marks_draw(struct exch_svg *s, double top);

#endif
