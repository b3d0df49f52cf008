/* CSV tables into records, and those through every form. */
#include <config.h>

#include "stream_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Anything else than a table is another harness's business. */
	if (size > 100000 || size < 5 || memcmp(data, "type,", 5) != 0)
		return 0;
	check_all(data, size);
	return 0;
}
