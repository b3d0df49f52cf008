/*
 * Taking away what is about a person: the bytes beside the block and their
 * salt, and the copies in tables.  What stands for them in the chain stays,
 * and says nothing any more; the pages are overwritten.
 */
#include <config.h>

#include <string.h>

#include "base/sha256.h"
#include "store/priv.h"

/* The columns that hold copies of personal fields. */
static const char *const copies[] = {
    "UPDATE accounts SET text = NULL WHERE CAST(text AS BLOB) = ?",
    "UPDATE limits SET said_by = NULL WHERE CAST(said_by AS BLOB) = ?",
    "UPDATE switches SET said_by = NULL WHERE CAST(said_by AS BLOB) = ?",
    "UPDATE decisions SET said_by = NULL WHERE CAST(said_by AS BLOB) = ?",
};

/* Fields are padded with zeros. */
static bool
is_name(const struct exch_sql_value *v, const char *name, size_t n)
{
	const unsigned char *p = v->p;

	if (v->kind != EXCH_SQL_BLOB || v->n < n || memcmp(p, name, n) != 0)
		return false;
	for (size_t i = n; i < v->n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* What is held for a case stays as it is, names included. */
static int
check_free(
    struct exch_store *s, int64_t block, uint32_t *last, struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int(block);
	struct exch_store_stream st = {.number = 0};
	struct exch_sql_stmt *t;
	int held = 0;
	int got = exch_sql_prepare(s->sql,
	    "SELECT s.stream, s.purged FROM audit a JOIN streams s"
	    " USING (stream) WHERE a.n = ?",
	    &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, &key, 1);
	got = exch_sql_step(t, d);
	if (got > 0) {
		st.number = (uint32_t)exch_sql_int(t, 0);
		st.purged = (unsigned)exch_sql_int(t, 1);
	}
	exch_sql_finish(t);
	if (got <= 0 || st.number == *last)
		return got < 0 ? got : 0;
	*last = st.number;
	held = exch_store_held(s, &st, d);
	return held <= 0 ? held
			 : exch_diag_set(d, EXCH_ERR_EXISTS,
			       exch_sql_name(s->sql), EXCH_POS_NONE, 0,
			       "stream %lu is held and names the person: "
			       "nothing was erased; view holds tells by whom",
			       (unsigned long)st.number);
}

/* The fields beside the blocks: how many, and the hash of what stands. */
static int
erase_fields(struct exch_store *st, const char *name, uint64_t *fields,
    char content[65], struct exch_diag *d)
{
	struct exch_sql *sql = st->sql;
	uint32_t last = 0;
	struct exch_sql_stmt *all = NULL, *clear = NULL;
	unsigned char sum[32];
	struct exch_sha256 s;
	int got = exch_sql_prepare(sql,
	    "SELECT block, offset, stands, bytes FROM personal"
	    " WHERE bytes IS NOT NULL ORDER BY block, offset",
	    &all, d);

	exch_sha256_init(&s);
	if (got == 0)
		got = exch_sql_prepare(sql,
		    "UPDATE personal SET salt = NULL, bytes = NULL"
		    " WHERE block = ? AND offset = ?",
		    &clear, d);
	while (got == 0 && (got = exch_sql_step(all, d)) > 0) {
		struct exch_sql_value key[2] = {
		    exch_sql_column(all, 0), exch_sql_column(all, 1)};
		struct exch_sql_value stands = exch_sql_column(all, 2);
		struct exch_sql_value v = exch_sql_column(all, 3);

		got = 0;
		if (!is_name(&v, name, strlen(name)))
			continue;
		got = check_free(st, key[0].i, &last, d);
		if (got != 0)
			break;
		exch_sha256_add(&s, stands.p, stands.n);
		got = exch_sql_run(clear, key, 2, d);
		++*fields;
	}
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, content);
	exch_sql_finish(all);
	exch_sql_finish(clear);
	return got;
}

static int
erase_copies(struct exch_sql *sql, const char *name, struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_blob(name, strlen(name));
	int err = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(copies) && err == 0; i++) {
		struct exch_sql_stmt *t;

		err = exch_sql_prepare(sql, copies[i], &t, d);
		if (err == 0)
			err = exch_sql_run(t, &v, 1, d);
		exch_sql_finish(t);
	}
	return err;
}

int
exch_store_erase(struct exch_store *s, const char *name, uint64_t *fields,
    struct exch_diag *d)
{
	struct exch_link link = {.kind = "erase", .note = ""};
	int err = exch_sql_exec(s->sql, "PRAGMA secure_delete = ON", d);

	*fields = 0;
	if (err == 0)
		err = exch_store_transact(s, d);
	if (err == 0)
		err = erase_fields(s, name, fields, link.content, d);
	link.records = *fields;
	if (err == 0)
		err = erase_copies(s->sql, name, d);
	if (err == 0 && *fields != 0)
		err = exch_audit_put(s->sql, &link, d);
	err = exch_store_commit(s, err, d);
	if (err != 0)
		return err;
	/* The log holds the pages as they were. */
	return exch_store_scrub(s, d);
}
