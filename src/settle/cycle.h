/*
 * When a trade settles: so many settlement days after it, by a dated table.
 *
 *	sd = trade date; repeat n times: sd = next settlement day
 *
 * The days on which a venue trades and those on which money and securities
 * move are two calendars: on Columbus Day US exchanges trade and banks are
 * closed, so that trades of that Monday and of the Friday before settle
 * together.
 *
 *	from,until,kind,days,source
 *	2017-09-05,2024-05-28,,2,17 CFR 240.15c6-1(a)
 *	2024-05-28,,,1,17 CFR 240.15c6-1(a)
 */
#ifndef EXCH_SETTLE_CYCLE_H
#define EXCH_SETTLE_CYCLE_H

#include "ref/calendar.h"
#include "ref/dated.h"

/* More days than any market has had. */
#define EXCH_CYCLE_MOST 30

/* A table with dates, exch-tables(5); cleared by exch_reftable_clear. */
int exch_cycles_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/*
 * Settlement days of a kind of instrument (enum exch_instr_kind) on a trade
 * date: the row for just that kind before one for every kind.
 * EXCH_ERR_ABSENT, told: the table has none.
 */
int exch_cycle_days(const struct exch_reftable *t, uint8_t kind, uint32_t date,
    uint32_t *days, struct exch_diag *d);

/*
 * The n-th settlement day after a date; of 0 that date itself, or the next one
 * where it is none.  `c` are the days on which nothing settles, NULL: Saturdays
 * and Sundays.  EXCH_ERR_RANGE, told: it says nothing of a year that is met.
 */
int exch_settle_step(const struct exch_calendar *c, uint32_t date, uint32_t n,
    uint32_t *out, struct exch_diag *d);
/* Is it one? */
int exch_settle_is_day(const struct exch_calendar *c, uint32_t date, bool *is,
    struct exch_diag *d);
/* Settlement days from one date (excluded) to another (included). */
int exch_settle_days(const struct exch_calendar *c, uint32_t from, uint32_t to,
    uint32_t *n, struct exch_diag *d);

#endif
