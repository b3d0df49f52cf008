/*
 * Cards behind character devices: xdma.h.
 *
 * What the driver does, as far as it matters here: a write returns when the
 * card has taken the bytes, or some of them; a read when a packet has ended
 * (of a device that was opened with O_TRUNC), with fewer bytes than asked
 * for; buffers begin at multiples of the bus's width and have whole beats;
 * when nothing comes for its timeout, the call fails with a number that is
 * no errno of programs (512); a stream to the host can be opened once.
 * Devices may be without poll(2), which then says at once that they are
 * ready, and the driver's timeout holds instead of ours.
 *
 * An opened card may have anything in its books, as nothing resets it: all
 * of them are swept, and what comes before the barrier behind that is let go.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/quiet.h"
#include "card/option.h"
#include "card/xdma.h"

#define BEAT 32u
#define ALIGN 4096u
/* Bytes of a read. */
#define ROOM 4096u
/* Commands without their last event: as many beats at most. */
#define WINDOW (EXCH_XDMA_AHEAD / 2)
#define DRIVER_TIMEOUT 512
#define SLICE_MS 1
#define BEGIN_MS 5000u

struct options {
	char path[2][256]; /* h2c, c2h */
	struct exch_card_limits most;
	bool apart;
	uint64_t timeout; /* ms */
};

struct exch_card {
	int fd[2]; /* h2c, c2h; -1: none */
	struct options o;
	void *memory;	    /* the two buffers, with room to align them */
	unsigned char *out; /* commands that are not written yet, nout bytes */
	size_t nout;
	unsigned char *in; /* events: at..nin bytes came and are not taken */
	size_t at, nin;
	unsigned waiting; /* commands without their last event */
	struct exch_card_stats st;
	char trouble[128];
};

/* ---- options ---- */

static bool
set_option(struct options *x, const char **o)
{
	struct exch_card_limits *most = &x->most;
	uint64_t v;

	if (exch_option_text(o, "h2c=", x->path[0], sizeof(x->path[0])) ||
	    exch_option_text(o, "c2h=", x->path[1], sizeof(x->path[1])) ||
	    exch_option_uint(o, "timeout=", 1, 3600000, &x->timeout))
		return true;
	if (exch_option_uint(o, "symbols=", 1, 1u << 16, &v))
		most->symbols = (uint32_t)v;
	else if (exch_option_uint(o, "levels=", 1, 1u << 24, &v))
		most->levels = (uint32_t)v;
	else if (exch_option_uint(o, "slots=", 1, 1u << 28, &v))
		most->slots = (uint32_t)v;
	else if (exch_option_uint(o, "apart=", 0, 1, &v))
		x->apart = v == 1;
	else
		return false;
	return true;
}

static bool
set_options(struct options *x, const char *o, char *why, size_t size)
{
	*x = (struct options){.timeout = 10000, .most = exch_card_xdma.most};
	while (o != NULL && *o != '\0') {
		if (!set_option(x, &o)) {
			(void)snprintf(why, size,
			    "%.*s: no such option of a card behind devices, or "
			    "not such a value; there are h2c=PATH, c2h=PATH, "
			    "symbols=N, levels=N, slots=N, apart=1, timeout=MS",
			    exch_option_len(o), o); /* cut */
			return false;
		}
	}
	if (x->path[0][0] != '\0' && x->path[1][0] != '\0')
		return true;
	(void)snprintf(why, size,
	    "name its devices: --card "
	    "xdma,h2c=/dev/xdma0_h2c_0,c2h=/dev/xdma0_c2h_0"); /* fits */
	return false;
}

bool
exch_xdma_ops(
    const char *options, struct exch_card_ops *ops, char *why, size_t size)
{
	struct options x;

	if (!set_options(&x, options, why, size))
		return false;
	*ops = exch_card_xdma;
	ops->most = x.most;
	ops->apart = x.apart;
	return true;
}

/* ---- bytes ---- */

