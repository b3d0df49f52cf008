/*
 * Sessions of numbered messages.  The packet with the expected number is delivered at
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
 *
 * A session that starts again under its name does so with number 1.  When that
 * was lost, packets come with numbers that were there and times that were not:
 * no copy of anything has a time later than all that was delivered.  One of
 * them alone may be a damaged number; the session has started again when the
 * next one goes on behind it, and nothing has come behind the old run.  The same
 * shows that the first packet of all had a damaged number, when it is far above
 * those that follow.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/check.h"
#include "feed/run.h"
#include "feed/seq_priv.h"

int
exch_seq_new(const struct exch_seq_kind *kind, struct exch_run *run,
    struct exch_feed_stats *st, bool forced, struct exch_seq **out,
    struct exch_diag *d)
{
	struct exch_seq *m = exch_calloc(1, sizeof(*m));

	*out = m;
	if (m == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for sessions");
	m->kind = kind;
	m->run = run;
	m->st = st;
	m->forced = forced;
	m->rules = (struct exch_seq_rules){
	    .wait = EXCH_SEQ_WAIT, .stray = EXCH_SEQ_WAIT};
	return 0;
}

void
exch_seq_rule(struct exch_seq *m, const struct exch_seq_rules *r)
{
	m->rules = *r;
}

void
exch_seq_free(struct exch_seq *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->nsessions; i++) {
		struct exch_seq_session *s = m->session[i];

		while (s->held != NULL) {
			struct exch_seq_held *h = s->held;

			s->held = h->next;
			exch_free(h);
		}
		exch_free(s->odd);
		exch_recent_free(s->h.recent);
		exch_free(s);
	}
	exch_free(m);
}

struct exch_seq_session *
exch_seq_find(struct exch_seq *m, const unsigned char *key)
{
	if (m->last != NULL && exch_seq_is(m->last, key))
		return m->last;
	for (size_t i = 0; i < m->nsessions; i++) {
		if (exch_seq_is(m->session[i], key))
			return m->last = m->session[i];
	}
	return NULL;
}

int
exch_seq_open(struct exch_seq *m, const unsigned char *key, const char *name,
    void *decoder, struct exch_seq_session **out, struct exch_diag *d)
{
	static const unsigned char zeros[EXCH_SEQ_KEY];
	struct exch_seq_session *s;

	*out = NULL;
	if (m->nsessions == EXCH_SEQ_SESSIONS)
		return EXCH_ERR_LIMIT;
	s = exch_calloc(1, sizeof(*s));
	if (s != NULL)
		s->h.recent = exch_recent_new();
	if (s == NULL || s->h.recent == NULL) {
		exch_free(s);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for a session");
	}
	memcpy(s->h.key, key, EXCH_SEQ_KEY);
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->blank = memcmp(key, zeros, EXCH_SEQ_KEY) == 0;
	s->h.decoder = decoder;
	m->session[m->nsessions++] = s;
	m->last = s;
	m->st->sessions++;
	*out = s;
	return 0;
}

void *
exch_seq_decoder(const struct exch_seq_session *s)
{
	return s->h.decoder;
}

/* `offset` is that of a message. */
static int
trouble(struct exch_seq *m, const struct exch_seq_packet *q, size_t offset,
    const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {
	    EXCH_POS_PACKET, q->k.number, q->k.offset + offset};

	return exch_run_trouble(m->run, &at, text, d);
}

/* With the number in the header. */
static int
bad_number(struct exch_seq *m, const struct exch_seq_packet *q,
    const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {
	    EXCH_POS_PACKET, q->k.number, q->k.offset - m->kind->before};

	return exch_run_trouble(m->run, &at, text, d);
}

/* The length before a message. */
static inline size_t
length_at(const struct exch_seq *m, const unsigned char *p)
{
	return exch_length_at((enum exch_length)m->kind->length, p);
}

/* Bytes that this length has. */
static inline size_t
lead_of(const struct exch_seq *m)
{
	return exch_length_size((enum exch_length)m->kind->length);
}

static const unsigned char *
recent(const struct exch_seq *m, const struct exch_seq_session *s, uint64_t seq,
    size_t *n)
{
	return exch_recent_message(
	    s->h.recent, (enum exch_length)m->kind->length, seq, n);
}

/* ---- the blocks of a packet ---- */

