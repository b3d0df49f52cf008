/*
 * Running gnuplot (draw.h): by its name and arguments, never by a shell; the
 * script through one pipe, the picture through another, both at once, so that
 * neither side waits for the other.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "exch-report/draw.h"
#include "rec/zio.h"
#include "report/pictures.h"

/* What a shell says of a command that is not there. */
#define NOT_THERE 127

static struct draw {
	struct exch_out *script; /* NULL: the report's bytes are the output */
	struct exch_out *picture;
	struct exch_out *to;
	const struct exch_report *report;
} the;

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

static int
option(void *arg, struct exch_cli *c, int id, const char *value)
{
	(void)arg;
	(void)c;
	(void)id;
	(void)value;
	return 0;
}

static int
no_such_picture(const struct exch_cli *c, const char *name)
{
	unsigned n;
	const struct exch_picture_kind *kind = exch_pictures(&n);
	char names[256] = "";
	size_t at = 0;

	for (unsigned i = 0; i < n && at < sizeof(names); i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
		    i == 0 ? "" : ", ", kind[i].name);
	return exch_cli_usage(
	    c, "no picture is called '%s': it is one of %s", name, names);
}

/* The name of the output says what kind of picture it is. */
static int
settle(void *arg, struct exch_cli *c, const struct exch_report *report,
    struct exch_report_opts *o)
{
	struct draw *x = arg;

	x->report = report;
	if ((report->takes & EXCH_TAKES_PICTURE) == 0)
		return -1;
	if (exch_picture_by_name(o->picture, strlen(o->picture)) == NULL)
		return no_such_picture(c, o->picture);
	if (c->output == NULL)
		return -1;
	if (ends_with(c->output, ".png"))
		o->drawing = EXCH_DRAW_PNG;
	else if (ends_with(c->output, ".pdf"))
		o->drawing = EXCH_DRAW_PDF;
	if (o->drawing != EXCH_DRAW_SVG && c->zstd)
		return exch_cli_usage(
		    c, "-z: pictures of gnuplot are compressed already");
	return -1;
}

static int
open_draw(void *arg, struct exch_diag *d)
{
	(void)arg;
	(void)d;
	return EXCH_OK;
}

static bool
wants_columns(const struct draw *x, const struct exch_report_opts *o)
{
	const struct exch_report_param *p = x->report->params;

	for (unsigned i = 0; p[i].name != NULL; i++)
		if (strcmp(p[i].name, "data") == 0)
			return o->given != NULL && o->given[i].value != NULL;
	return false;
}

static int
through(void *arg, const struct exch_report_opts *o, struct exch_out **out,
    struct exch_diag *d)
{
	struct draw *x = arg;

	if (o->drawing == EXCH_DRAW_SVG)
		return EXCH_OK;
	if (wants_columns(x, o))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--data gives columns of numbers and -o FILE.png or "
		    "FILE.pdf a picture: leave one of them out");
	x->to = *out;
	if (exch_out_mem(&x->script) != EXCH_OK ||
	    exch_out_mem(&x->picture) != EXCH_OK)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	*out = x->script;
	return EXCH_OK;
}

static int
failed(struct exch_diag *d, const char *what)
{
	return exch_diag_sys(d, "gnuplot", errno, "%s", what);
}

/* A descriptor for the other end to write to or read from. */
struct ends {
	int in, out;
};

struct pipes {
	struct ends script, picture, words;
};

static bool
make_pipe(struct ends *e)
{
	int fd[2];

	if (pipe(fd) != 0)
		return false;
	*e = (struct ends){fd[0], fd[1]};
	return fcntl(e->in, F_SETFD, FD_CLOEXEC) == 0 &&
	       fcntl(e->out, F_SETFD, FD_CLOEXEC) == 0;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* it was read to its end, or is given up */
	*fd = -1;
}

/* In the child; it does not return. */
static void
become(const struct pipes *p)
{
	static char name[] = "gnuplot";
	static char defaults[] = "-d"; /* no ~/.gnuplot changes the picture */
	static char *const args[] = {name, defaults, NULL};

	if (dup2(p->script.in, STDIN_FILENO) >= 0 &&
	    dup2(p->picture.out, STDOUT_FILENO) >= 0 &&
	    dup2(p->words.out, STDERR_FILENO) >= 0)
		(void)execvp(name, args);
	_exit(errno == ENOENT ? NOT_THERE : NOT_THERE - 1);
}

struct feeding {
	const unsigned char *p;
	size_t left;
	int to, from, words; /* -1: that side is done */
	struct exch_out *out;
	bool got;	/* some of the picture */
	char said[400]; /* the end of what it says of itself */
	size_t nsaid;
};

static int
give(struct feeding *f, struct exch_diag *d)
{
	ssize_t n = write(f->to, f->p, f->left < 4096 ? f->left : 4096);

	if (n < 0 && errno == EINTR)
		return EXCH_OK;
	/* it may have enough of it: its exit status tells why */
	if (n < 0 && errno != EPIPE)
		return failed(d, "cannot write to it");
	if (n > 0) {
		f->p += n;
		f->left -= (size_t)n;
	}
	if (f->left == 0 || n < 0)
		shut(&f->to);
	return EXCH_OK;
}

