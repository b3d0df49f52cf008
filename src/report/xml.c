/* Writing XML (xml.h). */
#include <config.h>

#include <string.h>

#include "plot/markup.h"
#include "report/xml.h"

static void
raw(struct exch_table *t, const char *s)
{
	exch_table_raw(t, s, strlen(s));
}

static void
escaped(struct exch_table *t, const char *s, size_t n)
{
	while (n > 0) {
		const char *as;
		size_t k = exch_markup_step(s, n, &as);

		if (as != NULL)
			raw(t, as);
		else
			exch_table_raw(t, s, k);
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
