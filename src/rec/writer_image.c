/*
 * A writer as bytes: where it is in its stream, and the block in hand.  Where
 * its output is stays with whoever has the output.
 */
#include <config.h>

#include <string.h>

#include "base/image.h"
#include "rec/writer_priv.h"

/* Bytes of the block in hand. */
static void
body(struct exch_image *im, struct exch_writer *w)
{
	uint64_t n = (uint64_t)(w->hot.cur - w->body);

	exch_image_bytes(im, &n, sizeof(n));
	if (im->err == 0 && n > EXCH_WRITER_BODY_CAP)
		im->err = EXCH_ERR_FORMAT;
	if (im->err != 0)
		return;
	exch_image_bytes(im, w->body, (size_t)n);
	w->hot.cur = w->body + n;
}

static void
kept(struct exch_image *im, struct exch_writer *w)
{
	uint64_t n = w->kept.len;

	exch_image_bytes(im, &n, sizeof(n));
	if (im->reading && im->err == 0) {
		exch_buf_free(&w->kept);
		if (n > 0 && exch_buf_room(&w->kept, (size_t)n) == NULL)
			im->err = EXCH_ERR_NOMEM;
		if (im->err == 0)
			w->kept.len = (size_t)n;
	}
	if (im->err == 0)
		exch_image_bytes(im, w->kept.p, (size_t)n);
}

int
exch_writer_image(struct exch_writer *w, struct exch_image *im)
{
	/* After a failure records went nowhere. */
	if (im->err == 0 && w->err != 0)
		im->err = w->err;
	exch_image_same(im, w->view == NULL && w->opts.keep);
	exch_image_same(im, w->digest);
	exch_image_same(im, w->hot.source);
	body(im, w);
	kept(im, w);
	exch_image_bytes(im, &w->hot.records, sizeof(w->hot.records));
	exch_image_bytes(im, w->hot.next, sizeof(w->hot.next));
	exch_image_bytes(im, w->hot.plain, sizeof(w->hot.plain));
	exch_image_bytes(im, &w->directory, sizeof(w->directory));
	exch_image_bytes(im, w->table, sizeof(w->table));
	exch_image_bytes(im, w->first, sizeof(w->first));
	exch_image_bytes(im, &w->nsource, sizeof(w->nsource));
	exch_image_bytes(im, w->after, sizeof(w->after));
	exch_image_bytes(im, &w->position, sizeof(w->position));
	exch_image_bytes(im, &w->time, sizeof(w->time));
	exch_image_bytes(im, &w->sha, sizeof(w->sha));
	if (im->reading) {
		w->held.gone = w->position; /* of one that holds */
		w->hot.last = NULL;
		w->hot.own =
		    w->hot.next[w->hot.source] != 0 ? w->hot.soft : NULL;
	}
	return im->err;
}

uint64_t
exch_writer_block(const struct exch_writer *w)
{
	return w->position;
}

uint64_t
exch_writer_skipped(const struct exch_writer *w)
{
	return w->skip;
}
