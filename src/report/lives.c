/*
 * The pool of live orders (lives.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/salted.h"
#include "report/lives.h"
#include "report/report.h"

#define FIRST_INDEX 4096
/* A longer search is no accident: ids were chosen so that they meet. */
#define FAR 1024u
#define NEXT_SALT UINT64_C(0xd1342543de82ef96)

int
exch_lives_init(struct exch_lives *l, struct exch_diag *d)
{
	*l = (struct exch_lives){
	    .cap = FIRST_INDEX / 2, .used = 1, .mask = FIRST_INDEX - 1};
	l->pool = exch_calloc(l->cap, sizeof(*l->pool));
	l->index = exch_calloc(FIRST_INDEX, sizeof(*l->index));
	return l->pool != NULL && l->index != NULL ? EXCH_OK
						   : exch_report_nomem(d);
}

void
exch_lives_clear(struct exch_lives *l)
{
	exch_free(l->pool);
	exch_free(l->index);
	memset(l, 0, sizeof(*l));
}

static inline uint32_t
tag_of(const struct exch_lives *l, uint32_t place, exch_oid id)
{
	return exch_salted(id ^ (uint64_t)place << 40, l->salt);
}

/* Where the order stands in the index, or where it would stand. */
static inline uint32_t
probe(const struct exch_lives *l, uint32_t tag, uint32_t place, exch_oid id)
{
	uint32_t i = tag & l->mask;

	for (; l->index[i].slot != 0; i = (i + 1) & l->mask) {
		const struct exch_life *o = &l->pool[l->index[i].slot];

		if (l->index[i].tag == tag && o->id == id && o->place == place)
			break;
	}
	return i;
}

struct exch_life *
exch_lives_find(const struct exch_lives *l, uint32_t place, exch_oid id)
{
	uint32_t tag = tag_of(l, place, id);
	uint32_t slot = l->index[probe(l, tag, place, id)].slot;

	return slot != 0 ? &l->pool[slot] : NULL;
}

/* The same orders in another index of n entries, a power of two. */
static int
rebuild(struct exch_lives *l, uint32_t n, uint64_t salt, struct exch_diag *d)
{
	struct exch_lives_entry *was = l->index;
	uint32_t old = l->mask + 1;
	struct exch_lives_entry *index = exch_calloc(n, sizeof(*index));

	if (index == NULL)
		return exch_report_nomem(d);
	l->index = index;
	l->mask = n - 1;
	l->salt = salt;
	for (uint32_t i = 0; i < old; i++) {
		const struct exch_life *o = &l->pool[was[i].slot];
		uint32_t tag, at;

		if (was[i].slot == 0)
			continue;
		tag = tag_of(l, o->place, o->id);
		at = probe(l, tag, o->place, o->id);
		index[at] = (struct exch_lives_entry){tag, was[i].slot};
	}
	exch_free(was);
	return EXCH_OK;
}

static int
grow(struct exch_lives *l, struct exch_diag *d)
{
	struct exch_life *pool;

	if (l->free == 0 && l->used == l->cap) {
		if (l->cap > UINT32_MAX / 4)
			return exch_diag_set(d, EXCH_ERR_LIMIT, NULL,
			    EXCH_POS_NONE, 0, "too many live orders");
		pool = exch_realloc(l->pool, (size_t)l->cap * 2, sizeof(*pool));
		if (pool == NULL)
			return exch_report_nomem(d);
		l->pool = pool;
		l->cap *= 2;
	}
	if (l->live <= l->mask / 2)
		return EXCH_OK;
	return rebuild(l, (l->mask + 1) * 2, l->salt, d);
}

int
exch_lives_insert(struct exch_lives *l, uint32_t place, exch_oid id,
    struct exch_life **out, struct exch_diag *d)
{
	uint32_t slot;
	uint32_t tag;
	uint32_t i;
	int rc = grow(l, d);

	*out = NULL;
	if (rc != EXCH_OK)
		return rc;
	tag = tag_of(l, place, id);
	i = probe(l, tag, place, id);
	if (l->index[i].slot != 0)
		return EXCH_OK;
	if (__builtin_expect(((i - tag) & l->mask) > FAR, 0)) {
		rc = rebuild(l, l->mask + 1, l->salt + NEXT_SALT, d);
		if (rc != EXCH_OK)
			return rc;
		tag = tag_of(l, place, id);
		i = probe(l, tag, place, id);
	}
	slot = l->free;
	if (slot != 0)
		l->free = l->pool[slot].place;
	else
		slot = l->used++;
	l->index[i] = (struct exch_lives_entry){tag, slot};
	l->live++;
	*out = &l->pool[slot];
	memset(*out, 0, sizeof(**out));
	(*out)->id = id;
	(*out)->place = place;
	(*out)->nth = l->made++;
	return EXCH_OK;
}

void
exch_lives_drop(struct exch_lives *l, uint32_t place, exch_oid id)
{
	uint32_t i = probe(l, tag_of(l, place, id), place, id);
	uint32_t slot = l->index[i].slot;

	if (slot == 0)
		return;
	exch_check(l->pool != NULL);
	l->pool[slot].place = l->free;
	l->free = slot;
	l->live--;
	/* close the hole with whoever probed past it */
	for (uint32_t j = (i + 1) & l->mask; l->index[j].slot != 0;
	     j = (j + 1) & l->mask) {
		uint32_t home = l->index[j].tag & l->mask;

		if (((j - home) & l->mask) < ((j - i) & l->mask))
			continue;
		l->index[i] = l->index[j];
		i = j;
	}
	l->index[i].slot = 0;
}

static int
by_nth(const void *a, const void *b)
{
	const struct exch_life *x = *(const struct exch_life *const *)a;
	const struct exch_life *y = *(const struct exch_life *const *)b;

	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

struct exch_life *
exch_lives_next(const struct exch_lives *l, uint32_t *at)
{
	while (*at <= l->mask) {
		uint32_t slot = l->index[(*at)++].slot;

		if (slot != 0)
			return &l->pool[slot];
	}
	return NULL;
}

int
exch_lives_each(const struct exch_lives *l, exch_life_fn *fn, void *arg,
    struct exch_diag *d)
{
	const struct exch_life **list;
	size_t n = 0;
	uint32_t at = 0;
	int rc = EXCH_OK;

	if (l->live == 0)
		return EXCH_OK;
	list = exch_calloc(l->live, sizeof(*list));
	if (list == NULL)
		return exch_report_nomem(d);
	while (n < l->live)
		list[n++] = exch_lives_next(l, &at);
	qsort(list, n, sizeof(*list), by_nth);
	for (size_t i = 0; i < n && rc == EXCH_OK; i++)
		rc = fn(arg, list[i], d);
	exch_free(list);
	return rc;
}
