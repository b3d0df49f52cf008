/*
 * The publisher of exch-feed --live.  Packets are sent by the thread that
 * makes them; a second one does what has its own time: heartbeats, packets
 * that are late on purpose, answers to those who ask.  Both touch the lines
 * and what was kept under one lock, and neither waits while it has it; what is
 * said to those who want a snapshot is said without it.
 */
#include <config.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "base/time.h"
#include "common/pace.h"
#include "exch-feed/lines.h"
#include "exch-feed/live.h"
#include "exch-feed/snapshots.h"
#include "md/kept.h"

/* Nothing was sent for so long: a heartbeat. */
#define QUIET EXCH_SEC
/* How often the end of the session is said again. */
#define AGAIN (EXCH_SEC / 5)
/* Looks of the server, in ms: how late it may be. */
#define LOOK_MS 20
#define LOOK_LATE_MS 1
/* Requests that are answered between two looks at the lines. */
#define ANSWERS 64
/* Packets between two looks at requests. */
#define ANSWER_EACH 8

struct live {
	struct exch_cli *cli;
	struct line line[2]; /* A, B */
	unsigned nlines;
	const char *interface;
	uint64_t ttl;
	bool paced;
	struct exch_pace pace;
	uint64_t rate; /* messages a second; 0: by their times */
	const char *retransmit;
	const char *snapshot;
	uint64_t keep;
	uint64_t linger;
	unsigned given; /* bits of options that need --live */

	struct exch_publisher publisher;
	struct exch_kept kept;
	struct snapshots snapshots;
	int asked;  /* socket of requests, -1: none */
	bool ready; /* the lock is */
	bool serving;
	pthread_t server;
	pthread_mutex_t
	    lock; /* of all that follows, the lines and what is kept */
	bool stop;
	bool begun; /* a packet was sent: the session has a name */
	bool over;
	uint64_t put;	  /* packets */
	uint64_t next;	  /* number of the next message */
	uint64_t told_at; /* when something was sent last */
	uint64_t asked_at;
	uint64_t answers[EXCH_KEPT_BAD + 1]; /* by enum exch_kept_answer */
	uint64_t answered;		     /* messages sent again */
	struct exch_diag diag;		     /* of the server */
	int err;
};

static struct live live = {.ttl = 1,
    .keep = 1000000,
    .linger = 3 * EXCH_SEC,
    .snapshots = {.fd = -1},
    .asked = -1,
    .line = {{.fd = -1}, {.fd = -1}}};

/* ---- options ---- */

static int
set_group(struct exch_cli *c, const char *name, struct line *l, const char *v)
{
	size_t where;
	const char *why = exch_udp_group_parse(v, strlen(v), &l->to, &where);

	if (why == NULL)
		return 0;
	return exch_cli_usage(c,
	    "--%s: '%s', character %zu: %s (it is GROUP:PORT, such as "
	    "239.1.2.3:26400)",
	    name, v, where, why);
}

static int
set_impair(struct exch_cli *c, const char *name, struct line *l, const char *v)
{
	size_t where;
	const char *why = exch_impair_parse(&l->impair, v, &where);

	l->impaired = true;
	return why == NULL ? 0
			   : exch_cli_usage(c, "--%s: '%s', character %zu: %s",
				 name, v, where, why);
}

/* By the times of the day, so much faster, or so many messages a second. */
static int
set_pace(struct live *l, struct exch_cli *c, const char *v)
{
	size_t n = strlen(v);

	l->paced = true;
	l->rate = 0;
	if (strcmp(v, "realtime") == 0)
		return exch_pace_parse(&l->pace, "1");
	if (n > 1 && v[n - 1] == 'x' && exch_pace_parse(&l->pace, v) == 0)
		return 0;
	if (exch_uint_parse(v, n, &l->rate) == 0 && l->rate > 0 &&
	    l->rate <= EXCH_SEC)
		return exch_pace_parse(&l->pace, "1");
	return exch_cli_usage(c,
	    "--pace: '%s' is neither realtime, nor so many times as fast "
	    "(60x), "
	    "nor a number of messages a second up to 1000000000",
	    v);
}

static int
set_number(struct exch_cli *c, const char *name, const char *v, uint64_t least,
    uint64_t most, uint64_t *out)
{
	if (exch_uint_parse(v, strlen(v), out) == 0 && *out >= least &&
	    *out <= most)
		return 0;
	return exch_cli_usage(c, "--%s: '%s' is no number from %llu to %llu",
	    name, v, (unsigned long long)least, (unsigned long long)most);
}

