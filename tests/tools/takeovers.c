/*
 * Kill exch-match -9 at random moments while a standby follows it, let the
 * standby take over, give it a standby in turn, kill that one's primary,
 * and compare what came out in the end with a run that nobody disturbed.
 *
 *	takeovers KILLS SEED dir|link INPUT [FAULTS CARD...]
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
 *
 * With cards, runs match with one after the other of them ("-": by themselves),
 * and some go wrong until so many faults have happened (hands.h).  A primary
 * that notices is not killed: from its message on the takeover is timed.  In
 * the place of a standby that notices another one begins.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "hands.h"
#include "paced.h"
#include "rec/stream.h"
#include "undisturbed.h"

#define LIVES 8
/* Bytes a second for runs with cards: some 50,000 orders, which a simulated
 * card keeps up with. */
#define PACE 2500000
#define PATIENCE_NS (60 * EXCH_SEC)

static struct undisturbed ref;
static uint64_t ref_ns; /* how long that run took */

static struct runs runs;
static struct feed feed;
static struct hands hands;
static unsigned killed;
static unsigned cold;	 /* began again, as both had gone */
static unsigned stalled; /* had no time to renew the lease, and stopped */

/* From what happened to the takeover, in ms. */
struct times {
	uint64_t *ms;
	unsigned n, cap;
};
static struct times after_kill, after_fault;
static struct times late; /* of a lease, or the standby was not ready yet */

/* What became of a primary and its standby. */
enum fate { WRONG = -1, DONE, GOES_ON, REPLACED };

/* Runs, each the standby of the one before. */
struct trial {
	struct exch_rng rng;
	struct life l[LIVES + 1];
	struct hand h[LIVES + 1];
	unsigned i; /* the primary */
	uint64_t have;
};

static enum fate
complain(const struct life *l, const char *what)
{
	life_complain(l, what);
	return WRONG;
}

static void
add_time(struct times *t, uint64_t since)
{
	if (t->n == t->cap) {
		t->cap = t->cap * 2 + 64;
		t->ms = realloc(t->ms, t->cap * sizeof(*t->ms));
	}
	t->ms[t->n++] = (now() - since) / 1000000;
}

/* The standby of a primary that had done everything ends as well. */
static enum fate
ended(struct trial *t)
{
	struct life *s = &t->l[t->i + 1];
	unsigned any = 0;
	int status = life_reap(s);

	if (!hand_noticed(&t->h[t->i + 1], &hands, s, status, &any) &&
	    status != 0)
		return complain(s, "standby failed");
	hands.standby += any;
	if (!undisturbed_goes_on(&ref, s->got.p, s->got.n, &t->have))
		return complain(s, "not equal");
	life_forget(s);
	return DONE;
}

/* A standby of the primary; `may`: its card may go wrong. */
static void
begin_standby(struct trial *t, bool may)
{
	unsigned i = t->i;

	hand_deal(&t->h[i + 1], &hands, &t->rng, may && !t->h[i].faulty);
	run_start(&t->l[i + 1], &runs, i + 1, &t->h[i + 1].at, &t->h[i].at);
}

/*
 * Wait until the standby may take over: it follows, and in a pair the
 * primary has released something that it waited for.
 */
static bool
settle(struct trial *t)
{
	struct life *p = &t->l[t->i], *s = p + 1;
	struct lives both = {.l = {p, s}};

	return lives_until_said(&both, now() + PATIENCE_NS, runs.link ? p : s,
	    runs.link ? "standby is in step" : "following");
}

/*
 * The standby has seen its primary go: it takes over.  If its own card goes
 * wrong at that moment, what is left is a journal, to begin with once more.
 */
static enum fate
await(struct trial *t, uint64_t since, struct times *times)
{
	unsigned i = t->i + 1;
	struct life *s = &t->l[i];
	struct lives only = {.l = {s}};

	if (lives_until_said(&only, now() + PATIENCE_NS, s, "taken over")) {
		add_time(times, since);
		return GOES_ON;
	}
	/* The other went on its way out, with everything done. */
	if (life_said(s, "nothing to take over"))
		return ended(t);
	if (!life_is_over(s) ||
	    !hand_noticed(&t->h[i], &hands, s, life_reap(s), &hands.standby))
		return complain(s, "no takeover");
	life_forget(s);
	memset(&t->h[i], 0, sizeof(t->h[i]));
	run_start(s, &runs, i, &t->h[i].at, NULL);
	cold++;
	return GOES_ON;
}

