/*
 * The packets of a capture on their way from the link layer to the feed's
 * decoders: net.c strips the headers, frag.c puts fragments together,
 * demux.c finds the feed.  Here they are numbered, counted and, when they
 * cannot be followed, reported.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "feed/capture.h"
#include "feed/demux.h"
#include "feed/net.h"
#include "feed/run.h"

/*
 * Nearly every packet of a capture has the headers of one before it: plain
 * Ethernet, IPv4 without options or fragments, and a session that is known
 * at its address.  Such packets go straight to their session.
 */
struct lane {
	uint64_t to; /* address and port, as they stand in the packet */
	struct exch_mold_session *session; /* NULL: free */
};

#define LANES 8

/* Where the headers stand, and the session's name behind them. */
enum {
	AT_TYPE = 12,
	AT_FRAGMENT = 20,
	AT_TO = 30,
	AT_LENGTH = 38,
	AT_UDP = 42
};

struct exch_packets {
	struct exch_run run;
	struct exch_feed_stats *st;
	struct exch_demux *demux;
	struct exch_frag *frag;
	uint64_t frag_lost; /* reported so far */
	uint64_t number;    /* of the packet in hand */
	int link;
	struct exch_mold *mold;
	struct lane lane[LANES];
};

int
exch_packets_new(const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_packets **out, struct exch_diag *d)
{
	struct exch_packets *k = exch_calloc(1, sizeof(*k));
	int err = 0;

	*out = k;
	if (k == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to read a capture");
	exch_run_begin(&k->run, sink);
	k->st = st;
	k->frag = exch_frag_new();
	if (k->frag == NULL)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for fragments");
	if (err == 0)
		err = exch_demux_new(o, &k->run, st, &k->demux, d);
	if (err == 0)
		k->mold = exch_demux_mold(k->demux);
	if (err != 0) {
		exch_packets_free(k);
		*out = NULL;
	}
	return err;
}

void
exch_packets_free(struct exch_packets *k)
{
	if (k == NULL)
		return;
	exch_frag_free(k->frag);
	exch_demux_free(k->demux);
	exch_free(k);
}

int
exch_packets_link(
    struct exch_packets *k, int link, const char *name, struct exch_diag *d)
{
	k->link = link;
	if (exch_net_link_known(link))
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
	    "captures of link type %d are not understood", link);
}

uint64_t
exch_packets_number(const struct exch_packets *k)
{
	return k->number;
}

static int
trouble(struct exch_packets *k, const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, k->number, 0};

	return exch_run_trouble(&k->run, &at, text, d);
}

/* Headers that cannot be followed. */
static int
unreadable(
    struct exch_packets *k, enum exch_net why, bool cut, struct exch_diag *d)
{
	if (why == EXCH_NET_OTHER) {
		k->st->packets_other++;
		return 0;
	}
	if (why == EXCH_NET_SHORT && cut)
		return trouble(
		    k, "packet captured shorter than its headers", d);
	k->st->packets_bad++;
	return trouble(k,
	    why == EXCH_NET_SHORT ? "packet shorter than its headers"
				  : "packet headers contradict themselves",
	    d);
}

static int
lost_fragments(struct exch_packets *k, struct exch_diag *d)
{
	uint64_t lost = exch_frag_lost(k->frag) - k->frag_lost;
	char text[96];

	if (lost == 0)
		return 0;
	k->frag_lost += lost;
	k->st->fragments_lost += lost;
	snprintf(text, sizeof(text),
	    "%llu fragmented datagram%s never completed",
	    (unsigned long long)lost, lost == 1 ? "" : "s");
	return trouble(k, text, d);
}

/* An IP payload, or a datagram made from fragments. */
static inline int
take_datagram(struct exch_packets *k, const struct exch_net_ip *ip,
    const unsigned char *p, size_t n, const struct exch_frame *f,
    struct exch_diag *d)
{
	bool cut = f->n < f->sent;
	struct exch_net_udp udp;
	struct exch_datagram u;
	enum exch_net r = exch_net_udp(p, n, cut, &udp);

	if (__builtin_expect(r != EXCH_NET_OK, 0))
		return unreadable(k, r, cut, d);
	if (__builtin_expect(udp.cut && !cut, 0)) {
		int err;

		k->st->packets_bad++;
		err = trouble(k, "packet shorter than its headers say", d);
		if (err != 0)
			return err;
	}
	u = (struct exch_datagram){
	    .k = {.p = udp.p,
		.n = udp.n,
		.cut = udp.cut,
		.time = f->time,
		.number = k->number,
		.offset = ip->fragment ? 0 : (uint64_t)(udp.p - f->p)},
	    .family = ip->family,
	    .dport = udp.dport,
	    .dst = ip->dst,
	};
	return exch_demux_take(k->demux, &u, d);
}

