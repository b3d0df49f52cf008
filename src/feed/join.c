/*
 * Live lines (join.h).  Sessions are put in order by seq.c as those of a
 * capture are, with the clock in the place of the time of capture; here the
 * sockets are emptied, gaps asked about, and the lines counted.
 *
 * What is asked for is a window behind the first message that is missing, in
 * pieces that fit one answer.  When nothing of it comes for a while, all of it
 * is asked again.  Packets for which there is no room are not held: they are
 * missing later, and asked for then, so that a reader that cannot keep up
 * reads at its own pace as long as the server keeps them.
 *
 * Who finds that a session has begun without him asks for a snapshot, if he can,
 * and lets packets wait meanwhile: it says which of them is the next.
 *
 * A backup is a second feed of the same kind, decoded beside the first into
 * another sink, which takes the place of the first when that is silent.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "feed/demux.h"
#include "feed/glimpse.h"
#include "feed/iextp.h"
#include "feed/itch.h"
#include "feed/join.h"
#include "feed/mold.h"
#include "feed/pitchudp.h"
#include "feed/run.h"
#include "sock/soup.h"

#define DATAGRAM 65536u
/* Datagrams of a socket before the others are looked at. */
#define BURST 256
/* Messages of a request: an answer of 1400 bytes has room for the longest. */
#define ASK 26u
/* And all that are asked for and have not come. */
#define WINDOW (16u * ASK)
/* Asked again after this. */
#define PATIENCE (EXCH_SEC / 20)
#define LOOK_MS 20
/* The beginning may come late on the other line ... */
#define LATE (EXCH_SEC / 5)
/* ... and between two attempts to have a snapshot. */
#define RETRY (EXCH_SEC / 2)
/* A session that is on has been heard of by then: it says so once a second. */
#define DOUBT (2 * EXCH_SEC)
/* What comes meanwhile must all be held: 128 MiB, 131072 packets. */
#define ROOM 32
/* A session that goes on without a packet for so long never had it. */
#define STRAY (60 * EXCH_SEC)

struct join {
	const struct exch_join *j;
	struct exch_feed_stats *st;
	struct exch_join_stats *js;
	struct exch_run run;
	struct exch_demux *demux;
	struct exch_seq *mold;
	int fd[EXCH_JOIN_LINES + 1]; /* the last: the server's; -1: none */
	uint64_t number;	     /* of the datagram */
	exch_ts heard;		     /* when the sockets were looked at */
	exch_ts last;		     /* when something of the feed was there */
	bool alive;		     /* that it ever was */
	/* what was asked for */
	const struct exch_seq_session *session;
	uint64_t from;	/* the first message missing when it was asked */
	uint64_t asked; /* up to this one */
	exch_ts asked_at;
	/* of the snapshot */
	struct exch_seq_rules rules; /* when it was had */
	bool late;		     /* one may be needed, or is on its way */
	exch_ts late_at;	     /* since when it is needed; 0: it is not */
	exch_ts tried_at;
	struct exch_glimpse_server server;
	struct exch_glimpse *glimpse;
	const struct exch_seq_session *begun; /* what it was of; NULL: none */
	unsigned char buf[DATAGRAM];
};

/* ---- packets ---- */

/* By its own numbers: does the line jump?  All below `there` has come. */
static void
follow(struct exch_join_line *l, uint64_t first, uint64_t count, uint64_t there)
{
	if (l->next == 0)
		l->next = 1;
	if (first > l->next) {
		l->gaps++;
		l->passed += first - l->next;
		if (there > l->next)
			l->filled += (there < first ? there : first) - l->next;
	}
	if (first + count > l->next)
		l->next = first + count;
}

/* New messages of a line: did others have them behind them? */
static void
credit(struct join *x, const struct exch_join_line *l, uint64_t first,
    uint64_t count)
{
	for (unsigned i = 0; i < x->j->nlines; i++) {
		struct exch_join_line *other = &x->js->line[i];

		if (l != other && l != &x->js->answers && first < other->next)
			other->filled += count;
	}
}

