/* Reading XML through libxml2 (xmlin.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "rec/zio.h"
#include "report/xmlin.h"

#ifdef HAVE_LIBXML2

#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>

struct xml {
	const struct exch_xml_reader *r;
	struct exch_in *in;
	struct exch_diag *d;
	int err;  /* of reading */
	bool any; /* there is something in the file */
	xmlTextReaderPtr reader;
	char text[EXCH_XML_TEXT + 1]; /* since the last start */
	size_t ntext;
	bool broken;
};

bool
exch_xml_can(void)
{
	return true;
}

static int
on_read(void *arg, char *buf, int room)
{
	struct xml *x = arg;
	size_t got = 0;

	if (x->err != EXCH_OK)
		return -1;
	x->err = exch_in_read(x->in, buf, (size_t)room, &got, x->d);
	x->any = x->any || got != 0;
	return x->err == EXCH_OK ? (int)got : -1;
}

static void
on_error(void *arg, xmlErrorPtr e)
{
	struct xml *x = arg;
	char line[256];
	size_t n;

	(void)snprintf(line, sizeof(line), "%s",
	    !x->any		 ? "the file is empty"
	    : e->message != NULL ? e->message
				 : "is no XML");
	n = strlen(line);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '.'))
		line[--n] = '\0';
	x->broken = x->broken || e->level == XML_ERR_FATAL;
	x->r->fault(x->r->arg, e->line > 0 ? (uint64_t)e->line : 0, line);
}

static void
add_text(struct xml *x, const xmlChar *s)
{
	size_t n = s != NULL ? strlen((const char *)s) : 0;

	if (n > EXCH_XML_TEXT - x->ntext)
		n = EXCH_XML_TEXT - x->ntext;
	if (n > 0)
		memcpy(x->text + x->ntext, s, n);
	x->ntext += n;
	x->text[x->ntext] = '\0';
}

static void
end_element(struct xml *x)
{
	x->r->end(x->r->arg, x->text);
	x->ntext = 0;
	x->text[0] = '\0';
}

static void
start_element(struct xml *x)
{
	const xmlChar *ns = xmlTextReaderConstNamespaceUri(x->reader);
	uint64_t line = (uint64_t)xmlTextReaderGetParserLineNumber(x->reader);
	bool empty = xmlTextReaderIsEmptyElement(x->reader) == 1;

	if (ns == NULL || strcmp((const char *)ns, x->r->ns) != 0)
		x->r->fault(x->r->arg, line, "an element of another namespace");
	x->ntext = 0;
	x->text[0] = '\0';
	x->r->start(x->r->arg,
	    (const char *)xmlTextReaderConstLocalName(x->reader), line);
	while (xmlTextReaderMoveToNextAttribute(x->reader) == 1)
		if (xmlTextReaderIsNamespaceDecl(x->reader) != 1)
			x->r->attribute(x->r->arg,
			    (const char *)xmlTextReaderConstLocalName(
				x->reader),
			    (const char *)xmlTextReaderConstValue(x->reader));
	(void)xmlTextReaderMoveToElement(x->reader);
	if (empty)
		end_element(x);
}

/* 1: go on. */
static int
node(struct xml *x)
{
	uint64_t line = (uint64_t)xmlTextReaderGetParserLineNumber(x->reader);

	switch (xmlTextReaderNodeType(x->reader)) {
	case XML_READER_TYPE_ELEMENT:
		start_element(x);
		return 1;
	case XML_READER_TYPE_END_ELEMENT:
		end_element(x);
		return 1;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		add_text(x, xmlTextReaderConstValue(x->reader));
		return 1;
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY_REFERENCE:
		/* entities are how one file becomes a thousand */
		x->r->fault(x->r->arg, line, "a document type is not read");
		return 0;
	default:
		return 1;
	}
}

/* The first thing that is wrong with a schema. */
struct wrong {
	uint64_t line;
	char text[120];
};

static void
on_wrong(void *arg, xmlErrorPtr e)
{
	struct wrong *w = arg;

	if (w->text[0] != '\0' || e->message == NULL)
		return;
	w->line = e->line > 0 ? (uint64_t)e->line : 0;
	(void)snprintf(w->text, sizeof(w->text), "%.*s",
	    (int)strcspn(e->message, "\n"), e->message);
}

static int
load_schema(struct xml *x, xmlSchemaPtr *schema)
{
	xmlSchemaParserCtxtPtr c;
	struct wrong w = {0};

	if (x->r->schema == NULL)
		return EXCH_OK;
	/* what is no XML is told to nobody but this one */
	xmlSetStructuredErrorFunc(&w, on_wrong);
	c = xmlSchemaNewMemParserCtxt(x->r->schema, (int)x->r->nschema);
	if (c != NULL) {
		xmlSchemaSetParserStructuredErrors(c, on_wrong, &w);
		*schema = xmlSchemaParse(c);
		xmlSchemaFreeParserCtxt(c);
	}
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (*schema == NULL || xmlTextReaderSetSchema(x->reader, *schema) != 0)
		return exch_diag_set(x->d, EXCH_ERR_FORMAT, x->r->schema_name,
		    w.line != 0 ? EXCH_POS_LINE : EXCH_POS_NONE, w.line,
		    "is no schema that libxml2 can use%s%s",
		    w.text[0] != '\0' ? ": " : "", w.text);
	return EXCH_OK;
}

/*
 * A schema may import others, and a document may name some: those on this
 * machine are read, and nobody is asked over the network.
 */
int
exch_xml_read(
    struct exch_in *in, const struct exch_xml_reader *r, struct exch_diag *d)
{
	xmlExternalEntityLoader loads = xmlGetExternalEntityLoader();
	struct xml x = {.r = r, .in = in, .d = d};
	xmlSchemaPtr schema = NULL;
	int more = 1;
	int rc;

	x.reader = xmlReaderForIO(on_read, NULL, &x, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT);
	if (x.reader == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	xmlTextReaderSetStructuredErrorHandler(x.reader, on_error, &x);
	xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader);
	rc = load_schema(&x, &schema);
	while (rc == EXCH_OK && more == 1 && !x.broken) {
		more = xmlTextReaderRead(x.reader);
		if (more == 1)
			more = node(&x);
	}
	if (rc == EXCH_OK && more < 0 && !x.broken && x.err == EXCH_OK)
		r->fault(r->arg, 0, "is no XML");
	xmlSetExternalEntityLoader(loads);
	xmlFreeTextReader(x.reader);
	xmlSchemaFree(schema);
	return rc != EXCH_OK ? rc : x.err;
}

#else

bool
exch_xml_can(void)
{
	return false;
}

int
exch_xml_read(
    struct exch_in *in, const struct exch_xml_reader *r, struct exch_diag *d)
{
	(void)r;
	return exch_diag_set(d, EXCH_ERR_NEED, exch_in_name(in), EXCH_POS_NONE,
	    0,
	    "reading XML needs libxml2, which was not there when this "
	    "program was built");
}

#endif
