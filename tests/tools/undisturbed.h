/*
 * What exch-match tells when nobody disturbs it, for programs that kill it
 * and compare what comes out in the end.
 */
#ifndef EXCH_TESTS_UNDISTURBED_H
#define EXCH_TESTS_UNDISTURBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The stream as a file, and its records with their numbers. */
struct undisturbed {
	unsigned char *p;
	size_t len;
	unsigned char *rec;
	size_t *at; /* of record i in rec */
	uint64_t n;
};

__attribute__((noreturn)) void die(const char *what);
/* Monotonic, in ns. */
uint64_t now(void);
/* All of a file; to be freed. */
unsigned char *slurp(const char *path, size_t *n);

void undisturbed_read(struct undisturbed *u, const char *path);
/*
 * Are these bytes, which may end anywhere, a stream with the records from
 * *from up to *to?  Both are UNDISTURBED_NOTHING where the header is not whole.
 */
#define UNDISTURBED_NOTHING UINT64_MAX
bool undisturbed_has(const struct undisturbed *u, const void *p, size_t n,
    uint64_t *from, uint64_t *to);

/*
 * The same of a run that goes on where others were: its records are behind
 * the *have that there are, or some of those once more.  Moves *have on; says
 * as a comment of TAP where there is a hole.
 */
bool undisturbed_goes_on(
    const struct undisturbed *u, const void *p, size_t n, uint64_t *have);

/* Times in order, and the one that so many percent do not exceed. */
void sort_times(uint64_t *t, size_t n);
uint64_t time_at(const uint64_t *sorted, size_t n, unsigned percent);

#endif
