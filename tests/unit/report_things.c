/*
 * What is one thing at several venues: by hand, and the same whatever the order
 * in which instruments are announced, or announced anew.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/things.h"
#include "tap.h"

struct one {
	const char *symbol, *mic, *isin;
	char thing; /* those of one letter are the same */
};

#define N 9u

/* One MIC has two of BRK, none has two of ABC. */
static const struct one all[N] = {
    {"ABC.X", "XAAA", "", 'a'},
    {"ABC", "XBBB", "", 'a'},
    {"ABC.Z", "XCCC", "", 'a'},
    {"BRK.A", "XAAA", "", 'b'},
    {"BRK.A", "XBBB", "", 'b'},
    {"BRK.B", "XBBB", "", 'c'},
    {"BRK.B", "XCCC", "", 'c'},
    {"ABC.V", "XAAA", "US0378331005", 'd'},
    {"DEF", "XAAA", "US0378331005", 'd'},
};

static int
announce(struct exch_things *t, uint32_t place, const struct one *o)
{
	struct exch_inst in = {.nsymbol = (uint8_t)strlen(o->symbol)};
	struct exch_what w = {0};
	struct exch_diag d = {0};

	memcpy(in.symbol, o->symbol, in.nsymbol);
	memcpy(w.currency, "USD", 3);
	memcpy(w.mic, o->mic, sizeof(w.mic));
	memcpy(w.isin, o->isin, strlen(o->isin));
	return exch_things_join(t, place, &w, &in, &d);
}

static bool
are_one(const struct exch_things *t, uint32_t a, uint32_t b)
{
	uint32_t i = a;

	for (unsigned n = 0; i != b; n++) {
		i = exch_things_next(t, i);
		if (i == a || n > N)
			return false;
	}
	return true;
}

/* Pairs that are one and should not be, or the other way round. */
static unsigned
wrong(const struct exch_things *t)
{
	unsigned n = 0;

	for (uint32_t a = 0; a < N; a++)
		for (uint32_t b = 0; b < N; b++)
			n += are_one(t, a, b) != (all[a].thing == all[b].thing);
	return n;
}

static unsigned orders, bad;

/* All orders of what is left of `order`, from k on. */
static void
permute(uint32_t order[N], unsigned k)
{
	if (k == N) {
		struct exch_things t = {0};

		for (unsigned i = 0; i < N; i++)
			bad += announce(&t, order[i], &all[order[i]]) != 0;
		bad += wrong(&t) != 0;
		orders++;
		exch_things_clear(&t);
	}
	for (unsigned i = k; i < N; i++) {
		uint32_t x = order[k];

		order[k] = order[i];
		order[i] = x;
		permute(order, k + 1);
		order[i] = order[k];
		order[k] = x;
	}
}

/* Each was another one first: of BRK.A at XAAA, which has two of them then. */
static void
anew(void)
{
	struct exch_things t = {0};
	unsigned failed = 0;

	for (uint32_t i = 0; i < N; i++)
		failed += announce(&t, i, &all[3]) != 0;
	tap_ok(are_one(&t, 0, N - 1), "one symbol is one thing");
	for (uint32_t i = N; i-- > 0;)
		failed += announce(&t, i, &all[i]) != 0;
	for (uint32_t i = 0; i < N; i++)
		failed += announce(&t, i, &all[i]) != 0;
	tap_is_u64(failed + wrong(&t), 0, "what is announced anew moves");
	tap_is_u64(exch_things_next(&t, 77), 77, "a stranger is alone");
	exch_things_clear(&t);
}

/* How many are one thing with a place. */
static uint32_t
around(const struct exch_things *t, uint32_t place, uint32_t most)
{
	uint32_t i = place, n = 0;

	do {
		i = exch_things_next(t, i);
		n++;
	} while (i != place && n <= most);
	return n;
}

/*
 * Compared in pairs for each that comes they would take minutes: with one
 * symbol, and with another one beside it, at its MIC or at another.
 */
static void
one_symbol(void)
{
	const struct one same = {"ABC.X", "XAAA", "", 'a'};
	const struct one other = {"ABC.Y", "XBBB", "", 'a'};
	const struct one second = {"ABC.Y", "XAAA", "", 'b'};
	const uint32_t n = 5000;
	struct exch_things t = {0};
	unsigned failed = announce(&t, n, &other) != 0;

	for (uint32_t k = 0; k < n; k++)
		failed += announce(&t, k, &same) != 0;
	tap_is_u64(around(&t, 0, 2 * n), n + 1,
	    "five thousand of a symbol and one beside it are one thing");
	failed += announce(&t, n, &second) != 0;
	tap_is_u64(around(&t, 0, 2 * n), n, "not where a MIC has two of them");
	tap_is_u64(around(&t, n, 2 * n), 1, "  as the other one is alone");
	failed += announce(&t, n, &same) != 0;
	tap_is_u64(around(&t, n, 2 * n), n + 1, "until it is of that symbol");
	tap_is_u64(failed, 0, "all are announced");
	exch_things_clear(&t);
}

static void
no_memory(void)
{
	unsigned failed = 0;

	for (uint64_t nth = 1; nth < 100; nth++) {
		struct exch_things t = {0};
		int err = 0;

		exch_alloc_fail_at(nth);
		for (uint32_t i = 0; i < N && err == 0; i++)
			err = announce(&t, i, &all[i]);
		exch_alloc_fail_at(0);
		failed += err == EXCH_ERR_NOMEM;
		exch_things_clear(&t);
	}
	tap_ok(failed >= 2, "no memory is told");
}

int
main(void)
{
	uint32_t order[N];

	for (uint32_t i = 0; i < N; i++)
		order[i] = i;
	permute(order, 0);
	tap_is_u64(orders, 362880, "all orders of nine announcements");
	tap_is_u64(bad, 0, "things are the same in each");
	anew();
	one_symbol();
	no_memory();
	return tap_done();
}
