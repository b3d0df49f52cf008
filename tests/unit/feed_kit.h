/*
 * What the feed tests share: a sink that keeps what it is given, and the
 * bytes of messages, packets and captures, written field by field as the
 * specifications draw them and not with the decoders' own tables.
 */
#ifndef EXCH_TESTS_FEED_KIT_H
#define EXCH_TESTS_FEED_KIT_H

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "feed/feed.h"
#include "tap.h"

/* ---- bytes ---- */

struct kit {
	unsigned char b[1 << 20];
	size_t n;
};

static inline void
kit_add(struct kit *k, const void *p, size_t n)
{
	if (k->n + n > sizeof(k->b))
		abort();
	memcpy(k->b + k->n, p, n);
	k->n += n;
}

static inline void
kit_u8(struct kit *k, unsigned v)
{
	unsigned char c = (unsigned char)v;

	kit_add(k, &c, 1);
}

/* Big-endian integer of n bytes. */
static inline void
kit_be(struct kit *k, uint64_t v, int n)
{
	while (n-- > 0)
		kit_u8(k, n > 7 ? 0 : (unsigned)(v >> 8 * n) & 0xff);
}

/* Integer of n bytes in either order. */
static inline void
kit_int(struct kit *k, uint64_t v, int n, bool big)
{
	if (big) {
		kit_be(k, v, n);
		return;
	}
	for (int i = 0; i < n; i++)
		kit_u8(k, (unsigned)(v >> 8 * i) & 0xff);
}

static inline void
kit_le(struct kit *k, uint64_t v, int n)
{
	kit_int(k, v, n, false);
}

/* Text padded with blanks. */
static inline void
kit_text(struct kit *k, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		kit_u8(k, i < strlen(s) ? (unsigned char)s[i] : ' ');
}

/* ---- the sink ---- */

struct kit_trouble {
	struct exch_feed_at at;
	char text[200];
};

struct kit_got {
	uint64_t *bytes; /* records one behind the other */
	size_t nbytes, cap;
	size_t n;
	size_t by_type[256];
	size_t ntroubles;
	struct kit_trouble trouble[64]; /* the first of them */
	struct exch_feed_stats st;
	struct exch_diag d;
	int err;
	size_t stop_after; /* 0: never */
};

static inline int
kit_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct kit_got *g = arg;
	size_t n = exch_rec_len(r);

	(void)d;
	if (g->nbytes + n > g->cap) {
		g->cap = (g->cap + n) * 2;
		g->bytes = realloc(g->bytes, g->cap);
		if (g->bytes == NULL)
			abort();
	}
	memcpy((char *)g->bytes + g->nbytes, r, n);
	g->nbytes += n;
	g->n++;
	g->by_type[r->type]++;
	return g->stop_after != 0 && g->n >= g->stop_after ? EXCH_ERR_STOP : 0;
}

static inline int
kit_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct kit_got *g = arg;

	(void)d;
	if (g->ntroubles < 64) {
		struct kit_trouble *t = &g->trouble[g->ntroubles];

		t->at = *at;
		snprintf(t->text, sizeof(t->text), "%s", text);
	}
	g->ntroubles++;
	return 0;
}

static inline void
kit_free(struct kit_got *g)
{
	free(g->bytes);
	memset(g, 0, sizeof(*g));
}

/* The i-th record, of any type or of one. */
static inline const struct exch_rec *
kit_rec(const struct kit_got *g, int type, size_t i)
{
	const char *p = (const char *)g->bytes;

	for (size_t at = 0; at < g->nbytes;) {
		const struct exch_rec *r = (const void *)(p + at);

		if ((type < 0 || r->type == type) && i-- == 0)
			return r;
		at += exch_rec_len(r);
	}
	return NULL;
}

/* New York's zone without a zone file: its offset on the test date. */
static inline struct exch_feed_opts
kit_opts(void)
{
	static struct exch_tz *tz;

	if (tz == NULL && exch_tz_fixed(-5 * 3600, &tz) != 0)
		abort();
	return (struct exch_feed_opts){.date = 20230207, .tz = tz};
}

/* 2023-02-07T05:00:00Z: New York's midnight on that date. */
#define KIT_MIDNIGHT UINT64_C(1675746000000000000)

static inline void
kit_run(const struct exch_feed *f, const void *p, size_t n,
    const struct exch_feed_opts *o, struct kit_got *g)
{
	struct exch_feed_sink sink = {
	    .arg = g, .record = kit_record, .trouble = kit_trouble};
	struct exch_in *in;

	if (exch_in_mem(p, n, "test", &in, &g->d) != 0)
		abort();
	g->err = f->run(in, o, &sink, &g->st, &g->d);
	exch_in_close(in);
}

/* ---- ITCH ---- */

