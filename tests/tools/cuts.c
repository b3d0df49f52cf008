/*
 * Cut the network between a primary and its standby, which are in two
 * namespaces joined by one line, and see that never both release results:
 * the line goes down, or swallows what one of them or both send, and
 * meanwhile the primary lives, is killed or stands still.  The lease, if
 * there is one, is on storage that both still reach.
 *
 *	cuts CUTS SEED INPUT
 *
 * What has to be:
 *	without a lease	nobody takes over; by hand, when the primary is dead
 *	a primary alive	keeps the lease, and both go on when the line is back
 *	one that is not	the standby takes over if it was in step, and what
 *			the old primary released until then is all there is of
 *			it; else nobody does, and it goes on when it is
 *			started; one that wakes up and has to stop lets the
 *			standby catch up, and names it
 * and in the end the output of an undisturbed run.  Prints counts; exits with
 * 1 and the seed of a cut that went wrong, with 77 and why where there can
 * be no namespaces.
 */
#include <config.h>

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "paced.h"
#include "rec/stream.h"
#include "runs.h"
#include "undisturbed.h"

#define MS (EXCH_SEC / 1000)
#define PATIENCE_NS (60 * EXCH_SEC)
/* With its period in ms. */
#define LEASE "lease,1000"
/* How long a day takes that nobody disturbs. */
#define DAY_NS (3 * EXCH_SEC)

enum cut { DOWN, MUTE_A, MUTE_B, MUTE_BOTH, CUTS };
enum fate { LIVES, KILLED, STOPPED, FATES };

static const char *const cut_names[] = {
    "down", "first mute", "second mute", "both mute"};
static const char *const fate_names[] = {"alive", "killed", "stopped"};

/* One cut.  Number 0 is the primary, 1 its standby, 2 whoever comes then. */
struct trial {
	struct runs runs;
	struct life l[3];
	struct place at[3];
	enum cut cut;
	enum fate fate;
	uint64_t have; /* records received and compared */
};

static struct undisturbed ref;
static struct feed feed;
static char net[2][32]; /* namespaces */
static unsigned takeovers, kept, by_hand, again;

static bool
complain(struct trial *t, const char *what)
{
	for (unsigned i = 0; i < 3; i++)
		if (t->l[i].pid != 0) {
			char who[32];

			snprintf(who, sizeof(who), "number %u", i);
			life_complain(&t->l[i], who);
		}
	printf("# %s\n", what);
	return false;
}

/* ---- the line ---- */

static int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static int
shell(const char *fmt, ...)
{
	char cmd[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd);
}

static void
line_remove(void)
{
	(void)shell("ip netns del %s 2>/dev/null; ip netns del %s 2>/dev/null",
	    net[0], net[1]);
}

/* Stopped from outside: namespaces would stay. */
static void
give_up(int sig)
{
	line_remove();
	_exit(128 + sig);
}

/* One line between two namespaces: 10.213.0.1 and 10.213.0.2. */
static bool
line_make(void)
{
	for (unsigned i = 0; i < 2; i++)
		snprintf(net[i], sizeof(net[i]), "exch-%ld-%u", (long)getpid(),
		    i + 1);
	if (shell("{ ip netns add %s && ip netns add %s && ip link add line "
		  "netns %s type veth peer name line netns %s; } 2>/dev/null",
		net[0], net[1], net[0], net[1]) != 0)
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (shell("{ ip -n %s addr add 10.213.0.%u/24 dev line && "
			  "ip -n %s link set line up; } 2>/dev/null",
			net[i], i + 1, net[i]) != 0)
			return false;
	return true;
}

/* What namespace i sends goes to an address that nobody has, or is heard. */
static void
mute(unsigned i, bool yes)
{
	if (yes)
		(void)shell("ip -n %s neigh replace 10.213.0.%u lladdr "
			    "02:00:00:00:00:99 nud permanent dev line",
		    net[i], 2 - i);
	else
		(void)shell("ip -n %s neigh del 10.213.0.%u dev line "
			    "2>/dev/null",
		    net[i], 2 - i);
}

static void
line_cut(enum cut how, bool yes)
{
	if (how == DOWN)
		(void)shell(
		    "ip -n %s link set line %s", net[0], yes ? "down" : "up");
	if (how == MUTE_A || how == MUTE_BOTH)
		mute(0, yes);
	if (how == MUTE_B || how == MUTE_BOTH)
		mute(1, yes);
}

/* ---- what happens ---- */

static struct lives
all_of(struct trial *t)
{
	struct lives all = {.l = {NULL}};

	for (unsigned i = 0; i < 3; i++)
		if (t->l[i].pid != 0)
			all.l[i] = &t->l[i];
	return all;
}

