/*
 * exch-report html: the day as one page that needs nothing but itself: no
 * script, no font, no picture of elsewhere.  It is written as HTML that is XML
 * as well, so that programs that read either can check it.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/version.h"
#include "plot/markup.h"
#include "plot/svg.h"
#include "plot/ticks.h"
#include "report/pictures.h"
#include "report/reports.h"

/* Instruments with pictures, unless told. */
#define TOP 8u
#define TOP_MAX 64u
/* Rows of tables of other reports; more are in these. */
#define PART_ROWS 300u

static const struct exch_report_param params[] = {EXCH_DAY_PARAMS,
    {.name = "top",
	.arg = "N",
	.what = "html: how many instruments have pictures (8)"},
    {0}};

struct html {
	struct exch_day day; /* first: equity.c */
	unsigned top;
	struct exch_buf b;
	uint32_t *order; /* slots, most active first */
	uint32_t nshown;
	unsigned id;	       /* of the next picture */
	struct exch_buf empty; /* what is said of those that are none */
};

static void
put(struct html *h, const char *s)
{
	exch_buf_str(&h->b, s);
}

static void
put_text(struct html *h, const char *s)
{
	exch_markup_str(&h->b, s);
}

static void
put_symbol(struct html *h, const struct exch_inst *in)
{
	put(h, "<bdi>");
	exch_markup_text(&h->b, in->symbol, in->nsymbol);
	put(h, "</bdi>");
}

static const struct exch_inst *
inst_of(const struct html *h, uint32_t nth)
{
	const struct exch_day *day = &h->day;

	return &day->run->insts.inst[day->series.slot[h->order[nth]].place];
}

/* ---- the page around ---- */

static const char style[] =
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 "
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\n"
    "header,main,nav,footer{max-width:1280px;margin:0 auto;padding:0 16px}\n"
    "h1{font-size:1.7rem;margin:1rem 0 .5rem}\n"
    "h2{font-size:1.3rem;margin:2rem 0 .5rem;border-bottom:1px solid "
    "var(--grid);padding-bottom:.2rem}\n"
    "h3{font-size:1rem;margin:0 0 .2rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;"
    "margin:0}\n"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    "nav ul{list-style:none;padding:0;margin:1rem 0 0;display:flex;"
    "flex-wrap:wrap;gap:.2rem 1rem}\n"
    "a{color:var(--c0)}\n"
    ".grid{display:grid;grid-template-columns:1fr;gap:1.5rem}\n"
    "@media (min-width:1000px){.grid{grid-template-columns:1fr 1fr}}\n"
    "figure{margin:0;min-width:0}\n"
    "figcaption p,.none,footer{color:var(--soft);font-size:.875rem;"
    "margin:0 0 .4rem}\n"
    "details{font-size:.875rem;margin:.3rem 0}\n"
    "summary{cursor:pointer;color:var(--soft)}\n"
    ".wide{overflow:auto;max-height:32rem;max-width:100%}\n"
    "table{border-collapse:collapse;font-size:.8125rem;"
    "font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.15rem .45rem;text-align:left;white-space:nowrap;"
    "border-bottom:1px solid var(--grid)}\n"
    "td.n,th.n{text-align:right}\n"
    "td.w{white-space:normal;min-width:16rem}\n"
    "th{position:sticky;top:0;background:var(--bg)}\n"
    "tr.t td{font-weight:600}\n"
    "footer{margin-top:2rem;padding-bottom:2rem}\n"
    "@media "
    "print{html,body{font-size:11px}header,main,nav,footer{max-width:none;"
    "padding:0}nav{display:none}.grid{grid-template-columns:1fr 1fr;gap:1rem}"
    "figure,tr{break-inside:avoid}h2,h3{break-after:avoid}"
    "details:not([open]){display:none}.wide{overflow:visible;"
    "max-height:none}table{font-size:8px}th,td{padding:.05rem "
    ".25rem;white-space:normal}"
    "th{position:static}}\n";

static void
put_date(struct html *h)
{
	uint32_t date = exch_day_date(&h->day);

	if (date == 0)
		put(h, "A stream without a day");
	else
		exch_buf_fmt(&h->b, "Trading day %04u-%02u-%02u", date / 10000,
		    date / 100 % 100, date % 100);
}

