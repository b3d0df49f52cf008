/*
 * The pool of live orders and the names of accounts: found as in plain
 * arrays, and where whoever chose the ids meant all of them to meet.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "report/insts.h"
#include "report/lives.h"

#include "tap.h"
#include "unit/meets.h"

#define PLACES 3
#define IDS 3000

static void
random_lives(void)
{
	static bool live[PLACES][IDS];
	struct exch_rng rng;
	struct exch_lives l;
	struct exch_diag d = {0};
	bool ok = exch_lives_init(&l, &d) == EXCH_OK;

	exch_rng_seed(&rng, 7);
	for (unsigned n = 0; n < 300000 && ok; n++) {
		uint32_t p = (uint32_t)exch_rng_below(&rng, PLACES);
		uint32_t i = (uint32_t)exch_rng_below(&rng, IDS);
		struct exch_life *o = exch_lives_find(&l, p, i);
		/* full and empty by turns */
		bool fills = n / 30000 % 2 == 0;

		ok = (o != NULL) == live[p][i] &&
		     (o == NULL || (o->key.id == i && o->key.place == p));
		if (ok && exch_rng_chance(&rng, fills ? 3 : 1, 4)) {
			ok = exch_lives_insert(&l, p, i, &o, &d) == EXCH_OK &&
			     (o == NULL) == live[p][i];
			live[p][i] = true;
		} else if (ok) {
			if (o != NULL)
				exch_lives_drop(&l, o);
			live[p][i] = false;
		}
	}
	tap_ok(ok, "300,000 orders come, go and are found");
	exch_lives_clear(&l);
}

static void
lives_that_meet(void)
{
	struct exch_lives l;
	struct exch_life *o;
	struct exch_diag d = {0};
	bool ok = exch_lives_init(&l, &d) == EXCH_OK;

	for (uint64_t i = 0; i < 20000 && ok; i++)
		ok = exch_lives_insert(&l, 0, meets(i), &o, &d) == EXCH_OK &&
		     o != NULL;
	tap_ok(ok && l.k.salt != 0, "orders that meet get another hash");
	for (uint64_t i = 0; i < 20000 && ok; i++) {
		o = exch_lives_find(&l, 0, meets(i));
		ok = o != NULL && o->key.id == meets(i);
		if (ok)
			exch_lives_drop(&l, o);
		ok = ok && exch_lives_find(&l, 0, meets(i)) == NULL;
	}
	tap_ok(ok && l.k.live == 0, "and all of them are found");
	exch_lives_clear(&l);
}

/* In places of their own, so that place and id cancel out. */
static void
pairs_that_meet(void)
{
	/* The inverse of EXCH_SALTED_FACTOR. */
	const uint64_t inverse = UINT64_C(0xf1de83e19937733d);
	struct exch_lives l;
	struct exch_life *o;
	struct exch_diag d = {0};
	bool ok = exch_lives_init(&l, &d) == EXCH_OK;
	uint64_t salt = 0;
	unsigned changes = 0;

	for (uint32_t p = 1; p <= 5000 && ok; p++) {
		uint64_t id = inverse * (7 - p * EXCH_SALTED_PLACE);

		ok = exch_lives_insert(&l, p, id, &o, &d) == EXCH_OK &&
		     exch_lives_insert(&l, p, (uint64_t)p << 40 ^ 7, &o, &d) ==
			 EXCH_OK;
		changes += l.k.salt != salt;
		salt = l.k.salt;
	}
	tap_ok(ok, "orders of many places, chosen to meet");
	tap_is_u64(changes, 1, "do not with the next hash");
	exch_lives_clear(&l);
}

static int
name(struct exch_insts *x, uint32_t id)
{
	union {
		struct exch_rec_account a;
		unsigned char b[sizeof(struct exch_rec_account) + 8];
	} r = {0};
	struct exch_diag d = {0};

	/* its length stands in its body, as that of all with a text */
	r.a.h.type = EXCH_REC_ACCOUNT;
	r.a.bytes = sizeof(r.b);
	r.a.id = id;
	r.a.ntext = 4;
	memcpy(r.b + sizeof(r.a), &id, 4);
	return exch_insts_note(x, &r.a.h, &d);
}

static void
accounts_that_meet(void)
{
	struct exch_insts x = {0};
	const struct exch_account *a;
	uint32_t n = 0, found = 0;
	bool ok = true;

	for (uint32_t id = 1; n < 1500 && ok; id++)
		if ((x.account_salt != 0 && n > 0) ||
		    exch_insts_account_home(&x, 4096, id) == 0) {
			ok = name(&x, id) == EXCH_OK;
			n++;
		}
	tap_ok(ok && x.account_salt != 0, "accounts that meet, too");
	for (uint32_t i = 0; i < x.account_cap; i++) {
		if (x.account[i].n == 0)
			continue;
		a = exch_insts_account(&x, x.account[i].id);
		ok =
		    ok && a == &x.account[i] && memcmp(a->name, &a->id, 4) == 0;
		found++;
	}
	tap_ok(ok && found == n, "and all of them have their names");
	exch_insts_clear(&x);
}

int
main(void)
{
	random_lives();
	lives_that_meet();
	pairs_that_meet();
	accounts_that_meet();
	return tap_done();
}
