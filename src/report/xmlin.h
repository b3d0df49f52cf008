/*
 * Reading XML through libxml2, element by element in constant memory; the one
 * place that knows the library.  Nothing but the file is read: no network, no
 * document type, no entities but those of XML itself.
 */
#ifndef EXCH_REPORT_XMLIN_H
#define EXCH_REPORT_XMLIN_H

#include "base/err.h"

struct exch_in;

/* The longest text of an element that is given; longer ones are cut. */
#define EXCH_XML_TEXT 512

struct exch_xml_reader {
	void *arg;
	const char *ns; /* of all elements; another one is a fault */
	void (*start)(void *arg, const char *name, uint64_t line);
	/* Directly behind the start of its element. */
	void (*attribute)(void *arg, const char *name, const char *value);
	/* `text` is all that stood between start and end of a leaf. */
	void (*end)(void *arg, const char *text);
	/* The file is no XML any more, or breaks the schema. */
	void (*fault)(void *arg, uint64_t line, const char *what);
	/* A schema (XSD) in memory, or NULL. */
	const char *schema;
	size_t nschema;
	const char *schema_name;
};

/* Is libxml2 there? */
bool exch_xml_can(void);

/*
 * Read all of it.  EXCH_ERR_NEED without libxml2; EXCH_ERR_FORMAT: the schema
 * is none.  What is wrong with the file itself is a fault, not an error.
 */
int exch_xml_read(
    struct exch_in *in, const struct exch_xml_reader *r, struct exch_diag *d);

#endif
