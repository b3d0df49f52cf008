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
#include "rec/schema.h"
#include "rec/writer_priv.h"

static int
fail_text(struct exch_writer *w, enum exch_err err, const char *why)
{
	struct exch_diag d = {0};

	return exch_writer_fail(
	    w, exch_diag_set(&d, err, NULL, EXCH_POS_NONE, 0, "%s", why), &d);
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
	w->hot.last = (void *)w->scratch;
	return w->scratch;
}

/* Bytes of a draft with the room that it grows to. */
#define DRAFT_MAX ((size_t)1 << 30)

/* Room for one more record of a draft, however long. */
static int
widen(struct exch_writer *w)
{
	size_t n = (size_t)(w->hot.cur - w->body), cap = 2 * n + 2 * SLACK;
	unsigned char *p;

	if (w->hot.cur < w->hot.soft)
		return 0;
	if (cap > DRAFT_MAX)
		return fail_text(w, EXCH_ERR_LIMIT,
		    "more than 512 MiB of events at once: one thread (-j 1) "
		    "of software (-e soft) writes them as they come");
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
		(void)exch_writer_next_block(w);
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

void
exch_writer_turn(struct exch_writer *w, bool guest)
{
	exch_check(w->opts.guest != NULL);
	w->hot.source = (uint8_t)(w->info.source - !guest);
	w->hot.head = (uint64_t)w->hot.source << 24;
	w->hot.own = w->hot.next[w->hot.source] != 0 ? w->hot.soft : NULL;
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
		h->next[h->source]++;
		h->records++;
		h->last = (void *)h->cur;
		exch_rec_copy(h->cur, r, len);
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
		(void)exch_writer_next_block(w);
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
	(void)exch_writer_next_block(w);
	return exch_writer_error(w, d);
}

int
exch_writer_flush(struct exch_writer *w, struct exch_diag *d)
{
	/*
	 * Files are cut into blocks by their content alone, and what is held
	 * may be for one.
	 */
	if (w->held.limit == 0 && !exch_out_is_file(w->out))
		(void)exch_writer_next_block(w);
	return exch_writer_error(w, d);
}

static bool
shows_end(const struct exch_writer *w)
{
	const struct exch_stepper *s = w->opts.step;

	return s == NULL || s->look(s->arg, NULL, 0) == EXCH_STEP_SHOW;
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
		if (shows_end(w))
			exch_view_end(w->view, w->position, status);
		return exch_writer_put_text(w, d);
	}
	err = exch_writer_put_kept(w, d);
	if (err != 0)
		return err;
	e.blocks = w->blocks;
	e.chain = w->chain;
	for (unsigned i = 0; i < 256; i++)
		next[i] = w->written[i] ? w->after[i] : 0;
	return exch_writer_put_block(
	    w, 'E', w->body, exch_end_put(w->body, &e, next), d);
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
	(void)exch_writer_next_block(w);
	w->closed = true;
	w->hot.soft = w->hot.own = w->body;
	exch_sha256_end(&w->sha, sum);
	exch_sha256_hex(sum, w->hex);
	if (w->err == 0) {
		err = put_end(w, status, &own);
		if (err == 0)
			err = exch_out_finish(w->out, &own);
		if (err != 0)
			(void)exch_writer_fail(w, err, &own);
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
	exch_held_free(&w->held);
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
