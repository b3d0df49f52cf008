/*
 * Writing a stream.  Records are made or copied straight into the body of
 * the next block, which is written with its front in one call:
 *
 *	buf | room for front | body: rec rec ... | slack |
 *	                     ^body           ^cur
 *
 * A block is due once cur reaches `soft`; it is written by the next call,
 * because the record made last may still be filled in.  After a failure
 * `soft` is at the start, so that every call takes the slow path, where
 * records go to a scratch page and nowhere else.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"
#include "base/sha256.h"
#include "base/version.h"
#include "rec/frame.h"
#include "rec/schema.h"
#include "rec/trim.h"
#include "rec/view.h"

/*
 * Beyond a full body: the record that passed the limit, its extension
 * entries, and the SEQ and SCHEMA records put before it.
 */
#define SLACK (2 * EXCH_REC_MAX + 4096u)
#define BODY_CAP (EXCH_BLOCK_BODY + SLACK)
_Static_assert(BODY_CAP <= EXCH_BLOCK_MAX, "a block holds a full body");

struct exch_writer {
	struct exch_writer_hot hot; /* first: stream.h */

	struct exch_out *out;
	struct exch_view *view; /* text forms; NULL: binary */
	bool checksum;
	bool digest;
	bool directory; /* a directory record is in this block */
	bool closed;
	bool draft; /* records stay in memory; no block is ever written */
	unsigned char *buf;
	unsigned char *body;
	unsigned char *scratch;
	struct exch_stream_info info;
	struct exch_writer_opts opts;

	uint8_t table[EXCH_FRAME_SOURCES];  /* sources in this block */
	uint64_t first[EXCH_FRAME_SOURCES]; /* and their first numbers */
	unsigned nsource;
	uint64_t after[256]; /* number after the last one of earlier blocks */

	uint64_t position; /* numbered records before this block */
	uint64_t blocks;
	uint32_t chain;
	exch_ts time;	      /* of the last record before this block */
	uint64_t skip;	      /* numbered records before it are not written */
	bool written[256];    /* sources with numbered records in the output */
	struct exch_buf kept; /* framing that was skipped and is needed, behind
				 room for a front */
	struct exch_sha256 sha;
	char hex[65];

	int err;
	struct exch_diag diag;
};

/* Keep the first error; from now on nothing more is written. */
static int
fail(struct exch_writer *w, int err, const struct exch_diag *d)
{
	if (w->err == 0) {
		w->err = err;
		w->diag = *d;
		w->diag.code = (enum exch_err)err;
	}
	w->hot.soft = w->hot.own = w->body;
	return err;
}

static int
fail_text(struct exch_writer *w, enum exch_err err, const char *why)
{
	struct exch_diag d = {0};

	return fail(
	    w, exch_diag_set(&d, err, NULL, EXCH_POS_NONE, 0, "%s", why), &d);
}

/* ---- blocks ---- */

static int
put_block(struct exch_writer *w, uint8_t kind, unsigned char *body, size_t n,
    struct exch_diag *d)
{
	unsigned char *p =
	    body - EXCH_FRAME_HEAD - w->nsource * (size_t)EXCH_FRAME_ENTRY;
	struct exch_frame f = {
	    .kind = kind,
	    .nseq = (uint16_t)w->nsource,
	    .body = (uint32_t)n,
	    .records = (uint32_t)w->hot.records,
	    .position = w->position,
	    .time = w->time,
	};
	int err =
	    w->opts.before != NULL ? w->opts.before(w->opts.before_arg, d) : 0;

	if (err != 0)
		return err;
	if (w->directory)
		f.flags |= EXCH_FRAME_DIRECTORY;
	if (w->checksum) {
		f.flags |= EXCH_FRAME_CHECKSUM;
		f.body_crc = exch_crc32c(0, body, n);
	}
	for (unsigned i = 0; i < w->nsource; i++) {
		exch_frame_put_entry(p + EXCH_FRAME_HEAD + i * EXCH_FRAME_ENTRY,
		    w->table[i], w->first[i]);
		w->written[w->table[i]] = true;
	}
	exch_frame_put(p, &f);
	err = exch_out_mark(w->out, w->position,
	    kind == 'D' && n >= sizeof(struct exch_rec)
		? ((const struct exch_rec *)(const void *)body)->time
		: w->time,
	    w->directory, d);
	if (err == 0)
		err = exch_out_write(w->out, p, (size_t)(body - p) + n, d);
	if (kind != 'E')
		w->chain = exch_frame_chain(w->chain, &f);
	w->blocks++;
	return err;
}

