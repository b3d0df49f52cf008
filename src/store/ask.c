/* Answers to questions: see question.h. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "store/priv.h"
#include "store/question.h"
#include "store/views.h"

struct exch_ask {
	struct exch_sql *sql;
	struct exch_sql_stmt *t;
	struct exch_buf hex;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory to ask");
}

static int
run(struct exch_sql *sql, struct exch_buf *b, struct exch_diag *d)
{
	int err;

	exch_buf_char(b, '\0');
	err = b->failed ? no_memory(d) : exch_sql_exec(sql, b->p, d);
	exch_buf_free(b);
	return err;
}

/* ---- restrictions ---- */

/* What is left: streams, and how the instrument is called. */
struct rest {
	const struct exch_ask_opts *o;
	bool by_number;	      /* no symbol is written like it */
	bool some;	      /* not all streams */
	struct exch_buf list; /* of their numbers */
	struct exch_buf ids;  /* a condition on ids */
};

/* Text in SQL. */
static void
put_text(struct exch_buf *b, const char *s)
{
	exch_buf_char(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			exch_buf_char(b, '\'');
		exch_buf_char(b, *s);
	}
	exch_buf_char(b, '\'');
}

static bool
is_number(const char *s)
{
	uint64_t n;

	return exch_uint_parse(s, strlen(s), &n) == 0 && n <= UINT32_MAX;
}

/* What every question needs to know of whatever it is restricted to. */
static bool
is_directory(const struct exch_store_table *t)
{
	return t->type == EXCH_REC_SOURCE || t->type == EXCH_REC_INSTRUMENT ||
	       t->type == EXCH_REC_ACCOUNT;
}

static void
of_instrument(
    struct exch_buf *b, const struct exch_store_table *t, const struct rest *r)
{
	if (is_directory(t))
		return;
	if (r->by_number) {
		exch_buf_fmt(b, " AND instrument = %s", r->o->instr);
		return;
	}
	exch_buf_str(b, " AND (id >> 40, instrument) IN (SELECT stream,"
			" instrument FROM main.symbols WHERE symbol = ");
	put_text(b, r->o->instr);
	exch_buf_str(b, ")");
}

static bool
has(const struct exch_store_table *t, const char *column)
{
	for (unsigned i = 0; i < exch_store_width(t); i++)
		if (strcmp(exch_store_heading(t, i), column) == 0)
			return true;
	return false;
}

/*
 * Its own rows, both sides of what it traded, and answers to its orders.  A plus
 * keeps an index out of it: one order is found by its id, and of an account or
 * an instrument there are very many.
 */
static void
of_account(
    struct exch_buf *b, const struct exch_store_table *t, uint32_t account)
{
	unsigned long n = account;

	if (has(t, "account"))
		exch_buf_fmt(b, " AND account = %lu", n);
	else if (has(t, "buy_account"))
		exch_buf_fmt(
		    b, " AND (buy_account = %lu OR sell_account = %lu)", n, n);
	else if (has(t, "order_id"))
		exch_buf_fmt(b,
		    " AND EXISTS (SELECT 1 FROM main.orders o"
		    " WHERE o.order_id = r.order_id"
		    " AND +o.instrument = r.instrument"
		    " AND o.id >> 40 = r.id >> 40 AND +o.account = %lu)",
		    n);
}

static int
shadow(struct exch_sql *sql, const struct exch_store_table *t,
    const struct rest *r, struct exch_diag *d)
{
	struct exch_buf b = {0};

	exch_buf_fmt(&b,
	    "CREATE TEMP VIEW %s AS SELECT * FROM main.%s r WHERE 1", t->name,
	    t->name);
	if (r->o->instr != NULL)
		of_instrument(&b, t, r);
	if (r->o->account != 0)
		of_account(&b, t, r->o->account);
	if (r->some)
		exch_buf_fmt(&b, " AND (%s)", r->ids.p);
	return run(sql, &b, d);
}

struct views {
	struct exch_sql *sql;
	uint32_t account;
};

/* "CREATE VIEW name AS ..." over what was shadowed. */
static int
view_again(void *arg, const char *name, const char *text, struct exch_diag *d)
{
	const struct views *v = arg;
	const char *body = strstr(text, " AS ");
	struct exch_buf b = {0};
	char ask[120];
	int64_t has_account;
	int err;

	exch_buf_fmt(&b, "CREATE TEMP VIEW %s%s", name, body);
	err = run(v->sql, &b, d);
	if (err != 0 || v->account == 0)
		return err;
	/* Of both sides of a trade one is that of somebody else. */
	(void)snprintf(ask, sizeof(ask),
	    "SELECT count(*) FROM pragma_table_info('%s')"
	    " WHERE name = 'account'",
	    name); /* fits */
	err = exch_sql_number(v->sql, ask, 0, &has_account, d);
	if (err != 0 || has_account == 0)
		return err;
	exch_buf_fmt(&b,
	    "DROP VIEW temp.%s; CREATE TEMP VIEW %s AS SELECT * FROM (%s)"
	    " WHERE account = %lu",
	    name, name, body + 4, (unsigned long)v->account);
	return run(v->sql, &b, d);
}

/* Ids of a stream are neighbours. */
static int
add_stream(void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct rest *r = arg;
	const long long first = (long long)st->number
				<< EXCH_STORE_POSITION_BITS;

	(void)d;
	if ((r->o->stream != 0 && st->number != r->o->stream) ||
	    (r->o->date != 0 && st->date != r->o->date))
		return 0;
	exch_buf_fmt(&r->list, "%s%lu", r->list.len != 0 ? "," : "",
	    (unsigned long)st->number);
	exch_buf_fmt(&r->ids, "%sid BETWEEN %lld AND %lld",
	    r->ids.len != 0 ? " OR " : "", first,
	    first | ((1LL << EXCH_STORE_POSITION_BITS) - 1));
	return 0;
}