static bool
fails(struct exch_card *c, unsigned dir, const char *what, int sys)
{
	if (c->trouble[0] != '\0')
		return false;
	if (sys == DRIVER_TIMEOUT || sys == ETIMEDOUT)
		(void)snprintf(c->trouble, sizeof(c->trouble),
		    ": %.60s %s nothing for too long", c->o.path[dir],
		    dir == 0 ? "takes" : "gives"); /* cut */
	else
		(void)snprintf(c->trouble, sizeof(c->trouble),
		    ": %.60s: %s%s%.30s", c->o.path[dir], what,
		    sys != 0 ? ": " : "", sys != 0 ? strerror(sys) : "");
	return false;
}

/*
 * Until something can be done, or for as long as that may take.  There is no
 * clock here: it is waited in slices, of which a signal takes one at most, so
 * that many of them neither make it endless nor end it early.
 */
static bool
await(struct exch_card *c, unsigned dir)
{
	struct pollfd p = {
	    .fd = c->fd[dir], .events = dir == 0 ? POLLOUT : POLLIN};

	for (uint64_t i = 0; i < c->o.timeout / SLICE_MS; i++) {
		int n = poll(&p, 1, SLICE_MS);

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return fails(c, dir, "cannot be waited for", errno);
	}
	return fails(c, dir, "", ETIMEDOUT);
}

/* All commands that are there go out; what is left after a part of them is
 * moved to the front, where buffers have to begin. */
static bool
flush(struct exch_card *c)
{
	while (c->nout > 0 && c->trouble[0] == '\0') {
		ssize_t k = exch_write_quietly(c->fd[0], c->out, c->nout);

		if (k > 0) {
			c->nout -= (size_t)k;
			memmove(c->out, c->out + k, c->nout);
		} else if (k < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			(void)await(c, 0); /* c->trouble says it */
		} else if (k == 0 || errno != EINTR) {
			return fails(c, 0,
			    k == 0 ? "takes no bytes" : "cannot be written",
			    k == 0 ? 0 : errno);
		}
	}
	return c->trouble[0] == '\0';
}

/* At least one whole event is there. */
static bool
fill(struct exch_card *c)
{
	if (c->at > 0) {
		c->nin -= c->at;
		memmove(c->in, c->in + c->at, c->nin);
		c->at = 0;
	}
	while (c->nin < BEAT && c->trouble[0] == '\0') {
		/* Whole beats are asked for, to whole ones. */
		unsigned char *to = c->in + (c->nin > 0 ? ROOM : 0);
		ssize_t k = read(c->fd[1], to, ROOM);

		if (k > 0) {
			memmove(c->in + c->nin, to, (size_t)k);
			c->nin += (size_t)k;
		} else if (k == 0) {
			return fails(c, 1, "the card has gone", 0);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			(void)await(c, 1); /* c->trouble says it */
		} else if (errno != EINTR) {
			return fails(c, 1, "cannot be read", errno);
		}
	}
	return c->trouble[0] == '\0';
}

/* ---- the ring ---- */

static size_t
xdma_submit(struct exch_card *c, const void *beats, size_t n)
{
	const struct exch_card_cmd *b = beats;
	size_t i = 0;

	while (i < n && c->trouble[0] == '\0') {
		size_t of = (b[i].flags & EXCH_CARD_PEAK) != 0 ? 2 : 1;

		if (i + of > n || c->waiting == WINDOW)
			break;
		memcpy(c->out + c->nout, &b[i], of * BEAT);
		c->nout += of * BEAT;
		c->waiting++;
		c->st.commands++;
		i += of;
	}
	return i;
}

static size_t
xdma_poll(
    struct exch_card *c, struct exch_card_evt *evts, size_t max, bool *fault)
{
	size_t n = 0;

	*fault = false;
	if (c->waiting == 0 && c->nin - c->at < BEAT)
		return 0;
	if (!flush(c) || (c->nin - c->at < BEAT && !fill(c))) {
		*fault = true;
		return 0;
	}
	while (n < max && c->nin - c->at >= BEAT) {
		struct exch_card_evt *e = &evts[n++];

		memcpy(e, c->in + c->at, BEAT);
		c->at += BEAT;
		c->st.events++;
		if ((e->flags & EXCH_CARD_LAST) != 0 && c->waiting > 0)
			c->waiting--;
	}
	return n;
}