/* Hand a datagram to the decoder, and see what was new in it. */
static int
decode(struct join *x, struct exch_join_line *l, const struct exch_datagram *u,
    uint64_t first, uint64_t count, struct exch_diag *d)
{
	uint64_t before = x->st->duplicates + x->st->late;
	uint64_t again;
	int err = exch_demux_take(x->demux, u, d);

	again = x->st->duplicates + x->st->late - before;
	if (again > count)
		again = count;
	l->again += again;
	l->first += count - again;
	credit(x, l, first, count - again);
	return err;
}

/* The server says what its oldest message is. */
static int
refused(struct join *x, struct exch_seq_session *s, uint64_t oldest,
    struct exch_diag *d)
{
	x->js->refused++;
	return exch_seq_pass(x->mold, s, oldest, d);
}

/* What a packet says of itself, whatever its transport. */
struct header {
	struct exch_seq *of;	  /* NULL: nothing of this transport has come */
	const unsigned char *key; /* NULL: packets do not say all of it */
	struct exch_seq_session *s; /* NULL: it is a new one */
	bool mold;
	uint64_t first, count;
};

static struct header
header_of(struct join *x, const struct exch_datagram *u, bool answer)
{
	const struct exch_payload *k = &u->k;
	struct header h = {.of = x->mold, .key = k->p};
	bool pitch = !answer && exch_demux_is_pitch(x->demux, u);

	h.mold = answer || (!pitch && !exch_iextp_is(k));
	if (pitch) {
		h.key = NULL;
		exch_pitchudp_numbers(k->p, &h.first, &h.count);
		if (h.first == 0) /* they have none */
			h.count = 0;
		h.of = exch_demux_pitch(x->demux);
		h.s = exch_demux_pitch_session(x->demux, u);
		return h;
	}
	if (h.mold) {
		h.first = exch_be64(k->p + 10);
		h.count = exch_be16(k->p + 18);
		if (h.count == EXCH_MOLD_END)
			h.count = 0;
	} else {
		h.key = exch_iextp_numbers(k->p, &h.first, &h.count);
		h.of = exch_demux_iextp(x->demux);
	}
	if (h.of != NULL)
		h.s = exch_seq_find(h.of, h.key);
	return h;
}

/* It was decoded: is it of the feed?  What else may come here is no life. */
static void
note_life(struct join *x, const struct header *h, const struct exch_datagram *u)
{
	struct exch_seq *of = h->mold	       ? x->mold
			      : h->key != NULL ? exch_demux_iextp(x->demux)
					       : exch_demux_pitch(x->demux);
	struct exch_seq_session *s = h->s;

	if (s == NULL && of != NULL)
		s = h->key != NULL ? exch_seq_find(of, h->key)
				   : exch_demux_pitch_session(x->demux, u);
	if (s == NULL || exch_seq_is_rumour(of, s))
		return;
	/* All that is of this transport may be rumours. */
	if (!exch_seq_spoke(of) && exch_demux_spoke(x->demux))
		return;
	x->last = x->heard;
	x->alive = true;
}

static int
take(struct join *x, unsigned which, size_t n, struct exch_diag *d)
{
	bool answer = which == EXCH_JOIN_LINES;
	struct exch_join_line *l =
	    answer ? &x->js->answers : &x->js->line[which];
	const struct exch_udp_group *g = &x->j->group[answer ? 0 : which];
	struct exch_datagram u = {
	    .k = {.p = x->buf, .n = n, .time = x->heard, .number = ++x->number},
	    .family = 4,
	    .dport = g->port,
	    .dst = g->addr};
	struct header h;
	int err;

	l->packets++;
	if (n < EXCH_MOLD_HEADER &&
	    (answer || !exch_demux_is_pitch(x->demux, &u)))
		return answer ? 0 : exch_demux_take(x->demux, &u, d);
	h = header_of(x, &u, answer);
	if (answer && (h.s == NULL || h.count == 0))
		return h.s != NULL ? refused(x, h.s, h.first, d) : 0;
	l->messages += h.count;
	if (!answer)
		follow(l, h.first, h.count,
		    h.s != NULL ? exch_seq_expected(h.s) : 0);
	if (h.s != NULL && h.mold &&
	    (x->fd[EXCH_JOIN_LINES] >= 0 ||
		(x->late && exch_seq_lacks_first(h.s))) &&
	    exch_seq_is_full(x->mold, h.s, h.first)) {
		x->js->dropped++;
		note_life(x, &h, &u);
		return 0;
	}
	err = decode(x, l, &u, h.first, h.count, d);
	note_life(x, &h, &u);
	return err;
}