static int
take_picture(struct feeding *f, struct exch_diag *d)
{
	unsigned char bytes[65536];
	ssize_t n = read(f->from, bytes, sizeof(bytes));

	f->got |= n > 0;
	if (n > 0)
		return exch_out_write(f->out, bytes, (size_t)n, d);
	if (n < 0 && errno != EINTR)
		return failed(d, "cannot read from it");
	if (n == 0)
		shut(&f->from);
	return EXCH_OK;
}

/* Warnings of an empty range are nobody's business; an error is the last. */
static void
take_words(struct feeding *f)
{
	size_t room = sizeof(f->said) - 1;
	ssize_t n;

	if (f->nsaid > room / 2) {
		memmove(f->said, f->said + f->nsaid - room / 2, room / 2);
		f->nsaid = room / 2;
	}
	n = read(f->words, f->said + f->nsaid, room - f->nsaid);
	if (n > 0)
		f->nsaid += (size_t)n;
	else if (n == 0 || errno != EINTR)
		shut(&f->words);
}

/* One step of all sides. */
static int
step(struct feeding *f, struct exch_diag *d)
{
	struct pollfd p[3] = {{.fd = f->from, .events = POLLIN},
	    {.fd = f->to, .events = POLLOUT},
	    {.fd = f->words, .events = POLLIN}};
	int err = EXCH_OK;

	if (poll(p, 3, -1) < 0)
		return errno == EINTR ? EXCH_OK : failed(d, "cannot wait");
	if (f->to >= 0 && p[1].revents != 0)
		err = give(f, d);
	if (err == EXCH_OK && f->from >= 0 && p[0].revents != 0)
		err = take_picture(f, d);
	if (f->words >= 0 && p[2].revents != 0)
		take_words(f);
	return err;
}

static int
tell_status(struct feeding *f, int status, struct exch_diag *d)
{
	const char *last;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && f->got)
		return EXCH_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_THERE)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "PNG and PDF need gnuplot, which is not installed (on "
		    "Debian the package gnuplot-nox); -o FILE.svg needs "
		    "nothing");
	while (f->nsaid > 0 && f->said[f->nsaid - 1] == '\n')
		f->nsaid--;
	f->said[f->nsaid] = '\0';
	last = strrchr(f->said, '\n');
	return exch_diag_set(d, EXCH_ERR_IO, NULL, EXCH_POS_NONE, 0,
	    "gnuplot gave no picture: it ended with %d%s%s",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    f->nsaid > 0 ? ": " : "", last != NULL ? last + 1 : f->said);
}

/*
 * The picture to the output.  A PDF has the time at which it was made, in one
 * place; in ours it is the beginning of 1970, so that the same stream gives
 * the same bytes.
 */
static int
bring(struct draw *x, struct exch_diag *d)
{
	static const char key[] = "/CreationDate (D:";
	static const char epoch[] = "19700101000000";
	const size_t nkey = sizeof(key) - 1, nepoch = sizeof(epoch) - 1;
	size_t n, at = 0;
	const unsigned char *p = exch_out_mem_bytes(x->picture, &n);
	int err;

	while (at + nkey + nepoch <= n && memcmp(p + at, key, nkey) != 0)
		at++;
	if (at + nkey + nepoch > n)
		return exch_out_write(x->to, p, n, d);
	at += nkey;
	err = exch_out_write(x->to, p, at, d);
	if (err == EXCH_OK)
		err = exch_out_write(x->to, epoch, nepoch, d);
	if (err == EXCH_OK)
		err =
		    exch_out_write(x->to, p + at + nepoch, n - at - nepoch, d);
	return err;
}

static int
run_gnuplot(struct draw *x, struct exch_diag *d)
{
	struct pipes p = {{-1, -1}, {-1, -1}, {-1, -1}};
	struct feeding f = {.out = x->picture};
	int status = 0, err = EXCH_OK;
	pid_t child;

	f.p = exch_out_mem_bytes(x->script, &f.left);
	if (f.left == 0)
		return EXCH_OK; /* there was nothing to draw */
	if (!make_pipe(&p.script) || !make_pipe(&p.picture) ||
	    !make_pipe(&p.words))
		return failed(d, "no pipe");
	child = fork();
	if (child < 0)
		return failed(d, "no process");
	if (child == 0)
		become(&p);
	shut(&p.script.in);
	shut(&p.picture.out);
	shut(&p.words.out);
	f.to = p.script.out;
	f.from = p.picture.in;
	f.words = p.words.in;
	while (err == EXCH_OK && (f.from >= 0 || f.words >= 0))
		err = step(&f, d);
	shut(&f.to);
	shut(&f.from);
	shut(&f.words);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (err == EXCH_OK)
		err = tell_status(&f, status, d);
	return err == EXCH_OK ? bring(x, d) : err;
}

static int
close_draw(void *arg, bool stopped, struct exch_diag *d)
{
	struct draw *x = arg;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	int err;

	if (x->script == NULL || stopped)
		return EXCH_OK;
	/* one who stops reading the script is no reason to die */
	(void)sigemptyset(&ignore.sa_mask);
	(void)sigaction(SIGPIPE, &ignore, &before);
	err = run_gnuplot(x, d);
	(void)sigaction(SIGPIPE, &before, NULL);
	return err;
}

static void
free_draw(void *arg)
{
	struct draw *x = arg;

	exch_out_free(x->script);
	exch_out_free(x->picture);
	*x = (struct draw){0};
}

const struct front_own draw_own = {.arg = &the,
    .option = option,
    .settle = settle,
    .open = open_draw,
    .through = through,
    .close = close_draw,
    .free = free_draw};
