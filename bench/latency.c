/*
 * How long orders wait: feeds a filter (exch-match) orders at a given pace
 * through a pipe, reads what it writes from another, and says how long each
 * took from the moment it was due until its answer had been read.
 *
 *	latency [--rate N] [--seconds N] [--tick-us N] [--burst N]
 *	    [--burst-ms N] [--shape NAME] [--histogram] -- COMMAND [ARG ...]
 *
 * Orders become due in blocks, one per tick, whether or not the ones before
 * went through: who is late waits from then on, and none is left out.  So
 * the figures hold what a client would see, both pipes and the scheduler
 * included; the filter's own share is less.  --burst makes the pace that
 * many times as fast for --burst-ms, after a third of the time.
 *
 * Prints a CSV row; with --histogram a line per class of times before it.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/dec.h"
#include "bench/clock.h"
#include "bench/load.h"
#include "bench/times.h"
#include "rec/frame.h"
#include "rec/stream.h"

#define MS UINT64_C(1000000)
#define PIPE (1 << 20)
#define READ (1u << 20)

struct options {
	uint64_t rate; /* orders per second */
	uint64_t seconds;
	uint64_t tick; /* us */
	uint64_t burst;
	uint64_t burst_ms;
	const char *shape;
	bool histogram;
	char **command;
};

/* One run, seen by both threads. */
struct run {
	const struct options *o;
	struct load load;
	uint64_t warm;		/* commands before those that are measured */
	uint64_t n;		/* commands measured */
	_Atomic uint64_t start; /* ns */
	int in;			/* to the filter */
	int out;		/* from it */
	uint64_t sent;		/* of those measured; the feeder's */
	_Atomic uint64_t answered;
	/* the drainer's */
	struct exch_times times;
	uint64_t depth; /* most that were due and not answered */
	uint64_t
	    calm; /* ns after the burst's begin: the queue is short again */
	uint64_t last; /* ns after the start: the last answer */
};

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "latency: %s%s%s\n", what, errno != 0 ? ": " : "",
	    errno != 0 ? strerror(errno) : "");
	exit(4);
}

