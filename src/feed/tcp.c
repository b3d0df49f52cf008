/*
 * TCP reassembly (tcp.h).  A connection that is over is remembered until its
 * ends begin another one, so that what is sent again after the end is no new
 * connection; when there are too many, the oldest of these are forgotten.
 *
 * A damaged number looks like one behind a hole.  But nothing goes on before a
 * hole that is one, so the wait for it begins anew whenever something does, and a
 * segment is astray when its side has gone on without it for a wait.  Where
 * nobody said anything for so long it is believed; if it was far away, until the
 * next segment follows what came before it.
 */
#include <config.h>

#include <search.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/tcp.h"

/* Sequence numbers farther from what comes next are of no window. */
#define FAR (1u << 30)

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_ACK = 16 };

/* What came before something that it follows. */
struct held {
	struct held *next;
	uint32_t seq;
	size_t n;
	exch_ts time;
	struct exch_feed_at at;
	unsigned char p[];
};

/* One direction. */
struct side {
	bool begun;
	bool ended;	/* up to `end` and no further */
	uint32_t start; /* number of its first byte */
	uint32_t next;	/* of the next to come */
	uint32_t end;
	bool reset;    /* that is the end of both */
	exch_ts last;  /* time of what was given */
	exch_ts moved; /* when something came that was next */
	/*
	 * What was next before the last hole, and behind what followed it; that
	 * was of more bytes than are ever held back.
	 */
	bool jumped;
	uint32_t back, landed;
	struct held *held;
	size_t bytes;
};

struct conn {
	struct exch_tcp_conn c;	      /* first */
	struct conn *before, *behind; /* of its list, the most silent first */
	struct conn *wait_before, *wait_behind; /* of those with holes */
	struct side side[2];
	bool over;
	bool waits;
};

struct list {
	struct conn *first, *last;
};

struct exch_tcp {
	struct exch_tcp_taker taker;
	void *by_ends; /* tsearch() */
	struct list live, ended;
	struct list waiting; /* for holes, in the order in which they came */
	uint32_t n;
	size_t bytes;
	struct exch_tcp_stats st;
};

int
exch_tcp_new(const struct exch_tcp_taker *taker, struct exch_tcp **out,
    struct exch_diag *d)
{
	struct exch_tcp *t = exch_calloc(1, sizeof(*t));

	*out = t;
	if (t == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for TCP connections");
	t->taker = *taker;
	return EXCH_OK;
}

const struct exch_tcp_stats *
exch_tcp_stats(const struct exch_tcp *t)
{
	return &t->st;
}

static int
by_ends(const void *a, const void *b)
{
	return memcmp(((const struct exch_tcp_conn *)a)->end,
	    ((const struct exch_tcp_conn *)b)->end,
	    sizeof(((const struct exch_tcp_conn *)a)->end));
}

/* ---- lists ---- */

static void
append(struct list *l, struct conn *c)
{
	c->before = l->last;
	c->behind = NULL;
	*(l->last != NULL ? &l->last->behind : &l->first) = c;
	l->last = c;
}

static void
take_out(struct list *l, struct conn *c)
{
	*(c->before != NULL ? &c->before->behind : &l->first) = c->behind;
	*(c->behind != NULL ? &c->behind->before : &l->last) = c->before;
}

static struct list *
list_of(struct exch_tcp *t, const struct conn *c)
{
	return c->over ? &t->ended : &t->live;
}

static void
wait_no_more(struct exch_tcp *t, struct conn *c)
{
	struct list *l = &t->waiting;

	if (!c->waits)
		return;
	c->waits = false;
	*(c->wait_before != NULL ? &c->wait_before->wait_behind : &l->first) =
	    c->wait_behind;
	*(c->wait_behind != NULL ? &c->wait_behind->wait_before : &l->last) =
	    c->wait_before;
}

/* Behind all others, if there is something to wait for. */
static void
wait_anew(struct exch_tcp *t, struct conn *c)
{
	struct list *l = &t->waiting;

	wait_no_more(t, c);
	if (c->side[0].held == NULL && c->side[1].held == NULL)
		return;
	c->waits = true;
	c->wait_before = l->last;
	c->wait_behind = NULL;
	*(l->last != NULL ? &l->last->wait_behind : &l->first) = c;
	l->last = c;
}

/* ---- what is held back ---- */

static void
drop_first(struct exch_tcp *t, struct side *s)
{
	struct held *h = s->held;

	s->held = h->next;
	s->bytes -= h->n + sizeof(*h);
	t->bytes -= h->n + sizeof(*h);
	exch_free(h);
}

static void
drop_held(struct exch_tcp *t, struct conn *c)
{
	for (unsigned i = 0; i < 2; i++)
		while (c->side[i].held != NULL)
			drop_first(t, &c->side[i]);
	wait_no_more(t, c);
}

/* All but the first `old` of n bytes, which were given before. */
static int
give(struct exch_tcp *t, struct conn *c, unsigned from,
    struct exch_tcp_bytes *b, size_t old, struct exch_diag *d)
{
	struct side *s = &c->side[from];

