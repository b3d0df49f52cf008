/*
 * Finds the feeds among the UDP flows of a capture.
 *
 * A flow is known by where it goes to.  It is a feed's once a packet on it
 * looks like one of its transport: a MoldUDP64 header with a session name in
 * text and a first message whose length is that of its ITCH type, or an IEX-TP
 * segment or a packet of PITCH whose lengths agree.  From then on a packet that does not is damage
 * and not another protocol.  --as itch50 takes every packet that could be
 * MoldUDP64, which also allows blank sessions and numbers.
 *
 * Flows of one venue (two lines, or a new session in the place of the old)
 * share a decoder; an ITCH session never seen on a flow never seen is another
 * venue, whose stock locates must not be confused with the first one's.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/demux.h"
#include "feed/guess.h"
#include "feed/iextp.h"
#include "feed/itch.h"
#include "feed/pitchudp.h"
#include "feed/run.h"

#define FLOWS 1024 /* a power of two */
#define FLOWS_MAX (FLOWS / 2)
#define VENUES_MAX 64

/* Where datagrams go to, comparable in three steps. */
struct where {
	uint64_t addr[2];
	uint32_t port; /* and family */
};

struct flow {
	bool used;
	struct where to;
	struct exch_itch *it;	     /* NULL: not known as ITCH's */
	bool iex;		     /* known as IEX-TP */
	bool pitch;		     /* known as PITCH */
	struct exch_feed_line *line; /* NULL: not known, or too many */
};

struct exch_demux {
	const struct exch_feed_opts *o;
	struct exch_run *run;
	struct exch_feed_stats *st;
	bool forced;	 /* --as itch50 */
	bool iex_only;	 /* --as iextp */
	bool pitch_only; /* --as pitchbin */
	bool found;
	const char *guess; /* what others look like, or NULL */
	struct exch_seq *mold;
	struct exch_iextp *iex;	     /* NULL: none was seen */
	struct exch_pitchudp *pitch; /* the same */
	struct exch_seq_rules rules;
	bool ruled; /* they are other than usual */
	struct exch_itch_ids ids;
	size_t nvenues;
	struct exch_itch *venue[VENUES_MAX];
	struct flow *last;
	struct exch_seq_session *session; /* that took the last packet */
	size_t nflows;
	struct flow flow[FLOWS];
};

int
exch_demux_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_demux **out, struct exch_diag *d)
{
	struct exch_demux *x = exch_calloc(1, sizeof(*x));
	int err;

	*out = NULL;
	if (x == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for flows");
	x->o = o;
	x->run = run;
	x->st = st;
	x->forced =
	    o->as != NULL && strcmp(o->as, exch_feed_itchfile.name) == 0;
	x->iex_only = o->as != NULL && strcmp(o->as, exch_feed_iextp.name) == 0;
	x->pitch_only =
	    o->as != NULL && strcmp(o->as, exch_feed_pitchbin.name) == 0;
	err = exch_mold_new(run, st, x->forced, &x->mold, d);
	if (err != 0)
		exch_free(x);
	else
		*out = x;
	return err;
}

void
exch_demux_free(struct exch_demux *x)
{
	if (x == NULL)
		return;
	exch_seq_free(x->mold);
	exch_iextp_free(x->iex);
	exch_pitchudp_free(x->pitch);
	for (size_t i = 0; i < x->nvenues; i++)
		exch_itch_free(x->venue[i]);
	exch_free(x);
}

bool
exch_demux_found(const struct exch_demux *x)
{
	return x->found || x->iex != NULL || x->pitch != NULL ||
	       (x->forced && x->nvenues > 0) ||
	       (x->nvenues > 0 && x->st->packets_other == 0);
}

/* ---- flows ---- */

static inline struct where
where_to(const struct exch_datagram *u)
{
	struct where w = {.port = (uint32_t)u->family << 16 | u->dport};

	if (u->family == 4) {
		w.addr[0] = exch_le32(u->dst);
	} else {
		w.addr[0] = exch_le64(u->dst);
		w.addr[1] = exch_le64(u->dst + 8);
	}
	return w;
}

static inline bool
same(const struct where *a, const struct where *b)
{
	return a->addr[0] == b->addr[0] && a->addr[1] == b->addr[1] &&
	       a->port == b->port;
}

/* The flow's entry; NULL when there are too many to keep. */
static struct flow *
find_flow(struct exch_demux *x, const struct where *w)
{
	uint64_t key = (w->addr[0] ^ w->addr[1] ^ (uint64_t)w->port << 32) *
		       UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = (size_t)(key >> 40);; i++) {
		struct flow *f = &x->flow[i % FLOWS];

		if (!f->used) {
			if (x->nflows == FLOWS_MAX)
				return NULL;
			x->nflows++;
			f->used = true;
			f->to = *w;
			return f;
		}
		if (same(&f->to, w))
			return f;
	}
}

