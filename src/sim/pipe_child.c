/*
 * A program at the other end of two pipes (pipe_child.h).
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/quiet.h"
#include "sim/pipe_child.h"

/* Blocks are sent when so much has come together; what is read at once. */
#define FLUSH 65536u
#define CHUNK 65536u
/* Of answers that nobody has asked for yet. */
#define BACKLOG (8u << 20)
/* Fewer turns of the scheduler for a batch; a system may refuse it. */
#define PIPE_SIZE (1 << 20)
#define SLICE_MS 10

struct exch_child {
	pid_t pid;	 /* and its group's; 0: it has ended and is no more */
	int to, from;	 /* -1: closed */
	uint64_t slices; /* of patience */
	struct exch_buf out; /* `sent` bytes of it have left */
	size_t sent;
	/* heard .. scanned .. in.len: whole lines up to `scanned` */
	struct exch_buf in;
	size_t heard, scanned;
	uint64_t lines; /* between the two */
	bool deaf;	/* it does not read any more */
	bool ended;	/* it says nothing more */
	int status;	/* of waitpid(2) */
	char why[256];
};

/* ---- start ---- */

/* Descriptors of programs that were started with closed ones stay free. */
static int
above(int fd)
{
	int high;

	if (fd > STDERR_FILENO || fd < 0)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	(void)close(fd); /* nothing was written to it */
	return high;
}

/* Both ends, neither of which other programs inherit. */
static bool
make_pipe(int end[2])
{
	if (pipe2(end, O_CLOEXEC) != 0)
		return false;
	end[0] = above(end[0]);
	end[1] = above(end[1]);
#ifdef F_SETPIPE_SZ
	(void)fcntl(end[1], F_SETPIPE_SZ, PIPE_SIZE); /* or what it has */
#endif
	return end[0] >= 0 && end[1] >= 0;
}