	b->conn = &c->c;
	b->from = from;
	b->p += old;
	b->n -= old;
	b->at.offset += old;
	/* what waited was of no use before what it waited for */
	s->last = b->time > s->last ? b->time : s->last;
	b->time = s->last;
	s->next += (uint32_t)b->n;
	return t->taker.bytes(t->taker.arg, b, d);
}

/* The first that is held, whatever is missing before it. */
static int
give_first(
    struct exch_tcp *t, struct conn *c, unsigned from, struct exch_diag *d)
{
	struct side *s = &c->side[from];
	struct held *h = s->held;
	int32_t ahead = (int32_t)(h->seq - s->next);
	size_t old = ahead < 0 ? (size_t) - (int64_t)ahead : 0;
	uint64_t lost = ahead > 0 ? (uint32_t)ahead : 0;
	bool lands = lost != 0 || s->next == s->landed;
	int rc = 0;

	t->st.holes += lost != 0;
	t->st.lost += lost;
	if (lost != 0) {
		s->jumped = lost > EXCH_TCP_HOLD;
		s->back = s->next;
	}
	s->next += (uint32_t)lost;
	if (old < h->n) {
		struct exch_tcp_bytes b = {.lost = lost,
		    .p = h->p,
		    .n = h->n,
		    .time = h->time,
		    .at = h->at};

		rc = give(t, c, from, &b, old, d);
	}
	if (lands)
		s->landed = s->next;
	drop_first(t, s);
	return rc;
}

static bool
has_hole(const struct side *s)
{
	return s->held != NULL && (int32_t)(s->held->seq - s->next) > 0;
}

/* The side went on for a wait, and not to where the first that is held is. */
static bool
is_astray(const struct side *s)
{
	return has_hole(s) && s->moved > s->held->time &&
	       s->moved - s->held->time > EXCH_TCP_WAIT;
}

/* The first that is held, as far as it belongs there. */
static int
settle_first(
    struct exch_tcp *t, struct conn *c, unsigned from, struct exch_diag *d)
{
	struct side *s = &c->side[from];
	struct exch_feed_at at = s->held->at;

	if (!is_astray(s))
		return give_first(t, c, from, d);
	drop_first(t, s);
	t->st.astray++;
	return t->taker.astray(t->taker.arg, &at, d);
}

/* All, whatever is missing. */
static int
give_all(struct exch_tcp *t, struct conn *c, unsigned from, struct exch_diag *d)
{
	int rc = 0;

	while (rc == 0 && c->side[from].held != NULL)
		rc = settle_first(t, c, from, d);
	wait_anew(t, c);
	return rc;
}

/*
 * What is next, or astray, and what is behind holes that were waited for long
 * enough, or hold back too much.
 */
static int
give_up(struct exch_tcp *t, struct conn *c, unsigned from, exch_ts now,
    struct exch_diag *d)
{
	struct side *s = &c->side[from];
	bool gave = false;
	int rc = 0;

