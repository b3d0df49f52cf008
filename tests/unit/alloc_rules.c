/*
 * Allocation at one price: the worked numbers of the manual's section
 * ALLOCATION, and over random levels of every row, with random parameters,
 * what must always hold: the parts are exactly the incoming quantity, none
 * is more than its order, the same input has the same result, and the
 * naive allocation says the same.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rng.h"
#include "naive/alloc.h"
#include "tap.h"

#define MAX 12

static struct exch_alloc_scratch scratch;

struct line {
	exch_qty qty;
	uint32_t owner;
	uint8_t lmm;
	bool top;
};

struct worked {
	const char *what;
	const char *row;
	const char *param[2];
	uint64_t value[2];
	exch_qty unit;
	exch_qty incoming;
	struct line o[MAX];
	const char *want;
};

#define Q(q)                                                                   \
	{                                                                      \
		.qty = (q)                                                     \
	}
#define T(q)                                                                   \
	{                                                                      \
		.qty = (q), .top = true                                        \
	}
#define O(q, w)                                                                \
	{                                                                      \
		.qty = (q), .owner = (w)                                       \
	}
#define L(q, w, percent)                                                       \
	{                                                                      \
		.qty = (q), .owner = (w), .lmm = (percent)                     \
	}

static const struct worked table[] = {
    {"notice of 2005", "cme-a", {NULL}, {0}, 0, 60,
	{T(10), Q(5), Q(20), Q(50), Q(75)}, "10 3 6 16 25"},
    {"minimum of one", "cme-c", {NULL}, {0}, 0, 33, {Q(30), Q(20), Q(50)},
	"11 6 16"},
    {"minimum of two", "cme-c", {"min"}, {2}, 0, 20, {Q(3), Q(40), Q(57)},
	"1 8 11"},
    /* 189 42 63 84 21 are 399; the rest is the aggressed source's. */
    {"implied sources", "pro-rata", {"min"}, {2}, 0, 401,
	{Q(900), Q(200), Q(300), Q(400), Q(100)}, "191 42 63 84 21"},
    {"parity", "parity", {NULL}, {0}, 0, 700, {O(500, 1), O(100, 2), O(500, 3)},
	"300 100 300"},
    {"queue", "fifo", {NULL}, {0}, 0, 35, {Q(10), Q(20), Q(30)}, "10 20 5"},
    {"queue, letter F", "cme-f", {NULL}, {0}, 0, 35, {Q(10), Q(20), Q(30)},
	"10 20 5"},
    {"one level by time", "time", {NULL}, {0}, 0, 35, {Q(10), Q(20), Q(30)},
	"10 20 5"},
    {"largest first, then time", "size", {NULL}, {0}, 0, 70,
	{Q(10), Q(30), Q(20), Q(30)}, "0 30 10 30"},
    {"largest of a tie is the first", "size", {NULL}, {0}, 0, 20,
	{Q(10), Q(30), Q(20), Q(30)}, "0 20 0 0"},
    /* 33 * 50 / 100 up is 17, 9.9 is 10, 6.6 would be 7. */
    {"rounded up", "options", {NULL}, {0}, 0, 33, {Q(30), Q(20), Q(50)},
	"10 6 17"},
    /* Weights 4 * 10, 3 * 10, 2 * 10, 1 * 20 of 110. */
    {"size and age", "time-pro-rata", {NULL}, {0}, 0, 22,
	{Q(10), Q(10), Q(10), Q(20)}, "8 6 4 4"},
    {"the rest by time", "time-pro-rata", {NULL}, {0}, 0, 25,
	{Q(10), Q(10), Q(10), Q(20)}, "10 7 4 4"},
    /*
     * TOP 10, and 90 are left; 9 to each of the market makers 7 and 9, and
     * 72 are left; floor(72 * 40 / 100) = 28 by queue, and 44 are left over
     * 100, 12, 72, 31, 100 open: 13, 1 -> 0, 10, 4, 13, and 4 are left;
     * one to the order that has nothing; 3 to the first that is open.
     */
    {"all steps of K", "cme-k", {NULL}, {0}, 0, 100,
	{T(10), Q(20), Q(108), Q(12), L(81, 7, 10), L(40, 9, 10), Q(100)},
	"10 20 24 1 19 13 13"},
    {"two orders of a market maker", "cme-t", {NULL}, {0}, 0, 50,
	{Q(20), L(6, 4, 40), Q(90), L(30, 4, 40)}, "20 6 10 14"},
    {"least of a market maker", "cme-t", {"lmm-min"}, {21}, 0, 50,
	{Q(20), L(6, 4, 40), Q(90), L(30, 4, 40)}, "20 6 24 0"},
    {"most of a market maker", "cme-t", {"lmm-max"}, {7}, 0, 50,
	{Q(20), L(6, 4, 40), Q(90), L(30, 4, 40)}, "20 6 23 1"},
    {"top, then market maker", "cme-s", {NULL}, {0}, 0, 50,
	{Q(30), T(10), L(80, 4, 25)}, "30 10 10"},
    {"top at most", "cme-o", {"top-max", "min"}, {6, 1}, 0, 20,
	{T(10), Q(16), Q(20)}, "8 5 7"},
    {"top too small", "cme-o", {"top-min"}, {11}, 0, 23, {T(10), Q(16), Q(20)},
	"5 8 10"},
    {"a quarter to the top", "cme-o", {"top-percent", "top-min"}, {25, 10}, 0,
	24, {T(10), Q(16), Q(20)}, "8 7 9"},
    {"pro rata capped", "pro-rata", {"max"}, {10}, 0, 50, {Q(30), Q(20), Q(50)},
	"30 10 10"},
    {"in lots", "pro-rata", {NULL}, {0}, 100, 3300, {Q(3000), Q(2000), Q(5000)},
	"1100 600 1600"},
    {"up to a lot", "options", {NULL}, {0}, 100, 3300,
	{Q(3000), Q(2000), Q(5000)}, "1000 600 1700"},
    {"the book as one participant", "parity", {"lot"}, {10}, 0, 45,
	{Q(7), O(30, 5), Q(30), O(30, 2)}, "7 10 13 15"},
};

