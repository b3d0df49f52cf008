/*
 * The tables of a history that are made from records: which record type has
 * which table, and the columns, which are the fields of its schema
 * (rec/schema.h) behind a few that all tables have.  A new type is a row in
 * tables.c.
 *
 *	id | source seq time instrument flags | fields ... | computed ...
 *
 * `id` is the number of the stream x 2^40 + the position of the record in it:
 * rows are appended in the order of the stream, and what belongs to one
 * record has one id everywhere.
 */
#ifndef EXCH_STORE_TABLES_H
#define EXCH_STORE_TABLES_H

#include "base/buf.h"
#include "rec/schema.h"
#include "store/retention.h"

/* Positions that a stream may have, and streams of a database. */
#define EXCH_STORE_POSITION_BITS 40u
#define EXCH_STORE_STREAMS_MAX ((1u << 20) - 1)

/* Columns of all tables, and the most that one has. */
#define EXCH_STORE_COMMON 6u
#define EXCH_STORE_COLUMNS 32u

/* What a table has besides the fields of the record. */
enum exch_store_more {
	EXCH_MORE_NONE,
	EXCH_MORE_STREAM,  /* stream: of a directory */
	EXCH_MORE_ACCOUNTS /* buy_account, sell_account, cash */
};

struct exch_store_table {
	const char *name;
	uint8_t type; /* of the records */
	enum exch_store_more more;
	enum exch_kept keep; /* how long, by the table of years */
	const char *what;    /* for people */
};

/* All of them in order of type; the index is a table's number. */
const struct exch_store_table *exch_store_tables(unsigned *n);
/* The number of a type's table, or -1. */
int exch_store_table_of(uint8_t type);

/* The table of extension entries: id, entry, tag, small, value, bytes. */
#define EXCH_STORE_ENTRIES "entries"
#define EXCH_STORE_ENTRY_COLUMNS 6u

/* The column of a field: its name, or another where SQL has that word. */
const char *exch_store_column(const struct exch_field *f);
/* Columns of a table, id included. */
unsigned exch_store_width(const struct exch_store_table *t);
/* The name of its i-th column. */
const char *exch_store_heading(const struct exch_store_table *t, unsigned i);

/* "CREATE TABLE ..." of a table, NUL at the end. */
void exch_store_ddl(struct exch_buf *b, const struct exch_store_table *t);

#endif