	while (rc == 0 && s->held != NULL) {
		exch_ts since =
		    s->moved > s->held->time ? s->moved : s->held->time;

		if (has_hole(s) && !is_astray(s) && s->bytes <= EXCH_TCP_HOLD &&
		    t->bytes <= EXCH_TCP_HOLD_ALL &&
		    now < since + EXCH_TCP_WAIT)
			break;
		rc = settle_first(t, c, from, d);
		gave = true;
	}
	if (gave)
		wait_anew(t, c);
	return rc;
}

/* Behind those that it follows; what is there already stays as it is. */
static int
hold(struct exch_tcp *t, struct side *s, uint32_t seq, const unsigned char *p,
    size_t n, const struct exch_tcp_segment *g, struct exch_diag *d)
{
	struct held **at = &s->held;
	struct held *h;

	while (*at != NULL && (int32_t)((*at)->seq - seq) < 0)
		at = &(*at)->next;
	if (*at != NULL && (*at)->seq == seq && (*at)->n >= n) {
		t->st.again++;
		return 0;
	}
	h = exch_malloc(sizeof(*h) + n);
	if (h == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for TCP segments");
	*h = (struct held){*at, seq, n, g->time, g->at};
	h->at.offset += (uint64_t)(p - g->p);
	memcpy(h->p, p, n);
	*at = h;
	s->bytes += n + sizeof(*h);
	t->bytes += n + sizeof(*h);
	return 0;
}

/* ---- connections ---- */

static int
over(struct exch_tcp *t, struct conn *c, struct exch_diag *d)
{
	int rc = give_all(t, c, 0, d);

	if (rc == 0)
		rc = give_all(t, c, 1, d);
	if (c->over)
		return rc;
	take_out(&t->live, c);
	append(&t->ended, c);
	c->over = true;
	if (rc == 0)
		rc = t->taker.over(t->taker.arg, &c->c, d);
	else
		(void)t->taker.over(t->taker.arg, &c->c, NULL);
	return rc;
}

static void
forget(struct exch_tcp *t, struct conn *c)
{
	drop_held(t, c);
	(void)tdelete(c, &t->by_ends, by_ends);
	take_out(list_of(t, c), c);
	t->n--;
	exch_free(c);
}

/* For one more: one that is over goes, or the most silent ends. */
static int
make_room(struct exch_tcp *t, struct exch_diag *d)
{
	int rc = 0;

	if (t->n < EXCH_TCP_MAX)
		return 0;
	if (t->ended.first == NULL)
		rc = over(t, t->live.first, d);
	forget(t, t->ended.first);
	return rc;
}

static void
begin(struct exch_tcp *t, struct conn *c)
{
	drop_held(t, c);
	if (c->over) {
		take_out(&t->ended, c);
		append(&t->live, c);
	}
	memset(c->side, 0, sizeof(c->side));
	c->c.client = -1;
	c->c.user = NULL;
	c->over = false;
	t->st.connections++;
}

/* Which is new if need be. */
static int
find(struct exch_tcp *t, const struct exch_tcp_conn *key, struct conn **out,
    struct exch_diag *d)
{
	struct conn *const *found = tfind(key, &t->by_ends, by_ends);
	struct conn *c;
	int rc;

	*out = found != NULL ? *found : NULL;
	if (*out != NULL)
		return 0;
	rc = make_room(t, d);
	if (rc != 0)
		return rc;
	c = exch_calloc(1, sizeof(*c));
	if (c != NULL) {
		c->c = *key;
		if (tsearch(c, &t->by_ends, by_ends) == NULL) {
			exch_free(c);
			c = NULL;
		}
	}
	if (c == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for TCP connections");
	append(&t->live, c);
	t->n++;
	begin(t, c);
	*out = c;
	return 0;
}

void
exch_tcp_free(struct exch_tcp *t)
{
	if (t == NULL)
		return;
	while (t->live.first != NULL) {
		(void)t->taker.over(t->taker.arg, &t->live.first->c, NULL);
		forget(t, t->live.first);
	}
	while (t->ended.first != NULL)
		forget(t, t->ended.first);
	exch_free(t);
}

/* ---- segments ---- */

/* A header, and what it says. */
struct segment {
	unsigned from;
	uint32_t seq;
	uint8_t flags;
	const unsigned char *p;
	size_t n;
};

static void
set_end(struct exch_tcp_end *e, const struct exch_tcp_segment *g,
    const unsigned char *addr, const unsigned char *port)
{
	memset(e, 0, sizeof(*e));
	e->family = g->family;
	memcpy(e->addr, addr, g->family == 4 ? 4 : 16);
	e->port = exch_be16(port);
}

static enum exch_tcp_result
parse(const struct exch_tcp_segment *g, struct exch_tcp_conn *key,
    struct segment *s)
{
	struct exch_tcp_end a, b;
	size_t header;

	if (g->n < 20)
		return EXCH_TCP_SHORT;
	header = (size_t)(g->p[12] >> 4) * 4;
	if (header < 20)
		return EXCH_TCP_BAD;
	if (g->n < header)
		return EXCH_TCP_SHORT;
	memset(key, 0, sizeof(*key));
	set_end(&a, g, g->src, g->p);
	set_end(&b, g, g->dst, g->p + 2);
	s->from = memcmp(&a, &b, sizeof(a)) > 0;
	key->end[s->from] = a;
	key->end[!s->from] = b;
	s->seq = exch_be32(g->p + 4);
	s->flags = g->p[13];
	s->p = g->p + header;
	s->n = g->n - header;
	return EXCH_TCP_OK;
}

/* One that asks for a connection begins it, unless it did before. */
static int
open_side(struct exch_tcp *t, struct conn *c, const struct segment *s,
    struct exch_diag *d)
{
	struct side *side = &c->side[s->from];
	int rc = 0;

	if (side->begun && side->start == s->seq + 1 && !c->over)
		return 0;
	if ((s->flags & FLAG_ACK) == 0) {
		if (c->over || side->begun || c->side[!s->from].begun) {
			rc = over(t, c, d);
			begin(t, c);
		}
		c->c.client = (int)s->from;
	} else if (side->begun || c->over) {
		return 0;
	} else if (c->c.client < 0) {
		c->c.client = (int)!s->from;
	}
	side->begun = true;
	side->start = side->next = s->seq + 1;
	return rc;
}

/* Everything up to the end of a side was given. */
static bool
is_done(const struct side *s)
{
	return s->ended && (int32_t)(s->next - s->end) >= 0;
}

/* One of which only one side was captured ends with that side. */
static int
end_if_done(struct exch_tcp *t, struct conn *c, struct exch_diag *d)
{
	const struct side *a = &c->side[0], *b = &c->side[1];

	if ((is_done(a) && (a->reset || is_done(b) || !b->begun)) ||
	    (is_done(b) && (b->reset || !a->begun)))
		return over(t, c, d);
	return 0;
}

/* Something came that was next: what is held back by either side may be, now. */
static int
went_on(struct exch_tcp *t, struct conn *c, exch_ts now, struct exch_diag *d)
{
	int rc = 0;

	if (c->side[0].held == NULL && c->side[1].held == NULL)
		return 0;
	for (unsigned i = 0; i < 2 && rc == 0; i++)
		rc = give_up(t, c, i, now, d);
	wait_anew(t, c);
	return rc;
}

/*
 * It follows what came before the last hole, and nothing what came behind it; and
 * it is not that the hole is filled late, for that was too large.
 */
static bool
goes_back(const struct side *side, uint32_t seq)
{
	return side->jumped && seq == side->back && side->next == side->landed;
}

static int
take_bytes(struct exch_tcp *t, struct conn *c, const struct segment *s,
    const struct exch_tcp_segment *g, struct exch_diag *d)
{
	struct side *side = &c->side[s->from];
	uint32_t seq = s->seq + ((s->flags & FLAG_SYN) != 0);
	struct exch_tcp_bytes b = {
	    .p = s->p, .n = s->n, .time = g->time, .at = g->at};
	int32_t ahead;
	size_t old;
	int rc;

	b.back = goes_back(side, seq);
	if (b.back) {
		side->next = seq;
		side->jumped = false;
	}
	ahead = (int32_t)(seq - side->next);
	old = ahead < 0 ? (size_t) - (int64_t)ahead : 0;
	if (old >= s->n) {
		t->st.again++;
		return 0;
	}
	if (ahead > 0) {
		t->st.reordered++;
		rc = hold(t, side, seq, s->p, s->n, g, d);
		if (!c->waits)
			wait_anew(t, c);
		return rc != 0 ? rc : give_up(t, c, s->from, g->time, d);
	}
	b.at.offset += (uint64_t)(s->p - g->p);
	side->moved = g->time > side->moved ? g->time : side->moved;
	rc = give(t, c, s->from, &b, old, d);
	return rc != 0 ? rc : went_on(t, c, g->time, d);
}

/*
 * Those that have waited longest, of which the first held is the oldest: the
 * rest of the list need not be looked at.
 */
static int
expire(struct exch_tcp *t, exch_ts now, struct exch_diag *d)
{
	struct conn *next;
	int rc = 0;

	for (struct conn *c = t->waiting.first; c != NULL && rc == 0;
	     c = next) {
		next = c->wait_behind;
		for (unsigned i = 0; i < 2 && rc == 0; i++)
			rc = give_up(t, c, i, now, d);
		if (rc == 0 && c->waits && c->wait_behind == next)
			break; /* not due, nor are those behind it */
		if (rc == 0)
			rc = end_if_done(t, c, d);
	}
	return rc;
}

/* What is sent after the end: again, or of another connection. */
static bool
begins_anew(const struct conn *c, const struct segment *s)
{
	const struct side *side = &c->side[s->from];

	return s->n != 0 &&
	       (!side->begun || (int32_t)(s->seq - side->next) >= 0 ||
		   side->next - s->seq > FAR);
}

/* How far it goes; a reset beyond what came waits for that. */
static void
note_end(struct side *side, const struct segment *s)
{
	uint32_t end = s->seq + (uint32_t)s->n + ((s->flags & FLAG_SYN) != 0);

	if ((s->flags & FLAG_RST) != 0 && end - side->next > FAR)
		return; /* of another time, or forged */
	if ((s->flags & (FLAG_FIN | FLAG_RST)) == 0 || side->ended)
		return;
	side->ended = true;
	side->end = end;
	side->reset = (s->flags & FLAG_RST) != 0;
}

static int
take_segment(struct exch_tcp *t, struct conn *c, const struct segment *s,
    const struct exch_tcp_segment *g, struct exch_diag *d)
{
	struct side *side = &c->side[s->from];
	int rc = 0;

	if ((s->flags & FLAG_SYN) != 0)
		rc = open_side(t, c, s, d);
	if (rc != 0)
		return rc;
	if (c->over && begins_anew(c, s))
		begin(t, c);
	if (c->over) {
		t->st.again += s->n != 0;
		return 0;
	}
	/* the most silent is the first of its list */
	take_out(&t->live, c);
	append(&t->live, c);
	if (!side->begun && (s->n != 0 || (s->flags & FLAG_RST) == 0)) {
		side->begun = true;
		side->start = side->next = s->seq;
	}
	if (s->n != 0)
		rc = take_bytes(t, c, s, g, d);
	if (side->begun)
		note_end(side, s);
	return rc != 0 ? rc : end_if_done(t, c, d);
}

int
exch_tcp_take(struct exch_tcp *t, const struct exch_tcp_segment *g,
    enum exch_tcp_result *result, struct exch_diag *d)
{
	struct exch_tcp_conn key;
	struct segment s;
	struct conn *c;
	uint32_t ahead;
	int rc = expire(t, g->time, d);

	*result = parse(g, &key, &s);
	if (rc != 0 || *result != EXCH_TCP_OK)
		return rc;
	rc = find(t, &key, &c, d);
	if (rc != 0)
		return rc;
	ahead = s.seq - c->side[s.from].next;
	if (s.n != 0 && c->side[s.from].begun && !c->over &&
	    (s.flags & FLAG_SYN) == 0 && ahead > FAR && -ahead > FAR) {
		*result = EXCH_TCP_BAD;
		return 0;
	}
	return take_segment(t, c, &s, g, d);
}

int
exch_tcp_finish(struct exch_tcp *t, struct exch_diag *d)
{
	int rc = 0;

	while (rc == 0 && t->live.first != NULL)
		rc = over(t, t->live.first, d);
	return rc;
}
