/*
 * Load for a long time, with disturbances: results come from a primary that
 * has a standby, the input at a steady pace; now and then the primary, the
 * standby or the reader of the results is killed, and another one is started.
 * Says how long results stayed away each time, and that none was lost and
 * none came twice.
 *
 *	soak SECONDS SEED PACE EVERY INPUT
 *
 * PACE is records of input per second, EVERY the ms between disturbances on
 * the average.  The input is a day; when it is over another one begins, by
 * turns with one journal in a directory and with two over a connection, a
 * lease, and results that wait for the standby.  No day begins after SECONDS.
 * Exits with 1 and the seed when an output was not that of an undisturbed run.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/rng.h"
#include "paced.h"
#include "rec/stream.h"
#include "runs.h"
#include "undisturbed.h"

#define PATIENCE_NS (60 * EXCH_SEC)
/* A result that has left the primary has come by then. */
#define ON_ITS_WAY_NS (5 * EXCH_SEC / 1000)
/* LEASE: a primary that could not renew it in time stops by itself. */
enum victim { PRIMARY, STANDBY, READER, LEASE, VICTIMS };

static const char *const names[VICTIMS] = {
    "primary", "standby", "reader", "by lease"};
/* Of a hundred disturbances that are made. */
static const unsigned share[VICTIMS] = {50, 25, 25, 0};

/* How long results stayed away, in us. */
struct away {
	uint64_t *us;
	size_t n, cap;
};

static struct undisturbed ref;
static struct runs runs = {.feed = NULL};
static struct feed feed;
static struct exch_rng rng;
static struct away away[2][VICTIMS]; /* one journal, two journals */
static uint64_t total_ns, away_ns;
static unsigned days;

/* A day. */
struct day {
	struct life l[2];
	struct place at[2];
	unsigned p;	 /* which of them is the primary */
	unsigned number; /* of the next one */
	uint64_t have;	 /* records received and compared */
	/* The standby took the place of one that the primary had, or had
	 * been, and may have come when that had all and ended. */
	bool late;
};

static bool
complain(const struct life *l, const char *what)
{
	life_complain(l, what);
	return false;
}

static struct lives
both(struct day *d)
{
	return (struct lives){.l = {&d->l[0], &d->l[1]}};
}

/* ---- what is measured ---- */

struct mark {
	const struct day *d;
	uint64_t upto;
};

static uint64_t
upto(const struct day *d)
{
	return d->l[0].upto > d->l[1].upto ? d->l[0].upto : d->l[1].upto;
}

static bool
is_beyond(const void *arg)
{
	const struct mark *m = arg;

	return upto(m->d) > m->upto;
}

static void
note(enum victim v, uint64_t ns)
{
	struct away *a = &away[runs.link][v];

	if (a->n == a->cap) {
		a->cap = 2 * a->cap + 64;
		a->us = realloc(a->us, a->cap * sizeof(*a->us));
	}
	a->us[a->n++] = ns / 1000;
	away_ns += ns;
}

/* ---- a day ---- */

/* Another standby, in the place of the one that is not the primary. */
static void
start_standby(struct day *d)
{
	/* What the primary said was of another one. */
	d->l[d->p].said.n = 0;
	d->at[!d->p] = (struct place){0};
	d->late = false;
	run_start(
	    &d->l[!d->p], &runs, d->number++, &d->at[!d->p], &d->at[d->p]);
}

/* Until it may take over: false when the day is over. */
static bool
settle(struct day *d)
{
	struct lives all = both(d);
	bool can = lives_until_said(&all, now() + PATIENCE_NS,
	    &d->l[runs.link ? d->p : !d->p],
	    runs.link ? "in step" : "following");

	d->late = d->late && !can;
	return can;
}

/* The output of one that has gone. */
static bool
compare(struct day *d, struct life *l)
{
	uint64_t had = d->have;
	bool good = undisturbed_goes_on(&ref, l->got.p, l->got.n, &d->have);

	if (good)
		life_forget(l);
	else
		printf("# had %llu\n", (unsigned long long)had);
	return good || complain(l, "not equal");
}

/* The primary has everything done: 0, or -1 when it was not so. */
static int
end_day(struct day *d)
{
	struct life *p = &d->l[d->p], *s = &d->l[!d->p];
	struct lives all = both(d);
	bool none = life_said(p, "nothing to take over");

	(void)lives_listen(&all, now() + PATIENCE_NS, NULL, NULL);
	if (life_reap(p) != 0)
		return complain(p, "the primary failed") - 1;
	/* The standby of nobody. */
	none = none || (d->late && !life_said(s, "following"));
	if (none)
		kill(s->pid, SIGKILL);
	if (life_reap(s) != 0 && !none)
		return complain(s, "the standby failed") - 1;
	if (!compare(d, p) || !compare(d, s))
		return -1;
	if (d->have == ref.n)
		return 0;
	printf("# %llu records of %llu\n", (unsigned long long)d->have,
	    (unsigned long long)ref.n);
	return -1;
}

/* Results come again since v: 1, or as end_day. */
static int
await(struct day *d, enum victim v, uint64_t since, uint64_t had)
{
	struct lives all = both(d);
	struct mark m = {d, had};

	if (lives_listen(&all, now() + PATIENCE_NS, is_beyond, &m)) {
		note(v, now() - since);
		return settle(d) ? 1 : end_day(d);
	}
	if (!life_is_over(&d->l[0]) && !life_is_over(&d->l[1])) {
		life_complain(&d->l[!d->p], "the standby");
		return complain(&d->l[d->p], "no results for a minute") - 1;
	}
	return end_day(d);
}

