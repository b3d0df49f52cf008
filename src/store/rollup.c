/*
 * What each day came to, by instrument and by account, kept when the rows it
 * was made from have gone.  A stream is added up again when it has other
 * records than the last time; so doing it twice changes nothing.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/sha256.h"
#include "store/rollup.h"

/* Whose id is one of stream ?1. */
#define HERE " BETWEEN ?1 << 40 AND (?1 << 40) + 1099511627775 "

/* Prices of blocks and of corrected trades are of another time. */
static const char instruments[] =
    "WITH a AS (SELECT instrument, count(*) AS trades, sum(qty) AS volume,"
    " sum(cash) AS value, max(p) AS high, min(p) AS low,"
    " min(iif(p IS NULL, NULL, id)) AS first,"
    " max(iif(p IS NULL, NULL, id)) AS last FROM (SELECT *,"
    " iif(ifnull(kind, 0) IN (4, 5), NULL, price) AS p FROM tape"
    " WHERE id" HERE ") GROUP BY instrument),"
    " o AS (SELECT instrument, count(*) AS n FROM orders"
    " WHERE id" HERE "GROUP BY instrument),"
    " c AS (SELECT instrument, count(*) AS n FROM cancels"
    " WHERE open = 0 AND id" HERE "GROUP BY instrument),"
    " k AS (SELECT instrument FROM a UNION SELECT instrument FROM o"
    " UNION SELECT instrument FROM c)"
    " SELECT ?1, k.instrument,"
    " (SELECT date FROM streams WHERE stream = ?1), i.symbol, i.currency,"
    " ifnull(o.n, 0), ifnull(c.n, 0), ifnull(a.trades, 0),"
    " ifnull(a.volume, 0), a.value,"
    " a.value / a.volume * 1000 + a.value % a.volume * 1000 / a.volume,"
    " ifnull((SELECT price FROM executions WHERE id = a.first),"
    " (SELECT price FROM trades WHERE id = a.first)), a.high, a.low,"
    " ifnull((SELECT price FROM executions WHERE id = a.last),"
    " (SELECT price FROM trades WHERE id = a.last))"
    " FROM k LEFT JOIN a USING (instrument) LEFT JOIN o USING (instrument)"
    " LEFT JOIN c USING (instrument) LEFT JOIN symbols i"
    " ON i.stream = ?1 AND i.instrument = k.instrument";

/* The account of a cancel is that of the order that came last by its id. */
static const char accounts[] =
    "WITH f AS (SELECT account, instrument, count(*) AS fills,"
    " sum(iif(qty > 0, qty, 0)) AS bought,"
    " sum(iif(qty < 0, -qty, 0)) AS sold, sum(cash) AS cash FROM sides"
    " WHERE account IS NOT NULL AND id" HERE "GROUP BY account, instrument),"
    " o AS (SELECT account, instrument, count(*) AS n FROM orders"
    " WHERE account <> 0 AND id" HERE "GROUP BY account, instrument),"
    " c AS (SELECT account, instrument, count(*) AS n FROM (SELECT"
    " c.instrument, (SELECT o.account FROM orders o"
    " WHERE o.order_id = c.order_id AND o.instrument = c.instrument"
    " AND o.id >= ?1 << 40 AND o.id < c.id ORDER BY o.id DESC LIMIT 1)"
    " AS account FROM cancels c WHERE c.open = 0 AND c.id" HERE ")"
    " WHERE account <> 0 GROUP BY account, instrument),"
    " p AS (SELECT account, instrument, qty, realised, max(id) AS id"
    " FROM positions WHERE id" HERE "GROUP BY account, instrument),"
    " k AS (SELECT account, instrument FROM f"
    " UNION SELECT account, instrument FROM o"
    " UNION SELECT account, instrument FROM c"
    " UNION SELECT account, instrument FROM p)"
    " SELECT ?1, k.account, k.instrument,"
    " (SELECT date FROM streams WHERE stream = ?1), i.symbol, i.currency,"
    " ifnull(o.n, 0), ifnull(c.n, 0), ifnull(f.fills, 0),"
    " ifnull(f.bought, 0), ifnull(f.sold, 0), f.cash, p.qty, p.realised"
    " FROM k LEFT JOIN f USING (account, instrument)"
    " LEFT JOIN o USING (account, instrument)"
    " LEFT JOIN c USING (account, instrument)"
    " LEFT JOIN p USING (account, instrument)"
    " LEFT JOIN symbols i"
    " ON i.stream = ?1 AND i.instrument = k.instrument";

