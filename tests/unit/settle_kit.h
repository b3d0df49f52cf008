/* The tables of data/settle, for tests of src/settle. */
#ifndef EXCH_TESTS_SETTLE_KIT_H
#define EXCH_TESTS_SETTLE_KIT_H

#include <stdlib.h>

#include "ref/calendar.h"
#include "tap.h"

/* The bytes of a table; 0: it is not there. */
static inline size_t
kit_table(const char *file, char *text, size_t size)
{
	const char *src = getenv("srcdir");
	char path[512];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/data/settle/%s",
	    src != NULL ? src : ".", file);
	f = fopen(path, "rb");
	if (tap_ok(f != NULL, file)) {
		n = fread(text, 1, size, f);
		fclose(f);
	}
	return n;
}

/* The calendar of DTC; the caller clears it. */
static inline void
kit_dtc(struct exch_calendar *c)
{
	static char text[16384];
	struct exch_diag d = {.code = EXCH_OK};
	size_t n = kit_table("dtc.csv", text, sizeof(text));

	tap_is_i64(
	    exch_calendar_parse(text, n, "dtc", c, &d), 0, "is a calendar");
}

#endif
