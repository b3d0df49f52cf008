/*
 * A run whose standby has a journal of its own.  Before results leave, two
 * questions: has the standby what they need, if they are to wait for it; and
 * are we still the one who may release?  The clock is read then and only
 * then.
 */
#include <config.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sha256.h"
#include "exch-match/tool.h"

/* Records between two comparisons of the state. */
#define CHECK_EVERY 65536
/* Between two looks at signals and lease while the standby is waited for. */
#define SLICE_MS 50
#define MS UINT64_C(1000000)
/* A standby is given so long to have the end of the journal, or of what
 * there is of it. */
#define LINGER_MS 2000

void
pair_node(struct run *r)
{
	char host[256] = "", path[PATH_MAX];
	struct exch_sha256 s;
	unsigned char sum[32];
	const char *dir = r->journal.dir;

	(void)gethostname(host, sizeof(host) - 1); /* "" is a name, too */
	if (realpath(dir, path) != NULL)
		dir = path;
	exch_sha256_init(&s);
	exch_sha256_add(&s, host, strlen(host) + 1);
	exch_sha256_add(&s, dir, strlen(dir) + 1);
	exch_sha256_end(&s, sum);
	memcpy(r->pair.me.id, sum, sizeof(r->pair.me.id));
}

static void
tell_news(struct run *r)
{
	char text[256];

	while (r->pair.s != NULL && exch_serve_news(r->pair.s, text))
		exch_cli_note(&r->cli, "%s", text);
}

/* ---- the lease ---- */

/*
 * Goes on while the machine sleeps, which others use to take the lease;
 * for whoever wakes up it has run out.
 */
static uint64_t
lease_now(void)
{
#ifdef CLOCK_BOOTTIME
	struct timespec t;

	if (clock_gettime(CLOCK_BOOTTIME, &t) == 0)
		return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
#endif
	return exch_cli_now();
}

int
pair_take(struct run *r, struct exch_diag *d)
{
	struct pair *p = &r->pair;
	int err = 0;

	if (p->lease == NULL) {
		struct exch_lease_opts o = {.path = p->path,
		    .period = p->period,
		    .first = r->standby.from == NULL,
		    .now = lease_now};

		pair_node(r);
		o.me = p->me;
		err = exch_lease_open(&o, &p->lease, d);
	}
	return err != 0 ? err : exch_lease_take(p->lease, d);
}

static int
take_lease(struct run *r, struct exch_diag *d)
{
	bool told = false;
	int n;

	while ((n = pair_take(r, d)) == 0) {
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
		if (!told)
			exch_cli_note(&r->cli,
			    "%s: another has the lease: waiting until it is "
			    "given back or runs out",
			    r->pair.path);
		told = true;
		standby_pause();
	}
	return n < 0 ? n : 0;
}

int
pair_open(struct run *r, struct exch_diag *d)
{
	struct pair *p = &r->pair;
	struct exch_serve_opts o = {.dir = r->journal.dir,
	    .at = p->serve,
	    .sync = p->sync,
	    .silence = p->period != 0 ? p->period : EXCH_LEASE_PERIOD,
	    .now = exch_cli_now};
	int err = 0;

	if (p->path != NULL)
		err = take_lease(r, d);
	if (err != 0 || p->serve == NULL)
		return err;
	err = exch_serve_open(&o, &p->s, d);
	if (err != 0)
		return err;
	/* All that the journal has may have been released before. */
	p->released = exch_journal_position(r->journal.j);
	exch_serve_publish(p->s, p->released);
	return 0;
}

/* ---- releasing ---- */

/* The standby does not follow: say so where it counts, and go on. */
static int
go_alone(struct run *r, uint64_t position, struct exch_diag *d)
{
	struct pair *p = &r->pair;
	int err = exch_lease_name(p->lease, NULL, d);

	if (err != 0)
		return err;
	p->alone = true;
	p->named = (struct exch_node){{0}};
	exch_cli_warn(&r->cli,
	    "no standby has record %llu after %llu ms: going on alone; the "
	    "lease says so",
	    (unsigned long long)position,
	    (unsigned long long)(p->patience / MS));
	return 0;
}

