/* Pseudonyms by a key (redact.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "report/redact.h"

#define BLOCK 64

void
exch_redact_init(struct exch_redact *x, const void *key, size_t n)
{
	unsigned char k[BLOCK] = {0};
	unsigned char pad[BLOCK];
	struct exch_sha256 s;

	if (n > BLOCK) {
		exch_sha256_init(&s);
		exch_sha256_add(&s, key, n);
		exch_sha256_end(&s, k);
	} else if (n > 0) {
		memcpy(k, key, n);
	}
	for (unsigned i = 0; i < BLOCK; i++)
		pad[i] = k[i] ^ 0x36;
	exch_sha256_init(&x->inner);
	exch_sha256_add(&x->inner, pad, BLOCK);
	for (unsigned i = 0; i < BLOCK; i++)
		pad[i] = k[i] ^ 0x5c;
	exch_sha256_init(&x->outer);
	exch_sha256_add(&x->outer, pad, BLOCK);
}

uint64_t
exch_redact_of(
    const struct exch_redact *x, const char *kind, const void *p, size_t n)
{
	struct exch_sha256 s = x->inner;
	unsigned char sum[32];
	uint64_t v = 0;

	exch_sha256_add(&s, kind, strlen(kind));
	exch_sha256_add(&s, ":", 1);
	exch_sha256_add(&s, p, n);
	exch_sha256_end(&s, sum);
	s = x->outer;
	exch_sha256_add(&s, sum, sizeof(sum));
	exch_sha256_end(&s, sum);
	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | sum[i];
	return v;
}

uint64_t
exch_redact_id(const struct exch_redact *x, const char *kind, uint64_t id)
{
	char digits[24];
	size_t n = (size_t)(exch_uint_put(digits, id) - digits);
	uint64_t v;

	if (id == 0)
		return 0;
	v = exch_redact_of(x, kind, digits, n);
	return v != 0 ? v : 1;
}

void
exch_redact_text(const struct exch_redact *x, const char *kind, const void *p,
    size_t n, char out[EXCH_REDACT_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint64_t v = exch_redact_of(x, kind, p, n);

	for (unsigned i = EXCH_REDACT_TEXT; i-- > 0; v >>= 4)
		out[i] = hex[v & 15];
}
