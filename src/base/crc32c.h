/* CRC-32C (Castagnoli, RFC 3720 B.4): 0xE3069283 for "123456789". */
#ifndef EXCH_BASE_CRC32C_H
#define EXCH_BASE_CRC32C_H

#include "base/types.h"

/* Continue `crc` (0 to start) over n bytes. */
uint32_t exch_crc32c(uint32_t crc, const void *p, size_t n);

/* Test hook: do without the processor's CRC instruction. */
void exch_crc32c_portable(bool on);

#endif
