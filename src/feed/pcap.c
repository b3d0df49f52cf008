/*
 * Captures.  Plain pcap is read by pcap_plain.c; pcapng and the rarer forms
 * of pcap go through libpcap, which reads from our input by way of a stdio
 * cookie, so that compressed files and pipes work with it too.
 *
 * And what an interface sees, which goes the same way: libpcap is opened, waited
 * for, and asked what it missed.  Gaps are judged by the times of packets, as in
 * a capture.  While none comes that clock goes on with the reader's own, so that
 * what is held back does not wait for ever.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>

#include <pcap/pcap.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/capture.h"
#include "feed/sniff.h"
#include "sock/udp.h"

/* libpcap reads packet by packet: a large buffer makes few reads of it. */
#define BUFFER (512u << 10)
/* The system keeps what is not read yet: a burst is no loss. */
#define UNREAD (64 << 20)
/* Packets before the other things are looked at. */
#define BURST 1024
#define LOOK_MS 20

/* What stdio's cookie points at. */
struct source {
	struct exch_in *in;
	struct exch_packets *k;
	struct exch_diag *d;
	int err; /* of the input; libpcap only knows that reading failed */
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
	struct source *s = cookie;
	size_t got;

	if (s->err == 0)
		s->err = exch_packets_flush(s->k, s->d);
	if (s->err == 0)
		s->err = exch_in_read(s->in, buf, n, &got, s->d);
	if (s->err != 0) {
		errno = EIO;
		return -1;
	}
	return (ssize_t)got;
}

/* Why libpcap stopped: our input's reason, a cut file, or nonsense. */
static int
failed(const struct source *s, uint64_t packet, const char *why)
{
	if (s->err != 0)
		return s->err;
	if (strncmp(why, "truncated", 9) == 0)
		return exch_diag_set(s->d, EXCH_ERR_CUT, exch_in_name(s->in),
		    EXCH_POS_PACKET, packet,
		    "the capture ends inside this packet (%s)", why);
	return exch_diag_set(s->d, EXCH_ERR_FORMAT, exch_in_name(s->in),
	    EXCH_POS_PACKET, packet, "%s", why);
}

static int
read_packets(struct source *s, pcap_t *pc)
{
	struct pcap_pkthdr *h;
	struct exch_frame f;
	int err = exch_packets_link(
	    s->k, pcap_datalink(pc), exch_in_name(s->in), s->d);
	int r = 0;

	while (err == 0 && (r = pcap_next_ex(pc, &h, &f.p)) == 1) {
		f.n = h->caplen;
		f.sent = h->len;
		/* In nanoseconds, because that precision was asked for. */
		f.time =
		    (exch_ts)h->ts.tv_sec * EXCH_SEC + (exch_ts)h->ts.tv_usec;
		err = exch_packets_take(s->k, &f, s->d);
	}
	if (err == 0 && r != PCAP_ERROR_BREAK)
		err = failed(s, exch_packets_number(s->k) + 1, pcap_geterr(pc));
	return err;
}

/* The FILE belongs to libpcap once it is open. */
static int
read_by_libpcap(struct source *s, char *buffer)
{
	cookie_io_functions_t io = {.read = cookie_read};
	FILE *f = fopencookie(s, "rb", io);
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pc;
	int err;

	if (f == NULL)
		return exch_diag_set(s->d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
		    0, "no memory to read a capture");
	(void)setvbuf(f, buffer, _IOFBF, BUFFER); /* only faster */
	pc = pcap_fopen_offline_with_tstamp_precision(
	    f, PCAP_TSTAMP_PRECISION_NANO, why);
	if (pc == NULL) {
		(void)fclose(f); /* only read from */
		return failed(s, 1, why);
	}
	err = read_packets(s, pc);
	pcap_close(pc);
	return err;
}

