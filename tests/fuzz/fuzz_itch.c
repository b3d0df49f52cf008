/* Fuzzing of raw ITCH files: framing and every message. */
#include <config.h>

#include "feed_sink.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(&exch_feed_itchfile, data, size, NULL, size % 2 == 1);
	return 0;
}
