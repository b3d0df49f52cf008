/*
 * Pictures of figures: what is shown, apart from how.  One description gives
 * an SVG (svg.h), columns of numbers and a script for gnuplot, so that all
 * three say the same.
 *
 * Values are integers in units of 10^-scale, as records have them; nothing is
 * rounded but coordinates on paper.  Colours are of the palette of Okabe and
 * Ito (2008), which people with any colour vision tell apart; besides its
 * colour each line has dashes of its own, and each area its place.
 *
 * All arrays and texts are the caller's, and stay while the picture is used.
 * Texts may be anybody's: whoever writes escapes them.
 */
#ifndef EXCH_PLOT_PLOT_H
#define EXCH_PLOT_PLOT_H

#include "base/buf.h"
#include "base/time.h"

/* There is no value here: a gap in a line, no bar. */
#define EXCH_PLOT_NONE INT64_MAX

enum exch_plot_how {
	EXCH_PLOT_LINE,	 /* from value to value */
	EXCH_PLOT_STEP,	 /* each value as long as its bin */
	EXCH_PLOT_BAR,	 /* from 0 to the value */
	EXCH_PLOT_RANGE, /* from `low` to the value */
	EXCH_PLOT_AREA,	 /* filled from 0 to the value, as steps */
	EXCH_PLOT_DOT	 /* values by themselves */
};

#define EXCH_PLOT_COLOURS 8

struct exch_plot_series {
	const char *name;
	uint8_t how;	/* enum exch_plot_how */
	uint8_t colour; /* 0 to EXCH_PLOT_COLOURS - 1 */
	const int64_t *y;
	const int64_t *low; /* of RANGE */
	bool hidden;	    /* in columns only */
	bool drawn;	    /* in the picture only */
	const char *low_name;
};

#define EXCH_PLOT_SERIES_MAX 10
#define EXCH_PLOT_PANELS_MAX 8

/* One above the other, over the same x. */
struct exch_plot_panel {
	const char *label; /* of y, with its unit: "volume (shares)" */
	int scale;	   /* of values, 0 to 9 */
	int decimals;	   /* shown of them at least, in columns */
	unsigned height;   /* share of the picture, in units of its own */
	bool zero;	   /* 0 belongs to the axis */
	bool as_above;	   /* its series are those of the panel before it */
	unsigned n;
	struct exch_plot_series series[EXCH_PLOT_SERIES_MAX];
};

/* What is marked at a time, in a row of its kind. */
struct exch_plot_mark {
	exch_ts time;
	uint32_t row;	/* of struct exch_plot's names */
	uint8_t weight; /* 0 to 3: how large and which shape */
	const char *text;
};

enum exch_plot_form {
	EXCH_PLOT_TIME,	 /* panels over bins of time */
	EXCH_PLOT_CLASS, /* panels over classes, one after the other */
	EXCH_PLOT_NAMED, /* bars that lie, of names: the first series */
	EXCH_PLOT_HEAT,	 /* bins of time and prices; panel 0 over it */
	EXCH_PLOT_MARKS	 /* marks in rows over time */
};

/* Rows of a heat map: of prices base + i x step up to the next. */
struct exch_plot_heat {
	int64_t base, step; /* in units of panel 0 */
	unsigned rows;
	/* by bin and row: above 0 bids, below 0 offers; NULL: none */
	const float *cell;
};

struct exch_plot {
	const char *name;  /* "price": short, ASCII, for ids and files */
	const char *title; /* "Price and volume of ABC" */
	const char *about; /* what it shows and how it is read */
	/* there is nothing to show: a sentence that says so, and why */
	const char *empty;
	uint8_t form; /* enum exch_plot_form */
	/* of TIME, HEAT and MARKS: n bins of this width */
	exch_ts start;
	uint64_t width;
	const struct exch_tz *tz; /* NULL: UTC */
	uint32_t n;		  /* bins, classes or names */
	const char *const *names; /* of CLASS, NAMED, and rows of MARKS */
	unsigned nnames;	  /* of rows of MARKS */
	const char *x;		  /* what classes are: "size (shares)" */
	unsigned npanels;
	struct exch_plot_panel panel[EXCH_PLOT_PANELS_MAX];
	struct exch_plot_heat heat;
	const struct exch_plot_mark *mark;
	uint32_t nmarks;
};

/* Lowest and highest value of a panel; false: it has none. */
bool exch_plot_extent(
    const struct exch_plot *p, unsigned panel, int64_t *lo, int64_t *hi);
/* The same with 0 where it belongs, and a margin: never lo == hi. */
bool exch_plot_axis(
    const struct exch_plot *p, unsigned panel, int64_t *lo, int64_t *hi);
/* The end of its time; EXCH_TS_NONE at most. */
exch_ts exch_plot_end(const struct exch_plot *p);
/* Where a bin begins. */
exch_ts exch_plot_bin(const struct exch_plot *p, uint32_t i);

/*
 * Columns of a picture: one row for each bin, class, name or mark, in which
 * something is; a cell is a text.  For tables beside pictures, for files.
 */
struct exch_plot_columns {
	const struct exch_plot *p;
	unsigned n;
};

void exch_plot_columns(const struct exch_plot *p, struct exch_plot_columns *c);
/* The name of a column, "price (EUR)", unescaped. */
void exch_plot_column_name(
    const struct exch_plot_columns *c, unsigned i, struct exch_buf *b);
/* Rows, and whether anything stands in one. */
uint32_t exch_plot_rows(const struct exch_plot_columns *c);
bool exch_plot_row_used(const struct exch_plot_columns *c, uint32_t row);
/* A cell as text, unescaped; nothing where there is no value. */
void exch_plot_cell(const struct exch_plot_columns *c, uint32_t row,
    unsigned column, struct exch_buf *b);
/* Is it a number, to be aligned at its right? */
bool exch_plot_column_is_number(
    const struct exch_plot_columns *c, unsigned column);

/*
 * All of it for awk and gnuplot: a line "# " with the names, rows with tabs
 * between cells, "-" where there is no value; tabs and ends of lines in texts
 * are blanks.
 */
void exch_plot_data(const struct exch_plot *p, struct exch_buf *b);
/*
 * A script for gnuplot 5, data included, that writes to its standard output.
 * `terminal` is "pngcairo" or "pdfcairo"; texts of strangers stand in quotes
 * in which gnuplot reads nothing.
 */
void exch_plot_gnuplot(
    const struct exch_plot *p, const char *terminal, struct exch_buf *b);

#endif
