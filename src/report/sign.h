/*
 * Signatures of files: Ed25519 (RFC 8032) over all of their bytes, 64 bytes
 * that stand in a file of their own.  Keys are PEM, as openssl genpkey makes
 * them; who gives their text has read it from a file and wipes it.
 *
 * Done by OpenSSL's libcrypto, and by nobody where that was not there when
 * this was built: exch_sign_can().
 */
#ifndef EXCH_REPORT_SIGN_H
#define EXCH_REPORT_SIGN_H

#include "base/err.h"

#define EXCH_SIGN_BYTES 64

bool exch_sign_can(void);

/*
 * What a private (or public) key is good for: EXCH_OK, or what is wrong with it
 * and what to do, under `name`.  EXCH_ERR_FORMAT: it is none, one of another
 * kind, encrypted, or the other half; EXCH_ERR_NEED: built without libcrypto;
 * EXCH_ERR_NOMEM.
 */
int exch_sign_key_check(const char *pem, size_t n, bool private,
    const char *name, struct exch_diag *d);

/* Sign n bytes with a private key. */
int exch_sign_make(const char *pem, size_t npem, const char *name,
    const void *p, size_t n, unsigned char sig[EXCH_SIGN_BYTES],
    struct exch_diag *d);
/* *good: the signature is of these bytes, by the key of this public half. */
int exch_sign_verify(const char *pem, size_t npem, const char *name,
    const void *p, size_t n, const unsigned char sig[EXCH_SIGN_BYTES],
    bool *good, struct exch_diag *d);

/* Forget a secret: the compiler may not leave it out. */
void exch_sign_wipe(void *p, size_t n);

#endif
