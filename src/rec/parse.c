/*
 * Text forms back into a stream: the header and end lines, and the order
 * in which records come out.  Cells into records is parse_build.c's
 * business, lines into cells that of parse_json.c and parse_csv.c.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/dec.h"
#include "base/time.h"
#include "rec/parse_priv.h"

bool
exch_parse_is_text(const unsigned char *p, size_t n)
{
	return (n >= 1 && p[0] == '{') ||
	       (n >= 5 && memcmp(p, "type,", 5) == 0);
}

int
exch_parse_more(struct exch_parse *p, struct exch_diag *d)
{
	size_t got;
	int err;

	if (p->at > 0) {
		memmove(p->raw, p->raw + p->at, p->len - p->at);
		p->len -= p->at;
		p->scan -= p->at;
		p->row_end -= p->at <= p->row_end ? p->at : p->row_end;
		p->at = 0;
	}
	if (p->len == EXCH_LINE_MAX)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(p->in),
		    EXCH_POS_LINE, p->line + 1, "line is too long");
	err = exch_in_read(
	    p->in, p->raw + p->len, EXCH_LINE_MAX - p->len, &got, d);
	if (err != 0)
		return err;
	p->len += got;
	return got > 0;
}

/* The next line without its end: 1, 0 at the end of input, or an error. */
static int
next_line(struct exch_parse *p, char **s, size_t *n, struct exch_diag *d)
{
	for (;;) {
		char *nl = memchr(p->raw + p->scan, '\n', p->len - p->scan);
		int got;

		if (nl != NULL) {
			*s = p->raw + p->at;
			*n = (size_t)(nl - *s);
			p->at = p->scan = (size_t)(nl + 1 - p->raw);
			p->line++;
			/* An empty line says nothing. */
			if (*n == 0 || (*n == 1 && **s == '\r'))
				continue;
			return 1;
		}
		p->scan = p->len;
		got = exch_parse_more(p, d);
		if (got < 0)
			return got;
		if (got == 0)
			return p->at == p->len
				   ? 0
				   : exch_diag_set(d, EXCH_ERR_CUT,
					 exch_in_name(p->in), EXCH_POS_LINE,
					 p->line + 1, "line ends early");
	}
}

int
exch_parse_status(
    struct exch_parse *p, const struct exch_cell *c, struct exch_diag *d)
{
	uint16_t code;

	if (c == NULL ||
	    exch_word_code(exch_words_status, c->s, c->n, &code) != 0)
		return EXCH_PARSE_BAD(p, d, "unknown status of the end");
	p->status = (enum exch_status)code;
	return 0;
}

static bool
type_is(struct exch_parse *p, const char *word)
{
	struct exch_cell *c = exch_parse_cell(p, "t");

	return c != NULL && c->n == strlen(word) &&
	       memcmp(c->s, word, c->n) == 0;
}

/* {"t":"end","records":"12","status":"complete"} and nothing more. */
static int
take_end(struct exch_parse *p, enum exch_status *status, struct exch_diag *d)
{
	uint64_t records = 0;
	char *s;
	size_t n;
	int err;

	err = exch_parse_number(p, "records", UINT64_MAX, &records, d);
	if (err == 0)
		err = exch_parse_status(p, exch_parse_cell(p, "status"), d);
	if (err == 0)
		err = exch_parse_unused(p, d);
	if (err != 0)
		return err;
	if (records != p->records)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(p->in),
		    EXCH_POS_LINE, p->line,
		    "end line counts %llu records, but %llu came",
		    (unsigned long long)records,
		    (unsigned long long)p->records);
	*status = p->status;
	p->ended = true;
	err = next_line(p, &s, &n, d);
	if (err > 0)
		return EXCH_PARSE_BAD(p, d, "lines follow the end line");
	return err;
}

static int
next_json(struct exch_parse *p, enum exch_status *status, struct exch_diag *d)
{
	char *s;
	size_t n;
	int err = next_line(p, &s, &n, d);

	if (err == 0)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(p->in),
		    EXCH_POS_LINE, p->line + 1,
		    "stream ends without its end line");
	if (err < 0)
		return err;
	err = exch_parse_json_line(p, s, n, d);
	if (err != 0)
		return err;
	if (type_is(p, "end"))
		return take_end(p, status, d);
	err = exch_parse_build(p, d);
	return err != 0 ? err : 1;
}

/* The next record of the batch; rows are parsed when it is empty. */
static int
next_csv(struct exch_parse *p, const struct exch_rec **rec, uint64_t *seq,
    enum exch_status *status, struct exch_diag *d)
{
	const unsigned char *at;

	while (p->batch_at == p->batch.len) {
		int err;

		p->batch.len = p->batch_at = 0;
		if (p->pending != 0) {
			if (d != NULL)
				*d = p->pending_diag;
			return p->pending;
		}
		err = exch_parse_csv_rows(p, d);
		if (err < 0)
			return err;
		if (err == 0) {
			*status = p->status;
			return 0;
		}
	}
	at = (const unsigned char *)p->batch.p + p->batch_at;
	*seq = exch_le64(at);
	*rec = (const void *)(at + 8);
	p->batch_at += 8 + exch_rec_len(*rec);
	return 1;
}

