/*
 * --join: multicast as it comes, in the place of files.  The lines are put
 * together by src/feed/join.c; here are its options and its clock, and those of
 * a second feed, whose records are backup.c's.
 */
#include <config.h>

#include <string.h>

#include "exch-replay/tool.h"

/* How long a gap may last: lines differ little, a server takes its time. */
#define WAIT EXCH_SEC
#define WAIT_ASKED (10 * EXCH_SEC)

bool
live_same(const struct exch_udp_group *a, const struct exch_udp_group *b)
{
	return a->port == b->port &&
	       memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

int
live_join(
    struct exch_join *j, struct exch_cli *c, const char *option, const char *v)
{
	const char *s = v;

	for (j->nlines = 0;; s++) {
		size_t n = strcspn(s, ",");
		size_t where;
		const char *why;

		if (j->nlines == EXCH_JOIN_LINES)
			return exch_cli_usage(
			    c, "--%s: '%s': two lines at most", option, v);
		why = exch_udp_group_parse(s, n, &j->group[j->nlines], &where);
		if (why != NULL)
			return exch_cli_usage(c,
			    "--%s: '%s', character %zu: %s (it is "
			    "GROUP:PORT, such as 239.1.2.3:26400)",
			    option, v, (size_t)(s - v) + where, why);
		j->nlines++;
		s += n;
		if (*s == '\0')
			break;
	}
	if (j->nlines == 2 && live_same(&j->group[0], &j->group[1]))
		return exch_cli_usage(c, "--%s: both lines cannot be %s",
		    option, j->group[0].name);
	return 0;
}

int
live_waiting(void *arg, struct exch_diag *d)
{
	struct tool *t = arg;

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	return t->w != NULL ? exch_cli_out_wait(t->out, d) : 0;
}

static void
say_joined(const struct tool *t, const struct exch_join *j)
{
	if (t->cli.verbose > 0)
		exch_cli_note(&t->cli, "joined %s%s%s", j->group[0].name,
		    j->nlines > 1 ? ", " : "",
		    j->nlines > 1 ? j->group[1].name : "");
}

/* With a backup all is ready when that is joined, too. */
static void
is_joined(void *arg)
{
	const struct tool *t = arg;

	if (t->spare.nlines == 0)
		say_joined(t, &t->join);
}

static void
spare_is_joined(void *arg)
{
	const struct tool *t = arg;

	say_joined(t, &t->join);
	say_joined(t, &t->spare);
}

static void
spare_is_lost(void *arg, const char *session, uint64_t first, uint64_t count)
{
	const struct tool *t = arg;

	exch_cli_note(&t->cli, "%s: session %s: messages %llu to %llu are lost",
	    t->spare.group[0].name, session, (unsigned long long)first,
	    (unsigned long long)(first + count - 1));
}

static void
is_lost(void *arg, const char *session, uint64_t first, uint64_t count)
{
	const struct tool *t = arg;

	exch_cli_note(&t->cli, "session %s: messages %llu to %llu are lost",
	    session, (unsigned long long)first,
	    (unsigned long long)(first + count - 1));
}

static void
is_begun(void *arg, uint64_t count, uint64_t next)
{
	const struct tool *t = arg;

	exch_cli_note(&t->cli,
	    "the session has begun before: a snapshot of %llu messages stands "
	    "for those up to %llu",
	    (unsigned long long)count, (unsigned long long)(next - 1));
}

static void
is_called_otherwise(void *arg, const char *session, const char *snapshot)
{
	const struct tool *t = arg;

	exch_cli_note(&t->cli,
	    "the snapshot is of session '%s', and what comes is '%s': taken to "
	    "be the same, as there is no other",
	    snapshot, session);
}

/* What a backup shares with the first, and what is its own. */
static int
settle_spare(struct tool *t, uint64_t wait)
{
	struct exch_join *j = &t->spare;

	j->interface = t->join.interface;
	j->wait = wait != 0				  ? wait
		  : j->ask != NULL || j->snapshot != NULL ? WAIT_ASKED
							  : WAIT;
	j->now = t->join.now;
	j->joined = spare_is_joined;
	j->lost = spare_is_lost;
	j->begun = is_begun;
	j->otherwise = is_called_otherwise;
	j->arg = t;
	return backup_settle(t);
}

int
live_settle(struct tool *t)
{
	struct exch_join *j = &t->join;
	const struct exch_cli *c = &t->cli;
	uint64_t given;

	if (j->nlines == 0)
		return j->interface == NULL && j->ask == NULL &&
			       j->snapshot == NULL && j->wait == 0 &&
			       (j->idle == 0 || t->sniff.interface != NULL) &&
			       t->silent == 0 && t->spare.nlines == 0 &&
			       t->spare.ask == NULL && t->spare.snapshot == NULL
			   ? -1
			   : exch_cli_usage(c,
				 "options of a live feed need --join "
				 "GROUP:PORT");
	if (c->noperands > 0)
		return exch_cli_usage(c,
		    "--join reads no files: '%s' is too much", c->operand[0]);
	if (t->feed.as != NULL || t->feed.capture_time || t->pace.speed != 0)
		return exch_cli_usage(c,
		    "--as, --capture-time and --speed are for what was "
		    "recorded, not for --join");
	t->cli.keep = true; /* what came does not come again */
	given = j->wait;
	if (j->wait == 0)
		j->wait =
		    j->ask != NULL || j->snapshot != NULL ? WAIT_ASKED : WAIT;
	j->now = exch_cli_now;
	j->waiting = live_waiting;
	j->joined = is_joined;
	j->lost = is_lost;
	j->begun = is_begun;
	j->otherwise = is_called_otherwise;
	j->arg = t;
	return settle_spare(t, given);
}

int
live_run(struct tool *t, struct exch_diag *d)
{
	struct exch_feed_sink sink = input_sink(t);
	struct exch_feed_opts o = t->feed;
	struct exch_join j = t->join;
	struct exch_join_backup backup;
	int err = 0;

	t->in_name = t->join.group[0].name;
	t->kind = t->op->feed;
	t->now = t->op;
	t->book = true;
	o.known = t->dir;
	o.accounts = t->accounts;
	if (t->spare.nlines > 0) {
		err = backup_begin(t, &sink, &o, &backup, d);
		j.backup = &backup;
	}
	if (err != 0)
		return err;
	err = exch_join_run(&j, &o, &sink, &t->st, &t->joined, d);
	if (err == 0)
		return backup_end(t->second, d);
	if (err == EXCH_ERR_CUT)
		(void)backup_end(t->second, NULL); /* there is one reason */
	return err;
}
