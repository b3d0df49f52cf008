/*
 * exch_check(): an invariant that stays on in release builds.  A broken
 * invariant is a defect of the program, never of its input.
 */
#ifndef EXCH_BASE_CHECK_H
#define EXCH_BASE_CHECK_H

_Noreturn void exch_check_failed(const char *what, const char *file, int line);

#define exch_check(x)                                                          \
	(__builtin_expect(!!(x), 1)                                            \
		? (void)0                                                      \
		: exch_check_failed(#x, __FILE__, __LINE__))

#endif
