/*
 * Kill exch-match -9 at random moments, start it again, and compare what
 * came out in the end with a run that nobody disturbed.
 *
 *	kills KILLS SEED SYNC SEGMENT INPUT
 *
 * By turns the input is a file or a pipe, and the output a file that the
 * next run goes on with or a pipe whose reader says by --from what it has.
 * Prints one line with counts; exits with 0 when every final output was
 * equal, with 1 and the seed of the first run that was not.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "rec/stream.h"

/* The undisturbed output: records with their numbers, and as a file. */
static struct {
	unsigned char *p;
	size_t len;
	unsigned char *rec;
	size_t *at; /* of record i in rec */
	uint64_t n;
	uint64_t ns; /* how long the run took */
} ref;

/* One run, over its kills. */
struct trial {
	struct exch_rng rng;
	bool file; /* the output is one */
	bool pipe_in;
	unsigned char *got; /* what came out of the pipe of one life */
	size_t ngot;
	uint64_t have; /* records received and compared */
};

static const char *input, *sync_mode, *segment;
static unsigned killed, finished, starts;

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * EXCH_SEC + (uint64_t)t.tv_nsec;
}

static void
die(const char *what)
{
	perror(what);
	exit(4);
}

static unsigned char *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	unsigned char *p;
	long size = 0;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		die(path);
	rewind(f);
	p = malloc((size_t)size + 1);
	*n = fread(p, 1, (size_t)size, f);
	fclose(f);
	return p;
}

/* Start a program with these descriptors, or 0 and 1. */
static pid_t
start(const char *const *argv, int in, int out)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	if (in >= 0 && in != 0)
		dup2(in, 0);
	if (out >= 0 && out != 1)
		dup2(out, 1);
	for (int fd = 3; fd < 32; fd++)
		close(fd);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return status;
}

/* Take what comes out until the deadline or the end. */
static void
receive(struct trial *t, int fd, uint64_t deadline)
{
	static const size_t cap = (size_t)64 << 20;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		uint64_t at = now();
		ssize_t n;

		if (at >= deadline)
			return;
		if (poll(&p, 1, (int)((deadline - at) / 1000000) + 1) <= 0)
			continue;
		if (t->ngot == cap)
			die("output too large");
		n = read(fd, t->got + t->ngot, cap - t->ngot);
		if (n <= 0)
			return;
		t->ngot += (size_t)n;
	}
}

/* One life of the program; true when it ended by itself. */
static bool
live(struct trial *t, uint64_t ns)
{
	char from[32];
	const char *argv[20] = {"exch-match", "-q", "--journal", "journal",
	    "--sync", sync_mode, "--segment-size", segment};
	const char *cat[] = {"cat", input, NULL};
	unsigned n = 8;
	int in[2] = {-1, -1}, out[2] = {-1, -1}, status;
	uint64_t deadline = ns == UINT64_MAX ? ns : now() + ns;
	pid_t pid, feeder = 0;

	starts++;
	if (t->file) {
		argv[n++] = "-o";
		argv[n++] = "out.xst";
	} else {
		snprintf(
		    from, sizeof(from), "%llu", (unsigned long long)t->have);
		argv[n++] = "--from";
		argv[n++] = from;
		if (pipe(out) != 0)
			die("pipe");
	}
	if (t->pipe_in) {
		if (pipe(in) != 0)
			die("pipe");
		feeder = start(cat, -1, in[1]);
	} else {
		argv[n++] = input;
	}
	pid = start(argv, in[0], out[1]);
	if (t->pipe_in) {
		close(in[0]);
		close(in[1]);
	}
	t->ngot = 0;
	if (!t->file) {
		close(out[1]);
		receive(t, out[0], deadline);
	} else if (ns != UINT64_MAX) {
		struct timespec s = {
		    (time_t)(ns / EXCH_SEC), (long)(ns % EXCH_SEC)};

		nanosleep(&s, NULL);
	}
	if (ns != UINT64_MAX)
		kill(pid, SIGKILL);
	status = wait_for(pid);
	if (!t->file) {
		/* What was in the pipe had left. */
		receive(t, out[0], UINT64_MAX);
		close(out[0]);
	}
	if (feeder > 0)
		wait_for(feeder);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		killed++;
		return false;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "kills: exch-match ended with %d\n", status);
		exit(1);
	}
	finished++;
	return true;
}

