/*
 * The index of a stream: its rows while it is made, as bytes, and the
 * question that is put to it.  Rows are kept as they stand in a file: most
 * of them are only walked over, once, from the first to the last.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/each.h"
#include "rec/schema.h"
#include "rec/seek.h"

#define HEAD 80u
#define ROW_FIXED 48u
#define INDEX_VERSION 2u
#define ALWAYS 1u

static const char mark[4] = {'X', 'S', 'T', 'I'};

struct exch_seek {
	struct exch_buf rows;
	uint64_t n;
	size_t last; /* in rows: the last one */
	/* Of the blocks so far. */
	struct exch_stream_point at;
	bool whole;
	/* The question: the row of the reader's place, or the next one. */
	size_t here;
};

/* A row as it is kept. */
struct row {
	uint64_t offset;
	uint64_t raw;
	uint64_t position;
	uint64_t blocks;
	exch_ts latest;
	uint32_t chain;
	uint8_t flags;
	unsigned sources;
	const unsigned char *next; /* entries as of a sequence table */
};

struct exch_seek *
exch_seek_new(void)
{
	return exch_calloc(1, sizeof(struct exch_seek));
}

void
exch_seek_free(struct exch_seek *s)
{
	if (s == NULL)
		return;
	exch_buf_free(&s->rows);
	exch_free(s);
}

bool
exch_seek_whole(const struct exch_seek *s)
{
	return s->whole && s->n > 0;
}

uint64_t
exch_seek_rows(const struct exch_seek *s)
{
	return s->n;
}

/* ---- rows ---- */

static size_t
row_size(unsigned sources)
{
	return ROW_FIXED + (size_t)sources * EXCH_FRAME_ENTRY;
}

static void
get_row(const unsigned char *p, struct row *r)
{
	r->offset = exch_le64(p);
	r->raw = exch_le64(p + 8);
	r->position = exch_le64(p + 16);
	r->blocks = exch_le64(p + 24);
	r->latest = exch_le64(p + 32);
	r->chain = exch_le32(p + 40);
	r->flags = p[44];
	r->sources = p[45];
	r->next = p + ROW_FIXED;
}

static void
row_at(const struct exch_seek *s, size_t at, struct row *r)
{
	get_row((const unsigned char *)s->rows.p + at, r);
}

uint64_t
exch_seek_tail(const struct exch_seek *s)
{
	struct row r;

	row_at(s, s->last, &r);
	return r.raw;
}

void
exch_seek_row(struct exch_seek *s, uint64_t raw)
{
	unsigned char p[ROW_FIXED] = {0}, entry[EXCH_FRAME_ENTRY];
	unsigned sources = 0;

	exch_put_le64(p, s->at.offset);
	exch_put_le64(p + 8, raw);
	exch_put_le64(p + 16, s->at.position);
	exch_put_le64(p + 24, s->at.blocks);
	exch_put_le32(p + 40, s->at.chain);
	for (unsigned i = 1; i < 256; i++)
		sources += s->at.next[i] != 0;
	p[45] = (unsigned char)sources;
	s->last = s->rows.len;
	s->n++;
	exch_buf_add(&s->rows, p, sizeof(p));
	for (unsigned i = 1; i < 256; i++) {
		if (s->at.next[i] == 0)
			continue;
		exch_frame_put_entry(entry, (uint8_t)i, s->at.next[i]);
		exch_buf_add(&s->rows, entry, sizeof(entry));
	}
}

/* ---- blocks ---- */

/* Does it count whatever its time, or need a look? */
static bool
counts_always(const struct exch_rec *r)
{
	const struct exch_schema *known;

	if (r->type <= EXCH_REC_PHASE)
		return true;
	known = exch_schema_of(r->type);
	return known != NULL && exch_rec_len(r) < known->size;
}

static int
take_records(struct exch_seek *s, const unsigned char *p,
    const struct exch_frame *f, const char **why)
{
	unsigned char *row = (unsigned char *)s->rows.p + s->last;
	exch_ts latest = exch_le64(row + 32);
	const struct exch_rec *r;
	struct exch_each e;
	uint64_t seq;
	int n;

	*why = exch_each_begin(&e, p, f, s->at.next);
	if (*why != NULL)
		return EXCH_ERR_FORMAT;
	while ((n = exch_each_next(&e, &r, &seq, why)) > 0) {
		if (counts_always(r))
			row[44] |= ALWAYS;
		else if (r->time > latest)
			latest = r->time;
		s->at.time = r->time;
	}
	exch_put_le64(row + 32, latest);
	s->at.position += e.records;
	return n < 0 ? EXCH_ERR_FORMAT : 0;
}