/* All that has come to one socket: how many. */
static int
empty(struct join *x, unsigned which, struct exch_diag *d)
{
	int got = 0;
	size_t n;

	while (got < BURST && x->fd[which] >= 0 &&
	       exch_udp_recv(x->fd[which], x->buf, sizeof(x->buf), &n, NULL)) {
		int err = take(x, which, n, d);

		if (err != 0)
			return err;
		got++;
	}
	return got;
}

/* Answers first: what waits may then go. */
static int
empty_all(struct join *x, struct exch_diag *d)
{
	int got = 0;

	x->heard = x->j->now();
	for (unsigned i = EXCH_JOIN_LINES + 1; i-- > 0;) {
		int n = empty(x, i, d);

		if (n < 0)
			return n;
		got += n;
	}
	return got;
}

/* ---- questions ---- */

static void
ask(struct join *x, const struct exch_seq_gap *g, uint64_t first,
    uint64_t count)
{
	unsigned char p[EXCH_MOLD_HEADER];

	memcpy(p, g->key, 10);
	exch_put_be64(p + 10, first);
	exch_put_be16(p + 18, (uint16_t)count);
	x->js->requests++;
	/* Nobody there yet, or no more: asked again. */
	(void)exch_udp_send(x->fd[EXCH_JOIN_LINES], p, sizeof(p));
}

static void
ask_missing(struct join *x, exch_ts now)
{
	struct exch_seq_gap g;
	uint64_t end;

	/* A beginning is the snapshot's as long as there may be one. */
	if (x->fd[EXCH_JOIN_LINES] < 0 ||
	    !(x->late ? exch_seq_missing_later(x->mold, &g)
		      : exch_seq_missing(x->mold, &g)))
		return;
	if (g.session != x->session || x->asked < g.first ||
	    (g.first == x->from && now - x->asked_at > PATIENCE)) {
		x->session = g.session;
		x->asked = g.first;
	}
	if (g.first != x->from) {
		x->from = g.first;
		x->asked_at = now;
	}
	end = g.count > WINDOW ? g.first + WINDOW : g.first + g.count;
	while (x->asked < end) {
		uint64_t n = end - x->asked < ASK ? end - x->asked : ASK;

		ask(x, &g, x->asked, n);
		x->asked += n;
		x->asked_at = now;
	}
}

/* ---- coming late ---- */

/* What is missing at a beginning is a gap from now on. */
static void
settle(struct join *x)
{
	exch_glimpse_close(x->glimpse);
	x->glimpse = NULL;
	x->late = false;
	exch_seq_rule(x->mold, &x->rules);
}

/* It could not be had: once more, as long as a gap may last. */
static int
give_up(struct join *x, int err, struct exch_diag *d)
{
	exch_glimpse_close(x->glimpse);
	x->glimpse = NULL;
	if (err == EXCH_ERR_NOMEM || x->heard - x->late_at > x->j->wait)
		return err;
	exch_diag_clear(d);
	return 0;
}

/* The session of a name, on whatever side its blanks are; NULL: there is none. */
static struct exch_seq_session *
called(const struct join *x, const unsigned char *name)
{
	for (size_t i = 0; i < exch_seq_sessions(x->mold); i++) {
		struct exch_seq_session *s = exch_seq_at(x->mold, i);

		if (exch_soup_same_session(name, exch_seq_key(s)))
			return s;
	}
	return NULL;
}