/* The orders with times and numbers as they come; returns how many. */
static size_t
orders(const struct line *v, struct exch_alloc_order *o)
{
	size_t n = 0;

	for (; n < MAX && v[n].qty != 0; n++)
		o[n] = (struct exch_alloc_order){.qty = v[n].qty,
		    .time = n,
		    .entry = n,
		    .owner = v[n].owner,
		    .top = v[n].top,
		    .lmm = v[n].lmm};
	return n;
}

static void
text(const exch_qty *part, size_t n, char *out, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%" PRIu64,
		    i == 0 ? "" : " ", part[i]);
}

static void
check_worked(const struct worked *w)
{
	struct exch_alloc a = *exch_alloc_by_name(w->row);
	struct exch_alloc_state st = {.unit = w->unit, .scratch = &scratch};
	struct exch_alloc_order o[MAX];
	exch_qty part[MAX];
	uint32_t next = 0;
	size_t n = orders(w->o, o);
	char got[256] = "";
	char what[128];

	for (int i = 0; i < 2 && w->param[i] != NULL; i++)
		tap_is_i64(exch_alloc_set(&a, w->param[i], w->value[i]), 0,
		    w->param[i]);
	tap_is_i64(
	    exch_alloc_run(&a, &st, o, n, w->incoming, part), 0, w->what);
	text(part, n, got, sizeof(got));
	snprintf(what, sizeof(what), "%s: %s", w->row, w->what);
	tap_is_str(got, w->want, what);
	naive_alloc(
	    &a, &next, w->unit == 0 ? 1 : w->unit, o, n, w->incoming, part);
	text(part, n, got, sizeof(got));
	tap_is_str(got, w->want, "  and the naive one");
	tap_is_u64(st.next, next, "  and whose turn it is");
}

/* The pointer goes on where it was, also past who is not here. */
static void
check_pointer(void)
{
	const struct exch_alloc *a = exch_alloc_by_name("parity");
	const struct exch_alloc_order three[] = {{.qty = 500, .owner = 1},
	    {.qty = 100, .owner = 2}, {.qty = 500, .owner = 3}};
	const struct exch_alloc_order two[] = {
	    {.qty = 500, .owner = 1}, {.qty = 500, .owner = 3}};
	struct exch_alloc_state st = {.next = 1, .scratch = &scratch};
	exch_qty part[3];

	(void)exch_alloc_run(a, &st, three, 3, 700, part);
	tap_is_u64(st.next, 1, "pointer: at P1 after 700");
	(void)exch_alloc_run(a, &st, three, 3, 100, part);
	tap_is_u64(part[0], 100, "pointer: P1 has the next lot");
	tap_is_u64(st.next, 2, "pointer: then P2");
	(void)exch_alloc_run(a, &st, two, 2, 100, part);
	tap_is_u64(part[1], 100, "pointer: P2 is not here, P3 has it");
	tap_is_u64(st.next, 1, "pointer: then P1");
	st.next = 9;
	(void)exch_alloc_run(a, &st, two, 2, 30, part);
	tap_is_u64(part[0], 30, "pointer: above all, the lowest");
	tap_is_u64(st.next, 3, "pointer: less than a lot is a turn");
}

