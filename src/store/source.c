/*
 * A stream of a history as bytes, for the ordinary reader: the header block,
 * the data blocks and the end block, one after the other.  A stream whose
 * loading was cut has no end block, and the reader says so.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "store/priv.h"

struct source {
	struct exch_store *store;
	struct exch_blocks blocks;
	unsigned char *head, *tail;
	size_t nhead, ntail;
	const unsigned char *at; /* of the block being read */
	size_t left;
	bool begun, ended;
};

static void
close_source(void *arg)
{
	struct source *s = arg;

	exch_blocks_close(&s->blocks);
	exch_store_close(s->store);
	exch_free(s->head);
	exch_free(s->tail);
	exch_free(s);
}

/* The next block, until there is none. */
static int
next(struct source *s, struct exch_diag *d)
{
	int got;

	if (!s->begun) {
		s->begun = true;
		s->at = s->head;
		s->left = s->nhead;
		return 1;
	}
	if (s->ended)
		return 0;
	got = exch_blocks_next(&s->blocks, d);
	if (got > 0) {
		s->at = s->blocks.p;
		s->left = s->blocks.len;
	} else if (got == 0) {
		s->ended = true;
		s->at = s->tail;
		s->left = s->ntail;
		got = s->ntail != 0;
	}
	return got;
}

static int
read_source(
    void *arg, unsigned char *p, size_t n, size_t *got, struct exch_diag *d)
{
	struct source *s = arg;
	int more = 1;

	*got = 0;
	if (s->left == 0)
		more = next(s, d);
	if (more <= 0)
		return more;
	*got = n < s->left ? n : s->left;
	memcpy(p, s->at, *got);
	s->at += *got;
	s->left -= *got;
	return 0;
}

static int
no_memory(const char *path, struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0, "out of memory");
}

static int
copy_block(
    struct exch_sql_stmt *t, unsigned column, unsigned char **out, size_t *n)
{
	struct exch_sql_value v = exch_sql_column(t, column);

	*n = v.kind == EXCH_SQL_BLOB ? v.n : 0;
	*out = exch_malloc(*n + 1);
	if (*out == NULL)
		return EXCH_ERR_NOMEM;
	if (*n > 0)
		memcpy(*out, v.p, *n);
	return 0;
}

/* The first and the last block, as they are now. */
static int
take_ends(struct source *s, uint32_t stream, struct exch_diag *d)
{
	struct exch_sql *sql = s->store->sql;
	struct exch_sql_value v = exch_sql_of_int(stream);
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(
	    sql, "SELECT head, tail FROM streams WHERE stream = ?", &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	got = exch_sql_step(t, d);
	if (got > 0) {
		got = copy_block(t, 0, &s->head, &s->nhead);
		if (got == 0)
			got = copy_block(t, 1, &s->tail, &s->ntail);
		if (got != 0)
			got = no_memory(exch_sql_name(sql), d);
	}
	exch_sql_finish(t);
	return got;
}

int
exch_store_source(const char *path, const char *which, struct exch_in **in,
    struct exch_diag *d)
{
	struct source *s = exch_calloc(1, sizeof(*s));
	struct exch_store_stream st;
	int err;

	if (s == NULL)
		return no_memory(path, d);
	err = exch_store_open(path, EXCH_STORE_READ, &s->store, d);
	/* One moment for all: a load may go on meanwhile. */
	if (err == 0)
		err = exch_sql_exec(s->store->sql, "BEGIN", d);
	if (err == 0)
		err = exch_store_find(s->store, which, &st, d);
	if (err == 0 && (st.purged & 1u << EXCH_KEPT_AUDIT) != 0)
		err = exch_diag_set(d, EXCH_ERR_CUT, path, EXCH_POS_NONE, 0,
		    "stream %lu was purged: its records are not kept any more",
		    (unsigned long)st.number);
	if (err == 0)
		err = take_ends(s, st.number, d);
	if (err == 0)
		err = exch_blocks_open(&s->blocks, s->store->sql, st.number, d);
	if (err == 0) {
		struct exch_in_source from = {
		    .read = read_source, .close = close_source, .arg = s};

		err = exch_in_from(&from, path, in, d);
	}
	if (err != 0)
		close_source(s);
	return err;
}