static void
sleep_until(uint64_t at)
{
	struct timespec t = {(time_t)(at / EXCH_SEC), (long)(at % EXCH_SEC)};

	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* ---- the pace ---- */

static uint64_t
burst_begin(const struct options *o)
{
	return o->seconds * EXCH_SEC / 3;
}

static uint64_t
burst_end(const struct options *o)
{
	return burst_begin(o) + o->burst_ms * MS;
}

/* Orders due so many ns after the start. */
static uint64_t
due_by(const struct options *o, uint64_t t)
{
	uint64_t from = burst_begin(o);
	uint64_t ns = t, in = 0;

	if (ns > o->seconds * EXCH_SEC)
		ns = o->seconds * EXCH_SEC;
	if (o->burst > 1 && ns > from) {
		in = ns - from;
		if (in > o->burst_ms * MS)
			in = o->burst_ms * MS;
	}
	return (uint64_t)(((exch_u128)ns + (exch_u128)in * (o->burst - 1)) *
			  o->rate / EXCH_SEC);
}

/* The tick at which the i-th order is due, ns after the start. */
struct pace {
	uint64_t tick; /* ns */
	uint64_t at;
	uint64_t due; /* orders due by then */
};

static uint64_t
pace_of(struct pace *p, const struct options *o, uint64_t i)
{
	while (p->due <= i) {
		p->at += p->tick;
		p->due = due_by(o, p->at);
	}
	return p->at;
}

/* ---- in ---- */

static void
copy(struct exch_writer *w, const unsigned char **p, uint64_t *seq)
{
	const struct exch_rec *r = (const void *)*p;

	exch_writer_copy(w, r, (*seq)++);
	*p += exch_rec_len(r);
}

/* Fill the books, and wait until that has come through. */
static void
warm_up(struct run *r, struct exch_writer *w, const unsigned char **p,
    uint64_t *seq)
{
	struct exch_diag d = {0};

	while (*p < r->load.bytes + r->load.head)
		copy(w, p, seq);
	if (exch_writer_flush(w, &d) != 0)
		die(d.text);
	while (atomic_load(&r->answered) < r->warm)
		sleep_until(clock_ns() + MS);
}

static void *
feed(void *arg)
{
	struct run *r = arg;
	const struct options *o = r->o;
	struct exch_writer_opts wo = {.tool = "latency", .options = ""};
	struct pace pace = {.tick = o->tick * 1000};
	struct exch_diag d = {0};
	struct exch_out *out = NULL;
	struct exch_writer *w = NULL;
	const unsigned char *p = r->load.bytes;
	uint64_t seq = 2; /* behind the SOURCE */

	if (exch_out_fd(r->in, EXCH_OUT_PLAIN, "pipe", &out, &d) != 0 ||
	    exch_writer_open(out, &wo, &w, &d) != 0)
		die(d.text);
	warm_up(r, w, &p, &seq);
	r->start = clock_ns() + 10 * MS;
	while (r->sent < r->n) {
		uint64_t due, past;

		sleep_until(r->start + pace_of(&pace, o, r->sent));
		/* those of whole ticks: the others' time has not come */
		past = clock_ns() - r->start;
		due = due_by(o, past - past % pace.tick);
		for (; r->sent < due && r->sent < r->n; r->sent++)
			copy(w, &p, &seq);
		if (exch_writer_flush(w, &d) != 0)
			die(d.text);
	}
	if (exch_writer_close(w, EXCH_STATUS_COMPLETE, &d) != 0)
		die(d.text);
	exch_writer_free(w);
	exch_out_free(out);
	close(r->in);
	return NULL;
}

/* ---- out ---- */

/* Commands among the records of a block: those of the first source. */
static uint64_t
commands_in(const unsigned char *p, const unsigned char *end)
{
	uint64_t n = 0;

	while (p < end) {
		const char *why;
		size_t len = exch_frame_record(p, (size_t)(end - p), &why);

		if (len == 0)
			die(why);
		n += p[3] == 1 && p[0] >= EXCH_REC_NEW;
		p += len;
	}
	return n;
}

/* So many more were answered, at time t. */
static void
answer(struct run *r, struct pace *pace, uint64_t k, uint64_t t)
{
	uint64_t before = atomic_load(&r->answered);
	uint64_t depth;

	for (uint64_t i = before; i < before + k; i++)
		if (i >= r->warm) {
			uint64_t due = pace_of(pace, r->o, i - r->warm);

			exch_times_add(&r->times,
			    t > r->start + due ? t - r->start - due : 0);
		}
	atomic_store(&r->answered, before + k);
	if (before + k <= r->warm)
		return;
	r->last = t - r->start;
	/* what was due when the first of these was still unanswered */
	depth = due_by(r->o, r->last) + r->warm;
	depth = depth > before ? depth - before : 0;
	if (depth > r->depth)
		r->depth = depth;
	/* ten ticks of orders are no queue */
	if (r->calm == 0 && r->last > burst_end(r->o) &&
	    depth <= due_by(r->o, 10 * pace->tick))
		r->calm = r->last - burst_begin(r->o);
}

/* Take the blocks that are whole; returns the bytes they had. */
static size_t
take_blocks(struct run *r, struct pace *pace, const unsigned char *p, size_t n,
    uint64_t t, bool *end)
{
	size_t at = 0;

	while (n - at >= EXCH_FRAME_HEAD) {
		struct exch_frame f;
		const char *why = exch_frame_get(p + at, &f);
		size_t len;

		if (why != NULL)
			die(why);
		len = exch_frame_front(&f) + f.body;
		if (n - at < len)
			break;
		if (f.kind == 'D')
			answer(r, pace,
			    commands_in(
				p + at + exch_frame_front(&f), p + at + len),
			    t);
		*end = f.kind == 'E';
		at += len;
	}
	return at;
}

static void
drain(struct run *r)
{
	static unsigned char buf[2 * READ + EXCH_BLOCK_MAX];
	struct pace pace = {.tick = r->o->tick * 1000};
	size_t have = 0, used;
	bool end = false;

	for (;;) {
		ssize_t got = read(r->out, buf + have, READ);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			die("read");
		if (got == 0)
			break;
		have += (size_t)got;
		used = take_blocks(r, &pace, buf, have, clock_ns(), &end);
		memmove(buf, buf + used, have - used);
		have -= used;
	}
	if (!end || have != 0)
		die("the filter's output has no end");
}

/* ---- all ---- */

static pid_t
start_command(struct run *r)
{
	int a[2], b[2];
	pid_t pid;

	if (pipe2(a, O_CLOEXEC) != 0 || pipe2(b, O_CLOEXEC) != 0)
		die("pipe");
	/* as the tools do; a smaller pipe is no failure */
	(void)fcntl(a[1], F_SETPIPE_SZ, PIPE);
	(void)fcntl(b[1], F_SETPIPE_SZ, PIPE);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		if (dup2(a[0], 0) < 0 || dup2(b[1], 1) < 0)
			_exit(127);
		execvp(r->o->command[0], r->o->command);
		_exit(127);
	}
	close(a[0]);
	close(b[1]);
	r->in = a[1];
	r->out = b[0];
	return pid;
}

