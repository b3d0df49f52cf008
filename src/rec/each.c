/*
 * Walking one block.  The rules are those of the reader, which has them in
 * another form because it is faster; both are held against each other by
 * the tests.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/shape.h"
#include "rec/each.h"

long
exch_each_block(
    const unsigned char *p, size_t n, struct exch_frame *f, const char **why)
{
	size_t front;

	if (n < EXCH_FRAME_HEAD)
		return 0;
	*why = exch_frame_get(p, f);
	if (*why != NULL)
		return -1;
	front = exch_frame_front(f);
	if (n < front)
		return 0;
	if (!exch_frame_intact(p, f)) {
		*why = "checksum of a block header is wrong";
		return -1;
	}
	if (n < front + f->body)
		return 0;
	if ((f->flags & EXCH_FRAME_CHECKSUM) != 0 &&
	    exch_crc32c(0, p + front, f->body) != f->body_crc) {
		*why = "checksum of a block is wrong";
		return -1;
	}
	return (long)(front + f->body);
}

const char *
exch_each_begin(struct exch_each *w, const unsigned char *p,
    const struct exch_frame *f, uint64_t next[256])
{
	memset(w, 0, sizeof(*w));
	w->next = next;
	w->want = f->records;
	w->at = p + exch_frame_front(f);
	w->end = w->at + f->body;
	for (unsigned i = 0; i < f->nseq; i++) {
		const unsigned char *e =
		    p + EXCH_FRAME_HEAD + i * (size_t)EXCH_FRAME_ENTRY;
		uint64_t seq = exch_le64(e + 8);

		if (e[0] == 0 || w->here[e[0]] || seq == 0 || seq < next[e[0]])
			return "sequence table is wrong";
		w->here[e[0]] = true;
		next[e[0]] = seq;
	}
	return NULL;
}

static int
bad(const char **why, const char *text)
{
	*why = text;
	return -1;
}

/* A SEQ record: the source's numbers go on elsewhere. */
static bool
take_seq(struct exch_each *w, const struct exch_rec *r, size_t len)
{
	uint64_t next;

	if (len < sizeof(struct exch_rec_seq) || !w->here[r->source])
		return false;
	next = exch_le64(w->at + offsetof(struct exch_rec_seq, next));
	if (next < w->next[r->source])
		return false;
	w->next[r->source] = next;
	return true;
}

int
exch_each_next(struct exch_each *w, const struct exch_rec **rec, uint64_t *seq,
    const char **why)
{
	while (w->at < w->end) {
		const struct exch_rec *r = (const void *)w->at;
		size_t len =
		    exch_frame_record(w->at, (size_t)(w->end - w->at), why);

		if (len == 0)
			return -1;
		if (!exch_shape_text_fits(r, len))
			return bad(why, "text reaches beyond its record");
		if (r->type == EXCH_REC_SEQ) {
			if (!take_seq(w, r, len))
				return bad(why, "sequence numbers go back");
			w->at += len;
			continue;
		}
		*seq = 0;
		if (!exch_rec_is_framing(r->type)) {
			if (!w->here[r->source] ||
			    w->next[r->source] == UINT64_MAX)
				return bad(
				    why, "number of a record is missing");
			*seq = w->next[r->source]++;
			w->records++;
		}
		w->at += len;
		*rec = r;
		return 1;
	}
	if (w->records != w->want)
		return bad(
		    why, "block holds other records than its header says");
	return 0;
}
