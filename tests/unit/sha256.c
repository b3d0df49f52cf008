/* base/sha256: the examples of FIPS 180-4, by instructions and without. */
#include <config.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "../tap.h"
#include "base/rng.h"
#include "base/sha256.h"

static unsigned char big[10000];

static const char *
sum(const void *p, size_t n, size_t piece)
{
	static char hex[65];
	const unsigned char *b = p;
	struct exch_sha256 s;
	unsigned char out[32];

	exch_sha256_init(&s);
	while (n > 0) {
		size_t k = piece < n ? piece : n;

		exch_sha256_add(&s, b, k);
		b += k;
		n -= k;
	}
	exch_sha256_end(&s, out);
	exch_sha256_hex(out, hex);
	return hex;
}

static void
test_examples(void)
{
	static const char two[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	struct exch_sha256 s;
	unsigned char out[32];
	char hex[65];

	tap_is_str(sum("", 0, 1),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "nothing");
	tap_is_str(sum("abc", 3, 3),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "one block");
	tap_is_str(sum(two, sizeof(two) - 1, 64),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	    "two blocks");
	exch_sha256_init(&s);
	for (int i = 0; i < 100000; i++)
		exch_sha256_add(&s, "aaaaaaaaaa", 10);
	exch_sha256_end(&s, out);
	exch_sha256_hex(out, hex);
	tap_is_str(hex,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	    "a million times a");
}

/* Every length around the padding's edges, in pieces of every size. */
static void
test_pieces(void)
{
	unsigned bad = 0;

	for (size_t n = 0; n < 200; n++) {
		char whole[65];

		memcpy(whole, sum(big, n, 1000), 65);
		for (size_t piece = 1; piece < 70; piece++)
			bad += strcmp(sum(big, n, piece), whole) != 0;
	}
	tap_is_u64(bad, 0, "pieces give the sum of the whole");
}

static bool
have_sha(void)
{
#if defined(__x86_64__)
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
#else
	return false;
#endif
}

int
main(void)
{
	struct exch_rng r;
	unsigned bad = 0;

	exch_rng_seed(&r, 11);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (unsigned char)exch_rng_u64(&r);
	exch_sha256_portable(true);
	test_examples();
	test_pieces();
	exch_sha256_portable(false);
	if (!have_sha()) {
		tap_skip("SHA instructions", "this processor has none");
		return tap_done();
	}
	test_examples();
	test_pieces();
	for (size_t n = 0; n < sizeof(big); n += 61) {
		char fast[65];

		exch_sha256_portable(false);
		memcpy(fast, sum(big, n, sizeof(big)), 65);
		exch_sha256_portable(true);
		bad += strcmp(fast, sum(big, n, sizeof(big))) != 0;
	}
	tap_is_u64(bad, 0, "both ways agree");
	return tap_done();
}
