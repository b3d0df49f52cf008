/*
 * Kill exch-match -9 at random moments while a standby follows it, let the
 * standby take over, give it a standby in turn, kill that one's primary,
 * and compare what came out in the end with a run that nobody disturbed.
 *
 *	takeovers KILLS SEED dir|link INPUT
 *	takeovers port			prints a port that is free
 *	takeovers join REF A B		are the records of A and B those of REF?
 *
 * dir: all follow one journal, and its lock says who is alive.  link: each
 * has a journal of its own, results wait for the standby, and a lease says
 * who is alive.  By turns the output is a file that the next one goes on
 * with, or a pipe from each, whose reader drops what it has.  Prints counts
 * and how long it took from a kill to the line that says that the standby
 * has taken over.  Exits with 1 and the seed when an output was not equal.
 */
#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "rec/stream.h"
#include "undisturbed.h"

#define LIVES 8
/* The period of the lease, and how long nothing may take. */
#define LEASE "lease,500"
#define PATIENCE_NS (60 * EXCH_SEC)

struct bytes {
	char *p;
	size_t n, cap;
};

/* One process. */
struct life {
	pid_t pid;
	int out, err; /* pipes, -1: none, or closed */
	struct bytes got, said;
	unsigned port; /* where it serves */
};

static struct undisturbed ref;
static uint64_t ref_ns; /* how long that run took */

static const char *input;
static bool is_link;
static unsigned killed, took;
static uint64_t *ms;

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

/* A port that nobody listens at. */
static unsigned
free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		die("port");
	close(fd);
	return ntohs(a.sin_port);
}

