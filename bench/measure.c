/*
 * Runs a pipeline several times and says how long it took and how much
 * memory its largest process had:
 *
 *	measure RUNS INPUT OUTPUT COMMAND [ARG ...] [ '|' COMMAND ... ]...
 *
 * prints: best ns, median ns, best CPU ns (all processes), peak RSS in KiB
 * of the largest process, then of each process in order.
 * Standard input of the first command is INPUT, standard output of the
 * last is OUTPUT ("-": /dev/null).  A shell would add its own start and
 * hides the exit codes and the memory of the parts.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STAGES_MAX 8
#define RUNS_MAX 100

struct stages {
	char **argv[STAGES_MAX];
	int n;
	const char *input;
	const char *output;
};

struct sample {
	uint64_t wall;
	uint64_t cpu;
	long rss[STAGES_MAX];
};

__attribute__((noreturn)) static void
die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(4);
}

static uint64_t
now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		die("clock");
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int
open_end(const char *name, int flags)
{
	int fd;

	if (strcmp(name, "-") == 0)
		name = "/dev/null";
	fd = open(name, flags, 0666);
	if (fd < 0)
		die(name);
	return fd;
}

/* Start one stage; the child keeps nothing but its two ends. */
static pid_t
start(char **argv, int in, int out, int unused)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
		die("dup2");
	close(in);
	close(out);
	if (unused >= 0)
		close(unused);
	execvp(argv[0], argv);
	die(argv[0]);
}

static struct sample
run(const struct stages *s)
{
	struct sample r = {0};
	pid_t pid[STAGES_MAX], ended;
	int in = open_end(s->input, O_RDONLY), out, p[2], status;
	uint64_t begin = now();
	struct rusage u;

	for (int i = 0; i < s->n; i++) {
		p[0] = p[1] = -1;
		if (i + 1 < s->n) {
			if (pipe(p) != 0)
				die("pipe");
			out = p[1];
		} else {
			out = open_end(s->output, O_WRONLY | O_CREAT | O_TRUNC);
		}
		pid[i] = start(s->argv[i], in, out, p[0]);
		close(in);
		close(out);
		in = p[0];
	}
	for (int i = 0; i < s->n; i++) {
		ended = wait4(-1, &status, 0, &u);
		if (ended < 0)
			die("wait");
		if (status != 0) {
			fprintf(stderr, "measure: a stage failed (%d)\n",
			    WIFEXITED(status) ? WEXITSTATUS(status) : -1);
			exit(1);
		}
		r.cpu +=
		    (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) *
			1000000000 +
		    (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
		for (int k = 0; k < s->n; k++)
			if (pid[k] == ended)
				r.rss[k] = u.ru_maxrss;
	}
	r.wall = now() - begin;
	return r;
}

static int
by_wall(const void *a, const void *b)
{
	uint64_t x = ((const struct sample *)a)->wall;
	uint64_t y = ((const struct sample *)b)->wall;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	struct sample r[RUNS_MAX];
	struct stages s = {.n = 1};
	uint64_t cpu = UINT64_MAX;
	long runs, rss[STAGES_MAX] = {0}, most = 0;

	if (argc < 5) {
		fputs("usage: measure RUNS INPUT OUTPUT COMMAND ...\n", stderr);
		return 2;
	}
	runs = strtol(argv[1], NULL, 10);
	if (runs < 1 || runs > RUNS_MAX)
		return 2;
	s.input = argv[2];
	s.output = argv[3];
	s.argv[0] = argv + 4;
	for (int i = 4; i < argc; i++) {
		if (strcmp(argv[i], "|") != 0)
			continue;
		if (s.n == STAGES_MAX || i + 1 == argc)
			return 2;
		argv[i] = NULL;
		s.argv[s.n++] = argv + i + 1;
	}
	for (long i = 0; i < runs; i++) {
		r[i] = run(&s);
		if (r[i].cpu < cpu)
			cpu = r[i].cpu;
		for (int k = 0; k < s.n; k++) {
			if (r[i].rss[k] > rss[k])
				rss[k] = r[i].rss[k];
			if (rss[k] > most)
				most = rss[k];
		}
	}
	qsort(r, (size_t)runs, sizeof(r[0]), by_wall);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %ld", r[0].wall,
	    r[runs / 2].wall, cpu, most);
	for (int k = 0; k < s.n; k++)
		printf(" %ld", rss[k]);
	printf("\n");
	return 0;
}
