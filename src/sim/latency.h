/*
 * How long something is on its way.  One path has one law; what goes by one
 * path does not overtake: it arrives with what was sent before it at the
 * earliest.
 */
#ifndef EXCH_SIM_LATENCY_H
#define EXCH_SIM_LATENCY_H

#include "base/err.h"
#include "base/rng.h"
#include "base/types.h"

struct exch_latency;

/*
 * From words of a scenario:
 *	50us				constant
 *	lognormal MEDIAN SIGMA [MIN]	MIN 0 when not given
 *	file NAME			rows of nanoseconds, drawn at random
 *	load BASE PER-MESSAGE		a queue with one server in a gateway
 * `words` are n strings; *taken receives how many of them it took.  A file is
 * read by `slurp` (bytes to be freed by exch_free).  EXCH_ERR_FORMAT with a
 * sentence about word number *taken.
 */
int exch_latency_parse(const char *const *words, unsigned n, unsigned *taken,
    int (*slurp)(void *arg, const char *path, char **bytes, size_t *nbytes,
	struct exch_diag *d),
    void *arg, struct exch_latency **l, struct exch_diag *d);
void exch_latency_free(struct exch_latency *l);
/* A path of its own by the same law (laws are shared, their queues not). */
struct exch_latency *exch_latency_copy(const struct exch_latency *l);

/* When what is sent at `t` arrives; >= t, and >= what it said last. */
exch_ts exch_latency_arrival(
    struct exch_latency *l, struct exch_rng *rng, exch_ts t);
/* Nothing takes less than this. */
uint64_t exch_latency_least(const struct exch_latency *l);
/* Everything takes so many times as long: for sensitivity runs. */
void exch_latency_scale(struct exch_latency *l, double factor);

#endif