int
exch_parse_next(struct exch_parse *p, const struct exch_rec **rec,
    uint64_t *seq, enum exch_status *status, struct exch_diag *d)
{
	int n;

	if (p->csv)
		return next_csv(p, rec, seq, status, d);
	n = next_json(p, status, d);
	*rec = (const void *)p->rec;
	*seq = p->seq;
	return n;
}

/* ---- opening ---- */

static int
take_version(
    struct exch_parse *p, struct exch_stream_info *info, struct exch_diag *d)
{
	uint64_t major = 0, minor = 0;
	int err = exch_parse_number(p, "major", UINT16_MAX, &major, d);

	if (err == 0)
		err = exch_parse_number(p, "minor", UINT16_MAX, &minor, d);
	if (err != 0)
		return err;
	if (major != EXCH_STREAM_MAJOR)
		return exch_diag_set(d, EXCH_ERR_VERSION, exch_in_name(p->in),
		    EXCH_POS_LINE, p->line,
		    "stream has format version %u, this program knows %u",
		    (unsigned)major, EXCH_STREAM_MAJOR);
	info->major = (uint16_t)major;
	info->minor = (uint16_t)minor;
	return 0;
}

static int
take_header(
    struct exch_parse *p, struct exch_stream_info *info, struct exch_diag *d)
{
	struct exch_cell *start, *id, *text;
	uint64_t date = 0, source = 0;
	size_t n;
	int err;

	if (!type_is(p, "header"))
		return EXCH_PARSE_BAD(
		    p, d, "the first line is not the header line");
	err = take_version(p, info, d);
	if (err == 0)
		err = exch_parse_number(p, "date", UINT32_MAX, &date, d);
	if (err == 0)
		err = exch_parse_number(p, "source", UINT8_MAX, &source, d);
	if (err != 0)
		return err;
	start = exch_parse_cell(p, "start");
	id = exch_parse_cell(p, "id");
	text = exch_parse_cell(p, "text");
	if (start == NULL || exch_ts_parse(start->s, start->n, &info->start))
		return EXCH_PARSE_BAD(p, d, "header without a start time");
	if (id == NULL ||
	    exch_parse_hex(id->s, id->n, info->id, sizeof(info->id), &n) != 0 ||
	    n != sizeof(info->id))
		return EXCH_PARSE_BAD(p, d, "header without a stream id");
	if (text == NULL || text->n >= sizeof(info->text) ||
	    memchr(text->s, 0, text->n) != NULL)
		return EXCH_PARSE_BAD(p, d, "header without a text");
	memcpy(info->text, text->s, text->n);
	info->text[text->n] = 0;
	info->date = (uint32_t)date;
	info->source = (uint8_t)source;
	return exch_parse_unused(p, d);
}

static int
open_json(
    struct exch_parse *p, struct exch_stream_info *info, struct exch_diag *d)
{
	char *s = NULL;
	size_t n = 0;
	int err = next_line(p, &s, &n, d);

	if (err < 0)
		return err;
	if (err == 0)
		return EXCH_PARSE_BAD(p, d, "input is empty");
	err = exch_parse_json_line(p, s, n, d);
	return err != 0 ? err : take_header(p, info, d);
}

/* The first row tells how far sources may go. */
static int
open_csv(
    struct exch_parse *p, struct exch_stream_info *info, struct exch_diag *d)
{
	int err = 1;

	while (err > 0 && p->batch.len == 0 && p->pending == 0)
		err = exch_parse_csv_rows(p, d);
	if (err < 0)
		return err;
	info->major = EXCH_STREAM_MAJOR;
	info->minor = EXCH_STREAM_MINOR;
	info->source = p->source_max;
	return 0;
}

int
exch_parse_open(struct exch_in *in, struct exch_stream_info *info,
    struct exch_parse **out, struct exch_diag *d)
{
	struct exch_parse *p = exch_calloc(1, sizeof(*p));
	const unsigned char *first;
	size_t n;
	int err = EXCH_ERR_NOMEM;

	if (p == NULL)
		goto fail;
	p->in = in;
	p->known = exch_known_new();
	p->dir = exch_dir_new();
	p->raw = exch_malloc(EXCH_LINE_MAX);
	p->rec = exch_malloc(EXCH_REC_MAX);
	if (p->known == NULL || p->dir == NULL || p->raw == NULL ||
	    p->rec == NULL)
		goto fail;
	err = exch_in_peek(in, &first, 1, &n, d);
	if (err != 0)
		goto fail;
	p->csv = n > 0 && first[0] != '{';
	p->source_max = p->csv ? EXCH_CSV_SOURCES : UINT8_MAX;
	err = p->csv ? open_csv(p, info, d) : open_json(p, info, d);
	if (err != 0)
		goto fail;
	*out = p;
	return 0;
fail:
	exch_parse_free(p);
	return exch_diag_set(d, (enum exch_err)err, exch_in_name(in),
	    EXCH_POS_NONE, 0, "out of memory for the parser");
}

void
exch_parse_free(struct exch_parse *p)
{
	if (p == NULL)
		return;
	exch_known_free(p->known);
	exch_dir_free(p->dir);
	exch_free(p->raw);
	exch_free(p->rec);
	exch_buf_free(&p->batch);
	exch_buf_free(&p->heading);
	exch_free(p);
}
