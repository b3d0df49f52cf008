/*
 * The growing text buffer.  Writing it anywhere is the owner's part.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"

void
exch_buf_free(struct exch_buf *b)
{
	exch_free(b->p);
	memset(b, 0, sizeof(*b));
}

static bool
grow(struct exch_buf *b, size_t n)
{
	size_t need;
	size_t cap = b->cap > 0 ? b->cap : 256;
	char *p;

	if (b->failed || __builtin_add_overflow(b->len, n, &need) ||
	    need > SIZE_MAX / 2) {
		b->failed = true;
		return false;
	}
	while (cap < need)
		cap *= 2;
	p = exch_realloc(b->p, cap, 1);
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

char *
exch_buf_room(struct exch_buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	if (b->p == NULL || b->cap - b->len < n) {
		if (!grow(b, n))
			return NULL;
	}
	return b->p + b->len;
}

void
exch_buf_add(struct exch_buf *b, const void *p, size_t n)
{
	char *to = exch_buf_room(b, n);

	if (to == NULL || n == 0)
		return;
	memcpy(to, p, n);
	b->len += n;
}

void
exch_buf_str(struct exch_buf *b, const char *s)
{
	exch_buf_add(b, s, strlen(s));
}

void
exch_buf_char(struct exch_buf *b, char c)
{
	exch_buf_add(b, &c, 1);
}

void
exch_buf_uint(struct exch_buf *b, uint64_t v)
{
	char *p = exch_buf_room(b, 20);

	if (p != NULL)
		b->len = (size_t)(exch_uint_put(p, v) - b->p);
}

void
exch_buf_dec(struct exch_buf *b, int64_t v, int scale, int min_frac)
{
	char *p = exch_buf_room(b, 42);

	if (p != NULL)
		b->len = (size_t)(exch_dec_put(p, v, scale, min_frac) - b->p);
}

void
exch_buf_fmt(struct exch_buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	p = exch_buf_room(b, (size_t)n + 1);
	if (p == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap); /* measured above */
	va_end(ap);
	b->len += (size_t)n;
}
