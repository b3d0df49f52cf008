/*
 * Lines of a market file that make no sense, and what is said of them.
 */
#ifndef EXCH_TESTS_REFUSED_H
#define EXCH_TESTS_REFUSED_H

#include <stdio.h>
#include <string.h>

#include "match/market.h"
#include "quoted.h"
#include "tap.h"

/* The file is refused there, for a reason that has these words. */
static inline void
refused(const char *text, uint64_t line, const char *why)
{
	struct exch_market m = {.name = ""};
	struct exch_diag d = {.code = EXCH_OK};
	int rc = exch_market_parse(text, strlen(text), "test", &m, &d);
	bool ok = rc == EXCH_ERR_FORMAT && d.where == line &&
		  strstr(d.text, why) != NULL && at_its_word(text, &d);

	tap_ok(ok, why);
	if (!ok)
		printf("# %d, line %llu, column %llu: %s\n", rc,
		    (unsigned long long)d.where, (unsigned long long)d.column,
		    d.text);
	exch_market_clear(&m);
}

#endif