static inline struct flow *
flow_of(struct exch_demux *x, const struct exch_datagram *u)
{
	struct where w = where_to(u);

	if (x->last == NULL || !same(&x->last->to, &w))
		x->last = find_flow(x, &w);
	return x->last;
}

/* ---- recognition ---- */

static bool
is_blank(const unsigned char *name)
{
	static const unsigned char zeros[10];

	return memcmp(name, zeros, sizeof(zeros)) == 0;
}

static bool
is_name(const unsigned char *name)
{
	for (int i = 0; i < 10; i++) {
		if (name[i] < ' ' || name[i] > '~')
			return false;
	}
	return true;
}

/* Does the first message have the length of its type? */
static bool
first_is_itch(const struct exch_datagram *u)
{
	size_t left = u->k.n - EXCH_MOLD_HEADER;
	const unsigned char *p = u->k.p + EXCH_MOLD_HEADER;

	return left >= 3 && exch_be16(p) != 0 &&
	       exch_be16(p) == exch_itch_len[p[2]];
}

/* A first message that at least has its length, for --as. */
static bool
first_fits(const struct exch_datagram *u)
{
	size_t left = u->k.n - EXCH_MOLD_HEADER;

	return left >= 2 && exch_be16(u->k.p + EXCH_MOLD_HEADER) <= left - 2;
}

enum look { LOOK_NO, LOOK_YES, LOOK_BLANK };

static enum look
look(const struct exch_demux *x, const struct exch_datagram *u)
{
	uint16_t count = exch_be16(u->k.p + 18);
	bool idle = count == 0 || count == EXCH_MOLD_END;

	if (is_blank(u->k.p)) {
		if (x->forced)
			return (idle && u->k.n == EXCH_MOLD_HEADER) ||
				       first_fits(u)
				   ? LOOK_YES
				   : LOOK_NO;
		return !idle && first_is_itch(u) ? LOOK_BLANK : LOOK_NO;
	}
	if (!is_name(u->k.p) && !x->forced)
		return LOOK_NO;
	if (idle)
		return u->k.n == EXCH_MOLD_HEADER ? LOOK_YES : LOOK_NO;
	return first_is_itch(u) || (x->forced && first_fits(u)) ? LOOK_YES
								: LOOK_NO;
}

/* ---- venues ---- */

/* The decoder of a new session: its flow's, or one more. */
static int
venue_for(struct exch_demux *x, const struct flow *f, struct exch_itch **it,
    struct exch_diag *d)
{
	int err;

	if (f != NULL && f->it != NULL) {
		*it = f->it;
		return 0;
	}
	if (x->nvenues == VENUES_MAX)
		return EXCH_ERR_LIMIT;
	err = exch_itch_new(x->o, x->run, x->st, it, d);
	if (err != 0)
		return err;
	exch_itch_share(*it, &x->ids, x->nvenues > 0);
	x->venue[x->nvenues++] = *it;
	return 0;
}

static int
trouble(struct exch_demux *x, const struct exch_datagram *u, const char *text,
    struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, u->k.number, u->k.offset};

	x->st->packets_bad++;
	return exch_run_trouble(x->run, &at, text, d);
}

/*
 * The line of a packet that is the feed's; a live one's is known by who
 * receives it.
 */
static struct exch_feed_line *
line_of(struct exch_demux *x, struct flow *f, const struct exch_datagram *u)
{
	if (f != NULL && f->line == NULL && u->of_capture)
		f->line = exch_line_of(x->st, u->family, u->dst, u->dport);
	return f != NULL ? f->line : NULL;
}

static int
take_iex(struct exch_demux *x, struct flow *f, const struct exch_datagram *u,
    struct exch_diag *d)
{
	struct exch_payload k = u->k;

	k.line = line_of(x, f, u);
	return exch_iextp_take(x->iex, &k, d);
}

static int
take_feed(struct exch_demux *x, struct flow *f, const struct exch_datagram *u,
    struct exch_diag *d)
{
	struct exch_seq_session *s = exch_seq_find(x->mold, u->k.p);
	struct exch_payload k = u->k;

