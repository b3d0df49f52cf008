/*
 * Kill exch-match -9 at random moments while a standby follows it, let the
 * standby take over, give it a standby in turn, kill that one's primary,
 * and compare what came out in the end with a run that nobody disturbed.
 *
 *	takeovers KILLS SEED dir|link INPUT
 *	takeovers port			prints a port that is free
 *	takeovers until FILE WORD	prints after how many ms it stands there
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

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "rec/stream.h"
#include "runs.h"
#include "undisturbed.h"

#define LIVES 8
#define PATIENCE_NS (60 * EXCH_SEC)

static struct undisturbed ref;
static uint64_t ref_ns; /* how long that run took */

static struct runs runs;
static unsigned killed, took;
static uint64_t *ms;

static bool
complain(const struct life *l, const char *what)
{
	life_complain(l, what);
	return false;
}

/* A standby has seen its primary die: 1 it took over, 0 it may not. */
static int
await(struct life *s, uint64_t killed_at)
{
	struct lives only = {.l = {s}};

	if (!lives_until_said(&only, now() + PATIENCE_NS, s, "taken over"))
		return 0;
	ms[took++] = (now() - killed_at) / 1000000;
	return 1;
}

/* The standby of a primary that had done everything ends as well. */
static bool
ended(struct life *s, uint64_t *have)
{
	if (life_reap(s) != 0)
		return complain(s, "standby failed");
	if (!undisturbed_goes_on(&ref, s->got.p, s->got.n, have))
		return complain(s, "not equal");
	life_forget(s);
	return true;
}

/*
 * Wait until the standby may take over: it follows, and in a pair the
 * primary has released something that it waited for.
 */
static void
settle(struct life *p, struct life *s)
{
	struct lives both = {.l = {p, s}};

	if (runs.link)
		(void)lives_until_said(
		    &both, now() + PATIENCE_NS, p, "in step");
	else
		(void)lives_until_said(
		    &both, now() + PATIENCE_NS, s, "following");
}

/* The last one goes on to the end, with a standby if it waits for one. */
static bool
last(struct life l[], struct place at[], unsigned i, uint64_t *have)
{
	struct lives both = {.l = {&l[i], &l[i + 1]}};
	bool good;

	if (runs.link) {
		run_start(&l[i + 1], &runs, i + 1, &at[i + 1], &at[i]);
		(void)lives_listen(&both, now() + PATIENCE_NS, NULL, NULL);
		if (life_reap(&l[i + 1]) != 0)
			return complain(&l[i + 1], "standby failed");
		life_forget(&l[i + 1]);
	}
	if (life_reap(&l[i]) != 0)
		return complain(&l[i], "the last one failed");
	good = undisturbed_goes_on(&ref, l[i].got.p, l[i].got.n, have);
	life_forget(&l[i]);
	return good;
}

/*
 * Number i has a standby and is killed: 1 the standby goes on, 0 everything
 * was done, -1 something is wrong.
 */
static int
kill_one(struct exch_rng *rng, struct life l[], struct place at[], unsigned i,
    uint64_t *have)
{
	struct lives both = {.l = {&l[i], &l[i + 1]}};
	uint64_t killed_at;
	int status;

	run_start(&l[i + 1], &runs, i + 1, &at[i + 1], &at[i]);
	settle(&l[i], &l[i + 1]);
	(void)lives_listen(
	    &both, now() + exch_rng_below(rng, ref_ns * 3 / 2), NULL, NULL);
	killed_at = now();
	kill(l[i].pid, SIGKILL);
	status = life_reap(&l[i]);
	if (!undisturbed_goes_on(&ref, l[i].got.p, l[i].got.n, have))
		return complain(&l[i], "not equal") - 1;
	if (WIFEXITED(status)) {
		/* It was faster than we. */
		if (WEXITSTATUS(status) != 0)
			return complain(&l[i], "ended with a failure") - 1;
		life_forget(&l[i]);
		return ended(&l[i + 1], have) - 1;
	}
	killed++;
	life_forget(&l[i]);
	if (await(&l[i + 1], killed_at))
		return 1;
	/* Killed on its way out, with everything done. */
	if (!life_said(&l[i + 1], "nothing to take over"))
		return complain(&l[i + 1], "no takeover") - 1;
	return ended(&l[i + 1], have) - 1;
}

static bool
trial(struct exch_rng *rng)
{
	struct life l[LIVES + 1];
	struct place at[LIVES + 1] = {{0}};
	unsigned kills = 1 + (unsigned)exch_rng_below(rng, 4);
	uint64_t have = 0;
	unsigned i;
	int n = 1;

	runs_clean();
	runs.output = exch_rng_below(rng, 2) != 0 ? "out.xst" : NULL;
	run_start(&l[0], &runs, 0, &at[0], NULL);
	for (i = 0; n > 0 && i < kills; i++)
		n = kill_one(rng, l, at, i, &have);
	if (n < 0 || (n > 0 && !last(l, at, i, &have)))
		return false;
	if (runs.output == NULL)
		return have == ref.n;
	return system("cmp out.xst ref.xst") == 0;
}

static void
reference(void)
{
	char cmd[512];
	uint64_t began = now();

	snprintf(cmd, sizeof(cmd), "exch-match -q -o ref.xst '%s'", runs.input);
	if (system(cmd) != 0)
		die("exch-match");
	ref_ns = now() - began;
	undisturbed_read(&ref, "ref.xst");
}

/* join REF A B: the records of two outputs, one after the other, are REF's. */
static int
join(char **path)
{
	uint64_t have = 0;

	undisturbed_read(&ref, path[0]);
	for (unsigned i = 1; i < 3; i++) {
		size_t n;
		unsigned char *p = slurp(path[i], &n);
		bool equal = undisturbed_goes_on(&ref, p, n, &have);

		free(p);
		if (!equal) {
			printf("# %s is not equal\n", path[i]);
			return 1;
		}
	}
	printf("# %llu of %llu records\n", (unsigned long long)have,
	    (unsigned long long)ref.n);
	return have != ref.n;
}

/* until FILE WORD: for a minute at most. */
static int
until(const char *path, const char *word)
{
	uint64_t began = now();
	bool there = false;

	while (!there && now() - began < PATIENCE_NS) {
		size_t n = 0;
		char *p = (char *)slurp(path, &n);

		p[n] = '\0';
		there = strstr(p, word) != NULL;
		free(p);
		if (!there)
			usleep(1000);
	}
	printf("%.1f\n", (double)(now() - began) / 1e6);
	return there ? 0 : 1;
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
	if (argc == 4 && strcmp(argv[1], "until") == 0)
		return until(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "join") == 0)
		return join(argv + 2);
	if (argc != 5) {
		fprintf(stderr, "usage: takeovers KILLS SEED dir|link INPUT\n");
		return 2;
	}
	kills = (unsigned)strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	runs.input = argv[4];
	runs.link = strcmp(argv[3], "link") == 0;
	if (runs.link) {
		runs.sync = "wait";
		runs.lease = "lease,500";
	}
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
	printf("%u kills, %u takeovers, %llu records each: 0 lost, 0 twice\n",
	    killed, took, (unsigned long long)ref.n);
	if (took > 0) {
		sort_times(ms, took);
		printf("kill to takeover: median %llu ms, 99 %% %llu ms, "
		       "longest %llu ms\n",
		    (unsigned long long)time_at(ms, took, 50),
		    (unsigned long long)time_at(ms, took, 99),
		    (unsigned long long)ms[took - 1]);
	}
	return 0;
}
