/*
 * Bytes in: a descriptor or memory, compressed or not.  Plain bytes go
 * from read() straight to the caller's buffer; only what was looked at to
 * recognise the kind is copied.  Waiting is kept apart from reading, so
 * that whoever writes downstream can flush before this end sleeps.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rec/pack.h"
#include "rec/zio.h"

/* Compressed bytes read at a time, and the first look at any input. */
#define RAW_CAP (128u << 10)
#define SNIFF_CAP 4096u
#define PEEK_CAP 4096u
/* How long to sleep before the hook is asked again (it sees signals). */
#define WAIT_MS 250
#define PIPE_SIZE (1 << 20)

struct exch_in {
	int fd; /* -1: memory, or a source */
	bool own;
	bool regular;
	bool sniffed;
	bool eof;
	const unsigned char *mem;
	size_t mem_len;
	struct exch_in_source from; /* read NULL: none */
	char *name;
	uint64_t size;
	off_t begin;		    /* of a regular file: read from there on */
	uint64_t consumed;	    /* raw bytes taken from below */
	uint64_t offset;	    /* plain bytes handed out */
	struct exch_unpack *unpack; /* NULL: plain */
	unsigned char *raw;
	size_t raw_at;
	size_t raw_len;
	size_t peek_at;
	size_t peek_len;
	int bad; /* what the unpacker said last; it is not asked again */
	const char *bad_why;
	exch_in_wait_fn *wait;
	void *wait_arg;
	unsigned char peek[PEEK_CAP];
};

static int
in_new(const char *name, struct exch_in **out, struct exch_diag *d)
{
	struct exch_in *in = exch_calloc(1, sizeof(*in));

	if (in == NULL)
		goto nomem;
	in->fd = -1;
	in->name = exch_strdup(name);
	in->raw = exch_malloc(RAW_CAP);
	if (in->name == NULL || in->raw == NULL)
		goto nomem;
	*out = in;
	return 0;
nomem:
	exch_in_close(in);
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "out of memory");
}

int
exch_in_fd(int fd, bool own, const char *name, struct exch_in **out,
    struct exch_diag *d)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return exch_diag_sys(d, name, errno, "cannot read");
	err = in_new(name, out, d);
	if (err != 0)
		return err;
	(*out)->fd = fd;
	(*out)->own = own;
	(*out)->regular = S_ISREG(st.st_mode);
	if (S_ISREG(st.st_mode)) {
		(*out)->size = (uint64_t)st.st_size;
		(*out)->begin = lseek(fd, 0, SEEK_CUR);
	}
#ifdef F_SETPIPE_SZ
	/* Fewer switches between the processes; a refusal does not matter. */
	if (S_ISFIFO(st.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
	return 0;
}

int
exch_in_mem(const void *p, size_t n, const char *name, struct exch_in **out,
    struct exch_diag *d)
{
	int err = in_new(name, out, d);

	if (err != 0)
		return err;
	(*out)->mem = p;
	(*out)->mem_len = n;
	(*out)->size = n;
	(*out)->regular = true;
	return 0;
}

int
exch_in_from(const struct exch_in_source *from, const char *name,
    struct exch_in **out, struct exch_diag *d)
{
	int err = in_new(name, out, d);

	if (err != 0)
		return err;
	(*out)->from = *from;
	(*out)->regular = true;
	return 0;
}

void
exch_in_close(struct exch_in *in)
{
	if (in == NULL)
		return;
	if (in->from.read != NULL)
		in->from.close(in->from.arg);
	if (in->own && in->fd >= 0)
		(void)close(in->fd); /* read only: nothing can be lost */
	if (in->unpack != NULL)
		in->unpack->ops->free(in->unpack);
	exch_free(in->raw);
	exch_free(in->name);
	exch_free(in);
}

static int
ask_hook(struct exch_in *in, struct exch_diag *d)
{
	return in->wait != NULL ? in->wait(in->wait_arg, d) : 0;
}

/*
 * Return once a read would not block.  The hook is called first, and again
 * every WAIT_MS and after every signal, so that it can stop the wait.
 */
static int
wait_ready(struct exch_in *in, struct exch_diag *d)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};
	int n = poll(&p, 1, 0);
	int err;

	while (n <= 0) {
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return exch_diag_sys(
			    d, in->name, errno, "cannot wait for input");
		err = ask_hook(in, d);
		if (err != 0)
			return err;
		n = poll(&p, 1, WAIT_MS);
	}
	return 0;
}