static void
begin_page(struct html *h)
{
	put(h,
	    "<!DOCTYPE html>\n"
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
	    "<head>\n<meta charset=\"utf-8\"/>\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\"/>\n"
	    "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	    /* a browser that obeys it loads nothing, whatever a name says */
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n"
	    "<link rel=\"icon\" href=\"data:,\"/>\n<title>");
	put_date(h);
	put(h, "</title>\n<style>\n");
	/* neither has what XML or HTML would read as anything but text */
	put(h, exch_svg_style());
	put(h, style);
	put(h, "</style>\n</head>\n<body>\n");
}

/* A row of the list at the head. */
static void
term(struct html *h, const char *name)
{
	exch_buf_fmt(&h->b, "<dt>%s</dt><dd>", name);
}

static void
put_zone(struct html *h, exch_ts at)
{
	int off = exch_tz_offset(h->day.run->o.tz, at);

	put(h, " UTC");
	if (off != 0)
		exch_buf_fmt(&h->b, "%c%02d:%02d", off < 0 ? '-' : '+',
		    abs(off) / 3600, abs(off) / 60 % 60);
}

static void
put_times(struct html *h)
{
	const struct exch_report_run *run = h->day.run;
	char at[EXCH_TICK_LABEL];
	bool date;

	if (run->first_time == EXCH_TS_NONE)
		return;
	date = run->last_time - run->first_time > UINT64_C(86400) * EXCH_SEC;
	term(h, "Time");
	exch_ticks_time_of(run->first_time, run->o.tz, date, at);
	put(h, at);
	put(h, " to ");
	exch_ticks_time_of(run->last_time, run->o.tz, date, at);
	put(h, at);
	put_zone(h, run->first_time);
	put(h, "</dd>\n");
}

static void
put_head(struct html *h)
{
	struct exch_report_run *run = h->day.run;
	const char *made = "Made by";
	uint32_t insts = 0;

	put(h, "<header>\n<h1>");
	put_date(h);
	put(h, "</h1>\n<dl>\n");
	put_times(h);
	for (uint32_t i = 0; i < run->insts.n; i++)
		insts += run->insts.inst[i].id != 0;
	term(h, "Instruments");
	exch_buf_uint(&h->b, insts);
	put(h, "</dd>\n");
	term(h, "Records");
	exch_buf_uint(&h->b, run->numbered);
	put(h, "</dd>\n");
	term(h, "Stream");
	put(h, exch_report_status_word(run));
	put(h, "</dd>\n");
	for (unsigned i = 0; i < 256; i++) {
		if (run->source[i].text == NULL)
			continue;
		term(h, made);
		put_text(h, run->source[i].text);
		put(h, "</dd>\n");
		made = "";
	}
	term(h, "Page");
	put(h, "exch-report " EXCH_VERSION "</dd>\n");
	term(h, "Digest");
	put(h, run->digest);
	put(h, "</dd>\n</dl>\n</header>\n");
}

static void
put_nav(struct html *h)
{
	unsigned n;
	const struct exch_picture_kind *kind = exch_pictures(&n);

	put(h, "<nav aria-label=\"Sections\"><ul>\n"
	       "<li><a href=\"#summary\">Summary</a></li>\n");
	for (uint32_t i = 0; i < h->nshown; i++) {
		exch_buf_fmt(&h->b, "<li><a href=\"#i%u\">", i + 1);
		put_symbol(h, inst_of(h, i));
		put(h, "</a></li>\n");
	}
	for (unsigned i = 0; i < n; i++)
		if (!kind[i].each)
			exch_buf_fmt(&h->b, "<li><a href=\"#%s\">%s</a></li>\n",
			    kind[i].name, kind[i].title);
	put(h, "</ul></nav>\n<main>\n");
}

/* ---- tables ---- */

