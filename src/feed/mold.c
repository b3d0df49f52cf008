/*
 * MoldUDP64 sessions.  The packet with the expected number is delivered at
 * once; a later one is held until the gap before it is filled or the wait
 * is over, an earlier one is compared with what was delivered.
 *
 * A session is known by its name alone, not by where it was sent to: both
 * lines of a feed, and retransmissions, carry the same name and numbers.
 *
 * When is a gap real?  When nothing arrived at the expected number for the
 * whole wait.  The clock of the wait starts anew whenever the expected
 * number moves, so a packet with a damaged number, far ahead of a session
 * that goes on as before, cannot make the session jump: it is dropped as
 * astray once the session has gone on without it for a wait.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/check.h"
#include "feed/mold.h"
#include "feed/run.h"

#define NAME 10
/* Lost ranges remembered, to tell late messages from doubled ones. */
#define GAPS 64

/* A packet that waits, in order of first number. */
struct held {
	struct held *next;
	uint64_t first;
	uint64_t count;
	struct exch_mold_packet k; /* k.p points behind this structure */
};

struct gap {
	uint64_t first;
	uint64_t count;
};

struct exch_mold_session {
	struct exch_mold_session_hot h; /* first */
	bool blank;			/* of zeros: numbers mean nothing */
	bool ended;			/* an end-of-session packet was seen */
	uint64_t begin;			/* first number seen */
	struct held *held;
	struct held *tail; /* the last of them */
	size_t nheld;
	size_t held_bytes;
	struct gap gap[GAPS];
	size_t ngaps;
};

struct exch_mold {
	struct exch_mold_hot h; /* first */
	struct exch_run *run;
	struct exch_feed_stats *st;
	bool forced;
	size_t waiting_bytes; /* of all sessions */
	size_t nsessions;
	struct exch_mold_session *last; /* found */
	struct exch_mold_session *session[EXCH_MOLD_SESSIONS];
};

int
exch_mold_new(struct exch_run *run, struct exch_feed_stats *st, bool forced,
    struct exch_mold **out, struct exch_diag *d)
{
	struct exch_mold *m = exch_calloc(1, sizeof(*m));

	*out = m;
	if (m == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for sessions");
	m->run = run;
	m->st = st;
	m->forced = forced;
	return 0;
}

void
exch_mold_free(struct exch_mold *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->nsessions; i++) {
		struct exch_mold_session *s = m->session[i];

		while (s->held != NULL) {
			struct held *h = s->held;

			s->held = h->next;
			exch_free(h);
		}
		exch_recent_free(s->h.recent);
		exch_free(s);
	}
	exch_free(m);
}

struct exch_mold_session *
exch_mold_find(struct exch_mold *m, const unsigned char *name)
{
	if (m->last != NULL && exch_mold_is(m->last, name))
		return m->last;
	for (size_t i = 0; i < m->nsessions; i++) {
		if (exch_mold_is(m->session[i], name))
			return m->last = m->session[i];
	}
	return NULL;
}

int
exch_mold_open(struct exch_mold *m, const unsigned char *name,
    struct exch_itch *it, struct exch_mold_session **out, struct exch_diag *d)
{
	static const unsigned char zeros[NAME];
	struct exch_mold_session *s;

	*out = NULL;
	if (m->nsessions == EXCH_MOLD_SESSIONS)
		return EXCH_ERR_LIMIT;
	s = exch_calloc(1, sizeof(*s));
	if (s != NULL)
		s->h.recent = exch_recent_new();
	if (s == NULL || s->h.recent == NULL) {
		exch_free(s);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for a session");
	}
	memcpy(s->h.name, name, NAME);
	s->blank = memcmp(name, zeros, NAME) == 0;
	s->h.it = it;
	m->session[m->nsessions++] = s;
	m->last = s;
	m->st->sessions++;
	*out = s;
	return 0;
}

struct exch_itch *
exch_mold_itch(const struct exch_mold_session *s)
{
	return s->h.it;
}

static int
trouble(struct exch_mold *m, const struct exch_mold_packet *k, size_t offset,
    const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {
	    EXCH_POS_PACKET, k->number, k->offset + offset};

	return exch_run_trouble(m->run, &at, text, d);
}

static size_t
name_len(const struct exch_mold_session *s)
{
	size_t n = NAME;

	while (n > 0 && s->h.name[n - 1] == ' ')
		n--;
	return n;
}

/* ---- the blocks of a packet ---- */