/* What was left out in front of the first block that is written. */
static int
put_kept(struct exch_writer *w, struct exch_diag *d)
{
	uint64_t records = w->hot.records;
	unsigned n = w->nsource;
	bool directory = w->directory;
	int err;

	if (w->kept.failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for schemas");
	if (w->kept.len == 0)
		return 0;
	w->hot.records = 0;
	w->nsource = 0;
	w->directory = true;
	err =
	    put_block(w, 'D', (unsigned char *)w->kept.p + EXCH_FRAME_FRONT_MAX,
		w->kept.len - EXCH_FRAME_FRONT_MAX, d);
	w->hot.records = records;
	w->nsource = n;
	w->directory = directory;
	exch_buf_free(&w->kept);
	return err;
}

/* A block of which the output has a part, or all. */
static int
put_rest(struct exch_writer *w, struct exch_diag *d)
{
	size_t n = (size_t)(w->hot.cur - w->body);
	uint64_t position = w->position, records = w->hot.records;
	uint64_t skip = w->skip - position;
	struct exch_trim t = {.nsource = w->nsource}, whole;
	size_t out = n;
	int err = 0;

	memcpy(t.table, w->table, sizeof(t.table));
	memcpy(t.first, w->first, sizeof(t.first));
	whole = t;
	if (skip < records)
		out = exch_trim(&t, w->body, n, skip);
	if (w->opts.have == NULL) {
		static const char front[EXCH_FRAME_FRONT_MAX];

		if (w->kept.len == 0)
			exch_buf_add(&w->kept, front, sizeof(front));
		exch_trim_keep(&w->kept, w->body, out);
	}
	if (out == n)
		return 0;
	w->position = w->skip;
	w->hot.records = records - skip;
	w->nsource = t.nsource;
	memcpy(w->table, t.table, sizeof(t.table));
	memcpy(w->first, t.first, sizeof(t.first));
	err = put_kept(w, d);
	if (err == 0)
		err = put_block(w, 'D', w->body + out, n - out, d);
	w->position = position;
	w->hot.records = records;
	w->nsource = whole.nsource;
	memcpy(w->table, whole.table, sizeof(whole.table));
	return err;
}

static int
put_data(struct exch_writer *w, struct exch_diag *d)
{
	int err;

	if (__builtin_expect(w->position < w->skip, 0))
		return put_rest(w, d);
	err = put_kept(w, d);
	if (err != 0)
		return err;
	return put_block(w, 'D', w->body, (size_t)(w->hot.cur - w->body), d);
}

static int
put_text(struct exch_writer *w, struct exch_diag *d)
{
	struct exch_buf *b = exch_view_text(w->view);
	int err;

	if (b->failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for text");
	err =
	    w->opts.before != NULL ? w->opts.before(w->opts.before_arg, d) : 0;
	if (err == 0)
		err = exch_out_mark(
		    w->out, w->position, w->time, w->directory, d);
	if (err == 0 && b->len > 0)
		err = exch_out_write(w->out, b->p, b->len, d);
	b->len = 0;
	return err;
}

/*
 * Walk the records of the block, which are our own work and need no
 * checks, for the digest and the text forms.
 */
static int
walk(struct exch_writer *w)
{
	uint64_t next[256];
	const unsigned char *p = w->body;
	uint64_t position = w->position;
	int err = 0;

	for (unsigned i = 0; i < w->nsource; i++)
		next[w->table[i]] = w->first[i];
	while (p < w->hot.cur && err == 0) {
		const struct exch_rec *r = (const void *)p;
		size_t len = exch_rec_len(r);
		uint64_t seq = 0;

		p += len;
		if (r->type == EXCH_REC_SEQ) {
			next[r->source] =
			    ((const struct exch_rec_seq *)(const void *)r)
				->next;
			continue;
		}
		if (!exch_rec_is_framing(r->type)) {
			seq = next[r->source]++;
			if (w->digest) {
				exch_sha256_add(&w->sha, &seq, sizeof(seq));
				exch_sha256_add(&w->sha, r, len);
			}
		}
		if (w->view != NULL)
			err = position < w->skip
				  ? exch_view_note(w->view, r)
				  : exch_view_record(w->view, r, seq);
		position += seq != 0;
	}
	return err;
}

/* Write the block, if there is anything in it, and begin the next. */
static int
end_block(struct exch_writer *w)
{
	struct exch_diag d = {0};
	int err;

	if (w->err != 0)
		return w->err;
	if (w->hot.cur == w->body)
		return 0;
	err = w->digest || w->view != NULL ? walk(w) : 0;
	if (err != 0)
		(void)exch_diag_set(&d, (enum exch_err)err, NULL, EXCH_POS_NONE,
		    0, "out of memory for text");
	else if (w->view != NULL)
		err = put_text(w, &d);
	else
		err = put_data(w, &d);
	if (err != 0)
		return fail(w, err, &d);
	for (unsigned i = 0; i < w->nsource; i++) {
		w->after[w->table[i]] = w->hot.next[w->table[i]];
		w->hot.next[w->table[i]] = 0;
	}
	w->nsource = 0;
	w->hot.own = NULL; /* until its first record is in the table */
	w->position += w->hot.records;
	w->hot.records = 0;
	if (w->hot.last != NULL)
		w->time = w->hot.last->time;
	w->hot.last = NULL;
	w->directory = false;
	w->hot.cur = w->body;
	return 0;
}

/* ---- records ---- */

static struct exch_rec *
put_head(struct exch_writer *w, uint8_t type, size_t size, uint32_t instr,
    exch_ts time)
{
	struct exch_rec *r = (void *)w->hot.cur;

	memset(r, 0, size);
	r->type = type;
	r->len8 = size <= 2040 ? (uint8_t)(size / 8) : 0;
	r->source = w->hot.source;
	r->instr = instr;
	r->time = time;
	return r;
}

static bool
is_var(uint8_t type)
{
	const struct exch_schema *s = exch_schema_of(type);

	return s != NULL && s->var;
}

/* A record with text behind its fixed part; the text lies at once. */
static struct exch_rec *
put_var(struct exch_writer *w, uint8_t type, size_t fixed, const char *text,
    size_t n)
{
	const struct exch_schema *s = exch_schema_of(type);
	size_t size = (fixed + n + 7) & ~(size_t)7;
	struct exch_rec *r = put_head(w, type, size, 0, 0);

	r->len8 = 0;
	exch_put_le64((unsigned char *)r + sizeof(*r), size);
	if (s != NULL && s->var)
		exch_put_le16((unsigned char *)r + s->field[s->nfields - 1].off,
		    (uint16_t)n);
	if (n > 0)
		memcpy((unsigned char *)r + fixed, text, n);
	w->hot.cur += size;
	return r;
}

static void
put_schema(struct exch_writer *w, const struct exch_schema *s, exch_ts time)
{
	char text[EXCH_SCHEMA_TEXT_MAX];
	size_t n = exch_schema_text(s, text);
	struct exch_rec_schema *r =
	    (void *)put_var(w, EXCH_REC_SCHEMA, sizeof(*r), text, n);

	r->h.time = time;
	r->rtype = s->type;
	r->version = s->version;
	w->directory = true;
}

/*
 * A numbered record of `source` with number `seq` comes next: its row in
 * the table, or a SEQ record where numbers jump.
 */
static int
put_number(struct exch_writer *w, uint8_t source, uint64_t seq, exch_ts time)
{
	if (source == 0 || seq == 0 || seq == UINT64_MAX)
		return fail_text(w, EXCH_ERR_RANGE,
		    "record without a source or sequence number");
	if (seq < w->after[source] ||
	    (w->hot.next[source] != 0 && seq < w->hot.next[source]))
		return fail_text(w, EXCH_ERR_RANGE, "sequence numbers go back");
	if (w->hot.next[source] == 0) {
		w->table[w->nsource] = source;
		w->first[w->nsource] = seq;
		w->nsource++;
	} else if (w->hot.next[source] != seq) {
		struct exch_rec_seq *r =
		    (void *)put_head(w, EXCH_REC_SEQ, sizeof(*r), 0, time);

		r->h.source = source;
		r->next = seq;
		w->hot.cur += sizeof(*r);
	}
	w->hot.next[source] = seq + 1;
	w->hot.records++;
	if (source == w->hot.source)
		w->hot.own = w->hot.soft;
	return 0;
}

/* The number after the last one of a source. */
static uint64_t
own_next(const struct exch_writer *w)
{
	if (w->hot.next[w->hot.source] != 0)
		return w->hot.next[w->hot.source];
	return w->after[w->hot.source] != 0 ? w->after[w->hot.source] : 1;
}

static bool
is_directory(uint8_t type)
{
	return type < EXCH_REC_CLOCK;
}

/* Where records go that will never be written. */
static void *
scratch(struct exch_writer *w, size_t size)
{
	memset(w->scratch, 0, size);
	w->hot.last = NULL;
	return w->scratch;
}

/* Room for one more record of a draft, however long. */
static int
widen(struct exch_writer *w)
{
	size_t n = (size_t)(w->hot.cur - w->body), cap = 2 * n + 2 * SLACK;
	unsigned char *p;

	if (w->hot.cur < w->hot.soft)
		return 0;
	p = exch_realloc(w->buf, cap, 1);
	if (p == NULL)
		return fail_text(w, EXCH_ERR_NOMEM, "out of memory for events");
	w->buf = w->body = p;
	w->hot.cur = p + n;
	w->hot.soft = w->hot.own = p + cap - SLACK;
	return 0;
}

/* Room for a record, after whatever has to stand before it. */
static int
prepare(struct exch_writer *w, uint8_t type, size_t size, exch_ts time)
{
	const struct exch_schema *s;

	exch_check(size >= sizeof(struct exch_rec) && size % 8 == 0 &&
		   size <= EXCH_REC_MAX);
	if (w->err == 0 && w->draft)
		return widen(w);
	if (w->err == 0 && w->closed)
		(void)fail_text(
		    w, EXCH_ERR_LIMIT, "record after the end of the stream");
	if (w->err == 0 && w->hot.cur >= w->hot.soft)
		(void)end_block(w);
	if (w->err != 0)
		return w->err;
	if (!w->hot.plain[type]) {
		s = exch_schema_of(type);
		if (s != NULL && type != EXCH_REC_SCHEMA &&
		    type != EXCH_REC_SEQ)
			put_schema(w, s, time);
		w->hot.plain[type] = true;
	}
	w->directory |= is_directory(type);
	if (!exch_rec_is_framing(type))
		return put_number(w, w->hot.source, own_next(w), time);
	return 0;
}

void *
exch_writer_new_slow(struct exch_writer *w, uint8_t type, size_t size,
    uint32_t instr, exch_ts time)
{
	struct exch_rec *r;

	if (prepare(w, type, size, time) != 0)
		return scratch(w, size);
	r = put_head(w, type, size, instr, time);
	if (is_var(type))
		r->len8 = 0;
	if (r->len8 == 0)
		exch_put_le64((unsigned char *)r + sizeof(*r), size);
	w->hot.cur += size;
	w->hot.last = r;
	return r;
}

void *
exch_writer_new_text(struct exch_writer *w, uint8_t type, size_t fixed,
    uint32_t instr, exch_ts time, const char *text, size_t n)
{
	struct exch_rec *r;

	exch_check(fixed >= sizeof(*r) + 8 && fixed % 8 == 0 &&
		   fixed <= EXCH_REC_MAX / 2);
	if (n > EXCH_REC_MAX - fixed || n > UINT16_MAX) {
		if (w->err == 0)
			(void)fail_text(
			    w, EXCH_ERR_LIMIT, "text too long for a record");
		return scratch(w, fixed);
	}
	if (prepare(w, type, (fixed + n + 7) & ~(size_t)7, time) != 0)
		return scratch(w, fixed);
	r = put_var(w, type, fixed, text, n);
	r->instr = instr;
	r->time = time;
	w->hot.last = r;
	return r;
}

void *
exch_writer_ext(
    struct exch_writer *w, uint16_t tag, uint32_t small, uint64_t value)
{
	struct exch_rec *r = w->hot.last;
	struct exch_ext *e = (void *)w->hot.cur;
	size_t len;

	if (w->err != 0)
		return w->scratch;
	exch_check(r != NULL);
	len = exch_rec_len(r) + sizeof(*e);
	if (len > (r->len8 != 0 ? 2040 : EXCH_REC_MAX)) {
		(void)fail_text(w, EXCH_ERR_LIMIT,
		    "too many extension entries on a record");
		return w->scratch;
	}
	*e = (struct exch_ext){.tag = tag, .small = small, .value = value};
	if (r->len8 != 0)
		r->len8 = (uint8_t)(len / 8);
	else
		exch_put_le64((unsigned char *)r + sizeof(*r), len);
	r->flags |= EXCH_F_EXT;
	w->hot.cur += sizeof(*e);
	return r;
}

/* ---- drafts ---- */

int
exch_writer_draft(const struct exch_writer *of, struct exch_writer **draft)
{
	struct exch_writer *w = exch_calloc(1, sizeof(*w));

	*draft = w;
	if (w == NULL)
		return EXCH_ERR_NOMEM;
	w->draft = true;
	w->hot.source = of->hot.source;
	w->hot.head = of->hot.head;
	w->scratch = exch_malloc(EXCH_REC_MAX);
	if (w->scratch == NULL || widen(w) != 0) {
		exch_writer_free(w);
		*draft = NULL;
		return EXCH_ERR_NOMEM;
	}
	for (unsigned type = 0; type < 256; type++)
		w->hot.plain[type] = !is_var((uint8_t)type);
	return 0;
}

size_t
exch_writer_drafted(const struct exch_writer *w, const unsigned char **bytes)
{
	*bytes = w->body;
	return (size_t)(w->hot.cur - w->body);
}

void
exch_writer_draft_clear(struct exch_writer *w)
{
	w->hot.cur = w->body;
	w->hot.last = NULL;
}

/* One that the fast way below cannot take. */
static void
adopt_slow(struct exch_writer *w, const struct exch_rec *r, size_t len)
{
	if (prepare(w, r->type, len, r->time) != 0)
		return;
	memcpy(w->hot.cur, r, len);
	w->hot.last = (void *)w->hot.cur;
	w->hot.cur += len;
}

void
exch_writer_adopt(struct exch_writer *w, const unsigned char *bytes, size_t n)
{
	struct exch_writer_hot *h = &w->hot;
	const unsigned char *end = bytes + n;

	while (bytes < end) {
		const struct exch_rec *r = (const void *)bytes;
		size_t len = exch_rec_len(r);

		bytes += len;
		if (h->cur >= h->own || r->type < 0x10 || !h->plain[r->type]) {
			adopt_slow(w, r, len);
			continue;
		}
		memcpy(h->cur, r, len);
		h->next[h->source]++;
		h->records++;
		h->last = (void *)h->cur;
		h->cur += len;
	}
}

/*
 * Upstream described a type: if it is the layout we know too, our own
 * records of it need no second description.
 */
static void
note_schema(struct exch_writer *w, const struct exch_rec *r)
{
	const struct exch_rec_schema *in = EXCH_REC_AS_LONG(r, exch_rec_schema);
	const struct exch_schema *s;
	char text[EXCH_SCHEMA_TEXT_MAX];

	if (in == NULL || in->ntext > exch_rec_len(r) - sizeof(*in))
		return;
	s = exch_schema_of(in->rtype);
	if (s != NULL && s->version == in->version &&
	    exch_schema_text(s, text) == in->ntext &&
	    memcmp(text, in + 1, in->ntext) == 0)
		w->hot.plain[in->rtype] = true;
}

void
exch_writer_copy_slow(
    struct exch_writer *w, const struct exch_rec *r, uint64_t seq)
{
	size_t len = exch_rec_len(r);

	if (w->err == 0 && w->hot.cur >= w->hot.soft)
		(void)end_block(w);
	if (w->err == 0 && (w->closed || len > EXCH_REC_MAX))
		(void)fail_text(w, EXCH_ERR_LIMIT,
		    "record too long or after the end of the stream");
	if (w->err != 0 || r->type == EXCH_REC_SEQ)
		return;
	if (r->type == EXCH_REC_SCHEMA)
		note_schema(w, r);
	w->directory |= is_directory(r->type);
	if (!exch_rec_is_framing(r->type) &&
	    put_number(w, r->source, seq, r->time) != 0)
		return;
	memcpy(w->hot.cur, r, len);
	w->hot.last = (void *)w->hot.cur;
	w->hot.cur += len;
}

/* ---- life ---- */

/* First 16 bytes of a SHA-256: known before the first record. */
static void
make_id(struct exch_writer *w, const struct exch_stream_info *up)
{
	const char *options = w->opts.options != NULL ? w->opts.options : "";
	unsigned char sum[32];
	unsigned char when[12];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, w->opts.tool, strlen(w->opts.tool) + 1);
	exch_sha256_add(&s, options, strlen(options) + 1);
	if (up != NULL) {
		exch_sha256_add(&s, up->id, sizeof(up->id));
	} else {
		exch_put_le64(when, w->info.start);
		exch_put_le32(when + 8, w->info.date);
		exch_sha256_add(&s, when, sizeof(when));
	}
	exch_sha256_end(&s, sum);
	memcpy(w->info.id, sum, sizeof(w->info.id));
}

/* Lines of upstream, then our own. */
static int
make_text(struct exch_writer *w, const char *up, struct exch_diag *d)
{
	const char *own = w->opts.text != NULL ? w->opts.text : "";
	size_t a = strlen(up);
	size_t b = strlen(own);

	if (a + b >= sizeof(w->info.text))
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "text of the stream header is too long");
	memcpy(w->info.text, up, a);
	memcpy(w->info.text + a, own, b);
	return 0;
}

