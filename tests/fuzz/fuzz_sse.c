/* Fuzzing of the level-2 log of Shanghai. */
#include <config.h>

#include "feed_sink.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(&exch_feed_sselog, data, size, NULL, false);
	return 0;
}
