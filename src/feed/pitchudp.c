/*
 * Packets of binary PITCH (pitchudp.h).  Cboe US Equities/Options Multicast PITCH
 * Specification 2.41, chapter 2, all numbers with their lower byte first:
 *
 *	0	bytes of the packet, u16	2	messages, u8
 *	3	unit, u8			4	number of the first, u32
 *
 * A packet without messages is a heartbeat, whose number is that of the next one;
 * messages of number 0 have none.
 *
 * A flow that was not seen before brings a unit's packets.  Are they the second
 * line of a session of that unit, or another market's?  What was delivered under
 * the same number decides: until there is something, or a second has passed, its
 * packets wait.  Whatever has no number in common with a session that went on
 * meanwhile is another market's.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "feed/pitchbin.h"
#include "feed/pitchudp.h"
#include "feed/run.h"

enum { AT_COUNT = 2, AT_UNIT = 3, AT_NUMBER = 4 };

/* One line goes on where the other one fell silent: not further away. */
#define NEAR 4096
/* Seconds are told by all markets in the same words. */
#define CHANCE 5
/* Packets of a way that wait, and how long by the clock of capture. */
#define WAITING 256
#define WAIT EXCH_SEC

/* A packet that waits until it is known whose it is. */
struct waiting {
	struct waiting *next;
	struct exch_seq_packet q; /* its bytes are behind this */
};

/* A unit's packets on their way. */
struct way {
	struct exch_key key;	    /* flow, unit */
	struct exch_seq_session *s; /* NULL: not known yet, and they wait */
	struct waiting *first, *last;
	unsigned n;
	exch_ts since; /* the first of them came */
};

struct exch_pitchudp {
	struct exch_run *run;
	struct exch_feed_stats *st;
	struct exch_seq *seq;
	struct exch_pitchbin *bin;
	struct exch_keyed ways;
	size_t waiting; /* bytes of packets, of all ways */
	exch_ts due; /* some way has waited long enough; EXCH_TS_NONE: none */
};

static int
blocks(void *decoder, struct exch_blocks *b, const struct exch_feed_at *at,
    struct exch_diag *d)
{
	return exch_pitchbin_blocks(decoder, b, at, d);
}

static int
gap(void *decoder, const char *session, uint64_t first, uint64_t count,
    exch_ts captured, struct exch_diag *d)
{
	return exch_pitchbin_gap(decoder, session, first, count, captured, d);
}

static bool
later(const void *decoder, const unsigned char *p, size_t n)
{
	return exch_pitchbin_later(decoder, p, n);
}

static int
again(void *decoder, const unsigned char *p, size_t n, struct exch_diag *d)
{
	return exch_pitchbin_again(decoder, p, n, d);
}

static bool
over(const void *decoder)
{
	return exch_pitchbin_over(decoder);
}

static const struct exch_seq_kind kind = {
    .before = EXCH_PITCHUDP_HEADER - AT_NUMBER,
    .length = EXCH_LENGTH_BYTE,
    .unnumbered = true,
    .silent = true,
    .blocks = blocks,
    .gap = gap,
    .later = later,
    .again = again,
    .over = over,
};

/* ---- life ---- */

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "no memory for PITCH");
}

int
exch_pitchudp_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_pitchudp **out, struct exch_diag *d)
{
	struct exch_pitchudp *x = exch_calloc(1, sizeof(*x));
	int err;

	*out = NULL;
	if (x == NULL)
		return no_memory(d);
	x->run = run;
	x->st = st;
	x->due = EXCH_TS_NONE;
	err = exch_keyed_init(&x->ways, sizeof(struct way)) == 0
		  ? exch_seq_new(&kind, run, st, false, &x->seq, d)
		  : no_memory(d);
	if (err == 0)
		err = exch_pitchbin_new(o, run, st, &x->bin, d);
	if (err != 0)
		exch_pitchudp_free(x);
	else
		*out = x;
	return err;
}

static void
drop_first(struct exch_pitchudp *x, struct way *w)
{
	struct waiting *one = w->first;

	w->first = one->next;
	w->n--;
	x->waiting -= one->q.k.n;
	exch_free(one);
}

