/* Manifests: made, and read again (manifest.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/version.h"
#include "report/manifest.h"

/* ---- making one ---- */

/* Values are one line: control characters of a stream's text become '?'. */
static void
put_text(struct exch_buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		exch_buf_char(
		    b, (unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s);
}

static void
put_pair(struct exch_buf *b, const char *key, uint64_t v)
{
	exch_buf_str(b, key);
	exch_buf_uint(b, v);
	exch_buf_char(b, '\n');
}

static void
put_line(struct exch_buf *b, const char *key, const char *text)
{
	exch_buf_str(b, key);
	put_text(b, text);
	exch_buf_char(b, '\n');
}

static void
put_source(struct exch_buf *b, unsigned id, const struct exch_report_source *s)
{
	if (s->text != NULL) {
		exch_buf_fmt(b, "source.%u=", id);
		put_text(b, s->text);
		exch_buf_fmt(b, "\nconfig.%u=%016llx\n", id,
		    (unsigned long long)s->config);
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
hash_of(const void *p, size_t n, char hex[65])
{
	unsigned char sum[32];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, p, n);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hex);
}

/* The tool that matched, with its version: the first two words of its text. */
static void
put_engine(struct exch_buf *b, const struct exch_report_run *run)
{
	const char *text = run->source[run->matcher].text;
	size_t n;

	if (run->matcher == 0 || text == NULL)
		return;
	n = strcspn(text, " ");
	n += text[n] == ' ';
	n += strcspn(text + n, " ");
	exch_buf_str(b, "engine=");
	for (size_t i = 0; i < n; i++)
		exch_buf_char(b, (unsigned char)text[i] < 0x20 ? '?' : text[i]);
	exch_buf_char(b, '\n');
}

static void
put_options(struct exch_buf *b, const char *options)
{
	char hex[65];

	if (options == NULL)
		options = "";
	put_line(b, "options=", options);
	hash_of(options, strlen(options), hex);
	exch_buf_fmt(b, "config=%.16s\n", hex);
}

static void
put_packed(struct exch_buf *b, const struct exch_manifest_file *f)
{
	char hex[65];

	if (!f->packed)
		return;
	exch_sha256_hex(f->packed_sha256, hex);
	exch_buf_fmt(b, "packed_sha256=%s\n", hex);
	put_pair(b, "packed_bytes=", f->packed_bytes);
}

int
exch_manifest_make(struct exch_report_run *run,
    const struct exch_manifest_file *f, char **text, size_t *n,
    struct exch_diag *d)
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
	if (f->name != NULL)
		put_line(&b, "file=", f->name);
	put_options(&b, f->options);
	exch_buf_fmt(&b, "sha256=%s\n", hex);
	put_pair(&b, "bytes=", run->table.bytes);
	put_packed(&b, f);
	put_pair(&b, "rows=", run->table.rows);
	put_pair(&b, "records=", run->numbered);
	put_line(&b, "stream=", exch_report_status_word(run));
	if (run->digest[0] != '\0')
		put_line(&b, "digest=", run->digest);
	if (run->info->date != 0)
		put_pair(&b, "date=", run->info->date);
	put_engine(&b, run);
	for (unsigned i = 0; i < 256; i++)
		put_source(&b, i, &run->source[i]);
	if (!b.failed) {
		hash_of(b.p, b.len, hex);
		exch_buf_fmt(&b, "check=%s\n", hex);
	}
	if (b.failed) {
		exch_buf_free(&b);
		return exch_report_nomem(d);
	}
	*text = b.p;
	*n = b.len;
	return EXCH_OK;
}

/* ---- reading one ---- */

static int
bad_line(struct exch_diag *d, const char *name, uint64_t line, const char *why)
{
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, name, EXCH_POS_LINE, line, "%s", why);
}

static bool
is_hash(const char *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((v[i] >= '0' && v[i] <= '9') ||
			(v[i] >= 'a' && v[i] <= 'f')))
			return false;
	return n == 64;
}

/* The keys that say what the table has to be; each once, some always. */
enum key { FILE_, SHA, BYTES, PSHA, PBYTES, ROWS, STREAM, KEYS };

static const char *const keys[KEYS] = {"file", "sha256", "bytes",
    "packed_sha256", "packed_bytes", "rows", "stream"};

