/*
 * The packets of a capture on their way from the link layer to the feed's
 * decoders: net.c strips the headers, frag.c puts fragments together,
 * demux.c finds the feed.  Here they are numbered, counted and, when they
 * cannot be followed, reported.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/plural.h"
#include "feed/capture.h"
#include "feed/demux.h"
#include "feed/entry.h"
#include "feed/lane.h"
#include "feed/net.h"
#include "feed/run.h"

enum { PROTO_TCP = 6, PROTO_UDP = 17 };

/* What of a capture is read. */
enum side { ANY, MARKET_DATA, ORDER_ENTRY };

struct exch_packets {
	struct exch_packets_hot h; /* first */
	struct exch_run run;
	struct exch_feed_stats *st;
	enum side side;
	const char *as; /* --as, or NULL */
	struct exch_demux *demux;
	struct exch_entry *entry;
	struct exch_frag *frag;
	uint64_t frag_lost; /* reported so far */
	int link;
};

/* By --as. */
static enum side
side_of(const char *as)
{
	if (as == NULL || strcmp(as, exch_feed_pcap.name) == 0)
		return ANY;
	return strcmp(as, exch_feed_tcp.name) == 0 ? ORDER_ENTRY : MARKET_DATA;
}

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
		err = exch_entry_new(o, &k->run, st, &k->entry, d);
	k->side = side_of(o->as);
	if (o->as != NULL && strcmp(o->as, exch_feed_pcap.name) != 0)
		k->as = o->as;
	if (err == 0)
		k->h.mold = exch_demux_mold(k->demux);
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
	exch_entry_free(k->entry);
	exch_free(k);
}

int
exch_packets_link(
    struct exch_packets *k, int link, const char *name, struct exch_diag *d)
{
	k->link = link;
	k->h.ethernet = link == EXCH_LINK_ETHERNET;
	if (exch_net_link_known(link))
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
	    "captures of link type %d are not understood", link);
}

uint64_t
exch_packets_number(const struct exch_packets *k)
{
	return k->h.number;
}

static int
trouble(struct exch_packets *k, const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, k->h.number, 0};

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
	    (unsigned long long)lost, exch_plural(lost));
	return trouble(k, text, d);
}

/*
 * What a capture has of both is not read twice: of orders that go in and are
 * displayed then, what is found first is taken.
 */
static int
take_tcp(struct exch_packets *k, const struct exch_net_ip *ip,
    const unsigned char *p, size_t n, const struct exch_frame *f,
    struct exch_diag *d)
{
	const struct exch_tcp_segment g = {.family = ip->family,
	    .src = ip->src,
	    .dst = ip->dst,
	    .p = p,
	    .n = n,
	    .time = f->time,
	    .at = {EXCH_POS_PACKET, k->h.number,
		ip->fragment ? 0 : (uint64_t)(p - f->p)}};
	int rc;

	if (k->side == ANY && exch_demux_found(k->demux))
		k->side = MARKET_DATA;
	if (k->side == MARKET_DATA) {
		k->st->packets_other++;
		return 0;
	}
	rc = exch_entry_take(k->entry, &g, d);
	if (exch_entry_found(k->entry))
		k->side = ORDER_ENTRY;
	return rc;
}

/* The packets that follow it may go straight. */
static void
lane_note(struct exch_packets *k, const struct exch_frame *f)
{
	struct exch_feed_line *line;
	struct exch_seq_session *s = exch_demux_settled(k->demux, &line);
	uint64_t to;

	if (s == NULL || !exch_lane_is_simple(&k->h, f))
		return;
	to = exch_lane_to(f);
	k->h.lane[exch_lane_index(to)] = (struct exch_lane){to, s, line};
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
	enum exch_net r;
	int err;

	if (__builtin_expect(ip->proto == PROTO_TCP, 0))
		return take_tcp(k, ip, p, n, f, d);
	if (__builtin_expect(k->side == ORDER_ENTRY, 0)) {
		k->st->packets_other++;
		return 0;
	}
	r = exch_net_udp(p, n, cut, &udp);
	if (__builtin_expect(r != EXCH_NET_OK, 0))
		return unreadable(k, r, cut, d);
	if (__builtin_expect(udp.cut && !cut, 0)) {
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
		.number = k->h.number,
		.offset = ip->fragment ? 0 : (uint64_t)(udp.p - f->p)},
	    .family = ip->family,
	    .dport = udp.dport,
	    .dst = ip->dst,
	    .of_capture = true,
	};
	err = exch_demux_take(k->demux, &u, d);
	if (err == 0 && !ip->fragment)
		lane_note(k, f);
	return err;
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

