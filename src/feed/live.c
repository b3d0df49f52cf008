/* Orders that are displayed: clearing a book of them. */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "feed/live.h"

static int
by_id(const void *a, const void *b)
{
	const struct exch_key *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

int
exch_live_clear(struct exch_keyed *orders, uint32_t instr, exch_ts t,
    const struct exch_feed_sink *sink, struct exch_diag *d)
{
	struct exch_key *gone = exch_malloc((orders->live + 1) * sizeof(*gone));
	const struct exch_live *l;
	uint32_t n = 0, at = 0;
	int err = EXCH_OK;

	if (gone == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to clear a book");
	while ((l = exch_keyed_next(orders, &at)) != NULL)
		if (l->instr == instr)
			gone[n++] = l->key;
	qsort(gone, n, sizeof(*gone), by_id);
	for (uint32_t i = 0; i < n && err == EXCH_OK; i++) {
		struct exch_rec_book_delete r = {
		    .h = {.type = EXCH_REC_BOOK_DELETE,
			.len8 = sizeof(r) / 8,
			.instr = instr,
			.time = t},
		    .order = gone[i].id,
		};

		exch_keyed_drop(
		    orders, exch_keyed_find(orders, gone[i].place, gone[i].id));
		err = sink->record(sink->arg, &r.h, d);
	}
	exch_free(gone);
	return err;
}
