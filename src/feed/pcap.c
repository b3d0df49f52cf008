/*
 * Captures: pcap and pcapng through libpcap, which reads from our input by
 * way of a stdio cookie, so that compressed files and pipes work too.  Each
 * packet goes through net.c and frag.c to demux.c.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>

#include <pcap/pcap.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/demux.h"
#include "feed/net.h"

/* libpcap reads packet by packet: a large buffer makes few reads of it. */
#define BUFFER (512u << 10)

struct capture {
	struct exch_in *in;
	struct exch_diag *d;
	int read_err; /* of the input; libpcap only knows that it failed */
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	struct exch_demux *demux;
	struct exch_frag *frag;
	uint64_t frag_lost; /* reported so far */
	uint64_t number;    /* of the packet in hand */
	int link;
};

/*
 * pcap in both byte orders and units, libpcap's modified pcap, and the
 * section header block of pcapng.
 */
static bool
match(const unsigned char *p, size_t n)
{
	static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34,
	    0xd4c3b2a1, 0x4d3cb2a1, 0x34cdb2a1, 0x0a0d0d0a};

	for (size_t i = 0; n >= 4 && i < EXCH_ARRAY_LEN(magics); i++) {
		if (exch_be32(p) == magics[i])
			return true;
	}
	return false;
}

static ssize_t
cookie_read(void *cookie, char *buf, size_t n)
{
	struct capture *c = cookie;
	size_t got;

	if (c->read_err != 0)
		return -1;
	c->read_err = exch_in_read(c->in, buf, n, &got, c->d);
	if (c->read_err != 0) {
		errno = EIO;
		return -1;
	}
	return (ssize_t)got;
}

static int
trouble(struct capture *c, const char *text)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, c->number, 0};

	return c->sink->trouble(c->sink->arg, &at, text, c->d);
}

/* Headers that cannot be followed. */
static int
unreadable(struct capture *c, enum exch_net why, bool cut)
{
	if (why == EXCH_NET_OTHER) {
		c->st->packets_other++;
		return 0;
	}
	if (why == EXCH_NET_SHORT && cut)
		return trouble(c, "packet captured shorter than its headers");
	c->st->packets_bad++;
	return trouble(c, why == EXCH_NET_SHORT
			      ? "packet shorter than its headers"
			      : "packet headers contradict themselves");
}

static int
lost_fragments(struct capture *c)
{
	uint64_t lost = exch_frag_lost(c->frag) - c->frag_lost;
	char text[96];

	if (lost == 0)
		return 0;
	c->frag_lost += lost;
	c->st->fragments_lost += lost;
	snprintf(text, sizeof(text),
	    "%llu fragmented datagram%s never completed",
	    (unsigned long long)lost, lost == 1 ? "" : "s");
	return trouble(c, text);
}

/* The datagram's payload in ip->p, whole or from its fragments. */
static int
take_ip(struct capture *c, const struct exch_net_ip *ip, exch_ts t,
    const unsigned char *frame, bool cut)
{
	struct exch_datagram u = {.family = ip->family,
	    .dst = ip->dst,
	    .time = t,
	    .number = c->number};
	const unsigned char *p = ip->p;
	size_t n = ip->n;
	struct exch_net_udp udp;
	enum exch_net r;
	int err;

	if (ip->proto != 17) {
		c->st->packets_other++;
		return 0;
	}
	if (__builtin_expect(ip->fragment, 0)) {
		c->st->fragments++;
		err = exch_frag_take(c->frag, ip, t, &p, &n);
		if (err < 0)
			return exch_diag_set(c->d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "no memory for fragments");
		if (err == 0)
			return lost_fragments(c);
	}
	r = exch_net_udp(p, n, cut, &udp);
	if (r != EXCH_NET_OK)
		return unreadable(c, r, cut);
	if (__builtin_expect(udp.cut && !cut, 0)) {
		c->st->packets_bad++;
		err = trouble(c, "packet shorter than its headers say");
		if (err != 0)
			return err;
	}
	u.dport = udp.dport;
	u.p = udp.p;
	u.n = udp.n;
	u.cut = udp.cut;
	u.offset = ip->fragment ? 0 : (uint64_t)(udp.p - frame);
	return exch_demux_take(c->demux, &u, c->d);
}

static int
take_packet(
    struct capture *c, const struct pcap_pkthdr *h, const unsigned char *frame)
{
	struct exch_net_ip ip;
	bool cut = h->caplen < h->len;
	enum exch_net r;

