/*
 * How a record is shown: by the fields of its schema, followed by text,
 * extension entries or bytes that no schema explains; or, when that would
 * lose a bit, as bytes altogether.  Whatever is shown by fields can be made
 * again from them exactly.
 */
#ifndef EXCH_REC_SHAPE_H
#define EXCH_REC_SHAPE_H

#include "rec/known.h"

struct exch_shape {
	const struct exch_schema *s; /* NULL: nothing is known of the type */
	bool raw; /* show tail alone: everything after the header */
	const char *text;
	size_t ntext;
	const unsigned char *ext; /* well-formed extension entries */
	size_t next;
	const unsigned char *tail; /* bytes after what the schema knows */
	size_t ntail;
};

void exch_shape_of(const struct exch_known *k, const struct exch_rec *r,
    struct exch_shape *out);

/*
 * False when a record of a known type claims more text than it holds.  The
 * reader of each form refuses such a record.
 */
bool exch_shape_text_fits(const struct exch_rec *r, size_t len);

/* What values need to know about an instrument, which may be NULL. */
struct exch_val_unit {
	int px_decimals;
	int qty_scale;
	bool in32; /* prices in 32nds: the form for people only */
};

struct exch_val_unit exch_val_unit(const struct exch_rec_instrument *e);

/* The exact length of one entry at p, 0 when it is not well-formed. */
size_t exch_shape_entry(const unsigned char *p, size_t n);

#endif
