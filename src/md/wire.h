/*
 * Frames as captures hold them: pcap with nanoseconds, Ethernet, IPv4, UDP and
 * TCP, all sums right.  Addresses are those set apart for documentation.
 */
#ifndef EXCH_MD_WIRE_H
#define EXCH_MD_WIRE_H

#include "base/buf.h"
#include "base/types.h"

/* What pcap has before each frame, and the heads of a frame. */
#define EXCH_WIRE_RECORD 16u
#define EXCH_WIRE_ETHERNET 14u
#define EXCH_WIRE_IPV4 20u
#define EXCH_WIRE_UDP 8u
#define EXCH_WIRE_TCP 20u

/* The publisher: 192.0.2.1, and its port (RFC 5737). */
extern const unsigned char exch_wire_host[4];
#define EXCH_WIRE_PORT 26400u

/* The head of the file; this machine's order does not matter. */
void exch_wire_file(struct exch_buf *b);
/* What stands before a frame of n bytes. */
void exch_wire_record(struct exch_buf *b, exch_ts time, size_t n);

/* Ethernet and IPv4 before `n` bytes of a protocol. */
struct exch_wire_ip {
	const unsigned char *src, *dst; /* 4 bytes each */
	uint8_t proto;
	uint8_t ttl;
};
void exch_wire_ip(unsigned char *p, const struct exch_wire_ip *ip, size_t n);

/* UDP's head of `n` bytes, those of the head included, which stand there. */
void exch_wire_udp(unsigned char *p, const struct exch_wire_ip *ip,
    unsigned sport, unsigned dport, size_t n);

/* TCP's head. */
enum {
	EXCH_WIRE_FIN = 1,
	EXCH_WIRE_SYN = 2,
	EXCH_WIRE_PSH = 8,
	EXCH_WIRE_ACK = 16
};
struct exch_wire_tcp {
	unsigned sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
};
/* Before what follows it; n counts both. */
void exch_wire_tcp(unsigned char *p, const struct exch_wire_ip *ip,
    const struct exch_wire_tcp *t, size_t n);

#endif
