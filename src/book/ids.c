/*
 * The index from order id to slot (ids.h).  Lookup is inlined in book.c,
 * where the order can be compared.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/err.h"
#include "book/ids.h"

int
exch_ids_init(struct exch_ids *t, size_t hint)
{
	t->bits = 10;
	while (((size_t)3 << t->bits) / 4 < hint)
		t->bits++;
	t->used = 0;
	t->entry = exch_big_alloc(sizeof(*t->entry) << t->bits);
	return t->entry == NULL ? EXCH_ERR_NOMEM : EXCH_OK;
}

void
exch_ids_clear(struct exch_ids *t)
{
	if (t->entry != NULL)
		exch_big_free(t->entry, sizeof(*t->entry) << t->bits);
	t->entry = NULL;
}

int
exch_ids_grow(struct exch_ids *t)
{
	struct exch_ids grown = {.bits = t->bits + 1, .used = t->used};
	size_t i, n = (size_t)1 << t->bits;

	if (grown.bits > 31)
		return EXCH_ERR_NOMEM;
	grown.entry = exch_big_alloc(sizeof(*grown.entry) << grown.bits);
	if (grown.entry == NULL)
		return EXCH_ERR_NOMEM;
	for (i = 0; i < n; i++)
		if (t->entry[i].slot != 0)
			exch_ids_put(&grown,
			    exch_ids_room(&grown, t->entry[i].tag),
			    t->entry[i].tag, t->entry[i].slot);
	grown.used = t->used;
	exch_ids_clear(t);
	*t = grown;
	return EXCH_OK;
}
