/*
 * base/keyed against a plain list of what lives: random additions and removals
 * through several growths, all found and nothing else, with room made before
 * and without.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/image.h"
#include "base/keyed.h"
#include "base/rng.h"

#define PLACES 3u
#define IDS 4000u

struct thing {
	struct exch_key key;
	uint64_t value;
};

/* What lives: values by place and id, 0: none. */
static uint64_t plain[PLACES][IDS];

static void
step(struct exch_keyed *k, struct exch_rng *r, uint64_t turn, uint64_t *wrong)
{
	uint32_t place = (uint32_t)exch_rng_below(r, PLACES);
	uint64_t id = exch_rng_below(r, IDS);
	uint64_t *had = &plain[place][id];
	struct thing *t = exch_keyed_find(k, place, id);

	if (t != NULL ? t->value != *had : *had != 0)
		++*wrong;
	if (t != NULL && exch_rng_below(r, 3) == 0) {
		exch_keyed_drop(k, t);
		*had = 0;
	} else if (t == NULL) {
		if (exch_keyed_add(k, place, id, &t) != EXCH_OK ||
		    t->value != 0)
			++*wrong;
		t->value = *had = turn + 1;
	}
}

/* All that live, each once, as the plain list has them. */
static uint64_t
compare(const struct exch_keyed *k)
{
	uint64_t n = 0, wrong = 0;
	const struct thing *t;
	uint32_t at = 0;

	while ((t = exch_keyed_next(k, &at)) != NULL) {
		n++;
		wrong += plain[t->key.place][t->key.id] != t->value;
	}
	for (uint32_t p = 0; p < PLACES; p++)
		for (uint64_t id = 0; id < IDS; id++) {
			t = exch_keyed_find(k, p, id);
			n -= t != NULL;
			wrong += (t != NULL ? t->value : 0) != plain[p][id];
		}
	return wrong + n;
}

static void
random_life(uint64_t seed, size_t room)
{
	struct exch_keyed k;
	struct exch_rng r;
	uint64_t wrong = 0;

	memset(plain, 0, sizeof(plain));
	exch_rng_seed(&r, seed);
	tap_is_u64(exch_keyed_init(&k, sizeof(struct thing)), EXCH_OK, "begin");
	tap_is_u64(exch_keyed_reserve(&k, room), EXCH_OK, "room");
	for (uint64_t i = 0; i < 60000; i++) {
		step(&k, &r, i, &wrong);
		/* Another hash, as after a search that was too long. */
		if (i % 20000 == 19999 && !exch_keyed_is_full(&k))
			wrong += exch_keyed_room(&k) != EXCH_OK;
	}
	tap_is_u64(wrong, 0, "what is asked on the way is as in the list");
	tap_is_u64(compare(&k), 0, "and so is all at the end");
	tap_ok(k.live > 4000, "after several growths");
	exch_keyed_clear(&k);
}

static void
room_is_kept(void)
{
	struct exch_keyed k;
	struct thing *t;
	const void *pool, *index;
	uint64_t before;

	exch_keyed_init(&k, sizeof(*t));
	exch_keyed_add(&k, 1, 1, &t);
	t->value = 7;
	tap_is_u64(exch_keyed_reserve(&k, 10000), EXCH_OK, "room for more");
	t = exch_keyed_find(&k, 1, 1);
	tap_ok(t != NULL && t->value == 7, "what was there is there");
	pool = k.pool;
	index = k.index;
	before = exch_alloc_count();
	for (uint64_t id = 2; id <= 10000; id++)
		exch_keyed_add(&k, 1, id, &t);
	tap_is_u64(k.live, 10000, "as many as there is room for");
	tap_ok(k.pool == pool && k.index == index, "nothing has moved");
	tap_is_u64(exch_alloc_count(), before, "or was allocated");
	tap_is_u64(exch_keyed_reserve(&k, 5), EXCH_OK, "less is no mistake");
	tap_ok(k.pool == pool, "and changes nothing");
	exch_keyed_clear(&k);
}

static void
without_memory(void)
{
	struct exch_keyed k;
	struct thing *t;

	for (uint64_t n = 1; n <= 2; n++) {
		exch_keyed_init(&k, sizeof(*t));
		exch_keyed_add(&k, 1, 1, &t);
		exch_alloc_fail_at(n);
		tap_is_u64(exch_keyed_reserve(&k, 5000), EXCH_ERR_NOMEM,
		    "no memory is said");
		exch_alloc_fail_at(0);
		tap_ok(exch_keyed_find(&k, 1, 1) != NULL, "nothing is lost");
		tap_is_u64(exch_keyed_add(&k, 1, 2, &t), EXCH_OK, "it goes on");
		exch_keyed_clear(&k);
	}
}

/* ---- images ---- */

struct bytes {
	unsigned char p[1 << 20];
	size_t n, at;
};

static int
save(void *arg, void *p, size_t n)
{
	struct bytes *b = arg;

	if (n > sizeof(b->p) - b->n)
		return EXCH_ERR_LIMIT;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	return 0;
}

static int
load(void *arg, void *p, size_t n)
{
	struct bytes *b = arg;

	if (n > b->n - b->at)
		return EXCH_ERR_CUT;
	memcpy(p, b->p + b->at, n);
	b->at += n;
	return 0;
}

/* What lives, with another hash, and some that have gone. */
static void
live_and_gone(struct exch_keyed *k)
{
	struct thing *t;

	memset(plain, 0, sizeof(plain));
	for (uint64_t id = 0; id < 200; id++) {
		exch_keyed_add(k, (uint32_t)(id % PLACES), id, &t);
		t->value = plain[id % PLACES][id] = id + 1;
	}
	exch_keyed_room(k);
	for (uint64_t id = 0; id < 200; id += 7) {
		exch_keyed_drop(
		    k, exch_keyed_find(k, (uint32_t)(id % PLACES), id));
		plain[id % PLACES][id] = 0;
	}
}

static void
images(void)
{
	static struct bytes b;
	struct exch_image out = {.move = save, .arg = &b};
	struct exch_image in = {.reading = true, .move = load, .arg = &b};
	struct exch_keyed k, copy;
	struct thing *t, *u;

	exch_keyed_init(&k, sizeof(*t));
	exch_keyed_init(&copy, sizeof(*t));
	exch_keyed_reserve(&k, 1000000);
	live_and_gone(&k);
	exch_keyed_image(&out, &k);
	tap_is_i64(out.err, 0, "an image is written");
	tap_ok(b.n <= 300 + k.used * sizeof(*t), "of what lives, not of room");
	exch_keyed_image(&in, &copy);
	tap_ok(in.err == 0 && b.at == b.n, "it is read");
	tap_is_u64(compare(&copy), 0, "all that lived is found there");
	tap_ok(copy.cap == k.cap, "and there is the same room");
	exch_keyed_add(&k, 1, 3999, &t);
	exch_keyed_add(&copy, 1, 3999, &u);
	tap_is_u64(u->key.slot, t->key.slot, "it goes on alike");
	exch_keyed_clear(&copy);
	/* Without memory for the index it is good for being cleared. */
	exch_keyed_init(&copy, sizeof(*t));
	b.at = 0;
	in.err = 0;
	exch_alloc_fail_at(2);
	exch_keyed_image(&in, &copy);
	exch_alloc_fail_at(0);
	tap_is_i64(in.err, EXCH_ERR_NOMEM, "no memory is said");
	exch_keyed_clear(&copy);
	exch_keyed_clear(&k);
}

int
main(void)
{
	images();
	random_life(1, 0);
	random_life(2, 20000);
	room_is_kept();
	without_memory();
	return tap_done();
}
