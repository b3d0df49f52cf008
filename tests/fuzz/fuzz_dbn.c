/* Fuzzing of DBN files. */
#include <config.h>

#include "feed_sink.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(&exch_feed_dbn, data, size, NULL, false);
	return 0;
}
