/*
 * Reading a stream.  Blocks are read into one buffer and records handed
 * out where they lie; their framing is checked on the way, so that a
 * caller may trust lengths and nothing else.
 *
 *	buf |....| front | body: rec rec rec ... | next front | ...
 *	         ^block   ^cur                 ^end            ^wr
 *
 * The fast path of exch_reader_next() knows only records that need nothing
 * but a sequence number; everything else, block ends included, is in
 * exch_reader_next_slow().  exch_in gives the bytes and parse.c the text forms.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/frame.h"
#include "rec/known.h"
#include "rec/parse.h"
#include "rec/shape.h"
#include "rec/stream.h"

/* At least this much is asked of the system at a time, small blocks being many. */
#define READ_MIN (256u << 10)
/* The front of the next block, of as many sources as streams usually have. */
#define NEXT_FRONT (EXCH_FRAME_HEAD + 8 * EXCH_FRAME_ENTRY)
/*
 * Room for the longest block with the front of the next, and for a large
 * read besides, so that nothing has to be moved often.
 */
#define BUF_CAP (EXCH_BLOCK_MAX + 2 * EXCH_FRAME_FRONT_MAX + READ_MIN)

struct exch_reader {
	struct exch_reader_hot hot; /* first: stream.h */

	struct exch_in *in;
	struct exch_parse *parse; /* text forms; NULL: binary */
	struct exch_dir *dir;
	struct exch_known *known;
	bool partial;
	bool part;
	bool in_block;
	bool ended; /* the end block was read */
	bool done;  /* and nothing is behind it */
	enum exch_status status;
	struct exch_stream_info info;

	unsigned char *buf;
	size_t rd;		 /* first byte not yet interpreted */
	size_t wr;		 /* end of what was read */
	struct exch_frame frame; /* of the block being read */
	uint64_t block_position; /* records before it */
	uint64_t blocks;
	uint32_t chain;
	uint8_t source[EXCH_FRAME_SOURCES]; /* the block's table */
	unsigned nsource;
	uint64_t after[256]; /* number after the last one seen; 0: none */

	int pending; /* error to return once everything whole is out */
	struct exch_diag pending_diag;
};

/* Offset in the stream of a byte of the buffer. */
static uint64_t
offset_of(const struct exch_reader *r, size_t at)
{
	return exch_in_offset(r->in) - (r->wr - at);
}

static int
bad(const struct exch_reader *r, enum exch_err code, size_t at, const char *why,
    struct exch_diag *d)
{
	return exch_diag_set(d, code, exch_in_name(r->in), EXCH_POS_BYTE,
	    offset_of(r, at), "%s", why);
}

/*
 * Have at least n bytes from rd on.  Blocks of the usual size, which are
 * somewhat more than READ_MIN, are read with the front of the next one and
 * not further: one read for each, and the remainder, which has to be moved
 * to the start of the buffer, stays small.
 */
static int
fill(struct exch_reader *r, size_t n, struct exch_diag *d)
{
	while (r->wr - r->rd < n) {
		size_t have = r->wr - r->rd;
		size_t want = n - have + NEXT_FRONT;
		size_t got;
		int err;

		if (want < READ_MIN && n < READ_MIN)
			want = READ_MIN;
		if (have == 0) {
			r->rd = r->wr = 0;
		} else if (have <= EXCH_FRAME_FRONT_MAX ||
			   want > BUF_CAP - r->wr) {
			memmove(r->buf, r->buf + r->rd, have);
			r->rd = 0;
			r->wr = have;
		}
		if (want > BUF_CAP - r->wr)
			want = BUF_CAP - r->wr;
		err = exch_in_read(r->in, r->buf + r->wr, want, &got, d);
		if (err != 0)
			return err;
		if (got == 0)
			return bad(r, EXCH_ERR_CUT, r->wr,
			    "stream ends without its end block", d);
		r->wr += got;
	}
	return 0;
}

/* The sequence table: where the numbers of each source go on. */
static int
take_table(struct exch_reader *r, struct exch_diag *d)
{
	size_t at = r->rd + EXCH_FRAME_HEAD;

	for (unsigned i = 0; i < r->nsource; i++) {
		uint8_t s = r->source[i];

		r->after[s] = r->hot.next[s];
		r->hot.next[s] = 0;
	}
	r->nsource = 0;
	for (unsigned i = 0; i < r->frame.nseq; i++) {
		const unsigned char *p = r->buf + at + i * EXCH_FRAME_ENTRY;
		uint64_t seq = exch_le64(p + 8);

		if (p[0] == 0 || r->hot.next[p[0]] != 0)
			return bad(r, EXCH_ERR_FORMAT, at,
			    "sequence table names a source twice or none", d);
		if (seq == 0 || seq < r->after[p[0]])
			return bad(r, EXCH_ERR_FORMAT, at,
			    "sequence numbers go back", d);
		r->hot.next[p[0]] = seq;
		r->source[r->nsource++] = p[0];
	}
	return 0;
}