static int
option(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct live *l = arg;

	l->given |= id != OPT_LIVE ? 1u << (id - OPT_LIVE) : 0;
	switch (id) {
	case OPT_LIVE:
		l->nlines = l->nlines < 1 ? 1 : l->nlines;
		return set_group(c, "live", &l->line[0], v);
	case OPT_LIVE_B:
		l->nlines = 2;
		return set_group(c, "live-b", &l->line[1], v);
	case OPT_INTERFACE:
		l->interface = v;
		return 0;
	case OPT_TTL:
		return set_number(c, "ttl", v, 0, 255, &l->ttl);
	case OPT_PACE:
		return set_pace(l, c, v);
	case OPT_RETRANSMIT:
		l->retransmit = v;
		return 0;
	case OPT_KEEP:
		return set_number(c, "keep", v, 1, EXCH_KEPT_MAX, &l->keep);
	case OPT_SNAPSHOT:
		l->snapshot = v;
		return 0;
	case OPT_LINGER:
		return exch_duration_parse(v, strlen(v), &l->linger) == 0
			   ? 0
			   : exch_cli_usage(c,
				 "--linger: '%s' is no time such as 500ms or "
				 "30s",
				 v);
	case OPT_IMPAIR_A:
		return set_impair(c, "impair-a", &l->line[0], v);
	default:
		return set_impair(c, "impair-b", &l->line[1], v);
	}
}

static int packet(
    void *arg, const struct exch_published *k, struct exch_diag *d);

static bool
has(const struct live *l, int id)
{
	return (l->given & 1u << (id - OPT_LIVE)) != 0;
}

static int
settle(void *arg, struct exch_cli *c, const struct exch_report *report,
    struct exch_report_opts *o)
{
	struct live *l = arg;

	l->cli = c;
	if (l->line[0].to.port == 0)
		return l->given == 0 && !c->seed_given
			   ? -1
			   : exch_cli_usage(c,
				 "options of a live feed need --live "
				 "GROUP:PORT");
	if ((report->takes & EXCH_TAKES_FRAMING) == 0)
		return exch_cli_usage(c,
		    "--live is not an option of the feed '%s'", report->name);
	if (c->output != NULL || o->packets || c->zstd)
		return exch_cli_usage(c,
		    "--live writes no file: leave out --output, --framing and "
		    "--zstd");
	if (has(l, OPT_IMPAIR_B) && l->nlines < 2)
		return exch_cli_usage(c, "--impair-b needs --live-b");
	if (l->nlines == 2 &&
	    strcmp(l->line[0].to.name, l->line[1].to.name) == 0)
		return exch_cli_usage(
		    c, "--live-b: both lines cannot be %s", l->line[1].to.name);
	if (has(l, OPT_KEEP) && l->retransmit == NULL)
		return exch_cli_usage(c, "--keep needs --retransmit");
	l->publisher = (struct exch_publisher){.arg = l, .packet = packet};
	o->publish = &l->publisher;
	return -1;
}

/* ---- lines ---- */

/* A packet without messages on all lines. */
static int
tell(struct live *l, uint64_t now, struct exch_diag *d)
{
	unsigned char p[EXCH_MOLD_HEAD];
	int err = 0;

	memcpy(p, l->kept.session, sizeof(l->kept.session));
	exch_put_be64(p + 10, l->next);
	exch_put_be16(p + 18, l->over ? EXCH_MOLD_OVER : 0);
	l->told_at = now;
	for (unsigned i = 0; i < l->nlines && err == 0; i++)
		err = line_tell(&l->line[i], p, sizeof(p), d);
	return err;
}

static int
put(struct live *l, const struct exch_published *k, uint64_t now,
    struct exch_diag *d)
{
	unsigned count = exch_be16(k->p + 18);
	int err = l->err;

	if (err != 0)
		*d = l->diag;
	l->begun = true;
	if (l->kept.slot != NULL)
		exch_kept_put(&l->kept, k->p, k->n);
	else
		memcpy(l->kept.session, k->p, sizeof(l->kept.session));
	if (err == 0 && l->snapshot != NULL)
		err = snapshots_put(&l->snapshots, k->p, k->n, d);
	l->next = exch_be64(k->p + 10);
	l->over = count == EXCH_MOLD_OVER;
	if (l->over)
		return err != 0 ? err : tell(l, now, d);
	l->next += count;
	l->told_at = now;
	for (unsigned i = 0; i < l->nlines && err == 0; i++)
		err = line_put(&l->line[i], k->p, k->n, count, now, d);
	return err;
}

static bool
is_full(const struct live *l)
{
	return l->line[0].nlate >= LINE_LATE_MAX ||
	       l->line[1].nlate >= LINE_LATE_MAX;
}