static void
xdma_stats(const struct exch_card *c, struct exch_card_stats *s)
{
	*s = c->st;
}

static const char *
xdma_trouble(const struct exch_card *c)
{
	return c->trouble[0] != '\0' ? c->trouble : NULL;
}

static void
xdma_close(struct exch_card *c)
{
	for (unsigned i = 0; i < 2; i++)
		if (c->fd[i] >= 0)
			(void)close(c->fd[i]); /* nothing is lost by it */
	exch_free(c->memory);
	exch_free(c);
}

/* ---- an empty matcher ---- */

/*
 * Events of before go by, up to the one of that kind and number.  They are of
 * a window of commands at most, and each order that rested goes once: a device
 * that says more, or what no card says, would never end.
 */
static bool
meet(struct exch_card *c, unsigned kind, uint64_t seq, struct exch_card_evt *e)
{
	uint64_t most = (uint64_t)c->o.most.slots + UINT64_C(4) * WINDOW;
	bool fault = false;

	c->waiting = 1; /* those of before may have ended, too */
	while (xdma_poll(c, e, 1, &fault) == 1) {
		if (e->kind == kind && exch_card_get(e->seq, 6) == seq)
			return true;
		if (most-- == 0 || e->kind == 0 || e->kind > EXCH_CARD_SWEPT)
			return fails(c, 1, "no card's events", 0);
		c->waiting = 1;
	}
	return false;
}

static bool
ask(struct exch_card *c, const struct exch_card_cmd *k, unsigned kind,
    struct exch_card_evt *e)
{
	c->waiting = 0;
	return xdma_submit(c, k, 1) == 1 &&
	       meet(c, kind, exch_card_get(k->seq, 6), e);
}

/*
 * Numbers here count down from the last one, which those of a run that died
 * before do not reach.
 */
static bool
sweep(struct exch_card *c, const struct exch_card_limits *l)
{
	struct exch_card_cmd k = {.op = EXCH_CARD_BARRIER};
	uint64_t seq = (UINT64_C(1) << 48) - 1;
	struct exch_card_evt e;

	exch_card_put(k.seq, seq, 6);
	if (!ask(c, &k, EXCH_CARD_BARRIERED, &e))
		return false;
	k.op = EXCH_CARD_MASS;
	for (uint32_t s = 0; s < 2 * l->symbols; s++) {
		k.symbol = (uint16_t)(s / 2);
		k.flags = s % 2 != 0 ? EXCH_CARD_SELL : 0;
		exch_card_put(k.seq, --seq, 6);
		if (!ask(c, &k, EXCH_CARD_SWEPT, &e))
			return false;
	}
	return true;
}

/* The last of everything is known to the card, and no order. */
static bool
has(struct exch_card *c, const struct exch_card_limits *l, char *why,
    size_t size)
{
	struct exch_card_cmd k = {.op = EXCH_CARD_CANCEL,
	    .symbol = (uint16_t)(l->symbols - 1),
	    .slot = l->slots - 1};
	struct exch_card_evt e = {0};

	exch_card_put(k.price, l->levels - 1, 3);
	exch_card_put(k.seq, (UINT64_C(1) << 47) - 1, 6);
	if (!ask(c, &k, EXCH_CARD_REJECTED, &e))
		return false;
	switch (e.flags >> 4) {
	case EXCH_CARD_NO_LIVE:
	case EXCH_CARD_NO_MATCH: /* one of before */
		return true;
	case EXCH_CARD_NO_SYMBOL:
		(void)snprintf(why, size,
		    "has fewer symbols than %u: say how many by symbols=N",
		    l->symbols); /* fits, as below */
		break;
	case EXCH_CARD_NO_SLOT:
		(void)snprintf(why, size,
		    "has fewer slots than %u: say how many by slots=N",
		    l->slots);
		break;
	case EXCH_CARD_NO_PRICE:
		(void)snprintf(why, size,
		    "has fewer levels than %u: say how many by levels=N",
		    l->levels);
		break;
	default:
		(void)snprintf(why, size, "is none of this interface");
		break;
	}
	return false;
}