/* Front of the next block into r->frame and the tables. */
static int
take_front(struct exch_reader *r, struct exch_diag *d)
{
	const char *why;
	int err = fill(r, EXCH_FRAME_HEAD, d);

	if (err != 0)
		return err;
	why = exch_frame_get(r->buf + r->rd, &r->frame);
	if (why != NULL)
		return bad(r, EXCH_ERR_FORMAT, r->rd, why, d);
	err = fill(r, exch_frame_front(&r->frame), d);
	if (err != 0)
		return err;
	if (!exch_frame_intact(r->buf + r->rd, &r->frame))
		return bad(r, EXCH_ERR_FORMAT, r->rd,
		    "checksum of a block header is wrong", d);
	if (r->blocks == 0)
		r->hot.position = r->frame.position;
	if (r->frame.position != r->hot.position)
		return bad(r, EXCH_ERR_FORMAT, r->rd,
		    "block does not follow the one before: records are "
		    "missing or repeated",
		    d);
	return 0;
}

static bool
body_intact(const struct exch_reader *r, size_t body)
{
	return (r->frame.flags & EXCH_FRAME_CHECKSUM) == 0 ||
	       exch_crc32c(0, r->buf + body, r->frame.body) ==
		   r->frame.body_crc;
}

/* After the end block nothing may follow, in the stream or below it. */
static int
take_eof(struct exch_reader *r, struct exch_diag *d)
{
	size_t got = 0;
	int err = 0;

	/* A stop comes up, and this is asked again: it is not the end yet. */
	if (r->wr == r->rd)
		err = exch_in_read(r->in, r->buf, READ_MIN, &got, d);
	if (err != 0)
		return err;
	r->done = true;
	if (got != 0 || r->wr != r->rd) {
		if (got != 0) {
			r->rd = 0;
			r->wr = got;
		}
		return bad(r, EXCH_ERR_FORMAT, r->rd,
		    "bytes follow the end of the stream", d);
	}
	return 0;
}

static int
take_end(struct exch_reader *r, struct exch_diag *d)
{
	size_t body = r->rd + exch_frame_front(&r->frame);
	struct exch_end e;
	const char *why;

	if (!body_intact(r, body))
		return bad(r, EXCH_ERR_FORMAT, body,
		    "checksum of the end block is wrong", d);
	why = exch_end_get(r->buf + body, r->frame.body, &e, r->after);
	if (why == NULL && e.records != r->hot.position)
		why = "end block counts other records than the stream had";
	if (why == NULL && (e.blocks != r->blocks || e.chain != r->chain))
		why = "end block does not belong to the blocks before it";
	if (why == NULL && e.status > EXCH_STATUS_CONTINUED)
		why = "unknown status in the end block";
	if (why != NULL)
		return bad(r, EXCH_ERR_FORMAT, body, why, d);
	r->rd = body + r->frame.body;
	r->status = (enum exch_status)e.status;
	r->ended = true;
	return take_eof(r, d);
}

/*
 * A body that ends early: without a checksum what is there can be
 * delivered; with one it cannot be trusted.
 */
static void
take_cut_body(
    struct exch_reader *r, size_t front, int err, const struct exch_diag *d)
{
	size_t have = r->wr - r->rd;

	r->pending = err;
	if (d != NULL)
		r->pending_diag = *d;
	r->hot.cur = r->hot.end = r->buf + r->rd;
	if ((r->frame.flags & EXCH_FRAME_CHECKSUM) == 0 && have > front) {
		r->hot.cur = r->buf + r->rd + front;
		r->hot.end = r->hot.cur + ((have - front) & ~(size_t)7);
	}
	r->in_block = true;
}