/* Messages that are not whole, or bytes behind the last of them. */
static __attribute__((noinline)) int
damaged(struct exch_mold *m, const struct exch_mold_packet *k, uint64_t count,
    const struct exch_itch_blocks *left, struct exch_diag *d)
{
	char text[128];

	if (left->count == 0)
		snprintf(text, sizeof(text),
		    "%zu bytes behind the %llu messages that the packet "
		    "announces",
		    left->n, (unsigned long long)count);
	else
		snprintf(text, sizeof(text),
		    k->cut ? "packet captured short: %llu of its %llu "
			     "messages are whole"
			   : "packet ends early: %llu of the %llu messages it "
			     "announces are whole",
		    (unsigned long long)(count - left->count),
		    (unsigned long long)count);
	if (left->count == 0 || !k->cut)
		m->st->packets_bad++;
	return trouble(m, k, k->n - left->n, text, d);
}

/* Pass over messages that were delivered before. */
static void
skip(struct exch_itch_blocks *b, struct exch_feed_at *at, uint64_t n)
{
	for (; n > 0 && b->count > 0; n--) {
		size_t len;

		if (b->n < 2 || b->n - 2 < (len = exch_be16(b->p)))
			return;
		b->p += 2 + len;
		b->n -= 2 + len;
		b->count--;
		at->offset += 2 + len;
	}
}

/*
 * Deliver the messages of a packet, but for the first `done`; damage ends
 * it, after all before.  *left is what could not be delivered.
 */
static int
walk(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t count, uint64_t done,
    struct exch_itch_blocks *left, struct exch_diag *d)
{
	struct exch_feed_at at = {
	    EXCH_POS_PACKET, k->number, k->offset + EXCH_MOLD_HEADER};
	int err;

	*left = (struct exch_itch_blocks){
	    k->p + EXCH_MOLD_HEADER, k->n - EXCH_MOLD_HEADER, count, k->time};
	skip(left, &at, done);
	err = exch_itch_blocks(s->h.it, left, &at, d);
	if (err == 0 && (left->count | left->n) != 0)
		err = damaged(m, k, count, left, d);
	return err;
}

/*
 * So many messages of a packet are whole, `done` of which were delivered
 * before; behind them so many bytes are left.
 */
static void
note(struct exch_mold_session *s, const struct exch_mold_packet *k,
    uint64_t whole, uint64_t done, size_t left)
{
	uint64_t first = exch_be64(k->p + 10);

	if (whole <= done)
		return;
	if (done == 0)
		exch_recent_put(s->h.recent, first, whole,
		    k->p + EXCH_MOLD_HEADER, k->n - EXCH_MOLD_HEADER - left);
	s->h.expected = first + whole;
}

int
exch_mold_short(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, const struct exch_itch_blocks *left,
    int err, struct exch_diag *d)
{
	uint64_t count = exch_be16(k->p + 18);

	if (err == 0)
		err = damaged(m, k, count, left, d);
	note(s, k, count - left->count, 0, left->n);
	return err;
}

/* Deliver a packet whose first number is not above the expected one. */
static int
deliver(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t first, uint64_t count,
    struct exch_diag *d)
{
	struct exch_itch_blocks left;
	uint64_t done = s->h.expected - first;
	int err = walk(m, s, k, count, done, &left, d);

	note(s, k, count - left.count, done, left.n);
	return err;
}

/* ---- second copies ---- */

static bool
was_lost(const struct exch_mold_session *s, uint64_t seq)
{
	size_t n = s->ngaps < GAPS ? s->ngaps : GAPS;

	if (seq < s->begin)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (seq - s->gap[i].first < s->gap[i].count)
			return true;
	}
	return false;
}

/* Compare message by message what is left of a second copy. */
static int
compare(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t first, uint64_t count,
    struct exch_diag *d)
{
	const unsigned char *p = k->p + EXCH_MOLD_HEADER;
	size_t left = k->n - EXCH_MOLD_HEADER;
	uint64_t conflicts = m->st->conflicts;
	char text[128];

	for (uint64_t i = 0; i < count && first + i < s->h.expected; i++) {
		const unsigned char *seen;
		uint64_t seq = first + i;
		size_t n, len;

		if (left < 2 || left - 2 < (len = exch_be16(p)))
			break;
		if (was_lost(s, seq))
			m->st->late++;
		else
			m->st->duplicates++;
		seen = exch_recent_message(s->h.recent, seq, &n);
		if (seen != NULL && (n != len || memcmp(seen, p + 2, n) != 0)) {
			if (m->st->conflicts++ == conflicts)
				snprintf(text, sizeof(text),
				    "message %llu of session %.*s differs "
				    "from its first copy",
				    (unsigned long long)seq, (int)name_len(s),
				    (const char *)s->h.name);
		}
		p += 2 + len;
		left -= 2 + len;
	}
	if (m->st->conflicts == conflicts)
		return 0;
	return trouble(m, k, EXCH_MOLD_HEADER, text, d);
}

/*
 * A session that starts again under its old name: number 1 comes with a
 * message that is not the known one, after the end or later in time than
 * everything before.
 */
