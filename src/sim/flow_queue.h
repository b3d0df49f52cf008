/*
 * What the queue-reactive model (flow_queue.c) shares with its estimation: how
 * many levels it has, and how long a queue's tables and its distribution are.
 */
#ifndef EXCH_SIM_FLOW_QUEUE_H
#define EXCH_SIM_FLOW_QUEUE_H

#include "sim/param.h"

#define EXCH_QUEUE_LEVELS 5
#define EXCH_QUEUE_ROOM 64

/*
 * How often a queue is 0, 1, ... long, as weights; `market` may be NULL.  False:
 * it grows for ever, or it is as long as there are weights too often.
 */
bool exch_queue_even(const struct exch_param_value *limit,
    const struct exch_param_value *cancel,
    const struct exch_param_value *market, double *weight);

#endif
