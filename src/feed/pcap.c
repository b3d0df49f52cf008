/*
 * Captures.  Plain pcap is read by pcap_plain.c; pcapng and the rarer forms
 * of pcap go through libpcap, which reads from our input by way of a stdio
 * cookie, so that compressed files and pipes work with it too.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>

#include <pcap/pcap.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/capture.h"

/* libpcap reads packet by packet: a large buffer makes few reads of it. */
#define BUFFER (512u << 10)

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

const struct exch_feed exch_feed_tcp = {
    .name = "tcp",
    .what = "order entry in a capture: OUCH 4.2 and 5.0, FIX",
    .run = no_file,
};

const struct exch_feed exch_feed_pcap = {
    .name = "pcap",
    .what = "pcap or pcapng capture of ITCH 5.0, IEX-TP or order entry",
    .match = match,
    .run = run,
    .book = true,
    .ids_ascend = true,
};