static int
take_end(struct exch_seek *s, const unsigned char *p,
    const struct exch_frame *f, const char **why)
{
	struct exch_end e;

	*why = exch_end_get(p + exch_frame_front(f), f->body, &e, s->at.next);
	if (*why == NULL &&
	    (e.records != s->at.position || e.blocks != s->at.blocks ||
		e.chain != s->at.chain))
		*why = "end block does not belong to the blocks before it";
	if (*why != NULL)
		return EXCH_ERR_FORMAT;
	/* How a stream ended counts always. */
	s->rows.p[s->last + 44] |= ALWAYS;
	s->whole = true;
	return 0;
}

static const char *
misplaced(const struct exch_seek *s, const struct exch_frame *f)
{
	if (s->whole)
		return "bytes follow the end of the stream";
	if ((f->kind == 'H') != (s->at.blocks == 0))
		return f->kind == 'H'
			   ? "a second header block"
			   : "stream does not begin with a header block";
	if (f->kind != 'H' && f->position != s->at.position)
		return "block does not follow the one before: records are "
		       "missing or repeated";
	if (f->kind == 'D' && (f->flags & EXCH_FRAME_CHECKSUM) == 0)
		return "a block has no checksum, so that nobody could tell "
		       "whether the index is of this file: write it anew, "
		       "with exch-replay -o";
	return NULL;
}

int
exch_seek_block(
    struct exch_seek *s, const unsigned char *p, size_t n, const char **why)
{
	struct exch_frame f;
	long len;
	int err = 0;

	*why = "a block is not whole";
	if (s->rows.failed)
		return EXCH_ERR_NOMEM;
	len = exch_each_block(p, n, &f, why);
	if (len <= 0 || (size_t)len != n)
		return EXCH_ERR_FORMAT;
	*why = misplaced(s, &f);
	if (*why != NULL)
		return EXCH_ERR_FORMAT;
	if (f.kind == 'E')
		return take_end(s, p, &f, why);
	if (f.kind == 'H')
		s->at.position = f.position;
	else
		err = take_records(s, p, &f, why);
	s->at.offset += n;
	s->at.blocks++;
	s->at.chain = exch_frame_chain(s->at.chain, &f);
	return err;
}

/* ---- bytes ---- */

void
exch_seek_encode(const struct exch_seek *s, const struct exch_seek_of *of,
    struct exch_buf *b)
{
	unsigned char p[HEAD] = {0};

	memcpy(p, mark, sizeof(mark));
	exch_put_le16(p + 4, INDEX_VERSION);
	exch_put_le16(p + 6, HEAD);
	exch_put_le64(p + 8, s->n);
	exch_put_le64(p + 16, s->rows.len);
	exch_put_le64(p + 24, of->size);
	exch_put_le64(p + 32, of->tail);
	memcpy(p + 40, of->digest, sizeof(of->digest));
	exch_put_le32(p + 72, exch_crc32c(0, s->rows.p, s->rows.len));
	exch_put_le32(p + 76, exch_crc32c(0, p, 76));
	exch_buf_add(b, p, sizeof(p));
	exch_buf_add(b, s->rows.p, s->rows.len);
	b->failed |= s->rows.failed;
}

static int
bad(struct exch_diag *d, enum exch_err code, size_t at, const char *why)
{
	return exch_diag_set(d, code, NULL, EXCH_POS_BYTE, at, "%s", why);
}

/* Rows lie one behind the other, and so do their places. */
static const char *
check_rows(struct exch_seek *s)
{
	size_t at = 0;
	struct row r, before = {0};

	for (uint64_t i = 0; i < s->n; i++) {
		if (s->rows.len - at < ROW_FIXED)
			return "it has fewer rows than it says";
		row_at(s, at, &r);
		if (s->rows.len - at < row_size(r.sources))
			return "it has fewer rows than it says";
		if (i == 0 ? r.offset != 0 || r.blocks != 0
			   : r.offset <= before.offset || r.raw <= before.raw ||
				 r.blocks <= before.blocks ||
				 r.position < before.position)
			return "its rows do not follow each other";
		before = r;
		s->last = at;
		at += row_size(r.sources);
	}
	return at == s->rows.len && s->n > 0 ? NULL
					     : "it has more than its rows";
}

