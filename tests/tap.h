/*
 * TAP for unit tests, one program per source file:
 *
 *	int
 *	main(void)
 *	{
 *		tap_is_u64(exch_crc32c(0, "123456789", 9), 0xe3069283, "vector");
 *		return tap_done();
 *	}
 */
#ifndef EXCH_TESTS_TAP_H
#define EXCH_TESTS_TAP_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count;
static int tap_failed;

static inline bool
tap_ok_at(bool ok, const char *what, const char *file, int line)
{
	tap_count++;
	printf("%sok %d - %s\n", ok ? "" : "not ", tap_count, what);
	if (!ok) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
	fflush(stdout);
	return ok;
}

#define tap_ok(cond, what) tap_ok_at(!!(cond), what, __FILE__, __LINE__)

static inline bool
tap_is_u64_at(
    uint64_t got, uint64_t want, const char *what, const char *file, int line)
{
	bool ok = tap_ok_at(got == want, what, file, line);

	if (!ok)
		printf("# got %" PRIu64 " (0x%" PRIx64 "), want %" PRIu64
		       " (0x%" PRIx64 ")\n",
		    got, got, want, want);
	return ok;
}

#define tap_is_u64(got, want, what)                                            \
	tap_is_u64_at(                                                         \
	    (uint64_t)(got), (uint64_t)(want), what, __FILE__, __LINE__)

static inline bool
tap_is_i64_at(
    int64_t got, int64_t want, const char *what, const char *file, int line)
{
	bool ok = tap_ok_at(got == want, what, file, line);

	if (!ok)
		printf("# got %" PRId64 ", want %" PRId64 "\n", got, want);
	return ok;
}

#define tap_is_i64(got, want, what)                                            \
	tap_is_i64_at((int64_t)(got), (int64_t)(want), what, __FILE__, __LINE__)

static inline bool
tap_is_str_at(const char *got, const char *want, const char *what,
    const char *file, int line)
{
	bool ok = tap_ok_at(strcmp(got, want) == 0, what, file, line);

	if (!ok)
		printf("# got  \"%s\"\n# want \"%s\"\n", got, want);
	return ok;
}

#define tap_is_str(got, want, what)                                            \
	tap_is_str_at(got, want, what, __FILE__, __LINE__)

/* Within `tol` of it; a number that is none is not. */
static inline bool
tap_near_at(double got, double want, double tol, const char *what,
    const char *file, int line)
{
	double off = got < want ? want - got : got - want;
	bool ok = tap_ok_at(off <= tol, what, file, line);

	if (!ok)
		printf("# got %.17g, want %.17g within %g\n", got, want, tol);
	return ok;
}

#define tap_near(got, want, tol, what)                                         \
	tap_near_at(got, want, tol, what, __FILE__, __LINE__)

static inline void
tap_skip(const char *what, const char *why)
{
	tap_count++;
	printf("ok %d - %s # SKIP %s\n", tap_count, what, why);
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