void
exch_pitchudp_free(struct exch_pitchudp *x)
{
	uint32_t at = 0;
	struct way *w;

	if (x == NULL)
		return;
	while ((w = exch_keyed_next(&x->ways, &at)) != NULL)
		while (w->first != NULL)
			drop_first(x, w);
	exch_seq_free(x->seq);
	exch_pitchbin_free(x->bin);
	exch_keyed_clear(&x->ways);
	exch_free(x);
}

/* ---- recognition ---- */

/*
 * Messages to the end, as far as they were captured; *known: there is one that
 * has the length of its type.
 */
static bool
messages_fit(
    const unsigned char *p, size_t n, unsigned count, bool cut, bool *known)
{
	*known = false;
	for (; count > 0 && n > 0; count--) {
		size_t len = n > 1 ? exch_pitchbin_len(p[1]) : 0;

		if (p[0] < 2)
			return false;
		*known |= len != 0 && p[0] >= len;
		if (p[0] > n)
			return cut;
		n -= p[0];
		p += p[0];
	}
	return count == 0 ? n == 0 : cut;
}

bool
exch_pitchudp_is(const struct exch_payload *u, bool likely)
{
	bool known;

	if (u->n < EXCH_PITCHUDP_HEADER + 2 || u->p[AT_COUNT] == 0 ||
	    (u->cut ? exch_le16(u->p) < u->n : exch_le16(u->p) != u->n))
		return false;
	return messages_fit(u->p + EXCH_PITCHUDP_HEADER,
		   u->n - EXCH_PITCHUDP_HEADER, u->p[AT_COUNT], u->cut,
		   &known) &&
	       (known || likely);
}

bool
exch_pitchudp_is_idle(const struct exch_payload *u)
{
	return u->n == EXCH_PITCHUDP_HEADER &&
	       exch_le16(u->p) == EXCH_PITCHUDP_HEADER && u->p[AT_COUNT] == 0;
}

/* ---- sessions ---- */

static int
trouble(struct exch_pitchudp *x, const struct exch_payload *u, unsigned at,
    const char *text, struct exch_diag *d)
{
	struct exch_feed_at here = {EXCH_POS_PACKET, u->number, u->offset + at};

	x->st->packets_bad++;
	return exch_run_trouble(x->run, &here, text, d);
}

/* Keys: the unit, and which of those that have it. */
static unsigned
unit_of(const struct exch_seq_session *s)
{
	return exch_seq_key(s)[0];
}

/* One more; *s NULL: it was trouble. */
static int
open_session(struct exch_pitchudp *x, const struct exch_payload *u,
    unsigned unit, struct exch_seq_session **s, struct exch_diag *d)
{
	unsigned char key[EXCH_SEQ_KEY] = {(unsigned char)unit};
	unsigned of = 1; /* a key of zeros would be blank */
	struct exch_pitchbin_line *line;
	char text[EXCH_SEQ_NAME];
	int err;

	*s = NULL;
	for (size_t i = 0; i < exch_seq_sessions(x->seq); i++)
		of += unit_of(exch_seq_at(x->seq, i)) == key[0];
	exch_put_le16(key + 1, (uint16_t)of);
	if (of == 1)
		snprintf(text, sizeof(text), "%u", key[0]);
	else
		snprintf(text, sizeof(text), "%u/%u", key[0], of & 0xfff);
	if (exch_seq_sessions(x->seq) == EXCH_SEQ_SESSIONS)
		return trouble(
		    x, u, 0, "more sessions than a capture may hold", d);
	err = exch_pitchbin_line(x->bin, key[0], &line, d);
	return err != 0 ? err : exch_seq_open(x->seq, key, text, line, s, d);
}

/* ---- whose packets they are ---- */

/* What a session has delivered of the same numbers: the same, or not. */
struct evidence {
	unsigned same, other;
};

static struct evidence
ask(const struct exch_pitchudp *x, const struct way *w,
    const struct exch_seq_session *s)
{
	struct evidence e = {0, 0};

	for (const struct waiting *one = w->first; one != NULL;
	     one = one->next) {
		int knows = exch_seq_knows(x->seq, s, &one->q, CHANCE);

		e.same += knows > 0;
		e.other += knows < 0;
	}
	return e;
}

