/*
 * Writing XML into a report's output: elements, texts, no more.  What comes
 * from people is escaped; what XML 1.0 cannot say (control characters, bytes
 * that are no UTF-8) becomes a question mark.
 */
#ifndef EXCH_REPORT_XML_H
#define EXCH_REPORT_XML_H

#include "report/table.h"

/* <tag>, </tag>; "tag a=\"b\"" opens with an attribute. */
void exch_xml_open(struct exch_table *t, const char *tag);
void exch_xml_close(struct exch_table *t, const char *tag);
/* <tag>text</tag>; of a NULL text nothing. */
void exch_xml_put(struct exch_table *t, const char *tag, const char *text);
void exch_xml_text(
    struct exch_table *t, const char *tag, const char *s, size_t n);
/* An amount with its currency: <tag Ccy="EUR">text</tag>. */
void exch_xml_amount(struct exch_table *t, const char *tag, const char *ccy,
    size_t nccy, const char *text);
void exch_xml_line(struct exch_table *t);

#endif
