/*
 * The header row of an order CSV.  Columns are found by name, never by
 * place.  A name that is not known stops the run: a column that nobody
 * reads (a stop price, a displayed quantity) would change the result
 * without a word.  --columns renames a column or leaves it out.
 */
#include <config.h>

#include <string.h>

#include "base/place.h"
#include "feed/orders.h"
#include "feed/text.h"

/* Other names in use, without case, blanks, `_` and `-`; first our own. */
static const char *const names[EXCH_COLS][8] = {
    [EXCH_COL_TIME] = {"time", "timestamp", "datetime", "ts"},
    [EXCH_COL_SYMBOL] = {"symbol", "ticker", "instrument", "security", "stock"},
    [EXCH_COL_ACTION] = {"action", "event"},
    [EXCH_COL_ORDER] = {"order", "orderid", "orderno", "id", "oid"},
    [EXCH_COL_SIDE] = {"side", "buysell"},
    [EXCH_COL_QTY] = {"qty", "quantity", "size", "shares", "volume"},
    [EXCH_COL_PRICE] = {"price", "px", "limit", "limitprice"},
    [EXCH_COL_TYPE] = {"type", "ordtype", "ordertype"},
    [EXCH_COL_TIF] = {"tif", "timeinforce"},
    [EXCH_COL_ACCOUNT] = {"account", "acct", "client"},
    [EXCH_COL_FLAGS] = {"flags"},
    [EXCH_COL_NEW_ORDER] = {"neworder", "neworderid", "newid"},
};

/* Columns that number or remark the rows and never mean anything. */
static const char *const ignored[] = {"seq", "row", "line", "comment", "note"};

const char *
exch_col_name(enum exch_col c)
{
	return c == EXCH_COL_NEW_ORDER ? "new_order" : names[c][0];
}

/* Lower case without separators, cut at 31 bytes; returns the length. */
static size_t
plain(const char *s, size_t n, char out[32])
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < 31; i++) {
		char c = s[i];

		if (c == '_' || c == '-' || c == ' ')
			continue;
		out[k++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[k] = '\0';
	return k;
}

/* The column a name means: 0.., EXCH_COLS for one to ignore, or -1. */
static int
meaning(const char *s, size_t n)
{
	char w[32];

	plain(s, n, w);
	for (int c = 0; c < EXCH_COLS; c++) {
		for (unsigned i = 0; i < 8 && names[c][i] != NULL; i++) {
			if (strcmp(names[c][i], w) == 0)
				return c;
		}
	}
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(ignored); i++) {
		if (strcmp(ignored[i], w) == 0)
			return EXCH_COLS;
	}
	return -1;
}

/* The columns without which no row means an order. */
#define NEEDED                                                                 \
	(1u << EXCH_COL_TIME | 1u << EXCH_COL_ORDER | 1u << EXCH_COL_SIDE |    \
	    1u << EXCH_COL_QTY)

/* Whether just one of them is not there. */
static bool
one_short(unsigned seen)
{
	unsigned none = NEEDED & ~seen;

	return none != 0 && (none & (none - 1)) == 0;
}

bool
exch_columns_match(const unsigned char *p, size_t n)
{
	unsigned seen = 0;
	const char *s = (const char *)p, *end, *nl;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		n -= 3;
	}
	nl = n > 0 ? memchr(s, '\n', n) : NULL;
	if (nl == NULL)
		return false;
	end = nl > s && nl[-1] == '\r' ? nl - 1 : nl;
	/* A record stream as CSV begins like this. */
	if ((size_t)(end - s) >= 16 && memcmp(s, "type,source,seq,", 16) == 0)
		return false;
	while (s <= end) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		const char *stop = comma != NULL ? comma : end;
		size_t len = (size_t)(stop - s);
		int m;

		if (len >= 2 && s[0] == '"' && stop[-1] == '"')
			m = meaning(s + 1, len - 2);
		else
			m = meaning(s, len);
		if (m >= 0)
			seen |= 1u << m;
		s = stop + 1;
	}
	/*
	 * One column that is needed may be missing: its name is then told,
	 * which helps more than that the table is of no kind known.
	 */
	seen &= NEEDED;
	return one_short(seen) || seen == NEEDED;
}

/* What the map says of one column of the file. */
struct mapped {
	int col;   /* as meaning(), or -2: the map does not name it */
	bool rest; /* the map leaves out all unknown columns */
};

static int
bad_map(const char *map, size_t n, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--columns: \"%.*s\" %s", (int)n, map, why);
}

/*
 * Walk the map's OURS=THEIRS pairs for a column of the file.  With theirs
 * NULL, check that the map is well formed and that every column it names
 * is in the header.
 */
