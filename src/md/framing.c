/* Messages into bytes (framing.h). */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "md/framing.h"
#include "md/wire.h"

/* Ethernet, IPv4, UDP, MoldUDP64. */
#define MOLD 20u
#define HEADS (EXCH_WIRE_ETHERNET + EXCH_WIRE_IPV4 + EXCH_WIRE_UDP + MOLD)
#define RECORD EXCH_WIRE_RECORD

#define END_OF_SESSION 0xffffu

/* 233.252.0.1, a group for documentation (RFC 5771). */
static const unsigned char group[4] = {233, 252, 0, 1};
static const struct exch_wire_ip ip = {exch_wire_host, group, 17, 1};

void
exch_framing_open(
    struct exch_framing *f, enum exch_framing_how how, const char session[10])
{
	*f = (struct exch_framing){.how = how, .next = 1};
	memcpy(f->session, session, sizeof(f->session));
	if (how == EXCH_FRAMING_PCAP)
		exch_wire_file(&f->out);
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
	unsigned char *p;

	exch_wire_record(&f->out, time, n);
	p = (void *)exch_buf_room(&f->out, n);
	if (p == NULL)
		return;
	put_mold(f, p + before, count);
	if (before != 0) {
		size_t udp = n - EXCH_WIRE_ETHERNET - EXCH_WIRE_IPV4;

		exch_wire_ip(p, &ip, udp);
		exch_wire_udp(
		    p + n - udp, &ip, EXCH_WIRE_PORT, EXCH_WIRE_PORT, udp);
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
