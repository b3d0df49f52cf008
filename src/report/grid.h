/*
 * A small table for pages of text: all cells are collected, then printed
 * with the columns as wide as they need to be.  For tables that people
 * read, of hundreds of rows; long ones go through table.h.
 */
#ifndef EXCH_REPORT_GRID_H
#define EXCH_REPORT_GRID_H

#include "base/buf.h"
#include "report/table.h"

#define EXCH_GRID_COLS 16

struct exch_grid {
	struct exch_buf text; /* the cells, each ending with NUL */
	size_t width[EXCH_GRID_COLS];
	unsigned ncols;
	unsigned col;  /* of the cell being added */
	unsigned left; /* bit i: column i is left-aligned */
};

/* `heads`: names of the columns, "" allowed. */
void exch_grid_init(struct exch_grid *g, unsigned left,
    const char *const *heads, unsigned ncols);
void exch_grid_str(struct exch_grid *g, const char *s);
/* Text of the stream: unprintable bytes become '?'. */
void exch_grid_text(struct exch_grid *g, const char *s, size_t n);
void exch_grid_u64(struct exch_grid *g, uint64_t v);
void exch_grid_dec(struct exch_grid *g, exch_i128 v, int scale, int min_frac);
/* A price or "-"; `show` as in fmt.h. */
void exch_grid_px(struct exch_grid *g, exch_px v, unsigned show);
/* part of whole in percent, rounded down to two decimals; "-" of nothing. */
void exch_grid_percent(struct exch_grid *g, uint64_t part, uint64_t whole);
/* Hundredths of a percent, "99.98". */
void exch_grid_hundredths(struct exch_grid *g, uint64_t v);
/* Print with this indent, and free the cells.  EXCH_ERR_NOMEM. */
int exch_grid_print(
    struct exch_grid *g, struct exch_table *t, struct exch_diag *d);

/* 10000 x part / whole, rounded down. */
static inline uint64_t
exch_hundredths(uint64_t part, uint64_t whole)
{
	return (uint64_t)((exch_u128)part * 10000 / whole);
}

#endif