static int
lookup(const char *map, const struct exch_rows *row,
    const struct exch_field_at *theirs, struct mapped *m, struct exch_diag *d)
{
	m->col = -2;
	m->rest = false;
	for (const char *s = map; s != NULL && *s != '\0';) {
		size_t n = strcspn(s, ",");
		const char *eq = memchr(s, '=', n), *t;
		size_t tn;
		int col;
		bool found = false;

		if (eq == NULL || eq == s || eq + 1 == s + n)
			return bad_map(s, n, "is not OURS=THEIRS", d);
		t = eq + 1;
		tn = (size_t)(s + n - t);
		col = eq - s == 1 && *s == '-' ? EXCH_COLS
					       : meaning(s, (size_t)(eq - s));
		if (col < 0)
			return bad_map(s, n,
			    "does not begin with a column of exch-orders(5) "
			    "or -",
			    d);
		if (col == EXCH_COLS && tn == 1 && *t == '*')
			found = m->rest = true;
		if (theirs != NULL && theirs->n == tn &&
		    memcmp(theirs->p, t, tn) == 0)
			m->col = col;
		for (unsigned i = 0; theirs == NULL && i < row->nfields; i++)
			found |= row->field[i].n == tn &&
				 memcmp(row->field[i].p, t, tn) == 0;
		if (theirs == NULL && !found)
			return bad_map(s, n,
			    "names a column that the header does not have", d);
		s += n + (s[n] == ',');
	}
	return 0;
}

/* How much of a foreign name a message shows. */
static int
cut(const struct exch_field_at *f)
{
	return f->n < 32 ? (int)f->n : 32;
}

static int
place(const struct exch_rows *row, unsigned i, int col, const char *name,
    struct exch_columns *c, struct exch_diag *d)
{
	const struct exch_field_at *f = &row->field[i];

	if (c->at[col] >= 0) {
		const struct exch_field_at *g = &row->field[c->at[col]];

		return exch_place_fail(d, EXCH_ERR_FORMAT,
		    &(struct exch_place){
			.file = name, .line = row->line, .column = f->column},
		    "columns \"%.*s\" and \"%.*s\" both mean %s: choose with "
		    "--columns %s=NAME",
		    cut(g), g->p, cut(f), f->p,
		    exch_col_name((enum exch_col)col),
		    exch_col_name((enum exch_col)col));
	}
	c->at[col] = (int)i;
	return 0;
}

/* Columns by their own names, where the map has not taken the meaning. */
static int
by_name(const struct exch_rows *row, const char *map, const char *name,
    struct exch_columns *c, struct exch_diag *d)
{
	bool mapped[EXCH_COLS];
	struct mapped m;
	int rc;

	for (int i = 0; i < EXCH_COLS; i++)
		mapped[i] = c->at[i] >= 0;
	for (unsigned i = 0; i < row->nfields; i++) {
		const struct exch_field_at *f = &row->field[i];
		int col = meaning(f->p, f->n);

		rc = lookup(map, row, f, &m, d);
		if (rc != 0)
			return rc;
		if (m.col != -2 || col == EXCH_COLS ||
		    (col >= 0 && mapped[col]))
			continue;
		if (col < 0 && m.rest)
			continue;
		if (col < 0)
			return exch_place_fail(d, EXCH_ERR_FORMAT,
			    &(struct exch_place){.file = name,
				.line = row->line,
				.column = f->column},
			    "column \"%.*s\" is not known: give it a meaning "
			    "with --columns NAME=%.*s or leave it out with "
			    "--columns -=%.*s",
			    cut(f), f->p, cut(f), f->p, cut(f), f->p);
		rc = place(row, i, col, name, c, d);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
exch_columns_read(const struct exch_rows *row, const char *map,
    const char *name, struct exch_columns *c, struct exch_diag *d)
{
	static const enum exch_col needed[] = {
	    EXCH_COL_TIME, EXCH_COL_ORDER, EXCH_COL_SIDE, EXCH_COL_QTY};
	struct mapped m;
	int rc;

	c->n = row->nfields;
	for (int i = 0; i < EXCH_COLS; i++)
		c->at[i] = -1;
	rc = lookup(map, row, NULL, &m, d);
	for (unsigned i = 0; rc == 0 && i < row->nfields; i++) {
		rc = lookup(map, row, &row->field[i], &m, d);
		if (rc == 0 && m.col >= 0 && m.col < EXCH_COLS)
			rc = place(row, i, m.col, name, c, d);
	}
	if (rc == 0)
		rc = by_name(row, map, name, c, d);
	for (unsigned i = 0; rc == 0 && i < EXCH_ARRAY_LEN(needed); i++) {
		if (c->at[needed[i]] < 0)
			rc = exch_place_fail(d, EXCH_ERR_FORMAT,
			    &(struct exch_place){
				.file = name, .line = row->line, .column = 1},
			    "the header has no column \"%s\": name it with "
			    "--columns %s=NAME",
			    exch_col_name(needed[i]), exch_col_name(needed[i]));
	}
	return rc;
}