	c->number++;
	c->st->packets++;
	c->st->packets_cut += cut;
	r = exch_net_ip(c->link, frame, h->caplen, &ip);
	if (__builtin_expect(r != EXCH_NET_OK, 0))
		return unreadable(c, r, cut);
	/* With nanosecond precision asked for, tv_usec holds nanoseconds. */
	return take_ip(c, &ip,
	    (exch_ts)h->ts.tv_sec * EXCH_SEC + (exch_ts)h->ts.tv_usec, frame,
	    cut);
}

/* Why libpcap stopped: our input's reason, a cut file, or nonsense. */
static int
failed(struct capture *c, const char *why)
{
	if (c->read_err != 0)
		return c->read_err;
	if (strncmp(why, "truncated", 9) == 0)
		return exch_diag_set(c->d, EXCH_ERR_CUT, exch_in_name(c->in),
		    EXCH_POS_PACKET, c->number + 1,
		    "the capture ends inside this packet (%s)", why);
	return exch_diag_set(c->d, EXCH_ERR_FORMAT, exch_in_name(c->in),
	    EXCH_POS_PACKET, c->number + 1, "%s", why);
}

static int
read_packets(struct capture *c, pcap_t *pc)
{
	struct pcap_pkthdr *h;
	const unsigned char *frame;
	int r;

	c->link = pcap_datalink(pc);
	if (!exch_net_link_known(c->link))
		return exch_diag_set(c->d, EXCH_ERR_FORMAT, exch_in_name(c->in),
		    EXCH_POS_NONE, 0,
		    "captures of link type %d are not understood", c->link);
	while ((r = pcap_next_ex(pc, &h, &frame)) == 1) {
		int err = take_packet(c, h, frame);

		if (err != 0)
			return err;
	}
	return r == PCAP_ERROR_BREAK ? 0 : failed(c, pcap_geterr(pc));
}

/* After the last packet, or after damage: what was held back. */
static int
finish(struct capture *c)
{
	int err;

	exch_frag_expire(c->frag, 0, true);
	err = lost_fragments(c);
	return err != 0 ? err : exch_demux_finish(c->demux, c->d);
}

/* May what was held back still be delivered after this? */
static bool
whole_so_far(int err)
{
	return err == 0 || err == EXCH_ERR_CUT || err == EXCH_ERR_FORMAT ||
	       err == EXCH_ERR_IO;
}

static int
nothing_found(const struct capture *c)
{
	if (c->number == 0)
		return exch_diag_set(c->d, EXCH_ERR_FORMAT, exch_in_name(c->in),
		    EXCH_POS_NONE, 0, "the capture holds no packets");
	return exch_diag_set(c->d, EXCH_ERR_FORMAT, exch_in_name(c->in),
	    EXCH_POS_NONE, 0,
	    "none of the %llu packets carries MoldUDP64 with ITCH 5.0",
	    (unsigned long long)c->number);
}

/* Open, read, close.  The FILE belongs to libpcap once it is open. */
static int
read_capture(struct capture *c, char *buffer)
{
	cookie_io_functions_t io = {.read = cookie_read};
	FILE *f = fopencookie(c, "rb", io);
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pc;
	int err;

	if (f == NULL)
		return exch_diag_set(c->d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
		    0, "no memory to read a capture");
	(void)setvbuf(f, buffer, _IOFBF, BUFFER); /* only faster */
	pc = pcap_fopen_offline_with_tstamp_precision(
	    f, PCAP_TSTAMP_PRECISION_NANO, why);
	if (pc == NULL) {
		(void)fclose(f); /* only read from */
		return failed(c, why);
	}
	err = read_packets(c, pc);
	pcap_close(pc);
	return err;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct capture c = {.in = in, .d = d, .sink = sink, .st = st};
	uint64_t start = exch_in_offset(in);
	char *buffer = exch_malloc(BUFFER);
	int err = exch_demux_new(o, sink, st, &c.demux, d);

	c.frag = exch_frag_new();
	if (err == 0 && (buffer == NULL || c.frag == NULL))
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to read a capture");
	if (err == 0) {
		err = read_capture(&c, buffer);
		if (err == 0 && !exch_demux_found(c.demux))
			err = nothing_found(&c);
		if (whole_so_far(err)) {
			int last = finish(&c);

			err = err == 0 ? last : err;
		}
	}
	st->bytes += exch_in_offset(in) - start;
	exch_frag_free(c.frag);
	exch_demux_free(c.demux);
	exch_free(buffer);
	return err;
}

const struct exch_feed exch_feed_pcap = {
    .name = "pcap",
    .what = "pcap or pcapng capture of MoldUDP64 with ITCH 5.0",
    .match = match,
    .run = run,
    .book = true,
};
