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
 * the same number decides, as soon as there is something; until then, packets
 * whose numbers are near those of a session are taken for its.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "feed/pitchbin.h"
#include "feed/pitchudp.h"
#include "feed/run.h"

enum { AT_COUNT = 2, AT_UNIT = 3, AT_NUMBER = 4 };

/* Two lines of a session are not further apart. */
#define NEAR 4096
/* Seconds are told by all markets in the same words. */
#define CHANCE 5

/* A unit's packets on their way. */
struct way {
	struct exch_key key; /* flow, unit */
	struct exch_seq_session *s;
	bool sure; /* its packets are copies of those */
};

struct exch_pitchudp {
	struct exch_run *run;
	struct exch_feed_stats *st;
	struct exch_seq *seq;
	struct exch_pitchbin *bin;
	struct exch_keyed ways;
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

void
exch_pitchudp_free(struct exch_pitchudp *x)
{
	if (x == NULL)
		return;
	exch_seq_free(x->seq);
	exch_pitchbin_free(x->bin);
	exch_keyed_clear(&x->ways);
	exch_free(x);
}

/* ---- recognition ---- */

/* Messages to the end, as far as they were captured. */
static bool
messages_fit(const unsigned char *p, size_t n, unsigned count, bool cut)
{
	for (; count > 0 && n > 0; count--) {
		if (p[0] < 2)
			return false;
		if (p[0] > n)
			return cut;
		n -= p[0];
		p += p[0];
	}
	return count == 0 ? n == 0 : cut;
}

bool
exch_pitchudp_is(const struct exch_payload *u)
{
	const unsigned char *p = u->p + EXCH_PITCHUDP_HEADER;
	size_t n = u->n - EXCH_PITCHUDP_HEADER;
	size_t len;

	if (u->n < EXCH_PITCHUDP_HEADER + 2 || u->p[AT_COUNT] == 0 ||
	    (u->cut ? exch_le16(u->p) < u->n : exch_le16(u->p) != u->n))
		return false;
	len = exch_pitchbin_len(p[1]);
	return len != 0 && p[0] >= len &&
	       messages_fit(p, n, u->p[AT_COUNT], u->cut);
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

/* A session of this unit that the packet may be of; NULL: there is none. */
static struct exch_seq_session *
kin_of(const struct exch_pitchudp *x, unsigned unit,
    const struct exch_seq_packet *q, bool *sure)
{
	struct exch_seq_session *near = NULL;

	*sure = false;
	for (size_t i = 0; i < exch_seq_sessions(x->seq); i++) {
		struct exch_seq_session *s = exch_seq_at(x->seq, i);
		uint64_t next = exch_seq_expected(s);
		int knows;

		if (unit_of(s) != unit)
			continue;
		knows = exch_seq_knows(x->seq, s, q, CHANCE);
		if (knows > 0) {
			*sure = true;
			return s;
		}
		if (knows == 0 &&
		    (q->first == 0 || next == 0 ||
			(q->first < next + NEAR && next < q->first + NEAR)))
			near = s;
	}
	return near;
}

/* One more; *s NULL: it was trouble. */
static int
open_session(struct exch_pitchudp *x, const struct exch_payload *u,
    struct exch_seq_session **s, struct exch_diag *d)
{
	unsigned char key[EXCH_SEQ_KEY] = {u->p[AT_UNIT]};
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
		    x, u, AT_UNIT, "more sessions than a capture may hold", d);
	err = exch_pitchbin_line(x->bin, key[0], &line, d);
	return err != 0 ? err : exch_seq_open(x->seq, key, text, line, s, d);
}

/* The session of a way that is not sure of it. */
static int
look_for(struct exch_pitchudp *x, struct way *w, const struct exch_payload *u,
    const struct exch_seq_packet *q, struct exch_diag *d)
{
	int err = EXCH_OK, knows;

	if (w->s != NULL) {
		knows = exch_seq_knows(x->seq, w->s, q, CHANCE);
		w->sure = knows > 0;
		if (knows >= 0)
			return EXCH_OK;
	}
	w->s = kin_of(x, u->p[AT_UNIT], q, &w->sure);
	if (w->s == NULL) {
		err = open_session(x, u, &w->s, d);
		w->sure = true;
	}
	return err;
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
	w = way_of(x, flow, u->p);
	if (__builtin_expect(w == NULL, 0)) {
		err = exch_keyed_add(&x->ways, flow, u->p[AT_UNIT], &w);
		if (err != 0)
			return no_memory(d);
	}
	if (__builtin_expect(!w->sure, 0)) {
		err = look_for(x, w, u, &q, d);
		if (err != 0 || w->s == NULL)
			return err;
	}
	if (q.first == 0)
		q.k.line = NULL; /* it says nothing of what the line lost */
	return exch_seq_take(x->seq, w->s, &q, blocks, d);
}

struct exch_seq *
exch_pitchudp_seq(const struct exch_pitchudp *x)
{
	return x->seq;
}

int
exch_pitchudp_finish(struct exch_pitchudp *x, struct exch_diag *d)
{
	return exch_seq_finish(x->seq, d);
}