/* The program behind a pipe may have only just begun: it is waited for. */
static int
open_file(const char *name, int flags)
{
	const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000};
	int fd = open(name, flags);

	for (unsigned i = 0; fd < 0 && errno == ENXIO && i < BEGIN_MS; i++) {
		(void)nanosleep(&slice, NULL); /* a signal may end it early */
		fd = open(name, flags);
	}
	return fd;
}

/*
 * The same of a pipe for events: without a writer it is at its end, which must
 * not be taken for that of the card.
 */
static bool
has_writer(struct exch_card *c)
{
	const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000};
	struct stat st;
	ssize_t k = -1;

	if (fstat(c->fd[1], &st) != 0 || !S_ISFIFO(st.st_mode))
		return true;
	for (unsigned i = 0;
	     i < BEGIN_MS && (k = read(c->fd[1], c->in, ROOM)) == 0; i++)
		(void)nanosleep(&slice, NULL); /* a signal may end it early */
	if (k > 0)
		c->nin = (size_t)k;
	return k != 0;
}

static int
open_one(const char *name, int flags, char *why, size_t size)
{
	struct stat st;
	int fd, sys;

	/* O_TRUNC means something else of files. */
	if (stat(name, &st) != 0) {
		(void)snprintf(why, size, "%.80s: %s: is the driver there?",
		    name, strerror(errno)); /* cut, as below */
		return -1;
	}
	if (!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		(void)snprintf(why, size, "%.80s is no device", name);
		return -1;
	}
	/* Nor is the other end of a pipe waited for without end. */
	if (S_ISFIFO(st.st_mode))
		flags = (flags & O_ACCMODE) | O_NONBLOCK;
	fd = open_file(name, flags | O_CLOEXEC);
	sys = errno;
	if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	(void)snprintf(why, size, "%.80s: %s%s", name, strerror(sys),
	    sys == EBUSY   ? ": another program has it"
	    : sys == ENXIO ? ": nobody takes commands from it"
			   : "");
	return -1;
}

/* Both buffers, at the beginnings of pages. */
static bool
set_buffers(struct exch_card *c)
{
	size_t n = WINDOW * 2 * (size_t)BEAT;
	uintptr_t at;

	c->memory = exch_malloc(ALIGN + n + 2 * ROOM + ALIGN);
	if (c->memory == NULL)
		return false;
	at = ((uintptr_t)c->memory + ALIGN - 1) / ALIGN * ALIGN;
	c->out = (unsigned char *)c->memory + (at - (uintptr_t)c->memory);
	c->in = c->out + (n + ALIGN - 1) / ALIGN * ALIGN;
	return true;
}

static struct exch_card *
xdma_open(const struct exch_card_limits *l, const char *options, char *why,
    size_t size)
{
	struct exch_card *c = exch_calloc(1, sizeof(*c));

	(void)snprintf(why, size, "out of memory"); /* fits */
	if (c == NULL)
		return NULL;
	c->fd[0] = c->fd[1] = -1;
	if (set_options(&c->o, options, why, size) && set_buffers(c) &&
	    (c->fd[0] = open_one(c->o.path[0], O_WRONLY, why, size)) >= 0 &&
	    (c->fd[1] = open_one(
		 c->o.path[1], O_RDONLY | O_TRUNC, why, size)) >= 0) {
		why[0] = '\0';
		if (!has_writer(c)) {
			(void)snprintf(why, size,
			    "%.80s: nobody gives events to it",
			    c->o.path[1]); /* fits */
		} else if (has(c, l, why, size) && sweep(c, l)) {
			c->waiting = 0;
			c->st = (struct exch_card_stats){0};
			return c;
		}
		if (why[0] == '\0')
			(void)snprintf(why, size, "gave no sign of life%s",
			    c->trouble); /* cut */
	}
	xdma_close(c);
	return NULL;
}

const struct exch_card_ops exch_card_xdma = {
    .abi = EXCH_CARD_ABI,
    .name = "xdma",
    .most = {.symbols = 8, .levels = 1u << 17, .slots = 1u << 20},
    .open = xdma_open,
    .submit = xdma_submit,
    .poll = xdma_poll,
    .stats = xdma_stats,
    .close = xdma_close,
    .trouble = xdma_trouble,
};