static const struct {
	const char *name;
	const char *rows;
} daily[] = {{"daily_instruments", instruments}, {"daily_accounts", accounts}};

/* Run "BEFORE rows AFTER" for a stream; *n gets the number it gives. */
static int
run(struct exch_sql *sql, const char *before, const char *rows,
    const char *after, uint32_t stream, int64_t *n, struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_int(stream);
	struct exch_buf b = {0};
	struct exch_sql_stmt *t = NULL;
	int got;

	exch_buf_str(&b, before);
	exch_buf_str(&b, rows);
	exch_buf_str(&b, after);
	exch_buf_char(&b, '\0');
	got = b.failed ? exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
			     0, "out of memory to add up")
		       : exch_sql_prepare(sql, b.p, &t, d);
	if (got == 0) {
		exch_sql_bind(t, &v, 1);
		got = exch_sql_step(t, d);
	}
	if (got > 0 && n != NULL)
		*n = exch_sql_int(t, 0);
	exch_sql_finish(t);
	exch_buf_free(&b);
	return got < 0 ? got : 0;
}

/* ---- their link of the chain ---- */

static void
hash_cell(struct exch_sha256 *s, const struct exch_sql_value *v)
{
	unsigned char number[8];

	exch_sha256_add(s, &(unsigned char){(unsigned char)v->kind}, 1);
	exch_put_le64(number, v->kind == EXCH_SQL_INT ? (uint64_t)v->i : v->n);
	if (v->kind == EXCH_SQL_NULL)
		return;
	exch_sha256_add(s, number, sizeof(number));
	if (v->kind != EXCH_SQL_INT)
		exch_sha256_add(s, v->p, v->n);
}

static int
hash_rows(struct exch_sql *sql, const char *table, uint32_t stream,
    struct exch_sha256 *s, uint64_t *rows, struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_int(stream);
	struct exch_sql_stmt *t;
	char ask[80];
	int got;

	(void)snprintf(ask, sizeof(ask),
	    "SELECT * FROM %s WHERE stream = ? ORDER BY 1, 2, 3", table);
	got = exch_sql_prepare(sql, ask, &t, d);
	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	while ((got = exch_sql_step(t, d)) > 0) {
		for (unsigned i = 0; i < exch_sql_columns(t); i++) {
			v = exch_sql_column(t, i);
			hash_cell(s, &v);
		}
		++*rows;
	}
	exch_sql_finish(t);
	return got;
}

/* What both tables have of the stream. */
static int
hash_daily(struct exch_sql *sql, uint32_t stream, char content[65],
    uint64_t *rows, struct exch_diag *d)
{
	struct exch_sha256 s;
	unsigned char sum[32];
	int err = 0;

	*rows = 0;
	exch_sha256_init(&s);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(daily) && err == 0; i++)
		err = hash_rows(sql, daily[i].name, stream, &s, rows, d);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, content);
	return err;
}

static int
put_link(struct exch_sql *sql, uint32_t stream, struct exch_diag *d)
{
	struct exch_link link = {
	    .stream = stream, .kind = "rollup", .note = ""};
	int err = hash_daily(sql, stream, link.content, &link.records, d);

	return err != 0 ? err : exch_audit_put(sql, &link, d);
}

/* ---- adding up ---- */

/* *added: it was not purged meanwhile. */
static int
add_up(struct exch_store *s, uint32_t stream, bool *added, struct exch_diag *d)
{
	int err = exch_store_transact(s, d);
	int64_t whole = 0;
	char sql[80];

	if (err == 0)
		err = run(s->sql,
		    "SELECT count(*) FROM streams"
		    " WHERE stream = ?1 AND purged = 0",
		    "", "", stream, &whole, d);
	*added = err == 0 && whole != 0;
	if (!*added)
		return exch_store_commit(s, err, d);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(daily) && err == 0; i++) {
		(void)snprintf(sql, sizeof(sql),
		    "DELETE FROM %s WHERE stream = ?1", daily[i].name);
		err = run(s->sql, sql, "", "", stream, NULL, d);
		(void)snprintf(
		    sql, sizeof(sql), "INSERT INTO %s ", daily[i].name);
		if (err == 0)
			err = run(
			    s->sql, sql, daily[i].rows, "", stream, NULL, d);
	}
	if (err == 0)
		err = run(s->sql,
		    "INSERT OR REPLACE INTO rollups"
		    " SELECT stream, records FROM streams WHERE stream = ?1",
		    "", "", stream, NULL, d);
	if (err == 0)
		err = put_link(s->sql, stream, d);
	return exch_store_commit(s, err, d);
}