/* Read the next block: 1 records are ready, 0 the end, or an error. */
static int
next_block(struct exch_reader *r, struct exch_diag *d)
{
	struct exch_diag own = {0};
	size_t front;
	int err = r->ended ? take_eof(r, d) : take_front(r, d);

	if (err != 0 || r->ended)
		return err;
	front = exch_frame_front(&r->frame);
	err = fill(r, front + r->frame.body, &own);
	if (err == EXCH_ERR_STOP)
		return err;
	if (r->frame.kind == 'H')
		return bad(
		    r, EXCH_ERR_FORMAT, r->rd, "a second header block", d);
	if (err == 0 || r->frame.kind == 'D') {
		int bad_table = take_table(r, d);

		if (bad_table != 0)
			return bad_table;
	}
	if (err != 0 && r->frame.kind == 'D') {
		take_cut_body(r, front, err, &own);
		return 1;
	}
	if (err != 0) {
		if (d != NULL)
			*d = own;
		return err;
	}
	if (r->frame.kind == 'E')
		return take_end(r, d);
	if (!body_intact(r, r->rd + front))
		return bad(r, EXCH_ERR_FORMAT, r->rd + front,
		    "checksum of a block is wrong", d);
	r->hot.cur = r->buf + r->rd + front;
	r->hot.end = r->hot.cur + r->frame.body;
	r->rd += front + r->frame.body;
	r->block_position = r->hot.position;
	r->in_block = true;
	return 1;
}

/* All records of a block are out. */
static int
end_block(struct exch_reader *r, struct exch_diag *d)
{
	if (r->hot.position - r->block_position != r->frame.records)
		return bad(r, EXCH_ERR_FORMAT, r->rd,
		    "block holds other records than its header says", d);
	r->chain = exch_frame_chain(r->chain, &r->frame);
	r->blocks++;
	r->in_block = false;
	return 0;
}

/* Length of the record at cur, 0 when its framing is broken. */
static size_t
check_len(const struct exch_reader *r, const char **why)
{
	return exch_frame_record(
	    r->hot.cur, (size_t)(r->hot.end - r->hot.cur), why);
}

/*
 * Directory and schemas.  An instrument that makes no sense is delivered
 * all the same and left out of the directory: the stream is not broken by
 * it, and whoever needs the instrument finds it missing.
 */
static int
note(struct exch_reader *r, const struct exch_rec *rec, struct exch_diag *d)
{
	int err;

	if (rec->type == EXCH_REC_INSTRUMENT) {
		err = exch_dir_note(r->dir, rec, NULL);
		if (err == EXCH_ERR_NOMEM)
			return exch_diag_set(d, err, exch_in_name(r->in),
			    EXCH_POS_NONE, 0, "out of memory for instruments");
	} else if (rec->type == EXCH_REC_SCHEMA) {
		err = exch_known_note(r->known, rec, d);
		if (err != 0)
			return err;
	}
	return 0;
}

static int
take_seq(struct exch_reader *r, const struct exch_rec *rec, size_t len,
    struct exch_diag *d)
{
	size_t at = (size_t)(r->hot.cur - r->buf);
	uint64_t next;

	if (len < sizeof(struct exch_rec_seq) || r->hot.next[rec->source] == 0)
		return bad(r, EXCH_ERR_FORMAT, at,
		    "sequence record of a source that the block lacks", d);
	next = exch_le64(r->hot.cur + offsetof(struct exch_rec_seq, next));
	if (next < r->hot.next[rec->source])
		return bad(
		    r, EXCH_ERR_FORMAT, at, "sequence numbers go back", d);
	r->hot.next[rec->source] = next;
	return 0;
}

/* One record at cur: 1 delivered, 0 consumed, or an error. */
static int
take_record(
    struct exch_reader *r, const struct exch_rec **out, struct exch_diag *d)
{
	const struct exch_rec *rec = (const void *)r->hot.cur;
	size_t at = (size_t)(r->hot.cur - r->buf);
	const char *why;
	size_t len = check_len(r, &why);
	int err;

	if (len == 0)
		return bad(r, EXCH_ERR_FORMAT, at, why, d);
	if (!exch_shape_text_fits(rec, len))
		return bad(r, EXCH_ERR_FORMAT, at,
		    "text reaches beyond its record", d);
	if (rec->type == EXCH_REC_SEQ) {
		err = take_seq(r, rec, len, d);
		if (err == 0)
			r->hot.cur += len;
		return err;
	}
	if (!exch_rec_is_framing(rec->type)) {
		if (r->hot.next[rec->source] == 0)
			return bad(r, EXCH_ERR_FORMAT, at,
			    "record of a source that the block lacks", d);
		if (r->hot.next[rec->source] == UINT64_MAX)
			return bad(r, EXCH_ERR_FORMAT, at,
			    "sequence numbers are used up", d);
	}
	err = note(r, rec, d);
	if (err != 0)
		return err;
	r->hot.seq = 0;
	if (!exch_rec_is_framing(rec->type)) {
		r->hot.seq = r->hot.next[rec->source]++;
		r->hot.position++;
	}
	r->hot.cur += len;
	*out = rec;
	return 1;
}