static void
pass_time(struct trial *t, uint64_t ns)
{
	struct lives all = all_of(t);

	(void)lives_listen(&all, now() + ns, NULL, NULL);
}

static void
begin(struct trial *t, unsigned i, unsigned net_of, const struct place *before)
{
	t->at[i].net = net[net_of];
	t->at[i].host = net_of == 0 ? "10.213.0.1" : "10.213.0.2";
	run_start(&t->l[i], &t->runs, i, &t->at[i], before);
}

static bool
took_over(const struct trial *t)
{
	return life_said(&t->l[1], "taken over");
}

/* One has ended: its output goes on where the others were. */
static bool
compare(struct trial *t, unsigned i)
{
	struct life *l = &t->l[i];

	if (!undisturbed_goes_on(&ref, l->got.p, l->got.n, &t->have))
		return complain(t, "not equal");
	life_forget(l);
	return true;
}

/*
 * The standby of a primary that has ended: ends as well, but if the primary
 * ended alone, while the standby lagged, then nobody tells it.
 */
static bool
end_standby(struct trial *t, unsigned s, bool alone)
{
	struct lives only = {.l = {&t->l[s]}};
	int status;

	(void)lives_listen(
	    &only, now() + (alone ? 3 * EXCH_SEC : PATIENCE_NS), NULL, NULL);
	if (!life_is_over(&t->l[s]) && !alone)
		return complain(t, "the standby does not end");
	kill(t->l[s].pid, SIGTERM);
	status = life_reap(&t->l[s]);
	if (status != 0 && !alone)
		return complain(t, "the standby failed");
	if (alone && t->l[s].got.n != 0)
		return complain(t, "a standby that lags has said something");
	return compare(t, s);
}

/* Two that are there to the end; `p` is the primary. */
static bool
end_both(struct trial *t, unsigned p, unsigned s)
{
	struct lives both = {.l = {&t->l[p], &t->l[s]}};
	bool alone;

	(void)lives_listen(&both, now() + PATIENCE_NS, NULL, NULL);
	if (!life_is_over(&t->l[p]) && !life_is_over(&t->l[s]))
		return complain(t, "no end for a minute");
	if (life_reap(&t->l[p]) != 0)
		return complain(t, "the primary failed");
	alone = life_said(&t->l[p], "going on alone");
	return compare(t, p) && end_standby(t, s, alone);
}

/* The primary that was is back from standing still: it has to stop. */
static bool
stops_by_itself(struct trial *t, size_t released)
{
	struct life *p = &t->l[0];
	int status;

	kill(p->pid, SIGCONT);
	status = life_reap(p);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 4 ||
	    !life_said(p, "the lease "))
		return complain(t, "the old primary did not stop");
	if (p->got.n != released)
		return complain(t, "the old primary has released more");
	return compare(t, 0);
}

/* The standby is the primary now. */
static bool
after_takeover(struct trial *t)
{
	struct lives old = {.l = {&t->l[0]}};
	size_t released;

	if (t->fate == LIVES)
		return complain(t, "a takeover from a primary that lives");
	/* What had left before lies in the pipe. */
	(void)lives_listen(&old, now() + MS, NULL, NULL);
	released = t->l[0].got.n;
	if (t->fate == STOPPED && !stops_by_itself(t, released))
		return false;
	takeovers++;
	line_cut(t->cut, false);
	begin(t, 2, 0, &t->at[1]);
	return end_both(t, 1, 2);
}

/* One that stood still goes on, or finds its lease too old: true. */
static bool
wake_up(struct trial *t)
{
	struct lives all = all_of(t);

	kill(t->l[0].pid, SIGCONT);
	return lives_until_said(
	    &all, now() + PATIENCE_NS, &t->l[0], "the lease was not renewed");
}

static bool
taken(const void *arg)
{
	return took_over(arg);
}

/*
 * Nobody has it: the old primary goes on, or is started again.  One that finds
 * its lease too old has the standby come to all that was released, when the
 * line is there again, and names it.
 */
static bool
after_refusal(struct trial *t)
{
	struct lives s = {.l = {&t->l[1]}};

	line_cut(t->cut, false);
	if (t->fate == STOPPED) {
		if (!wake_up(t))
			return end_both(t, 0, 1);
		(void)life_reap(&t->l[0]);
		if (!compare(t, 0))
			return false;
		if (lives_listen(&s, now() + 3 * EXCH_SEC, taken, t)) {
			takeovers++;
			begin(t, 2, 0, &t->at[1]);
			return end_both(t, 1, 2);
		}
	}
	again++;
	begin(t, 0, 0, NULL);
	return end_both(t, 0, 1);
}

