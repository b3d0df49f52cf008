/*
 * The order book on its own: queues, levels, the walk from best to worst,
 * and what every call promises, against a plain array that does the same
 * by scanning.  exch_book_audit() walks the structure itself.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rng.h"
#include "book/ops.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL

static int
add(struct exch_book_store *s, struct exch_book *b, exch_oid id, uint8_t side,
    int64_t tick, exch_qty qty)
{
	struct exch_book_order o = {.id = id,
	    .tick = tick,
	    .qty = qty,
	    .owner = (uint32_t)id * 3,
	    .side = side};

	return exch_book_add(s, b, &o, NULL);
}

/* The book as text, best first: "10:5x1 9:7x2,3x4" is tick:qty x id. */
static const char *
side_text(
    const struct exch_book_store *s, const struct exch_book *b, uint8_t side)
{
	static char text[4096];
	const struct exch_slot_data *v = exch_book_slots(s);
	size_t n = 0;

	text[0] = '\0';
	for (exch_slot l = exch_book_top(b, side); l != EXCH_SLOT_NONE;
	     l = exch_book_worse(s, b, l)) {
		if (v[l].tick == EXCH_TICK_MARKET)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%sM:", n == 0 ? "" : " ");
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%" PRId64 ":", n == 0 ? "" : " ", v[l].tick);
		for (exch_slot o = exch_book_first(s, l); o != EXCH_SLOT_NONE;
		     o = exch_book_after(s, o))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%" PRIu64 "x%" PRIu64,
			    text[n - 1] == ':' ? "" : ",", v[o].qty, v[o].id);
	}
	return text;
}

static void
basics(void)
{
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b = {.instr = 7};
	struct exch_book_order o = {
	    .id = 2, .tick = 10, .qty = 5, .side = B, .by_id = true};
	const struct exch_book *all[1] = {&b};
	exch_slot slot;

	tap_is_str(side_text(s, &b, B), "", "an empty side");
	tap_ok(exch_book_find(s, &b, 1) == EXCH_SLOT_NONE, "nothing to find");
	tap_is_i64(add(s, &b, 1, B, 10, 5), 0, "add");
	tap_is_i64(add(s, &b, 4, B, 10, 7), 0, "add behind");
	tap_is_i64(add(s, &b, 5, B, 11, 9), 0, "add better");
	tap_is_i64(add(s, &b, 6, S, 12, 1), 0, "add the other side");
	tap_is_i64(add(s, &b, 7, S, 20, 2), 0, "add worse");
	tap_is_i64(add(s, &b, 8, S, EXCH_TICK_MARKET, 3), 0, "add unpriced");
	tap_is_str(side_text(s, &b, B), "11:9x5 10:5x1,7x4", "bids fall");
	tap_is_str(side_text(s, &b, S), "M:3x8 12:1x6 20:2x7",
	    "asks rise, market first");
	tap_is_u64(exch_book_live(s), 6, "live orders");
	tap_is_u64(exch_book_count(s, &b), 6, "orders of the book");
	tap_is_i64(exch_book_add(s, &b, &o, &slot), 0, "by id");
	tap_is_str(side_text(s, &b, B), "11:9x5 10:5x1,5x2,7x4",
	    "it stands before the greater id");
	tap_is_u64(exch_book_slots(s)[slot].id, 2, "the slot is the order");
	tap_is_i64(exch_book_tick_of(s, slot), 10, "its tick");
	tap_is_u64(exch_book_side_of(s, slot), B, "its side");
	tap_is_u64(exch_book_slots(s)[exch_book_level(s, &b, B, 10)].qty, 17,
	    "the level's sum");
	tap_ok(exch_book_level(s, &b, S, 10) == EXCH_SLOT_NONE,
	    "no such level there");
	tap_is_i64(add(s, &b, 6, B, 1, 1), EXCH_ERR_EXISTS, "an id lives once");
	exch_book_reduce(s, slot, 4);
	tap_is_str(side_text(s, &b, B), "11:9x5 10:5x1,1x2,7x4", "reduce");
	exch_book_fill(s, &b, exch_book_find(s, &b, 5), 4);
	exch_book_fill(s, &b, exch_book_find(s, &b, 1), 5);
	tap_is_str(side_text(s, &b, B), "11:5x5 10:1x2,7x4",
	    "a fill in part, a fill in full");
	exch_book_remove(s, &b, exch_book_find(s, &b, 5));
	tap_is_str(side_text(s, &b, B), "10:1x2,7x4", "a level goes");
	exch_book_audit(s, all, 1);
	tap_ok(b.side[0].best == exch_book_level(s, &b, B, 10), "best follows");
	tap_is_i64(exch_book_tick_of(s, exch_book_find(s, &b, 8)),
	    EXCH_TICK_MARKET, "unpriced");
	exch_book_store_free(s);
}

