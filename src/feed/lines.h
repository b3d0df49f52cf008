/*
 * Text that is read line by line, where a line that is wrong may only be the
 * one in which the input was cut: what is wrong with it is told when another
 * line shows that it is not.
 */
#ifndef EXCH_FEED_LINES_H
#define EXCH_FEED_LINES_H

#include "feed/feed.h"
#include "feed/rows.h"

/* What is wrong with the line in hand; "": nothing.  The line fills it in. */
struct exch_line_wrong {
	char text[120];
	struct exch_feed_at at;
};

/*
 * Give every row to `line`, and what is wrong with it to the sink.
 * EXCH_ERR_CUT: the last one was wrong and has no line end; else the first
 * error of `line`, the sink or the input.
 */
int exch_lines(struct exch_rows *rows, struct exch_line_wrong *w,
    const struct exch_feed_sink *sink, const char *name,
    int (*line)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d);

#endif
