/*
 * report/sign.c and report/manifest.c: an example of RFC 8032, keys that are
 * none, and every single byte of a manifest, a signature and a table changed.
 */
#include <config.h>

#include <string.h>

#include "../tap.h"
#include "report/manifest.h"
#include "report/sign.h"

/* RFC 8032, 7.1, TEST 3: the message is af82. */
static const char private_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3\n"
    "-----END PRIVATE KEY-----\n";
static const char public_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=\n"
    "-----END PUBLIC KEY-----\n";
static const unsigned char wanted[EXCH_SIGN_BYTES] = {0x62, 0x91, 0xd6, 0x57,
    0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3,
    0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7,
    0xdb, 0x5a, 0xc3, 0xac, 0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90,
    0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59, 0x4a, 0x7c, 0x15, 0xe9,
    0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a};

static bool
good(const void *p, size_t n, const unsigned char *sig)
{
	struct exch_diag d = {0};
	bool yes = false;

	return exch_sign_verify(public_key, strlen(public_key), "pub", p, n,
		   sig, &yes, &d) == EXCH_OK &&
	       yes;
}

static void
test_example(void)
{
	static const unsigned char message[] = {0xaf, 0x82};
	unsigned char sig[EXCH_SIGN_BYTES];
	struct exch_diag d = {0};

	tap_ok(exch_sign_make(private_key, strlen(private_key), "key", message,
		   sizeof(message), sig, &d) == EXCH_OK,
	    "RFC 8032, 7.1: it is signed");
	tap_ok(
	    memcmp(sig, wanted, sizeof(sig)) == 0, "with the signature there");
	tap_ok(good(message, sizeof(message), sig), "which is good");
	tap_ok(!good(message, 1, sig), "but not of less");
}

static void
test_keys(void)
{
	static const struct {
		const char *pem;
		size_t n;
		bool private;
		const char *says;
	} bad[] = {
	    {"", 0, true, "empty"},
	    {"", 0, false, "empty"},
	    {"hello\n", 6, true, "no whole private key"},
	    {private_key, 60, true, "no whole private key"},
	    {public_key, 60, false, "no whole public key"},
	    {public_key, sizeof(public_key) - 1, true, "public half"},
	    {private_key, sizeof(private_key) - 1, false, "private key"},
	};
	struct exch_diag d = {0};

	tap_ok(exch_sign_key_check(private_key, strlen(private_key), true, "k",
		   &d) == EXCH_OK &&
		   exch_sign_key_check(public_key, strlen(public_key), false,
		       "k", &d) == EXCH_OK,
	    "both halves are good for what they are for");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		exch_diag_clear(&d);
		tap_ok(exch_sign_key_check(bad[i].pem, bad[i].n, bad[i].private,
			   "k", &d) == EXCH_ERR_FORMAT &&
			   strstr(d.text, bad[i].says) != NULL,
		    d.text);
	}
}

/* A manifest as it would be written, with its check. */
static size_t
manifest(char *text, const char *table)
{
	struct exch_manifest_count c;
	struct exch_sha256 sha;
	unsigned char sum[32];
	char hex[65];
	uint64_t rows;
	int n;

	exch_manifest_count_begin(&c);
	exch_manifest_count_add(&c, table, strlen(table));
	exch_manifest_count_end(&c, hex, &rows);
	n = snprintf(text, 1024,
	    "manifest=1\nsoftware=x\nfile=a.csv\nsha256=%s\nbytes=%zu\n"
	    "rows=%u\n",
	    hex, strlen(table), (unsigned)rows);
	exch_sha256_init(&sha);
	exch_sha256_add(&sha, text, (size_t)n);
	exch_sha256_end(&sha, sum);
	exch_sha256_hex(sum, hex);
	return (size_t)(n + snprintf(text + n, 100, "check=%s\n", hex));
}

static bool
holds(const char *text, size_t n, struct exch_manifest *m)
{
	struct exch_diag d = {0};

	return exch_manifest_read(m, text, n, "m", &d) == EXCH_OK && m->whole;
}

static const char table[] = "a,b\n1,\"x\ny, \"\"z\"\"\"\n2,\n";

static bool
is_table(const char *p, size_t n, const struct exch_manifest *m)
{
	struct exch_manifest_count c;
	char hex[65];
	uint64_t rows;

	exch_manifest_count_begin(&c);
	/* in two pieces */
	exch_manifest_count_add(&c, p, n / 2);
	exch_manifest_count_add(&c, p + n / 2, n - n / 2);
	exch_manifest_count_end(&c, hex, &rows);
	return strcmp(hex, m->sha256) == 0 && c.bytes == m->bytes &&
	       rows == m->rows;
}

