/*
 * From a captured frame to a UDP datagram: link layers, IPv4, IPv6, UDP,
 * and the reassembly of fragments.  Pure functions over bytes, except for
 * the reassembler's memory.
 */
#ifndef EXCH_FEED_NET_H
#define EXCH_FEED_NET_H

#include "base/types.h"

/* Link types by their numbers in captures. */
enum exch_link {
	EXCH_LINK_NULL = 0,
	EXCH_LINK_ETHERNET = 1,
	EXCH_LINK_RAW_BSD = 12, /* as libpcap reports 101 */
	EXCH_LINK_RAW_OPENBSD = 14,
	EXCH_LINK_RAW = 101,
	EXCH_LINK_LOOP = 108,
	EXCH_LINK_SLL = 113,
	EXCH_LINK_IPV4 = 228,
	EXCH_LINK_IPV6 = 229,
	EXCH_LINK_SLL2 = 276
};

enum exch_net {
	EXCH_NET_OK,
	EXCH_NET_OTHER, /* well, but of another protocol */
	EXCH_NET_SHORT, /* headers reach beyond the captured bytes */
	EXCH_NET_BAD	/* headers contradict themselves */
};

/* An IP packet.  Pointers go into the frame. */
struct exch_net_ip {
	uint8_t family; /* 4 or 6 */
	uint8_t proto;	/* of the payload */
	bool fragment;
	bool more; /* fragments follow */
	/*
	 * Fewer bytes than the header says: n is what is there, and less
	 * than `full`.
	 */
	bool cut;
	uint32_t id;		  /* of the datagram the fragment belongs to */
	uint32_t offset;	  /* of the fragment in it */
	const unsigned char *src; /* 4 or 16 bytes */
	const unsigned char *dst;
	const unsigned char *p; /* payload */
	size_t n;
	size_t full;
};

struct exch_net_udp {
	uint16_t sport;
	uint16_t dport;
	bool cut; /* as above */
	const unsigned char *p;
	size_t n;
	size_t full;
};

/* True when exch_net_ip understands the link type. */
bool exch_net_link_known(int link);
/*
 * Find the IP packet in a frame of n captured bytes.  VLAN tags are
 * skipped; padding behind the IP packet is left out.
 */
enum exch_net exch_net_ip(
    int link, const unsigned char *p, size_t n, struct exch_net_ip *ip);
/* The UDP datagram in an IP payload; `cut` says that it was cut before. */
enum exch_net exch_net_udp(
    const unsigned char *p, size_t n, bool cut, struct exch_net_udp *udp);

/* ---- fragments ---- */

/* Datagrams in the making, and how long they may take by capture time. */
#define EXCH_FRAG_SLOTS 64
#define EXCH_FRAG_AGE (30 * EXCH_SEC)

struct exch_frag;

struct exch_frag *exch_frag_new(void);
void exch_frag_free(struct exch_frag *f);
/*
 * Take a fragment.  1: the datagram is whole, its payload at *p, *n, good
 * until the next call.  0: more is needed, or the datagram was given up.
 * EXCH_ERR_NOMEM.
 */
int exch_frag_take(struct exch_frag *f, const struct exch_net_ip *ip,
    exch_ts now, const unsigned char **p, size_t *n);
/* Give up what is older than the age allowed; all of it with `all`. */
void exch_frag_expire(struct exch_frag *f, exch_ts now, bool all);
/* Datagrams given up so far. */
uint64_t exch_frag_lost(const struct exch_frag *f);

#endif
