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

/*
 * What is held: a release names its hold by `position`, and in histories of
 * before there was one hold at a time.
 */
#define OPEN                                                                   \
	"SELECT h.n, h.stream, CAST(h.note AS INTEGER),"                       \
	" substr(h.note, instr(h.note, '|') + 1) AS said FROM audit h"         \
	" WHERE h.kind = 'hold' AND NOT EXISTS (SELECT 1 FROM audit r"         \
	" WHERE r.kind = 'release' AND r.n > h.n AND r.stream = h.stream"      \
	" AND CAST(r.note AS INTEGER) = CAST(h.note AS INTEGER)"               \
	" AND r.position IN (0, h.n))"

/* ---- who has a part in what ---- */

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

/* ---- holds ---- */

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

/* Open holds that are meant, by the link or by what they are on. */
struct search {
	const struct exch_hold *h;
	char said[SAID_MAX + 2]; /* as a note has it */
	unsigned matches;
	int64_t link;		  /* of the last one ... */
	uint32_t stream, account; /* ... and what it is on */
	bool same;		  /* one of them says the same */
	struct exch_buf list;	  /* for people */
};

static bool
is_meant(
    const struct exch_hold *h, int64_t link, uint32_t stream, uint32_t account)
{
	if (h->link != 0 && (uint64_t)link != h->link)
		return false;
	return (h->stream == 0 && h->account == 0) ||
	       (h->stream == stream && h->account == account);
}

static int
find_open(struct exch_sql *sql, struct search *q, struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(sql, OPEN " ORDER BY h.n", &t, d);

	if (got != 0)
		return got;
	while ((got = exch_sql_step(t, d)) > 0) {
		int64_t link = exch_sql_int(t, 0);
		uint32_t stream = (uint32_t)exch_sql_int(t, 1);
		uint32_t account = (uint32_t)exch_sql_int(t, 2);
		size_t n;
		const char *said = exch_sql_text(t, 3, &n);

		if (!is_meant(q->h, link, stream, account))
			continue;
		q->same |= strcmp(said, q->said) == 0;
		q->link = link;
		q->stream = stream;
		q->account = account;
		exch_buf_fmt(&q->list, "%s%lld (%.60s)",
		    q->matches++ != 0 ? ", " : "", (long long)link, said);
	}
	exch_sql_finish(t);
	return got;
}

struct known {
	struct exch_sql *sql;
	uint32_t account;
};

/* 1: has the account a part in the stream, for all that can be told? */
static int
knows_account(
    void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	const struct known *k = arg;

	/* Of rows that are gone nobody can tell any more. */
	return st->purged != 0 ? 1
			       : takes_part(k->sql, st->number, k->account, d);
}

static int
check_account(struct exch_store *s, uint32_t account, struct exch_diag *d)
{
	struct known k = {s->sql, account};
	int got = exch_store_each(s, knows_account, &k, d);

	if (got != 0)
		return got < 0 ? got : 0;
	return exch_diag_set(d, EXCH_ERR_NEED, exch_sql_name(s->sql),
	    EXCH_POS_NONE, 0,
	    "no stream has account %lu: load first what it has a part in, or "
	    "hold streams by --stream",
	    (unsigned long)account);
}

static int
put_link(
    struct exch_store *s, const struct search *q, bool on, struct exch_diag *d)
{
	char note[SAID_MAX + 20];
	struct exch_link link = {.stream = on ? q->h->stream : q->stream,
	    .kind = on ? "hold" : "release",
	    .position = on ? 0 : (uint64_t)q->link,
	    .note = note};

	(void)snprintf(note, sizeof(note), "%lu|%s",
	    (unsigned long)(on ? q->h->account : q->account),
	    q->said); /* fits */
	exch_link_content(NULL, 0, link.content);
	return exch_audit_put(s->sql, &link, d);
}

/* Which one of several is to be released has to be said. */
static int
check_release(
    const struct exch_store *s, const struct search *q, struct exch_diag *d)
{
	const char *name = exch_sql_name(s->sql);

	if (q->matches == 0)
		return exch_diag_set(d, EXCH_ERR_ABSENT, name, EXCH_POS_NONE, 0,
		    "no hold is there to release");
	if (q->matches == 1)
		return 0;
	if (q->list.failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
		    "out of memory for holds");
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "%u holds are on it: add --hold with one of %.*s", q->matches,
	    (int)q->list.len, q->list.p);
}

static int
put_hold(struct exch_store *s, const struct exch_hold *h, bool on,
    struct exch_diag *d)
{
	struct search q = {.h = h};
	int err;

	(void)snprintf(
	    q.said, sizeof(q.said), "%s|%s", h->who, h->why); /* fits */
	err = find_open(s->sql, &q, d);
	if (err == 0 && !on)
		err = check_release(s, &q, d);
	if (err == 0 && on && q.same)
		err = exch_diag_set(d, EXCH_ERR_EXISTS, exch_sql_name(s->sql),
		    EXCH_POS_NONE, 0,
		    "it is held already, by him and for that");
	if (err == 0 && on && h->account != 0)
		err = check_account(s, h->account, d);
	if (err == 0)
		err = put_link(s, &q, on, d);
	exch_buf_free(&q.list);
	return err;
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

int
exch_store_held(struct exch_store *s, const struct exch_store_stream *st,
    struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got =
	    exch_sql_prepare(s->sql, OPEN " AND h.stream IN (0, ?)", &t, d);
	struct exch_sql_value v = exch_sql_of_int(st->number);
	int held = 0;

	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	while (held == 0 && (got = exch_sql_step(t, d)) > 0) {
		struct known k = {s->sql, (uint32_t)exch_sql_int(t, 2)};

		held = exch_sql_int(t, 1) != 0 ? 1 : knows_account(&k, st, d);
	}
	exch_sql_finish(t);
	return got < 0 ? got : held;
}
