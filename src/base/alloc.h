/*
 * All allocation goes through here, so that tests can make the n-th one
 * fail and count them.  Sizes are checked for overflow.
 */
#ifndef EXCH_BASE_ALLOC_H
#define EXCH_BASE_ALLOC_H

#include "base/types.h"

/* NULL when out of memory.  Memory of exch_calloc is zeroed. */
void *exch_malloc(size_t size);
void *exch_calloc(size_t n, size_t size);
void *exch_realloc(void *p, size_t n, size_t size);
char *exch_strdup(const char *s);
void exch_free(void *p);

/*
 * Is there room for element n of a growing array that has *cap of them?  Where
 * there is not, it becomes twice as large, or more.  `array` is the address of
 * the pointer to the elements, of `size` bytes each; NULL, with a *cap of 0, is
 * an empty one.  The array stays the caller's, who frees it; it may move, and
 * what is new of it has no value yet.  False: no memory, or more than a size_t
 * counts; the array, the pointer and *cap are as they were.
 */
bool exch_grow(void *array, size_t n, size_t *cap, size_t size);
static inline bool
exch_room(void *array, size_t n, size_t *cap, size_t size)
{
	return n < *cap || exch_grow(array, n, cap, size);
}

/*
 * Zeroed memory for large tables, from huge pages where the system gives
 * them, beginning with a line of the cache.  `size` must be given back to exch_big_free.
 */
void *exch_big_alloc(size_t size);
void exch_big_free(void *p, size_t size);
/* The same table, larger; on failure (NULL) the old one is as it was. */
void *exch_big_grow(void *p, size_t old, size_t size);

/*
 * Test hooks.  exch_alloc_fail_at(n): the n-th allocation from now fails
 * (0 switches off).  exch_alloc_count(): allocations so far.
 */
void exch_alloc_fail_at(uint64_t n);
uint64_t exch_alloc_count(void);

#endif