static int
make_info(struct exch_writer *w, struct exch_diag *d)
{
	const struct exch_stream_info *up = w->opts.upstream_info;

	if (w->opts.upstream != NULL)
		up = exch_reader_info(w->opts.upstream);
	if (w->opts.copy_of != NULL) {
		w->info = *w->opts.copy_of;
		return make_text(w, w->opts.copy_of->text, d);
	}
	w->info.major = EXCH_STREAM_MAJOR;
	w->info.minor = EXCH_STREAM_MINOR;
	w->info.start = up != NULL ? up->start : w->opts.start;
	w->info.date = up != NULL ? up->date : w->opts.date;
	if (up != NULL && up->source == UINT8_MAX)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "no source id is left: 255 tools wrote this stream");
	w->info.source = up != NULL ? (uint8_t)(up->source + 1) : 1;
	w->hot.source = w->info.source;
	w->hot.head = (uint64_t)w->hot.source << 24;
	make_id(w, up);
	return make_text(w, up != NULL ? up->text : "", d);
}

/* Where the output begins, and what of it is there. */
static void
make_point(struct exch_writer *w)
{
	const struct exch_stream_point *at = w->opts.at;
	const struct exch_stream_point *have = w->opts.have;

	w->skip = w->opts.from;
	if (at != NULL) {
		w->position = at->position;
		memcpy(w->after, at->next, sizeof(w->after));
	}
	if (have != NULL)
		w->skip = have->position;
	if (have == NULL)
		have = at;
	if (have == NULL)
		return;
	w->blocks = have->blocks;
	w->chain = have->chain;
	for (unsigned i = 0; i < 256; i++)
		w->written[i] = have->next[i] != 0;
}