static int
find_rest(struct exch_store *s, struct rest *r, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int64_t named = 0;
	int err = 0;

	r->some = r->o->stream != 0 || r->o->date != 0;
	if (r->some)
		err = exch_store_each(s, add_stream, r, d);
	if (r->ids.len == 0)
		exch_buf_str(&r->ids, "0");
	exch_buf_char(&r->ids, '\0');
	exch_buf_char(&r->list, '\0');
	if (err != 0 || r->o->instr == NULL || !is_number(r->o->instr))
		return err;
	exch_buf_str(&b, "SELECT count(*) FROM main.symbols WHERE symbol = ");
	put_text(&b, r->o->instr);
	exch_buf_char(&b, '\0');
	err = b.failed ? no_memory(d)
		       : exch_sql_number(s->sql, b.p, 0, &named, d);
	exch_buf_free(&b);
	r->by_number = named == 0;
	return err;
}

static int
make_views(struct exch_sql *sql, const struct rest *r, struct exch_diag *d)
{
	struct views v = {sql, r->o->account};
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	struct exch_buf b = {0};
	int err = exch_sql_exec(sql, "PRAGMA temp_store = MEMORY", d);

	for (unsigned i = 0; i < n && err == 0; i++)
		err = shadow(sql, &t[i], r, d);
	if (err == 0 && r->some) {
		exch_buf_fmt(&b,
		    "CREATE TEMP VIEW streams AS SELECT * FROM main.streams"
		    " WHERE stream IN (%s)",
		    r->list.p);
		err = run(sql, &b, d);
	}
	return err != 0 ? err : exch_views_each(view_again, &v, d);
}

static int
restrict_to(
    struct exch_store *s, const struct exch_ask_opts *o, struct exch_diag *d)
{
	struct rest r = {.o = o};
	int err = 0;

	if (o->instr == NULL && o->account == 0 && o->date == 0 &&
	    o->stream == 0)
		return 0;
	err = find_rest(s, &r, d);
	if (err == 0 && (r.list.failed || r.ids.failed))
		err = no_memory(d);
	if (err == 0)
		err = make_views(s->sql, &r, d);
	exch_buf_free(&r.list);
	exch_buf_free(&r.ids);
	return err;
}

/* ---- asking ---- */

bool
exch_question_of_order(const struct exch_question *q)
{
	return strstr(q->sql, "@order") != NULL;
}

static void
put_sql(struct exch_buf *b, const char *p, const struct exch_ask_opts *o)
{
	while (*p != '\0') {
		size_t n = strcspn(p, "@");

		exch_buf_add(b, p, n);
		p += n;
		if (strncmp(p, "@order", 6) == 0) {
			/* By its bits, as the tables have it. */
			exch_buf_fmt(b, "%lld", (long long)o->order);
			p += 6;
		} else if (strncmp(p, "@instr", 6) == 0) {
			/* Any that is left. */
			exch_buf_str(b, o->instr != NULL ? "instrument" : "1");
			p += 6;
		}
	}
	exch_buf_char(b, '\0');
}

int
exch_ask_open(struct exch_store *s, const struct exch_question *q,
    const struct exch_ask_opts *o, struct exch_ask **out, struct exch_diag *d)
{
	struct exch_ask *a = exch_calloc(1, sizeof(*a));
	struct exch_buf b = {0};
	int err = a == NULL ? no_memory(d) : exch_store_current(s, d);

	/* One moment for all, however often it is gone through. */
	if (err == 0)
		err = exch_sql_exec(s->sql, "BEGIN", d);
	if (err == 0)
		a->sql = s->sql;
	if (err == 0)
		err = restrict_to(s, o, d);
	if (err == 0) {
		put_sql(&b, q->sql, o);
		err = b.failed ? no_memory(d)
			       : exch_sql_prepare(s->sql, b.p, &a->t, d);
	}
	exch_buf_free(&b);
	if (err != 0) {
		exch_ask_close(a);
		return err;
	}
	*out = a;
	return 0;
}

void
exch_ask_close(struct exch_ask *a)
{
	if (a == NULL)
		return;
	exch_sql_finish(a->t);
	if (a->sql != NULL)
		(void)exch_sql_exec(a->sql, "COMMIT", NULL);
	exch_buf_free(&a->hex);
	exch_free(a);
}

unsigned
exch_ask_columns(const struct exch_ask *a)
{
	return exch_sql_columns(a->t);
}

const char *
exch_ask_heading(const struct exch_ask *a, unsigned column)
{
	return exch_sql_heading(a->t, column);
}

int
exch_ask_next(struct exch_ask *a, struct exch_diag *d)
{
	return exch_sql_step(a->t, d);
}

int
exch_ask_cell(struct exch_ask *a, unsigned column, struct exch_ask_cell *out,
    struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_column(a->t, column);

	*out =
	    (struct exch_ask_cell){.number = exch_sql_is_number(a->t, column)};
	if (v.kind == EXCH_SQL_NULL)
		return 0;
	if (v.kind != EXCH_SQL_BLOB) {
		out->text = exch_sql_text(a->t, column, &out->n);
		return 0;
	}
	a->hex.len = 0;
	for (uint32_t i = 0; i < v.n; i++)
		exch_buf_fmt(&a->hex, "%02x", ((const unsigned char *)v.p)[i]);
	exch_buf_char(&a->hex, '\0');
	if (a->hex.failed)
		return no_memory(d);
	out->text = a->hex.p;
	out->n = a->hex.len - 1;
	return 0;
}
