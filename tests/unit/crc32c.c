/* base/crc32c: RFC 3720 B.4, by instruction and by tables. */
#include <config.h>

#include "../tap.h"
#include "base/crc32c.h"
#include "base/rng.h"

static unsigned char big[20000];

/* One bit at a time, straight from the polynomial. */
static uint32_t
slow(uint32_t crc, const unsigned char *p, size_t n)
{
	crc = ~crc;
	for (; n > 0; n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void
test_vectors(const char *which)
{
	unsigned char b[48] = {0};

	printf("# %s\n", which);
	tap_is_u64(exch_crc32c(0, "123456789", 9), 0xe3069283, "123456789");
	tap_is_u64(exch_crc32c(0, b, 32), 0x8a9136aa, "32 zeros");
	memset(b, 0xff, 32);
	tap_is_u64(exch_crc32c(0, b, 32), 0x62a8ab43, "32 ones");
	for (int i = 0; i < 32; i++)
		b[i] = (unsigned char)i;
	tap_is_u64(exch_crc32c(0, b, 32), 0x46dd794e, "ascending");
	for (int i = 0; i < 32; i++)
		b[i] = (unsigned char)(31 - i);
	tap_is_u64(exch_crc32c(0, b, 32), 0x113fdb5c, "descending");
	memset(b, 0, sizeof(b));
	memcpy(b, "\x01\xc0", 2); /* the RFC's iSCSI read command */
	b[16] = 0x14;
	b[22] = 0x04;
	b[27] = 0x14;
	b[31] = 0x18;
	b[32] = 0x28;
	b[40] = 0x02;
	tap_is_u64(exch_crc32c(0, b, 48), 0xd9963a56, "iSCSI read command");
	tap_is_u64(exch_crc32c(5, b, 0), 5, "nothing changes nothing");
}

static void
test_lengths(void)
{
	struct exch_rng r;
	unsigned bad = 0;

	exch_rng_seed(&r, 3);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (unsigned char)exch_rng_u64(&r);
	for (size_t n = 0; n < 300; n++)
		bad +=
		    exch_crc32c(0, big + n % 9, n) != slow(0, big + n % 9, n);
	/* Around the lengths at which three lanes join. */
	for (size_t k = 1; k <= 6; k++)
		for (size_t n = 3072 * k - 9; n < 3072 * k + 10; n++)
			bad +=
			    exch_crc32c(77, big + 1, n) != slow(77, big + 1, n);
	tap_is_u64(bad, 0, "all short and some long lengths");
	for (size_t n = 0; n <= sizeof(big); n += 977)
		bad += exch_crc32c(exch_crc32c(0, big, n), big + n,
			   sizeof(big) - n) != slow(0, big, sizeof(big));
	tap_is_u64(bad, 0, "in two parts");
}

int
main(void)
{
	exch_crc32c_portable(true);
	test_vectors("tables");
	test_lengths();
	exch_crc32c_portable(false);
	test_vectors("the processor's choice");
	test_lengths();
	return tap_done();
}
