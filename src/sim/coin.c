/* A run's common coin (coin.h). */
#include <config.h>

#include "base/rng.h"
#include "sim/coin.h"

void
exch_coin_init(struct exch_coin *c, uint64_t run, uint64_t step)
{
	struct exch_rng r;

	/* Not near the key of another length: steps are added to it. */
	exch_rng_seed(&r, run ^ step);
	*c = (struct exch_coin){.key = exch_rng_u64(&r), .step = step};
}

unsigned
exch_coin_side(const struct exch_coin *c, uint64_t n)
{
	struct exch_rng r;

	exch_rng_seed(&r, c->key + n);
	return (unsigned)(exch_rng_u64(&r) >> 63);
}