/*
 * It has everything: it may take over from now on, also if it has gone since
 * and another one has come.
 */
static int
in_step(struct run *r, const struct exch_node *node, struct exch_diag *d)
{
	struct pair *p = &r->pair;
	int err = 0;

	if (p->lease != NULL)
		err = exch_lease_name(p->lease, node, d);
	if (err == 0 && !exch_node_same(node, &p->named))
		exch_cli_note(&r->cli, "record %llu: the standby is in step%s",
		    (unsigned long long)exch_journal_position(r->journal.j),
		    p->lease != NULL ? " and may take over" : "");
	p->named = *node;
	p->alone = false;
	return err;
}

static int
wait_for_standby(struct run *r, uint64_t position, struct exch_diag *d)
{
	struct pair *p = &r->pair;
	uint64_t began = exch_cli_now();
	struct exch_node node;

	/* Alone, it is waited for once it has what was released before. */
	if (p->alone && (exch_serve_acked(p->s, &node) < p->released ||
			    exch_node_none(&node)))
		return 0;
	while (!exch_serve_wait(p->s, position, SLICE_MS, &node)) {
		tell_news(r);
		if (exch_cli_signal != 0)
			return exch_diag_set(d, EXCH_ERR_IO, NULL,
			    EXCH_POS_NONE, 0,
			    "results up to record %llu are kept back: no "
			    "standby has acknowledged it",
			    (unsigned long long)position);
		if (p->lease != NULL && exch_lease_check(p->lease, d) != 0)
			return EXCH_ERR_IO;
		if (!p->for_ever && exch_cli_now() - began >= p->patience)
			return p->alone ? 0 : go_alone(r, position, d);
	}
	return in_step(r, &node, d);
}

int
pair_release(struct run *r, uint64_t position, struct exch_diag *d)
{
	struct pair *p = &r->pair;
	int err = 0;

	if (p->s != NULL)
		exch_serve_publish(p->s, position);
	tell_news(r);
	if (p->sync && p->s != NULL && position != 0)
		err = wait_for_standby(r, position, d);
	if (position - p->told >= CHECK_EVERY)
		p->due = position;
	/* Last of all: it must be true when the results leave. */
	if (err == 0 && p->lease != NULL)
		err = exch_lease_check(p->lease, d);
	if (err == 0)
		p->released = position;
	return err;
}

/* ---- the state ---- */

void
pair_check(struct run *r, uint64_t position, const struct exch_writer *out)
{
	struct pair *p = &r->pair;
	struct exch_link_check c = {.position = position};
	struct exch_diag d = {0};

	/* A block of the journal ends here, and no command is half done. */
	if (p->due == 0 || position != p->due)
		return;
	/* The next record meets the same failure, and tells it. */
	if (match_settle(r, &d) != 0)
		return;
	p->due = 0;
	p->told = position;
	c.output = exch_writer_records(out);
	c.hash = match_state_hash(r);
	exch_serve_check(p->s, &c);
}

/*
 * This run has failed.  A standby that has all that was released may take over
 * even if it was not in step before; then the lease is given back, so that
 * it need not wait until that runs out.  One that is not there may have lost
 * the connection and come again: nobody else could go on.
 */
static void
make_way(const struct run *r)
{
	uint64_t until = exch_cli_now() + LINGER_MS * MS;
	const struct pair *p = &r->pair;
	struct exch_diag d = {0};
	struct exch_node node;
	bool has;

	do
		has = exch_serve_wait(p->s, p->released, SLICE_MS, &node);
	while (!has && exch_cli_now() < until);
	/* Not named it takes over by hand only, which it tells. */
	if (p->lease != NULL && has)
		(void)exch_lease_name(p->lease, &node, &d);
}

void
pair_close(struct run *r)
{
	bool lingers = exch_cli_signal == 0 && r->journal.ended;

	if (r->pair.s != NULL && exch_cli_signal == 0 && !lingers)
		make_way(r);
	exch_serve_close(r->pair.s, lingers ? LINGER_MS : 0);
	r->pair.s = NULL;
	exch_lease_close(r->pair.lease);
	r->pair.lease = NULL;
}