/* Numbers beside each picture, for those who cannot see it. */
static void
put_numbers(struct html *h, const struct exch_plot *p)
{
	struct exch_plot_columns c;
	struct exch_buf cell = {0};

	exch_plot_columns(p, &c);
	put(h, "<details><summary>Numbers</summary><div class=\"wide\" "
	       "role=\"region\" tabindex=\"0\" "
	       "aria-label=\"Numbers\"><table>\n<tr>");
	for (unsigned i = 0; i < c.n; i++) {
		put(h, exch_plot_column_is_number(&c, i)
			   ? "<th scope=\"col\" class=\"n\">"
			   : "<th scope=\"col\">");
		cell.len = 0;
		exch_plot_column_name(&c, i, &cell);
		exch_markup_text(&h->b, cell.p, cell.len);
		put(h, "</th>");
	}
	put(h, "</tr>\n");
	for (uint32_t row = 0; row < exch_plot_rows(&c); row++) {
		if (!exch_plot_row_used(&c, row))
			continue;
		put(h, "<tr>");
		for (unsigned i = 0; i < c.n; i++) {
			cell.len = 0;
			exch_plot_cell(&c, row, i, &cell);
			put(h, exch_plot_column_is_number(&c, i)
				   ? "<td class=\"n\">"
			       : cell.len > 60 ? "<td class=\"w\">"
					       : "<td>");
			exch_markup_text(&h->b, cell.p, cell.len);
			put(h, "</td>");
		}
		put(h, "</tr>\n");
	}
	put(h, "</table></div></details>\n");
	h->b.failed |= cell.failed;
	exch_buf_free(&cell);
}

/* Is a cell of another report's table a number? */
static bool
is_number(const char *s)
{
	if (*s == '-')
		s++;
	if (*s < '0' || *s > '9')
		return false;
	return s[strspn(s, "0123456789.")] == '\0';
}

static void
put_cell(struct html *h, const char *s)
{
	put(h, is_number(s)	? "<td class=\"n\">"
	       : strlen(s) > 60 ? "<td class=\"w\">"
				: "<td>");
	put_text(h, s);
	put(h, "</td>");
}

struct part_table {
	struct html *h;
	uint64_t rows;
};

static int
part_row(void *arg, const struct exch_part_row *row, struct exch_diag *d)
{
	struct part_table *t = arg;

	(void)d;
	if (t->rows++ == 0) {
		put(t->h, "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
			  "aria-label=\"Table\"><table>\n<tr>");
		for (unsigned i = 0; i < row->n; i++) {
			put(t->h, is_number(row->cell[i])
				      ? "<th scope=\"col\" class=\"n\">"
				      : "<th scope=\"col\">");
			put_text(t->h, row->name[i]);
			put(t->h, "</th>");
		}
		put(t->h, "</tr>\n");
	}
	if (t->rows > PART_ROWS)
		return EXCH_OK;
	put(t->h, "<tr>");
	for (unsigned i = 0; i < row->n; i++)
		put_cell(t->h, row->cell[i]);
	put(t->h, "</tr>\n");
	return EXCH_OK;
}

/* The rows of another report, as it says them. */
static int
put_part(struct html *h, const struct exch_part *part, struct exch_diag *d)
{
	const char *name = part->run->report->name;
	struct part_table t = {.h = h};
	size_t begun = h->b.len;
	int rc;

	exch_buf_fmt(
	    &h->b, "<details><summary>Table: exch-report %s</summary>", name);
	rc = exch_part_rows(part, part_row, &t, d);
	if (t.rows == 0) {
		h->b.len = begun;
		return rc;
	}
	put(h, "</table></div>");
	if (t.rows > PART_ROWS)
		exch_buf_fmt(&h->b,
		    "<p class=\"none\">%llu rows more: exch-report %s has "
		    "all.</p>",
		    (unsigned long long)(t.rows - PART_ROWS), name);
	put(h, "</details>\n");
	return rc;
}

/* ---- the summary ---- */

static const char *const columns[] = {"symbol", "trades", "volume", "turnover",
    "currency", "vwap", "open", "high", "low", "close", "spread", "orders",
    "cancels", "rejects", "resting", "fidelity"};

struct summary_rows {
	struct html *h;
	bool others; /* those without pictures, and no total */
	uint64_t n;
};

static bool
has_pictures(const struct html *h, const char *symbol)
{
	size_t n = strlen(symbol);

	for (uint32_t i = 0; i < h->nshown; i++) {
		const struct exch_inst *in = inst_of(h, i);

		if (in->nsymbol == n && memcmp(in->symbol, symbol, n) == 0)
			return true;
	}
	return false;
}

