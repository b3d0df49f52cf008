/*
 * Books of a feed that tells of levels, or of the best ones alone, and shows
 * no orders: a level is one order whose number is its price, and nobody who
 * watches orders is told of it.
 */
#ifndef EXCH_REPORT_LEVELS_H
#define EXCH_REPORT_LEVELS_H

#include "rec/rec.h"
#include "report/books.h"

/*
 * A BOOK_LEVEL or a BOOK_TOP, whole, of a place that has a book.
 * EXCH_ERR_NOMEM, or EXCH_ERR_FORMAT: a price off the grid.  What failed can
 * be done again: a record says what stands, and not by how much it changed.
 */
int exch_levels_level(struct exch_books *b, uint32_t place,
    const struct exch_rec_book_level *l, struct exch_diag *d);
int exch_levels_top(struct exch_books *b, uint32_t place,
    const struct exch_rec_book_top *q, struct exch_diag *d);

#endif