/* Compare a life's output with the records of its place: true if equal. */
static bool
compare(struct trial *t)
{
	struct exch_reader_opts ro = {.partial = true};
	const struct exch_rec *rec;
	struct exch_diag d = {0};
	struct exch_reader *r;
	struct exch_in *in;
	bool same = true;
	uint64_t i;

	if (t->ngot == 0)
		return true;
	exch_in_mem(t->got, t->ngot, "output", &in, &d);
	if (exch_reader_open(in, &ro, &r, &d) != 0) {
		exch_in_close(in);
		return d.code == EXCH_ERR_CUT;
	}
	i = exch_reader_info(r)->position;
	same = i == t->have;
	while (same && exch_reader_next(r, &rec, &d) > 0) {
		uint64_t seq = exch_reader_seq(r);

		if (seq == 0)
			continue;
		same = i < ref.n && memcmp(&seq, ref.rec + ref.at[i], 8) == 0 &&
		       memcmp(rec, ref.rec + ref.at[i] + 8,
			   exch_rec_len(rec)) == 0;
		i++;
	}
	if (same)
		t->have = i;
	exch_reader_close(r);
	exch_in_close(in);
	return same;
}

static void
reference(void)
{
	const char *argv[] = {"exch-match", "-q", "-o", "ref.xst", input, NULL};
	const struct exch_rec *rec;
	struct exch_diag d = {0};
	struct exch_reader *r;
	struct exch_in *in;
	uint64_t began = now();
	size_t len = 0;

	if (wait_for(start(argv, -1, -1)) != 0) {
		fprintf(stderr, "kills: exch-match does not run\n");
		exit(4);
	}
	ref.ns = now() - began;
	ref.p = slurp("ref.xst", &ref.len);
	ref.rec = malloc(ref.len * 2);
	ref.at = malloc((ref.len / 16 + 1) * sizeof(size_t));
	exch_in_mem(ref.p, ref.len, "ref.xst", &in, &d);
	if (exch_reader_open(in, NULL, &r, &d) != 0)
		die("ref.xst");
	while (exch_reader_next(r, &rec, &d) > 0) {
		uint64_t seq = exch_reader_seq(r);

		if (seq == 0)
			continue;
		ref.at[ref.n++] = len;
		memcpy(ref.rec + len, &seq, 8);
		memcpy(ref.rec + len + 8, rec, exch_rec_len(rec));
		len += 8 + exch_rec_len(rec);
	}
	exch_reader_close(r);
	exch_in_close(in);
}

static bool
file_same(void)
{
	size_t n;
	unsigned char *p = slurp("out.xst", &n);
	bool same = n == ref.len && memcmp(p, ref.p, n) == 0;

	free(p);
	return same;
}

/* Some kills, and a last life to the end. */
static bool
trial(struct trial *t)
{
	unsigned kills = 1 + (unsigned)exch_rng_below(&t->rng, 4);
	bool over = false;

	if (system("rm -rf journal out.xst") != 0)
		die("rm");
	t->file = exch_rng_below(&t->rng, 2) != 0;
	t->pipe_in = exch_rng_below(&t->rng, 2) != 0;
	t->have = 0;
	for (unsigned i = 0; i < kills && !over; i++) {
		over = live(t, exch_rng_below(&t->rng, ref.ns * 3 / 2));
		if (!t->file && !compare(t))
			return false;
	}
	if (!over) {
		live(t, UINT64_MAX);
		if (!t->file && !compare(t))
			return false;
	}
	return t->file ? file_same() : t->have == ref.n;
}

int
main(int argc, char **argv)
{
	struct trial t = {0};
	uint64_t seed;
	unsigned kills;

	if (argc != 6) {
		fprintf(stderr, "usage: kills KILLS SEED SYNC SEGMENT INPUT\n");
		return 2;
	}
	kills = (unsigned)strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	sync_mode = argv[3];
	segment = argv[4];
	input = argv[5];
	t.got = malloc((size_t)64 << 20);
	reference();
	for (; killed < kills; seed++) {
		exch_rng_seed(&t.rng, seed);
		if (!trial(&t)) {
			printf("not equal: seed %llu, after %u kills\n",
			    (unsigned long long)seed, killed);
			return 1;
		}
	}
	printf("%u kills, %u starts, %llu records each: 0 lost, 0 twice\n",
	    killed, starts, (unsigned long long)ref.n);
	return 0;
}