static int
next_text(
    struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d)
{
	int n = exch_parse_next(r->parse, rec, &r->hot.seq, &r->status, d);
	int err;

	if (n == 0)
		r->done = true;
	if (n <= 0)
		return n;
	err = note(r, *rec, d);
	if (err != 0)
		return err;
	r->hot.position += !exch_rec_is_framing((*rec)->type);
	return 1;
}

static int
any_next(
    struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d)
{
	int n;

	if (r->parse != NULL)
		return next_text(r, rec, d);
	for (;;) {
		if (r->hot.cur < r->hot.end) {
			const char *why;

			/* The last record of a cut block is cut as well. */
			if (r->pending != 0 && check_len(r, &why) == 0)
				r->hot.cur = r->hot.end;
			else if ((n = take_record(r, rec, d)) != 0)
				return n;
			continue;
		}
		if (r->pending != 0) {
			if (d != NULL)
				*d = r->pending_diag;
			return r->pending;
		}
		if (r->in_block) {
			n = end_block(r, d);
			if (n != 0)
				return n;
		}
		n = next_block(r, d);
		if (n <= 0)
			return n;
	}
}

/* What is wrong stays so, except a stop. */
static void
keep_error(struct exch_reader *r, int err, const struct exch_diag *d)
{
	if (err == EXCH_ERR_STOP)
		return;
	r->hot.cur = r->hot.end;
	r->pending = err;
	r->pending_diag = *d;
}

/* What the fast path does not know. */
int
exch_reader_next_slow(
    struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int n;

	if (r->done && r->pending == 0)
		return 0;
	n = any_next(r, rec, &own);
	if (n >= 0)
		return n;
	if (n == EXCH_ERR_CUT && r->partial) {
		r->done = true;
		r->pending = 0;
		r->hot.cur = r->hot.end;
		return 0;
	}
	keep_error(r, n, &own);
	if (d != NULL)
		*d = own;
	return n;
}

/* Another block in hand, nothing of it taken so far. */
static bool
step_over(struct exch_reader *r)
{
	struct exch_diag d = {0};
	int n = 0;

	if (r->parse != NULL || r->done || r->pending != 0 ||
	    !exch_reader_between(r))
		return false;
	if (r->in_block)
		n = end_block(r, &d);
	if (n == 0)
		n = next_block(r, &d);
	if (n < 0)
		keep_error(r, n, &d);
	return n > 0 && r->pending == 0;
}

/*
 * How many records the block in hand has, and of each source; 0: one of them
 * needs a look of its own.
 */
static uint32_t
count_plain(const struct exch_reader *r, uint32_t count[256],
    const struct exch_rec **last)
{
	const unsigned char *p = r->hot.cur;
	uint32_t n = 0;

	for (; p < r->hot.end; n++) {
		size_t left = (size_t)(r->hot.end - p);
		size_t len;

		if (left < sizeof(struct exch_rec) || p[0] < 0x10)
			return 0;
		len = (size_t)p[1] * 8;
		if (len - sizeof(struct exch_rec) >
		    left - sizeof(struct exch_rec))
			return 0;
		count[p[3]]++;
		*last = (const void *)p;
		p += len;
	}
	return n;
}

bool
exch_reader_whole(struct exch_reader *r, struct exch_reader_whole *b)
{
	const struct exch_rec *last = NULL;
	uint32_t count[256] = {0};
	uint32_t n = step_over(r) ? count_plain(r, count, &last) : 0;

	if (n == 0 || n != r->frame.records)
		return false;
	b->after = r->hot;
	b->after.cur = r->hot.end;
	b->after.position += n;
	for (unsigned i = 0; i < r->nsource; i++) {
		uint8_t s = r->source[i];

		if (!exch_reader_has(r, s))
			return false;
		b->after.next[s] += count[s];
		n -= count[s];
	}
	if (n != 0)
		return false; /* of a source that the block lacks */
	b->n = exch_frame_front(&r->frame) + r->frame.body;
	b->at = r->buf + r->rd - b->n;
	b->offset = offset_of(r, r->rd - b->n);
	b->last = last->time;
	return true;
}

void
exch_reader_take(struct exch_reader *r, const struct exch_reader_whole *b)
{
	r->hot = b->after;
}

bool
exch_reader_stands(const struct exch_reader *r, uint64_t *offset)
{
	if (r->parse != NULL || r->ended || r->pending != 0 ||
	    !exch_reader_between(r))
		return false;
	*offset = offset_of(r, r->rd);
	return true;
}