/* Without a lease a dead primary is seen by people. */
static bool
take_by_hand(struct trial *t)
{
	struct lives s = {.l = {&t->l[1]}};

	kill(t->l[1].pid, SIGUSR2);
	if (!lives_until_said(&s, now() + PATIENCE_NS, &t->l[1], "taken over"))
		return complain(t, "SIGUSR2 has made no primary");
	by_hand++;
	line_cut(t->cut, false);
	begin(t, 2, 0, &t->at[1]);
	return end_both(t, 1, 2);
}

static bool
decided(const void *arg)
{
	const struct trial *t = arg;

	return took_over(t) ||
	       life_said(&t->l[1], "does not name this journal");
}

static bool
after_cut(struct trial *t)
{
	struct lives s = {.l = {&t->l[1]}};

	if (t->fate == LIVES) {
		line_cut(t->cut, false);
		kept++;
		return end_both(t, 0, 1);
	}
	if (t->runs.lease == NULL)
		return t->fate == STOPPED ? after_refusal(t) : take_by_hand(t);
	if (!lives_listen(&s, now() + PATIENCE_NS, decided, t))
		return complain(t, "nothing was decided for a minute");
	if (took_over(t))
		return after_takeover(t);
	if (strcmp(t->runs.sync, "wait") == 0)
		return complain(t, "a standby in step has not taken over");
	return after_refusal(t);
}

static void
choose(struct trial *t, struct exch_rng *rng)
{
	t->runs.link = true;
	t->runs.feed = &feed;
	t->runs.sync = "wait";
	if (exch_rng_below(rng, 4) != 0) {
		t->runs.lease = LEASE;
		if (exch_rng_below(rng, 3) == 0)
			t->runs.sync = "300";
	}
	if (exch_rng_below(rng, 2) != 0)
		t->runs.output = "out.xst";
	t->cut = (enum cut)exch_rng_below(rng, CUTS);
	t->fate = (enum fate)exch_rng_below(rng, FATES);
}

static bool
trial(struct exch_rng *rng)
{
	struct trial t = {.have = 0};
	struct lives pair = {.l = {&t.l[0], &t.l[1]}};
	bool good;

	choose(&t, rng);
	printf("# line %s, primary %s, %s, results %s %s, output %s\n",
	    cut_names[t.cut], fate_names[t.fate],
	    t.runs.lease != NULL ? "lease" : "no lease", "wait for",
	    t.runs.sync, t.runs.output != NULL ? "a file" : "pipes");
	runs_clean();
	feed.began = now();
	begin(&t, 0, 0, NULL);
	begin(&t, 1, 1, &t.at[0]);
	if (!lives_until_said(&pair, now() + PATIENCE_NS, &t.l[0], "in step"))
		return complain(&t, "never in step");
	pass_time(&t, exch_rng_below(rng, DAY_NS / 4));
	line_cut(t.cut, true);
	pass_time(&t, exch_rng_below(rng, 600 * MS));
	if (t.fate != LIVES)
		kill(t.l[0].pid, t.fate == KILLED ? SIGKILL : SIGSTOP);
	if (t.fate == KILLED) {
		(void)life_reap(&t.l[0]);
		if (!compare(&t, 0))
			return false;
	}
	pass_time(&t, exch_rng_below(rng, 1500 * MS));
	if (took_over(&t) && t.runs.lease == NULL)
		return complain(&t, "a takeover without a lease");
	good = after_cut(&t);
	line_cut(t.cut, false);
	if (good && t.runs.output != NULL)
		return system("cmp out.xst ref.xst") == 0;
	return good && t.have == ref.n;
}

int
main(int argc, char **argv)
{
	struct exch_rng rng;
	uint64_t seed;
	unsigned cuts;
	char cmd[512];
	bool good = true;

	if (argc != 4) {
		fprintf(stderr, "usage: cuts CUTS SEED INPUT\n");
		return 2;
	}
	cuts = (unsigned)strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	snprintf(cmd, sizeof(cmd), "exch-match -q -o ref.xst '%s'", argv[3]);
	if (system(cmd) != 0)
		die("exch-match");
	undisturbed_read(&ref, "ref.xst");
	(void)paced_read(&feed, argv[3]);
	feed.pace = feed.n * EXCH_SEC / DAY_NS;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGINT, give_up);
	signal(SIGTERM, give_up);
	if (!line_make()) {
		line_remove();
		printf("no network namespaces here\n");
		return 77;
	}
	for (unsigned i = 0; good && i < cuts; i++) {
		exch_rng_seed(&rng, seed + i);
		good = trial(&rng);
		if (!good)
			printf("not as it has to be: seed %llu\n",
			    (unsigned long long)(seed + i));
	}
	line_remove();
	printf("%u cuts: %u takeovers, %u primaries that lived, %u started "
	       "again, %u by hand\n",
	    cuts, takeovers, kept, again, by_hand);
	return good ? 0 : 1;
}
