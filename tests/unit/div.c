/* base/div: division by multiplication, against the processor's own. */
#include <config.h>

#include "../tap.h"
#include "base/div.h"
#include "base/rng.h"

/* The numbers around multiples of d are where a wrong constant shows. */
static unsigned
wrong(uint64_t d, struct exch_rng *r)
{
	struct exch_div v = exch_div_by(d);
	unsigned bad = 0;

	for (int i = 0; i < 50; i++) {
		uint64_t q = (exch_rng_u64(r) >> 1) / d;
		uint64_t q2 = q >> exch_rng_below(r, 63);
		uint64_t n[] = {q * d, q * d - 1, q * d + 1, q2 * d, q2 * d - 1,
		    q2 * d + d - 1, exch_rng_u64(r)};

		for (size_t k = 0; k < EXCH_ARRAY_LEN(n); k++) {
			uint64_t x = n[k] & INT64_MAX;

			bad += exch_div_u(&v, x) != x / d;
		}
	}
	bad += exch_div_u(&v, 0) != 0;
	bad += exch_div_u(&v, INT64_MAX) != INT64_MAX / d;
	bad += exch_div_u(&v, INT64_MAX - 1) != (INT64_MAX - 1) / d;
	return bad;
}

/* Multiples give their quotient, all others more than there is. */
static unsigned
inexact(uint64_t d, struct exch_rng *r)
{
	struct exch_exact v = exch_exact_by(d);
	uint64_t most = UINT64_MAX / d;
	unsigned bad = 0;

	for (int i = 0; i < 50; i++) {
		uint64_t q = most >> exch_rng_below(r, 64);
		uint64_t n = exch_rng_u64(r) >> exch_rng_below(r, 64);
		uint64_t got = exch_exact_u(&v, n);

		bad += exch_exact_u(&v, q * d) != q;
		bad += n % d == 0 ? got != n / d : got <= most;
		n = q * d + 1 + exch_rng_below(r, d > 1 ? d - 1 : 1);
		bad += d > 1 && n > q * d && exch_exact_u(&v, n) <= most;
	}
	return bad;
}

static unsigned
inexact_all(struct exch_rng *r)
{
	unsigned bad = 0;

	for (uint64_t d = 1; d <= 2000; d++)
		bad += inexact(d, r);
	for (int k = 1; k < 64; k++) {
		uint64_t p = UINT64_C(1) << k;

		bad += inexact(p - 1, r) + inexact(p, r) + inexact(p + 1, r);
	}
	for (int i = 0; i < 20000; i++)
		bad += inexact(
		    1 + (exch_rng_u64(r) >> (1 + exch_rng_below(r, 63))), r);
	return bad;
}

int
main(void)
{
	struct exch_rng r;
	unsigned bad = 0;

	exch_rng_seed(&r, 7);
	for (uint64_t d = 1; d <= 2000; d++)
		bad += wrong(d, &r);
	tap_is_u64(bad, 0, "divisors 1..2000");
	bad = 0;
	for (int k = 1; k < 63; k++) {
		uint64_t p = UINT64_C(1) << k;

		bad += wrong(p - (k > 1), &r) + wrong(p, &r) + wrong(p + 1, &r);
	}
	bad += wrong(INT64_MAX, &r) + wrong(INT64_MAX - 1, &r);
	tap_is_u64(bad, 0, "around the powers of two");
	bad = 0;
	for (uint64_t d = 1; d < UINT64_C(10000000000000000); d *= 10)
		bad += wrong(d, &r) + wrong(5 * d, &r) + wrong(25 * d, &r);
	tap_is_u64(bad, 0, "ticks: 1, 2.5 and 5 times powers of ten");
	bad = 0;
	for (int i = 0; i < 20000; i++) {
		uint64_t d = exch_rng_u64(&r) >> (1 + exch_rng_below(&r, 63));

		bad += wrong(d > 0 ? d : 1, &r);
	}
	tap_is_u64(bad, 0, "20,000 random divisors");
	tap_is_u64(inexact_all(&r), 0, "multiples, and what is none");
	return tap_done();
}