static int
check_head(const unsigned char *p, size_t n, struct exch_diag *d)
{
	if (n < 8 || memcmp(p, mark, sizeof(mark)) != 0)
		return bad(d, EXCH_ERR_FORMAT, 0, "this is not an index");
	if (exch_le16(p + 4) < INDEX_VERSION)
		return bad(d, EXCH_ERR_ABSENT, 4, "an index of version 1");
	if (exch_le16(p + 4) > INDEX_VERSION)
		return exch_diag_set(d, EXCH_ERR_VERSION, NULL, EXCH_POS_BYTE,
		    4, "the index has version %u, this program knows %u",
		    (unsigned)exch_le16(p + 4), INDEX_VERSION);
	if (n < HEAD)
		return bad(d, EXCH_ERR_CUT, n, "the index ends early");
	if (exch_le32(p + 76) != exch_crc32c(0, p, 76) ||
	    exch_le16(p + 6) != HEAD)
		return bad(d, EXCH_ERR_FORMAT, 0,
		    "the index is damaged: the checksum of its head is wrong");
	if (exch_le64(p + 16) > n - HEAD)
		return bad(d, EXCH_ERR_CUT, n, "the index ends early");
	if (exch_le64(p + 16) < n - HEAD)
		return bad(d, EXCH_ERR_FORMAT, n, "bytes follow the index");
	if (exch_le32(p + 72) != exch_crc32c(0, p + HEAD, n - HEAD))
		return bad(d, EXCH_ERR_FORMAT, HEAD,
		    "the index is damaged: the checksum of its rows is wrong");
	return 0;
}

int
exch_seek_decode(const unsigned char *p, size_t n, struct exch_seek_of *of,
    struct exch_seek **out, struct exch_diag *d)
{
	struct exch_seek *s;
	const char *why;
	int err = check_head(p, n, d);

	if (err != 0)
		return err;
	s = exch_seek_new();
	if (s != NULL)
		exch_buf_add(&s->rows, p + HEAD, n - HEAD);
	if (s == NULL || s->rows.failed) {
		exch_seek_free(s);
		return bad(d, EXCH_ERR_NOMEM, 0, "out of memory for the index");
	}
	s->n = exch_le64(p + 8);
	why = check_rows(s);
	if (why != NULL) {
		exch_seek_free(s);
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_BYTE,
		    HEAD, "the index makes no sense: %s", why);
	}
	s->whole = true;
	of->size = exch_le64(p + 24);
	of->tail = exch_le64(p + 32);
	memcpy(of->digest, p + 40, sizeof(of->digest));
	*out = s;
	return 0;
}

/* ---- the question ---- */

/* The row at `at`; false: behind the last one. */
static bool
look(const struct exch_seek *s, size_t at, struct row *r)
{
	if (at >= s->rows.len)
		return false;
	row_at(s, at, r);
	return true;
}

bool
exch_seek_skip(struct exch_seek *s, uint64_t offset, exch_ts from,
    struct exch_stream_point *to, uint64_t *raw)
{
	struct row r;
	size_t first;

	while (look(s, s->here, &r) && r.offset < offset)
		s->here += row_size(r.sources);
	if (!look(s, s->here, &r) || r.offset != offset)
		return false;
	/* The last row holds the end, which counts always. */
	first = s->here;
	while (
	    look(s, s->here, &r) && (r.flags & ALWAYS) == 0 && r.latest < from)
		s->here += row_size(r.sources);
	if (s->here == first || !look(s, s->here, &r))
		return false;
	memset(to, 0, sizeof(*to));
	to->offset = r.offset;
	to->position = r.position;
	to->blocks = r.blocks;
	to->chain = r.chain;
	for (unsigned i = 0; i < r.sources; i++)
		to->next[r.next[i * EXCH_FRAME_ENTRY]] =
		    exch_le64(r.next + i * EXCH_FRAME_ENTRY + 8);
	*raw = r.raw;
	return true;
}