static int
put_header(struct exch_writer *w, struct exch_diag *d)
{
	uint64_t position = w->position;
	size_t n;
	int err;

	if (w->view != NULL) {
		exch_view_begin(w->view);
		return 0;
	}
	if (w->blocks != 0)
		return 0; /* it has one */
	n = exch_head_put(w->body, &w->info);
	if (w->position < w->skip)
		w->position = w->skip;
	err = put_block(w, 'H', w->body, n, d);
	w->position = position;
	return err;
}

/* Who we are, for people and for audits. */
static void
put_source(struct exch_writer *w)
{
	struct exch_rec_source *r;
	struct exch_sha256 s;
	unsigned char sum[32];
	char text[512];
	const char *options = w->opts.options != NULL ? w->opts.options : "";
	int n = snprintf(text, sizeof(text), "%s %s%s%s", w->opts.tool,
	    EXCH_VERSION, options[0] != 0 ? " " : "", options);

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	exch_sha256_init(&s);
	exch_sha256_add(&s, options, strlen(options));
	exch_sha256_end(&s, sum);
	r = exch_writer_new_text(
	    w, EXCH_REC_SOURCE, sizeof(*r), 0, w->info.start, text, (size_t)n);
	r->id = w->hot.source;
	r->config = exch_le64(sum);
}