int
exch_reader_jump(struct exch_reader *r, const struct exch_stream_point *to,
    uint64_t raw, struct exch_diag *d)
{
	int err = r->in_block ? end_block(r, d) : 0;

	if (err == 0)
		err = exch_in_jump(r->in, raw, to->offset, d);
	if (err != 0)
		return err;
	r->rd = r->wr = 0;
	r->hot.cur = r->hot.end = r->buf;
	r->hot.position = to->position;
	memset(r->hot.next, 0, sizeof(r->hot.next));
	r->nsource = 0;
	memcpy(r->after, to->next, sizeof(r->after));
	r->blocks = to->blocks;
	r->chain = to->chain;
	return 0;
}

/* ---- opening ---- */

static int
open_binary(struct exch_reader *r, struct exch_diag *d)
{
	size_t front;
	int err = take_front(r, d);

	if (err == 0 && r->frame.kind != 'H')
		err = bad(r, EXCH_ERR_FORMAT, r->rd,
		    "stream does not begin with a header block", d);
	if (err != 0)
		return err;
	front = exch_frame_front(&r->frame);
	err = fill(r, front + r->frame.body, d);
	if (err != 0)
		return err;
	if (!body_intact(r, r->rd + front) || r->frame.nseq != 0 ||
	    r->frame.records != 0)
		return bad(
		    r, EXCH_ERR_FORMAT, r->rd, "header block is damaged", d);
	err = exch_head_get(r->buf + r->rd + front, r->frame.body, &r->info,
	    exch_in_name(r->in), d);
	if (err != 0)
		return err;
	r->info.position = r->frame.position;
	if (r->frame.position != 0 && !r->part)
		return bad(r, EXCH_ERR_CUT, r->rd,
		    "part of a stream: its first records are missing", d);
	r->rd += front + r->frame.body;
	r->chain = exch_frame_chain(0, &r->frame);
	r->blocks = 1;
	return 0;
}

/* Recognise the form by its first bytes. */
static int
open_any(struct exch_reader *r, struct exch_diag *d)
{
	const char *name = exch_in_name(r->in);
	const unsigned char *p;
	size_t n;
	int err = exch_in_peek(r->in, &p, 8, &n, d);

	if (err != 0)
		return err;
	if (n == 0)
		return exch_diag_set(
		    d, EXCH_ERR_CUT, name, EXCH_POS_BYTE, 0, "input is empty");
	if (exch_parse_is_text(p, n))
		return exch_parse_open(r->in, &r->info, &r->parse, d);
	if (n >= 4 && memcmp(p, "XST", 3) == 0 && p[3] > '1' && p[3] <= '9')
		return exch_diag_set(d, EXCH_ERR_VERSION, name, EXCH_POS_BYTE,
		    0, "stream has format version %c, this program knows 1",
		    p[3]);
	if (memcmp(p, "XST1", n < 4 ? n : 4) != 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_BYTE, 0,
		    "not an exch stream: exch-replay makes one of captures, "
		    "feeds, order lists and scenarios");
	return open_binary(r, d);
}

int
exch_reader_open(struct exch_in *in, const struct exch_reader_opts *opts,
    struct exch_reader **out, struct exch_diag *d)
{
	struct exch_reader *r = exch_calloc(1, sizeof(*r));
	int err;

	if (r == NULL)
		goto nomem;
	r->in = in;
	r->partial = opts != NULL && opts->partial;
	r->part = opts != NULL && (opts->partial || opts->part);
	r->status = EXCH_STATUS_UNKNOWN;
	r->dir = exch_dir_new();
	r->known = exch_known_new();
	r->buf = exch_malloc(BUF_CAP);
	if (r->dir == NULL || r->known == NULL || r->buf == NULL)
		goto nomem;
	r->hot.cur = r->hot.end = r->buf;
	err = open_any(r, d);
	if (err != 0) {
		exch_reader_close(r);
		return err;
	}
	*out = r;
	return 0;
nomem:
	exch_reader_close(r);
	return exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(in), EXCH_POS_NONE,
	    0, "out of memory for the reader");
}

void
exch_reader_close(struct exch_reader *r)
{
	if (r == NULL)
		return;
	exch_parse_free(r->parse);
	exch_known_free(r->known);
	exch_dir_free(r->dir);
	exch_free(r->buf);
	exch_free(r);
}

uint64_t
exch_reader_position(const struct exch_reader *r)
{
	return r->hot.position;
}

uint64_t
exch_reader_block(const struct exch_reader *r)
{
	return r->blocks;
}

const struct exch_stream_info *
exch_reader_info(const struct exch_reader *r)
{
	return &r->info;
}

const struct exch_dir *
exch_reader_dir(const struct exch_reader *r)
{
	return r->dir;
}

enum exch_status
exch_reader_status(const struct exch_reader *r)
{
	return r->status;
}
