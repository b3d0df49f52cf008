/*
 * Legal holds: a stream, or whatever an account has a part in, stays until
 * somebody who may says that it need not.  Holds and releases are links of
 * the chain, and so nobody takes one back in silence.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "store/priv.h"

/* Who and why, together. */
#define SAID_MAX 300u

/* The last word on it, of the stream or the account. */
static const char last[] =
    "SELECT kind = 'hold' FROM audit WHERE kind IN ('hold', 'release')"
    " AND stream = ? AND CAST(note AS INTEGER) = ? ORDER BY n DESC LIMIT 1";

static int
is_held(struct exch_sql *sql, uint32_t stream, uint32_t account,
    struct exch_diag *d)
{
	struct exch_sql_value v[2] = {
	    exch_sql_of_int(stream), exch_sql_of_int(account)};
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(sql, last, &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, v, 2);
	got = exch_sql_step(t, d);
	if (got > 0)
		got = exch_sql_int(t, 0) != 0;
	exch_sql_finish(t);
	return got;
}

/* A sentence of one line, in which no bar ends who said it. */
static bool
is_said(const char *s, bool bar)
{
	if (s == NULL || *s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f ||
		    (*s == '|' && !bar))
			return false;
	return true;
}

static int
put_hold(struct exch_store *s, const struct exch_hold *h, bool on,
    struct exch_diag *d)
{
	char note[SAID_MAX + 20];
	struct exch_link link = {
	    .stream = h->stream, .kind = on ? "hold" : "release", .note = note};
	int got = is_held(s->sql, h->stream, h->account, d);

	if (got < 0)
		return got;
	if (on == (got > 0))
		return exch_diag_set(d, on ? EXCH_ERR_EXISTS : EXCH_ERR_ABSENT,
		    exch_sql_name(s->sql), EXCH_POS_NONE, 0, "%s",
		    on ? "it is held already" : "no hold is there to release");
	(void)snprintf(note, sizeof(note), "%lu|%s|%s",
	    (unsigned long)h->account, h->who, h->why); /* fits */
	exch_link_content(NULL, 0, link.content);
	return exch_audit_put(s->sql, &link, d);
}

int
exch_store_hold(struct exch_store *s, const struct exch_hold *h, bool on,
    struct exch_diag *d)
{
	int err;

	if (!is_said(h->who, false) || !is_said(h->why, true) ||
	    strlen(h->who) + strlen(h->why) > SAID_MAX)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "a hold needs who and why, %u characters together and no "
		    "'|' in who",
		    SAID_MAX);
	err = exch_store_transact(s, d);
	if (err == 0)
		err = put_hold(s, h, on, d);
	return exch_store_commit(s, err, d);
}

/* ---- what is held ---- */

/* Columns of records that name an account. */
static bool
names_account(const char *column)
{
	static const char *const names[] = {"account", "buy_account",
	    "sell_account", "to_account", "against", "buyer", "seller"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(names); i++)
		if (strcmp(names[i], column) == 0)
			return true;
	return false;
}

/* Has the account a part in the rows of the stream? */
static int
takes_part(struct exch_sql *sql, uint32_t stream, uint32_t account,
    struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int64_t found = 0;
	int err = 0;

	for (unsigned i = 0; i < n && err == 0 && found == 0; i++)
		for (unsigned c = 0;
		     c < exch_store_width(&t[i]) && err == 0 && found == 0;
		     c++) {
			const char *name = exch_store_heading(&t[i], c);
			char ask[200];

			if (!names_account(name) &&
			    (t[i].type != EXCH_REC_ACCOUNT ||
				strcmp(name, "number") != 0))
				continue;
			(void)snprintf(ask, sizeof(ask),
			    "SELECT EXISTS (SELECT 1 FROM %s WHERE id >= %lld"
			    " AND id < %lld AND %s = %lu)",
			    t[i].name,
			    (long long)stream << EXCH_STORE_POSITION_BITS,
			    ((long long)stream + 1) << EXCH_STORE_POSITION_BITS,
			    name, (unsigned long)account); /* fits */
			err = exch_sql_number(sql, ask, 0, &found, d);
		}
	return err != 0 ? err : found != 0;
}

int
exch_store_held(struct exch_store *s, const struct exch_store_stream *st,
    struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(s->sql,
	    "SELECT DISTINCT stream, CAST(note AS INTEGER) FROM audit"
	    " WHERE kind = 'hold' AND stream IN (0, ?)",
	    &t, d);
	struct exch_sql_value v = exch_sql_of_int(st->number);
	int held = 0;

	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	while (held == 0 && (got = exch_sql_step(t, d)) > 0) {
		uint32_t stream = (uint32_t)exch_sql_int(t, 0);
		uint32_t account = (uint32_t)exch_sql_int(t, 1);

		held = is_held(s->sql, stream, account, d);
		/* Of rows that are gone nobody can tell any more. */
		if (held > 0 && stream == 0 && st->purged == 0)
			held = takes_part(s->sql, st->number, account, d);
	}
	exch_sql_finish(t);
	return got < 0 ? got : held;
}
