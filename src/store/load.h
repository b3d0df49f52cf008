/*
 * What the files of loading share:
 *
 *	load.c        a stream begins, its records come, it ends
 *	load_there.c  records that are there, beside those that come
 *	load_put.c    blocks, their rows and their links, in transactions
 *	beside.c      what a second thread does of it
 *	drain.c       and a third: the log into the database
 */
#ifndef EXCH_STORE_LOAD_H
#define EXCH_STORE_LOAD_H

#include "base/sha256.h"
#include "store/beside.h"
#include "store/drain.h"
#include "store/insert.h"
#include "store/priv.h"

struct exch_load {
	struct exch_store *s;
	struct exch_sql *sql;
	const char *name; /* of the database */
	struct exch_stream_info info;
	struct exch_load_result result;
	bool open; /* a transaction is */

	struct exch_out *out;
	struct exch_writer *w; /* NULL while records are compared */
	struct exch_derive derive;
	struct exch_audit audit;
	struct exch_beside *beside;
	struct exch_drain *drain;
	struct exch_sha256 sha; /* over all records so far */

	/* What is there. */
	struct exch_blocks there;
	struct exch_each each;
	bool in_block;
	const struct exch_rec *stored; /* the next numbered one */
	uint64_t stored_seq;
	unsigned framing; /* records behind the last one that has a number */
	unsigned skip;	  /* of those that come: they are there */
	enum exch_status status; /* it ended with */
	unsigned purged;	 /* and what of it is gone */
	struct exch_stream_point point;
	uint64_t position; /* numbered records, compared or written */
	bool late;	   /* the whole stream that is there was seen */

	struct exch_insert *insert;
	struct exch_sql_stmt *block, *personal, *salt, *progress, *end;
};

/* ---- load_put.c ---- */

int exch_load_prepare(struct exch_load *l, struct exch_diag *d);
void exch_load_finish(struct exch_load *l);
/* A transaction begins; it ends well where `err` is 0. */
int exch_load_transact(struct exch_load *l, struct exch_diag *d);
int exch_load_commit(struct exch_load *l, int err, struct exch_diag *d);
/*
 * Run a statement that gives a row where all is well: of a stream that
 * somebody else must not have begun or let grow meanwhile.
 */
int exch_load_update(struct exch_load *l, struct exch_sql_stmt *t,
    const struct exch_sql_value *v, unsigned n, uint64_t position,
    struct exch_diag *d);
/* Whatever the writer has finished. */
int exch_load_output(struct exch_load *l, struct exch_diag *d);

/* ---- load_there.c ---- */

/* The writer goes on behind what is there. */
int exch_load_writer(struct exch_load *l, struct exch_diag *d);
/* The next numbered record that is there; behind the last, write. */
int exch_load_advance(struct exch_load *l, struct exch_diag *d);
/* The record that comes against the one that is there. */
int exch_load_compare(struct exch_load *l, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);

#endif
