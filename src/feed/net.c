/*
 * Link layers, IP and UDP of a captured frame.  Nothing beyond the captured
 * bytes is read, whatever the headers claim; checksums are not looked at,
 * because offloading leaves them wrong in honest captures.  Fragments are
 * put together in frag.c.
 */
#include <config.h>

#include "base/bytes.h"
#include "feed/net.h"

enum {
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_OLD = 0x9100
};

/* More tags or extension headers than any network uses. */
#define MAX_TAGS 8
#define MAX_EXTENSIONS 16

bool
exch_net_link_known(int link)
{
	switch (link) {
	case EXCH_LINK_NULL:
	case EXCH_LINK_ETHERNET:
	case EXCH_LINK_RAW_BSD:
	case EXCH_LINK_RAW_OPENBSD:
	case EXCH_LINK_RAW:
	case EXCH_LINK_LOOP:
	case EXCH_LINK_SLL:
	case EXCH_LINK_IPV4:
	case EXCH_LINK_IPV6:
	case EXCH_LINK_SLL2:
		return true;
	default:
		return false;
	}
}

static inline enum exch_net
parse_ipv4(struct exch_cur *c, struct exch_net_ip *ip)
{
	const unsigned char *h = exch_take(c, 20);
	size_t header, total;
	uint16_t frag;

	if (h == NULL)
		return EXCH_NET_SHORT;
	header = (size_t)(h[0] & 15) * 4;
	total = exch_be16(h + 2);
	if (h[0] >> 4 != 4 || header < 20)
		return EXCH_NET_BAD;
	/* Offloading cards leave 0 here: then the frame's length holds. */
	if (total == 0)
		total = 20 + c->left;
	if (total < header)
		return EXCH_NET_BAD;
	if (exch_take(c, header - 20) == NULL)
		return EXCH_NET_SHORT;
	frag = exch_be16(h + 6);
	ip->family = 4;
	ip->proto = h[9];
	ip->more = (frag & 0x2000) != 0;
	ip->offset = (uint32_t)(frag & 0x1fff) * 8;
	ip->fragment = ip->more || ip->offset != 0;
	ip->id = exch_be16(h + 4);
	ip->src = h + 12;
	ip->dst = h + 16;
	ip->full = total - header;
	ip->p = c->p;
	ip->n = c->left < ip->full ? c->left : ip->full;
	ip->cut = ip->n < ip->full;
	return EXCH_NET_OK;
}

/*
 * Walk the extension headers of an IPv6 packet.  `c` holds the captured
 * bytes behind the fixed header, `full` how many the header promises.
 */
static enum exch_net
ipv6_extensions(struct exch_cur *c, uint8_t next, struct exch_net_ip *ip)
{
	for (int i = 0; i < MAX_EXTENSIONS; i++) {
		const unsigned char *h;
		size_t len;

		if (next != 0 && next != 43 && next != 44 && next != 51 &&
		    next != 60) {
			ip->proto = next;
			return EXCH_NET_OK;
		}
		h = exch_take(c, 8);
		if (h == NULL)
			return EXCH_NET_SHORT;
		len = next == 44   ? 8
		      : next == 51 ? ((size_t)h[1] + 2) * 4
				   : ((size_t)h[1] + 1) * 8;
		if (len < 8 || len > ip->full)
			return EXCH_NET_BAD;
		if (exch_take(c, len - 8) == NULL)
			return EXCH_NET_SHORT;
		ip->full -= len;
		if (next == 44) {
			ip->more = (h[3] & 1) != 0;
			ip->offset = exch_be16(h + 2) & 0xfff8u;
			ip->fragment = ip->more || ip->offset != 0;
			ip->id = exch_be32(h + 4);
		}
		next = h[0];
		/* Behind a later fragment's header stands no header. */
		if (ip->fragment) {
			ip->proto = next;
			return EXCH_NET_OK;
		}
	}
	return EXCH_NET_BAD;
}

static enum exch_net
parse_ipv6(struct exch_cur *c, struct exch_net_ip *ip)
{
	const unsigned char *h = exch_take(c, 40);
	enum exch_net r;

	if (h == NULL)
		return EXCH_NET_SHORT;
	if (h[0] >> 4 != 6)
		return EXCH_NET_BAD;
	ip->family = 6;
	ip->src = h + 8;
	ip->dst = h + 24;
	ip->full = exch_be16(h + 4);
	if (ip->full == 0)
		ip->full = c->left;
	if (c->left > ip->full)
		c->left = ip->full;
	r = ipv6_extensions(c, h[6], ip);
	if (r != EXCH_NET_OK)
		return r;
	ip->p = c->p;
	ip->n = c->left;
	ip->cut = ip->n < ip->full;
	return EXCH_NET_OK;
}