/* Start life number `i`, which follows number i - 1. */
static void
start(struct life *l, const struct life *before, unsigned i, bool file,
    bool standby)
{
	char dir[16], from[40], serve[40];
	const char *argv[32] = {"exch-match"};
	unsigned n = 1;
	int out[2], err[2];

	memset(l, 0, sizeof(*l));
	snprintf(dir, sizeof(dir), "j%u", is_link ? i : 0);
	if (is_link || !standby) {
		argv[n++] = "--journal";
		argv[n++] = dir;
	}
	if (is_link) {
		l->port = free_port();
		snprintf(serve, sizeof(serve), "127.0.0.1:%u", l->port);
		argv[n++] = "--serve";
		argv[n++] = serve;
		argv[n++] = "--standby-sync";
		argv[n++] = "wait";
		argv[n++] = "--lease";
		argv[n++] = LEASE;
	}
	if (standby) {
		snprintf(from, sizeof(from), "127.0.0.1:%u", before->port);
		argv[n++] = "--standby";
		argv[n++] = is_link ? from : dir;
	}
	if (file) {
		argv[n++] = "-o";
		argv[n++] = "out.xst";
	}
	argv[n++] = "-v";
	argv[n++] = input;
	if (pipe(out) != 0 || pipe(err) != 0)
		die("pipe");
	l->pid = fork();
	if (l->pid < 0)
		die("fork");
	if (l->pid == 0) {
		dup2(out[1], 1);
		dup2(err[1], 2);
		for (int fd = 3; fd < 64; fd++)
			close(fd);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	l->out = out[0];
	l->err = err[0];
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

/* Read what two lives say until the time has come, or `a` says a word. */
static bool
listen_to(struct life *a, struct life *b, uint64_t until, const char *word)
{
	for (;;) {
		struct pollfd p[4] = {{.fd = a->out, .events = POLLIN},
		    {.fd = a->err, .events = POLLIN},
		    {.fd = b != NULL ? b->out : -1, .events = POLLIN},
		    {.fd = b != NULL ? b->err : -1, .events = POLLIN}};
		uint64_t t = now();

		if (word != NULL && a->said.n > 0 &&
		    strstr(a->said.p, word) != NULL)
			return true;
		if ((a->out < 0 && a->err < 0) ||
		    (b != NULL && b->out < 0 && b->err < 0))
			return false;
		if (t >= until)
			return false;
		if (poll(p, 4, (int)((until - t) / 1000000) + 1) <= 0)
			continue;
		if (p[0].revents != 0)
			take(&a->out, &a->got);
		if (p[1].revents != 0)
			take(&a->err, &a->said);
		if (b != NULL && p[2].revents != 0)
			take(&b->out, &b->got);
		if (b != NULL && p[3].revents != 0)
			take(&b->err, &b->said);
	}
}

/* Read the rest; its exit status. */
static int
reap(struct life *l)
{
	int status;

	while (l->out >= 0)
		take(&l->out, &l->got);
	while (l->err >= 0)
		take(&l->err, &l->said);
	while (waitpid(l->pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return status;
}

static void
forget(struct life *l)
{
	free(l->got.p);
	free(l->said.p);
	memset(l, 0, sizeof(*l));
	l->out = l->err = -1;
}

/* What one life gave: records of their places, behind each other or twice. */
static bool
compare(const struct life *l, uint64_t *have)
{
	uint64_t from, to;

	if (!undisturbed_has(&ref, l->got.p, l->got.n, &from, &to))
		return false;
	if (from == UNDISTURBED_NOTHING)
		return true;
	if (from > *have) {
		printf("# begins at %llu, had %llu\n", (unsigned long long)from,
		    (unsigned long long)*have);
		return false;
	}
	if (to > *have)
		*have = to;
	return true;
}

static bool
complain(const struct life *l, const char *what)
{
	printf("# %s:\n# %s\n", what, l->said.n > 0 ? l->said.p : "");
	return false;
}

/* A standby has seen its primary die: 1 it took over, 0 it may not. */
static int
await(struct life *s, uint64_t killed_at)
{
	if (listen_to(s, NULL, now() + PATIENCE_NS, "taken over")) {
		ms[took++] = (now() - killed_at) / 1000000;
		return 1;
	}
	return 0;
}

/* The standby of a primary that had done everything ends as well. */
static bool
ended(struct life *s, uint64_t *have)
{
	if (reap(s) != 0)
		return complain(s, "standby failed");
	if (!compare(s, have))
		return complain(s, "not equal");
	forget(s);
	return true;
}

/*
 * Wait until the standby may take over: it follows, and in a pair the
 * primary has released something that it waited for.
 */
static void
settle(struct life *p, struct life *s)
{
	if (is_link)
		(void)listen_to(p, s, now() + PATIENCE_NS, "in step");
	else
		(void)listen_to(s, p, now() + PATIENCE_NS, "following");
}

static bool
trial(struct exch_rng *rng)
{
	struct life l[LIVES + 1];
	unsigned kills = 1 + (unsigned)exch_rng_below(rng, 4);
	bool file = exch_rng_below(rng, 2) != 0, good = true;
	uint64_t have = 0;
	unsigned i = 0;
	int status;

	if (system("rm -rf j? out.xst lease") != 0)
		die("rm");
	start(&l[0], NULL, 0, file, false);
	for (; good && i < kills; i++) {
		uint64_t at;

		start(&l[i + 1], &l[i], i + 1, file, true);
		settle(&l[i], &l[i + 1]);
		(void)listen_to(&l[i], &l[i + 1],
		    now() + exch_rng_below(rng, ref_ns * 3 / 2), NULL);
		at = now();
		kill(l[i].pid, SIGKILL);
		status = reap(&l[i]);
		good = compare(&l[i], &have);
		if (!good)
			return complain(&l[i], "not equal");
		if (WIFEXITED(status)) {
			/* It was faster than we. */
			if (WEXITSTATUS(status) != 0)
				return complain(&l[i], "ended with a failure");
			forget(&l[i]);
			good = ended(&l[i + 1], &have);
			goto done;
		}
		killed++;
		forget(&l[i]);
		if (await(&l[i + 1], at))
			continue;
		/* Killed on its way out, with everything done. */
		if (l[i + 1].said.n == 0 ||
		    strstr(l[i + 1].said.p, "nothing to take over") == NULL)
			return complain(&l[i + 1], "no takeover");
		good = ended(&l[i + 1], &have);
		goto done;
	}
	status = 0;
	if (is_link) {
		/* The last one waits for a standby, too. */
		start(&l[i + 1], &l[i], i + 1, file, true);
		(void)listen_to(&l[i], &l[i + 1], now() + PATIENCE_NS, NULL);
		status = reap(&l[i + 1]);
		if (status != 0)
			return complain(&l[i + 1], "standby failed");
		forget(&l[i + 1]);
	}
	status = reap(&l[i]);
	if (status != 0)
		return complain(&l[i], "the last one failed");
	good = compare(&l[i], &have);
	forget(&l[i]);
done:
	if (!file)
		return good && have == ref.n;
	return good && system("cmp out.xst ref.xst") == 0;
}

static void
reference(void)
{
	char cmd[512];
	uint64_t began = now();

	snprintf(cmd, sizeof(cmd), "exch-match -q -o ref.xst '%s'", input);
	if (system(cmd) != 0)
		die("exch-match");
	ref_ns = now() - began;
	undisturbed_read(&ref, "ref.xst");
}

/* join REF A B: the records of two outputs, one after the other, are REF's. */
static int
join(char **path)
{
	struct life l = {0};
	uint64_t have = 0;

	undisturbed_read(&ref, path[0]);
	for (unsigned i = 1; i < 3; i++) {
		bool equal;

		l.got.p = (char *)slurp(path[i], &l.got.n);
		equal = compare(&l, &have);
		free(l.got.p);
		if (!equal) {
			printf("# %s is not equal\n", path[i]);
			return 1;
		}
	}
	printf("# %llu of %llu records\n", (unsigned long long)have,
	    (unsigned long long)ref.n);
	return have != ref.n;
}

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	struct exch_rng rng;
	uint64_t seed;
	unsigned kills;

	if (argc == 2 && strcmp(argv[1], "port") == 0) {
		printf("%u\n", free_port());
		return 0;
	}
	if (argc == 5 && strcmp(argv[1], "join") == 0)
		return join(argv + 2);
	if (argc != 5) {
		fprintf(stderr, "usage: takeovers KILLS SEED dir|link INPUT\n");
		return 2;
	}
	kills = (unsigned)strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	is_link = strcmp(argv[3], "link") == 0;
	input = argv[4];
	ms = calloc(kills + LIVES, sizeof(*ms));
	reference();
	for (; killed < kills; seed++) {
		exch_rng_seed(&rng, seed);
		if (!trial(&rng)) {
			printf("not equal: seed %llu, after %u kills\n",
			    (unsigned long long)seed, killed);
			return 1;
		}
	}
	qsort(ms, took, sizeof(*ms), by_size);
	printf("%u kills, %u takeovers, %llu records each: 0 lost, 0 twice\n",
	    killed, took, (unsigned long long)ref.n);
	if (took > 0)
		printf("kill to takeover: median %llu ms, 99 %% %llu ms, "
		       "longest %llu ms\n",
		    (unsigned long long)ms[took / 2],
		    (unsigned long long)ms[(took - 1) * 99 / 100],
		    (unsigned long long)ms[took - 1]);
	return 0;
}