/* Quantities at the end of their type. */
static void
check_extremes(void)
{
	const exch_qty big = UINT64_MAX - 1;
	struct exch_alloc_order o[4];
	struct exch_alloc_state st = {.scratch = &scratch};
	exch_qty part[4];
	unsigned n;
	const struct exch_alloc *a = exch_alloc_all(&n);

	for (size_t i = 0; i < 4; i++)
		o[i] = (struct exch_alloc_order){
		    .qty = big, .owner = (uint32_t)i / 2, .lmm = 50};
	for (unsigned k = 0; k < n; k++) {
		exch_u128 sum = 0;

		st.next = 0;
		(void)exch_alloc_run(&a[k], &st, o, 4, big, part);
		for (size_t i = 0; i < 4; i++)
			sum += part[i];
		tap_ok(sum == big, a[k].name);
	}
	a = exch_alloc_by_name("pro-rata");
	(void)exch_alloc_run(a, &st, o, 4, big, part);
	tap_is_u64(part[0], big / 4 + big % 4, "huge: a quarter and the rest");
	tap_is_u64(part[3], big / 4, "huge: a quarter");
	/* Weights are 4, 3, 2 and 1 tenths of a product of 130 bits. */
	a = exch_alloc_by_name("time-pro-rata");
	(void)exch_alloc_run(a, &st, o, 4, big, part);
	for (size_t i = 1; i < 4; i++)
		tap_is_u64(part[i], (exch_qty)((exch_u128)big * (4 - i) / 10),
		    "huge: tenths by age");
	a = exch_alloc_by_name("parity");
	(void)exch_alloc_run(a, &st, o, 4, big, part);
	tap_ok(part[0] - part[2] <= 100 || part[2] - part[0] <= 100,
	    "huge: parity within a lot");
}

static void
check_rows(void)
{
	static const char *const names[] = {"fifo", "time", "size", "pro-rata",
	    "cme-a", "cme-c", "cme-f", "cme-k", "cme-o", "cme-q", "cme-s",
	    "cme-t", "options", "time-pro-rata", "parity"};
	unsigned n;
	const struct exch_alloc *all = exch_alloc_all(&n);
	struct exch_alloc a = *exch_alloc_by_name("cme-k");
	const struct exch_alloc before = a;

	tap_is_u64(n, EXCH_ARRAY_LEN(names), "as many rows as names");
	for (unsigned i = 0; i < n; i++)
		tap_ok(exch_alloc_by_name(names[i]) == &all[i], names[i]);
	tap_ok(exch_alloc_by_name("no such") == NULL, "an unknown name");
	tap_ok(exch_alloc_by_name("time")->by_time, "time is one queue");
	tap_is_i64(exch_alloc_set(&a, "no such", 1), EXCH_ERR_ABSENT,
	    "an unknown parameter");
	tap_is_i64(exch_alloc_set(&a, "lot", 1), EXCH_ERR_ABSENT,
	    "a parameter of other rows");
	tap_is_i64(exch_alloc_set(&a, "fifo-percent", 101), EXCH_ERR_RANGE,
	    "101 percent");
	tap_ok(memcmp(&a, &before, sizeof(a)) == 0, "nothing has changed");
	tap_is_i64(exch_alloc_set(&a, "fifo-percent", 70), 0, "70 percent");
	tap_is_u64(a.step[2].percent, 70, "  are there");
	tap_is_i64(exch_alloc_set(&a, "leveling", 0), 0, "leveling off");
	tap_is_u64(a.step[5].min, 0, "  is off");
}

/*
 * More than there is: every order gets all it has, whatever step finds that
 * nothing is left of the level.  Alone, and behind a step that has taken all.
 */
