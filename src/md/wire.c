/* Frames of captures (wire.h). */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "md/wire.h"

const unsigned char exch_wire_host[4] = {192, 0, 2, 1};

void
exch_wire_file(struct exch_buf *b)
{
	unsigned char p[24] = {0};

	exch_put_le32(p, 0xa1b23c4d);
	exch_put_le16(p + 4, 2);
	exch_put_le16(p + 6, 4);
	exch_put_le32(p + 16, 65535);
	exch_put_le32(p + 20, 1);
	exch_buf_add(b, p, sizeof(p));
}

void
exch_wire_record(struct exch_buf *b, exch_ts time, size_t n)
{
	unsigned char record[EXCH_WIRE_RECORD];

	exch_put_le32(record, (uint32_t)(time / EXCH_SEC));
	exch_put_le32(record + 4, (uint32_t)(time % EXCH_SEC));
	exch_put_le32(record + 8, (uint32_t)n);
	exch_put_le32(record + 12, (uint32_t)n);
	exch_buf_add(b, record, sizeof(record));
}

/* Ones' complement sum of 16 bits each (RFC 1071). */
static uint32_t
add_sum(uint32_t sum, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += exch_be16(p + i);
	if (n % 2 != 0)
		sum += (uint32_t)p[n - 1] << 8;
	return sum;
}

static uint16_t
end_sum(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Of a protocol's head and what follows, with the addresses (RFC 9293). */
static uint16_t
check_of(const struct exch_wire_ip *ip, const unsigned char *p, size_t n)
{
	uint32_t sum = ip->proto + (uint32_t)n;

	sum = add_sum(add_sum(sum, ip->src, 4), ip->dst, 4);
	return end_sum(add_sum(sum, p, n));
}

/* A machine's address, made of its IP; a group's has 23 bits (RFC 1112). */
static void
put_address(unsigned char *p, const unsigned char *ip)
{
	if (ip[0] >> 4 == 14) {
		memcpy(p, "\x01\x00\x5e", 3);
		p[3] = ip[1] & 0x7f;
		memcpy(p + 4, ip + 2, 2);
	} else {
		memcpy(p, "\x02\x00", 2);
		memcpy(p + 2, ip, 4);
	}
}

void
exch_wire_ip(unsigned char *p, const struct exch_wire_ip *ip, size_t n)
{
	put_address(p, ip->dst);
	put_address(p + 6, ip->src);
	exch_put_be16(p + 12, 0x0800);
	p += EXCH_WIRE_ETHERNET;
	memset(p, 0, EXCH_WIRE_IPV4);
	p[0] = 0x45;
	exch_put_be16(p + 2, (uint16_t)(EXCH_WIRE_IPV4 + n));
	exch_put_be16(p + 6, 0x4000); /* whole */
	p[8] = ip->ttl;
	p[9] = ip->proto;
	memcpy(p + 12, ip->src, 4);
	memcpy(p + 16, ip->dst, 4);
	exch_put_be16(p + 10, end_sum(add_sum(0, p, EXCH_WIRE_IPV4)));
}

void
exch_wire_udp(unsigned char *p, const struct exch_wire_ip *ip, unsigned sport,
    unsigned dport, size_t n)
{
	uint16_t check;

	exch_put_be16(p, (uint16_t)sport);
	exch_put_be16(p + 2, (uint16_t)dport);
	exch_put_be16(p + 4, (uint16_t)n);
	exch_put_be16(p + 6, 0);
	check = check_of(ip, p, n);
	exch_put_be16(p + 6, check != 0 ? check : 0xffff);
}

void
exch_wire_tcp(unsigned char *p, const struct exch_wire_ip *ip,
    const struct exch_wire_tcp *t, size_t n)
{
	memset(p, 0, EXCH_WIRE_TCP);
	exch_put_be16(p, (uint16_t)t->sport);
	exch_put_be16(p + 2, (uint16_t)t->dport);
	exch_put_be32(p + 4, t->seq);
	exch_put_be32(p + 8, t->ack);
	p[12] = EXCH_WIRE_TCP / 4 << 4;
	p[13] = t->flags;
	exch_put_be16(p + 14, 0xffff); /* window */
	exch_put_be16(p + 16, check_of(ip, p, n));
}
