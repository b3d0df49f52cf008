/*
 * Pseudonyms for outsiders: what tells of people becomes another word, the same
 * one for the same thing as long as the key is the same, and nobody without the
 * key can try out which it is.  HMAC-SHA256 (RFC 2104) over the kind of thing,
 * a colon and the thing as it is written; of that the first 64 bits.
 */
#ifndef EXCH_REPORT_REDACT_H
#define EXCH_REPORT_REDACT_H

#include "base/sha256.h"

/* Shorter keys can be tried out. */
#define EXCH_REDACT_KEY_LEAST 16

struct exch_redact {
	struct exch_sha256 inner, outer; /* behind the key */
};

/* Any n. */
void exch_redact_init(struct exch_redact *x, const void *key, size_t n);

/* The first 8 bytes, most significant first, of "KIND:TEXT". */
uint64_t exch_redact_of(
    const struct exch_redact *x, const char *kind, const void *p, size_t n);
/* Of a number as decimal digits; 0 is nothing, and stays; never 0 else. */
uint64_t exch_redact_id(
    const struct exch_redact *x, const char *kind, uint64_t id);

/* Digits of a pseudonym of a text: 16, hexadecimal; no NUL. */
#define EXCH_REDACT_TEXT 16
void exch_redact_text(const struct exch_redact *x, const char *kind,
    const void *p, size_t n, char out[EXCH_REDACT_TEXT]);

#endif
