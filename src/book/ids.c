/*
 * The index from order id to slot (ids.h).  Lookup is inlined in book.h,
 * where the order can be compared.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "book/ids.h"

/* Of `over`: it does not know any more. */
#define MANY UINT8_MAX

int
exch_ids_init(struct exch_ids *t, size_t cells, size_t apart)
{
	*t = (struct exch_ids){.mask = cells - 1, .bits = 6};
	while (((size_t)3 << t->bits) / 4 < apart)
		t->bits++;
	t->cell = exch_big_alloc(cells * sizeof(*t->cell));
	t->over = exch_big_alloc(cells * sizeof(*t->over));
	t->entry = exch_big_alloc(sizeof(*t->entry) << t->bits);
	if (t->cell != NULL && t->over != NULL && t->entry != NULL)
		return EXCH_OK;
	exch_ids_clear(t);
	return EXCH_ERR_NOMEM;
}

void
exch_ids_clear(struct exch_ids *t)
{
	size_t cells = t->mask + 1;

	exch_big_free(t->cell, cells * sizeof(*t->cell));
	exch_big_free(t->over, cells * sizeof(*t->over));
	exch_big_free(t->entry, sizeof(*t->entry) << t->bits);
	*t = (struct exch_ids){0};
}

static size_t
place(struct exch_ids *t, struct exch_ids_entry e)
{
	size_t i = exch_ids_begin(t, e.tag);
	size_t others = 0;

	for (; t->entry[i].slot != 0; others++)
		i = exch_ids_after(t, i);
	t->entry[i] = e;
	return others;
}

int
exch_ids_grow(struct exch_ids *t)
{
	struct exch_ids_entry *was = t->entry;
	size_t n = (size_t)1 << t->bits;
	struct exch_ids_entry *p;

	if (t->bits >= 31)
		return EXCH_ERR_NOMEM;
	p = exch_big_alloc(sizeof(*p) << (t->bits + 1));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	t->entry = p;
	t->bits++;
	for (size_t i = 0; i < n; i++)
		if (was[i].slot != 0)
			(void)place(t, was[i]);
	exch_big_free(was, sizeof(*was) * n);
	return EXCH_OK;
}

size_t
exch_ids_put_apart(struct exch_ids *t, size_t home, uint32_t tag, uint32_t slot)
{
	t->apart++;
	if (t->over[home] != MANY)
		t->over[home]++;
	t->cell[home] |= EXCH_IDS_OVER;
	return place(t, (struct exch_ids_entry){tag, slot});
}

void
exch_ids_del_apart(struct exch_ids *t, size_t home, uint32_t tag, uint32_t slot)
{
	size_t mask = ((size_t)1 << t->bits) - 1;
	size_t i = exch_ids_begin(t, tag), j;

	while (t->entry[i].slot != slot) {
		exch_check(t->entry[i].slot != 0);
		i = exch_ids_after(t, i);
	}
	/*
	 * Close the hole: an entry further on may move into it unless its
	 * search begins behind the hole.
	 */
	for (j = exch_ids_after(t, i); t->entry[j].slot != 0;
	     j = exch_ids_after(t, j)) {
		size_t from = exch_ids_begin(t, t->entry[j].tag);

		if (((j - from) & mask) >= ((j - i) & mask)) {
			t->entry[i] = t->entry[j];
			i = j;
		}
	}
	t->entry[i].slot = 0;
	t->apart--;
	if (t->over[home] != MANY && --t->over[home] == 0)
		t->cell[home] &= ~EXCH_IDS_OVER;
}