/* Bytes from below; *got 0 at the end. */
static int
raw_read(struct exch_in *in, unsigned char *p, size_t n, size_t *got,
    struct exch_diag *d)
{
	ssize_t r;
	int err;

	*got = 0;
	if (in->eof)
		return 0;
	if (in->from.read != NULL) {
		err = in->from.read(in->from.arg, p, n, got, d);
		if (err != 0)
			return err;
	} else if (in->fd < 0) {
		*got = n < in->mem_len ? n : in->mem_len;
		if (*got > 0)
			memcpy(p, in->mem, *got);
		in->mem += *got;
		in->mem_len -= *got;
	}
	while (in->fd >= 0) {
		if (in->wait != NULL && !in->regular) {
			err = wait_ready(in, d);
			if (err != 0)
				return err;
		}
		r = read(in->fd, p, n);
		if (r >= 0) {
			*got = (size_t)r;
			break;
		}
		if (errno == EINTR)
			err = ask_hook(in, d);
		else if (errno == EAGAIN)
			err = wait_ready(in, d);
		else
			return exch_diag_sys(d, in->name, errno, "cannot read");
		if (err != 0)
			return err;
	}
	in->consumed += *got;
	in->eof = *got == 0;
	return 0;
}

static int
bad_packed(const struct exch_in *in, struct exch_diag *d)
{
	return exch_diag_set(d, (enum exch_err)in->bad, in->name, EXCH_POS_BYTE,
	    in->consumed - (in->raw_len - in->raw_at), "compressed data: %s",
	    in->bad_why);
}

/* "BZh", a digit, and the mark of a block or of the end. */
static bool
is_bzip2(const unsigned char *p, size_t n)
{
	return n >= 10 && memcmp(p, "BZh", 3) == 0 && p[3] >= '1' &&
	       p[3] <= '9' &&
	       (memcmp(p + 4, "1AY&SY", 6) == 0 ||
		   memcmp(p + 4, "\x17rE8P\x90", 6) == 0);
}