static int
allocate(struct exch_writer *w)
{
	size_t room = (EXCH_FRAME_FRONT_MAX + 63) & ~(size_t)63;

	w->buf = exch_malloc(room + BODY_CAP);
	w->scratch = exch_malloc(EXCH_REC_MAX);
	if (w->buf == NULL || w->scratch == NULL)
		return EXCH_ERR_NOMEM;
	w->body = w->buf + room;
	w->hot.cur = w->body;
	w->hot.soft = w->body + EXCH_BLOCK_BODY;
	return 0;
}

int
exch_writer_open(struct exch_out *out, const struct exch_writer_opts *o,
    struct exch_writer **res, struct exch_diag *d)
{
	struct exch_writer *w = exch_calloc(1, sizeof(*w));
	int err = EXCH_ERR_NOMEM;

	if (w == NULL)
		goto fail;
	w->out = out;
	w->opts = *o;
	w->digest = o->digest;
	w->checksum = o->checksum || exch_out_is_file(out);
	exch_sha256_init(&w->sha);
	err = allocate(w);
	if (err == 0)
		err = make_info(w, d);
	if (err == 0 && o->format != EXCH_FMT_BIN)
		err = exch_view_new(&w->opts, &w->info, &w->view);
	make_point(w);
	if (err == 0)
		err = put_header(w, d);
	if (err != 0)
		goto fail;
	w->time =
	    o->at != NULL && o->at->blocks != 0 ? o->at->time : w->info.start;
	if (o->copy_of == NULL)
		put_source(w);
	if (exch_writer_error(w, d) != 0) {
		err = w->err;
		goto fail;
	}
	*res = w;
	return 0;
fail:
	exch_writer_free(w);
	return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the writer");
}

