/*
 * SoupBinTCP's packets (soup.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/dec.h"
#include "sock/soup.h"

/*
 * No message of what goes over it is nearly as long, other protocols' are; and one
 * that says so would swallow what follows.
 */
#define USUAL 1024u

/* May a packet of this type have this length? */
static bool
fits(unsigned char type, size_t length)
{
	switch (type) {
	case EXCH_SOUP_DEBUG:
	case EXCH_SOUP_SEQUENCED:
	case EXCH_SOUP_UNSEQUENCED:
		return length >= 1 && length <= USUAL;
	case EXCH_SOUP_ACCEPTED:
		return length == 1 + EXCH_SOUP_SESSION + EXCH_SOUP_NUMBER;
	case EXCH_SOUP_REJECTED:
		return length == 2;
	case EXCH_SOUP_LOGIN: /* 4.10 adds a timeout */
		return length == 47 || length == 52;
	case EXCH_SOUP_SERVER_BEAT:
	case EXCH_SOUP_END:
	case EXCH_SOUP_CLIENT_BEAT:
	case EXCH_SOUP_LOGOUT:
		return length == 1;
	default:
		return false;
	}
}

bool
exch_soup_number(const unsigned char *p, size_t n, uint64_t *v)
{
	while (n > 0 && *p == ' ') {
		p++;
		n--;
	}
	return n > 0 && exch_uint_parse((const char *)p, n, v) == 0;
}

bool
exch_soup_is_blank(const unsigned char *p, size_t n)
{
	while (n > 0 && p[n - 1] == ' ')
		n--;
	return n == 0;
}

bool
exch_soup_same_session(const unsigned char *a, const unsigned char *b)
{
	size_t i = 0, k = 0, n = 0;

	while (i < EXCH_SOUP_SESSION && a[i] == ' ')
		i++;
	while (k < EXCH_SOUP_SESSION && b[k] == ' ')
		k++;
	while (i + n < EXCH_SOUP_SESSION && k + n < EXCH_SOUP_SESSION &&
	       a[i + n] == b[k + n])
		n++;
	return exch_soup_is_blank(a + i + n, EXCH_SOUP_SESSION - i - n) &&
	       exch_soup_is_blank(b + k + n, EXCH_SOUP_SESSION - k - n);
}

bool
exch_soup_is(const unsigned char *p, size_t n)
{
	if (n < 3)
		return false;
	while (n >= 3) {
		size_t length = exch_be16(p);

		if (!fits(p[2], length))
			return false;
		if (length + 2 >= n)
			return true;
		p += length + 2;
		n -= length + 2;
	}
	return true;
}

/* What is there of a packet that is not whole. */
static int
keep(struct exch_soup *s, const unsigned char *p, size_t n)
{
	size_t cap = s->cap == 0 ? 256 : s->cap;
	unsigned char *buf = s->buf;

	while (cap < s->have + n)
		cap *= 2;
	if (cap != s->cap) {
		buf = exch_realloc(buf, cap, 1);
		if (buf == NULL)
			return EXCH_ERR_NOMEM;
		s->buf = buf;
		s->cap = cap;
	}
	if (n != 0)
		memcpy(s->buf + s->have, p, n);
	s->have += n;
	return EXCH_OK;
}

/* Whole packets where they lie; *used: bytes of them. */
static int
take_whole(const unsigned char *p, size_t n,
    const struct exch_soup_taker *taker, size_t *used, bool *bad,
    struct exch_diag *d)
{
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && n - at >= 3) {
		size_t length = exch_be16(p + at);

		*bad = !fits(p[at + 2], length);
		if (*bad || n - at - 2 < length)
			break;
		rc = taker->packet(
		    taker->arg, p[at + 2], p + at + 3, length - 1, d);
		at += length + 2;
	}
	*used = at;
	return rc;
}

/* The packet that was begun before is made whole first. */
static int
take_kept(struct exch_soup *s, const unsigned char **p, size_t *n,
    const struct exch_soup_taker *taker, bool *bad, struct exch_diag *d)
{
	size_t used;
	int rc;

	while (s->have != 0 && *n != 0) {
		size_t want = s->have < 3 ? 3 : (size_t)exch_be16(s->buf) + 2;
		size_t more = want - s->have < *n ? want - s->have : *n;

		rc = keep(s, *p, more);
		if (rc != 0)
			return rc;
		*p += more;
		*n -= more;
		rc = take_whole(s->buf, s->have, taker, &used, bad, d);
		if (used != 0)
			s->have = 0;
		if (rc != 0 || *bad)
			return rc;
	}
	if (s->have == 0 && s->cap > USUAL) {
		exch_free(s->buf);
		s->buf = NULL;
		s->cap = 0;
	}
	return 0;
}

int
exch_soup_take(struct exch_soup *s, const unsigned char *p, size_t n,
    const struct exch_soup_taker *taker, bool *bad, struct exch_diag *d)
{
	size_t used;
	int rc;

	*bad = false;
	if (s->lost && !exch_soup_is(p, n))
		return 0;
	s->lost = false;
	rc = take_kept(s, &p, &n, taker, bad, d);
	if (rc == 0 && !*bad && n != 0) {
		rc = take_whole(p, n, taker, &used, bad, d);
		if (rc == 0 && !*bad)
			rc = keep(s, p + used, n - used);
	}
	if (*bad)
		exch_soup_lose(s);
	return rc;
}

void
exch_soup_lose(struct exch_soup *s)
{
	s->have = 0;
	s->lost = true;
}

void
exch_soup_clear(struct exch_soup *s)
{
	exch_free(s->buf);
	*s = (struct exch_soup){0};
}