static void
limits(void)
{
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b = {.instr = 1};
	struct exch_book c = {.instr = 2};
	const struct exch_book *all[2] = {&b, &c};

	tap_is_i64(add(s, &b, 1, B, 5, UINT64_MAX - 1), 0, "a huge order");
	tap_is_i64(add(s, &b, 2, B, 5, 1), 0, "exactly 2^64-1");
	tap_is_i64(add(s, &b, 3, B, 5, 1), EXCH_ERR_RANGE, "one too many");
	tap_is_str(side_text(s, &b, B), "5:18446744073709551614x1,1x2",
	    "and nothing has changed");
	tap_is_i64(add(s, &c, 1, B, 5, 1), 0, "the same id in another book");
	tap_is_i64(add(s, &b, 4, B, INT64_MIN + 1, 1), 0, "lowest tick");
	tap_is_i64(add(s, &b, 5, B, INT64_MAX - 1, 1), 0, "highest tick");
	tap_is_i64(add(s, &b, 6, B, 0, 1), 0, "zero");
	tap_is_i64(add(s, &b, 7, B, -1, 1), 0, "minus one");
	tap_is_i64(add(s, &b, 0, S, INT64_MAX - 1, 2), 0, "id 0");
	tap_is_i64(add(s, &b, UINT64_MAX, S, INT64_MIN + 1, 2), 0, "last id");
	tap_is_str(side_text(s, &b, B),
	    "9223372036854775806:1x5 5:18446744073709551614x1,1x2 0:1x6 "
	    "-1:1x7 -9223372036854775807:1x4",
	    "all bids in order");
	tap_is_str(side_text(s, &b, S),
	    "-9223372036854775807:2x18446744073709551615 "
	    "9223372036854775806:2x0",
	    "all asks in order");
	tap_ok(exch_book_level(s, &c, B, INT64_MAX - 1) == EXCH_SLOT_NONE &&
		   exch_book_level(s, &c, S, 5) == EXCH_SLOT_NONE,
	    "no level where a book has nothing near, or nothing at all");
	tap_ok(exch_book_level(s, &c, B, EXCH_TICK_MARKET) == EXCH_SLOT_NONE,
	    "nor of market orders");
	tap_is_i64(add(s, &c, 8, B, EXCH_TICK_MARKET, 3), 0, "one of them");
	tap_ok(
	    exch_book_level(s, &c, B, EXCH_TICK_MARKET) == exch_book_top(&c, B),
	    "has the best");
	tap_is_i64(exch_book_resize(s, exch_book_find(s, &b, 2), 2),
	    EXCH_ERR_RANGE, "no more than 2^64-1 by another quantity");
	tap_is_i64(
	    exch_book_resize(s, exch_book_find(s, &b, 1), 7), 0, "less is");
	tap_is_str(side_text(s, &b, B),
	    "9223372036854775806:1x5 5:7x1,1x2 0:1x6 "
	    "-1:1x7 -9223372036854775807:1x4",
	    "in its place");
	exch_book_audit(s, all, 2);
	exch_book_store_free(s);
	exch_book_store_free(NULL);
}

struct tagged {
	uint32_t tag;
	uint32_t instr;
};

static int
by_tag(const void *a, const void *b)
{
	const struct tagged *x = a, *y = b;

	return (x->tag > y->tag) - (x->tag < y->tag);
}

/*
 * Of orders whose cell is taken the index knows 32 bits of a hash of
 * instrument and id: two instruments for which those of one id are the same
 * have to be told apart.
 */
