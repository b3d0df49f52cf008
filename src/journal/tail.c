/*
 * Reading a journal behind its writer's back.  A segment that is plain is
 * read by position, since it grows; a compressed one is closed and is read
 * as a stream.  Behind a segment's end block comes the next segment, which
 * its writer has made before (append.c).
 */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "journal/tail.h"

/* The longest block, and a good read besides. */
#define CAP (EXCH_FRAME_FRONT_MAX + EXCH_BLOCK_MAX + (256u << 10))
/*
 * A block that is damaged may be one that is just being written.  When it
 * is still damaged after so many looks, nobody writes it any more.
 */
#define LOOKS 500

struct exch_tail {
	char *dir;
	struct exch_stream_info info;
	struct exch_in *in; /* of the segment */
	int fd;		    /* the same, when it is plain */
	uint64_t part;	    /* its position */
	uint64_t at;	    /* offset in it of the buffer's first byte */
	unsigned char *buf;
	size_t rd, wr;
	uint64_t position;
	uint32_t mark;
	bool headed; /* the segment's header was read */
	bool over;
	unsigned looks;
};

static int
bad(const struct exch_tail *t, enum exch_err err, const char *why,
    struct exch_diag *d)
{
	return exch_diag_set(d, err, exch_in_name(t->in), EXCH_POS_BYTE,
	    t->at + t->rd, "%s", why);
}

static void
close_part(struct exch_tail *t)
{
	exch_in_close(t->in);
	t->in = NULL;
	t->fd = -1;
}

/* Open the segment at t->part; EXCH_ERR_ABSENT when it is not there. */
static int
open_part(struct exch_tail *t, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int err = exch_journal_open_part(t->dir, t->part, &t->in, &t->fd, &own);

	if (err == 0 && !exch_journal_is_plain(t->fd))
		t->fd = -1; /* by stream */
	if (err != 0 && own.sys == ENOENT)
		return EXCH_ERR_ABSENT;
	if (err != 0 && d != NULL)
		*d = own;
	if (err != 0)
		return err;
	t->at = 0;
	t->rd = t->wr = 0;
	t->headed = false;
	t->looks = 0;
	return 0;
}