static int
summary_row(void *arg, const struct exch_part_row *row, struct exch_diag *d)
{
	const char *symbol = exch_part_cell(row, "symbol");
	bool total = strcmp(exch_part_cell(row, "scope"), "total") == 0;
	struct summary_rows *s = arg;

	(void)d;
	if (total ? s->others : has_pictures(s->h, symbol) == s->others)
		return EXCH_OK;
	s->n++;
	put(s->h, total ? "<tr class=\"t\">" : "<tr>");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(columns); i++) {
		if (i > 0) {
			put_cell(s->h, exch_part_cell(row, columns[i]));
			continue;
		}
		put(s->h, "<td><bdi>");
		put_text(s->h, total ? "total" : symbol);
		put(s->h, "</bdi></td>");
	}
	put(s->h, "</tr>\n");
	return EXCH_OK;
}

static int
put_summary(struct html *h, bool others, struct exch_diag *d)
{
	struct summary_rows s = {.h = h, .others = others};
	size_t begun = h->b.len;
	int rc;

	put(h, others ? "<section id=\"others\">\n<h2>Other instruments</h2>\n"
		      : "<section id=\"summary\">\n<h2>Summary</h2>\n");
	put(h, "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	       "aria-label=\"Table\"><table>\n<tr>");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(columns); i++) {
		put(h, i == 0 || i == 4 ? "<th scope=\"col\">"
					: "<th scope=\"col\" class=\"n\">");
		put(h, columns[i]);
		put(h, "</th>");
	}
	put(h, "</tr>\n");
	rc = exch_part_rows(&h->day.summary, summary_row, &s, d);
	put(h, "</table></div>\n</section>\n");
	if (others && s.n == 0)
		h->b.len = begun;
	return rc;
}

/* ---- pictures ---- */

/* A line of the list of what this stream does not have. */
static void
say_empty(struct html *h, const struct exch_picture_kind *kind,
    const struct exch_picture *pic)
{
	struct exch_buf *b = &h->empty;

	if (kind->each)
		exch_buf_str(b, "<li>");
	else
		exch_buf_fmt(b, "<li id=\"%s\">", kind->name);
	exch_buf_fmt(b, "<b>%s.</b> ", kind->title);
	exch_markup_str(b, pic->empty);
	exch_buf_str(b, "</li>\n");
}

/* Behind the pictures of a section: what it has none of, and why. */
static void
put_empty(struct html *h)
{
	if (h->empty.len > 0) {
		put(h, "<ul class=\"none\">\n");
		exch_buf_add(&h->b, h->empty.p, h->empty.len);
		put(h, "</ul>\n");
	}
	h->b.failed |= h->empty.failed;
	h->empty.len = 0;
}

/* `part`: the report whose rows belong to it, or NULL. */
static int
put_picture(struct html *h, const struct exch_picture_kind *kind, uint32_t slot,
    const struct exch_part *part, struct exch_diag *d)
{
	struct exch_picture pic = {0};
	int rc = exch_picture_make(kind, &h->day, slot, &pic, d);
	char id[16];

	if (rc != EXCH_OK || pic.empty != NULL) {
		if (rc == EXCH_OK)
			say_empty(h, kind, &pic);
		exch_picture_free(&pic);
		return rc;
	}
	if (kind->each)
		put(h, "<figure>\n<figcaption><h3>");
	else
		exch_buf_fmt(
		    &h->b, "<figure id=\"%s\">\n<figcaption><h3>", kind->name);
	put_text(h, pic.plot.title);
	put(h, "</h3><p>");
	put_text(h, pic.plot.about);
	put(h, "</p></figcaption>\n");
	id[0] = 'p';
	*exch_uint_put(id + 1, ++h->id) = '\0';
	(void)exch_svg_put(&pic.plot, false, id, &h->b);
	put_numbers(h, &pic.plot);
	exch_picture_free(&pic);
	if (part != NULL)
		rc = put_part(h, part, d);
	put(h, "</figure>\n");
	return rc;
}

/* What was written goes out: a page is not kept as a whole. */
static int
flush(struct html *h, struct exch_diag *d)
{
	if (h->b.failed)
		return exch_report_nomem(d);
	exch_table_raw(&h->day.run->table, h->b.p, h->b.len);
	h->b.len = 0;
	return EXCH_OK;
}

