/*
 * Packets of a capture: from the two readers of capture files (pcap.c by
 * libpcap, pcap_plain.c by hand) to those who know protocols (packet.c).
 */
#ifndef EXCH_FEED_CAPTURE_H
#define EXCH_FEED_CAPTURE_H

#include "feed/feed.h"

struct exch_frame {
	const unsigned char *p;
	size_t n;    /* captured */
	size_t sent; /* on the wire */
	exch_ts time;
};

/* Who takes the packets.  A non-zero result ends the reading. */
struct exch_packets;
int exch_packets_new(const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_packets **out, struct exch_diag *d);
/* Before waiting for input: hand on what was decoded. */
int exch_packets_flush(struct exch_packets *k, struct exch_diag *d);
void exch_packets_free(struct exch_packets *k);
/* To be called before the first packet.  EXCH_ERR_FORMAT: unknown. */
int exch_packets_link(
    struct exch_packets *k, int link, const char *name, struct exch_diag *d);
int exch_packets_take(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d);
/* The number of the last packet taken. */
uint64_t exch_packets_number(const struct exch_packets *k);
/* It is so late: gaps may have lasted long enough. */
int exch_packets_tick(struct exch_packets *k, exch_ts now, struct exch_diag *d);
/* Sessions of market data that are over, and none that is on. */
bool exch_packets_over(const struct exch_packets *k);
/* Market data was found, and is not over. */
bool exch_packets_open(const struct exch_packets *k);
/* After the last packet, or after damage: what was held back. */
int exch_packets_finish(struct exch_packets *k, struct exch_diag *d);
/* EXCH_ERR_FORMAT when there was nothing of the feed. */
int exch_packets_found(
    const struct exch_packets *k, const char *name, struct exch_diag *d);

/* No capture holds longer packets; a larger length is damage. */
#define EXCH_FRAME_MAX (256u << 10)

/* Is this the header of a plain pcap file? */
#define EXCH_PCAP_HEADER 24
bool exch_pcap_is_plain(const unsigned char *p, size_t n);
/* Read one from its header to its end. */
int exch_pcap_plain(
    struct exch_in *in, struct exch_packets *k, struct exch_diag *d);

#endif