static void
test_manifest(void)
{
	struct exch_manifest m;
	char text[1024];
	char other[1024];
	size_t n = manifest(text, table);
	unsigned found = 0;

	tap_ok(holds(text, n, &m), "a manifest holds");
	tap_ok(strcmp(m.file, "a.csv") == 0 && m.rows == 2 &&
		   m.bytes == strlen(table),
	    "and says what its table is: a line end in quotes ends no row");
	tap_ok(is_table(table, strlen(table), &m), "which this is");
	for (size_t i = 0; i < n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(other, text, n);
			other[i] = (char)(other[i] ^ 1 << bit);
			found += !holds(other, n, &m);
		}
	tap_ok(found == n * 8, "each bit of it that is changed is found");
	found = 0;
	for (size_t i = 0; i < n; i++)
		found += !holds(text, i, &m);
	tap_ok(found == n, "and each cut");
	memcpy(other, text, n);
	memcpy(other + n, "x=1\n", 4);
	tap_ok(!holds(other, n + 4, &m), "and a line more");
	tap_ok(holds(text, n, &m), "it holds still");
	found = 0;
	for (size_t i = 0; i < strlen(table); i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(other, table, sizeof(table));
			other[i] = (char)(other[i] ^ 1 << bit);
			found += !is_table(other, strlen(table), &m);
		}
	tap_ok(found == strlen(table) * 8, "and each bit of the table");
}

static void
test_manifests_that_are_none(void)
{
	static const struct {
		const char *text, *says;
		uint64_t line;
	} bad[] = {
	    {"", "empty", 1},
	    {"manifest=2\n", "no manifest", 1},
	    {"manifest=1\nrows\n", "key=value", 2},
	    {"manifest=1\n=3\n", "key=value", 2},
	    {"manifest=1\nrows=3\nrows=3\n", "before", 3},
	    {"manifest=1\nrows=-3\n", "value", 2},
	    {"manifest=1\nsha256=12\n", "value", 2},
	    {"manifest=1\nfile=../x\n", "value", 2},
	    {"manifest=1\nrows=3\n", "missing", 2},
	    {"manifest=1\nrows=3", "no end", 2},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		struct exch_manifest m;
		struct exch_diag d = {0};

		tap_ok(exch_manifest_read(&m, bad[i].text, strlen(bad[i].text),
			   "m", &d) == EXCH_ERR_FORMAT &&
			   strstr(d.text, bad[i].says) != NULL &&
			   d.where == bad[i].line,
		    d.text);
	}
}

static void
test_signature(void)
{
	unsigned char sig[EXCH_SIGN_BYTES];
	struct exch_diag d = {0};
	char text[1024];
	size_t n = manifest(text, table);
	unsigned found = 0;

	(void)exch_sign_make(
	    private_key, strlen(private_key), "key", text, n, sig, &d);
	tap_ok(good(text, n, sig), "a manifest is signed");
	for (unsigned i = 0; i < sizeof(sig); i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			sig[i] = (unsigned char)(sig[i] ^ 1 << bit);
			found += !good(text, n, sig);
			sig[i] = (unsigned char)(sig[i] ^ 1 << bit);
		}
	tap_ok(found == sizeof(sig) * 8,
	    "each bit of the signature that is changed is found");
	found = 0;
	for (size_t i = 0; i < n; i++) {
		text[i] = (char)(text[i] ^ 1);
		found += !good(text, n, sig);
		text[i] = (char)(text[i] ^ 1);
	}
	tap_ok(found == n, "and each byte of the manifest");
}

int
main(void)
{
	struct exch_diag d = {0};
	char secret[8] = "secret";

	exch_sign_wipe(secret, sizeof(secret));
	tap_ok(
	    memcmp(secret, "\0\0\0\0\0\0\0", 8) == 0, "a secret is forgotten");
	test_manifest();
	test_manifests_that_are_none();
	if (exch_sign_can()) {
		test_example();
		test_keys();
		test_signature();
	} else {
		tap_ok(exch_sign_key_check("", 0, true, "k", &d) ==
			       EXCH_ERR_NEED &&
			   strstr(d.text, "without OpenSSL") != NULL,
		    "without OpenSSL that is said");
	}
	return tap_done();
}