static bool
take_value(struct exch_manifest *m, enum key k, const char *v, size_t n)
{
	switch (k) {
	case FILE_:
		if (n == 0 || n >= sizeof(m->file) || memchr(v, '/', n) != NULL)
			return false;
		memcpy(m->file, v, n);
		m->file[n] = '\0';
		return true;
	case STREAM:
		if (n == 0 || n >= sizeof(m->stream))
			return false;
		memcpy(m->stream, v, n);
		m->stream[n] = '\0';
		return true;
	case SHA:
	case PSHA:
		if (!is_hash(v, n))
			return false;
		memcpy(k == SHA ? m->sha256 : m->packed_sha256, v, n);
		m->packed = m->packed || k == PSHA;
		return true;
	case BYTES:
		return exch_uint_parse(v, n, &m->bytes) == 0;
	case PBYTES:
		return exch_uint_parse(v, n, &m->packed_bytes) == 0;
	default:
		return exch_uint_parse(v, n, &m->rows) == 0;
	}
}

/* A line without its end: 0, or what is wrong with it. */
static const char *
take_line(struct exch_manifest *m, const char *p, size_t n, bool seen[KEYS])
{
	const char *eq = memchr(p, '=', n);
	size_t nkey = eq != NULL ? (size_t)(eq - p) : 0;

	if (nkey == 0)
		return "expected key=value";
	for (unsigned k = 0; k < KEYS; k++) {
		if (strlen(keys[k]) != nkey || memcmp(keys[k], p, nkey) != 0)
			continue;
		if (seen[k])
			return "this was said before";
		seen[k] = true;
		if (!take_value(m, k, eq + 1, n - nkey - 1))
			return "the value is none of that kind";
	}
	return NULL;
}

/* The last line, of what stands before it. */
static bool
check_holds(const char *text, size_t before, const char *line, size_t n)
{
	char hex[65];

	hash_of(text, before, hex);
	return n == 6 + 64 && memcmp(line, "check=", 6) == 0 &&
	       memcmp(line + 6, hex, 64) == 0;
}

int
exch_manifest_read(struct exch_manifest *m, const char *text, size_t n,
    const char *name, struct exch_diag *d)
{
	static const char first[] = "manifest=1\n";
	bool seen[KEYS] = {false};
	uint64_t line = 0;

	memset(m, 0, sizeof(*m));
	if (n < sizeof(first) - 1 ||
	    memcmp(text, first, sizeof(first) - 1) != 0)
		return bad_line(d, name, 1,
		    n == 0 ? "the file is empty: a manifest begins with "
			     "manifest=1"
			   : "this is no manifest: it begins with manifest=1");
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		const char *why;
		size_t k;

		line++;
		if (end == NULL)
			return bad_line(d, name, line,
			    "the line has no end: a part of the manifest is "
			    "missing");
		k = (size_t)(end - text) - at;
		why = take_line(m, text + at, k, seen);
		if (why != NULL)
			return bad_line(d, name, line, why);
		m->whole = check_holds(text, at, text + at, k);
		at += k + 1;
	}
	if (!seen[SHA] || !seen[BYTES] || !seen[ROWS])
		return bad_line(d, name, line,
		    "there is no sha256, bytes or rows: a part of the manifest "
		    "is missing");
	return EXCH_OK;
}

/* ---- counting a table ---- */

void
exch_manifest_count_begin(struct exch_manifest_count *c)
{
	memset(c, 0, sizeof(*c));
	exch_sha256_init(&c->sha);
}

void
exch_manifest_count_add(struct exch_manifest_count *c, const void *p, size_t n)
{
	const char *s = p;

	exch_sha256_add(&c->sha, p, n);
	c->bytes += n;
	for (size_t i = 0; i < n; i++) {
		/* a doubled quote ends and begins again */
		c->quoted ^= s[i] == '"';
		c->lines += s[i] == '\n' && !c->quoted;
	}
}

void
exch_manifest_count_end(
    struct exch_manifest_count *c, char sha256[65], uint64_t *rows)
{
	unsigned char sum[32];

	exch_sha256_end(&c->sha, sum);
	exch_sha256_hex(sum, sha256);
	*rows = c->lines > 0 ? c->lines - 1 : 0;
}