	if (__builtin_expect(s == NULL, 0)) {
		struct exch_itch *it;
		int err;

		if (!is_name(u->k.p) && !x->forced)
			return trouble(x, u, "session name is not text", d);
		err = venue_for(x, f, &it, d);
		if (err == 0)
			err = exch_mold_open(x->mold, u->k.p, it, &s, d);
		if (err == EXCH_ERR_LIMIT)
			return trouble(
			    x, u, "more sessions than a capture may hold", d);
		if (err != 0)
			return err;
	}
	if (__builtin_expect(!x->found, 0))
		x->found = first_is_itch(u);
	if (f != NULL) {
		f->it = exch_seq_decoder(s);
		x->session = x->found ? s : NULL;
	}
	k.line = line_of(x, f, u);
	return exch_mold_take(x->mold, s, &k, d);
}

/* A flow's number, by which PITCH tells them apart. */
static uint32_t
number_of(const struct exch_demux *x, const struct flow *f)
{
	return f != NULL ? (uint32_t)(f - x->flow) + 1 : 0;
}

static int
take_pitch(struct exch_demux *x, struct flow *f, const struct exch_datagram *u,
    struct exch_diag *d)
{
	struct exch_payload k = u->k;

	k.line = line_of(x, f, u);
	return exch_pitchudp_take(x->pitch, number_of(x, f), &k, d);
}

/*
 * A heartbeat has eight bytes, of which three are not just any: in a capture it
 * needs others beside it, a live line is asked for by name.
 */
static bool
looks_like_pitch(const struct exch_demux *x, const struct exch_payload *k)
{
	if (x->forced || x->iex_only)
		return false;
	return exch_pitchudp_is(k, x->pitch != NULL || x->pitch_only) ||
	       ((x->pitch != NULL || x->pitch_only || x->ruled) &&
		   exch_pitchudp_is_idle(k));
}

static int
begin_pitch(struct exch_demux *x, struct flow *f, const struct exch_datagram *u,
    struct exch_diag *d)
{
	int err = 0;

	if (x->pitch == NULL) {
		err = exch_pitchudp_new(x->o, x->run, x->st, &x->pitch, d);
		if (err == 0 && x->ruled)
			exch_seq_rule(exch_pitchudp_seq(x->pitch), &x->rules);
	}
	if (err != 0)
		return err;
	if (f != NULL)
		f->pitch = true;
	return take_pitch(x, f, u, d);
}

/* Not MoldUDP64 as it should be, on a flow that is not ITCH's. */
static int
take_other(struct exch_demux *x, struct flow *f, const struct exch_datagram *u,
    struct exch_diag *d)
{
	int err = 0;

	if (looks_like_pitch(x, &u->k))
		return begin_pitch(x, f, u, d);
	if (x->forced || x->pitch_only || !exch_iextp_is(&u->k)) {
		x->st->packets_other++;
		if (x->guess == NULL)
			x->guess = exch_guess_udp(u->k.p, u->k.n);
		return 0;
	}
	if (x->iex == NULL) {
		err = exch_iextp_new(x->o, x->run, x->st, &x->iex, d);
		if (err == 0 && x->ruled)
			exch_seq_rule(exch_iextp_seq(x->iex), &x->rules);
	}
	if (err != 0)
		return err;
	if (f != NULL)
		f->iex = true;
	return take_iex(x, f, u, d);
}

/* A packet that goes where ITCH went. */
static int
take_known(struct exch_demux *x, struct flow *f, const struct exch_datagram *u,
    struct exch_diag *d)
{
	if (__builtin_expect(u->k.n >= EXCH_MOLD_HEADER, 1))
		return take_feed(x, f, u, d);
	return trouble(x, u,
	    u->k.cut ? "packet captured shorter than its header"
		     : "packet shorter than a MoldUDP64 header",
	    d);
}

int
exch_demux_take(
    struct exch_demux *x, const struct exch_datagram *u, struct exch_diag *d)
{
	struct flow *f = flow_of(x, u);