static void
same_tag(void)
{
	enum { N = 400000 };
	struct tagged *t = calloc(N, sizeof(*t));
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b = {.instr = 0}, c = {.instr = 0};
	struct exch_book first = {.instr = N + 1};
	size_t i;

	for (i = 0; i < N; i++)
		t[i] =
		    (struct tagged){exch_ids_tag(&s->ids, (uint32_t)i + 1, 77),
			(uint32_t)i + 1};
	qsort(t, N, sizeof(*t), by_tag);
	for (i = 1; i < N && t[i].tag != t[i - 1].tag; i++)
		;
	tap_ok(i < N, "two instruments in which order 77 has one tag");
	b.instr = t[i - 1].instr;
	c.instr = t[i % N].instr;
	tap_is_i64(add(s, &first, 77, B, 4, 1), 0, "its cell is taken");
	tap_is_i64(add(s, &b, 77, B, 5, 1), 0, "it is in the one");
	tap_ok(exch_book_find(s, &c, 77) == EXCH_SLOT_NONE, "not the other");
	tap_is_i64(add(s, &c, 77, B, 6, 2), 0, "until it is there as well");
	exch_book_remove(s, &b, exch_book_find(s, &b, 77));
	tap_ok(exch_book_find(s, &b, 77) == EXCH_SLOT_NONE, "the one goes");
	tap_is_str(side_text(s, &c, B), "6:2x77", "the other stays");
	tap_ok(exch_book_find(s, &c, 77) != EXCH_SLOT_NONE, "and is found");
	exch_book_store_free(s);
	free(t);
}

/* Ids that want one cell, more of them than are counted. */
static void
same_cell(void)
{
	enum { N = 1000 };
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b = {.instr = 1};
	const struct exch_book *all[1] = {&b};
	bool ok = true;

	for (exch_oid k = 1; k <= N; k++)
		ok = ok && add(s, &b, k << 40, B, (int64_t)k, k) == 0;
	tap_ok(ok && s->ids.apart == N - 1, "a thousand ids with one cell");
	exch_book_audit(s, all, 1);
	for (exch_oid k = 0; k < N; k++) {
		exch_oid id = (k * 7 % N + 1) << 40;

		ok = ok && exch_book_find(s, &b, id) != EXCH_SLOT_NONE;
		exch_book_remove(s, &b, exch_book_find(s, &b, id));
		ok = ok && exch_book_find(s, &b, id) == EXCH_SLOT_NONE;
		if (k % 100 == 0)
			exch_book_audit(s, all, 1);
	}
	tap_ok(ok, "each is found until it goes");
	tap_is_u64(exch_book_live(s), 0, "and none is left");
	exch_book_store_free(s);
}

