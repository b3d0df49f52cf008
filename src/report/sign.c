/* Signatures through OpenSSL's libcrypto (sign.h). */
#include <config.h>

#include <string.h>

#include "report/sign.h"

void
exch_sign_wipe(void *p, size_t n)
{
	volatile unsigned char *v = p;

	while (n-- > 0)
		*v++ = 0;
}

#ifdef HAVE_LIBCRYPTO

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

bool
exch_sign_can(void)
{
	return true;
}

static int
bad(struct exch_diag *d, const char *name, const char *why)
{
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0, "%s", why);
}

/* Nobody is asked for a passphrase; *arg tells that one was wanted. */
static int
on_passphrase(char *buf, int size, int writes, void *arg)
{
	bool *wanted = arg;

	(void)buf;
	(void)size;
	(void)writes;
	*wanted = true;
	return -1;
}

/* A text that names one kind of key may be the other half. */
static bool
says(const char *pem, size_t n, const char *word)
{
	size_t k = strlen(word);

	for (size_t i = 0; i + k <= n; i++)
		if (memcmp(pem + i, word, k) == 0)
			return true;
	return false;
}

static int
no_key(const char *pem, size_t n, bool private, bool encrypted,
    const char *name, struct exch_diag *d)
{
	if (n == 0)
		return bad(d, name, "the key is empty");
	if (encrypted)
		return bad(d, name,
		    "the key is encrypted: decrypt it into a file of yours, "
		    "openssl pkey -in KEY -out PLAIN");
	if (private && says(pem, n, "BEGIN PUBLIC KEY"))
		return bad(d, name,
		    "it is the public half of a key: signing takes the "
		    "private one");
	if (!private && says(pem, n, "PRIVATE KEY"))
		return bad(d, name,
		    "it is a private key, and for verifying the public half "
		    "is enough: openssl pkey -in KEY -pubout -out PUBLIC");
	return bad(d, name,
	    private ? "there is no whole private key in PEM: openssl genpkey "
		      "-algorithm ed25519 -out KEY makes one"
		    : "there is no whole public key in PEM: openssl pkey -in "
		      "KEY -pubout -out PUBLIC makes one of a private key");
}

static int
load(const char *pem, size_t n, bool private, const char *name, EVP_PKEY **out,
    struct exch_diag *d)
{
	BIO *bio;
	bool encrypted = false;
	EVP_PKEY *k;

	*out = NULL;
	if (n > 1 << 20)
		return bad(d, name, "a key is no file of this size");
	bio = BIO_new_mem_buf(pem, (int)n);
	if (bio == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "out of memory");
	k = private
		? PEM_read_bio_PrivateKey(bio, NULL, on_passphrase, &encrypted)
		: PEM_read_bio_PUBKEY(bio, NULL, on_passphrase, &encrypted);
	BIO_free(bio);
	ERR_clear_error();
	if (k == NULL)
		return no_key(pem, n, private, encrypted, name, d);
	if (EVP_PKEY_base_id(k) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(k);
		return bad(d, name,
		    "the key is of another kind: signatures are Ed25519, "
		    "openssl genpkey -algorithm ed25519 -out KEY");
	}
	*out = k;
	return EXCH_OK;
}

int
exch_sign_key_check(const char *pem, size_t n, bool private, const char *name,
    struct exch_diag *d)
{
	EVP_PKEY *k;
	int rc = load(pem, n, private, name, &k, d);

	EVP_PKEY_free(k);
	return rc;
}

/* Something within the library failed: nothing that a user could put right. */
static int
failed(struct exch_diag *d, const char *name)
{
	ERR_clear_error();
	return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
	    "libcrypto did not do it");
}

int
exch_sign_make(const char *pem, size_t npem, const char *name, const void *p,
    size_t n, unsigned char sig[EXCH_SIGN_BYTES], struct exch_diag *d)
{
	size_t nsig = EXCH_SIGN_BYTES;
	EVP_MD_CTX *md = NULL;
	EVP_PKEY *k;
	int rc = load(pem, npem, true, name, &k, d);

	if (rc != EXCH_OK)
		return rc;
	md = EVP_MD_CTX_new();
	if (md == NULL || EVP_DigestSignInit(md, NULL, NULL, NULL, k) != 1 ||
	    EVP_DigestSign(md, sig, &nsig, p, n) != 1 ||
	    nsig != EXCH_SIGN_BYTES)
		rc = failed(d, name);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(k);
	return rc;
}

int
exch_sign_verify(const char *pem, size_t npem, const char *name, const void *p,
    size_t n, const unsigned char sig[EXCH_SIGN_BYTES], bool *good,
    struct exch_diag *d)
{
	EVP_MD_CTX *md = NULL;
	EVP_PKEY *k;
	int rc = load(pem, npem, false, name, &k, d);

	*good = false;
	if (rc != EXCH_OK)
		return rc;
	md = EVP_MD_CTX_new();
	if (md == NULL || EVP_DigestVerifyInit(md, NULL, NULL, NULL, k) != 1)
		rc = failed(d, name);
	else
		*good = EVP_DigestVerify(md, sig, EXCH_SIGN_BYTES, p, n) == 1;
	ERR_clear_error();
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(k);
	return rc;
}

#else

bool
exch_sign_can(void)
{
	return false;
}

static int
cannot(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "this was built without OpenSSL: signatures are neither made nor "
	    "verified; install libssl-dev and build again");
}

int
exch_sign_key_check(const char *pem, size_t n, bool private, const char *name,
    struct exch_diag *d)
{
	(void)pem;
	(void)n;
	(void)private;
	(void)name;
	return cannot(d);
}

int
exch_sign_make(const char *pem, size_t npem, const char *name, const void *p,
    size_t n, unsigned char sig[EXCH_SIGN_BYTES], struct exch_diag *d)
{
	(void)pem;
	(void)npem;
	(void)name;
	(void)p;
	(void)n;
	(void)sig;
	return cannot(d);
}

int
exch_sign_verify(const char *pem, size_t npem, const char *name, const void *p,
    size_t n, const unsigned char sig[EXCH_SIGN_BYTES], bool *good,
    struct exch_diag *d)
{
	(void)pem;
	(void)npem;
	(void)name;
	(void)p;
	(void)n;
	(void)sig;
	*good = false;
	return cannot(d);
}

#endif
