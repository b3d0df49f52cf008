/* Fuzzing of the log of Bitstamp. */
#include <config.h>

#include "feed_sink.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(&exch_feed_bitstamp, data, size, NULL, false);
	return 0;
}