/*
 * The session that a snapshot is of.  Of several it has to be one; if there is
 * only one, and no other comes, it is that, whatever the server calls it.
 * 1: nobody knows yet.
 */
static int
whose(const struct join *x, const struct exch_seq_gap *g,
    struct exch_seq_session **out, struct exch_diag *d)
{
	const unsigned char *name = exch_glimpse_session(x->glimpse);
	struct exch_seq_session *s = called(x, name);
	char has[EXCH_SEQ_NAME], said[EXCH_SEQ_NAME];
	bool other;

	exch_mold_name(g->key, has);
	exch_mold_name(name, said);
	if (s == NULL && exch_seq_sessions(x->mold) == 1) {
		other = !exch_soup_is_blank(name, EXCH_SEQ_KEY);
		if (other && x->heard - x->late_at < DOUBT)
			return 1;
		if (other)
			x->j->otherwise(x->j->arg, has, said);
		s = g->session;
	}
	*out = s;
	if (s != NULL && exch_seq_lacks_first(s))
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, x->j->snapshot, EXCH_POS_NONE,
	    0,
	    "the snapshot is of session '%s', and what is missing is the "
	    "beginning of '%s'",
	    said, has);
}

/* The market as it stands, and then what waits. */
static int
begin(struct join *x, struct exch_seq_session *s, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, x->number, 0};
	struct exch_glimpse_text t;
	struct exch_blocks b;
	int err;

	exch_glimpse_text(x->glimpse, &t);
	b = (struct exch_blocks){t.p, t.n, t.count, x->heard};
	err = exch_itch_blocks(exch_seq_decoder(s), &b, &at, d);
	if (err == 0)
		err = exch_seq_begin(x->mold, s, t.next, d);
	if (err != 0)
		return err;
	x->begun = s;
	x->js->snapshot = t.count;
	x->j->begun(x->j->arg, t.count, t.next);
	settle(x);
	return 0;
}

static int
ask_snapshot(struct join *x, struct exch_diag *d)
{
	int err;

	if (x->late_at == 0)
		x->late_at = x->heard;
	if (x->heard - x->late_at < LATE || x->heard - x->tried_at < RETRY)
		return 0;
	x->tried_at = x->heard;
	x->js->attempts++;
	err = exch_glimpse_ask(&x->server, x->heard, &x->glimpse, d);
	return err != 0 ? give_up(x, err, d) : 0;
}

/* Is the beginning missing?  Then it is asked for, and waited for. */
static int
catch_up(struct join *x, struct exch_diag *d)
{
	struct exch_seq_session *s = NULL;
	struct exch_seq_gap g;
	int n;

	if (!x->late)
		return 0;
	if (!exch_seq_missing_first(x->mold, &g)) {
		/*
		 * It came after all; nobody would read what the server says.
		 * Another session may come later that has begun before.
		 */
		exch_glimpse_close(x->glimpse);
		x->glimpse = NULL;
		x->late_at = 0;
		return 0;
	}
	if (x->glimpse == NULL)
		return ask_snapshot(x, d);
	n = exch_glimpse_read(x->glimpse, x->heard, d);
	if (n == 0)
		return 0;
	if (n > 0)
		n = whose(x, &g, &s, d);
	if (n == 0)
		return begin(x, s, d);
	return n < 0 ? give_up(x, n, d) : 0;
}

/* A session cannot end before what a snapshot of it stands for. */
static int
check_end(const struct join *x, struct exch_diag *d)
{
	uint64_t end, first = x->begun != NULL ? exch_seq_first(x->begun) : 0;

	if (x->begun == NULL || !exch_seq_ended(x->begun, &end) || end >= first)
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, x->j->snapshot, EXCH_POS_NONE,
	    0,
	    "the snapshot stands for messages up to %llu, and the session ends "
	    "with %llu",
	    (unsigned long long)(first - 1), (unsigned long long)(end - 1));
}