/* Some time in the life of a primary. */
static uint64_t
some_time(struct trial *t)
{
	return exch_rng_below(&t->rng, ref_ns * 3 / 2);
}

/* Where other programs take all the time, a lease is not renewed in time. */
static bool
has_stalled(const struct life *p, int status)
{
	bool so = WIFEXITED(status) && WEXITSTATUS(status) == 4 &&
		  life_said(p, "the lease was not renewed");

	stalled += so;
	return so;
}

/* The primary has gone: killed, by its own end, or because of its card. */
static enum fate
gone(struct trial *t, bool ready, uint64_t since)
{
	struct life *p = &t->l[t->i];
	int status = life_reap(p);
	bool noticed =
	    hand_noticed(&t->h[t->i], &hands, p, status, &hands.primary);

	if (status == LIFE_HUNG)
		return complain(p, "the primary has not ended");
	if (!undisturbed_goes_on(&ref, p->got.p, p->got.n, &t->have))
		return complain(p, "not equal");
	if (!noticed && WIFEXITED(status) && WEXITSTATUS(status) != 0 &&
	    !has_stalled(p, status))
		return complain(p, "ended with a failure");
	life_forget(p);
	if (!noticed && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return ended(t); /* it was faster than we */
	killed += WIFSIGNALED(status);
	return await(t, since,
	    !ready || !(noticed || WIFSIGNALED(status)) ? &late
	    : noticed					? &after_fault
							: &after_kill);
}

/* The standby ended before its primary. */
static enum fate
without_standby(struct trial *t)
{
	struct life *s = &t->l[t->i + 1];
	int status = life_reap(s);

	if (!hand_noticed(&t->h[t->i + 1], &hands, s, status, &hands.standby))
		return complain(s, "the standby ended");
	life_forget(s);
	begin_standby(t, false);
	return REPLACED;
}

static bool
is_decided(const void *arg)
{
	return life_said(arg, "taken over") ||
	       life_said(arg, "does not name this journal");
}

/*
 * A primary of a pair whose card went wrong before it had told the lease of
 * its standby: it begins once more, by itself, and so does the standby.
 */
static enum fate
too_early(struct trial *t)
{
	struct life *p = &t->l[t->i], *s = p + 1;
	struct hand *h = &t->h[t->i];
	struct lives only = {.l = {s}};
	int status;

	/* It may have been named at last. */
	if (!lives_listen(&only, now() + PATIENCE_NS, is_decided, s) &&
	    !life_is_over(s))
		return complain(s, "nothing was decided");
	if (life_said(s, "taken over"))
		return gone(t, false, now());
	kill(s->pid, SIGKILL);
	(void)life_reap(s);
	life_forget(s);
	status = life_reap(p);
	if (!hand_noticed(h, &hands, p, status, &hands.primary) &&
	    !has_stalled(p, status))
		return complain(p, "not in step");
	if (!undisturbed_goes_on(&ref, p->got.p, p->got.n, &t->have))
		return complain(p, "not equal");
	life_forget(p);
	memset(h, 0, sizeof(*h));
	run_start(p, &runs, t->i, &h->at, NULL);
	cold++;
	begin_standby(t, false);
	return REPLACED;
}

static enum fate
watch(struct trial *t)
{
	struct life *p = &t->l[t->i], *s = p + 1;
	struct lives both = {.l = {p, s}};
	bool ready = settle(t);
	uint64_t since;

	if (runs.link && !ready && life_is_over(p) && !life_is_over(s))
		return too_early(t);
	if (t->h[t->i].faulty)
		(void)lives_until_said(&both, now() + PATIENCE_NS, p, "card: ");
	else
		(void)lives_listen(&both, now() + some_time(t), NULL, NULL);
	since = now();
	if (life_is_over(s) && !life_said(s, "nothing to take over"))
		return without_standby(t);
	if (!life_said(p, "card: ") && !life_is_over(p))
		kill(p->pid, SIGKILL);
	return gone(t, ready, since);
}

/* The last one goes on to the end, with a standby if it waits for one. */
static enum fate
last(struct trial *t)
{
	struct life *p = &t->l[t->i], *s = p + 1;
	struct lives both = {.l = {p, s}};

	if (runs.link) {
		begin_standby(t, false);
		(void)lives_listen(&both, now() + PATIENCE_NS, NULL, NULL);
		if (life_is_over(s) && !life_said(s, "nothing to take over"))
			return complain(s, "the standby ended");
		return gone(t, true, now());
	}
	if (life_reap(p) != 0)
		return complain(p, "the last one failed");
	if (!undisturbed_goes_on(&ref, p->got.p, p->got.n, &t->have))
		return complain(p, "not equal");
	life_forget(p);
	return DONE;
}

static bool
trial(uint64_t seed)
{
	static struct trial t;
	enum fate fate = GOES_ON;
	unsigned kills;

	memset(&t, 0, sizeof(t));
	exch_rng_seed(&t.rng, seed);
	kills = 1 + (unsigned)exch_rng_below(&t.rng, 4);
	runs_clean();
	runs.output = exch_rng_below(&t.rng, 2) != 0 ? "out.xst" : NULL;
	feed.began = now();
	hand_deal(&t.h[0], &hands, &t.rng, true);
	run_start(&t.l[0], &runs, 0, &t.h[0].at, NULL);
	for (; fate == GOES_ON && t.i < kills; t.i += fate == GOES_ON) {
		/* The last one goes on for good. */
		begin_standby(&t, t.i + 1 < kills);
		while ((fate = watch(&t)) == REPLACED)
			;
	}
	/* It may have no time to renew its lease, and leave that to another. */
	for (; fate == GOES_ON && t.i < LIVES; t.i += fate == GOES_ON)
		fate = last(&t);
	if (fate == GOES_ON)
		printf("# %u primaries, and none came to the end\n", t.i);
	if (fate != DONE) {
		/* Nobody would end them. */
		for (unsigned i = 0; i <= LIVES; i++)
			if (t.l[i].pid > 0 && !life_is_over(&t.l[i]))
				kill(t.l[i].pid, SIGKILL);
		return false;
	}
	if (runs.output == NULL)
		return t.have == ref.n;
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

static void
tell_times(const char *what, struct times *t)
{
	if (t->n == 0)
		return;
	sort_times(t->ms, t->n);
	printf("%s to takeover: median %llu ms, 99 %% %llu ms, "
	       "longest %llu ms\n",
	    what, (unsigned long long)time_at(t->ms, t->n, 50),
	    (unsigned long long)time_at(t->ms, t->n, 99),
	    (unsigned long long)t->ms[t->n - 1]);
}

static void
tell(void)
{
	printf("%u kills, %u takeovers, %llu records each: 0 lost, 0 twice\n",
	    killed, after_kill.n + after_fault.n + late.n,
	    (unsigned long long)ref.n);
	if (hands.n > 0)
		printf("%u faults of cards: %u noticed by a primary, %u by a "
		       "standby, %u without effect so far; %u cold starts, %u "
		       "leases not renewed in time\n",
		    hands.happened, hands.primary, hands.standby,
		    hands.happened - hands.primary - hands.standby, cold,
		    stalled);
	tell_times("kill", &after_kill);
	tell_times("fault", &after_fault);
	tell_times("other ends", &late);
}

int
main(int argc, char **argv)
{
	uint64_t seed;
	unsigned kills, most, trials = 0;

	if (argc == 2 && strcmp(argv[1], "port") == 0) {
		printf("%u\n", free_port());
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "until") == 0)
		return until(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "join") == 0)
		return join(argv + 2);
	if (argc < 5 || argc == 6) {
		fprintf(stderr, "usage: takeovers KILLS SEED dir|link INPUT "
				"[FAULTS CARD...]\n");
		return 2;
	}
	kills = (unsigned)strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	runs.input = argv[4];
	runs.link = strcmp(argv[3], "link") == 0;
	if (runs.link) {
		runs.sync = "wait";
		runs.lease = argc > 5 ? "lease,700" : "lease,500";
	}
	if (argc > 5) {
		hands.wanted = (unsigned)strtoul(argv[5], NULL, 10);
		hands.cards = argv + 6;
		hands.n = (unsigned)argc - 6;
	}
	reference();
	if (hands.n > 0) {
		(void)paced_read(&feed, runs.input);
		feed.pace = PACE;
		runs.feed = &feed;
		runs.input = NULL;
		hands.records = ref.n;
		ref_ns = feed.n * EXCH_SEC / PACE / 2;
	}
	most = 20 + 10 * (kills + hands.wanted);
	for (; killed < kills || hands.happened < hands.wanted; seed++) {
		if (trials++ == most) {
			printf("%u kills and %u faults in %u trials: too few\n",
			    killed, hands.happened, most);
			return 1;
		}
		if (!trial(seed)) {
			printf("not equal: seed %llu, after %u kills\n",
			    (unsigned long long)seed, killed);
			return 1;
		}
	}
	tell();
	return 0;
}
