/*
 * What must hold of a protected market whatever its orders are, seen from
 * the records alone: no execution of continuous trading outside the ranges
 * that interrupt it, and none at all where trading is halted, closed or
 * stopped; one answer to every order, cancel, replace, mass cancel and
 * accepted answer, held or not, at its time; an IOC order never rests, and a
 * FOK order is never filled in part; a level of the breaker is reached once, by
 * its value, and stops whatever trades.
 */
#ifndef EXCH_TESTS_WATCH_H
#define EXCH_TESTS_WATCH_H

#include "naive/naive.h"
#include "rec/rec.h"

struct watch;

/* phase: in which instruments begin */
struct watch *watch_new(const struct naive_rules *rules, uint8_t phase);
void watch_free(struct watch *w);
/* Any record of the engine's output. */
void watch_record(struct watch *w, const struct exch_rec *r);
/* The end: nothing is owed. */
void watch_end(struct watch *w);
/* What is wrong first, or NULL. */
const char *watch_wrong(const struct watch *w);

/* The phase an instrument is in. */
uint8_t watch_phase(struct watch *w, uint32_t instr);

#endif