int
exch_writer_error(const struct exch_writer *w, struct exch_diag *d)
{
	if (w->err != 0 && d != NULL)
		*d = w->diag;
	return w->err;
}

int
exch_writer_end_block(struct exch_writer *w, struct exch_diag *d)
{
	(void)end_block(w);
	return exch_writer_error(w, d);
}

int
exch_writer_flush(struct exch_writer *w, struct exch_diag *d)
{
	/* Files are cut into blocks by their content alone. */
	if (!exch_out_is_file(w->out))
		(void)end_block(w);
	return exch_writer_error(w, d);
}

static int
put_end(struct exch_writer *w, enum exch_status status, struct exch_diag *d)
{
	struct exch_end e = {
	    .records = w->position,
	    .status = (uint32_t)status,
	};
	uint64_t next[256];
	int err;

	/* Stopped before there was anything new: what is there stays. */
	if (w->position < w->skip && status != EXCH_STATUS_COMPLETE)
		return 0;
	if (w->position < w->skip)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "the output was to go on behind record %llu, and the "
		    "whole stream has %llu",
		    (unsigned long long)w->skip,
		    (unsigned long long)w->position);
	if (w->view != NULL) {
		exch_view_end(w->view, w->position, status);
		return put_text(w, d);
	}
	err = put_kept(w, d);
	if (err != 0)
		return err;
	e.blocks = w->blocks;
	e.chain = w->chain;
	for (unsigned i = 0; i < 256; i++)
		next[i] = w->written[i] ? w->after[i] : 0;
	return put_block(w, 'E', w->body, exch_end_put(w->body, &e, next), d);
}

