/*
 * Blocks of the writer: writing them, leaving out what the output has, and
 * the digest and the text forms, which walk the records of a block.
 */
#include <config.h>

#include <string.h>

#include "base/crc32c.h"
#include "rec/trim.h"
#include "rec/writer_priv.h"

/* Keep the first error; from now on nothing more is written. */
int
exch_writer_fail(struct exch_writer *w, int err, const struct exch_diag *d)
{
	if (w->err == 0) {
		w->err = err;
		w->diag = *d;
		w->diag.code = (enum exch_err)err;
	}
	w->hot.soft = w->hot.own = w->body;
	return err;
}

int
exch_writer_put_block(struct exch_writer *w, uint8_t kind, unsigned char *body,
    size_t n, struct exch_diag *d)
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
	err = exch_out_mark(w->out, d);
	if (err == 0)
		err = exch_out_write(w->out, p, (size_t)(body - p) + n, d);
	if (kind != 'E')
		w->chain = exch_frame_chain(w->chain, &f);
	w->blocks++;
	return err;
}

/* What was left out in front of the first block that is written. */
int
exch_writer_put_kept(struct exch_writer *w, struct exch_diag *d)
{
	uint64_t records = w->hot.records;
	unsigned n = w->nsource;
	bool directory = w->directory;
	int err;

	if (!w->owed)
		return 0;
	if (w->kept.failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for schemas");
	if (w->kept.len == 0)
		return 0;
	w->hot.records = 0;
	w->nsource = 0;
	w->directory = true;
	err = exch_writer_put_block(w, 'D',
	    (unsigned char *)w->kept.p + EXCH_FRAME_FRONT_MAX,
	    w->kept.len - EXCH_FRAME_FRONT_MAX, d);
	w->hot.records = records;
	w->nsource = n;
	w->directory = directory;
	w->owed = false;
	if (!w->opts.keep)
		exch_buf_free(&w->kept);
	return err;
}

/* Remember what the first bytes of a block say about all that follow. */
static void
keep(struct exch_writer *w, size_t n)
{
	static const char front[EXCH_FRAME_FRONT_MAX];

	if (!w->owed && !w->opts.keep)
		return;
	if (w->kept.len == 0)
		exch_buf_add(&w->kept, front, sizeof(front));
	exch_trim_keep(&w->kept, w->body, n);
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
	keep(w, out);
	if (out == n)
		return 0;
	w->position = w->skip;
	w->hot.records = records - skip;
	w->nsource = t.nsource;
	memcpy(w->table, t.table, sizeof(t.table));
	memcpy(w->first, t.first, sizeof(t.first));
	err = exch_writer_put_kept(w, d);
	if (err == 0)
		err = exch_writer_put_block(w, 'D', w->body + out, n - out, d);
	w->position = position;
	w->hot.records = records;
	w->nsource = whole.nsource;
	memcpy(w->table, whole.table, sizeof(whole.table));
	return err;
}

int
exch_writer_put_data(struct exch_writer *w, struct exch_diag *d)
{
	int err;

	if (__builtin_expect(w->position < w->skip, 0))
		return put_rest(w, d);
	err = exch_writer_put_kept(w, d);
	if (err != 0)
		return err;
	if (w->opts.keep && w->directory)
		keep(w, (size_t)(w->hot.cur - w->body));
	return exch_writer_put_block(
	    w, 'D', w->body, (size_t)(w->hot.cur - w->body), d);
}

int
exch_writer_put_text(struct exch_writer *w, struct exch_diag *d)
{
	struct exch_buf *b = exch_view_text(w->view);
	int err;

	if (b->failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for text");
	err =
	    w->opts.before != NULL ? w->opts.before(w->opts.before_arg, d) : 0;
	if (err == 0)
		err = exch_out_mark(w->out, d);
	if (err == 0 && b->len > 0)
		err = exch_out_write(w->out, b->p, b->len, d);
	b->len = 0;
	return err;
}

/* Is it shown?  Whoever decides has seen what is before it. */
static int
step(struct exch_writer *w, const struct exch_rec *r, bool *show,
    struct exch_diag *d)
{
	const struct exch_stepper *s = w->opts.step;
	size_t n =
	    (size_t)(w->hot.cur - (const unsigned char *)(const void *)r);
	enum exch_step how = s->look(s->arg, r, n);
	int err = 0;

	if (how == EXCH_STEP_ASK) {
		err = exch_writer_put_text(w, d);
		if (err == 0)
			err = exch_out_kick(w->out, d);
		if (err == 0)
			how = s->ask(s->arg, r, n);
	}
	*show = how == EXCH_STEP_SHOW;
	return err;
}

static int
view(struct exch_writer *w, const struct exch_rec *r, uint64_t seq, bool old,
    struct exch_diag *d)
{
	bool show = !old;
	int err = 0;

	if (show && w->opts.step != NULL)
		err = step(w, r, &show, d);
	if (err != 0)
		return err;
	err = show ? exch_view_record(w->view, r, seq)
		   : exch_view_note(w->view, r);
	return err == 0 ? 0
			: exch_diag_set(d, (enum exch_err)err, NULL,
			      EXCH_POS_NONE, 0, "out of memory for text");
}

/*
 * Walk the records of the block, which are our own work and need no
 * checks, for the digest and the text forms.
 */
static int
walk(struct exch_writer *w, struct exch_diag *d)
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
			err = view(w, r, seq, position < w->skip, d);
		position += seq != 0;
	}
	return err;
}

