/* Keys of a file of events (cat_keys.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/cat_keys.h"

void
exch_cat_keys_clear(struct exch_cat_keys *k)
{
	exch_free(k->key);
	exch_free(k->slot);
	*k = (struct exch_cat_keys){0};
}

static void
enter(struct exch_cat_keys *k, size_t i)
{
	size_t at = k->key[i].hash[0] & (k->nslots - 1);

	while (k->slot[at] != 0)
		at = (at + 1) & (k->nslots - 1);
	k->slot[at] = (uint32_t)i + 1;
}

/* Half of the slots stay free. */
static bool
grow(struct exch_cat_keys *k)
{
	size_t n = k->nslots == 0 ? 1024 : 2 * k->nslots;
	uint32_t *slot;

	if (k->n > UINT32_MAX / 2)
		return false;
	slot = exch_calloc(n, sizeof(*slot));
	if (slot == NULL)
		return false;
	exch_free(k->slot);
	k->slot = slot;
	k->nslots = n;
	for (size_t i = 0; i < k->n; i++)
		enter(k, i);
	return true;
}

struct exch_cat_key *
exch_cat_keys_find(struct exch_cat_keys *k, const unsigned char sum[32])
{
	struct exch_cat_key key = {
	    .time = EXCH_TS_NONE, .named_time = EXCH_TS_NONE};
	size_t at;

	memcpy(key.hash, sum, sizeof(key.hash));
	if (2 * (k->n + 1) > k->nslots && !grow(k))
		return NULL;
	for (at = key.hash[0] & (k->nslots - 1); k->slot[at] != 0;
	     at = (at + 1) & (k->nslots - 1)) {
		struct exch_cat_key *x = &k->key[k->slot[at] - 1];

		if (x->hash[0] == key.hash[0] && x->hash[1] == key.hash[1])
			return x;
	}
	if (!exch_room(&k->key, k->n, &k->cap, sizeof(*k->key)))
		return NULL;
	k->key[k->n] = key;
	k->slot[at] = (uint32_t)++k->n;
	return &k->key[k->n - 1];
}
