/* base/alloc: failures on demand, overflow, large tables. */
#include <config.h>

#include "../tap.h"
#include "base/alloc.h"

static bool
all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
test_failing(void)
{
	uint64_t before = exch_alloc_count();
	void *p;
	char *s;

	exch_alloc_fail_at(2);
	p = exch_malloc(10);
	tap_ok(p != NULL, "the first one works");
	tap_ok(exch_calloc(1, 10) == NULL, "the second fails");
	p = exch_realloc(p, 20, 1);
	tap_ok(p != NULL, "only the second");
	tap_is_u64(exch_alloc_count() - before, 3, "three were counted");
	exch_alloc_fail_at(1);
	tap_ok(exch_realloc(p, 30, 1) == NULL, "realloc fails, too");
	exch_alloc_fail_at(1);
	tap_ok(exch_strdup("x") == NULL, "and strdup");
	exch_alloc_fail_at(1);
	tap_ok(exch_big_alloc(100) == NULL, "and a small table");
	exch_alloc_fail_at(1);
	tap_ok(exch_big_alloc((size_t)8 << 20) == NULL, "and a large one");
	exch_alloc_fail_at(5);
	exch_alloc_fail_at(0);
	for (int i = 0; i < 10; i++)
		exch_free(exch_malloc(1));
	s = exch_strdup("text");
	tap_ok(s != NULL && strcmp(s, "text") == 0, "switched off");
	exch_free(s);
	exch_free(p);
	exch_free(NULL);
}

static void
test_sizes(void)
{
	void *p;

	tap_ok(exch_realloc(NULL, SIZE_MAX / 2, 3) == NULL,
	    "n * size that overflows");
	tap_ok(exch_calloc(SIZE_MAX / 2, 3) == NULL, "calloc, too");
	tap_ok(exch_big_alloc(SIZE_MAX - 5) == NULL, "an impossible table");
	p = exch_malloc(0);
	tap_ok(p != NULL, "nothing is not a failure");
	exch_free(p);
	p = exch_calloc(0, 8);
	tap_ok(p != NULL, "nor for calloc");
	exch_free(p);
}

/* One after another, as a list grows; what stands there moves along. */
static void
test_room(void)
{
	uint64_t before = exch_alloc_count();
	uint32_t *list = NULL;
	size_t cap = 0;
	bool ok = true, kept = true;

	for (uint32_t i = 0; i < 1000; i++) {
		ok = ok && exch_room(&list, i, &cap, sizeof(*list)) && cap > i;
		if (ok)
			list[i] = i * 7;
	}
	for (uint32_t i = 0; i < 1000 && ok; i++)
		kept = kept && list[i] == i * 7;
	tap_ok(ok, "room for one after another");
	tap_ok(kept, "and they stay what they were");
	tap_is_u64(cap, 1024, "it doubles");
	tap_is_u64(exch_alloc_count() - before, 7, "so it grows seldom");
	tap_ok(exch_room(&list, 5000, &cap, sizeof(*list)), "far behind");
	tap_is_u64(cap, 8192, "is by twice as much again and again");
	if (cap > 5000)
		list[5000] = 1;
	exch_free(list);
}

static void
test_no_room(void)
{
	struct {
		uint64_t a, b;
	} row = {3, 4}, *list = &row, *was = list;
	size_t cap = 1, most = SIZE_MAX / sizeof(row) / 2 + 1;

	exch_alloc_fail_at(1);
	tap_ok(exch_room(&list, 0, &cap, sizeof(row)), "it is there");
	tap_ok(!exch_room(&list, 1, &cap, sizeof(row)), "no memory for more");
	exch_alloc_fail_at(0);
	tap_ok(list == was && cap == 1 && row.a == 3 && row.b == 4,
	    "all is as it was");
	cap = most;
	tap_ok(!exch_room(&list, cap, &cap, sizeof(row)),
	    "more bytes than there can be");
	tap_ok(list == was && cap == most, "all is as it was");
	cap = SIZE_MAX / 2 + 1;
	tap_ok(
	    !exch_room(&list, cap, &cap, 1), "more elements than there can be");
	tap_ok(list == was && cap == SIZE_MAX / 2 + 1, "all is as it was");
}

static void
test_big(size_t size, const char *what)
{
	unsigned char *p = exch_big_alloc(size);

	tap_ok(p != NULL && all_zero(p, size), what);
	if (p == NULL)
		return;
	memset(p, 0xa5, size);
	tap_ok(p[0] == 0xa5 && p[size - 1] == 0xa5, "and writable");
	exch_big_free(p, size);
}

int
main(void)
{
	void *p;

	test_failing();
	test_sizes();
	test_room();
	test_no_room();
	test_big(1000, "a small table is zeroed");
	test_big(((size_t)2 << 20) - 1, "just below a huge page");
	test_big((size_t)2 << 20, "a huge page");
	test_big(((size_t)9 << 20) + 12345, "an odd size");
	p = exch_big_alloc((size_t)4 << 20);
	tap_is_u64(
	    (uintptr_t)p % ((size_t)2 << 20), 0, "aligned to a huge page");
	exch_big_free(p, (size_t)4 << 20);
	exch_big_free(NULL, 5);
	return tap_done();
}
