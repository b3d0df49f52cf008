#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lives.h"
#include "rec/frame.h"
#include "undisturbed.h"

#define LIVES (sizeof(((struct lives *)0)->l) / sizeof(struct life *))
/* Between two portions of a paced feed. */
#define PORTION_MS 2
/* How long one may be silent, and how long it may take, before it is over. */
#define SILENCE_NS (60 * EXCH_SEC)
#define REST_NS (600 * EXCH_SEC)
/* Lines that are told of what one has said. */
#define TOLD 20

static void
keep(struct bytes *b, const char *p, size_t n)
{
	if (b->cap - b->n < n + 1) {
		b->cap = 2 * (b->n + n) + 65536;
		b->p = realloc(b->p, b->cap);
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

/* In the child: these and nothing else are open. */
__attribute__((noreturn)) static void
become(const char *const *argv, int in, int out, int err)
{
	if (in >= 0)
		dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void
life_start(struct life *l, const char *const *argv, const struct feed *feed)
{
	int in[2] = {-1, -1}, out[2], err[2];

	memset(l, 0, sizeof(*l));
	if (pipe(out) != 0 || pipe(err) != 0 || (feed != NULL && pipe(in) != 0))
		die("pipe");
	l->pid = fork();
	if (l->pid < 0)
		die("fork");
	if (l->pid == 0)
		become(argv, in[0], out[1], err[1]);
	close(out[1]);
	close(err[1]);
	l->out = out[0];
	l->err = err[0];
	l->in = in[1];
	l->feed = feed;
	if (feed == NULL)
		return;
	close(in[0]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	/* A reader that dies is no reason for us to. */
	signal(SIGPIPE, SIG_IGN);
}

bool
life_said(const struct life *l, const char *word)
{
	return l->said.n > 0 && strstr(l->said.p, word) != NULL;
}

void
life_close_output(struct life *l)
{
	if (l->out >= 0)
		close(l->out);
	l->out = -1;
}

bool
life_is_over(const struct life *l)
{
	return l->out < 0 && l->err < 0;
}

static void
take(int *fd, struct bytes *b)
{
	char buf[65536];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n > 0) {
		keep(b, buf, (size_t)n);
	} else {
		close(*fd);
		*fd = -1;
	}
}

/* How far the output has come, by the heads of its blocks. */
static void
look(struct life *l)
{
	while (l->got.n - l->seen >= EXCH_FRAME_HEAD) {
		const unsigned char *p =
		    (const unsigned char *)l->got.p + l->seen;
		struct exch_frame f;
		size_t len;

		if (exch_frame_get(p, &f) != NULL)
			return; /* for who compares it */
		len = exch_frame_front(&f) + f.body;
		if (l->got.n - l->seen < len)
			return;
		l->seen += len;
		l->upto = f.position + f.records;
	}
}

/* ---- feeding ---- */

static size_t
due(const struct feed *f)
{
	uint64_t t = now();
	double n =
	    t < f->began ? 0 : (double)(t - f->began) * (double)f->pace / 1e9;

	return f->pace == 0 || n > (double)f->n ? f->n : (size_t)n;
}

static bool
hungry(const struct life *l)
{
	return l->in >= 0 && l->fed < due(l->feed);
}

static void
stop_feeding(struct life *l)
{
	close(l->in);
	l->in = -1;
}

static void
give(struct life *l)
{
	size_t n = due(l->feed) - l->fed;
	ssize_t k = n > 0 ? write(l->in, l->feed->p + l->fed, n) : 0;

	if (k < 0 && errno != EAGAIN)
		stop_feeding(l);
	if (k > 0)
		l->fed += (size_t)k;
	if (l->in >= 0 && l->fed == l->feed->n)
		stop_feeding(l);
}

/* ---- listening ---- */

/* One look, of at most so many ms. */
static void
listen_once(const struct lives *all, int ms)
{
	struct pollfd p[3 * LIVES];
	bool paced = false;

	for (unsigned i = 0; i < LIVES; i++) {
		const struct life *l = all->l[i];
		bool eats = l != NULL && hungry(l);

		p[3 * i] = (struct pollfd){
		    .fd = l != NULL ? l->out : -1, .events = POLLIN};
		p[3 * i + 1] = (struct pollfd){
		    .fd = l != NULL ? l->err : -1, .events = POLLIN};
		p[3 * i + 2] =
		    (struct pollfd){.fd = eats ? l->in : -1, .events = POLLOUT};
		paced = paced || (l != NULL && l->in >= 0 && !eats);
	}
	if (poll(p, 3 * LIVES, paced && ms > PORTION_MS ? PORTION_MS : ms) <= 0)
		return;
	for (unsigned i = 0; i < LIVES; i++) {
		struct life *l = all->l[i];

		if (p[3 * i].revents != 0)
			take(&l->out, &l->got);
		if (p[3 * i + 1].revents != 0)
			take(&l->err, &l->said);
		if (p[3 * i + 2].revents != 0)
			give(l);
		if (l != NULL)
			look(l);
	}
}

bool
lives_listen(const struct lives *all, uint64_t until,
    bool (*enough)(const void *arg), const void *arg)
{
	for (;;) {
		uint64_t t = now();
		uint64_t ms = t < until ? (until - t) / 1000000 + 1 : 0;

		if (enough != NULL && enough(arg))
			return true;
		for (unsigned i = 0; i < LIVES; i++)
			if (all->l[i] != NULL && life_is_over(all->l[i]))
				return false;
		if (t >= until)
			return false;
		listen_once(all, ms < 1000 ? (int)ms : 1000);
	}
}

struct word {
	const struct life *l;
	const char *word;
};

static bool
was_said(const void *arg)
{
	const struct word *w = arg;

	return life_said(w->l, w->word);
}

bool
lives_until_said(const struct lives *all, uint64_t until, const struct life *l,
    const char *word)
{
	struct word w = {l, word};

	return lives_listen(all, until, was_said, &w);
}

/* Both outputs are at their ends; false: it does not come to that. */
static bool
read_rest(struct life *l)
{
	struct lives all = {.l = {l}};
	uint64_t began = now(), heard = began;

	while (!life_is_over(l)) {
		size_t n = l->got.n + l->said.n + l->fed;
		uint64_t t;

		listen_once(&all, 1000);
		t = now();
		if (l->got.n + l->said.n + l->fed != n)
			heard = t;
		if (t - heard > SILENCE_NS || t - began > REST_NS)
			return false;
	}
	return true;
}

int
life_reap(struct life *l)
{
	bool ended = read_rest(l);
	int status;

	if (!ended) {
		life_complain(l, "it does not end, and is killed; it said");
		kill(l->pid, SIGKILL);
		life_close_output(l);
		close(l->err);
		l->err = -1;
	}
	if (l->in >= 0)
		stop_feeding(l);
	while (waitpid(l->pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return ended ? status : LIFE_HUNG;
}

/* The last lines of a text. */
static const char *
tail_of(const struct bytes *b, unsigned lines)
{
	if (b->n == 0)
		return "";
	for (size_t i = b->n - 1; i > 0; i--)
		if (b->p[i - 1] == '\n' && --lines == 0)
			return b->p + i;
	return b->p;
}

void
life_complain(const struct life *l, const char *what)
{
	const char *p = tail_of(&l->said, TOLD);

	printf("# %s:\n", what);
	for (size_t n; *p != '\0'; p += n + (p[n] != '\0')) {
		n = strcspn(p, "\n");
		printf("#   %.*s\n", (int)n, p);
	}
}

void
life_forget(struct life *l)
{
	free(l->got.p);
	free(l->said.p);
	memset(l, 0, sizeof(*l));
	l->in = l->out = l->err = -1;
}

/*
 * Below those that the system gives to anybody who connects, since one of
 * these may be given away before it is listened at; and begun at another
 * place by every process, since tests run side by side.
 */
unsigned
free_port(void)
{
	enum { FIRST = 10000, PORTS = 20000 };
	static unsigned tried;
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};

	if (tried == 0)
		tried = (unsigned)getpid() * 7;
	for (unsigned n = 0; n < PORTS; n++) {
		unsigned port = FIRST + tried++ % PORTS;
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		bool is_free;

		if (fd < 0)
			break;
		a.sin_port = htons((uint16_t)port);
		is_free = bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
		close(fd);
		if (is_free)
			return port;
	}
	die("port");
}