/* ---- the run ---- */

static int
open_all(struct join *x, struct exch_diag *d)
{
	int err = 0;

	for (unsigned i = 0; i < x->j->nlines && err == 0; i++)
		err = exch_udp_join(
		    &x->j->group[i], x->j->interface, &x->fd[i], d);
	if (err == 0 && x->j->ask != NULL)
		err = exch_udp_ask(x->j->ask, &x->fd[EXCH_JOIN_LINES], d);
	if (err == 0 && x->j->snapshot != NULL)
		err = exch_glimpse_find(&x->server, x->j->snapshot, d);
	if (err == 0)
		x->j->joined(x->j->arg);
	return err;
}

static int
silent(const struct join *x, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_CUT, x->j->group[0].name,
	    x->number != 0 ? EXCH_POS_PACKET : EXCH_POS_NONE, x->number,
	    x->number != 0
		? "nothing has come since, and the session has not said that "
		  "it is over"
		: "nothing has come");
}

/* Those that are read; `other` is NULL without a backup. */
struct pair {
	struct join *on; /* whose sessions decide when it is over */
	struct join *other;
};

#define SOCKETS (EXCH_JOIN_LINES + 2)

static void
sockets_of(const struct join *x, int fd[SOCKETS])
{
	memcpy(fd, x->fd, sizeof(x->fd));
	fd[EXCH_JOIN_LINES + 1] = exch_glimpse_fd(x->glimpse);
}

static void
wait_for(const struct pair *p)
{
	int fd[2 * SOCKETS];

	sockets_of(p->on, fd);
	if (p->other != NULL)
		sockets_of(p->other, fd + SOCKETS);
	exch_udp_wait(fd, p->other != NULL ? 2 * SOCKETS : SOCKETS, LOOK_MS);
}

/* What has come, and what time has made of it.  How much it was. */
static int
step(struct join *x, struct exch_diag *d)
{
	int got = empty_all(x, d);
	int err = got < 0 ? got : exch_demux_tick(x->demux, x->heard, d);

	if (err == 0)
		err = catch_up(x, d);
	if (err == 0)
		err = check_end(x, d);
	if (err != 0)
		return err;
	ask_missing(x, x->heard);
	return got;
}

static void
close_all(struct join *x)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(x->fd); i++) {
		exch_udp_close(x->fd[i]);
		x->fd[i] = -1;
	}
	exch_glimpse_close(x->glimpse);
	x->glimpse = NULL;
}

/* What was held back is whole, whatever is missing before it. */
static int
finish(struct join *x, struct exch_diag *d)
{
	int err = exch_demux_finish(x->demux, d);

	return err == 0 ? exch_run_flush(&x->run, d) : err;
}

/* Is it time for the other one? */
static bool
fell_silent(const struct pair *p)
{
	const struct join *on = p->on, *other = p->other;
	uint64_t silent;

	if (other == NULL)
		return false;
	silent = on->j->backup->silent;
	if (on->heard - on->last <= silent || !other->alive)
		return false;
	return other->heard - other->last <= silent ||
	       exch_demux_over(other->demux);
}

static int
change(struct pair *p, struct exch_diag *d)
{
	const struct exch_join_backup *b = p->on->j->backup;
	int err = finish(p->on, d);

	if (err == 0)
		err = exch_run_flush(&p->other->run, d);
	if (err == 0)
		err = b->change(b->arg, d);
	close_all(p->on);
	p->on = p->other;
	p->other = NULL;
	return err;
}

/* Nothing is left to be read at once. */
static int
pause_for(const struct pair *p, const struct exch_join *j, struct exch_diag *d)
{
	exch_ts last = p->on->last;
	int err = exch_run_flush(&p->on->run, d);

	if (err == 0 && p->other != NULL)
		err = exch_run_flush(&p->other->run, d);
	if (err == 0)
		err = j->waiting(j->arg, d);
	if (err != 0)
		return err;
	if (p->other != NULL && p->other->last > last)
		last = p->other->last;
	if (j->idle != 0 && p->on->heard - last > j->idle)
		return silent(p->on, d);
	wait_for(p);
	return 0;
}