static int
read_capture(struct exch_in *in, struct exch_packets *k, struct exch_diag *d)
{
	struct source s = {.in = in, .k = k, .d = d};
	const unsigned char *p;
	char *buffer;
	size_t n;
	int err = exch_in_peek(in, &p, EXCH_PCAP_HEADER, &n, d);

	if (err != 0)
		return err;
	if (exch_pcap_is_plain(p, n))
		return exch_pcap_plain(in, k, d);
	buffer = exch_malloc(BUFFER);
	if (buffer == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to read a capture");
	err = read_by_libpcap(&s, buffer);
	exch_free(buffer);
	return err;
}

/* May what was held back still be delivered after this? */
static bool
whole_so_far(int err)
{
	return err == 0 || err == EXCH_ERR_CUT || err == EXCH_ERR_FORMAT ||
	       err == EXCH_ERR_IO;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	uint64_t start = exch_in_offset(in);
	struct exch_packets *k;
	int err = exch_packets_new(o, sink, st, &k, d);

	if (err != 0)
		return err;
	err = read_capture(in, k, d);
	if (err == 0)
		err = exch_packets_found(k, exch_in_name(in), d);
	if (whole_so_far(err)) {
		int last = exch_packets_finish(k, d);

		err = err == 0 ? last : err;
	}
	st->bytes += exch_in_offset(in) - start;
	st->packets += exch_packets_number(k);
	exch_packets_free(k);
	return err;
}

static int
no_file(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	(void)sink;
	(void)st;
	return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(in),
	    EXCH_POS_NONE, 0, "%s is found in captures only", o->as);
}

const struct exch_feed exch_feed_iextp = {
    .name = "iextp",
    .what = "IEX-TP with DEEP+, DEEP or TOPS, in a capture",
    .run = no_file,
    .book = true,
};

const struct exch_feed exch_feed_pitchbin = {
    .name = "pitchbin",
    .what = "Cboe (BATS) binary PITCH, in a capture",
    .run = no_file,
    .book = true,
};

const struct exch_feed exch_feed_tcp = {
    .name = "tcp",
    .what = "order entry in a capture: OUCH 4.2 and 5.0, FIX",
    .run = no_file,
};

const struct exch_feed exch_feed_pcap = {
    .name = "pcap",
    .what = "pcap or pcapng capture of ITCH 5.0, IEX-TP, PITCH or order entry",
    .match = match,
    .run = run,
    .book = true,
    .ids_ascend = true,
};

/* ---- an interface ---- */

struct sniffer {
	const struct exch_sniff *s;
	pcap_t *pc;
	struct exch_packets *k;
	exch_ts packet;	 /* time of the latest one */
	exch_ts heard;	 /* and when it was read; at first the beginning */
	uint64_t number; /* packets read */
};

static int
refused(const struct sniffer *x, const char *what, const char *why,
    struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, x->s->interface, EXCH_POS_NONE,
	    0, "%s%s", what, why);
}

static int
activate(const struct sniffer *x, struct exch_diag *d)
{
	const char *why;
	int r;

	/* What it cannot have, it does without. */
	(void)pcap_set_snaplen(x->pc, EXCH_FRAME_MAX);
	(void)pcap_set_promisc(x->pc, 1);
	(void)pcap_set_immediate_mode(x->pc, 1);
	(void)pcap_set_buffer_size(x->pc, UNREAD);
	(void)pcap_set_tstamp_precision(x->pc, PCAP_TSTAMP_PRECISION_NANO);
	r = pcap_activate(x->pc);
	if (r >= 0)
		return 0;
	why = pcap_geterr(x->pc);
	if (why[0] == '\0')
		why = pcap_statustostr(r);
	return refused(x,
	    r == PCAP_ERROR_PERM_DENIED
		? "packets of an interface are for root, or who has "
		  "CAP_NET_RAW: "
		: "this interface cannot be read: ",
	    why, d);
}

