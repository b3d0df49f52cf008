/*
 * Cells for what a rule of a gate counts: a limit, or what was observed, in
 * the unit of the rule.
 */
#ifndef EXCH_REPORT_COUNTED_H
#define EXCH_REPORT_COUNTED_H

#include "rec/rec.h"
#include "report/table.h"

/*
 * A cell at p: quantities with `scale` digits behind the point, prices with
 * at least `decimals`, cash with two; shares are parts of one, times ns.  The
 * largest number stands for any price, and what it comes to, and is none.
 */
char *exch_counted_cell(struct exch_table *t, char *p, enum exch_rule_unit unit,
    int64_t v, int scale, unsigned decimals);

/* The same, at the end of what was written. */
static inline void
exch_counted_put(struct exch_table *t, enum exch_rule_unit unit, int64_t v,
    int scale, unsigned decimals)
{
	t->p = exch_counted_cell(t, t->p, unit, v, scale, decimals);
}

/* What the new value of a limit (enum exch_limit_of) is counted in. */
enum exch_rule_unit exch_counted_limit(uint8_t what);

/* The text behind the fixed part of a record, as much of it as is there. */
void exch_counted_text(
    struct exch_table *t, const struct exch_rec *r, size_t fixed, uint16_t n);

#endif