static int
put_instrument(struct html *h, uint32_t nth, struct exch_diag *d)
{
	unsigned n;
	const struct exch_picture_kind *kind = exch_pictures(&n);
	int rc = EXCH_OK;

	exch_buf_fmt(&h->b, "<section id=\"i%u\">\n<h2>", nth + 1);
	put_symbol(h, inst_of(h, nth));
	put(h, "</h2>\n<div class=\"grid\">\n");
	for (unsigned i = 0; rc == EXCH_OK && i < n; i++) {
		if (!kind[i].each)
			continue;
		rc = put_picture(h, &kind[i], h->order[nth], NULL, d);
		if (rc == EXCH_OK)
			rc = flush(h, d);
	}
	put(h, "</div>\n");
	put_empty(h);
	put(h, "</section>\n");
	return rc;
}

/* The report whose rows a picture is made of, if it has any. */
static const struct exch_part *
part_of(const struct exch_day *day, const struct exch_picture_kind *kind)
{
	if (strcmp(kind->name, "pnl") == 0)
		return &day->pnl;
	if (strcmp(kind->name, "fidelity") == 0)
		return &day->fidelity;
	if (strcmp(kind->name, "alerts") == 0)
		return &day->surveil;
	return NULL;
}

static int
put_whole(struct html *h, struct exch_diag *d)
{
	unsigned n;
	const struct exch_picture_kind *kind = exch_pictures(&n);
	int rc = EXCH_OK;

	put(h, "<h2>The whole day</h2>\n<div class=\"grid\">\n");
	for (unsigned i = 0; rc == EXCH_OK && i < n; i++) {
		if (kind[i].each)
			continue;
		rc = put_picture(h, &kind[i], 0, part_of(&h->day, &kind[i]), d);
		if (rc == EXCH_OK)
			rc = flush(h, d);
	}
	put(h, "</div>\n");
	put_empty(h);
	return rc;
}

/* ---- the report ---- */

static int
open_html(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *top = exch_report_given(run, "top");
	uint64_t n = TOP;
	struct html *h;
	int rc = exch_report_state(run, sizeof(*h), d);

	if (rc != EXCH_OK)
		return rc;
	h = run->state;
	if (top != NULL &&
	    (exch_uint_parse(top->value, strlen(top->value), &n) != 0 ||
		n < 1 || n > TOP_MAX))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--top: '%.40s' is no number from 1 to %u", top->value,
		    TOP_MAX);
	h->top = (unsigned)n;
	/* a page tells which stream it is of */
	run->o.digest = true;
	return exch_day_open(&h->day, run, EXCH_DAY_ALL, h->top, d);
}

static int
record_html(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct html *h = run->state;

	return exch_day_record(&h->day, r, seq, d);
}

static int
close_html(struct exch_report_run *run, struct exch_diag *d)
{
	struct html *h = run->state;
	int rc = exch_day_finish(&h->day, d);
	uint32_t n;

	if (rc == EXCH_OK)
		rc = exch_series_order(&h->day.series, &h->order, &n, d);
	if (rc != EXCH_OK)
		return rc;
	h->nshown = n < h->top ? n : h->top;
	begin_page(h);
	put_head(h);
	put_nav(h);
	rc = put_summary(h, false, d);
	for (uint32_t i = 0; rc == EXCH_OK && i < h->nshown; i++)
		rc = put_instrument(h, i, d);
	if (rc == EXCH_OK)
		rc = put_summary(h, true, d);
	if (rc == EXCH_OK)
		rc = put_whole(h, d);
	put(h, "</main>\n<footer>Colours after Okabe and Ito (2008); lines "
	       "differ by their dashes, too.  Every number stands in a "
	       "table under its picture.</footer>\n</body>\n</html>\n");
	return rc == EXCH_OK ? flush(h, d) : rc;
}

static void
free_html(struct exch_report_run *run)
{
	struct html *h = run->state;

	exch_day_free(&h->day);
	exch_buf_free(&h->b);
	exch_buf_free(&h->empty);
	exch_free(h->order);
}

const struct exch_report exch_report_html = {
    .name = "html",
    .what = "the day as one page with pictures",
    .takes = EXCH_TAKES_WATCH,
    .form = true,
    .local = true,
    .params = params,
    .open = open_html,
    .record = record_html,
    .close = close_html,
    .free = free_html,
};
