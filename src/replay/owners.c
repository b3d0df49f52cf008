/* Rules and what they make of an order's number (owners.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "replay/owners.h"

#define MOST 10000000u
/* The first one's weight; the k-th has the k-th part of it, rounded down. */
#define WEIGHT (UINT64_C(1) << 36)

static int
weigh(struct exch_owner_rule *r)
{
	uint64_t sum = 0;

	r->upto = exch_calloc(r->n, sizeof(*r->upto));
	if (r->upto == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t k = 0; k < r->n; k++)
		r->upto[k] = sum += WEIGHT / (k + 1);
	return EXCH_OK;
}

int
exch_owner_rule_parse(
    const char *text, uint64_t seed, struct exch_owner_rule *r)
{
	const char *colon = strchr(text, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - text);
	bool zipf = n == 4 && memcmp(text, "zipf", 4) == 0;
	uint64_t v;

	*r = (struct exch_owner_rule){.seed = seed};
	if ((!zipf && !(n == 7 && memcmp(text, "uniform", 7) == 0)) ||
	    exch_uint_parse(colon + 1, strlen(colon + 1), &v) != 0)
		return EXCH_ERR_FORMAT;
	if (v == 0 || v > MOST)
		return EXCH_ERR_RANGE;
	r->n = (uint32_t)v;
	return zipf ? weigh(r) : EXCH_OK;
}

void
exch_owner_rule_clear(struct exch_owner_rule *r)
{
	exch_free(r->upto);
	*r = (struct exch_owner_rule){0};
}

/* Steele, Lea and Flood's finaliser: all bits of one number mixed. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint32_t
exch_owner_by_rule(
    const struct exch_owner_rule *r, uint32_t instr, exch_oid order)
{
	uint64_t h = mix(mix(mix(r->seed + 1) ^ instr) ^ order);
	uint32_t low = 0, high = r->n - 1;
	uint64_t at;

	if (r->upto == NULL)
		return (uint32_t)((exch_u128)h * r->n >> 64) + 1;
	at = (uint64_t)((exch_u128)h * r->upto[high] >> 64);
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (r->upto[mid] > at)
			high = mid;
		else
			low = mid + 1;
	}
	return low + 1;
}
