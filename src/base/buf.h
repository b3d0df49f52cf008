/* A growing byte buffer for text output; sticky failure, checked once. */
#ifndef EXCH_BASE_BUF_H
#define EXCH_BASE_BUF_H

#include "base/types.h"

struct exch_buf {
	char *p;
	size_t len;
	size_t cap;
	bool failed; /* an allocation failed: later writes do nothing */
};

void exch_buf_free(struct exch_buf *b);
/* Room for n more bytes at b->p + b->len, or NULL. */
char *exch_buf_room(struct exch_buf *b, size_t n);
void exch_buf_add(struct exch_buf *b, const void *p, size_t n);
void exch_buf_str(struct exch_buf *b, const char *s);
void exch_buf_char(struct exch_buf *b, char c);
void exch_buf_uint(struct exch_buf *b, uint64_t v);
/* v x 10^-scale, at least min_frac digits (base/dec.h). */
void exch_buf_dec(struct exch_buf *b, int64_t v, int scale, int min_frac);
/* For messages and reports, not for hot paths. */
void exch_buf_fmt(struct exch_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
