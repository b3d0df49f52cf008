/*
 * What need not be kept any more goes: rows about orders, rows about trades,
 * and at last the blocks, kind by kind, when the years of the table are over.
 * The links of the chain stay, with the hashes of the blocks, and get one
 * that says what went.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "base/time.h"
#include "store/priv.h"

struct purge {
	struct exch_store *s;
	const struct exch_purge_opts *o;
	int (*each)(
	    void *arg, const struct exch_purge_item *item, struct exch_diag *d);
	void *arg;
};

static int
count(struct exch_sql *sql, const char *sum, const char *table, uint32_t stream,
    uint64_t *n, struct exch_diag *d)
{
	char ask[200];
	int64_t got;
	int err;

	(void)snprintf(ask, sizeof(ask),
	    "SELECT %s FROM %s WHERE id >= %lld AND id < %lld", sum, table,
	    (long long)stream << EXCH_STORE_POSITION_BITS,
	    ((long long)stream + 1) << EXCH_STORE_POSITION_BITS); /* fits */
	err = exch_sql_number(sql, ask, 0, &got, d);
	*n += (uint64_t)got;
	return err;
}

/* Rows of one kind: how many. */
static int
count_rows(
    struct exch_sql *sql, struct exch_purge_item *item, struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int err = 0;

	for (unsigned i = 0; i < n && err == 0; i++)
		if ((unsigned)t[i].keep == (unsigned)item->kind)
			err = count(sql, "count(*)", t[i].name, item->stream,
			    &item->rows, d);
	return err;
}

static int
count_blocks(
    struct exch_sql *sql, struct exch_purge_item *item, struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_int(item->stream);
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(sql,
	    "SELECT count(*), sum(length(zstd)) FROM blocks WHERE block IN"
	    " (SELECT n FROM audit WHERE stream = ? AND kind = 'data')",
	    &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	got = exch_sql_step(t, d);
	if (got > 0) {
		item->rows = (uint64_t)exch_sql_int(t, 0);
		item->bytes = (uint64_t)exch_sql_int(t, 1);
	}
	exch_sql_finish(t);
	return got < 0 ? got : 0;
}

/* ---- what goes ---- */

static int
run(struct exch_sql *sql, const char *fmt, const char *table, uint32_t stream,
    struct exch_diag *d)
{
	struct exch_sql_value v[2] = {
	    exch_sql_of_int((int64_t)stream << EXCH_STORE_POSITION_BITS),
	    exch_sql_of_int(((int64_t)stream + 1) << EXCH_STORE_POSITION_BITS)};
	struct exch_buf b = {0};
	struct exch_sql_stmt *t;
	int err;

	for (; *fmt != '\0'; fmt++)
		if (*fmt == '#')
			exch_buf_str(&b, table);
		else
			exch_buf_char(&b, *fmt);
	exch_buf_char(&b, '\0');
	err = b.failed ? exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
			     0, "out of memory to purge")
		       : exch_sql_prepare(sql, b.p, &t, d);
	if (err == 0) {
		err = exch_sql_run(t, v, 2, d);
		exch_sql_finish(t);
	}
	exch_buf_free(&b);
	return err;
}

static int
drop_rows(struct exch_sql *sql, const struct exch_purge_item *item,
    struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int err = 0;

	for (unsigned i = 0; i < n && err == 0; i++) {
		if ((unsigned)t[i].keep != (unsigned)item->kind)
			continue;
		/* Sources have ids of their own, and no entries. */
		if (t[i].type != EXCH_REC_SOURCE)
			err = run(sql,
			    "DELETE FROM " EXCH_STORE_ENTRIES " WHERE id IN"
			    " (SELECT id FROM # WHERE id >= ?1 AND id < ?2)",
			    t[i].name, item->stream, d);
		if (err == 0)
			err =
			    run(sql, "DELETE FROM # WHERE id >= ?1 AND id < ?2",
				t[i].name, item->stream, d);
	}
	return err;
}

static int
drop_blocks(struct exch_sql *sql, uint32_t stream, struct exch_diag *d)
{
	static const char *const from[] = {"blocks", "personal"};
	int err = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(from) && err == 0; i++) {
		char ask[160];

		(void)snprintf(ask, sizeof(ask),
		    "DELETE FROM %s WHERE block IN (SELECT n FROM audit"
		    " WHERE stream = %lu AND kind = 'data')",
		    from[i], (unsigned long)stream); /* fits */
		err = exch_sql_exec(sql, ask, d);
	}
	return err;
}