static int
set_filter(const struct sniffer *x, struct exch_diag *d)
{
	struct bpf_program p;
	int r;

	if (x->s->filter == NULL)
		return 0;
	if (pcap_compile(x->pc, &p, x->s->filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return refused(x, "this is no filter: ", pcap_geterr(x->pc), d);
	r = pcap_setfilter(x->pc, &p);
	pcap_freecode(&p);
	return r == 0
		   ? 0
		   : refused(x,
			 "the filter cannot be used: ", pcap_geterr(x->pc), d);
}

static int
open_interface(struct sniffer *x, struct exch_diag *d)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int err;

	x->pc = pcap_create(x->s->interface, why);
	if (x->pc == NULL)
		return refused(x, "this interface cannot be read: ", why, d);
	err = activate(x, d);
	if (err == 0)
		err = set_filter(x, d);
	if (err == 0 && pcap_setnonblock(x->pc, 1, why) != 0)
		err =
		    refused(x, "this interface cannot be waited for: ", why, d);
	if (err == 0)
		err = exch_packets_link(
		    x->k, pcap_datalink(x->pc), x->s->interface, d);
	return err;
}

static exch_ts
time_of(const struct sniffer *x, const struct pcap_pkthdr *h)
{
	bool ns =
	    pcap_get_tstamp_precision(x->pc) == PCAP_TSTAMP_PRECISION_NANO;

	return (exch_ts)h->ts.tv_sec * EXCH_SEC +
	       (exch_ts)h->ts.tv_usec * (ns ? 1 : 1000);
}

/* What has come, up to a burst: how many. */
static int
take_burst(struct sniffer *x, struct exch_diag *d)
{
	struct pcap_pkthdr *h;
	struct exch_frame f;
	int n = 0, r = 0;

	while (n < BURST && (r = pcap_next_ex(x->pc, &h, &f.p)) == 1) {
		int err;

		f.n = h->caplen;
		f.sent = h->len;
		f.time = time_of(x, h);
		x->packet = f.time;
		err = exch_packets_take(x->k, &f, d);
		if (err != 0)
			return err;
		n++;
	}
	if (r < 0)
		return exch_diag_set(d, EXCH_ERR_IO, x->s->interface,
		    EXCH_POS_PACKET, x->number + (uint64_t)n, "%s",
		    pcap_geterr(x->pc));
	x->number += (uint64_t)n;
	return n;
}

static int
silent(const struct sniffer *x, struct exch_diag *d)
{
	if (!exch_packets_open(x->k))
		return 0;
	return exch_diag_set(d, EXCH_ERR_CUT, x->s->interface, EXCH_POS_PACKET,
	    x->number,
	    "nothing has come since, and the session has not said that it is "
	    "over");
}

/* Nothing is left to be read at once. */
static int
pause_for(struct sniffer *x, struct exch_diag *d)
{
	int fd = pcap_get_selectable_fd(x->pc);
	int err = exch_packets_flush(x->k, d);

	if (err == 0)
		err = x->s->waiting(x->s->arg, d);
	if (err == 0)
		exch_udp_wait(&fd, 1, LOOK_MS);
	return err;
}

static int
loop(struct sniffer *x, struct exch_diag *d)
{
	const struct exch_sniff *s = x->s;

	x->heard = s->now();
	for (;;) {
		int n = take_burst(x, d);
		exch_ts now = s->now();
		int err = n < 0 ? n : 0;

		if (n > 0)
			x->heard = now;
		if (err == 0 && x->packet != 0)
			err = exch_packets_tick(
			    x->k, x->packet + (now - x->heard), d);
		if (err == 0 && exch_packets_over(x->k))
			return 0;
		if (err == 0 && s->idle != 0 && now - x->heard > s->idle)
			return silent(x, d);
		if (err == 0 && n == 0)
			err = pause_for(x, d);
		if (err != 0)
			return err;
	}
}

static void
tell_dropped(const struct sniffer *x)
{
	struct pcap_stat ps;

	if (pcap_stats(x->pc, &ps) == 0 && ps.ps_drop != 0)
		x->s->dropped(x->s->arg, ps.ps_drop);
}

static int
sniff(struct sniffer *x, struct exch_diag *d)
{
	int last, err = open_interface(x, d);

	if (err != 0)
		return err;
	x->s->ready(x->s->arg);
	err = loop(x, d);
	if (err == 0 && x->number != 0)
		err = exch_packets_found(x->k, x->s->interface, d);
	if (err == 0 || err == EXCH_ERR_CUT || err == EXCH_ERR_IO) {
		last = exch_packets_finish(x->k, d);
		err = err == 0 ? last : err;
	}
	tell_dropped(x);
	return err;
}

int
exch_sniff_run(const struct exch_sniff *s, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct sniffer x = {.s = s};
	int err = exch_packets_new(o, sink, st, &x.k, d);

	if (err != 0)
		return err;
	err = sniff(&x, d);
	if (x.pc != NULL)
		pcap_close(x.pc);
	st->packets += x.number;
	exch_packets_free(x.k);
	return err;
}
