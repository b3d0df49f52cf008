/* Orders that wait for the market (rule605_wait.h). */
#include <config.h>

#include "base/alloc.h"
#include "report/rule605_wait.h"

static void
up(struct exch_605_wait *e, size_t i)
{
	struct exch_605_wait x = e[i];

	for (; i > 0 && e[(i - 1) / 2].rank < x.rank; i = (i - 1) / 2)
		e[i] = e[(i - 1) / 2];
	e[i] = x;
}

static void
down(struct exch_605_wait *e, size_t n, size_t i)
{
	struct exch_605_wait x = e[i];

	for (;;) {
		size_t k = 2 * i + 1;

		if (k + 1 < n && e[k + 1].rank > e[k].rank)
			k++;
		if (k >= n || e[k].rank <= x.rank)
			break;
		e[i] = e[k];
		i = k;
	}
	e[i] = x;
}

int
exch_605_wait_add(
    struct exch_605_waits *w, exch_px rank, exch_oid id, struct exch_diag *d)
{
	if (!exch_room(&w->e, w->n, &w->cap, sizeof(*w->e)))
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	w->e[w->n] = (struct exch_605_wait){rank, id};
	up(w->e, w->n++);
	return EXCH_OK;
}

void
exch_605_wait_pop(struct exch_605_waits *w)
{
	w->e[0] = w->e[--w->n];
	if (w->n > 0)
		down(w->e, w->n, 0);
}

void
exch_605_wait_sift(
    struct exch_605_waits *w, bool (*keep)(void *arg, exch_oid id), void *arg)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (keep(arg, w->e[i].id))
			w->e[n++] = w->e[i];
	w->n = n;
	for (size_t i = n / 2; i-- > 0;)
		down(w->e, n, i);
}