/* gzip 1f 8b; zstd 28 b5 2f fd or a skippable frame 5? 2a 4d 18. */
static struct exch_unpack *
unpacker(const unsigned char *p, size_t n, bool *packed)
{
	*packed = true;
	if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return exch_unpack_gzip();
	if (n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
		return exch_unpack_zstd();
	if (n >= 4 && (p[0] & 0xf0) == 0x50 &&
	    memcmp(p + 1, "\x2a\x4d\x18", 3) == 0)
		return exch_unpack_zstd();
	if (is_bzip2(p, n))
		return exch_unpack_bzip2();
	*packed = false;
	return NULL;
}

static int
sniff(struct exch_in *in, struct exch_diag *d)
{
	bool packed;

	/* ten tell bzip2; what begins otherwise is not waited for */
	while ((in->raw_len < 4 ||
		   (in->raw_len < 10 && memcmp(in->raw, "BZh", 3) == 0)) &&
	       !in->eof) {
		size_t got;
		int err = raw_read(in, in->raw + in->raw_len,
		    SNIFF_CAP - in->raw_len, &got, d);

		if (err != 0)
			return err;
		in->raw_len += got;
	}
	in->unpack = unpacker(in->raw, in->raw_len, &packed);
	if (packed && in->unpack == NULL && !exch_bzip2_there() &&
	    is_bzip2(in->raw, in->raw_len))
		return exch_diag_set(d, EXCH_ERR_NEED, in->name, EXCH_POS_NONE,
		    0,
		    "it is compressed by bzip2, and this was built without "
		    "libbz2: bzip2 -dc %s |",
		    in->name);
	if (packed && in->unpack == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, in->name, EXCH_POS_NONE,
		    0, "out of memory");
	in->sniffed = true;
	return 0;
}

static int
plain_read(struct exch_in *in, unsigned char *p, size_t n, size_t *got,
    struct exch_diag *d)
{
	size_t have = in->raw_len - in->raw_at;

	if (have == 0)
		return raw_read(in, p, n, got, d);
	*got = n < have ? n : have;
	memcpy(p, in->raw + in->raw_at, *got);
	in->raw_at += *got;
	return 0;
}

static int
packed_read(struct exch_in *in, unsigned char *p, size_t n, size_t *got,
    struct exch_diag *d)
{
	while (in->bad == 0) {
		struct exch_unpack_io io = {
		    in->raw + in->raw_at, in->raw_len - in->raw_at, p, n};
		int err;

		in->bad = in->unpack->ops->step(in->unpack, &io, &in->bad_why);
		*got = n - io.out_len;
		in->raw_at = in->raw_len - io.in_len;
		/* What came out before the damage goes first. */
		if (*got > 0)
			return 0;
		if (in->bad != 0)
			break;
		if (in->raw_at < in->raw_len)
			continue;
		in->raw_at = in->raw_len = 0;
		err = raw_read(in, in->raw, RAW_CAP, &in->raw_len, d);
		if (err != 0)
			return err;
		if (in->raw_len > 0)
			continue;
		if (in->unpack->inside)
			return exch_diag_set(d, EXCH_ERR_CUT, in->name,
			    EXCH_POS_BYTE, in->consumed,
			    "compressed data ends early");
		return 0;
	}
	return bad_packed(in, d);
}

static int
any_read(struct exch_in *in, unsigned char *p, size_t n, size_t *got,
    struct exch_diag *d)
{
	*got = 0;
	if (!in->sniffed) {
		int err = sniff(in, d);

		if (err != 0)
			return err;
	}
	if (in->unpack != NULL)
		return packed_read(in, p, n, got, d);
	return plain_read(in, p, n, got, d);
}

int
exch_in_read(
    struct exch_in *in, void *p, size_t n, size_t *got, struct exch_diag *d)
{
	size_t have = in->peek_len - in->peek_at;
	int err = 0;

	if (n == 0) {
		*got = 0;
	} else if (have > 0) {
		*got = n < have ? n : have;
		memcpy(p, in->peek + in->peek_at, *got);
		in->peek_at += *got;
	} else {
		err = any_read(in, p, n, got, d);
	}
	in->offset += *got;
	return err;
}

int
exch_in_peek(struct exch_in *in, const unsigned char **p, size_t n, size_t *got,
    struct exch_diag *d)
{
	int err = 0;

	if (n > PEEK_CAP)
		n = PEEK_CAP;
	if (in->peek_at > 0) {
		in->peek_len -= in->peek_at;
		memmove(in->peek, in->peek + in->peek_at, in->peek_len);
		in->peek_at = 0;
	}
	while (in->peek_len < n) {
		size_t more;

		err = any_read(in, in->peek + in->peek_len,
		    PEEK_CAP - in->peek_len, &more, d);
		if (err != 0 || more == 0)
			break;
		in->peek_len += more;
	}
	*p = in->peek;
	*got = n < in->peek_len ? n : in->peek_len;
	/* An error behind bytes that are whole comes with the next read. */
	if (err != 0 && err != EXCH_ERR_STOP && *got > 0) {
		exch_diag_clear(d);
		err = 0;
	}
	return err;
}

uint64_t
exch_in_offset(const struct exch_in *in)
{
	return in->offset;
}

const char *
exch_in_name(const struct exch_in *in)
{
	return in->name;
}

uint64_t
exch_in_size(const struct exch_in *in)
{
	return in->size;
}

uint64_t
exch_in_consumed(const struct exch_in *in)
{
	return in->consumed;
}

int
exch_in_file(const struct exch_in *in, uint64_t offset, uint64_t *at)
{
	if (!in->regular || in->unpack != NULL || in->begin < 0)
		return -1;
	*at = (uint64_t)in->begin + offset;
	return in->fd;
}

int
exch_in_seekable(const struct exch_in *in)
{
	return in->regular && in->fd >= 0 && in->begin == 0 ? in->fd : -1;
}

int
exch_in_jump(
    struct exch_in *in, uint64_t raw, uint64_t offset, struct exch_diag *d)
{
	if (lseek(in->fd, (off_t)raw, SEEK_SET) < 0)
		return exch_diag_sys(
		    d, in->name, errno, "cannot go on elsewhere");
	in->raw_at = in->raw_len = 0;
	in->peek_at = in->peek_len = 0;
	in->eof = false;
	in->consumed = raw;
	in->offset = offset;
	if (in->unpack == NULL)
		return 0;
	/* The one in hand may be inside a frame. */
	in->unpack->ops->free(in->unpack);
	in->unpack = exch_unpack_zstd();
	if (in->unpack == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, in->name, EXCH_POS_NONE,
		    0, "out of memory");
	return 0;
}

void
exch_in_on_wait(struct exch_in *in, exch_in_wait_fn *fn, void *arg)
{
	in->wait = fn;
	in->wait_arg = arg;
}
