/*
 * Allocation with a counter and a switch for failures, and large tables
 * from huge pages.  What to do when memory runs out is the caller's part.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include "base/alloc.h"
#include "base/check.h"

/*
 * From this size on a table has a mapping of its own.  2 MiB is the huge
 * page of x86-64 and of AArch64 with 4 KiB pages.
 */
#define HUGE ((size_t)2 << 20)

/* Elements that a growing array has at first. */
#define FIRST ((size_t)16)

/* Bytes that come from memory together. */
#define LINE ((size_t)64)

/* By whatever thread. */
static _Atomic uint64_t count;
static uint64_t fail_at; /* value of `count` that fails, 0 none */

/* Counts the call; true when it is the one that must fail. */
static bool
failing(void)
{
	return ++count == fail_at;
}

void *
exch_malloc(size_t size)
{
	if (failing())
		return NULL;
	return malloc(size > 0 ? size : 1);
}

void *
exch_calloc(size_t n, size_t size)
{
	size_t bytes;

	if (failing() || __builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return calloc(bytes > 0 ? bytes : 1, 1);
}

void *
exch_realloc(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (failing() || __builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return realloc(p, bytes > 0 ? bytes : 1);
}

bool
exch_grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap > 0 ? *cap : FIRST;
	char *p;

	while (want <= n)
		if (__builtin_mul_overflow(want, 2, &want))
			return false;
	memcpy(&p, array, sizeof(p));
	p = exch_realloc(p, want, size);
	if (p == NULL)
		return false;
	memcpy(array, &p, sizeof(p));
	*cap = want;
	return true;
}

char *
exch_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = exch_malloc(n);

	if (p != NULL)
		memcpy(p, s, n);
	return p;
}

void
exch_free(void *p)
{
	free(p);
}

/*
 * Huge pages need a start aligned to their size, which mmap does not
 * promise: map more and give the ends back.
 */
static void *
map_aligned(size_t size)
{
	size_t all;
	char *p;
	size_t head;

	if (__builtin_add_overflow(size, HUGE, &all))
		return NULL;
	p = mmap(NULL, all, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	head = (HUGE - ((uintptr_t)p & (HUGE - 1))) & (HUGE - 1);
	if (head > 0)
		exch_check(munmap(p, head) == 0);
	if (HUGE > head)
		exch_check(munmap(p + head + size, HUGE - head) == 0);
	/* Only advice: a kernel without huge pages is as good, but slower. */
	(void)madvise(p + head, size, MADV_HUGEPAGE);
	return p + head;
}

/* Whole pages of 64 KiB, the largest ordinary page in use. */
static size_t
map_size(size_t size)
{
	return (size + 0xffff) & ~(size_t)0xffff;
}

/*
 * Rows of 32 or 64 bytes then lie in one line of the cache each; what calloc
 * gives begins 16 bytes behind a line.
 */
static void *
in_lines(size_t size)
{
	size_t whole = (size + LINE - 1) & ~(LINE - 1);
	void *p = failing() ? NULL : aligned_alloc(LINE, whole);

	return p != NULL ? memset(p, 0, whole) : NULL;
}

void *
exch_big_alloc(size_t size)
{
	if (size < HUGE)
		return in_lines(size > 0 ? size : 1);
	if (failing() || size > SIZE_MAX / 2)
		return NULL;
	return map_aligned(map_size(size));
}

void
exch_big_free(void *p, size_t size)
{
	if (p == NULL)
		return;
	if (size < HUGE)
		exch_free(p);
	else
		exch_check(munmap(p, map_size(size)) == 0);
}

void *
exch_big_grow(void *p, size_t old, size_t size)
{
	void *q = exch_big_alloc(size);

	if (q == NULL)
		return NULL;
	memcpy(q, p, old);
	exch_big_free(p, old);
	return q;
}

void
exch_alloc_fail_at(uint64_t n)
{
	fail_at = n > 0 ? count + n : 0;
}

uint64_t
exch_alloc_count(void)
{
	return count;
}
