/*
 * The database as a whole: what is in it besides the tables of records, its
 * views, indexes and triggers, and which version it is of.
 */
#include <config.h>

#include <string.h>

#include "store/priv.h"
#include "store/views.h"

/* ---- what counts ---- */

static const struct {
	const char *name;
	const char *sql;
} fixed[] = {
    {"streams",
	"CREATE TABLE streams (stream INTEGER PRIMARY KEY,"
	" identity TEXT NOT NULL, label TEXT NOT NULL, date INTEGER,"
	" start INTEGER NOT NULL, records INTEGER NOT NULL, status INTEGER,"
	" digest TEXT, settings TEXT NOT NULL, head BLOB NOT NULL, tail BLOB,"
	" purged INTEGER NOT NULL DEFAULT 0, UNIQUE (identity, label))"},
    {"audit",
	"CREATE TABLE audit (n INTEGER PRIMARY KEY,"
	" stream INTEGER NOT NULL, kind TEXT NOT NULL,"
	" position INTEGER NOT NULL, records INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL, content TEXT NOT NULL, note TEXT NOT NULL,"
	" chain TEXT NOT NULL)"},
    {"blocks",
	"CREATE TABLE blocks (block INTEGER PRIMARY KEY, zstd BLOB NOT NULL)"},
    {"personal", "CREATE TABLE personal (block INTEGER NOT NULL,"
		 " offset INTEGER NOT NULL, stands BLOB NOT NULL, salt BLOB,"
		 " bytes BLOB, PRIMARY KEY (block, offset)) WITHOUT ROWID"},
    {"entries",
	"CREATE TABLE entries (id INTEGER NOT NULL, entry INTEGER NOT NULL,"
	" tag INTEGER NOT NULL, small INTEGER NOT NULL, value INTEGER,"
	" bytes BLOB, PRIMARY KEY (id, entry)) WITHOUT ROWID"},
    {"words", "CREATE TABLE words (field TEXT NOT NULL, code INTEGER NOT NULL,"
	      " word TEXT NOT NULL, PRIMARY KEY (field, code)) WITHOUT ROWID"},
    {"rollups", "CREATE TABLE rollups (stream INTEGER PRIMARY KEY,"
		" records INTEGER NOT NULL)"},
    {"daily_instruments",
	"CREATE TABLE daily_instruments (stream INTEGER NOT NULL,"
	" instrument INTEGER NOT NULL, date INTEGER, symbol TEXT,"
	" currency TEXT, orders INTEGER NOT NULL, cancels INTEGER NOT NULL,"
	" trades INTEGER NOT NULL, volume INTEGER NOT NULL, value INTEGER,"
	" vwap INTEGER, open INTEGER, high INTEGER, low INTEGER,"
	" close INTEGER, PRIMARY KEY (stream, instrument)) WITHOUT ROWID"},
    {"daily_accounts",
	"CREATE TABLE daily_accounts (stream INTEGER NOT NULL,"
	" account INTEGER NOT NULL, instrument INTEGER NOT NULL,"
	" date INTEGER, symbol TEXT, currency TEXT, orders INTEGER NOT NULL,"
	" cancels INTEGER NOT NULL, fills INTEGER NOT NULL,"
	" bought INTEGER NOT NULL, sold INTEGER NOT NULL, cash INTEGER,"
	" position INTEGER, realised INTEGER,"
	" PRIMARY KEY (stream, account, instrument)) WITHOUT ROWID"},
    {"audit_stays",
	"CREATE TRIGGER audit_stays BEFORE UPDATE ON audit"
	" BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END"},
    {"audit_keeps",
	"CREATE TRIGGER audit_keeps BEFORE DELETE ON audit"
	" BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END"},
};

/* Built when a stream has been loaded, for they slow loading down. */
static const struct {
	const char *name;
	const char *on;
} indexes[] = {
    {"audit_stream", "audit (stream, n)"},
    {"orders_order", "orders (order_id)"},
    {"orders_account", "orders (account)"},
    {"orders_instrument", "orders (instrument, time)"},
    {"executions_buy", "executions (buy_order_id)"},
    {"executions_sell", "executions (sell_order_id)"},
    {"executions_instrument", "executions (instrument, time)"},
    {"executions_buyer", "executions (buy_account)"},
    {"executions_seller", "executions (sell_account)"},
    {"trades_instrument", "trades (instrument, time)"},
    {"acks_order", "acks (order_id)"},
    {"rejects_order", "rejects (order_id)"},
    {"cancels_order", "cancels (order_id)"},
    {"replaces_order", "replaces (order_id)"},
    {"replaces_new_order", "replaces (new_order_id)"},
    {"restated_order", "restated (order_id)"},
    {"triggered_order", "triggered (order_id)"},
    {"verdicts_order", "verdicts (order_id)"},
    {"verdicts_account", "verdicts (account)"},
    {"positions_account", "positions (account, instrument)"},
    {"obligations_account", "obligations (account, date)"},
    {"postings_account", "postings (account, date)"},
    {"postings_entry", "postings (entry)"},
};

