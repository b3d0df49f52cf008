/*
 * exch-report plot: one picture of the day as SVG, as columns of numbers, or
 * as a script for gnuplot, which whoever serves a command line runs.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "plot/svg.h"
#include "report/pictures.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {EXCH_DAY_PARAMS,
    {.name = "data",
	.what = "plot: the numbers in columns, instead of a picture"},
    {0}};

struct plot {
	struct exch_day day; /* first: equity.c */
	const struct exch_picture_kind *kind;
};

static const char *
name_of(const struct exch_report_opts *o)
{
	return o->picture != NULL ? o->picture : "price";
}

/* Of the tables only surveil has one, and not every picture has its alerts. */
static bool
looks(const struct exch_report_opts *o, const struct exch_report_param *x)
{
	const char *name = name_of(o);
	const struct exch_picture_kind *kind =
	    exch_picture_by_name(name, strlen(name));

	(void)x;
	return kind != NULL && (kind->needs & EXCH_DAY_SURVEIL) != 0;
}

static int
open_plot(struct exch_report_run *run, struct exch_diag *d)
{
	const char *name = name_of(&run->o);
	struct plot *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->kind = exch_picture_by_name(name, strlen(name));
	if (s->kind == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "no picture is called '%.40s'", name);
	return exch_day_open(&s->day, run, s->kind->needs, 1, d);
}

static int
record_plot(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct plot *s = run->state;

	return exch_day_record(&s->day, r, seq, d);
}

/* The most active instrument that has been asked for. */
static int
choose(struct plot *s, uint32_t *slot, struct exch_diag *d)
{
	uint32_t *order = NULL, n;
	int rc = exch_series_order(&s->day.series, &order, &n, d);

	if (rc == EXCH_OK)
		*slot = n > 0 ? order[0] : UINT32_MAX;
	exch_free(order);
	return rc;
}

static void
put(struct exch_report_run *run, const struct exch_plot *p, struct exch_buf *b)
{
	switch (run->o.drawing) {
	case EXCH_DRAW_PNG:
		exch_plot_gnuplot(p, "pngcairo", b);
		break;
	case EXCH_DRAW_PDF:
		exch_plot_gnuplot(p, "pdfcairo", b);
		break;
	default:
		if (exch_report_given(run, "data") != NULL)
			exch_plot_data(p, b);
		else
			(void)exch_svg_put(p, true, "p", b);
		break;
	}
}

/* A stream in which nothing ever had a book or traded. */
static const char nothing[] =
    "The stream has no instrument in which anything happened.";

static int
close_plot(struct exch_report_run *run, struct exch_diag *d)
{
	struct plot *s = run->state;
	struct exch_picture pic = {0};
	struct exch_buf b = {0};
	uint32_t slot = 0;
	int rc = exch_day_finish(&s->day, d);

	if (rc == EXCH_OK && s->kind->each)
		rc = choose(s, &slot, d);
	if (rc != EXCH_OK)
		return rc;
	pic.plot.title = s->kind->title;
	if (slot == UINT32_MAX)
		pic.empty = pic.plot.empty = nothing;
	else
		rc = exch_picture_make(s->kind, &s->day, slot, &pic, d);
	if (rc == EXCH_OK) {
		/* the picture says it, too, and is a whole one */
		if (pic.empty != NULL)
			exch_report_tell(
			    run, "%s: %s", s->kind->name, pic.empty);
		put(run, &pic.plot, &b);
		if (b.failed)
			rc = exch_report_nomem(d);
		else
			exch_table_raw(&run->table, b.p, b.len);
	}
	exch_picture_free(&pic);
	exch_buf_free(&b);
	return rc;
}

static void
free_plot(struct exch_report_run *run)
{
	struct plot *s = run->state;

	exch_day_free(&s->day);
}

const struct exch_report exch_report_plot = {
    .name = "plot",
    .what = "one picture of the day: price, depth, spread, ...",
    .takes = EXCH_TAKES_WATCH | EXCH_TAKES_PICTURE,
    .form = true,
    .local = true,
    .params = params,
    .looks = looks,
    .open = open_plot,
    .record = record_plot,
    .close = close_plot,
    .free = free_plot,
};