/* Commands before those that are measured. */
static uint64_t
count_warm(const struct load *l)
{
	return commands_in(l->bytes, l->bytes + l->head);
}

static void
print(const struct run *r)
{
	const struct options *o = r->o;
	const struct exch_times *t = &r->times;

	if (o->histogram)
		times_print(t, stdout);
	printf("rate,burst,burst_ms,orders,answered,reached,p50_us,p99_us,"
	       "p999_us,max_us,queue,calm_ms\n");
	printf("%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
	       ",%.0f,%.1f,%.1f,%.1f,%.1f,%" PRIu64 ",%.1f\n",
	    o->rate, o->burst, o->burst > 1 ? o->burst_ms : 0, r->n, t->n,
	    r->last != 0 ? (double)t->n * 1e9 / (double)r->last : 0,
	    (double)exch_times_at(t, 500) / 1e3,
	    (double)exch_times_at(t, 990) / 1e3,
	    (double)exch_times_at(t, 999) / 1e3, (double)t->max / 1e3, r->depth,
	    o->burst > 1 ? (double)r->calm / 1e6 : 0);
}

static void
measure(const struct options *o)
{
	const struct load_shape *s = NULL;
	static struct run r;
	pthread_t feeder;
	pid_t pid;
	int status;

	for (unsigned i = 0; i < load_nshapes; i++)
		if (strcmp(load_shapes[i].name, o->shape) == 0)
			s = &load_shapes[i];
	errno = 0;
	if (s == NULL)
		die("no such shape: bench/engine --list names them");
	r.o = o;
	r.n = due_by(o, o->seconds * EXCH_SEC);
	load_make(s, 1, r.n, &r.load);
	if (r.load.n < r.n)
		r.n = r.load.n;
	r.warm = count_warm(&r.load);
	/* sleeps end when they are told to */
	(void)prctl(PR_SET_TIMERSLACK, 1);
	/* a filter that ends early is told by a failing write */
	(void)signal(SIGPIPE, SIG_IGN);
	pid = start_command(&r);
	if (pthread_create(&feeder, NULL, feed, &r) != 0)
		die("thread");
	drain(&r);
	pthread_join(feeder, NULL);
	if (r.calm == 0)
		r.calm = r.last - burst_begin(o); /* it never was */
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		errno = 0;
		die("the command failed");
	}
	load_free(&r.load);
	print(&r);
	if (r.times.n != r.n)
		exit(1);
}

static bool
set_option(struct options *o, int c, const char *s)
{
	uint64_t *number = c == 'r'   ? &o->rate
			   : c == 's' ? &o->seconds
			   : c == 't' ? &o->tick
			   : c == 'b' ? &o->burst
				      : &o->burst_ms;

	if (c == 'n')
		o->shape = s;
	else if (c == 'h')
		o->histogram = true;
	else
		return c != '?' && exch_uint_parse(s, strlen(s), number) == 0 &&
		       *number > 0 && *number <= 1000000000;
	return true;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"rate", required_argument, NULL, 'r'},
	    {"seconds", required_argument, NULL, 's'},
	    {"tick-us", required_argument, NULL, 't'},
	    {"burst", required_argument, NULL, 'b'},
	    {"burst-ms", required_argument, NULL, 'm'},
	    {"shape", required_argument, NULL, 'n'},
	    {"histogram", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {.rate = 100000,
	    .seconds = 5,
	    .tick = 100,
	    .burst = 1,
	    .burst_ms = 100,
	    .shape = "dense"};
	int c;

	while ((c = getopt_long(argc, argv, "+", longs, NULL)) != -1)
		if (!set_option(&o, c, optarg))
			die("see the head of bench/latency.c for the options");
	if (optind == argc)
		die("no command: latency --rate 100000 -- ./exch-match");
	o.command = argv + optind;
	measure(&o);
	return 0;
}