/* The primary is dead or dying: 1 the standby goes on, or as end_day. */
static int
succeed(struct day *d, enum victim v, uint64_t since)
{
	struct life *old = &d->l[d->p];
	int status = life_reap(old);
	uint64_t had = upto(d);

	if (status == LIFE_HUNG ||
	    (WIFEXITED(status) && WEXITSTATUS(status) != 0 &&
		!life_said(old, "the lease was not renewed")))
		return complain(old, "the primary failed") - 1;
	if (!compare(d, old))
		return -1;
	d->p = !d->p;
	start_standby(d);
	d->late = true;
	return await(d, v, since, had);
}

static int
kill_primary(struct day *d)
{
	uint64_t since = now();

	kill(d->l[d->p].pid, SIGKILL);
	return succeed(d, PRIMARY, since);
}

static bool
is_gone(const void *arg)
{
	return life_is_over(arg);
}

static int
kill_reader(struct day *d)
{
	struct life *p = &d->l[d->p];
	struct lives all = both(d);
	uint64_t since = now();

	life_close_output(p);
	(void)lives_listen(&all, now() + PATIENCE_NS, is_gone, p);
	return succeed(d, READER, since);
}

static int
kill_standby(struct day *d)
{
	struct life *s = &d->l[!d->p];
	struct lives only = {.l = {&d->l[d->p]}};
	uint64_t since = now(), had;

	kill(s->pid, SIGKILL);
	(void)life_reap(s);
	/* What was on its way does not count. */
	(void)lives_listen(&only, since + ON_ITS_WAY_NS, NULL, NULL);
	had = upto(d);
	if (!compare(d, s))
		return -1;
	start_standby(d);
	d->late = true;
	return await(d, STANDBY, since, had);
}

static enum victim
choose(void)
{
	unsigned k = (unsigned)exch_rng_below(&rng, 100), v = 0;

	while (k >= share[v])
		k -= share[v++];
	return (enum victim)v;
}

static bool
day(uint64_t every_ns, uint64_t until)
{
	static int (*const disturb[])(struct day *) = {
	    kill_primary, kill_standby, kill_reader};
	struct day d = {0};
	struct lives all = both(&d);
	int n;

	runs_clean();
	feed.began = now();
	run_start(&d.l[0], &runs, d.number++, &d.at[0], NULL);
	start_standby(&d);
	n = settle(&d) ? 1 : end_day(&d);
	while (n > 0) {
		uint64_t at = now();

		if (at < until)
			at += every_ns / 2 + exch_rng_below(&rng, every_ns);
		else
			at += 10 * PATIENCE_NS;
		(void)lives_listen(&all, at, NULL, NULL);
		if (life_said(&d.l[d.p], "the lease was not renewed"))
			n = succeed(&d, LEASE, now());
		else if (life_is_over(&d.l[0]) || life_is_over(&d.l[1]))
			n = end_day(&d);
		else
			n = disturb[choose()](&d);
	}
	total_ns += now() - feed.began;
	days++;
	return n == 0;
}

/* ---- all ---- */

static void
report(void)
{
	printf("%-13s %-8s %6s %10s %8s %8s\n", "journal", "killed", "times",
	    "median ms", "99 % ms", "most ms");
	for (unsigned k = 0; k < 2; k++)
		for (unsigned v = 0; v < VICTIMS; v++) {
			struct away *a = &away[k][v];

			sort_times(a->us, a->n);
			printf("%-13s %-8s %6zu %10.1f %8.1f %8.1f\n",
			    k == 0 ? "one" : "two, in step", names[v], a->n,
			    (double)time_at(a->us, a->n, 50) / 1e3,
			    (double)time_at(a->us, a->n, 99) / 1e3,
			    (double)time_at(a->us, a->n, 100) / 1e3);
		}
	printf("%u days of %llu records, %.1f s, results away for %.1f s: "
	       "available %.3f %%\n",
	    days, (unsigned long long)ref.n, (double)total_ns / 1e9,
	    (double)away_ns / 1e9,
	    100 - 100 * (double)away_ns / (double)total_ns);
	printf("0 lost, 0 twice\n");
}

int
main(int argc, char **argv)
{
	uint64_t seconds, seed, pace, every, until, records;
	char cmd[512];

	if (argc != 6) {
		fprintf(stderr, "usage: soak SECONDS SEED PACE EVERY INPUT\n");
		return 2;
	}
	seconds = strtoull(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	pace = strtoull(argv[3], NULL, 10);
	every = strtoull(argv[4], NULL, 10) * 1000000;
	snprintf(cmd, sizeof(cmd), "exch-match -q -o ref.xst '%s'", argv[5]);
	if (system(cmd) != 0)
		die("exch-match");
	undisturbed_read(&ref, "ref.xst");
	records = paced_read(&feed, argv[5]);
	feed.pace = feed.n * pace / records;
	runs.feed = &feed;
	exch_rng_seed(&rng, seed);
	until = now() + seconds * EXCH_SEC;
	do {
		runs.link = !runs.link;
		runs.sync = runs.link ? "wait" : NULL;
		runs.lease = runs.link ? "lease,500" : NULL;
		if (!day(every, until)) {
			printf("not equal: seed %llu, day %u\n",
			    (unsigned long long)seed, days);
			return 1;
		}
	} while (now() < until);
	report();
	return 0;
}