static bool
not_waiting(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* 0 or errno. */
static int
spawn(pid_t *pid, const char *command, int in, int out)
{
	char sh[] = "sh", c[] = "-c";
	char *text = exch_strdup(command);
	char *argv[] = {sh, c, text, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t pipes;
	int sys = text == NULL ? ENOMEM : 0;

	(void)sigemptyset(&pipes); /* these cannot fail */
	(void)sigaddset(&pipes, SIGPIPE);
	if (sys == 0)
		sys = posix_spawn_file_actions_init(&files);
	if (sys != 0)
		goto text;
	sys = posix_spawnattr_init(&attr);
	if (sys != 0)
		goto files;
	(void)posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setpgroup(&attr, 0);
	(void)posix_spawnattr_setsigdefault(&attr, &pipes);
	sys = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	if (sys == 0)
		sys = posix_spawn_file_actions_adddup2(
		    &files, out, STDOUT_FILENO);
	/* what the program finds there is the user's; we do not look at it */
	if (sys == 0)
		sys = posix_spawn(pid, "/bin/sh", &files, &attr, argv, environ);
	(void)posix_spawnattr_destroy(&attr);
files:
	(void)posix_spawn_file_actions_destroy(&files);
text:
	exch_free(text);
	return sys;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* a pipe: nothing is lost by it */
	*fd = -1;
}

int
exch_child_start(const char *command, uint64_t patience,
    struct exch_child **out, struct exch_diag *d)
{
	struct exch_child *c = exch_calloc(1, sizeof(*c));
	int to[2] = {-1, -1}, from[2] = {-1, -1}, sys = 0;

	if (c == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	c->slices = patience / (SLICE_MS * (EXCH_SEC / 1000)) + 1;
	if (!make_pipe(to) || !make_pipe(from) || !not_waiting(to[1]) ||
	    !not_waiting(from[0]))
		sys = errno;
	c->to = to[1];
	c->from = from[0];
	if (sys == 0)
		sys = spawn(&c->pid, command, to[0], from[1]);
	shut(&to[0]);
	shut(&from[1]);
	if (sys != 0) {
		c->pid = 0;
		exch_child_free(c);
		return exch_diag_sys(d, NULL, sys, "cannot start a program");
	}
	*out = c;
	return EXCH_OK;
}

/* ---- end ---- */

/*
 * Has it ended?  What it started and left behind goes with it: the number of
 * its group is nobody else's as long as its status was not taken.
 */
static bool
reap(struct exch_child *c, bool wait)
{
	siginfo_t info = {.si_pid = 0};

	if (c->pid == 0)
		return true;
	while (waitid(P_PID, (id_t)c->pid, &info,
		   WEXITED | WNOWAIT | (wait ? 0 : WNOHANG)) != 0 &&
	       errno == EINTR)
		;
	if (info.si_pid == 0 && !wait)
		return false;
	(void)kill(-c->pid, SIGKILL); /* mostly there is nobody */
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	return true;
}

static void
stop(struct exch_child *c)
{
	if (c->pid != 0)
		(void)kill(-c->pid, SIGKILL); /* it may have ended */
	(void)reap(c, true);
}

void
exch_child_free(struct exch_child *c)
{
	if (c == NULL)
		return;
	stop(c);
	shut(&c->to);
	shut(&c->from);
	exch_buf_free(&c->out);
	exch_buf_free(&c->in);
	exch_free(c);
}

/* It has said all that it will: does it end, too? */
static bool
ends(struct exch_child *c)
{
	for (uint64_t i = 0; i < c->slices; i++) {
		if (reap(c, false))
			return true;
		(void)poll(NULL, 0, i < 10 ? 1 : SLICE_MS);
	}
	return false;
}

__attribute__((format(printf, 3, 4))) static int
because(struct exch_child *c, enum exch_err code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->why, sizeof(c->why), fmt, ap); /* measured */
	va_end(ap);
	return code;
}

/* How it ended, or that it only closed its output. */
static int
has_ended(struct exch_child *c)
{
	const char *in_line =
	    c->in.len > c->scanned ? ", in the middle of a line" : "";
	int code;

	if (!ends(c))
		return because(c, EXCH_ERR_CUT,
		    "has closed its output without ending%s", in_line);
	if (WIFSIGNALED(c->status))
		return because(c, EXCH_ERR_CUT, "was ended by signal %d%s",
		    WTERMSIG(c->status), in_line);
	code = WEXITSTATUS(c->status);
	return because(c, EXCH_ERR_CUT, "has ended with status %d%s%s", code,
	    code == 127	  ? ", there is no such command"
	    : code == 126 ? ", it cannot be executed"
			  : "",
	    in_line);
}

/* ---- bytes ---- */

static size_t
pending(const struct exch_child *c)
{
	return c->deaf ? 0 : c->out.len - c->sent;
}

/* What leaves at once. */
static int
send_some(struct exch_child *c)
{
	ssize_t k =
	    exch_write_quietly(c->to, c->out.p + c->sent, c->out.len - c->sent);

	if (k > 0)
		c->sent += (size_t)k;
	else if (k < 0 && errno == EPIPE)
		c->deaf = true;
	else if (k < 0 && errno != EAGAIN && errno != EINTR)
		return because(c, EXCH_ERR_IO, "cannot be written to");
	if (c->deaf || c->sent == c->out.len) {
		c->out.len = 0;
		c->sent = 0;
	} else if (c->sent > c->out.len / 2) {
		c->out.len -= c->sent;
		memmove(c->out.p, c->out.p + c->sent, c->out.len);
		c->sent = 0;
	}
	return EXCH_OK;
}

/* What has come, behind what is there. */
static int
receive(struct exch_child *c)
{
	char *to;
	ssize_t k;

	if (c->heard > c->in.len / 2) {
		memmove(c->in.p, c->in.p + c->heard, c->in.len - c->heard);
		c->in.len -= c->heard;
		c->scanned -= c->heard;
		c->heard = 0;
	}
	to = exch_buf_room(&c->in, CHUNK);
	if (to == NULL)
		return because(c, EXCH_ERR_NOMEM, "says more than fits memory");
	k = read(c->from, to, CHUNK);
	if (k > 0)
		c->in.len += (size_t)k;
	else if (k == 0)
		c->ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		return because(c, EXCH_ERR_IO, "cannot be read from");
	return EXCH_OK;
}

/*
 * Silent for too long.  Most often the answer is still in the program, unless
 * it has been told that there is nothing more to answer; behind the beginning
 * of one its end is missing, or still there, and the last of it tells where.
 */
static int
is_late(struct exch_child *c)
{
	uint64_t ms = (c->slices - 1) * SLICE_MS;
	size_t from, to = c->in.len;
	bool whole = to > c->heard && c->in.p[to - 1] == '\n';

	from = to -= whole;
	while (from > c->heard && c->in.p[from - 1] != '\n')
		from--;
	if (from == to || (whole && c->in.p[from] == '.'))
		return because(c, EXCH_ERR_LATE,
		    "said nothing for %" PRIu64 " ms, and was ended%s", ms,
		    c->to < 0 ? ""
			      : ": it hangs, or its answers are not flushed "
				"(in awk: fflush(), and mawk needs "
				"-W interactive)");
	return because(c, EXCH_ERR_LATE,
	    "said \"%.*s\"%s and then nothing for %" PRIu64
	    " ms, and was ended: its answer lacks a line \".\" at the end, or "
	    "is not flushed (in awk: fflush())",
	    (int)(to - from < 40 ? to - from : 40), c->in.p + from,
	    whole ? "" : " without a line feed", ms);
}

/*
 * Wait until something moves, for as long as patience has.  A signal takes a
 * slice at most, so that many of them neither make it endless nor end it soon.
 */
static int
await(struct exch_child *c, struct pollfd p[2])
{
	for (uint64_t i = 0; i < c->slices; i++) {
		int n = poll(p, 2, SLICE_MS);

		if (n > 0)
			return EXCH_OK;
		if (n < 0 && errno != EINTR)
			return because(c, EXCH_ERR_IO, "cannot be waited for");
	}
	if (c->deaf)
		return because(c, EXCH_ERR_LATE,
		    "does not read any more, says nothing, and was ended");
	return is_late(c);
}

/* Something leaves, or what has come is taken; it is waited for that. */
static int
move(struct exch_child *c)
{
	struct pollfd p[2] = {
	    {.fd = c->from, .events = POLLIN}, {.fd = -1, .events = POLLOUT}};
	size_t before = pending(c);
	int err = before > 0 ? send_some(c) : EXCH_OK;

	if (err != EXCH_OK || pending(c) < before)
		return err;
	if (before > 0)
		p[1].fd = c->to;
	err = await(c, p);
	if (err == EXCH_OK && p[0].revents != 0)
		err = receive(c);
	return err;
}

/* ---- blocks ---- */

struct exch_buf *
exch_child_out(struct exch_child *c)
{
	return &c->out;
}

int
exch_child_told(struct exch_child *c)
{
	int err = EXCH_OK;

	if (c->out.failed)
		return because(c, EXCH_ERR_NOMEM, "is told too much");
	if (c->deaf) /* what it said before is still to be heard */
		c->out.len = 0;
	while (err == EXCH_OK && pending(c) >= FLUSH && !c->ended &&
	       c->in.len - c->heard < BACKLOG)
		err = move(c);
	return err;
}

/* Go on to the end of the block; 1: here it is, 0: it is not there yet. */
static int
scan(struct exch_child *c)
{
	const char *line, *end;

	for (;;) {
		size_t left = c->in.len - c->scanned, len;

		if (c->lines >= EXCH_CHILD_LINES)
			return because(c, EXCH_ERR_LIMIT,
			    "says more than %u lines in one turn",
			    EXCH_CHILD_LINES);
		line = c->in.p + c->scanned;
		end = left > 0 ? memchr(line, '\n', left) : NULL;
		len = end != NULL ? (size_t)(end - line) : left;
		if (len > EXCH_CHILD_LINE)
			return because(c, EXCH_ERR_LIMIT,
			    "writes a line of more than %u bytes",
			    EXCH_CHILD_LINE);
		if (end == NULL)
			return 0;
		c->scanned += len + 1;
		c->lines++;
		if (line[0] == '.' &&
		    (len == 1 || (len == 2 && line[1] == '\r')))
			return 1;
	}
}

int
exch_child_hear(struct exch_child *c, const char **p, size_t *n)
{
	int err;

	for (;;) {
		err = scan(c);
		if (err == 0 && c->ended)
			err = has_ended(c);
		if (err == 0)
			err = move(c);
		if (err != 0)
			break;
	}
	*p = c->in.p != NULL ? c->in.p + c->heard : "";
	*n = c->scanned - c->heard;
	if (err < 0)
		return err;
	c->heard = c->scanned;
	c->lines = 0;
	return EXCH_OK;
}

int
exch_child_end(struct exch_child *c)
{
	int err = EXCH_OK;

	/* it may have answered what it was not even told */
	while (err == EXCH_OK && pending(c) > 0 && !c->ended &&
	       c->in.len == c->heard)
		err = move(c);
	shut(&c->to);
	c->out.len = c->sent = 0;
	while (err == EXCH_OK && !c->ended && c->in.len == c->heard)
		err = move(c);
	if (err != EXCH_OK)
		return err;
	if (c->in.len > c->heard)
		return because(
		    c, EXCH_ERR_FORMAT, "says more than it was asked");
	if (!ends(c))
		return because(c, EXCH_ERR_LATE,
		    "does not end by itself at the end, and was ended");
	if (!exch_child_content(c)) {
		(void)has_ended(c);
		return EXCH_ERR_FORMAT;
	}
	return EXCH_OK;
}

const char *
exch_child_why(const struct exch_child *c)
{
	return c->why;
}

bool
exch_child_content(const struct exch_child *c)
{
	return c->pid == 0 && WIFEXITED(c->status) &&
	       WEXITSTATUS(c->status) == 0;
}
