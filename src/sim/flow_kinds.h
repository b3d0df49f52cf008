/*
 * The rows of exch_flow_all(), a file each.
 */
#ifndef EXCH_SIM_FLOW_KINDS_H
#define EXCH_SIM_FLOW_KINDS_H

#include "sim/flow.h"

extern const struct exch_flow_kind exch_flow_zero;
extern const struct exch_flow_kind exch_flow_cst;
extern const struct exch_flow_kind exch_flow_hawkes;
extern const struct exch_flow_kind exch_flow_mike;
extern const struct exch_flow_kind exch_flow_queue;

#endif
