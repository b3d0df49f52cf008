/*
 * What must hold of a protected market whatever its orders are, seen from
 * the records alone: no execution of continuous trading outside the ranges
 * that interrupt it, one answer to every new order and replace, held or
 * not, and none before its time.
 */
#ifndef EXCH_TESTS_WATCH_H
#define EXCH_TESTS_WATCH_H

#include "naive/naive.h"
#include "rec/rec.h"

struct watch;

struct watch *watch_new(const struct naive_rules *rules);
void watch_free(struct watch *w);
/* Any record of the engine's output. */
void watch_record(struct watch *w, const struct exch_rec *r);
/* The end: nothing is owed. */
void watch_end(struct watch *w);
/* What is wrong first, or NULL. */
const char *watch_wrong(const struct watch *w);

#endif
