/*
 * Pictures as scripts for gnuplot 5 (plot.h): data in blocks of the script, so
 * that one pipe is enough.  Words of strangers stand in single quotes, in
 * which gnuplot substitutes nothing, without quotes and backslashes of theirs.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "plot/markup.h"
#include "plot/plot.h"
#include "plot/ticks.h"

static const char *const colour[EXCH_PLOT_COLOURS] = {"#0072b2", "#d55e00",
    "#009e73", "#b8528b", "#c98a00", "#3a9bd6", "#1b1b1b", "#7a7a7a"};

static void
quoted(struct exch_buf *b, const char *s)
{
	exch_buf_char(b, '\'');
	for (size_t n = strlen(s), k; n > 0; s += k, n -= k) {
		k = exch_markup_char(s, n);
		if (k == 0 || *s == '\'' || *s == '`' || *s == '\\' ||
		    *s == '\t') {
			exch_buf_char(b, *s == '\'' || *s == '`' ? ' ' : '?');
			k = k == 0 ? 1 : k;
		} else {
			exch_buf_add(b, s, k);
		}
	}
	exch_buf_char(b, '\'');
}

/* Local seconds since 1970 of a time. */
static void
seconds(struct exch_buf *b, const struct exch_plot *p, exch_ts t)
{
	exch_i128 off =
	    (exch_i128)exch_tz_offset(p->tz, p->start) * (exch_i128)EXCH_SEC;
	exch_i128 v = (exch_i128)t + off;

	if (v > INT64_MAX)
		v = INT64_MAX;
	exch_buf_dec(b, (int64_t)v, 9, 0);
}

static bool
is_of_time(const struct exch_plot *p)
{
	return p->form == EXCH_PLOT_TIME || p->form == EXCH_PLOT_HEAT ||
	       p->form == EXCH_PLOT_MARKS;
}

static void
put_value(struct exch_buf *b, int64_t v, int scale)
{
	exch_buf_char(b, ' ');
	if (v == EXCH_PLOT_NONE)
		exch_buf_str(b, "NaN");
	else
		exch_buf_dec(b, v, scale, 0);
}

/* Block $pN: x, and for each series its value and the lower one, or 0. */
static void
put_block(struct exch_buf *b, const struct exch_plot *p, unsigned panel)
{
	const struct exch_plot_panel *x = &p->panel[panel];

	exch_buf_fmt(b, "$p%u << EOD\n", panel);
	for (uint32_t i = 0; i < p->n; i++) {
		if (is_of_time(p))
			seconds(b, p, exch_plot_bin(p, i) + p->width / 2);
		else
			exch_buf_uint(b, i);
		for (unsigned s = 0; s < x->n; s++) {
			const struct exch_plot_series *e = &x->series[s];

			put_value(b, e->y[i], x->scale);
			put_value(b, e->low != NULL ? e->low[i] : 0, x->scale);
		}
		exch_buf_char(b, '\n');
	}
	exch_buf_str(b, "EOD\n");
}

/* `alone`: the axis says already what it is. */
static void
put_series(struct exch_buf *b, const struct exch_plot_series *e, unsigned panel,
    unsigned s, bool alone)
{
	static const unsigned dashes[EXCH_PLOT_COLOURS] = {
	    1, 2, 3, 4, 5, 3, 1, 5};
	unsigned y = 2 + 2 * s;

	exch_buf_fmt(b, "$p%u using ", panel);
	if (e->how == EXCH_PLOT_RANGE)
		exch_buf_fmt(b,
		    "1:%u:(0):($%u-$%u) with vectors nohead lw 1 lc rgb '%s'",
		    y + 1, y, y + 1, colour[e->colour]);
	else
		exch_buf_fmt(b, "1:%u with %s lc rgb '%s'", y,
		    e->how == EXCH_PLOT_LINE   ? "lines lw 1.5"
		    : e->how == EXCH_PLOT_STEP ? "steps lw 1.5"
		    : e->how == EXCH_PLOT_BAR  ? "boxes fs solid"
		    : e->how == EXCH_PLOT_AREA ? "fillsteps fs solid 0.35"
					       : "points pt 7 ps 0.6",
		    colour[e->colour]);
	/* dashes tell lines apart without their colours */
	if (e->how == EXCH_PLOT_LINE || e->how == EXCH_PLOT_STEP)
		exch_buf_fmt(b, " dt %u", dashes[e->colour]);
	if (alone) {
		exch_buf_str(b, " notitle");
		return;
	}
	exch_buf_str(b, " title ");
	quoted(b, e->name);
}

