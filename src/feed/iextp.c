/*
 * IEX-TP segments (iextp.h).  A session is known by its message protocol, its
 * channel and its number, which stand side by side in the header; sessions are
 * new every day, and IEX's test system starts one again several times a day.
 *
 *	 0	version, 1
 *	 2	message protocol, u16		 4	channel, u32
 *	 8	session, u32			12	bytes of payload, u16
 *	14	messages, u16			16	offset in the stream, i64
 *	24	number of the first, i64	32	time it was sent, i64
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "feed/iex.h"
#include "feed/iextp.h"
#include "feed/run.h"

enum {
	AT_PROTOCOL = 2,
	AT_SESSION = 8,
	AT_LENGTH = 12,
	AT_COUNT = 14,
	AT_NUMBER = 24
};

struct exch_iextp {
	struct exch_run *run;
	struct exch_feed_stats *st;
	struct exch_seq *seq;
	struct exch_iex *iex;
};

static int
blocks(void *decoder, struct exch_blocks *b, const struct exch_feed_at *at,
    struct exch_diag *d)
{
	return exch_iex_blocks(decoder, b, at, d);
}

static int
gap(void *decoder, const char *session, uint64_t first, uint64_t count,
    exch_ts captured, struct exch_diag *d)
{
	return exch_iex_gap(decoder, session, first, count, captured, d);
}

static bool
later(const void *decoder, const unsigned char *p, size_t n)
{
	return exch_iex_later(decoder, p, n);
}

static int
again(void *decoder, const unsigned char *p, size_t n, struct exch_diag *d)
{
	return exch_iex_again(decoder, p, n, d);
}

static bool
over(const void *decoder)
{
	return exch_iex_over(decoder);
}

static const struct exch_seq_kind kind = {
    .before = EXCH_IEXTP_HEADER - AT_NUMBER,
    .length = EXCH_LENGTH_LE16,
    .blocks = blocks,
    .gap = gap,
    .later = later,
    .again = again,
    .over = over,
};

int
exch_iextp_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_iextp **out, struct exch_diag *d)
{
	struct exch_iextp *x = exch_calloc(1, sizeof(*x));
	int err;

	*out = NULL;
	if (x == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for IEX-TP");
	x->run = run;
	x->st = st;
	err = exch_seq_new(&kind, run, st, false, &x->seq, d);
	if (err == 0)
		err = exch_iex_new(o, run, st, &x->iex, d);
	if (err != 0)
		exch_iextp_free(x);
	else
		*out = x;
	return err;
}

void
exch_iextp_free(struct exch_iextp *x)
{
	if (x == NULL)
		return;
	exch_seq_free(x->seq);
	exch_iex_free(x->iex);
	exch_free(x);
}

bool
exch_iextp_is(const struct exch_payload *u)
{
	const unsigned char *p = u->p;
	uint16_t protocol;
	size_t len, first;

	if (u->n < EXCH_IEXTP_HEADER || p[0] != 1)
		return false;
	protocol = exch_le16(p + AT_PROTOCOL);
	len = exch_le16(p + AT_LENGTH);
	if (exch_iex_name(protocol) == NULL ||
	    exch_le64(p + AT_NUMBER) > INT64_MAX)
		return false;
	if (u->cut ? u->n - EXCH_IEXTP_HEADER > len
		   : u->n - EXCH_IEXTP_HEADER != len)
		return false;
	if (exch_le16(p + AT_COUNT) == 0)
		return len == 0;
	if (u->n < EXCH_IEXTP_HEADER + 3)
		return u->cut;
	first = exch_le16(p + EXCH_IEXTP_HEADER);
	return first <= len - 2 &&
	       first == exch_iex_len(protocol, p[EXCH_IEXTP_HEADER + 2]);
}

static int
trouble(struct exch_iextp *x, const struct exch_payload *u, unsigned at,
    const char *text, struct exch_diag *d)
{
	struct exch_feed_at here = {EXCH_POS_PACKET, u->number, u->offset + at};

	x->st->packets_bad++;
	return exch_run_trouble(x->run, &here, text, d);
}

/* A session that was not there before; *s NULL: it was trouble. */
static int
open_session(struct exch_iextp *x, const struct exch_payload *u,
    struct exch_seq_session **s, struct exch_diag *d)
{
	uint16_t protocol = exch_le16(u->p + AT_PROTOCOL);
	struct exch_iex_line *line;
	char text[80];
	int err;

	*s = NULL;
	if (exch_iex_name(protocol) == NULL) {
		snprintf(text, sizeof(text),
		    "IEX-TP message protocol 0x%04x is not known", protocol);
		return trouble(x, u, AT_PROTOCOL, text, d);
	}
	err = exch_iex_line(x->iex, protocol, &line, d);
	if (err != 0)
		return err;
	snprintf(text, sizeof(text), "%lu",
	    (unsigned long)exch_le32(u->p + AT_SESSION));
	err = exch_seq_open(x->seq, u->p + AT_PROTOCOL, text, line, s, d);
	if (err == EXCH_ERR_LIMIT)
		return trouble(x, u, AT_SESSION,
		    "more sessions than a capture may hold", d);
	return err;
}

/* What the header says of the packet; NULL: nothing is wrong with it. */
static const char *
wrong(const struct exch_payload *u, unsigned *at)
{
	size_t have = u->n - EXCH_IEXTP_HEADER;
	size_t len = exch_le16(u->p + AT_LENGTH);

	*at = 0;
	if (u->p[0] != 1)
		return "IEX-TP version is not 1";
	*at = AT_NUMBER;
	if (exch_le64(u->p + AT_NUMBER) > INT64_MAX)
		return "sequence number out of range";
	*at = AT_LENGTH;
	if (have > len)
		return "packet longer than its payload";
	if (have < len && !u->cut)
		return "packet shorter than its payload";
	return NULL;
}

int
exch_iextp_take(
    struct exch_iextp *x, const struct exch_payload *u, struct exch_diag *d)
{
	struct exch_seq_session *s;
	struct exch_seq_packet q = {.k = *u};
	const char *why;
	unsigned at;
	int err;

	if (u->n < EXCH_IEXTP_HEADER)
		return trouble(x, u, 0,
		    u->cut ? "packet captured shorter than its header"
			   : "packet shorter than an IEX-TP header",
		    d);
	why = wrong(u, &at);
	if (why != NULL)
		return trouble(x, u, at, why, d);
	s = exch_seq_find(x->seq, u->p + AT_PROTOCOL);
	if (__builtin_expect(s == NULL, 0)) {
		err = open_session(x, u, &s, d);
		if (err != 0 || s == NULL)
			return err;
	}
	q.k.p += EXCH_IEXTP_HEADER;
	q.k.n -= EXCH_IEXTP_HEADER;
	q.k.offset += EXCH_IEXTP_HEADER;
	q.first = exch_le64(u->p + AT_NUMBER);
	q.count = exch_le16(u->p + AT_COUNT);
	return exch_seq_take(x->seq, s, &q, blocks, d);
}

struct exch_seq *
exch_iextp_seq(const struct exch_iextp *x)
{
	return x->seq;
}

int
exch_iextp_finish(struct exch_iextp *x, struct exch_diag *d)
{
	return exch_seq_finish(x->seq, d);
}
