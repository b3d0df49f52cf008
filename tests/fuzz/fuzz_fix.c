/* Fuzzing of FIX logs.  Sums are mended first, or none would be passed. */
#include <config.h>

#include "feed/fixmsg.h"
#include "feed_sink.h"

/* Length and sum of a message at p, as they have to be, where there is room. */
static void
mend(uint8_t *p, size_t n)
{
	const char *ten = memmem(p, n, "\00110=", 4);
	size_t at = ten != NULL ? (size_t)((const uint8_t *)ten - p) + 1 : n;
	unsigned sum = 0;

	if (at + 7 > n || at < 20)
		return;
	/* 8=FIX.4.4 SOH 9=NNNNN SOH */
	memcpy(p, "8=FIX.4.4\0019=", 12);
	for (unsigned i = 0, v = (unsigned)at - 18; i < 5; i++, v /= 10)
		p[16 - i] = (uint8_t)('0' + v % 10);
	p[17] = 1;
	for (size_t i = 0; i < at; i++)
		sum += p[i];
	p[at + 3] = (uint8_t)('0' + sum % 256 / 100);
	p[at + 4] = (uint8_t)('0' + sum % 256 / 10 % 10);
	p[at + 5] = (uint8_t)('0' + sum % 256 % 10);
	p[at + 6] = 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	size_t at = 0;

	exch_check(copy != NULL);
	memcpy(copy, data, size);
	fuzz_feed(&exch_feed_fix, copy, size, NULL, false);
	while (at < size) {
		at += exch_fix_find((const char *)copy + at, size - at);
		if (at < size)
			mend(copy + at, size - at);
		at += 5;
	}
	fuzz_feed(&exch_feed_fix, copy, size, NULL, false);
	free(copy);
	return 0;
}
