/*
 * What rests at each price over time (svg.h): the more, the less the colour
 * lets through, in eight steps of the square root of the largest.  Cells of
 * one step that are beside each other are one rectangle, and all of a step
 * one path.
 */
#include <config.h>

#include <math.h>

#include "plot/svg.h"

#define TEXT_LINE 20.0
#define STEPS 8

static double
head(const struct exch_plot *p)
{
	(void)p;
	return TEXT_LINE * 2 + 6;
}

double
exch_svg_heat_height(const struct exch_plot *p)
{
	return head(p) + p->panel[0].height + 34;
}

static double
largest(const struct exch_plot *p)
{
	size_t n = (size_t)p->n * p->heat.rows;
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		double v = (double)p->heat.cell[i];

		v = v < 0 ? -v : v;
		if (v > most)
			most = v;
	}
	return most;
}

/* 0: nothing; 1 to STEPS. */
static unsigned
step_of(double v, double most)
{
	unsigned q;

	if (!(v > 0))
		return 0;
	q = (unsigned)(sqrt(v / most) * STEPS);
	return q < STEPS ? q + 1 : STEPS;
}

static void
put_step(struct exch_svg *s, unsigned q, bool bids, double most)
{
	const struct exch_plot_heat *h = &s->p->heat;
	bool begun = false;

	for (unsigned row = 0; row < h->rows; row++) {
		for (uint32_t i = 0, n; i < s->p->n; i += n) {
			const float *c = h->cell + row;
			double v = (double)c[(size_t)i * h->rows];

			n = 1;
			if (step_of(bids ? v : -v, most) != q)
				continue;
			while (i + n < s->p->n) {
				v = (double)c[(size_t)(i + n) * h->rows];
				if (step_of(bids ? v : -v, most) != q)
					break;
				n++;
			}
			if (!begun)
				exch_buf_fmt(s->b,
				    "<path class=\"a%u q%u\" d=\"",
				    bids ? 0u : 1u, q);
			begun = true;
			exch_buf_fmt(s->b, "M%u %uh%uv1h-%uz", i,
			    h->rows - 1 - row, n, n);
		}
	}
	if (begun)
		exch_buf_str(s->b, "\"/>\n");
}

/* The cells are drawn in a grid of their own, of which a bin is 1 wide. */
static void
put_cells(struct exch_svg *s)
{
	const struct exch_plot_heat *h = &s->p->heat;
	double most = largest(s->p);
	int64_t base = h->base;
	double low = exch_svg_y(s, base);
	double high = exch_svg_y(
	    s, (int64_t)(base + (exch_i128)h->step * (exch_i128)h->rows));

	if (!(most > 0))
		return;
	exch_buf_str(
	    s->b, "<g shape-rendering=\"crispEdges\" transform=\"translate(");
	exch_svg_num(s->b, s->left);
	exch_buf_char(s->b, ' ');
	exch_svg_num(s->b, high);
	exch_buf_str(s->b, ") scale(");
	/* four digits more: it is multiplied by hundreds of bins */
	exch_buf_dec(
	    s->b, (int64_t)((s->right - s->left) / s->p->n * 1e6 + 0.5), 6, 0);
	exch_buf_char(s->b, ' ');
	exch_buf_dec(s->b, (int64_t)((low - high) / h->rows * 1e6 + 0.5), 6, 0);
	exch_buf_str(s->b, ")\">\n");
	for (unsigned q = 1; q <= STEPS; q++) {
		put_step(s, q, true, most);
		put_step(s, q, false, most);
	}
	exch_buf_str(s->b, "</g>\n");
}

/* Both scales of steps, with the words that say what they are. */
static void
put_key(struct exch_svg *s, double y)
{
	static const char *const word[] = {
	    "bids, less to more", "offers, less to more"};

	for (unsigned side = 0; side < 2; side++) {
		double x = s->left + side * (s->right - s->left) / 2;

		for (unsigned q = 1; q <= STEPS; q++) {
			exch_buf_fmt(
			    s->b, "<path class=\"a%u q%u\" d=\"M", side, q);
			exch_svg_num(s->b, x + 9.0 * (q - 1));
			exch_buf_char(s->b, ' ');
			exch_svg_num(s->b, y + 4);
			exch_buf_str(s->b, "h9v11h-9z\"/>\n");
		}
		exch_svg_text(s, "lg", x + 80, y + 14, word[side]);
	}
}

void
exch_svg_heat_draw(struct exch_svg *s, double top)
{
	const struct exch_plot *p = s->p;

	exch_svg_name(s, "yl", 10, top + 15, p->panel[0].label, 40);
	put_key(s, top + TEXT_LINE);
	s->top = top + head(p);
	s->height = p->panel[0].height;
	s->lo = p->heat.base;
	s->hi = (int64_t)(p->heat.base +
			  (exch_i128)p->heat.step * (exch_i128)p->heat.rows);
	exch_svg_axis_y(s, 0);
	exch_svg_axis_time(s, true);
	put_cells(s);
	exch_svg_series(s, 0);
}