static bool
starts_again(const struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t first, uint64_t count)
{
	const unsigned char *p = k->p + EXCH_MOLD_HEADER;
	const unsigned char *seen;
	size_t n, len;

	if (first != 1 || count == 0 || k->n < EXCH_MOLD_HEADER + 2)
		return false;
	len = exch_be16(p);
	if (k->n - EXCH_MOLD_HEADER - 2 < len)
		return false;
	seen = exch_recent_message(s->h.recent, first, &n);
	if (seen != NULL && n == len && memcmp(seen, p + 2, n) == 0)
		return false;
	return s->ended ||
	       exch_itch_peek(s->h.it, p + 2, len) > exch_itch_now(s->h.it);
}

/* A packet that begins below the expected number. */
static int
take_old(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t first, uint64_t count,
    struct exch_diag *d)
{
	const unsigned char *seen;
	size_t n;
	int err;

	if (count == 0)
		return 0;
	seen = exch_recent_packet(s->h.recent, first, count, &n);
	if (seen != NULL && n == k->n - EXCH_MOLD_HEADER &&
	    memcmp(seen, k->p + EXCH_MOLD_HEADER, n) == 0) {
		m->st->duplicates += count;
		return 0;
	}
	err = compare(m, s, k, first, count, d);
	if (err == 0 && first + count > s->h.expected) {
		s->h.moved = k->time;
		err = deliver(m, s, k, first, count, d);
	}
	return err;
}

/* ---- gaps ---- */

static void
drop_first(struct exch_mold *m, struct exch_mold_session *s)
{
	struct held *h = s->held;

	s->held = h->next;
	if (s->held == NULL)
		s->tail = NULL;
	s->nheld--;
	s->held_bytes -= h->k.n;
	m->h.waiting--;
	m->waiting_bytes -= h->k.n;
	exch_free(h);
}

/* Deliver what was held and is next now. */
static int
drain(struct exch_mold *m, struct exch_mold_session *s, struct exch_diag *d)
{
	while (s->held != NULL && s->held->first <= s->h.expected) {
		struct held *h = s->held;
		int err;

		if (h->first == s->h.expected)
			err = deliver(m, s, &h->k, h->first, h->count, d);
		else
			err = take_old(m, s, &h->k, h->first, h->count, d);
		drop_first(m, s);
		if (err != 0)
			return err;
	}
	return 0;
}

/* The wait for what stands before the first held packet is over. */
static int
give_up(struct exch_mold *m, struct exch_mold_session *s, struct exch_diag *d)
{
	struct held *h = s->held;
	uint64_t count = h->first - s->h.expected;
	int err;

	m->st->gaps++;
	m->st->gap_messages += count;
	s->gap[s->ngaps++ % GAPS] = (struct gap){s->h.expected, count};
	exch_itch_captured(s->h.it, h->k.time);
	err = exch_itch_gap(
	    s->h.it, (const char *)s->h.name, s->h.expected, count, d);
	s->h.expected = h->first;
	return err != 0 ? err : drain(m, s, d);
}

/* The session went on without the first held packet: drop it. */
static int
astray(struct exch_mold *m, struct exch_mold_session *s, struct exch_diag *d)
{
	struct held *h = s->held;
	char text[160];
	int err = 0;

	if (h->count > 0) {
		m->st->packets_bad++;
		snprintf(text, sizeof(text),
		    "sequence number %llu is astray: session %.*s went on "
		    "from %llu without it",
		    (unsigned long long)h->first, (int)name_len(s),
		    (const char *)s->h.name, (unsigned long long)s->h.expected);
		err = trouble(m, &h->k, 10, text, d);
	}
	drop_first(m, s);
	return err;
}

/* Decide on packets held too long; on all with `all`. */
static int
expire(struct exch_mold *m, struct exch_mold_session *s, bool all,
    struct exch_diag *d)
{
	while (s->held != NULL) {
		exch_ts came = s->held->k.time;
		exch_ts since = came > s->h.moved ? came : s->h.moved;
		int err;

		if (s->h.moved > came && s->h.moved - came > EXCH_MOLD_WAIT)
			err = astray(m, s, d);
		else if (all || s->nheld > EXCH_MOLD_HOLD_PACKETS ||
			 s->held_bytes > EXCH_MOLD_HOLD_BYTES ||
			 m->waiting_bytes > EXCH_MOLD_HOLD_ALL ||
			 (m->h.now > since &&
			     m->h.now - since > EXCH_MOLD_WAIT))
			err = give_up(m, s, d);
		else
			break;
		if (err != 0)
			return err;
	}
	return 0;
}