/* ---- packets ---- */

int
exch_packets_take_any(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_net_ip ip;
	bool cut = f->n < f->sent;
	enum exch_net r;

	k->st->packets_cut += cut;
	r = exch_net_ip(k->link, f->p, f->n, &ip);
	if (__builtin_expect(r != EXCH_NET_OK, 0))
		return unreadable(k, r, cut, d);
	if (ip.proto != PROTO_UDP && ip.proto != PROTO_TCP) {
		k->st->packets_other++;
		return 0;
	}
	if (__builtin_expect(ip.fragment, 0))
		return take_fragment(k, &ip, f, d);
	return take_datagram(k, &ip, ip.p, ip.n, f, d);
}

int
exch_packets_take(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d)
{
	return exch_lane_take(k, f, d);
}

int
exch_packets_finish(struct exch_packets *k, struct exch_diag *d)
{
	int err;

	exch_frag_expire(k->frag, 0, true);
	err = lost_fragments(k, d);
	if (err == 0)
		err = exch_demux_finish(k->demux, d);
	if (err == 0)
		err = exch_entry_finish(k->entry, d);
	return err != 0 ? err : exch_run_flush(&k->run, d);
}

int
exch_packets_tick(struct exch_packets *k, exch_ts now, struct exch_diag *d)
{
	return exch_demux_tick(k->demux, now, d);
}

bool
exch_packets_over(const struct exch_packets *k)
{
	return exch_demux_over(k->demux);
}

bool
exch_packets_open(const struct exch_packets *k)
{
	return exch_demux_found(k->demux) && !exch_demux_over(k->demux);
}

int
exch_packets_flush(struct exch_packets *k, struct exch_diag *d)
{
	return exch_run_flush(&k->run, d);
}

/* What --as asks for. */
static const char *
sought(const char *as)
{
	return strcmp(as, exch_feed_iextp.name) == 0
		   ? "IEX-TP with DEEP+, DEEP or TOPS"
	       : strcmp(as, exch_feed_pitchbin.name) == 0 ? "binary PITCH"
	       : strcmp(as, exch_feed_tcp.name) == 0
		   ? "OUCH or FIX in TCP"
		   : "MoldUDP64 with ITCH 5.0";
}

int
exch_packets_found(
    const struct exch_packets *k, const char *name, struct exch_diag *d)
{
	const char *guess = exch_demux_guess(k->demux);

	if (exch_demux_found(k->demux) || exch_entry_found(k->entry) ||
	    exch_entry_idle(k->entry))
		return 0;
	if (guess == NULL)
		guess = exch_entry_guess(k->entry);
	if (k->h.number == 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "the capture holds no packets");
	if (k->as != NULL)
		return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "none of the %llu packets carries %s: without --as %s "
		    "whatever else is in it is read",
		    (unsigned long long)k->h.number, sought(k->as), k->as);
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
	    "none of the %llu packets carries MoldUDP64 with ITCH 5.0, "
	    "IEX-TP with DEEP+, DEEP or TOPS, binary PITCH, or in TCP OUCH or "
	    "FIX%s%s%s",
	    (unsigned long long)k->h.number,
	    guess != NULL ? ": they look like " : "",
	    guess != NULL ? guess : "",
	    guess != NULL ? ", which is not read" : "");
}
