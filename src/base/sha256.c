/*
 * SHA-256 as FIPS 180-4 has it, and the same with the SHA instructions of
 * x86-64 where the processor has them (a digest runs over gigabytes).
 */
#include <config.h>

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "base/bytes.h"
#include "base/sha256.h"

/* FIPS 180-4, 4.2.2: cube roots of the first 64 primes. */
static const uint32_t K[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138,
    0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
    0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
    0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

typedef void blocks_fn(uint32_t h[8], const unsigned char *p, size_t nblocks);

static uint32_t
rotr(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

/* The message schedule of one block, 6.2.2 step 1. */
static void
schedule(uint32_t w[64], const unsigned char *p)
{
	for (int i = 0; i < 16; i++)
		w[i] = exch_be32(p + 4 * i);
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15];
		uint32_t b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		       (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) +
		       (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
	}
}

/* s holds the working variables a..h in this order. */
static void
blocks_portable(uint32_t h[8], const unsigned char *p, size_t nblocks)
{
	uint32_t w[64];
	uint32_t s[8];

	for (; nblocks > 0; nblocks--, p += 64) {
		schedule(w, p);
		memcpy(s, h, sizeof(s));
		for (int i = 0; i < 64; i++) {
			uint32_t e = s[4];
			uint32_t a = s[0];
			uint32_t t1 = s[7] + K[i] + w[i] +
				      (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) +
				      ((e & s[5]) ^ (~e & s[6]));
			uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) +
				      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

			memmove(s + 1, s, 7 * sizeof(s[0]));
			s[4] += t1;
			s[0] = t1 + t2;
		}
		for (int i = 0; i < 8; i++)
			h[i] += s[i];
	}
}

#if defined(__x86_64__)

static bool
have_sha(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) ||
	    !(c & bit_SSSE3))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/*
 * The instructions want the state as two vectors {a b e f} and {c d g h},
 * highest lane first, and do two rounds each; four words of the schedule
 * are made at a time from the sixteen before them.
 */
__attribute__((target("sha,sse4.1,ssse3"))) static void
blocks_sha(uint32_t h[8], const unsigned char *p, size_t nblocks)
{
	const __m128i swap =
	    _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
	__m128i lo = _mm_loadu_si128((const void *)h);
	__m128i hi = _mm_loadu_si128((const void *)(h + 4));
	__m128i abef, cdgh;

	lo = _mm_shuffle_epi32(lo, 0xb1); /* c d a b */
	hi = _mm_shuffle_epi32(hi, 0x1b); /* e f g h */
	abef = _mm_alignr_epi8(lo, hi, 8);
	cdgh = _mm_blend_epi16(hi, lo, 0xf0);
	for (; nblocks > 0; nblocks--, p += 64) {
		__m128i abef0 = abef;
		__m128i cdgh0 = cdgh;
		__m128i w[4];

#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			__m128i m;

			if (i < 4) {
				m = _mm_loadu_si128((const void *)(p + 16 * i));
				m = _mm_shuffle_epi8(m, swap);
			} else {
				__m128i w1 = w[(i + 3) & 3];

				m = _mm_sha256msg1_epu32(
				    w[i & 3], w[(i + 1) & 3]);
				m = _mm_add_epi32(
				    m, _mm_alignr_epi8(w1, w[(i + 2) & 3], 4));
				m = _mm_sha256msg2_epu32(m, w1);
			}
			w[i & 3] = m;
			m = _mm_add_epi32(
			    m, _mm_loadu_si128((const void *)(K + 4 * i)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, m);
			m = _mm_shuffle_epi32(m, 0x0e);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, m);
		}
		abef = _mm_add_epi32(abef, abef0);
		cdgh = _mm_add_epi32(cdgh, cdgh0);
	}
	lo = _mm_shuffle_epi32(abef, 0x1b); /* back to a b .. in memory */
	hi = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((void *)h, _mm_blend_epi16(lo, hi, 0xf0));
	_mm_storeu_si128((void *)(h + 4), _mm_alignr_epi8(hi, lo, 8));
}

#endif

/* Which code runs is decided once; both give the same results. */
static blocks_fn *blocks;

void
exch_sha256_portable(bool on)
{
	blocks = blocks_portable;
#if defined(__x86_64__)
	if (!on && have_sha())
		blocks = blocks_sha;
#else
	(void)on; /* there is only the portable one */
#endif
}

/* 5.3.3: square roots of the first eight primes. */
void
exch_sha256_init(struct exch_sha256 *s)
{
	static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(s->h, first, sizeof(first));
	s->len = 0;
	if (blocks == NULL)
		exch_sha256_portable(false);
}

void
exch_sha256_add(struct exch_sha256 *s, const void *p, size_t n)
{
	const unsigned char *b = p;
	size_t have = s->len & 63;

	if (n == 0)
		return;
	s->len += n;
	if (have > 0) {
		size_t take = 64 - have < n ? 64 - have : n;

		memcpy(s->block + have, b, take);
		b += take;
		n -= take;
		if (have + take < 64)
			return;
		blocks(s->h, s->block, 1);
	}
	blocks(s->h, b, n / 64);
	memcpy(s->block, b + (n & ~(size_t)63), n & 63);
}

void
exch_sha256_end(struct exch_sha256 *s, unsigned char out[32])
{
	unsigned char pad[72] = {0x80};
	uint64_t bits = s->len * 8;
	size_t n = 1 + ((55 - s->len) & 63); /* up to 8 bytes before a block */

	exch_put_be64(pad + n, bits);
	exch_sha256_add(s, pad, n + 8);
	for (int i = 0; i < 8; i++)
		exch_put_be32(out + 4 * i, s->h[i]);
}

void
exch_sha256_hex(const unsigned char sum[32], char out[65])
{
	static const char digit[] = "0123456789abcdef";

	for (int i = 0; i < 32; i++) {
		*out++ = digit[sum[i] >> 4];
		*out++ = digit[sum[i] & 15];
	}
	*out = '\0';
}
