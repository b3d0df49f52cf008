/* Messages into bytes (framing.h). */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "md/framing.h"

/* Ethernet, IPv4, UDP, MoldUDP64. */
#define ETHERNET 14u
#define IPV4 20u
#define UDP 8u
#define MOLD 20u
#define HEADS (ETHERNET + IPV4 + UDP + MOLD)

/* What pcap has before each packet. */
#define RECORD 16u

#define END_OF_SESSION 0xffffu

/* 233.252.0.1, a group for documentation (RFC 5771), of 192.0.2.1. */
static const unsigned char group[4] = {233, 252, 0, 1};
static const unsigned char host[4] = {192, 0, 2, 1};
#define PORT 26400u

/* pcap with nanoseconds, of Ethernet; this machine's order does not matter. */
static void
put_file_head(struct exch_buf *b)
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
exch_framing_open(
    struct exch_framing *f, enum exch_framing_how how, const char session[10])
{
	*f = (struct exch_framing){.how = how, .next = 1};
	memcpy(f->session, session, sizeof(f->session));
	if (how == EXCH_FRAMING_PCAP)
		put_file_head(&f->out);
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

static void
put_ethernet(unsigned char *p)
{
	/* the group's address is in the last 23 bits (RFC 1112) */
	static const unsigned char from[6] = {0x02, 0, 0, 0, 0, 1};

	memcpy(p, "\x01\x00\x5e", 3);
	p[3] = group[1] & 0x7f;
	p[4] = group[2];
	p[5] = group[3];
	memcpy(p + 6, from, sizeof(from));
	exch_put_be16(p + 12, 0x0800);
}

/* `n` bytes of UDP behind it. */
static void
put_ipv4(unsigned char *p, size_t n)
{
	memset(p, 0, IPV4);
	p[0] = 0x45;
	exch_put_be16(p + 2, (uint16_t)(IPV4 + n));
	exch_put_be16(p + 6, 0x4000); /* whole */
	p[8] = 1;		      /* not beyond this network */
	p[9] = 17;
	memcpy(p + 12, host, 4);
	memcpy(p + 16, group, 4);
	exch_put_be16(p + 10, end_sum(add_sum(0, p, IPV4)));
}

/* The head of `n` bytes that stand behind it, heads of UDP included. */
static void
put_udp(unsigned char *p, size_t n)
{
	uint32_t sum = 17 + (uint32_t)n;
	uint16_t check;

	exch_put_be16(p, PORT);
	exch_put_be16(p + 2, PORT);
	exch_put_be16(p + 4, (uint16_t)n);
	exch_put_be16(p + 6, 0);
	sum = add_sum(add_sum(sum, host, 4), group, 4);
	check = end_sum(add_sum(sum, p, n));
	exch_put_be16(p + 6, check != 0 ? check : 0xffff);
}

/* MoldUDP64 itself. */
static void
put_mold(const struct exch_framing *f, unsigned char *p, uint16_t count)
{
	memcpy(p, f->session, 10);
	exch_put_be64(p + 10, f->next);
	exch_put_be16(p + 18, count);
	if (f->at_hand.len != 0)
		memcpy(p + MOLD, f->at_hand.p, f->at_hand.len);
}

/* A packet of what is at hand, which may be nothing, as pcap has it. */
static void
put_packet(struct exch_framing *f, uint16_t count, exch_ts time)
{
	size_t before = f->how == EXCH_FRAMING_PCAP ? HEADS - MOLD : 0;
	size_t n = before + MOLD + f->at_hand.len;
	unsigned char *p, record[RECORD];

	exch_put_le32(record, (uint32_t)(time / EXCH_SEC));
	exch_put_le32(record + 4, (uint32_t)(time % EXCH_SEC));
	exch_put_le32(record + 8, (uint32_t)n);
	exch_put_le32(record + 12, (uint32_t)n);
	exch_buf_add(&f->out, record, sizeof(record));
	p = (void *)exch_buf_room(&f->out, n);
	if (p == NULL)
		return;
	put_mold(f, p + before, count);
	if (before != 0) {
		put_ethernet(p);
		put_ipv4(p + ETHERNET, n - ETHERNET - IPV4);
		put_udp(p + ETHERNET + IPV4, n - ETHERNET - IPV4);
	}
	f->out.len += n;
	f->next += f->count;
	f->at_hand.len = 0;
	f->count = 0;
}

bool
exch_framing_next(const struct exch_framing *f, size_t *at,
    const unsigned char **p, size_t *n, exch_ts *time)
{
	const unsigned char *r = (const void *)(f->out.p + *at);

	if (f->out.len - *at < RECORD)
		return false;
	*time = exch_le32(r) * EXCH_SEC + exch_le32(r + 4);
	*n = exch_le32(r + 8);
	*p = r + RECORD;
	*at += RECORD + *n;
	return true;
}

void
exch_framing_flush(struct exch_framing *f)
{
	if (f->count != 0)
		put_packet(f, f->count, f->time);
}

void
exch_framing_put(
    struct exch_framing *f, const void *message, size_t n, exch_ts time)
{
	bool packets = f->how != EXCH_FRAMING_FILE;
	struct exch_buf *b = packets ? &f->at_hand : &f->out;
	unsigned char len[2];

	exch_put_be16(len, (uint16_t)n);
	if (packets &&
	    (f->at_hand.len + 2 + n > EXCH_FRAMING_PACKET || time != f->time))
		exch_framing_flush(f);
	if (packets && f->count++ == 0)
		f->time = time;
	exch_buf_add(b, len, sizeof(len));
	exch_buf_add(b, message, n);
}

void
exch_framing_close(struct exch_framing *f, exch_ts time)
{
	if (f->how == EXCH_FRAMING_FILE) {
		exch_buf_add(&f->out, "\0", 2); /* BinaryFILE ends so */
		return;
	}
	exch_framing_flush(f);
	put_packet(f, END_OF_SESSION, time);
}

void
exch_framing_clear(struct exch_framing *f)
{
	exch_buf_free(&f->at_hand);
	exch_buf_free(&f->out);
}
