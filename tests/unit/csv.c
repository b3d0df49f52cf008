/* base/csv: RFC 4180 tables with their lines, and what is refused. */
#include <config.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/csv.h"

/* Rows as "line[a|b]line[c]". */
static int
collect(void *arg, const struct exch_csv_row *row, struct exch_diag *d)
{
	struct exch_buf *b = arg;

	exch_buf_uint(b, row->line);
	for (size_t i = 0; i < row->nfields; i++) {
		exch_buf_char(b, i == 0 ? '[' : '|');
		if (strlen(row->field[i]) != row->len[i])
			exch_buf_str(b, "<NUL>");
		exch_buf_str(b, row->field[i]);
	}
	exch_buf_char(b, ']');
	if (row->nfields > 0 && strcmp(row->field[0], "stop") == 0)
		return exch_diag_set(d, EXCH_ERR_STOP, "t.csv", EXCH_POS_LINE,
		    row->line, "asked");
	return 0;
}

/* The rows, then "E-3@line" when it failed. */
static const char *
parse_n(const char *s, size_t n)
{
	static char out[4096];
	struct exch_buf b = {0};
	struct exch_diag d = {0};
	int err = exch_csv_parse(s, n, "t.csv", collect, &b, &d);

	if (err != 0)
		exch_buf_fmt(&b, "E%d@%" PRIu64, err, d.where);
	if (err != (int)d.code)
		exch_buf_str(&b, " and the diagnosis differs");
	snprintf(out, sizeof(out), "%.*s", (int)b.len, b.len > 0 ? b.p : "");
	exch_buf_free(&b);
	return out;
}

static const char *
parse(const char *s)
{
	return parse_n(s, strlen(s));
}

static void
test_rows(void)
{
	tap_is_str(parse(""), "", "nothing");
	tap_is_str(parse("a,b\n1,2\n"), "1[a|b]2[1|2]", "two rows");
	tap_is_str(parse("a,b\n1,2"), "1[a|b]2[1|2]", "no last newline");
	tap_is_str(parse("a,b\r\n1,2\r\n"), "1[a|b]2[1|2]", "CRLF");
	tap_is_str(parse("a\n\n\r\n  \nb\n"), "1[a]5[b]", "blank lines");
	tap_is_str(parse(",\n"), "1[|]", "empty fields");
	tap_is_str(parse("a,\"x,\"\"y\"\"\",c\n"), "1[a|x,\"y\"|c]", "quotes");
	tap_is_str(parse("a,\"1\n\n2\",b\nc\n"), "1[a|1\n\n2|b]4[c]",
	    "a row over three lines");
	tap_is_str(parse("\n\n\"\n\"\nc\n"), "3[\n]5[c]",
	    "a row that begins with a line's end");
	tap_is_str(parse("\xef\xbb\xbf"
			 "a\n"),
	    "1[a]", "byte order mark");
	tap_is_str(parse_n("a\0b,c\n", 6), "1[<NUL>a|c]", "NUL in a field");
	tap_is_str(
	    parse("a\nstop\nb\n"), "1[a]2[stop]E-11@2", "the caller stops");
}

static void
test_refused(void)
{
	tap_is_str(parse("a\nb,\"c\n"), "1[a]E-3@2", "quote never closed");
	tap_is_str(parse("a\nb,x\"c\n"), "1[a]E-3@2", "quote inside a field");
	tap_is_str(parse("a\nb,\"x\"c\n"), "1[a]E-3@2", "text after a quote");
	tap_is_str(parse("a\n\"b\nc\nd"), "1[a]E-3@2",
	    "the row's first line is named");
}

static void
test_wide(void)
{
	struct exch_buf b = {0};
	struct exch_buf rows = {0};

	for (int i = 0; i < 1000; i++)
		exch_buf_str(&b, "field,");
	exch_buf_str(&b, "last\n");
	tap_is_i64(exch_csv_parse(b.p, b.len, "t.csv", collect, &rows, NULL), 0,
	    "a thousand fields");
	tap_ok(rows.len == 1 + 1 + 1000 * 6 + 4 + 1, "all of them");
	exch_buf_free(&b);
	exch_buf_free(&rows);
}

/*
 * It may fail anywhere, but only with NOMEM and nothing lost.  (libcsv
 * tries again with less when its buffer cannot grow.)
 */
static void
test_no_memory(void)
{
	static const char text[] = "a,b,c\n\"1\n\",2,3\n";
	unsigned bad = 0;
	unsigned n;

	for (n = 1; n < 100; n++) {
		struct exch_buf rows = {0};
		struct exch_diag d = {0};
		uint64_t before = exch_alloc_count();
		int err;

		exch_alloc_fail_at(n);
		err = exch_csv_parse(
		    text, strlen(text), "t.csv", collect, &rows, &d);
		exch_alloc_fail_at(0);
		bad += err != 0 && (err != EXCH_ERR_NOMEM || d.code != err);
		exch_buf_free(&rows);
		if (exch_alloc_count() - before < n)
			break; /* none was left to fail */
	}
	tap_ok(n > 3 && n < 100, "there were allocations to fail");
	tap_is_u64(bad, 0, "each gives out of memory");
}

int
main(void)
{
	test_rows();
	test_refused();
	test_wide();
	test_no_memory();
	return tap_done();
}
