/*
 * From messages to a capture: MoldUDP64 packets filled as a busy venue
 * fills them, in UDP, IPv4 and Ethernet, in a nanosecond pcap file.
 *
 * Addresses are those set aside for documentation (RFC 5737, RFC 6676).
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "gen.h"

/* Midnight in New York on 2026-01-05, in seconds UTC. */
#define MIDNIGHT INT64_C(1767589200)

#define MOLD_HEAD 20
#define PAYLOAD_MAX 1400
/* A packet leaves when it is full, or when the venue pauses this long. */
#define COUNT_MAX 20
#define LINGER (25 * GEN_US)

static const char session[10] = "EXCH260105";

static void
put(struct gen_wire *w, const void *p, size_t n)
{
	if (fwrite(p, 1, n, w->out) != n)
		gen_die("cannot write");
}

static uint32_t
sum16(uint32_t sum, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += exch_be16(p + i);
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/*
 * The 42 bytes before the payload.  The UDP checksum is left out, as many
 * feeds do; with a fixed IP identification this keeps the file small.
 */
static void
heads(unsigned char h[42], size_t n)
{
	static const unsigned char ether[14] = {0x01, 0x00, 0x5e, 0x7c, 0x00,
	    0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00};
	static const unsigned char src[4] = {192, 0, 2, 1};
	static const unsigned char dst[4] = {233, 252, 0, 1};
	unsigned char *ip = h + 14, *udp = h + 34;

	memcpy(h, ether, sizeof(ether));
	memset(ip, 0, 28);
	ip[0] = 0x45;
	exch_put_be16(ip + 2, (uint16_t)(28 + n));
	exch_put_be16(ip + 6, 0x4000);
	ip[8] = 32;
	ip[9] = 17;
	memcpy(ip + 12, src, 4);
	memcpy(ip + 16, dst, 4);
	exch_put_be16(ip + 10, fold(sum16(0, ip, 20)));

	exch_put_be16(udp, 26400);
	exch_put_be16(udp + 2, 26400);
	exch_put_be16(udp + 4, (uint16_t)(8 + n));
}

/* Write the payload in w->buf as a packet captured at `t` or later. */
static void
packet(struct gen_wire *w, int64_t t, size_t n)
{
	unsigned char rec[16], h[42];
	int64_t at;

	at = t + 20 * GEN_US + (int64_t)exch_rng_below(&w->rng, 16) * 250;
	if (at <= w->sent)
		at = w->sent + 1;
	w->sent = at;
	heads(h, n);
	exch_put_le32(rec, (uint32_t)(MIDNIGHT + at / GEN_SEC));
	exch_put_le32(rec + 4, (uint32_t)(at % GEN_SEC));
	exch_put_le32(rec + 8, (uint32_t)(sizeof(h) + n));
	exch_put_le32(rec + 12, (uint32_t)(sizeof(h) + n));
	put(w, rec, sizeof(rec));
	put(w, h, sizeof(h));
	put(w, w->buf, n);
}

static void
mold_head(struct gen_wire *w, uint64_t seq, uint16_t count)
{
	memcpy(w->buf, session, sizeof(session));
	exch_put_be64(w->buf + 10, seq);
	exch_put_be16(w->buf + 18, count);
}

static void
flush(struct gen_wire *w)
{
	if (w->count == 0)
		return;
	mold_head(w, w->seq - w->count, (uint16_t)w->count);
	packet(w, w->last, w->len);
	w->count = 0;
	w->len = MOLD_HEAD;
}

/* One heartbeat for every second of silence before `t`. */
static void
idle(struct gen_wire *w, int64_t t)
{
	while (t - w->sent > GEN_SEC) {
		mold_head(w, w->seq, 0);
		packet(w, w->sent + GEN_SEC - 22 * GEN_US, MOLD_HEAD);
	}
}

void
gen_wire_open(struct gen_wire *w, FILE *out, uint64_t seed)
{
	unsigned char h[24] = {0};

	memset(w, 0, sizeof(*w));
	w->out = out;
	w->seq = 1;
	w->len = MOLD_HEAD;
	exch_rng_seed(&w->rng, seed);
	exch_put_le32(h, 0xa1b23c4d);
	exch_put_le16(h + 4, 2);
	exch_put_le16(h + 6, 4);
	exch_put_le32(h + 16, 65535);
	exch_put_le32(h + 20, 1);
	put(w, h, sizeof(h));
}

void
gen_wire_message(
    struct gen_wire *w, int64_t t, const unsigned char *p, size_t n)
{
	if (w->count != 0 && (t - w->first > LINGER || w->count == COUNT_MAX ||
				 w->len + 2 + n > PAYLOAD_MAX))
		flush(w);
	if (w->count == 0) {
		if (w->sent == 0)
			w->sent = t;
		idle(w, t);
		w->first = t;
	}
	exch_put_be16(w->buf + w->len, (uint16_t)n);
	memcpy(w->buf + w->len + 2, p, n);
	w->len += 2 + n;
	w->count++;
	w->seq++;
	w->last = t;
}

void
gen_wire_close(struct gen_wire *w)
{
	flush(w);
	for (int i = 0; i < 3; i++) {
		mold_head(w, w->seq, 0xffff);
		packet(w, w->sent + GEN_SEC, MOLD_HEAD);
	}
	if (fflush(w->out) != 0)
		gen_die("cannot write");
}
