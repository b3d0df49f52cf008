/* SHA-256 (FIPS 180-4), for digests and manifests. */
#ifndef EXCH_BASE_SHA256_H
#define EXCH_BASE_SHA256_H

#include "base/types.h"

struct exch_sha256 {
	uint32_t h[8];
	uint64_t len; /* bytes so far */
	unsigned char block[64];
};

void exch_sha256_init(struct exch_sha256 *s);
void exch_sha256_add(struct exch_sha256 *s, const void *p, size_t n);
void exch_sha256_end(struct exch_sha256 *s, unsigned char out[32]);
/* 64 lower-case hex digits and a NUL. */
void exch_sha256_hex(const unsigned char sum[32], char out[65]);

/* Test hook: do without the processor's SHA instructions. */
void exch_sha256_portable(bool on);

#endif
