/* Numbers and their nouns in messages. */
#ifndef EXCH_BASE_PLURAL_H
#define EXCH_BASE_PLURAL_H

#include <stdint.h>

/* What a noun ends with behind n of it: "1 record", "2 records". */
static inline const char *
exch_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

#endif
