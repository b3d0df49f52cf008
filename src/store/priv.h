/*
 * What the files of the store share:
 *
 *	sql.c      SQLite                    place.c   where the file lies
 *	tables.c   tables and their SQL      schema.c  the rest of the SQL
 *	derive.c   rows of records           audit.c   the chain
 *	insert.c   rows into tables          block.c   blocks, in and out
 *	personal.c fields about people       load.h    loading
 *	source.c   reading as a stream       verify.c  verification
 *	backup.c   copies of the whole       erase.c   fields taken away
 *	rebuild.c  tables made again         migrate.c older versions
 *	question.c questions and their names ask.c     their answers
 *	rollup.c   days added up
 *	purge.c    what need not be kept     hold.c    and what must be
 */
#ifndef EXCH_STORE_PRIV_H
#define EXCH_STORE_PRIV_H

#include "base/buf.h"
#include "rec/each.h"
#include "store/derive.h"
#include "store/store.h"

struct exch_store {
	struct exch_sql *sql;
	int64_t version; /* of its schema, 1 to ours */
	bool stays;	 /* pages as they were are in the log still */
};

/* ---- store.c ---- */

/* The identity of a header in hex, 32 digits. */
void exch_store_identity(const uint8_t id[16], char out[65]);

/*
 * A transaction that writes, and its end: COMMIT where `err` is 0.  Refused
 * in a history of an older version: migrating begins its own.
 */
int exch_store_transact(struct exch_store *s, struct exch_diag *d);
/*
 * Behind a commit: the log with the pages as they were goes.  It cannot while
 * somebody reads it: then s->stays.
 */
int exch_store_scrub(struct exch_store *s, struct exch_diag *d);
int exch_store_commit(struct exch_store *s, int err, struct exch_diag *d);
/* EXCH_ERR_VERSION: it has to be migrated first. */
int exch_store_current(const struct exch_store *s, struct exch_diag *d);

/* ---- schema.c ---- */

/* Make everything in an empty database, in a transaction. */
int exch_schema_make(struct exch_sql *sql, struct exch_diag *d);
/*
 * Its objects by `make`, which may leave some out, the words of codes, and the
 * version.
 */
int exch_schema_fill(struct exch_sql *sql,
    int (*make)(
	void *arg, const char *name, const char *sql, struct exch_diag *d),
    struct exch_diag *d);
/* Indexes that are missing; *built: there were any. */
int exch_schema_index(struct exch_sql *sql, bool *built, struct exch_diag *d);
/* The SQL of every table, view and trigger: `each` gets name and text. */
int exch_schema_each(int (*each)(void *arg, const char *name, const char *sql,
			 struct exch_diag *d),
    void *arg, struct exch_diag *d);
/* Words of codes: the field they stand in, code and word. */
int exch_schema_words(int (*each)(void *arg, const struct exch_sql_value v[3],
			  struct exch_diag *d),
    void *arg, struct exch_diag *d);
/* Is the database a history of our version, or an older one? */
int exch_schema_check(
    struct exch_sql *sql, int64_t *version, struct exch_diag *d);

/* ---- rebuild.c, inside a transaction ---- */

int exch_rebuild_all(struct exch_store *s, struct exch_diag *d);
/* Views and words; tables that are not there. */
int exch_rebuild_views(struct exch_store *s, struct exch_diag *d);

/* ---- audit.c ---- */

/* One link of the chain. */
struct exch_link {
	uint64_t n;	 /* from 1 */
	uint32_t stream; /* 0: of the whole database */
	const char *kind;
	uint64_t position; /* numbered records before it */
	uint64_t records;
	uint64_t bytes;
	char content[65]; /* SHA-256 of what it stands for */
	const char *note; /* or "" */
};

/* SHA-256 in hex, as `content` has it. */
void exch_link_content(const void *p, size_t n, char content[65]);
/* What the chain becomes by a link; `chain` is replaced. */
void exch_link_chain(const struct exch_link *l, char chain[65]);

struct exch_audit {
	struct exch_sql_stmt *last, *add;
};

int exch_audit_open(
    struct exch_audit *a, struct exch_sql *sql, struct exch_diag *d);
void exch_audit_close(struct exch_audit *a);
/* Append, inside a transaction: gives it its number. */
int exch_audit_add(
    struct exch_audit *a, struct exch_link *l, struct exch_diag *d);

/* The same for one link. */
int exch_audit_put(
    struct exch_sql *sql, struct exch_link *l, struct exch_diag *d);

/* ---- hold.c ---- */

/* Must nothing of it go?  1, 0, or an error. */
int exch_store_held(struct exch_store *s, const struct exch_store_stream *st,
    struct exch_diag *d);

/* ---- personal.c ---- */

/* A field of a record that is about a person. */
struct exch_personal {
	size_t off; /* from the start of the record */
	size_t n;
};

/* The personal field of a record; n 0: it has none, or it is zeros. */
struct exch_personal exch_personal_of(const struct exch_rec *r);
/*
 * SHA-256 over offset and length, 8 bytes each with the least first, salt and
 * bytes: what stands for them when they are gone.
 */
void exch_personal_commit(size_t at, const unsigned char *salt, size_t nsalt,
    const unsigned char *p, size_t n, unsigned char out[32]);

/* ---- block.c ---- */

/* Compressing and decompressing one block at a time. */
struct exch_packer {
	struct exch_pack *pack;
	struct exch_unpack *unpack;
	unsigned char *packed, *plain;
	size_t packed_cap, plain_cap;
};

void exch_packer_clear(struct exch_packer *p);
/* Into p->packed.  EXCH_ERR_NOMEM. */
int exch_packer_pack(struct exch_packer *p, const unsigned char *block,
    size_t n, size_t *len, struct exch_diag *d);
/*
 * Into p->plain, which has `want` bytes then.  EXCH_ERR_FORMAT, with *why a
 * phrase; EXCH_ERR_NOMEM.
 */
int exch_packer_unpack(struct exch_packer *p, const void *packed, size_t n,
    size_t want, const char **why);

/* The blocks of one stream in their order. */
struct exch_blocks {
	struct exch_sql_stmt *block, *personal;
	struct exch_packer packer;
	const char *name; /* of the database */
	uint32_t stream;
	/* The block at hand, good until the next. */
	uint64_t n; /* its link */
	uint64_t position, records;
	unsigned char *p; /* personal fields are back in it */
	size_t len;
	struct exch_frame frame;
	bool whole; /* the personal fields were back in their places */
};

int exch_blocks_open(struct exch_blocks *b, struct exch_sql *sql,
    uint32_t stream, struct exch_diag *d);
void exch_blocks_close(struct exch_blocks *b);
/* 1, 0 behind the last, or an error. */
int exch_blocks_next(struct exch_blocks *b, struct exch_diag *d);

#endif