/* A little, without the lock. */
static void
pause_for(uint64_t ns)
{
	struct timespec ts = {.tv_sec = (time_t)(ns / EXCH_SEC),
	    .tv_nsec = (long)(ns % EXCH_SEC)};

	(void)nanosleep(&ts, NULL); /* a signal is looked at by who waits */
}

/* When a message of this time and number is due. */
static void
keep_pace(struct live *l, const struct exch_published *k)
{
	exch_ts t = k->time;

	if (!l->paced)
		return;
	if (l->rate != 0)
		t = (exch_ts)((exch_u128)exch_be64(k->p + 10) * EXCH_SEC /
			      l->rate);
	if (exch_pace_ahead(&l->pace, t) != 0)
		exch_pace_wait(&l->pace, t);
}

/* ---- questions ---- */

/* The first request for what is gone is told. */
static void
answer(struct live *l, const unsigned char *request, size_t n,
    const struct exch_udp_peer *peer)
{
	unsigned char p[EXCH_KEPT_PACKET];
	size_t len;
	enum exch_kept_answer how =
	    exch_kept_answer(&l->kept, request, n, p, &len);

	l->asked_at = exch_cli_now();
	if (l->answers[how]++ == 0 && how == EXCH_KEPT_OLD)
		exch_cli_note(l->cli,
		    "message %llu was asked for and is not kept any more: the "
		    "oldest is %llu (--keep)",
		    (unsigned long long)exch_be64(request + 10),
		    (unsigned long long)exch_kept_oldest(&l->kept));
	if (len == 0)
		return;
	l->answered += exch_be16(p + 18);
	exch_udp_reply(l->asked, p, len, peer);
}

static void
answer_all(struct live *l)
{
	unsigned char request[EXCH_MOLD_HEAD + 1];
	struct exch_udp_peer peer;
	size_t n;

	for (unsigned i = 0; i < ANSWERS && l->asked >= 0; i++) {
		if (exch_udp_recv(
			l->asked, request, sizeof(request), &n, &peer) == 0)
			break;
		answer(l, request, n, &peer);
	}
}

/* ---- packets ---- */

static int
packet(void *arg, const struct exch_published *k, struct exch_diag *d)
{
	struct live *l = arg;
	int err;

	if (exch_be16(k->p + 18) != EXCH_MOLD_OVER)
		keep_pace(l, k);
	/* A session that was broken off is not said to be over. */
	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	pthread_mutex_lock(&l->lock);
	while (is_full(l) && l->err == 0 && exch_cli_signal == 0) {
		pthread_mutex_unlock(&l->lock);
		pause_for(1000000);
		pthread_mutex_lock(&l->lock);
	}
	err = put(l, k, exch_cli_now(), d);
	/* The server would wait long for the lock while packets go out. */
	if (++l->put % ANSWER_EACH == 0)
		answer_all(l);
	pthread_mutex_unlock(&l->lock);
	return err;
}

/* ---- the server ---- */

/* All that has its time. */
static int
serve_once(struct live *l, struct exch_diag *d)
{
	uint64_t now = exch_cli_now();
	/* nothing comes for moved packets to stand behind */
	bool all = l->over || now - l->told_at >= AGAIN;
	int err = 0;

	for (unsigned i = 0; i < l->nlines && err == 0; i++)
		err = line_due(&l->line[i], now, all, d);
	if (err == 0 && l->begun &&
	    now - l->told_at >= (l->over ? AGAIN : QUIET))
		err = tell(l, now, d);
	answer_all(l);
	if (l->snapshot != NULL)
		snapshots_make(&l->snapshots, now);
	return err;
}

static void *
serve(void *arg)
{
	struct live *l = arg;
	bool late = l->line[0].impaired || l->line[1].impaired;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		if (l->err == 0)
			l->err = serve_once(l, &l->diag);
		pthread_mutex_unlock(&l->lock);
		if (l->snapshot != NULL)
			snapshots_serve(&l->snapshots, exch_cli_now());
		exch_udp_wait(&l->asked, 1, late ? LOOK_LATE_MS : LOOK_MS);
		pthread_mutex_lock(&l->lock);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* Signals are for the thread that reads. */
static int
start(struct live *l, struct exch_diag *d)
{
	sigset_t all, old;
	int sys;

	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old); /* good arguments */
	sys = pthread_create(&l->server, NULL, serve, l);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	l->serving = sys == 0;
	return sys == 0
		   ? 0
		   : exch_diag_sys(d, "--live", sys, "cannot start the server");
}

static void
finish_server(struct live *l)
{
	if (!l->serving)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_mutex_unlock(&l->lock);
	(void)pthread_join(l->server, NULL); /* it was started */
	l->serving = false;
}

