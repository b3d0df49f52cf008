/*
 * Orders that a LOBSTER file takes from without having added them: they
 * rested before the file begins, or came while they were outside of its
 * levels.  Their size is the sum of what is taken from them, so that they
 * are used up exactly.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/check.h"
#include "feed/lobster.h"

/* What is known of an id, by open addressing. */
struct slot {
	uint64_t id;   /* 0: free; orders never have it */
	uint32_t seed; /* index + 1; 0: none */
	bool added;
};

struct ids {
	struct slot *slot;
	size_t cap; /* a power of two */
	size_t n;
};

static struct slot *
find(const struct ids *ids, uint64_t id)
{
	size_t i = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	while (ids->slot[i & (ids->cap - 1)].id != 0 &&
	       ids->slot[i & (ids->cap - 1)].id != id)
		i++;
	return &ids->slot[i & (ids->cap - 1)];
}

static bool
grow(struct ids *ids)
{
	struct ids big = {.cap = ids->cap != 0 ? ids->cap * 2 : 1024};

	big.slot = exch_calloc(big.cap, sizeof(*big.slot));
	if (big.slot == NULL)
		return false;
	for (size_t i = 0; i < ids->cap; i++) {
		if (ids->slot[i].id != 0)
			*find(&big, ids->slot[i].id) = ids->slot[i];
	}
	big.n = ids->n;
	exch_free(ids->slot);
	*ids = big;
	return true;
}

struct seeds {
	struct exch_lob_seed *seed;
	size_t n;
	size_t cap;
};

/* One more; its index + 1, 0 when out of memory. */
static uint32_t
new_seed(struct seeds *s, const struct exch_lob_row *r)
{
	if (!exch_room(&s->seed, s->n, &s->cap, sizeof(*s->seed)))
		return 0;
	s->seed[s->n++] = (struct exch_lob_seed){
	    .id = r->id, .price = r->price, .side = r->side};
	return (uint32_t)s->n;
}

static bool
note(struct ids *ids, struct seeds *seeds, const struct exch_lob_row *r)
{
	struct slot *s;

	if (r->type > EXCH_LOB_EXEC || r->id == 0)
		return true;
	if (ids->n * 2 >= ids->cap && !grow(ids))
		return false;
	s = find(ids, r->id);
	if (s->id == 0) {
		s->id = r->id;
		ids->n++;
	}
	if (r->type == EXCH_LOB_ADD) {
		s->added = true;
	} else if (!s->added) {
		if (s->seed == 0)
			s->seed = new_seed(seeds, r);
		if (s->seed == 0)
			return false;
		exch_check(s->seed <= seeds->n && seeds->seed != NULL);
		seeds->seed[s->seed - 1].size += r->size;
	}
	return true;
}

static int
by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct exch_lob_seed *)a)->id;
	uint64_t y = ((const struct exch_lob_seed *)b)->id;

	return x < y ? -1 : x > y;
}

int
exch_lob_seeds(const struct exch_lob_row *row, size_t n,
    struct exch_lob_seed **seeds, size_t *nseeds, struct exch_diag *d)
{
	struct ids ids = {0};
	struct seeds s = {0};
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++)
		ok = note(&ids, &s, &row[i]);
	exch_free(ids.slot);
	if (!ok) {
		exch_free(s.seed);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for the orders of a LOBSTER file");
	}
	if (s.n > 0)
		qsort(s.seed, s.n, sizeof(*s.seed), by_id);
	*seeds = s.seed;
	*nseeds = s.n;
	return 0;
}