/* An IP packet by the version in its first byte. */
static enum exch_net
parse_ip(struct exch_cur *c, struct exch_net_ip *ip)
{
	if (c->left == 0)
		return EXCH_NET_SHORT;
	switch (c->p[0] >> 4) {
	case 4:
		return parse_ipv4(c, ip);
	case 6:
		return parse_ipv6(c, ip);
	default:
		return EXCH_NET_BAD;
	}
}

static inline enum exch_net
parse_type(struct exch_cur *c, uint16_t type, struct exch_net_ip *ip)
{
	for (int i = 0; i < MAX_TAGS; i++) {
		const unsigned char *tag;

		if (type == TYPE_IPV4)
			return parse_ipv4(c, ip);
		if (type == TYPE_IPV6)
			return parse_ipv6(c, ip);
		if (type != TYPE_VLAN && type != TYPE_QINQ &&
		    type != TYPE_QINQ_OLD)
			return EXCH_NET_OTHER;
		tag = exch_take(c, 4);
		if (tag == NULL)
			return EXCH_NET_SHORT;
		type = exch_be16(tag + 2);
	}
	return EXCH_NET_BAD;
}

/*
 * Loopback: an address family, in the writer's byte order for NULL and in
 * network order for LOOP.  IPv6 has other numbers on other systems, so the
 * packet's own version decides.
 */
static enum exch_net
parse_loopback(struct exch_cur *c, struct exch_net_ip *ip)
{
	const unsigned char *h = exch_take(c, 4);
	uint32_t family;

	if (h == NULL)
		return EXCH_NET_SHORT;
	family = exch_le32(h);
	if (family > 0xffff)
		family = exch_be32(h);
	switch (family) {
	case 2:
	case 10:
	case 23:
	case 24:
	case 28:
	case 30:
		return parse_ip(c, ip);
	default:
		return EXCH_NET_OTHER;
	}
}

static inline enum exch_net
parse_link(int link, struct exch_cur *c, struct exch_net_ip *ip)
{
	const unsigned char *h;

	switch (link) {
	case EXCH_LINK_ETHERNET:
		h = exch_take(c, 14);
		return h == NULL ? EXCH_NET_SHORT
				 : parse_type(c, exch_be16(h + 12), ip);
	case EXCH_LINK_SLL:
		h = exch_take(c, 16);
		return h == NULL ? EXCH_NET_SHORT
				 : parse_type(c, exch_be16(h + 14), ip);
	case EXCH_LINK_SLL2:
		h = exch_take(c, 20);
		return h == NULL ? EXCH_NET_SHORT
				 : parse_type(c, exch_be16(h), ip);
	case EXCH_LINK_NULL:
	case EXCH_LINK_LOOP:
		return parse_loopback(c, ip);
	case EXCH_LINK_RAW_BSD:
	case EXCH_LINK_RAW_OPENBSD:
	case EXCH_LINK_RAW:
		return parse_ip(c, ip);
	case EXCH_LINK_IPV4:
		return parse_ipv4(c, ip);
	case EXCH_LINK_IPV6:
		return parse_ipv6(c, ip);
	default:
		return EXCH_NET_OTHER;
	}
}

enum exch_net
exch_net_ip(int link, const unsigned char *p, size_t n, struct exch_net_ip *ip)
{
	struct exch_cur c = {.p = p, .left = n};

	*ip = (struct exch_net_ip){0};
	return parse_link(link, &c, ip);
}

enum exch_net
exch_net_udp(
    const unsigned char *p, size_t n, bool cut, struct exch_net_udp *udp)
{
	struct exch_cur c = {.p = p, .left = n};
	const unsigned char *h = exch_take(&c, 8);
	size_t len;

	if (h == NULL)
		return cut ? EXCH_NET_SHORT : EXCH_NET_BAD;
	len = exch_be16(h + 4);
	if (len < 8)
		return EXCH_NET_BAD;
	udp->sport = exch_be16(h);
	udp->dport = exch_be16(h + 2);
	udp->full = len - 8;
	udp->p = c.p;
	udp->n = c.left < udp->full ? c.left : udp->full;
	udp->cut = udp->n < udp->full;
	return EXCH_NET_OK;
}