int
exch_schema_each(int (*each)(void *arg, const char *name, const char *sql,
		     struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int err = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(fixed) && err == 0; i++)
		err = each(arg, fixed[i].name, fixed[i].sql, d);
	for (unsigned i = 0; i < n && err == 0; i++) {
		struct exch_buf b = {0};

		exch_store_ddl(&b, &t[i]);
		if (b.failed)
			err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory for the schema");
		else
			err = each(arg, t[i].name, b.p, d);
		exch_buf_free(&b);
	}
	return err != 0 ? err : exch_views_each(each, arg, d);
}

static int
run(void *arg, const char *name, const char *sql, struct exch_diag *d)
{
	(void)name;
	return exch_sql_exec(arg, sql, d);
}

int
exch_schema_words(int (*each)(void *arg, const struct exch_sql_value v[3],
		      struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int err = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct exch_schema *s = exch_schema_of(t[i].type);

		for (unsigned k = 0; k < s->nfields && err == 0; k++) {
			const struct exch_word *w = s->field[k].words;
			struct exch_buf b = {0};

			exch_buf_fmt(&b, "%s.%s", t[i].name,
			    exch_store_column(&s->field[k]));
			if (b.failed)
				err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
				    EXCH_POS_NONE, 0,
				    "out of memory for the schema");
			for (; err == 0 && w != NULL && w->word != NULL; w++) {
				struct exch_sql_value v[] = {
				    exch_sql_of_text(b.p, b.len),
				    exch_sql_of_int(w->code),
				    exch_sql_of_text(w->word, strlen(w->word))};

				err = each(arg, v, d);
			}
			exch_buf_free(&b);
		}
	}
	return err;
}

static int
put_word(void *arg, const struct exch_sql_value v[3], struct exch_diag *d)
{
	return exch_sql_run(arg, v, 3, d);
}

static int
put_words(struct exch_sql *sql, struct exch_diag *d)
{
	struct exch_sql_stmt *add;
	int err =
	    exch_sql_prepare(sql, "INSERT INTO words VALUES (?,?,?)", &add, d);

	if (err == 0)
		err = exch_schema_words(put_word, add, d);
	exch_sql_finish(add);
	return err;
}

int
exch_schema_make(struct exch_sql *sql, struct exch_diag *d)
{
	return exch_schema_fill(sql, run, d);
}

int
exch_schema_fill(struct exch_sql *sql,
    int (*make)(
	void *arg, const char *name, const char *text, struct exch_diag *d),
    struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err = exch_schema_each(make, sql, d);

	if (err == 0)
		err = put_words(sql, d);
	exch_buf_fmt(&b, "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    EXCH_STORE_APPLICATION, EXCH_STORE_VERSION);
	exch_buf_char(&b, '\0');
	if (err == 0 && b.failed)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the schema");
	if (err == 0)
		err = exch_sql_exec(sql, b.p, d);
	exch_buf_free(&b);
	return err;
}

int
exch_schema_index(struct exch_sql *sql, bool *built, struct exch_diag *d)
{
	int err = 0;

	*built = false;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(indexes) && err == 0; i++) {
		struct exch_buf b = {0};
		int64_t there = 0;

		exch_buf_fmt(&b,
		    "SELECT count(*) FROM sqlite_schema WHERE name = '%s'",
		    indexes[i].name);
		exch_buf_char(&b, '\0');
		if (!b.failed)
			err = exch_sql_number(sql, b.p, 0, &there, d);
		b.len = 0;
		exch_buf_fmt(&b, "CREATE INDEX IF NOT EXISTS %s ON %s",
		    indexes[i].name, indexes[i].on);
		exch_buf_char(&b, '\0');
		if (b.failed)
			err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory for an index");
		else if (err == 0 && there == 0) {
			*built = true;
			err = exch_sql_exec(sql, b.p, d);
		}
		exch_buf_free(&b);
	}
	return err;
}

int
exch_schema_check(struct exch_sql *sql, int64_t *version, struct exch_diag *d)
{
	int64_t id;
	int err = exch_sql_number(sql, "PRAGMA application_id", 0, &id, d);

	if (err == 0)
		err =
		    exch_sql_number(sql, "PRAGMA user_version", 0, version, d);
	if (err != 0)
		return err;
	if (id != EXCH_STORE_APPLICATION)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_sql_name(sql),
		    EXCH_POS_NONE, 0,
		    "a database, but no history: exch-store makes one");
	if (*version < 1 || *version > EXCH_STORE_VERSION)
		return exch_diag_set(d, EXCH_ERR_VERSION, exch_sql_name(sql),
		    EXCH_POS_NONE, 0,
		    "the history is of version %lld, this program knows %d",
		    (long long)*version, EXCH_STORE_VERSION);
	return 0;
}
