/*
 * exch-sim realism: apart from the rest of the tool, since reports and
 * simulations have parameters of their own.
 */
#ifndef EXCH_CMD_SIM_REALISM_H
#define EXCH_CMD_SIM_REALISM_H

#include "common/cli.h"

/* Of the operands; `symbol` may be NULL.  The exit code. */
int sim_realism(struct exch_cli *c, const char *symbol);

#endif