/* Messages that are not whole, or bytes behind the last of them. */
static __attribute__((noinline)) int
damaged(struct exch_seq *m, const struct exch_seq_packet *q,
    const struct exch_blocks *left, struct exch_diag *d)
{
	char text[128];

	if (left->count == 0)
		snprintf(text, sizeof(text),
		    "%zu bytes behind the %llu messages that the packet "
		    "announces",
		    left->n, (unsigned long long)q->count);
	else
		snprintf(text, sizeof(text),
		    q->k.cut ? "packet captured short: %llu of its %llu "
			       "messages are whole"
			     : "packet ends early: %llu of the %llu messages "
			       "it announces are whole",
		    (unsigned long long)(q->count - left->count),
		    (unsigned long long)q->count);
	if (left->count == 0 || !q->k.cut)
		m->st->packets_bad++;
	return trouble(m, q, q->k.n - left->n, text, d);
}

/* Pass over messages that were delivered before. */
static void
skip(const struct exch_seq *m, struct exch_blocks *b, struct exch_feed_at *at,
    uint64_t n)
{
	size_t lead = lead_of(m);

	for (; n > 0 && b->count > 0; n--) {
		size_t len;

		if (b->n < lead || b->n - lead < (len = length_at(m, b->p)))
			return;
		b->p += lead + len;
		b->n -= lead + len;
		b->count--;
		at->offset += lead + len;
	}
}

/*
 * Deliver the messages of a packet, but for the first `done`; damage ends
 * it, after all before.  *left is what could not be delivered.
 */
static int
walk(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, uint64_t done, struct exch_blocks *left,
    struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, q->k.number, q->k.offset};
	int err;

	*left = (struct exch_blocks){q->k.p, q->k.n, q->count, q->k.time};
	skip(m, left, &at, done);
	err = m->kind->blocks(s->h.decoder, left, &at, d);
	if (err == 0 && (left->count | left->n) != 0)
		err = damaged(m, q, left, d);
	return err;
}

/*
 * So many messages of a packet are whole, `done` of which were delivered
 * before; behind them so many bytes are left.
 */
static void
note(struct exch_seq_session *s, const struct exch_seq_packet *q,
    uint64_t whole, uint64_t done, size_t left)
{
	if (whole <= done)
		return;
	if (done == 0)
		exch_recent_put(
		    s->h.recent, q->first, whole, q->k.p, q->k.n - left);
	s->h.expected = q->first + whole;
}

int
exch_seq_short(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, const struct exch_blocks *left, int err,
    struct exch_diag *d)
{
	if (err == 0)
		err = damaged(m, q, left, d);
	note(s, q, q->count - left->count, 0, left->n);
	return err;
}

/* Deliver a packet whose first number is not above the expected one. */
static int
deliver(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	struct exch_blocks left;
	uint64_t done = s->h.expected - q->first;
	int err = walk(m, s, q, done, &left, d);

	note(s, q, q->count - left.count, done, left.n);
	return err;
}

/* ---- second copies ---- */

