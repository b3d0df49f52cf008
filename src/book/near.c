/*
 * Tables of levels by price (near.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "book/book.h"

/* Cells for each level at most. */
#define WIDEST 4

int
exch_near_init(struct exch_near_pool *p)
{
	*p = (struct exch_near_pool){.cap = 1024, .used = 1};
	p->cell = exch_big_alloc(p->cap * sizeof(*p->cell));
	return p->cell != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_near_clear(struct exch_near_pool *p)
{
	exch_big_free(p->cell, p->cap * sizeof(*p->cell));
	p->cell = NULL;
}

/* Room for so many more cells. */
static int
room(struct exch_near_pool *p, uint32_t n)
{
	uint32_t *cell;
	uint32_t cap = p->cap;

	while (cap - p->used < n) {
		if (cap > UINT32_MAX / 2)
			return EXCH_ERR_NOMEM;
		cap *= 2;
	}
	if (cap == p->cap)
		return EXCH_OK;
	cell =
	    exch_big_grow(p->cell, p->cap * sizeof(*cell), cap * sizeof(*cell));
	if (cell == NULL)
		return EXCH_ERR_NOMEM;
	p->cell = cell;
	p->cap = cap;
	return EXCH_OK;
}

/* 2^(EXCH_NEAR_FIRST + size) empty cells; 0: out of memory. */
static uint32_t
take(struct exch_near_pool *p, unsigned size)
{
	uint32_t n = UINT32_C(1) << (EXCH_NEAR_FIRST + size);
	uint32_t base = p->free[size];

	if (base != 0) {
		p->free[size] = p->cell[base];
		memset(&p->cell[base], 0, n * sizeof(*p->cell));
	} else if (room(p, n) == EXCH_OK) {
		base = p->used;
		p->used += n;
	}
	return base;
}

int
exch_near_begin(struct exch_near_pool *p, struct exch_near *t)
{
	t->base = take(p, 0);
	t->mask = t->base != 0 ? (1u << EXCH_NEAR_FIRST) - 1 : 0;
	return t->base != 0 ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_near_grow(struct exch_near_pool *p, struct exch_near *t,
    const struct exch_slot_data *slot)
{
	struct exch_near was = *t;
	unsigned size = (unsigned)__builtin_popcount(t->mask) - EXCH_NEAR_FIRST;
	uint32_t base;

	if (t->mask / WIDEST >= t->levels || size + 1 == EXCH_NEAR_SIZES)
		return;
	base = take(p, size + 1);
	if (base == 0)
		return;
	t->base = base;
	t->mask = was.mask * 2 + 1;
	for (uint32_t i = 0; i <= was.mask; i++) {
		uint32_t l = p->cell[was.base + i];

		if (l != 0)
			*exch_near_cell(p, t, slot[l].tick) = l;
	}
	p->cell[was.base] = p->free[size];
	p->free[size] = was.base;
}
