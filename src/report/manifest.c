/*
 * The manifest beside an audit file: what it holds and the hash by which
 * one may know it, as key=value lines.  Nothing in it depends on when or
 * where it was made.
 */
#include <config.h>

#include <string.h>

#include "base/buf.h"
#include "base/version.h"
#include "report/report.h"

/* Values are one line: control characters of a stream's text become '?'. */
static void
put_text(struct exch_buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		exch_buf_char(b, (unsigned char)*s < 0x20 ? '?' : *s);
}

static void
put_source(struct exch_buf *b, unsigned id, const struct exch_report_source *s)
{
	if (s->text != NULL) {
		exch_buf_fmt(b, "source.%u=", id);
		put_text(b, s->text);
		exch_buf_char(b, '\n');
	}
	if (s->row_first == 0)
		return;
	exch_buf_fmt(b, "first_seq.%u=", id);
	exch_buf_uint(b, s->row_first);
	exch_buf_fmt(b, "\nlast_seq.%u=", id);
	exch_buf_uint(b, s->row_last);
	exch_buf_char(b, '\n');
}

static void
put_pair(struct exch_buf *b, const char *key, uint64_t v)
{
	exch_buf_str(b, key);
	exch_buf_uint(b, v);
	exch_buf_char(b, '\n');
}

int
exch_report_manifest(
    struct exch_report_run *run, char **text, size_t *n, struct exch_diag *d)
{
	struct exch_buf b = {0};
	struct exch_sha256 sha = run->table.sha;
	unsigned char sum[32];
	char hex[65];

	exch_sha256_end(&sha, sum);
	exch_sha256_hex(sum, hex);
	exch_buf_fmt(&b, "manifest=1\nsoftware=exch-report %s\nreport=%s\n",
	    EXCH_VERSION, run->report->name);
	exch_buf_fmt(&b, "format=%s\n",
	    run->o.format == EXCH_FMT_CSV    ? "csv"
	    : run->o.format == EXCH_FMT_JSON ? "json"
					     : "text");
	exch_buf_fmt(&b, "sha256=%s\n", hex);
	put_pair(&b, "bytes=", run->table.bytes);
	put_pair(&b, "rows=", run->table.rows);
	put_pair(&b, "records=", run->numbered);
	exch_buf_fmt(&b, "stream=%s\n", exch_report_status_word(run));
	if (run->digest[0] != '\0')
		exch_buf_fmt(&b, "digest=%s\n", run->digest);
	if (run->info->date != 0)
		put_pair(&b, "date=", run->info->date);
	for (unsigned i = 0; i < 256; i++)
		put_source(&b, i, &run->source[i]);
	if (b.failed) {
		exch_buf_free(&b);
		return exch_report_nomem(d);
	}
	*text = b.p;
	*n = b.len;
	return EXCH_OK;
}
