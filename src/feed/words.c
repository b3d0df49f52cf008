/*
 * Messages as words (words.h).
 */
#include <config.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/dec.h"
#include "feed/words.h"

/*
 * Characters of the wire: blanks at the end are padding, an empty field is
 * written `-`, and whatever would break the line of words becomes `?`.
 */
static char *
put_chars(char *o, const unsigned char *p, size_t n)
{
	while (n > 0 && p[n - 1] == ' ')
		n--;
	if (n == 0)
		*o++ = '-';
	for (size_t i = 0; i < n; i++)
		*o++ = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	return o;
}

static char *
put_px8(char *o, uint64_t v)
{
	return exch_dec128_put(o, (exch_i128)v, 8, 2);
}

static char *
put_hex(char *o, unsigned char v)
{
	static const char digit[] = "0123456789abcdef";

	*o++ = '0';
	*o++ = 'x';
	*o++ = digit[v >> 4];
	*o++ = digit[v & 15];
	return o;
}

static char *
put_word(char *o, const struct exch_sentence_word *w, const unsigned char *p)
{
	p += w->off;
	switch (w->kind) {
	case EXCH_W_CHAR:
		return put_chars(o, p, 1);
	case EXCH_W_A2:
		return put_chars(o, p, 2);
	case EXCH_W_A4:
		return put_chars(o, p, 4);
	case EXCH_W_HEX:
		return put_hex(o, *p);
	case EXCH_W_U8:
		return exch_uint_put(o, *p);
	case EXCH_W_U32L:
		return exch_uint_put(o, exch_le32(p));
	case EXCH_W_PXL:
		return exch_dec_put(o, (int64_t)exch_le64(p), 4, 2);
	case EXCH_W_U32:
		return exch_uint_put(o, exch_be32(p));
	case EXCH_W_U64:
		return exch_uint_put(o, exch_be64(p));
	case EXCH_W_PX4:
		return exch_dec_put(o, (int64_t)exch_be32(p), 4, 2);
	default:
		return put_px8(o, exch_be64(p));
	}
}

static char *
put_str(char *o, const char *s)
{
	while (*s != '\0')
		*o++ = *s++;
	return o;
}

size_t
exch_sentence(const struct exch_sentence *row, size_t n, const unsigned char *p,
    char out[EXCH_SENTENCE_TEXT])
{
	const struct exch_sentence *s = NULL;
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		if (row[i].type == p[0])
			s = &row[i];
	}
	if (s == NULL)
		return 0;
	o = put_str(o, s->what);
	for (const struct exch_sentence_word *w = s->word; w->kind != 0; w++) {
		*o++ = ' ';
		o = put_str(o, w->name);
		*o++ = '=';
		o = put_word(o, w, p);
	}
	exch_check(o - out <= EXCH_SENTENCE_TEXT);
	return (size_t)(o - out);
}
