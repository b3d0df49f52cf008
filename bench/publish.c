/*
 * How late a publisher is: feeds it a matched stream at a given pace, takes
 * what it publishes, and says how long each message took from the moment its
 * event was due until it had been received.
 *
 *	publish --stream FILE [--rate N] [--seconds N] [--tick-us N]
 *	    [--group GROUP:PORT] [--histogram] -- COMMAND [ARG ...]
 *
 * COMMAND reads the stream from its standard input.  With --group it sends
 * ITCH as packets of MoldUDP64 to that group on the loopback; without, it
 * writes a stream of BOOK_TOP records to its standard output.
 *
 * Every record is given the time at which its event becomes due, counted
 * from nine o'clock of the stream's date, so that each message says by itself
 * how late it is, whichever were lost.  Events are commands with all that
 * answers them; they become due in blocks, one per tick, whether or not the
 * ones before went through.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "base/time.h"
#include "bench/clock.h"
#include "bench/times.h"
#include "md/publish.h"
#include "rec/stream.h"
#include "sock/udp.h"

#define MS UINT64_C(1000000)
#define NINE (9 * 3600 * EXCH_SEC)
#define PACKET 65536
#define PATIENCE 5000 /* ms without a packet: it has gone */
#define RECEIVED (8 << 20)

struct options {
	const char *stream;
	const char *group; /* NULL: a stream of BOOK_TOP records */
	uint64_t rate;	   /* events per second */
	uint64_t seconds;
	uint64_t tick; /* us */
	bool histogram;
	char **command;
};

/* One record, as the stream has it. */
struct record {
	size_t at;
	uint64_t seq;
};

/* One run; what the feeder has is not touched while it runs. */
struct run {
	const struct options *o;
	struct exch_stream_info info;
	uint64_t nine; /* of the stream's date */
	unsigned char *bytes;
	size_t nbytes, room;
	struct record *record;
	size_t n, cap;
	size_t head;	 /* records before the first event */
	uint64_t events; /* of the stream, at most as many as are due */
	uint64_t start;	 /* ns: the first tick */
	int in;		 /* to the publisher */
	int out;	 /* from it, or the socket */
	/* what was received */
	struct exch_times times;
	uint64_t next; /* number of the next message */
	uint64_t lost;
};

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "publish: %s%s%s\n", what, errno != 0 ? ": " : "",
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

/* ---- the stream ---- */

static bool
is_command(const struct exch_rec *r)
{
	return r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_BREAK;
}

static void
keep(struct run *r, const struct exch_rec *rec, uint64_t seq)
{
	size_t len = exch_rec_len(rec);

	if (r->nbytes + len > r->room) {
		r->room = (r->room + len) * 2;
		r->bytes = realloc(r->bytes, r->room);
	}
	if (r->n == r->cap) {
		r->cap = r->cap * 2 + 1024;
		r->record = realloc(r->record, r->cap * sizeof(*r->record));
	}
	if (r->bytes == NULL || r->record == NULL)
		die("memory");
	memcpy(r->bytes + r->nbytes, rec, len);
	r->record[r->n++] = (struct record){r->nbytes, seq};
	r->nbytes += len;
}

/* As many events as are due, or there are. */
static void
load(struct run *r)
{
	uint64_t most = r->o->rate * r->o->seconds;
	struct exch_reader_opts ro = {0};
	struct exch_diag d = {0};
	struct exch_reader *reader;
	const struct exch_rec *rec;
	struct exch_in *in;
	int fd = open(r->o->stream, O_RDONLY | O_CLOEXEC);
	int more;

	if (fd < 0)
		die(r->o->stream);
	errno = 0;
	if (exch_in_fd(fd, true, r->o->stream, &in, &d) != 0 ||
	    exch_reader_open(in, &ro, &reader, &d) != 0)
		die(d.text);
	while ((more = exch_reader_next(reader, &rec, &d)) > 0) {
		if (is_command(rec) && r->events++ == 0)
			r->head = r->n;
		if (r->events > most)
			break;
		keep(r, rec, exch_reader_seq(reader));
	}
	if (more < 0)
		die(d.text);
	if (r->events > most)
		r->events = most;
	r->info = *exch_reader_info(reader);
	r->nine = exch_date_ts(r->info.date) + NINE;
	exch_reader_close(reader);
	exch_in_close(in);
	if (r->events == 0)
		die("the stream has no commands");
}

