/* Writing XML (xml.h). */
#include <config.h>

#include <string.h>

#include "report/xml.h"

static void
raw(struct exch_table *t, const char *s)
{
	exch_table_raw(t, s, strlen(s));
}

/* Bytes of a well-formed character of UTF-8 at s; 0: it is none. */
static size_t
character(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	size_t k = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	uint32_t v = c & (k == 1 ? 0x7f : 0x3f >> (k - 1));
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
	return k;
}

static void
escaped(struct exch_table *t, const char *s, size_t n)
{
	while (n > 0) {
		size_t k = character(s, n);

		if (k == 0) {
			raw(t, "?");
			k = 1;
		} else if (*s == '&') {
			raw(t, "&amp;");
		} else if (*s == '<') {
			raw(t, "&lt;");
		} else if (*s == '>') {
			raw(t, "&gt;");
		} else if (*s == '"') {
			raw(t, "&quot;");
		} else {
			exch_table_raw(t, s, k);
		}
		s += k;
		n -= k;
	}
}

void
exch_xml_open(struct exch_table *t, const char *tag)
{
	raw(t, "<");
	raw(t, tag);
	raw(t, ">");
}

void
exch_xml_close(struct exch_table *t, const char *tag)
{
	raw(t, "</");
	raw(t, tag);
	raw(t, ">");
}

void
exch_xml_text(struct exch_table *t, const char *tag, const char *s, size_t n)
{
	exch_xml_open(t, tag);
	escaped(t, s, n);
	exch_xml_close(t, tag);
}

void
exch_xml_put(struct exch_table *t, const char *tag, const char *text)
{
	if (text != NULL)
		exch_xml_text(t, tag, text, strlen(text));
}

void
exch_xml_amount(struct exch_table *t, const char *tag, const char *ccy,
    size_t nccy, const char *text)
{
	raw(t, "<");
	raw(t, tag);
	raw(t, " Ccy=\"");
	escaped(t, ccy, nccy);
	raw(t, "\">");
	escaped(t, text, strlen(text));
	exch_xml_close(t, tag);
}

void
exch_xml_line(struct exch_table *t)
{
	raw(t, "\n");
}
