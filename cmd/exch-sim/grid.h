/*
 * The runs of a sweep: every choice of a value for each variable, with every
 * seed.  They have numbers from 1 on; the seed changes fastest, then the last
 * variable.
 */
#ifndef EXCH_CMD_SIM_GRID_H
#define EXCH_CMD_SIM_GRID_H

#include "base/buf.h"
#include "base/err.h"

/* Most runs of a sweep, and values of a variable. */
#define SIM_GRID_MOST 10000000u

struct sim_axis {
	char *text; /* "qty=100,200" as it was said */
	size_t nname;
	char **value;
	size_t n, cap;
};

struct sim_seeds {
	uint64_t first, last;
};

struct sim_grid {
	char *scenario; /* its path */
	char *from;	/* where it was asked for; NULL: that was not kept */
	char *seeds;	/* as they were said */
	struct sim_axis *axis;
	size_t naxis, cap;
	struct sim_seeds *range;
	size_t nrange, cap_range;
	uint64_t nseeds;
	uint64_t runs;
};

/* Of zeros, too. */
void sim_grid_clear(struct sim_grid *g);

/*
 * "qty=100,200,300" or "spread=1..5"; "1..100,200".  A diagnosis without a
 * position.  EXCH_ERR_FORMAT, EXCH_ERR_EXISTS, EXCH_ERR_LIMIT, EXCH_ERR_NOMEM.
 */
int sim_grid_define(struct sim_grid *g, const char *text, struct exch_diag *d);
int sim_grid_seeds(struct sim_grid *g, const char *text, struct exch_diag *d);
/* Both were said: how many runs there are. */
int sim_grid_count(struct sim_grid *g, struct exch_diag *d);

/* Run i of 1..runs: its seed, and "name=value" of an axis. */
uint64_t sim_grid_seed(const struct sim_grid *g, uint64_t i);
void sim_grid_value(
    const struct sim_grid *g, uint64_t i, size_t axis, struct exch_buf *b);

/* As a file of lines, and back from it: counted. */
void sim_grid_put(const struct sim_grid *g, struct exch_buf *b);
int sim_grid_get(
    struct sim_grid *g, const char *text, size_t n, struct exch_diag *d);

#endif
