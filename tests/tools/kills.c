/*
 * Kill exch-match -9 at random moments, start it again, and compare what
 * came out in the end with a run that nobody disturbed.
 *
 *	kills KILLS SEED SYNC SEGMENT INPUT [JOBS]
 *
 * Each life has up to JOBS threads (1).  By turns the input is a file or a
 * pipe, and the output a file that the next run goes on with or a pipe whose
 * reader says by --from what it has.
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
#include "undisturbed.h"

static struct undisturbed ref;
static uint64_t ref_ns; /* how long that run took */

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
static unsigned max_jobs = 1;
static unsigned killed, finished, starts;

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
	char from[32], jobs[32];
	const char *argv[20] = {"exch-match", "-q", "--journal", "journal",
	    "--sync", sync_mode, "--segment-size", segment};
	const char *cat[] = {"cat", input, NULL};
	unsigned n = 8;
	int in[2] = {-1, -1}, out[2] = {-1, -1}, status;
	uint64_t deadline = ns == UINT64_MAX ? ns : now() + ns;
	pid_t pid, feeder = 0;

	starts++;
	if (max_jobs > 1) {
		snprintf(jobs, sizeof(jobs), "-j%llu",
		    1 + (unsigned long long)exch_rng_below(&t->rng, max_jobs));
		argv[n++] = jobs;
	}
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

/* A life's output goes on where the one before ended: true if equal. */
static bool
compare(struct trial *t)
{
	uint64_t from, to;

	if (!undisturbed_has(&ref, t->got, t->ngot, &from, &to))
		return false;
	if (from == UNDISTURBED_NOTHING)
		return true;
	if (from != t->have)
		return false;
	t->have = to;
	return true;
}

static void
reference(void)
{
	const char *argv[] = {"exch-match", "-q", "-o", "ref.xst", input, NULL};
	uint64_t began = now();

	if (wait_for(start(argv, -1, -1)) != 0) {
		fprintf(stderr, "kills: exch-match does not run\n");
		exit(4);
	}
	ref_ns = now() - began;
	undisturbed_read(&ref, "ref.xst");
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
		over = live(t, exch_rng_below(&t->rng, ref_ns * 3 / 2));
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

	if (argc != 6 && argc != 7) {
		fprintf(stderr,
		    "usage: kills KILLS SEED SYNC SEGMENT INPUT [JOBS]\n");
		return 2;
	}
	kills = (unsigned)strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	sync_mode = argv[3];
	segment = argv[4];
	input = argv[5];
	if (argc > 6)
		max_jobs = (unsigned)strtoul(argv[6], NULL, 10);
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
	free(t.got);
	return 0;
}