int
exch_writer_close(
    struct exch_writer *w, enum exch_status status, struct exch_diag *d)
{
	struct exch_diag own = {0};
	unsigned char sum[32];
	int err;

	if (w->closed)
		return exch_writer_error(w, d);
	(void)end_block(w);
	w->closed = true;
	w->hot.soft = w->hot.own = w->body;
	exch_sha256_end(&w->sha, sum);
	exch_sha256_hex(sum, w->hex);
	if (w->err == 0) {
		err = put_end(w, status, &own);
		if (err == 0)
			err = exch_out_finish(w->out, &own);
		if (err != 0)
			(void)fail(w, err, &own);
	}
	return exch_writer_error(w, d);
}

void
exch_writer_free(struct exch_writer *w)
{
	if (w == NULL)
		return;
	exch_view_free(w->view);
	exch_buf_free(&w->kept);
	exch_free(w->buf);
	exch_free(w->scratch);
	exch_free(w);
}

int
exch_writer_digest(const struct exch_writer *w, char out[96])
{
	if (!w->digest || !w->closed)
		return EXCH_ERR_ABSENT;
	(void)snprintf(
	    out, 96, "sha256:%s %llu", w->hex, (unsigned long long)w->position);
	return 0;
}

const struct exch_stream_info *
exch_writer_info(const struct exch_writer *w)
{
	return &w->info;
}

uint8_t
exch_writer_source(const struct exch_writer *w)
{
	return w->hot.source;
}

uint64_t
exch_writer_records(const struct exch_writer *w)
{
	return w->position + w->hot.records;
}