/*
 * Nothing has been said under the same number.  A line that goes on where the
 * other one fell silent, or tells once more what is long known, is the session's;
 * one that is behind the beginning of it, or before it while it goes on, is not.
 */
static bool
may_be(const struct way *w, const struct exch_seq_session *s)
{
	uint64_t next = exch_seq_expected(s);
	uint64_t first = 0;

	for (const struct waiting *one = w->first; one != NULL && first == 0;
	     one = one->next)
		first = one->q.first;
	if (next == 0 || first == 0)
		return true;
	if (first < next)
		return first >= exch_seq_first(s);
	return first - next < NEAR && exch_seq_moved(s) <= w->since;
}

/* Those of one damaged packet prove nothing. */
static bool
is_its(struct evidence e)
{
	return e.same > e.other && (e.other == 0 || e.same > 1);
}

static bool
is_not_its(struct evidence e)
{
	return e.other > 1 && e.other > e.same;
}

/*
 * The session of a unit that a way's packets are of; NULL: none of them, or
 * (*open) nobody knows.  `now`: it has to be settled.
 */
static struct exch_seq_session *
find(const struct exch_pitchudp *x, const struct way *w, bool now, bool *open)
{
	struct exch_seq_session *may = NULL;

	*open = false;
	for (size_t i = 0; i < exch_seq_sessions(x->seq); i++) {
		struct exch_seq_session *s = exch_seq_at(x->seq, i);
		struct evidence e;

		if (unit_of(s) != w->key.id)
			continue;
		e = ask(x, w, s);
		if (is_its(e) || (now && e.same > e.other))
			return s;
		if (is_not_its(e) || (now && e.other > 0))
			continue;
		*open = !now;
		if (now && may == NULL && may_be(w, s))
			may = s;
	}
	return may;
}

/* What waited goes where it belongs. */
static int
let_go(struct exch_pitchudp *x, struct way *w, struct exch_diag *d)
{
	int err = EXCH_OK;

	while (w->first != NULL && err == 0) {
		err = exch_seq_take(x->seq, w->s, &w->first->q, blocks, d);
		drop_first(x, w);
	}
	return err;
}

/* Is it known now?  If `now`, it is. */
static int
settle(struct exch_pitchudp *x, struct way *w, bool now, struct exch_diag *d)
{
	bool open;
	int err = EXCH_OK;

	w->s = find(x, w, now, &open);
	if (w->s == NULL && open)
		return EXCH_OK;
	if (w->s == NULL)
		err = open_session(
		    x, &w->last->q.k, (unsigned)w->key.id, &w->s, d);
	while (w->s == NULL && w->first != NULL)
		drop_first(x, w);
	return err != 0 ? err : let_go(x, w, d);
}

/* Ways that have waited long enough, or all. */
static int
settle_due(struct exch_pitchudp *x, exch_ts now, bool all, struct exch_diag *d)
{
	struct way *w;
	uint32_t at = 0;
	int err = EXCH_OK;

	x->due = EXCH_TS_NONE;
	while (err == 0 && (w = exch_keyed_next(&x->ways, &at)) != NULL) {
		if (w->first == NULL)
			continue;
		if (all || now >= w->since + WAIT)
			err = settle(x, w, true, d);
		else if (w->since + WAIT < x->due)
			x->due = w->since + WAIT;
	}
	return err;
}

static int
wait_for(struct exch_pitchudp *x, struct way *w,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	struct waiting *one = exch_malloc(sizeof(*one) + q->k.n);

	if (one == NULL)
		return no_memory(d);
	*one = (struct waiting){.q = *q};
	one->q.k.p = memcpy(one + 1, q->k.p, q->k.n);
	if (w->first == NULL) {
		w->first = one;
		w->since = q->k.time;
		if (w->since + WAIT < x->due)
			x->due = w->since + WAIT;
	} else {
		w->last->next = one;
	}
	w->last = one;
	w->n++;
	x->waiting += q->k.n;
	return settle(
	    x, w, w->n == WAITING || x->waiting > EXCH_SEQ_HOLD_ALL, d);
}

