/*
 * A standby that has a journal of its own, which it gets from the primary
 * over a connection.  It keeps what comes, says that it has it, and matches
 * it.  When the connection is lost it makes another one, or takes the lease
 * if that runs out; without a lease nobody can say whether the primary is
 * dead or only the line, and so it stays what it is until it is told.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "exch-match/tool.h"
#include "journal/wire.h"
#include "sock/conn.h"

#define CONNECT_MS 250
#define SEND_MS 1000
#define ALIVE_NS UINT64_C(200000000)
/* Between two attempts to connect. */
#define RETRY_NS UINT64_C(50000000)
/* Between two looks while nothing comes. */
#define LOOK_MS 5
/* For the last word to arrive. */
#define LAST_MS 500

struct link {
	struct run *r;
	struct exch_wire *w;
	uint64_t silence;
	uint64_t heard, said, tried; /* when */
	bool welcome;
	bool owes; /* an ack for what is in the journal */
	bool over;
	bool told_lost, told_lease;
};

static int
say(struct link *l, enum exch_link_kind kind, const void *p, size_t n,
    struct exch_diag *d)
{
	l->said = exch_cli_now();
	return exch_wire_send(l->w, kind, p, n, SEND_MS, d);
}

/*
 * What was kept becomes durable, and is acknowledged.  While blocks come
 * faster than the disk is, one wait is for many of them.
 */
static int
settle(struct link *l, struct exch_diag *d)
{
	struct exch_diag lost = {0};
	unsigned char ack[8];
	int err;

	if (!l->owes)
		return 0;
	l->owes = false;
	err = journal_sync(l->r, d);
	if (err != 0)
		return err;
	exch_put_le64(ack, exch_journal_position(l->r->journal.j));
	/* A line that is lost here is found so by the next read. */
	(void)say(l, EXCH_LINK_ACK, ack, sizeof(ack), &lost);
	snapshot_pack(l->r);
	return 0;
}

static void
lose(struct link *l, const char *why)
{
	const struct run *r = l->r;

	exch_wire_close(l->w);
	l->w = NULL;
	l->welcome = false;
	if (l->told_lost || l->over)
		return;
	l->told_lost = true;
	exch_cli_note(&r->cli,
	    "%s: %s; the journal here is whole up to record %llu%s",
	    r->standby.from, why, (unsigned long long)r->standby.position,
	    r->pair.path != NULL
		? ""
		: ": SIGUSR2 makes this the primary, when the other is dead");
}

/* ---- what comes ---- */

static int
strange(const struct link *l, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, l->r->standby.from,
	    EXCH_POS_NONE, 0, "behind record %llu: %s",
	    (unsigned long long)l->r->standby.position, why);
}

/* Our own journal, for the header that the primary has sent. */
static int
open_own(struct run *r, const struct exch_stream_info *input, const char *lines,
    struct exch_diag *d)
{
	struct exch_journal_opts o = {.dir = r->journal.dir,
	    .locked = true,
	    .lock = r->standby.lock,
	    .lazy = r->journal.sync == JOURNAL_NONE,
	    .segment = r->journal.segment,
	    .run = lines};

	if (r->journal.j != NULL)
		return exch_journal_is_of(r->journal.j, input, d);
	r->standby.lock = -1; /* the journal's now */
	memcpy(r->standby.stream, input->id, sizeof(r->standby.stream));
	return exch_journal_open(&o, input, &r->journal.j, d);
}

static int
take_welcome(
    struct link *l, const struct exch_link_frame *f, struct exch_diag *d)
{
	struct run *r = l->r;
	struct exch_link_welcome m;
	struct exch_stream_info part, input;
	struct exch_frame h;
	char lines[1024];
	const char *why;
	int err;

	if (!exch_link_get_welcome(f, &m) || m.version != EXCH_LINK_VERSION ||
	    exch_each_block(m.header, m.nheader, &h, &why) != (long)m.nheader ||
	    h.kind != 'H')
		return strange(l, "no primary of this version", d);
	err = exch_head_get(
	    (const unsigned char *)m.header + exch_frame_front(&h), h.body,
	    &part, r->standby.from, d);
	if (err != 0)
		return err;
	exch_journal_split(&part, &input, lines);
	if (r->standby.w == NULL)
		err = standby_begin(r, &part, d);
	else
		err = journal_check_run(r, lines, r->standby.from, d);
	if (err == 0)
		err = open_own(r, &input, lines, d);
	if (err == 0 && (m.position != r->standby.position ||
			    exch_journal_position(r->journal.j) != m.position))
		err = strange(l, "the primary goes on elsewhere", d);
	if (err != 0)
		return err;
	l->welcome = true;
	l->told_lost = false;
	exch_cli_note(&r->cli, "%s: following from record %llu",
	    r->standby.from, (unsigned long long)m.position);
	return 0;
}