static inline void
kit_itch(struct kit *k, char type, unsigned locate, uint64_t ns)
{
	kit_u8(k, (unsigned char)type);
	kit_be(k, locate, 2);
	kit_be(k, 0x1234, 2);
	kit_be(k, ns, 6);
}

static inline void
kit_add_order(struct kit *k, unsigned locate, uint64_t ns, uint64_t ref,
    char side, uint32_t shares, const char *stock, uint32_t price)
{
	kit_itch(k, 'A', locate, ns);
	kit_be(k, ref, 8);
	kit_u8(k, (unsigned char)side);
	kit_be(k, shares, 4);
	kit_text(k, stock, 8);
	kit_be(k, price, 4);
}

static inline void
kit_delete_order(struct kit *k, unsigned locate, uint64_t ns, uint64_t ref)
{
	kit_itch(k, 'D', locate, ns);
	kit_be(k, ref, 8);
}

/* ---- MoldUDP64 ---- */

static inline void
kit_mold(struct kit *k, const char *session, uint64_t seq, unsigned count)
{
	kit_text(k, session, 10);
	kit_be(k, seq, 8);
	kit_be(k, count, 2);
}

/*
 * A packet of `count` adds; the order reference is the sequence number, so
 * that what was delivered shows what arrived.
 */
static inline void
kit_mold_adds(struct kit *k, const char *session, uint64_t seq, unsigned count)
{
	kit_mold(k, session, seq, count);
	for (unsigned i = 0; i < count; i++) {
		kit_be(k, 36, 2);
		/* Large numbers must not leave the day. */
		kit_add_order(k, 1, 1000 * ((seq + i) & 0xffffff), seq + i, 'B',
		    100, "TEST", 1000000);
	}
}

/* ---- network ---- */

static inline void
kit_udp(struct kit *k, unsigned dport, const struct kit *payload)
{
	kit_be(k, 40000, 2);
	kit_be(k, dport, 2);
	kit_be(k, 8 + payload->n, 2);
	kit_be(k, 0, 2);
	kit_add(k, payload->b, payload->n);
}

/* IPv4 header (`options` words of them) and payload. */
static inline void
kit_ipv4(struct kit *k, unsigned options, unsigned proto, unsigned id,
    unsigned frag, const void *p, size_t n)
{
	kit_u8(k, 0x45 + options);
	kit_u8(k, 0);
	kit_be(k, 20 + 4 * options + n, 2);
	kit_be(k, id, 2);
	kit_be(k, frag, 2);
	kit_u8(k, 16);
	kit_u8(k, proto);
	kit_be(k, 0, 2);
	kit_be(k, 0x0a000001, 4);
	kit_be(k, 0xe9fc0001, 4); /* 233.252.0.1 */
	for (unsigned i = 0; i < options; i++)
		kit_be(k, 0x01010101, 4);
	kit_add(k, p, n);
}

/* IPv6 header; `next` is the first extension or the protocol. */
static inline void
kit_ipv6(struct kit *k, unsigned next, const void *p, size_t n)
{
	kit_be(k, 0x60000000, 4);
	kit_be(k, n, 2);
	kit_u8(k, next);
	kit_u8(k, 16);
	for (unsigned i = 0; i < 16; i++)
		kit_u8(k, i);
	kit_u8(k, 0xff);
	for (unsigned i = 1; i < 16; i++)
		kit_u8(k, i);
	kit_add(k, p, n);
}

static inline void
kit_ethernet(struct kit *k, unsigned type)
{
	kit_be(k, UINT64_C(0x01005e7c0001), 6);
	kit_be(k, UINT64_C(0x020000000001), 6);
	kit_be(k, type, 2);
}

/* A whole Ethernet frame with a UDP datagram. */
static inline void
kit_frame(struct kit *k, unsigned dport, const struct kit *payload)
{
	static struct kit udp;

	udp.n = 0;
	kit_udp(&udp, dport, payload);
	kit_ethernet(k, 0x0800);
	kit_ipv4(k, 0, 17, 1, 0, udp.b, udp.n);
}

/* ---- captures ---- */

static inline void
kit_pcap(struct kit *k, unsigned link, bool nano, bool big)
{
	kit_int(k, nano ? 0xa1b23c4d : 0xa1b2c3d4, 4, big);
	kit_int(k, 2, 2, big);
	kit_int(k, 4, 2, big);
	kit_int(k, 0, 8, big);
	kit_int(k, 65535, 4, big);
	kit_int(k, link, 4, big);
}

/* A packet in it; `ns` is its time in either precision's file. */
static inline void
kit_pcap_packet(struct kit *k, uint64_t ns, bool nano, bool big, const void *p,
    size_t n, size_t sent)
{
	uint64_t frac = ns % 1000000000;

	kit_int(k, ns / 1000000000, 4, big);
	kit_int(k, nano ? frac : frac / 1000, 4, big);
	kit_int(k, n, 4, big);
	kit_int(k, sent, 4, big);
	kit_add(k, p, n);
}

#endif