/*
 * The same of the other one, whose troubles are no reason to end a run that
 * does not need it: it goes on without.
 */
static int
step_other(struct pair *p, struct exch_diag *d)
{
	const struct exch_join_backup *b = p->on->j->backup;
	int got;

	if (p->other == NULL)
		return 0;
	got = step(p->other, d);
	if (got >= 0 || got == EXCH_ERR_NOMEM || got == EXCH_ERR_STOP)
		return got;
	b->given_up(b->arg, d);
	exch_diag_clear(d);
	close_all(p->other);
	p->other = NULL;
	return 0;
}

static int
loop(struct pair *p, const struct exch_join *j, struct exch_diag *d)
{
	p->on->last = j->now();
	if (p->other != NULL)
		p->other->last = p->on->last;
	for (;;) {
		int got = step(p->on, d);
		int more = got >= 0 ? step_other(p, d) : 0;
		int err = got < 0 ? got : more < 0 ? more : 0;

		if (err == 0 && exch_demux_over(p->on->demux))
			return 0;
		if (err == 0 && fell_silent(p))
			err = change(p, d);
		else if (err == 0 && got + more == 0)
			err = pause_for(p, j, d);
		if (err != 0)
			return err;
	}
}

static int
begin_all(struct join *x, const struct exch_feed_opts *o, struct exch_diag *d)
{
	struct exch_seq_rules rules = {.wait = x->j->wait,
	    .stray = STRAY,
	    .from_one = true,
	    .lost = x->j->lost,
	    .arg = x->j->arg};
	int err = exch_demux_new(o, &x->run, x->st, &x->demux, d);

	if (err != 0)
		return err;
	x->mold = exch_demux_mold(x->demux);
	x->rules = rules;
	exch_demux_rule(x->demux, &rules);
	x->late = x->j->snapshot != NULL;
	if (x->late) {
		rules.begin = UINT64_MAX;
		/* what waits behind it is still there afterwards */
		rules.room = x->rules.room = ROOM;
		exch_seq_rule(x->mold, &rules);
	}
	return open_all(x, d);
}

static int
run(struct pair *p, const struct exch_feed_opts *o, struct exch_diag *d)
{
	const struct exch_join *j = p->on->j;
	int last, err = begin_all(p->on, o, d);

	if (err == 0 && p->other != NULL)
		err = begin_all(p->other, j->backup->opts, d);
	if (err == 0)
		err = loop(p, j, d);
	if (err == 0 || err == EXCH_ERR_CUT) {
		last = finish(p->on, d);
		err = err == 0 ? last : err;
	}
	return err;
}

static struct join *
join_new(const struct exch_join *j, const struct exch_feed_sink *sink,
    struct exch_feed_stats *st, struct exch_join_stats *js)
{
	struct join *x = exch_calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->j = j;
	x->st = st;
	x->js = js;
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(x->fd); i++)
		x->fd[i] = -1;
	exch_run_begin(&x->run, sink);
	return x;
}

static void
join_free(struct join *x)
{
	if (x == NULL)
		return;
	x->st->packets += x->number;
	close_all(x);
	exch_glimpse_forget(&x->server);
	exch_demux_free(x->demux);
	exch_free(x);
}

int
exch_join_run(const struct exch_join *j, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_join_stats *js, struct exch_diag *d)
{
	const struct exch_join_backup *b = j->backup;
	struct join *x = join_new(j, sink, st, js);
	struct join *y =
	    b != NULL ? join_new(&b->join, b->sink, b->st, b->js) : NULL;
	struct pair p = {x, y};
	int err;

	if (x == NULL || (b != NULL && y == NULL))
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for packets");
	else
		err = run(&p, o, d);
	join_free(y);
	join_free(x);
	return err;
}
