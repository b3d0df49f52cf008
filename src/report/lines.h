/*
 * A file of lines, one by one: those that come in are as long as they like,
 * up to a limit.
 */
#ifndef EXCH_REPORT_LINES_H
#define EXCH_REPORT_LINES_H

#include "base/err.h"

struct exch_in;

/* Longer ones are no table's. */
#define EXCH_LINE_MAX ((size_t)1 << 20)

/* Without its end, which may be CR LF; `line` counts from 1. */
typedef int exch_line_fn(
    void *arg, const char *s, size_t n, uint64_t line, struct exch_diag *d);

int exch_lines_each(
    struct exch_in *in, exch_line_fn *fn, void *arg, struct exch_diag *d);

#endif
