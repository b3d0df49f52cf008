/*
 * Text inside XML and HTML: what people wrote is escaped; what XML 1.0 cannot
 * say (control characters, bytes that are no UTF-8) becomes a question mark.
 */
#ifndef EXCH_PLOT_MARKUP_H
#define EXCH_PLOT_MARKUP_H

#include "base/buf.h"

/*
 * Bytes of the character at s that XML 1.0 section 2.2 admits, 1 to 4; 0: it is
 * none, or no UTF-8.  n > 0 bytes are there.
 */
size_t exch_markup_char(const char *s, size_t n);
/*
 * How many bytes the next step of an escaped copy takes, from s with n > 0 of
 * them; *as is what stands for them, or NULL: they are good as they are.
 */
size_t exch_markup_step(const char *s, size_t n, const char **as);

/* Escaped for texts and for attributes in either kind of quotes. */
void exch_markup_text(struct exch_buf *b, const char *s, size_t n);
void exch_markup_str(struct exch_buf *b, const char *s);
/*
 * A name among words of ours: one that is not all ASCII stands between the
 * characters U+2068 and U+2069, so that letters written from right to left do
 * not turn what stands beside it.
 */
void exch_markup_name(struct exch_buf *b, const char *s, size_t n);
/* The same, not escaped: for texts that will be. */
void exch_markup_bare_name(struct exch_buf *b, const char *s, size_t n);

#endif