/* ---- in ---- */

/* Those of the next event, or of the head; at this time. */
static size_t
copy(struct run *r, struct exch_writer *w, size_t i, exch_ts time)
{
	size_t from = i;

	do {
		struct exch_rec *rec = (void *)(r->bytes + r->record[i].at);

		rec->time = time;
		exch_writer_copy(w, rec, r->record[i++].seq);
	} while (i < r->n && i != r->head &&
		 (from < r->head ||
		     !is_command((void *)(r->bytes + r->record[i].at))));
	return i;
}

/* Events due so many ns after the start. */
static uint64_t
due_by(const struct options *o, uint64_t t)
{
	return (uint64_t)((exch_u128)t * o->rate / EXCH_SEC);
}

static void *
feed(void *arg)
{
	struct run *r = arg;
	struct exch_writer_opts wo = {.tool = "publish", .copy_of = &r->info};
	uint64_t tick = r->o->tick * 1000, sent = 0;
	struct exch_diag d = {0};
	struct exch_out *out;
	struct exch_writer *w;
	size_t i = 0;

	if (exch_out_fd(r->in, EXCH_OUT_PLAIN, "pipe", &out, &d) != 0 ||
	    exch_writer_open(out, &wo, &w, &d) != 0)
		die(d.text);
	/* what it has to know is there before the clock starts */
	if (r->head != 0)
		i = copy(r, w, 0, r->nine);
	if (exch_writer_flush(w, &d) != 0)
		die(d.text);
	for (uint64_t k = 1; sent < r->events; k++) {
		uint64_t due = due_by(r->o, k * tick);

		if (due > r->events)
			due = r->events;
		for (; sent < due; sent++)
			i = copy(r, w, i, r->nine + k * tick);
		sleep_until(r->start + k * tick);
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

/* A message of an event that was due `after` nine o'clock has come. */
static void
came(struct run *r, uint64_t after, uint64_t now)
{
	uint64_t due = r->start + after;

	exch_times_add(&r->times, now > due ? now - due : 0);
}

/* The records that a publisher writes. */
static void
take_stream(struct run *r)
{
	struct exch_reader_opts ro = {0};
	struct exch_diag d = {0};
	struct exch_reader *reader;
	const struct exch_rec *rec;
	struct exch_in *in;
	int more;

	if (exch_in_fd(r->out, true, "publisher", &in, &d) != 0 ||
	    exch_reader_open(in, &ro, &reader, &d) != 0)
		die(d.text);
	while ((more = exch_reader_next(reader, &rec, &d)) > 0)
		if (rec->type == EXCH_REC_BOOK_TOP)
			came(r, rec->time - r->nine, clock_ns());
	if (more < 0)
		die(d.text);
	exch_reader_close(reader);
	exch_in_close(in);
}

/* Messages of ITCH, each behind its length, with its time of day. */
static void
take_messages(struct run *r, const unsigned char *p, size_t n, uint64_t now)
{
	size_t at = EXCH_MOLD_HEAD;

	while (n - at >= 2 && n - at - 2 >= exch_be16(p + at)) {
		size_t len = exch_be16(p + at);
		uint64_t time;

		if (len < 11)
			die("a message without a time");
		time = (uint64_t)exch_be16(p + at + 7) << 32 |
		       exch_be32(p + at + 9);
		/* those of the head say what is there, and not what happens */
		if (time > NINE)
			came(r, time - NINE, now);
		at += 2 + len;
	}
}

static void
take_packets(struct run *r)
{
	static unsigned char p[PACKET];
	uint64_t heard = clock_ns();
	unsigned count = 0;
	size_t n;

	r->next = 1;
	while (count != EXCH_MOLD_OVER) {
		uint64_t number;

		if (exch_udp_recv(r->out, p, sizeof(p), &n, NULL) == 0) {
			exch_udp_wait(&r->out, 1, 100);
			if (clock_ns() - heard > PATIENCE * MS)
				die("nothing comes any more");
			continue;
		}
		heard = clock_ns();
		if (n < EXCH_MOLD_HEAD)
			die("a packet without a head");
		number = exch_be64(p + 10);
		count = exch_be16(p + 18);
		/* on one line of one machine nothing comes out of turn */
		r->lost += number - r->next;
		r->next = number + (count != EXCH_MOLD_OVER ? count : 0);
		if (count != EXCH_MOLD_OVER)
			take_messages(r, p, n, heard);
	}
}

/* ---- all ---- */

static void
join(struct run *r)
{
	struct exch_udp_group g;
	struct exch_diag d = {0};
	int room = RECEIVED;
	size_t where;

	errno = 0;
	if (exch_udp_group_parse(
		r->o->group, strlen(r->o->group), &g, &where) != NULL)
		die("--group is GROUP:PORT, such as 239.1.2.3:26400");
	if (exch_udp_join(&g, "lo", &r->out, &d) != 0)
		die(d.text);
	/* without the right to it the system's own limit has to do */
	if (setsockopt(
		r->out, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		(void)setsockopt(
		    r->out, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
}

static pid_t
start_command(struct run *r)
{
	int a[2], b[2] = {-1, -1};
	pid_t pid;

	if (pipe2(a, O_CLOEXEC) != 0 ||
	    (r->o->group == NULL && pipe2(b, O_CLOEXEC) != 0))
		die("pipe");
	/* as the tools do; a smaller pipe is no failure */
	(void)fcntl(a[1], F_SETPIPE_SZ, 1 << 20);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		if (dup2(a[0], 0) < 0 || (b[1] >= 0 && dup2(b[1], 1) < 0))
			_exit(127);
		execvp(r->o->command[0], r->o->command);
		_exit(127);
	}
	close(a[0]);
	if (b[1] >= 0)
		close(b[1]);
	r->in = a[1];
	if (b[0] >= 0)
		r->out = b[0];
	return pid;
}

static void
print(const struct run *r)
{
	const struct exch_times *t = &r->times;

	if (r->o->histogram)
		times_print(t, stdout);
	printf("rate,events,messages,lost,p50_us,p99_us,p999_us,max_us\n");
	printf("%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
	       ",%.1f,%.1f,%.1f,%.1f\n",
	    r->o->rate, r->events, t->n, r->lost,
	    (double)exch_times_at(t, 500) / 1e3,
	    (double)exch_times_at(t, 990) / 1e3,
	    (double)exch_times_at(t, 999) / 1e3, (double)t->max / 1e3);
}

static void
measure(const struct options *o)
{
	static struct run r;
	pthread_t feeder;
	pid_t pid;
	int status;

	r.o = o;
	load(&r);
	if (o->group != NULL)
		join(&r);
	/* sleeps end when they are told to */
	(void)prctl(PR_SET_TIMERSLACK, 1);
	/* a publisher that ends early is told by a failing write */
	(void)signal(SIGPIPE, SIG_IGN);
	pid = start_command(&r);
	/* time for it to start, and to read what comes first */
	r.start = clock_ns() + 200 * MS;
	if (pthread_create(&feeder, NULL, feed, &r) != 0)
		die("thread");
	if (o->group != NULL)
		take_packets(&r);
	else
		take_stream(&r);
	pthread_join(feeder, NULL);
	errno = 0;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		die("the command failed");
	free(r.bytes);
	free(r.record);
	print(&r);
	if (r.times.n == 0)
		exit(1);
}

static bool
set_option(struct options *o, int c, const char *s)
{
	uint64_t *number = c == 'r'   ? &o->rate
			   : c == 's' ? &o->seconds
				      : &o->tick;

	if (c == 'f')
		o->stream = s;
	else if (c == 'g')
		o->group = s;
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
	    {"stream", required_argument, NULL, 'f'},
	    {"group", required_argument, NULL, 'g'},
	    {"rate", required_argument, NULL, 'r'},
	    {"seconds", required_argument, NULL, 's'},
	    {"tick-us", required_argument, NULL, 't'},
	    {"histogram", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {.rate = 100000, .seconds = 5, .tick = 100};
	int c;

	while ((c = getopt_long(argc, argv, "+", longs, NULL)) != -1)
		if (!set_option(&o, c, optarg))
			die("see the head of bench/publish.c for the options");
	if (optind == argc || o.stream == NULL)
		die("publish --stream FILE -- ./exch-feed itch --live ...");
	o.command = argv + optind;
	measure(&o);
	return 0;
}