/* The ticks of our own pictures, as many as a panel of several has room for. */
static void
put_ticks(struct exch_buf *b, const struct exch_plot *p, unsigned panel)
{
	const struct exch_plot_panel *x = &p->panel[panel];
	struct exch_ticks t;
	int64_t lo, hi;

	if (!exch_plot_axis(p, panel, &lo, &hi))
		return;
	exch_buf_str(b, "set yrange [");
	exch_buf_dec(b, lo, x->scale, 0);
	exch_buf_char(b, ':');
	exch_buf_dec(b, hi, x->scale, 0);
	exch_buf_str(b, "]\nset ytics (");
	exch_ticks_of(lo, hi, x->scale, p->npanels > 3 ? 3 : 6, &t);
	for (unsigned i = 0; i < t.n; i++) {
		int64_t v =
		    (int64_t)((exch_i128)t.first + (exch_i128)t.step * i);
		char label[EXCH_TICK_LABEL];

		exch_ticks_label(&t, v, label);
		exch_buf_str(b, i > 0 ? ", " : "");
		quoted(b, label);
		exch_buf_char(b, ' ');
		exch_buf_dec(b, v, x->scale, 0);
	}
	exch_buf_str(b, ")\n");
}

static void
put_plot(struct exch_buf *b, const struct exch_plot *p, unsigned panel)
{
	const struct exch_plot_panel *x = &p->panel[panel];
	const char *sep = "plot ";
	unsigned shown = 0;

	put_ticks(b, p, panel);
	/* over the panel: of many at its side there is no room for it */
	exch_buf_str(b, "set label 1 ");
	quoted(b, x->label);
	exch_buf_str(b, " at graph 0,1.08 left\n");
	for (unsigned s = 0; s < x->n; s++)
		shown += !x->series[s].hidden;
	for (unsigned s = 0; s < x->n; s++) {
		if (x->series[s].hidden)
			continue;
		exch_buf_str(b, sep);
		put_series(b, &x->series[s], panel, s, shown == 1);
		sep = ", \\\n  ";
	}
	exch_buf_char(b, '\n');
}

/* Labels at 0, 1, ... of an axis; of many every so many. */
static void
put_names(struct exch_buf *b, const struct exch_plot *p, const char *axis,
    unsigned n, unsigned most)
{
	unsigned step = (n + most - 1) / most;

	exch_buf_fmt(b, "set %stics (", axis);
	for (unsigned i = 0; i < n; i += step) {
		if (i > 0)
			exch_buf_str(b, ", ");
		quoted(b, p->names[i]);
		exch_buf_fmt(b, " %u", i);
	}
	exch_buf_str(b, ")\n");
}

/* Bars that lie: block $p0 has their values. */
static void
put_named(struct exch_buf *b, const struct exch_plot *p)
{
	put_block(b, p, 0);
	exch_buf_str(b, "set yrange [-0.6:");
	exch_buf_uint(b, p->n);
	exch_buf_str(b, "-0.4] reverse\nset xrange [0:*]\nset xlabel ");
	quoted(b, p->panel[0].label);
	exch_buf_char(b, '\n');
	put_names(b, p, "y", p->n, p->n);
	exch_buf_fmt(b,
	    "plot $p0 using ($2/2):1:($2/2):(0.35) with boxxyerror fs solid "
	    "lc rgb '%s' notitle\n",
	    colour[p->panel[0].series[0].colour]);
}

static void
put_marks(struct exch_buf *b, const struct exch_plot *p)
{
	exch_buf_str(b, "$m << EOD\n");
	for (uint32_t i = 0; i < p->nmarks; i++) {
		seconds(b, p, p->mark[i].time);
		exch_buf_fmt(b, " %u %u\n", p->mark[i].row, p->mark[i].weight);
	}
	exch_buf_fmt(b, "EOD\nset yrange [-0.6:%u-0.4] reverse\n", p->nnames);
	put_names(b, p, "y", p->nnames, p->nnames);
	exch_buf_str(b, "plot $m using 1:2:(0.8+$3*0.4):(4+$3) with points "
			"pt variable ps variable lc rgb '#d55e00' notitle\n");
}

