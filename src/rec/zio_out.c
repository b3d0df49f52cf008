/*
 * Bytes out: a descriptor or memory, as they are, in zstd frames or in a
 * stream of bzip2.
 *
 * A compressed file looks like this (exch-stream(5), ON DISK):
 *
 *	frame  frame ... frame  skippable frame: our index  seek table
 *
 * Frames begin at stream blocks, so that a reader can start at any of
 * them.  A frame's input is collected and compressed in one go; compressed
 * bytes then depend on the records alone and not on how they arrived.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "rec/behind.h"
#include "rec/pack.h"
#include "rec/seek.h"
#include "rec/zio.h"
#include "rec/zio_disk.h"

#define FRAME_IN (256u << 10)
#define PIPE_SIZE (1 << 20)

struct frame {
	uint32_t packed;
	uint32_t plain;
};

struct bytes {
	unsigned char *p;
	size_t len;
	size_t cap;
};

struct exch_out {
	int fd; /* -1: memory */
	enum exch_out_kind kind;
	bool regular;
	bool pipe;
	bool marked; /* blocks are announced */
	bool finished;
	bool outlive;		    /* a closed reader is no error ... */
	_Atomic bool lost;	    /* ... and it is closed */
	struct exch_behind *behind; /* or NULL: written at once */
	char *name;
	struct bytes mem;
	/* zstd */
	struct exch_pack *pack;
	struct bytes in;     /* of the frame being collected */
	struct bytes packed; /* the last frame */
	struct frame *frame; /* [nframes] is the one being collected */
	size_t nframes;
	size_t frames_cap;
	uint64_t written;	/* bytes of whole frames */
	struct exch_seek *seek; /* NULL: what is written is no such stream */
	size_t block;		/* where in `in` the last block begins */
	struct exch_squeeze *squeeze; /* bzip2 */
};

static int
nomem(const struct exch_out *o, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, o->name, EXCH_POS_NONE, 0,
	    "out of memory for output");
}

/* Room for n more bytes. */
static int
room(struct bytes *b, size_t n)
{
	size_t cap = b->cap != 0 ? b->cap : 4096;
	unsigned char *p;

	if (b->cap - b->len >= n)
		return 0;
	while (cap - b->len < n)
		cap *= 2;
	p = exch_realloc(b->p, cap, 1);
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	b->p = p;
	b->cap = cap;
	return 0;
}

static int
out_new(enum exch_out_kind kind, const char *name, struct exch_out **out,
    struct exch_diag *d)
{
	struct exch_out *o = exch_calloc(1, sizeof(*o));

	if (o == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
		    "out of memory for output");
	o->fd = -1;
	o->kind = kind;
	o->name = exch_strdup(name);
	if (o->name == NULL)
		goto fail;
	if (kind == EXCH_OUT_ZSTD) {
		o->pack = exch_pack_new();
		if (o->pack == NULL)
			goto fail;
	}
	if (kind == EXCH_OUT_BZIP2) {
		o->squeeze = exch_squeeze_new();
		if (o->squeeze == NULL)
			goto fail;
	}
	*out = o;
	return 0;
fail:
	exch_out_free(o);
	if (kind == EXCH_OUT_BZIP2 && !exch_bzip2_there())
		return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
		    "it would be compressed by bzip2, and this was built "
		    "without libbz2");
	return exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0,
	    "out of memory for output");
}

int
exch_out_fd(int fd, enum exch_out_kind kind, const char *name,
    struct exch_out **out, struct exch_diag *d)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return exch_diag_sys(d, name, errno, "cannot write");
	err = out_new(kind, name, out, d);
	if (err != 0)
		return err;
	(*out)->fd = fd;
	(*out)->regular = S_ISREG(st.st_mode);
	(*out)->pipe = S_ISFIFO(st.st_mode);