/*
 * A block is durable before it is matched: the primary waits for the first,
 * and nobody for the second.  Behind those that come at once it is later.
 */
static int
take_block(struct link *l, const struct exch_link_frame *f, struct exch_diag *d)
{
	struct run *r = l->r;
	struct exch_tail_block b = {.p = f->p, .n = f->n};
	const char *why;
	int err;

	if (exch_each_block(f->p, f->n, &b.f, &why) != (long)f->n ||
	    b.f.kind != 'D' || (b.f.flags & EXCH_FRAME_CHECKSUM) == 0)
		return strange(
		    l, why != NULL ? why : "it is not one block of data", d);
	if (b.f.position != r->standby.position)
		return strange(l, "the block of another record", d);
	err = standby_keep(r, &b, d);
	l->owes = true;
	if (err == 0 && !exch_wire_has(l->w))
		err = settle(l, d);
	if (err != 0)
		return err;
	return standby_take(r, &b, d);
}

static int
take_check(struct link *l, const struct exch_link_frame *f, struct exch_diag *d)
{
	struct run *r = l->r;
	struct exch_link_check c;
	uint64_t output = exch_writer_records(r->standby.w);

	if (!exch_link_get_check(f, &c))
		return strange(l, "a state that cannot be read", d);
	if (c.position != r->standby.position ||
	    (c.output == output && c.hash == match_state_hash(r)))
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, r->standby.from, EXCH_POS_NONE,
	    0,
	    "the state at record %llu is not that of the primary, with %llu "
	    "records of output there and %llu here: this standby is of no "
	    "use",
	    (unsigned long long)c.position, (unsigned long long)c.output,
	    (unsigned long long)output);
}

static int
take_frame(struct link *l, const struct exch_link_frame *f, struct exch_diag *d)
{
	uint64_t at;

	if (f->kind == EXCH_LINK_NO)
		return exch_diag_set(d, EXCH_ERR_NEED, l->r->standby.from,
		    EXCH_POS_NONE, 0, "refused: %.*s",
		    (int)(f->n < 230 ? f->n : 230), (const char *)f->p);
	if (!l->welcome && f->kind == EXCH_LINK_WELCOME)
		return take_welcome(l, f, d);
	if (l->welcome && f->kind == EXCH_LINK_BLOCK)
		return take_block(l, f, d);
	if (l->welcome && f->kind == EXCH_LINK_CHECK)
		return take_check(l, f, d);
	if (l->welcome && f->kind == EXCH_LINK_OVER &&
	    exch_link_get_position(f, &at) && at == l->r->standby.position) {
		l->over = l->owes = true;
		return 0;
	}
	return f->kind == EXCH_LINK_ALIVE ? 0
					  : strange(l, "frame out of turn", d);
}

/* ---- the connection ---- */

static int
connect_again(struct link *l, struct exch_diag *say_why)
{
	struct run *r = l->r;
	struct exch_link_hello h = {.version = EXCH_LINK_VERSION,
	    .begun = r->standby.w != NULL,
	    .node = r->pair.me,
	    .position = r->standby.position,
	    .mark = r->standby.mark};
	unsigned char p[EXCH_LINK_HELLO_SIZE];
	struct exch_diag d = {0};
	int fd, err;

	l->tried = exch_cli_now();
	err = exch_conn_connect(r->standby.from, CONNECT_MS, &fd, &d);
	if (err == 0)
		err = exch_wire_new(fd, r->standby.from, &l->w, &d);
	/* A name that is none, before it ever was one. */
	if (err == EXCH_ERR_NEED && r->journal.j == NULL) {
		*say_why = d;
		return err;
	}
	if (err != 0) {
		lose(l, "no connection");
		return 0;
	}
	memcpy(h.stream, r->standby.stream, sizeof(h.stream));
	exch_link_put_hello(p, &h);
	l->heard = l->tried;
	if (say(l, EXCH_LINK_HELLO, p, sizeof(p), &d) != 0)
		lose(l, d.text);
	return 0;
}