static bool
was_lost(const struct exch_seq_session *s, uint64_t seq)
{
	size_t n = s->ngaps < EXCH_SEQ_GAPS ? s->ngaps : EXCH_SEQ_GAPS;

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
compare(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	const unsigned char *p = q->k.p;
	size_t left = q->k.n, lead = lead_of(m);
	uint64_t conflicts = m->st->conflicts;
	char text[128];

	for (uint64_t i = 0; i < q->count && q->first + i < s->h.expected;
	     i++) {
		const unsigned char *seen;
		uint64_t seq = q->first + i;
		size_t n, len;

		if (left < lead || left - lead < (len = length_at(m, p)))
			break;
		if (was_lost(s, seq))
			m->st->late++;
		else
			m->st->duplicates++;
		seen = recent(m, s, seq, &n);
		if (seen != NULL &&
		    (n != len || memcmp(seen, p + lead, n) != 0)) {
			if (m->st->conflicts++ == conflicts)
				snprintf(text, sizeof(text),
				    "message %llu of session %s differs "
				    "from its first copy",
				    (unsigned long long)seq, s->name);
		}
		p += lead + len;
		left -= lead + len;
	}
	if (m->st->conflicts == conflicts)
		return 0;
	return trouble(m, q, 0, text, d);
}

/* The first message of a packet is whole. */
static bool
has_first(const struct exch_seq *m, const struct exch_seq_packet *q)
{
	size_t lead = lead_of(m);

	return q->count != 0 && q->k.n >= lead &&
	       q->k.n - lead >= length_at(m, q->k.p);
}

/* Its first message is whole, and is not the known one. */
static bool
is_another(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q)
{
	const unsigned char *seen;
	size_t n;

	if (!has_first(m, q))
		return false;
	seen = recent(m, s, q->first, &n);
	return seen == NULL || n != length_at(m, q->k.p) ||
	       memcmp(seen, q->k.p + lead_of(m), n) != 0;
}

int
exch_seq_knows(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q, size_t chance)
{
	const unsigned char *p = q->k.p;
	size_t left = q->k.n, lead = lead_of(m), n, len;
	int knows = 0;

	for (uint64_t i = 0; i < q->count; i++) {
		const unsigned char *seen;

		if (left < lead || left - lead < (len = length_at(m, p)))
			break;
		seen = recent(m, s, q->first + i, &n);
		if (seen != NULL &&
		    (n != len || memcmp(seen, p + lead, n) != 0))
			return -1;
		if (seen != NULL && n > chance)
			knows = 1;
		p += lead + len;
		left -= lead + len;
	}
	return knows;
}

/*
 * It is whole: later in time than everything before?  What was lost may be, where
 * times of a feed are not in the order of its numbers.
 */
static bool
is_later(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q)
{
	return m->kind->later(
	    s->h.decoder, q->k.p + lead_of(m), length_at(m, q->k.p));
}

/*
 * A session that starts again under its old name: number 1 comes with a
 * message that is not the known one, after the end or later in time than
 * everything before.
 */
static bool
starts_again(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q)
{
	return q->first == 1 && is_another(m, s, q) &&
	       (s->ended || is_later(m, s, q) ||
		   (m->kind->over != NULL && m->kind->over(s->h.decoder)));
}

/* A packet that begins below the expected number. */
static int
take_old(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	const unsigned char *seen;
	size_t n;
	int err;

	if (q->count == 0)
		return 0;
	seen = exch_recent_packet(s->h.recent, q->first, q->count, &n);
	if (seen != NULL && n == q->k.n && memcmp(seen, q->k.p, n) == 0) {
		m->st->duplicates += q->count;
		return 0;
	}
	err = compare(m, s, q, d);
	if (err == 0 && q->first + q->count > s->h.expected) {
		s->h.moved = q->k.time;
		err = deliver(m, s, q, d);
	}
	return err;
}

/* ---- gaps ---- */

static void
drop_first(struct exch_seq *m, struct exch_seq_session *s)
{
	struct exch_seq_held *h = s->held;

	s->held = h->next;
	if (s->held == NULL)
		s->tail = NULL;
	if (s->near == h)
		s->near = NULL;
	s->nheld--;
	s->held_bytes -= h->q.k.n;
	m->h.waiting--;
	m->waiting_bytes -= h->q.k.n;
	exch_free(h);
}

/* Deliver what was held and is next now. */
static int
drain(struct exch_seq *m, struct exch_seq_session *s, struct exch_diag *d)
{
	while (s->held != NULL && s->held->q.first <= s->h.expected) {
		struct exch_seq_held *h = s->held;
		int err;

		if (h->q.first == s->h.expected)
			err = deliver(m, s, &h->q, d);
		else
			err = take_old(m, s, &h->q, d);
		drop_first(m, s);
		if (err != 0)
			return err;
	}
	return 0;
}

/* What is missing below `to`, where the first held packet is or before, is lost. */
static int
lose(struct exch_seq *m, struct exch_seq_session *s, uint64_t to,
    struct exch_diag *d)
{
	uint64_t first = s->h.expected;
	uint64_t count = to - first;
	int err;

	m->st->gaps++;
	m->st->gap_messages += count;
	s->gap[s->ngaps++ % EXCH_SEQ_GAPS] =
	    (struct exch_seq_lost){first, count};
	if (m->rules.lost != NULL)
		m->rules.lost(m->rules.arg, s->name, first, count);
	err = m->kind->gap(
	    s->h.decoder, s->name, first, count, s->held->q.k.time, d);
	s->h.expected = to;
	return err != 0 ? err : drain(m, s, d);
}

/* The wait for what stands before the first held packet is over. */
static int
give_up(struct exch_seq *m, struct exch_seq_session *s, struct exch_diag *d)
{
	return lose(m, s, s->held->q.first, d);
}

/* The session went on without the first held packet: drop it. */
static int
astray(struct exch_seq *m, struct exch_seq_session *s, struct exch_diag *d)
{
	struct exch_seq_held *h = s->held;
	char text[160];
	int err = 0;

	if (h->q.count > 0) {
		m->st->packets_bad++;
		snprintf(text, sizeof(text),
		    "sequence number %llu is astray: session %s went on "
		    "from %llu without it",
		    (unsigned long long)h->q.first, s->name,
		    (unsigned long long)s->h.expected);
		err = bad_number(m, &h->q, text, d);
	}
	drop_first(m, s);
	return err;
}

/* What a session holds, and so many bytes more, is more than it may. */
static bool
is_over_limit(
    const struct exch_seq *m, const struct exch_seq_session *s, size_t more)
{
	size_t times = m->rules.room != 0 ? m->rules.room : 1;

	return s->nheld + (more != 0) > times * EXCH_SEQ_HOLD_PACKETS ||
	       s->held_bytes + more > times * EXCH_SEQ_HOLD_BYTES ||
	       m->waiting_bytes + more > times * EXCH_SEQ_HOLD_ALL;
}

/* Has a message of it come?  Most pass by without a look at this. */
static bool
spoke(struct exch_seq *m, struct exch_seq_session *s)
{
	if (!s->spoke && s->h.expected > s->begin) {
		s->spoke = true;
		m->nspoke++;
	}
	return s->spoke;
}

bool
exch_seq_spoke(struct exch_seq *m)
{
	for (size_t i = 0; i < m->nsessions && m->nspoke == 0; i++)
		(void)spoke(m, m->session[i]);
	return m->nspoke > 0;
}

bool
exch_seq_is_rumour(struct exch_seq *m, struct exch_seq_session *s)
{
	return !spoke(m, s) && exch_seq_spoke(m);
}

/* How long what is missing may be so. */
static uint64_t
patience(const struct exch_seq *m, const struct exch_seq_session *s)
{
	return m->rules.begin != 0 && exch_seq_lacks_first(s) ? m->rules.begin
							      : m->rules.wait;
}

/*
 * Decide on packets held too long; on all with `all`.  Those of a rumour are
 * heartbeats, and nobody waits for what they announce.
 */
static int
expire(struct exch_seq *m, struct exch_seq_session *s, bool all,
    struct exch_diag *d)
{
	while (s->held != NULL) {
		exch_ts came = s->held->q.k.time;
		exch_ts since = came > s->h.moved ? came : s->h.moved;
		int err = 0;

		if (exch_seq_is_rumour(m, s))
			drop_first(m, s);
		else if (s->h.moved > came &&
			 s->h.moved - came > m->rules.stray)
			err = astray(m, s, d);
		else if (all || is_over_limit(m, s, 0) ||
			 (m->h.now > since &&
			     m->h.now - since > patience(m, s)))
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
held_twice(struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_held *h, const struct exch_seq_packet *q,
    struct exch_diag *d)
{
	char text[128];

	m->st->duplicates += h->q.count;
	if (h->q.k.n == q->k.n && memcmp(h->q.k.p, q->k.p, q->k.n) == 0)
		return 0;
	m->st->conflicts++;
	snprintf(text, sizeof(text),
	    "packet with message %llu of session %s differs from its first "
	    "copy",
	    (unsigned long long)h->q.first, s->name);
	return trouble(m, q, 0, text, d);
}

static int
no_room(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "no memory to hold a packet");
}

static struct exch_seq_held *
copy_of(const struct exch_seq_packet *q)
{
	struct exch_seq_held *h = exch_malloc(sizeof(*h) + q->k.n);

	if (h == NULL)
		return NULL;
	h->q = *q;
	h->q.k.p = memcpy(h + 1, q->k.p, q->k.n);
	return h;
}

/* A packet above the expected number waits in its place. */
static int
hold(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	struct exch_seq_held **at = &s->held;
	struct exch_seq_held *h;

	/* the copies of another line come in the order of the first ones */
	if (s->tail != NULL && s->tail->q.first < q->first)
		at = &s->tail->next;
	else if (s->near != NULL && s->near->q.first < q->first)
		at = &s->near->next;
	while (*at != NULL && (*at)->q.first < q->first)
		at = &(*at)->next;
	for (h = *at; h != NULL && h->q.first == q->first; h = h->next) {
		/* A heartbeat says nothing that a held packet does not. */
		if (q->count == 0)
			return 0;
		if (h->q.count == q->count && !h->q.k.cut && !q->k.cut) {
			s->near = h;
			return held_twice(m, s, h, q, d);
		}
	}
	h = copy_of(q);
	if (h == NULL)
		return no_room(d);
	h->next = *at;
	*at = h;
	s->near = h;
	if (h->next == NULL)
		s->tail = h;
	else if (q->count > 0)
		m->st->reordered++;
	s->nheld++;
	s->held_bytes += q->k.n;
	m->h.waiting++;
	m->waiting_bytes += q->k.n;
	return 0;
}

/* ---- packets ---- */

/* Numbers that mean nothing: deliver as it comes, no accounts. */
static int
take_blank(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	struct exch_blocks left;
	int err = 0;

	if (!s->blank && !m->forced && !m->kind->unnumbered) {
		m->st->packets_bad++;
		err = bad_number(m, q, "sequence number 0", d);
	}
	return err != 0 ? err : walk(m, s, q, 0, &left, d);
}

static int sort_in(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d);

static int
start_again(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	char text[128];
	int err = expire(m, s, true, d);

	if (err != 0)
		return err;
	s->begin = m->rules.from_one ? 1 : q->first;
	s->h.expected = s->begin;
	s->ended = false;
	s->ngaps = 0;
	exch_recent_clear(s->h.recent);
	m->st->sessions++;
	snprintf(text, sizeof(text),
	    "session %s starts again at sequence number %llu", s->name,
	    (unsigned long long)q->first);
	err = bad_number(m, q, text, d);
	if (err == 0 && m->kind->again != NULL &&
	    (m->kind->silent || q->first != 1))
		err = m->kind->again(
		    s->h.decoder, q->k.p + lead_of(m), length_at(m, q->k.p), d);
	return err;
}

/* It was no new beginning: what else it may be. */
static int
settle_odd(struct exch_seq *m, struct exch_seq_session *s, struct exch_diag *d)
{
	struct exch_seq_held *h = s->odd;
	int err;

	if (h == NULL)
		return 0;
	s->odd = NULL;
	err = h->q.first < s->h.expected ? take_old(m, s, &h->q, d) : 0;
	exch_free(h);
	return err;
}

/* Two packets of a new run, of which the first was put aside. */
static int
go_on_anew(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	struct exch_seq_held *h = s->odd;
	int err;

	s->odd = NULL;
	err = start_again(m, s, &h->q, d);
	if (err == 0)
		err = sort_in(m, s, &h->q, d);
	if (err == 0)
		err = sort_in(m, s, q, d);
	exch_free(h);
	return err;
}

/* The session cannot have begun there: no line is so far behind another. */
static bool
is_far_before(const struct exch_seq_session *s, const struct exch_seq_packet *q)
{
	return q->first < s->begin && s->begin - q->first > EXCH_SEQ_FAR;
}

/*
 * An old number, of none that was lost, with a time that is new; or far before the
 * first.
 */
static bool
is_odd(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q)
{
	return is_another(m, s, q) &&
	       (is_far_before(s, q) ||
		   (is_later(m, s, q) &&
		       (q->first < s->begin || !was_lost(s, q->first))));
}

/* It goes on behind one that was put aside. */
static bool
goes_on(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q)
{
	const struct exch_seq_held *h = s->odd;

	return m->kind->silent && h != NULL && s->odd_at == s->h.expected &&
	       h->q.first + h->q.count == q->first && is_another(m, s, q);
}

static int
take_odd(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	const struct exch_seq_held *h = s->odd;
	int err;

	if (h != NULL && s->odd_at == s->h.expected) {
		if (h->q.first + h->q.count == q->first)
			return go_on_anew(m, s, q, d);
		if (h->q.k.n == q->k.n &&
		    memcmp(h->q.k.p, q->k.p, q->k.n) == 0) {
			m->st->duplicates += q->count; /* of another line */
			return 0;
		}
	}
	err = settle_odd(m, s, d);
	if (err != 0)
		return err;
	s->odd = copy_of(q);
	s->odd_at = s->h.expected;
	return s->odd != NULL ? 0 : no_room(d);
}

/* By the packet's number: now, later, or once more. */
static int
sort_in(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	int err = 0;

	if (q->first < s->h.expected && starts_again(m, s, q))
		err = start_again(m, s, q, d);
	if (err != 0)
		return err;
	if (q->first > s->h.expected)
		return hold(m, s, q, d);
	if (q->first < s->h.expected && (q->first > 1 || is_far_before(s, q)) &&
	    (is_odd(m, s, q) || goes_on(m, s, q)))
		return take_odd(m, s, q, d);
	if (q->first < s->h.expected)
		return take_old(m, s, q, d);
	err = settle_odd(m, s, d);
	if (err != 0)
		return err;
	s->h.moved = q->k.time;
	if (q->count == 0)
		return 0;
	if (s->held != NULL)
		m->st->reordered++;
	return deliver(m, s, q, d);
}

/* Sessions that fell silent while they waited. */
static int
expire_all(struct exch_seq *m, bool all, struct exch_diag *d)
{
	for (size_t i = 0; i < m->nsessions && m->h.waiting > 0; i++) {
		int err = expire(m, m->session[i], all, d);

		if (err != 0)
			return err;
	}
	return 0;
}

int
exch_seq_take_slow(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	int err;

	if (q->k.time > m->h.now)
		m->h.now = q->k.time;
	m->st->ends += q->end;
	m->st->heartbeats += q->count == 0 && !q->end;
	if (q->end) {
		s->ended = true;
		s->end = q->first != 0 ? q->first : UINT64_MAX;
	}
	if (q->count > 0 && !s->spoke) {
		s->spoke = true;
		m->nspoke++;
	}
	if (s->blank || q->first == 0)
		return take_blank(m, s, q, d);
	if (q->first > UINT64_MAX - EXCH_SEQ_COUNT_MAX) {
		m->st->packets_bad++;
		return bad_number(m, q, "sequence number out of range", d);
	}
	if (!s->h.started) {
		s->h.started = true;
		s->begin = m->rules.from_one ? 1 : q->first;
		s->h.expected = s->begin;
		s->h.moved = q->k.time;
	}
	err = sort_in(m, s, q, d);
	if (__builtin_expect(err == 0 && m->h.waiting > 0, 0)) {
		err = drain(m, s, d);
		if (err == 0)
			err = expire_all(m, false, d);
	}
	return err;
}

int
exch_seq_finish(struct exch_seq *m, struct exch_diag *d)
{
	int err = 0;

	for (size_t i = 0; i < m->nsessions && err == 0; i++)
		err = settle_odd(m, m->session[i], d);
	return err == 0 ? expire_all(m, true, d) : err;
}

/* ---- for who can do something about a gap ---- */

int
exch_seq_tick(struct exch_seq *m, exch_ts now, struct exch_diag *d)
{
	if (now > m->h.now)
		m->h.now = now;
	return m->h.waiting > 0 ? expire_all(m, false, d) : 0;
}

int
exch_seq_pass(struct exch_seq *m, struct exch_seq_session *s, uint64_t to,
    struct exch_diag *d)
{
	if (s->held == NULL || to <= s->h.expected)
		return 0;
	return lose(m, s, to < s->held->q.first ? to : s->held->q.first, d);
}

int
exch_seq_begin(struct exch_seq *m, struct exch_seq_session *s, uint64_t next,
    struct exch_diag *d)
{
	s->h.started = true;
	s->begin = s->h.expected = next;
	s->h.moved = m->h.now;
	m->nspoke += !s->spoke;
	s->spoke = true;
	/*
	 * They waited for this, and not for a gap: the wait begins now, and none
	 * of them is astray because it was long.
	 */
	for (struct exch_seq_held *h = s->held; h != NULL; h = h->next)
		h->q.k.time = m->h.now;
	return drain(m, s, d);
}

/* One more fits under the limits of expire(). */
bool
exch_seq_is_full(
    const struct exch_seq *m, const struct exch_seq_session *s, uint64_t first)
{
	return s->h.started && first > s->h.expected &&
	       is_over_limit(m, s, EXCH_SEQ_COUNT_MAX);
}