#ifdef F_SETPIPE_SZ
	/* Fewer switches between the processes; a refusal does not matter. */
	if (S_ISFIFO(st.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
	return 0;
}

int
exch_out_mem(struct exch_out **out)
{
	return out_new(EXCH_OUT_PLAIN, "memory", out, NULL);
}

int
exch_out_mem_zstd(struct exch_out **out)
{
	return out_new(EXCH_OUT_ZSTD, "memory", out, NULL);
}

const unsigned char *
exch_out_mem_bytes(const struct exch_out *o, size_t *n)
{
	*n = o->mem.len;
	return o->mem.p;
}

void
exch_out_mem_reset(struct exch_out *o)
{
	o->mem.len = 0;
}

void
exch_out_free(struct exch_out *o)
{
	if (o == NULL)
		return;
	exch_behind_free(o->behind);
	exch_pack_free(o->pack);
	exch_squeeze_free(o->squeeze);
	exch_seek_free(o->seek);
	exch_free(o->mem.p);
	exch_free(o->in.p);
	exch_free(o->packed.p);
	exch_free(o->frame);
	exch_free(o->name);
	exch_free(o);
}

bool
exch_out_is_file(const struct exch_out *o)
{
	return o->regular || o->kind != EXCH_OUT_PLAIN;
}

void
exch_out_outlive(struct exch_out *o)
{
	o->outlive = true;
}

bool
exch_out_lost(const struct exch_out *o)
{
	return o->lost;
}

static int
put_mem(
    struct exch_out *o, const unsigned char *p, size_t n, struct exch_diag *d)
{
	if (room(&o->mem, n) != 0)
		return nomem(o, d);
	if (n > 0)
		memcpy(o->mem.p + o->mem.len, p, n);
	o->mem.len += n;
	return 0;
}

static int
put_fd(void *arg, const unsigned char *p, size_t n, struct exch_diag *d)
{
	struct exch_out *o = arg;

	while (n > 0 && !o->lost) {
		ssize_t w = write(o->fd, p, n);

		if (w >= 0) {
			p += w;
			n -= (size_t)w;
		} else if (errno == EAGAIN) {
			struct pollfd pfd = {.fd = o->fd, .events = POLLOUT};

			/* Whatever it says, the next write knows more. */
			(void)poll(&pfd, 1, 250);
		} else if (errno == EPIPE && o->outlive) {
			o->lost = true;
		} else if (errno != EINTR) {
			return exch_diag_sys(d, o->name, errno, "cannot write");
		}
	}
	return 0;
}

/* Bytes as they are, to where they go. */
static int
put(struct exch_out *o, const unsigned char *p, size_t n, struct exch_diag *d)
{
	if (o->fd < 0)
		return put_mem(o, p, n, d);
	return o->behind != NULL ? exch_behind_put(o->behind, p, n, d)
				 : put_fd(o, p, n, d);
}

/* As many of n bytes as go from a file into a pipe without a copy. */
static size_t
move(const struct exch_out *o, int file, uint64_t at, size_t n)
{
	size_t done = 0;
#ifdef SPLICE_F_MOVE
	loff_t from = (loff_t)at;
	ssize_t k = 1;

	while (done < n && k > 0) {
		k = splice(file, &from, o->fd, NULL, n - done, 0);
		done += k > 0 ? (size_t)k : 0;
	}
#else
	(void)o;
	(void)file;
	(void)at;
	(void)n;
#endif
	return done;
}

int
exch_out_move(struct exch_out *o, int file, uint64_t at, const void *p,
    size_t n, struct exch_diag *d)
{
	size_t done = 0;

	if (file >= 0 && o->pipe && o->kind == EXCH_OUT_PLAIN &&
	    o->behind == NULL && !o->lost)
		done = move(o, file, at, n);
	/*
	 * Where that ended early, be it that it cannot be done, that the file
	 * has become shorter or that a signal came, writing says why.
	 */
	return exch_out_write(o, (const unsigned char *)p + done, n - done, d);
}

int
exch_out_behind(
    struct exch_out *o, const struct exch_out_gate *gate, struct exch_diag *d)
{
	struct exch_behind_opts b = {.gate = *gate, .put = put_fd, .arg = o};

	return exch_behind_new(&b, &o->behind, d);
}

int
exch_out_kick(struct exch_out *o, struct exch_diag *d)
{
	return o->behind != NULL ? exch_behind_kick(o->behind, d) : 0;
}

/* Compress what was collected, if anything, and begin the next frame. */
static int
end_frame(struct exch_out *o, struct exch_diag *d)
{
	struct frame *f;
	size_t len;
	int err;

	if (o->in.len == 0)
		return 0;
	o->packed.len = 0;
	if (room(&o->packed, exch_pack_bound(o->in.len)) != 0)
		return nomem(o, d);
	err = exch_pack_frame(
	    o->pack, o->in.p, o->in.len, o->packed.p, o->packed.cap, &len, d);
	if (err != 0)
		return err;
	f = &o->frame[o->nframes];
	f->packed = (uint32_t)len;
	f->plain = (uint32_t)o->in.len;
	o->nframes++;
	o->written += len;
	o->in.len = 0;
	o->block = 0;
	return put(o, o->packed.p, len, d);
}

/* The row of the frame that is being collected. */
static struct frame *
current(struct exch_out *o)
{
	if (!exch_room(
		&o->frame, o->nframes, &o->frames_cap, sizeof(*o->frame)))
		return NULL;
	if (o->in.len == 0)
		memset(&o->frame[o->nframes], 0, sizeof(o->frame[0]));
	return &o->frame[o->nframes];
}

/*
 * The block that was collected last, for the index.  What is none, text for
 * one, has no index and needs none.
 */
static int
index_block(struct exch_out *o, struct exch_diag *d)
{
	const char *why;
	int err;

	if (o->seek == NULL || o->in.len == o->block)
		return 0;
	err = exch_seek_block(
	    o->seek, o->in.p + o->block, o->in.len - o->block, &why);
	o->block = o->in.len;
	if (err == EXCH_ERR_NOMEM)
		return nomem(o, d);
	if (err != 0) {
		exch_seek_free(o->seek);
		o->seek = NULL;
	}
	return 0;
}

int
exch_out_mark(struct exch_out *o, struct exch_diag *d)
{
	int err;

	if (o->kind != EXCH_OUT_ZSTD)
		return 0;
	if (!o->marked) {
		o->marked = true;
		o->seek = exch_seek_new();
		if (o->seek == NULL)
			return nomem(o, d);
	}
	err = index_block(o, d);
	if (err == 0 && o->in.len >= FRAME_IN)
		err = end_frame(o, d);
	if (err != 0)
		return err;
	if (o->in.len == 0 && o->seek != NULL)
		exch_seek_row(o->seek, o->written);
	return current(o) != NULL ? 0 : nomem(o, d);
}

/* Collect; without marks a frame may end anywhere. */
static int
collect(
    struct exch_out *o, const unsigned char *p, size_t n, struct exch_diag *d)
{
	while (n > 0) {
		size_t part = n;
		int err;

		if (!o->marked && o->in.len >= FRAME_IN) {
			err = end_frame(o, d);
			if (err != 0)
				return err;
		}
		if (!o->marked && part > FRAME_IN - o->in.len)
			part = FRAME_IN - o->in.len;
		/* The row of a marked frame was made with the mark. */
		if ((!o->marked && current(o) == NULL) ||
		    room(&o->in, part) != 0)
			return nomem(o, d);
		memcpy(o->in.p + o->in.len, p, part);
		o->in.len += part;
		p += part;
		n -= part;
	}
	return 0;
}

/* Bytes into the stream of bzip2; `last`: and its end. */
static int
squeeze(
    struct exch_out *o, const void *p, size_t n, bool last, struct exch_diag *d)
{
	unsigned char buf[16384];
	struct exch_unpack_io io = {.in = p, .in_len = n};
	bool done;
	int err;

	do {
		io.out = buf;
		io.out_len = sizeof(buf);
		done = exch_squeeze_step(o->squeeze, &io, last);
		err = put(o, buf, sizeof(buf) - io.out_len, d);
	} while (err == 0 && !done);
	return err;
}

int
exch_out_write(struct exch_out *o, const void *p, size_t n, struct exch_diag *d)
{
	if (o->kind == EXCH_OUT_ZSTD)
		return collect(o, p, n, d);
	if (o->kind == EXCH_OUT_BZIP2)
		return n > 0 ? squeeze(o, p, n, false, d) : 0;
	return put(o, p, n, d);
}

/* Our index, a skippable frame: of frames that hold a whole stream. */
static int
put_index(struct exch_out *o, struct exch_diag *d)
{
	static const struct exch_seek_of itself;
	unsigned char p[8];
	struct exch_buf b = {0};
	int err;

	if (o->seek == NULL || !exch_seek_whole(o->seek))
		return 0;
	exch_seek_encode(o->seek, &itself, &b);
	if (b.failed || b.len > UINT32_MAX) {
		/* Too long for a frame: do without. */
		err = b.failed ? nomem(o, d) : 0;
		exch_buf_free(&b);
		return err;
	}
	exch_put_le32(p, EXCH_ZIO_INDEX);
	exch_put_le32(p + 4, (uint32_t)b.len);
	err = put(o, p, sizeof(p), d);
	if (err == 0)
		err = put(o, (const unsigned char *)b.p, b.len, d);
	exch_buf_free(&b);
	return err;
}

/* The table of the seekable format 0.1.0, without checksums of its own. */
static int
put_table(struct exch_out *o, struct exch_diag *d)
{
	size_t n = o->nframes * 8 + 9;
	unsigned char *p;

	if (n > UINT32_MAX)
		return 0;
	o->packed.len = 0;
	if (room(&o->packed, 8 + n) != 0)
		return nomem(o, d);
	p = o->packed.p;
	exch_put_le32(p, EXCH_ZIO_TABLE);
	exch_put_le32(p + 4, (uint32_t)n);
	for (size_t i = 0; i < o->nframes; i++) {
		exch_put_le32(p + 8 + i * 8, o->frame[i].packed);
		exch_put_le32(p + 12 + i * 8, o->frame[i].plain);
	}
	p += 8 + o->nframes * 8;
	exch_put_le32(p, (uint32_t)o->nframes);
	p[4] = 0;
	exch_put_le32(p + 5, EXCH_ZIO_SEEKABLE);
	return put(o, o->packed.p, 8 + n, d);
}

static int
finish_zstd(struct exch_out *o, struct exch_diag *d)
{
	int err = index_block(o, d);

	if (err == 0)
		err = end_frame(o, d);
	if (err == 0)
		err = put_index(o, d);
	return err != 0 ? err : put_table(o, d);
}

int
exch_out_finish(struct exch_out *o, struct exch_diag *d)
{
	int err = 0;

	if (!o->finished && o->kind == EXCH_OUT_ZSTD)
		err = finish_zstd(o, d);
	if (!o->finished && o->kind == EXCH_OUT_BZIP2)
		err = squeeze(o, NULL, 0, true, d);
	o->finished = true;
	if (err == 0 && o->behind != NULL)
		err = exch_behind_drain(o->behind, d);
	return err;
}