static int
take_fragment(struct exch_packets *k, const struct exch_net_ip *ip,
    const struct exch_frame *f, struct exch_diag *d)
{
	const unsigned char *p;
	size_t n;
	int r;

	k->st->fragments++;
	r = exch_frag_take(k->frag, ip, f->time, &p, &n);
	if (r < 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for fragments");
	if (r == 0)
		return lost_fragments(k, d);
	return take_datagram(k, ip, p, n, f, d);
}

/* ---- lanes ---- */

/* Type IPv4, version 4, five words; UDP, whole and alone. */
static inline bool
is_simple(const struct exch_packets *k, const struct exch_frame *f)
{
	return k->link == EXCH_LINK_ETHERNET && f->n >= f->sent &&
	       f->n >= AT_UDP + EXCH_MOLD_HEADER &&
	       (exch_le32(f->p + AT_TYPE) & 0x00ffffff) == 0x00450008 &&
	       (exch_le32(f->p + AT_FRAGMENT) & 0xff00ff3f) == 0x11000000;
}

/* Address and port, without the sender's. */
static inline uint64_t
where_to(const struct exch_frame *f)
{
	return exch_le64(f->p + AT_TO) & UINT64_C(0xffff0000ffffffff);
}

static inline struct lane *
lane_of(struct exch_packets *k, uint64_t to)
{
	return &k->lane[(to >> 24 ^ to >> 56) % LANES];
}

/* The session of a simple packet, and its payload; NULL: look closer. */
static inline struct exch_mold_session *
in_lane(struct exch_packets *k, const struct exch_frame *f, size_t *n)
{
	uint64_t to;
	size_t total;
	const struct lane *l;

	if (!is_simple(k, f))
		return NULL;
	to = where_to(f);
	l = lane_of(k, to);
	total = exch_be16(f->p + AT_TYPE + 4);
	if (l->session == NULL || l->to != to || AT_TYPE + 2 + total > f->n ||
	    total < 28 + EXCH_MOLD_HEADER ||
	    exch_be16(f->p + AT_LENGTH) != total - 20 ||
	    !exch_mold_is(l->session, f->p + AT_UDP))
		return NULL;
	*n = total - 28;
	return l->session;
}

static void
lane_note(struct exch_packets *k, const struct exch_frame *f)
{
	struct exch_mold_session *s = exch_demux_settled(k->demux);
	uint64_t to;

	if (s == NULL || !is_simple(k, f))
		return;
	to = where_to(f);
	*lane_of(k, to) = (struct lane){to, s};
}

/* ---- packets ---- */

static __attribute__((noinline)) int
take_any(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_net_ip ip;
	bool cut = f->n < f->sent;
	enum exch_net r;
	int err;

	k->st->packets_cut += cut;
	r = exch_net_ip(k->link, f->p, f->n, &ip);
	if (__builtin_expect(r != EXCH_NET_OK, 0))
		return unreadable(k, r, cut, d);
	if (ip.proto != 17) {
		k->st->packets_other++;
		return 0;
	}
	if (__builtin_expect(ip.fragment, 0))
		return take_fragment(k, &ip, f, d);
	err = take_datagram(k, &ip, ip.p, ip.n, f, d);
	if (err == 0)
		lane_note(k, f);
	return err;
}

int
exch_packets_take(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_mold_session *s;
	struct exch_mold_packet u;

	k->number++;
	k->st->packets++;
	s = in_lane(k, f, &u.n);
	if (__builtin_expect(s == NULL, 0))
		return take_any(k, f, d);
	u.p = f->p + AT_UDP;
	u.cut = false;
	u.time = f->time;
	u.number = k->number;
	u.offset = AT_UDP;
	return exch_mold_take(k->mold, s, &u, d);
}

int
exch_packets_finish(struct exch_packets *k, struct exch_diag *d)
{
	int err;

	exch_frag_expire(k->frag, 0, true);
	err = lost_fragments(k, d);
	if (err == 0)
		err = exch_demux_finish(k->demux, d);
	return err != 0 ? err : exch_run_flush(&k->run, d);
}

int
exch_packets_flush(struct exch_packets *k, struct exch_diag *d)
{
	return exch_run_flush(&k->run, d);
}

int
exch_packets_found(
    const struct exch_packets *k, const char *name, struct exch_diag *d)
{
	if (exch_demux_found(k->demux))
		return 0;
	if (k->number == 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "the capture holds no packets");
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
	    "none of the %llu packets carries MoldUDP64 with ITCH 5.0",
	    (unsigned long long)k->number);
}