/* Has a unit a session? */
static bool
has_session(const struct exch_pitchudp *x, unsigned unit)
{
	for (size_t i = 0; i < exch_seq_sessions(x->seq); i++)
		if (unit_of(exch_seq_at(x->seq, i)) == unit)
			return true;
	return false;
}

/* One of a way of which nothing is known. */
static int
take_unknown(struct exch_pitchudp *x, struct way *w,
    const struct exch_payload *u, const struct exch_seq_packet *q,
    struct exch_diag *d)
{
	int err;

	if (w->first == NULL && !has_session(x, (unsigned)w->key.id)) {
		err = open_session(x, u, (unsigned)w->key.id, &w->s, d);
		return err != 0 || w->s == NULL
			   ? err
			   : exch_seq_take(x->seq, w->s, q, blocks, d);
	}
	/* a heartbeat says nothing by which it could be known */
	return q->count == 0 ? EXCH_OK : wait_for(x, w, q, d);
}

static struct way *
way_of(const struct exch_pitchudp *x, uint32_t flow, const unsigned char *p)
{
	return exch_keyed_find(&x->ways, flow, p[AT_UNIT]);
}

struct exch_seq_session *
exch_pitchudp_session(
    const struct exch_pitchudp *x, uint32_t flow, const unsigned char *p)
{
	const struct way *w = way_of(x, flow, p);

	return w != NULL ? w->s : NULL;
}

/* ---- packets ---- */

/* What the header says of the packet; NULL: nothing is wrong with it. */
static const char *
wrong(const struct exch_payload *u)
{
	size_t len = exch_le16(u->p);

	if (u->n > len)
		return "packet longer than its header says";
	if (u->n < len && !u->cut)
		return "packet shorter than its header says";
	return NULL;
}

int
exch_pitchudp_take(struct exch_pitchudp *x, uint32_t flow,
    const struct exch_payload *u, struct exch_diag *d)
{
	struct exch_seq_packet q = {.k = *u};
	const char *why;
	struct way *w;
	int err = EXCH_OK;

	if (u->n < EXCH_PITCHUDP_HEADER)
		return trouble(x, u, 0,
		    u->cut ? "packet captured shorter than its header"
			   : "packet shorter than a header of PITCH",
		    d);
	why = wrong(u);
	if (why != NULL)
		return trouble(x, u, 0, why, d);
	q.k.p += EXCH_PITCHUDP_HEADER;
	q.k.n -= EXCH_PITCHUDP_HEADER;
	q.k.offset += EXCH_PITCHUDP_HEADER;
	exch_pitchudp_numbers(u->p, &q.first, &q.count);
	if (__builtin_expect(u->time >= x->due, 0))
		err = settle_due(x, u->time, false, d);
	if (err != 0)
		return err;
	w = way_of(x, flow, u->p);
	if (__builtin_expect(w == NULL, 0)) {
		err = exch_keyed_add(&x->ways, flow, u->p[AT_UNIT], &w);
		if (err != 0)
			return no_memory(d);
	}
	if (q.first == 0)
		q.k.line = NULL; /* it says nothing of what the line lost */
	if (__builtin_expect(w->s == NULL, 0))
		return take_unknown(x, w, u, &q, d);
	return exch_seq_take(x->seq, w->s, &q, blocks, d);
}

struct exch_seq *
exch_pitchudp_seq(const struct exch_pitchudp *x)
{
	return x->seq;
}

int
exch_pitchudp_tick(struct exch_pitchudp *x, exch_ts now, struct exch_diag *d)
{
	int err = now >= x->due ? settle_due(x, now, false, d) : EXCH_OK;

	return err != 0 ? err : exch_seq_tick(x->seq, now, d);
}

int
exch_pitchudp_finish(struct exch_pitchudp *x, struct exch_diag *d)
{
	int err = settle_due(x, 0, true, d);

	return err != 0 ? err : exch_seq_finish(x->seq, d);
}
