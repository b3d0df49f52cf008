/*
 * The end of a program whose invariant is broken.  The one place below
 * src/ that writes to standard error: nobody is left to return to.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

_Noreturn void
exch_check_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: defect: %s does not hold\n", file, line, what);
	abort();
}