/* The number whose product with an odd one is 1. */
static uint64_t
inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (int i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

/* An id of an instrument of which the first hash gives that. */
static exch_oid
id_of_hash(uint32_t instr, uint64_t h)
{
	h *= inverse(UINT64_C(0xbf58476d1ce4e5b9));
	h ^= h >> 29 ^ h >> 58;
	h -= instr * UINT64_C(0xd6e8feb86659fd93);
	return h * inverse(UINT64_C(0x9e3779b97f4a7c15));
}

/* How far behind others the worst one is found. */
static size_t
longest_search(const struct exch_ids *t)
{
	size_t n = (size_t)1 << t->bits, most = 0;

	for (size_t i = 0; i < n; i++) {
		size_t far = (i - exch_ids_begin(t, t->entry[i].tag)) & (n - 1);

		if (t->entry[i].slot != EXCH_SLOT_NONE && far > most)
			most = far;
	}
	return most;
}

/* Ids made by somebody who knows the hash: all with one tag, all apart. */
static void
hostile_ids(void)
{
	enum { N = 20000, TAG = 0x12345678 };
	static exch_oid id[N];
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b = {.instr = 1};
	const struct exch_book *all[1] = {&b};
	bool ok = true;

	for (uint32_t i = 0; i < N; i++) {
		id[i] = id_of_hash(1, (uint64_t)TAG << 32 | i);
		if (s->ids.salt != 0)
			break;
		ok = ok && exch_ids_tag(&s->ids, 1, id[i]) == TAG;
		/* One that takes the cell, then one that has to go apart. */
		ok = ok && add(s, &b, id[i] ^ UINT64_C(1) << 63, B, i, 1) == 0;
		ok = ok && add(s, &b, id[i], S, N + (int64_t)i, 1) == 0;
	}
	tap_ok(ok, "ids with one tag");
	tap_ok(s->ids.salt != 0, "are noticed");
	for (uint32_t i = 0; i < N; i++) {
		id[i] = id_of_hash(1, (uint64_t)TAG << 32 | i);
		if (exch_book_find(s, &b, id[i]) != EXCH_SLOT_NONE)
			continue;
		ok = ok && add(s, &b, id[i] ^ UINT64_C(1) << 63, B, i, 1) == 0;
		ok = ok && add(s, &b, id[i], S, N + (int64_t)i, 1) == 0;
	}
	exch_book_audit(s, all, 1);
	tap_ok(longest_search(&s->ids) <= EXCH_IDS_FAR,
	    "twenty thousand of them are searched no longer than others");
	for (uint32_t i = 0; i < N; i++) {
		exch_slot o = exch_book_find(s, &b, id[i]);

		ok = ok && o != EXCH_SLOT_NONE &&
		     exch_book_slots(s)[o].id == id[i];
		exch_book_remove(s, &b, o);
	}
	tap_ok(ok, "and all are found");
	exch_book_audit(s, all, 1);
	exch_book_store_free(s);
}

/*
 * The same in many instruments, one id in each: what differs by the
 * instrument must not cancel out with the next hash again.
 */
static void
hostile_instruments(void)
{
	enum { N = 4000, CALM = 40000, TAG = 0x12345678 };
	static struct exch_book b[N + 1];
	static const struct exch_book *all[N + 1];
	struct exch_book_store *s = exch_book_store_new(CALM);
	unsigned changes = 0;
	bool ok = true;

	for (uint32_t i = 0; i <= N; i++) {
		b[i].instr = i + 1;
		all[i] = &b[i];
	}
	/* Of all orders only some are apart, so that nothing is spread. */
	for (uint32_t i = 0; i < CALM; i++)
		ok = ok && add(s, &b[N], i, B, 1, 1) == 0;
	for (uint32_t i = 0; i < N; i++) {
		uint64_t salt = s->ids.salt;
		exch_oid id = id_of_hash(i + 1, (uint64_t)TAG << 32 | i);

		/* Somebody has its cell. */
		if (exch_book_find(s, &b[N], id & s->ids.mask) ==
		    EXCH_SLOT_NONE)
			ok =
			    ok && add(s, &b[N], id & s->ids.mask, B, 1, 1) == 0;
		ok = ok && add(s, &b[i], id, S, 2, 1) == 0;
		changes += s->ids.salt != salt;
	}
	tap_ok(ok && s->ids.spread == 0, "ids of many instruments, one tag");
	tap_is_u64(changes, 1, "one other hash is enough");
	tap_ok(longest_search(&s->ids) <= EXCH_IDS_FAR,
	    "and they are searched no longer than others");
	exch_book_audit(s, all, N + 1);
	exch_book_store_free(s);
}

/* Instruments that count their own orders want the same cells. */
static void
own_numbers(void)
{
	enum { BOOKS = 100, ORDERS = 60 };
	static struct exch_book b[BOOKS];
	const struct exch_book *all[BOOKS];
	struct exch_book_store *s = exch_book_store_new(0);
	bool ok = true;

	for (uint32_t i = 0; i < BOOKS; i++) {
		b[i] = (struct exch_book){.instr = i + 1};
		all[i] = &b[i];
	}
	for (exch_oid k = 1; k <= ORDERS; k++)
		for (uint32_t i = 0; i < BOOKS; i++)
			ok = ok && add(s, &b[i], k, B, (int64_t)k, i + 1) == 0;
	exch_book_audit(s, all, BOOKS);
	tap_ok(ok && s->ids.apart < s->ids.used / 3,
	    "most of them have a cell of their own");
	for (exch_oid k = 1; k <= ORDERS; k++)
		for (uint32_t i = 0; i < BOOKS; i++) {
			exch_slot o = exch_book_find(s, &b[i], k);

			ok = ok && exch_book_slots(s)[o].qty == i + 1;
			exch_book_remove(s, &b[i], o);
		}
	tap_ok(ok, "and every one its order");
	exch_book_store_free(s);
}

/* What of these ticks the table of the book knows. */
static unsigned
known(struct exch_book_store *s, struct exch_book *b, int64_t step, unsigned n)
{
	unsigned found = 0;

	for (unsigned i = 0; i < n; i++)
		found += *exch_book_near(s, b, (int64_t)i * step) ==
			 exch_book_level(s, b, EXCH_BUY, (int64_t)i * step);
	return found;
}

/* Tables of levels grow with the levels; with whatever steps they have. */
static void
tables(void)
{
	enum { LEVELS = 3000 };
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b[2] = {{.instr = 1}, {.instr = 2}};
	const struct exch_book *all[2] = {&b[0], &b[1]};
	int64_t far = INT64_C(1) << 32;
	bool ok = true;

	for (int64_t i = 0; i < LEVELS; i++) {
		exch_oid id = (exch_oid)i * 2 + 1;

		ok = ok && add(s, &b[0], id, B, i, 1) == 0 &&
		     add(s, &b[1], id + 1, B, i * far, 1) == 0;
	}
	exch_book_audit(s, all, 2);
	tap_ok(ok, "prices one by one, and with the same low bits");
	tap_is_u64(known(s, &b[0], 1, LEVELS), LEVELS,
	    "those that lie together are all in the table");
	tap_is_u64(
	    known(s, &b[1], far, LEVELS), 1, "of those that meet one is");
	tap_ok(b[1].near.mask < LEVELS * 8,
	    "and the table does not grow for them without end");
	for (exch_oid id = 1; id <= 2 * LEVELS; id++) {
		struct exch_book *of = &b[(id - 1) % 2];

		exch_book_remove(s, of, exch_book_find(s, of, id));
	}
	exch_book_audit(s, all, 2);
	tap_ok(b[0].near.levels == 0 && b[1].near.levels == 0, "none is left");
	exch_book_store_free(s);
}

/* ---- against a plain array ---- */

struct model {
	exch_oid id;
	int64_t tick;
	exch_qty qty;
	uint8_t side;
	uint8_t book;
};

static struct model model[4096];
static size_t nmodel;

static void
model_out(size_t i)
{
	nmodel--;
	memmove(&model[i], &model[i + 1], (nmodel - i) * sizeof(model[0]));
}

/* The queue's order within a level is the array's. */
static void
model_in(struct model m, bool by_id)
{
	size_t at = nmodel;

	for (size_t i = nmodel; by_id && i-- > 0;) {
		if (model[i].book != m.book || model[i].side != m.side ||
		    model[i].tick != m.tick)
			continue;
		if (model[i].id < m.id)
			break;
		at = i;
	}
	memmove(&model[at + 1], &model[at], (nmodel - at) * sizeof(model[0]));
	model[at] = m;
	nmodel++;
}

static int
by_price(const void *pa, const void *pb)
{
	const struct model *const *a = pa;
	const struct model *const *b = pb;
	int64_t x = (*a)->tick;
	int64_t y = (*b)->tick;

	if (x == y)
		return *a < *b ? -1 : 1;
	if (x == EXCH_TICK_MARKET || y == EXCH_TICK_MARKET)
		return x == EXCH_TICK_MARKET ? -1 : 1;
	return ((*a)->side == B ? x > y : x < y) ? -1 : 1;
}

static bool
same_side(const struct exch_book_store *s, const struct exch_book *b,
    uint8_t book, uint8_t side)
{
	static const struct model *v[4096];
	const struct exch_slot_data *d = exch_book_slots(s);
	size_t n = 0;
	size_t k = 0;
	bool same = true;

	for (size_t i = 0; i < nmodel; i++)
		if (model[i].book == book && model[i].side == side)
			v[n++] = &model[i];
	qsort(v, n, sizeof(*v), by_price);
	for (exch_slot l = exch_book_top(b, side); l != EXCH_SLOT_NONE;
	     l = exch_book_worse(s, b, l)) {
		exch_qty sum = 0;

		for (exch_slot o = exch_book_first(s, l);
		     o != EXCH_SLOT_NONE && same; o = exch_book_after(s, o)) {
			same = k < n && v[k]->id == d[o].id &&
			       v[k]->qty == d[o].qty &&
			       v[k]->tick == d[l].tick && d[o].level == l;
			sum += d[o].qty;
			k++;
		}
		same = same && sum == d[l].qty && sum > 0;
	}
	return same && k == n;
}

/* How ticks are drawn: near, wide, at the powers where tries split. */
static int64_t
some_tick(struct exch_rng *g, unsigned shape)
{
	int64_t near = (int64_t)exch_rng_below(g, 40);
	unsigned bit = (unsigned)exch_rng_below(g, 63);
	int64_t power = INT64_C(1) << bit;

	if (exch_rng_chance(g, 1, 50))
		return EXCH_TICK_MARKET;
	switch (shape) {
	case 0:
		return near - 20;
	case 1:
		return (int64_t)exch_rng_below(g, 2000000) - 1000000;
	case 2:
		return (exch_rng_chance(g, 1, 2) ? power : -power) +
		       (near % 3 - 1);
	default:
		/* A market that drifts away for ever. */
		return (int64_t)exch_rng_below(g, UINT64_C(1) << 62) + near;
	}
}

static bool
random_add(struct exch_book_store *s, struct exch_book *b, struct exch_rng *g,
    unsigned shape, exch_oid *next)
{
	uint8_t k = (uint8_t)exch_rng_below(g, 3);
	struct exch_book_order o = {.id = *next += 1 + exch_rng_below(g, 3),
	    .tick = some_tick(g, shape),
	    .qty = 1 + exch_rng_below(g, 1000),
	    .side = exch_rng_chance(g, 1, 2) ? B : S,
	    .by_id = exch_rng_chance(g, 1, 4)};
	bool live = false;
	int err;

	if (o.tick != EXCH_TICK_MARKET && o.tick == INT64_MAX)
		o.tick--;
	if (o.by_id && *next > 60)
		o.id = *next - exch_rng_below(g, 60);
	for (size_t i = 0; i < nmodel; i++)
		live = live || (model[i].book == k && model[i].id == o.id);
	err = exch_book_add(s, &b[k], &o, NULL);
	if (err == EXCH_ERR_EXISTS)
		return live;
	if (err != EXCH_OK || live)
		return false;
	model_in((struct model){o.id, o.tick, o.qty, o.side, k}, o.by_id);
	return true;
}

static bool
random_change(
    struct exch_book_store *s, struct exch_book *b, struct exch_rng *g)
{
	size_t i = (size_t)exch_rng_below(g, nmodel);
	struct model m = model[i];
	exch_slot o = exch_book_find(s, &b[m.book], m.id);
	exch_qty part;

	if (o == EXCH_SLOT_NONE || exch_book_slots(s)[o].id != m.id ||
	    exch_book_side_of(s, o) != m.side ||
	    exch_book_tick_of(s, o) != m.tick)
		return false;
	switch (exch_rng_below(g, 3)) {
	case 0:
		exch_book_remove(s, &b[m.book], o);
		model_out(i);
		break;
	case 1:
		part = 1 + exch_rng_below(g, m.qty);
		exch_book_fill(s, &b[m.book], o, part);
		model[i].qty -= part;
		if (model[i].qty == 0)
			model_out(i);
		break;
	default:
		part = exch_rng_below(g, m.qty);
		if (part > 0)
			exch_book_reduce(s, o, part);
		model[i].qty -= part;
	}
	return true;
}

static bool
all_same(const struct exch_book_store *s, const struct exch_book *b)
{
	const struct exch_book *all[3] = {&b[0], &b[1], &b[2]};
	bool same = exch_book_live(s) == nmodel;

	for (uint8_t k = 0; k < 3; k++)
		same = same && same_side(s, &b[k], k, B) &&
		       same_side(s, &b[k], k, S);
	exch_book_audit(s, all, 3);
	return same;
}

static void
random_books(unsigned shape, uint64_t seed)
{
	struct exch_book_store *s = exch_book_store_new(shape * 10);
	struct exch_book b[3] = {{.instr = 1}, {.instr = 2}, {.instr = 9}};
	struct exch_rng g;
	exch_oid next = 0;
	bool ok = true;
	char what[64];

	nmodel = 0;
	exch_rng_seed(&g, seed);
	for (int i = 0; i < 12000 && ok; i++) {
		/* Fill up, then empty, then again. */
		unsigned up = i / 3000 % 2 == 0 ? 60 : 40;

		if (nmodel == 0 ||
		    (exch_rng_below(&g, 100) < up && nmodel < 800))
			ok = random_add(s, b, &g, shape, &next);
		else
			ok = random_change(s, b, &g);
		if (i % 500 == 0)
			ok = ok && all_same(s, b);
	}
	snprintf(what, sizeof(what), "random books, shape %u, seed %" PRIu64,
	    shape, seed);
	tap_ok(ok && all_same(s, b), what);
	while (nmodel > 0) {
		exch_book_remove(s, &b[model[0].book],
		    exch_book_find(s, &b[model[0].book], model[0].id));
		model_out(0);
	}
	tap_ok(all_same(s, b) && b[0].side[0].best == EXCH_SLOT_NONE &&
		   b[1].side[1].best == EXCH_SLOT_NONE &&
		   b[2].side[0].market == EXCH_SLOT_NONE,
	    "  and empty again");
	exch_book_store_free(s);
}

/* Once the store has grown to the day's depth nothing is allocated. */
static void
no_allocation(void)
{
	struct exch_book_store *s = exch_book_store_new(0);
	struct exch_book b = {.instr = 1};
	uint64_t before = 0;
	exch_oid id = 0;

	for (int round = 0; round < 20; round++) {
		if (round == 2)
			before = exch_alloc_count();
		for (int i = 0; i < 5000; i++)
			add(s, &b, ++id, i % 2 ? B : S, i % 2 ? -i : i, 1);
		for (exch_oid k = id - 4999; k <= id; k++)
			exch_book_remove(s, &b, exch_book_find(s, &b, k));
	}
	tap_is_u64(exch_alloc_count() - before, 0, "no allocation when warm");
	tap_is_u64(exch_book_live(s), 0, "all gone");
	exch_book_store_free(s);
}

/* A failed allocation leaves everything as it was. */
static void
out_of_memory(void)
{
	unsigned failed = 0;
	bool ok = true;

	for (uint64_t n = 1; n < 40; n++) {
		struct exch_book_store *s = exch_book_store_new(0);
		struct exch_book b = {.instr = 1};
		const struct exch_book *all[1] = {&b};
		size_t live = 0;
		int err = 0;

		exch_alloc_fail_at(n);
		for (exch_oid id = 1; id <= 3000 && err == 0; id++) {
			int64_t tick =
			    (int64_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 8);

			err = add(s, &b, id, B, tick, 1);
			live += err == 0;
		}
		exch_alloc_fail_at(0);
		ok = ok && (err == 0 || err == EXCH_ERR_NOMEM);
		failed += err == EXCH_ERR_NOMEM;
		ok = ok && exch_book_live(s) == live &&
		     exch_book_count(s, &b) == live;
		exch_book_audit(s, all, 1);
		ok = ok && add(s, &b, 5000, B, 77, 1) == 0;
		exch_book_store_free(s);
	}
	tap_ok(ok, "out of memory: refused, and nothing has changed");
	tap_ok(failed >= 3, "it did happen");
}

int
main(void)
{
	basics();
	limits();
	same_tag();
	same_cell();
	hostile_ids();
	hostile_instruments();
	own_numbers();
	tables();
	for (unsigned shape = 0; shape < 4; shape++)
		for (uint64_t seed = 1; seed <= 3; seed++)
			random_books(shape, seed);
	no_allocation();
	out_of_memory();
	return tap_done();
}
