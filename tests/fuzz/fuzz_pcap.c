/* Fuzzing of captures, from libpcap to records. */
#include <config.h>

#include "feed_sink.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(&exch_feed_pcap, data, size, NULL, false);
	fuzz_feed(&exch_feed_pcap, data, size, "itch50", true);
	return 0;
}