/* SHA-256 over the hashes of the stream's blocks, in order. */
static int
content_of(struct exch_sql *sql, uint32_t stream, char content[65],
    struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_int(stream);
	struct exch_sql_stmt *t;
	struct exch_buf b = {0};
	int got = exch_sql_prepare(sql,
	    "SELECT content FROM audit WHERE stream = ? AND kind = 'data'"
	    " ORDER BY n",
	    &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	while ((got = exch_sql_step(t, d)) > 0) {
		size_t n;
		const char *p = exch_sql_text(t, 0, &n);

		exch_buf_add(&b, p, n);
	}
	exch_sql_finish(t);
	if (got == 0 && b.failed)
		got = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to purge");
	if (got == 0)
		exch_link_content(b.p, b.len, content);
	exch_buf_free(&b);
	return got;
}

static int
drop(struct purge *p, const struct exch_purge_item *item, struct exch_diag *d)
{
	struct exch_sql *sql = p->s->sql;
	char note[64];
	struct exch_link link = {.stream = item->stream,
	    .kind = "purge",
	    .records = item->rows,
	    .bytes = item->bytes,
	    .note = note};
	char mark[100];
	int err = item->kind == EXCH_KEPT_AUDIT
		      ? drop_blocks(sql, item->stream, d)
		      : drop_rows(sql, item, d);

	(void)snprintf(note, sizeof(note), "%s %lu, %u years from %lu",
	    exch_kept_words[item->kind].word, (unsigned long)p->o->on,
	    item->years, (unsigned long)item->last);
	(void)snprintf(mark, sizeof(mark),
	    "UPDATE streams SET purged = purged | %u WHERE stream = %lu",
	    1u << item->kind, (unsigned long)item->stream);
	if (err == 0)
		err = content_of(sql, item->stream, link.content, d);
	if (err == 0)
		err = exch_audit_put(sql, &link, d);
	return err != 0 ? err : exch_sql_exec(sql, mark, d);
}

/* ---- what may go ---- */

/* Does the table tell the day on which something is due, or was done? */
static bool
has_date(const struct exch_store_table *t)
{
	const struct exch_schema *s = exch_schema_of(t->type);

	for (unsigned i = 0; i < s->nfields; i++)
		if (s->field[i].kind == EXCH_K_DATE &&
		    strcmp(s->field[i].name, "date") == 0)
			return true;
	return false;
}

static int
later(struct exch_sql *sql, const char *ask, bool is_time, uint32_t *day,
    struct exch_diag *d)
{
	int64_t got;
	int err = exch_sql_number(sql, ask, 0, &got, d);

	if (err != 0 || got <= 0)
		return err;
	if (is_time)
		got = exch_ts_date((exch_ts)got);
	if (got > *day)
		*day = (uint32_t)got;
	return 0;
}

/*
 * The last day that the stream tells of: its own, that of its last record, the
 * last on which something settles.  What was purged of it says so in its link.
 */
static int
last_day(struct exch_sql *sql, const struct exch_store_stream *st,
    uint32_t *day, struct exch_diag *d)
{
	static const char *const of[] = {"time", "date"};
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	const long long first = (long long)st->number
				<< EXCH_STORE_POSITION_BITS;
	const long long end = first | ((1LL << EXCH_STORE_POSITION_BITS) - 1);
	char ask[200];
	int err;

	*day = st->date;
	(void)snprintf(ask, sizeof(ask),
	    "SELECT max(CAST(substr(note, -8) AS INTEGER)) FROM audit"
	    " WHERE stream = %lu AND kind = 'purge'",
	    (unsigned long)st->number); /* fits */
	err = later(sql, ask, false, day, d);
	for (unsigned i = 0; i < n && err == 0; i++)
		for (unsigned k = 0; k < 1u + has_date(&t[i]) && err == 0;
		     k++) {
			(void)snprintf(ask, sizeof(ask),
			    "SELECT max(%s) FROM %s WHERE id BETWEEN %lld AND "
			    "%lld",
			    of[k], t[i].name, first, end); /* fits */
			err = later(sql, ask, k == 0, day, d);
		}
	return err;
}

static int
look(struct purge *p, const struct exch_store_stream *st, uint32_t last,
    enum exch_kept kind, struct exch_purge_item *item, struct exch_diag *d)
{
	unsigned blocks = EXCH_KEPT_AUDIT;
	int err, held;

	*item = (struct exch_purge_item){
	    .stream = st->number, .date = st->date, .last = last, .kind = kind};
	if ((st->purged & 1u << kind) != 0) {
		item->state = EXCH_PURGE_GONE;
		return 0;
	}
	if (st->date == 0) {
		item->state = EXCH_PURGE_UNDATED;
		return 0;
	}
	err = exch_retention_until(
	    p->o->policy, last, kind, &item->until, &item->years, d);
	if (err == 0)
		err = (unsigned)kind == blocks
			  ? count_blocks(p->s->sql, item, d)
			  : count_rows(p->s->sql, item, d);
	if (err != 0)
		return err;
	held = exch_store_held(p->s, st, d);
	if (held < 0)
		return held;
	item->state = held > 0		       ? EXCH_PURGE_HELD
		      : p->o->on < item->until ? EXCH_PURGE_EARLY
					       : EXCH_PURGE_DUE;
	return 0;
}

static int
purge_stream(void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct purge *p = arg;
	struct exch_purge_item item[EXCH_KEPT_KINDS];
	uint32_t last;
	int err;

	if (p->o->stream != 0 && p->o->stream != st->number)
		return 0;
	err = last_day(p->s->sql, st, &last, d);
	/* All of them are looked at first: what goes is asked for others. */
	for (unsigned k = 0; k < EXCH_KEPT_KINDS && err == 0; k++)
		err = look(p, st, last, (enum exch_kept)k, &item[k], d);
	for (unsigned k = 0; k < EXCH_KEPT_KINDS && err == 0; k++) {
		if (item[k].state == EXCH_PURGE_DUE && p->o->apply) {
			err = drop(p, &item[k], d);
			item[k].done = true;
		}
		if (err == 0)
			err = p->each(p->arg, &item[k], d);
	}
	return err;
}

int
exch_store_purge(struct exch_store *s, const struct exch_purge_opts *o,
    int (*each)(
	void *arg, const struct exch_purge_item *item, struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	struct purge p = {.s = s, .o = o, .each = each, .arg = arg};
	int err = exch_sql_exec(s->sql, "PRAGMA secure_delete = ON", d);

	if (err == 0)
		err = o->apply ? exch_store_transact(s, d)
			       : exch_sql_exec(s->sql, "BEGIN", d);
	if (err == 0)
		err = exch_store_each(s, purge_stream, &p, d);
	if (err == 0 && o->ready != NULL)
		err = o->ready(arg, d);
	err = exch_store_commit(s, err, d);
	/* The log holds the pages as they were. */
	if (err == 0 && o->apply)
		err = exch_store_scrub(s, d);
	return err;
}
