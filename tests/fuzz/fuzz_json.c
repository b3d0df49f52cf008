/* JSON lines into records, and those through every form. */
#include <config.h>

#include "stream_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The header line, so that inputs are about records. */
static const char header[] = "{\"t\":\"header\",\"major\":1,\"minor\":0,"
			     "\"start\":\"2023-02-07T00:00:00.000000000Z\","
			     "\"id\":\"000102030405060708090a0b0c0d0e0f\","
			     "\"date\":20230207,\"source\":6,\"text\":\"\"}\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *p;

	if (size > 100000)
		return 0;
	if (size > 12 && memcmp(data, "{\"t\":\"header", 12) == 0) {
		check_all(data, size);
		return 0;
	}
	p = malloc(sizeof(header) - 1 + size);
	if (p == NULL)
		return 0;
	memcpy(p, header, sizeof(header) - 1);
	if (size > 0)
		memcpy(p + sizeof(header) - 1, data, size);
	check_all(p, sizeof(header) - 1 + size);
	free(p);
	return 0;
}
