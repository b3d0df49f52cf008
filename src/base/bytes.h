/*
 * Reading and writing numbers in outside bytes: byte order in the name,
 * no alignment needed, and a cursor that cannot leave its buffer.
 */
#ifndef EXCH_BASE_BYTES_H
#define EXCH_BASE_BYTES_H

#include <string.h>

#include "base/types.h"

/* Plain loads: the caller has checked the bounds. */
static inline uint16_t
exch_be16(const void *p)
{
	uint16_t v;
	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline uint32_t
exch_be32(const void *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

static inline uint64_t
exch_be64(const void *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

/* 48 bits, as in ITCH time stamps. */
static inline uint64_t
exch_be48(const void *p)
{
	return (uint64_t)exch_be16(p) << 32 |
	       exch_be32((const unsigned char *)p + 2);
}

static inline uint16_t
exch_le16(const void *p)
{
	uint16_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t
exch_le32(const void *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
exch_le64(const void *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void
exch_put_be16(void *p, uint16_t v)
{
	v = __builtin_bswap16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void
exch_put_be32(void *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void
exch_put_be64(void *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, sizeof(v));
}

static inline void
exch_put_le16(void *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void
exch_put_le32(void *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void
exch_put_le64(void *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "the record stream is little-endian and read in place");

/* A cursor over bytes.  After a failed take `bad` stays set. */
struct exch_cur {
	const unsigned char *p;
	size_t left;
	bool bad;
};

/* The next n bytes, or NULL (and bad) when fewer are left. */
static inline const unsigned char *
exch_take(struct exch_cur *c, size_t n)
{
	const unsigned char *p = c->p;

	if (c->left < n) {
		c->bad = true;
		c->left = 0;
		return NULL;
	}
	c->p += n;
	c->left -= n;
	return p;
}

static inline bool
exch_all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

#endif