	x->session = NULL;
	if (__builtin_expect(f != NULL && f->it != NULL, 1))
		return take_known(x, f, u, d);
	if (f != NULL && f->iex)
		return take_iex(x, f, u, d);
	if (f != NULL && f->pitch)
		return take_pitch(x, f, u, d);
	if (x->iex_only || x->pitch_only || u->k.n < EXCH_MOLD_HEADER)
		return take_other(x, f, u, d);
	switch (look(x, u)) {
	case LOOK_YES:
		return take_feed(x, f, u, d);
	case LOOK_BLANK:
		/* Live it may be anybody's, and --as is for recordings. */
		if (x->ruled)
			return trouble(x, u,
			    "ITCH 5.0 with a blank session: a live feed needs "
			    "its name and numbers",
			    d);
		if (!x->found)
			return exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_PACKET, u->k.number,
			    "ITCH 5.0 with a blank session: to read it "
			    "without sequence numbers add --as itch50");
		/* fall through */
	default:
		return take_other(x, f, u, d);
	}
}

const char *
exch_demux_guess(const struct exch_demux *x)
{
	return x->guess;
}

struct exch_seq_session *
exch_demux_settled(const struct exch_demux *x, struct exch_feed_line **line)
{
	*line = x->last != NULL ? x->last->line : NULL;
	return x->session;
}

struct exch_seq *
exch_demux_mold(const struct exch_demux *x)
{
	return x->mold;
}

struct exch_seq *
exch_demux_iextp(const struct exch_demux *x)
{
	return x->iex != NULL ? exch_iextp_seq(x->iex) : NULL;
}

struct exch_seq *
exch_demux_pitch(const struct exch_demux *x)
{
	return x->pitch != NULL ? exch_pitchudp_seq(x->pitch) : NULL;
}

bool
exch_demux_is_pitch(struct exch_demux *x, const struct exch_datagram *u)
{
	const struct flow *f = flow_of(x, u);

	if (u->k.n < EXCH_PITCHUDP_HEADER)
		return false;
	if (f != NULL && (f->it != NULL || f->iex || f->pitch))
		return f->it == NULL && !f->iex;
	return looks_like_pitch(x, &u->k);
}

struct exch_seq_session *
exch_demux_pitch_session(struct exch_demux *x, const struct exch_datagram *u)
{
	return x->pitch != NULL ? exch_pitchudp_session(x->pitch,
				      number_of(x, flow_of(x, u)), u->k.p)
				: NULL;
}

void
exch_demux_rule(struct exch_demux *x, const struct exch_seq_rules *r)
{
	x->rules = *r;
	x->ruled = true;
	exch_seq_rule(x->mold, r);
	if (x->iex != NULL)
		exch_seq_rule(exch_iextp_seq(x->iex), r);
	if (x->pitch != NULL)
		exch_seq_rule(exch_pitchudp_seq(x->pitch), r);
}

int
exch_demux_tick(struct exch_demux *x, exch_ts now, struct exch_diag *d)
{
	int err = exch_seq_tick(x->mold, now, d);

	if (err == 0 && x->iex != NULL)
		err = exch_seq_tick(exch_iextp_seq(x->iex), now, d);
	if (err == 0 && x->pitch != NULL)
		err = exch_pitchudp_tick(x->pitch, now, d);
	return err;
}

/* Sessions of all kinds, of which some may not be there. */
struct kinds {
	struct exch_seq *seq[3];
};

static struct kinds
kinds_of(const struct exch_demux *x)
{
	return (struct kinds){
	    {x->mold, exch_demux_iextp(x), exch_demux_pitch(x)}};
}

bool
exch_demux_spoke(const struct exch_demux *x)
{
	struct kinds k = kinds_of(x);
	bool spoke = false;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(k.seq); i++)
		spoke |= k.seq[i] != NULL && exch_seq_spoke(k.seq[i]);
	return spoke;
}

/* When one kind is the feed, the others' may all be rumours. */
bool
exch_demux_over(const struct exch_demux *x)
{
	struct kinds k = kinds_of(x);
	bool spoke = exch_demux_spoke(x), over = true, any = false;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(k.seq); i++) {
		bool of_it;

		if (k.seq[i] == NULL || (spoke && !exch_seq_spoke(k.seq[i])))
			continue;
		over &= exch_seq_over(k.seq[i], &of_it);
		any |= of_it;
	}
	return over && any;
}

int
exch_demux_finish(struct exch_demux *x, struct exch_diag *d)
{
	int err = exch_seq_finish(x->mold, d);

	if (err == 0 && x->iex != NULL)
		err = exch_iextp_finish(x->iex, d);
	if (err == 0 && x->pitch != NULL)
		err = exch_pitchudp_finish(x->pitch, d);
	return err;
}