/* Two held packets with the same numbers: one is enough. */
static int
held_twice(struct exch_mold *m, const struct exch_mold_session *s,
    const struct held *h, const struct exch_mold_packet *k, struct exch_diag *d)
{
	char text[128];

	m->st->duplicates += h->count;
	if (h->k.n == k->n && memcmp(h->k.p, k->p, k->n) == 0)
		return 0;
	m->st->conflicts++;
	snprintf(text, sizeof(text),
	    "packet with message %llu of session %.*s differs from its first "
	    "copy",
	    (unsigned long long)h->first, (int)name_len(s),
	    (const char *)s->h.name);
	return trouble(m, k, EXCH_MOLD_HEADER, text, d);
}

/* A packet above the expected number waits in its place. */
static int
hold(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t first, uint64_t count,
    struct exch_diag *d)
{
	struct held **at = &s->held;
	struct held *h;

	if (s->tail != NULL && s->tail->first < first)
		at = &s->tail->next;
	while (*at != NULL && (*at)->first < first)
		at = &(*at)->next;
	for (h = *at; h != NULL && h->first == first; h = h->next) {
		/* A heartbeat says nothing that a held packet does not. */
		if (count == 0)
			return 0;
		if (h->count == count && !h->k.cut && !k->cut)
			return held_twice(m, s, h, k, d);
	}
	h = exch_malloc(sizeof(*h) + k->n);
	if (h == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to hold a packet");
	h->first = first;
	h->count = count;
	h->k = *k;
	h->k.p = memcpy(h + 1, k->p, k->n);
	h->next = *at;
	*at = h;
	if (h->next == NULL)
		s->tail = h;
	else if (count > 0)
		m->st->reordered++;
	s->nheld++;
	s->held_bytes += k->n;
	m->h.waiting++;
	m->waiting_bytes += k->n;
	return 0;
}

/* ---- packets ---- */

/* Numbers that mean nothing: deliver as it comes, no accounts. */
static int
take_blank(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t count, struct exch_diag *d)
{
	struct exch_itch_blocks left;
	int err = 0;

	if (!s->blank && !m->forced) {
		m->st->packets_bad++;
		err = trouble(m, k, 10, "sequence number 0", d);
	}
	return err != 0 ? err : walk(m, s, k, count, 0, &left, d);
}

static int
start_again(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, struct exch_diag *d)
{
	char text[128];
	int err = expire(m, s, true, d);

	if (err != 0)
		return err;
	s->begin = 1;
	s->h.expected = 1;
	s->ended = false;
	s->ngaps = 0;
	exch_recent_clear(s->h.recent);
	m->st->sessions++;
	snprintf(text, sizeof(text),
	    "session %.*s starts again at sequence number 1", (int)name_len(s),
	    (const char *)s->h.name);
	return trouble(m, k, 10, text, d);
}

/* By the packet's number: now, later, or once more. */
static int
sort_in(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, uint64_t first, uint64_t count,
    struct exch_diag *d)
{
	int err = 0;

	if (first < s->h.expected && starts_again(s, k, first, count))
		err = start_again(m, s, k, d);
	if (err != 0)
		return err;
	if (first > s->h.expected)
		return hold(m, s, k, first, count, d);
	if (first < s->h.expected)
		return take_old(m, s, k, first, count, d);
	s->h.moved = k->time;
	if (count == 0)
		return 0;
	if (s->held != NULL)
		m->st->reordered++;
	return deliver(m, s, k, first, count, d);
}

/* Sessions that fell silent while they waited. */
static int
expire_all(struct exch_mold *m, bool all, struct exch_diag *d)
{
	for (size_t i = 0; i < m->nsessions && m->h.waiting > 0; i++) {
		int err = expire(m, m->session[i], all, d);

		if (err != 0)
			return err;
	}
	return 0;
}

int
exch_mold_take_slow(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, struct exch_diag *d)
{
	uint64_t first = exch_be64(k->p + 10);
	uint64_t count = exch_be16(k->p + 18);
	int err;

	if (count == EXCH_MOLD_END) {
		m->st->ends++;
		s->ended = true;
		count = 0;
	} else if (count == 0) {
		m->st->heartbeats++;
	}
	if (s->blank || first == 0)
		return take_blank(m, s, k, count, d);
	if (first > UINT64_MAX - EXCH_MOLD_END) {
		m->st->packets_bad++;
		return trouble(m, k, 10, "sequence number out of range", d);
	}
	if (!s->h.started) {
		s->h.started = true;
		s->begin = first;
		s->h.expected = first;
		s->h.moved = k->time;
	}
	err = sort_in(m, s, k, first, count, d);
	if (__builtin_expect(err == 0 && m->h.waiting > 0, 0)) {
		err = drain(m, s, d);
		if (err == 0)
			err = expire_all(m, false, d);
	}
	return err;
}

int
exch_mold_finish(struct exch_mold *m, struct exch_diag *d)
{
	return expire_all(m, true, d);
}