static void
check_more(void)
{
	static const enum exch_alloc_kind kinds[] = {EXCH_ALLOC_LMM,
	    EXCH_ALLOC_FIFO, EXCH_ALLOC_SIZE, EXCH_ALLOC_SIZE_UP,
	    EXCH_ALLOC_PRO_RATA, EXCH_ALLOC_TIME_PRO_RATA, EXCH_ALLOC_LEVELING,
	    EXCH_ALLOC_PARITY};
	const struct exch_alloc_order o[] = {
	    {.qty = 30, .owner = 4, .lmm = 50, .top = true},
	    {.qty = 20, .owner = 5}};
	bool all = true, same = true;

	for (size_t k = 0; k < EXCH_ARRAY_LEN(kinds); k++)
		for (unsigned n = 0; n <= 2; n++) {
			struct exch_alloc a = {.name = "x",
			    .step = {{.kind = EXCH_ALLOC_TOP, .percent = 100},
				{.kind = kinds[k], .min = 1}}};
			struct exch_alloc_state st = {
			    .scratch = &scratch, .next = 9};
			exch_qty part[2] = {7, 7};

			if (exch_alloc_run(&a, &st, o, n, 100, part) != 0 ||
			    part[0] != (n > 0 ? 30 : 7) ||
			    part[1] != (n > 1 ? 20 : 7)) {
				printf("# kind %d, %u orders: %" PRIu64
				       " %" PRIu64 "\n",
				    (int)kinds[k], n, part[0], part[1]);
				all = false;
			}
			same = same && (n > 1 || st.next == 9);
		}
	for (unsigned k = 0; k < 2; k++) {
		struct exch_alloc a = {.name = "x",
		    .step = {{.kind = EXCH_ALLOC_SPLIT,
				 .percent = (uint8_t)(k * 50)},
			{.kind = EXCH_ALLOC_PARITY, .lot = 5}}};
		struct exch_alloc_state st = {.scratch = &scratch, .next = 5};
		exch_qty part[2];

		all = all && exch_alloc_run(&a, &st, o, 2, 10, part) == 0 &&
		      part[0] == (k == 0 ? 10 : 5) &&
		      part[1] == (k == 0 ? 0 : 5);
		same = same && st.next == (k == 0 ? 5 : 4);
	}
	tap_ok(all, "with more than the sum every order gets all it has");
	tap_ok(same, "and nobody's turn has passed where nothing was given");
}

static void
check_before(void)
{
	const struct exch_alloc_order a = {.time = 1999, .qty = 5, .entry = 9};
	struct exch_alloc_order b = {.time = 2000, .qty = 50, .entry = 1};

	tap_ok(exch_alloc_before(&a, &b), "an earlier microsecond");
	tap_ok(!exch_alloc_before(&b, &a), "  and not the other way");
	b.time = 1000;
	tap_ok(exch_alloc_before(&b, &a), "the same one: the larger");
	tap_ok(!exch_alloc_before(&a, &b), "  and not the other way");
	b.qty = 5;
	tap_ok(exch_alloc_before(&b, &a), "as large: the lower number");
	tap_ok(!exch_alloc_before(&a, &b), "  and not the other way");
	tap_ok(!exch_alloc_before(&a, &a), "not before itself");
}

static void
check_nomem(void)
{
	struct exch_alloc_scratch s = {NULL, 0};
	struct exch_alloc_state st = {.next = 7, .scratch = &s};
	struct exch_alloc_order o[2] = {{.qty = 5}, {.qty = 6}};
	exch_qty part[2];
	uint64_t count;

	exch_alloc_fail_at(1);
	tap_is_i64(
	    exch_alloc_run(exch_alloc_by_name("parity"), &st, o, 2, 7, part),
	    EXCH_ERR_NOMEM, "no memory for parity");
	exch_alloc_fail_at(0);
	tap_is_u64(st.next, 7, "  and the pointer stays");
	tap_is_i64(exch_alloc_reserve(&s, 100), 0, "room for a hundred");
	count = exch_alloc_count();
	tap_is_i64(
	    exch_alloc_run(exch_alloc_by_name("parity"), &st, o, 2, 7, part), 0,
	    "  and there is");
	tap_is_u64(exch_alloc_count(), count, "  without allocation");
	st.scratch = NULL;
	tap_is_i64(
	    exch_alloc_run(exch_alloc_by_name("cme-a"), &st, o, 2, 7, part), 0,
	    "pro rata needs none");
	exch_alloc_scratch_clear(&s);
}

/* A level at random: small numbers, lots, or the end of the type. */
struct level {
	struct exch_alloc a;
	struct exch_alloc_order o[MAX];
	size_t n;
	exch_qty unit;
	exch_qty incoming;
	bool huge;
};