/* The block in hand, whatever becomes of it. */
static int
put_records(struct exch_writer *w, struct exch_diag *d)
{
	if (w->view != NULL)
		return exch_writer_put_text(w, d);
	return w->held.limit != 0 ? exch_writer_hold_block(w, d)
				  : exch_writer_put_data(w, d);
}

/* Write the block, if there is anything in it, and begin the next. */
int
exch_writer_next_block(struct exch_writer *w)
{
	struct exch_diag d = {0};
	int err;

	if (w->err != 0)
		return w->err;
	if (w->hot.cur == w->body)
		return 0;
	err = w->digest || w->view != NULL ? walk(w, &d) : 0;
	if (err == 0)
		err = put_records(w, &d);
	if (err != 0)
		return exch_writer_fail(w, err, &d);
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

/* ---- blocks of others ---- */

/* Smaller ones are put together. */
#define PASS_MIN (EXCH_BLOCK_BODY / 2)

/* Nothing looks at records, and the output may be cut where others cut. */
static bool
may_pass(const struct exch_writer *w)
{
	return w->err == 0 && !w->closed && !w->draft && !w->digest &&
	       w->view == NULL && w->held.limit == 0 && !w->opts.keep &&
	       w->position >= w->skip && !exch_out_is_file(w->out);
}

/* Does the block go on where this stream stands? */
static bool
follows(const struct exch_writer *w, const struct exch_frame *f,
    const unsigned char *table)
{
	if (f->body < PASS_MIN || f->position != exch_writer_records(w) ||
	    (w->checksum && (f->flags & EXCH_FRAME_CHECKSUM) == 0))
		return false;
	for (unsigned i = 0; i < f->nseq; i++, table += EXCH_FRAME_ENTRY)
		if (table[0] == w->hot.source)
			return false;
	return true;
}

static int
put_whole(struct exch_writer *w, const struct exch_reader_whole *b,
    const struct exch_frame *f, const struct exch_in *in, struct exch_diag *d)
{
	const unsigned char *table = b->at + EXCH_FRAME_HEAD;
	uint64_t at = 0;
	int file = -1;
	int err =
	    w->opts.before != NULL ? w->opts.before(w->opts.before_arg, d) : 0;

	if ((f->flags & EXCH_FRAME_CHECKSUM) != 0)
		file = exch_in_file(in, b->offset, &at);
	if (err == 0)
		err = exch_writer_put_kept(w, d);
	if (err == 0)
		err = exch_out_move(w->out, file, at, b->at, b->n, d);
	for (unsigned i = 0; i < f->nseq; i++, table += EXCH_FRAME_ENTRY) {
		w->written[table[0]] = true;
		w->after[table[0]] = b->after.next[table[0]];
	}
	w->position += f->records;
	w->time = b->last;
	w->chain = exch_frame_chain(w->chain, f);
	w->blocks++;
	return err;
}

int
exch_writer_pass(struct exch_writer *w, struct exch_reader *r,
    const struct exch_in *in, struct exch_diag *d)
{
	struct exch_reader_whole b;
	struct exch_diag own = {0};
	struct exch_frame f;
	int err;

	if (!may_pass(w) || !exch_reader_whole(r, &b) ||
	    exch_frame_get(b.at, &f) != NULL ||
	    !follows(w, &f, b.at + EXCH_FRAME_HEAD))
		return 0;
	err = exch_writer_next_block(w);
	if (err == 0)
		err = put_whole(w, &b, &f, in, &own);
	if (err != 0)
		(void)exch_writer_fail(w, err, &own);
	exch_reader_take(r, &b);
	return err != 0 ? exch_writer_error(w, d) : 1;
}
