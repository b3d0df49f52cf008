/*
 * settle/loss: shares of a loss come to it exactly, none is more than there is,
 * and all bear alike.
 */
#include <config.h>

#include "base/rng.h"
#include "rec/rec.h"
#include "settle/loss.h"
#include "tap.h"

#define N 7

static void
known(void)
{
	const exch_i128 has[] = {100, 50, 0, 50};
	exch_i128 part[4], shared;

	tap_is_i64(exch_loss_share(50, has, part, 4, &shared), 0, "50 of 200");
	tap_is_i64((int64_t)shared, 50, "all of it");
	tap_is_i64((int64_t)part[0], 25, "half of it");
	/* 37.5 is 38, which is even; 50 - 38. */
	tap_is_i64((int64_t)part[1], 13, "12.5, up");
	tap_is_i64((int64_t)part[2], 0, "nothing of nothing");
	tap_is_i64((int64_t)part[3], 12, "and the rest");
	tap_is_i64(exch_loss_share(900, has, part, 4, &shared), 0, "too much");
	tap_is_i64((int64_t)shared, 200, "all that there is");
	tap_is_i64((int64_t)part[0], 100, "and no more");
	tap_is_i64(exch_loss_share(0, has, part, 4, &shared), 0, "nothing");
	tap_is_i64((int64_t)part[0], 0, "of nobody");
	tap_is_i64(exch_loss_share(5, has, part, 0, &shared), 0, "nobody");
	tap_is_i64((int64_t)shared, 0, "bears nothing");
}

static void
large(void)
{
	const exch_i128 has[] = {INT64_MAX, 1};
	exch_i128 part[2], shared;

	tap_is_i64(exch_loss_share(5, has, part, 2, &shared), EXCH_ERR_RANGE,
	    "more than numbers can say");
	tap_is_i64(exch_loss_share(INT64_MAX - 1, has, part, 1, &shared), 0,
	    "as much as they can");
	tap_is_i64((int64_t)part[0], INT64_MAX - 1, "is shared");
}

static void
random_ones(void)
{
	struct exch_rng r;
	unsigned bad = 0;

	exch_rng_seed(&r, 5);
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t most = i % 2 == 0 ? 5 : 1000000000;
		exch_i128 has[N], part[N], shared, all = 0, sum = 0, loss;

		for (unsigned k = 0; k < N; k++) {
			has[k] = (exch_i128)(exch_rng_u64(&r) % (most + 1));
			all += has[k];
		}
		loss = (exch_i128)(exch_rng_u64(&r) % (2 * most * N));
		bad += exch_loss_share(loss, has, part, N, &shared) != 0;
		for (unsigned k = 0; k < N; k++) {
			exch_i128 off = part[k] * all - shared * has[k];

			sum += part[k];
			bad += part[k] < 0 || part[k] > has[k];
			bad += off > all || off < -all;
		}
		bad += sum != shared || shared != (loss < all ? loss : all);
	}
	tap_is_i64(bad, 0, "20,000 losses: exact, in bounds, pro rata to one");
}

int
main(void)
{
	known();
	large();
	random_ones();
	return tap_done();
}