static void
random_params(struct exch_rng *r, struct exch_alloc *a, exch_qty unit)
{
	static const struct {
		const char *name;
		uint64_t below;
	} p[] = {{"top-min", 12}, {"top-max", 12}, {"top-percent", 101},
	    {"lmm-min", 6}, {"lmm-max", 12}, {"fifo-percent", 101}, {"min", 6},
	    {"max", 12}, {"leveling", 2}, {"lot", 5}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(p); i++) {
		uint64_t v = exch_rng_below(r, p[i].below);

		if (p[i].below < 20 && i != 8)
			v *= unit;
		if (exch_rng_chance(r, 1, 3))
			(void)exch_alloc_set(a, p[i].name, v);
	}
}

static void
random_level(struct exch_rng *r, struct level *l)
{
	static const exch_qty units[] = {1, 1, 10, 100};
	unsigned rows;
	const struct exch_alloc *all = exch_alloc_all(&rows);
	exch_u128 sum = 0;
	size_t top = exch_rng_below(r, 2 * MAX);

	l->a = all[exch_rng_below(r, rows)];
	l->n = 1 + exch_rng_below(r, MAX);
	l->huge = exch_rng_chance(r, 1, 4);
	l->unit = l->huge ? 1 : units[exch_rng_below(r, 4)];
	random_params(r, &l->a, l->unit);
	for (size_t i = 0; i < l->n; i++) {
		exch_qty q = 2 + exch_rng_below(r, 60);

		q *= l->unit;
		/* Sometimes what a partial cancel has left. */
		if (l->unit > 1 && exch_rng_chance(r, 1, 20))
			q -= exch_rng_below(r, l->unit);
		if (l->huge)
			q = UINT64_MAX - exch_rng_below(r, 1000);
		l->o[i] = (struct exch_alloc_order){.qty = q,
		    .entry = i,
		    .owner = (uint32_t)exch_rng_below(r, 5),
		    .top = i == top};
		l->o[i].lmm =
		    l->o[i].owner > 2 ? (uint8_t)(10 * l->o[i].owner) : 0;
		sum += q;
	}
	if (sum > (exch_u128)UINT64_MAX)
		sum = UINT64_MAX;
	l->incoming = 1 + exch_rng_below(r, (uint64_t)sum - 1);
	if (l->incoming > l->unit && exch_rng_chance(r, 9, 10))
		l->incoming -= l->incoming % l->unit;
}

static const char *
broken(const struct level *l, const exch_qty *part)
{
	exch_u128 sum = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (part[i] > l->o[i].qty)
			return "more than the order";
		sum += part[i];
	}
	return sum != l->incoming ? "not the incoming quantity" : NULL;
}

static void
complain(const struct level *l, uint64_t seed, const char *what)
{
	char got[512] = "";
	exch_qty qty[MAX];

	for (size_t i = 0; i < l->n; i++)
		qty[i] = l->o[i].qty;
	text(qty, l->n, got, sizeof(got));
	printf("# seed %" PRIu64 ": %s: %s: incoming %" PRIu64 " unit %" PRIu64
	       " over %s\n",
	    seed, l->a.name, what, l->incoming, l->unit, got);
}

static void
check_random(void)
{
	bool ok = true;

	for (uint64_t seed = 1; seed <= 60000 && ok; seed++) {
		struct exch_rng r;
		struct level l;
		exch_qty part[MAX];
		exch_qty again[MAX];
		uint32_t turn = (uint32_t)(seed % 6);
		struct exch_alloc_state st = {
		    .next = turn, .scratch = &scratch};
		struct exch_alloc_state st2 = st;
		const char *bad;

		exch_rng_seed(&r, seed);
		random_level(&r, &l);
		st.unit = st2.unit = l.unit;
		(void)exch_alloc_run(&l.a, &st, l.o, l.n, l.incoming, part);
		(void)exch_alloc_run(&l.a, &st2, l.o, l.n, l.incoming, again);
		bad = broken(&l, part);
		if (memcmp(part, again, l.n * sizeof(*part)) != 0 ||
		    st.next != st2.next)
			bad = "differs from itself";
		if (bad == NULL && !l.huge) {
			naive_alloc(
			    &l.a, &turn, l.unit, l.o, l.n, l.incoming, again);
			if (memcmp(part, again, l.n * sizeof(*part)) != 0)
				bad = "differs from the naive one";
			if (st.next != turn)
				bad = "pointer differs";
		}
		if (bad != NULL)
			complain(&l, seed, bad);
		ok = bad == NULL;
	}
	tap_ok(ok, "60,000 random levels");
}

int
main(void)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(table); i++)
		check_worked(&table[i]);
	check_pointer();
	check_extremes();
	check_rows();
	check_more();
	check_before();
	check_nomem();
	check_random();
	exch_alloc_scratch_clear(&scratch);
	return tap_done();
}
