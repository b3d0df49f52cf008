/* Trees of what is needed, and of who is next (waiting.h). */
#include <config.h>

#include "base/alloc.h"
#include "settle/waiting.h"

#define NOBODY ((exch_i128)(~(exch_u128)0 >> 1))

/* Where something open would wait; holdings are slots, 0: for none. */
struct exch_waiter {
	uint32_t holding[EXCH_WAITS_FOR];
	uint32_t spot[EXCH_WAITS_FOR]; /* among those of the holding */
};

/* Known by (account, unit). */
struct awaited {
	struct exch_key key;
	uint64_t member; /* its first one */
	uint64_t need;	 /* its tree */
	uint32_t n;
	uint32_t leaves; /* a power of two */
};

/* ---- a tree of minima: its root is 1, its leaves are the last half ---- */

static uint32_t
leaves_for(uint32_t n)
{
	uint32_t leaves = 1;

	while (leaves < n)
		leaves *= 2;
	return leaves;
}

static void
plant(exch_i128 *node, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		node[i] = NOBODY;
}

static void
set(exch_i128 *node, uint32_t leaves, uint32_t at, exch_i128 v)
{
	uint32_t i = leaves + at;

	node[i] = v;
	for (i /= 2; i > 0; i /= 2)
		node[i] = node[2 * i] < node[2 * i + 1] ? node[2 * i]
							: node[2 * i + 1];
}

/* The first leaf from `at` on that is `most` or less; `leaves`: none. */
static uint32_t
first(const exch_i128 *node, uint32_t leaves, uint32_t at, exch_i128 most)
{
	uint32_t i = leaves + at;

	if (at >= leaves)
		return leaves;
	/* To the right and up, until one is below, and down to it. */
	while (node[i] > most) {
		while (i % 2 == 1)
			i /= 2;
		if (i == 0)
			return leaves;
		i++;
	}
	while (i < leaves)
		i = node[2 * i] <= most ? 2 * i : 2 * i + 1;
	return i - leaves;
}

/* ---- who may wait for what ---- */

int
exch_waiting_init(struct exch_waiting *w, const struct exch_settle *s,
    uint32_t n, struct exch_diag *d)
{
	*w = (struct exch_waiting){.s = s, .n = n};
	w->waiter = exch_calloc((size_t)n + 1, sizeof(*w->waiter));
	if (w->waiter == NULL ||
	    exch_keyed_init(&w->holdings, sizeof(struct awaited)) != 0)
		return exch_settle_nomem(d);
	return EXCH_OK;
}

void
exch_waiting_clear(struct exch_waiting *w)
{
	exch_keyed_clear(&w->holdings);
	exch_free(w->waiter);
	exch_free(w->member);
	exch_free(w->need);
	exch_free(w->turn);
	*w = (struct exch_waiting){0};
}

int
exch_waiting_may(struct exch_waiting *w, uint32_t place,
    enum exch_waits_for what, uint32_t account, uint32_t unit,
    struct exch_diag *d)
{
	struct awaited *h;
	int err = exch_keyed_add(&w->holdings, account, unit, &h);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	w->waiter[place].holding[what] = h->key.slot;
	w->waiter[place].spot[what] = h->n++;
	return EXCH_OK;
}

/* Where the members and the tree of each stand; how many there are. */
static void
spread(struct exch_waiting *w, uint64_t *members, uint64_t *nodes)
{
	struct awaited *h;
	uint32_t at = 0;

	*members = *nodes = 0;
	while ((h = exch_keyed_next(&w->holdings, &at)) != NULL) {
		h->member = *members;
		h->need = *nodes;
		h->leaves = leaves_for(h->n);
		*members += h->n;
		*nodes += (uint64_t)2 * h->leaves;
	}
}

int
exch_waiting_lay(struct exch_waiting *w, struct exch_diag *d)
{
	uint64_t members, nodes;

	spread(w, &members, &nodes);
	w->turns = leaves_for(w->holdings.used);
	w->member = exch_calloc(members + 1, sizeof(*w->member));
	w->need = exch_calloc(nodes + 1, sizeof(*w->need));
	w->turn = exch_calloc((size_t)2 * w->turns, sizeof(*w->turn));
	if (w->member == NULL || w->need == NULL || w->turn == NULL)
		return exch_settle_nomem(d);
	plant(w->need, nodes);
	plant(w->turn, (uint64_t)2 * w->turns);
	for (uint32_t i = 0; i < w->n; i++)
		for (unsigned k = 0; k < EXCH_WAITS_FOR; k++) {
			const struct exch_waiter *x = &w->waiter[i];
			const struct awaited *h;

			if (x->holding[k] == 0)
				continue;
			h = exch_keyed_at(&w->holdings, x->holding[k]);
			w->member[h->member + x->spot[k]] = i;
		}
	return EXCH_OK;
}

/* ---- waiting ---- */

void
exch_waiting_wait(struct exch_waiting *w, uint32_t place,
    enum exch_waits_for what, exch_i128 need)
{
	const struct exch_waiter *x = &w->waiter[place];
	const struct awaited *h = exch_keyed_at(&w->holdings, x->holding[what]);

	set(w->need + h->need, h->leaves, x->spot[what], need);
}

/* Its first member whose place the walk has not passed. */
static uint32_t
ahead(const struct exch_waiting *w, const struct awaited *h)
{
	const uint32_t *member = w->member + h->member;
	uint32_t low = 0, high = h->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (member[mid] < w->from)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void
exch_waiting_look(struct exch_waiting *w, uint32_t account, uint32_t unit)
{
	const struct awaited *h = exch_keyed_find(&w->holdings, account, unit);
	uint64_t walk = w->walk;
	exch_i128 has;
	uint32_t k;

	if (h == NULL)
		return;
	has = exch_settle_has_now(w->s, account, unit);
	if (has < 0)
		has = 0;
	k = first(w->need + h->need, h->leaves, ahead(w, h), has);
	if (k == h->leaves) {
		walk++;
		k = first(w->need + h->need, h->leaves, 0, has);
	}
	set(w->turn, w->turns, h->key.slot,
	    k == h->leaves ? NOBODY
			   : (exch_i128)walk << 32 | w->member[h->member + k]);
}

bool
exch_waiting_next(struct exch_waiting *w, uint32_t *place)
{
	const exch_i128 turn = w->turn[1];
	const struct exch_waiter *x;
	const struct awaited *h;
	uint32_t slot;

	if (turn == NOBODY)
		return false;
	slot = first(w->turn, w->turns, 0, turn);
	h = exch_keyed_at(&w->holdings, slot);
	*place = (uint32_t)turn;
	w->walk = (uint64_t)(turn >> 32);
	w->from = *place + 1;
	x = &w->waiter[*place];
	set(w->need + h->need, h->leaves,
	    x->spot[x->holding[EXCH_WAITS_CASH] == slot
			? EXCH_WAITS_CASH
			: EXCH_WAITS_SECURITIES],
	    NOBODY);
	return true;
}