/* What is wrong is told to the primary as well. */
static void
complain(struct link *l, const struct exch_diag *d)
{
	struct exch_diag lost = {0};
	char text[256] = {0};

	(void)snprintf(text, sizeof(text), "%.255s", d->text);
	if (say(l, EXCH_LINK_NO, text, sizeof(text), &lost) == 0)
		exch_wire_finish(l->w, LAST_MS);
}

/* Frames that have come, and a sign of life now and then. */
static int
listen_once(struct link *l, struct exch_diag *d)
{
	struct exch_link_frame f;
	struct exch_diag own = {0};
	int n = exch_wire_next(l->w, &f, LOOK_MS, &own);
	uint64_t now = exch_cli_now();

	if (n > 0) {
		int err = take_frame(l, &f, d);

		l->heard = now;
		if (err == 0 && !exch_wire_has(l->w))
			err = settle(l, d);
		if (err != 0 && f.kind != EXCH_LINK_NO)
			complain(l, d);
		return err;
	}
	if (n < 0)
		lose(l, own.text);
	else if (now - l->heard > l->silence)
		lose(l, "the primary has said nothing for too long");
	else if (now - l->said > ALIVE_NS &&
		 say(l, EXCH_LINK_ALIVE, NULL, 0, &own) != 0)
		lose(l, own.text);
	return 0;
}

/* ---- taking over ---- */

/* 1 we are the primary, 0 not, or an error. */
static int
contend(struct link *l, struct exch_diag *d)
{
	struct run *r = l->r;
	struct exch_diag own = {0};
	int n;

	if (r->pair.path == NULL)
		return r->journal.j != NULL && exch_cli_usr2 != 0;
	if (l->w != NULL || r->journal.j == NULL) {
		if (r->pair.lease != NULL)
			exch_lease_watch(r->pair.lease);
		return 0;
	}
	n = pair_take(r, &own);
	if (n == EXCH_ERR_NEED) {
		if (!l->told_lease)
			exch_cli_report(&r->cli, &own);
		l->told_lease = true;
		return 0; /* the primary may come back */
	}
	if (n < 0)
		*d = own;
	return n;
}

/* The journal that is here already. */
static int
read_own(struct run *r, struct exch_diag *d)
{
	struct exch_tail *t = NULL;
	struct exch_stream_info input;
	char lines[1024];
	struct exch_diag own = {0};
	int err = exch_tail_open(r->journal.dir, 0, &t, &own);

	if (err == EXCH_ERR_ABSENT)
		return 0;
	if (err != 0) {
		*d = own;
		return err;
	}
	exch_journal_split(exch_tail_info(t), &input, lines);
	err = standby_begin(r, exch_tail_info(t), d);
	if (err == 0)
		err = standby_catch_up(r, t, d);
	exch_tail_close(t);
	return err != 0 ? err : open_own(r, &input, lines, d);
}

static int
follow(struct link *l, struct exch_diag *d)
{
	int n = 0;

	while (n == 0) {
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
		/* All was had, and no lease says who finishes the output. */
		if (l->over && l->w == NULL && l->r->pair.path == NULL)
			return 1;
		if (l->w != NULL)
			n = listen_once(l, d);
		else if (!l->over && exch_cli_now() - l->tried > RETRY_NS)
			n = connect_again(l, d);
		else
			standby_pause();
		if (n == 0)
			n = contend(l, d);
	}
	return n;
}

int
standby_follow_link(struct run *r, bool *over, struct exch_diag *d)
{
	struct link l = {.r = r,
	    .silence =
		r->pair.period != 0 ? r->pair.period : EXCH_LEASE_PERIOD};
	int err = exch_journal_make(r->journal.dir, d);

	exch_cli_want_usr2();
	pair_node(r);
	if (err == 0)
		err = exch_journal_lock(r->journal.dir, &r->standby.lock, d);
	if (err == 0)
		err = read_own(r, d);
	if (err == 0)
		err = follow(&l, d);
	exch_wire_close(l.w);
	r->standby.since = exch_cli_now();
	*over = l.over;
	if (err > 0)
		err = l.over ? exch_journal_end(r->journal.j, d) : 0;
	return err;
}