/* More bytes: 1 when there were any, 0, or an error. */
static int
more(struct exch_tail *t, struct exch_diag *d)
{
	size_t got = 0;

	if (t->rd > 0) {
		memmove(t->buf, t->buf + t->rd, t->wr - t->rd);
		t->at += t->rd;
		t->wr -= t->rd;
		t->rd = 0;
	}
	if (t->fd < 0) {
		int err =
		    exch_in_read(t->in, t->buf + t->wr, CAP - t->wr, &got, d);

		if (err != 0)
			return err;
	} else {
		ssize_t n;

		do {
			n = pread(t->fd, t->buf + t->wr, CAP - t->wr,
			    (off_t)(t->at + t->wr));
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return exch_diag_sys(
			    d, exch_in_name(t->in), errno, "cannot read");
		got = (size_t)n;
	}
	t->wr += got;
	return got != 0;
}

/*
 * Not whole: what is there of it may be replaced.  A compressed segment
 * is closed, so that it has to be whole.
 */
static int
not_whole(struct exch_tail *t, struct exch_diag *d)
{
	if (t->fd < 0)
		return bad(t, EXCH_ERR_CUT, "segment ends in a block", d);
	t->wr = t->rd;
	return 0;
}

/* The block at rd: its length, 0 not there yet, or an error. */
static long
look(struct exch_tail *t, struct exch_frame *f, struct exch_diag *d)
{
	const char *why;
	int err = 1;
	long n;

	do {
		n = exch_each_block(t->buf + t->rd, t->wr - t->rd, f, &why);
		if (n == 0)
			err = more(t, d);
	} while (n == 0 && err > 0);
	if (err < 0)
		return err;
	if (n > 0) {
		t->looks = 0;
		return n;
	}
	if (n < 0 && (t->fd < 0 || ++t->looks > LOOKS))
		return bad(t, EXCH_ERR_FORMAT, why, d);
	return not_whole(t, d);
}

/* Header of a segment: 1, 0 not there yet, or an error. */
static int
take_head(struct exch_tail *t, bool first, struct exch_diag *d)
{
	struct exch_stream_info info;
	struct exch_frame f;
	long n = look(t, &f, d);
	int err;

	if (n <= 0)
		return (int)n;
	if (f.kind != 'H')
		return bad(t, EXCH_ERR_FORMAT,
		    "segment does not begin with a header block", d);
	err = exch_head_get(t->buf + t->rd + exch_frame_front(&f), f.body,
	    &info, exch_in_name(t->in), d);
	if (err != 0)
		return err;
	if (first)
		t->info = info;
	err = exch_journal_known(&info, exch_in_name(t->in), d);
	if (err != 0)
		return err;
	if (memcmp(info.id, t->info.id, sizeof(info.id)) != 0 ||
	    strcmp(info.text, t->info.text) != 0)
		return bad(t, EXCH_ERR_FORMAT,
		    "segment of another run than the one before", d);
	if (f.position != t->part || (!first && f.position != t->position))
		return bad(t, EXCH_ERR_FORMAT,
		    "segment does not follow the one before", d);
	t->position = f.position;
	t->rd += (size_t)n;
	t->headed = true;
	return 1;
}

int
exch_tail_open(
    const char *dir, uint64_t from, struct exch_tail **out, struct exch_diag *d)
{
	struct exch_journal_list l = {0};
	struct exch_tail *t = exch_calloc(1, sizeof(*t));
	int err = EXCH_ERR_NOMEM;

	if (t == NULL || (t->dir = exch_strdup(dir)) == NULL ||
	    (t->buf = exch_malloc(CAP)) == NULL)
		goto out;
	t->fd = -1;
	err = exch_journal_list(dir, &l, d);
	if (err == 0 && l.n == 0)
		err = EXCH_ERR_ABSENT;
	if (err == 0 && l.part[0].position > 0 && l.part[0].position >= from)
		err = exch_diag_set(d, EXCH_ERR_CUT, dir, EXCH_POS_NONE, 0,
		    "the journal begins at record %llu",
		    (unsigned long long)l.part[0].position);
	if (err == 0) {
		size_t i = l.n - 1;

		while (i > 0 && l.part[i].position >= from)
			i--;
		t->part = l.part[i].position;
		err = open_part(t, d);
	}
	if (err == 0) {
		err = take_head(t, true, d);
		err = err == 0 ? EXCH_ERR_ABSENT : err < 0 ? err : 0;
	}
out:
	exch_free(l.part);
	if (err == 0) {
		*out = t;
		return 0;
	}
	exch_tail_close(t);
	return exch_diag_set(
	    d, (enum exch_err)err, dir, EXCH_POS_NONE, 0, "no journal yet");
}

/*
 * Behind an end block: the next segment, or that was all.  One that says that
 * others follow has lost them; the next run goes on in its place.
 */
static int
end_part(struct exch_tail *t, const struct exch_frame *f, struct exch_diag *d)
{
	const unsigned char *p = t->buf + t->rd + exch_frame_front(f);
	struct exch_in *in = t->in;
	uint64_t part = t->part;
	uint32_t status =
	    f->body >= EXCH_END_FIXED ? exch_end_status(p) : UINT32_MAX;
	int fd = t->fd, err;

	if (status != EXCH_STATUS_CONTINUED && status != EXCH_STATUS_COMPLETE)
		return bad(t, EXCH_ERR_FORMAT,
		    "no segment of a journal ends in this way", d);
	t->part = t->position;
	t->in = NULL;
	/* An empty one has the name that the next would have. */
	err = part == t->part ? (int)EXCH_ERR_ABSENT : open_part(t, d);
	if (err == 0 && status == EXCH_STATUS_COMPLETE)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(t->in),
		    EXCH_POS_BYTE, 0,
		    "a segment follows the one that ends the input");
	if (err == 0) {
		exch_in_close(in);
		return 1;
	}
	close_part(t);
	t->in = in;
	t->fd = fd;
	t->part = part;
	if (err != EXCH_ERR_ABSENT)
		return err;
	t->over = status == EXCH_STATUS_COMPLETE;
	if (fd >= 0)
		t->wr = t->rd; /* it may be replaced */
	return 0;
}

/* One block: 1 to be delivered, 2 dealt with, 0 nothing, or an error. */
static int
step(struct exch_tail *t, uint64_t limit, struct exch_tail_block *b,
    struct exch_diag *d)
{
	long n;

	if (!t->headed) {
		int err = take_head(t, false, d);

		return err > 0 ? 2 : err;
	}
	n = look(t, &b->f, d);
	if (n <= 0)
		return (int)n;
	if (b->f.position != t->position || b->f.kind == 'H')
		return bad(t, EXCH_ERR_FORMAT,
		    "block does not follow the one before", d);
	if (b->f.kind == 'E') {
		int err = end_part(t, &b->f, d);

		return err > 0 ? 2 : err;
	}
	if (b->f.position + b->f.records > limit)
		return 0;
	b->p = t->buf + t->rd;
	b->n = (size_t)n;
	t->rd += (size_t)n;
	t->position += b->f.records;
	t->mark = b->f.head_crc;
	return 1;
}

int
exch_tail_next(struct exch_tail *t, uint64_t limit, struct exch_tail_block *b,
    struct exch_diag *d)
{
	int n;

	if (t->over)
		return 0;
	do {
		n = step(t, limit, b, d);
	} while (n == 2);
	return n;
}

const struct exch_stream_info *
exch_tail_info(const struct exch_tail *t)
{
	return &t->info;
}

uint64_t
exch_tail_position(const struct exch_tail *t)
{
	return t->position;
}

uint32_t
exch_tail_mark(const struct exch_tail *t)
{
	return t->mark;
}

bool
exch_tail_over(const struct exch_tail *t)
{
	return t->over;
}

void
exch_tail_close(struct exch_tail *t)
{
	if (t == NULL)
		return;
	close_part(t);
	exch_free(t->buf);
	exch_free(t->dir);
	exch_free(t);
}