/* Signs tell bids from offers, roots make the small ones seen. */
static void
put_heat(struct exch_buf *b, const struct exch_plot *p)
{
	const struct exch_plot_heat *h = &p->heat;
	int scale = p->panel[0].scale;

	exch_buf_str(b, "$c << EOD\n");
	for (uint32_t i = 0; i < p->n; i++)
		for (unsigned row = 0; row < h->rows; row++) {
			double v = (double)h->cell[(size_t)i * h->rows + row];
			exch_i128 price = h->base + h->step / 2 +
					  (exch_i128)h->step * (exch_i128)row;
			double root = sqrt(v < 0 ? -v : v);

			if (!(root >= 1))
				continue;
			seconds(b, p, exch_plot_bin(p, i) + p->width / 2);
			put_value(b, (int64_t)price, scale);
			exch_buf_char(b, ' ');
			exch_buf_dec(b,
			    (int64_t)(v < 0 ? -root * 100 : root * 100), 2, 0);
			exch_buf_char(b, '\n');
		}
	exch_buf_str(b, "EOD\n");
	put_block(b, p, 0);
	exch_buf_str(b, "set palette defined (-1 '#d55e00', 0 '#ffffff', "
			"1 '#0072b2')\n"
			"stats $c using 3 nooutput\n"
			"m = STATS_max > -STATS_min ? STATS_max : -STATS_min\n"
			"set cbrange [-m:m]\nset cblabel 'root of quantity: "
			"bids above 0, offers below'\nset ylabel ");
	quoted(b, p->panel[0].label);
	exch_buf_str(b, "\nplot $c using 1:2:(");
	exch_buf_dec(b, (int64_t)(p->width / 2), 9, 0);
	exch_buf_str(b, "):(");
	exch_buf_dec(b, h->step / 2, scale, 0);
	exch_buf_str(b, "):3 with boxxyerror fs solid noborder lc palette "
			"notitle");
	for (unsigned s = 0; s < p->panel[0].n; s++) {
		if (p->panel[0].series[s].hidden)
			continue;
		exch_buf_str(b, ", \\\n  ");
		put_series(b, &p->panel[0].series[s], 0, s, false);
	}
	exch_buf_char(b, '\n');
}

static void
put_panels(struct exch_buf *b, const struct exch_plot *p)
{
	for (unsigned i = 0; i < p->npanels; i++)
		put_block(b, p, i);
	/* one time stands in one column, however long the labels of y are */
	if (p->npanels > 1)
		exch_buf_fmt(b,
		    "set lmargin 11\nset multiplot layout %u,1 title ",
		    p->npanels);
	else
		exch_buf_str(b, "set title ");
	quoted(b, p->title);
	exch_buf_char(b, '\n');
	if (p->form == EXCH_PLOT_CLASS) {
		put_names(b, p, "x", p->n, 9);
		exch_buf_str(b, "set boxwidth 0.9\n");
	} else {
		exch_buf_str(b, "set boxwidth ");
		exch_buf_dec(
		    b, (int64_t)(p->width > INT64_MAX ? 0 : p->width), 9, 0);
		exch_buf_char(b, '\n');
	}
	for (unsigned i = 0; i < p->npanels; i++) {
		if (p->form == EXCH_PLOT_CLASS && i + 1 == p->npanels) {
			exch_buf_str(b, "set xlabel ");
			quoted(b, p->x);
			exch_buf_char(b, '\n');
		}
		put_plot(b, p, i);
	}
	if (p->npanels > 1)
		exch_buf_str(b, "unset multiplot\n");
}

void
exch_plot_gnuplot(
    const struct exch_plot *p, const char *terminal, struct exch_buf *b)
{
	exch_buf_fmt(b,
	    "set terminal %s noenhanced size %s font 'DejaVu Sans,10'\n"
	    "set encoding utf8\nset key at graph 1,1.1 right vertical maxrows "
	    "1\nset grid lc rgb '#dedede'\n"
	    "set border 3\nset tics nomirror\nset tmargin 3\n",
	    terminal,
	    terminal[1] == 'n' ? p->npanels > 3 ? "1200,1400" : "1200,800"
	    : p->npanels > 3   ? "8in,10in"
			       : "8in,5.5in");
	if (p->empty != NULL) {
		exch_buf_str(b, "unset border\nunset tics\nset label 1 ");
		quoted(b, p->empty);
		exch_buf_str(b, " at graph 0,0.5 left\nset title ");
		quoted(b, p->title);
		exch_buf_str(b, "\nplot [0:1][0:1] 2 notitle\n");
		return;
	}
	if (is_of_time(p)) {
		exch_buf_str(b, "set xtics time\nset format x '");
		exch_buf_str(
		    b, (double)p->width * p->n > 6e11 ? "%H:%M" : "%H:%M:%S");
		exch_buf_str(b, "' time\nset xrange [");
		seconds(b, p, p->start);
		exch_buf_char(b, ':');
		seconds(b, p, exch_plot_end(p));
		exch_buf_str(b, "]\n");
	}
	if (p->form == EXCH_PLOT_TIME || p->form == EXCH_PLOT_CLASS) {
		put_panels(b, p);
		return;
	}
	exch_buf_str(b, "set title ");
	quoted(b, p->title);
	exch_buf_char(b, '\n');
	if (p->form == EXCH_PLOT_NAMED)
		put_named(b, p);
	else if (p->form == EXCH_PLOT_MARKS)
		put_marks(b, p);
	else
		put_heat(b, p);
}