/* ---- the life of it ---- */

static int
open_live(void *arg, struct exch_diag *d)
{
	struct live *l = arg;
	int err = 0;

	if (l->nlines == 0)
		return 0;
	l->ready = pthread_mutex_init(&l->lock, NULL) == 0;
	if (!l->ready)
		return exch_diag_set(d, EXCH_ERR_NOMEM, "--live", EXCH_POS_NONE,
		    0, "no memory for a lock");
	for (unsigned i = 0; i < l->nlines && err == 0; i++) {
		exch_impair_seed(&l->line[i].impair, l->cli->seed, i);
		err = exch_udp_send_to(&l->line[i].to, l->interface,
		    (unsigned)l->ttl, &l->line[i].fd, d);
	}
	if (err == 0 && l->retransmit != NULL)
		err = exch_udp_serve(l->retransmit, &l->asked, d);
	if (err == 0 && l->retransmit != NULL &&
	    exch_kept_init(&l->kept, l->keep) != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, "--keep", EXCH_POS_NONE,
		    0, "no memory for so many messages");
	if (err == 0 && l->snapshot != NULL)
		err = snapshots_open(&l->snapshots, l->snapshot, d);
	return err == 0 ? start(l, d) : err;
}

/* For what is late, and for those who have not asked yet. */
static int
wait_out(struct live *l, struct exch_diag *d)
{
	uint64_t over_at = exch_cli_now();
	bool done = false;

	while (!done && exch_cli_signal == 0) {
		uint64_t now;

		pthread_mutex_lock(&l->lock);
		now = exch_cli_now(); /* not before what the server noted */
		if (l->err != 0) {
			*d = l->diag;
			pthread_mutex_unlock(&l->lock);
			return d->code;
		}
		done = now - over_at >= l->linger &&
		       now - l->asked_at >= l->linger &&
		       now - l->snapshots.heard >= l->linger &&
		       line_is_empty(&l->line[0]) && line_is_empty(&l->line[1]);
		pthread_mutex_unlock(&l->lock);
		if (!done)
			pause_for(EXCH_SEC / 100);
	}
	return exch_cli_signal != 0 ? EXCH_ERR_STOP : 0;
}

static void
say(const char *what, uint64_t n)
{
	if (n != 0)
		fprintf(
		    stderr, "  %-28s %12llu\n", what, (unsigned long long)n);
}

static void
statistics(const struct live *l)
{
	for (unsigned i = 0; i < l->nlines; i++) {
		const struct line *k = &l->line[i];

		fprintf(stderr, "%s: line %c, %s\n", l->cli->tool, "AB"[i],
		    k -> to.name);
		say("packets sent", k->sent);
		say("lost on purpose", k->impair.lost);
		say("messages in them", k->impair.messages_lost);
		say("sent twice on purpose", k->impair.doubled);
		say("moved on purpose", k->impair.moved);
		say("delayed on purpose", k->impair.delayed);
	}
	if (l->snapshot != NULL) {
		fprintf(
		    stderr, "%s: snapshots at %s\n", l->cli->tool, l->snapshot);
		say("given", l->snapshots.given);
		say("refused", l->snapshots.refusals);
		say("not read to their ends", l->snapshots.gone);
	}
	if (l->asked < 0)
		return;
	fprintf(stderr, "%s: requests at %s\n", l->cli->tool, l->retransmit);
	say("answered", l->answers[EXCH_KEPT_SENT]);
	say("messages sent again", l->answered);
	say("for what is not kept", l->answers[EXCH_KEPT_OLD]);
	say("for what was not sent yet", l->answers[EXCH_KEPT_FUTURE]);
	say("of another session", l->answers[EXCH_KEPT_FOREIGN]);
	say("malformed", l->answers[EXCH_KEPT_BAD]);
}

static int
close_live(void *arg, bool stopped, struct exch_diag *d)
{
	struct live *l = arg;
	int err = 0;

	if (l->nlines == 0)
		return 0;
	if (!stopped)
		err = wait_out(l, d);
	finish_server(l);
	if (l->cli->verbose > 0)
		statistics(l);
	return err;
}

static void
free_live(void *arg)
{
	struct live *l = arg;

	finish_server(l);
	line_close(&l->line[0]);
	line_close(&l->line[1]);
	exch_udp_close(l->asked);
	exch_kept_clear(&l->kept);
	snapshots_close(&l->snapshots);
	if (l->ready)
		(void)pthread_mutex_destroy(&l->lock); /* nobody has it */
}

const struct front_own live_own = {.arg = &live,
    .option = option,
    .settle = settle,
    .open = open_live,
    .close = close_live,
    .free = free_live};
