/* Text inside XML and HTML (markup.h). */
#include <config.h>

#include <string.h>

#include "plot/markup.h"

size_t
exch_markup_char(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	size_t k = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	uint32_t v = c & (k == 1 ? 0x7fu : 0x3fu >> (k - 1));
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};

	if (k > n || (c >= 0x80 && c < 0xc2) || c > 0xf4)
		return 0;
	for (size_t i = 1; i < k; i++) {
		unsigned char x = (unsigned char)s[i];

		if ((x & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (x & 0x3f);
	}
	if (v < least[k - 1] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000) ||
	    v == 0xfffe || v == 0xffff || (v < 0x20 && v != '\t'))
		return 0;
	/* DEL and C1 controls: XML only discourages them, HTML forbids them */
	return v >= 0x7f && v < 0xa0 ? 0 : k;
}

size_t
exch_markup_step(const char *s, size_t n, const char **as)
{
	size_t k = exch_markup_char(s, n);

	*as = NULL;
	if (k == 0)
		*as = "?";
	else if (*s == '&')
		*as = "&amp;";
	else if (*s == '<')
		*as = "&lt;";
	else if (*s == '>')
		*as = "&gt;";
	else if (*s == '"')
		*as = "&quot;";
	else if (*s == '\'')
		*as = "&#39;";
	return k == 0 ? 1 : k;
}

void
exch_markup_text(struct exch_buf *b, const char *s, size_t n)
{
	while (n > 0) {
		const char *as;
		size_t k = exch_markup_step(s, n, &as);

		if (as != NULL)
			exch_buf_str(b, as);
		else
			exch_buf_add(b, s, k);
		s += k;
		n -= k;
	}
}

void
exch_markup_str(struct exch_buf *b, const char *s)
{
	exch_markup_text(b, s, strlen(s));
}

static bool
is_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (exch_markup_char(s + i, n - i) > 1)
			return false;
	return true;
}

static void
isolated(struct exch_buf *b, const char *s, size_t n,
    void (*put)(struct exch_buf *b, const char *s, size_t n))
{
	bool ascii = is_ascii(s, n);

	if (!ascii)
		exch_buf_str(b, "\xe2\x81\xa8");
	put(b, s, n);
	if (!ascii)
		exch_buf_str(b, "\xe2\x81\xa9");
}

void
exch_markup_name(struct exch_buf *b, const char *s, size_t n)
{
	isolated(b, s, n, exch_markup_text);
}

static void
put_bare(struct exch_buf *b, const char *s, size_t n)
{
	exch_buf_add(b, s, n);
}

void
exch_markup_bare_name(struct exch_buf *b, const char *s, size_t n)
{
	isolated(b, s, n, put_bare);
}