/* Those that have other records than when they were added up. */
static int
find(struct exch_store *s, struct exch_buf *found, struct exch_rollup_result *r,
    struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(s->sql,
	    "SELECT s.stream, s.purged, s.records IS r.records AND EXISTS"
	    " (SELECT 1 FROM audit WHERE stream = s.stream AND"
	    " kind = 'rollup') FROM streams s LEFT JOIN rollups r"
	    " USING (stream)"
	    " ORDER BY s.stream",
	    &t, d);

	if (got != 0)
		return got;
	while ((got = exch_sql_step(t, d)) > 0) {
		uint32_t stream = (uint32_t)exch_sql_int(t, 0);

		if (exch_sql_int(t, 2) != 0)
			r->there++;
		else if (exch_sql_int(t, 1) != 0)
			r->purged++;
		else
			exch_buf_add(
			    found, (const char *)&stream, sizeof(stream));
	}
	exch_sql_finish(t);
	if (got == 0 && found->failed)
		got = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to add up");
	return got;
}

int
exch_store_rollup(
    struct exch_store *s, struct exch_rollup_result *r, struct exch_diag *d)
{
	struct exch_buf found = {0};
	bool built;
	int err = exch_store_current(s, d);

	*r = (struct exch_rollup_result){0};
	if (err == 0)
		err = exch_schema_index(s->sql, &built, d);
	if (err == 0)
		err = find(s, &found, r, d);
	for (size_t at = 0; err == 0 && at < found.len;) {
		uint32_t stream;
		bool added = false;

		memcpy(&stream, found.p + at, sizeof(stream));
		at += sizeof(stream);
		err = add_up(s, stream, &added, d);
		r->added += added;
		r->purged += err == 0 && !added;
	}
	exch_buf_free(&found);
	return err;
}

/* Are the rows those of the last link?  What they came from may be purged. */
static int
check_link(struct exch_verify *v, const struct exch_store_stream *st,
    struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int(st->number);
	struct exch_sql_stmt *t;
	char content[65];
	bool same = false;
	uint64_t rows;
	int64_t added = 0;
	int got = run(v->sql, "SELECT count(*) FROM rollups WHERE stream = ?1",
	    "", "", st->number, &added, d);

	if (got == 0)
		got = hash_daily(v->sql, st->number, content, &rows, d);
	if (got != 0 || (added == 0 && rows == 0))
		return got;
	got = exch_sql_prepare(v->sql,
	    "SELECT content FROM audit WHERE stream = ? AND kind = 'rollup'"
	    " ORDER BY n DESC LIMIT 1",
	    &t, d);
	if (got != 0)
		return got;
	exch_sql_bind(t, &key, 1);
	got = exch_sql_step(t, d);
	if (got > 0)
		same = strcmp(exch_verify_text(t, 0), content) == 0;
	exch_sql_finish(t);
	if (got >= 0 && !same)
		exch_verify_fault(v,
		    "stream %lu: its daily sums are not those of the chain",
		    (unsigned long)st->number);
	return got < 0 ? got : 0;
}

int
exch_verify_rollup(struct exch_verify *v, const struct exch_store_stream *st,
    struct exch_diag *d)
{
	int64_t fresh = 0;
	int err = check_link(v, st, d);

	if (err == 0)
		err = run(v->sql,
		    "SELECT count(*) FROM rollups r JOIN streams s USING "
		    "(stream,"
		    " records) WHERE stream = ?1 AND s.purged = 0",
		    "", "", st->number, &fresh, d);

	for (size_t i = 0; i < EXCH_ARRAY_LEN(daily) && err == 0 && fresh;
	     i++) {
		char is[96], more[96];
		int64_t lost = 0, extra = 0;

		(void)snprintf(is, sizeof(is),
		    ") EXCEPT SELECT * FROM %s WHERE stream = ?1)",
		    daily[i].name);
		(void)snprintf(more, sizeof(more),
		    "SELECT count(*) FROM (SELECT * FROM %s WHERE stream = ?1"
		    " EXCEPT SELECT * FROM (",
		    daily[i].name);
		err = run(v->sql, "SELECT count(*) FROM (SELECT * FROM (",
		    daily[i].rows, is, st->number, &lost, d);
		if (err == 0)
			err = run(v->sql, more, daily[i].rows, "))", st->number,
			    &extra, d);
		if (err == 0 && (lost != 0 || extra != 0))
			exch_verify_fault(v,
			    "table %s: %lld rows of stream %lu are not what "
			    "its records add up to",
			    daily[i].name,
			    (long long)(lost > extra ? lost : extra),
			    (unsigned long)st->number);
	}
	return err;
}
