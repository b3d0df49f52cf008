/*
 * Walking the blocks of a file.  It differs from reading in one thing: at
 * the place where wholeness ends it tells an unfinished write from damage.
 * The first is cut off and written again; the second means that something
 * was lost that somebody may have seen.
 */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/frame.h"
#include "rec/scan.h"
#include "rec/each.h"

/* The longest block, and how much is read to have many short ones. */
#define BLOCK_CAP (EXCH_FRAME_FRONT_MAX + EXCH_BLOCK_MAX)
#define BUF_CAP (4 * BLOCK_CAP)
/* What disks write whole. */
#define SECTOR 512u

struct walk {
	int fd;
	const char *name;
	struct exch_scan *s;
	unsigned char *mem;
	size_t cap;
	unsigned char *buf; /* in it: the file from `at` on */
	uint64_t at;
	size_t have;
	struct exch_frame f;
	size_t front;
};

static int
bad(const struct walk *w, size_t at, const char *why, struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, w->name, EXCH_POS_BYTE, w->at + at, "%s", why);
}

/* The buffer holds a whole block from `at` on, or the rest of the file. */
static int
look(struct walk *w, struct exch_diag *d)
{
	if (w->have >= BLOCK_CAP || w->at + w->have == w->s->size)
		return 0;
	memmove(w->mem, w->buf, w->have);
	w->buf = w->mem;
	while (w->have < w->cap) {
		ssize_t n = pread(w->fd, w->buf + w->have, w->cap - w->have,
		    (off_t)(w->at + w->have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return exch_diag_sys(d, w->name, errno, "cannot read");
		if (n == 0)
			break;
		w->have += (size_t)n;
	}
	/* A file that others write may have shrunk meanwhile. */
	if (w->at + w->have < w->s->size && w->have < w->cap)
		w->s->size = w->at + w->have;
	return 0;
}

/* Does a block begin somewhere behind the damaged one? */
static bool
goes_on(const struct walk *w)
{
	struct exch_frame f;

	for (size_t i = 8; i + EXCH_FRAME_HEAD <= w->have; i += 8)
		if (memcmp(w->buf + i, "XST1", 4) == 0 &&
		    exch_frame_get(w->buf + i, &f) == NULL &&
		    exch_frame_front(&f) <= w->have - i &&
		    exch_frame_intact(w->buf + i, &f))
			return true;
	return w->at + w->have < w->s->size;
}

/*
 * Damage, or a write that a loss of power left with holes?  The latter is
 * the last of its file, and has a sector that nothing arrived in.
 */
static bool
has_hole(const struct walk *w)
{
	size_t skip = (size_t)(-w->at % SECTOR);

	if (goes_on(w))
		return false;
	if (exch_all_zero(w->buf, w->have))
		return true;
	for (size_t i = skip; i + SECTOR <= w->have; i += SECTOR)
		if (exch_all_zero(w->buf + i, SECTOR))
			return true;
	return false;
}

/* The file is whole up to here and no further. */
static int
torn(struct walk *w)
{
	w->s->torn = w->s->size - w->at;
	return 1;
}

/* Front of the block at `at`: 0 it is good, 1 torn, or an error. */
static int
take_front(struct walk *w, struct exch_diag *d)
{
	const char *why;
	size_t magic = w->have < 4 ? w->have : 4;

	if (w->have < EXCH_FRAME_HEAD)
		return memcmp(w->buf, "XST1", magic) == 0 ||
			       exch_all_zero(w->buf, w->have)
			   ? torn(w)
			   : bad(w, 0, "bytes follow the last whole block", d);
	if (memcmp(w->buf, "XST", 3) == 0 && w->buf[3] > '1' &&
	    w->buf[3] <= '9')
		return exch_diag_set(d, EXCH_ERR_VERSION, w->name,
		    EXCH_POS_BYTE, w->at,
		    "stream has format version %c, this program knows 1",
		    w->buf[3]);
	why = exch_frame_get(w->buf, &w->f);
	if (why == NULL) {
		w->front = exch_frame_front(&w->f);
		if (w->have < w->front)
			return torn(w);
		if (!exch_frame_intact(w->buf, &w->f))
			why = "checksum of a block header is wrong";
	}
	if (why != NULL)
		return has_hole(w) ? torn(w) : bad(w, 0, why, d);
	if (w->have < w->front + w->f.body)
		return torn(w);
	return 0;
}

static int
take_records(struct walk *w, struct exch_diag *d)
{
	const struct exch_rec *r;
	struct exch_each k;
	uint64_t seq;
	const char *why = exch_each_begin(&k, w->buf, &w->f, w->s->end.next);
	int n;

	if (why != NULL)
		return bad(w, 0, why, d);
	while ((n = exch_each_next(&k, &r, &seq, &why)) > 0) {
		if (w->s->time < r->time)
			w->s->time = r->time;
		w->s->end.time = r->time;
	}
	if (n < 0)
		return bad(
		    w, k.at == k.end ? 0 : (size_t)(k.at - w->buf), why, d);
	w->s->end.position += k.records;
	return 0;
}

static int
take_head(struct walk *w, struct exch_diag *d)
{
	struct exch_scan *s = w->s;
	int err;

	if (w->f.kind != 'H' || w->f.nseq != 0 || w->f.records != 0)
		return bad(
		    w, 0, "stream does not begin with a header block", d);
	err = exch_head_get(w->buf + w->front, w->f.body, &s->info, w->name, d);
	s->info.position = s->end.position = w->f.position;
	s->end.time = s->time = s->info.start;
	return err;
}

static int
take_end(struct walk *w, struct exch_diag *d)
{
	struct exch_scan *s = w->s;
	struct exch_end e;
	const char *why =
	    exch_end_get(w->buf + w->front, w->f.body, &e, s->end.next);

	if (why == NULL &&
	    (e.records != s->end.position || e.blocks != s->end.blocks ||
		e.chain != s->end.chain || e.status > EXCH_STATUS_CONTINUED))
		why = "end block does not belong to the blocks before it";
	if (why != NULL)
		return bad(w, w->front, why, d);
	s->status = (enum exch_status)e.status;
	if (w->at + w->front + w->f.body != s->size)
		return bad(w, w->front + w->f.body,
		    "bytes follow the end of the stream", d);
	return 0;
}

/* One whole block: 0 it was taken, 1 torn, or an error. */
static int
take_block(struct walk *w, struct exch_diag *d)
{
	struct exch_scan *s = w->s;
	int err = take_front(w, d);

	if (err != 0)
		return err;
	if ((w->f.flags & EXCH_FRAME_CHECKSUM) != 0 &&
	    exch_crc32c(0, w->buf + w->front, w->f.body) != w->f.body_crc)
		return has_hole(w) ? torn(w)
				   : bad(w, w->front,
					 "checksum of a block is wrong", d);
	if (s->end.blocks == 0)
		err = take_head(w, d);
	else if (w->f.position != s->end.position || w->f.kind == 'H')
		err = bad(w, 0,
		    "block does not follow the one before: records are "
		    "missing or repeated",
		    d);
	else if (w->f.kind == 'E')
		return take_end(w, d);
	else {
		s->last = s->end;
		err = take_records(w, d);
	}
	if (err != 0)
		return err;
	w->at += w->front + w->f.body;
	w->buf += w->front + w->f.body;
	w->have -= w->front + w->f.body;
	s->end.offset = w->at;
	s->end.chain = exch_frame_chain(s->end.chain, &w->f);
	s->end.blocks++;
	if (s->end.blocks == 1)
		s->last = s->end;
	return 0;
}

int
exch_scan_fd(int fd, const char *name, struct exch_scan *s, struct exch_diag *d)
{
	struct walk w = {.fd = fd, .name = name, .s = s};
	struct stat st;
	int err = 0;

	memset(s, 0, sizeof(*s));
	s->status = EXCH_STATUS_UNKNOWN;
	if (fstat(fd, &st) != 0)
		return exch_diag_sys(d, name, errno, "cannot read");
	s->size = (uint64_t)st.st_size;
	w.cap = s->size < BUF_CAP ? (size_t)s->size : BUF_CAP;
	w.buf = w.mem = exch_malloc(w.cap);
	if (w.mem == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "out of memory");
	while (err == 0 && s->status == EXCH_STATUS_UNKNOWN && w.at < s->size) {
		err = look(&w, d);
		if (err == 0)
			err = take_block(&w, d);
	}
	exch_free(w.mem);
	return err < 0 ? err : 0;
}
