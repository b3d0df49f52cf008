/*
 * The directory of a sweep (sweep.c), for whoever reads it.
 */
#ifndef EXCH_CMD_SIM_SWEEP_H
#define EXCH_CMD_SIM_SWEEP_H

#include "exch-sim/grid.h"

/* DIR/PART, and /N behind it if n is not 0; freed by the caller, or NULL. */
char *sim_sweep_path(const char *dir, const char *part, uint64_t n);
bool sim_sweep_has(const char *dir, const char *part, uint64_t n);
/* What is to be run.  The grid is to be cleared in any case. */
int sim_sweep_load(const char *dir, struct sim_grid *g, struct exch_diag *d);

#endif
