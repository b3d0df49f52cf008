/*
 * CRC-32C by tables of 8 bytes at a time, or by the processor's own
 * instruction in three lanes (it takes three cycles and starts one a
 * cycle, so that one lane wastes two thirds of it).
 */
#include <config.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#include "base/bytes.h"
#include "base/crc32c.h"

#define POLY UINT32_C(0x82f63b78) /* 0x1edc6f41, bits reversed */
#define LANE 1024		  /* bytes a lane does between joins */

/*
 * slice[k][b]: what byte b does to the register when k zero bytes follow.
 * skip[k][b]: the register with b in its byte k after LANE zero bytes.
 */
static uint32_t slice[8][256];
static uint32_t skip[4][256];
static bool tables_ready;

typedef uint32_t crc_fn(uint32_t crc, const unsigned char *p, size_t n);

static void
make_skip(void)
{
	uint32_t bit[32];

	for (int i = 0; i < 32; i++) {
		uint32_t c = UINT32_C(1) << i;

		for (int k = 0; k < LANE; k++)
			c = c >> 8 ^ slice[0][c & 0xff];
		bit[i] = c;
	}
	for (int k = 0; k < 4; k++) {
		for (unsigned b = 0; b < 256; b++) {
			uint32_t c = 0;

			for (int i = 0; i < 8; i++)
				if (b >> i & 1)
					c ^= bit[8 * k + i];
			skip[k][b] = c;
		}
	}
}

static void
make_tables(void)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t c = b;

		for (int i = 0; i < 8; i++)
			c = c >> 1 ^ (c & 1 ? POLY : 0);
		slice[0][b] = c;
	}
	for (int k = 1; k < 8; k++)
		for (int b = 0; b < 256; b++)
			slice[k][b] = slice[k - 1][b] >> 8 ^
				      slice[0][slice[k - 1][b] & 0xff];
	make_skip();
	tables_ready = true;
}

static uint32_t
crc_portable(uint32_t crc, const unsigned char *p, size_t n)
{
	for (; n >= 8; n -= 8, p += 8) {
		uint32_t a = exch_le32(p) ^ crc;
		uint32_t b = exch_le32(p + 4);

		crc = slice[7][a & 0xff] ^ slice[6][a >> 8 & 0xff] ^
		      slice[5][a >> 16 & 0xff] ^ slice[4][a >> 24] ^
		      slice[3][b & 0xff] ^ slice[2][b >> 8 & 0xff] ^
		      slice[1][b >> 16 & 0xff] ^ slice[0][b >> 24];
	}
	for (; n > 0; n--)
		crc = crc >> 8 ^ slice[0][(crc ^ *p++) & 0xff];
	return crc;
}

#if defined(__x86_64__)

static uint32_t
skip_lane(uint32_t c)
{
	return skip[0][c & 0xff] ^ skip[1][c >> 8 & 0xff] ^
	       skip[2][c >> 16 & 0xff] ^ skip[3][c >> 24];
}

__attribute__((target("sse4.2"))) static uint32_t
crc_sse42(uint32_t crc, const unsigned char *p, size_t n)
{
	for (; n >= 3 * LANE; n -= 3 * LANE, p += 3 * LANE) {
		uint64_t a = crc;
		uint64_t b = 0;
		uint64_t c = 0;

		for (size_t i = 0; i < LANE; i += 8) {
			a = _mm_crc32_u64(a, exch_le64(p + i));
			b = _mm_crc32_u64(b, exch_le64(p + LANE + i));
			c = _mm_crc32_u64(c, exch_le64(p + 2 * LANE + i));
		}
		crc = skip_lane((uint32_t)a) ^ (uint32_t)b;
		crc = skip_lane(crc) ^ (uint32_t)c;
	}
	for (; n >= 8; n -= 8, p += 8)
		crc = (uint32_t)_mm_crc32_u64(crc, exch_le64(p));
	for (; n > 0; n--)
		crc = _mm_crc32_u8(crc, *p++);
	return crc;
}

#endif

static crc_fn *crc_run;

void
exch_crc32c_portable(bool on)
{
	if (!tables_ready)
		make_tables();
	crc_run = crc_portable;
#if defined(__x86_64__)
	if (!on && __builtin_cpu_supports("sse4.2"))
		crc_run = crc_sse42;
#else
	(void)on; /* there is only the portable one */
#endif
}

uint32_t
exch_crc32c(uint32_t crc, const void *p, size_t n)
{
	if (crc_run == NULL)
		exch_crc32c_portable(false);
	return ~crc_run(~crc, p, n);
}
